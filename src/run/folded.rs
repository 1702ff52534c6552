//! Folded histories: a shorter record of what an actor that is identified by its history has observed.
//!
//! The full history also records how the same bytes were split into writes, and every poll without a
//! result. The folded one records less:
//!
//! * consecutive accepted writes count as the bytes that were accepted and those that are still offered;
//! * calls that are pending count only within their poll;
//! * of consecutive polls without any result only the first counts. (It does count: such a poll may leave a
//!   task registered that was not polled before, and hyper gives up reading a body that nobody wants
//!   after one poll in which it found nothing.)
//!
//! Everything else counts as in the full history: input, feeds, a flush after a write, failures,
//! shutdowns, notes, and wake-ups of wakers that the actor made.
//!
//! Two executions with equal folded histories are in equal states only if the actor remembers none of
//! these differences. The explorer checks that on the actor itself: see
//! [`Folding`](crate::trace::folding::Folding).

use std::hash::{Hash, Hasher};

use crate::environment::content::{Content, Shared};
use crate::run::digest::digest;
use crate::trace::event::Event;

/// More polls than one.
const MORE: u8 = 2;

/// The folded history of one actor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    /// Everything before the current run of writes.
    before: u128,
    /// Bytes accepted in the current run of writes.
    accepted: Content,
    /// The bytes that the last write left over: how many, and a digest of the first of them.
    left: (usize, u64),
    /// A flush has found everything written, and nothing was written after it.
    flushed: bool,
    /// The calls of the current poll that were pending.
    in_poll: u128,
    /// Polls that have ended since the last event that counts: none, one (the poll of that event), or
    /// more. A poll also ends where the next one begins at once, as after a wake-up during the poll.
    polls: u8,
    /// A poll has begun and has not ended.
    polling: bool,
    /// Bytes accepted in the current poll.
    accepted_in_poll: usize,
}

/// Leaves out what counts only for finer folded histories: see [`Folded::to_write`].
impl Hash for Folded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.before, self.accepted, self.left).hash(state);
        (self.flushed, self.in_poll).hash(state);
        (self.polls, self.polling).hash(state);
    }
}

impl Folded {
    /// The amount to write in the current poll, in bytes: those that were accepted in it, and those
    /// that are left over. A connection may depend on that number, so a finer folded history keeps some
    /// of it: see [`Kept`](crate::trace::folding::Kept).
    pub(crate) fn to_write(&self) -> usize {
        self.accepted_in_poll + self.left.0
    }

    /// Records an event that counts.
    pub(crate) fn observe(&mut self, what: impl Hash) {
        self.before = digest((self.before, self.accepted, self.left, self.polls, what));
        self.accepted = Content::default();
        self.left = (0, 0);
        self.flushed = false;
        self.polls = 0;
    }

    /// Records an event that counts only within the current poll.
    pub(crate) fn observe_in_poll(&mut self, what: impl Hash) {
        self.in_poll = digest((self.in_poll, what));
    }

    /// Records that the kernel took these bytes; `place` is where they lie in a payload, if they do.
    pub(crate) fn write(&mut self, taken: &[u8], place: Option<Shared>) {
        self.accepted.push(taken, place);
        self.accepted_in_poll += taken.len();
        self.flushed = false;
    }

    /// Records how many bytes a write left over, with a digest of them, and whether the kernel took
    /// some.
    pub(crate) fn leave(&mut self, left: (usize, u64), some: bool) {
        self.left = left;
        if !some {
            self.observe_in_poll("write pending");
        }
    }

