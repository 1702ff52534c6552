//! The registry: all models together. It refuses two different things with the same name.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::panic::Location;

use crate::check::bounds;
use crate::check::claim::Claim;
use crate::check::comparison::Comparison;
use crate::check::instance::Instance;
use crate::check::model::{Model, NamedSubject};
use crate::check::sweep::{Sweep, sweep_id};
use crate::trace::property::Property;

/// The model's name in instances of a user's own exploration, which belong to no model.
pub const EXPLORE: &str = "explore";

/// The models with their claims, comparisons, sweeps and subjects. Names are unique: where a name
/// occurs twice, both are provably the same.
#[derive(Clone, Debug)]
pub struct Registry {
    models: Vec<Model>,
    claims: Vec<Claim>,
    comparisons: Vec<Comparison>,
    sweeps: Vec<(&'static str, Sweep)>,
    subjects: Vec<NamedSubject>,
}

/// Why models cannot be registered, in one line: what clashes, where both are, and what is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash(String);

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever a name contains.
        for c in self.0.chars() {
            match c.is_control() {
                true => write!(f, "{}", c.escape_default())?,
                false => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Clash {}

type Place = &'static Location<'static>;

impl Registry {
    /// Takes in these models, in the order of the report.
    ///
    /// # Errors
    ///
    /// * When two models, claims, comparisons or subjects have the same name.
    /// * When two instances have the same name and are not provably the same, or two different properties do.
    /// * When a claim, a comparison or a sweep has an instance twice, or a claim or a comparison has none.
    /// * When the instances of a claim, or of one side of a comparison, have several subjects or equal
    ///   parameters.
    /// * When a name is not valid.
    pub fn new(models: impl IntoIterator<Item = Model>) -> Result<Registry, Clash> {
        let mut registry = Registry {
            models: models.into_iter().collect(),
            claims: Vec::new(),
            comparisons: Vec::new(),
            sweeps: Vec::new(),
            subjects: Vec::new(),
        };
        let mut known = Known::default();
        for model in &registry.models {
            known.model(model)?;
        }
        for model in &registry.models {
            for claim in (model.claims)() {
                registry.claims.push(known.claim(model, claim)?);
            }
            for comparison in (model.comparisons)() {
                registry
                    .comparisons
                    .push(known.comparison(model, comparison)?);
            }
            if let Some(sweep) = model.sweep {
                registry
                    .sweeps
                    .push((model.name, known.sweep(model, sweep())?));
            }
            for subject in (model.subjects)() {
                known.name("subjects", &subject.name, model.place)?;
                registry.subjects.push(subject);
            }
        }
        Ok(registry)
    }

    /// The models.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// Every claim, model by model.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// Every comparison, model by model.
    pub fn comparisons(&self) -> &[Comparison] {
        &self.comparisons
    }

    /// The sweeps, with the names of their models.
    pub fn sweeps(&self) -> &[(&'static str, Sweep)] {
        &self.sweeps
    }

    /// Every subject that a user can explore in a scenario of their own.
    pub fn subjects(&self) -> &[NamedSubject] {
        &self.subjects
    }

    /// The subject of this version, if there is one; not a client side.
    pub fn subject_of(&self, version: &str) -> Option<&NamedSubject> {
        let mut subjects = self.subjects.iter();
        subjects.find(|subject| {
            subject.version.as_deref() == Some(version) && subject.client_of.is_none()
        })
    }

    /// The instance with this name, if a claim has one.
    pub fn instance(&self, id: &str) -> Option<&Instance> {
        let mut instances = self.claims.iter().flat_map(|claim| &claim.instances);
        instances.find(|instance| instance.id() == id)
    }
}

/// What has been taken in so far.
#[derive(Default)]
struct Known {
    /// By kind and name.
    names: HashMap<(&'static str, String), Place>,
    instances: HashMap<String, Instance>,
    properties: HashMap<&'static str, (Property, Place)>,
}

impl Known {
    /// Takes in a name of this kind.
    fn name(&mut self, kind: &'static str, name: &str, place: Place) -> Result<(), Clash> {
        match self.names.insert((kind, name.to_owned()), place) {
            None => Ok(()),
            Some(first) => Err(Clash(format!(
                "two {kind} are called {name}: the first at {first}, the second at {place}; \
                 expected: a name of its own for each"
            ))),
        }
    }

    fn model(&mut self, model: &Model) -> Result<(), Clash> {
        let (name, place) = (model.name, model.place);
        if name.is_empty() || name == EXPLORE || name.contains('/') {
            return Err(Clash(format!(
                "a model cannot be called {name:?}, at {place}; expected: a name without a \
                 slash, and not {EXPLORE}"
            )));
        }
        self.name("models", name, place)
    }

    fn claim(&mut self, model: &Model, mut claim: Claim) -> Result<Claim, Clash> {
        let place = claim.place;
        let id = format!("{}/{}", model.name, claim.name);
        self.name("claims, comparisons or sweeps", &id, place)?;
        claim.instances = self.instances(model, &id, place, claim.instances)?;
        let [first, others @ ..] = claim.instances.as_slice() else {
            return Err(nothing_in("claim", &id, place));
        };
        of_one_subject("claim", &id, first, others.iter())?;
        told_apart(&id, &claim.instances)?;
        Ok(claim)
    }

    fn comparison(
        &mut self,
        model: &Model,
        mut comparison: Comparison,
    ) -> Result<Comparison, Clash> {
        let place = comparison.place;
        let Some([real, _]) = comparison.pairs.first() else {
            return Err(nothing_in("comparison", &comparison.family, place));
        };
        let id = format!("{}/{}/{}", model.name, real.subject(), comparison.family);
        self.name("claims, comparisons or sweeps", &id, place)?;
        let instances = comparison.pairs.into_iter().flatten().collect();
        let mut instances = self.instances(model, &id, place, instances)?.into_iter();
        comparison.pairs = Vec::new();
        while let (Some(real), Some(model)) = (instances.next(), instances.next()) {
            comparison.pairs.push([real, model]);
        }
        for side in [0, 1] {
            let mut side = comparison.pairs.iter().map(|pair| &pair[side]);
            if let Some(first) = side.next() {
                of_one_subject("comparison", &id, first, side)?;
            }
        }
        Ok(comparison)
    }

    fn sweep(&mut self, model: &Model, mut sweep: Sweep) -> Result<Sweep, Clash> {
        let id = sweep_id(model.name);
        self.name("claims, comparisons or sweeps", &id, model.place)?;
        sweep.instances = self.instances(model, &id, model.place, sweep.instances)?;
        Ok(sweep)
    }

    /// Takes in the instances of a claim, a comparison or a sweep.
    fn instances(
        &mut self,
        model: &Model,
        of: &str,
        place: Place,
        instances: Vec<Instance>,
    ) -> Result<Vec<Instance>, Clash> {
        let mut here: HashMap<String, Place> = HashMap::new();
        let mut taken = Vec::new();
        for instance in instances {
            let instance = instance.of_model(model.name);
            let id = instance.id();
            if let Some(first) = here.insert(id.clone(), instance.place()) {
                let second = instance.place();
                return Err(Clash(format!(
                    "{of}, at {place}, has two instances that are called {id}: the first at {first}, \
                     the second at {second}; expected: each instance once, with a name of its own"
                )));
            }
            self.properties(&instance)?;
            let known = self
                .instances
                .entry(id.clone())
                .or_insert_with(|| instance.clone());
            if let Err(why) = known.is_same_as(&instance) {
                let (first, second) = (known.place(), instance.place());
                return Err(Clash(format!(
                    "two instances are called {id}, and {why}: the first at {first}, the second at \
                     {second}; expected: different names for the subjects or scenarios, or one and \
                     the same subject (the same Arc, or equal fingerprints) in one and the same scenario"
                )));
            }
            // Those that are the same share what they know about themselves.
            taken.push(known.clone());
        }
        Ok(taken)
    }

    /// Takes in the properties that the instance's scenario adds.
    fn properties(&mut self, instance: &Instance) -> Result<(), Clash> {
        let place = instance.place();
        for property in &instance.scenario().properties {
            let name = property.name();
            let clashes = match self.properties.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert((*property, place));
                    Property::clash(&[*property]).map(|_| "the built-in one".to_owned())
                }
                Entry::Occupied(entry) => {
                    let (known, first) = entry.get();
                    (!known.is_same_as(*property)).then(|| format!("the first at {first}"))
                }
            };
            if let Some(first) = clashes {
                return Err(Clash(format!(
                    "two properties are called {name}: {first}, the second at {place}; expected: a \
                     name of its own for each"
                )));
            }
        }
        Ok(())
    }
}

fn nothing_in(kind: &str, id: &str, place: Place) -> Clash {
    Clash(format!(
        "the {kind} {id}, at {place}, has no instance; expected: at least one"
    ))
}

/// Whether all of these have the subject and version of the first one, which name the results.
fn of_one_subject<'a>(
    kind: &str,
    id: &str,
    first: &Instance,
    mut others: impl Iterator<Item = &'a Instance>,
) -> Result<(), Clash> {
    let differs = |other: &&Instance| {
        (other.subject(), other.version()) != (first.subject(), first.version())
    };
    match others.find(differs) {
        None => Ok(()),
        Some(other) => Err(Clash(format!(
            "the {kind} {id} is about two subjects: {} at {} and {} at {}; expected: a {kind} for \
             each subject and version",
            first.id(),
            first.place(),
            other.id(),
            other.place(),
        ))),
    }
}

/// Whether all instances of a claim have different parameters.
fn told_apart(id: &str, instances: &[Instance]) -> Result<(), Clash> {
    let all: Vec<_> = instances.iter().map(Instance::parameters).collect();
    for (instance, parameters) in instances.iter().zip(&all) {
        let mut names: Vec<_> = parameters.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        let bad = parameters.iter().find(|(name, _)| !bounds::is_name(name));
        let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
        if let Some(name) = bad.map(|(name, _)| name).or(twice.map(|pair| &pair[0])) {
            return Err(Clash(format!(
                "a parameter of {}, at {}, is called {name:?}; expected: letters, digits, spaces \
                 and hyphens, and each name once",
                instance.id(),
                instance.place(),
            )));
        }
    }
    let mut known: HashMap<_, &Instance> = HashMap::new();
    for (instance, combination) in instances.iter().zip(bounds::combinations(&all)) {
        if let Some(first) = known.insert(combination, instance) {
            return Err(Clash(format!(
                "the parameters of {} at {} and of {} at {} are the same, so that the bounds of {id} \
                 hide one of them; expected: parameters that tell them apart",
                first.id(),
                first.place(),
                instance.id(),
                instance.place(),
            )));
        }
    }
    Ok(())
}
