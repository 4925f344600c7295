//! Byte ranges to places that a person can follow.

use crate::finding::Place;
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
            let text = if from == 0 && line_start.is_none() { text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text) } else { text };
            // Characters, not bytes: continuation bytes are not counted.
            return text.iter().filter(|b| **b & 0xC0 != 0x80).count() as u64 + 1;
        }
    });
    Place { file, span, line, column, record: None, column_name: None, derived: files.derived(file) }
}
