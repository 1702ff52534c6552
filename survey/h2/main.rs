//! h2: a client and a server over a socket.

#[path = "../frames.rs"]
mod frames;
#[path = "../kit.rs"]
mod kit;
use frames::{REQUEST, SETTINGS, client, speaking};
use futures::future::poll_fn;
use kit::*;
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// A connection that nobody uses, and that ends as soon as its last handle is gone.
async fn unused(socket: Socket) -> Ended {
    let (requests, connection) = h2::client::handshake(socket.compat()).await?;
    drop(requests);
    Ok(connection.await?)
}

/// Answers requests with 16 bytes each; told to be graceful after the first, or not.
async fn server(socket: Socket, graceful: bool) -> Ended {
    let mut connection = h2::server::handshake(socket.compat()).await?;
    while let Some(request) = connection.accept().await {
        let (_, mut respond) = request?;
        let mut body = respond.send_response(http::Response::new(()), false)?;
        body.send_data(Bytes::from_static(&[b'x'; 16]), true)?;
        if graceful {
            connection.graceful_shutdown();
        }
    }
    Ok(poll_fn(|cx| connection.poll_closed(cx)).await?)
}

/// Whose reports: h2's, or those of its fork.
const REPORTS: [&str; 3] = if cfg!(feature = "fork") {
    ["0x676e67/http2#30", "0x676e67/http2#37", "0.4.20"]
} else {
    ["hyperium/h2#831", "hyperium/h2#835", "0.4.8"]
};
const SPINS: &str = REPORTS[0];
const FLUSHES: &str = REPORTS[1];
const FIXED: &str = REPORTS[2];

survey!(
    "HTTP/2 frames over a socket",
    vec![
        family(
            "client, the shutdown is pending",
            "The last handle is dropped, over a layer whose shutdown takes a while.",
            speaking(over(&[32, 128]), SETTINGS, 0).shutdown(ShutdownMode::Deferred),
            unused
        )
        .reported(SPINS, FIXED, &[NoSpin])
        .reported(FLUSHES, FIXED, &[NO_FLUSH_IN_SHUTDOWN]),
        family(
            "client, write and close",
            "The last handle is dropped over a plain socket.",
            speaking(over(&[32]), SETTINGS, 0),
            unused
        )
        .reported(SPINS, FIXED, &[NoSpin]),
        family(
            "client, slow reader",
            "The same.",
            speaking(slowly(&[32], 16), SETTINGS, 0),
            unused
        )
        .reported(SPINS, FIXED, &[NoSpin]),
        family(
            "client, error in the middle",
            "The peer resets after 30 bytes.",
            speaking(over(&[32]), SETTINGS, 0).readers([Reader::PROMPT.resets_after(30)]),
            unused
        )
        .reported(SPINS, FIXED, &[NoSpin]),
        family(
            "server, graceful shutdown",
            "A response of 16 bytes, graceful_shutdown, a client that follows.",
            speaking(over(&[128, 512]).peer(client), REQUEST, 16),
            |s| server(s, true)
        ),
        family(
            "server, half-close",
            "The client has sent FIN after its request.",
            speaking(over(&[128, 512]).input_eof(), REQUEST, 16),
            |s| server(s, false)
        )
        .accepted(
            "HTTP/2 knows no half-close: the end of the input ends the connection",
            &[NothingTruncated, NoSilentLoss]
        ),
    ]
);
