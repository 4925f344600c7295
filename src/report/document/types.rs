//! The document in types: its JSON Schema is made of them.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::certificate::Certificate;
use crate::report::coverage::{Coverage, RunFacts};
use crate::report::exhibit::Exhibit;
use crate::report::{AcceptedBy, OldVersion, Status, Summary};
use crate::source::sheet_reference;

/// The version of the document; it changes when a field changes its meaning or is removed.
pub const VERSION: u32 = 1;

/// What one run writes: findings, problems and the summary.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "crossfoot findings")]
pub struct Document {
    /// Version of this format.
    pub version: u32,
    /// Version of crossfoot.
    pub crossfoot: String,
    /// The date that `today()` returned.
    pub today: String,
    /// Rule files of the run.
    pub rules: Vec<String>,
    /// Who and what made it.
    #[serde(default)]
    pub run: RunFacts,
    /// What the run is compared with, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<OldVersion>,
    /// The findings, in order.
    pub findings: Vec<JsonFinding<'static>>,
    /// What prevented checks from being run; if there is any, the exit status is 2.
    pub problems: Vec<JsonProblem>,
    /// What was read, and what of it no rule reads.
    #[serde(default)]
    pub coverage: Coverage,
    /// Small tables with what was found of their cells.
    #[serde(default)]
    pub exhibits: Vec<Exhibit>,
    /// Counts.
    pub summary: JsonSummary<'static>,
}

/// What is borrowed of a finding: many are written.
pub(super) type Text<'t> = Cow<'t, str>;

/// One finding.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonFinding<'t> {
    /// The check's id, `table.column` for a column contract, or the built-in name.
    pub check: Text<'t>,
    /// Which assertion of the check, from 0.
    pub assertion: u32,
    /// The built-in name of the fault; `crossfoot explain NAME` explains it.
    pub fault: Text<'t>,
    /// error, warning or info.
    pub severity: Text<'t>,
    /// What the check is about.
    pub title: Option<Text<'t>>,
    /// One sentence.
    pub message: Text<'t>,
    /// The table it is about.
    pub table: Option<Text<'t>>,
    /// The key of the row or group.
    pub key: Option<Text<'t>>,
    /// Places; the first is the primary one.
    pub labels: Vec<JsonLabel<'t>>,
    /// How both sides were computed, step by step.
    pub working: Option<JsonWorking<'t>>,
    /// All that the verdict follows from, exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Cow<'t, Certificate>>,
    /// Of a figure in a text: the sentence that states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<JsonQuote<'t>>,
    /// Whether its difference is below the check's `trivial_below`.
    #[serde(default)]
    pub is_trivial: bool,
    /// The likely explanation.
    pub explanation: Option<Text<'t>>,
    /// Cells that may be wrong, the likeliest first; at most three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspects: Vec<JsonSuspect<'t>>,
    /// The cell in the form that the rules declare, where that is what it lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<JsonFix<'t>>,
    /// Findings of other demands that have the same cause, and count as one with this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crossed: Vec<JsonCrossed<'t>>,
    /// What to do.
    pub help: Option<Text<'t>>,
    /// Where to read more.
    pub url: Option<Text<'t>>,
    /// How many answers of the check could not be decided, where that is what the finding says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undecided_count: Option<u64>,
    /// The first thousand of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<JsonUndecided<'t>>,
    /// The key that no row of a table has, where that is why: findings with the same values from
    /// the same columns have one cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent_key: Option<JsonAbsentKey<'t>>,
    /// 32 hexadecimal digits that stay the same when rows move.
    pub fingerprint: Text<'t>,
    /// The hash of the figures or texts that were compared, 16 hexadecimal digits: by it the same
    /// finding has changed.
    #[serde(default)]
    pub evidence: Text<'t>,
    /// What was noted about it when the report was gone through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<JsonNote<'t>>,
    /// How it compares with the old version, where the run has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What accepts it, so that it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<JsonAcceptance<'t>>,
}

/// A cell that may be wrong, and what it would be.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonSuspect<'t> {
    /// What it is called: its row, its column or both.
    pub name: Text<'t>,
    /// What is written there.
    pub stated: Text<'t>,
    /// What it would be, as the file writes figures.
    pub would_be: Text<'t>,
    /// The same exactly: a decimal or a fraction.
    pub exact: Text<'t>,
    /// How it came to be wrong, where that is known: sign, decimal-point, unit, swapped-digits,
    /// digit-left-out, digit-added, digit-replaced, swapped-cells, running-total, blank, old-version, together.
    /// What is written would stay for subtotal-counted, counted-twice, left-out and not-in-sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<'t>>,
    /// How many other findings it would mend.
    pub mends: u32,
    /// How many assertions that hold it would break.
    pub breaks: u32,
    /// Nothing else explains the finding as well, and chance hardly does.
    pub is_likely: bool,
    /// Where it stands.
    #[serde(flatten)]
    pub place: JsonPlace<'t>,
}

