//! A copy of the dispatcher with the right ordering in which every step can be made wrong.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, BytesMut};
use lastbyte::{Running, Socket, Subject};

use crate::shutdown_ordering::response;

/// The step that is made wrong; all others are as in
/// [`Ordering::FlushBeforeShutdown`](crate::shutdown_ordering::Ordering::FlushBeforeShutdown).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the table of mutants has a sentence for each")]
pub enum Mutation {
    None,
    // The request.
    RegistersNobodyForInput,
    // The response on its way into the buffer.
    FirstByteNotBuffered,
    LastByteNotBuffered,
    BytesSwapped,
    BufferedTwice,
    ByteAppended,
    BufferedAfterFlush,
    // The flush.
    NoFlush,
    PendingFlushIgnored,
    PendingFlushIsError,
    PendingFlushEndsConnection,
    FlushStopsBeforeLastByte,
    FlushStopsAfterFirstWrite,
    FlushStopsWithoutRegistration,
    PartialWriteIsComplete,
    AdvancesOneTooFew,
    AdvancesOneTooMany,
    DiscardsOnPending,
    RegistersNobody,
    RegistrationReplaced,
    WriteErrorIsDone,
    WriteErrorIsOk,
    WriteZeroIsDone,
    WriteZeroIsPending,
    WriteZeroIsRetried,
    // Between the polls.
    FirstWakeUpIgnored,
    WakesItself,
    StartsOverWhenWoken,
    PanicsWhenWoken,
    EndsWhenWoken,
    // The end.
    ShutdownBeforeFlush,
    ShutdownTwice,
    WriteAfterShutdown,
    ShutdownErrorIgnored,
    FlushAfterShutdown,
    NeverEnds,
    ErrorAfterShutdown,
    // Steps that fail only over a defective kernel: they check what the kernel promises.
    ChecksCapacity,
    ChecksShutdown,
    // A step that fails only under a defective executor: it asks for the next poll itself.
    YieldsAfterWrite,
    // Mutations that nobody can notice.
    ClosesInsteadOfShutdown,
    OffersOneByteAWrite,
    FlushesTwice,
}

/// The dispatcher: it answers one request.
struct Dispatcher {
    socket: Socket,
    mutation: Mutation,
    response: usize,
    capacity: usize,
    requested: bool,
    answered: bool,
    read_closed: bool,
    polls: usize,
    write_buf: BytesMut,
}

impl Dispatcher {
    fn is(&self, mutation: Mutation) -> bool {
        self.mutation == mutation
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.read_closed {
            let mut nobody = Context::from_waker(Waker::noop());
            let cx = match self.mutation {
                Mutation::RegistersNobodyForInput => &mut nobody,
                _ => cx,
            };
            let request = ready!(self.socket.poll_recv(cx, 1))?;
            self.requested = !request.is_empty();
            self.read_closed = true;
        }
        Poll::Ready(Ok(()))
    }

    fn write(&mut self) {
        let again = self.is(Mutation::StartsOverWhenWoken) && self.polls == 2;
        if !self.requested || self.answered && !again {
            return;
        }
        let body = response(0, self.response);
        let mut bytes = body.to_vec();
        match self.mutation {
            Mutation::FirstByteNotBuffered => drop(bytes.remove(0)),
            Mutation::LastByteNotBuffered => drop(bytes.pop()),
            Mutation::BytesSwapped => bytes.swap(0, 1),
            Mutation::BufferedTwice => bytes.extend_from_slice(&body),
            Mutation::ByteAppended => bytes.push(0xff),
            _ => {}
        }
        self.write_buf.clear();
        self.write_buf.extend_from_slice(&bytes);
        let handle = self.socket.handle();
        handle.buffered(self.write_buf.len());
        if !self.answered {
            handle.expect_delivery(body);
        }
        self.answered = true;
    }

