//! The kernel's side of one connection, seen from the writer: a bounded outbound buffer, the input
//! that the peer has sent, half-close, close and reset.
//!
//! A state machine without locks: each system call is one method. A call that causes wake-ups puts them
//! on a list, and the lock section delivers the list when it ends. It is one file so that it can be
//! read from top to bottom.
//!
//! Mirrors `send(2)`, `recv(2)`, `shutdown(2)` and `close(2)` on a connected stream socket with
//! `O_NONBLOCK`, as far as an application can see them.

use std::collections::VecDeque;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::io;
use std::task::Waker;

use bytes::{Bytes, BytesMut};

use crate::environment::content::{Content, Pieces, Shared, length, part};
use crate::trace::event::ActorId;

mod changes;
mod readiness;

pub use readiness::{Budget, Wakes};
use readiness::{Gates, Readiness};

/// What `close(2)` does while input is still unread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UnreadInput {
    /// The peer still receives everything (a Unix socket).
    #[default]
    Ignored,
    /// The peer is reset and loses what it has not read (TCP, RFC 9293, section 3.10.4; RFC 2525,
    /// section 2.17).
    Resets,
    /// The same, and input that arrives after the close is answered with a reset, too: TCP on Linux
    /// (`tcp_rcv_state_process`, net/ipv4/tcp_input.c, in the states FIN-WAIT-1 and FIN-WAIT-2; RFC 1122,
    /// section 4.2.2.13). What the kernel had accepted and the peer has not read is lost.
    ResetsLater,
}

/// How `poll_flush` of the socket behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FlushMode {
    /// Always ready, as a plain socket is.
    #[default]
    Immediate,
    /// After a write the first flush is pending and registers a wake-up; a later one is ready, and
    /// cancels a registration that has not fired yet. A layer with a buffer or a timer of its own
    /// (TLS, compression) may behave like this.
    Deferred,
    /// A layer above the kernel that buffers this many bytes, like `BufWriter`. A write goes into the
    /// layer, and is pending only while both the layer and the kernel are full. A flush hands over what
    /// the kernel has room for, and is pending until the layer is empty. A shutdown loses what the
    /// layer holds, unless it is [`ShutdownMode::FlushesFirst`]; a close always does.
    Buffers(usize),
}

/// How `poll_shutdown` of the socket behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ShutdownMode {
    /// Ready at once, as `shutdown(2)` is.
    #[default]
    Immediate,
    /// Hands over what the layer of [`FlushMode::Buffers`] holds, and is pending until that is done,
    /// as the shutdown of `tokio::io::BufWriter` is.
    FlushesFirst,
    /// Pending until the layer below has finished (as with TLS, which waits for the peer's answer). A
    /// [`ScriptStep::FinishShutdown`](crate::ScriptStep::FinishShutdown) says when; without one, an
    /// actor of its own finishes it at any later point. The stream ends when a later call is ready.
    Deferred,
}

/// Faults that the kernel injects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Faults {
    /// `write(2)` fails with `BrokenPipe` once this many bytes have been accepted.
    pub write_error_after: Option<usize>,
    /// `write(2)` returns 0 once this many bytes have been accepted.
    pub write_zero_after: Option<usize>,
    /// `shutdown(2)` fails with `NotConnected`.
    pub shutdown_error: bool,
    /// `read(2)` of the input reports readiness once although there is nothing to read: the first
    /// read finds nothing even when input is there, and wakes its caller at once.
    pub spurious_input: bool,
    /// Only one call reports the peer's reset, as on Linux. After it, `read(2)` finds the end of the
    /// input, `write(2)` fails with `BrokenPipe`, and `shutdown(2)` succeeds even before the reset was
    /// reported, because tokio's sockets ignore its `NotConnected`. Without this setting every call
    /// reports the reset.
    pub reset_told_once: bool,
    /// Others spend tokio's cooperative budget, once: calls are pending that could be carried out.
    pub budget: Option<Budget>,
    /// `recv(2)` returns what several sends have brought, as a stream does on Linux where it was there
    /// before the call. Otherwise it returns one piece a call, as on a stream of which the rest has not
    /// arrived yet.
    pub joined_input: bool,
}

