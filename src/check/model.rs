//! Models: what a file or folder of `models/` offers to the command line and to the tests.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use crate::check::claim::Claim;
use crate::check::comparison::Comparison;
#[cfg(feature = "cli")]
use crate::check::figures::Figures;
use crate::check::query::Query;
#[cfg(feature = "cli")]
use crate::check::results::{About, Results};
use crate::check::setting::{self, Setting};
use crate::check::sweep::Sweep;
use crate::run::subject::Subject;

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
    /// Names of subjects that need an explanation, each with one sentence.
    pub terms: &'static [(&'static str, &'static str)],
    /// Every combination of its parameters, for a table without expectations.
    pub sweep: Option<fn() -> Sweep>,
    /// Comparisons with what it models.
    pub comparisons: fn() -> Vec<Comparison>,
    /// Tables for the report beside the verdicts, made of a run's results.
    #[cfg(feature = "cli")]
    pub figures: fn(&Results) -> Vec<Figures>,
    /// Where in the sources it is made.
    pub place: &'static Location<'static>,
}

impl Model {
    /// A model that offers nothing yet. Its name stands here and nowhere else: claims, comparisons
    /// and sweeps have it from here.
    #[track_caller]
    pub fn new(name: &'static str, about: &'static str) -> Model {
        Model {
            name,
            about,
            claims: Vec::new,
            subjects: Vec::new,
            terms: &[],
            sweep: None,
            comparisons: Vec::new,
            #[cfg(feature = "cli")]
            figures: |_| Vec::new(),
            place: Location::caller(),
        }
    }
}

/// A subject that a user can explore in a scenario of their own.
#[derive(Clone)]
pub struct NamedSubject {
    /// Its name, as on the command line.
    pub name: String,
    /// One sentence about it.
    pub about: String,
    /// The version of a real connection.
    pub version: Option<String>,
    /// The subject whose client side it is. Its peer answers: a query's bytes are sent once the peer has
    /// received the first byte. `None` for a subject to which they are a request.
    pub client_of: Option<String>,
    /// What can be set about it; [`NamedSubject::subject`] refuses everything else.
    pub settings: Vec<Setting>,
    /// Makes the subject for a query whose settings are known to be among the above.
    ///
    /// # Errors
    ///
    /// What the subject does not support, in one line.
    #[allow(clippy::type_complexity)]
    pub make: Arc<dyn Fn(&Query) -> Result<Arc<dyn Subject>, String> + Send + Sync>,
}

impl NamedSubject {
    /// The subject for this query.
    ///
    /// # Errors
    ///
    /// A setting that it does not have, or what else it does not support, in one line.
    pub fn subject(&self, query: &Query) -> Result<Arc<dyn Subject>, String> {
        setting::check(&self.name, &self.settings, &query.settings)?;
        (self.make)(query)
    }
}

impl fmt::Debug for NamedSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedSubject")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "cli")]
impl Results {
    /// The same with what the models make of it and say of themselves.
    pub fn with_figures(mut self, all: &[Model]) -> Results {
        let models = all.iter();
        let figures = models.flat_map(|model| (model.figures)(&self));
        self.figures = figures.collect();
        let known = |model: &Model| {
            let rows = self.rows.iter().any(|row| row.model == model.name);
            rows || self.sweeps.iter().any(|swept| swept.model == model.name)
        };
        let models = all.iter().filter(|model| known(model));
        let owned = |(name, about): &(&str, &str)| ((*name).to_owned(), (*about).to_owned());
        let about = models.map(|model| About {
            model: model.name.to_owned(),
            about: model.about.to_owned(),
            terms: model.terms.iter().map(owned).collect(),
        });
        let mut about: Vec<_> = about.collect();
        // What packages have said of models that are not here.
        for one in self.about {
            if !about.iter().any(|known| known.model == one.model) {
                about.push(one);
            }
        }
        self.about = about;
        self
    }
}
