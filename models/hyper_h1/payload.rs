//! The body of a response, with a fingerprint that stays short however long the body is.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;

/// Bytes of a body that is shown, and so fingerprinted, as a whole.
const SHOWN: usize = 1024;

/// A body.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Payload(Bytes);

impl Payload {
    /// Its bytes, shared.
    pub fn bytes(&self) -> Bytes {
        self.0.clone()
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Payload {
        Payload(bytes)
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.len() <= SHOWN {
            return self.0.fmt(f);
        }
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        let (bytes, digest) = (self.len(), hasher.finish());
        write!(f, "{bytes} bytes with the digest {digest:016x}")
    }
}
