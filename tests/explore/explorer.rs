//! What the explorer does around an exploration: which counterexample it shows, what it falls back
//! to when it is inconclusive, and how it follows a schedule.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lastbyte::explore::Observer;
use lastbyte::trace::{ActorId, Event, Exploration, Inconclusive};
use lastbyte::{
    Explorer, Instance, Limits, Outcome, Property, Reader, Running, Scenario, Script, ScriptStep,
    Socket, Subject, Trace, Verdict,
};
use lastbyte_models::registry;
use lastbyte_models::shutdown_ordering::{Connection, Ordering, ReadSide};

fn connection(ordering: Ordering, response: usize) -> Arc<dyn Subject> {
    Arc::new(Connection {
        ordering,
        read_side: ReadSide::Closes,
        response,
    })
}

fn over(capacity: usize) -> Scenario {
    Scenario::new("over", capacity, Reader::slow(1)).with_input("1")
}

fn claimed(id: &str) -> Instance {
    let registry = registry().expect("no clash");
    registry.instance(id).expect(id).clone()
}

const UNCACHED: fn() -> Explorer = || Explorer {
    caching: false,
    ..Explorer::default()
};

#[test]
fn a_shortest_counterexample_is_kept() {
    let all: Arc<Mutex<Vec<Trace>>> = Arc::default();
    let into = all.clone();
    let observer: Observer = Arc::new(move |trace: &Trace, outcome: Option<&Outcome>| {
        // Only what ends in the middle of a message is a loss here.
        if outcome.is_some_and(|outcome| outcome.received < 4) {
            into.lock().expect("no panic").push(trace.clone());
        }
    });
    let explorer = Explorer {
        observer: Some(observer),
        ..UNCACHED()
    };
    let explored = explorer.explore(&connection(Ordering::Original, 4), &over(2));
    assert_eq!(
        explored.concluded(),
        explored.executions,
        "nothing is cut short"
    );
    let all = std::mem::take(&mut *all.lock().expect("no panic"));
    let length = |trace: &Trace| (trace.steps.len(), trace.schedule.len());
    let shortest = all.iter().map(length).min().expect("some lose");
    assert!(all.iter().any(|trace| length(trace) > shortest));
    let kept = &explored.counterexamples[&Property::NothingTruncated];
    assert_eq!(length(kept), shortest);
}

#[test]
fn a_shorter_counterexample_is_looked_for_with_few_preemptions() {
    let instance = claimed("dispatch_loop/1.7.0/body-does-not-decode");
    let (run, scenario) = (instance.run(), instance.scenario());
    let steps = |exploration: &Exploration| {
        let known = exploration.counterexamples.get(&Property::NoSilentLoss);
        known.map(|trace| trace.steps.len())
    };
    let explored = Explorer::default().explore(run, scenario);
    let decided = Explorer::default().decide(run, scenario);
    assert!(steps(&decided) < steps(&explored));
    // It is the one of the least bound that has any.
    let mut bounded = (0..=2).map(|bound| {
        let explorer = Explorer {
            bound: Some(bound),
            ..UNCACHED()
        };
        explorer.explore(run, scenario)
    });
    let least = bounded.find(|exploration| steps(exploration).is_some());
    assert_eq!(steps(&decided), least.and_then(|least| steps(&least)));
    // The verdict is that of the unbounded search.
    assert_eq!(
        (decided.bound, decided.executions),
        (None, explored.executions)
    );
}

/// Explores only so many executions without a bound.
fn few(executions: u64, limits: Limits) -> Explorer {
    Explorer {
        limits: Limits {
            executions: Some(executions),
            ..limits
        },
        ..Explorer::default()
    }
}

#[test]
fn what_is_inconclusive_is_finished_with_a_bound() {
    let fixed = connection(Ordering::FlushBeforeShutdown, 8);
    for limits in [
        Limits::default(),
        Limits {
            time: Some(Duration::from_secs(600)),
            ..Limits::default()
        },
    ] {
        let decided = few(3, limits).decide(&fixed, &over(2));
        assert_eq!(decided.verdict(Property::NoStall), Verdict::Bounded(2));
        assert!(decided.executions > 3 && decided.inconclusive.is_none());
    }
    // Whoever stops an exploration wants no other.
    let stopped = Explorer {
        stop: Some(Arc::new(|| true)),
        ..Explorer::default()
    };
    let stopped = stopped.decide(&fixed, &over(2));
    assert_eq!(
        (stopped.bound, stopped.inconclusive),
        (None, Some(Inconclusive::Interrupted))
    );
}

