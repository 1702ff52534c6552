//! The generated parts of Markdown documents.
//!
//! A document holds the verdict table between two comment lines. `cargo verify --update FILE`
//! writes it, the tests of the claims compare it line by line: a document that is out of date fails
//! the tests.

use crate::results::{Results, Row};

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
        row.subject, row.scenario, row.property, row.verdict, row.cells, row.executions
    )
}

/// The whole table.
pub fn table(results: &Results) -> String {
    let mut text = String::new();
    let mut model = None;
    for row in &results.rows {
        if model != Some(&row.model) {
            let heading = "| subject | scenarios | property | verdict | cells | executions |";
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
}
