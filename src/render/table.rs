//! The verdict table for the terminal.
//!
//! ```
//! use lastbyte::check::results::Results;
//! use lastbyte::render::table::{summary, table};
//!
//! // Of a run that has explored nothing.
//! let results = Results::none();
//! assert!(!table(&results, 80).contains("proved"));
//! assert!(!summary(&results).is_empty());
//! ```

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row as Line, Table, Width, presets,
};

use super::{comparison, count, count_of, paragraph, sweep, thousands, visible};
use crate::check::results::{Results, Row};
use crate::trace::property::Property;
use crate::trace::verdict::Verdict;

/// The narrowest table, in columns. A terminal below that wraps it.
pub const NARROWEST: usize = 72;

/// Columns after the property: expected, verdict, instances, executions, seconds.
const FIXED: [(&str, u16); 5] = [
    ("expected", 10),
    ("verdict", 13),
    ("instances", 10),
    ("executions", 11),
    ("seconds", 8),
];

/// The table, `width` columns wide, with the summary below it; every line ends with a line break.
///
/// A model has a heading; every subject with its scenarios is a line, its properties are the rows
/// below. The row of a claim that did not come out as declared says which instance is to blame.
pub fn table(results: &Results, width: usize) -> String {
    let width = width.clamp(NARROWEST, 120);
    let mut text = rows(width, [heads()]);
    let mut model = None;
    let mut group = None;
    for row in &results.rows {
        if model != Some(&row.model) {
            text.push('\n');
            paragraph(&mut text, width, 0, &visible(&row.model));
            (model, group) = (Some(&row.model), None);
        }
        let head = (&row.subject, &row.version, &row.scenario);
        if group != Some(head) {
            paragraph(&mut text, width, 2, &visible(&heading(row)));
            group = Some(head);
            if let Some(folding) = row.folding.as_ref().filter(|folding| folding.is_assumed()) {
                paragraph(&mut text, width, 4, &visible(&folding.to_string()));
            }
        }
        text.push_str(&rows(width, [line(row)]));
        if let Some(surprise) = &row.surprise {
            let blame = format!("! {}: {}", surprise.instance, surprise.verdict);
            paragraph(&mut text, width, 6, &visible(&blame));
        } else if !row.holds {
            paragraph(&mut text, width, 6, "! not every instance was explored");
        }
    }
    for swept in &results.sweeps {
        text += "\nsweep\n";
        text += &sweep::text(swept, width);
    }
    if !results.comparisons.is_empty() {
        text += "\nconformance\n";
        for sentence in comparison::sentences(&results.comparisons) {
            paragraph(&mut text, width, 2, &sentence);
        }
    }
    text.push('\n');
    for sentence in summary(results) {
        paragraph(&mut text, width, 0, &sentence);
    }
    text
}

/// The results in sentences.
pub fn summary(results: &Results) -> Vec<String> {
    let rows = &results.rows;
    let held = rows.iter().filter(|row| row.holds).count();
    let mut sentences = Vec::new();
    if !rows.is_empty() {
        sentences.push(format!(
            "{}: {} as declared, {} not.",
            count(rows.len(), "claim"),
            thousands(held as u64),
            thousands((rows.len() - held) as u64),
        ));
    }
    let compared = &results.comparisons;
    if !compared.is_empty() {
        let alike = compared.iter().filter(|one| one.agrees()).count();
        sentences.push(format!(
            "{} of a model with what it models: {} alike, {} not.",
            count(compared.len(), "comparison"),
            thousands(alike as u64),
            thousands((compared.len() - alike) as u64),
        ));
    }
    for swept in &results.sweeps {
        sentences.push(format!(
            "{} of {} swept at {}, {} inconclusive.",
            count(swept.instances.len(), "combination"),
            visible(&swept.model),
            count(swept.subjects.len(), "revision"),
            thousands(swept.inconclusive().len() as u64),
        ));
    }
    sentences.push(format!("{}.", count_of(results.executions, "execution")));
    if results.not_selected > 0 {
        let left_out = count(results.not_selected, "claim");
        sentences.push(format!("{left_out} not selected."));
    }
    if let Some((slice, of)) = results.shard {
        sentences.push(format!("Slice {slice} of {of}."));
    }
    if !results.complete {
        let open =
            |row: &&Row| matches!(row.verdict, Verdict::Inconclusive(_) | Verdict::Bounded(_));
        let open = count(rows.iter().filter(open).count(), "claim");
        sentences.push(format!("Partial: the run ended early, {open} undecided."));
    }
    for missing in &results.not_run {
        let missing = format!("Not run: {}: {}.", missing.name, missing.why);
        sentences.push(visible(&missing));
    }
    let never = never_seen_to_fail(results);
    if rows.is_empty() {
        // Nothing was claimed.
    } else if never.is_empty() {
        sentences.push("Every property was seen to fail somewhere.".to_owned());
    } else {
        let names: Vec<_> = never.iter().map(|property| property.name()).collect();
        sentences.push(format!("Never seen to fail: {}.", names.join(", ")));
    }
    sentences
}

