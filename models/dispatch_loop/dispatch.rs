//! What hyper's `Dispatcher` does (`proto/h1/dispatch.rs`): the loop, and when the connection is
//! done.
//!
//! Functions carry hyper's names and stand for the function of that name.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use lastbyte::Socket;

use super::message::{self, Body};
use super::revision::WriteAgain;
use super::state::{BodyRx, Failure, KeepAlive, Place, Reading, State, Writing};
use super::{Connection, GivesUp, Role, TELLS, UserBody};

/// A connection while it is served.
#[derive(Debug)]
pub(super) struct Dispatcher {
    pub(super) socket: Socket,
    pub(super) config: Arc<Connection>,
    pub(super) state: State,
}

/// How the dispatcher ends.
enum Dispatched {
    Shutdown,
    Upgrade,
}

impl Dispatcher {
    /// Declares the complete local state for the call that follows.
    pub(super) fn at(&self, site: &'static str) {
        let handle = self.socket.handle();
        if self.config.tells {
            handle.note(format!("{TELLS}{site} {:x?}", self.state.digests()));
        } else {
            handle.at(&(&self.state, site));
        }
    }

    /// What a call has returned, as far as its event does not say it.
    pub(super) fn saw(&self, bytes: Option<&[u8]>) {
        if self.config.tells {
            self.socket.handle().note(format!("{bytes:?}"));
        }
    }

    fn enter(&mut self, step: &'static str) {
        self.state.place.step = step;
    }

    /// `Dispatcher::poll_catch`, dispatch.rs.
    fn poll_catch(&mut self, cx: &mut Context<'_>) -> Poll<Result<Dispatched, Failure>> {
        match ready!(self.poll_inner(cx)) {
            Ok(dispatched) => Poll::Ready(Ok(dispatched)),
            Err(failure) => {
                self.state.body_tx = false;
                let told = self.recv_error(failure);
                Poll::Ready(told.map(|()| Dispatched::Shutdown))
            }
        }
    }

    /// `Dispatcher::poll_inner`, dispatch.rs.
    fn poll_inner(&mut self, cx: &mut Context<'_>) -> Poll<Result<Dispatched, Failure>> {
        let revision = self.config.revision;
        ready!(self.poll_loop(cx))?;
        if !self.is_done() {
            return Poll::Pending;
        }
        self.enter("give up");
        if revision.leaves_flushed {
            ready!(self.poll_flush_buffered(cx, false))?;
        }
        if std::mem::take(&mut self.state.upgrade) {
            self.take_error()?;
            return Poll::Ready(Ok(Dispatched::Upgrade));
        }
        if self.config.gives_up == GivesUp::ShutDown {
            // `Buffered::poll_shutdown`, io.rs.
            self.enter("shut down");
            if revision.shutdown_flushes {
                ready!(self.poll_flush_buffered(cx, true))?;
            }
            self.at("shut");
            ready!(self.socket.poll_shut(cx))?;
        }
        self.take_error()?;
        Poll::Ready(Ok(Dispatched::Shutdown))
    }

