//! A block of rows as typed columns.

use std::borrow::Cow;

use super::table::{Source, Table};
use crate::read::csv::{FieldSpan, Grid, unquote};
use crate::value::{Figure, Number, Reading, Type, Value};

/// What is known of a cell without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// It has a value in the typed vector.
    Good,
    /// No value.
    Missing,
    /// It cannot be read.
    Unreadable,
    /// It has a value that does not fit the typed vector: read again when asked.
    Big,
}

/// The typed vector of a column.
#[derive(Debug, Clone, Default)]
pub enum Data {
    /// Texts and everything that is read when asked.
    #[default]
    Text,
    /// Numbers as integers with their decimals.
    Number(Vec<i64>, Vec<u8>),
    /// Days since 1970-01-01.
    Day(Vec<i32>),
}

/// A decoded column.
#[derive(Debug, Clone, Default)]
pub struct Decoded {
    /// Per row.
    pub states: Vec<State>,
    /// Per row.
    pub data: Data,
}

/// Rows of one block.
pub struct Batch<'b> {
    /// The table.
    pub table: &'b Table,
    /// The block, with what the view adds behind it.
    pub bytes: &'b [u8],
    /// Fields of the rows, row-major over the table's columns.
    pub view: View<'b>,
    /// How many rows.
    pub rows: usize,
    /// Decoded columns by number; none where no program names the column.
    pub columns: Vec<Option<Decoded>>,
    /// The quote sign.
    pub quote: Option<u8>,
    /// Rows before the batch in its table.
    pub rows_before: u64,
    /// The path of the file.
    pub path: &'b str,
    /// What words before figures make of them, by row and column.
    pub hedges: &'b std::collections::HashMap<(usize, usize), crate::value::Hedge>,
}

