//! futures-util: `io::copy`, `io::copy_buf` and a `BufWriter`.

#[path = "../kit.rs"]
mod kit;
use futures_util::io::{AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use futures_util::{SinkExt, io::copy, io::copy_buf};
use kit::*;

/// Sends back what comes in, through a buffered writer.
async fn echo(socket: Socket, buffered: bool) -> io::Result<()> {
    socket.expect_delivery(b"pingpong");
    let (reader, writer) = socket.split();
    let mut writer = BufWriter::with_capacity(64, writer);
    match buffered {
        true => copy_buf(BufReader::with_capacity(64, reader), &mut writer).await?,
        false => copy(reader, &mut writer).await?,
    };
    writer.close().await
}

/// Writes more than the buffer holds; then closes, or flushes and drops.
async fn writes(socket: Socket, closes: bool) -> io::Result<()> {
    socket.expect_delivery(b"response");
    let mut writer = BufWriter::with_capacity(4, socket);
    writer.write_all(b"resp").await?;
    writer.write_all(b"onse").await?;
    if closes {
        writer.close().await
    } else {
        writer.flush().await
    }
}

/// A sink of items over a socket.
async fn sinks(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(b"response");
    let mut sink = socket.into_sink();
    sink.feed(&b"resp"[..]).await?;
    sink.feed(&b"onse"[..]).await?;
    sink.close().await
}

survey!(
    "copies, a buffered writer and a sink",
    vec![
        family(
            "copy, the reader stalls",
            "An echo through a BufWriter; the peer ends when it has all of it.",
            over(&[4, 64]).peer(speaker),
            |s| echo(s, false)
        )
        .open("rust-lang/futures-rs#1828", &[NoStall]),
        family(
            "copy_buf, the reader stalls",
            "The same with copy_buf.",
            over(&[4, 64]).peer(speaker),
            |s| echo(s, true)
        )
        .open("rust-lang/futures-rs#1828", &[NoStall]),
        family(
            "half-close",
            "An echo of what came before the peer's FIN.",
            over(&[4, 64]).input(b"ping").input(b"pong").input_eof(),
            |s| echo(s, false)
        ),
        family(
            "write and close",
            "BufWriter: write_all, close.",
            over(&[3, 64]),
            |s| writes(s, true)
        ),
        family(
            "write and drop",
            "BufWriter: write_all, flush, drop.",
            over(&[3, 64]),
            |s| writes(s, false)
        ),
        family(
            "slow reader",
            "BufWriter: write_all, close.",
            slowly(&[3], 2),
            |s| writes(s, true)
        ),
        family(
            "a sink is closed",
            "into_sink: feed, close.",
            over(&[3, 64]),
            sinks
        ),
        family(
            "error in the middle",
            "BufWriter: the peer resets after 3 bytes.",
            over(&[2, 4]).readers([Reader::PROMPT.resets_after(3)]),
            |s| writes(s, true)
        )
        .also(&[ResetEndsWithError]),
    ]
);
