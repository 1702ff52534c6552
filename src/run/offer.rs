//! The bytes that a write offered, and those that the kernel took: without the bytes that vary, and
//! without copying a payload.

use std::borrow::Cow;

use crate::environment::content::Shared;

/// A slice of the offered bytes, with [varying](crate::run::varying) bytes blanked out, and its place
/// in a payload if it is a part of one.
pub(crate) type Slice<'a> = (Cow<'a, [u8]>, Option<Shared>);

/// A write with varying bytes blanked out, as everything but the peer sees it.
pub(crate) struct Offer<'a> {
    pub(crate) taken: Vec<Slice<'a>>,
    /// The beginning of what was left over.
    pub(crate) next: Vec<Slice<'a>>,
    /// Bytes that were left over.
    pub(crate) left: usize,
}

impl Offer<'_> {
    /// The bytes that the kernel took.
    pub(crate) fn taken(&self) -> impl Iterator<Item = &[u8]> {
        self.taken.iter().map(|(slice, _)| &**slice)
    }

    /// The first bytes that were offered, at most `count`.
    pub(crate) fn beginning(&self, count: usize) -> Vec<u8> {
        let all = self.taken.iter().chain(&self.next);
        first(all, count)
    }

    /// The first bytes that were left over, at most `count`, and how many were left over.
    pub(crate) fn remainder(&self, count: usize) -> (Vec<u8>, usize) {
        (first(self.next.iter(), count), self.left)
    }
}

fn first<'a>(slices: impl Iterator<Item = &'a Slice<'a>>, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (slice, _) in slices {
        let room = count - bytes.len();
        bytes.extend_from_slice(&slice[..slice.len().min(room)]);
    }
    bytes
}
