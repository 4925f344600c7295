//! Patterns: literal text with typed placeholders, compiled to one regular expression that runs in
//! linear time.

mod beside;
mod both;
mod joined;
mod known;
mod machine;
mod needle;
mod pair;
mod parse;
mod phrases;
mod regex;
mod repeated;
mod shapes;
mod tightest;
mod traced;
mod whole;
mod wording;

pub use both::said_for_both;
pub use joined::{end_of_digits, is_unit, is_vague};
pub use machine::Found;
pub use parse::folded_sign;
pub use parse::{Held, PatternProblem, Placeholder, Values, Writing, columns_named, placeholder};
pub use regex::{LINE, PARAGRAPH, SENTENCE};
pub(crate) use shapes::{MULTIPLE_WORD, is_currency, shape};
pub use whole::{Figures, Piece};
pub use wording::{Measure, Wording};

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex_automata::{Anchored, Input, meta};

use crate::read::pattern::known::Known;
use crate::read::pattern::machine::{Groups, Machine, build, build_plain};
use crate::read::pattern::needle::Needle;
use crate::read::pattern::parse::{Element, PatternParser, TYPES};
use crate::read::pattern::regex::{Role, Writer};
use crate::read::pattern::repeated::Repeated;
use crate::read::pattern::tightest::Tightest;
use crate::read::reader::Head;
use crate::value::{Language, Type};

/// Patterns without values of other tables.
static KNOWN: Known<Arc<Pattern>> = Known::new();

/// A pattern; what is needed to find it is compiled when it is first needed, once for all who have it.
#[derive(Debug)]
pub struct Pattern {
    /// The pattern as written.
    pub text: String,
    /// Its placeholders, in order.
    pub placeholders: Vec<Placeholder>,
    /// What they hold; nothing is known of those of a regular expression.
    pub held: Vec<Held>,
    /// The head of the rows that are found by it.
    pub head: OnceLock<Arc<Head>>,
    search: Machine,
    whole: Machine,
    /// What matches an item, where `…` stands at its ends.
    item: Option<Machine>,
    /// What stands several times in a match.
    repeated: Option<Repeated>,
    /// A word of it; none where it has no text of its own, or is a regular expression as it is.
    needle: Option<Needle>,
    /// What finds the tightest match; none where the pattern is a regular expression as it is.
    tightest: Option<Tightest>,
    /// The language of its figures.
    pub language: Language,
    /// Its own words.
    pub wording: Wording,
    /// The regular expression as written.
    source: String,
    /// The beginnings of the pattern, for near misses.
    prefixes: Vec<Prefix>,
}

/// A beginning of a pattern: compiled when the first item does not match, which may never be.
#[derive(Debug)]
struct Prefix {
    /// Where it ends in the regular expression.
    end: usize,
    /// The element of the pattern that follows.
    next: Range<usize>,
    regex: OnceLock<Option<meta::Regex>>,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn compile(text: &str) -> Result<Arc<Pattern>, Vec<PatternProblem>> {
        Pattern::with_values(text, &Values::new(), Language::default())
    }

