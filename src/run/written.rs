//! What a write adds to the history of its actor, and to the promises: with varying bytes blanked out,
//! and without copying a payload.

use std::borrow::Cow;

use crate::environment::content::{Shared, length, part};
use crate::run::digest::digest;
use crate::run::offer::Offer;
use crate::run::state::State;
use crate::trace::event::ActorId;

/// Bytes of a write's remainder that are compared; the others are compared when they are written.
const SEEN_OF_REMAINDER: usize = 4_096;

impl State {
    /// The kernel took the first `accepted` of the bytes that were offered.
    pub(crate) fn offer<'a>(&mut self, offered: &[&'a [u8]], accepted: usize) -> Offer<'a> {
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
            (varying.without(slice, place), place)
        });
        let next = next.collect();
        Offer { taken, next, left }
    }

    /// Adds a write to the actor's history: the bytes that were taken, and some of those left over.
    pub(crate) fn observe_write(&mut self, actor: ActorId, offer: &Offer<'_>) {
        if self.at > 0 {
            // A run of writes goes to one socket.
            self.observe(actor, ("to socket", self.at));
        }
        let slot = &mut self.slots[actor.index()];
        // The bytes follow from the history: that they do is compared.
        for (taken, place) in &offer.taken {
            slot.history = match place {
                Some(place) => digest((slot.history, place, taken.len())),
                None => digest((slot.history, taken)),
            };
            if let Some(folded) = &mut slot.folded {
                folded.write(taken, *place);
            }
        }
        let beginning = match offer.next.first() {
            // However long it is.
            Some((_, Some(place))) => digest(place),
            _ => digest(offer.remainder(SEEN_OF_REMAINDER).0),
        };
        let left = (offer.left, beginning as u64);
        slot.history = digest((slot.history, left));
        if let Some(folded) = &mut slot.folded {
            folded.leave(left, !offer.taken.is_empty());
        }
    }

    /// Records that the peer has taken these bytes; returns them with varying bytes blanked out.
    pub(crate) fn receive<'a>(&mut self, read: &'a [u8]) -> Cow<'a, [u8]> {
        let place = Shared::find(read, self.delivery.promises());
        let read = self.varying_read.without(read, place);
        self.delivery.receive(&read, self.kernel.delivered());
        read
    }
}
