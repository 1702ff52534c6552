//! A second opinion: stateright explores the shutdown orderings in an encoding of its own, and the
//! instances of all claims as they are, and must come to the same set of outcomes as lastbyte in
//! each.
//!
//! Where stateright is alone it goes further: to payloads of 1,000 bytes, and to an inductive
//! invariant that holds in all states of a size, reachable or not. An SMT solver proves the same of all
//! sizes at once (`every_size.rs`), from formulas that the encoding itself writes. The encoding and the
//! model go through every schedule of the small sizes step by step (`step_by_step.rs`).

#[cfg(loom)]
mod both;
#[cfg(loom)]
mod every_instance;
mod every_size;
#[cfg(loom)]
#[path = "../support/explicit.rs"]
mod explicit;
#[cfg(unix)]
mod fake_solvers;
#[path = "../support/figures.rs"]
mod figures;
mod invariant;
mod machine;
mod numbers;
mod obligations;
mod solver;
#[cfg(loom)]
mod step_by_step;
mod terms;

use std::collections::HashMap;

use machine::{Connection, Order};
use stateright::{Checker, Model};

const DOCUMENT: &str = "models/trust/second-opinion.md";

const CHUNKS: [Option<usize>; 3] = [Some(1), Some(2), None];

fn machine(order: Order, response: usize, capacity: usize, chunk: Option<usize>) -> Connection {
    Connection {
        order,
        response,
        capacity,
        chunk,
        stops_after: None,
        resets_after: None,
        everywhere: None,
    }
}

/// The verdicts of the bounded claims, further out: payloads that lastbyte does not explore.
#[test]
fn larger_payloads_add_no_outcome() {
    for (n, k) in [(100, 1), (100, 7), (1_000, 64), (1_000, 999)] {
        for chunk in CHUNKS {
            for order in [Order::ReadGated, Order::Fixed] {
                let checker = machine(order, n, k, chunk).checker().spawn_bfs().join();
                assert!(checker.is_done());
                checker.assert_properties();
            }
            let checker = machine(Order::Original, n, k, chunk)
                .checker()
                .spawn_bfs()
                .join();
            checker.assert_any_discovery("nothing truncated");
        }
    }
}

/// The invariant holds at the start, every step keeps it, every step brings the end nearer, and it
/// excludes loss and stalls: for every state of every size up to 4 bytes, reachable or not.
#[test]
fn the_invariant_is_inductive() {
    let mut states = 0;
    for (n, k) in (1..=4).flat_map(|n| (1..=4).map(move |k| (n, k))) {
        for chunk in CHUNKS {
            let machine = Connection {
                everywhere: Some(Order::Fixed),
                ..machine(Order::Fixed, n, k, chunk)
            };
            assert!(machine.invariant(Order::Fixed, &machine.start()));
            let all = machine.init_states();
            for state in &all {
                assert!(machine.consequence(state), "{machine:?} {state:?}");
                for next in machine.next_states(state) {
                    assert!(
                        machine.measure(&next) < machine.measure(state),
                        "{state:?} to {next:?}"
                    );
                }
            }
            let checker = machine.checker().spawn_bfs().join();
            assert!(checker.is_done());
            checker.assert_properties();
            assert_eq!(
                checker.unique_state_count(),
                all.len(),
                "no step leaves the set"
            );
            states += all.len();
        }
    }
    let name = "states that satisfy the inductive invariant";
    figures::compare(DOCUMENT, name, &[states.to_string()]);
}

/// Without a solver: a step asks only how its numbers compare, what it does follows from the answers,
/// and sizes up to 12 have no answers of their own. So what holds in every case up to 4 bytes holds in
/// every case up to there.
#[test]
fn larger_sizes_add_no_case() {
    let up_to = |size: usize, chunks: &[Option<usize>]| {
        let sizes = (1..=size).flat_map(|n| (1..=size).map(move |k| (n, k)));
        let mut cases = HashMap::new();
        for (n, k) in sizes {
            let states = machine(Order::Fixed, n, k, None).states_with_invariant(Order::Fixed);
            for chunk in chunks {
                let machine = machine(Order::Fixed, n, k, *chunk);
                for &state in &states {
                    let mut able = Vec::new();
                    machine.actions(&state, &mut able);
                    for who in able {
                        let effect = machine.effect(&state, who);
                        let case = cases.entry(machine.case(&state, who));
                        let known = case.or_insert(effect);
                        assert_eq!(*known, effect, "{machine:?} {state:?}");
                    }
                }
            }
        }
        cases
    };
    let small = up_to(4, &CHUNKS);
    let large = up_to(12, &[Some(1), Some(2), Some(3), Some(5), Some(11), None]);
    assert!(small == large, "a case needs more than 4 bytes");
    for (case, (.., keeps, nearer)) in &small {
        assert!(keeps & nearer, "{case:?}");
    }
    let name = "cases of a step at sizes up to 4, and up to 12";
    let counts = [small.len(), large.len()].map(|cases| cases.to_string());
    figures::compare(DOCUMENT, name, &[counts.join(", ")]);
}

/// The original ordering does not keep it: the invariant is not one that everything has.
#[test]
fn the_original_ordering_breaks_the_invariant() {
    let machine = Connection {
        everywhere: Some(Order::Fixed),
        ..machine(Order::Original, 3, 2, None)
    };
    machine
        .checker()
        .spawn_bfs()
        .join()
        .assert_any_discovery("invariant");
}
