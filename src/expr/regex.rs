//! Regular expressions that run in linear time.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::meta;
use regex_automata::nfa::thompson;
use regex_automata::util::{primitives::StateID, start};
use regex_automata::{Anchored, Input};

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
    table: Option<Table>,
}

/// A pattern for whole texts as a table of states, with the one it starts in.
#[derive(Debug, Clone)]
struct Table {
    states: Arc<dense::DFA<Vec<u32>>>,
    start: StateID,
}

impl Table {
    fn new(pattern: &str) -> Option<Table> {
        let config = dense::Config::new()
            .start_kind(StartKind::Anchored)
            .dfa_size_limit(Some(MOST_TABLE))
            .determinize_size_limit(Some(4 * MOST_TABLE));
        let nfa = thompson::Config::new().nfa_size_limit(Some(MOST_TABLE));
        let states = dense::Builder::new()
            .configure(config)
            .thompson(nfa)
            .build(&format!(r"\A(?:{pattern})\z"))
            .ok()?;
        let start = states.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
        Some(Table { states: Arc::new(states), start })
    }

    /// Every byte leads on, if only to the dead state: whether it matches is known at its end.
    #[inline]
    fn is_match(&self, text: &[u8]) -> bool {
        let last = text.iter().fold(self.start, |state, byte| self.states.next_state(state, *byte));
        self.is_end(last)
    }

    fn is_end(&self, state: StateID) -> bool {
        self.states.is_match_state(self.states.next_eoi_state(state))
    }

    /// A step waits for the one before it; steps of several texts do not wait for each other.
    fn are_matches(&self, texts: [&[u8]; TOGETHER]) -> [bool; TOGETHER] {
        let lengths = texts.map(<[u8]>::len);
        let shortest = lengths.into_iter().min().unwrap_or_default();
        let longest = lengths.into_iter().max().unwrap_or_default();
        let [mut a, mut b, mut c, mut d] = [self.start; TOGETHER];
        let [of_a, of_b, of_c, of_d] = texts.map(|text| &text[..shortest]);
        for (((of_a, of_b), of_c), of_d) in of_a.iter().zip(of_b).zip(of_c).zip(of_d) {
            a = self.states.next_state(a, *of_a);
            b = self.states.next_state(b, *of_b);
            c = self.states.next_state(c, *of_c);
            d = self.states.next_state(d, *of_d);
        }
        let mut states = [a, b, c, d];
        for at in shortest..longest {
            for (state, text) in states.iter_mut().zip(texts) {
                let next = self.states.next_state(*state, *text.get(at).unwrap_or(&0));
                *state = if at < text.len() { next } else { *state };
            }
        }
        states.map(|state| self.is_end(state))
    }
}

/// Texts that are best matched at once.
pub const TOGETHER: usize = 4;

/// A table of states larger than this is not made: 2 MiB.
const MOST_TABLE: usize = 2 << 20;

impl Regex {
    /// The pattern, for whole texts or for a part of them, as a table where that stays small.
    pub fn finder(&self, whole: bool) -> Finder {
        let table = if whole { Table::new(&self.text) } else { None };
        Finder { regex: self.clone(), whole, table }
    }
}

impl Finder {
    /// Whether `text`, which is UTF-8, matches.
    pub fn is_match(&self, text: &[u8]) -> bool {
        if let Some(table) = &self.table {
            return table.is_match(text);
        }
        let input = Input::new(text);
        match self.whole {
            true => self.regex.whole().is_some_and(|w| w.is_match(input.anchored(Anchored::Yes))),
            false => self.regex.engine.is_match(input),
        }
    }

    /// Whether each of the texts, which are UTF-8, matches.
    pub fn are_matches(&self, texts: [&[u8]; TOGETHER]) -> [bool; TOGETHER] {
        match &self.table {
            Some(table) => table.are_matches(texts),
            None => texts.map(|text| self.is_match(text)),
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
            prop_assert_eq!(finder.are_matches(texts.each_ref().map(|t| t.as_bytes())), each);
            prop_assert_eq!(texts.each_ref().map(|t| finder.is_match(t.as_bytes())), each);
        }
    }
}
