//! Words that say how figures hang together.

/// More or less than before.
const RISES: [&str; 24] = [
    "up",
    "rise",
    "rises",
    "rose",
    "risen",
    "rising",
    "grew",
    "grow",
    "grown",
    "grows",
    "growth",
    "increase",
    "increased",
    "increases",
    "gain",
    "gained",
    "climbed",
    "jumped",
    "added",
    "more",
    "higher",
    "larger",
    "greater",
    "above",
];
const FALLS: [&str; 21] = [
    "down",
    "fall",
    "falls",
    "fell",
    "fallen",
    "falling",
    "drop",
    "dropped",
    "drops",
    "decline",
    "declined",
    "declines",
    "decrease",
    "decreased",
    "shrank",
    "cut",
    "lost",
    "less",
    "lower",
    "fewer",
    "below",
];
const TOTALS: [&str; 12] = [
    "total",
    "totals",
    "together",
    "combined",
    "altogether",
    "all",
    "overall",
    "sum",
    "both",
    "made",
    "whole",
    "cast",
];
const DIFFERENCES: [&str; 14] = [
    "by",
    "margin",
    "lead",
    "ahead",
    "behind",
    "difference",
    "rest",
    "remaining",
    "left",
    "more",
    "fewer",
    "less",
    "others",
    "again",
];
const AVERAGES: [&str; 8] =
    ["average", "averages", "averaged", "mean", "each", "per", "every", "apiece"];
const SHARES: [&str; 8] =
    ["share", "proportion", "of", "portion", "margin", "turnout", "or", "rate"];
const EARLIER: [&str; 8] = ["from", "than", "last", "earlier", "before", "previous", "after", "in"];
/// Words that join and say nothing of what is counted.
const PLAIN: [&str; 44] = [
    "that",
    "this",
    "these",
    "those",
    "with",
    "have",
    "were",
    "which",
    "from",
    "than",
    "they",
    "their",
    "them",
    "there",
    "when",
    "while",
    "what",
    "into",
    "over",
    "about",
    "more",
    "less",
    "percent",
    "cent",
    "million",
    "billion",
    "thousand",
    "points",
    "percentage",
    "will",
    "been",
    "would",
    "after",
    "before",
    "year",
    "years",
    "last",
    "came",
    "come",
    "went",
    "only",
    "said",
    "average",
    "total",
];

/// The words near a figure.
#[derive(Debug, Clone, Default)]
pub struct Near {
    /// The words before it, the nearest last.
    pub before: Vec<String>,
    /// The words behind it, the nearest first.
    pub behind: Vec<String>,
    /// What stands directly before and behind it, up to the next word.
    pub joins: [String; 2],
}

/// Which way a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
    Unsaid,
}

impl Near {
    /// The words around a place of a sentence.
    pub fn new(before: &str, behind: &str) -> Near {
        let words = |text: &str| -> Vec<String> {
            let all = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
            all.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
        };
        let is_word = |c: char| c.is_alphanumeric();
        let after = behind.split(is_word).next().unwrap_or_default().to_string();
        let ahead = before.rsplit(is_word).next().unwrap_or_default().to_string();
        Near { before: words(before), behind: words(behind), joins: [ahead, after] }
    }

    fn last(&self, n: usize) -> &[String] {
        let from = self.before.len().saturating_sub(n);
        self.before.get(from..).unwrap_or_default()
    }

    fn next(&self, n: usize) -> &[String] {
        self.behind.get(..n.min(self.behind.len())).unwrap_or_default()
    }

    fn any(&self, words: &[&str], before: usize, behind: usize) -> bool {
        let all = self.last(before).iter().chain(self.next(behind));
        all.into_iter().any(|word| words.contains(&word.as_str()))
    }

    /// Whether the word before it is one of these.
    pub fn follows(&self, words: &[&str]) -> bool {
        let last = self.last(2);
        let skips = |word: &&String| !["the", "a", "an"].contains(&word.as_str());
        last.iter().rev().find(skips).is_some_and(|word| words.contains(&word.as_str()))
    }

    /// Which way words near it say that it changes.
    pub fn way(&self) -> Way {
        // What stands further ahead counts where nothing is said beside the figure.
        for (before, behind) in [(4, 1), (16, 0)] {
            match (self.any(&RISES, before, behind), self.any(&FALLS, before, behind)) {
                (true, false) => return Way::Up,
                (false, true) => return Way::Down,
                (true, true) => return Way::Unsaid,
                (false, false) => {}
            }
        }
        Way::Unsaid
    }

    pub fn is_total(&self) -> bool {
        self.any(&TOTALS, 5, 3)
    }

    pub fn is_difference(&self) -> bool {
        self.any(&DIFFERENCES, 3, 2)
    }

    pub fn is_average(&self) -> bool {
        self.any(&AVERAGES, 10, 4)
            || matches!(self.next(1), [word] if ["a", "an", "times", "to"].contains(&word.as_str()))
    }

    /// Whether `average` stands right before it.
    pub fn is_plainly_average(&self) -> bool {
        self.any(&AVERAGES, 3, 0)
    }

    pub fn is_times(&self) -> bool {
        self.next(1).iter().any(|word| word == "times")
    }

    pub fn is_share(&self) -> bool {
        self.any(&SHARES, 3, 1)
    }

    pub fn is_earlier(&self) -> bool {
        self.follows(&EARLIER)
    }

    /// Words that say what is counted.
    pub fn topics(&self) -> impl Iterator<Item = &String> {
        let says = |word: &&String| {
            word.chars().count() > 3
                && !PLAIN.contains(&word.as_str())
                && !word.starts_with(|c: char| c.is_ascii_digit())
        };
        self.last(4).iter().chain(self.next(3)).filter(says)
    }

    /// How many topics two places have in common.
    pub fn shares_with(&self, other: &Near) -> i32 {
        let common = |word: &&String| other.topics().any(|own| own == *word);
        i32::from(self.topics().any(|word| common(&word)))
    }
}
