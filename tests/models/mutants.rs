//! The mutants live in a twin of the fixed dispatcher. Without a mutation the twin does what the
//! dispatcher does, or the mutants would say nothing about it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use lastbyte::{Explorer, Outcome, Reader, Scenario, Subject, Trace};
use lastbyte_models::mutants::{self, Mutant, Mutation};
use lastbyte_models::shutdown_ordering::{Connection, Ordering, ReadSide};

/// Every execution, as what each actor did and saw, with its outcome.
type Executions = BTreeSet<String>;

fn executions(subject: Arc<dyn Subject>, scenario: &Scenario) -> Executions {
    let all = Arc::new(Mutex::new(Executions::new()));
    let into = all.clone();
    let explorer = Explorer {
        // The two tell the explorer different things about their states.
        caching: false,
        observer: Some(Arc::new(move |trace: &Trace, outcome: Option<&Outcome>| {
            let steps = trace.steps.iter();
            let steps = steps.map(|step| format!("{} {:?}\n", step.actor.index(), step.event));
            let execution = format!("{}{outcome:?}", steps.collect::<String>());
            into.lock().expect("no panic").insert(execution);
        })),
        ..Explorer::default()
    };
    let exploration = explorer.explore(&subject, scenario);
    assert_eq!(exploration.inconclusive, None, "{scenario}");
    std::mem::take(&mut *all.lock().expect("no panic"))
}

/// What only one of them does.
fn differences(mutation: Mutation, response: usize, scenario: &Scenario) -> Vec<String> {
    let ordering = match mutation {
        Mutation::None => Ordering::FlushBeforeShutdown,
        Mutation::PendingFlushIgnored => Ordering::Original,
        _ => unreachable!("no other ordering is a twin"),
    };
    let dispatcher = Connection {
        ordering,
        read_side: ReadSide::Closes,
        response,
    };
    let twin = Mutant {
        mutation,
        response,
        capacity: scenario.capacity,
    };
    let dispatcher = executions(Arc::new(dispatcher), scenario);
    let twin = executions(Arc::new(twin), scenario);
    dispatcher.symmetric_difference(&twin).cloned().collect()
}

/// Both orderings that the twin knows, in small instances with every reader.
fn instances() -> impl Iterator<Item = (usize, Scenario)> {
    let sizes = (1..=4).flat_map(|n| (1..=3).map(move |k| (n, k)));
    let readers = sizes.flat_map(|(n, k)| {
        let plain = [Reader::slow(1), Reader::PROMPT];
        let resets = [0, 1, n].map(|m| Reader::PROMPT.resets_after(m));
        let stops = [0, 1].map(|m| Reader::slow(1).stops_after(m));
        let all = plain.into_iter().chain(resets).chain(stops);
        all.map(move |reader| (n, k, reader))
    });
    readers.map(|(n, k, reader)| {
        let name = format!("N={n},K={k},reader={reader}");
        (n, Scenario::new(name, k, reader).with_input("1"))
    })
}

#[test]
fn the_twin_does_what_the_dispatcher_does() {
    for (response, scenario) in instances() {
        for mutation in [Mutation::None, Mutation::PendingFlushIgnored] {
            let differences = differences(mutation, response, &scenario);
            let first = differences.first();
            assert!(first.is_none(), "{mutation:?} in {scenario}: {first:?}");
        }
    }
}

/// Where the mutants are detected: with the faults, scripts and defects of the kernel, the reader and
/// the executor that are there.
#[test]
fn the_twin_does_so_where_the_mutants_are_detected() {
    let mut compared = 0;
    for row in mutants::rows() {
        for mutated in [true, false] {
            let mutation = if mutated { row.mutation } else { row.base };
            if matches!(mutation, Mutation::None | Mutation::PendingFlushIgnored) {
                let instance = row.instance(row.name, mutated);
                let differences = differences(mutation, row.response, instance.scenario());
                let first = differences.first();
                assert!(first.is_none(), "{}: {first:?}", row.name);
                compared += 1;
            }
        }
    }
    assert!(
        compared > mutants::rows().len(),
        "only {compared} instances"
    );
}

/// The comparison notices a twin that is none, even where no property does.
#[test]
fn another_dispatcher_is_no_twin() {
    let dispatcher = Connection {
        ordering: Ordering::FlushBeforeShutdown,
        read_side: ReadSide::Closes,
        response: 3,
    };
    let scenario = Scenario::new("instance", 1, Reader::PROMPT).with_input("1");
    let dispatcher = executions(Arc::new(dispatcher), &scenario);
    for mutation in [
        Mutation::PendingFlushIgnored,
        Mutation::ClosesInsteadOfShutdown,
        Mutation::OffersOneByteAWrite,
        Mutation::FlushesTwice,
    ] {
        let twin = Mutant {
            mutation,
            response: 3,
            capacity: 1,
        };
        let twin = executions(Arc::new(twin), &scenario);
        assert_ne!(dispatcher, twin, "{mutation:?}");
    }
}
