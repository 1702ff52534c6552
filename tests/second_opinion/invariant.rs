//! Beyond the bounds: why payload and capacity add no behaviour.

use crate::machine::{Connection, Mode, Next, ReaderAt, State, Task};

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
        // One more than fits, to see that the invariant excludes it.
        let sizes = 0..=self.response + 1;
        for inside in sizes.clone() {
            for accepted in sizes.clone() {
                for received in sizes.clone() {
                    for kernel in 0..=self.capacity + 1 {
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
                                received,
                            });
                            states.extend(all.filter(|state| self.invariant(state)));
                        }
                    }
                }
            }
        }
        states
    }
}
