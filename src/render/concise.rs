//! One line per finding.

use std::io::Write;

use crate::render::words::{path, position};
use crate::report::{Facts, Finding, Sink, SourceText, Summary};
use crate::source::Problem;

/// `path:line:col: error[check] message`.
pub struct Concise;

impl Sink for Concise {
    fn begin(&mut self, _: &Facts, _: &mut Vec<u8>) {}

    fn finding(&self, f: &Finding, _: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        if let Some(label) = f.labels.first() {
            let p = &label.place;
            let _ = write!(out, "{}:{}:{}: ", path(sources, p.file), p.line, p.column);
        }
        let _ = write!(out, "{}[{}]: {}", f.severity.word(), f.check, f.message);
        let place = f.labels.first().map(|l| &l.place);
        let record = place.and_then(|p| p.record).map(|r| format!("record {r}"));
        let column = place.and_then(|p| p.column_name.as_ref()).map(|c| format!("column {c}"));
        let extra: Vec<String> = record.into_iter().chain(column).collect();
        if !extra.is_empty() {
            let _ = write!(out, " [{}]", extra.join(", "));
        }
        out.push(b'\n');
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, out: &mut Vec<u8>) {
        if let Some((file, span)) = p.at {
            let (line, column) = position(sources, file, span.start);
            let _ = write!(out, "{}:{line}:{column}: ", path(sources, file));
        }
        let _ = writeln!(out, "error[{}]: {}", p.fault.name, p.message);
    }

    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}
