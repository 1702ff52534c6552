//! The summarised table of a sweep: properties by subjects.
//!
//! ```
//! use lastbyte::check::Swept;
//! use lastbyte::render::sweep::text;
//!
//! # fn shown(swept: &Swept) {
//! // As wide as a terminal.
//! let table = text(swept, 80);
//! assert!(table.lines().all(|line| line.chars().count() <= 80));
//! # }
//! ```

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::{classes, count, total, visible};
use crate::check::sweep::{Entry, Swept};
use crate::trace::property::Property;

/// The result for one property in a field of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// It does not fail in the explored scenarios, and some were not explored.
    Unknown,
    /// It holds in every scenario.
    Holds,
    /// It fails in this many scenarios.
    Fails(usize),
}

pub(crate) fn field(entry: &Entry) -> Field {
    match (entry.explored, entry.inconclusive, entry.refuted) {
        (_, _, refuted @ 1..) => Field::Fails(refuted),
        (1.., 0, 0) => Field::Holds,
        _ => Field::Unknown,
    }
}

/// In sentences: how much was explored, what was not explored to its end, and which command explores the
/// whole.
pub(crate) fn explored(swept: &Swept) -> Vec<String> {
    let executions = total(swept.instances.iter().map(|instance| instance.executions));
    let unexplored = swept.inconclusive();
    let mut sentences = vec![format!(
        "{}: {} at {}, {} in {}. A field says in how many scenarios the property fails.",
        visible(&swept.model),
        count(swept.instances.len(), "combination"),
        count(swept.subjects.len(), "revision"),
        match unexplored.is_empty() {
            true => "every interleaving explored",
            false => "explored",
        },
        count(executions as usize, "execution"),
    )];
    if let Some(first) = unexplored.first() {
        sentences.push(format!(
            "{} not explored to the end, {} at {} first.",
            count(unexplored.len(), "combination"),
            visible(&first.scenario),
            visible(&first.subject)
        ));
    }
    if let Some(whole) = &swept.part_of {
        sentences.push(format!(
            "A covering part: {} explores all combinations.",
            visible(whole)
        ));
    }
    sentences
}

/// The results of a sweep in sentences: how much was explored, and the combinations left out.
pub fn sentences(swept: &Swept) -> Vec<String> {
    let mut sentences = explored(swept);
    sentences.push(format!(
        "Left out, each with its reason in models/{}/sweep.md: {}.",
        visible(&swept.model),
        count(swept.left_out.len(), "other combination"),
    ));
    sentences
}

/// For each property that fails somewhere: the worst scenarios, each with the subjects for which it is
/// the worst.
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

