//! Folded histories: which are continued to see whether they go on alike, and how an exploration
//! begins again when they do not.

use crate::environment::defect::ExecutorDefect;
use crate::explore::graph::Keys;
use crate::run::digest::digest;
use crate::run::state::State;
use crate::run::state_key::Histories;
use crate::trace::event::{ActorId, Step};
use crate::trace::folding::{Disagreement, Folding};

/// In so many steps every history is continued that is folded to a known one; behind as many again
/// it is every second, behind the next as many every fourth, and so on.
const CHECKED_STEPS: u64 = 1_000_000;

/// Whether histories that are folded to the same go on alike.
#[derive(Default)]
pub(super) struct Check {
    /// Which memory of their calls opaque actors are known by.
    pub(super) by: Histories,
    /// The exploration begins again.
    pub(super) again: Option<Again>,
    /// A history is being continued that was folded to a known one.
    pub(super) checking: bool,
    /// Full histories that were met.
    pub(super) histories: Keys,
    pub(super) checked: u64,
    /// Steps of the executions that have checked.
    pub(super) steps: u64,
    pub(super) unchecked: u64,
    /// The second of two histories that contradict each other, behind this move; the first is being
    /// looked for.
    pub(super) wanted: Option<(u128, ActorId, Vec<String>)>,
    pub(super) contradiction: Option<Box<Disagreement>>,
}

/// How an exploration begins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
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
        if let Some(contradiction) = self.contradiction.take() {
            return Some(Folding::Contradicted(contradiction));
        }
        self.folded().then_some(Folding::Held {
            between_polls: self.by == Histories::FoldedBetweenPolls,
            checked: self.checked,
            unchecked: self.unchecked,
        })
    }

    /// Whether to continue a history that was folded to a known one.
    pub(super) fn continues(&mut self, state: &State, defect: ExecutorDefect) -> bool {
        let full = state.key(Histories::Full);
        if !self.histories.insert(full) {
            return false;
        }
        let halved = (self.steps / CHECKED_STEPS).min(20);
        let chosen =
            (full as u64).is_multiple_of(1 << halved) && defect != ExecutorDefect::OF_FOLDING;
        self.unchecked += u64::from(!chosen);
        chosen
    }

    /// An execution comes back to a folded history that it has left.
    pub(super) fn meets_itself(&mut self, state: &State, from: usize, mover: Option<ActorId>) {
        if self.by == Histories::Folded {
            self.again = Some(Again::FoldedBetweenPolls);
            return;
        }
        let actor = mover.unwrap_or(ActorId::SUBJECT);
        let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
        self.contradiction = Some(Box::new(Disagreement {
            actor: name(&names, actor).to_owned(),
            first: told(&names, actor, &state.log[..from]),
            second: told(&names, actor, &state.log),
        }));
        self.again = Some(Again::Full);
    }

    /// Behind a folded history, the last move did not do what it did behind another one.
    pub(super) fn contradicted(&mut self, state: &State, from: u128, mover: ActorId) {
        if self.by == Histories::Folded {
            // There is less to assume.
            self.again = Some(Again::FoldedBetweenPolls);
            return;
        }
        let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
        self.wanted = Some((from, mover, told(&names, mover, &state.log)));
        self.again = Some(Again::FoldedOnceMore);
    }

    /// The move is the first of two that contradict each other, met once more.
    pub(super) fn found(&mut self, state: &State, from: u128, mover: ActorId) -> bool {
        let wanted = &mut self.wanted;
        let Some((.., second)) = wanted.take_if(|wanted| (wanted.0, wanted.1) == (from, mover))
        else {
            return false;
        };
        let names: Vec<_> = state.slots.iter().map(|slot| slot.name.clone()).collect();
        self.contradiction = Some(Box::new(Disagreement {
            actor: name(&names, mover).to_owned(),
            first: told(&names, mover, &state.log),
            second,
        }));
        self.again = Some(Again::Full);
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
