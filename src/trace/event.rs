//! What happens in an execution: one event for each system call, wake-up and ending, with the
//! level of every buffer after it.
//!
//! A trace holds everything that has happened. It does not depend on who explored the execution.

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::trace::facts::{Crew, Facts};

impl Crew {
    /// Whether this actor is one of the tasks.
    pub fn is_task(&self, actor: ActorId) -> bool {
        let number = actor.0.checked_sub(self.first);
        number.is_some_and(|number| number < self.tasks)
    }

    /// Whether this actor is the connection or one of its tasks, in a scenario that has tasks.
    pub(crate) fn is_member(&self, actor: ActorId) -> bool {
        self.tasks > 0 && (actor == ActorId::SUBJECT || self.is_task(actor))
    }
}

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
        /// Bytes that the connection handed over.
        #[cfg_attr(feature = "cli", serde(default))]
        offered: usize,
        /// The error, as `std::io::ErrorKind` names it.
        error: String,
    },
    /// The layer above the kernel took `taken` of `offered` bytes; see
    /// [`FlushMode::Buffers`](crate::environment::FlushMode::Buffers).
    Buffered {
        /// Bytes that the connection handed over.
        offered: usize,
        /// Bytes that the layer took.
        taken: usize,
    },
    /// `write(2)` of the layer above the kernel: the kernel took `accepted` of `offered` bytes.
    HandedOver {
        /// Bytes that the layer held.
        offered: usize,
        /// Bytes that the kernel took.
        accepted: usize,
    },
    /// `poll_flush` returned ready.
    Flush,
    /// `poll_flush` returned pending: the socket still holds bytes of its own, a wake-up is owed.
    FlushPending,
    /// `shutdown(SHUT_WR)`.
    Shutdown,
    /// The shutdown is pending, a wake-up is owed.
    ShutdownPending,
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
    /// The peer sent `bytes` bytes.
    Sent {
        /// Bytes that there was room for.
        bytes: usize,
    },
    /// The peer found no room for what it sends; a wake-up is owed.
    SendPending {
        /// Bytes that it sends.
        offered: usize,
    },
    /// The peer could not send.
    SendFailed {
        /// The error, as `std::io::ErrorKind` names it.
        error: String,
    },
    /// The peer sent FIN.
    Finish,
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
    /// A wake-up is delivered to `actor`, which must be polled again.
    Wake {
        /// The actor that is woken. It is `woken` in JSON, because `actor` there is the one that acts.
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
    /// From here on the connection must come to its end: a graceful shutdown, an expired timer,
    /// `connection: close`.
    ToldToStop,
}

#[cfg(feature = "cli")]
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Where the bytes are, and how the socket stands. Numbers are bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Levels {
    /// Bytes in the connection's own write buffer: those that its last write offered and the kernel did
    /// not take, or the number that the connection reports with
    /// [`Handle::buffered`](crate::Handle::buffered).
    pub inside: usize,
    /// Promised to the reader and not yet accepted by the kernel, wherever these bytes are.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub owed: usize,
    /// In the kernel's outbound buffer.
    pub kernel: usize,
    /// Accepted by the kernel so far.
    #[cfg_attr(
        feature = "cli",
        serde(
            default,
            rename = "accepted_so_far",
            skip_serializing_if = "is_default"
        )
    )]
    pub accepted: usize,
    /// Received by the reader.
    pub received: usize,
    /// Input that the peer has sent and the connection has not read.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub unread: usize,
    /// The reader has every promised message, and none that was not promised has begun.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub complete: bool,
    /// What the reader has received is not the beginning of what was promised.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub garbled: bool,
    /// The peer has sent FIN.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub input_ended: bool,
    /// A flush that was asked for is not finished.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub flushing: bool,
    /// A shutdown that was asked for is not finished.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub shutting: bool,
    /// The connection's sending side is shut down or closed.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub shut: bool,
    /// The connection is reset.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub reset: bool,
    /// The connection waits for a feed that has not ended.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub awaits_feed: bool,
}

impl Levels {
    /// Whether a read of the input would be ready, with bytes or with the end of the input.
    pub fn input_is_there(&self) -> bool {
        self.input_ended || self.unread > 0
    }
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
    /// Where the bytes are afterwards.
    #[cfg_attr(feature = "cli", serde(flatten))]
    pub levels: Levels,
    /// Whether this is the first step of the actor's poll. The poll absorbs every wake-up that came
    /// before it.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub begins: bool,
    /// The socket that a call is made on, as an index into [`Trace::sockets`].
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub socket: u8,
    /// The levels of the further sockets afterwards; `levels` are those of the first.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub beside: Vec<Levels>,
}

/// How an execution came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Conclusion {
    /// The actor that is polled again and again without any change; `None` when no actor can move any
    /// more.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub spins: Option<ActorId>,
    /// Where the bytes are at the end.
    #[cfg_attr(feature = "cli", serde(flatten))]
    pub levels: Levels,
    /// The levels of the further sockets.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub beside: Vec<Levels>,
}

/// One of several sockets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct NamedSocket {
    /// Its name.
    pub name: String,
    /// Capacity of the kernel's outbound buffer in bytes.
    pub capacity: usize,
    /// Who is at its other end.
    pub peer: ActorId,
}

/// One execution from its start to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Trace {
    /// Names of the actors, by [`ActorId`].
    pub actors: Vec<String>,
    /// Capacity of the kernel's outbound buffer in bytes.
    pub capacity: usize,
    /// The sockets of a connection that has more than one; otherwise none.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub sockets: Vec<NamedSocket>,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// The actor of each lock section, in order: with the scenario, this is all that a replay needs.
    pub schedule: Vec<ActorId>,
    /// The facts about the scenario and the subject by which the monitor judges the trace.
    #[cfg_attr(feature = "cli", serde(default))]
    pub facts: Facts,
    /// How the execution ended; `None` when it was cut short.
    #[cfg_attr(feature = "cli", serde(default))]
    pub conclusion: Option<Conclusion>,
    /// Index into `steps` of the step that broke the property, when the trace is a counterexample.
    pub broken_at: Option<usize>,
    /// The socket on which it broke, as an index into `sockets`.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "is_default"))]
    pub broken_on: u8,
    /// Index into `steps` of the step after which every continuation breaks the property;
    /// `None` when it was not computed.
    #[cfg_attr(feature = "cli", serde(default))]
    pub unavoidable_from: Option<usize>,
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
            begins: false,
            socket: 0,
            beside: Vec::new(),
        };
        let json = serde_json::to_string(&step).expect("a step is representable");
        assert_eq!(serde_json::from_str::<Step>(&json).expect(&json), step);
    }
}
