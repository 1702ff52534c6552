//! Claims: which property is expected to hold, or to fail, for which subject in which scenarios.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::check::comparison::Comparison;
#[cfg(feature = "cli")]
use crate::check::figures::Figures;
#[cfg(feature = "cli")]
use crate::check::results::Results;
use crate::check::sweep::Sweep;
use crate::run::scenario::Scenario;
use crate::run::subject::Subject;
use crate::trace::property::Property;
use crate::trace::verdict::Verdict;

/// A file or folder of `models/`: what it claims.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// One sentence about it.
    pub about: &'static str,
    /// Its claims, in the order of the report.
    pub claims: fn() -> Vec<Claim>,
    /// Subjects for ad-hoc exploration.
    pub subjects: fn() -> Vec<NamedSubject>,
    /// Every combination of its parameters, for a table without expectations.
    pub sweep: Option<fn() -> Sweep>,
    /// What it must do exactly as something else does.
    pub comparisons: fn() -> Vec<Comparison>,
    /// Tables for the report beside the verdicts, made of a run's results.
    #[cfg(feature = "cli")]
    pub figures: fn(&Results) -> Vec<Figures>,
}

impl Default for Model {
    /// A model without a name that offers nothing.
    fn default() -> Model {
        Model {
            name: "",
            about: "",
            claims: Vec::new,
            subjects: Vec::new,
            sweep: None,
            comparisons: Vec::new,
            #[cfg(feature = "cli")]
            figures: |_| Vec::new(),
        }
    }
}

/// What an ad-hoc exploration hands to a subject.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The raw bytes of the request.
    pub request: bytes::Bytes,
    /// Bytes of response body (or of the whole response, for a model without heads).
    pub response_bytes: usize,
    /// hyper's `pipeline_flush`.
    pub pipeline_flush: bool,
    /// hyper's `half_close`.
    pub half_close: bool,
    /// The handler answers with an upgrade.
    pub upgrade: bool,
}

/// A subject that answers questions from the command line.
#[derive(Clone)]
pub struct NamedSubject {
    /// Its name, as on the command line.
    pub name: String,
    /// One sentence about it.
    pub about: String,
    /// The version of a real connection.
    pub version: Option<String>,
    /// Makes the subject for a question.
    ///
    /// # Errors
    ///
    /// What the subject does not support, in one line.
    #[allow(clippy::type_complexity)]
    pub make: Arc<dyn Fn(&Question) -> Result<Arc<dyn Subject>, String> + Send + Sync>,
}

impl fmt::Debug for NamedSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedSubject")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// One subject in one scenario: what one exploration is about.
#[derive(Clone)]
pub struct Instance {
    /// The model's name.
    pub model: &'static str,
    /// The subject's name within the model: an ordering, a revision.
    pub subject: String,
    /// The version of a real connection.
    pub version: Option<String>,
    /// The environment.
    pub scenario: Scenario,
    /// Whether states are cached.
    pub caching: bool,
    /// What is explored.
    pub run: Arc<dyn Subject>,
}

impl Instance {
    /// `model/subject/scenario`: unique, and stable as long as the names are.
    pub fn id(&self) -> String {
        format!("{}/{}/{}", self.model, self.subject, self.scenario.name)
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

/// What a claim expects of every one of its instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Expected {
    /// The property holds in every execution.
    Proved,
    /// The property fails in some execution.
    Refuted,
    /// The property fails in some execution, and the explorer has a defect by which it does not
    /// notice. That the property fails is a claim of its own.
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

    /// Whether a verdict is the expected one. A run that was cut off or bounded never is a proof.
    pub fn is_met_by(self, verdict: &Verdict) -> bool {
        *verdict == self.verdict()
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.verdict().fmt(f)
    }
}

/// One row of the report: a property of one subject in one or more scenarios.
#[derive(Clone, Debug)]
pub struct Claim {
    /// A name, unique within the model.
    pub name: String,
    /// The claim as a sentence.
    pub sentence: String,
    /// The scenarios in a few words.
    pub scenarios: String,
    /// What is looked at.
    pub property: Property,
    /// What is expected of every instance.
    pub expected: Expected,
    /// The instances; at least one, all of one model and subject.
    pub instances: Vec<Instance>,
}

impl Claim {
    /// `model/name`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.instances[0].model, self.name)
    }
}
