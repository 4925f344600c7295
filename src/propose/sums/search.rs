//! Which of some series is the sum of others.
//!
//! A series is a column, or the rows with one label. Sums are looked for where tables have them: of
//! neighbours, before or after the total, of all others, of two; then the parts of what was found are
//! put aside and the totals looked at as neighbours of each other, so that totals of totals are found.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::propose::slips::slips;
use crate::propose::sums::parts::{Cell, room};

/// Series beside each other, in one or more layers: the columns of figures that each label has.
pub struct Grid {
    /// By layer, series and position.
    pub cells: Vec<Vec<Vec<Option<Cell>>>>,
    pub series: usize,
    pub positions: usize,
    /// Series that are called a total.
    pub totals: Vec<bool>,
    /// Layers of whole numbers, or series where there is one layer: they are exact unless something says
    /// otherwise.
    pub counts: Vec<bool>,
    /// Layers of shares, which are rounded each for itself whatever else adds up exactly.
    pub shares: Vec<bool>,
    /// One layer is enough, and others may hold what does not add up.
    pub is_labelled: bool,
}

/// A layer in which a sum holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    pub layer: usize,
    /// Without any rounding.
    pub is_exact: bool,
    pub held: usize,
    pub failed: usize,
    /// Of those that hold, those that are off by what rounding makes, and the most that one may be.
    pub rounded: usize,
    pub off: i128,
}

impl Layer {
    fn of(layer: usize) -> Layer {
        Layer { layer, is_exact: true, held: 0, failed: 0, rounded: 0, off: 0 }
    }
}

/// A series that is the sum of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    pub target: usize,
    pub parts: Vec<usize>,
    pub layers: Vec<Layer>,
    /// Layers in which it would hold but for a few figures.
    pub nearly: Vec<Layer>,
}

/// So many series are compared in all ways; of more, only neighbours.
const SOME: usize = 40;
/// The longest run of neighbours, where there are more.
const LONGEST: usize = 64;
/// Halvings of the chance that make a sum a surprise, beside those for the number of sums tried.
const SURPRISE: u32 = 16;
/// The same for each of several rows that are called totals, where all of them are the sum of others.
const SURPRISE_EACH: u32 = 6;
/// Sums that are rounded, by which it shows that they are rounded by chance.
const SOME_ROUNDED: usize = 6;
/// Rounds of totals of totals.
const ROUNDS: usize = 4;

/// What sums are looked for.
#[derive(Clone, Copy)]
struct How {
    /// Without any rounding.
    exact: bool,
    /// Halvings of the chance by which one that is called a total is a surprise.
    surprise: u32,
}

/// What a layer says of a sum.
struct Verdict {
    layer: Layer,
    /// Halvings of the chance.
    bits: u32,
    /// Positions where it says something.
    telling: usize,
}

impl Verdict {
    /// Counts a sum that holds: it is a surprise where there are several parts, and not the same again.
    fn take(&mut self, at: &SumAt, filled: &mut [bool], seen: &mut HashSet<u64>) {
        let (mut nonzero, mut hasher) = (0, DefaultHasher::new());
        for (cell, filled) in at.cells.iter().zip(filled) {
            let Some(cell) = cell else { continue };
            nonzero += usize::from(cell.value != 0);
            *filled |= cell.value != 0;
            cell.value.hash(&mut hasher);
        }
        if nonzero > 1 && at.stated.value != 0 && seen.insert(hasher.finish()) {
            let room = at.stated.value.unsigned_abs() / at.units.unsigned_abs().max(1) + 1;
            self.bits = self.bits.saturating_add(room.ilog2());
            self.telling += 1;
        }
    }
}

/// A total with what its parts add up to.
struct SumAt {
    stated: Cell,
    sum: i128,
    /// The units of all of them.
    units: i128,
    /// The finest of them, and whether that is a part's alone.
    finest: i128,
    is_coarser: bool,
    cells: Vec<Option<Cell>>,
}

impl Grid {
    /// All sums, each series being that of one set of others at most.
    pub fn sums(&self) -> Vec<Sum> {
        let found = self.surprising(SURPRISE);
        let totals = (0..self.series).filter(|series| self.is_total(*series)).count();
        let has_few = self.is_labelled && self.positions == 1 && totals > 1;
        if !has_few || found.len() >= totals {
            return found;
        }
        // A budget of few rows with its subtotals: together they are a surprise.
        let more = self.surprising(SURPRISE_EACH);
        let named = more.iter().filter(|sum| self.is_total(sum.target)).count();
        if named == totals { more } else { found }
    }

