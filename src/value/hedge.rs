//! Hedges: "about", "nearly", "over", "at least" before a figure, "or so" behind it.
//!
//! Few kinds are distinguished (Ferson et al. 2015 found little more in how people read them). About
//! is one step on each side: the largest power of ten, or half of one, that divides the figure as it
//! is written, but no more than an eighth of it.

use crate::value::date::Days;
use crate::value::extreme::names_value;
use crate::value::interval::End;
use crate::value::language::Language;
use crate::value::language::phrases::same;
use crate::value::language::words::{Behind, Hedges};
use crate::value::prose::{before_currency, leads_to_figure};
use crate::value::signed::may_be_below_zero;
use crate::value::spread::says_among;
use crate::value::step::Step;
use crate::value::up_to::names_an_end;
use crate::value::{Interval, Number, Type};

/// What words around a figure make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Hedge {
    /// There are none.
    #[default]
    None,
    /// exactly, only: the figure as it is written.
    Plain,
    /// about, around, roughly, or so.
    About,
    /// nearly, almost, just under: below, within a step.
    Nearly,
    /// just over, slightly more than: above, within a step.
    JustOver,
    /// over, more than.
    Over,
    /// at least, no less than.
    AtLeast,
    /// at least about.
    AboutAtLeast,
    /// at most, up to, no more than.
    AtMost(Down),
    /// no more than about.
    AboutAtMost(Down),
    /// under, less than, fewer than.
    Under(Down),
}

/// How far a figure above zero reaches down of which the upper end is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Down {
    /// It counts or measures.
    #[default]
    ToZero,
    /// It may be below zero: a temperature, a balance, a change.
    Beyond,
}

const AT_MOST: Hedge = Hedge::AtMost(Down::ToZero);
const ABOUT_AT_MOST: Hedge = Hedge::AboutAtMost(Down::ToZero);
const UNDER: Hedge = Hedge::Under(Down::ToZero);

/// Signs before a figure, the same in all languages.
const SIGNS: [(&str, Hedge); 9] = [
    ("~", Hedge::About),
    ("≈", Hedge::About),
    ("∼", Hedge::About),
    (">", Hedge::Over),
    ("<", UNDER),
    ("≥", Hedge::AtLeast),
    (">=", Hedge::AtLeast),
    ("≤", AT_MOST),
    ("<=", AT_MOST),
];

impl Hedges {
    /// The words before a figure, by what they mean; of those that fit the longest is meant.
    pub fn before(&self) -> impl Iterator<Item = (&str, Hedge)> {
        let all = [
            (&self.about, Hedge::About),
            (&self.nearly, Hedge::Nearly),
            (&self.just_over, Hedge::JustOver),
            (&self.over, Hedge::Over),
            (&self.under, UNDER),
            (&self.at_least, Hedge::AtLeast),
            (&self.at_most, AT_MOST),
            (&self.plain, Hedge::Plain),
            (&self.exact, Hedge::Plain),
        ];
        all.into_iter().flat_map(|(words, hedge)| words.iter().map(move |w| (w.as_str(), hedge)))
    }

    /// The words behind a figure.
    pub fn behind(&self) -> impl Iterator<Item = (&str, Hedge)> {
        let Behind { about, at_least, at_most } = &self.behind;
        let all = [(about, Hedge::About), (at_least, Hedge::AtLeast), (at_most, AT_MOST)];
        all.into_iter().flat_map(|(words, hedge)| words.iter().map(move |w| (w.as_str(), hedge)))
    }
}

/// Bytes before and behind a figure in which hedges stand.
pub const WINDOW: usize = 64;