/// Properties that the rows claim and that no counterexample refutes: these may be vacuous.
pub fn never_seen_to_fail(results: &Results) -> Vec<Property> {
    let seen = results.seen_to_fail();
    let claimed = |property| results.rows.iter().any(|row| row.property == property);
    let mut never: Vec<_> = Property::ALL.into_iter().collect();
    never.retain(|property| claimed(*property) && !seen.contains(property));
    never
}

fn heading(row: &Row) -> String {
    let mut heading = row.subject.clone();
    if let Some(version) = &row.version {
        heading.push(' ');
        heading.push_str(version);
    }
    format!("{heading}: {}", row.scenario)
}

fn heads() -> Vec<String> {
    let heads = FIXED.into_iter().map(|(head, _)| head.to_owned());
    std::iter::once("property".to_owned())
        .chain(heads)
        .collect()
}

fn line(row: &Row) -> Vec<String> {
    vec![
        row.property.to_string(),
        row.expected.to_string(),
        match &row.verdict {
            // Why it was is told below the row.
            Verdict::Inconclusive(_) => "inconclusive".to_owned(),
            verdict => verdict.to_string(),
        },
        thousands(row.instances as u64),
        thousands(row.executions),
        format!("{:.2}", row.seconds),
    ]
}

/// Rows of the columns, in lines of at most `width` columns.
fn rows<const N: usize>(width: usize, lines: [Vec<String>; N]) -> String {
    let fixed: u16 = FIXED.iter().map(|(_, width)| width).sum();
    let first = u16::try_from(width).unwrap_or(u16::MAX) - fixed;
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX));
    // The property stands below its subject's heading, and is broken after a hyphen.
    const PADDING: (u16, u16) = (4, 1);
    let words = usize::from(first - PADDING.0 - PADDING.1);
    for line in lines {
        let cells = line.into_iter().enumerate().map(|(i, text)| {
            let cell = match i {
                0 => Cell::new(textwrap::wrap(&text, words).join("\n")),
                _ => Cell::new(text),
            };
            match i {
                0 => cell,
                1 | 2 => cell.set_alignment(CellAlignment::Left),
                _ => cell.set_alignment(CellAlignment::Right),
            }
        });
        table.add_row(Line::from(cells));
    }
    let widths = std::iter::once(first).chain(FIXED.into_iter().map(|(_, width)| width));
    for (i, width) in widths.enumerate() {
        let column = table.column_mut(i).expect("every line has every column");
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        column.set_padding(if i == 0 { PADDING } else { (0, 1) });
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_none_of_is_not_told() {
        let mut results = Results::none();
        let told = |results: &Results| summary(results).join("\n");
        assert!(!told(&results).contains("not selected"));
        results.not_selected = 1;
        assert!(told(&results).contains("1 claim not selected."));
    }
}
