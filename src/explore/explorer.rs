//! Runs loom to the end, counts, remembers, and decides when an execution need not go on.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant};

use crate::environment::defect::ExecutorDefect;
use crate::environment::scenario::Scenario;
use crate::run::actor::everybody;
use crate::run::executor::{drive, text_of};
use crate::run::subject::Subject;
use crate::run::sync::Gate;
use crate::run::world::{State, World};
use crate::trace::event::{ActorId, Trace};
use crate::trace::property::Property;
use crate::trace::verdict::{Cut, Exploration, Outcome};

/// What an exploration may cost.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Time.
    pub time: Option<Duration>,
    /// Executions.
    pub executions: Option<u64>,
    /// Remembered states; each takes about 40 bytes.
    pub states: usize,
    /// Lock sections of one execution.
    pub steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            time: None,
            executions: None,
            states: 5_000_000,
            steps: 4_000,
        }
    }
}

/// How to explore.
#[derive(Clone)]
pub struct Explorer {
    /// At most this many preemptions; `None` is unbounded.
    pub bound: Option<usize>,
    /// Whether a state seen before ends an execution. Only without a bound: a state reached with
    /// fewer preemptions left is not the same state.
    pub caching: bool,
    /// What it may cost.
    pub limits: Limits,
    /// Told how far it is.
    pub progress: Option<Progress>,
    /// Told what happened in every execution. Costs time.
    pub observer: Option<Observer>,
    /// Asked now and then whether to stop.
    pub stop: Option<Stop>,
}

impl Default for Explorer {
    fn default() -> Self {
        Explorer {
            bound: None,
            caching: true,
            limits: Limits::default(),
            progress: None,
            observer: None,
            stop: None,
        }
    }
}

/// `true` stops an exploration.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// Called with every execution and its outcome, which a pruned one has not.
pub type Observer = Arc<dyn Fn(&Trace, Option<&Outcome>) + Send + Sync>;

/// Called now and then with the number of executions so far.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// Counterexamples are looked for with up to this many preemptions.
const LARGEST_READABLE_BOUND: usize = 2;

/// How many executions the search for a readable counterexample may take for each bound.
const READABLE_EXECUTIONS: u64 = 2_000;

/// How many executions a bounded run may take after the unbounded one was cut off.
const BOUNDED_EXECUTIONS: u64 = 200_000;

/// How many executions lie between two looks at the clock.
const CLOCK_INTERVAL: u64 = 64;

/// The exploration's memory across executions.
pub(crate) struct Search {
    caching: bool,
    limits: Limits,
    progress: Option<Progress>,
    observer: Option<Observer>,
    stop: Option<Stop>,
    deadline: Option<Instant>,
    seen: HashSet<u128>,
    /// State and mover at each choice of the previous execution, and of this one.
    previous: Vec<(u128, Option<ActorId>)>,
    path: Vec<(u128, Option<ActorId>)>,
    /// This execution repeats the previous one so far.
    following: bool,
    /// Only this schedule is of interest.
    only: Option<Vec<ActorId>>,
    executions: u64,
    pruned: u64,
    depth: usize,
    cut: Option<Cut>,
    histogram: BTreeMap<Outcome, u64>,
    counterexamples: BTreeMap<Property, Trace>,
    followed: Option<Trace>,
}

impl Search {
    fn new(explorer: &Explorer, only: Option<Vec<ActorId>>) -> Self {
        let limits = &explorer.limits;
        Search {
            caching: explorer.caching && explorer.bound.is_none(),
            limits: limits.clone(),
            progress: explorer.progress.clone(),
            observer: explorer.observer.clone(),
            stop: explorer.stop.clone(),
            deadline: limits.time.map(|time| Instant::now() + time),
            seen: HashSet::new(),
            previous: Vec::new(),
            path: Vec::new(),
            following: false,
            only,
            executions: 0,
            pruned: 0,
            depth: 0,
            cut: None,
            histogram: BTreeMap::new(),
            counterexamples: BTreeMap::new(),
            followed: None,
        }
    }

    /// Called at the start of an execution; `false` ends the exploration.
    fn begin(&mut self) -> bool {
        let look_at_the_clock = self.executions.is_multiple_of(CLOCK_INTERVAL);
        if look_at_the_clock && let Some(progress) = &self.progress {
            progress(self.executions);
        }
        if self.cut.is_none() {
            if self
                .limits
                .executions
                .is_some_and(|max| self.executions >= max)
            {
                self.cut = Some(Cut::Executions);
            } else if self.seen.len() > self.limits.states {
                self.cut = Some(Cut::Memory);
            } else if look_at_the_clock
                && self
                    .deadline
                    .is_some_and(|deadline| Instant::now() >= deadline)
            {
                self.cut = Some(Cut::Time);
            } else if look_at_the_clock && self.stop.as_ref().is_some_and(|stop| stop()) {
                self.cut = Some(Cut::Interrupted);
            }
        }
        let finished = self.only.is_some() && self.followed.is_some();
        if self.cut.is_some() || finished {
            return false;
        }
        self.previous = std::mem::take(&mut self.path);
        self.following = self.executions > 0;
        self.executions += 1;
        true
    }