/// The hedge around a figure, by the text before it and behind it.
pub fn read_hedge(before: &str, behind: &str, of: Type, language: Language) -> Hedge {
    let around = Around { behind, language, is_no_count: of == Type::Percent };
    let own = around.before_figure(before);
    let other = around.behind_figure(before);
    if matches!(of, Type::Date | Type::Year) {
        let is_about = own == Hedge::About || other == Hedge::About;
        return if is_about { Hedge::About } else { Hedge::None };
    }
    let hedge = match own {
        Hedge::None | Hedge::Plain if other != Hedge::None => other,
        own => own,
    };
    // A percentage may say a change.
    let may_be_below = || of == Type::Percent || may_be_below_zero(before, behind, language);
    if hedge.is_at_most() && may_be_below() { hedge.or_below_zero() } else { hedge }
}

/// Where words of a hedge begin in what stands before a figure, and where such words behind it end.
pub fn words_of_hedge(before: &str, behind: &str, language: Language) -> (usize, usize) {
    let around = Around { behind, language, is_no_count: false };
    let hedges = around.hedges();
    let mut start = before.len();
    while let Some(text) = before.get(..start) {
        let marked = around.without_marks(text);
        let found = around.longest(text).or_else(|| around.longest(marked)).map(|said| said.rest);
        let beside = || {
            let lists = [&hedges.just, &hedges.well, &hedges.not];
            lists
                .into_iter()
                .find_map(|list| strip_one(text, list))
                .filter(|_| start < before.len())
        };
        let Some(rest) = found.or_else(beside) else { break };
        start = rest.len();
    }
    let spaces = behind.len() - behind.trim_start().len();
    let end = match behind.strip_prefix('+') {
        Some(_) => 1,
        None => {
            let text = behind.trim_start();
            let all = hedges.behind().filter(|(words, _)| strip(text, words).is_some());
            all.map(|(words, _)| spaces + words.len()).max().unwrap_or(0)
        }
    };
    (start, if around.behind_figure(before) == Hedge::None { 0 } else { end })
}

/// The text behind these words, whatever their capitals.
fn strip<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    same(text.get(..words.len())?, words).then(|| text.get(words.len()..)).flatten()
}

/// The text before these words at its end, whatever their capitals and the white space in them.
fn strip_end<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    // Most words differ in their last letter.
    let (last, own) = (words.as_bytes().last()?, text.as_bytes().last()?);
    if own.is_ascii_graphic() && !own.eq_ignore_ascii_case(last) {
        return None;
    }
    let mut rest = text.trim_end();
    for (n, word) in words.rsplit(' ').enumerate() {
        if n > 0 {
            let shorter = rest.trim_end();
            (shorter.len() < rest.len()).then_some(())?;
            rest = shorter;
        }
        let start = rest.len().checked_sub(word.len())?;
        same(rest.get(start..)?, word).then_some(())?;
        rest = rest.get(..start)?;
    }
    let is_word = words.starts_with(char::is_alphabetic);
    let is_whole = !is_word || !rest.ends_with(|c: char| c.is_alphanumeric() || c == '-');
    is_whole.then_some(rest)
}

/// The text before one of several such words.
fn strip_one<'t>(text: &'t str, all: &[String]) -> Option<&'t str> {
    all.iter().find_map(|words| strip_end(text, words))
}

/// Words of a hedge that were found, and the text before them.
struct Said<'t> {
    hedge: Hedge,
    words: &'t str,
    rest: &'t str,
}

impl Said<'_> {
    fn is_one_sided(&self) -> bool {
        let is_word = self.words.starts_with(char::is_alphabetic);
        is_word && matches!(self.hedge, Hedge::Over | UNDER | Hedge::AtLeast | AT_MOST)
    }
}

/// What stands behind a figure, in what language, and whether it is a percentage or money.
#[derive(Clone, Copy)]
struct Around<'t> {
    behind: &'t str,
    language: Language,
    is_no_count: bool,
}

