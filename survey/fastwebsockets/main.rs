//! fastwebsockets over a layer that buffers until it is flushed, as a TLS stream or a `BufWriter` does.

#[path = "../kit.rs"]
mod kit;
#[path = "../websocket.rs"]
mod websocket;
use fastwebsockets::{Frame, OpCode, Payload, Role, WebSocket};
use kit::*;
use tokio_util::compat::FuturesAsyncReadCompatExt;
use websocket::{CLOSE, PING};

/// Writes a message, flushes where there is a flush, and waits for the answer.
async fn asks(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(b"\x81\x05hello");
    let mut ws = WebSocket::after_handshake(socket.compat(), Role::Server);
    ws.write_frame(Frame::text(Payload::Borrowed(b"hello")))
        .await
        .map_err(failed)?;
    #[cfg(feature = "flush")]
    ws.flush().await.map_err(failed)?;
    ws.read_frame().await.map(drop).map_err(failed)
}

/// Reads until the peer closes; the library answers ping and close by itself.
async fn replies(socket: Socket, promised: &'static [u8]) -> io::Result<()> {
    socket.expect_delivery(promised);
    let mut ws = WebSocket::after_handshake(socket.compat(), Role::Server);
    while ws.read_frame().await.map_err(failed)?.opcode != OpCode::Close {}
    Ok(())
}

/// Writes a message and a close frame.
async fn closes(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(b"\x81\x05hello\x88\x02\x03\xe8");
    let mut ws = WebSocket::after_handshake(socket.compat(), Role::Server);
    ws.write_frame(Frame::text(Payload::Borrowed(b"hello")))
        .await
        .map_err(failed)?;
    ws.write_frame(Frame::close(1000, b""))
        .await
        .map_err(failed)?;
    #[cfg(feature = "flush")]
    ws.flush().await.map_err(failed)?;
    Ok(())
}

const ANSWER: &[u8] = b"\x81\x82\0\0\0\0ok";

survey!(
    "WebSocket frames over a layer of 64 bytes that buffers until it is flushed",
    vec![
        family(
            "question and answer, buffered",
            "A message; the peer answers when it has it.",
            over(&[4])
                .flush(FlushMode::Buffers(64))
                .peer(|mut peer: Peer| async move {
                    peer.read_exact(7).await?;
                    peer.send(ANSWER).await
                }),
            asks
        )
        .reported("denoland/fastwebsockets#88", "0.9.0", &[NoStall]),
        family(
            "ping, buffered",
            "A ping; the peer closes when it has the pong.",
            over(&[4])
                .flush(FlushMode::Buffers(64))
                .peer(|mut peer: Peer| async move {
                    peer.send(PING).await?;
                    peer.read_exact(4).await?;
                    peer.send(CLOSE).await
                }),
            |s| replies(s, b"\x8a\x02hi\x88\x02\x03\xe8")
        )
        .open("findings/fastwebsockets-replies.md", &[NoStall]),
        family(
            "close by the peer, buffered",
            "The peer closes, and the library replies.",
            over(&[4]).flush(FlushMode::Buffers(64)).input(CLOSE),
            |s| replies(s, b"\x88\x02\x03\xe8")
        )
        .open(
            "findings/fastwebsockets-replies.md",
            &[NothingTruncated, NoSilentLoss]
        ),
        family(
            "close by the peer",
            "The same over a plain socket.",
            over(&[2, 64]).input(CLOSE),
            |s| replies(s, b"\x88\x02\x03\xe8")
        ),
        family(
            "write and close",
            "A message and a close frame over a plain socket.",
            over(&[4, 64]),
            closes
        ),
        family("slow reader", "The same.", slowly(&[4], 2), closes),
        family(
            "error in the middle",
            "The peer resets after 3 bytes.",
            over(&[4]).readers([Reader::PROMPT.resets_after(3)]),
            closes
        )
        .also(&[ResetEndsWithError]),
    ]
);
