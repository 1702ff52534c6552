//! A client: the settings of hyper's connection, and its user.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

use bytes::{BufMut, Bytes, BytesMut};

use lastbyte::environment::Raw;
use lastbyte::{Framing, Handle, Socket};

use super::{Configuration, Source};

/// The `host` header of every request.
pub const HOST: &str = "a";

/// A request.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Outgoing {
    /// Its method.
    pub method: &'static str,
    /// Its body.
    pub body: Bytes,
    /// Where the body comes from.
    pub source: Source,
    /// It asks for another protocol.
    pub upgrade: bool,
}

impl Outgoing {
    /// A GET without a body.
    pub const GET: Outgoing = Outgoing {
        method: "GET",
        body: Bytes::new(),
        source: Source::Whole,
        upgrade: false,
    };

    /// A POST with `bytes` bytes of body.
    pub fn post(bytes: usize, source: Source) -> Outgoing {
        Outgoing {
            method: "POST",
            body: (0..bytes).map(|n| b'a' + (n % 26) as u8).collect(),
            source,
            upgrade: false,
        }
    }

    /// The same request, which asks for another protocol.
    #[must_use]
    pub fn upgrading(self) -> Outgoing {
        Outgoing {
            upgrade: true,
            ..self
        }
    }

    /// Names and values of all headers, in order.
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![("host", HOST.to_owned())];
        if self.upgrade {
            headers.push(("connection", "upgrade".to_owned()));
            headers.push(("upgrade", "words".to_owned()));
        }
        headers.extend(self.length());
        headers
    }

    /// Name and value of the header that tells the body's length. The user states it, because hyper's choice
    /// would otherwise be part of the promise.
    fn length(&self) -> Option<(&'static str, String)> {
        match self.source {
            Source::Whole if self.body.is_empty() => None,
            Source::Whole | Source::Pieces(_) | Source::Early(_) | Source::Late { .. } => {
                Some(("content-length", self.body.len().to_string()))
            }
            Source::Chunks(_)
            | Source::Feed(_)
            | Source::Fed { .. }
            | Source::Fails(_)
            | Source::Trailers(_) => Some(("transfer-encoding", "chunked".to_owned())),
        }
    }

    /// The request as the peer must see it.
    pub fn bytes(&self) -> Bytes {
        let mut all = BytesMut::new();
        all.put(format!("{} / HTTP/1.1\r\n", self.method).as_bytes());
        for (name, value) in self.headers() {
            all.put(format!("{name}: {value}\r\n").as_bytes());
        }
        all.put(&b"\r\n"[..]);
        let size = match self.source {
            Source::Whole | Source::Pieces(_) | Source::Early(_) | Source::Late { .. } => {
                all.put(&self.body[..]);
                return all.freeze();
            }
            Source::Chunks(size)
            | Source::Fed { size, .. }
            | Source::Fails(size)
            | Source::Trailers(size) => size,
            Source::Feed(_) => self.body.len().max(1),
        };
        for piece in self.body.chunks(size) {
            all.put(format!("{:X}\r\n", piece.len()).as_bytes());
            all.put(piece);
            all.put(&b"\r\n"[..]);
        }
        all.put(&b"0\r\n\r\n"[..]);
        all.freeze()
    }
}

/// What the user does with the body of a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Drops it unread.
    #[default]
    Dropped,
    /// Reads it to its end before the next request.
    Read,
    /// Keeps it, and does not read it.
    Kept,
}

/// A client: the settings of hyper's connection, and its user, who sends one request after the
/// other.
///
/// The first request is in hyper's channel from the start. Each further one follows the response to the one
/// before, as soon as `SendRequest` is ready. All are promised to the peer from the start. The client ends
/// with `Ok` when the connection does and every request got its response, with a body that came to its end if
/// it was read.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Client {
    /// The requests, in order.
    pub requests: Vec<Outgoing>,
    /// What the user does with the bodies of the responses.
    pub answer: Answer,
    /// The user drops its `SendRequest` after the last response; otherwise it keeps it as long as
    /// the connection lives, as a pool does.
    pub lets_go: bool,
    /// The socket has vectored writes: hyper queues bodies after the head, uncopied.
    pub vectored: bool,
    /// hyper's `max_buf_size`, if it is not the default.
    pub max_buf_size: Option<usize>,
    /// If set, the user takes the upgrade that the first request asks for, and writes these bytes in the new
    /// protocol.
    pub upgrade: Option<Bytes>,
    /// The socket is taken out of the connection with `without_shutdown`, and dropped.
    pub taken_out: bool,
    /// The scenario's signal that makes the user drop the future of a response that has not come yet.
    pub cancels: Option<usize>,
}

