//! How a connection can end, in an exploration.

use std::fmt;
use std::future::{pending, ready};
use std::sync::Arc;
use std::time::Duration;

use lastbyte::run::ExecutorDefect;
use lastbyte::trace::{Ending, Event, Exploration, Inconclusive};
use lastbyte::{
    Explorer, Limits, Property, Reader, Running, Scenario, Script, ScriptStep, Socket, Subject,
    Verdict,
};

struct Connection(fn(Socket) -> Running);

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

impl Subject for Connection {
    fn start(&self, socket: Socket) -> Running {
        (self.0)(socket)
    }
}

/// The only ending there is, and whether somebody panicked.
fn ending(start: fn(Socket) -> Running) -> (Ending, bool) {
    let subject: Arc<dyn Subject> = Arc::new(Connection(start));
    let scenario = Scenario::new("alone", 1, Reader::PROMPT);
    let exploration = Explorer::default().explore(&subject, &scenario);
    assert_eq!(exploration.inconclusive, None);
    let mut endings: Vec<_> = exploration
        .histogram
        .into_keys()
        .map(|o| o.subject)
        .collect();
    endings.dedup();
    let panic = exploration.counterexamples.get(&Property::NoPanic);
    if let Some(trace) = panic {
        let broken = trace.broken_at.and_then(|step| trace.steps.get(step));
        let event = broken.map(|step| &step.event);
        assert!(matches!(event, Some(Event::Panicked { .. })), "{event:?}");
    }
    let panics = panic.is_some();
    (endings.pop().expect("an outcome"), panics)
}

#[test]
fn results_are_what_the_connection_says() {
    let (well, panics) = ending(|_socket| Box::pin(ready(Ok(()))));
    assert_eq!((well, panics), (Ending::Ok, false));
    let (badly, panics) = ending(|_socket| Box::pin(ready(Err("badly".to_owned()))));
    assert_eq!((badly, panics), (Ending::Err("badly".to_owned()), false));
    let (waits, panics) = ending(|socket| {
        Box::pin(async move {
            let _open = socket;
            pending().await
        })
    });
    assert_eq!((waits, panics), (Ending::Waiting, false));
}

#[test]
fn panics_are_told_with_their_text() {
    let constant = ending(|_socket| Box::pin(async { panic!("in a word") }));
    assert_eq!(constant, (Ending::Panicked("in a word".to_owned()), true));
    let formatted = ending(|_socket| Box::pin(async { panic!("in {} words", 3) }));
    assert_eq!(formatted, (Ending::Panicked("in 3 words".to_owned()), true));
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("dropped");
        }
    }
}

/// A future that is through and panics as it is dropped has panicked all the same.
#[test]
fn a_panic_while_dropping_is_one() {
    let (ending, panics) = ending(|_socket| {
        let dropped = PanicsWhenDropped;
        Box::pin(std::future::poll_fn(move |_| {
            let _held = &dropped;
            std::task::Poll::Ready(Ok(()))
        }))
    });
    assert_eq!(
        (ending, panics),
        (Ending::Panicked("dropped".to_owned()), true)
    );
}

#[test]
fn the_first_panic_counts() {
    let ending = ending(|_socket| {
        let dropped = PanicsWhenDropped;
        Box::pin(std::future::poll_fn(move |_| {
            let _held = &dropped;
            panic!("polled")
        }))
    });
    assert_eq!(ending, (Ending::Panicked("polled".to_owned()), true));
}

/// What is found within these limits, of a connection that ends at once.
fn within(limits: Limits) -> Exploration {
    let subject: Arc<dyn Subject> = Arc::new(Connection(|_socket| Box::pin(ready(Ok(())))));
    let scenario = Scenario::new("alone", 1, Reader::PROMPT);
    let explorer = Explorer {
        limits,
        ..Explorer::default()
    };
    explorer.explore(&subject, &scenario)
}

