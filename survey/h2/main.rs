//! h2: a client and a server over a socket.

#[path = "../frames.rs"]
mod frames;
#[path = "../kit.rs"]
mod kit;
use frames::{REQUEST, SETTINGS, client, whole};
use futures::future::poll_fn;
use kit::*;
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// A connection that nobody uses, and that ends as soon as its last handle is gone.
async fn unused(socket: Socket) -> io::Result<()> {
    let (requests, connection) = h2::client::handshake(socket.compat())
        .await
        .map_err(failed)?;
    drop(requests);
    connection.await.map_err(failed)
}

/// Answers requests with 16 bytes each; told to be graceful after the first, or not.
async fn server(socket: Socket, graceful: bool) -> io::Result<()> {
    let mut connection = h2::server::handshake(socket.compat())
        .await
        .map_err(failed)?;
    while let Some(request) = connection.accept().await {
        let (_, mut respond) = request.map_err(failed)?;
        let mut body = respond
            .send_response(http::Response::new(()), false)
            .map_err(failed)?;
        body.send_data(Bytes::from_static(&[b'x'; 16]), true)
            .map_err(failed)?;
        if graceful {
            connection.graceful_shutdown();
        }
    }
    poll_fn(|cx| connection.poll_closed(cx))
        .await
        .map_err(failed)
}

fn idle(checker: Checker) -> Checker {
    checker
        .input(SETTINGS)
        .framing(|| Parsed::new(|stream: &[u8], _: &[Bytes]| whole(stream, 0)))
}

fn serving(checker: Checker, data: usize) -> Checker {
    checker
        .input(REQUEST)
        .framing(move || Parsed::new(move |stream: &[u8], _: &[Bytes]| whole(stream, data)))
}

/// Whose reports: h2's, or those of its fork.
const SPINS: &str = if cfg!(feature = "fork") {
    "0x676e67/http2#30"
} else {
    "hyperium/h2#831"
};
const FLUSHES: &str = if cfg!(feature = "fork") {
    "0x676e67/http2#37"
} else {
    "hyperium/h2#835"
};
const FIXED: &str = if cfg!(feature = "fork") {
    "0.4.20"
} else {
    "0.4.8"
};

survey!(
    "HTTP/2 frames over a socket",
    vec![
        family(
            "client, the shutdown is pending",
            "The last handle is dropped, over a layer whose shutdown takes a while.",
            idle(over(&[32, 128])).shutdown(ShutdownMode::Deferred),
            unused
        )
        .reported(SPINS, FIXED, &[NoSpin])
        .reported(FLUSHES, FIXED, &[NO_FLUSH_IN_SHUTDOWN]),
        family(
            "client, write and close",
            "The last handle is dropped over a plain socket.",
            idle(over(&[32])),
            unused
        )
        .reported(SPINS, FIXED, &[NoSpin]),
        family(
            "client, slow reader",
            "The same.",
            idle(slowly(&[32], 16)),
            unused
        )
        .reported(SPINS, FIXED, &[NoSpin]),
        family(
            "client, error in the middle",
            "The peer resets after 30 bytes.",
            idle(over(&[32])).readers([Reader::PROMPT.resets_after(30)]),
            unused
        )
        .reported(SPINS, FIXED, &[NoSpin]),
        family(
            "server, graceful shutdown",
            "A response of 16 bytes, graceful_shutdown, a client that follows.",
            serving(over(&[128, 512]).peer(client), 16),
            |s| server(s, true)
        ),
        family(
            "server, half-close",
            "The client has sent FIN after its request.",
            serving(over(&[128, 512]).input_eof(), 16),
            |s| server(s, false)
        )
        .accepted(
            "HTTP/2 knows no half-close: the end of the input ends the connection",
            &[NothingTruncated, NoSilentLoss]
        ),
    ]
);
