//! Columns whose values are those of the key of a table.

use std::collections::{BTreeSet, HashSet};

use crate::propose::column::Column;
use crate::propose::names;
use crate::propose::rules::{Check, Demand, Rules, of};
use crate::propose::slips::slips;
use crate::propose::table::Table;
use crate::value::Type;
use crate::width::to_u32;

/// Different values that a reference has at least; fewer where the names of both columns agree.
const ENOUGH: usize = 10;
const ENOUGH_NAMED: usize = 3;
/// Longer texts are not the same by chance.
const SHORT: usize = 4;
/// What makes it a surprise that whole numbers are all found among others: halvings of the chance.
const SURPRISE: u32 = 20;

/// A column that could be referred to.
struct Target<'a> {
    at: (usize, usize),
    table: &'a Table,
    column: &'a Column,
    values: HashSet<&'a str>,
}

/// Finds references between tables, and within them.
pub fn propose(tables: &[Table], rules: &mut Rules) {
    let targets: Vec<Target<'_>> = tables.iter().enumerate().filter_map(target).collect();
    let columns = tables.iter().map(|table| table.columns.len()).sum::<usize>();
    let tried = (targets.len() * columns).max(1).ilog2();
    for (number, table) in tables.iter().enumerate() {
        for column in table.usable() {
            let Some(own) = table.column(column).filter(|c| may_refer(c)) else { continue };
            let fit = |t: &&Target<'_>| t.at != (number, column);
            let fits = targets.iter().filter(fit).filter_map(|target| {
                let score = score((table, number), own, target, tried)?;
                Some((score, target.at))
            });
            // The first of several that fit as well as each other.
            let best = fits.reduce(|best, next| if next.0 > best.0 { next } else { best });
            if let Some((_, (to, its))) = best {
                let met = targets.iter().find(|t| t.at == (to, its) && t.table.is_whole);
                let lost = met.map_or(0, |target| lost(own, target).0);
                let support = of(own.distinct - lost.min(own.distinct), own.distinct, "value");
                rules.demand((number, column), Demand::In(to, its), support);
            }
        }
    }
}

/// Columns of a table that have the names of the several columns of another's key, and its values:
/// asked for by a check, as no contract of a column can.
pub fn together(tables: &[Table], rules: &mut Rules) {
    for (to, target) in tables.iter().enumerate().filter(|(_, t)| t.key.len() > 1 && t.is_whole) {
        let keys = combinations(target, &target.key);
        for (from, table) in tables.iter().enumerate().filter(|(from, _)| *from != to) {
            let usable = table.usable();
            let named = |key: &usize| {
                let name = target.column(*key)?.name();
                usable.iter().copied().find(|c| table.column(*c).is_some_and(|c| c.name() == name))
            };
            let Some(columns) = target.key.iter().map(named).collect::<Option<Vec<usize>>>() else {
                continue;
            };
            let own = combinations(table, &columns);
            let met = own.iter().filter(|key| keys.contains(*key)).count();
            // Of two lists with the same keys the second refers to the first.
            let is_first = from < to && met == keys.len();
            if own.len() < ENOUGH || own.len() - met > own.len() / 50 || is_first {
                continue;
            }
            let (name, other) = (&table.files.name, &target.files.name);
            let called: Vec<String> = columns.iter().map(|c| table.called(*c)).collect();
            let check = Check {
                id: format!("{name}-in-{other}"),
                title: format!("each {} of {name} is in {other}", called.join(" and ")),
                table: from,
                each: Some(name.clone()),
                asserts: vec![format!("{other}[{}] is not missing", called.join(", "))],
                ..Check::default()
            };
            rules.check(check, of(met, own.len(), "combination"));
        }
    }
}

/// The values that some columns have together, where none of them is blank.
fn combinations<'t>(table: &'t Table, columns: &[usize]) -> BTreeSet<Vec<&'t str>> {
    let text = |row: usize| {
        let cell = |c: &usize| {
            let column = table.column(*c)?;
            column.value(row).map(|_| column.sample.text(row).trim())
        };
        columns.iter().map(cell).collect::<Option<Vec<&str>>>()
    };
    (0..table.rows).filter_map(text).collect()
}

fn target((number, table): (usize, &Table)) -> Option<Target<'_>> {
    let [key] = *table.key.as_slice() else { return None };
    let column = table.column(key)?;
    let values = values(column);
    (column.distinct >= ENOUGH_NAMED).then_some(Target { at: (number, key), table, column, values })
}

fn values(column: &Column) -> HashSet<&str> {
    let texts = column.sample.texts.iter().zip(&column.is_value);
    texts.filter(|(_, is_value)| **is_value).map(|(text, _)| &**text).collect()
}

fn may_refer(column: &Column) -> bool {
    let is_kind = matches!(column.ty, Type::Text | Type::Integer);
    let is_measure = column.ty == Type::Integer && names::is_measure(column.name());
    is_kind && !is_measure && column.distinct >= ENOUGH_NAMED
}

