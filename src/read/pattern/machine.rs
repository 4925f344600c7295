//! A regular expression whose groups are placeholders and optional parts.

use std::ops::Range;

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

/// A regular expression that was compiled.
#[derive(Debug, Clone)]
pub struct Machine {
    pub regex: meta::Regex,
    groups: Groups,
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
    /// Compiles a regular expression with such groups.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn new(source: &str, groups: &Groups) -> Result<Machine, String> {
        Ok(Machine { regex: build(source)?, groups: groups.clone() })
    }

    /// The same for the whole of a text, white space around it left out.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn whole(source: &str, groups: &Groups) -> Result<Machine, String> {
        Machine::item(source, groups, [false; 2])
    }

    /// The same, where any words of the sentence may stand before and behind it.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn item(source: &str, groups: &Groups, ends: [bool; 2]) -> Result<Machine, String> {
        const SPACE: &str = r"[\s\x1d-\x1f]*";
        let before = if ends[0] { r"(?:[^\x1d-\x1f]*?[^\w\x1d-\x1f])??" } else { "" };
        let behind = if ends[1] { r"(?:[^\w\x1d-\x1f][^\x1d-\x1f]*?)??" } else { "" };
        let whole = format!(r"\A{SPACE}{before}(?:{source}){behind}{SPACE}\z");
        Machine::new(&whole, groups)
    }

    /// The next match from a place on.
    pub fn find(&self, text: &str, start: usize) -> Option<Found> {
        if start > text.len() {
            return None;
        }
        let mut captures = self.regex.create_captures();
        self.regex.search_captures(&Input::new(text).range(start..), &mut captures);
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
        let found = self.find(text.get(range.clone())?, 0)?;
        let shift = |r: Range<usize>| r.start + range.start..r.end + range.start;
        let placeholders = found.placeholders.into_iter().map(|h| h.map(shift)).collect();
        let repeated = found.repeated.map(shift);
        Some(Found { range: shift(found.range), placeholders, repeated, ..found })
    }
}

/// Compiles a regular expression within bounds.
///
/// # Errors
/// Why it cannot be.
pub fn build(source: &str) -> Result<meta::Regex, String> {
    let config = meta::Config::new().nfa_size_limit(Some(64 << 20)).hybrid_cache_capacity(8 << 20);
    meta::Builder::new().configure(config).build(source).map_err(|e| e.to_string())
}
