//! Inputs that came out wrong once, by their numbers in the list of defects, with the right answer.

use std::future::{pending, poll_fn};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use futures::io::AsyncWriteExt;
use futures::stream::{FuturesUnordered, StreamExt};
use lastbyte::trace::{Ends, Event};
use lastbyte::{
    Explorer, Property, Reader, Scenario, Script, ScriptStep, Socket, Subject, Verdict,
};

use super::chance::random;
use super::support::*;

/// A correct exchange whose subject has seen `connection: close`.
fn loses_after(starts: usize, counter: Arc<AtomicUsize>) -> Arc<dyn Subject> {
    subject(move |mut socket: Socket| {
        let counter = counter.clone();
        async move {
            socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
            socket.write_all(b"abc").await.map_err(text)?;
            if counter.fetch_add(1, Ordering::SeqCst) < starts {
                socket.write_all(b"d").await.map_err(text)?;
            }
            socket.close().await.map_err(text)
        }
    })
}

/// Notes who woke, as the ready queue of a `FuturesUnordered` does.
struct Noted(usize, Arc<Mutex<Vec<usize>>>, Waker);

impl Wake for Noted {
    fn wake(self: Arc<Self>) {
        self.1.lock().expect("no panic").push(self.0);
        self.2.wake_by_ref();
    }
}

