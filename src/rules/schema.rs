//! The JSON Schema of rule files; a test sees that it knows the same keys as the spanned walk.
#![allow(missing_docs)]
#![expect(dead_code, reason = "only what schemars makes of the structs is used")]

use std::collections::BTreeMap;

use schemars::JsonSchema;

use crate::rules::any_number::AnyNumber;
use crate::rules::column;
use crate::rules::source_schema::Source;
use crate::rules::sums_schema::{Crossfoot, FiscalYear, OneOrMany, Prior, RollForward};

/// A number, a date or a text.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Scalar {
    Number(AnyNumber),
    Text(String),
    Truth(bool),
}

/// A number or a text, or a list of them.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Amounts {
    Number(AnyNumber),
    Text(String),
    Both(Vec<Scalar>),
}

/// Texts, or texts with what is known of the values they stand for.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Withheld {
    One(String),
    Many(Vec<String>),
    Bounds(BTreeMap<String, Vec<Scalar>>),
}

/// All columns, or some.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Trim {
    All(bool),
    Column(String),
    Columns(Vec<String>),
}

/// The number of rows.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Rows {
    Exactly(u64),
    Range(String),
}

/// A type whose schema is one of some words, which are those that the reader takes.
macro_rules! one_of {
    ($name:ident, $words:expr) => {
        struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let words: Vec<&str> = $words;
                schemars::json_schema!({ "type": "string", "enum": words })
            }
        }
    };
}

one_of!(Severity, crate::fault::Severity::ALL.map(crate::fault::Severity::word).to_vec());
one_of!(Type, crate::value::Type::ALL.map(crate::value::Type::word).to_vec());
one_of!(Short, vec!["missing"]);
one_of!(Repeated, vec!["data"]);
one_of!(Figures, column::FIGURES.iter().map(|f| f.0).collect());
one_of!(Format, crate::read::formats::names());
one_of!(Language, crate::value::Language::codes());

/// What names the columns.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum HeaderRows {
    Is(bool),
    Rows(u32),
    Lines(Vec<u32>),
    Names(Vec<String>),
}

/// How a column shows a hierarchy.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Parent {
    /// A column whose texts are indented.
    indent: Option<String>,
    /// A column of codes that begin with those above them.
    prefix: Option<String>,
    /// What stands between the parts of a code.
    separator: Option<String>,
}

/// Several columns that refer to a row of another table.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Reference {
    /// The columns, in the order of the other table's key.
    columns: Vec<String>,
    /// The other table.
    #[schemars(rename = "in")]
    table: String,
    /// How serious a value without such a row is.
    severity: Option<Severity>,
}

/// The column for rows that are headings.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Heading {
    Name(String),
    Which(WhichHeading),
}

/// Which rows are headings.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct WhichHeading {
    /// The name of the new column.
    #[schemars(rename = "as")]
    name: String,
    /// A regular expression for the texts of headings.
    matches: Option<String>,
    /// A regular expression for the first cell of the row from which on none holds.
    end: Option<String>,
}

one_of!(RoundingWord, column::ROUNDINGS.iter().map(|r| r.0).collect());
one_of!(ByColumn, vec!["column"]);

one_of!(Ordered, vec!["ordered"]);

/// Whether only declared columns are allowed.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum ColumnsOnly {
    Declared(bool),
    Ordered(Ordered),
}

/// How many decimals count.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Decimals {
    Number(i64),
    ByColumn(ByColumn),
}

/// How figures were rounded.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Rounding {
    Word(RoundingWord),
    Base(Base),
}

/// An order of texts.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Collate {
    /// Figures within texts are in order.
    Natural,
}

/// Multiples of a number.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Base {
    /// The number of which all figures are multiples.
    to: u32,
    /// Whether up or down was chosen at random.
    random: Option<bool>,
}

/// A section of a text.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Section {
    /// The text after which the section starts.
    from: Option<String>,
    /// The text before which the section ends.
    to: Option<String>,
}

/// One row per matching cell.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Unpivot {
    /// A regular expression that matches whole column names.
    columns: String,
    /// The new column that holds the names.
    name: String,
    /// The new column that holds the values.
    value: String,
}

