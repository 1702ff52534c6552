//! What happens when things are dropped, leaked or kept.

use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use lastbyte::trace::Inconclusive;
use lastbyte::{Handle, Property, Reader, Scenario, Script, ScriptStep, Socket, Verdict};

use super::support::*;

/// Calls this when it is dropped.
struct WhenDropped<F: FnMut()>(F);

impl<F: FnMut()> Drop for WhenDropped<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn signal() -> Scenario {
    let scenario = Scenario {
        signals: 1,
        ..plain()
    };
    scenario.with_script(Script::new("raiser", [ScriptStep::Raise(0)]))
}

/// Writes with a socket that it owns when it is dropped.
struct SaysGoodbye(Socket);

impl Drop for SaysGoodbye {
    fn drop(&mut self) {
        let mut nobody = Context::from_waker(Waker::noop());
        let _said = self.0.poll_send(&mut nobody, b"bye").is_ready();
        let _flushed = self.0.poll_flush_socket(&mut nobody).is_ready();
        let _shut = self.0.poll_shut(&mut nobody).is_ready();
    }
}

static KEPT_HANDLE: Mutex<Option<Handle>> = Mutex::new(None);
static KEPT_WAKER: Mutex<Option<Waker>> = Mutex::new(None);
static KEPT_SOCKET: Mutex<Option<Socket>> = Mutex::new(None);

