//! The first rows of a table, and what of its files is none of it.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::engine::data::job::Sizes;
use crate::engine::data::table::Table;
use crate::engine::pass::scan::{Visit, scan};
use crate::report::coverage::LeftOut;
use crate::source::{FileId, Watcher};

/// Rows that are shown.
const ROWS: usize = 3;

/// What a table looks like.
pub struct Preview {
    /// The cells of its first rows.
    pub rows: Vec<Vec<String>>,
    pub left_out: LeftOut,
}

/// Asks to stop when enough was seen.
#[derive(Debug, Default)]
struct Enough(AtomicU32);

impl Watcher for Enough {
    fn stops(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Reads the first rows of a table; all of it where a condition leaves records out.
pub fn preview(table: &Table, paths: &dyn Fn(FileId) -> String) -> Preview {
    let mut preview = Preview { rows: Vec::new(), left_out: around(table) };
    let enough = Enough::default();
    let mut take = |visit: &mut Visit<'_>| {
        let batch = &visit.batch;
        let cells =
            |row| (0..table.columns.len()).map(|c| batch.text(row, c).into_owned()).collect();
        let wanted = ROWS - preview.rows.len();
        preview.rows.extend((0..batch.rows.min(wanted)).map(cells));
        preview.left_out.filtered += u64::from(batch.block.grid.left_out);
        if table.filter.is_none() && preview.rows.len() == ROWS {
            enough.0.store(1, Ordering::Relaxed);
        }
    };
    // What cannot be read is reported by a check.
    let _ = scan(table, paths, (Sizes::default(), &enough), &mut take);
    preview
}

/// The records above and below a table in all of its files.
pub fn around(table: &Table) -> LeftOut {
    let mut left_out = LeftOut::default();
    for file in &table.files {
        left_out.above += file.reader.head().above;
        left_out.below += file.reader.below();
    }
    left_out
}
