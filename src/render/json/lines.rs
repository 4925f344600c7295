//! One JSON object a line, each with its `kind`: the run, findings as they are made, problems, and
//! the summary.

use std::borrow::Cow;

use serde::Serialize;

use super::Head;
use crate::report::coverage::Coverage;
use crate::report::document::{Document, JsonFinding, JsonSummary, finding, problem};
use crate::report::exhibit::Exhibit;
use crate::report::{Facts, Finding, SavedSink, Sink, SourceText, Summary};
use crate::source::Problem;

/// Writes an object a line.
pub struct Lines;

/// A line.
#[derive(Serialize)]
struct Line<T> {
    /// run, finding, problem, coverage, exhibit or summary.
    kind: &'static str,
    #[serde(flatten)]
    object: T,
}

fn line(kind: &'static str, object: impl Serialize, out: &mut Vec<u8>) {
    // It can always be written: it holds texts and numbers only.
    let _ = serde_json::to_writer(&mut *out, &Line { kind, object });
    out.push(b'\n');
}

fn tail(coverage: &Coverage, exhibits: &[Exhibit], summary: &JsonSummary<'_>, out: &mut Vec<u8>) {
    line("coverage", coverage, out);
    exhibits.iter().for_each(|exhibit| line("exhibit", exhibit, out));
    line("summary", summary, out);
}

impl Sink for Lines {
    fn begin(&mut self, f: &Facts, out: &mut Vec<u8>) {
        line("run", Head::of_facts(f), out);
    }

    fn is_document(&self) -> bool {
        true
    }

    fn finding(&self, f: &Finding, _: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        line("finding", finding(f, sources), out);
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, out: &mut Vec<u8>) {
        line("problem", problem(p, sources), out);
    }

    fn end(&mut self, s: &Summary, out: &mut Vec<u8>) {
        let summary = JsonSummary { complete: s.problems == 0, counts: Cow::Borrowed(s) };
        tail(&s.coverage, &s.exhibits, &summary, out);
    }
}

impl SavedSink for Lines {
    fn begin(&mut self, document: &Document, out: &mut Vec<u8>) {
        line("run", Head::of_document(document), out);
    }

    fn finding(&mut self, finding: JsonFinding<'static>, out: &mut Vec<u8>) {
        line("finding", finding, out);
    }

    fn end(&mut self, d: Document, out: &mut Vec<u8>) {
        d.problems.iter().for_each(|problem| line("problem", problem, out));
        tail(&d.coverage, &d.exhibits, &d.summary, out);
    }
}