each_apart! {
    fn a_drop_that_calls_the_socket() {
        let goodbye = subject(|socket| async move {
            socket.handle().expect_delivery(Bytes::from_static(b"bye"));
            drop(SaysGoodbye(socket));
            Ok(())
        });
        let explored = explore(&goodbye, &plain());
        assert_eq!(explored.inconclusive, None);
        is_refuted(&explored, Property::NothingTruncated);
        is_proved(&explored, Property::NoPanic);
        is_clean(&explore(&goodbye, &Scenario::new("fits", 3, Reader::PROMPT)));
    }

    fn a_drop_that_calls_the_socket_while_it_panics() {
        let goodbye = subject(|socket| async move {
            let _goodbye = SaysGoodbye(socket);
            poll_fn(|cx| {
                cx.waker().wake_by_ref();
                Poll::<()>::Pending
            })
            .now_or_panic("gone")
            .await;
            Ok(())
        });
        let explored = explore(&goodbye, &plain());
        assert_eq!(explored.inconclusive, None);
        panics_with(&explored, "gone");
    }

    fn a_drop_that_calls_the_socket_of_a_half_run_future() {
        let goodbye = subject(|socket| async move {
            let _goodbye = SaysGoodbye(socket);
            pending().await
        });
        for scenario in [plain(), signal()] {
            assert_eq!(explore(&goodbye, &scenario).inconclusive, None);
        }
    }

    fn a_drop_that_panics() {
        let panics = subject(|socket| async move {
            let _guard = WhenDropped(|| panic!("dropped"));
            deliver(socket, b"abc").await
        });
        let explored = explore(&panics, &plain());
        assert_eq!(explored.inconclusive, None);
        panics_with(&explored, "dropped");
        is_proved(&explored, Property::AcceptedArrives);
    }

    /// Without a guard this would be an abort of anybody's program.
    fn a_drop_that_panics_unless_it_must_not() {
        let panics = subject(|mut socket| async move {
            let _guard = WhenDropped(|| {
                if !std::thread::panicking() {
                    panic!("dropped");
                }
            });
            write(&mut socket, b"abc").await?;
            if std::hint::black_box(true) {
                panic!("first");
            }
            Ok(())
        });
        panics_with(&explore(&panics, &plain()), "first");
    }

    /// A future that panics whenever it is dropped, half-run or not started.
    fn a_half_run_future_that_panics_when_dropped() {
        let panics = subject(|mut socket| {
            let guard = WhenDropped(|| panic!("dropped"));
            async move {
                let _guard = guard;
                write(&mut socket, b"abcd").await?;
                let handle = socket.handle();
                poll_fn(|cx| handle.poll_signal(0, cx)).await;
                std::mem::forget(_guard);
                Ok(())
            }
        });
        // It comes to its end in every execution that does: whoever drops it before is the explorer.
        let explored = explore(&panics, &signal());
        assert_eq!(explored.inconclusive, None);
        is_proved(&explored, Property::NoPanic);
        // Here it waits for ever, and its end is the explorer's doing as well.
        let scenario = Scenario { signals: 1, ..plain() };
        let explored = explore(&panics, &scenario);
        assert_eq!(explored.inconclusive, None);
        is_refuted(&explored, Property::Ends);
        is_clean_of_panics(&explored);
    }

    /// Nothing that is called while a panic unwinds can be waited for.
    fn a_drop_that_loops_over_calls_while_it_panics() {
        let loops = subject(|socket: Socket| async move {
            let handle = socket.handle();
            let _guard = WhenDropped(move || {
                let mut nobody = Context::from_waker(Waker::noop());
                while handle.poll_signal(0, &mut nobody).is_pending() {}
            });
            if std::hint::black_box(true) {
                panic!("first");
            }
            Ok(())
        });
        let scenario = Scenario { signals: 1, ..plain() };
        let explored = explore(&loops, &scenario);
        let expected = |why: &Inconclusive| {
            matches!(why, Inconclusive::PollNeverEnds { .. } | Inconclusive::EndlessCalls { .. })
        };
        is_inconclusive(&explored, expected, &["dispatcher"]);
    }

    fn a_drop_that_loops_over_calls() {
        let loops = subject(|socket: Socket| async move {
            let handle = socket.handle();
            let _guard = WhenDropped(move || {
                let mut nobody = Context::from_waker(Waker::noop());
                while handle.poll_signal(0, &mut nobody).is_pending() {}
            });
            deliver(socket, b"abc").await
        });
        let scenario = Scenario { signals: 1, ..plain() };
        let explored = explore(&loops, &scenario);
        is_inconclusive(&explored, |why| matches!(why, Inconclusive::EndlessCalls { .. }), &["dispatcher"]);
    }

    fn a_leaked_socket() {
        let leaks = subject(|mut socket| async move {
            write(&mut socket, b"abcd").await?;
            std::mem::forget(socket);
            Ok(())
        });
        // It never gives the socket up, and nobody sees the end of the stream; all has arrived.
        let explored = explore(&leaks, &plain());
        assert_eq!(explored.inconclusive, None);
        is_proved(&explored, Property::NoStall);
        let leaks = subject(|socket: Socket| async move {
            socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
            std::mem::forget(socket);
            Ok(())
        });
        is_refuted(&explore(&leaks, &plain()), Property::NoStall);
    }

    fn a_handle_that_is_kept() {
        let keeps = subject(|socket: Socket| async move {
            let handle = socket.handle();
            let before = KEPT_HANDLE.lock().expect("no panic").replace(handle);
            if let Some(before) = before {
                before.expect_delivery(Bytes::from_static(b"long gone"));
                before.note("long gone");
                before.buffered(7);
                before.told_to_stop();
                before.declare_state(&1);
                let looked = poll_fn(|cx| Poll::Ready(before.poll_signal(0, cx))).await;
                assert!(looked.is_pending());
            }
            deliver(socket, b"abc").await
        });
        let scenario = Scenario { signals: 1, ..plain() };
        for _ in 0..2 {
            let explored = explore(&keeps, &scenario);
            // The first execution of all has no handle to use; calls on a dead one are none.
            assert_eq!(explored.inconclusive, None, "{explored:?}");
            is_clean(&explored);
        }
    }

    fn a_waker_that_is_kept() {
        let keeps = subject(|socket: Socket| async move {
            poll_fn(|cx| {
                let mut kept = KEPT_WAKER.lock().expect("no panic");
                if let Some(before) = kept.replace(cx.waker().clone()) {
                    before.wake_by_ref();
                    before.wake();
                }
                Poll::Ready(())
            })
            .await;
            deliver(socket, b"abc").await
        });
        for _ in 0..2 {
            is_clean(&explore(&keeps, &plain()));
        }
    }

    fn a_socket_that_is_kept() {
        let keeps = subject(|mut socket: Socket| async move {
            write(&mut socket, b"abc").await?;
            drop(KEPT_SOCKET.lock().expect("no panic").replace(socket));
            Ok(())
        });
        let explored = explore(&keeps, &plain());
        assert_eq!(explored.inconclusive, None);
        is_proved(&explored, Property::NoStall);
        drop(KEPT_SOCKET.lock().expect("no panic").take());
    }

    /// A waker of the subject's own that makes a call when it is woken: inside of another's call.
    fn a_waker_that_calls_the_socket() {
        struct Calls(Handle, Waker);
        impl Wake for Calls {
            fn wake(self: Arc<Self>) {
                self.0.note("woken");
                let mut nobody = Context::from_waker(Waker::noop());
                let _looked = self.0.poll_signal(1, &mut nobody).is_ready();
                self.1.wake_by_ref();
            }
        }
        let calls = subject(|socket: Socket| async move {
            let handle = socket.handle();
            poll_fn(|cx| {
                let own = Arc::new(Calls(handle.clone(), cx.waker().clone()));
                handle.poll_signal(0, &mut Context::from_waker(&Waker::from(own)))
            })
            .await;
            deliver(socket, b"abc").await
        });
        let scenario = Scenario { signals: 2, ..signal() };
        let explored = explore(&calls, &scenario);
        for property in [Property::NothingTruncated, Property::NoPanic, Property::NoStall] {
            // It is not to be decided: a call within a call is nothing that a socket permits.
            let verdict = explored.verdict(property);
            println!("{property}: {verdict}");
        }
        assert!(explored.inconclusive.is_some() || !explored.counterexamples.is_empty(), "{explored:?}");
    }

    fn a_waker_that_panics() {
        struct Panics;
        impl Wake for Panics {
            fn wake(self: Arc<Self>) {
                panic!("woken");
            }
        }
        let panics = subject(|socket: Socket| async move {
            let handle = socket.handle();
            poll_fn(|_| {
                let own = Waker::from(Arc::new(Panics));
                handle.poll_signal(0, &mut Context::from_waker(&own))
            })
            .await;
            deliver(socket, b"abc").await
        });
        panics_with(&explore(&panics, &signal()), "woken");
    }

    /// Its drop makes a call while another call holds the state.
    fn a_waker_that_calls_when_it_is_dropped() {
        struct Calls(Handle);
        impl Wake for Calls {
            fn wake(self: Arc<Self>) {}
        }
        impl Drop for Calls {
            fn drop(&mut self) {
                self.0.note("dropped");
            }
        }
        let calls = subject(|socket: Socket| async move {
            let handle = socket.handle();
            for _ in 0..2 {
                poll_fn(|_| {
                    let own = Waker::from(Arc::new(Calls(handle.clone())));
                    Poll::Ready(handle.poll_signal(0, &mut Context::from_waker(&own)))
                })
                .await
                .is_ready();
            }
            deliver(socket, b"abc").await
        });
        let explored = explore(&calls, &Scenario { signals: 1, ..plain() });
        let decided = explored.inconclusive.is_none();
        assert!(decided || matches!(explored.inconclusive, Some(Inconclusive::PollNeverEnds { .. })), "{explored:?}");
    }

    /// A thread of the operating system's own: nothing that it does can be explored.
    fn a_thread_that_wakes() {
        let spawns = subject(|socket: Socket| async move {
            let mut thread = None;
            poll_fn(|cx| {
                if thread.is_none() {
                    let waker = cx.waker().clone();
                    thread = Some(std::thread::spawn(move || waker.wake()));
                    return Poll::Pending;
                }
                Poll::Ready(())
            })
            .await;
            deliver(socket, b"abc").await
        });
        for _ in 0..20 {
            let explored = explore(&spawns, &plain());
            let stalls = explored.verdict(Property::NoStall);
            assert!(!matches!(stalls, Verdict::NotApplicable), "{stalls}");
        }
    }
}

#[track_caller]
fn is_clean_of_panics(explored: &lastbyte::trace::Exploration) {
    is_proved(explored, Property::NoPanic);
}

trait NowOrPanic: Future + Sized {
    /// Polls once, and panics where it would wait.
    fn now_or_panic(self, why: &'static str) -> impl Future<Output = Self::Output>;
}

impl<F: Future + Unpin> NowOrPanic for F {
    async fn now_or_panic(mut self, why: &'static str) -> F::Output {
        let polled = poll_fn(|cx| Poll::Ready(Pin::new(&mut self).poll(cx))).await;
        match polled {
            Poll::Ready(ready) => ready,
            Poll::Pending => panic!("{why}"),
        }
    }
}
