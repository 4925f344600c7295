//! Which figure of an equation that does not hold is probably wrong, and what it would be.
//!
//! Each figure is solved for with all others as they are. What it would be is compared with what is
//! written: one slip of the hand (Scholtus 2009) speaks for a figure, the more so the fewer figures
//! could become the written one by such a slip. Equations that would hold as well speak for it first,
//! those that would be broken against it (Fellegi and Holt 1976, for one figure).

use std::cmp::Reverse;

use crate::explain::slip::{Slip, Written, places};
use crate::explain::totals::Totals;
use crate::value::{Interval, Number};

/// A figure that could be wrong.
#[derive(Debug, Clone)]
pub struct Unknown {
    pub value: Number,
    /// The decimals that it is written with; negative where it is in hundreds, thousands or millions.
    pub decimals: i32,
    /// What it may be for the equation to hold, all others as they are.
    pub would_be: Interval,
    /// What it would be if the others were exactly what is written, where that is less.
    pub exact: Option<Number>,
}

impl Unknown {
    /// The figure with its decimals that is nearest to the middle of what it may be.
    pub fn middle(&self) -> Option<Number> {
        if self.would_be.is_point() {
            return self.would_be.lo.at().cloned();
        }
        middle(&self.would_be, self.decimals)
    }

    /// Whether it would be this as precisely as it is written, and not only by what rounding allows.
    fn is_precise(&self, would_be: &Number, slip: Option<Slip>) -> bool {
        let decimals = match slip {
            Some(Slip::Power(n)) => Some(self.decimals.saturating_add(n)),
            // The digit that was added may be the last decimal.
            Some(Slip::Added) => places(would_be, self.decimals.saturating_sub(1)),
            _ => places(would_be, self.decimals),
        };
        self.exact.as_ref().zip(decimals).is_some_and(|(exact, n)| exact.round(n) == *would_be)
    }

    /// The unit of its last digit.
    pub fn unit(&self) -> Number {
        Number::pow10(-self.decimals)
    }

    /// Whether it has more than one digit: shorter ones are a slip away from any other.
    pub fn is_long(&self) -> bool {
        self.value.abs() >= &self.unit() * &Number::from(10i64)
    }

    /// How many figures of a unit would do.
    pub fn width(&self, unit: &Number) -> u64 {
        let ends = self.would_be.lo.at().zip(self.would_be.hi.at());
        let wide = ends.and_then(|(low, high)| (high - low).checked_div(unit));
        let wide = wide.map_or(Some(0), |wide| wide.floor().to_i64());
        wide.and_then(|n| u64::try_from(n).ok()).unwrap_or(u64::MAX >> 1) + 1
    }

    /// The slip that makes what is written of a figure.
    pub fn slip_from(&self, meant: &Number) -> Option<Slip> {
        Written::new(&self.value, self.decimals)?.slip_from(meant)
    }
}

/// What a change does to the other equations that a figure is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effect {
    /// How many that fail would hold.
    pub mends: u32,
    /// How many that hold would fail.
    pub breaks: u32,
}

/// A figure that may be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// Its place among the figures.
    pub index: usize,
    /// What it would be.
    pub would_be: Number,
    /// How it came to be what it is.
    pub slip: Option<Slip>,
    pub effect: Effect,
    /// How many figures could become the written one by such a slip.
    pub ways: u64,
    /// Whether chance seldom makes one like it.
    pub is_rare: bool,
    /// The only one that a slip explains, which chance hardly does.
    pub likely: bool,
}

/// What else is known of a figure that would be something else.
pub type Others<'o> = &'o dyn Fn(usize, &Number) -> Effect;

/// Figures whose neighbours are tried one by one, where what a figure would be is a range.
const MOST_TRIED: usize = 1_000;

/// A candidate is likely where less than one random total in so many would have one like it.
pub const LIKELY: u64 = 200;

/// And it is worth a question where less than one in so many would.
pub const RARE: u64 = 20;

/// The totals of the size of some figures.
pub fn totals(unknowns: &[Unknown]) -> Totals {
    let figures = unknowns.iter().map(|u| (u.value.clone(), u.decimals));
    Totals::of(&figures.collect::<Vec<_>>())
}

