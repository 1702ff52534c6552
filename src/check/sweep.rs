//! Sweeps: every sensible combination of a model's parameters, with the verdict on every property
//! and without expectations.

use std::collections::BTreeMap;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::check::claim::{Meaning, Reference};
use crate::check::identity::Identity;
use crate::check::instance::Instance;
use crate::trace::property::Property;
use crate::trace::verdict::{Exploration, Inconclusive};

/// The definition of a sweep.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The instances, subject by subject.
    pub instances: Vec<Instance>,
    /// Scenarios to name first where several refute a property, in this order.
    pub prominent: Vec<String>,
    /// The combinations that are left out.
    pub left_out: Vec<LeftOut>,
    /// Pairs of a subject and a scenario that cannot be combined.
    pub not_applicable: Vec<(String, String)>,
    /// The classes of failures, if the model defines them for a subject.
    pub classified: Option<Classified>,
    /// The command that explores the whole sweep, if this is only a covering part of it; otherwise
    /// `None`.
    pub part_of: Option<&'static str>,
}

/// What the failures of one subject mean.
#[derive(Clone, Debug)]
pub struct Classified {
    /// The subject.
    pub subject: String,
    /// The classes.
    pub classes: Vec<Class>,
    /// The class of a failure in a scenario, as an index into `classes`; `None` where no rule fits.
    pub class_of: fn(scenario: &str, property: Property) -> Option<usize>,
}

/// A class of failures.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Class {
    /// What they mean.
    pub meaning: Meaning,
    /// Why, in a sentence.
    pub reason: String,
    /// What is written about them: findings, documentation, and what the subject's authors say.
    pub references: Vec<Reference>,
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

impl Sweep {
    /// The identity of the results of this model's sweep.
    pub fn identity(&self, model: &str) -> Identity {
        let instances = self.instances.iter();
        let parts = instances.map(|one| ("instance", one.identity().in_full()));
        Identity::new(sweep_id(model), &parts.collect::<Vec<_>>())
    }
}

/// What a sweep is called on the command line.
pub fn sweep_id(model: &str) -> String {
    format!("{model}/sweep")
}

/// The result of a model's sweep.
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
    /// Pairs of a subject and a scenario that cannot be combined, and so were not explored.
    pub not_applicable: Vec<(String, String)>,
    /// The subject whose failures are classified.
    #[cfg_attr(feature = "cli", serde(default))]
    pub classified: Option<String>,
    /// The classes of its failures.
    #[cfg_attr(feature = "cli", serde(default))]
    pub classes: Vec<Class>,
    /// The command that explores the whole sweep, if this is only a covering part of it; otherwise
    /// `None`.
    #[cfg_attr(feature = "cli", serde(default))]
    pub part_of: Option<String>,
    /// Every instance.
    pub instances: Vec<SweptInstance>,
}

/// The result of one instance. Every property that is not refuted is proved, unless the instance was
/// inconclusive.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct SweptInstance {
    /// What it belongs to: [`Instance::identity`].
    pub id: Identity,
    /// The subject.
    pub subject: String,
    /// The scenario.
    pub scenario: String,
    /// The properties that fail, with the steps of the shortest counterexample found.
    pub refuted: BTreeMap<Property, usize>,
    /// The classes of these failures, where a rule fits: indices into [`Swept::classes`].
    #[cfg_attr(feature = "cli", serde(default))]
    pub classes: BTreeMap<Property, usize>,
    /// Why the instance was not explored to its end.
    pub inconclusive: Option<Inconclusive>,
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
    /// How many are inconclusive.
    pub inconclusive: usize,
    /// How many scenarios refute the property.
    pub refuted: usize,
    /// The worst of these: a prominent one if there is one, otherwise the one with the shortest
    /// counterexample.
    pub worst: Option<String>,
}

impl SweptInstance {
    /// The instance with what its exploration found.
    pub fn new(instance: &Instance, exploration: &Exploration) -> SweptInstance {
        let found = exploration.counterexamples.iter();
        SweptInstance {
            id: instance.identity(),
            subject: instance.subject().to_owned(),
            scenario: instance.scenario().name.clone(),
            refuted: found.map(|(p, trace)| (*p, trace.steps.len())).collect(),
            classes: BTreeMap::new(),
            inconclusive: exploration.inconclusive.clone(),
            executions: exploration.executions,
            seconds: exploration.seconds,
        }
    }
}

