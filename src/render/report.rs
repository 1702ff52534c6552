//! The report: one page with everything, for people who have never run loom.
//!
//! The page needs no network. Its table and plots are written here; what opens on a click is drawn
//! by its script from the data below it.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use askama::Template;
use serde::Serialize;
use serde_json::{Value, json};

use super::growth::{self, Growth};
use super::matrix::{self, Matrix};
use super::story::{self, Caption, Flow};
use super::{explain, jsonl, table, thousands, total, visible};
use crate::event::Trace;
use crate::property::Property;
use crate::recording;
use crate::results::{Results, Row};
use crate::verdict::{ReaderEnding, Verdict};

/// Outcomes of one claim that are drawn; the others are counted.
const OUTCOMES: usize = 12;

/// Writes `index.html` into the directory, which is created if need be. The file appears as a
/// whole or not at all.
///
/// # Errors
///
/// What the file system reports.
pub fn write(dir: &Path, results: &Results) -> io::Result<()> {
    let page = html(results);
    fs::create_dir_all(dir)?;
    crate::files::write_whole(&dir.join("index.html"), &page)
}

/// The page.
///
/// # Panics
///
/// Never: writing into a string does not fail.
pub fn html(results: &Results) -> String {
    let page = Page {
        good: results.hold() && results.not_run.is_empty(),
        version: visible(&results.lastbyte),
        summary: table::summary(results),
        models: matrix::of(results),
        growths: growth::of(results),
        data: data(results),
    };
    page.render().expect("a string takes everything")
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    good: bool,
    version: String,
    summary: Vec<String>,
    models: Vec<Matrix>,
    growths: Vec<Growth>,
    data: String,
}

/// How a claim's verdict is coloured.
pub(crate) fn class(row: &Row) -> &'static str {
    match (&row.verdict, row.holds) {
        (Verdict::Proved, true) => "proved",
        (Verdict::Refuted, true) => "refuted",
        (Verdict::Bounded(_) | Verdict::CutOff(_), _) => "open surprise",
        (Verdict::Proved, false) => "proved surprise",
        (Verdict::Refuted, false) => "refuted surprise",
    }
}

/// What the page's script draws from.
#[derive(Serialize)]
struct Data {
    rows: Vec<Value>,
    traces: Vec<Value>,
    /// Every text of the traces once.
    texts: Vec<String>,
}

