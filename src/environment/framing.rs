//! How the reader finds the end of a message, and tells right bytes from wrong ones.

use std::fmt;

use bytes::Bytes;

use crate::environment::content::same;

/// The received bytes contradict what was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction;

/// How the reader tells a complete message from a truncated one, and right bytes from wrong ones.
pub trait Framing: Send + fmt::Debug {
    /// Takes the next bytes of the stream. Bytes that [vary](crate::run::Subject::varying) arrive as
    /// `0`.
    ///
    /// # Errors
    ///
    /// [`Contradiction`] when they are not what was promised.
    fn receive(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<(), Contradiction>;

    /// Whether the stream may end here: every promise is kept, and no other message has begun.
    fn is_complete(&self, promises: &[Bytes]) -> bool;

    /// How many of the promised bytes have not come yet; at least 1 while a message is incomplete.
    ///
    /// The default is 1 as long as a promise is not kept.
    fn missing(&self, promises: &[Bytes]) -> usize {
        usize::from(!promises.is_empty() && !self.is_complete(promises))
    }

    /// Whether the next bytes belong to a part that the promises do not determine, such as a head,
    /// which only the writer knows.
    fn is_open(&self) -> bool {
        false
    }

    /// A digest of the framing's state.
    fn digest(&self) -> u64;
}

/// The stream is the promised bytes, one promise after the other.
#[derive(Debug, Default)]
pub struct Raw {
    position: usize,
}

impl Framing for Raw {
    fn receive(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<(), Contradiction> {
        let mut skipped = self.position;
        self.position += bytes.len();
        let mut left = bytes;
        for promise in promises {
            let begin = skipped.min(promise.len());
            skipped -= begin;
            let (now, later) = left.split_at(left.len().min(promise.len() - begin));
            if !same(&promise[begin..begin + now.len()], now) {
                return Err(Contradiction);
            }
            left = later;
        }
        if left.is_empty() {
            Ok(())
        } else {
            Err(Contradiction)
        }
    }

    fn is_complete(&self, promises: &[Bytes]) -> bool {
        self.position == promises.iter().map(Bytes::len).sum::<usize>()
    }

    fn missing(&self, promises: &[Bytes]) -> usize {
        let promised = promises.iter().map(Bytes::len).sum::<usize>();
        promised.saturating_sub(self.position)
    }

    fn digest(&self) -> u64 {
        self.position as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
