//! What must hold. A property is a value with a name, a sentence and a check; the
//! [`Monitor`](crate::trace::Monitor) runs the checks. All built-in properties are in this file, each with its check.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

#[cfg(feature = "cli")]
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::trace::event::{ActorId, Event, Levels};
use crate::trace::facts::{Ends, Facts};
use crate::trace::outcome::Ending;
use crate::trace::watched::{Moment, ReaderState};

/// The definition of a property: its name, its sentence, and when it is broken.
///
/// ```
/// use lastbyte::Property;
/// use lastbyte::trace::{Definition, Event};
///
/// static SMALL_WRITES: Definition = Definition {
///     name: "small-writes",
///     sentence: "No write offers more than 10 bytes.",
///     check: |moment, _memory| {
///         matches!(moment.of_subject(), Some(Event::Write { offered, .. }) if *offered > 10)
///     },
/// };
/// let property = Property::Custom(&SMALL_WRITES);
/// assert_eq!(property.sentence(), "No write offers more than 10 bytes.");
/// ```
#[derive(Clone, Copy)]
pub struct Definition {
    /// The name on the command line and in JSON: lower case, with hyphens, and not the name of a
    /// built-in property.
    pub name: &'static str,
    /// The property as a sentence.
    pub sentence: &'static str,
    /// Whether this moment breaks the property. The result may depend only on the moment and on the
    /// memory. The memory starts at 0 and belongs to this property alone; it is part of the explored
    /// state. A check that panics breaks its property, and `no-panic` as well.
    pub check: fn(&Moment<'_>, &mut u64) -> bool,
}

impl fmt::Debug for Definition {
    // Without the address of the check, which differs from one process to the next.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition")
            .field("name", &self.name)
            .field("sentence", &self.sentence)
            .finish_non_exhaustive()
    }
}

/// A property that must hold in every execution.
#[derive(Clone, Copy, Debug)]
pub enum Property {
    /// All promised bytes arrive at a reader that keeps reading.
    NothingTruncated,
    /// `Ok` from the subject implies that all promised bytes arrived.
    NoSilentLoss,
    /// What was received is always the beginning of what was promised.
    ReceivedIsPrefix,
    /// What the kernel accepted arrives at a reader that keeps reading.
    AcceptedArrives,
    /// Everything promised has been accepted by the kernel when the socket is shut down or closed.
    NothingBufferedAtShutdown,
    /// No byte waits for ever while the reader keeps reading, and no wake-up is lost (for input, a
    /// finished flush, the end of the stream).
    NoStall,
    /// The connection comes to its end once everything is delivered and nothing keeps it open, and
    /// when it is told to stop; see [`Ends`].
    Ends,
    /// The subject ends although the reader has stopped.
    EndsWithoutReader,
    /// The subject is not polled for ever without any change.
    NoSpin,
    /// Input is read while a flush is pending. Applies to subjects that say that they read
    /// independently of writing.
    ReadsDuringFlush,
    /// At most one shutdown, and no write after it.
    OneShutdown,
    /// No flush after the shutdown.
    NoFlushAfterShutdown,
    /// A reset peer ends the subject with an error.
    ResetEndsWithError,
    /// No error where everything arrived and nothing failed.
    NoNeedlessError,
    /// Nobody panics.
    NoPanic,
    /// A property that is not built in.
    Custom(&'static Definition),
}

use Property as P;

impl Property {
    /// Every built-in property, in the order of the tables.
    pub const ALL: [Property; 15] = [
        P::NothingTruncated,
        P::NoSilentLoss,
        P::ReceivedIsPrefix,
        P::AcceptedArrives,
        P::NothingBufferedAtShutdown,
        P::NoStall,
        P::Ends,
        P::EndsWithoutReader,
        P::NoSpin,
        P::ReadsDuringFlush,
        P::OneShutdown,
        P::NoFlushAfterShutdown,
        P::ResetEndsWithError,
        P::NoNeedlessError,
        P::NoPanic,
    ];

    /// The properties about what the reader has received. They do not apply when nothing reads.
    pub(crate) const OF_READER: [Property; 4] = [
        P::NothingTruncated,
        P::NoSilentLoss,
        P::ReceivedIsPrefix,
        P::AcceptedArrives,
    ];

