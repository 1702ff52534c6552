//! Results as JUnit XML: a suite for each model, a test case for each claim.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{explain, visible};
use crate::results::{Results, Row};
use crate::verdict::Verdict;

/// The document.
///
/// A claim that came out otherwise than declared is a failure; one that was cut off is an error. A
/// claim that was not explored is not in it; a version that could not be run is skipped.
///
/// # Panics
///
/// Never: writing into a string does not fail.
pub fn xml(results: &Results) -> String {
    let mut report = Report::new("lastbyte");
    let mut models: Vec<&str> = Vec::new();
    for row in &results.rows {
        if !models.contains(&row.model.as_str()) {
            models.push(&row.model);
        }
    }
    for model in models {
        let mut suite = TestSuite::new(visible(model));
        suite.set_time(Duration::ZERO);
        let rows = results.rows.iter().filter(|row| row.model == model);
        let mut seconds = 0.0;
        for row in rows {
            seconds += row.seconds;
            suite.add_test_case(case(row, results));
        }
        suite.set_time(duration(seconds));
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
            Verdict::CutOff(_) => NonSuccessKind::Error,
            _ => NonSuccessKind::Failure,
        };
        let mut status = TestCaseStatus::non_success(kind);
        let message = format!("expected {}, came out {}", row.expected, row.verdict);
        status.set_message(visible(&message));
        status.set_type("verdict");
        status.set_description(explain::sentences(row, results));
        status
    };
    let mut case = TestCase::new(visible(&row.id), status);
    case.set_classname(visible(&row.model));
    case.set_time(duration(row.seconds));
    case
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
