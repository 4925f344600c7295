//! Columns that are sums and differences of others: what was there and came in, less what went out.
//!
//! Sums alone are found elsewhere (`rows`); here each of few columns beside each other may be added,
//! taken away or left out. What follows from what was found before is no rule of its own.

use std::collections::HashSet;

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::names;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::slips::slips;
use crate::propose::sums::parts::{Cell, cell, figures, scale};
use crate::propose::table::Table;
use crate::width::to_u32;

/// Columns that are looked at, those of them that are taken together, and by how many the next are
/// further on.
const MOST: usize = 200;
const TOGETHER: usize = 12;
const FURTHER: usize = 6;
/// The terms of a rule at most.
const TERMS: usize = 6;
/// Rows by which most rules are refuted.
const PROBES: usize = 4;
/// Rules of one length that are looked at in all rows.
const FITTING: usize = 1000;
/// Halvings of the chance that make a rule a surprise, beside those for the number of rules tried.
const SURPRISE: u32 = 18;
/// Rows that say something, at least.
const TELLING: usize = 5;

/// A rule: columns times factors that add up to nothing.
type Terms = Vec<(usize, i128)>;

/// Finds them, and writes checks; `known` are totals with their parts.
pub fn propose(number: usize, table: &Table, known: &[(usize, Vec<usize>)], rules: &mut Rules) {
    let mut columns = figures(table);
    let is_any = |c: &usize| {
        let figures = table.column(*c).into_iter().flat_map(|own| own.figures.iter().flatten());
        figures.into_iter().any(|figure| figure.mantissa != 0)
    };
    columns.retain(is_any);
    columns.truncate(MOST);
    let search = Search::new(table, columns, known);
    for (terms, held, failed) in search.all() {
        let Some((target, right, words)) = written(table, &terms) else { continue };
        let name = |c: usize| table.column(c).map_or("", Column::name);
        let check = Check {
            id: format!("{}-{}", table.files.name, slug(name(target))),
            title: format!("{} is {words}", name(target)),
            table: number,
            each: Some(table.files.name.clone()),
            asserts: vec![format!("{} = {right}", table.called(target))],
            ..Check::default()
        };
        rules.check(check, of(held, held + failed, "row"));
    }
}

struct Search {
    /// Columns, by their number in the table, with their cells.
    columns: Vec<(usize, Vec<Option<Cell>>)>,
    rows: usize,
    /// Rows in which most columns have figures that differ.
    probes: Vec<usize>,
    known: Vec<Vec<i128>>,
}

impl Search {
    fn new(table: &Table, columns: Vec<usize>, known: &[(usize, Vec<usize>)]) -> Search {
        let all: Vec<&Column> = columns.iter().filter_map(|c| table.column(*c)).collect();
        let scale = scale(&all);
        let cells =
            all.iter().map(|own| (0..table.rows).map(|row| cell(own, row, scale)).collect());
        let columns: Vec<(usize, Vec<Option<Cell>>)> = columns.into_iter().zip(cells).collect();
        let mut search =
            Search { columns, rows: table.rows, probes: Vec::new(), known: Vec::new() };
        search.probes = search.telling_rows();
        for (target, parts) in known {
            let terms: Terms = parts.iter().map(|c| (*c, 1)).chain([(*target, -1)]).collect();
            search.learn(&terms);
        }
        // Of two columns that are the same one is enough.
        for n in 0..search.columns.len() {
            let same = |m: &usize| {
                search.columns.get(*m).map(|c| &c.1) == search.columns.get(n).map(|c| &c.1)
            };
            let twin = (0..n).find(same);
            let at = |n: usize| search.columns.get(n).map(|c| c.0);
            if let (Some(a), Some(b)) = (at(n), twin.and_then(at)) {
                search.learn(&vec![(a, 1), (b, -1)]);
            }
        }
        search
    }