    /// Name, sentence and check.
    pub const fn definition(self) -> &'static Definition {
        match self {
            P::NothingTruncated => &NOTHING_TRUNCATED,
            P::NoSilentLoss => &NO_SILENT_LOSS,
            P::ReceivedIsPrefix => &RECEIVED_IS_PREFIX,
            P::AcceptedArrives => &ACCEPTED_ARRIVES,
            P::NothingBufferedAtShutdown => &NOTHING_BUFFERED_AT_SHUTDOWN,
            P::NoStall => &NO_STALL,
            P::Ends => &ENDS,
            P::EndsWithoutReader => &ENDS_WITHOUT_READER,
            P::NoSpin => &NO_SPIN,
            P::ReadsDuringFlush => &READS_DURING_FLUSH,
            P::OneShutdown => &ONE_SHUTDOWN,
            P::NoFlushAfterShutdown => &NO_FLUSH_AFTER_SHUTDOWN,
            P::ResetEndsWithError => &RESET_ENDS_WITH_ERROR,
            P::NoNeedlessError => &NO_NEEDLESS_ERROR,
            P::NoPanic => &NO_PANIC,
            P::Custom(definition) => definition,
        }
    }

    /// Whether two properties with the same name are the same property: a built-in one by its name, any
    /// other one by the address of its definition.
    pub(crate) fn is_same_as(self, other: Property) -> bool {
        match (self, other) {
            (P::Custom(one), P::Custom(two)) => std::ptr::eq(one, two),
            (P::Custom(_), _) | (_, P::Custom(_)) => false,
            (one, two) => one == two,
        }
    }

    /// The reason, in one line, why one of these properties has the name of a built-in one or of
    /// another of them; `None` if no names clash.
    pub(crate) fn clash(properties: &[Property]) -> Option<String> {
        properties.iter().enumerate().find_map(|(i, property)| {
            let name = property.name();
            let mut others = Property::ALL.iter().chain(&properties[..i]);
            let clashes = others.any(|other| other == property && !other.is_same_as(*property));
            clashes.then(|| {
                format!("two properties are called {name}; expected: a name of its own for each")
            })
        })
    }

    /// The name used on the command line and in JSON.
    pub const fn name(self) -> &'static str {
        self.definition().name
    }

    /// The property as a sentence.
    pub const fn sentence(self) -> &'static str {
        self.definition().sentence
    }

    /// The built-in property with this [`name`](Property::name).
    pub fn from_name(name: &str) -> Option<Property> {
        Property::ALL.into_iter().find(|p| p.name() == name)
    }

    /// The properties that do not apply under these facts.
    pub fn not_applicable(facts: &Facts) -> Vec<Property> {
        let mut none = Vec::new();
        if facts.ends == Ends::WhenTold && !facts.can_be_told {
            none.push(Property::Ends);
        }
        if !facts.reads_while_writing {
            none.push(Property::ReadsDuringFlush);
        }
        none
    }

    /// The place among [`Property::ALL`].
    fn place(self) -> usize {
        let place = Property::ALL.iter().position(|p| p.name() == self.name());
        place.unwrap_or(Property::ALL.len())
    }
}

/// Whether bytes are missing, other bytes are in their place, or the peer rejects what it has received.
fn differs(levels: &Levels) -> bool {
    !levels.complete || levels.garbled
}

/// All promised bytes arrive.
static NOTHING_TRUNCATED: Definition = Definition {
    name: "nothing-truncated",
    sentence: "All promised bytes arrive, in order, at a reader that keeps reading.",
    check: |at, _| at.conclusion.is_some() && through(at) && differs(at.levels),
};

static NO_SILENT_LOSS: Definition = Definition {
    name: "no-silent-loss",
    sentence: "When the connection ends with Ok, all promised bytes have arrived.",
    check: |at, _| {
        let ok = at.ending() == Some(Ending::Ok);
        ok && through(at) && differs(at.levels)
    },
};

static RECEIVED_IS_PREFIX: Definition = Definition {
    name: "received-is-prefix",
    sentence: "What has been received is always the beginning of what was promised.",
    check: |at, _| at.levels.garbled,
};

static ACCEPTED_ARRIVES: Definition = Definition {
    name: "accepted-arrives",
    sentence: "What the kernel accepted arrives at a reader that keeps reading.",
    check: |at, _| at.conclusion.is_some() && through(at) && at.undelivered(),
};

static NOTHING_BUFFERED_AT_SHUTDOWN: Definition = Definition {
    name: "nothing-buffered-at-shutdown",
    sentence: "Everything promised is in the kernel when the connection gives the socket up.",
    check: |at, _| {
        let gives_up = match at.of_subject() {
            Some(Event::Shutdown | Event::ShutdownFailed { .. }) => true,
            Some(Event::Close) => !at.before.shut,
            _ => false,
        };
        gives_up && at.levels.owed > 0 && !at.levels.reset
    },
};

