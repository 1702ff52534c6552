//! What a write adds to the history of whoever made it, and what everybody is told of the bytes: without
//! what varies, and without copying a payload.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

use crate::environment::content::{Shared, length, part};
use crate::run::digest::digest;
use crate::run::state::State;
use crate::trace::event::ActorId;

/// So many of the bytes that a write has left over are looked at; the others are when their turn
/// comes.
const SEEN_OF_REMAINDER: usize = 4_096;

/// A slice of what was offered, without what [varies](crate::run::varying), and where it lies if it is a
/// part of a payload.
type Slice<'a> = (Cow<'a, [u8]>, Option<Shared>);

/// A write as everybody but the peer knows it: without what varies from one execution to the next.
pub(crate) struct Told<'a> {
    taken: Vec<Slice<'a>>,
    /// The beginning of what was left over.
    next: Vec<Slice<'a>>,
    /// Bytes that were left over.
    left: usize,
}

impl Told<'_> {
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

impl State {
    /// The kernel took the first `accepted` of the bytes that were offered.
    pub(crate) fn tell<'a>(&mut self, offered: &[&'a [u8]], accepted: usize) -> Told<'a> {
        let promises = self.delivery.promises();
        let place = |slice: &[u8]| Shared::find(slice, promises);
        let varying = &mut self.varying;
        let taken = part(offered, 0..accepted).map(|slice| {
            let place = place(slice);
            (varying.take(slice, place), place)
        });
        let taken = taken.collect();
        let left = length(offered) - accepted;
        let mut varying = self.varying.clone();
        let next = part(offered, accepted..accepted + left.min(SEEN_OF_REMAINDER));
        let next = next.map(|slice| {
            let place = place(slice);
            (varying.take(slice, place), place)
        });
        let next = next.collect();
        Told { taken, next, left }
    }

    /// What was taken is part of an actor's history, and so are some of the bytes that were left over.
    pub(crate) fn observe_write(&mut self, actor: ActorId, told: &Told<'_>) {
        if self.at > 0 {
            // A run of writes goes to one socket.
            self.observe(actor, ("to socket", self.at));
        }
        let slot = &mut self.slots[actor.index()];
        // The bytes follow from the history: that they do is compared.
        for (taken, place) in &told.taken {
            slot.history = match place {
                Some(place) => digest((slot.history, place, taken.len())),
                None => digest((slot.history, taken)),
            };
            if let Some(folded) = &mut slot.folded {
                folded.write(taken, *place);
            }
        }
        let beginning = match told.next.first() {
            // However long it is.
            Some((_, Some(place))) => digest(place),
            _ => digest(told.remainder(SEEN_OF_REMAINDER).0),
        };
        let left = (told.left, beginning as u64);
        slot.history = digest((slot.history, left));
        if let Some(folded) = &mut slot.folded {
            folded.leave(left, !told.taken.is_empty());
        }
    }

    /// The peer has taken these bytes; a digest of them.
    pub(crate) fn receive(&mut self, read: &[u8]) -> u64 {
        let place = Shared::find(read, self.delivery.promises());
        let read = self.varying_read.take(read, place);
        self.delivery.receive(&read, self.kernel.delivered());
        xxh3_64(&read)
    }
}
