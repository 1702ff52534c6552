//! Faults of the whole loop, in named cases of its model.

use lastbyte::Property::{
    NoPanic, NoSilentLoss, NoSpin, NoStall, ReceivedIsPrefix, ResetEndsWithError,
};
use lastbyte::{Claim, Expected, Instance, Meaning, Property};

use super::{KEPT, LATE_RESET, Point, every_fault, only_woken, rename, reset};
use crate::dispatch_loop::{
    self, Case, ORIGINAL, Owed, PROPOSED, RECHECK_FLUSHES, RECHECKS, Revision, WRITES_AGAIN, cases,
};
use crate::known::{meaning, told};

/// Cases that every revision keeps as long as nothing fails, whole or with an error.
const KEPT_BY_ALL: [&str; 7] = [
    "close",
    "bad-second-request",
    "fin-during-flush-half-close",
    "graceful",
    "upgrade-alone",
    "pipeline-flush-two",
    "client-flatten-early-response",
];

/// Cases in which the socket was shut down in front of the last bytes (#4022).
const KEPT_SINCE_1_11: [&str; 4] = [
    "dropped-body",
    "body-ends-during-flush",
    "body-does-not-decode",
    "client-early-close",
];

/// The case behind which a wake-up was missed (#3952).
const TWO_PHASE: &str = "two-phase-end";

fn named(names: &[&str]) -> Vec<Case> {
    let found: Vec<_> = cases()
        .into_iter()
        .filter(|case| names.contains(&case.name()))
        .collect();
    assert_eq!(
        found.len(),
        names.len(),
        "every name is a case's: {names:?}"
    );
    found
}

/// The instance of one case at one revision.
#[track_caller]
fn instance(case: &Case, revision: &Revision) -> Instance {
    let instance = dispatch_loop::instance(case, revision);
    instance
        .expect("every case here is of every revision")
        .with_subject(format!("{}:{}", dispatch_loop::NAME, revision.name))
}

/// How many bytes the reader of a case is promised.
fn promised(case: &Case) -> usize {
    match &case.connection.owed {
        Owed::AtStart(bytes) => bytes.len(),
        Owed::AsServed => case.connection.message(0).len(),
    }
}

/// Every fault in each of these cases, one of them a wake-up for no reason.
fn failing(revision: &Revision, names: &[&str]) -> Vec<Instance> {
    let cases = named(names).into_iter();
    cases
        .flat_map(|case| every_fault(&instance(&case, revision), 0..promised(&case)))
        .collect()
}

/// A reset at such points of each of these cases.
fn resetting(
    revision: &Revision,
    names: &[&str],
    points: &[Point],
    told_once: bool,
) -> Vec<Instance> {
    let mut instances = Vec::new();
    for case in named(names) {
        let promised = promised(&case);
        for behind in 0..=promised {
            if points.contains(&Point::of(behind, case.scenario.capacity, promised)) {
                let more = format!("resets:{behind}");
                let renamed = instance(&case, revision)
                    .with_reader()
                    .with_scenario(|scenario| rename(scenario, &more));
                instances.push(reset(renamed, behind, told_once));
            }
        }
    }
    instances
}

#[track_caller]
fn claim(
    revision: &Revision,
    name: &str,
    sentence: &str,
    expected: Expected,
    properties: &[Property],
    instances: Vec<Instance>,
) -> Vec<Claim> {
    let name = format!("loop-{}-{name}", revision.name);
    Claim::of_each(&name, sentence, properties, expected, instances)
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
            revision,
            "survives-faults",
            "Whatever system call fails, the loop delivers everything or ends with an error.",
            Proved,
            &KEPT,
            failing(revision, names),
        ));
    }
    claims.extend(meaning(
        claim(
            &ORIGINAL,
            "loses-silently",
            "The faults are no alibi: with a wake-up for no reason the loop loses \
         what it loses without.",
            Refuted,
            &[NoSilentLoss],
            only_woken(failing(&ORIGINAL, &KEPT_SINCE_1_11)),
        ),
        Meaning::Defect,
        &told("#4022"),
    ));
    // A wake-up that comes at any time comes too early as well: it makes good for no other.
    for (revision, case, property, known, sentence) in [
        (
            &ORIGINAL,
            TWO_PHASE,
            NoStall,
            "#3952",
            "A wake-up for no reason does not stand in for the one that is missed (#3952).",
        ),
        (
            &RECHECKS,
            "fed-body",
            NoStall,
            "#4143",
            "A wake-up for no reason does not stand in for the one that is missed (#4143).",
        ),
        (
            &WRITES_AGAIN,
            "client-peer-fin",
            NoSpin,
            "#4085",
            "The loop spins with a wake-up for no reason as without (#4085).",
        ),
        (
            &RECHECK_FLUSHES,
            "pipeline-flush-upgrade",
            ReceivedIsPrefix,
            "with pipeline_flush the flush returns early",
            "The head of an upgrade is missing with a wake-up for no reason as without.",
        ),
    ] {
        claims.extend(meaning(
            claim(
                revision,
                &format!("woken/{case}"),
                sentence,
                Refuted,
                &[property],
                only_woken(failing(revision, &[case])),
            ),
            Meaning::Defect,
            &told(known),
        ));
    }
    for (revision, names) in keeps {
        claims.extend(claim(
            revision,
            "reports-reset",
            "A reset at any point ends the connection with an error, and nobody \
             waits or spins for it.",
            Proved,
            &[ResetEndsWithError, NoStall, NoSpin, NoPanic],
            resetting(revision, names, &Point::ALL, false),
        ));
    }
    claims.extend(meaning(claim(
        &RECHECK_FLUSHES,
        "stranded-learns-of-no-reset",
        "A connection that has stranded a request has asked for no input, and learns of no reset.",
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
            revision,
            "reports-reset-told-once",
            "Over a socket like tokio's, a reset ends the connection with an error as long as it \
             holds bytes itself.",
            Proved,
            &[ResetEndsWithError],
            resetting(revision, &["close", "dropped-body"], &[Point::Early], true),
        ));
        claims.extend(meaning(
            claim(
                revision,
                "reset-behind-the-last-byte",
                "Over a socket like tokio's, a reset that meets bytes in the kernel only ends the \
             connection with Ok.",
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
