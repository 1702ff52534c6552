//! actix-codec: a `Framed`.

#[path = "../kit.rs"]
mod kit;
use actix_codec::{BytesCodec, Framed};
use futures::SinkExt;
use kit::*;
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// Sends two items, fed or flushed; then closes, or drops.
async fn sends(socket: Socket, first: usize, flushes: bool, closes: bool) -> io::Result<()> {
    socket.expect_delivery([vec![b'x'; first], b"onse".to_vec()].concat());
    let mut framed = Framed::new(socket.compat(), BytesCodec);
    framed.feed(Bytes::from(vec![b'x'; first])).await?;
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

survey!(
    "a Framed over a socket",
    vec![
        family(
            "a full buffer",
            "The first item fills the buffer of 8 KiB, and the second has to wait.",
            over(&[4096, 16384]),
            |s| sends(s, 8192, true, true)
        )
        .reported("actix/actix-net#409", "0.4.1", &[NoStall]),
        family(
            "flush and close",
            "Two items, flush, close.",
            over(&[3, 64]),
            |s| sends(s, 4, true, true)
        ),
        family(
            "write and close",
            "Two items, close.",
            over(&[3, 64]),
            |s| sends(s, 4, false, true)
        )
        .open(
            "findings/actix-codec-close.md",
            &[NothingTruncated, NoSilentLoss]
        ),
        family(
            "write and drop",
            "Two items, flush, drop.",
            over(&[3, 64]),
            |s| sends(s, 4, true, false)
        ),
        family(
            "slow reader",
            "Two items, flush, close.",
            slowly(&[3], 2),
            |s| sends(s, 4, true, true)
        ),
        family(
            "error in the middle",
            "The peer resets after 3 bytes.",
            over(&[3]).readers([Reader::PROMPT.resets_after(3)]),
            |s| sends(s, 4, true, true)
        )
        .also(&[ResetEndsWithError]),
    ]
);
