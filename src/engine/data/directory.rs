//! Where the blocks of a table stand, so that its rows are found again.

use crate::engine::data::table::TableFile;
use crate::read::reader::Context;
use crate::source::RowId;
use crate::width::to_usize;

/// Blocks are joined up to so many bytes where a directory of all would be long.
const MOST_JOINED: u32 = 4 << 20;

/// Where a block stands, so that its rows are found again.
#[derive(Debug, Clone, Copy, Default)]
pub struct BlockHead {
    /// The part of the table.
    pub part: u32,
    /// Where it starts: a byte of the file, or a row where its format has no bytes.
    pub offset: u64,
    /// Its length, counted likewise.
    pub len: u32,
    /// Its first row.
    pub first: RowId,
    /// Records before it in the part.
    pub records_before: u64,
    /// Physical lines before it in the file.
    pub lines_before: u64,
    /// Each of its lines is a record, and few are no rows.
    pub plain: bool,
    /// What it depends on: its number among the contexts of the directory.
    pub context: u32,
}

/// What stands before a chunk in its table; zeros where nobody knows yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// Rows before it in the table.
    pub rows: u64,
    /// Records before it in its file.
    pub records: u64,
    /// Physical lines before it in its file.
    pub lines: u64,
}

impl Position {
    /// At the start of the next file of the table.
    pub fn of_next_file(self, file: &TableFile) -> Position {
        Position { rows: self.rows, records: 0, lines: file.reader.head().line.saturating_sub(1) }
    }
}

impl BlockHead {
    /// The number of one of its rows in a file of so many columns, whose cells are numbered.
    pub fn number_of(&self, row: RowId, columns: usize) -> u64 {
        let before = (self.offset / (columns as u64).max(1)).saturating_sub(1);
        before + (row.0 - self.first.0)
    }

    /// With the block right behind it as one, if that stays handy and they are of one chunk.
    pub fn joined(&self, next: &BlockHead) -> Option<BlockHead> {
        let fits = self.first.chunk() == next.first.chunk()
            && self.part == next.part
            && self.offset + u64::from(self.len) == next.offset;
        let len = self.len + next.len;
        (fits && len <= MOST_JOINED).then_some(BlockHead {
            len,
            plain: self.plain && next.plain,
            ..*self
        })
    }

    /// A row of the block as a block of its own: rows, bytes, records and lines that stand before it.
    pub fn at_row(&self, rows: u64, bytes: u64, records: u32, lines: u32) -> BlockHead {
        BlockHead {
            offset: self.offset + bytes,
            first: RowId(self.first.0 + rows),
            records_before: self.records_before + u64::from(records),
            lines_before: self.lines_before + u64::from(lines),
            ..*self
        }
    }
}

/// The blocks of a table in order, and the records among them that are no rows.
#[derive(Debug, Default)]
pub struct Directory {
    blocks: Vec<BlockHead>,
    /// Of plain blocks: part and number in the part.
    aside: Vec<(u32, u64)>,
    /// Blocks are joined in pairs when there are more.
    most: usize,
    /// What blocks depend on, where that is anything; the first is nothing.
    contexts: Vec<Context>,
}

/// Blocks before they are joined in pairs: some megabytes.
const MOST_HEADS: usize = 1 << 16;

impl Directory {
    pub fn blocks(&self) -> &[BlockHead] {
        &self.blocks
    }

    /// What a block depends on.
    pub fn context(&self, head: &BlockHead) -> Context {
        self.contexts.get(head.context as usize).cloned().unwrap_or_default()
    }

    /// The number of a context; blocks in a row often share one.
    fn number(&mut self, context: Context) -> u32 {
        if self.contexts.is_empty() {
            self.contexts.push(Context::default());
        }
        if context == Context::default() {
            return 0;
        }
        if self.contexts.last() != Some(&context) {
            self.contexts.push(context);
        }
        u32::try_from(self.contexts.len() - 1).unwrap_or(u32::MAX)
    }

    /// Takes the next block and, where it is plain, which of its records are no rows.
    pub fn push(&mut self, head: BlockHead, context: Context, aside: impl Iterator<Item = u32>) {
        let context = self.number(context);
        self.blocks.push(BlockHead { context, ..head });
        if head.plain {
            self.aside
                .extend(aside.map(|record| (head.part, head.records_before + u64::from(record))));
        }
    }

    /// Takes the blocks of the next chunk; their counts begin with it, and `base` stands before it.
    pub fn append(&mut self, chunk: &mut Directory, base: Position) {
        let contexts = std::mem::take(&mut chunk.contexts);
        for head in chunk.blocks.drain(..) {
            let context = contexts.get(head.context as usize).cloned().unwrap_or_default();
            let context = self.number(context);
            self.blocks.push(BlockHead {
                records_before: head.records_before + base.records,
                lines_before: head.lines_before + base.lines,
                context,
                ..head
            });
        }
        self.aside
            .extend(chunk.aside.drain(..).map(|(part, record)| (part, record + base.records)));
        if self.blocks.len() > self.most.max(MOST_HEADS) {
            join(&mut self.blocks);
            self.most = 2 * self.blocks.len();
        }
    }

    /// The number of the block that a row stands in.
    pub fn block_of(&self, row: RowId) -> Option<usize> {
        self.blocks.partition_point(|h| h.first <= row).checked_sub(1)
    }

    /// The line of a plain block that its `row`th row is.
    pub fn line_of(&self, head: &BlockHead, row: usize) -> usize {
        let from = self.aside.partition_point(|a| *a < (head.part, head.records_before));
        let aside = &self.aside[from..];
        let aside = &aside[..aside.partition_point(|a| a.0 == head.part)];
        // Rows before a record that is none are its number less those that are none before it.
        let (mut low, mut high) = (0, aside.len());
        while low < high {
            let middle = low.midpoint(high);
            let rows_before = to_usize(aside[middle].1 - head.records_before) - middle;
            if rows_before <= row { low = middle + 1 } else { high = middle }
        }
        row + low
    }

    /// The row of a plain block that its `line`th line is; none where it is no row.
    pub fn row_of(&self, head: &BlockHead, line: usize) -> Option<usize> {
        let record = (head.part, head.records_before + line as u64);
        let from = self.aside.partition_point(|a| *a < (head.part, head.records_before));
        let to = self.aside.partition_point(|a| *a < record);
        (self.aside.get(to) != Some(&record)).then(|| line - (to - from))
    }
}

/// Joins each block with the one behind it.
fn join(directory: &mut Vec<BlockHead>) {
    let mut joined: Vec<BlockHead> = Vec::with_capacity(directory.len() / 2 + 1);
    let mut alone = true;
    for head in directory.drain(..) {
        match joined
            .last_mut()
            .filter(|_| alone)
            .and_then(|last| last.joined(&head).map(|both| (last, both)))
        {
            Some((last, both)) => {
                *last = both;
                alone = false;
            }
            None => {
                joined.push(head);
                alone = true;
            }
        }
    }
    *directory = joined;
}