    /// `Dispatcher::poll_loop`, dispatch.rs.
    fn poll_loop(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        let revision = self.config.revision;
        for round in 0..self.config.rounds {
            self.state.place = Place {
                iteration: round,
                ..Place::default()
            };
            if revision.flush_gates_reads {
                self.enter("gate");
                ready!(self.poll_flush_of_conn(cx))?;
            }
            self.enter("read");
            let _blocked = self.poll_read(cx)?;
            self.enter("write");
            let write_ready = self.poll_write(cx)?.is_ready();
            self.state.place.write_ready = write_ready;
            if revision.flush_gates_reads {
                if self.state.write_buf.is_empty() && !self.wants_read_again() {
                    return Poll::Ready(Ok(()));
                }
                continue;
            }
            self.state.place.head_waits = self.head_waits();
            self.enter("flush");
            let flush_ready = self.poll_flush_of_conn(cx)?.is_ready();
            self.state.place.flush_ready = flush_ready;

            let wants_write_again = match revision.write_again {
                WriteAgain::Never => false,
                WriteAgain::Flushed => self.can_write_again() && flush_ready,
                WriteAgain::Rechecked => self.can_write_again() && (write_ready || flush_ready),
            };
            let room_for_a_head =
                revision.head_rechecked && self.state.place.head_waits && self.can_write_head();
            let wants_read_again = self.wants_read_again() || room_for_a_head;
            if !wants_write_again && !wants_read_again {
                return self.leave(cx);
            }
            if revision.write_again == WriteAgain::Rechecked && !wants_read_again {
                if write_ready && !revision.only_with_a_body_to_write {
                    continue;
                }
                self.enter("write again");
                if self.poll_write(cx)?.is_pending() {
                    if revision.recheck_flushes && !self.state.write_buf.is_empty() {
                        self.enter("flush again");
                        let _blocked = self.poll_flush_of_conn(cx)?;
                    }
                    if revision.recheck_reads_again && self.wants_read_again() {
                        continue;
                    }
                    return self.leave(cx);
                }
            }
        }
        self.enter("yield");
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// The way out of the loop.
    fn leave(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        if self.config.revision.leaves_flushed && self.config.pipeline_flush {
            self.enter("leave");
            // Whether it is ready does not matter here: who gives the socket up asks again.
            let _blocked = self.poll_flush_buffered(cx, false)?;
        }
        Poll::Ready(Ok(()))
    }

    /// `Dispatcher::poll_read`, dispatch.rs.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        loop {
            if self.state.is_closing {
                return Poll::Ready(Ok(()));
            } else if self.can_read_head() {
                ready!(self.poll_read_head(cx))?;
            } else if std::mem::take(&mut self.state.body_tx) {
                if !self.can_read_body() {
                    self.wake_user(cx);
                    continue;
                }
                match self.poll_ready_body() {
                    Poll::Ready(Ok(())) => {}
                    Poll::Pending => {
                        self.state.body_tx = true;
                        return Poll::Pending;
                    }
                    Poll::Ready(Err(Dropped)) => {
                        self.poll_drain_or_close_read(cx);
                        continue;
                    }
                }
                match self.poll_read_body(cx, "recv a body") {
                    Poll::Ready(Some(Ok(()))) => {
                        self.state.body_tx = true;
                        self.state.body_waits = self.config.has_channel();
                        self.wake_user(cx);
                    }
                    Poll::Pending => {
                        self.state.body_tx = true;
                        return Poll::Pending;
                    }
                    // The user sees the error, the connection goes on.
                    Poll::Ready(Some(Err(_))) => {
                        self.state.told |= self.state.holds_body;
                        self.wake_user(cx);
                    }
                    Poll::Ready(None) => self.wake_user(cx),
                }
            } else {
                return self.poll_read_keep_alive(cx);
            }
        }
    }

    /// `Dispatcher::poll_read_head`, dispatch.rs.
    fn poll_read_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        // `Dispatch::poll_ready`
        match self.config.role {
            Role::Server if self.state.in_flight.is_some() => return Poll::Pending,
            Role::Client if !self.state.callback => {
                self.close();
                return Poll::Ready(Ok(()));
            }
            _ => {}
        }
        match ready!(self.poll_read_head_of_conn(cx)) {
            Some(Ok(head)) => {
                if head.body > 0 {
                    self.state.body_tx = true;
                    self.state.body_dropped = false;
                    self.state.body_seen = false;
                    self.state.holds_body = self.config.role == Role::Client;
                }
                self.recv_msg();
            }
            Some(Err(failure)) => {
                self.recv_error(failure)?;
                self.close();
            }
            None if self.state.writing == Writing::Closed => self.close(),
            None => {}
        }
        Poll::Ready(Ok(()))
    }

    /// `Dispatcher::poll_write`, dispatch.rs.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        loop {
            if self.state.is_closing {
                return Poll::Ready(Ok(()));
            } else if self.state.body_rx.is_none() && self.can_write_head() && self.should_poll() {
                let message = ready!(self.poll_msg(cx));
                let body = self.config.body_of(message);
                let streams = (body != Body::Empty).then_some(body);
                self.state.body_rx = streams.map(|body| BodyRx {
                    message,
                    body,
                    taken: 0,
                });
                let head = self.config.sizes_of(message).head(message);
                self.write_head(&head, streams);
            } else if !self.can_buffer_body() {
                ready!(self.poll_flush_of_conn(cx))?;
            } else if let Some(mut body) = self.state.body_rx {
                if !self.can_write_body() {
                    self.state.body_rx = None;
                    continue;
                }
                let frame = ready!(self.poll_frame(&mut body, cx));
                self.state.body_rx = Some(body);
                match frame {
                    Some(chunk) if matches!(body.body, Body::Full(_)) => {
                        self.state.body_rx = None;
                        self.write_body_and_end(&chunk);
                    }
                    Some(chunk) => {
                        let is_last = matches!(body.body, Body::Sized(n) if n == body.taken);
                        self.write_body(&chunk, is_last);
                    }
                    None => {
                        self.state.body_rx = None;
                        self.end_body();
                    }
                }
            } else if self.can_write_body() {
                self.end_body();
            } else {
                return Poll::Pending;
            }
        }
    }

    /// `Body::poll_frame` of the user's body.
    fn poll_frame(&mut self, rx: &mut BodyRx, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let piece = |rx: &BodyRx| self.config.sizes_of(rx.message).piece(rx.message);
        let frame = match rx.body {
            Body::Empty => None,
            Body::Full(bytes) => Some(message::body(rx.message, bytes)),
            Body::Ready(pieces) | Body::Sized(pieces) => (rx.taken < pieces).then(|| piece(rx)),
            Body::EndFed(pieces) if rx.taken < pieces => Some(piece(rx)),
            Body::EndFed(_) | Body::Fed(_) => {
                self.at("take a piece of the body");
                let piece = ready!(self.socket.handle().poll_feed(message::BODY_FEED, cx));
                self.saw(piece.as_deref());
                piece
            }
        };
        rx.taken += 1;
        Poll::Ready(frame)
    }

    /// `Dispatcher::close`, dispatch.rs.
    fn close(&mut self) {
        self.state.is_closing = true;
        self.state.close();
    }

    /// `Dispatcher::can_write_again`, dispatch.rs.
    fn can_write_again(&self) -> bool {
        let is_possible = !self.state.is_closing && self.can_write_body();
        self.state.body_rx.is_some()
            && (is_possible || !self.config.revision.only_with_a_body_to_write)
    }

    /// A message is there, and only the queue in front of it keeps its head from being written.
    fn head_waits(&self) -> bool {
        let state = &self.state;
        state.writing == Writing::Init && state.body_rx.is_none() && !self.can_headers_buf()
    }

    /// `Dispatcher::is_done`, dispatch.rs.
    fn is_done(&self) -> bool {
        let state = &self.state;
        let read_done = state.reading == Reading::Closed;
        let nothing_to_write = !self.should_poll() && state.body_rx.is_none();
        state.is_closing
            || (read_done && self.config.role == Role::Client)
            || (read_done && (state.writing == Writing::Closed || nothing_to_write))
    }

    /// `Conn::take_error`, conn.rs.
    fn take_error(&mut self) -> Result<(), Failure> {
        self.state.error.take().map_or(Ok(()), Err)
    }

    /// `Dispatcher::disable_keep_alive` with `Conn::disable_keep_alive`: `graceful_shutdown`.
    fn disable_keep_alive(&mut self) {
        let state = &mut self.state;
        if state.keep_alive == KeepAlive::Idle {
            state.close();
        } else {
            state.keep_alive = KeepAlive::Disabled;
        }
        let untouched = self.config.revision.graceful_closes_untouched
            && (state.reading, state.writing) == (Reading::Init, Writing::Init)
            && state.read_buf.is_empty();
        if state.writing == Writing::Closed || untouched {
            self.close();
        }
    }
}

