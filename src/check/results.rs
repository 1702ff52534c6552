//! Results as data: what the table, JSON, the report and every other view are made of.
//!
//! ```
//! use lastbyte::check::results::Results;
//!
//! // Where nothing was explored, nothing holds.
//! assert!(!Results::none().hold());
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::claim::{Claim, Expected, Meaning, Reference};
use crate::check::comparison::Compared;
use crate::check::figures::Figures;
use crate::check::identity::Identity;
use crate::check::sweep::Swept;
use crate::trace::event::Trace;
use crate::trace::folding::Folding;
use crate::trace::outcome::Outcome;
use crate::trace::property::Property;
use crate::trace::verdict::{Exploration, Verdict};

/// Version of the JSON format.
pub const FORMAT: u32 = 6;

/// All results of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of this crate.
    pub lastbyte: String,
    /// The command that shows them, as a user types it.
    #[serde(default)]
    pub program: String,
    /// Whether every selected claim was explored; `false` after an interruption or when the time limit
    /// was reached.
    pub complete: bool,
    /// Number of the slice and how many there are, counted from 1.
    pub shard: Option<(usize, usize)>,
    /// Claims that were selected, over all slices.
    pub selected: usize,
    /// Claims of the whole registry that are not in `rows`.
    pub not_selected: usize,
    /// Executions of all instances, each instance counted once however many claims share it.
    pub executions: u64,
    /// Whether these are results of packages that were built separately.
    #[serde(default)]
    pub real: bool,
    /// The collection of these packages.
    #[serde(default)]
    pub packages: Option<FromPackages>,
    /// Packages that were asked for and could not be run.
    #[serde(default)]
    pub not_run: Vec<NotRun>,
    /// What was selected, over all slices: every claim, comparison and sweep. Slices of one run
    /// have the same.
    pub identities: Vec<Identity>,
    /// One row for each claim.
    pub rows: Vec<Row>,
    /// Comparisons and instances of sweeps that were selected, over all slices.
    pub selected_beside: usize,
    /// The comparisons.
    pub comparisons: Vec<Compared>,
    /// The sweeps, one for each model that has one.
    pub sweeps: Vec<Swept>,
    /// Tables of figures that the models add.
    #[serde(default)]
    pub figures: Vec<Figures>,
    /// What the models are, in the order of the registry.
    #[serde(default)]
    pub about: Vec<About>,
}

/// What a model is, and what its names mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The model's name.
    pub model: String,
    /// One sentence about it.
    pub about: String,
    /// Names of subjects, each with what it is in one sentence.
    pub terms: Vec<(String, String)>,
}

/// A collection of packages that are built separately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromPackages {
    /// The option by which it is explored, without hyphens.
    pub option: String,
    /// Whether they are called `CRATE@VERSION`, and not `VERSION`.
    pub grouped: bool,
    /// Whether all of them were asked for.
    pub whole: bool,
}

/// A version that could not be built or run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotRun {
    /// Its name.
    pub name: String,
    /// Why, in one line.
    pub why: String,
}

/// The result of one claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// `model/claim`, with what is claimed of which instances.
    pub id: Identity,
    /// The model's name.
    pub model: String,
    /// The ordering, revision or connection.
    pub subject: String,
    /// The version of a real connection.
    pub version: Option<String>,
    /// The claim as a sentence.
    pub sentence: String,
    /// The bounds of the claim, made from its instances.
    pub scenario: String,
    /// What is looked at.
    pub property: Property,
    /// What was expected.
    pub expected: Expected,
    /// What an expected failure of the property means.
    #[serde(default)]
    pub meaning: Meaning,
    /// The reason for that meaning, in a sentence; empty when the claim gives none.
    #[serde(default)]
    pub reason: String,
    /// What is written about it elsewhere.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// The verdict over all instances: the expected one if every instance has it, otherwise the first
    /// different one.
    pub verdict: Verdict,
    /// Whether every instance has the expected verdict.
    pub holds: bool,
    /// Number of instances.
    pub instances: usize,
    /// Executions over all instances.
    pub executions: u64,
    /// States over all instances; 0 where nothing was cached.
    pub states: u64,
    /// The assumption of folded histories, and how it was checked; `None` where no history was folded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folding: Option<Folding>,
    /// Seconds over all instances.
    pub seconds: f64,
    /// Outcomes over all instances, most frequent first.
    pub outcomes: Vec<(Outcome, u64)>,
    /// The first instance whose verdict is not the expected one.
    pub surprise: Option<Surprise>,
    /// The shortest counterexample over all instances.
    pub counterexample: Option<Counterexample>,
    /// Executions and seconds of every instance, for the growth plot; only for up to 32 instances.
    pub each: Vec<InstanceFigures>,
}

/// An instance whose verdict is not the expected one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Surprise {
    /// The instance.
    pub instance: Identity,
    /// Its verdict.
    pub verdict: Verdict,
}

