//! A user's protocol as the actor at the other end of a connection.

use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;

use crate::run::actor::Actor;
use crate::run::handle::Handle;
use crate::run::peer::Peer;
use crate::run::subject::Running;
use crate::trace::event::Event;
use crate::trace::watched::ReaderState;

/// An actor made of a closure, which takes the reader's place.
struct Protocol<F> {
    name: String,
    run: F,
}

impl<F> fmt::Debug for Protocol<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Protocol({:?})", self.name)
    }
}

impl<F, Fut> Actor for Protocol<F>
where
    F: Fn(Peer) -> Fut + Send + Sync,
    Fut: Future<Output = io::Result<()>> + 'static,
{
    fn name(&self) -> String {
        self.name.clone()
    }

    fn start(&self, handle: Handle) -> Running {
        let protocol = (self.run)(Peer::new(handle.clone()));
        Box::pin(async move {
            let result = protocol.await;
            let judged = match &result {
                Ok(()) => None,
                Err(error) => match error.kind() {
                    // What the connection has done, which the properties judge.
                    io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::BrokenPipe => None,
                    _ => Some(error.to_string()),
                },
            };
            if let Some(error) = judged {
                // What the peer says of what it has received.
                handle.contradict(&error);
                return Err(error);
            }
            let mut rest = Peer::new(handle.clone());
            while handle.reads_on() {
                // Its failure is known to the monitor.
                let _told = rest.read(usize::MAX).await.is_ok();
            }
            result.map_err(|error| error.to_string())
        })
    }

    fn reads(&self) -> bool {
        true
    }
}

/// A protocol as an actor.
pub(crate) fn protocol_of<F, Fut>(name: &str, run: F) -> Arc<dyn Actor>
where
    F: Fn(Peer) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = io::Result<()>> + 'static,
{
    Arc::new(Protocol {
        name: name.to_owned(),
        run,
    })
}

impl Handle {
    /// Whether the peer's stream is open and the peer still reads.
    fn reads_on(&self) -> bool {
        self.look(|state| *state.reader_state() == ReaderState::Reading)
    }

    /// Records that the peer rejects what it has received.
    fn contradict(&self, why: &str) {
        self.look(|state| {
            if state.over.is_none() {
                state.changed();
                state.delivery.contradict();
                let text = format!("finds fault with what it has received: {why}");
                state.log(self.actor, Event::Note { text });
            }
        });
    }
}
