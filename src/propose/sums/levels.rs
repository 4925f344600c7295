//! Codes that stand under each other by how they begin, with figures that add up from level to level.

use std::collections::HashMap;

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::names::{self, text};
use crate::propose::rules::{Check, Demand, Rules};
use crate::propose::sums::parts::{addable, counted, listed, round};
use crate::propose::sums::tables::{Found, judge, take};
use crate::propose::sums::whole::{self, Whole};
use crate::propose::table::Table;
use crate::value::Type;

/// Groups of rows that stand under another, at least.
const GROUPS: usize = 3;
/// Columns that are looked at.
const MOST: usize = 40;
/// Columns of codes or labels that are looked at beside the key.
const OTHERS: usize = 4;
/// Signs that separate the levels of a code.
const SIGNS: [char; 3] = ['.', '-', '/'];

/// Finds them, and writes checks; a row that is the parent by a column of its own is found elsewhere.
pub fn propose(number: usize, table: &mut Table, rules: &mut Rules) {
    let is_told = |column: usize| {
        let of_own =
            |demand: &Demand| matches!(demand, Demand::In(to, c) if (*to, *c) == (number, column));
        table.usable().into_iter().any(|c| rules.asks(number, c, of_own))
    };
    let mut columns = codes(table).into_iter().filter(|column| !is_told(*column));
    let Some(levels) = columns.find_map(|column| levels(table, column)) else { return };
    let mut columns = addable(table);
    columns.retain(|column| *column != levels.column);
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
        found.iter().filter(|(_, sum)| sum.is_rounded()).map(|(c, _)| *c).collect();
    round(table, &rounded);
    table.parent = Some((levels.column, levels.separator));
    let (doubtful, found): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(_, sum)| sum.off.is_some());
    write((number, table), &levels, &found, rules);
    write((number, table), &levels, &doubtful, rules);
    let columns: Vec<usize> = found.iter().map(|(c, _)| *c).collect();
    let held = found.iter().map(|(_, sum)| sum.held).sum();
    total((number, table), &levels, (&columns, held), rules);
}

/// A check of what stands below each code.
fn write(
    (number, table): (usize, &Table),
    levels: &Levels,
    found: &[(usize, Found)],
    rules: &mut Rules,
) {
    if found.is_empty() {
        return;
    }
    let name = table.files.name.clone();
    let code = table.column(levels.column).map_or("", Column::name);
    let rows = counted(table, table);
    let assertion = |c: usize, sum: &Found| {
        let value = table.called(c);
        let below = format!("`{code}.parent` = row.`{code}.id`");
        let ending = sum.ending();
        format!(
            "if count({rows} where {below}) > 0 then row.{value} = sum({name}.{value} where {below}){ending}"
        )
    };
    let names: Vec<String> =
        found.iter().filter_map(|(c, _)| table.column(*c)).map(|c| c.name().to_string()).collect();
    let check = Check {
        id: format!("{name}-{}-levels", slug(code)),
        title: format!(
            "{} of each {code} {} what those below it add up to",
            listed(&names),
            if names.len() == 1 { "is" } else { "are" }
        ),
        table: number,
        each: Some(format!("{name} as row")),
        asserts: found.iter().map(|(c, sum)| assertion(*c, sum)).collect(),
        ..Check::default()
    };
    take(check, found.iter().map(|(_, sum)| sum), rules);
}

/// Checks that the only row that is called a total is that of the codes that stand under none.
fn total(
    (number, table): (usize, &mut Table),
    levels: &Levels,
    (columns, held): (&[usize], usize),
    rules: &mut Rules,
) {
    let [(row, label)] = *levels.totals.as_slice() else { return };
    let Some(own) = table.column(label) else { return };
    let written = own.sample.text(row).to_string();
    let again = (0..table.rows).filter(|row| own.sample.text(*row) == written).count();
    if again > 1 || table.totals.contains(&(label, written.clone())) {
        return;
    }
    let code = table.column(levels.column).map_or("", Column::name);
    let (called, value) = (table.called(label), text(&written));
    let whole = Whole {
        row,
        stated: format!("{called} = {value}"),
        rows: levels.heads.clone(),
        beside: held,
        parts: format!("`{code}.parent` is missing and {called} != {value}"),
        id: slug(&written),
        title: format!(
            "{}: {written} is the sum of each {code} that stands under none",
            own.name()
        ),
    };
    if whole::propose((number, table), &whole, columns, rules) {
        table.totals.push((label, written));
    }
}

