//! soketto: a server.

#[path = "../kit.rs"]
mod kit;
#[path = "../websocket.rs"]
mod websocket;
use kit::*;
use soketto::connection::{Builder, Error, Mode};
use websocket::{CLOSE, PING};

/// Sends a message and closes.
async fn closes(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(b"\x81\x05hello\x88\x02\x03\xe8");
    let (mut sender, _receiver) = Builder::new(socket, Mode::Server).finish();
    sender.send_text("hello").await.map_err(failed)?;
    sender.close().await.map_err(failed)
}

/// Reads until the peer closes; the library answers ping and close by itself.
async fn replies(socket: Socket, promised: &'static [u8]) -> io::Result<()> {
    socket.expect_delivery(promised);
    let (_sender, mut receiver) = Builder::new(socket, Mode::Server).finish();
    let mut message = Vec::new();
    loop {
        match receiver.receive_data(&mut message).await {
            Ok(_) => message.clear(),
            Err(Error::Closed) => return Ok(()),
            Err(error) => return Err(failed(error)),
        }
    }
}

survey!(
    "a server",
    vec![
        family(
            "the peer is gone after the reply",
            "The peer closes, has the reply, and is gone at once.",
            over(&[4, 64]).peer(|mut peer: Peer| async move {
                peer.send(CLOSE).await?;
                peer.read_exact(4).await?;
                peer.reset().await
            }),
            |s| replies(s, b"\x88\x02\x03\xe8")
        )
        .only(&[NothingTruncated, NoStall, NoSpin, NoPanic])
        .reported("paritytech/soketto#115", "0.8.1", &[CLOSED]),
        family(
            "write and close",
            "A message and a close frame.",
            over(&[4, 64]),
            closes
        ),
        family("slow reader", "The same.", slowly(&[4], 2), closes),
        family(
            "write and close, buffered",
            "The same over a layer that buffers.",
            over(&[4]).flush(FlushMode::Buffers(64)),
            closes
        ),
        family(
            "ping and close by the peer",
            "The peer pings, has the pong, closes, and has the reply.",
            over(&[4]).peer(|mut peer: Peer| async move {
                peer.send(PING).await?;
                peer.read_exact(4).await?;
                peer.send(CLOSE).await?;
                peer.read_exact(4).await.map(drop)
            }),
            |s| replies(s, b"\x8a\x02hi\x88\x02\x03\xe8")
        ),
        family(
            "close by the peer, buffered",
            "The peer closes, and the library replies, over a layer that buffers.",
            over(&[4]).flush(FlushMode::Buffers(64)).input(CLOSE),
            |s| replies(s, b"\x88\x02\x03\xe8")
        )
        .reported(
            "paritytech/soketto#115",
            "0.8.1",
            &[NothingTruncated, NoSilentLoss]
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
