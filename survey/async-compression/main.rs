//! async-compression: an encoder over a socket, by itself and below a `FramedWrite`.

#[path = "../kit.rs"]
mod kit;
#[path = "../traits.rs"]
mod traits;
#[cfg(not(feature = "tokio-io"))]
use async_compression::futures::write::DeflateEncoder;
#[cfg(feature = "tokio-io")]
use async_compression::tokio::write::DeflateEncoder;
use kit::*;
use traits::{AsyncWrite, AsyncWriteExt, close, with_traits};

/// Writes, flushes, writes; then closes, or flushes and drops.
async fn pieces<W: AsyncWrite + Unpin>(writer: W, closes: bool) -> io::Result<W> {
    let mut encoder = DeflateEncoder::new(writer);
    encoder.write_all(b"hello, ").await?;
    encoder.flush().await?;
    encoder.write_all(b"world").await?;
    match closes {
        true => close(&mut encoder).await?,
        false => encoder.flush().await?,
    }
    Ok(encoder.into_inner())
}

async fn encodes(socket: Socket, closes: bool) -> io::Result<()> {
    socket.expect_delivery(pieces(Vec::new(), closes).await?);
    pieces(with_traits(socket), closes).await.map(drop)
}

/// Sends one item and closes.
#[cfg(feature = "tokio-io")]
async fn frames<W: AsyncWrite + Unpin>(writer: W) -> io::Result<W> {
    use futures::SinkExt;
    let codec = tokio_util::codec::BytesCodec::new();
    let mut framed = tokio_util::codec::FramedWrite::new(DeflateEncoder::new(writer), codec);
    framed.send(Bytes::from_static(b"hello, world")).await?;
    SinkExt::<Bytes>::close(&mut framed).await?;
    Ok(framed.into_inner().into_inner())
}

#[cfg(feature = "tokio-io")]
async fn framed(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(frames(Vec::new()).await?);
    frames(with_traits(socket)).await.map(drop)
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
        #[cfg(feature = "tokio-io")]
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
