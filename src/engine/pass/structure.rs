//! Raw findings of what is wrong with a file and with cells that cannot be read.

use crate::engine::data::classes::{self, Classes};
use crate::engine::data::once::{FirstCell, Onces};
use crate::engine::data::uneven::Uneven;
use crate::engine::pass::chunk::ChunkResult;
use crate::engine::pass::names;
use crate::engine::pass::scan::Visit;
use crate::fault::Fault;
use crate::read::block::{Column, Data, State};
use crate::read::mojibake;
use crate::read::note::{DOUBLE_ENCODED, LATE_MEMBER, RAGGED_ROW, SHORT_ROW};
use crate::report::RawFinding;
use crate::source::RowId;
use crate::value::Type;
use crate::value::unread::BINARY_RESIDUE;

/// What is reported once for each column, or once for the table where it is of none.
static ONCE: [&Fault; 3] = [&DOUBLE_ENCODED, &SHORT_ROW, &LATE_MEMBER];

/// Raw findings of the faults of a block's records, and of the unreadable cells of columns that
/// report them.
pub fn raw_findings(result: &mut ChunkResult, visit: &Visit<'_>, classes: &Classes) {
    // Of an old version or a view nothing but its rows matters.
    if !visit.batch.table.is_declared() {
        return;
    }
    let first = visit.head.first.0;
    {
        let grid = &visit.batch.block.grid;
        let file = visit.batch.file;
        let of_kind = |kind: u8| file.reader.faults().get(usize::from(kind)).copied();
        let layout = &visit.batch.table.layout;
        for fault in &grid.faults {
            // The row that comes next carries the fault of a record that is no row.
            let row = grid.starts.partition_point(|s| *s < fault.start);
            let inside = row > 0 && fault.start < grid.end(row - 1);
            let record = if inside { row - 1 } else { row };
            let row = RowId(first + layout.first_row_in(visit.batch.block, record) as u64);
            let aux = visit.head.offset + u64::from(fault.start);
            if let Some(of) = of_kind(fault.kind).filter(|of| ONCE.contains(of)) {
                let column = file.reader.head().columns.get(fault.column as usize);
                let name = column.map_or("", |c| c.name.as_str());
                let cell = FirstCell::OfFile { beside: row, offset: aux, kind: fault.kind };
                result.once.add(name, of, cell);
            } else {
                result.raw.push(RawFinding { row, aux, class: classes::of_fault(fault.kind) });
            }
        }
    }
    let names = names::column(visit.batch.table);
    for (column, info) in visit.batch.table.columns.iter().enumerate() {
        let Some(decoded) = visit.batch.columns[column]
            .as_ref()
            .filter(|d| info.reports_unreadable && !info.absent && !d.clean)
        else {
            continue;
        };
        let class = classes.of_cell(column);
        for (row, _) in decoded.states.iter().enumerate().filter(|s| *s.1 == State::Unreadable) {
            let id = RowId(first + row as u64);
            let reading = info.reading_of(visit.batch.pivot(row));
            match reading.fault_of_column(&visit.batch.text(row, column)) {
                Some(fault) => result.once.add(&info.name, fault, FirstCell::OfRow(id)),
                None => {
                    let pivot = visit.batch.pivot(row) as u64 + 1;
                    let aux = if Some(column) == names { pivot } else { 0 };
                    result.raw.push(RawFinding { row: id, aux, class });
                }
            }
        }
    }
}

/// Counts the records of a block, and those that are ragged in the same way.
pub fn uneven(all: &mut Uneven, visit: &Visit<'_>) {
    let grid = &visit.batch.block.grid;
    let ragged = visit.batch.file.reader.faults().iter().position(|f| **f == RAGGED_ROW);
    let faults = grid.faults.iter().filter(|f| Some(usize::from(f.kind)) == ragged);
    for fault in faults {
        let record = visit.batch.bytes.get(fault.start as usize..fault.end as usize);
        let last = record.and_then(<[u8]>::last).copied();
        all.add(Uneven { records: 0, fields: fault.aux, alike: 1, last });
    }
    all.records += u64::from(grid.total_records);
}

