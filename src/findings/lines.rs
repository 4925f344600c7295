//! Whole rows and columns: figures of one line that the same slip explains, and a row that is missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::explain::equation::{Cell, Term};
use crate::explain::{Effect, RARE, Slip, Unknown, totals};
use crate::findings::crossings::{Cause, Crossing, Search};
use crate::findings::shared::{At, Equation, Spot, spot};
use crate::findings::solved::{CellFigure, factor};
use crate::report::Suspect;
use crate::source::FileId;
use crate::value::{Interval, Number};

/// What happens to a whole line.
const SLIPS: [Slip; 9] = [
    Slip::Sign,
    Slip::Power(3),
    Slip::Power(-3),
    Slip::Power(6),
    Slip::Power(-6),
    Slip::Power(1),
    Slip::Power(-1),
    Slip::Power(2),
    Slip::Power(-2),
];

/// Columns that say together that a row is missing, where no row says what it would be; and cells of a
/// column that say what was done to all of it.
const LEAST_CELLS: usize = 3;

/// Figures of a missing row that are named.
const MOST_NAMED: usize = 6;

/// A row or a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Line {
    Row(FileId, u64),
    Column(FileId, String),
}

/// Cells of a line, each with an equation that it would mend, and what it would be.
type Cells = BTreeMap<Spot, (At, Number)>;

/// A sum of a column that lacks something.
struct Short {
    equation: usize,
    /// What is added.
    spots: Vec<Spot>,
    /// What their column is called where it is added up.
    column: String,
    /// How much.
    amount: Number,
    /// The same as the file writes it.
    text: String,
    /// Whether a row could hold it, by those that are there.
    is_like_others: bool,
}

/// The file and the records of the parts of a sum.
type Rows = (FileId, BTreeSet<u64>);

