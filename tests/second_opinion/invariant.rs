//! Beyond the bounds: why payload and capacity add no behaviour.

use std::cmp::Ordering;

use stateright::Model;

use crate::machine::{Connection, Mode, Next, ReaderAt, State, Task, Who};

impl Task {
    /// How many calls in vain a task can make until it waits.
    fn rank(self) -> usize {
        match self.mode {
            Mode::Waiting | Mode::Ended => 0,
            Mode::Polled if self.owed && !self.fresh => 2,
            Mode::Called | Mode::Polled => 1,
        }
    }
}

impl Connection {
    /// What every state of the fixed ordering satisfies, for a reader that reads to the end. Apart
    /// from the sums it speaks only of empty, full and registered.
    pub fn invariant(&self, s: &State) -> bool {
        let Task { mode, .. } = s.dispatcher;
        // Nothing gets lost or made up.
        s.accepted == s.received + s.kernel
            && s.accepted + s.inside == self.response
            && s.kernel <= self.capacity
            && !s.reset
            && s.failed.is_none()
            // Shut down implies nothing buffered, and is the last thing that happens.
            && (s.next == Next::Shutdown) == (s.inside == 0)
            && s.next != Next::Request
            && s.shut == (mode == Mode::Ended)
            && (!s.shut || s.inside == 0)
            // Who waits is registered, and has a reason; a reason that goes away wakes.
            && (mode != Mode::Waiting || s.wants_room)
            && (!s.wants_room || (s.kernel == self.capacity && s.inside > 0))
            && (s.reader.mode != Mode::Waiting || s.wants_bytes)
            && (!s.wants_bytes || (s.kernel == 0 && !s.shut))
            // The end of the stream comes behind the last byte.
            && match s.reader_at {
                ReaderAt::Reading => s.reader.mode != Mode::Ended,
                ReaderAt::Eof => s.reader.mode == Mode::Ended && s.shut && s.kernel == 0,
                ReaderAt::Stopped | ReaderAt::Reset => false,
            }
    }

    /// What follows from the invariant in every state, without running anything.
    pub fn consequence(&self, s: &State) -> bool {
        let delivered = s.received == self.response;
        let stuck = self.outcome(s).is_some();
        (s.reader_at != ReaderAt::Eof || delivered) && (!stuck || (s.shut && delivered))
    }

    /// Decreases with every step, in lexicographic order: so every run ends.
    pub fn measure(&self, s: &State) -> (usize, usize) {
        let open = usize::from(!s.shut) + usize::from(s.reader_at == ReaderAt::Reading);
        let bytes = 2 * s.inside + s.kernel;
        (bytes + open, s.dispatcher.rank() + s.reader.rank())
    }

    /// Every state of this size that satisfies the invariant, reachable or not.
    pub fn states_with_invariant(&self) -> Vec<State> {
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
                        failed: None,
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
                    states.extend(all.filter(|state| self.invariant(state)));
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
        let keeps = self.invariant(&next) && self.consequence(s);
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
