//! Reading a table block by block.

use std::collections::HashMap;

use super::batch::{Batch, Decoded, View};
use super::decode::SLACK;
use super::directory::BlockHead;
use super::table::{Part, Rows, Source, Table, WholeRow};
use crate::read::csv::{FieldSpan, Grid, MAX_RECORD};
use crate::source::{FileId, RowId, Watcher};
use crate::value::Hedge;

/// Sizes that change no byte of the output; knobs for tests.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Bytes of a stretch; by the file's size where none is said.
    pub stretch: Option<u64>,
    /// Bytes of a block.
    pub block: usize,
    /// Bytes of a stretch at most.
    pub most: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Sizes { stretch: None, block: 128 << 10, most: 16 << 20 }
    }
}

/// A file has no more stretches than about so many, however little memory there is.
const MOST_STRETCHES: u64 = 1 << 15;

impl Sizes {
    /// A 32nd of the file, from 2 to 16 MiB, less where memory is little: it does not depend on the
    /// number of workers.
    fn stretch_of(&self, len: u64) -> u64 {
        self.stretch.unwrap_or_else(|| (len / 32).clamp(2 << 20, 16 << 20).min(self.most.max(len / MOST_STRETCHES))).max(1)
    }
}

/// A block that is being visited.
pub struct Visit<'b> {
    /// Its rows.
    pub batch: Batch<'b>,
    /// Where it stands.
    pub head: BlockHead,
    /// The walked records; none for tables held whole.
    pub grid: Option<&'b Grid>,
    /// The number of its stretch; 0 for tables held whole.
    pub stretch: u64,
}

/// Why a scan ended early.
#[derive(Debug)]
pub struct ScanError {
    /// The file.
    pub file: FileId,
    /// Where, in bytes.
    pub offset: u64,
    /// What the system said.
    pub error: std::io::Error,
}

/// A stretch of one file of a table: work for one worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The part of the table.
    pub part: u32,
    /// Its number in the table, from 1.
    pub number: u64,
    /// Its first byte; the records that start in it belong to it.
    pub from: u64,
    /// One past its last byte.
    pub to: u64,
}

/// The stretches of a table, in order; tables held whole are one.
pub fn stretches(table: &Table, sizes: Sizes) -> Vec<Stretch> {
    let Rows::Csv(parts) = &table.rows else { return vec![Stretch { part: 0, number: 1, from: 0, to: 0 }] };
    let mut all = Vec::new();
    for (number, part) in parts.iter().enumerate().filter(|(_, p)| p.header.readable) {
        let (len, size) = (part.bytes.len(), sizes.stretch_of(part.bytes.len()));
        let mut from = part.header.body / size * size;
        while from < len {
            all.push(Stretch { part: number as u32, number: all.len() as u64 + 1, from, to: from.saturating_add(size).min(len) });
            from = from.saturating_add(size);
        }
    }
    all
}

/// What is used again from block to block and from stretch to stretch.
#[derive(Default)]
pub struct Room {
    buffer: Vec<u8>,
    grid: Grid,
    columns: Vec<Option<Decoded>>,
    /// What filled columns carry over from the stretch before.
    carried: Option<Vec<Vec<u8>>>,
}

/// What stands before a stretch in its table; zeros where nobody knows yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Before {
    /// Rows before it in the table.
    pub rows: u64,
    /// Records before it in its part.
    pub records: u64,
    /// Physical lines before it in its file.
    pub lines: u64,
}

/// Where the first record of a stretch seems to start; exact for the first of a file.
///
/// # Errors
/// Where the file cannot be read.
pub fn guess(table: &Table, stretch: Stretch, room: &mut Room) -> Result<u64, ScanError> {
    /// As many bytes are looked at.
    const HEAD: usize = 64 << 10;
    let Rows::Csv(parts) = &table.rows else { return Ok(0) };
    let part = &parts[stretch.part as usize];
    if stretch.from <= part.header.body {
        return Ok(part.header.body);
    }
    // The byte before tells whether a record starts right at the border.
    read(part, stretch.from - 1, HEAD, &mut room.buffer)?;
    Ok(stretch.from - 1 + part.walker.guess(&room.buffer) as u64)
}