/// The columns that may hold the codes: the key, or what is called so and has no value twice. A total among the rows may
/// have no code.
fn codes(table: &Table) -> Vec<usize> {
    let key = match *table.key.as_slice() {
        [key] => Some(key),
        _ => None,
    };
    let is_other = |c: &usize| {
        table.column(*c).is_some_and(|own| {
            let has_digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
            let codes = own.sample.texts.iter().filter(|text| has_digits(text)).count();
            own.ty == Type::Text
                && own.filled == own.distinct
                && (names::is_identifier(own.name()) || codes + 2 >= own.sample.texts.len())
        })
    };
    let others = table.usable().into_iter().filter(|c| Some(*c) != key).filter(is_other);
    key.into_iter().chain(others.take(OTHERS)).collect()
}

struct Levels {
    /// The column of the codes.
    column: usize,
    separator: Option<char>,
    /// Rows with those that stand right below them.
    groups: Vec<(usize, Vec<usize>)>,
    /// Rows that stand under none.
    heads: Vec<usize>,
    /// Those that are called totals beside them, with the column that says so.
    totals: Vec<(usize, usize)>,
}

/// The rows below each other, where most codes begin with another.
fn levels(table: &Table, key: usize) -> Option<Levels> {
    let own = table.column(key).filter(|own| own.ty == Type::Text)?;
    let called_total = totals(table, key);
    let is_total = |row: usize| called_total.iter().any(|(total, _)| *total == row);
    let codes: Vec<&str> = (0..table.rows).map(|row| own.sample.text(row).trim()).collect();
    let is_code = |(row, code): (usize, &&str)| {
        is_total(row) || !code.is_empty() && !code.contains(char::is_whitespace) && code.len() <= 24
    };
    if !codes.iter().enumerate().all(is_code) || codes.len() < GROUPS * 2 {
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
    let (mut below, mut heads): (HashMap<usize, Vec<usize>>, Vec<usize>) = Default::default();
    for (row, code) in codes.iter().enumerate() {
        match parent(code) {
            Some(parent) => below.entry(parent).or_default().push(row),
            None => heads.push(row),
        }
    }
    let mut groups: Vec<(usize, Vec<usize>)> = below.into_iter().collect();
    groups.sort_by_key(|group| group.0);
    // A head may be called a total of what stands below it.
    let is_beside = |(row, _): &(usize, usize)| {
        heads.contains(row) && groups.iter().all(|(head, _)| head != row)
    };
    let totals: Vec<(usize, usize)> = called_total.into_iter().filter(is_beside).collect();
    heads.retain(|head| totals.iter().all(|(total, _)| total != head));
    let all: usize = groups.iter().map(|group| group.1.len()).sum();
    let is_tree = groups.len() >= GROUPS && all * 2 > codes.len() - totals.len();
    is_tree.then_some(Levels { column: key, separator, groups, heads, totals })
}

/// Rows that a text calls a total, with the column of that text: the codes themselves last.
fn totals(table: &Table, key: usize) -> Vec<(usize, usize)> {
    let is_label = |c: &usize| table.column(*c).is_some_and(|own| own.ty == Type::Text);
    let others = table.usable().into_iter().filter(|c| *c != key).filter(is_label);
    let columns: Vec<usize> = others.take(OTHERS).chain([key]).collect();
    let says = |row: usize, c: &usize| {
        let written = table.column(*c).map_or("", |own| own.sample.text(row));
        names::is_total(written) && !names::is_of_which(written)
    };
    let called = |row| columns.iter().find(|c| says(row, c)).map(|c| (row, *c));
    (0..table.rows).filter_map(called).collect()
}