/// All figures that could be wrong, the likeliest first; with the one that could as well be any other
/// figure of its size by chance, where they do not enter alike, as in a product.
pub fn suspects(unknowns: &[Unknown], any: Option<usize>, others: Others<'_>) -> Vec<Suspect> {
    let finest = unknowns.iter().map(|u| u.decimals).max().unwrap_or_default();
    let written: Vec<Option<Written>> =
        unknowns.iter().map(|u| Written::new(&u.value, u.decimals)).collect();
    let tries = unknowns.len() <= MOST_TRIED;
    let mut all: Vec<(Suspect, Rank)> = Vec::new();
    for (index, (unknown, written)) in unknowns.iter().zip(&written).enumerate() {
        let Some((would_be, slip)) = candidate(unknown, written.as_ref(), tries) else { continue };
        let is_too_fine = any.is_none() && is_finer_than_others(unknowns, unknown, &would_be);
        let slip = slip.filter(|_| !is_too_fine);
        if slip.is_none() && places(&would_be, finest) != Some(finest) {
            continue;
        }
        let effect = others(index, &would_be);
        let ways = slip.zip(written.as_ref()).map_or(u64::MAX, |(slip, w)| w.ways(slip));
        let suspect =
            Suspect { index, would_be, slip, effect, ways, is_rare: false, likely: false };
        let rank = Rank::of(unknown, &suspect);
        all.push((suspect, rank));
    }
    all.sort_by(|(a, x), (b, y)| x.cmp(y).then(a.index.cmp(&b.index)));
    let mut all: Vec<Suspect> = all.into_iter().map(|(suspect, _)| suspect).collect();
    let chance = Chance::new(unknowns, &written, any);
    all.iter_mut().for_each(|s| s.is_rare = chance.is_below(s, RARE) && chance.is_more(s));
    if let Some(first) = only_slip(&all).and_then(|first| all.get_mut(first)) {
        first.likely = first.effect.breaks == 0
            && chance.is_below(first, LIKELY)
            && !is_a_swap_as_well(unknowns, first);
    }
    all
}

/// Whether a figure would have more decimals than it and all others have, but for a single one: that one, as
/// a total, is finer than what it is made of.
fn is_finer_than_others(unknowns: &[Unknown], own: &Unknown, would_be: &Number) -> bool {
    let is_finer = |than: i32| places(would_be, than) != Some(than);
    let has_as_many = |u: &&Unknown| !is_finer(u.decimals);
    is_finer(own.decimals) && unknowns.iter().filter(has_as_many).count() < 2
}

/// Whether the two other figures of an equation in changed places explain what a sign does that is not
/// written: in `a + b = c`, a negative `a` does what `b` and `c` in changed places do.
fn is_a_swap_as_well(unknowns: &[Unknown], suspect: &Suspect) -> bool {
    let is_sign = suspect.slip == Some(Slip::Sign) && suspect.would_be.signum() < 0;
    if !is_sign || unknowns.len() != 3 || suspect.effect.mends > 0 {
        return false;
    }
    let others = unknowns.iter().enumerate().filter(|(n, _)| *n != suspect.index);
    let off: Vec<Option<Number>> =
        others.map(|(_, u)| u.middle().map(|middle| &u.value - &middle)).collect();
    matches!(&off[..], [Some(a), Some(b)] if a.signum() * b.signum() < 0)
}

/// Those that a slip explains and chance seldom does, if they are few: none of which many more
/// figures could become the written one than of the first.
pub fn worth_asking(all: &[Suspect]) -> Vec<&Suspect> {
    const MOST: usize = 3;
    const MUCH_MORE: u64 = 4;
    let mut few: Vec<&Suspect> = all.iter().filter(|s| s.is_rare).collect();
    few.retain(|s| s.effect.breaks == 0);
    let least = few.iter().map(|s| s.ways).min().unwrap_or_default();
    few.retain(|s| s.ways <= least.saturating_mul(MUCH_MORE));
    if few.len() > MOST { Vec::new() } else { few }
}

/// What a figure would be: by a slip if one explains it, else the nearest to the middle of what it
/// may be.
fn candidate(
    unknown: &Unknown,
    written: Option<&Written>,
    tries: bool,
) -> Option<(Number, Option<Slip>)> {
    let range = &unknown.would_be;
    let plain = unknown.middle();
    if range.is_point() {
        let would_be = plain.filter(|n| *n != unknown.value)?;
        let slip = written.and_then(|w| w.slip_from(&would_be));
        return Some((would_be, slip));
    }
    if let Some(slip) = written.zip(plain.as_ref()).and_then(|(w, plain)| w.slip_from(plain)) {
        return plain.map(|plain| (plain, Some(slip)));
    }
    let near = written.filter(|_| tries).map(Written::meant).unwrap_or_default();
    // With fewer decimals it is allowed more.
    let precise = near.iter().filter(|(number, slip)| unknown.is_precise(number, Some(*slip)));
    if let Some((number, slip)) = precise.min_by_key(|(number, slip)| (*slip, number.clone())) {
        return Some((number.clone(), Some(*slip)));
    }
    let inside = near.into_iter().filter(|(number, _)| range.contains(number));
    let distance = |n: &Number| plain.as_ref().map(|plain| (n - plain).abs());
    let nearest = inside.min_by(|(a, x), (b, y)| (x, distance(a), a).cmp(&(y, distance(b), b)));
    match nearest {
        Some((number, slip)) => Some((number, Some(slip))),
        None => plain.filter(|plain| *plain != unknown.value).map(|plain| (plain, None)),
    }
}