impl Faults {
    /// Whether a connection may answer with an error: something can fail.
    pub(crate) fn excuse_errors(&self) -> bool {
        let harmless = Faults {
            budget: self.budget,
            joined_input: self.joined_input,
            ..Faults::default()
        };
        *self != harmless
    }
}

/// What a registered caller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Room in the outbound buffer.
    Writer,
    /// The end of a flush.
    Flusher,
    /// Input, or its end.
    Input,
    /// Something for the peer to read, or the end of the stream.
    Reader,
    /// Progress of the reader, for scripts.
    Progress,
    /// A flush to be finished, for scripts; room to be reported.
    Device,
    /// An item of a feed, or its end.
    Feed(usize),
    /// A signal.
    Signal(usize),
    /// The end of a shutdown.
    Shutter,
    /// Room for input, for the actor that sends it.
    Room,
    /// The end of a timer.
    Timer(usize),
    /// A task that can begin.
    Task(usize),
}

/// The caller of a call that may have to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    /// What to wake.
    pub(crate) waker: &'a Waker,
    /// The actor, when it made the waker itself: waking then runs code of the actor, so it is part of
    /// the actor's history. `None` for the executor's waker, which only marks the actor as due for
    /// another poll.
    pub(crate) own: Option<ActorId>,
}

/// A wake-up that is delivered when the call has ended.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) waker: Waker,
    /// The actor whose history it belongs to, and what that actor waited for.
    pub(crate) told: Option<(ActorId, Place)>,
}

/// A registration for a wake-up. Whether there is one is part of the state. Which waker it holds
/// follows from the history of the actor that registered it.
#[derive(Default)]
pub(crate) struct Registration(Option<(Waker, Option<ActorId>)>);

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_set() { "registered" } else { "-" })
    }
}

impl Registration {
    /// Whether it holds this waker.
    #[cfg(all(feature = "tokio-time", not(loom)))]
    pub(crate) fn holds(&self, waker: &Waker) -> bool {
        let registered = self.0.as_ref();
        registered.is_some_and(|(registered, _)| registered.will_wake(waker))
    }

    pub(crate) fn set(&mut self, caller: Caller<'_>) {
        self.0 = Some((caller.waker.clone(), caller.own));
    }

    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// The actor that made the waker which it holds, if an actor did.
    pub(crate) fn owner(&self) -> Option<ActorId> {
        self.0.as_ref().and_then(|(_, own)| *own)
    }

    /// Whether it holds a waker that this actor made.
    pub(crate) fn is_own_of(&self, actor: ActorId) -> bool {
        self.0.as_ref().is_some_and(|(_, own)| *own == Some(actor))
    }

    /// Puts the waker on the list of wake-ups that are due.
    pub(crate) fn fire(&mut self, place: Place, due: &mut Vec<Due>) {
        due.extend(self.0.take().map(|(waker, own)| Due {
            waker,
            told: own.map(|actor| (actor, place)),
        }));
    }
}

impl Hash for Registration {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.is_some().hash(state);
    }
}

/// The progress of a deferred flush.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Flushing {
    #[default]
    Clean,
    /// Something was written since the last complete flush.
    Dirty,
    /// A flush was requested and has not finished.
    InFlight,
    /// The flush has finished, and no later call has collected the result.
    Done,
}

/// The progress of a deferred shutdown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Shutting {
    /// No shutdown was requested.
    #[default]
    Unasked,
    /// A shutdown was requested and has not finished.
    InFlight,
    /// The layer below has finished, and no later call has collected the result.
    Done,
}

/// The result of a call that may have to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call<T> {
    Done(T),
    WouldBlock,
    Failed(io::ErrorKind),
}

/// The bytes themselves. They are not part of the state where some of them vary between executions.
#[derive(Default)]
struct Contents {
    outbound: Pieces,
    /// What a layer that buffers holds; see [`FlushMode::Buffers`].
    layer: BytesMut,
    /// What was accepted; see [`Kernel::hash_contents`].
    accepted: Content,
}

impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (outbound, layer) = (self.outbound.len(), self.layer.len());
        write!(f, "Contents({outbound} bytes, {layer} in the layer)")
    }
}

/// The kernel's state for one connection. `Debug` prints no bytes.
#[derive(Debug)]
pub struct Kernel {
    capacity: usize,
    flush_mode: FlushMode,
    unread_input: UnreadInput,
    faults: Faults,

    contents: Contents,
    accepted: usize,
    delivered: usize,
    write_shut: bool,
    closed: bool,
    reset: bool,
    /// A call has reported the reset, and no further one will.
    reset_told: bool,
    flushing: Flushing,
    shutdown_mode: ShutdownMode,
    shutting: Shutting,

    /// Most bytes of unread input; `None` for any number.
    input_capacity: Option<usize>,
    /// Whether the peer notices that the connection is closed.
    close_shows: bool,
    input: VecDeque<Bytes>,
    input_eof: bool,
    input_read: bool,
    gates: Gates,

    pub(crate) writer: Registration,
    pub(crate) flusher: Registration,
    pub(crate) shutter: Registration,
    pub(crate) inputter: Registration,
    pub(crate) reader: Registration,
    /// Who reports that there is room; see [`Wakes::Later`].
    pub(crate) reporter: Registration,
    pub(crate) due: Vec<Due>,
}

impl Kernel {
    /// A connected socket whose outbound buffer holds `capacity` bytes.
    ///
    /// # Panics
    ///
    /// When `capacity` is 0: such a socket never takes a byte.
    pub fn new(capacity: usize) -> Self {
        assert!(
            capacity > 0,
            "a kernel buffer holds at least one byte, got capacity 0"
        );
        Kernel {
            capacity,
            flush_mode: FlushMode::default(),
            unread_input: UnreadInput::default(),
            faults: Faults::default(),
            contents: Contents::default(),
            accepted: 0,
            delivered: 0,
            write_shut: false,
            closed: false,
            reset: false,
            reset_told: false,
            flushing: Flushing::Clean,
            shutdown_mode: ShutdownMode::default(),
            shutting: Shutting::default(),
            input_capacity: None,
            close_shows: false,
            input: VecDeque::new(),
            input_eof: false,
            input_read: false,
            gates: Gates::default(),
            writer: Registration::default(),
            flusher: Registration::default(),
            shutter: Registration::default(),
            inputter: Registration::default(),
            reader: Registration::default(),
            reporter: Registration::default(),
            due: Vec::new(),
        }
    }

    /// A socket whose peer has sent these pieces before the start, and FIN after them if `ended` is
    /// true.
    pub(crate) fn with_sent(mut self, pieces: &[Bytes], ended: bool) -> Self {
        for piece in pieces {
            self.send_input(piece.clone());
        }
        if ended {
            self.finish_input();
        }
        self
    }

    /// Sets how `poll_flush` behaves.
    pub fn with_flush(mut self, mode: FlushMode) -> Self {
        self.flush_mode = mode;
        self
    }

    /// Sets how `poll_shutdown` behaves.
    pub fn with_shutdown(mut self, mode: ShutdownMode) -> Self {
        self.shutdown_mode = mode;
        self
    }

    /// Sets the most bytes of unread input.
    pub fn with_input_capacity(mut self, capacity: Option<usize>) -> Self {
        self.input_capacity = capacity;
        self
    }

    /// Sets whether the peer notices that the connection is closed.
    pub(crate) fn with_visible_close(mut self, shows: bool) -> Self {
        self.close_shows = shows;
        self
    }

    /// Sets what closing with unread input does.
    pub fn with_unread_input(mut self, unread_input: UnreadInput) -> Self {
        self.unread_input = unread_input;
        self
    }

    /// Sets when who waits for room learns of it.
    pub fn with_wakes(mut self, wakes: Wakes) -> Self {
        self.gates.wakes = wakes;
        self
    }

