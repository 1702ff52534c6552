//! Runs loom to the end, and returns the result.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::explore::execute::{STACK_BYTES, execute};
use crate::explore::graph::Graph;
#[cfg(doc)]
use crate::explore::limits::REPEATED_EXECUTIONS;
use crate::explore::limits::{Limits, Observer, Progress, Stop};
use crate::explore::search::{Folds, Found, Plan, Search};
use crate::explore::shared::Shared;
use crate::explore::silent::{asked, silently};
use crate::explore::transitions::Label;
use crate::explore::watch::watched;
use crate::run::executor::Stopped;
#[cfg(feature = "planted")]
use crate::run::planted::ExecutorDefect;
use crate::run::planted::Planted;
use crate::run::scenario::Scenario;
use crate::run::state_key::Histories;
use crate::run::subject::Subject;
use crate::trace::event::{ActorId, Trace};
use crate::trace::property::Property;
use crate::trace::verdict::{Exploration, Inconclusive};

/// How to explore.
#[derive(Clone)]
pub struct Explorer {
    /// At most this many preemptions; `None` is unbounded.
    pub bound: Option<usize>,
    /// Whether histories are folded where an exploration is long: see
    /// [`Folding`](crate::trace::folding::Folding).
    pub folding: bool,
    /// Whether a state seen before ends an execution. Only without a bound: a state reached with
    /// fewer preemptions left is not the same state.
    pub caching: bool,
    /// What it may cost.
    pub limits: Limits,
    /// Called with the number of executions so far.
    pub progress: Option<Progress>,
    /// Called with every execution. Costs time.
    pub observer: Option<Observer>,
    /// Asked now and then whether to stop.
    pub stop: Option<Stop>,
    /// A deliberate defect, to test the explorer itself. With one it proves nothing.
    #[cfg(feature = "planted")]
    pub planted: ExecutorDefect,
}

impl Default for Explorer {
    fn default() -> Self {
        Explorer {
            bound: None,
            folding: true,
            caching: true,
            limits: Limits::default(),
            progress: None,
            observer: None,
            stop: None,
            #[cfg(feature = "planted")]
            planted: ExecutorDefect::None,
        }
    }
}

/// Counterexamples are looked for with up to this many preemptions.
const LARGEST_READABLE_BOUND: usize = 2;

/// How many executions the search for a readable counterexample may take for each bound.
const READABLE_EXECUTIONS: u64 = 2_000;

/// How many executions a bounded run may take after the unbounded one was inconclusive.
const BOUNDED_EXECUTIONS: u64 = 200_000;

/// The plan of one exploration.
#[derive(Default)]
pub(super) struct Way {
    /// See [`Plan::only`].
    pub(super) only: Option<Vec<ActorId>>,
    /// See [`Plan::repeats`].
    pub(super) repeats: bool,
    /// See [`Plan::folds`].
    pub(super) folds: Folds,
    /// See [`Plan::label`].
    pub(super) label: Option<Label>,
}

/// The result of one exploration, with the path to each violation.
pub(super) struct Explored {
    pub(super) exploration: Exploration,
    pub(super) found: BTreeMap<Property, Found>,
    pub(super) graph: Graph,
    opaque: bool,
    histories: Histories,
    pub(super) followed: Option<Trace>,
}

impl Explorer {
    /// Explores every interleaving of the subject in the scenario.
    ///
    /// Where an actor is identified by its history, the instance is explored again, and every move must
    /// lead to the same result as the first time. A small instance is repeated as a whole, up to
    /// [`REPEATED_EXECUTIONS`] times; of a large one a tenth is repeated. At least
    /// [`REPEATED_EXECUTIONS`] completed executions are.
    ///
    /// Never panics: a panic of the subject is an outcome, and a failure of loom itself is a
    /// [`Inconclusive::Crashed`]. A poll that never ends is given up; see [`Limits::poll`].
    pub fn explore(&self, subject: &Arc<dyn Subject>, scenario: &Scenario) -> Exploration {
        let explored = self.run(subject, scenario, None, true);
        self.finish(explored)
    }