    /// Called where loom is about to choose who moves.
    pub(crate) fn choice(&mut self, state: &State) -> Choice {
        let position = self.path.len();
        let key = state.key();
        self.path.push((key, None));
        self.depth = self.depth.max(position + 1);
        if self.following {
            // The same schedule must lead to the same state.
            if self
                .previous
                .get(position)
                .is_none_or(|&(old, _)| old != key)
            {
                self.cut = Some(Cut::NotDeterministic);
                return Choice::Abort;
            }
            return Choice::Explore;
        }
        if position >= self.limits.steps {
            self.cut = Some(Cut::Steps);
            return Choice::Prune;
        }
        if self.caching && !self.seen.insert(key) {
            self.pruned += 1;
            if self.path[..position]
                .iter()
                .any(|&(before, _)| before == key)
            {
                // Nothing below was explored: pruning here would call an endless execution, or
                // two calls declared alike, a proof.
                self.cut = Some(Cut::Cycle);
            }
            return Choice::Prune;
        }
        Choice::Explore
    }

    /// Called when the chosen actor begins to move.
    pub(crate) fn resolve(&mut self, actor: ActorId) {
        if let Some((_, mover @ None)) = self.path.last_mut() {
            *mover = Some(actor);
            let position = self.path.len() - 1;
            if self.following && self.previous[position].1 != Some(actor) {
                self.following = false;
            }
        }
    }

    /// Called at the start of a lock section; `false` ends the execution: it has left the schedule
    /// that is to be followed.
    pub(crate) fn enter(&mut self, actor: ActorId, position: usize) -> bool {
        match &self.only {
            Some(only) => only.get(position) == Some(&actor),
            None => true,
        }
    }

    /// Called when an execution is through.
    pub(crate) fn finish(&mut self, state: &State) {
        if let Some(observer) = &self.observer {
            observer(&state.trace(None), state.outcome.as_ref());
        }
        let Some(outcome) = &state.outcome else {
            return;
        };
        *self.histogram.entry(outcome.clone()).or_default() += 1;
        for (property, _) in state.violations.iter() {
            let shorter = self.counterexamples.get(&property).is_none_or(|known| {
                (state.log.len(), state.schedule.len()) < (known.steps.len(), known.schedule.len())
            });
            if shorter {
                self.counterexamples
                    .insert(property, state.trace(Some(property)));
            }
        }
        if self.only.is_some() {
            self.followed = Some(state.trace(None));
        }
    }
}

/// What becomes of an execution at a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// It goes on.
    Explore,
    /// It ends: all that can follow has been explored.
    Prune,
    /// The whole exploration ends: loom's path no longer fits what the subject does.
    Abort,
}

/// The payload of the panic that stops loom.
struct StopLoom;

/// Stops loom, wherever it is.
pub(crate) fn stop_loom() -> ! {
    resume_unwind(Box::new(StopLoom))
}

std::thread_local! {
    static EXPLORING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs `explore`, in which a subject's panic is a verdict, not a message on the terminal.
pub(crate) fn silently<R>(explore: impl FnOnce() -> R) -> R {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let default = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !EXPLORING.with(std::cell::Cell::get) {
                default(info);
            }
        }));
    });
    let before = EXPLORING.with(|exploring| exploring.replace(true));
    let result = explore();
    EXPLORING.with(|exploring| exploring.set(before));
    result
}

/// One execution of the system; called by loom, once for each interleaving.
fn execute(subject: &Arc<dyn Subject>, scenario: &Scenario, search: &Arc<Mutex<Search>>) {
    if !search.lock().expect("the search never panics").begin() {
        stop_loom();
    }
    let mut world = World::new(&**subject, scenario, Gate::of_loom());
    world.search = Some(search.clone());
    let world = Arc::new(world);
    let mut peer = None;
    for (n, start) in everybody(subject, scenario).into_iter().enumerate() {
        let actor = ActorId(n as u8);
        let world = world.clone();
        let act = move || drive(&world, actor, |handle| start(handle));
        match actor {
            // Loom's main thread acts, too.
            ActorId::READER => peer = Some(act),
            ActorId::SUBJECT => {
                let words = subject.stack_bytes() / size_of::<usize>();
                let thread = loom::thread::Builder::new().stack_size(words);
                thread.spawn(act).map(drop).expect("loom always spawns");
            }
            _ => drop(loom::thread::spawn(act)),
        }
    }
    peer.expect("there is a peer")();
}

