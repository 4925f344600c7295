//! The fewest figures that, changed together, could make everything hold that they are in (Fellegi and
//! Holt 1976): exact, with the same answer every time. Pure.
//!
//! Every failing constraint must hold one of the figures that are changed; whether figures can be
//! changed so that all constraints hold that they are in is decided by elimination (Fourier and Motzkin).

use std::collections::BTreeSet;

use crate::value::{End, Interval, Number};

/// What is asked of some figures: left minus right, by how much each of them changes it.
#[derive(Debug, Clone)]
pub struct Demand {
    /// Figures by their places, each once, with their factors.
    pub terms: Vec<(usize, Number)>,
    pub residual: Number,
    pub allowed: Interval,
}

impl Demand {
    fn fails(&self) -> bool {
        !self.allowed.contains(&self.residual)
    }

    fn has(&self, figures: &[usize]) -> bool {
        self.terms.iter().any(|(at, _)| figures.contains(at))
    }

    fn figures(&self) -> Vec<usize> {
        self.terms.iter().map(|(at, _)| *at).collect()
    }
}

/// A product or a quotient that fails: what is asked of each of its figures, all others as they are.
pub struct Product<'p> {
    /// Each figure once.
    pub alone: Vec<Demand>,
    /// Whether it holds where these figures are larger by so much.
    pub holds: Box<dyn Fn(&[(usize, Number)]) -> bool + 'p>,
}

impl Product<'_> {
    fn figures(&self) -> Vec<usize> {
        self.alone.iter().flat_map(Demand::figures).collect()
    }
}

/// Figures that are changed, each with how much larger it may become.
pub type Set = Vec<(usize, Interval)>;

/// What came of the search.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// All sets of the least weight; and whether there are others of as few figures, or fewer.
    Sets(Vec<Set>, bool),
    /// No set of so few figures makes everything hold, or not all that might were decided.
    None,
    /// Not all were tried.
    TooMany,
}

/// Figures that are changed together, at most.
const MOST_CHANGED: usize = 3;

/// Sets that are tried of figures that hang together.
const MOST_TRIED: usize = 5_000;

/// Sets that are tried in all.
pub const MOST_IN_ALL: usize = 20_000;

/// Inequalities that an elimination may come to.
const MOST_LINES: usize = 400;

/// The sets of figures of the least weight that could make all demands and products hold; figures have
/// weights by their places, or 1. Each set that is tried is taken off what is left.
pub fn smallest(
    demands: &[Demand],
    products: &[Product<'_>],
    weights: &[u32],
    left: &mut usize,
) -> Found {
    let failing = demands.iter().filter(|demand| demand.fails()).map(Demand::figures);
    let failing: Vec<Vec<usize>> = failing.chain(products.iter().map(Product::figures)).collect();
    let mut apart: Vec<&Vec<usize>> = Vec::new();
    for figures in &failing {
        if apart.iter().all(|other| !figures.iter().any(|at| other.contains(at))) {
            apart.push(figures);
        }
    }
    // Each of them needs a figure of its own.
    if apart.len() > MOST_CHANGED {
        return Found::None;
    }
    let most = MOST_TRIED.min(*left);
    let (seen, found) = (BTreeSet::new(), Vec::new());
    let open = u32::MAX;
    let mut search =
        Search { demands, products, failing, weights, most, tried: 0, seen, found, open };
    let found = search.run();
    *left = left.saturating_sub(search.tried);
    found
}

struct Search<'d> {
    demands: &'d [Demand],
    products: &'d [Product<'d>],
    /// The figures of all that fails.
    failing: Vec<Vec<usize>>,
    weights: &'d [u32],
    most: usize,
    tried: usize,
    seen: BTreeSet<Vec<usize>>,
    found: Vec<Set>,
    /// The weight of the lightest set of which is not known whether it makes everything hold.
    open: u32,
}

