//! Raw findings of what is wrong with a file and with cells that cannot be read.

use crate::engine::data::classes::{self, Classes};
use crate::engine::pass::scan::Visit;
use crate::read::block::State;
use crate::report::RawFinding;
use crate::source::RowId;
use crate::value::Type;

/// Raw findings of the faults of a block's records, and of the unreadable cells of columns that
/// report them.
pub fn raw_findings(raw: &mut Vec<RawFinding>, visit: &Visit<'_>, classes: &Classes) {
    let first = visit.head.first.0;
    {
        let grid = &visit.batch.block.grid;
        let per_record = visit.batch.table.layout.rows_per_record() as u64;
        for fault in &grid.faults {
            // The row that comes next carries the fault of a record that is no row.
            let row = grid.starts.partition_point(|s| *s < fault.start);
            let inside = row > 0 && fault.start < grid.end(row - 1);
            let row = (if inside { row - 1 } else { row }) as u64 * per_record;
            raw.push(RawFinding {
                row: RowId(first + row),
                aux: visit.head.offset + u64::from(fault.start),
                class: classes::of_fault(fault.kind),
            });
        }
    }
    for (column, info) in visit.batch.table.columns.iter().enumerate() {
        let Some(decoded) = visit.batch.columns[column]
            .as_ref()
            .filter(|d| info.reports_unreadable && !info.absent && !d.clean)
        else {
            continue;
        };
        let class = classes.of_cell(column);
        for (row, state) in decoded.states.iter().enumerate() {
            if *state == State::Unreadable {
                raw.push(RawFinding { row: RowId(first + row as u64), aux: 0, class });
            }
        }
    }
}

/// Notes the first figure with a percent sign and the first without, of each percent column.
pub fn percent_signs(all: &mut Vec<(usize, Option<RowId>, Option<RowId>)>, visit: &Visit<'_>) {
    for (column, info) in
        visit.batch.table.columns.iter().enumerate().filter(|(_, c)| c.reading.ty == Type::Percent)
    {
        let Some(decoded) = &visit.batch.columns[column] else { continue };
        if all.iter().all(|a| a.0 != column) {
            all.push((column, None, None));
        }
        let Some(entry) =
            all.iter_mut().find(|a| a.0 == column).filter(|a| a.1.is_none() || a.2.is_none())
        else {
            continue;
        };
        for (row, _) in decoded.states.iter().enumerate().filter(|(_, s)| **s == State::Good) {
            let text = visit.batch.text(row, column);
            let signed = info.reading.number.prose || text.ends_with(['%', 't']);
            let first = if signed { &mut entry.1 } else { &mut entry.2 };
            first.get_or_insert(RowId(visit.head.first.0 + row as u64));
        }
    }
}
