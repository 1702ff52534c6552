//! The shutdown orderings once more, as one explicit-state machine for stateright.
//!
//! Written from the model's documentation and sharing nothing with it: no futures, no wakers, no
//! bytes, only counters. One action is one system call with everything behind it up to the next.

use stateright::{Model, Property};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    Original,
    ReadGated,
    Fixed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// Started or woken, not polled yet.
    Called,
    /// Within a poll.
    Polled,
    /// Waits for a wake-up.
    Waiting,
    Ended,
}

/// What the executor knows of one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    pub mode: Mode,
    /// Woken since the first call of this poll.
    pub owed: bool,
    /// No call yet in this poll.
    pub fresh: bool,
}

impl Task {
    fn wake(&mut self) {
        match self.mode {
            Mode::Waiting => self.mode = Mode::Called,
            Mode::Called | Mode::Polled => self.owed = true,
            Mode::Ended => {}
        }
    }

    fn begin_call(&mut self) {
        if self.mode == Mode::Called || self.fresh {
            *self = Task {
                mode: Mode::Polled,
                owed: false,
                fresh: false,
            };
        }
    }

    fn end_call(&mut self, then: Then) {
        let mode = match then {
            Then::GoOn => return,
            Then::End => Mode::Ended,
            Then::Wait if self.owed => Mode::Polled,
            Then::Wait => Mode::Waiting,
        };
        // Ended and waiting tasks look the same, however they came there.
        let owed = mode == Mode::Polled;
        *self = Task {
            mode,
            owed,
            fresh: mode != Mode::Ended,
        };
    }
}

enum Then {
    GoOn,
    Wait,
    End,
}

/// The dispatcher's next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    Request,
    Write,
    Shutdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReaderAt {
    Reading,
    Eof,
    Stopped,
    Reset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub dispatcher: Task,
    pub next: Next,
    /// Bytes in the dispatcher's buffer.
    pub inside: usize,
    pub failed: Option<&'static str>,
    pub kernel: usize,
    pub accepted: usize,
    pub shut: bool,
    pub reset: bool,
    /// The dispatcher is registered for room, the reader for bytes.
    pub wants_room: bool,
    pub wants_bytes: bool,
    pub reader: Task,
    pub reader_at: ReaderAt,
    pub received: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Reader,
    Dispatcher,
}

/// How one run ended: the dispatcher's ending, the reader's, received, accepted.
pub type Outcome = (String, String, usize, usize);

#[derive(Clone, Copy, Debug)]
pub struct Connection {
    pub order: Order,
    /// N: bytes of the response.
    pub response: usize,
    /// K: capacity of the kernel's buffer.
    pub capacity: usize,
    /// R: bytes a read.
    pub chunk: Option<usize>,
    pub stops_after: Option<usize>,
    pub resets_after: Option<usize>,
    /// Begin in every state that satisfies the invariant, instead of in the first one.
    pub everywhere: bool,
}

impl Connection {
    pub fn start(&self) -> State {
        // A reset may come before the request is read; otherwise nobody sees that call.
        let reads_request = self.resets_after.is_some();
        State {
            dispatcher: Task {
                mode: Mode::Called,
                owed: false,
                fresh: true,
            },
            next: if reads_request {
                Next::Request
            } else {
                Next::Write
            },
            inside: if reads_request { 0 } else { self.response },
            failed: None,
            kernel: 0,
            accepted: 0,
            shut: false,
            reset: false,
            wants_room: false,
            wants_bytes: false,
            reader: Task {
                mode: Mode::Polled,
                owed: false,
                fresh: true,
            },
            reader_at: ReaderAt::Reading,
            received: 0,
        }
    }

