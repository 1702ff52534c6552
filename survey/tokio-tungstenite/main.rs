//! tokio-tungstenite: a server.

#[path = "../kit.rs"]
mod kit;
use futures::{SinkExt, StreamExt};
use kit::*;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, protocol::Role};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};

#[derive(Clone, Copy, PartialEq)]
enum User { StopsAtClose, ReadsToEnd, FlushesAtClose }

async fn over_socket(socket: Socket) -> WebSocketStream<Compat<Socket>> {
    WebSocketStream::from_raw_socket(socket.compat(), Role::Server, None).await
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
    ws.feed(Message::Text("hello".into())).await.map_err(failed)?;
    ws.close(None).await.map_err(failed)?;
    while let Some(message) = ws.next().await {
        message.map_err(failed)?;
    }
    Ok(())
}

const CLOSE: &[u8] = b"\x88\x82\0\0\0\0\x03\xe8";

/// Closes, and ends when it has the reply.
async fn closing(mut peer: Peer) -> io::Result<()> {
    peer.send(CLOSE).await?;
    peer.read_exact(4).await?;
    peer.finish().await
}

/// Replies to the close.
async fn closed(mut peer: Peer) -> io::Result<()> {
    peer.read_exact(9).await?;
    peer.send(CLOSE).await?;
    peer.finish().await
}

survey!("a server", vec![
    family("close by the peer, the user stops there", "The user stops reading at the close message.",
        over(&[3, 64]).peer(closing), |s| reads(s, User::StopsAtClose))
        .open("snapview/tungstenite-rs#405", &[NoSilentLoss, NothingTruncated]),
    family("close by the peer, the user reads on", "The user reads to the end of the stream.",
        over(&[3, 64]).peer(closing), |s| reads(s, User::ReadsToEnd)),
    family("close by the peer, the user flushes", "The user flushes twice at the close message.",
        over(&[3, 64]).peer(closing), |s| reads(s, User::FlushesAtClose))
        .reported("snapview/tokio-tungstenite#281", "0.19.0", &[NoNeedlessError]),
    family("write and close", "A message, a close frame, and the peer's reply.", over(&[4, 64]).peer(closed), closes),
    family("slow reader", "The same.", slowly(&[4], 2).peer(closed), closes),
    family("half-close", "The peer has sent a close frame and FIN.",
        over(&[3, 64]).input(CLOSE).input_eof(), |s| reads(s, User::ReadsToEnd)),
    family("error in the middle", "The peer resets after 3 bytes.",
        over(&[4]).readers([Reader::PROMPT.resets_after(3)]), closes).also(&[ResetEndsWithError]),
]);
