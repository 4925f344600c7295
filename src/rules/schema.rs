//! The JSON Schema of rule files. The structs here are only for that: rule files are read by the
//! spanned walk, and a test sees that both know the same keys.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use schemars::JsonSchema;

/// One text or several.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// A number, a date or a text.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)]
enum Scalar {
    Number(f64_schema::Number),
    Text(String),
    Truth(bool),
}

/// A JSON number, of which only the schema matters.
mod f64_schema {
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    pub struct Number;
    impl JsonSchema for Number {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Number".into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "number" })
        }
    }
}

/// How many rows.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)]
enum Rows {
    Exactly(u64),
    Range(String),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[allow(dead_code)]
enum Severity {
    Error,
    Warning,
    Info,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[allow(dead_code)]
enum Type {
    Text,
    Number,
    Integer,
    Percent,
    Date,
    DateTime,
    Time,
    Duration,
    Year,
    Boolean,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[allow(dead_code)]
enum Rounding {
    Nearest,
    Truncate,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[allow(dead_code)]
enum Format {
    Csv,
    Tsv,
    Text,
    Markdown,
}

/// A stretch of text.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code)]
struct Section {
    /// The text after which it starts.
    from: Option<String>,
    /// The text before which it ends.
    to: Option<String>,
}

/// One row per matching cell.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code)]
struct Unpivot {
    /// A regular expression for whole column names.
    columns: String,
    /// The new column that holds the names.
    name: String,
    /// The new column that holds the values.
    value: String,
}

/// A column contract.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code)]
struct Column {
    /// What its cells hold.
    #[schemars(rename = "type")]
    ty: Option<Type>,
    /// How dates or times are written, strftime; one or several.
    format: Option<OneOrMany>,
    /// Every row has a value.
    required: Option<bool>,
    /// No value stands twice.
    unique: Option<bool>,
    /// At least.
    min: Option<Scalar>,
    /// At most.
    max: Option<Scalar>,
    /// More than.
    above: Option<Scalar>,
    /// Less than.
    below: Option<Scalar>,
    /// Characters at least.
    min_length: Option<u64>,
    /// Characters at most.
    max_length: Option<u64>,
    /// A regular expression for the whole cell.
    matches: Option<String>,
    /// The values that may stand here.
    one_of: Option<Vec<Scalar>>,
    /// Every value is one of this column: `table.column`.
    #[schemars(rename = "in")]
    in_: Option<String>,
    /// Texts that mean "no value" in this column.
    missing: Option<OneOrMany>,
    /// The decimals that the figures carry where the digits do not tell; negative: tens, hundreds.
    decimals: Option<i64>,
    /// How the figures were rounded.
    rounding: Option<Rounding>,
    /// A named format, such as email or iban.
    like: Option<String>,
    /// How much a breach matters.
    severity: Option<Severity>,
    /// What the contract is about.
    title: Option<String>,
    /// What to do about a breach.
    help: Option<String>,
}

/// A table.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code)]
struct Data {
    /// A file, a pattern of files, a path with holes, or `-` for standard input.
    path: String,
    /// An absent file is a table of no rows.
    optional: Option<bool>,
    /// The format; by the file's ending when left out.
    format: Option<Format>,
    /// The table within the file: `## Costs`, `table 2`.
    at: Option<String>,
    /// The sign between fields.
    delimiter: Option<String>,
    /// The sign around fields; empty for none.
    quote: Option<String>,
    /// Whether the first record names the columns.
    header: Option<bool>,
    /// Lines before the header.
    skip: Option<u32>,
    /// The encoding of the file.
    encoding: Option<String>,
    /// Lines that start with this sign are no records.
    comment: Option<String>,
    /// Texts that mean "no value".
    missing: Option<OneOrMany>,
    /// The decimal sign.
    decimal: Option<String>,
    /// The sign that sets thousands apart.
    grouping: Option<String>,
    /// How the figures were rounded.
    rounding: Option<Rounding>,
    /// Columns where a blank means the cell above.
    fill: Option<OneOrMany>,
    /// One row per matching cell.
    unpivot: Option<Unpivot>,
    /// The columns that name a row.
    key: Option<OneOrMany>,
    /// How many rows are expected: 3, "1..", "..10".
    rows: Option<Rows>,
    /// Column contracts.
    columns: Option<BTreeMap<String, Column>>,
    /// No other columns than those declared.
    columns_only: Option<bool>,
    /// Text with holes that finds the rows.
    pattern: Option<String>,
    /// A regular expression with named groups that finds the rows.
    regex: Option<String>,
    /// Only this stretch of the text.
    section: Option<Section>,
    /// What separates items, each of which must match.
    split: Option<String>,
}

/// A tiny example of a check.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code)]
struct Example {
    /// Tables as CSV text.
    tables: BTreeMap<String, String>,
    /// holds, fails, unknown or not-applicable.
    expect: String,
}

/// A check.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code)]
struct Check {
    /// What must be true; one expression or several.
    assert: OneOrMany,
    /// What it is judged for: rows, groups, combinations.
    each: Option<OneOrMany>,
    /// Which rows are judged.
    #[schemars(rename = "where")]
    filter: Option<String>,
    /// The order that prev and next follow.
    order: Option<String>,
    /// What it is about.
    title: Option<String>,
    /// What to do when it fails.
    help: Option<String>,
    /// Where to read more.
    url: Option<String>,
    /// Words to find it by.
    tags: Option<OneOrMany>,
    /// How much it matters.
    severity: Option<Severity>,
    /// The message: `{left}`, `{right}`, `{difference}` and columns.
    message: Option<String>,
    /// Tiny tables with the verdict expected.
    examples: Option<Vec<Example>>,
}

/// Rules for crossfoot: tables and what must be true of them.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "crossfoot rules")]
#[allow(dead_code)]
struct RuleFile {
    /// Tables by name.
    data: Option<BTreeMap<String, Data>>,
    /// Checks by name.
    check: Option<BTreeMap<String, Check>>,
}

/// The JSON Schema of rule files.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(RuleFile);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
