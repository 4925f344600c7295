//! What findings show of an assertion: its steps at hand, its values in words.

use crate::engine::data::check::{Check, primary_column};
use crate::engine::data::job::Job;
use crate::engine::pass::locate::Located;
use crate::engine::states::env::{At, Filled, UnitRow, table_of};
use crate::explain::equation::Cell;
use crate::expr::bound::{Allowance, Bound, OnMiss, Op, Slot, StateDef, StateId};
use crate::expr::eval::{eval, joined};
use crate::findings::equations::spread;
use crate::findings::figures::Style;
use crate::findings::trace::{Comparison, Step, Trace};
use crate::source::RowId;
use crate::value::{Number, Type, Value};

/// Where a unit stands: a row, or the first row of a group.
#[derive(Debug, Clone, Copy)]
pub struct UnitCell {
    /// The table that it is part of.
    pub table: usize,
    /// The row, or the first one of the group.
    pub row: RowId,
    /// The groups, where the unit is a group.
    pub groups: Option<StateId>,
}

/// Whether a difference is below what its check calls trivial.
pub fn is_trivial(difference: Option<&Number>, ty: Type, check: Option<&Check>) -> bool {
    let both = difference.zip(check);
    both.is_some_and(|(d, check)| check.trivial_below.covers(d, ty == Type::Percent))
}

/// The steps of an assertion for the units of `env`, which stand `at` these rows.
pub fn trace<'t>(bound: &'t Bound, env: &'t At<'_>, at: &[UnitCell]) -> Trace<'t> {
    Trace::of(bound, env, &|bound, args| read_from(bound, args, env, at))
}

