//! The state that the handlers of one connection share, and how the connection is driven.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use lastbyte::Handle;

use super::{Server, Source};

type Task = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// The state that the handlers of one connection share.
#[derive(Clone)]
pub(super) struct Exchange {
    pub(super) server: Arc<Server>,
    pub(super) handle: Handle,
    /// How many requests have come so far.
    requests: Arc<AtomicUsize>,
    /// What runs beside the connection, as other tasks of a runtime would.
    beside: Arc<Mutex<Vec<Task>>>,
    /// What the handlers keep.
    kept: Arc<Mutex<Vec<Box<dyn Send>>>>,
}

/// Why a handler fails.
pub(super) const FAILS: &str = "the handler fails";

impl Exchange {
    pub(super) fn new(server: Server, handle: Handle) -> Self {
        Exchange {
            server: Arc::new(server),
            handle,
            requests: Arc::default(),
            beside: Arc::default(),
            kept: Arc::default(),
        }
    }

    /// A handler begins.
    ///
    /// # Panics
    ///
    /// If the server is configured to panic at this request.
    pub(super) fn begin(&self) {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        if self.server.panics == Some(request) {
            panic!("the handler panics");
        }
    }

    /// Where the body of the response comes from.
    pub(super) fn source(&self) -> Source {
        let requests = self.requests.load(Ordering::Relaxed);
        match (requests, self.server.source) {
            (2.., Source::Feed(_) | Source::Fed { .. }) => Source::Whole,
            (_, source) => source,
        }
    }

    /// The value of `content-length`, where the handler sets it.
    pub(super) fn stated_length(&self) -> Option<usize> {
        match self.server.source {
            Source::Pieces(_) => Some(self.server.body.len()),
            Source::Early(_) => Some(self.server.body.len() + 1),
            Source::Late { stated, .. } => Some(stated),
            _ => None,
        }
    }

    /// Keeps something as long as the connection lives.
    pub(super) fn keep(&self, something: impl Send + 'static) {
        let mut kept = self.kept.lock().expect("no task panics under the lock");
        kept.push(Box::new(something));
    }

    /// Runs `task` beside the connection.
    pub(super) fn spawn(&self, task: impl Future<Output = Result<(), String>> + Send + 'static) {
        let mut beside = self.beside.lock().expect("no task panics under the lock");
        beside.push(Box::pin(task));
    }

    /// Drives the connection and the tasks beside it to their ends. The socket is closed as soon as the
    /// connection has ended.
    pub(super) async fn drive<C, E>(
        &self,
        connection: C,
        graceful: fn(Pin<&mut C>),
    ) -> Result<(), String>
    where
        C: Future<Output = Result<(), E>>,
        E: fmt::Display,
    {
        let mut connection = Some(Box::pin(connection));
        let mut signal = self.server.graceful;
        let dropped = self.server.dropped;
        let mut ended = Ok(());
        let mut running = Vec::new();
        poll_fn(move |cx| {
            if connection.is_some()
                && dropped.is_some_and(|signal| self.handle.poll_signal(signal, cx).is_ready())
            {
                connection = None;
                ended = Err("the user drops the connection".to_owned());
            }
            if let Some(running) = connection.as_mut() {
                if signal.is_some_and(|signal| self.handle.poll_signal(signal, cx).is_ready()) {
                    signal = None;
                    graceful(running.as_mut());
                }
                if let Poll::Ready(result) = running.as_mut().poll(cx) {
                    ended = result.map_err(|error| error.to_string());
                    connection = None;
                }
            }
            running.append(&mut self.beside.lock().expect("no task panics under the lock"));
            running.retain_mut(|task: &mut Task| match task.as_mut().poll(cx) {
                Poll::Pending => true,
                Poll::Ready(result) => {
                    if ended.is_ok() {
                        ended = result;
                    }
                    false
                }
            });
            match &connection {
                None if running.is_empty() => Poll::Ready(std::mem::replace(&mut ended, Ok(()))),
                _ => Poll::Pending,
            }
        })
        .await
    }
}
