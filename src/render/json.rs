//! Everything, for programs: one document with a version, written as it is made.

pub mod lines;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::render::words::in_text;
use crate::report::{
    AbsentKey, AbsentPart, Acceptance, AcceptedBy, At, Facts, Finding, Label, OldVersion, Place,
    Role, Side, Sink, SourceText, Status, Summary, UndecidedAnswer, Working,
};
use crate::source::Problem;

/// The version of the document; it changes when a field changes its meaning or is removed.
pub const VERSION: u32 = 1;

/// What one run writes: findings, problems and the summary.
#[derive(Debug, Serialize, JsonSchema)]
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
    /// What the run is compared with, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<OldVersion>,
    /// The findings, in order.
    pub findings: Vec<JsonFinding<'static>>,
    /// What prevented checks from being run; if there is any, the exit status is 2.
    pub problems: Vec<JsonProblem>,
    /// Counts.
    pub summary: JsonSummary<'static>,
}

/// What is borrowed of a finding: many are written.
type Text<'t> = Cow<'t, str>;

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
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
    /// The likely explanation.
    pub explanation: Option<Text<'t>>,
    /// What to do.
    pub help: Option<Text<'t>>,
    /// Where to read more.
    pub url: Option<Text<'t>>,
    /// How many answers of the check could not be decided, where that is what the finding says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undecided_count: Option<u64>,
    /// The first thousand of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<JsonUndecided<'t>>,
    /// The key that no row of a table has, where that is why: findings with the same values from
    /// the same columns have one cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent_key: Option<JsonAbsentKey<'t>>,
    /// 32 hexadecimal digits that stay the same when rows move.
    pub fingerprint: Text<'t>,
    /// How it compares with the old version, where the run has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What accepts it, so that it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<JsonAcceptance<'t>>,
}

/// What accepts a finding.
#[derive(Debug, Serialize, JsonSchema)]
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
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonAbsentKey<'t> {
    /// The table without such a row.
    pub table: Text<'t>,
    /// The values of the key, in order.
    pub values: Vec<JsonKeyValue<'t>>,
}

/// One value of a key.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonKeyValue<'t> {
    /// Where it stands, `table.column`; an expression where it is computed.
    pub from: Text<'t>,
    /// The value.
    pub value: Text<'t>,
}

/// An answer that could not be decided.
#[derive(Debug, Serialize, JsonSchema)]
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
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonLabel<'t> {
    /// stated, operand, condition (a cell by which others were chosen), first or rule.
    pub role: Text<'t>,
    /// A few words.
    pub text: Text<'t>,
    /// Where.
    #[serde(flatten)]
    pub place: JsonPlace<'t>,
}

/// A byte range of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonPlace<'t> {
    /// Path relative to the working directory, with `/`.
    pub file: Text<'t>,
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// Physical line, starting at 1.
    pub line: u64,
    /// Column in characters, starting at 1.
    pub column: u64,
    /// Record number, starting at 1 and not counting the header.
    pub record: Option<u64>,
    /// Name of the table column.
    pub column_name: Option<Text<'t>>,
    /// Whether the bytes are those of the decompressed or decoded text.
    pub derived: bool,
}

/// The arithmetic of a comparison.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonWorking<'t> {
    /// Left side.
    pub left: JsonSide<'t>,
    /// `=`, `<=`, …
    pub relation: Text<'t>,
    /// Right side.
    pub right: JsonSide<'t>,
    /// Left minus right; of an equation, what is stated minus what follows.
    pub difference: Option<Text<'t>>,
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
#[derive(Debug, Serialize, JsonSchema)]
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
#[derive(Debug, Serialize, JsonSchema)]
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
#[derive(Debug, Serialize, JsonSchema)]
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
#[derive(Debug, Serialize, JsonSchema)]
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

/// Writes the document piece by piece.
#[derive(Default)]
pub struct Json {
    problems: Vec<JsonProblem>,
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn some(text: &Option<String>) -> Option<Text<'_>> {
    text.as_deref().map(Into::into)
}

fn place<'t>(p: &'t Place, sources: &'t dyn SourceText) -> JsonPlace<'t> {
    let At::Bytes { file, span, from, derived, .. } = p.at;
    JsonPlace {
        file: sources.path(file).into(),
        start: span.start,
        end: span.end,
        line: from.line,
        column: from.column,
        record: p.cell.as_ref().and_then(|c| c.record),
        column_name: p.cell.as_ref().and_then(|c| some(&c.column)),
        derived,
    }
}

fn label<'t>(l: &'t Label, sources: &'t dyn SourceText) -> JsonLabel<'t> {
    let role = match l.role {
        Role::Stated => "stated",
        Role::Operand => "operand",
        Role::Condition | Role::Key => "condition",
        Role::First => "first",
        Role::Rule => "rule",
    };
    JsonLabel { role: role.into(), text: l.text.as_str().into(), place: place(&l.place, sources) }
}

