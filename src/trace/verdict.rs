//! What an exploration found: outcomes, verdicts, counterexamples.

use std::collections::BTreeMap;
use std::fmt;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::trace::event::Trace;
use crate::trace::folding::Folding;
use crate::trace::outcome::Outcome;
use crate::trace::property::Property;

/// Why an exploration says nothing for certain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Inconclusive {
    /// The time was up.
    Time,
    /// The number of executions was reached.
    Executions,
    /// The number of remembered states was reached.
    Memory,
    /// An execution had more steps than this.
    Steps(usize),
    /// An execution came back to a state that it had left: it can go on for ever, or the subject
    /// declares two different points of its program as the same.
    Cycle,
    /// The subject behaved differently under the same schedule.
    NotDeterministic(Divergence),
    /// One poll makes calls for ever, although nothing changes.
    EndlessCalls {
        /// Who was polled.
        actor: String,
        /// Calls without any change that were waited for.
        calls: usize,
    },
    /// One poll did not come to its end, and made no call.
    PollNeverEnds {
        /// Who was polled.
        actor: String,
        /// Milliseconds without any sign of life.
        milliseconds: u64,
    },
    /// An actor needs more stack than it has.
    StackOverflow {
        /// Who was polled.
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
    /// The exploring process does not have what was to be explored.
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
    /// What happened there another time.
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
                "stack overflow: {actor} needs more than its {bytes} bytes of stack; expected is \
                 less, or for the connection a larger `stack_bytes`"
            ),
            Inconclusive::Scenario(why) => write!(f, "the scenario cannot be run: {why}"),
            Inconclusive::Crashed(why) => write!(f, "the exploration crashed: {why}"),
            Inconclusive::Unknown(why) => write!(f, "not explored: {why}"),
        }
    }
}

/// What an exploration says about one property.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Verdict {
    /// Holds in every execution; the exploration was unbounded and complete.
    Proved,
    /// Holds in every execution with at most this many preemptions.
    Bounded(usize),
    /// Not known: the exploration is inconclusive.
    Inconclusive(Inconclusive),
    /// Fails, and there is a counterexample.
    Refuted,
    /// Nothing was found, by an exploration with a defect planted in it: this proves nothing.
    Missed,
    /// The property says nothing about this subject in this scenario.
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
    /// Distinct pairs of state and mover that were remembered; 0 without state caching.
    pub states: u64,
    /// Whether states were cached.
    pub cached: bool,
    /// Lock sections of the longest execution.
    pub depth: usize,
    /// The preemption bound; `None` is unbounded.
    pub bound: Option<usize>,
    /// Why it did not come to its end; `None` if it did.
    pub inconclusive: Option<Inconclusive>,
    /// Whether a defect was planted in the executor or the explorer.
    #[cfg_attr(feature = "cli", serde(default))]
    pub defective: bool,
    /// What became of folding histories; `None` where they were not folded.
    #[cfg_attr(feature = "cli", serde(default))]
    pub folding: Option<Folding>,
    /// Executions that came to their end and were run again, to see that the subject is
    /// deterministic; 0 where every actor declares its state.
    #[cfg_attr(feature = "cli", serde(default))]
    pub repeated: u64,
    /// Properties that say nothing about this subject in this scenario.
    #[cfg_attr(feature = "cli", serde(default))]
    pub not_applicable: Vec<Property>,
    /// Bytes that were promised, in the execution in which it was most.
    #[cfg_attr(feature = "cli", serde(default))]
    pub promised: usize,
    /// Whether the connection ended in some execution, and left a socket open.
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
    /// No exploration at all, and why.
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

    /// Executions that came to their end.
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
