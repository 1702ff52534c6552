//! A summary of a run that fits a comment on a pull request.

use super::{table, thousands, visible};
use crate::results::{Results, Row};

/// Bytes that GitHub takes for one comment, with a reserve.
const LARGEST: usize = 60_000;

/// The summary: totals, what is not as declared, and a collapsed table of everything. What does
/// not fit a comment is left out, and the summary says so.
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
    let blamed: Vec<_> = results.rows.iter().filter(|row| !row.holds).collect();
    if !blamed.is_empty() {
        text += "\n| claim | expected | verdict | where |\n|---|---|---|---|\n";
        let lines = blamed.iter().map(|row| {
            let place = row.surprise.as_ref().map_or("", |surprise| &surprise.cell);
            format!(
                "| {} | {} | **{}** | {} |\n",
                escaped(&row.id),
                row.expected,
                escaped(&row.verdict.to_string()),
                escaped(place)
            )
        });
        push_while_it_fits(&mut text, lines.collect(), LARGEST / 2);
    }
    text += "\n<details><summary>All claims</summary>\n\n";
    text += "| claim | scenarios | property | verdict | executions | seconds |\n";
    text += "|---|---|---|---|---:|---:|\n";
    let lines = results.rows.iter().map(line).collect();
    push_while_it_fits(&mut text, lines, LARGEST);
    text += "\n</details>\n";
    text
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

fn push_while_it_fits(text: &mut String, lines: Vec<String>, largest: usize) {
    let all = lines.len();
    for (i, line) in lines.into_iter().enumerate() {
        if text.len() + line.len() > largest {
            *text += &format!("\n{} rows are left out here.\n", all - i);
            return;
        }
        *text += &line;
    }
}

/// Text in which Markdown and HTML see nothing but text, in a table's cell, too.
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
