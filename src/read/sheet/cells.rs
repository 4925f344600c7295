//! The cells of one sheet, held compactly: their texts one behind the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::read::format::Refusal;
use crate::read::sheet::decimal::Decimal;
use crate::read::sheet::number_format::{NumberFormat, Shown, Style};
use crate::read::sheet::package::{damaged, too_large};
use crate::source::{CellRange, column_letters};
use crate::width::{to_u32, to_usize};

/// Rows and columns of a sheet at most.
pub const ROWS: u32 = 1 << 20;
pub const COLUMNS: u32 = 1 << 14;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text, or a number that is stored as one.
    Text,
    /// A number.
    Number,
    /// A date, a time or a duration.
    Date,
    /// A truth.
    Truth,
    /// An error: `#REF!`.
    Error,
    /// A formula whose value is not in the file.
    Unknown,
}

/// A cell.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// From 0.
    pub row: u32,
    /// From 0.
    pub column: u32,
    pub kind: Kind,
    /// Where its text starts and ends; behind it, up to `stored`, what is stored if that differs.
    start: u32,
    end: u32,
    stored: u32,
}

/// A rectangle of cells, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

impl Area {
    /// All cells of a sheet.
    pub const ALL: Area = Area { rows: (0, u32::MAX), columns: (0, u32::MAX) };

    /// Whether a cell is in it.
    pub fn has(&self, row: u32, column: u32) -> bool {
        (self.rows.0..=self.rows.1).contains(&row)
            && (self.columns.0..=self.columns.1).contains(&column)
    }
}

/// A formula as it is written, without `=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// Its own.
    Own(String),
    /// One that several cells share, by its number.
    Shared(u32),
    /// One that fills several cells at once: its value depends on more than what it names.
    Array(String),
}

/// A sheet.
#[derive(Debug, Default)]
pub struct Cells {
    /// The name of the sheet.
    name: String,
    /// By row and column.
    cells: Vec<Cell>,
    texts: Vec<u8>,
    /// Of each row that has a cell: its number, and its first cell.
    rows: Vec<(u32, u32)>,
    /// Areas that are shown as one cell.
    pub merged: Vec<Area>,
    /// Rows that are not shown.
    pub hidden_rows: Vec<u32>,
    /// Columns that are not shown, first and last.
    pub hidden_columns: Vec<(u32, u32)>,
    /// By row and column.
    pub formulas: BTreeMap<(u32, u32), Formula>,
    /// Cells whose formulas are subtotals.
    pub subtotals: BTreeSet<(u32, u32)>,
    /// Formulas that are shared, with the cell that has them.
    pub shared: BTreeMap<u32, ((u32, u32), String)>,
    /// The decimal sign of its figures.
    pub point: u8,
    /// Whether its figures are as they are stored, and not as they are shown.
    pub is_stored: bool,
    /// Bytes that the cells of the workbook may still take.
    pub room: u64,
}

impl Cells {
    /// None yet of a sheet, which may take so many bytes; how its figures are written.
    pub fn new((name, room): (&str, u64), point: u8, is_stored: bool) -> Cells {
        Cells { name: name.to_string(), room, point, is_stored, ..Cells::default() }
    }

    /// That an address is that of no cell which a sheet can have.
    pub fn outside(&self, address: &str) -> Refusal {
        let last = format!("{}{ROWS}", column_letters(COLUMNS - 1));
        damaged(format!(
            "the sheet `{}` has a cell `{address}`, which is none from `A1` to `{last}`",
            self.name
        ))
    }

    /// That a cell names something which the workbook should have, of which it has so many.
    pub fn lacks(&self, (row, column): (u32, u32), what: &str, has: usize) -> Refusal {
        let (cell, sheet) = (CellRange::cell(0, row, column).address(), &self.name);
        damaged(format!(
            "the cell `{cell}` of the sheet `{sheet}` has {what}, and the workbook has only {has}"
        ))
    }

    /// Takes a text.
    ///
    /// # Errors
    /// That no sheet has such a cell.
    pub fn text(&mut self, at: (u32, u32), kind: Kind, text: &[u8]) -> Result<(), Refusal> {
        self.shown(at, kind, (text, b""))
    }