/// What the cells of a column must be.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Column {
    /// Files need not have it: its cells are missing then.
    optional: Option<bool>,
    /// The type of its cells.
    #[schemars(rename = "type")]
    ty: Option<Type>,
    /// How dates or times are written, as strftime codes; one format or a list.
    format: Option<OneOrMany>,
    /// Every row must have a value.
    required: Option<bool>,
    /// No value may occur twice.
    unique: Option<bool>,
    /// The least value allowed.
    min: Option<Scalar>,
    /// The greatest value allowed.
    max: Option<Scalar>,
    /// Values must be greater than this.
    above: Option<Scalar>,
    /// Values must be less than this.
    below: Option<Scalar>,
    /// The least number of characters.
    min_length: Option<u64>,
    /// The greatest number of characters.
    max_length: Option<u64>,
    /// A regular expression that must match the whole cell.
    matches: Option<String>,
    /// The allowed values.
    one_of: Option<Vec<Scalar>>,
    /// Every value must occur in this column: `table.column`.
    #[schemars(rename = "in")]
    in_: Option<String>,
    /// A cell holds several values, with this text between them: each must meet the contract.
    list: Option<String>,
    /// The order of its texts: `natural` puts v9 before v10.
    collate: Option<Collate>,
    /// Texts that mean "no value" in this column.
    missing: Option<OneOrMany>,
    /// Texts of values that are kept back in this column; with the least and the greatest they can be.
    withheld: Option<Withheld>,
    /// Marks that are stripped from figures; with a backslash, regular expressions.
    marks: Option<OneOrMany>,
    /// Words for true.
    #[schemars(rename = "true")]
    yes: Option<OneOrMany>,
    /// Words for false.
    #[schemars(rename = "false")]
    no: Option<OneOrMany>,
    /// The decimal character.
    decimal: Option<String>,
    /// The character that separates thousands.
    grouping: Option<String>,
    /// How many decimals the numbers are precise to, where their digits do not show it; -1 means tens, -2 hundreds. "column": trailing zeros that all figures of the column have do not count.
    decimals: Option<Decimals>,
    /// How the numbers were rounded.
    rounding: Option<Rounding>,
    /// The number of which the figures are multiples: they are rounded to it.
    base: Option<u32>,
    /// How much rather its figures are right than those of other columns, which have 1: of several that could be wrong, the least reliable are named.
    reliability: Option<u32>,
    /// A named format, such as email or iban, or several of which one must fit.
    like: Option<OneOrMany>,
    /// The name that the column had, and has in older files: fingerprints stay those of that name.
    was: Option<String>,
    /// The severity of a finding.
    severity: Option<Severity>,
    /// A title for the findings.
    title: Option<String>,
    /// What to do about a finding.
    help: Option<String>,
}

/// A table.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Data {
    /// A file, a pattern of files, a path with placeholders, or `-` for standard input.
    path: Option<String>,
    /// If the file does not exist, the table has no rows.
    optional: Option<bool>,
    /// The format; by default, the file's extension decides.
    format: Option<Format>,
    /// The table within a Markdown file: `## Costs` or `table 2`.
    at: Option<String>,
    /// The character between fields.
    delimiter: Option<String>,
    /// The character around quoted fields; empty if quotes have no meaning.
    quote: Option<String>,
    /// What takes the meaning from the character after it: `\\`.
    escape: Option<String>,
    /// What names the columns: `true` (the first row), `false`, a number of rows, their numbers, or names.
    header: Option<HeaderRows>,
    /// How many rows to skip before the header, blank ones included.
    skip: Option<u32>,
    /// How many rows at the end are none of the table.
    skip_end: Option<u32>,
    /// A regular expression for the first filled cell of the row that the table begins with.
    from: Option<String>,
    /// A regular expression for the first filled cell of the row that the table ends before.
    until: Option<String>,
    /// Which rows are rows of the table: a condition on the row alone.
    #[schemars(rename = "where")]
    filter: Option<String>,
    /// A new column: a row with only its first cell filled gives its value to the rows below.
    heading: Option<Heading>,
    /// The rows above in a hierarchy: new columns `label.level`, `label.id`, `label.parent` and `label.path`.
    parent: Option<Parent>,
    /// `missing`: cells that a row lacks at its end are missing.
    short: Option<Short>,
    /// `data`: a row that is like the header is a row.
    repeated: Option<Repeated>,
    /// The encoding of the file.
    encoding: Option<String>,
    /// Lines that start with this character are skipped.
    comment: Option<String>,
    /// Texts that mean "no value".
    missing: Option<OneOrMany>,
    /// Texts of values that are kept back; with the least and the greatest they can be.
    withheld: Option<Withheld>,
    /// Marks that are stripped from figures; with a backslash, regular expressions.
    marks: Option<OneOrMany>,
    /// Words for true.
    #[schemars(rename = "true")]
    yes: Option<OneOrMany>,
    /// Words for false.
    #[schemars(rename = "false")]
    no: Option<OneOrMany>,
    /// The language of its texts, which says how numbers, dates and the words around them are written.
    language: Option<Language>,
    /// The decimal character.
    decimal: Option<String>,
    /// The character that separates thousands.
    grouping: Option<String>,
    /// Whether `m` behind the digits of its text is million where no mark of a currency stands before them.
    m_is_million: Option<bool>,
    /// When fiscal years begin: "April", "6 April", { from = "April", named = "end" }.
    fiscal_year: Option<FiscalYear>,
    /// How the numbers were rounded.
    rounding: Option<Rounding>,
    /// The number of which the figures are multiples: they are rounded to it.
    base: Option<u32>,
    /// Whether white space around texts and names of columns is left out, or in which columns.
    trim: Option<Trim>,
    /// Which figures of a workbook are read: those that are shown, or those that are stored.
    figures: Option<Figures>,
    /// Columns where a blank cell means the value above.
    fill: Option<OneOrMany>,
    /// One row per matching cell.
    unpivot: Option<Unpivot>,
    /// Columns whose values together must be those of a row of another table.
    references: Option<Vec<Reference>>,
    /// The columns that identify a row.
    key: Option<OneOrMany>,
    /// How many rows are expected: 3, "1..", "..10".
    rows: Option<Rows>,
    /// What the columns must be, by column name; `/regex/` is all columns whose names match.
    columns: Option<BTreeMap<String, Column>>,
    /// Allow only the declared columns; "ordered": in the order in which they are declared.
    columns_only: Option<ColumnsOnly>,
    /// A text with placeholders; each match is a row.
    pattern: Option<String>,
    /// A regular expression with named groups; each match is a row.
    regex: Option<String>,
    /// Search only this section of the text.
    section: Option<Section>,
    /// The text between items, each of which must match; or `each sentence`, of which those that do
    /// not match are left out.
    split: Option<String>,
    /// The source that holds its rows: `duckdb`, or the name of a section; else where the data come
    /// from, an address or a citation.
    source: Option<String>,
    /// The table of the source, with its schema before it: `public.orders`.
    table: Option<String>,
    /// The statement whose rows are read from the source.
    query: Option<String>,
    /// The day on which they were taken from there: 2026-01-31.
    retrieved: Option<String>,
    /// The name that the table had: fingerprints stay those of that name.
    was: Option<String>,
}