    /// Rows with figures in most columns, spread over the table.
    fn telling_rows(&self) -> Vec<usize> {
        let step = (self.rows / 64).max(1);
        let filled = |row: &usize| {
            let cells = self.columns.iter().filter_map(|c| c.1.get(*row).copied().flatten());
            cells.filter(|cell| cell.value != 0).count()
        };
        let mut rows: Vec<usize> = (0..self.rows).step_by(step).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(filled(row)));
        let half = rows.len() / 2 + 1;
        rows.truncate(half.max(PROBES));
        let step = (rows.len() / PROBES).max(1);
        rows.into_iter().step_by(step).take(PROBES).collect()
    }

    /// All rules, each with how often it holds and fails; the shortest come first.
    fn all(mut self) -> Vec<(Terms, usize, usize)> {
        let mut found = Vec::new();
        if self.columns.len() < 3 {
            return found;
        }
        let last = self.columns.len().saturating_sub(TOGETHER);
        let starts: Vec<usize> = (0..last).step_by(FURTHER).chain([last]).collect();
        for size in 3..=TERMS {
            for start in &starts {
                for terms in self.fitting(*start, size) {
                    let Some((held, failed)) = self.judge(&terms) else { continue };
                    if self.learn(&terms) {
                        found.push((terms, held, failed));
                    }
                }
            }
        }
        found
    }

    /// Rules of so many terms that the probes do not refute.
    fn fitting(&self, start: usize, size: usize) -> Vec<Terms> {
        let end = (start + TOGETHER).min(self.columns.len());
        let cell = |c: usize, row: &usize| {
            self.columns.get(c).and_then(|c| c.1.get(*row).copied().flatten()).map(|c| c.value)
        };
        let probes: Vec<Vec<Option<i128>>> = self
            .probes
            .iter()
            .map(|row| (start..end).map(|column| cell(column, row)).collect())
            .collect();
        let mut walk = Walk { probes, size, terms: Vec::new(), found: Vec::new() };
        walk.choose(0, end - start);
        let column = |at: usize| self.columns.get(start + at).map(|c| c.0);
        let named = |terms: Terms| -> Option<Terms> {
            terms.into_iter().map(|(at, factor)| Some((column(at)?, factor))).collect()
        };
        walk.found.into_iter().filter_map(named).collect()
    }

    /// How often a rule holds and fails, where it is no accident.
    fn judge(&self, terms: &Terms) -> Option<(usize, usize)> {
        let cells = |column: usize| self.columns.iter().find(|c| c.0 == column).map(|c| &c.1);
        let all: Vec<(&Vec<Option<Cell>>, i128)> =
            terms.iter().map(|(c, factor)| Some((cells(*c)?, *factor))).collect::<Option<_>>()?;
        let (mut held, mut failures, mut bits, mut telling) = (0, 0, 0_u32, 0);
        let mut nonzero = vec![0_usize; all.len()];
        let mut seen: HashSet<Vec<i128>> = HashSet::new();
        for half in [0, 1] {
            let rows = (half..self.rows).step_by(2);
            let (budget, mut failed) = (slips(rows.len()), 0);
            for row in rows {
                let own = all.iter().map(|(cells, _)| cells.get(row).copied().flatten());
                let Some(own) = own.collect::<Option<Vec<Cell>>>() else { continue };
                let mut sum = 0_i128;
                for (cell, (_, factor)) in own.iter().zip(&all) {
                    sum = sum.checked_add(cell.value.checked_mul(*factor)?)?;
                }
                if sum != 0 {
                    failed += 1;
                    if failed > budget {
                        return None;
                    }
                    continue;
                }
                held += 1;
                for (cell, count) in own.iter().zip(&mut nonzero) {
                    *count += usize::from(cell.value != 0);
                }
                let values: Vec<i128> = own.iter().map(|cell| cell.value).collect();
                let some = values.iter().filter(|v| **v != 0).count();
                if some > 2 && telling < 1000 && seen.insert(values) {
                    let room =
                        own.iter().map(|c| c.value.unsigned_abs() / c.unit.unsigned_abs().max(1));
                    bits = bits.saturating_add((room.max().unwrap_or(0) + 1).ilog2().min(12));
                    telling += 1;
                }
            }
            failures += failed;
        }
        let tried = self.tried(terms.len());
        let are_used = nonzero.iter().all(|count| *count >= 3 && count * 10 >= held);
        let is_rule = telling >= TELLING && bits >= SURPRISE + tried && are_used;
        (is_rule && held > 0).then_some((held, failures))
    }

    /// Halvings for the number of rules of so many terms.
    fn tried(&self, size: usize) -> u32 {
        let columns = self.columns.len().min(TOGETHER);
        let chosen = (0..size).fold(1_usize, |n, k| n * columns.saturating_sub(k) / (k + 1));
        let windows = self.columns.len() / FURTHER + 1;
        (chosen * windows).max(1).ilog2() + to_u32(size)
    }

    /// Takes a rule in; whether it does not follow from those that are known.
    fn learn(&mut self, terms: &Terms) -> bool {
        let mut own = vec![0_i128; self.columns.len()];
        for (column, factor) in terms {
            let at = self.columns.iter().position(|c| c.0 == *column);
            if let Some(slot) = at.and_then(|at| own.get_mut(at)) {
                *slot = *factor;
            }
        }
        for row in &self.known {
            reduce(&mut own, row);
        }
        let is_new = own.iter().any(|factor| *factor != 0);
        if is_new {
            self.known.push(own);
        }
        is_new
    }
}

