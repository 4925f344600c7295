//! Figures that are made of others by more than a sum: shares, rates, changes, amounts, means.
//!
//! They are looked for where names or places suggest them, and each must hold within the digits that it is
//! written with, in so many rows that it is no accident (`fit`).

mod fit;
mod hints;
mod hundred;
mod makers;
mod spans;
mod totals;

use std::cell::OnceCell;

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::sums::parts::{addable, cell, round, scale};
use crate::propose::table::Table;
use crate::value::Type;
use fit::{Fit, Stated};
use makers::{Operand, change, difference, mean, nearest_power, product, quotient};

/// Columns that are looked at.
const MOST: usize = 60;
/// Columns of which one may be made without a telling name, on either side.
const NEAR: usize = 6;
/// Columns that a mean is taken of, at most.
const LONGEST: usize = 24;
/// Rows that are looked at: all are when the rules are tried.
const ROWS: usize = 4000;

/// A rule that was found.
struct Found {
    target: usize,
    /// What makes it, in an expression and in words.
    text: String,
    words: String,
    fit: Fit,
    /// The columns that it is made of.
    of: Vec<usize>,
    /// Whether the expression names the row, as it looks at others of its table.
    names_row: bool,
}

/// Finds them, and writes checks.
pub fn propose(number: usize, table: &mut Table, rules: &mut Rules) {
    let mut columns = addable(table);
    columns.truncate(MOST);
    let found = Search::new(table, &columns).all();
    let hundred = hundred::find(table, &columns);
    for rule in found {
        write(number, table, rule, rules);
    }
    hundred::propose((number, table), &hundred, rules);
}

struct Search<'t> {
    table: &'t Table,
    columns: &'t [usize],
    scale: u32,
    operands: Vec<Operand>,
    rows: usize,
    /// Denominators that are no columns, each for the column that it is the total of.
    totals: OnceCell<Vec<(usize, Operand, bool)>>,
    /// What stands in the row before.
    befores: OnceCell<Vec<Operand>>,
}

