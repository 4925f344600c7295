//! What the file of a language says.

use std::collections::{BTreeMap, HashSet};
use std::ops::Deref;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::value::language::claims::Claims;
use crate::value::language::lengths::Lengths;
use crate::value::language::months::Months;
use crate::value::language::phrases::{List, Phrases};

/// The signs and words of figures in one language. A phrase that ends with a full stop in the file
/// stands with it or without it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Words {
    /// Words that may link two figures, once they were asked for.
    #[serde(skip)]
    pub links: OnceLock<HashSet<String>>,
    /// Its English name.
    pub name: String,
    /// The decimal sign.
    pub decimal: char,
    /// Signs between groups of three digits, the usual one first; a space is one that may break.
    /// Spaces that do not break always group.
    pub grouping: Vec<char>,
    /// Words of whole numbers below a hundred.
    pub numbers: Phrases<i64>,
    /// What stands in a word between units and the tens behind them, as in `einundzwanzig`: number words
    /// are written together in this language.
    pub unit_before_tens: String,
    /// Ends of number words that add a half: `zweieinhalb`.
    pub half_behind: Vec<String>,
    /// Words of scale, and the power of ten that each stands for.
    pub scales: Phrases<i32>,
    /// Those that stand behind digits only: `bn`, `Mio.`.
    pub short_scales: Phrases<i32>,
    /// The same right before a currency mark alone: `T€`.
    pub money_scales: Phrases<i32>,
    /// Words for twelve.
    pub dozen: List,
    /// Fractions in one phrase: `half`, `anderthalb`.
    pub fractions: Phrases<Fraction>,
    /// Fractions behind `and` that no article stands before: `et demi`.
    pub behind_and: Phrases<Fraction>,
    /// Names of one part of so many: `third`.
    pub part: Phrases<i64>,
    /// Names of several of them: `thirds`.
    pub parts: Phrases<i64>,
    pub lengths: Lengths,
    /// Articles that mean one.
    pub articles: List,
    /// Other articles.
    pub the: List,
    pub and: List,
    pub of: List,
    /// Words for the decimal sign.
    pub point: List,
    pub minus: List,
    /// Words that `minus` means something else behind: `au moins`.
    pub no_minus_behind: List,
    /// What stands between the two ends of a range.
    pub to: List,
    /// What stands before the first of two figures where `to` is said of a change.
    pub from: List,
    /// What stands before two figures that `and` makes a range of: `between 10 and 15`.
    pub enclosing: List,
    /// What joins figures to a list.
    pub between: List,
    pub shares: Shares,
    pub vague: Vague,
    pub compounds: Compounds,
    /// Words for hundredths (2) and thousandths (3).
    pub percent: Phrases<i32>,
    /// Words for differences of shares, and the power of ten that they are a part of.
    pub points: Phrases<i32>,
    /// The same where a rule says that what stands there is such a difference.
    pub lone_points: Phrases<i32>,
    pub ordinals: Phrases<i64>,
    /// What follows digits that are an ordinal.
    pub ordinal_ends: Vec<String>,
    /// What makes an ordinal of a number word from twenty on: `zwanzigste`.
    pub ordinal_behind: Vec<String>,
    /// Words for multiples, in halves: `twice` is 4.
    pub multiples: Phrases<i64>,
    /// What follows a number that is a multiple.
    pub times: List,
    /// Ends of words that make a multiple of a number: `threefold`.
    pub fold: Vec<String>,
    pub dates: Dates,
    pub hedges: Hedges,
    pub sentences: Sentences,
    pub figures: Listed,
    pub cues: Cues,
    pub claims: Claims,
}

/// A fraction, perhaps of a scale: `1/2`, `3/2`, `1/4e6`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Fraction {
    pub n: i64,
    pub d: i64,
    pub power: i32,
}

impl TryFrom<String> for Fraction {
    type Error = String;
    fn try_from(text: String) -> Result<Fraction, String> {
        let wrong = || format!("`{text}` is no fraction");
        let (fraction, power) = text.split_once('e').unwrap_or((&text, "0"));
        let (n, d) = fraction.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.parse().map_err(|_| wrong());
        Ok(Fraction { n: number(n)?, d: number(d)?, power: power.parse().map_err(|_| wrong())? })
    }
}

