//! Comparisons: two subjects that must do the same, such as a model and the code that it models.
//!
//! Both are explored to the end in the same scenarios, and what the socket sees of them from the
//! beginning to the end of an execution must be the same set of sequences, in both directions: a
//! sequence that only the real connection has is a hole in the model, one that only the model has
//! is a false alarm. The sets are compared as the languages of automata, without writing their
//! sequences down.

use std::ops::AddAssign;
use std::panic::Location;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::check::identity::Identity;
use crate::check::instance::Instance;
use crate::check::observable::Observable;
use crate::trace::folding::Folding;
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
    /// Most executions of one side in one scenario; with more, the comparison is inconclusive.
    pub executions: u64,
    /// Never fold histories, however long: no assumption about what a connection remembers.
    pub full_histories: bool,
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
            full_histories: false,
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
        let histories = self
            .full_histories
            .then(|| ("histories", "full".to_owned()));
        let settings = [executions].into_iter().chain(histories);
        let parts: Vec<_> = deviation.chain(settings).chain(instances).collect();
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
    /// Whether this observable is left out. That an execution is over is never left out.
    pub leave_out: fn(&Observable) -> bool,
}

/// How large a graph is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Size {
    /// States.
    pub states: u64,
    /// Transitions between them.
    pub transitions: u64,
}

impl AddAssign for Size {
    fn add_assign(&mut self, other: Size) {
        self.states = self.states.saturating_add(other.states);
        self.transitions = self.transitions.saturating_add(other.transitions);
    }
}

/// The result of one comparison, over all its scenarios. Of two numbers, the first is the real
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
    /// Executions.
    pub executions: [u64; 2],
    /// The explored graphs, summed over the scenarios.
    pub explored: [Size; 2],
    /// The smallest deterministic automata, summed over the scenarios.
    pub automata: [Size; 2],
    /// Distinct sequences, summed over the scenarios; `u64::MAX` stands for that many or more.
    pub sequences: [u64; 2],
    /// The result of folding histories; `None` where they were not folded.
    pub folding: Option<Folding>,
    /// The known deviation's name and reason.
    pub deviation: Option<(String, String)>,
    /// The shortest sequence that only one side has, with the side, for the first few scenarios and
    /// sides that have one. Also a deviation that is no longer needed.
    pub differences: Vec<String>,
    /// Why it did not complete; `None` if it did.
    pub inconclusive: Option<Inconclusive>,
    /// Time that it took, in seconds.
    pub seconds: f64,
}

impl Compared {
    /// Whether both sides were explored to the end and did the same.
    pub fn agrees(&self) -> bool {
        self.inconclusive.is_none() && self.differences.is_empty()
    }

    /// The result of a comparison that did not take place, and why.
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
            explored: [Size::default(); 2],
            automata: [Size::default(); 2],
            sequences: [0; 2],
            folding: None,
            deviation: deviation.map(|d| (d.name.to_owned(), d.why.to_owned())),
            differences: Vec::new(),
            inconclusive: Some(why),
            seconds: 0.0,
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
            explored: [Size::default(); 2],
            automata: [Size::default(); 2],
            sequences: [0; 2],
            folding: None,
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
