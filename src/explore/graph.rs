//! The explored graph: which state each move leads to, and how executions end.
//!
//! It serves twice. Whoever runs a part of it again must find the same, or the subject is not
//! deterministic. And once it is complete, it knows behind which move every continuation breaks a
//! property.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::trace::event::{ActorId, Event, Step};
use crate::trace::property::{Property, gives_up};

/// A state's key as it is: it is a digest already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.0 ^= u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 ^= number;
    }

    fn write_u128(&mut self, number: u128) {
        self.0 ^= number as u64;
    }
}

/// A hash map by keys that are digests.
pub(crate) type ByKey<K, V> = HashMap<K, V, BuildHasherDefault<AsItIs>>;

/// A set of keys that are digests.
pub(crate) type Keys = HashSet<u128, BuildHasherDefault<AsItIs>>;

/// What a move leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A state in which somebody is chosen.
    State(u128),
    /// The end of the execution, as a digest of its outcome and of what is broken.
    End(u64),
}

/// A move: the state in which its actor was chosen, and the actor.
pub(crate) type Move = (u128, ActorId);

/// For so many moves it is remembered in words what happened.
const TOLD: usize = 10_000;

/// The explored graph.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    moves: ByKey<u128, Vec<(ActorId, Next)>>,
    count: usize,
    /// What is broken at each end.
    ends: HashMap<u64, Vec<Property>>,
    told: ByKey<u128, Vec<(ActorId, Vec<(ActorId, Event)>)>>,
    told_count: usize,
}

/// A move that led elsewhere before.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    /// What happened then, if that is still known.
    pub(crate) before: Option<Vec<(ActorId, Event)>>,
}

impl Graph {
    /// Moves that are remembered.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Remembers a move with the steps that it made.
    ///
    /// # Errors
    ///
    /// When the same move has led elsewhere.
    pub(crate) fn add(
        &mut self,
        (state, actor): Move,
        next: Next,
        steps: &[Step],
    ) -> Result<(), Elsewhere> {
        let moves = self.moves.entry(state).or_default();
        if let Some((_, known)) = moves.iter().find(|(known, _)| *known == actor) {
            if *known == next {
                return Ok(());
            }
            let told = self.told.get(&state);
            let before = told.and_then(|told| told.iter().find(|(known, _)| *known == actor));
            return Err(Elsewhere {
                before: before.map(|(_, events)| events.clone()),
            });
        }
        moves.push((actor, next));
        self.count += 1;
        if self.told_count < TOLD {
            let events = steps.iter().map(|step| (step.actor, step.event.clone()));
            let told = self.told.entry(state).or_default();
            told.push((actor, events.collect()));
            self.told_count += 1;
        }
        Ok(())
    }

    /// Remembers what is broken at an end.
    pub(crate) fn end(&mut self, end: u64, broken: impl IntoIterator<Item = Property>) {
        self.ends
            .entry(end)
            .or_insert_with(|| broken.into_iter().collect());
    }

    /// The states from which every continuation breaks the property.
    fn doomed(&self, property: Property) -> Keys {
        let mut doomed = Keys::default();
        let broken = |end: &u64| {
            let broken = self.ends.get(end);
            broken.is_some_and(|broken| broken.contains(&property))
        };
        let mut before: ByKey<u128, Vec<u128>> = ByKey::default();
        let mut open: ByKey<u128, usize> = ByKey::default();
        let mut found = Vec::new();
        for (state, moves) in &self.moves {
            let mut left = 0;
            for (_, next) in moves {
                match next {
                    Next::State(next) => {
                        before.entry(*next).or_default().push(*state);
                        left += 1;
                    }
                    Next::End(end) if broken(end) => {}
                    // A way out that is never closed.
                    Next::End(_) => left = usize::MAX / 2,
                }
            }
            if left == 0 {
                found.push(*state);
            }
            open.insert(*state, left);
        }
        while let Some(state) = found.pop() {
            if !doomed.insert(state) {
                continue;
            }
            for earlier in before.get(&state).into_iter().flatten() {
                if let Some(left) = open.get_mut(earlier) {
                    *left -= 1;
                    if *left == 0 {
                        found.push(*earlier);
                    }
                }
            }
        }
        doomed
    }

    /// Index of the step behind which the property could not be kept any more: every continuation
    /// breaks it.
    ///
    /// The path says which state there was before each move, and how many steps had been made. Where
    /// a move closes the last way out, its shutdown, close or end is named, or the waiting that
    /// follows; of a call whose result makes the connection give up, what it does next; where there was no way out from the beginning, the first step that gives the socket
    /// up with promised bytes left over, or the last time that the connection began to wait.
    pub(crate) fn unavoidable_from(
        &self,
        property: Property,
        path: &[(u128, usize)],
        steps: &[Step],
        broken_at: usize,
    ) -> Option<usize> {
        let doomed = self.doomed(property);
        let first = path.iter().position(|(state, _)| doomed.contains(state));
        match first {
            Some(0) => Some(from_the_beginning(steps, broken_at)),
            Some(first) => {
                let (from, to) = (path[first - 1].1, path[first].1);
                Some(decisive(steps, from, to, broken_at).min(broken_at))
            }
            // The last move did it.
            None => {
                let from = path.last().map_or(0, |(_, from)| *from);
                Some(decisive(steps, from, steps.len(), broken_at).min(broken_at))
            }
        }
    }
}

/// The step of a move that closed the last way out.
fn decisive(steps: &[Step], from: usize, to: usize, broken_at: usize) -> usize {
    let of_move = || from..to.min(steps.len());
    let gives_up = of_move().find(|at| gives_up(steps[*at].actor, &steps[*at].event));
    let waits = of_move().find(|at| steps[*at].event == Event::Park);
    let call = of_move().find(|at| steps[*at].event != Event::Poll);
    // The connection's own call went against it: it is lost where the connection takes that for an
    // answer.
    let consequence = || {
        let own = call.filter(|at| steps[*at].actor == ActorId::SUBJECT)?;
        let follows = own..steps.len().min(broken_at + 1);
        let ends = |step: &Step| gives_up_or_waits(step.actor, &step.event);
        follows.into_iter().find(|at| ends(&steps[*at]))
    };
    let named = gives_up.or(waits).or_else(consequence);
    named.or(call).unwrap_or(from)
}

fn gives_up_or_waits(actor: ActorId, event: &Event) -> bool {
    gives_up(actor, event) || actor == ActorId::SUBJECT && *event == Event::Park
}

/// The step to name where there was no way out from the beginning.
fn from_the_beginning(steps: &[Step], broken_at: usize) -> usize {
    let until = &steps[..steps.len().min(broken_at + 1)];
    let gives_up = |step: &Step| gives_up(step.actor, &step.event) && step.levels.owed > 0;
    let waits = |step: &Step| step.actor == ActorId::SUBJECT && step.event == Event::Park;
    let given_up = until.iter().position(gives_up);
    given_up
        .or_else(|| until.iter().rposition(waits))
        .unwrap_or(broken_at)
}