/// Reads `len` bytes from `offset`, fewer at the end; whether the file ends with them.
fn read(part: &Part, offset: u64, len: usize, buffer: &mut Vec<u8>) -> Result<bool, ScanError> {
    let wrong = |error| ScanError { file: part.file, offset, error };
    buffer.resize(len, 0);
    let mut filled = 0;
    while filled < len {
        let n = part.bytes.read_at(offset + filled as u64, &mut buffer[filled..]).map_err(wrong)?;
        if n == 0 {
            break;
        }
        filled += n;
    }
    buffer.truncate(filled);
    let end = offset + filled as u64;
    if filled < len && end < part.bytes.len() {
        return Err(wrong(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "it ends here, but was longer when it was opened")));
    }
    Ok(end >= part.bytes.len())
}

/// Walks one stretch from the record at `start`; returns where the first record after it starts.
/// Blocks grow to hold a record, up to `longest` bytes.
///
/// # Errors
/// Where the file cannot be read, a record is too long, or the run was asked to stop.
pub fn walk(
    table: &Table,
    path: &str,
    (stretch, start, before): (Stretch, u64, Before),
    (sizes, longest, watch): (Sizes, usize, &dyn Watcher),
    room: &mut Room,
    visit: &mut dyn FnMut(&mut Visit<'_>),
) -> Result<u64, ScanError> {
    let Rows::Csv(parts) = &table.rows else { return Ok(start) };
    let part = &parts[stretch.part as usize];
    let len = part.bytes.len();
    let mut shaper = Shaper::new(table, part);
    if let Some(carried) = room.carried.take().filter(|_| start > part.header.body) {
        shaper.carry(carried);
    }
    let (mut offset, mut at, mut row) = (start, before, 0u32);
    while offset < stretch.to {
        if watch.stops() > 0 {
            return Err(ScanError { file: part.file, offset, error: std::io::ErrorKind::Interrupted.into() });
        }
        let stop = usize::try_from(stretch.to - offset).unwrap_or(usize::MAX);
        let consumed = block(part, offset, stop, (sizes, longest), room)?;
        if consumed == 0 {
            break;
        }
        let first = RowId::new(stretch.number, row);
        let head = BlockHead {
            part: stretch.part,
            offset,
            len: consumed as u32,
            first,
            rows_before: at.rows,
            records_before: at.records,
            lines_before: at.lines,
            plain: room.grid.lines_are_records(&room.buffer),
        };
        room.buffer.truncate(consumed);
        room.visit(table, part, path, (stretch.number, head), &mut shaper, visit);
        let rows = room.grid.rows * table.rows_per_record();
        row += rows as u32;
        at.rows += rows as u64;
        at.records += u64::from(room.grid.total_records);
        at.lines += u64::from(room.grid.total_lines);
        offset += consumed as u64;
        watch.read(consumed as u64);
    }
    room.carried = (!table.fill.is_empty() && offset < len).then(|| shaper.carried());
    Ok(offset)
}

/// Visits a block that was walked before; only for tables whose blocks stand for themselves (no `fill`).
///
/// # Errors
/// Where the file cannot be read.
pub fn revisit(table: &Table, path: &str, head: BlockHead, room: &mut Room, visit: &mut dyn FnMut(&mut Visit<'_>)) -> Result<(), ScanError> {
    let Rows::Csv(parts) = &table.rows else { return Ok(()) };
    let part = &parts[head.part as usize];
    read(part, head.offset, head.len as usize, &mut room.buffer)?;
    part.walker.walk(&room.buffer, true, usize::MAX, &mut room.grid);
    room.visit(table, part, path, (head.first.stretch(), head), &mut Shaper::new(table, part), visit);
    Ok(())
}

impl Room {
    /// Shows the walked block.
    fn visit(
        &mut self,
        table: &Table,
        part: &Part,
        path: &str,
        (stretch, head): (u64, BlockHead),
        shaper: &mut Shaper<'_>,
        visit: &mut dyn FnMut(&mut Visit<'_>),
    ) {
        self.columns.resize(table.columns.len(), None);
        let rows = self.grid.rows * table.rows_per_record();
        let view = if shaper.plain { View::Grid(&self.grid) } else { shaper.shape(&mut self.buffer, &self.grid) };
        self.buffer.resize(self.buffer.len() + SLACK, 0);
        let columns = std::mem::take(&mut self.columns);
        let batch =
            Batch { table, bytes: &self.buffer, view, rows, columns, quote: part.dialect.quote, rows_before: head.rows_before, path, hedges: &NO_HEDGES };
        let mut seen = Visit { batch, head, grid: Some(&self.grid), stretch };
        visit(&mut seen);
        self.columns = seen.batch.columns;
    }
}

/// Reads and walks the next block into the room; returns its length.
fn block(part: &Part, offset: u64, stop: usize, (sizes, longest): (Sizes, usize), room: &mut Room) -> Result<usize, ScanError> {
    let mut size = sizes.block.max(1);
    let consumed = loop {
        let last = read(part, offset, size, &mut room.buffer)?;
        let n = part.walker.walk(&room.buffer, last, stop, &mut room.grid);
        if n > 0 || last || size >= longest {
            break n;
        }
        size = (size * 2).min(MAX_RECORD);
    };
    let more = offset + (consumed as u64) < part.bytes.len();
    let too_long = consumed >= MAX_RECORD && room.grid.total_records <= 1;
    if (too_long || (consumed == 0 && longest < MAX_RECORD)) && more {
        let error = std::io::Error::new(std::io::ErrorKind::InvalidData, "a record is longer than 64 MiB");
        return Err(ScanError { file: part.file, offset, error });
    }
    Ok(consumed)
}

/// Reads a table from start to end, in order.
///
/// # Errors
/// Where a file cannot be read.
pub fn scan(
    table: &Table,
    paths: &dyn Fn(FileId) -> String,
    (sizes, watch): (Sizes, &dyn Watcher),
    visit_block: &mut dyn FnMut(&mut Visit<'_>),
) -> Result<(), ScanError> {
    let parts = match &table.rows {
        Rows::Whole(rows) => {
            whole(table, rows, paths, visit_block);
            return Ok(());
        }
        Rows::Csv(parts) => parts,
    };
    let mut room = Room::default();
    let (mut current, mut at, mut before) = (u32::MAX, 0, Before::default());
    for stretch in stretches(table, sizes) {
        let part = &parts[stretch.part as usize];
        if current != stretch.part {
            current = stretch.part;
            at = part.header.body;
            before = Before { rows: before.rows, records: 0, lines: part.header.line - 1 };
        }
        if at >= stretch.to {
            continue;
        }
        let mut sum = before;
        at = walk(table, &paths(part.file), (stretch, at, before), (sizes, MAX_RECORD, watch), &mut room, &mut |visit| {
            sum.add(visit);
            visit_block(visit);
        })?;
        before = sum;
    }
    Ok(())
}

impl Before {
    /// Goes on behind a block.
    pub fn add(&mut self, visit: &Visit<'_>) {
        self.rows += visit.batch.rows as u64;
        self.records += visit.grid.map_or(0, |g| u64::from(g.total_records));
        self.lines += visit.grid.map_or(0, |g| u64::from(g.total_lines));
    }
}

/// No hedges: CSV cells have none.
pub static NO_HEDGES: std::sync::LazyLock<HashMap<(usize, usize), Hedge>> = std::sync::LazyLock::new(HashMap::new);

/// Lays cells out by the table's columns where records are not rows as they stand.
pub struct Shaper<'t> {
    table: &'t Table,
    part: &'t Part,
    /// Whether the grid serves as it is.
    pub plain: bool,
    cells: Vec<FieldSpan>,
    /// The last value of each filled column, carried over blocks.
    filled: Vec<Vec<u8>>,
}

impl<'t> Shaper<'t> {
    /// A shaper for one file.
    pub fn new(table: &'t Table, part: &'t Part) -> Shaper<'t> {
        let in_order = part.fields.iter().enumerate().all(|(i, f)| *f == Some(i));
        Shaper { table, part, plain: table.is_plain() && in_order, cells: Vec::new(), filled: vec![Vec::new(); table.fill.len()] }
    }

    /// What is filled in at the start of a block.
    pub fn carried(&self) -> Vec<Vec<u8>> {
        self.filled.clone()
    }

    /// Goes on from what an earlier block left.
    pub fn carry(&mut self, filled: Vec<Vec<u8>>) {
        self.filled = filled;
    }

    /// Cells of all rows; texts that stand nowhere in the block are put behind it.
    pub fn shape<'b>(&'b mut self, buffer: &mut Vec<u8>, grid: &Grid) -> View<'b> {
        let width = self.table.columns.len();
        self.cells.clear();
        let mut put = |text: &[u8]| {
            let start = buffer.len() as u32;
            buffer.extend_from_slice(text);
            FieldSpan { start, end: buffer.len() as u32 }
        };
        let holes: Vec<FieldSpan> = self.part.path.iter().map(|p| put(p.as_bytes())).collect();
        let names: Vec<FieldSpan> = self.table.pivot.iter().map(|p| put(p.1.as_bytes())).collect();
        let field = |row: usize, f: usize| self.part.fields.get(f).copied().flatten().map_or_else(FieldSpan::default, |f| grid.field(row, f));
        for row in 0..grid.rows {
            #[allow(clippy::needless_range_loop)] // names are empty where nothing is unpivoted
            for pivot in 0..self.table.rows_per_record() {
                for column in &self.table.columns {
                    self.cells.push(match column.source {
                        Source::Field(f) => field(row, f),
                        Source::PivotName => names[pivot],
                        Source::PivotValue => field(row, self.table.pivot[pivot].0),
                        Source::Path(p) => holes.get(p).copied().unwrap_or_default(),
                        Source::Nowhere => FieldSpan::default(),
                    });
                }
            }
        }
        for (at, &column) in self.table.fill.iter().enumerate() {
            fill(&mut self.cells, column, width, buffer, &mut self.filled[at]);
        }
        View::Cells(&self.cells, width)
    }
}

