//! hyper's history: one probe for each defect of its dispatch loop, and the releases that have it.
//!
//! A probe is the smallest environment in which the defect shows. The same probes run against
//! every release in `conformance/`; the releases named here are those that break the property.

mod client;
mod server;

use std::sync::Arc;

use lastbyte::{Claim, Expected, Instance, Meaning, Model, Property, Scenario, Subject};

use super::{Client, Server};
use crate::known;

/// The releases that are probed, oldest first.
pub const RELEASES: [&str; 9] = [
    "0.14.32", "1.7.0", "1.8.0", "1.8.1", "1.9.0", "1.10.0", "1.10.1", "1.11.0", "1.12.0",
];

/// Until the shutdown waits for the flush (#4018, merged as 72046cc7).
const UNFLUSHED: &[&str] = &[
    "0.14.32", "1.7.0", "1.8.0", "1.8.1", "1.9.0", "1.10.0", "1.10.1",
];

/// Since the dispatcher exists, and in the newest release.
const ALL: &[&str] = &RELEASES;

/// What #4018 costs.
const WAITS: &str = "The price of #4018: a shutdown that waits for the flush waits for ever for a \
                     reader that has stopped for ever. A timeout is the user's to set.";

/// A defect: where it shows, and which releases have it.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Its name.
    pub name: &'static str,
    /// What must not happen, with hyper's issue or repair where there is one.
    pub about: &'static str,
    /// The property that the defect breaks.
    pub property: Property,
    /// The releases that break it.
    pub broken: &'static [&'static str],
    /// What it means that they break it.
    pub meaning: Meaning,
    /// Why it means that, where it is no defect.
    pub reason: &'static str,
    /// The connection.
    pub side: Side,
    /// The environment.
    pub scenario: Scenario,
}

/// Which connection is probed.
#[derive(Clone, Debug)]
pub enum Side {
    /// A server's.
    Server(Server),
    /// A client's.
    Client(Client),
}

/// A release: makes the subjects that are probed.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    /// Its number.
    pub version: &'static str,
    /// Makes a server.
    pub server: fn(Server) -> Arc<dyn Subject>,
    /// Makes a client.
    pub client: fn(Client) -> Arc<dyn Subject>,
}

/// Every probe.
pub fn probes() -> Vec<Probe> {
    [server::probes(), client::probes()].concat()
}

/// The model of the history, without a release.
pub fn model() -> Model {
    Model::new(
        "history",
        "One probe for each defect of hyper's dispatch loop, and the releases that have it",
    )
}

/// The claims about one release.
pub fn claims(release: Release) -> Vec<Claim> {
    let Release { version, .. } = release;
    let claim = |probe: Probe| {
        let reason = match probe.meaning {
            Meaning::Defect if probe.broken.is_empty() => String::new(),
            Meaning::Defect => {
                let releases = probe.broken.join(", ");
                match known::issue(probe.about) {
                    Some(issue) => known::told(&format!("{issue}, in {releases}")),
                    None => format!("Not repaired in the newest release; in hyper {releases}."),
                }
            }
            _ => probe.reason.to_owned(),
        };
        let expected = match probe.broken.contains(&version) {
            true => Expected::Refuted,
            false => Expected::Proved,
        };
        let run = match probe.side {
            Side::Server(server) => (release.server)(server),
            Side::Client(client) => (release.client)(client),
        };
        let instance = Instance::new(format!("hyper-{version}"), probe.scenario, run)
            .with_version(version)
            .with_parameter("probe", probe.name);
        Claim::new(
            format!("hyper-{version}/{}", probe.name),
            probe.about,
            probe.property,
            expected,
            [instance],
        )
        .meaning(probe.meaning, reason)
    };
    probes().into_iter().map(claim).collect()
}
