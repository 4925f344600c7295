//! One block of rows, whatever the format they were read from.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::read::grid::{FieldSpan, Grid, retain, unquote};
use crate::read::nested::pointer::Way;
use crate::source::Span;
use crate::value::date::civil_from_days;
use crate::value::{Days, Hedge};

/// What is known of a cell without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// It has a value in the typed vector.
    Good,
    /// No value.
    Missing,
    /// Its record has no such field.
    Absent,
    /// It cannot be read.
    Unreadable,
    /// Its publisher keeps it back.
    Withheld,
    /// Its table has no such column.
    NotRead,
    /// What says it may stand in a record that was set aside.
    SetAside,
    /// It has a value that does not fit the typed vector: read again when asked.
    Defer,
}

impl State {
    /// Whether there is no value.
    pub fn is_missing(self) -> bool {
        matches!(self, State::Missing | State::Absent)
    }

    /// Whether there is a value that nobody knows.
    pub fn is_unknown(self) -> bool {
        matches!(self, State::Unreadable | State::Withheld | State::NotRead | State::SetAside)
    }
}

/// The typed vector of a column.
#[derive(Debug, Clone, Default)]
pub enum Data {
    /// Texts and everything that is read when asked.
    #[default]
    Text,
    /// Numbers as integers with their decimals.
    Number {
        /// The figures, times ten to the power of their scale.
        mantissas: Vec<i64>,
        /// Decimals of each.
        scales: Vec<u8>,
        /// The decimals of all that are good, where they are the same.
        scale: Option<u8>,
    },
    /// Days since 1970-01-01.
    Day(Vec<i32>),
    /// Microseconds: of a date with a time since 1970, of a time of day since midnight, of a length of
    /// time.
    Micros(Vec<i64>),
}

/// A column of typed cells.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Per row.
    pub states: Vec<State>,
    /// Per row.
    pub data: Data,
    /// Whether every cell is good.
    pub clean: bool,
}

/// How the cells of a block are found.
#[derive(Debug, Default)]
pub enum Cells {
    /// By the ends of their fields: the block's [`Grid`] has them.
    #[default]
    Delimited,
    /// Row by row, each by its bytes in the block.
    Spans {
        /// Cells of a row.
        width: usize,
        /// Row-major.
        spans: Vec<FieldSpan>,
    },
    /// Column by column, with their values; texts by their bytes in the block.
    Columns(Vec<TypedColumn>),
}

impl Column {
    /// Puts the text of a value behind others, with the decimals it came with; nothing where there is
    /// no value but a text.
    pub fn put_value(&self, row: usize, sign: char, out: &mut Vec<u8>) {
        match (self.states.get(row), &self.data) {
            (Some(State::Good), Data::Number { mantissas, scales, .. }) => {
                if let (Some(mantissa), Some(scale)) = (mantissas.get(row), scales.get(row)) {
                    put_decimal(*mantissa, usize::from(*scale), sign, out);
                }
            }
            (Some(State::Good), Data::Day(days)) => {
                if let Some(day) = days.get(row) {
                    put_day(*day, out);
                }
            }
            _ => {}
        }
    }
}

/// A column of a format whose cells have types.
#[derive(Debug, Clone, Default)]
pub struct TypedColumn {
    pub column: Column,
    /// Bytes of its texts in the block; empty where the values are no texts.
    pub texts: Vec<FieldSpan>,
    /// Which of its texts each cell has, where cells share them.
    pub shared: Option<Shared>,
}

/// Texts of which each may be that of several cells.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    /// For each row the number of its text; where it has none, that of the empty one.
    pub which: Vec<u32>,
    /// How many texts there may be.
    pub count: usize,
}

impl TypedColumn {
    /// Leaves out some of its rows.
    fn keep(&mut self, kept: &[bool]) {
        retain(&mut self.texts, 1, kept);
        if let Some(shared) = &mut self.shared {
            retain(&mut shared.which, 1, kept);
        }
        retain(&mut self.column.states, 1, kept);
        match &mut self.column.data {
            Data::Text => {}
            Data::Number { mantissas, scales, .. } => {
                retain(mantissas, 1, kept);
                retain(scales, 1, kept);
            }
            Data::Day(days) => retain(days, 1, kept),
            Data::Micros(micros) => retain(micros, 1, kept),
        }
    }
}

/// A day as ISO has it, without the detour of formatting: there is one in each row.
fn put_day(day: i32, out: &mut Vec<u8>) {
    let civil = civil_from_days(day);
    let (Ok(year @ 0..=9999), month, day_of) = (u32::try_from(civil.year), civil.month, civil.day)
    else {
        out.extend_from_slice(Days::day(day).to_text().as_bytes());
        return;
    };
    let digit = |n: u32| b'0' + u8::try_from(n % 10).unwrap_or(0);
    out.extend([digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), b'-']);
    out.extend([digit(month / 10), digit(month), b'-', digit(day_of / 10), digit(day_of)]);
}

/// All decimals of a figure: they say how finely it was rounded.
fn put_decimal(mantissa: i64, scale: usize, sign: char, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 32];
    let (mut rest, mut start) = (mantissa.unsigned_abs(), digits.len());
    let end = digits.len();
    for digit in digits.iter_mut().rev() {
        if rest == 0 && end - start > scale {
            break;
        }
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        start -= 1;
    }
    if mantissa < 0 {
        out.push(b'-');
    }
    let (whole, decimals) = digits.split_at(end - scale.min(end));
    out.extend_from_slice(whole.get(start..).unwrap_or_default());
    if scale > 0 {
        let mut own = [0; 4];
        out.extend_from_slice(sign.encode_utf8(&mut own).as_bytes());
        out.extend_from_slice(decimals);
    }
}

