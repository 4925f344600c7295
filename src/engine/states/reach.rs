//! Quantiles of figures that stand for ranges: the least that one can be is the quantile of all low ends, and
//! the greatest that of all high ends.
//!
//! Figures are shown in the order of their values, and ends may come in another one. But an end is no farther
//! from its value than the farthest of all, so that only figures around the quantile need to be held.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::value::{End, Figure, Interval, Number};

/// How far the ends of figures are from their values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The first distances that were met, below and above.
    first: Option<(Number, Number)>,
    /// Whether others were met, so that ends may come in another order than their values.
    is_uneven: bool,
    /// The farthest of all.
    most: Number,
    /// Whether a figure has no end.
    is_endless: bool,
}

impl Reach {
    /// Notes a figure.
    pub fn take(&mut self, figure: &Figure) {
        let interval = figure.interval();
        let own = match (interval.lo.at(), interval.hi.at()) {
            (Some(low), Some(high)) => (&figure.value - low, high - &figure.value),
            _ => {
                self.is_endless = true;
                return;
            }
        };
        // Beside withheld figures there are exact ones, of which loops note nothing.
        self.is_uneven |= figure.withheld;
        self.join(&Reach {
            most: own.0.clone().max(own.1.clone()),
            first: Some(own),
            ..Reach::default()
        });
    }

    /// Notes those of other rows.
    pub fn join(&mut self, other: &Reach) {
        self.is_endless |= other.is_endless;
        self.is_uneven |= other.is_uneven;
        if self.most < other.most {
            self.most.clone_from(&other.most);
        }
        match (&self.first, &other.first) {
            (Some(own), Some(others)) => self.is_uneven |= own != others,
            (None, others) => self.first.clone_from(others),
            (Some(_), None) => {}
        }
    }
}

/// The figures around a quantile.
#[derive(Debug)]
pub struct Around {
    reach: Reach,
    /// How many figures lie too far below.
    below: usize,
    window: VecDeque<Figure>,
}

impl Around {
    /// None yet; nothing where ends need no look.
    pub fn new(reach: &Reach) -> Option<Around> {
        (reach.is_uneven || reach.is_endless).then(|| Around {
            reach: reach.clone(),
            below: 0,
            window: VecDeque::new(),
        })
    }

    /// Takes the next figure, which is not behind the lower of those that the quantile is between.
    pub fn rise_to(&mut self, figure: Figure) {
        let least = &figure.value - &self.reach.most;
        let is_far = |first: &Figure| !self.reach.is_endless && first.value < least;
        while self.window.front().is_some_and(is_far) {
            self.window.pop_front();
            self.below += 1;
        }
        self.window.push_back(figure);
    }

    /// Takes the next figure, which is between those that the quantile is between.
    pub fn rise(&mut self, figure: Figure) {
        self.window.push_back(figure);
    }

    /// Takes the next figure, where one behind the quantile of this value matters; whether it does.
    pub fn follow(&mut self, figure: Figure, value: &Number) -> bool {
        let is_near = self.reach.is_endless || figure.value <= value + &self.reach.most;
        if is_near {
            self.window.push_back(figure);
        }
        is_near
    }

    /// The figure at a place among all, from 1, with all that it can be.
    pub fn at(&self, place: u64, value: &Number) -> Figure {
        let intervals = || self.window.iter().map(Figure::interval);
        let mut lows: Vec<End> = intervals().map(|i| i.lo).collect();
        let mut highs: Vec<End> = intervals().map(|i| i.hi).collect();
        // A closed low end lies before an open one, and a closed high end behind it; none is the farthest.
        lows.sort_by(|a, b| a.at().cmp(&b.at()).then(b.is_closed().cmp(&a.is_closed())));
        highs.sort_by(|a, b| {
            let by_end = a.at().is_none().cmp(&b.at().is_none()).then(a.at().cmp(&b.at()));
            by_end.then(a.is_closed().cmp(&b.is_closed()))
        });
        let nth = usize::try_from(place).unwrap_or(usize::MAX).saturating_sub(self.below + 1);
        let end = |ends: &[End]| ends.get(nth).cloned().unwrap_or(End::Unbounded);
        let range = Interval { lo: end(&lows), hi: end(&highs) };
        let withheld = self.window.iter().any(|figure| figure.withheld);
        Figure { withheld, ..Figure::ranged(value.clone(), range) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::states::ranked::Search;
    use crate::value::Value;

    fn figure((value, below, above): (i64, i64, i64)) -> Figure {
        let at = |n: i64| Number::from(n);
        Figure::ranged(at(value), Interval::closed(at(value - below), at(value + above)))
    }

    proptest! {
        #[test]
        fn a_median_can_be_what_medians_of_ends_are(
            mut all in prop::collection::vec((-9i64..9, 0i64..6, 0i64..6), 1..12),
        ) {
            all.sort();
            let mut reach = Reach::default();
            all.iter().for_each(|f| reach.take(&figure(*f)));
            let mut search = Search::quantile(None, all.len() as u64, &reach);
            for f in &all {
                search.show(false, 0, || {
                    let mut packed = Vec::new();
                    crate::engine::states::pack::pack_value(&Value::Number(figure(*f)), &mut packed);
                    packed
                });
            }
            let Value::Number(found) = search.found() else { panic!("a figure") };
            let median = |mut ends: Vec<i64>| {
                ends.sort_unstable();
                let n = ends.len();
                let sum = Number::from(ends[(n - 1) / 2] + ends[n / 2]);
                &sum * &Number::decimal(5, 1)
            };
            let low = median(all.iter().map(|f| f.0 - f.1).collect());
            let high = median(all.iter().map(|f| f.0 + f.2).collect());
            prop_assert_eq!(found.interval(), Interval::closed(low, high));
            prop_assert_eq!(found.value, median(all.iter().map(|f| f.0).collect()));
        }
    }
}
