//! The rules that are proposed, and what became of each when it was tried.

use std::collections::BTreeMap;

/// What became of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum State {
    /// It stands.
    #[default]
    Made,
    /// It nearly holds: written commented out, with these words.
    Nearly(String),
    /// It is not written.
    Dropped,
}

/// What a column is asked for beside its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    Required,
    Unique,
    /// One of the values of a column of a table.
    In(usize, usize),
    OneOf(Vec<String>),
}

/// A proposal with its support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal<T> {
    pub what: T,
    /// What speaks for it: "412 of 412 rows".
    pub support: String,
    pub state: State,
}

impl<T> Proposal<T> {
    /// A proposal that stands until it is tried.
    pub fn new(what: T, support: String) -> Proposal<T> {
        Proposal { what, support, state: State::Made }
    }
}

/// What is proposed for a table.
#[derive(Debug, Clone, Default)]
pub struct TableRules {
    pub key: Option<Proposal<Vec<usize>>>,
    /// By column.
    pub demands: BTreeMap<usize, Vec<Proposal<Demand>>>,
    /// What `crossfoot check` finds nevertheless: lines of text.
    pub findings: Vec<String>,
}

/// A check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Check {
    pub id: String,
    pub title: String,
    /// The table that it is about.
    pub table: usize,
    pub each: Option<String>,
    /// Of which groups it is asked.
    pub filter: Option<String>,
    pub asserts: Vec<String>,
    /// How often the same holds beside it, where what fails is put into a check of its own.
    pub beside: usize,
}

/// All that is proposed.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pub tables: Vec<TableRules>,
    pub checks: Vec<Proposal<Check>>,
    /// Tables with a column and another that it is a part of, by a sum.
    pub parts: Vec<(usize, usize, usize)>,
}

impl Rules {
    /// Adds a check; its name is made its own.
    pub fn check(&mut self, mut check: Check, support: String) {
        let taken = |id: &str, rules: &Rules| rules.checks.iter().any(|c| c.what.id == id);
        let first = check.id.clone();
        let mut number = 2;
        while taken(&check.id, self) {
            check.id = format!("{first}-{number}");
            number += 1;
        }
        self.checks.push(Proposal::new(check, support));
    }

    /// Adds a check that is written commented out, with some words above it.
    pub fn doubtful(&mut self, check: Check, words: String) {
        self.check(check, String::new());
        if let Some(last) = self.checks.last_mut() {
            last.state = State::Nearly(words);
        }
    }

    /// Asks a column for something.
    pub fn demand(&mut self, (table, column): (usize, usize), demand: Demand, support: String) {
        if let Some(rules) = self.tables.get_mut(table) {
            rules.demands.entry(column).or_default().push(Proposal::new(demand, support));
        }
    }

    /// What a column is asked for.
    pub fn asks(&self, table: usize, column: usize, of: impl Fn(&Demand) -> bool) -> bool {
        let demands = self.tables.get(table).and_then(|t| t.demands.get(&column));
        demands.into_iter().flatten().any(|d| of(&d.what))
    }
}

/// "412 of 412 rows", "1 of 1 row".
pub fn of(held: usize, all: usize, what: &str) -> String {
    let ending = if all == 1 { "" } else { "s" };
    format!("{held} of {all} {what}{ending}")
}
