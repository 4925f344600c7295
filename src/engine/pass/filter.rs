//! Leaves out the records, or the rows of records, that the `where` of their table does not choose.

use crate::engine::data::batch::{Batch, read};
use crate::engine::data::filter::{Cells, RowFilter};
use crate::expr::bound::{Bound, StateId};
use crate::expr::choose::choose;
use crate::expr::eval::{Env, Found};
use crate::expr::functions::Context;
use crate::value::{Value, Why};

/// Which records of a block that is laid out are rows, or which of the rows that they become; none
/// where all are. Where a cell that cannot be read leaves it open, it is one: the cell is reported.
pub fn kept(filter: &RowFilter, batch: &Batch<'_>) -> Option<Vec<bool>> {
    let of_record = batch.table.layout.rows_per_record();
    let is_row =
        |row: usize| choose(&filter.condition, &Row { filter, batch, row }).chosen.unwrap_or(true);
    let step = if filter.by_row { 1 } else { of_record };
    let kept: Vec<bool> = (0..batch.rows).step_by(step).map(is_row).collect();
    kept.contains(&false).then_some(kept)
}

/// A row while its filter looks at it: it knows its own cells and nothing else.
struct Row<'b> {
    filter: &'b RowFilter,
    batch: &'b Batch<'b>,
    row: usize,
}

impl Row<'_> {
    /// The text of a field of the record.
    fn field(&self, field: usize) -> Option<String> {
        let Batch { table, file, block, .. } = self.batch;
        let record = table.layout.record_in(block, self.row);
        let span = block.field(record, file.layout.own(field)?);
        Some(String::from_utf8_lossy(&block.unquoted(span)).into_owned())
    }
}

/// What a row does not know.
const UNKNOWN: Value<'static> = Value::Unknown(Why::NotRead);

impl Env for Row<'_> {
    fn cell(&self, _: usize, column: usize, ranges: bool) -> Value<'_> {
        match self.filter.columns.get(column) {
            Some(Cells::Column(column)) => self.batch.value(self.row, *column, ranges),
            Some(Cells::Field(field, reading)) => {
                self.field(*field).map_or(UNKNOWN, |text| read(reading, &text, ranges))
            }
            _ => UNKNOWN,
        }
    }

    fn written(&self, _: usize, column: usize) -> Value<'_> {
        match self.filter.columns.get(column) {
            Some(Cells::Column(column)) => Value::Text(self.batch.text(self.row, *column)),
            Some(Cells::Field(field, _)) => {
                self.field(*field).map_or(UNKNOWN, |text| Value::Text(text.into()))
            }
            _ => UNKNOWN,
        }
    }

    fn key(&self, _: usize, _: usize) -> Value<'_> {
        UNKNOWN
    }

    fn lookup(&self, _: StateId, _: &[Value<'_>], _: Option<usize>, _: bool) -> Found<'_> {
        Found::One(UNKNOWN)
    }

    fn aggregate(&self, _: StateId, _: usize, _: &[Value<'_>]) -> Value<'_> {
        UNKNOWN
    }

    fn member(&self, _: StateId, _: &Value<'_>) -> Result<bool, Why> {
        Err(Why::NotRead)
    }

    fn window(&self, _: StateId) -> Value<'_> {
        UNKNOWN
    }

    fn row(&self, _: usize) -> u64 {
        self.batch.record(self.row)
    }

    fn file(&self, _: usize) -> Value<'_> {
        Value::Text(self.batch.path.into())
    }

    fn context(&self) -> &Context {
        &self.filter.context
    }

    fn missed(&self, _: &Bound, _: StateId, _: &[Value<'_>], _: bool) {}
}
