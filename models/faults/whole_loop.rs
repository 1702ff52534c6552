//! Faults in named scenarios of the whole loop's model.

use lastbyte::Property::{
    NoPanic, NoSilentLoss, NoSpin, NoStall, ReceivedIsPrefix, ResetEndsWithError,
};
use lastbyte::check::Meaning;
use lastbyte::{Claim, Expected, Instance};

use super::{KEPT, LATE_RESET, Point, every_fault, only_woken, rename, reset};
use crate::dispatch_loop::{
    self, LoopScenario, ORIGINAL, Owed, PROPOSED, RECHECK_FLUSHES, RECHECKS, Revision,
    WRITES_AGAIN, named_scenarios,
};
use crate::known::{claim, meaning, told};

/// Scenarios in which, as long as no call fails, every revision delivers everything or ends with an error.
pub(super) const KEPT_BY_ALL: [&str; 7] = [
    "close",
    "bad-second-request",
    "fin-during-flush-half-close",
    "graceful",
    "upgrade-alone",
    "pipeline-flush-two",
    "client-flatten-early-response",
];

/// Scenarios in which the socket was shut down before the last bytes (#4022).
pub(super) const KEPT_SINCE_1_11: [&str; 4] = [
    "dropped-body",
    "body-ends-during-flush",
    "body-does-not-decode",
    "client-early-close",
];

/// The scenario in which a wake-up was missed (#3952).
const DEFERRED_END: &str = "deferred-end";

pub(super) fn named(names: &[&str]) -> Vec<LoopScenario> {
    let found: Vec<_> = named_scenarios()
        .into_iter()
        .filter(|scenario| names.contains(&scenario.name()))
        .collect();
    assert_eq!(
        found.len(),
        names.len(),
        "some of these names are no scenario's: {names:?}; expected: names of scenarios"
    );
    found
}

/// The instance of one scenario at one revision.
#[track_caller]
pub(super) fn instance(scenario: &LoopScenario, revision: &Revision) -> Instance {
    let instance = dispatch_loop::instance(scenario, revision);
    instance
        .expect("every scenario here is of every revision")
        .with_subject(format!("{}:{}", dispatch_loop::NAME, revision.name))
}

/// How many bytes the reader of a scenario is promised.
pub(super) fn promised(scenario: &LoopScenario) -> usize {
    match &scenario.connection.owed {
        Owed::AtStart(bytes) => bytes.len(),
        Owed::AsServed => scenario.connection.message(0).len(),
    }
}

/// Every fault in each of these scenarios; in the variant without one, a spurious wake-up instead.
fn failing(revision: &Revision, names: &[&str]) -> Vec<Instance> {
    let scenarios = named(names).into_iter();
    scenarios
        .flat_map(|scenario| every_fault(&instance(&scenario, revision), 0..promised(&scenario)))
        .collect()
}

/// Each of these scenarios with a reset at these points.
fn resetting(
    revision: &Revision,
    names: &[&str],
    points: &[Point],
    told_once: bool,
) -> Vec<Instance> {
    let mut instances = Vec::new();
    for scenario in named(names) {
        let promised = promised(&scenario);
        for behind in 0..=promised {
            if points.contains(&Point::of(behind, scenario.outside.capacity, promised)) {
                let more = format!("resets:{behind}");
                let renamed = instance(&scenario, revision)
                    .with_reader()
                    .with_scenario(|scenario| rename(scenario, &more));
                instances.push(reset(renamed, behind, told_once));
            }
        }
    }
    instances
}

/// How the names of the claims about a revision begin.
fn prefix(revision: &Revision) -> String {
    format!("loop-{}", revision.name)
}

pub(super) fn claims() -> Vec<Claim> {
    use Expected::{Proved, Refuted};
    let mut claims = Vec::new();
    let all = [&KEPT_BY_ALL[..], &KEPT_SINCE_1_11].concat();
    let keeps: [(&Revision, &[&str]); 3] = [
        (&ORIGINAL, &KEPT_BY_ALL),
        (&RECHECK_FLUSHES, &all),
        (&PROPOSED, &all),
    ];
    for (revision, names) in keeps {
        claims.extend(claim(
            &prefix(revision),
            "survives-faults",
            "Whatever system call fails, the loop delivers everything or ends with an error.",
            Proved,
            &KEPT,
            failing(revision, names),
        ));
    }
    claims.extend(meaning(
        claim(
            &prefix(&ORIGINAL),
            "loses-silently",
            "The loss does not need a fault: with a spurious wake-up, the loop loses the same bytes as \
             without one.",
            Refuted,
            &[NoSilentLoss],
            only_woken(failing(&ORIGINAL, &KEPT_SINCE_1_11)),
        ),
        Meaning::Defect,
        &told("#4022"),
    ));
    // The spurious wake-up may come at any time, so also too early: then it does not help.
    for (revision, scenario, property, known, sentence) in [
        (
            &ORIGINAL,
            DEFERRED_END,
            NoStall,
            "#3952",
            "A spurious wake-up does not make up for the one that is missed (#3952).",
        ),
        (
            &RECHECKS,
            "fed-body",
            NoStall,
            "#4143",
            "A spurious wake-up does not make up for the one that is missed (#4143).",
        ),
        (
            &WRITES_AGAIN,
            "client-peer-fin",
            NoSpin,
            "#4085",
            "The loop spins, with and without a spurious wake-up (#4085).",
        ),
        (
            &RECHECK_FLUSHES,
            "pipeline-flush-upgrade",
            ReceivedIsPrefix,
            "with pipeline_flush the flush returns early",
            "The head of an upgrade is missing, with and without a spurious wake-up.",
        ),
    ] {
        claims.extend(meaning(
            claim(
                &prefix(revision),
                &format!("woken/{scenario}"),
                sentence,
                Refuted,
                &[property],
                only_woken(failing(revision, &[scenario])),
            ),
            Meaning::Defect,
            &told(known),
        ));
    }
    for (revision, names) in keeps {
        claims.extend(claim(
            &prefix(revision),
            "reports-reset",
            "A reset at any point ends the connection with an error, without a stall or a spin.",
            Proved,
            &[ResetEndsWithError, NoStall, NoSpin, NoPanic],
            resetting(revision, names, &Point::ALL, false),
        ));
    }
    claims.extend(meaning(claim(
        &prefix(&RECHECK_FLUSHES),
        "stranded-learns-of-no-reset",
        "A connection that has left a request unserved no longer reads, and so does not notice a reset.",
        Refuted,
        &[ResetEndsWithError],
        resetting(
            &RECHECK_FLUSHES,
            &["fed-body-pipelined"],
            &[Point::AtOnce],
            false,
        ),
    ), Meaning::Defect, "1.12.0 strands a second request that is already read; the proposed revision does not."));
    for revision in [&RECHECK_FLUSHES, &PROPOSED] {
        claims.extend(claim(
            &prefix(revision),
            "reports-reset-told-once",
            "Over a socket like tokio's, a reset ends the connection with an error as long as it \
             holds bytes itself.",
            Proved,
            &[ResetEndsWithError],
            resetting(revision, &["close", "dropped-body"], &[Point::Early], true),
        ));
        claims.extend(meaning(
            claim(
                &prefix(revision),
                "reset-after-the-last-byte",
                "Over a socket like tokio's, a reset that comes when the kernel has accepted everything ends the connection with Ok.",
                Refuted,
                &[ResetEndsWithError],
                resetting(revision, &["close", "dropped-body"], &[Point::Late], true),
            ),
            Meaning::Accepted,
            LATE_RESET,
        ));
    }
    claims
}
