//! The executor's view of one actor: whether it is owed a poll, and how it is recognised.

use std::fmt;
use std::hash::Hash;
use std::task::Waker;

use crate::run::digest::digest;
use crate::run::folded::Folded;
use crate::trace::event::Event;

/// After this many polls of one actor that were asked for but changed nothing, it spins.
pub const SPIN_POLLS: u8 = 3;

/// After this many calls of one poll since anything changed, the poll is taken for an endless loop.
pub(crate) const CALLS_WITHOUT_CHANGE: u32 = 50;

/// The executor's view of one actor.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) done: bool,
    /// A wake-up has come since the current poll began: another poll is owed.
    pub(crate) token: bool,
    /// The token was set by the actor itself during this poll.
    pub(crate) self_woken: bool,
    /// No lock section yet in this poll. Wake-ups until the first one are absorbed by this poll.
    pub(crate) first: bool,
    /// The next lock section is no new choice.
    pub(crate) quiet: bool,
    pub(crate) parked: Option<crate::run::sync::Parked>,
    /// Polls in a row that changed nothing.
    pub(crate) idle_polls: u8,
    /// `State::changes` when the current poll began.
    pub(crate) changes_before: Option<u64>,
    /// Calls of this poll since anything changed, as of `State::changes` then.
    pub(crate) calls: (u32, u64),
    /// Calls since the last lock section that are none themselves: they belong to no state in which
    /// somebody else could move.
    pub(crate) private_calls: u32,
    /// Digest of all that the actor has observed, or of its state as it declared it.
    pub(crate) history: u128,
    /// The shorter memory of the same, where histories are folded.
    pub(crate) folded: Option<Folded>,
    /// The actor tells its state: see [`Handle::declare_state`](crate::Handle::declare_state).
    pub(crate) declared: bool,
    /// The actor has made a call without telling its state: it is known by its history.
    pub(crate) opaque: bool,
    /// The next step of the actor is the first after its poll's first call.
    pub(crate) begins: bool,
    /// The actor has made a call with a waker of its own making. Its code can look at what such
    /// wakers have noted, so the beginning of a poll is a step of its own: see
    /// [`World::begin`](super::world::World::begin).
    pub(crate) own_wakers: bool,
    /// The executor's own waker for the actor.
    pub(crate) root: Option<Waker>,
    /// Acquired the lock once after the execution was over, or need not.
    pub(crate) passed: bool,
}

impl Slot {
    pub(crate) fn is_parked(&self) -> bool {
        self.parked.is_some()
    }

    /// The actor has observed this; it is part of its history.
    pub(crate) fn observe(&mut self, what: impl Hash) {
        self.history = digest((self.history, &what));
        if let Some(folded) = &mut self.folded {
            folded.observe(what);
        }
    }

    /// The actor has observed this, and nothing came of it.
    pub(crate) fn observe_in_poll(&mut self, what: impl Hash) {
        self.history = digest((self.history, &what));
        if let Some(folded) = &mut self.folded {
            folded.observe_in_poll(what);
        }
    }

    /// The actor has observed this event of its own.
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

    /// The same of a call that is no lock section.
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

    /// Forgets what concerns the poll that is over, so that equal states look equal.
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
