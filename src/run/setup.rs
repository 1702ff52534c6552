//! Builds the first state and the actors of an execution from a subject and a scenario.

use std::sync::Arc;

use crate::environment::reader::Reader;
use crate::run::actor::Actor;
use crate::run::beside::Beside;
use crate::run::clock::tick;
use crate::run::delivery::Delivery;
use crate::run::further::FurtherSocket;
use crate::run::handle::Handle;
use crate::run::player::{perform_all, report_room};
use crate::run::reading::read_to_end;
use crate::run::scenario::Scenario;
use crate::run::socket::Socket;
use crate::run::state::Setup;
use crate::run::subject::{Running, Subject};
use crate::run::tasks::work;
use crate::run::varying::Varying;

/// The initial state of an execution.
pub(crate) fn setup(subject: &dyn Subject, scenario: &Scenario) -> Setup {
    let beside = |(n, further): (usize, &FurtherSocket)| {
        let framing = || subject.framing_of(n + 1);
        Beside {
            kernel: further.kernel(scenario.capacity),
            inside: 0,
            delivery: Delivery::new(framing(), framing()),
            varying: Varying::new(subject.varying()),
            varying_read: Varying::new(subject.varying()),
            reader: further.reads_as(scenario.reader),
        }
    };
    Setup {
        names: scenario.names(subject.actor()),
        kernel: scenario.kernel(),
        capacity: scenario.capacity,
        delivery: Delivery::new(subject.framing(), subject.framing()),
        reader: scenario.reader,
        beside: scenario.further.iter().enumerate().map(beside).collect(),
        sockets: scenario.sockets(),
        clock: scenario.clock,
        crew: scenario.crew(),
        feeds: scenario.feeds,
        signals: scenario.signals,
        stops: scenario.stops.clone(),
        facts: scenario.facts(subject.reads_while_writing()),
        properties: scenario.properties.clone(),
        input_is_private: scenario.input_is_private(),
        varying: Varying::new(subject.varying()),
    }
}

/// Starts an actor with this handle, on the thread that will poll its future.
pub(crate) type Start = Box<dyn FnOnce(Handle) -> Running + Send>;

/// All actors of an execution, by [`ActorId`](crate::trace::ActorId).
pub(crate) fn everybody(subject: &Arc<dyn Subject>, scenario: &Scenario) -> Vec<Start> {
    let at_the_other_end = |peer: Option<Arc<dyn Actor>>, reader: Reader| -> Start {
        match peer {
            Some(peer) => Box::new(move |handle| peer.start(handle)),
            None => Box::new(move |handle| Box::pin(read_to_end(handle, reader))),
        }
    };
    let peer = at_the_other_end(scenario.peer.clone(), scenario.reader);
    let further = scenario.further.iter().enumerate().map(|(n, further)| {
        let reader = further.reads_as(scenario.reader);
        let start = at_the_other_end(further.peer.clone(), reader);
        let start: Start = Box::new(move |handle| start(handle.on(n + 1)));
        start
    });
    let (subject, sockets) = (subject.clone(), 1 + scenario.further.len());
    let connection: Start = Box::new(move |handle| {
        let sockets = (0..sockets).map(|n| Socket::new(handle.clone().on(n)));
        subject.start_all(sockets.collect())
    });
    let scripts = scenario.scripts.clone().into_iter();
    let scripts =
        scripts.map(|script| -> Start { Box::new(|handle| Box::pin(perform_all(handle, script))) });
    let clock = scenario
        .clock
        .then(|| -> Start { Box::new(|handle| Box::pin(tick(handle))) });
    let reporter = scenario
        .reports_room()
        .then(|| -> Start { Box::new(|handle| Box::pin(report_room(handle))) });
    let devices = scenario.devices().into_iter();
    let devices =
        devices.map(|device| -> Start { Box::new(|handle| Box::pin(perform_all(handle, device))) });
    let actors = scenario.actors.iter().cloned();
    let actors = actors.map(|actor| -> Start { Box::new(move |handle| actor.start(handle)) });
    [peer, connection]
        .into_iter()
        .chain(scripts)
        .chain(actors)
        .chain(devices)
        .chain(reporter)
        .chain(clock)
        .chain(further)
        .chain((0..scenario.tasks).map(|_| -> Start { Box::new(|handle| Box::pin(work(handle))) }))
        .collect()
}
