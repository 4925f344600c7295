//! What a sum lacks, where that is what rows with another key add up to: a wrong code in one row of a
//! list takes its rows out of every total.

use crate::engine::data::job::Job;
use crate::engine::states::env::{At, Filled, table_of};
use crate::expr::bound::{Bound, Op, StateDef};
use crate::expr::tree::Cmp;
use crate::findings::trace::{Comparison, Step};
use crate::report::{AbsentKey, AbsentPart};
use crate::value::{Number, Value};

/// Groups that are looked through for each finding.
const MOST: u64 = 5_000;

/// The one value of the key of an aggregate with which its rows would add up to what it lacks.
pub fn found(comparison: &Comparison<'_, '_>, env: &At<'_>, job: &Job<'_>) -> Option<AbsentPart> {
    let Comparison { op: Cmp::Eq, left, right, .. } = *comparison else { return None };
    let of = |sum: &Step<'_>, stated: &Step<'_>| {
        let (stated, sum_of) = stated.value.figure().zip(sum.value.figure())?;
        let lacking = &stated.value - &sum_of.value;
        if lacking.is_zero() { None } else { among_groups(sum, &lacking, env, job) }
    };
    of(right, left).or_else(|| of(left, right))
}

/// The likely explanation of a sum that lacks rows.
pub fn words(key: Option<&AbsentKey>) -> Option<String> {
    let AbsentPart { from, value, .. } = key.filter(|key| key.is_elsewhere)?.parts.first()?;
    let what = "the difference is what the rows";
    Some(match value.is_empty() {
        true => format!("{what} without a `{from}` add up to: does that lack a value, or a row?"),
        false => format!("{what} with `{value}` add up to: is that right in `{from}`?"),
    })
}

fn among_groups(
    sum: &Step<'_>,
    lacking: &Number,
    env: &At<'_>,
    job: &Job<'_>,
) -> Option<AbsentPart> {
    let Op::Aggregate { state, slot, .. } = sum.bound.op else { return None };
    let StateDef::Groups(def) = env.shared.defs.all.get(state)? else { return None };
    let Filled::Groups(groups) = env.shared.filled.get(state)? else { return None };
    let key = sum.key();
    if groups.len() > MOST || !is_telling(lacking, key.len()) {
        return None;
    }
    let (mut place, mut hit) = (0, None);
    while let Some((name, next)) = groups.at(place) {
        place = next;
        let Some(group) = groups.named(name) else { continue };
        let is_it = || {
            let amount = group.slots.get(slot)?.finish();
            amount.figure().map(|figure| figure.value == *lacking)
        };
        let mut differ = (0..key.len()).filter(|at| group.keys.get(*at) != key.get(*at));
        if let (Some(part), None, Some(true)) = (differ.next(), differ.next(), is_it()) {
            // Two of them would be one by chance.
            if hit.is_some() {
                return None;
            }
            let value = group.keys.get(part)?;
            let text = if *value == Value::Missing { String::new() } else { value.to_text() };
            hit = Some((part, text));
        }
    }
    let (part, value) = hit?;
    let from = column(def.keys.get(part)?, def.table, env, job)?;
    Some(AbsentPart::new(from, value))
}

/// Whether a figure has so many digits that it is hardly met by chance: of groups with several keys few
/// are looked at.
fn is_telling(figure: &Number, keys: usize) -> bool {
    let text = figure.to_text();
    let digits = text.chars().filter(char::is_ascii_digit).skip_while(|digit| *digit == '0');
    digits.count() >= if keys > 1 { 2 } else { 3 }
}

/// The column that a key is read from: `table.column`.
fn column(key: &Bound, own: usize, env: &At<'_>, job: &Job<'_>) -> Option<String> {
    let (table, column) = match key.op {
        Op::Cell { column, .. } => (own, column),
        Op::Lookup { state, column: Some(column), .. } => (table_of(env, state), column),
        _ => return None,
    };
    let table = job.tables.get(table)?;
    Some(format!("{}.{}", table.name, table.columns.get(column)?.name))
}
