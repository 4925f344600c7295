//! Findings of what is irregular in a file: the reader has the words.

use crate::engine::data::table::Table;
use crate::engine::pass::locate::{LocatedFault, RowFinder, fault_column};
use crate::findings::about::faulty_lines;
use crate::findings::place;
use crate::read::block::Cells;
use crate::report::{CellName, Finding, Identity, Label, Role, Subject};
use crate::source::{Files, RowId, Span, count_lines};

/// The finding of a fault of this kind that starts at an offset beside a row.
pub(crate) fn finding(
    files: &dyn Files,
    table: &Table,
    finder: &mut dyn RowFinder,
    (beside, kind, offset): (RowId, u8, u64),
) -> Option<Finding> {
    let (file, found) = finder.fault(beside, kind, offset)?;
    let words = file.reader.word(&found.irregular, found.block);
    let fault = file.reader.faults().get(usize::from(found.irregular.kind)).copied()?;
    let (start, end) = (found.irregular.start, found.irregular.end);
    let span = Span::new(start.into(), end.into()).shift(found.block.at);
    let before = found.block.bytes.get(..start as usize).unwrap_or_default();
    let own = found.block.bytes.get(start as usize..end as usize);
    let is_line = |b: &u8| matches!(b, b'\n' | b'\r');
    let is_whole = !found.block.is_cut || before.iter().any(is_line);
    let mut place = match is_whole {
        true => place::after(files, file.file, span, found.line, (before, own)),
        false => place::at(files, file.file, span, found.line),
    };
    let earlier = file.reader.earlier(&found.irregular, found.block).map(|range| {
        let between = found.block.bytes.get(range.start..start as usize).unwrap_or_default();
        let line = found.line - u64::from(count_lines(between, None));
        let span = Span::new(range.start as u64, range.end as u64).shift(found.block.at);
        place::at(files, file.file, span, line)
    });
    let columns = &file.reader.head().columns;
    let column =
        fault_column(&found.irregular).and_then(|c| columns.get(c)).map(|c| c.name.as_str());
    place.cell = Some(CellName {
        table: table.name.clone(),
        record: (fault.name != "blank-row").then_some(found.record),
        column: column.map(str::to_string),
        pointer: None,
    });
    let lines = match file.reader.bytes() {
        Some(_) => String::from_utf8_lossy(faulty_lines(&found)),
        None => cells_of_row(&found).into(),
    };
    let subject = Subject::content(std::iter::once(("", &*lines)));
    let identity = Identity::structure(fault.name, fault, &table.name, subject).at(column);
    let mut finding = Finding::new(identity, fault.severity, words.message);
    finding.labels.push(Label { place, role: Role::Stated, text: words.label });
    let first = earlier.map(|place| Label { place, role: Role::First, text: "first here".into() });
    finding.labels.extend(first);
    finding.help = words.help;
    finding.odd = words.odd;
    Some(finding)
}

/// The texts of the row that a fault stands in, where rows have no lines.
fn cells_of_row(found: &LocatedFault<'_>) -> String {
    let (block, record) = (found.block, found.irregular.record);
    let row = (0..block.rows()).find(|row| block.grid.records_before(*row) == record);
    let width = match &block.cells {
        Cells::Spans { width, .. } => *width,
        Cells::Columns(columns) => columns.len(),
        Cells::Delimited => block.grid.width,
    };
    let text = |row: usize, field| {
        String::from_utf8_lossy(&block.unquoted(block.field(row, field))).into_owned()
    };
    let texts = row.into_iter().flat_map(|row| (0..width).map(move |field| text(row, field)));
    texts.collect::<Vec<String>>().join("\u{1f}")
}
