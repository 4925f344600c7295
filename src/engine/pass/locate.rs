//! Rows and faults found again in their files: positions are made only when something is printed.

use std::ops::Range;
use std::sync::Arc;

use crate::engine::data::directory::{BlockHead, Directory};
use crate::engine::data::table::{Table, TableFile};
use crate::engine::data::typed;
use crate::engine::pass::recent::Recent;
use crate::engine::pass::scan::{Visit, lay_out};
use crate::engine::states::env::LocatedRow;
use crate::read::block::{Block, Cells};
use crate::read::grid::{FieldSpan, Irregular, NO_COLUMN};
use crate::read::reader::{Context, Wanted};
use crate::shape::{Shaper, Source, filled};
use crate::source::{Bytes, Columns, FileId, RowId, Span, count_lines};
use crate::value::Hedge;
use crate::width::{to_u32, to_usize};

/// A row with the places of its cells.
#[derive(Debug, Clone)]
pub struct Located {
    pub id: RowId,
    pub row: LocatedRow,
    pub file: FileId,
    /// The bytes of each cell, quotes included; the row's own where a cell stands nowhere.
    pub spans: Vec<Span>,
    /// Columns whose cell is blank and means the one above.
    pub filled: Vec<usize>,
    /// The physical line of each cell; 0 where the file's lines must be counted.
    pub lines: Vec<u64>,
    /// Where the whole row stands.
    pub span: Span,
    /// Its bytes as they stand there; none for rows that were held whole.
    pub bytes: Vec<u8>,
    /// Where the characters of these stand in their lines.
    pub columns: Columns,
    /// The physical line at which the row starts; 0 where the file's lines must be counted.
    pub line: u64,
    /// The record's number, without the header.
    pub record: Option<u64>,
    /// Whether it starts where a line does.
    pub starts_line: bool,
    /// Of a part of a nested document: where it stands there, as a JSON pointer.
    pub pointer: Option<String>,
    /// The same for each cell.
    pub pointers: Vec<Option<String>>,
    /// Where the rows of a record are chosen one by one: its cells that become rows, chosen or not, with
    /// the fields of the file that they stand in.
    pub beside: Vec<(usize, String)>,
}

/// A fault of a file with its place.
pub struct LocatedFault<'l> {
    /// The fault; offsets count from the start of its block.
    pub irregular: Irregular,
    pub block: &'l Block,
    /// The physical line.
    pub line: u64,
    /// The record's number.
    pub record: u64,
}

/// A block that was read again.
#[derive(Default)]
struct Loaded {
    head: BlockHead,
    block: Block,
    /// Cells by column, where the block does not serve as it is.
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

/// Blocks that are kept: the rows that a row is compared with often stand a few blocks before it.
const MOST_BLOCKS: usize = 12;

/// A row whose line is known: enough to read it again alone.
#[derive(Debug, Clone, Copy)]
pub struct Kept(BlockHead);

impl Kept {
    /// A row of a block, where rows stand for themselves.
    pub fn of(visit: &Visit<'_>, row: usize) -> Option<Kept> {
        let block = visit.batch.block;
        if !visit.batch.table.layout.is_plain() || !block.lines_are_records {
            return None;
        }
        let grid = &block.grid;
        let (start, end) = (*grid.starts.get(row)?, grid.end(row));
        let (records, lines) = (grid.records_before(row), grid.lines_before(row));
        let head = visit.head.at_row(row as u64, u64::from(start), records, lines);
        Some(Kept(BlockHead { len: end - start, ..head }))
    }
}

/// Finds rows of one table again, wherever they come from.
pub trait RowFinder: Send {
    /// The row; none where it is no longer there.
    fn row(&mut self, id: RowId) -> Option<Arc<Located>>;
    /// A row whose line is known; none where rows have no lines.
    fn kept(&mut self, _kept: &Kept) -> Option<Arc<Located>> {
        None
    }
    /// The fault of kind `kind` that starts at `offset` beside a row; none where rows are not read
    /// from files.
    fn fault(
        &mut self,
        _beside: RowId,
        _kind: u8,
        _offset: u64,
    ) -> Option<(&TableFile, LocatedFault<'_>)> {
        None
    }
}

/// A finder for each table.
pub type Finders<'f> = [Box<dyn RowFinder + 'f>];

/// Finds rows of one table again in its files; keeps the last blocks it has read.
pub struct Locator<'t> {
    table: &'t Table,
    directory: &'t Directory,
    paths: &'t (dyn Fn(FileId) -> String + Sync),
    loaded: Vec<Loaded>,
    lines: Vec<Lines>,
    /// Blocks that are kept.
    most: usize,
    /// The last row that was read by its line.
    single: Loaded,
    /// Rows that were located last.
    recent: Recent<Located>,
}

