//! The first half of `proto/h1/conn.rs` of hyper 1.12.0, in its order: reading, writing and
//! keep-alive. The rest is in `state.rs`.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use lastbyte::Socket;
use lastbyte::run::Sleep;

use super::Connection;
use super::io::Buffered;
use super::local::dereferences_to_local;
use super::message::{Body, Decoder, Failure, Frame, Head};
use super::revision::RequestTrailers;
use super::state::{Reading, Writing};

/// hyper's `Conn`. Its field `state` is in `Local`, except for the timer, which is `sleep`.
pub(super) struct Conn {
    pub(super) io: Buffered,
    pub(super) config: Arc<Connection>,
    pub(super) sleep: Option<Sleep>,
}

dereferences_to_local!(Conn, io);

impl Conn {
    /// `Conn::new`, conn.rs.
    pub(super) fn new(socket: Socket, config: Arc<Connection>) -> Conn {
        Conn {
            io: Buffered::new(socket, config.clone()),
            config,
            sleep: None,
        }
    }

    /// `Conn::pending_upgrade`, conn.rs.
    pub(super) fn pending_upgrade(&mut self) -> bool {
        std::mem::take(&mut self.state.upgrade)
    }

    /// `Conn::is_read_closed`, conn.rs.
    pub(super) fn is_read_closed(&self) -> bool {
        self.state.reading == Reading::Closed
    }

    /// `Conn::is_write_closed`, conn.rs.
    pub(super) fn is_write_closed(&self) -> bool {
        self.state.writing == Writing::Closed
    }

    /// `Conn::can_read_head`, conn.rs.
    pub(super) fn can_read_head(&self) -> bool {
        if self.state.reading != Reading::Init {
            return false;
        }
        if self.config.role.should_read_first() {
            return true;
        }
        self.state.writing != Writing::Init
    }

    /// `Conn::can_read_body`, conn.rs.
    pub(super) fn can_read_body(&self) -> bool {
        matches!(self.state.reading, Reading::Body(_) | Reading::Continue(_))
    }

    /// `Conn::has_initial_read_write_state`, conn.rs.
    pub(super) fn has_initial_read_write_state(&self) -> bool {
        self.state.reading == Reading::Init
            && self.state.writing == Writing::Init
            && self.io.read_buf.is_empty()
    }

    /// `Conn::should_error_on_eof`, conn.rs.
    fn should_error_on_eof(&self) -> bool {
        self.config.role.is_client() && !self.state.is_idle()
    }

