//! Codes that stand under each other by how they begin, with figures that add up from level to level.

use std::collections::HashMap;

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::rules::{Check, Demand, Rules, of};
use crate::propose::sums::parts::{addable, counted, listed, round};
use crate::propose::sums::tables::judge;
use crate::propose::table::Table;
use crate::value::Type;

/// Groups of rows that stand under another, at least.
const GROUPS: usize = 3;
/// Columns that are looked at.
const MOST: usize = 40;
/// Signs that separate the levels of a code.
const SIGNS: [char; 3] = ['.', '-', '/'];

/// Finds them, and writes checks; a row that is the parent by a column of its own is found elsewhere.
pub fn propose(number: usize, table: &mut Table, rules: &mut Rules) {
    let [key] = *table.key.as_slice() else { return };
    let of_own =
        |demand: &Demand| matches!(demand, Demand::In(to, c) if (*to, *c) == (number, key));
    let is_told = table.usable().into_iter().any(|c| rules.asks(number, c, of_own));
    let Some(levels) = levels(table, key).filter(|_| !is_told) else { return };
    let mut columns = addable(table);
    columns.truncate(MOST);
    let tried = columns.len().max(1).ilog2();
    let judged = |c: &usize| {
        judge((table, Some(*c)), (table, *c), &levels.groups, tried).map(|found| (*c, found))
    };
    let found: Vec<_> = columns.iter().filter_map(judged).collect();
    if found.is_empty() {
        return;
    }
    let rounded: Vec<usize> =
        found.iter().filter(|(_, sum)| !sum.is_exact).map(|(c, _)| *c).collect();
    round(table, &rounded);
    table.parent = Some((key, levels.separator));
    let name = table.files.name.clone();
    let code = table.column(key).map_or("", Column::name);
    let rows = counted(table, table);
    let assertion = |c: usize, is_exact: bool| {
        let value = table.called(c);
        let below = format!("`{code}.parent` = row.`{code}.id`");
        let ending = if is_exact { "" } else { " within rounding" };
        format!(
            "if count({rows} where {below}) > 0 then row.{value} = sum({name}.{value} where {below}){ending}"
        )
    };
    let names: Vec<String> =
        found.iter().filter_map(|(c, _)| table.column(*c)).map(|c| c.name().to_string()).collect();
    let held: usize = found.iter().map(|(_, sum)| sum.held).sum();
    let all: usize = found.iter().map(|(_, sum)| sum.held + sum.failed).sum();
    let check = Check {
        id: format!("{name}-{}-levels", slug(code)),
        title: format!(
            "{} of each {code} {} what those below it add up to",
            listed(&names),
            if names.len() == 1 { "is" } else { "are" }
        ),
        table: number,
        each: Some(format!("{name} as row")),
        asserts: found.iter().map(|(c, sum)| assertion(*c, sum.is_exact)).collect(),
        ..Check::default()
    };
    rules.check(check, of(held, all, "sum"));
}

struct Levels {
    separator: Option<char>,
    /// Rows with those that stand right below them.
    groups: Vec<(usize, Vec<usize>)>,
}

/// The rows below each other, where most codes begin with another.
fn levels(table: &Table, key: usize) -> Option<Levels> {
    let own = table.column(key).filter(|own| own.ty == Type::Text)?;
    let codes: Vec<&str> = (0..table.rows).map(|row| own.sample.text(row).trim()).collect();
    let is_code = |code: &&str| !code.contains(char::is_whitespace) && code.len() <= 24;
    if !codes.iter().all(is_code) || codes.len() < GROUPS * 2 {
        return None;
    }
    let separator = SIGNS.into_iter().find(|sign| codes.iter().any(|code| code.contains(*sign)));
    let rows: HashMap<&str, usize> =
        codes.iter().zip(0..).map(|(code, row)| (*code, row)).collect();
    let parent = |code: &str| {
        let ends = code.char_indices().map(|(at, _)| at).filter(|at| *at > 0).rev();
        let mut starts = ends.filter(|at| {
            separator.is_none_or(|sign| code.get(*at..).is_some_and(|rest| rest.starts_with(sign)))
        });
        starts.find_map(|at| rows.get(code.get(..at)?).copied())
    };
    let mut below: HashMap<usize, Vec<usize>> = HashMap::new();
    for (row, code) in codes.iter().enumerate() {
        if let Some(parent) = parent(code) {
            below.entry(parent).or_default().push(row);
        }
    }
    let mut groups: Vec<(usize, Vec<usize>)> = below.into_iter().collect();
    groups.sort_by_key(|group| group.0);
    let all: usize = groups.iter().map(|group| group.1.len()).sum();
    let is_tree = groups.len() >= GROUPS && all * 2 > codes.len();
    is_tree.then_some(Levels { separator, groups })
}
