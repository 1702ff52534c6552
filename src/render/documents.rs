//! The generated parts of Markdown documents.
//!
//! A document holds the verdict table, or the figures of the comparisons, between two comment
//! lines. `cargo verify --update FILE` writes them, `--check FILE` and the tests compare them: a
//! document that is out of date fails.

use crate::check::results::{Results, Row};
use crate::render::comparison::{Figures, figures};
use crate::render::{thousands, version_numbers};

/// The line before the generated table.
pub const BEGIN: &str =
    "<!-- verdicts: written by cargo verify --update, compared by the tests -->";
/// The line behind it.
pub const END: &str = "<!-- end of verdicts -->";

/// The table's line for one claim. It holds what is the same in every run: no times.
pub fn line(row: &Row) -> String {
    let version = row
        .version
        .as_ref()
        .map(|version| format!(" {version}"))
        .unwrap_or_default();
    format!(
        "| {}{version} | {} | {} | {} | {} | {} |",
        row.subject, row.scenario, row.property, row.verdict, row.instances, row.executions
    )
}

/// The whole table.
pub fn table(results: &Results) -> String {
    let mut text = String::new();
    let mut model = None;
    for row in &results.rows {
        if model != Some(&row.model) {
            let heading = "| subject | scenarios | property | verdict | instances | executions |";
            text += &format!(
                "\n**{}**\n\n{heading}\n|---|---|---|---|---:|---:|\n",
                row.model
            );
            model = Some(&row.model);
        }
        text += &line(row);
        text.push('\n');
    }
    text
}

/// The document with the table in its place; `None` when it has no place for one.
pub fn splice(document: &str, results: &Results) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n{END}{after}", table(results)))
}

/// The document with every table that these results can fill: a part of the claims is no table of
/// them. `None` when it has no place for one.
pub fn splice_all(document: &str, results: &Results) -> Option<String> {
    let verdicts = match results.not_selected {
        0 => splice(document, results),
        _ => None,
    };
    let text = verdicts.as_deref().unwrap_or(document);
    splice_comparisons(text, results).or(verdicts)
}

/// The line before the figures of the comparisons.
pub const BEGIN_COMPARISONS: &str = "<!-- comparisons: written by cargo verify --update and --real --update, compared by --check -->";
/// The line behind them.
pub const END_COMPARISONS: &str = "<!-- end of comparisons -->";

/// The line for the comparisons of one real connection with its model.
pub fn comparison_line(figures: &Figures) -> String {
    let [real, model] = &figures.subjects;
    let [of_real, of_model] = figures.sequences.map(|n| thousands(n as u64));
    let [runs, runs_of_model] = figures.executions.map(thousands);
    format!(
        "| {real} | {model} | {} | {} | {of_real} | {of_model} | {runs} | {runs_of_model} | {} | {} |",
        figures.situations, figures.comparisons, figures.deviations, figures.unlike
    )
}

/// The document with the lines of these results in the table of comparisons; the lines of other
/// connections stay. `None` when it has no place for the table.
pub fn splice_comparisons(document: &str, results: &Results) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN_COMPARISONS)?;
    let (old, after) = rest.split_once(END_COMPARISONS)?;
    let new: Vec<_> = figures(&results.comparisons);
    let is_new = |line: &str| {
        let mut new = new.iter();
        new.any(|f| line.starts_with(&format!("| {} |", f.subjects[0])))
    };
    let old = old
        .lines()
        .filter(|line| line.contains(" | ") && !is_new(line));
    let old = old.filter(|line| !line.starts_with("| real "));
    let mut lines: Vec<_> = old.map(str::to_owned).collect();
    lines.extend(new.iter().map(comparison_line));
    lines.sort_by_key(|line| {
        let name = line.trim_start_matches("| ");
        let name = name.split(' ').next().unwrap_or_default();
        let (name, version) = name.rsplit_once('-').unwrap_or((name, ""));
        (name.to_owned(), version_numbers(version))
    });
    let head = "| real connection | model | situations | environments | sequences | of the model | \
                executions | of the model | known deviations | not alike |\n\
                |---|---|---:|---:|---:|---:|---:|---:|---:|---:|";
    let table = lines.join("\n");
    Some(format!(
        "{before}{BEGIN_COMPARISONS}\n\n{head}\n{table}\n\n{END_COMPARISONS}{after}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_marked_part_is_replaced() {
        let document = format!("before\n{BEGIN}\nold\n{END}\nbehind\n");
        let new = splice(&document, &Results::none()).expect("it is marked");
        assert!(new.starts_with("before\n") && new.ends_with("\nbehind\n"));
        assert!(!new.contains("old"));
        assert_eq!(splice("no marks", &Results::none()), None);
    }

    #[test]
    fn a_part_of_the_claims_leaves_their_table_alone() {
        let verdicts = format!("{BEGIN}\nold\n{END}\n");
        let comparisons = format!("{BEGIN_COMPARISONS}\nold\n{END_COMPARISONS}\n");
        let both = format!("{verdicts}{comparisons}");
        let all = Results::none();
        let part = Results {
            not_selected: 1,
            ..Results::none()
        };
        let olds = |document: &str, results| {
            splice_all(document, results).map(|new| new.matches("\nold\n").count())
        };
        assert_eq!(olds(&both, &all), Some(0));
        assert_eq!(olds(&both, &part), Some(1));
        assert_eq!(olds(&verdicts, &all), Some(0));
        assert_eq!(olds(&verdicts, &part), None);
        assert_eq!(olds(&comparisons, &all), Some(0));
        assert_eq!(olds(&comparisons, &part), Some(0));
        assert_eq!(olds("no marks", &all), None);
    }
}
