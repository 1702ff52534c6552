//! tokio: `copy`, `copy_buf`, `copy_bidirectional`, and a `BufWriter`.

#[path = "../kit.rs"]
mod kit;
use kit::*;
use tokio::io::{AsyncWriteExt, BufReader, BufWriter};
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// Sends back what comes in, through a buffered writer.
async fn echo(socket: Socket, buffered: bool) -> io::Result<()> {
    socket.expect_delivery(b"pingpong");
    let (mut reader, writer) = tokio::io::split(socket.compat());
    let mut writer = BufWriter::with_capacity(64, writer);
    match buffered {
        true => tokio::io::copy_buf(&mut BufReader::with_capacity(64, reader), &mut writer).await?,
        false => tokio::io::copy(&mut reader, &mut writer).await?,
    };
    writer.shutdown().await
}

/// Writes more than the buffer holds; then shuts down, or flushes and drops.
async fn writes(socket: Socket, closes: bool) -> io::Result<()> {
    socket.expect_delivery(b"response");
    let mut writer = BufWriter::with_capacity(4, socket.compat());
    writer.write_all(b"resp").await?;
    writer.write_all(b"onse").await?;
    match closes {
        true => writer.shutdown().await,
        false => writer.flush().await,
    }
}

/// A proxy. What each side has sent arrives at the other one.
async fn proxy(client: Socket, server: Socket) -> io::Result<()> {
    server.expect_delivery(b"abcd");
    client.expect_delivery(b"wxyz");
    let (mut client, mut server) = (client.compat(), server.compat());
    tokio::io::copy_bidirectional(&mut client, &mut server)
        .await
        .map(drop)
}

survey!(
    "copies and buffered writers",
    vec![
        family(
            "copy, the reader stalls",
            "An echo through a BufWriter; the peer ends when it has all of it.",
            over(&[4, 64]).peer(speaker),
            |s| echo(s, false)
        )
        .reported("tokio-rs/tokio#4001", "1.10.0", &[NoStall]),
        family(
            "copy_buf, the reader stalls",
            "The same with copy_buf.",
            over(&[4, 64]).peer(speaker),
            |s| echo(s, true)
        )
        .reported("tokio-rs/tokio#8424", "1.54.1", &[NoStall]),
        family(
            "write and close",
            "BufWriter: write_all, shutdown.",
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
            "BufWriter: write_all, shutdown.",
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
        family(
            "half-close",
            "copy_bidirectional between two sockets whose peers have sent FIN.",
            over(&[2])
                .input(b"abcd")
                .input_eof()
                .socket_name("client")
                .further_socket(
                    FurtherSocket::new("server")
                        .with_input(b"wxyz")
                        .with_input_eof()
                ),
            proxy
        ),
        family(
            "half-close, an answer after it",
            "copy_bidirectional; the server answers when it has seen FIN.",
            over(&[2])
                .input(b"abcd")
                .input_eof()
                .socket_name("client")
                .further_socket(FurtherSocket::new("server").with_peer(
                    |mut peer: Peer| async move {
                        peer.read_to_end().await?;
                        peer.send(b"wxyz").await?;
                        peer.finish().await
                    }
                )),
            proxy
        ),
    ]
);
