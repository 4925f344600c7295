//! Regular expressions that run in linear time.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use regex_automata::{Anchored, Input, meta};

use crate::expr::state_table::{StateTable, TOGETHER};

/// A compiled pattern; equal when written alike.
#[derive(Debug, Clone)]
pub struct Regex {
    /// The pattern as written.
    pub text: String,
    engine: meta::Regex,
    /// The same for whole texts, made when it is first asked for.
    whole: Arc<OnceLock<Option<meta::Regex>>>,
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Regex {}

/// Bytes that the states of a pattern may take.
const MOST_STATES: usize = 16 << 20;

fn build(pattern: &str, most: Option<usize>) -> Result<meta::Regex, meta::BuildError> {
    let config = meta::Config::new().nfa_size_limit(most).hybrid_cache_capacity(4 << 20);
    meta::Builder::new().configure(config).build(pattern)
}

impl Regex {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    pub fn new(text: &str) -> Result<Regex, String> {
        let engine = build(text, Some(MOST_STATES)).map_err(|e| reason(&e))?;
        Ok(Regex { text: text.to_string(), engine, whole: Arc::default() })
    }

    /// For whole texts: it is little larger than the other, and refused for nothing else.
    fn whole(&self) -> Option<&meta::Regex> {
        let whole = || build(&format!(r"\A(?:{})\z", self.text), None).ok();
        self.whole.get_or_init(whole).as_ref()
    }

    /// Whether it matches somewhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.engine.is_match(text)
    }

    /// Where it matches first.
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        self.engine.find(text).map(|found| found.range())
    }

    /// Whether it matches the whole of `text`.
    pub fn is_full_match(&self, text: &str) -> bool {
        let input = Input::new(text).anchored(Anchored::Yes);
        self.whole().is_some_and(|whole| whole.is_match(input))
    }

    /// What group `group` matched (0: everything); `None` where it did not match.
    pub fn capture<'a>(&self, text: &'a str, group: usize) -> Option<&'a str> {
        let mut captures = self.engine.create_captures();
        self.engine.captures(text, &mut captures);
        captures.get_group(group).map(|span| &text[span.start..span.end])
    }

    /// How many groups it has, the whole match not counted.
    pub fn groups(&self) -> usize {
        self.engine.group_info().group_len(regex_automata::PatternID::ZERO).saturating_sub(1)
    }
}

/// A pattern made ready for many short texts; shared by all workers.
#[derive(Debug, Clone)]
pub struct Finder {
    regex: Regex,
    whole: bool,
    later: Arc<LaterTable>,
}

/// Texts that are matched before a table of states is made: to make it takes as long as it saves on
/// about so many.
const MATCHED_BEFORE: usize = if cfg!(debug_assertions) { 4 * TOGETHER } else { 1 << 17 };

/// A table that is made when many texts were matched.
#[derive(Debug, Default)]
struct LaterTable {
    matched: AtomicUsize,
    table: OnceLock<Option<StateTable>>,
}

impl Regex {
    /// The pattern, for whole texts or for a part of them; of whole texts, as a table where that stays
    /// small and pays.
    pub fn finder(&self, whole: bool) -> Finder {
        Finder { regex: self.clone(), whole, later: Arc::default() }
    }
}

impl Finder {
    /// The table for `texts` more; while one worker makes it, the others go on without.
    #[inline]
    fn table(&self, texts: usize) -> Option<&StateTable> {
        match self.later.table.get() {
            Some(made) => made.as_ref(),
            None if self.whole => self.table_when_due(texts),
            None => None,
        }
    }

    #[cold]
    fn table_when_due(&self, texts: usize) -> Option<&StateTable> {
        let before = self.later.matched.fetch_add(texts, Ordering::Relaxed);
        let is_due = (before..before + texts).contains(&MATCHED_BEFORE);
        let make = || StateTable::new(&self.regex.text);
        if is_due { self.later.table.get_or_init(make).as_ref() } else { None }
    }

    /// Whether `text`, which is UTF-8, matches.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.table(1).map_or_else(|| self.is_match_of_engine(text), |table| table.is_match(text))
    }

    fn is_match_of_engine(&self, text: &[u8]) -> bool {
        let input = Input::new(text);
        match self.whole {
            true => self.regex.whole().is_some_and(|w| w.is_match(input.anchored(Anchored::Yes))),
            false => self.regex.engine.is_match(input),
        }
    }

    /// Whether each of the texts, which are UTF-8, matches.
    pub fn are_matches(&self, texts: [&[u8]; TOGETHER]) -> [bool; TOGETHER] {
        match self.table(TOGETHER) {
            Some(table) => table.are_matches(texts),
            None => texts.map(|text| self.is_match_of_engine(text)),
        }
    }
}

fn reason(e: &meta::BuildError) -> String {
    match e.syntax_error() {
        Some(syntax) => {
            let text = syntax.to_string();
            text.lines()
                .rev()
                .find_map(|l| l.strip_prefix("error: "))
                .map_or_else(|| text.replace('\n', " "), str::to_string)
        }
        None if e.size_limit().is_some() => "it is too large".to_string(),
        None => e.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn together_is_one_by_one(texts in prop::array::uniform4("[a-zé’0-9 ]{0,12}"), pattern in 0..3usize, whole in any::<bool>()) {
            let regex = Regex::new([r"\p{L}[\p{L}0-9 ’]+", "(ab|c)*", ""][pattern]).expect("a pattern");
            let finder = regex.finder(whole);
            let each = texts.each_ref().map(|t| if whole { regex.is_full_match(t) } else { regex.is_match(t) });
            let texts = texts.each_ref().map(|t| t.as_bytes());
            // At first without a table, then with it.
            for _ in 0..=MATCHED_BEFORE / TOGETHER {
                prop_assert_eq!(finder.are_matches(texts), each);
            }
            prop_assert_eq!(finder.later.table.get().is_some(), whole);
            prop_assert_eq!(texts.map(|t| finder.is_match(t)), each);
        }
    }
}
