//! What happens in an execution: one event for each system call, wake-up and ending, with the
//! level of every buffer after it.
//!
//! Events are the only thing that verdicts and renderers look at. They say nothing about who
//! explored the execution.

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

/// An actor of an execution, as an index into [`Trace::actors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(transparent))]
pub struct ActorId(pub u8);

impl ActorId {
    /// The peer, which reads what the connection writes.
    pub const READER: ActorId = ActorId(0);
    /// The connection under test.
    pub const SUBJECT: ActorId = ActorId(1);

    /// The `n`th script of the scenario (a feeder, a peer that sends FIN, a signal).
    pub const fn script(n: usize) -> ActorId {
        ActorId(2 + n as u8)
    }

    /// The position in a list of actors.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One step of one actor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(tag = "event", rename_all = "snake_case"))]
pub enum Event {
    /// The executor polls the actor's future.
    Poll,
    /// `write(2)`: the kernel took `accepted` of `offered` bytes.
    Write {
        /// Bytes that the connection handed over.
        offered: usize,
        /// Bytes that the kernel took.
        accepted: usize,
    },
    /// `write(2)` would block: the kernel's buffer is full, a wake-up is owed.
    WritePending {
        /// Bytes that the connection handed over.
        offered: usize,
    },
    /// `write(2)` failed.
    WriteFailed {
        /// The error, as `std::io::ErrorKind` names it.
        error: String,
    },
    /// `poll_flush` returned ready.
    Flush,
    /// `poll_flush` returned pending: the socket still holds bytes of its own, a wake-up is owed.
    FlushPending,
    /// `shutdown(SHUT_WR)`.
    Shutdown,
    /// `shutdown(SHUT_WR)` failed.
    ShutdownFailed {
        /// The error, as `std::io::ErrorKind` names it.
        error: String,
    },
    /// `close(2)`, or the socket was dropped.
    Close,
    /// The connection read `bytes` bytes of its input; 0 is the end of the input.
    Input {
        /// Bytes that were read.
        bytes: usize,
    },
    /// The connection found no input; a wake-up is owed.
    InputPending,
    /// Reading the input failed.
    InputFailed {
        /// The error, as `std::io::ErrorKind` names it.
        error: String,
    },
    /// The reader took `bytes` bytes out of the kernel's buffer.
    Read {
        /// Bytes that were taken.
        bytes: usize,
    },
    /// The reader found the kernel's buffer empty; a wake-up is owed.
    ReadPending,
    /// The reader saw the end of the stream.
    Eof,
    /// The reader has everything that it was promised.
    Complete,
    /// The reader stops reading and keeps the connection open.
    Stop,
    /// The reader resets the connection.
    Reset,
    /// The reader's read failed.
    ReadFailed {
        /// The error, as `std::io::ErrorKind` names it.
        error: String,
    },
    /// A script's step, in words.
    Script {
        /// What the step does.
        step: String,
    },
    /// The connection took an item from a feed (a body chunk), or its end.
    Feed {
        /// What it took.
        item: String,
    },
    /// The connection found its feed empty; a wake-up is owed.
    FeedPending,
    /// A wake-up is delivered to `actor`, which is owed a poll from now on.
    Wake {
        /// Who is woken. Not `actor` in JSON: that is who acts, beside it.
        #[cfg_attr(feature = "cli", serde(rename = "woken"))]
        actor: ActorId,
    },
    /// The actor has nothing to do and waits for a wake-up.
    Park,
    /// The actor is at its end.
    Ended {
        /// `None` for success, otherwise the error.
        error: Option<String>,
    },
    /// The actor panicked.
    Panicked {
        /// The panic's message.
        message: String,
    },
    /// A note of the subject: a step that is no system call (a request parsed, a response begun).
    Note {
        /// What happened.
        text: String,
    },
}

/// So many bytes, in words.
pub(crate) fn bytes(number: usize) -> String {
    match number {
        1 => "1 byte".to_owned(),
        _ => format!("{number} bytes"),
    }
}

/// How full every buffer is, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Levels {
    /// In the connection's own write buffer. For a real connection this is what it last offered
    /// and the kernel did not take.
    pub inside: usize,
    /// In the kernel's outbound buffer.
    pub kernel: usize,
    /// Received by the reader.
    pub received: usize,
}

/// An event with its actor and the levels after it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Step {
    /// Who acted.
    pub actor: ActorId,
    /// What happened.
    #[cfg_attr(feature = "cli", serde(flatten))]
    pub event: Event,
    /// How full every buffer is afterwards.
    #[cfg_attr(feature = "cli", serde(flatten))]
    pub levels: Levels,
}

/// One execution from its start to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Trace {
    /// Names of the actors, by [`ActorId`].
    pub actors: Vec<String>,
    /// Capacity of the kernel's outbound buffer in bytes.
    pub capacity: usize,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// Who entered each lock section, in order: with the scenario this is all that a replay needs.
    pub schedule: Vec<ActorId>,
    /// Index into `steps` of the step that broke the property, when the trace is a counterexample.
    pub broken_at: Option<usize>,
}

impl Trace {
    /// The name of an actor.
    pub fn actor_name(&self, actor: ActorId) -> &str {
        self.actors
            .get(actor.index())
            .map_or("unknown actor", String::as_str)
    }
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    #[test]
    fn actors_have_names_by_their_place() {
        let trace = Trace {
            actors: ["reader", "dispatcher", "first", "second"]
                .map(str::to_owned)
                .into(),
            ..Trace::default()
        };
        assert_eq!(trace.actor_name(ActorId::script(0)), "first");
        assert_eq!(trace.actor_name(ActorId::script(1)), "second");
        assert_eq!(trace.actor_name(ActorId::script(2)), "unknown actor");
    }

    #[test]
    fn a_wake_up_keeps_who_wakes_whom_in_json() {
        let step = Step {
            actor: ActorId::SUBJECT,
            event: Event::Wake {
                actor: ActorId::READER,
            },
            levels: Levels::default(),
        };
        let json = serde_json::to_string(&step).expect("a step is representable");
        assert_eq!(serde_json::from_str::<Step>(&json).expect(&json), step);
    }
}