    /// Explores without a bound for the verdict. Where a property fails, explores again with rising
    /// preemption bounds, for the most readable counterexample. Where the result was inconclusive
    /// before anything failed, explores with a bound that can be completed.
    pub fn decide(&self, subject: &Arc<dyn Subject>, scenario: &Scenario) -> Exploration {
        // What is longer than the clock can tell is no limit.
        let limit = self.limits.time;
        let end = limit.and_then(|time| Instant::now().checked_add(time));
        let left = |end: Option<Instant>| end.map(|e| e.saturating_duration_since(Instant::now()));
        let unbounded = Explorer {
            limits: Limits {
                // The rest is for a bounded run, should the time not suffice.
                time: self.limits.time.map(|time| time / 3 * 2),
                ..self.limits.clone()
            },
            ..self.clone()
        };
        let mut explored = unbounded.run(subject, scenario, None, true);
        let histories = explored.histories.clone();
        let bounded = |bound, executions| Explorer {
            bound: Some(bound),
            limits: Limits {
                executions: Some(executions),
                time: left(end),
                ..self.limits.clone()
            },
            ..self.clone()
        };
        let inconclusive = explored.exploration.inconclusive.clone();
        let gave_up = matches!(
            inconclusive,
            Some(
                Inconclusive::NotDeterministic(_)
                    | Inconclusive::EndlessCalls { .. }
                    | Inconclusive::PollNeverEnds { .. }
                    | Inconclusive::StackOverflow { .. }
                    | Inconclusive::Scenario(_)
            )
        );
        if !explored.found.is_empty() && !gave_up {
            for bound in 0..=LARGEST_READABLE_BOUND {
                let searched = bounded(bound, READABLE_EXECUTIONS);
                let way = Way {
                    folds: Folds::Unchecked(histories.clone()),
                    ..Way::default()
                };
                let searched = searched.search(subject, scenario, way);
                if let why @ Some(Inconclusive::NotDeterministic(_)) =
                    searched.exploration.inconclusive
                {
                    explored.exploration.inconclusive = why;
                    break;
                }
                let mut known = explored.found.keys();
                let all = known.all(|property| searched.found.contains_key(property));
                for (property, found) in searched.found {
                    let known = explored.found.entry(property);
                    let known = known.or_insert_with(|| found.clone());
                    if found.trace.steps.len() <= known.trace.steps.len() {
                        *known = found;
                    }
                }
                if all {
                    break;
                }
            }
        } else if matches!(
            inconclusive,
            Some(Inconclusive::Time | Inconclusive::Executions | Inconclusive::Memory)
        ) {
            for bound in (1..=LARGEST_READABLE_BOUND).rev() {
                let searched = bounded(bound, BOUNDED_EXECUTIONS);
                let searched = searched.run(subject, scenario, None, true);
                if searched.exploration.inconclusive.is_none() || !searched.found.is_empty() {
                    return self.finish(searched);
                }
            }
        }
        self.finish(explored)
    }

    /// The exploration with its counterexamples, each with the step after which the violation was
    /// unavoidable.
    fn finish(&self, explored: Explored) -> Exploration {
        let knows_all = explored.exploration.inconclusive.is_none() && self.knows_all(&explored);
        let Explored {
            mut exploration,
            found,
            graph,
            ..
        } = explored;
        for (property, Found { mut trace, path }) in found {
            let broken_at = trace.broken_at.unwrap_or(trace.steps.len());
            let from = || graph.unavoidable_from(property, &path, &trace.steps, broken_at);
            trace.unavoidable_from = knows_all.then(from);
            exploration.counterexamples.insert(property, trace);
        }
        exploration
    }

    #[cfg(feature = "planted")]
    fn planted(&self) -> Planted {
        self.planted.into()
    }

    #[cfg(not(feature = "planted"))]
    fn planted(&self) -> Planted {
        Planted::default()
    }

    /// Whether every move of the exploration is in the graph.
    fn knows_all(&self, explored: &Explored) -> bool {
        explored.exploration.bound.is_none()
            && (explored.opaque || explored.graph.len() <= self.limits.states / 5)
    }

    pub(super) fn run(
        &self,
        subject: &Arc<dyn Subject>,
        scenario: &Scenario,
        only: Option<Vec<ActorId>>,
        repeats: bool,
    ) -> Explored {
        let way = Way {
            only,
            repeats,
            folds: self.folds(scenario),
            label: None,
        };
        self.search(subject, scenario, way)
    }

    /// When histories are folded.
    pub(super) fn folds(&self, scenario: &Scenario) -> Folds {
        match self.folding && scenario.tasks == 0 {
            true => Folds::LongExplorations,
            false => Folds::Never,
        }
    }

