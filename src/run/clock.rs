//! Virtual time. Calls take no time: time passes only when a timer fires. An armed timer may fire at
//! any later point, and deadlines come in their order. The clock is an actor of its own, which fires
//! the timers.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::environment::kernel::{Place, Registration};
use crate::run::handle::Handle;
use crate::run::state::State;
use crate::run::timers::{CLOCK, Timer};
use crate::trace::event::{ActorId, Event};

/// The panic message for a timer in a scenario without a clock.
const NO_CLOCK: &str = "a timer without a clock; expected: `Checker::clock()`, or `clock: true` in \
                        the scenario";

impl Handle {
    /// Waits until so much virtual time has passed. Time passes only where the clock lets it: an armed
    /// timer may fire at any later point, before or after whatever else can happen, and never before
    /// one with an earlier deadline.
    ///
    /// For hyper, examples/hyper_timer.rs has an adapter for `hyper::rt::Timer`. Where a connection's timers are
    /// tokio's, `lastbyte::run::Paused` (feature `tokio-time`) puts them on virtual time.
    ///
    /// ```
    /// use std::time::Duration;
    /// use futures::future::{Either, select};
    /// use lastbyte::{Checker, Property, Reader, Socket};
    ///
    /// // Gives up after a second, whatever is left.
    /// let report = Checker::new().kernel_buffer([1]).clock().run(|mut socket: Socket| async move {
    ///     socket.expect_delivery(b"ab");
    ///     let timeout = socket.handle().sleep(Duration::from_secs(1));
    ///     let write = Box::pin(socket.write_all(b"ab"));
    ///     match select(write, timeout).await {
    ///         Either::Left((written, _)) => written,
    ///         Either::Right(_) => Ok(()),
    ///     }
    /// });
    /// report.assert_refuted(Property::NoSilentLoss);
    /// ```
    ///
    /// # Panics
    ///
    /// When the scenario has no [clock](crate::Scenario::clock).
    pub fn sleep(&self, duration: Duration) -> Sleep {
        let deadline = self.now().saturating_add(duration);
        let mut handle = self.clone();
        handle.actor = self.actor();
        Sleep {
            handle,
            duration,
            deadline,
            stage: Stage::New,
        }
    }

    /// How much virtual time has passed since the start.
    ///
    /// # Panics
    ///
    /// When the scenario has no [clock](crate::Scenario::clock).
    pub fn now(&self) -> Duration {
        let now = {
            let mut state = self.world.peek();
            let now = state.clock.as_ref().map(|clock| clock.now);
            state.observe(self.actor(), ("now", now));
            now
        };
        now.unwrap_or_else(|| panic!("{NO_CLOCK}"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    New,
    Armed(usize),
    Expired,
}

/// The future that [`Handle::sleep`] returns. Its timer is armed by the first poll, and dropped with
/// it.
pub struct Sleep {
    handle: Handle,
    duration: Duration,
    deadline: Duration,
    stage: Stage,
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("duration", &self.duration)
            .finish_non_exhaustive()
    }
}

impl Sleep {
    /// When the timer expires, as virtual time since the start.
    pub fn deadline(&self) -> Duration {
        self.deadline
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let (owner, duration, deadline) = (self.handle.actor, self.duration, self.deadline);
        // A timer can be handed to a task, and still is whose it was.
        let actor = self.handle.actor();
        let stage = self.stage;
        if stage == Stage::Expired {
            return Poll::Ready(());
        }
        let polled = self.handle.world.section(actor, |state| {
            let caller = state.caller(actor, cx.waker());
            let Some(clock) = &mut state.clock else {
                return stage;
            };
            let (stage, text) = match stage {
                Stage::Armed(number) => match clock.timer(owner, number) {
                    Some(timer) if !timer.fired => {
                        timer.registration.set(caller);
                        (Stage::Armed(number), "waits for")
                    }
                    _ => {
                        clock.remove(owner, number);
                        (Stage::Expired, "sees the end of")
                    }
                },
                _ if clock.now >= deadline && !duration.is_zero() => {
                    (Stage::Expired, "sees the end of")
                }
                _ => {
                    let taken = |number| {
                        let mut timers = clock.timers.iter();
                        timers.any(|timer| timer.actor == owner && timer.number == number)
                    };
                    let number = (0..).find(|number| !taken(*number)).unwrap_or_default();
                    let mut registration = Registration::default();
                    registration.set(caller);
                    clock.timers.push(Timer {
                        number,
                        actor: owner,
                        duration,
                        deadline,
                        fired: false,
                        registration,
                    });
                    clock.idle.fire(Place::Device, &mut state.kernel.due);
                    (Stage::Armed(number), "arms")
                }
            };
            if text != "waits for" {
                state.changed();
            }
            let text = format!("{text} a timer of {duration:?}");
            state.log(actor, Event::Note { text });
            stage
        });
        if let Ok(stage) = polled {
            self.stage = stage;
        }
        match self.stage {
            Stage::Expired => Poll::Ready(()),
            _ => Poll::Pending,
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let Stage::Armed(number) = self.stage else {
            return;
        };
        let (owner, duration) = (self.handle.actor, self.duration);
        let actor = self.handle.actor();
        // Over: there is nobody left whom the timer could wake.
        let _over = self.handle.world.section(actor, |state| {
            if let Some(clock) = &mut state.clock {
                clock.remove(owner, number);
            }
            state.changed();
            let text = format!("drops a timer of {duration:?}");
            state.log(actor, Event::Note { text });
        });
    }
}

/// Lets the next timer fire; `false` when there is none.
fn fire(state: &mut State, clock_actor: ActorId) -> bool {
    let Some(clock) = &mut state.clock else {
        return false;
    };
    let now = clock.now;
    let Some(timer) = clock.next() else {
        return false;
    };
    timer.fired = true;
    let (number, deadline, duration) = (timer.number, timer.deadline, timer.duration);
    let actor = timer.actor;
    timer
        .registration
        .fire(Place::Timer(number), &mut state.kernel.due);
    clock.now = now.max(deadline);
    state.changed();
    let name = &state.slots[actor.index()].name;
    let step = format!("{deadline:?} have passed: the timer of {duration:?} fires for {name}");
    state.log(clock_actor, Event::Script { step });
    true
}

/// Lets timers fire, one at a time, for as long as there are any.
pub(crate) async fn tick(handle: Handle) -> Result<(), String> {
    let actor = handle.actor;
    poll_fn(move |cx| {
        loop {
            handle.declare_state(&CLOCK);
            let fired = handle.world.section(actor, |state| {
                let caller = state.caller(actor, cx.waker());
                let fired = fire(state, actor);
                if let Some(clock) = &mut state.clock
                    && !fired
                {
                    clock.idle.set(caller);
                }
                fired
            });
            if !fired.unwrap_or(false) {
                return Poll::Pending;
            }
        }
    })
    .await
}
