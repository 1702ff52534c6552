//! The explored graph: which state each move leads to, and how executions end.
//!
//! It has two uses. A part that is run again must lead to the same states; otherwise the subject is not
//! deterministic. And a complete graph shows the move after which a violation is unavoidable.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::trace::event::{ActorId, Event, Step};
use crate::trace::property::{Property, gives_up};

/// A hasher that passes a state's key on unchanged: it is a digest already.
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

/// The result of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A state in which an actor is chosen.
    State(u128),
    /// The end of the execution, as a digest of its outcome and of what is broken.
    End(u64),
}

/// A move: the state in which its actor was chosen, and the actor.
pub(crate) type Move = (u128, ActorId);

/// Most moves whose steps are remembered in words.
const TOLD: usize = 10_000;

/// What a move did, in its steps.
type Told = (ActorId, Vec<(ActorId, Event)>);

/// What is visible of a move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// A digest of the events, where those are compared.
    pub(crate) events: u64,
    /// See [`Label`](crate::explore::transitions::Label).
    pub(crate) label: u32,
}

/// The explored graph.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// For each state: who moves, the result, and what is visible of the move.
    pub(super) moves: ByKey<u128, Vec<(ActorId, Next, Seen)>>,
    /// What happens before an actor is chosen for the first time.
    pub(super) start: Option<(Next, u32)>,
    /// Who could move in each state, where moves have labels.
    pub(super) free: ByKey<u128, Vec<ActorId>>,
    count: usize,
    /// The properties that are broken at each end.
    ends: HashMap<u64, Vec<Property>>,
    told: ByKey<u128, Vec<Told>>,
    told_count: usize,
}

/// A move that had another result before.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    /// The steps of the earlier move, if they are still known.
    pub(crate) before: Option<Vec<(ActorId, Event)>>,
}

impl Graph {
    /// Moves that are remembered.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Whether the move is known.
    pub(crate) fn knows(&self, (state, actor): Move) -> bool {
        let moves = self.moves.get(&state);
        moves.is_some_and(|moves| moves.iter().any(|(known, ..)| *known == actor))
    }

    /// Remembers what happens before the first choice; `false` when something else happened before.
    pub(crate) fn begin(&mut self, next: Next, label: u32) -> bool {
        *self.start.get_or_insert((next, label)) == (next, label)
    }

    /// Remembers who can move in a state.
    pub(crate) fn free(&mut self, state: u128, actors: impl Iterator<Item = ActorId>) {
        self.free.entry(state).or_insert_with(|| actors.collect());
    }

    /// Remembers a move, what is visible of it, and (if they are given) its steps in words.
    ///
    /// # Errors
    ///
    /// When the same move had another result before.
    pub(crate) fn add(
        &mut self,
        (state, actor): Move,
        next: Next,
        seen: Seen,
        steps: &[Step],
    ) -> Result<(), Elsewhere> {
        let moves = self.moves.entry(state).or_default();
        if let Some((_, known, before)) = moves.iter().find(|(known, ..)| *known == actor) {
            if *known == next && *before == seen {
                return Ok(());
            }
            let told = self.told.get(&state);
            let before = told.and_then(|told| told.iter().find(|(known, _)| *known == actor));
            return Err(Elsewhere {
                before: before.map(|(_, events)| events.clone()),
            });
        }
        moves.push((actor, next, seen));
        self.count += 1;
        if self.told_count < TOLD && !steps.is_empty() {
            let events = steps.iter().map(|step| (step.actor, step.event.clone()));
            let told = self.told.entry(state).or_default();
            told.push((actor, events.collect()));
            self.told_count += 1;
        }
        Ok(())
    }

