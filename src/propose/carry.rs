//! Columns that begin where another ended in the row before: the end of one term and the start of the next,
//! what was left and what was there.

use std::cmp::Ordering;

use crate::propose::column::{Column, at_scale};
use crate::propose::labels::slug;
use crate::propose::names;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::slips::slips;
use crate::propose::sums::parts::above;
use crate::propose::table::Table;
use crate::value::Type;

/// Columns that are looked at.
const MOST: usize = 30;
/// Steps that say something, at least.
const STEPS: usize = 8;
/// Steps that would be the other way round if terms were as long as others are.
const SURPRISE: usize = 8;

/// How a column begins where another ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carry {
    /// It is the same.
    Same,
    /// It is never less.
    After,
}

/// Finds them, and writes checks.
pub fn propose(number: usize, table: &Table, rules: &mut Rules) {
    if !table.is_whole || table.rows <= STEPS {
        return;
    }
    let columns: Vec<usize> =
        table.usable().into_iter().filter(|c| may(table, *c)).take(MOST).collect();
    let groups: Vec<(Vec<usize>, Vec<Option<usize>>)> =
        groups(table).into_iter().map(|by| (by.clone(), above(table, &by))).collect();
    let all = columns.iter().filter_map(|c| table.column(*c));
    let figures = all.flat_map(|c| c.figures.iter().flatten());
    let scale = figures.map(|figure| figure.scale).max().unwrap_or(0);
    for first in &columns {
        let ways = columns.iter().filter(|last| *last != first);
        let mut ways = ways.flat_map(|last| groups.iter().map(move |by| (*last, by)));
        let found = ways.find_map(|(last, (by, above))| {
            Some((last, by, carried((table, scale), *first, last, above)?))
        });
        if let Some((last, by, (carry, steps))) = found {
            write((number, table), (*first, last, by), (carry, steps), rules);
        }
    }
}

/// Whether values of a column can be those of another: dates and figures, but no years or identifiers.
fn may(table: &Table, column: usize) -> bool {
    !table.numbers_rows(column)
        && table.column(column).is_some_and(|own| {
            let is_figure = own.holds_figures() && !names::is_identifier(own.name());
            let is_moment = own.holds_dates() && own.ty != Type::Year;
            (is_figure || is_moment) && own.distinct > STEPS
        })
}

/// What rows may follow each other within: all, groups of the rest of the key, of what recurs.
fn groups(table: &Table) -> Vec<Vec<usize>> {
    let rest = |own: &usize| table.key.iter().copied().filter(|c| c != own).collect();
    let recurs = |c: &usize| {
        table.column(*c).is_some_and(|own| {
            own.ty == Type::Text && own.distinct > 1 && own.distinct * 3 <= table.rows
        })
    };
    let mut all: Vec<Vec<usize>> =
        table.key.iter().rev().map(rest).filter(|by: &Vec<usize>| !by.is_empty()).collect();
    all.push(Vec::new());
    all.extend(table.usable().into_iter().filter(recurs).take(3).map(|c| vec![c]));
    let mut seen: Vec<Vec<usize>> = Vec::new();
    all.retain(|by| {
        !seen.contains(by) && {
            seen.push(by.clone());
            true
        }
    });
    all
}

fn place(column: &Column, row: usize, scale: u32) -> Option<i128> {
    match column.holds_figures() {
        true => column.figure(row).and_then(|figure| at_scale(figure, scale)),
        false => column.place(row),
    }
}

/// Whether one column begins where the other ended, in all steps but a few; how many there are.
fn carried(
    (table, scale): (&Table, u32),
    first: usize,
    last: usize,
    above: &[Option<usize>],
) -> Option<(Carry, usize)> {
    let (start, end) = (table.column(first)?, table.column(last)?);
    let is_alike = start.holds_figures() && end.holds_figures() || start.ty == end.ty;
    if !is_alike {
        return None;
    }
    let (mut same, mut later, mut wrong, mut telling) = (0, 0, 0, 0);
    let mut terms = Vec::new();
    let steps = above.iter().zip(0..).filter_map(|(above, row)| Some((row, (*above)?)));
    for (row, before) in steps {
        let Some(to) = place(end, before, scale) else { continue };
        let Some(now) = place(start, row, scale) else { continue };
        let from = place(start, before, scale);
        match now.cmp(&to) {
            Ordering::Equal => same += 1,
            Ordering::Greater => later += 1,
            Ordering::Less => wrong += 1,
        }
        // What stays as it is is carried on by itself.
        telling += usize::from(from != Some(to) && place(end, row, scale) != Some(to) && to != 0);
        terms.extend(from.map(|from| (from, to, now)));
        let off = if start.holds_dates() { wrong } else { wrong + later };
        if off > slips(same + later + wrong) + 1 {
            return None;
        }
    }
    let steps = same + later + wrong;
    if same >= STEPS && telling >= STEPS && later + wrong <= slips(steps) {
        return Some((Carry::Same, steps));
    }
    let is_interval = start.holds_dates() && wrong == 0 && steps >= STEPS && is_surprise(&terms);
    is_interval.then_some((Carry::After, steps))
}

/// Whether the next term would often begin before the end if each were as long as another.
fn is_surprise(terms: &[(i128, i128, i128)]) -> bool {
    let are_terms = terms.iter().all(|(from, to, _)| from <= to);
    let overlaps = |by: usize| {
        let others = terms.iter().cycle().skip(by);
        let is_over =
            |((from, _, next), (a, b, _)): &(&(i128, i128, i128), &(i128, i128, i128))| {
                from + (b - a) > *next
            };
        terms.iter().zip(others).filter(is_over).count()
    };
    let shifts = [terms.len() / 2, terms.len() / 3, terms.len() / 5 + 1];
    let least = shifts.into_iter().map(overlaps).min().unwrap_or(0);
    are_terms && least >= SURPRISE
}

fn write(
    (number, table): (usize, &Table),
    (first, last, by): (usize, usize, &[usize]),
    (carry, steps): (Carry, usize),
    rules: &mut Rules,
) {
    let name = |c: usize| table.column(c).map_or("", Column::name);
    let called: Vec<String> = by.iter().map(|c| table.called(*c)).collect();
    let each = names::for_each(by.iter().map(|c| name(*c)));
    let by = if called.is_empty() { String::new() } else { format!(" by {}", called.join(", ")) };
    let (sign, word) = match carry {
        Carry::Same => ("=", "is"),
        Carry::After => (">=", "is not before"),
    };
    let check = Check {
        id: format!("{}-{}-{}", table.files.name, slug(name(first)), slug(name(last))),
        title: format!("{} {word} the {} of the row before{each}", name(first), name(last)),
        table: number,
        each: Some(table.files.name.clone()),
        asserts: vec![format!("{} {sign} prev({}{by})", table.called(first), table.called(last))],
        ..Check::default()
    };
    rules.check(check, of(steps, steps, "step"));
}
