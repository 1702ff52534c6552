//! One run of a subject on std types, on whatever executor polls it.
//!
//! This is no exploration: it runs the one interleaving that the executor happens to take. The same
//! kernel, reader and subject run under tokio in this way.

use std::future::poll_fn;
use std::sync::Arc;

use futures::future::join_all;

use crate::run::handle::Handle;
use crate::run::scenario::Scenario;
use crate::run::setup::{everybody, setup};
use crate::run::subject::Subject;
use crate::run::sync::Gate;
use crate::run::world::World;
use crate::trace::event::{ActorId, Event, Trace};
use crate::trace::outcome::Outcome;
use crate::trace::property::Property;

/// The result of one run.
#[derive(Clone, Debug)]
pub struct Observed {
    /// How it ended.
    pub outcome: Outcome,
    /// The properties that it broke.
    pub broken: Vec<Property>,
    /// What happened.
    pub trace: Trace,
}

/// Runs the subject once, to the end of every actor.
///
/// Waits for ever when the subject or the reader does: put a timeout around it.
///
/// # Panics
///
/// When the scenario has tasks of the connection.
pub async fn run_once(subject: &Arc<dyn Subject>, scenario: &Scenario) -> Observed {
    assert!(
        scenario.tasks == 0,
        "a run outside of an exploration has no tasks; expected: `LocalTasks`, or tasks of the runtime"
    );
    let world = Arc::new(World::new(setup(&**subject, scenario), Gate::Free));
    let actors = everybody(subject, scenario).into_iter().enumerate();
    let actors = actors.map(|(n, start)| {
        let actor = ActorId(n as u8);
        let world = world.clone();
        let running = start(Handle {
            world: world.clone(),
            actor,
            socket: 0,
        });
        async move {
            let mut running = running;
            let result = poll_fn(|cx| {
                world.turn(actor);
                running.as_mut().poll(cx)
            });
            let result = result.await;
            world.turn(actor);
            let error = result.err();
            world.peek().log(actor, Event::Ended { error });
        }
    });
    join_all(actors).await;
    let mut state = world.peek();
    for slot in &mut state.slots {
        slot.done = true;
    }
    state.conclude(None);
    Observed {
        outcome: state
            .outcome
            .clone()
            .expect("a concluded run has an outcome"),
        broken: state
            .monitor
            .violations()
            .iter()
            .map(|(property, _)| property)
            .collect(),
        trace: state.trace(None),
    }
}
