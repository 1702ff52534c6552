//! The section on comparisons: a model and what it models.

use super::reproduce;
use crate::check::comparison::Compared;
use crate::check::results::Results;
use crate::render::{comparison, count, thousands, visible};

/// The section.
pub(super) struct Conformance {
    /// Whether the releases were each built on its own.
    pub(super) real: bool,
    /// The commands that compare, one for each model that has comparisons.
    pub(super) commands: Vec<String>,
    pub(super) pairs: Vec<Pair>,
    /// Every known deviation: its name, its reason, and how many situations have it.
    pub(super) deviations: Vec<(String, String, String)>,
    /// What is not alike, with the differences.
    pub(super) unlike: Vec<Unlike>,
}

/// A real connection and its model.
pub(super) struct Pair {
    pub(super) subjects: [String; 2],
    pub(super) situations: String,
    pub(super) environments: String,
    pub(super) sequences: [String; 2],
    pub(super) executions: [String; 2],
    pub(super) deviations: String,
    pub(super) chip: Chip,
    pub(super) each: Vec<Situation>,
}

/// What came of a comparison, or of several.
pub(super) struct Chip {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) word: String,
}

/// One situation.
pub(super) struct Situation {
    pub(super) name: String,
    pub(super) environments: Vec<String>,
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
        let times = count(*times, "situation");
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
        situations: thousands(figures.situations as u64),
        environments: thousands(figures.comparisons as u64),
        sequences: figures.sequences.map(|n| thousands(n as u64)),
        executions: figures.executions.map(thousands),
        deviations: thousands(figures.deviations as u64),
        chip: match (figures.unlike, differing) {
            (0, _) => alike(),
            (_, 0) => open(),
            (_, n) => unlike(format!("{} not alike", thousands(n as u64))),
        },
        each: each.map(situation).collect(),
    }
}

fn situation(one: &Compared) -> Situation {
    let deviation = one.deviation.as_ref();
    Situation {
        name: visible(&one.situation),
        environments: one
            .environments
            .iter()
            .map(|name| short(name, one))
            .collect(),
        sequences: one.sequences.map(|n| thousands(n as u64)),
        executions: one.executions.map(thousands),
        deviation: deviation.map_or_else(String::new, |(name, _)| visible(name)),
        chip: match (one.differences.is_empty(), &one.inconclusive) {
            (true, None) => alike(),
            (true, Some(_)) => open(),
            (false, _) => unlike("not alike".to_owned()),
        },
    }
}

/// An environment without the situation's name, which stands beside it.
fn short(environment: &str, one: &Compared) -> String {
    let rest = environment
        .strip_prefix(&one.situation)
        .map(str::trim_start);
    visible(rest.filter(|rest| !rest.is_empty()).unwrap_or(environment))
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
    let why = one.inconclusive.iter().map(|why| format!("inconclusive: {why}"));
    let told = why.chain(one.differences.iter().cloned());
    Unlike {
        id: visible(&one.id.text),
        command: reproduce(&one.id.text, one.version.as_deref(), results),
        told: told.map(|line| visible(&line)).collect(),
    }
}