/// Words of shares: `three in five`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shares {
    /// Between two round numbers.
    #[serde(rename = "in")]
    pub within: List,
    /// Between two counts; of words that are also `in`, where both are in digits.
    pub of: List,
    pub every: List,
    /// Before an ordinal: `jeder dritte`.
    pub each: List,
}

/// Words that make of a figure an uncertain number, which has no reading.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Vague {
    /// Before a word of scale: `several hundred`, `tens of thousands`.
    pub before: List,
    /// Behind a number word: `ein paar`, `une dizaine`; behind a hyphen: `40-odd`.
    pub behind: List,
}

/// Words that say one thing with two figures, and those beside a figure that make a name of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compounds {
    /// Before a number that is a name with it: `No. 10`, `page 3`.
    pub labels: List,
    /// Before such a word where it is none, beside articles: `in this room 40 people`.
    pub determiners: List,
    /// What looks like a figure and is a name: `4K`.
    pub figures: Vec<String>,
    /// Behind a number and a hyphen: `one-off`.
    pub names: List,
    /// Between the sides of something: `2-by-4`.
    pub by: List,
    /// Between the two figures of a score, beside the word of ranges: `10 zu 1`.
    pub against: List,
    /// Behind an ordinal that is counted from the end: `third from last`.
    pub from_last: List,
    /// Between a figure and how far off it may be: `5 plus or minus 1`.
    pub give_or_take: List,
    /// Behind a figure that is below zero: `5 degrees below zero`.
    pub below_zero: List,
    /// Behind an hour: `5 p.m.`.
    pub clock: Vec<String>,
    /// Between the two figures of a rate: `12 per 1,000`.
    pub per: List,
    /// Words of scale that no figure is without another one: `thousands`.
    pub counted: List,
    /// Units that are said one behind the other, the larger ones first: `5 feet 6 inches`.
    pub measures: Vec<Measures>,
    /// Units behind which the smaller one need not be named: `12 feet 6`.
    pub bare: List,
    /// The same, where the second figure has two digits: `2 h 30`.
    pub bare_in_two: List,
}

/// The names of units, each with its place among them.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<Vec<String>>")]
pub struct Measures(Phrases<usize>);

impl From<Vec<Vec<String>>> for Measures {
    fn from(all: Vec<Vec<String>>) -> Measures {
        let of = |(rank, names): (usize, &Vec<String>)| {
            names.iter().map(|name| (name.clone(), rank)).collect::<Vec<_>>()
        };
        let all: Vec<(String, usize)> = all.iter().enumerate().flat_map(of).collect();
        Measures(Phrases::new(all.iter().map(|(name, rank)| (name.as_str(), *rank))))
    }
}

impl Deref for Measures {
    type Target = Phrases<usize>;
    fn deref(&self) -> &Phrases<usize> {
        &self.0
    }
}

/// Words of dates.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dates {
    pub months: Months,
    /// What follows the day of a month: `18th`.
    pub day_ends: Vec<String>,
    /// Between day, month and year.
    pub of: List,
    /// Behind a year.
    pub year: List,
    /// The sign between day, month and year in digits, where the day always comes first.
    pub day_first: Vec<char>,
    /// The first, second and last third of a span.
    pub early: List,
    pub mid: List,
    pub late: List,
    /// Between these and a span.
    pub within: List,
    /// What follows or precedes the first year of a decade.
    pub decade_ends: Vec<String>,
    pub decade: List,
    /// Parts of a year that no date is read of: `summer of 2023`.
    pub seasons: List,
    /// Quarters and halves of a year, and the letters of their short forms.
    pub quarter: List,
    pub half: List,
    pub quarter_letters: List,
    pub half_letters: List,
    /// What stands before a fiscal year, or behind it, and what may be glued to it: `FY2024`.
    pub fiscal: List,
    pub fiscal_behind: List,
    pub fiscal_letters: List,
    /// What stands before the month or the day that so many months end with: `year to`.
    pub year_to: Phrases<i64>,
    /// The same behind a number.
    pub months_to: List,
    /// Between these and a month: `end of`.
    pub end_of: List,
}

