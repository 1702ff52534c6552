//! Scenarios that cannot be run, actors and peers that go wrong, and odd calls.

use std::future::{pending, poll_fn};
use std::io::IoSlice;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use lastbyte::run::Actor;
use lastbyte::trace::{Exploration, Inconclusive};
use lastbyte::{Handle, Property, Reader, Running, Scenario, Script, ScriptStep, Socket, Verdict};

use super::support::*;

/// What an actor of the caller's own making does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Panics,
    PanicsAtTheStart,
    PanicsWhenNamed,
    PanicsWhenDropped,
    Loops,
    LoopsOverCalls,
    Overflows,
    Errs,
    AsksForEver,
    Waits,
}

const ALL: [Does; 10] = [
    Does::Panics,
    Does::PanicsAtTheStart,
    Does::PanicsWhenNamed,
    Does::PanicsWhenDropped,
    Does::Loops,
    Does::LoopsOverCalls,
    Does::Overflows,
    Does::Errs,
    Does::AsksForEver,
    Does::Waits,
];

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("an actor panics");
    }
}

#[inline(never)]
fn deep(n: u64) -> u64 {
    let local = std::hint::black_box([n as u8; 1024]);
    if n == 0 {
        0
    } else {
        deep(n - 1) + u64::from(local[7])
    }
}

impl Actor for Does {
    fn name(&self) -> String {
        assert!(*self != Does::PanicsWhenNamed, "an actor panics");
        "villain".to_owned()
    }

    fn start(&self, handle: Handle) -> Running {
        let does = *self;
        assert!(does != Does::PanicsAtTheStart, "an actor panics");
        Box::pin(async move {
            let _guard = (does == Does::PanicsWhenDropped).then(|| PanicsWhenDropped);
            poll_fn(|cx| Poll::Ready(handle.poll_signal(0, cx).is_ready())).await;
            match does {
                Does::Panics => panic!("an actor panics"),
                Does::Loops => while std::hint::black_box(true) {},
                Does::LoopsOverCalls => {
                    poll_fn(|cx| {
                        while handle.poll_signal(0, cx).is_pending() {}
                        Poll::Ready(())
                    })
                    .await;
                }
                Does::Overflows => drop(std::hint::black_box(deep(1 << 20))),
                Does::Errs => return Err("as it likes".to_owned()),
                Does::AsksForEver => {
                    poll_fn(|cx| {
                        cx.waker().wake_by_ref();
                        Poll::<()>::Pending
                    })
                    .await;
                }
                Does::Waits => pending().await,
                _ => {}
            }
            Ok(())
        })
    }
}

fn explored(scenario: &Scenario) -> Exploration {
    explore(&subject(|socket| deliver(socket, b"abcd")), scenario)
}

#[track_caller]
fn judge(does: Does, explored: &Exploration, ordinary: impl Fn(&Exploration)) {
    println!("{does:?}");
    let inconclusive = |expected: fn(&Inconclusive) -> bool, says: &[&str]| {
        is_inconclusive(explored, expected, says)
    };
    match does {
        Does::Panics | Does::PanicsAtTheStart | Does::PanicsWhenDropped => {
            assert_eq!(explored.inconclusive, None);
            panics_with(explored, "an actor panics");
        }
        Does::PanicsWhenNamed => inconclusive(
            |why| matches!(why, Inconclusive::Crashed(_)),
            &["an actor panics"],
        ),
        Does::Loops => inconclusive(
            |why| matches!(why, Inconclusive::PollNeverEnds { .. }),
            &["villain"],
        ),
        Does::LoopsOverCalls => inconclusive(
            |why| matches!(why, Inconclusive::EndlessCalls { .. }),
            &["villain"],
        ),
        Does::Overflows => inconclusive(
            |why| matches!(why, Inconclusive::StackOverflow { .. }),
            &["villain"],
        ),
        Does::AsksForEver => {
            assert_eq!(explored.inconclusive, None);
            is_refuted(explored, Property::NoSpin);
        }
        Does::Errs | Does::Waits => ordinary(explored),
    }
}

#[track_caller]
fn cannot_be_run(scenario: &Scenario, says: &[&str]) {
    is_inconclusive(
        &explored(scenario),
        |why| matches!(why, Inconclusive::Scenario(_)),
        says,
    );
    let subject = subject(|socket| deliver(socket, b"abcd"));
    let decided = explorer().decide(&subject, scenario);
    is_inconclusive(
        &decided,
        |why| matches!(why, Inconclusive::Scenario(_)),
        says,
    );
    assert!(explorer().replay(&subject, scenario, &[]).is_none());
}

