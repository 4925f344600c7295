//! Rows that stand under others: by white space before their texts, or by codes that begin with those
//! of the rows above.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::read::grid::{FieldSpan, unquote};
use crate::shape::texts::put;
use crate::width::to_u32;

/// What shows the hierarchy of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// The field of a record that shows it.
    pub field: usize,
    /// The column of the table that it is.
    pub column: usize,
    /// The column of the level; that of the parent is the next.
    pub level: usize,
    /// All codes of the table; none where white space shows it.
    pub codes: Option<Arc<BTreeSet<Vec<u8>>>>,
}

/// The rows above, from the outermost: how far each is indented, and its text.
#[derive(Debug, Clone, Default)]
pub(super) struct Above(Vec<(u32, Vec<u8>)>);

impl Above {
    pub fn new(rows: &[(u32, Vec<u8>)]) -> Above {
        Above(rows.to_vec())
    }

    pub fn rows(&self) -> &[(u32, Vec<u8>)] {
        &self.0
    }
}

impl Hierarchy {
    /// Adds level and parent to the rows of one record, whose cells these are.
    pub(super) fn add(
        &self,
        cells: &mut [FieldSpan],
        width: usize,
        (bytes, quote): (&mut Vec<u8>, Option<u8>),
        above: &mut Above,
    ) {
        let Some(cell) = cells.get(self.column).copied() else { return };
        let raw = bytes.get(cell.start as usize..cell.end as usize).unwrap_or_default();
        let text = unquote(raw, quote).into_owned();
        let (indent, own) = indented(&text);
        if own.is_empty() {
            return;
        }
        let own = own.to_vec();
        let (level, parent) = match &self.codes {
            Some(codes) => by_code(&own, codes),
            None => by_indent(indent, &own, above),
        };
        let level = put(bytes, level.to_string().as_bytes());
        let parent = parent.map_or_else(FieldSpan::default, |parent| put(bytes, &parent));
        // The text is that without what stands before it; in the file, where it is not quoted.
        let raw = bytes.get(cell.start as usize..cell.end as usize).unwrap_or_default();
        let own = match memchr::memmem::find(raw, &own) {
            Some(at) => FieldSpan {
                start: cell.start + to_u32(at),
                end: cell.start + to_u32(at + own.len()),
            },
            None => put(bytes, &own),
        };
        for row in cells.chunks_mut(width.max(1)) {
            for (column, span) in
                [(self.column, own), (self.level, level), (self.level + 1, parent)]
            {
                if let Some(cell) = row.get_mut(column) {
                    *cell = span;
                }
            }
        }
    }
}

/// How many signs of white space, or dots, stand before a text, and the text, without dots after it.
fn indented(text: &[u8]) -> (u32, &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else { return (0, text) };
    let is_space = |c: char| c.is_whitespace() || c == '.';
    let own = text.trim_start_matches(is_space);
    let indent = text.chars().count() - own.chars().count();
    let trimmed = own.trim_end();
    let leaders = trimmed.trim_end_matches(is_space);
    let dots = trimmed.get(leaders.len()..).unwrap_or_default().matches('.').count();
    // One dot may end an abbreviation.
    (to_u32(indent), if dots > 1 { leaders } else { trimmed }.as_bytes())
}

/// The nearest row above that is indented less.
fn by_indent(indent: u32, own: &[u8], above: &mut Above) -> (usize, Option<Vec<u8>>) {
    while above.0.last().is_some_and(|row| row.0 >= indent) {
        above.0.pop();
    }
    let found = (above.0.len(), above.0.last().map(|row| row.1.clone()));
    above.0.push((indent, own.to_vec()));
    found
}

/// The longest code that this one begins with, and how many there are.
fn by_code(own: &[u8], codes: &BTreeSet<Vec<u8>>) -> (usize, Option<Vec<u8>>) {
    let prefixes = (1..own.len()).filter_map(|end| own.get(..end));
    let found: Vec<&[u8]> = prefixes.filter(|prefix| codes.contains(*prefix)).collect();
    (found.len(), found.last().map(|code| code.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_dots_indent() {
        for (text, indent, own) in [
            ("Total", 0, "Total"),
            ("  Men ", 2, "Men"),
            ("\u{a0}\u{a0}Men", 2, "Men"),
            ("..Men", 2, "Men"),
            ("Total . . . .", 0, "Total"),
            ("Women, etc.", 0, "Women, etc."),
            ("   ", 3, ""),
        ] {
            let (found, rest) = indented(text.as_bytes());
            assert_eq!((found, rest), (indent, own.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn parents_by_indent_and_by_code() {
        let mut above = Above::default();
        let rows = [(0, "all"), (2, "a"), (4, "a1"), (4, "a2"), (2, "b"), (0, "rest")];
        let found: Vec<(usize, Option<String>)> = rows
            .iter()
            .map(|(indent, own)| {
                let (level, parent) = by_indent(*indent, own.as_bytes(), &mut above);
                (level, parent.map(|p| String::from_utf8_lossy(&p).into_owned()))
            })
            .collect();
        let text = |level, parent: &str| (level, Some(parent.to_string()));
        let all =
            [(0, None), text(1, "all"), text(2, "a"), text(2, "a"), text(1, "all"), (0, None)];
        assert_eq!(found, all);
        let codes = ["1", "1.2", "1.2.3"].map(|code| code.as_bytes().to_vec()).into();
        assert_eq!(by_code(b"1.2.3", &codes), (2, Some(b"1.2".to_vec())));
        assert_eq!(by_code(b"2", &codes), (0, None));
    }
}
