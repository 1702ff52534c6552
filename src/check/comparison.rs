//! Comparisons: two subjects that must do the same, such as a model and the code that it models.
//!
//! Both are explored without state caching in the same scenarios, and the sets of what the
//! socket sees of them must be equal, in both directions: a sequence that only the real connection
//! has is a hole in the model, one that only the model has is a false alarm.

use std::panic::Location;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::check::identity::Identity;
use crate::check::instance::Instance;
use crate::check::observable::Observable;
use crate::trace::verdict::Inconclusive;

/// Two subjects in the same scenarios.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The scenario family: with the subjects it is unique within the model.
    pub family: String,
    /// The real connection and its model, once for each scenario.
    pub pairs: Vec<[Instance; 2]>,
    /// Where the two are known to differ.
    pub deviation: Option<Deviation>,
    /// As many executions one side may take in one scenario; more make the comparison inconclusive.
    pub executions: u64,
    /// Where in the sources it is made.
    pub place: &'static Location<'static>,
}

impl Comparison {
    /// A comparison in this scenario family, where no side may take more than so many executions.
    #[track_caller]
    pub fn new(
        family: impl Into<String>,
        executions: u64,
        pairs: Vec<[Instance; 2]>,
    ) -> Comparison {
        Comparison {
            family: family.into(),
            pairs,
            deviation: None,
            executions,
            place: Location::caller(),
        }
    }

    /// `model/subject/family`, of the real connection.
    ///
    /// # Panics
    ///
    /// When there are no pairs.
    pub fn id(&self) -> String {
        let [real, _] = &self.pairs[0];
        format!("{}/{}/{}", real.model(), real.subject(), self.family)
    }

    /// What its result belongs to: the name, and what is compared how.
    ///
    /// # Panics
    ///
    /// When there are no pairs.
    pub fn identity(&self) -> Identity {
        let deviation = self.deviation.iter();
        let deviation = deviation.map(|deviation| ("deviation", deviation.name.to_owned()));
        let instances = self.pairs.iter().flatten();
        let instances = instances.map(|one| ("instance", one.identity().in_full()));
        let executions = ("executions", self.executions.to_string());
        let parts: Vec<_> = deviation.chain([executions]).chain(instances).collect();
        Identity::new(self.id(), &parts)
    }
}

/// A place where two subjects are known to differ.
#[derive(Clone, Copy, Debug)]
pub struct Deviation {
    /// Its name.
    pub name: &'static str,
    /// Why they differ, and what is left out on both sides.
    pub why: &'static str,
    /// Leaves it out.
    pub leave_out: fn(Vec<Observable>) -> Vec<Observable>,
}

/// What came of one comparison, over all its scenarios. The first of two numbers is the real
/// connection's, the second the model's.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Compared {
    /// [`Comparison::identity`].
    pub id: Identity,
    /// The scenario family.
    pub family: String,
    /// The subjects.
    pub subjects: [String; 2],
    /// The real connection's version.
    pub version: Option<String>,
    /// The scenarios that were compared.
    pub scenarios: Vec<String>,
    /// Executions, without state caching.
    pub executions: [u64; 2],
    /// Distinct sequences, summed over the scenarios.
    pub sequences: [usize; 2],
    /// The known deviation's name and reason.
    pub deviation: Option<(String, String)>,
    /// The first few sequences that only one side has, with the side, and a deviation that is not
    /// needed any more.
    pub differences: Vec<String>,
    /// Why it did not come to its end; `None` if it did.
    pub inconclusive: Option<Inconclusive>,
    /// Time that it took, in seconds.
    pub seconds: f64,
}

impl Compared {
    /// Whether both sides were explored to the end and did the same.
    pub fn agrees(&self) -> bool {
        self.inconclusive.is_none() && self.differences.is_empty()
    }

    /// No comparison at all, and why.
    pub fn missing(comparison: &Comparison, why: Inconclusive) -> Compared {
        let [real, model] = &comparison.pairs[0];
        let scenarios = comparison.pairs.iter();
        let deviation = comparison.deviation;
        Compared {
            id: comparison.identity(),
            family: comparison.family.clone(),
            subjects: [real, model].map(|one| one.subject().to_owned()),
            version: real.version().map(str::to_owned),
            scenarios: scenarios
                .map(|[real, _]| real.scenario().name.clone())
                .collect(),
            executions: [0; 2],
            sequences: [0; 2],
            deviation: deviation.map(|d| (d.name.to_owned(), d.why.to_owned())),
            differences: Vec::new(),
            inconclusive: Some(why),
            seconds: 0.0,
        }
    }
}

