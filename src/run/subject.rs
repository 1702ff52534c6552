//! What is explored: whatever writes over a socket and then gives the socket up.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::environment::reader::{Framing, Raw};
use crate::run::socket::Socket;

/// A running connection. `Err` carries the error's text.
pub type Running = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// The [fingerprint](Subject::fingerprint) of a subject that is known by its type and by what it
/// prints of itself with `{:?}`.
pub fn fingerprint<S: fmt::Debug>(subject: &S) -> Option<String> {
    Some(format!("{} {subject:?}", std::any::type_name::<S>()))
}

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

    /// Text from which everything that the connection does follows, if there is such a text: two
    /// subjects with equal fingerprints are taken for one and the same, and so are their results.
    ///
    /// [`fingerprint`](crate::fingerprint) makes one of a subject that prints all that it knows. A
    /// closure, a pointer to a function or a counter does not print; without a fingerprint a
    /// subject is the same as another one only where both are the same `Arc`.
    fn fingerprint(&self) -> Option<String> {
        None
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
