//! Uniqueness: hashes of keys, settled by reading the bytes again.

use std::hash::BuildHasher;

use crate::engine::workers::in_parallel;
use crate::source::RowId;

/// Keys are scattered by this many bits of their hash.
const PART_BITS: u32 = 8;
const PARTS: usize = 1 << PART_BITS;

/// Hashes the keys of the rows of one stretch.
pub struct Collector {
    hasher: foldhash::quality::FixedState,
    entries: Vec<(u64, u32)>,
}

impl Default for Collector {
    fn default() -> Self {
        Collector { hasher: foldhash::quality::FixedState::with_seed(0x5eed), entries: Vec::new() }
    }
}

impl Collector {
    /// Takes the key of a row of the stretch.
    #[inline]
    pub fn take(&mut self, key: &[u8], row: u32) {
        self.entries.push((self.hasher.hash_one(key), row));
    }

    /// The keys of the stretch, by part; the collector is free for the next.
    pub fn run(&mut self, stretch: u64) -> KeyRun {
        let part = |hash: u64| (hash >> (64 - PART_BITS)) as usize;
        let mut starts = vec![0u32; PARTS + 1];
        self.entries.iter().for_each(|e| starts[part(e.0) + 1] += 1);
        for p in 0..PARTS {
            starts[p + 1] += starts[p];
        }
        let mut next = starts.clone();
        let mut keys = vec![(0, 0); self.entries.len()];
        for (hash, row) in self.entries.drain(..) {
            let at = &mut next[part(hash)];
            // What is left of the hash beside its part: 40 bits in all tell keys apart well enough
            // for candidates.
            keys[*at as usize] = (hash as u32, row);
            *at += 1;
        }
        KeyRun { stretch, starts, keys }
    }
}

/// The keys of one stretch: eight bytes each.
#[derive(Debug)]
pub struct KeyRun {
    stretch: u64,
    starts: Vec<u32>,
    keys: Vec<(u32, u32)>,
}

impl KeyRun {
    fn part(&self, part: usize) -> &[(u32, u32)] {
        &self.keys[self.starts[part] as usize..self.starts[part + 1] as usize]
    }
}

/// Hashes of the keys of all rows.
#[derive(Default)]
pub struct Unique {
    /// Stretches in order.
    pub runs: Vec<KeyRun>,
}

impl Unique {
    /// Rows that share a hash with another row, by hash and then in file order. Equal hashes are
    /// candidates only; the bytes decide.
    pub fn finish(self, jobs: usize) -> Vec<Vec<RowId>> {
        in_parallel(&mut vec![Vec::new(); jobs], PARTS, &|table, part| self.part(part, table)).into_iter().flatten().collect()
    }

    /// The candidates of one part; `table` is room that is used again.
    fn part(&self, part: usize, table: &mut Vec<u32>) -> Vec<Vec<RowId>> {
        // 0 is free in the table: the hashes 0 and 1 are candidates of each other.
        let all = || self.runs.iter().flat_map(move |run| run.part(part).iter().map(move |k| (k.0.max(1), RowId::new(run.stretch, k.1))));
        let count: usize = self.runs.iter().map(|r| r.part(part).len()).sum();
        let size = (count * 2).next_power_of_two().max(16);
        table.clear();
        table.resize(size, 0);
        let mut double = Vec::new();
        for (mark, _) in all() {
            let mut at = (mark.wrapping_mul(0x9E37_79B9) >> 7) as usize & (size - 1);
            while table[at] != 0 && table[at] != mark {
                at = (at + 1) & (size - 1);
            }
            if table[at] == mark {
                double.push(mark);
            }
            table[at] = mark;
        }
        if double.is_empty() {
            return Vec::new();
        }
        double.sort_unstable();
        double.dedup();
        let mut rows: Vec<(u32, RowId)> = all().filter(|(hash, _)| double.binary_search(hash).is_ok()).collect();
        rows.sort_unstable();
        rows.chunk_by(|a, b| a.0 == b.0).map(|run| run.iter().map(|r| r.1).collect()).collect()
    }
}
