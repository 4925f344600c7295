//! The cells of one sheet, and what else it says of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::read::format::Refusal;
use crate::read::sheet::decimal::Decimal;
use crate::read::sheet::number_format::{NumberFormat, Shown, Style};
use crate::read::sheet::package::{damaged, too_large};
use crate::read::sheet::packed::{BESIDE, Packed};
pub use crate::read::sheet::packed::{Cell, Kind};
use crate::source::{CellRange, column_letters};
use crate::width::to_usize;

/// Rows and columns of a sheet at most.
pub const ROWS: u32 = 1 << 20;
pub const COLUMNS: u32 = 1 << 14;

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
    packed: Packed,
    /// A buffer for the text of a cell.
    text: Vec<u8>,
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
    /// What its errors are: `#REF!`.
    pub errors: BTreeSet<String>,
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
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        let shown = format.write(value, style, &mut text);
        let end = text.len();
        if shown == (Shown::Figure { is_rounded: true }) {
            // Of the shown and the stored figure, that which is not read is named in findings.
            if style.stored {
                format.write(value, Style { stored: false, ..style }, &mut text);
            } else {
                format.write_stored(value, style, &mut text);
            }
        }
        let kind = if shown == Shown::Date { Kind::Date } else { Kind::Number };
        let taken = self.shown(at, kind, text.split_at(end));
        self.text = text;
        taken
    }

    /// Takes what a file says a number looks like, and what is stored.
    ///
    /// # Errors
    /// That no sheet has such a cell.
    pub fn shown(
        &mut self,
        (row, column): (u32, u32),
        kind: Kind,
        (text, beside): (&[u8], &[u8]),
    ) -> Result<(), Refusal> {
        self.within(row, column)?;
        let other = Some(beside).filter(|other| !other.is_empty());
        self.push(Cell { row, column, kind, text, other })
    }

    fn push(&mut self, cell: Cell<'_>) -> Result<(), Refusal> {
        self.take(weight(&cell))?;
        if cell.kind == Kind::Error {
            self.errors.insert(String::from_utf8_lossy(cell.text).into_owned());
        }
        self.packed.push(cell);
        if self.packed.size() > to_usize(u32::MAX) {
            let message = format!("the sheet `{}` has more than 4 GiB of texts", self.name);
            return Err(damaged(message));
        }
        Ok(())
    }

    /// Repeats the last cell, with its formula, in the columns beside it, if it stands there.
    ///
    /// # Errors
    /// That no sheet has such cells, or that there are too many.
    pub fn repeat(&mut self, (row, column): (u32, u32), more: u32) -> Result<(), Refusal> {
        let last = self.packed.last().filter(|cell| (cell.row, cell.column) == (row, column));
        let Some(cell) = last.filter(|_| more > 0).map(|cell| Held::new(&cell)) else {
            return Ok(());
        };
        self.within(row, column.saturating_add(more))?;
        self.has_room(weight(&cell.at(row)), more)?;
        let formula = self.formulas.get(&(row, column)).cloned();
        for column in (column + 1..).take(to_usize(more)) {
            self.push(Cell { column, ..cell.at(row) })?;
            if let Some(formula) = &formula {
                self.formula((row, column), formula.clone())?;
            }
        }
        Ok(())
    }

    /// Repeats the last row, with its formulas, in the rows below, if it has a cell.
    ///
    /// # Errors
    /// That no sheet has such rows, or that there are too many.
    pub fn repeat_row(&mut self, row: u32, more: u32) -> Result<(), Refusal> {
        if more == 0 || self.packed.last().is_none_or(|cell| cell.row != row) {
            return Ok(());
        }
        self.within(row.saturating_add(more), 0)?;
        let nth = self.packed.nth(row);
        let cells: Vec<Held> = self.packed.row(nth, 0).map(|cell| Held::new(&cell)).collect();
        self.has_room(cells.iter().map(|cell| weight(&cell.at(row))).sum(), more)?;
        let formulas = self.formulas.range((row, 0)..=(row, u32::MAX));
        let formulas: Vec<(u32, Formula)> =
            formulas.map(|(at, formula)| (at.1, formula.clone())).collect();
        for row in (row + 1..).take(to_usize(more)) {
            cells.iter().try_for_each(|cell| self.push(cell.at(row)))?;
            for (column, formula) in &formulas {
                self.formula((row, *column), formula.clone())?;
            }
        }
        Ok(())
    }

    /// Whether there is room for something so many times.
    fn has_room(&self, bytes: usize, times: u32) -> Result<(), Refusal> {
        match bytes.saturating_mul(to_usize(times)) as u64 > self.room {
            true => Err(too_large()),
            false => Ok(()),
        }
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

    /// Puts the cells in order.
    ///
    /// # Errors
    /// That two stand at one place.
    pub fn finish(&mut self) -> Result<(), Refusal> {
        self.hidden_rows.sort_unstable();
        self.hidden_rows.dedup();
        self.hidden_columns.sort_unstable();
        self.hidden_columns.dedup_by(|next, last| {
            let joined = next.0 <= last.1;
            last.1 = if joined { last.1.max(next.1) } else { last.1 };
            joined
        });
        self.packed.sort().map_err(|(row, column)| {
            let (cell, sheet) = (CellRange::cell(0, row, column).address(), &self.name);
            damaged(format!("the sheet `{sheet}` has two cells `{cell}`"))
        })
    }

    /// Bytes of its cells.
    pub fn size(&self) -> u64 {
        self.packed.size() as u64
    }

    /// The number of the `nth` row that has a cell.
    pub fn row_number(&self, nth: usize) -> Option<u32> {
        self.packed.row_number(nth)
    }

    /// The cells of the `nth` row that has some, within some columns.
    pub fn row(&self, nth: usize, columns: (u32, u32)) -> impl Iterator<Item = Cell<'_>> {
        self.packed.row(nth, columns.0).take_while(move |cell| cell.column <= columns.1)
    }

    /// Which of the rows that have cells is the first at or below a row.
    pub fn nth(&self, row: u32) -> usize {
        self.packed.nth(row)
    }

    /// A cell.
    pub fn cell(&self, row: u32, column: u32) -> Option<Cell<'_>> {
        self.row(self.nth(row), (column, column)).next().filter(|cell| cell.row == row)
    }

    /// The number that is stored in a cell.
    pub fn number_of(&self, cell: &Cell<'_>) -> Option<Decimal> {
        let text = if self.is_stored { cell.text } else { cell.other.unwrap_or(cell.text) };
        let (text, power) = text.strip_suffix(b"%").map_or((text, 0), |text| (text, -2));
        let value = self.decimal(text)?;
        (cell.kind == Kind::Number).then(|| value.shifted(power))
    }

    /// What a cell shows in plain digits, where its text has the power of ten to which it is rounded.
    pub fn in_digits(&self, cell: &Cell<'_>) -> Option<Vec<u8>> {
        let is_rounded = cell.kind == Kind::Number && cell.text.contains(&b'e');
        let value = self.decimal(cell.text).filter(|_| is_rounded)?;
        let mut digits = Vec::new();
        value.write(self.point, &mut digits);
        Some(digits)
    }

    /// A number with the decimal sign of the table.
    fn decimal(&self, text: &[u8]) -> Option<Decimal> {
        let plain = |byte: &u8| if *byte == self.point { b'.' } else { *byte };
        Decimal::parse(&text.iter().map(plain).collect::<Vec<u8>>())
    }

    /// The rows and columns that have cells, within an area.
    pub fn used(&self, area: Area) -> Option<Area> {
        let mut used: Option<Area> = None;
        let within = self.nth(area.rows.0)..self.nth(area.rows.1.saturating_add(1));
        for cell in within.flat_map(|nth| self.row(nth, area.columns)) {
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

/// Bytes that a cell takes, about.
fn weight(cell: &Cell<'_>) -> usize {
    BESIDE + cell.text.len() + cell.other.map_or(0, <[u8]>::len)
}

/// A cell that is taken more than once.
struct Held {
    column: u32,
    kind: Kind,
    text: Vec<u8>,
    other: Option<Vec<u8>>,
}

impl Held {
    fn new(cell: &Cell<'_>) -> Held {
        let (text, other) = (cell.text.to_vec(), cell.other.map(<[u8]>::to_vec));
        Held { column: cell.column, kind: cell.kind, text, other }
    }

    /// It as a cell of a row.
    fn at(&self, row: u32) -> Cell<'_> {
        let (column, kind) = (self.column, self.kind);
        Cell { row, column, kind, text: &self.text, other: self.other.as_deref() }
    }
}
