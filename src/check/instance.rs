//! Instances: one subject in one scenario.

use std::fmt;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use crate::check::bounds::{Parameters, Value};
use crate::check::identity::{self, Identity, Parts};
use crate::environment::decorator::Decorator;
#[cfg(feature = "explore")]
use crate::explore::explorer::Explorer;
use crate::run::actor::Actor;
#[cfg(feature = "planted")]
use crate::run::planted::ExecutorDefect;
use crate::run::scenario::Scenario;
use crate::run::subject::Subject;

/// One subject in one scenario: the unit of exploration.
///
/// A [`Registry`](crate::Registry) adds the name of its model.
#[derive(Clone)]
pub struct Instance {
    model: &'static str,
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    subject: String,
    version: Option<String>,
    scenario: Scenario,
    caching: bool,
    folding: bool,
    run: Arc<dyn Subject>,
    parameters: Vec<Parameter>,
    #[cfg(feature = "planted")]
    planted: ExecutorDefect,
    place: &'static Location<'static>,
    /// The digest of all its parts, computed once.
    digest: OnceLock<String>,
}

/// A parameter, and the source of its value.
#[derive(Clone, PartialEq)]
enum Parameter {
    Given(&'static str, Value),
    Capacity,
    Reader,
}

impl Instance {
    /// A subject with its name within the model (an ordering, a revision), in a scenario.
    #[track_caller]
    pub fn new(subject: impl Into<String>, scenario: Scenario, run: Arc<dyn Subject>) -> Instance {
        Instance {
            model: "",
            inner: Arc::new(Inner {
                subject: subject.into(),
                version: None,
                scenario,
                caching: true,
                folding: false,
                run,
                parameters: Vec::new(),
                #[cfg(feature = "planted")]
                planted: ExecutorDefect::None,
                place: Location::caller(),
                digest: OnceLock::new(),
            }),
        }
    }

    /// The same with one more parameter for the bounds of its claims. Names are made of letters,
    /// digits, spaces and hyphens.
    #[must_use]
    pub fn with_parameter(self, name: &'static str, value: impl Into<Value>) -> Instance {
        let value = value.into();
        self.changed(|inner| inner.parameters.push(Parameter::Given(name, value)))
    }

    /// The same with the scenario's capacity as the parameter `K`.
    #[must_use]
    pub fn with_capacity(self) -> Instance {
        self.changed(|inner| inner.parameters.push(Parameter::Capacity))
    }

    /// The same with the scenario's reader as the parameters `reader`, and, where it does so, `stop
    /// after` and `reset after`.
    #[must_use]
    pub fn with_reader(self) -> Instance {
        self.changed(|inner| inner.parameters.push(Parameter::Reader))
    }

    /// The same subject under another name.
    #[must_use]
    pub fn with_subject(self, subject: impl Into<String>) -> Instance {
        self.changed(|inner| inner.subject = subject.into())
    }

    /// The same with the version of a real connection.
    #[must_use]
    pub fn with_version(self, version: impl Into<String>) -> Instance {
        self.changed(|inner| inner.version = Some(version.into()))
    }

    /// The same in a changed scenario.
    #[must_use]
    pub fn with_scenario(self, change: impl FnOnce(&mut Scenario)) -> Instance {
        self.changed(|inner| change(&mut inner.scenario))
    }

    /// The same, explored without state caching: every interleaving on its own.
    #[must_use]
    pub fn without_caching(self) -> Instance {
        self.changed(|inner| inner.caching = false)
    }

    /// The same, with histories that are folded where the exploration is long. A verdict then says what
    /// that assumes, and how it was checked: see [`Folding`](crate::trace::Folding).
    #[must_use]
    pub fn with_folded_histories(self) -> Instance {
        self.changed(|inner| inner.folding = true)
    }

    /// The same, explored by an explorer with this defect.
    #[cfg(feature = "planted")]
    #[must_use]
    pub fn with_planted(self, planted: ExecutorDefect) -> Instance {
        self.changed(|inner| inner.planted = planted)
    }

    fn changed(mut self, change: impl FnOnce(&mut Inner)) -> Instance {
        let inner = Arc::make_mut(&mut self.inner);
        change(inner);
        inner.digest = OnceLock::new();
        self
    }

    /// The same as an instance of this model.
    pub(crate) fn of_model(self, model: &'static str) -> Instance {
        Instance { model, ..self }
    }

    /// The model's name; empty until a registry has taken the instance in.
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// The subject's name within the model.
    pub fn subject(&self) -> &str {
        &self.inner.subject
    }

    /// The version of a real connection.
    pub fn version(&self) -> Option<&str> {
        self.inner.version.as_deref()
    }

    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.inner.scenario
    }

    /// Whether states are cached.
    pub fn caching(&self) -> bool {
        self.inner.caching
    }

    /// Whether histories may be folded.
    pub fn folding(&self) -> bool {
        self.inner.folding
    }

    /// The defect of the explorer that explores it.
    #[cfg(feature = "planted")]
    pub fn planted(&self) -> ExecutorDefect {
        self.inner.planted
    }

    /// The explorer that it is explored by: with its settings, and with the usual limits.
    #[cfg(feature = "explore")]
    pub fn explorer(&self) -> Explorer {
        Explorer {
            caching: self.caching(),
            folding: self.folding(),
            #[cfg(feature = "planted")]
            planted: self.planted(),
            ..Explorer::default()
        }
    }

    /// What is explored.
    pub fn run(&self) -> &Arc<dyn Subject> {
        &self.inner.run
    }

