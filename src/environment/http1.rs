//! HTTP/1 as a framing, with the feature `http1`: where each response ends, and which bytes its body has.
//!
//! Heads are parsed with `httparse`; body lengths follow RFC 9112, section 6.3. A response to HEAD
//! has no body, whatever its head says, so the reader knows which requests those were.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::environment::framing::{Contradiction, Framing};
use bytes::Bytes;

mod requests;

pub use requests::are_head;

/// Most header fields that a response may have.
const MAX_FIELDS: usize = 64;

/// Longest head, chunk-size line or trailer section, in bytes.
const MAX_SECTION: usize = 64 * 1024;

/// A stream of HTTP/1 responses.
///
/// The body of the n-th final response must be the n-th promise; a response that nobody promised
/// (hyper's own `400 Bad Request`) need only be whole. Interim responses are passed over. After a
/// `101 Switching Protocols`, or a 2xx to CONNECT, the rest of the stream is the next promise.
///
/// ```
/// use lastbyte::{Checker, Socket};
/// use lastbyte::environment::Responses;
///
/// // Promised is the body; the head is the server's affair.
/// Checker::new()
///     .kernel_buffer([8])
///     .framing(|| Responses::new(1, false))
///     .run(|mut socket: Socket| async move {
///         socket.expect_delivery(b"body");
///         socket.write_all("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody").await?;
///         socket.close().await
///     })
///     .assert_proved();
/// ```
#[derive(Debug, Default)]
pub struct Responses {
    /// A 2xx response opens a tunnel: the request is a CONNECT.
    connect: bool,
    /// How many final responses the client waits for.
    expected: usize,
    /// Which requests are HEAD, in order. Further requests are not.
    head: Vec<bool>,
    /// Final responses that have arrived completely.
    finished: usize,
    /// Bytes of the current body so far.
    position: usize,
    part: Part,
}

/// Which part of a message comes next.
#[derive(Debug, Hash)]
enum Part {
    Head(Vec<u8>),
    /// A body with this many bytes left.
    Body(usize),
    ChunkSize(Vec<u8>),
    ChunkData(u64),
    /// The line end after a chunk's data; this many bytes of it have arrived.
    ChunkEnd(usize),
    Trailers(Vec<u8>),
    UntilEof,
    Tunnel,
    /// The stream is not HTTP, or not what was promised.
    Broken,
}

impl Default for Part {
    fn default() -> Self {
        Part::Head(Vec::new())
    }
}

/// What the header fields say about the body.
enum Length {
    Known(usize),
    Chunked,
    UntilEof,
}

fn is(value: &[u8], word: &str) -> bool {
    value.trim_ascii().eq_ignore_ascii_case(word.as_bytes())
}

fn length(fields: &[httparse::Header<'_>]) -> Result<Length, Contradiction> {
    let named = |name: &'static str| {
        let fields = fields.iter();
        fields.filter(move |field| field.name.eq_ignore_ascii_case(name))
    };
    if let Some(coding) = named("transfer-encoding").next_back() {
        let last = coding.value.rsplit(|byte| *byte == b',').next();
        return match last {
            Some(last) if is(last, "chunked") => Ok(Length::Chunked),
            _ => Ok(Length::UntilEof),
        };
    }
    let mut known = None;
    for field in named("content-length") {
        let value = std::str::from_utf8(field.value).map_err(|_| Contradiction)?;
        let bytes: usize = value.trim().parse().map_err(|_| Contradiction)?;
        if known.is_some_and(|known| known != bytes) {
            return Err(Contradiction);
        }
        known = Some(bytes);
    }
    Ok(known.map_or(Length::UntilEof, Length::Known))
}

impl Responses {
    /// A client that waits for `expected` final responses; `connect` if it asked with CONNECT.
    pub fn new(expected: usize, connect: bool) -> Self {
        Responses {
            expected,
            connect,
            ..Responses::default()
        }
    }

    /// The same, for a client whose n-th request is HEAD where `head[n]` is true. Further requests are
    /// not HEAD.
    #[must_use]
    pub fn to_head(mut self, head: Vec<bool>) -> Self {
        self.head = head;
        self
    }

    /// Final responses that have arrived completely.
    pub fn finished(&self) -> usize {
        self.finished
    }

    /// The head is complete: returns what comes after it.
    fn head(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<Part, Contradiction> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut response = httparse::Response::new(&mut fields);
        let Ok(httparse::Status::Complete(_)) = response.parse(bytes) else {
            return Err(Contradiction);
        };
        let status = response.code.ok_or(Contradiction)?;
        if status == 101 || self.connect && (200..300).contains(&status) {
            return Ok(Part::Tunnel);
        }
        if status < 200 {
            return Ok(Part::default());
        }
        let promised = promises.get(self.finished).map(Bytes::len);
        // What follows is the next response already. That its fields contradict each other matters
        // to nobody.
        if self.head.get(self.finished) == Some(&true) || matches!(status, 204 | 304) {
            return self.finish(promises);
        }
        match length(response.headers)? {
            Length::Known(bytes) if promised.is_some_and(|promised| promised != bytes) => {
                Err(Contradiction)
            }
            Length::Known(0) => self.finish(promises),
            Length::Known(bytes) => Ok(Part::Body(bytes)),
            Length::Chunked => Ok(Part::ChunkSize(Vec::new())),
            Length::UntilEof => Ok(Part::UntilEof),
        }
    }

