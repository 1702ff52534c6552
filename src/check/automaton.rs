//! Languages: what a subject can do from the beginning to the end of an execution, as the smallest
//! deterministic automaton that accepts these sequences and no others.
//!
//! Equal languages have equal numbers, so comparing numbers decides equality. A state of such an
//! automaton is the set of its letters with the language after each; a set that exists already is not
//! added again. This needs graphs without cycles, which conclusive explorations have. A graph with a
//! cycle is refused, because an execution could go on for ever.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::explore::transitions::Transitions;
use crate::trace::verdict::Inconclusive;

/// Something observable, as a number.
pub(crate) type Letter = u32;

/// A language, or a set of states that stands for one.
type Known = u32;

/// The language of nothing but the empty sequence: the execution is over.
const OVER: Known = 0;

/// What a move shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Word {
    /// In this order.
    pub(crate) letters: Vec<Letter>,
    /// The letter that is put off until the execution is over, if the move has one.
    pub(crate) put_off: Option<Letter>,
    /// The last letter of an execution that ends with the move.
    pub(crate) last: Option<Letter>,
}

/// How large a graph or an automaton is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) states: u64,
    pub(crate) transitions: u64,
    /// Sequences from the beginning to the end; `u64::MAX` stands for that many or more.
    pub(crate) sequences: u64,
}

/// Most sets of states; more are [`Inconclusive::Memory`].
pub(crate) const SETS: usize = 2_000_000;

/// States that are known by their letters and what comes after each.
#[derive(Debug, Default)]
struct States {
    numbers: HashMap<Vec<(Letter, Known)>, Known>,
    /// By number; the first is [`OVER`].
    all: Vec<Vec<(Letter, Known)>>,
}

impl States {
    fn number(&mut self, mut moves: Vec<(Letter, Known)>) -> Known {
        if self.all.is_empty() {
            self.all.push(Vec::new());
        }
        moves.sort_unstable();
        moves.dedup();
        let next = self.all.len() as Known;
        let number = *self.numbers.entry(moves.clone()).or_insert(next);
        if number == next {
            self.all.push(moves);
        }
        number
    }

    fn moves(&self, state: Known) -> &[(Letter, Known)] {
        self.all.get(state as usize).map_or(&[], Vec::as_slice)
    }
}

/// The error for a graph in which an execution does not reach its end.
fn broken(what: &str) -> Inconclusive {
    Inconclusive::Crashed(format!("the explored graph has {what}"))
}

/// A state of a graph, and the letter that is put off there.
type Node = (usize, Option<Letter>);

/// The graph without moves that show nothing. A letter may lead to several states, and states with the
/// same continuations are merged. The second value is the number of the start.
fn folded(graph: &Transitions, words: &[Word]) -> Result<(States, Known), Inconclusive> {
    let mut states = States::default();
    let mut found: HashMap<Node, Option<Known>> = HashMap::new();
    let word = |label: u32| words.get(label as usize);
    let start = graph.start.ok_or_else(|| broken("no beginning"))?;
    let behind = |put_off: Option<Letter>, word: &Word| match (put_off, word.put_off) {
        (Some(_), Some(_)) => Err(broken("two ends of one connection")),
        (known, new) => Ok(known.or(new)),
    };
    // What a word and then all of this come to: either at once, or after its first letter.
    let chain = |states: &mut States, letters: &[Letter], last: Known| -> Option<(Letter, Known)> {
        let (first, rest) = letters.split_first()?;
        let rest = rest.iter().rev();
        let known = rest.fold(last, |known, letter| states.number(vec![(*letter, known)]));
        Some((*first, known))
    };
    // The whole word of a move that ends the execution.
    let ending = |word: &Word, put_off: Option<Letter>| -> Result<Vec<Letter>, Inconclusive> {
        let last = word
            .last
            .ok_or_else(|| broken("an end without an outcome"))?;
        let letters = word.letters.iter().copied();
        Ok(letters.chain(put_off).chain([last]).collect())
    };
    let first = word(start.label).ok_or_else(|| broken("no beginning"))?;
    let begins = behind(None, first)?;
    let Some(next) = start.next else {
        let letters = ending(first, begins)?;
        let only = chain(&mut states, &letters, OVER);
        let number = states.number(only.into_iter().collect());
        return Ok((states, number));
    };
    let mut stack: Vec<(Node, usize)> = vec![((next, begins), 0)];
    found.insert((next, begins), None);
    while let Some((node, place)) = stack.last_mut() {
        let (state, put_off) = *node;
        let moves = graph.states.get(state).map_or(&[][..], Vec::as_slice);
        if moves.is_empty() {
            return Err(broken("a state that nothing follows"));
        }
        if let Some(one) = moves.get(*place) {
            *place += 1;
            let word = word(one.label).ok_or_else(|| broken("a move of which nothing is known"))?;
            let Some(next) = one.next else { continue };
            let next = (next, behind(put_off, word)?);
            match found.get(&next) {
                Some(Some(_)) => {}
                Some(None) => return Err(Inconclusive::Cycle),
                None => {
                    found.insert(next, None);
                    stack.push((next, 0));
                }
            }
            continue;
        }
        let mut out = Vec::new();
        for one in moves {
            let Some(word) = word(one.label) else {
                continue;
            };
            let put_off = behind(put_off, word)?;
            let Some(next) = one.next else {
                out.extend(chain(&mut states, &ending(word, put_off)?, OVER));
                continue;
            };
            let last = found[&(next, put_off)].unwrap_or(OVER);
            match chain(&mut states, &word.letters, last) {
                Some(letter) => out.push(letter),
                None => out.extend_from_slice(states.moves(last)),
            }
        }
        let number = states.number(out);
        found.insert((state, put_off), Some(number));
        stack.pop();
    }
    // Every node was given its number before it was left.
    let number = found[&(next, begins)].unwrap_or(OVER);
    let number = match chain(&mut states, &first.letters, number) {
        Some(letter) => states.number(vec![letter]),
        None => number,
    };
    Ok((states, number))
}