/// Where rows and cells stand in their file; only where a block is read again for its places.
#[derive(Debug, Clone, Default)]
pub struct Places {
    pub rows: Vec<Span>,
    /// Per cell, row-major.
    pub cells: Vec<Span>,
    /// Of rows that are parts of a document: where they stand in it; none is its root.
    pub ways: Vec<Option<Arc<Way>>>,
}

/// Some rows of a file, read at once.
#[derive(Debug, Default)]
pub struct Block {
    /// Where it starts: a byte of the file, or the number of a row where a format has no bytes.
    pub at: u64,
    /// Its length, counted likewise.
    pub len: u64,
    /// Bytes of the file that were read for it.
    pub read: u64,
    /// The bytes that cells name.
    pub bytes: Vec<u8>,
    /// Its records: how many, and what is out of order in them; the ends of delimited fields.
    pub grid: Grid,
    /// How its cells are found.
    pub cells: Cells,
    /// The quote character of delimited fields.
    pub quote: Option<u8>,
    /// Each record is a line of the file, and few are no rows.
    pub lines_are_records: bool,
    /// It may begin and end within a line.
    pub is_cut: bool,
    /// What words before numbers make of them, by row and field.
    pub hedges: HashMap<(usize, usize), Hedge>,
    /// Where cells stand that nobody knows, as a record that may say what they hold was set aside.
    pub unknown: Option<FieldSpan>,
    /// Of all rows that its records become, the numbers of those that a condition chose; none where it
    /// chose them all.
    pub chosen: Option<Vec<u32>>,
    /// Where its cells stand, if they were asked for and are not where their bytes are.
    pub places: Option<Places>,
}

impl Block {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.grid.rows
    }

    /// Leaves out some of its rows, as if they were no records.
    pub fn keep(&mut self, kept: &[bool]) {
        match &mut self.cells {
            Cells::Delimited => {}
            Cells::Spans { width, spans } => retain(spans, *width, kept),
            Cells::Columns(columns) => columns.iter_mut().for_each(|column| column.keep(kept)),
        }
        if let Some(places) = &mut self.places {
            let width = places.cells.len() / places.rows.len().max(1);
            retain(&mut places.cells, width, kept);
            retain(&mut places.rows, 1, kept);
        }
        if !self.hedges.is_empty() {
            let before = |row: usize| kept.iter().take(row).filter(|kept| **kept).count();
            let hedges = std::mem::take(&mut self.hedges).into_iter();
            let stays = hedges.filter(|((row, _), _)| kept.get(*row).copied().unwrap_or(false));
            self.hedges =
                stays.map(|((row, field), hedge)| ((before(row), field), hedge)).collect();
        }
        self.grid.keep(kept);
        self.lines_are_records = false;
    }

    /// The bytes of a field as they are written, quotes included; none for typed values.
    pub fn field(&self, row: usize, field: usize) -> FieldSpan {
        match &self.cells {
            Cells::Delimited => self.grid.field(row, field),
            Cells::Spans { width, spans } => {
                spans.get(row * width + field).copied().unwrap_or_default()
            }
            Cells::Columns(columns) => {
                columns.get(field).and_then(|c| c.texts.get(row)).copied().unwrap_or_default()
            }
        }
    }

    /// A cell's bytes, quotes off.
    pub fn unquoted(&self, span: FieldSpan) -> Cow<'_, [u8]> {
        unquote(self.bytes.get(span.start as usize..span.end as usize).unwrap_or(&[]), self.quote)
    }

    /// Where a row stands in the file.
    pub fn row_span(&self, row: usize) -> Span {
        match &self.places {
            Some(places) => places.rows.get(row).copied().unwrap_or_default(),
            None if self.grid.starts.is_empty() => Span::default(),
            None => {
                let start = self.grid.starts.get(row).copied().unwrap_or_default();
                Span::new(start.into(), self.grid.end(row).into()).shift(self.at)
            }
        }
    }

    /// Where a cell stands in the file.
    pub fn cell_span(&self, row: usize, field: usize) -> Span {
        match (&self.places, &self.cells) {
            (Some(places), Cells::Spans { width, .. }) => {
                places.cells.get(row * width + field).copied().unwrap_or_default()
            }
            (Some(places), Cells::Columns(columns)) if !places.cells.is_empty() => {
                places.cells.get(row * columns.len() + field).copied().unwrap_or_default()
            }
            (Some(places), _) => places.rows.get(row).copied().unwrap_or_default(),
            (None, Cells::Spans { .. } | Cells::Columns(_)) => self.row_span(row),
            (None, Cells::Delimited) => {
                let span = self.field(row, field);
                Span::new(span.start.into(), span.end.into()).shift(self.at)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_with_all_their_places() {
        for (mantissa, scale, text) in [
            (0, 0, "0"),
            (0, 2, "0,00"),
            (5, 3, "0,005"),
            (-1234, 2, "-12,34"),
            (120, 0, "120"),
            (i64::MIN, 18, "-9,223372036854775808"),
        ] {
            let mut out = Vec::new();
            put_decimal(mantissa, scale, ',', &mut out);
            assert_eq!(String::from_utf8_lossy(&out), text);
        }
    }

    #[test]
    fn days_are_written_as_they_are_elsewhere() {
        for day in [0, -1, 59, 19_782, 2_932_896, 2_932_897, -719_528, -719_529, 11_016] {
            let mut out = Vec::new();
            put_day(day, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), Days::day(day).to_text());
        }
    }
}
