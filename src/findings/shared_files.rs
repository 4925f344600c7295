//! What is wrong with a file that several tables read is found once.

use std::collections::BTreeMap;

use crate::engine::data::job::Job;
use crate::engine::pass::ran::Ran;
use crate::report::RawFinding;
use crate::source::FileId;

/// The faults of files that more than one table reads.
pub(crate) struct SharedFiles<'h, 'j> {
    job: &'h Job<'j>,
    ran: &'h Ran<'j>,
    /// By the numbers under which tables read them: their paths.
    files: BTreeMap<FileId, String>,
    /// Each with its name and where it starts, and the table that had it first.
    met: BTreeMap<(String, String, u64), usize>,
}

impl<'h, 'j> SharedFiles<'h, 'j> {
    pub fn new(job: &'h Job<'j>, ran: &'h Ran<'j>) -> Self {
        let declared = job.tables.iter().filter(|table| table.is_declared());
        let all = declared.flat_map(|table| table.files.iter().map(|of| of.file));
        let mut files: BTreeMap<FileId, String> = all.map(|of| (of, (job.paths)(of))).collect();
        let mut readers = BTreeMap::new();
        files.values().for_each(|path| *readers.entry(path.clone()).or_insert(0) += 1);
        files.retain(|_, path| readers.get(path).is_some_and(|n| *n > 1));
        SharedFiles { job, ran, files, met: BTreeMap::new() }
    }

    /// Whether no other table had this fault of a file before, which stands beside a row.
    pub fn is_first(&mut self, table: usize, raw: &RawFinding, fault: &str) -> bool {
        if self.files.is_empty() {
            return true;
        }
        let directory = &self.ran.tables[table].directory;
        let block = directory.block_of(raw.row).and_then(|block| directory.blocks().get(block));
        let file = block.and_then(|block| self.job.tables[table].files.get(block.part as usize));
        match file.and_then(|of| self.files.get(&of.file)) {
            Some(path) => {
                let known = self.met.entry((path.clone(), fault.to_string(), raw.aux));
                *known.or_insert(table) == table
            }
            None => true,
        }
    }
}
