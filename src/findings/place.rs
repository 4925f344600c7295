//! Byte ranges to places that a person can follow.

#![expect(clippy::cast_possible_truncation, reason = "older than the lint")]

use crate::engine::data::table::Table;
use crate::engine::pass::locate::Located;
use crate::report::Place;
use crate::source::{FileId, Files, Span};

/// How far back the start of a line is looked for; beyond it the column counts from there.
const WINDOW: u64 = 1 << 16;

/// The place of a span whose line is known.
pub fn at(files: &dyn Files, file: FileId, span: Span, line: u64) -> Place {
    let column = files.bytes(file).map_or(1, |bytes| {
        // Most lines are short: longer and longer ways back, until the line's start is seen.
        let mut window = 256;
        loop {
            let from = span.start.saturating_sub(window);
            let mut before = vec![0; (span.start - from) as usize];
            let n = bytes.read_at(from, &mut before).unwrap_or(0);
            before.truncate(n);
            let line_start = before.iter().rposition(|b| matches!(b, b'\n' | b'\r'));
            if line_start.is_none() && from > 0 && window < WINDOW {
                window *= 16;
                continue;
            }
            let text = &before[line_start.map_or(0, |i| i + 1)..];
            let text = if from == 0 && line_start.is_none() {
                text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
            } else {
                text
            };
            return characters(text) + 1;
        }
    });
    Place {
        file,
        span,
        line,
        column,
        record: None,
        column_name: None,
        derived: files.derived(file),
    }
}

/// The place of a span whose line is known and starts at the latest where `before` does: the bytes
/// that stand before the span.
pub fn after(files: &dyn Files, file: FileId, span: Span, line: u64, before: &[u8]) -> Place {
    let line_start = before.iter().rposition(|b| matches!(b, b'\n' | b'\r')).map_or(0, |i| i + 1);
    let column = characters(&before[line_start..]) + 1;
    Place {
        file,
        span,
        line,
        column,
        record: None,
        column_name: None,
        derived: files.derived(file),
    }
}

/// Characters, not bytes: continuation bytes are not counted.
fn characters(text: &[u8]) -> u64 {
    text.iter().filter(|b| **b & 0xC0 != 0x80).count() as u64
}

/// The place of a cell of a row.
pub fn of_cell(files: &dyn Files, table: &Table, column: usize, located: &Located) -> Place {
    let mut place = within(files, located, located.spans[column], located.lines[column]);
    place.column_name = Some(table.columns[column].name.clone());
    place
}

/// The place of a row.
pub fn of_row(files: &dyn Files, located: &Located) -> Place {
    within(files, located, located.span, located.line)
}

fn within(files: &dyn Files, located: &Located, span: Span, line: u64) -> Place {
    let line = if line > 0 { line } else { files.line(located.file, span.start) };
    let before = span
        .start
        .checked_sub(located.span.start)
        .filter(|_| !located.bytes.is_empty())
        .and_then(|n| located.bytes.get(..n as usize));
    let mut place = match before {
        Some(before) => after(files, located.file, span, line, before),
        None => at(files, located.file, span, line),
    };
    place.record = located.record;
    place
}
