//! Framings for streams that are not just the promised bytes: counted, parsed, length-delimited, lines.

use std::fmt;

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use super::framing::{Contradiction, Framing};

fn length(promises: &[Bytes]) -> usize {
    promises.iter().map(Bytes::len).sum()
}

/// Counts bytes and does not compare them: for streams that contain random bytes.
///
/// ```
/// use lastbyte::{Checker, Socket};
/// use lastbyte::environment::Counted;
///
/// Checker::new()
///     .kernel_buffer([2])
///     .framing(Counted::default)
///     .run(|mut socket: Socket| async move {
///         socket.expect_delivery([0; 3]);
///         socket.write_all(b"abc").await?;
///         socket.close().await
///     })
///     .assert_proved();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Counted {
    position: usize,
}

impl Framing for Counted {
    fn receive(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<(), Contradiction> {
        self.position += bytes.len();
        match self.position <= length(promises) {
            true => Ok(()),
            false => Err(Contradiction),
        }
    }

    fn is_complete(&self, promises: &[Bytes]) -> bool {
        self.position == length(promises)
    }

    fn missing(&self, promises: &[Bytes]) -> usize {
        length(promises).saturating_sub(self.position)
    }

    fn digest(&self) -> u64 {
        self.position as u64
    }
}

/// A framing by a closure. The closure gets the whole stream so far and the promises, and returns
/// whether the stream is complete, incomplete or wrong.
///
/// ```
/// use lastbyte::{Checker, Socket};
/// use lastbyte::environment::{Parse, Parsed};
///
/// // Complete at an empty line, whatever stands before it.
/// let head = |stream: &[u8], _promises: &[bytes::Bytes]| match stream {
///     _ if stream.ends_with(b"\n\n") => Parse::Complete,
///     _ => Parse::Incomplete,
/// };
/// Checker::new()
///     .kernel_buffer([2])
///     .framing(move || Parsed::new(head))
///     .run(|mut socket: Socket| async move {
///         socket.expect_delivery(b"a head");
///         socket.write_all(b"id: 7\n\n").await?;
///         socket.close().await
///     })
///     .assert_proved();
/// ```
pub struct Parsed<F> {
    stream: Vec<u8>,
    parse: F,
}

/// The state of a [`Parsed`] stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parse {
    /// Everything that was promised is there, and nothing has begun after it.
    Complete,
    /// More is to come.
    Incomplete,
    /// It is not what was promised.
    Wrong,
}

impl<F> Parsed<F> {
    /// A framing by this closure, whose result may depend only on its arguments.
    pub fn new(parse: F) -> Parsed<F> {
        Parsed {
            stream: Vec::new(),
            parse,
        }
    }
}

impl<F> fmt::Debug for Parsed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parsed({:?})", Bytes::copy_from_slice(&self.stream))
    }
}

impl<F: Fn(&[u8], &[Bytes]) -> Parse + Send> Framing for Parsed<F> {
    fn receive(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<(), Contradiction> {
        self.stream.extend_from_slice(bytes);
        match (self.parse)(&self.stream, promises) {
            Parse::Wrong => Err(Contradiction),
            Parse::Complete | Parse::Incomplete => Ok(()),
        }
    }

    fn is_complete(&self, promises: &[Bytes]) -> bool {
        (self.parse)(&self.stream, promises) == Parse::Complete
    }

    fn digest(&self) -> u64 {
        xxh3_64(&self.stream)
    }
}

/// The position in a stream in which every promise is wrapped in other bytes.
#[derive(Clone, Debug, Default)]
struct Around {
    position: usize,
}

impl Around {
    fn receive(&mut self, bytes: &[u8], stream: &[u8]) -> Result<(), Contradiction> {
        let rest = stream.get(self.position..).unwrap_or_default();
        self.position += bytes.len();
        match rest.starts_with(bytes) {
            true => Ok(()),
            false => Err(Contradiction),
        }
    }
}

/// Every promise is a frame, preceded by its length, as `tokio_util::codec::LengthDelimitedCodec`
/// writes it by default.
///
/// ```
/// use lastbyte::{Checker, Socket};
/// use lastbyte::environment::LengthDelimited;
///
/// Checker::new()
///     .kernel_buffer([3])
///     .framing(LengthDelimited::default)
///     .run(|mut socket: Socket| async move {
///         socket.expect_delivery(b"hi");
///         socket.write_all(b"\0\0\0\x02hi").await?;
///         socket.close().await
///     })
///     .assert_proved();
/// ```
#[derive(Clone, Debug)]
pub struct LengthDelimited {
    around: Around,
    /// Size of a length field in bytes. Lengths are big-endian.
    bytes: usize,
}

impl Default for LengthDelimited {
    fn default() -> Self {
        LengthDelimited::new(4)
    }
}

impl LengthDelimited {
    /// Length fields of this many bytes, the most significant byte first.
    ///
    /// # Panics
    ///
    /// When `bytes` is 0 or more than 8.
    pub fn new(bytes: usize) -> LengthDelimited {
        assert!(
            (1..=8).contains(&bytes),
            "a length of {bytes} bytes; expected: 1 to 8"
        );
        LengthDelimited {
            around: Around::default(),
            bytes,
        }
    }

