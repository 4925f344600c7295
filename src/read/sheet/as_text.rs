//! Numbers that are stored as texts: a formula such as `SUM` passes over them, and they are read as numbers here.

use std::collections::BTreeMap;

use crate::read::note::{FaultText, NamedBy, Note};
use crate::read::reader::HeaderCell;
use crate::read::sheet::cells::{Area, Cell, Cells, Kind};
use crate::read::sheet::faults::NUMBER_AS_TEXT;
use crate::report::Subject;
use crate::source::{FileId, Span};
use crate::width::to_usize;

/// More digits are a code, and no spreadsheet has them in a number.
const MOST_DIGITS: usize = 15;

/// Whether a cell is a text that looks like a number; `007` is a code.
pub fn is_number(cell: &Cell<'_>, point: u8) -> bool {
    let text = cell.text.trim_ascii();
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, part) = match digits.iter().position(|byte| *byte == point) {
        Some(at) => (digits.get(..at), digits.get(at + 1..).filter(|part| !part.is_empty())),
        None => (Some(digits), Some(&b""[..])),
    };
    let (Some(whole), Some(part)) = (whole, part) else { return false };
    let is_whole = whole == b"0" || whole.first().is_some_and(|first| *first != b'0');
    let all = || whole.iter().chain(part);
    cell.kind == Kind::Text
        && is_whole
        && all().count() <= MOST_DIGITS
        && all().all(u8::is_ascii_digit)
}

/// The numbers of a column.
#[derive(Default)]
struct Column {
    has_numbers: bool,
    as_texts: u64,
    /// The row of the first of these.
    first: u32,
}

/// The columns of an area that have numbers and texts like numbers below a row: of each the first such text, and
/// how many there are.
pub fn columns(cells: &Cells, area: Area, body: u32) -> Vec<((u32, u32), u64)> {
    let mut all: BTreeMap<u32, Column> = BTreeMap::new();
    let rows = cells.nth(body)..cells.nth(area.rows.1.saturating_add(1));
    for cell in rows.flat_map(|nth| cells.row(nth, area.columns)) {
        if cell.kind == Kind::Number {
            all.entry(cell.column).or_default().has_numbers = true;
        } else if is_number(&cell, cells.point) {
            let own = all.entry(cell.column).or_default();
            own.first = if own.as_texts == 0 { cell.row } else { own.first };
            own.as_texts += 1;
        }
    }
    let mixed = all.into_iter().filter(|(_, own)| own.has_numbers && own.as_texts > 0);
    mixed.map(|(column, own)| ((own.first, column), own.as_texts)).collect()
}

/// What is noted of such a column, which is one of those of a table that begins with `first`.
pub fn note(
    heads: &[HeaderCell],
    (column, first): (u32, u32),
    (count, number): (u64, u64),
) -> Note {
    let head = heads.get(to_usize(column.saturating_sub(first)));
    let name = head.map_or("", |head| head.name.as_str());
    let message = match count {
        1 => format!(
            "a number of the column `{name}` is stored as a text: SUM and the like pass over it"
        ),
        _ => format!(
            "{count} numbers of the column `{name}` are stored as texts: SUM and the like pass over them"
        ),
    };
    let words = FaultText {
        message,
        label: "stored as a text".into(),
        help: Some(
            "in a spreadsheet program, turn the texts into numbers; here they are read as such"
                .into(),
        ),
        odd: None,
    };
    let place = (FileId(0), Span::new(number, number + 1), None);
    let note = Note::worded(&NUMBER_AS_TEXT, NamedBy::Fault, Subject::Header, words, place);
    Note { column: Some(name.to_string()), ..note }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_like_numbers() {
        for (text, expected) in [
            ("12", true),
            ("-0.5", true),
            ("0", true),
            (" 7 ", true),
            ("007", false),
            ("1.", false),
            (".5", false),
            ("", false),
            ("-", false),
            ("1,5", false),
            ("1e3", false),
            ("1234567890123456", false),
        ] {
            let kind = Kind::Text;
            let cell = Cell { row: 0, column: 0, kind, text: text.as_bytes(), other: None };
            assert_eq!(is_number(&cell, b'.'), expected, "{text}");
        }
    }
}