/// Words around figures that say how near to them is meant.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hedges {
    pub about: Vec<String>,
    pub nearly: Vec<String>,
    pub just_over: Vec<String>,
    pub over: Vec<String>,
    pub under: Vec<String>,
    pub at_least: Vec<String>,
    pub at_most: Vec<String>,
    /// The figure as it is written.
    pub plain: Vec<String>,
    /// The same; what is not so is about so.
    pub exact: Vec<String>,
    pub behind: Behind,
    /// What brings `over` and `under` near to the figure: `just over`.
    pub just: Vec<String>,
    /// What adds nothing: `well over`.
    pub well: Vec<String>,
    pub not: Vec<String>,
    /// The end of a word that negates.
    pub not_ends: Vec<String>,
    /// Hedges whose negation is none: `not close to`.
    pub no_opposite: Vec<String>,
    /// Units of a length of time and what stands before an age: one-sided words are no hedge there.
    pub times: Vec<String>,
    pub aged: Vec<String>,
    /// Hedges that compare behind an amount: `3 percent more than the 81`.
    pub compares: Vec<String>,
    /// Words for `more than` that say among how many behind such verbs and names of sums, and before such stages.
    pub spans: Vec<String>,
    pub spread: Vec<String>,
    pub summed: Vec<String>,
    pub stages: Vec<String>,
    /// Names of the largest and the least value, which also say a bound, and units of temperature.
    pub extremes: Vec<String>,
    pub temperatures: Vec<String>,
    /// Words for what may be below zero, and such units behind a figure.
    pub signed: List,
    pub degrees: List,
    /// Whether nouns are written together: `Handelsbilanz`.
    pub joins_nouns: bool,
    /// Hedges that are `to` where another end is named, behind `from` or one of these.
    pub up_to: Vec<String>,
    pub from: List,
}

/// Such words behind a figure.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behind {
    pub about: Vec<String>,
    pub at_least: Vec<String>,
    pub at_most: Vec<String>,
}

/// Words whose full stop does not end a sentence.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sentences {
    /// Never: titles, and words before a name or a figure.
    pub never: Vec<String>,
    /// Not before a figure.
    pub before_figures: Vec<String>,
    /// Perhaps.
    pub either: Vec<String>,
    /// Never, where a sentence is quoted.
    pub quoted: Vec<String>,
    /// Dotted letters that go on: `e.g`.
    pub go_on: Vec<String>,
    /// Words before which a number with a full stop is an ordinal; where there are any, it may be one
    /// before other words.
    pub behind_ordinals: Vec<String>,
}

/// What helps to list the figures of a text.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listed {
    /// Words before a year.
    pub before_years: List,
    /// Words beside `from` before a figure that is no part of a range with `to`.
    pub apart: List,
    /// Names of changes: behind them a word that is `from` elsewhere says by how much, `une hausse de`.
    pub changes: List,
    /// Words behind a figure that are no unit.
    pub no_units: List,
    /// Words behind a part of something: `a fifth more`; before others it is a place in an order.
    pub parts: List,
    /// Multiples that are also said of one thing: `a double room`.
    pub adjectives: List,
    /// Behind a time of day: `18.30 Uhr`.
    pub clock: List,
    /// Words that are rarely meant as a figure where they stand alone.
    pub alone: List,
}

