//! Rows that stand under others: by white space before their texts, or by codes that begin with those
//! of the rows above.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::read::grid::{FieldSpan, unquote};
use crate::read::reader::RowAbove;
use crate::shape::texts::{put, quoted};
use crate::value::Type;
use crate::width::to_u32;

/// What stands between the texts of a path.
const BETWEEN: &[u8] = b" / ";

/// What is known of the place of a row in a hierarchy, in the order of its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// How many rows it stands under.
    Level,
    /// Its number, which is that of its record.
    Id,
    /// The number of the row it stands under.
    Parent,
    /// The texts from the outermost row to its own.
    Path,
}

impl Rank {
    /// All of them, with the types of their columns and what these are called behind the name of the
    /// column that shows the hierarchy.
    pub const ALL: [(Rank, Type, &'static str); 4] = [
        (Rank::Level, Type::Integer, "level"),
        (Rank::Id, Type::Integer, "id"),
        (Rank::Parent, Type::Integer, "parent"),
        (Rank::Path, Type::Text, "path"),
    ];
}

/// What shows the hierarchy of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// The field of a record that shows it.
    pub field: usize,
    /// The column of the table that it is.
    pub column: usize,
    /// The first of the columns for what is known of each row: see [`Rank::ALL`].
    pub first: usize,
    /// Its codes; none where white space shows it.
    pub codes: Option<Codes>,
}

/// Codes that begin with those of the rows above.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    /// What stands between the parts of a code; nothing where any start of it may be a code.
    pub separator: String,
    /// The columns of the table that tell rows with one code apart, such as one for the year.
    pub beside: Vec<usize>,
    /// All codes of the table by their [`Codes::key`], with the numbers of the files and records where each
    /// stands first.
    pub all: Arc<BTreeMap<Vec<u8>, (Option<u32>, u64)>>,
}

/// The rows above, from the outermost.
#[derive(Debug, Clone, Default)]
pub(super) struct Above(Vec<RowAbove>);

impl Above {
    pub fn new(rows: &[RowAbove]) -> Above {
        Above(rows.to_vec())
    }

    pub fn rows(&self) -> &[RowAbove] {
        &self.0
    }

    /// A record was set aside that the rows below may stand under: where they do is not known, but for
    /// those that nothing stands above.
    pub fn forget(&mut self) {
        self.0 = vec![RowAbove { is_unknown: true, ..RowAbove::default() }];
    }
}

/// Where a row stands.
#[derive(Debug, Default, PartialEq, Eq)]
struct Standing {
    level: usize,
    id: Vec<u8>,
    parent: Option<Vec<u8>>,
    path: Vec<u8>,
    /// Whether it is not known under which row it stands, and under which that one, so that neither
    /// its level nor its path is.
    is_open: (bool, bool),
}

impl Hierarchy {
    /// Adds what is known of the rows of one record, whose cells these are: so many to a row, the
    /// record with a number in a file.
    pub(super) fn add(
        &self,
        cells: &mut [FieldSpan],
        (width, file, record): (usize, Option<u32>, u64),
        (bytes, quote, unknown): (&mut Vec<u8>, Option<u8>, Option<FieldSpan>),
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
        let place = match &self.codes {
            Some(codes) => {
                let bytes = (&bytes[..], quote, unknown);
                codes.place_of(&own, cells, (file, record), bytes)
            }
            None => {
                let row = RowAbove { indent, record, text: own.clone(), is_unknown: false };
                by_indent(row, file, above)
            }
        };
        let unknown = unknown.unwrap_or_default();
        let texts = Rank::ALL.map(|(rank, ..)| match rank {
            Rank::Parent if place.is_open.0 => unknown,
            Rank::Level | Rank::Path if place.is_open.1 => unknown,
            Rank::Level => put(bytes, place.level.to_string().as_bytes()),
            Rank::Id => put(bytes, &place.id),
            Rank::Parent => {
                place.parent.as_ref().map_or_else(FieldSpan::default, |parent| put(bytes, parent))
            }
            Rank::Path => put(bytes, &quoted(&place.path, quote)),
        });
        // The text is that without what stands before it; in the file, where it is not quoted.
        let raw = bytes.get(cell.start as usize..cell.end as usize).unwrap_or_default();
        let is_quoted = quote.is_some() && raw.first().copied() == quote;
        let own = match memchr::memmem::find(raw, &own).filter(|_| !is_quoted) {
            Some(at) => FieldSpan {
                start: cell.start + to_u32(at),
                end: cell.start + to_u32(at + own.len()),
            },
            None => put(bytes, &quoted(&own, quote)),
        };
        for row in cells.chunks_mut(width.max(1)) {
            let columns = (self.first..).zip(texts).chain([(self.column, own)]);
            for (column, span) in columns {
                if let Some(cell) = row.get_mut(column) {
                    *cell = span;
                }
            }
        }
    }
}