impl Search<'_> {
    /// Figures of a row or a column that one slip explains together, and nothing else is broken.
    pub fn lines(&mut self) {
        let mut all: BTreeMap<(Line, Slip), Cells> = BTreeMap::new();
        for (spot, at) in &self.met {
            for &at in at {
                let Some((unknown, cell)) = self.unknown(at).zip(self.cell(at)) else { continue };
                for (line, slip, meant) in of_lines(unknown, cell) {
                    let cells = all.entry((line, slip)).or_default();
                    cells.entry(*spot).or_insert((at, meant));
                }
            }
        }
        let mut all: Vec<((Line, Slip), Cells)> =
            all.into_iter().filter(|(_, cells)| cells.len() > 1).collect();
        all.sort_by_key(|(_, cells)| std::cmp::Reverse(cells.len()));
        for ((line, slip), cells) in all {
            let changes: Vec<(Spot, Number)> =
                cells.iter().map(|(spot, (_, meant))| (*spot, meant.clone())).collect();
            let at = cells.keys().filter_map(|spot| self.met.get(spot)).flatten();
            let mended: BTreeSet<usize> = at.map(|(n, _)| *n).collect();
            let is_free = mended.len() > 1 && mended.is_disjoint(&self.used);
            let is_free = is_free && self.is_whole(&line, &cells);
            if !is_free || !self.is_seldom(&cells) || !self.shared.hold_with(&changes) {
                continue;
            }
            let suspect = |((n, i), meant): &(At, Number)| {
                let solved = &self.equations.get(*n)?.solved;
                let cell = solved.cells.get(*i)?;
                let change = (meant * &factor(cell.ty), Some(slip));
                Some((cell.cell, solved.changed(*i, change, Effect::default())?))
            };
            let suspects: Vec<_> = cells.values().filter_map(suspect).collect();
            let is_row = matches!(line, Line::Row(..));
            let cause = Cause::Line { cells: suspects, slip, is_row };
            self.found.push(Crossing { members: self.findings(&mended), cause });
            self.used.extend(mended);
        }
    }

    /// Rows in which every figure stands one column too far to one side, the last of them at the other end:
    /// with all of them moved back, all that they are in holds.
    pub fn shifts(&mut self) {
        let mut rows: BTreeMap<(FileId, u64), Vec<At>> = BTreeMap::new();
        for (spot, at) in &self.shared.met {
            let Some((at, cell)) = at.first().and_then(|at| Some((*at, self.cell(*at)?))) else {
                continue;
            };
            let record = cell.place.cell.as_ref().and_then(|place| place.record);
            if let Some(record) = record.filter(|_| self.small.contains(&cell.cell.table)) {
                rows.entry((spot.0, record)).or_default().push(at);
            }
        }
        for row in rows.into_values().filter(|row| row.len() >= LEAST_CELLS) {
            let cells: Vec<&CellFigure> = row.iter().filter_map(|at| self.cell(*at)).collect();
            let failing = cells.iter().filter_map(|cell| self.met.get(&spot(cell))).flatten();
            let mended: BTreeSet<usize> = failing.map(|(n, _)| *n).collect();
            if mended.len() < LEAST_CELLS || !mended.is_disjoint(&self.used) {
                continue;
            }
            let first = cells.first().map(|cell| cell.ty);
            let is_alike = cells.iter().all(|cell| Some(cell.ty) == first);
            let moved = |is_left: bool| {
                let mut values: Vec<Number> =
                    cells.iter().map(|cell| cell.figure.value.clone()).collect();
                if is_left {
                    values.rotate_right(1)
                } else {
                    values.rotate_left(1)
                }
                cells.iter().map(|cell| spot(cell)).zip(values).collect::<Vec<_>>()
            };
            let fits = |is_left: &bool| is_alike && self.shared.hold_with(&moved(*is_left));
            let mut sides = [true, false].into_iter().filter(fits);
            let Some(is_left) = sides.next().filter(|_| sides.next().is_none()) else { continue };
            let suspect = |((n, i), (_, value)): (&At, (Spot, Number))| {
                let solved = &self.equations.get(*n)?.solved;
                let cell = solved.cells.get(*i)?;
                let change = (&value * &factor(cell.ty), None);
                Some((cell.cell, solved.changed(*i, change, Effect::default())?))
            };
            let cells = row.iter().zip(moved(is_left)).filter_map(suspect).collect();
            let cause = Cause::Shifted { cells, is_left };
            self.found.push(Crossing { members: self.findings(&mended), cause });
            self.used.extend(mended);
        }
    }

    /// Whether these are all the cells of a column that anything is asked of; of a row, some will do: each row
    /// has slips of its own, and what was done to a column was done to all of it.
    fn is_whole(&self, line: &Line, cells: &Cells) -> bool {
        let Line::Column(file, name) = line else { return true };
        let first = cells.values().next().and_then(|(at, _)| self.cell(*at));
        let is_small = first.is_some_and(|cell| self.small.contains(&cell.cell.table));
        let is_of_column = |at: &At| {
            let cell = self.cell(*at);
            cell.is_some_and(|c| {
                c.place.at.file() == *file && named(c).is_some_and(|n| n.1 == name)
            })
        };
        let of_column = self.shared.met.values().filter(|at| at.iter().any(is_of_column));
        let is_negative = |(at, _): &(At, Number)| {
            self.unknown(*at).is_some_and(|unknown| unknown.value.signum() < 0)
        };
        let negative = cells.values().filter(|cell| is_negative(cell)).count();
        let is_alike = negative == 0 || negative == cells.len();
        is_small && is_alike && cells.len() >= LEAST_CELLS && of_column.count() == cells.len()
    }

    /// Whether chance seldom makes such a slip in at least two of the equations.
    fn is_seldom(&self, cells: &Cells) -> bool {
        let equations: BTreeSet<usize> = cells
            .values()
            .filter(|(at, _)| self.unknown(*at).is_some_and(Unknown::is_long))
            .map(|((n, _), _)| *n)
            .collect();
        let is_seldom = |n: &&usize| {
            let unknowns = self.equations.get(**n).map(|e| e.solved.unknowns.as_slice());
            let unknowns = unknowns.unwrap_or_default();
            totals(unknowns).is_below((unknowns.len() * SLIPS.len()) as u64, RARE)
        };
        equations.iter().filter(is_seldom).count() > 1
    }

    /// A row without which no column adds up.
    pub fn missing_rows(&mut self) {
        let mut by_rows: BTreeMap<Rows, Vec<Short>> = BTreeMap::new();
        let mut whole: BTreeSet<Rows> = BTreeSet::new();
        for (n, equation) in self.equations.iter().enumerate() {
            let Some((rows, short)) = short(n, equation) else { continue };
            match equation.finding {
                Some(_) if self.used.contains(&n) => {}
                Some(_) => by_rows.entry(rows).or_default().extend(short),
                // A column that adds up lacks nothing.
                None => whole.extend(Some(rows)),
            }
        }
        for (rows, all) in by_rows {
            let amounts: BTreeMap<Spot, &Number> =
                all.iter().flat_map(|s| s.spots.iter().map(|spot| (*spot, &s.amount))).collect();
            let mended: BTreeSet<usize> = all.iter().map(|s| s.equation).collect();
            let is_apart = amounts.len() == all.iter().map(|s| s.spots.len()).sum::<usize>();
            if whole.contains(&rows) || all.len() < 2 || !is_apart {
                continue;
            }
            let is_row = self.is_row(&amounts);
            let is_like = all.len() >= LEAST_CELLS && all.iter().all(|s| s.is_like_others);
            if !(is_row || is_like) || !self.is_whole_check(&mended) {
                continue;
            }
            let columns: Vec<&str> = all.iter().map(|s| self.column_of(s)).collect();
            let is_told_apart = columns.iter().collect::<BTreeSet<_>>().len() == all.len();
            let named = |s: &Short| match is_told_apart {
                true => format!("{} {}", self.column_of(s), s.text),
                false => s.text.clone(),
            };
            let mut names: Vec<String> = all.iter().take(MOST_NAMED).map(named).collect();
            names.extend((all.len() > MOST_NAMED).then(|| "…".to_string()));
            let names = names.join(", ");
            let words = match is_row {
                true => format!("a row is likely missing, or several that come to {names}"),
                false => format!("a row is perhaps missing, with {names}"),
            };
            let zeros = self.zeros(&all);
            let cause = match zeros.is_empty() {
                true => Cause::Missing(words),
                false => Cause::Zeros { cells: zeros, names },
            };
            self.found.push(Crossing { members: self.findings(&mended), cause });
            self.used.extend(mended);
        }
    }

    /// The cells of the only row that is there with zeros, with what would be in them.
    fn zeros(&self, all: &[Short]) -> Vec<(Cell, Suspect)> {
        let zeros = |short: &Short| {
            let solved = self.equations.get(short.equation).map(|e| &e.solved);
            let cells = solved.into_iter().flat_map(|solved| solved.cells.iter().enumerate());
            let is_zero = |(_, cell): &(usize, &CellFigure)| {
                cell.figure.value.is_zero() && short.spots.contains(&spot(cell))
            };
            let own = cells.filter(is_zero).filter_map(|(i, cell)| Some((named(cell)?.0, i)));
            own.collect::<BTreeMap<u64, usize>>()
        };
        let zeros: Vec<BTreeMap<u64, usize>> = all.iter().map(zeros).collect();
        let mut rows = zeros
            .first()
            .into_iter()
            .flat_map(BTreeMap::keys)
            .filter(|r| zeros.iter().all(|z| z.contains_key(r)));
        let Some(row) = rows.next().filter(|_| rows.next().is_none()) else { return Vec::new() };
        let suspect = |(short, zeros): (&Short, &BTreeMap<u64, usize>)| {
            let solved = &self.equations.get(short.equation)?.solved;
            let (index, cell) = (*zeros.get(row)?, solved.cells.get(*zeros.get(row)?)?);
            let change = (&short.amount * &factor(cell.ty), None);
            Some((cell.cell, solved.changed(index, change, Effect::default())?))
        };
        all.iter().zip(&zeros).filter_map(suspect).collect()
    }

    /// Whether what is missing would be a row as the others are, by what is asked of one of them.
    fn is_row(&self, amounts: &BTreeMap<Spot, &Number>) -> bool {
        let asks = |equation: &Equation| {
            let cells = equation.solved.cells.iter().enumerate();
            let change = |(at, cell): (usize, &CellFigure)| {
                let (record, _) = named(cell)?;
                Some((record, (at, (*amounts.get(&spot(cell))?).clone())))
            };
            let all = cells.map(change).collect::<Option<Vec<_>>>()?;
            let (records, changes): (BTreeSet<u64>, Vec<_>) = all.into_iter().unzip();
            let is_one = records.len() == 1 && changes.len() > 1;
            is_one.then(|| equation.solved.holds_with(&changes))
        };
        let mut asked = self.equations.iter().filter(|e| e.finding.is_none()).filter_map(asks);
        asked.next() == Some(true)
    }

    /// What a column is called: in a table whose columns became rows, by where else its cells are met.
    fn column_of<'n>(&'n self, short: &'n Short) -> &'n str {
        let at = short.spots.first().and_then(|spot| self.shared.met.get(spot));
        let names = at.into_iter().flatten().filter_map(|at| Some(named(self.cell(*at)?)?.1));
        let mut others = names.filter(|name| *name != short.column);
        others.next().unwrap_or(&short.column)
    }
}