/// How a cell is found.
pub enum View<'b> {
    /// The grid as it is.
    Grid(&'b Grid),
    /// Cells laid out anew: filled, unpivoted, out of the path, or held whole.
    Cells(&'b [FieldSpan], usize),
}

impl Batch<'_> {
    /// A cell as it stands in the bytes.
    pub fn raw(&self, row: usize, column: usize) -> &[u8] {
        let span = match &self.view {
            View::Grid(grid) => match self.table.columns[column].source {
                Source::Field(f) => grid.field(row, f),
                _ => FieldSpan::default(),
            },
            View::Cells(cells, width) => cells[row * width + column],
        };
        &self.bytes[span.start as usize..span.end as usize]
    }

    /// A cell's text, quotes off.
    pub fn text(&self, row: usize, column: usize) -> Cow<'_, str> {
        match unquote(self.raw(row, column), self.quote) {
            Cow::Borrowed(b) => std::str::from_utf8(b).map_or_else(|_| String::from_utf8_lossy(b), Cow::Borrowed),
            Cow::Owned(b) => Cow::Owned(String::from_utf8_lossy(&b).into_owned()),
        }
    }

    /// A cell's value.
    pub fn value(&self, row: usize, column: usize, ranges: bool) -> Value<'_> {
        let Some(decoded) = &self.columns[column] else { return Value::Unknown };
        let reading = &self.table.columns[column].reading;
        if !self.hedges.is_empty()
            && let Some(hedge) = self.hedges.get(&(row, column))
        {
            return read_hedged(reading, &self.text(row, column), ranges, *hedge);
        }
        match (decoded.states[row], &decoded.data) {
            (State::Missing, _) => Value::Missing,
            (State::Unreadable, _) => Value::Unknown,
            (State::Good, Data::Number(m, s)) if !ranges || matches!(reading.ty, Type::Integer | Type::Year) => {
                Value::Number(Figure::exact(Number::decimal(i128::from(m[row]), i32::from(s[row]))))
            }
            (State::Good, Data::Number(m, s)) if reading.ty == Type::Number && reading.number.decimals.is_none() => {
                let value = Number::decimal(i128::from(m[row]), i32::from(s[row]));
                Value::Number(Figure::implied(value, i32::from(s[row]), reading.number.rounding))
            }
            (State::Good, Data::Day(days)) => Value::Date(crate::value::Days::day(days[row])),
            (State::Good, Data::Text) if reading.ty == Type::Text => Value::Text(self.text(row, column)),
            _ => read(reading, &self.text(row, column), ranges),
        }
    }

    /// Decodes the named columns.
    pub fn decode(&mut self, needed: &[bool]) {
        for (column, needed) in needed.iter().enumerate() {
            if *needed && self.columns[column].is_none() {
                self.columns[column] = Some(self.decode_column(column));
            }
        }
    }

    fn decode_column(&self, column: usize) -> Decoded {
        let info = &self.table.columns[column];
        if info.absent {
            return Decoded { states: vec![State::Unreadable; self.rows], data: Data::Text };
        }
        let mut out = Decoded { states: Vec::with_capacity(self.rows), data: Data::Text };
        match info.reading.ty {
            Type::Number | Type::Integer | Type::Year => self.numbers(column, &info.reading, &mut out),
            Type::Date if info.reading.formats.len() == 1 && info.reading.formats[0].text == "%Y-%m-%d" => self.days(column, &info.reading, &mut out),
            Type::Text => {
                if info.reading.missing.is_empty() {
                    out.states.resize(self.rows, State::Good);
                    return out;
                }
                let blank_only = info.reading.missing.len() == 1 && info.reading.missing[0].is_empty();
                for row in 0..self.rows {
                    let missing = if blank_only {
                        self.raw(row, column).len() <= 2 && self.text(row, column).is_empty()
                    } else {
                        info.reading.is_missing(&self.text(row, column))
                    };
                    out.states.push(if missing { State::Missing } else { State::Good });
                }
            }
            _ => {
                for row in 0..self.rows {
                    out.states.push(match info.reading.read(&self.text(row, column)) {
                        Ok(Value::Missing) => State::Missing,
                        Ok(_) => State::Good,
                        Err(_) => State::Unreadable,
                    });
                }
            }
        }
        out
    }

    fn numbers(&self, column: usize, reading: &Reading, out: &mut Decoded) {
        let (mut mantissas, mut scales) = (Vec::with_capacity(self.rows), Vec::with_capacity(self.rows));
        let plain = reading.ty == Type::Number;
        // A text that means "no value" may look like a number: -99.
        let fast = !reading.missing.iter().any(|m| small_decimal(m.as_bytes(), reading.number.decimal).is_some());
        for row in 0..self.rows {
            let raw = self.raw(row, column);
            let (mut m, mut s, state);
            (m, s) = (0, 0);
            if let Some((mantissa, scale)) = small_decimal(raw, reading.number.decimal).filter(|d| fast && (plain || d.1 == 0 && reading.ty == Type::Integer)) {
                (m, s) = (mantissa, scale);
                state = State::Good;
            } else {
                state = match reading.read(&self.text(row, column)) {
                    Ok(Value::Missing) => State::Missing,
                    Ok(_) => State::Big,
                    Err(_) => State::Unreadable,
                };
            }
            mantissas.push(m);
            scales.push(s);
            out.states.push(state);
        }
        out.data = Data::Number(mantissas, scales);
    }

    fn days(&self, column: usize, reading: &Reading, out: &mut Decoded) {
        let mut days = Vec::with_capacity(self.rows);
        for row in 0..self.rows {
            let (state, day) = match reading.read(&self.text(row, column)) {
                Ok(Value::Missing) => (State::Missing, 0),
                Ok(Value::Date(d)) => (State::Good, d.first),
                _ => (State::Unreadable, 0),
            };
            out.states.push(state);
            days.push(day);
        }
        out.data = Data::Day(days);
    }
}

/// Reads a cell with or without its written precision.
pub fn read(reading: &Reading, text: &str, ranges: bool) -> Value<'static> {
    read_hedged(reading, text, ranges, crate::value::Hedge::None)
}

/// Reads a cell that a hedge may stand before.
pub fn read_hedged(reading: &Reading, text: &str, ranges: bool, hedge: crate::value::Hedge) -> Value<'static> {
    let read = if ranges && !reading.ranges {
        let with = Reading { ranges: true, ..reading.clone() };
        with.read_hedged(text, hedge).map(Value::into_owned)
    } else {
        reading.read_hedged(text, hedge).map(Value::into_owned)
    };
    read.unwrap_or(Value::Unknown)
}

/// An ASCII decimal of up to 18 digits: mantissa and decimals.
fn small_decimal(raw: &[u8], decimal: char) -> Option<(i64, u8)> {
    let (negative, digits) = match raw.first()? {
        b'-' => (true, &raw[1..]),
        b'+' => (false, &raw[1..]),
        _ => (false, raw),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let (mut mantissa, mut point) = (0i64, usize::MAX);
    for (i, &c) in digits.iter().enumerate() {
        let d = c.wrapping_sub(b'0');
        if d < 10 {
            mantissa = mantissa * 10 + i64::from(d);
        } else if char::from(c) == decimal && point == usize::MAX && i > 0 && i + 1 < digits.len() {
            point = i;
        } else {
            return None;
        }
    }
    let scale = if point == usize::MAX { 0 } else { digits.len() - point - 1 };
    Some((if negative { -mantissa } else { mantissa }, scale as u8))
}
