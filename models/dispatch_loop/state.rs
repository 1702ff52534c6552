//! The rest of `proto/h1/conn.rs` of hyper 1.12.0, in its order: how a `Conn` closes, and its state.

use std::task::Context;

use super::conn::Conn;
use super::message::{Decoder, Failure};
use super::timer::HeaderTimer;

impl Conn {
    /// `Conn::poll_drain_or_close_read`, conn.rs.
    pub(super) fn poll_drain_or_close_read(&mut self, cx: &mut Context<'_>) {
        if let Reading::Continue(decoder) = self.state.reading {
            self.state.reading = Reading::Body(decoder);
        }
        let _read = self.poll_read_body(cx, "drain the body");
        match self.state.reading {
            Reading::Init | Reading::KeepAlive => (),
            _ => self.close_read(),
        }
    }

    /// `Conn::close_read`, conn.rs.
    pub(super) fn close_read(&mut self) {
        self.state.close_read();
    }

    /// `Conn::close_write`, conn.rs.
    pub(super) fn close_write(&mut self) {
        self.state.close_write();
    }

    /// `Conn::disable_keep_alive`, conn.rs.
    pub(super) fn disable_keep_alive(&mut self) {
        if self.state.is_idle() {
            self.state.close();
        } else {
            self.state.disable_keep_alive();
        }
    }

    /// `Conn::take_error`, conn.rs.
    pub(super) fn take_error(&mut self) -> Result<(), Failure> {
        self.state.error.take().map_or(Ok(()), Err)
    }
}

/// hyper's `State`, as far as it is modelled. Settings are in [`Connection`](super::Connection).
#[derive(Debug, Default, Hash)]
pub(super) struct State {
    pub(super) error: Option<Failure>,
    pub(super) keep_alive: KA,
    pub(super) notify_read: bool,
    pub(super) reading: Reading,
    pub(super) writing: Writing,
    pub(super) upgrade: bool,
    pub(super) allow_trailer_fields: bool,
    pub(super) header_timer: HeaderTimer,
}

/// `conn::Reading`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Reading {
    #[default]
    Init,
    Continue(Decoder),
    Body(Decoder),
    KeepAlive,
    Closed,
}

/// `conn::Writing`. Of its encoder, only one thing is kept: whether this is the last message.
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
    /// Not hyper's: the state after the end of a message. hyper branches on `Encoder::is_last` wherever one
    /// ends.
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
pub(super) enum KA {
    Idle,
    #[default]
    Busy,
    Disabled,
}

impl State {
    /// `State::close`, conn.rs.
    pub(super) fn close(&mut self) {
        self.reading = Reading::Closed;
        self.writing = Writing::Closed;
        self.keep_alive = KA::Disabled;
    }

    /// `State::close_read`, conn.rs.
    pub(super) fn close_read(&mut self) {
        self.reading = Reading::Closed;
        self.keep_alive = KA::Disabled;
    }

    /// `State::close_write`, conn.rs.
    pub(super) fn close_write(&mut self) {
        self.writing = Writing::Closed;
        self.keep_alive = KA::Disabled;
    }

    /// `State::wants_keep_alive`, conn.rs.
    pub(super) fn wants_keep_alive(&self) -> bool {
        self.keep_alive != KA::Disabled
    }

    /// `State::try_keep_alive`, conn.rs.
    pub(super) fn try_keep_alive(&mut self, should_read_first: bool, header_read_timeout: bool) {
        match (self.reading, self.writing) {
            (Reading::KeepAlive, Writing::KeepAlive) => {
                if self.keep_alive == KA::Busy {
                    self.idle(should_read_first, header_read_timeout);
                } else {
                    self.close();
                }
            }
            (Reading::Closed, Writing::KeepAlive) | (Reading::KeepAlive, Writing::Closed) => {
                self.close();
            }
            _ => (),
        }
    }

    /// `State::disable_keep_alive`, conn.rs.
    pub(super) fn disable_keep_alive(&mut self) {
        self.keep_alive = KA::Disabled;
    }

    /// `State::busy`, conn.rs.
    pub(super) fn busy(&mut self) {
        if self.keep_alive != KA::Disabled {
            self.keep_alive = KA::Busy;
        }
    }

    /// `State::idle`, conn.rs.
    fn idle(&mut self, should_read_first: bool, header_read_timeout: bool) {
        self.keep_alive = KA::Idle;
        self.reading = Reading::Init;
        self.writing = Writing::Init;
        if !should_read_first || header_read_timeout {
            self.notify_read = true;
        }
    }

    /// `State::is_idle`, conn.rs.
    pub(super) fn is_idle(&self) -> bool {
        self.keep_alive == KA::Idle
    }

    /// Not hyper's: what `Conn` does wherever a body has ended.
    pub(super) fn end_writing(&mut self) {
        if let Writing::Body { last } = self.writing {
            self.writing = Writing::after(last);
        }
    }
}
