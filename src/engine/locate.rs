//! Rows and faults found again in their files: positions are made only when something is printed.

use super::env::LocatedRow;
use super::scan::{BlockHead, Shaper};
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
    /// The bytes of the whole row.
    pub span: Span,
    /// The physical line at which the row starts; 0 where the file's lines must be counted.
    pub line: u64,
    /// The record's number, without the header.
    pub record: Option<u64>,
}

/// A fault of a file with its place.
#[derive(Debug, Clone)]
pub struct LocatedFault {
    /// The fault; offsets count from `base`.
    pub irregular: Irregular,
    /// The block's bytes.
    pub block: Vec<u8>,
    /// Where the block starts.
    pub base: u64,
    /// The part of the table.
    pub part: usize,
    /// The physical line.
    pub line: u64,
    /// The record's number.
    pub record: u64,
}

struct Loaded {
    head: BlockHead,
    /// The block, and what the view adds behind it.
    bytes: Vec<u8>,
    len: usize,
    grid: Grid,
    /// Cells by column, where the grid does not serve as it is.
    cells: Option<Vec<FieldSpan>>,
}

/// Finds rows of one table again; keeps the last two blocks.
pub struct Locator<'t> {
    table: &'t Table,
    directory: &'t [BlockHead],
    paths: &'t dyn Fn(FileId) -> String,
    loaded: Vec<Loaded>,
}

impl<'t> Locator<'t> {
    /// A locator for a table that has been scanned.
    pub fn new(table: &'t Table, directory: &'t [BlockHead], paths: &'t dyn Fn(FileId) -> String) -> Locator<'t> {
        Locator { table, directory, paths, loaded: Vec::new() }
    }

    fn parts(&self) -> &'t [Part] {
        match &self.table.rows {
            Rows::Csv(parts) => parts,
            Rows::Whole(_) => &[],
        }
    }

    /// The row, or none where the file has changed under us.
    pub fn row(&mut self, id: RowId) -> Option<Located> {
        match &self.table.rows {
            Rows::Whole(_) => self.whole(id),
            Rows::Csv(_) => {
                let block = self.directory.partition_point(|h| h.first <= id).checked_sub(1)?;
                let at = self.load(block)?;
                self.csv(at, id)
            }
        }
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
        Some(Located { row: LocatedRow { texts, hedges, number, path }, file: row.file, spans, lines, span: row.span, line: 0, record: None })
    }

    /// The place of a block among the loaded ones.
    fn load(&mut self, block: usize) -> Option<usize> {
        let head = *self.directory.get(block)?;
        if let Some(at) = self.loaded.iter().position(|l| l.head.part == head.part && l.head.offset == head.offset) {
            return Some(at);
        }
        let loaded = self.read(block, head)?;
        if self.loaded.len() > 1 {
            self.loaded.remove(0);
        }
        self.loaded.push(loaded);
        Some(self.loaded.len() - 1)
    }

    fn read(&self, block: usize, head: BlockHead) -> Option<Loaded> {
        let part = &self.parts()[head.part as usize];
        let mut bytes = vec![0; head.len as usize];
        let mut filled = 0;
        while filled < bytes.len() {
            match part.bytes.read_at(head.offset + filled as u64, &mut bytes[filled..]) {
                Ok(n) if n > 0 => filled += n,
                _ => return None,
            }
        }
        let mut grid = Grid::default();
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
        let head = self.directory[block];
        let part = &self.parts()[head.part as usize];
        let mut shaper = Shaper::new(self.table, part);
        if self.table.fill.is_empty() {
            return shaper.carried();
        }
        for before in self.directory[..block].iter().filter(|h| h.part == head.part) {
            let mut bytes = vec![0; before.len as usize];
            if !matches!(part.bytes.read_at(before.offset, &mut bytes), Ok(n) if n == bytes.len()) {
                break;
            }
            let mut grid = Grid::default();
            part.walker.walk(&bytes, true, usize::MAX, &mut grid);
            shaper.shape(&mut bytes, &grid);
        }
        shaper.carried()
    }

    fn csv(&self, at: usize, id: RowId) -> Option<Located> {
        let block = &self.loaded[at];
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
            line,
            record: Some(block.head.records_before + u64::from(block.grid.records_before(record)) + 1),
        };
        for (c, column) in self.table.columns.iter().enumerate() {
            let field = match column.source {
                Source::Field(f) => part.fields.get(f).copied().flatten(),
                Source::PivotValue => part.fields.get(self.table.pivot[pivot].0).copied().flatten(),
                _ => None,
            };
            let place = field.map(|f| block.grid.field(record, f));
            let text = match &block.cells {
                Some(cells) => cells[row * width + c],
                None => place.unwrap_or_default(),
            };
            let raw = &block.bytes[text.start as usize..text.end as usize];
            located.row.texts.push(String::from_utf8_lossy(&unquote(raw, part.dialect.quote)).into_owned());
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

    /// The header cell that a pivoted name stands in.
    fn pivot_name(&self, part: &Part, source: Source, pivot: usize) -> Option<Span> {
        if source != Source::PivotName {
            return None;
        }
        let field = part.fields.get(self.table.pivot[pivot].0).copied().flatten()?;
        part.header.columns.get(field).map(|c| c.span)
    }

    /// The fault of kind `kind` that starts at `offset` near a row.
    pub fn fault(&mut self, near: RowId, kind: u8, offset: u64) -> Option<LocatedFault> {
        let last = self.directory.partition_point(|h| h.first <= near);
        let block = (0..last).rev().take(64).find(|&b| {
            let h = self.directory[b];
            h.offset <= offset && offset <= h.offset + u64::from(h.len)
        });
        let block = block.or_else(|| {
            (last..self.directory.len()).find(|&b| self.directory[b].offset <= offset && offset < self.directory[b].offset + u64::from(self.directory[b].len))
        })?;
        let at = self.load(block)?;
        let loaded = &self.loaded[at];
        let irregular = *loaded.grid.faults.iter().find(|f| f.kind == kind && loaded.head.offset + u64::from(f.start) == offset)?;
        Some(LocatedFault {
            irregular,
            block: loaded.bytes[..loaded.len].to_vec(),
            base: loaded.head.offset,
            part: loaded.head.part as usize,
            line: loaded.head.lines_before + u64::from(irregular.line) + 1,
            record: loaded.head.records_before + u64::from(irregular.record) + 1,
        })
    }

    /// Bytes of a part, for counting characters in a line.
    pub fn bytes(&self, part: usize) -> Option<&'t Part> {
        self.parts().get(part)
    }
}

/// Whether a fault has a column.
pub fn fault_column(irregular: &Irregular) -> Option<usize> {
    (irregular.column != NO_COLUMN).then_some(irregular.column as usize)
}
