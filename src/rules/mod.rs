//! Rule files: spanned TOML → a rule set that the rest may trust.
//!
//! The reader walks the spanned tree by hand and collects every error of a file. What a rule set
//! says of tables and columns is checked against the data's headers later, when it is bound.

pub mod allow;
mod any_number;
pub mod changes;
pub mod check;
pub mod column;
mod composed;
mod crossfoot;
mod equation;
mod fiscal;
mod footing;
mod foots;
pub mod frame;
pub mod held;
mod made;
mod merge;
mod movements;
mod references;
pub mod report;
mod rows;
pub mod schema;
pub mod secrets;
mod source_schema;
mod spanned;
mod sums_schema;
pub mod toml;
pub mod walk;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::by_name::{ByName, HasName};
use crate::expr::marks::Marks;
use crate::expr::regex::Regex;
use crate::expr::tree::{Expr, OrderKey, Unit};
use crate::fault::Severity;
use crate::read::frame::Frame;
use crate::report::schedule::TrivialBelow;
use crate::source::{FileId, Snippet, Span};
use crate::value::{FiscalYear, Language, Rounding, Truths};

pub use equation::{Named, Part};
pub use foots::{Footing, Foots, Said};
pub use held::{Held, HeldRows, SourceRule};
pub use references::Reference;
pub use rows::{Heading, Parent, ParentBy, RowCount, Unpivot};
pub use spanned::{Code, Spanned};

/// The rules of a run, from all its rule files, in order.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// Tables in the order they are written.
    pub tables: Vec<TableRule>,
    /// Checks in the order they are written.
    pub checks: Vec<CheckRule>,
    /// Engines that hold tables, in the order they are written.
    pub sources: Vec<SourceRule>,
    /// Findings that are accepted, in the order they are written.
    pub allowances: Vec<AllowRule>,
    /// What each rule file says of the report, in order.
    pub reports: Vec<ReportRule>,
    /// Where the name of each table stands, and of each check.
    names: [BTreeMap<String, (FileId, Span)>; 2],
}

/// `[data.<name>]`.
#[derive(Debug, Clone)]
pub struct TableRule {
    /// The rule file.
    pub file: FileId,
    /// Directory of the rule file, relative to the working directory, `""` or ending in `/`.
    pub base: String,
    /// Its name and where the name stands.
    pub name: Spanned<String>,
    /// No rule file declares it: its file was named, and is read as it is.
    pub undeclared: bool,
    /// `path` as written.
    pub path: Spanned<Snippet>,
    /// `optional`.
    pub optional: bool,
    /// `format`.
    pub format: Option<Spanned<String>>,
    /// `at`.
    pub at: Option<Spanned<String>>,
    /// `delimiter`: one ASCII byte.
    pub delimiter: Option<u8>,
    /// `quote`: `Some(None)` is `quote = ""`, no quoting.
    pub quote: Option<Option<u8>>,
    /// `escape`: one ASCII byte.
    pub escape: Option<u8>,
    /// `header`, `skip`, `skip_end`, `from`, `until`.
    pub frame: Frame,
    /// Which keys of the frame are written, and of how its records are read.
    pub frame_keys: Vec<&'static str>,
    /// `short = "missing"`.
    pub short: bool,
    /// `repeated = "data"`.
    pub repeated: bool,
    /// `heading`: the column for what stands alone in a row.
    pub heading: Option<Heading>,
    /// `parent`.
    pub parent: Option<Parent>,
    /// `where`: which records are rows.
    pub filter: Option<Code<Expr>>,
    /// `encoding` label.
    pub encoding: Option<Spanned<String>>,
    /// `comment`: lines that start with this byte are no records.
    pub comment: Option<u8>,
    /// `missing`; default `[""]`.
    pub missing: Vec<String>,
    /// `withheld`.
    pub withheld: Vec<Withheld>,
    /// `marks`.
    pub marks: Option<Arc<Marks>>,
    /// `true`, `false`.
    pub truths: Truths,
    /// `language`: of its texts, and of how its numbers are written unless the rule says so.
    pub language: Language,
    /// `decimal`.
    pub decimal: char,
    /// `grouping`.
    pub grouping: Option<char>,
    /// `m_is_million`: without a currency mark too.
    pub m_is_million: bool,
    /// `fiscal_year`: when it begins, and which year it is called by.
    pub fiscal: Option<FiscalYear>,
    /// `trim`.
    pub trim: Trim,
    /// `figures`, where it was written: as they are stored, and not as they are shown.
    pub figures_stored: Option<bool>,
    /// `fill`.
    pub fill: Vec<Spanned<String>>,
    /// `unpivot`.
    pub unpivot: Option<Unpivot>,
    /// A mistake in `unpivot` leaves open which columns the table has.
    pub is_unclear: bool,
    /// `references`: what several columns together must be in.
    pub references: Vec<Reference>,
    /// `key`.
    pub key: Vec<Spanned<String>>,
    /// `rows`, and where it is written.
    pub rows: Spanned<RowCount>,
    /// Whether `rows` was written.
    pub rows_given: bool,
    /// `columns`, in order.
    pub columns: ByName<ColumnRule>,
    /// `columns."/regex/"`: contracts of all columns whose names match and that have none of their own.
    pub patterns: Vec<(Regex, ColumnRule)>,
    /// `columns_only`.
    pub columns_only: Option<ColumnsOnly>,
    /// `pattern`.
    pub pattern: Option<Snippet>,
    /// `regex`.
    pub regex: Option<Snippet>,
    /// `section`.
    pub section: Option<Section>,
    /// `split`.
    pub split: Option<Spanned<String>>,
    /// `rounding` of all figures of the table unless a column says otherwise.
    pub rounding: Rounding,
    /// `source`: an address or a citation.
    pub source: Option<String>,
    /// `source`, and `table` or `query`, where a source holds its rows.
    pub held: Option<Held>,
    /// `retrieved`: the day on which it was taken from there.
    pub retrieved: Option<i32>,
    /// `was`: its name when fingerprints were made.
    pub was: Option<Spanned<String>>,
}

