//! yamux: a connection with one stream.

#[path = "../kit.rs"]
mod kit;
use futures::{AsyncWriteExt, future::poll_fn};
use kit::*;
use yamux::{Config, Connection, ConnectionError, Mode, Stream};

const FRAME: &[u8] = b"\0\0\0\x01\0\0\0\x01\0\0\0\x05hello"; // data, SYN, stream 1
const GO_AWAY: &[u8] = b"\0\x03\0\0\0\0\0\0\0\0\0\0"; // normal

const RESET: &[u8] = b"\0\0\0\x08\0\0\0\x01\0\0\0\0"; // data, RST, stream 1

/// Opens a stream, writes, and drops it or not.
async fn opens(
    connection: &mut Connection<Socket>,
    drops: bool,
) -> Result<Option<Stream>, Box<dyn std::error::Error>> {
    let mut stream = poll_fn(|cx| connection.poll_new_outbound(cx)).await?;
    stream.write_all(b"hello").await?;
    Ok((!drops).then_some(stream))
}

/// After that it closes the connection.
async fn closes(socket: Socket, drops: bool) -> Ended {
    let handle = socket.handle();
    let mut connection = Connection::new(socket, Config::default(), Mode::Client);
    let _stream = opens(&mut connection, drops).await?;
    handle.expect_delivery([FRAME, GO_AWAY].concat().into());
    Ok(poll_fn(|cx| connection.poll_close(cx)).await?)
}

/// After that the connection runs on until the peer ends it.
async fn runs(socket: Socket, drops: bool) -> Ended {
    let reset = if drops { RESET } else { b"" };
    socket.expect_delivery([FRAME, reset].concat());
    let mut connection = Connection::new(socket, Config::default(), Mode::Client);
    let _stream = opens(&mut connection, drops).await?;
    match poll_fn(|cx| connection.poll_next_inbound(cx)).await {
        Some(Ok(_)) => Err("a stream of the peer's".into()),
        // The peer's FIN, which releases say in two ways.
        None | Some(Err(ConnectionError::Closed)) => Ok(()),
        Some(Err(error)) => Err(error.into()),
    }
}

/// What was promised, in its order.
fn in_order(stream: &[u8], promises: &[Bytes]) -> Parse {
    match promises.first() {
        Some(promise) if stream == promise => Parse::Complete,
        Some(promise) if promise.starts_with(stream) => Parse::Incomplete,
        Some(_) => Parse::Wrong,
        None => Parse::Incomplete,
    }
}

fn families() -> Vec<Family> {
    let ends_after = |bytes| [ScriptStep::AwaitReceived(bytes), ScriptStep::FinishInput];
    let families = vec![
        family(
            "write and close",
            "A stream is written to, and the connection is closed.",
            over(&[8, 64]),
            |s| closes(s, false),
        ),
        family(
            "write and close, buffered",
            "The connection is closed over a layer that buffers.",
            over(&[8])
                .flush(FlushMode::Buffers(64))
                .shutdown(ShutdownMode::FlushesFirst),
            |s| closes(s, false),
        ),
        family("slow reader", "The same.", slowly(&[16], 8), |s| {
            closes(s, false)
        }),
        family(
            "error in the middle",
            "The peer resets after 8 bytes.",
            over(&[8]).readers([Reader::PROMPT.resets_after(8)]),
            |s| closes(s, false),
        )
        .also(&[ResetEndsWithError]),
        family(
            "half-close",
            "The peer has sent FIN.",
            over(&[8, 64]).input_eof(),
            |s| closes(s, false),
        ),
        family(
            "a dropped stream, write and close",
            "A stream is written to and dropped, and the connection is closed.",
            over(&[8, 64]),
            |s| closes(s, true),
        ),
    ];
    let truncates = |family: Family| {
        family.between(
            "libp2p/rust-yamux#194",
            ("0.13.2", "0.13.4"),
            &[NoSilentLoss, NothingTruncated],
        )
    };
    let mut families: Vec<_> = families.into_iter().map(truncates).collect();
    // Since 0.13 a connection that runs measures the round trip with a clock and a random number.
    let version = env!("CARGO_PKG_VERSION");
    if version.starts_with("0.11.") || version.starts_with("0.12.") {
        families.push(
            family(
                "a dropped stream",
                "A stream is written to and dropped; the peer ends when it has all.",
                over(&[8, 64])
                    .framing(|| Parsed::new(in_order))
                    .script(Script::new("peer", ends_after(29))),
                |s| runs(s, true),
            )
            .reported(
                "libp2p/rust-yamux#117",
                "0.11.1",
                &[NothingTruncated, NoSilentLoss, ReceivedIsPrefix],
            )
            .between("libp2p/rust-yamux#166", ("0.11.1", "0.12.0"), &[NoStall]),
        );
        families.push(
            family(
                "a layer that buffers",
                "A flush of the layer waits for the peer, who ends when all is there.",
                over(&[4, 8])
                    .flush(FlushMode::Buffers(64))
                    .script(Script::new("peer", ends_after(17))),
                |s| runs(s, false),
            )
            .reported("libp2p/rust-yamux#130", "0.10.1", &[NoStall]),
        );
    }
    families
}

survey!("a client with one stream", families());