    /// Takes a number, as its format shows it.
    ///
    /// # Errors
    /// That no sheet has such a cell.
    pub fn number(
        &mut self,
        at: (u32, u32),
        value: Decimal,
        (format, style): (&NumberFormat, Style),
    ) -> Result<(), Refusal> {
        let start = self.texts.len();
        let shown = format.write(value, style, &mut self.texts);
        let end = self.texts.len();
        if shown == (Shown::Figure { is_rounded: true }) {
            // Of the shown and the stored figure, that which is not read is named in findings.
            if style.stored {
                format.write(value, Style { stored: false, ..style }, &mut self.texts);
            } else {
                format.write_stored(value, style, &mut self.texts);
            }
        }
        let kind = if shown == Shown::Date { Kind::Date } else { Kind::Number };
        self.push(at, kind, (start, end))
    }

    /// Takes what a file says a number looks like, and what is stored.
    ///
    /// # Errors
    /// That no sheet has such a cell.
    pub fn shown(
        &mut self,
        at: (u32, u32),
        kind: Kind,
        (text, beside): (&[u8], &[u8]),
    ) -> Result<(), Refusal> {
        let start = self.texts.len();
        self.texts.extend_from_slice(text);
        let end = self.texts.len();
        self.texts.extend_from_slice(beside);
        self.push(at, kind, (start, end))
    }

    fn push(
        &mut self,
        (row, column): (u32, u32),
        kind: Kind,
        (start, end): (usize, usize),
    ) -> Result<(), Refusal> {
        self.within(row, column)?;
        self.take(size_of::<Cell>() + self.texts.len() - start)?;
        if self.texts.len() > to_usize(u32::MAX) {
            let message = format!("the sheet `{}` has more than 4 GiB of texts", self.name);
            return Err(damaged(message));
        }
        let (start, end, stored) = (to_u32(start), to_u32(end), to_u32(self.texts.len()));
        self.cells.push(Cell { row, column, kind, start, end, stored });
        Ok(())
    }

    /// Repeats the last cell, with its formula, over an area of which it is the first.
    ///
    /// # Errors
    /// That no sheet has such cells, or that there are too many.
    pub fn repeat(&mut self, area: Area) -> Result<(), Refusal> {
        let first = (area.rows.0, area.columns.0);
        let last = self.cells.last().copied().filter(|cell| (cell.row, cell.column) == first);
        let Some(cell) = last else { return Ok(()) };
        self.within(area.rows.1, area.columns.1)?;
        let formula = self.formulas.get(&first).cloned();
        let count = to_usize(area.rows.1 - first.0 + 1) * to_usize(area.columns.1 - first.1 + 1);
        self.take(
            (count - 1).saturating_mul(size_of::<Cell>() + to_usize(cell.stored - cell.start)),
        )?;
        let rows = area.rows.0..=area.rows.1;
        let all = rows.flat_map(|row| (area.columns.0..=area.columns.1).map(move |c| (row, c)));
        for (row, column) in all.skip(1) {
            self.cells.push(Cell { row, column, ..cell });
            if let Some(formula) = &formula {
                self.formula((row, column), formula.clone())?;
            }
        }
        Ok(())
    }

    /// Whether a sheet can have a cell.
    fn within(&self, row: u32, column: u32) -> Result<(), Refusal> {
        match row < ROWS && column < COLUMNS {
            true => Ok(()),
            false => Err(self.outside(&CellRange::cell(0, row, column).address())),
        }
    }

    /// Takes the formula of a cell.
    ///
    /// # Errors
    /// That there are too many.
    pub fn formula(&mut self, at: (u32, u32), formula: Formula) -> Result<(), Refusal> {
        // A formula that is shared is a subtotal where it is in the cell that has it.
        let (own, from) = match &formula {
            Formula::Own(text) | Formula::Array(text) => (text.as_str(), at),
            Formula::Shared(number) => match self.shared.get(number) {
                Some((from, text)) if *from == at => (text.as_str(), at),
                Some((from, _)) => ("", *from),
                None => ("", at),
            },
        };
        let word = b"SUBTOTAL(";
        if own.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
            || self.subtotals.contains(&from)
        {
            self.subtotals.insert(at);
        }
        self.take(size_of::<((u32, u32), Formula)>() + own.len())?;
        self.formulas.insert(at, formula);
        Ok(())
    }

