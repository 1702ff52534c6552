//! The minimal model.
#![allow(missing_docs)]
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use lastbyte::{Model, Running, Socket, Subject};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ordering {
    Original,
    ReadGatedFlush,
    FlushBeforeShutdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadSide {
    Closes,
    StaysOpen,
}

#[derive(Debug, Hash)]
struct State {
    ordering: Ordering,
    read_side: ReadSide,
    response: usize,
    read_closed: bool,
    requests: usize,
    answered: usize,
    write_buf: BytesMut,
}

#[derive(Debug)]
struct Dispatcher {
    socket: Socket,
    state: State,
}

impl Dispatcher {
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.state.read_closed {
            let piece = ready!(self.socket.poll_recv(cx, usize::MAX))?;
            if piece.is_empty() {
                self.state.read_closed = true;
            } else {
                self.state.requests += 1;
                self.state.read_closed = self.state.read_side == ReadSide::Closes;
            }
        }
        Poll::Ready(Ok(()))
    }

    fn write_response(&mut self) {
        while self.state.answered < self.state.requests {
            let n = self.state.answered;
            self.state.answered += 1;
            let body: Bytes = (0..self.state.response).map(|i| (i + n) as u8).collect();
            self.state.write_buf.extend_from_slice(&body);
            self.socket.handle().buffered(self.state.write_buf.len());
            self.socket.handle().promise(body);
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.state.write_buf.is_empty() {
            self.socket.handle().at(&self.state);
            let n = ready!(self.socket.poll_send(cx, &self.state.write_buf))?;
            self.state.write_buf.advance(n);
        }
        self.socket.poll_flush_socket(cx)
    }

    fn is_done(&self) -> bool {
        self.state.read_closed
    }

    fn poll_io(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.handle().at(&self.state);
        if self.state.ordering == Ordering::ReadGatedFlush {
            ready!(self.poll_flush(cx))?;
        }
        if let Poll::Ready(Err(error)) = self.poll_read(cx) {
            return Poll::Ready(Err(error));
        }
        self.write_response();
        let flush = self.poll_flush(cx)?;
        if !self.is_done() {
            return Poll::Pending;
        }
        if self.state.ordering != Ordering::Original {
            ready!(flush);
        }
        self.socket.poll_shut(cx)
    }
}

impl Future for Dispatcher {
    type Output = Result<(), String>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_io(cx).map_err(|error| error.kind().to_string())
    }
}

pub struct Connection {
    pub ordering: Ordering,
    pub read_side: ReadSide,
    pub response: usize,
}

impl Subject for Connection {
    fn start(&self, socket: Socket) -> Running {
        Box::pin(Dispatcher {
            socket,
            state: State {
                ordering: self.ordering,
                read_side: self.read_side,
                response: self.response,
                read_closed: false,
                requests: 0,
                answered: 0,
                write_buf: BytesMut::new(),
            },
        })
    }
}

/// What `cargo verify` knows about this model.
pub fn model() -> Model {
    Model {
        name: "shutdown_ordering",
        about: "hyper's write buffer, the kernel's and the reader: what is shut down, and when",
        claims: Vec::new,
        subjects: Vec::new,
    }
}
