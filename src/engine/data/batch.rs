//! A block of rows as typed columns.

use std::borrow::Cow;

use crate::engine::data::table::{Table, TableFile};
use crate::read::block::{Block, Column, Data, Shared, State, TypedColumn};
use crate::read::grid::{FieldSpan, Grid, unquote};
use crate::shape::Source;
use crate::value::{Figure, Hedge, Number, NumberFormat, Reading, Type, Value, Why};
use crate::width::to_usize;

/// Rows of one block.
pub struct Batch<'b> {
    pub table: &'b Table,
    /// The file of the block.
    pub file: &'b TableFile,
    pub block: &'b Block,
    /// Its bytes, with what the view adds behind them and some more that loops may read.
    pub bytes: &'b [u8],
    /// Fields of the rows, row-major over the table's columns.
    pub view: View<'b>,
    /// How many rows.
    pub rows: usize,
    /// Decoded columns by number; none where no program names the column.
    pub columns: Vec<Option<Column>>,
    /// The quote character.
    pub quote: Option<u8>,
    /// Records before the batch in its file.
    pub records_before: u64,
    /// The path of the file.
    pub path: &'b str,
}

/// Something that is done with the starts and ends of a column's cells.
pub trait SpanVisitor {
    /// What comes of it.
    type Result;
    /// Does it.
    fn visit(self, spans: impl Iterator<Item = (usize, usize)>) -> Self::Result;
}

struct Each<F>(F);

impl<F: FnMut(usize, usize, usize)> SpanVisitor for Each<F> {
    type Result = ();
    fn visit(mut self, spans: impl Iterator<Item = (usize, usize)>) {
        spans.enumerate().for_each(|(row, (start, end))| self.0(row, start, end));
    }
}

