//! Cells of records that lack fields, or hold escape signs: by their bytes, with their places.

use crate::read::block::{Block, Cells, Places};
use crate::read::csv::dialect::Dialect;
use crate::read::grid::{FieldSpan, unquote};
use crate::source::Span;
use crate::width::to_u32;

/// Lays the cells of a block out one by one, quotes and escape signs off. Texts that do not stand in
/// the file as they are go behind its bytes.
pub(crate) fn laid_out(block: &mut Block, dialect: &Dialect) {
    let width = block.grid.width;
    let mut spans = Vec::with_capacity(block.grid.rows * width);
    let mut places = Places::default();
    for row in 0..block.grid.rows {
        places.rows.push(block.row_span(row));
        let end = block.grid.end(row);
        for field in 0..width {
            let FieldSpan { start, end } = at(block.grid.field(row, field), end);
            places.cells.push(Span::new(start.into(), end.into()).shift(block.at));
            spans.push(text(&mut block.bytes, FieldSpan { start, end }, dialect));
        }
    }
    block.quote = None;
    block.cells = Cells::Spans { width, spans };
    block.places = Some(places);
}

/// A field within its record; one that was not written stands at the end.
fn at(field: FieldSpan, end: u32) -> FieldSpan {
    FieldSpan { start: field.start.min(end), end: field.end.min(end) }
}

/// The text of a field.
fn text(bytes: &mut Vec<u8>, field: FieldSpan, dialect: &Dialect) -> FieldSpan {
    let raw = bytes.get(field.start as usize..field.end as usize).unwrap_or_default();
    let has_escape = dialect.escape.is_some_and(|escape| raw.contains(&escape));
    let is_quoted = dialect.quote.is_some() && raw.first() == dialect.quote.as_ref();
    if !has_escape && !is_quoted {
        return field;
    }
    let plain = match dialect.escape.filter(|_| has_escape) {
        Some(escape) => unescape(raw, escape, dialect),
        None => unquote(raw, dialect.quote).into_owned(),
    };
    let start = to_u32(bytes.len());
    bytes.extend_from_slice(&plain);
    FieldSpan { start, end: to_u32(bytes.len()) }
}

/// A field without its quotes and without the signs that take the meaning from the next. Before a
/// sign that has none, such as a letter, an escape sign is one of the text.
fn unescape(raw: &[u8], escape: u8, dialect: &Dialect) -> Vec<u8> {
    let is_quoted = !raw.is_empty() && raw.first() == dialect.quote.as_ref();
    let mut rest = if is_quoted { raw.get(1..).unwrap_or_default() } else { raw };
    let mut plain = Vec::with_capacity(rest.len());
    let has_meaning = |byte: u8| {
        byte == escape
            || byte == dialect.delimiter
            || Some(byte) == dialect.quote
            || matches!(byte, b'\n' | b'\r')
    };
    while let [byte, after @ ..] = rest {
        rest = after;
        match (*byte, after.first()) {
            (byte, Some(next)) if byte == escape && has_meaning(*next) => {
                plain.push(*next);
                rest = after.get(1..).unwrap_or_default();
            }
            (byte, Some(next)) if is_quoted && Some(byte) == dialect.quote && *next == byte => {
                plain.push(byte);
                rest = after.get(1..).unwrap_or_default();
            }
            (byte, _) if is_quoted && Some(byte) == dialect.quote => {}
            (byte, _) => plain.push(byte),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_signs_come_off() {
        let dialect = Dialect { escape: Some(b'\\'), ..Dialect::default() };
        for (raw, text) in [
            (r#"a\,b"#, "a,b"),
            (r#""a\"b""#, "a\"b"),
            (r#""a""b\\""#, r#"a"b\"#),
            (r"C:\new", r"C:\new"),
            (r"\N", r"\N"),
            ("a\\\nb", "a\nb"),
            (r"x\", r"x\"),
        ] {
            let plain = unescape(raw.as_bytes(), b'\\', &dialect);
            assert_eq!(String::from_utf8_lossy(&plain), text, "{raw}");
        }
    }
}
