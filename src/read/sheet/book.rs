//! What all kinds of workbooks have: sheets by name, names for areas, tables.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::read::format::Refusal;
use crate::read::sheet::cells::{Area, COLUMNS, Cells, ROWS};
use crate::source::column_of;

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetName {
    pub name: String,
    pub is_hidden: bool,
}

/// The numbers of sheets by their names.
pub fn numbers(sheets: &[SheetName]) -> HashMap<&str, usize> {
    sheets.iter().enumerate().map(|(number, sheet)| (sheet.name.as_str(), number)).collect()
}

/// An area of a sheet with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    /// The number of the sheet.
    pub sheet: usize,
    pub area: Area,
    /// What a table says of its rows.
    pub rows: Option<OwnRows>,
}

/// How many rows of a table name its columns, and how many have its totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnRows {
    pub header: u32,
    pub totals: u32,
}

/// A workbook that is open.
pub trait Book {
    /// Its sheets, in order.
    fn sheets(&self) -> &[SheetName];

    /// Names of areas, and of tables.
    ///
    /// # Errors
    /// That the workbook cannot be read.
    fn names(&mut self) -> Result<Vec<Named>, Refusal>;

    /// All names that it defines, with what they stand for: areas, formulas, cells that are gone.
    fn defined(&self) -> &[(String, String)];

    /// The cells of a sheet, with figures as they are stored if `stored`, and `point` in them.
    ///
    /// # Errors
    /// That the sheet cannot be read.
    fn cells(&mut self, sheet: usize, point: u8, stored: bool) -> Result<Cells, Refusal>;

    /// The cells of several sheets, as they are stored.
    ///
    /// # Errors
    /// That one cannot be read.
    fn several(&mut self, sheets: &BTreeSet<usize>) -> Result<BTreeMap<usize, Cells>, Refusal> {
        sheets.iter().map(|sheet| Ok((*sheet, self.cells(*sheet, b'.', true)?))).collect()
    }
}

/// A cell by its address, with or without `$`: row and column from 0; either may be left out.
fn corner(address: &str) -> Option<(Option<u32>, Option<u32>)> {
    let address = address.trim().replace('$', "");
    let digits = address.find(|c: char| c.is_ascii_digit()).unwrap_or(address.len());
    let (letters, number) = address.split_at_checked(digits)?;
    let column = column_of(letters).filter(|column| *column < COLUMNS);
    if column.is_none() && !letters.is_empty() {
        return None;
    }
    let row = match number {
        "" => None,
        number => Some(number.parse::<u32>().ok()?.checked_sub(1).filter(|row| *row < ROWS)?),
    };
    (column.is_some() || row.is_some()).then_some((row, column))
}

/// An area: `A3:F40`, `B:D`, `3:40`, `C7`.
pub fn area(text: &str) -> Option<Area> {
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let (first, last) = (corner(first)?, corner(last)?);
    // A word alone is no column.
    if !text.contains(':') && (first.0.is_none() || first.1.is_none()) {
        return None;
    }
    if (first.0.is_none(), first.1.is_none()) != (last.0.is_none(), last.1.is_none()) {
        return None;
    }
    let ends = |a: Option<u32>, b: Option<u32>| match (a, b) {
        (Some(a), Some(b)) => (a.min(b), a.max(b)),
        _ => (0, u32::MAX),
    };
    Some(Area { rows: ends(first.0, last.0), columns: ends(first.1, last.1) })
}

/// The sheet and the area of a reference: `Costs!A3:F40`, `'My costs'!$A$1`.
pub fn reference(text: &str) -> Option<(String, Area)> {
    let (sheet, address) = text.rsplit_once('!')?;
    let sheet = match sheet.strip_prefix('\'').and_then(|s| s.strip_suffix('\'')) {
        Some(quoted) => quoted.replace("''", "'"),
        None => sheet.to_string(),
    };
    Some((sheet, area(address)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_read_as_spreadsheets_write_them() {
        let all = u32::MAX;
        for (text, expected) in [
            ("A3:F40", Some(((2, 39), (0, 5)))),
            ("$F$40:A3", Some(((2, 39), (0, 5)))),
            ("C7", Some(((6, 6), (2, 2)))),
            ("B:D", Some(((0, all), (1, 3)))),
            ("3:40", Some(((2, 39), (0, all)))),
            ("A0", None),
            ("Cost", None),
            ("7", None),
            ("XFD1048576", Some(((1_048_575, 1_048_575), (16_383, 16_383)))),
            ("XFE1", None),
            ("A1048577", None),
            ("A:3", None),
            ("", None),
            ("A1:B2:C3", None),
            ("Ä1", None),
        ] {
            let read = area(text).map(|a| (a.rows, a.columns));
            assert_eq!(read, expected, "{text}");
        }
        let named = reference("'It''s'!$B$2").map(|(sheet, a)| (sheet, a.rows, a.columns));
        assert_eq!(named, Some(("It's".to_string(), (1, 1), (1, 1))));
    }
}
