//! What a rule of `classes.rs` is.

use lastbyte::Property;
use lastbyte::check::Meaning;

use super::{LoopScenario, Revision};

/// A rule: to which failures it applies, and what they mean.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What these failures mean, with what shows it.
    pub says: Says,
    /// Why, in a sentence.
    pub reason: &'static str,
    /// Findings, documentation, and the maintainers' words with their dates: name and address.
    pub references: &'static [(&'static str, &'static str)],
    /// Whether the rule applies to a failure of this property in this scenario.
    pub fits: fn(&LoopScenario, Property) -> bool,
}

/// What failures mean, with what shows it.
#[derive(Clone, Copy, Debug)]
pub enum Says {
    /// A defect, which this change of the newest revision repairs.
    Defect(fn(Revision) -> Revision),
    /// The property need not hold there. With all defects repaired, it holds once this change is made to the
    /// scenario; `None` where the scenario has nothing to change.
    Accepted(Option<fn(&mut LoopScenario)>),
    /// What a repair costs: the property held at this revision, the last one without the repair.
    Price(&'static Revision),
}

impl Rule {
    /// What its failures mean.
    pub fn meaning(&self) -> Meaning {
        match self.says {
            Says::Defect(_) => Meaning::Defect,
            Says::Accepted(_) => Meaning::Accepted,
            Says::Price(_) => Meaning::PriceOfRepair,
        }
    }
}
