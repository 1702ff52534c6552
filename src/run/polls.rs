//! The beginning and the end of a poll, for actors whose code can see what others have left: what a
//! waker of its own has recorded, or memory that a connection and its tasks share.

use std::iter;

use crate::environment::kernel::{Kernel, Registration};
#[cfg(feature = "explore")]
use crate::run::planted::ExecutorDefect;
use crate::run::state::State;
#[cfg(feature = "explore")]
use crate::run::world::{ItIsOver, World};
use crate::trace::event::ActorId;

impl State {
    /// Every registration.
    fn registrations<'a>(&'a self) -> impl Iterator<Item = &'a Registration> {
        let of_kernel = |kernel: &'a Kernel| {
            let Kernel {
                writer,
                flusher,
                shutter,
                inputter,
                reader,
                ..
            } = kernel;
            [writer, flusher, shutter, inputter, reader]
        };
        let beside = self.beside.iter().map(|other| &*other.kernel);
        iter::once(&*self.kernel)
            .chain(beside)
            .flat_map(of_kernel)
            .chain(&self.progress)
            .chain(&self.device)
            .chain(&self.room)
            .chain(self.clock.iter().flat_map(|clock| {
                let timers = clock.timers.iter().map(|timer| &timer.registration);
                timers.chain([&clock.idle])
            }))
            .chain(self.tasks.places.iter().map(|place| &place.idle))
            .chain(self.feeds.iter().map(|feed| &feed.registration))
            .chain(self.signals.iter().map(|signal| &signal.registration))
    }

    /// How many registrations hold this waker.
    #[cfg(all(feature = "tokio-time", not(loom)))]
    pub(crate) fn holding(&self, waker: &std::task::Waker) -> usize {
        self.registrations().filter(|one| one.holds(waker)).count()
    }

    /// Whether a waker that this actor made is registered anywhere, so that another actor can wake it.
    pub(crate) fn can_wake_own(&self, actor: ActorId) -> bool {
        if !self.looks_at_wakers(actor) {
            return false;
        }
        let shares = self.tasks.is_member(actor);
        self.registrations().any(|one| {
            one.is_own_of(actor)
                || shares && one.owner().is_some_and(|own| self.tasks.is_member(own))
        })
    }

    /// Whether the actor's code can see what its own wakers have recorded, or those of another actor
    /// with which it shares memory.
    pub(crate) fn looks_at_wakers(&self, actor: ActorId) -> bool {
        let members = self.slots.iter().enumerate();
        let mut members = members.filter(|(n, _)| self.tasks.is_member(ActorId(*n as u8)));
        self.slots[actor.index()].own_wakers
            || self.tasks.is_member(actor) && members.any(|(_, slot)| slot.own_wakers)
    }

    /// A poll of the connection or of a task begins; `false` while that of another one goes on.
    pub(crate) fn begin_poll(&mut self, actor: ActorId) -> bool {
        let waits = self.tasks.keeps_waiting(actor);
        let slot = &mut self.slots[actor.index()];
        if waits {
            // As if it had not tried.
            slot.first = true;
            slot.begins = false;
            slot.calls = (0, 0);
            return false;
        }
        let history = slot.history;
        if self.tasks.is_member(actor) {
            self.tasks.polling = Some(actor);
            self.tasks.polled(actor, history);
        }
        self.observe_in_poll(actor, "begins");
        true
    }

    /// A poll ends: other actors of the connection that were woken meanwhile can begin theirs.
    pub(crate) fn end_poll(&mut self, actor: ActorId) {
        if self.tasks.polling != Some(actor) {
            return;
        }
        self.tasks.polling = None;
        for slot in &mut self.slots {
            if slot.token
                && let Some(thread) = slot.parked.take()
            {
                slot.token = false;
                thread.unpark();
            }
        }
    }
}

#[cfg(feature = "explore")]
impl World {
    /// Begins a poll of an actor with wakers of its own, or with tasks: a lock section without a call.
    /// Its code can look at its wakers before its first call, so this poll does not absorb wake-ups
    /// from here on, and it begins only when the actor is chosen. `false` when the execution is over.
    pub(crate) fn begin(&self, actor: ActorId) -> bool {
        let is_step = {
            let state = self.peek();
            let unseen = state.planted.is(ExecutorDefect::PollsBeginUnseen);
            state.tasks.is_member(actor) || state.looks_at_wakers(actor) && !unseen
        };
        if !is_step {
            return true;
        }
        loop {
            match self.choose_and_enter(actor, |state| state.begin_poll(actor)) {
                Ok(true) => return true,
                Err(ItIsOver) => return false,
                Ok(false) => {}
            }
            // Another task of the connection is being polled. This belongs to the section: nobody has
            // moved since.
            let mut state = self.peek();
            let slot = &mut state.slots[actor.index()];
            slot.token = true;
            slot.parked = Some(self.gate.current());
            self.choice(&mut state);
            if state.over.is_some() {
                return false;
            }
            drop(state);
            self.gate.park();
            self.chosen(actor);
            self.peek().slots[actor.index()].quiet = true;
        }
    }
}
