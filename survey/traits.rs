//! The traits of futures or those of tokio, for the adapters of crates that went from one to the other.

use crate::kit::{Socket, io};
#[cfg(not(feature = "tokio-io"))]
pub use futures::io::{AsyncWrite, AsyncWriteExt};
#[cfg(feature = "tokio-io")]
pub use tokio::io::{AsyncWrite, AsyncWriteExt};

/// A socket that has them.
#[cfg(not(feature = "tokio-io"))]
pub fn with_traits(socket: Socket) -> Socket {
    socket
}

/// A socket that has them.
#[cfg(feature = "tokio-io")]
pub fn with_traits(socket: Socket) -> tokio_util::compat::Compat<Socket> {
    tokio_util::compat::FuturesAsyncReadCompatExt::compat(socket)
}

/// Closes a writer.
pub async fn close(writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    #[cfg(not(feature = "tokio-io"))]
    return writer.close().await;
    #[cfg(feature = "tokio-io")]
    return writer.shutdown().await;
}