fn data(results: &Results) -> String {
    let mut pool = Pool::default();
    let rows = results
        .rows
        .iter()
        .map(|row| details(row, results, &mut pool));
    let data = Data {
        rows: rows.collect(),
        traces: pool.traces.into_iter().map(|(.., drawn)| drawn).collect(),
        texts: pool.texts,
    };
    let json = serde_json::to_string(&data).expect("all keys are strings");
    // Nothing in a script element may look like markup.
    jsonl::escaped(&json)
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// What a drawing depends on besides its trace: the step from which on the violation was
/// unavoidable, and whether bytes are stranded.
type DrawnAs = (Option<usize>, bool);

/// Traces and texts that several claims share.
#[derive(Default)]
struct Pool<'a> {
    traces: Vec<(&'a Trace, DrawnAs, Value)>,
    texts: Vec<String>,
    known: BTreeMap<String, usize>,
}

impl<'a> Pool<'a> {
    fn text(&mut self, text: &str) -> usize {
        if let Some(&known) = self.known.get(text) {
            return known;
        }
        let place = self.texts.len();
        self.known.insert(text.to_owned(), place);
        self.texts.push(text.to_owned());
        place
    }

    /// The place of the trace as it is drawn for this property.
    fn trace(&mut self, trace: &'a Trace, property: Property) -> usize {
        let drawn_as = (
            story::unavoidable(trace, property),
            story::strands(property),
        );
        let same = |(known, as_well, _): &(&Trace, _, _)| *known == trace && *as_well == drawn_as;
        if let Some(place) = self.traces.iter().position(same) {
            return place;
        }
        let beats = story::beats(trace, property);
        let drawn: Vec<_> = beats
            .iter()
            .map(|beat| {
                let (flow, bytes) = match beat.flow {
                    None => ("", 0),
                    Some(Flow::Accepted(bytes)) => ("out", bytes),
                    Some(Flow::Refused) => ("refused", 0),
                    Some(Flow::Fin) => ("fin", 0),
                    Some(Flow::Taken(bytes)) => ("taken", bytes),
                    Some(Flow::Eof) => ("eof", 0),
                    Some(Flow::Reset) => ("reset", 0),
                };
                let (text, levels) = (self.text(&beat.text), beat.levels);
                json!([
                    beat.numbers(),
                    beat.actor,
                    text,
                    flow,
                    bytes,
                    levels.inside,
                    levels.kernel,
                    levels.received,
                    u8::from(beat.broken),
                ])
            })
            .collect();
        let actors: Vec<_> = trace.actors.iter().map(|name| visible(name)).collect();
        let value = json!({
            "actors": actors,
            "capacity": trace.capacity,
            "strands": drawn_as.1,
            "beats": drawn,
        });
        self.traces.push((trace, drawn_as, value));
        self.traces.len() - 1
    }
}

fn details<'a>(row: &'a Row, results: &Results, pool: &mut Pool<'a>) -> Value {
    let outcomes = row.outcomes.iter().take(OUTCOMES).map(|(outcome, times)| {
        let class = match outcome.reader {
            ReaderEnding::Complete => "whole",
            ReaderEnding::CutShort => "cut",
            _ => "other",
        };
        let ended = format!("{}; reader: {}", outcome.subject, outcome.reader);
        let bytes = format!(
            "{} accepted, {} received",
            outcome.accepted, outcome.received
        );
        json!([class, visible(&ended), visible(&bytes), times])
    });
    let outcomes = outcomes.collect::<Vec<_>>();
    let rest = total(row.outcomes.iter().skip(OUTCOMES).map(|(_, times)| *times));
    let rest = (row.outcomes.len().saturating_sub(OUTCOMES), rest);
    let command = reproduce(&row.id);
    let counterexample = row.counterexample.as_ref().map(|counterexample| {
        let trace = &counterexample.trace;
        let caption = Caption {
            property: row.property,
            replay: &replay(row),
        };
        json!({
            "cell": visible(&counterexample.cell),
            "trace": pool.trace(trace, row.property),
            "closing": story::closing(trace, &caption),
        })
    });
    let figures = row.each.iter().map(|figures| {
        json!([
            visible(&figures.scenario),
            figures.executions,
            figures.seconds
        ])
    });
    json!({
        "id": visible(&row.id),
        "sentence": visible(&row.sentence),
        "class": class(row),
        "verdict": visible(&row.verdict.to_string()),
        "expected": row.expected,
        "holds": row.holds,
        "facts": [
            ["subject", visible(&subject(row))],
            ["scenarios", visible(&row.scenario)],
            ["property", format!("{}: {}", row.property, row.property.sentence())],
            ["cells", thousands(row.cells as u64)],
            ["executions", thousands(row.executions)],
            ["states remembered", thousands(row.states)],
            ["seconds", format!("{:.2}", row.seconds)],
        ],
        "surprise": row.surprise.as_ref().map(|surprise| {
            visible(&format!("{}: {}", surprise.cell, surprise.verdict))
        }),
        "outcomes": outcomes,
        "rest": rest,
        "concluded": concluded(row),
        "why": explain::sentences(row, results).lines().skip(2).collect::<Vec<_>>(),
        "counterexample": counterexample,
        "each": figures.collect::<Vec<_>>(),
        "command": command,
    })
}

/// What the histogram counts. With state caching it says which outcomes there are, and not how
/// likely they are.
fn concluded(row: &Row) -> String {
    let concluded = total(row.outcomes.iter().map(|(_, times)| *times));
    let (concluded, all) = (thousands(concluded), thousands(row.executions));
    if row.states == 0 {
        format!("{concluded} of {all} executions came to their end.")
    } else {
        format!(
            "{concluded} of {all} executions came to their end, the others to a state that had \
             been explored before. The bars show which outcomes there are, not how likely they are."
        )
    }
}

fn subject(row: &Row) -> String {
    match &row.version {
        Some(version) => format!("{} {version}", row.subject),
        None => row.subject.clone(),
    }
}

/// The commands that replay a claim's counterexample, for a shell. The second one does not ask
/// whether everything came out as declared.
pub fn replay(row: &Row) -> String {
    let save = format!("{} --save .", reproduce(&row.id));
    format!(
        "{save} ; cargo verify replay {}",
        recording::file_name(&row.id)
    )
}

/// The command that explores this claim, for a shell.
pub fn reproduce(id: &str) -> String {
    let id = visible(id);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._,=:+-".contains(c);
    if !id.is_empty() && id.chars().all(is_plain) {
        format!("cargo verify --only {id}")
    } else {
        format!("cargo verify --only '{}'", id.replace('\'', "'\\''"))
    }
}
