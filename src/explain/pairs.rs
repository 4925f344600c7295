//! Two slips at once in figures of one equation. Pure.

use crate::explain::slip::Slip;
use crate::explain::unknown::Unknown;
use crate::value::{Interval, Number};

/// A figure, by its place, with what it would be and how it came to be what it is.
pub type Change = (usize, Number, Slip);

/// Figures among which pairs are looked for.
const MOST: usize = 12;

/// What the second figure may be where the first one is changed.
pub type Other<'o> = &'o dyn Fn((usize, &Number), usize) -> Option<Interval>;

/// Pairs of figures with which an equation would hold if a slip of each is undone: at most two of them,
/// which is one too many. With how many pairs there are in all.
pub fn two_slips(unknowns: &[Unknown], other: Other<'_>) -> (Vec<[Change; 2]>, u64) {
    let (mut found, mut ways) = (Vec::new(), 0u64);
    if unknowns.len() > MOST {
        return (found, ways);
    }
    let meant: Vec<Vec<(Number, Slip)>> = unknowns.iter().map(meant).collect();
    for (a, of_a) in meant.iter().enumerate() {
        for (own, slip) in of_a {
            for (b, of_b) in meant.iter().enumerate().skip(a + 1) {
                let fits = |of: &&(Number, Slip)| are_made_together(*slip, of.1);
                ways = ways.saturating_add(of_b.iter().filter(fits).count() as u64);
                let Some(range) = other((a, own), b) else { continue };
                let fitting = of_b.iter().filter(fits).filter(|(n, _)| range.contains(n));
                let pair =
                    fitting.map(|(n, of_n)| [(a, own.clone(), *slip), (b, n.clone(), *of_n)]);
                found.extend(pair.take(2));
                if found.len() > 1 {
                    return (found, ways);
                }
            }
        }
    }
    (found, ways)
}

/// What a figure of several digits would be without a slip that few figures come of.
fn meant(unknown: &Unknown) -> Vec<(Number, Slip)> {
    let written = unknown.written();
    let all = written.filter(|_| unknown.is_long()).map(|written| written.meant_by_few());
    all.unwrap_or_default()
}

/// Whether slips of two figures have something in common: powers of ten are of the unit of both.
fn are_made_together(a: Slip, b: Slip) -> bool {
    let is_power = |slip: Slip| matches!(slip, Slip::Power(_));
    if is_power(a) || is_power(b) { a == b } else { true }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(text: &str) -> Unknown {
        let value = Number::parse(text).expect("a number");
        Unknown {
            would_be: Interval::point(value.clone()),
            value,
            decimals: 0,
            in_words: false,
            exact: None,
        }
    }

    fn product(texts: [&str; 3]) -> Vec<(usize, String)> {
        let unknowns = texts.map(unknown);
        let value = |at: usize, (of, n): (usize, &Number)| {
            if at == of { n.clone() } else { unknowns[at].value.clone() }
        };
        let other = |changed: (usize, &Number), at: usize| {
            let [a, b, product] = [0, 1, 2].map(|n| value(n, changed));
            let would_be = match at {
                0 => product.checked_div(&b)?,
                1 => product.checked_div(&a)?,
                _ => &a * &b,
            };
            Some(Interval::point(would_be))
        };
        let (found, _) = two_slips(&unknowns, &other);
        let [pair] = &found[..] else { return Vec::new() };
        pair.iter().map(|(at, n, _)| (*at, n.to_text())).collect()
    }

    #[test]
    fn two_figures_of_a_product_are_wrong() {
        let both = |a: &str, b: &str| vec![(0, a.to_string()), (1, b.to_string())];
        assert_eq!(product(["52", "81", "450"]), both("25", "18"));
        assert_eq!(product(["25", "-18", "-45000"]), both("250", "-180"));
        assert_eq!(product(["52", "82", "450"]), []);
    }
}
