//! hyper's HTTP/1 server that is told to be graceful before it has read a request.

use super::kit::*;
use futures::future::poll_fn;
use lastbyte::Handle;
use lastbyte::environment::Responses;

/// Is told to be graceful by a signal.
async fn serves(socket: Socket, handle: Handle) -> io::Result<()> {
    let mut connection = std::pin::pin!(hello!(socket));
    let mut told = false;
    poll_fn(|cx| {
        if !told && handle.poll_signal(0, cx).is_ready() {
            told = true;
            connection.as_mut().graceful_shutdown();
        }
        connection.as_mut().poll(cx).map_err(failed)
    })
    .await
}

/// Nothing is asked, and nothing answered.
async fn silent(socket: Socket) -> io::Result<()> {
    let handle = socket.handle();
    serves(socket, handle).await
}

async fn asked(socket: Socket) -> io::Result<()> {
    let handle = socket.handle();
    handle.expect_delivery(Bytes::from_static(b"hello"));
    serves(socket, handle).await
}

/// An operator who tells it at any point.
fn told(checker: Checker) -> Checker {
    let checker = checker.signals(1).stops([0]).stack_bytes(1 << 20);
    checker
        .script(Script::new("operator", [ScriptStep::Raise(0)]))
        .ends(Ends::WhenTold)
}

pub fn families() -> Vec<Family> {
    let get = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    vec![
        family(
            "HTTP/1: graceful shutdown before the first request",
            "The client says nothing.",
            told(over(&[64])),
            silent,
        )
        .reported("hyperium/hyper#2730", "1.0.0", &[Property::Ends]),
        family(
            "HTTP/1: graceful shutdown, a request in the kernel",
            "A request has arrived; whether it has been read by then is open.",
            told(over(&[64, 1024]).input(get)).framing(|| Responses::new(1, false)),
            asked,
        )
        .since(
            "hyperium/hyper#3792",
            "1.0.0",
            &[NothingTruncated, NoSilentLoss],
        ),
    ]
}
