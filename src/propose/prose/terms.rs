//! The figures of a text as terms of relations.

use std::ops::Range;

use crate::propose::prose::chance::{log2, width};
use crate::propose::prose::cues::Near;
use crate::propose::prose::patterns::{Sentence, near};
use crate::propose::prose::points::{in_a_text, is_points};
use crate::propose::prose::slips::Digits;
use crate::read::text::kinds::{in_prose, is_multiple};
use crate::read::text::said::Said;
use crate::value::date::civil_from_days;
use crate::value::{Days, Figure, Hedge, Number, Type, Value};

/// What a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Number,
    Percent,
    Points,
    /// The year of a date.
    Year,
    /// So many times, in one word: `doubled`.
    Multiple,
}

/// A figure that may be a part of a relation.
pub struct Term {
    pub kind: Kind,
    pub value: Figure,
    /// The logarithm of its value.
    pub log: i32,
    /// What it is called in rules.
    pub code: String,
    /// As it is written.
    pub said: String,
    /// The date that it is the year of, and what that is called in rules; nothing where it is a year and no more.
    pub date: Option<(Days, String)>,
    pub sentence: usize,
    /// Where it stands in the text without mark-up.
    pub at: Range<usize>,
    pub near: Near,
    /// Whether it counts: a whole number, and not a rounded one as far as one can see.
    pub is_whole: bool,
    /// Whether words around it say how near to it is meant.
    pub is_hedged: bool,
    /// Its digits, where it is written in digits and no word makes it less certain.
    pub digits: Option<Digits>,
}

impl Term {
    /// How wide what it may mean is.
    pub fn width(&self) -> Number {
        width(&self.value.interval()).unwrap_or_default()
    }
}

/// The year that all of some days are in.
fn year_of(days: Days) -> Option<i32> {
    let [first, last] = [days.first, days.last].map(civil_from_days);
    (first.year == last.year).then_some(first.year)
}

/// Whether some days are no more than a month: what is said is no year alone.
fn is_within_a_month(days: Days) -> bool {
    days.last.saturating_sub(days.first) <= 31
}

/// All of a text, in its order.
pub struct Terms<'s> {
    pub all: Vec<Term>,
    /// The sentences, in small letters.
    pub sentences: Vec<String>,
    said: &'s Said<'s>,
}

impl<'s> Terms<'s> {
    /// The figures that patterns read.
    pub fn new(said: &'s Said<'s>, sentences: &[Sentence]) -> Terms<'s> {
        let mut all = Vec::new();
        let number = in_a_text(said.language);
        for sentence in sentences {
            for read in &sentence.figures {
                let Some(figure) = said.figures.get(read.figure) else { continue };
                let Some(own) = said.sentences.get(figure.sentence) else { continue };
                let kind = match read.ty {
                    Type::Number if is_multiple(&read.text, said.language) => Kind::Multiple,
                    Type::Number | Type::Integer => Kind::Number,
                    Type::Percent if is_points(&read.text, said.language) => Kind::Points,
                    Type::Percent => Kind::Percent,
                    Type::Year | Type::Date => Kind::Year,
                    _ => continue,
                };
                let code = format!("{}.{}", sentence.name, read.name);
                let value = in_prose(read.ty, &number).read_hedged(&read.text, read.hedge).ok();
                let (value, code, date) = match value {
                    Some(Value::Date(days)) => {
                        let Some(year) = year_of(days) else { continue };
                        let own = format!("year({code})");
                        let date = is_within_a_month(days).then_some((days, code));
                        (Figure::exact(Number::from(i64::from(year))), own, date)
                    }
                    Some(Value::Number(figure)) => (figure, code, None),
                    _ => continue,
                };
                // What is only said to be more, or less, could be much.
                if width(&value.interval()).is_none() || read.hedge.is_at_most() {
                    continue;
                }
                let Some(log) = log2(&value.value) else { continue };
                let one = Number::from(1i64);
                let is_whole = value.value.is_integer()
                    && width(&value.interval()).is_some_and(|width| width <= one);
                let unit = Some(width(&value.interval()).unwrap_or_default());
                let unit = unit.filter(|_| matches!(read.hedge, Hedge::None | Hedge::Plain));
                let unit = unit.map(|unit| if unit.is_zero() { one.clone() } else { unit });
                let digits = unit.and_then(|unit| Digits::of(&read.text, &value.value, unit));
                all.push(Term {
                    digits,
                    date,
                    kind,
                    value: value.clone(),
                    log,
                    code,
                    said: read.text.split_whitespace().collect::<Vec<_>>().join(" "),
                    sentence: figure.sentence,
                    at: read.range.clone(),
                    near: near(said, own, &figure.range),
                    is_whole,
                    is_hedged: read.hedge != Hedge::None,
                });
            }
        }
        let lower = |range: &Range<usize>| {
            said.document.text.get(range.clone()).unwrap_or_default().to_lowercase()
        };
        Terms { all, sentences: said.sentences.iter().map(lower).collect(), said }
    }

    /// Whether a text says something, in words of its own: a label of a table.
    pub fn says(&self, sentence: usize, label: &str) -> bool {
        let Some(text) = self.sentences.get(sentence) else { return false };
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        text.match_indices(label).any(|(at, own)| {
            let before = text.get(..at).and_then(|t| t.chars().next_back());
            let behind = text.get(at + own.len()..).and_then(|t| t.chars().next());
            is_edge(before) && is_edge(behind)
        })
    }

    /// How many sentences the text has.
    pub fn length(&self) -> usize {
        self.said.sentences.len()
    }
}
