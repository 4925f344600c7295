//! What of a block is no UTF-8.

use crate::read::grid::{Grid, Irregular};
use crate::read::json::words;
use crate::read::note::INVALID_UTF8;
use crate::source::count_lines;

/// What is no UTF-8 in the rows of a grid and between them. Of each row the first place is reported;
/// elsewhere of each line, or in a document (`is_part`) of each text: neither is ever cut, so that the
/// same is found however blocks are.
pub fn invalid(bytes: &[u8], grid: &Grid, is_part: bool) -> Vec<Irregular> {
    let mut found = Vec::new();
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return found;
    }
    let between = if is_part { b'"' } else { b'\n' };
    // Where the last one ended, and the row that it is in.
    let (mut at, mut last) = (0, None);
    for chunk in bytes.utf8_chunks() {
        let start = at + chunk.valid().len();
        at = start + chunk.invalid().len();
        if chunk.invalid().is_empty() {
            continue;
        }
        let before = grid.starts.partition_point(|s| *s as usize <= start).checked_sub(1);
        let row = before.filter(|row| start < grid.end(*row) as usize);
        let goes_on = last.is_some_and(|(end, of)| match (row, of) {
            (None, None) => !bytes.get(end..start).unwrap_or_default().contains(&between),
            _ => row == of,
        });
        last = Some((at, row));
        if goes_on {
            continue;
        }
        let from = before.and_then(|row| grid.starts.get(row)).map_or(0, |s| *s as usize);
        let lines = before.map_or(0, |row| grid.lines_before(row));
        let line = lines + count_lines(bytes.get(from..start).unwrap_or_default(), None);
        // A line that is no row has a fault of its own, which knows its record.
        let of_line = grid.faults.partition_point(|fault| fault.line < line);
        let aside = grid.faults.get(of_line).filter(|fault| row.is_none() && fault.line == line);
        let of_row = before.map_or(0, |row| grid.records_before(row));
        let record = aside.map_or(of_row, |fault| fault.record);
        let irregular = words::irregular(&INVALID_UTF8, (start, at), 0);
        found.push(Irregular { record, line, ..irregular });
    }
    found
}
