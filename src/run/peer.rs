//! The other end of the connection, for an actor with a protocol of its own: it reads, waits for
//! bytes, a pattern or the end, and sends, finishes, stops or resets.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use xxhash_rust::xxh3::xxh3_64;

use crate::environment::kernel::{Call, Place};
use crate::environment::reader::Reader;
use crate::run::handle::Handle;
use crate::run::state::State;
use crate::trace::event::{ActorId, Event};

/// The other end of the connection. What it reads counts as received.
///
/// A peer is identified by its history: all its calls with their results. It must be deterministic, as
/// a [`Subject`](crate::Subject) must. When its protocol ends, it reads on to the end of the stream,
/// unless it has called [`Peer::stop`] or [`Peer::reset`]; so a protocol that ends early leaves nothing
/// unchecked.
///
/// ```
/// use lastbyte::{Checker, Socket};
/// use lastbyte::run::Peer;
///
/// Checker::new()
///     .kernel_buffer([2])
///     .peer(|mut peer: Peer| async move {
///         peer.send(b"ping\n").await?;
///         peer.read_until(b"\n").await?;
///         peer.finish().await
///     })
///     .run(|mut socket: Socket| async move {
///         let mut request = [0; 5];
///         futures::AsyncReadExt::read_exact(&mut socket, &mut request).await?;
///         socket.expect_delivery(b"pong\n");
///         socket.write_all(b"pong\n").await?;
///         socket.close().await
///     })
///     .assert_proved();
/// ```
pub struct Peer {
    handle: Handle,
    reader: Reader,
    /// Bytes that were read and not returned yet.
    surplus: BytesMut,
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").finish_non_exhaustive()
    }
}

impl Peer {
    /// The other end, for an [`Actor`](crate::run::Actor) in the reader's place. One read takes at most
    /// as much as one of the scenario's reader.
    pub fn new(handle: Handle) -> Peer {
        let reader = handle.reader();
        Peer {
            handle,
            reader,
            surplus: BytesMut::new(),
        }
    }

    /// For notes and signals.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Takes the next bytes out of the kernel's buffer, at most `max`; empty at the end of the stream.
    ///
    /// # Errors
    ///
    /// `ConnectionReset` when the connection is reset.
    pub fn poll_read(&mut self, max: usize, cx: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        self.poll_read_keeping(max, cx, |read| read)
    }

    /// The same, where the peer keeps only what `keep` leaves of the bytes: only that counts as received.
    ///
    /// # Errors
    ///
    /// Those of [`Peer::poll_read`].
    pub fn poll_read_keeping(
        &mut self,
        max: usize,
        cx: &mut Context<'_>,
        keep: impl FnOnce(Bytes) -> Bytes,
    ) -> Poll<io::Result<Bytes>> {
        if !self.surplus.is_empty() {
            let max = max.min(self.surplus.len());
            return Poll::Ready(Ok(self.surplus.split_to(max).freeze()));
        }
        let max = self.reader.max.map_or(max, |most| most.get().min(max));
        let actor = self.handle.actor;
        let read = self.handle.section(|state| {
            let caller = state.caller(actor, cx.waker());
            let call = state.kernel.read(max, caller);
            match &call {
                Call::WouldBlock => state.log(actor, Event::ReadPending),
                Call::Failed(kind) => {
                    let error = format!("{kind:?}");
                    state.changed();
                    state.log(actor, Event::ReadFailed { error });
                }
                Call::Done(read) if read.is_empty() => {
                    state.changed();
                    state.log(actor, Event::Eof);
                }
                Call::Done(read) => state.reader_took(actor, read.len(), &keep(read.clone())),
            }
            call
        });
        read.map_or(Poll::Pending, |call| match call {
            Call::Done(read) => Poll::Ready(Ok(read)),
            Call::WouldBlock => Poll::Pending,
            Call::Failed(kind) => Poll::Ready(Err(kind.into())),
        })
    }

    /// Reads once: at most `max` bytes; empty at the end of the stream.
    ///
    /// # Errors
    ///
    /// Those of [`Peer::poll_read`].
    pub async fn read(&mut self, max: usize) -> io::Result<Bytes> {
        poll_fn(|cx| self.poll_read(max, cx)).await
    }

    /// Waits for `bytes` bytes, and takes no more.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` when the stream ends before, and those of [`Peer::poll_read`].
    pub async fn read_exact(&mut self, bytes: usize) -> io::Result<Bytes> {
        let mut all = BytesMut::new();
        while all.len() < bytes {
            let read = self.read(bytes - all.len()).await?;
            if read.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            all.extend_from_slice(&read);
        }
        Ok(all.freeze())
    }

    /// Waits for a pattern, such as an empty line; returns everything up to and including it.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` when the stream ends before, and those of [`Peer::poll_read`].
    ///
    /// # Panics
    ///
    /// When the pattern is empty.
    pub async fn read_until(&mut self, pattern: impl AsRef<[u8]>) -> io::Result<Bytes> {
        let pattern = pattern.as_ref();
        assert!(
            !pattern.is_empty(),
            "an empty pattern; expected: at least one byte to wait for"
        );
        let mut all = BytesMut::new();
        loop {
            let found = all
                .windows(pattern.len())
                .position(|window| window == pattern);
            if let Some(at) = found {
                let found = all.split_to(at + pattern.len()).freeze();
                self.surplus = all;
                return Ok(found);
            }
            let read = self.read(usize::MAX).await?;
            if read.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            all.extend_from_slice(&read);
        }
    }