static NO_STALL: Definition = Definition {
    name: "no-stall",
    sentence: "No byte waits for ever while the reader keeps reading, and no wake-up is lost.",
    check: |at, _| {
        let Some(conclusion) = at.conclusion else {
            return false;
        };
        if conclusion.spins.is_some() || !at.reader_goes_on() {
            return false;
        }
        let unfinished = !at.levels.complete || at.levels.owed > 0 || at.undelivered();
        let [reader_through, subject_through] = at.before.through;
        let someone_waits = !reader_through || !subject_through;
        // Somebody was told to wait for something that is there, and was not woken.
        let input = at.before.waits_for_input && at.levels.input_is_there();
        let flush = at.before.waits_for_flush && !at.levels.flushing;
        let shutdown = at.before.waits_for_shutdown && !at.levels.shutting;
        let end_of_stream = at.before.reader_waits && at.levels.shut;
        let lost =
            !subject_through && (input || flush || shutdown) || !reader_through && end_of_stream;
        someone_waits && unfinished || lost
    },
};

static ENDS: Definition = Definition {
    name: "ends",
    sentence: "The connection ends once everything is delivered, and when it is told to stop.",
    check: |at, _| {
        if at.ending() != Some(Ending::Waiting) || !at.reader_goes_on() {
            return false;
        }
        let delivered = at.everywhere().all(|socket| socket.delivered());
        let idle_peer = at
            .everywhere()
            .any(|socket| socket.before.waits_for_input && !socket.levels.input_ended);
        match at.facts.ends {
            _ if at.before.told_to_stop => true,
            Ends::WhenTold => false,
            Ends::WhenDelivered => delivered,
            Ends::UnlessKeptOpen => delivered && !idle_peer && !at.levels.awaits_feed,
        }
    },
};

static ENDS_WITHOUT_READER: Definition = Definition {
    name: "ends-without-reader",
    sentence: "The connection comes to an end although the reader has stopped.",
    check: |at, _| {
        let waits = at.conclusion.is_some() && at.before.subject.is_none();
        let spins = at.conclusion.is_some_and(|end| end.spins.is_some());
        waits && !spins && at.before.reader == ReaderState::Stopped
    },
};

static NO_SPIN: Definition = Definition {
    name: "no-spin",
    sentence: "The connection is not polled again and again without any change.",
    check: |at, _| at.conclusion.is_some_and(|end| end.spins.is_some()),
};

static READS_DURING_FLUSH: Definition = Definition {
    name: "reads-during-flush",
    sentence: "Input is read while a flush is pending.",
    check: |at, _| {
        let spins = at
            .conclusion
            .is_some_and(|end| end.spins == Some(ActorId::SUBJECT));
        let poll_is_over = spins || matches!(at.of_subject(), Some(Event::Park | Event::Poll));
        let leaves_input = at.before.write_pending && !at.before.asked_for_input;
        at.facts.reads_while_writing && poll_is_over && leaves_input && at.levels.unread > 0
    },
};

static ONE_SHUTDOWN: Definition = Definition {
    name: "one-shutdown",
    sentence: "There is at most one shutdown, and no write after it.",
    check: |at, _| match at.of_subject() {
        Some(Event::Shutdown) => at.before.shutdowns > 0,
        Some(
            Event::Write { offered, .. }
            | Event::Buffered { offered, .. }
            | Event::WritePending { offered }
            | Event::WriteFailed { offered, .. },
        ) => at.before.shut && *offered > 0,
        _ => false,
    },
};

static NO_FLUSH_AFTER_SHUTDOWN: Definition = Definition {
    name: "no-flush-after-shutdown",
    sentence: "There is no flush after the shutdown.",
    check: |at, _| {
        let flushes = matches!(at.of_subject(), Some(Event::Flush | Event::FlushPending));
        flushes && at.before.shutdowns > 0
    },
};

static RESET_ENDS_WITH_ERROR: Definition = Definition {
    name: "reset-ends-with-error",
    sentence: "When the peer resets, the connection ends with an error.",
    check: |at, _| {
        let ending = at.ending();
        at.before.reset_early && ending.is_some_and(|ending| !matches!(ending, Ending::Err(_)))
    },
};

static NO_NEEDLESS_ERROR: Definition = Definition {
    name: "no-needless-error",
    sentence: "The connection does not end with an error when everything arrived and nothing failed.",
    check: |at, _| {
        let errs = matches!(at.ending(), Some(Ending::Err(_)));
        let arrived = at.everywhere().all(|socket| socket.delivered());
        let failed = at
            .everywhere()
            .any(|socket| socket.before.failed_call || !socket.reader_goes_on());
        errs && arrived && !failed && !at.facts.error_is_proper
    },
};