/// The user has dropped the body.
struct Dropped;

/// `Dispatch` for the server's service and for the client's channel, and the user behind them.
impl Dispatcher {
    fn should_poll(&self) -> bool {
        match self.config.role {
            Role::Server => self.state.in_flight.is_some(),
            Role::Client => !self.state.callback,
        }
    }

    /// `Dispatch::poll_msg`: the number of the message to write.
    fn poll_msg(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        match self.config.role {
            Role::Server => {
                if self.config.user_body == UserBody::ReadFirst {
                    ready!(self.poll_user_reads(cx));
                }
                self.state.beside |= self.config.user_body == UserBody::ReadBeside;
                let request = self.state.in_flight.take().expect("should_poll was asked");
                if self.config.user_body == UserBody::Dropped {
                    // The service's future is dropped with the request, and so is its body.
                    self.state.body_dropped = true;
                    self.state.body_waits = false;
                    if std::mem::take(&mut self.state.body_tx_waits) {
                        cx.waker().wake_by_ref();
                    }
                }
                Poll::Ready(request)
            }
            Role::Client if !std::mem::take(&mut self.state.request_waits) => {
                self.state.asked = true;
                Poll::Pending
            }
            Role::Client => {
                self.state.callback = true;
                self.state.messages += 1;
                Poll::Ready(self.state.messages - 1)
            }
        }
    }

    /// `Dispatch::recv_msg` of a message.
    fn recv_msg(&mut self) {
        match self.config.role {
            Role::Server => {
                let request = self.state.messages;
                self.state.messages += 1;
                self.state.in_flight = Some(request);
                self.config.promise_as_served(&self.socket, request);
                self.socket
                    .handle()
                    .note(format!("serves request {}", request + 1));
            }
            Role::Client => self.state.callback = false,
        }
    }

    /// `Dispatch::recv_msg` of an error: a client's caller hears of it, a server's connection ends
    /// with it.
    fn recv_error(&mut self, failure: Failure) -> Result<(), Failure> {
        match self.config.role {
            Role::Client if std::mem::take(&mut self.state.callback) => {
                self.state.told = true;
                Ok(())
            }
            _ => Err(failure),
        }
    }

