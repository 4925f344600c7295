//! What may have been done to several cells of one equation: two that changed places, running totals in
//! place of amounts, subtotals among the parts. Pure.

use std::collections::BTreeMap;

use crate::explain::equation::{Linear, Term};
use crate::value::{Interval, Number};

/// Sums whose cells hold running totals.
#[derive(Debug, PartialEq, Eq)]
pub struct Running {
    /// The cells that hold one, by their places, with the amounts that they would hold.
    pub cells: Vec<(usize, Number)>,
    /// The last of them.
    pub last: usize,
    /// Whether it is the last of the list: the total itself.
    pub is_total: bool,
}

/// Factors of an equation among whose cells pairs are looked for.
const MOST_FACTORS: usize = 8;

/// Figures above a subtotal, at most.
const MOST_ABOVE: usize = 60;

/// Pairs of cells with which the equation would hold if they changed places: at most two of them, which
/// is one too many. With how many pairs there are in all.
pub fn swapped(linear: &Linear, is_short: &dyn Fn(usize) -> bool) -> (Vec<[usize; 2]>, u64) {
    let mut by_factor: BTreeMap<&Number, BTreeMap<&Number, Vec<usize>>> = BTreeMap::new();
    // Figures of one digit are alike by chance.
    for term in linear.terms.iter().filter(|term| !is_short(term.at)) {
        let of_factor = by_factor.entry(&term.factor).or_default();
        of_factor.entry(&term.value).or_default().push(term.at);
    }
    let (mut found, mut ways) = (Vec::new(), 0u64);
    if by_factor.len() > MOST_FACTORS {
        return (found, ways);
    }
    let needed = linear.allowed.sub(&Interval::point(linear.residual.clone()));
    let lists: Vec<_> = by_factor.iter().collect();
    for (nth, (a, of_a)) in lists.iter().enumerate() {
        for (b, of_b) in lists.iter().skip(nth + 1) {
            // Left minus right changes by (a - b) times how much larger the other one is.
            let Some(by) = Number::from(1i64).checked_div(&(**a - **b)) else { continue };
            let count = |of: &BTreeMap<_, Vec<usize>>| of.values().map(|at| at.len() as u64).sum();
            let (count_a, count_b): (u64, u64) = (count(of_a), count(of_b));
            ways = ways.saturating_add(count_a.saturating_mul(count_b));
            for (value, at) in of_a.iter() {
                let other = needed.scale(&by).add(&Interval::point((*value).clone()));
                let Some((low, high)) = other.lo.at().zip(other.hi.at()) else { continue };
                let near = of_b
                    .range::<&Number, _>(low..=high)
                    .filter(|(v, _)| v != &value && other.contains(v));
                let pairs = near.flat_map(|(_, others)| others.iter()).take(2);
                found.extend(pairs.flat_map(|&other| at.iter().map(move |&own| [own, other])));
                if found.len() > 1 {
                    return (found, ways);
                }
            }
        }
    }
    (found, ways)
}

/// The figures of a list that are running totals: what stands before one is too much.
pub fn running(linear: &Linear) -> Option<(Running, u64)> {
    let mut all = linear.lists().into_iter().filter_map(|(list, excess)| {
        let found = running_in(&list, &excess)?;
        Some((found, list.len() as u64))
    });
    let first = all.next();
    first.filter(|_| all.next().is_none())
}

fn running_in(list: &[&Term], excess: &Interval) -> Option<Running> {
    let grows = |pair: &[&Term]| matches!(pair, [a, b] if a.value.abs() < b.value.abs());
    let mut before = Number::default();
    let mut found: Option<Running> = None;
    for (n, term) in list.iter().enumerate() {
        if before.signum() * term.value.signum() < 0 {
            break;
        }
        // Where only one stands before it, that item explains it as well.
        if n > 1 && !before.is_zero() && excess.contains(&before) {
            let amount = &term.value - &before;
            let (all, is_total) = (list.get(..=n)?, n + 1 == list.len());
            let cells = if amount.signum() == before.signum() {
                vec![(term.at, amount)]
            } else if is_total && all.windows(2).all(grows) {
                all.windows(2).filter_map(difference).collect()
            } else {
                Vec::new()
            };
            let running = Running { cells, last: term.at, is_total };
            if !running.cells.is_empty() && found.replace(running).is_some() {
                return None;
            }
        }
        before = &before + &term.value;
    }
    found
}