    pub(super) fn search(
        &self,
        subject: &Arc<dyn Subject>,
        scenario: &Scenario,
        way: Way,
    ) -> Explored {
        let started = Instant::now();
        let planted = self.planted();
        let search = Search::new(Plan {
            caching: self.caching && self.bound.is_none() && way.only.is_none(),
            limits: self.limits.clone(),
            progress: self.progress.clone(),
            observer: self.observer.clone(),
            stop: self.stop.clone(),
            only: way.only,
            repeats: way.repeats,
            folds: way.folds,
            label: way.label,
            planted,
        });
        let shared = Arc::new(Shared::new(search));
        shared
            .expired
            .store(self.limits.time == Some(Duration::ZERO), Ordering::Relaxed);
        let sockets = silently(|| asked(|| subject.sockets())).unwrap_or_default();
        let problem = scenario
            .problem()
            .or_else(|| scenario.problem_of_sockets(sockets));
        if let Some(problem) = problem {
            shared.search().inconclusive = Some(Inconclusive::Scenario(problem));
        } else {
            let check = self.check(subject, scenario, &shared);
            let peer = STACK_BYTES / 2;
            let of_subject = silently(|| asked(|| subject.stack_bytes())).unwrap_or_default();
            let stack = |actor| match actor {
                ActorId::READER => peer,
                ActorId::SUBJECT => of_subject,
                _ => STACK_BYTES,
            };
            let names = silently(|| asked(|| scenario.names(subject.actor())));
            let names = names.unwrap_or_default();
            watched(check, &shared, &self.limits, &names, stack);
        }
        // A thread that was given up may come back to it, and finds nothing there.
        let mut search = std::mem::replace(&mut *shared.search(), Search::over());
        search.settle();
        let folding = search.folding();
        let histories = search.histories().clone();
        // An actor that panics when asked is inconclusive for that already.
        let reads = silently(|| asked(|| subject.reads_while_writing()));
        let facts = scenario.facts(reads.unwrap_or_default());
        let mut not_applicable = Property::not_applicable(&facts);
        if !scenario.everything_is_read() {
            // Nobody takes anything out of the kernel's buffer.
            not_applicable.extend(Property::OF_READER);
        }
        let first = search.first;
        let exploration = Exploration {
            executions: first.executions,
            pruned: first.pruned,
            states: first.states as u64,
            cached: search.plan.caching,
            depth: first.depth,
            bound: self.bound,
            // What has come up since weighs more than that the first exploration was inconclusive.
            inconclusive: search.inconclusive.or(first.inconclusive),
            defective: planted.is_any() || !scenario.decorators().is_empty(),
            folding,
            repeated: search.repeated,
            not_applicable,
            promised: first.promised,
            leaked: first.leaked,
            histogram: first.histogram,
            counterexamples: BTreeMap::new(),
            seconds: started.elapsed().as_secs_f64(),
        };
        Explored {
            exploration,
            found: first.found,
            graph: search.graph,
            opaque: search.opaque,
            histories,
            followed: search.followed,
        }
    }

    /// The work of the exploring thread.
    fn check(
        &self,
        subject: &Arc<dyn Subject>,
        scenario: &Scenario,
        shared: &Arc<Shared>,
    ) -> impl FnOnce() + Send + 'static {
        let mut builder = loom::model::Builder::new();
        builder.max_threads = loom::MAX_THREADS;
        // Every lock section is a branch; starting, ending and passing are a few more.
        builder.max_branches = 2 * self.limits.steps + 100;
        builder.max_duration = None;
        builder.max_permutations = None;
        builder.preemption_bound = self.bound;
        builder.checkpoint_file = None;
        builder.expect_explicit_explore = false;
        builder.location = false;
        builder.log = false;
        let (subject, scenario, shared) = (subject.clone(), scenario.clone(), shared.clone());
        move || {
            loop {
                let (subject, scenario) = (subject.clone(), scenario.clone());
                let search = shared.clone();
                let check = || builder.check(move || execute(&subject, &scenario, &search));
                let explored = catch_unwind(AssertUnwindSafe(check));
                if let Err(payload) = explored
                    && !payload.is::<Stopped>()
                {
                    shared.next_phase();
                    resume_unwind(payload);
                }
                if !shared.next_phase() {
                    return;
                }
            }
        }
    }
}
