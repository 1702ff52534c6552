//! Runs one actor's future, on a loom thread or as a stepper wants it.
//!
//! A poll begins with its first lock section: wake-ups before it are absorbed by the poll,
//! wake-ups after it cause another one, as in tokio's task state. Waiting happens in the same
//! breath as the section before it, under a flag in the shared state, because loom forgets an
//! `unpark` that reaches a thread which is blocked on a mutex.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};

use crate::environment::defect::ExecutorDefect;
use crate::run::subject::Running;
use crate::run::world::{Handle, World};
use crate::trace::event::{ActorId, Event};
use crate::trace::property::Property;
use crate::trace::verdict::Ending;

struct ActorWaker {
    world: Weak<World>,
    actor: ActorId,
}

impl Wake for ActorWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(world) = self.world.upgrade() {
            world.wake(self.actor);
        }
    }
}

enum Next {
    Poll,
    Park,
    Leave,
}

/// The text of a panic. What is no text is not the subject's: loom is being stopped, and the
/// unwinding goes on.
fn panic_message(payload: Box<dyn Any + Send>) -> String {
    match text_of(&*payload) {
        Some(text) => text,
        None => resume_unwind(payload),
    }
}

/// The text of a panic's payload, if it is one.
pub(crate) fn text_of(payload: &(dyn Any + Send)) -> Option<String> {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
}

/// Starts the actor and polls it until it ends or the execution is over.
pub(crate) fn drive(world: &Arc<World>, actor: ActorId, start: impl FnOnce(Handle) -> Running) {
    let mut future = start(Handle {
        world: world.clone(),
        actor,
    });
    let waker = Waker::from(Arc::new(ActorWaker {
        world: Arc::downgrade(world),
        actor,
    }));
    let mut cx = Context::from_waker(&waker);
    loop {
        if world.peek().over.is_some() {
            break;
        }
        world.begin_poll(actor);
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut cx)));
        match polled {
            Ok(Poll::Ready(result)) => {
                ended(world, actor, result.err());
                break;
            }
            Ok(Poll::Pending) => match wait(world, actor) {
                Next::Poll => {}
                Next::Park => {
                    world.gate.park();
                    world.peek().slots[actor.index()].quiet = true;
                }
                Next::Leave => break,
            },
            Err(payload) => {
                let message = panic_message(payload);
                panicked(world, actor, message);
                break;
            }
        }
    }
    // Dropping a half-run subject may panic as well; its first word was the important one.
    if let Err(payload) = catch_unwind(AssertUnwindSafe(move || drop(future))) {
        let message = panic_message(payload);
        panicked(world, actor, message);
    }
    leave(world, actor);
}

fn ended(world: &World, actor: ActorId, error: Option<String>) {
    let mut state = world.peek();
    if state.over.is_some() {
        return;
    }
    if actor == ActorId::SUBJECT {
        state.subject = Some(match &error {
            None => Ending::Ok,
            Some(error) => Ending::Err(error.clone()),
        });
    }
    state.log(actor, Event::Ended { error });
}

fn panicked(world: &World, actor: ActorId, message: String) {
    let mut state = world.peek();
    if state.over.is_some() || matches!(state.subject, Some(Ending::Panicked(_))) {
        return;
    }
    state.log(
        actor,
        Event::Panicked {
            message: message.clone(),
        },
    );
    state.subject = Some(Ending::Panicked(message));
    state.violate(Property::NoPanic);
}

/// Decides what a pending actor does next. Nobody has moved since its last lock section, so this
/// belongs to that section.
fn wait(world: &World, actor: ActorId) -> Next {
    let mut state = world.peek();
    if state.over.is_some() {
        return Next::Leave;
    }
    if actor == ActorId::SUBJECT
        && state.write_pending
        && !state.asked_for_input
        && state.kernel.unread() > 0
    {
        state.violate(Property::ReadsDuringFlush);
    }
    let changes = state.changes;
    if state.slots[actor.index()].first {
        // The poll made no call at all: what came before it is absorbed all the same.
        let slot = &mut state.slots[actor.index()];
        slot.token = slot.self_woken;
        state.absorb(actor);
    }
    let slot = &mut state.slots[actor.index()];
    if slot.token {
        if slot.polled_without_change(changes) {
            world.conclude_spinning(&mut state, actor);
            return Next::Leave;
        }
        return Next::Poll;
    }
    slot.end_of_poll();
    slot.parked = Some(world.gate.current());
    if actor == ActorId::SUBJECT {
        state.write_pending = false;
        state.asked_for_input = false;
    }
    state.log(actor, Event::Park);
    state.conclude_if_quiescent();
    world.choice(&mut state);
    if state.over.is_some() {
        Next::Leave
    } else {
        Next::Park
    }
}

fn leave(world: &World, actor: ActorId) {
    let pass = {
        let mut state = world.peek();
        let slot = &mut state.slots[actor.index()];
        slot.done = true;
        let passed = slot.passed;
        if state.over.is_none() {
            state.conclude_if_quiescent();
            world.choice(&mut state);
        }
        if state.slots.iter().all(|slot| slot.done)
            && let Some(search) = &world.search
        {
            search
                .lock()
                .expect("the search never panics")
                .finish(&state);
        }
        state.over.is_some() && !passed && state.defect != ExecutorDefect::NothingShownAfterPruning
    };
    if pass {
        world.pass();
    }
}
