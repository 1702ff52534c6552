//! Bytes on the wire that may differ from one execution to the next.

use std::borrow::Cow;

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use crate::environment::content::{Content, Shared, is_long};

/// What stands for a byte that varies.
const BLANK: u8 = b'0';

/// Blanks out the varying bytes of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Varying {
    texts: &'static [(&'static [u8], usize)],
    /// The end of the stream so far, as long as the longest text.
    recent: Vec<u8>,
    /// So many bytes still to blank out.
    skip: usize,
    /// The stream so far without its varying bytes.
    sum: Content,
}

impl Varying {
    pub(crate) fn new(texts: &'static [(&'static [u8], usize)]) -> Varying {
        Varying {
            texts,
            recent: Vec::new(),
            skip: 0,
            sum: Content::default(),
        }
    }

    /// The stream so far, however it was cut.
    pub(crate) fn sum(&self) -> Content {
        self.sum
    }

    /// `bytes` without what varies, if they are the next ones of the stream after `before`.
    pub(crate) fn blanked_after(&self, before: &[u8], bytes: &[u8]) -> Vec<u8> {
        let mut varying = self.clone();
        varying.blanked(before);
        varying.blanked(bytes)
    }

    /// A digest of these.
    pub(crate) fn digest_after(&self, before: &[u8], bytes: &[u8]) -> u64 {
        match self.texts {
            [] => xxh3_64(bytes),
            _ => xxh3_64(&self.blanked_after(before, bytes)),
        }
    }

    /// A promise as it is compared with the stream. A long one is a payload, in which nothing varies.
    pub(crate) fn promise(&self, promise: Bytes) -> Bytes {
        match self.texts {
            [] => promise,
            _ if is_long(&promise) => promise,
            texts => Varying::new(texts).blanked(&promise).into(),
        }
    }

    /// These bytes, a part of a payload perhaps, are the next ones of the stream; here they are without
    /// what varies. Nothing in a payload does, but the texts may go on after it.
    pub(crate) fn take<'a>(&mut self, bytes: &'a [u8], place: Option<Shared>) -> Cow<'a, [u8]> {
        let taken = match (self.texts, place) {
            ([], _) => Cow::Borrowed(bytes),
            (_, None) => Cow::Owned(self.blanked(bytes)),
            (_, Some(_)) => {
                self.skip = 0;
                self.recent.clear();
                self.pass(&bytes[bytes.len().saturating_sub(self.longest())..], |_| {});
                Cow::Borrowed(bytes)
            }
        };
        self.sum.push(&taken, place);
        taken
    }

    /// Bytes of the longest text.
    fn longest(&self) -> usize {
        let lengths = self.texts.iter().map(|(text, _)| text.len());
        lengths.max().unwrap_or(0)
    }

    fn blanked(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut blanked = Vec::with_capacity(bytes.len());
        self.pass(bytes, |byte| blanked.push(byte));
        blanked
    }

    fn pass(&mut self, bytes: &[u8], mut seen: impl FnMut(u8)) {
        for &byte in bytes {
            if self.skip > 0 {
                self.skip -= 1;
                seen(BLANK);
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
        let older = self.recent.len().saturating_sub(self.longest());
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
                last = varying.digest_after(&[], piece);
                varying.take(piece, None);
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
        assert_ne!(
            Varying::new(&[]).digest_after(&[], one),
            Varying::new(&[]).digest_after(&[], two)
        );
    }

    #[test]
    fn the_sum_of_a_stream_does_not_depend_on_where_it_is_cut() {
        let texts: &[(&[u8], usize)] = &[(b"date: ", 3)];
        for texts in [texts, &[]] {
            let sum = |pieces: &[&[u8]]| {
                let mut varying = Varying::new(texts);
                for piece in pieces {
                    varying.take(piece, None);
                }
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
