//! Beyond the bounds: what holds in every state of every size.
//!
//! An invariant, the properties that follow from it, and a measure that every step decreases. With
//! numbers they are checked in all states of a size, reachable or not; with terms, by an SMT solver,
//! in all states of all sizes (`every_size.rs`).

use std::cmp::Ordering;

use stateright::Model;

use crate::machine::{Connection, Failure, Mode, Next, Order, ReaderAt, State, Task, Who};
use crate::numbers::{Bit, Number, OneOf};

/// Something that can be said of a state.
#[derive(Clone, Copy, Debug)]
pub struct Clause<B> {
    /// For formulas, tests and messages.
    pub name: &'static str,
    pub sentence: &'static str,
    pub holds: B,
}

fn clause<B>(name: &'static str, sentence: &'static str, holds: B) -> Clause<B> {
    Clause {
        name,
        sentence,
        holds,
    }
}

impl<N: Number> Task<N> {
    /// How many calls in vain a task can make until it waits.
    fn rank(self) -> N {
        let again = self.mode.is(Mode::Polled) & self.owed & !self.fresh;
        N::count(self.can_move()) + N::count(again)
    }
}

impl<N: Number> Connection<N> {
    /// What every state of this machine satisfies, if its ordering is `of`. Apart from the sums it
    /// speaks only of empty, full and registered.
    pub fn clauses(&self, of: Order, s: &State<N>) -> Vec<Clause<N::Bit>> {
        let zero = N::of(0);
        let limit = self.stops_after.or(self.resets_after);
        let [asks, writes, shuts] =
            [Next::Request, Next::Write, Next::Shutdown].map(|next| s.next.is(next));
        let failed = !s.failed.is(Failure::None);
        let ended = s.dispatcher.mode.is(Mode::Ended);
        let waits = s.dispatcher.mode.is(Mode::Waiting);
        let no: N::Bit = false.into();
        let mut clauses = vec![
            clause(
                "natural",
                "No number is negative.",
                N::Bit::all([s.inside, s.kernel, s.accepted, s.received].map(|n| zero.at_most(n))),
            ),
            clause(
                "kernel-fits",
                "The kernel holds no more than its capacity.",
                s.kernel.at_most(self.capacity),
            ),
            clause(
                "nothing-made-up",
                "What was accepted has been received or is in the kernel, unless a reset has discarded it.",
                s.reset
                    .choose_bit(s.kernel.is_zero(), s.accepted.equals(s.received + s.kernel)),
            ),
            clause(
                "nothing-forgotten",
                "What was not accepted is inside, once there is a response.",
                asks.choose_bit(
                    s.inside.is_zero() & s.accepted.is_zero(),
                    (s.accepted + s.inside).equals(self.response),
                ),
            ),
            clause(
                "ended-is-shut-or-failed",
                "The dispatcher has ended when it has either shut down or failed.",
                (s.shut | failed).same_as(ended) & !(s.shut & failed),
            ),
            clause(
                "fails-by-reset",
                "The dispatcher fails only when the reader has reset.",
                failed.implies(s.reset),
            ),
            clause(
                "shutdown-comes-last",
                "After the shutdown there is no other call.",
                s.shut.implies(shuts),
            ),
            clause(
                "reader-waits-registered",
                "A reader that waits is registered for bytes.",
                s.reader.mode.is(Mode::Waiting).implies(s.wants_bytes),
            ),
            clause(
                "wants-bytes-has-reason",
                "Who is registered for bytes finds none, and no end of the stream.",
                s.wants_bytes.implies(s.kernel.is_zero() & !s.shut),
            ),
            clause(
                "reader-ends-for-a-reason",
                "The reader has ended when it no longer reads.",
                s.reader_at
                    .is(ReaderAt::Reading)
                    .same_as(!s.reader.mode.is(Mode::Ended)),
            ),
            clause(
                "eof-behind-last-byte",
                "The end of the stream comes after the shutdown and the kernel's last byte.",
                s.reader_at
                    .is(ReaderAt::Eof)
                    .implies(s.shut & s.kernel.is_zero()),
            ),
            clause(
                "reset-by-reader",
                "The connection is reset when a reader that resets has done so.",
                s.reset.same_as(s.reader_at.is(ReaderAt::Reset))
                    & s.reset.implies(self.resets_after.is_some().into()),
            ),
            clause(
                "stops-at-limit",
                "A reader has stopped only after its last byte.",
                s.reader_at
                    .is(ReaderAt::Stopped)
                    .implies(self.stops_after.map_or(no, |m| s.received.equals(m))),
            ),
        ];
        if let Some(limit) = limit {
            clauses.push(clause(
                "reads-to-limit",
                "A reader that stops or resets reads no further than to there.",
                s.received.at_most(limit),
            ));
        }
        clauses.extend(match of {
            Order::ReadGated | Order::Fixed => vec![
                clause(
                    "shuts-down-when-empty",
                    "The shutdown is next when nothing is left inside, and only then.",
                    asks | shuts.same_as(s.inside.is_zero()),
                ),
                clause(
                    "dispatcher-waits-registered",
                    "A dispatcher that waits is registered for room.",
                    waits.implies(s.wants_room),
                ),
                clause(
                    "wants-room-has-reason",
                    "Who is registered for room has bytes and a full kernel.",
                    s.wants_room
                        .implies(writes & s.kernel.equals(self.capacity)),
                ),
            ],
            Order::Original => vec![
                clause(
                    "writes-what-is-inside",
                    "A write is next only while something is inside.",
                    writes.implies(!s.inside.is_zero()),
                ),
                clause(
                    "never-waits",
                    "The dispatcher does not wait: it shuts down instead.",
                    !waits,
                ),
                clause(
                    "all-at-once-if-it-fits",
                    "A response that fits the kernel's buffer is accepted whole.",
                    self.response.at_most(self.capacity).implies(
                        writes.implies(s.accepted.is_zero()) & shuts.implies(s.inside.is_zero()),
                    ),
                ),
            ],
        });
        clauses
    }

