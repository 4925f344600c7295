//! What one chunk gave, apart from all others until it is committed.

use crate::engine::data::aside::Aside;
use crate::engine::data::directory::Directory;
use crate::engine::data::directory::Position;
use crate::engine::data::job::ScanError;
use crate::engine::data::once::Onces;
use crate::engine::data::uneven::Uneven;
use crate::engine::fast::previous::ChunkPrevious;
use crate::engine::fast::sums::ChunkSums;
use crate::engine::pass::inner::StateMisses;
use crate::engine::pass::undecided::UndecidedRows;
use crate::engine::states::env::{Filled, Miss};
use crate::engine::states::seen::WindowValue;
use crate::engine::states::unique::KeyRun;
use crate::expr::bound::StateId;
use crate::report::{RawFinding, Tally};
use crate::source::RowId;

/// A look-up that found none or several, or an `only` that met two.
#[derive(Debug)]
pub struct MissNote {
    pub check: usize,
    pub assertion: usize,
    pub row: RowId,
    /// What was missed.
    pub miss: Miss,
}

/// What one chunk gave.
#[derive(Default)]
pub struct ChunkResult {
    /// Which worker made it.
    pub worker: usize,
    /// Where its first record starts.
    pub began: u64,
    /// Where the first record after it starts.
    pub ended: u64,
    /// Its blocks; counts begin with the chunk until it is committed.
    pub directory: Directory,
    /// Rows, records and lines in it.
    pub counts: Position,
    /// Records that became rows.
    pub records: u64,
    /// Bytes that were read for it.
    pub bytes: u64,
    /// Records that were no rows.
    pub set_aside: u64,
    /// Records, or rows that records became, that the rule says are no rows.
    pub left_out: u64,
    /// The cells of these records; lines are counted from the start of the chunk.
    pub aside: Aside,
    /// Counts of line ends, and the first of each as offset, record and line.
    pub line_ends: ([u64; 3], [Option<(u64, u64, u64)>; 3]),
    /// Per percent column: the first row with a percent sign and the first without.
    pub percent_signs: Vec<(usize, Option<RowId>, Option<RowId>)>,
    /// What is reported once for a column.
    pub once: Onces,
    /// How many of its records are ragged in the same way.
    pub uneven: Uneven,
    /// For each text that is sought, whether a cell holds it.
    pub met: Vec<bool>,
    /// Per check of the stage.
    pub tallies: Vec<Tally>,
    /// Per check of the stage its first undecided rows.
    pub undecided: Vec<UndecidedRows>,
    /// Raw findings of rows.
    pub raw: Vec<RawFinding>,
    /// Misses.
    pub misses: Vec<MissNote>,
    /// What rows missed on their way into states.
    pub state_misses: StateMisses,
    /// What failing rows saw of the rows before them.
    pub window_values: Vec<((StateId, u64), WindowValue)>,
    /// The states that are filled exactly.
    pub states: Vec<Filled>,
    /// The states that are filled by sums.
    pub sums: Vec<ChunkSums>,
    /// Comparisons with rows before.
    pub previous: Vec<ChunkPrevious>,
    /// Keys.
    pub runs: Vec<KeyRun>,
    /// Per dictionary of the worker the bytes of each key that is new in this chunk.
    pub new_keys: Vec<Vec<Box<[u8]>>>,
    /// A loop met what only the evaluator can judge, in order.
    pub needs_exact_pass: bool,
    /// Why the chunk was not walked to its end.
    pub error: Option<ScanError>,
}
