//! A cell in the form that the rules declare.

use crate::report::Place;

/// A change of how a cell is written: what it says stays the same, and the rules can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is otherwise: `letter-case`.
    pub kind: &'static str,
    /// Where the bytes stand that change.
    pub place: Place,
    /// What the cell holds now.
    pub old: String,
    /// What it would hold.
    pub new: String,
    /// The bytes that would stand at the place; why the file cannot be written so otherwise.
    pub written: Result<Vec<u8>, &'static str>,
}
