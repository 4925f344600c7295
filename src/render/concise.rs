//! One line per finding.

use std::io::Write;

use crate::fault::Severity;
use crate::render::options::Options;
use crate::render::paint::{Paint, drawn};
use crate::render::words::{Remark, location, remark, remarks};
use crate::report::{Facts, Finding, Place, Sink, SourceText, Summary, in_text};
use crate::source::Problem;

/// `path:line:col: error[check] message`.
pub struct Concise {
    options: Options,
    /// Where a problem without a place of its own is reported: the start of the first rule file.
    nowhere: String,
}

impl Concise {
    /// A sink for a terminal, or for programs that look for `path:line:col:`.
    pub fn new(options: Options) -> Concise {
        Concise { options, nowhere: String::new() }
    }

    fn line(
        &self,
        (place, severity, name): (Option<String>, Severity, &str),
        words: &str,
        out: &mut Vec<u8>,
    ) {
        let paint = Paint::new(self.options);
        let place = paint.bold(place.as_ref().unwrap_or(&self.nowhere));
        let name = paint.wrong(severity, &format!("{}[{name}]", severity.word()));
        let line = format!("{place}: {name}: {words}");
        // A Vec takes whatever is written to it.
        let _ = writeln!(out, "{}", drawn(line, self.options));
    }
}

impl Sink for Concise {
    fn begin(&mut self, facts: &Facts, out: &mut Vec<u8>) {
        let file = facts.rule_files.first().map_or("crossfoot.toml", String::as_str);
        self.nowhere = format!("{file}:1:1");
        let Some(old) = &facts.old else { return };
        for Remark { name, words, place } in remarks(old) {
            let place = place.map(|(file, line)| format!("{file}:{line}:1"));
            self.line((place, Severity::Info, name), &words, out);
        }
    }

    fn finding(&self, f: &Finding, _: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let place = f.labels.first().map(|l| location(sources, &l.place.at));
        let own = f.labels.first().map(|l| &l.place);
        let record = own.and_then(Place::record).map(|r| format!("record {r}"));
        let cell = own.and_then(|place| place.cell.as_ref());
        let column = cell.and_then(|c| c.column.as_ref()).map(|c| {
            // A column without a name is called by its number.
            if c.starts_with("column ") { c.clone() } else { format!("column {c}") }
        });
        let extra: Vec<String> = record.into_iter().chain(column).collect();
        let extra = match extra.as_slice() {
            [] => String::new(),
            some => Paint::new(self.options).dim(&format!(" [{}]", some.join(", "))),
        };
        let standing = remark(f);
        let words = format!("{}{standing}{extra}", f.message);
        self.line((place, f.severity, f.check()), &words, out);
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let place = p.at.map(|(file, span)| location(sources, &in_text(sources, file, span)));
        let place = place.or_else(|| p.path.as_ref().map(|path| format!("{path}:1:1")));
        self.line((place, Severity::Error, p.fault.name), &p.message, out);
    }

    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}