/// A figure with so many decimals near the middle of a range.
fn middle(range: &Interval, decimals: i32) -> Option<Number> {
    let half = Number::decimal(5, 1);
    let middle = (&(range.lo.at()? + range.hi.at()?) * &half).round(decimals);
    range.contains(&middle).then_some(middle)
}

/// The order of candidates: the first is the best.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Equations broken, less those that are mended.
    broken: i64,
    /// No slip explains it, and what it would be has another sign or many more digits.
    is_odd: bool,
    /// How many figures could become the written one in such a way: many explain little.
    ways: u64,
    /// Of what is equally likely, the largest: a difference of any size is found in it.
    size: Reverse<Number>,
}

impl Rank {
    fn of(unknown: &Unknown, s: &Suspect) -> Rank {
        let turned = s.would_be.signum() * unknown.value.signum() < 0;
        Rank {
            broken: i64::from(s.effect.breaks) - i64::from(s.effect.mends),
            is_odd: s.slip.is_none() && turned,
            ways: s.ways,
            size: Reverse(unknown.value.abs()),
        }
    }
}

/// The only one of the best that a slip explains.
fn only_slip(all: &[Suspect]) -> Option<usize> {
    let net = |s: &Suspect| i64::from(s.effect.mends) - i64::from(s.effect.breaks);
    let best = net(all.first()?);
    let mut slips = (0..all.len()).filter(|&n| all[n].slip.is_some() && net(&all[n]) == best);
    slips.next().filter(|_| slips.next().is_none())
}

/// How often chance makes a candidate.
struct Chance<'c> {
    unknowns: &'c [Unknown],
    written: &'c [Option<Written>],
    /// The figure that could be any other, with its place.
    any: Option<(usize, &'c Unknown)>,
    totals: Totals,
}

impl<'c> Chance<'c> {
    fn new(
        unknowns: &'c [Unknown],
        written: &'c [Option<Written>],
        any: Option<usize>,
    ) -> Chance<'c> {
        let any = any.and_then(|at| Some((at, unknowns.get(at)?)));
        let totals = totals(any.map_or(unknowns, |(_, any)| std::slice::from_ref(any)));
        Chance { unknowns, written, any, totals }
    }

    /// Whether a slip is better than a coin. A replaced digit is not, but in a rounded figure that could be
    /// any other; there the last digit is what rounding leaves.
    fn is_more(&self, suspect: &Suspect) -> bool {
        let is_far = |(at, any): (usize, &Unknown)| {
            let off = (&suspect.would_be - &any.value).abs();
            let is_rounded = at == suspect.index && !any.would_be.is_point();
            is_rounded && off >= &any.unit() * &Number::from(10i64)
        };
        suspect.slip != Some(Slip::Replaced) || self.any.is_some_and(is_far)
    }

    /// Whether less than one in so many totals of this size have a candidate of this kind. Figures
    /// of one digit are one slip away from any other, but for the sign.
    fn is_below(&self, suspect: &Suspect, one_in: u64) -> bool {
        let (Some(slip), Some(own)) = (suspect.slip, self.unknowns.get(suspect.index)) else {
            return false;
        };
        let unit = if self.any.is_some() { own.unit() } else { self.totals.unit.clone() };
        let ten = &unit * &Number::from(10i64);
        let is_short = own.value.abs() < ten || suspect.would_be.abs() < ten;
        if is_short && slip != Slip::Sign {
            return false;
        }
        // In a product a question is of one figure; what is likely is it rather than all others.
        let is_counted = |n: &usize| self.any.is_none() || one_in >= LIKELY || *n == suspect.index;
        let figures = self.written.iter().enumerate().filter(|(n, _)| is_counted(n));
        let ways: u64 = figures.filter_map(|(_, w)| Some(w.as_ref()?.ways(slip))).sum();
        // A range holds several figures, each of which would do.
        let any = self.any.map_or(own, |(_, any)| any);
        let wide = match own.is_precise(&suspect.would_be, suspect.slip) {
            true => 1,
            false => any.width(&self.totals.unit),
        };
        let ways = &Number::from(ways) * &Number::from(wide);
        // That another equation asks for the same is as rare again.
        self.totals.is_met(&ways, one_in, suspect.effect.mends > 0)
    }
}
