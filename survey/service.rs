//! What hyper's servers and clients are given, for the adapters of hyper and hyper-util: a service, bodies,
//! and an executor.
#![allow(dead_code, reason = "every adapter takes what it needs")]

use crate::kit::{Bytes, Handle};
use futures::future::{Ready, poll_fn, ready};
use futures::stream::{self, Stream, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use hyper::{Response, http};
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};

/// The answer of a handler to any request; its date stands still.
pub fn answer<R>(_request: R, body: &'static [u8]) -> Ready<http::Result<Response<Full<Bytes>>>> {
    let response = Response::builder().header("date", "x");
    ready(response.body(Full::new(Bytes::from_static(body))))
}

/// A body of pieces.
pub type Body = UnsyncBoxBody<Bytes, Infallible>;

/// A body of these pieces.
pub fn streamed(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Body {
    StreamBody::new(pieces.map(|piece| Ok(Frame::data(piece)))).boxed_unsync()
}

/// `hello`, and an end that comes when the scenario's feed ends.
pub fn fed(handle: Handle) -> Body {
    let rest = stream::poll_fn(move |cx| handle.poll_feed(0, cx));
    streamed(stream::iter([Bytes::from_static(b"hello")]).chain(rest))
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs what hyper spawns beside a connection, under its waker.
#[derive(Clone, Default)]
pub struct Beside(Arc<Mutex<Vec<Task>>>);

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Beside {
    fn execute(&self, task: F) {
        self.0.lock().unwrap().push(Box::pin(task));
    }
}

impl Beside {
    /// The connection, and beside it what it has spawned.
    pub async fn run<T>(&self, connection: impl Future<Output = T>) -> T {
        let (mut connection, mut running) = (pin!(connection), Vec::new());
        poll_fn(|cx| {
            let ended = connection.as_mut().poll(cx);
            loop {
                running.append(&mut self.0.lock().unwrap());
                running.retain_mut(|task: &mut Task| task.as_mut().poll(cx).is_pending());
                if self.0.lock().unwrap().is_empty() {
                    return ended;
                }
            }
        })
        .await
    }
}
