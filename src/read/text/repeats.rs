//! Rows of a table that are like one of its first: a header that is repeated is among them.

use crate::read::frame;
use crate::read::text::tables::MdCell;
use crate::source::Span;

/// First rows of a table, of which some may be its header.
const FIRST_ROWS: usize = 8;

/// Rows that are like one of the first.
#[derive(Debug, Default)]
pub struct Repeats {
    /// Their numbers, where they stand, and which row they are like.
    pub alike: Vec<(usize, Span, usize)>,
    /// The texts of the first rows.
    first: Vec<Vec<String>>,
}

impl Repeats {
    /// Takes the next row.
    pub fn take(&mut self, number: usize, span: Span, cells: &[MdCell]) {
        let own = cells.iter().map(|cell| cell.text.as_str());
        let is_blank = cells.iter().all(|cell| cell.text.trim().is_empty());
        if let Some(like) = frame::like(&self.first, own.clone()).filter(|_| !is_blank) {
            self.alike.push((number, span, like));
        }
        if self.first.len() < FIRST_ROWS {
            self.first.push(own.map(str::to_string).collect());
        }
    }
}
