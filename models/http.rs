//! What the reader knows about HTTP/1: where each response ends, and which bytes its body has.
//!
//! Heads are parsed with `httparse`; body lengths follow RFC 9112, section 6.3, for responses to
//! requests other than HEAD.

use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;
use lastbyte::{Contradiction, Framing};

/// Most header fields that a response may have.
const MAX_FIELDS: usize = 64;

/// Longest head, chunk-size line or trailer section, in bytes.
const MAX_SECTION: usize = 64 * 1024;

/// A stream of HTTP/1 responses.
///
/// The body of the n-th final response must be the n-th promise; a response that nobody promised
/// (hyper's own `400 Bad Request`) need only be whole. Interim responses are passed over. Behind a
/// `101 Switching Protocols`, or a 2xx to CONNECT, the rest of the stream is the next promise.
#[derive(Debug, Default)]
pub struct Responses {
    /// A 2xx response opens a tunnel: the request is a CONNECT.
    connect: bool,
    /// As many final responses the client waits for.
    expected: usize,
    /// Final responses that are through.
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
    /// The line end behind a chunk's data, of which this many bytes are there.
    ChunkEnd(usize),
    Trailers(Vec<u8>),
    UntilEof,
    Tunnel,
    /// The stream is no HTTP, or not what was promised.
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

fn length(status: u16, fields: &[httparse::Header<'_>]) -> Result<Length, Contradiction> {
    if matches!(status, 204 | 304) {
        return Ok(Length::Known(0));
    }
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

    /// Final responses that have arrived completely.
    pub fn finished(&self) -> usize {
        self.finished
    }

    /// The head is `bytes`: what comes next?
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
        match length(status, response.headers)? {
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
            Some(promise) => promise.get(start..self.position) == Some(bytes),
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

    /// Takes some of `bytes`, at least one, and says how many.
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

/// Moves bytes into `section` until it ends with `end` for the first time.
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
        // Behind the last byte of a body its message may not be whole yet.
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
mod tests {
    use super::*;

    /// Receives `stream` in pieces of every size; whether it is a complete stream of `promises`.
    fn read(framing: fn() -> Responses, stream: &str, promises: &[&str]) -> Option<bool> {
        let promises: Vec<Bytes> = promises
            .iter()
            .map(|promise| Bytes::copy_from_slice(promise.as_bytes()))
            .collect();
        let verdicts: Vec<Option<bool>> = (1..=stream.len().max(1))
            .map(|size| {
                let mut framing = framing();
                for piece in stream.as_bytes().chunks(size) {
                    framing.receive(piece, &promises).ok()?;
                }
                Some(framing.is_complete(&promises))
            })
            .collect();
        assert!(
            verdicts.iter().all(|verdict| *verdict == verdicts[0]),
            "the size of the pieces must not matter: {verdicts:?}"
        );
        verdicts[0]
    }

    fn one() -> Responses {
        Responses::new(1, false)
    }

    const FIVE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, Chunked\r\n\r\n";

    #[test]
    fn every_proper_prefix_is_incomplete() {
        let streams = [
            (format!("{FIVE}hello"), vec!["hello"]),
            (format!("{FIVE}hello{FIVE}world"), vec!["hello", "world"]),
            (
                format!("{CHUNKED}3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nt: v\r\n\r\n"),
                vec!["hello"],
            ),
            (format!("{CHUNKED}0\r\n\r\n"), vec![""]),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n".to_owned(),
                vec![""],
            ),
        ];
        for (stream, promises) in streams {
            assert_eq!(read(one, &stream, &promises), Some(true), "{stream}");
            for end in 0..stream.len() {
                let prefix = &stream[..end];
                assert_eq!(read(one, prefix, &promises), Some(false), "{prefix}");
            }
        }
    }

    #[test]
    fn other_bytes_than_promised_contradict() {
        for stream in [
            format!("{FIVE}hellO"),
            "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhell".to_owned(),
            "HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n".to_owned(),
            format!("{CHUNKED}6\r\nhello!\r\n"),
            format!("{CHUNKED}4\r\nhell\r\n0\r\n\r\n"),
            format!("{CHUNKED}z\r\n"),
            format!("{CHUNKED}5\r\nhello!"),
            "HTTP/1.1 200 OK\r\n\r\nhello!".to_owned(),
            "raw bytes".to_owned(),
            "HTTP/1.1 x\r\n\r\n".to_owned(),
        ] {
            assert_eq!(read(one, &stream, &["hello"]), None, "{stream}");
        }
    }

    #[test]
    fn a_contradiction_is_final() {
        let mut framing = one();
        let promises = [Bytes::from_static(b"hello")];
        assert!(framing.receive(b"nonsense", &promises).is_err());
        let valid = format!("{FIVE}hello");
        assert!(framing.receive(valid.as_bytes(), &promises).is_err());
        assert!(!framing.is_complete(&promises));
    }

    #[test]
    fn a_body_until_the_end_of_the_stream_is_as_long_as_promised() {
        let stream = |body| format!("HTTP/1.0 200 OK\r\n\r\n{body}");
        assert_eq!(read(one, &stream("hello"), &["hello"]), Some(true));
        assert_eq!(read(one, &stream("hell"), &["hello"]), Some(false));
        assert_eq!(read(one, &stream("anything"), &[]), Some(true));
    }

    #[test]
    fn an_unpromised_response_must_be_whole() {
        let stream = "HTTP/1.1 400 Bad Request\r\ncontent-length: 3\r\n\r\n";
        assert_eq!(read(one, stream, &[]), Some(false));
        assert_eq!(read(one, &format!("{stream}why"), &[]), Some(true));
    }

    #[test]
    fn a_client_that_expects_two_responses_is_not_content_with_one() {
        let two = || Responses::new(2, false);
        assert_eq!(read(two, &format!("{FIVE}hello"), &["hello"]), Some(false));
        assert_eq!(read(one, "", &[]), Some(false));
        assert_eq!(read(Responses::default, "", &[]), Some(true));
    }

    #[test]
    fn behind_an_upgrade_the_stream_is_raw() {
        let switching = "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n";
        let stream = format!("{switching}HTTP?");
        assert_eq!(read(one, &stream, &["HTTP?"]), Some(true));
        assert_eq!(read(one, switching, &["HTTP?"]), Some(false));
        assert_eq!(read(one, &format!("{switching}other"), &["HTTP?"]), None);
        assert_eq!(read(one, "HTTP?", &["HTTP?"]), None, "the head is missing");
        let connect = || Responses::new(1, true);
        let stream = "HTTP/1.1 200 OK\r\n\r\nHTTP?";
        assert_eq!(read(connect, stream, &["HTTP?"]), Some(true));
        assert_eq!(read(connect, stream, &[]), None, "nobody promised it");
    }

    /// A fixed stream of pseudo-random numbers (splitmix64).
    fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
        move || {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut x = seed;
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            x ^ (x >> 31)
        }
    }

    #[test]
    fn no_input_panics() {
        let valid = [
            format!("{FIVE}hello{FIVE}world"),
            format!("{CHUNKED}3\r\nhel\r\n2\r\nlo\r\n0\r\nt: v\r\n\r\n"),
            format!("{CHUNKED}ffffffffffffffff\r\nhello"),
            "HTTP/1.1 101 S\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello".to_owned(),
        ];
        let promises = [Bytes::from_static(b"hello"), Bytes::from_static(b"world")];
        let mut next = numbers(1);
        for round in 0..20_000 {
            let mut stream = valid[round % valid.len()].clone().into_bytes();
            for _ in 0..next() % 4 {
                let at = next() as usize % stream.len();
                match next() % 3 {
                    0 => stream[at] = next() as u8,
                    1 => stream.insert(at, b"\r\n0 :"[next() as usize % 5]),
                    _ => drop(stream.remove(at)),
                }
            }
            let mut framing = Responses::new(round % 3, round % 2 == 0);
            for piece in stream.chunks(1 + next() as usize % 64) {
                let received = framing.receive(piece, &promises);
                let complete = framing.is_complete(&promises);
                assert!(received.is_ok() || !complete);
                framing.digest();
            }
        }
    }
}
