//! The memory of an exploration across its executions: which states were seen, what was found, and
//! whether the same schedule leads to the same result again.

use std::collections::BTreeMap;

use crate::explore::folding::{Amounts, Check, Restart, amounts, events, name};
use crate::explore::graph::{Elsewhere, Graph, Keys, Next, Seen};
use crate::explore::limits::{Limits, Observer, Progress, REPEATED_EXECUTIONS, Stop};
use crate::explore::transitions::Label;
use crate::run::digest::digest;
use crate::run::planted::{ExecutorDefect, Planted};
use crate::run::state::{Over, State};
use crate::run::state_key::Histories;
use crate::run::world::Choice;
use crate::trace::event::{ActorId, Event, Step, Trace};
use crate::trace::folding::{Folding, Kept};
use crate::trace::outcome::Outcome;
use crate::trace::property::Property;
use crate::trace::verdict::{Divergence, Inconclusive};

/// Executions between two reports of progress.
const PROGRESS_INTERVAL: u64 = 64;

/// A choice: the state, who was chosen, and how many steps had been made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    pub(super) state: u128,
    pub(super) mover: Option<ActorId>,
    pub(super) steps: usize,
    /// The execution is continued here although its folded history is known.
    pub(super) checking: bool,
    /// The amount that each actor has had to write in its poll.
    amounts: Amounts,
}

/// A violation with the path to it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) trace: Trace,
    /// The state before each move, and how many steps had been made.
    pub(crate) path: Vec<(u128, usize)>,
}

/// The plan of a search.
#[derive(Clone, Default)]
pub(crate) struct Plan {
    /// Whether a state seen before ends an execution.
    pub(crate) caching: bool,
    pub(crate) limits: Limits,
    pub(crate) progress: Option<Progress>,
    pub(crate) observer: Option<Observer>,
    pub(crate) stop: Option<Stop>,
    /// Follow only this schedule.
    pub(crate) only: Option<Vec<ActorId>>,
    /// Whether an instance that is identified by its history is explored again.
    pub(crate) repeats: bool,
    /// When the histories are folded.
    pub(crate) folds: Folds,
    /// The label of each move, where all moves are kept.
    pub(crate) label: Option<Label>,
    /// The defect of the explorer, in tests of it.
    pub(crate) planted: Planted,
}

/// When the histories that identify actors are folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Folds {
    /// Never.
    #[default]
    Never,
    /// Where an exploration under the full histories takes more than [`Limits::unfolded`]
    /// executions.
    LongExplorations,
    /// From the beginning and without a check: for the path to a counterexample in a graph whose states
    /// are identified by these histories.
    Unchecked(Histories),
}

impl Plan {
    /// Whether histories may be folded and checked.
    fn may_fold(&self) -> bool {
        let whole = self.caching && self.only.is_none() && self.observer.is_none();
        self.folds == Folds::LongExplorations && whole && self.planted.may_fold()
    }

    /// Whether an instance that is identified by its history is explored again.
    fn repeats(&self) -> bool {
        self.repeats && self.planted.repeats()
    }
}

/// The exploration's memory across executions.
#[derive(Default)]
pub(crate) struct Search {
    pub(crate) plan: Plan,
    pub(crate) seen: Keys,
    /// Every move so far, also those of earlier explorations of the same instance.
    pub(crate) graph: Graph,
    /// An actor is identified by its history, so the results of its moves must be compared.
    pub(crate) opaque: bool,
    /// The choices of the previous execution, and of this one.
    pub(super) previous: Vec<Chosen>,
    pub(super) path: Vec<Chosen>,
    /// What happened in the previous execution.
    pub(super) previous_steps: Vec<Step>,
    /// So far, this execution repeats the previous one.
    pub(super) following: bool,
    pub(super) phase: Phase,
    pub(super) check: Check,
    /// Executions of all phases.
    pub(super) started: u64,
    /// Executions of the current phase.
    pub(super) executions: u64,
    pub(super) concluded: u64,
    /// Completed executions that repeated an earlier one.
    pub(crate) repeated: u64,
    pub(crate) inconclusive: Option<Inconclusive>,
    pub(crate) first: First,
    pub(crate) followed: Option<Trace>,
}

/// The phases of an exploration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// The instance, for the first time.
    #[default]
    First,
    /// The first execution again, this many more times.
    Starts(u64),
    /// The whole instance again, this many more times.
    Again(u64),
    /// Nothing is left to do.
    Through,
}

/// The result of the first phase.
#[derive(Default)]
pub(crate) struct First {
    pub(crate) executions: u64,
    pub(crate) concluded: u64,
    pub(crate) pruned: u64,
    pub(crate) states: usize,
    pub(crate) depth: usize,
    /// Most bytes that were promised in one execution.
    pub(crate) promised: usize,
    /// Whether, in some execution, the connection ended and left a socket open.
    pub(crate) leaked: bool,
    pub(crate) inconclusive: Option<Inconclusive>,
    pub(crate) histogram: BTreeMap<Outcome, u64>,
    pub(crate) found: BTreeMap<Property, Found>,
}

