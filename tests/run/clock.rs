//! Virtual time: when timers fire, and who notices.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use futures::future::{Either, select};
use lastbyte::run::{ExecutorDefect, KeyPart};
use lastbyte::trace::Event;
use lastbyte::{
    Checker, Explorer, Outcome, Property, Reader, Running, Scenario, Socket, Subject, Trace,
    Verdict,
};

use crate::agree::{agree, agree_state_by_state};

const SECOND: Duration = Duration::from_secs(1);

/// Writes with a timeout, after which it gives up: with an error, or silently.
#[derive(Debug)]
struct TimesOut {
    silently: bool,
}

impl Subject for TimesOut {
    fn start(&self, mut socket: Socket) -> Running {
        let silently = self.silently;
        Box::pin(async move {
            socket.expect_delivery(b"ab");
            let timeout = socket.handle().sleep(SECOND);
            let result = {
                let write = Box::pin(socket.write_all(b"ab"));
                match select(write, timeout).await {
                    Either::Left((written, _timeout)) => written.map_err(|e| e.to_string()),
                    Either::Right(_) if silently => Ok(()),
                    Either::Right(_) => Err("timed out".to_owned()),
                }
            };
            socket.close().await.map_err(|error| error.to_string())?;
            result
        })
    }
}

fn scenario(capacity: usize) -> Scenario {
    Scenario {
        clock: true,
        error_is_proper: true,
        ..Scenario::new(format!("K={capacity}"), capacity, Reader::PROMPT)
    }
}

fn shared(silently: bool) -> Arc<dyn Subject> {
    Arc::new(TimesOut { silently })
}

#[test]
fn a_timeout_may_fire_at_any_point() {
    let silent = agree_state_by_state(&shared(true), &scenario(1));
    assert!(silent.contains(&Property::NoSilentLoss), "{silent:?}");
    let told = agree_state_by_state(&shared(false), &scenario(1));
    assert!(!told.contains(&Property::NoSilentLoss), "{told:?}");
    assert!(told.contains(&Property::NothingTruncated), "{told:?}");
    // What fits is written before time passes.
    assert!(agree_state_by_state(&shared(true), &scenario(2)).is_empty());
}