each_apart! {
    fn actors() {
        for does in ALL {
            let scenario = Scenario { signals: 1, actors: vec![Arc::new(does)], ..plain() };
            judge(does, &explored(&scenario), is_clean);
        }
    }

    fn peers() {
        for does in ALL {
            let scenario = Scenario { signals: 1, peer: Some(Arc::new(does)), ..plain() };
            judge(does, &explored(&scenario), |explored| assert_eq!(explored.inconclusive, None));
        }
    }

    /// A peer of the caller's own making takes nothing out: that all arrives is not proved by it.
    fn a_peer_that_does_not_read_proves_no_delivery() {
        let scenario = Scenario { signals: 1, peer: Some(Arc::new(Does::Waits)), ..plain() };
        let loses = subject(|socket: Socket| async move {
            socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
            drop(socket);
            Ok(())
        });
        let explored = explore(&loses, &scenario);
        is_refuted(&explored, Property::NothingBufferedAtShutdown);
        for property in [Property::NothingTruncated, Property::NoSilentLoss] {
            assert_ne!(explored.verdict(property), Verdict::Proved, "{property}");
        }
    }

    fn no_capacity() {
        let scenario = Scenario::new("none", 0, Reader::PROMPT);
        cannot_be_run(&scenario, &["0 bytes", "at least 1"]);
    }

    fn too_many_scripts() {
        let mut scenario = plain();
        for name in ["a", "b", "c"] {
            scenario = scenario.with_script(Script::new(name, [ScriptStep::WakeSubject]));
        }
        assert_eq!(explored(&scenario).inconclusive, None);
        let scenario = scenario.with_script(Script::new("d", [ScriptStep::WakeSubject]));
        cannot_be_run(&scenario, &["4 scripts", "at most 3"]);
        let waits = || -> Arc<dyn Actor> { Arc::new(Does::Waits) };
        let actors = (0..4).map(|_| waits()).collect();
        cannot_be_run(&Scenario { signals: 1, actors, ..plain() }, &["4 scripts and actors"]);
    }

    fn scripts_that_name_what_is_not_there() {
        for (step, says) in [
            (ScriptStep::Raise(0), "signal 0"),
            (ScriptStep::Raise(usize::MAX), "signal 18446744073709551615"),
            (ScriptStep::Feed(3, "x".into()), "feed 3"),
            (ScriptStep::EndFeed(0), "feed 0"),
            (ScriptStep::WakeFeed(1), "feed 1"),
        ] {
            println!("{step}");
            let scenario = Scenario { feeds: 0, ..plain() };
            let scenario = scenario.with_script(Script::new("forgetful", [step]));
            let expected = match says {
                "signal 18446744073709551615" => vec!["forgetful", "signals"],
                says => vec!["forgetful", says, "not there"],
            };
            cannot_be_run(&scenario, &expected);
        }
        let scenario = Scenario { stops: vec![2], signals: 2, ..plain() };
        cannot_be_run(&scenario, &["signal 2", "below 2"]);
    }

    /// Whoever performs a step by itself is told, as whoever polls.
    fn an_actor_that_performs_what_is_not_there() {
        #[derive(Debug)]
        struct Performs(ScriptStep);
        impl Actor for Performs {
            fn name(&self) -> String {
                "performer".to_owned()
            }
            fn start(&self, handle: Handle) -> Running {
                let step = self.0.clone();
                Box::pin(async move {
                    poll_fn(|cx| handle.perform(&step, cx)).await;
                    Ok(())
                })
            }
        }
        for (step, says) in [
            (ScriptStep::Raise(5), "signal 5"),
            (ScriptStep::EndFeed(4), "feed 4"),
        ] {
            let scenario = Scenario { actors: vec![Arc::new(Performs(step))], ..plain() };
            let explored = explored(&scenario);
            assert_eq!(explored.inconclusive, None);
            panics_with(&explored, says);
        }
    }

    fn feeds_and_signals_that_are_not_there() {
        let feeds = subject(|socket: Socket| async move {
            let handle = socket.handle();
            poll_fn(|cx| handle.poll_feed(2, cx)).await;
            Ok(())
        });
        panics_with(&explore(&feeds, &Scenario { feeds: 2, ..plain() }), "feed 2");
        let ended = subject(|socket: Socket| async move {
            socket.handle().feed_has_ended(1);
            Ok(())
        });
        panics_with(&explore(&ended, &plain()), "feed 1");
    }

    fn ten_thousand_promises() {
        let promises = subject(|mut socket: Socket| async move {
            for _ in 0..10_000 {
                socket.handle().expect_delivery(Bytes::from_static(b"x"));
            }
            socket.write_all(&[b'x'; 10_000]).await.map_err(text)?;
            socket.close().await.map_err(text)
        });
        is_clean(&explore(&promises, &Scenario::new("large", 20_000, Reader::PROMPT)));
    }

    /// Promised when all is over, or to a reader that has seen the end.
    fn a_promise_after_the_end() {
        let late = subject(|socket: Socket| async move {
            let handle = socket.handle();
            deliver(socket, b"abcd").await?;
            handle.expect_delivery(Bytes::from_static(b"never"));
            Ok(())
        });
        let explored = explore(&late, &plain());
        assert_eq!(explored.inconclusive, None);
        is_refuted(&explored, Property::NothingTruncated);
        is_refuted(&explored, Property::NoSilentLoss);
    }

    fn vectored_writes_of_nothing() {
        for vectored in [false, true] {
            let writes = subject(move |socket: Socket| async move {
                let mut socket = socket.with_vectored_writes(vectored);
                let empty = [IoSlice::new(b""), IoSlice::new(b"")];
                for slices in [&empty[..], &[]] {
                    let written = poll_fn(|cx| socket.poll_send_vectored(cx, slices)).await;
                    assert_eq!(written.map_err(text)?, 0);
                }
                write(&mut socket, b"abc").await?;
                socket.close().await.map_err(text)
            });
            is_clean(&explore(&writes, &plain()));
        }
    }

    fn a_close_within_a_poll_that_is_pending() {
        let closes = subject(|socket: Socket| {
            let mut socket = Some(socket);
            poll_fn(move |_| {
                drop(socket.take());
                Poll::Pending
            })
        });
        let explored = explore(&closes, &plain());
        assert_eq!(explored.inconclusive, None);
        is_refuted(&explored, Property::Ends);
        let loses = subject(|socket: Socket| {
            socket.handle().expect_delivery(Bytes::from_static(b"abc"));
            let mut socket = Some(socket);
            poll_fn(move |_| {
                drop(socket.take());
                Poll::Pending
            })
        });
        is_refuted(&explore(&loses, &plain()), Property::NothingTruncated);
    }

    fn what_is_closed_takes_no_more() {
        let writes = subject(|mut socket: Socket| async move {
            socket.close().await.map_err(text)?;
            socket.write_all(b"abc").await.map_err(text)
        });
        let explored = explore(&writes, &plain());
        assert_eq!(explored.inconclusive, None);
        is_refuted(&explored, Property::OneShutdown);
    }
}

