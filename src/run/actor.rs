//! Who acts in an execution: the peer, the connection, scripts, and actors of the caller's own
//! making, for scenarios that a reader and scripts cannot express.

use std::fmt;
use std::sync::Arc;

use crate::run::handle::Handle;
use crate::run::peer::read_to_end;
use crate::run::player::perform_all;
use crate::run::scenario::Scenario;
use crate::run::socket::Socket;
use crate::run::subject::{Running, Subject};

/// Something else that acts while the connection does. Unlike a [`Script`](crate::Script) it may
/// wait, look and decide.
///
/// The explorer's own calibration runs generated programs as actors; a model can use one for a
/// peer with a protocol of its own. What a [`Subject`](crate::Subject) must observe holds for an
/// actor too: it is deterministic, and it touches nothing but its handle.
pub trait Actor: Send + Sync + fmt::Debug {
    /// Its name in traces.
    fn name(&self) -> String;

    /// Begins to act.
    fn start(&self, handle: Handle) -> Running;
}

/// Begins to act with this handle, on the thread that will poll the future.
pub(crate) type Start = Box<dyn FnOnce(Handle) -> Running + Send>;

/// Everybody who acts in an execution, by [`ActorId`](crate::ActorId).
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