    /// Compiles a pattern for texts in a language, some of whose placeholders hold values of other
    /// tables.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn with_values(
        text: &str,
        values: &Values,
        language: Language,
    ) -> Result<Arc<Pattern>, Vec<PatternProblem>> {
        let read = || Pattern::read(text, values, language).map(Arc::new);
        if values.is_empty() { KNOWN.or((text, language.number()), read) } else { read() }
    }

    fn read(
        text: &str,
        values: &Values,
        language: Language,
    ) -> Result<Pattern, Vec<PatternProblem>> {
        let mut parser = PatternParser {
            text,
            values,
            at: 0,
            placeholders: Vec::new(),
            kinds: Vec::new(),
            exact: Vec::new(),
            problems: Vec::new(),
            depth: 0,
            has_repeated: false,
        };
        let (elements, ends) = parser.whole();
        must_hold(&mut parser, &elements);
        if !parser.problems.is_empty() {
            return Err(parser.problems);
        }
        let PatternParser { placeholders, mut kinds, exact, .. } = parser;
        let held = pair::held(&elements, &mut kinds, &exact, language);
        let built = Pattern::built(text, placeholders, (&kinds, language), (&elements, ends));
        built.map(|pattern| Pattern { held, ..pattern }).map_err(|why| {
            vec![PatternProblem {
                span: 0..text.len(),
                message: format!("the pattern is too large: {why}"),
                help: Some("use fewer placeholders or alternatives".into()),
            }]
        })
    }

    /// Compiles what was read, and whether `…` stands at its start and its end.
    fn built(
        text: &str,
        placeholders: Vec<Placeholder>,
        (kinds, language): (&[String], Language),
        (elements, ends): (&[Element], [bool; 2]),
    ) -> Result<Pattern, String> {
        let mut writer = Writer::new((kinds, language), false);
        let starts = writer.pattern(elements);
        let prefix = |(end, element): (&usize, &Element)| Prefix {
            end: *end,
            next: element.span.clone(),
            regex: OnceLock::new(),
        };
        let source = writer.source;
        let groups = Groups { roles: writer.roles, placeholders: kinds.len() };
        Ok(Pattern {
            text: text.to_string(),
            placeholders,
            held: Vec::new(),
            head: OnceLock::new(),
            search: Machine::compiled(&source, &groups)?,
            whole: Machine::whole(&source, &groups),
            item: ends.contains(&true).then(|| Machine::item(&source, &groups, ends)),
            repeated: Repeated::of(elements, kinds, language)?,
            needle: Needle::of(elements, kinds),
            tightest: Some(Tightest::new(elements, kinds, language)),
            language,
            wording: Wording::of(elements),
            prefixes: starts.iter().zip(elements).skip(1).map(prefix).collect(),
            source,
        })
    }

    /// A regular expression with named groups; `name__type` gives a group a type.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn from_regex(text: &str) -> Result<Arc<Pattern>, Vec<PatternProblem>> {
        let wrong = |why: String| {
            vec![PatternProblem {
                span: 0..text.len(),
                message: format!("the regular expression cannot be read: {why}"),
                help: None,
            }]
        };
        crate::expr::regex::Regex::new(text).map_err(wrong)?;
        let regex = build(text).map_err(wrong)?;
        let mut placeholders = Vec::new();
        for name in regex.group_info().pattern_names(regex_automata::PatternID::ZERO).skip(1) {
            let Some(name) = name else {
                return Err(wrong(
                    "every group must have a name; write (?:…) for one without".into(),
                ));
            };
            let (name, ty) = name
                .rsplit_once("__")
                .and_then(|(n, t)| TYPES.iter().find(|x| x.0 == t).map(|x| (n, x.1)))
                .unwrap_or((name, Type::Text));
            placeholders.push(Placeholder { name: name.to_string(), ty, span: 0..text.len() });
        }
        if placeholders.is_empty() {
            return Err(wrong("it has no named group; write one as (?<name>…)".into()));
        }
        let source = text.to_string();
        let roles = (0..placeholders.len()).map(Role::Placeholder).collect();
        let groups = Groups { roles, placeholders: placeholders.len() };
        Ok(Arc::new(Pattern {
            text: source.clone(),
            placeholders,
            held: Vec::new(),
            head: OnceLock::new(),
            search: Machine::compiled(text, &groups).map_err(wrong)?,
            whole: Machine::whole(text, &groups),
            item: None,
            repeated: None,
            needle: None,
            tightest: None,
            language: Language::default(),
            wording: Wording::of(&[]),
            source,
            prefixes: Vec::new(),
        }))
    }

    /// Whether it is a regular expression as it is, which knows nothing of sentences.
    pub fn is_regex(&self) -> bool {
        self.tightest.is_none()
    }

    /// The parts of a section of a text in which matches may stand, each match within one of them.
    /// `ends` are where sentences end: the first and the last mark of each end.
    pub fn parts(
        &self,
        text: &str,
        section: &Range<usize>,
        ends: &[Range<usize>],
    ) -> Vec<Range<usize>> {
        let all = || vec![section.clone()];
        self.needle.as_ref().map_or_else(all, |needle| needle.parts(text, section, ends))
    }

    /// Whether it may match in a part of a text.
    pub fn may_match(&self, text: &str, part: Range<usize>) -> bool {
        self.needle.as_ref().is_none_or(|needle| needle.is_in(text, part))
    }

    /// The next match in a part of a text that ends where its section does. Sentences are marked in the
    /// text, but for a regular expression.
    pub fn find(&self, text: &str, part: Range<usize>) -> Option<Found> {
        let found = self.search.find(text, part)?;
        let Some(tightest) = &self.tightest else { return Some(found) };
        Some(without_closing(text, tightest.of(&self.whole, text, found)))
    }

    /// The match of all of `text[start..end]`, white space around it left out.
    pub fn find_whole(&self, text: &str, start: usize, end: usize) -> Option<Found> {
        let item = self.item.as_ref().unwrap_or(&self.whole);
        let found = item.find_in(text, start..end)?;
        Some(if self.is_regex() { found } else { without_closing(text, found) })
    }

    /// The rows of a match: one, or one for each time that a group stands in it.
    pub fn rows(&self, text: &str, found: Found) -> Vec<Found> {
        match &self.repeated {
            Some(repeated) => repeated.rows(text, found),
            None => vec![found],
        }
    }

    /// How far beginnings of the pattern match: from the longest on, where, how many elements, and
    /// the element that failed. No more than so many.
    pub fn beginnings(
        &self,
        text: &str,
        Range { start, end }: Range<usize>,
        most: usize,
    ) -> Vec<Beginning> {
        let mut all: Vec<Beginning> = Vec::new();
        let found = |n| self.prefix(n, text, start..end, Anchored::No).is_some();
        let longest = last(self.prefixes.len(), found);
        for n in (longest.saturating_sub(NEAR)..longest).rev() {
            let mut at = start;
            while let Some(range) = self.prefix(n, text, at..end, Anchored::No) {
                at = range.end.max(at + 1);
                if !all.iter().any(|b| b.0.start == range.start) {
                    all.extend(self.beginning(n, range));
                }
                if all.len() >= most || at > end {
                    return all;
                }
                while at < end && !text.is_char_boundary(at) {
                    at += 1;
                }
            }
        }
        all
    }

    /// The longest beginning of the pattern that matches at `start` itself.
    pub fn beginning_at(&self, text: &str, start: usize, end: usize) -> Option<Beginning> {
        let here = |n| self.prefix(n, text, start..end, Anchored::Yes);
        let n = last(self.prefixes.len(), |n| here(n).is_some()).checked_sub(1)?;
        self.beginning(n, here(n)?)
    }

    fn beginning(&self, n: usize, range: Range<usize>) -> Option<Beginning> {
        Some((range, n + 1, self.prefixes.get(n)?.next.clone()))
    }

    /// Where a beginning of `n + 1` elements matches first.
    fn prefix(
        &self,
        n: usize,
        text: &str,
        range: Range<usize>,
        anchored: Anchored,
    ) -> Option<Range<usize>> {
        let prefix = self.prefixes.get(n)?;
        let compiled = || build_plain(self.source.get(..prefix.end)?);
        let regex = prefix.regex.get_or_init(compiled).as_ref()?;
        if range.start > range.end {
            return None;
        }
        let input = Input::new(text).span(range).anchored(anchored);
        regex.search(&input).map(|m| m.range())
    }
}

