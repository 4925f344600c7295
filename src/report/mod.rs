//! Findings, and what is counted on the way: facts for renderers, words already made.
//!
//! The engine emits [`RawFinding`]s without words; only marks that are shown become [`Finding`]s.

mod identity;
pub mod text;

pub use identity::{Demand, Identity, KeyValue, RECIPE, Subject, content, evidence};

use schemars::JsonSchema;
use serde::Serialize;

use crate::fault::{Fault, Severity};
use crate::source::{FileId, RowId, Span};

/// What the scan notes of one failing unit: no strings, 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C)]
pub struct RawFinding {
    /// The row, group or combination it is about.
    pub row: RowId,
    /// The first row of a duplicate, or an offset.
    pub aux: u64,
    /// What is wrong: a number in the engine's table of classes.
    pub class: u32,
}

/// Counts of what one check found for its rows, groups or combinations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tally {
    /// How many rows, groups or combinations were checked.
    pub seen: u64,
    /// Assertions that held.
    pub held: u64,
    /// Assertions that failed.
    pub failed: u64,
    /// Assertions that could not be decided.
    pub unknown: u64,
    /// Assertions that did not apply.
    pub not_applicable: u64,
    /// Assertions that held, but would have held for almost any number.
    pub weak: u64,
    /// Records that were skipped because they are malformed.
    pub set_aside: u64,
}

impl Tally {
    /// Adds another part of the same check's counts.
    pub fn add(&mut self, other: &Tally) {
        self.seen += other.seen;
        self.held += other.held;
        self.failed += other.failed;
        self.unknown += other.unknown;
        self.not_applicable += other.not_applicable;
        self.weak += other.weak;
        self.set_aside += other.set_aside;
    }
}

/// What a label shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The stated figure, or the cell that is wrong.
    Stated,
    /// A cell that the other side was computed from.
    Operand,
    /// Where the same thing stands first.
    First,
    /// The rule that asked.
    Rule,
}

/// A place with a few words.
#[derive(Debug, Clone)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What it shows.
    pub role: Role,
    /// A few words; may be empty.
    pub text: String,
}

/// A byte range of a file in words a person can follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Bytes of the file; of the inflated or decoded text where `derived`.
    pub span: Span,
    /// Physical line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// Record number from 1 without the header, for tables.
    pub record: Option<u64>,
    /// Name of the table column.
    pub column_name: Option<String>,
    /// The bytes are those of the inflated text, not of the file on disk.
    pub derived: bool,
}

/// How far two sides are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tier {
    /// No rounding was allowed for.
    Exact,
    /// Explained by rounding.
    Rounding,
    /// Within what rounding can do, but beyond three standard deviations of it.
    Improbable,
    /// Overflow what rounding can do.
    Impossible,
    /// Partial dates leave it open.
    Possible,
}

impl Tier {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Exact => "exact",
            Tier::Rounding => "rounding",
            Tier::Improbable => "improbable",
            Tier::Impossible => "impossible",
            Tier::Possible => "possible",
        }
    }
}

/// One side of a comparison, worded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The expression as the rule has it.
    pub expression: String,
    /// Its value for people: `16.95 %`, `14,682`.
    pub value: String,
    /// Its value exactly: a decimal, or a fraction `p/q`; empty for texts.
    pub exact: String,
    /// The interval its writing implies, when asked for: low and high end for people.
    pub range: Option<(String, String)>,
}

/// One cell that went into a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// `false`: left side, `true`: right side.
    pub right: bool,
    /// What it is called: the row's key, or the column.
    pub name: String,
    /// `+`, `-`, `×`, `÷` or empty.
    pub sign: &'static str,
    /// The value as written.
    pub value: String,
    /// Where it stands.
    pub place: Option<Place>,
    /// Which aggregate or look-up it belongs to: `sum(figures.area)`; empty for a plain cell.
    pub part_of: String,
}

/// The arithmetic behind a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Working {
    /// The left side of the comparison.
    pub left: Side,
    /// `=`, `<=`, …
    pub relation: &'static str,
    /// The right side.
    pub right: Side,
    /// Left minus right, for people; empty where it makes no sense.
    pub difference: Option<String>,
    /// How much was allowed and why.
    pub allowance: Option<String>,
    /// How far apart they are.
    pub tier: Tier,
    /// What an operand would have to be: "20 % of 86,600 needs 16,887 to 17,753; …".
    pub required: Option<String>,
    /// The cells, in order; at most fifty.
    pub terms: Vec<Term>,
    /// How many more there are.
    pub more_terms: u64,
    /// Remarks: "2 missing values were left out", "1 record was set aside".
    pub notes: Vec<String>,
}

