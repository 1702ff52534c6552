//! Not hyper's: the user's code. Who polls the connection, the service, the bodies of both
//! directions, and the protocol that takes the socket over after an upgrade.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use lastbyte::Socket;

use super::dispatch::{Dispatched, Dispatcher};
use super::local::Place;
use super::message::{self, Body, Failure, Frame};
use super::{Connection, GivesUp, Role, Service, UserBody};

// ---- Who polls the connection -------------------------------------------------------------------

/// The task that holds hyper's `http1::Connection`, which is not much more than the dispatcher.
pub(super) struct User {
    connection: Dispatcher,
}

impl User {
    pub(super) fn new(socket: Socket, config: Arc<Connection>) -> User {
        User {
            connection: Dispatcher::new(socket, config),
        }
    }

    /// Calls `graceful_shutdown` when the signal comes, polls the connection, and after an upgrade
    /// the new protocol.
    fn poll_user(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        let connection = &mut self.connection;
        if connection.upgraded.is_none() {
            connection.place = Place::default();
            if let Some(signal) = connection.config.dropped {
                let io = &connection.conn.io;
                io.at("wait for the end");
                if io.io.handle().poll_signal(signal, cx).is_ready() {
                    return Poll::Ready(Err(Failure::Dropped));
                }
            }
            let graceful = connection.config.graceful;
            if let Some(signal) = graceful.filter(|_| !connection.graceful) {
                connection.conn.io.at("wait for the signal");
                if connection
                    .conn
                    .io
                    .io
                    .handle()
                    .poll_signal(signal, cx)
                    .is_ready()
                {
                    connection.graceful = true;
                    connection.disable_keep_alive();
                }
            }
            // As hyper's future does, or `Dispatcher::poll_without_shutdown`.
            let should_shutdown = connection.config.gives_up == GivesUp::ShutDown;
            match ready!(connection.poll_catch(cx, should_shutdown))? {
                Dispatched::Shutdown => return Poll::Ready(self.told()),
                // Nobody takes the socket, and it is dropped.
                Dispatched::Upgrade if !connection.config.switches => return Poll::Ready(Ok(())),
                Dispatched::Upgrade => {
                    connection.upgraded = Some(0);
                    if std::mem::take(&mut connection.upgrade_waits) {
                        cx.waker().wake_by_ref();
                    }
                }
            }
        }
        self.poll_upgraded(cx).map_err(Failure::from)
    }

    /// The result for the users of a connection that ended well: for a client, an error if a caller got no
    /// response.
    fn told(&self) -> Result<(), Failure> {
        let Dispatcher { config, .. } = &self.connection;
        let connection = &self.connection;
        let unanswered =
            connection.told || connection.callback || connection.messages < config.requests;
        match config.role {
            Role::Client if unanswered => Err(Failure::Incomplete),
            _ => Ok(()),
        }
    }

    /// The new protocol writes a few bytes of its own and shuts down.
    fn poll_upgraded(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let io = &mut self.connection.conn.io;
        io.enter("upgraded");
        while let Some(rest) = message::UPGRADED.get(io.upgraded.unwrap_or(0)..)
            && !rest.is_empty()
        {
            io.at("send");
            let n = ready!(io.io.poll_send(cx, rest))?;
            if n == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            io.upgraded = io.upgraded.map(|sent| sent + n);
        }
        io.at("flush");
        ready!(io.io.poll_flush_socket(cx))?;
        io.at("shut down");
        io.io.poll_shut(cx)
    }
}

impl Future for User {
    type Output = Result<(), String>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.poll_user(cx);
        if polled.is_pending() {
            let connection = &mut self.connection;
            if connection.config.role == Role::Client {
                connection.user_gives_up(cx);
                connection.user_looks(cx);
            }
            let answered = connection.messages > 0 && connection.in_flight.is_none();
            // A client's user is polled anyway when the connection has ended.
            let is_server = connection.config.role == Role::Server;
            connection.upgrade_waits =
                connection.state.upgrade && connection.config.switches && answered && is_server;
            if connection.beside {
                connection.beside = connection.poll_user_reads(cx).is_pending();
            }
            // The next poll does not depend on where this one has been.
            let self_woken = connection.place.step == "yield";
            connection.place = Place::default();
            let io = &connection.conn.io;
            io.at(if self_woken { "yields" } else { "waits" });
        }
        polled.map_err(|failure| format!("{failure:?}"))
    }
}

