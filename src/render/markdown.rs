//! A summary of a run that fits a comment on a pull request.
//!
//! ```
//! use lastbyte::check::results::Results;
//! use lastbyte::render::markdown::summary;
//!
//! // Of a run that has explored nothing.
//! let results = Results::none();
//! assert!(!summary(&results).is_empty());
//! ```

use super::{comparison, sweep, table, thousands, visible};
use crate::check::comparison::Compared;
use crate::check::results::{Results, Row};
use crate::check::sweep::Swept;
use crate::trace::property::Property;

/// Largest summary in bytes: GitHub's limit for one comment, less a reserve.
const LARGEST: usize = 60_000;

/// The summary: totals, what is not as declared and not alike, and collapsed tables of the
/// comparisons, the sweeps and all claims. What does not fit a comment is left out, and the summary
/// says so.
pub fn summary(results: &Results) -> String {
    let mut text = String::new();
    let verdict = match (results.hold(), results.not_run.is_empty()) {
        _ if !results.complete => "**partial, the run ended early**",
        (true, true) => "everything as declared",
        (true, false) => "as declared, **but not everything was run**",
        (false, _) => "**not everything as declared**",
    };
    text += &format!("### lastbyte: {verdict}\n\n");
    for sentence in table::summary(results) {
        text += &format!("{}\n", escaped(&sentence));
    }
    let blamed = results.rows.iter().filter(|row| !row.holds);
    let blamed = blamed.map(|row| {
        let place = row
            .surprise
            .as_ref()
            .map_or("", |surprise| &surprise.instance.text);
        format!(
            "| {} | {} | **{}** | {} |\n",
            escaped(&row.id.text),
            row.expected,
            escaped(&row.verdict.to_string()),
            escaped(place)
        )
    });
    let head = "| claim | expected | verdict | where |\n|---|---|---|---|\n";
    push_table(&mut text, head, blamed.collect(), LARGEST / 3);
    let unlike = results.comparisons.iter().filter(|one| !one.agrees());
    let head = "| comparison | not alike |\n|---|---|\n";
    push_table(
        &mut text,
        head,
        unlike.map(difference).collect(),
        LARGEST / 2,
    );
    let pairs = comparison::figures(&results.comparisons);
    let head = "| real connection | model | scenario families | scenarios | automata's states | of the model | \
                executions | of the model | known deviations | not alike |\n\
                |---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n";
    push_folded(
        &mut text,
        "Conformance",
        head,
        pairs.iter().map(pair).collect(),
        LARGEST * 2 / 3,
    );
    for swept in &results.sweeps {
        let (head, lines) = swept_lines(swept);
        let title = format!("The sweep of {}", escaped(&swept.model));
        push_folded(&mut text, &title, &head, lines, LARGEST * 5 / 6);
    }
    let head = "| claim | scenarios | property | verdict | executions | seconds |\n\
                |---|---|---|---|---:|---:|\n";
    let lines = results.rows.iter().map(line).collect();
    push_folded(&mut text, "All claims", head, lines, LARGEST);
    text
}

fn difference(one: &Compared) -> String {
    let why = one
        .inconclusive
        .iter()
        .map(|why| format!("inconclusive: {why}"));
    let told: Vec<_> = why.chain(one.differences.iter().cloned()).collect();
    let told = told.iter().map(|told| escaped(told)).collect::<Vec<_>>();
    format!("| {} | {} |\n", escaped(&one.id.text), told.join("<br>"))
}

fn pair(figures: &comparison::Figures) -> String {
    let [real, model] = figures.subjects.each_ref().map(|name| escaped(name));
    let [of_real, of_model] = figures.automata.map(|size| thousands(size.states));
    let [runs_of_real, runs_of_model] = figures.executions.map(thousands);
    let numbers = [
        figures.families,
        figures.comparisons,
        figures.deviations,
        figures.unlike,
    ];
    let [families, scenarios, deviations, unlike] = numbers.map(|n| thousands(n as u64));
    format!(
        "| {real} | {model} | {families} | {scenarios} | {of_real} | {of_model} | \
         {runs_of_real} | {runs_of_model} | {deviations} | {unlike} |\n"
    )
}

/// The head and the lines of a sweep's table.
fn swept_lines(swept: &Swept) -> (String, Vec<String>) {
    let summary = swept.summary();
    let of_property = |property| summary.iter().filter(move |e| e.property == property);
    let line = |name: &str, fields: &mut dyn Iterator<Item = String>| {
        let fields: String = fields
            .map(|field| format!(" {} |", escaped(&field)))
            .collect();
        format!("| {} |{fields}\n", escaped(name))
    };
    let rule = "---|".repeat(swept.subjects.len() + 1);
    let head = line("property", &mut swept.subjects.iter().cloned()) + &format!("|{rule}\n");
    let explored = of_property(Property::NoPanic).map(|e| thousands(e.explored as u64));
    let apart = swept
        .subjects
        .iter()
        .map(|s| swept.not_applicable(s).to_string());
    let mut lines = vec![
        line("scenarios explored to the end", &mut { explored }),
        line("not applicable", &mut { apart }),
    ];
    lines.extend(Property::ALL.map(|property| {
        line(
            property.name(),
            &mut of_property(property).map(sweep::in_words),
        )
    }));
    (head, lines)
}

fn line(row: &Row) -> String {
    let version = row.version.as_deref().unwrap_or_default();
    let id = format!("{} {version}", row.id);
    format!(
        "| {} | {} | {} | {} | {} | {:.2} |\n",
        escaped(id.trim_end()),
        escaped(&row.scenario),
        row.property,
        escaped(&row.verdict.to_string()),
        thousands(row.executions),
        row.seconds
    )
}

/// Adds a table that is not empty, folded away under a title.
fn push_folded(text: &mut String, title: &str, head: &str, lines: Vec<String>, largest: usize) {
    if lines.is_empty() {
        return;
    }
    *text += &format!("\n<details><summary>{title}</summary>\n");
    push_table(text, head, lines, largest);
    *text += "\n</details>\n";
}

/// Adds a table that is not empty, as far as it fits.
fn push_table(text: &mut String, head: &str, lines: Vec<String>, largest: usize) {
    if lines.is_empty() {
        return;
    }
    let mut room = largest.saturating_sub(text.len());
    let mut fits = |line: &str| {
        let fits = line.len() <= room;
        room = if fits { room - line.len() } else { 0 };
        fits
    };
    let mut left_out = lines.len();
    if fits(head) {
        *text += &format!("\n{head}");
        for line in lines.iter().take_while(|line| fits(line)) {
            *text += line;
            left_out -= 1;
        }
    }
    if left_out > 0 {
        *text += &format!("\n{left_out} rows are left out here.\n");
    }
}

/// Escapes text so that Markdown and HTML show it as it is, also in the cell of a table.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Nobody is to be notified, no issue to be linked.
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}