    pub fn invariant(&self, of: Order, s: &State<N>) -> N::Bit {
        N::Bit::all(self.clauses(of, s).into_iter().map(|clause| clause.holds))
    }

    /// What follows from the invariant in every state, without running anything. `ended` is the end
    /// of an execution: nobody can move any more.
    pub fn properties_of_states(&self, s: &State<N>) -> Vec<Clause<N::Bit>> {
        let ended = s.ended();
        let delivered = s.received.equals(self.response);
        let dispatcher_ended = s.dispatcher.mode.is(Mode::Ended);
        let fits = match self.order {
            Order::Original => self.response.at_most(self.capacity),
            Order::ReadGated | Order::Fixed => true.into(),
        };
        let mut properties = vec![
            clause(
                "nothing-buffered-at-shutdown",
                "Nothing is left inside when the dispatcher has shut down.",
                (fits & s.shut).implies(s.inside.is_zero()),
            ),
            clause(
                "one-shutdown",
                "After the shutdown the dispatcher makes no call.",
                s.shut.implies(!s.dispatcher.can_move()),
            ),
        ];
        match (self.stops_after, self.resets_after) {
            (None, None) => properties.extend([
                clause(
                    "nothing-truncated",
                    "At the end of the stream, and at the end, everything has been received.",
                    (fits & (ended | s.reader_at.is(ReaderAt::Eof))).implies(delivered),
                ),
                clause(
                    "no-silent-loss",
                    "When the dispatcher ends with Ok, everything has been received at the end.",
                    (fits & ended & s.shut).implies(delivered),
                ),
                clause(
                    "accepted-arrives",
                    "What was accepted has been received at the end.",
                    ended.implies(s.accepted.equals(s.received)),
                ),
                clause(
                    "no-stall",
                    "At the end the dispatcher has shut down and the reader has seen it.",
                    ended.implies(s.shut & s.reader_at.is(ReaderAt::Eof)),
                ),
            ]),
            (Some(m), _) => properties.push(match self.order {
                Order::Original => clause(
                    "ends-without-reader",
                    "At the end the dispatcher has shut down, although the reader may have stopped.",
                    ended.implies(s.shut),
                ),
                Order::ReadGated | Order::Fixed => clause(
                    "waits-for-reader",
                    "At the end the dispatcher waits for ever if the reader stops too early for the \
                     rest to fit the kernel's buffer, and has shut down otherwise.",
                    ended.implies(
                        self.response
                            .at_most(m + self.capacity)
                            .choose_bit(s.shut, s.dispatcher.mode.is(Mode::Waiting)),
                    ),
                ),
            }),
            (None, Some(_)) => properties.extend([
                clause(
                    "reset-ends-with-error",
                    "At the end the dispatcher has failed if the reader has reset, unless it had shut \
                     down before.",
                    (ended & s.reset & !s.shut).implies(!s.failed.is(Failure::None)),
                ),
                clause(
                    "no-stall",
                    "At the end both have ended.",
                    ended.implies(dispatcher_ended & s.reader.mode.is(Mode::Ended)),
                ),
            ]),
        }
        properties
    }

