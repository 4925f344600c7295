//! What is wrong with a cell that spans several rows, or that blank cells below it mean, is found once, and
//! not in each of them.

use std::collections::BTreeMap;

use crate::engine::data::classes::Class;
use crate::engine::pass::locate::Finders;
use crate::expr::ids::ColumnId;
use crate::report::RawFinding;
use crate::source::{FileId, RowId, Span};

/// The other rows of the cell that a row was found with first: by table, row and class of what is wrong.
pub(crate) type OtherRows = BTreeMap<(usize, RowId, u32), Vec<RowId>>;

/// The cells of several rows that something was found in.
#[derive(Default)]
pub(crate) struct SharedCells {
    /// The first row by table, class of what is wrong, and which of the columns that became rows it is one of.
    met: BTreeMap<(usize, u32, usize, (FileId, Span)), RowId>,
    /// The last row with a cell of its own, and its text, where blank cells mean the one above.
    written: BTreeMap<(usize, u32, usize, FileId), (RowId, String)>,
    pub others: OtherRows,
}

impl SharedCells {
    /// Whether no row before had this finding at the same cell, of which its contract alone is asked.
    pub fn is_first(
        &mut self,
        table: usize,
        (raw, class): (&RawFinding, &Class),
        finders: &mut Finders<'_>,
    ) -> bool {
        let Some(column) = class.column.map(ColumnId::index) else { return true };
        let located = finders.get_mut(table).and_then(|finder| finder.row(raw.row));
        let Some(located) = located else { return true };
        let (Some(span), Some(text)) = (located.spans.get(column), located.row.texts.get(column))
        else {
            return true;
        };
        let of = (table, raw.class, located.row.pivot, located.file);
        let place = (of.0, of.1, of.2, (located.file, *span));
        let above = self.written.get(&of).filter(|(_, above)| above == text);
        let first = match above.filter(|_| located.filled.contains(&column)) {
            Some((row, _)) => Some(*row),
            None => self.met.get(&place).copied(),
        };
        if let Some(first) = first {
            self.others.entry((table, first, raw.class)).or_default().push(raw.row);
            return false;
        }
        self.met.insert(place, raw.row);
        if !located.filled.contains(&column) {
            self.written.insert(of, (raw.row, text.clone()));
        }
        true
    }
}
