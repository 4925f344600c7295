//! Uniqueness: hashes of keys, settled by reading the bytes again.

use std::hash::BuildHasher;
use std::io;

use crate::engine::data::memory::Memory;
use crate::engine::data::parallel::in_parallel;
use crate::engine::states::spill::fill;
use crate::source::{RowId, ScratchFile};
use crate::width::{to_u32, to_usize};

/// Keys are scattered by this many bits of their hash.
const PART_BITS: u32 = 8;
const PARTS: usize = 1 << PART_BITS;

/// Hashes the keys of the rows of one chunk.
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
    /// Takes the key of a row of the chunk.
    #[inline]
    pub fn take(&mut self, key: &[u8], row: u32) {
        self.entries.push((self.hasher.hash_one(key), row));
    }

    /// The keys of the chunk, by part; the collector is free for the next.
    pub fn run(&mut self, chunk: u64) -> KeyRun {
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
            // What is left of the hash beside its part: 40 bits in all are enough to find
            // candidates.
            keys[*at as usize] = ((hash & 0xffff_ffff) as u32, row);
            *at += 1;
        }
        KeyRun { chunk, starts, keys }
    }
}

/// The keys of one chunk: eight bytes each.
#[derive(Debug)]
pub struct KeyRun {
    chunk: u64,
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
    /// Chunks in order.
    runs: Vec<KeyRun>,
    /// About how many bytes they take.
    bytes: u64,
    /// Earlier chunks, on disk.
    spilled: Vec<SpilledKeys>,
}

/// The keys of some chunks on disk, by part and in order of the file.
struct SpilledKeys {
    file: Box<dyn ScratchFile>,
    /// Where each part starts.
    starts: Vec<u64>,
}

/// Bytes of a key on disk: hash and row.
const ON_DISK: usize = 12;

impl SpilledKeys {
    /// The keys of a part, one by one.
    fn read(&self, part: usize, each: &mut dyn FnMut(u32, RowId)) -> io::Result<()> {
        let (mut at, to) = (self.starts[part], self.starts[part + 1]);
        let mut buffer = vec![0; to_usize(to - at).min(4096 * ON_DISK)];
        while at < to {
            let wanted = buffer.len().min(to_usize(to - at));
            fill(&*self.file, at, &mut buffer[..wanted])?;
            for key in buffer[..wanted].chunks_exact(ON_DISK) {
                let (hash, row) = (key.first_chunk::<4>(), key.last_chunk::<8>());
                each(
                    hash.map_or(0, |h| u32::from_le_bytes(*h)),
                    RowId(row.map_or(0, |r| u64::from_le_bytes(*r))),
                );
            }
            at += wanted as u64;
        }
        Ok(())
    }
}

/// Rows with the same hash.
type Candidates = Vec<Vec<RowId>>;

impl Unique {
    /// Takes the keys of the next chunk.
    pub fn push(&mut self, run: KeyRun) {
        self.bytes += (run.keys.len() * size_of::<(u32, u32)>() + run.starts.len() * 4) as u64;
        self.runs.push(run);
    }

