//! Where a table stands within its file, and which rows name its columns: the same for all formats.
//!
//! A reader that holds its rows asks [`Frame::cut`]; one that walks a file does the same record by
//! record. Names come from [`join`] in both.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::expr::regex::Regex;
use crate::width::to_usize;

/// What stands between the names of a column that several rows give.
pub const BETWEEN_NAMES: &str = " / ";

/// What a rule says of where a table begins, ends, and is named.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    /// What names the columns.
    pub header: Header,
    /// Records above the header, blank ones too, where a rule says how many.
    pub skip: Option<u32>,
    /// What the first filled cell of the record matches that the table begins with.
    pub from: Option<Regex>,
    /// What the first filled cell of the record matches that the table ends before.
    pub until: Option<Regex>,
    /// Records at the end of the file that are none of the table.
    pub skip_end: u32,
}

/// What names the columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// As many records at its start; without any, columns have numbers.
    Rows(u32),
    /// The records with these numbers, from 1, counted from the start of the file.
    Lines(Vec<u32>),
    /// The rule; the file has no header.
    Names(Vec<String>),
}

impl Default for Header {
    fn default() -> Header {
        Header::Rows(1)
    }
}

impl Header {
    /// Whether the file has names of columns.
    pub fn is_written(&self) -> bool {
        match self {
            Header::Rows(rows) => *rows > 0,
            Header::Lines(_) => true,
            Header::Names(_) => false,
        }
    }
}

/// Why a file has no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoStart {
    /// No row matches `from`.
    NoMatch,
    /// The rule leaves out all rows.
    LeftOut,
    /// It ends before all rows that name the columns.
    InHeader,
}

/// The rows of a table among those of its file, by their numbers from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The rows that name the columns.
    pub header: Vec<usize>,
    /// Its own rows.
    pub body: Range<usize>,
    /// The rows below it that `until` leaves out.
    pub ended: Range<usize>,
}

impl Cut {
    /// The rows that `until` leaves out although they are filled like those of a table with so many
    /// names: the first, and how many; `filled` says how many cells of a row are filled.
    pub fn like_rows(&self, names: usize, filled: &dyn Fn(usize) -> usize) -> Option<(usize, u64)> {
        let mut like = self.ended.clone().filter(|row| filled(*row) >= names.max(1));
        let first = like.next()?;
        Some((first, 1 + like.count() as u64))
    }

    /// How many rows stand before the table.
    pub fn above(&self) -> usize {
        let first = self.header.first().copied().unwrap_or(self.body.start);
        first.min(self.body.start)
    }
}

impl Frame {
    /// Whether it is left to the reader where the table begins.
    pub fn is_open(&self) -> bool {
        self.skip.is_none() && self.from.is_none() && self.header == Header::default()
    }

    /// Whether records below the table are no rows of it.
    pub fn has_end(&self) -> bool {
        self.until.is_some() || self.skip_end > 0
    }

    /// Whether the table begins with a record, by its first filled cell.
    pub fn starts(&self, cell: &str) -> bool {
        self.from.as_ref().is_none_or(|from| from.is_match(cell.trim()))
    }

    /// Whether the table ends before a record, by its first filled cell.
    pub fn ends(&self, cell: &str) -> bool {
        self.until.as_ref().is_some_and(|until| until.is_match(cell.trim()))
    }

