//! hyper's history: one scenario for each defect of its dispatch loop, and the releases that have it.
//!
//! Each scenario is the smallest in which the defect shows. The same scenarios run against every release in
//! `conformance/`. The releases named here are those that break the property.

mod client;
mod server;

use std::sync::Arc;

use lastbyte::check::Meaning;
use lastbyte::{Claim, Expected, Instance, Model, Property, Scenario, Subject};

use super::{Client, Server};
use crate::known;

/// The releases that are explored, oldest first.
pub const RELEASES: [&str; 9] = [
    "0.14.32", "1.7.0", "1.8.0", "1.8.1", "1.9.0", "1.10.0", "1.10.1", "1.11.0", "1.12.0",
];

/// The releases whose shutdown does not wait for the flush (before #4018, merged as 72046cc7).
const UNFLUSHED: &[&str] = &[
    "0.14.32", "1.7.0", "1.8.0", "1.8.1", "1.9.0", "1.10.0", "1.10.1",
];

/// All releases.
const ALL: &[&str] = &RELEASES;

/// Every release of hyper 1. The timer of 0.14 is tokio's, and is not driven.
const TIMED: &[&str] = &[
    "1.7.0", "1.8.0", "1.8.1", "1.9.0", "1.10.0", "1.10.1", "1.11.0", "1.12.0",
];

/// hyper 1.12.0 with the repair of `conformance/proposed`, which is no release.
pub const PROPOSED: &str = "proposed";

/// All releases and the repair, which leaves some failures as they are.
const ALL_AND_PROPOSED: &[&str] = &[
    "0.14.32", "1.7.0", "1.8.0", "1.8.1", "1.9.0", "1.10.0", "1.10.1", "1.11.0", "1.12.0", PROPOSED,
];

/// The releases whose shutdown waits for the flush (since #4018).
const WAITING: &[&str] = &["1.11.0", "1.12.0", PROPOSED];

/// The reason of claims that fail as the price of #4018.
const WAITS: &str = "The price of #4018: a shutdown that waits for the flush waits for ever for a reader \
                     that has stopped. The user has to set a timeout.";

/// A defect: where it shows, and which releases have it.
#[derive(Clone, Debug)]
pub struct DefectScenario {
    /// Its name.
    pub name: &'static str,
    /// What should hold, as a sentence, with hyper's issue or repair where there is one.
    pub about: &'static str,
    /// The property that the defect breaks.
    pub property: Property,
    /// The releases that break it.
    pub broken: &'static [&'static str],
    /// What it means that these releases break the property.
    pub meaning: Meaning,
    /// The reason for that meaning, where it is not a defect.
    pub reason: &'static str,
    /// The connection.
    pub side: Side,
    /// The scenario.
    pub scenario: Scenario,
}

/// Which connection is explored.
#[derive(Clone, Debug)]
pub enum Side {
    /// A server's.
    Server(Server),
    /// A client's.
    Client(Client),
}

/// A release, with what makes its subjects.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    /// Its version.
    pub version: &'static str,
    /// Makes a server.
    pub server: fn(Server) -> Arc<dyn Subject>,
    /// Makes a client.
    pub client: fn(Client) -> Arc<dyn Subject>,
}

/// Every scenario.
pub fn scenarios() -> Vec<DefectScenario> {
    [server::scenarios(), client::scenarios()].concat()
}

/// The model of the history, without a release.
pub fn model() -> Model {
    Model::new(
        "history",
        "One scenario for each defect of hyper's dispatch loop, and the releases that have it",
    )
}

/// The claims about one release.
pub fn claims(release: Release) -> Vec<Claim> {
    let Release { version, .. } = release;
    let claim = |defect: DefectScenario| {
        let reason = match defect.meaning {
            Meaning::Defect if defect.broken.is_empty() => String::new(),
            Meaning::Defect => {
                let releases = defect.broken.join(", ");
                match known::issue(defect.about) {
                    Some(issue) => known::told(&format!("{issue}, in {releases}")),
                    None => format!("Not repaired in the newest release; in hyper {releases}."),
                }
            }
            _ => defect.reason.to_owned(),
        };
        let expected = match defect.broken.contains(&version) {
            true => Expected::Refuted,
            false => Expected::Proved,
        };
        let run = match defect.side {
            Side::Server(server) => (release.server)(server),
            Side::Client(client) => (release.client)(client),
        };
        let instance = Instance::new(format!("hyper-{version}"), defect.scenario, run)
            .with_version(version)
            .with_parameter("scenario", defect.name);
        Claim::new(
            format!("hyper-{version}/{}", defect.name),
            defect.about,
            defect.property,
            expected,
            [instance],
        )
        .meaning(defect.meaning, reason)
    };
    scenarios().into_iter().map(claim).collect()
}