#[test]
fn the_counterexample_shows_when_the_timer_fired() {
    let report = Checker::new()
        .kernel_buffer([1])
        .clock()
        .run(TimesOut { silently: true });
    let text = report.to_string();
    for part in [
        "arms a timer of 1s",
        "clock",
        "the timer of",
        "sees the end",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// A reader that stops lets nobody wait for ever who has a timeout.
#[test]
fn a_timeout_ends_a_connection_whose_reader_has_stopped() {
    let checker = Checker::new()
        .kernel_buffer([1])
        .readers([Reader::PROMPT.stops_after(0)])
        .error_is_proper()
        .clock();
    let ends = checker.run(TimesOut { silently: false });
    assert_eq!(ends.verdict(Property::EndsWithoutReader), Verdict::Proved);
    let waits = checker.run(|mut socket: Socket| async move {
        socket.expect_delivery(b"ab");
        socket.write_all(b"ab").await?;
        socket.close().await
    });
    waits.assert_refuted(Property::EndsWithoutReader);
}

/// Waits for two timers at once.
async fn waits_for_both(socket: Socket, seconds: [u32; 2]) {
    let timers = seconds.map(|seconds| socket.handle().sleep(SECOND * seconds));
    futures::future::join_all(timers).await;
}

#[test]
fn deadlines_come_in_their_order() {
    for seconds in [[1, 2], [2, 1], [1, 1]] {
        let fired = Arc::new(Mutex::new(HashSet::new()));
        let told = fired.clone();
        let explorer = Explorer {
            observer: Some(Arc::new(move |trace: &Trace, _: Option<&Outcome>| {
                let steps = trace.steps.iter();
                let fires = steps.filter_map(|step| match &step.event {
                    Event::Script { step } => Some(step.split(' ').next()?.to_owned()),
                    _ => None,
                });
                let mut told = told.lock().expect("no panic");
                told.insert(fires.collect::<Vec<_>>());
            })),
            caching: false,
            ..Explorer::default()
        };
        let subject: Arc<dyn Subject> = Arc::new(Ordered(seconds));
        let exploration = explorer.explore(&subject, &scenario(1));
        assert_eq!(exploration.inconclusive, None);
        let fired = fired.lock().expect("no panic");
        assert!(!fired.is_empty());
        let mut two = fired.iter().filter(|fires| fires.len() == 2);
        assert!(two.next().is_some(), "{fired:?}");
        assert!(fired.iter().all(|fires| fires.is_sorted()), "{fired:?}");
    }
}

#[derive(Debug)]
struct Ordered([u32; 2]);

impl Subject for Ordered {
    fn start(&self, socket: Socket) -> Running {
        let seconds = self.0;
        Box::pin(async move {
            waits_for_both(socket, seconds).await;
            Ok(())
        })
    }
}

#[test]
fn time_is_what_has_passed() {
    let report = Checker::new()
        .kernel_buffer([1])
        .clock()
        .run(|mut socket: Socket| async move {
            let handle = socket.handle();
            assert_eq!(handle.now(), Duration::ZERO);
            handle.sleep(SECOND).await;
            assert_eq!(handle.now(), SECOND);
            let dropped = handle.sleep(SECOND * 5);
            drop(dropped);
            handle.sleep(SECOND * 2).await;
            assert_eq!(handle.now(), SECOND * 3);
            socket.expect_delivery(b"a");
            socket.write_all(b"a").await?;
            socket.close().await
        });
    report.assert_proved();
}

#[test]
fn a_timer_that_is_dropped_does_not_fire() {
    let report = Checker::new()
        .kernel_buffer([1])
        .clock()
        .run(|mut socket: Socket| async move {
            let mut timer = socket.handle().sleep(SECOND);
            let armed = std::future::poll_fn(|cx| {
                std::task::Poll::Ready(std::pin::Pin::new(&mut timer).poll(cx).is_pending())
            });
            let armed = armed.await;
            drop(timer);
            socket.expect_delivery(b"a");
            if armed {
                socket.write_all(b"a").await?;
            }
            socket.close().await
        });
    report.assert_proved();
}

#[test]
fn the_explorations_of_timers_agree() {
    for seconds in [[1, 2], [2, 1], [1, 1]] {
        let subject: Arc<dyn Subject> = Arc::new(Ordered(seconds));
        assert!(agree(&subject, &scenario(1)).is_empty());
    }
}

/// Looks at the later of two timers that wake nobody, writes, looks again, and drops the rest if it has fired.
#[derive(Debug)]
struct Looks;

impl Subject for Looks {
    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            socket.expect_delivery(b"ab");
            let handle = socket.handle();
            let mut earlier = handle.sleep(SECOND);
            let mut timer = handle.sleep(SECOND * 2);
            let mut cx = Context::from_waker(Waker::noop());
            let _armed = Pin::new(&mut earlier).poll(&mut cx).is_ready();
            let mut look = move || {
                let mut cx = Context::from_waker(Waker::noop());
                Pin::new(&mut timer).poll(&mut cx).is_ready()
            };
            let _armed = look();
            let told = |error: std::io::Error| error.to_string();
            socket.write_all(b"a").await.map_err(told)?;
            if !look() {
                socket.write_all(b"b").await.map_err(told)?;
            }
            socket.close().await.map_err(told)
        })
    }
}

#[test]
fn a_key_without_the_timers_is_noticed() {
    let subject: Arc<dyn Subject> = Arc::new(Looks);
    let broken = agree_state_by_state(&subject, &scenario(8));
    assert!(broken.contains(&Property::NoSilentLoss), "{broken:?}");
    let states = |defect| {
        let explorer = Explorer {
            folding: false,
            planted: defect,
            ..Explorer::default()
        };
        let exploration = explorer.explore(&subject, &scenario(8));
        assert_eq!(exploration.inconclusive, None);
        exploration.states
    };
    let without = states(ExecutorDefect::KeyWithout(KeyPart::Clock));
    assert!(without < states(ExecutorDefect::None), "{without}");
}

#[test]
fn a_timer_without_a_clock_is_answered() {
    let failure = crate::message(|| {
        Checker::new()
            .kernel_buffer([1])
            .run(TimesOut { silently: true })
            .assert_proved();
    });
    let words: Vec<_> = failure.split_whitespace().collect();
    let failure = words.join(" ");
    assert!(failure.contains("without a clock"), "{failure}");
    assert!(failure.contains("`Checker::clock()`"), "{failure}");
}
