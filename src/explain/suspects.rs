//! Which figure of an equation that does not hold is probably wrong, and what it would be.
//!
//! Each figure is solved for with all others as they are. What it would be is compared with what is
//! written: one slip of the hand (Scholtus 2009) speaks for a figure, the more so the fewer figures
//! could become the written one by such a slip. Equations that would hold as well speak for it first,
//! those that would be broken against it (Fellegi and Holt 1976, for one figure).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::explain::odds::Odds;
use crate::explain::slip::{Slip, Written, places};
use crate::explain::totals::Totals;
use crate::explain::unknown::Unknown;
use crate::value::Number;

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
    /// One in how many figures is written like this: the fewer, the more the slip explains.
    pub one_in: Number,
    /// Whether chance seldom makes one like it.
    pub is_rare: bool,
    /// The only one that a slip explains, which chance hardly does.
    pub likely: bool,
}

/// What else is known of a figure that would be something else.
pub type Others<'o> = &'o dyn Fn(usize, &Number) -> Effect;

/// Figures whose neighbours are tried one by one, where what a figure would be is a range.
const MOST_TRIED: usize = 1_000;

/// Figures that a slip could make the written ones of, among which chance is counted exactly.
const MOST_WAYS: u64 = 2_000;

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
    let written: Vec<Option<Written>> = unknowns.iter().map(Unknown::written).collect();
    let odds = Odds::new(unknowns, &written, any.is_none());
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
        let one_in = odds.one_in(index, &would_be, slip).unwrap_or_default();
        let suspect =
            Suspect { index, would_be, slip, effect, one_in, is_rare: false, likely: false };
        let rank = Rank::of(unknown, &suspect);
        all.push((suspect, rank));
    }
    all.sort_by(|(a, x), (b, y)| x.cmp(y).then(a.index.cmp(&b.index)));
    let mut all: Vec<Suspect> = all.into_iter().map(|(suspect, _)| suspect).collect();
    let chance = Chance::new(unknowns, &written, (any, &odds));
    all.iter_mut().for_each(|s| s.is_rare = chance.is_more(s) && chance.is_below(s, RARE));
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

/// Those that a slip explains and chance seldom does, if they are few: none of which explains much less
/// than another one.
pub fn worth_asking(all: &[Suspect]) -> Vec<&Suspect> {
    const MOST: usize = 3;
    const MUCH_LESS: i64 = 4;
    let mut few: Vec<&Suspect> = all.iter().filter(|s| s.is_rare).collect();
    few.retain(|s| s.effect.breaks == 0);
    let least = few.iter().map(|s| &s.one_in).min().cloned().unwrap_or_default();
    few.retain(|s| s.one_in <= &least * &Number::from(MUCH_LESS));
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

/// The order of candidates: the first is the best.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Equations broken, less those that are mended.
    broken: i64,
    has_no_slip: bool,
    /// One in so many explains little.
    one_in: Number,
    /// Of what is equally likely, the largest: a difference of any size is found in it.
    size: Reverse<Number>,
}

impl Rank {
    fn of(unknown: &Unknown, s: &Suspect) -> Rank {
        Rank {
            broken: i64::from(s.effect.breaks) - i64::from(s.effect.mends),
            has_no_slip: s.slip.is_none(),
            one_in: s.one_in.clone(),
            size: Reverse(unknown.value.abs()),
        }
    }
}

/// The only one of the best that a slip explains, beside which what others explain is next to nothing.
fn only_slip(all: &[Suspect]) -> Option<usize> {
    /// A replaced digit explains nearly any difference.
    const OF_REPLACED: i64 = 100;
    const NEXT_TO_NOTHING: i64 = 50;
    let net = |s: &Suspect| i64::from(s.effect.mends) - i64::from(s.effect.breaks);
    let best = net(all.first()?);
    let mut slips = (0..all.len()).filter(|&n| all[n].slip.is_some() && net(&all[n]) == best);
    let first = slips.next()?;
    let one_in = &all.get(first)?.one_in;
    let mut others = Number::default();
    for n in slips {
        others = &others + &one_in.checked_div(&all.get(n)?.one_in)?;
    }
    let is_replaced = all.get(first)?.slip == Some(Slip::Replaced);
    let times = if is_replaced { OF_REPLACED } else { NEXT_TO_NOTHING };
    (&others * &Number::from(times) <= Number::from(1i64)).then_some(first)
}

