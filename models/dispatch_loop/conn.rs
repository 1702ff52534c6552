//! What hyper's `Conn` and `Buffered` do (`proto/h1/conn.rs`, `proto/h1/io.rs`): parsing, the two
//! half-connections' states, keep-alive, the write buffer and its flush.
//!
//! Functions carry hyper's names and stand for the function of that name.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};

use super::dispatch::Dispatcher;
use super::message::{self, Head};
use super::state::{Failure, KeepAlive, Reading, Writing};
use super::{Role, WriteStrategy};

impl Dispatcher {
    fn is_client(&self) -> bool {
        self.config.role == Role::Client
    }

    // ---- Buffered ----

    /// `Buffered::poll_read_from_io`, io.rs.
    fn poll_read_from_io(
        &mut self,
        cx: &mut Context<'_>,
        site: &'static str,
    ) -> Poll<io::Result<usize>> {
        self.state.read_blocked = false;
        self.at(site);
        let received = self.socket.poll_recv(cx, usize::MAX);
        self.state.read_blocked = received.is_pending();
        let bytes = ready!(received)?;
        self.saw(Some(&bytes));
        self.state.read_buf.extend_from_slice(&bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    /// `Buffered::poll_flush`, io.rs. With `pipelined`, the early return of `pipeline_flush` is
    /// taken.
    pub(super) fn poll_flush_buffered(
        &mut self,
        cx: &mut Context<'_>,
        pipelined: bool,
    ) -> Poll<io::Result<()>> {
        if pipelined && self.config.pipeline_flush && !self.state.read_buf.is_empty() {
            return Poll::Ready(Ok(()));
        }
        while !self.state.write_buf.is_empty() {
            self.at("send");
            let n = ready!(self.socket.poll_send(cx, &self.state.write_buf))?;
            if n == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.state.write_buf.advance(n);
            self.state.heads = self.state.heads.saturating_sub(n);
        }
        self.at("flush");
        self.socket.poll_flush_socket(cx)
    }

    /// `Buffered::can_headers_buf`, io.rs: the queue is empty.
    pub(super) fn can_headers_buf(&self) -> bool {
        self.state.write_buf.len() == self.state.heads
    }

    /// `Buffered::can_buffer`, io.rs.
    pub(super) fn can_buffer_body(&self) -> bool {
        self.config.pipeline_flush || self.state.write_buf.len() < self.config.write_limit
    }

    fn buffer_head(&mut self, bytes: &[u8]) {
        self.state.heads += bytes.len();
        self.state.write_buf.extend_from_slice(bytes);
        self.socket.handle().buffered(self.state.write_buf.len());
    }

    fn buffer(&mut self, bytes: &[u8]) {
        // `set_flush_pipeline` turns the queue off.
        if self.config.write_strategy == WriteStrategy::Flatten || self.config.pipeline_flush {
            self.state.heads += bytes.len();
        }
        self.state.write_buf.extend_from_slice(bytes);
        self.socket.handle().buffered(self.state.write_buf.len());
    }

    // ---- Conn: reading ----

    /// `Conn::can_read_head`, conn.rs.
    pub(super) fn can_read_head(&self) -> bool {
        self.state.reading == Reading::Init
            && (!self.is_client() || self.state.writing != Writing::Init)
    }

    /// `Conn::can_read_body`, conn.rs.
    pub(super) fn can_read_body(&self) -> bool {
        matches!(self.state.reading, Reading::Body { .. })
    }

    /// `Conn::poll_read_head` with `Buffered::parse`, conn.rs and io.rs.
    pub(super) fn poll_read_head_of_conn(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Head, Failure>>> {
        let head = loop {
            match message::parse(&mut self.state.read_buf) {
                Ok(Some(head)) => break head,
                Ok(None) => {}
                Err(message::Malformed) => return self.on_read_head_error(Failure::Parse),
            }
            match ready!(self.poll_read_from_io(cx, "recv a head")) {
                Ok(0) => return self.on_read_head_error(Failure::Incomplete),
                Ok(_) => {}
                Err(error) => return self.on_read_head_error(error.into()),
            }
        };
        self.state.busy();
        if !head.keep_alive {
            self.state.keep_alive = KeepAlive::Disabled;
        }
        self.state.upgrade |= head.upgrade;
        if head.body == 0 {
            self.state.reading = Reading::KeepAlive;
            if self.is_client() {
                self.try_keep_alive(cx);
            }
        } else {
            self.state.reading = Reading::Body { left: head.body };
        }
        Poll::Ready(Some(Ok(head)))
    }

    /// `Conn::on_read_head_error`, conn.rs.
    fn on_read_head_error<T>(&mut self, error: Failure) -> Poll<Option<Result<T, Failure>>> {
        // `should_error_on_eof`
        let must_error = self.is_client() && self.state.keep_alive != KeepAlive::Idle;
        self.state.close_read();
        if error == Failure::Parse || !self.state.read_buf.is_empty() || must_error {
            // `on_parse_error`: only a server has something to say, and only to a parse error.
            if self.state.writing == Writing::Init && !self.is_client() && error == Failure::Parse {
                self.write_head(&self.config.sizes_of(0).bad_request(), None);
                self.state.error = Some(error);
                return Poll::Pending;
            }
            Poll::Ready(Some(Err(error)))
        } else {
            self.state.close_write();
            Poll::Ready(None)
        }
    }

    /// `Conn::poll_read_body`, conn.rs: a piece, an error, or `None` behind an empty last piece.
    pub(super) fn poll_read_body(
        &mut self,
        cx: &mut Context<'_>,
        site: &'static str,
    ) -> Poll<Option<Result<(), Failure>>> {
        let Reading::Body { left } = self.state.reading else {
            unreachable!("can_read_body was asked")
        };
        let mut read = Ok(());
        if self.state.read_buf.is_empty() {
            match ready!(self.poll_read_from_io(cx, site)) {
                Ok(0) => read = Err(Failure::Incomplete),
                Ok(_) => {}
                Err(error) => read = Err(error.into()),
            }
        }
        let piece: Bytes = {
            let buf = &mut self.state.read_buf;
            // What decodes comes before what does not.
            let decodes = buf.iter().position(|byte| *byte == b'!').unwrap_or(left);
            buf.split_to(decodes.max(1).min(left).min(buf.len()))
                .freeze()
        };
        if piece.first() == Some(&b'!') {
            read = Err(Failure::Parse);
        }
        self.state.reading = match read {
            Err(_) => Reading::Closed,
            Ok(()) if piece.len() == left => Reading::KeepAlive,
            Ok(()) => {
                self.state.reading = Reading::Body {
                    left: left - piece.len(),
                };
                return Poll::Ready(Some(Ok(())));
            }
        };
        self.try_keep_alive(cx);
        Poll::Ready(Some(read))
    }

    /// `Conn::poll_drain_or_close_read`, conn.rs.
    pub(super) fn poll_drain_or_close_read(&mut self, cx: &mut Context<'_>) {
        // Whatever it returns: the state tells whether the body is through.
        let _read = self.poll_read_body(cx, "drain the body");
        if !matches!(self.state.reading, Reading::Init | Reading::KeepAlive) {
            self.state.close_read();
        }
    }

    /// `Conn::poll_read_keep_alive`, conn.rs, with `mid_message_detect_eof` and
    /// `require_empty_read`.
    pub(super) fn poll_read_keep_alive(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Failure>> {
        if self.state.reading == Reading::Closed {
            return Poll::Pending;
        }
        let state = &self.state;
        let mid_message = (state.reading, state.writing) != (Reading::Init, Writing::Init);
        if mid_message {
            if self.config.half_close || !state.read_buf.is_empty() {
                return Poll::Pending;
            }
            if ready!(self.force_io_read(cx, "detect an end"))? == 0 {
                self.state.close_read();
                return Poll::Ready(Err(Failure::Incomplete));
            }
            return Poll::Ready(Ok(()));
        }
        if !state.read_buf.is_empty() {
            return Poll::Ready(Err(Failure::UnexpectedMessage));
        }
        if ready!(self.force_io_read(cx, "require an empty read"))? > 0 {
            return Poll::Ready(Err(Failure::UnexpectedMessage));
        }
        let must_error = self.state.keep_alive != KeepAlive::Idle;
        self.state.close_read();
        Poll::Ready(if must_error {
            Err(Failure::Incomplete)
        } else {
            Ok(())
        })
    }

    /// `Conn::force_io_read`, conn.rs.
    fn force_io_read(
        &mut self,
        cx: &mut Context<'_>,
        site: &'static str,
    ) -> Poll<Result<usize, Failure>> {
        let read = ready!(self.poll_read_from_io(cx, site));
        Poll::Ready(read.map_err(|error| {
            self.state.close();
            error.into()
        }))
    }

    // ---- Conn: keep-alive ----

    /// `Conn::try_keep_alive`, conn.rs.
    pub(super) fn try_keep_alive(&mut self, cx: &mut Context<'_>) {
        let is_client = self.is_client();
        self.state.try_keep_alive(is_client);
        self.maybe_notify(cx);
    }

    /// `Conn::maybe_notify`, conn.rs.
    fn maybe_notify(&mut self, cx: &mut Context<'_>) {
        if self.state.reading != Reading::Init
            || matches!(self.state.writing, Writing::Body { .. })
            || self.state.read_blocked
        {
            return;
        }
        if self.state.read_buf.is_empty() {
            match self.poll_read_from_io(cx, "maybe notify") {
                Poll::Ready(Ok(0)) if self.state.keep_alive == KeepAlive::Idle => {
                    return self.state.close();
                }
                Poll::Ready(Ok(0)) => return self.state.close_read(),
                Poll::Ready(Ok(_)) => {}
                Poll::Pending => return,
                Poll::Ready(Err(error)) => {
                    self.state.close();
                    self.state.error = Some(error.into());
                }
            }
        }
        self.state.notify_read = true;
    }

    /// `Conn::wants_read_again`, conn.rs.
    pub(super) fn wants_read_again(&mut self) -> bool {
        std::mem::take(&mut self.state.notify_read)
    }

    // ---- Conn: writing ----

    /// `Conn::can_write_head`, conn.rs.
    pub(super) fn can_write_head(&self) -> bool {
        let unreadable = self.is_client() && self.state.reading == Reading::Closed;
        !unreadable && self.state.writing == Writing::Init && self.can_headers_buf()
    }

    /// `Conn::can_write_body`, conn.rs.
    pub(super) fn can_write_body(&self) -> bool {
        matches!(self.state.writing, Writing::Body { .. })
    }

    /// `Conn::write_head` with `encode_head`, conn.rs.
    pub(super) fn write_head(&mut self, head: &[u8], body: Option<message::Body>) {
        if self.is_client() {
            self.state.busy();
        }
        let switches = self.state.upgrade && !self.is_client();
        let last = switches || self.state.keep_alive == KeepAlive::Disabled;
        self.buffer_head(head);
        self.state.writing = match body {
            Some(_) => Writing::Body { last },
            None => Writing::after(last),
        };
    }

    /// `Conn::write_body`, conn.rs.
    pub(super) fn write_body(&mut self, chunk: &[u8], is_last: bool) {
        self.buffer(chunk);
        // The encoder knows the length and has seen all of it.
        if is_last {
            self.end_writing();
        }
    }

    /// `Conn::write_body_and_end`, conn.rs.
    pub(super) fn write_body_and_end(&mut self, chunk: &[u8]) {
        self.buffer(chunk);
        self.end_writing();
    }

    /// `Conn::end_body`, conn.rs.
    pub(super) fn end_body(&mut self) {
        let end = self.config.sizes_of(0).end();
        self.buffer(&end);
        self.end_writing();
    }

    fn end_writing(&mut self) {
        if let Writing::Body { last } = self.state.writing {
            self.state.writing = Writing::after(last);
        }
    }

    /// `Conn::poll_flush`, conn.rs.
    pub(super) fn poll_flush_of_conn(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_flush_buffered(cx, true))?;
        self.try_keep_alive(cx);
        Poll::Ready(Ok(()))
    }
}
