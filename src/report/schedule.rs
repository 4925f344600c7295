//! The schedule of differences: per check how many figures differ, by how much in all, and which
//! differences are trivial.

use std::collections::BTreeMap;

use crate::report::document::JsonFinding;
use crate::value::Number;

/// Below what a difference is trivial.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrivialBelow {
    /// The amount between figures that are no percentages.
    pub amount: Option<Number>,
    /// The amount between percentages: 0.005 is half a percentage point.
    pub points: Option<Number>,
}

impl TrivialBelow {
    /// Whether a difference is below it.
    pub fn covers(&self, difference: &Number, is_percent: bool) -> bool {
        let most = if is_percent { &self.points } else { &self.amount };
        most.as_ref().is_some_and(|most| difference.abs() < *most)
    }

    /// As a rule has it; none where no difference is trivial.
    pub fn to_text(&self) -> Option<String> {
        let points = self.points.iter().map(|p| format!("{}%", (p * &Number::from(100)).to_text()));
        let all: Vec<String> = self.amount.iter().map(Number::to_text).chain(points).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// With the other's amounts where it has none of its own.
    #[must_use]
    pub fn or(&self, other: &TrivialBelow) -> TrivialBelow {
        TrivialBelow {
            amount: self.amount.clone().or_else(|| other.amount.clone()),
            points: self.points.clone().or_else(|| other.points.clone()),
        }
    }
}

/// The differences of all checks, by name.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    /// Each check with those that matter and those that are trivial.
    pub checks: BTreeMap<String, Differences>,
}

/// The differences of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Those that are not trivial.
    pub material: Totals,
    /// Those below the check's `trivial_below`.
    pub trivial: Totals,
}

/// Some differences together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many they are.
    pub count: u64,
    /// Their sum: what is too high and what is too low cancel out.
    pub net: Number,
    /// The sum of their amounts.
    pub absolute: Number,
    /// The greatest amount.
    pub largest: Number,
}

impl Schedule {
    /// Adds the difference of a finding, where it has one and nobody has accepted it.
    pub fn add(&mut self, finding: &JsonFinding<'_>) {
        let difference = finding.working.as_ref().and_then(|w| exact(&w.exact_difference));
        let Some(difference) = difference.filter(|_| finding.accepted.is_none()) else { return };
        let of = self.checks.entry(finding.check.to_string()).or_default();
        let totals = if finding.is_trivial { &mut of.trivial } else { &mut of.material };
        totals.add(&difference);
    }
}

impl Totals {
    fn add(&mut self, difference: &Number) {
        let amount = difference.abs();
        self.count += 1;
        self.net = &self.net + difference;
        self.absolute = &self.absolute + &amount;
        if amount > self.largest {
            self.largest = amount;
        }
    }
}

/// How large the difference of a finding is, where it has one.
pub fn amount(finding: &JsonFinding<'_>) -> Option<Number> {
    finding.working.as_ref().and_then(|w| exact(&w.exact_difference)).map(|d| d.abs())
}

/// An exact figure for people: whole where it ends within six decimals, else rounded to six digits.
pub fn shown(figure: &Number) -> String {
    match figure.decimals() {
        Some(digits @ 0..=6) => figure.to_rounded(digits),
        _ => figure.significant(6),
    }
}

/// A decimal or a fraction `p/q`.
pub fn exact(text: &str) -> Option<Number> {
    match text.split_once('/') {
        Some((over, under)) => Number::parse(over)?.checked_div(&Number::parse(under)?),
        None => Number::parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(difference: &str, is_trivial: bool, accepted: bool) -> JsonFinding<'static> {
        let accepted = if accepted { r#"{"kind":"baseline"}"# } else { "null" };
        let side = r#"{"expression":"","value":"","exact":""}"#;
        let text = format!(
            r#"{{"check":"sum","assertion":0,"fault":"assertion-failed","severity":"error",
            "message":"","labels":[],"fingerprint":"","is_trivial":{is_trivial},
            "accepted":{accepted},"working":{{"left":{side},"relation":"=","right":{side},
            "exact_difference":"{difference}","tier":"exact","terms":[],"more_terms":0,"notes":[]}}}}"#
        );
        serde_json::from_str(&text).expect("a finding")
    }

    fn totals(count: u64, [net, absolute, largest]: [&str; 3]) -> Totals {
        let [net, absolute, largest] =
            [net, absolute, largest].map(|text| exact(text).expect("a number"));
        Totals { count, net, absolute, largest }
    }

    #[test]
    fn differences_are_summed_apart() {
        let mut schedule = Schedule::default();
        for of in ["-120.5", "100", "2/3", "", "no number"] {
            schedule.add(&finding(of, false, false));
        }
        for of in ["-1/3", "0.25"] {
            schedule.add(&finding(of, true, false));
        }
        schedule.add(&finding("5000", false, true));
        let of = &schedule.checks["sum"];
        assert_eq!(schedule.checks.len(), 1);
        assert_eq!(of.material, totals(3, ["-119/6", "1327/6", "120.5"]));
        assert_eq!(of.trivial, totals(2, ["-1/12", "7/12", "1/3"]));
    }

    #[test]
    fn percentages_and_other_figures_have_an_amount_each() {
        let number = |text| Number::parse(text).expect("a number");
        let below = TrivialBelow { amount: Some(number("1000")), points: Some(number("0.005")) };
        let covers = |text, is_percent| below.covers(&number(text), is_percent);
        assert!(covers("999.9", false) && covers("-999.9", false) && covers("-0.004", true));
        assert!(!covers("1000", false) && !covers("-1000", false) && !covers("0.005", true));
        assert_eq!(below.to_text().as_deref(), Some("1000, 0.5%"));
        let half = TrivialBelow { amount: None, points: below.points.clone() };
        assert!(!half.covers(&number("1"), false), "no amount is said");
        assert_eq!((half.or(&below), below.or(&half)), (below.clone(), below.clone()));
        assert_eq!(TrivialBelow::default().to_text(), None);
    }
}
