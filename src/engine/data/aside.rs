//! Records that are no rows: their cells, so that a key which stands in one is not called unknown.

use crate::read::block::{Block, Cells};
use crate::read::grid::{Grid, unquote};

/// Records whose texts are kept.
pub const MOST_RECORDS: usize = 10_000;
/// Bytes of texts that are kept.
const MOST_BYTES: usize = 16 << 20;
/// Records whose places are kept, for notes.
const MOST_PLACES: usize = 3;
/// What separates cells where no row of the block shows it.
const DELIMITERS: &[u8] = b",;\t|";

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsidePlace {
    /// The file of the table.
    pub part: u32,
    /// Its line, from 1.
    pub line: u64,
}

/// Records that are no rows.
#[derive(Debug, Clone, Default)]
pub struct Aside {
    /// Their cells.
    pub records: Vec<Vec<String>>,
    /// The cells of some are not known, or were too many to keep.
    pub unknown: bool,
    /// Where the first of them stand.
    pub places: Vec<AsidePlace>,
    bytes: usize,
}

impl Aside {
    /// Takes the records of a block that are no rows; `lines` stand before it.
    pub fn take(&mut self, block: &Block, part: u32, lines: u64) {
        if block.grid.set_aside == 0 {
            return;
        }
        self.unknown |= !matches!(block.cells, Cells::Delimited);
        if self.unknown && self.places.len() >= MOST_PLACES {
            return;
        }
        let mut taken = 0;
        for fault in block.grid.faults.iter().filter(|f| !is_in_row(&block.grid, f.start)) {
            let (start, end) = (fault.start as usize, fault.end as usize);
            let record = lines_around(block, start, end);
            // A record without values is no row either, and nothing of it was set aside.
            let found = cells(record, delimiters(block), block.quote);
            if start >= taken && found.iter().any(|cell| !cell.is_empty()) {
                let place = AsidePlace { part, line: lines + u64::from(fault.line) + 1 };
                self.add(found, record.len(), place);
                taken = end.max(start + 1);
            }
        }
    }

    fn add(&mut self, cells: Vec<String>, bytes: usize, place: AsidePlace) {
        if self.places.len() < MOST_PLACES {
            self.places.push(place);
        }
        if !self.unknown {
            self.bytes += bytes;
            self.records.push(cells);
            self.bound();
        }
    }

    /// Takes those of the next chunk, before which so many lines stand in its file.
    pub fn append(&mut self, later: Aside, lines: u64) {
        let room = MOST_PLACES - self.places.len();
        let places = later.places.into_iter().take(room);
        self.places.extend(places.map(|p| AsidePlace { line: p.line + lines, ..p }));
        self.records.extend(later.records);
        self.bytes += later.bytes;
        self.unknown |= later.unknown;
        self.bound();
    }

    /// Keeps either the cells of all records or none.
    fn bound(&mut self) {
        self.unknown |= self.records.len() > MOST_RECORDS || self.bytes > MOST_BYTES;
        if self.unknown {
            self.records = Vec::new();
        }
    }
}

/// What separates the cells of a block, where a row of it shows that.
fn delimiters(block: &Block) -> &[u8] {
    let first_end = block.grid.ends.first().filter(|_| block.grid.width > 1);
    let delimiter = first_end.and_then(|end| block.bytes.get(*end as usize));
    delimiter.map_or(DELIMITERS, std::slice::from_ref)
}

/// The cells of a record, cut with and without regard to quotes: those of a record that is no row
/// may be out of order.
fn cells(record: &[u8], delimiters: &[u8], quote: Option<u8>) -> Vec<String> {
    let ends = |b: &u8| delimiters.contains(b) || matches!(b, b'\r' | b'\n');
    let text = |cell: &[u8]| {
        let cell = unquote(cell.trim_ascii(), quote).into_owned();
        String::from_utf8_lossy(&cell).into_owned()
    };
    let mut all: Vec<String> = record.split(ends).map(text).collect();
    let Some(quote) = quote.filter(|quote| record.contains(quote)) else { return all };
    let mut quoted = false;
    let outside = |b: &u8| {
        quoted ^= *b == quote;
        !quoted && ends(b)
    };
    all.extend(record.split(outside).map(text));
    all
}

fn is_in_row(grid: &Grid, at: u32) -> bool {
    let row = grid.starts.partition_point(|start| *start <= at).checked_sub(1);
    row.is_some_and(|row| at <= grid.end(row))
}

/// The whole lines that a fault stands in.
fn lines_around(block: &Block, start: usize, end: usize) -> &[u8] {
    let is_end = |b: &u8| matches!(b, b'\n' | b'\r');
    let before = block.bytes.get(..start).unwrap_or_default();
    let after = block.bytes.get(end..).unwrap_or_default();
    let from = before.iter().rposition(is_end).map_or(0, |i| i + 1);
    let to = after.iter().position(is_end).map_or(block.bytes.len(), |i| end + i);
    block.bytes.get(from..to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cut_with_and_without_regard_to_quotes() {
        let found = cells(b"\"a,b\" ,2,\"c\n", b",", Some(b'"'));
        assert!(["a,b", "2", "c"].iter().all(|cell| found.iter().any(|f| f == cell)), "{found:?}");
        assert_eq!(cells(b"x;2|y", DELIMITERS, Some(b'"')), ["x", "2", "y"]);
    }

    #[test]
    fn the_cells_of_too_many_records_are_not_kept() {
        let chunk = |records: usize| Aside {
            records: vec![vec!["1".into()]; records],
            places: vec![AsidePlace { part: 0, line: 2 }; 2],
            ..Aside::default()
        };
        let mut all = chunk(MOST_RECORDS - 1);
        all.append(chunk(1), 100);
        assert!(!all.unknown && all.records.len() == MOST_RECORDS);
        assert_eq!(all.places.iter().map(|p| p.line).collect::<Vec<_>>(), [2, 2, 102]);
        all.append(chunk(1), 200);
        assert!(all.unknown && all.records.is_empty());
    }
}