    fn stream(&self, promises: &[Bytes]) -> Vec<u8> {
        let frame = |promise: &Bytes| {
            let length = (promise.len() as u64).to_be_bytes();
            [&length[8 - self.bytes..], promise].concat()
        };
        promises.iter().flat_map(frame).collect()
    }
}

/// Every promise is a line, followed by a line feed.
///
/// ```
/// use lastbyte::{Checker, Socket};
/// use lastbyte::environment::Lines;
///
/// Checker::new()
///     .kernel_buffer([3])
///     .framing(Lines::default)
///     .run(|mut socket: Socket| async move {
///         socket.expect_delivery(b"hi");
///         socket.write_all(b"hi\n").await?;
///         socket.close().await
///     })
///     .assert_proved();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Lines {
    around: Around,
}

impl Lines {
    fn stream(&self, promises: &[Bytes]) -> Vec<u8> {
        let line = |promise: &Bytes| [promise, &b"\n"[..]].concat();
        promises.iter().flat_map(line).collect()
    }
}

macro_rules! framed_by_stream {
    ($($framing:ty),*) => {$(
        impl Framing for $framing {
            fn receive(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<(), Contradiction> {
                let stream = self.stream(promises);
                self.around.receive(bytes, &stream)
            }

            fn is_complete(&self, promises: &[Bytes]) -> bool {
                self.around.position == self.stream(promises).len()
            }

            fn missing(&self, promises: &[Bytes]) -> usize {
                self.stream(promises).len().saturating_sub(self.around.position)
            }

            fn digest(&self) -> u64 {
                self.around.position as u64
            }
        }
    )*};
}

framed_by_stream!(LengthDelimited, Lines);

#[cfg(test)]
mod tests {
    use super::*;

    fn promises() -> [Bytes; 2] {
        [Bytes::from_static(b"ab"), Bytes::from_static(b"c")]
    }

    /// Complete after exactly this stream, wherever it is cut, and contradicted by any other byte.
    fn takes(new: impl Fn() -> Box<dyn Framing>, stream: &[u8], tells_bytes: bool) {
        let promises = promises();
        for cut in 0..=stream.len() {
            let mut framing = new();
            for part in [&stream[..cut], &stream[cut..]] {
                assert_eq!(framing.is_complete(&promises), part.is_empty() && cut > 0);
                assert_eq!(framing.receive(part, &promises), Ok(()), "{framing:?}");
            }
            assert!(framing.is_complete(&promises), "{framing:?}");
            assert_eq!(framing.missing(&promises), 0);
            assert!(framing.receive(b"x", &promises).is_err(), "{framing:?}");
        }
        if tells_bytes {
            for wrong in 0..stream.len() {
                let mut other = stream.to_vec();
                other[wrong] ^= 1;
                assert!(new().receive(&other, &promises).is_err(), "{wrong}");
            }
        }
        assert_ne!(new().missing(&promises), 0);
    }

    #[test]
    fn framings_take_their_stream_and_no_other() {
        takes(|| Box::new(Counted::default()), b"xyz", false);
        takes(|| Box::new(Lines::default()), b"ab\nc\n", true);
        takes(|| Box::new(LengthDelimited::new(1)), b"\x02ab\x01c", true);
        let stream = b"\0\0\0\x02ab\0\0\0\x01c";
        takes(|| Box::new(LengthDelimited::default()), stream, true);
        let parse = |stream: &[u8], promises: &[Bytes]| {
            let promised = promises.concat();
            match stream {
                _ if stream == promised => Parse::Complete,
                _ if promised.starts_with(stream) => Parse::Incomplete,
                _ => Parse::Wrong,
            }
        };
        takes(move || Box::new(Parsed::new(parse)), b"abc", true);
    }

    #[test]
    fn the_digest_of_a_parsed_stream_is_of_all_of_it() {
        let after = |bytes: &[u8]| {
            let mut parsed = Parsed::new(|_: &[u8], _: &[Bytes]| Parse::Incomplete);
            assert_eq!(parsed.receive(bytes, &[]), Ok(()));
            parsed.digest()
        };
        assert_ne!(after(b"a"), after(b"b"));
        assert_ne!(after(b"a"), after(b"aa"));
    }
}