/// How a cell is found.
pub enum View<'b> {
    /// The grid as it is.
    Grid(&'b Grid),
    /// Cells row by row: laid out anew, or read so.
    Cells(&'b [FieldSpan], usize),
    /// Column by column: the texts of each. Those that were taken with their values have none; those
    /// that the file lacks are not there.
    Columns(Vec<Option<&'b TypedColumn>>),
}

impl Batch<'_> {
    /// Whether the texts of its cells are UTF-8.
    pub fn is_text(&self) -> bool {
        !matches!(self.view, View::Cells(..)) && self.block.grid.is_text
    }

    /// A cell as it stands in the bytes; nothing of one that was taken with its value.
    pub fn raw(&self, row: usize, column: usize) -> &[u8] {
        let span = match &self.view {
            View::Grid(grid) => match self.table.layout.sources[column] {
                Source::Field(f) => grid.field(row, f),
                _ => FieldSpan::default(),
            },
            // Columns that the file lacks are behind its own.
            View::Cells(_, width) if column >= *width => FieldSpan::default(),
            View::Cells(cells, width) => cells[row * width + column],
            View::Columns(all) => {
                let texts = all.get(column).copied().flatten().map(|column| &column.texts);
                texts.and_then(|texts| texts.get(row).copied()).unwrap_or_default()
            }
        };
        &self.bytes[span.start as usize..span.end as usize]
    }

    /// The number of the record that a row is made of, in its file, from 1.
    pub fn record(&self, row: usize) -> u64 {
        let record = self.table.layout.record_in(self.block, row);
        self.records_before + u64::from(self.block.grid.records_before(record)) + 1
    }

    /// Which of the columns that became rows a row shows.
    pub fn pivot(&self, row: usize) -> usize {
        self.table.layout.pivot_in(self.block, row)
    }

    /// Whether some cells are not what their texts alone say: words before numbers change what they
    /// mean, or nobody knows them.
    pub fn has_hedges(&self) -> bool {
        !self.block.hedges.is_empty() || self.block.unknown.is_some()
    }

    /// Whether nobody knows a cell, as a record that may say what it holds was set aside.
    pub fn is_unknown(&self, row: usize, column: usize) -> bool {
        match (&self.view, self.block.unknown) {
            (View::Cells(cells, width), Some(unknown)) if column < *width => {
                cells.get(row * width + column) == Some(&unknown)
            }
            _ => false,
        }
    }

    /// What a word before a cell makes of it, if one stands there.
    fn hedge(&self, row: usize, column: usize) -> Option<Hedge> {
        let layout = &self.table.layout;
        let field = self.file.layout.own(layout.field_of(self.pivot(row), column)?)?;
        self.block.hedges.get(&(layout.record_in(self.block, row), field)).copied()
    }

    /// The column that was taken with its values, if this one was.
    pub fn taken(&self, column: usize) -> Option<&Column> {
        let View::Columns(all) = &self.view else { return None };
        let is_written = (*all.get(column)?)?.texts.len() == self.rows;
        self.columns.get(column)?.as_ref().filter(|_| !is_written)
    }

    /// A cell's text, quotes off.
    pub fn text(&self, row: usize, column: usize) -> Cow<'_, str> {
        if let Some(taken) = self.taken(column) {
            let (mut text, sign) = (Vec::new(), self.table.columns[column].reading.number.decimal);
            taken.put_value(row, sign, &mut text);
            return Cow::Owned(String::from_utf8_lossy(&text).into_owned());
        }
        match unquote(self.raw(row, column), self.quote) {
            Cow::Borrowed(b) => {
                std::str::from_utf8(b).map_or_else(|_| String::from_utf8_lossy(b), Cow::Borrowed)
            }
            Cow::Owned(b) => Cow::Owned(String::from_utf8_lossy(&b).into_owned()),
        }
    }

    /// A cell's value; one of a column that is not decoded is read.
    pub fn value(&self, row: usize, column: usize, ranges: bool) -> Value<'_> {
        if self.is_unknown(row, column) {
            return Value::Unknown(Why::SetAside);
        }
        let info = &self.table.columns[column];
        let absent = info.absent;
        let reading = match info.melted.is_empty() {
            true => &info.reading,
            false => info.reading_of(self.pivot(row)),
        };
        if self.has_hedges()
            && let Some(hedge) = self.hedge(row, column)
        {
            return read_hedged(reading, &self.text(row, column), ranges, hedge);
        }
        let Some(decoded) = &self.columns[column] else {
            return if absent {
                Value::Unknown(Why::NotRead)
            } else {
                read(reading, &self.text(row, column), ranges)
            };
        };
        match (decoded.states[row], &decoded.data) {
            (State::Missing | State::Absent, _) => Value::Missing,
            (State::Unreadable, _) => Value::Unknown(Why::Unreadable),
            (State::NotRead, _) => Value::Unknown(Why::NotRead),
            (State::SetAside, _) => Value::Unknown(Why::SetAside),
            (State::Good, Data::Number { mantissas: m, scales: s, .. })
                if !ranges || is_count(reading) =>
            {
                Value::Number(Figure::exact(Number::decimal(i128::from(m[row]), i32::from(s[row]))))
            }
            (State::Good, Data::Number { mantissas: m, scales: s, .. })
                if reading.ty == Type::Number
                    && reading.number.decimals.is_none()
                    && reading.number.most_decimals.is_none() =>
            {
                let value = Number::decimal(i128::from(m[row]), i32::from(s[row]));
                Value::Number(Figure::implied(value, i32::from(s[row]), reading.number.rounding))
            }
            (State::Good, Data::Day(days)) => Value::Date(crate::value::Days::day(days[row])),
            (State::Good, Data::Micros(micros)) => moment(reading.ty, micros[row]),
            (State::Good, Data::Text) if reading.ty == Type::Text => {
                Value::Text(self.text(row, column))
            }
            _ => read(reading, &self.text(row, column), ranges),
        }
    }

    /// Calls `f` with each row and the start and end of its cell in a column.
    #[inline(always)]
    pub fn each(&self, column: usize, f: impl FnMut(usize, usize, usize)) {
        self.with_spans(column, Each(f));
    }

    /// Hands the starts and ends of a column's cells to a visitor; each kind of view has its own loop.
    /// A column that was taken with its values has none.
    #[inline(always)]
    pub fn with_spans<V: SpanVisitor>(&self, column: usize, visitor: V) -> V::Result {
        debug_assert!(self.taken(column).is_none(), "a text that was not written");
        match (&self.view, self.table.layout.sources[column]) {
            (View::Grid(grid), Source::Field(0)) => visitor.visit(
                grid.starts
                    .iter()
                    .zip(grid.ends.chunks_exact(grid.width))
                    .map(|(start, ends)| (*start as usize, ends[0] as usize)),
            ),
            (View::Grid(grid), Source::Field(field)) => visitor.visit(
                grid.ends
                    .chunks_exact(grid.width)
                    .map(|ends| (ends[field - 1] as usize + 1, ends[field] as usize)),
            ),
            (View::Grid(_), _) => visitor.visit((0..self.rows).map(|_| (0, 0))),
            (View::Cells(_, width), _) if column >= *width => {
                visitor.visit((0..self.rows).map(|_| (0, 0)))
            }
            (View::Cells(cells, width), _) => visitor.visit(
                cells
                    .chunks_exact(*width)
                    .map(|cells| (cells[column].start as usize, cells[column].end as usize)),
            ),
            (View::Columns(all), _) => {
                let texts = all.get(column).copied().flatten().map(|column| &column.texts[..]);
                let texts = texts.unwrap_or_default();
                let nowhere = if texts.is_empty() { self.rows } else { 0 };
                let spans = texts.iter().map(|span| (span.start as usize, span.end as usize));
                visitor.visit(spans.chain((0..nowhere).map(|_| (0, 0))))
            }
        }
    }
}