    /// All of them.
    pub fn consequence(&self, s: &State<N>) -> N::Bit {
        N::Bit::all(
            self.properties_of_states(s)
                .into_iter()
                .map(|property| property.holds),
        )
    }

    /// Decreases with every step, in lexicographic order: so every execution ends.
    pub fn measure(&self, s: &State<N>) -> (N, N) {
        let open = N::count(!s.dispatcher.mode.is(Mode::Ended))
            + N::count(s.reader_at.is(ReaderAt::Reading))
            + N::count(!s.next.is(Next::Shutdown))
            + N::count(s.next.is(Next::Request));
        // A response that is not there yet counts as well.
        let inside = N::choose(s.next.is(Next::Request), self.response, s.inside);
        (
            inside + inside + s.kernel + open,
            s.dispatcher.rank() + s.reader.rank(),
        )
    }
}

impl Connection {
    /// Every state of this size that satisfies the invariant, reachable or not.
    pub fn states_with_invariant(&self, of: Order) -> Vec<State> {
        let tasks: Vec<Task> = [Mode::Called, Mode::Polled, Mode::Waiting, Mode::Ended]
            .into_iter()
            .flat_map(|mode| (0..4).map(move |bits| (mode, bits & 1 == 1, bits & 2 == 2)))
            .map(|(mode, owed, fresh)| Task { mode, owed, fresh })
            .collect();
        let pairs = tasks
            .iter()
            .flat_map(|d| tasks.iter().map(move |r| (*d, *r)));
        let pairs: Vec<_> = pairs.collect();
        let mut states = Vec::new();
        for inside in 0..=self.response {
            // The sums leave no choice.
            let accepted = self.response - inside;
            for kernel in 0..=self.capacity.min(accepted) {
                for bits in 0..32 {
                    let bit = |n: usize| bits >> n & 1 == 1;
                    let all = pairs.iter().map(|&(dispatcher, reader)| State {
                        dispatcher,
                        next: if bit(0) { Next::Shutdown } else { Next::Write },
                        inside,
                        failed: Failure::None,
                        kernel,
                        accepted,
                        shut: bit(1),
                        reset: false,
                        wants_room: bit(2),
                        wants_bytes: bit(3),
                        reader,
                        reader_at: if bit(4) {
                            ReaderAt::Eof
                        } else {
                            ReaderAt::Reading
                        },
                        received: accepted - kernel,
                    });
                    states.extend(all.filter(|state| self.invariant(of, state)));
                }
            }
        }
        states
    }

    /// All that a step can ask about the numbers: each answer is a comparison.
    fn asks(&self, s: &State) -> [Ordering; 5] {
        let room = self.capacity - s.kernel;
        [
            s.inside.cmp(&0),
            s.kernel.cmp(&0),
            room.cmp(&0),
            s.inside.cmp(&room),
            s.kernel.cmp(&self.chunk.unwrap_or(usize::MAX)),
        ]
    }

    /// The case that a step is of: who moves, and the state with the answers in the place of its
    /// numbers.
    pub fn case(&self, s: &State, who: Who) -> Case {
        (without_numbers(s), self.asks(s), who)
    }

    /// What a step in this state does to all that the invariant, the consequence and the measure
    /// speak of.
    pub fn effect(&self, s: &State, who: Who) -> Effect {
        let next = self.next_state(s, who).expect("it can move");
        let room = self.capacity - next.kernel;
        let numbers = [next.inside.cmp(&0), next.kernel.cmp(&0), room.cmp(&0)];
        let keeps = self.invariant(self.order, &next) && self.consequence(s);
        let nearer = self.measure(&next) < self.measure(s);
        (without_numbers(&next), numbers, keeps, nearer)
    }
}

/// See [`Connection::case`].
pub type Case = (State, [Ordering; 5], Who);

/// See [`Connection::effect`].
pub type Effect = (State, [Ordering; 3], bool, bool);

fn without_numbers(s: &State) -> State {
    State {
        inside: 0,
        kernel: 0,
        accepted: 0,
        received: 0,
        ..*s
    }
}
