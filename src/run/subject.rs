//! What is explored: a connection that uses a socket and then gives it up.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::environment::framing::{Framing, Raw};
use crate::run::socket::Socket;

/// A running connection. `Err` carries the error's text.
pub type Running = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// The [fingerprint](Subject::fingerprint) of a subject that is identified by its type and its `{:?}`
/// output.
pub fn fingerprint<S: fmt::Debug>(subject: &S) -> Option<String> {
    Some(format!("{} {subject:?}", std::any::type_name::<S>()))
}

/// A connection that can be explored.
///
/// The connection must be deterministic, apart from what its socket, feeds and signals return: no
/// clock, no random numbers, no iteration over a randomly seeded map. The explorer checks this in two
/// ways. When a part of a schedule runs again, its result is compared with the first one. And the
/// instance is explored again: the whole of it if it has at most
/// [`Limits::repeated`](crate::Limits::repeated) executions, a tenth of it if it has many more, and at
/// least [`REPEATED_EXECUTIONS`](crate::explore::REPEATED_EXECUTIONS) completed executions (`cargo
/// verify` repeats only these, and a tenth). `lastbyte::check` repeats each execution of an instance
/// with at most 20 executions 20 times.
///
/// A connection that tosses one fair coin in every execution, and lets a call or its end depend on it,
/// passes as deterministic with a chance below one in a million.
///
/// A difference that none of these runs shows goes unnoticed: chance in few interleavings of a larger
/// instance, a clock that matters only after longer than the exploration takes, a static that changes
/// only after more connections than were started, and a difference that no call and no ending shows.
pub trait Subject: Send + Sync {
    /// Begins to serve the socket. The future ends when the connection does; the socket is closed
    /// when it is dropped.
    ///
    /// Everything that the reader must receive is announced with
    /// [`Handle::expect_delivery`](crate::Handle::expect_delivery).
    fn start(&self, socket: Socket) -> Running;

    /// Begins to serve several sockets: the first one and the
    /// [further](crate::run::FurtherSocket) ones after it.
    ///
    /// # Panics
    ///
    /// The default does, when there is more than one socket.
    fn start_all(&self, mut sockets: Vec<Socket>) -> Running {
        assert!(
            sockets.len() == 1,
            "the scenario has {} sockets, and the connection takes 1; expected: a closure that takes \
             two, or `Subject::start_all`",
            sockets.len()
        );
        self.start(sockets.remove(0))
    }

    /// How many sockets it takes; `None` for any number.
    fn sockets(&self) -> Option<usize> {
        Some(1)
    }

    /// The actor's name in traces.
    fn actor(&self) -> String {
        "dispatcher".to_owned()
    }

    /// Text that determines everything that the connection does, if there is such a text. Two subjects
    /// with equal fingerprints are treated as the same subject, with the same results.
    ///
    /// [`fingerprint`](crate::run::fingerprint) makes one for a subject whose `{:?}` output shows all
    /// of its fields. A closure, a pointer to a function or a counter has no such output. Without a
    /// fingerprint, two subjects are the same only if they are the same `Arc`.
    fn fingerprint(&self) -> Option<String> {
        None
    }

    /// How the reader finds the end of a message. Called twice for each execution: one framing reads
    /// what the reader receives, the other what the kernel accepts.
    fn framing(&self) -> Box<dyn Framing> {
        Box::new(Raw::default())
    }

    /// The same for the socket with this number, where there are several.
    fn framing_of(&self, _socket: usize) -> Box<dyn Framing> {
        self.framing()
    }

    /// The stack that one poll needs, in bytes.
    fn stack_bytes(&self) -> usize {
        64 * 1024
    }

    /// Whether the connection reads its input independently of writing, like a server that reads the
    /// next request while a response is being flushed. A one-way copy does not, so `reads-during-flush`
    /// does not apply to it.
    fn reads_while_writing(&self) -> bool {
        false
    }

    /// Bytes on the wire that may differ between executions without a defect in the connection, such as
    /// a date. Each entry is a text and the number of varying bytes after it: 29 after `\r\ndate: `.
    /// The peer reads these bytes as they are; framings and promises have `0` in their place, and no
    /// state depends on them.
    fn varying(&self) -> &'static [(&'static [u8], usize)] {
        &[]
    }
}