/// Loses the rest when its own wakers are woken in this order.
fn loses_in_order(bad: [usize; 2]) -> Arc<dyn Subject> {
    subject(move |mut socket: Socket| async move {
        let handle = socket.handle();
        handle.expect_delivery(Bytes::from_static(b"abcd"));
        socket.write_all(b"ab").await.map_err(text)?;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut loses = false;
        poll_fn(|cx| {
            let woken = std::mem::take(&mut *order.lock().expect("no panic"));
            loses |= woken == bad;
            let own =
                [0, 1].map(|n| Waker::from(Arc::new(Noted(n, order.clone(), cx.waker().clone()))));
            let [a, b] = [0, 1].map(|n| {
                handle
                    .poll_signal(n, &mut Context::from_waker(&own[n]))
                    .is_ready()
            });
            if a && b {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        if !loses {
            socket.write_all(b"cd").await.map_err(text)?;
        }
        socket.close().await.map_err(text)
    })
}

/// Two tasks in a `FuturesUnordered`; loses the rest when `bad` is first.
fn unordered(bad: usize) -> Arc<dyn Subject> {
    subject(move |mut socket: Socket| async move {
        let handle = socket.handle();
        handle.expect_delivery(Bytes::from_static(b"abcd"));
        socket.write_all(b"ab").await.map_err(text)?;
        let mut tasks = FuturesUnordered::new();
        for n in 0..2 {
            let handle = handle.clone();
            tasks.push(Box::pin(async move {
                poll_fn(|cx| handle.poll_signal(n, cx)).await;
                n
            }));
        }
        let winner = tasks.next().await;
        tasks.next().await;
        if winner != Some(bad) {
            socket.write_all(b"cd").await.map_err(text)?;
        }
        socket.close().await.map_err(text)
    })
}

fn two_signals() -> Scenario {
    let scenario = Scenario {
        signals: 2,
        ..Scenario::new("two signals", 8, Reader::PROMPT)
    };
    scenario
        .with_script(Script::new("one", [ScriptStep::Raise(0)]))
        .with_script(Script::new("two", [ScriptStep::Raise(1)]))
}

each_apart! {
    fn item_2_a_random_select_is_not_deterministic() {
        for _ in 0..20 {
            let selects = subject(|mut socket: Socket| async move {
                let handle = socket.handle();
                handle.expect_delivery(Bytes::from_static(b"abcd"));
                let raised = poll_fn({
                    let handle = handle.clone();
                    move |cx| handle.poll_signal(0, cx)
                });
                tokio::select! {
                    () = raised => {}
                    written = socket.write_all(b"abcd") => written.map_err(text)?,
                }
                socket.close().await.map_err(text)
            });
            let scenario = Scenario { signals: 1, ..plain() };
            let scenario = scenario.with_script(Script::new("raiser", [ScriptStep::Raise(0)]));
            is_not_deterministic(&explore(&selects, &scenario));
        }
    }

    fn item_3_never_ending_is_refuted() {
        let lingers = subject(|mut socket| async move {
            write(&mut socket, b"hello").await?;
            pending().await
        });
        let explored = explore(&lingers, &plain());
        assert_eq!(explored.inconclusive, None);
        is_refuted(&explored, Property::Ends);
    }

    fn item_4_bytes_in_a_layer_above_the_socket_count() {
        let buffers = subject(|socket: Socket| async move {
            socket.handle().expect_delivery(Bytes::from_static(b"abcdefgh"));
            let mut buffer = futures::io::BufWriter::new(socket);
            buffer.write_all(b"abcdefgh").await.map_err(text)?;
            Ok(())
        });
        let explored = explore(&buffers, &plain());
        is_refuted(&explored, Property::NothingBufferedAtShutdown);
        let trace = &explored.counterexamples[&Property::NothingBufferedAtShutdown];
        let close = trace.steps.iter().find(|step| step.event == Event::Close);
        assert_eq!(close.map(|step| step.levels.owed), Some(8));
    }

    fn item_5_an_error_at_the_end_and_a_flush_after_the_shutdown() {
        let errs = subject(|socket| async move {
            deliver(socket, b"hello").await?;
            Err("connection closed normally".to_owned())
        });
        is_refuted(&explore(&errs, &plain()), Property::NoNeedlessError);
        let flushes = subject(|mut socket| async move {
            write(&mut socket, b"hello").await?;
            socket.close().await.map_err(text)?;
            socket.flush().await.map_err(text)
        });
        is_refuted(&explore(&flushes, &plain()), Property::NoFlushAfterShutdown);
    }

    fn item_7_what_was_never_offered_counts_as_well() {
        let keeps = subject(|mut socket: Socket| async move {
            socket.handle().expect_delivery(Bytes::from_static(b"a whole response"));
            socket.close().await.map_err(text)
        });
        let explored = explore(&keeps, &plain());
        is_refuted(&explored, Property::NothingBufferedAtShutdown);
        is_refuted(&explored, Property::NothingTruncated);
    }

    /// A head that is cut off, and after it the bytes of another protocol.
    fn item_8_a_cut_head_with_other_bytes_behind_it_is_no_prefix() {
        let switches = |all: bool| {
            made(move |mut socket: Socket| async move {
                socket.handle().expect_delivery(Bytes::from_static(b"words"));
                let head = b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\r\n";
                if all {
                    socket.write_all(head).await.map_err(text)?;
                } else {
                    // One write of the head, whatever is taken of it.
                    socket.write(head).await.map_err(text)?;
                }
                socket.write_all(b"words").await.map_err(text)?;
                socket.close().await.map_err(text)
            })
            .framed(|| Box::new(lastbyte_models::Responses::new(1, false)))
            .arc()
        };
        let scenario = Scenario::new("cut", 32, Reader::PROMPT);
        let explored = explore(&switches(false), &scenario);
        assert_eq!(explored.inconclusive, None);
        is_refuted(&explored, Property::ReceivedIsPrefix);
        is_refuted(&explored, Property::NothingTruncated);
        is_clean(&explore(&switches(true), &scenario));
        let fits = Scenario::new("fits", 1024, Reader::PROMPT);
        is_clean(&explore(&switches(false), &fits));
    }

    fn item_10_what_is_not_there_is_named() {
        let signals = subject(|socket: Socket| async move {
            let handle = socket.handle();
            poll_fn(|cx| handle.poll_signal(0, cx)).await;
            Ok(())
        });
        let explored = explore(&signals, &plain());
        assert_eq!(explored.inconclusive, None);
        panics_with(&explored, "signal 0");
        let feeds = subject(|socket: Socket| async move {
            let handle = socket.handle();
            poll_fn(|cx| handle.poll_feed(0, cx)).await;
            drop(socket);
            Ok(())
        });
        panics_with(&explore(&feeds, &plain()), "feed 0");
    }

    fn item_13_a_framing_that_panics_is_told() {
        #[derive(Debug)]
        struct First;
        impl lastbyte::Framing for First {
            fn receive(&mut self, _: &[u8], _: &[Bytes]) -> Result<(), lastbyte::environment::Contradiction> {
                Ok(())
            }
            fn is_complete(&self, promises: &[Bytes]) -> bool {
                !promises[0].is_empty()
            }
            fn digest(&self) -> u64 {
                0
            }
        }
        let writes = made(|mut socket: Socket| async move {
            socket.write_all(b"hello").await.map_err(text)?;
            socket.close().await.map_err(text)
        });
        let explored = explore(&writes.framed(|| Box::new(First)).arc(), &plain());
        panics_with(&explored, "the framing panicked: index out of bounds");
    }

    fn item_24_the_order_of_wake_ups_is_state() {
        let uncached = || Explorer { caching: false, ..explorer() };
        let subjects = [unordered(1), loses_in_order([1, 0])];
        for (n, subject) in subjects.iter().enumerate() {
            println!("{n}");
            let cached = explore(subject, &two_signals());
            let full = uncached().explore(subject, &two_signals());
            assert_eq!((cached.inconclusive.as_ref(), full.inconclusive.as_ref()), (None, None));
            let broken = |explored: &lastbyte::trace::Exploration| -> Vec<_> {
                explored.counterexamples.keys().copied().collect()
            };
            assert_eq!(broken(&cached), broken(&full));
            is_refuted(&cached, Property::NothingTruncated);
            is_refuted(&cached, Property::NoSilentLoss);
        }
    }

    /// The exploration in which the change falls says so.
    fn item_25_a_static_that_changes_is_noticed_where_it_does() {
        let starts = Arc::new(AtomicUsize::new(0));
        let subject = loses_after(1_000, starts.clone());
        let mut noticed = 0;
        while starts.load(Ordering::SeqCst) < 1_500 {
            let before = starts.load(Ordering::SeqCst);
            let explored = explore(&subject, &plain());
            let after = starts.load(Ordering::SeqCst);
            if after <= 1_000 {
                is_clean(&explored);
            } else if before >= 1_000 {
                assert_eq!(explored.inconclusive, None);
                is_refuted(&explored, Property::NothingTruncated);
            } else {
                is_not_deterministic(&explored);
                noticed += 1;
            }
        }
        assert!(noticed <= 1);
    }

    fn item_25_a_random_loss_is_noticed_every_time() {
        for _ in 0..80 {
            let loses = subject(|mut socket: Socket| async move {
                socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
                socket.write_all(b"ab").await.map_err(text)?;
                if random().is_multiple_of(2) {
                    socket.write_all(b"cd").await.map_err(text)?;
                }
                socket.close().await.map_err(text)
            });
            is_not_deterministic(&explore(&loses, &plain()));
        }
    }

    fn item_26_told_to_stop_it_must_end() {
        let deaf = subject(|mut socket| async move {
            write(&mut socket, b"abcd").await?;
            pending().await
        });
        let mut scenario = Scenario { signals: 1, ..plain().with_ends(Ends::WhenTold) };
        scenario.stops = vec![0];
        let scenario = scenario.with_script(Script::new("graceful", [ScriptStep::Raise(0)]));
        let explored = explore(&deaf, &scenario);
        is_refuted(&explored, Property::Ends);
        is_proved(&explored, Property::NoStall);
    }
}

// 11 and 12 are in `endless` and `panics`; here are the subjects that were reported.
each_apart! {
    fn item_11_endless_loops_within_a_poll() {
        let flushes = subject(|socket: Socket| poll_fn(move |cx| loop {
            let _ready = socket.poll_flush_socket(cx).is_ready();
            if std::hint::black_box(false) {
                return Poll::Ready(Ok(()));
            }
        }));
        let reads = subject(|socket: Socket| poll_fn(move |cx| loop {
            let _nothing = socket.poll_recv(cx, 1).is_ready();
            if std::hint::black_box(false) {
                return Poll::Ready(Ok(()));
            }
        }));
        let computes = subject(|_socket: Socket| poll_fn(move |_| loop {
            std::hint::spin_loop();
            if std::hint::black_box(false) {
                return Poll::Ready(Ok(()));
            }
        }));
        for endless in [flushes, reads, computes] {
            let explored = explore(&endless, &plain());
            let why = explored.inconclusive.as_ref().map(ToString::to_string).unwrap_or_default();
            assert!(why.contains("one poll of dispatcher"), "{why:?}");
            for property in Property::ALL {
                assert_ne!(explored.verdict(property), Verdict::Proved, "{property}");
            }
        }
    }

    fn item_12_a_stack_that_is_too_small_is_named() {
        let large = subject(|mut socket: Socket| async move {
            let big = std::hint::black_box([1; 128 * 1024]);
            socket.write_all(&big[..4]).await.map_err(text)
        });
        let explored = explore(&large, &plain());
        let why = explored.inconclusive.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(why.contains("stack overflow: dispatcher needs more than its 65536 bytes"), "{why:?}");
        assert!(why.contains("`stack_bytes`"), "{why:?}");
    }
}