    fn dispatch(&self, s: &mut State) -> Then {
        match s.next {
            Next::Request => {
                if s.reset {
                    s.failed = Some("connection reset");
                    return Then::End;
                }
                s.inside = self.response;
                s.next = Next::Write;
                Then::GoOn
            }
            Next::Write => {
                if s.reset {
                    s.failed = Some("connection reset");
                    return Then::End;
                }
                let taken = (self.capacity - s.kernel).min(s.inside);
                if taken == 0 {
                    s.wants_room = true;
                    if self.order == Order::Original {
                        // Nobody looks at the result of the flush.
                        s.next = Next::Shutdown;
                        return Then::GoOn;
                    }
                    return Then::Wait;
                }
                s.wants_room = false;
                s.kernel += taken;
                s.accepted += taken;
                s.inside -= taken;
                if std::mem::take(&mut s.wants_bytes) {
                    s.reader.wake();
                }
                if s.inside == 0 {
                    s.next = Next::Shutdown;
                }
                Then::GoOn
            }
            Next::Shutdown => {
                if s.reset {
                    s.failed = Some("not connected");
                    return Then::End;
                }
                s.shut = true;
                if std::mem::take(&mut s.wants_bytes) {
                    s.reader.wake();
                }
                Then::End
            }
        }
    }

    fn read(&self, s: &mut State) -> Then {
        if self.resets_after.is_some_and(|m| s.received >= m) {
            s.reset = true;
            s.kernel = 0;
            s.reader_at = ReaderAt::Reset;
            if std::mem::take(&mut s.wants_room) {
                s.dispatcher.wake();
            }
            return Then::End;
        }
        if self.stops_after.is_some_and(|m| s.received >= m) {
            s.reader_at = ReaderAt::Stopped;
            return Then::End;
        }
        if s.kernel == 0 {
            if s.shut {
                s.reader_at = ReaderAt::Eof;
                return Then::End;
            }
            s.wants_bytes = true;
            return Then::Wait;
        }
        let mut taken = s.kernel.min(self.chunk.unwrap_or(usize::MAX));
        for limit in [self.stops_after, self.resets_after].into_iter().flatten() {
            taken = taken.min(limit - s.received);
        }
        s.kernel -= taken;
        s.received += taken;
        if std::mem::take(&mut s.wants_room) {
            s.dispatcher.wake();
        }
        Then::GoOn
    }

    /// The outcome, if nobody can move.
    pub fn outcome(&self, s: &State) -> Option<Outcome> {
        let mut actions = Vec::new();
        self.actions(s, &mut actions);
        if !actions.is_empty() {
            return None;
        }
        let dispatcher = match (s.dispatcher.mode, s.failed) {
            (Mode::Ended, None) => "Ok".to_owned(),
            (Mode::Ended, Some(error)) => format!("error ({error})"),
            _ => "waits".to_owned(),
        };
        let reader = match s.reader_at {
            ReaderAt::Reset => "reset the connection",
            ReaderAt::Stopped => "stopped",
            _ if s.received == self.response => "complete",
            ReaderAt::Eof => "end of file before message length reached",
            ReaderAt::Reading => "waits for bytes",
        };
        Some((dispatcher, reader.to_owned(), s.received, s.accepted))
    }
}

impl Model for Connection {
    type State = State;
    type Action = Who;

    fn init_states(&self) -> Vec<State> {
        if !self.everywhere {
            return vec![self.start()];
        }
        self.states_with_invariant()
    }

    fn actions(&self, s: &State, actions: &mut Vec<Who>) {
        let can_move = |task: Task| matches!(task.mode, Mode::Called | Mode::Polled);
        if can_move(s.reader) {
            actions.push(Who::Reader);
        }
        if can_move(s.dispatcher) {
            actions.push(Who::Dispatcher);
        }
    }

    fn next_state(&self, last: &State, who: Who) -> Option<State> {
        let mut s = *last;
        match who {
            Who::Reader => {
                s.reader.begin_call();
                let then = self.read(&mut s);
                s.reader.end_call(then);
            }
            Who::Dispatcher => {
                s.dispatcher.begin_call();
                let then = self.dispatch(&mut s);
                s.dispatcher.end_call(then);
            }
        }
        Some(s)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("invariant", |machine: &Connection, s: &State| {
                !machine.everywhere || machine.invariant(s)
            }),
            Property::always("nothing truncated", |machine: &Connection, s: &State| {
                s.reader_at != ReaderAt::Eof || s.received == machine.response
            }),
            Property::always("no stall", |machine: &Connection, s: &State| {
                let stopped = matches!(s.reader_at, ReaderAt::Stopped | ReaderAt::Reset);
                let waits = s.dispatcher.mode == Mode::Waiting || s.reader.mode == Mode::Waiting;
                stopped || !waits || machine.outcome(s).is_none()
            }),
        ]
    }
}