impl TableRule {
    /// Whether it demands anything beyond a well-formed file.
    pub fn has_contract(&self) -> bool {
        self.rows_given
            || self.columns_only.is_some()
            || !self.columns.is_empty()
            || !self.patterns.is_empty()
            || !self.key.is_empty()
    }

    /// The marks that are stripped from the figures of a column.
    pub fn marks_of<'r>(&'r self, contract: Option<&'r ColumnRule>) -> Option<&'r Arc<Marks>> {
        contract.and_then(|c| c.marks.as_ref()).or(self.marks.as_ref())
    }

    /// The contract of a column: its own, else the first whose pattern it matches.
    pub fn contract(&self, column: &str) -> Option<&ColumnRule> {
        let own = self.columns.named(column);
        let matching = || self.patterns.iter().find(|(regex, _)| regex.is_full_match(column));
        own.or_else(|| matching().map(|(_, contract)| contract))
    }

    /// The contracts of columns: those that are declared, then those that a pattern gives some of these.
    pub fn contracts<'n>(&self, columns: impl Iterator<Item = &'n str>) -> Vec<ColumnRule> {
        let (mut all, mut met) = (self.columns.to_vec(), HashSet::new());
        for column in columns.filter(|name| self.columns.place(name).is_none()) {
            if !met.insert(column) {
                continue;
            }
            all.extend(self.contract(column).map(|contract| ColumnRule {
                name: Spanned { value: column.to_string(), span: contract.name.span },
                ..contract.clone()
            }));
        }
        all
    }

    /// Whether white space around the texts of a column is left out by its `trim`.
    pub fn trims(&self, column: &str) -> bool {
        match &self.trim {
            Trim::Usual | Trim::Off => false,
            Trim::All => true,
            Trim::Columns(columns) => columns.iter().any(|c| c.value == column),
        }
    }

    /// Its path where no rule file names it: `instead`, or that of a file which none declares.
    pub fn argument<'a>(&'a self, instead: Option<&'a str>) -> Option<&'a str> {
        instead.or_else(|| self.undeclared.then_some(self.path.value.text.as_str()))
    }

    /// Where a number of rows is demanded, else where the path is written that is read.
    pub fn rows_place(&self, instead: Option<&str>) -> Option<(FileId, Span)> {
        let path = || self.argument(instead).is_none().then_some(self.path.span);
        let rows = self.rows_given.then_some(self.rows.span);
        rows.or_else(path).map(|span| (self.file, span))
    }

    /// The tables that its columns must have their values in.
    pub fn referenced(&self) -> impl Iterator<Item = &str> {
        let patterns = self.patterns.iter().map(|(_, contract)| contract);
        let demands = self.columns.iter().chain(patterns).flat_map(|c| &c.demands);
        let of_one = demands.filter_map(|d| match &d.value {
            Demand::In { table, .. } => Some(table.as_str()),
            _ => None,
        });
        of_one.chain(self.references.iter().map(|reference| reference.table.value.as_str()))
    }
}