impl Search<'_> {
    fn run(&mut self) -> Found {
        for size in 1..=MOST_CHANGED {
            if self.least().unwrap_or(u32::MAX).min(self.open) < self.lightest(size) {
                break;
            }
            self.seen.clear();
            if self.extend(&mut Vec::new(), size).is_none() {
                return Found::TooMany;
            }
        }
        let Some(least) = self.least().filter(|least| *least < self.open) else {
            return Found::None;
        };
        let all = std::mem::take(&mut self.found);
        let (sets, heavier): (Vec<Set>, Vec<Set>) =
            all.into_iter().partition(|set| self.weight_of(set) == least);
        let has = |set: &Set, at: usize| set.iter().any(|(of, _)| *of == at);
        let is_instead = |other: &Set| {
            sets.iter()
                .any(|set| other.len() <= set.len() && !set.iter().all(|(at, _)| has(other, *at)))
        };
        let by_weight = heavier.iter().any(is_instead);
        Found::Sets(sets, by_weight)
    }

    fn weight(&self, at: usize) -> u32 {
        self.weights.get(at).copied().unwrap_or(1)
    }

    fn weight_of(&self, set: &Set) -> u32 {
        set.iter().map(|(at, _)| self.weight(*at)).fold(0, u32::saturating_add)
    }

    /// The weight of the lightest set that was found.
    fn least(&self) -> Option<u32> {
        self.found.iter().map(|set| self.weight_of(set)).min()
    }

    /// What as many figures weigh at least.
    fn lightest(&self, size: usize) -> u32 {
        let figures: BTreeSet<usize> = self
            .demands
            .iter()
            .chain(self.products.iter().flat_map(|product| &product.alone))
            .flat_map(Demand::figures)
            .collect();
        let mut weights: Vec<u32> = figures.into_iter().map(|at| self.weight(at)).collect();
        weights.sort_unstable();
        weights.iter().take(size).copied().fold(0, u32::saturating_add)
    }

    /// Tries all sets of a size with these figures in them; none where there are too many.
    fn extend(&mut self, figures: &mut Vec<usize>, size: usize) -> Option<()> {
        let mut sorted = figures.clone();
        sorted.sort_unstable();
        if !self.seen.insert(sorted.clone()) {
            return Some(());
        }
        self.tried += 1;
        if self.tried > self.most {
            return None;
        }
        let is_open = |of: &&Vec<usize>| !of.iter().any(|at| figures.contains(at));
        let open = self.failing.iter().find(is_open);
        if figures.len() == size {
            if open.is_none()
                && let Some(set) = self.mends(&sorted)?
            {
                self.found.push(set);
            }
            return Some(());
        }
        let next: BTreeSet<usize> = match open {
            Some(of) => of.iter().copied().collect(),
            None => {
                let touched = self.demands.iter().filter(|d| d.has(figures)).map(Demand::figures);
                let products = self.products.iter().map(Product::figures);
                let products = products.filter(|of| of.iter().any(|at| figures.contains(at)));
                touched.chain(products).flatten().collect()
            }
        };
        for at in next.into_iter().filter(|at| !sorted.contains(at)) {
            figures.push(at);
            let tried = self.extend(figures, size);
            figures.pop();
            tried?;
        }
        Some(())
    }

    /// By how much figures may change for everything to hold that they are in, where each of them has
    /// to; the outer none where that is too much to find out.
    fn mends(&mut self, figures: &[usize]) -> Option<Option<Set>> {
        let mut lines = Vec::new();
        let mut joint: Vec<&Product<'_>> = Vec::new();
        let mut asked: Vec<&Demand> = self.demands.iter().filter(|d| d.has(figures)).collect();
        for product in self.products {
            let own: Vec<&Demand> = product.alone.iter().filter(|d| d.has(figures)).collect();
            match own.len() {
                0 | 1 => asked.extend(own),
                _ => joint.push(product),
            }
        }
        for demand in asked {
            let factor = |at: &usize| {
                let term = demand.terms.iter().find(|(of, _)| of == at);
                term.map_or_else(Number::default, |(_, factor)| factor.clone())
            };
            let factors: Vec<Number> = figures.iter().map(factor).collect();
            lines.extend(Line::of(&factors, &demand.allowed, &demand.residual));
        }
        if lines.len() > MOST_LINES {
            return None;
        }
        let mut set = Set::new();
        for (n, &at) in figures.iter().enumerate() {
            let mut left = lines.clone();
            for other in (0..figures.len()).filter(|other| *other != n) {
                left = eliminate(&left, other)?;
            }
            let Some(range) = range_of(&left, n) else { return Some(None) };
            set.push((at, range));
        }
        let point = |at: usize| {
            let (_, range) = set.iter().find(|(of, _)| *of == at)?;
            Some((at, range.lo.at().filter(|_| range.is_point())?.clone()))
        };
        let mut is_decided = true;
        for product in joint {
            let own = product.figures().into_iter().filter(|at| figures.contains(at));
            match own.map(point).collect::<Option<Vec<_>>>() {
                Some(changes) if !(product.holds)(&changes) => return Some(None),
                Some(_) => {}
                // Two factors can make a product together in many ways.
                None => is_decided = false,
            }
        }
        if !is_decided {
            self.open = self.open.min(self.weight_of(&set));
            return Some(None);
        }
        // A figure that may stay belongs to no smallest set: without it there would be a smaller one.
        Some(Some(set))
    }
}