    /// The sums of which each is so much of a surprise.
    fn surprising(&self, surprise: u32) -> Vec<Sum> {
        let mut found: Vec<Sum> = Vec::new();
        let mut active: Vec<usize> = (0..self.series).collect();
        for _ in 0..ROUNDS {
            let before = found.len();
            self.round(&active, surprise, &mut found);
            if found.len() == before {
                break;
            }
            // What is a part of a total is no part of the next.
            let is_part = |series: &usize| found.iter().any(|sum| sum.parts.contains(series));
            active.retain(|series| !is_part(series));
        }
        self.gather(&mut found);
        found
    }

    /// Puts a total in the place of its parts where they are all among those of another.
    fn gather(&self, found: &mut [Sum]) {
        for at in 0..found.len() {
            while let Some(better) = self.shorter(at, found)
                && let Some(slot) = found.get_mut(at)
            {
                *slot = better;
            }
        }
    }

    /// A sum with another total in the place of its parts.
    fn shorter(&self, at: usize, found: &[Sum]) -> Option<Sum> {
        let sum = found.get(at)?;
        let exact = sum.layers.iter().all(|layer| layer.is_exact);
        let mut shorter = found.iter().filter_map(|other| {
            let is_in = other.target != sum.target
                && !sum.parts.contains(&other.target)
                && other.parts.iter().all(|part| sum.parts.contains(part));
            let rest = sum.parts.iter().filter(|part| !other.parts.contains(part));
            let mut parts: Vec<usize> = rest.copied().chain([other.target]).collect();
            parts.sort_unstable();
            is_in
                .then(|| self.judge(sum.target, parts, How { exact, surprise: SURPRISE }))
                .flatten()
        });
        shorter.find(|s| s.layers.len() >= sum.layers.len())
    }

    /// Exact sums come first: a few small figures more would be lost in the rounding.
    fn round(&self, active: &[usize], surprise: u32, found: &mut Vec<Sum>) {
        for exact in [true, false] {
            self.totals_of(active, How { exact, surprise }, found);
        }
    }

    fn totals_of(&self, active: &[usize], how: How, found: &mut Vec<Sum>) {
        let wide = active.len() > SOME;
        for (at, target) in active.iter().enumerate() {
            if found.iter().any(|sum| sum.target == *target) {
                continue;
            }
            let mut best = None;
            if self.is_total(*target) {
                let others = |s: &&usize| *s != target && !self.is_total(**s);
                let others: Vec<usize> = active.iter().filter(others).copied().collect();
                best = self.judge(*target, others, how);
            }
            best = best.or_else(|| self.beside(active, at, how));
            if !wide && how.surprise == SURPRISE {
                best = best.or_else(|| self.elsewhere(active, *target, how));
            }
            let is_circle = |sum: &Sum| {
                found.iter().any(|f| sum.parts.contains(&f.target) && f.parts.contains(&sum.target))
            };
            found.extend(best.filter(|sum| !is_circle(sum)));
        }
    }

    fn is_total(&self, series: usize) -> bool {
        self.totals.get(series).copied().unwrap_or(false)
    }

    /// The longest run of neighbours whose sum a series is.
    fn beside(&self, active: &[usize], at: usize, how: How) -> Option<Sum> {
        let target = *active.get(at)?;
        let after = active.get(at + 1..).unwrap_or_default();
        let before = active.get(..at).unwrap_or_default();
        let most = |run: &[usize]| run.len().min(if active.len() > SOME { LONGEST } else { SOME });
        let runs_after = (2..=most(after)).rev().filter_map(|n| after.get(..n));
        let runs_before = (2..=most(before)).rev().filter_map(|n| before.get(before.len() - n..));
        let tried = |run: &[usize]| self.judge(target, run.to_vec(), how);
        let of_before = || runs_before.filter_map(tried).next();
        if self.is_total(target) {
            return of_before().or_else(|| runs_after.filter_map(tried).next());
        }
        let found = runs_after.filter_map(tried).next();
        found.or_else(of_before)
    }

    /// A run of neighbours that stands elsewhere, or any two series.
    fn elsewhere(&self, active: &[usize], target: usize, how: How) -> Option<Sum> {
        let others: Vec<usize> = active.iter().filter(|s| **s != target).copied().collect();
        let runs = (3..=others.len()).rev().flat_map(|n| others.windows(n));
        let run = runs.filter_map(|run| self.judge(target, run.to_vec(), how)).next();
        // Of many rows some two make a third by chance.
        if self.is_labelled && self.positions == 1 && !self.is_total(target) {
            return run;
        }
        let pairs = others
            .iter()
            .enumerate()
            .flat_map(|(n, a)| others.iter().skip(n + 1).map(move |b| vec![*a, *b]));
        run.or_else(|| pairs.filter_map(|pair| self.judge(target, pair, how)).next())
    }

