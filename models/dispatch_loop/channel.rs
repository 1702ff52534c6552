//! The channel through which the user gets a received body, and how the user reads it. The functions are not
//! hyper's; they behave as `body/chan.rs` of hyper 1.12.0 and, for older revisions, as `body/incoming.rs`.

use std::task::{Context, Poll};

use super::dispatch::Dispatcher;
use super::local::Local;
use super::{Connection, Revision, Role, UserBody};

/// hyper's `body::Sender`, the connection's end of the channel. hyper holds it in `body_tx`; here `body_tx`
/// only says whether it exists.
pub(super) struct Sender<'a>(&'a mut Dispatcher);

impl Dispatcher {
    /// Makes a channel for the body of a message whose head was just read.
    pub(super) fn new_channel(&mut self, expect_continue: bool) {
        let own_channel = self.config.revision.own_channel;
        if self.beside {
            // The user still holds an earlier body, which it has read to its end.
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

    /// The user takes what is in the channel. It registers for more, or drops the body when that has ended.
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

    /// When the signal comes, a client's user drops the future of its response. That wakes the connection.
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

    /// A client's user has its turn: it takes the response, and sends the next request when the connection
    /// asks for one. It stands for a task of its own that waits only for the connection.
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
    /// The user takes what is in the channel. Returns whether that wakes the connection.
    fn take_piece(&mut self, own_channel: bool) -> bool {
        let took = std::mem::take(&mut self.body_waits);
        let registered = match own_channel {
            true => &mut self.body_seen,
            false => &mut self.body_tx_waits,
        };
        took && std::mem::take(registered)
    }

    /// The user drops its end of the channel. Returns whether that wakes the connection.
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
    /// Ready when the user wants the next piece; an error when it has dropped the body.
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

    /// Puts a piece into the channel.
    pub(super) fn try_send_data(&mut self, cx: &mut Context<'_>) {
        self.0.body_waits = self.0.config.has_channel();
        self.wake_user(cx);
    }

    /// Hands trailers over, beside the channel.
    pub(super) fn try_send_trailers(&mut self, cx: &mut Context<'_>) {
        // Up to 1.11.0 they have a channel of their own, and nobody listens to it yet.
        if self.0.config.revision.own_channel {
            self.wake_user(cx);
        }
    }

    /// Puts an error into the channel.
    pub(super) fn send_error(&mut self, cx: &mut Context<'_>) {
        self.0.body_waits = self.0.config.has_channel();
        self.0.told |= self.0.holds_body;
        self.wake_user(cx);
    }

    /// Drops the sender, which ends the body.
    pub(super) fn close(&mut self, cx: &mut Context<'_>) {
        self.wake_user(cx);
    }

    fn wake_user(&mut self, cx: &mut Context<'_>) {
        if std::mem::take(&mut self.0.user_waits) {
            cx.waker().wake_by_ref();
        }
    }
}
