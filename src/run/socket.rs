//! The socket as the connection under test holds it.
//!
//! [`Socket`] implements `futures::io::{AsyncRead, AsyncWrite}` here and, with the feature `tokio`,
//! tokio's traits. Adapters for other traits (an HTTP library's own, say) are a few lines over
//! [`Socket::poll_recv`], [`Socket::poll_send`], [`Socket::poll_flush_socket`] and
//! [`Socket::poll_shut`].

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use static_assertions::assert_impl_all;

use crate::environment::content::length;
use crate::environment::kernel::{Call, Place};
use crate::run::handle::Handle;
use crate::run::state::State;
use crate::trace::event::Event;

/// The connection's end of the modelled stream socket. Dropping it closes it.
#[derive(Debug)]
pub struct Socket {
    handle: Handle,
    vectored: bool,
}

assert_impl_all!(Socket: Send, Sync, Unpin, AsyncRead, AsyncWrite);

/// An error as events name it.
pub(crate) fn error_name(kind: io::ErrorKind) -> String {
    format!("{kind:?}")
}

impl Socket {
    pub(crate) fn new(handle: Handle) -> Self {
        Socket {
            handle,
            vectored: false,
        }
    }

    /// Sets whether the socket has vectored writes. Without them, the default, only the first of
    /// several slices is written.
    #[must_use]
    pub fn with_vectored_writes(mut self, vectored: bool) -> Socket {
        self.vectored = vectored;
        self
    }

    /// Whether the socket has vectored writes.
    pub fn is_write_vectored(&self) -> bool {
        self.vectored
    }

    /// A handle for promises, notes, feeds and signals. It does not keep the socket open.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Promises `bytes` to the reader: an end of the stream without them is a loss. The same as
    /// [`Handle::expect_delivery`] of the socket's handle.
    pub fn expect_delivery(&self, bytes: impl AsRef<[u8]>) {
        self.handle
            .expect_delivery(Bytes::copy_from_slice(bytes.as_ref()));
    }

    /// Writes all of `bytes`, in as many calls as it takes.
    ///
    /// # Errors
    ///
    /// Those of [`Socket::poll_send`], and `WriteZero` when a call takes nothing.
    pub async fn write_all(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        AsyncWriteExt::write_all(self, bytes.as_ref()).await
    }

    /// Writes once; returns how many of the bytes were taken.
    ///
    /// # Errors
    ///
    /// Those of [`Socket::poll_send`].
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<usize> {
        AsyncWriteExt::write(self, bytes.as_ref()).await
    }

    /// Flushes the socket.
    ///
    /// # Errors
    ///
    /// Those of [`Socket::poll_flush_socket`].
    pub async fn flush(&mut self) -> io::Result<()> {
        AsyncWriteExt::flush(self).await
    }

