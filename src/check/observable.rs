//! The observable events of a connection, in the order of an execution: what a comparison compares.

use std::fmt;

use crate::trace::event::{ActorId, Event, Step, Trace};
use crate::trace::outcome::{Ending, Outcome};

/// An event of a connection that is visible from outside: on its socket, as a wake-up, or as its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observable {
    /// A write of `offered` bytes, `accepted` of which the kernel took.
    Write {
        /// Bytes offered.
        offered: usize,
        /// Bytes accepted.
        accepted: usize,
    },
    /// A write that the kernel had no room for.
    WritePending {
        /// Bytes offered.
        offered: usize,
    },
    /// Any other call, with its result.
    Call(&'static str),
    /// Somebody else woke the connection.
    Woken,
    /// The connection ended.
    Ended {
        /// With `Ok`.
        well: bool,
    },
    /// One of these on another socket than the first.
    Beside {
        /// Which one.
        socket: u8,
        /// What is seen of it there.
        seen: Box<Observable>,
    },
    /// The execution is over.
    Over(Over),
}

/// The state at the end of an execution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Over {
    /// Whether the connection waits and nobody is left to wake it, or is polled again and again.
    pub connection: Left,
    /// Bytes that have arrived at the peer of each socket.
    pub received: Vec<usize>,
}

/// How a connection is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Left {
    /// Ended, or panicked.
    Ended,
    /// It waits, and nobody is left to wake it.
    Waiting,
    /// It is polled again and again without any change.
    Spinning,
}

impl From<&Outcome> for Over {
    fn from(outcome: &Outcome) -> Over {
        Over {
            connection: match &outcome.subject {
                Ending::Ok | Ending::Err(_) | Ending::Panicked(_) => Left::Ended,
                Ending::Waiting => Left::Waiting,
                Ending::Spinning => Left::Spinning,
            },
            received: {
                let beside = outcome.beside.iter().map(|arrived| arrived.received);
                [outcome.received].into_iter().chain(beside).collect()
            },
        }
    }
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connection = match self.connection {
            Left::Ended => "",
            Left::Waiting => "waits for ever, ",
            Left::Spinning => "spins, ",
        };
        let received: Vec<_> = self.received.iter().map(usize::to_string).collect();
        write!(f, "{connection}{} received", received.join(" and "))
    }
}

impl fmt::Display for Observable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Observable::Write { offered, accepted } => write!(f, "write {offered}:{accepted}"),
            Observable::WritePending { offered } => write!(f, "write {offered}:pending"),
            Observable::Call(name) => f.write_str(name),
            Observable::Woken => f.write_str("WOKEN"),
            Observable::Ended { well: true } => f.write_str("Ok"),
            Observable::Ended { well: false } => f.write_str("Err"),
            Observable::Beside { socket, seen } => write!(f, "{seen} on socket {socket}"),
            Observable::Over(over) => over.fmt(f),
        }
    }
}

impl Observable {
    /// All observable events of an execution. Left out is what is internal to a connection: polls and
    /// parking, reads and feeds, notes, and wake-ups of the connection by itself. Whether a connection
    /// ends before or after its socket is dropped depends on the code that drives it; so its end always
    /// comes last but one, before the outcome of the execution.
    ///
    /// # Panics
    ///
    /// When the trace has an event of the connection that is neither observable nor left out.
    pub fn sequence(trace: &Trace, outcome: Option<&Outcome>) -> Vec<Observable> {
        let seen = trace.steps.iter().filter_map(Observable::of);
        let ended = |seen: &Observable| matches!(seen, Observable::Ended { .. });
        let (ended, mut sequence): (Vec<_>, Vec<_>) = seen.partition(ended);
        sequence.extend(ended);
        sequence.extend(outcome.map(|outcome| Observable::Over(outcome.into())));
        sequence
    }

    /// The observable event of one step, if it has one.
    ///
    /// # Panics
    ///
    /// When it is of the connection, and neither observable nor left out.
    pub fn of(step: &Step) -> Option<Observable> {
        if step.actor != ActorId::SUBJECT {
            let woken = Event::Wake {
                actor: ActorId::SUBJECT,
            };
            return (step.event == woken).then_some(Observable::Woken);
        }
        let seen = match &step.event {
            Event::Write { offered, accepted } => Observable::Write {
                offered: *offered,
                accepted: *accepted,
            },
            Event::WritePending { offered } => Observable::WritePending { offered: *offered },
            Event::WriteFailed { .. } => Observable::Call("write fails"),
            Event::Flush => Observable::Call("flush"),
            Event::FlushPending => Observable::Call("flush:pending"),
            Event::Shutdown => Observable::Call("shutdown"),
            Event::ShutdownFailed { .. } => Observable::Call("shutdown fails"),
            Event::Close => Observable::Call("close"),
            Event::Panicked { .. } => Observable::Call("panics"),
            Event::Ended { error } => Observable::Ended {
                well: error.is_none(),
            },
            Event::Poll
            | Event::Park
            | Event::Input { .. }
            | Event::InputPending
            | Event::InputFailed { .. }
            | Event::Feed { .. }
            | Event::FeedPending
            | Event::Wake { .. }
            | Event::Note { .. } => return None,
            other => panic!("no event of a connection: {other:?}"),
        };
        let socket = step.socket;
        Some(match seen {
            seen @ Observable::Ended { .. } => seen,
            seen if socket == 0 => seen,
            seen => Observable::Beside {
                socket,
                seen: Box::new(seen),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::event::Levels;
    use crate::trace::outcome::ReaderEnding;

    #[test]
    fn a_sequence_is_what_the_socket_sees_and_who_woke_the_connection() {
        let (subject, reader) = (ActorId::SUBJECT, ActorId::READER);
        let woken = |actor| Event::Wake { actor };
        let steps = [
            (subject, Event::Poll),
            (subject, woken(subject)),
            (subject, Event::WritePending { offered: 2 }),
            (subject, Event::Park),
            (reader, Event::Read { bytes: 1 }),
            (reader, woken(subject)),
            (reader, woken(reader)),
            (subject, Event::Ended { error: None }),
            (subject, Event::Close),
        ];
        let step = |(actor, event)| Step {
            actor,
            event,
            levels: Levels::default(),
            begins: false,
            socket: 0,
            beside: Vec::new(),
        };
        let trace = Trace {
            actors: ["reader", "connection"].map(str::to_owned).into(),
            capacity: 1,
            steps: steps.map(step).into(),
            ..Trace::default()
        };
        let seen = |outcome: Option<&Outcome>| -> Vec<String> {
            let seen = Observable::sequence(&trace, outcome);
            seen.iter().map(ToString::to_string).collect()
        };
        let before = ["write 2:pending", "WOKEN", "close", "Ok"];
        assert_eq!(seen(None), before);
        for (subject, told) in [
            (Ending::Ok, "3 received"),
            (Ending::Waiting, "waits for ever, 3 received"),
            (Ending::Spinning, "spins, 3 received"),
        ] {
            let outcome = Outcome {
                subject,
                reader: ReaderEnding::Complete,
                received: 3,
                accepted: 4,
                beside: Vec::new(),
            };
            assert_eq!(seen(Some(&outcome)), [&before[..], &[told]].concat());
        }
    }
}
