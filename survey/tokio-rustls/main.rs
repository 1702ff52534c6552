//! tokio-rustls: a client's handshake, and a server that writes. The handshake of the server is with a
//! client in memory, so that it is no part of what is explored.

#[path = "../kit.rs"]
mod kit;
#[path = "../tls.rs"]
mod tls;
use futures::FutureExt;
use futures::future::join;
use kit::*;
use tls::{CONFIGS, localhost, random};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio_rustls::rustls::ClientConnection;
use tokio_rustls::{TlsAcceptor, TlsConnector, server::TlsStream};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};
use tokio_util::either::Either;

/// Begins a handshake as a client, whose server has not answered yet.
async fn connects(socket: Socket) -> io::Result<()> {
    let mut client = ClientConnection::new(CONFIGS.0.clone(), localhost()).unwrap();
    let hello = client.write_tls(&mut io::sink())?;
    socket.expect_delivery(vec![0; hello]);
    let connector = TlsConnector::from(CONFIGS.0.clone());
    connector.connect(localhost(), socket.compat()).await?;
    Ok(())
}

/// A server after its handshake with a client in memory, which is over before anybody else moves.
fn accepted() -> io::Result<TlsStream<Either<DuplexStream, Compat<Socket>>>> {
    let (near, far) = duplex(1 << 16);
    let client = TlsConnector::from(CONFIGS.0.clone()).connect(localhost(), far);
    let server = TlsAcceptor::from(CONFIGS.1.clone()).accept(Either::Left(near));
    let mut both = join(client, server);
    loop {
        if let Some((_, server)) = (&mut both).now_or_never() {
            return server;
        }
    }
}

/// Writes 40 bytes as a server; then shuts down, or flushes and drops.
async fn serves(socket: Socket, polite: bool) -> io::Result<()> {
    let mut stream = accepted()?;
    socket.expect_delivery([0; 62]); // a record of 40 bytes
    if polite {
        socket.expect_delivery([0; 24]); // close_notify
    }
    *stream.get_mut().0 = Either::Right(socket.compat());
    stream.write_all(&[b'x'; 40]).await?;
    match polite {
        true => stream.shutdown().await,
        false => stream.flush().await,
    }
}

survey!(
    "TLS over a socket",
    vec![
        family(
            "client, handshake over a layer that buffers",
            "The first message of a handshake.",
            random(over(&[128])).flush(FlushMode::Buffers(4096)),
            connects
        )
        .only(&[NoStall, NoSpin, NoPanic])
        .reported("rustls/tokio-rustls#112", "0.26.3", &[NoStall]),
        family(
            "client, handshake",
            "The same over a plain socket.",
            random(over(&[128, 1024])),
            connects
        )
        .only(&[NoStall, NoSpin, NoPanic]),
        family(
            "write and close",
            "A server writes 40 bytes and shuts down.",
            random(over(&[32, 128])),
            |s| serves(s, true)
        ),
        family(
            "write and drop",
            "A server writes 40 bytes, flushes and drops.",
            random(over(&[32, 128])),
            |s| serves(s, false)
        ),
        family(
            "slow reader",
            "A server writes 40 bytes and shuts down.",
            random(slowly(&[32], 16)),
            |s| serves(s, true)
        ),
        family(
            "write and close, buffered",
            "The same over a layer that buffers.",
            random(over(&[32]))
                .flush(FlushMode::Buffers(256))
                .shutdown(ShutdownMode::FlushesFirst),
            |s| serves(s, true)
        ),
        family(
            "the client is gone after the last byte",
            "The client resets when it has everything.",
            random(over(&[128])).peer(|mut peer: Peer| async move {
                peer.read_exact(62 + 24).await?;
                peer.reset().await
            }),
            |s| serves(s, true)
        )
        .only(&[NothingTruncated, NoStall, NoSpin, NoPanic])
        .reported("rustls/tokio-rustls#41", "0.26.0", &[CLOSED]),
        family(
            "error in the middle",
            "The peer resets after 10 bytes.",
            random(over(&[32])).readers([Reader::PROMPT.resets_after(10)]),
            |s| serves(s, true)
        )
        .also(&[ResetEndsWithError]),
    ]
);