    /// Sets the faults to inject.
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// Bytes in the outbound buffer.
    pub fn level(&self) -> usize {
        self.contents.outbound.len()
    }

    /// Bytes that the kernel has accepted so far.
    pub fn accepted(&self) -> usize {
        self.accepted
    }

    /// Bytes that the reader has taken so far.
    pub fn delivered(&self) -> usize {
        self.delivered
    }

    /// Bytes of input that have not been read.
    pub fn unread(&self) -> usize {
        self.input.iter().map(Bytes::len).sum()
    }

    /// Whether the peer has sent FIN.
    pub(crate) fn input_has_ended(&self) -> bool {
        self.input_eof
    }

    /// Whether the sending side is shut down or closed.
    pub fn is_shut(&self) -> bool {
        self.write_shut || self.closed
    }

    /// Whether the peer has reset the connection.
    pub fn is_reset(&self) -> bool {
        self.reset
    }

    /// Whether a call of `close` would have no effect that the peer can see.
    pub(crate) fn close_is_invisible(&self) -> bool {
        // Whether input is still to come the kernel does not know.
        let unseen = !self.close_shows
            && self.input_capacity.is_none()
            && self.unread_input != UnreadInput::ResetsLater;
        self.reset
            || (unseen
                && self.write_shut
                && (self.unread() == 0 || self.unread_input == UnreadInput::Ignored))
    }

    pub(crate) fn flushes_immediately(&self) -> bool {
        self.flush_mode == FlushMode::Immediate
    }

    /// How many bytes the layer holds, if there is one.
    pub(crate) fn layer(&self) -> Option<usize> {
        matches!(self.flush_mode, FlushMode::Buffers(_)).then_some(self.contents.layer.len())
    }

    /// Whether the kernel has no room for what the layer holds.
    pub(crate) fn layer_is_stuck(&self) -> bool {
        !self.contents.layer.is_empty() && self.contents.outbound.len() >= self.capacity
    }

    pub(crate) fn shutdown_mode(&self) -> ShutdownMode {
        self.shutdown_mode
    }

    /// Whether the connection has closed its socket.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether nothing that is sent from now on can be read.
    pub(crate) fn is_gone(&self) -> bool {
        self.closed || self.reset
    }

    // ---- the connection's calls ----

    /// The connection, or a task of it, is polled: tokio's cooperative budget is renewed.
    pub(crate) fn begin_poll(&mut self) {
        self.gates.begin_poll();
    }

    /// Whether this read or write finds tokio's cooperative budget spent. Then its caller is woken at
    /// once.
    fn budget_is_spent(&mut self, caller: Caller<'_>, place: Place) -> bool {
        let spent = self.gates.is_spent(self.faults.budget);
        if spent {
            self.due.push(Due {
                waker: caller.waker.clone(),
                told: caller.own.map(|actor| (actor, place)),
            });
        }
        spent
    }

    /// A read or write is pending and has spent no budget.
    fn would_block<T>(&mut self) -> Call<T> {
        self.gates.was_pending(self.faults.budget);
        Call::WouldBlock
    }

    /// A write was not taken whole: there is no room until an event says so.
    fn clear_readiness(&mut self) {
        self.gates.know(Readiness::Cleared);
        if self.gates.waits_for_event() && self.contents.outbound.len() < self.capacity {
            self.reporter.fire(Place::Device, &mut self.due);
        }
    }

    /// What a call reports of the reset, and a further one.
    fn tell_reset<T>(&mut self, further: Call<T>) -> Call<T> {
        let once = self.faults.reset_told_once;
        if once && std::mem::replace(&mut self.reset_told, true) {
            return further;
        }
        Call::Failed(io::ErrorKind::ConnectionReset)
    }

