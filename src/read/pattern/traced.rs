//! The groups of a match whose place is known: going back where a way ends, as the places of many
//! groups are too much to carry along all ways at once.

use std::ops::Range;

use regex_automata::nfa::thompson;
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};

/// Bytes that say which states were met at which places of a match.
const VISITED: usize = 32 << 20;

/// A regular expression whose ways are tried one after the other.
#[derive(Debug)]
pub struct Traced(BoundedBacktracker);

impl Traced {
    /// Of a regular expression within so many bytes.
    pub fn of(source: &str, most: usize) -> Option<Traced> {
        Traced::within(source, most, VISITED)
    }

    fn within(source: &str, most: usize, visited: usize) -> Option<Traced> {
        BoundedBacktracker::builder()
            .thompson(thompson::Config::new().nfa_size_limit(Some(most)))
            .configure(backtrack::Config::new().visited_capacity(visited))
            .build(source)
            .ok()
            .map(Traced)
    }

    /// The groups of the match in this range, as a search would give them; the first is all of it. None
    /// where the match is too long.
    pub fn groups(&self, text: &str, range: Range<usize>) -> Option<Vec<Option<Range<usize>>>> {
        let input = Input::new(text).range(range).anchored(Anchored::Yes);
        let mut slots = vec![None; self.0.get_nfa().group_info().slot_len()];
        self.0.try_search_slots(&mut self.0.create_cache(), &input, &mut slots).ok()??;
        let end = |slot: &Option<NonMaxUsize>| slot.map(|at| at.get());
        Some(slots.chunks(2).map(|ends| Some(end(ends.first()?)?..end(ends.last()?)?)).collect())
    }
}

#[cfg(test)]
mod tests {
    use regex_automata::meta::Regex;

    use super::*;

    #[test]
    fn groups_are_those_of_a_search() {
        let sources =
            [r"(a|ab)(c|bcd)?(d*)", r"(?:(\w+?)( ?))*?(\d)?\b", r"((a*)*)(b|)", r"(é+)|(.)(.)?"];
        for source in sources {
            let (regex, traced) = (Regex::new(source), Traced::of(source, 1 << 20));
            let (regex, traced) = (regex.expect("a regex"), traced.expect("an automaton"));
            for text in ["abcd", "ab cd 12", "aaab", "éé1", ""] {
                let mut captures = regex.create_captures();
                regex.captures(text, &mut captures);
                let Some(found) = captures.get_match() else { continue };
                let wanted: Vec<_> = captures.iter().map(|g| g.map(|s| s.range())).collect();
                let groups = traced.groups(text, found.range());
                assert_eq!(groups, Some(wanted), "{source} in {text}");
            }
        }
    }

    #[test]
    fn a_match_that_is_too_long_has_none() {
        let traced = Traced::within("(a+)", 1 << 20, 64).expect("an automaton");
        assert_eq!(traced.groups("aa", 0..2), Some(vec![Some(0..2); 2]));
        assert_eq!(traced.groups(&"a".repeat(1 << 10), 0..1 << 10), None);
    }
}
