//! Rows and faults found again in their files: positions are made only when something is printed.

use std::collections::VecDeque;

use super::directory::{BlockHead, Directory};
use super::env::LocatedRow;
use super::scan::{Shaper, Visit};
use super::table::{Part, Rows, Source, Table};
use crate::read::csv::grid::NO_COLUMN;
use crate::read::csv::record::count_lines;
use crate::read::csv::{FieldSpan, Grid, Irregular, unquote};
use crate::source::{FileId, RowId, Span};
use crate::value::Hedge;

/// A row with the places of its cells.
#[derive(Debug, Clone)]
pub struct Located {
    /// Its texts.
    pub row: LocatedRow,
    /// Its file.
    pub file: FileId,
    /// The bytes of each cell, quotes included; the row's own where a cell stands nowhere.
    pub spans: Vec<Span>,
    /// The physical line of each cell; 0 where the file's lines must be counted.
    pub lines: Vec<u64>,
    /// Where the whole row stands.
    pub span: Span,
    /// Its bytes as they stand there; none for rows that were held whole.
    pub bytes: Vec<u8>,
    /// The physical line at which the row starts; 0 where the file's lines must be counted.
    pub line: u64,
    /// The record's number, without the header.
    pub record: Option<u64>,
}

/// A fault of a file with its place.
#[derive(Debug, Clone)]
pub struct LocatedFault<'l> {
    /// The fault; offsets count from `base`.
    pub irregular: Irregular,
    /// The block's bytes.
    pub block: &'l [u8],
    /// Where the block starts.
    pub base: u64,
    /// The physical line.
    pub line: u64,
    /// The record's number.
    pub record: u64,
}

/// A block that was read and walked again.
struct Loaded {
    head: BlockHead,
    /// The block, and what the view adds behind it.
    bytes: Vec<u8>,
    len: usize,
    grid: Grid,
    /// Cells by column, where the grid does not serve as it is.
    cells: Option<Vec<FieldSpan>>,
}

/// A block of which each line is a record: only the lines that are wanted are walked.
#[derive(Default)]
struct Lines {
    /// Its place in the directory.
    block: usize,
    bytes: Vec<u8>,
    /// As far as lines were counted, and how many end before.
    at: usize,
    line: usize,
}

/// Blocks that are kept: neighbours of a row often stand a few blocks before it.
const MOST_BLOCKS: usize = 12;

/// A row as it stood when it was met: enough to locate it without reading again.
#[derive(Debug, Clone)]
pub struct Kept {
    /// As if the row were a block of its own.
    head: BlockHead,
    bytes: Box<[u8]>,
}

impl Kept {
    /// A row of a block, where rows stand for themselves.
    pub fn of(visit: &Visit<'_>, row: usize) -> Option<Kept> {
        let grid = visit.grid.filter(|_| visit.batch.table.is_plain())?;
        let (start, before) = (*grid.starts.get(row)?, row as u64);
        let bytes = visit.batch.bytes.get(start as usize..grid.end(row) as usize)?;
        Some(Kept { head: visit.head.at_row(before, u64::from(start), grid.records_before(row), grid.lines_before(row)), bytes: bytes.into() })
    }
}

/// Finds rows of one table again; keeps the last blocks it has read.
pub struct Locator<'t> {
    table: &'t Table,
    directory: &'t Directory,
    paths: &'t (dyn Fn(FileId) -> String + Sync),
    loaded: Vec<Loaded>,
    lines: Vec<Lines>,
    /// Blocks of which single rows were read of late.
    touched: VecDeque<usize>,
    /// Blocks that are kept.
    most: usize,
    /// Of the last block several rows were wanted: so it will be with the next.
    several: bool,
    /// The last row that was walked alone.
    single: Loaded,
}

impl<'t> Locator<'t> {
    /// A locator for a table that has been scanned.
    pub fn new(table: &'t Table, directory: &'t Directory, paths: &'t (dyn Fn(FileId) -> String + Sync)) -> Locator<'t> {
        let single = Loaded { head: BlockHead::default(), bytes: Vec::new(), len: 0, grid: Grid::default(), cells: None };
        Locator { table, directory, paths, loaded: Vec::new(), lines: Vec::new(), touched: VecDeque::new(), several: false, most: MOST_BLOCKS, single }
    }

    /// One for rows that are asked for in the order of the file: a block is left for good.
    pub fn in_order(self) -> Locator<'t> {
        Locator { most: 1, ..self }
    }