    /// `sendmsg(2)`: takes as much of the slices as fits. Taking less than all is a partial write.
    /// Slices may be parts of `payloads`.
    pub(crate) fn write(
        &mut self,
        slices: &[&[u8]],
        payloads: &[Bytes],
        caller: Caller<'_>,
    ) -> Call<usize> {
        if self.budget_is_spent(caller, Place::Writer) {
            return Call::WouldBlock;
        }
        if self.reset {
            return self.tell_reset(Call::Failed(io::ErrorKind::BrokenPipe));
        }
        if self.is_shut() {
            return Call::Failed(io::ErrorKind::BrokenPipe);
        }
        if length(slices) == 0 {
            return Call::Done(0);
        }
        if self
            .faults
            .write_error_after
            .is_some_and(|m| self.accepted >= m)
        {
            return Call::Failed(io::ErrorKind::BrokenPipe);
        }
        if self
            .faults
            .write_zero_after
            .is_some_and(|m| self.accepted >= m)
        {
            return Call::Done(0);
        }
        if self.gates.waits_for_event() {
            self.writer.set(caller);
            return self.would_block();
        }
        let mut room = self.capacity.saturating_sub(self.contents.outbound.len());
        for limit in [self.faults.write_error_after, self.faults.write_zero_after] {
            room = room.min(limit.map_or(usize::MAX, |m| m - self.accepted));
        }
        if room == 0 {
            self.writer.set(caller);
            self.clear_readiness();
            return self.would_block();
        }
        let taken = room.min(length(slices));
        for kept in part(slices, 0..taken) {
            let place = Shared::find(kept, payloads);
            self.contents.accepted.push(kept, place);
            self.contents.outbound.push(match place {
                Some(place) => payloads[place.payload()].slice_ref(kept),
                None => Bytes::copy_from_slice(kept),
            });
        }
        self.accepted += taken;
        self.writer.clear();
        if taken < length(slices) {
            self.clear_readiness();
        }
        if self.flush_mode == FlushMode::Deferred {
            self.flushing = Flushing::Dirty;
        }
        self.reader.fire(Place::Reader, &mut self.due);
        Call::Done(taken)
    }

    /// `poll_flush` of the socket.
    pub(crate) fn flush(&mut self, caller: Caller<'_>) -> Call<()> {
        if self.reset {
            return self.tell_reset(Call::Failed(io::ErrorKind::BrokenPipe));
        }
        match self.flushing {
            Flushing::Clean => Call::Done(()),
            Flushing::Dirty => {
                self.flushing = Flushing::InFlight;
                self.flusher.set(caller);
                Call::WouldBlock
            }
            Flushing::InFlight | Flushing::Done => {
                self.flushing = Flushing::Clean;
                self.flusher.clear();
                Call::Done(())
            }
        }
    }

    /// The layer below finishes a flush that is in flight and wakes whoever is registered.
    pub(crate) fn finish_flush(&mut self) -> bool {
        if self.flushing != Flushing::InFlight {
            return false;
        }
        self.flushing = Flushing::Done;
        self.flusher.fire(Place::Flusher, &mut self.due);
        true
    }

    pub(crate) fn flush_in_flight(&self) -> bool {
        self.flushing == Flushing::InFlight
    }

    /// Puts as much of `bytes` into the layer as it has room for.
    pub(crate) fn put_into_layer(&mut self, bytes: &[u8]) -> usize {
        let FlushMode::Buffers(size) = self.flush_mode else {
            return 0;
        };
        let taken = bytes
            .len()
            .min(size.saturating_sub(self.contents.layer.len()));
        self.contents.layer.extend_from_slice(&bytes[..taken]);
        if taken > 0 {
            self.writer.clear();
        }
        taken
    }

    /// The bytes that the layer would hand over next.
    pub(crate) fn in_layer(&self) -> Bytes {
        Bytes::copy_from_slice(&self.contents.layer)
    }

    /// The bytes that were accepted and have not been read.
    pub(crate) fn outbound(&self) -> Vec<u8> {
        self.contents.outbound.bytes().collect()
    }

    /// The kernel has taken this many bytes from the layer.
    pub(crate) fn taken_from_layer(&mut self, bytes: usize) {
        let _taken = self.contents.layer.split_to(bytes);
    }

