//! yamux: a connection with one stream.

#[path = "../kit.rs"]
mod kit;
use futures::{AsyncWriteExt, future::poll_fn};
use kit::*;
use yamux::{Config, Connection, Mode};

const FRAME: &[u8] = b"\0\0\0\x01\0\0\0\x01\0\0\0\x05hello"; // data, SYN, stream 1
const GO_AWAY: &[u8] = b"\0\x03\0\0\0\0\0\0\0\0\0\0"; // normal

/// Opens a stream, writes, and closes the connection.
async fn closes(socket: Socket) -> io::Result<()> {
    let handle = socket.handle();
    let mut connection = Connection::new(socket, Config::default(), Mode::Client);
    let mut stream = poll_fn(|cx| connection.poll_new_outbound(cx))
        .await
        .map_err(failed)?;
    stream.write_all(b"hello").await?;
    handle.expect_delivery([FRAME, GO_AWAY].concat().into());
    poll_fn(|cx| connection.poll_close(cx))
        .await
        .map_err(failed)
}

survey!(
    "a client with one stream",
    vec![
        family(
            "write and close",
            "A stream is written to, and the connection is closed.",
            over(&[8, 64]),
            closes
        )
        .reported(
            "libp2p/rust-yamux#194",
            "0.13.4",
            &[NoSilentLoss, NothingTruncated]
        ),
        family(
            "write and close, buffered",
            "The connection is closed over a layer that buffers.",
            over(&[8])
                .flush(FlushMode::Buffers(64))
                .shutdown(ShutdownMode::FlushesFirst),
            closes
        )
        .reported(
            "libp2p/rust-yamux#194",
            "0.13.4",
            &[NoSilentLoss, NothingTruncated]
        ),
        family("slow reader", "The same.", slowly(&[16], 8), closes).reported(
            "libp2p/rust-yamux#194",
            "0.13.4",
            &[NoSilentLoss, NothingTruncated]
        ),
        family(
            "error in the middle",
            "The peer resets after 8 bytes.",
            over(&[8]).readers([Reader::PROMPT.resets_after(8)]),
            closes
        )
        .also(&[ResetEndsWithError])
        .reported(
            "libp2p/rust-yamux#194",
            "0.13.4",
            &[NoSilentLoss, NothingTruncated]
        ),
        family(
            "half-close",
            "The peer has sent FIN.",
            over(&[8, 64]).input_eof(),
            closes
        )
        .reported(
            "libp2p/rust-yamux#194",
            "0.13.4",
            &[NoSilentLoss, NothingTruncated]
        ),
    ]
);