/// `section = { from = "…", to = "…" }`.
#[derive(Debug, Clone)]
pub struct Section {
    /// The text after which it starts.
    pub from: Option<Spanned<String>>,
    /// The text before which it ends.
    pub to: Option<Spanned<String>>,
}

/// `trim`: where white space around cells is no part of texts. It never is of figures, dates, truths
/// and texts for "no value", nor of references.
#[derive(Debug, Clone, PartialEq)]
pub enum Trim {
    /// In references, and nowhere else in texts.
    Usual,
    /// `trim = false`: in no text.
    Off,
    /// `trim = true`: in all texts and names of columns.
    All,
    /// `trim = ["region"]`: in these columns.
    Columns(Vec<Spanned<String>>),
}

/// `columns_only`: which columns a table may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnsOnly {
    /// `true`: those that are declared.
    Declared,
    /// `"ordered"`: those, in the order in which they are declared.
    Ordered,
}

/// A text for a value that is kept back.
#[derive(Debug, Clone, PartialEq)]
pub struct Withheld {
    /// As it is written.
    pub text: String,
    /// The least and the greatest that it can be, where that is said.
    pub bounds: Option<(String, String)>,
}

/// `columns.<c>`.
#[derive(Debug, Clone)]
pub struct ColumnRule {
    /// The column's name.
    pub name: Spanned<String>,
    /// `was`: its name when fingerprints were made, and in older files.
    pub was: Option<Spanned<String>>,
    /// `optional`: files need not have it.
    pub optional: bool,
    /// `type`.
    pub ty: Option<Spanned<crate::value::Type>>,
    /// `format`, one or several.
    pub formats: Vec<Spanned<String>>,
    /// `list`: what stands between the values of a cell.
    pub list: Option<String>,
    /// `collate = "natural"`: figures within texts are in order.
    pub is_natural: bool,
    /// `missing` of this column.
    pub missing: Option<Vec<String>>,
    /// `withheld` of this column.
    pub withheld: Option<Vec<Withheld>>,
    /// `marks` of this column.
    pub marks: Option<Arc<Marks>>,
    /// `true`, `false`.
    pub truths: Truths,
    /// `decimal` of this column.
    pub decimal: Option<char>,
    /// `grouping` of this column.
    pub grouping: Option<char>,
    /// `decimals`.
    pub decimals: Option<i32>,
    /// `decimals = "column"`: trailing zeros that all its figures have do not count.
    pub decimals_by_column: bool,
    /// `rounding`.
    pub rounding: Option<Rounding>,
    /// `reliability`: how much rather its figures are right than those of other columns.
    pub reliability: Option<u32>,
    /// `title`, `help`.
    pub title: Option<String>,
    /// `help`.
    pub help: Option<String>,
    /// `severity`.
    pub severity: Option<Severity>,
    /// Everything that is to be judged, in order of writing.
    pub demands: Vec<Spanned<Demand>>,
    /// `one_of` lists numbers, and no texts.
    pub lists_numbers: bool,
}

impl HasName for ColumnRule {
    fn name(&self) -> &str {
        &self.name.value
    }
}

impl ColumnRule {
    /// How its cells are read, where it does not say it as another contract does.
    #[must_use]
    pub fn or(&self, other: &ColumnRule) -> ColumnRule {
        let formats = if self.formats.is_empty() { &other.formats } else { &self.formats };
        let truths = if self.truths.is_empty() { &other.truths } else { &self.truths };
        ColumnRule {
            formats: formats.clone(),
            missing: self.missing.clone().or_else(|| other.missing.clone()),
            withheld: self.withheld.clone().or_else(|| other.withheld.clone()),
            marks: self.marks.clone().or_else(|| other.marks.clone()),
            truths: truths.clone(),
            decimal: self.decimal.or(other.decimal),
            grouping: self.grouping.or(other.grouping),
            decimals: self.decimals.or(other.decimals),
            decimals_by_column: self.decimals_by_column || other.decimals_by_column,
            rounding: self.rounding.or(other.rounding),
            reliability: self.reliability.or(other.reliability),
            ..self.clone()
        }
    }
}

