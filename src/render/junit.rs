//! Results as JUnit XML: a suite for each model, a test case for each claim, comparison and sweep.
//!
//! ```
//! use lastbyte::check::results::Results;
//! use lastbyte::render::junit::xml;
//!
//! // Of a run that has explored nothing.
//! let results = Results::none();
//! assert!(xml(&results).contains("<testsuites"));
//! ```

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{comparison, count, explain, sweep, visible};
use crate::check::comparison::Compared;
use crate::check::results::{Results, Row};
use crate::check::sweep::Swept;
use crate::check::sweep::sweep_id;
use crate::trace::verdict::Verdict;

/// The document.
///
/// A failure is a claim that did not come out as declared, or a model that differs from what it models.
/// An inconclusive result is an error. A claim that was not explored is not listed; a package that
/// could not be run is skipped.
///
/// # Panics
///
/// Never: writing into a string does not fail.
pub fn xml(results: &Results) -> String {
    let mut report = Report::new("lastbyte");
    let claims = results
        .rows
        .iter()
        .map(|row| (row.model.as_str(), case(row, results), row.seconds));
    let comparisons = results.comparisons.iter().map(|one| {
        let model = one.id.text.split('/').next().unwrap_or_default();
        (model, compared(one), one.seconds)
    });
    let sweeps = results.sweeps.iter().map(|swept| {
        let seconds = swept
            .instances
            .iter()
            .map(|instance| instance.seconds)
            .sum();
        (swept.model.as_str(), of_sweep(swept), seconds)
    });
    let mut suites: Vec<(&str, Vec<TestCase>, f64)> = Vec::new();
    for (model, mut case, seconds) in claims.chain(comparisons).chain(sweeps) {
        case.set_classname(visible(model));
        case.set_time(duration(seconds));
        match suites.iter_mut().find(|(known, ..)| *known == model) {
            Some((_, cases, all)) => {
                cases.push(case);
                *all += seconds;
            }
            None => suites.push((model, vec![case], seconds)),
        }
    }
    for (model, cases, seconds) in suites {
        let mut suite = TestSuite::new(visible(model));
        suite.set_time(duration(seconds));
        suite.add_test_cases(cases);
        report.add_test_suite(suite);
    }
    if !results.not_run.is_empty() {
        let mut suite = TestSuite::new("not run");
        suite.add_test_cases(results.not_run.iter().map(|missing| {
            let mut status = TestCaseStatus::skipped();
            status.set_message(visible(&missing.why));
            TestCase::new(visible(&missing.name), status)
        }));
        report.add_test_suite(suite);
    }
    report.to_string().expect("a string takes everything")
}

fn case(row: &Row, results: &Results) -> TestCase {
    let status = if row.holds {
        TestCaseStatus::success()
    } else {
        let kind = match row.verdict {
            Verdict::Inconclusive(_) => NonSuccessKind::Error,
            _ => NonSuccessKind::Failure,
        };
        let mut status = TestCaseStatus::non_success(kind);
        let message = format!("expected {}, came out {}", row.expected, row.verdict);
        status.set_message(visible(&message));
        status.set_type("verdict");
        status.set_description(explain::sentences(row, results));
        status
    };
    TestCase::new(visible(&row.id.text), status)
}

fn compared(one: &Compared) -> TestCase {
    let status = match (&one.inconclusive, one.differences.len()) {
        (None, 0) => TestCaseStatus::success(),
        (why, 0) => {
            let why = why.as_ref().map(ToString::to_string).unwrap_or_default();
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(visible(&format!("inconclusive: {why}")));
            status
        }
        (_, told) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(format!("not alike, {}", count(told, "difference")));
            status
        }
    };
    TestCase::new(
        visible(&one.id.text),
        described(status, "comparison", comparison::explained(one)),
    )
}

fn of_sweep(swept: &Swept) -> TestCase {
    let status = match swept.inconclusive().len() {
        0 => TestCaseStatus::success(),
        unexplored => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            let unexplored = count(unexplored, "combination");
            status.set_message(format!("{unexplored} not explored to the end"));
            status
        }
    };
    let id = visible(&sweep_id(&swept.model));
    TestCase::new(id, described(status, "sweep", sweep::explained(swept)))
}

/// Adds an explanation to a status that is not a success.
fn described(mut status: TestCaseStatus, kind: &str, why: String) -> TestCaseStatus {
    if !matches!(status, TestCaseStatus::Success { .. }) {
        status.set_type(kind);
        status.set_description(why);
    }
    status
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
