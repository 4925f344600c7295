//! Names of the tables, columns and checks that comments make.

use std::collections::{HashMap, HashSet};

use crate::rules::RuleSet;

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

pub(super) fn in_brackets(name: &str, n: usize) -> String {
    format!("{name} ({n})")
}

pub(super) fn behind_a_dash(id: &str, n: usize) -> String {
    format!("{id}-{n}")
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
