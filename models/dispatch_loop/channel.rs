//! Not hyper's: the channel through which the user gets the body of what is read, `body/chan.rs` of hyper 1.12.0
//! and `body/incoming.rs` before it, and how the user reads it.

use std::task::{Context, Poll};

use super::dispatch::Dispatcher;
use super::local::Local;
use super::{Connection, Revision, Role, UserBody};

/// hyper's `body::Sender`, the connection's end of the channel: hyper holds it in `body_tx`, which
/// here tells whether it is there.
pub(super) struct Sender<'a>(&'a mut Dispatcher);

impl Dispatcher {
    /// A channel for the body of a message that was just read.
    pub(super) fn new_channel(&mut self, expect_continue: bool) {
        let own_channel = self.config.revision.own_channel;
        if self.beside {
            // The user still has an earlier body, which was read to its end.
            self.beside_wakes |= self.conn.take_piece(own_channel);
            self.beside_wakes |= self.conn.drop_body(own_channel);
        }
        self.body_tx = true;
        self.body_wanted = !expect_continue;
        self.body_waits = false;
        self.body_dropped = false;
        self.body_tx_waits = false;
        self.body_seen = false;
        self.holds_body = self.config.role == Role::Client;
    }

    pub(super) fn sender(&mut self) -> Sender<'_> {
        Sender(self)
    }

    /// The user reads what is there, with a registration after the last piece, and drops what it has
    /// read to the end.
    pub(super) fn poll_user_reads(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let own_channel = self.config.revision.own_channel;
        let mut wakes = std::mem::take(&mut self.beside_wakes);
        if !std::mem::replace(&mut self.body_wanted, true) {
            wakes |= std::mem::take(&mut self.body_seen);
        }
        wakes |= self.take_piece(own_channel);
        let ended = !self.body_tx;
        if ended {
            wakes |= self.drop_body(own_channel);
        } else {
            self.user_waits = true;
        }
        if wakes {
            cx.waker().wake_by_ref();
        }
        match ended {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// A client's user drops the future of its response when the signal comes, which wakes the connection.
    pub(super) fn user_gives_up(&mut self, cx: &mut Context<'_>) {
        if let Some(signal) = self.config.cancels
            && self.callback
            && !self.canceled
        {
            let io = &self.conn.io;
            io.at("wait to give up");
            if io.io.handle().poll_signal(signal, cx).is_ready() {
                self.canceled = true;
                cx.waker().wake_by_ref();
            }
        }
    }

    /// A client's user, who is a task of its own and waits for nothing but the connection: takes
    /// the response, and sends the next request when the connection asks for one.
    pub(super) fn user_looks(&mut self, cx: &mut Context<'_>) {
        let Connection {
            user_body,
            requests,
            revision: Revision { own_channel, .. },
            ..
        } = *self.config;
        let local = &mut *self.conn;
        let mut wakes = false;
        if local.holds_body {
            let goes = match user_body {
                UserBody::Kept => false,
                UserBody::Dropped => true,
                _ => {
                    wakes = local.take_piece(own_channel);
                    !local.body_tx
                }
            };
            local.holds_body = !goes;
            wakes |= goes && local.drop_body(own_channel);
        }
        let reads = local.holds_body && user_body != UserBody::Kept;
        let is_free = !local.callback && !local.told && !reads;
        if is_free && local.messages < requests && std::mem::take(&mut local.asked) {
            local.request_waits = true;
            wakes = true;
        }
        if wakes {
            cx.waker().wake_by_ref();
        }
    }
}

impl Local {
    /// The user takes what is in the channel: whether that wakes the connection.
    fn take_piece(&mut self, own_channel: bool) -> bool {
        let took = std::mem::take(&mut self.body_waits);
        let registered = match own_channel {
            true => &mut self.body_seen,
            false => &mut self.body_tx_waits,
        };
        took && std::mem::take(registered)
    }

    /// The user drops its end of the channel: whether that wakes the connection.
    pub(super) fn drop_body(&mut self, own_channel: bool) -> bool {
        self.body_dropped = true;
        self.body_waits = false;
        let waits = std::mem::take(&mut self.body_tx_waits);
        let seen = std::mem::take(&mut self.body_seen);
        (seen || waits) && (self.body_tx || !own_channel)
    }
}

/// The user has dropped the body.
pub(super) struct Canceled;

impl Sender<'_> {
    /// Does the user want the next piece?
    pub(super) fn poll_ready(&mut self) -> Poll<Result<(), Canceled>> {
        self.0.body_seen = true;
        match self.0.config.user_body {
            UserBody::Dropped if self.0.body_dropped => Poll::Ready(Err(Canceled)),
            _ if !self.0.body_wanted => Poll::Pending,
            _ if self.0.body_waits => {
                self.0.body_tx_waits = true;
                Poll::Pending
            }
            _ => Poll::Ready(Ok(())),
        }
    }

    /// A piece is in the channel.
    pub(super) fn try_send_data(&mut self, cx: &mut Context<'_>) {
        self.0.body_waits = self.0.config.has_channel();
        self.wake_user(cx);
    }

    /// Trailers are beside the channel.
    pub(super) fn try_send_trailers(&mut self, cx: &mut Context<'_>) {
        // Up to 1.11.0 they are in a channel of their own, to which nobody listens yet.
        if self.0.config.revision.own_channel {
            self.wake_user(cx);
        }
    }

    /// An error is in the channel.
    pub(super) fn send_error(&mut self, cx: &mut Context<'_>) {
        self.0.body_waits = self.0.config.has_channel();
        self.0.told |= self.0.holds_body;
        self.wake_user(cx);
    }

    /// The sender is dropped, which ends the body.
    pub(super) fn close(&mut self, cx: &mut Context<'_>) {
        self.wake_user(cx);
    }

    fn wake_user(&mut self, cx: &mut Context<'_>) {
        if std::mem::take(&mut self.0.user_waits) {
            cx.waker().wake_by_ref();
        }
    }
}
