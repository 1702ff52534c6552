//! The monitor alone: over counterexamples, recordings and random walks it comes to the verdicts of
//! the exploration that made them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use futures::AsyncRead;
use lastbyte::explore::Stepper;
use lastbyte::trace::{ActorId, Definition, Event, Facts, Levels, Monitor};
use lastbyte::{
    Expected, Explorer, Instance, Property, Reader, Running, Scenario, Script, ScriptStep, Socket,
    Subject, Trace, Verdict,
};
use lastbyte_models::registry;

/// The distinct instances of the claims that expect this.
fn claimed(expected: Expected) -> Vec<Instance> {
    let registry = registry().expect("no clash");
    let claims = registry.claims().iter();
    let claims = claims.filter(|claim| claim.expected == expected);
    let mut seen = HashSet::new();
    let instances = claims.flat_map(|claim| claim.instances.iter().cloned());
    instances
        .filter(|instance| !instance.folding() && seen.insert(instance.id()))
        .collect()
}

/// What the monitor alone finds broken, and at which steps.
fn judged(trace: &Trace) -> BTreeSet<(Property, usize)> {
    Monitor::judge(trace, &[]).iter().collect()
}

#[test]
fn every_counterexample_is_judged_as_by_the_exploration() {
    let mut judged_traces = 0;
    let mut masked = Masked::default();
    // One of several that differ in nothing but their sizes is enough here.
    let mut kinds = HashSet::new();
    for instance in claimed(Expected::Refuted) {
        let name = instance
            .scenario()
            .name
            .split(['=', '.'])
            .next()
            .map(str::to_owned);
        if !kinds.insert((instance.model(), instance.subject().to_owned(), name)) {
            continue;
        }
        let explored = Explorer::default().decide(instance.run(), instance.scenario());
        for (property, trace) in &explored.counterexamples {
            let alone = Monitor::judge(trace, &[]).of(*property);
            assert_eq!(alone, trace.broken_at, "{}: {property}", instance.id());
            judged_traces += 1;
            masked.add(trace);
        }
    }
    println!("{judged_traces} counterexamples; judged otherwise without {masked:?}");
    assert!(judged_traces > 300, "{judged_traces}");
    for what in ["the conclusion", "what is owed", "whether all has arrived"] {
        assert!(masked.0[what] > 10, "{what}: {masked:?}");
    }
}

/// Traces that a monitor judges otherwise that does not see one thing, by what it does not see.
#[derive(Debug, Default)]
struct Masked(BTreeMap<&'static str, usize>);

impl Masked {
    fn add(&mut self, trace: &Trace) {
        type Mask = fn(&mut Trace);
        let masks: [(&str, Mask); 6] = [
            ("the conclusion", |trace| trace.conclusion = None),
            ("where polls begin", |trace| {
                trace.steps.iter_mut().for_each(|step| step.begins = false)
            }),
            // What is known of bytes that were never offered.
            ("what is owed", |trace| {
                on_levels(trace, |levels| levels.owed = levels.inside)
            }),
            ("whether all has arrived", |trace| {
                on_levels(trace, |levels| levels.complete = false)
            }),
            ("whether it is garbled", |trace| {
                on_levels(trace, |levels| levels.garbled = false)
            }),
            ("the facts", |trace| trace.facts = Facts::default()),
        ];
        for (what, mask) in masks {
            let mut seen = trace.clone();
            mask(&mut seen);
            *self.0.entry(what).or_default() += usize::from(judged(&seen) != judged(trace));
        }
    }
}

fn on_levels(trace: &mut Trace, change: fn(&mut Levels)) {
    trace
        .steps
        .iter_mut()
        .for_each(|step| change(&mut step.levels));
    if let Some(conclusion) = &mut trace.conclusion {
        change(&mut conclusion.levels);
    }
}

/// A sequence of numbers that is the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }
}

#[test]
fn ten_thousand_random_walks_are_judged_as_they_went() {
    let mut instances = claimed(Expected::Refuted);
    instances.extend(claimed(Expected::Proved));
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut broken = BTreeSet::new();
    let mut masked = Masked::default();
    for walk in 0..10_000 {
        let instance = &instances[numbers.below(instances.len())];
        let mut stepper =
            Stepper::with_planted(instance.run(), instance.scenario(), instance.planted());
        // Some are left before their end.
        let most = if walk % 7 == 0 {
            numbers.below(40)
        } else {
            5_000
        };
        for _ in 0..most {
            let enabled = stepper.enabled();
            if enabled.is_empty() {
                break;
            }
            stepper.step(enabled[numbers.below(enabled.len())]);
        }
        let alone: BTreeSet<_> = judged(&stepper.trace())
            .into_iter()
            .map(|(p, _)| p)
            .collect();
        let went: BTreeSet<_> = stepper.broken().into_iter().collect();
        assert_eq!(alone, went, "{}", instance.id());
        broken.extend(went);
        masked.add(&stepper.trace());
    }
    println!("broken on the way: {broken:?}; judged otherwise without {masked:?}");
    let told = masked.0.iter();
    // See the next test.
    for (what, judged) in told.filter(|(what, _)| **what != "where polls begin") {
        assert!(*judged > 5, "{what}: {masked:?}");
    }
    assert!(broken.len() >= 10, "{broken:?}");
}

