//! What placeholders and tables of sentences are called: by the words beside the figures.

use crate::expr::lex::RESERVED;
use crate::propose::prose::cues::{Near, Way};
use crate::value::Type;

/// Words that name nothing.
const NAMELESS: [&str; 95] = [
    "a",
    "about",
    "after",
    "all",
    "also",
    "an",
    "and",
    "are",
    "as",
    "at",
    "average",
    "be",
    "been",
    "before",
    "billion",
    "but",
    "by",
    "came",
    "cent",
    "come",
    "could",
    "did",
    "earlier",
    "each",
    "every",
    "few",
    "for",
    "from",
    "get",
    "gets",
    "got",
    "had",
    "has",
    "have",
    "he",
    "her",
    "his",
    "in",
    "is",
    "it",
    "its",
    "just",
    "last",
    "less",
    "made",
    "make",
    "many",
    "may",
    "million",
    "month",
    "more",
    "most",
    "of",
    "on",
    "once",
    "only",
    "or",
    "our",
    "per",
    "percent",
    "percentage",
    "points",
    "said",
    "same",
    "she",
    "since",
    "so",
    "some",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "thousand",
    "times",
    "to",
    "too",
    "up",
    "was",
    "we",
    "week",
    "were",
    "which",
    "who",
    "will",
    "with",
    "would",
    "year",
    "years",
];

fn is_name(word: &str) -> bool {
    word.chars().count() > 1
        && word.chars().all(char::is_alphanumeric)
        && word.starts_with(char::is_alphabetic)
        && !NAMELESS.contains(&word)
        && !RESERVED.contains(&word)
}

/// What a placeholder is called.
pub fn placeholder(ty: Type, is_points: bool, near: &Near, taken: &[String]) -> String {
    let nearest = || {
        let behind = near.behind.first().filter(|word| is_name(word));
        // What stands behind a comma or a bracket is another matter.
        let behind =
            behind.filter(|_| near.joins[1].chars().all(|c| c.is_whitespace() || c == '-'));
        behind.or_else(|| near.before.iter().rev().take(4).find(|word| is_name(word))).cloned()
    };
    let own = match ty {
        Type::Date => Some("date".to_string()),
        Type::Year => Some("year".to_string()),
        Type::Percent if is_points => Some("points".to_string()),
        Type::Percent => Some(match near.way() {
            Way::Up => "rise".to_string(),
            Way::Down => "fall".to_string(),
            Way::Unsaid => "share".to_string(),
        }),
        _ if near.follows(&["from", "than"]) => Some("before".to_string()),
        _ if near.follows(&["to"]) => Some("now".to_string()),
        _ => nearest(),
    };
    unused(&own.unwrap_or_else(|| "figure".to_string()), "_", taken)
}

/// What the table of a sentence is called: the first word that names something.
pub fn sentence(near: &Near, taken: &[String]) -> String {
    let long = |word: &&String| word.chars().count() > 3 && is_name(word);
    let behind = near.behind.iter().take(3).find(long);
    let word = behind.or_else(|| near.before.iter().rev().find(long));
    unused(word.map_or("sentence", String::as_str), "_", taken)
}

/// A name, or the first of those with a number that is not taken.
pub fn unused(name: &str, sign: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|n| format!("{name}{sign}{n}"));
    let mut all = std::iter::once(name.to_string()).chain(numbered);
    all.find(|name| !taken.contains(name)).unwrap_or_default()
}
