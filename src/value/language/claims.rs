//! Words that bind a figure to those that it follows from: `rose by 25 percent, from 1,000 to 1,200`.

use serde::Deserialize;

/// Words and phrases of sentences that say how their figures follow from each other, in small letters.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Claims {
    /// Verbs, nouns and adverbs of changes.
    pub up: Vec<String>,
    pub down: Vec<String>,
    /// Before the amount of a change, behind a verb and behind a noun.
    pub by: Vec<String>,
    pub of: Vec<String>,
    /// Before what it was, and before what it came to.
    pub from: Vec<String>,
    pub to: Vec<String>,
    /// Between two years.
    pub until: Vec<String>,
    /// Before the same in other words: `that is`.
    pub or: Vec<String>,
    pub more: Vec<String>,
    pub less: Vec<String>,
    pub than: Vec<String>,
    /// Between these and a figure: `than the`.
    pub the: Vec<String>,
    /// When something changed, or was so; and before a date that says it.
    pub when: Vec<String>,
    pub on: Vec<String>,
    /// Before an average, behind one, and between one and what it is divided by.
    pub average: Vec<String>,
    pub each: Vec<String>,
    pub of_each: Vec<String>,
    /// Before a length of time.
    #[serde(rename = "for")]
    pub lasting: Vec<String>,
    /// Before a whole of which a part is named.
    pub of_whole: Vec<String>,
    /// What begins another clause.
    pub joins: Vec<String>,
    /// What does not stand between a figure and the words that it belongs to.
    pub apart: Vec<String>,
    /// What makes another claim of a sentence: `not`, `annual`, `in real terms`.
    pub veto: Vec<String>,
}
