//! The abstract messages: a head is one byte, or two with a body's length; a body is counted.
//!
//! | input | meaning |
//! |---|---|
//! | `G` | a message without a body |
//! | `C` | the same with `Connection: close` |
//! | `Pn`, n a digit | a message with a body of n bytes |
//! | `pn` | the same with `Connection: close` |
//! | `U` | a request for an upgrade, or a `CONNECT` |
//! | `!` | no message: as a head it is malformed, in a body it does not decode |
//!
//! What the connection writes is distinct per message, so that a byte out of order shows: message
//! `k` has the head `A` + k and the body bytes `a` + k; the end of a body whose length the head
//! did not announce is `0`.

use bytes::{Buf, Bytes, BytesMut};

/// What a head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Head {
    pub(super) body: usize,
    pub(super) keep_alive: bool,
    pub(super) upgrade: bool,
}

/// A head that cannot be parsed.
pub(super) struct Malformed;

/// Takes a head from the front of the buffer; `None` when it is not complete.
pub(super) fn parse(buf: &mut BytesMut) -> Result<Option<Head>, Malformed> {
    let (head, length) = match (buf.first(), buf.get(1)) {
        (None, _) | (Some(b'P' | b'p'), None) => return Ok(None),
        (Some(b'G'), _) => (Head::new(0, true), 1),
        (Some(b'C'), _) => (Head::new(0, false), 1),
        (Some(b'U'), _) => (
            Head {
                upgrade: true,
                ..Head::new(0, true)
            },
            1,
        ),
        (Some(kind @ (b'P' | b'p')), Some(digit @ b'1'..=b'9')) => {
            (Head::new(usize::from(digit - b'0'), *kind == b'P'), 2)
        }
        _ => return Err(Malformed),
    };
    buf.advance(length);
    Ok(Some(head))
}

impl Head {
    fn new(body: usize, keep_alive: bool) -> Head {
        Head {
            body,
            keep_alive,
            upgrade: false,
        }
    }
}

/// The body of a message that the connection writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// None.
    Empty,
    /// This many bytes in one piece, ready at once, with the length in the head (`Full`).
    Full(usize),
    /// This many pieces of one byte, always ready, and an end.
    Ready(usize),
    /// This many pieces of one byte and an end, from a feed that a script fills.
    Fed(usize),
}

/// The feed of [`Body::Fed`].
pub(super) const BODY_FEED: usize = 0;

/// What an upgraded connection writes.
pub(super) const UPGRADED: &[u8] = b"uv";

/// The automatic answer to a malformed request.
pub(super) const BAD_REQUEST: &[u8] = b"4";

/// The end of a body whose length is not in the head.
pub(super) const END: &[u8] = b"0";

pub(super) fn head(message: usize) -> [u8; 1] {
    [b'A' + message as u8]
}

pub(super) fn body(message: usize, bytes: usize) -> Bytes {
    vec![b'a' + message as u8; bytes].into()
}

/// A message as the reader must see it.
pub(super) fn whole(message: usize, kind: Body) -> Bytes {
    let mut whole = BytesMut::from(&head(message)[..]);
    match kind {
        Body::Empty => {}
        Body::Full(n) => whole.extend_from_slice(&body(message, n)),
        Body::Ready(n) | Body::Fed(n) => {
            whole.extend_from_slice(&body(message, n));
            whole.extend_from_slice(END);
        }
    }
    whole.freeze()
}