/// A counterexample with the instance that it belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counterexample {
    /// The instance.
    pub instance: Identity,
    /// What happened.
    pub trace: Trace,
}

/// Figures of one instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstanceFigures {
    /// The scenario's name.
    pub scenario: String,
    /// Executions.
    pub executions: u64,
    /// Seconds.
    pub seconds: f64,
}

impl Row {
    /// The row of a claim whose instances were explored with these results, in the claim's order.
    ///
    /// # Panics
    ///
    /// When the claim has no instances.
    pub fn new(claim: &Claim, explored: &[&Exploration]) -> Row {
        let first = &claim.instances[0];
        let mut outcomes: BTreeMap<Outcome, u64> = BTreeMap::new();
        let mut surprise = None;
        let mut counterexample: Option<Counterexample> = None;
        for (instance, exploration) in claim.instances.iter().zip(explored) {
            for (outcome, executions) in &exploration.histogram {
                *outcomes.entry(outcome.clone()).or_default() += executions;
            }
            let verdict = exploration.verdict(claim.property);
            if !claim.expected.is_met_by(&verdict) && surprise.is_none() {
                surprise = Some(Surprise {
                    instance: instance.identity(),
                    verdict,
                });
            }
            if let Some(trace) = exploration.counterexamples.get(&claim.property)
                && counterexample
                    .as_ref()
                    .is_none_or(|known| trace.steps.len() < known.trace.steps.len())
                && !trace.steps.is_empty()
            {
                counterexample = Some(Counterexample {
                    instance: instance.identity(),
                    trace: trace.clone(),
                });
            }
        }
        let verdict = match &surprise {
            Some(surprise) => surprise.verdict.clone(),
            None => claim.expected.verdict(),
        };
        let (meaning, reason) = match claim.expected {
            Expected::Refuted => (claim.meaning, claim.reason.clone()),
            Expected::Proved | Expected::Missed => Default::default(),
        };
        let mut outcomes: Vec<_> = outcomes.into_iter().collect();
        outcomes.sort_by_key(|(_, executions)| std::cmp::Reverse(*executions));
        let each = if claim.instances.len() <= 32 {
            let figures = claim.instances.iter().zip(explored);
            figures
                .map(|(instance, exploration)| InstanceFigures {
                    scenario: instance.scenario().name.clone(),
                    executions: exploration.executions,
                    seconds: exploration.seconds,
                })
                .collect()
        } else {
            Vec::new()
        };
        Row {
            id: claim.identity(),
            model: first.model().to_owned(),
            subject: first.subject().to_owned(),
            version: first.version().map(str::to_owned),
            sentence: claim.sentence.clone(),
            scenario: claim.bounds(),
            property: claim.property,
            expected: claim.expected,
            meaning,
            reason,
            references: claim.references.clone(),
            holds: surprise.is_none() && explored.len() == claim.instances.len(),
            verdict,
            instances: claim.instances.len(),
            executions: explored.iter().map(|e| e.executions).sum(),
            states: explored.iter().map(|e| e.states).sum(),
            folding: Folding::of_all(explored.iter().filter_map(|e| e.folding.as_ref())),
            seconds: explored.iter().map(|e| e.seconds).sum(),
            outcomes,
            surprise,
            counterexample,
            each,
        }
    }
}

impl Results {
    /// The results of a run without any claims.
    pub fn none() -> Results {
        Results {
            format: FORMAT,
            lastbyte: env!("CARGO_PKG_VERSION").to_owned(),
            program: String::new(),
            complete: true,
            shard: None,
            selected: 0,
            not_selected: 0,
            executions: 0,
            real: false,
            packages: None,
            not_run: Vec::new(),
            identities: Vec::new(),
            rows: Vec::new(),
            selected_beside: 0,
            comparisons: Vec::new(),
            sweeps: Vec::new(),
            figures: Vec::new(),
            about: Vec::new(),
        }
    }

    /// Whether every claim came out as declared, every comparison agrees, and nothing is missing.
    pub fn hold(&self) -> bool {
        let something = !self.rows.is_empty() || self.beside() > 0;
        self.complete
            && something
            && self.rows.iter().all(|row| row.holds)
            && self.comparisons.iter().all(Compared::agrees)
            && self
                .sweeps
                .iter()
                .all(|sweep| sweep.inconclusive().is_empty())
    }

    /// How many comparisons and instances of sweeps there are.
    pub fn beside(&self) -> usize {
        let instances = self.sweeps.iter().map(|sweep| sweep.instances.len());
        self.comparisons.len() + instances.sum::<usize>()
    }

    /// Properties that were refuted somewhere, and so are not vacuous.
    pub fn seen_to_fail(&self) -> Vec<Property> {
        Property::ALL
            .into_iter()
            .filter(|property| {
                self.rows
                    .iter()
                    .any(|row| row.property == *property && row.counterexample.is_some())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_holds_nothing() {
        let results = Results::none();
        assert_eq!(results.beside(), 0);
        assert!(!results.hold());
    }
}
