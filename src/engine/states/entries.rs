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
        u64::from(self.count) * size_of::<u128>() as u64
    }

    /// Changes the bytes of each in their place.
    pub fn change(&mut self, change: impl Fn(&mut [u8])) {
        for part in &mut self.parts {
            let mut from = 0;
            for end in part.ends.iter().map(|end| *end as usize) {
                change(&mut part.bytes[from..end]);
                from = end;
            }
        }
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

    /// Their numbers in the order of their keys, none of which is the beginning of another; equal keys
    /// in the order in which they came.
    pub fn sorted(&self, jobs: usize) -> Sorted<'_> {
        let front = Front::of(self);
        let mut order: Vec<u128> = Vec::with_capacity(self.count as usize);
        let fronts = self.iter().map(|(key, _)| front.bytes(key));
        order.extend(fronts.zip(0u32..).map(|(front, n)| front | u128::from(n)));
        sort(&mut order, jobs);
        if !front.is_all {
            let rest = |of: u128| self.key(number(of)).get(front.len()..).unwrap_or_default();
            order
                .chunk_by_mut(|a, b| a >> NUMBER_BITS == b >> NUMBER_BITS)
                .filter(|alike| alike.len() > 1)
                .for_each(|alike| alike.sort_by(|a, b| rest(*a).cmp(rest(*b))));
        }
        Sorted { entries: self, front, order: order.into_iter(), last: None }
    }
}

/// Bytes of keys by which they are sorted without a look at them.
const FRONT: usize = 12;
/// The number of an entry stands behind them.
const NUMBER_BITS: u32 = 32;

/// The first positions at which not all keys are alike. Others say nothing of their order.
struct Front {
    positions: Vec<usize>,
    /// Whether there are no others.
    is_all: bool,
}

impl Front {
    fn of(entries: &Entries) -> Front {
        let first = if entries.is_empty() { &[][..] } else { entries.key(0) };
        let (mut shortest, mut longest) = (first.len(), first.len());
        let mut differs: Vec<u8> = vec![0; first.len()];
        for part in &entries.parts {
            for key in part.entries().map(|entry| split(entry).0) {
                shortest = shortest.min(key.len());
                longest = longest.max(key.len());
                let bytes = first.iter().zip(key).map(|(a, b)| a ^ b);
                differs.iter_mut().zip(bytes).for_each(|(differs, byte)| *differs |= byte);
            }
            // More positions than are looked at need not be known.
            let known = (0..differs.len()).filter(|at| differs[*at] != 0).nth(FRONT);
            differs.truncate(known.map_or(differs.len(), |at| at + 1));
        }
        let differ = |at: &usize| *at >= shortest || differs.get(*at) != Some(&0);
        let mut positions: Vec<usize> = (0..longest).filter(differ).take(FRONT + 1).collect();
        let is_all = positions.len() <= FRONT;
        positions.truncate(FRONT);
        Front { positions, is_all }
    }

    /// How many bytes stand before all that it does not know.
    fn len(&self) -> usize {
        self.positions.last().map_or(0, |last| last + 1)
    }

    /// The bytes of a key, in the order of which keys are in order.
    fn bytes(&self, key: &[u8]) -> u128 {
        let mut bytes = [0; 16];
        for (byte, at) in bytes.iter_mut().zip(&self.positions) {
            *byte = key.get(*at).copied().unwrap_or_default();
        }
        u128::from_be_bytes(bytes)
    }
}

fn number(sorted: u128) -> u32 {
    to_u32(sorted & u128::from(u32::MAX))
}

/// Sorts in place, by so many threads.
fn sort(order: &mut [u128], jobs: usize) {
    if jobs < 2 || order.len() < MANY {
        return order.sort_unstable();
    }
    let middle = order.len() * (jobs / 2) / jobs;
    order.select_nth_unstable(middle);
    let (low, high) = order.split_at_mut(middle);
    std::thread::scope(|scope| {
        scope.spawn(|| sort(low, jobs / 2));
        sort(high, jobs - jobs / 2);
    });
}

/// Entries in the order of their keys.
pub struct Sorted<'e> {
    entries: &'e Entries,
    front: Front,
    order: std::vec::IntoIter<u128>,
    last: Option<u128>,
}

/// All bytes of two keys are alike.
pub const ALL_ALIKE: usize = usize::MAX;

impl Iterator for Sorted<'_> {
    /// The number of the next, and with how many bytes its key begins as that of the one before.
    type Item = (u32, usize);

    fn next(&mut self) -> Option<(u32, usize)> {
        let own = self.order.next()?;
        let alike = match self.last.replace(own) {
            None => 0,
            Some(last) if last >> NUMBER_BITS != own >> NUMBER_BITS => {
                let byte = (last ^ own).leading_zeros() / u8::BITS;
                self.front.positions[byte as usize]
            }
            Some(_) if self.front.is_all => ALL_ALIKE,
            Some(last) => alike(self.entries.key(number(last)), self.entries.key(number(own))),
        };
        Some((number(own), alike))
    }
}

/// With how many bytes two keys begin alike.
pub fn alike(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(if a.len() == b.len() {
        ALL_ALIKE
    } else {
        a.len().min(b.len())
    })
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
        let sorted: Vec<(u32, usize)> = all.sorted(3).collect();
        assert!(sorted.is_sorted_by_key(|(n, _)| key(*n)) && sorted.len() == 50_000);
        assert!(sorted.into_iter().eq(all.sorted(1)));
        all.drop_keys();
        assert!(all.iter().zip(0..).all(|(entry, n)| entry == (&[][..], &value(n)[..])));
        assert!(all.bytes() > 50_000 * 300);
    }

    #[test]
    fn keys_are_sorted_wherever_they_differ_and_say_how_much_they_are_alike() {
        // Texts end with a zero byte, so that none is the beginning of another.
        let of = |n: u32| n.wrapping_mul(0x9E37_79B9) >> 16;
        type Key = fn(u32) -> String;
        let kinds: [Key; 5] = [
            |_| "alike\0".into(),
            |n| format!("{:05} alike {:02}\0", n % 7, n % 3),
            |n| format!("{}\0", "x".repeat(n as usize % 40)),
            |n| format!("far {} {n:09}{n:09}{:03}\0", "alike ".repeat(9), n % 500),
            |n| format!("{}{}\0", "long alike ".repeat(n as usize % 5), n % 11),
        ];
        for (kind, key) in kinds.iter().enumerate() {
            let mut all = Entries::default();
            (0..3000).for_each(|n| all.push(key(of(n)).as_bytes(), &[]));
            let mut expected: Vec<u32> = (0..3000).collect();
            expected.sort_by_key(|n| key(of(*n)));
            let sorted: Vec<(u32, usize)> = all.sorted(1).collect();
            assert!(sorted.iter().map(|s| s.0).eq(expected), "kind {kind}");
            let mut pairs = sorted.windows(2);
            assert!(
                pairs.all(|pair| pair[1].1 == alike(all.key(pair[0].0), all.key(pair[1].0))),
                "kind {kind}"
            );
        }
    }
}