    fn parts(&self) -> &'t [Part] {
        match &self.table.rows {
            Rows::Csv(parts) => parts,
            Rows::Whole(_) => &[],
        }
    }

    /// The row, or none where the file has changed under us.
    pub fn row(&mut self, id: RowId) -> Option<Located> {
        if matches!(self.table.rows, Rows::Whole(_)) {
            return self.whole(id);
        }
        self.find(id)?;
        self.csv(self.found(id)?, id)
    }

    /// The texts of some columns of a row, or none where the file has changed under us.
    pub fn texts(&mut self, id: RowId, columns: &[usize]) -> Option<Vec<String>> {
        if matches!(self.table.rows, Rows::Whole(_)) {
            let row = self.whole(id)?.row;
            return Some(columns.iter().map(|&c| row.texts[c].clone()).collect());
        }
        self.find(id)?;
        let block = self.found(id)?;
        let part = &self.parts()[block.head.part as usize];
        columns.iter().map(|&c| Some(self.text(block, part, (id.0 - block.head.first.0) as usize, c)?.0)).collect()
    }

    /// Reads the block of a row, or the row alone.
    fn find(&mut self, id: RowId) -> Option<()> {
        let block = self.directory.block_of(id)?;
        let head = *self.directory.blocks().get(block)?;
        if head.plain && self.table.is_plain() { self.line(block, head, (id.0 - head.first.0) as usize) } else { self.load(block).map(|_| ()) }
    }

    /// What was read of the block of a row.
    fn found(&self, id: RowId) -> Option<&Loaded> {
        if self.single.head.first == id && self.single.len > 0 {
            return Some(&self.single);
        }
        self.loaded.iter().rev().find(|l| l.head.first <= id && id.0 - l.head.first.0 < (l.grid.rows * self.table.rows_per_record()) as u64)
    }

    /// Walks one row of a block of which each line is a record.
    fn line(&mut self, block: usize, head: BlockHead, row: usize) -> Option<()> {
        let mut bytes = std::mem::take(&mut self.single.bytes);
        bytes.clear();
        let line = self.directory.line_of(&head, row);
        let start = match self.lines.iter_mut().rev().find(|l| l.block == block) {
            Some(lines) => {
                self.several = true;
                lines.copy(line, &mut bytes)
            }
            None if self.touched.contains(&block) || self.several => {
                self.several = false;
                self.lines(block, head)?.copy(line, &mut bytes)
            }
            None => {
                if self.touched.len() >= self.most {
                    self.touched.pop_front();
                }
                self.touched.push_back(block);
                self.alone(head, line, &mut bytes)
            }
        }?;
        self.walk_single(head.at_row(row as u64, start as u64, line as u32, line as u32), bytes)
    }

    fn walk_single(&mut self, head: BlockHead, bytes: Vec<u8>) -> Option<()> {
        let walker = &self.parts().get(head.part as usize)?.walker;
        let single = &mut self.single;
        walker.walk(&bytes, true, usize::MAX, &mut single.grid);
        let alone = single.grid.rows == 1 && single.grid.total_records == 1;
        (single.head, single.len, single.bytes) = (head, if alone { bytes.len() } else { 0 }, bytes);
        alone.then_some(())
    }

    /// A row that is perhaps the only one wanted of its block: the lines before it are counted. Where
    /// it starts in the block; its bytes are put into `into`.
    fn alone(&self, head: BlockHead, line: usize, into: &mut Vec<u8>) -> Option<usize> {
        /// As many bytes are read at once.
        const STEP: usize = 16 << 10;
        let part = &self.parts()[head.part as usize];
        let (mut bytes, mut start, mut seen) = (Vec::new(), 0, 0);
        let end = loop {
            let from = bytes.len();
            bytes.resize((from + STEP).min(head.len as usize), 0);
            let n = part.bytes.read_at(head.offset + from as u64, &mut bytes[from..]).ok()?;
            bytes.truncate(from + n);
            let mut ends = memchr::memchr_iter(b'\n', &bytes[from..]).map(|at| from + at + 1);
            while seen < line
                && let Some(end) = ends.next()
            {
                (start, seen) = (end, seen + 1);
            }
            if seen == line
                && let Some(end) = ends.next()
            {
                break end;
            }
            if n == 0 || bytes.len() >= head.len as usize {
                break bytes.len();
            }
        };
        into.extend_from_slice(bytes.get(start..end)?);
        (seen == line).then_some(start)
    }

    /// The lines of a block.
    fn lines(&mut self, block: usize, head: BlockHead) -> Option<&mut Lines> {
        // The room of a block that is let go is used again.
        let mut lines = if self.lines.len() >= self.most { self.lines.remove(0) } else { Lines::default() };
        lines.block = block;
        read(&self.parts()[head.part as usize], &head, &mut lines.bytes)?;
        (lines.at, lines.line) = (0, 0);
        self.lines.push(lines);
        self.lines.last_mut()
    }

    /// A row that was kept.
    pub fn kept(&mut self, kept: &Kept) -> Option<Located> {
        self.walk_single(kept.head, kept.bytes.to_vec())?;
        self.csv(&self.single, kept.head.first)
    }

    fn place(&self, head: &BlockHead) -> Option<usize> {
        self.loaded.iter().rposition(|l| l.head.part == head.part && l.head.offset == head.offset)
    }

    fn whole(&self, id: RowId) -> Option<Located> {
        let Rows::Whole(rows) = &self.table.rows else { return None };
        let row = rows.get(id.0 as usize)?;
        let mut texts = Vec::new();
        let mut hedges = Vec::new();
        let mut spans = Vec::new();
        for column in &self.table.columns {
            let cell = if let Source::Field(f) = column.source { row.cells.get(f) } else { None };
            texts.push(cell.map(|c| c.text.clone()).unwrap_or_default());
            hedges.push(cell.map_or(Hedge::None, |c| c.hedge));
            spans.push(cell.map_or(row.span, |c| c.span));
        }
        let lines = vec![0; spans.len()];
        let number = id.0 + 1;
        let path = (self.paths)(row.file);
        Some(Located {
            row: LocatedRow { texts, hedges, number, path },
            file: row.file,
            spans,
            lines,
            span: row.span,
            bytes: Vec::new(),
            line: 0,
            record: None,
        })
    }

    /// The place of a block among the loaded ones.
    fn load(&mut self, block: usize) -> Option<usize> {
        let head = *self.directory.blocks().get(block)?;
        if let Some(at) = self.place(&head) {
            return Some(at);
        }
        // The room of a block that is let go is used again.
        let room = if self.loaded.len() >= self.most { Some(self.loaded.remove(0)) } else { None };
        let loaded = self.read_block(block, head, room)?;
        self.loaded.push(loaded);
        Some(self.loaded.len() - 1)
    }

    fn read_block(&self, block: usize, head: BlockHead, room: Option<Loaded>) -> Option<Loaded> {
        let part = &self.parts()[head.part as usize];
        let (mut bytes, mut grid) = room.map_or_else(Default::default, |r| (r.bytes, r.grid));
        read(part, &head, &mut bytes)?;
        part.walker.walk(&bytes, true, usize::MAX, &mut grid);
        let len = bytes.len();
        let mut shaper = Shaper::new(self.table, part);
        let cells = (!shaper.plain).then(|| {
            shaper.carry(self.filled_before(block));
            match shaper.shape(&mut bytes, &grid) {
                super::batch::View::Cells(cells, _) => cells.to_vec(),
                super::batch::View::Grid(_) => Vec::new(),
            }
        });
        Some(Loaded { head, bytes, len, grid, cells })
    }

    /// What the fill columns carry into a block: the blocks of its file before it, walked again.
    fn filled_before(&self, block: usize) -> Vec<Vec<u8>> {
        let head = self.directory.blocks()[block];
        let part = &self.parts()[head.part as usize];
        let mut shaper = Shaper::new(self.table, part);
        if self.table.fill.is_empty() {
            return shaper.carried();
        }
        for before in self.directory.blocks()[..block].iter().filter(|h| h.part == head.part) {
            let mut bytes = Vec::new();
            if read(part, before, &mut bytes).is_none() {
                break;
            }
            let mut grid = Grid::default();
            part.walker.walk(&bytes, true, usize::MAX, &mut grid);
            shaper.shape(&mut bytes, &grid);
        }
        shaper.carried()
    }

    fn csv(&self, block: &Loaded, id: RowId) -> Option<Located> {
        let part = &self.parts()[block.head.part as usize];
        let row = (id.0 - block.head.first.0) as usize;
        let per = self.table.rows_per_record();
        let (record, pivot) = (row / per, row % per);
        if record >= block.grid.rows {
            return None;
        }
        let width = self.table.columns.len();
        let starts = block.grid.starts[record];
        let own = Span::new(u64::from(starts), u64::from(block.grid.end(record))).shift(block.head.offset);
        let line = block.head.lines_before + u64::from(block.grid.lines_before(record)) + 1;
        let mut located = Located {
            row: LocatedRow {
                texts: Vec::with_capacity(width),
                hedges: vec![Hedge::None; width],
                number: block.head.rows_before + row as u64 + 1,
                path: (self.paths)(part.file),
            },
            file: part.file,
            spans: Vec::with_capacity(width),
            lines: Vec::with_capacity(width),
            span: own,
            bytes: block.bytes[starts as usize..block.grid.end(record) as usize].to_vec(),
            line,
            record: Some(block.head.records_before + u64::from(block.grid.records_before(record)) + 1),
        };
        for (c, column) in self.table.columns.iter().enumerate() {
            let (text, place) = self.text(block, part, row, c)?;
            located.row.texts.push(text);
            match place {
                Some(f) => {
                    located.spans.push(Span::new(u64::from(f.start), u64::from(f.end)).shift(block.head.offset));
                    located.lines.push(line + u64::from(count_lines(&block.bytes[starts as usize..f.start as usize], None)));
                }
                None => {
                    located.spans.push(self.pivot_name(part, column.source, pivot).unwrap_or(own));
                    located.lines.push(if column.source == Source::PivotName { part.header.header_line } else { line });
                }
            }
        }
        Some(located)
    }

    /// The text of a cell, and where in the block it stands if it does.
    fn text(&self, block: &Loaded, part: &Part, row: usize, c: usize) -> Option<(String, Option<FieldSpan>)> {
        let per = self.table.rows_per_record();
        let field = match self.table.columns[c].source {
            Source::Field(f) => part.fields.get(f).copied().flatten(),
            Source::PivotValue => part.fields.get(self.table.pivot[row % per].0).copied().flatten(),
            _ => None,
        };
        let place = field.map(|f| block.grid.field(row / per, f));
        let text = match &block.cells {
            Some(cells) => *cells.get(row * self.table.columns.len() + c)?,
            None => place.unwrap_or_default(),
        };
        let raw = block.bytes.get(text.start as usize..text.end as usize)?;
        Some((String::from_utf8_lossy(&unquote(raw, part.dialect.quote)).into_owned(), place))
    }

    /// The header cell that a pivoted name stands in.
    fn pivot_name(&self, part: &Part, source: Source, pivot: usize) -> Option<Span> {
        if source != Source::PivotName {
            return None;
        }
        let field = part.fields.get(self.table.pivot[pivot].0).copied().flatten()?;
        part.header.columns.get(field).map(|c| c.span)
    }

    /// The fault of kind `kind` that starts at `offset` near a row.
    pub fn fault(&mut self, near: RowId, kind: u8, offset: u64) -> Option<(&'t Part, LocatedFault<'_>)> {
        // Blocks without rows begin with the same one: the offset tells them apart.
        let part = self.directory.blocks().get(self.directory.block_of(near)?)?.part;
        let after = self.directory.blocks().partition_point(|h| (h.part, h.offset) <= (part, offset));
        let (at, irregular) = (after.saturating_sub(2)..after).rev().find_map(|block| {
            let at = self.load(block)?;
            let loaded = &self.loaded[at];
            let is_it = |f: &&Irregular| f.kind == kind && loaded.head.offset + u64::from(f.start) == offset;
            loaded.grid.faults.iter().find(is_it).map(|f| (at, *f))
        })?;
        let loaded = &self.loaded[at];
        let told = LocatedFault {
            irregular,
            block: &loaded.bytes[..loaded.len],
            base: loaded.head.offset,
            line: loaded.head.lines_before + u64::from(irregular.line) + 1,
            record: loaded.head.records_before + u64::from(irregular.record) + 1,
        };
        Some((self.parts().get(loaded.head.part as usize)?, told))
    }
}

