//! Faults of the whole loop, in named cases of its model.

use lastbyte::Property::{
    NoPanic, NoSilentLoss, NoSpin, NoStall, ReceivedIsPrefix, ResetEndsWithError,
};
use lastbyte::{Claim, Expected, Faults, Instance, Property};

use super::{KEPT, NAME, Point, faults, renamed, reset, woken};
use crate::dispatch_loop::{
    self, Case, ORIGINAL, Owed, PROPOSED, RECHECK_FLUSHES, RECHECKS, Revision, WRITES_AGAIN, cases,
};

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
fn instance(case: &Case, revision: &Revision) -> Instance {
    let instance =
        dispatch_loop::instance(case, revision).expect("every case here is of every revision");
    Instance {
        model: NAME,
        subject: format!("{}:{}", dispatch_loop::NAME, revision.name),
        ..instance
    }
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
    let mut instances = Vec::new();
    for case in named(names) {
        for (name, faults) in faults(0..promised(&case)) {
            let Instance { scenario, .. } = instance(&case, revision);
            let mut scenario = renamed(scenario, &name);
            if faults == Faults::default() {
                scenario = woken(scenario, 1);
            }
            scenario.faults = faults;
            instances.push(Instance {
                scenario,
                ..instance(&case, revision)
            });
        }
    }
    instances
}

/// A wake-up for no reason, and nothing that fails.
fn only_woken(revision: &Revision, names: &[&str]) -> Vec<Instance> {
    let mut instances = failing(revision, names);
    instances.retain(|instance| instance.scenario.faults == Faults::default());
    instances
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
            let Instance { scenario, .. } = instance(&case, revision);
            if points.contains(&Point::of(behind, scenario.capacity, promised)) {
                let more = format!("resets:{behind}");
                let scenario = reset(renamed(scenario, &more), behind, told_once);
                instances.push(Instance {
                    scenario,
                    ..instance(&case, revision)
                });
            }
        }
    }
    instances
}

pub(super) fn claims() -> Vec<Claim> {
    use Expected::{Proved, Refuted};
    let mut claims = Vec::new();
    let mut claim = |revision: &Revision,
                     name: &str,
                     sentence: &str,
                     scenarios: &str,
                     expected: Expected,
                     properties: &[Property],
                     instances: Vec<Instance>| {
        let name = format!("loop-{}-{name}", revision.name);
        claims.extend(super::claims(
            &name, sentence, scenarios, expected, properties, instances,
        ));
    };
    let all = [&KEPT_BY_ALL[..], &KEPT_SINCE_1_11].concat();
    let keeps: [(&Revision, &[&str], &str); 3] = [
        (&ORIGINAL, &KEPT_BY_ALL, "7 cases, every fault"),
        (&RECHECK_FLUSHES, &all, "11 cases, every fault"),
        (&PROPOSED, &all, "11 cases, every fault"),
    ];
    for (revision, names, scenarios) in keeps {
        claim(
            revision,
            "survives-faults",
            "Whatever system call fails, the loop delivers everything or ends with an error.",
            scenarios,
            Proved,
            &KEPT,
            failing(revision, names),
        );
    }
    claim(
        &ORIGINAL,
        "loses-silently",
        "The faults are no alibi: with a wake-up for no reason the loop loses what it loses without.",
        "4 cases of #4022, a spurious wake-up",
        Refuted,
        &[NoSilentLoss],
        only_woken(&ORIGINAL, &KEPT_SINCE_1_11),
    );
    // A wake-up that comes at any time comes too early as well: it makes good for no other.
    for (revision, case, property, sentence) in [
        (
            &ORIGINAL,
            TWO_PHASE,
            NoStall,
            "A wake-up for no reason does not stand in for the one that is missed (#3952).",
        ),
        (
            &RECHECKS,
            "fed-body",
            NoStall,
            "A wake-up for no reason does not stand in for the one that is missed (#4143).",
        ),
        (
            &WRITES_AGAIN,
            "client-peer-fin",
            NoSpin,
            "The loop spins with a wake-up for no reason as without (#4085).",
        ),
        (
            &RECHECK_FLUSHES,
            "pipeline-flush-upgrade",
            ReceivedIsPrefix,
            "The head of an upgrade is missing with a wake-up for no reason as without.",
        ),
    ] {
        claim(
            revision,
            &format!("woken/{case}"),
            sentence,
            &format!("{case}, a spurious wake-up"),
            Refuted,
            &[property],
            only_woken(revision, &[case]),
        );
    }
    for (revision, names, _) in keeps {
        claim(
            revision,
            "reports-reset",
            "A reset at any point ends the connection with an error, and nobody waits or spins for it.",
            &format!("{} cases, reset after 0..N bytes", names.len()),
            Proved,
            &[ResetEndsWithError, NoStall, NoSpin, NoPanic],
            resetting(revision, names, &Point::ALL, false),
        );
    }
    claim(
        &RECHECK_FLUSHES,
        "stranded-learns-of-no-reset",
        "A connection that has stranded a request has asked for no input, and learns of no reset.",
        "fed-body-pipelined, reset at any time",
        Refuted,
        &[ResetEndsWithError],
        resetting(
            &RECHECK_FLUSHES,
            &["fed-body-pipelined"],
            &[Point::AtOnce],
            false,
        ),
    );
    for revision in [&RECHECK_FLUSHES, &PROPOSED] {
        claim(
            revision,
            "reports-reset-told-once",
            "Over a socket like tokio's, a reset ends the connection with an error as long as it \
             holds bytes itself.",
            "close, dropped-body; reset before all is accepted",
            Proved,
            &[ResetEndsWithError],
            resetting(revision, &["close", "dropped-body"], &[Point::Early], true),
        );
        claim(
            revision,
            "reset-behind-the-last-byte",
            "Over a socket like tokio's, a reset that meets bytes in the kernel only ends the \
             connection with Ok.",
            "close, dropped-body; reset when all may be accepted",
            Refuted,
            &[ResetEndsWithError],
            resetting(revision, &["close", "dropped-body"], &[Point::Late], true),
        );
    }
    claims
}
