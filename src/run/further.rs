//! A further socket of a connection that holds more than one.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;

use crate::environment::decorator::{Decorated, Decorator};
use crate::environment::kernel::{Faults, FlushMode, Kernel, ShutdownMode, UnreadInput};
use crate::environment::reader::Reader;
use crate::run::actor::Actor;
use crate::run::peer::Peer;
use crate::run::protocol::protocol_of;

/// A further socket of the connection: a proxy has one to either side. It has buffers, faults and a
/// reader or peer of its own, and its promises are checked on it.
///
/// ```
/// use lastbyte::{Checker, Socket};
/// use lastbyte::run::FurtherSocket;
///
/// // Copies what the client has sent to the server.
/// Checker::new()
///     .kernel_buffer([1, 2])
///     .input(b"abc")
///     .input_eof()
///     .socket_name("client")
///     .further_socket(FurtherSocket::new("server"))
///     .run(|mut client: Socket, mut server: Socket| async move {
///         server.expect_delivery(b"abc");
///         let mut buffer = [0; 8];
///         loop {
///             match client.read(&mut buffer).await? {
///                 0 => break,
///                 n => server.write_all(&buffer[..n]).await?,
///             }
///         }
///         server.close().await
///     })
///     .assert_proved();
/// ```
#[derive(Clone, Debug)]
pub struct FurtherSocket {
    /// Its name in traces.
    pub name: String,
    /// Capacity of the kernel's outbound buffer in bytes; `None` for that of the first socket.
    pub capacity: Option<usize>,
    /// How the peer reads; `None` for the same way as the first socket's peer, without its stop or
    /// reset.
    pub reader: Option<Reader>,
    /// What the peer has sent before the start.
    pub input: Vec<Bytes>,
    /// Whether the peer has sent FIN after it.
    pub input_eof: bool,
    /// Most bytes of input that wait to be read; `None` for any number.
    pub input_capacity: Option<usize>,
    /// How the socket's flush behaves.
    pub flush: FlushMode,
    /// How the socket's shutdown behaves.
    pub shutdown: ShutdownMode,
    /// What closing with unread input does.
    pub unread_input: UnreadInput,
    /// Faults that the kernel injects.
    pub faults: Faults,
    /// The actor in the reader's place; `None` for the reader.
    pub peer: Option<Arc<dyn Actor>>,
    /// What changes the kernel's calls, for tests that have to notice it.
    pub decorator: Option<Arc<dyn Decorator>>,
}

impl FurtherSocket {
    /// A socket with the capacity and the reader of the first one, whose peer has sent nothing.
    pub fn new(name: impl Into<String>) -> FurtherSocket {
        FurtherSocket {
            name: name.into(),
            capacity: None,
            reader: None,
            input: Vec::new(),
            input_eof: false,
            input_capacity: None,
            flush: FlushMode::default(),
            shutdown: ShutdownMode::default(),
            unread_input: UnreadInput::default(),
            faults: Faults::default(),
            peer: None,
            decorator: None,
        }
    }

    /// The same with a kernel buffer of this capacity.
    #[must_use]
    pub fn with_capacity(mut self, capacity: usize) -> FurtherSocket {
        self.capacity = Some(capacity);
        self
    }

    /// The same with this reader.
    #[must_use]
    pub fn with_reader(mut self, reader: Reader) -> FurtherSocket {
        self.reader = Some(reader);
        self
    }

    /// The same with this input, sent in one piece.
    #[must_use]
    pub fn with_input(mut self, input: impl AsRef<[u8]>) -> FurtherSocket {
        self.input.push(Bytes::copy_from_slice(input.as_ref()));
        self
    }

    /// The same with FIN after the input.
    #[must_use]
    pub fn with_input_eof(mut self) -> FurtherSocket {
        self.input_eof = true;
        self
    }

    /// The same with room for so many bytes of input.
    #[must_use]
    pub fn with_input_capacity(mut self, capacity: usize) -> FurtherSocket {
        self.input_capacity = Some(capacity);
        self
    }

    /// The same with a peer that has a protocol of its own; see
    /// [`Checker::peer`](crate::Checker::peer).
    #[must_use]
    pub fn with_peer<F, Fut>(mut self, protocol: F) -> FurtherSocket
    where
        F: Fn(Peer) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = std::io::Result<()>> + 'static,
    {
        let name = format!("{} peer", self.name);
        self.peer = Some(protocol_of(&name, protocol));
        self
    }

    pub(crate) fn kernel(&self, capacity: usize) -> Decorated {
        let kernel = Kernel::new(self.capacity.unwrap_or(capacity))
            .with_flush(self.flush)
            .with_shutdown(self.shutdown)
            .with_input_capacity(self.input_capacity)
            .with_visible_close(self.peer.as_ref().is_some_and(|peer| peer.reads()))
            .with_unread_input(self.unread_input)
            .with_faults(self.faults.clone())
            .with_sent(&self.input, self.input_eof);
        Decorated::new(kernel, self.decorator.clone())
    }

    /// How the peer reads, if the first socket's peer reads like `first`.
    pub(crate) fn reads_as(&self, first: Reader) -> Reader {
        self.reader.unwrap_or(Reader {
            max: first.max,
            ..Reader::PROMPT
        })
    }

    /// The name of its peer in traces.
    pub(crate) fn peer_name(&self) -> String {
        match &self.peer {
            Some(peer) => peer.name(),
            None => format!("{} reader", self.name),
        }
    }

    /// Why a scenario cannot have this socket, in one line; `None` if it can.
    pub(crate) fn problem(&self) -> Option<String> {
        let name = &self.name;
        if self.capacity == Some(0) {
            return Some(format!(
                "the kernel buffer of its socket {name:?} holds 0 bytes; expected: at least 1"
            ));
        }
        let problem = problem_of_modes(self.flush, self.shutdown, self.input_capacity, &self.input);
        problem.map(|problem| format!("its socket {name:?}: {problem}"))
    }
}

/// Why a socket cannot behave like this, in one line.
pub(crate) fn problem_of_modes(
    flush: FlushMode,
    shutdown: ShutdownMode,
    input_capacity: Option<usize>,
    input: &[Bytes],
) -> Option<String> {
    if flush == FlushMode::Buffers(0) {
        return Some("its layer buffers 0 bytes; expected: at least 1".to_owned());
    }
    if shutdown == ShutdownMode::FlushesFirst && !matches!(flush, FlushMode::Buffers(_)) {
        let expected = "FlushMode::Buffers with ShutdownMode::FlushesFirst";
        return Some(format!(
            "its shutdown flushes, and no layer buffers; expected: {expected}"
        ));
    }
    let sent: usize = input.iter().map(Bytes::len).sum();
    match input_capacity {
        Some(0) => Some("it has room for 0 bytes of input; expected: at least 1".to_owned()),
        Some(room) if sent > room => Some(format!(
            "its peer has sent {sent} bytes, and there is room for {room}; expected: at most so \
             many, and a peer or a script that sends the others"
        )),
        _ => None,
    }
}
