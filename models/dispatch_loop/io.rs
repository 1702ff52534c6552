//! `proto/h1/io.rs` of hyper 1.12.0, in its order: the two buffers, and the socket behind them.
//!
//! Every function is as in 1.12.0. One that reads `revision` names the commit that changed it.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use lastbyte::Socket;

use super::local::{Local, dereferences_to_local};
use super::message::{self, Failure, Head};
use super::{Connection, WriteStrategy};

/// hyper's `Buffered`. Its fields `read_buf`, `read_blocked` and `write_buf` are in `Local`, which is stored
/// here because every call on the socket has to declare all of it.
pub(super) struct Buffered {
    pub(super) io: Socket,
    pub(super) config: Arc<Connection>,
    local: Local,
}

dereferences_to_local!(Buffered, local);

impl Buffered {
    /// `Buffered::new`, io.rs.
    pub(super) fn new(io: Socket, config: Arc<Connection>) -> Buffered {
        let local = Local {
            request_waits: config.requests > 0,
            ..Local::default()
        };
        Buffered { io, config, local }
    }

    /// `Buffered::can_headers_buf`, io.rs: the queue is empty.
    pub(super) fn can_headers_buf(&self) -> bool {
        self.write_buf.len() == self.heads
    }

    /// `Buffered::headers_buf`, io.rs, together with its caller's next step: a head is appended.
    pub(super) fn extend_headers_buf(&mut self, head: &[u8]) {
        self.heads += head.len();
        self.append(head);
    }

    /// `Buffered::buffer`, io.rs, with `WriteBuf::buffer`. `Buffered::set_flush_pipeline` turns the
    /// queue off.
    pub(super) fn buffer(&mut self, buf: &[u8]) {
        if self.config.write_strategy == WriteStrategy::Flatten || self.config.pipeline_flush {
            self.heads += buf.len();
        }
        self.append(buf);
    }

    /// Not hyper's: appends, and tells the explorer how many bytes are buffered.
    fn append(&mut self, bytes: &[u8]) {
        self.write_buf.extend_from_slice(bytes);
        self.io.handle().buffered(self.write_buf.len());
    }

    /// `Buffered::has_buffered_write`, io.rs, since f660f5bf.
    pub(super) fn has_buffered_write(&self) -> bool {
        !self.write_buf.is_empty()
    }

    /// Not hyper's: whether `poll_flush` writes nothing, whatever is buffered.
    pub(super) fn holds_back(&self) -> bool {
        self.config.pipeline_flush && !self.read_buf.is_empty()
    }

    /// `Buffered::can_buffer`, io.rs, with `WriteBuf::can_buffer`.
    pub(super) fn can_buffer(&self) -> bool {
        self.config.pipeline_flush || self.write_buf.len() < self.config.write_limit
    }

    /// `Buffered::parse`, io.rs. Limits on the size of a head are left out.
    pub(super) fn parse(&mut self, cx: &mut Context<'_>) -> Poll<Result<Head, Failure>> {
        loop {
            if let Some(head) = message::parse(&mut self.read_buf)? {
                return Poll::Ready(Ok(head));
            }
            if ready!(self.poll_read_from_io(cx, "recv a head"))? == 0 {
                return Poll::Ready(Err(Failure::Incomplete));
            }
        }
    }

    /// `Buffered::poll_read_from_io`, io.rs. The `site` is not hyper's: it tells the explorer which
    /// of the callers this is.
    pub(super) fn poll_read_from_io(
        &mut self,
        cx: &mut Context<'_>,
        site: &'static str,
    ) -> Poll<io::Result<usize>> {
        self.read_blocked = false;
        self.at(site);
        let received = self.io.poll_recv(cx, usize::MAX);
        self.read_blocked = received.is_pending();
        let bytes = ready!(received)?;
        self.saw(Some(&bytes));
        self.read_buf.extend_from_slice(&bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    /// `Buffered::is_read_blocked`, io.rs.
    pub(super) fn is_read_blocked(&self) -> bool {
        self.read_blocked
    }

    /// `Buffered::poll_flush`, io.rs.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.holds_back() {
            Poll::Ready(Ok(()))
        } else {
            self.poll_flush_flattened(cx)
        }
    }

    /// `Buffered::poll_flush_flattened`, io.rs, and what `Buffered::poll_flush` does with a queue:
    /// to the socket the two are the same.
    pub(super) fn poll_flush_flattened(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.write_buf.is_empty() {
            self.at("send");
            let n = ready!(self.io.poll_send(cx, &self.write_buf))?;
            if n == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.write_buf.advance(n);
            self.heads = self.heads.saturating_sub(n);
        }
        self.at("flush");
        self.io.poll_flush_socket(cx)
    }

    /// `Buffered::poll_shutdown`, io.rs. It flushes since 72046cc7; the proposed revision has already flushed
    /// when it gets here.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.enter("shut down");
        let revision = &self.config.revision;
        if revision.shutdown_flushes && !revision.leaves_flushed {
            ready!(self.poll_flush(cx))?;
        }
        self.at("shut");
        self.io.poll_shut(cx)
    }
}
