//! The timer for the next head, on real hyper over real sockets.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// More than the buffers of any socket here hold.
const LARGE: usize = 64 << 20;

/// What hyper has by default, where it has a timer.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(30);

/// Answers at once, and reads the request's body beside it.
async fn answer_first(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    tokio::spawn(request.into_body().collect());
    Ok(Response::new(Full::new(vec![b'x'; LARGE].into())))
}

/// When the rest of the request comes, and when the peer reads the answer.
#[derive(Clone, Copy)]
struct Peer {
    /// The request is there as a whole before it is answered.
    sends_at_once: bool,
    /// The peer waits so long before it reads on.
    pauses: Duration,
    /// Bytes of the answer's body.
    reads: usize,
}

/// Serves a peer that reads the head, then sends the rest, then waits, and then reads what there is. How the
/// connection has ended, if it has, and how many bytes of the body have arrived.
async fn served<S>(socket: S, mut peer: S, how: Peer) -> (Option<hyper::Result<()>>, usize)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (first, rest) = match how.sends_at_once {
        true => (&b"helloworld"[..], &b""[..]),
        false => (&b"hello"[..], &b"world"[..]),
    };
    let head = b"POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\n";
    let request = [&head[..], first].concat();
    peer.write_all(&request).await.expect("room for a request");
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_READ_TIMEOUT);
    let connection = builder.serve_connection(TokioIo::new(socket), service_fn(answer_first));
    let connection = tokio::spawn(connection);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(peer.read_u8().await.expect("a head"));
    }
    peer.write_all(rest).await.expect("room for the rest");
    tokio::time::sleep(how.pauses).await;
    let (mut body, mut piece) = (0, vec![0; 1 << 16]);
    while body < how.reads {
        match peer.read(&mut piece).await {
            Ok(0) | Err(_) => break,
            Ok(bytes) => body += bytes,
        }
    }
    let ended = match connection.is_finished() {
        true => Some(connection.await.expect("it does not panic")),
        false => None,
    };
    (ended, body)
}

/// The same over a Unix socket, and over TCP.
async fn over_both(how: Peer) -> [(Option<hyper::Result<()>>, usize); 2] {
    let (socket, peer) = UnixStream::pair().expect("a socket pair");
    let unix = served(socket, peer, how).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (peer, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (peer, (socket, _)) = (peer.expect("a listener"), accepted.expect("a peer"));
    [unix, served(socket, peer, how).await]
}

/// The end of the request's body makes the connection idle although its answer is not flushed, and the timer
/// for the next head begins.
#[tokio::test(start_paused = true)]
async fn the_timer_for_the_next_head_cuts_an_answer_that_is_not_flushed() {
    let how = Peer {
        sends_at_once: false,
        pauses: 2 * HEADER_READ_TIMEOUT,
        reads: LARGE,
    };
    for (ended, body) in over_both(how).await {
        let error = ended.expect("it has ended").expect_err("in time");
        assert!(error.is_timeout(), "{error}");
        assert!(body < LARGE, "{body}");
    }
}

/// Whoever reads on before that gets it all.
#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_in_time_gets_its_answer() {
    let how = Peer {
        sends_at_once: false,
        pauses: HEADER_READ_TIMEOUT / 2,
        reads: LARGE,
    };
    for (ended, body) in over_both(how).await {
        assert!(ended.is_none());
        assert_eq!(body, LARGE);
    }
}

/// So does a peer whose request is there as a whole: the connection is not idle before its answer is flushed.
#[tokio::test(start_paused = true)]
async fn an_answer_to_a_whole_request_is_not_cut() {
    let how = Peer {
        sends_at_once: true,
        pauses: 2 * HEADER_READ_TIMEOUT,
        reads: LARGE,
    };
    for (ended, body) in over_both(how).await {
        assert!(ended.is_none());
        assert_eq!(body, LARGE);
    }
}
