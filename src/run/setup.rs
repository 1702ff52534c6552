//! What a subject and a scenario make of an execution: its beginning, and who acts in it.

use std::sync::Arc;

use crate::run::delivery::Delivery;
use crate::run::handle::Handle;
use crate::run::peer::read_to_end;
use crate::run::player::perform_all;
use crate::run::scenario::Scenario;
use crate::run::socket::Socket;
use crate::run::state::Setup;
use crate::run::subject::{Running, Subject};
use crate::run::varying::Varying;

/// What an execution begins with.
pub(crate) fn setup(subject: &dyn Subject, scenario: &Scenario) -> Setup {
    Setup {
        names: scenario.names(subject.actor()),
        kernel: scenario.kernel(),
        capacity: scenario.capacity,
        delivery: Delivery::new(subject.framing(), subject.framing()),
        feeds: scenario.feeds,
        signals: scenario.signals,
        stops: scenario.stops.clone(),
        facts: scenario.facts(subject.reads_while_writing()),
        properties: scenario.properties.clone(),
        input_is_private: scenario.input_is_private(),
        varying: Varying::new(subject.varying()),
        defect: scenario.executor_defect,
    }
}

/// Begins to act with this handle, on the thread that will poll the future.
pub(crate) type Start = Box<dyn FnOnce(Handle) -> Running + Send>;

/// Everybody who acts in an execution, by [`ActorId`](crate::trace::ActorId).
pub(crate) fn everybody(subject: &Arc<dyn Subject>, scenario: &Scenario) -> Vec<Start> {
    let (reader, defect) = (scenario.reader, scenario.reader_defect);
    let peer: Start = match scenario.peer.clone() {
        Some(peer) => Box::new(move |handle| peer.start(handle)),
        None => Box::new(move |handle| Box::pin(read_to_end(handle, reader, defect))),
    };
    let subject = subject.clone();
    let connection: Start = Box::new(move |handle| subject.start(Socket::new(handle)));
    let scripts = scenario.scripts.clone().into_iter();
    let scripts =
        scripts.map(|script| -> Start { Box::new(|handle| Box::pin(perform_all(handle, script))) });
    let actors = scenario.actors.iter().cloned();
    let actors = actors.map(|actor| -> Start { Box::new(move |handle| actor.start(handle)) });
    [peer, connection]
        .into_iter()
        .chain(scripts)
        .chain(actors)
        .collect()
}
