//! The monitor alone: over counterexamples, recordings and random walks it comes to the verdicts of
//! the exploration that made them.
#![cfg(loom)]

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use lastbyte::{
    Cell, Definition, Event, Expected, Explorer, Monitor, Property, Reader, Running, Scenario,
    Socket, Stepper, Subject, Trace, Verdict,
};
use lastbyte_models::registry;

/// The distinct instances of the claims that expect this.
fn claimed(expected: Expected) -> Vec<Cell> {
    let claims = registry().into_iter().flat_map(|model| (model.claims)());
    let claims = claims.filter(|claim| claim.expected == expected);
    let mut seen = HashSet::new();
    let cells = claims.flat_map(|claim| claim.cells);
    cells.filter(|cell| seen.insert(cell.id())).collect()
}

/// What the monitor alone finds broken, and at which steps.
fn judged(trace: &Trace) -> BTreeSet<(Property, usize)> {
    Monitor::judge(trace, &[]).iter().collect()
}

#[test]
fn every_counterexample_is_judged_as_by_the_exploration() {
    let (mut judged_traces, mut without_end, mut without_begins) = (0, 0, 0);
    // One of several that differ in nothing but their sizes is enough here.
    let mut kinds = HashSet::new();
    for cell in claimed(Expected::Refuted) {
        let name = cell.scenario.name.split(['=', '.']).next().map(str::to_owned);
        if !kinds.insert((cell.model, cell.subject.clone(), name)) {
            continue;
        }
        let explored = Explorer::default().decide(&cell.run, &cell.scenario);
        for (property, trace) in &explored.counterexamples {
            let alone = Monitor::judge(trace, &[]).of(*property);
            assert_eq!(alone, trace.broken_at, "{}: {property}", cell.id());
            judged_traces += 1;
            // What a monitor would miss that does not look at the end, or at where polls begin.
            let mut cut = trace.clone();
            cut.conclusion = None;
            without_end += usize::from(judged(&cut) != judged(trace));
            let mut cut = trace.clone();
            cut.steps.iter_mut().for_each(|step| step.begins = false);
            without_begins += usize::from(judged(&cut) != judged(trace));
        }
    }
    println!(
        "{judged_traces} counterexamples; {without_end} need the conclusion, {without_begins} the \
         beginnings of polls"
    );
    assert!(judged_traces > 300, "{judged_traces}");
    assert!(without_end > 200 && without_begins > 0);
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
    let mut cells = claimed(Expected::Refuted);
    cells.extend(claimed(Expected::Proved));
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut broken = BTreeSet::new();
    for walk in 0..10_000 {
        let cell = &cells[numbers.below(cells.len())];
        let mut stepper = Stepper::new(&cell.run, &cell.scenario);
        // Some are left before their end.
        let most = if walk % 7 == 0 { numbers.below(40) } else { 5_000 };
        for _ in 0..most {
            let enabled = stepper.enabled();
            if enabled.is_empty() {
                break;
            }
            stepper.step(enabled[numbers.below(enabled.len())]);
        }
        let alone: BTreeSet<_> = judged(&stepper.trace()).into_iter().map(|(p, _)| p).collect();
        let went: BTreeSet<_> = stepper.broken().into_iter().collect();
        assert_eq!(alone, went, "{}", cell.id());
        broken.extend(went);
    }
    println!("broken on the way: {broken:?}");
    assert!(broken.len() >= 10, "{broken:?}");
}

#[test]
fn every_recording_is_judged_as_it_was_recorded() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/recordings");
    let mut recordings = 0;
    for entry in std::fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it can be read").path();
        let recording = lastbyte::recording::Recording::read(&path).expect("it is a recording");
        let alone = Monitor::judge(&recording.trace, &[]).of(recording.property);
        assert_eq!(alone, recording.trace.broken_at, "{}", path.display());
        recordings += 1;
    }
    assert!(recordings >= 3);
}

/// Writes `first`, then the rest of four bytes.
struct Writes {
    first: usize,
}

impl Subject for Writes {
    fn start(&self, mut socket: Socket) -> Running {
        let first = self.first;
        Box::pin(async move {
            use futures::io::AsyncWriteExt;
            socket.handle().promise("abcd".into());
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
    check: |moment, _| {
        matches!(moment.of_subject(), Some(Event::Write { offered, .. }) if *offered > 2)
    },
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
