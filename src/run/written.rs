//! What a write adds to the history of whoever made it: the bytes, without copying a payload.

use crate::environment::content::{Shared, joined, length, part};
use crate::run::digest::digest;
use crate::run::state::State;
use crate::trace::event::ActorId;

/// So many of the bytes that a write has left over are looked at; the others are when their turn
/// comes.
const SEEN_OF_REMAINDER: usize = 4_096;

impl State {
    /// The kernel took the first `accepted` of the bytes that an actor has offered: they are part
    /// of its history, and so are some of those that are left over.
    pub(crate) fn observe_write(&mut self, actor: ActorId, offered: &[&[u8]], accepted: usize) {
        if self.at > 0 {
            // A run of writes goes to one socket.
            self.observe(actor, ("to socket", self.at));
        }
        let slot = &mut self.slots[actor.index()];
        // The bytes follow from the history: that they do is compared.
        for taken in part(offered, 0..accepted) {
            let place = Shared::find(taken, self.delivery.promises());
            let taken = self.varying.take(taken, place);
            slot.history = match place {
                Some(place) => digest((slot.history, place, taken.len())),
                None => digest((slot.history, &taken)),
            };
            if let Some(folded) = &mut slot.folded {
                folded.write(&taken, place);
            }
        }
        let left = length(offered) - accepted;
        let seen = accepted..accepted + left.min(SEEN_OF_REMAINDER);
        let next = part(offered, seen.clone()).next().unwrap_or_default();
        let next = Shared::find(next, self.delivery.promises());
        let beginning = match next {
            // Nothing in a payload varies.
            Some(place) => digest(place) as u64,
            None => self.varying.digest(&joined(offered, seen)),
        };
        let left = (left, beginning);
        slot.history = digest((slot.history, left));
        if let Some(folded) = &mut slot.folded {
            folded.leave(left, accepted > 0);
        }
    }
}
