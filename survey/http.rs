//! HTTP/1 on the wire, for the adapters of its servers.

use crate::kit::{Bytes, Parse};

/// After this one the connection closes.
pub const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

/// For each promise a head, and the promise after it.
pub fn responses(stream: &[u8], promises: &[Bytes]) -> Parse {
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
