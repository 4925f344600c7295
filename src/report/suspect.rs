//! What may be wrong in the data behind a finding.

use crate::report::Place;

/// A cell that may be wrong, and what it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// Where it stands.
    pub place: Place,
    /// What it is called: its row, its column or both.
    pub name: String,
    /// What is written there.
    pub stated: String,
    /// What it would be, in the signs of the file.
    pub would_be: String,
    /// The same exactly: a decimal or a fraction.
    pub exact: String,
    /// How it came to be wrong, where that is known: `swapped-digits`.
    pub reason: Option<&'static str>,
    /// The same in words, where it is a slip of the hand.
    pub why: Option<&'static str>,
    /// How many findings it would mend beside this one.
    pub mends: u32,
    /// How many assertions that hold it would break.
    pub breaks: u32,
    /// Nothing else explains the finding as well, and chance hardly does.
    pub is_likely: bool,
}
