//! What is explored: whatever writes over a socket and then gives the socket up.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::environment::framing::{Framing, Raw};
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
/// clock, no random numbers, no iteration over a randomly seeded map. What a schedule leads to is
/// compared whenever a part of it is run again, and the instance is explored again: as a whole where it
/// has at most [`Limits::repeated`](crate::Limits::repeated) executions, a tenth of it where it has
/// many more, and at least [`REPEATED_EXECUTIONS`](crate::explore::REPEATED_EXECUTIONS) executions that came to
/// their end (`cargo verify` repeats only these, and a tenth): a
/// connection that tosses one fair coin in every execution, and lets a call or its end depend on it,
/// gets another verdict than 'not deterministic' with a chance below one in a million. In an instance
/// of at most 20 executions `lastbyte::check` repeats each of them 20 times.
///
/// What can stay unnoticed is a difference that none of these runs meets: chance that shows in few
/// interleavings of a larger instance, a clock that only matters after longer than the exploration
/// takes, a static that changes only after more connections than were started, and what no call and
/// no ending shows.
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
    /// Unless it is said otherwise, when there is more than one.
    fn start_all(&self, mut sockets: Vec<Socket>) -> Running {
        assert!(
            sockets.len() == 1,
            "the scenario has {} sockets, and the connection takes 1; expected is a closure that takes \
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

    /// Text from which everything that the connection does follows, if there is such a text: two
    /// subjects with equal fingerprints are taken for one and the same, and so are their results.
    ///
    /// [`fingerprint`](crate::run::fingerprint) makes one of a subject that prints all that it knows. A
    /// closure, a pointer to a function or a counter does not print; without a fingerprint a
    /// subject is the same as another one only where both are the same `Arc`.
    fn fingerprint(&self) -> Option<String> {
        None
    }

    /// How the reader finds the end of a message. Called twice for each execution: what the kernel
    /// accepts is read as well.
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

    /// Whether the connection reads its input independently of writing, as a server that takes the
    /// next request while a response is being flushed. A one-way copy does not: there
    /// `reads-during-flush` does not apply.
    fn reads_while_writing(&self) -> bool {
        false
    }

    /// Bytes on the wire that may differ from one execution to the next without a fault of the
    /// connection's: so many after each of these texts, such as 29 after `\r\ndate: `. The peer reads them
    /// as they are; a framing and a promise have `0` in their place, and no state depends on them.
    fn varying(&self) -> &'static [(&'static [u8], usize)] {
        &[]
    }
}