impl Client {
    /// A client with hyper's defaults that sends these requests and drops the bodies of the responses.
    pub fn sending(requests: impl Into<Vec<Outgoing>>) -> Client {
        Client {
            requests: requests.into(),
            answer: Answer::Dropped,
            lets_go: false,
            vectored: false,
            max_buf_size: None,
            upgrade: None,
            taken_out: false,
            cancels: None,
        }
    }

    /// All requests as the peer must see them, and the bytes that follow in the new protocol.
    fn promised(&self) -> Bytes {
        let requests = self.requests.iter().map(Outgoing::bytes);
        requests.chain(self.upgrade.clone()).flatten().collect()
    }
}

impl Configuration for Client {
    fn prepare(&self, socket: Socket) -> Socket {
        socket.handle().expect_delivery(self.promised());
        socket.with_vectored_writes(self.vectored)
    }

    fn framing(&self) -> Box<dyn Framing> {
        Box::new(Raw::default())
    }
}

/// The error of a user that has given its request up.
pub(super) const GIVES_UP: &str = "the user gives its request up";

/// A response that a user may give up.
#[derive(Default)]
pub(super) struct Awaited {
    waits: AtomicBool,
    given_up: AtomicBool,
}

impl Awaited {
    /// The response; `None` where the user has given it up, and dropped its future.
    pub(super) async fn get<T>(&self, response: impl Future<Output = T>) -> Option<T> {
        let mut response = pin!(response);
        self.waits.store(true, Relaxed);
        let got = poll_fn(|cx| match response.as_mut().poll(cx) {
            Poll::Ready(response) => Poll::Ready(Some(response)),
            Poll::Pending if self.given_up.load(Relaxed) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        });
        let got = got.await;
        self.waits.store(false, Relaxed);
        got
    }

    /// Whether the user gives up now.
    fn poll_signal(&self, handle: &Handle, signal: Option<usize>, cx: &mut Context<'_>) -> bool {
        let waits = self.waits.load(Relaxed) && !self.given_up.load(Relaxed);
        let gives_up = waits && signal.is_some_and(|n| handle.poll_signal(n, cx).is_ready());
        self.given_up.fetch_or(gives_up, Relaxed);
        gives_up
    }
}

/// Drives a connection and its user to their ends.
///
/// They stand for two tasks of a runtime. The user only waits for the connection, so it is polled after every
/// poll of the connection and needs no wake-up. Its wake-ups do not poll the connection, as they would if
/// both were one task; only the signal to give a request up does. When the connection has ended, the user may
/// hold the socket, and is woken.
pub(super) async fn drive<C, E>(
    connection: C,
    user: impl Future<Output = Result<(), String>>,
    (awaited, handle, cancels): (&Awaited, &Handle, Option<usize>),
) -> Result<(), String>
where
    C: Future<Output = Result<(), E>>,
    E: fmt::Display,
{
    let mut connection = Some(Box::pin(connection));
    let mut user = pin!(user);
    let mut answered = None;
    let mut ended = Ok(());
    let mut look = move |answered: &mut Option<_>, waker: &Waker| {
        if answered.is_none()
            && let Poll::Ready(result) = user.as_mut().poll(&mut Context::from_waker(waker))
        {
            *answered = Some(result);
        }
    };
    // The first request is in the channel before the connection looks for one.
    look(&mut answered, Waker::noop());
    poll_fn(move |cx| {
        if let Some(running) = connection.as_mut()
            && let Poll::Ready(result) = running.as_mut().poll(cx)
        {
            ended = result.map_err(|error| error.to_string());
            connection = None;
        }
        match &connection {
            Some(_) => {
                look(&mut answered, Waker::noop());
                if awaited.poll_signal(handle, cancels, cx) {
                    look(&mut answered, Waker::noop());
                }
            }
            None => look(&mut answered, cx.waker()),
        }
        match (&connection, &mut answered) {
            (None, Some(answered)) => {
                let ended = std::mem::replace(&mut ended, Ok(()));
                Poll::Ready(ended.and(std::mem::replace(answered, Ok(()))))
            }
            _ => Poll::Pending,
        }
    })
    .await
}