#[test]
fn an_exploration_that_is_inconclusive_proves_nothing() {
    let all = within(Limits::default());
    assert_eq!((all.inconclusive, all.executions > 1), (None, true));
    let limits = Limits::default;
    for (limits, why, executions) in [
        (
            Limits {
                executions: Some(0),
                ..limits()
            },
            Inconclusive::Executions,
            0,
        ),
        (
            Limits {
                executions: Some(1),
                ..limits()
            },
            Inconclusive::Executions,
            1,
        ),
        (
            Limits {
                states: 0,
                ..limits()
            },
            Inconclusive::Memory,
            1,
        ),
        (
            Limits {
                time: Some(Duration::ZERO),
                ..limits()
            },
            Inconclusive::Time,
            0,
        ),
    ] {
        let exploration = within(limits);
        assert_eq!(exploration.inconclusive, Some(why.clone()));
        assert_eq!(exploration.executions, executions, "{why}");
        let verdict = exploration.verdict(Property::NoPanic);
        assert_eq!(verdict, Verdict::Inconclusive(why));
    }
    let steps = within(Limits {
        steps: 1,
        ..limits()
    });
    assert_eq!(steps.inconclusive, Some(Inconclusive::Steps(1)));
    // What suffices leaves nothing inconclusive.
    let enough = Limits {
        executions: Some(all.executions + 1),
        // The moves between them are remembered, too.
        states: 10 * usize::try_from(all.states).expect("few"),
        time: Some(Duration::from_secs(600)),
        steps: all.depth,
        ..limits()
    };
    assert_eq!(within(enough).inconclusive, None);
}

/// An explorer with a defect may find something; that there is nothing it never proves.
#[test]
fn a_planted_defect_proves_nothing() {
    let verdict = |planted| {
        let scenario = Scenario::new("planted", 1, Reader::PROMPT);
        let explorer = Explorer {
            planted,
            ..Explorer::default()
        };
        let subject: Arc<dyn Subject> = Arc::new(Connection(|_| Box::pin(async { Ok(()) })));
        let exploration = explorer.decide(&subject, &scenario);
        exploration.verdict(Property::NoPanic)
    };
    assert_eq!(verdict(ExecutorDefect::None), Verdict::Proved);
    for defect in ExecutorDefect::all() {
        assert_eq!(verdict(defect), Verdict::Missed, "{defect:?}");
    }
}

/// A feed has ended when its end was put there and nothing is before it.
#[test]
fn a_feed_ends_behind_its_last_item() {
    let reads = |ends: bool| {
        let steps = [
            Some(ScriptStep::Feed(0, "item".into())),
            ends.then_some(ScriptStep::EndFeed(0)),
            Some(ScriptStep::WakeFeed(0)),
        ];
        let steps: Vec<_> = steps.into_iter().flatten().collect();
        let mut scenario = Scenario::new("feed", 1, Reader::PROMPT);
        scenario.feeds = 1;
        scenario.scripts.push(Script::new("feeder", steps));
        let subject: Arc<dyn Subject> = Arc::new(Connection(|socket| {
            Box::pin(std::future::poll_fn(move |cx| {
                let handle = socket.handle();
                let ended = |item| match (item, handle.feed_has_ended(0)) {
                    (None, false) => Err("an end that is none".to_owned()),
                    (Some(_), true) => Err("after the last item".to_owned()),
                    _ => Ok(()),
                };
                handle.poll_feed(0, cx).map(ended)
            }))
        }));
        let exploration = Explorer::default().explore(&subject, &scenario);
        let outcomes = exploration.histogram.into_keys().map(|o| o.subject);
        outcomes.collect::<std::collections::BTreeSet<_>>()
    };
    let behind = Ending::Err("after the last item".to_owned());
    assert_eq!(reads(false), [Ending::Ok].into());
    assert_eq!(reads(true), [Ending::Ok, behind].into());
}
