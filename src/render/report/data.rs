//! The JSON in the page from which its script draws.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::check::results::{Results, Row};
use crate::check::sweep::Swept;
use crate::check::sweep::sweep_id;
use crate::render::commands::{replay, reproduce};
use crate::render::matrix::terms;
use crate::render::meaning::{self, class};
use crate::render::transcript::{self, Caption, Flow};
use crate::render::{explain, jsonl, thousands, total, visible};
use crate::trace::event::Trace;
use crate::trace::outcome::ReaderEnding;
use crate::trace::property::Property;

/// How many outcomes of one claim are drawn; the others are only counted.
const OUTCOMES: usize = 12;

/// The data from which the page's script draws.
#[derive(Serialize)]
struct Data {
    rows: Vec<Value>,
    /// One entry for each sweep, with a field for each subject and property.
    sweeps: Vec<Value>,
    traces: Vec<Value>,
    /// The texts of the traces, each of them once.
    texts: Vec<String>,
}

/// The data as JSON that may stand in a script element.
pub(super) fn json(results: &Results) -> String {
    let mut pool = Pool::default();
    let rows = results
        .rows
        .iter()
        .map(|row| details(row, results, &mut pool));
    let rows = rows.collect();
    let sweeps = results.sweeps.iter();
    let sweeps = sweeps.map(|swept| sweep(swept, results, &mut pool));
    let data = Data {
        rows,
        sweeps: sweeps.collect(),
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

/// What a drawing depends on beside its trace: the step from which the violation was unavoidable, and whether
/// bytes are stranded.
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
            transcript::unavoidable(trace),
            transcript::strands(property),
        );
        let same = |(known, as_well, _): &(&Trace, _, _)| *known == trace && *as_well == drawn_as;
        if let Some(place) = self.traces.iter().position(same) {
            return place;
        }
        let lines = transcript::lines(trace);
        let drawn: Vec<_> = lines
            .iter()
            .map(|line| {
                let (flow, bytes) = match line.flow {
                    None => ("", 0),
                    Some(Flow::Accepted(bytes)) => ("out", bytes),
                    Some(Flow::Refused) => ("refused", 0),
                    Some(Flow::Fin) => ("fin", 0),
                    Some(Flow::Taken(bytes)) => ("taken", bytes),
                    Some(Flow::Eof) => ("eof", 0),
                    Some(Flow::Reset) => ("reset", 0),
                };
                let (text, levels) = (self.text(&line.text), line.levels);
                json!([
                    line.numbers(),
                    line.actor,
                    text,
                    flow,
                    bytes,
                    levels.owed,
                    levels.kernel,
                    levels.received,
                    u8::from(line.broken),
                ])
            })
            .collect();
        let actors: Vec<_> = trace.actors.iter().map(|name| visible(name)).collect();
        let value = json!({
            "actors": actors,
            "capacity": trace.capacity,
            "strands": drawn_as.1,
            "computed": trace.unavoidable_from.is_some(),
            "promised": promised(trace),
            "lines": drawn,
        });
        self.traces.push((trace, drawn_as, value));
        self.traces.len() - 1
    }
}

/// How many bytes the reader was promised in all: those that the kernel has accepted and those that are still
/// owed.
fn promised(trace: &Trace) -> usize {
    let levels = trace.steps.iter().map(|step| step.levels);
    let promised = levels.map(|levels| {
        let accepted = levels
            .accepted
            .max(levels.kernel.saturating_add(levels.received));
        accepted.saturating_add(levels.owed)
    });
    promised.max().unwrap_or(0)
}

fn details<'a>(row: &'a Row, results: &Results, pool: &mut Pool<'a>) -> Value {
    let outcomes = row.outcomes.iter().take(OUTCOMES).map(|(outcome, times)| {
        let class = match outcome.reader {
            ReaderEnding::Complete => "whole",
            ReaderEnding::CutShort => "cut-short",
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
    let command = reproduce(&row.id.text, row.version.as_deref(), results);
    let counterexample = row.counterexample.as_ref().map(|counterexample| {
        let trace = &counterexample.trace;
        let caption = Caption {
            property: row.property,
            replay: &replay(row, results, None),
        };
        json!({
            "instance": visible(&counterexample.instance.text),
            "trace": pool.trace(trace, row.property),
            "closing": transcript::closing(trace, &caption),
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
        "id": visible(&row.id.text),
        "model": visible(&row.model),
        "property": visible(&row.property.to_string()),
        "sentence": visible(&row.sentence),
        "class": class(row),
        "verdict": visible(&row.verdict.to_string()),
        "meaning": meaning::of_row(row).map(|shown| {
            json!({ "sign": shown.sign, "word": shown.word, "reason": meaning::reason(row) })
        }),
        "expected": row.expected,
        "holds": row.holds,
        "facts": [
            ["subject", visible(&subject(row, results))],
            ["scenarios", visible(&row.scenario)],
            ["property", format!("{}: {}", row.property, row.property.sentence())],
            ["instances", thousands(row.instances as u64)],
            ["executions", thousands(row.executions)],
            ["states remembered", thousands(row.states)],
            ["seconds", format!("{:.2}", row.seconds)],
        ],
        "surprise": row.surprise.as_ref().map(|surprise| {
            visible(&format!("{}: {}", surprise.instance, surprise.verdict))
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

/// The sentence under the histogram. With state caching, the histogram says which outcomes there are, and not
/// how likely they are.
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

/// The subject, with its description if the model has one.
fn subject(row: &Row, results: &Results) -> String {
    let subject = match &row.version {
        Some(version) => format!("{} {version}", row.subject),
        None => row.subject.clone(),
    };
    match terms(&row.model, results, |name| name == row.subject).pop() {
        Some((_, about)) => format!("{subject}: {about}"),
        None => subject,
    }
}

/// For every subject and property the scenarios that refute it, the worst first: their names, the
/// steps of the shortest counterexample, and the claim that shows one.
fn sweep(swept: &Swept, results: &Results, pool: &mut Pool<'_>) -> Value {
    let mut shown = BTreeMap::new();
    for (n, row) in results.rows.iter().enumerate() {
        if let Some(counterexample) = &row.counterexample {
            shown.insert((&counterexample.instance, row.property), n);
        }
    }
    let mut field = |subject: &String, property: Property| {
        let refuting = swept.refuting(subject, property);
        let lines = refuting.into_iter().map(|instance| {
            let claim = shown.get(&(&instance.id, property));
            json!([
                pool.text(&visible(&instance.scenario)),
                instance.refuted[&property],
                claim
            ])
        });
        lines.collect::<Vec<_>>()
    };
    let subjects = swept.subjects.iter();
    let fields = subjects.map(|subject| Property::ALL.map(|property| field(subject, property)));
    let properties = Property::ALL.map(|property| [property.name(), property.sentence()]);
    json!({
        "model": visible(&swept.model),
        "subjects": swept.subjects.iter().map(|name| visible(name)).collect::<Vec<_>>(),
        "properties": properties,
        "fields": fields.collect::<Vec<_>>(),
        "command": reproduce(&sweep_id(&swept.model), None, results),
    })
}
