//! Not hyper's: the abstract messages. A head is one byte, or two with a body's length; a body is
//! counted.
//!
//! | input | meaning |
//! |---|---|
//! | `G` | a message without a body |
//! | `C` | the same with `Connection: close` |
//! | `Pn`, n a digit | a message with a body of n bytes |
//! | `pn` | the same with `Connection: close` |
//! | `U` | a request for an upgrade, or a `CONNECT` |
//! | `-` | the beginning of a head, whose end is the next letter |
//! | `!` | no message: as a head it is malformed, in a body it does not decode |
//!
//! What the connection writes is distinct per message, so that a byte out of order shows: message
//! `k` has the head `A` + k and the body bytes `a` + k; the end of a body whose length the head
//! did not announce is `0`.

use std::io;

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

/// `hyper::Error`, as far as the loop tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Failure {
    Io(io::ErrorKind),
    Incomplete,
    Parse,
    UnexpectedMessage,
    UserService,
}

impl From<Malformed> for Failure {
    fn from(_: Malformed) -> Self {
        Failure::Parse
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error.kind())
    }
}

/// Takes a head from the front of the buffer; `None` when it is not complete.
pub(super) fn parse(buf: &mut BytesMut) -> Result<Option<Head>, Malformed> {
    let begun = usize::from(buf.first() == Some(&b'-'));
    let (head, length) = match (buf.get(begun), buf.get(begun + 1)) {
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
    buf.advance(begun + length);
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
    /// This many pieces, always ready, with their length in the head.
    Sized(usize),
    /// This many pieces, always ready, and an end.
    Ready(usize),
    /// This many pieces, always ready, and an end that comes from a feed which a script fills.
    EndFed(usize),
    /// This many pieces and an end, all from the feed.
    Fed(usize),
}

/// How many bytes the parts of a message have. One byte each decides as much as more would; to
/// be compared with hyper, the model writes as many as hyper does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sizes {
    /// The head.
    pub head: usize,
    /// The head of a message after which the connection closes.
    pub last_head: usize,
    /// A piece of the body, with what encodes it.
    pub piece: usize,
    /// The end of a body whose length the head did not announce.
    pub end: usize,
    /// The automatic answer to a malformed request.
    pub bad_request: usize,
}

impl Default for Sizes {
    fn default() -> Sizes {
        Sizes {
            head: 1,
            last_head: 1,
            piece: 1,
            end: 1,
            bad_request: 1,
        }
    }
}

/// The feed of [`Body::Fed`] and [`Body::EndFed`].
pub(super) const BODY_FEED: usize = 0;

/// What an upgraded connection writes.
pub(super) const UPGRADED: &[u8] = b"uv";

/// The automatic answer to a malformed request.
pub(super) const BAD_REQUEST: &[u8] = b"4";

/// The end of a body whose length is not in the head.
const END: u8 = b'0';

impl Sizes {
    pub(super) fn head(&self, message: usize, is_last: bool) -> Bytes {
        let size = if is_last { self.last_head } else { self.head };
        vec![b'A' + message as u8; size].into()
    }

    pub(super) fn piece(&self, message: usize) -> Bytes {
        body(message, self.piece)
    }

    pub(super) fn end(&self) -> Bytes {
        vec![END; self.end].into()
    }

    pub(super) fn bad_request(&self) -> Bytes {
        BAD_REQUEST.repeat(self.bad_request).into()
    }

    /// A message as the reader must see it.
    pub(super) fn whole(&self, message: usize, kind: Body) -> Bytes {
        let mut whole = BytesMut::from(self.head(message, false));
        let (pieces, end) = match kind {
            Body::Empty => (0, false),
            Body::Full(bytes) => {
                whole.extend_from_slice(&body(message, bytes));
                (0, false)
            }
            Body::Sized(pieces) => (pieces, false),
            Body::Ready(pieces) | Body::EndFed(pieces) | Body::Fed(pieces) => (pieces, true),
        };
        for _ in 0..pieces {
            whole.extend_from_slice(&self.piece(message));
        }
        if end {
            whole.extend_from_slice(&self.end());
        }
        whole.freeze()
    }
}

pub(super) fn body(message: usize, bytes: usize) -> Bytes {
    vec![b'a' + message as u8; bytes].into()
}
