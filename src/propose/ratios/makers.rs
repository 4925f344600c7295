//! What figures can be made of others: a quotient, a change, a product, a mean.

use crate::propose::column::Column;
use crate::propose::ratios::fit::Made;
use crate::propose::sums::parts::{Cell, cell};
use crate::value::Type;

/// Powers of ten that a quotient may be multiplied by.
pub const POWERS: std::ops::RangeInclusive<i32> = -6..=6;

/// Figures that others are made of, by row; whole numbers are exact.
pub struct Operand {
    /// How it is written in an expression, and in words.
    pub text: String,
    pub name: String,
    /// The column, where it is one.
    pub column: Option<usize>,
    pub cells: Vec<Option<Cell>>,
}

impl Operand {
    /// The figures of a column; those of whole numbers are exact.
    pub fn cells(own: &Column, rows: usize, scale: u32) -> Vec<Option<Cell>> {
        (0..rows).map(|row| Operand::cell_of(own, row, scale)).collect()
    }

    /// The figure of a row of a column.
    pub fn cell_of(own: &Column, row: usize, scale: u32) -> Option<Cell> {
        let figure = cell(own, row, scale)?;
        Some(if own.ty == Type::Integer { Cell { unit: 0, ..figure } } else { figure })
    }

    /// The figure of a row.
    pub fn cell(&self, row: usize) -> Option<Cell> {
        self.cells.get(row).copied().flatten()
    }
}

/// `a / b` times a power of ten, in units of a scale.
pub fn quotient(a: Cell, b: Cell, power: i32, scale: u32) -> Option<Made> {
    let value = divided(a.value, b.value, power, scale)?;
    // Half a unit of either makes so much of a difference.
    let slack = share(value, a.unit, a.value)?.checked_add(share(value, b.unit, b.value)?)?;
    Some(Made { value, slack: slack + 1, is_whole: false })
}

/// `(b - a) / a` times a power of ten, in units of a scale.
pub fn change(a: Cell, b: Cell, power: i32, scale: u32) -> Option<Made> {
    let value = divided(b.value.checked_sub(a.value)?, a.value, power, scale)?;
    let whole = divided(b.value, a.value, power, scale)?;
    let slack = share(whole, a.unit, a.value)?.checked_add(share(whole, b.unit, b.value)?)?;
    Some(Made { value, slack: slack + 1, is_whole: false })
}

/// `b - a`.
pub fn difference(a: Cell, b: Cell) -> Option<Made> {
    let value = b.value.checked_sub(a.value)?;
    Some(Made { value, slack: (a.unit + b.unit) / 2, is_whole: true })
}

/// `a * b` times a power of ten, in units of a scale; both are taken as exact.
pub fn product(a: Cell, b: Cell, power: i32, scale: u32) -> Option<Made> {
    let value = a.value.checked_mul(b.value)?;
    let by = power - i32::try_from(scale).ok()?;
    let factor = 10_i128.checked_pow(by.unsigned_abs())?;
    if by >= 0 {
        return Some(Made { value: value.checked_mul(factor)?, slack: 0, is_whole: true });
    }
    Some(Made { value: value / factor, slack: 0, is_whole: value % factor == 0 })
}

/// The mean of some figures, none of which is missing.
pub fn mean(cells: &[Option<Cell>]) -> Option<Made> {
    let count = i128::try_from(cells.len()).ok().filter(|n| *n > 0)?;
    let (mut sum, mut units) = (0_i128, 0_i128);
    for cell in cells {
        sum = sum.checked_add((*cell)?.value)?;
        units += (*cell)?.unit;
    }
    let slack = units / (2 * count) + 1;
    Some(Made { value: sum / count, slack, is_whole: false })
}

fn divided(a: i128, b: i128, power: i32, scale: u32) -> Option<i128> {
    let by = power + i32::try_from(scale).ok()?;
    let factor = 10_i128.checked_pow(by.unsigned_abs())?;
    if by < 0 {
        return a.checked_div(b.checked_mul(factor)?);
    }
    a.checked_mul(factor)?.checked_div(b)
}

/// What half a unit of a figure is of what is made with it.
fn share(value: i128, unit: i128, of: i128) -> Option<i128> {
    if unit == 0 {
        return Some(0);
    }
    value.abs().checked_mul(unit)?.checked_div(of.abs().checked_mul(2)?)
}

/// The power of ten by which `a / b` is nearest to what is stated, in units of a scale.
pub fn nearest_power(stated: i128, a: i128, b: i128, scale: u32) -> Option<i32> {
    let one = 10_u128.checked_pow(scale)?;
    let left = stated.unsigned_abs().checked_mul(b.unsigned_abs())?;
    let right = a.unsigned_abs().checked_mul(one)?;
    if left == 0 || right == 0 {
        return None;
    }
    let distance = |power: i32| {
        let factor = 10_u128.checked_pow(power.unsigned_abs())?;
        let (x, y) = match power >= 0 {
            true => (left, right.checked_mul(factor)?),
            false => (left.checked_mul(factor)?, right),
        };
        // How many times the one is the other, in hundredths.
        Some(x.max(y).checked_mul(100)? / x.min(y))
    };
    POWERS.filter_map(|power| Some((distance(power)?, power))).min().map(|(_, power)| power)
}
