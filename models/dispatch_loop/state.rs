//! What hyper's `Conn`, `Buffered` and `Dispatcher` hold, in one place: all of it is the actor's
//! local state, which the explorer has to know.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use bytes::BytesMut;

/// `conn::Reading`. `Continue` is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Reading {
    #[default]
    Init,
    Body {
        left: usize,
    },
    KeepAlive,
    Closed,
}

/// `conn::Writing`; of its encoder only whether this is the last message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Writing {
    #[default]
    Init,
    Body {
        last: bool,
    },
    KeepAlive,
    Closed,
}

impl Writing {
    /// Behind the end of a message.
    pub(super) fn after(last: bool) -> Writing {
        if last {
            Writing::Closed
        } else {
            Writing::KeepAlive
        }
    }
}

/// `conn::KA`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum KeepAlive {
    Idle,
    #[default]
    Busy,
    Disabled,
}

/// `hyper::Error`, as far as the loop tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Failure {
    Io(io::ErrorKind),
    Incomplete,
    Parse,
    UnexpectedMessage,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error.kind())
    }
}

/// The body that is being written: `Dispatcher::body_rx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct BodyRx {
    /// Number of the message.
    pub(super) message: usize,
    pub(super) body: super::message::Body,
    /// Pieces taken so far.
    pub(super) taken: usize,
}

/// Everything local.
#[derive(Debug, Default, Hash)]
pub(super) struct State {
    // `conn::State`
    pub(super) reading: Reading,
    pub(super) writing: Writing,
    pub(super) keep_alive: KeepAlive,
    pub(super) notify_read: bool,
    pub(super) upgrade: bool,
    pub(super) error: Option<Failure>,
    // `io::Buffered`
    pub(super) read_buf: BytesMut,
    pub(super) read_blocked: bool,
    pub(super) write_buf: BytesMut,
    /// How many bytes of `write_buf` are heads. The others are in the queue of the queue
    /// strategy; with the flatten strategy everything counts as a head.
    pub(super) heads: usize,
    // `dispatch::Dispatcher`
    pub(super) is_closing: bool,
    pub(super) body_tx: bool,
    pub(super) body_rx: Option<BodyRx>,
    // `dispatch::Server` and `dispatch::Client`
    /// The number of the request that the service works on.
    pub(super) in_flight: Option<usize>,
    /// Messages that were handed to the service, or requests that were taken from the channel.
    pub(super) messages: usize,
    /// A request waits for its response.
    pub(super) callback: bool,
    /// A caller was told an error instead of its response.
    pub(super) told: bool,
    /// The user has dropped the body that `body_tx` fills.
    pub(super) body_dropped: bool,
    /// `body_tx` is registered with the user's end of the body.
    pub(super) body_tx_waits: bool,
    /// A piece of the body is in the user's channel.
    pub(super) body_waits: bool,
    /// The user, who reads the body, is registered with the channel.
    pub(super) user_waits: bool,
    /// The user reads the body beside the connection.
    pub(super) beside: bool,
    /// `body_tx` has looked at what the user wants: the user's end wakes it when it goes.
    pub(super) body_seen: bool,
    /// A client's user holds the body of a response.
    pub(super) holds_body: bool,
    /// A client's connection has asked for a request.
    pub(super) asked: bool,
    /// A request is in a client's channel.
    pub(super) request_waits: bool,
    // Around it
    pub(super) graceful: bool,
    /// The socket was handed to the upgrade, which has written this many bytes.
    pub(super) upgraded: Option<usize>,
    pub(super) place: Place,
}

/// Where in a poll the dispatcher is: what its local variables hold while it makes a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) step: &'static str,
    pub(super) iteration: usize,
    pub(super) write_ready: bool,
    pub(super) flush_ready: bool,
    pub(super) head_waits: bool,
}

/// Makes [`FIELDS`] and [`State::digests`]; every field has to be named.
macro_rules! fields {
    ($($field:ident)* ; place: $($local:ident)*) => {
        /// What the loop declares of its state, by name.
        pub const FIELDS: &[&str] = &[$(stringify!($field),)* $(stringify!($local)),*];

        impl State {
            /// A digest of each of [`FIELDS`].
            pub(super) fn digests(&self) -> Vec<u64> {
                let State { $($field,)* place: Place { $($local),* } } = self;
                vec![$(digest($field),)* $(digest($local)),*]
            }
        }
    };
}

fields!(
    reading writing keep_alive notify_read upgrade error
    read_buf read_blocked write_buf heads
    is_closing body_tx body_rx
    in_flight messages callback told body_dropped body_tx_waits body_waits user_waits beside
    body_seen holds_body asked request_waits
    graceful upgraded;
    place: step iteration write_ready flush_ready head_waits
);

fn digest(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl State {
    pub(super) fn close(&mut self) {
        self.close_read();
        self.close_write();
    }

    pub(super) fn close_read(&mut self) {
        self.reading = Reading::Closed;
        self.keep_alive = KeepAlive::Disabled;
    }

    pub(super) fn close_write(&mut self) {
        self.writing = Writing::Closed;
        self.keep_alive = KeepAlive::Disabled;
    }

    pub(super) fn busy(&mut self) {
        if self.keep_alive != KeepAlive::Disabled {
            self.keep_alive = KeepAlive::Busy;
        }
    }

    /// `State::try_keep_alive` with `State::idle`, conn.rs. The header read timeout, which also
    /// sets `notify_read`, is left out.
    pub(super) fn try_keep_alive(&mut self, is_client: bool) {
        match (self.reading, self.writing) {
            (Reading::KeepAlive, Writing::KeepAlive) if self.keep_alive == KeepAlive::Busy => {
                self.keep_alive = KeepAlive::Idle;
                self.reading = Reading::Init;
                self.writing = Writing::Init;
                self.notify_read |= is_client;
            }
            (Reading::KeepAlive | Reading::Closed, Writing::KeepAlive)
            | (Reading::KeepAlive, Writing::Closed) => self.close(),
            _ => {}
        }
    }
}
