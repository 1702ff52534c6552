//! The shutdown orderings once more, as one explicit-state machine for stateright.
//!
//! Written from the model's documentation and sharing nothing with it: no futures, no wakers, no
//! bytes, only counters. One action is one system call with everything after it up to the next.
//!
//! The machine is generic in its numbers: stateright explores it with numbers, and an SMT solver gets
//! what the same code does to any numbers.

use std::mem::replace;

use stateright::{Model, Property};

use crate::numbers::{Bit, Choice, Number, OneOf};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    Original,
    ReadGated,
    Fixed,
}

impl Order {
    pub const ALL: [Order; 3] = [Order::Original, Order::ReadGated, Order::Fixed];
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

impl Choice for Mode {
    const NAME: &'static str = "Mode";
    const ALL: &'static [Mode] = &[Mode::Called, Mode::Polled, Mode::Waiting, Mode::Ended];
}

/// What the executor knows of one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Task<N: Number = usize> {
    pub mode: N::OneOf<Mode>,
    /// Woken since the first call of this poll.
    pub owed: N::Bit,
    /// No call yet in this poll.
    pub fresh: N::Bit,
}

impl<N: Number> Task<N> {
    pub fn new(mode: Mode, owed: bool, fresh: bool) -> Task<N> {
        Task {
            mode: mode.into(),
            owed: owed.into(),
            fresh: fresh.into(),
        }
    }

    pub fn can_move(self) -> N::Bit {
        self.mode.is(Mode::Called) | self.mode.is(Mode::Polled)
    }

    fn wake(&mut self) {
        match self.mode.which() {
            Mode::Waiting => self.mode = Mode::Called.into(),
            Mode::Called | Mode::Polled => self.owed = true.into(),
            Mode::Ended => {}
        }
    }

    fn begin_call(&mut self) {
        if (self.mode.is(Mode::Called) | self.fresh).holds() {
            *self = Task::new(Mode::Polled, false, false);
        }
    }

    fn end_call(&mut self, then: Then) {
        let mode = match then {
            Then::GoOn => return,
            Then::End => Mode::Ended,
            Then::Wait if self.owed.holds() => Mode::Polled,
            Then::Wait => Mode::Waiting,
        };
        // Ended and waiting tasks look the same, however they came there.
        *self = Task::new(mode, mode == Mode::Polled, mode != Mode::Ended);
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

impl Choice for Next {
    const NAME: &'static str = "Next";
    const ALL: &'static [Next] = &[Next::Request, Next::Write, Next::Shutdown];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReaderAt {
    Reading,
    Eof,
    Stopped,
    Reset,
}

impl Choice for ReaderAt {
    const NAME: &'static str = "ReaderAt";
    const ALL: &'static [ReaderAt] = &[
        ReaderAt::Reading,
        ReaderAt::Eof,
        ReaderAt::Stopped,
        ReaderAt::Reset,
    ];
}

/// With which error the dispatcher ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    None,
    ConnectionReset,
    NotConnected,
}

impl Choice for Failure {
    const NAME: &'static str = "Failure";
    const ALL: &'static [Failure] = &[
        Failure::None,
        Failure::ConnectionReset,
        Failure::NotConnected,
    ];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State<N: Number = usize> {
    pub dispatcher: Task<N>,
    pub next: N::OneOf<Next>,
    /// Bytes in the dispatcher's buffer.
    pub inside: N,
    pub failed: N::OneOf<Failure>,
    pub kernel: N,
    pub accepted: N,
    pub shut: N::Bit,
    pub reset: N::Bit,
    /// The dispatcher is registered for room, the reader for bytes.
    pub wants_room: N::Bit,
    pub wants_bytes: N::Bit,
    pub reader: Task<N>,
    pub reader_at: N::OneOf<ReaderAt>,
    pub received: N,
}

impl<N: Number> State<N> {
    pub fn task(&self, who: Who) -> Task<N> {
        match who {
            Who::Reader => self.reader,
            Who::Dispatcher => self.dispatcher,
        }
    }