/// Blank cells of a column get the text above them.
fn fill(cells: &mut [FieldSpan], column: usize, width: usize, buffer: &mut Vec<u8>, last: &mut Vec<u8>) {
    let start = buffer.len() as u32;
    buffer.extend_from_slice(last);
    let mut above = FieldSpan { start, end: buffer.len() as u32 };
    for cell in cells.iter_mut().skip(column).step_by(width) {
        let blank = matches!(&buffer[cell.start as usize..cell.end as usize], b"" | b"\"\"");
        if blank {
            *cell = above;
        } else {
            above = *cell;
        }
    }
    *last = buffer[above.start as usize..above.end as usize].to_vec();
}

/// Visits the rows of a table held whole.
pub fn whole(table: &Table, rows: &[WholeRow], paths: &dyn Fn(FileId) -> String, visit: &mut dyn FnMut(&mut Visit<'_>)) {
    let width = table.columns.len();
    let (mut bytes, mut cells) = (Vec::new(), Vec::with_capacity(rows.len() * width));
    let mut hedges = HashMap::new();
    for (number, row) in rows.iter().enumerate() {
        for (c, column) in table.columns.iter().enumerate() {
            let start = bytes.len() as u32;
            if let Source::Field(f) = column.source
                && let Some(cell) = row.cells.get(f)
            {
                bytes.extend_from_slice(cell.text.as_bytes());
                if cell.hedge != Hedge::None {
                    hedges.insert((number, c), cell.hedge);
                }
            }
            cells.push(FieldSpan { start, end: bytes.len() as u32 });
        }
    }
    bytes.resize(bytes.len() + SLACK, 0);
    // One batch per file, so that `file()` is right.
    let mut from = 0;
    while from < rows.len() {
        let file = rows[from].file;
        let to = rows[from..].iter().position(|r| r.file != file).map_or(rows.len(), |n| from + n);
        let path = paths(file);
        let part: HashMap<(usize, usize), Hedge> = hedges.iter().filter(|((r, _), _)| (from..to).contains(r)).map(|((r, c), h)| ((r - from, *c), *h)).collect();
        let batch = Batch {
            table,
            bytes: &bytes,
            view: View::Cells(&cells[from * width..to * width], width),
            rows: to - from,
            columns: vec![None; width],
            quote: None,
            rows_before: from as u64,
            path: &path,
            hedges: &part,
        };
        let head =
            BlockHead { part: 0, offset: 0, len: 0, first: RowId(from as u64), rows_before: from as u64, records_before: 0, lines_before: 0, plain: false };
        visit(&mut Visit { batch, head, grid: None, stretch: 0 });
        from = to;
    }
}