#[cfg(feature = "explore")]
mod explored {
    use std::collections::BTreeSet;
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    use super::{Compared, Comparison, Inconclusive, Instance, Observable};
    use crate::explore::explorer::Explorer;
    use crate::explore::limits::{Limits, Progress, REPEATED_EXECUTIONS};

    /// As many differences are told.
    const TOLD: usize = 6;

    /// Everything that the socket sees of a subject, and in how many executions.
    struct Side {
        sequences: BTreeSet<Vec<Observable>>,
        executions: u64,
        inconclusive: Option<Inconclusive>,
    }

    fn explore(instance: &Instance, limits: Limits, progress: Option<Progress>) -> Side {
        let found = Arc::new(Mutex::new(BTreeSet::new()));
        let into = found.clone();
        let explorer = Explorer {
            caching: false,
            limits,
            progress,
            observer: Some(Arc::new(move |trace, _| {
                let sequence = Observable::sequence(trace);
                into.lock().expect("no panic").insert(sequence);
            })),
            ..Explorer::default()
        };
        let explored = explorer.explore(instance.run(), instance.scenario());
        let sequences = std::mem::take(&mut *found.lock().expect("no panic"));
        Side {
            sequences,
            executions: explored.executions,
            inconclusive: explored.inconclusive,
        }
    }

    impl Comparison {
        /// Explores both sides in every scenario and compares, for at most `time` in all;
        /// `progress` is told the executions so far.
        pub fn run(&self, time: Option<Duration>, progress: Option<&Progress>) -> Compared {
            let started = Instant::now();
            let mut compared = Compared {
                inconclusive: None,
                ..Compared::missing(self, Inconclusive::Interrupted)
            };
            let mut deviates = false;
            let mut all = 0;
            for pair in &self.pairs {
                let mut sides = Vec::new();
                for instance in pair {
                    let progress = progress.cloned().map(|tell| -> Progress {
                        Arc::new(move |executions| tell(all + executions))
                    });
                    let limits = Limits {
                        time: time.map(|time| time.saturating_sub(started.elapsed())),
                        executions: Some(self.executions),
                        repeated: REPEATED_EXECUTIONS,
                        ..Limits::default()
                    };
                    let side = explore(instance, limits, progress);
                    all += side.executions;
                    compared.inconclusive = compared.inconclusive.or(side.inconclusive.clone());
                    sides.push(side);
                }
                for (n, side) in sides.iter().enumerate() {
                    compared.executions[n] += side.executions;
                    compared.sequences[n] += side.sequences.len();
                }
                if compared.inconclusive.is_some() {
                    break;
                }
                let [mut real, mut model] = [0, 1].map(|n| std::mem::take(&mut sides[n].sequences));
                if let Some(deviation) = &self.deviation {
                    deviates |= real != model;
                    let leave_out = |all: BTreeSet<Vec<Observable>>| -> BTreeSet<_> {
                        all.into_iter().map(deviation.leave_out).collect()
                    };
                    (real, model) = (leave_out(real), leave_out(model));
                }
                let text = |who: &str, sequence: &Vec<Observable>| {
                    let seen: Vec<_> = sequence.iter().map(ToString::to_string).collect();
                    let scenario = &pair[0].scenario().name;
                    format!("only {who} at {scenario}: {}", seen.join(", "))
                };
                let [of_real, of_model] = [pair[0].subject(), pair[1].subject()];
                let holes = real.difference(&model).map(|s| text(of_real, s));
                let alarms = model.difference(&real).map(|s| text(of_model, s));
                let room = TOLD.saturating_sub(compared.differences.len());
                // Some of either kind, should there be both.
                let half = room.div_ceil(2);
                let found = holes.take(half).chain(alarms.take(half));
                compared.differences.extend(found);
            }
            if let Some(deviation) = self.deviation
                && !deviates
                && compared.inconclusive.is_none()
            {
                let told = format!("the deviation {} is not needed any more", deviation.name);
                compared.differences.push(told);
            }
            compared.seconds = started.elapsed().as_secs_f64();
            compared
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_agree_when_both_are_explored_and_nothing_differs() {
        let compared = |differences: &[&str], inconclusive: Option<Inconclusive>| Compared {
            id: Identity::new("model/real/family", &[]),
            family: "family".to_owned(),
            subjects: ["real", "model"].map(str::to_owned),
            version: None,
            scenarios: Vec::new(),
            executions: [0; 2],
            sequences: [0; 2],
            deviation: None,
            differences: differences.iter().map(|text| (*text).to_owned()).collect(),
            inconclusive,
            seconds: 0.0,
        };
        assert!(compared(&[], None).agrees());
        assert!(!compared(&["only real"], None).agrees());
        assert!(!compared(&[], Some(Inconclusive::Time)).agrees());
        assert!(!compared(&["only real"], Some(Inconclusive::Time)).agrees());
    }
}
