//! Codes with their labels: two columns of which each value of one goes with one of the other.

use std::collections::BTreeMap;

use crate::propose::column::Column;
use crate::propose::names;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::table::Table;
use crate::value::Type;

/// Different codes at least.
const CODES: usize = 3;
/// What makes it a surprise that rows agree: halvings of the chance.
const SURPRISE: usize = 30;

/// Codes and their labels in the rows of a table.
pub fn find(table: &Table) -> Vec<(usize, usize)> {
    let usable = table.usable();
    let (mut labelled, mut found): (Vec<usize>, Vec<(usize, usize)>) = (Vec::new(), Vec::new());
    for (n, a) in usable.iter().enumerate() {
        for b in usable.iter().skip(n + 1) {
            let (Some(first), Some(second)) = (table.column(*a), table.column(*b)) else {
                continue;
            };
            if labelled.contains(b) || !may_pair(first, second) || !is_pair(table, first, second) {
                continue;
            }
            let (code, label) = if is_code(second, first) { (*b, *a) } else { (*a, *b) };
            labelled.push(label);
            found.push((code, label));
        }
    }
    found
}

/// Writes checks for a code and its label, both ways.
pub fn propose((number, table): (usize, &Table), (code, label): (usize, usize), rules: &mut Rules) {
    let (Some(a), Some(b)) = (table.column(code), table.column(label)) else { return };
    for (of_one, one, other) in [(a, code, label), (b, label, code)] {
        let name = &table.files.name;
        let called = |c: usize| table.column(c).map_or("", |c| c.name());
        let check = Check {
            id: format!("{name}-{}-of-{}", slug(called(other)), slug(called(one))),
            title: format!("each {} has one {}", called(one), called(other)),
            table: number,
            each: Some(format!("{} by {}", name, table.called(one))),
            asserts: vec![format!("count(distinct {}) = 1", table.called(other))],
            ..Check::default()
        };
        let all = of_one.distinct;
        let rows = of_one.filled;
        rules.check(check, format!("{} in {rows} rows", of(all, all, "value")));
    }
}

/// A name as a part of the name of a check.
pub fn slug(name: &str) -> String {
    let words = names::words(name);
    if words.is_empty() { "column".to_string() } else { words.join("-") }
}

/// Whether one column is a code and the other its label, by what they are.
fn may_pair(a: &Column, b: &Column) -> bool {
    let is_kind = |c: &Column| {
        c.ty == Type::Text || (c.ty == Type::Integer && names::is_identifier(c.name()))
    };
    let is_text = a.ty == Type::Text || b.ty == Type::Text;
    let recurs =
        a.filled >= a.distinct * 2 && a.distinct >= CODES && a.distinct.abs_diff(b.distinct) <= 1;
    is_text && recurs && is_kind(a) && is_kind(b)
}

fn is_code(a: &Column, b: &Column) -> bool {
    let length = |c: &Column| -> usize { c.sample.texts.iter().map(|t| t.len()).sum() };
    let (own, its) = (names::is_identifier(a.name()), names::is_identifier(b.name()));
    if own == its { length(a) < length(b) } else { own }
}

/// Whether each value of one goes with one of the other, but for a slip, in so many rows that it is no
/// accident.
fn is_pair(table: &Table, a: &Column, b: &Column) -> bool {
    let mut pairs: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for row in 0..table.rows {
        let (Some(x), Some(y)) = (a.value(row), b.value(row)) else { continue };
        // Nothing is no label of nothing.
        if a.sample.text(row).trim() == "0" && b.sample.text(row).trim() == "0" {
            continue;
        }
        *pairs.entry((x, y)).or_default() += 1;
    }
    let most = |key: fn(&(u32, u32)) -> u32| {
        let mut most: BTreeMap<u32, usize> = BTreeMap::new();
        for (pair, count) in &pairs {
            let known = most.entry(key(pair)).or_default();
            *known = (*known).max(*count);
        }
        most
    };
    let rows: usize = pairs.values().sum();
    let (to, from) = (most(|pair| pair.0), most(|pair| pair.1));
    let others = |most: &BTreeMap<u32, usize>| rows - most.values().sum::<usize>();
    let is_slip = rows > 40 && pairs.len() <= a.distinct.min(b.distinct) + 1;
    let budget = if is_slip { 1 } else { 0 };
    if others(&to) > budget || others(&from) > budget {
        return false;
    }
    let bits = to.len().checked_ilog2().unwrap_or(0) as usize;
    rows >= pairs.len() * 2 && (rows - pairs.len()) * bits.max(1) >= SURPRISE
}
