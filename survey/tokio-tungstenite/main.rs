//! tokio-tungstenite: a server.

#[path = "../kit.rs"]
mod kit;
#[path = "../tungstenite.rs"]
mod tungstenite;
#[path = "../websocket.rs"]
mod websocket;
use kit::*;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, protocol::Role};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};
use tungstenite::{User, closes, reads, sinks};
use websocket::{CLOSE, closing};

async fn over_socket(socket: Socket) -> WebSocketStream<Compat<Socket>> {
    WebSocketStream::from_raw_socket(socket.compat(), Role::Server, None).await
}

survey!(
    "a server",
    vec![
        family(
            "close by the peer, the user stops there",
            "The user stops reading at the close message.",
            over(&[3, 64]).script(closing(0, 4)),
            |s| reads(s, User::StopsAtClose)
        )
        .open(
            "snapview/tungstenite-rs#405",
            &[NoSilentLoss, NothingTruncated]
        ),
        family(
            "close by the peer, the user reads on",
            "The user reads to the end of the stream.",
            over(&[3, 64]).script(closing(0, 4)),
            |s| reads(s, User::ReadsToEnd)
        ),
        family(
            "close by the peer, the user flushes",
            "The user flushes twice at the close message.",
            over(&[3, 64]).script(closing(0, 4)),
            |s| reads(s, User::FlushesAtClose)
        )
        .reported(
            "snapview/tokio-tungstenite#281",
            "0.19.0",
            &[NoNeedlessError]
        ),
        family(
            "write and close",
            "A message, a close frame, and the peer's reply.",
            over(&[6, 64]).script(closing(9, 9)),
            closes
        ),
        family(
            "a sink is closed",
            "A message, and the close of the Sink.",
            over(&[64]),
            sinks
        ),
        family(
            "a sink is closed, no room",
            "The same, where the kernel has no room for all of it.",
            over(&[6]),
            sinks
        )
        .reported(
            "snapview/tokio-tungstenite#215",
            "0.17.1",
            &[NothingTruncated]
        ),
        family(
            "slow reader",
            "The same, closed by the stream.",
            slowly(&[6], 3).script(closing(9, 9)),
            closes
        ),
        family(
            "half-close, no room for the reply",
            "The peer has sent a close frame and FIN, and reads slowly.",
            over(&[3]).input(CLOSE).input_eof(),
            |s| reads(s, User::ReadsToEnd)
        )
        .open(
            "findings/tokio-tungstenite-half-close.md",
            &[NoSilentLoss, NothingTruncated]
        ),
        family(
            "half-close, room for the reply",
            "The peer has sent a close frame and FIN.",
            over(&[64]).input(CLOSE).input_eof(),
            |s| reads(s, User::ReadsToEnd)
        ),
        family(
            "error in the middle",
            "The peer resets after 3 bytes.",
            over(&[4]).readers([Reader::PROMPT.resets_after(3)]),
            closes
        )
        .also(&[ResetEndsWithError]),
    ]
);
