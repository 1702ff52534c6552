//! hyper: the HTTP/2 server; the HTTP/1 connections are in [`http1`].

#[path = "../frames.rs"]
mod frames;
mod http1;
#[path = "../kit.rs"]
mod kit;
use frames::{REQUEST, client, whole};
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
async fn serves(socket: Socket) -> io::Result<()> {
    let (handle, beside) = (socket.handle(), Beside::default());
    let service = service_fn(|_| async {
        let response = hyper::Response::builder().header("date", "x");
        Ok::<_, Infallible>(
            response
                .body(Full::new(Bytes::from_static(&[b'x'; 16])))
                .unwrap(),
        )
    });
    let mut builder = hyper::server::conn::http2::Builder::new(beside.clone());
    builder.auto_date_header(false);
    let mut connection =
        std::pin::pin!(builder.serve_connection(TokioIo::new(socket.compat()), service));
    let (mut graceful, mut running, mut ended) = (false, Vec::<Task>::new(), None);
    poll_fn(|cx| {
        if !graceful && handle.poll_signal(0, cx).is_ready() {
            graceful = true;
            connection.as_mut().graceful_shutdown();
        }
        if ended.is_none()
            && let Poll::Ready(result) = connection.as_mut().poll(cx)
        {
            ended = Some(result.map_err(failed));
        }
        loop {
            running.append(&mut beside.0.lock().unwrap());
            running.retain_mut(|task| task.as_mut().poll(cx).is_pending());
            if beside.0.lock().unwrap().is_empty() {
                break;
            }
        }
        ended.take().map_or(Poll::Pending, Poll::Ready)
    })
    .await
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
            "error in the middle",
            "The same; the client resets after the first 40 bytes.",
            serving(over(&[512]).readers([Reader::PROMPT.resets_after(40)])),
            serves,
        )
        .without(&[NoNeedlessError]),
    ]
}

survey!(
    "the HTTP/2 server, and both sides of HTTP/1",
    http1::families().into_iter().chain(http2()).collect()
);
