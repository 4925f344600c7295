//! Reading a table block by block.

use std::collections::HashMap;

use super::batch::{Batch, View};
use super::table::{Part, Rows, Source, Table, WholeRow};
use crate::read::csv::{FieldSpan, Grid, MAX_RECORD};
use crate::source::{FileId, RowId};
use crate::value::Hedge;

/// Sizes that change no byte of the output; knobs for tests.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Bytes of a stretch; by the file's size where none is said.
    pub stretch: Option<u64>,
    /// Bytes of a block.
    pub block: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Sizes { stretch: None, block: 64 << 10 }
    }
}

impl Sizes {
    /// A 128th of the file, from 1 to 16 MiB: it depends on the file alone.
    fn stretch_of(&self, len: u64) -> u64 {
        self.stretch.unwrap_or_else(|| (len / 128).clamp(1 << 20, 16 << 20)).max(1)
    }
}

/// Where a block stands, so that its rows are found again.
#[derive(Debug, Clone, Copy)]
pub struct BlockHead {
    /// The part of the table.
    pub part: u32,
    /// Its first byte in the part.
    pub offset: u64,
    /// Its length.
    pub len: u32,
    /// Its first row.
    pub first: RowId,
    /// Rows before it in the table.
    pub rows_before: u64,
    /// Records before it in the part.
    pub records_before: u64,
    /// Physical lines before it in the file.
    pub lines_before: u64,
}

/// A block that is being visited.
pub struct Visit<'b> {
    /// Its rows.
    pub batch: Batch<'b>,
    /// Where it stands.
    pub head: BlockHead,
    /// The walked records; none for tables held whole.
    pub grid: Option<&'b Grid>,
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

/// Reads a table from start to end, in order.
///
/// # Errors
/// Where a file cannot be read.
pub fn scan(table: &Table, paths: &dyn Fn(FileId) -> String, sizes: Sizes, visit: &mut dyn FnMut(Visit<'_>)) -> Result<(), ScanError> {
    match &table.rows {
        Rows::Whole(rows) => {
            whole(table, rows, paths, visit);
            Ok(())
        }
        Rows::Csv(parts) => {
            let mut at = Progress { stretch: 0, rows_before: 0 };
            for (number, part) in parts.iter().enumerate() {
                scan_part(table, number as u32, part, &paths(part.file), sizes, &mut at, visit)?;
            }
            Ok(())
        }
    }
}

struct Progress {
    stretch: u64,
    rows_before: u64,
}

/// A buffer that holds the block and can grow.
struct Reader<'p> {
    part: &'p Part,
    buffer: Vec<u8>,
}

impl Reader<'_> {
    /// Reads `len` bytes from `offset`; whether the file ends with them.
    fn read(&mut self, offset: u64, len: usize) -> Result<bool, ScanError> {
        let wrong = |error| ScanError { file: self.part.file, offset, error };
        self.buffer.resize(len, 0);
        let mut filled = 0;
        while filled < len {
            let n = self.part.bytes.read_at(offset + filled as u64, &mut self.buffer[filled..]).map_err(wrong)?;
            if n == 0 {
                break;
            }
            filled += n;
        }
        self.buffer.truncate(filled);
        Ok(offset + filled as u64 >= self.part.bytes.len())
    }
}

fn scan_part(table: &Table, number: u32, part: &Part, path: &str, sizes: Sizes, at: &mut Progress, visit: &mut dyn FnMut(Visit<'_>)) -> Result<(), ScanError> {
    if !part.header.readable {
        return Ok(());
    }
    let len = part.bytes.len();
    let stretch = sizes.stretch_of(len);
    let mut reader = Reader { part, buffer: Vec::new() };
    let mut grid = Grid::default();
    let mut shaper = Shaper::new(table, part);
    let mut offset = part.header.body;
    let (mut records, mut lines) = (0, part.header.line - 1);
    let mut row_in_stretch = 0u32;
    let mut current = u64::MAX;
    while offset < len {
        let mine = offset / stretch;
        if mine != current {
            current = mine;
            at.stretch += 1;
            row_in_stretch = 0;
        }
        let stop = usize::try_from((mine + 1) * stretch - offset).unwrap_or(usize::MAX);
        let mut size = sizes.block.max(1);
        let consumed = loop {
            let last = reader.read(offset, size)?;
            let n = part.walker.walk(&reader.buffer, last, stop, &mut grid);
            if n > 0 || last || size >= MAX_RECORD {
                break n;
            }
            size = (size * 2).min(MAX_RECORD);
        };
        if consumed == 0 {
            break;
        }
        let more = offset + (consumed as u64) < len;
        if consumed >= MAX_RECORD && grid.total_records <= 1 && more {
            let error = std::io::Error::new(std::io::ErrorKind::InvalidData, "a record is longer than 64 MiB");
            return Err(ScanError { file: part.file, offset, error });
        }
        let first = RowId::new(at.stretch, row_in_stretch);
        let head = BlockHead { part: number, offset, len: consumed as u32, first, rows_before: at.rows_before, records_before: records, lines_before: lines };
        reader.buffer.truncate(consumed);
        let rows = grid.rows * table.rows_per_record();
        let columns = vec![None; table.columns.len()];
        let view = if shaper.plain { View::Grid(&grid) } else { shaper.shape(&mut reader.buffer, &grid) };
        let batch =
            Batch { table, bytes: &reader.buffer, view, rows, columns, quote: part.dialect.quote, rows_before: at.rows_before, path, hedges: &NO_HEDGES };
        visit(Visit { batch, head, grid: Some(&grid) });
        row_in_stretch += rows as u32;
        at.rows_before += rows as u64;
        records += u64::from(grid.total_records);
        lines += u64::from(grid.total_lines);
        offset += consumed as u64;
    }
    Ok(())
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

fn whole(table: &Table, rows: &[WholeRow], paths: &dyn Fn(FileId) -> String, visit: &mut dyn FnMut(Visit<'_>)) {
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
        let head = BlockHead { part: 0, offset: 0, len: 0, first: RowId(from as u64), rows_before: from as u64, records_before: 0, lines_before: 0 };
        visit(Visit { batch, head, grid: None });
        from = to;
    }
}