impl<'t> Locator<'t> {
    /// A locator for a table that has been scanned.
    pub fn new(
        table: &'t Table,
        directory: &'t Directory,
        paths: &'t (dyn Fn(FileId) -> String + Sync),
    ) -> Locator<'t> {
        Locator {
            table,
            directory,
            paths,
            loaded: Vec::new(),
            lines: Vec::new(),
            most: MOST_BLOCKS,
            single: Loaded::default(),
            recent: Recent::default(),
        }
    }

    /// One for rows that are asked for in the order of the file: a block is left for good.
    pub fn in_order(self) -> Locator<'t> {
        Locator { most: 1, ..self }
    }

    fn file(&self, head: &BlockHead) -> Option<&'t TableFile> {
        self.table.files.get(head.part as usize)
    }

    /// The texts of some columns of a row, or none where the file has changed under us.
    pub fn texts(&mut self, id: RowId, columns: &[usize]) -> Option<Vec<String>> {
        self.find(id)?;
        let loaded = self.found(id)?;
        let row = to_usize(id.0 - loaded.head.first.0);
        columns.iter().map(|&c| self.text(loaded, row, c)).collect()
    }

    /// Reads the block of a row, or the row alone.
    fn find(&mut self, id: RowId) -> Option<()> {
        let block = self.directory.block_of(id)?;
        let head = *self.directory.blocks().get(block)?;
        if head.plain && self.table.layout.is_plain() {
            self.line(block, head, to_usize(id.0 - head.first.0))
        } else {
            self.load(block).map(|_| ())
        }
    }

    /// What was read of the block of a row.
    fn found(&self, id: RowId) -> Option<&Loaded> {
        if self.single.head.first == id && self.single.block.grid.rows > 0 {
            return Some(&self.single);
        }
        let rows = |l: &Loaded| self.table.layout.rows_in(&l.block) as u64;
        self.loaded.iter().rev().find(|l| l.head.first <= id && id.0 - l.head.first.0 < rows(l))
    }

    /// Reads one row of a block of which each line is a record.
    fn line(&mut self, block: usize, head: BlockHead, row: usize) -> Option<()> {
        let line = self.directory.line_of(&head, row);
        let known = self.lines.iter().rposition(|l| l.block == block);
        let range = match known.and_then(|at| self.lines.get_mut(at)) {
            Some(lines) => lines.range(line),
            None => self.lines(block, head)?.range(line),
        }?;
        let at = head.at_row(row as u64, range.start as u64, to_u32(line), to_u32(line));
        self.read_line(BlockHead { len: to_u32(range.end - range.start), ..at })
    }

    /// Reads a row by its line.
    fn read_line(&mut self, head: BlockHead) -> Option<()> {
        self.single.head = head;
        self.single.cells = None;
        self.single.block.grid.rows = 0;
        read(self.file(&head)?, &head, &Context::default(), &mut self.single.block)?;
        let grid = &mut self.single.block.grid;
        if grid.rows != 1 || grid.total_records != 1 {
            grid.rows = 0;
            return None;
        }
        Some(())
    }

    /// The lines of a block.
    fn lines(&mut self, block: usize, head: BlockHead) -> Option<&mut Lines> {
        // The buffers of a block that is given up are used again.
        let mut lines =
            if self.lines.len() >= self.most { self.lines.remove(0) } else { Lines::default() };
        lines.block = block;
        read_bytes(self.file(&head)?.reader.bytes()?, &head, &mut lines.bytes)?;
        (lines.at, lines.line) = (0, 0);
        self.lines.push(lines);
        self.lines.last_mut()
    }

    fn place(&self, head: &BlockHead) -> Option<usize> {
        self.loaded.iter().rposition(|l| l.head.part == head.part && l.head.offset == head.offset)
    }

    /// The place of a block among the loaded ones.
    fn load(&mut self, block: usize) -> Option<usize> {
        let head = *self.directory.blocks().get(block)?;
        if let Some(at) = self.place(&head) {
            return Some(at);
        }
        // The buffers of a block that is dropped are used again.
        let reused =
            if self.loaded.len() >= self.most { Some(self.loaded.remove(0)) } else { None };
        let loaded = self.read_block(head, reused)?;
        self.loaded.push(loaded);
        Some(self.loaded.len() - 1)
    }

    fn read_block(&self, head: BlockHead, reused: Option<Loaded>) -> Option<Loaded> {
        let (file, context) = (self.file(&head)?, self.directory.context(&head));
        let mut block = reused.map(|r| r.block).unwrap_or_default();
        read(file, &head, &context, &mut block)?;
        if matches!(block.cells, Cells::Columns(_)) {
            typed::write_all(&mut block, self.table, file);
        }
        let mut shaper = Shaper::new(&self.table.layout, &file.layout, &context);
        let path = (self.paths)(file.file);
        lay_out((self.table, file, &path), head.records_before, &mut shaper, &mut block);
        let cells = shaper.cells().map(<[FieldSpan]>::to_vec);
        Some(Loaded { head, block, cells })
    }

    fn located(&self, loaded: &Loaded, id: RowId) -> Option<Located> {
        let (head, block, layout) = (&loaded.head, &loaded.block, &self.table.layout);
        let file = self.file(head)?;
        let (row, width) = (to_usize(id.0 - head.first.0), self.table.columns.len());
        let (record, pivot) = (layout.record_in(block, row), layout.pivot_in(block, row));
        (record < block.grid.rows).then_some(())?;
        let by_bytes = file.reader.bytes().is_some();
        let span = block.row_span(record);
        let within = |at: u64| to_usize(at.saturating_sub(block.at));
        let own = within(span.start)..within(span.end);
        let before = own.start.checked_sub(1).and_then(|at| block.bytes.get(at));
        let own = if by_bytes { block.bytes.get(own)? } else { &[] };
        let number = head.records_before + u64::from(block.grid.records_before(record)) + 1;
        let line = head.lines_before + u64::from(block.grid.lines_before(record)) + 1;
        let mut located = Located {
            id,
            row: LocatedRow {
                unknown: unknown(loaded, row, width),
                pivot,
                number,
                path: (self.paths)(file.file),
                ..LocatedRow::default()
            },
            file: file.file,
            spans: Vec::with_capacity(width),
            filled: filled((layout, &file.layout), block, (record, pivot)),
            lines: Vec::with_capacity(width),
            span,
            bytes: own.to_vec(),
            columns: Columns::of(own),
            line: if by_bytes { line } else { 0 },
            record: (by_bytes || file.reader.addresses().is_some()).then_some(number),
            starts_line: before.is_some_and(|byte| matches!(byte, b'\n' | b'\r')),
            pointer: file.reader.pointer(block, record, None, number),
            pointers: Vec::new(),
            beside: self.beside(file, block, record),
        };
        // A block begins with a line, but for those of a document.
        located.starts_line |= before.is_none() && located.pointer.is_none();
        for column in 0..width {
            let field = layout.field_of(pivot, column).and_then(|f| file.layout.own(f));
            located.row.texts.push(self.text(loaded, row, column)?);
            let hedge = field.and_then(|f| block.hedges.get(&(record, f)));
            located.row.hedges.push(hedge.copied().unwrap_or(Hedge::None));
            let (place, line) = match field {
                Some(f) => {
                    let place = block.cell_span(record, f);
                    (place, line_in(&located, place))
                }
                None => self.elsewhere(file, pivot, column).unwrap_or((span, located.line)),
            };
            if located.pointer.is_some() {
                let pointer = field.map(|f| file.reader.pointer(block, record, Some(f), number));
                located.pointers.push(pointer.flatten());
            }
            located.spans.push(place);
            located.lines.push(line);
        }
        Some(located)
    }

    fn keep(&mut self, row: Located) -> Arc<Located> {
        let texts: usize = row.row.texts.iter().map(String::len).sum();
        let size = (row.spans.len() + 1) * size_of::<(String, Span)>() + texts + row.bytes.len();
        self.recent.keep(row.id, row, size)
    }

    fn beside(&self, file: &TableFile, block: &Block, record: usize) -> Vec<(usize, String)> {
        if block.chosen.is_none() {
            return Vec::new();
        }
        let text = |field: usize| {
            let text = block.unquoted(block.field(record, field));
            (field, String::from_utf8_lossy(&text).into_owned())
        };
        self.table.layout.pivot.iter().filter_map(|p| file.layout.own(p.0)).map(text).collect()
    }

    /// The text of a cell.
    fn text(&self, loaded: &Loaded, row: usize, column: usize) -> Option<String> {
        let layout = &self.table.layout;
        let block = &loaded.block;
        let span = match &loaded.cells {
            Some(cells) => *cells.get(row * self.table.columns.len() + column)?,
            None => {
                let file = self.file(&loaded.head)?;
                let pivot = layout.pivot_in(block, row);
                let field = layout.field_of(pivot, column).and_then(|f| file.layout.own(f));
                field.map_or_else(FieldSpan::default, |f| block.field(row, f))
            }
        };
        Some(String::from_utf8_lossy(&block.unquoted(span)).into_owned())
    }

    /// The header cell that an unpivoted name is written in, and its line.
    fn elsewhere(&self, file: &TableFile, pivot: usize, column: usize) -> Option<(Span, u64)> {
        let layout = &self.table.layout;
        if layout.sources.get(column) != Some(&Source::PivotName) {
            return None;
        }
        let field = file.layout.own(layout.pivot.get(pivot)?.0)?;
        let head = file.reader.head();
        head.columns.get(field).and_then(|c| Some((c.span?, head.header_line)))
    }
}

