//! The cells that a text has in some columns of a table.

use crate::engine::data::table::{Table, TableFile};
use crate::read::block::{Block, Cells};
use crate::read::reader::{BlockSize, Context, Cursor, Reader, Step, Wanted};
use crate::shape::Source;
use crate::source::Span;

/// The fields of a file that columns of its table stand in, each with the number of the column.
pub fn columns(table: &Table, file: &TableFile) -> Vec<(usize, usize)> {
    let sources = table.layout.sources.iter().enumerate();
    let field = |(column, source): (usize, &Source)| match source {
        Source::Field(field) => Some((file.layout.own(*field)?, column)),
        _ => None,
    };
    let pivot = table.layout.sources.iter().position(|source| *source == Source::PivotValue);
    let of_pivot =
        table.layout.pivot.iter().filter_map(|(field, _)| Some((file.layout.own(*field)?, pivot?)));
    sources.filter_map(field).chain(of_pivot).collect()
}

/// The cells that the rows of a text have, in the order of the text.
pub struct HeldCells<'r> {
    cursor: Box<dyn Cursor + 'r>,
    block: Block,
    /// Those of the block.
    spans: Vec<Span>,
    /// How many of them are behind.
    at: usize,
    /// Which fields of a row are asked for.
    fields: Vec<bool>,
    is_at_end: bool,
}

impl<'r> HeldCells<'r> {
    /// The cells in some fields of a text.
    pub fn of(reader: &'r dyn Reader, is_asked: &dyn Fn(usize) -> bool) -> Option<HeldCells<'r>> {
        let wanted = Wanted { places: true, ..Wanted::default() };
        let size = BlockSize { usual: 1 << 16, longest: 1 << 16 };
        let cursor = reader.cursor(0..reader.end(), &Context::default(), &wanted, size).ok()?;
        let fields = (0..reader.head().columns.len()).map(is_asked).collect();
        Some(HeldCells {
            cursor,
            block: Block::default(),
            spans: Vec::new(),
            at: 0,
            fields,
            is_at_end: false,
        })
    }

    /// The cell that holds some of a span; no later one begins before it.
    pub fn meet(&mut self, span: Span) -> Option<Span> {
        loop {
            while let Some(cell) = self.spans.get(self.at) {
                if cell.end > span.start {
                    return Some(*cell).filter(|cell| cell.start < span.end);
                }
                self.at += 1;
            }
            // A cursor that has ended would look for its end once more.
            self.is_at_end =
                self.is_at_end || !matches!(self.cursor.next(&mut self.block), Ok(Step::Rows));
            if self.is_at_end {
                return None;
            }
            self.take_block();
        }
    }

    fn take_block(&mut self) {
        (self.at, self.spans) = (0, Vec::new());
        let (Cells::Spans { spans, .. }, Some(places)) = (&self.block.cells, &self.block.places)
        else {
            return;
        };
        // A cell that is not there is blank, and has the place of its row.
        let fields = self.fields.iter().cycle();
        let all = spans.iter().zip(&places.cells).zip(fields);
        let there = all.filter(|((text, _), is_asked)| **is_asked && text.end > text.start);
        self.spans.extend(there.map(|((_, place), _)| *place));
        self.spans.sort();
    }
}
