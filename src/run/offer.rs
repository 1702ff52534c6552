//! What a write has offered, and what the kernel took of it: without what varies, and without copying a
//! payload.

use std::borrow::Cow;

use crate::environment::content::Shared;

/// A slice of what was offered, without what [varies](crate::run::varying), and where it lies if it is a
/// part of a payload.
pub(crate) type Slice<'a> = (Cow<'a, [u8]>, Option<Shared>);

/// A write as everybody but the peer knows it: without what varies from one execution to the next.
pub(crate) struct Offer<'a> {
    pub(crate) taken: Vec<Slice<'a>>,
    /// The beginning of what was left over.
    pub(crate) next: Vec<Slice<'a>>,
    /// Bytes that were left over.
    pub(crate) left: usize,
}

impl Offer<'_> {
    /// What the kernel took.
    pub(crate) fn taken(&self) -> impl Iterator<Item = &[u8]> {
        self.taken.iter().map(|(slice, _)| &**slice)
    }

    /// The first bytes of what was offered, `count` at most.
    pub(crate) fn beginning(&self, count: usize) -> Vec<u8> {
        let all = self.taken.iter().chain(&self.next);
        first(all, count)
    }

    /// The first bytes of what was left over, `count` at most, and how many were left over.
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