    /// About how many bytes they take.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Puts what is there on disk.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn spill(&mut self, memory: &Memory<'_>) -> io::Result<()> {
        let runs = std::mem::take(&mut self.runs);
        let (mut file, mut starts, mut at, mut buffer) = (memory.file()?, vec![0], 0, Vec::new());
        for part in 0..PARTS {
            for run in &runs {
                for &(hash, row) in run.part(part) {
                    buffer.extend_from_slice(&hash.to_le_bytes());
                    buffer.extend_from_slice(&RowId::new(run.chunk, row).0.to_le_bytes());
                }
                if buffer.len() > 1 << 16 || part + 1 == PARTS {
                    file.append(&buffer)?;
                    at += buffer.len() as u64;
                    buffer.clear();
                }
            }
            starts.push(at + buffer.len() as u64);
        }
        memory.wrote(at);
        self.bytes = 0;
        self.spilled.push(SpilledKeys { file, starts });
        Ok(())
    }

    /// In how many batches the rows are best read: few parts at once where there is little memory.
    pub fn batches(&self, share: Option<u64>) -> usize {
        // A key whose row must be read takes about 64 bytes while it is; most are no candidates.
        let all = self.spilled.iter().map(|s| s.starts[PARTS] / ON_DISK as u64).sum::<u64>()
            + self.bytes / 8;
        share.map_or(1, |share| {
            to_usize((all * 64 / share.max(1) + 1).next_power_of_two().min(PARTS as u64))
        })
    }

    /// Rows of one of so many batches that share a hash with another row, by hash and then in file
    /// order. Equal hashes are candidates only; the bytes decide.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn candidates(
        &self,
        jobs: usize,
        (batch, of): (usize, usize),
        share: Option<u64>,
    ) -> io::Result<Candidates> {
        let parts = PARTS / of;
        let all = in_parallel(&mut vec![Vec::new(); jobs], parts, &|table, part| {
            self.part(batch * parts + part, table, share)
        });
        Ok(all.into_iter().collect::<io::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// The candidates of one part; the memory of `table` is used again.
    fn part(
        &self,
        part: usize,
        table: &mut Vec<u32>,
        share: Option<u64>,
    ) -> io::Result<Candidates> {
        let count = self.runs.iter().map(|r| r.part(part).len() as u64).sum::<u64>()
            + self
                .spilled
                .iter()
                .map(|s| (s.starts[part + 1] - s.starts[part]) / ON_DISK as u64)
                .sum::<u64>();
        // Where the table would take too much, it is made for a slice of the hashes at a time.
        let slices = share.map_or(1, |share| (count * 16 / share.max(1) + 1).next_power_of_two());
        let mut found = Vec::new();
        for slice in 0..slices {
            self.slice(
                part,
                (to_u32(slice), slices.trailing_zeros()),
                to_usize(count / slices),
                table,
                &mut found,
            )?;
        }
        Ok(found)
    }

    /// The keys of a part whose hashes begin with `slice`, one by one.
    fn each(
        &self,
        part: usize,
        (slice, bits): (u32, u32),
        mut each: impl FnMut(u32, RowId),
    ) -> io::Result<()> {
        // 0 is free in the table: the hashes 0 and 1 are candidates of each other.
        let mut one = |hash: u32, row: RowId| {
            if bits == 0 || hash >> (32 - bits) == slice {
                each(hash.max(1), row);
            }
        };
        self.spilled.iter().try_for_each(|s| s.read(part, &mut one))?;
        self.runs.iter().for_each(|run| {
            run.part(part).iter().for_each(|k| one(k.0, RowId::new(run.chunk, k.1)))
        });
        Ok(())
    }

    fn slice(
        &self,
        part: usize,
        slice: (u32, u32),
        count: usize,
        table: &mut Vec<u32>,
        found: &mut Candidates,
    ) -> io::Result<()> {
        let size = (count * 2 + count / 4).next_power_of_two().max(16);
        table.clear();
        table.resize(size, 0);
        let (mut double, mut taken) = (Vec::new(), 0);
        self.each(part, slice, |hash, _| {
            if taken * 4 >= table.len() * 3 {
                grow(table);
            }
            let at = probe(table, hash);
            if table[at] == hash {
                double.push(hash);
            } else {
                taken += 1;
            }
            table[at] = hash;
        })?;
        if double.is_empty() {
            return Ok(());
        }
        double.sort_unstable();
        double.dedup();
        let mut rows: Vec<(u32, RowId)> = Vec::new();
        self.each(part, slice, |hash, row| {
            if double.binary_search(&hash).is_ok() {
                rows.push((hash, row));
            }
        })?;
        rows.sort_unstable();
        found.extend(
            rows.chunk_by(|a, b| a.0 == b.0).map(|run| run.iter().map(|r| r.1).collect::<Vec<_>>()),
        );
        Ok(())
    }
}

/// Where a hash stands in a table, or may be put.
#[inline]
fn probe(table: &[u32], hash: u32) -> usize {
    let mask = table.len() - 1;
    let mut at = (hash.wrapping_mul(0x9E37_79B9) >> 7) as usize & mask;
    while table[at] != 0 && table[at] != hash {
        at = (at + 1) & mask;
    }
    at
}

#[cold]
fn grow(table: &mut Vec<u32>) {
    let hashes = std::mem::replace(table, vec![0; table.len() * 2]);
    for hash in hashes.into_iter().filter(|h| *h != 0) {
        let at = probe(table, hash);
        table[at] = hash;
    }
}
