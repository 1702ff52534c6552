//! Runs one actor's future, on a loom thread or under a stepper.
//!
//! A poll begins with its first lock section: it absorbs wake-ups before that, and wake-ups after it
//! cause another poll, as in tokio's task state. For an actor with wakers of its own, the beginning of
//! a poll is a lock section of its own, and so is the return of each call. An actor begins to wait in
//! the lock section before, by a flag in the shared state, because loom loses an `unpark` that reaches
//! a thread which is blocked on a mutex.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};

use crate::panics;
use crate::run::handle::Handle;
use crate::run::planted::ExecutorDefect;
use crate::run::state::Over;
use crate::run::subject::Running;
use crate::run::world::World;
use crate::trace::event::{ActorId, Event};
use crate::trace::outcome::Ending;

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

/// The payload of the panic that ends an exploration. It is raised only where no frame of a subject is
/// on the stack.
pub(crate) struct Stopped;

/// The text of a panic. What has none is not the subject's but the generator's, which is being
/// ended, and goes on.
fn panic_message(payload: Box<dyn Any + Send>) -> String {
    match panics::text(&*payload) {
        Some(text) => text,
        None if payload.is::<generator::Error>() => resume_unwind(payload),
        None => "a panic without a text".to_owned(),
    }
}

/// Calls user code; a panic becomes an error with its message.
fn guarded<R>(call: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(panic_message)
}

/// Starts the actor and polls it until it ends or the execution is over.
pub(crate) fn drive(world: &Arc<World>, actor: ActorId, start: impl FnOnce(Handle) -> Running) {
    let waker = Waker::from(Arc::new(ActorWaker {
        world: Arc::downgrade(world),
        actor,
    }));
    world.peek().slots[actor.index()].root = Some(waker.clone());
    // To be started is to be chosen, whatever becomes of it.
    world.chosen(actor);
    let handle = Handle {
        world: world.clone(),
        actor,
        socket: 0,
    };
    match guarded(|| start(handle)) {
        Ok(future) => poll_to_end(world, actor, future, &waker),
        Err(message) => panicked(world, actor, message),
    }
    let never_begun = world.peek().tasks.never_begun(actor);
    if let Err(message) = guarded(move || drop(never_begun)) {
        panicked(world, actor, message);
    }
    leave(world, actor);
}

fn poll_to_end(world: &Arc<World>, actor: ActorId, mut future: Running, waker: &Waker) {
    let mut cx = Context::from_waker(waker);
    loop {
        if world.peek().over.is_some() {
            break;
        }
        world.begin_poll(actor);
        if !world.begin(actor) {
            break;
        }
        match guarded(|| future.as_mut().poll(&mut cx)) {
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
            Err(message) => {
                panicked(world, actor, message);
                break;
            }
        }
    }
    // Dropping a half-run subject may panic as well; its first word was the important one.
    if let Err(message) = guarded(move || drop(future)) {
        panicked(world, actor, message);
    }
}

fn ended(world: &World, actor: ActorId, error: Option<String>) {
    world.peek().log(actor, Event::Ended { error });
}

fn panicked(world: &World, actor: ActorId, message: String) {
    let mut state = world.peek();
    let panicked = matches!(state.monitor.watched().subject, Some(Ending::Panicked(_)));
    if panicked && actor == ActorId::SUBJECT {
        return;
    }
    let message = match actor {
        ActorId::READER | ActorId::SUBJECT => message,
        _ => format!("{}: {message}", state.slots[actor.index()].name),
    };
    state.log(actor, Event::Panicked { message });
}

/// Decides what a pending actor does next. No other actor has moved since its last lock section, so the
/// decision belongs to that section.
fn wait(world: &World, actor: ActorId) -> Next {
    let mut state = world.peek();
    if state.over.is_some() {
        return Next::Leave;
    }
    if let Some(message) = state.delivery.take_panic() {
        state.record(ActorId::READER, Event::Panicked { message });
    }
    let changes = state.changes;
    let slot = &mut state.slots[actor.index()];
    if slot.first {
        // The poll made no call at all: what came before it is absorbed all the same.
        slot.token = slot.self_woken;
        slot.begins = true;
        slot.opaque |= !slot.declared;
    }
    if slot.token {
        if slot.polled_without_change(changes) {
            world.conclude_spinning(&mut state, actor);
            return Next::Leave;
        }
        state.end_poll(actor);
        return Next::Poll;
    }
    slot.end_of_poll();
    slot.parked = Some(world.gate.current());
    state.log(actor, Event::Park);
    state.end_poll(actor);
    state.conclude_if_quiescent();
    world.choice(&mut state);
    if state.over.is_some() {
        Next::Leave
    } else {
        Next::Park
    }
}

fn leave(world: &World, actor: ActorId) {
    let (pass, stopped) = {
        let mut state = world.peek();
        if let Some(message) = state.delivery.take_panic() {
            state.record(ActorId::READER, Event::Panicked { message });
        }
        let slot = &mut state.slots[actor.index()];
        slot.done = true;
        let passed = slot.passed;
        if state.over.is_none() {
            // Also who has made no call at all; but not who was kept from its first one.
            let slot = &mut state.slots[actor.index()];
            slot.opaque |= !slot.declared;
            state.end_poll(actor);
            state.conclude_if_quiescent();
            world.choice(&mut state);
        }
        if state.slots.iter().all(|slot| slot.done)
            && let Some(watcher) = &world.watcher
        {
            watcher.finish(&mut state);
        }
        let stopped = state.over == Some(Over::Stopped);
        let shows = !state.planted.is(ExecutorDefect::NothingShownAfterPruning);
        (state.over.is_some() && !passed && shows, stopped)
    };
    if stopped {
        resume_unwind(Box::new(Stopped));
    }
    if pass {
        world.pass();
    }
}
