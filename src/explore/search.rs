//! The memory of an exploration across its executions: which states have been seen, what was found,
//! and whether the same schedule leads to the same again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::environment::defect::ExecutorDefect;
use crate::explore::graph::{Elsewhere, Graph, Keys, Next};
use crate::explore::limits::{Limits, Observer, Progress, REPEATED_EXECUTIONS, Stop};
use crate::run::digest::digest;
use crate::run::slot::CALLS_WITHOUT_CHANGE;
use crate::run::state::{Over, State};
use crate::run::state_key::Histories;
use crate::run::world::{Choice, Watcher};
use crate::trace::event::{ActorId, Event, Step, Trace};
use crate::trace::folding::{Disagreement, Folding};
use crate::trace::outcome::Outcome;
use crate::trace::property::Property;
use crate::trace::verdict::{Divergence, Inconclusive};

/// How many executions lie between two reports of progress.
const PROGRESS_INTERVAL: u64 = 64;

/// A choice: the state, who was chosen, and how many steps had been made.
#[derive(Clone, Copy, Debug)]
struct Chosen {
    state: u128,
    mover: Option<ActorId>,
    steps: usize,
    /// A history is continued here that was folded to a known one.
    checking: bool,
}

/// A violation with the way to it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) trace: Trace,
    /// The state before each move, and how many steps had been made.
    pub(crate) path: Vec<(u128, usize)>,
}

/// What is to be done.
#[derive(Clone, Default)]
pub(crate) struct Plan {
    /// Whether a state seen before ends an execution.
    pub(crate) caching: bool,
    pub(crate) limits: Limits,
    pub(crate) progress: Option<Progress>,
    pub(crate) observer: Option<Observer>,
    pub(crate) stop: Option<Stop>,
    /// Only this schedule is of interest.
    pub(crate) only: Option<Vec<ActorId>>,
    /// Whether what is known by its history is explored again.
    pub(crate) repeats: bool,
    /// When the histories are folded.
    pub(crate) folds: Folds,
    /// What is planted into the explorer.
    pub(crate) defect: ExecutorDefect,
}

/// When the histories are folded by which actors are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Folds {
    /// Never.
    #[default]
    Never,
    /// Where an exploration under the full histories takes more than [`Limits::unfolded`]
    /// executions.
    LongExplorations,
    /// From the beginning, and without a check: for the way to a counterexample in a graph whose
    /// states are known by these histories.
    Unchecked(Histories),
}

/// In so many steps every history is continued that is folded to a known one; behind as many again
/// it is every second, behind the next as many every fourth, and so on.
const CHECKED_STEPS: u64 = 1_000_000;

impl Plan {
    /// Whether histories may be folded and checked.
    fn may_fold(&self) -> bool {
        let whole = self.caching && self.only.is_none() && self.observer.is_none();
        let sound = [ExecutorDefect::None, ExecutorDefect::OF_FOLDING].contains(&self.defect);
        self.folds == Folds::LongExplorations && whole && sound
    }

    /// Whether what is known by its history is explored again. With a defect there is nothing to be
    /// proved, unless it is one of this comparison.
    fn repeats(&self) -> bool {
        let defects = [ExecutorDefect::None, ExecutorDefect::MovesNotCompared];
        self.repeats && defects.contains(&self.defect)
    }

    /// With most defects equal keys may be different states, of which different things are known.
    fn compares_moves(&self) -> bool {
        let defects = [
            ExecutorDefect::None,
            ExecutorDefect::NothingRepeated,
            ExecutorDefect::OF_FOLDING,
        ];
        defects.contains(&self.defect)
    }
}

