//! The rows that exhibits show: all of a small file, of a larger one those with findings and the
//! rows around them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::engine::data::batch::Batch;
use crate::engine::data::job::Job;
use crate::engine::pass::locate::{Finders, Located};
use crate::engine::pass::ran::Ran;
use crate::engine::pass::scan::{Buffers, revisit};
use crate::source::RowId;
use crate::width::to_usize;

/// A file of at most so many records is shown whole.
pub(crate) const MOST_WHOLE: u64 = 60;
/// If it has at most so many columns,
pub(crate) const MOST_COLUMNS: usize = 30;
/// and so many bytes of text.
const MOST_TEXT: usize = 20_000;
/// Records of a larger file that are shown.
const MOST_PARTLY: usize = 40;
/// Records before and behind one with a finding that are shown with it.
const AROUND: usize = 2;
/// Characters of a cell.
const MOST_OF_CELL: usize = 120;

/// A file of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Part {
    pub table: usize,
    /// Its number among the files of the table.
    pub part: usize,
}

/// The rows of a file that are shown.
pub(crate) struct Shown {
    pub of: Part,
    /// In order.
    pub rows: Vec<Arc<Located>>,
    /// Whether they are all rows of the file.
    pub is_whole: bool,
    /// Records of the file.
    pub records: u64,
}

/// Reads rows of tables again.
pub(crate) struct RowReader<'r, 'j, 'f> {
    pub job: &'r Job<'j>,
    pub ran: &'r Ran<'j>,
    pub finders: &'r mut Finders<'f>,
    /// For blocks that were looked at, by table and number, which row is the first of each record, and
    /// how many rows there are.
    records: BTreeMap<(usize, usize), Rc<[usize]>>,
}

impl<'r, 'j, 'f> RowReader<'r, 'j, 'f> {
    pub fn new(job: &'r Job<'j>, ran: &'r Ran<'j>, finders: &'r mut Finders<'f>) -> Self {
        RowReader { job, ran, finders, records: BTreeMap::new() }
    }

    /// Records of a file.
    pub fn records(&self, of: Part) -> u64 {
        self.ran.tables[of.table].records_of_files.get(of.part).copied().unwrap_or(0)
    }

    /// The rows of a file to be shown, where `with_findings` are the rows with findings; none where
    /// it is too large and has none.
    pub fn shown(&mut self, of: Part, with_findings: &[RowId]) -> Option<Shown> {
        let records = self.records(of);
        let file = self.job.tables[of.table].files.get(of.part)?;
        let is_narrow = file.reader.head().columns.len() <= MOST_COLUMNS;
        if records <= MOST_WHOLE {
            let rows = self.all(of);
            let text: usize = rows.iter().flat_map(|r| &r.row.texts).map(|t| cut(t).len()).sum();
            if is_narrow && text <= MOST_TEXT {
                return Some(Shown { of, rows, is_whole: true, records });
            }
        }
        let mut ids: BTreeSet<RowId> = BTreeSet::new();
        let most = MOST_PARTLY * self.job.tables[of.table].layout.rows_per_record();
        for row in with_findings {
            let around = self.around(of, *row);
            let new = around.iter().filter(|id| !ids.contains(id)).count();
            if ids.len() + new > most {
                break;
            }
            ids.extend(around);
        }
        let rows: Vec<Arc<Located>> =
            ids.into_iter().filter_map(|id| self.finders[of.table].row(id)).collect();
        (!rows.is_empty()).then_some(Shown { of, rows, is_whole: false, records })
    }

    fn all(&mut self, of: Part) -> Vec<Arc<Located>> {
        let blocks = self.ran.tables[of.table].directory.blocks();
        let mut rows = Vec::new();
        for (block, head) in blocks.iter().enumerate().filter(|(_, h)| h.part as usize == of.part) {
            let count = self.records_in(of.table, block).last().copied().unwrap_or(0);
            let ids = (0..count).map(|n| RowId(head.first.0 + n as u64));
            rows.extend(ids.filter_map(|id| self.finders[of.table].row(id)));
        }
        rows
    }

    /// The rows of the record of a row, and of the records around it.
    fn around(&mut self, of: Part, row: RowId) -> Vec<RowId> {
        let directory = &self.ran.tables[of.table].directory;
        let Some((block, head)) =
            directory.block_of(row).and_then(|n| Some((n, directory.blocks().get(n)?)))
        else {
            return Vec::new();
        };
        let row = to_usize(row.0 - head.first.0);
        let starts = self.records_in(of.table, block);
        let own = (block, starts.partition_point(|start| *start <= row).saturating_sub(1));
        let mut records = vec![own];
        let (mut first, mut last) = (own, own);
        for _ in 0..AROUND {
            if let Some(before) = self.before(of, first) {
                records.push(before);
                first = before;
            }
            if let Some(after) = self.after(of, last) {
                records.push(after);
                last = after;
            }
        }
        let mut rows = Vec::new();
        for (block, record) in records {
            let first = directory.blocks().get(block).map_or(0, |head| head.first.0);
            let starts = self.records_in(of.table, block);
            if let Some([start, end]) = starts.get(record..record + 2) {
                rows.extend((*start..*end).map(|n| RowId(first + n as u64)));
            }
        }
        rows
    }

    /// The record before one of a file, by its block and its number in it.
    fn before(&mut self, of: Part, (block, record): (usize, usize)) -> Option<(usize, usize)> {
        if let Some(before) = record.checked_sub(1) {
            return Some((block, before));
        }
        let mut at = block;
        while let Some(before) = at.checked_sub(1).filter(|n| self.is_of(of, *n)) {
            if let Some(last) = self.records_in(of.table, before).len().checked_sub(2) {
                return Some((before, last));
            }
            at = before;
        }
        None
    }

    /// The record behind one of a file likewise.
    fn after(&mut self, of: Part, (block, record): (usize, usize)) -> Option<(usize, usize)> {
        if record + 2 < self.records_in(of.table, block).len() {
            return Some((block, record + 1));
        }
        let mut next = block + 1;
        while self.is_of(of, next) {
            if self.records_in(of.table, next).len() > 1 {
                return Some((next, 0));
            }
            next += 1;
        }
        None
    }

    fn is_of(&self, of: Part, block: usize) -> bool {
        let head = self.ran.tables[of.table].directory.blocks().get(block);
        head.is_some_and(|head| head.part as usize == of.part)
    }

    /// Which row of a block is the first of each record, and how many rows there are.
    fn records_in(&mut self, table: usize, block: usize) -> Rc<[usize]> {
        if let Some(records) = self.records.get(&(table, block)) {
            return Rc::clone(records);
        }
        let (info, directory) = (&self.job.tables[table], &self.ran.tables[table].directory);
        let mut records = Vec::new();
        if let Some(head) = directory.blocks().get(block)
            && let Some(file) = info.files.get(head.part as usize)
        {
            let path = (self.job.paths)(file.file);
            let (context, mut buffers) = (directory.context(head), Buffers::default());
            // A file that cannot be read again shows nothing; the run itself says so.
            let _ = revisit(info, &path, (*head, &context), &mut buffers, &mut |visit| {
                let Batch { block, rows, .. } = &visit.batch;
                let record = |row: usize| info.layout.record_in(block, row);
                let is_first =
                    |row: &usize| row.checked_sub(1).is_none_or(|b| record(b) != record(*row));
                records = (0..*rows).filter(is_first).chain([*rows]).collect();
            });
        }
        let records: Rc<[usize]> = records.into();
        self.records.insert((table, block), Rc::clone(&records));
        records
    }
}

/// The text of a cell as it is shown.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_OF_CELL) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_string(),
    }
}
