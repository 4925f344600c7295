//! What `crossfoot`, `roll_forward`, `prior` and `fiscal_year` take, for the schema of rule files; it is read by nothing.

#![expect(dead_code, reason = "the types exist for their schema")]
#![allow(missing_docs)]

use schemars::JsonSchema;

/// The month or the day that fiscal years begin with; with the year that they are called by.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum FiscalYear {
    From(String),
    Named { from: String, named: Option<NamedBy> },
}

/// The year in which a fiscal year starts, or the one in which it ends.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum NamedBy {
    Start,
    End,
}

/// One text or a list of texts.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Rows against their totals, and columns against theirs.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Crossfoot {
    /// The table whose rows and columns are added up.
    table: String,
    /// What holds in every row: `Year = Q1 to Q4`, `Net = Sales - Returns`; or the parts of `total`.
    rows: Option<OneOrMany>,
    /// The column that holds their sum.
    total: Option<String>,
    /// The columns that are added up downwards; by default all that `rows` and `total` name.
    figures: Option<OneOrMany>,
    /// Which row holds the sums of the columns: `region = "Total"`; of several levels the innermost first.
    columns_total: Option<OneOrMany>,
    /// The columns by which rows are grouped, the outermost first.
    by: Option<OneOrMany>,
    /// Every row is the sum of those under it: by the `parent` of the table, or by a column.
    parent: Option<Hierarchy>,
    /// What holds in every column, of rows by their labels: `Profit = Revenue - Costs`.
    columns: Option<OneOrMany>,
    /// The column of these labels.
    label: Option<String>,
    /// What sums may be apart: `rounding`, `1`, `0.5%`.
    within: Option<String>,
}

/// What shows which row a row is part of.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum Hierarchy {
    /// The column of the table's own `parent`.
    Table(String),
    /// A column that names the row above.
    Column(Above),
}

/// A column that names the row above.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Above {
    /// The column with the name of the row above.
    column: String,
    /// The column with the names of rows.
    of: String,
}

/// Balances: opening + additions - reductions = closing, and each opening is the closing before.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RollForward {
    /// The table whose rows are balances.
    table: String,
    /// The column of opening balances.
    opening: String,
    /// Columns that are added.
    additions: Option<OneOrMany>,
    /// Columns that are taken away.
    reductions: Option<OneOrMany>,
    /// The column of closing balances.
    closing: String,
    /// The order of rows: `Year`; by default that of the file.
    order: Option<String>,
    /// Columns by which balances are apart: each class carries over by itself.
    by: Option<OneOrMany>,
    /// What sums may be apart: `rounding`, `1`, `0.5%`.
    within: Option<String>,
}

/// Figures of an earlier year against what was published then.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Prior {
    /// The table of today.
    table: String,
    /// Its columns with figures of an earlier year.
    column: OneOrMany,
    /// The table of what was published then; by default the old version of the same table.
    #[schemars(rename = "in")]
    other: Option<String>,
    /// The columns in which these figures were published; by default called the same.
    value: Option<OneOrMany>,
    /// The columns that hold the key of that table; by default those that it declares as its key.
    key: Option<OneOrMany>,
    /// What figures may be apart: `rounding`, `1`, `0.5%`.
    within: Option<String>,
}