/// The exploration's memory across executions.
#[derive(Default)]
pub(crate) struct Search {
    pub(crate) plan: Plan,
    pub(crate) seen: Keys,
    /// Every move so far, also those of earlier explorations of the same instance.
    pub(crate) graph: Graph,
    /// Who moves is known by its history: what it does must be compared.
    pub(crate) opaque: bool,
    /// The choices of the previous execution, and of this one.
    previous: Vec<Chosen>,
    path: Vec<Chosen>,
    /// What happened in the previous execution.
    previous_steps: Vec<Step>,
    /// This execution repeats the previous one so far.
    following: bool,
    phase: Phase,
    /// Which memory of their calls opaque actors are known by.
    pub(crate) histories: Histories,
    check: Check,
    /// The exploration begins again.
    again: Option<Again>,
    /// Executions of all phases.
    started: u64,
    /// Executions of the current phase.
    executions: u64,
    concluded: u64,
    /// Executions that came to their end and repeated an earlier one.
    pub(crate) repeated: u64,
    pub(crate) inconclusive: Option<Inconclusive>,
    pub(crate) first: First,
    pub(crate) followed: Option<Trace>,
}

/// Whether histories that are folded to the same go on alike.
#[derive(Default)]
struct Check {
    /// A history is being continued that was folded to a known one.
    checking: bool,
    /// Full histories that were met.
    histories: Keys,
    checked: u64,
    /// Steps of the executions that have checked.
    steps: u64,
    unchecked: u64,
    /// The second of two histories that contradict each other, behind this move; the first is being
    /// looked for.
    wanted: Option<(u128, ActorId, Vec<String>)>,
    contradiction: Option<Box<Disagreement>>,
}

/// How an exploration begins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Folded,
    FoldedBetweenPolls,
    /// To meet the first of two histories once more.
    FoldedOnceMore,
    Full,
}

/// What is being explored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// The instance, for the first time.
    #[default]
    First,
    /// The first execution again and again, so many times more.
    Starts(u64),
    /// The whole instance again, so many times more.
    Again(u64),
    /// Nothing is left to do.
    Through,
}

/// What the first exploration found.
#[derive(Default)]
pub(crate) struct First {
    pub(crate) executions: u64,
    pub(crate) concluded: u64,
    pub(crate) pruned: u64,
    pub(crate) states: usize,
    pub(crate) depth: usize,
    /// Bytes that were promised, in the execution in which it was most.
    pub(crate) promised: usize,
    pub(crate) inconclusive: Option<Inconclusive>,
    pub(crate) histogram: BTreeMap<Outcome, u64>,
    pub(crate) found: BTreeMap<Property, Found>,
}

impl Search {
    pub(crate) fn new(plan: Plan) -> Self {
        Search {
            histories: match plan.folds {
                Folds::Unchecked(histories) => histories,
                _ => Histories::Full,
            },
            plan,
            ..Search::default()
        }
    }

    /// What a thread finds that was given up and comes back: nothing is left to do.
    pub(crate) fn over() -> Search {
        Search {
            inconclusive: Some(Inconclusive::Interrupted),
            phase: Phase::Through,
            ..Search::default()
        }
    }

    /// Takes stock of the first exploration, if it is what was going on.
    pub(crate) fn settle(&mut self) {
        if self.phase == Phase::First && self.again.is_none() {
            self.first.executions = self.executions;
            self.first.concluded = self.concluded;
            self.first.states = self.seen.len();
            self.first.inconclusive = self.inconclusive.take();
        }
    }

    /// A part of the exploration is through; whether there is another one.
    fn next_phase(&mut self) -> bool {
        if let Some(again) = self.again.take() {
            self.begin_again(again);
            return true;
        }
        self.settle();
        let gave_up = self.first.inconclusive.is_some() && self.first.found.is_empty();
        let compares = self.plan.repeats() && self.opaque && !gave_up && self.first.concluded > 0;
        self.phase = match self.phase {
            _ if !compares || self.inconclusive.is_some() => Phase::Through,
            Phase::First => {
                let more = out_of_step(self.first.executions + REPEATED_EXECUTIONS);
                Phase::Starts(REPEATED_EXECUTIONS + more)
            }
            Phase::Starts(0 | 1) => {
                Phase::Again(rounds(self.first.executions, self.plan.limits.repeated))
            }
            Phase::Starts(left) => Phase::Starts(left - 1),
            Phase::Again(left @ 2..) => Phase::Again(left - 1),
            Phase::Again(_) | Phase::Through => Phase::Through,
        };
        self.forget();
        self.phase != Phase::Through
    }