/// Some of the time is left for the bounded run: an exploration that would take hours.
#[test]
fn the_time_suffices_for_both() {
    let limits = Limits {
        time: Some(Duration::from_millis(1_500)),
        ..Limits::default()
    };
    let explorer = Explorer {
        limits,
        ..UNCACHED()
    };
    let fixed = connection(Ordering::FlushBeforeShutdown, 12);
    let decided = explorer.decide(&fixed, &over(1));
    assert_eq!(decided.verdict(Property::NoStall), Verdict::Bounded(2));
}

/// Loses a byte, unless the signal is raised: then it makes more calls than are allowed.
struct TalksOrLoses;

impl Subject for TalksOrLoses {
    fn start(&self, socket: Socket) -> Running {
        let handle = socket.handle();
        handle.expect_delivery("x".into());
        Box::pin(std::future::poll_fn(move |cx| {
            while handle.poll_signal(0, cx).is_ready() {}
            socket.poll_shut(cx).map_err(|error| error.to_string())
        }))
    }
}

#[test]
fn a_counterexample_counts_although_the_bounded_run_is_inconclusive() {
    let scenario = Scenario {
        signals: 1,
        ..Scenario::new("signal", 1, Reader::PROMPT)
    };
    let scenario = scenario.with_script(Script::new("raiser", [ScriptStep::Raise(0)]));
    let limits = || Limits {
        steps: 20,
        ..Limits::default()
    };
    let subject: Arc<dyn Subject> = Arc::new(TalksOrLoses);
    let alone = few(0, limits()).explore(&subject, &scenario);
    assert!(alone.counterexamples.is_empty());
    let decided = few(0, limits()).decide(&subject, &scenario);
    assert_eq!(
        decided.verdict(Property::NothingTruncated),
        Verdict::Refuted
    );
    assert_eq!(
        (decided.bound, decided.inconclusive),
        (Some(2), Some(Inconclusive::Steps(20)))
    );
}

#[test]
fn a_schedule_is_followed_as_far_as_the_system_permits_it() {
    let (subject, scenario) = (connection(Ordering::Original, 4), over(2));
    let explored = Explorer::default().explore(&subject, &scenario);
    let lost = &explored.counterexamples[&Property::NoSilentLoss];
    let (trace, broken) = Explorer::default()
        .replay(&subject, &scenario, &lost.schedule)
        .expect("it was possible before");
    assert_eq!(trace.steps, lost.steps);
    assert_eq!(broken[&Property::NoSilentLoss].broken_at, lost.broken_at);
    // Nobody else breaks anything on that way.
    assert!(
        broken
            .keys()
            .all(|property| explored.counterexamples.contains_key(property))
    );

    let (cut, rest) = lost.schedule.split_at(lost.schedule.len() - 1);
    let other = match rest {
        [ActorId::READER] => ActorId::SUBJECT,
        _ => ActorId::READER,
    };
    let not_permitted = [cut, &[other]].concat();
    for schedule in [cut, &not_permitted, &[]] {
        let replayed = Explorer::default().replay(&subject, &scenario, schedule);
        assert!(replayed.is_none(), "{schedule:?}");
    }
}

/// Panics of a subject are outcomes and nothing on the terminal; others are as loud as ever.
#[test]
fn a_panic_of_a_subject_is_silent() {
    struct Panics;
    impl Subject for Panics {
        fn start(&self, _socket: Socket) -> Running {
            Box::pin(async { panic!("as a subject does") })
        }
    }
    let mut command = std::process::Command::new(std::env::current_exe().expect("it runs"));
    let child = "LASTBYTE_TEST_CHILD";
    if std::env::var_os(child).is_some() {
        let subject: Arc<dyn Subject> = Arc::new(Panics);
        let scenario = Scenario::new("panics", 1, Reader::PROMPT);
        let explored = Explorer::default().explore(&subject, &scenario);
        let panic = &explored.counterexamples[&Property::NoPanic];
        let told = |step: &lastbyte::trace::Step| matches!(step.event, Event::Panicked { .. });
        assert!(panic.steps.iter().any(told));
        panic!("as a test does");
    }
    let output = command
        .args(["a_panic_of_a_subject_is_silent", "--nocapture"])
        .env(child, "1")
        .output()
        .expect("the test can be run");
    let text = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("as a test does"), "{text}");
    assert!(!text.contains("as a subject does"), "{text}");
}
