//! Digests by which states and histories are recognised: 128 bits of XXH3 over what would be hashed.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};

use xxhash_rust::xxh3::xxh3_128;

/// Takes down what is hashed.
pub(crate) struct Taken(Vec<u8>);

impl Hasher for Taken {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    #[inline]
    fn write_u8(&mut self, number: u8) {
        self.0.push(number);
    }

    /// Of no use: the digest is made of what was taken down.
    fn finish(&self) -> u64 {
        0
    }
}

std::thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A digest of whatever `hash` puts into the hasher. Two things are taken for the same when their
/// digests agree.
pub(crate) fn digest_with(hash: impl FnOnce(&mut Taken)) -> u128 {
    let buffer = BUFFER.with(|buffer| std::mem::take(&mut *buffer.borrow_mut()));
    let mut taken = Taken(buffer);
    hash(&mut taken);
    let digest = xxh3_128(&taken.0);
    taken.0.clear();
    BUFFER.with(|buffer| *buffer.borrow_mut() = taken.0);
    digest
}

/// A digest of a value.
pub(crate) fn digest(of: impl Hash) -> u128 {
    digest_with(|hasher| of.hash(hasher))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_differ_where_values_do() {
        assert_eq!(digest((1, "a")), digest((1, "a")));
        assert_ne!(digest((1, "a")), digest((1, "b")));
        assert_ne!(digest(("ab", "c")), digest(("a", "bc")));
        // One within the other.
        assert_ne!(digest((digest(1), 2)), digest((digest(2), 1)));
    }
}
