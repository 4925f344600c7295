//! Names of the tables, columns and checks that comments make.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::rules::RuleSet;
use crate::value::Language;

/// Names that are given.
pub(super) struct Names {
    pub tables: Given,
    pub checks: Given,
}

impl Names {
    /// Those of the tables and checks that there are.
    pub fn of(rules: &RuleSet) -> Names {
        let tables = rules.tables.iter().map(|table| table.name.value.clone());
        let checks = rules.checks.iter().map(|check| check.id.value.clone());
        Names { tables: tables.collect(), checks: checks.collect() }
    }
}

/// Names of one kind, each given once.
#[derive(Default)]
pub(super) struct Given {
    taken: HashSet<String>,
    /// How often a name was asked for: text after text has the same figures.
    asked: HashMap<String, usize>,
}

impl FromIterator<String> for Given {
    fn from_iter<T: IntoIterator<Item = String>>(names: T) -> Given {
        Given { taken: names.into_iter().collect(), ..Given::default() }
    }
}

impl Given {
    /// Whether a name is taken.
    pub fn has(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// A name that is not taken, and now is: with a number, if need be.
    pub fn free(&mut self, name: &str, numbered: fn(&str, usize) -> String) -> String {
        let asked = self.asked.entry(name.to_string()).or_default();
        loop {
            *asked += 1;
            let own = if *asked == 1 { name.to_string() } else { numbered(name, *asked) };
            if self.taken.insert(own.clone()) {
                return own;
            }
        }
    }
}

/// A text as a part of the name of a check.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.replace('%', " percent").chars() {
        match c {
            c if c.is_alphanumeric() || c == '_' => slug.extend(c.to_lowercase()),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_string()
}

pub(super) fn in_brackets(name: &str, n: usize) -> String {
    format!("{name} ({n})")
}

pub(super) fn behind_a_dash(id: &str, n: usize) -> String {
    format!("{id}-{n}")
}

/// What stands between braces, and the kind that is written behind it: `{1992:year}`.
pub fn inside<'t>(text: &'t str, braces: &Range<usize>) -> (Range<usize>, Option<&'t str>) {
    const KINDS: [&str; 8] =
        ["number", "integer", "percent", "points", "date", "year", "multiple", "ordinal"];
    let own = text.get(braces.clone()).unwrap_or_default();
    let own = own.strip_prefix('{').unwrap_or(own);
    let own = own.strip_suffix('}').unwrap_or(own);
    let kind = own.rsplit_once(':').filter(|(_, kind)| KINDS.contains(&kind.trim()));
    let words = kind.map_or(own, |(words, _)| words);
    let start = braces.start + 1 + (words.len() - words.trim_start().len());
    (start..start + words.trim().len(), kind.map(|(_, kind)| kind.trim()))
}

/// The kind of the figure that a comment begins with, where its words leave it open: `3.2 points` beside percentages
/// is a difference of them.
pub fn kind_beside(words: &str, rest: &str, language: Language) -> Option<&'static str> {
    let figure = words.rfind(|c: char| c.is_ascii_digit())? + 1;
    let mark = words.get(figure..)?.trim_start();
    let is_lone = language.lone_points.get(mark).is_some();
    let mut places = rest.char_indices().filter(|(_, c)| c.is_alphabetic() || *c == '%');
    let has_percentage = |(at, c): (usize, char)| {
        c == '%' || rest.get(at..).is_some_and(|rest| language.percent.at(rest).is_some())
    };
    (is_lone && places.any(has_percentage)).then_some("points")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_given_once() {
        let mut given: Given = ["5".to_string(), "5 (3)".to_string()].into_iter().collect();
        let names: Vec<String> =
            ["5", "5", "5 (2)", "7"].iter().map(|name| given.free(name, in_brackets)).collect();
        assert_eq!(names, ["5 (2)", "5 (4)", "5 (2) (2)", "7"]);
    }
}
