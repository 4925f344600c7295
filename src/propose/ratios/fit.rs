//! Whether figures are what others make, within the digits that they are written with.

use std::collections::HashSet;

use crate::propose::slips::slips;
use crate::propose::sums::parts::Cell;

/// Halvings of the chance that make a rule a surprise, beside those for the number of rules tried.
const SURPRISE: u32 = 16;
/// Rows that say something, at least, and halvings of the chance that one may add at most.
const TELLING: usize = 5;
const MOST_BITS: u32 = 10;
/// Rows by which most rules are refuted, and of these those that may be slips.
const PROBES: usize = 12;
const OFF: usize = 2;
/// Rows in which the chance is computed at most.
const COMPUTED: usize = 500;

/// What others make of a figure, in the unit of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    pub value: i128,
    /// How much more or less it may be, as what it is made of is rounded.
    pub slack: i128,
    /// Whether nothing was cut off.
    pub is_whole: bool,
}

/// The figures of a column that others may make.
pub struct Stated {
    pub cells: Vec<Option<Cell>>,
    sorted: Vec<i128>,
    probes: Vec<usize>,
}

/// How well a rule fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    pub held: usize,
    pub failed: usize,
    /// Without any rounding.
    pub is_exact: bool,
}

impl Stated {
    pub fn new(cells: Vec<Option<Cell>>) -> Stated {
        let filled: Vec<usize> = (0..cells.len())
            .filter(|row| cells.get(*row).copied().flatten().is_some_and(|cell| cell.value != 0))
            .collect();
        let step = (filled.len() / PROBES).max(1);
        let probes = filled.into_iter().step_by(step).take(PROBES).collect();
        let mut sorted: Vec<i128> = cells.iter().flatten().map(|cell| cell.value).collect();
        sorted.sort_unstable();
        Stated { cells, sorted, probes }
    }

    /// Whether it varies at all.
    pub fn varies(&self) -> bool {
        self.sorted.first() != self.sorted.last()
    }

    /// Rows in which there are figures that are not nothing.
    pub fn probes(&self) -> &[usize] {
        &self.probes
    }

    /// The figure of a row.
    pub fn cell(&self, row: usize) -> Option<Cell> {
        self.cells.get(row).copied().flatten()
    }

    /// Whether the figures are those that are made, but for slips, and that is no accident: learnt from
    /// every second row, and tested on the others.
    pub fn fit(&self, made: &dyn Fn(usize) -> Option<Made>, tried: usize) -> Option<Fit> {
        let (mut near, mut off) = (0, 0);
        for row in &self.probes {
            let (Some(own), Some(made)) = (self.cell(*row), made(*row)) else { continue };
            if is_near(own, made) {
                near += 1;
            } else {
                off += 1;
            }
            if off > OFF {
                return None;
            }
        }
        if near <= off { None } else { self.fit_all(made, tried) }
    }

    /// Whether what is stated is always much nearer to what is made than its digits ask for: then it is
    /// not what is rounded.
    pub fn is_blurred(&self, made: &dyn Fn(usize) -> Option<Made>) -> bool {
        let rows = 0..self.cells.len();
        let mut offs = rows.filter_map(|row| {
            let (own, made) = (self.cell(row)?, made(row)?);
            is_near(own, made).then(|| ((own.value - made.value).abs(), own.unit))
        });
        offs.all(|(off, unit)| off * 4 <= unit)
    }

    fn fit_all(&self, made: &dyn Fn(usize) -> Option<Made>, tried: usize) -> Option<Fit> {
        let mut fit = Fit { held: 0, failed: 0, is_exact: true };
        let (mut bits, mut telling, mut looked_at) = (0_u32, 0, 0);
        let mut seen: HashSet<i128> = HashSet::new();
        for half in [0, 1] {
            let rows = (half..self.cells.len()).step_by(2);
            let (budget, mut failed) = (slips(rows.len()), 0);
            for row in rows {
                let (Some(own), Some(made)) = (self.cell(row), made(row)) else { continue };
                if !is_near(own, made) {
                    failed += 1;
                    if failed > budget {
                        return None;
                    }
                    continue;
                }
                fit.held += 1;
                fit.is_exact &= made.is_whole && made.value == own.value;
                // What is made again says nothing new.
                if looked_at < COMPUTED && seen.insert(made.value) {
                    looked_at += 1;
                    let own = self.bits(own, made);
                    bits = bits.saturating_add(own);
                    telling += usize::from(own > 0);
                }
            }
            fit.failed += failed;
        }
        let is_surprise = bits >= SURPRISE + tried.max(1).ilog2() && telling >= TELLING;
        (is_surprise && fit.failed * 10 <= fit.held).then_some(fit)
    }

    /// How often the chance is halved that any other figure of the column would fit as well: by how
    /// many of them do, and by how wide the interval is.
    fn bits(&self, own: Cell, made: Made) -> u32 {
        let around = own.unit / 2 + made.slack;
        let below = self.sorted.partition_point(|v| *v < made.value - around);
        let fitting = self.sorted.partition_point(|v| *v <= made.value + around) - below;
        let (first, last) = (self.sorted.first(), self.sorted.last());
        let range = first.zip(last).map_or(0, |(first, last)| last - first);
        let by_width = (range / (2 * around).max(1)).max(1).ilog2();
        let others = fitting.saturating_sub(1);
        let by_count = self.sorted.len().checked_div(others).map_or(u32::MAX, |n| n.max(1).ilog2());
        by_width.min(by_count).min(MOST_BITS)
    }
}

fn is_near(own: Cell, made: Made) -> bool {
    (own.value - made.value).abs() * 2 <= own.unit + 2 * made.slack
}
