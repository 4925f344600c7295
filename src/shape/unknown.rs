//! What rows take from those above them where a record that may be one of these was set aside: nobody knows it.

use crate::read::block::{Block, Cells};
use crate::read::grid::FieldSpan;
use crate::shape::headings::Headings;
use crate::shape::texts::span;

/// A record that was set aside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aside {
    /// Its number in the block.
    pub record: u32,
    /// Where its fault stands, which may be the whole record.
    fault: FieldSpan,
}

/// The records of a block that were set aside and may hold labels of the rows below them, by their
/// numbers; those with faults of these kinds hold none.
pub(super) fn asides(block: &Block, without_labels: &[u8]) -> Vec<Aside> {
    let grid = &block.grid;
    if grid.set_aside == 0 {
        return Vec::new();
    }
    let is_row = |record: u32| match grid.records.is_empty() {
        true => (record as usize) < grid.rows,
        false => grid.records.binary_search(&record).is_ok(),
    };
    // What is no record, such as a blank line, has the number of the next one.
    let is_aside = |record: u32| record < grid.total_records && !is_row(record);
    let faults =
        grid.faults.iter().filter(|f| !without_labels.contains(&f.kind) && is_aside(f.record));
    let mut all: Vec<Aside> = faults
        .map(|f| Aside { record: f.record, fault: FieldSpan { start: f.start, end: f.end } })
        .collect();
    all.sort_by_key(|aside| aside.record);
    all
}

/// Takes those of the first records that stand before `record`.
pub(super) fn pass<'a>(asides: &mut &'a [Aside], record: u32) -> &'a [Aside] {
    let (before, rest) = asides.split_at(asides.partition_point(|aside| aside.record < record));
    *asides = rest;
    before
}

/// Whether one of the records may have changed which heading holds.
pub(super) fn may_head(asides: &[Aside], headings: &Headings, block: &Block) -> bool {
    asides.iter().any(|aside| {
        let Some((first, is_alone)) = first_field(block, aside.fault) else { return true };
        let fits = |regex: &crate::expr::regex::Regex| regex.is_match(first);
        let is_heading = headings.matches.as_ref().map_or(is_alone, fits);
        is_heading || headings.end.as_ref().is_some_and(fits)
    })
}

/// The first field of a record whose fault is the whole of it, and whether the others are blank; none
/// where that is not sure.
fn first_field(block: &Block, at: FieldSpan) -> Option<(&str, bool)> {
    let record = block.bytes.get(at.start as usize..at.end as usize)?;
    let is_odd = |b: &u8| matches!(b, b'\r' | b'\n') || Some(*b) == block.quote;
    let delimiter = block.grid.ends.first().filter(|_| block.grid.width > 1);
    let delimiter = *block.bytes.get(*delimiter? as usize)?;
    if !matches!(block.cells, Cells::Delimited) || record.is_empty() || record.iter().any(is_odd) {
        return None;
    }
    let mut fields = record.split(|b| *b == delimiter).map(|field| field.trim_ascii());
    let first = std::str::from_utf8(fields.next()?).ok()?;
    Some((first, fields.all(<[u8]>::is_empty)))
}

/// What stands for a cell that nobody knows in a block: an empty text at a place where no other stands.
pub(super) fn place(block: &mut Block) -> FieldSpan {
    if block.unknown.is_none() {
        block.bytes.push(b' ');
        let at = block.bytes.len();
        block.bytes.push(b' ');
        block.unknown = Some(span(at..at));
    }
    block.unknown.unwrap_or_default()
}
