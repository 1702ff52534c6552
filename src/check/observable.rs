//! What a comparison looks at: what the socket sees of a connection, in the order of an execution.

use std::fmt;

use crate::trace::event::{ActorId, Event, Trace};

/// What the socket sees of a connection, and the connection of the world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
        }
    }
}

impl Observable {
    /// The whole trace, without what only the insides of a connection know: polls and parking,
    /// reads and feeds, notes, and wake-ups of the connection by itself.
    ///
    /// # Panics
    ///
    /// When the trace has an event of the connection that is neither observable nor left out.
    pub fn sequence(trace: &Trace) -> Vec<Observable> {
        let mut ended = None;
        let mut sequence = Vec::new();
        for step in &trace.steps {
            if step.actor != ActorId::SUBJECT {
                let woken = Event::Wake {
                    actor: ActorId::SUBJECT,
                };
                sequence.extend((step.event == woken).then_some(Observable::Woken));
                continue;
            }
            sequence.push(match &step.event {
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
                Event::Ended { error } => {
                    ended = Some(Observable::Ended {
                        well: error.is_none(),
                    });
                    continue;
                }
                Event::Poll
                | Event::Park
                | Event::Input { .. }
                | Event::InputPending
                | Event::InputFailed { .. }
                | Event::Feed { .. }
                | Event::FeedPending
                | Event::Wake { .. }
                | Event::Note { .. } => continue,
                other => panic!("no event of a connection: {other:?}"),
            });
        }
        // Whether a connection says how it ended before its socket is dropped is up to who drives
        // it.
        sequence.extend(ended);
        sequence
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::event::{Levels, Step};

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
        let seen: Vec<_> = Observable::sequence(&trace)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(seen, ["write 2:pending", "WOKEN", "close", "Ok"]);
    }
}