    /// Forgets the executions of a phase.
    fn forget(&mut self) {
        (self.executions, self.concluded) = (0, 0);
        self.seen = Keys::default();
        self.previous = Vec::new();
        self.path = Vec::new();
        self.previous_steps = Vec::new();
    }

    fn begin_again(&mut self, again: Again) {
        self.forget();
        self.first = First::default();
        self.graph = Graph::default();
        self.histories = match again {
            Again::Folded => Histories::Folded,
            Again::FoldedBetweenPolls | Again::FoldedOnceMore => Histories::FoldedBetweenPolls,
            Again::Full => Histories::Full,
        };
        self.check = Check {
            wanted: match again {
                Again::FoldedOnceMore => self.check.wanted.take(),
                _ => None,
            },
            contradiction: self.check.contradiction.take(),
            ..Check::default()
        };
    }

    /// Whether the histories are folded now.
    fn folded(&self) -> bool {
        self.histories != Histories::Full
    }

    /// What became of folding the histories, if that was tried.
    pub(crate) fn folding(&mut self) -> Option<Folding> {
        if let Some(contradiction) = self.check.contradiction.take() {
            return Some(Folding::Contradicted(contradiction));
        }
        let folded = self.folded() && self.plan.folds == Folds::LongExplorations;
        folded.then_some(Folding::Held {
            between_polls: self.histories == Histories::FoldedBetweenPolls,
            checked: self.check.checked,
            unchecked: self.check.unchecked,
        })
    }

    /// How many executions the current phase may have.
    fn most(&self) -> Option<u64> {
        match self.phase {
            Phase::First => self.plan.limits.executions,
            Phase::Starts(_) => Some(1),
            Phase::Again(_) => Some(repeated(self.first.executions, self.plan.limits.repeated)),
            Phase::Through => Some(0),
        }
    }

    /// Called at the start of an execution; `false` ends the exploration.
    fn begin(&mut self, expired: bool) -> bool {
        let report = self.started.is_multiple_of(PROGRESS_INTERVAL);
        if report && let Some(progress) = &self.plan.progress {
            // What is explored again is not counted.
            progress(self.started.min(match self.phase {
                Phase::First => self.started,
                _ => self.first.executions,
            }));
        }
        let mut enough = false;
        if self.inconclusive.is_none() {
            let most = self.most();
            let remembered = match self.opaque {
                true => self.seen.len().max(self.graph.len()),
                false => self.seen.len(),
            };
            let remembered = remembered.max(self.check.histories.len());
            let long =
                self.phase == Phase::First && self.executions >= self.plan.limits.unfolded.max(1);
            let tried = self.folded() || self.check.contradiction.is_some();
            if long && self.opaque && !tried && self.plan.may_fold() {
                self.again = Some(Again::Folded);
                return false;
            }
            if most.is_some_and(|most| self.executions >= most) {
                match self.phase {
                    Phase::First => self.inconclusive = Some(Inconclusive::Executions),
                    _ => enough = true,
                }
            } else if remembered > self.plan.limits.states {
                self.inconclusive = Some(Inconclusive::Memory);
            } else if expired {
                self.inconclusive = Some(Inconclusive::Time);
            } else if report && self.plan.stop.as_ref().is_some_and(|stop| stop()) {
                self.inconclusive = Some(Inconclusive::Interrupted);
            }
        }
        let finished = enough || self.plan.only.is_some() && self.followed.is_some();
        if self.inconclusive.is_some() || finished {
            return false;
        }
        self.previous = std::mem::take(&mut self.path);
        self.following = self.executions > 0;
        self.check.checking = false;
        self.executions += 1;
        self.started += 1;
        true
    }