impl<'t> Search<'t> {
    fn new(table: &'t Table, columns: &'t [usize]) -> Search<'t> {
        let all: Vec<&Column> = columns.iter().filter_map(|c| table.column(*c)).collect();
        let (scale, rows) = (scale(&all), table.rows.min(ROWS));
        let operand = |c: &usize| {
            let own = table.column(*c)?;
            Some(Operand {
                text: table.called(*c),
                name: own.name().to_string(),
                column: Some(*c),
                cells: Operand::cells(own, rows, scale),
            })
        };
        let operands: Vec<Operand> = columns.iter().filter_map(operand).collect();
        let (totals, befores) = Default::default();
        Search { table, columns, scale, operands, rows, totals, befores }
    }

    /// All rules, one of each column at most.
    fn all(&self) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let families: [fn(&Search<'t>, &Target) -> Option<Found>; 6] = [
            Self::between,
            Self::product,
            Self::mean,
            Self::change,
            Self::quotient,
            Self::of_total,
        ];
        // What is called a rate comes first, and what has decimals before whole numbers: what a rate is made
        // of could be made of it.
        let own = |c: &usize| self.table.column(*c);
        let mut columns = self.columns.to_vec();
        columns.sort_by_key(|c| {
            (!own(c).is_some_and(hints::is_ratio), own(c).is_some_and(|c| c.ty == Type::Integer))
        });
        for family in families {
            for column in &columns {
                if found.iter().any(|f| f.target == *column) {
                    continue;
                }
                let Some(target) = self.target(*column) else { continue };
                // What is made of a figure does not make it.
                let is_circle = |rule: &Found| {
                    found.iter().any(|f| {
                        rule.of.contains(&f.target)
                            && f.of.contains(&rule.target)
                            && f.of.iter().all(|c| *c == rule.target || rule.of.contains(c))
                    })
                };
                found.extend(family(self, &target).filter(|rule| !is_circle(rule)));
            }
        }
        found.sort_by_key(|rule| rule.target);
        found
    }

    fn target(&self, column: usize) -> Option<Target> {
        let own = self.table.column(column)?;
        let cells = (0..self.rows).map(|row| cell(own, row, self.scale)).collect();
        let stated = Stated::new(cells);
        stated.varies().then_some(Target { column, stated })
    }

    /// Columns that a figure may be made of, the nearest first.
    fn near(&self, target: &Target, is_told: bool) -> Vec<&Operand> {
        let place = |c: usize| self.columns.iter().position(|own| *own == c).unwrap_or(0);
        let away = |o: &&Operand| o.column.map_or(0, |c| place(c).abs_diff(place(target.column)));
        let is_own = |o: &&Operand| o.column == Some(target.column);
        let mut all: Vec<&Operand> = self.operands.iter().filter(|o| !is_own(o)).collect();
        all.retain(|o| is_told || away(o) <= NEAR);
        all.sort_by_key(away);
        all
    }

    /// Pairs of columns that a figure may be made of: their places in the list, those near it first.
    fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
        (1..count).flat_map(move |far| (0..far).flat_map(move |n| [(n, far), (far, n)]))
    }

    /// How long it is from one day, or year, to another.
    fn between(&self, target: &Target) -> Option<Found> {
        let (text, words, fit) =
            spans::find(self.table, target.column, &target.stated, self.scale)?;
        Some(Found::new(target, (text, words), fit, &[]))
    }

    fn product(&self, target: &Target) -> Option<Found> {
        let own = self.table.column(target.column)?;
        let is_told = hints::is_amount(own);
        let near = self.near(target, is_told);
        let tried = near.len() * near.len();
        Self::pairs(near.len()).filter(|(a, b)| a < b).find_map(|(a, b)| {
            let (a, b) = (*near.get(a)?, *near.get(b)?);
            let (a, b) = if a.column < b.column { (a, b) } else { (b, a) };
            let one = 10_i128.checked_pow(self.scale)?;
            let power = target.power(self.scale, |row| {
                Some((a.cell(row)?.value.checked_mul(b.cell(row)?.value)? / one, one))
            })?;
            if !is_told && power != 0 || ![0, -2, -3, 3].contains(&power) {
                return None;
            }
            let made = |row| product(a.cell(row)?, b.cell(row)?, power, self.scale);
            let fit = target.stated.fit(&made, tried)?;
            if !fit.is_exact && target.stated.is_blurred(&made) {
                return None;
            }
            let (text, words) = match power {
                0 => (format!("{} * {}", a.text, b.text), format!("{} times {}", a.name, b.name)),
                _ => {
                    let by = if power > 0 { "*" } else { "/" };
                    let factor = 10_u64.pow(power.unsigned_abs());
                    (
                        format!("{} * {} {by} {factor}", a.text, b.text),
                        format!("{} times {} {by} {factor}", a.name, b.name),
                    )
                }
            };
            Some(Found::new(target, (text, words), fit, &[a, b]))
        })
    }

    fn quotient(&self, target: &Target) -> Option<Found> {
        let own = self.table.column(target.column)?;
        let is_told = hints::is_ratio(own);
        let near = self.near(target, is_told);
        let tried = near.len() * near.len() * 4;
        Self::pairs(near.len()).find_map(|(a, b)| {
            let (a, b) = (*near.get(a)?, *near.get(b)?);
            let (power, fit) = self.divided(target, (a, b), (!is_told, tried))?;
            // A figure is not made of a rate: that is made of it.
            let is_rate = |o: &Operand| {
                o.column.and_then(|c| self.table.column(c)).is_some_and(hints::is_ratio)
            };
            if !is_told && (![0, 2].contains(&power) || is_rate(a) || is_rate(b)) {
                return None;
            }
            if own.ty == Type::Integer && self.is_counted(target, (a, b), power) {
                return None;
            }
            Some(Found::new(target, fraction((a, b), power), fit, &[a, b]))
        })
    }

    /// Whether a figure is one divided by another, and times which power of ten; `is_strict` where these may
    /// not be rounded so that it says little.
    fn divided(
        &self,
        target: &Target,
        (a, b): (&Operand, &Operand),
        (is_strict, tried): (bool, usize),
    ) -> Option<(i32, Fit)> {
        let pair = |row| Some((a.cell(row)?.value, b.cell(row)?.value));
        let power = target.power(self.scale, pair)?;
        if !self.may_divide(target, b) {
            return None;
        }
        let made = |row| {
            let unit = target.stated.cell(row)?.unit;
            let made = quotient(a.cell(row)?, b.cell(row)?, power, self.scale)?;
            Some(made).filter(|made| !is_strict || made.slack * 2 <= unit)
        };
        Some((power, target.stated.fit(&made, tried)?))
    }

    /// Whether whole numbers are always much nearer to a quotient than their digits ask for, which has
    /// decimals in it: then they were counted, and these decimals are what was rounded.
    fn is_counted(&self, target: &Target, (a, b): (&Operand, &Operand), power: i32) -> bool {
        let is_whole = |o: &Operand| {
            o.column.and_then(|c| self.table.column(c)).is_some_and(|c| c.ty == Type::Integer)
        };
        let made = |row| quotient(a.cell(row)?, b.cell(row)?, power, self.scale);
        !(is_whole(a) && is_whole(b)) && target.stated.is_blurred(&made)
    }

    /// Whether few figures stand in rows in which another is nothing, by which none can be divided: answers
    /// of yes and no, for one, make no quotients.
    fn may_divide(&self, target: &Target, by: &Operand) -> bool {
        let stated = (0..self.rows).filter(|row| target.stated.cell(*row).is_some());
        let divisors: Vec<i128> = stated.filter_map(|row| Some(by.cell(row)?.value)).collect();
        divisors.iter().filter(|value| **value == 0).count() * 10 <= divisors.len()
    }

    /// A part of a total that is no column: of all rows, of a group, of the row of the total.
    fn of_total(&self, target: &Target) -> Option<Found> {
        if !hints::is_ratio(self.table.column(target.column)?) {
            return None;
        }
        let totals =
            self.totals.get_or_init(|| totals::find(self.table, &self.operands, self.scale));
        let tried = totals.len() * 4;
        totals.iter().filter(|(part, ..)| *part != target.column).find_map(|total| {
            let (part, total, names_row) = total;
            let part = self.operands.iter().find(|o| o.column == Some(*part))?;
            let (power, fit) = self.divided(target, (part, total), (false, tried))?;
            if ![0, 2].contains(&power) {
                return None;
            }
            let text = if *names_row { format!("row.{}", part.text) } else { part.text.clone() };
            let (name, column) = (part.name.clone(), part.column);
            let named = Operand { text, name, column, cells: Vec::new() };
            let found = Found::new(target, fraction((&named, total), power), fit, &[part]);
            Some(Found { names_row: *names_row, ..found })
        })
    }

    fn change(&self, target: &Target) -> Option<Found> {
        let own = self.table.column(target.column)?;
        if !hints::is_change(own) {
            return None;
        }
        let near = self.near(target, true);
        let befores = self.befores.get_or_init(|| {
            self.operands.iter().flat_map(|o| totals::befores(self.table, o)).collect()
        });
        let columns =
            Self::pairs(near.len()).filter_map(|(a, b)| Some((*near.get(a)?, *near.get(b)?)));
        let of_column =
            |before: &&Operand| near.iter().find(|o| o.column == before.column).copied();
        let rows = befores.iter().filter_map(|before| Some((before, of_column(&before)?)));
        let tried = (near.len() * near.len() + befores.len()) * 3;
        let found = columns.chain(rows).find_map(|(a, b)| {
            [0, 2].into_iter().find_map(|power| {
                let made = |row| change(a.cell(row)?, b.cell(row)?, power, self.scale);
                let fit = target.stated.fit(&made, tried).filter(|_| self.may_divide(target, a))?;
                let times = if power == 2 { "100 * " } else { "" };
                let text = format!("{times}({} - {}) / {}", b.text, a.text, a.text);
                let unit = if power == 2 { " in percent" } else { "" };
                let words = format!("the change from {} to {}{unit}", a.name, b.name);
                Some(Found::new(target, (text, words), fit, &[a, b]))
            })
        });
        found.or_else(|| {
            befores.iter().find_map(|before| {
                let now = of_column(&before)?;
                let made = |row| difference(before.cell(row)?, now.cell(row)?);
                let fit = target.stated.fit(&made, tried)?;
                let text = format!("{} - {}", now.text, before.text);
                let words = format!("the change from {} to {}", before.name, now.name);
                Some(Found::new(target, (text, words), fit, &[now]))
            })
        })
    }

    fn mean(&self, target: &Target) -> Option<Found> {
        if !hints::is_mean(self.table.column(target.column)?) {
            return None;
        }
        let count = self.operands.len();
        let runs = (0..count)
            .flat_map(|from| (2..=LONGEST.min(count - from)).map(move |length| (from, length)));
        // Of the lowest and the highest, between which it stands.
        let around = (1..count.saturating_sub(1)).map(|n| vec![n - 1, n + 1]);
        let runs = runs.map(|(from, length)| (from..from + length).collect::<Vec<usize>>());
        runs.chain(around).find_map(|run| {
            let all: Vec<&Operand> =
                run.iter().map(|n| self.operands.get(*n)).collect::<Option<_>>()?;
            if all.iter().any(|o| o.column == Some(target.column)) {
                return None;
            }
            let made = |row| mean(&all.iter().map(|o| o.cell(row)).collect::<Vec<_>>());
            let fit = target.stated.fit(&made, count * count)?;
            let follow = all.windows(2).all(|pair| match pair {
                [a, b] => a.column.map(|c| c + 1) == b.column,
                _ => false,
            });
            let texts: Vec<&str> = all.iter().map(|o| o.text.as_str()).collect();
            let text = match texts.as_slice() {
                [first, _, .., last] if follow => format!("mean({first} to {last})"),
                several => format!("mean({})", several.join(", ")),
            };
            let names: Vec<String> = all.iter().map(|o| o.name.clone()).collect();
            let words = format!("the mean of {}", crate::propose::sums::parts::listed(&names));
            Some(Found::new(target, (text, words), fit, &all))
        })
    }
}

