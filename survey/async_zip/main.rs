//! async_zip: an archive of one entry, written over a socket.

#[path = "../kit.rs"]
mod kit;
#[path = "../traits.rs"]
mod traits;
#[cfg(not(feature = "tokio-io"))]
use async_zip::{Compression, ZipEntryBuilder as EntryOptions, base::write::ZipFileWriter};
#[cfg(feature = "tokio-io")]
use async_zip::{Compression, write::EntryOptions, write::ZipFileWriter};
use kit::*;
use traits::{AsyncWrite, AsyncWriteExt, close, with_traits};

/// Writes an archive of one entry, whole or streamed.
async fn archive<W: AsyncWrite + Unpin>(writer: W, streamed: bool) -> Ended {
    let mut zip = ZipFileWriter::new(writer);
    let entry = EntryOptions::new("a".to_owned().into(), Compression::Deflate);
    if streamed {
        let mut stream = zip.write_entry_stream(entry).await?;
        stream.write_all(b"hello").await?;
        stream.close().await?;
    } else {
        zip.write_entry_whole(entry, b"hello").await?;
    }
    zip.close().await?;
    Ok(())
}

/// The same over a socket; then closes, or flushes and drops.
async fn sends(socket: Socket, streamed: bool, closes: bool) -> Ended {
    let mut expected = Vec::new();
    archive(&mut expected, streamed).await?;
    socket.expect_delivery(expected);
    let mut socket = with_traits(socket);
    archive(&mut socket, streamed).await?;
    match closes {
        true => close(&mut socket).await?,
        false => socket.flush().await?,
    }
    Ok(())
}

/// The old releases take the time from the clock: four bytes after these.
const TIMES: &[(&[u8], usize)] = &[(b"\0\x08\0\x08\0", 4), (b"\0\0\0\x08\0", 4)];

fn families() -> Vec<Family> {
    let reset = Reader::PROMPT.resets_after(40);
    // The end of a streamed entry closed the socket.
    let shuts = |family: Family| {
        family.reported(
            "Majored/rs-async-zip#8",
            "0.0.7",
            &[OneShutdown, NothingTruncated],
        )
    };
    vec![
        shuts(family(
            "write and close",
            "An archive of one entry, streamed, and closed.",
            over(&[128, 512]).varying(TIMES),
            |s| sends(s, true, true),
        )),
        shuts(family(
            "slow reader",
            "The same.",
            slowly(&[128], 64).varying(TIMES),
            |s| sends(s, true, true),
        )),
        shuts(family(
            "write and close, buffered",
            "The same over a layer that buffers.",
            over(&[128])
                .flush(FlushMode::Buffers(512))
                .shutdown(ShutdownMode::FlushesFirst)
                .varying(TIMES),
            |s| sends(s, true, true),
        )),
        shuts(family(
            "the shutdown is pending",
            "The same over a layer whose shutdown takes a while.",
            over(&[128, 512])
                .shutdown(ShutdownMode::Deferred)
                .varying(TIMES),
            |s| sends(s, true, true),
        )),
        shuts(family(
            "write and drop",
            "An archive of one entry, streamed, flushed and dropped.",
            over(&[128, 512]).varying(TIMES),
            |s| sends(s, true, false),
        )),
        family(
            "a whole entry, write and close",
            "An archive of one entry whose length is known.",
            over(&[128, 512]).varying(TIMES),
            |s| sends(s, false, true),
        ),
        family(
            "error in the middle",
            "The peer resets after 40 bytes.",
            over(&[64]).readers([reset]).varying(TIMES),
            |s| sends(s, false, true),
        )
        .also(&[ResetEndsWithError]),
    ]
}

survey!("an archive over a socket", families());