    /// `Conn::poll_read_head`, conn.rs.
    pub(super) fn poll_read_head(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Head, Failure>>> {
        self.start_header_timer();
        let head = match self.io.parse(cx) {
            Poll::Ready(Ok(head)) => head,
            Poll::Ready(Err(failure)) => return self.on_read_head_error(failure),
            Poll::Pending => {
                ready!(self.poll_header_timer(cx));
                return Poll::Ready(Some(Err(Failure::HeaderTimeout)));
            }
        };
        self.stop_header_timer();
        self.state.busy();
        // `Client::parse`, role.rs: an upgrade is the last message that a client gets.
        if !head.keep_alive || head.upgrade && self.config.role.is_client() {
            self.state.disable_keep_alive();
        }
        // `Dispatcher::poll_read_head` calls `Conn::on_upgrade`.
        self.state.upgrade |= head.upgrade;
        self.state.allow_trailer_fields = head.takes_trailers;
        if head.body == Decoder::ZERO {
            self.state.reading = Reading::KeepAlive;
            if !self.config.role.should_read_first() {
                self.try_keep_alive(cx);
            }
        } else if head.expect_continue {
            self.state.reading = Reading::Continue(head.body);
        } else {
            self.state.reading = Reading::Body(head.body);
        }
        Poll::Ready(Some(Ok(head)))
    }

    /// `Conn::on_read_head_error`, conn.rs.
    fn on_read_head_error<T>(&mut self, failure: Failure) -> Poll<Option<Result<T, Failure>>> {
        let must_error = self.should_error_on_eof();
        self.close_read();
        let was_mid_parse = failure == Failure::Parse || !self.io.read_buf.is_empty();
        if was_mid_parse || must_error {
            match self.on_parse_error(failure) {
                Ok(()) => Poll::Pending,
                Err(failure) => Poll::Ready(Some(Err(failure))),
            }
        } else {
            self.close_write();
            Poll::Ready(None)
        }
    }

    /// `Conn::poll_read_body`, conn.rs. Since 7211ec25 (1.9.0) it goes on reading after trailers; before, it
    /// closed. 0.14 has no trailers.
    pub(super) fn poll_read_body(
        &mut self,
        cx: &mut Context<'_>,
        site: &'static str,
    ) -> Poll<Option<Result<Frame, Failure>>> {
        let decoder = match self.state.reading {
            Reading::Body(decoder) => decoder,
            Reading::Continue(decoder) => {
                if self.state.writing == Writing::Init {
                    let continues = self.config.sizes_of(0).continues();
                    self.io.extend_headers_buf(&continues);
                }
                self.state.reading = Reading::Body(decoder);
                return self.poll_read_body(cx, site);
            }
            _ => unreachable!("poll_read_body needs a body"),
        };
        let (reading, ret) = match ready!(self.decode(cx, decoder, site)) {
            Ok(Frame::Data(piece)) => {
                if let Some(rest) = decoder.after(&piece) {
                    self.state.reading = Reading::Body(rest);
                    return Poll::Ready(Some(Ok(Frame::Data(piece))));
                }
                let last = (!piece.is_empty()).then_some(Ok(Frame::Data(piece)));
                (Reading::KeepAlive, last)
            }
            Ok(Frame::Trailers) => match self.config.revision.request_trailers {
                RequestTrailers::Ignored => (Reading::KeepAlive, None),
                RequestTrailers::Close => (Reading::Closed, Some(Ok(Frame::Trailers))),
                RequestTrailers::KeepAlive => (Reading::KeepAlive, Some(Ok(Frame::Trailers))),
            },
            Err(failure) => (Reading::Closed, Some(Err(failure))),
        };
        self.state.reading = reading;
        self.try_keep_alive(cx);
        Poll::Ready(ret)
    }

    /// `Conn::wants_read_again`, conn.rs.
    pub(super) fn wants_read_again(&mut self) -> bool {
        std::mem::take(&mut self.state.notify_read)
    }

    /// `Conn::poll_read_keep_alive`, conn.rs.
    pub(super) fn poll_read_keep_alive(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Failure>> {
        if self.is_read_closed() {
            Poll::Pending
        } else if self.is_mid_message() {
            self.mid_message_detect_eof(cx)
        } else {
            self.require_empty_read(cx)
        }
    }

    /// `Conn::is_mid_message`, conn.rs.
    fn is_mid_message(&self) -> bool {
        (self.state.reading, self.state.writing) != (Reading::Init, Writing::Init)
    }

    /// `Conn::require_empty_read`, conn.rs. Only a client gets here.
    fn require_empty_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        if !self.io.read_buf.is_empty() {
            return Poll::Ready(Err(Failure::UnexpectedMessage));
        }
        if ready!(self.force_io_read(cx, "require an empty read"))? > 0 {
            return Poll::Ready(Err(Failure::UnexpectedMessage));
        }
        let ret = match self.should_error_on_eof() {
            true => Err(Failure::Incomplete),
            false => Ok(()),
        };
        self.state.close_read();
        Poll::Ready(ret)
    }

    /// `Conn::mid_message_detect_eof`, conn.rs.
    fn mid_message_detect_eof(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        if self.config.half_close || !self.io.read_buf.is_empty() {
            return Poll::Pending;
        }
        if ready!(self.force_io_read(cx, "detect an end"))? == 0 {
            self.state.close_read();
            return Poll::Ready(Err(Failure::Incomplete));
        }
        Poll::Ready(Ok(()))
    }

    /// `Conn::force_io_read`, conn.rs.
    fn force_io_read(
        &mut self,
        cx: &mut Context<'_>,
        site: &'static str,
    ) -> Poll<io::Result<usize>> {
        let result = ready!(self.io.poll_read_from_io(cx, site));
        Poll::Ready(result.inspect_err(|_| self.state.close()))
    }

    /// `Conn::maybe_notify`, conn.rs.
    fn maybe_notify(&mut self, cx: &mut Context<'_>) {
        if self.state.reading != Reading::Init || self.can_write_body() {
            return;
        }
        if !self.io.is_read_blocked() {
            if self.io.read_buf.is_empty() {
                match self.io.poll_read_from_io(cx, "maybe notify") {
                    Poll::Ready(Ok(0)) if self.state.is_idle() => return self.state.close(),
                    Poll::Ready(Ok(0)) => return self.close_read(),
                    Poll::Ready(Ok(_)) => (),
                    Poll::Pending => return,
                    Poll::Ready(Err(error)) => {
                        self.state.close();
                        self.state.error = Some(error.into());
                    }
                }
            }
            self.state.notify_read = true;
        }
    }

    /// `Conn::try_keep_alive`, conn.rs.
    fn try_keep_alive(&mut self, cx: &mut Context<'_>) {
        let should_read_first = self.config.role.should_read_first();
        let header_read_timeout = self.has_header_timer();
        self.state
            .try_keep_alive(should_read_first, header_read_timeout);
        self.maybe_notify(cx);
    }

    /// `Conn::can_write_head`, conn.rs.
    pub(super) fn can_write_head(&self) -> bool {
        if !self.config.role.should_read_first() && self.is_read_closed() {
            return false;
        }
        self.state.writing == Writing::Init && self.io.can_headers_buf()
    }

    /// Not hyper's: whether only the queue keeps a head from being written.
    pub(super) fn head_waits(&self) -> bool {
        self.state.writing == Writing::Init && !self.io.can_headers_buf()
    }

    /// `Conn::can_write_body`, conn.rs.
    pub(super) fn can_write_body(&self) -> bool {
        matches!(self.state.writing, Writing::Body { .. })
    }

    /// `Conn::can_buffer_body`, conn.rs.
    pub(super) fn can_buffer_body(&self) -> bool {
        self.io.can_buffer()
    }

    /// `Conn::has_buffered_write`, conn.rs, since f660f5bf.
    pub(super) fn has_buffered_write(&self) -> bool {
        self.io.has_buffered_write()
    }

    /// `Conn::write_head`, conn.rs, with `Conn::encode_head`. The head differs where keep-alive is off; in
    /// hyper that is `Conn::enforce_version`.
    pub(super) fn write_head(&mut self, head: impl FnOnce(bool) -> Bytes, body: Option<Body>) {
        if !self.config.role.should_read_first() {
            self.state.busy();
        }
        let is_server = !self.config.role.is_client();
        let switches = self.state.upgrade && self.config.switches && is_server;
        let last = switches || !self.state.wants_keep_alive();
        let head = head(!self.state.wants_keep_alive());
        self.io.extend_headers_buf(&head);
        self.state.writing = match body {
            None | Some(Body::Withheld) => Writing::after(last),
            Some(_) => Writing::Body { last },
        };
    }

    /// `Conn::write_body`, conn.rs. `is_eof` says that the length announced in the head is reached; in hyper
    /// the encoder knows that.
    pub(super) fn write_body(&mut self, chunk: &[u8], is_eof: bool) {
        self.io.buffer(chunk);
        if is_eof {
            self.state.end_writing();
        }
    }

    /// `Conn::write_trailers`, conn.rs. Left out: a response that has not announced its trailers.
    pub(super) fn write_trailers(&mut self) {
        if !self.config.role.is_client() && !self.state.allow_trailer_fields {
            return;
        }
        let trailers = self.config.sizes_of(0).trailers();
        self.io.buffer(&trailers);
        self.state.end_writing();
    }

    /// `Conn::write_body_and_end`, conn.rs.
    pub(super) fn write_body_and_end(&mut self, chunk: &[u8]) {
        self.io.buffer(chunk);
        self.state.end_writing();
    }

    /// `Conn::end_body`, conn.rs. `is_early` says that the head has announced more; in hyper the encoder
    /// knows that.
    pub(super) fn end_body(&mut self, is_early: bool) -> Result<(), Failure> {
        if is_early {
            self.state.writing = Writing::Closed;
            return Err(Failure::BodyWriteAborted);
        }
        let end = self.config.sizes_of(0).end();
        self.io.buffer(&end);
        self.state.end_writing();
        Ok(())
    }

    /// `Conn::on_parse_error`, conn.rs: only a server answers, and only a parse error.
    fn on_parse_error(&mut self, failure: Failure) -> Result<(), Failure> {
        let is_answered = !self.config.role.is_client() && failure == Failure::Parse;
        if self.state.writing == Writing::Init && is_answered {
            let bad_request = self.config.sizes_of(0).bad_request();
            self.write_head(|_| bad_request, None);
            self.state.error = Some(failure);
            return Ok(());
        }
        Err(failure)
    }

    /// `Conn::poll_flush`, conn.rs.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.io.poll_flush(cx))?;
        self.try_keep_alive(cx);
        // The proposed revision reads once more, to start a timer that has waited for the flush.
        self.state.notify_read |= self.is_header_timer_due();
        Poll::Ready(Ok(()))
    }

    /// `Conn::poll_shutdown`, conn.rs.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.poll_shutdown(cx)
    }
}
