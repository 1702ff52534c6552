//! The properties, each a sentence, and the monitor that watches an execution for them.
//!
//! The monitor is part of the explored state: it is a finite automaton over the events, so a state
//! seen before can be skipped without losing a verdict.

use std::fmt;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

/// What must hold in every execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Property {
    /// All promised bytes arrive at a reader that keeps reading.
    NothingTruncated,
    /// `Ok` from the subject implies that all promised bytes arrived.
    NoSilentLoss,
    /// What was received is always a prefix of what was sent.
    ReceivedIsPrefix,
    /// What the kernel accepted arrives at a reader that keeps reading.
    AcceptedArrives,
    /// The subject's own buffer is empty when the socket is shut down or closed.
    NothingBufferedAtShutdown,
    /// Nobody waits for ever while the reader keeps reading: neither with something undelivered,
    /// nor for what has come without a wake-up (input, a finished flush, the end of the stream).
    NoStall,
    /// The subject ends although the reader has stopped.
    EndsWithoutReader,
    /// The subject is not polled for ever without any change.
    NoSpin,
    /// Input is read while a flush is pending.
    ReadsDuringFlush,
    /// At most one shutdown, and no write after it.
    OneShutdown,
    /// A reset peer ends the subject with an error.
    ResetEndsWithError,
    /// Nobody panics.
    NoPanic,
}

impl Property {
    /// Every property, in the order of the tables.
    pub const ALL: [Property; 12] = [
        Property::NothingTruncated,
        Property::NoSilentLoss,
        Property::ReceivedIsPrefix,
        Property::AcceptedArrives,
        Property::NothingBufferedAtShutdown,
        Property::NoStall,
        Property::EndsWithoutReader,
        Property::NoSpin,
        Property::ReadsDuringFlush,
        Property::OneShutdown,
        Property::ResetEndsWithError,
        Property::NoPanic,
    ];

    /// The name used on the command line and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Property::NothingTruncated => "nothing-truncated",
            Property::NoSilentLoss => "no-silent-loss",
            Property::ReceivedIsPrefix => "received-is-prefix",
            Property::AcceptedArrives => "accepted-arrives",
            Property::NothingBufferedAtShutdown => "nothing-buffered-at-shutdown",
            Property::NoStall => "no-stall",
            Property::EndsWithoutReader => "ends-without-reader",
            Property::NoSpin => "no-spin",
            Property::ReadsDuringFlush => "reads-during-flush",
            Property::OneShutdown => "one-shutdown",
            Property::ResetEndsWithError => "reset-ends-with-error",
            Property::NoPanic => "no-panic",
        }
    }

    /// The property as a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Property::NothingTruncated => {
                "All promised bytes arrive, in order, at a reader that keeps reading."
            }
            Property::NoSilentLoss => {
                "When the connection ends with Ok, all promised bytes have arrived."
            }
            Property::ReceivedIsPrefix => {
                "What has been received is always a prefix of what was sent."
            }
            Property::AcceptedArrives => {
                "What the kernel accepted arrives at a reader that keeps reading."
            }
            Property::NothingBufferedAtShutdown => {
                "Nothing is left in the connection's own buffer when it gives the socket up."
            }
            Property::NoStall => "Nobody waits for ever while the reader keeps reading.",
            Property::EndsWithoutReader => {
                "The connection comes to an end although the reader has stopped."
            }
            Property::NoSpin => "The connection is not polled again and again without any change.",
            Property::ReadsDuringFlush => "Input is read while a flush is pending.",
            Property::OneShutdown => "There is at most one shutdown, and no write after it.",
            Property::ResetEndsWithError => {
                "When the peer resets, the connection ends with an error."
            }
            Property::NoPanic => "Nobody panics.",
        }
    }

    /// The property with this [`name`](Property::name).
    pub fn from_name(name: &str) -> Option<Property> {
        Property::ALL.into_iter().find(|p| p.name() == name)
    }

    pub(crate) const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Which properties are broken so far, and by which step each was broken first.
#[derive(Clone, Debug, Default)]
pub struct Violations {
    bits: u16,
    first: Vec<(Property, usize)>,
}

impl Violations {
    /// Records that `property` is broken by the step with this index.
    pub fn record(&mut self, property: Property, step: usize) {
        if self.bits & property.bit() == 0 {
            self.bits |= property.bit();
            self.first.push((property, step));
        }
    }

    /// The broken properties with the step that broke each.
    pub fn iter(&self) -> impl Iterator<Item = (Property, usize)> + '_ {
        self.first.iter().copied()
    }

    /// A summary that is part of the explored state.
    pub(crate) fn bits(&self) -> u16 {
        self.bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_round_trip() {
        for property in Property::ALL {
            assert_eq!(Property::from_name(property.name()), Some(property));
        }
        assert_eq!(Property::from_name("no-such-property"), None);
    }
}