impl RowFinder for Locator<'_> {
    fn row(&mut self, id: RowId) -> Option<Arc<Located>> {
        if let Some(row) = self.recent.of(id) {
            return Some(row);
        }
        self.find(id)?;
        let row = self.located(self.found(id)?, id)?;
        Some(self.keep(row))
    }

    fn kept(&mut self, kept: &Kept) -> Option<Arc<Located>> {
        let id = kept.0.first;
        if let Some(row) = self.recent.of(id) {
            return Some(row);
        }
        self.read_line(kept.0)?;
        let row = self.located(&self.single, id)?;
        Some(self.keep(row))
    }

    fn fault(
        &mut self,
        beside: RowId,
        kind: u8,
        offset: u64,
    ) -> Option<(&TableFile, LocatedFault<'_>)> {
        // Blocks without rows begin with the same one: the offset distinguishes them.
        let part = self.directory.blocks().get(self.directory.block_of(beside)?)?.part;
        let after =
            self.directory.blocks().partition_point(|h| (h.part, h.offset) <= (part, offset));
        let (at, irregular) = (after.saturating_sub(2)..after).rev().find_map(|block| {
            let at = self.load(block)?;
            let loaded = &self.loaded[at];
            let is_it = |f: &&Irregular| {
                f.kind == kind && loaded.head.offset + u64::from(f.start) == offset
            };
            loaded.block.grid.faults.iter().find(is_it).map(|f| (at, *f))
        })?;
        let loaded = &self.loaded[at];
        let fault = LocatedFault {
            irregular,
            block: &loaded.block,
            line: loaded.head.lines_before + u64::from(irregular.line) + 1,
            record: loaded.head.records_before + u64::from(irregular.record) + 1,
        };
        Some((self.file(&loaded.head)?, fault))
    }
}

