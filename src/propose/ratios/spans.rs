//! How long it is from one day to another.

use crate::propose::ratios::fit::{Fit, Made, Stated};
use crate::propose::table::Table;
use crate::value::Type;

/// Columns of days that are looked at.
const MOST: usize = 12;

/// Two columns of days, or of years, between which there are as many as a column of whole numbers says,
/// the last of them counted or not: the expression, and that in words.
pub fn find(
    table: &Table,
    column: usize,
    stated: &Stated,
    scale: u32,
) -> Option<(String, String, Fit)> {
    if table.column(column)?.ty != Type::Integer {
        return None;
    }
    let one = 10_i128.checked_pow(scale)?;
    let is_day =
        |c: &usize| table.column(*c).is_some_and(|own| matches!(own.ty, Type::Date | Type::Year));
    let days: Vec<usize> = table.usable().into_iter().filter(is_day).take(MOST).collect();
    let pairs = days.iter().flat_map(|a| days.iter().map(move |b| (*a, *b)));
    let tried = days.len() * days.len() * 2;
    pairs.filter(|(a, b)| a != b).find_map(|(a, b)| {
        let (from, to) = (table.column(a)?, table.column(b)?);
        let is_whole = |own: &crate::propose::column::Column| {
            // A month is no day.
            own.format.as_ref().is_none_or(|f| f.contains("%d") || f.contains("%-d"))
        };
        if from.ty != to.ty || !is_whole(from) || !is_whole(to) {
            return None;
        }
        [0, 1].into_iter().find_map(|more| {
            let made = |row| {
                let days = to.place(row)?.checked_sub(from.place(row)?)?.checked_add(more)?;
                Some(Made { value: days.checked_mul(one)?, slack: 0, is_whole: true })
            };
            let fit = stated.fit(&made, tried).filter(|fit| fit.is_exact)?;
            let (text, words) = match more {
                0 => ("", ""),
                _ => (" + 1", ", both counted"),
            };
            let text = format!("{} - {}{text}", table.called(b), table.called(a));
            let words = format!("the time from {} to {}{words}", from.name(), to.name());
            Some((text, words, fit))
        })
    })
}