/// The cell that a step reads.
fn read_from(bound: &Bound, args: &[Step<'_>], env: &At<'_>, at: &[UnitCell]) -> Option<Cell> {
    match &bound.op {
        Op::Cell { unit, column, .. } | Op::Written { unit, column } => {
            let UnitCell { table, row, groups: None } = *at.get(*unit)? else { return None };
            Some(Cell { table, row, column: *column })
        }
        Op::Key { unit, key } => {
            let UnitCell { table, row, groups: Some(state) } = *at.get(*unit)? else { return None };
            let StateDef::Groups(def) = env.shared.defs.all.get(state)? else { return None };
            Some(Cell { table, row, column: primary_column(def.keys.get(*key)?)? })
        }
        Op::Lookup { state, column: Some(column), miss, .. } => {
            let Filled::Index(index) = env.shared.filled.get(*state)? else { return None };
            let key: Vec<Value<'_>> = args.iter().map(|a| a.value.clone()).collect();
            let entry = index.find(&key)?;
            let row = entry.row;
            // Of several rows of another version none is the one.
            if let OnMiss::Version { own } = miss {
                let own = own.and_then(|own| env.shared.filled.get(own));
                let is_many = |f: &Filled| matches!(f, Filled::Index(i) if i.find(&key).is_some_and(|e| e.many));
                if entry.many || own.is_some_and(is_many) {
                    return None;
                }
            }
            Some(Cell { table: table_of(env, *state), row, column: *column })
        }
        Op::Window { state } => {
            let StateDef::Window(def) = env.shared.defs.all.get(*state)? else { return None };
            if def.groups.is_some() {
                return None;
            }
            let row =
                match (env.window.iter().find(|n| n.0 == *state), env.shared.filled.get(*state)) {
                    (Some((_, seen)), _) => seen.1,
                    (None, Some(Filled::Window(n))) => n.seen(env.row)?.1,
                    _ => None,
                };
            Some(Cell { table: def.table, row: row?, column: primary_column(&def.value)? })
        }
        _ => None,
    }
}

/// The text of a cell among what is added up; where binary residue hides its figure, that figure: the
/// working is arithmetic.
pub fn counted(job: &Job<'_>, cell: Cell, (pivot, text): (usize, &str)) -> String {
    let reading = job.tables.get(cell.table).and_then(|t| t.reading(pivot, cell.column));
    let figure = reading.and_then(|r| Some((r.residue(text)?, r.number.decimal)));
    figure.map_or_else(
        || text.to_string(),
        |(figure, decimal)| figure.to_text().replace('.', &decimal.to_string()),
    )
}

/// The old cell that an aggregate takes beside a row of today.
pub fn old_cell(slot: &Slot, env: &At<'_>, (table, located): (usize, &Located)) -> Option<Cell> {
    let arg = slot.args.first().filter(|arg| arg.op.is_other_version())?;
    let units = [UnitRow::Located(&located.row, table)];
    let env = At { units: &units, row: located.id, window: &[], ..*env };
    trace(arg, &env, &[UnitCell { table, row: located.id, groups: None }]).root.cell
}

/// The aggregate slots that an assertion reads, with the keys of the group at hand.
pub fn aggregates(e: &Bound, env: &At<'_>) -> Vec<(StateId, usize, Vec<Value<'static>>)> {
    let mut all = Vec::new();
    e.walk(&mut |b| {
        if let Op::Aggregate { state, slot, key, joins } = &b.op {
            let keys = key.iter().map(|k| eval(k, env).into_owned()).collect();
            all.push((*state, *slot, joined(keys, *joins)));
        }
    });
    all
}

/// A key as it is shown.
pub fn shown_key(v: &Value<'_>) -> String {
    match v {
        Value::Missing => "(blank)".into(),
        other => other.to_text(),
    }
}

/// How a value is shown where no figure of a file is at hand.
pub fn show(v: &Value<'_>, ty: Type) -> String {
    Style::default().show(v, ty)
}

/// How far the sides of a comparison may be apart.
pub fn allowed(c: &Comparison<'_, '_>) -> Option<Number> {
    match c.allowance {
        Allowance::Exact => None,
        Allowance::Rounding(_) => {
            let spread = spread(c)?;
            Some(&(spread.hi.at()? - spread.lo.at()?) * &Number::decimal(5, 1))
        }
        Allowance::Relative(share) => Some(share * &c.right.value.figure()?.value.abs()),
        Allowance::Absolute(_) => Some(c.amount?.value.figure()?.value.abs()),
    }
}

/// What is allowed, in words, where the difference may be right minus left, and figures may be rounded to a base.
pub fn allowance(
    c: &Comparison<'_, '_>,
    style: Style,
    (is_turned, has_base): (bool, bool),
) -> Option<String> {
    match c.allowance {
        Allowance::Exact => None,
        Allowance::Rounding(_) => {
            let [low, high] = ends(c, is_turned)?;
            if low == high {
                return Some("none: all numbers are exact".into());
            }
            let ty = c.shown_type(c.left);
            let shown = |n: &Number| style.difference(n, ty);
            let half = &(&high - &low) * &Number::decimal(5, 1);
            let why = match has_base {
                true => "by how each number is rounded",
                false if !is_by_digits(c) => "by how exactly each number is said",
                false => "half a unit in the last digit of each number",
            };
            Some(match is_about_zero([&low, &high], c) {
                true => format!("{}, {why}", shown(&half)),
                false => {
                    format!("{} to {}, by how each number is rounded", shown(&low), shown(&high))
                }
            })
        }
        Allowance::Relative(share) => {
            Some(format!("{} of the right side", style.number(share, Type::Percent)))
        }
        Allowance::Absolute(_) => {
            let amount = &c.amount?.value;
            let points = amount.figure().filter(|_| c.shown_type(c.left) == Type::Percent);
            Some(match points {
                Some(points) => style.difference(&points.value, Type::Percent),
                None => style.show(amount, Type::Number),
            })
        }
    }
}

/// Whether all figures of a comparison mean half a unit of a digit to each side; `one in four` and `doubled` do not.
fn is_by_digits(c: &Comparison<'_, '_>) -> bool {
    let mut all = true;
    for side in [c.left, c.right] {
        side.walk(&mut |step| {
            let ends = step.cell.and(step.value.figure()).map(|figure| figure.interval());
            let ends = ends.and_then(|ends| Some(ends.hi.at()? - ends.lo.at()?));
            let wide = ends.map_or(String::new(), |wide| wide.to_text());
            all &= matches!(wide.replace(['0', '.'], "").as_str(), "" | "1");
        });
    }
    all
}

/// Whether what is allowed is as much to both sides; or nearly, as of a quotient, and less than the difference.
fn is_about_zero([low, high]: [&Number; 2], c: &Comparison<'_, '_>) -> bool {
    const NEARLY: i64 = 10;
    let (wide, off) = (high - low, (low + high).abs());
    let sides = c.left.value.figure().zip(c.right.value.figure());
    let twice = sides.map(|(x, y)| &(&x.value - &y.value).abs() * &Number::from(2i64));
    let is_less = twice.is_some_and(|twice| twice > wide);
    off.is_zero() || is_less && &off * &Number::from(NEARLY) <= wide
}

/// Between what rounding leaves the difference.
fn ends(c: &Comparison<'_, '_>, is_turned: bool) -> Option<[Number; 2]> {
    let off = &c.left.value.figure()?.value - &c.right.value.figure()?.value;
    let spread = spread(c)?;
    let (low, high) = (spread.lo.at()?, spread.hi.at()?);
    let [low, high] = [&off - high, &off - low];
    Some(if is_turned { [-&high, -&low] } else { [low, high] })
}