    /// Whether a series is the sum of others, and that is no accident.
    fn judge(&self, target: usize, parts: Vec<usize>, how: How) -> Option<Sum> {
        if parts.len() < 2 {
            return None;
        }
        let all = (0..self.cells.len()).filter_map(|n| self.layer(n, target, &parts, how.exact));
        let verdicts: Vec<Verdict> = all.collect();
        let mut counted: Vec<&Verdict> = Vec::new();
        for verdict in &verdicts {
            let is_same = |other: &&Verdict| self.are_alike((other, verdict), target, &parts);
            if !self.is_labelled || self.is_total(target) || !counted.iter().any(is_same) {
                counted.push(verdict);
            }
        }
        let bits = counted.iter().fold(0, |sum: u32, v| sum.saturating_add(v.bits));
        let telling: usize = verdicts.iter().map(|v| v.telling).sum();
        let tried = u32::try_from(self.series * self.series * self.series).unwrap_or(u32::MAX);
        let tried = tried.checked_ilog2().unwrap_or(0);
        // What no label calls a total is one by itself alone.
        let least_bits = if self.is_total(target) { how.surprise } else { SURPRISE + tried };
        let least = if self.is_total(target) && self.is_labelled { 1 } else { 3 };
        let is_surprise = bits >= least_bits && telling >= least;
        if !is_surprise {
            return None;
        }
        let mut layers: Vec<Layer> = verdicts.into_iter().map(|v| v.layer).collect();
        layers.extend(self.rounded_shares(target, &parts, &layers));
        let nearly = self.nearly(target, &parts, &layers);
        Some(Sum { target, parts, layers, nearly })
    }

    /// Layers of shares beside some in which a sum holds, in which it holds within rounding.
    fn rounded_shares(&self, target: usize, parts: &[usize], layers: &[Layer]) -> Vec<Layer> {
        let is_share = |n: &usize| self.shares.get(*n).copied().unwrap_or(false);
        let is_new = |n: &usize| layers.iter().all(|layer| layer.layer != *n);
        let others = (0..self.cells.len()).filter(is_share).filter(is_new);
        let held = others.filter_map(|n| self.layer(n, target, parts, false));
        held.map(|verdict| verdict.layer).collect()
    }

    /// Whether the figures of one layer are those of another times a factor, about: that they add up says
    /// nothing new.
    fn are_alike(&self, (a, b): (&Verdict, &Verdict), target: usize, parts: &[usize]) -> bool {
        let cell = |layer: &Verdict, series: usize, position: usize| {
            let cell = self.cells.get(layer.layer.layer)?.get(series)?.get(position)?.as_ref()?;
            Some(cell.value)
        };
        (0..self.positions).all(|position| {
            let Some((x, y)) = cell(a, target, position).zip(cell(b, target, position)) else {
                return false;
            };
            parts.iter().all(|part| {
                let Some((p, q)) = cell(a, *part, position).zip(cell(b, *part, position)) else {
                    return false;
                };
                let (left, right) = (p.saturating_mul(y), q.saturating_mul(x));
                left.abs_diff(right).saturating_mul(50) <= left.unsigned_abs()
            })
        })
    }

    /// Layers with wrong figures, where the sum holds in the others and all but a few of all sums.
    fn nearly(&self, target: usize, parts: &[usize], layers: &[Layer]) -> Vec<Layer> {
        let others = (0..self.cells.len()).filter(|n| layers.iter().all(|l| l.layer != *n));
        let off: Vec<Layer> = others.filter_map(|n| self.off(n, target, parts)).collect();
        let count = |all: &[Layer], of: fn(&Layer) -> usize| all.iter().map(of).sum::<usize>();
        let wrong = count(&off, |l| l.failed);
        let all = count(&off, |l| l.held) + wrong + count(layers, |l| l.held + l.failed);
        // Two columns that add up are enough for a third that does not.
        let may = slips(all).max(usize::from(layers.len() > 1));
        if wrong <= may { off } else { Vec::new() }
    }

    /// How often a layer that has no such sum has one nevertheless; none where the figures are of
    /// another kind, such as rates.
    fn off(&self, layer: usize, target: usize, parts: &[usize]) -> Option<Layer> {
        let (mut held, mut failed) = (0, 0);
        for position in 0..self.positions {
            let Some(at) = self.sum_at((layer, position), target, parts)? else { continue };
            let (stated, sum) = (at.stated.value, at.sum);
            let is_near = sum.abs() <= stated.abs() * 2 && stated.abs() <= sum.abs() * 2;
            match stated == sum {
                true => held += 1,
                false if is_near => failed += 1,
                false => return None,
            }
        }
        (failed > 0).then_some(Layer { held, failed, ..Layer::of(layer) })
    }

