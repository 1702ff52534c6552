//! A socket in two halves, for two tasks.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::run::handle::Handle;
use crate::run::socket::Socket;

/// The reading half of a socket; see [`Socket::into_split`].
#[derive(Debug)]
pub struct ReadHalf(Arc<Socket>);

/// The writing half of a socket; see [`Socket::into_split`]. Dropping it shuts the sending side down,
/// as with tokio's `TcpStream`, unless that was done before.
#[derive(Debug)]
pub struct WriteHalf {
    socket: Arc<Socket>,
    closed: bool,
}

impl Socket {
    /// Splits the socket into a half that reads and one that writes, as `TcpStream::into_split` does:
    /// there is no lock between them, and each direction remembers one waker, the last one. The socket is
    /// closed when both are dropped.
    ///
    /// ```
    /// use lastbyte::{Checker, Socket};
    ///
    /// // Copies its input, in two tasks.
    /// Checker::new().tasks(1).kernel_buffer([1]).input(b"a").input_eof().run(|socket: Socket| async move {
    ///     socket.expect_delivery(b"a");
    ///     let handle = socket.handle();
    ///     let (mut reads, mut writes) = socket.into_split();
    ///     let (sender, receiver) = futures::channel::oneshot::channel();
    ///     handle.spawn(async move {
    ///         let mut byte = [0];
    ///         // The other task knows when this one has nothing to tell.
    ///         if reads.read(&mut byte).await.is_ok() {
    ///             let _told = sender.send(byte).is_ok();
    ///         }
    ///     });
    ///     writes.write_all(receiver.await.expect("one byte")).await?;
    ///     writes.close().await
    /// })
    /// .assert_proved();
    /// ```
    pub fn into_split(self) -> (ReadHalf, WriteHalf) {
        let socket = Arc::new(self);
        let closed = false;
        (ReadHalf(socket.clone()), WriteHalf { socket, closed })
    }
}

impl ReadHalf {
    /// See [`Socket::handle`].
    pub fn handle(&self) -> Handle {
        self.0.handle()
    }

    /// See [`Socket::read`].
    ///
    /// # Errors
    ///
    /// Those of [`Socket::poll_recv`].
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        AsyncReadExt::read(self, buffer).await
    }

    /// See [`Socket::poll_recv`].
    ///
    /// # Errors
    ///
    /// Those of [`Socket::poll_recv`].
    pub fn poll_recv(&self, cx: &mut Context<'_>, max: usize) -> Poll<io::Result<Bytes>> {
        self.0.poll_recv(cx, max)
    }
}

impl WriteHalf {
    /// See [`Socket::handle`].
    pub fn handle(&self) -> Handle {
        self.socket.handle()
    }

    /// See [`Socket::write_all`].
    ///
    /// # Errors
    ///
    /// Those of [`Socket::write_all`].
    pub async fn write_all(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        AsyncWriteExt::write_all(self, bytes.as_ref()).await
    }

    /// See [`Socket::flush`].
    ///
    /// # Errors
    ///
    /// Those of [`Socket::poll_flush_socket`].
    pub async fn flush(&mut self) -> io::Result<()> {
        AsyncWriteExt::flush(self).await
    }

    /// See [`Socket::close`].
    ///
    /// # Errors
    ///
    /// Those of [`Socket::poll_shut`].
    pub async fn close(&mut self) -> io::Result<()> {
        AsyncWriteExt::close(self).await
    }

    fn shut(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = self.socket.poll_shut(cx);
        self.closed |= matches!(shut, Poll::Ready(Ok(())));
        shut
    }
}

impl Drop for WriteHalf {
    fn drop(&mut self) {
        if !self.closed && Arc::strong_count(&self.socket) > 1 {
            // The other half goes on. What becomes of the shutdown nobody can learn.
            let _told = self
                .socket
                .poll_shut(&mut Context::from_waker(std::task::Waker::noop()))
                .is_ready();
        }
    }
}

impl AsyncRead for ReadHalf {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_recv(cx, buf.len()).map_ok(|bytes| {
            buf[..bytes.len()].copy_from_slice(&bytes);
            bytes.len()
        })
    }
}

impl AsyncWrite for WriteHalf {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.socket.poll_send(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.socket.poll_send_vectored(cx, slices)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_flush_socket(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shut(cx)
    }
}

#[cfg(feature = "tokio")]
mod tokio_io;
