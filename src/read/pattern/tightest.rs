//! The tightest of the matches that end at one place.
//!
//! A search finds the match that begins first. Where it ends, others may end that begin later: they
//! are found by one pass backwards, which asks less than the pattern does, and then asked whole.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{Cache, DFA, OverlappingState};
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input, MatchKind, meta};

use crate::read::pattern::machine::{Found, Machine, build};
use crate::read::pattern::parse::{Element, Part, escape};
use crate::read::pattern::regex::{Role, Writer, closes, held, is_text, without_looking};
use crate::value::Language;

/// So many places where a match may begin are asked for the one with most optional parts.
const MOST: usize = 64;
/// A line that ends earlier was not ended for want of room.
const SHORT: usize = 60;

/// What finds the tightest match.
pub struct Tightest {
    /// The pattern backwards.
    source: String,
    backwards: OnceLock<Option<Backwards>>,
    kinds: Vec<String>,
    language: Language,
    /// Of each kind of placeholder that holds a figure or a word, what finds all of them.
    scans: Vec<(String, OnceLock<Option<meta::Regex>>)>,
    /// The text that every match begins with, where the pattern begins with some.
    first: Option<meta::Regex>,
    /// Whether the pattern begins with a text of its sentence, whatever stands there.
    pub begins_with_text: bool,
    has_optional: bool,
}

struct Backwards {
    dfa: DFA,
    caches: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync>>,
}

impl std::fmt::Debug for Tightest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tightest").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Tightest {
    /// Of a pattern with these elements.
    pub fn new(elements: &[Element], kinds: &[String], language: Language) -> Tightest {
        let mut loose = Writer::new((kinds, language), true);
        loose.pattern(elements);
        let mut typed: Vec<String> =
            kinds.iter().filter(|kind| !is_text(kind) && *kind != "text").cloned().collect();
        typed.sort();
        typed.dedup();
        let first = elements.first().map(|e| &e.part);
        let literal = match first {
            Some(Part::Literal(text)) => build(&format!("(?i:{})", escape(text))).ok(),
            _ => None,
        };
        let begins_with_text = matches!(first, Some(Part::Placeholder(n))
            if kinds.get(*n).is_some_and(|kind| is_text(kind) || kind == "text"));
        Tightest {
            has_optional: loose.roles.contains(&Role::Optional),
            source: without_looking(&loose.source),
            backwards: OnceLock::new(),
            kinds: kinds.to_vec(),
            language,
            scans: typed.into_iter().map(|kind| (kind, OnceLock::new())).collect(),
            first: literal,
            begins_with_text,
        }
    }

    /// Of the matches that end with the one that was found, the one with most optional parts; of
    /// several, the one that begins last.
    pub fn of(&self, whole: &Machine, text: &str, found: Found) -> Found {
        if self.begins_with_text {
            return from_its_line(text, found);
        }
        let Range { start, end } = found.range;
        // Most matches hold the text that they begin with only once.
        let begins = |first: &meta::Regex| {
            let behind = Input::new(text).range(start + 1..end);
            first.find_iter(behind).any(|found| is_edge(text, found.start()))
        };
        if end > start && !self.first.as_ref().is_none_or(begins) {
            return found;
        }
        let mut best = found;
        for at in self.starts(text, start..end) {
            if at <= start || !is_edge(text, at) {
                continue;
            }
            let Some(other) = whole.find_in(text, at..end) else { continue };
            if other.optional < best.optional || !self.may_begin(text, start, &other) {
                continue;
            }
            if best.range.start == start || other.optional > best.optional {
                best = other;
            }
            if !self.has_optional {
                break;
            }
        }
        best
    }

    /// Where matches begin that may end at the end of a range, from the last on.
    fn starts(&self, text: &str, range: Range<usize>) -> Vec<usize> {
        let Some(backwards) = self.backwards.get_or_init(|| backwards(&self.source)) else {
            return Vec::new();
        };
        let input = Input::new(text).range(range).anchored(Anchored::Yes);
        let mut cache = backwards.caches.get();
        let (mut state, mut all) = (OverlappingState::start(), Vec::new());
        while all.len() < MOST {
            let step = backwards.dfa.try_search_overlapping_rev(&mut cache, &input, &mut state);
            let Some(found) = step.ok().and_then(|()| state.get_match()) else { break };
            if text.is_char_boundary(found.offset()) && is_edge(text, found.offset()) {
                all.push(found.offset());
            }
        }
        all
    }

    /// Whether a match begins where a figure or a word does, and not within one.
    fn may_begin(&self, text: &str, from: usize, found: &Found) -> bool {
        let at = found.range.start;
        let mut all = found.placeholders.iter().zip(&self.kinds);
        let first = all.find(|(place, _)| place.as_ref().is_some_and(|p| p.start == at));
        let Some((_, kind)) = first else { return true };
        let Some((_, scan)) = self.scans.iter().find(|scan| scan.0 == *kind) else { return false };
        let Some(scan) = scan.get_or_init(|| build(&held(kind, self.language)).ok()) else {
            return true;
        };
        let input = Input::new(text).range(from..found.range.end);
        scan.find_iter(input).take_while(|figure| figure.start() <= at).any(|f| f.start() == at)
    }
}