#[test]
fn every_recording_is_judged_as_it_was_recorded() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/recordings");
    let mut recordings = 0;
    for entry in std::fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it can be read").path();
        let recording =
            lastbyte::check::recording::Recording::read(&path).expect("it is a recording");
        let alone = Monitor::judge(&recording.trace, &[]).of(recording.property);
        assert_eq!(alone, recording.trace.broken_at, "{}", path.display());
        recordings += 1;
    }
    assert!(recordings >= 3);
}

/// Is told to wait for input, and leaves what comes where it is.
struct LeavesItsInput;

impl Subject for LeavesItsInput {
    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            let mut polls = 0;
            std::future::poll_fn(|cx| {
                polls += 1;
                if polls > 1 {
                    return Poll::Pending;
                }
                let read = Pin::new(&mut socket).poll_read(cx, &mut [0; 1]);
                read.map(drop)
            })
            .await;
            Ok(())
        })
    }
}

/// A wake-up that came is none that was lost, even where nothing comes of it. Only the beginning of
/// a poll tells that it came.
#[test]
fn a_poll_that_begins_is_a_wake_up_that_came() {
    let subject: Arc<dyn Subject> = Arc::new(LeavesItsInput);
    let sends = Script::new("sends", [ScriptStep::Send("1".into())]);
    let scenario = Scenario::new("input", 1, Reader::PROMPT).with_script(sends);
    let mut stepper = Stepper::new(&subject, &scenario);
    while let Some(next) = stepper
        .enabled()
        .into_iter()
        .max_by_key(|actor| *actor == ActorId::SUBJECT)
    {
        stepper.step(next);
    }
    let mut trace = stepper.trace();
    let broken = |trace: &Trace| {
        judged(trace)
            .into_iter()
            .any(|(property, _)| property == Property::NoStall)
    };
    assert!(!broken(&trace), "{:?}", trace.steps);
    trace.steps.iter_mut().for_each(|step| step.begins = false);
    assert!(broken(&trace), "{:?}", trace.steps);
}

/// Writes `first`, then the rest of four bytes.
struct Writes {
    first: usize,
}

impl Subject for Writes {
    fn start(&self, mut socket: Socket) -> Running {
        let first = self.first;
        Box::pin(async move {
            socket.handle().expect_delivery("abcd".into());
            let all = b"abcd";
            let written = async {
                socket.write_all(&all[..first]).await?;
                socket.write_all(&all[first..]).await?;
                socket.close().await
            };
            written.await.map_err(|error| error.to_string())
        })
    }
}

static SMALL_WRITES: Definition = Definition {
    name: "small-writes",
    sentence: "No write offers more than 2 bytes.",
    check: |moment, _| matches!(moment.of_subject(), Some(Event::Write { offered, .. }) if *offered > 2),
};

/// The memory counts the writes.
static THREE_WRITES: Definition = Definition {
    name: "at-most-three-writes",
    sentence: "There are at most three writes.",
    check: |moment, memory| {
        *memory += u64::from(matches!(moment.of_subject(), Some(Event::Write { .. })));
        *memory > 3
    },
};

#[test]
fn a_property_of_ones_own_is_proved_and_refuted_like_any_other() {
    let verdicts = |first, capacity| {
        let subject: Arc<dyn Subject> = Arc::new(Writes { first });
        let mut scenario = Scenario::new("writes", capacity, Reader::slow(1));
        let own = [&SMALL_WRITES, &THREE_WRITES].map(Property::Custom);
        scenario.properties = own.into();
        let explored = Explorer::default().decide(&subject, &scenario);
        for (property, trace) in &explored.counterexamples {
            assert_eq!(Monitor::judge(trace, &own).of(*property), trace.broken_at);
        }
        own.map(|property| explored.verdict(property))
    };
    use Verdict::{Proved, Refuted};
    assert_eq!(verdicts(2, 4), [Proved, Proved]);
    assert_eq!(verdicts(3, 4), [Refuted, Proved]);
    assert_eq!(verdicts(2, 1), [Proved, Refuted]);
}