    /// An event of the actor's that is no write.
    pub(crate) fn event(&mut self, event: &Event) {
        match event {
            Event::Poll | Event::Park => {
                self.in_poll = digest(event);
                self.accepted_in_poll = 0;
                self.polls = (self.polls + u8::from(self.polling)).min(MORE);
                self.polling = *event == Event::Poll;
            }
            // See `write` and `leave`. Taking nothing is an answer.
            Event::Write { accepted: 0, .. } => self.observe(event),
            Event::Write { .. } | Event::WritePending { .. } => {}
            Event::InputPending | Event::FlushPending | Event::FeedPending => {
                self.observe_in_poll(event);
            }
            // Nothing was written since the last one.
            Event::Flush if self.flushed => self.observe_in_poll(event),
            _ => self.observe(event),
        }
        self.flushed |= *event == Event::Flush;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(act: impl FnOnce(&mut Folded)) -> Folded {
        let mut folded = Folded::default();
        folded.event(&Event::Poll);
        act(&mut folded);
        folded.event(&Event::Park);
        folded
    }

    fn write(folded: &mut Folded, taken: &[u8], left: (usize, u64)) {
        folded.write(taken, None);
        folded.leave(left, true);
    }

    #[test]
    fn how_a_run_of_writes_was_cut_is_forgotten() {
        let at_once = folded(|folded| write(folded, b"abcd", (0, 0)));
        let in_two = folded(|folded| {
            write(folded, b"a", (3, 7));
            write(folded, b"bcd", (0, 0));
        });
        assert_eq!(at_once, in_two);
        let in_two_polls = |first: &[u8], second| {
            folded(|folded| {
                write(folded, first, (second, 7));
                folded.leave((second, 7), false);
                folded.event(&Event::Park);
                folded.event(&Event::Poll);
                write(folded, &b"abcd"[first.len()..], (0, 0));
            })
        };
        assert_eq!(in_two_polls(b"a", 3), in_two_polls(b"abc", 1));
        assert_ne!(at_once, in_two_polls(b"a", 3), "a poll has ended before");
        let other_bytes = folded(|folded| write(folded, b"abce", (0, 0)));
        assert_ne!(at_once, other_bytes);
        let bytes_left = folded(|folded| write(folded, b"abcd", (1, 7)));
        assert_ne!(at_once, bytes_left);
    }

    #[test]
    fn what_comes_between_two_runs_is_remembered() {
        let with = |between: &'static [Event]| {
            folded(|folded| {
                write(folded, b"ab", (0, 0));
                between.iter().for_each(|event| folded.event(event));
                write(folded, b"cd", (0, 0));
            })
        };
        let nothing = with(&[]);
        assert_ne!(nothing, with(&[Event::Flush]));
        assert_ne!(nothing, with(&[Event::Input { bytes: 1 }]));
        assert_eq!(nothing, with(&[Event::InputPending]));
        assert_eq!(nothing, with(&[Event::FlushPending, Event::FeedPending]));
        assert_eq!(with(&[Event::Flush]), with(&[Event::Flush, Event::Flush]));
    }

    #[test]
    fn of_polls_in_which_nothing_came_of_anything_the_first_is_remembered() {
        let after = |polls: usize| {
            folded(|folded| {
                folded.event(&Event::Input { bytes: 1 });
                for _ in 0..polls {
                    folded.event(&Event::Park);
                    folded.event(&Event::Poll);
                    folded.event(&Event::InputPending);
                }
            })
        };
        assert_ne!(after(0), after(1));
        assert_eq!(after(1), after(2));
    }

    /// hyper gives up reading a body that nobody wants after one poll in which it found nothing.
    #[test]
    fn a_poll_ends_where_the_next_one_begins_at_once() {
        let after = |polls: usize| {
            let mut folded = Folded::default();
            folded.event(&Event::Poll);
            folded.event(&Event::Input { bytes: 1 });
            for _ in 0..polls {
                folded.event(&Event::Poll);
            }
            digest(folded)
        };
        assert_ne!(after(1), after(2));
        assert_eq!(after(2), after(3));
    }

    #[test]
    fn an_event_does_not_make_the_polls_before_it_forgotten() {
        let after = |polls: usize| {
            let mut folded = Folded::default();
            for _ in 0..polls {
                folded.event(&Event::Poll);
                folded.event(&Event::Park);
            }
            folded.event(&Event::Poll);
            folded.event(&Event::Input { bytes: 1 });
            digest(folded)
        };
        assert_ne!(after(0), after(1));
        assert_eq!(after(2), after(3));
    }

    #[test]
    fn within_a_poll_what_was_pending_is_remembered() {
        let mut asked = Folded::default();
        for _ in 0..3 {
            asked.event(&Event::Poll);
        }
        let not_yet = asked.clone();
        asked.event(&Event::InputPending);
        assert_ne!(asked, not_yet);
        asked.event(&Event::Poll);
        assert_eq!(asked, not_yet);
    }
}
