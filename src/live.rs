//! One run of a subject on std types, on whatever executor polls it.
//!
//! This explores nothing: it is one interleaving, the one that the executor happens to take. It is
//! how the same kernel, reader and subject run under tokio in the build without `--cfg loom`.

use std::sync::Arc;

use futures::future::{join, join_all};

use crate::event::{ActorId, Trace};
use crate::property::Property;
use crate::reader::read_to_end;
use crate::scenario::Scenario;
use crate::script::perform_all;
use crate::socket::Socket;
use crate::subject::{Running, Subject};
use crate::verdict::{Ending, Outcome};
use crate::world::{Handle, World};

/// What one run showed.
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
pub async fn run_once(subject: &dyn Subject, scenario: &Scenario) -> Observed {
    let names = scenario.names(subject.actor());
    let world = Arc::new(World::new(scenario, names, subject.framing()));
    let handle = |actor| Handle {
        world: world.clone(),
        actor,
    };
    let connection = subject.start(Socket::new(handle(ActorId::SUBJECT)));
    let connection = async {
        let ending = match connection.await {
            Ok(()) => Ending::Ok,
            Err(error) => Ending::Err(error),
        };
        world.peek().subject = Some(ending);
    };
    let scripts = scenario.scripts.iter().enumerate();
    let scripts = scripts.map(|(n, script)| -> Running {
        Box::pin(perform_all(handle(ActorId::script(n)), script.clone()))
    });
    let actors = scenario.actors.iter().enumerate();
    let actors =
        actors.map(|(n, actor)| actor.start(handle(ActorId::script(scenario.scripts.len() + n))));
    let peer = handle(ActorId::READER);
    let peer: Running = match &scenario.peer {
        Some(actor) => actor.start(peer),
        None => Box::pin(read_to_end(peer, scenario.reader, scenario.reader_defect)),
    };
    let others = scripts.chain(actors).chain([peer]);
    // No actor but the connection can fail.
    let (_, _) = join(connection, join_all(others)).await;
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
            .violations
            .iter()
            .map(|(property, _)| property)
            .collect(),
        trace: state.trace(None),
    }
}
