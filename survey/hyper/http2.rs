//! hyper's HTTP/2 server.

use crate::frames::{GO_AWAY, REQUEST, client, leaves, speaking, whole};
use crate::kit::*;
use crate::service::{Beside, answer};
use hyper::server::conn::http2::Builder;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// Answers with 16 bytes; is told to be graceful by a signal.
async fn serves(socket: Socket) -> Ended {
    let (handle, beside) = (socket.handle(), Beside::default());
    let service = service_fn(|request| answer(request, &[b'x'; 16]));
    let mut builder = Builder::new(beside.clone());
    builder.auto_date_header(false);
    let connection = builder.serve_connection(TokioIo::new(socket.compat()), service);
    let connection = until_told(handle, connection, |connection| {
        connection.graceful_shutdown()
    });
    Ok(beside.run(connection).await?)
}

/// Whole frames alone, 16 bytes of DATA among them; where the client ends, GOAWAY may be missing.
fn answered(stream: &[u8], _: &[Bytes]) -> Parse {
    whole(&[stream, GO_AWAY].concat(), 16)
}

/// Nobody tells the server anything.
fn asked(checker: Checker) -> Checker {
    let checker = checker.input(REQUEST).stack_bytes(1 << 20);
    checker.signals(1).framing(|| Parsed::new(answered))
}

/// A client that follows, and a signal at any point.
fn serving(checker: Checker) -> Checker {
    told(speaking(checker.stack_bytes(1 << 20), REQUEST, 16))
}

/// No report of these is about HTTP/2: there the older releases would say nothing new.
pub fn families() -> Vec<Family> {
    if env!("CARGO_PKG_VERSION_MINOR") != "12" {
        return Vec::new();
    }
    vec![
        family(
            "graceful shutdown",
            "A response of 16 bytes; graceful_shutdown at any point.",
            serving(over(&[512]).peer(client)),
            serves,
        ),
        family(
            "slow reader",
            "The same.",
            serving(slowly(&[512], 128).peer(client)),
            serves,
        ),
        family(
            "write and close",
            "A response of 16 bytes; the client sends FIN when it has it.",
            asked(over(&[512]).peer(leaves)),
            serves,
        ),
        family(
            "half-close",
            "The client has sent FIN after its request.",
            asked(over(&[512]).input_eof()),
            serves,
        )
        .accepted(
            "HTTP/2 knows no half-close: the end of the input ends the connection",
            &[NothingTruncated, NoSilentLoss],
        ),
        family(
            "the shutdown is pending",
            "As the first, over a layer whose shutdown takes a while.",
            serving(over(&[512]).peer(client).shutdown(ShutdownMode::Deferred)),
            serves,
        ),
        family(
            "error in the middle",
            "As the first; the client resets after the first 40 bytes.",
            serving(over(&[512]).readers([Reader::PROMPT.resets_after(40)])),
            serves,
        )
        .without(&[NoNeedlessError]),
    ]
}
