//! The verdicts of a model as a table: connections by properties, or properties by connections.

use super::meaning::{self, class};
use super::{thousands, version_numbers, visible};
use crate::check::results::{Results, Row};
use crate::trace::property::Property;
use crate::trace::verdict::Verdict;

/// The most connections that fit side by side.
const CONNECTIONS: usize = 12;

/// The table of one model.
pub(crate) struct Matrix {
    pub(crate) name: String,
    /// Its description; empty if the results have none.
    pub(crate) about: String,
    /// The names of its subjects, each with its description.
    pub(crate) terms: Vec<(String, String)>,
    /// The heading of its first column.
    pub(crate) head: &'static str,
    pub(crate) columns: Vec<String>,
    pub(crate) lines: Vec<Line>,
}

/// A connection, or a property, in some scenarios.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) sentences: Vec<String>,
    pub(crate) scenario: String,
    /// For each column its claims, nearly always none or one.
    pub(crate) cells: Vec<(String, Vec<Chip>)>,
    pub(crate) executions: String,
    pub(crate) seconds: String,
}

/// One claim.
pub(crate) struct Chip {
    pub(crate) row: usize,
    pub(crate) class: &'static str,
    pub(crate) sign: &'static str,
    pub(crate) word: String,
    /// The verdict, where `word` says what it means instead.
    pub(crate) verdict: &'static str,
    pub(crate) id: String,
}

/// Whether the lines are connections or properties.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    /// Each line is a connection, each column a property.
    Connections,
    /// Each line is a property, each column a connection: for a model that compares revisions.
    Properties,
}

impl Lines {
    fn line(self, row: &Row) -> (&str, &str, &str) {
        let version = row.version.as_deref().unwrap_or_default();
        match self {
            Lines::Connections => (&row.subject, version, &row.scenario),
            Lines::Properties => (row.property.name(), "", &row.scenario),
        }
    }

    fn column(self, row: &Row) -> String {
        match (self, &row.version) {
            (Lines::Connections, _) => row.property.to_string(),
            (Lines::Properties, None) => visible(&row.subject),
            // A subject that is named after its version has it already.
            (Lines::Properties, Some(version)) if row.subject.ends_with(version.as_str()) => {
                visible(&row.subject)
            }
            (Lines::Properties, Some(version)) => visible(&format!("{} {version}", row.subject)),
        }
    }
}

/// One table for each model, in the order of the results.
pub(crate) fn of(results: &Results) -> Vec<Matrix> {
    let rows = results.rows.iter().enumerate();
    let models = grouped(rows, |(_, row)| row.model.as_str());
    models.iter().map(|rows| matrix(rows, results)).collect()
}

/// The items grouped by key. The groups are in the order of their first items.
fn grouped<T: Copy, K: PartialEq>(
    items: impl Iterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> Vec<Vec<T>> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for item in items {
        let key = key(&item);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn matrix(rows: &[(usize, &Row)], results: &Results) -> Matrix {
    let lines = |lines: Lines| grouped(rows.iter().copied(), move |(_, row)| lines.line(row));
    let columns = |lines: Lines| {
        let columns = grouped(rows.iter().copied(), move |(_, row)| lines.column(row));
        columns
            .iter()
            .map(|rows| lines.column(rows[0].1))
            .collect::<Vec<_>>()
    };
    let shorter = lines(Lines::Properties).len() < lines(Lines::Connections).len();
    let (kind, columns) = if shorter && columns(Lines::Properties).len() <= CONNECTIONS {
        let mut columns = columns(Lines::Properties);
        // Revisions by their version, then columns without a version.
        columns.sort_by_key(|column| version_numbers(column).map_or((1, Vec::new()), |n| (0, n)));
        (Lines::Properties, columns)
    } else {
        let mut columns = columns(Lines::Connections);
        columns.sort_by_key(|column| Property::from_name(column));
        (Lines::Connections, columns)
    };
    let model = &rows[0].1.model;
    let about = results.about.iter().find(|about| about.model == *model);
    Matrix {
        name: visible(model),
        about: about.map_or_else(String::new, |about| visible(&about.about)),
        terms: terms(model, results, |name| {
            rows.iter().any(|(_, row)| row.subject == name)
        }),
        head: match kind {
            Lines::Connections => "connection and scenarios",
            Lines::Properties => "property and scenarios",
        },
        lines: lines(kind)
            .iter()
            .map(|rows| line(kind, rows, &columns))
            .collect(),
        columns,
    }
}

/// The names of subjects that a model explains and for which `used` is true, each with its description.
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

fn line(kind: Lines, rows: &[(usize, &Row)], columns: &[String]) -> Line {
    let cells = columns.iter().map(|column| {
        let claims = rows.iter().filter(|(_, row)| kind.column(row) == *column);
        (
            column.clone(),
            claims.map(|(i, row)| chip(*i, row)).collect(),
        )
    });
    let mut sentences: Vec<_> = rows.iter().map(|(_, row)| visible(&row.sentence)).collect();
    let mut told = Vec::new();
    sentences.retain(|sentence| {
        let is_new = !told.contains(sentence);
        told.push(sentence.clone());
        is_new
    });
    // The properties of one connection are claims about the same explorations, different
    // connections are explored on their own.
    let figures = rows.iter().map(|(_, row)| (row.executions, row.seconds));
    let (executions, seconds) = match kind {
        Lines::Connections => figures.fold((0, 0.0), |a, b| (a.0.max(b.0), f64::max(a.1, b.1))),
        Lines::Properties => figures.fold((0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1)),
    };
    let (name, version, scenario) = kind.line(rows[0].1);
    Line {
        name: visible(name),
        version: visible(version),
        sentences,
        scenario: visible(scenario),
        cells: cells.collect(),
        executions: thousands(executions),
        seconds: format!("{seconds:.2}"),
    }
}

fn chip(i: usize, row: &Row) -> Chip {
    let (sign, word) = match &row.verdict {
        Verdict::Proved => ("✓", "proved".to_owned()),
        Verdict::Refuted => meaning::of_row(row).map_or(("✗", "refuted".to_owned()), |shown| {
            (shown.sign, shown.word.to_owned())
        }),
        Verdict::Missed => ("○", "missed".to_owned()),
        Verdict::Bounded(bound) => ("≤", format!("bounded({bound})")),
        Verdict::Inconclusive(_) => ("?", "inconclusive".to_owned()),
        Verdict::NotApplicable => ("–", "not applicable".to_owned()),
    };
    Chip {
        row: i,
        class: class(row),
        sign,
        word,
        verdict: meaning::of_row(row).map_or("", |_| "refuted, "),
        id: visible(&row.id.text),
    }
}
