//! What an exploration found: outcomes, verdicts, counterexamples.

use std::collections::BTreeMap;
use std::fmt;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::trace::event::Trace;
use crate::trace::folding::Folding;
use crate::trace::outcome::Outcome;
use crate::trace::property::Property;

/// Why an exploration is inconclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Inconclusive {
    /// The time limit was reached.
    Time,
    /// The limit on executions was reached.
    Executions,
    /// The limit on remembered states was reached.
    Memory,
    /// An execution had more than this many steps.
    Steps(usize),
    /// An execution came back to a state that it had left. Either it can go on for ever, or the subject
    /// declares two different points of its program as the same state.
    Cycle,
    /// The subject behaved differently under the same schedule.
    NotDeterministic(Divergence),
    /// One poll went on making calls, although nothing changed.
    EndlessCalls {
        /// The actor that was polled.
        actor: String,
        /// Calls without any change after which the poll was given up.
        calls: usize,
    },
    /// One poll did not return, and made no call.
    PollNeverEnds {
        /// The actor that was polled.
        actor: String,
        /// Milliseconds without a call or the start of a poll.
        milliseconds: u64,
    },
    /// An actor needs more stack than it has.
    StackOverflow {
        /// The actor that was polled.
        actor: String,
        /// The stack that it had, in bytes.
        bytes: usize,
    },
    /// The scenario cannot be run.
    Scenario(String),
    /// Somebody interrupted the run.
    Interrupted,
    /// The exploring process died, or loom gave up.
    Crashed(String),
    /// The exploring process does not have the instance that it was asked to explore.
    Unknown(String),
}

/// Two runs of one schedule that differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Divergence {
    /// Number of the first step that differs, counted from 1.
    pub step: usize,
    /// What happened there the first time.
    pub first: String,
    /// What happened there in another run.
    pub then: String,
}

/// What usually makes a subject behave differently under the same schedule.
pub const USUAL_REASONS: &str = "`tokio::select!` without `biased`, `futures::select!`, the \
    order of a `HashMap`, a clock, a random number, a static";

impl fmt::Display for Inconclusive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Inconclusive::Time => write!(
                f,
                "out of time (--max-seconds or `Limits::time` gives more)"
            ),
            Inconclusive::Executions => write!(
                f,
                "out of executions (`Limits::executions` or the comparison gives more)"
            ),
            Inconclusive::Memory => {
                write!(f, "out of memory for states (`Limits::states` gives more)")
            }
            Inconclusive::Steps(limit) => write!(
                f,
                "an execution has more than {limit} steps (--max-steps or `Limits::steps` permits \
                 more)"
            ),
            Inconclusive::Cycle => write!(f, "an execution comes back to a state that it had left"),
            Inconclusive::Interrupted => write!(f, "interrupted"),
            Inconclusive::NotDeterministic(Divergence { step, first, then }) => write!(
                f,
                "not deterministic: step {step} of one schedule was once \"{first}\" and once \
                 \"{then}\"; usual reasons are {USUAL_REASONS}"
            ),
            Inconclusive::EndlessCalls { actor, calls } => write!(
                f,
                "one poll of {actor} goes on making calls: more than {calls} changed nothing"
            ),
            Inconclusive::PollNeverEnds {
                actor,
                milliseconds,
            } => {
                let seconds = *milliseconds as f64 / 1_000.0;
                write!(
                    f,
                    "one poll of {actor} did not end within {seconds:.1} s (`Limits::poll` gives more)"
                )
            }
            Inconclusive::StackOverflow { actor, bytes } => write!(
                f,
                "stack overflow: {actor} needs more than its {bytes} bytes of stack; expected: \
                 less use of it, or for the connection a larger `stack_bytes`"
            ),
            Inconclusive::Scenario(why) => write!(f, "the scenario cannot be run: {why}"),
            Inconclusive::Crashed(why) => write!(f, "the exploration crashed: {why}"),
            Inconclusive::Unknown(why) => write!(f, "not explored: {why}"),
        }
    }
}

/// The verdict on one property.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Verdict {
    /// Holds in every execution; the exploration was unbounded and complete.
    Proved,
    /// Holds in every execution with at most this many preemptions.
    Bounded(usize),
    /// Neither: the exploration is inconclusive.
    Inconclusive(Inconclusive),
    /// Fails, and there is a counterexample.
    Refuted,
    /// The property holds under a defect that was planted in the executor or the explorer, or over a
    /// kernel with a decorator. This proves nothing.
    Missed,
    /// The property does not apply to this subject in this scenario.
    NotApplicable,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Proved => f.pad("proved"),
            Verdict::Bounded(n) => f.pad(&format!("bounded({n})")),
            Verdict::Inconclusive(why) => f.pad(&format!("inconclusive: {why}")),
            Verdict::Refuted => f.pad("refuted"),
            Verdict::Missed => f.pad("missed"),
            Verdict::NotApplicable => f.pad("not applicable"),
        }
    }
}

