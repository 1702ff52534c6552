//! The dispatcher of the minimal model and both hypers over real sockets, with a reader that
//! starts late.
//!
//! 'Late' is an event, not a while: the reader starts when the connection has come to its end or
//! waits for room in the kernel's buffer. One interleaving, no exploration; this shows that the
//! explored defect is the one that a real kernel shows.

#[cfg(any(loom, not(unix)))]
#[test]
fn real_sockets_are_tested_without_cfg_loom() {
    eprintln!("covered by `cargo test` on Unix, the build without --cfg loom");
}

#[cfg(all(not(loom), unix))]
mod over_real_sockets {
    use std::convert::Infallible;
    use std::fmt;
    use std::future::{Future, poll_fn};
    use std::pin::Pin;
    use std::sync::Arc;
    use std::task::Poll;
    use std::time::Duration;

    use bytes::Bytes;
    use http_body_util::Full;
    use hyper_util::rt::TokioIo;
    use lastbyte::Framing;
    use lastbyte::environment::Raw;
    use lastbyte_models::Responses;
    use lastbyte_models::shutdown_ordering::{Dispatcher, Ordering, ReadSide, response};
    use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpSocket, UnixStream};
    use tokio::time::timeout;
    use tokio_util::compat::TokioAsyncReadCompatExt;

    use crate::watched::{Seen, Watched};

    /// Bytes of the published response's body.
    const BODY: usize = 14_900_000;

    /// The published request: its body never ends, and the handler ignores it.
    const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";

    trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
    impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}
    type Socket = Box<dyn Stream>;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Transport {
        Unix,
        Tcp,
    }

    impl Transport {
        const ALL: [Transport; 2] = [Transport::Unix, Transport::Tcp];

        /// The server's and the client's end of a connection.
        async fn connect(self) -> (Socket, Socket) {
            match self {
                Transport::Unix => {
                    let (server, client) = UnixStream::pair().expect("a socket pair");
                    (Box::new(server), Box::new(client))
                }
                Transport::Tcp => {
                    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                    let address = listener.local_addr().expect("the port's number");
                    let client = TcpSocket::new_v4().expect("a socket");
                    // The server's own buffer grows to `net.ipv4.tcp_wmem`, 4 MB by default:
                    // together far less than the response.
                    client.set_recv_buffer_size(256 * 1024).expect("a size");
                    let client = client.connect(address).await.expect("a connection");
                    let (server, _) = listener.accept().await.expect("a connection");
                    (Box::new(server), Box::new(client))
                }
            }
        }
    }

    #[derive(Clone, Copy, Debug)]
    enum Server {
        Hyper014,
        Hyper1,
        Model(Ordering),
    }

    type Connection = Pin<Box<dyn Future<Output = Result<(), String>>>>;

    fn text(error: impl fmt::Display) -> String {
        error.to_string()
    }

    impl Server {
        fn body(self) -> Bytes {
            response(0, BODY)
        }

        fn serve(self, io: Watched<Socket>) -> Connection {
            match self {
                Server::Hyper014 => {
                    use hyper_0_14::{Body, Response, server::conn::Http, service::service_fn};
                    let answer = move |_| async move {
                        Ok::<_, Infallible>(Response::new(Body::from(self.body())))
                    };
                    let served = Http::new().serve_connection(io, service_fn(answer));
                    Box::pin(async { served.await.map_err(text) })
                }
                Server::Hyper1 => {
                    use hyper::{Response, server::conn::http1, service::service_fn};
                    let answer = move |_| async move {
                        Ok::<_, Infallible>(Response::new(Full::new(self.body())))
                    };
                    let io = TokioIo::new(io);
                    let served = http1::Builder::new().serve_connection(io, service_fn(answer));
                    Box::pin(async { served.await.map_err(text) })
                }
                Server::Model(ordering) => {
                    let io = io.compat();
                    let served = Dispatcher::new(io, ordering, ReadSide::Closes, BODY);
                    Box::pin(async { served.await.map_err(text) })
                }
            }
        }

        fn framing(self) -> Box<dyn Framing> {
            match self {
                Server::Model(_) => Box::new(Raw::default()),
                _ => Box::new(Responses::new(1, false)),
            }
        }

        /// A request that the server reads completely: TCP resets a connection that is closed with
        /// unread input, and the client loses what it has not read, whatever the server does.
        fn request(self) -> &'static [u8] {
            match self {
                Server::Model(_) => b"R",
                _ => REQUEST,
            }
        }
    }

    /// What became of one response.
    #[derive(Debug)]
    struct Arrived {
        ended: Result<(), String>,
        accepted: usize,
        received: usize,
        complete: bool,
    }

    /// Drives the connection until it ends or waits for room in the kernel's buffer.
    async fn until_it_cannot_go_on(
        connection: &mut Connection,
        seen: &Seen,
    ) -> Option<Result<(), String>> {
        poll_fn(|cx| match connection.as_mut().poll(cx) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if seen.pending() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    /// Reads to the end of the stream: how many bytes, and whether they are the response.
    async fn read(mut client: Socket, server: Server) -> (usize, bool) {
        let promises = [server.body()];
        let mut framing = server.framing();
        let (mut received, mut agrees) = (0, true);
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(bytes @ 1..) = client.read(&mut buffer).await {
            received += bytes;
            agrees &= framing.receive(&buffer[..bytes], &promises).is_ok();
        }
        assert!(agrees, "what arrives is what was sent, as far as it goes");
        (received, framing.is_complete(&promises))
    }

    /// A connection that has a request and cannot go on, or has ended, and that nobody has read from.
    struct Unread {
        client: Socket,
        connection: Connection,
        seen: Arc<Seen>,
        ended: Option<Result<(), String>>,
    }

    async fn serve_unread(server: Server, transport: Transport) -> Unread {
        let (io, mut client) = transport.connect().await;
        client
            .write_all(server.request())
            .await
            .expect("a request fits");
        let (io, seen) = Watched::new(io);
        let mut connection = server.serve(io);
        let ended = until_it_cannot_go_on(&mut connection, &seen).await;
        Unread {
            client,
            connection,
            seen,
            ended,
        }
    }

    async fn serve_to_a_late_reader(server: Server, transport: Transport) -> Arrived {
        let Unread {
            client,
            connection,
            seen,
            ended,
        } = serve_unread(server, transport).await;
        // Now the reader starts.
        let (ended, (received, complete)) = match ended {
            Some(ended) => {
                drop(connection);
                (ended, read(client, server).await)
            }
            // `join!` drops the connection, and so closes its socket, as soon as it ends.
            None => tokio::join!(connection, read(client, server)),
        };
        let accepted = seen.accepted();
        eprintln!(
            "{server:?} over {transport:?}: {received} bytes arrive, complete: {complete}, {ended:?}"
        );
        Arrived {
            ended,
            accepted,
            received,
            complete,
        }
    }

    async fn within_a_minute<T>(work: impl Future<Output = T>) -> T {
        timeout(Duration::from_secs(60), work)
            .await
            .expect("the test hangs")
    }

    /// How many bytes a fresh socket pair takes while nobody reads.
    async fn room_of_a_socket_pair() -> usize {
        let (server, _client) = UnixStream::pair().expect("a socket pair");
        let bytes = vec![0; BODY];
        let mut taken = 0;
        server.writable().await.expect("a fresh socket is writable");
        while let Ok(more) = server.try_write(&bytes[taken..]) {
            taken += more;
        }
        taken
    }

    async fn loses(server: Server) {
        for transport in Transport::ALL {
            let arrived = within_a_minute(serve_to_a_late_reader(server, transport)).await;
            assert_eq!(arrived.ended, Ok(()), "the loss is silent");
            assert!(!arrived.complete, "{arrived:?}");
            assert!(arrived.received < BODY, "{arrived:?}");
            assert_eq!(arrived.received, arrived.accepted);
            if transport == Transport::Unix {
                // 219,264 bytes with Linux' default of 212,992 for `net.core.wmem_default`.
                assert_eq!(arrived.received, room_of_a_socket_pair().await);
            }
        }
    }

    async fn delivers(server: Server) {
        for transport in Transport::ALL {
            let arrived = within_a_minute(serve_to_a_late_reader(server, transport)).await;
            assert_eq!(arrived.ended, Ok(()));
            assert!(arrived.complete, "{arrived:?}");
            assert_eq!(arrived.received, arrived.accepted);
        }
    }

    #[tokio::test]
    async fn hyper_0_14_loses_all_that_the_kernel_had_no_room_for() {
        loses(Server::Hyper014).await;
    }

    #[tokio::test]
    async fn hyper_1_delivers_everything() {
        delivers(Server::Hyper1).await;
    }

    #[tokio::test]
    async fn the_original_ordering_loses_as_hyper_0_14_does() {
        loses(Server::Model(Ordering::Original)).await;
    }

    #[tokio::test]
    async fn the_repaired_orderings_deliver_everything() {
        delivers(Server::Model(Ordering::FlushBeforeShutdown)).await;
        delivers(Server::Model(Ordering::ReadGatedFlush)).await;
    }

    /// Whether the connection ends although nobody reads. Time is tokio's and paused: an hour
    /// passes at once when nothing can move.
    async fn ends_without_reader(server: Server) -> bool {
        let unread = serve_unread(server, Transport::Unix).await;
        if unread.ended.is_some() {
            return true;
        }
        let hour = Duration::from_secs(3600);
        let ended = timeout(hour, unread.connection).await.is_ok();
        drop(unread.client);
        ended
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_a_reader_that_never_reads_is_the_price_of_the_repair() {
        assert!(ends_without_reader(Server::Hyper014).await);
        assert!(ends_without_reader(Server::Model(Ordering::Original)).await);
        assert!(!ends_without_reader(Server::Hyper1).await);
        assert!(!ends_without_reader(Server::Model(Ordering::FlushBeforeShutdown)).await);
    }
}
