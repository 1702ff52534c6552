//! Byte strings without copies: slices of a payload, and digests of whole streams.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::hash::Hash;
use std::ops::Range;

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_128;

/// Length in bytes from which a slice of a payload is shared. Shorter ones are copied, which costs less
/// than searching for them.
const SHARED: usize = 4_096;

/// Whether slices of these bytes may be shared.
pub(crate) fn is_long(bytes: &[u8]) -> bool {
    bytes.len() >= SHARED
}

/// The position of a slice in a list of payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shared {
    payload: usize,
    offset: usize,
}

impl Shared {
    /// The position of the slice, if it is long and lies in the memory of one of the payloads.
    pub(crate) fn find(slice: &[u8], payloads: &[Bytes]) -> Option<Shared> {
        if !is_long(slice) {
            return None;
        }
        let start = slice.as_ptr().addr();
        payloads.iter().enumerate().find_map(|(payload, bytes)| {
            let offset = start.checked_sub(bytes.as_ptr().addr())?;
            (offset + slice.len() <= bytes.len()).then_some(Shared { payload, offset })
        })
    }

    /// The number of the payload.
    pub(crate) fn payload(self) -> usize {
        self.payload
    }
}

/// A digest of a stream, independent of how the stream was split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Content {
    bytes: usize,
    digest: u64,
    /// Where the last bytes are a part of a payload: its beginning and its end there.
    shared: Option<(Shared, usize)>,
}

impl Content {
    fn mix(&mut self, number: u64) {
        self.digest = self
            .digest
            .rotate_left(7)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ number;
    }

    /// Appends these bytes to the stream; `place` is where they lie in a payload, if they do.
    pub(crate) fn push(&mut self, bytes: &[u8], place: Option<Shared>) {
        self.bytes += bytes.len();
        if let (Some((start, end)), Some(place)) = (&mut self.shared, place)
            && (start.payload, *end) == (place.payload, place.offset)
        {
            *end += bytes.len();
            return;
        }
        if let Some((start, end)) = self.shared.take() {
            self.mix(start.payload as u64);
            self.mix(start.offset as u64);
            self.mix(end as u64);
        }
        match place {
            Some(place) => self.shared = Some((place, place.offset + bytes.len())),
            None => bytes.iter().for_each(|byte| self.mix(u64::from(*byte))),
        }
    }
}

thread_local! {
    /// The payload that was digested last. Holding it keeps its memory from being reused, so its
    /// address identifies it.
    static LAST: RefCell<(Bytes, u128)> = RefCell::default();
}

/// A digest of a payload. It is not computed again for the payload that was digested last.
pub(crate) fn digest_of(payload: &Bytes) -> u128 {
    if !is_long(payload) {
        return xxh3_128(payload);
    }
    LAST.with_borrow_mut(|(last, digest)| {
        if !std::ptr::eq(&**last, &**payload) {
            (*last, *digest) = (payload.clone(), xxh3_128(payload));
        }
        *digest
    })
}

/// A queue of bytes in pieces that are not copied.
#[derive(Default)]
pub(crate) struct Pieces {
    pieces: VecDeque<Bytes>,
    bytes: usize,
}

impl Pieces {
    /// Bytes in the queue.
    pub(crate) fn len(&self) -> usize {
        self.bytes
    }

    /// The bytes. How they were split is no part of a state.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = u8> {
        self.pieces.iter().flatten().copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    pub(crate) fn clear(&mut self) {
        self.pieces.clear();
        self.bytes = 0;
    }

    pub(crate) fn push(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.bytes += bytes.len();
            self.pieces.push_back(bytes);
        }
    }

    /// Takes the first `count` bytes; the queue must hold as many.
    pub(crate) fn take(&mut self, count: usize) -> Bytes {
        self.bytes -= count;
        match self.pieces.front_mut() {
            Some(first) if first.len() > count => return first.split_to(count),
            Some(first) if first.len() == count => {
                return self.pieces.pop_front().unwrap_or_default();
            }
            _ => {}
        }
        let mut taken = Vec::with_capacity(count);
        while let Some(first) = self.pieces.front_mut()
            && taken.len() < count
        {
            let part = first.split_to(first.len().min(count - taken.len()));
            taken.extend_from_slice(&part);
            if first.is_empty() {
                self.pieces.pop_front();
            }
        }
        taken.into()
    }
}

/// Total length of the slices in bytes.
pub(crate) fn length(slices: &[&[u8]]) -> usize {
    slices.iter().map(|slice| slice.len()).sum()
}

/// The bytes in `range` of the concatenated slices, as non-empty slices.
pub(crate) fn part<'a>(slices: &[&'a [u8]], range: Range<usize>) -> impl Iterator<Item = &'a [u8]> {
    let mut before = 0;
    let parts = slices.iter().map(move |slice| {
        let within = |end: usize| end.saturating_sub(before).min(slice.len());
        let part = &slice[within(range.start)..within(range.end)];
        before += slice.len();
        part
    });
    parts.filter(|part| !part.is_empty())
}

/// Whether two slices have the same bytes. Slices of the same memory are not compared byte by byte.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    std::ptr::eq(one, other) || one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_does_not_depend_on_cuts() {
        let payloads = [Bytes::from(vec![b'x'; 10 * SHARED])];
        let all = &payloads[0][..];
        let content = |cuts: &[usize]| {
            let mut content = Content::default();
            content.push(b"head", None);
            let mut rest = all;
            for cut in cuts {
                let (piece, left) = rest.split_at(*cut);
                let place = Shared::find(piece, &payloads);
                assert!(place.is_some());
                content.push(piece, place);
                rest = left;
            }
            content.push(rest, Shared::find(rest, &payloads));
            content
        };
        let whole = content(&[]);
        assert_eq!(whole, content(&[SHARED, SHARED]));
        assert_eq!(whole, content(&[2 * SHARED]));
        assert_eq!(whole.bytes, 4 + 10 * SHARED);
        let mut less = Content::default();
        less.push(b"head", None);
        less.push(&all[1..], Shared::find(&all[1..], &payloads));
        assert_ne!(whole, less);
    }

    #[test]
    fn only_long_slices_of_a_payload_are_shared() {
        let payload = Bytes::from(vec![b'x'; 2 * SHARED]);
        let find = |slice: &[u8]| Shared::find(slice, std::slice::from_ref(&payload));
        assert_eq!(
            find(&payload[SHARED - 1..]).map(|s| s.offset),
            Some(SHARED - 1)
        );
        assert_eq!(find(&payload[..SHARED - 1]), None);
        assert_eq!(find(&vec![b'x'; SHARED]), None);
    }

    #[test]
    fn a_part_of_slices_is_a_part_of_what_they_are_together() {
        let slices: [&[u8]; 4] = [b"ab", b"", b"c", b"def"];
        assert_eq!(length(&slices), 6);
        for from in 0..=6 {
            for to in from..=6 {
                let part: Vec<_> = part(&slices, from..to).collect();
                assert_eq!(part.concat(), b"abcdef"[from..to]);
            }
        }
    }

    #[test]
    fn pieces_come_out_as_they_went_in() {
        for count in 1..=6 {
            let mut pieces = Pieces::default();
            for piece in ["ab", "", "c", "def"] {
                pieces.push(Bytes::from_static(piece.as_bytes()));
            }
            let mut all = Vec::new();
            while !pieces.is_empty() {
                let taken = pieces.take(count.min(pieces.len()));
                all.extend_from_slice(&taken);
            }
            assert_eq!(all, b"abcdef", "{count}");
        }
    }
}
