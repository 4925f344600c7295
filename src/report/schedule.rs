//! The schedule of differences: per check how many figures differ, by how much in all, and which
//! differences are trivial.

use std::collections::BTreeMap;

use crate::report::document::JsonFinding;
use crate::value::Number;

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
        let difference = finding.working.as_ref().and_then(|w| parse(&w.exact_difference));
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

/// A decimal or a fraction `p/q`.
fn parse(exact: &str) -> Option<Number> {
    match exact.split_once('/') {
        Some((over, under)) => Number::parse(over)?.checked_div(&Number::parse(under)?),
        None => Number::parse(exact),
    }
}
