//! A regular expression whose groups are placeholders and optional parts.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::{Input, meta};

use crate::read::pattern::regex::Role;

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
    regex: OnceLock<Option<meta::Regex>>,
}

/// The groups of a regular expression.
#[derive(Debug, Clone)]
pub struct Groups {
    /// What each is.
    pub roles: Vec<Role>,
    /// How many placeholders the pattern has, some of them perhaps in no group.
    pub placeholders: usize,
}

impl Machine {
    /// A regular expression with such groups.
    pub fn new(source: String, groups: &Groups) -> Machine {
        Machine { source, groups: groups.clone(), regex: OnceLock::new() }
    }

    /// The same, compiled now.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn compiled(source: &str, groups: &Groups) -> Result<Machine, String> {
        let regex = build_within(source, MOST - ROOM)?;
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
        let regex = self.regex.get_or_init(|| build(&self.source).ok()).as_ref()?;
        if range.start > range.end || range.end > text.len() {
            return None;
        }
        let mut captures = regex.create_captures();
        regex.search_captures(&Input::new(text).range(range), &mut captures);
        let placeholders = vec![None; self.groups.placeholders];
        let range = captures.get_group(0)?.range();
        let mut found = Found { range, placeholders, ..Found::default() };
        for (n, role) in (1..).zip(&self.groups.roles) {
            let group = captures.get_group(n).map(|s| s.range());
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

/// Bytes that a compiled regular expression may take.
const MOST: usize = 64 << 20;
/// What a regular expression may need more of them when it has to match the whole of a text: one that
/// was compiled can be compiled so, too.
const ROOM: usize = 1 << 20;

/// Compiles a regular expression within bounds.
///
/// # Errors
/// Why it cannot be.
pub fn build(source: &str) -> Result<meta::Regex, String> {
    build_within(source, MOST)
}

fn build_within(source: &str, most: usize) -> Result<meta::Regex, String> {
    let config = meta::Config::new().nfa_size_limit(Some(most)).hybrid_cache_capacity(8 << 20);
    meta::Builder::new().configure(config).build(source).map_err(|e| e.to_string())
}
