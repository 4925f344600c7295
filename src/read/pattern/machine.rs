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
}

/// A regular expression that was compiled.
#[derive(Debug, Clone)]
pub struct Machine {
    pub regex: meta::Regex,
    /// What its groups are.
    roles: Vec<Role>,
}

impl Machine {
    /// Compiles a regular expression with such groups.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn new(source: &str, roles: &[Role]) -> Result<Machine, String> {
        Ok(Machine { regex: build(source)?, roles: roles.to_vec() })
    }

    /// The same for the whole of a text, white space around it left out.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn whole(source: &str, roles: &[Role]) -> Result<Machine, String> {
        Machine::new(&format!(r"\A[\s\x1d-\x1f]*(?:{source})[\s\x1d-\x1f]*\z"), roles)
    }

    /// The next match from a place on.
    pub fn find(&self, text: &str, start: usize) -> Option<Found> {
        if start > text.len() {
            return None;
        }
        let mut captures = self.regex.create_captures();
        self.regex.search_captures(&Input::new(text).range(start..), &mut captures);
        let mut found = Found { range: captures.get_group(0)?.range(), ..Found::default() };
        for (n, role) in (1..).zip(&self.roles) {
            let group = captures.get_group(n).map(|s| s.range());
            match role {
                Role::Placeholder => found.placeholders.push(group),
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
        Some(Found { range: shift(found.range), placeholders, ..found })
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
