//! tokio's timers on virtual time.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::run::clock::Sleep;
use crate::run::handle::Handle;

/// How far the clock is advanced at a time. It stops at the first deadline before that.
const LONG: Duration = Duration::from_secs(365 * 86_400);

/// A connection that uses tokio's timers. [`tokio::time`] works in it, with a paused clock, as on a
/// runtime with one thread. An armed timer may fire between any two polls of the connection, before or
/// after anything else that can happen. Deadlines come in their order, one or several between two
/// polls. Deadlines within one millisecond come together, as tokio's timers do.
///
/// Time passes only when a timer fires that something waits for, as with
/// [`Handle::sleep`](crate::Handle::sleep): a connection without a timer that compares times never
/// finds that it is late.
///
/// Tokio does not tell which timers are armed. So the connection has one timer of `Handle::sleep` in
/// place of all of them; when it fires, tokio's clock advances to its next deadline. Where a part of
/// the connection is polled with a waker of its own, a timer cannot be ruled out; if there is none, a
/// year passes in which nothing happens. The scenario needs a clock
/// ([`Checker::clock`](crate::Checker::clock)). Tokio's timers have no fixed order with other timers of
/// `Handle::sleep`.
///
/// Only one connection in an execution can be of this kind. `tokio::spawn` is refused, because the
/// runtime polls no tasks; use [`LocalTasks`](crate::run::LocalTasks) instead.
///
/// An interval has no end, so its exploration runs into its limits: give the connection an interval
/// that stops after some ticks. This type does not exist under `--cfg loom`, where tokio's runtime is
/// built for loom.
///
/// ```ignore
#[doc = include_str!("../../examples/tokio_timers.rs")]
/// ```
pub struct Paused<F> {
    // Dropped before the runtime whose timers it has.
    connection: Pin<Box<F>>,
    handle: Handle,
    woken: Arc<Woken>,
    /// The timer in place of all of tokio's; `None` where none can be armed.
    timer: Option<Sleep>,
    runtime: Runtime,
}

/// Whether the connection must be polled, and the waker to call.
#[derive(Default)]
struct Woken(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    woken: bool,
    /// The waker of the connection's poll, or of tokio's clock while that advances.
    told: Option<Waker>,
}

impl Woken {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, calls this waker.
    fn tell(&self, waker: &Waker) {
        self.inside().told = Some(waker.clone());
    }

    /// Whether it was woken since the last call of this function.
    fn take(&self) -> bool {
        std::mem::take(&mut self.inside().woken)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut inside = self.inside();
        inside.woken = true;
        let told = inside.told.clone();
        drop(inside);
        // No lock is held: others may move before the wake-up has come.
        if let Some(told) = told {
            told.wake();
        }
    }
}

impl<F: Future> Paused<F> {
    /// Runs this connection with tokio's timers on the virtual time of this handle's execution.
    ///
    /// # Panics
    ///
    /// When the operating system cannot create a runtime. The first poll panics when the scenario has
    /// no [clock](crate::Scenario::clock).
    pub fn new(handle: &Handle, connection: F) -> Paused<F> {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        let woken = Arc::new(Woken::default());
        woken.inside().woken = true;
        Paused {
            connection: Box::pin(connection),
            handle: handle.clone(),
            woken,
            timer: None,
            runtime: runtime.expect("a runtime without threads and sockets"),
        }
    }

    /// Whether something outside of the execution's registrations holds the connection's waker: a
    /// timer, or a future that polls a part of the connection.
    fn may_have_timers(&self, waker: Waker) -> bool {
        let registered = self.handle.look(|state| state.holding(&waker));
        drop(waker);
        Arc::strong_count(&self.woken) > 1 + registered
    }

    /// Lets time pass from now on.
    fn arm(&mut self, cx: &mut Context<'_>) {
        let mut timer = self.handle.sleep(Duration::from_nanos(1));
        if Pin::new(&mut timer).poll(cx).is_pending() {
            self.timer = Some(timer);
        }
    }

    /// Advances tokio's clock to the next deadline; returns whether that has woken the connection.
    fn go_on(&self) -> bool {
        self.runtime.block_on(async {
            let mut nothing = pin!(tokio::time::sleep(LONG));
            poll_fn(|cx| {
                self.woken.tell(cx.waker());
                match self.woken.take() {
                    true => Poll::Ready(true),
                    false => nothing.as_mut().poll(cx).map(|()| false),
                }
            })
            .await
        })
    }
}

impl<F: Future> Future for Paused<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let woken = self.woken.take();
        if let Some(timer) = &mut self.timer
            && Pin::new(timer).poll(cx).is_ready()
        {
            self.timer = None;
            let fires = self.go_on();
            self.woken.tell(cx.waker());
            if fires {
                // Another deadline may come before the connection sees this one.
                self.arm(cx);
                self.woken.wake_by_ref();
                return Poll::Pending;
            }
        }
        self.woken.tell(cx.waker());
        if !woken {
            return Poll::Pending;
        }
        let waker = Waker::from(self.woken.clone());
        let this = &mut *self;
        let polled = {
            let _timers = this.runtime.enter();
            let mut cx = Context::from_waker(&waker);
            this.connection.as_mut().poll(&mut cx)
        };
        assert!(
            self.runtime.metrics().num_alive_tasks() == 0,
            "`tokio::spawn` in a connection with tokio's timers: the runtime polls no tasks; expected: \
             `LocalTasks::spawn`, or `Handle::spawn`"
        );
        if polled.is_pending() && self.timer.is_none() && self.may_have_timers(waker) {
            self.arm(cx);
        }
        polled
    }
}

impl<F> fmt::Debug for Paused<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paused").finish_non_exhaustive()
    }
}
