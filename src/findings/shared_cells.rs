//! What is wrong with a cell that spans several rows is found once, and not in each of them.

use std::collections::BTreeMap;

use crate::engine::data::classes::{Class, RawKind};
use crate::engine::data::job::Job;
use crate::engine::pass::locate::Finders;
use crate::report::RawFinding;
use crate::source::{FileId, RowId, Span};

/// The other rows of the cell that a row was found with first: by table, row and class of what is wrong.
pub(crate) type OtherRows = BTreeMap<(usize, RowId, u32), Vec<RowId>>;

/// The cells of tables in which some span several rows.
pub(crate) struct SharedCells<'h, 'j> {
    job: &'h Job<'j>,
    /// By the number of a table, whether it has such cells.
    tables: Vec<bool>,
    /// The first row by table, class of what is wrong, and which of the columns that became rows it is one of.
    met: BTreeMap<(usize, u32, usize, (FileId, Span)), RowId>,
    pub others: OtherRows,
}

impl<'h, 'j> SharedCells<'h, 'j> {
    pub fn new(job: &'h Job<'j>) -> Self {
        let tables = job.tables.iter();
        let has_some = tables.map(|t| t.files.iter().any(|of| of.reader.has_shared_cells()));
        SharedCells {
            job,
            tables: has_some.collect(),
            met: BTreeMap::new(),
            others: BTreeMap::new(),
        }
    }

    /// Whether no row before had this finding at the same cell, of which its contract alone is asked.
    pub fn is_first(
        &mut self,
        table: usize,
        (raw, class): (&RawFinding, &Class),
        finders: &mut Finders<'_>,
    ) -> bool {
        let is_contract = match class.kind {
            RawKind::Unreadable => true,
            RawKind::Failed => {
                self.job.checks.get(class.check.index()).is_some_and(|check| !check.by_user)
            }
            _ => false,
        };
        let column = class.column.filter(|_| is_contract && self.tables.get(table) == Some(&true));
        let Some(column) = column else { return true };
        let located = finders.get_mut(table).and_then(|finder| finder.row(raw.row));
        let place = located.and_then(|located| {
            let span = *located.spans.get(column.index())?;
            Some((table, raw.class, located.row.pivot, (located.file, span)))
        });
        let Some(place) = place else { return true };
        match self.met.get(&place) {
            Some(first) => {
                self.others.entry((table, *first, raw.class)).or_default().push(raw.row);
                false
            }
            None => self.met.insert(place, raw.row).is_none(),
        }
    }
}
