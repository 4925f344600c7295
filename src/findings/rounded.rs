//! How the figures of a comparison are rounded, where their digits do not show it.

use crate::engine::data::job::Job;
use crate::expr::bound::{Allowance, Op, StateDef};
use crate::findings::about::Proof;
use crate::findings::trace::{Comparison, Step};
use crate::findings::working;
use crate::value::{Rounding, Type};

/// What is to be said of the rounding of some figures.
#[derive(Default)]
pub struct Rounded {
    pub notes: Vec<String>,
    /// Whether some are rounded to a base.
    pub has_base: bool,
}

/// How the figures of a comparison are rounded; nothing where that does not count.
pub fn of(c: &Comparison<'_, '_>, job: &Job<'_>, proof: &Proof<'_>) -> Rounded {
    let mut rounded = Rounded::default();
    let counts = working::allowed(c).is_some_and(|allowed| !allowed.is_zero());
    if !counts || !matches!(c.allowance, Allowance::Rounding(_)) {
        return rounded;
    }
    let mut all = Vec::new();
    for side in [c.left, c.right] {
        side.walk(&mut |step| all.extend(columns_of(step, proof)));
    }
    for column in all {
        let Some((words, is_base)) = rounding(column, job, proof) else { continue };
        rounded.has_base |= is_base;
        if !rounded.notes.contains(&words) {
            rounded.notes.push(words);
        }
    }
    rounded
}

/// The columns that a step reads, or that an aggregate reads in its rows.
fn columns_of(step: &Step<'_>, proof: &Proof<'_>) -> Vec<(usize, usize)> {
    let Op::Aggregate { state, slot, .. } = &step.bound.op else {
        return step.cell.iter().map(|cell| (cell.table, cell.column)).collect();
    };
    let Some(StateDef::Groups(def)) = proof.env.shared.defs.all.get(*state) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for arg in def.slots.get(*slot).iter().flat_map(|slot| &slot.args) {
        arg.walk(&mut |b| {
            if let Op::Cell { unit: 0, column, .. } = b.op {
                all.push((def.table, column));
            }
        });
    }
    all
}

/// How the figures of a column are rounded, and whether that is to a base.
fn rounding(
    (table, column): (usize, usize),
    job: &Job<'_>,
    proof: &Proof<'_>,
) -> Option<(String, bool)> {
    let of = job.tables.get(table)?;
    let info = of.columns.get(column)?;
    let pivot = proof.row.map_or(0, |(_, located)| located.row.pivot);
    let number = &info.reading_of(pivot).number;
    let melted = of.layout.pivot.get(pivot).filter(|_| of.is_pivot_value(column));
    let name = melted.map_or(&info.name, |melted| &melted.1);
    let decimals = |n: i32| if n == 1 { "1 decimal".into() } else { format!("{n} decimals") };
    match (number.rounding, number.decimals, number.most_decimals) {
        (.., Some(to)) if info.rounded.is_some() => {
            let to = if info.reading.ty == Type::Percent { to - 2 } else { to };
            Some((format!("each figure is taken as rounded to at most {}", decimals(to)), false))
        }
        (Rounding::To(base), ..) => {
            Some((format!("`{name}` is rounded to multiples of {base}"), true))
        }
        (Rounding::Random(base), ..) => {
            Some((format!("`{name}` is rounded at random to multiples of {base}"), true))
        }
        // Of the columns that are one in a check the first need not be the one at hand.
        (_, None, Some(_)) if melted.is_some() && proof.row.is_none() => {
            let name = &info.name;
            Some((
                format!("zeros that all figures of the column have (`{name}`) do not count"),
                false,
            ))
        }
        (_, None, Some(most)) => {
            Some((format!("zeros of `{name}` beyond {} do not count", decimals(most)), false))
        }
        _ => None,
    }
}
