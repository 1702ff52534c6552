//! What the model finds in hyper 1.12.0, on real hyper over real sockets.
//!
//! A test that is left waiting would wait for ever; the clock is paused, so that tokio moves it on
//! only when nobody has anything left to do, and a time limit means just that.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::time::timeout;

/// More than a socket buffer holds.
const LARGE: usize = 4 << 20;

/// Nothing has happened, and nothing will.
const FOR_EVER: Duration = Duration::from_secs(3600);

/// Reads until a head is complete and returns it.
async fn read_head(peer: &mut UnixStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(peer.read_u8().await.expect("a head"));
    }
    String::from_utf8(head).expect("ASCII")
}

fn answer_large(
    _: Request<Incoming>,
) -> std::future::Ready<Result<Response<Full<Bytes>>, Infallible>> {
    std::future::ready(Ok(Response::new(Full::new(vec![b'x'; LARGE].into()))))
}

async fn answer_small(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::new(Bytes::from_static(b"hello"))))
}

/// Serves with or without `pipeline_flush` what the peer sends, and returns how the connection ended and what
/// the peer received.
async fn served(pipeline_flush: bool, request: &[u8]) -> (Result<(), hyper::Error>, Vec<u8>) {
    let (socket, mut peer) = UnixStream::pair().expect("a socket pair");
    peer.write_all(request).await.expect("room for a request");
    let mut builder = Builder::new();
    builder.pipeline_flush(pipeline_flush);
    let ended = builder
        .serve_connection(TokioIo::new(socket), service_fn(answer_small))
        .await;
    let mut received = Vec::new();
    // A Unix socket reports unread bytes at the other end as a reset after the last byte.
    if let Err(error) = peer.read_to_end(&mut received).await {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    (ended, received)
}

#[tokio::test(start_paused = true)]
async fn pipeline_flush_loses_the_answer_in_front_of_more_input() {
    let request = b"GET / HTTP/1.1\r\nconnection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    let (ended, received) = served(true, request).await;
    assert!(ended.is_ok(), "{ended:?}");
    assert_eq!(received, b"");
    let (_, received) = served(false, request).await;
    assert!(received.ends_with(b"hello"));
}

#[tokio::test(start_paused = true)]
async fn pipeline_flush_loses_the_answer_to_a_malformed_request() {
    let request = b"GET / HTTP/1.1\r\nbad header\r\n\r\n";
    let (ended, received) = served(true, request).await;
    assert!(ended.expect_err("a parse error").is_parse());
    assert_eq!(received, b"");
    let (_, received) = served(false, request).await;
    assert!(received.starts_with(b"HTTP/1.1 400"));
}

#[tokio::test(start_paused = true)]
async fn pipeline_flush_loses_the_head_of_an_upgrade() {
    let (socket, mut peer) = UnixStream::pair().expect("a socket pair");
    peer.write_all(b"GET / HTTP/1.1\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nearly")
        .await
        .expect("room for a request");
    let service = service_fn(|request: Request<Incoming>| async move {
        tokio::spawn(async move {
            let mut upgraded = TokioIo::new(hyper::upgrade::on(request).await.expect("upgraded"));
            upgraded.write_all(b"new protocol").await.expect("room");
            upgraded.shutdown().await.expect("a socket that is open");
        });
        let mut response = Response::new(Empty::<Bytes>::new());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        response
            .headers_mut()
            .insert("connection", "upgrade".parse().expect("a value"));
        response
            .headers_mut()
            .insert("upgrade", "echo".parse().expect("a value"));
        Ok::<_, Infallible>(response)
    });
    let ended = Builder::new()
        .pipeline_flush(true)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades()
        .await;
    assert!(ended.is_ok(), "{ended:?}");
    let mut received = Vec::new();
    drop(peer.read_to_end(&mut received).await);
    assert_eq!(received, b"new protocol");
}

#[tokio::test(start_paused = true)]
async fn pipeline_flush_withholds_an_answer_from_half_a_request() {
    let (socket, mut peer) = UnixStream::pair().expect("a socket pair");
    peer.write_all(b"GET / HTTP/1.1\r\n\r\nGET / HT")
        .await
        .expect("room for a request");
    let mut builder = Builder::new();
    builder.pipeline_flush(true);
    let served = builder.serve_connection(TokioIo::new(socket), service_fn(answer_small));
    tokio::spawn(served);
    timeout(FOR_EVER, read_head(&mut peer))
        .await
        .expect_err("the answer is withheld");
    peer.write_all(b"TP/1.1\r\n\r\n")
        .await
        .expect("room for the rest");
    read_head(&mut peer).await;
}

#[tokio::test(start_paused = true)]
async fn poll_without_shutdown_is_ready_before_the_answer_is_flushed() {
    let (socket, mut peer) = UnixStream::pair().expect("a socket pair");
    peer.write_all(b"POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\nhello")
        .await
        .expect("room");
    let mut served =
        Builder::new().serve_connection(TokioIo::new(socket), service_fn(answer_large));
    let ended = poll_fn(|cx| served.poll_without_shutdown(cx)).await;
    assert!(ended.is_ok(), "{ended:?}");
    // The user goes on with the socket, as the documentation of `into_parts` allows from here on.
    let socket = served.into_parts().io.into_inner();
    drop(socket);
    read_head(&mut peer).await;
    let mut body = Vec::new();
    if let Err(error) = peer.read_to_end(&mut body).await {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    assert!(body.len() < LARGE, "{} bytes", body.len());
}

/// How much of a large answer arrives, where the service drops the rest of a request's body.
async fn answered(header: &str) -> usize {
    let (socket, mut peer) = UnixStream::pair().expect("a socket pair");
    let request = format!("POST / HTTP/1.1\r\n{header}content-length: 10\r\n\r\nhello");
    peer.write_all(request.as_bytes()).await.expect("room");
    let served = Builder::new()
        .serve_connection(TokioIo::new(socket), service_fn(answer_large))
        .with_upgrades();
    let served = tokio::spawn(served);
    assert!(read_head(&mut peer).await.starts_with("HTTP/1.1 200"));
    let mut body = Vec::new();
    if let Err(error) = peer.read_to_end(&mut body).await {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
    let ended = served.await.expect("it does not panic");
    assert!(ended.is_ok(), "{ended:?}");
    body.len()
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_the_upgrade_that_was_asked_for_is_cut() {
    let arrived = answered("connection: upgrade\r\nupgrade: h2c\r\n").await;
    assert!(arrived < LARGE, "{arrived} bytes");
    assert_eq!(answered("").await, LARGE);
}

/// Answers a POST at once, reads its body beside it; a GET has no body.
async fn answer_first(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = if request.method() == Method::POST {
        vec![b'x'; LARGE]
    } else {
        vec![b'y'; 5]
    };
    tokio::spawn(request.into_body().collect());
    Ok(Response::new(Full::new(body.into())))
}

/// The second of two requests, sent while the answer to the first one is being flushed; whether
/// it is answered.
async fn second_request_is_answered(vectored: bool) -> bool {
    let (socket, mut peer) = UnixStream::pair().expect("a socket pair");
    peer.write_all(b"POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\nhello")
        .await
        .expect("room");
    let mut builder = Builder::new();
    builder.writev(vectored);
    tokio::spawn(builder.serve_connection(TokioIo::new(socket), service_fn(answer_first)));
    read_head(&mut peer).await;
    peer.write_all(b"worldGET / HTTP/1.1\r\n\r\n")
        .await
        .expect("room");
    let mut body = vec![0; LARGE];
    peer.read_exact(&mut body).await.expect("the first answer");
    timeout(FOR_EVER, read_head(&mut peer)).await.is_ok()
}

#[tokio::test(start_paused = true)]
async fn a_request_behind_queued_bytes_is_not_answered() {
    assert!(!second_request_is_answered(true).await);
    assert!(second_request_is_answered(false).await);
}

/// A client whose response is there before its request is flushed; whether it is ever ready for
/// a second request.
async fn client_is_ready_again(vectored: bool) -> bool {
    let (socket, mut peer) = UnixStream::pair().expect("a socket pair");
    let mut builder = hyper::client::conn::http1::Builder::new();
    builder.writev(vectored);
    let handshake = builder.handshake(TokioIo::new(socket)).await;
    let (mut sender, connection) = handshake.expect("a handshake");
    tokio::spawn(connection);
    let body = Full::new(Bytes::from(vec![b'x'; LARGE]));
    let request = Request::post("/").header("host", "peer").body(body);
    let response = sender.send_request(request.expect("a request"));
    let answer = async {
        read_head(&mut peer).await;
        let response = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        peer.write_all(response).await.expect("room");
    };
    let (response, ()) = tokio::join!(response, answer);
    assert_eq!(response.expect("a response").status(), StatusCode::OK);
    let mut body = vec![0; LARGE];
    peer.read_exact(&mut body)
        .await
        .expect("the request's body");
    let ready = timeout(FOR_EVER, sender.ready()).await;
    assert!(!sender.is_closed());
    ready.is_ok()
}

#[tokio::test(start_paused = true)]
async fn a_client_with_queued_bytes_is_never_ready_again() {
    assert!(!client_is_ready_again(true).await);
    assert!(client_is_ready_again(false).await);
}

/// A body that another thread ends: it publishes the end, and then wakes who is registered.
#[derive(Debug, Default)]
struct End {
    published: AtomicBool,
    registered: Mutex<Option<Waker>>,
}

/// A body whose end is published between two polls of the same turn of the loop. Each poll that finds nothing
/// registers; the poll that finds the end clears the registration, and then nobody is left to be woken.
struct EndsBetweenTwoPolls {
    polls: usize,
    end: Arc<End>,
    /// To the thread: a poll has registered, a poll has found the end.
    polled: mpsc::Sender<()>,
    /// From the thread: the end is published.
    published: mpsc::Receiver<()>,
}

impl EndsBetweenTwoPolls {
    fn new() -> Self {
        let end = Arc::<End>::default();
        let (polled, is_polled) = mpsc::channel();
        let (publishes, published) = mpsc::channel();
        let ends = end.clone();
        std::thread::spawn(move || {
            if is_polled.recv().is_ok() {
                ends.published.store(true, Ordering::Release);
                publishes.send(()).expect("who registered waits for it");
            }
            // Found, or given up.
            let _found = is_polled.recv();
            let registered = ends.registered.lock().expect("no panic").take();
            if let Some(waker) = registered {
                waker.wake();
            }
        });
        EndsBetweenTwoPolls {
            polls: 0,
            end,
            polled,
            published,
        }
    }
}

impl Body for EndsBetweenTwoPolls {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.polls += 1;
        if self.polls == 1 {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))));
        }
        let mut registered = self.end.registered.lock().expect("no panic");
        if self.end.published.load(Ordering::Acquire) {
            *registered = None;
            drop(registered);
            self.polled.send(()).expect("the thread waits for it");
            return Poll::Ready(None);
        }
        *registered = Some(cx.waker().clone());
        drop(registered);
        // The thread comes between this poll and the next.
        self.polled.send(()).expect("the thread waits for it");
        self.published.recv().expect("the thread publishes the end");
        Poll::Pending
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_behind_a_body_that_ends_in_the_second_look_is_not_served() {
    let (socket, mut peer) = UnixStream::pair().expect("a socket pair");
    peer.write_all(b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        .await
        .expect("room");
    let service = service_fn(|_: Request<Incoming>| async {
        Ok::<_, Infallible>(Response::new(EndsBetweenTwoPolls::new()))
    });
    tokio::spawn(Builder::new().serve_connection(TokioIo::new(socket), service));
    read_head(&mut peer).await;
    let mut body = [0; 11];
    peer.read_exact(&mut body).await.expect("the first answer");
    assert_eq!(&body, b"1\r\nx\r\n0\r\n\r\n");
    timeout(FOR_EVER, read_head(&mut peer))
        .await
        .expect_err("the second is not served");
    // Not even a third request wakes the connection.
    peer.write_all(b"GET / HTTP/1.1\r\n\r\n")
        .await
        .expect("room");
    timeout(FOR_EVER, read_head(&mut peer))
        .await
        .expect_err("nobody waits for input");
}

/// The answer to a request whose body ends between two polls, as far as it comes.
async fn streamed(request: &[u8]) -> (Vec<u8>, bool) {
    let (socket, mut peer) = UnixStream::pair().expect("a socket pair");
    peer.write_all(request).await.expect("room");
    let service = service_fn(|_: Request<Incoming>| async {
        Ok::<_, Infallible>(Response::new(EndsBetweenTwoPolls::new()))
    });
    tokio::spawn(Builder::new().serve_connection(TokioIo::new(socket), service));
    read_head(&mut peer).await;
    let mut body = Vec::new();
    let ends = timeout(FOR_EVER, peer.read_to_end(&mut body)).await;
    (body, ends.is_ok())
}

#[tokio::test(start_paused = true)]
async fn a_body_that_ends_with_the_connection_in_the_second_look_has_no_end() {
    let (body, ends) = streamed(b"GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!((&body[..], ends), (&b"x"[..], false));
    let (body, ends) = streamed(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    assert_eq!((&body[..], ends), (&b"1\r\nx\r\n0\r\n\r\n"[..], true));
}

/// A socket that keeps how its last read failed.
struct Watched {
    socket: TcpStream,
    failed: Arc<Mutex<Option<ErrorKind>>>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.socket).poll_read(cx, buf);
        if let Poll::Ready(Err(error)) = &read {
            *self.failed.lock().expect("nobody panics") = Some(error.kind());
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// A whole answer lies in the kernel when the peer goes away without reading it: its unread input
/// makes TCP reset the connection, hyper's read says so, and the connection ends with `Ok`.
#[tokio::test]
async fn a_reset_after_the_last_byte_is_ok() {
    let failed = Arc::<Mutex<_>>::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let peer = async {
        let mut peer = TcpStream::connect(address).await.expect("a listener");
        peer.write_all(b"GET / HTTP/1.1\r\n\r\n")
            .await
            .expect("room for a request");
        let mut seen = [0; 1024];
        let mut there = 0;
        while !seen[..there].ends_with(b"hello") {
            there = peer.peek(&mut seen).await.expect("an answer");
        }
    };
    let server = async {
        let (socket, _) = listener.accept().await.expect("a peer");
        let failed = failed.clone();
        let socket = Watched { socket, failed };
        Builder::new()
            .serve_connection(TokioIo::new(socket), service_fn(answer_small))
            .await
    };
    let ((), ended) = tokio::join!(peer, server);
    assert!(ended.is_ok(), "{ended:?}");
    let failed = *failed.lock().expect("nobody panics");
    assert_eq!(failed, Some(ErrorKind::ConnectionReset));
}
