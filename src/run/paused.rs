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

/// How long the clock is asked to go on at a time. It stops at the first deadline before that.
const LONG: Duration = Duration::from_secs(365 * 86_400);

/// A connection whose timers are tokio's: [`tokio::time`] works in it, with a paused clock, as on a runtime
/// with one thread. An armed timer may fire between any two of the connection's polls, before or after whatever
/// else can happen, and deadlines come in their order, several between two polls or one; those within one
/// millisecond come together, as tokio's timers do.
///
/// Time passes only when a timer fires that somebody waits for, as it does for
/// [`Handle::sleep`](crate::Handle::sleep): a connection that compares times is not told that it is late when
/// it has no timer. Tokio does not tell which timers are armed, so the connection has one of
/// `Handle::sleep` in the place of all of them; when that fires, tokio's clock goes on to its next deadline. A part
/// of the connection that is polled with a waker of its own may have timers for all that is known: where it
/// has none, a year passes in which nothing happens.
/// The scenario's clock ([`Checker::clock`](crate::Checker::clock)) has to be there, and timers of
/// `Handle::sleep` beside these have no order with them.
///
/// One connection of an execution can be of this kind. `tokio::spawn` is refused: the runtime polls no tasks, and
/// [`LocalTasks`](crate::run::LocalTasks) are what it stands for.
///
/// An interval has no end, and an exploration of it comes to its limits: give the connection one that stops
/// after some ticks. Under `--cfg loom`, tokio's own runtime is made for loom, and this is not there.
///
/// ```ignore
#[doc = include_str!("../../examples/tokio_timers.rs")]
/// ```
pub struct Paused<F> {
    // Dropped before the runtime whose timers it has.
    connection: Pin<Box<F>>,
    handle: Handle,
    woken: Arc<Woken>,
    /// In the place of all timers of tokio's; `None` where none can be armed.
    timer: Option<Sleep>,
    runtime: Runtime,
}

/// Whether the connection is to be polled, and who is told.
#[derive(Default)]
struct Woken(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    woken: bool,
    /// The waker of the connection's poll, or of tokio's clock while that goes on.
    told: Option<Waker>,
}

impl Woken {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells this one from now on.
    fn tell(&self, waker: &Waker) {
        self.inside().told = Some(waker.clone());
    }

    /// Whether somebody has woken it since the last time that this was asked.
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
    /// This connection with tokio's timers on the virtual time of this handle's execution.
    ///
    /// # Panics
    ///
    /// When the operating system has no room for a runtime. The first poll panics when the scenario has no
    /// [clock](crate::Scenario::clock).
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

    /// Whether the connection's waker is held elsewhere than where the execution has registered it: by a timer,
    /// or by what polls a part of the connection.
    fn may_have_timers(&self, waker: Waker) -> bool {
        let registered = self.handle.look(|state| state.holding(&waker));
        drop(waker);
        Arc::strong_count(&self.woken) > 1 + registered
    }

    /// From now on time may pass.
    fn arm(&mut self, cx: &mut Context<'_>) {
        let mut timer = self.handle.sleep(Duration::from_nanos(1));
        if Pin::new(&mut timer).poll(cx).is_pending() {
            self.timer = Some(timer);
        }
    }

    /// Lets tokio's clock go on to the next deadline; whether that has woken the connection.
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
            "`tokio::spawn` in a connection with tokio's timers: the runtime polls no tasks; expected is \
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
