//! Rows that an aggregate keeps, because its condition names outer rows.

use serde::{Deserialize, Serialize};

use crate::source::RowId;
use crate::value::{Value, Why};

/// About how many bytes a value takes.
pub fn size(v: &Value<'_>) -> u64 {
    size_of::<Value<'_>>() as u64 + if let Value::Text(t) = v { t.len() as u64 } else { 0 }
}

/// A cell that outlives its batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptCell {
    pub column: usize,
    pub value: Value<'static>,
    /// Its value with the written precision, where that is another.
    pub ranged: Option<Value<'static>>,
}

impl KeptCell {
    /// A cell by its value with and without the written precision.
    pub fn new(column: usize, value: Value<'static>, ranged: Value<'static>) -> KeptCell {
        KeptCell { column, ranged: (ranged != value).then_some(ranged), value }
    }

    /// The value that is asked for.
    pub fn get(&self, ranges: bool) -> &Value<'static> {
        self.ranged.as_ref().filter(|_| ranges).unwrap_or(&self.value)
    }
}

/// A row kept for conditions that name outer rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptRow {
    pub row: RowId,
    /// Why the part of the condition that does not name outer rows is left open.
    pub open: Option<Why>,
    /// Its cells, as far as the condition reads them.
    pub cells: Vec<KeptCell>,
    /// The arguments of the aggregate.
    pub args: Vec<Value<'static>>,
}

impl KeptRow {
    /// About how many bytes it takes.
    pub fn bytes(&self) -> u64 {
        let cells = self.cells.iter().map(|c| 48 + size(&c.value));
        64 + cells.chain(self.args.iter().map(size)).sum::<u64>()
    }
}