    /// Remembers the properties that are broken at an end.
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
            for (_, next, _) in moves {
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

    /// Index of the step after which the property could not be kept any more: every continuation
    /// breaks it.
    ///
    /// The path says which state there was before each move, and how many steps had been made. From
    /// the move on that closes the last way out, the first step is named by which the connection
    /// gives the socket up, ends or begins to wait: what is between is on its way there. Where there
    /// was no way out from the beginning, it is the first step that gives the socket up with promised
    /// bytes left over, or the last time that the connection began to wait.
    pub(crate) fn unavoidable_from(
        &self,
        property: Property,
        path: &[(u128, usize)],
        steps: &[Step],
        broken_at: usize,
    ) -> usize {
        let doomed = self.doomed(property);
        let until = &steps[..steps.len().min(broken_at + 1)];
        let from = match path.iter().position(|(state, _)| doomed.contains(state)) {
            Some(0) => return from_the_beginning(until),
            Some(first) => path[first - 1].1,
            // The last move did it.
            None => path.last().map_or(0, |(_, from)| *from),
        };
        let decides = |step: &Step| {
            let waits = step.actor == ActorId::SUBJECT && step.event == Event::Park;
            waits || gives_up(step.actor, &step.event)
        };
        let behind = until.iter().skip(from);
        let decisive = behind.clone().position(decides);
        let call = behind.clone().position(|step| step.event != Event::Poll);
        decisive.or(call).map_or(broken_at, |place| from + place)
    }
}

/// The step to name where there was no way out from the beginning.
fn from_the_beginning(until: &[Step]) -> usize {
    let gives_up = |step: &Step| gives_up(step.actor, &step.event) && step.owed() > 0;
    let waits = |step: &Step| step.actor == ActorId::SUBJECT && step.event == Event::Park;
    let given_up = until.iter().position(gives_up);
    given_up
        .or_else(|| until.iter().rposition(waits))
        .unwrap_or(until.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::event::Levels;

    const LOST: Property = Property::NothingTruncated;

    /// Steps of the connection; 3 bytes are owed at each.
    fn steps(events: &[Event]) -> Vec<Step> {
        let step = |event: &Event| Step {
            actor: ActorId::SUBJECT,
            event: event.clone(),
            levels: Levels {
                owed: 3,
                ..Levels::default()
            },
            begins: false,
            socket: 0,
            beside: Vec::new(),
        };
        events.iter().map(step).collect()
    }

    /// A graph of these moves of the connection; an end is lost or not.
    fn graph(moves: &[(u128, u8, Result<u128, bool>)]) -> Graph {
        let mut graph = Graph::default();
        for (state, mover, next) in moves {
            let next = match next {
                Ok(next) => Next::State(*next),
                Err(lost) => Next::End(u64::from(*lost)),
            };
            let added = graph.add((*state, ActorId(*mover)), next, Seen::default(), &[]);
            added.expect("every move is there once");
        }
        graph.end(0, []);
        graph.end(1, [LOST]);
        graph
    }

    #[test]
    fn a_state_is_doomed_when_every_way_from_it_loses() {
        let graph = graph(&[
            (1, 0, Ok(2)),
            (1, 1, Ok(3)),
            (2, 0, Err(true)),
            (2, 1, Ok(4)),
            (4, 1, Err(true)),
            (3, 0, Ok(3)),
            (3, 1, Err(false)),
        ]);
        let doomed = graph.doomed(LOST);
        let doomed: Vec<_> = (1..=4).filter(|state| doomed.contains(state)).collect();
        assert_eq!(doomed, [2, 4]);
    }

    #[test]
    fn a_cycle_without_an_end_is_not_doomed() {
        let graph = graph(&[(1, 0, Ok(2)), (2, 0, Ok(1)), (2, 1, Err(true))]);
        assert!(graph.doomed(LOST).is_empty());
    }

    #[test]
    fn the_step_that_gives_up_is_named_from_the_move_on_that_closed_the_last_way_out() {
        let graph = graph(&[
            (1, 0, Err(false)),
            (1, 1, Ok(2)),
            (2, 1, Ok(3)),
            (3, 1, Err(true)),
        ]);
        let blocked = Event::WritePending { offered: 3 };
        let ended = Event::Ended { error: None };
        let steps = steps(&[Event::Poll, blocked, Event::Shutdown, ended]);
        let path = [(1, 1), (2, 2), (3, 3)];
        assert_eq!(graph.unavoidable_from(LOST, &path, &steps, 3), 2);
        // What breaks the property comes first in any case.
        assert_eq!(graph.unavoidable_from(LOST, &path, &steps, 1), 1);
    }

    #[test]
    fn where_every_execution_loses_the_step_that_leaves_bytes_behind_is_named() {
        let graph = graph(&[(1, 1, Ok(2)), (2, 1, Err(true))]);
        let ended = Event::Ended { error: None };
        let path = [(1, 0), (2, 1)];
        let closes = steps(&[Event::Park, Event::Poll, Event::Close, ended.clone()]);
        assert_eq!(graph.unavoidable_from(LOST, &path, &closes, 3), 2);
        let waits = steps(&[Event::Park, Event::Poll, Event::Park]);
        assert_eq!(graph.unavoidable_from(LOST, &path, &waits, 2), 2);
        let neither = steps(&[Event::Poll, Event::Flush]);
        assert_eq!(graph.unavoidable_from(LOST, &path, &neither, 1), 1);
    }

    #[test]
    fn the_same_move_leads_to_the_same() {
        let mut graph = graph(&[(1, 1, Ok(2))]);
        let mut add = |next, seen| graph.add((1, ActorId(1)), Next::State(next), seen, &[]);
        assert!(add(2, Seen::default()).is_ok());
        assert!(add(3, Seen::default()).is_err());
        let other = |events, label| Seen { events, label };
        assert!(add(2, other(1, 0)).is_err());
        assert!(add(2, other(0, 1)).is_err());
        assert_eq!(graph.len(), 1);
    }
}
