//! A second opinion: stateright explores the shutdown orderings in an encoding of its own, and must
//! come to the same set of outcomes as lastbyte in every cell.
//!
//! Where stateright is alone it goes further: to payloads of 1,000 bytes, and to an inductive
//! invariant that holds in all states of a size, reachable or not.

mod invariant;
mod machine;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use machine::{Connection, Order, Outcome, State, Who};
use stateright::{Checker, Model, Path};

/// What one checker found: every outcome with one way there, and the properties that fail.
#[derive(Debug, Default)]
struct Opinion {
    outcomes: BTreeMap<Outcome, String>,
    broken: BTreeSet<&'static str>,
}

impl Opinion {
    fn agrees_with(&self, other: &Opinion) -> bool {
        self.outcomes.keys().eq(other.outcomes.keys()) && self.broken == other.broken
    }
}

const PROPERTIES: [&str; 2] = ["nothing truncated", "no stall"];

fn second_opinion(machine: Connection) -> Opinion {
    let outcomes: Arc<Mutex<BTreeMap<Outcome, String>>> = Arc::default();
    let into = outcomes.clone();
    let record = move |path: Path<State, Who>| {
        if let Some(outcome) = machine.outcome(path.last_state()) {
            let mut outcomes = into.lock().expect("no panic");
            outcomes.entry(outcome).or_insert_with(|| path.to_string());
        }
    };
    // Without a property that always holds, the checker would stop once all have failed.
    let checker = machine.checker().visitor(record).spawn_bfs().join();
    assert!(checker.is_done(), "stateright has not finished {machine:?}");
    let discovered = checker.discoveries();
    let broken = PROPERTIES
        .into_iter()
        .filter(|name| discovered.contains_key(name));
    Opinion {
        broken: broken.collect(),
        outcomes: std::mem::take(&mut *outcomes.lock().expect("no panic")),
    }
}

const ORDERS: [Order; 3] = [Order::Original, Order::ReadGated, Order::Fixed];
const CHUNKS: [Option<usize>; 3] = [Some(1), Some(2), None];

fn machine(order: Order, response: usize, capacity: usize, chunk: Option<usize>) -> Connection {
    Connection {
        order,
        response,
        capacity,
        chunk,
        stops_after: None,
        resets_after: None,
        everywhere: false,
    }
}

/// All three orderings, N from 1 to 8, K from 1 to 4, every reader; each also stopping and resetting
/// after every number of bytes.
fn grid() -> impl Iterator<Item = Connection> {
    let sizes = (1..=8).flat_map(|n| (1..=4).map(move |k| (n, k)));
    let readers = sizes.flat_map(|(n, k)| CHUNKS.map(|chunk| (n, k, chunk)));
    let cells = readers.flat_map(|(n, k, chunk)| ORDERS.map(|order| machine(order, n, k, chunk)));
    cells.flat_map(|cell| {
        let limits = 0..=cell.response;
        let stops = limits.clone().map(move |m| Connection {
            stops_after: Some(m),
            ..cell
        });
        let resets = limits.map(move |m| Connection {
            resets_after: Some(m),
            ..cell
        });
        std::iter::once(cell).chain(stops).chain(resets)
    })
}

#[cfg(loom)]
mod both {
    use super::*;

    use lastbyte::{Explorer, KernelDefect, Property, Reader, Scenario, Subject, Trace};
    use lastbyte_models::shutdown_ordering::{self, Ordering, ReadSide};

    fn first_opinion(cell: &Connection, defect: KernelDefect) -> Opinion {
        let mut reader = cell.chunk.map_or(Reader::PROMPT, Reader::slow);
        reader.stops_after = cell.stops_after;
        reader.resets_after = cell.resets_after;
        let mut scenario = Scenario::new("cell", cell.capacity, reader).with_input("1");
        scenario.kernel_defect = defect;
        let subject: Arc<dyn Subject> = Arc::new(shutdown_ordering::Connection {
            ordering: match cell.order {
                Order::Original => Ordering::Original,
                Order::ReadGated => Ordering::ReadGatedFlush,
                Order::Fixed => Ordering::FlushBeforeShutdown,
            },
            read_side: ReadSide::Closes,
            response: cell.response,
        });
        let outcomes: Arc<Mutex<BTreeMap<Outcome, String>>> = Arc::default();
        let into = outcomes.clone();
        let explorer = Explorer {
            observer: Some(Arc::new(move |trace: &Trace, outcome| {
                if let Some(outcome) = outcome.map(plain) {
                    let mut outcomes = into.lock().expect("no panic");
                    outcomes.entry(outcome).or_insert_with(|| steps(trace));
                }
            })),
            ..Explorer::default()
        };
        let exploration = explorer.explore(&subject, &scenario);
        assert_eq!(exploration.cut, None, "{cell:?}");
        let fails = |property| exploration.counterexamples.contains_key(&property);
        let broken = [Property::NothingTruncated, Property::NoStall].map(fails);
        let broken = PROPERTIES.into_iter().zip(broken);
        Opinion {
            broken: broken
                .filter_map(|(name, fails)| fails.then_some(name))
                .collect(),
            outcomes: std::mem::take(&mut *outcomes.lock().expect("no panic")),
        }
    }

    fn plain(outcome: &lastbyte::Outcome) -> Outcome {
        let (subject, reader) = (outcome.subject.to_string(), outcome.reader.to_string());
        (subject, reader, outcome.received, outcome.accepted)
    }

    fn steps(trace: &Trace) -> String {
        let steps = trace.steps.iter();
        let steps = steps.map(|step| format!("{}: {:?}", trace.actor_name(step.actor), step.event));
        steps.collect::<Vec<_>>().join("\n")
    }

    /// What only one of the two has seen, with the way there.
    fn both(cell: &Connection, first: &Opinion, second: &Opinion) -> String {
        let mut text = format!("{cell:?}: {:?} and {:?} fail", first.broken, second.broken);
        let sides = [("lastbyte", first, second), ("stateright", second, first)];
        for (name, one, other) in sides {
            for (outcome, way) in &one.outcomes {
                if !other.outcomes.contains_key(outcome) {
                    text.push_str(&format!("\nonly {name}: {outcome:?}\n{way}"));
                }
            }
        }
        text
    }

    #[test]
    fn both_checkers_find_the_same_outcomes() {
        let (mut cells, mut total) = (0, 0);
        for cell in grid() {
            let first = first_opinion(&cell, KernelDefect::None);
            let second = second_opinion(cell);
            assert!(
                first.agrees_with(&second),
                "{}",
                both(&cell, &first, &second)
            );
            cells += 1;
            total += first.outcomes.len();
        }
        println!("{cells} cells, {total} outcomes, equal in all of them");
    }

    /// The comparison is worth something: it sees a kernel that takes one byte too many.
    #[test]
    fn a_defect_on_one_side_is_a_disagreement() {
        let differs = |cell: &Connection| {
            let first = first_opinion(cell, KernelDefect::CapacityOffByOne);
            !first.agrees_with(&second_opinion(*cell))
        };
        assert!(grid().any(|cell| differs(&cell)));
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
                everywhere: true,
                ..machine(Order::Fixed, n, k, chunk)
            };
            assert!(machine.invariant(&machine.start()));
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
    println!("{states} states satisfy the invariant");
}

/// The original ordering does not keep it: the invariant is not one that everything has.
#[test]
fn the_original_ordering_breaks_the_invariant() {
    let machine = Connection {
        everywhere: true,
        ..machine(Order::Original, 3, 2, None)
    };
    machine
        .checker()
        .spawn_bfs()
        .join()
        .assert_any_discovery("invariant");
}
