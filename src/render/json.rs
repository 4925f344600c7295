//! Everything, for programs: one document with a version, written as it is made.

pub mod lines;

use std::borrow::Cow;

use serde::Serialize;

use crate::report::coverage::{Coverage, RunFacts};
use crate::report::document::{
    Document, JsonFinding, JsonProblem, JsonSummary, VERSION, finding, problem,
};
use crate::report::exhibit::Exhibit;
use crate::report::{Facts, Finding, OldVersion, SavedSink, Sink, SourceText, Summary};
use crate::source::Problem;

/// Writes the document piece by piece.
#[derive(Default)]
pub struct Json {
    problems: Vec<JsonProblem>,
    /// Whether no finding is written yet, of a saved run.
    is_first: bool,
}

/// What is known before the first finding.
#[derive(Serialize)]
struct Head<'h> {
    version: u32,
    crossfoot: &'h str,
    today: &'h str,
    rules: &'h [String],
    run: &'h RunFacts,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'h OldVersion>,
}

impl<'h> Head<'h> {
    fn of_facts(f: &'h Facts) -> Head<'h> {
        Head {
            version: VERSION,
            crossfoot: &f.version,
            today: &f.today,
            rules: &f.rule_files,
            run: &f.run,
            old: f.old.as_ref(),
        }
    }

    fn of_document(d: &'h Document) -> Head<'h> {
        Head {
            version: VERSION,
            crossfoot: &d.crossfoot,
            today: &d.today,
            rules: &d.rules,
            run: &d.run,
            old: d.old.as_ref(),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let head = json(self);
        let head = head.strip_suffix('}').unwrap_or(&head);
        out.extend(head.bytes());
        out.extend_from_slice(b",\"findings\":[");
    }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn write(finding: &JsonFinding<'_>, first: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if first { b"\n" } else { b",\n" });
    // A finding can always be written: it holds texts and numbers only.
    let _ = serde_json::to_writer(out, finding);
}

fn tail(
    problems: &[JsonProblem],
    (coverage, exhibits): (&Coverage, &[Exhibit]),
    summary: &JsonSummary<'_>,
    out: &mut Vec<u8>,
) {
    let tail = format!(
        "\n],\"problems\":{},\n\"coverage\":{},\n\"exhibits\":{},\n\"summary\":{}}}\n",
        json(&problems),
        json(coverage),
        json(&exhibits),
        json(summary)
    );
    out.extend(tail.bytes());
}

impl Sink for Json {
    fn begin(&mut self, f: &Facts, out: &mut Vec<u8>) {
        Head::of_facts(f).write(out);
    }

    fn is_document(&self) -> bool {
        true
    }

    fn finding(&self, f: &Finding, first: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        write(&finding(f, sources), first, out);
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, _: &mut Vec<u8>) {
        self.problems.push(problem(p, sources));
    }

    fn end(&mut self, s: &Summary, out: &mut Vec<u8>) {
        let summary = JsonSummary { complete: s.problems == 0, counts: Cow::Borrowed(s) };
        tail(&self.problems, (&s.coverage, &s.exhibits), &summary, out);
    }
}

impl SavedSink for Json {
    fn begin(&mut self, document: &Document, out: &mut Vec<u8>) {
        self.is_first = true;
        Head::of_document(document).write(out);
    }

    fn finding(&mut self, finding: JsonFinding<'static>, out: &mut Vec<u8>) {
        write(&finding, std::mem::take(&mut self.is_first), out);
    }

    fn end(&mut self, d: Document, out: &mut Vec<u8>) {
        tail(&d.problems, (&d.coverage, &d.exhibits), &d.summary, out);
    }
}
