//! Lays the fields of records out as the cells of rows.

use crate::read::block::{Block, Cells};
use crate::read::grid::{FieldSpan, retain};
use crate::read::reader::Context;
use crate::shape::hierarchy::Above;
use crate::shape::layout::{FileLayout, Layout, Source};
use crate::shape::texts::{put, span};

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
    /// The last text of each filled column, carried over blocks.
    filled: Vec<Vec<u8>>,
    /// The last heading, carried over blocks.
    heading: Vec<u8>,
    /// The rows above in the hierarchy, carried over blocks.
    above: Above,
}

impl<'t> Shaper<'t> {
    /// A shaper for one file, which goes on where `context` was left.
    pub fn new(layout: &'t Layout, file: &'t FileLayout, context: &Context) -> Shaper<'t> {
        let mut filled = context.filled.clone();
        filled.resize(layout.fill.len(), Vec::new());
        Shaper {
            layout,
            file,
            plain: layout.is_plain() && file.is_in_order(),
            is_laid_out: false,
            cells: Vec::new(),
            headings: Vec::new(),
            filled,
            heading: context.heading.clone(),
            above: Above::new(&context.parents),
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
        self.is_laid_out = !self.plain || matches!(block.cells, Cells::Columns(_));
        if !self.is_laid_out {
            return;
        }
        if self.layout.has_headings {
            self.take_headings(block);
        }
        self.lay_out(block);
        let width = self.layout.sources.len();
        for (&column, last) in self.layout.fill.iter().zip(&mut self.filled) {
            fill(&mut self.cells, column, width, &mut block.bytes, last);
        }
        if let Some(hierarchy) = &self.layout.hierarchy {
            let rows = self.layout.rows_per_record();
            let quote = block.quote;
            let records = self.cells.chunks_mut(width.max(1) * rows);
            for record in records {
                hierarchy.add(record, width, (&mut block.bytes, quote), &mut self.above);
            }
        }
    }

    /// Leaves out records, of which `kept` says those that stay, with their cells.
    pub fn keep(&mut self, block: &mut Block, kept: &[bool]) {
        let of_record = self.layout.rows_per_record() * self.layout.sources.len();
        retain(&mut self.cells, of_record, kept);
        block.keep(kept);
    }

    /// Takes the records that are headings out of a block, and notes for the others what is above.
    fn take_headings(&mut self, block: &mut Block) {
        let fields = self.layout.sources.iter().filter_map(|source| match source {
            Source::Field(field) => Some(*field),
            _ => None,
        });
        let pivot = self.layout.pivot.iter().map(|p| p.0);
        let others: Vec<usize> =
            fields.chain(pivot).filter_map(|f| self.file.own(f)).filter(|f| *f > 0).collect();
        let start = block.bytes.len();
        block.bytes.extend_from_slice(&self.heading);
        let mut above = span(start..block.bytes.len());
        self.headings.clear();
        let is_blank = |block: &Block, row: usize, field: usize| {
            block.unquoted(block.field(row, field)).trim_ascii().is_empty()
        };
        let mut kept = Vec::with_capacity(block.rows());
        for row in 0..block.rows() {
            let is_heading =
                !is_blank(block, row, 0) && others.iter().all(|field| is_blank(block, row, *field));
            kept.push(!is_heading);
            if is_heading {
                let text = block.unquoted(block.field(row, 0)).trim_ascii().to_vec();
                above = put(&mut block.bytes, &text);
                self.heading = text;
            } else {
                self.headings.push(above);
            }
        }
        block.lines_are_records = false;
        if kept.contains(&false) {
            block.keep(&kept);
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
                        Source::Level | Source::Parent | Source::Nowhere => FieldSpan::default(),
                    });
                }
            }
        }
    }
}

/// Blank cells of a column get the text above them.
fn fill(
    cells: &mut [FieldSpan],
    column: usize,
    width: usize,
    bytes: &mut Vec<u8>,
    last: &mut Vec<u8>,
) {
    let start = bytes.len();
    bytes.extend_from_slice(last);
    let mut above = span(start..bytes.len());
    for cell in cells.iter_mut().skip(column).step_by(width.max(1)) {
        let text = bytes.get(cell.start as usize..cell.end as usize);
        if matches!(text, Some(b"" | b"\"\"")) {
            *cell = above;
        } else {
            above = *cell;
        }
    }
    last.clear();
    last.extend_from_slice(bytes.get(above.start as usize..above.end as usize).unwrap_or(&[]));
}