impl<'t> Around<'t> {
    fn hedges(self) -> &'static Hedges {
        &self.language.words().hedges
    }

    fn behind_figure(self, before: &str) -> Hedge {
        let text = self.behind.trim_start();
        let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
        if self.behind.strip_prefix('+').is_some_and(ends) {
            return Hedge::AtLeast;
        }
        let is_apart = text.len() < self.behind.len();
        let mut all = self.hedges().behind();
        let found = all.find(|(words, _)| is_apart && strip(text, words).is_some_and(ends));
        match found.map_or(Hedge::None, |found| found.1) {
            // `aged 65 or over` is who, not how many.
            Hedge::AtLeast | AT_MOST if strip_one(before, &self.hedges().aged).is_some() => {
                Hedge::None
            }
            // `2024 environ 300 personnes`: it belongs to the next figure.
            Hedge::About | Hedge::AtLeast | AT_MOST if self.is_of_next(text) => Hedge::None,
            hedge => hedge,
        }
    }

    /// Whether a text begins with words that stand before figures, and a figure.
    fn is_of_next(self, text: &str) -> bool {
        self.hedges().before().any(|hedge| leads_to_figure(text, hedge.0))
    }

    /// Without articles and currency marks at its end.
    fn without_marks(self, before: &'t str) -> &'t str {
        let words = self.language.words();
        let articles = || words.articles.all.iter().chain(&words.the.all);
        let mut text = before.trim_end();
        for _ in 0..3 {
            let shorter = match before_currency(text) {
                Some(start) => text.get(..start).unwrap_or(text),
                None => articles().find_map(|a| strip_end(text, a)).unwrap_or(text),
            };
            text = shorter.trim_end();
        }
        text
    }

    fn longest(self, text: &'t str) -> Option<Said<'t>> {
        let all = self.hedges().before().chain(SIGNS);
        let said = |(words, hedge): (&'static str, Hedge)| {
            strip_end(text, words).map(|rest| Said { hedge, words, rest })
        };
        all.filter_map(said).max_by_key(|said| said.words.len())
    }

    fn before_figure(self, before: &'t str) -> Hedge {
        // `an estimated`, `a minimum of`: the article belongs to the words.
        let marked = self.without_marks(before);
        let Some(said) = self.longest(before).or_else(|| self.longest(marked)) else {
            return Hedge::None;
        };
        let hedges = self.hedges();
        if strip_one(said.rest, &hedges.just).is_some() {
            match said.hedge {
                Hedge::Over => return Hedge::JustOver,
                UNDER => return Hedge::Nearly,
                _ => {}
            }
        }
        let is_no_count = self.is_no_count || before_currency(before).is_some();
        let counted = Around { is_no_count, ..self };
        if counted.is_no_hedge(&said) || self.is_than_the(before, &said) {
            return Hedge::None;
        }
        let Said { hedge, words, rest } = said;
        let rest = strip_one(rest, &hedges.well).unwrap_or(rest);
        // `not quite` has its `not`.
        let has_not = hedges.not.iter().any(|not| words.split(' ').next() == Some(not));
        match hedge {
            _ if !has_not && self.is_negated(rest) => self.negated(hedge, words),
            Hedge::About => self.about(rest),
            Hedge::Plain => match self.longest(rest) {
                // `at least just 5`: the outer words count.
                None => Hedge::Plain,
                Some(outer) if outer.hedge == Hedge::Plain => Hedge::Plain,
                Some(outer) if !self.is_no_hedge(&outer) => outer.hedge,
                Some(_) => Hedge::Plain,
            },
            hedge => hedge,
        }
    }

    /// Whether it is what an amount of something is compared with: `12 people more than the 297`.
    fn is_than_the(self, before: &str, said: &Said<'_>) -> bool {
        let (the, compares) = (&self.language.words().the.all, &self.hedges().compares);
        let is_compared = compares.iter().any(|own| own == said.words);
        let counted = said.rest.trim_end().trim_end_matches(char::is_alphabetic);
        is_compared
            && the.iter().any(|the| strip_end(before, the).is_some())
            && ends_with_amount(counted, self.language)
    }

    /// `about` with other words before it: `no more than about`.
    fn about(self, rest: &'t str) -> Hedge {
        let Some(outer) = self.longest(rest) else { return Hedge::About };
        let hedge = match self.is_negated(outer.rest) {
            true => self.negated(outer.hedge, outer.words),
            false => outer.hedge,
        };
        match hedge {
            _ if self.is_no_hedge(&outer) => Hedge::About,
            Hedge::Over | Hedge::AtLeast | Hedge::AboutAtLeast => Hedge::AboutAtLeast,
            UNDER | AT_MOST | ABOUT_AT_MOST => ABOUT_AT_MOST,
            _ => Hedge::About,
        }
    }

    fn is_negated(self, before: &str) -> bool {
        let hedges = self.hedges();
        strip_one(before, &hedges.not).is_some()
            || hedges.not_ends.iter().any(|not| before.trim_end().ends_with(not.as_str()))
    }

    fn negated(self, hedge: Hedge, words: &str) -> Hedge {
        let hedges = self.hedges();
        let is_one_of = |all: &[String]| all.iter().any(|own| own == words);
        match hedge {
            Hedge::Over | Hedge::JustOver => AT_MOST,
            UNDER => Hedge::AtLeast,
            Hedge::AtLeast | Hedge::AboutAtLeast => UNDER,
            AT_MOST | ABOUT_AT_MOST => Hedge::Over,
            Hedge::Nearly if !is_one_of(&hedges.no_opposite) => UNDER,
            Hedge::Plain if is_one_of(&hedges.exact) => Hedge::About,
            _ => Hedge::None,
        }
    }

    /// Whether the figure is a length of time, or an age.
    fn is_time_or_age(self) -> bool {
        let unit = self.behind.trim_start_matches(|c: char| c.is_whitespace() || c == '-');
        let ends = |rest: &str| !rest.starts_with(char::is_alphabetic);
        let is_time = |time: &String| strip(unit, time).is_some_and(ends);
        self.behind.starts_with(['s', '’'])
            || self.behind.starts_with("'s")
            || self.hedges().times.iter().any(is_time)
    }

    /// Whether words that may be a hedge say something else here.
    fn is_no_hedge(self, said: &Said<'_>) -> bool {
        let hedges = self.hedges();
        let Said { words, rest, .. } = said;
        let is_one_of = |all: &[String]| all.iter().any(|own| own == words);
        // `over 10 years`, `the over-65s`, `aged under 5`: for how long, and who.
        if said.is_one_sided() && (self.is_time_or_age() || strip_one(rest, &hedges.aged).is_some())
        {
            return true;
        }
        // `spread over 147 grants`, `45 wickets over 8 games`: among how many.
        if is_one_of(&hedges.spans)
            && !self.is_no_count
            && says_among(rest, self.behind, self.language)
        {
            return true;
        }
        if names_value(words, (rest, self.behind), self.language) {
            return true;
        }
        if is_one_of(&hedges.up_to) {
            return names_an_end(rest, self.behind, self.language);
        }
        // `1.5 times as many as the 212`, `3.5 percent more than the 81 million`: what it is compared with.
        if is_one_of(&hedges.compares) {
            return ends_with_amount(rest, self.language);
        }
        match *words {
            // A quotation in Markdown or a mail, an arrow.
            ">" => {
                let line = rest.rsplit('\n').next().unwrap_or(rest);
                line.trim().is_empty() || rest.ends_with(['-', '=', '>'])
            }
            "<" => rest.ends_with('<'),
            _ => false,
        }
    }
}

/// A text without the same amount in other words at its end: `0.85 million, or 13 percent,`.
fn without_aside(text: &str, language: Language) -> &str {
    let aside = |text: &'_ str| {
        let (before, aside) = match text.strip_suffix(')') {
            Some(open) => open.rsplit_once('(')?,
            None => text.strip_suffix(',')?.rsplit_once(',')?,
        };
        let is_or = aside
            .split_whitespace()
            .next()
            .is_some_and(|w| language.cues.or.iter().any(|or| or == w));
        (text.ends_with(')') || is_or).then_some(before.len())
    };
    aside(text).and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Whether a text ends with an amount by which one figure is more or less than another.
fn ends_with_amount(text: &str, language: Language) -> bool {
    let text = without_aside(text.trim_end(), language).trim_end();
    let words = language.words();
    let word = text.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let lists = [
        &words.percent.all,
        &words.points.all,
        &words.times.all,
        &words.multiples.all,
        &words.part.all,
        &words.parts.all,
        &words.scales.all,
    ];
    let is_last = |phrase: &String| phrase.rsplit(' ').next().is_some_and(|own| same(own, word));
    text.ends_with(|c: char| c.is_ascii_digit() || c == '%')
        || lists.iter().any(|list| list.iter().any(is_last))
}

impl Hedge {
    /// What a figure can mean; a hedge does not narrow it.
    pub fn interval(self, value: &Number, implied: &Interval, step: &Step) -> Interval {
        let around = || implied.hull(&step.around(value));
        let closed = || End::Closed(value.clone());
        let open = || End::Open(value.clone());
        let lowest = |down: Down| match down {
            Down::ToZero if value.signum() > 0 => End::Closed(Number::default()),
            _ => End::Unbounded,
        };
        // What is nearly there is nearer to zero.
        let is_below = value.signum() >= 0;
        match self {
            Hedge::None | Hedge::Plain => implied.clone(),
            Hedge::About => around(),
            Hedge::Nearly if is_below => Interval { lo: around().lo, hi: closed() },
            Hedge::Nearly => Interval { lo: closed(), hi: around().hi },
            Hedge::JustOver if is_below => Interval { lo: closed(), hi: around().hi },
            Hedge::JustOver => Interval { lo: around().lo, hi: closed() },
            Hedge::Over => Interval { lo: open(), hi: End::Unbounded },
            Hedge::AtLeast => Interval { lo: closed(), hi: End::Unbounded },
            Hedge::AboutAtLeast => Interval { lo: around().lo, hi: End::Unbounded },
            Hedge::AtMost(down) => Interval { lo: lowest(down), hi: closed() },
            Hedge::AboutAtMost(down) => Interval { lo: lowest(down), hi: around().hi },
            Hedge::Under(down) => Interval { lo: lowest(down), hi: open() },
        }
    }

    /// Whether it says the upper end alone.
    pub fn is_at_most(self) -> bool {
        matches!(self, Hedge::AtMost(_) | Hedge::AboutAtMost(_) | Hedge::Under(_))
    }

    /// The same of a figure that may be below zero.
    fn or_below_zero(self) -> Hedge {
        match self {
            Hedge::AtMost(_) => Hedge::AtMost(Down::Beyond),
            Hedge::AboutAtMost(_) => Hedge::AboutAtMost(Down::Beyond),
            Hedge::Under(_) => Hedge::Under(Down::Beyond),
            other => other,
        }
    }

    /// What a date can mean: about is one written unit on each side.
    #[must_use]
    pub fn days(self, days: Days) -> Days {
        if self == Hedge::About { days.give_or_take() } else { days }
    }

    /// What it is called for people; nothing where there is none.
    pub fn words(self) -> Option<&'static str> {
        Some(match self {
            Hedge::None => return None,
            Hedge::Plain => "as written",
            Hedge::About => "about",
            Hedge::Nearly => "nearly",
            Hedge::JustOver => "just over",
            Hedge::Over => "more than",
            Hedge::AtLeast => "at least",
            Hedge::AboutAtLeast => "at least about",
            Hedge::AtMost(_) => "at most",
            Hedge::AboutAtMost(_) => "at most about",
            Hedge::Under(_) => "less than",
        })
    }
}
