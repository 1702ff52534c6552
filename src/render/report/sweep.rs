//! The section on sweeps: every subject in every scenario.

use crate::check::results::Results;
use crate::check::sweep::sweep_id;
use crate::check::sweep::{Entry, Swept};
use crate::render::commands::reproduce;
use crate::render::matrix::terms;
use crate::render::{classes, count, meaning, sweep, thousands, visible};
use crate::trace::property::Property;

/// The sweep of one model.
pub(super) struct Sweep {
    pub(super) model: String,
    pub(super) command: String,
    pub(super) explored: Vec<String>,
    pub(super) subjects: Vec<String>,
    pub(super) scenarios: Vec<String>,
    pub(super) not_applicable: Vec<Option<String>>,
    /// The names of its subjects, each with its description.
    pub(super) terms: Vec<(String, String)>,
    pub(super) lines: Vec<Line>,
    /// The subject whose failures are classified, and the classes.
    pub(super) classified: Option<(String, Vec<Class>)>,
    pub(super) left_out: Vec<(String, String)>,
    /// For each subject that does not apply to some scenarios: its name, how many these are, and their names.
    pub(super) apart: Vec<(String, String, Vec<String>)>,
    /// What was not explored to the end, and why.
    pub(super) inconclusive: Vec<(String, String)>,
}

/// One property.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) sentence: &'static str,
    pub(super) fields: Vec<Field>,
}

/// A class of failures with the same meaning and reason.
pub(super) struct Class {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) word: &'static str,
    pub(super) reason: String,
    /// Name and address.
    pub(super) references: Vec<(String, String)>,
    pub(super) failures: String,
}

/// One property of one subject.
pub(super) struct Field {
    pub(super) subject: String,
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) word: String,
    pub(super) worst: Option<String>,
}

/// The sections.
pub(super) fn of(results: &Results) -> Vec<Sweep> {
    let sweeps = results.sweeps.iter();
    sweeps.map(|swept| section(swept, results)).collect()
}

fn section(swept: &Swept, results: &Results) -> Sweep {
    let summary = swept.summary();
    let of_property = |property| summary.iter().filter(move |e| e.property == property);
    let scenarios = of_property(Property::NoPanic).map(|e| thousands(e.explored as u64));
    let apart = |subject: &String| {
        let pairs = swept.not_applicable.iter();
        let pairs = pairs.filter(|(known, _)| known == subject);
        pairs.map(|(_, name)| visible(name)).collect::<Vec<_>>()
    };
    let subjects = swept.subjects.iter();
    let apart = subjects.map(|subject| (visible(subject), apart(subject)));
    let apart: Vec<_> = apart.collect();
    let not_applicable = apart.iter().map(|(_, names)| names.len());
    let not_applicable = not_applicable.map(|n| (n > 0).then(|| thousands(n as u64)));
    let unexplored = swept.inconclusive().into_iter().map(|instance| {
        let name = format!("{} at {}", instance.scenario, instance.subject);
        let why = instance.inconclusive.as_ref().map(ToString::to_string);
        (visible(&name), visible(&why.unwrap_or_default()))
    });
    let left_out = swept.left_out.iter();
    Sweep {
        model: visible(&swept.model),
        command: reproduce(&sweep_id(&swept.model), None, results),
        explored: sweep::explored(swept),
        subjects: swept.subjects.iter().map(|name| visible(name)).collect(),
        scenarios: scenarios.collect(),
        not_applicable: not_applicable.collect(),
        terms: terms(&swept.model, results, |name| {
            swept.subjects.iter().any(|subject| subject == name)
        }),
        lines: Property::ALL
            .into_iter()
            .map(|property| Line {
                name: property.name(),
                sentence: property.sentence(),
                fields: of_property(property).map(field).collect(),
            })
            .collect(),
        classified: swept.classified.as_deref().map(|subject| {
            let counted = classes::counted(swept);
            (visible(subject), counted.iter().map(class).collect())
        }),
        left_out: left_out
            .map(|left| (visible(&left.what), visible(&left.why)))
            .collect(),
        inconclusive: unexplored.collect(),
        apart: apart
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(subject, names)| (subject, count(names.len(), "scenario"), names))
            .collect(),
    }
}

fn class(counted: &classes::Counted<'_>) -> Class {
    let failures = counted.in_words();
    let Some(class) = counted.class else {
        return Class {
            class: "fails",
            sign: "✗",
            word: "not classified",
            reason: String::new(),
            references: Vec::new(),
            failures,
        };
    };
    let shown = meaning::shown(class.meaning);
    let references = class.references.iter();
    Class {
        class: shown.class,
        sign: shown.sign,
        word: shown.word,
        reason: visible(&class.reason),
        references: references
            .map(|r| (visible(&r.name), visible(&r.link)))
            .collect(),
        failures,
    }
}

fn field(entry: &Entry) -> Field {
    let (class, sign, word) = match sweep::field(entry) {
        sweep::Field::Unknown => ("open", "?", "not known".to_owned()),
        sweep::Field::Holds => ("proved", "✓", "holds".to_owned()),
        sweep::Field::Fails(times) => ("fails", "✗", thousands(times as u64)),
    };
    Field {
        subject: visible(&entry.subject),
        class,
        sign,
        word,
        worst: entry.worst.as_deref().map(visible),
    }
}