/// How often chance makes a candidate.
struct Chance<'c> {
    unknowns: &'c [Unknown],
    written: &'c [Option<Written>],
    odds: &'c Odds<'c>,
    /// The figure that could be any other, with its place.
    any: Option<(usize, &'c Unknown)>,
    totals: Totals,
}

impl<'c> Chance<'c> {
    fn new(
        unknowns: &'c [Unknown],
        written: &'c [Option<Written>],
        (any, odds): (Option<usize>, &'c Odds<'c>),
    ) -> Chance<'c> {
        let any = any.and_then(|at| Some((at, unknowns.get(at)?)));
        let totals = totals(any.map_or(unknowns, |(_, any)| std::slice::from_ref(any)));
        Chance { unknowns, written, odds, any, totals }
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

    /// Whether less than one in so many totals of this size have a candidate of this kind.
    fn is_below(&self, suspect: &Suspect, one_in: u64) -> bool {
        let (Some(slip), Some(own)) = (suspect.slip, self.unknowns.get(suspect.index)) else {
            return false;
        };
        let unit = if self.any.is_some() { own.unit() } else { self.totals.unit.clone() };
        // The only figure with other digits than zeros, where all others have none, is no coincidence.
        let stands_out = matches!(slip, Slip::Power(_))
            && self.odds.stands_out(suspect.index, &suspect.would_be);
        if !stands_out && self.is_short(slip, [&own.value, &suspect.would_be], &unit) {
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
        let one_in = &Number::from(one_in) * &Number::from(wide);
        let Some(limit) = self.totals.limit(&one_in, suspect.effect.mends > 0) else {
            return false;
        };
        if Number::from(ways) < limit {
            return true;
        }
        // A replaced digit explains nearly any difference.
        let is_exact = self.any.is_none() && slip != Slip::Replaced && ways <= MOST_WAYS;
        is_exact && self.is_met_below(&limit, suspect).unwrap_or(false)
    }

    /// Whether fewer totals of this size have a candidate of its kind that is as good: what the largest figure
    /// would be for one of the others to be such a slip away, each once, and what it could be itself.
    fn is_met_below(&self, limit: &Number, suspect: &Suspect) -> Option<bool> {
        let slip = suspect.slip?;
        let size = |n: &usize| self.unknowns.get(*n).map(|unknown| unknown.value.abs());
        let largest = (0..self.unknowns.len()).max_by_key(size)?;
        let needed = self.unknowns.get(largest)?.middle()?;
        let is_up = |unknown: &Unknown| Some(unknown.value > unknown.middle()?);
        let largest_is_up = is_up(self.unknowns.get(largest)?)?;
        let unit = &self.totals.unit;
        let most =
            limit.ceil().to_i64().and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        let (mut met, mut own) = (BTreeSet::new(), 0);
        for (n, (unknown, written)) in self.unknowns.iter().zip(self.written).enumerate() {
            let Some(written) = written else { continue };
            let way = is_up(unknown)? == largest_is_up;
            let is_as_good = |meant: &Number, slip: Slip| {
                let one_in = self.odds.one_in(n, meant, Some(slip));
                one_in.is_some_and(|one_in| one_in <= suspect.one_in)
            };
            for (meant, slip) in written.meant_by(slip) {
                let change = &unknown.value - &meant;
                let total = if way { &needed + &change } else { &needed - &change };
                let is_new = n == largest || self.totals.contains(&total) && !met.contains(&total);
                let is_one = is_new
                    && change.is_multiple_of(unit)
                    && !self.is_short(slip, [&unknown.value, &meant], unit)
                    && is_as_good(&meant, slip);
                if is_one && n == largest {
                    own += 1;
                } else if is_one {
                    met.insert(total);
                }
                if own + met.len() >= most {
                    return Some(false);
                }
            }
        }
        Some(true)
    }

    /// Figures of one digit are an edit of a digit away from any other, and a unit away from any small one; of
    /// a decimal point that slipped in a sum, one side has three digits at least.
    fn is_short(&self, slip: Slip, [figure, meant]: [&Number; 2], unit: &Number) -> bool {
        let is_below = |n: &Number, units: i64| n.abs() < unit * &Number::from(units);
        match slip {
            Slip::Sign => false,
            Slip::Power(_) if self.any.is_none() => is_below(figure, 100) && is_below(meant, 100),
            _ => is_below(figure, 10) || is_below(meant, 10),
        }
    }
}