    /// Waits for the end of the stream; returns everything before it.
    ///
    /// # Errors
    ///
    /// Those of [`Peer::poll_read`].
    pub async fn read_to_end(&mut self) -> io::Result<Bytes> {
        let mut all = BytesMut::new();
        loop {
            let read = self.read(usize::MAX).await?;
            if read.is_empty() {
                return Ok(all.freeze());
            }
            all.extend_from_slice(&read);
        }
    }

    /// Sends as much of `sent` as there is room for; see
    /// [`Checker::input_buffer`](crate::Checker::input_buffer).
    ///
    /// # Errors
    ///
    /// `BrokenPipe` when the connection has closed its socket, `ConnectionReset` when it is reset.
    pub fn poll_send(&mut self, sent: &[u8], cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if sent.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let actor = self.handle.actor;
        let done = self.handle.section(|state| {
            state.observe(actor, sent);
            if state.kernel.is_gone() && !state.kernel.answers_with_reset() {
                let kind = match state.kernel.is_reset() {
                    true => io::ErrorKind::ConnectionReset,
                    false => io::ErrorKind::BrokenPipe,
                };
                let error = format!("{kind:?}");
                state.changed();
                state.log(actor, Event::SendFailed { error });
                return Call::Failed(kind);
            }
            let room = state.kernel.room_for_input().min(sent.len());
            if room == 0 {
                let caller = state.caller(actor, cx.waker());
                state.room[actor.index()].set(caller);
                let offered = sent.len();
                state.log(actor, Event::SendPending { offered });
                return Call::WouldBlock;
            }
            state.room[actor.index()].clear();
            state
                .kernel
                .send_input(Bytes::copy_from_slice(&sent[..room]));
            state.changed();
            state.log(actor, Event::Sent { bytes: room });
            Call::Done(room)
        });
        done.map_or(Poll::Pending, |call| match call {
            Call::Done(sent) => Poll::Ready(Ok(sent)),
            Call::WouldBlock => Poll::Pending,
            Call::Failed(kind) => Poll::Ready(Err(kind.into())),
        })
    }

    /// Sends all of `sent`, waiting for room where there is none.
    ///
    /// # Errors
    ///
    /// Those of [`Peer::poll_send`].
    pub async fn send(&mut self, sent: impl AsRef<[u8]>) -> io::Result<()> {
        let mut rest = sent.as_ref();
        while !rest.is_empty() {
            let sent = poll_fn(|cx| self.poll_send(rest, cx)).await?;
            rest = &rest[sent..];
        }
        Ok(())
    }

    /// Sends FIN: the connection finds the end of its input after what was sent. The peer can read on.
    ///
    /// # Errors
    ///
    /// Never; it returns a result so that it can be the last call of a protocol.
    pub async fn finish(&mut self) -> io::Result<()> {
        self.once(|state, actor| {
            state.kernel.finish_input();
            state.log(actor, Event::Finish);
        })
        .await;
        Ok(())
    }

    /// Stops reading for good, and keeps the connection open.
    ///
    /// # Errors
    ///
    /// Never; it returns a result so that it can be the last call of a protocol.
    pub async fn stop(mut self) -> io::Result<()> {
        self.once(|state, actor| state.log(actor, Event::Stop))
            .await;
        Ok(())
    }

    /// Resets the connection: what has not been read is gone.
    ///
    /// # Errors
    ///
    /// Never; it returns a result so that it can be the last call of a protocol.
    pub async fn reset(mut self) -> io::Result<()> {
        self.once(|state, actor| {
            state.kernel.reset();
            state.wake_senders();
            state.log(actor, Event::Reset);
        })
        .await;
        Ok(())
    }

    /// One call that is ready at once; it never returns when the execution is over.
    async fn once(&mut self, mut act: impl FnMut(&mut State, ActorId)) {
        let actor = self.handle.actor;
        poll_fn(|_cx| {
            let done = self.handle.section(|state| {
                state.changed();
                act(state, actor);
            });
            done.map_or(Poll::Pending, Poll::Ready)
        })
        .await;
    }
}

impl State {
    /// The reader has taken so many bytes, and kept these.
    pub(crate) fn reader_took(&mut self, actor: ActorId, bytes: usize, kept: &[u8]) {
        self.changed();
        // What it does next may depend on them.
        let known = xxh3_64(&self.receive(kept));
        self.observe(actor, known);
        self.log(actor, Event::Read { bytes });
        self.wake_progress();
    }

    /// Wakes the actors that wait for the reader's progress.
    pub(crate) fn wake_progress(&mut self) {
        for progress in &mut self.progress {
            progress.fire(Place::Progress, &mut self.kernel.due);
        }
    }
}

impl Handle {
    /// How the scenario's reader reads.
    fn reader(&self) -> Reader {
        self.look(|state| state.reader)
    }
}