/// The cells of a column, unless they are those of another one that is read, too: of several readings of a column
/// one counts.
fn decoded<'v>(visit: &'v Visit<'v>, column: usize) -> Option<&'v Column> {
    let (columns, read) = (&visit.batch.table.columns, &visit.batch.columns);
    // Other readings stand behind all columns, so that there are few to look at.
    let is_counted = |of: usize| {
        let mut others = (of..column).rev().take_while(|n| columns[*n].rounded.is_some());
        read[of].is_some() || others.any(|n| columns[n].rounded == Some(of) && read[n].is_some())
    };
    match columns[column].rounded {
        Some(of) if is_counted(of) => None,
        _ => read[column].as_ref(),
    }
}

/// Counts the cells of texts that were encoded twice, where the reader has not looked for them.
pub fn doubled(all: &mut Onces, visit: &Visit<'_>) {
    let batch = &visit.batch;
    let is_seen = batch.file.reader.faults().iter().any(|fault| **fault == DOUBLE_ENCODED);
    if is_seen || !batch.table.is_declared() || !mojibake::may_hold(batch.bytes) {
        return;
    }
    for (column, info) in batch.table.columns.iter().enumerate() {
        if info.absent || info.rounded.is_some() {
            continue;
        }
        for row in 0..batch.rows {
            if mojibake::may_hold(batch.raw(row, column))
                && mojibake::restored(&batch.text(row, column)).is_some()
            {
                let first = RowId(visit.head.first.0 + row as u64);
                all.add(&info.name, &DOUBLE_ENCODED, FirstCell::OfRow(first));
            }
        }
    }
}

/// Figures of fewer bytes end in no residue.
const LEAST_RESIDUE: usize = 16;

/// Counts the figures that end in binary residue.
pub fn residues(all: &mut Onces, visit: &Visit<'_>) {
    for (column, info) in visit.batch.table.columns.iter().enumerate() {
        let Some(decoded) = decoded(visit, column) else { continue };
        let read = match decoded.data {
            Data::Number { .. } => State::Defer,
            _ if info.reading.ty == Type::Percent => State::Good,
            _ => continue,
        };
        for (row, _) in decoded.states.iter().enumerate().filter(|s| *s.1 == read) {
            if visit.batch.raw(row, column).len() >= LEAST_RESIDUE
                && info.reading.residue(&visit.batch.text(row, column)).is_some()
            {
                let first = RowId(visit.head.first.0 + row as u64);
                all.add(&info.name, &BINARY_RESIDUE, FirstCell::OfRow(first));
            }
        }
    }
}

/// Notes the first figure with a percent sign and the first without, of each percent column.
pub fn percent_signs(all: &mut Vec<(usize, Option<RowId>, Option<RowId>)>, visit: &Visit<'_>) {
    for (column, info) in
        visit.batch.table.columns.iter().enumerate().filter(|(_, c)| c.reading.ty == Type::Percent)
    {
        let Some(decoded) = decoded(visit, column) else { continue };
        let at = all.partition_point(|entry| entry.0 < column);
        if all.get(at).is_none_or(|entry| entry.0 != column) {
            all.insert(at, (column, None, None));
        }
        let entry = all.get_mut(at).filter(|entry| entry.1.is_none() || entry.2.is_none());
        let Some(entry) = entry else { continue };
        for (row, _) in decoded.states.iter().enumerate().filter(|(_, s)| **s == State::Good) {
            let text = visit.batch.text(row, column);
            // In running text a percentage may be said in words.
            let is_bare = |c: char| c.is_ascii_digit() || "+-−.,' \u{a0}".contains(c);
            let signed = match info.reading.number.prose {
                true => !text.chars().all(is_bare),
                // Behind it a sign, a bracket or a mark may stand.
                false => {
                    let has_word = || {
                        let words = text.to_ascii_lowercase();
                        words.contains("cent") || words.contains("pct")
                    };
                    text.contains(['%', '‰']) || has_word()
                }
            };
            let first = if signed { &mut entry.1 } else { &mut entry.2 };
            first.get_or_insert(RowId(visit.head.first.0 + row as u64));
        }
    }
}