    /// Reads once, at most as many bytes as `buffer` has; 0 is the end of the input.
    ///
    /// # Errors
    ///
    /// Those of [`Socket::poll_recv`].
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        AsyncReadExt::read(self, buffer).await
    }

    /// Shuts the sending side down: the reader sees the end of the stream after what the kernel
    /// has accepted.
    ///
    /// # Errors
    ///
    /// Those of [`Socket::poll_shut`].
    pub async fn close(&mut self) -> io::Result<()> {
        AsyncWriteExt::close(self).await
    }

    /// `send(2)`: hands over as many of `bytes` as the kernel takes.
    ///
    /// # Errors
    ///
    /// `ConnectionReset` after the peer's reset, `BrokenPipe` after a shutdown, and what the
    /// scenario injects.
    pub fn poll_send(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.send(cx, &[bytes])
    }

    fn send(&self, cx: &mut Context<'_>, slices: &[&[u8]]) -> Poll<io::Result<usize>> {
        let actor = &self.handle.actor();
        let offered = length(slices);
        let sent = self.handle.section(|state| {
            let before = state.kernel.accepted();
            let caller = state.caller(*actor, cx.waker());
            if state.kernel.layer().is_some() {
                let bytes = slices.concat();
                // The bytes follow from the history: that they do is compared.
                let told = state.varying.digest_after(&state.kernel.in_layer(), &bytes);
                state.observe(*actor, told);
                return state.write_into_layer(*actor, &bytes, cx.waker());
            }
            let promises = state.delivery.promises();
            let call = state.kernel.write(slices, promises, caller);
            let taken = match &call {
                Call::Done(accepted) => *accepted,
                Call::WouldBlock | Call::Failed(_) => 0,
            };
            let offer = state.offer(slices, taken);
            state.observe_write(*actor, &offer);
            match &call {
                Call::Done(accepted) => {
                    if *accepted > 0 {
                        state.changed();
                    }
                    state.inside = offered - accepted;
                    state.delivery.accept(&offer, before);
                    let accepted = *accepted;
                    state.log(*actor, Event::Write { offered, accepted });
                }
                Call::WouldBlock => {
                    state.inside = offered;
                    state.log(*actor, Event::WritePending { offered });
                }
                Call::Failed(kind) => {
                    let error = error_name(*kind);
                    state.log(*actor, Event::WriteFailed { offered, error });
                }
            }
            call
        });
        sent.map_or(Poll::Pending, into_poll)
    }

    /// `sendmsg(2)`: [`Socket::poll_send`] of all slices as one, in one call.
    ///
    /// # Errors
    ///
    /// Those of [`Socket::poll_send`].
    pub fn poll_send_vectored(
        &self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.vectored {
            let slices: Vec<&[u8]> = slices.iter().map(|slice| &**slice).collect();
            return self.send(cx, &slices);
        }
        // As the traits' own default does it.
        let first = slices.iter().find(|slice| !slice.is_empty());
        self.poll_send(cx, first.map_or(&[], |slice| slice))
    }

    /// `poll_flush`: ready at once on a plain socket, which buffers nothing of its own.
    ///
    /// # Errors
    ///
    /// `ConnectionReset` after the peer's reset.
    pub fn poll_flush_socket(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let actor = &self.handle.actor();
        let immediate = self
            .handle
            .look(|state| state.tasks.crew.is_empty() && state.kernel.flushes_immediately());
        if immediate {
            // A plain socket's flush is no system call.
            let flushed = self.handle.private(|state| state.log(*actor, Event::Flush));
            return flushed.map_or(Poll::Pending, |()| Poll::Ready(Ok(())));
        }
        let flushed = self.handle.section(|state| {
            if state.kernel.layer().is_some() {
                return state.flush_layer(*actor, cx.waker());
            }
            let caller = state.caller(*actor, cx.waker());
            let call = state.kernel.flush(caller);
            match &call {
                Call::Done(()) => state.log(*actor, Event::Flush),
                Call::WouldBlock => {
                    state.changed();
                    for device in &mut state.device {
                        device.fire(Place::Device, &mut state.kernel.due);
                    }
                    state.log(*actor, Event::FlushPending);
                }
                Call::Failed(kind) => {
                    let (offered, error) = (0, error_name(*kind));
                    state.log(*actor, Event::WriteFailed { offered, error });
                }
            }
            call
        });
        flushed.map_or(Poll::Pending, into_poll)
    }

    /// `shutdown(SHUT_WR)`.
    ///
    /// # Errors
    ///
    /// `NotConnected` after the peer's reset, and when the scenario injects it.
    pub fn poll_shut(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let actor = &self.handle.actor();
        let shut = self.handle.section(|state| {
            let prepared = state.prepare_shutdown(*actor, cx.waker());
            if prepared != Call::Done(()) {
                return prepared;
            }
            let call = state.kernel.shutdown();
            match &call {
                Call::Failed(kind) => {
                    let error = error_name(*kind);
                    state.log(*actor, Event::ShutdownFailed { error });
                }
                _ => {
                    state.changed();
                    state.log(*actor, Event::Shutdown);
                }
            }
            call
        });
        shut.map_or(Poll::Pending, into_poll)
    }

    /// `recv(2)`: the next piece of the input, at most `max` bytes; empty at its end.
    ///
    /// # Errors
    ///
    /// `ConnectionReset` after the peer's reset.
    pub fn poll_recv(&self, cx: &mut Context<'_>, max: usize) -> Poll<io::Result<Bytes>> {
        let actor = &self.handle.actor();
        let receive = |state: &mut State| {
            let caller = state.caller(*actor, cx.waker());
            let call = state.kernel.read_input(max, caller);
            match &call {
                Call::Done(bytes) => {
                    if !bytes.is_empty() {
                        state.changed();
                        // There is an end to the input, and so to calls like this.
                        state.slots[actor.index()].private_calls = 0;
                        state.wake_senders();
                    }
                    state.log(*actor, Event::Input { bytes: bytes.len() });
                    state.observe(*actor, bytes);
                }
                Call::WouldBlock => state.log(*actor, Event::InputPending),
                Call::Failed(kind) => {
                    let error = error_name(*kind);
                    state.log(*actor, Event::InputFailed { error });
                }
            }
            call
        };
        let private = self.handle.world.peek().input_is_private;
        let received = match private {
            // All input was there before the start and nobody else touches it: no choice of
            // loom's could make a difference here.
            true => self.handle.private(receive),
            false => self.handle.section(receive),
        };
        received.map_or(Poll::Pending, into_poll)
    }

    fn give_up(&mut self) {
        let actor = &self.handle.actor();
        let close = |state: &mut State| {
            state.kernel.close();
            state.wake_senders();
            state.log(*actor, Event::Close);
        };
        let invisible = self
            .handle
            .look(|state| state.tasks.crew.is_empty() && state.kernel.close_is_invisible());
        // Over in the meantime: there is nobody left who could see the close.
        let _over = match invisible {
            // The peer cannot tell it from what came before: not a step of its own.
            true => self.handle.private(close),
            false => self.handle.section(close),
        };
    }
}

fn into_poll<T>(call: Call<T>) -> Poll<io::Result<T>> {
    match call {
        Call::Done(value) => Poll::Ready(Ok(value)),
        Call::WouldBlock => Poll::Pending,
        Call::Failed(kind) => Poll::Ready(Err(kind.into())),
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_recv(cx, buf.len()).map_ok(|bytes| {
            buf[..bytes.len()].copy_from_slice(&bytes);
            bytes.len()
        })
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_send_vectored(cx, slices)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush_socket(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_shut(cx)
    }
}

#[cfg(feature = "tokio")]
mod tokio_io;
