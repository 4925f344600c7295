//! Certificates: all that the verdict of a finding follows from, so that a small program of its own
//! can compute it again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A demand as a tree of operations over cells and constants. Numbers are decimals or fractions
/// `p/q`, always exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// The demand that is not met.
    pub demand: Operation,
    /// Which cells of it are compared with those of which other rows, in words, where the
    /// certificate cannot hold them: all rows of a table, say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
}

/// An operation, a cell or a constant, with what it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Operation {
    /// What is done: `cell`, `constant`, `=`, `+`, `sum`, `round`, …
    pub op: String,
    /// As the rule has it, or what a row of a sum is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its operands, in order of writing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Operation>,
    /// What it comes to.
    pub value: Exact,
    /// What it could be by the digits it is written with, where that is taken into account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// Of a comparison: what is allowed between its sides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Box<Within>>,
    /// Of a cell: its text as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Of a cell: where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<CellPlace>,
    /// Of an aggregate: the rows that are not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest: Option<Rest>,
}

/// Where a cell stands: the bytes hold its text, quotes and escapes included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CellPlace {
    /// Path relative to the working directory, with `/`.
    pub file: String,
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// Whether the bytes are those of the decompressed or decoded text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub derived: bool,
    /// In a file that is no text: the cell, `Costs!B2`; there are no bytes then, and `line` and
    /// `column` are the row and the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl CellPlace {
    /// What is written behind the path: `:12:7` in a text, `:Costs!B2` in a workbook.
    pub fn behind(&self) -> String {
        match &self.address {
            Some(address) => format!(":{address}"),
            None => format!(":{}:{}", self.line, self.column),
        }
    }
}

/// A value, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exact {
    /// A number: a decimal or a fraction.
    Number(String),
    /// A text.
    Text(String),
    /// A date: its first and its last possible day.
    Date(String, String),
    /// Microseconds: of a time since midnight, of a date and time since 1970, of a duration.
    Micros(i64),
    /// Whether something holds.
    Truth(bool),
    /// Whether something holds is left open by partial dates: it is taken to hold.
    Possible,
    /// Nothing is written.
    Missing,
    /// It does not apply.
    NotApplicable,
    /// It is not known; the reason in words.
    Unknown(String),
}

/// An interval of numbers; an end that is null is infinite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Range {
    /// The lowest value.
    pub low: Option<String>,
    /// The highest value.
    pub high: Option<String>,
    /// Whether the lowest value itself is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub low_open: bool,
    /// Whether the highest value itself is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub high_open: bool,
}

/// What is allowed between the sides of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "it is boxed where it is kept")]
pub enum Within {
    /// What rounding explains: each figure is anything within its range, once.
    Rounding,
    /// A share of the right side.
    Share(String),
    /// An amount.
    Amount(Operation),
}

/// Rows of an aggregate that are not listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rest {
    /// How many they are.
    pub count: u64,
    /// What they come to together, in a sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What they could come to, where rounding is taken into account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// The squares of the widths of their ranges, summed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub squares: Option<String>,
}

impl Operation {
    /// An operation without operands.
    pub fn new(op: &str, value: Exact) -> Operation {
        Operation {
            op: op.to_string(),
            name: String::new(),
            args: Vec::new(),
            value,
            range: None,
            within: None,
            text: None,
            place: None,
            rest: None,
        }
    }
}
