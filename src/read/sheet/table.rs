//! The cells of a table of a sheet, and what their numbers mean.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::read::frame;
use crate::read::note::Note;
use crate::read::reader::Head;
use crate::read::sheet::as_text;
use crate::read::sheet::cells::{Area, Cell, Cells};
use crate::source::{Address, Addresses, CellRange, Span};
use crate::width::{to_u32, to_usize};

/// The cells of a table. They are numbered row by row, from the header on; rows without any cell are
/// passed over. Spans are ranges of these numbers; behind all of them each run of blank rows has a
/// number, too.
pub struct Table {
    pub cells: Cells,
    sheet: u32,
    name: String,
    pub area: Area,
    /// Of the rows that have cells, the first of the table.
    pub first: usize,
    /// Columns.
    pub width: u64,
    /// The runs of rows that have nothing in any cell, first and last.
    pub blank: Vec<(u32, u32)>,
    /// Columns in which numbers are stored as texts.
    as_texts: Vec<u32>,
}

impl Table {
    pub fn new((sheet, name): (usize, &str), cells: Cells, area: Area) -> Table {
        Table {
            sheet: to_u32(sheet),
            name: name.to_string(),
            width: u64::from(area.columns.1 - area.columns.0) + 1,
            first: cells.nth(area.rows.0),
            cells,
            area,
            blank: Vec::new(),
            as_texts: Vec::new(),
        }
    }

    /// The number of a cell.
    pub fn number(&self, (row, column): (u32, u32)) -> u64 {
        let nth = self.cells.nth(row).saturating_sub(self.first) as u64;
        nth * self.width + u64::from(column.saturating_sub(self.area.columns.0))
    }

    /// Where a row stands, by its number in the table.
    pub fn row_span(&self, row: u64) -> Span {
        Span::new(row * self.width, (row + 1) * self.width)
    }

    /// The cells of a row within the table, by its number in it.
    pub fn row(&self, row: u64) -> impl Iterator<Item = Cell<'_>> {
        self.cells.row(self.first + to_usize(row), self.area.columns)
    }

    /// The rows from a row of the sheet on.
    fn rows_from(&self, row: u32) -> Range<u64> {
        let end = self.cells.nth(self.area.rows.1.saturating_add(1)) - self.first;
        self.cells.nth(row).saturating_sub(self.first) as u64..end as u64
    }

    /// The rows that are like one of those that name the columns, from a row of the sheet on.
    pub fn like_header(&self, names: &[Vec<String>], body: u32) -> BTreeSet<u64> {
        let begins = |name: &Vec<String>, row: u64| {
            let own = self.row(row).next().filter(|cell| cell.column == self.area.columns.0);
            let own = own.map_or(&b""[..], |cell| cell.text.trim_ascii());
            name.first().map(|name| name.trim().as_bytes()) == Some(own)
        };
        let is_like = |row: &u64| {
            // Most rows begin with another text.
            if !names.iter().any(|name| begins(name, *row)) {
                return false;
            }
            let mut texts = vec![""; to_usize(self.width)];
            for cell in self.row(*row) {
                let at = cell.column.checked_sub(self.area.columns.0);
                if let Some(text) = at.and_then(|at| texts.get_mut(to_usize(at))) {
                    *text = std::str::from_utf8(cell.text).unwrap_or_default();
                }
            }
            frame::like(names, texts.iter().copied()).is_some()
        };
        self.rows_from(body).filter(is_like).collect()
    }

    /// The first cell of a column that is not blank, from a row of the sheet on.
    pub fn first_filled(&self, column: usize, body: u32) -> Option<Span> {
        let own = self.area.columns.0.checked_add(to_u32(column))?;
        let is_filled = |row: &u64| {
            self.row(*row).any(|cell| cell.column == own && !cell.text.trim_ascii().is_empty())
        };
        let row = self.rows_from(body).find(is_filled)?;
        let number = row * self.width + column as u64;
        Some(Span::new(number, number + 1))
    }

    /// The row of the sheet that a row is, by its number in the table.
    pub fn sheet_row(&self, row: u64) -> Option<u32> {
        self.cells.row_number(self.first + to_usize(row))
    }

    /// The notes of columns in which numbers are stored as texts, which their cells are marked with.
    pub fn numbers_as_texts(&mut self, head: &Head, body: u32) -> Vec<Note> {
        let found = as_text::columns(&self.cells, self.area, body);
        self.as_texts = found.iter().map(|((_, column), _)| *column).collect();
        let note = |((row, column), count): ((u32, u32), u64)| {
            let number = self.number((row, column));
            as_text::note(&head.columns, (column, self.area.columns.0), (count, number))
        };
        found.into_iter().map(note).collect()
    }

    /// The number of the first run of blank rows: no cell has one as great.
    pub fn first_blank(&self) -> u64 {
        (self.cells.nth(u32::MAX) - self.first) as u64 * self.width
    }

    /// The row and the column of a cell, by its number.
    fn place(&self, number: u64) -> (u32, u32) {
        let (row, column) = (number / self.width, number % self.width);
        let row = self.sheet_row(row).unwrap_or(u32::MAX);
        (row, self.area.columns.0.saturating_add(to_u32(column)))
    }
}

impl Addresses for Table {
    fn address(&self, span: Span) -> Address {
        let blank = span.start.checked_sub(self.first_blank());
        if let Some(rows) = blank.and_then(|run| self.blank.get(to_usize(run))) {
            let (sheet, columns) = (self.sheet, self.area.columns);
            return Address::Cells(CellRange { sheet, rows: *rows, columns });
        }
        let (first, last) = (self.place(span.start), self.place(span.end.max(span.start + 1) - 1));
        let (rows, columns) = ((first.0, last.0), (first.1, last.1));
        Address::Cells(CellRange { sheet: self.sheet, rows, columns })
    }

    fn sheet(&self, _: u32) -> &str {
        &self.name
    }

    fn text(&self, sheet: u32, row: u32, column: u32) -> Option<Cow<'_, str>> {
        let cell = self.cells.cell(row, column).filter(|_| sheet == self.sheet)?;
        Some(match self.cells.in_digits(&cell) {
            Some(digits) => Cow::Owned(String::from_utf8_lossy(&digits).into_owned()),
            None => String::from_utf8_lossy(cell.text),
        })
    }

    fn remark(&self, sheet: u32, row: u32, column: u32) -> Option<String> {
        let cell = self.cells.cell(row, column).filter(|_| sheet == self.sheet)?;
        if self.as_texts.contains(&column) && as_text::is_number(&cell, self.cells.point) {
            return Some("stored as a text".into());
        }
        let other = String::from_utf8_lossy(cell.other?);
        let word = if self.cells.is_stored { "shown" } else { "stored" };
        Some(format!("{other} is {word}"))
    }

    fn stored(&self, sheet: u32, row: u32, column: u32) -> Option<String> {
        let cell = self.cells.cell(row, column).filter(|_| sheet == self.sheet)?;
        cell.other.filter(|_| !self.cells.is_stored)?;
        let mut digits = Vec::new();
        self.cells.number_of(&cell)?.write(b'.', &mut digits);
        String::from_utf8(digits).ok()
    }
}
