//! tokio-rustls: a client's handshake, and a server that writes. The handshake of the server is with a
//! client in memory, so that it is no part of what is explored. What is on the wire is random: the reader
//! counts bytes, and no test of the ciphertext is made.

#[path = "../kit.rs"]
mod kit;
use kit::*;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_rustls::rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};

static CONFIGS: LazyLock<(Arc<ClientConfig>, Arc<ServerConfig>)> = LazyLock::new(|| {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let client = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let key = PrivatePkcs8KeyDer::from(own.key_pair.serialize_der()).into();
    let server = ServerConfig::builder().with_no_client_auth();
    let mut server = server
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    server.send_tls13_tickets = 0;
    (Arc::new(client), Arc::new(server))
});

fn localhost() -> ServerName<'static> {
    ServerName::try_from("localhost").unwrap()
}

fn client() -> ClientConnection {
    ClientConnection::new(CONFIGS.0.clone(), localhost()).unwrap()
}

/// Bytes of a client's first message.
static HELLO: LazyLock<usize> = LazyLock::new(|| client().write_tls(&mut io::sink()).unwrap());

/// Begins a handshake as a client, whose server has not answered yet.
async fn connects(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(vec![0; *HELLO]);
    TlsConnector::from(CONFIGS.0.clone())
        .connect(localhost(), socket.compat())
        .await
        .map(drop)
}

/// The client of the execution that is under way.
static CLIENT: Mutex<Option<ClientConnection>> = Mutex::new(None);

fn with_client<R>(act: impl FnOnce(&mut ClientConnection) -> R) -> R {
    act(CLIENT.lock().unwrap().as_mut().unwrap())
}

/// Speaks with the client in memory until the handshake is done, and then over the socket.
struct Switch {
    socket: Compat<Socket>,
    handshaking: bool,
}

impl AsyncRead for Switch {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.handshaking {
            let mut bytes = Vec::new();
            with_client(|client| client.write_tls(&mut bytes))?;
            buf.put_slice(&bytes);
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for Switch {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.handshaking {
            return Poll::Ready(with_client(|client| {
                let read = client.read_tls(&mut buf)?;
                client.process_new_packets().map_err(failed)?;
                Ok(read)
            }));
        }
        Pin::new(&mut self.socket).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.handshaking {
            Poll::Ready(Ok(()))
        } else {
            Pin::new(&mut self.socket).poll_flush(cx)
        }
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// Writes 40 bytes as a server; then shuts down, or flushes and drops.
async fn serves(socket: Socket, polite: bool) -> io::Result<()> {
    let handle = socket.handle();
    *CLIENT.lock().unwrap() = Some(client());
    let io = Switch {
        socket: socket.compat(),
        handshaking: true,
    };
    let mut stream = TlsAcceptor::from(CONFIGS.1.clone()).accept(io).await?;
    stream.get_mut().0.handshaking = false;
    handle.expect_delivery(Bytes::from_static(&[0; 62])); // a record of 40 bytes
    if polite {
        handle.expect_delivery(Bytes::from_static(&[0; 24])); // close_notify
    }
    stream.write_all(&[b'x'; 40]).await?;
    if polite {
        stream.shutdown().await
    } else {
        stream.flush().await
    }
}

/// Client hellos and records of these lengths are random after their heads.
const RANDOM: &[(&[u8], usize)] = &[
    (b"\x16\x03\x01", 1000),
    (b"\x17\x03\x03\0\x39", 57),
    (b"\x17\x03\x03\0\x13", 19),
];

fn random(checker: Checker) -> Checker {
    checker
        .framing(Counted::default)
        .varying(RANDOM)
        .stack_bytes(1 << 20)
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
