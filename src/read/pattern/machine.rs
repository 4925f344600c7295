//! A regular expression whose groups are placeholders and optional parts.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::{Input, meta};

use crate::read::pattern::regex::Role;
use crate::read::pattern::traced::Traced;

/// A match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// All of it.
    pub range: Range<usize>,
    /// Its placeholders; none where an optional part is not there.
    pub placeholders: Vec<Option<Range<usize>>>,
    /// How many optional parts are there.
    pub(super) optional: usize,
    /// What stands several times.
    pub(super) repeated: Option<Range<usize>>,
}

/// A regular expression, compiled when it is first looked for.
#[derive(Debug)]
pub struct Machine {
    source: String,
    groups: Groups,
    /// Without its groups, where there are many.
    regex: OnceLock<Option<meta::Regex>>,
    traced: OnceLock<Option<Traced>>,
}

/// The groups of a regular expression.
#[derive(Debug, Clone)]
pub struct Groups {
    /// What each is.
    pub roles: Vec<Role>,
    /// How many placeholders the pattern has, some of them perhaps in no group.
    pub placeholders: usize,
}

impl Groups {
    /// A search carries the places of all groups along, so that time and memory grow with them.
    fn are_many(&self) -> bool {
        self.roles.len() > 8
    }

    fn captures(&self) -> WhichCaptures {
        if self.are_many() { WhichCaptures::Implicit } else { WhichCaptures::All }
    }
}

impl Machine {
    /// A regular expression with such groups.
    pub fn new(source: String, groups: &Groups) -> Machine {
        Machine { source, groups: groups.clone(), regex: OnceLock::new(), traced: OnceLock::new() }
    }

    /// The same, compiled now.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn compiled(source: &str, groups: &Groups) -> Result<Machine, String> {
        let regex = build_within(source, MOST - ROOM, groups.captures())?;
        Ok(Machine { regex: Some(regex).into(), ..Machine::new(source.to_string(), groups) })
    }

    /// The same for the whole of a text, white space around it left out.
    pub fn whole(source: &str, groups: &Groups) -> Machine {
        Machine::item(source, groups, [false; 2])
    }

    /// The same, where any words of the sentence may stand before and behind it.
    pub fn item(source: &str, groups: &Groups, ends: [bool; 2]) -> Machine {
        const SPACE: &str = r"[\s\x1d-\x1f]*";
        let before = if ends[0] { r"(?:[^\x1d-\x1f]*?[^\w\x1d-\x1f])??" } else { "" };
        let behind = if ends[1] { r"(?:[^\w\x1d-\x1f][^\x1d-\x1f]*?)??" } else { "" };
        Machine::new(format!(r"\A{SPACE}{before}(?:{source}){behind}{SPACE}\z"), groups)
    }

    /// The next match in a part of a text; what stands beside the part is looked at, too.
    pub fn find(&self, text: &str, range: Range<usize>) -> Option<Found> {
        let build = || build_within(&self.source, MOST, self.groups.captures()).ok();
        let regex = self.regex.get_or_init(build).as_ref()?;
        if range.start > range.end || range.end > text.len() {
            return None;
        }
        let input = Input::new(text).range(range);
        let all = if self.groups.are_many() {
            self.traced(text, regex.search(&input)?.range())?
        } else {
            groups_of(regex, &input)
        };
        let mut all = all.into_iter();
        let placeholders = vec![None; self.groups.placeholders];
        let range = all.next()??;
        let mut found = Found { range, placeholders, ..Found::default() };
        for (role, group) in self.groups.roles.iter().zip(all) {
            match role {
                Role::Placeholder(n) => {
                    if let Some(place) = found.placeholders.get_mut(*n) {
                        *place = group;
                    }
                }
                Role::Repeated => found.repeated = group,
                Role::Optional => found.optional += usize::from(group.is_some()),
            }
        }
        Some(found)
    }

    /// The groups of the match in this range, where there are many.
    fn traced(&self, text: &str, range: Range<usize>) -> Option<Vec<Option<Range<usize>>>> {
        self.traced.get_or_init(|| Traced::of(&self.source)).as_ref()?.groups(text, range)
    }

    /// The match within a range, which is all of the text that is looked at.
    pub fn find_in(&self, text: &str, range: Range<usize>) -> Option<Found> {
        let own = text.get(range.clone())?;
        let found = self.find(own, 0..own.len())?;
        let shift = |r: Range<usize>| r.start + range.start..r.end + range.start;
        let placeholders = found.placeholders.into_iter().map(|h| h.map(shift)).collect();
        let repeated = found.repeated.map(shift);
        Some(Found { range: shift(found.range), placeholders, repeated, ..found })
    }
}

/// The groups of a match; the first is all of it.
fn groups_of(regex: &meta::Regex, input: &Input<'_>) -> Vec<Option<Range<usize>>> {
    let mut captures = regex.create_captures();
    regex.search_captures(input, &mut captures);
    captures.iter().map(|group| group.map(|span| span.range())).collect()
}

/// Bytes that a compiled regular expression may take.
const MOST: usize = 64 << 20;
/// Bytes that states may take that are found while searching.
const CACHE: usize = 8 << 20;
/// What a regular expression may need more of them when it has to match the whole of a text: one that
/// was compiled can be compiled so, too.
const ROOM: usize = 1 << 20;

/// Compiles a regular expression within bounds.
///
/// # Errors
/// Why it cannot be.
pub fn build(source: &str) -> Result<meta::Regex, String> {
    build_within(source, MOST, WhichCaptures::All)
}

/// Compiles one of which only is asked where it matches.
pub fn build_plain(source: &str) -> Option<meta::Regex> {
    let config = config(MOST, WhichCaptures::Implicit).hybrid_cache_capacity(CACHE);
    meta::Builder::new().configure(config).build(source).ok()
}

fn build_within(source: &str, most: usize, captures: WhichCaptures) -> Result<meta::Regex, String> {
    // States of large patterns must fit, or each byte is compared with all that may stand there.
    let cache = if matches!(captures, WhichCaptures::All) { CACHE } else { 8 * CACHE };
    let config = config(most, captures).hybrid_cache_capacity(cache);
    meta::Builder::new().configure(config).build(source).map_err(|e| e.to_string())
}

fn config(most: usize, captures: WhichCaptures) -> meta::Config {
    meta::Config::new().nfa_size_limit(Some(most)).which_captures(captures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_long_matches_are_those_of_short_ones() {
        let most = 9;
        let roles = (0..most).map(Role::Placeholder).collect();
        let groups = Groups { roles, placeholders: most };
        let machine = Machine::new(vec![r"(\w+)"; most].join(" "), &groups);
        for length in [1, 100_000] {
            let text = format!("{} {}", "a".repeat(length), vec!["b"; most - 1].join(" "));
            let found = machine.find(&text, 0..text.len()).expect("a match");
            let starts = (0..most).map(|n| if n == 0 { 0..length } else { 0..1 });
            let at = |n: usize| if n == 0 { 0 } else { length + 2 * n - 1 };
            let wanted = starts.enumerate().map(|(n, r)| Some(r.start + at(n)..r.end + at(n)));
            assert_eq!(found.placeholders, wanted.collect::<Vec<_>>());
        }
    }
}