    /// Somebody is about to be chosen.
    fn choice(&mut self, state: &State, key: u128) -> Choice {
        let position = self.path.len();
        self.opaque |= state.slots.iter().any(|slot| slot.opaque);
        let known = self.following.then(|| self.previous.get(position));
        // A part of the previous schedule must lead to what it led to then.
        let same = known.is_none_or(|known| known.is_some_and(|known| known.state == key));
        let same = same || self.plan.defect == ExecutorDefect::MovesNotCompared;
        if !same || !self.remember(Next::State(key), state) {
            self.diverged(state, position);
            return Choice::Stop;
        }
        self.path.push(Chosen {
            state: key,
            mover: None,
            steps: state.log.len(),
            checking: self.following && self.previous[position].checking,
        });
        if self.phase == Phase::First {
            self.first.depth = self.first.depth.max(position + 1);
        }
        if self.following {
            self.check.checking = self.path[position].checking;
            return Choice::Explore;
        }
        if position >= self.plan.limits.steps {
            self.inconclusive = Some(Inconclusive::Steps(self.plan.limits.steps));
            return Choice::Prune;
        }
        if self.plan.caching && !self.seen.insert(key) {
            let mut before = self.path[..position].iter();
            if let Some(known) = before.find(|chosen| chosen.state == key) {
                // Nothing below was explored: pruning here would call an endless execution, or
                // two calls declared alike, a proof.
                if self.folded() {
                    let (from, mover) = (known.steps, self.path[position - 1].mover);
                    self.meets_itself(state, from, mover);
                    return Choice::Stop;
                }
                self.inconclusive = Some(Inconclusive::Cycle);
            } else if self.folded() && self.continues(state) {
                self.check.checking = true;
                self.path[position].checking = true;
                return Choice::Explore;
            }
            if self.phase == Phase::First && !self.check.checking {
                self.first.pruned += 1;
            }
            return Choice::Prune;
        }
        if self.folded() && self.plan.caching && self.phase == Phase::First {
            self.check.histories.insert(state.key(Histories::Full));
            self.check.checking = false;
        }
        Choice::Explore
    }

    /// Whether to continue a history that was folded to a known one.
    fn continues(&mut self, state: &State) -> bool {
        if self.phase != Phase::First {
            return false;
        }
        let full = state.key(Histories::Full);
        if !self.check.histories.insert(full) {
            return false;
        }
        let halved = (self.check.steps / CHECKED_STEPS).min(20);
        let chosen = (full as u64).is_multiple_of(1 << halved)
            && self.plan.defect != ExecutorDefect::OF_FOLDING;
        self.check.unchecked += u64::from(!chosen);
        chosen
    }

    /// An execution comes back to a folded history that it has left.
    fn meets_itself(&mut self, state: &State, from: usize, mover: Option<ActorId>) {
        if self.histories == Histories::Folded {
            self.again = Some(Again::FoldedBetweenPolls);
            return;
        }
        let actor = mover.unwrap_or(ActorId::SUBJECT);
        let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
        self.check.contradiction = Some(Box::new(Disagreement {
            actor: name(&names, actor).to_owned(),
            first: told(&names, actor, &state.log[..from]),
            second: told(&names, actor, &state.log),
        }));
        self.again = Some(Again::Full);
    }

    /// Behind a folded history, the last move did not do what it did behind another one.
    fn contradicted(&mut self, state: &State, from: u128, mover: ActorId) {
        if self.histories == Histories::Folded {
            // There is less to assume.
            self.again = Some(Again::FoldedBetweenPolls);
            return;
        }
        let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
        self.check.wanted = Some((from, mover, told(&names, mover, &state.log)));
        self.again = Some(Again::FoldedOnceMore);
    }