/// Polls signal 0, as the connection does.
#[derive(Debug)]
struct Polls;

impl Actor for Polls {
    fn name(&self) -> String {
        "rival".to_owned()
    }

    fn start(&self, handle: Handle) -> Running {
        Box::pin(async move {
            poll_fn(|cx| handle.poll_signal(0, cx)).await;
            Ok(())
        })
    }
}

/// There is one registration for each signal: of two actors that wait, one would never be woken.
#[test]
fn a_signal_that_two_actors_poll_is_refused() {
    let waits = subject(|socket| async move {
        let handle = socket.handle();
        poll_fn(|cx| handle.poll_signal(0, cx)).await;
        deliver(socket, b"a").await
    });
    let scenario = Scenario {
        signals: 1,
        actors: vec![Arc::new(Polls)],
        ..plain()
    };
    let explored = explore(&waits, &scenario);
    is_refuted(&explored, Property::NoPanic);
    let told = explored
        .histogram
        .keys()
        .map(|outcome| outcome.subject.to_string());
    let told: Vec<_> = told.collect();
    let [first, second] = [
        "signal 0 is polled by rival and by dispatcher; expected: one of its own for each",
        "signal 0 is polled by dispatcher and by rival; expected: one of its own for each",
    ];
    assert!(
        told.iter()
            .all(|told| told.contains(first) || told.contains(second)),
        "{told:?}"
    );
}
