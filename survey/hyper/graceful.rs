//! hyper's HTTP/1 server that is told to be graceful before it has read a request.

use super::kit::*;
use lastbyte::environment::Responses;

/// Is told to be graceful by a signal; answers, or is not asked.
async fn serves(socket: Socket, asked: bool) -> Ended {
    let handle = socket.handle();
    if asked {
        handle.expect_delivery(Bytes::from_static(b"hello"));
    }
    let connection = hello!(socket);
    Ok(until_told(handle, connection, |connection| {
        connection.graceful_shutdown()
    })
    .await?)
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
            |s| serves(s, false),
        )
        .reported("hyperium/hyper#2730", "1.0.0", &[Property::Ends]),
        family(
            "HTTP/1: graceful shutdown, a request in the kernel",
            "A request has arrived; whether it has been read by then is open.",
            told(over(&[64, 1024]).input(get)).framing(|| Responses::new(1, false)),
            |s| serves(s, true),
        )
        .since(
            "hyperium/hyper#3792",
            "1.0.0",
            &[NothingTruncated, NoSilentLoss],
        ),
    ]
}