    /// Takes bytes of the current body.
    fn body(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<(), Contradiction> {
        let start = self.position;
        self.position += bytes.len();
        let agrees = match promises.get(self.finished) {
            Some(promise) => {
                let there = promise.get(start..self.position);
                // At once, where it is the same memory.
                there.is_some_and(|there| std::ptr::eq(there, bytes) || there == bytes)
            }
            // A tunnel says only what it was promised to say.
            None => !matches!(self.part, Part::Tunnel),
        };
        if agrees { Ok(()) } else { Err(Contradiction) }
    }

    /// The current message is at its end.
    fn finish(&mut self, promises: &[Bytes]) -> Result<Part, Contradiction> {
        let promised = promises.get(self.finished).map(Bytes::len);
        if promised.is_some_and(|promised| promised != self.position) {
            return Err(Contradiction);
        }
        self.finished += 1;
        self.position = 0;
        Ok(Part::default())
    }

    /// Takes some of `bytes`, at least one; returns how many.
    fn take(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<usize, Contradiction> {
        match std::mem::replace(&mut self.part, Part::Broken) {
            Part::Head(mut head) => {
                let taken = take_section(&mut head, bytes, b"\r\n\r\n")?;
                self.part = match head.ends_with(b"\r\n\r\n") {
                    true => self.head(&head, promises)?,
                    false if !b"HTTP/1.".starts_with(&head[..head.len().min(7)]) => {
                        return Err(Contradiction);
                    }
                    false => Part::Head(head),
                };
                Ok(taken)
            }
            Part::Body(left) => {
                let taken = left.min(bytes.len());
                self.body(&bytes[..taken], promises)?;
                self.part = match left - taken {
                    0 => self.finish(promises)?,
                    left => Part::Body(left),
                };
                Ok(taken)
            }
            Part::ChunkSize(mut line) => {
                let taken = take_section(&mut line, bytes, b"\r\n")?;
                self.part = match httparse::parse_chunk_size(&line) {
                    Ok(httparse::Status::Complete((_, 0))) => Part::Trailers(Vec::new()),
                    Ok(httparse::Status::Complete((_, size))) => Part::ChunkData(size),
                    Ok(httparse::Status::Partial) => Part::ChunkSize(line),
                    Err(_) => return Err(Contradiction),
                };
                Ok(taken)
            }
            Part::ChunkData(left) => {
                let taken = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
                self.body(&bytes[..taken], promises)?;
                self.part = match left - taken as u64 {
                    0 => Part::ChunkEnd(0),
                    left => Part::ChunkData(left),
                };
                Ok(taken)
            }
            Part::ChunkEnd(there) => {
                if bytes[0] != b"\r\n"[there] {
                    return Err(Contradiction);
                }
                self.part = match there {
                    0 => Part::ChunkEnd(1),
                    _ => Part::ChunkSize(Vec::new()),
                };
                Ok(1)
            }
            Part::Trailers(mut fields) => {
                let taken = take_section(&mut fields, bytes, b"\r\n")?;
                let through = fields == b"\r\n" || fields.ends_with(b"\r\n\r\n");
                self.part = match through {
                    true => self.finish(promises)?,
                    false => Part::Trailers(fields),
                };
                Ok(taken)
            }
            part @ (Part::UntilEof | Part::Tunnel) => {
                self.part = part;
                match self.body(bytes, promises) {
                    Ok(()) => Ok(bytes.len()),
                    Err(contradiction) => {
                        self.part = Part::Broken;
                        Err(contradiction)
                    }
                }
            }
            Part::Broken => Err(Contradiction),
        }
    }
}

/// Moves bytes into `section` up to and including the first occurrence of `end`.
fn take_section(section: &mut Vec<u8>, bytes: &[u8], end: &[u8]) -> Result<usize, Contradiction> {
    for (n, byte) in bytes.iter().enumerate() {
        section.push(*byte);
        if section.ends_with(end) {
            return Ok(n + 1);
        }
    }
    if section.len() > MAX_SECTION {
        return Err(Contradiction);
    }
    Ok(bytes.len())
}

impl Framing for Responses {
    fn receive(&mut self, mut bytes: &[u8], promises: &[Bytes]) -> Result<(), Contradiction> {
        while !bytes.is_empty() {
            let taken = self.take(bytes, promises)?;
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    fn is_complete(&self, promises: &[Bytes]) -> bool {
        let promise = promises.get(self.finished).map(Bytes::len);
        let (through, all) = match &self.part {
            Part::Head(head) => (head.is_empty(), self.finished),
            Part::UntilEof | Part::Tunnel => {
                let kept = promise.is_none_or(|promise| promise == self.position);
                (kept, self.finished + 1)
            }
            _ => return false,
        };
        through && all >= promises.len() && all >= self.expected
    }

    fn missing(&self, promises: &[Bytes]) -> usize {
        let promised = promises.iter().skip(self.finished).map(Bytes::len);
        let left = promised.sum::<usize>().saturating_sub(self.position);
        let begun = !matches!(&self.part, Part::Head(head) if head.is_empty());
        // After the last byte of a body its message may not be whole yet.
        let open = match &self.part {
            Part::UntilEof | Part::Tunnel => false,
            _ => begun || promises.len() > self.finished,
        };
        left.max(usize::from(open))
    }

    fn is_open(&self) -> bool {
        match &self.part {
            Part::Head(section) | Part::Trailers(section) | Part::ChunkSize(section) => {
                !section.is_empty()
            }
            _ => false,
        }
    }

    fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.finished, self.position).hash(&mut hasher);
        std::mem::discriminant(&self.part).hash(&mut hasher);
        match &self.part {
            // Not the bytes: a head that hyper makes by itself carries the time of day.
            Part::Head(bytes) | Part::Trailers(bytes) => bytes.len().hash(&mut hasher),
            part => part.hash(&mut hasher),
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests;
