//! Lays the fields of records out as the cells of rows.

use crate::read::block::{Block, Cells};
use crate::read::grid::{FieldSpan, retain, unquote};
use crate::read::reader::{Context, Heading};
use crate::shape::headings::{Headings, Kind, first_cell};
use crate::shape::hierarchy::Above;
use crate::shape::layout::{FileLayout, Layout, Source, Stripped};
use crate::shape::texts::{put, quoted};
use crate::shape::unknown::{self, Aside};
use crate::width::to_u32;

/// Lays the cells of one file out by the columns of its table, block by block.
pub struct Shaper<'t> {
    layout: &'t Layout,
    file: &'t FileLayout,
    plain: bool,
    /// Whether the last block was laid out.
    is_laid_out: bool,
    cells: Vec<FieldSpan>,
    /// For each row the heading above it.
    headings: Vec<FieldSpan>,
    /// The last text of each filled column, carried over blocks; none where nobody knows it.
    filled: Vec<Option<Vec<u8>>>,
    /// The last heading, carried over blocks.
    heading: Heading,
    /// The rows above in the hierarchy, carried over blocks.
    above: Above,
    /// Records before the block, where rows of a hierarchy are numbered.
    records: u64,
}

impl<'t> Shaper<'t> {
    /// A shaper for one file, which goes on where `context` was left.
    pub fn new(layout: &'t Layout, file: &'t FileLayout, context: &Context) -> Shaper<'t> {
        let mut filled = context.filled.clone();
        filled.resize(layout.fill.len(), Some(Vec::new()));
        Shaper {
            layout,
            file,
            plain: layout.is_in_place() && file.is_in_order(),
            is_laid_out: false,
            cells: Vec::new(),
            headings: Vec::new(),
            filled,
            heading: context.heading.clone(),
            above: Above::new(&context.parents),
            records: context.records,
        }
    }

    /// Whether blocks serve as they are read.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// What the next block depends on.
    pub fn carry(&self, context: Context) -> Context {
        Context {
            filled: self.filled.clone(),
            heading: self.heading.clone(),
            parents: self.above.rows().to_vec(),
            records: self.records,
            ..context
        }
    }

    /// The cells of the last block by column, row-major; none where the block serves as it is.
    pub fn cells(&self) -> Option<&[FieldSpan]> {
        self.is_laid_out.then_some(self.cells.as_slice())
    }

    /// Lays a block out. Texts that stand nowhere in it are put behind it; records that are headings
    /// are left out of it.
    pub fn shape(&mut self, block: &mut Block) {
        self.cells.clear();
        (block.chosen, block.unknown) = (None, None);
        // Columns are found by their own place in the file.
        self.is_laid_out = match block.cells {
            Cells::Columns(_) => !self.layout.is_plain(),
            _ => !self.plain || self.is_padded(block),
        };
        if !self.is_laid_out {
            return;
        }
        let asides = match self.layout.is_in_order() {
            true => unknown::asides(block, &self.file.without_labels),
            false => Vec::new(),
        };
        if !asides.is_empty() || self.is_unknown() {
            unknown::place(block);
        }
        if let Some(headings) = &self.layout.headings {
            self.take_headings(headings, &asides, block);
        }
        self.lay_out(block);
        let width = self.layout.sources.len();
        for marked in &self.layout.marked {
            let into = self.layout.sources.iter().position(|s| *s == Source::Marks(marked.column));
            let rows = self.cells.chunks_exact_mut(width.max(1));
            for (row, stripped) in rows.zip(marked.of.iter().cycle()) {
                let Some(stripped) = stripped else { continue };
                let at = (marked.column, into);
                strip(row, (stripped, at), &mut block.bytes, block.quote);
            }
        }
        self.fill(&asides, block);
        self.place(&asides, block);
        // White space before a text may show its place in the hierarchy.
        for &column in &self.layout.trim {
            for cell in self.cells.iter_mut().skip(column).step_by(width.max(1)) {
                trim(cell, &mut block.bytes, block.quote);
            }
        }
    }

    /// Whether nobody knows some of what the next rows take from those above.
    fn is_unknown(&self) -> bool {
        let above = self.above.rows().first();
        self.heading.is_unknown
            || self.filled.iter().any(Option::is_none)
            || above.is_some_and(|row| row.is_unknown)
    }

    /// Blank cells of the columns that are filled get the text above them; nobody knows it where a
    /// record between them was set aside.
    fn fill(&mut self, asides: &[Aside], block: &mut Block) {
        let (width, rows) = (self.layout.sources.len().max(1), self.layout.rows_per_record());
        for (&column, last) in self.layout.fill.iter().zip(&mut self.filled) {
            let (mut asides, unknown) = (asides, block.unknown.unwrap_or_default());
            let mut above = last.as_ref().map_or(unknown, |last| put(&mut block.bytes, last));
            for (row, cells) in self.cells.chunks_mut(width * rows).enumerate() {
                if !unknown::pass(&mut asides, block.grid.records_before(row)).is_empty() {
                    above = unknown;
                }
                for cell in cells.iter_mut().skip(column).step_by(width) {
                    let text = block.bytes.get(cell.start as usize..cell.end as usize);
                    match text.is_some_and(|text| is_blank(text, block.quote)) {
                        true => *cell = above,
                        false => above = *cell,
                    }
                }
            }
            let is_known = asides.is_empty() && Some(above) != block.unknown;
            let text = block.bytes.get(above.start as usize..above.end as usize);
            *last = is_known.then(|| text.unwrap_or_default().to_vec());
        }
    }

    /// Adds where each row stands in the hierarchy, if the table has one.
    fn place(&mut self, asides: &[Aside], block: &mut Block) {
        let Some(hierarchy) = &self.layout.hierarchy else { return };
        let (width, rows) = (self.layout.sources.len().max(1), self.layout.rows_per_record());
        let (mut asides, unknown) = (asides, block.unknown);
        for (row, cells) in self.cells.chunks_mut(width * rows).enumerate() {
            let before = block.grid.records_before(row);
            if !unknown::pass(&mut asides, before).is_empty() {
                self.above.forget();
            }
            let record = self.records + u64::from(before) + 1;
            let bytes = (&mut block.bytes, block.quote, unknown);
            hierarchy.add(cells, (width, self.file.number, record), bytes, &mut self.above);
        }
        if !asides.is_empty() {
            self.above.forget();
        }
        self.records += u64::from(block.grid.total_records);
    }

    /// Whether some cell that is to be trimmed has white space around its text, or quotes that may
    /// hold such; each column shows the field of the same number.
    fn is_padded(&self, block: &Block) -> bool {
        let outer = |at: FieldSpan| {
            let cell = block.bytes.get(at.start as usize..at.end as usize).unwrap_or(&[]);
            cell.first().into_iter().chain(cell.last())
        };
        let is_odd = |byte: &u8| *byte <= b' ' || !byte.is_ascii() || Some(*byte) == block.quote;
        let in_column =
            |field| (0..block.rows()).any(|row| outer(block.field(row, field)).any(is_odd));
        let fields = self.layout.trim.iter().filter_map(|&column| self.layout.field_of(0, column));
        fields.filter_map(|field| self.file.own(field)).any(in_column)
    }

    /// Leaves out records, of which `kept` says those that stay, with their cells.
    pub fn keep(&mut self, block: &mut Block, kept: &[bool]) {
        let of_record = self.layout.rows_per_record() * self.layout.sources.len();
        retain(&mut self.cells, of_record, kept);
        block.keep(kept);
    }

    /// Leaves out rows that records became, of which `chosen` says those that stay, with their cells.
    pub fn choose(&mut self, block: &mut Block, chosen: &[bool]) {
        retain(&mut self.cells, self.layout.sources.len(), chosen);
        let numbers = (0..to_u32(chosen.len())).zip(chosen).filter(|(_, chosen)| **chosen);
        block.chosen = Some(numbers.map(|(number, _)| number).collect());
    }

    /// Takes the records that are headings out of a block, and notes for the others what is above.
    fn take_headings(&mut self, headings: &Headings, mut asides: &[Aside], block: &mut Block) {
        let others = self.layout.fields_beside_first(self.file);
        let mut above = put(&mut block.bytes, &quoted(self.heading.text.as_bytes(), block.quote));
        self.headings.clear();
        let mut kept = Vec::with_capacity(block.rows());
        for row in 0..block.rows() {
            let before = unknown::pass(&mut asides, block.grid.records_before(row));
            self.pass(headings, before, block);
            let (first, is_alone) = first_cell(block, row, &others);
            let before = self.heading.text.len();
            let kind = headings.step(&mut self.heading, &first, is_alone);
            kept.push(kind == Kind::Row);
            if kind != Kind::Row || self.heading.text.len() != before {
                let text = quoted(self.heading.text.as_bytes(), block.quote);
                above = put(&mut block.bytes, &text);
            }
            if kind == Kind::Row {
                let unknown = block.unknown.filter(|_| self.heading.is_unknown);
                self.headings.push(unknown.unwrap_or(above));
            }
        }
        self.pass(headings, asides, block);
        block.lines_are_records = false;
        if kept.contains(&false) {
            block.keep(&kept);
        }
    }

    /// Passes records that were set aside: which heading holds is not known if one may be another.
    fn pass(&mut self, headings: &Headings, asides: &[Aside], block: &Block) {
        if unknown::may_head(asides, headings, block) {
            (self.heading.is_open, self.heading.is_unknown) = (false, true);
        }
    }

    /// Puts the cells of each row where the layout has them.
    fn lay_out(&mut self, block: &mut Block) {
        let Block { bytes, grid, cells, .. } = block;
        let path: Vec<FieldSpan> =
            self.file.path.iter().map(|p| put(bytes, p.as_bytes())).collect();
        let names: Vec<FieldSpan> =
            self.layout.pivot.iter().map(|p| put(bytes, p.1.as_bytes())).collect();
        let field = |row: usize, field: usize| match (self.file.own(field), &*cells) {
            (None, _) => FieldSpan::default(),
            (Some(f), Cells::Delimited) => grid.field(row, f),
            (Some(f), Cells::Spans { width, spans }) => {
                spans.get(row * width + f).copied().unwrap_or_default()
            }
            (Some(f), Cells::Columns(columns)) => {
                columns.get(f).and_then(|c| c.texts.get(row)).copied().unwrap_or_default()
            }
        };
        for row in 0..grid.rows {
            for pivot in 0..self.layout.rows_per_record() {
                for source in &self.layout.sources {
                    self.cells.push(match *source {
                        Source::Field(f) => field(row, f),
                        Source::PivotName => names.get(pivot).copied().unwrap_or_default(),
                        Source::PivotValue => {
                            let of = self.layout.pivot.get(pivot);
                            of.map_or_else(FieldSpan::default, |of| field(row, of.0))
                        }
                        Source::Path(p) => path.get(p).copied().unwrap_or_default(),
                        Source::Heading => self.headings.get(row).copied().unwrap_or_default(),
                        Source::Marks(_) | Source::Hierarchy(_) | Source::Nowhere => {
                            FieldSpan::default()
                        }
                    });
                }
            }
        }
    }
}

