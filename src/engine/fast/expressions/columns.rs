//! Decoded columns as numbers.

use crate::engine::data::batch::{Batch, Once};
use crate::engine::fast::expressions::arithmetic::power;
use crate::engine::fast::expressions::register::{Cells, Mark, Marks, Numbers};
use crate::read::block::{Column, Data};
use crate::read::grid::unquote;
use crate::value::{NumberFormat, Reading, Rounding, Type};

/// A column that loops may look at.
fn decoded<'b>(batch: &'b Batch<'b>, column: usize) -> Option<&'b Column> {
    // Figures with a hedge before them are for the evaluator.
    if batch.has_hedges() { None } else { batch.columns[column].as_ref() }
}

/// The figures, the days or the microseconds of a column at one scale.
pub fn cells<'b>(batch: &'b Batch<'b>, column: usize) -> Numbers<'b> {
    let Some(decoded) = decoded(batch, column) else { return Numbers::deferred() };
    let marks = Marks::of_column(decoded);
    match &decoded.data {
        Data::Number { mantissas, scale: Some(scale), .. } => {
            Numbers::new(Cells::Lent(mantissas), *scale, marks)
        }
        Data::Number { mantissas, scales, scale: None } => {
            let scale = finest(decoded, scales);
            let (mut cells, mut own) = (Vec::with_capacity(batch.rows), None);
            for (row, (mantissa, own_scale)) in mantissas.iter().zip(scales).enumerate() {
                let at = scale.checked_sub(*own_scale).and_then(power);
                cells.push(at.and_then(|by| mantissa.checked_mul(by)).unwrap_or_else(|| {
                    own.get_or_insert_with(|| vec![Mark::GOOD; batch.rows])[row] = Mark::DEFER;
                    0
                }));
            }
            // What is not good has no figure that could be too large.
            let own = own.map(|mut own| {
                own.iter_mut()
                    .zip(0..)
                    .filter(|o| !marks.at(o.1).is_good())
                    .for_each(|o| *o.0 = Mark::GOOD);
                own
            });
            Numbers::new(Cells::own(cells), scale, marks.with(own))
        }
        Data::Day(days) => {
            Numbers::new(Cells::own(days.iter().map(|d| i64::from(*d)).collect()), 0, marks)
        }
        Data::Micros(micros) => Numbers::new(Cells::Lent(micros), 0, marks),
        Data::Text => Numbers::new(Cells::Same(0), 0, marks.and(&Marks::All(Mark::DEFER))),
    }
}

/// The numbers of the records.
pub fn records<'b>(batch: &Batch<'_>) -> Numbers<'b> {
    let number = |row| i64::try_from(batch.record(row)).unwrap_or(i64::MAX);
    Numbers::new(Cells::own((0..batch.rows).map(number).collect()), 0, Marks::Clean)
}

/// How many characters the texts of a column have.
pub fn lengths<'b>(batch: &'b Batch<'b>, column: usize) -> Numbers<'b> {
    let Some(decoded) = decoded(batch, column) else { return Numbers::deferred() };
    let (mut cells, is_text) = (Vec::with_capacity(batch.rows), batch.is_text());
    let characters = |text: &[u8]| text.iter().filter(|b| **b & 0xC0 != 0x80).count() as i64;
    // Bytes that are no text are read as the evaluator reads them.
    let mut once = Once::new(batch, column);
    batch.each(column, |row, start, end| {
        cells.push(once.of(row, || match is_text {
            true => characters(&unquote(&batch.bytes[start..end], batch.quote)),
            false => characters(batch.text(row, column).as_bytes()),
        }));
    });
    Numbers::new(Cells::own(cells), 0, Marks::of_column(decoded))
}

/// The most decimals of a figure of a column.
fn finest(column: &Column, scales: &[u8]) -> u8 {
    let good = scales.iter().zip(&column.states).filter(|(_, s)| Mark::of_state(**s).is_good());
    good.map(|(scale, _)| *scale).max().unwrap_or(0)
}

/// Whether the figures of a column may be off by the same to both sides; where not, nothing but the
/// evaluator says what they mean.
pub fn is_even(reading: &Reading) -> bool {
    reading.number.rounding != Rounding::Truncate
}

/// Whether figures mean exactly what is written.
pub fn is_exact(reading: &Reading) -> bool {
    match reading.ty {
        Type::Integer => !reading.number.rounding.has_base(),
        Type::Number | Type::Percent => false,
        _ => true,
    }
}

/// Half the unit to which each figure of a column is written, at a scale that is one finer.
pub fn half_units<'b>(batch: &'b Batch<'b>, column: usize) -> Numbers<'b> {
    let format = &batch.table.columns[column].reading.number;
    let Some(decoded) = decoded(batch, column) else { return Numbers::deferred() };
    let Data::Number { scales, scale, .. } = &decoded.data else { return Numbers::deferred() };
    let scale_of_all = scale.unwrap_or_else(|| finest(decoded, scales));
    let decimals = [format.decimals, format.most_decimals].into_iter().flatten().max();
    let finer = decimals.and_then(|d| u8::try_from(d).ok()).unwrap_or(0).max(scale_of_all);
    let half = |scale: u8| half_unit(format, scale, finer);
    let numbers = match scale {
        Some(scale) => half(*scale).map(Cells::Same),
        None => {
            // Where a cell is not good its scale is none.
            let all = scales.iter().map(|scale| half((*scale).min(scale_of_all)));
            all.collect::<Option<Vec<i64>>>().map(Cells::own)
        }
    };
    numbers.map_or_else(Numbers::deferred, |cells| Numbers::new(cells, finer + 1, Marks::Clean))
}

/// Half the unit of a figure of so many decimals, as a mantissa of one decimal more than `finest`.
fn half_unit(format: &NumberFormat, scale: u8, finest: u8) -> Option<i64> {
    let written = format.decimals.unwrap_or(scale.into());
    let decimals = format.most_decimals.map_or(written, |most| written.min(most));
    let exponent = u8::try_from(i32::from(finest) - decimals).ok()?;
    let half = power(exponent)?.checked_mul(5)?;
    let whole = |base: u32| i64::from(base).checked_mul(power(finest)?);
    match format.rounding {
        Rounding::Nearest => Some(half),
        Rounding::To(base) => Some(half.max(whole(base)?.checked_mul(5)?)),
        Rounding::Random(base) => {
            let off = whole(base)?.checked_mul(10)?.checked_sub(half.checked_mul(2)?)?;
            Some(off.max(half))
        }
        Rounding::Truncate => None,
    }
}
