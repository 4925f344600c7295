//! Uniqueness: hashes of keys, settled by reading the bytes again.

use std::hash::BuildHasher;

use crate::source::RowId;

/// Hashes of the keys of all rows, scattered by their first byte.
pub struct Unique {
    parts: Vec<Vec<(u64, u64)>>,
    hasher: foldhash::fast::FixedState,
}

impl Default for Unique {
    fn default() -> Self {
        Unique { parts: vec![Vec::new(); 256], hasher: foldhash::fast::FixedState::with_seed(0x5eed) }
    }
}

impl Unique {
    /// Takes the key of a row.
    pub fn take(&mut self, key: &[u8], row: RowId) {
        let hash = self.hasher.hash_one(key);
        self.parts[(hash >> 56) as usize].push((hash, row.0));
    }

    /// Rows that share a hash with an earlier row, by runs: the first row and the later ones.
    /// Equal hashes are candidates only; the bytes decide.
    pub fn finish(mut self) -> Vec<Vec<RowId>> {
        let mut runs = Vec::new();
        for part in &mut self.parts {
            part.sort_unstable();
            for run in part.chunk_by(|a, b| a.0 == b.0).filter(|r| r.len() > 1) {
                runs.push(run.iter().map(|e| RowId(e.1)).collect());
            }
            *part = Vec::new();
        }
        runs
    }
}
