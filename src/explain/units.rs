//! Figures in another unit than is asked for. Pure.

use crate::value::{Interval, Number};

/// Factors between units that are taken for each other, with what they are between.
const FACTORS: [(i64, &str); 7] = [
    (10, "is the decimal point wrong?"),
    (100, "is one in percent or hectares, and the other a share or in square kilometres?"),
    (1_000, "is one in thousands?"),
    (1_000_000, "is one in millions?"),
    (60, "is one in minutes, and the other in hours?"),
    (12, "is one in dozens?"),
    (2, "are totals counted beside their parts?"),
];

/// Digits that a figure has at least which is so many times another one in no more than its own
/// precision.
const LEAST: i64 = 100;

/// Whether one side is so many times the other as a unit is another one: exactly, or as precisely as
/// the smaller one is written, in whole units of the given size.
pub fn by_unit(stated: &Number, computed: &Number, unit: &Number) -> Option<String> {
    let is_times = |(factor, _): &&(i64, &str)| {
        let factor = Number::from(*factor);
        let of = |small: &Number, large: &Number| {
            let product = small * &factor;
            let half = &(unit * &factor) * &Number::decimal(5, 1);
            let near = Interval::closed(&product - &half, &product + &half);
            let is_unit = factor != Number::from(2i64);
            let is_precise = is_unit && small.abs() >= unit * &Number::from(LEAST);
            // Ten and a hundred times are seen by the digits alone; other factors by chance.
            let is_long = small.abs() >= unit * &Number::from(10i64);
            let is_exact = product == *large && (is_long || is_power(&factor));
            is_exact || (is_precise && near.contains(large))
        };
        of(computed, stated) || of(stated, computed)
    };
    let (factor, why) = FACTORS.iter().find(is_times).filter(|_| stated != computed)?;
    Some(match factor {
        2 => format!("one side is twice the other: {why}"),
        _ => format!("one side is {factor} times the other: {why}"),
    })
}

fn is_power(factor: &Number) -> bool {
    factor.to_i64().is_some_and(|n| ![60, 12, 2].contains(&n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_compared_by_units() {
        let n = |t: &str| Number::parse(t).unwrap();
        let asked = |a: &str, b: &str| by_unit(&n(a), &n(b), &n("1"));
        assert!(asked("1210", "12.1").unwrap().contains("100 times"));
        assert_eq!(asked("1211", "12.1"), None);
        assert!(asked("750", "45000").unwrap().contains("60 times"));
        assert!(asked("123", "123456").unwrap().contains("in thousands"));
        assert_eq!(asked("12", "12345"), None, "too few digits to be no coincidence");
        assert_eq!(asked("1", "12"), None, "by chance");
        assert!(asked("4075", "8150").unwrap().contains("twice"));
        assert_eq!(asked("4075", "8151"), None);
        assert_eq!(asked("0", "0"), None);
    }
}
