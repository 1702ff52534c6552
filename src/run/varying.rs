//! Bytes on the wire that may differ between executions.

use std::borrow::Cow;

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use crate::environment::content::{Content, Shared, is_long};

/// The byte that replaces a varying one.
const BLANK: u8 = b'0';

/// Blanks out the varying bytes of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Varying {
    texts: &'static [(&'static [u8], usize)],
    /// The last bytes of the stream so far, as many as the longest text has.
    recent: Vec<u8>,
    /// Bytes that are still to be blanked out.
    skip: usize,
    /// A digest of the stream so far, with varying bytes blanked out.
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

    /// The digest of the stream so far, independent of how it was split.
    pub(crate) fn sum(&self) -> Content {
        self.sum
    }

    /// `bytes` with varying bytes blanked out, if they follow on `before` in the stream.
    pub(crate) fn blanked_after(&self, before: &[u8], bytes: &[u8]) -> Vec<u8> {
        let mut varying = self.clone();
        varying.blanked(before);
        varying.blanked(bytes)
    }

    /// A digest of these bytes.
    pub(crate) fn digest_after(&self, before: &[u8], bytes: &[u8]) -> u64 {
        match self.texts {
            [] => xxh3_64(bytes),
            _ => xxh3_64(&self.blanked_after(before, bytes)),
        }
    }

    /// A promise in the form in which it is compared with the stream. A long one is a payload, in which
    /// nothing varies.
    pub(crate) fn promise(&self, promise: Bytes) -> Bytes {
        match self.texts {
            [] => promise,
            _ if is_long(&promise) => promise,
            texts => Varying::new(texts).blanked(&promise).into(),
        }
    }

    /// Takes the next bytes of the stream, and returns them with varying bytes blanked out. `place` is
    /// where they lie in a payload, if they do.
    pub(crate) fn take<'a>(&mut self, bytes: &'a [u8], place: Option<Shared>) -> Cow<'a, [u8]> {
        let taken = self.without(bytes, place);
        self.sum.push(&taken, place);
        taken
    }

    /// The same without updating the [sum](Varying::sum). Nothing in a payload varies, but a text may
    /// begin at its end.
    pub(crate) fn without<'a>(&mut self, bytes: &'a [u8], place: Option<Shared>) -> Cow<'a, [u8]> {
        match (self.texts, place) {
            ([], _) => Cow::Borrowed(bytes),
            (_, None) => Cow::Owned(self.blanked(bytes)),
            (_, Some(_)) => {
                self.skip = 0;
                self.recent.clear();
                self.pass(&bytes[bytes.len().saturating_sub(self.longest())..], |_| {});
                Cow::Borrowed(bytes)
            }
        }
    }

    /// Length of the longest text in bytes.
    fn longest(&self) -> usize {
        let lengths = self.texts.iter().map(|(text, _)| text.len());
        lengths.max().unwrap_or(0)
    }

    fn blanked(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut blanked = Vec::with_capacity(bytes.len());
        self.pass(bytes, |seen| match seen {
            Seen::Bytes(bytes) => blanked.extend_from_slice(bytes),
            Seen::Varying(count) => blanked.resize(blanked.len() + count, BLANK),
        });
        blanked
    }

    fn pass(&mut self, bytes: &[u8], mut seen: impl FnMut(Seen<'_>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.skip > 0 {
                let skipped = self.skip.min(rest.len());
                self.skip -= skipped;
                rest = &rest[skipped..];
                seen(Seen::Varying(skipped));
                continue;
            }
            let ends = self.texts.iter().filter_map(|(text, bytes)| {
                let end = first_end(&self.recent, rest, text)?;
                Some((end, *bytes))
            });
            let Some((end, bytes)) = ends.min_by_key(|(end, _)| *end) else {
                seen(Seen::Bytes(rest));
                let longest = self.longest();
                let kept = rest.len().saturating_sub(longest);
                self.recent.extend_from_slice(&rest[kept..]);
                let older = self.recent.len().saturating_sub(longest);
                self.recent.drain(..older);
                return;
            };
            seen(Seen::Bytes(&rest[..end]));
            rest = &rest[end..];
            self.skip = bytes;
            self.recent.clear();
        }
    }
}

/// Consecutive bytes of a stream.
enum Seen<'a> {
    Bytes(&'a [u8]),
    /// This many bytes that vary.
    Varying(usize),
}

/// How many of `bytes`, which follow on `before`, it takes until the text ends for the first time.
fn first_end(before: &[u8], bytes: &[u8], text: &[u8]) -> Option<usize> {
    let last = text.last()?;
    let mut from = 0;
    while let Some(next) = bytes[from..].iter().position(|byte| byte == last) {
        let end = from + next + 1;
        let (here, earlier) = (end.min(text.len()), text.len().saturating_sub(end));
        let is_there =
            bytes[end - here..end] == text[earlier..] && before.ends_with(&text[..earlier]);
        if is_there {
            return Some(end);
        }
        from = end;
    }
    None
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
