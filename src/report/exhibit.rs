//! Exhibits: small tables as their file has them, with a tick mark at each figure that was checked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A table, whole if it is small, else the rows around its findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Exhibit {
    /// The table's name in the rules.
    pub table: String,
    /// Its file.
    pub file: String,
    /// The line of its header; 0 where it has none.
    pub line: u64,
    /// Names of its columns, in the order of the file.
    pub columns: Vec<String>,
    /// For each column whether it holds figures, and is set flush right.
    pub figures: Vec<bool>,
    /// Its rows, in order.
    pub rows: Vec<ExhibitRow>,
    /// Rows that are not shown.
    pub more_rows: u64,
    /// Columns that are not shown: those of the key and those with marks are.
    #[serde(default)]
    pub more_columns: u64,
    /// What was found of its cells.
    pub marks: Vec<Mark>,
}

/// A row as its file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExhibitRow {
    /// Record number, from 1 and without the header.
    pub record: u64,
    /// The line where it begins.
    pub line: u64,
    /// Its cells, each cut where it is long.
    pub cells: Vec<String>,
}

/// What a check found of a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// The record of the cell.
    pub record: u64,
    /// The number of its column, from 0.
    pub column: u32,
    /// What was done.
    pub tick: Tick,
    /// Whether it holds.
    pub outcome: MarkOutcome,
    /// Whether the cell is what is checked; else it is one of the figures that go into it.
    pub is_stated: bool,
    /// Which check did it.
    pub check: String,
    /// Which assertion of the check, from 0.
    pub assertion: u32,
    /// The finding, where it fails and has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// What was done with a figure, as auditors mark it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Tick {
    /// `Ft`: compared with a total down the rows.
    Footed,
    /// `Cft`: compared with a total across the columns of its row.
    CrossFooted,
    /// `Rx`: computed again from other figures.
    Recomputed,
    /// `→`: compared with a figure elsewhere.
    Agreed,
    /// `✓`: meets its contract or another demand.
    Checked,
}

/// What a check of a cell came to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum MarkOutcome {
    /// It holds.
    Held,
    /// It fails.
    Failed,
    /// It could not be decided.
    Undecided,
}
