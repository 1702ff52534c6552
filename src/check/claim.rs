//! Claims: which property is expected to hold, or to fail, for which subject in which scenarios.

use std::fmt;
use std::panic::Location;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::check::bounds::bounds;
use crate::check::identity::Identity;
use crate::check::instance::Instance;
use crate::trace::property::Property;
use crate::trace::verdict::Verdict;

/// What a claim expects of every one of its instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Expected {
    /// The property holds in every execution.
    Proved,
    /// The property fails in some execution.
    Refuted,
    /// The property fails in some execution, but a planted defect of the explorer or of the kernel hides
    /// this. That the property fails is claimed separately.
    Missed,
}

impl Expected {
    /// The expected verdict.
    pub const fn verdict(self) -> Verdict {
        match self {
            Expected::Proved => Verdict::Proved,
            Expected::Refuted => Verdict::Refuted,
            Expected::Missed => Verdict::Missed,
        }
    }

    /// Whether a verdict is the expected one. An inconclusive or bounded verdict never counts as
    /// proved.
    pub fn is_met_by(self, verdict: &Verdict) -> bool {
        *verdict == self.verdict()
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.verdict().fmt(f)
    }
}

/// What an expected failure of a property means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Meaning {
    /// A defect: the property should hold. It is to be repaired, or a later revision has repaired it.
    #[default]
    Defect,
    /// Accepted behaviour: the property need not hold there.
    Accepted,
    /// The price of a repair: the property held before another defect was repaired.
    PriceOfRepair,
}

impl Meaning {
    /// All meanings.
    pub const ALL: [Meaning; 3] = [Meaning::Defect, Meaning::Accepted, Meaning::PriceOfRepair];
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Meaning::Defect => "defect",
            Meaning::Accepted => "accepted",
            Meaning::PriceOfRepair => "price of a repair",
        })
    }
}

/// Something that is written about a claim elsewhere: a public report, or a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Reference {
    /// What it is called, such as `tokio-rs/tokio#4001`.
    pub name: String,
    /// Where it is: an address, or a file's path in the repository.
    pub link: String,
}

/// One row of the report: a property of one subject in one or more scenarios.
#[derive(Clone, Debug)]
pub struct Claim {
    /// A name, unique within the model.
    pub name: String,
    /// The claim as a sentence.
    pub sentence: String,
    /// The property that is claimed to hold or to fail.
    pub property: Property,
    /// What is expected of every instance.
    pub expected: Expected,
    /// What a failure of the property means, where it is expected.
    pub meaning: Meaning,
    /// The reason for that meaning, in a sentence; empty when the claim gives none.
    pub reason: String,
    /// What is written about it elsewhere, whatever is expected.
    pub references: Vec<Reference>,
    /// The instances; at least one, all of one subject.
    pub instances: Vec<Instance>,
    /// Where in the sources it is made.
    pub place: &'static Location<'static>,
}

impl Claim {
    /// A claim about these instances.
    #[track_caller]
    pub fn new(
        name: impl Into<String>,
        sentence: impl Into<String>,
        property: Property,
        expected: Expected,
        instances: impl IntoIterator<Item = Instance>,
    ) -> Claim {
        Claim {
            name: name.into(),
            sentence: sentence.into(),
            property,
            expected,
            meaning: Meaning::default(),
            reason: String::new(),
            references: Vec::new(),
            instances: instances.into_iter().collect(),
            place: Location::caller(),
        }
    }

    /// The same claim with what a failure means, and why. Without it an expected refutation counts
    /// as a defect; where the property is expected to hold, it says nothing.
    #[must_use]
    pub fn meaning(self, meaning: Meaning, reason: impl Into<String>) -> Claim {
        Claim {
            meaning,
            reason: reason.into(),
            ..self
        }
    }

    /// The same claim with something that is written about it elsewhere.
    #[must_use]
    pub fn reference(mut self, name: impl Into<String>, link: impl Into<String>) -> Claim {
        let (name, link) = (name.into(), link.into());
        self.references.push(Reference { name, link });
        self
    }

    /// A claim about these instances for each of the properties, named `name/property`.
    #[track_caller]
    pub fn of_each(
        name: &str,
        sentence: &str,
        properties: &[Property],
        expected: Expected,
        instances: impl IntoIterator<Item = Instance>,
    ) -> Vec<Claim> {
        let instances: Vec<_> = instances.into_iter().collect();
        let place = Location::caller();
        let claim = |property: &Property| Claim {
            name: format!("{name}/{property}"),
            sentence: sentence.to_owned(),
            property: *property,
            expected,
            meaning: Meaning::default(),
            reason: String::new(),
            references: Vec::new(),
            instances: instances.clone(),
            place,
        };
        properties.iter().map(claim).collect()
    }

    /// The model's name.
    ///
    /// # Panics
    ///
    /// When the claim has no instances; a registry refuses such a claim.
    pub fn model(&self) -> &'static str {
        self.instances[0].model()
    }

    /// `model/name`.
    ///
    /// # Panics
    ///
    /// As [`Claim::model`].
    pub fn id(&self) -> String {
        format!("{}/{}", self.model(), self.name)
    }

    /// The identity of its results: the name, and what is claimed of which instances.
    ///
    /// # Panics
    ///
    /// As [`Claim::model`].
    pub fn identity(&self) -> Identity {
        let claimed = [
            ("property", self.property.to_string()),
            ("expected", self.expected.to_string()),
        ];
        let instances = self.instances.iter();
        let instances = instances.map(|one| ("instance", one.identity().in_full()));
        let parts: Vec<_> = claimed.into_iter().chain(instances).collect();
        Identity::new(self.id(), &parts)
    }

    /// The bounds of the claim in words, made from its instances: see [`bounds`](fn@crate::check::bounds).
    pub fn bounds(&self) -> String {
        let instances = self.instances.iter();
        bounds(&instances.map(Instance::parameters).collect::<Vec<_>>())
    }
}
