//! How the peer reads what the connection writes.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

/// How the reader reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reader {
    /// At most this many bytes a read; `None` takes everything that is there.
    pub max: Option<NonZeroUsize>,
    /// Stops reading after this many bytes and keeps the connection open.
    pub stops_after: Option<usize>,
    /// Resets the connection after this many bytes.
    pub resets_after: Option<usize>,
}

impl Reader {
    /// Takes everything that is there at every read.
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

/// The error for a text that is no reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadReader(String);

impl fmt::Display for BadReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no such reader: {:?}; expected: prompt, slow:R with R of at least 1, stops:M, \
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
            assert!(error.contains("expected: prompt, slow:R"), "{error}");
        }
    }
}
