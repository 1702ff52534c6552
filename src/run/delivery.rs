//! The bytes that were promised to the reader, and how many of them the kernel and the reader have.

use std::hash::{Hash, Hasher};

use bytes::Bytes;

use crate::environment::content::digest_of;
use crate::environment::framing::{Contradiction, Framing};
use crate::panics;
use crate::run::offer::Offer;

/// Bytes of an unaccepted remainder that are kept, to check that the next write continues with them.
const REMAINDER: usize = 64;

/// Promises, and two readings of the stream: of what the kernel accepted and of what the reader has
/// received.
#[derive(Debug)]
pub(crate) struct Delivery {
    promises: Vec<Bytes>,
    /// A digest of each promise.
    contents: Vec<u128>,
    /// Reads what the kernel has accepted.
    accepted: Box<dyn Framing>,
    /// Reads what the reader has received.
    received: Box<dyn Framing>,
    /// Promised bytes that the kernel has not accepted.
    owed: usize,
    complete: bool,
    garbled: bool,
    /// Digests of the state of the two framings.
    digests: (u64, u64),
    /// The remainder of the last write, where it lies in a part that only the writer knows: its first
    /// bytes, and its length.
    remainder: Option<(Vec<u8>, usize)>,
    /// A gap in the stream, where a later write did not continue with the remainder of an earlier one:
    /// its position, and its length in bytes.
    gap: Option<(usize, usize)>,
    /// The message of a framing that panicked.
    panicked: Option<String>,
}

impl Delivery {
    /// Nothing has been promised; both readings are at the beginning.
    pub(crate) fn new(accepted: Box<dyn Framing>, received: Box<dyn Framing>) -> Delivery {
        let mut delivery = Delivery {
            promises: Vec::new(),
            contents: Vec::new(),
            accepted,
            received,
            owed: 0,
            complete: false,
            garbled: false,
            digests: (0, 0),
            remainder: None,
            gap: None,
            panicked: None,
        };
        delivery.look();
        delivery
    }

    pub(crate) fn promise(&mut self, bytes: Bytes) {
        self.contents.push(digest_of(&bytes));
        self.promises.push(bytes);
        self.look();
    }

    /// The kernel took these bytes, after `before` accepted ones.
    pub(crate) fn accept(&mut self, offer: &Offer<'_>, before: usize) {
        if offer.taken().next().is_none() {
            return;
        }
        if let Some((left, bytes)) = self.remainder.take() {
            let begins = offer.beginning(left.len());
            if !begins.starts_with(&left) && !left.starts_with(&begins) && self.gap.is_none() {
                self.gap = Some((before, bytes));
            }
        }
        let (framing, promises) = (&mut self.accepted, &self.promises);
        // What is wrong shows where it arrives.
        let read = guarded(|| {
            for taken in offer.taken() {
                let _shows_where_it_arrives = framing.receive(taken, promises);
            }
        });
        self.note_panic(read);
        match guarded(|| self.accepted.is_open()) {
            Ok(true) if offer.left > 0 => self.remainder = Some(offer.remainder(REMAINDER)),
            Ok(_) => {}
            Err(why) => self.note_panic::<()>(Err(why)),
        }
        self.look();
    }

    /// The reader took `bytes`, the last of `delivered`.
    pub(crate) fn receive(&mut self, bytes: &[u8], delivered: usize) {
        let (framing, promises) = (&mut self.received, &self.promises);
        let read = guarded(|| framing.receive(bytes, promises));
        match read {
            Ok(read) => self.garbled |= read == Err(Contradiction),
            Err(why) => self.note_panic::<()>(Err(why)),
        }
        self.garbled |= self.gap.is_some_and(|(gap, _)| delivered > gap);
        self.look();
    }

    /// The peer says that what it has received is not what it should be.
    pub(crate) fn contradict(&mut self) {
        self.garbled = true;
    }

    fn look(&mut self) {
        let looked = guarded(|| {
            let owed = self.accepted.missing(&self.promises);
            let complete = self.received.is_complete(&self.promises);
            (
                owed,
                complete,
                (self.accepted.digest(), self.received.digest()),
            )
        });
        match looked {
            Ok(looked) => (self.owed, self.complete, self.digests) = looked,
            Err(why) => self.note_panic::<()>(Err(why)),
        }
    }

    fn note_panic<T>(&mut self, result: Result<T, String>) {
        if let Err(why) = result {
            self.complete = false;
            self.panicked.get_or_insert(why);
        }
    }

    /// Records that a user's own check has panicked; it is reported as a framing's panic is.
    pub(crate) fn note_check(&mut self, why: String) {
        self.panicked.get_or_insert(why);
    }

    /// The message of a framing or check that has panicked since the last call of this function.
    pub(crate) fn take_panic(&mut self) -> Option<String> {
        self.panicked.take()
    }

    /// Hashes the bytes that the next write has to go on with.
    pub(crate) fn hash_contents<H: Hasher>(&self, state: &mut H) {
        self.remainder.hash(state);
    }

    /// The promises, in order.
    pub(crate) fn promises(&self) -> &[Bytes] {
        &self.promises
    }

    /// Bytes that were promised so far.
    pub(crate) fn promised(&self) -> usize {
        self.promises.iter().map(Bytes::len).sum()
    }

    /// Promised bytes that the kernel has not accepted, as far as the stream shows.
    pub(crate) fn owed(&self) -> usize {
        self.owed.max(self.gap.map_or(0, |(_, bytes)| bytes))
    }

    pub(crate) fn complete(&self) -> bool {
        self.complete
    }

    pub(crate) fn garbled(&self) -> bool {
        self.garbled
    }
}

/// Hashes everything that decides what will be complete, missing and wrong. The written bytes
/// themselves follow from the histories of the actors that wrote them.
impl Hash for Delivery {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.contents.hash(state);
        self.digests.hash(state);
        (self.owed, self.complete, self.garbled).hash(state);
        let remainder = self.remainder.as_ref().map(|(_, bytes)| bytes);
        (remainder, self.gap).hash(state);
    }
}

/// Calls the framing; a panic becomes an error with its message.
fn guarded<R>(call: impl FnOnce() -> R) -> Result<R, String> {
    panics::guarded(call).map_err(|text| format!("the framing panicked: {text}"))
}