/// Some subjects in their order: those that follow each other as a range.
fn ranges(swept: &Swept, subjects: &[&str]) -> String {
    let place = |subject: &str| swept.subjects.iter().position(|known| known == subject);
    let mut ranges: Vec<(&str, &str)> = Vec::new();
    for subject in subjects {
        match ranges.last_mut() {
            Some((_, last)) if place(subject) == place(last).map(|n| n + 1) => *last = subject,
            _ => ranges.push((subject, subject)),
        }
    }
    let text = |(first, last): &(&str, &str)| match first == last {
        true => visible(first),
        false => format!("{} to {}", visible(first), visible(last)),
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// As many subjects side by side as fit.
fn fitting(swept: &Swept, width: usize) -> Vec<&[String]> {
    let mut room = 0;
    let mut parts = Vec::new();
    let mut begin = 0;
    for (n, subject) in swept.subjects.iter().enumerate() {
        let needed = visible(subject).chars().count() + 2;
        if n > begin && needed > room {
            parts.push(&swept.subjects[begin..n]);
            begin = n;
        }
        if n == begin {
            room = width.saturating_sub(NAMES);
        }
        room = room.saturating_sub(needed);
    }
    parts.push(&swept.subjects[begin..]);
    parts
}

/// Columns of the properties' names.
const NAMES: usize = 29;

/// The table for some subjects.
fn part(swept: &Swept, summary: &[Entry], subjects: &[String]) -> String {
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    let line = |name: &str, field: &dyn Fn(&str) -> String| {
        let fields = subjects.iter().map(|subject| right(field(subject)));
        std::iter::once(Cell::new(name))
            .chain(fields)
            .collect::<Vec<_>>()
    };
    let entry = |subject: &str, property| {
        let mut entries = summary.iter();
        entries
            .find(|e| e.subject == subject && e.property == property)
            .expect("every subject has every property")
    };
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.add_row(line("", &visible));
    table.add_row(line("scenarios", &|subject| {
        entry(subject, Property::NoPanic).explored.to_string()
    }));
    table.add_row(line("not applicable", &|subject| {
        swept.not_applicable(subject).to_string()
    }));
    for property in Property::ALL {
        table.add_row(line(
            property.name(),
            &|subject| match field(entry(subject, property)) {
                Field::Unknown => "?".to_owned(),
                Field::Holds => "·".to_owned(),
                Field::Fails(times) => times.to_string(),
            },
        ));
    }
    for n in 0..=subjects.len() {
        let column = table.column_mut(n).expect("every line has every column");
        column.set_padding((0, if n == subjects.len() { 0 } else { 2 }));
    }
    let lines = table.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}

/// The table for the terminal, at most `width` columns wide, and the worst scenarios below it.
pub fn text(swept: &Swept, width: usize) -> String {
    let summary = swept.summary();
    let mut text = String::new();
    for sentence in sentences(swept) {
        super::paragraph(&mut text, width, 0, &sentence);
    }
    for subjects in fitting(swept, width) {
        text.push('\n');
        text += &part(swept, &summary, subjects);
    }
    text += "\nThe worst of them:\n";
    for property in Property::ALL {
        let worst = worst(&summary, property);
        if worst.is_empty() {
            continue;
        }
        let each = worst.iter().map(|(scenario, subjects)| {
            format!("{} ({})", visible(scenario), ranges(swept, subjects))
        });
        let each: Vec<_> = each.collect();
        let line = format!("{property}: {}", each.join("; "));
        super::paragraph(&mut text, width, 2, &line);
    }
    for sentence in classes::sentences(swept) {
        text.push('\n');
        super::paragraph(&mut text, width, 0, &sentence);
    }
    text
}

/// The sweep in sentences: what was swept, the results, and what is left out. Every line ends with a line
/// break.
pub fn explained(swept: &Swept) -> String {
    let summary = swept.summary();
    let id = crate::check::sweep::sweep_id(&swept.model);
    let mut sentences = vec![
        format!("{id}: every revision in every scenario, without expectations."),
        format!("Revisions: {}.", swept.subjects.join(", ")),
    ];
    sentences.extend(explored(swept));
    for property in Property::ALL {
        let entries = || summary.iter().filter(|e| e.property == property);
        let named = |wanted: fn(Field) -> bool| {
            let subjects = entries().filter(|e| wanted(field(e)));
            let subjects: Vec<_> = subjects.map(|e| e.subject.as_str()).collect();
            ranges(swept, &subjects)
        };
        let worst = worst(&summary, property);
        let worst = worst.iter().map(|(scenario, subjects)| {
            let most = entries().filter(|e| subjects.contains(&e.subject.as_str()));
            let most = most.map(|e| e.refuted).max().unwrap_or(0);
            let most = count(most, "scenario");
            format!(
                "fails at {} in up to {most}, say {scenario}",
                ranges(swept, subjects)
            )
        });
        let mut parts: Vec<_> = worst.collect();
        let holds = named(|field| field == Field::Holds);
        let unknown = named(|field| field == Field::Unknown);
        for (what, subjects) in [("holds at", holds), ("is not known at", unknown)] {
            if !subjects.is_empty() {
                parts.push(format!("{what} {subjects}"));
            }
        }
        sentences.push(format!("{property}: {}.", parts.join("; ")));
    }
    sentences.extend(classes::explained(swept));
    for subject in &swept.subjects {
        let apart = swept.not_applicable(subject);
        if apart > 0 {
            let apart = count(apart, "scenario");
            sentences.push(format!(
                "Not applicable to {subject}, so nothing is known: {apart}."
            ));
        }
    }
    let left_out = swept.left_out.iter();
    sentences.extend(left_out.map(|left| format!("Left out: {}: {}.", left.what, left.why)));
    let lines = sentences.iter().map(|sentence| visible(sentence) + "\n");
    lines.collect()
}

/// The text of a field, with the worst scenario.
pub(crate) fn in_words(entry: &Entry) -> String {
    match (field(entry), &entry.worst) {
        (Field::Unknown, _) => "?".to_owned(),
        (Field::Holds, _) => "holds".to_owned(),
        (Field::Fails(times), Some(worst)) => format!("{times}: {worst}"),
        (Field::Fails(times), None) => times.to_string(),
    }
}

/// The table in Markdown, with the scenario in each field and what is left out below.
pub fn markdown(swept: &Swept) -> String {
    let summary = swept.summary();
    let mut text = String::from(
        "Every revision in every scenario, explored to the end. A field says in how many \
         scenarios the property fails, and names one.\n\n| property |",
    );
    for subject in &swept.subjects {
        text += &format!(" {subject} |");
    }
    let rule = "---|".repeat(swept.subjects.len());
    text += &format!("\n|---|{rule}\n| scenarios |");
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
            text += &format!(" {} |", in_words(entry));
        }
    }
    text.push('\n');
    text += &classes::markdown(swept);
    text += "\nLeft out:\n\n";
    for left in &swept.left_out {
        text += &format!("* {}: {}\n", left.what, left.why);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_subjects(subjects: &[&str]) -> Swept {
        Swept {
            model: "model".to_owned(),
            subjects: subjects.iter().map(|&name| name.to_owned()).collect(),
            prominent: Vec::new(),
            left_out: Vec::new(),
            not_applicable: Vec::new(),
            classified: None,
            part_of: None,
            classes: Vec::new(),
            instances: Vec::new(),
        }
    }

    #[test]
    fn subjects_that_follow_each_other_are_a_range() {
        let swept = of_subjects(&["1.7", "1.8", "1.9", "1.10", "1.11"]);
        for (subjects, told) in [
            (&[][..], ""),
            (&["1.9"], "1.9"),
            (&["1.7", "1.8"], "1.7 to 1.8"),
            (&["1.7", "1.9", "1.11"], "1.7, 1.9, 1.11"),
            (&["1.7", "1.8", "1.10", "1.11"], "1.7 to 1.8, 1.10 to 1.11"),
            (&["1.7", "1.8", "1.9", "1.10", "1.11"], "1.7 to 1.11"),
        ] {
            assert_eq!(ranges(&swept, subjects), told);
        }
    }

    #[test]
    fn as_many_subjects_stand_side_by_side_as_fit() {
        let swept = of_subjects(&[
            "1.7.0",
            "1.8.0",
            "1.9.0",
            "1.10.0",
            "a name that is too long",
        ]);
        let parts =
            |width| -> Vec<usize> { fitting(&swept, width).iter().map(|p| p.len()).collect() };
        // Every subject takes its name and two columns.
        assert_eq!(parts(NAMES + 29 + 25), [5]);
        assert_eq!(parts(NAMES + 29 + 24), [4, 1]);
        assert_eq!(parts(NAMES + 29), [4, 1]);
        assert_eq!(parts(NAMES + 28), [3, 1, 1]);
        assert_eq!(parts(NAMES + 20), [2, 2, 1]);
        assert_eq!(parts(NAMES + 14), [2, 1, 1, 1]);
        // One of them stands alone even when it does not fit.
        assert_eq!(parts(0), [1; 5]);
        for width in [NAMES + 25, NAMES + 29, 100] {
            let text = text(&swept, width);
            let (_, tables) = text.split_once("\n\n").expect("tables");
            for line in tables.lines() {
                assert!(line.chars().count() <= width, "{line}");
            }
        }
    }
}
