//! Figures as they are written, and slips of the hand between them: neighbouring digits that changed places, a
//! digit too many, a digit that is lacking.

use crate::value::Number;

/// A figure as it is written: so many units of its last digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits {
    pub count: i128,
    pub unit: Number,
}

impl Digits {
    /// The digits of a text that are those of a value with a unit.
    pub fn of(text: &str, value: &Number, unit: Number) -> Option<Digits> {
        let count = i128::from(value.checked_div(&unit)?.to_i64()?);
        let written: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_written = written.trim_start_matches('0') == count.to_string();
        (count > 0 && is_written).then_some(Digits { count, unit })
    }
}

/// What may happen to a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    Swapped,
    Added,
    Lost,
}

impl Slip {
    pub const ALL: [Slip; 3] = [Slip::Swapped, Slip::Added, Slip::Lost];

    /// What it did, in words.
    pub fn words(self) -> &'static str {
        match self {
            Slip::Swapped => "two digits are swapped",
            Slip::Added => "a digit is too many",
            Slip::Lost => "a digit is lacking",
        }
    }

    /// What a figure may have been meant to be.
    pub fn meant(self, stated: i128) -> Vec<i128> {
        let digits = stated.to_string().into_bytes();
        let places = 0..digits.len();
        let number = |all: &[u8]| std::str::from_utf8(all).ok()?.parse::<i128>().ok();
        let without = |at: usize| {
            let (before, behind) = (digits.get(..at)?, digits.get(at + 1..)?);
            number(&[before, behind].concat())
        };
        let swapped = |at: usize| {
            let mut own = digits.clone();
            (at + 1 < own.len()).then(|| own.swap(at, at + 1))?;
            number(&own)
        };
        let with = |at: usize| {
            let (before, behind) = digits.split_at_checked(at).unwrap_or_default();
            (b'0'..=b'9').filter_map(move |digit| number(&[before, &[digit], behind].concat()))
        };
        let mut all: Vec<i128> = match self {
            Slip::Swapped => places.filter_map(swapped).collect(),
            Slip::Added => places.filter_map(without).collect(),
            Slip::Lost => (0..=digits.len()).flat_map(with).collect(),
        };
        // A zero in front is none that was written.
        let length = match self {
            Slip::Swapped => digits.len(),
            Slip::Added => digits.len() - 1,
            Slip::Lost => digits.len() + 1,
        };
        all.retain(|meant| *meant != stated && meant.to_string().len() == length);
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// What agrees as it is, when slips are looked for: the figures of each relation that holds, as rules call them.
pub struct Known(pub Vec<Vec<String>>);

impl Known {
    /// Whether a figure agrees with others.
    pub fn has(&self, figure: &str) -> bool {
        self.together(&[figure]) > 0
    }

    /// In how many relations some figures stand together.
    pub fn together(&self, figures: &[&str]) -> usize {
        let has = |members: &[String], figure: &str| members.iter().any(|own| own == figure);
        self.0.iter().filter(|members| figures.iter().all(|own| has(members, own))).count()
    }
}

/// A slip without which a relation would hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slipped {
    /// The figure, and what its digits were meant to be.
    pub figure: String,
    pub meant: i128,
    /// That in words.
    pub words: String,
    /// Whether the other figures of the relation agree with each other.
    pub is_led: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_may_have_been_meant_to_be_another() {
        assert_eq!(Slip::Swapped.meant(1223), [1232, 2123]);
        assert_eq!(Slip::Swapped.meant(105), [150]);
        assert_eq!(Slip::Added.meant(1223), [122, 123, 223]);
        assert_eq!(Slip::Added.meant(105), [10, 15]);
        let lost = Slip::Lost.meant(12);
        assert!(lost.contains(&102) && lost.contains(&912) && !lost.contains(&12));
        assert_eq!(lost.len(), 9 + 10 + 10 - 2);
    }
}
