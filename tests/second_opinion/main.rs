//! A second opinion: stateright explores the shutdown orderings in an encoding of its own, and must
//! come to the same set of outcomes as lastbyte in every cell.
//!
//! Where stateright is alone it goes further: to payloads of 1,000 bytes, and to an inductive
//! invariant that holds in all states of a size, reachable or not.

mod machine;

use std::collections::{BTreeMap, BTreeSet};

use machine::{Connection, Order, Outcome};
use stateright::{Checker, Model, StateRecorder};

/// Every outcome that stateright finds.
fn outcomes(machine: Connection) -> BTreeSet<Outcome> {
    let (recorder, states) = StateRecorder::new_with_accessor();
    let checker = machine.checker().visitor(recorder).spawn_bfs().join();
    assert!(checker.is_done(), "stateright has not finished {machine:?}");
    states()
        .iter()
        .filter_map(|state| machine.outcome(state))
        .collect()
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
    use std::sync::{Arc, Mutex};

    use lastbyte::{Explorer, Reader, Scenario, Subject, Trace};
    use lastbyte_models::shutdown_ordering::{self, Ordering, ReadSide};

    /// Every outcome that lastbyte finds.
    fn explored(cell: &Connection) -> BTreeSet<Outcome> {
        let mut reader = cell.chunk.map_or(Reader::PROMPT, Reader::slow);
        reader.stops_after = cell.stops_after;
        reader.resets_after = cell.resets_after;
        let scenario = Scenario::new("cell", cell.capacity, reader).with_input("1");
        let subject: Arc<dyn Subject> = Arc::new(shutdown_ordering::Connection {
            ordering: match cell.order {
                Order::Original => Ordering::Original,
                Order::ReadGated => Ordering::ReadGatedFlush,
                Order::Fixed => Ordering::FlushBeforeShutdown,
            },
            read_side: ReadSide::Closes,
            response: cell.response,
        });
        let exploration = Explorer::default().explore(&subject, &scenario);
        assert_eq!(exploration.cut, None, "{cell:?}");
        let outcomes = exploration.histogram.into_keys();
        outcomes
            .map(|outcome| {
                let (subject, reader) = (outcome.subject.to_string(), outcome.reader.to_string());
                (subject, reader, outcome.received, outcome.accepted)
            })
            .collect()
    }

    #[test]
    fn both_checkers_find_the_same_outcomes() {
        let (mut cells, mut total) = (0, 0);
        for cell in grid() {
            let (first, second) = (explored(&cell), outcomes(cell));
            assert_eq!(
                first, second,
                "lastbyte and stateright disagree on {cell:?}"
            );
            cells += 1;
            total += first.len();
        }
        println!("{cells} cells, {total} outcomes, equal in all of them");
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
