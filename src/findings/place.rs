//! Byte ranges to places that a person can follow: the only maker of places.

use std::ops::Range;

use crate::engine::data::table::Table;
use crate::engine::pass::locate::Located;
use crate::report::{At, CellName, Place, Position};
use crate::source::{FileId, Files, Span, characters, count_lines};
use crate::width::to_usize;

/// Longer spans have no end.
const WINDOW: u64 = 1 << 16;

/// The place of a span whose line is known.
pub fn at(files: &dyn Files, file: FileId, span: Span, line: u64) -> Place {
    if let Some(place) = addressed(files, file, span) {
        return place;
    }
    let from = Position { line, column: files.column(file, span.start) };
    from_position(files, file, span, from)
}

/// The place of a span whose start is known.
pub fn from_position(files: &dyn Files, file: FileId, span: Span, from: Position) -> Place {
    let own = files.bytes(file).filter(|_| span.len() <= WINDOW).and_then(|bytes| {
        let mut own = vec![0; to_usize(span.len())];
        let n = bytes.read_at(span.start, &mut own).ok()?;
        (n == own.len()).then_some(own)
    });
    made(files, file, span, from, own.as_deref())
}

/// The place of a span whose line is known. `before` are the bytes that stand before the span,
/// from the start of its line or earlier; `own` are its own, where they are at hand.
pub fn after(
    files: &dyn Files,
    file: FileId,
    span: Span,
    line: u64,
    (before, own): (&[u8], Option<&[u8]>),
) -> Place {
    let column = characters(last_line(before)) + 1;
    made(files, file, span, Position { line, column }, own)
}

/// A place in a sentence: `cross.csv:3:13`, `costs.xlsx:Costs!B2`.
pub fn words(files: &dyn Files, place: &Place) -> String {
    let (file, from) = (place.at.file(), place.at.from());
    let path = files.path(file);
    match place.at.address(files.addresses(file).as_deref()) {
        Some(address) => format!("{path}:{address}"),
        None => format!("{path}:{}:{}", from.line, from.column),
    }
}

/// The place of a span in a file that is no text.
fn addressed(files: &dyn Files, file: FileId, span: Span) -> Option<Place> {
    let address = files.addresses(file)?.address(span);
    Some(Place { cell: None, at: At::addressed(file, span, address) })
}

fn made(files: &dyn Files, file: FileId, span: Span, from: Position, own: Option<&[u8]>) -> Place {
    if let Some(place) = addressed(files, file, span) {
        return place;
    }
    let to = own.map(|own| end(from, own));
    Place { cell: None, at: At::Bytes { file, span, from, to, derived: files.derived(file) } }
}

/// Where a text that begins at `from` ends.
fn end(from: Position, text: &[u8]) -> Position {
    match count_lines(text, None) {
        0 => Position { column: from.column + characters(text), ..from },
        lines => {
            Position { line: from.line + u64::from(lines), column: characters(last_line(text)) + 1 }
        }
    }
}

/// What stands behind the last line end.
fn last_line(text: &[u8]) -> &[u8] {
    let start = memchr::memrchr2(b'\n', b'\r', text).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or(text)
}

/// A place in the header of a table.
pub fn in_header(place: Place, table: &str, column: Option<&str>) -> Place {
    let (table, column) = (table.to_string(), column.map(str::to_string));
    Place { cell: Some(CellName { table, record: None, column, pointer: None }), ..place }
}

/// The place of a cell of a row.
pub fn of_cell(files: &dyn Files, table: &Table, column: usize, located: &Located) -> Place {
    let mut place = within(files, table, located, located.spans[column], located.lines[column]);
    if let Some(cell) = &mut place.cell {
        // In a view of a table, a cell is one of the column that the table has.
        let of_view = table.view_of.filter(|_| table.is_pivot_value(column));
        let own = of_view.and_then(|_| table.layout.pivot.get(located.row.pivot));
        cell.column = Some(own.map_or(&table.columns[column].name, |(_, name)| name).clone());
        cell.pointer = located.pointers.get(column).cloned().flatten();
    }
    place
}

/// The place of a part of a cell, by its bytes in the text of the cell; that of the whole cell where the
/// file has that text in another spelling.
pub fn of_part(
    files: &dyn Files,
    table: &Table,
    (column, part): (usize, Range<usize>),
    located: &Located,
) -> Place {
    let whole = || of_cell(files, table, column, located);
    let (span, text) = (located.spans[column], &located.row.texts[column]);
    let bytes = files.bytes(located.file).filter(|_| files.addresses(located.file).is_none());
    let Some(bytes) = bytes.filter(|_| span.len() <= WINDOW) else { return whole() };
    let mut own = vec![0; to_usize(span.len())];
    let is_read = bytes.read_at(span.start, &mut own).is_ok_and(|n| n == own.len());
    let found = memchr::memmem::find(&own, text.as_bytes()).filter(|_| is_read);
    let (Some(at), Some(before)) = (found, text.get(..part.start)) else { return whole() };
    let start = span.start + (at + part.start) as u64;
    let span = Span { start, end: start + part.len() as u64 };
    let lines = u64::from(count_lines(before.as_bytes(), None));
    let line = located.lines[column];
    let line = if line > 0 { line + lines } else { line };
    Place { cell: whole().cell, ..within(files, table, located, span, line) }
}

/// The place of a row.
pub fn of_row(files: &dyn Files, table: &Table, located: &Located) -> Place {
    within(files, table, located, located.span, located.line)
}

fn within(files: &dyn Files, table: &Table, located: &Located, span: Span, line: u64) -> Place {
    let is_counted = line > 0 || files.addresses(located.file).is_some();
    let line = if is_counted { line } else { files.line(located.file, span.start) };
    let text = span
        .start
        .checked_sub(located.span.start)
        .filter(|_| !located.bytes.is_empty())
        .and_then(|n| located.bytes.split_at_checked(to_usize(n)));
    let is_in_line = |before: &[u8]| before.iter().any(|b| matches!(b, b'\n' | b'\r'));
    let mut place = match text.filter(|(before, _)| located.starts_line || is_in_line(before)) {
        Some((before, rest)) => {
            let own = rest.get(..to_usize(span.len()));
            let column = located.columns.before(&located.bytes, before.len()) + 1;
            made(files, located.file, span, Position { line, column }, own)
        }
        None => at(files, located.file, span, line),
    };
    let (table, pointer) = (table.name.clone(), located.pointer.clone());
    place.cell = Some(CellName { table, record: located.record, column: None, pointer });
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_in_its_last_line() {
        let from = Position { line: 3, column: 5 };
        for (text, line, column) in
            [("", 3, 5), ("Zürich", 3, 11), ("a\r\nüb", 4, 3), ("a\n", 4, 1), ("a\rb\n\nc", 6, 2)]
        {
            assert_eq!(end(from, text.as_bytes()), Position { line, column }, "{text:?}");
        }
    }
}
