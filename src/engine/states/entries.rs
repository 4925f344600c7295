//! Keys with a few bytes each, in as little memory as they take; in the order of their keys when asked.

use serde::{Deserialize, Serialize};

use crate::width::to_u32;

/// Bytes of a part to which more are added; a part is small enough for its ends to fit 32 bits.
const SMALL: usize = 1 << 20;
/// Bytes that a part begins with.
const FIRST: usize = 64;
/// What a part takes beside its bytes.
const EACH_PART: u64 = size_of::<Part>() as u64 + 64;
/// Entries that are worth two threads.
const MANY: usize = 1 << 15;
/// A value that is longer has its length in four bytes before this one.
const LONG: u8 = u8::MAX;

/// Entries by number, in the order in which they came.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Entries {
    parts: Vec<Part>,
    count: u32,
    /// About how many bytes they take.
    bytes: u64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Part {
    /// The number of its first entry.
    from: u32,
    /// Where each entry ends.
    ends: Vec<u32>,
    /// Key, value and length of the value of each.
    bytes: Vec<u8>,
}

impl Part {
    fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    fn entries(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|n| self.entry(n))
    }

    fn entry(&self, n: usize) -> &[u8] {
        let from = n.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[from as usize..self.ends[n] as usize]
    }
}

/// Key and value.
fn split(entry: &[u8]) -> (&[u8], &[u8]) {
    let Some((&short, rest)) = entry.split_last() else { return (&[], &[]) };
    let (rest, len) = match rest.split_last_chunk::<4>() {
        Some((rest, long)) if short == LONG => (rest, u32::from_le_bytes(*long) as usize),
        _ => (rest, usize::from(short)),
    };
    rest.split_at(rest.len().saturating_sub(len))
}

impl Entries {
    /// How many there are.
    pub fn len(&self) -> u32 {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds an entry.
    pub fn push(&mut self, key: &[u8], value: &[u8]) {
        if self.parts.last().is_none_or(|part| part.bytes.len() >= SMALL) {
            self.parts.last_mut().into_iter().for_each(Part::shrink);
            // Most lists are those of small groups.
            self.parts.reserve_exact(1);
            self.parts.push(Part {
                from: self.count,
                ends: Vec::new(),
                bytes: Vec::with_capacity(FIRST),
            });
            self.bytes += EACH_PART;
        }
        let Some(part) = self.parts.last_mut() else { return };
        part.bytes.extend_from_slice(key);
        part.bytes.extend_from_slice(value);
        match u8::try_from(value.len()) {
            Ok(len) if len < LONG => part.bytes.push(len),
            _ => {
                part.bytes.extend(to_u32(value.len()).to_le_bytes());
                part.bytes.push(LONG);
            }
        }
        part.ends.push(to_u32(part.bytes.len()));
        self.count += 1;
        self.bytes += (key.len() + value.len() + 5) as u64;
    }

    /// Adds those of another behind its own.
    pub fn append(&mut self, later: Entries) {
        self.bytes += later.bytes;
        for mut part in later.parts {
            let added = to_u32(part.ends.len());
            match self.parts.last_mut().filter(|last| last.bytes.len() + part.bytes.len() <= SMALL)
            {
                Some(last) => {
                    let before = to_u32(last.bytes.len());
                    last.bytes.extend_from_slice(&part.bytes);
                    last.ends.extend(part.ends.iter().map(|end| before + end));
                    self.bytes -= EACH_PART;
                }
                None => {
                    part.from = self.count;
                    part.shrink();
                    self.parts.push(part);
                }
            }
            self.count += added;
        }
    }

    fn entry(&self, n: u32) -> &[u8] {
        let after = self.parts.partition_point(|part| part.from <= n);
        let part = after.checked_sub(1).and_then(|at| self.parts.get(at));
        part.map_or(&[], |part| part.entry((n - part.from) as usize))
    }

    /// The key of an entry.
    pub fn key(&self, n: u32) -> &[u8] {
        split(self.entry(n)).0
    }

    /// The value of an entry.
    pub fn value(&self, n: u32) -> &[u8] {
        split(self.entry(n)).1
    }

    /// Key and value of each, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.parts.iter().flat_map(Part::entries).map(split)
    }

    /// About how many bytes they take.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// About how many bytes more it takes to put them in order.
    pub fn bytes_to_sort(&self) -> u64 {
        u64::from(self.count) * 24
    }

    /// Forgets the keys.
    pub fn drop_keys(&mut self) {
        let mut values = Entries::default();
        for part in std::mem::take(&mut self.parts) {
            let mut own = Entries::default();
            part.entries().for_each(|entry| own.push(&[], split(entry).1));
            values.append(own);
        }
        *self = values;
    }

    /// Their numbers in the order of their keys; equal keys in the order in which they came.
    pub fn sorted(&self, jobs: usize) -> impl Iterator<Item = u32> + use<> {
        let alike = self.alike();
        let prefix = |key: &[u8]| {
            let rest = &key[alike..];
            let mut first = [0; 8];
            let len = rest.len().min(8);
            first[..len].copy_from_slice(&rest[..len]);
            u64::from_be_bytes(first)
        };
        let mut all: Vec<(u64, u32)> = Vec::with_capacity(self.count as usize);
        all.extend((0..).zip(self.iter()).map(|(n, (key, _))| (prefix(key), n)));
        let sort = |part: &mut [(u64, u32)]| {
            part.sort_by(|a, b| {
                a.0.cmp(&b.0).then_with(|| self.key(a.1)[alike..].cmp(&self.key(b.1)[alike..]))
            });
        };
        if jobs > 1 && all.len() > MANY {
            let part = all.len().div_ceil(jobs);
            std::thread::scope(|scope| {
                all.chunks_mut(part).for_each(|part| drop(scope.spawn(|| sort(part))));
            });
        }
        // Parts that are in order are merged.
        sort(&mut all);
        all.into_iter().map(|(_, n)| n)
    }

    /// How many bytes all keys begin with that are alike.
    fn alike(&self) -> usize {
        let first = if self.is_empty() { &[][..] } else { self.key(0) };
        let common = |key: &[u8], most: usize| {
            first[..most].iter().zip(key).take_while(|(a, b)| a == b).count()
        };
        self.iter().fold(first.len(), |most, (key, _)| common(key, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_by_number_and_in_the_order_of_their_keys() {
        let key = |n: u32| format!("alike {:05}", n * 7919 % 50_000).into_bytes();
        let value = |n: u32| vec![n.to_le_bytes()[0]; n as usize * 13 % 600];
        let (mut all, mut later) = (Entries::default(), Entries::default());
        (0..40_000).for_each(|n| all.push(&key(n), &value(n)));
        (40_000..50_000).for_each(|n| later.push(&key(n), &value(n)));
        all.append(later);
        assert!((0..50_000).all(|n| (all.key(n), all.value(n)) == (&key(n), &value(n))));
        let sorted: Vec<u32> = all.sorted(2).collect();
        assert!(sorted.is_sorted_by_key(|n| key(*n)) && sorted.len() == 50_000);
        assert!(sorted.into_iter().eq(all.sorted(1)));
        all.drop_keys();
        assert!(all.iter().zip(0..).all(|(entry, n)| entry == (&[][..], &value(n)[..])));
        assert!(all.bytes() > 50_000 * 300);
    }
}
