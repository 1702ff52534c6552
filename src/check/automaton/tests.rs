//! Languages against their sequences, written down.

use std::collections::BTreeSet;

use super::*;
use crate::explore::transitions::Transition;

/// Words 0 to 5: nothing, the letters 1, 2, and 1 with 2, one that is put off, and an end.
fn words() -> Vec<Word> {
    let word = |letters: &[Letter], put_off, last| Word {
        letters: letters.to_vec(),
        put_off,
        last,
    };
    vec![
        word(&[], None, None),
        word(&[1], None, None),
        word(&[2], None, None),
        word(&[1, 2], None, None),
        word(&[], Some(8), None),
        word(&[], None, Some(9)),
        word(&[2], None, Some(9)),
        word(&[], Some(8), Some(7)),
    ]
}

/// A graph of these moves: label and where to, for each state.
fn graph(states: &[&[(u32, Option<usize>)]]) -> Transitions {
    let moves = |moves: &&[(u32, Option<usize>)]| {
        let moves = moves.iter();
        let moves = moves.map(|(label, next)| Transition {
            label: *label,
            next: *next,
        });
        moves.collect()
    };
    Transitions {
        start: Some(Transition {
            label: 0,
            next: Some(0),
        }),
        states: states.iter().map(moves).collect(),
    }
}

/// Every sequence of a graph, written down.
fn written(graph: &Transitions) -> BTreeSet<Vec<Letter>> {
    fn from(
        graph: &Transitions,
        words: &[Word],
        at: usize,
        before: &(Vec<Letter>, Option<Letter>),
        into: &mut BTreeSet<Vec<Letter>>,
    ) {
        for one in &graph.states[at] {
            let word = &words[one.label as usize];
            let mut known = before.clone();
            known.0.extend(&word.letters);
            known.1 = known.1.or(word.put_off);
            match one.next {
                Some(next) => from(graph, words, next, &known, into),
                None => {
                    known.0.extend(known.1);
                    known.0.extend(word.last);
                    into.insert(known.0);
                }
            }
        }
    }
    let mut into = BTreeSet::new();
    from(graph, &words(), 0, &(Vec::new(), None), &mut into);
    into
}

/// Numbers that look as if by chance.
fn chance(from: &mut u64) -> usize {
    *from = from.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    (*from >> 40) as usize
}

fn by_chance(seed: &mut u64) -> Transitions {
    let count = 2 + chance(seed) % 5;
    let mut graph = graph(&[]);
    for state in 0..count {
        let moves = (0..=chance(seed) % 3).map(|_| {
            let next = state + 1 + chance(seed) % 3;
            match next < count {
                true => Transition {
                    label: (chance(seed) % 4) as u32,
                    next: Some(next),
                },
                false => Transition {
                    label: 5 + (chance(seed) % 3) as u32,
                    next: None,
                },
            }
        });
        graph.states.push(moves.collect());
    }
    graph
}

#[test]
fn languages_are_told_apart_as_their_sequences_are() {
    let mut seed = 1;
    let (mut alike, mut unlike) = (0, 0);
    for _ in 0..3_000 {
        let graphs = [by_chance(&mut seed), by_chance(&mut seed)];
        let all = graphs.each_ref().map(written);
        let mut languages = Languages::default();
        let mut add = |graph| languages.add(graph, &words(), SETS).expect("no cycle");
        let [one, other] = graphs.each_ref().map(&mut add);
        assert_eq!(one == other, all[0] == all[1], "{graphs:?}");
        for (n, language) in [one, other].into_iter().enumerate() {
            let counted = languages.counted(language);
            assert_eq!(counted.sequences, all[n].len() as u64, "{graphs:?}");
        }
        for (first, second, n) in [(one, other, 0), (other, one, 1)] {
            let only = languages.only(first, second, |a, b| a.cmp(&b));
            let expected = all[n].difference(&all[1 - n]);
            let expected = expected.min_by_key(|only| (only.len(), (*only).clone()));
            assert_eq!(only.as_ref(), expected, "{graphs:?}");
        }
        *(if one == other {
            &mut alike
        } else {
            &mut unlike
        }) += 1;
    }
    assert!(alike > 20 && unlike > 1_000, "{alike} alike, {unlike} not");
}

#[test]
fn an_end_is_put_off_and_the_smallest_automaton_is_counted() {
    // Its end comes first or last; both ways show the same.
    let graph = graph(&[
        &[(4, Some(1)), (1, Some(2))],
        &[(1, Some(3))],
        &[(4, Some(3))],
        &[(5, None)],
    ]);
    let mut languages = Languages::default();
    let language = languages.add(&graph, &words(), SETS).expect("no cycle");
    let expected = Counted {
        states: 4,
        transitions: 3,
        sequences: 1,
    };
    assert_eq!(languages.counted(language), expected);
    assert_eq!(written(&graph), BTreeSet::from([vec![1, 8, 9]]));
}

#[test]
fn what_has_no_end_or_holes_or_is_too_large_is_refused() {
    let add = |graph: &Transitions, most| Languages::default().add(graph, &words(), most);
    let lasso = graph(&[&[(1, Some(1))], &[(2, Some(0)), (5, None)]]);
    assert_eq!(add(&lasso, SETS), Err(Inconclusive::Cycle));
    let silent = graph(&[&[(0, Some(0)), (5, None)]]);
    assert_eq!(add(&silent, SETS), Err(Inconclusive::Cycle));
    let fine = graph(&[&[(1, Some(1))], &[(5, None)]]);
    assert!(add(&fine, SETS).is_ok());
    assert_eq!(add(&fine, 1), Err(Inconclusive::Memory));
    let without_beginning = Transitions {
        start: None,
        ..fine.clone()
    };
    for holes in [
        without_beginning,
        // Nothing follows, nothing is known of the state or of the move.
        graph(&[&[(1, Some(1))], &[]]),
        graph(&[&[(1, Some(7))]]),
        graph(&[&[(99, Some(1))], &[(5, None)]]),
        // An end without an outcome, and two ends of one connection.
        graph(&[&[(1, None)]]),
        graph(&[&[(4, Some(1))], &[(7, None)]]),
    ] {
        let refused = add(&holes, SETS);
        let broken = matches!(refused, Err(Inconclusive::Crashed(_)));
        assert!(broken, "{refused:?} of {holes:?}");
    }
}

#[test]
fn more_sequences_than_can_be_counted_are_said_to_be_as_many() {
    let states: Vec<Vec<_>> = (0..70)
        .map(|state| vec![(1, Some(state + 1)), (2, Some(state + 1))])
        .chain([vec![(5, None)]])
        .collect();
    let states: Vec<_> = states.iter().map(Vec::as_slice).collect();
    let mut languages = Languages::default();
    let language = languages.add(&graph(&states), &words(), SETS);
    let counted = languages.counted(language.expect("no cycle"));
    let expected = Counted {
        states: 72,
        transitions: 141,
        sequences: u64::MAX,
    };
    assert_eq!(counted, expected);
}