    /// Where in the sources it was made.
    pub fn place(&self) -> &'static Location<'static> {
        self.inner.place
    }

    /// Its parameters in order; the scenario's name, if it has no parameters. `caching` is `off` where
    /// there is no state caching, and `histories` is listed where they may be folded.
    pub fn parameters(&self) -> Parameters {
        let Inner {
            scenario,
            caching,
            folding,
            parameters,
            ..
        } = &*self.inner;
        let mut all = Parameters::new();
        for parameter in parameters {
            match parameter {
                Parameter::Given(name, value) => all.push((name, value.clone())),
                Parameter::Capacity => all.push(("K", scenario.capacity.into())),
                Parameter::Reader => {
                    let mut reader = scenario.reader;
                    let stops = reader.stops_after.take();
                    let resets = reader.resets_after.take();
                    all.push(("reader", reader.into()));
                    all.extend(stops.map(|bytes| ("stop after", bytes.into())));
                    all.extend(resets.map(|bytes| ("reset after", bytes.into())));
                }
            }
        }
        if all.is_empty() {
            all.push(("scenario", scenario.name.as_str().into()));
        }
        if !caching {
            all.push(("caching", "off".into()));
        }
        if *folding {
            all.push(("histories", "folded".into()));
        }
        all
    }

    /// `model/subject/scenario`, as people read it. Two different instances may have the same;
    /// their [identities](Instance::identity) differ.
    pub fn id(&self) -> String {
        let Inner {
            subject, scenario, ..
        } = &*self.inner;
        format!("{}/{subject}/{}", self.model, scenario.name)
    }

    /// What results belong to.
    pub fn identity(&self) -> Identity {
        let digest = || Identity::new("", &self.parts()).digest;
        Identity {
            text: self.id(),
            digest: self.inner.digest.get_or_init(digest).clone(),
        }
    }

    /// Everything that its identity stands for, except for the model: the subject's name, version and
    /// [fingerprint](Subject::fingerprint), the scenario with everything in it, and the settings.
    pub fn parts(&self) -> Parts {
        // A field that is added has to be a part, or to be known as none.
        let Inner {
            subject,
            version,
            scenario,
            caching,
            folding,
            run,
            parameters: _,
            #[cfg(feature = "planted")]
            planted,
            place: _,
            digest: _,
        } = &*self.inner;
        #[cfg(feature = "planted")]
        let planted =
            (*planted != ExecutorDefect::None).then(|| ("planted", format!("{planted:?}")));
        #[cfg(not(feature = "planted"))]
        let planted = None;
        let version = version.iter().map(|version| ("version", version.clone()));
        let fingerprint = run.fingerprint();
        let fingerprint = fingerprint.map(|fingerprint| ("fingerprint", fingerprint));
        let named = [
            ("subject", subject.clone()),
            ("name", scenario.name.clone()),
            ("caching", caching.to_string()),
            ("folding", folding.to_string()),
        ];
        let parts = named.into_iter().chain(version).chain(fingerprint);
        let parts = parts.chain(planted);
        parts.chain(identity::of_scenario(scenario)).collect()
    }

    /// Whether another instance is provably the same thing.
    ///
    /// # Errors
    ///
    /// The parts in which they differ, or may differ.
    pub(crate) fn is_same_as(&self, other: &Instance) -> Result<(), String> {
        if Arc::ptr_eq(&self.inner, &other.inner) {
            return Ok(());
        }
        let (one, two) = (&*self.inner, &*other.inner);
        let parts = [self.parts(), other.parts()];
        let differing = |[one, two]: [&Parts; 2]| {
            let part = one.iter().find(|part| !two.contains(part));
            part.map(|(name, _)| *name)
        };
        let differs = differing([&parts[0], &parts[1]]).or(differing([&parts[1], &parts[0]]));
        if let Some(part) = differs {
            return Err(format!("their {part} differs"));
        }
        if one.parameters != two.parameters {
            return Err("their parameters differ".to_owned());
        }
        let same_actors = {
            let actors = |scenario: &Scenario| {
                let further = scenario.further.iter().map(|further| further.peer.clone());
                let peers = further.chain([scenario.peer.clone()]);
                let actors = scenario.actors.iter().cloned().map(Some);
                actors.chain(peers).collect::<Vec<_>>()
            };
            let (one, two) = (actors(&one.scenario), actors(&two.scenario));
            let same = |one: &Option<Arc<dyn Actor>>, two: &Option<_>| match (one, two) {
                (Some(one), Some(two)) => Arc::ptr_eq(one, two),
                (one, two) => one.is_none() && two.is_none(),
            };
            let mut pairs = one.iter().zip(&two);
            one.len() == two.len() && pairs.all(|(one, two)| same(one, two))
        };
        let [decorators, others] =
            [&one.scenario, &two.scenario].map(|scenario| scenario.decorators());
        let same = |(one, two): (&Arc<dyn Decorator>, &Arc<dyn Decorator>)| {
            // Fingerprints are parts.
            Arc::ptr_eq(one, two) || one.fingerprint().is_some()
        };
        if decorators.len() != others.len() || !decorators.into_iter().zip(others).all(same) {
            return Err("nothing shows that their decorators are the same".to_owned());
        }
        if !same_actors {
            return Err("nothing shows that their actors are the same".to_owned());
        }
        if Arc::ptr_eq(&one.run, &two.run) || one.run.fingerprint().is_some() {
            // Fingerprints are parts.
            return Ok(());
        }
        Err("nothing shows that their subjects are the same".to_owned())
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}
