//! Missing values that decide which rows are chosen, in words.

use crate::engine::data::check::primary_column;
use crate::engine::data::job::Job;
use crate::engine::states::accumulate::Blanks;
use crate::engine::states::env::{At, Filled, group_of};
use crate::expr::bound::{Bound, GroupsDef, Op, StateDef, StateId};
use crate::findings::about::Proof;
use crate::findings::trace::Step;
use crate::shape::Source;
use crate::value::{Type, Value};

/// Columns that a note names.
const MOST_NAMES: usize = 3;

/// Keys of a `where` that are looked through for rows that have none.
const MOST_JOINS: usize = 4;

/// Notes of the rows that an aggregate took, or did not, because a value is missing: by its
/// condition, by one that names outer rows, by what it is joined with; then by that of its table.
pub(crate) fn of_aggregate(
    step: &Step<'_>,
    env: &At<'_>,
    job: &Job<'_>,
    name: &str,
) -> Vec<String> {
    let Op::Aggregate { state, slot, joins, .. } = step.bound.op else { return Vec::new() };
    let Some(StateDef::Groups(def)) = env.shared.defs.all.get(state) else { return Vec::new() };
    let Some(of_slot) = def.slots.get(slot) else { return Vec::new() };
    let keys = step.key();
    let mut own = Vec::new();
    if let Some(group) = group_of(env, state, &keys) {
        let counted = group.slots.get(slot).map(|s| s.counts.blanks).unwrap_or_default();
        let filter = of_slot.filter.as_ref().map(|f| (f, 0));
        own.extend(notes(&counted, filter, def.table, job));
        let outer = of_slot.residual.as_ref().map(|r| (&r.condition, r.source));
        own.extend(notes(&env.blanks(state, slot, &group), outer, def.table, job));
    }
    own.extend(not_joined((state, def), slot, (keys, joins), env, job));
    let mut all: Vec<String> = own.into_iter().map(|note| format!("{name}: {note}")).collect();
    if let Some(Filled::Groups(groups)) = env.shared.filled.get(state) {
        all.extend(notes(&groups.blanks, def.filter.as_ref().map(|f| (f, 0)), def.table, job));
    }
    all
}

/// The rows that would be joined if they had a value for each of the last keys.
fn not_joined(
    (state, def): (StateId, &GroupsDef),
    slot: usize,
    (keys, joins): (Vec<Value<'_>>, usize),
    env: &At<'_>,
    job: &Job<'_>,
) -> Option<String> {
    let (mut rows, mut names) = (0, Vec::new());
    let joined: Vec<usize> = (keys.len().saturating_sub(joins)..keys.len()).collect();
    for blank in 1..1_u32 << joined.len().min(MOST_JOINS) {
        let is_blank =
            |n: &usize| joined.iter().position(|j| j == n).is_some_and(|bit| blank >> bit & 1 == 1);
        let without: Vec<Value<'_>> = keys
            .iter()
            .enumerate()
            .map(|(n, key)| if is_blank(&n) { Value::Missing } else { key.clone() })
            .collect();
        let Some(group) = group_of(env, state, &without) else { continue };
        let Some(of) = group.slots.get(slot) else { continue };
        let counts = &of.counts;
        let own = counts.taken + counts.missing + counts.unreadable + counts.left_out;
        rows += own + of.kept.len() as u64;
        for n in joined.iter().filter(|n| (own > 0 || !of.kept.is_empty()) && is_blank(n)) {
            let column = def.keys.get(*n).and_then(primary_column)?;
            let table = job.tables.get(def.table)?;
            // Rows that stand under no other are meant to have no parent.
            if table.layout.sources.get(column) == Some(&Source::Parent) {
                return None;
            }
            let name = format!("`{}`", table.columns.get(column)?.name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let names = (1..=MOST_NAMES).contains(&names.len()).then(|| names.join(" or "));
    (rows > 0).then(|| said(rows, names, "not chosen"))
}

/// "1 row with a blank `region` is not chosen", for each way in which a missing value decided a
/// condition; with it the number of the unit that it chooses from.
fn notes(
    blanks: &Blanks,
    filter: Option<(&Bound, usize)>,
    table: usize,
    job: &Job<'_>,
) -> Vec<String> {
    let Some(filter) = filter else { return Vec::new() };
    let note = |rows: u64, only_texts: bool, chosen: &str| {
        (rows > 0).then(|| said(rows, columns(filter, only_texts, table, job), chosen))
    };
    let chosen = note(blanks.chosen, true, "chosen");
    chosen.into_iter().chain(note(blanks.not_chosen, false, "not chosen")).collect()
}

fn said(rows: u64, names: Option<String>, chosen: &str) -> String {
    let (row, is) = if rows == 1 { ("row", "is") } else { ("rows", "are") };
    let what =
        names.map_or_else(|| "a missing value".to_string(), |names| format!("a blank {names}"));
    format!("{rows} {row} with {what} {is} {chosen}")
}

/// "`region` is missing in this row, so no row is chosen": for each missing value of the row or
/// group at hand that the rows of an aggregate should be equal to.
pub(crate) fn no_row(step: &Step<'_>, keys: &[Value<'_>], proof: &Proof<'_>) -> Vec<String> {
    let here = if proof.row.is_some() { "in this row" } else { "here" };
    let parts = step.args.iter().zip(keys).filter(|(_, key)| **key == Value::NotApplicable);
    let note = |part: &Step<'_>| {
        format!("`{}` is missing {here}, so no row is chosen", proof.text(part.bound))
    };
    parts.map(|(part, _)| note(part)).collect()
}

/// "`region` or `kind`": the columns that a condition reads; none where they are too many.
fn columns(
    (filter, source): (&Bound, usize),
    only_texts: bool,
    table: usize,
    job: &Job<'_>,
) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    filter.walk(&mut |b| {
        if let Op::Cell { unit, column, .. } = b.op
            && unit == source
            && (!only_texts || b.ty == Type::Text)
            && let Some(of) = job.tables.get(table).and_then(|t| t.columns.get(column))
        {
            let name = format!("`{}`", of.name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    });
    (1..=MOST_NAMES).contains(&names.len()).then(|| names.join(" or "))
}