    /// The move is the first of two that contradict each other, met once more.
    fn found(&mut self, state: &State, from: u128, mover: ActorId) -> bool {
        let wanted = &mut self.check.wanted;
        let Some((.., second)) = wanted.take_if(|wanted| (wanted.0, wanted.1) == (from, mover))
        else {
            return false;
        };
        let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
        self.check.contradiction = Some(Box::new(Disagreement {
            actor: name(&names, mover).to_owned(),
            first: told(&names, mover, &state.log),
            second,
        }));
        self.again = Some(Again::Full);
        true
    }

    /// Remembers what the last move has led to; `false` when it led elsewhere before.
    fn remember(&mut self, next: Next, state: &State) -> bool {
        let Some(&Chosen {
            state: from,
            mover: Some(mover),
            steps,
            ..
        }) = self.path.last()
        else {
            return true;
        };
        if self.following && matches!(next, Next::State(_)) {
            // The same as the last time, which is in the graph.
            return true;
        }
        // Whoever declares its state is not compared, and needs the graph only for what it is worth.
        if !self.opaque && self.graph.len() > self.plan.limits.states / 5 {
            return true;
        }
        let steps = state.log.get(steps..).unwrap_or_default();
        // Who declares its state hardly ever differs: that is not worth the words.
        let told = if self.opaque { steps } else { &[] };
        let did = match self.folded() {
            true => events(steps),
            false => 0,
        };
        if self.check.wanted.is_some() && self.found(state, from, mover) {
            return false;
        }
        match self.graph.add((from, mover), next, did, told) {
            Ok(()) => true,
            Err(_) if !self.plan.compares_moves() => true,
            Err(_) if matches!(self.plan.folds, Folds::Unchecked(_)) => true,
            Err(_) if self.folded() => {
                self.contradicted(state, from, mover);
                false
            }
            Err(Elsewhere { before }) => {
                self.inconclusive = Some(Inconclusive::NotDeterministic(divergence(
                    state,
                    state.log.len() - steps.len(),
                    before.as_deref(),
                )));
                false
            }
        }
    }

    /// The last move did not lead to what it led to before.
    fn diverged(&mut self, state: &State, position: usize) {
        if matches!(self.inconclusive, Some(Inconclusive::NotDeterministic(_)))
            || self.again.is_some()
        {
            return;
        }
        let from = self.path.last().map_or(0, |chosen| chosen.steps);
        let chosen = self.previous.get(position);
        let to = chosen.map_or(self.previous_steps.len(), |chosen| chosen.steps);
        let before = self.previous_steps.get(from..to).unwrap_or_default();
        let before: Vec<_> = before
            .iter()
            .map(|step| (step.actor, step.event.clone()))
            .collect();
        self.inconclusive = Some(Inconclusive::NotDeterministic(divergence(
            state,
            from,
            Some(before.as_slice()),
        )));
    }

    /// Called when the chosen actor begins to move.
    fn chosen(&mut self, actor: ActorId) {
        if let Some(Chosen {
            mover: mover @ None,
            ..
        }) = self.path.last_mut()
        {
            *mover = Some(actor);
            let position = self.path.len() - 1;
            let before = self.previous.get(position).and_then(|chosen| chosen.mover);
            if self.following && before != Some(actor) {
                self.following = false;
            }
        }
    }

    /// Called when an execution is through.
    fn finish(&mut self, state: &mut State) {
        self.opaque |= state.slots.iter().any(|slot| slot.opaque);
        if self.phase == Phase::First
            && let Some(observer) = &self.plan.observer
        {
            observer(&state.trace(None), state.outcome.as_ref());
        }
        if let Some(outcome) = &state.outcome
            && state.over == Some(Over::Concluded)
        {
            self.concluded += 1;
            let end = end(outcome, state);
            let broken = state.monitor.violations().iter();
            self.graph.end(end, broken.map(|(property, _)| property));
            let last = self.path.last();
            let last = last.and_then(|chosen| Some((chosen.state, chosen.mover?)));
            if !last.is_some_and(|last| self.graph.knows(last)) {
                self.check.checking = false;
            }
            if self.remember(Next::End(end), state) {
                match self.phase {
                    Phase::First if self.check.checking => {}
                    Phase::First => self.conclude(outcome.clone(), state),
                    _ => self.repeated += 1,
                }
            } else {
                state.over = Some(Over::Stopped);
            }
        }
        if self.check.checking && self.phase == Phase::First {
            self.executions -= 1;
            self.check.checked += 1;
            self.check.steps += self.path.len() as u64;
        }
        // Whatever it was, the next one is compared with it.
        self.previous_steps = std::mem::take(&mut state.log);
    }

