//! A thousand real connections at once: the newest hyper over Unix sockets in one process, with
//! readers that read at once, slowly, that stop, and that reset. Every response is complete, or its
//! connection reports an error; no descriptor is leaked.

#[cfg(not(all(not(loom), target_os = "linux")))]
#[test]
fn covered_on_linux_by_the_build_without_cfg_loom() {}

#[cfg(all(not(loom), target_os = "linux"))]
mod over_unix_sockets {
    use std::convert::Infallible;
    use std::sync::LazyLock;
    use std::time::Duration;

    use bytes::Bytes;
    use http_body_util::Full;
    use hyper::service::service_fn;
    use hyper::{Request, Response};
    use hyper_util::rt::TokioIo;
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixStream;
    use tokio::task::JoinSet;

    const CONNECTIONS: usize = 1_000;
    /// Bytes of a response: more than a Unix socket buffers.
    const RESPONSE: usize = 400_000;
    /// A handler that ignores this request closes the read side before the response is flushed.
    const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nunfinished";

    fn body() -> Bytes {
        static BODY: LazyLock<Bytes> =
            LazyLock::new(|| (0..RESPONSE).map(|i| (i % 251) as u8).collect());
        BODY.clone()
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

    /// Two for each connection, and some for the rest of the process: more than many shells permit,
    /// and less than the process may ask for.
    fn permit_descriptors() {
        let wanted = 2 * CONNECTIONS as u64 + 100;
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("there is a limit");
        assert!(
            hard >= wanted,
            "`ulimit -Hn` is {hard}, {wanted} are needed"
        );
        setrlimit(Resource::RLIMIT_NOFILE, soft.max(wanted), hard).expect("below the hard limit");
    }

    async fn connection(peer: Peer, (ours, theirs): (UnixStream, UnixStream)) {
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
        permit_descriptors();
        let pair = || UnixStream::pair().expect("there are descriptors left");
        connection(Peer::Prompt, pair()).await;
        let before = descriptors();
        let pairs: Vec<_> = (0..CONNECTIONS).map(|_| pair()).collect();
        assert_eq!(
            descriptors(),
            before + 2 * CONNECTIONS,
            "all are open at once"
        );
        let mut running = JoinSet::new();
        for (pair, peer) in pairs.into_iter().zip(PEERS.into_iter().cycle()) {
            running.spawn(async move {
                let limit = Duration::from_secs(60);
                let ended = tokio::time::timeout(limit, connection(peer, pair)).await;
                ended.unwrap_or_else(|_| panic!("{peer:?} is stuck"));
            });
        }
        while let Some(ended) = running.join_next().await {
            ended.expect("no panic");
        }
        assert_eq!(descriptors(), before, "descriptors are leaked");
    }
}