/// A match that begins with a text, without the lines that end before it and what stands between
/// sentences.
fn from_its_line(text: &str, mut found: Found) -> Found {
    let Some(Some(first)) = found.placeholders.first().cloned() else { return found };
    let held = text.get(first.clone()).unwrap_or_default();
    let line = held.rmatch_indices('\n').find(|(at, _)| ends_early(held, *at));
    let skipped = line.map_or(0, |(at, _)| at + 1);
    let rest = held.get(skipped..).unwrap_or_default();
    let own = rest.trim_start_matches(|c: char| c.is_whitespace() || is_between(c));
    let start = first.end - own.len();
    if !own.is_empty() && found.range.start == first.start {
        found.range.start = start;
        if let Some(first) = found.placeholders.first_mut() {
            *first = Some(start..held.len() + first.as_ref().map_or(0, |f| f.start));
        }
    } else if own.is_empty()
        && found.range.start == first.start
        && text.get(first.end..found.range.end).is_some_and(|rest| rest.chars().all(closes))
    {
        // What stands between sentences is no text.
        found.range.start = found.range.end;
    }
    found
}

fn backwards(source: &str) -> Option<Backwards> {
    let config = thompson::Config::new().reverse(true).nfa_size_limit(Some(64 << 20));
    let dfa = DFA::builder()
        .configure(DFA::config().match_kind(MatchKind::All).cache_capacity(8 << 20))
        .thompson(config)
        .build(source)
        .ok()?;
    let of = dfa.clone();
    Some(Backwards { dfa, caches: Pool::new(Box::new(move || of.create_cache())) })
}

/// Whether no word goes on here.
fn is_edge(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|t| t.chars().next_back());
    let behind = text.get(at..).and_then(|t| t.chars().next());
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    !(is_word(before) && is_word(behind))
}

/// What stands between sentences or items and begins none.
fn is_between(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '…' | ')' | ']' | '|' | '•' | '·' | '*')
        || ('\u{1d}'..='\u{1f}').contains(&c)
}

/// Whether a line ends here although there was room, and the next one begins as lines of a list do.
fn ends_early(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit(['\n', '\u{1d}', '\u{1f}']).next().unwrap_or_default();
    let next = text.get(at + 1..).unwrap_or_default().trim_start();
    line.chars().count() < SHORT && !next.starts_with(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use crate::read::pattern::{Pattern, TYPES, Values};

    use super::*;

    #[test]
    fn every_pattern_is_read_backwards() {
        let all = TYPES.iter().flat_map(|ty| Language::all().map(move |language| (ty.0, language)));
        for (kind, language) in all {
            let text = format!("[not ]a\\\\b{{x:{kind}}} … (é|{{y}}) {{{{z:{kind}}} and}}*");
            let values = Values::new();
            let pattern = Pattern::with_values(&text, &values, language).expect("a pattern");
            let tightest = pattern.tightest.as_ref().expect("a pattern of parts");
            assert!(backwards(&tightest.source).is_some(), "{}", tightest.source);
        }
    }
}
