//! A thousand real connections: the newest hyper over Unix sockets in one process, with readers that
//! read at once, slowly, that stop, and that reset. Every response is complete, or its connection
//! reports an error; no descriptor is leaked.

#[cfg(loom)]
#[test]
fn covered_by_the_build_without_cfg_loom() {}

#[cfg(not(loom))]
mod load {
    use std::convert::Infallible;
    use std::time::Duration;

    use bytes::Bytes;
    use http_body_util::Full;
    use hyper::service::service_fn;
    use hyper::{Request, Response};
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixStream;
    use tokio::task::JoinSet;

    /// Connections in all, and at a time: each needs two descriptors.
    const CONNECTIONS: usize = 1_000;
    const AT_A_TIME: usize = 200;
    /// Bytes of a response: more than a Unix socket buffers.
    const RESPONSE: usize = 400_000;
    /// A handler that ignores this request closes the read side before the response is flushed.
    const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nunfinished";

    fn body() -> Bytes {
        (0..RESPONSE).map(|i| (i % 251) as u8).collect()
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Peer {
        Prompt,
        Slow,
        /// Reads no further, and closes when told to.
        Stops,
        /// Closes with bytes unread.
        Resets,
    }

    const PEERS: [Peer; 4] = [Peer::Prompt, Peer::Slow, Peer::Stops, Peer::Resets];

    async fn serve(socket: UnixStream) -> Result<(), hyper::Error> {
        let service = service_fn(|_: Request<hyper::body::Incoming>| async {
            Ok::<_, Infallible>(Response::new(Full::new(body())))
        });
        let connection = hyper::server::conn::http1::Builder::new();
        connection
            .serve_connection(TokioIo::new(socket), service)
            .await
    }

    /// Everything that the peer has read.
    async fn read(mut socket: UnixStream, peer: Peer) -> Vec<u8> {
        socket.write_all(REQUEST).await.expect("the request fits");
        let mut received = Vec::new();
        let mut buffer = vec![0; if peer == Peer::Slow { 4_000 } else { 64_000 }];
        loop {
            let gives_up = matches!(peer, Peer::Stops | Peer::Resets);
            if gives_up && received.len() > 1_000 {
                if peer == Peer::Stops {
                    // Long enough for the connection to be parked on a full socket.
                    for _ in 0..100 {
                        tokio::task::yield_now().await;
                    }
                }
                return received;
            }
            match socket
                .read(&mut buffer)
                .await
                .expect("nobody resets the reader")
            {
                0 => return received,
                bytes => received.extend_from_slice(&buffer[..bytes]),
            }
            if peer == Peer::Slow {
                tokio::task::yield_now().await;
            }
        }
    }

    fn is_complete(received: &[u8]) -> bool {
        let head = received.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        head.is_some_and(|head| received[head + 4..] == body())
    }

    fn descriptors() -> usize {
        let folder = std::fs::read_dir("/proc/self/fd").expect("Linux");
        folder.count()
    }

    async fn connection(peer: Peer) {
        let (ours, theirs) = UnixStream::pair().expect("there are descriptors left");
        let (served, received) = tokio::join!(serve(ours), read(theirs, peer));
        match peer {
            Peer::Prompt | Peer::Slow => {
                assert!(is_complete(&received), "{peer:?}: {} bytes", received.len());
                served.expect("a complete response is no error");
            }
            Peer::Stops | Peer::Resets => {
                assert!(!is_complete(&received));
                served.expect_err("an incomplete response is reported");
            }
        }
    }

    #[tokio::test]
    async fn a_thousand_connections_complete_or_report() {
        connection(Peer::Prompt).await;
        let before = descriptors();
        let mut running = JoinSet::new();
        for n in 0..CONNECTIONS {
            if running.len() == AT_A_TIME {
                running
                    .join_next()
                    .await
                    .expect("some are running")
                    .expect("no panic");
            }
            let peer = PEERS[n % PEERS.len()];
            running.spawn(async move {
                let limit = Duration::from_secs(60);
                let ended = tokio::time::timeout(limit, connection(peer)).await;
                ended.unwrap_or_else(|_| panic!("{peer:?} is stuck"));
            });
        }
        while let Some(ended) = running.join_next().await {
            ended.expect("no panic");
        }
        assert_eq!(descriptors(), before, "descriptors are leaked");
    }
}
