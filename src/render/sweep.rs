//! The summarised table of a sweep: properties by subjects.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets,
};

use super::{count, visible};
use crate::property::Property;
use crate::sweep::{Entry, Swept};

/// What a field of the table says.
fn field(entry: &Entry) -> String {
    match (entry.explored, entry.refuted) {
        (0, 0) => "?".to_owned(),
        (_, 0) => "holds".to_owned(),
        (_, refuted) => refuted.to_string(),
    }
}

/// What a sweep comes to, in sentences: how much was explored, and the combinations left out.
pub fn sentences(swept: &Swept) -> Vec<String> {
    let executions: u64 = swept.cells.iter().map(|cell| cell.executions).sum();
    let mut sentences = vec![format!(
        "{}: {} at {}, {} in {}. A field says in how many situations the property fails.",
        visible(&swept.model),
        count(swept.cells.len(), "combination"),
        count(swept.subjects.len(), "revision"),
        "every interleaving explored",
        count(executions as usize, "execution"),
    )];
    let cut = swept.cut();
    if let Some(first) = cut.first() {
        sentences.push(format!(
            "{} not explored to the end, {} at {} first.",
            count(cut.len(), "combination"),
            visible(&first.scenario),
            visible(&first.subject)
        ));
    }
    sentences.push(format!(
        "Left out, each with its reason in models/{}/sweep.md: {}.",
        visible(&swept.model),
        count(swept.left_out.len(), "other combination"),
    ));
    sentences
}

/// For each property that fails somewhere, the worst scenarios with the subjects that they are the
/// worst of.
fn worst(summary: &[Entry], property: Property) -> Vec<(&str, Vec<&str>)> {
    let mut worst: Vec<(&str, Vec<&str>)> = Vec::new();
    for entry in summary.iter().filter(|e| e.property == property) {
        let Some(scenario) = entry.worst.as_deref() else {
            continue;
        };
        match worst.iter_mut().find(|(known, _)| *known == scenario) {
            Some((_, subjects)) => subjects.push(&entry.subject),
            None => worst.push((scenario, vec![&entry.subject])),
        }
    }
    worst
}

/// The table for the terminal, at most `width` columns wide, and the worst scenarios below it.
pub fn text(swept: &Swept, width: usize) -> String {
    let summary = swept.summary();
    let mut table = Table::new();
    table
        .force_no_tty()
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX));
    let heads = swept.subjects.iter().map(|subject| visible(subject));
    table.add_row(std::iter::once(String::new()).chain(heads));
    let number = |n: usize| Cell::new(n).set_alignment(CellAlignment::Right);
    let explored = summary.iter().filter(|e| e.property == Property::NoPanic);
    let explored = explored.map(|entry| number(entry.explored));
    table.add_row(std::iter::once(Cell::new("situations")).chain(explored));
    let subjects = swept.subjects.iter();
    let others = subjects.map(|subject| number(swept.not_applicable(subject)));
    table.add_row(std::iter::once(Cell::new("not applicable")).chain(others));
    for property in Property::ALL {
        let entries = summary.iter().filter(|e| e.property == property);
        let fields = entries.map(|entry| {
            let field = match field(entry).as_str() {
                "holds" => "·".to_owned(),
                other => other.to_owned(),
            };
            Cell::new(field).set_alignment(CellAlignment::Right)
        });
        table.add_row(std::iter::once(Cell::new(property)).chain(fields));
    }
    let longest = Property::ALL.map(|property| property.name().len());
    let longest = longest.into_iter().max().unwrap_or(0) as u16;
    let names = table.column_mut(0).expect("every line has a name");
    names.set_padding((0, 1));
    names.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(longest + 1)));
    for n in 1..=swept.subjects.len() {
        let column = table.column_mut(n).expect("every line has every column");
        column.set_padding((0, 1));
    }
    let mut text = String::new();
    for sentence in sentences(swept) {
        super::paragraph(&mut text, width, 0, &sentence);
    }
    text.push('\n');
    for line in table.lines() {
        text += line.trim_end();
        text.push('\n');
    }
    text += "\nThe worst of them:\n";
    for property in Property::ALL {
        let worst = worst(&summary, property);
        if worst.is_empty() {
            continue;
        }
        let each = worst.iter().map(|(scenario, subjects)| {
            let subjects: Vec<_> = subjects.iter().map(|s| visible(s)).collect();
            format!("{} ({})", visible(scenario), subjects.join(", "))
        });
        let each: Vec<_> = each.collect();
        let line = format!("{property}: {}", each.join("; "));
        super::paragraph(&mut text, width, 2, &line);
    }
    text
}

/// The table as a Markdown document, with the scenario in each field and what is left out below.
pub fn markdown(swept: &Swept) -> String {
    let summary = swept.summary();
    let mut text = String::from(
        "# The sweep\n\nEvery revision in every situation, explored to the end. A field says in \
         how many situations the property fails, and names one.\n\n| property |",
    );
    for subject in &swept.subjects {
        text += &format!(" {subject} |");
    }
    let rule = "---|".repeat(swept.subjects.len());
    text += &format!("\n|---|{rule}\n| situations |");
    for entry in summary.iter().filter(|e| e.property == Property::NoPanic) {
        text += &format!(" {} |", entry.explored);
    }
    text += "\n| not applicable |";
    for subject in &swept.subjects {
        text += &format!(" {} |", swept.not_applicable(subject));
    }
    for property in Property::ALL {
        text += &format!("\n| {property} |");
        for entry in summary.iter().filter(|e| e.property == property) {
            text += &match &entry.worst {
                Some(worst) => format!(" {}: {worst} |", entry.refuted),
                None => format!(" {} |", field(entry)),
            };
        }
    }
    text += "\n\nLeft out:\n\n";
    for left in &swept.left_out {
        text += &format!("* {}: {}\n", left.what, left.why);
    }
    text
}
