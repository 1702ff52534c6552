//! What is explored: whatever writes over a socket and then gives the socket up.

use std::future::Future;
use std::pin::Pin;

use crate::environment::reader::{Framing, Raw};
use crate::run::socket::Socket;

/// A running connection. `Err` carries the error's text.
pub type Running = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// A connection that can be explored.
///
/// The connection must be deterministic apart from what its socket, feeds and signals return: no
/// clock, no random numbers, no iteration over a randomly seeded map. The explorer reports a
/// subject that is not.
pub trait Subject: Send + Sync {
    /// Begins to serve the socket. The future ends when the connection does; the socket is closed
    /// when it is dropped.
    ///
    /// Everything that the reader must receive is announced with
    /// [`Handle::promise`](crate::Handle::promise).
    fn start(&self, socket: Socket) -> Running;

    /// The actor's name in traces.
    fn actor(&self) -> String {
        "dispatcher".to_owned()
    }

    /// How the reader finds the end of a message.
    fn framing(&self) -> Box<dyn Framing> {
        Box::new(Raw::default())
    }

    /// The stack that one poll needs, in bytes.
    fn stack_bytes(&self) -> usize {
        64 * 1024
    }
}