    /// The rows of the table among `rows` rows of a file. `filled` gives the rows within some that are
    /// not blank, each with its first filled cell.
    ///
    /// # Errors
    /// Why there are none.
    pub fn cut<T, I>(&self, rows: usize, filled: impl Fn(Range<usize>) -> I) -> Result<Cut, NoStart>
    where
        T: AsRef<str>,
        I: DoubleEndedIterator<Item = (usize, T)>,
    {
        let mut at = to_usize(self.skip.unwrap_or(0)).min(rows);
        if self.from.is_some() {
            let mut all = filled(at..rows);
            at = all.find(|(_, cell)| self.starts(cell.as_ref())).ok_or(NoStart::NoMatch)?.0;
        }
        let header: Vec<usize> = match &self.header {
            Header::Rows(count) => {
                filled(at..rows).map(|(row, _)| row).take(to_usize(*count)).collect()
            }
            Header::Lines(lines) => {
                lines.iter().filter_map(|n| to_usize(*n).checked_sub(1)).collect()
            }
            Header::Names(_) => Vec::new(),
        };
        let is_whole = match &self.header {
            Header::Rows(count) => *count < 2 || header.len() == to_usize(*count),
            Header::Lines(_) | Header::Names(_) => header.iter().all(|row| *row < rows),
        };
        if !is_whole {
            return Err(NoStart::InHeader);
        }
        let start = header.iter().max().map_or(at, |last| last + 1).min(rows);
        let end = rows.saturating_sub(to_usize(self.skip_end)).max(start);
        let mut ends_at = end;
        if self.until.is_some() {
            let mut last = filled(start..end);
            ends_at = last.find(|(_, cell)| self.ends(cell.as_ref())).map_or(end, |(row, _)| row);
        }
        let mut body = start..ends_at;
        if self.has_end() {
            body.end = filled(body.clone()).next_back().map_or(start, |(row, _)| row + 1);
        }
        Ok(Cut { header, body, ended: ends_at..end })
    }
}

impl Header {
    /// The names of the columns of a table of this width, from the rows that name them.
    ///
    /// # Errors
    /// How many names the rule gives, where they are not as many.
    pub fn names(&self, rows: &[Vec<String>], width: usize) -> Result<Vec<String>, usize> {
        match self {
            Header::Names(names) if names.len() != width => Err(names.len()),
            Header::Names(names) => Ok(names.clone()),
            Header::Rows(_) | Header::Lines(_) => {
                let mut names = join(rows);
                names.resize(names.len().max(width), String::new());
                Ok(numbered(names))
            }
        }
    }
}

/// The name that stands in a cell: in one form of Unicode, its line breaks as spaces.
pub fn name(cell: &str) -> String {
    let is_break = |c: char| matches!(c, '\n' | '\r');
    if !cell.contains(is_break) {
        return cell.nfc().collect();
    }
    let lines = cell.split(is_break).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ").nfc().collect()
}

/// The names of columns that stand in several rows, from top to bottom, joined with ` / `. In all rows
/// but the last a blank takes the name to its left, unless the column begins under a name of its own.
pub fn join(rows: &[Vec<String>]) -> Vec<String> {
    if let [only] = rows {
        return only.clone();
    }
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut above: Vec<Option<String>> = vec![None; rows.len()];
    let mut names = Vec::with_capacity(width);
    for column in 0..width {
        let mut is_new = false;
        let mut parts: Vec<String> = Vec::new();
        for (row, spread) in rows.iter().zip(&mut above) {
            let is_last = std::ptr::eq(row, rows.last().unwrap_or(row));
            let own = row.get(column).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
            if own.is_some() || is_new || is_last {
                *spread = own.map(str::to_string);
            }
            is_new |= own.is_some();
            // A name that is merged over rows is written once.
            parts.extend(spread.clone().filter(|part| parts.last() != Some(part)));
        }
        names.push(parts.join(BETWEEN_NAMES));
    }
    names
}

/// Which of some rows a row of several columns is like: of those that name the columns, for one.
pub fn like<'c>(
    rows: &[Vec<String>],
    cells: impl ExactSizeIterator<Item = &'c str> + Clone,
) -> Option<usize> {
    let is_it = |row: &Vec<String>| {
        let own = row.iter().map(|text| text.trim());
        row.len() > 1 && row.len() == cells.len() && own.eq(cells.clone().map(str::trim))
    };
    rows.iter().position(is_it)
}

/// Blank names as the numbers of their columns.
pub fn numbered(names: Vec<String>) -> Vec<String> {
    let name = |(at, name): (usize, String)| {
        if name.trim().is_empty() { number(at) } else { name }
    };
    names.into_iter().enumerate().map(name).collect()
}