fn undecided<'t>(f: &'t Finding, sources: &'t dyn SourceText) -> Vec<JsonUndecided<'t>> {
    let answers = f.undecided.iter().flat_map(|u| &u.answers);
    let answer = |a: &'t UndecidedAnswer| JsonUndecided {
        assertion: a.assertion,
        cause: a.cause.into(),
        place: place(&a.place, sources),
    };
    answers.map(answer).collect()
}

fn acceptance<'t>(a: &'t Acceptance, sources: &'t dyn SourceText) -> JsonAcceptance<'t> {
    JsonAcceptance {
        kind: a.kind,
        reason: some(&a.reason),
        by: some(&a.by),
        until: some(&a.until),
        place: a.place.as_ref().map(|p| place(p, sources)),
    }
}

fn absent(key: &AbsentKey) -> JsonAbsentKey<'_> {
    let values = key.parts.iter().map(|AbsentPart { from, value, .. }| JsonKeyValue {
        from: from.as_str().into(),
        value: value.as_str().into(),
    });
    JsonAbsentKey { table: key.table.as_str().into(), values: values.collect() }
}

fn side(s: &Side) -> JsonSide<'_> {
    let range = s.range.as_ref().map(|(low, high)| (low.into(), high.into()));
    JsonSide {
        expression: s.expression.as_str().into(),
        value: s.value.as_str().into(),
        exact: s.exact.as_str().into(),
        range,
    }
}

fn working<'t>(w: &'t Working, sources: &'t dyn SourceText) -> JsonWorking<'t> {
    let terms = w.terms.iter().map(|t| JsonTerm {
        side: if t.right { "right" } else { "left" }.into(),
        sign: t.sign.into(),
        name: t.name.as_str().into(),
        value: t.value.as_str().into(),
        exact: t.number.as_ref().map(|n| n.to_text()).unwrap_or_default(),
        part_of: t.part_of.as_str().into(),
        place: t.place.as_ref().map(|p| place(p, sources)),
    });
    JsonWorking {
        left: side(&w.left),
        relation: w.relation.into(),
        right: side(&w.right),
        difference: some(&w.difference),
        allowance: some(&w.allowance),
        tier: w.tier.word().into(),
        required: some(&w.required),
        terms: terms.collect(),
        more_terms: w.more_terms,
        notes: w.notes.iter().map(Into::into).collect(),
    }
}

fn finding<'t>(f: &'t Finding, sources: &'t dyn SourceText) -> JsonFinding<'t> {
    JsonFinding {
        check: f.check().into(),
        assertion: f.assertion,
        fault: f.fault().name.into(),
        severity: f.severity.word().into(),
        title: some(&f.title),
        message: f.message.as_str().into(),
        table: f.table().map(Into::into),
        key: some(&f.key),
        labels: f.labels.iter().map(|l| label(l, sources)).collect(),
        working: f.working.as_ref().map(|w| working(w, sources)),
        explanation: some(&f.explanation),
        help: some(&f.help),
        url: some(&f.url),
        undecided_count: f.undecided.as_ref().map(|u| u.count),
        undecided: undecided(f, sources),
        absent_key: f.absent.as_deref().map(absent),
        fingerprint: f.fingerprint_text().into(),
        status: f.status,
        accepted: f.accepted.as_deref().map(|a| acceptance(a, sources)),
    }
}

fn problem(p: &Problem, sources: &dyn SourceText) -> JsonProblem {
    let at = p.at.map(|(file, span)| in_text(sources, file, span));
    JsonProblem {
        fault: p.fault.name.into(),
        message: p.message.clone(),
        help: p.help.clone(),
        file: at.map(|a| sources.path(a.file()).to_string()).or_else(|| p.path.clone()),
        start: at.map(|a| a.span().start),
        end: at.map(|a| a.span().end),
        line: at.map(|a| a.from().line),
        column: at.map(|a| a.from().column),
    }
}

impl Sink for Json {
    fn begin(&mut self, f: &Facts, out: &mut Vec<u8>) {
        let head = format!(
            "{{\"version\":{VERSION},\"crossfoot\":{},\"today\":{},\"rules\":{},{}\"findings\":[",
            json(&f.version),
            json(&f.today),
            json(&f.rule_files),
            f.old.as_ref().map(|old| format!("\"old\":{},", json(old))).unwrap_or_default()
        );
        out.extend(head.bytes());
    }

    fn finding(&self, f: &Finding, first: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let made = finding(f, sources);
        out.extend_from_slice(if first { b"\n" } else { b",\n" });
        // A finding can always be written: it holds texts and numbers only.
        let _ = serde_json::to_writer(out, &made);
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, _: &mut Vec<u8>) {
        self.problems.push(problem(p, sources));
    }

    fn end(&mut self, s: &Summary, out: &mut Vec<u8>) {
        let summary = JsonSummary { complete: s.problems == 0, counts: Cow::Borrowed(s) };
        let tail = format!(
            "\n],\"problems\":{},\n\"summary\":{}}}\n",
            json(&self.problems),
            json(&summary)
        );
        out.extend(tail.bytes());
    }
}
