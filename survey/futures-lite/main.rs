//! futures-lite: `io::copy` and a `BufWriter`.

#[path = "../kit.rs"]
mod kit;
use futures_lite::io::{AsyncWriteExt, BufWriter, copy, split};
use kit::*;

/// Sends back what comes in, through a buffered writer.
async fn echo(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(b"pingpong");
    let (reader, writer) = split(socket);
    let mut writer = BufWriter::with_capacity(64, writer);
    copy(reader, &mut writer).await?;
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

survey!(
    "a copy and a buffered writer",
    vec![
        family(
            "copy, the reader stalls",
            "An echo through a BufWriter; the peer ends when it has all of it.",
            over(&[4, 64]).peer(speaker),
            echo
        )
        .open("findings/futures-lite-copy.md", &[NoStall]),
        family(
            "half-close",
            "An echo of what came before the peer's FIN.",
            over(&[4, 64]).input(b"ping").input(b"pong").input_eof(),
            echo
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
            "error in the middle",
            "BufWriter: the peer resets after 3 bytes.",
            over(&[2, 4]).readers([Reader::PROMPT.resets_after(3)]),
            |s| writes(s, true)
        )
        .also(&[ResetEndsWithError]),
    ]
);
