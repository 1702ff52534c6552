//! What a server with a `WebSocketStream` of tungstenite does, whichever crate it is of: an adapter has
//! the type and `over_socket`.

use crate::kit::{Socket, failed, io};
use crate::{Message, over_socket};
use futures::{SinkExt, StreamExt};

/// What the user does when the peer closes.
#[derive(Clone, Copy, PartialEq)]
pub enum User {
    StopsAtClose,
    ReadsToEnd,
    FlushesAtClose,
}

/// Reads until the peer closes; the library replies.
pub async fn reads(socket: Socket, user: User) -> io::Result<()> {
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
pub async fn closes(socket: Socket) -> io::Result<()> {
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
pub async fn sinks(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(b"\x81\x05hello\x88\0");
    let mut ws = over_socket(socket).await;
    ws.feed(Message::Text("hello".into()))
        .await
        .map_err(failed)?;
    SinkExt::close(&mut ws).await.map_err(failed)
}
