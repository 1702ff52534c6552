//! The model of hyper's dispatch loop: every expected verdict at every revision.
#![cfg(loom)]

use lastbyte::{Exploration, Explorer};
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
