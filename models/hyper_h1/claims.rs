//! What is claimed about real hyper: every property, in every shape, over every kernel buffer.

use std::sync::Arc;

use lastbyte::{Cell, Claim, Expected, Model, NamedSubject, Property, Reader, Subject};

use super::shapes::{CAPACITIES, RESPONSE, Shape, shapes};
use super::{Server, v0_14, v1};

/// What is looked at in every scenario.
pub const PROPERTIES: [Property; 9] = [
    Property::NothingTruncated,
    Property::NoSilentLoss,
    Property::ReceivedIsPrefix,
    Property::AcceptedArrives,
    Property::NothingBufferedAtShutdown,
    Property::NoStall,
    Property::NoSpin,
    Property::OneShutdown,
    Property::NoPanic,
];

/// A line of hyper.
#[derive(Clone, Copy, Debug)]
pub struct Series {
    /// `hyper-1`, `hyper-0.14`.
    pub name: &'static str,
    /// The version that is built.
    pub version: &'static str,
    /// Makes the subject.
    pub subject: fn(Server) -> Arc<dyn Subject>,
    /// Shuts the socket down without waiting for its own buffer (hyper #4018, merged as 72046cc7
    /// in 1.11.0, repairs it).
    pub shuts_down_unflushed: bool,
}

/// The newest hyper 1.
pub const HYPER_1: Series = Series {
    name: "hyper-1",
    version: v1::VERSION,
    subject: v1::subject,
    shuts_down_unflushed: false,
};

/// The last hyper 0.14.
pub const HYPER_0_14: Series = Series {
    name: "hyper-0.14",
    version: v0_14::VERSION,
    subject: v0_14::subject,
    shuts_down_unflushed: true,
};

impl Series {
    /// This series in one shape, over a kernel buffer of `capacity` bytes and with a reader that
    /// takes all there is.
    pub fn cell(&self, shape: &Shape, capacity: usize) -> Cell {
        Cell {
            model: "hyper",
            subject: self.name.to_owned(),
            version: Some(self.version.to_owned()),
            scenario: shape.scenario(capacity, Reader::PROMPT),
            // hyper declares no state; what it has seen so far stands for it, which is exact as
            // long as hyper is deterministic, and that is checked.
            caching: true,
            run: (self.subject)(shape.server.clone()),
        }
    }

    /// What comes out, and why.
    pub fn expected(&self, shape: &Shape, capacity: usize, property: Property) -> Expected {
        use Property::{NoSilentLoss, NothingBufferedAtShutdown, NothingTruncated};
        let cut_short = capacity < RESPONSE;
        let refuted = match shape.name {
            // The read side is closed by something else than the end of the response.
            "body-ignored"
            | "malformed-chunk"
            | "malformed-chunk-ignored"
            | "early-eof"
            | "early-eof-ignored" => {
                let lost = [NothingTruncated, NoSilentLoss, NothingBufferedAtShutdown];
                self.shuts_down_unflushed && cut_short && lost.contains(&property)
            }
            // Without `half_close`, FIN in the middle of an exchange is the end of it, by design;
            // the connection says so with an error.
            "fin-behind-request" => property == NothingTruncated,
            "fin-any-time" => {
                property == NothingTruncated || cut_short && property == NothingBufferedAtShutdown
            }
            _ => false,
        };
        match refuted {
            true => Expected::Refuted,
            false => Expected::Proved,
        }
    }

    /// One claim for each property and what is expected of it, and the demonstration without
    /// state caching.
    fn claims(&self) -> Vec<Claim> {
        let mut claims: Vec<Claim> = Vec::new();
        for property in PROPERTIES {
            for expected in [Expected::Proved, Expected::Refuted] {
                let mut cells = Vec::new();
                let mut scenarios: Vec<&str> = Vec::new();
                for shape in &shapes() {
                    for capacity in CAPACITIES {
                        if self.expected(shape, capacity, property) == expected {
                            cells.push(self.cell(shape, capacity));
                            scenarios.push(shape.name);
                        }
                    }
                }
                scenarios.dedup();
                if cells.is_empty() {
                    continue;
                }
                let fails = match expected {
                    Expected::Proved => "",
                    Expected::Refuted => "-fails",
                };
                let scenarios = match scenarios.len() == shapes().len() {
                    true => "every request".to_owned(),
                    false => scenarios.join(", "),
                };
                claims.push(Claim {
                    name: format!("{}-{property}{fails}", self.name),
                    sentence: property.sentence().to_owned(),
                    scenarios,
                    property,
                    expected,
                    cells,
                });
            }
        }
        claims.push(self.uncached());
        claims
    }

    /// The published shape, explored without state caching.
    fn uncached(&self) -> Claim {
        let shape = Shape::named("body-ignored");
        let property = Property::NothingTruncated;
        let mut cell = self.cell(&shape, 64);
        cell.scenario.name.push_str("-uncached");
        cell.caching = false;
        Claim {
            name: format!("{}-body-ignored-uncached", self.name),
            sentence: property.sentence().to_owned(),
            scenarios: "body-ignored over 64 bytes, every interleaving".to_owned(),
            property,
            expected: self.expected(&shape, 64, property),
            cells: vec![cell],
        }
    }
}

/// What `cargo verify` knows about real hyper.
pub fn model() -> Model {
    Model {
        name: "hyper",
        about: "Real, unpatched hyper: HTTP/1 server connections, the newest and the last 0.14",
        claims: || {
            [HYPER_1, HYPER_0_14]
                .iter()
                .flat_map(Series::claims)
                .collect()
        },
        subjects: || -> Vec<NamedSubject> { vec![v1::named(), v0_14::named()] },
    }
}
