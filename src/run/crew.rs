//! Slots for tasks that are actors of their own; see [`Handle::spawn`](crate::Handle::spawn).
//!
//! A connection and its tasks may share memory: a channel, a lock, a flag. The explorer cannot see that
//! memory, and what it holds depends on the polls before. One poll ends before another begins, so the
//! order of the polls determines the memory. That order is kept here, and is part of the state.

use std::fmt;
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::pin::Pin;

use crate::environment::kernel::Registration;
use crate::run::digest::digest;
use crate::trace::event::ActorId;
use crate::trace::facts::Crew;

/// A task that was spawned and has not begun.
pub(crate) struct Spawned(pub(crate) Pin<Box<dyn Future<Output = ()> + Send>>);

impl fmt::Debug for Spawned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("spawned")
    }
}

/// A place for a task.
#[derive(Debug, Default)]
pub(crate) struct TaskPlace {
    /// A task occupies the slot and has not finished.
    pub(crate) taken: bool,
    pub(crate) spawned: Option<Spawned>,
    /// Woken when a task is spawned into the slot.
    pub(crate) idle: Registration,
}

/// The slots, and the order of all polls.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(crate) crew: Crew,
    pub(crate) places: Vec<TaskPlace>,
    /// The actor whose poll is in progress.
    pub(crate) polling: Option<ActorId>,
    /// Digest of the order in which actors were polled, each with what it had observed before.
    together: u128,
}

impl Places {
    pub(crate) fn new(crew: Crew) -> Places {
        Places {
            crew,
            places: (0..crew.tasks).map(|_| TaskPlace::default()).collect(),
            polling: None,
            together: 0,
        }
    }

    /// The slot of this actor.
    pub(crate) fn of(&mut self, actor: ActorId) -> Option<&mut TaskPlace> {
        let number = actor.0.checked_sub(self.crew.first)?;
        self.places.get_mut(usize::from(number))
    }

    /// The task that was spawned into the actor's slot and has not begun when the actor ends.
    pub(crate) fn never_begun(&mut self, actor: ActorId) -> Option<Spawned> {
        self.of(actor)?.spawned.take()
    }

    /// Whether the actor is the connection or one of its tasks, and there can be tasks.
    pub(crate) fn is_member(&self, actor: ActorId) -> bool {
        self.crew.is_member(actor)
    }

    /// Records that one of them is polled, with its history so far.
    pub(crate) fn polled(&mut self, actor: ActorId, history: u128) {
        self.together = digest((self.together, actor, history));
    }

    /// Whether this actor cannot begin a poll because a poll of another one is in progress.
    pub(crate) fn keeps_waiting(&self, actor: ActorId) -> bool {
        let other = self.polling.is_some_and(|polling| polling != actor);
        other && self.is_member(actor)
    }

    /// How many tasks have not finished.
    pub(crate) fn tasks(&self) -> usize {
        self.places.iter().filter(|place| place.taken).count()
    }
}

impl Hash for Places {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.polling, self.together).hash(state);
        for place in &self.places {
            (place.taken, place.spawned.is_some(), &place.idle).hash(state);
        }
    }
}
