//! One line per finding.

use std::io::Write;

use crate::render::words::{in_text, location};
use crate::report::{Facts, Finding, Sink, SourceText, Summary};
use crate::source::Problem;

/// `path:line:col: error[check] message`.
pub struct Concise;

impl Sink for Concise {
    fn begin(&mut self, _: &Facts, _: &mut Vec<u8>) {}

    fn finding(&self, f: &Finding, _: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        if let Some(label) = f.labels.first() {
            let _ = write!(out, "{}: ", location(sources, &label.place.at));
        }
        let _ = write!(out, "{}[{}]: {}", f.severity.word(), f.check(), f.message);
        let cell = f.labels.first().and_then(|l| l.place.cell.as_ref());
        let record = cell.and_then(|c| c.record).map(|r| format!("record {r}"));
        let column = cell.and_then(|c| c.column.as_ref()).map(|c| format!("column {c}"));
        let extra: Vec<String> = record.into_iter().chain(column).collect();
        if !extra.is_empty() {
            let _ = write!(out, " [{}]", extra.join(", "));
        }
        out.push(b'\n');
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, out: &mut Vec<u8>) {
        if let Some((file, span)) = p.at {
            let _ = write!(out, "{}: ", location(sources, &in_text(sources, file, span)));
        }
        let _ = writeln!(out, "error[{}]: {}", p.fault.name, p.message);
    }

    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}
