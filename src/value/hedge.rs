//! Hedges: "about", "nearly", "over", "at least" before a figure.
//!
//! Few kinds are distinguished (Ferson et al. 2015 found little more in how people read them): about
//! is plus or minus two units of the last significant digit, the others are one-sided.

use crate::value::interval::End;
use crate::value::{Interval, Number};

/// What a word before a figure makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Hedge {
    /// Nothing stands before it.
    #[default]
    None,
    /// about, around, roughly.
    About,
    /// nearly, almost, just under: below, within a tenth.
    Nearly,
    /// over, more than.
    Over,
    /// at least, no less than.
    AtLeast,
    /// at most, up to, no more than.
    AtMost,
    /// under, less than, fewer than.
    Under,
}

const PHRASES: [(&str, Hedge); 21] = [
    ("no less than", Hedge::AtLeast),
    ("no fewer than", Hedge::AtLeast),
    ("no more than", Hedge::AtMost),
    ("just under", Hedge::Nearly),
    ("more than", Hedge::Over),
    ("less than", Hedge::Under),
    ("fewer than", Hedge::Under),
    ("at least", Hedge::AtLeast),
    ("at most", Hedge::AtMost),
    ("up to", Hedge::AtMost),
    ("approximately", Hedge::About),
    ("roughly", Hedge::About),
    ("around", Hedge::About),
    ("about", Hedge::About),
    ("some", Hedge::About),
    ("nearly", Hedge::Nearly),
    ("almost", Hedge::Nearly),
    ("over", Hedge::Over),
    ("above", Hedge::Over),
    ("under", Hedge::Under),
    ("below", Hedge::Under),
];

/// The hedge at the end of `before`, and where it starts.
pub fn read_hedge(before: &str) -> Option<(Hedge, usize)> {
    let trimmed = before.trim_end();
    for (phrase, hedge) in PHRASES {
        let Some(start) = trimmed.len().checked_sub(phrase.len()) else { continue };
        if !trimmed.is_char_boundary(start) || !trimmed[start..].eq_ignore_ascii_case(phrase) {
            continue;
        }
        let alone = trimmed[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        if alone {
            return Some((hedge, start));
        }
    }
    None
}

impl Hedge {
    /// What the figure can mean; `unit` is that of its last significant digit.
    pub fn interval(self, value: &Number, implied: &Interval, unit: &Number) -> Interval {
        let tenth = &value.abs() * &Number::decimal(1, 1);
        match self {
            Hedge::None => implied.clone(),
            Hedge::About => {
                let by = unit * &Number::from(2i64);
                Interval::closed(value - &by, value + &by)
            }
            Hedge::Nearly => {
                Interval { lo: End::Closed(value - &tenth), hi: End::Open(value.clone()) }
            }
            Hedge::Over => Interval { lo: End::Open(value.clone()), hi: End::Unbounded },
            Hedge::AtLeast => Interval { lo: End::Closed(value.clone()), hi: End::Unbounded },
            Hedge::AtMost => Interval { lo: End::Unbounded, hi: End::Closed(value.clone()) },
            Hedge::Under => Interval { lo: End::Unbounded, hi: End::Open(value.clone()) },
        }
    }
}
