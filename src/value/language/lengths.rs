//! Words of lengths of time that are called like parts: a quarter.

use serde::Deserialize;

use crate::value::language::phrases::List;

/// Names of parts that also name something that is counted, as a length of time: `quarters`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lengths {
    pub names: List,
    /// Before and behind a number of them that says no fraction.
    pub before: List,
    pub behind: List,
    /// Before such a word where it says nothing of that: `accounts for`; and behind a fraction.
    pub not_behind: List,
    pub whole: List,
}
