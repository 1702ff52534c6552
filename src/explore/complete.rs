//! The explored graph as transitions, with a check that none is missing.
//!
//! Every actor that can move in a state must have moved there. Loom leaves out one case: a move without
//! a lock section (a poll that does only what no other actor can see) is independent of all others, so
//! loom makes it after the moves of others, and not before them as well. Both orders lead to the same
//! state. They also show the same, if that move shows nothing or the moves before it show nothing; this
//! is checked here.

use std::collections::HashSet;
use std::fmt;

use crate::explore::graph::{ByKey, Graph, Next};
use crate::explore::transitions::{NOTHING, Transition, Transitions};
use crate::trace::event::ActorId;

/// A state in which an actor could move, while the result of that move is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap(pub(super) ActorId);

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a move of actor {} was not explored", self.0.0)
    }
}

impl Graph {
    /// Everything as transitions with labels.
    ///
    /// # Errors
    ///
    /// When an actor could move and has not, and the order would be visible.
    pub(super) fn transitions(&self) -> Result<Transitions, Gap> {
        let mut known: Vec<_> = self.free.keys().copied().collect();
        known.sort_unstable();
        let numbers: ByKey<u128, usize> = known.iter().copied().zip(0..).collect();
        let place = |next: Next| match next {
            Next::State(state) => numbers.get(&state).copied().map(Some),
            Next::End(_) => Some(None),
        };
        let mut states = Vec::new();
        for state in known {
            let mut moves = Vec::new();
            for (mover, next, seen) in self.moves.get(&state).into_iter().flatten() {
                let next = place(*next).ok_or(Gap(*mover))?;
                let label = seen.label;
                moves.push(Transition { label, next });
            }
            let waits = |actor: &&ActorId| self.of(state, **actor).is_none();
            let mut waiting = self.free[&state].iter().filter(waits);
            if let Some(actor) = waiting.find(|actor| !self.follows_behind(state, **actor)) {
                return Err(Gap(*actor));
            }
            states.push(moves);
        }
        let start = |(next, label)| place(next).map(|next| Transition { label, next });
        let start = self.start.and_then(start);
        Ok(Transitions { start, states })
    }

    /// The result of the actor's move in the state, and its label.
    fn of(&self, state: u128, actor: ActorId) -> Option<(Next, u32)> {
        let mut moves = self.moves.get(&state).into_iter().flatten();
        let made = moves.find(|(mover, ..)| *mover == actor);
        made.map(|(_, next, seen)| (*next, seen.label))
    }

    /// Whether the actor, which has not moved in this state, moves after whatever others do there, and
    /// the order is not visible.
    fn follows_behind(&self, state: u128, actor: ActorId) -> bool {
        let mut open = vec![(state, true)];
        let mut seen = HashSet::from([(state, true)]);
        while let Some((state, silent)) = open.pop() {
            if let Some((_, label)) = self.of(state, actor) {
                if !silent && label != NOTHING {
                    return false;
                }
                continue;
            }
            let is_free = self.free.get(&state);
            let moves = self.moves.get(&state).map_or(&[][..], Vec::as_slice);
            if moves.is_empty() || !is_free.is_some_and(|free| free.contains(&actor)) {
                return false;
            }
            for (_, next, by) in moves {
                let Next::State(next) = *next else {
                    return false;
                };
                let next = (next, silent && by.label == NOTHING);
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::graph::Seen;

    /// A graph of these moves: state, mover, the next state or the end, label.
    fn graph(moves: &[(u128, u8, Option<u128>, u32)], free: &[(u128, &[u8])]) -> Graph {
        let mut graph = Graph::default();
        for (state, mover, next, label) in moves {
            let next = next.map_or(Next::End(0), Next::State);
            let seen = Seen {
                events: 0,
                label: *label,
            };
            let added = graph.add((*state, ActorId(*mover)), next, seen, &[]);
            added.expect("every move is there once");
        }
        for (state, actors) in free {
            graph.free(*state, actors.iter().map(|actor| ActorId(*actor)));
        }
        assert!(graph.begin(Next::State(1), 7));
        graph
    }

    #[test]
    fn the_transitions_are_those_of_everybody_who_could_move() {
        let moves = [(1, 1, Some(2), 3), (2, 0, None, 4), (2, 1, None, 5)];
        let all = graph(&moves, &[(1, &[1]), (2, &[0, 1])]);
        let all = all.transitions().expect("everybody has moved");
        assert_eq!((all.states.len(), all.moves()), (2, 3));
        let start = all.start.expect("it begins somewhere");
        assert_eq!(start.label, 7);
        let labels = |state: usize| all.states[state].iter().map(|one| one.label);
        assert_eq!(labels(0).collect::<Vec<_>>(), [3]);
        assert_eq!(all.states[0][0].next, Some(1));
        assert_eq!(labels(1).collect::<Vec<_>>(), [4, 5]);
        assert!(all.states[1].iter().all(|one| one.next.is_none()));
        // Nobody has said who could move in the second one: it was not explored.
        let part = graph(&moves, &[(1, &[1])]);
        assert_eq!(part.transitions(), Err(Gap(ActorId(1))));
        // In a state that is there somebody could move, and nobody has.
        let part = graph(&moves, &[(1, &[1]), (2, &[0, 1, 4])]);
        assert_eq!(part.transitions(), Err(Gap(ActorId(4))));
    }

    #[test]
    fn a_beginning_is_the_same_every_time() {
        let mut graph = graph(&[], &[]);
        assert!(graph.begin(Next::State(1), 7));
        assert!(!graph.begin(Next::State(1), 8) && !graph.begin(Next::State(2), 7));
    }

    #[test]
    fn who_moves_behind_the_others_alone_must_show_nothing_or_they() {
        let of = |first: u32, second: u32| {
            let moves = [(1, 0, Some(2), first), (2, 1, None, second)];
            graph(&moves, &[(1, &[0, 1]), (2, &[1])]).transitions()
        };
        assert!(of(0, 0).is_ok() && of(0, 5).is_ok() && of(5, 0).is_ok());
        assert_eq!(of(5, 6), Err(Gap(ActorId(1))));
        // On one of two ways something is seen before it moves.
        let moves = [
            (1, 0, Some(2), 0),
            (1, 2, Some(3), 5),
            (2, 1, None, 6),
            (3, 1, None, 6),
        ];
        let free: [(u128, &[u8]); 3] = [(1, &[0, 1, 2]), (2, &[1]), (3, &[1])];
        assert_eq!(graph(&moves, &free).transitions(), Err(Gap(ActorId(1))));
        // It never moves.
        let never = graph(&[(1, 0, None, 0)], &[(1, &[0, 1])]);
        assert_eq!(never.transitions(), Err(Gap(ActorId(1))));
    }
}
