//! How often one figure comes to be written for another, by what the other figures of an equation look like.
//! Pure.

use crate::explain::sizes::Sizes;
use crate::explain::slip::{Slip, Written, places};
use crate::explain::unknown::Unknown;
use crate::value::Number;

/// Decimals of figures in billions: coarser units are no units of a table.
const COARSEST: i32 = -9;

/// Fewer figures have a sign or a unit in common by chance.
const LEAST: usize = 3;

/// What the figures of an equation have in common.
pub struct Odds<'u> {
    unknowns: &'u [Unknown],
    written: &'u [Option<Written>],
    are_alike: bool,
    /// How many are positive, and how many negative; none where that says nothing.
    signs: Option<[i64; 2]>,
    /// The decimals of each, negative where it is full tens, hundreds and so on; none where that says nothing.
    scales: Vec<i32>,
    /// The most of them and the next, which may be as many.
    finest: [i32; 2],
    /// How large they are.
    sizes: Sizes,
    /// The fewest decimals that all would have if one of them were what it would be.
    common: i32,
}

impl<'u> Odds<'u> {
    /// Of figures that enter alike, or not.
    pub fn new(
        unknowns: &'u [Unknown],
        written: &'u [Option<Written>],
        are_alike: bool,
    ) -> Odds<'u> {
        let mut odds = Odds {
            unknowns,
            written,
            are_alike,
            signs: None,
            scales: Vec::new(),
            finest: [COARSEST; 2],
            common: COARSEST,
            sizes: Sizes::default(),
        };
        let count = |sign: i32| unknowns.iter().filter(|u| u.value.signum() == sign).count() as i64;
        let signs = [1, -1].map(count);
        if !are_alike || signs.iter().sum::<i64>() < LEAST as i64 {
            return odds;
        }
        odds.signs = Some(signs);
        odds.sizes = Sizes::of(unknowns);
        let scale = |u: &Unknown| places(&u.value, COARSEST);
        let Some(scales) = unknowns.iter().map(scale).collect::<Option<Vec<i32>>>() else {
            return odds;
        };
        for scale in &scales {
            let [first, second] = odds.finest;
            odds.finest = [first.max(*scale), second.max(first.min(*scale))];
        }
        odds.scales = scales;
        let middle = |n: usize| odds.scale_with(n, &unknowns.get(n)?.middle()?);
        odds.common = (0..unknowns.len()).filter_map(middle).min().unwrap_or(COARSEST);
        odds
    }

    /// The decimals of all figures if one of them were another one.
    fn scale_with(&self, index: usize, figure: &Number) -> Option<i32> {
        let [first, second] = self.finest;
        let others = if *self.scales.get(index)? == first { second } else { first };
        Some(places(figure, COARSEST)?.max(others))
    }

    /// Whether a figure is the only one that is no multiple of what all others are, and would be one.
    pub fn stands_out(&self, index: usize, meant: &Number) -> bool {
        let [first, second] = self.finest;
        let is_finest = first > second && self.scales.get(index) == Some(&first);
        is_finest && self.scale_with(index, meant) == Some(second)
    }

    /// One in how many figures is written for the one that would be meant, by a slip or for no reason that
    /// shows: the fewer, the more that explains. As many figures have one number of digits as another, so
    /// that each of the larger ones is rarer; a sign that few others have is seldom meant, and so are figures
    /// that are no multiples of what all others are.
    pub fn one_in(&self, index: usize, meant: &Number, slip: Option<Slip>) -> Option<Number> {
        let own = self.unknowns.get(index)?;
        let written = self.written.get(index)?.as_ref()?;
        if !self.are_alike {
            // In a product the figures have units of their own.
            return Some(slip.map_or(Number::default(), |slip| written.ways(slip).into()));
        }
        let [size, of_meant] = [&own.value, meant].map(|n| n.abs().max(own.unit()));
        let outcomes = written.outcomes(meant, slip)?;
        let mut one_in = (&outcomes * &of_meant).checked_div(&size)?;
        if let Some([positive, negative]) = self.signs
            && own.value.signum() * meant.signum() < 0
        {
            let (alike, others) =
                if own.value.signum() > 0 { (positive, negative) } else { (negative, positive) };
            // The figure itself is one of its sign.
            one_in = (&one_in * &Number::from(alike)).checked_div(&Number::from(others + 1))?;
        }
        if let Some(seldomer) = self.sizes.seldomer(own, meant) {
            one_in = &one_in * &seldomer;
        }
        let scale = self.scale_with(index, meant).unwrap_or(self.common);
        Some(&one_in * &Number::pow10((scale - self.common).max(0)))
    }
}
