//! A set of byte strings in two pieces of memory, however many there are.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::width::{to_u32, to_usize};

/// So few keys are compared one by one.
const FEW: usize = 8;
/// A key that is longer has its length in the four bytes behind this one.
const LONG: u8 = u8::MAX;

/// The keys, one behind the other, and where each starts by its hash.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<u8>,
    starts: HashTable<u64>,
    count: usize,
}

fn hash(key: &[u8]) -> u64 {
    foldhash::fast::FixedState::default().hash_one(key)
}

fn hash_at(keys: &[u8], start: u64) -> u64 {
    hash(key_at(keys, to_usize(start)).0)
}

/// The key that starts at a place, and where the next one starts.
fn key_at(keys: &[u8], start: usize) -> (&[u8], usize) {
    let (from, len) = match keys[start] {
        LONG => {
            let len =
                keys[start + 1..].first_chunk::<4>().map_or(0, |len| u32::from_le_bytes(*len));
            (start + 5, len as usize)
        }
        len => (start + 1, usize::from(len)),
    };
    (&keys[from..from + len], from + len)
}

impl KeySet {
    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Adds a key; whether it is new.
    pub fn insert(&mut self, key: &[u8]) -> bool {
        if self.starts.is_empty() && self.count < FEW {
            if self.iter().any(|known| known == key) {
                return false;
            }
            self.push(key);
            return true;
        }
        if self.starts.len() == self.starts.capacity() {
            self.grow();
        }
        let KeySet { keys, starts, .. } = self;
        let is_it = |start: &u64| key_at(keys, to_usize(*start)).0 == key;
        let of = |start: &u64| hash_at(keys, *start);
        let Entry::Vacant(place) = starts.entry(hash(key), is_it, of) else { return false };
        place.insert(keys.len() as u64);
        self.push(key);
        true
    }

    /// Makes room for twice as many keys. They are gone through as they lie in memory: in the order of
    /// their hashes each would be far from the one before.
    fn grow(&mut self) {
        self.starts = HashTable::new();
        let mut starts = HashTable::with_capacity(2 * self.count);
        let mut start = 0;
        while start < self.keys.len() {
            let (key, next) = key_at(&self.keys, start);
            starts.insert_unique(hash(key), start as u64, |start| hash_at(&self.keys, *start));
            start = next;
        }
        self.starts = starts;
    }

    /// Changes each key in its place, hands it on, and forgets it.
    pub fn drain(&mut self, change: impl Fn(&mut [u8]), mut each: impl FnMut(&[u8])) {
        let KeySet { mut keys, .. } = std::mem::take(self);
        let mut start = 0;
        while start < keys.len() {
            let (key, next) = key_at(&keys, start);
            let from = next - key.len();
            change(&mut keys[from..next]);
            each(&keys[from..next]);
            start = next;
        }
    }

    fn push(&mut self, key: &[u8]) {
        match u8::try_from(key.len()) {
            Ok(len) if len < LONG => self.keys.push(len),
            _ => {
                self.keys.push(LONG);
                self.keys.extend(to_u32(key.len()).to_le_bytes());
            }
        }
        self.keys.extend_from_slice(key);
        self.count += 1;
    }

    /// All keys, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        std::iter::from_fn(move || {
            (start < self.keys.len()).then(|| {
                let (key, next) = key_at(&self.keys, start);
                start = next;
                key
            })
        })
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> u64 {
        (self.keys.capacity() + self.starts.allocation_size()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_there_once_whatever_their_length() {
        let mut set = KeySet::default();
        let key = |n: usize| vec![b'k'; n * 37 % 700];
        for n in 0..2000 {
            assert_eq!(set.insert(&key(n)), n < 700, "{n}");
        }
        assert_eq!(set.len(), 700);
        assert!(set.iter().zip(0..).all(|(k, n)| k == key(n)));
        assert!(set.bytes() > 700 * 350);
    }
}
