//! Everything, for programs: one document with a version, written as it is made.

pub mod lines;

use std::borrow::Cow;

use serde::Serialize;

use crate::report::document::{JsonProblem, JsonSummary, VERSION, finding, problem};
use crate::report::{Facts, Finding, Sink, SourceText, Summary};
use crate::source::Problem;

/// Writes the document piece by piece.
#[derive(Default)]
pub struct Json {
    problems: Vec<JsonProblem>,
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl Sink for Json {
    fn begin(&mut self, f: &Facts, out: &mut Vec<u8>) {
        let head = format!(
            "{{\"version\":{VERSION},\"crossfoot\":{},\"today\":{},\"rules\":{},\"run\":{},{}\"findings\":[",
            json(&f.version),
            json(&f.today),
            json(&f.rule_files),
            json(&f.run),
            f.old.as_ref().map(|old| format!("\"old\":{},", json(old))).unwrap_or_default()
        );
        out.extend(head.bytes());
    }

    fn is_document(&self) -> bool {
        true
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
            "\n],\"problems\":{},\n\"coverage\":{},\n\"exhibits\":{},\n\"summary\":{}}}\n",
            json(&self.problems),
            json(&s.coverage),
            json(&s.exhibits),
            json(&summary)
        );
        out.extend(tail.bytes());
    }
}
