//! One JSON object a line, each with its `kind`: the run, findings as they are made, problems, and
//! the summary.

use std::borrow::Cow;

use serde::Serialize;

use crate::report::coverage::RunFacts;
use crate::report::document::{JsonSummary, VERSION, finding, problem};
use crate::report::{Facts, Finding, OldVersion, Sink, SourceText, Summary};
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

/// The first line: what is known before the first finding.
#[derive(Serialize)]
struct Run<'f> {
    version: u32,
    crossfoot: &'f str,
    today: &'f str,
    rules: &'f [String],
    run: &'f RunFacts,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'f OldVersion>,
}

fn line(kind: &'static str, object: impl Serialize, out: &mut Vec<u8>) {
    // It can always be written: it holds texts and numbers only.
    let _ = serde_json::to_writer(&mut *out, &Line { kind, object });
    out.push(b'\n');
}

impl Sink for Lines {
    fn begin(&mut self, f: &Facts, out: &mut Vec<u8>) {
        let run = Run {
            version: VERSION,
            crossfoot: &f.version,
            today: &f.today,
            rules: &f.rule_files,
            run: &f.run,
            old: f.old.as_ref(),
        };
        line("run", run, out);
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
        line("coverage", &s.coverage, out);
        s.exhibits.iter().for_each(|exhibit| line("exhibit", exhibit, out));
        let summary = JsonSummary { complete: s.problems == 0, counts: Cow::Borrowed(s) };
        line("summary", summary, out);
    }
}