impl Lines {
    /// Puts a line into `into`; returns where it starts.
    fn copy(&mut self, line: usize, into: &mut Vec<u8>) -> Option<usize> {
        let start = if line == 0 { 0 } else { self.end_of(line - 1)? };
        let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        into.extend_from_slice(&rest[..memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)]);
        Some(start)
    }

    /// One past the end of a line; what is skipped is only counted.
    fn end_of(&mut self, line: usize) -> Option<usize> {
        /// So many bytes are counted at once.
        const STEP: usize = 2048;
        if line < self.line {
            (self.at, self.line) = (0, 0);
        }
        while let Some(step) = self.bytes.get(self.at..self.at + STEP) {
            let ends = memchr::memchr_iter(b'\n', step).count();
            if self.line + ends > line {
                break;
            }
            (self.at, self.line) = (self.at + STEP, self.line + ends);
        }
        let rest = self.bytes.get(self.at..)?;
        memchr::memchr_iter(b'\n', rest).nth(line - self.line).map(|at| self.at + at + 1)
    }
}

/// Reads a block again; none where it is no longer all there.
fn read(part: &Part, head: &BlockHead, bytes: &mut Vec<u8>) -> Option<()> {
    bytes.resize(head.len as usize, 0);
    let mut filled = 0;
    while filled < bytes.len() {
        match part.bytes.read_at(head.offset + filled as u64, &mut bytes[filled..]) {
            Ok(n) if n > 0 => filled += n,
            _ => return None,
        }
    }
    Some(())
}

/// Whether a fault has a column.
pub fn fault_column(irregular: &Irregular) -> Option<usize> {
    (irregular.column != NO_COLUMN).then_some(irregular.column as usize)
}
