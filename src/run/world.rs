//! The shared state with its lock: one lock section is one system call, and the wake-ups that it
//! causes belong to it.
//!
//! The explorer learns of every choice through [`Watcher`].

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::environment::kernel::Due;
use crate::run::planted::ExecutorDefect;
use crate::run::state::{Over, Setup, State};
use crate::run::sync::Gate;
use crate::trace::event::{ActorId, Event};
use crate::trace::facts::Crew;

/// Calls that an actor may make after its execution is over; with more, its poll counts as endless.
const LATE_CALLS: u32 = 10_000;

/// The explorer's hook: it is told of every choice before it is made and of every move, and decides
/// whether the execution continues.
pub(crate) trait Watcher: Send + Sync {
    /// An actor is about to be chosen.
    fn choice(&self, state: &State) -> Choice;
    /// `actor` was chosen and begins to move.
    fn chosen(&self, actor: ActorId);
    /// `actor` enters the section at this position of the schedule; `false` ends the execution.
    fn enter(&self, actor: ActorId, position: usize) -> bool;
    /// Every actor has finished.
    fn finish(&self, state: &mut State);
    /// A sign of life: `actor` is polled, or makes a call.
    fn beat(&self, actor: ActorId);
    /// The current poll of `actor` makes calls for ever, and the exploration ends here.
    fn abandon(&self, actor: ActorId, state: &mut State);
}

/// What happens to an execution at a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// It goes on.
    Explore,
    /// It ends: everything that can follow has been explored.
    Prune,
    /// The whole exploration ends: loom's path no longer fits what the subject does.
    Stop,
}

/// The shared state with its lock.
pub(crate) struct World {
    pub(crate) gate: Gate,
    state: Mutex<State>,
    in_section: AtomicBool,
    running: AtomicU8,
    /// The connection's tasks.
    crew: Crew,
    /// The current poll never ends, and nothing may wait for it.
    pub(crate) abandoned: AtomicBool,
    pub(crate) watcher: Option<Arc<dyn Watcher>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

/// What a panic carries.
type Payload = Box<dyn Any + Send>;

/// Steps after which a log counts as endless; no ordinary execution has nearly as many.
const LONGEST_LOG: usize = 100_000;

/// The execution is over: the caller should return as soon as it can.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItIsOver;

impl World {
    pub(crate) fn new(setup: Setup, gate: Gate) -> Self {
        World {
            gate,
            crew: setup.crew,
            state: Mutex::new(State::new(setup)),
            in_section: AtomicBool::new(false),
            running: AtomicU8::new(ActorId::READER.0),
            abandoned: AtomicBool::new(false),
            watcher: None,
        }
    }

