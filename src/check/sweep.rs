//! Sweeps: every sensible combination of a model's parameters, with the verdict on every property
//! and without expectations.

use std::collections::BTreeMap;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::check::claim::Cell;
use crate::trace::property::Property;
use crate::trace::verdict::{Cut, Exploration};

/// What is to be explored.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The cells, subject by subject.
    pub cells: Vec<Cell>,
    /// Scenarios to name first where several refute a property, in this order.
    pub prominent: Vec<String>,
    /// The combinations that are left out.
    pub left_out: Vec<LeftOut>,
    /// Subjects and scenarios that do not go together.
    pub not_applicable: Vec<(String, String)>,
}

/// A combination that a sweep leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct LeftOut {
    /// The combination.
    pub what: String,
    /// Why.
    pub why: String,
}

/// What came of a model's sweep.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Swept {
    /// The model.
    pub model: String,
    /// The subjects, in the order of the tables.
    pub subjects: Vec<String>,
    /// Scenarios to name first.
    pub prominent: Vec<String>,
    /// What is left out.
    pub left_out: Vec<LeftOut>,
    /// Subjects and scenarios that do not go together: nothing is known of them.
    pub not_applicable: Vec<(String, String)>,
    /// Every cell.
    pub cells: Vec<SweptCell>,
}

/// What came of one cell. Every property that is not refuted is proved, unless the cell was cut
/// off.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct SweptCell {
    /// The subject.
    pub subject: String,
    /// The scenario.
    pub scenario: String,
    /// The properties that fail, with the steps of the shortest counterexample found.
    pub refuted: BTreeMap<Property, usize>,
    /// Why the cell was not explored to its end.
    pub cut: Option<Cut>,
    /// Executions.
    pub executions: u64,
    /// Seconds.
    pub seconds: f64,
}

/// One subject and one property of the summarised table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The subject.
    pub subject: String,
    /// The property.
    pub property: Property,
    /// How many scenarios were explored to the end.
    pub explored: usize,
    /// How many were cut off.
    pub cut: usize,
    /// How many scenarios refute the property.
    pub refuted: usize,
    /// The worst of these: a prominent one if there is one, otherwise the one with the shortest
    /// counterexample.
    pub worst: Option<String>,
}

impl SweptCell {
    /// The cell with what its exploration found.
    pub fn new(cell: &Cell, exploration: &Exploration) -> SweptCell {
        let found = exploration.counterexamples.iter();
        SweptCell {
            subject: cell.subject.clone(),
            scenario: cell.scenario.name.clone(),
            refuted: found.map(|(p, trace)| (*p, trace.steps.len())).collect(),
            cut: exploration.cut.clone(),
            executions: exploration.executions,
            seconds: exploration.seconds,
        }
    }
}

impl Swept {
    /// Nothing yet of a model's sweep.
    pub fn new(model: &str, sweep: &Sweep) -> Swept {
        let mut subjects: Vec<String> = Vec::new();
        for cell in &sweep.cells {
            if !subjects.contains(&cell.subject) {
                subjects.push(cell.subject.clone());
            }
        }
        Swept {
            model: model.to_owned(),
            subjects,
            prominent: sweep.prominent.clone(),
            left_out: sweep.left_out.clone(),
            not_applicable: sweep.not_applicable.clone(),
            cells: Vec::new(),
        }
    }

    /// The id of one of its cells, as [`Cell::id`] has it.
    pub fn id(&self, cell: &SweptCell) -> String {
        format!("{}/{}/{}", self.model, cell.subject, cell.scenario)
    }

    /// The cells that were not explored to their end.
    pub fn cut(&self) -> Vec<&SweptCell> {
        let cells = self.cells.iter();
        cells.filter(|cell| cell.cut.is_some()).collect()
    }

    /// The cells of one subject that refute a property, the worst first.
    pub(crate) fn refuting(&self, subject: &str, property: Property) -> Vec<&SweptCell> {
        let rank = |cell: &SweptCell| {
            let place = self.prominent.iter().position(|p| *p == cell.scenario);
            place.unwrap_or(self.prominent.len())
        };
        let cells = self.cells.iter().filter(|cell| cell.subject == subject);
        let mut refuting: Vec<_> = cells
            .filter(|cell| cell.refuted.contains_key(&property))
            .collect();
        refuting.sort_by_key(|cell| (rank(cell), cell.refuted[&property], cell.scenario.clone()));
        refuting
    }

    /// How many scenarios do not go together with a subject.
    pub fn not_applicable(&self, subject: &str) -> usize {
        let pairs = self.not_applicable.iter();
        pairs.filter(|(known, _)| known == subject).count()
    }

    /// One entry for each subject and property.
    pub fn summary(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for subject in &self.subjects {
            let cells = self.cells.iter().filter(|c| c.subject == *subject);
            let (cut, complete): (Vec<_>, Vec<_>) = cells.partition(|c| c.cut.is_some());
            for property in Property::ALL {
                let refuting = self.refuting(subject, property);
                entries.push(Entry {
                    subject: subject.clone(),
                    property,
                    explored: complete.len(),
                    cut: cut.len(),
                    refuted: refuting.len(),
                    worst: refuting.first().map(|cell| cell.scenario.clone()),
                });
            }
        }
        entries
    }
}