/// The number of a row; in one of several files with that of the file.
fn number((file, record): (Option<u32>, u64)) -> Vec<u8> {
    match file {
        Some(file) => format!("{file}:{record}"),
        None => record.to_string(),
    }
    .into_bytes()
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

/// Where a row stands, under the nearest one above that is indented less.
fn by_indent(row: RowAbove, file: Option<u32>, above: &mut Above) -> Standing {
    while above.0.last().is_some_and(|last| last.indent >= row.indent) {
        above.0.pop();
    }
    let last = above.0.last();
    let is_open = [last, above.0.first()].map(|row| row.is_some_and(|row| row.is_unknown));
    let parent = last.map(|last| number((file, last.record)));
    let (level, id) = (above.0.len(), number((file, row.record)));
    above.0.push(row);
    let texts: Vec<&[u8]> = above.0.iter().map(|row| row.text.as_slice()).collect();
    Standing { level, id, parent, path: texts.join(BETWEEN), is_open: is_open.into() }
}

impl Codes {
    /// By what a code is known: that of another year is another one.
    pub fn key(beside: &[Vec<u8>], code: &[u8]) -> Vec<u8> {
        let mut key = Vec::with_capacity(code.len());
        for part in beside {
            key.extend(to_u32(part.len()).to_be_bytes());
            key.extend(part);
        }
        key.extend(code);
        key
    }

    /// Where the row with these cells and a code stands; nobody knows it where nobody knows, say, its year.
    fn place_of(
        &self,
        own: &[u8],
        cells: &[FieldSpan],
        here: (Option<u32>, u64),
        (bytes, quote, unknown): (&[u8], Option<u8>, Option<FieldSpan>),
    ) -> Standing {
        let beside = || self.beside.iter().filter_map(|column| cells.get(*column).copied());
        let text = |cell: FieldSpan| {
            let raw = bytes.get(cell.start as usize..cell.end as usize);
            unquote(raw.unwrap_or_default(), quote).trim_ascii().to_vec()
        };
        let texts: Vec<Vec<u8>> = beside().map(text).collect();
        let is_open = beside().any(|cell| Some(cell) == unknown);
        Standing { is_open: (is_open, is_open), ..self.place((&texts, own), here) }
    }

    /// Where a row with a code stands: under the longest code that it begins with.
    fn place(&self, (beside, own): (&[Vec<u8>], &[u8]), here: (Option<u32>, u64)) -> Standing {
        let separator = self.separator.as_bytes();
        let prefixes = (1..own.len())
            .filter(|end| own.get(*end..).is_some_and(|rest| rest.starts_with(separator)));
        let above: Vec<(&[u8], _)> = prefixes
            .filter_map(|end| own.get(..end))
            .filter_map(|prefix| Some((prefix, *self.all.get(&Codes::key(beside, prefix))?)))
            .collect();
        let texts: Vec<&[u8]> = above.iter().map(|code| code.0).chain([own]).collect();
        Standing {
            level: above.len(),
            id: number(self.all.get(&Codes::key(beside, own)).copied().unwrap_or(here)),
            parent: above.last().map(|code| number(code.1)),
            path: texts.join(BETWEEN),
            is_open: (false, false),
        }
    }
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

    fn place(level: usize, id: &str, parent: &str, path: &str) -> Standing {
        let bytes = |text: &str| text.as_bytes().to_vec();
        let parent = Some(bytes(parent)).filter(|parent| !parent.is_empty());
        Standing { level, id: bytes(id), parent, path: bytes(path), is_open: (false, false) }
    }

    #[test]
    fn parents_by_indent() {
        let mut above = Above::default();
        let rows = [(0, "all"), (2, "a"), (4, "a1"), (4, "a2"), (2, "b"), (0, "rest")];
        let mut of = |(record, (indent, text)): (u64, (u32, &str))| {
            let text = text.as_bytes().to_vec();
            by_indent(RowAbove { indent, record, text, is_unknown: false }, None, &mut above)
        };
        let found: Vec<Standing> = (1..).zip(rows).map(&mut of).collect();
        let wanted = [
            place(0, "1", "", "all"),
            place(1, "2", "1", "all / a"),
            place(2, "3", "2", "all / a / a1"),
            place(2, "4", "2", "all / a / a2"),
            place(1, "5", "1", "all / b"),
            place(0, "6", "", "rest"),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn parents_by_code() {
        let codes = |separator: &str, all: &[&str]| Codes {
            separator: separator.to_string(),
            beside: Vec::new(),
            all: Arc::new(
                (1..).zip(all).map(|(n, code)| (code.as_bytes().to_vec(), (None, n))).collect(),
            ),
        };
        let parted = codes(".", &["1", "10", "1.2", "1.2.3", "10.1"]);
        for (code, wanted) in [
            ("1.2.3", place(2, "4", "3", "1 / 1.2 / 1.2.3")),
            ("10", place(0, "2", "", "10")),
            ("10.1", place(1, "5", "2", "10 / 10.1")),
            ("1.2.4", place(2, "9", "3", "1 / 1.2 / 1.2.4")),
        ] {
            assert_eq!(parted.place((&[], code.as_bytes()), (None, 9)), wanted, "{code}");
        }
        let plain = codes("", &["A", "A01"]);
        assert_eq!(plain.place((&[], b"A01"), (Some(2), 7)).parent, Some(b"1".to_vec()));
        assert_eq!(number((Some(2), 7)), b"2:7");
    }
}
