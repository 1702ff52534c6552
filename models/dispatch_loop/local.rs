//! Not hyper's: the complete local state of a connection and its user in one value, and how the explorer is
//! told about it.
//!
//! In hyper, `Dispatcher`, `Conn` and `Buffered` each hold their own fields. The explorer has to be told all
//! of them at every call on the socket, so here they are fields of [`Local`]. The three types dereference to
//! it, so that `self.is_closing`, `self.state` and `self.read_buf` read as in hyper.

use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::BytesMut;

use super::TELLS;
use super::io::Buffered;
use super::state::State;
use super::user::BodyRx;

/// The local state of a connection and its user.
#[derive(Debug, Default, Hash)]
pub(super) struct Local {
    // `conn::Conn`
    pub(super) state: State,
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
    /// How many messages were handed to the service, or, for a client, taken from its channel.
    pub(super) messages: usize,
    /// A request waits for its response.
    pub(super) callback: bool,
    /// Whoever waits for that response has given up.
    pub(super) canceled: bool,
    /// A caller got an error instead of its response.
    pub(super) told: bool,
    /// The user has dropped the body that `body_tx` fills.
    pub(super) body_dropped: bool,
    /// `body_tx` waits for room in the channel.
    pub(super) body_tx_waits: bool,
    /// A piece of the body, or an error, is in the user's channel.
    pub(super) body_waits: bool,
    /// The user, who reads the body, is registered with the channel.
    pub(super) user_waits: bool,
    /// The user reads the body beside the connection.
    pub(super) beside: bool,
    /// The user still owes the connection a wake-up for an earlier body, which it gives when it next reads.
    pub(super) beside_wakes: bool,
    /// The user has asked for the body, or gets it without asking.
    pub(super) body_wanted: bool,
    /// `body_tx` has looked at the channel, and is registered with it.
    pub(super) body_seen: bool,
    /// A client's user holds the body of a response.
    pub(super) holds_body: bool,
    /// A client's connection has asked for a request.
    pub(super) asked: bool,
    /// A request is in a client's channel.
    pub(super) request_waits: bool,
    // Around it
    /// The new protocol's task waits for the socket.
    pub(super) upgrade_waits: bool,
    pub(super) graceful: bool,
    /// The socket was handed to the upgrade, which has written this many bytes.
    pub(super) upgraded: Option<usize>,
    pub(super) place: Place,
}

/// Where in a poll the dispatcher is: the values of its local variables while it makes a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) step: &'static str,
    pub(super) iteration: usize,
    pub(super) write_ready: bool,
    pub(super) flush_ready: bool,
    pub(super) head_waits: bool,
}

/// Dereferences a type to [`Local`], by way of the field that holds it.
macro_rules! dereferences_to_local {
    ($type:ty, $field:ident) => {
        impl std::ops::Deref for $type {
            type Target = $crate::dispatch_loop::local::Local;

            fn deref(&self) -> &Self::Target {
                &self.$field
            }
        }

        impl std::ops::DerefMut for $type {
            fn deref_mut(&mut self) -> &mut Self::Target {
                &mut self.$field
            }
        }
    };
}

pub(super) use dereferences_to_local;

impl Local {
    /// Begins a part of the program, named so that its calls are told apart from the same calls elsewhere.
    pub(super) fn enter(&mut self, step: &'static str) {
        self.place.step = step;
    }
}

impl Buffered {
    /// Declares the complete local state for the call that follows.
    pub(super) fn at(&self, site: &'static str) {
        let handle = self.io.handle();
        let local: &Local = self;
        if self.config.tells {
            handle.note(format!("{TELLS}{site} {:x?}", local.digests()));
        } else {
            handle.declare_state(&(local, site));
        }
    }

    /// Notes what a call has returned where the event of the call does not say it.
    pub(super) fn saw(&self, bytes: Option<&[u8]>) {
        if self.config.tells {
            self.io.handle().note(format!("{bytes:?}"));
        }
    }
}

/// Makes [`FIELDS`] and [`Local::digests`]. It compiles only if every field is named.
macro_rules! fields {
    (state: $($of_conn:ident)* ; $($field:ident)* ; place: $($variable:ident)*) => {
        /// The names of the fields that the loop declares as its state.
        pub const FIELDS: &[&str] = &[
            $(stringify!($of_conn),)* $(stringify!($field),)* $(stringify!($variable)),*
        ];

        impl Local {
            /// A digest of each of [`FIELDS`].
            fn digests(&self) -> Vec<u64> {
                let Local { state: State { $($of_conn),* }, $($field,)* place } = self;
                let Place { $($variable),* } = place;
                vec![$(digest($of_conn),)* $(digest($field),)* $(digest($variable)),*]
            }
        }
    };
}

fields!(
    state: reading writing keep_alive notify_read upgrade allow_trailer_fields header_timer error;
    read_buf read_blocked write_buf heads
    is_closing body_tx body_rx
    in_flight messages callback canceled told body_dropped body_tx_waits body_waits user_waits beside
    beside_wakes body_wanted body_seen holds_body asked request_waits
    upgrade_waits graceful upgraded;
    place: step iteration write_ready flush_ready head_waits
);

fn digest(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
