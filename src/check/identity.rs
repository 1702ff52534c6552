//! Identities: a name with a digest of everything that was explored. A result belongs to an identity,
//! and not to a name alone.

use std::fmt;
use std::hash::Hasher;

use fnv::FnvHasher;
#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::run::scenario::Scenario;

/// A name, and a digest of everything that it stands for. Results, requests to workers and recordings
/// refer to it. Two different things with the same name have different identities.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct Identity {
    /// `model/subject/scenario` of an instance, `model/claim`, `model/subject/family` of a
    /// comparison, or `model/sweep`.
    pub text: String,
    /// The digest: 16 hexadecimal digits, the same in every process and on every machine.
    pub digest: String,
}

/// What an identity stands for, part by part, each with its name.
pub type Parts = Vec<(&'static str, String)>;

impl Identity {
    /// The identity of something with this name and these parts.
    pub fn new(text: impl Into<String>, parts: &[(&'static str, String)]) -> Identity {
        let mut hasher = FnvHasher::default();
        for (name, part) in parts {
            for text in [*name, part] {
                // Without the length, two parts could be divided elsewhere.
                hasher.write(&(text.len() as u64).to_le_bytes());
                hasher.write(text.as_bytes());
            }
        }
        Identity {
            text: text.into(),
            digest: format!("{:016x}", hasher.finish()),
        }
    }

    /// Name and digest.
    pub fn in_full(&self) -> String {
        format!("{} ({})", self.text, self.digest)
    }
}

impl fmt::Display for Identity {
    /// The name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// The parts of a scenario, without its name: whatever differs from [`Scenario::new`].
pub(crate) fn of_scenario(scenario: &Scenario) -> Parts {
    // A field that is added has to be a part, or to be known as none.
    let Scenario {
        name: _,
        capacity,
        reader,
        input,
        input_eof,
        flush,
        shutdown,
        wakes,
        input_capacity,
        unread_input,
        faults,
        scripts,
        actors,
        peer,
        socket,
        further,
        clock,
        tasks,
        feeds,
        signals,
        ends,
        stops,
        error_is_proper,
        properties,
        decorator: _,
    } = scenario;
    let plain = Scenario::new("", *capacity, *reader);
    // Those of further sockets, too, whose fingerprints no other part shows.
    let decorators = scenario.decorators().into_iter();
    let decorators: Vec<_> = decorators
        .map(|decorator| (decorator, decorator.fingerprint()))
        .collect();
    let fields: [(&'static str, &dyn fmt::Debug, &dyn fmt::Debug); 22] = [
        ("input", input, &plain.input),
        ("input_eof", input_eof, &plain.input_eof),
        ("flush", flush, &plain.flush),
        ("shutdown", shutdown, &plain.shutdown),
        ("wakes", wakes, &plain.wakes),
        ("input_capacity", input_capacity, &plain.input_capacity),
        ("unread_input", unread_input, &plain.unread_input),
        ("faults", faults, &plain.faults),
        ("scripts", scripts, &plain.scripts),
        ("actors", actors, &plain.actors),
        ("peer", peer, &plain.peer),
        ("socket", socket, &plain.socket),
        ("further", further, &plain.further),
        ("clock", clock, &plain.clock),
        ("tasks", tasks, &plain.tasks),
        ("feeds", feeds, &plain.feeds),
        ("signals", signals, &plain.signals),
        ("ends", ends, &plain.ends),
        ("stops", stops, &plain.stops),
        ("error_is_proper", error_is_proper, &plain.error_is_proper),
        ("properties", properties, &plain.properties),
        ("decorator", &decorators, &plain.decorators()),
    ];
    let fields = fields.map(|(name, field, usual)| {
        let [field, usual] = [field, usual].map(|field| format!("{field:?}"));
        (field != usual).then_some((name, field))
    });
    let always = [
        ("capacity", capacity.to_string()),
        ("reader", format!("{reader:?}")),
    ];
    always
        .into_iter()
        .chain(fields.into_iter().flatten())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Results and recordings are read by later builds.
    #[test]
    fn a_digest_is_the_same_in_every_build() {
        let identity = Identity::new("m/s/x", &[("part", "text".to_owned())]);
        assert_eq!(identity.in_full(), "m/s/x (03256cdb3a7e87bb)");
    }

    #[test]
    fn no_two_divisions_into_parts_have_one_digest() {
        let digest = |parts: &[(&'static str, &str)]| {
            let parts: Vec<_> = parts.iter().map(|(n, p)| (*n, (*p).to_owned())).collect();
            Identity::new("", &parts).digest
        };
        let all = [
            digest(&[("a", "bc")]),
            digest(&[("ab", "c")]),
            digest(&[("a", "b"), ("", "c")]),
            digest(&[("a", ""), ("b", "c")]),
        ];
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len(), "{all:?}");
    }
}