    /// A total with what its parts add up to; none in it where nothing is stated or nothing is there to
    /// be added, none at all beyond all bounds.
    fn sum_at(
        &self,
        (layer, position): (usize, usize),
        target: usize,
        parts: &[usize],
    ) -> Option<Option<SumAt>> {
        let series = self.cells.get(layer)?;
        let Some(Some(stated)) = series.get(target)?.get(position).copied() else {
            return Some(None);
        };
        let cell = |part: &usize| series.get(*part)?.get(position).copied().flatten();
        let cells: Vec<Option<Cell>> = parts.iter().map(cell).collect();
        // Among figures with decimals, parts that are counts are exact.
        let are_exact = !self.is_labelled && !parts.iter().all(|part| self.is_count(*part));
        let (mut sum, mut units, mut finest) = (0_i128, stated.unit, stated.unit);
        for (cell, part) in cells.iter().zip(parts) {
            let Some(cell) = cell else { continue };
            sum = sum.checked_add(cell.value)?;
            if !(are_exact && self.is_count(*part)) {
                units += cell.unit;
            }
            finest = finest.min(cell.unit);
        }
        let is_any = cells.iter().any(Option::is_some);
        let is_coarser = finest < stated.unit;
        Some(is_any.then_some(SumAt { stated, sum, units, finest, is_coarser, cells }))
    }

    /// What a layer says: it is learnt from every second position, and tested on the others, each time
    /// with slips of its own.
    fn layer(&self, layer: usize, target: usize, parts: &[usize], exact: bool) -> Option<Verdict> {
        let mut own = Verdict { layer: Layer::of(layer), bits: 0, telling: 0 };
        let (mut above, mut coarser, mut filled) = (0, 0, vec![false; parts.len()]);
        let mut seen: HashSet<u64> = HashSet::new();
        for half in [0, 1] {
            let positions = (half..self.positions).step_by(2);
            let (budget, mut failed) = (slips(positions.len()), 0);
            for position in positions {
                let Some(at) = self.sum_at((layer, position), target, parts)? else { continue };
                let off = (at.stated.value - at.sum).abs();
                if off * 2 > at.units || (exact && off > 0) {
                    failed += 1;
                    if failed > budget {
                        return None;
                    }
                    continue;
                }
                own.layer.held += 1;
                own.layer.rounded += usize::from(off > 0);
                own.layer.off = own.layer.off.max(room(at.units, at.finest));
                coarser += usize::from(at.is_coarser);
                above += usize::from(at.stated.value > at.sum);
                own.take(&at, &mut filled, &mut seen);
            }
            own.layer.failed += failed;
        }
        let ends = filled.first() == Some(&true) && filled.last() == Some(&true);
        let says = ends && own.layer.held > 0 && own.telling > 0 && parts.len() > 1;
        self.finish(own, (above, coarser), (target, parts)).filter(|_| says)
    }

    /// A verdict on sums that are exact, or of which so many are rounded that they are no slips.
    fn finish(
        &self,
        mut own: Verdict,
        (above, coarser): (usize, usize),
        (target, parts): (usize, &[usize]),
    ) -> Option<Verdict> {
        let (rounded, held) = (own.layer.rounded, own.layer.held);
        let are_counts = self.are_counts(own.layer.layer, target, parts);
        let few = if are_counts { rounded * 3 <= held } else { rounded * 10 <= held };
        let are_slips = rounded > 0 && few && (are_counts || held >= 10);
        if are_slips && own.layer.failed + rounded <= slips(self.positions) {
            own.layer.failed += rounded;
            own.layer.held -= rounded;
            own.layer.rounded = 0;
        } else {
            own.layer.is_exact = rounded == 0;
        }
        if own.layer.is_exact {
            return Some(own);
        }
        // Rounding goes up and down, and leaves some sums as they are, but where the total has less decimals.
        let is_enough = rounded >= SOME_ROUNDED;
        let one_sided = is_enough && (above == 0 || above == rounded);
        let none_exact = is_enough && rounded * 20 > held * 19 && coarser * 2 < held;
        let is_chance = are_counts && !self.is_total(target) && {
            is_enough && (held - rounded) * 2 < held * usual(parts.len()) / 100
        };
        (!one_sided && !none_exact && !is_chance).then_some(own)
    }

    /// Whether all figures of a sum are whole numbers that nothing says are rounded.
    fn are_counts(&self, layer: usize, target: usize, parts: &[usize]) -> bool {
        match self.is_labelled {
            true => self.is_count(layer),
            false => self.is_count(target) && parts.iter().all(|part| self.is_count(*part)),
        }
    }

    fn is_count(&self, n: usize) -> bool {
        self.counts.get(n).copied().unwrap_or(false)
    }
}

/// Of a hundred sums of so many rounded figures, how many are exact.
fn usual(parts: usize) -> usize {
    match parts {
        0..=2 => 75,
        3 => 66,
        4 => 59,
        more => 138 / more.isqrt(),
    }
}