    /// Takes room.
    fn take(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.room = self.room.checked_sub(bytes as u64).ok_or_else(too_large)?;
        Ok(())
    }

    /// Puts the cells in order; of two at one place the first counts.
    pub fn finish(&mut self) {
        self.hidden_rows.sort_unstable();
        self.hidden_rows.dedup();
        self.hidden_columns.sort_unstable();
        self.hidden_columns.dedup_by(|next, last| {
            let joined = next.0 <= last.1;
            last.1 = if joined { last.1.max(next.1) } else { last.1 };
            joined
        });
        let place = |cell: &Cell| (cell.row, cell.column);
        if !self.cells.is_sorted_by_key(place) {
            self.cells.sort_by_key(place);
        }
        self.cells.dedup_by_key(|cell| place(cell));
        self.rows.clear();
        for (number, cell) in self.cells.iter().enumerate() {
            if self.rows.last().is_none_or(|(row, _)| *row != cell.row) {
                self.rows.push((cell.row, to_u32(number)));
            }
        }
    }

    /// Bytes of its texts.
    pub fn size(&self) -> u64 {
        self.texts.len() as u64
    }

    /// The number of the `nth` row that has a cell.
    pub fn row_number(&self, nth: usize) -> Option<u32> {
        self.rows.get(nth).map(|(row, _)| *row)
    }

    /// The cells of the `nth` row that has some.
    pub fn row(&self, nth: usize) -> &[Cell] {
        let start = |nth: usize| self.rows.get(nth).map(|(_, first)| to_usize(*first));
        let Some(first) = start(nth) else { return &[] };
        self.cells.get(first..start(nth + 1).unwrap_or(self.cells.len())).unwrap_or_default()
    }

    /// Which of the rows that have cells is the first at or below a row.
    pub fn nth(&self, row: u32) -> usize {
        self.rows.partition_point(|(number, _)| *number < row)
    }

    /// A cell.
    pub fn cell(&self, row: u32, column: u32) -> Option<&Cell> {
        let own = self.row(self.nth(row));
        let at = own.partition_point(|cell| cell.column < column);
        own.get(at).filter(|cell| (cell.row, cell.column) == (row, column))
    }

    /// What a cell gives.
    pub fn text_of(&self, cell: &Cell) -> &[u8] {
        self.texts.get(to_usize(cell.start)..to_usize(cell.end)).unwrap_or_default()
    }

    /// What else is known of a number: what is stored where its text is what is shown, and the other
    /// way round.
    pub fn other_of(&self, cell: &Cell) -> Option<&[u8]> {
        let other = self.texts.get(to_usize(cell.end)..to_usize(cell.stored)).unwrap_or_default();
        Some(other).filter(|other| !other.is_empty())
    }

    /// The number that is stored in a cell.
    pub fn number_of(&self, cell: &Cell) -> Option<Decimal> {
        let text = self.text_of(cell);
        let text = if self.is_stored { text } else { self.other_of(cell).unwrap_or(text) };
        let (text, power) = text.strip_suffix(b"%").map_or((text, 0), |text| (text, -2));
        let plain = |byte: &u8| if *byte == self.point { b'.' } else { *byte };
        let value = Decimal::parse(&text.iter().map(plain).collect::<Vec<u8>>())?;
        (cell.kind == Kind::Number).then(|| value.shifted(power))
    }

    /// The rows and columns that have cells, within an area.
    pub fn used(&self, area: Area) -> Option<Area> {
        let mut used: Option<Area> = None;
        let within = self.nth(area.rows.0)..self.nth(area.rows.1.saturating_add(1));
        for cell in within.flat_map(|nth| self.row(nth)).filter(|c| area.has(c.row, c.column)) {
            let own = used.get_or_insert(Area {
                rows: (cell.row, cell.row),
                columns: (cell.column, cell.column),
            });
            own.rows.1 = cell.row;
            own.columns = (own.columns.0.min(cell.column), own.columns.1.max(cell.column));
        }
        used
    }
}