    fn conclude(&mut self, outcome: Outcome, state: &State) {
        self.first.promised = self.first.promised.max(state.delivery.promised());
        *self.first.histogram.entry(outcome).or_default() += 1;
        for (property, _) in state.monitor.violations().iter() {
            let length = (state.log.len(), state.schedule.len());
            let shorter =
                self.first.found.get(&property).is_none_or(|known| {
                    length < (known.trace.steps.len(), known.trace.schedule.len())
                });
            if shorter {
                let path = self.path.iter().map(|chosen| (chosen.state, chosen.steps));
                let found = Found {
                    trace: state.trace(Some(property)),
                    path: path.collect(),
                };
                self.first.found.insert(property, found);
            }
        }
        if self.plan.only.is_some() {
            self.followed = Some(state.trace(None));
        }
    }
}

/// A digest of events.
fn events(steps: &[Step]) -> u64 {
    let events: Vec<_> = steps.iter().map(|step| (step.actor, &step.event)).collect();
    digest(events) as u64
}

/// The actor's events, in words.
fn told(names: &[String], actor: ActorId, steps: &[Step]) -> Vec<String> {
    let own = steps.iter().filter(|step| step.actor == actor);
    own.map(|step| step.event.words(actor, names)).collect()
}

/// A digest of an execution's end.
fn end(outcome: &Outcome, state: &State) -> u64 {
    digest((outcome, &state.monitor)) as u64
}

/// So many starts that their number and this one have none of the small factors in common by which
/// a static that counts the starts could come back to where it was.
fn out_of_step(executions: u64) -> u64 {
    const PERIODS: [u64; 4] = [2, 3, 5, 7];
    let in_step = |total: u64| PERIODS.iter().any(|period| total.is_multiple_of(*period));
    (1..).find(|more| !in_step(executions + more)).unwrap_or(1)
}

/// How often an instance of so many executions is explored again: each of its executions as often as
/// chance has to be noticed, where that costs little, and once at the least.
fn rounds(executions: u64, limit: u64) -> u64 {
    let affordable = limit / executions.max(1);
    affordable.clamp(1, REPEATED_EXECUTIONS)
}

/// How many executions of an instance with so many are repeated in one go: all of a small one, and
/// a tenth of a large one.
fn repeated(executions: u64, limit: u64) -> u64 {
    executions.min((executions / 10).max(limit))
}

/// The first difference between what has happened after step `from` and what happened before.
fn divergence(state: &State, from: usize, before: Option<&[(ActorId, Event)]>) -> Divergence {
    let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
    let now = state.log.get(from..).unwrap_or_default();
    let told = |step: Option<(ActorId, &Event)>| match step {
        Some((actor, event)) => format!("{}: {}", name(&names, actor), event.words(actor, &names)),
        None => "nothing".to_owned(),
    };
    let Some(before) = before else {
        let then = now.first().map(|step| (step.actor, &step.event));
        return Divergence {
            step: from + 1,
            first: "something else".to_owned(),
            then: told(then),
        };
    };
    let mut place = 0;
    while let (Some(now), Some((actor, event))) = (now.get(place), before.get(place)) {
        if now.actor != *actor || now.event != *event {
            break;
        }
        place += 1;
    }
    let first = before.get(place).map(|(actor, event)| (*actor, event));
    let then = now.get(place).map(|step| (step.actor, &step.event));
    if first.is_none() && then.is_none() {
        // What its calls are is the same; what they carry is not.
        let last = now.last().map(|step| (step.actor, &step.event));
        return Divergence {
            step: from + now.len(),
            first: told(last),
            then: "the same with other bytes, or with another state".to_owned(),
        };
    }
    Divergence {
        step: from + place + 1,
        first: told(first),
        then: told(then),
    }
}

