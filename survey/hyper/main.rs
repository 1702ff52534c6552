//! hyper: the HTTP/2 server; the HTTP/1 connections are in [`http1`] and [`graceful`].

/// A connection that answers with `hello`.
macro_rules! hello {
    ($socket:ident) => {
        hyper::server::conn::http1::Builder::new().serve_connection(
            hyper_util::rt::TokioIo::new(tokio_util::compat::FuturesAsyncReadCompatExt::compat(
                $socket,
            )),
            hyper::service::service_fn(|_request| async {
                let response = hyper::Response::builder().header("date", "x");
                let body = http_body_util::Full::new(bytes::Bytes::from_static(b"hello"));
                Ok::<_, std::convert::Infallible>(response.body(body).unwrap())
            }),
        )
    };
}

#[path = "../frames.rs"]
mod frames;
mod graceful;
mod http1;
#[path = "../kit.rs"]
mod kit;
use frames::{ACK, REQUEST, client, whole};
use futures::future::poll_fn;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kit::*;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use tokio_util::compat::FuturesAsyncReadCompatExt;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs what hyper spawns beside the connection, under its waker.
#[derive(Clone, Default)]
struct Beside(Arc<Mutex<Vec<Task>>>);

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Beside {
    fn execute(&self, task: F) {
        self.0.lock().unwrap().push(Box::pin(task));
    }
}

/// Answers with 16 bytes; is told to be graceful by a signal.
async fn serves(socket: Socket) -> Ended {
    let (handle, beside) = (socket.handle(), Beside::default());
    let service = service_fn(|_| async {
        let response = hyper::Response::builder().header("date", "x");
        response.body(Full::new(Bytes::from_static(&[b'x'; 16])))
    });
    let mut builder = hyper::server::conn::http2::Builder::new(beside.clone());
    builder.auto_date_header(false);
    let mut connection =
        std::pin::pin!(builder.serve_connection(TokioIo::new(socket.compat()), service));
    let (mut graceful, mut running, mut ended) = (false, Vec::<Task>::new(), None);
    let ended = poll_fn(|cx| {
        if !graceful && handle.poll_signal(0, cx).is_ready() {
            graceful = true;
            connection.as_mut().graceful_shutdown();
        }
        if ended.is_none()
            && let Poll::Ready(result) = connection.as_mut().poll(cx)
        {
            ended = Some(result);
        }
        loop {
            running.append(&mut beside.0.lock().unwrap());
            running.retain_mut(|task| task.as_mut().poll(cx).is_pending());
            if beside.0.lock().unwrap().is_empty() {
                break;
            }
        }
        ended.take().map_or(Poll::Pending, Poll::Ready)
    });
    Ok(ended.await?)
}

/// A client that sends FIN when it has the response.
async fn leaves(mut peer: Peer) -> io::Result<()> {
    peer.send(ACK).await?;
    peer.read_until([b'x'; 16]).await?;
    peer.finish().await?;
    peer.read_to_end().await.map(drop)
}

/// Whole frames alone, 16 bytes of DATA among them; where the client ends, GOAWAY may be missing.
fn answered(stream: &[u8], _: &[Bytes]) -> Parse {
    const GO_AWAY: &[u8] = b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0";
    whole(&[stream, GO_AWAY].concat(), 16)
}

/// Nobody tells the server anything.
fn asked(checker: Checker) -> Checker {
    let checker = checker.input(REQUEST).stack_bytes(1 << 20);
    checker.signals(1).framing(|| Parsed::new(answered))
}

/// A client that follows, and a signal at any point.
fn serving(checker: Checker) -> Checker {
    let checker = checker
        .input(REQUEST)
        .signals(1)
        .stops([0])
        .stack_bytes(1 << 20);
    let checker = checker
        .script(Script::new("operator", [ScriptStep::Raise(0)]))
        .ends(lastbyte::trace::Ends::WhenTold);
    checker.framing(|| Parsed::new(|stream: &[u8], _: &[Bytes]| whole(stream, 16)))
}

/// No report of these is about HTTP/2: there the older releases would say nothing new.
fn http2() -> Vec<Family> {
    if env!("CARGO_PKG_VERSION_MINOR") != "12" {
        return Vec::new();
    }
    vec![
        family(
            "graceful shutdown",
            "A response of 16 bytes; graceful_shutdown at any point.",
            serving(over(&[512]).peer(client)),
            serves,
        ),
        family(
            "slow reader",
            "The same.",
            serving(slowly(&[512], 128).peer(client)),
            serves,
        ),
        family(
            "write and close",
            "A response of 16 bytes; the client sends FIN when it has it.",
            asked(over(&[512]).peer(leaves)),
            serves,
        ),
        family(
            "half-close",
            "The client has sent FIN after its request.",
            asked(over(&[512]).input_eof()),
            serves,
        )
        .accepted(
            "HTTP/2 knows no half-close: the end of the input ends the connection",
            &[NothingTruncated, NoSilentLoss],
        ),
        family(
            "the shutdown is pending",
            "As the first, over a layer whose shutdown takes a while.",
            serving(over(&[512]).peer(client).shutdown(ShutdownMode::Deferred)),
            serves,
        ),
        family(
            "error in the middle",
            "As the first; the client resets after the first 40 bytes.",
            serving(over(&[512]).readers([Reader::PROMPT.resets_after(40)])),
            serves,
        )
        .without(&[NoNeedlessError]),
    ]
}

survey!(
    "the HTTP/2 server, and both sides of HTTP/1",
    [http1::families(), graceful::families(), http2()]
        .into_iter()
        .flatten()
        .collect()
);
