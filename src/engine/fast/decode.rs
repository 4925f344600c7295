//! Field bytes to typed vectors.
//!
//! The common spelling of a number or a day is read eight bytes at a time; every other one by the
//! column's exact reading. Both give the same values.

use crate::engine::data::batch::{Batch, Once, SpanVisitor};
use crate::engine::fast::iso::{digits, iso_day};
use crate::engine::fast::moments::moments;
use crate::read::block::{Cells, Column, Data, State};
use crate::value::{DateFormat, Reading, Type, Value, Why, residue};

/// Bytes behind a block that may be looked at, though they belong to no field.
pub const SLACK: usize = 16;

/// Decodes the named columns of a batch, but those that come with their values.
pub fn columns(batch: &mut Batch<'_>, needed: &[bool]) {
    let typed = matches!(batch.block.cells, Cells::Columns(_));
    for (column, needed) in needed.iter().enumerate() {
        if !*needed || (typed && batch.columns[column].is_some()) {
            continue;
        }
        let mut decoded = batch.columns[column].take().unwrap_or_default();
        decode(batch, column, &mut decoded);
        batch.columns[column] = Some(decoded);
    }
}

/// Decodes a column of a batch into `out`, whose memory is used again.
pub fn decode(batch: &Batch<'_>, column: usize, out: &mut Column) {
    let info = &batch.table.columns[column];
    out.states.clear();
    if info.absent {
        out.states.resize(batch.rows, State::NotRead);
        out.data = Data::Text;
        out.clean = false;
        return;
    }
    let reading = &info.reading;
    match reading.ty {
        _ if !info.melted.is_empty() => mixed(batch, column, out),
        Type::Number | Type::Integer | Type::Year => numbers(batch, column, reading, out),
        Type::Date => days(batch, column, reading, out),
        Type::Text => texts(batch, column, reading, out),
        Type::DateTime | Type::Time | Type::Duration => moments(batch, column, reading, out),
        _ => others(batch, column, reading, out),
    }
    if batch.block.unknown.is_some() {
        let states = out.states.iter_mut().enumerate();
        let unknown = states.filter(|(row, _)| batch.is_unknown(*row, column));
        unknown.for_each(|(_, state)| *state = State::SetAside);
    }
    out.clean = out.states.iter().all(|s| *s == State::Good);
}

fn is_iso(format: &DateFormat) -> bool {
    format.text == "%Y-%m-%d"
}

fn texts(batch: &Batch<'_>, column: usize, reading: &Reading, out: &mut Column) {
    out.data = Data::Text;
    out.states.resize(batch.rows, State::Good);
    if !reading.errors.is_empty() {
        return without_errors(batch, column, reading, out);
    }
    if reading.missing.is_empty() {
        return;
    }
    let blank_only = reading.missing.len() == 1 && reading.missing[0].is_empty();
    let states = &mut out.states;
    batch.each(column, |row, start, end| {
        // A blank cell begins with white space, or with a quote.
        let may_be_blank =
            |first: u8| first <= b' ' || !first.is_ascii() || Some(first) == batch.quote;
        let missing = match batch.bytes[start..end].first() {
            None => blank_only || reading.is_missing(""),
            Some(first) if blank_only && !may_be_blank(*first) => false,
            Some(_) => reading.is_missing(&batch.text(row, column)),
        };
        if missing {
            states[row] = State::Missing;
        }
    });
}

/// Texts some of which are errors of a workbook.
fn without_errors(batch: &Batch<'_>, column: usize, reading: &Reading, out: &mut Column) {
    for (row, state) in out.states.iter_mut().enumerate() {
        *state = match reading.value(&batch.text(row, column)) {
            Some(Value::Missing) => State::Missing,
            Some(_) => State::Good,
            None => State::Unreadable,
        };
    }
}

