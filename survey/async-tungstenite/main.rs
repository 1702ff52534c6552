//! async-tungstenite: a server.

#[path = "../kit.rs"]
mod kit;
use async_tungstenite::WebSocketStream;
use async_tungstenite::tungstenite::{Message, protocol::Role};
use futures::{SinkExt, StreamExt};
use kit::*;

#[derive(Clone, Copy, PartialEq)]
enum User {
    StopsAtClose,
    ReadsToEnd,
    FlushesAtClose,
}

async fn over_socket(socket: Socket) -> WebSocketStream<Socket> {
    WebSocketStream::from_raw_socket(socket, Role::Server, None).await
}

/// Reads until the peer closes; the library replies.
async fn reads(socket: Socket, user: User) -> io::Result<()> {
    socket.expect_delivery(b"\x88\x02\x03\xe8");
    let mut ws = over_socket(socket).await;
    while let Some(message) = ws.next().await {
        let is_close = message.map_err(failed)?.is_close();
        if is_close && user == User::FlushesAtClose {
            ws.flush().await.map_err(failed)?;
            ws.flush().await.map_err(failed)?;
        }
        if is_close && user != User::ReadsToEnd {
            break;
        }
    }
    Ok(())
}

/// Sends a message, closes, and reads until the peer has closed.
async fn closes(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(b"\x81\x05hello\x88\0");
    let mut ws = over_socket(socket).await;
    ws.feed(Message::Text("hello".into()))
        .await
        .map_err(failed)?;
    ws.close(None).await.map_err(failed)?;
    while let Some(message) = ws.next().await {
        message.map_err(failed)?;
    }
    Ok(())
}

/// Sends a message and closes, as a sink.
async fn sinks(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(b"\x81\x05hello\x88\0");
    let mut ws = over_socket(socket).await;
    ws.feed(Message::Text("hello".into()))
        .await
        .map_err(failed)?;
    SinkExt::close(&mut ws).await.map_err(failed)
}

const CLOSE: &[u8] = b"\x88\x82\0\0\0\0\x03\xe8";

/// The peer waits for so many bytes, closes, waits for so many, and ends.
fn closing(before: usize, behind: usize) -> Script {
    let wait = ScriptStep::AwaitReceived;
    let close = ScriptStep::Send(Bytes::from_static(CLOSE));
    Script::new(
        "peer",
        [wait(before), close, wait(behind), ScriptStep::FinishInput],
    )
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
            "findings/async-tungstenite-half-close.md",
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
