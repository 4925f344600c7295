//! Missing values that decide which rows are chosen, in words.

use crate::engine::data::check::primary_column;
use crate::engine::data::job::Job;
use crate::engine::states::accumulate::Blanks;
use crate::engine::states::env::{At, Filled, group_of};
use crate::expr::bound::{Bound, GroupsDef, Op, StateDef, StateId};
use crate::findings::about::Proof;
use crate::findings::trace::Step;
use crate::shape::{Rank, Source};
use crate::value::{Type, Value};

/// Columns that a note names.
const MOST_NAMES: usize = 3;

/// Keys of a `where` that are looked through for rows that have none.
const MOST_JOINS: usize = 4;

/// What an aggregate that is called so left out; or that its table has no rows for it.
pub(crate) fn left_out(
    env: &At<'_>,
    (state, slot): (StateId, usize),
    keys: &[Value<'_>],
    (table, name): (&str, &str),
) -> Vec<String> {
    let Some(group) = group_of(env, state, keys) else {
        return vec![if keys.is_empty() {
            format!("{name}: there are no rows")
        } else {
            let key = keys.iter().map(Value::to_text).collect::<Vec<_>>().join(", ");
            format!("{name}: no row of `{table}` has {key}")
        }];
    };
    let Some(counts) = group.slots.get(slot).map(|s| s.counts) else { return Vec::new() };
    let missing = match counts.missing {
        1 => "missing value was left out",
        _ => "missing values were left out",
    };
    let unreadable = match counts.left_out {
        1 => "unreadable cell was left out, as asked",
        _ => "unreadable cells were left out, as asked",
    };
    // A condition on something else leaves out rows, and whatever stands in them.
    let left_out = if asks_for_readable(env, (state, slot)) { counts.left_out } else { 0 };
    let all = [(counts.missing, missing), (left_out, unreadable)].into_iter();
    all.filter(|(n, _)| *n > 0).map(|(n, what)| format!("{name}: {n} {what}")).collect()
}

/// Whether the condition of an aggregate asks which cells are readable.
fn asks_for_readable(env: &At<'_>, (state, slot): (StateId, usize)) -> bool {
    let Some(StateDef::Groups(def)) = env.shared.defs.all.get(state) else { return false };
    let mut found = false;
    if let Some(filter) = def.slots.get(slot).and_then(|slot| slot.filter.as_ref()) {
        filter.walk(&mut |part| found |= matches!(part.op, Op::IsReadable { .. }));
    }
    found
}

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
        rows += own + of.rows_kept();
        for n in joined.iter().filter(|n| own + of.rows_kept() > 0 && is_blank(n)) {
            // Rows that stand under no other are meant to have no parent.
            let source = primary_column(def.keys.get(*n)?)
                .and_then(|column| job.tables.get(def.table)?.layout.sources.get(column));
            if source == Some(&Source::Hierarchy(Rank::Parent)) {
                return None;
            }
            for name in names_of((def.keys.get(*n)?, 0), false, def.table, job) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    (rows > 0).then(|| said(rows, named(names), "not chosen"))
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
    let what = names.unwrap_or_else(|| "a missing value".to_string());
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

/// What a condition reads that may be missing.
#[derive(PartialEq)]
enum Name {
    /// A column.
    Column(String),
    /// A look-up, whose key may be nowhere.
    Lookup(String),
}

/// "a blank `region` or `kind`", "no `districts[id].region`": what a condition reads; none where
/// that is too much.
fn columns(
    filter: (&Bound, usize),
    only_texts: bool,
    table: usize,
    job: &Job<'_>,
) -> Option<String> {
    named(names_of(filter, only_texts, table, job))
}

fn named(names: Vec<Name>) -> Option<String> {
    if !(1..=MOST_NAMES).contains(&names.len()) {
        return None;
    }
    let (mut columns, mut lookups) = (Vec::new(), Vec::new());
    names.into_iter().for_each(|name| match name {
        Name::Column(name) => columns.push(format!("`{name}`")),
        Name::Lookup(name) => lookups.push(format!("`{name}`")),
    });
    let parts = [("a blank", columns), ("no", lookups)];
    let parts = parts.into_iter().filter(|(_, names)| !names.is_empty());
    let parts: Vec<String> =
        parts.map(|(word, names)| format!("{word} {}", names.join(" or "))).collect();
    Some(parts.join(" or "))
}

/// The cells and look-ups of a unit that an expression reads.
fn names_of(
    (bound, source): (&Bound, usize),
    only_texts: bool,
    table: usize,
    job: &Job<'_>,
) -> Vec<Name> {
    let mut names = Vec::new();
    collect((bound, source), only_texts, (table, job), &mut names);
    names
}

fn collect(
    (bound, source): (&Bound, usize),
    only_texts: bool,
    (table, job): (usize, &Job<'_>),
    names: &mut Vec<Name>,
) {
    let column =
        |table: usize, column: usize| Some(&job.tables.get(table)?.columns.get(column)?.name);
    let is_wanted = !only_texts || bound.ty == Type::Text;
    let name = match &bound.op {
        Op::Cell { unit, column: of, .. } if *unit == source && is_wanted => {
            column(table, *of).map(|name| Name::Column(name.clone()))
        }
        Op::Lookup { state, key, column: Some(of), .. } if !key.is_empty() && is_wanted => {
            let of_key = |part: &Bound| match part.op {
                Op::Cell { unit, column: of, .. } if unit == source => column(table, of).cloned(),
                _ => Some("…".to_string()),
            };
            let key: Option<Vec<String>> = key.iter().map(of_key).collect();
            key.zip(job.defs.all.get(*state).map(StateDef::table)).and_then(|(key, looked_in)| {
                let of = column(looked_in, *of)?;
                let table = &job.tables.get(looked_in)?.name;
                Some(Name::Lookup(format!("{table}[{}].{of}", key.join(", "))))
            })
        }
        _ => None,
    };
    if let Some(name) = name.filter(|name| !names.contains(name)) {
        names.push(name);
    }
    if !matches!(bound.op, Op::Lookup { .. }) {
        let below = bound.children();
        below.into_iter().for_each(|b| collect((b, source), only_texts, (table, job), names));
    }
}