/// A column whose figures may be made of others.
struct Target {
    column: usize,
    stated: Stated,
}

impl Target {
    /// The power of ten that most rows speak for.
    fn power(&self, scale: u32, pair: impl Fn(usize) -> Option<(i128, i128)>) -> Option<i32> {
        let mut powers = self.stated.probes().iter().filter_map(|row| {
            let (a, b) = pair(*row)?;
            nearest_power(self.stated.cell(*row)?.value, a, b, scale)
        });
        let first = powers.next()?;
        let others: Vec<i32> = powers.take(4).collect();
        let agree = others.iter().filter(|power| **power == first).count();
        if agree * 2 >= others.len() { Some(first) } else { others.first().copied() }
    }
}

impl Found {
    fn new(target: &Target, (text, words): (String, String), fit: Fit, of: &[&Operand]) -> Found {
        let mut columns: Vec<usize> = of.iter().filter_map(|o| o.column).collect();
        columns.sort_unstable();
        columns.dedup();
        Found { target: target.column, text, words, fit, of: columns, names_row: false }
    }
}

/// `a / b` times a power of ten, in an expression and in words.
fn fraction((a, b): (&Operand, &Operand), power: i32) -> (String, String) {
    let factor = 10_u64.pow(power.unsigned_abs());
    match power {
        0 => (format!("{} / {}", a.text, b.text), format!("{} divided by {}", a.name, b.name)),
        2 => (
            format!("100 * {} / {}", a.text, b.text),
            format!("{} in percent of {}", a.name, b.name),
        ),
        1.. => (
            format!("{factor} * {} / {}", a.text, b.text),
            format!("{} per {factor} of {}", a.name, b.name),
        ),
        _ => (
            format!("{} / ({factor} * {})", a.text, b.text),
            format!("{} divided by {factor} times {}", a.name, b.name),
        ),
    }
}

