//! The charts of claims that are refuted unexpectedly.
//!
//! ```
//! use lastbyte::check::results::Results;
//! use lastbyte::render::unexpected::charts;
//!
//! // Of a run that has explored nothing.
//! let results = Results::none();
//! assert_eq!(charts(&results, None, 80, false), "");
//! ```

use std::path::Path;

use super::chart::{self, Options};
use super::commands::{explain, replay};
use super::count;
use super::transcript::Caption;
use super::visible;
use crate::check::claim::Expected;
use crate::check::results::{Results, Row};

/// How many charts are shown at most; the others are counted.
const CHARTS: usize = 3;

/// The chart of every claim that is refuted unexpectedly, with the commands that replay it, and
/// with what shows the rest where there are too many. `save` is where the counterexamples are
/// going to be, if they are saved.
pub fn charts(results: &Results, save: Option<&Path>, width: usize, colour: bool) -> String {
    let mut text = String::new();
    let unexpected = |row: &&Row| !row.holds && row.expected != Expected::Refuted;
    let found = results.rows.iter().filter(unexpected);
    let found: Vec<_> = found
        .filter_map(|row| Some((row, row.counterexample.as_ref()?)))
        .collect();
    for (row, counterexample) in found.iter().take(CHARTS) {
        let head = format!(
            "Refuted, expected {}: {} in {}",
            row.expected, row.id, counterexample.instance
        );
        let caption = Caption {
            property: row.property,
            replay: &replay(row, results, save),
        };
        let chart = chart::text(
            &counterexample.trace,
            Options {
                width,
                colour,
                caption,
            },
        );
        text += &format!("\n{}\n\n{chart}\n", visible(&head));
    }
    if let Some((row, _)) = found.get(CHARTS) {
        let more = count(found.len() - CHARTS, "more claim");
        let are = if found.len() - CHARTS == 1 {
            "is"
        } else {
            "are"
        };
        let next = explain(&row.id.text, results);
        text += &format!(
            "{more} {are} refuted unexpectedly: --save DIR saves every counterexample, and\n\
             `{next}` is about the next one.\n\n"
        );
    }
    text
}