/// Cells that are not all read in one way: each is left to its reading.
fn mixed(batch: &Batch<'_>, column: usize, out: &mut Column) {
    let info = &batch.table.columns[column];
    out.data = match info.reading.ty {
        Type::Number | Type::Integer | Type::Year => Data::Number {
            mantissas: vec![0; batch.rows],
            scales: vec![0; batch.rows],
            scale: Some(0),
        },
        Type::Date => Data::Day(vec![0; batch.rows]),
        _ => Data::Text,
    };
    let good = if matches!(out.data, Data::Text) { State::Good } else { State::Defer };
    for row in 0..batch.rows {
        let text = batch.text(row, column);
        let value = info.reading_of(batch.pivot(row)).value(&text);
        out.states.push(match value.map(|v| (v.cause(), v == Value::Missing)) {
            Some((_, true)) => State::Missing,
            Some((Some(Why::Withheld), _)) => State::Withheld,
            Some(_) => good,
            None => State::Unreadable,
        });
    }
}

fn others(batch: &Batch<'_>, column: usize, reading: &Reading, out: &mut Column) {
    out.data = Data::Text;
    let read = |row: usize| match reading.value(&batch.text(row, column)) {
        Some(Value::Missing) => State::Missing,
        Some(value) if value.cause() == Some(Why::Withheld) => State::Withheld,
        Some(_) => State::Good,
        None => State::Unreadable,
    };
    let mut once = Once::new(batch, column);
    out.states.extend((0..batch.rows).map(|row| once.of(row, || read(row))));
}

fn numbers(batch: &Batch<'_>, column: usize, reading: &Reading, out: &mut Column) {
    // The scale of the batch before is the best guess.
    let (mut mantissas, mut scales, hint) = match std::mem::take(&mut out.data) {
        Data::Number { mantissas, scales, scale } => (mantissas, scales, scale.unwrap_or_default()),
        _ => (Vec::new(), Vec::new(), 0),
    };
    // What stands in places that are not good is never looked at.
    mantissas.resize(batch.rows, 0);
    scales.resize(batch.rows, 0);
    out.states.resize(batch.rows, State::Good);
    let point = u8::try_from(reading.number.decimal).unwrap_or(b'.');
    let ascii = reading.number.decimal.is_ascii();
    // A text that means "no value" may look like a number: -99.
    let fast = ascii
        && reading.ty != Type::Year
        && !reading.special_texts().any(|m| small_decimal(m.trim().as_bytes(), point).is_some());
    let mut into = NumberColumn {
        batch,
        column,
        reading,
        point,
        fast,
        row: 0,
        mantissas: &mut mantissas,
        scales: &mut scales,
        states: &mut out.states,
    };
    let hint = batch.with_spans(column, Figures { into: &mut into, hint });
    let one = scales
        .iter()
        .zip(&out.states)
        .all(|(scale, state)| *scale == hint || *state != State::Good);
    out.data = Data::Number { mantissas, scales, scale: one.then_some(hint) };
}

/// Where the figures of a column go.
struct NumberColumn<'i> {
    batch: &'i Batch<'i>,
    column: usize,
    reading: &'i Reading,
    point: u8,
    fast: bool,
    row: usize,
    mantissas: &'i mut [i64],
    scales: &'i mut [u8],
    states: &'i mut [State],
}

/// Decodes figures; gives the scale of the last.
struct Figures<'f, 'i> {
    into: &'f mut NumberColumn<'i>,
    hint: u8,
}

impl SpanVisitor for Figures<'_, '_> {
    type Result = u8;
    fn visit(self, mut spans: impl Iterator<Item = (usize, usize)>) -> u8 {
        let mut scale = self.hint;
        // A loop for each of the usual scales, until a figure has another.
        loop {
            let next = match scale {
                _ if !self.into.fast => self.into.run::<9>(&mut spans, scale),
                0 => self.into.run::<0>(&mut spans, scale),
                1 => self.into.run::<1>(&mut spans, scale),
                2 => self.into.run::<2>(&mut spans, scale),
                3 => self.into.run::<3>(&mut spans, scale),
                4 => self.into.run::<4>(&mut spans, scale),
                _ => self.into.run::<9>(&mut spans, scale),
            };
            match next {
                Some(next) => scale = next,
                None => return scale,
            }
        }
    }
}