/// One thing that is wrong, ready to be shown.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The user's check id, a contract (`table.column`), or the built-in name.
    pub check: String,
    /// Which assertion of the check, from 0.
    pub assertion: u32,
    /// The built-in name.
    pub fault: &'static Fault,
    /// How much it matters.
    pub severity: Severity,
    /// What the check is about, in its author's words.
    pub title: Option<String>,
    /// One sentence.
    pub message: String,
    /// Places; the first is the primary one. Empty for findings without a place.
    pub labels: Vec<Label>,
    /// The arithmetic, where there is any.
    pub working: Option<Working>,
    /// The likely explanation, worded as a question unless it is certain.
    pub explanation: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
    /// The table it is about.
    pub table: Option<String>,
    /// The row's key or the group's, as text.
    pub key: Option<String>,
    /// The hash of the figures or texts that were compared: by it, the same finding has changed.
    pub evidence: u64,
    identity: Identity,
    fingerprint: u128,
}

impl Finding {
    /// A finding with nothing but its identity and its message.
    pub fn new(identity: Identity, severity: Severity, message: String) -> Finding {
        Finding {
            check: identity.check.clone(),
            assertion: 0,
            fault: identity.fault,
            severity,
            title: None,
            message,
            labels: Vec::new(),
            working: None,
            explanation: None,
            help: None,
            url: None,
            table: identity.table.clone(),
            key: None,
            evidence: evidence::<&str>(&[]),
            fingerprint: identity.fingerprint(0),
            identity,
        }
    }

    /// What it is about.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The hash of its identity: it stays the same when rows move or another assertion is mended.
    pub fn fingerprint(&self) -> u128 {
        self.fingerprint
    }

    /// Says that so many findings with the same identity come before it.
    pub fn repeats(&mut self, before: u64) {
        self.fingerprint = self.identity.fingerprint(before);
    }

    /// The fingerprint as it is printed.
    pub fn fingerprint_text(&self) -> String {
        format!("{:032x}", self.fingerprint)
    }
}

/// What is known before the first finding.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Version of crossfoot.
    pub version: String,
    /// The date that `today()` gives.
    pub today: String,
    /// Rule files, as paths relative to the working directory.
    pub rule_files: Vec<String>,
}

/// Counts of one check.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CheckSummary {
    /// Its id.
    pub id: String,
    /// Its title.
    #[serde(skip)]
    pub title: Option<String>,
    /// Severity.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// What became of its units.
    #[serde(flatten)]
    pub tally: Tally,
    /// Findings that exist, shown or not.
    pub findings: u64,
    /// How many of them were passed to the sink.
    #[serde(skip)]
    pub shown: u64,
}

/// What is known after the last finding.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Summary {
    /// Findings by severity.
    pub errors: u64,
    /// Findings by severity.
    pub warnings: u64,
    /// Findings by severity.
    pub infos: u64,
    /// How many problems prevented checks from being run (exit status 2).
    pub problems: u64,
    /// Data files read.
    pub files: u64,
    /// Rows read, all tables.
    pub rows: u64,
    /// Per check, in the order of the rules.
    pub checks: Vec<CheckSummary>,
    /// Bytes read (inflated).
    #[serde(skip)]
    pub bytes: u64,
    /// Per stage: words for `--statistics`.
    #[serde(skip)]
    pub stages: Vec<String>,
    /// Bytes that were written to temporary files, since keys and groups did not fit in memory.
    #[serde(skip)]
    pub spilled: u64,
}

/// Lines of the sources, for renderers that quote them.
pub trait SourceText: Sync {
    /// The file's path as it is shown: relative, with `/`.
    fn path(&self, file: FileId) -> &str;
    /// The text of the lines around a byte range of a file and the line number of the first:
    /// whole physical lines, lossily decoded, at most `context` lines before and after, with the
    /// byte offset of the first. Very long lines are cut to a window around the span.
    fn excerpt(&self, place: &Place, context: u64) -> Option<Excerpt>;
}

/// Some lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The bytes, line ends included.
    pub bytes: Vec<u8>,
    /// Where they start in the file.
    pub start: u64,
    /// The number of the first line.
    pub first_line: u64,
    /// Characters cut away before `bytes` in its first line.
    pub first_column: u64,
}

/// A renderer. Sees one finding at a time; they are written in order, but made on many cores.
pub trait Sink: Sync {
    /// Position the first finding.
    fn begin(&mut self, facts: &Facts, out: &mut Vec<u8>);
    /// One finding; `first`: it is the first of all.
    fn finding(&self, finding: &Finding, first: bool, sources: &dyn SourceText, out: &mut Vec<u8>);
    /// A problem of the rules or the run (exit status 2).
    fn problem(
        &mut self,
        problem: &crate::source::Problem,
        sources: &dyn SourceText,
        out: &mut Vec<u8>,
    );
    /// After the last.
    fn end(&mut self, summary: &Summary, out: &mut Vec<u8>);
}