static NO_PANIC: Definition = Definition {
    name: "no-panic",
    sentence: "Nobody panics.",
    check: |at, _| {
        let event = at.step.map(|step| &step.event);
        matches!(event, Some(Event::Panicked { .. }))
    },
};

/// Whether the reader has finished: it has seen the end of the stream, or cannot read any more.
fn through(at: &Moment<'_>) -> bool {
    matches!(at.before.reader, ReaderState::Eof | ReaderState::Failed(_))
}

impl PartialEq for Property {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Property {}

impl Hash for Property {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

/// The built-in properties in the order of the tables, then the others by name.
impl Ord for Property {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |property: &Property| (property.place(), property.name());
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Property {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(feature = "cli")]
impl Serialize for Property {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Reads a property by its name. One that is not built in has no check here: it is never broken.
#[cfg(feature = "cli")]
impl<'de> Deserialize<'de> for Property {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use std::collections::HashMap;
        use std::sync::Mutex;
        static OTHERS: Mutex<Option<HashMap<String, &'static Definition>>> = Mutex::new(None);
        /// Most names of properties that one process accepts from files.
        const MOST: usize = 1_000;

        let name = String::deserialize(deserializer)?;
        if let Some(property) = Property::from_name(&name) {
            return Ok(property);
        }
        let mut others = OTHERS
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let others = others.get_or_insert_default();
        if let Some(known) = others.get(&name) {
            return Ok(Property::Custom(known));
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > 100 || !name.chars().all(plain) || others.len() >= MOST {
            let expected = "the name of a property: lower-case letters, digits and hyphens";
            return Err(serde::de::Error::custom(format!(
                "no property is called {name:?}; expected {expected}"
            )));
        }
        let leaked: &'static str = Box::leak(name.clone().into_boxed_str());
        let definition: &'static Definition = Box::leak(Box::new(Definition {
            name: leaked,
            sentence: "A property of another program.",
            check: |_, _| false,
        }));
        others.insert(name, definition);
        Ok(Property::Custom(definition))
    }
}

/// The properties that are broken so far, each with the first step that broke it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    first: Vec<(Property, usize)>,
    /// The sockets on which they were broken, in the same order.
    sockets: Vec<usize>,
}

impl Violations {
    /// Records that `property` is broken by the step with this index.
    pub fn record(&mut self, property: Property, step: usize) {
        self.record_on(property, step, 0);
    }

    /// Records that `property` is broken by the step with this index, on this socket.
    pub(crate) fn record_on(&mut self, property: Property, step: usize, socket: usize) {
        if !self.first.iter().any(|(known, _)| *known == property) {
            self.first.push((property, step));
            self.sockets.push(socket);
        }
    }

    /// The broken properties with the step that broke each, in the order in which they broke.
    pub fn iter(&self) -> impl Iterator<Item = (Property, usize)> + '_ {
        self.first.iter().copied()
    }

    /// The socket on which a property was broken.
    pub fn socket_of(&self, property: Property) -> Option<usize> {
        let at = self.first.iter().position(|(known, _)| *known == property);
        at.and_then(|at| self.sockets.get(at).copied())
    }

    /// The step that broke a property, if it is broken.
    pub fn of(&self, property: Property) -> Option<usize> {
        self.iter()
            .find_map(|(known, at)| (known == property).then_some(at))
    }
}

/// Hashes which properties are broken, and not when each broke.
impl Hash for Violations {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut broken: Vec<_> = self.first.iter().map(|(property, _)| property).collect();
        broken.sort_unstable();
        broken.hash(state);
    }
}

/// Whether this step gives the connection up, after which bytes that are left cannot be delivered any
/// more.
pub(crate) fn gives_up(actor: ActorId, event: &Event) -> bool {
    match event {
        // Nobody but the connection and its tasks makes these calls.
        Event::Shutdown | Event::Close => true,
        Event::Ended { .. } | Event::Panicked { .. } => actor == ActorId::SUBJECT,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_distinct_and_round_trip() {
        for property in Property::ALL {
            assert_eq!(Property::from_name(property.name()), Some(property));
        }
        assert_eq!(Property::from_name("no-such-property"), None);
        let names: HashSet<_> = Property::ALL.map(Property::name).into();
        assert_eq!(names.len(), Property::ALL.len());
    }
}
