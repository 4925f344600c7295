//! Counts among the figures of a sentence: a whole number of people or things, which nobody rounded.

use crate::propose::prose::cues::{Near, Way, words};
use crate::read::text::kinds::{in_prose, unit};
use crate::read::text::said::{Said, SaidFigure};
use crate::value::hedge::read_hedge;
use crate::value::language::phrases::first_word;
use crate::value::prose::{before_currency, names_currency};
use crate::value::{Hedge, Language, NumberFormat, Type};

/// Signs of units, the same in all languages.
const SIGNS: &[&str] = &[
    "a", "ah", "bar", "bit", "bp", "bps", "c", "cal", "cc", "cl", "cm", "dl", "f", "ft", "g", "gb",
    "gbit", "ghz", "gw", "gwh", "h", "ha", "hl", "hp", "hpa", "hz", "in", "j", "k", "kb", "kbit",
    "kcal", "kg", "khz", "kj", "km", "kmh", "kn", "kpa", "kph", "kt", "kv", "kw", "kwh", "l", "lb",
    "lbs", "m", "mb", "mbar", "mbit", "mg", "mhz", "min", "ml", "mm", "mph", "mw", "mwh", "oz",
    "s", "t", "tb", "twh",
];

/// A figure of a sentence with what stands beside it.
struct Beside<'t> {
    text: &'t str,
    before: &'t str,
    behind: &'t str,
    ty: Type,
    near: Near,
    language: Language,
}

/// Which figures of a sentence are counts: whole numbers that are not round, which count what stands behind them
/// (`72 officers`, `from 72 to 75 officers`) or are so many of so many (`19 of 506`, `143 (14.6%)`).
pub fn counts(said: &Said<'_>, own: &[(usize, &SaidFigure)], near: &[Near]) -> Vec<bool> {
    let text = |from: usize, to: usize| said.document.text.get(from..to).unwrap_or_default();
    let place = |(n, (_, figure)): (usize, &(usize, &SaidFigure))| {
        let range = &figure.range;
        let sentence = said.sentences.get(figure.sentence).cloned().unwrap_or_default();
        Beside {
            text: text(range.start, range.end),
            before: text(sentence.start, range.start),
            behind: text(range.end, sentence.end),
            ty: figure.ty,
            near: near.get(n).cloned().unwrap_or_default(),
            language: said.language,
        }
    };
    let places: Vec<Beside<'_>> = own.iter().enumerate().map(place).collect();
    let is_beside = places.iter().any(|place| place.counts_nouns() && place.is_plain());
    let mut all: Vec<bool> = Vec::new();
    for (n, place) in places.iter().enumerate().rev() {
        let next = places.get(n + 1);
        let next_counts = all.last().is_some_and(|counts| *counts);
        let is_one = place.counts_nouns()
            || next.is_some_and(|next| place.is_before(next, next_counts))
            || is_beside && place.is_subject();
        all.push(is_one && place.is_plain());
    }
    all.reverse();
    all
}