    /// `body::Sender::poll_ready`: does the user want the next piece?
    fn poll_ready_body(&mut self) -> Poll<Result<(), Dropped>> {
        self.state.body_seen = true;
        match self.config.user_body {
            UserBody::Dropped if self.state.body_dropped => Poll::Ready(Err(Dropped)),
            _ if self.state.body_waits => {
                self.state.body_tx_waits = true;
                Poll::Pending
            }
            _ => Poll::Ready(Ok(())),
        }
    }
}

/// The user who reads the body out of a channel.
impl Dispatcher {
    /// Reads what is there: a wake-up for the connection, if it waits for room, and a registration
    /// behind the last piece.
    fn poll_user_reads(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::take(&mut self.state.body_waits)
            && std::mem::take(&mut self.state.body_tx_waits)
        {
            cx.waker().wake_by_ref();
        }
        if self.state.body_tx {
            self.state.user_waits = true;
            return Poll::Pending;
        }
        Poll::Ready(())
    }

    /// A client's user, who is a task of its own and waits for nothing but the connection: takes
    /// the response, and sends the next request when the connection asks for one.
    fn user_looks(&mut self, cx: &mut Context<'_>) {
        let state = &mut self.state;
        let mut wakes = false;
        if state.holds_body {
            let goes = match self.config.user_body {
                UserBody::Kept => false,
                UserBody::Dropped => {
                    state.body_dropped = true;
                    state.body_waits = false;
                    true
                }
                _ => {
                    let took = std::mem::take(&mut state.body_waits);
                    wakes = took && std::mem::take(&mut state.body_tx_waits);
                    !state.body_tx
                }
            };
            state.holds_body = !goes;
            wakes |= goes && state.body_seen;
        }
        let reads = state.holds_body && self.config.user_body != UserBody::Kept;
        let is_free = !state.callback && !state.told && !reads;
        if is_free && state.messages < self.config.requests && std::mem::take(&mut state.asked) {
            state.request_waits = true;
            wakes = true;
        }
        if wakes {
            cx.waker().wake_by_ref();
        }
    }

    /// A piece of the body, or its end, is in the channel.
    fn wake_user(&mut self, cx: &mut Context<'_>) {
        if std::mem::take(&mut self.state.user_waits) {
            cx.waker().wake_by_ref();
        }
    }
}

impl Dispatcher {
    /// The connection as its user drives it: `graceful_shutdown` when the signal comes, and behind
    /// an upgrade the new protocol.
    fn poll_user(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        if self.state.upgraded.is_none() {
            self.state.place = Place::default();
            if let Some(signal) = self.config.graceful.filter(|_| !self.state.graceful) {
                self.at("wait for the signal");
                if self.socket.handle().poll_signal(signal, cx).is_ready() {
                    self.state.graceful = true;
                    self.disable_keep_alive();
                }
            }
            match ready!(self.poll_catch(cx))? {
                Dispatched::Shutdown => return Poll::Ready(self.told()),
                Dispatched::Upgrade => self.state.upgraded = Some(0),
            }
        }
        self.poll_upgraded(cx).map_err(Failure::from)
    }

    /// What the users of a connection that ended well have heard: a client's callers, an error
    /// where there was no response.
    fn told(&self) -> Result<(), Failure> {
        let state = &self.state;
        let unanswered = state.told || state.callback || state.messages < self.config.requests;
        match self.config.role {
            Role::Client if unanswered => Err(Failure::Incomplete),
            _ => Ok(()),
        }
    }

    /// The new protocol writes a few bytes of its own and shuts down.
    fn poll_upgraded(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.enter("upgraded");
        while let Some(rest) = message::UPGRADED.get(self.state.upgraded.unwrap_or(0)..)
            && !rest.is_empty()
        {
            self.at("send");
            let n = ready!(self.socket.poll_send(cx, rest))?;
            if n == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.state.upgraded = self.state.upgraded.map(|sent| sent + n);
        }
        self.at("flush");
        ready!(self.socket.poll_flush_socket(cx))?;
        self.at("shut down");
        self.socket.poll_shut(cx)
    }
}

impl Future for Dispatcher {
    type Output = Result<(), String>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.poll_user(cx);
        if polled.is_pending() {
            if self.config.role == Role::Client {
                self.user_looks(cx);
            }
            if self.state.beside {
                self.state.beside = self.poll_user_reads(cx).is_pending();
            }
            // What the poll went through is of no importance to the next one.
            let self_woken = self.state.place.step == "yield";
            self.state.place = Place::default();
            self.at(if self_woken { "yields" } else { "waits" });
        }
        polled.map_err(|failure| format!("{failure:?}"))
    }
}