impl Search {
    pub(crate) fn new(plan: Plan) -> Self {
        Search {
            check: Check {
                by: match &plan.folds {
                    Folds::Unchecked(histories) => histories.clone(),
                    _ => Histories::Full,
                },
                ..Check::default()
            },
            plan,
            ..Search::default()
        }
    }

    /// An empty search, for a thread that was given up and comes back: it has nothing left to do.
    pub(crate) fn over() -> Search {
        Search {
            inconclusive: Some(Inconclusive::Interrupted),
            phase: Phase::Through,
            ..Search::default()
        }
    }

    /// Keeps the result of the first phase, if that is the current one.
    pub(crate) fn settle(&mut self) {
        if self.phase == Phase::First && self.check.restart.is_none() {
            self.first.executions = self.executions;
            self.first.concluded = self.concluded;
            self.first.states = self.seen.len();
            self.first.inconclusive = self.inconclusive.take();
        }
    }

    /// Ends a phase; returns whether there is another one.
    pub(super) fn next_phase(&mut self) -> bool {
        if self.phase == Phase::First && self.inconclusive.is_none() {
            self.check.give_up_the_first();
        }
        if let Some(restart) = self.check.restart.take() {
            self.start_anew(restart);
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
    pub(super) fn forget(&mut self) {
        (self.executions, self.concluded) = (0, 0);
        self.seen = Keys::default();
        self.previous = Vec::new();
        self.path = Vec::new();
        self.previous_steps = Vec::new();
    }

    fn start_anew(&mut self, restart: Restart) {
        self.forget();
        self.first = First::default();
        self.graph = Graph::default();
        self.check = Check {
            wanted: match restart {
                Restart::FoldedOnceMore => self.check.wanted.take(),
                _ => None,
            },
            by: match restart {
                Restart::Folded(kept) => Histories::Folded(kept),
                Restart::FoldedOnceMore => std::mem::take(&mut self.check.by),
                Restart::Full => Histories::Full,
            },
            contradiction: self.check.contradiction.take(),
            ..Check::default()
        };
    }

    /// Which history identifies opaque actors at this point.
    pub(crate) fn histories(&self) -> &Histories {
        &self.check.by
    }

    /// The result of folding the histories, if that was tried.
    pub(crate) fn folding(&mut self) -> Option<Folding> {
        let tried = self.plan.folds == Folds::LongExplorations;
        tried.then(|| self.check.folding()).flatten()
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
    pub(super) fn begin(&mut self, expired: bool) -> bool {
        let report = self.started.is_multiple_of(PROGRESS_INTERVAL);
        if report && let Some(progress) = &self.plan.progress {
            // What is explored again or only checks is not counted.
            progress(match self.phase {
                Phase::First => self.executions,
                _ => self.first.executions,
            });
        }
        let mut enough = false;
        if self.inconclusive.is_none() {
            let most = self.most();
            let remembered = match self.opaque || self.plan.label.is_some() {
                true => self.seen.len().max(self.graph.len()),
                false => self.seen.len(),
            };
            let remembered = remembered.max(self.check.histories.len());
            let long =
                self.phase == Phase::First && self.executions >= self.plan.limits.unfolded.max(1);
            let tried = self.check.folded() || self.check.contradiction.is_some();
            if long && self.opaque && !tried && self.plan.may_fold() {
                self.check.restart = Some(Restart::Folded(Kept::Nothing));
                return false;
            }
            // What only checks the folding is explored all the same.
            let checked = match self.phase {
                Phase::First => self.check.checked,
                _ => 0,
            };
            if most.is_some_and(|most| self.executions + checked >= most) {
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

    /// An actor is about to be chosen.
    pub(super) fn choice(&mut self, state: &State, key: u128) -> Choice {
        let position = self.path.len();
        self.opaque |= state.slots.iter().any(|slot| slot.opaque);
        let known = self.following.then(|| self.previous.get(position));
        // A part of the previous schedule must lead to what it led to then.
        let same = known.is_none_or(|known| known.is_some_and(|known| known.state == key));
        let same = same || self.plan.planted.is(ExecutorDefect::MovesNotCompared);
        if !same || !self.remember(Next::State(key), state) {
            self.diverged(state, position);
            return Choice::Stop;
        }
        self.path.push(Chosen {
            state: key,
            mover: None,
            steps: state.log.len(),
            checking: self.following && self.previous[position].checking,
            amounts: match self.check.folded() {
                true => amounts(state),
                false => Amounts::default(),
            },
        });
        if self.phase == Phase::First {
            self.first.depth = self.first.depth.max(position + 1);
        }
        if self.following {
            self.check.checking = self.path[position].checking;
            return Choice::Explore;
        }
        if self.plan.label.is_some() {
            let slots = state.slots.iter().enumerate();
            let free = slots.filter(|(_, slot)| !slot.done && !slot.is_parked());
            self.graph.free(key, free.map(|(n, _)| ActorId(n as u8)));
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
                if self.check.folded() {
                    let (from, mover) = (known.steps, self.path[position - 1].mover);
                    let both = [&known.amounts, &self.path[position].amounts];
                    self.check.meets_itself(state, from, mover, both);
                    return Choice::Stop;
                }
                self.inconclusive = Some(Inconclusive::Cycle);
            } else if self.checks()
                && self.phase == Phase::First
                && self.check.continues(
                    self.finer(state, key),
                    &self.plan.limits,
                    self.plan.planted,
                )
            {
                self.check.checking = true;
                self.path[position].checking = true;
                return Choice::Explore;
            }
            if self.phase == Phase::First && !self.check.checking {
                self.first.pruned += 1;
            }
            return Choice::Prune;
        }
        if self.checks() && self.plan.caching && self.phase == Phase::First {
            self.check.histories.insert(self.finer(state, key));
            self.check.checking = false;
        }
        Choice::Explore
    }

    /// Whether some executions are continued in a known state, to check that they continue alike.
    fn checks(&self) -> bool {
        self.check.folded() || self.plan.label.is_some()
    }

    /// A key that is finer than `key`: it adds the full histories where histories are folded, and,
    /// where moves have labels, everything that the connection has done, even if it declares its state.
    fn finer(&self, state: &State, key: u128) -> u128 {
        let subject = &state.slots[ActorId::SUBJECT.index()];
        if self.check.folded() && !subject.declared {
            return state.key(&Histories::Full);
        }
        if self.plan.label.is_none() || !subject.declared {
            return key;
        }
        let own = state
            .log
            .iter()
            .filter(|step| step.actor == ActorId::SUBJECT);
        digest((key, own.map(|step| &step.event).collect::<Vec<_>>()))
    }

    /// Remembers the result of the last move; `false` when it had another one before.
    fn remember(&mut self, next: Next, state: &State) -> bool {
        let label = |from: usize| {
            let steps = state.log.get(from..).unwrap_or_default();
            let end = matches!(next, Next::End(_)).then_some(state.outcome.as_ref());
            let label = self.plan.label.as_ref();
            label.map_or(0, |label| label(steps, end.flatten()))
        };
        let Some(&Chosen {
            state: from,
            mover: Some(mover),
            steps,
            amounts,
            ..
        }) = self.path.last()
        else {
            return self.plan.label.is_none() || {
                let label = label(0);
                self.graph.begin(next, label)
            };
        };
        if self.following && matches!(next, Next::State(_)) {
            // The same as the last time, which is in the graph.
            return true;
        }
        // Whoever declares its state is not compared, and needs the graph only for what it is worth.
        let needed = self.opaque || self.plan.label.is_some();
        if !needed && self.graph.len() > self.plan.limits.states / 5 {
            return true;
        }
        let label = label(steps);
        let steps = state.log.get(steps..).unwrap_or_default();
        // Who declares its state hardly ever differs: that is not worth the words.
        let told = if needed { steps } else { &[] };
        let events = match self.check.folded() {
            true => events(steps),
            false => 0,
        };
        let seen = Seen { events, label };
        if self.check.wanted.is_some() && self.check.found(state, from, mover) {
            return false;
        }
        match self.graph.add((from, mover), next, seen, told) {
            Ok(()) => {
                self.check.remember((from, mover), &amounts);
                true
            }
            Err(_) if !self.plan.planted.compares_moves() => true,
            Err(_) if matches!(self.plan.folds, Folds::Unchecked(_)) => true,
            Err(_) if self.check.folded() => {
                self.check.contradicted(state, from, mover, &amounts);
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

    /// The last move had another result than before.
    fn diverged(&mut self, state: &State, position: usize) {
        if matches!(self.inconclusive, Some(Inconclusive::NotDeterministic(_)))
            || self.check.restart.is_some()
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
    pub(super) fn chosen(&mut self, actor: ActorId) {
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

    /// Called when an execution has ended.
    pub(super) fn finish(&mut self, state: &mut State) {
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
        self.first.promised = self.first.promised.max(state.promised());
        self.first.leaked |= state.leaked;
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

/// A digest of an execution's end.
fn end(outcome: &Outcome, state: &State) -> u64 {
    digest((outcome, &state.monitor)) as u64
}

/// How many more starts avoid common small factors: a static that counts the starts with a small period
/// must not come back to the same value.
fn out_of_step(executions: u64) -> u64 {
    const PERIODS: [u64; 4] = [2, 3, 5, 7];
    let in_step = |total: u64| PERIODS.iter().any(|period| total.is_multiple_of(*period));
    (1..).find(|more| !in_step(executions + more)).unwrap_or(1)
}

/// How often an instance with this many executions is explored again: [`REPEATED_EXECUTIONS`] times
/// where that is cheap, and at least once.
fn rounds(executions: u64, limit: u64) -> u64 {
    let affordable = limit / executions.max(1);
    affordable.clamp(1, REPEATED_EXECUTIONS)
}

/// How many executions of an instance are repeated in one round: all of a small one, and a tenth of a
/// large one.
fn repeated(executions: u64, limit: u64) -> u64 {
    executions.min((executions / 10).max(limit))
}

/// The first difference between the steps after `from` and the earlier ones.
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
