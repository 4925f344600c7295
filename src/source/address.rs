//! Places in files that are no text: cells of a sheet, rows of a binary file.

use std::borrow::Cow;

use crate::source::span::Span;

/// Cells of a sheet that stand together, both ends included; counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellRange {
    /// Which sheet of the file.
    pub sheet: u32,
    /// The first and the last row.
    pub rows: (u32, u32),
    /// The first and the last column.
    pub columns: (u32, u32),
}

impl CellRange {
    /// A single cell.
    pub fn cell(sheet: u32, row: u32, column: u32) -> CellRange {
        CellRange { sheet, rows: (row, row), columns: (column, column) }
    }

    /// Whether it has the cell.
    pub fn has(&self, row: u32, column: u32) -> bool {
        (self.rows.0..=self.rows.1).contains(&row)
            && (self.columns.0..=self.columns.1).contains(&column)
    }

    /// How a spreadsheet writes it: `B2`, `A2:F2`.
    pub fn address(&self) -> String {
        let cell = |row: u32, column| format!("{}{}", column_letters(column), u64::from(row) + 1);
        let first = cell(self.rows.0, self.columns.0);
        let last = cell(self.rows.1, self.columns.1);
        if first == last { first } else { format!("{first}:{last}") }
    }
}

/// The letters of a column, counted from 0: `A`, `Z`, `AA`.
pub fn column_letters(column: u32) -> String {
    let (mut letters, mut rest) = (Vec::new(), u64::from(column) + 1);
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(rest % 26) as usize]));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}

/// A column by its letters, counted from 0; none where there are no such columns.
pub fn column_of(letters: &str) -> Option<u32> {
    let digit = |at: u32, c: char| match c {
        'A'..='Z' => at.checked_mul(26)?.checked_add(c as u32 - 'A' as u32 + 1),
        'a'..='z' => at.checked_mul(26)?.checked_add(c as u32 - 'a' as u32 + 1),
        _ => None,
    };
    letters.chars().try_fold(0, digit)?.checked_sub(1)
}

/// A sheet's name as a formula writes it before `!`.
pub fn sheet_reference(name: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let is_word = name.chars().all(is_plain) && !name.starts_with(|c: char| c.is_ascii_digit());
    match is_word && !name.is_empty() {
        true => Cow::Borrowed(name),
        false => Cow::Owned(format!("'{}'", name.replace('\'', "''"))),
    }
}

/// What a span of a file means that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// Cells of a sheet.
    Cells(CellRange),
    /// A row of a file of columns, a cell of it, or the name of a column; counted from 0.
    Record {
        /// The group of rows, and the row within it.
        row: Option<(u32, u64)>,
        /// The column, if one is meant.
        column: Option<u32>,
    },
    /// A row of a table that an engine holds, a cell of it, or the name of a column. It is known by its
    /// key; the numbers are those of what was fetched.
    Keyed {
        /// The group of rows, and the row within it.
        row: Option<(u32, u64)>,
        /// The column, if one is meant.
        column: Option<u32>,
    },
}

/// What is known of a file that is no text: its reader numbers cells, and a span is a range of
/// these numbers.
pub trait Addresses: Send + Sync {
    /// What a span means.
    fn address(&self, span: Span) -> Address;
    /// The name of a sheet.
    fn sheet(&self, sheet: u32) -> &str;
    /// The text of a cell as the reader gives it; none where there is nothing. In a file of columns,
    /// groups of rows stand for sheets.
    fn text(&self, sheet: u32, row: u32, column: u32) -> Option<Cow<'_, str>>;
    /// What a column is called where its cells are drawn: by its letters in a sheet, by its name in a
    /// file of columns; none where there are no more columns.
    fn column(&self, column: u32) -> Option<Cow<'_, str>> {
        Some(Cow::Owned(column_letters(column)))
    }
    /// The key of a row of a table that an engine holds: columns with their texts.
    fn key(&self, _group: u32, _row: u64) -> Vec<(String, String)> {
        Vec::new()
    }
    /// What else is known of a cell, in words: `12.8512 is stored` where it shows 12.9.
    fn remark(&self, _sheet: u32, _row: u32, _column: u32) -> Option<String> {
        None
    }
    /// The number that is stored in a cell in which another one is shown, with a decimal point.
    fn stored(&self, _sheet: u32, _row: u32, _column: u32) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16_383, "XFD")] {
            assert_eq!(column_letters(column), letters);
            assert_eq!(column_of(letters), Some(column), "{letters}");
        }
        assert_eq!((column_of(""), column_of("A1"), column_of("AAAAAAAA")), (None, None, None));
        assert_eq!(column_letters(u32::MAX), "MWLQKWV");
    }

    #[test]
    fn ranges_and_sheets_are_written_as_in_formulas() {
        assert_eq!(CellRange::cell(0, 1, 1).address(), "B2");
        let row = CellRange { sheet: 0, rows: (2, 2), columns: (0, 5) };
        assert_eq!(row.address(), "A3:F3");
        for (name, written) in [
            ("Costs", "Costs"),
            ("2024", "'2024'"),
            ("it's", "'it''s'"),
            ("Übersicht", "Übersicht"),
        ] {
            assert_eq!(sheet_reference(name), written);
        }
    }
}
