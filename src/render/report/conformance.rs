//! The section on comparisons of a model with what it models.

use crate::check::comparison::Compared;
use crate::check::results::Results;
use crate::render::commands::reproduce;
use crate::render::{comparison, count, thousands, visible};

/// The section.
pub(super) struct Conformance {
    /// Whether each release was built on its own.
    pub(super) real: bool,
    /// The commands that compare, one for each model that has comparisons.
    pub(super) commands: Vec<String>,
    pub(super) pairs: Vec<Pair>,
    /// Every known deviation: its name, its reason, and how many scenario families have it.
    pub(super) deviations: Vec<(String, String, String)>,
    /// The comparisons that are not alike, with the differences.
    pub(super) unlike: Vec<Unlike>,
}

/// A real connection and its model.
pub(super) struct Pair {
    pub(super) subjects: [String; 2],
    pub(super) families: String,
    pub(super) scenarios: String,
    pub(super) sequences: [String; 2],
    pub(super) executions: [String; 2],
    pub(super) deviations: String,
    pub(super) chip: Chip,
    pub(super) each: Vec<Family>,
}

/// The result of a comparison, or of several.
pub(super) struct Chip {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) word: String,
}

/// One scenario family.
pub(super) struct Family {
    pub(super) name: String,
    pub(super) scenarios: Vec<String>,
    pub(super) sequences: [String; 2],
    pub(super) executions: [String; 2],
    pub(super) deviation: String,
    pub(super) chip: Chip,
}

/// A comparison that does not agree.
pub(super) struct Unlike {
    pub(super) id: String,
    pub(super) command: String,
    pub(super) told: Vec<String>,
}

/// The section, if anything was compared.
pub(super) fn of(results: &Results) -> Option<Conformance> {
    let compared = &results.comparisons;
    let mut commands = Vec::new();
    let mut deviations: Vec<(&str, &str, usize)> = Vec::new();
    for one in compared {
        let command = reproduce(
            one.id.text.split('/').next().unwrap_or_default(),
            None,
            results,
        );
        if !commands.contains(&command) {
            commands.push(command);
        }
        let Some((name, why)) = &one.deviation else {
            continue;
        };
        match deviations
            .iter_mut()
            .find(|(n, w, _)| (n, w) == (&name.as_str(), &why.as_str()))
        {
            Some((.., times)) => *times += 1,
            None => deviations.push((name, why, 1)),
        }
    }
    let pairs = comparison::figures(compared);
    let pairs = pairs.iter().map(|figures| pair(figures, compared));
    let deviations = deviations.iter().map(|(name, why, times)| {
        let times = count(*times, "scenario family");
        (visible(name), visible(why), times)
    });
    let unlike = compared.iter().filter(|one| !one.agrees());
    (!compared.is_empty()).then(|| Conformance {
        real: results.real,
        commands,
        pairs: pairs.collect(),
        deviations: deviations.collect(),
        unlike: unlike.map(|one| differs(one, results)).collect(),
    })
}

fn pair(figures: &comparison::Figures, compared: &[Compared]) -> Pair {
    let each = compared
        .iter()
        .filter(|one| one.subjects == figures.subjects);
    let differing = each
        .clone()
        .filter(|one| !one.differences.is_empty())
        .count();
    Pair {
        subjects: figures.subjects.each_ref().map(|name| visible(name)),
        families: thousands(figures.families as u64),
        scenarios: thousands(figures.comparisons as u64),
        sequences: figures.sequences.map(comparison::sequences),
        executions: figures.executions.map(thousands),
        deviations: thousands(figures.deviations as u64),
        chip: match (figures.unlike, differing) {
            (0, _) => alike(),
            (_, 0) => open(),
            (_, n) => unlike(format!("{} not alike", thousands(n as u64))),
        },
        each: each.map(family).collect(),
    }
}

fn family(one: &Compared) -> Family {
    let deviation = one.deviation.as_ref();
    Family {
        name: visible(&one.family),
        scenarios: one.scenarios.iter().map(|name| short(name, one)).collect(),
        sequences: one.sequences.map(comparison::sequences),
        executions: one.executions.map(thousands),
        deviation: deviation.map_or_else(String::new, |(name, _)| visible(name)),
        chip: match (one.differences.is_empty(), &one.inconclusive) {
            (true, None) => alike(),
            (true, Some(_)) => open(),
            (false, _) => unlike("not alike".to_owned()),
        },
    }
}

/// The name of a scenario without its family's name, which the page shows beside it.
fn short(scenario: &str, one: &Compared) -> String {
    let rest = scenario.strip_prefix(&one.family).map(str::trim_start);
    visible(rest.filter(|rest| !rest.is_empty()).unwrap_or(scenario))
}

fn alike() -> Chip {
    Chip {
        class: "proved",
        sign: "✓",
        word: "alike".to_owned(),
    }
}

fn open() -> Chip {
    Chip {
        class: "open surprise",
        sign: "?",
        word: "inconclusive".to_owned(),
    }
}

fn unlike(word: String) -> Chip {
    Chip {
        class: "refuted surprise",
        sign: "✗",
        word,
    }
}

fn differs(one: &Compared, results: &Results) -> Unlike {
    let why = one
        .inconclusive
        .iter()
        .map(|why| format!("inconclusive: {why}"));
    let told = why.chain(one.differences.iter().cloned());
    Unlike {
        id: visible(&one.id.text),
        command: reproduce(&one.id.text, one.version.as_deref(), results),
        told: told.map(|line| visible(&line)).collect(),
    }
}
