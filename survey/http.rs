//! HTTP/1 on the wire, for the adapters of its servers.
#![allow(dead_code, reason = "every adapter takes what it needs")]

use crate::kit::{Bytes, Checker, Parse, Parsed, Peer, io};

/// After this one the connection closes.
pub const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

/// For each promise a head, and the promise after it.
fn responses(stream: &[u8], promises: &[Bytes]) -> Parse {
    let mut rest = stream;
    for promise in promises {
        let head = rest.windows(4).position(|window| window == b"\r\n\r\n");
        match head.and_then(|head| rest[head + 4..].strip_prefix(&promise[..])) {
            Some(after) => rest = after,
            None => return Parse::Incomplete,
        }
    }
    match rest {
        [] => Parse::Complete,
        _ => Parse::Wrong,
    }
}

/// Each answer is a head, and what was promised after it.
pub fn answering(checker: Checker) -> Checker {
    let checker = checker.framing(|| Parsed::new(responses));
    checker.stack_bytes(1 << 20)
}

/// A client that sends the body of its request when it has an answer of 16 bytes, and another request
/// after it.
pub async fn asks_twice(mut peer: Peer) -> io::Result<()> {
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n";
    peer.send(head).await?;
    peer.read_until([b'x'; 16]).await?;
    peer.send(b"{}").await?;
    peer.send(REQUEST).await?;
    // It says that the connection is to close, and it has arrived whole.
    peer.handle().told_to_stop();
    peer.read_to_end().await.map(drop)
}