/// A cell in the form that the rules declare.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonFix<'t> {
    /// What is otherwise: number-form, date-form, truth-word, letter-case, white-space, leading-zeros.
    pub kind: Text<'t>,
    /// The text of the cell.
    pub old: Text<'t>,
    /// The text that it would have.
    pub new: Text<'t>,
    /// Why `--fix` cannot write it, where it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Text<'t>>,
    /// Where it stands.
    #[serde(flatten)]
    pub place: JsonPlace<'t>,
}

/// A finding that is one with another: both have the same cause.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonCrossed<'t> {
    /// The check's id.
    pub check: Text<'t>,
    /// Which assertion of the check, from 0.
    pub assertion: u32,
    /// The name of the fault.
    #[serde(default)]
    pub fault: Text<'t>,
    /// error, warning or info.
    #[serde(default)]
    pub severity: Text<'t>,
    /// What the check is about.
    #[serde(default)]
    pub title: Option<Text<'t>>,
    /// One sentence.
    pub message: Text<'t>,
    /// The key of the row or group.
    pub key: Option<Text<'t>>,
    /// 32 hexadecimal digits that stay the same when rows move.
    pub fingerprint: Text<'t>,
    /// The hash of the figures that were compared.
    pub evidence: Text<'t>,
    /// Its primary place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<JsonPlace<'t>>,
    /// Places; the first is the primary one.
    #[serde(default)]
    pub labels: Vec<JsonLabel<'t>>,
    /// How both sides were computed, step by step.
    #[serde(default)]
    pub working: Option<JsonWorking<'t>>,
    /// All that the verdict follows from, exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Cow<'t, Certificate>>,
    /// Whether its difference is below the check's `trivial_below`.
    #[serde(default)]
    pub is_trivial: bool,
    /// How it compares with the old version, where the run has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What accepts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<JsonAcceptance<'t>>,
}

/// A sentence that states a figure.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonQuote<'t> {
    /// What stands before the figure.
    pub before: Text<'t>,
    /// The figure.
    pub text: Text<'t>,
    /// What stands after it.
    pub after: Text<'t>,
}

/// What a person noted about a finding.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct JsonNote<'t> {
    /// Who cleared it.
    pub cleared_by: Option<Text<'t>>,
    /// What was noted.
    pub text: Option<Text<'t>>,
    /// Whether it was noted on an earlier report.
    #[serde(default)]
    pub carried_over: bool,
    /// Whether the figures have changed since.
    #[serde(default)]
    pub outdated: bool,
}

/// What accepts a finding.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonAcceptance<'t> {
    /// An allowance of a rule file, a comment in the text, or the baseline.
    pub kind: AcceptedBy,
    /// Why.
    pub reason: Option<Text<'t>>,
    /// Who said so.
    pub by: Option<Text<'t>>,
    /// The last day on which it holds.
    pub until: Option<Text<'t>>,
    /// Where it is written.
    pub place: Option<JsonPlace<'t>>,
}

/// A key that no row of a table has.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonAbsentKey<'t> {
    /// The table without such a row.
    pub table: Text<'t>,
    /// The values of the key, in order.
    pub values: Vec<JsonKeyValue<'t>>,
}

/// One value of a key.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonKeyValue<'t> {
    /// Where it stands, `table.column`; an expression where it is computed.
    pub from: Text<'t>,
    /// The value.
    pub value: Text<'t>,
}

/// An answer that could not be decided.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonUndecided<'t> {
    /// Which assertion of the check, from 0; null where its `where` is open.
    pub assertion: Option<u32>,
    /// Why, in words.
    pub cause: Text<'t>,
    /// The cell that caused it, else the row.
    #[serde(flatten)]
    pub place: JsonPlace<'t>,
}

/// A place with a few words.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonLabel<'t> {
    /// stated, operand, condition (a cell by which others were chosen), first or rule.
    pub role: Text<'t>,
    /// A few words.
    pub text: Text<'t>,
    /// Where.
    #[serde(flatten)]
    pub place: JsonPlace<'t>,
    /// Of the primary place and of one where the same stands first: the line it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<JsonSource<'t>>,
    /// The same of a place in a sheet: the cell with those around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<JsonCells<'t>>,
}

/// Some cells of a sheet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonCells<'t> {
    /// The letters of the columns.
    pub columns: Vec<Text<'t>>,
    /// The number of the first row, from 1.
    pub first_row: u64,
    /// The texts of each row, one for each column.
    pub rows: Vec<Vec<Text<'t>>>,
}

