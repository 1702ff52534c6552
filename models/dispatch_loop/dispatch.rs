//! `proto/h1/dispatch.rs` of hyper 1.12.0, in its order: the loop, and when the connection is done.
//!
//! Every function is as in 1.12.0; one that reads `revision` names the commits that changed it.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use lastbyte::Socket;

use super::conn::Conn;
use super::local::{Place, dereferences_to_local};
use super::message::{Body, Decoder, Failure, Frame};
use super::revision::WriteAgain;
use super::user::BodyRx;
use super::{Connection, Role};

/// hyper's `Dispatcher`. Its fields `body_tx`, `body_rx` and `is_closing` are in `Local`, its
/// `dispatch` is the view [`Dispatcher::dispatch`].
pub(super) struct Dispatcher {
    pub(super) conn: Conn,
    pub(super) config: Arc<Connection>,
}

dereferences_to_local!(Dispatcher, conn);

/// How the dispatcher ends: `Dispatched`, proto/mod.rs.
pub(super) enum Dispatched {
    Shutdown,
    Upgrade,
}

/// hyper's trait of this name.
trait Dispatch {
    /// The number of the message to write. Left out: hyper's `None`, which means no more messages.
    fn poll_msg(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, Failure>>;
    fn recv_msg(&mut self, msg: Result<(), Failure>) -> Result<(), Failure>;
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ()>>;
    fn should_poll(&self) -> bool;
}

/// hyper's `Server`; its `in_flight` is in `Local`.
struct Server<'a>(&'a mut Dispatcher);

/// hyper's `Client`; its `callback` is in `Local`.
struct Client<'a>(&'a mut Dispatcher);

impl Dispatcher {
    /// `Dispatcher::new`, dispatch.rs.
    pub(super) fn new(socket: Socket, config: Arc<Connection>) -> Dispatcher {
        Dispatcher {
            conn: Conn::new(socket, config.clone()),
            config,
        }
    }

