//! A search that one thread works on and another one watches.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::explore::search::Search;
use crate::run::slot::CALLS_WITHOUT_CHANGE;
use crate::run::state::State;
use crate::run::world::{Choice, Watcher};
use crate::trace::event::ActorId;
use crate::trace::verdict::Inconclusive;

/// A search that an exploring thread works on and another thread watches.
#[derive(Default)]
pub(crate) struct Shared {
    search: Mutex<Search>,
    /// Counts signs of life.
    beat: AtomicU64,
    /// The actor that showed the last one.
    running: AtomicU8,
    /// The time limit was reached.
    pub(crate) expired: AtomicBool,
    /// The exploring thread is blocked for ever: its poll went on making calls.
    pub(crate) abandoned: AtomicBool,
    /// Nothing waits for the exploring thread any more.
    finished: Mutex<bool>,
    signal: Condvar,
}

impl Shared {
    pub(crate) fn new(search: Search) -> Shared {
        Shared {
            search: Mutex::new(search),
            ..Shared::default()
        }
    }

    pub(crate) fn search(&self) -> MutexGuard<'_, Search> {
        self.search.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called at the start of an execution; `false` ends the exploration.
    pub(crate) fn begin(&self) -> bool {
        self.beat.fetch_add(1, Ordering::Relaxed);
        self.search().begin(self.expired.load(Ordering::Relaxed))
    }

    /// Ends a phase; returns whether there is another one.
    pub(crate) fn next_phase(&self) -> bool {
        self.search().next_phase()
    }

    /// The number of signs of life so far, and the actor that showed the last one.
    pub(crate) fn life(&self) -> (u64, ActorId) {
        let beat = self.beat.load(Ordering::Relaxed);
        (beat, ActorId(self.running.load(Ordering::Relaxed)))
    }

    /// The exploring thread has finished, or never will.
    pub(crate) fn finish(&self) {
        let mut finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        *finished = true;
        self.signal.notify_all();
    }

    /// Waits at most this long for the exploring thread to finish; returns whether it has.
    pub(crate) fn wait(&self, time: std::time::Duration) -> bool {
        let finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .signal
            .wait_timeout_while(finished, time, |done| !*done);
        let (finished, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *finished
    }
}

impl Watcher for Shared {
    fn choice(&self, state: &State) -> Choice {
        let mut search = self.search();
        let key = state.key(search.histories());
        search.choice(state, key)
    }

    fn chosen(&self, actor: ActorId) {
        self.search().chosen(actor);
    }

    fn enter(&self, actor: ActorId, position: usize) -> bool {
        match &self.search().plan.only {
            // It has left the schedule that is to be followed.
            Some(only) => only.get(position) == Some(&actor),
            None => true,
        }
    }

    fn finish(&self, state: &mut State) {
        self.search().finish(state);
    }

    fn beat(&self, actor: ActorId) {
        self.running.store(actor.0, Ordering::Relaxed);
        self.beat.fetch_add(1, Ordering::Relaxed);
    }

    fn abandon(&self, actor: ActorId, state: &mut State) {
        let mut search = self.search();
        search.finish(state);
        search
            .inconclusive
            .get_or_insert(Inconclusive::EndlessCalls {
                actor: state.slots[actor.index()].name.clone(),
                calls: CALLS_WITHOUT_CHANGE as usize,
            });
        drop(search);
        self.abandoned.store(true, Ordering::Relaxed);
        Shared::finish(self);
    }
}
