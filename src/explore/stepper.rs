//! One execution step by step, without loom: the caller decides who moves.
//!
//! For other explorers: an explicit-state checker, a random walk, a person. The actors, the kernel, the
//! executor and the steps are those of an exploration. The caller chooses who moves, and remembers
//! which states have been seen.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use generator::{Generator, Gn};

use crate::explore::silent::silently;
use crate::run::executor::drive;
#[cfg(feature = "planted")]
use crate::run::planted::ExecutorDefect;
use crate::run::planted::Planted;
use crate::run::scenario::Scenario;
use crate::run::setup::{everybody, setup};
use crate::run::state::Over;
use crate::run::subject::Subject;
use crate::run::sync::Gate;
use crate::run::world::World;
use crate::trace::event::{ActorId, Trace};
use crate::trace::outcome::Outcome;
use crate::trace::property::Property;

/// The stack of every actor but the connection, in bytes.
const STACK_BYTES: usize = 64 * 1024;

/// An execution that is under way.
pub struct Stepper {
    world: Arc<World>,
    actors: Vec<Generator<'static, (), ()>>,
}

impl fmt::Debug for Stepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stepper").finish_non_exhaustive()
    }
}

impl Stepper {
    /// The beginning of an execution; no actor has moved yet.
    pub fn new(subject: &Arc<dyn Subject>, scenario: &Scenario) -> Stepper {
        Stepper::begin(subject, scenario, Planted::default())
    }

    /// The same under an executor with this defect.
    #[cfg(feature = "planted")]
    pub fn with_planted(
        subject: &Arc<dyn Subject>,
        scenario: &Scenario,
        planted: ExecutorDefect,
    ) -> Stepper {
        Stepper::begin(subject, scenario, planted.into())
    }

    fn begin(subject: &Arc<dyn Subject>, scenario: &Scenario, planted: Planted) -> Stepper {
        let world = Arc::new(World::new(setup(&**subject, scenario), Gate::Stepper));
        world.peek().plant(planted);
        let everybody = everybody(subject, scenario).into_iter().enumerate();
        let actors = everybody.map(|(n, start)| {
            let actor = ActorId(n as u8);
            let stack = match actor {
                ActorId::SUBJECT => subject.stack_bytes(),
                _ => STACK_BYTES,
            };
            let world = world.clone();
            let act = move || drive(&world, actor, start);
            Gn::new_opt(stack / size_of::<usize>(), act)
        });
        let mut stepper = Stepper {
            actors: actors.collect(),
            world,
        };
        // As in an exploration the reader's first call is a choice, and not that it starts.
        stepper.resume(ActorId::READER);
        stepper
    }

    fn resume(&mut self, actor: ActorId) {
        silently(|| self.actors[actor.index()].resume());
    }

    /// The actors that can move; none when the execution is over.
    pub fn enabled(&self) -> Vec<ActorId> {
        let state = self.world.peek();
        let slots = state.slots.iter().enumerate();
        let free =
            slots.filter(|(_, slot)| state.over.is_none() && !slot.done && !slot.is_parked());
        free.map(|(n, _)| ActorId(n as u8)).collect()
    }

    /// Lets `actor` make its next call, and run on until just before the call after it.
    ///
    /// # Panics
    ///
    /// When `actor` is not among the [`enabled`](Stepper::enabled).
    pub fn step(&mut self, actor: ActorId) {
        let enabled = self.enabled();
        assert!(
            enabled.contains(&actor),
            "{actor:?} cannot move, but {enabled:?} can"
        );
        self.resume(actor);
    }

    /// A digest of everything that can influence what happens from here. It is another one than the key
    /// by which the explorer recognises states.
    pub fn state(&self) -> u128 {
        crate::run::digest::digest(self.world.peek().in_full())
    }

    /// How the execution ended, if it is over.
    pub fn outcome(&self) -> Option<Outcome> {
        self.world.peek().outcome.clone()
    }

    /// The properties that are broken so far.
    pub fn broken(&self) -> Vec<Property> {
        let state = self.world.peek();
        let violations = state.monitor.violations();
        violations.iter().map(|(property, _)| property).collect()
    }

    /// What has happened so far.
    pub fn trace(&self) -> Trace {
        self.world.peek().trace(None)
    }
}

impl Drop for Stepper {
    /// Ends the actors that have not finished, and drops what they own.
    fn drop(&mut self) {
        self.world.peek().stop(Over::Pruned);
        for mut actor in self.actors.drain(..) {
            while !actor.is_done() {
                if self.world.abandoned.swap(false, Ordering::Relaxed) {
                    // Its poll goes on for ever; so do the things that it owns.
                    std::mem::forget(actor);
                    break;
                }
                silently(|| actor.resume());
            }
        }
    }
}