    /// Requests a shutdown; `true` when it can be carried out now, `false` while it is deferred.
    pub(crate) fn ask_shutdown(&mut self, caller: Caller<'_>) -> bool {
        let through = self.shutdown_mode != ShutdownMode::Deferred
            || self.shutting == Shutting::Done
            || self.reset;
        if !through {
            self.shutting = Shutting::InFlight;
            self.shutter.set(caller);
        }
        through
    }

    pub(crate) fn shutdown_in_flight(&self) -> bool {
        self.shutting == Shutting::InFlight
    }

    /// The layer below finishes a shutdown that is in flight, and wakes the caller that is registered
    /// for it.
    pub(crate) fn finish_shutdown(&mut self) {
        if self.shutting == Shutting::InFlight {
            self.shutting = Shutting::Done;
            self.shutter.fire(Place::Shutter, &mut self.due);
        }
    }

    /// `shutdown(SHUT_WR)`: the peer sees the end of the stream after what is in the buffer.
    pub(crate) fn shutdown(&mut self) -> Call<()> {
        if self.reset && self.faults.reset_told_once {
            return Call::Done(());
        }
        if self.reset || self.faults.shutdown_error {
            return Call::Failed(io::ErrorKind::NotConnected);
        }
        self.write_shut = true;
        self.wake_reader_for_eof();
        Call::Done(())
    }

    /// `close(2)`.
    pub(crate) fn close(&mut self) {
        self.closed = true;
        if self.unread() > 0 && self.unread_input != UnreadInput::Ignored {
            self.contents.outbound.clear();
            self.reset = true;
        }
        self.wake_reader_for_eof();
        self.inputter.clear();
        self.writer.clear();
        self.flusher.clear();
        self.shutter.clear();
    }

    fn wake_reader_for_eof(&mut self) {
        self.reader.fire(Place::Reader, &mut self.due);
    }

    /// `recv(2)` on the connection's side: the next piece of input, at most `max` bytes; empty at
    /// the end of the input.
    pub(crate) fn read_input(&mut self, max: usize, caller: Caller<'_>) -> Call<Bytes> {
        if self.budget_is_spent(caller, Place::Input) {
            return Call::WouldBlock;
        }
        if self.reset {
            return self.tell_reset(Call::Done(Bytes::new()));
        }
        let first = !std::mem::replace(&mut self.input_read, true);
        if first && self.faults.spurious_input {
            self.due.push(Due {
                waker: caller.waker.clone(),
                told: caller.own.map(|actor| (actor, Place::Input)),
            });
            return self.would_block();
        }
        if !self.input.is_empty() || self.input_eof {
            self.gates.found_input();
        }
        match self.take_input(max) {
            Some(bytes) => {
                self.inputter.clear();
                Call::Done(bytes)
            }
            None if self.input_eof => Call::Done(Bytes::new()),
            None => {
                self.inputter.set(caller);
                self.would_block()
            }
        }
    }

    /// The next bytes of input: of one piece, or of several where `recv(2)` joins them.
    fn take_input(&mut self, max: usize) -> Option<Bytes> {
        let mut first = self.take_of_piece(max)?;
        while self.faults.joined_input && first.len() < max {
            let Some(next) = self.take_of_piece(max - first.len()) else {
                break;
            };
            first = [first, next].concat().into();
        }
        Some(first)
    }

    fn take_of_piece(&mut self, max: usize) -> Option<Bytes> {
        let piece = self.input.front_mut()?;
        let bytes = piece.split_to(max.min(piece.len()));
        if piece.is_empty() {
            self.input.pop_front();
        }
        Some(bytes)
    }

    // ---- the peer's calls ----

    /// How many bytes of input there is room for.
    pub(crate) fn room_for_input(&self) -> usize {
        let capacity = self.input_capacity.unwrap_or(usize::MAX);
        capacity.saturating_sub(self.unread())
    }

    /// Whether the peer's next bytes are answered with a reset.
    pub(crate) fn answers_with_reset(&self) -> bool {
        self.closed && !self.reset && self.unread_input == UnreadInput::ResetsLater
    }

