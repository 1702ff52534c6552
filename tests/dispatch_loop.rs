//! The model of hyper's dispatch loop: every expected verdict at every revision.
#![cfg(loom)]

use lastbyte::{Exploration, Explorer, Limits, Outcome, Property};
use lastbyte_models::dispatch_close::{
    Revision as Close, cell as close_cell, half_done, never_published,
};
use lastbyte_models::dispatch_loop::{Case, REVISIONS, Revision, VERDICTS, cases, cell};

fn explore(case: &Case, revision: &Revision) -> Option<Exploration> {
    let cell = cell(case, revision)?;
    let exploration = Explorer::default().explore(&cell.run, &cell.scenario);
    assert_eq!(exploration.cut, None, "{}", cell.id());
    Some(exploration)
}

#[test]
fn verdicts_are_as_expected_at_every_revision() {
    let mut wrong = Vec::new();
    for case in cases() {
        for (n, revision) in REVISIONS.iter().enumerate() {
            let exploration = explore(&case, revision);
            for row in VERDICTS.iter().filter(|row| row.case == case.name()) {
                let found = exploration.as_ref().map(|e| e.verdict(row.property));
                let agrees = match (row.expected(n), &found) {
                    (Some(expected), Some(verdict)) => expected.is_met_by(verdict),
                    (expected, found) => expected.is_none() && found.is_none(),
                };
                if !agrees {
                    let (case, property) = (row.case, row.property);
                    wrong.push(format!(
                        "{case} at {}: {property} is {found:?}",
                        revision.name
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What an exploration found, without how it went.
fn findings(exploration: &Exploration) -> (Vec<&Outcome>, Vec<Property>) {
    (
        exploration.histogram.keys().collect(),
        exploration.counterexamples.keys().copied().collect(),
    )
}

/// Caching is sound only if the declared state is complete: with and without it, the outcomes and
/// the refuted properties must be the same.
#[test]
fn declared_states_are_complete() {
    let limits = Limits {
        executions: Some(1_000),
        ..Limits::default()
    };
    let uncached = Explorer {
        caching: false,
        limits,
        ..Explorer::default()
    };
    let mut compared = 0;
    let mut cells: Vec<_> = cases()
        .iter()
        .flat_map(|case| REVISIONS.iter().filter_map(|revision| cell(case, revision)))
        .collect();
    for revision in [Close::LooksOnce, Close::LooksUntilClosed] {
        cells.extend([half_done(), never_published()].map(|s| close_cell(revision, s)));
    }
    for cell in &cells {
        let slow = uncached.explore(&cell.run, &cell.scenario);
        if slow.cut.is_some() {
            continue;
        }
        let fast = Explorer::default().explore(&cell.run, &cell.scenario);
        assert_eq!(findings(&fast), findings(&slow), "{}", cell.id());
        assert!(fast.executions <= slow.executions, "{}", cell.id());
        compared += 1;
    }
    assert!(compared > 80, "only {compared} cells are small enough");
    eprintln!("{compared} of {} cells compared", cells.len());
}