/// Takes the leading column of a rule out of another.
fn reduce(own: &mut [i128], row: &[i128]) {
    let Some(lead) = row.iter().position(|factor| *factor != 0) else { return };
    let (Some(by), Some(factor)) = (row.get(lead).copied(), own.get(lead).copied()) else { return };
    if factor == 0 {
        return;
    }
    for (slot, other) in own.iter_mut().zip(row) {
        *slot = slot.saturating_mul(by).saturating_sub(other.saturating_mul(factor));
    }
    // Factors stay small.
    let common = own.iter().fold(0_u128, |a, b| gcd(a, b.unsigned_abs()));
    if let Ok(common @ 2..) = i128::try_from(common) {
        own.iter_mut().for_each(|slot| *slot /= common);
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Goes through the choices of columns and signs.
struct Walk {
    /// By probe and column.
    probes: Vec<Vec<Option<i128>>>,
    size: usize,
    terms: Terms,
    found: Vec<Terms>,
}

impl Walk {
    fn choose(&mut self, from: usize, end: usize) {
        if self.terms.len() == self.size {
            self.try_signs();
            return;
        }
        for at in from..end {
            self.terms.push((at, 1));
            self.choose(at + 1, end);
            self.terms.pop();
        }
    }

    /// All signs, of which the first is no matter; of three columns one may count twice or three times.
    fn try_signs(&mut self) {
        for signs in 0..1_u32 << (self.size - 1) {
            for (n, (_, factor)) in self.terms.iter_mut().enumerate() {
                *factor = if n > 0 && (signs >> (n - 1)) & 1 == 1 { -1 } else { 1 };
            }
            self.try_terms();
            for n in 0..if self.size == 3 { 3 } else { 0 } {
                for times in [2, 3] {
                    self.scale(n, times);
                    self.try_terms();
                    self.scale(n, 0);
                }
            }
        }
    }

    /// Makes a factor larger, or one again.
    fn scale(&mut self, at: usize, times: i128) {
        if let Some((_, factor)) = self.terms.get_mut(at) {
            *factor = if times == 0 { factor.signum() } else { *factor * times };
        }
    }

    fn try_terms(&mut self) {
        let holds = |probe: &Vec<Option<i128>>| {
            let mut sum = 0_i128;
            for (at, factor) in &self.terms {
                sum = sum.wrapping_add(probe.get(*at).copied().flatten()?.wrapping_mul(*factor));
            }
            Some(sum == 0)
        };
        let (mut right, mut wrong) = (0, 0);
        for probe in &self.probes {
            let holds = holds(probe);
            wrong += usize::from(holds == Some(false));
            right += usize::from(holds == Some(true));
            if wrong > 1 {
                return;
            }
        }
        if right > 1 && self.found.len() < FITTING {
            self.found.push(self.terms.clone());
        }
    }
}

/// The column that is made of the others, how, and that in words.
fn written(table: &Table, terms: &Terms) -> Option<(usize, String, String)> {
    let ones = || terms.iter().filter(|(_, factor)| factor.abs() == 1);
    let is_result = |c: usize| table.column(c).is_some_and(|own| is_result(own.name()));
    let named = ones().rev().find(|(c, _)| is_result(*c));
    let alone = |sign: i128| {
        let mut side = terms.iter().filter(|(_, factor)| factor.signum() == sign);
        side.next().filter(|(_, factor)| factor.abs() == 1 && side.next().is_none())
    };
    let (target, factor) =
        named.or_else(|| alone(1)).or_else(|| alone(-1)).or_else(|| ones().next_back())?;
    let name = |c: usize| table.column(c).map_or(String::new(), |c| c.name().to_string());
    let called = |c: usize| table.called(c);
    let made = |called: &dyn Fn(usize) -> String, [plus, minus, times]: [&str; 3]| {
        let side = |sign: i128| -> Vec<String> {
            let is_here = |(c, f): &&(usize, i128)| c != target && (f * factor).signum() == sign;
            let term = |(c, f): &(usize, i128)| match f.abs() {
                1 => called(*c),
                n => format!("{n} {times} {}", called(*c)),
            };
            terms.iter().filter(is_here).map(term).collect()
        };
        let added = side(-1).join(&format!(" {plus} "));
        side(1).iter().fold(added, |all, part| match all.is_empty() {
            true => format!("{minus} {part}"),
            false => format!("{all} {minus} {part}"),
        })
    };
    let right = made(&called, ["+", "-", "*"]);
    Some((*target, right, made(&name, ["plus", "minus", "times"])))
}

/// Whether a column is called what is left, or comes out.
fn is_result(name: &str) -> bool {
    const WORDS: [&str; 32] = [
        "closing",
        "end",
        "ending",
        "final",
        "balance",
        "saldo",
        "net",
        "netto",
        "profit",
        "loss",
        "result",
        "ergebnis",
        "remaining",
        "rest",
        "left",
        "surplus",
        "deficit",
        "difference",
        "points",
        "pts",
        "punkte",
        "bestand",
        "endbestand",
        "total",
        "change",
        "outstanding",
        "increase",
        "margin",
        "disponible",
        "solde",
        "resultado",
        "stock",
    ];
    names::is_total(name) || names::words(name).iter().any(|w| WORDS.contains(&w.as_str()))
}