/// What is wrong with a pattern whose parts can all be read.
fn must_hold(parser: &mut PatternParser<'_>, elements: &[Element]) {
    if elements.is_empty() && parser.problems.is_empty() {
        parser.problem(0..parser.text.len(), "the pattern is empty", None);
    }
    if parser.placeholders.is_empty() && parser.problems.is_empty() {
        parser.problem(
            0..parser.text.len(),
            "the pattern has no placeholder",
            Some("write a placeholder as {name} or {name:number}"),
        );
    }
    if let Some(placeholder) = parser.placeholders.get(MAX_PLACEHOLDERS) {
        let message = format!("a pattern has at most {MAX_PLACEHOLDERS} placeholders");
        let span = placeholder.span.clone();
        parser.problem(span, message, Some("match a shorter part of the text"));
    }
}

/// Where a beginning of a pattern matches, how many elements it has, and the element that follows.
pub type Beginning = (Range<usize>, usize, Range<usize>);

/// A beginning that is shorter than the longest by more elements is no near miss.
const NEAR: usize = 16;

/// Each placeholder makes the automaton larger, and near misses take several of them.
const MAX_PLACEHOLDERS: usize = 100;

/// How many of `0..n` hold, where none holds behind one that does not: where a beginning matches,
/// every shorter one does, so that few of them are compiled.
fn last(n: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// A match without what closes the sentence behind a text at its end.
fn without_closing(text: &str, mut found: Found) -> Found {
    let last = found.placeholders.iter().flatten().map(|held| held.end).max();
    let Some(last) = last.filter(|last| *last < found.range.end) else { return found };
    let behind = text.get(last..found.range.end).unwrap_or_default();
    if behind.chars().all(regex::closes) {
        found.range.end = last;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: &str, n: usize) -> Arc<Pattern> {
        let all: Vec<String> = (0..n).map(|i| format!("{{a{i}:{kind}}}")).collect();
        Pattern::compile(&all.join(", ")).expect("a pattern")
    }

    fn compiled(pattern: &Pattern) -> usize {
        pattern.prefixes.iter().filter(|p| p.regex.get().is_some()).count()
    }

    #[test]
    fn beginnings_are_compiled_when_asked_for_and_few_of_them() {
        let pattern = row("year", 32);
        let text = format!("{}x", "2020, ".repeat(31));
        assert!(pattern.find_whole(&text, 0, text.len()).is_none());
        assert_eq!((pattern.prefixes.len(), compiled(&pattern)), (93, 0));
        let (range, elements, next) = pattern.beginning_at(&text, 0, text.len()).expect("a match");
        assert_eq!((range, elements, &pattern.text[next]), (0..186, 93, "{a31:year}"));
        assert!(compiled(&pattern) <= 8, "{}", compiled(&pattern));
        assert_eq!(pattern.beginning_at("x 2020", 0, 6), None);
        let starts: Vec<usize> = pattern
            .beginnings("x 2020, 2021 and 2022", 0..21, 5)
            .iter()
            .map(|b| b.0.start)
            .collect();
        assert_eq!(starts, [2, 8, 17]);
    }

    #[test]
    fn placeholders_are_bounded() {
        let row = |n| (0..n).map(|i| format!("{{a{i}:number}}")).collect::<Vec<_>>().join(" ");
        assert!(Pattern::compile(&row(MAX_PLACEHOLDERS)).is_ok());
        let problems = Pattern::compile(&row(300)).expect_err("too many");
        assert_eq!(problems[0].message, "a pattern has at most 100 placeholders");
        assert_eq!(&row(300)[problems[0].span.clone()], "{a100:number}");
    }

    #[test]
    fn what_counts_is_how_many_hold() {
        for n in 0..9 {
            for k in 0..=n {
                assert_eq!(last(n, |i| i < k), k);
            }
        }
    }
}
