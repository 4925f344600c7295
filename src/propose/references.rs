//! Columns whose values are those of the key of a table.

use std::collections::HashSet;

use crate::propose::column::Column;
use crate::propose::names;
use crate::propose::rules::{Demand, Rules, of};
use crate::propose::table::Table;
use crate::value::Type;

/// Different values that a reference has at least; fewer where the names of both columns agree.
const ENOUGH: usize = 10;
const ENOUGH_NAMED: usize = 3;
/// One in so many values may be without a row.
const NEARLY: usize = 50;
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
    for (number, table) in tables.iter().enumerate() {
        for column in table.usable() {
            let Some(own) = table.column(column).filter(|c| may_refer(c)) else { continue };
            let fit = |t: &&Target<'_>| t.at != (number, column);
            let fits = targets.iter().filter(fit).filter_map(|target| {
                let score = score(table, number, own, target)?;
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
fn score(table: &Table, number: usize, own: &Column, target: &Target<'_>) -> Option<(u32, usize)> {
    if own.ty != target.column.ty || (own.ty == Type::Text && own.is_code != target.column.is_code)
    {
        return None;
    }
    let is_same_table = target.at.0 == number;
    let named = agree(own.name(), target);
    let (values, lost) = (own.distinct, lost(own, target));
    let (met, absent) = (values.saturating_sub(lost.0), lost.0);
    let is_whole = target.table.is_whole;
    // A value that is met nowhere is a slip where it stands in few rows.
    let slips = named > 0 && absent * 4 <= values && lost.1 * NEARLY <= own.filled;
    if (is_whole && absent * NEARLY > values && !slips) || (!is_whole && (named == 0 || met == 0)) {
        return None;
    }
    let enough = if named > 0 && !is_same_table { ENOUGH_NAMED } else { ENOUGH };
    let is_enough = values >= enough && (values >= ENOUGH || table.rows > values);
    if !is_enough || (own.ty == Type::Integer && named == 0 && !is_surprise(own, target, met)) {
        return None;
    }
    // Two lists of the same things refer to each other only by their keys.
    let is_key = table.key.len() == 1 && own.distinct == table.rows;
    if is_key && !is_same_table && table.column(*table.key.first()?)?.name() != own.name() {
        return None;
    }
    Some((named, met * 1000 / target.values.len().max(1)))
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

/// Whether it would be a surprise if whole numbers met so many of the others by chance.
fn is_surprise(own: &Column, target: &Target<'_>, met: usize) -> bool {
    let ends = |column: &Column| {
        let places = column.ranks.iter().zip(&column.is_value).filter(|(_, is)| **is);
        let places: Vec<i128> = places.filter_map(|(place, _)| *place).collect();
        Some((*places.iter().min()?, *places.iter().max()?))
    };
    let (Some(own), Some(its)) = (ends(own), ends(target.column)) else { return false };
    let span = own.1.max(its.1) - own.0.min(its.0) + 1;
    let room = span / (target.values.len().max(1) as i128);
    let halvings = u32::try_from(room.max(1)).unwrap_or(u32::MAX).ilog2();
    halvings.saturating_mul(crate::width::to_u32(met)) >= SURPRISE
}
