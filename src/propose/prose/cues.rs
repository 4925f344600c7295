//! Words that say how figures hang together.

use crate::value::Language;
use crate::value::language::words::Cues;

/// The words near a figure.
#[derive(Debug, Clone, Default)]
pub struct Near {
    /// The words before it, the nearest last.
    pub before: Vec<String>,
    /// The words behind it, the nearest first.
    pub behind: Vec<String>,
    /// What stands directly before and behind it, up to the next word.
    pub joins: [String; 2],
    /// Where it stands in brackets, or behind `, or`: how many words are between and the figure before.
    pub aside: Option<usize>,
    /// How many of the words before it, and behind it, no comma, bracket or figure sets apart.
    clause: [usize; 2],
    /// Which of the words before it, and behind it, say no change: `make up`, `the Falls area`.
    other: [Vec<bool>; 2],
    pub language: Language,
}

/// Which way a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
    Unsaid,
}

/// The words of a text, in small letters.
pub fn words(text: &str) -> Vec<String> {
    let all = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
    all.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Which words of a text are names, or parts of phrases that say no change.
fn others(text: &str, language: Language) -> Vec<bool> {
    let cues = &language.words().cues;
    let all = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
    let all: Vec<&str> = all.filter(|word| !word.is_empty()).collect();
    let capitals = all.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
    // In a heading all words may have capital letters.
    let has_names = !cues.capital_nouns && capitals * 2 <= all.len();
    let is_name = |(n, word): (usize, &&str)| {
        has_names && n > 0 && word.chars().count() > 1 && word.starts_with(char::is_uppercase)
    };
    let mut other: Vec<bool> = all.iter().enumerate().map(is_name).collect();
    for phrase in &cues.no_change {
        let parts: Vec<&str> = phrase.split(' ').collect();
        for (n, own) in all.windows(parts.len()).enumerate() {
            if own.iter().zip(&parts).all(|(word, part)| word.to_lowercase() == *part) {
                other.iter_mut().skip(n).take(parts.len()).for_each(|own| *own = true);
            }
        }
    }
    other
}

/// What stands before the bracket, or the `, or`, that a text ends with.
fn before_aside(before: &str, language: Language) -> Option<&str> {
    let text = before.trim_end();
    let or = || {
        let mut all = language.words().cues.or.iter();
        all.find_map(|or| text.strip_suffix(or.as_str())?.trim_end().strip_suffix(','))
    };
    text.strip_suffix('(').or_else(or)
}

impl Near {
    /// The words around a place of a sentence.
    pub fn new(before: &str, behind: &str, language: Language) -> Near {
        let is_word = |c: char| c.is_alphanumeric();
        let after = behind.split(is_word).next().unwrap_or_default().to_string();
        let ahead = before.rsplit(is_word).next().unwrap_or_default().to_string();
        let ends = |c: char| c.is_ascii_digit() || ",;:()–—".contains(c);
        let own = [
            before.rsplit(ends).next().map_or(0, |clause| words(clause).len()),
            behind.split(ends).next().map_or(0, |clause| words(clause).len()),
        ];
        let aside = before_aside(before, language).and_then(|text| {
            let (_, clause) = text.rsplit_once(ends)?;
            let figure = text.get(..text.len() - clause.len())?;
            let own = before.get(figure.len()..)?;
            figure.ends_with(|c: char| c.is_ascii_digit()).then(|| words(own).len())
        });
        let other = [others(before, language), others(behind, language)];
        let (before, behind) = (words(before), words(behind));
        Near { before, behind, joins: [ahead, after], aside, clause: own, other, language }
    }

    /// The words of its language.
    pub fn cues(&self) -> &'static Cues {
        &self.language.words().cues
    }

    /// The words of its clause before it, and those behind it.
    pub fn clause(&self) -> (&[String], &[String]) {
        let [before, behind] = self.clause;
        (self.last(before), self.next(behind))
    }

    fn last(&self, n: usize) -> &[String] {
        let from = self.before.len().saturating_sub(n);
        self.before.get(from..).unwrap_or_default()
    }

    fn next(&self, n: usize) -> &[String] {
        self.behind.get(..n.min(self.behind.len())).unwrap_or_default()
    }

    fn any(&self, words: &[String], before: usize, behind: usize) -> bool {
        let mut all = self.last(before).iter().chain(self.next(behind));
        all.any(|word| words.contains(word))
    }

    /// Whether the word before it is one of these.
    pub fn follows(&self, words: &[String]) -> bool {
        let is_article = |word: &String| {
            let language = self.language.words();
            language.articles.has(word) || language.the.has(word)
        };
        let mut last = self.last(2).iter().rev();
        last.find(|word| !is_article(word)).is_some_and(|word| words.contains(word))
    }

    /// Whether words behind it say that something changes.
    pub fn is_of_change(&self) -> bool {
        let Cues { rises, falls, to, .. } = self.cues();
        let says = |word: &String| [rises, falls, to].iter().any(|list| list.contains(word));
        let said = self.behind.iter().zip(&self.other[1]);
        said.filter(|(_, is_other)| !**is_other).any(|(word, _)| says(word))
    }

    /// Whether words near it, so many before it and behind it, say a change.
    fn says_change(&self, words: &[String], (before, behind): (usize, usize)) -> bool {
        let from = self.before.len().saturating_sub(before);
        let all = self.before.iter().zip(&self.other[0]).skip(from);
        let mut all = all.chain(self.behind.iter().zip(&self.other[1]).take(behind));
        all.any(|(word, is_other)| !is_other && words.contains(word))
    }

    /// Whether it is said to be a part of something, and its clause names no change: `stands at 14 percent of
    /// spending`.
    pub fn is_of_whole(&self) -> bool {
        let (before, _) = self.clause();
        let Cues { rises, falls, losses, .. } = self.cues();
        let says = |list: &Vec<String>| self.says_change(list, (before.len(), 0));
        let of =
            |word: &String| self.cues().of.contains(word) || self.language.words().of.has(word);
        let is_own = self.joins[1].chars().all(char::is_whitespace);
        // `28 % de plus`
        let is_more = |word: &String| rises.contains(word) || falls.contains(word);
        is_own
            && self.behind.first().is_some_and(of)
            && !self.behind.get(1).is_some_and(is_more)
            && ![rises, falls, losses].into_iter().any(says)
    }

    /// Which way words near it say that it changes.
    pub fn way(&self) -> Way {
        // `they lost 13 of 34, 38 percent`: only what is lost itself is a fall.
        if self.follows(&self.cues().losses) {
            return Way::Down;
        }
        if self.is_of_whole() {
            return Way::Unsaid;
        }
        // What stands further ahead counts where nothing is said beside the figure.
        for near in [(4, 1), (16, 0)] {
            match (
                self.says_change(&self.cues().rises, near),
                self.says_change(&self.cues().falls, near),
            ) {
                (true, false) => return Way::Up,
                (false, true) => return Way::Down,
                (true, true) => return Way::Unsaid,
                (false, false) => {}
            }
        }
        Way::Unsaid
    }

    pub fn is_total(&self) -> bool {
        self.any(&self.cues().totals, 5, 3)
    }

    /// Whether `total` stands right before it.
    pub fn is_plainly_total(&self) -> bool {
        self.any(&self.cues().totals, 3, 0)
    }

    pub fn is_difference(&self) -> bool {
        self.any(&self.cues().differences, 3, 2)
    }

    /// Whether it is said to be the amount of a change or a difference: `an increase of`, `a gap of`, `up by`.
    pub fn is_amount_of_change(&self) -> bool {
        let claims = &self.language.claims;
        let changes = [&claims.up, &claims.down, &self.cues().differences];
        let is_change = |word: &String| changes.iter().any(|list| list.contains(word));
        let [.., noun, of] = self.last(2) else { return false };
        claims.of.contains(of) && is_change(noun) || claims.by.contains(of) && is_change(noun)
    }

    /// Whether it is what something was before: `from 61.4 to 70.9`.
    pub fn is_start(&self) -> bool {
        self.follows(&self.cues().from) && !self.follows(&self.cues().by)
    }

    pub fn is_average(&self) -> bool {
        // `4,000 (a third)` is no rate.
        let is_joined = self.joins[1].chars().all(char::is_whitespace);
        self.any(&self.cues().averages, 10, 4)
            || matches!(self.next(1), [word] if self.cues().each.contains(word) && is_joined)
    }

    /// Whether `average` stands right before it.
    pub fn is_plainly_average(&self) -> bool {
        self.any(&self.cues().averages, 3, 0)
    }

    pub fn is_times(&self) -> bool {
        self.next(1).iter().any(|word| self.cues().times.contains(word))
    }

    pub fn is_share(&self) -> bool {
        self.any(&self.cues().shares, 3, 1)
    }

    pub fn is_earlier(&self) -> bool {
        self.follows(&self.cues().earlier)
    }

    /// Whether it counts years.
    pub fn counts_years(&self) -> bool {
        self.next(1).iter().any(|word| self.cues().years.contains(word))
    }

    /// Whether it is an age: `at the age of 72`.
    pub fn is_age(&self) -> bool {
        let (before, _) = self.clause();
        before.iter().rev().take(3).any(|word| self.cues().ages.contains(word))
    }

    /// Whether `all` stands before it.
    pub fn is_all(&self) -> bool {
        self.follows(&self.cues().all)
    }

    /// Whether it says how many others there are.
    pub fn is_of_others(&self) -> bool {
        self.follows(&self.cues().other)
    }

    /// Words that say what is counted.
    pub fn topics(&self) -> impl Iterator<Item = &String> {
        let says = |word: &&String| {
            word.chars().count() > 3
                && !self.cues().plain.contains(word)
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
