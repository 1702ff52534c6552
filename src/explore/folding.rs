//! Folded histories: which are continued to see whether they go on alike, and how an exploration
//! begins again when they do not.

use crate::environment::defect::ExecutorDefect;
use crate::explore::graph::Keys;
use crate::explore::limits::Limits;
use crate::run::digest::digest;
use crate::run::state::State;
use crate::run::state_key::Histories;
use crate::trace::event::{ActorId, Step};
use crate::trace::folding::{Disagreement, Folding};

/// Whether histories that are folded to the same go on alike.
#[derive(Default)]
pub(super) struct Check {
    /// Which memory of their calls opaque actors are known by.
    pub(super) by: Histories,
    /// The exploration begins again.
    pub(super) restart: Option<Restart>,
    /// A history is being continued that was folded to a known one.
    pub(super) checking: bool,
    /// Full histories that were met.
    pub(super) histories: Keys,
    pub(super) checked: u64,
    /// Steps of the executions that have checked.
    pub(super) steps: u64,
    pub(super) unchecked: u64,
    /// The first of two histories that contradict each other is being looked for.
    pub(super) wanted: Option<Wanted>,
    pub(super) contradiction: Option<Box<Disagreement>>,
}

/// A move after which two histories contradict each other.
pub(super) struct Wanted {
    from: u128,
    mover: ActorId,
    actor: String,
    /// The second history.
    second: Vec<String>,
}

/// How an exploration begins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Restart {
    Folded,
    FoldedBetweenPolls,
    /// To meet the first of two histories once more.
    FoldedOnceMore,
    Full,
}

impl Check {
    /// Whether the histories are folded now.
    pub(super) fn folded(&self) -> bool {
        self.by != Histories::Full
    }

    /// What became of folding the histories, if that was tried.
    pub(super) fn folding(&mut self) -> Option<Folding> {
        self.give_up_the_first();
        if let Some(contradiction) = self.contradiction.take() {
            return Some(Folding::Contradicted(contradiction));
        }
        self.folded().then_some(Folding::Held {
            between_polls: self.by == Histories::FoldedBetweenPolls,
            checked: self.checked,
            unchecked: self.unchecked,
        })
    }

    /// Whether to continue an execution in a known state, where by more than its key it is another one:
    /// see [`Limits::checked`].
    pub(super) fn continues(
        &mut self,
        full: u128,
        limits: &Limits,
        defect: ExecutorDefect,
    ) -> bool {
        if !self.histories.insert(full) {
            return false;
        }
        let halved = (self.steps / limits.checked.max(1)).min(20);
        let chosen =
            (full as u64).is_multiple_of(1 << halved) && defect != ExecutorDefect::OF_FOLDING;
        self.unchecked += u64::from(!chosen);
        chosen
    }

    /// An execution comes back to a folded history that it has left.
    pub(super) fn meets_itself(&mut self, state: &State, from: usize, mover: Option<ActorId>) {
        if self.by == Histories::Folded {
            self.restart = Some(Restart::FoldedBetweenPolls);
            return;
        }
        let actor = mover.unwrap_or(ActorId::SUBJECT);
        let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
        self.contradiction = Some(Box::new(Disagreement {
            actor: name(&names, actor).to_owned(),
            first: told(&names, actor, &state.log[..from]),
            second: told(&names, actor, &state.log),
        }));
        self.restart = Some(Restart::Full);
    }

    /// After a folded history, the last move did not do what it did after another one.
    pub(super) fn contradicted(&mut self, state: &State, from: u128, mover: ActorId) {
        if self.by == Histories::Folded {
            // There is less to assume.
            self.restart = Some(Restart::FoldedBetweenPolls);
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

    /// The first of two histories that contradict each other is not met once more: all that is known
    /// is the second. Folding is not to be trusted all the same.
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

/// A digest of events.
pub(super) fn events(steps: &[Step]) -> u64 {
    let events: Vec<_> = steps.iter().map(|step| (step.actor, &step.event)).collect();
    digest(events) as u64
}

/// The actor's events, in words.
fn told(names: &[String], actor: ActorId, steps: &[Step]) -> Vec<String> {
    let own = steps.iter().filter(|step| step.actor == actor);
    own.map(|step| step.event.words(actor, names)).collect()
}

pub(super) fn name(names: &[String], actor: ActorId) -> &str {
    names.get(actor.index()).map_or("nobody", String::as_str)
}