/// `factors · changes` at most, or less than, `most`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    factors: Vec<Number>,
    most: Number,
    is_open: bool,
}

impl Line {
    /// What the ends of a range ask for.
    fn of(factors: &[Number], allowed: &Interval, residual: &Number) -> Vec<Line> {
        let line = |end: &End, sign: i64| {
            let sign = Number::from(sign);
            let most = &(end.at()? - residual) * &sign;
            let factors = factors.iter().map(|factor| factor * &sign).collect();
            Some(Line { factors, most, is_open: !end.is_closed() })
        };
        [line(&allowed.hi, 1), line(&allowed.lo, -1)].into_iter().flatten().collect()
    }

    fn factor(&self, n: usize) -> i32 {
        self.factors.get(n).map_or(0, Number::signum)
    }

    /// One that follows from two, without a figure that they hold with opposite signs.
    fn with(&self, other: &Line, n: usize) -> Option<Line> {
        let (a, b) = (self.factors.get(n)?.abs(), other.factors.get(n)?.abs());
        let pairs = self.factors.iter().zip(&other.factors);
        let factors = pairs.map(|(x, y)| &(x * &b) + &(y * &a)).collect();
        let most = &(&self.most * &b) + &(&other.most * &a);
        Some(Line { factors, most, is_open: self.is_open || other.is_open }.scaled())
    }

    /// With a first factor of one, so that equal lines look equal.
    fn scaled(self) -> Line {
        let first = self.factors.iter().find(|factor| !factor.is_zero()).map(Number::abs);
        let Some(by) = first.and_then(|first| Number::from(1i64).checked_div(&first)) else {
            return self;
        };
        let factors = self.factors.iter().map(|factor| factor * &by).collect();
        Line { factors, most: &self.most * &by, is_open: self.is_open }
    }
}

/// What remains without a figure; none where that is too much.
fn eliminate(lines: &[Line], n: usize) -> Option<Vec<Line>> {
    let of = |sign: i32| lines.iter().filter(move |line| line.factor(n) == sign);
    let mut left: BTreeSet<Line> = of(0).cloned().collect();
    for above in of(1) {
        for below in of(-1) {
            left.extend(above.with(below, n));
            if left.len() > MOST_LINES {
                return None;
            }
        }
    }
    Some(left.into_iter().collect())
}

