//! The report: one page with everything, for people who have never run loom.
//!
//! The page needs no network. Its table and plots are written here; what opens on a click is drawn
//! by its script from the data below it.

mod conformance;
mod data;
mod figures;
pub(super) mod meaning;
mod sweep;

use std::path::Path;
use std::{fs, io};

use askama::Template;

use super::growth::{self, Growth};
use super::matrix::{self, Matrix};
use super::{table, visible};
use crate::check::claim::Meaning;
use crate::check::recording;
use crate::check::results::{Results, Row};
use crate::trace::verdict::Verdict;
use conformance::Conformance;
use figures::Figures;
use meaning::{Group, Shown};
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

/// How a claim's verdict is coloured.
pub(crate) fn class(row: &Row) -> &'static str {
    match (&row.verdict, row.holds) {
        (Verdict::Proved, true) => "proved",
        (Verdict::Refuted, true) => meaning::of_row(row).map_or("refuted", |shown| shown.class),
        (Verdict::Missed, true) => "missed",
        (Verdict::Bounded(_) | Verdict::Inconclusive(_) | Verdict::NotApplicable, _) => {
            "open surprise"
        }
        (Verdict::Proved, false) => "proved surprise",
        (Verdict::Refuted, false) => "refuted surprise",
        (Verdict::Missed, false) => "missed surprise",
    }
}

/// The names of subjects that a model explains, as far as `used` says that they are used, each
/// with what it is.
pub(crate) fn terms(
    model: &str,
    results: &Results,
    used: impl Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let about = results.about.iter().filter(|about| about.model == model);
    let terms = about.flat_map(|about| &about.terms);
    terms
        .filter(|(name, _)| used(name))
        .map(|(name, about)| (visible(name), visible(about)))
        .collect()
}

/// The commands that replay a claim's counterexample, for a shell: it is in the directory `saved`
/// already, or is saved first. The second command does not ask whether everything came out as
/// declared.
pub fn replay(row: &Row, results: &Results, saved: Option<&Path>) -> String {
    let file = recording::file_name(&row.id.text);
    let program = visible(&results.program);
    if let Some(directory) = saved {
        let path = directory.join(file).display().to_string();
        return format!("{program} replay {}", quoted(&visible(&path)));
    }
    let save = reproduce(&row.id.text, row.version.as_deref(), results);
    format!("{save} --save . ; {program} replay {}", quoted(&file))
}

/// The command that explains a claim, for a shell.
pub fn explain(id: &str, results: &Results) -> String {
    let program = visible(&results.program);
    format!("{program} explain {}", quoted(&visible(id)))
}

/// The command that explores this claim or comparison, for a shell. Versions that were built on
/// their own are so again.
pub fn reproduce(id: &str, version: Option<&str>, results: &Results) -> String {
    let id = quoted(&visible(id));
    let program = visible(&results.program);
    match version {
        Some(version) if results.real => {
            let real = quoted(&visible(&format!("--real={version}")));
            format!("{program} {real} --only {id}")
        }
        _ if results.real => format!("{program} --real --only {id}"),
        _ => format!("{program} --only {id}"),
    }
}

/// A word for a shell.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._,=:+-".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_not_take_it_as_one() {
        for plain in [
            "a",
            "hyper/1.12.0",
            "--real=1.7.0",
            "N=64,K=4,reader=slow:1",
            "a+b_c",
        ] {
            assert_eq!(quoted(plain), plain);
        }
        for word in [
            "", "a b", "~", "*", "$HOME", "it's", "a\\b", "\"", "ü", "a;b", "a&b",
        ] {
            let quoted = quoted(word);
            assert!(
                quoted.starts_with('\'') && quoted.ends_with('\''),
                "{quoted}"
            );
            assert_eq!(shlex::split(&quoted), Some(vec![word.to_owned()]));
        }
    }
}
