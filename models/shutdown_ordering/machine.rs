//! The state machine: a dispatcher over any socket.
//!
//! Methods carry hyper's names and are in hyper's order; each names the function that it stands for,
//! in `src/proto/h1/`, and the commit or the release.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures::io::{AsyncRead, AsyncWrite};
use lastbyte::Handle;

// ---- What can be chosen -------------------------------------------------------------------------

/// What happens between the last write and the shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ordering {
    /// Flush, drop the result, shut down: hyper from 0.11.8 to 1.10.1, `Dispatcher::poll_inner` in
    /// `src/proto/h1/dispatch.rs` since commit 60d0eaf8.
    Original,
    /// Do not read before everything is flushed: drains, but the next request has to wait. A
    /// repair inside the loop that suggests itself; no release had it.
    ReadGatedFlush,
    /// Flush to the end, then shut down: hyper from 1.11.0, `Buffered::poll_shutdown` in
    /// `src/proto/h1/io.rs` since commit 72046cc7.
    FlushBeforeShutdown,
}

impl Ordering {
    /// All of them.
    pub const ALL: [Ordering; 3] = [
        Ordering::Original,
        Ordering::ReadGatedFlush,
        Ordering::FlushBeforeShutdown,
    ];
}

impl fmt::Display for Ordering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Ordering::Original => "original",
            Ordering::ReadGatedFlush => "read-gated-flush",
            Ordering::FlushBeforeShutdown => "flush-before-shutdown",
        })
    }
}

/// What becomes of the read side when the request is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadSide {
    /// It closes at once, as when a handler drops the body of a request that is not finished
    /// (`Conn::poll_drain_or_close_read`). `is_done` is then independent of the flush.
    Closes,
    /// It stays open for the next request.
    StaysOpen,
}

// ---- What the dispatcher knows ------------------------------------------------------------------

/// All that the dispatcher knows.
#[derive(Clone, Debug, Hash)]
struct State {
    ordering: Ordering,
    read_side: ReadSide,
    /// Bytes of each response.
    response: usize,
    read_closed: bool,
    requests: usize,
    answered: usize,
    write_buf: BytesMut,
}

/// The dispatcher, over any socket. Every byte of input is a request.
#[derive(Debug)]
pub struct Dispatcher<Io> {
    io: Io,
    /// Present in an exploration, absent over a real socket.
    pub(super) handle: Option<Handle>,
    state: State,
}

// ---- What it does, step by step -----------------------------------------------------------------

impl<Io: AsyncRead + AsyncWrite + Unpin> Dispatcher<Io> {
    /// A dispatcher that answers each request with `response` bytes.
    pub fn new(io: Io, ordering: Ordering, read_side: ReadSide, response: usize) -> Self {
        Dispatcher {
            io,
            handle: None,
            state: State {
                ordering,
                read_side,
                response,
                read_closed: false,
                requests: 0,
                answered: 0,
                write_buf: BytesMut::new(),
            },
        }
    }

    /// Tells the explorer where the dispatcher is: at this label, in this state.
    fn at(&self, label: &str) {
        if let Some(handle) = &self.handle {
            handle.declare_state(&(label, &self.state));
        }
    }

    /// `Dispatcher::poll_inner` with `poll_loop`, dispatch.rs, 60d0eaf8 and 8316f96d. In the ordering
    /// that flushes first, the end is `Buffered::poll_shutdown`, io.rs, 72046cc7.
    fn poll_inner(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ordering = self.state.ordering;
        if ordering == Ordering::ReadGatedFlush {
            ready!(self.poll_flush(cx))?;
        }
        if let Poll::Ready(Err(error)) = self.poll_read(cx) {
            return Poll::Ready(Err(error));
        }
        self.write();
        let flush = self.poll_flush(cx)?;
        if !self.is_done() {
            return Poll::Pending;
        }
        match ordering {
            // The defect: `flush` may be pending.
            Ordering::Original => {}
            Ordering::ReadGatedFlush | Ordering::FlushBeforeShutdown => ready!(flush),
        }
        self.at("shutdown");
        Pin::new(&mut self.io).poll_close(cx)
    }

    /// `Dispatcher::poll_read`, dispatch.rs, d838d54f, with `Conn::poll_read_head`, conn.rs: one byte
    /// is a request.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.state.read_closed {
            self.at("read");
            let mut request = [0];
            let bytes = ready!(Pin::new(&mut self.io).poll_read(cx, &mut request))?;
            self.state.requests += bytes;
            self.state.read_closed = bytes == 0 || self.state.read_side == ReadSide::Closes;
        }
        Poll::Ready(Ok(()))
    }

    /// `Dispatcher::poll_write`, dispatch.rs, 1.12.0: a whole response goes into the write buffer in
    /// one step, as `Conn::write_body_and_end`, conn.rs, does with a `Full` body.
    fn write(&mut self) {
        while self.state.answered < self.state.requests {
            let body = response(self.state.answered, self.state.response);
            self.state.answered += 1;
            self.state.write_buf.extend_from_slice(&body);
            if let Some(handle) = &self.handle {
                handle.buffered(self.state.write_buf.len());
                handle.expect_delivery(body);
            }
        }
    }

    /// `Buffered::poll_flush`, io.rs, 1.12.0.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.state.write_buf.is_empty() {
            self.at("write");
            let bytes = ready!(Pin::new(&mut self.io).poll_write(cx, &self.state.write_buf))?;
            if bytes == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.state.write_buf.advance(bytes);
        }
        self.at("flush");
        Pin::new(&mut self.io).poll_flush(cx)
    }

    /// `Dispatcher::is_done`, dispatch.rs, 1.12.0: the read side is closed and no response is
    /// outstanding. It does not ask whether the write buffer is empty.
    fn is_done(&self) -> bool {
        self.state.read_closed && self.state.answered == self.state.requests
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Future for Dispatcher<Io> {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_inner(cx)
    }
}

/// The bytes of the `n`th response.
pub fn response(n: usize, bytes: usize) -> Bytes {
    (0..bytes).map(|i| (31 * n + i) as u8).collect()
}
