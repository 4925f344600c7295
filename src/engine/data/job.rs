//! What a run is made of, and what one table gives.

use crate::engine::data::aside::Aside;
use crate::engine::data::check::Check;
use crate::engine::data::directory::Directory;
use crate::engine::data::memory::Memory;
use crate::engine::data::once::Onces;
use crate::engine::data::table::{Table, TableFile};
use crate::engine::data::uneven::Uneven;
use crate::expr::bound::States;
use crate::expr::functions::Context;
use crate::read::reader::ReadError;
use crate::source::{FileId, RowId, Watcher};

/// How many raw findings of each class were counted and not kept.
pub type Overflow = std::collections::BTreeMap<u32, u64>;

/// How many of those have a key in common with one that was kept, by class and the hash of the key.
pub type OverflowOfKeys = std::collections::BTreeMap<(u32, u64), u64>;

/// What a run is made of.
pub struct Job<'j> {
    pub tables: &'j [Table],
    pub defs: &'j States,
    pub checks: &'j [Check],
    pub context: Context,
    /// Block and chunk sizes.
    pub sizes: Sizes,
    /// How many workers.
    pub jobs: usize,
    /// Without loops: every row is judged by the evaluator, in order. For tests.
    pub exact: bool,
    /// What keys and groups may take.
    pub memory: Memory<'j>,
    /// Raw findings of a class that are kept, where no more are shown; the others are only counted.
    pub most_raw: Option<u64>,
    /// Undecided answers of a check that are kept, where no more are needed; the others are only
    /// counted.
    pub most_undecided: usize,
    /// Whoever waits for the run.
    pub watch: &'j dyn Watcher,
    /// Paths of files as they are shown.
    pub paths: &'j (dyn Fn(FileId) -> String + Sync),
}

/// What one table gave beside its states.
#[derive(Default)]
pub struct TableResult {
    /// Where its blocks stand.
    pub directory: Directory,
    pub rows: u64,
    /// Rows of each of its files.
    pub rows_of_files: Vec<u64>,
    /// Records of each that became rows.
    pub records_of_files: Vec<u64>,
    /// Bytes that were read for them.
    pub bytes: u64,
    /// Records that were no rows.
    pub set_aside: u64,
    /// Records, or rows that records became, that the rule says are no rows.
    pub left_out: u64,
    /// The cells of these records.
    pub aside: Aside,
    /// Per part: the first line ends of each kind, as offset, record and line, with their counts.
    pub line_ends: Vec<(u32, [u64; 3], [Option<(u64, u64, u64)>; 3])>,
    /// Per percent column: the first row with a percent sign and the first without.
    pub percent_signs: Vec<(usize, Option<RowId>, Option<RowId>)>,
    /// What is reported once for a column.
    pub once: Onces,
    /// Files of which all records are ragged in the same way.
    pub uneven: Vec<(u32, Uneven)>,
    /// For each text that conditions compare with a column, whether a cell holds it.
    pub met: Vec<bool>,
}

impl TableResult {
    /// Takes what only the last pass over a table finds.
    pub fn finish(&mut self, last: TableResult) {
        self.percent_signs = last.percent_signs;
        self.once = last.once;
        self.uneven = last.uneven;
        self.met = last.met;
    }
}

/// Sizes that change no byte of the output; knobs for tests.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Bytes of a chunk; by the file's size where none is said.
    pub chunk: Option<u64>,
    /// Bytes of a block.
    pub block: usize,
    /// Bytes of a chunk at most.
    pub most: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Sizes { chunk: None, block: 128 << 10, most: 16 << 20 }
    }
}

/// A file has no more chunks than about so many, however little memory there is.
const MOST_CHUNKS: u64 = 1 << 15;

impl Sizes {
    /// A 32nd of the file, from 2 to 16 MiB, less where memory is little: it does not depend on the
    /// number of workers.
    pub fn chunk_size(&self, len: u64) -> u64 {
        self.chunk
            .unwrap_or_else(|| {
                (len / 32).clamp(2 << 20, 16 << 20).min(self.most.max(len / MOST_CHUNKS))
            })
            .max(1)
    }
}

/// Why a scan ended early.
#[derive(Debug)]
pub struct ScanError {
    pub file: FileId,
    /// Where, in bytes.
    pub offset: u64,
    /// What the system said.
    pub error: std::io::Error,
}

impl ScanError {
    /// An error of reading a file.
    pub fn of(file: &TableFile, error: ReadError) -> ScanError {
        ScanError { file: file.file, offset: error.offset, error: error.error }
    }
}

/// A chunk of one file of a table: work for one worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// The file of the table.
    pub part: u32,
    /// Its number in the table, from 1.
    pub number: u64,
    /// Where it starts; the records that start in it belong to it.
    pub from: u64,
    /// One past its end.
    pub to: u64,
}