    /// Nobody can move any more.
    pub fn ended(&self) -> N::Bit {
        !self.reader.can_move() & !self.dispatcher.can_move()
    }
}

/// Goes through the fields of a state, with their names, and says what each becomes.
pub trait Fields<N: Number, M: Number> {
    fn number(&mut self, name: &str, value: N) -> M;
    fn bit(&mut self, name: &str, value: N::Bit) -> M::Bit;
    fn one_of<E: Choice>(&mut self, name: &str, value: N::OneOf<E>) -> M::OneOf<E>;

    fn task(&mut self, who: &str, task: Task<N>) -> Task<M> {
        Task {
            mode: self.one_of(&format!("{who}.mode"), task.mode),
            owed: self.bit(&format!("{who}.owed"), task.owed),
            fresh: self.bit(&format!("{who}.fresh"), task.fresh),
        }
    }

    fn state(&mut self, s: &State<N>) -> State<M> {
        State {
            dispatcher: self.task("dispatcher", s.dispatcher),
            next: self.one_of("next", s.next),
            inside: self.number("inside", s.inside),
            failed: self.one_of("failed", s.failed),
            kernel: self.number("kernel", s.kernel),
            accepted: self.number("accepted", s.accepted),
            shut: self.bit("shut", s.shut),
            reset: self.bit("was-reset", s.reset),
            wants_room: self.bit("wants-room", s.wants_room),
            wants_bytes: self.bit("wants-bytes", s.wants_bytes),
            reader: self.task("reader", s.reader),
            reader_at: self.one_of("reader-at", s.reader_at),
            received: self.number("received", s.received),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Reader,
    Dispatcher,
}

impl Who {
    pub const ALL: [Who; 2] = [Who::Reader, Who::Dispatcher];
}

/// How one run ended: the dispatcher's ending, the reader's, received, accepted.
pub type Outcome = (String, String, usize, usize);

#[derive(Clone, Copy, Debug)]
pub struct Connection<N: Number = usize> {
    pub order: Order,
    /// N: bytes of the response.
    pub response: N,
    /// K: capacity of the kernel's buffer.
    pub capacity: N,
    /// R: bytes a read. Without it a read takes all there is.
    pub chunk: Option<N>,
    pub stops_after: Option<N>,
    pub resets_after: Option<N>,
    /// Begin in every state that satisfies the invariant of this ordering, instead of in the first
    /// one.
    pub everywhere: Option<Order>,
}

impl<N: Number> Connection<N> {
    pub fn start(&self) -> State<N> {
        // A reset may come before the request is read; otherwise nobody sees that call.
        let reads_request = self.resets_after.is_some();
        State {
            dispatcher: Task::new(Mode::Called, false, true),
            next: if reads_request {
                Next::Request.into()
            } else {
                Next::Write.into()
            },
            inside: if reads_request {
                N::of(0)
            } else {
                self.response
            },
            failed: Failure::None.into(),
            kernel: N::of(0),
            accepted: N::of(0),
            shut: false.into(),
            reset: false.into(),
            wants_room: false.into(),
            wants_bytes: false.into(),
            reader: Task::new(Mode::Polled, false, true),
            reader_at: ReaderAt::Reading.into(),
            received: N::of(0),
        }
    }

    fn dispatch(&self, s: &mut State<N>) -> Then {
        match s.next.which() {
            Next::Request => {
                if s.reset.holds() {
                    s.failed = Failure::ConnectionReset.into();
                    return Then::End;
                }
                s.inside = self.response;
                s.next = Next::Write.into();
                Then::GoOn
            }
            Next::Write => {
                if s.reset.holds() {
                    s.failed = Failure::ConnectionReset.into();
                    return Then::End;
                }
                let taken = (self.capacity - s.kernel).capped_at(s.inside);
                if taken.is_zero().holds() {
                    s.wants_room = true.into();
                    if self.order == Order::Original {
                        // Nobody looks at the result of the flush.
                        s.next = Next::Shutdown.into();
                        return Then::GoOn;
                    }
                    return Then::Wait;
                }
                s.wants_room = false.into();
                s.kernel = s.kernel + taken;
                s.accepted = s.accepted + taken;
                s.inside = s.inside - taken;
                if replace(&mut s.wants_bytes, false.into()).holds() {
                    s.reader.wake();
                }
                if s.inside.is_zero().holds() {
                    s.next = Next::Shutdown.into();
                }
                Then::GoOn
            }
            Next::Shutdown => {
                if s.reset.holds() {
                    s.failed = Failure::NotConnected.into();
                    return Then::End;
                }
                s.shut = true.into();
                if replace(&mut s.wants_bytes, false.into()).holds() {
                    s.reader.wake();
                }
                Then::End
            }
        }
    }

    fn read(&self, s: &mut State<N>) -> Then {
        if self
            .resets_after
            .is_some_and(|m| m.at_most(s.received).holds())
        {
            s.reset = true.into();
            s.kernel = N::of(0);
            s.reader_at = ReaderAt::Reset.into();
            if replace(&mut s.wants_room, false.into()).holds() {
                s.dispatcher.wake();
            }
            return Then::End;
        }
        if self
            .stops_after
            .is_some_and(|m| m.at_most(s.received).holds())
        {
            s.reader_at = ReaderAt::Stopped.into();
            return Then::End;
        }
        if s.kernel.is_zero().holds() {
            if s.shut.holds() {
                s.reader_at = ReaderAt::Eof.into();
                return Then::End;
            }
            s.wants_bytes = true.into();
            return Then::Wait;
        }
        let mut taken = self
            .chunk
            .map_or(s.kernel, |chunk| s.kernel.capped_at(chunk));
        for limit in [self.stops_after, self.resets_after].into_iter().flatten() {
            taken = taken.capped_at(limit - s.received);
        }
        s.kernel = s.kernel - taken;
        s.received = s.received + taken;
        if replace(&mut s.wants_room, false.into()).holds() {
            s.dispatcher.wake();
        }
        Then::GoOn
    }

    /// The next state, if it is this actor's turn. Only for actors that can move.
    pub fn step(&self, last: &State<N>, who: Who) -> State<N> {
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
        s
    }
}

impl Connection {
    /// The outcome, if nobody can move.
    pub fn outcome(&self, s: &State) -> Option<Outcome> {
        if !s.ended() {
            return None;
        }
        let dispatcher = match (s.dispatcher.mode, s.failed) {
            (Mode::Ended, Failure::None) => "Ok",
            (Mode::Ended, Failure::ConnectionReset) => "error (connection reset)",
            (Mode::Ended, Failure::NotConnected) => "error (not connected)",
            _ => "waits",
        };
        let reader = match s.reader_at {
            ReaderAt::Reset => "reset the connection",
            ReaderAt::Stopped => "stopped",
            _ if s.received == self.response => "complete",
            ReaderAt::Eof => "end of file before message length reached",
            ReaderAt::Reading => "waits for bytes",
        };
        Some((
            dispatcher.to_owned(),
            reader.to_owned(),
            s.received,
            s.accepted,
        ))
    }
}

impl Model for Connection {
    type State = State;
    type Action = Who;

    fn init_states(&self) -> Vec<State> {
        match self.everywhere {
            None => vec![self.start()],
            Some(order) => self.states_with_invariant(order),
        }
    }

    fn actions(&self, s: &State, actions: &mut Vec<Who>) {
        actions.extend(Who::ALL.into_iter().filter(|who| s.task(*who).can_move()));
    }

    fn next_state(&self, last: &State, who: Who) -> Option<State> {
        Some(self.step(last, who))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("invariant", |machine: &Connection, s: &State| {
                machine
                    .everywhere
                    .is_none_or(|order| machine.invariant(order, s))
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