/// Languages by number.
#[derive(Debug, Default)]
pub(crate) struct Languages {
    states: States,
}

/// A set of states whose language is being found.
struct Frame {
    set: Vec<Known>,
    /// Letters, each with the set that it leads to.
    moves: Vec<(Letter, Vec<Known>)>,
}

impl Languages {
    /// The language of a graph whose moves show these words.
    ///
    /// # Errors
    ///
    /// [`Inconclusive::Cycle`] when an execution could go on for ever, [`Inconclusive::Memory`] when
    /// there are more than `most` sets of states, and [`Inconclusive::Crashed`] when the graph has
    /// holes.
    pub(crate) fn add(
        &mut self,
        graph: &Transitions,
        words: &[Word],
        most: usize,
    ) -> Result<Known, Inconclusive> {
        let (states, start) = folded(graph, words)?;
        let frame = |set: Vec<Known>| {
            let mut moves: BTreeMap<Letter, Vec<Known>> = BTreeMap::new();
            for state in &set {
                for (letter, next) in states.moves(*state) {
                    moves.entry(*letter).or_default().push(*next);
                }
            }
            let moves = moves.into_iter().map(|(letter, mut next)| {
                next.sort_unstable();
                next.dedup();
                (letter, next)
            });
            let moves = moves.collect();
            Frame { set, moves }
        };
        let mut found: HashMap<Vec<Known>, Known> = HashMap::from([(vec![OVER], OVER)]);
        let mut stack = vec![frame(vec![start])];
        while let Some(top) = stack.last() {
            let unknown = top.moves.iter().find(|(_, set)| !found.contains_key(set));
            if let Some((_, set)) = unknown {
                let set = frame(set.clone());
                stack.push(set);
                continue;
            }
            let moves = top.moves.iter();
            let moves = moves.map(|(letter, set)| (*letter, found[set])).collect();
            let number = self.states.number(moves);
            if found.len() >= most {
                return Err(Inconclusive::Memory);
            }
            if let Some(top) = stack.pop() {
                found.insert(top.set, number);
            }
        }
        Ok(found[&vec![start]])
    }

    /// How large the automaton of a language is.
    pub(crate) fn counted(&self, language: Known) -> Counted {
        let mut within = vec![false; self.states.all.len().max(1)];
        let mut sequences = vec![0u64; within.len()];
        within[language as usize] = true;
        let mut counted = Counted::default();
        // What comes after a letter was numbered earlier.
        for state in (0..=language).rev().filter(|state| *state != OVER) {
            if within[state as usize] {
                for (_, next) in self.states.moves(state) {
                    within[*next as usize] = true;
                    counted.transitions += 1;
                }
            }
        }
        counted.states = within.iter().filter(|within| **within).count() as u64;
        sequences[OVER as usize] = 1;
        for state in (1..=language).filter(|state| within[*state as usize]) {
            let moves = self.states.moves(state).iter();
            let sum = |sum: u64, (_, next): &(Letter, Known)| {
                sum.saturating_add(sequences[*next as usize])
            };
            sequences[state as usize] = moves.fold(0, sum);
        }
        counted.sequences = sequences[language as usize];
        counted
    }

    /// The shortest sequence in the first language that is not in the second; of several, the first in
    /// this order of letters. `None` if there is none.
    pub(crate) fn only(
        &self,
        first: Known,
        second: Known,
        order: impl Fn(Letter, Letter) -> Ordering,
    ) -> Option<Vec<Letter>> {
        type Pair = (Known, Option<Known>);
        let start: Pair = (first, Some(second));
        let mut before: HashMap<Pair, Option<(Pair, Letter)>> = HashMap::from([(start, None)]);
        let mut open = VecDeque::from([start]);
        while let Some(pair) = open.pop_front() {
            let (one, other) = pair;
            if Some(one) == other {
                continue;
            }
            if one == OVER {
                let mut letters = Vec::new();
                let mut at = pair;
                while let Some((earlier, letter)) = before[&at] {
                    letters.push(letter);
                    at = earlier;
                }
                letters.reverse();
                return Some(letters);
            }
            let mut moves = self.states.moves(one).to_vec();
            moves.sort_by(|(one, _), (other, _)| order(*one, *other));
            for (letter, next) in moves {
                let moves = other.map_or(&[][..], |other| self.states.moves(other));
                let also = moves.iter().find(|(other, _)| *other == letter);
                let next = (next, also.map(|(_, next)| *next));
                before.entry(next).or_insert_with(|| {
                    open.push_back(next);
                    Some((pair, letter))
                });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