    /// Not hyper's: its field `dispatch`, borrowed.
    fn dispatch(&mut self) -> Box<dyn Dispatch + '_> {
        match self.config.role {
            Role::Server => Box::new(Server(self)),
            Role::Client => Box::new(Client(self)),
        }
    }

    /// `Dispatcher::disable_keep_alive`, dispatch.rs. 0.14.32 does not look at the initial state.
    pub(super) fn disable_keep_alive(&mut self) {
        self.conn.disable_keep_alive();
        let untouched = self.config.revision.graceful_closes_untouched
            && self.conn.has_initial_read_write_state();
        if self.conn.is_write_closed() || untouched {
            self.close();
        }
    }

    /// `Dispatcher::poll_catch`, dispatch.rs.
    pub(super) fn poll_catch(
        &mut self,
        cx: &mut Context<'_>,
        should_shutdown: bool,
    ) -> Poll<Result<Dispatched, Failure>> {
        let polled = ready!(self.poll_inner(cx, should_shutdown));
        Poll::Ready(polled.or_else(|failure| {
            self.body_tx = false;
            self.dispatch().recv_msg(Err(failure))?;
            Ok(Dispatched::Shutdown)
        }))
    }

    /// `Dispatcher::poll_inner`, dispatch.rs. The proposed revision flushes first.
    fn poll_inner(
        &mut self,
        cx: &mut Context<'_>,
        should_shutdown: bool,
    ) -> Poll<Result<Dispatched, Failure>> {
        ready!(self.poll_loop(cx))?;
        if self.is_done() {
            self.enter("give up");
            if self.config.revision.leaves_flushed {
                ready!(self.conn.io.poll_flush_flattened(cx))?;
            }
            if self.conn.pending_upgrade() {
                self.conn.take_error()?;
                return Poll::Ready(Ok(Dispatched::Upgrade));
            } else if should_shutdown {
                ready!(self.conn.poll_shutdown(cx))?;
            }
            self.conn.take_error()?;
            Poll::Ready(Ok(Dispatched::Shutdown))
        } else {
            Poll::Pending
        }
    }

    /// `Dispatcher::poll_loop`, dispatch.rs. The reasons to go round once more are of 2377b893, 4492f31e,
    /// 743a3ba0, c6cb906f and f660f5bf.
    fn poll_loop(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        let revision = self.config.revision;
        for round in 0..self.config.rounds {
            self.place = Place {
                iteration: round,
                ..Place::default()
            };
            if revision.flush_gates_reads {
                self.enter("gate");
                ready!(self.poll_flush(cx))?;
            }
            self.enter("read");
            let _blocked = self.poll_read(cx)?;
            self.enter("write");
            let write_ready = self.poll_write(cx)?.is_ready();
            self.place.write_ready = write_ready;
            if revision.flush_gates_reads {
                if !self.conn.has_buffered_write() && !self.conn.wants_read_again() {
                    return Poll::Ready(Ok(()));
                }
                continue;
            }
            self.place.head_waits = self.head_waits();
            self.enter("flush");
            let flush_ready = self.poll_flush(cx)?.is_ready();
            self.place.flush_ready = flush_ready;

            let wants_write_again = match revision.write_again {
                WriteAgain::Never => false,
                WriteAgain::Flushed => self.can_write_again() && flush_ready,
                WriteAgain::Rechecked => self.can_write_again() && (write_ready || flush_ready),
            };
            let room_for_a_head =
                revision.head_rechecked && self.place.head_waits && self.conn.can_write_head();
            let wants_read_again = self.conn.wants_read_again() || room_for_a_head;

            if !(wants_write_again || wants_read_again) {
                return self.leave_loop(cx);
            }
            if revision.write_again == WriteAgain::Rechecked && !wants_read_again {
                if write_ready && !revision.only_with_a_body_to_write {
                    continue;
                }
                self.enter("write again");
                if self.poll_write(cx)?.is_pending() {
                    let ended = revision.recheck_reads_again && !self.can_write_again();
                    if revision.recheck_flushes && (self.conn.has_buffered_write() || ended) {
                        self.enter("flush again");
                        let _blocked = self.poll_flush(cx)?;
                    }
                    if revision.recheck_reads_again && self.conn.wants_read_again() {
                        continue;
                    }
                    return self.leave_loop(cx);
                }
            }
        }
        // `task::yield_now`, common/task.rs.
        self.enter("yield");
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// `Dispatcher::poll_read`, dispatch.rs.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        loop {
            if self.is_closing {
                return Poll::Ready(Ok(()));
            } else if self.conn.can_read_head() {
                ready!(self.poll_read_head(cx))?;
            } else if std::mem::take(&mut self.body_tx) {
                if self.conn.can_read_body() {
                    match self.sender().poll_ready() {
                        Poll::Ready(Ok(())) => (),
                        Poll::Pending => {
                            self.body_tx = true;
                            return Poll::Pending;
                        }
                        Poll::Ready(Err(_canceled)) => {
                            self.conn.poll_drain_or_close_read(cx);
                            continue;
                        }
                    }
                    match self.conn.poll_read_body(cx, "recv a body") {
                        Poll::Ready(Some(Ok(frame))) => {
                            match frame {
                                Frame::Data(_) => self.sender().try_send_data(cx),
                                Frame::Trailers => self.sender().try_send_trailers(cx),
                            }
                            self.body_tx = true;
                        }
                        Poll::Ready(None) => self.sender().close(cx),
                        Poll::Pending => {
                            self.body_tx = true;
                            return Poll::Pending;
                        }
                        // The user sees the error, and the connection goes on.
                        Poll::Ready(Some(Err(_))) => self.sender().send_error(cx),
                    }
                } else {
                    self.sender().close(cx);
                }
            } else {
                return self.conn.poll_read_keep_alive(cx);
            }
        }
    }

    /// `Dispatcher::poll_read_head`, dispatch.rs.
    fn poll_read_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        if ready!(self.dispatch().poll_ready(cx)).is_err() {
            self.close();
            return Poll::Ready(Ok(()));
        }
        match ready!(self.conn.poll_read_head(cx)) {
            Some(Ok(head)) => {
                if head.body != Decoder::ZERO {
                    self.new_channel(head.expect_continue);
                }
                self.dispatch().recv_msg(Ok(()))?;
            }
            Some(Err(failure)) => {
                self.dispatch().recv_msg(Err(failure))?;
                self.close();
            }
            None if self.conn.is_write_closed() => self.close(),
            None => (),
        }
        Poll::Ready(Ok(()))
    }

    /// `Dispatcher::poll_write`, dispatch.rs.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        loop {
            if self.is_closing {
                return Poll::Ready(Ok(()));
            } else if self.body_rx.is_none()
                && self.conn.can_write_head()
                && self.dispatch().should_poll()
            {
                let message = ready!(self.dispatch().poll_msg(cx))?;
                let sizes = self.config.sizes_of(message);
                let head = |is_last| sizes.head(message, is_last);
                let body = self.config.body_of(message);
                let body_type = (body != Body::Empty).then_some(body);
                self.body_rx = body_type.map(|body| BodyRx::new(message, body));
                self.conn.write_head(head, body_type);
            } else if !self.conn.can_buffer_body() {
                ready!(self.poll_flush(cx))?;
            } else if let Some(mut body) = self.body_rx {
                if !self.conn.can_write_body() {
                    self.body_rx = None;
                    continue;
                }
                let item = ready!(self.poll_frame(&mut body, cx));
                self.body_rx = Some(body);
                match item {
                    Some(Ok(Frame::Data(chunk))) => {
                        let eos = body.is_end_stream();
                        if eos {
                            self.body_rx = None;
                            self.conn.write_body_and_end(&chunk);
                        } else {
                            self.conn.write_body(&chunk, body.is_length_reached());
                        }
                    }
                    Some(Ok(Frame::Trailers)) => {
                        self.body_rx = None;
                        self.conn.write_trailers();
                    }
                    Some(Err(failure)) => {
                        self.body_rx = None;
                        return Poll::Ready(Err(failure));
                    }
                    None => {
                        self.body_rx = None;
                        self.conn.end_body(body.is_early())?;
                    }
                }
            } else if self.conn.can_write_body() {
                self.conn.end_body(false)?;
            } else {
                return Poll::Pending;
            }
        }
    }

    /// `Dispatcher::poll_flush`, dispatch.rs.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.conn.poll_flush(cx).map_err(Failure::from)
    }

    /// `Dispatcher::close`, dispatch.rs.
    fn close(&mut self) {
        self.is_closing = true;
        self.conn.close_read();
        self.conn.close_write();
    }

    /// `Dispatcher::can_write_again`, dispatch.rs: added by 2377b893 and again by 743a3ba0, made narrower by
    /// c6cb906f.
    fn can_write_again(&self) -> bool {
        let is_possible = !self.is_closing && self.conn.can_write_body();
        self.body_rx.is_some() && (is_possible || !self.config.revision.only_with_a_body_to_write)
    }

    /// `Dispatcher::is_done`, dispatch.rs.
    fn is_done(&mut self) -> bool {
        if self.is_closing {
            return true;
        }
        let read_done = self.conn.is_read_closed();
        if !self.config.role.should_read_first() && read_done {
            true
        } else {
            let write_done = self.conn.is_write_closed()
                || (!self.dispatch().should_poll() && self.body_rx.is_none());
            read_done && write_done
        }
    }
}