/// One demand of a column contract. Literal bounds are expressions' literals so that binding
/// reads them in the column's type (`min = "1990-01-01"` for a date column).
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Demand {
    /// `decimals`: no digits behind them.
    Decimals(i32),
    /// A value must be there.
    Required,
    /// No value twice.
    Unique,
    /// `>=`; the literal's text.
    Min(String),
    /// `<=`.
    Max(String),
    /// `>`.
    Above(String),
    /// `<`.
    Below(String),
    /// Characters at least.
    MinLength(u64),
    /// Characters at most.
    MaxLength(u64),
    /// A regular expression for the whole cell.
    Matches(String),
    /// One of these texts (or numbers, as written).
    OneOf(Vec<String>),
    /// A value of `table.column`.
    In { table: String, column: String },
    /// A named format; several with "or" between them.
    Like(String),
}

/// `[check.<id>]`.
#[derive(Debug, Clone)]
pub struct CheckRule {
    /// The rule file.
    pub file: FileId,
    /// Its id and where it stands.
    pub id: Spanned<String>,
    /// `assert`, one or several.
    pub asserts: Vec<Code<Expr>>,
    /// What they ask, in the words of the rule that they are made of.
    pub said: Vec<Said>,
    /// `each`, none, one or several.
    pub each: Vec<Code<Unit>>,
    /// `where`.
    pub filter: Option<Code<Expr>>,
    /// `order`.
    pub order: Option<Code<Vec<OrderKey>>>,
    /// `title`.
    pub title: Option<String>,
    /// `help`.
    pub help: Option<String>,
    /// `url`.
    pub url: Option<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `severity`.
    pub severity: Severity,
    /// `message`, a template.
    pub message: Option<Snippet>,
    /// `optional`: there may be nothing to check.
    pub optional: bool,
    /// `was`: its name when fingerprints were made.
    pub was: Option<Spanned<String>>,
    /// Of a check that `crossfoot` makes: what depends on the header of its table.
    pub footing: Option<Footing>,
    /// `trivial_below`.
    pub trivial_below: TrivialBelow,
    /// `examples`.
    pub examples: Vec<Example>,
}

/// One of a check's `examples`: tiny tables as CSV text and the verdict expected of the check.
#[derive(Debug, Clone)]
pub struct Example {
    /// Where it stands.
    pub span: Span,
    /// Table name → CSV text.
    pub tables: Vec<(Spanned<String>, Snippet)>,
    /// `holds`, `fails`, `unknown` or `not-applicable`.
    pub expect: Spanned<Expected>,
}

/// The verdict that an example expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Expected {
    Holds,
    Fails,
    Unknown,
    NotApplicable,
}

/// One `[[allow]]`, or what a comment in a text says.
#[derive(Debug, Clone)]
pub struct AllowRule {
    /// The file that it stands in.
    pub file: FileId,
    /// Where it stands: in a rule file what it names, else the whole.
    pub span: Span,
    /// Names of checks, contracts or faults; patterns too.
    pub checks: Vec<Spanned<String>>,
    /// `table`.
    pub table: Option<Spanned<String>>,
    /// `where`.
    pub filter: Option<Code<Expr>>,
    /// `fingerprint`, in lower case: how it begins.
    pub fingerprint: Option<Spanned<String>>,
    /// `reason`.
    pub reason: String,
    /// `by`.
    pub by: Option<String>,
    /// `until`: the last day.
    pub until: Option<Spanned<i32>>,
    /// `any_value`.
    pub any_value: bool,
}

/// `[report]`.
#[derive(Debug, Clone)]
pub struct ReportRule {
    /// The rule file.
    pub file: FileId,
    /// `title`.
    pub title: Option<String>,
    /// `trivial_below`.
    pub trivial_below: TrivialBelow,
}