impl Explorer {
    /// Explores every interleaving of the subject in the scenario.
    ///
    /// Never panics: a panic of the subject is an outcome, and a failure of loom itself is a
    /// [`Cut::Crashed`].
    pub fn explore(&self, subject: &Arc<dyn Subject>, scenario: &Scenario) -> Exploration {
        self.run(subject, scenario, None).0
    }

    /// Explores without a bound for the verdict; then, where a property fails, once more with
    /// rising preemption bounds for the most readable counterexample; or, where it was cut off
    /// before anything failed, with a bound that can be finished.
    pub fn decide(&self, subject: &Arc<dyn Subject>, scenario: &Scenario) -> Exploration {
        let end = self.limits.time.map(|time| Instant::now() + time);
        let unbounded = Explorer {
            limits: Limits {
                // The rest is for a bounded run, should the time not suffice.
                time: self.limits.time.map(|time| time * 2 / 3),
                ..self.limits.clone()
            },
            ..self.clone()
        };
        let mut exploration = unbounded.explore(subject, scenario);
        let bounded = |bound, executions| Explorer {
            bound: Some(bound),
            limits: Limits {
                executions: Some(executions),
                time: end.map(|end| end.saturating_duration_since(Instant::now())),
                ..self.limits.clone()
            },
            ..self.clone()
        };
        if !exploration.counterexamples.is_empty() {
            for bound in 0..=LARGEST_READABLE_BOUND {
                let found = bounded(bound, READABLE_EXECUTIONS).explore(subject, scenario);
                let all = exploration
                    .counterexamples
                    .keys()
                    .all(|property| found.counterexamples.contains_key(property));
                for (property, trace) in found.counterexamples {
                    let known = exploration.counterexamples.entry(property);
                    let known = known.or_insert_with(|| trace.clone());
                    if trace.steps.len() <= known.steps.len() {
                        *known = trace;
                    }
                }
                if all {
                    break;
                }
            }
        } else if matches!(
            exploration.cut,
            Some(Cut::Time | Cut::Executions | Cut::Memory)
        ) {
            for bound in (1..=LARGEST_READABLE_BOUND).rev() {
                let found = bounded(bound, BOUNDED_EXECUTIONS).explore(subject, scenario);
                if found.cut.is_none() || !found.counterexamples.is_empty() {
                    return found;
                }
            }
        }
        exploration
    }

    /// Follows one schedule: what happens, and the properties that it breaks. `None` when the
    /// system does not permit it.
    pub fn replay(
        &self,
        subject: &Arc<dyn Subject>,
        scenario: &Scenario,
        schedule: &[ActorId],
    ) -> Option<(Trace, BTreeMap<Property, Trace>)> {
        let unbounded = Explorer {
            bound: None,
            caching: false,
            limits: self.limits.clone(),
            progress: None,
            observer: None,
            stop: None,
        };
        let (exploration, followed) = unbounded.run(subject, scenario, Some(schedule.to_vec()));
        Some((followed?, exploration.counterexamples))
    }

    fn run(
        &self,
        subject: &Arc<dyn Subject>,
        scenario: &Scenario,
        only: Option<Vec<ActorId>>,
    ) -> (Exploration, Option<Trace>) {
        let search = Arc::new(Mutex::new(Search::new(self, only)));
        let started = Instant::now();
        let check = || {
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
            let (subject, scenario) = (subject.clone(), scenario.clone());
            let shared = search.clone();
            builder.check(move || execute(&subject, &scenario, &shared));
        };
        let explored = silently(|| catch_unwind(AssertUnwindSafe(check)));
        let mut search = match Arc::try_unwrap(search) {
            Ok(search) => search.into_inner().expect("the search never panics"),
            Err(_) => unreachable!("loom has dropped its closure"),
        };
        if let Err(payload) = explored
            && !payload.is::<StopLoom>()
        {
            let why = text_of(&*payload).unwrap_or_else(|| "loom was stopped".to_owned());
            search.cut = Some(Cut::Crashed(why));
        }
        let exploration = Exploration {
            executions: search.executions,
            pruned: search.pruned,
            states: search.seen.len() as u64,
            cached: search.caching,
            depth: search.depth,
            bound: self.bound,
            cut: search.cut,
            defective: scenario.executor_defect != ExecutorDefect::None,
            histogram: search.histogram,
            counterexamples: search.counterexamples,
            seconds: started.elapsed().as_secs_f64(),
        };
        (exploration, search.followed)
    }
}