/// Everything that one exploration found.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Exploration {
    /// How often loom ran the system, including executions that were pruned.
    pub executions: u64,
    /// Executions that ended early because their state had been explored before.
    pub pruned: u64,
    /// Distinct pairs of a state and the actor that moved in it; 0 without state caching.
    pub states: u64,
    /// Whether states were cached.
    pub cached: bool,
    /// Lock sections of the longest execution.
    pub depth: usize,
    /// The preemption bound; `None` is unbounded.
    pub bound: Option<usize>,
    /// Why it did not complete; `None` if it did.
    pub inconclusive: Option<Inconclusive>,
    /// Whether a defect was planted in the executor or the explorer, or a kernel has a decorator.
    #[cfg_attr(feature = "cli", serde(default))]
    pub defective: bool,
    /// The result of folding histories; `None` where they were not folded.
    #[cfg_attr(feature = "cli", serde(default))]
    pub folding: Option<Folding>,
    /// Completed executions that were run again to check that the subject is deterministic; 0 where
    /// every actor declares its state.
    #[cfg_attr(feature = "cli", serde(default))]
    pub repeated: u64,
    /// Properties that do not apply to this subject in this scenario.
    #[cfg_attr(feature = "cli", serde(default))]
    pub not_applicable: Vec<Property>,
    /// Most bytes that were promised in one execution.
    #[cfg_attr(feature = "cli", serde(default))]
    pub promised: usize,
    /// Whether, in some execution, the connection ended and left a socket open.
    #[cfg_attr(
        feature = "cli",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub leaked: bool,
    /// How often each outcome was seen.
    #[cfg_attr(feature = "cli", serde(with = "histogram_as_list"))]
    pub histogram: BTreeMap<Outcome, u64>,
    /// The shortest counterexample found for each property that fails.
    pub counterexamples: BTreeMap<Property, Trace>,
    /// Time that it took, in seconds.
    pub seconds: f64,
}

impl Exploration {
    /// The result of an exploration that did not take place, and why.
    pub fn missing(why: Inconclusive) -> Exploration {
        Exploration {
            executions: 0,
            pruned: 0,
            states: 0,
            cached: false,
            depth: 0,
            bound: None,
            inconclusive: Some(why),
            defective: false,
            folding: None,
            repeated: 0,
            not_applicable: Vec::new(),
            promised: 0,
            leaked: false,
            histogram: BTreeMap::new(),
            counterexamples: BTreeMap::new(),
            seconds: 0.0,
        }
    }

    /// The verdict on one property.
    pub fn verdict(&self, property: Property) -> Verdict {
        if let Some(why @ Inconclusive::NotDeterministic(_)) = &self.inconclusive {
            // What was found may not be found again.
            return Verdict::Inconclusive(why.clone());
        }
        if self.counterexamples.contains_key(&property) {
            return Verdict::Refuted;
        }
        if self.inconclusive.is_none() && self.not_applicable.contains(&property) {
            return Verdict::NotApplicable;
        }
        match (&self.inconclusive, self.bound) {
            (Some(why), _) => Verdict::Inconclusive(why.clone()),
            (None, _) if self.defective => Verdict::Missed,
            (None, Some(bound)) => Verdict::Bounded(bound),
            (None, None) => Verdict::Proved,
        }
    }

    /// Executions that ran to their end: all that were not pruned.
    pub fn concluded(&self) -> u64 {
        self.histogram.values().sum()
    }
}

#[cfg(feature = "cli")]
mod histogram_as_list {
    //! JSON has no maps with structured keys.
    use super::*;
    use serde::{Deserializer, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Entry {
        #[serde(flatten)]
        outcome: Outcome,
        executions: u64,
    }

    pub fn serialize<S: Serializer>(
        histogram: &BTreeMap<Outcome, u64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(histogram.iter().map(|(outcome, executions)| Entry {
            outcome: outcome.clone(),
            executions: *executions,
        }))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Outcome, u64>, D::Error> {
        let entries = Vec::<Entry>::deserialize(deserializer)?;
        Ok(entries
            .into_iter()
            .map(|entry| (entry.outcome, entry.executions))
            .collect())
    }
}
