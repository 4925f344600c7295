//! Where figures stand on a line, in thousandths of its length, so that it can be drawn without
//! computing with anything inexact.

use crate::report::certificate::{Certificate, Exact, Within};
use crate::report::document::{JsonFinding, JsonSide};
use crate::report::schedule::exact;
use crate::value::Number;

/// A thousandth of the line that is left free at both ends.
const MARGIN: i64 = 80;

/// Both sides of a comparison on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// The left side.
    pub left: Point,
    /// The right side.
    pub right: Point,
    /// What is allowed around the right side.
    pub allowed: Option<(u32, u32)>,
}

/// A side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Its value.
    pub at: u32,
    /// What it could be by its digits.
    pub range: Option<(u32, u32)>,
}

impl Axis {
    /// The line of a finding; none where its sides are no numbers that differ.
    pub fn of(finding: &JsonFinding<'_>) -> Option<Axis> {
        let working = finding.working.as_ref()?;
        let (left, right) = (exact(&working.left.exact)?, exact(&working.right.exact)?);
        let ranges = [range(&working.left, &left), range(&working.right, &right)];
        let allowed = finding.certificate.as_deref().and_then(|c| allowance(c, &right));
        let allowed = allowed.map(|amount| (&right - &amount, &right + &amount));
        let ends = ranges.iter().flatten().chain(&allowed).flat_map(|(low, high)| [low, high]);
        let all = || ends.clone().chain([&left, &right]);
        let (low, high) = (all().min()?.clone(), all().max()?.clone());
        let length = &high - &low;
        if left == right || length.is_zero() {
            return None;
        }
        let room = Number::from(1000 - 2 * MARGIN);
        let place = |value: &Number| {
            let share = (&(value - &low) * &room).checked_div(&length)?;
            u32::try_from(share.round(0).to_i64()? + MARGIN).ok()
        };
        let span = |ends: &Option<(Number, Number)>| {
            let (low, high) = ends.as_ref()?;
            Some((place(low)?, place(high)?))
        };
        let [first, second] = &ranges;
        Some(Axis {
            left: Point { at: place(&left)?, range: span(first) },
            right: Point { at: place(&right)?, range: span(second) },
            allowed: span(&allowed),
        })
    }
}

/// The range of a side; none where it is not written as the value is.
fn range(side: &JsonSide<'_>, value: &Number) -> Option<(Number, Number)> {
    let (low, high) = side.range.as_ref()?;
    let (low, high) = (written(low)?, written(high)?);
    (low < high && low <= *value && *value <= high).then_some((low, high))
}

/// A figure for people: `16.95 %`, `14,682`.
fn written(text: &str) -> Option<Number> {
    let (text, is_percent) = match text.trim().strip_suffix('%') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    let number = Number::parse(&plain)?;
    if is_percent { number.checked_div(&Number::from(100)) } else { Some(number) }
}

/// The amount that is allowed, where it is one.
fn allowance(certificate: &Certificate, right: &Number) -> Option<Number> {
    let amount = match certificate.demand.within.as_deref()? {
        Within::Rounding => return None,
        Within::Share(share) => &exact(share)? * &right.abs(),
        Within::Amount(amount) => match &amount.value {
            Exact::Number(number) => exact(number)?,
            _ => return None,
        },
    };
    (!amount.is_zero()).then_some(amount.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(left: &str, right: &str) -> JsonFinding<'static> {
        let text = format!(
            r#"{{"check":"c","assertion":0,"fault":"assertion-failed","severity":"error","message":"",
            "labels":[],"fingerprint":"","working":{{"relation":"=","tier":"exact","terms":[],
            "more_terms":0,"notes":[],"left":{left},"right":{right}}}}}"#
        );
        serde_json::from_str(&text).expect("a finding")
    }

    fn side(value: &str, exact: &str, range: &str) -> String {
        format!(r#"{{"expression":"x","value":"{value}","exact":"{exact}","range":{range}}}"#)
    }

    #[test]
    fn figures_stand_where_they_are() {
        let left = side("20 %", "1/5", r#"["19.5 %","20.5 %"]"#);
        let axis = Axis::of(&finding(&left, &side("10 %", "0.1", "null"))).expect("an axis");
        assert_eq!((axis.right.at, axis.left.at, axis.left.range), (80, 880, Some((840, 920))));
        assert_eq!(axis.right.range, None);
        let wrong = side("20", "20", r#"["1 %","2 %"]"#);
        let axis = Axis::of(&finding(&wrong, &side("10", "10", "null"))).expect("an axis");
        assert_eq!((axis.left.at, axis.left.range), (920, None));
    }

    #[test]
    fn what_is_no_number_has_no_line() {
        for (left, right) in [("", "1"), ("3", "3"), ("x", "y")] {
            assert_eq!(Axis::of(&finding(&side("", left, "null"), &side("", right, "null"))), None);
        }
        let huge = side("", &format!("1{}", "0".repeat(90)), "null");
        let axis = Axis::of(&finding(&huge, &side("", "-1/3", "null"))).expect("an axis");
        assert_eq!((axis.left.at, axis.right.at), (920, 80));
    }
}