    /// How many bytes are left in the buffer when the flush takes itself for complete.
    fn left_behind(&self) -> usize {
        usize::from(self.is(Mutation::FlushStopsBeforeLastByte))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.write_buf.len() > self.left_behind() {
            let mut nobody = Context::from_waker(Waker::noop());
            let cx = match self.mutation {
                Mutation::RegistersNobody => &mut nobody,
                _ => &mut *cx,
            };
            let offered = match self.mutation {
                Mutation::OffersOneByteAWrite => 1,
                _ => self.write_buf.len(),
            };
            let written = match self.socket.poll_send(cx, &self.write_buf[..offered]) {
                Poll::Pending => return self.flush_is_pending(cx),
                Poll::Ready(Err(_)) if self.is(Mutation::WriteErrorIsDone) => break,
                Poll::Ready(result) => result?,
            };
            if written == 0 {
                match self.mutation {
                    Mutation::WriteZeroIsDone => break,
                    Mutation::WriteZeroIsPending => return Poll::Pending,
                    Mutation::WriteZeroIsRetried => continue,
                    _ => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                }
            }
            assert!(
                !self.is(Mutation::ChecksCapacity) || written <= self.capacity,
                "the kernel takes more than it can hold"
            );
            let advance = match self.mutation {
                Mutation::PartialWriteIsComplete => self.write_buf.len(),
                Mutation::AdvancesOneTooFew => written.max(2) - 1,
                Mutation::AdvancesOneTooMany => (written + 1).min(self.write_buf.len()),
                _ => written,
            };
            self.write_buf.advance(advance);
            match self.mutation {
                Mutation::FlushStopsAfterFirstWrite => break,
                Mutation::FlushStopsWithoutRegistration => return Poll::Pending,
                Mutation::YieldsAfterWrite => {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                _ => {}
            }
        }
        self.socket.poll_flush_socket(cx)
    }

    fn flush_is_pending(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.mutation {
            Mutation::PendingFlushIsError => {
                return Poll::Ready(Err(io::ErrorKind::WouldBlock.into()));
            }
            Mutation::DiscardsOnPending => self.write_buf.clear(),
            Mutation::RegistrationReplaced => {
                let mut nobody = Context::from_waker(Waker::noop());
                return self
                    .socket
                    .poll_send(&mut nobody, &self.write_buf)
                    .map_ok(|_| ());
            }
            Mutation::WakesItself => cx.waker().wake_by_ref(),
            _ => {}
        }
        Poll::Pending
    }

    fn poll_inner(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.polls += 1;
        if self.polls == 2 {
            match self.mutation {
                Mutation::FirstWakeUpIgnored => return Poll::Pending,
                Mutation::PanicsWhenWoken => panic!("woken"),
                Mutation::EndsWhenWoken => return Poll::Ready(Ok(())),
                _ => {}
            }
        }
        if self.is(Mutation::BufferedAfterFlush) {
            ready!(self.poll_read(cx))?;
            ready!(self.poll_flush(cx))?;
            self.write();
            return self.socket.poll_shut(cx);
        }
        let read = self.poll_read(cx)?;
        self.write();
        if self.is(Mutation::ShutdownBeforeFlush) {
            ready!(self.socket.poll_shut(cx))?;
        }
        let flush = match self.mutation {
            Mutation::NoFlush => Poll::Ready(()),
            Mutation::PendingFlushIgnored => {
                let _pending = self.poll_flush(cx)?.is_pending();
                Poll::Ready(())
            }
            Mutation::PendingFlushEndsConnection => {
                if self.poll_flush(cx)?.is_pending() {
                    return Poll::Ready(Ok(()));
                }
                Poll::Ready(())
            }
            Mutation::WriteErrorIsOk => {
                if ready!(self.poll_flush(cx)).is_err() {
                    return Poll::Ready(Ok(()));
                }
                Poll::Ready(())
            }
            Mutation::FlushesTwice => {
                ready!(self.poll_flush(cx))?;
                self.poll_flush(cx)?
            }
            _ => self.poll_flush(cx)?,
        };
        // `is_done`
        ready!(read);
        ready!(flush);
        match self.mutation {
            Mutation::ShutdownBeforeFlush | Mutation::ClosesInsteadOfShutdown => {
                return Poll::Ready(Ok(()));
            }
            Mutation::ShutdownTwice => ready!(self.socket.poll_shut(cx))?,
            _ => {}
        }
        let shut = ready!(self.socket.poll_shut(cx));
        match self.mutation {
            Mutation::ShutdownErrorIgnored => return Poll::Ready(Ok(())),
            Mutation::WriteAfterShutdown => drop(self.socket.poll_send(cx, b"!")),
            Mutation::FlushAfterShutdown => ready!(self.socket.poll_flush_socket(cx))?,
            Mutation::NeverEnds => return Poll::Pending,
            Mutation::ErrorAfterShutdown => {
                return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
            }
            Mutation::ChecksShutdown => {
                let written = self.socket.poll_send(cx, b"!");
                let accepted = matches!(written, Poll::Ready(Ok(_)));
                assert!(!accepted, "the kernel takes bytes after the shutdown");
            }
            _ => {}
        }
        Poll::Ready(shut)
    }
}

impl Future for Dispatcher {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_inner(cx)
    }
}

/// The mutated dispatcher as a subject of explorations.
#[derive(Clone, Copy, Debug)]
pub struct Mutant {
    /// The step that goes wrong.
    pub mutation: Mutation,
    /// Bytes of the response.
    pub response: usize,
    /// Bytes that the kernel's buffer should hold.
    pub capacity: usize,
}

impl Subject for Mutant {
    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }

    fn start(&self, socket: Socket) -> Running {
        let dispatcher = Dispatcher {
            socket,
            mutation: self.mutation,
            response: self.response,
            capacity: self.capacity,
            requested: false,
            answered: false,
            read_closed: false,
            polls: 0,
            write_buf: BytesMut::new(),
        };
        Box::pin(async { dispatcher.await.map_err(|error| error.kind().to_string()) })
    }

    fn reads_while_writing(&self) -> bool {
        true
    }
}