/// A small example of a check.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Example {
    /// Tables as CSV text.
    tables: BTreeMap<String, String>,
    /// holds, fails, unknown or not-applicable.
    expect: String,
}

/// A check.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Check {
    /// What must be true: one expression or a list.
    assert: Option<OneOrMany>,
    /// Rows against their totals, and columns against theirs, instead of `assert`.
    crossfoot: Option<Crossfoot>,
    /// Opening, additions, reductions and closing of every row, and openings against closings before.
    roll_forward: Option<RollForward>,
    /// Figures of an earlier year against what was published then.
    prior: Option<Prior>,
    /// What the check is run for: rows, groups or combinations.
    each: Option<OneOrMany>,
    /// Which rows are checked.
    #[schemars(rename = "where")]
    filter: Option<String>,
    /// The row order for `prev` and `next`.
    order: Option<String>,
    /// What the check is about.
    title: Option<String>,
    /// What to do when it fails.
    help: Option<String>,
    /// Where to read more.
    url: Option<String>,
    /// Words to find the check by.
    tags: Option<OneOrMany>,
    /// The severity of its findings.
    severity: Option<Severity>,
    /// The message of a finding; it may use `{left}`, `{right}`, `{difference}` and columns.
    message: Option<String>,
    /// Below what differences are trivial: an amount, a percentage of percentages, or both.
    trivial_below: Option<Amounts>,
    /// Whether there may be nothing to check.
    optional: Option<bool>,
    /// The name that the check had: fingerprints stay those of that name.
    was: Option<String>,
    /// Small tables with the expected verdict.
    examples: Option<Vec<Example>>,
}

/// Findings that are accepted: they are shown and do not count.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Allow {
    /// Names of checks, contracts (`table.column`) or kinds of finding; `*` matches any characters.
    check: Option<OneOrMany>,
    /// Only findings of this table.
    table: Option<String>,
    /// Only where this is true of the row or group.
    #[schemars(rename = "where")]
    filter: Option<String>,
    /// Only the finding whose fingerprint begins so: 8 to 32 hexadecimal digits.
    fingerprint: Option<String>,
    /// Why they are accepted.
    reason: String,
    /// Who accepts them.
    by: Option<String>,
    /// The last day on which they are: 2027-03-31.
    until: Option<String>,
    /// They are accepted whatever the figures are, also when these change.
    any_value: Option<bool>,
}

/// What reports say beside the findings.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Report {
    /// What the report is called.
    title: Option<String>,
    /// Below what differences are trivial where a check does not say it.
    trivial_below: Option<Amounts>,
}

/// Rules for crossfoot: tables and what must be true of them.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "crossfoot rules")]
struct RuleFile {
    /// The language of the texts of all its tables.
    language: Option<Language>,
    /// When the fiscal years of all its tables begin.
    fiscal_year: Option<FiscalYear>,
    /// Engines that hold tables, by name.
    source: Option<BTreeMap<String, Source>>,
    /// Tables by name.
    data: Option<BTreeMap<String, Data>>,
    /// Checks by name.
    check: Option<BTreeMap<String, Check>>,
    /// Findings that are accepted.
    allow: Option<Vec<Allow>>,
    /// What reports say beside the findings.
    report: Option<Report>,
}

/// The JSON Schema of rule files.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(RuleFile);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
