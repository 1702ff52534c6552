//! The executor's view of one actor: whether it must be polled, and how its state is recognised.

use std::fmt;
use std::hash::Hash;
use std::task::Waker;

use crate::run::digest::digest;
use crate::run::folded::Folded;
use crate::trace::event::Event;

/// Polls of one actor in a row that were asked for but changed nothing, after which it counts as
/// spinning.
pub const SPIN_POLLS: u8 = 3;

/// Calls of one poll since anything changed, after which the poll counts as an endless loop.
pub(crate) const CALLS_WITHOUT_CHANGE: u32 = 50;

/// The executor's view of one actor.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) done: bool,
    /// A wake-up has come since the current poll began: another poll must follow.
    pub(crate) token: bool,
    /// The token was set by the actor itself during this poll.
    pub(crate) self_woken: bool,
    /// No lock section yet in this poll. Wake-ups until the first one are absorbed by this poll.
    pub(crate) first: bool,
    /// The next lock section is not offered to the explorer as a choice.
    pub(crate) quiet: bool,
    pub(crate) parked: Option<crate::run::sync::Parked>,
    /// Polls in a row that changed nothing.
    pub(crate) idle_polls: u8,
    /// `State::changes` when the current poll began.
    pub(crate) changes_before: Option<u64>,
    /// Calls of this poll since anything changed, and the value of `State::changes` then.
    pub(crate) calls: (u32, u64),
    /// Calls since the last lock section that were no lock sections themselves: no other actor can move
    /// between them.
    pub(crate) private_calls: u32,
    /// Digest of everything that the actor has observed, or of the state that it declared.
    pub(crate) history: u128,
    /// The folded history, where histories are folded.
    pub(crate) folded: Option<Folded>,
    /// The actor declares its state: see [`Handle::declare_state`](crate::Handle::declare_state).
    pub(crate) declared: bool,
    /// The actor has made a call without declaring its state: it is identified by its history.
    pub(crate) opaque: bool,
    /// The next step of the actor is the first after its poll's first call.
    pub(crate) begins: bool,
    /// The actor has made a call with a waker that it made. Its code can look at what such wakers have
    /// recorded, so the beginning of a poll is a step of its own: see
    /// [`World::begin`](super::world::World::begin).
    pub(crate) own_wakers: bool,
    /// The executor's own waker for the actor.
    pub(crate) root: Option<Waker>,
    /// The actor has acquired the lock once after the execution was over, or need not do so.
    pub(crate) passed: bool,
}

impl Slot {
    pub(crate) fn is_parked(&self) -> bool {
        self.parked.is_some()
    }

    /// Adds this to the actor's history.
    pub(crate) fn observe(&mut self, what: impl Hash) {
        self.history = digest((self.history, &what));
        if let Some(folded) = &mut self.folded {
            folded.observe(what);
        }
    }

    /// Adds this to the actor's history; the call was pending.
    pub(crate) fn observe_in_poll(&mut self, what: impl Hash) {
        self.history = digest((self.history, &what));
        if let Some(folded) = &mut self.folded {
            folded.observe_in_poll(what);
        }
    }

    /// Adds this event of the actor to its history.
    pub(crate) fn observe_event(&mut self, event: &Event) {
        self.history = digest((self.history, event));
        if let Some(folded) = &mut self.folded {
            folded.event(event);
        }
    }

    /// Counts a call of the current poll; `false` when the poll is an endless loop.
    pub(crate) fn count_call(&mut self, changes: u64) -> bool {
        self.private_calls = 0;
        self.calls = (self.idle_calls(changes) + 1, changes);
        self.opaque |= !self.declared;
        self.calls.0 <= CALLS_WITHOUT_CHANGE
    }

    /// Counts a call that is no lock section; `false` when the poll is an endless loop.
    pub(crate) fn count_private_call(&mut self) -> bool {
        self.private_calls += 1;
        self.opaque |= !self.declared;
        self.private_calls <= CALLS_WITHOUT_CHANGE
    }

    /// Calls of this poll since anything changed.
    pub(crate) fn idle_calls(&self, changes: u64) -> u32 {
        if self.calls.1 == changes {
            self.calls.0
        } else {
            0
        }
    }

    /// Resets what concerned only the poll that has ended, so that equal states look equal.
    pub(crate) fn end_of_poll(&mut self) {
        self.first = true;
        self.self_woken = false;
        self.idle_polls = 0;
        self.changes_before = None;
        self.calls = (0, 0);
        self.private_calls = 0;
    }

    /// Polls without any change that the actor was woken for; counts towards [`SPIN_POLLS`].
    pub(crate) fn polled_without_change(&mut self, changes: u64) -> bool {
        if self.changes_before == Some(changes) {
            self.idle_polls += 1;
        } else {
            self.idle_polls = 0;
        }
        self.idle_polls >= SPIN_POLLS
    }

    /// See [`State::in_full`](super::state::State::in_full).
    pub(crate) fn in_full(&self, changes: u64) -> impl fmt::Debug + use<> {
        let Slot {
            name: _,
            done,
            token,
            self_woken,
            first,
            quiet,
            parked,
            idle_polls,
            changes_before,
            calls: _,
            private_calls: _,
            history,
            // A shorter memory of the same.
            folded: _,
            declared,
            opaque: _,
            begins,
            own_wakers,
            root: _,
            passed,
        } = self;
        let flags = [
            *done,
            *token,
            *self_woken,
            *first,
            *quiet,
            parked.is_some(),
            *declared,
            *begins,
            *own_wakers,
        ];
        let unchanged = *changes_before == Some(changes);
        let idle = (*idle_polls, self.idle_calls(changes), unchanged);
        (flags, idle, *history, *passed)
    }
}
