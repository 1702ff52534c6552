//! The report: one page with everything, for people who have never run loom.
//!
//! The page needs no network. Its table and plots are written here; what opens on a click is drawn
//! by its script from the data below it.
//!
//! ```
//! use lastbyte::check::results::Results;
//! use lastbyte::render::report::html;
//!
//! // Of a run that has explored nothing.
//! let results = Results::none();
//! assert!(html(&results).starts_with("<!DOCTYPE html>"));
//! ```

mod conformance;
mod data;
mod figures;
mod sweep;

use std::path::Path;
use std::{fs, io};

use askama::Template;

use super::growth::{self, Growth};
use super::matrix::{self, Matrix};
use super::meaning::{self, Group, Shown};
use super::{table, visible};
use crate::check::claim::Meaning;
use crate::check::results::Results;
use conformance::Conformance;
use figures::Figures;
use sweep::Sweep;

/// Writes `index.html` into the directory, which is created if need be. The file appears as a
/// whole or not at all.
///
/// # Errors
///
/// What the file system reports.
pub fn write(dir: &Path, results: &Results) -> io::Result<()> {
    let page = html(results);
    fs::create_dir_all(dir)?;
    crate::files::write_whole(&dir.join("index.html"), &page)
}

/// The page.
///
/// # Panics
///
/// Never: writing into a string does not fail.
pub fn html(results: &Results) -> String {
    let page = Page {
        good: results.hold() && results.not_run.is_empty(),
        version: visible(&results.lastbyte),
        summary: table::summary(results),
        legend: Meaning::ALL.map(meaning::shown),
        groups: meaning::of(results),
        models: matrix::of(results),
        growths: growth::of(results),
        conformance: conformance::of(results),
        sweeps: sweep::of(results),
        figures: figures::of(results),
        data: data::json(results),
    };
    page.render().expect("a string takes everything")
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    good: bool,
    version: String,
    summary: Vec<String>,
    /// How meanings are shown.
    legend: [Shown; 3],
    groups: Vec<Group>,
    models: Vec<Matrix>,
    growths: Vec<Growth>,
    conformance: Option<Conformance>,
    sweeps: Vec<Sweep>,
    figures: Vec<Figures>,
    data: String,
}