fn write(number: usize, table: &mut Table, rule: Found, rules: &mut Rules) {
    let name = table.files.name.clone();
    let target = table.called(rule.target);
    let is_whole = table.column(rule.target).is_some_and(|c| c.ty == Type::Integer);
    let is_cut = |c: &usize| table.column(*c).is_some_and(|own| own.is_cut);
    let is_exact = rule.fit.is_exact && !is_cut(&rule.target) && !rule.of.iter().any(is_cut);
    if is_whole && !is_exact {
        round(table, &[rule.target]);
    }
    let ending = if is_exact { "" } else { " within rounding" };
    let stated = table.column(rule.target).map_or("", Column::name);
    let (each, assertion) = match rule.names_row {
        true => (format!("{name} as row"), format!("row.{target} = {}{ending}", rule.text)),
        false => (name.clone(), format!("{target} = {}{ending}", rule.text)),
    };
    let check = Check {
        id: format!("{name}-{}", slug(stated)),
        title: format!("{stated} is {}", rule.words),
        table: number,
        each: Some(each),
        asserts: vec![assertion],
        ..Check::default()
    };
    let Fit { held, failed, .. } = rule.fit;
    let rounded = if is_exact { "" } else { ", within rounding" };
    rules.check(check, format!("{}{rounded}", of(held, held + failed, "row")));
}
