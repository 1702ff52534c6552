//! Plain text for the terminal.

use crate::event::Trace;
use crate::results::Results;

pub(super) fn table(results: &Results, width: usize) -> String {
    use comfy_table::{ContentArrangement, Table, presets};
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width as u16)
        .set_header([
            "claim",
            "property",
            "expected",
            "verdict",
            "executions",
            "seconds",
        ]);
    for row in &results.rows {
        table.add_row([
            row.id.clone(),
            row.property.to_string(),
            row.expected.to_string(),
            row.verdict.to_string(),
            row.executions.to_string(),
            format!("{:.2}", row.seconds),
        ]);
    }
    format!("{table}\n")
}

pub(super) fn chart(trace: &Trace) -> String {
    let mut text = String::new();
    for (n, step) in trace.steps.iter().enumerate() {
        text += &format!(
            "{n:>3} {:<12} {:?} {:?}\n",
            trace.actor_name(step.actor),
            step.event,
            step.levels
        );
    }
    text
}
