//! The tables about packages that were each built on their own: one of the verdicts of each release, and one
//! with a line for each crate.
//!
//! ```
//! use lastbyte::check::results::Results;
//! use lastbyte::render::packages::is_whole;
//!
//! // Of a run that has explored nothing.
//! let results = Results::none();
//! assert!(!is_whole(&results));
//! ```

use crate::check::claim::{Meaning, Reference};
use crate::check::results::{Results, Row};
use crate::render::transcript::Caption;
use crate::render::{chart, commands, thousands, version_numbers};
use crate::trace::event::Trace;
use crate::trace::verdict::Verdict;

/// Columns of a chart in a document.
const WIDTH: usize = 90;

const HEAD: &str = "\
| crate | release | scenario family | explored | properties | verdict | executions | report or finding |
|---|---|---|---|---|---|---:|---|";

/// The table of verdicts. Properties of a release that came out alike in a family share a line. Lines of the
/// old table about packages that are not in the results stay, unless these are the results of all packages.
pub fn table(old: &str, results: &Results) -> String {
    let start = |row: &Row| format!("| {} | {} |", row.model, version(row));
    let is_whole = is_whole(results);
    let stays = |line: &&str| {
        let is_line = line.starts_with("| ") && !line.starts_with("| crate ");
        let replaced = results.rows.iter().any(|row| line.starts_with(&start(row)));
        is_line && !is_whole && !replaced
    };
    let mut lines: Vec<_> = old.lines().filter(stays).map(str::to_owned).collect();
    let mut rest: Vec<&Row> = results.rows.iter().collect();
    while let Some(first) = rest.first().copied() {
        let (alike, others) = rest.iter().partition(|row| are_alike(first, row));
        rest = others;
        lines.push(line(first, &alike));
    }
    lines.sort_by_cached_key(|line| {
        let mut fields = line.trim_start_matches("| ").split(" | ");
        let name = fields.next().unwrap_or_default().to_owned();
        (name, version_numbers(fields.next().unwrap_or_default()))
    });
    format!("{HEAD}\n{}", lines.join("\n"))
}

/// Whether these are the results of all packages and of all their claims.
pub fn is_whole(results: &Results) -> bool {
    let whole = results
        .packages
        .as_ref()
        .is_some_and(|packages| packages.whole);
    whole && results.not_selected == 0 && results.not_run.is_empty()
}

fn version(row: &Row) -> &str {
    row.version.as_deref().unwrap_or_default()
}

/// Whether both rows fit into one line.
fn are_alike(one: &Row, other: &Row) -> bool {
    let of = |row: &Row| {
        let names = [&row.model, &row.subject, &row.scenario, &row.reason].map(String::clone);
        (
            names,
            version(row).to_owned(),
            row.verdict.clone(),
            row.references.clone(),
        )
    };
    of(one) == of(other)
}

fn line(first: &Row, alike: &[&Row]) -> String {
    let properties: Vec<_> = alike.iter().map(|row| row.property.name()).collect();
    let verdict = match (&first.verdict, first.meaning) {
        (Verdict::Refuted, Meaning::Accepted) => "refuted, as it may be".to_owned(),
        (Verdict::Refuted, _) => "**refuted**".to_owned(),
        (verdict, _) => verdict.to_string(),
    };
    let links = first.references.iter().map(link);
    let mut told: Vec<_> = links.collect();
    told.extend((!first.reason.is_empty()).then(|| first.reason.clone()));
    format!(
        "| {} | {} | {} | {} | {} | {verdict} | {} | {} |",
        first.model,
        version(first),
        first.subject,
        first.scenario,
        properties.join(", "),
        thousands(first.executions),
        told.join("; ")
    )
}

fn link(reference: &Reference) -> String {
    format!("[{}]({})", reference.name, reference.link)
}

/// The chart of a counterexample in a document, with the command that replays it.
pub fn chart(row: &Row, trace: &Trace, results: &Results) -> String {
    let caption = Caption {
        property: row.property,
        replay: &commands::replay(row, results, None),
    };
    let options = chart::Options {
        width: WIDTH,
        colour: false,
        caption,
    };
    format!("```text\n{}```", chart::text(trace, options))
}

/// A line for each crate: its releases, the reports whose failure was seen, and its newest release.
pub fn in_short(results: &Results) -> String {
    let mut text = "\
| crate | releases | refuted as reported | newest release | proved in it | refuted in it |
|---|---|---|---|---:|---|"
        .to_owned();
    let mut crates: Vec<&str> = results.rows.iter().map(|row| &*row.model).collect();
    crates.sort_unstable();
    crates.dedup();
    for name in crates {
        let rows = results.rows.iter().filter(|row| row.model == name);
        let rows: Vec<&Row> = rows.collect();
        let mut versions: Vec<_> = rows.iter().map(|row| version(row)).collect();
        versions.sort_by_key(|version| version_numbers(version));
        versions.dedup();
        let newest = versions.last().copied().unwrap_or_default();
        let is_refuted = |row: &&&Row| row.verdict == Verdict::Refuted;
        let is_defect = |row: &&&Row| row.meaning == Meaning::Defect;
        let reported = links(rows.iter().filter(is_refuted), |link| {
            link.starts_with("https:")
        });
        let of_newest = rows.iter().filter(|row| version(row) == newest);
        let proved = of_newest
            .clone()
            .filter(|row| row.verdict == Verdict::Proved);
        let refuted = of_newest.clone().filter(is_refuted).filter(is_defect);
        let what = match refuted.clone().count() {
            0 => String::new(),
            n => format!("{n}: {}", links(refuted, |_| true)),
        };
        text += &format!(
            "\n| {name} | {} | {reported} | {newest} | {} | {what} |",
            versions.join(", "),
            proved.count()
        );
    }
    text
}

/// The links of these rows, each once.
fn links<'a>(rows: impl Iterator<Item = &'a &'a Row>, wanted: impl Fn(&str) -> bool) -> String {
    let mut all = Vec::new();
    for reference in rows.flat_map(|row| &row.references) {
        let link = link(reference);
        if wanted(&reference.link) && !all.contains(&link) {
            all.push(link);
        }
    }
    all.join(", ")
}
