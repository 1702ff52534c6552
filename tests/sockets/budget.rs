//! tokio's cooperative budget over a real Unix socket, without the harness: a write is pending although
//! there is room for it, and the shutdown does not wait.

#[cfg(any(loom, not(unix)))]
#[test]
fn the_budget_is_tokios() {
    eprintln!("covered by `cargo test` on Unix, the build without --cfg loom");
}

#[cfg(all(not(loom), unix))]
mod over_a_unix_socket {
    use std::cell::Cell;
    use std::convert::Infallible;
    use std::future::{Future, poll_fn};
    use std::pin::{Pin, pin};
    use std::task::Context;

    use bytes::Bytes;
    use http_body_util::Full;
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixStream;
    use tokio::task::coop::{consume_budget, has_budget_remaining};

    /// Its body never ends, and the handler ignores it.
    const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";

    /// A whole response of less than a hundred bytes.
    const BODY: &[u8] = b"hello";

    /// Uses up what is left of the task's budget.
    fn spend(cx: &mut Context<'_>) {
        while has_budget_remaining() {
            // It is ready as long as there is some.
            assert!(pin!(consume_budget()).poll(cx).is_ready());
        }
    }

    /// Where others in the connection's task spend its budget.
    #[derive(Debug, Default)]
    struct Others {
        /// The handler does, and then so do others in as many polls.
        polls: usize,
        left: Cell<Option<usize>>,
    }

    impl Others {
        async fn spend_in_the_handler(&self) {
            if self.polls > 0 {
                poll_fn(|cx| {
                    spend(cx);
                    self.left.set(Some(self.polls));
                    std::task::Poll::Ready(())
                })
                .await;
            }
        }

        fn spend_at_the_beginning(&self, cx: &mut Context<'_>) {
            if let Some(left) = self.left.get().filter(|left| *left > 1) {
                self.left.set(Some(left - 1));
                spend(cx);
            }
        }
    }

    type Connection<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + 'a>>;

    fn hyper_0_14(socket: UnixStream, others: &Others) -> Connection<'_> {
        use hyper_0_14::{Body, Response, server::conn::Http, service::service_fn};
        let answer = move |_| async move {
            others.spend_in_the_handler().await;
            Ok::<_, Infallible>(Response::new(Body::from(BODY)))
        };
        let http = Http::new().with_executor(Nowhere);
        let served = http.serve_connection(socket, service_fn(answer));
        Box::pin(async { served.await.map_err(|error| error.to_string()) })
    }

    fn hyper_1(socket: UnixStream, others: &Others) -> Connection<'_> {
        use hyper::{Response, server::conn::http1, service::service_fn};
        let answer = move |_| async move {
            others.spend_in_the_handler().await;
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(BODY))))
        };
        let served =
            http1::Builder::new().serve_connection(TokioIo::new(socket), service_fn(answer));
        Box::pin(async { served.await.map_err(|error| error.to_string()) })
    }

    /// HTTP/1 spawns nothing.
    #[derive(Clone, Copy, Debug)]
    struct Nowhere;

    impl<F> hyper_0_14::rt::Executor<F> for Nowhere {
        fn execute(&self, _: F) {
            unreachable!("HTTP/1 spawns nothing");
        }
    }

    /// What the client receives, when the budget is spent in so many polls of the connection's task.
    async fn received(
        serve: fn(UnixStream, &Others) -> Connection<'_>,
        polls: usize,
    ) -> (Result<(), String>, Vec<u8>) {
        let (server, mut client) = UnixStream::pair().expect("a socket pair");
        client.write_all(REQUEST).await.expect("room for a request");
        let others = Others {
            polls,
            ..Others::default()
        };
        let mut connection = serve(server, &others);
        let ended = poll_fn(|cx| {
            others.spend_at_the_beginning(cx);
            connection.as_mut().poll(cx)
        })
        .await;
        drop(connection);
        let mut received = Vec::new();
        client
            .read_to_end(&mut received)
            .await
            .expect("the end of the stream");
        (ended, received)
    }

    /// Nothing is full and nobody is slow. The body is dropped as the handler is called, so that the read side
    /// is closed before the response is written: one poll is enough.
    #[tokio::test]
    async fn hyper_0_14_loses_a_response_that_there_is_room_for() {
        for polls in [1, 2] {
            let (ended, bytes) = received(hyper_0_14, polls).await;
            assert_eq!((ended, bytes), (Ok(()), Vec::new()), "in {polls} polls");
        }
        let (ended, bytes) = received(hyper_0_14, 0).await;
        assert_eq!(ended, Ok(()));
        assert!(bytes.ends_with(BODY));
    }

    #[tokio::test]
    async fn hyper_1_waits_for_the_next_poll() {
        for polls in 0..4 {
            let (ended, bytes) = received(hyper_1, polls).await;
            assert_eq!(ended, Ok(()), "in {polls} polls");
            assert!(bytes.ends_with(BODY), "in {polls} polls");
        }
    }
}
