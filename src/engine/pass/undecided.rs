//! The first answers of each check that could not be decided, so that a report can point at them.

use crate::source::RowId;
use crate::value::Why;

/// Undecided answers of a check that are kept where they are only shown; the others are counted.
pub const MOST: usize = 1000;

/// An answer that could not be decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    /// For each unit of the check a row or the name of a group.
    pub at: Vec<RowId>,
    /// The assertion; none where the check's `where` is open.
    pub assertion: Option<usize>,
    pub why: Why,
}

/// The first undecided answers of a check's rows, for its `where` and each assertion. Which ones
/// are kept does not depend on the sizes of blocks and chunks.
#[derive(Debug)]
pub struct UndecidedRows {
    lists: Vec<List>,
    /// So many are kept.
    most: usize,
}

#[derive(Debug, Default)]
struct List {
    rows: Vec<(RowId, Why)>,
    /// Rows that come now are later than all that are kept, and these are enough.
    is_full: bool,
}

impl UndecidedRows {
    /// None yet; `most` are kept.
    pub fn new(most: usize) -> UndecidedRows {
        UndecidedRows { lists: Vec::new(), most }
    }

    /// Notes that an assertion, or the `where` of the check, is open for a row.
    pub fn note(&mut self, assertion: Option<usize>, row: RowId, why: Why) {
        let at = assertion.map_or(0, |a| a + 1);
        if self.lists.len() <= at {
            self.lists.resize_with(at + 1, List::default);
        }
        if let Some(list) = self.lists.get_mut(at).filter(|list| !list.is_full) {
            list.rows.push((row, why));
        }
    }

    /// Everything of a block or a chunk is noted: rows to come are later ones.
    pub fn settle(&mut self) {
        for list in self.lists.iter_mut().filter(|list| !list.is_full) {
            list.rows.sort();
            list.rows.truncate(self.most);
            list.is_full = list.rows.len() == self.most;
        }
    }

    /// Adds what a later chunk noted.
    pub fn merge(&mut self, later: UndecidedRows) {
        for (at, list) in later.lists.into_iter().enumerate() {
            let assertion = at.checked_sub(1);
            list.rows.into_iter().for_each(|(row, why)| self.note(assertion, row, why));
        }
    }

    /// The first of all, in order of rows.
    pub fn first(self) -> Vec<Undecided> {
        let of = |(at, list): (usize, List)| {
            let undecided =
                move |(row, why)| Undecided { at: vec![row], assertion: at.checked_sub(1), why };
            list.rows.into_iter().map(undecided)
        };
        let mut all: Vec<Undecided> = self.lists.into_iter().enumerate().flat_map(of).collect();
        all.sort();
        all.truncate(self.most);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(noted: &[(Option<usize>, u64)], settle_each: usize) -> Vec<(u64, Option<usize>)> {
        let mut all = UndecidedRows::new(MOST);
        for block in noted.chunks(settle_each) {
            let mut of_block = UndecidedRows::new(MOST);
            block.iter().for_each(|(a, row)| of_block.note(*a, RowId(*row), Why::Missing));
            of_block.settle();
            all.merge(of_block);
            all.settle();
        }
        all.first().into_iter().map(|u| (u.at[0].0, u.assertion)).collect()
    }

    #[test]
    fn the_first_are_kept_whatever_the_sizes_of_blocks() {
        let noted: Vec<(Option<usize>, u64)> =
            (0..3000).map(|n| (if n % 3 == 0 { None } else { Some(1) }, n)).collect();
        let expected: Vec<_> = noted.iter().take(MOST).map(|(a, row)| (*row, *a)).collect();
        for size in [1, 7, 999, 1000, 1001, 3000] {
            assert_eq!(rows(&noted, size), expected, "{size}");
        }
    }
}
