//! A comparison of two subjects: what it counts, what it tells, and what ends it early.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::enumeration::enumerated;
use lastbyte::check::{Comparison, Observable};
use lastbyte::explore::Progress;
use lastbyte::trace::Inconclusive;
use lastbyte::{Instance, Model, Reader, Registry, Scenario};
use lastbyte_models::shutdown_ordering::{Connection, Ordering, ReadSide};

fn instance(ordering: Ordering, capacity: usize) -> Instance {
    responding(ordering, capacity, 3)
}

fn responding(ordering: Ordering, capacity: usize, response: usize) -> Instance {
    let scenario = Scenario::new(format!("K={capacity}"), capacity, Reader::slow(1));
    let connection = Connection {
        ordering,
        read_side: ReadSide::Closes,
        response,
    };
    let scenario = scenario.with_input("1");
    Instance::new(ordering.to_string(), scenario, Arc::new(connection)).without_caching()
}

/// Two orderings that differ in the first scenario and not in the second.
fn orderings() -> Comparison {
    let pair = |capacity| {
        [Ordering::Original, Ordering::FlushBeforeShutdown].map(|o| instance(o, capacity))
    };
    Comparison::new("over", 100_000, vec![pair(2), pair(3)])
}

/// Sequences and executions of one instance, found without the comparison.
fn alone(instance: &Instance) -> (BTreeSet<Vec<Observable>>, u64) {
    enumerated(instance, u64::MAX).expect("it comes to its end")
}

#[test]
fn executions_and_sequences_are_those_of_every_scenario() {
    let model = Model {
        comparisons: || vec![orderings()],
        ..Model::new("orderings", "two that differ")
    };
    let registry = Registry::new([model]).expect("no clash");
    let comparison = &registry.comparisons()[0];
    assert_eq!(comparison.id(), "orderings/original/over");
    let compared = comparison.run(None, None);
    assert_eq!(compared.id, comparison.identity());
    assert_eq!(compared.inconclusive, None);
    for side in [0, 1] {
        let alone = comparison.pairs.iter().map(|pair| alone(&pair[side]));
        let (sequences, executions): (Vec<_>, Vec<_>) = alone.unzip();
        assert!(compared.executions[side] <= executions.iter().sum::<u64>());
        let sequences = sequences.iter().map(BTreeSet::len);
        assert_eq!(compared.sequences[side], sequences.sum::<usize>() as u64);
    }
}

#[test]
fn what_only_one_side_does_is_told_call_by_call() {
    let compared = orderings().run(None, None);
    assert!(!compared.agrees());
    for told in [
        "only original at K=2: write 3:2, write 1:pending, shutdown, close, Ok, 2 received",
        "only flush-before-shutdown at K=2: write 3:2, write 1:pending, WOKEN, write 1:1, flush, \
         shutdown, close, Ok, 3 received",
    ] {
        let differences = &compared.differences;
        assert!(differences.iter().any(|d| d == told), "{differences:#?}");
    }
    let elsewhere = compared
        .differences
        .iter()
        .filter(|d| !d.contains("at K=2:"));
    assert_eq!(elsewhere.count(), 0, "three bytes fit: {compared:?}");
}

#[test]
fn a_comparison_that_takes_too_long_is_inconclusive() {
    let mut comparison = orderings();
    let compared = comparison.run(Some(Duration::ZERO), None);
    assert_eq!(compared.inconclusive, Some(Inconclusive::Time));
    assert_eq!(compared.executions, [0, 0]);
    comparison.executions = 1;
    let compared = comparison.run(None, None);
    assert_eq!(compared.inconclusive, Some(Inconclusive::Executions));
    assert_eq!(compared.executions, [1, 0], "and nothing else is begun");
    assert!(!compared.agrees());
}

#[test]
fn progress_counts_on_from_side_to_side() {
    let told: Arc<Mutex<Vec<u64>>> = Arc::default();
    let into = told.clone();
    let progress: Progress = Arc::new(move |executions| {
        into.lock().expect("no panic").push(executions);
    });
    let mut comparison = orderings();
    // It is told now and then; a side must be large enough for that.
    let large = |ordering| responding(ordering, 2, 40);
    comparison
        .pairs
        .push([Ordering::FlushBeforeShutdown; 2].map(large));
    comparison.run(None, Some(&progress));
    let mut begun = 0;
    let told = told.lock().expect("no panic");
    for pair in &comparison.pairs {
        let mut one = comparison.clone();
        one.pairs = vec![pair.clone()];
        for executions in one.run(None, None).executions {
            assert!(told.contains(&begun), "{begun} of {told:?}");
            begun += executions;
        }
    }
    let sides = 2 * comparison.pairs.len();
    assert!(told.len() > sides, "also in the middle of a side: {told:?}");
    assert!(told.is_sorted(), "{told:?}");
}