// ---- The service of a server, the requests of a client ------------------------------------------

impl Dispatcher {
    /// Calls the service. Returns the number of the request.
    pub(super) fn call_service(&mut self) -> usize {
        let request = self.messages;
        self.messages += 1;
        let socket = &self.conn.io.io;
        self.config.promise_as_served(socket, request);
        socket
            .handle()
            .note(format!("serves request {}", request + 1));
        request
    }

    /// Polls the future that the service has returned. Ready with the number of the request that it answers.
    pub(super) fn poll_service(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, Failure>> {
        if self.config.panics == self.in_flight {
            panic!("the handler panics");
        }
        match self.config.service {
            Service::Answers => (),
            Service::Fails => return Poll::Ready(Err(Failure::UserService)),
            Service::Never => return Poll::Pending,
        }
        if self.config.user_body == UserBody::ReadFirst {
            ready!(self.poll_user_reads(cx));
        }
        self.beside |= self.config.user_body == UserBody::ReadBeside;
        Poll::Ready(Ok(self.in_flight.expect("should_poll was asked")))
    }

    /// Drops the service's future with the request, and the request's body unless that was handed on.
    pub(super) fn drop_service(&mut self, cx: &mut Context<'_>) {
        let own_channel = self.config.revision.own_channel;
        if self.config.user_body == UserBody::Dropped && self.drop_body(own_channel) {
            cx.waker().wake_by_ref();
        }
    }

    /// Takes a request from a client's channel, into which the user puts one when the connection asks. Ready
    /// with its number.
    pub(super) fn poll_request(&mut self) -> Poll<usize> {
        if std::mem::take(&mut self.request_waits) {
            self.messages += 1;
            Poll::Ready(self.messages - 1)
        } else {
            self.asked = true;
            Poll::Pending
        }
    }
}

// ---- The body that the connection writes --------------------------------------------------------

/// The user's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct BodyRx {
    /// Number of the message.
    message: usize,
    body: Body,
    /// Pieces taken so far.
    taken: usize,
}

impl BodyRx {
    pub(super) fn new(message: usize, body: Body) -> BodyRx {
        BodyRx {
            message,
            body,
            taken: 0,
        }
    }

    /// `Body::is_end_stream` after a piece: only a `Full` body knows that it has ended.
    pub(super) fn is_end_stream(&self) -> bool {
        matches!(self.body, Body::Full(_))
    }

    /// The head has announced more than the body has.
    pub(super) fn is_early(&self) -> bool {
        matches!(self.body, Body::Early(_))
    }

    /// All pieces that the head has announced were taken.
    pub(super) fn is_length_reached(&self) -> bool {
        matches!(self.body, Body::Sized(pieces) if pieces == self.taken)
    }
}

impl Dispatcher {
    /// `Body::poll_frame` of the user's body.
    pub(super) fn poll_frame(
        &mut self,
        rx: &mut BodyRx,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame, Failure>>> {
        let piece = |rx: &BodyRx| self.config.sizes_of(rx.message).piece(rx.message);
        let frame = match rx.body {
            Body::Empty | Body::Withheld => None,
            Body::Fails(pieces) if rx.taken == pieces => {
                return Poll::Ready(Some(Err(Failure::UserBody)));
            }
            Body::Trailers(pieces) if rx.taken == pieces => {
                return Poll::Ready(Some(Ok(Frame::Trailers)));
            }
            Body::Early(pieces) | Body::Fails(pieces) | Body::Trailers(pieces) => {
                (rx.taken < pieces).then(|| piece(rx))
            }
            Body::Full(bytes) => Some(message::body(rx.message, bytes)),
            Body::Ready(pieces) | Body::Sized(pieces) => (rx.taken < pieces).then(|| piece(rx)),
            Body::EndFed(pieces) if rx.taken < pieces => Some(piece(rx)),
            Body::EndFed(_) | Body::Fed(_) => {
                let io = &self.conn.io;
                io.at("take a piece of the body");
                let piece = ready!(io.io.handle().poll_feed(message::BODY_FEED, cx));
                io.saw(piece.as_deref());
                piece
            }
        };
        rx.taken += 1;
        Poll::Ready(frame.map(|data| Ok(Frame::Data(data))))
    }
}