/// A line of a file, or what of a long one stands around a place.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonSource<'t> {
    /// Its text.
    pub text: Text<'t>,
    /// The first byte of it in the file.
    pub start: u64,
    /// Whether the line begins before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_before: bool,
    /// Whether the line goes on after it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_after: bool,
}

/// A byte range of a text; cells of a sheet; a row of a binary file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonPlace<'t> {
    /// Path relative to the working directory, with `/`.
    pub file: Text<'t>,
    /// First byte; 0 where the file is no text.
    pub start: u64,
    /// One past the last byte; 0 where the file is no text.
    pub end: u64,
    /// Physical line, starting at 1; the row of a sheet or a group of rows; 0 in a table of a source.
    pub line: u64,
    /// Column in characters, starting at 1; the column of a sheet or a row; 0 in a table of a source.
    pub column: u64,
    /// Record number, starting at 1 and not counting the header.
    pub record: Option<u64>,
    /// Name of the table column.
    pub column_name: Option<Text<'t>>,
    /// Where it stands in a nested document, as a JSON pointer; in lines of JSON within its line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Text<'t>>,
    /// Whether the bytes are those of the decompressed or decoded text.
    pub derived: bool,
    /// The sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Text<'t>>,
    /// The cell or the cells of the sheet: `B2`, `A2:F2`; the row and the column of a file of columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Text<'t>>,
    /// The group of rows of a binary file, starting at 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_group: Option<u64>,
    /// The key of a row of a source: columns and texts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<JsonKeyValue<'t>>,
}

impl JsonPlace<'_> {
    /// What is written behind the path: `:12:7` in a text, `:Costs!B2` in a workbook,
    /// `:row 17 of group 2, column net` in a file of columns.
    pub fn behind(&self) -> String {
        match (&self.sheet, &self.address) {
            (Some(sheet), Some(address)) => format!(":{}!{address}", sheet_reference(sheet)),
            (None, Some(address)) => format!(":{address}"),
            (_, None) => format!(":{}:{}", self.line, self.column),
        }
    }
}

/// The arithmetic of a comparison.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonWorking<'t> {
    /// Left side.
    pub left: JsonSide<'t>,
    /// `=`, `<=`, …
    pub relation: Text<'t>,
    /// Right side.
    pub right: JsonSide<'t>,
    /// Left minus right; of an equation, what is stated minus what follows.
    pub difference: Option<Text<'t>>,
    /// The same exactly: a decimal or a fraction; empty where the sides are no numbers.
    #[serde(default)]
    pub exact_difference: Text<'t>,
    /// What is allowed, and why.
    pub allowance: Option<Text<'t>>,
    /// exact, rounding, improbable, impossible or possible.
    pub tier: Text<'t>,
    /// The value that an operand would need.
    pub required: Option<Text<'t>>,
    /// The cells that the sides are made of, at most 50 per sum.
    pub terms: Vec<JsonTerm<'t>>,
    /// How many more cells there are.
    pub more_terms: u64,
    /// Notes.
    pub notes: Vec<Text<'t>>,
}

/// One side of a comparison.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonSide<'t> {
    /// The expression in the rule.
    pub expression: Text<'t>,
    /// The value as shown to people.
    pub value: Text<'t>,
    /// The exact value: a decimal or a fraction; empty for texts and dates.
    pub exact: Text<'t>,
    /// The lowest and the highest value it could mean.
    pub range: Option<(Text<'t>, Text<'t>)>,
}

/// One cell.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonTerm<'t> {
    /// left or right.
    pub side: Text<'t>,
    /// `+`, `-`, `×`, `÷` or empty.
    pub sign: Text<'t>,
    /// The row's key, or the expression.
    pub name: Text<'t>,
    /// As written.
    pub value: Text<'t>,
    /// The exact value: a decimal or a fraction; empty for what is no number.
    pub exact: String,
    /// The term that it is a part of, by name: an aggregate, a bracket or a call, which comes after
    /// its parts; empty for an operand of the side.
    pub part_of: Text<'t>,
    /// Where it stands.
    pub place: Option<JsonPlace<'t>>,
}

/// A problem of the rules or the run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonProblem {
    /// The name that `crossfoot explain` takes.
    pub fault: String,
    /// One sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The file, if it is about one.
    pub file: Option<String>,
    /// First byte.
    pub start: Option<u64>,
    /// One past the last byte.
    pub end: Option<u64>,
    /// Line, from 1.
    pub line: Option<u64>,
    /// Column, from 1.
    pub column: Option<u64>,
}

/// Counts, and whether they are those of all checks on all data.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct JsonSummary<'s> {
    /// Whether every check was run on all data.
    pub complete: bool,
    /// How often the check was judged, and with what result.
    #[serde(flatten)]
    pub counts: Cow<'s, Summary>,
}

/// The JSON Schema of the document.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Document);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