    /// Accesses the state without a lock section, for what no other actor can influence or see.
    pub(crate) fn peek(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call that is no lock section, because no other actor can see or influence it.
    pub(crate) fn private<R>(
        &self,
        actor: ActorId,
        act: impl FnOnce(&mut State) -> R,
    ) -> Result<R, ItIsOver> {
        let mut state = self.peek();
        if state.over.is_some() {
            // No sign of life: whoever goes on now is to be given up.
            return self.late(actor, state);
        }
        self.beat(actor);
        if !state.slots[actor.index()].count_private_call() {
            self.conclude_spinning(&mut state, actor);
            return Err(ItIsOver);
        }
        let result = act(&mut state);
        if let Err(payload) = self.hand_out(state)
            && !std::thread::panicking()
        {
            resume_unwind(payload);
        }
        Ok(result)
    }

    /// Records an event of the actor that is no call.
    pub(crate) fn tell(&self, actor: ActorId, event: Event) {
        let mut state = self.peek();
        if state.over.is_some() {
            // There is nothing to be told any more.
            let _over: Result<(), _> = self.late(actor, state);
        } else if state.log.len() >= LONGEST_LOG {
            self.conclude_spinning(&mut state, actor);
        } else {
            state.log(actor, event);
        }
    }

    /// The actor that acts with a handle of this actor. A part of the connection can be moved to a task
    /// of it, and back; then that task acts.
    pub(crate) fn acting(&self, actor: ActorId) -> ActorId {
        let running = ActorId(self.running.load(Ordering::Relaxed));
        match self.crew.is_member(actor) && self.crew.is_member(running) {
            true => running,
            false => actor,
        }
    }

    /// The executor is about to poll this actor.
    pub(crate) fn turn(&self, actor: ActorId) {
        self.running.store(actor.0, Ordering::Relaxed);
    }

    /// One system call: waits for the turn, acts, delivers the wake-ups.
    pub(crate) fn section<R>(
        &self,
        actor: ActorId,
        act: impl FnOnce(&mut State) -> R,
    ) -> Result<R, ItIsOver> {
        if std::thread::panicking() {
            // Unwinding runs destructors, and nobody can be chosen meanwhile.
            return self.private(actor, act);
        }
        let result = self.choose_and_enter(actor, act)?;
        let can_wake_own = {
            let state = self.peek();
            !state.planted.is(ExecutorDefect::NothingAfterCalls) && state.can_wake_own(actor)
        };
        if can_wake_own {
            self.behind(actor)?;
        }
        Ok(result)
    }

    pub(crate) fn choose_and_enter<R>(
        &self,
        actor: ActorId,
        act: impl FnOnce(&mut State) -> R,
    ) -> Result<R, ItIsOver> {
        let quiet = {
            let mut state = self.peek();
            if state.over.is_some() {
                return self.late(actor, state);
            }
            self.beat(actor);
            let quiet = std::mem::take(&mut state.slots[actor.index()].quiet);
            if !quiet {
                self.choice(&mut state);
                if state.over == Some(Over::Stopped) {
                    return Err(ItIsOver);
                }
            }
            quiet
        };
        self.enter(actor, quiet, act)
    }

    /// A lock section between a call and the code after it, where others can move. It makes a
    /// difference only to an actor with wakers of its own, whose code can look at what they have
    /// recorded.
    fn behind(&self, actor: ActorId) -> Result<(), ItIsOver> {
        self.choose_and_enter(actor, |state| {
            // It is no call of the actor's.
            let calls = &mut state.slots[actor.index()].calls.0;
            *calls = calls.saturating_sub(1);
            state.observe_in_poll(actor, "behind a call");
        })
    }

    fn enter<R>(
        &self,
        actor: ActorId,
        quiet: bool,
        act: impl FnOnce(&mut State) -> R,
    ) -> Result<R, ItIsOver> {
        #[cfg(feature = "explore")]
        let turn = self.gate.enter(quiet);
        #[cfg(not(feature = "explore"))]
        let _always = quiet;
        self.running.store(actor.0, Ordering::Relaxed);
        let mut state = self.peek();
        if state.over.is_some() {
            state.slots[actor.index()].passed = true;
            return Err(ItIsOver);
        }
        if let Some(watcher) = &self.watcher {
            watcher.chosen(actor);
            if !watcher.enter(actor, state.schedule.len()) {
                self.gate.skip_branch();
                state.stop(Over::Pruned);
                state.slots[actor.index()].passed = true;
                return Err(ItIsOver);
            }
        }
        state.schedule.push(actor);
        let planted = state.planted;
        let slot = &mut state.slots[actor.index()];
        let first = std::mem::take(&mut slot.first);
        if planted.resets_flag(first) {
            slot.token = slot.self_woken;
        }
        slot.begins |= first;
        if !state.count_call(actor) {
            self.conclude_spinning(&mut state, actor);
            return Err(ItIsOver);
        }
        // Nothing may unwind through loom's lock, which would be poisoned.
        let result = catch_unwind(AssertUnwindSafe(|| act(&mut state)));
        let handed_out = self.hand_out(state);
        #[cfg(feature = "explore")]
        drop(turn);
        let result = result.and_then(|result| handed_out.map(|()| result));
        result.map_or_else(|payload| resume_unwind(payload), Ok)
    }

    /// Ends a section: the wake-ups that it has caused are part of it.
    ///
    /// # Errors
    ///
    /// The panic of a waker that an actor made. It is raised again after the call, when the lock is
    /// free.
    fn hand_out(&self, mut state: MutexGuard<'_, State>) -> Result<(), Payload> {
        let due = state.take_due();
        drop(state);
        let before = self.in_section.swap(true, Ordering::Relaxed);
        let mut result = Ok(());
        for Due { waker, .. } in due {
            let woken = catch_unwind(AssertUnwindSafe(|| waker.wake()));
            result = result.and(woken);
        }
        self.in_section.store(before, Ordering::Relaxed);
        result
    }

    fn beat(&self, actor: ActorId) {
        if let Some(watcher) = &self.watcher {
            watcher.beat(actor);
        }
    }

    /// A call after the execution is over. An actor that makes too many of them is stopped here for
    /// good.
    fn late<R>(&self, actor: ActorId, mut state: MutexGuard<'_, State>) -> Result<R, ItIsOver> {
        state.late_calls += 1;
        #[cfg(feature = "explore")]
        if state.late_calls > LATE_CALLS && !std::thread::panicking() && !self.gate.is_free() {
            if let Some(watcher) = &self.watcher {
                watcher.abandon(actor, &mut state);
            }
            drop(state);
            self.abandoned.store(true, Ordering::Relaxed);
            self.gate.never();
        }
        #[cfg(not(feature = "explore"))]
        let _of_no_importance = actor;
        Err(ItIsOver)
    }

    /// Wakes an actor, from a lock section that is ending, from the actor itself, or from other code (a
    /// channel). In the last case the wake-up is a lock section of its own.
    pub(crate) fn wake(&self, actor: ActorId) {
        let by = ActorId(self.running.load(Ordering::Relaxed));
        // Who is woken by the connection or a task of it begins when that one's poll is over.
        let together = self.crew.is_member(by) && self.crew.is_member(actor);
        if self.in_section.load(Ordering::Relaxed) || by == actor || together {
            self.peek().wake(actor, by);
        } else {
            // Over: there is nobody left to wake.
            let _over = self.section(by, |state| state.wake(actor, by));
        }
    }

    /// Called where loom is about to choose who moves: when an actor is about to wait for the
    /// lock, for a wake-up, or is at its end.
    pub(crate) fn choice(&self, state: &mut State) {
        let Some(watcher) = self.watcher.as_ref().filter(|_| state.over.is_none()) else {
            return;
        };
        match watcher.choice(state) {
            Choice::Explore => {}
            Choice::Prune => {
                self.gate.skip_branch();
                state.stop(Over::Pruned);
            }
            Choice::Stop => state.stop(Over::Stopped),
        }
    }

    /// Concludes although other actors could move. They show loom their next operation; otherwise loom
    /// would never run the executions in which they move earlier.
    pub(crate) fn conclude_spinning(&self, state: &mut State, actor: ActorId) {
        if state.over.is_none() {
            state.conclude(Some(actor));
            state.slots[actor.index()].passed = true;
            self.gate.skip_branch();
        }
    }

    /// `actor` was chosen: it starts or continues.
    pub(crate) fn chosen(&self, actor: ActorId) {
        self.beat(actor);
        self.running.store(actor.0, Ordering::Relaxed);
        if let Some(watcher) = &self.watcher {
            watcher.chosen(actor);
        }
    }

    pub(crate) fn begin_poll(&self, actor: ActorId) {
        self.chosen(actor);
        let mut state = self.peek();
        let changes = state.changes;
        let resets_early = state.planted.is(ExecutorDefect::FlagResetEarly);
        let slot = &mut state.slots[actor.index()];
        slot.token &= !resets_early;
        slot.first = true;
        slot.self_woken = false;
        slot.calls = (0, 0);
        slot.private_calls = 0;
        slot.changes_before = Some(changes);
        if actor == ActorId::SUBJECT || self.crew.is_member(actor) {
            state.begin_poll_of_connection();
        }
        state.log(actor, Event::Poll);
    }

    /// Passes the lock once, so that loom's partial-order reduction sees the operation that this
    /// actor would have done next.
    #[cfg(feature = "explore")]
    pub(crate) fn pass(&self) {
        drop(self.gate.enter(false));
    }
}
