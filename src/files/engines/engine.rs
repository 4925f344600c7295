//! What is known of an engine: its driver, where it is, and what can go wrong with it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::fault::Fault;
use crate::source::{Bytes, Problem};

crate::fault!(
    NO_ENGINES,
    Error,
    "no-engines",
    "a table is held by a source, and this program reads none"
);
crate::fault!(
    NO_DRIVER,
    Error,
    "no-driver",
    "the driver of a source is missing, or cannot be loaded"
);
crate::fault!(
    SOURCE_FAILED,
    Error,
    "source-failed",
    "a source cannot be reached, or answers with an error"
);
crate::fault!(
    SOURCE_TIMEOUT,
    Error,
    "source-timeout",
    "a source takes longer than its timeout allows"
);

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[&NO_ENGINES, &NO_DRIVER, &SOURCE_FAILED, &SOURCE_TIMEOUT];

/// Seconds that a statement may take where the rule says nothing.
pub const TIMEOUT: u64 = 600;

/// The source that needs no declaration.
pub const DUCKDB: &str = "duckdb";

/// An engine, as the rules and the command line describe it.
#[derive(Debug, Clone)]
pub struct Engine {
    /// Its name in rule files.
    pub name: String,
    /// The driver that it is reached by.
    pub driver: String,
    /// The user's profile, or what the command line or the environment says instead.
    pub at: Option<At>,
    /// Seconds that a statement may take.
    pub timeout: u64,
}

/// What statements have moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many tables were opened.
    pub tables: u64,
    /// How many statements were run.
    pub statements: u64,
    /// The rows that they gave.
    pub rows: u64,
    /// The bytes of these rows, as they are put aside.
    pub bytes: u64,
}

impl Moved {
    /// Adds what another statement has moved.
    pub fn add(&mut self, other: Moved) {
        self.tables += other.tables;
        self.statements += other.statements;
        self.rows += other.rows;
        self.bytes += other.bytes;
    }
}

/// Why a statement gave nothing.
#[derive(Debug)]
pub enum Failure {
    /// The engine refuses it, for this reason, and answers others.
    Refused(String),
    /// Nothing more is asked.
    Ended(Problem),
}

/// A statement that an engine refused, so that rows were fetched instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The name of the source.
    pub source: String,
    /// What it was asked about.
    pub about: String,
    /// What the engine answered.
    pub why: String,
}

/// Some of the rows of a table, or some cells of them.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The places of the columns of the key.
    pub key: Vec<usize>,
    /// Rows that are marked.
    pub marked: Vec<Named>,
    /// Rows that are fetched beside them.
    pub others: Vec<Named>,
    /// The places of the columns of which all cells are fetched; none where only rows are that are named.
    pub whole: Option<BTreeSet<usize>>,
}

/// Rows of a table, by a statement that selects the parts of their keys.
#[derive(Debug, Clone)]
pub struct Named {
    pub keys: String,
    /// The places of the columns that are fetched of them; all where none are said.
    pub columns: Option<BTreeSet<usize>>,
}

impl Part {
    /// All rows that are named, those that are marked first.
    pub fn named(&self) -> impl Iterator<Item = &Named> {
        self.marked.iter().chain(&self.others)
    }

    /// The rows, by their numbers, with which the cell of a column is fetched; nothing where it is with all of them.
    pub fn of_column(&self, place: usize) -> Option<Vec<usize>> {
        if self.whole.as_ref().is_some_and(|whole| whole.contains(&place)) {
            return None;
        }
        let has = |named: &Named| named.columns.as_ref().is_none_or(|own| own.contains(&place));
        let own = self.named().enumerate().filter(|(_, named)| has(named));
        let own: Vec<usize> = own.map(|(number, _)| number).collect();
        (self.whole.is_some() || own.len() < self.named().count()).then_some(own)
    }

    /// Whether there are columns that are not fetched with all rows.
    pub fn is_patchy(&self) -> bool {
        self.whole.is_some() || self.named().any(|named| named.columns.is_some())
    }
}

/// A bit for each row that was fetched.
pub type Marks = Vec<u64>;

/// Rows that were fetched and put aside.
pub struct Aside {
    /// As an Arrow file.
    pub bytes: Arc<dyn Bytes>,
    /// For each statement that marks rows, which these are.
    pub marks: Vec<Marks>,
    /// For each column that was not fetched with all rows, with which it was.
    pub cells: Vec<Option<Marks>>,
}

/// Where an engine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// A profile by its name, or by the path of its file.
    Profile(String),
    /// An address, or the file of a database.
    Address(String),
}

impl At {
    /// What stands behind `--source NAME=`: a name or a file `….toml` is a profile, all else an address.
    pub fn given(text: &str) -> At {
        let is_name = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        match is_name || text.ends_with(".toml") && !text.contains("://") {
            true => At::Profile(text.to_string()),
            false => At::Address(text.to_string()),
        }
    }
}

/// The variable of the environment that says where a source is: `CROSSFOOT_SOURCE_WAREHOUSE`.
pub fn variable(name: &str) -> String {
    let sign = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("CROSSFOOT_SOURCE_{}", name.chars().map(sign).collect::<String>())
}