/// How well a column refers to another: whether the names agree, and how many values are met.
fn score(
    (table, number): (&Table, usize),
    own: &Column,
    target: &Target<'_>,
    tried: u32,
) -> Option<(u32, usize)> {
    if own.ty != target.column.ty || (own.ty == Type::Text && own.is_code != target.column.is_code)
    {
        return None;
    }
    let is_same_table = target.at.0 == number;
    // What is the parent of a row is another row.
    let is_parent = is_same_table && names::words(own.name()).iter().any(|word| word == "parent");
    let named = if is_parent { 3 } else { agree(own.name(), target) };
    let (values, lost) = (own.distinct, lost(own, target));
    let (met, absent) = (values.saturating_sub(lost.0), lost.0);
    let is_whole = target.table.is_whole;
    // A value that is met nowhere is a slip where it stands in few rows.
    let is_told = named > 0 || (own.ty == Type::Text && values >= ENOUGH);
    let are_slips = is_told && absent * 4 <= values && are_slips(table, own, target);
    if (is_whole && absent * 50 > values && !are_slips) || (!is_whole && (named == 0 || met == 0)) {
        return None;
    }
    let enough = if named > 0 && !is_same_table { ENOUGH_NAMED } else { ENOUGH };
    let is_enough = values >= enough && (values >= ENOUGH || table.rows > values);
    // Small numbers are found among any others, unless the names say more.
    let is_told = named > 0 && (named > 2 || names::is_identifier(own.name()));
    let is_surprise = || bits(own, target, met).is_none_or(|bits| bits >= SURPRISE + tried);
    if !is_enough || !is_told && !is_surprise() {
        return None;
    }
    // Of two lists with the same keys the second refers to the first.
    let is_same = met == values && values == target.values.len();
    let is_key = table.key.len() == 1 && own.distinct == table.rows;
    if is_key && !is_same_table {
        let is_named = table.column(*table.key.first()?)?.name() == own.name();
        if !is_named || (is_same && number < target.at.0) {
            return None;
        }
    }
    Some((named, met * 1000 / target.values.len().max(1)))
}

/// Whether values that are met nowhere are slips: few in every second row, and few in the others.
fn are_slips(table: &Table, own: &Column, target: &Target<'_>) -> bool {
    let is_lost =
        |row: &usize| own.value(*row).is_some() && !target.values.contains(own.sample.text(*row));
    [0, 1].into_iter().all(|half| {
        let rows = || (half..table.rows).step_by(2);
        rows().filter(is_lost).count() <= slips(rows().len())
    })
}

/// Different values that are met nowhere, and their rows.
fn lost(own: &Column, target: &Target<'_>) -> (usize, usize) {
    let texts = own.sample.texts.iter().zip(&own.sample.counts).zip(&own.is_value);
    let lost = texts.filter(|((text, _), is)| **is && !target.values.contains(&***text));
    lost.fold((0, 0), |(n, rows), ((_, count), _)| (n + 1, rows + *count as usize))
}

/// How far names agree: not at all, in their last word or the name of the table, or wholly.
fn agree(name: &str, target: &Target<'_>) -> u32 {
    let (own, its) = (names::words(name), names::words(target.column.name()));
    let table = names::words(&target.table.files.name);
    let singular = |word: &String| word.trim_end_matches('s').to_string();
    let of_table = own.iter().any(|word| table.iter().any(|t| singular(t) == singular(word)));
    if own == its {
        // `id` is the name of any identifier.
        return if own.len() == 1 && matches!(own.first().map(String::as_str), Some("id" | "code")) {
            0
        } else {
            3
        };
    }
    let ends = own.len() > its.len() && own.ends_with(&its) && its.len() > 1;
    if of_table || ends { 2 } else { 0 }
}

/// How often the chance is halved that so many whole numbers, or short codes, are all among others; none
/// where texts are so long that no two are the same by chance.
fn bits(own: &Column, target: &Target<'_>, met: usize) -> Option<u32> {
    let known = target.values.len().max(1) as i128;
    let room = match own.ty {
        Type::Integer => match (ends(own), ends(target.column)) {
            (Some(own), Some(its)) => (own.1.max(its.1) - own.0.min(its.0) + 1) / known,
            _ => 1,
        },
        _ => {
            let length = own.sample.texts.iter().map(|text| text.trim().chars().count()).max()?;
            let is_digits = own.sample.texts.iter().all(|t| t.bytes().all(|b| b.is_ascii_digit()));
            let signs: i128 = if is_digits { 10 } else { 26 };
            if length > SHORT {
                return None;
            }
            signs.pow(to_u32(length)) / known
        }
    };
    let halvings = u32::try_from(room.max(1)).unwrap_or(u32::MAX).ilog2();
    Some(halvings.saturating_mul(to_u32(met)))
}

/// The least and the greatest value of a column.
fn ends(column: &Column) -> Option<(i128, i128)> {
    let places = column.ranks.iter().zip(&column.is_value).filter(|(_, is)| **is);
    let places: Vec<i128> = places.filter_map(|(place, _)| *place).collect();
    Some((*places.iter().min()?, *places.iter().max()?))
}
