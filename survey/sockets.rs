//! What the tests over real sockets share.

use std::time::Duration;
pub use tokio::io::{AsyncReadExt, AsyncWriteExt};
pub use tokio::net::UnixStream;
pub use tokio::time::timeout;

/// Long enough for whatever is on its way.
#[allow(dead_code, reason = "not every test waits")]
pub const A_WHILE: Duration = Duration::from_millis(500);

/// Both ends of a connection.
pub fn pair() -> (UnixStream, UnixStream) {
    UnixStream::pair().expect("sockets can be had")
}

/// Writes until the kernel takes no more; returns how many bytes it has taken.
#[allow(dead_code, reason = "not every test needs a full buffer")]
pub fn fill(socket: &UnixStream) -> usize {
    let mut filled = 0;
    for size in [4096, 1] {
        while let Ok(taken) = socket.try_write(&vec![b'x'; size]) {
            filled += taken;
        }
    }
    filled
}