impl Beside<'_> {
    /// Whether it is a whole number in digits that nothing says to be rounded.
    fn is_plain(&self) -> bool {
        let number = NumberFormat::in_language(self.language);
        let digits: String = self.text.chars().filter(char::is_ascii_digit).collect();
        let is_round = digits.len() > 2 && digits.ends_with('0');
        let hedge = read_hedge(self.before, self.behind, Type::Number, self.language);
        self.ty == Type::Number
            && !self.text.contains(char::is_alphabetic)
            && !is_round
            && matches!(hedge, Hedge::None | Hedge::Plain)
            && in_prose(Type::Integer, &number).read_hedged(self.text, Hedge::None).is_ok()
            && before_currency(self.before).is_none()
            && !names_currency(self.behind.trim_start(), self.language)
            && !self.is_measured()
    }

    /// The word behind it, where nothing but white space is between.
    fn word(&self) -> Option<&str> {
        let word = first_word(self.behind.trim_start());
        (self.behind.starts_with(char::is_whitespace) && !word.is_empty()).then_some(word)
    }

    fn is_measured(&self) -> bool {
        let words = self.language.words();
        let Some(unit) = unit(self.behind, self.language) else {
            return self.behind.trim_start().starts_with(['°', '%', '′']);
        };
        let small = unit.to_lowercase();
        let is_sign = SIGNS.contains(&small.as_str()) || unit.contains(['°', '²', '³', '/', '%']);
        let is_measure = words.compounds.measures.iter().any(|list| list.get(&unit).is_some());
        // Quarters of a year are counted.
        let is_counted = words.lengths.names.has(&unit);
        let is_time = words.hedges.times.contains(&small) && !is_counted;
        is_sign
            || is_measure
            || is_time
            || words.hedges.degrees.has(&unit)
            || words.points.at(&unit).is_some()
            || words.lone_points.at(&unit).is_some()
            || words.percent.at(&unit).is_some()
            || words.times.has(&unit)
            || words.cues.units.contains(&small)
    }

    /// Whether a noun follows that says what is counted.
    fn counts_nouns(&self) -> bool {
        let words = self.language.words();
        let Some(word) = self.word() else { return false };
        let small = word.to_lowercase();
        let cues = &words.cues;
        let others = [&cues.verbs, &cues.rises, &cues.falls, &cues.totals, &cues.earlier];
        let is_verb = cues.verb_ends.iter().any(|end| small.ends_with(end.as_str()));
        let is_noun = |word: &str| {
            let small = word.to_lowercase();
            small.chars().count() > 2
                && small.chars().all(char::is_alphabetic)
                && !cues.nameless.contains(&small)
                && !words.figures.no_units.has(word)
                && !words.figures.parts.has(word)
                && !words.scales.all.contains(&small)
                && !others.iter().any(|list| list.contains(&small))
        };
        // `340 registered voters`
        let next =
            || first_word(self.behind.trim_start().get(word.len()..).unwrap_or("").trim_start());
        !self.is_measured() && is_noun(word) && (!is_verb || is_noun(next()))
    }

    /// Whether a sentence says something of so many: `Of the 65 members, 29 are women`.
    fn is_subject(&self) -> bool {
        let cues = self.near.cues();
        self.word().is_some_and(|word| {
            let small = word.to_lowercase();
            let by_its_end = cues.verb_ends.iter().any(|end| small.ends_with(end.as_str()));
            cues.verbs.contains(&small) || by_its_end && small.chars().count() > 4
        })
    }

    /// Whether it goes on with the next figure so that it counts what that does, or is a part of it.
    fn is_before(&self, next: &Beside<'_>, next_counts: bool) -> bool {
        let end = next.before.len().checked_sub(self.before.len() + self.text.len());
        let between = end.and_then(|end| self.behind.get(..end)).unwrap_or_default();
        let lists = self.language.words();
        let all = words(between);
        let is_the = |word: &String| lists.the.has(word) || lists.articles.has(word);
        let Some((first, rest)) = all.split_first() else {
            // `143 (14.6%)`, which is no change.
            let is_aside = between.trim() == "(" && next.ty == Type::Percent;
            return is_aside && next.near.way() == Way::Unsaid && !self.is_end_of_change();
        };
        let cues = self.near.cues();
        let is_of = lists.of.has(first) || lists.shares.of.has(first) || cues.of.contains(first);
        let is_joint = lists.to.has(first) || lists.and.has(first) || cues.to.contains(first);
        let is_short = between.chars().all(|c| c.is_alphabetic() || c.is_whitespace());
        is_short && next_counts && (is_of && rest.len() < 2 || is_joint && rest.iter().all(is_the))
    }

    fn is_end_of_change(&self) -> bool {
        let words = self.language.words();
        let cues = self.near.cues();
        let says = |word: &String| words.to.has(word) || cues.to.contains(word);
        self.near.way() != Way::Unsaid || self.near.before.last().is_some_and(says)
    }
}
