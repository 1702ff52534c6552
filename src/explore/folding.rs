//! Checks that executions with equal folded histories continue alike, and restarts the exploration when
//! they do not.

use std::collections::HashMap;

use crate::explore::graph::Keys;
use crate::explore::limits::Limits;
use crate::run::digest::digest;
use crate::run::planted::{ExecutorDefect, Planted};
use crate::run::state::State;
use crate::run::state_key::Histories;
use crate::trace::event::{ActorId, Event, Step};
use crate::trace::folding::{Disagreement, Folding, Kept};

/// The state of that check.
#[derive(Default)]
pub(super) struct Check {
    /// Which history identifies opaque actors.
    pub(super) by: Histories,
    /// The exploration must be restarted in this way.
    pub(super) restart: Option<Restart>,
    /// An execution is being continued although its folded history is already known.
    pub(super) checking: bool,
    /// Full histories that were seen.
    pub(super) histories: Keys,
    pub(super) checked: u64,
    /// Steps of the executions that were continued for the check.
    pub(super) steps: u64,
    pub(super) unchecked: u64,
    /// The first of two histories that contradict each other is being looked for.
    pub(super) wanted: Option<Wanted>,
    pub(super) contradiction: Option<Box<Disagreement>>,
    /// The amount that the mover had to write before a move that is known.
    pub(super) amounts: HashMap<(u128, ActorId), usize>,
}

/// A move after which two histories contradict each other.
pub(super) struct Wanted {
    from: u128,
    mover: ActorId,
    actor: String,
    /// The second history.
    second: Vec<String>,
}

/// How an exploration is restarted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Restart {
    Folded(Kept),
    /// Once more with folded histories, to find the first of two contradicting histories.
    FoldedOnceMore,
    Full,
}

impl Check {
    /// Whether the histories are folded now.
    pub(super) fn folded(&self) -> bool {
        self.by != Histories::Full
    }

    /// The result of folding the histories, if that was tried.
    pub(super) fn folding(&mut self) -> Option<Folding> {
        self.give_up_the_first();
        if let Some(contradiction) = self.contradiction.take() {
            return Some(Folding::Contradicted(contradiction));
        }
        match &self.by {
            Histories::Full => None,
            Histories::Folded(kept) => Some(Folding::Held {
                kept: kept.clone(),
                checked: self.checked,
                unchecked: self.unchecked,
            }),
        }
    }

    /// Whether to continue an execution in a known state whose full history is new: see
    /// [`Limits::checked`].
    pub(super) fn continues(&mut self, full: u128, limits: &Limits, planted: Planted) -> bool {
        if !self.histories.insert(full) {
            return false;
        }
        let halved = (self.steps / limits.checked.max(1)).min(20);
        let chosen =
            (full as u64).is_multiple_of(1 << halved) && !planted.is(ExecutorDefect::OF_FOLDING);
        self.unchecked += u64::from(!chosen);
        chosen
    }

    /// Restarts with folded histories that distinguish these amounts; `false` if the amounts are equal.
    fn tells_apart(&mut self, one: usize, other: usize) -> bool {
        let Histories::Folded(kept) = &self.by else {
            return false;
        };
        let finer = kept.telling_apart(one, other);
        let found = finer.is_some();
        if found {
            self.restart = finer.map(Restart::Folded);
        }
        found
    }

    /// Remembers the amount that the mover had to write before a new move.
    pub(super) fn remember(&mut self, from: (u128, ActorId), amounts: &Amounts) {
        if self.folded() {
            let amount = amounts[from.1.index()];
            self.amounts.entry(from).or_insert(amount);
        }
    }

    /// An execution comes back to a folded history that it has left.
    pub(super) fn meets_itself(
        &mut self,
        state: &State,
        from: usize,
        mover: Option<ActorId>,
        [then, now]: [&Amounts; 2],
    ) {
        let actor = mover.unwrap_or(ActorId::SUBJECT);
        if self.tells_apart(then[actor.index()], now[actor.index()]) {
            return;
        }
        let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
        self.contradiction = Some(Box::new(Disagreement {
            actor: name(&names, actor).to_owned(),
            first: told(&names, actor, &state.log[..from]),
            second: told(&names, actor, &state.log),
        }));
        self.restart = Some(Restart::Full);
    }

    /// After a folded history, the last move had another result than after an earlier history with the
    /// same folded form.
    pub(super) fn contradicted(
        &mut self,
        state: &State,
        from: u128,
        mover: ActorId,
        amounts: &Amounts,
    ) {
        let now = amounts[mover.index()];
        let then = self.amounts.get(&(from, mover)).copied();
        if self.tells_apart(then.unwrap_or(now), now) {
            return;
        }
        let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
        let second = told(&names, mover, &state.log);
        if self.wanted.is_some() {
            // Once more it went another way, as a connection does that is not deterministic.
            self.give_up_the_first();
            return;
        }
        self.wanted = Some(Wanted {
            from,
            mover,
            actor: name(&names, mover).to_owned(),
            second,
        });
        self.restart = Some(Restart::FoldedOnceMore);
    }

    /// The first of two contradicting histories was not found again, so only the second is reported.
    /// Folding is still contradicted.
    pub(super) fn give_up_the_first(&mut self) {
        if let Some(Wanted { actor, second, .. }) = self.wanted.take_if(|_| self.restart.is_none())
        {
            self.contradiction = Some(Box::new(Disagreement {
                actor,
                first: Vec::new(),
                second,
            }));
            self.restart = Some(Restart::Full);
        }
    }

    /// The move is the first of two that contradict each other, met once more.
    pub(super) fn found(&mut self, state: &State, from: u128, mover: ActorId) -> bool {
        let wanted = &mut self.wanted;
        let met = |wanted: &mut Wanted| (wanted.from, wanted.mover) == (from, mover);
        let Some(Wanted { actor, second, .. }) = wanted.take_if(met) else {
            return false;
        };
        let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
        self.contradiction = Some(Box::new(Disagreement {
            actor,
            first: told(&names, mover, &state.log),
            second,
        }));
        self.restart = Some(Restart::Full);
        true
    }
}

/// The amount that each actor has had to write in its current poll, in bytes.
pub(super) type Amounts = [usize; loom::MAX_THREADS];

/// The amounts in this state, which count only where histories are folded.
pub(super) fn amounts(state: &State) -> Amounts {
    let mut amounts = Amounts::default();
    for (amount, slot) in amounts.iter_mut().zip(&state.slots) {
        *amount = slot.folded.as_ref().map_or(0, |folded| folded.to_write());
    }
    amounts
}

/// A digest of events.
pub(super) fn events(steps: &[Step]) -> u64 {
    let events: Vec<_> = steps.iter().map(|step| (step.actor, &step.event)).collect();
    digest(events) as u64
}

/// The actor's events, and who has woken it, in words.
fn told(names: &[String], actor: ActorId, steps: &[Step]) -> Vec<String> {
    let words = |step: &Step| match step.event {
        _ if step.actor == actor => Some(step.event.words(actor, names)),
        Event::Wake { actor: woken } if woken == actor => {
            Some(format!("is woken by {}", name(names, step.actor)))
        }
        _ => None,
    };
    steps.iter().filter_map(words).collect()
}

pub(super) fn name(names: &[String], actor: ActorId) -> &str {
    names.get(actor.index()).map_or("nobody", String::as_str)
}
