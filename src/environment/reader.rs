//! The peer: it reads what the connection writes, and knows what it was promised.

use std::fmt;
use std::future::poll_fn;
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::task::Poll;

use bytes::Bytes;

use crate::environment::kernel::Call;
use crate::run::world::{Handle, ReaderState};
use crate::trace::event::Event;
use crate::trace::property::Property;

/// How the reader reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reader {
    /// At most this many bytes a read; `None` takes all there is.
    pub max: Option<NonZeroUsize>,
    /// Stops reading after this many bytes and keeps the connection open.
    pub stops_after: Option<usize>,
    /// Resets the connection after this many bytes.
    pub resets_after: Option<usize>,
}

impl Reader {
    /// Takes all there is at every read.
    pub const PROMPT: Reader = Reader {
        max: None,
        stops_after: None,
        resets_after: None,
    };

    /// Takes at most `max` bytes a read.
    ///
    /// # Panics
    ///
    /// When `max` is 0: such a reader never reads.
    pub fn slow(max: usize) -> Reader {
        Reader {
            max: Some(NonZeroUsize::new(max).expect("a slow reader takes at least 1 byte a read")),
            ..Reader::PROMPT
        }
    }

    /// Stops reading after `bytes` bytes and keeps the connection open.
    pub const fn stops_after(mut self, bytes: usize) -> Reader {
        self.stops_after = Some(bytes);
        self
    }

    /// Resets the connection after `bytes` bytes.
    pub const fn resets_after(mut self, bytes: usize) -> Reader {
        self.resets_after = Some(bytes);
        self
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max {
            None => write!(f, "prompt")?,
            Some(max) => write!(f, "slow:{max}")?,
        }
        if let Some(bytes) = self.stops_after {
            write!(f, ",stops:{bytes}")?;
        }
        if let Some(bytes) = self.resets_after {
            write!(f, ",resets:{bytes}")?;
        }
        Ok(())
    }
}

/// A reader that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadReader(String);

impl fmt::Display for BadReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no such reader: {:?}; accepted are prompt, slow:R with R of at least 1, stops:M, \
             resets:M, or several of them separated by commas",
            self.0
        )
    }
}

impl std::error::Error for BadReader {}

impl FromStr for Reader {
    type Err = BadReader;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadReader(text.to_owned());
        let mut reader = Reader::PROMPT;
        for part in text.split(',') {
            let (word, number) = match part.split_once(':') {
                None => (part, None),
                Some((word, number)) => (word, Some(number.parse::<usize>().map_err(|_| bad())?)),
            };
            match (word, number) {
                ("prompt", None) => reader.max = None,
                ("slow", Some(max)) => reader.max = Some(NonZeroUsize::new(max).ok_or_else(bad)?),
                ("stops", Some(bytes)) => reader.stops_after = Some(bytes),
                ("resets", Some(bytes)) => reader.resets_after = Some(bytes),
                _ => return Err(bad()),
            }
        }
        Ok(reader)
    }
}

/// The received bytes contradict what was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction;