/// What is made of the texts of a column: of one that several cells share, once.
pub struct Once<'b, T> {
    shared: Option<&'b Shared>,
    known: Vec<Option<T>>,
}

impl<'b, T: Copy> Once<'b, T> {
    /// Of these no text is known yet.
    pub fn new(batch: &'b Batch<'_>, column: usize) -> Once<'b, T> {
        let column = match &batch.view {
            View::Columns(all) => all.get(column).copied().flatten(),
            _ => None,
        };
        let shared = column.and_then(|column| column.shared.as_ref());
        Once { shared, known: vec![None; shared.map_or(0, |shared| shared.count)] }
    }

    /// What is made of the text of a row.
    #[inline]
    pub fn of(&mut self, row: usize, make: impl FnOnce() -> T) -> T {
        let which = self.shared.and_then(|shared| shared.which.get(row));
        match which.and_then(|which| self.known.get_mut(to_usize(*which))) {
            Some(known) => *known.get_or_insert_with(make),
            None => make(),
        }
    }
}

/// A date with a time, a time of day or a length of time.
pub fn moment<'v>(ty: Type, micros: i64) -> Value<'v> {
    match ty {
        Type::DateTime => Value::DateTime(micros),
        Type::Time => Value::Time(micros),
        _ => Value::Duration(micros),
    }
}

/// Whether its figures are exact; in prose a count may be said in millions, and elsewhere be rounded to a
/// base.
fn is_count(reading: &Reading) -> bool {
    let NumberFormat { prose, rounding, .. } = reading.number;
    reading.ty == Type::Year || reading.ty == Type::Integer && !prose && !rounding.has_base()
}

/// Reads a cell with or without its written precision.
pub fn read(reading: &Reading, text: &str, ranges: bool) -> Value<'static> {
    read_hedged(reading, text, ranges, Hedge::None)
}

/// Reads a cell that a hedge may stand before.
pub fn read_hedged(reading: &Reading, text: &str, ranges: bool, hedge: Hedge) -> Value<'static> {
    // Why a cell cannot be read is said where it is reported.
    let read = |reading: &Reading| match hedge {
        Hedge::None => reading.value(text).map(Value::into_owned),
        hedge => reading.read_hedged(text, hedge).ok().map(Value::into_owned),
    };
    let read = match ranges && !reading.ranges {
        true => read(&Reading { ranges: true, ..reading.clone() }),
        false => read(reading),
    };
    read.unwrap_or(Value::Unknown(Why::Unreadable))
}