/// What a column is called that has no name, from its number from 0.
pub fn number(column: usize) -> String {
    format!("column {}", column + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        text.split('|').map(|row| row.split(',').map(str::to_string).collect()).collect()
    }

    #[test]
    fn names_of_several_rows() {
        for (header, names) in [
            ("a,b", "a;b"),
            (
                ",2020,,2021,|Region,Men,Women,Men,Women",
                "Region;2020 / Men;2020 / Women;2021 / Men;2021 / Women",
            ),
            ("Region,Total,2020,|,,Men,Women", "Region;Total;2020 / Men;2020 / Women"),
            ("A,,B,|x,,,|p,q,r,s", "A / x / p;A / x / q;B / r;B / s"),
            ("x,y|x,z", "x;y / z"),
            (",|,b", ";b"),
            ("a|b,c", "a / b;a / c"),
        ] {
            assert_eq!(join(&rows(header)).join(";"), names, "{header}");
        }
        assert_eq!(name("Number\n of\r\nall"), "Number of all");
        assert_eq!(numbered(vec![String::new(), "b".into()]), ["column 1", "b"]);
    }

    #[test]
    fn a_table_among_the_rows_of_a_file() {
        let cells = ["Title", "", "Region", "", "a", "b", "", "Source: us", "end"];
        let filled = |rows: Range<usize>| {
            rows.filter_map(|row| Some((row, *cells.get(row)?)))
                .filter(|(_, cell)| !cell.is_empty())
        };
        let of = |frame: Frame| frame.cut(cells.len(), filled).map(|cut| (cut.header, cut.body));
        let regex = |text: &str| Some(Regex::new(text).expect("a pattern"));
        assert_eq!(of(Frame { skip: Some(2), ..Frame::default() }), Ok((vec![2], 3..9)));
        let whole = Frame { from: regex("^Reg"), until: regex("^Source"), ..Frame::default() };
        assert_eq!(of(whole), Ok((vec![2], 3..6)));
        let lines = Frame { header: Header::Lines(vec![1, 3]), skip_end: 1, ..Frame::default() };
        assert_eq!(of(lines), Ok((vec![0, 2], 3..8)));
        assert_eq!(of(Frame { from: regex("^no"), ..Frame::default() }), Err(NoStart::NoMatch));
        for header in [Header::Rows(7), Header::Lines(vec![1, 10])] {
            let beyond = Frame { header, ..Frame::default() };
            assert_eq!(of(beyond), Err(NoStart::InHeader));
        }
        let two = Frame { header: Header::Rows(2), skip: Some(1), ..Frame::default() };
        assert_eq!(of(two), Ok((vec![2, 4], 5..9)));
    }

    #[test]
    fn blank_rows_are_not_walked() {
        const ROWS: usize = 1 << 40;
        let cells =
            std::collections::BTreeMap::from([(3, "a"), (ROWS - 9, "7"), (ROWS - 5, "end")]);
        let filled = |rows: Range<usize>| cells.range(rows).map(|(row, cell)| (*row, *cell));
        let regex = |text: &str| Some(Regex::new(text).expect("a pattern"));
        for (frame, header, body) in [
            (Frame::default(), vec![3], 4..ROWS),
            (Frame { skip: Some(9), ..Frame::default() }, vec![ROWS - 9], ROWS - 8..ROWS),
            (Frame { from: regex("7"), ..Frame::default() }, vec![ROWS - 9], ROWS - 8..ROWS),
            (Frame { until: regex("end"), ..Frame::default() }, vec![3], 4..ROWS - 8),
            (Frame { skip_end: 2, ..Frame::default() }, vec![3], 4..ROWS - 4),
        ] {
            assert_eq!(
                frame.cut(ROWS, filled).map(|cut| (cut.header, cut.body)),
                Ok((header, body))
            );
        }
    }
}