    /// The peer sends `bytes`.
    pub fn send_input(&mut self, bytes: Bytes) {
        if !bytes.is_empty() && self.answers_with_reset() {
            self.contents.outbound.clear();
            self.reset = true;
            self.reader.fire(Place::Reader, &mut self.due);
        } else if !bytes.is_empty() {
            self.input.push_back(bytes);
            self.inputter.fire(Place::Input, &mut self.due);
        }
    }

    /// The peer sends FIN.
    pub fn finish_input(&mut self) {
        self.input_eof = true;
        self.inputter.fire(Place::Input, &mut self.due);
    }

    /// The peer takes at most `max` bytes; empty at the end of the stream.
    pub(crate) fn read(&mut self, max: usize, caller: Caller<'_>) -> Call<Bytes> {
        if self.reset {
            return Call::Failed(io::ErrorKind::ConnectionReset);
        }
        if self.contents.outbound.is_empty() {
            if self.is_shut() {
                return Call::Done(Bytes::new());
            }
            self.reader.set(caller);
            return Call::WouldBlock;
        }
        let taken = max.min(self.contents.outbound.len());
        let bytes = self.contents.outbound.take(taken);
        self.delivered += taken;
        match self.gates.wakes {
            Wakes::Later if self.gates.waits_for_event() => {
                self.reporter.fire(Place::Device, &mut self.due);
            }
            Wakes::AtEveryRead => self.writer.fire(Place::Writer, &mut self.due),
            Wakes::Later => {}
        }
        Call::Done(bytes)
    }

    /// Reports that there is room, if there is and nobody knows it yet: an event of the kernel's, delivered
    /// by tokio's driver. Otherwise its caller is registered, and nothing happens.
    pub(crate) fn report_room(&mut self, caller: Caller<'_>) -> bool {
        let reports = self.gates.waits_for_event()
            && !self.closed
            && self.contents.outbound.len() < self.capacity;
        if reports {
            self.wake_writer();
        } else {
            self.reporter.set(caller);
        }
        reports
    }

    /// Says that there is room, whether there is or not: a call that relies on it may find none.
    pub(crate) fn wake_writer(&mut self) {
        self.gates.know(Readiness::Ready);
        self.writer.fire(Place::Writer, &mut self.due);
    }

    /// The peer resets the connection: what it has not read is gone.
    pub(crate) fn reset(&mut self) {
        self.reset = true;
        self.gates.know(Readiness::Ready);
        self.contents.outbound.clear();
        self.writer.fire(Place::Writer, &mut self.due);
        self.flusher.fire(Place::Flusher, &mut self.due);
        self.shutter.fire(Place::Shutter, &mut self.due);
        self.inputter.fire(Place::Input, &mut self.due);
    }

    /// Hashes everything that can influence the future, except for the bytes.
    pub(crate) fn hash_levels<H: Hasher>(&self, state: &mut H) {
        self.contents.outbound.len().hash(state);
        self.accepted.hash(state);
        self.delivered.hash(state);
        (self.write_shut, self.closed).hash(state);
        (self.reset, self.reset_told).hash(state);
        self.flushing.hash(state);
        // Two senders may have sent the same amount in another order, or in other pieces.
        self.input.hash(state);
        (self.input_eof, self.input_read).hash(state);
        (&self.writer, &self.flusher, &self.inputter, &self.reader).hash(state);
        (self.contents.layer.len(), self.shutting, &self.shutter).hash(state);
        // Elsewhere they never change, and the sample of histories that is checked stays what it was.
        if self.gates.wakes == Wakes::Later || self.faults.budget.is_some() {
            (&self.gates, &self.reporter).hash(state);
        }
    }

    /// Hashes the bytes. Where the subject is identified by its history this is not needed: the bytes
    /// follow from the history. It would also be wrong, because some bytes (a `date` header) differ
    /// from run to run.
    pub(crate) fn hash_contents<H: Hasher>(&self, state: &mut H) {
        self.contents.accepted.hash(state);
        self.contents.layer.hash(state);
    }
}

#[cfg(test)]
mod tests;
