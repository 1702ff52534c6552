//! Bytes on the wire that may differ from one execution to the next.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

use crate::environment::content::Shared;
use crate::run::digest::digest;

/// Blanks out the varying bytes of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Varying {
    texts: &'static [(&'static [u8], usize)],
    /// The end of the stream so far, as long as the longest text.
    recent: Vec<u8>,
    /// So many bytes still to blank out.
    skip: usize,
    /// A running digest of the stream so far without its varying bytes.
    sum: u64,
}

impl Varying {
    pub(crate) fn new(texts: &'static [(&'static [u8], usize)]) -> Varying {
        Varying {
            texts,
            recent: Vec::new(),
            skip: 0,
            sum: 0,
        }
    }

    /// A digest of the stream so far, however it was cut.
    pub(crate) fn sum(&self) -> u64 {
        self.sum
    }

    /// A digest of `bytes`, which would be the next ones of the stream.
    pub(crate) fn digest(&self, bytes: &[u8]) -> u64 {
        xxh3_64(&self.blanked(bytes))
    }

    /// `bytes`, which would be the next ones of the stream, without what varies.
    pub(crate) fn blanked<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if self.texts.is_empty() {
            return Cow::Borrowed(bytes);
        }
        let mut blanked = Vec::with_capacity(bytes.len());
        self.clone().pass(bytes, |byte| blanked.push(byte));
        Cow::Owned(blanked)
    }

    /// These bytes are the next ones of the stream.
    pub(crate) fn accept(&mut self, bytes: &[u8]) {
        let mut sum = self.sum;
        let fold = |byte: u8| sum = crate::run::digest::fold(sum, byte);
        match self.texts {
            [] => bytes.iter().copied().for_each(fold),
            _ => self.pass(bytes, fold),
        }
        self.sum = sum;
    }

    /// These bytes, a part of a payload, are the next ones of the stream: nothing in them varies, but
    /// the texts may go on behind them.
    pub(crate) fn pass_over(&mut self, bytes: &[u8], place: Shared) {
        self.sum = digest((self.sum, place, bytes.len())) as u64;
        let longest = self.texts.iter().map(|(text, _)| text.len()).max();
        let last = bytes.len().saturating_sub(longest.unwrap_or(0));
        self.skip = 0;
        self.recent.clear();
        self.accept(&bytes[last..]);
    }

    fn pass(&mut self, bytes: &[u8], mut seen: impl FnMut(u8)) {
        for &byte in bytes {
            if self.skip > 0 {
                self.skip -= 1;
                seen(0);
                continue;
            }
            seen(byte);
            self.recent.push(byte);
            let recent = &self.recent;
            let ends = |text: &[u8]| text.last() == Some(&byte) && recent.ends_with(text);
            if let Some((_, bytes)) = self.texts.iter().find(|(text, _)| ends(text)) {
                self.skip = *bytes;
                self.recent.clear();
            }
        }
        let longest = self.texts.iter().map(|(text, _)| text.len()).max();
        let older = self.recent.len().saturating_sub(longest.unwrap_or(0));
        self.recent.drain(..older);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varying_bytes_are_blanked_out_wherever_the_stream_is_cut() {
        let texts: &[(&[u8], usize)] = &[(b"date: ", 3)];
        let digest = |pieces: &[&[u8]]| {
            let mut varying = Varying::new(texts);
            let mut last = 0;
            for piece in pieces {
                last = varying.digest(piece);
                varying.accept(piece);
            }
            last
        };
        let [one, two] = [&b"a date: Monb"[..], b"a date: Tueb"];
        assert_eq!(digest(&[one]), digest(&[two]));
        for cut in 0..one.len() {
            let [one, two] = [one, two].map(|stream| stream.split_at(cut));
            assert_eq!(digest(&[one.0, one.1]), digest(&[two.0, two.1]), "{cut}");
        }
        assert_ne!(digest(&[one]), digest(&[b"a date: Monc"]));
        assert_ne!(digest(&[one]), digest(&[b"a Date: Monb"]));
        assert_ne!(Varying::new(&[]).digest(one), Varying::new(&[]).digest(two));
    }

    #[test]
    fn the_sum_of_a_stream_does_not_depend_on_where_it_is_cut() {
        let texts: &[(&[u8], usize)] = &[(b"date: ", 3)];
        for texts in [texts, &[]] {
            let sum = |pieces: &[&[u8]]| {
                let mut varying = Varying::new(texts);
                pieces.iter().for_each(|piece| varying.accept(piece));
                varying.sum()
            };
            let whole = &b"a date: Monb"[..];
            for cut in 0..whole.len() {
                let (one, two) = whole.split_at(cut);
                assert_eq!(sum(&[one, two]), sum(&[whole]), "{cut}");
            }
            assert_eq!(sum(&[whole]) == sum(&[b"a date: Tueb"]), !texts.is_empty());
            assert_ne!(sum(&[whole]), sum(&[b"a date: Monc"]));
        }
    }
}
