//! async-bincode: a sink of numbers.

#[path = "../kit.rs"]
mod kit;
use async_bincode::tokio::AsyncBincodeWriter;
use futures::SinkExt;
use kit::*;
use tokio::io::AsyncWrite;
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// Sends two numbers, fed or flushed; then closes, or drops.
async fn sends<W: AsyncWrite + Unpin>(writer: W, flushes: bool, closes: bool) -> io::Result<W> {
    let mut sink = AsyncBincodeWriter::<W, u32, _>::from(writer).for_async();
    sink.feed(7).await.map_err(failed)?;
    sink.feed(8).await.map_err(failed)?;
    if flushes {
        sink.flush().await.map_err(failed)?;
    }
    if closes {
        sink.close().await.map_err(failed)?;
    }
    Ok(sink.into_inner())
}

async fn over_socket(socket: Socket, flushes: bool, closes: bool) -> io::Result<()> {
    socket.expect_delivery(
        sends(io::Cursor::new(Vec::new()), true, false)
            .await?
            .into_inner(),
    );
    sends(socket.compat(), flushes, closes).await.map(drop)
}

survey!(
    "a sink of numbers over a socket",
    vec![
        family(
            "the shutdown is pending",
            "Two numbers, close, over a layer whose shutdown takes a while.",
            over(&[8, 64]).shutdown(ShutdownMode::Deferred),
            |s| over_socket(s, false, true)
        )
        .reported("jonhoo/async-bincode#11", "0.7.1", &[NO_FLUSH_IN_SHUTDOWN]),
        family(
            "write and close",
            "Two numbers, close.",
            over(&[6, 64]),
            |s| over_socket(s, false, true)
        ),
        family(
            "flush and close",
            "Two numbers, flush, close.",
            over(&[6, 64]),
            |s| over_socket(s, true, true)
        ),
        family(
            "write and drop",
            "Two numbers, flush, drop.",
            over(&[6, 64]),
            |s| over_socket(s, true, false)
        ),
        family(
            "write and drop, buffered",
            "The same over a layer that buffers.",
            over(&[6]).flush(FlushMode::Buffers(64)),
            |s| over_socket(s, true, false)
        ),
        family("slow reader", "Two numbers, close.", slowly(&[6], 3), |s| {
            over_socket(s, false, true)
        }),
        family(
            "error in the middle",
            "The peer resets after 3 bytes.",
            over(&[6]).readers([Reader::PROMPT.resets_after(3)]),
            |s| over_socket(s, false, true)
        )
        .also(&[ResetEndsWithError]),
    ]
);