/// Parts a figure and its marks, which go into a column of their own if there is one.
fn strip(
    row: &mut [FieldSpan],
    (stripped, (column, into)): (&Stripped, (usize, Option<usize>)),
    bytes: &mut Vec<u8>,
    quote: Option<u8>,
) {
    let Some(cell) = row.get(column).copied() else { return };
    let raw = bytes.get(cell.start as usize..cell.end as usize).unwrap_or(&[]);
    let text = unquote(raw, quote);
    let Ok(text) = std::str::from_utf8(&text) else { return };
    if stripped.whole.iter().any(|whole| whole.trim() == text.trim()) {
        return;
    }
    let Some((figure, marks)) = stripped.marks.strip(text) else { return };
    let figure = figure.to_string();
    let figure = put(bytes, figure.as_bytes());
    if let Some(own) = row.get_mut(column) {
        *own = figure;
    }
    if let Some(own) = into.and_then(|into| row.get_mut(into)) {
        *own = put(bytes, marks.as_bytes());
    }
}

/// Leaves out the white space around the text of a cell, also within its quotes.
fn trim(cell: &mut FieldSpan, bytes: &mut Vec<u8>, quote: Option<u8>) {
    let raw = bytes.get(cell.start as usize..cell.end as usize).unwrap_or(&[]);
    let text = unquote(raw, quote);
    let Ok(whole) = std::str::from_utf8(&text) else { return };
    let kept = whole.trim();
    if kept.len() == whole.len() {
        return;
    }
    let kept = quoted(kept.as_bytes(), quote).into_owned();
    *cell = put(bytes, &kept);
}

/// The columns of which a row has a blank cell that means the one above.
pub fn filled(
    (layout, file): (&Layout, &FileLayout),
    block: &Block,
    (record, pivot): (usize, usize),
) -> Vec<usize> {
    let is_blank = |field: usize| {
        let FieldSpan { start, end } = block.field(record, field);
        let text = block.bytes.get(start as usize..end as usize);
        text.is_none_or(|text| is_blank(text, block.quote))
    };
    let field = |column| layout.field_of(pivot, column).and_then(|f| file.own(f));
    let columns = layout.fill.iter().copied();
    columns.filter(|column| field(*column).is_some_and(is_blank)).collect()
}

/// Nothing, or white space alone; also in quotes.
fn is_blank(cell: &[u8], quote: Option<u8>) -> bool {
    let text = unquote(cell, quote);
    text.is_empty() || std::str::from_utf8(&text).is_ok_and(|text| text.trim().is_empty())
}
