//! Polls that never end, polls that are asked for without end, and what never wakes up.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use lastbyte::trace::Inconclusive;
use lastbyte::{Explorer, Limits, Property, Reader, Scenario, Script, ScriptStep, Socket, Subject};

use super::support::*;

/// Makes this call again and again within one poll.
fn again_and_again(
    call: impl Fn(&Socket, &mut Context<'_>) + Send + Sync + Clone + 'static,
) -> Arc<dyn Subject> {
    subject(move |socket| {
        let call = call.clone();
        poll_fn(move |cx| {
            loop {
                call(&socket, cx);
                if std::hint::black_box(false) {
                    return Poll::Ready(Ok(()));
                }
            }
        })
    })
}

/// One poll makes calls for ever: nothing is proved, and the text names who does it.
#[track_caller]
fn calls_for_ever(subject: &Arc<dyn Subject>, scenario: &Scenario) {
    let explored = explore(subject, scenario);
    is_inconclusive(
        &explored,
        |why| {
            matches!(
                why,
                Inconclusive::EndlessCalls { .. } | Inconclusive::Steps(_)
            )
        },
        &[],
    );
    if let Some(why @ Inconclusive::EndlessCalls { .. }) = &explored.inconclusive {
        assert!(why.to_string().contains("dispatcher"), "{why}");
    }
}

/// One poll never ends, and makes no call that would be noticed.
#[track_caller]
fn never_ends(subject: &Arc<dyn Subject>, scenario: &Scenario) {
    let expected = |why: &Inconclusive| matches!(why, Inconclusive::PollNeverEnds { .. });
    let says = ["one poll of dispatcher did not end within"];
    is_inconclusive(&explore(subject, scenario), expected, &says);
}

fn signal() -> Scenario {
    Scenario {
        signals: 1,
        feeds: 1,
        ..plain()
    }
}

fn script_that_sends() -> Scenario {
    plain().with_script(Script::new("peer", [ScriptStep::Send("1".into())]))
}

each_apart! {
    fn flushes() {
        calls_for_ever(&again_and_again(|s, cx| drop(s.poll_flush_socket(cx))), &plain());
    }

    fn empty_reads_of_private_input() {
        calls_for_ever(&again_and_again(|s, cx| drop(s.poll_recv(cx, 1))), &plain());
        let eof = plain().with_input_eof();
        calls_for_ever(&again_and_again(|s, cx| drop(s.poll_recv(cx, 1))), &eof);
        let some = plain().with_input("12");
        calls_for_ever(&again_and_again(|s, cx| drop(s.poll_recv(cx, 0))), &some);
    }

    fn empty_reads_of_input_from_a_script() {
        calls_for_ever(&again_and_again(|s, cx| drop(s.poll_recv(cx, 1))), &script_that_sends());
    }

    fn pending_writes() {
        let stopped = Scenario::new("stopped", 2, Reader::PROMPT.stops_after(0));
        calls_for_ever(&again_and_again(|s, cx| drop(s.poll_send(cx, b"abc"))), &stopped);
        // Here every other write is accepted, and the execution grows.
        let steps = Explorer {
            limits: Limits { steps: 200, ..explorer().limits },
            ..explorer()
        };
        let writes = again_and_again(|s, cx| drop(s.poll_send(cx, b"abc")));
        let explored = steps.explore(&writes, &plain());
        is_inconclusive(&explored, |why| matches!(why, Inconclusive::Steps(200) | Inconclusive::EndlessCalls { .. }), &[]);
    }

    fn looks_at_a_signal() {
        calls_for_ever(&again_and_again(|s, cx| _ = s.handle().poll_signal(0, cx).is_ready()), &signal());
        let raised = signal().with_script(Script::new("raiser", [ScriptStep::Raise(0)]));
        calls_for_ever(&again_and_again(|s, cx| _ = s.handle().poll_signal(0, cx).is_ready()), &raised);
    }

    fn looks_at_a_feed() {
        calls_for_ever(&again_and_again(|s, cx| drop(s.handle().poll_feed(0, cx))), &signal());
    }

    fn writes_of_nothing() {
        calls_for_ever(&again_and_again(|s, cx| drop(s.poll_send(cx, b""))), &plain());
        calls_for_ever(
            &again_and_again(|s, cx| drop(s.poll_send_vectored(cx, &[]))),
            &plain(),
        );
    }

    fn shutdowns() {
        calls_for_ever(&again_and_again(|s, cx| drop(s.poll_shut(cx))), &plain());
    }

    fn failing_writes() {
        let scenario = Scenario {
            faults: lastbyte::environment::Faults { write_error_after: Some(0), ..Default::default() },
            ..plain()
        };
        calls_for_ever(&again_and_again(|s, cx| drop(s.poll_send(cx, b"a"))), &scenario);
    }

    fn flushes_and_promises() {
        calls_for_ever(
            &again_and_again(|s, cx| {
                s.handle().expect_delivery(Bytes::from_static(b"x"));
                drop(s.poll_flush_socket(cx));
            }),
            &plain(),
        );
    }

    fn notes() {
        let noted = explore(&again_and_again(|s, _| s.handle().note("again")), &plain());
        let expected = |why: &Inconclusive| {
            matches!(why, Inconclusive::PollNeverEnds { .. } | Inconclusive::EndlessCalls { .. })
        };
        is_inconclusive(&noted, expected, &["dispatcher"]);
        let told = explore(&again_and_again(|s, _| s.handle().told_to_stop()), &plain());
        is_inconclusive(&told, expected, &["dispatcher"]);
    }

    fn promises() {
        let promise = |s: &Socket, _: &mut Context<'_>| {
            s.handle().expect_delivery(Bytes::from_static(b"x"));
        };
        let expected = |why: &Inconclusive| {
            matches!(why, Inconclusive::PollNeverEnds { .. } | Inconclusive::EndlessCalls { .. })
        };
        is_inconclusive(&explore(&again_and_again(promise), &plain()), expected, &["dispatcher"]);
    }

    fn wakes_in_a_loop() {
        never_ends(&again_and_again(|_, cx| cx.waker().wake_by_ref()), &plain());
    }

    fn nothing_at_all() {
        never_ends(&again_and_again(|_, _| std::hint::spin_loop()), &plain());
    }

    fn nothing_at_all_with_a_short_time() {
        let explorer = Explorer {
            limits: Limits { time: Some(Duration::from_millis(200)), ..Limits::default() },
            ..Explorer::default()
        };
        let endless = again_and_again(|_, _| std::hint::spin_loop());
        let says = ["one poll of dispatcher did not end within"];
        is_inconclusive(
            &explorer.explore(&endless, &plain()),
            |why| matches!(why, Inconclusive::PollNeverEnds { .. }),
            &says,
        );
    }

    fn start_never_returns() {
        let endless = made(|_socket| {
            while std::hint::black_box(true) {}
            std::future::pending()
        });
        never_ends(&endless.arc(), &plain());
    }

    /// What came before the endless poll is a fact.
    fn in_a_later_poll() {
        let later = subject(|mut socket: Socket| async move {
            write(&mut socket, b"abcd").await?;
            while std::hint::black_box(true) {}
            Ok(())
        });
        never_ends(&later, &plain());
    }

    fn asks_for_the_next_poll_for_ever() {
        let asks = subject(|_socket| poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::Pending
        }));
        let explored = explore(&asks, &plain());
        assert_eq!(explored.inconclusive, None);
        is_refuted(&explored, Property::NoSpin);
        let explored = explorer().decide(&asks, &plain());
        is_refuted(&explored, Property::NoSpin);
    }

    fn wakes_thousands_of_times() {
        let wakes = subject(|socket| async move {
            let mut polled = false;
            poll_fn(|cx| {
                if std::mem::replace(&mut polled, true) {
                    return Poll::Ready(());
                }
                for _ in 0..10_000 {
                    cx.waker().wake_by_ref();
                    let another = cx.waker().clone();
                    std::hint::black_box(another).wake();
                }
                Poll::Pending
            })
            .await;
            deliver(socket, b"abc").await
        });
        is_clean(&explore(&wakes, &plain()));
    }

    /// Nobody wakes it, since it has told nobody whom to wake.
    fn never_registers() {
        let never = subject(|socket: Socket| {
            socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
            let mut left: &[u8] = b"abcd";
            poll_fn(move |_| {
                let mut nobody = Context::from_waker(std::task::Waker::noop());
                while !left.is_empty() {
                    let Poll::Ready(written) = socket.poll_send(&mut nobody, left) else {
                        return Poll::Pending;
                    };
                    left = &left[written.map_err(text)?..];
                }
                Poll::Ready(Ok(()))
            })
        });
        let explored = explore(&never, &plain());
        assert_eq!(explored.inconclusive, None);
        is_refuted(&explored, Property::NoStall);
        let waits = subject(|socket: Socket| async move {
            socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
            std::future::pending().await
        });
        let explored = explore(&waits, &plain());
        assert_eq!(explored.inconclusive, None);
        is_refuted(&explored, Property::NoStall);
    }

    /// Private input, byte by byte: each call changes something, and no poll is endless.
    fn many_small_reads_are_no_endless_loop() {
        let input = "x".repeat(300);
        let reads = subject(move |socket: Socket| async move {
            poll_fn(|cx| {
                while let Poll::Ready(Ok(bytes)) = socket.poll_recv(cx, 1) {
                    if bytes.is_empty() {
                        return Poll::Ready(());
                    }
                }
                Poll::Pending
            })
            .await;
            deliver(socket, b"abc").await
        });
        is_clean(&explore(&reads, &plain().with_input(input.clone()).with_input_eof()));
        let sent = plain()
            .with_script(Script::new("peer", [ScriptStep::Send(input.into()), ScriptStep::FinishInput]));
        is_clean(&explore(&reads, &sent));
    }

    /// A thread that was given up ends with the poll that it was given up for.
    fn a_thread_that_comes_back_does_not_go_on() {
        let (starts, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let slow = subject({
            let (starts, gate) = (starts.clone(), gate.clone());
            move |socket| {
                starts.fetch_add(1, Ordering::SeqCst);
                while gate.load(Ordering::SeqCst) == 0 {
                    std::thread::yield_now();
                }
                deliver(socket, b"abcdef")
            }
        });
        never_ends(&slow, &plain());
        gate.store(1, Ordering::SeqCst);
        // Whoever explores holds the subject.
        while Arc::strong_count(&slow) > 1 {
            std::thread::yield_now();
        }
        assert_eq!(starts.load(Ordering::SeqCst), 1);
        is_clean(&explore(&slow, &plain()));
    }

    fn the_longest_time_is_a_time() {
        for time in [Duration::MAX, Duration::from_secs(u64::MAX / 2)] {
            let explorer = Explorer {
                limits: Limits { time: Some(time), poll: Duration::MAX, ..Limits::default() },
                ..Explorer::default()
            };
            let subject = subject(|socket| deliver(socket, b"abc"));
            is_clean(&explorer.explore(&subject, &plain()));
            is_clean(&explorer.decide(&subject, &plain()));
        }
    }
}
