//! Digests by which states and histories are recognised: 128 bits of XXH3 over the bytes that `Hash`
//! writes.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};

use xxhash_rust::xxh3::xxh3_128;

/// A hasher that collects the bytes it is given.
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

    /// Not used: the digest is made of the collected bytes.
    fn finish(&self) -> u64 {
        0
    }
}

std::thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A digest of whatever `hash` puts into the hasher. Two values with equal digests are treated as
/// equal.
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
