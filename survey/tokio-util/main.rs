//! tokio-util: a `FramedWrite` and a `SinkWriter` over a `FramedWrite`.

#[path = "../kit.rs"]
mod kit;
use futures::SinkExt;
use kit::*;
use tokio::io::AsyncWriteExt;
use tokio_util::codec::{BytesCodec, FramedWrite};
use tokio_util::compat::FuturesAsyncReadCompatExt;
use tokio_util::io::{CopyToBytes, SinkWriter};

/// Sends two items, fed or flushed; then closes, or drops.
async fn sends(socket: Socket, flushes: bool, closes: bool) -> io::Result<()> {
    socket.expect_delivery(b"response");
    let mut framed = FramedWrite::new(socket.compat(), BytesCodec::new());
    framed.feed(Bytes::from_static(b"resp")).await?;
    framed.feed(Bytes::from_static(b"onse")).await?;
    if flushes {
        SinkExt::<Bytes>::flush(&mut framed).await?;
    }
    if closes {
        SinkExt::<Bytes>::close(&mut framed).await
    } else {
        Ok(())
    }
}

/// Writes into a sink of items; then shuts down.
async fn writes(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(b"response");
    let framed = FramedWrite::new(socket.compat(), BytesCodec::new());
    let mut writer = SinkWriter::new(CopyToBytes::new(framed));
    writer.write_all(b"resp").await?;
    writer.write_all(b"onse").await?;
    writer.shutdown().await
}

survey!(
    "framed writers over a socket",
    vec![
        family(
            "write and close",
            "Two items, close.",
            over(&[3, 64]),
            |s| sends(s, false, true)
        ),
        family(
            "flush and close",
            "Two items, flush, close.",
            over(&[3, 64]),
            |s| sends(s, true, true)
        ),
        family(
            "write and drop",
            "Two items, flush, drop.",
            over(&[3, 64]),
            |s| sends(s, true, false)
        ),
        family(
            "write and drop, buffered",
            "The same over a layer that buffers.",
            over(&[3]).flush(FlushMode::Buffers(64)),
            |s| sends(s, true, false)
        ),
        family(
            "SinkWriter, write and close",
            "write_all twice, shutdown.",
            over(&[3, 64]),
            writes
        ),
        family("slow reader", "Two items, close.", slowly(&[3], 2), |s| {
            sends(s, false, true)
        }),
        family(
            "the shutdown is pending",
            "Two items, close, over a layer whose shutdown takes a while.",
            over(&[8]).shutdown(ShutdownMode::Deferred),
            |s| sends(s, false, true)
        ),
        family(
            "error in the middle",
            "The peer resets after 3 bytes.",
            over(&[3]).readers([Reader::PROMPT.resets_after(3)]),
            |s| sends(s, false, true)
        )
        .also(&[ResetEndsWithError]),
    ]
);