/// The record and the column of a cell.
fn named(cell: &CellFigure) -> Option<(u64, &str)> {
    let name = cell.place.cell.as_ref()?;
    Some((name.record?, name.column.as_deref()?))
}

/// What a cell would be without each slip with which its equation would hold, by the lines it is in.
fn of_lines(unknown: &Unknown, cell: &CellFigure) -> Vec<(Line, Slip, Number)> {
    let Some((record, column)) = named(cell) else { return Vec::new() };
    let file = cell.place.at.file();
    let meant = |slip: Slip| {
        let meant = slip.undone(&unknown.value)?;
        let fits = !unknown.value.is_zero() && unknown.would_be.contains(&meant);
        Some((slip, meant.checked_div(&factor(cell.ty)).filter(|_| fits)?))
    };
    let lines = [Line::Row(file, record), Line::Column(file, column.to_string())];
    let fitting = SLIPS.into_iter().filter_map(meant);
    let in_lines =
        |(slip, meant): (Slip, Number)| lines.clone().map(|line| (line, slip, meant.clone()));
    fitting.flat_map(in_lines).collect()
}

/// The rows that a sum of a column has, and what it lacks.
fn short(n: usize, equation: &Equation) -> Option<(Rows, Option<Short>)> {
    let solved = &equation.solved;
    let linear = solved.linear.as_ref()?;
    let mut by_factor: BTreeMap<&Number, Vec<&Term>> = BTreeMap::new();
    linear.terms.iter().for_each(|term| by_factor.entry(&term.factor).or_default().push(term));
    let (by, parts) = by_factor.into_iter().max_by_key(|(_, parts)| parts.len())?;
    let cells: Vec<&CellFigure> =
        parts.iter().filter_map(|term| solved.cells.get(term.at)).collect();
    let (_, column) = named(cells.first()?)?;
    let file = cells.first()?.place.at.file();
    let mut records = BTreeSet::new();
    for cell in &cells {
        let (record, own) = named(cell)?;
        if own != column || cell.place.at.file() != file || !records.insert(record) {
            return None;
        }
    }
    let rows = (file, records);
    if cells.len() < 2 || equation.finding.is_none() {
        return Some((rows, None)).filter(|_| cells.len() > 1);
    }
    let by = Number::from(1i64).checked_div(by)?;
    let range = linear.allowed.sub(&Interval::point(linear.residual.clone())).scale(&by);
    let (ty, first) = (cells.first()?.ty, parts.first()?.at);
    let decimals = solved.unknowns.get(first)?.decimals;
    let would_be = range.scale(&factor(ty));
    let digits =
        Unknown { value: Number::default(), decimals, in_words: false, would_be, exact: None }
            .middle()?;
    let amount = digits.checked_div(&factor(ty))?;
    let sizes = || parts.iter().map(|term| &term.value).filter(|value| !value.is_zero());
    let least = sizes().map(Number::abs).min()?;
    let most = sizes().map(Number::abs).max()?;
    let twice = |n: &Number| n * &Number::from(2i64);
    let is_sized = twice(&amount.abs()) >= least && amount.abs() <= twice(&most);
    let is_like_others = is_sized && sizes().all(|n| n.signum() == amount.signum());
    let text = solved.written(first, &digits)?;
    let spots = cells.iter().map(|cell| spot(cell)).collect();
    let column = column.to_string();
    Some((rows, Some(Short { equation: n, spots, column, amount, text, is_like_others })))
}
