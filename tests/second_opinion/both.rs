//! What both checkers say about the same instances.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use lastbyte::run::{ExecutorDefect, KeyPart};
use lastbyte::{Instance, Property, Reader, Scenario, Trace};
use lastbyte_models::mutants::KernelDefect;
use lastbyte_models::shutdown_ordering::{self, Ordering, ReadSide};
use stateright::{Checker, Model, Path};

use crate::every_instance::explored;
use crate::machine::{Connection, Order, Outcome, State, Who};
use crate::{CHUNKS, DOCUMENT, figures, machine};

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

/// All three orderings, N from 1 to 8, K from 1 to 4, every reader; each also stopping and resetting
/// after every number of bytes.
fn grid() -> impl Iterator<Item = Connection> {
    let sizes = (1..=8).flat_map(|n| (1..=4).map(move |k| (n, k)));
    let readers = sizes.flat_map(|(n, k)| CHUNKS.map(|chunk| (n, k, chunk)));
    let instances =
        readers.flat_map(|(n, k, chunk)| Order::ALL.map(|order| machine(order, n, k, chunk)));
    instances.flat_map(|instance| {
        let limits = 0..=instance.response;
        let stops = limits.clone().map(move |m| Connection {
            stops_after: Some(m),
            ..instance
        });
        let resets = limits.map(move |m| Connection {
            resets_after: Some(m),
            ..instance
        });
        std::iter::once(instance).chain(stops).chain(resets)
    })
}

pub type Defects = (Option<KernelDefect>, ExecutorDefect);

pub const NONE: Defects = (None, ExecutorDefect::None);

/// The model itself, as lastbyte explores it.
pub fn real(machine: &Connection, defects: &Defects) -> Instance {
    let mut reader = machine.chunk.map_or(Reader::PROMPT, Reader::slow);
    reader.stops_after = machine.stops_after;
    reader.resets_after = machine.resets_after;
    let mut scenario = Scenario::new("instance", machine.capacity, reader).with_input("1");
    scenario.decorator = defects.0.and_then(KernelDefect::planted);
    let subject = Arc::new(shutdown_ordering::Connection {
        ordering: match machine.order {
            Order::Original => Ordering::Original,
            Order::ReadGated => Ordering::ReadGatedFlush,
            Order::Fixed => Ordering::FlushBeforeShutdown,
        },
        read_side: ReadSide::Closes,
        response: machine.response,
    });
    Instance::new(format!("{machine:?}"), scenario, subject).with_planted(defects.1)
}

fn first_opinion(instance: &Connection, defects: &Defects) -> Opinion {
    let (exploration, outcomes) = explored(&real(instance, defects));
    let outcomes = outcomes
        .iter()
        .map(|(outcome, way)| (plain(outcome), steps(way)));
    let fails = |property| exploration.counterexamples.contains_key(&property);
    let broken = [Property::NothingTruncated, Property::NoStall].map(fails);
    let broken = PROPERTIES.into_iter().zip(broken);
    Opinion {
        broken: broken
            .filter_map(|(name, fails)| fails.then_some(name))
            .collect(),
        outcomes: outcomes.collect(),
    }
}

pub fn plain(outcome: &lastbyte::Outcome) -> Outcome {
    let (subject, reader) = (outcome.subject.to_string(), outcome.reader.to_string());
    (subject, reader, outcome.received, outcome.accepted)
}

pub fn steps(trace: &Trace) -> String {
    let steps = trace.steps.iter();
    let steps = steps.map(|step| format!("{}: {:?}", trace.actor_name(step.actor), step.event));
    steps.collect::<Vec<_>>().join("\n")
}

/// What only one of the two has seen, with the way there.
fn both(instance: &Connection, first: &Opinion, second: &Opinion) -> String {
    let mut text = format!(
        "{instance:?}: {:?} and {:?} fail",
        first.broken, second.broken
    );
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
    let (mut instances, mut total) = (0, 0);
    for instance in grid() {
        let first = first_opinion(&instance, &NONE);
        let second = second_opinion(instance);
        assert!(
            first.agrees_with(&second),
            "{}",
            both(&instance, &first, &second)
        );
        instances += 1;
        total += first.outcomes.len();
    }
    for (name, number) in [
        ("instances explored by both", instances),
        ("outcomes in them, the same on both sides", total),
    ] {
        figures::compare(DOCUMENT, name, &[number.to_string()]);
    }
}

/// The comparison is worth something: it sees a kernel that takes one byte too many.
#[test]
fn a_defect_on_one_side_is_a_disagreement() {
    let differs = |instance: &Connection| {
        let first = first_opinion(
            instance,
            &(Some(KernelDefect::CapacityOffByOne), ExecutorDefect::None),
        );
        !first.agrees_with(&second_opinion(*instance))
    };
    assert!(grid().any(|instance| differs(&instance)));
}
/// Parts of the explorer's key that follow from the others in this model: without one of them the
/// opinions are the same. The kernel's level is what the dispatcher has handed over, which it
/// declares, less what the reader has received; that in turn is known to the kernel. The dispatcher
/// declares its buffer, too, and where it is says what it has done in this poll. A broken property
/// shows in the state that broke it: bytes left inside after a shutdown, a read end of the stream.
/// `models/mutants` shows for every part where it is missed.
#[test]
fn some_parts_of_the_key_are_redundant_here() {
    let parts = [
        KeyPart::Kernel,
        KeyPart::Inside,
        KeyPart::Reader,
        KeyPart::Violations,
        KeyPart::Poll,
    ];
    for part in parts {
        let defects = (None, ExecutorDefect::KeyWithout(part));
        let small = |instance: &Connection| instance.response <= 4 && instance.capacity <= 2;
        for instance in grid().filter(small) {
            let first = first_opinion(&instance, &defects);
            let second = second_opinion(instance);
            assert!(
                first.agrees_with(&second),
                "{part:?} is noticed: {instance:?}"
            );
        }
    }
}
