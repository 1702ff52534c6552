//! Not hyper's: the abstract messages. A head is one byte, or two with a body's length; a body is
//! counted.
//!
//! | input | meaning |
//! |---|---|
//! | `G` | a message without a body |
//! | `C` | the same with `Connection: close` |
//! | `Pn`, n a digit | a message with a body of n bytes |
//! | `pn` | the same with `Connection: close` |
//! | `U` | a request for an upgrade, a `CONNECT`, or the answer that grants one |
//! | `Vn` | the same with a body of n bytes |
//! | `T` | a request without a body that takes trailers (`TE: trailers`) |
//! | `En` | a request with a body of n bytes that expects `100-continue` |
//! | `Q` | a message with a body in chunks: each `x` is one, `.` ends it, `;` ends it with trailers |
//! | `R` | a response whose body ends with the connection |
//! | `r` | the same with `Connection: close` |
//! | `-` | the beginning of a head, whose end is the next letter |
//! | `!` | no message: as a head it is malformed, in a body it does not decode |
//!
//! Each message that the connection writes has bytes of its own, so that a byte out of order shows. Message
//! `k` has the head `A` + k and the body bytes `a` + k. If its head does not announce the length of the body,
//! the body ends with `0`.

use std::io;

use bytes::{Buf, Bytes, BytesMut};

use super::Connection;

/// What a head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Head {
    pub(super) body: Decoder,
    pub(super) keep_alive: bool,
    pub(super) upgrade: bool,
    pub(super) expect_continue: bool,
    pub(super) takes_trailers: bool,
}

/// `Decoder`, decode.rs: what is left of a body that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Decoder {
    /// This many bytes.
    Length(usize),
    /// Chunks.
    Chunked,
    /// All that comes before the end of the input.
    Open,
}

impl Decoder {
    /// `DecodedLength::ZERO`, body/length.rs.
    pub(super) const ZERO: Decoder = Decoder::Length(0);
}

/// `http_body::Frame`.
pub(super) enum Frame {
    Data(Bytes),
    Trailers,
}

/// A head that cannot be parsed.
pub(super) struct Malformed;

/// `hyper::Error`, as far as the loop distinguishes its kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Failure {
    Io(io::ErrorKind),
    Incomplete,
    Parse,
    UnexpectedMessage,
    UserService,
    UserBody,
    BodyWriteAborted,
    HeaderTimeout,
    Dropped,
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
        (None, _) | (Some(b'P' | b'p' | b'V' | b'E'), None) => return Ok(None),
        (Some(kind @ (b'G' | b'C' | b'U' | b'T')), _) => (Head::new(*kind, Decoder::ZERO), 1),
        (Some(b'Q'), _) => (Head::new(b'Q', Decoder::Chunked), 1),
        (Some(kind @ (b'R' | b'r')), _) => (Head::new(*kind, Decoder::Open), 1),
        (Some(kind @ (b'P' | b'p' | b'V' | b'E')), Some(digit @ b'1'..=b'9')) => {
            let length = usize::from(digit - b'0');
            (Head::new(*kind, Decoder::Length(length)), 2)
        }
        _ => return Err(Malformed),
    };
    buf.advance(begun + length);
    Ok(Some(head))
}

impl Head {
    fn new(kind: u8, body: Decoder) -> Head {
        Head {
            body,
            keep_alive: !matches!(kind, b'C' | b'p' | b'r'),
            upgrade: matches!(kind, b'U' | b'V'),
            expect_continue: kind == b'E',
            takes_trailers: kind == b'T',
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
    /// Bytes that are not written: the answer to HEAD, or 204 or 304.
    Withheld,
    /// This many pieces, always ready, although the head has announced more.
    Early(usize),
    /// This many pieces, always ready, and an error.
    Fails(usize),
    /// This many pieces, always ready, and trailers.
    Trailers(usize),
}

/// The sizes of the parts of a message, in bytes. With one byte each, a scenario decides as much as with
/// more. For a comparison with hyper, the model writes as many bytes as hyper does.
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
    /// The same with trailers.
    pub trailers: usize,
    /// The automatic answer to a malformed request.
    pub bad_request: usize,
    /// The automatic answer to a request that expects `100-continue`.
    pub continues: usize,
}

impl Default for Sizes {
    fn default() -> Sizes {
        Sizes {
            head: 1,
            last_head: 1,
            piece: 1,
            end: 1,
            trailers: 1,
            bad_request: 1,
            continues: 1,
        }
    }
}

/// The feed of [`Body::Fed`] and [`Body::EndFed`].
pub(super) const BODY_FEED: usize = 0;

/// What an upgraded connection writes.
pub(super) const UPGRADED: &[u8] = b"uv";

/// The automatic answer to a malformed request.
pub(super) const BAD_REQUEST: &[u8] = b"4";

/// The automatic answer to a request that expects `100-continue`.
pub(super) const CONTINUE: &[u8] = b"1";

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

    pub(super) fn trailers(&self) -> Bytes {
        vec![END; self.trailers].into()
    }

    pub(super) fn continues(&self) -> Bytes {
        CONTINUE.repeat(self.continues).into()
    }

    pub(super) fn bad_request(&self) -> Bytes {
        BAD_REQUEST.repeat(self.bad_request).into()
    }

    /// A message as the reader must see it.
    pub(super) fn whole(&self, message: usize, kind: Body) -> Bytes {
        let mut whole = BytesMut::from(self.head(message, false));
        let (pieces, end) = match kind {
            Body::Empty | Body::Withheld => (0, false),
            Body::Full(bytes) => {
                whole.extend_from_slice(&body(message, bytes));
                (0, false)
            }
            Body::Sized(pieces) | Body::Early(pieces) | Body::Fails(pieces) => (pieces, false),
            Body::Trailers(pieces)
            | Body::Ready(pieces)
            | Body::EndFed(pieces)
            | Body::Fed(pieces) => (pieces, true),
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

/// A server that switches protocols. Its answer has three bytes, so that a kernel buffer of one byte is full
/// twice before the answer is written. Nothing is promised yet.
pub(super) fn switching() -> Connection {
    let sizes = Sizes {
        head: 3,
        last_head: 3,
        ..Sizes::default()
    };
    Connection {
        sizes: vec![sizes],
        ..Connection::server([Body::Empty], 0)
    }
}