fn difference(pair: &[&Term]) -> Option<(usize, Number)> {
    let [a, b] = pair else { return None };
    Some((b.at, &b.value - &a.value))
}

/// Figures of a list that are sums of the figures above them, and are what it is too large by: each with
/// how many it is the sum of.
pub fn subtotals(linear: &Linear) -> Vec<(usize, usize)> {
    let of_list = |(list, excess): (Vec<&Term>, Interval)| {
        let mut found: Vec<(usize, usize, &Number)> = Vec::new();
        // What no subtotal above holds already, each with how many figures it is the sum of.
        let mut open: Vec<&Number> = Vec::new();
        for term in list {
            let mut sum = Number::default();
            let above = open.iter().rev().take(MOST_ABOVE).position(|value| {
                sum = &sum + *value;
                sum == term.value
            });
            // A figure that is like the one above it is no sum of it.
            match above.filter(|n| *n > 0 && !term.value.is_zero()) {
                Some(n) => found.push((term.at, n + 1, &term.value)),
                None => open.push(&term.value),
            }
        }
        let all = found.iter().fold(Number::default(), |sum, (.., value)| &sum + *value);
        if !found.is_empty() && excess.contains(&all) {
            return found.iter().map(|(at, n, _)| (*at, *n)).collect();
        }
        let mut alone = found.iter().filter(|(.., value)| excess.contains(value));
        let only = alone.next().filter(|_| alone.next().is_none());
        only.map(|(at, n, _)| vec![(*at, *n)]).unwrap_or_default()
    };
    let all = linear.lists().into_iter().map(of_list);
    all.into_iter().find(|found: &Vec<_>| !found.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Number {
        Number::parse(text).expect("a number")
    }

    /// `first + … - last = 0`.
    fn sum(figures: &[&str]) -> Linear {
        let last = figures.len() - 1;
        let term = |(at, text): (usize, &&str)| Term {
            at,
            factor: Number::from(if at == last { -1i64 } else { 1 }),
            value: n(text),
        };
        let terms: Vec<Term> = figures.iter().enumerate().map(term).collect();
        let residual = terms.iter().map(|t| &t.factor * &t.value);
        let residual = residual.fold(Number::default(), |a, b| &a + &b);
        let allowed = Interval::point(Number::default());
        Linear { terms, constant: Some(Number::default()), residual, allowed }
    }

    #[test]
    fn a_part_and_the_total_change_places() {
        let pairs = |figures: &[&str]| swapped(&sum(figures), &|_| false).0;
        assert_eq!(pairs(&["120", "40", "45", "35"]), [[3, 0]]);
        assert_eq!(pairs(&["35", "40", "45", "120"]), Vec::<[usize; 2]>::new());
        assert_eq!(pairs(&["35", "40", "45", "121"]), Vec::<[usize; 2]>::new());
        assert_eq!(swapped(&sum(&["120", "40", "45", "35"]), &|at| at == 3).0.len(), 0);
    }

    #[test]
    fn running_totals_are_known_by_what_stands_before_them() {
        let of = |figures: &[&str]| running(&sum(figures)).map(|(found, _)| found);
        let one = Running { cells: vec![(2, n("45"))], last: 2, is_total: false };
        assert_eq!(of(&["35", "40", "120", "17", "137"]), Some(one));
        let all = vec![(1, n("40")), (2, n("45")), (3, n("17"))];
        let all = Running { cells: all, last: 3, is_total: true };
        assert_eq!(of(&["35", "75", "120", "137", "137"]), Some(all));
        // One item would explain it as well.
        assert_eq!(of(&["35", "75", "62", "137"]), None);
        assert_eq!(of(&["35", "40", "45", "120"]), None);
        assert_eq!(of(&["35", "40", "74", "17", "91"]), None, "nothing is left of it");
    }

    #[test]
    fn subtotals_are_sums_of_what_is_above() {
        let of = |figures: &[&str]| subtotals(&sum(figures));
        assert_eq!(of(&["35", "40", "75", "17", "92"]), [(2, 2)]);
        assert_eq!(of(&["35", "40", "75", "17", "5", "22", "97"]), [(2, 2), (5, 2)]);
        // Held by another part already, or no sum.
        assert_eq!(of(&["35", "40", "75", "17", "167"]), []);
        assert_eq!(of(&["35", "40", "76", "17", "92"]), []);
    }
}
