//! Cells that were something else in the old version.

use std::collections::BTreeMap;

use crate::engine::data::batch::read;
use crate::explain::equation::Cell;
use crate::findings::maker::FindingMaker;
use crate::findings::subjects::subject_of;
use crate::findings::was::{Former, Was};
use crate::report::Subject;
use crate::source::RowId;

/// Rows of a table whose cells are compared with those of the old version.
const MOST_ROWS: u64 = 20_000;

/// Cells that are kept.
const MOST: usize = 10_000;

/// Rows of small tables with a key, as they are now.
#[derive(Default)]
pub struct RowsNow {
    tables: BTreeMap<String, TableNow>,
}

struct TableNow {
    number: usize,
    /// The columns, by name.
    columns: BTreeMap<String, usize>,
    /// By the hash of its key: each row with its cells.
    rows: BTreeMap<u128, (RowId, Vec<String>)>,
}

impl FindingMaker<'_, '_> {
    /// The rows of small tables, where an assertion fails.
    pub fn rows_now(&self) -> RowsNow {
        let mut now = RowsNow::default();
        if self.ran.tallies.iter().all(|tally| tally.failed == 0) {
            return now;
        }
        for (number, table) in self.job.tables.iter().enumerate() {
            let is_small = self.ran.tables.get(number).is_some_and(|t| t.rows <= MOST_ROWS);
            if table.key.is_empty() || table.old_of.is_some() || !is_small {
                continue;
            }
            let names = table.columns.iter().map(|column| column.name.clone());
            let columns = names.zip(0..).collect();
            let mut rows = BTreeMap::new();
            self.each_block(number, true, &mut |batch, first| {
                for row in 0..batch.rows {
                    let subject = subject_of(batch, row);
                    if matches!(subject, Subject::Key(_)) {
                        let texts = (0..table.columns.len()).map(|c| batch.text(row, c).into());
                        let id = RowId(first.0 + row as u64);
                        rows.insert(subject.hash(), (id, texts.collect()));
                    }
                }
            });
            now.tables.insert(table.name.clone(), TableNow { number, columns, rows });
        }
        now
    }

    /// What cells were in this version, where that is another figure than they are now.
    pub fn former(&self, now: &RowsNow) -> Former {
        let mut former = Former::new();
        for (number, table) in self.job.tables.iter().enumerate() {
            let Some(today) = now.tables.get(&table.name).filter(|_| table.old_of.is_none()) else {
                continue;
            };
            let columns = table.columns.iter().enumerate();
            let columns: Vec<(usize, usize)> =
                columns.filter_map(|(n, c)| Some((n, *today.columns.get(&c.name)?))).collect();
            self.each_block(number, true, &mut |batch, _| {
                for row in 0..batch.rows {
                    let here = today.rows.get(&subject_of(batch, row).hash());
                    let Some((id, texts)) = here.filter(|_| former.len() < MOST) else { continue };
                    for &(column, own) in &columns {
                        let text = batch.text(row, column);
                        if texts.get(own).is_none_or(|now| *now == *text) {
                            continue;
                        }
                        let value = read(&batch.table.columns[column].reading, &text, false);
                        let was = value.figure().filter(|figure| !figure.withheld);
                        let cell = Cell { table: today.number, row: *id, column: own };
                        let was = was.map(|was| (text.trim().to_string(), was.value.clone()));
                        former.extend(was.map(|(text, value)| (cell, Was { text, value })));
                    }
                }
            });
        }
        former
    }

    /// Takes what cells were in the old version.
    pub fn compare_cells(&self, former: Former) {
        // A maker is compared with one version.
        let _ = self.was.set(former);
    }
}