impl NumberColumn<'_> {
    /// Reads figures of `SCALE` decimals (9: of any) until one has another scale, which it gives.
    #[inline(always)]
    fn run<const SCALE: usize>(
        &mut self,
        spans: &mut impl Iterator<Item = (usize, usize)>,
        scale: u8,
    ) -> Option<u8> {
        for (start, end) in spans {
            let row = self.row;
            self.row += 1;
            if SCALE < 9
                && let Some(mantissa) =
                    usual_decimal::<SCALE>(self.batch.bytes, start, end, self.point)
            {
                self.mantissas[row] = mantissa;
                self.scales[row] = scale;
            } else if let Some(other) = self.unusual(row, start, end)
                && other != scale
            {
                return Some(other);
            }
        }
        None
    }

    /// Any other spelling; its scale if it is a small figure.
    #[cold]
    #[inline(never)]
    fn unusual(&mut self, row: usize, start: usize, end: usize) -> Option<u8> {
        if start == end && self.reading.is_missing("") {
            self.states[row] = State::Missing;
            return None;
        }
        let small = small_decimal(&self.batch.bytes[start..end], self.point).filter(|_| self.fast);
        if let Some((mantissa, scale)) =
            small.filter(|s| self.reading.ty != Type::Integer || s.1 == 0)
        {
            self.mantissas[row] = mantissa;
            self.scales[row] = scale;
            return Some(scale);
        }
        let text = self.batch.text(row, self.column);
        self.states[row] = match self.reading.is_missing(&text) {
            true => State::Missing,
            false if self.reading.withheld(&text).is_some() => State::Withheld,
            false if self.reading.is_readable(&text) => State::Defer,
            false => State::Unreadable,
        };
        None
    }
}

fn days(batch: &Batch<'_>, column: usize, reading: &Reading, out: &mut Column) {
    let mut days = match std::mem::take(&mut out.data) {
        Data::Day(days) => days,
        _ => Vec::new(),
    };
    days.resize(batch.rows, 0);
    out.states.resize(batch.rows, State::Good);
    // The first format that fits is the one that counts.
    let fast = reading.reads_iso_days() && !reading.special_texts().any(|m| m.trim().len() == 10);
    batch.with_spans(
        column,
        DaysOf { batch, column, reading, fast, days: &mut days, states: &mut out.states },
    );
    out.data = Data::Day(days);
}

/// Decodes days.
struct DaysOf<'d> {
    batch: &'d Batch<'d>,
    column: usize,
    reading: &'d Reading,
    fast: bool,
    days: &'d mut [i32],
    states: &'d mut [State],
}

impl SpanVisitor for DaysOf<'_> {
    type Result = ();
    fn visit(self, spans: impl Iterator<Item = (usize, usize)>) {
        for ((row, (start, end)), (day, state)) in
            spans.enumerate().zip(self.days.iter_mut().zip(self.states.iter_mut()))
        {
            if self.fast
                && end - start == 10
                && let Some(usual) = iso_day(self.batch.bytes, start)
            {
                *day = usual;
            } else if start == end && self.reading.is_missing("") {
                *state = State::Missing;
            } else {
                let tried = self.fast && end - start == 10;
                (*state, *day) =
                    unusual_day(self.reading, &self.batch.text(row, self.column), tried);
            }
        }
    }
}

/// A date in another format, or `tried` as an ISO date in vain; a month or a year is no single day, and is read again when asked for.
#[cold]
fn unusual_day(reading: &Reading, text: &str, tried: bool) -> (State, i32) {
    // Only ISO days are read, and this is none.
    if (tried || text.trim().len() != 10)
        && matches!(&reading.formats[..], [only] if is_iso(only))
        && !reading.is_missing(text)
        && reading.withheld(text).is_none()
    {
        return (State::Unreadable, 0);
    }
    match reading.value(text) {
        Some(Value::Missing) => (State::Missing, 0),
        Some(Value::Unknown(_)) => (State::Withheld, 0),
        Some(Value::Date(days)) if days.is_day() => (State::Good, days.first),
        Some(_) => (State::Defer, 0),
        None => (State::Unreadable, 0),
    }
}

