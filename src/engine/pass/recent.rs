//! What was read of rows last: one row is often asked for again by the parts of a finding.

use std::sync::Arc;

use crate::engine::states::Map;
use crate::source::RowId;

/// What was read of rows, as far as it takes little memory.
pub struct Recent<R> {
    rows: Map<RowId, Arc<R>>,
    /// Bytes that it takes, about.
    size: usize,
}

/// Bytes that all may take.
const MOST: usize = 1 << 20;

impl<R> Default for Recent<R> {
    fn default() -> Recent<R> {
        Recent { rows: Map::default(), size: 0 }
    }
}

impl<R> Recent<R> {
    /// A row, where it is kept.
    pub fn of(&self, id: RowId) -> Option<Arc<R>> {
        self.rows.get(&id).cloned()
    }

    /// Keeps a row of about so many bytes; where those before it take too much with it, they go.
    pub fn keep(&mut self, id: RowId, row: R, size: usize) -> Arc<R> {
        if self.size + size > MOST {
            self.rows.clear();
            self.size = 0;
        }
        self.size += size;
        let row = Arc::new(row);
        self.rows.insert(id, Arc::clone(&row));
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_kept_as_long_as_they_take_little() {
        let mut recent = Recent::default();
        recent.keep(RowId(1), "one", MOST / 2);
        recent.keep(RowId(2), "two", MOST / 2);
        assert_eq!(
            [1, 2].map(|id| recent.of(RowId(id)).as_deref().copied()),
            [Some("one"), Some("two")]
        );
        recent.keep(RowId(3), "three", 1);
        assert_eq!(
            [1, 2, 3].map(|id| recent.of(RowId(id)).as_deref().copied()),
            [None, None, Some("three")]
        );
    }
}
