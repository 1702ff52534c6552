//! async-compression: an encoder over a socket, by itself and below a `FramedWrite`.

#[path = "../kit.rs"]
mod kit;
use io_of::*;
use kit::*;

#[cfg(feature = "old")]
mod io_of {
    pub use async_compression::futures::write::DeflateEncoder;
    pub use futures::io::{AsyncWrite, AsyncWriteExt, Cursor};
    pub fn wrap(socket: super::Socket) -> super::Socket {
        socket
    }
    pub async fn end<W: AsyncWrite + Unpin>(
        encoder: &mut DeflateEncoder<W>,
    ) -> super::io::Result<()> {
        encoder.close().await
    }
}
#[cfg(not(feature = "old"))]
mod io_of {
    pub use async_compression::tokio::write::DeflateEncoder;
    pub use std::io::Cursor;
    pub use tokio::io::{AsyncWrite, AsyncWriteExt};
    pub fn wrap(socket: super::Socket) -> tokio_util::compat::Compat<super::Socket> {
        tokio_util::compat::FuturesAsyncReadCompatExt::compat(socket)
    }
    pub async fn end<W: AsyncWrite + Unpin>(
        encoder: &mut DeflateEncoder<W>,
    ) -> super::io::Result<()> {
        encoder.shutdown().await
    }
}

/// Writes, flushes, writes; then closes, or flushes and drops.
async fn pieces<W: AsyncWrite + Unpin>(writer: W, closes: bool) -> io::Result<W> {
    let mut encoder = DeflateEncoder::new(writer);
    encoder.write_all(b"hello, ").await?;
    encoder.flush().await?;
    encoder.write_all(b"world").await?;
    match closes {
        true => end(&mut encoder).await?,
        false => encoder.flush().await?,
    }
    Ok(encoder.into_inner())
}

async fn encodes(socket: Socket, closes: bool) -> io::Result<()> {
    let expected = pieces(Cursor::new(Vec::new()), closes).await?;
    socket.expect_delivery(expected.into_inner());
    pieces(wrap(socket), closes).await.map(drop)
}

/// Sends one item and closes.
#[cfg(not(feature = "old"))]
async fn frames<W: AsyncWrite + Unpin>(writer: W) -> io::Result<W> {
    use futures::SinkExt;
    let codec = tokio_util::codec::BytesCodec::new();
    let mut framed = tokio_util::codec::FramedWrite::new(DeflateEncoder::new(writer), codec);
    framed.send(Bytes::from_static(b"hello, world")).await?;
    SinkExt::<Bytes>::close(&mut framed).await?;
    Ok(framed.into_inner().into_inner())
}

#[cfg(not(feature = "old"))]
async fn framed(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(frames(Cursor::new(Vec::new())).await?.into_inner());
    frames(wrap(socket)).await.map(drop)
}

fn families() -> Vec<Family> {
    let reset = Reader::PROMPT.resets_after(3);
    // The first flush closed the socket.
    let flushes = |family: Family| {
        family.reported(
            "Nullus157/async-compression#91",
            "0.3.4",
            &[OneShutdown, NothingTruncated],
        )
    };
    vec![
        flushes(family(
            "write and close",
            "Writes, flushes, writes and closes.",
            over(&[8, 64]),
            |s| encodes(s, true),
        )),
        flushes(family("slow reader", "The same.", slowly(&[8], 4), |s| {
            encodes(s, true)
        })),
        flushes(family(
            "write and close, buffered",
            "The same over a layer that buffers.",
            over(&[8])
                .flush(FlushMode::Buffers(64))
                .shutdown(ShutdownMode::FlushesFirst),
            |s| encodes(s, true),
        )),
        flushes(family(
            "the shutdown is pending",
            "The same over a layer whose shutdown takes a while.",
            over(&[8, 64]).shutdown(ShutdownMode::Deferred),
            |s| encodes(s, true),
        )),
        flushes(family(
            "write and drop",
            "Writes and flushes twice, and drops.",
            over(&[8, 64]),
            |s| encodes(s, false),
        )),
        family(
            "error in the middle",
            "The peer resets after 3 bytes.",
            over(&[8]).readers([reset]),
            |s| encodes(s, true),
        )
        .also(&[ResetEndsWithError]),
        #[cfg(not(feature = "old"))]
        family(
            "below a FramedWrite",
            "A FramedWrite, whose close flushes at every poll, sends and closes.",
            over(&[3]),
            framed,
        )
        .reported("Nullus157/async-compression#246", "0.4.4", &[NoPanic])
        .since(
            "Nullus157/async-compression#308",
            "0.4.4",
            &[NothingTruncated, NoNeedlessError],
        ),
    ]
}

survey!("a deflate encoder", families());
