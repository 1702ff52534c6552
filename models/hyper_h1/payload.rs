//! The body of a response: a number of letters, made when they are first needed.
//!
//! Its fingerprint is short however long the body is, and a server that is only named costs no memory.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

/// A body of letters. All copies share its bytes.
#[derive(Clone)]
pub struct Payload {
    letters: usize,
    bytes: Arc<OnceLock<Bytes>>,
}

impl Payload {
    /// A body of this many letters, from `a` to `z` and again.
    pub fn letters(letters: usize) -> Payload {
        let bytes = Arc::default();
        Payload { letters, bytes }
    }

    /// Its bytes, shared.
    pub fn bytes(&self) -> Bytes {
        let make = || {
            let mut all = b"abcdefghijklmnopqrstuvwxyz".repeat(self.letters.div_ceil(26));
            all.truncate(self.letters);
            all.into()
        };
        self.bytes.get_or_init(make).clone()
    }

    /// How many bytes they are.
    pub fn len(&self) -> usize {
        self.letters
    }

    /// Whether the body is empty.
    pub fn is_empty(&self) -> bool {
        self.letters == 0
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.letters == other.letters
    }
}

impl Eq for Payload {}

impl Hash for Payload {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.letters.hash(state);
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} letters", self.letters)
    }
}