/// Words that say how figures hang together, for proposals; in small letters.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cues {
    /// The commonest words, by which a language is known.
    pub common: Vec<String>,
    /// Letters that tell it from languages with some of the same words.
    pub letters: String,
    /// More or less than before.
    pub rises: Vec<String>,
    pub falls: Vec<String>,
    /// The same right before a figure alone, and phrases with such words that say no change.
    pub losses: Vec<String>,
    pub no_change: Vec<String>,
    pub totals: Vec<String>,
    pub differences: Vec<String>,
    pub averages: Vec<String>,
    pub shares: Vec<String>,
    /// What stands before a figure of another time.
    pub earlier: Vec<String>,
    /// Words that join and say nothing of what is counted.
    pub plain: Vec<String>,
    /// Words that name nothing.
    pub nameless: Vec<String>,
    /// Words that go on.
    pub open: Vec<String>,
    /// Before the first and the second figure of a change, and before what it came to.
    pub from: Vec<String>,
    pub to: Vec<String>,
    pub reached: Vec<String>,
    pub by: Vec<String>,
    pub or: Vec<String>,
    pub of: Vec<String>,
    /// Before what a rate is counted by, and behind what is a rate.
    pub every: Vec<String>,
    pub each: Vec<String>,
    pub times: Vec<String>,
    /// Behind a length of time in years, and before an age.
    pub years: Vec<String>,
    pub ages: Vec<String>,
    /// Before all of a number, and before the rest of them.
    pub all: Vec<String>,
    pub other: Vec<String>,
    /// Words behind the noun that a sentence says something of, and their ends.
    pub verbs: Vec<String>,
    pub verb_ends: Vec<String>,
    /// Before what a figure is meant for: `spent on roads`.
    pub about: Vec<String>,
    /// Units that say nothing of what is counted.
    pub money: Vec<String>,
    /// Whether nouns begin with a capital letter.
    pub capital_nouns: bool,
    /// Units of what is measured and so rounded, beside those that are said one behind the other.
    pub units: Vec<String>,
}

impl Hedges {
    /// Adds phrases with a typesetter's apostrophe to those with that of a keyboard.
    fn curl(&mut self) {
        let lists = [
            &mut self.about,
            &mut self.nearly,
            &mut self.just_over,
            &mut self.over,
            &mut self.under,
            &mut self.at_least,
            &mut self.at_most,
            &mut self.plain,
            &mut self.up_to,
            &mut self.no_opposite,
        ];
        for list in lists {
            let straight = list.iter().filter(|phrase| phrase.contains('\''));
            let curled: Vec<String> = straight.map(|phrase| phrase.replace('\'', "’")).collect();
            list.extend(curled);
        }
    }
}

impl Words {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Words, String> {
        let mut words: Words = toml::from_str(text).map_err(|e| e.to_string())?;
        words.compound();
        words.hedges.curl();
        Ok(words)
    }

    /// Adds units with tens behind them to the numbers of a language that writes them so.
    fn compound(&mut self) {
        if self.unit_before_tens.is_empty() {
            return;
        }
        let known = |phrase: &String| Some((phrase.clone(), self.numbers.known(phrase)?));
        let all: Vec<(String, i64)> = self.numbers.all.iter().filter_map(known).collect();
        let mut both: BTreeMap<String, i64> = all.iter().cloned().collect();
        for (unit, n) in all.iter().filter(|word| (1..10).contains(&word.1)) {
            for (tens, m) in all.iter().filter(|word| word.1 >= 20 && word.1 % 10 == 0) {
                both.insert(format!("{unit}{}{tens}", self.unit_before_tens), n + m);
            }
        }
        self.numbers = Phrases::from(both);
    }

    /// What a word is made of that says a number: numbers, and powers of ten; with whether a half is
    /// added at its end.
    pub fn compounded(&self, word: &str) -> Option<(Vec<Piece>, bool)> {
        if self.unit_before_tens.is_empty() || word.len() > LONGEST {
            return None;
        }
        let word = word.to_lowercase();
        let (mut rest, mut has_half) = (word.as_str(), false);
        let half = self.half_behind.iter().find_map(|end| word.strip_suffix(end.as_str()));
        if let Some(before) = half.filter(|before| !before.is_empty()) {
            (rest, has_half) = (before, true);
        }
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let own = (1..=rest.len()).rev().filter_map(|end| rest.get(..end));
            let mut known = own.filter_map(|own| Some((own.len(), self.piece(own)?)));
            let Some((end, piece)) = known.next() else {
                rest = rest.strip_prefix(self.unit_before_tens.as_str())?;
                continue;
            };
            pieces.push(piece);
            rest = rest.get(end..)?;
        }
        (!pieces.is_empty()).then_some((pieces, has_half))
    }

    fn piece(&self, word: &str) -> Option<Piece> {
        let scale = || self.scales.known(word).map(Piece::Scale);
        self.numbers.known(word).map(Piece::Number).or_else(scale)
    }
}

/// Bytes of the longest number word that is read.
const LONGEST: usize = 96;

/// A part of a number word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    Number(i64),
    /// A power of ten.
    Scale(i32),
}