/// How the reader tells a complete message from a truncated one, and right bytes from wrong ones.
pub trait Framing: Send + fmt::Debug {
    /// Takes the next bytes of the stream.
    ///
    /// # Errors
    ///
    /// [`Contradiction`] when they are not what was promised.
    fn receive(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<(), Contradiction>;

    /// Whether an end of the stream would be welcome here: all promises kept, no message begun.
    fn is_complete(&self, promises: &[Bytes]) -> bool;

    /// A digest of the framing's state.
    fn digest(&self) -> u64;
}

/// The stream is the promised bytes, one promise behind the other.
#[derive(Debug, Default)]
pub struct Raw {
    position: usize,
}

impl Framing for Raw {
    fn receive(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<(), Contradiction> {
        let promised = promises.iter().flatten().skip(self.position);
        self.position += bytes.len();
        let agrees = promised.take(bytes.len()).eq(bytes);
        if agrees { Ok(()) } else { Err(Contradiction) }
    }

    fn is_complete(&self, promises: &[Bytes]) -> bool {
        self.position == promises.iter().map(Bytes::len).sum::<usize>()
    }

    fn digest(&self) -> u64 {
        self.position as u64
    }
}

/// Deliberate defects of the reader, to show that the properties notice them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReaderDefect {
    /// None.
    #[default]
    None,
    /// Takes every byte but believes that it was never sent.
    ForgetsFirstByte,
    /// Takes the end of the buffer for the end of the stream.
    EmptyIsEof,
    /// Does not look again after it was woken.
    IgnoresWakeUp,
}

/// Reads until the end of the stream, a stop or a reset.
pub(crate) async fn read_to_end(
    peer: Handle,
    reader: Reader,
    defect: ReaderDefect,
) -> Result<(), String> {
    let mut forgotten = false;
    let mut polled = false;
    poll_fn(move |cx| {
        loop {
            // All that the reader knows is in the shared state.
            peer.at(&("reader", forgotten, polled));
            if defect == ReaderDefect::IgnoresWakeUp && polled {
                return Poll::Pending;
            }
            let Handle { world, actor } = &peer;
            let read = world.section(*actor, |state| {
                let delivered = state.kernel.delivered();
                if reader.resets_after.is_some_and(|m| delivered >= m) {
                    state.reset_early = !state.kernel.is_shut() && state.subject.is_none();
                    state.kernel.reset();
                    state.changed();
                    state.reader = ReaderState::Reset;
                    state.log(*actor, Event::Reset);
                    return Poll::Ready(false);
                }
                if reader.stops_after.is_some_and(|m| delivered >= m) {
                    state.reader = ReaderState::Stopped;
                    state.changed();
                    state.log(*actor, Event::Stop);
                    return Poll::Ready(false);
                }
                let limits = [reader.stops_after, reader.resets_after];
                let max = limits
                    .into_iter()
                    .flatten()
                    .map(|m| m - delivered)
                    .chain(reader.max.map(NonZeroUsize::get))
                    .min()
                    .unwrap_or(usize::MAX);
                match state.kernel.read(max, cx.waker()) {
                    Call::WouldBlock if defect == ReaderDefect::EmptyIsEof => {
                        state.reader = ReaderState::Eof;
                        state.log(*actor, Event::Eof);
                        Poll::Ready(false)
                    }
                    Call::WouldBlock => {
                        state.log(*actor, Event::ReadPending);
                        Poll::Pending
                    }
                    Call::Failed(kind) => {
                        let error = format!("{kind:?}");
                        state.reader = ReaderState::Failed(error.clone());
                        state.changed();
                        state.log(*actor, Event::ReadFailed { error });
                        Poll::Ready(false)
                    }
                    Call::Done(bytes) if bytes.is_empty() => {
                        state.reader = ReaderState::Eof;
                        state.changed();
                        state.log(*actor, Event::Eof);
                        Poll::Ready(false)
                    }
                    Call::Done(mut bytes) => {
                        state.changed();
                        state.log(*actor, Event::Read { bytes: bytes.len() });
                        if defect == ReaderDefect::ForgetsFirstByte && !forgotten {
                            bytes = bytes.slice(1..);
                        }
                        let (framing, promises) = (&mut state.framing, &state.promises);
                        if framing.receive(&bytes, promises).is_err() {
                            state.violate(Property::ReceivedIsPrefix);
                        }
                        let (progress, kernel) = (&mut state.progress, &mut state.kernel);
                        progress.fire(&mut kernel.due);
                        Poll::Ready(true)
                    }
                }
            });
            match read {
                Ok(Poll::Ready(true)) => forgotten = defect == ReaderDefect::ForgetsFirstByte,
                Ok(Poll::Ready(false)) => return Poll::Ready(Ok(())),
                Ok(Poll::Pending) | Err(_) => {
                    polled = defect == ReaderDefect::IgnoresWakeUp;
                    return Poll::Pending;
                }
            }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_round_trip_through_text() {
        for text in ["prompt", "slow:1", "slow:3,stops:4", "prompt,resets:0"] {
            let reader: Reader = text.parse().expect(text);
            assert_eq!(reader.to_string(), text);
        }
    }

    #[test]
    fn bad_readers_are_refused_with_what_is_accepted() {
        for text in [
            "", "slow", "slow:0", "slow:x", "prompt:1", "fast", "slow:1,",
        ] {
            let error = text.parse::<Reader>().expect_err(text).to_string();
            assert!(error.contains("accepted are prompt, slow:R"), "{error}");
        }
    }

    #[test]
    fn raw_framing_checks_order_and_end() {
        let promises = [Bytes::from_static(b"ab"), Bytes::from_static(b"c")];
        let mut raw = Raw::default();
        assert_eq!(raw.receive(b"ab", &promises), Ok(()));
        assert!(!raw.is_complete(&promises));
        assert_eq!(raw.receive(b"x", &promises), Err(Contradiction));
        let mut raw = Raw::default();
        assert_eq!(raw.receive(b"abc", &promises), Ok(()));
        assert!(raw.is_complete(&promises));
        assert_eq!(raw.receive(b"d", &promises), Err(Contradiction));
    }
}
