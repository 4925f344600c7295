//! A cell of a sheet, or of a file of columns, with the cells around it: what a line is in a text.

use crate::report::place::At;
use crate::report::sink::SourceText;
use crate::source::CellRange;
use crate::width::to_u32;

/// Rows that are shown above and below a cell.
const ROWS: u32 = 1;

/// Columns that are shown on either side of a cell.
const COLUMNS: u32 = 2;

/// Columns that are shown at most.
const MOST_COLUMNS: u32 = 12;

/// Some cells of a sheet, or of a group of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    /// The sheet, or the group.
    pub sheet: u32,
    /// What the columns are called: by their letters, or by their names.
    pub columns: Vec<String>,
    /// The first column, from 0.
    pub first_column: u32,
    /// The first row, from 0.
    pub first_row: u32,
    /// The texts of each row; blank where there is nothing.
    pub rows: Vec<Vec<String>>,
}

impl Neighbours {
    /// The cells around a place; none where it is in no sheet, or the sheet is not known.
    pub fn of(at: &At, sources: &dyn SourceText) -> Option<Neighbours> {
        let mut range = at.cells()?;
        let sheet = sources.addresses(at.file())?;
        let first_column = range.columns.0.saturating_sub(COLUMNS);
        let last_column =
            range.columns.1.saturating_add(COLUMNS).min(first_column.saturating_add(MOST_COLUMNS));
        let columns = (first_column..=last_column).map_while(|column| sheet.column(column));
        let columns: Vec<String> = columns.map(|name| name.into_owned()).collect();
        let last_column = first_column.saturating_add(to_u32(columns.len()).checked_sub(1)?);
        range.columns.1 = range.columns.1.min(last_column.max(range.columns.0));
        let first_row = range.rows.0.saturating_sub(ROWS);
        let last_row = range.rows.0.saturating_add(ROWS);
        let text = |row, column| {
            let text = sheet.text(range.sheet, row, column);
            text.map(|text| text.into_owned()).unwrap_or_default()
        };
        let row = |row| (first_column..=last_column).map(|column| text(row, column)).collect();
        let mut made = Neighbours {
            sheet: range.sheet,
            columns,
            first_column,
            first_row,
            rows: (first_row..=last_row).map(row).collect(),
        };
        made.trim(range);
        Some(made)
    }

    /// Leaves out what is blank beside the cells that are meant.
    fn trim(&mut self, range: CellRange) {
        let is_blank = |rows: &[Vec<String>], at: usize| {
            rows.iter().all(|row| row.get(at).is_none_or(String::is_empty))
        };
        let width = |rows: &[Vec<String>]| rows.first().map_or(0, Vec::len);
        while self.last_column() > range.columns.1
            && is_blank(&self.rows, width(&self.rows).saturating_sub(1))
        {
            self.rows.iter_mut().for_each(|row| drop(row.pop()));
            self.columns.pop();
        }
        while self.first_column < range.columns.0 && is_blank(&self.rows, 0) {
            self.rows.iter_mut().for_each(|row| drop(row.remove(0)));
            self.columns.remove(0);
            self.first_column += 1;
        }
        let is_blank = |row: &Vec<String>| row.iter().all(String::is_empty);
        if self.rows.len() > 1 && self.rows.last().is_some_and(is_blank) {
            self.rows.pop();
        }
        if self.first_row < range.rows.0 && self.rows.first().is_some_and(is_blank) {
            self.rows.remove(0);
            self.first_row += 1;
        }
    }

    fn last_column(&self) -> u32 {
        let columns = self.rows.first().map_or(0, Vec::len);
        let columns = u32::try_from(columns).unwrap_or(u32::MAX).saturating_sub(1);
        self.first_column.saturating_add(columns)
    }

    /// Whether it shows a cell.
    pub fn has(&self, sheet: u32, row: u32, column: u32) -> bool {
        let rows = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        sheet == self.sheet
            && (self.first_row..self.first_row.saturating_add(rows)).contains(&row)
            && (self.first_column..=self.last_column()).contains(&column)
    }
}