impl Lines {
    /// The bytes of a line, its end included.
    fn range(&mut self, line: usize) -> Option<Range<usize>> {
        let start = if line == 0 { 0 } else { self.end_of(line - 1)? };
        let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        let len = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        Some(start..start + len)
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

/// The physical line of a place in a row; 0 where it stands elsewhere, or the row has no line.
fn line_in(row: &Located, place: Span) -> u64 {
    let before = place.start.checked_sub(row.span.start).filter(|_| row.line > 0);
    let before = before.and_then(|n| row.bytes.get(..usize::try_from(n).ok()?));
    let lines =
        |text: &[u8]| text.get(row.columns.first_end()..).map_or(0, |rest| count_lines(rest, None));
    before.map_or(0, |text| row.line + u64::from(lines(text)))
}

/// Reads a block again with its places; none where it is no longer all there.
fn read(file: &TableFile, head: &BlockHead, context: &Context, block: &mut Block) -> Option<()> {
    let wanted = Wanted { places: true, ..Wanted::default() };
    let range = head.offset..head.offset + u64::from(head.len);
    file.reader.again(range, context, &wanted, block).ok()?;
    (block.len == u64::from(head.len)).then_some(())
}

/// Reads the bytes of a block again; none where they are no longer all there.
pub(super) fn read_bytes(of: &dyn Bytes, head: &BlockHead, bytes: &mut Vec<u8>) -> Option<()> {
    bytes.resize(head.len as usize, 0);
    let mut filled = 0;
    while filled < bytes.len() {
        match of.read_at(head.offset + filled as u64, &mut bytes[filled..]) {
            Ok(n) if n > 0 => filled += n,
            _ => return None,
        }
    }
    Some(())
}

/// The columns of a row whose cells nobody knows.
fn unknown(loaded: &Loaded, row: usize, width: usize) -> Vec<usize> {
    let (Some(unknown), Some(cells)) = (loaded.block.unknown, &loaded.cells) else {
        return Vec::new();
    };
    let cells = cells.iter().skip(row * width).take(width).enumerate();
    cells.filter(|(_, cell)| **cell == unknown).map(|(column, _)| column).collect()
}

/// Whether a fault has a column.
pub fn fault_column(irregular: &Irregular) -> Option<usize> {
    (irregular.column != NO_COLUMN).then_some(irregular.column as usize)
}
