//! tokio-websockets: a server.

#[path = "../kit.rs"]
mod kit;
#[path = "../websocket.rs"]
mod websocket;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, SinkExt, StreamExt, TryStreamExt, future::ready};
use kit::*;
use tokio_util::compat::FuturesAsyncReadCompatExt;
use tokio_websockets::{Message, ServerBuilder};
use websocket::{PING, closing};

/// Promises a text of so many bytes and a close frame.
fn promise(socket: &Socket, length: usize) {
    let text = "x".repeat(length);
    socket.expect_delivery([&[0x81, length as u8], text.as_bytes(), b"\x88\x02\x03\xe8"].concat());
}

/// Sends a message and closes.
async fn closes(socket: Socket, length: usize) -> Ended {
    promise(&socket, length);
    let mut ws = ServerBuilder::new().serve(socket.compat());
    ws.feed(Message::text("x".repeat(length))).await?;
    Ok(ws.close().await?)
}

/// Reads until the peer closes; the library answers ping and close by itself.
async fn replies(socket: Socket) -> Ended {
    socket.expect_delivery(b"\x8a\x02hi\x88\x02\x03\xe8");
    let mut ws = ServerBuilder::new().serve(socket.compat());
    while let Some(message) = ws.next().await {
        message?;
    }
    Ok(ws.close().await?)
}

/// A reader and a writer as two tasks, each with a waker of its own.
async fn two_tasks(socket: Socket, reader_first: bool) -> Ended {
    promise(&socket, 40);
    let (mut sink, stream) = ServerBuilder::new().serve(socket.compat()).split();
    let writer = async move { sink.send(Message::text("x".repeat(40))).await };
    let reader = stream.try_for_each(|_| ready(Ok(())));
    let tasks = match reader_first {
        true => [reader.left_future(), writer.right_future()],
        false => [writer.right_future(), reader.left_future()],
    };
    let tasks: FuturesUnordered<_> = tasks.into_iter().collect();
    Ok(tasks.try_for_each(|()| ready(Ok(()))).await?)
}

/// Pings before that, and has the pong.
fn pinging() -> Script {
    let mut script = closing(4, 8);
    script.steps.insert(0, ScriptStep::Send(PING.into()));
    script
}

/// Its entry for 0.11.4 says what 0.11.1 to 0.11.3 do.
const CHANGELOG: &str = "https://github.com/Gelbpunkt/tokio-websockets/blob/main/CHANGELOG.md";

survey!(
    "a server",
    vec![
        family(
            "write and close",
            "A message of 40 bytes, a close frame, and the peer's reply.",
            over(&[16]).script(closing(46, 46)),
            |s| closes(s, 40)
        )
        .between(CHANGELOG, ("0.11.1", "0.11.4"), &[NoStall]),
        family(
            "write and close, room for all",
            "The same, where the kernel takes all of it.",
            over(&[64]).script(closing(46, 46)),
            |s| closes(s, 40)
        ),
        family(
            "ping and close by the peer",
            "The peer pings, has the pong, closes, and has the reply.",
            over(&[3]).script(pinging()),
            replies
        )
        .between(CHANGELOG, ("0.11.1", "0.11.4"), &[NoStall]),
        family(
            "slow reader",
            "A message of 8 bytes, a close frame, and the peer's reply.",
            slowly(&[12], 6).script(closing(14, 14)),
            |s| closes(s, 8)
        )
        .between(CHANGELOG, ("0.11.1", "0.11.4"), &[NoStall]),
        family(
            "error in the middle",
            "The peer resets at once.",
            over(&[16]).readers([Reader::PROMPT.resets_after(0)]),
            |s| closes(s, 40)
        )
        .also(&[ResetEndsWithError])
        .between(
            "Gelbpunkt/tokio-websockets#102",
            ("0.11.0", "0.11.3"),
            &[NoSpin, ResetEndsWithError]
        ),
        family(
            "two tasks, writer first",
            "A reader and a writer as two tasks; the peer closes after the message.",
            over(&[16]).script(closing(42, 46)),
            |s| two_tasks(s, false)
        )
        .reported("Gelbpunkt/tokio-websockets#92", "0.11.1", &[Ends]),
        family(
            "two tasks, reader first",
            "The same, polled in the other order.",
            over(&[16]).script(closing(42, 46)),
            |s| two_tasks(s, true)
        ),
    ]
);