/// A decimal of `SCALE` decimals and no more than 8 digits before the point (16 without one): its mantissa.
#[inline(always)]
fn usual_decimal<const SCALE: usize>(
    bytes: &[u8],
    start: usize,
    end: usize,
    point: u8,
) -> Option<i64> {
    let negative = bytes.get(start) == Some(&b'-');
    let start = start + usize::from(negative);
    let mantissa = if SCALE == 0 {
        let len = end.wrapping_sub(start);
        if len <= 8 {
            digits(bytes, start, len)?
        } else if len <= 16 {
            digits(bytes, start, len - 8)? * 100_000_000 + digits(bytes, end - 8, 8)?
        } else {
            return None;
        }
    } else {
        let at = end.checked_sub(SCALE + 1).filter(|at| *at > start)?;
        let back: &[u8] = bytes.get(at..end)?;
        if back[0] != point {
            return None;
        }
        let mut mantissa = digits(bytes, start, at - start)?;
        for byte in &back[1..=SCALE] {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            mantissa = mantissa * 10 + i64::from(digit);
        }
        mantissa
    };
    Some(if negative { -mantissa } else { mantissa })
}

/// An ASCII decimal of up to 18 digits, too few after the point to be residue: mantissa and decimals.
fn small_decimal(raw: &[u8], point: u8) -> Option<(i64, u8)> {
    let (negative, digits) = match raw.first()? {
        b'-' => (true, &raw[1..]),
        b'+' => (false, &raw[1..]),
        _ => (false, raw),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let (mut mantissa, mut at) = (0i64, usize::MAX);
    for (i, &c) in digits.iter().enumerate() {
        let d = c.wrapping_sub(b'0');
        if d < 10 {
            mantissa = mantissa * 10 + i64::from(d);
        } else if c == point && at == usize::MAX && digits.len() > 1 {
            at = i;
        } else {
            return None;
        }
    }
    let scale = if at == usize::MAX { 0 } else { digits.len() - at - 1 };
    if scale > 0 && mantissa >= residue::LEAST_MANTISSA {
        return None;
    }
    Some((if negative { -mantissa } else { mantissa }, u8::try_from(scale).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn padded(text: &str) -> Vec<u8> {
        [text.as_bytes(), &[b'7'; SLACK]].concat()
    }

    #[test]
    fn usual_decimals() {
        let usual = |scale: usize, text: &str| match scale {
            0 => usual_decimal::<0>(&padded(text), 0, text.len(), b'.'),
            1 => usual_decimal::<1>(&padded(text), 0, text.len(), b'.'),
            _ => usual_decimal::<2>(&padded(text), 0, text.len(), b'.'),
        };
        let cases = [
            ("0", 0, Some(0)),
            ("-12.5", 1, Some(-125)),
            ("1234567890", 0, Some(1_234_567_890)),
            ("12.5", 2, None),
            ("1.", 1, None),
            (".5", 1, None),
        ];
        for (text, scale, value) in cases {
            assert_eq!(usual(scale, text), value, "{text}");
        }
        for text in ["", "-", "1a", "1e3", "+5", "12345678901234567", "１"] {
            assert_eq!(usual(0, text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn usual_decimals_are_small_decimals(text in "-?[0-9]{0,12}([.,][0-9]{0,9})?[ a]?") {
            let bytes = padded(&text);
            let usual = [
                usual_decimal::<0>(&bytes, 0, text.len(), b'.'),
                usual_decimal::<1>(&bytes, 0, text.len(), b'.'),
                usual_decimal::<2>(&bytes, 0, text.len(), b'.'),
                usual_decimal::<3>(&bytes, 0, text.len(), b'.'),
                usual_decimal::<4>(&bytes, 0, text.len(), b'.'),
            ];
            for (scale, mantissa) in (0u8..).zip(usual) {
                if let Some(m) = mantissa {
                    prop_assert_eq!(small_decimal(text.as_bytes(), b'.'), Some((m, scale)));
                }
            }
        }
    }
}