impl Sweep {
    /// The same result with the classes of its failures.
    pub fn classify(&self, swept: SweptInstance) -> SweptInstance {
        let of_subject = self.classified.as_ref();
        let Some(of) = of_subject.filter(|of| of.subject == swept.subject) else {
            return swept;
        };
        let classes = swept.refuted.keys().filter_map(|property| {
            let class = (of.class_of)(&swept.scenario, *property)?;
            Some((*property, class))
        });
        SweptInstance {
            classes: classes.collect(),
            ..swept
        }
    }
}

impl Swept {
    /// The result of a model's sweep before anything is explored.
    pub fn new(model: &str, sweep: &Sweep) -> Swept {
        let mut subjects: Vec<String> = Vec::new();
        for instance in &sweep.instances {
            if !subjects.iter().any(|known| known == instance.subject()) {
                subjects.push(instance.subject().to_owned());
            }
        }
        Swept {
            model: model.to_owned(),
            subjects,
            prominent: sweep.prominent.clone(),
            left_out: sweep.left_out.clone(),
            not_applicable: sweep.not_applicable.clone(),
            classified: sweep.classified.as_ref().map(|of| of.subject.clone()),
            classes: sweep
                .classified
                .as_ref()
                .map_or_else(Vec::new, |of| of.classes.clone()),
            part_of: sweep.part_of.map(str::to_owned),
            instances: Vec::new(),
        }
    }

    /// The failures of the classified subject, each with its class, if a rule gives it one.
    pub fn failures(&self) -> Vec<(&SweptInstance, Property, Option<&Class>)> {
        let instances = self.instances.iter();
        let instances = instances.filter(|one| Some(&one.subject) == self.classified.as_ref());
        let each = instances.flat_map(|instance| {
            instance.refuted.keys().map(move |property| {
                let class = instance
                    .classes
                    .get(property)
                    .and_then(|n| self.classes.get(*n));
                (instance, *property, class)
            })
        });
        each.collect()
    }

    /// The instances that were not explored to their end.
    pub fn inconclusive(&self) -> Vec<&SweptInstance> {
        let instances = self.instances.iter();
        instances
            .filter(|instance| instance.inconclusive.is_some())
            .collect()
    }

    /// The instances of one subject that refute a property, the worst first.
    pub(crate) fn refuting(&self, subject: &str, property: Property) -> Vec<&SweptInstance> {
        let rank = |instance: &SweptInstance| {
            let place = self.prominent.iter().position(|p| *p == instance.scenario);
            place.unwrap_or(self.prominent.len())
        };
        let instances = self
            .instances
            .iter()
            .filter(|instance| instance.subject == subject);
        let mut refuting: Vec<_> = instances
            .filter(|instance| instance.refuted.contains_key(&property))
            .collect();
        refuting.sort_by_key(|instance| {
            (
                rank(instance),
                instance.refuted[&property],
                instance.scenario.clone(),
            )
        });
        refuting
    }

    /// How many scenarios cannot be combined with a subject.
    pub fn not_applicable(&self, subject: &str) -> usize {
        let pairs = self.not_applicable.iter();
        pairs.filter(|(known, _)| known == subject).count()
    }

    /// One entry for each subject and property.
    pub fn summary(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for subject in &self.subjects {
            let instances = self.instances.iter().filter(|c| c.subject == *subject);
            let (inconclusive, complete): (Vec<_>, Vec<_>) =
                instances.partition(|c| c.inconclusive.is_some());
            for property in Property::ALL {
                let refuting = self.refuting(subject, property);
                entries.push(Entry {
                    subject: subject.clone(),
                    property,
                    explored: complete.len(),
                    inconclusive: inconclusive.len(),
                    refuted: refuting.len(),
                    worst: refuting.first().map(|instance| instance.scenario.clone()),
                });
            }
        }
        entries
    }
}