impl Dispatch for Server<'_> {
    /// `Server::poll_msg`, dispatch.rs.
    fn poll_msg(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, Failure>> {
        let request = ready!(self.0.poll_service(cx)?);
        self.0.in_flight = None;
        self.0.drop_service(cx);
        Poll::Ready(Ok(request))
    }

    /// `Server::recv_msg`, dispatch.rs.
    fn recv_msg(&mut self, msg: Result<(), Failure>) -> Result<(), Failure> {
        msg?;
        self.0.in_flight = Some(self.0.call_service());
        Ok(())
    }

    /// `Server::poll_ready`, dispatch.rs.
    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
        if self.0.in_flight.is_some() {
            Poll::Pending
        } else {
            Poll::Ready(Ok(()))
        }
    }

    /// `Server::should_poll`, dispatch.rs.
    fn should_poll(&self) -> bool {
        self.0.in_flight.is_some()
    }
}

impl Dispatch for Client<'_> {
    /// `Client::poll_msg`, dispatch.rs.
    fn poll_msg(&mut self, _cx: &mut Context<'_>) -> Poll<Result<usize, Failure>> {
        let request = ready!(self.0.poll_request());
        self.0.callback = true;
        Poll::Ready(Ok(request))
    }

    /// `Client::recv_msg`, dispatch.rs. Left out: cancelling a request that is still in the channel.
    fn recv_msg(&mut self, msg: Result<(), Failure>) -> Result<(), Failure> {
        let callback = std::mem::take(&mut self.0.callback);
        match msg {
            Ok(()) => Ok(()),
            Err(_) if callback => {
                self.0.told = true;
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// `Client::poll_ready`, dispatch.rs.
    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
        let waits = self.0.callback && !self.0.canceled;
        Poll::Ready(if waits { Ok(()) } else { Err(()) })
    }

    /// `Client::should_poll`, dispatch.rs.
    fn should_poll(&self) -> bool {
        !self.0.callback
    }
}
