//! Is the state that the model of the dispatch loop declares all there is to know?
//!
//! Known by the history of its calls, which is exact, the connection is explored while its trace
//! tells the state that it would declare. The declared state must determine the next call, and with
//! what that call returns the next state: two histories that look alike must go on alike. A field
//! that is kept back is missed by the same check, or is determined by the others.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use lastbyte::trace::{ActorId, Event};
use lastbyte::{Explorer, Limits, Outcome, Scenario, Trace};
use lastbyte_models::dispatch_loop::{
    Connection, FIELDS, REVISIONS, TELLS, instance, named_scenarios,
};

/// Executions of one instance; they need not be all.
const EXECUTIONS: u64 = 200;

/// A place in the program with the digests of all fields there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    site: String,
    fields: Vec<u64>,
}

impl Place {
    fn parse(note: &str) -> Option<Place> {
        let (site, fields) = note.strip_prefix(TELLS)?.split_once(" [")?;
        let fields = fields.trim_end_matches(']').split(", ");
        let digest = |hex| u64::from_str_radix(hex, 16).expect("a digest");
        let fields: Vec<_> = fields.map(digest).collect();
        assert_eq!(fields.len(), FIELDS.len());
        Some(Place {
            site: site.to_owned(),
            fields,
        })
    }

    /// What is left to see without one field.
    fn without(&self, unknown: Option<usize>) -> Place {
        let mut place = self.clone();
        if let Some(field) = unknown {
            place.fields[field] = 0;
        }
        place
    }
}

/// Where the connection is, what it saw next, and where it is then; `None` at its end.
type Step = (Place, Vec<String>, Option<Place>);

/// What a call asks for, whatever it returns.
fn call(event: &Event) -> String {
    match event {
        Event::Write { offered, .. } | Event::WritePending { offered } => format!("send {offered}"),
        Event::WriteFailed { .. } => "send".to_owned(),
        Event::Input { .. } | Event::InputPending | Event::InputFailed { .. } => "recv".to_owned(),
        Event::Flush | Event::FlushPending => "flush".to_owned(),
        Event::Shutdown | Event::ShutdownFailed { .. } => "shutdown".to_owned(),
        Event::Feed { .. } | Event::FeedPending => "feed".to_owned(),
        Event::Note { .. } => "look at the signal".to_owned(),
        event => format!("{event:?}"),
    }
}

fn add_steps(trace: &Trace, steps: &mut HashSet<Step>) {
    let mut place = None;
    let mut seen = Vec::new();
    let own = trace.steps.iter().filter(|s| s.actor == ActorId::SUBJECT);
    for event in own.map(|step| &step.event) {
        let told = match event {
            Event::Note { text } => Place::parse(text),
            // Neither is of the connection's own making.
            Event::Wake { .. } | Event::Park => continue,
            _ => None,
        };
        let ends = matches!(event, Event::Ended { .. } | Event::Panicked { .. });
        if told.is_none() {
            seen.push((call(event), format!("{event:?}")));
        }
        if told.is_some() || ends {
            let seen = std::mem::take(&mut seen);
            let seen = seen.into_iter().flat_map(|(call, event)| [call, event]);
            if let Some(before) = std::mem::replace(&mut place, told.clone()) {
                steps.insert((before, seen.collect(), told));
            }
        }
    }
}

fn steps(connection: Connection, scenario: &Scenario) -> HashSet<Step> {
    let steps = Arc::new(Mutex::new(HashSet::new()));
    let into = steps.clone();
    let explorer = Explorer {
        limits: Limits {
            executions: Some(EXECUTIONS),
            ..Limits::default()
        },
        observer: Some(Arc::new(move |trace: &Trace, _: Option<&Outcome>| {
            add_steps(trace, &mut into.lock().expect("no panic"));
        })),
        ..Explorer::default()
    };
    let subject: Arc<dyn lastbyte::Subject> = Arc::new(connection);
    explorer.explore(&subject, scenario);
    std::mem::take(&mut *steps.lock().expect("no panic"))
}

/// Two steps from what looks like one state that go apart.
fn ambiguous(steps: &HashSet<Step>, unknown: Option<usize>) -> Option<String> {
    let mut calls = HashMap::new();
    let mut nexts = HashMap::new();
    for (place, seen, next) in steps {
        let place = place.without(unknown);
        let next = next.as_ref().map(|next| next.without(unknown));
        let call = seen.first().cloned();
        let other = calls.entry(place.clone()).or_insert_with(|| call.clone());
        if *other != call && *other != Some("send".to_owned()) && call != Some("send".to_owned()) {
            return Some(format!("{place:?}: {call:?} or {other:?}"));
        }
        let key = (place, seen.clone());
        let other = nexts.entry(key.clone()).or_insert_with(|| next.clone());
        if *other != next {
            return Some(format!("{key:?}: {next:?} or {other:?}"));
        }
    }
    None
}

/// Whether the other fields and the place tell what this one holds.
fn is_determined(steps: &HashSet<Step>, field: usize) -> bool {
    let mut values = HashMap::new();
    steps.iter().all(|(place, ..)| {
        let value = place.fields[field];
        *values.entry(place.without(Some(field))).or_insert(value) == value
    })
}

/// What the check says about the fields, over all instances.
#[derive(Debug, Default)]
struct Fields {
    missed: BTreeSet<&'static str>,
    free: BTreeSet<&'static str>,
}

impl Fields {
    fn look_at(&mut self, steps: &HashSet<Step>) {
        for (n, field) in FIELDS.iter().enumerate() {
            if !self.missed.contains(field) && ambiguous(steps, Some(n)).is_some() {
                self.missed.insert(field);
            }
            if !self.free.contains(field) && !is_determined(steps, n) {
                self.free.insert(field);
            }
        }
    }
}

/// Every field that the connection would not do without.
const MISSED: [&str; 10] = [
    "reading",
    "notify_read",
    "write_buf",
    "is_closing",
    "body_rx",
    "request_waits",
    "canceled",
    "upgraded",
    "step",
    "iteration",
];

/// Fields that can differ where nothing else does, and make no difference then: what a flush came
/// to, how many messages there were or whether one was asked for when none follows, whether a read is
/// pending that is not looked at again before the next one, what lies in the read buffer when nobody reads any
/// more, whether the timer for a head has begun, and whether whoever waits for an upgrade wakes its own task when
/// it comes.
const WITHOUT_CONSEQUENCE: [&str; 7] = [
    "asked",
    "flush_ready",
    "header_timer",
    "messages",
    "read_blocked",
    "read_buf",
    "upgrade_waits",
];

#[test]
#[ignore = "part of the longer explorations; cargo test -- --ignored"]
fn the_declared_state_is_all_there_is_to_know() {
    let mut fields = Fields::default();
    let (mut instances, mut total) = (0, 0);
    for scenario in named_scenarios() {
        for revision in &REVISIONS {
            let Some(instance) = instance(&scenario, revision) else {
                continue;
            };
            let connection = Connection {
                revision: *revision,
                tells: true,
                ..scenario.connection.clone()
            };
            let steps = steps(connection, instance.scenario());
            if let Some(why) = ambiguous(&steps, None) {
                panic!("{}: {why}", instance.id());
            }
            fields.look_at(&steps);
            instances += 1;
            total += steps.len();
        }
    }
    println!("{instances} instances, {total} different steps");
    assert_eq!(fields.missed, BTreeSet::from(MISSED));
    // All others follow from the rest in every instance.
    let free = &fields.free - &fields.missed;
    assert_eq!(free, BTreeSet::from(WITHOUT_CONSEQUENCE));
}