fn name(names: &[String], actor: ActorId) -> &str {
    names.get(actor.index()).map_or("nobody", String::as_str)
}

/// A search that an exploring thread works on and another thread watches.
#[derive(Default)]
pub(crate) struct Shared {
    search: Mutex<Search>,
    /// Counts signs of life.
    beat: AtomicU64,
    /// Who showed the last one.
    running: AtomicU8,
    /// The time is up.
    pub(crate) expired: AtomicBool,
    /// The exploring thread waits for ever: its poll made calls for ever.
    pub(crate) abandoned: AtomicBool,
    /// Nobody waits for the exploring thread any more.
    finished: Mutex<bool>,
    signal: Condvar,
}

impl Shared {
    pub(crate) fn new(search: Search) -> Shared {
        Shared {
            search: Mutex::new(search),
            ..Shared::default()
        }
    }

    pub(crate) fn search(&self) -> MutexGuard<'_, Search> {
        self.search.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called at the start of an execution; `false` ends the exploration.
    pub(crate) fn begin(&self) -> bool {
        self.beat.fetch_add(1, Ordering::Relaxed);
        self.search().begin(self.expired.load(Ordering::Relaxed))
    }

    /// A part of the exploration is through; whether there is another one.
    pub(crate) fn next_phase(&self) -> bool {
        self.search().next_phase()
    }

    /// Signs of life so far, and who showed the last one.
    pub(crate) fn life(&self) -> (u64, ActorId) {
        let beat = self.beat.load(Ordering::Relaxed);
        (beat, ActorId(self.running.load(Ordering::Relaxed)))
    }

    /// The exploring thread is through, or will never be.
    pub(crate) fn finish(&self) {
        let mut finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        *finished = true;
        self.signal.notify_all();
    }

    /// Waits until the exploring thread is through, for so long at most; whether it is.
    pub(crate) fn wait(&self, time: std::time::Duration) -> bool {
        let finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .signal
            .wait_timeout_while(finished, time, |done| !*done);
        let (finished, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *finished
    }
}

impl Watcher for Shared {
    fn choice(&self, state: &State) -> Choice {
        let mut search = self.search();
        let key = state.key(search.histories);
        search.choice(state, key)
    }

    fn chosen(&self, actor: ActorId) {
        self.search().chosen(actor);
    }

    fn enter(&self, actor: ActorId, position: usize) -> bool {
        match &self.search().plan.only {
            // It has left the schedule that is to be followed.
            Some(only) => only.get(position) == Some(&actor),
            None => true,
        }
    }

    fn finish(&self, state: &mut State) {
        self.search().finish(state);
    }

    fn beat(&self, actor: ActorId) {
        self.running.store(actor.0, Ordering::Relaxed);
        self.beat.fetch_add(1, Ordering::Relaxed);
    }

    fn abandon(&self, actor: ActorId, state: &mut State) {
        let mut search = self.search();
        search.finish(state);
        search
            .inconclusive
            .get_or_insert(Inconclusive::EndlessCalls {
                actor: state.slots[actor.index()].name.clone(),
                calls: CALLS_WITHOUT_CHANGE as usize,
            });
        drop(search);
        self.abandoned.store(true, Ordering::Relaxed);
        Shared::finish(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_static_that_counts_to_a_small_number_is_put_out_of_step() {
        for executions in 0..500 {
            let total = executions + out_of_step(executions);
            for period in [2, 3, 5, 7] {
                assert_ne!(total % period, 0, "{executions}");
            }
        }
    }
}
