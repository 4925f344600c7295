//! What calamine leaves out of the sheets of binary workbooks: which format a number has, what is merged,
//! and what is hidden.

use crate::read::sheet::cells::Area;

/// A cell: row and column from 0.
type At = (u32, u32);

/// How the cells of a sheet are shown.
#[derive(Debug, Default)]
pub struct Formatting {
    /// Cells with numbers, and which of the formats of the workbook each has.
    pub styles: Vec<(At, u32)>,
    /// Areas that are shown as one cell.
    pub merged: Vec<Area>,
    /// Rows that are not shown.
    pub hidden_rows: Vec<u32>,
    /// Columns that are not shown, first and last.
    pub hidden_columns: Vec<(u32, u32)>,
    /// Where the next cell is expected.
    next: usize,
}

impl Formatting {
    /// With its cells in order, of two at one place the later behind.
    pub fn in_order(mut self) -> Formatting {
        self.styles.sort_by_key(|(at, _)| *at);
        self
    }

    /// The number of the format of a cell; most are asked for in order.
    pub fn style(&mut self, at: At) -> Option<u32> {
        let own = |(near, style): &(At, u32)| (*near == at).then_some(*style);
        if let Some(style) = self.styles.get(self.next).and_then(own) {
            self.next += 1;
            return Some(style);
        }
        self.next = self.styles.partition_point(|(other, _)| *other <= at);
        self.styles.get(self.next.checked_sub(1)?).and_then(own)
    }
}