/// What a figure may change by; none where no change does.
fn range_of(lines: &[Line], n: usize) -> Option<Interval> {
    let mut range = Interval { lo: End::Unbounded, hi: End::Unbounded };
    let zero = Number::default();
    for line in lines {
        let factor = line.factors.get(n)?;
        let Some(at) = line.most.checked_div(factor).filter(|_| !factor.is_zero()) else {
            let holds = if line.is_open { zero < line.most } else { zero <= line.most };
            if holds {
                continue;
            }
            return None;
        };
        let end = |at: Number| if line.is_open { End::Open(at) } else { End::Closed(at) };
        let is_nearer = |own: &End, than: fn(&Number, &Number) -> bool| match own.at() {
            None => true,
            Some(own_at) => than(&at, own_at) || (at == *own_at && line.is_open),
        };
        if factor.signum() > 0 && is_nearer(&range.hi, |a, b| a < b) {
            range.hi = end(at);
        } else if factor.signum() < 0 && is_nearer(&range.lo, |a, b| a > b) {
            range.lo = end(at);
        }
    }
    let is_any = match (range.lo.at(), range.hi.at()) {
        (Some(low), Some(high)) if low == high => range.is_point(),
        (Some(low), Some(high)) => low < high,
        _ => true,
    };
    is_any.then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(value: i64) -> Number {
        Number::from(value)
    }

    /// A sum of figures minus another one.
    fn demand(values: &[i64], factors: &[(usize, i64)], allowed: Interval) -> Demand {
        let residual = factors.iter().map(|(at, factor)| &n(values[*at]) * &n(*factor));
        let residual = residual.fold(n(0), |a, b| &a + &b);
        let terms = factors.iter().map(|(at, factor)| (*at, n(*factor))).collect();
        Demand { terms, residual, allowed }
    }

    fn zero() -> Interval {
        Interval::point(n(0))
    }

    fn least(at: i64) -> Interval {
        Interval { lo: End::Closed(n(at)), hi: End::Unbounded }
    }

    #[test]
    fn the_nearest_bound_counts_whether_its_end_is_in_or_out() {
        let line = |most: i64, is_open: bool| Line { factors: vec![n(1)], most: n(most), is_open };
        for (lines, expected) in [
            ([line(5, false), line(10, true)], End::Closed(n(5))),
            ([line(5, false), line(5, true)], End::Open(n(5))),
            ([line(5, true), line(5, false)], End::Open(n(5))),
            ([line(10, true), line(5, false)], End::Closed(n(5))),
        ] {
            assert_eq!(range_of(&lines, 0).map(|range| range.hi), Some(expected));
        }
    }

    fn found(demands: &[Demand]) -> Found {
        smallest(demands, &[], &[], &mut MOST_IN_ALL.clone())
    }

    fn sets(demands: &[Demand]) -> Vec<Vec<usize>> {
        places(found(demands))
    }

    fn places(found: Found) -> Vec<Vec<usize>> {
        let Found::Sets(sets, _) = found else { return Vec::new() };
        sets.iter().map(|set| set.iter().map(|(at, _)| *at).collect()).collect()
    }

    #[test]
    fn bounds_leave_one_figure() {
        // p + c = t, c >= 0.6 t, c >= 0, p >= 0 with 755, 125 and 200.
        let values = [755, 125, 200];
        let demands = [
            demand(&values, &[(0, 1), (1, 1), (2, -1)], zero()),
            demand(&values, &[(1, 10), (2, -6)], least(0)),
            demand(&values, &[(1, 1)], least(0)),
            demand(&values, &[(0, 1)], least(0)),
        ];
        let change = Interval::point(n(-680));
        assert_eq!(found(&demands), Found::Sets(vec![vec![(0, change)]], false));
    }

    #[test]
    fn two_figures_are_needed_where_none_alone_may_be_so_small() {
        // x + y = 5 with 6 and 6, none below zero.
        let values = [6, 6];
        let sum = Demand { residual: n(7), ..demand(&values, &[(0, 1), (1, 1)], zero()) };
        let demands =
            [sum, demand(&values, &[(0, 1)], least(0)), demand(&values, &[(1, 1)], least(0))];
        let change = Interval::closed(n(-6), n(-1));
        assert_eq!(
            found(&demands),
            Found::Sets(vec![vec![(0, change.clone()), (1, change)]], false)
        );
    }

    #[test]
    fn what_holds_is_kept() {
        // Parts 5, 5, 5, 45 and 0 of 60, the fourth at most 30, the fifth at least 10.
        let values = [5, 5, 5, 45, 0];
        let parts = [(0, 1), (1, 1), (2, 1), (3, 1), (4, 1)];
        let sum = Demand { residual: n(0), ..demand(&values, &parts, zero()) };
        let most = Interval { lo: End::Unbounded, hi: End::Closed(n(30)) };
        let demands =
            [sum, demand(&values, &[(3, 1)], most), demand(&values, &[(4, 1)], least(10))];
        assert_eq!(sets(&demands), [[3, 4]]);
    }

    #[test]
    fn factors_count() {
        // 2a + b = 32 and a + 2b = 25 with 10 and 7, the results fixed: 13 and 6 alone do.
        let values = [10, 7, 32, 25];
        let fixed = |at, value| demand(&values, &[(at, 1)], Interval::point(n(value)));
        let demands = [
            demand(&values, &[(0, 2), (1, 1), (2, -1)], zero()),
            demand(&values, &[(0, 1), (1, 2), (3, -1)], zero()),
            fixed(2, 32),
            fixed(3, 25),
        ];
        let [a, b] = [3, -1].map(|change| Interval::point(n(change)));
        assert_eq!(found(&demands), Found::Sets(vec![vec![(0, a), (1, b)]], false));
        // With 30 and 30 it is the second alone.
        let values = [10, 7, 30, 30];
        let demands = [
            demand(&values, &[(0, 2), (1, 1), (2, -1)], zero()),
            demand(&values, &[(0, 1), (1, 2), (3, -1)], zero()),
        ];
        assert_eq!(sets(&demands), [[1]]);
    }

    #[test]
    fn the_lightest_set_is_taken_however_many_figures_it_has() {
        // x + y = z with 1, 1 and 1.
        let demands = [demand(&[1, 1, 1], &[(0, 1), (1, 1), (2, -1)], zero())];
        let of = |demands: &[Demand], weights: &[u32]| {
            let found = smallest(demands, &[], weights, &mut MOST_IN_ALL.clone());
            let by_weight = matches!(found, Found::Sets(_, true));
            (places(found), by_weight)
        };
        for (n, weights) in [[1, 2, 2], [2, 1, 2], [2, 2, 1]].iter().enumerate() {
            assert_eq!(of(&demands, weights), (vec![vec![n]], true));
        }
        assert_eq!(of(&demands, &[2, 2, 2]), (vec![vec![0], vec![1], vec![2]], false));
        // a + b = 5 and a + c = 5 with 4, 4 and 4: b and c together where a weighs more than both.
        let both = |at| Demand { residual: n(3), ..demand(&[4, 4, 4], &[(0, 1), (at, 1)], zero()) };
        let demands = [both(1), both(2)];
        assert_eq!(of(&demands, &[2, 1, 2]), (vec![vec![0]], false));
        assert_eq!(of(&demands, &[5, 1, 2]), (vec![vec![1, 2]], true));
    }

    #[test]
    fn a_product_is_decided_by_one_of_its_figures() {
        // a * b = c with 12, 5 and 80: 16, or 80/12, or 60.
        let values = [12, 5, 80, 1, 1];
        let alone = |at: usize, value: Number| demand(&values, &[(at, 1)], Interval::point(value));
        let sixths = n(20).checked_div(&n(3)).expect("no zero");
        let product = Product {
            alone: vec![alone(0, n(16)), alone(1, sixths), alone(2, n(60))],
            holds: Box::new(|changes| {
                let figure = |at: usize| {
                    let change = changes.iter().find(|(of, _)| *of == at);
                    change.map_or(n(values[at]), |(_, by)| &n(values[at]) + by)
                };
                &figure(0) * &figure(1) == figure(2)
            }),
        };
        let of = |demands: &[Demand]| {
            places(smallest(demands, std::slice::from_ref(&product), &[], &mut MOST_IN_ALL.clone()))
        };
        assert_eq!(of(&[]), [[0], [1], [2]]);
        let fixed = |at: usize| alone(at, n(values[at]));
        assert_eq!(of(&[fixed(0), fixed(1)]), [[2]]);
        // a + d and b + e are one too small as well: 13 * 6 is not 80.
        let short = |at: usize, other: usize, by: i64| Demand {
            residual: n(-by),
            ..demand(&values, &[(at, 1), (other, 1)], Interval::point(n(0)))
        };
        let sum = |at: usize, other: usize| short(at, other, 1);
        assert_eq!(of(&[sum(0, 3), sum(1, 4)]), Vec::<Vec<usize>>::new());
        // But 8 * 10 is, where they are four too large and five too small.
        assert_eq!(of(&[short(0, 3, -4), short(1, 4, 5)]), [[0, 1]]);
        // With a and c as they are, it is b and d.
        assert_eq!(of(&[fixed(0), fixed(2), sum(0, 3)]), [[1, 3]]);
    }

    #[test]
    fn ties_are_all_named_and_the_search_is_bounded() {
        let values = [1, 1, 1];
        assert_eq!(sets(&[demand(&values, &[(0, 1), (1, 1), (2, -1)], zero())]).len(), 3);
        // Failing sums of hundreds of figures that have nothing in common.
        let many = |count: usize| {
            (0..count).map(|k| {
                let terms = (0..300).map(|i| (300 * k + i, n(1))).collect();
                Demand { terms, residual: n(1), allowed: zero() }
            })
        };
        assert_eq!(found(&many(3).collect::<Vec<_>>()), Found::TooMany);
        assert_eq!(found(&many(4).collect::<Vec<_>>()), Found::None);
        let none = [
            demand(&[1, 1], &[(0, 1)], Interval::point(n(2))),
            demand(&[1, 1], &[(0, 1)], Interval::point(n(3))),
        ];
        assert_eq!(found(&none), Found::None);
    }
}
