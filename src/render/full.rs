//! For reading on a terminal. miette draws the snippets, and lives here only.
//!
//! A finding over several files reads as one: its snippets, then the working as a small sum, then
//! the rule that asked.

use std::fmt::Write as _;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity as MietteSeverity,
    SourceCode,
};
use unicode_width::UnicodeWidthStr;

use crate::fault::Severity;
use crate::render::options::Options;
use crate::render::snippet::Drawn;
use crate::render::words::{in_text, location, path};
use crate::report::{At, Facts, Finding, Label, Role, Sink, SourceText, Summary, Term, Working};
use crate::source::{FileId, Problem};

/// Terms shown of one sum; the rest is counted.
const MOST_TERMS: usize = 14;

/// Writes findings with their lines, places and arithmetic, for people at a terminal.
pub struct Full {
    options: Options,
}

impl Full {
    /// A sink for a terminal.
    pub fn new(options: Options) -> Full {
        Full { options }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.options.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }

    fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    fn head(&self, severity: Severity, name: &str, message: &str) -> String {
        let code = match severity {
            Severity::Error => "31;1",
            Severity::Warning => "33;1",
            Severity::Info => "36;1",
        };
        format!(
            "{} {}\n",
            self.paint(code, &format!("{}[{name}]", severity.word())),
            self.paint("1", message)
        )
    }

    /// The snippets of one file: places with a few words each.
    fn snippets(
        &self,
        labels: &[(At, &str)],
        severity: Severity,
        sources: &dyn SourceText,
    ) -> String {
        let places: Vec<At> = labels.iter().map(|l| l.0).collect();
        let Some(first) = places.first() else { return String::new() };
        let name = path(sources, first.file()).into_owned();
        let at = format!("   {} {}\n", self.dim("at"), location(sources, first));
        let drawn = Drawn::new(name, &places, sources, self.options.width);
        let spans = labels.iter().enumerate().filter_map(|(n, (place, text))| {
            let text = (!text.is_empty()).then(|| (*text).to_string());
            let span = drawn.span(place)?;
            Some(match n {
                0 => LabeledSpan::new_primary_with_span(text, span),
                _ => LabeledSpan::new_with_span(text, span),
            })
        });
        let spans: Vec<LabeledSpan> = spans.collect();
        if spans.is_empty() {
            return at;
        }
        let report = Report { source: drawn, labels: spans, severity };
        let theme = if self.options.color {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        // miette's width is that of the texts around a snippet, which we write ourselves.
        let handler =
            GraphicalReportHandler::new_themed(theme).with_context_lines(0).with_links(false);
        let mut text = String::new();
        if handler.render_report(&mut text, &report).is_err() {
            return at;
        }
        // Only the snippet: the head and the rest of the report are ours.
        let body: Vec<&str> = text.lines().skip_while(|l| !l.contains('╭')).collect();
        let end = body.iter().rposition(|l| l.contains('╰')).map_or(body.len(), |i| i + 1);
        body.iter().take(end).map(|l| format!("{}\n", l.trim_end())).collect()
    }

    fn by_file(&self, finding: &Finding, sources: &dyn SourceText) -> String {
        let labels: Vec<&Label> = finding
            .labels
            .iter()
            .filter(|l| l.role != Role::Rule || finding.labels.len() == 1)
            .collect();
        let mut files: Vec<FileId> = Vec::new();
        for l in &labels {
            if !files.contains(&l.place.at.file()) {
                files.push(l.place.at.file());
            }
        }
        let mut out = String::new();
        for file in files {
            let of_file: Vec<(At, &str)> = labels
                .iter()
                .filter(|l| l.place.at.file() == file)
                .map(|l| (l.place.at, l.text.as_str()))
                .collect();
            out.push_str(&self.snippets(&of_file, finding.severity, sources));
        }
        out
    }

    fn working(&self, w: &Working, sources: &dyn SourceText) -> String {
        let mut rows: Vec<(String, String, String)> = Vec::new();
        for right in [false, true] {
            let side: Vec<&Term> = w.terms.iter().filter(|t| t.right == right).collect();
            rows.extend(side_rows(&side, sources));
            let s = if right { &w.right } else { &w.left };
            let alone =
                side.len() == 1 && side[0].part_of.is_empty() && side[0].name == s.expression;
            let shown = side.len() > 1 && side.last().is_some_and(|t| t.name == s.expression);
            if !alone && !shown {
                rows.push((format!("= {}", s.value), s.expression.clone(), String::new()));
            }
        }
        if let Some(d) = &w.difference {
            let allowed = w.allowance.as_ref().map_or(String::new(), |a| format!("allowed is {a}"));
            rows.push((d.clone(), "difference".into(), allowed));
        }
        let mut out = columns(&rows);
        if w.more_terms > 0 {
            let _ = writeln!(out, "     … and {} more rows", w.more_terms);
        }
        out
    }

    fn line(&self, word: &str, text: &str) -> String {
        format!("   {} {text}\n", self.paint("36", &format!("{word}:")))
    }
}

/// The rows of one side: long sums are cut in the middle.
fn side_rows(terms: &[&Term], sources: &dyn SourceText) -> Vec<(String, String, String)> {
    let row = |t: &&Term| {
        let place = t
            .place
            .as_ref()
            .map_or(String::new(), |p| file_name(&location(sources, &p.at)).to_string());
        let total = t.place.is_none() && terms.iter().any(|o| o.part_of == t.name);
        let sign = if total && t.sign.is_empty() { "=" } else { t.sign };
        (format!("{sign} {}", t.value).trim_start().to_string(), t.name.clone(), place)
    };
    if terms.len() <= MOST_TERMS {
        return terms.iter().map(row).collect();
    }
    let half = MOST_TERMS / 2;
    let cut = terms.len() - MOST_TERMS;
    let mut rows: Vec<_> = terms[..half].iter().map(row).collect();
    rows.push(("…".into(), format!("{cut} more"), String::new()));
    rows.extend(terms[terms.len() - half..].iter().map(row));
    rows
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Three columns, the first aligned at its decimal point.
fn columns(rows: &[(String, String, String)]) -> String {
    let split = |t: &str| {
        let digits = t.rfind(|c: char| c.is_ascii_digit()).map_or(t.len(), |i| i + 1);
        let point = t[..digits].find('.').unwrap_or(digits);
        (t[..point].width(), t[point..].width())
    };
    let whole = rows.iter().map(|r| split(&r.0).0).max().unwrap_or(0);
    let part = rows.iter().map(|r| split(&r.0).1).max().unwrap_or(0);
    let name = rows.iter().map(|r| r.1.width()).filter(|w| *w <= 60).max().unwrap_or(0);
    let mut out = String::new();
    for (value, label, place) in rows {
        let (before, after) = split(value);
        let pad = name.saturating_sub(label.width());
        let line = format!(
            "     {}{value}{}  {label}{}  {place}",
            " ".repeat(whole - before),
            " ".repeat(part - after),
            " ".repeat(pad)
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

impl Sink for Full {
    fn begin(&mut self, _: &Facts, _: &mut Vec<u8>) {}

    fn finding(&self, f: &Finding, _: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let mut text = String::new();
        text.push_str(&self.head(f.severity, f.check(), &f.message));
        text.push_str(&self.by_file(f, sources));
        if let Some(w) = &f.working {
            text.push_str(&self.working(w, sources));
            if let Some(required) = &w.required {
                text.push_str(&self.line("needs", &required.replacen(" needs ", " is ", 1)));
            }
            for note in &w.notes {
                text.push_str(&self.line("note", note));
            }
        }
        if let Some(e) = &f.explanation {
            text.push_str(&self.line("maybe", e));
        }
        if let Some(key) = &f.key {
            text.push_str(&self.line("row", key));
        }
        if let Some(h) = &f.help {
            text.push_str(&self.line("help", h));
        }
        if let Some(url) = &f.url {
            text.push_str(&self.line("see", url));
        }
        if let Some(rule) = f.labels.iter().find(|l| l.role == Role::Rule && f.labels.len() > 1) {
            let at = location(sources, &rule.place.at);
            let _ = writeln!(text, "   {}", self.dim(&format!("rule {at}")));
        }
        text.push('\n');
        out.extend(text.bytes());
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let mut text = String::new();
        text.push_str(&self.head(Severity::Error, p.fault.name, &p.message));
        if let Some((file, span)) = p.at {
            let related = p.related.iter().map(|(f, s, w)| (in_text(sources, *f, *s), w.as_str()));
            let (same, other): (Vec<_>, Vec<_>) = related.partition(|l| l.0.file() == file);
            let own = (in_text(sources, file, span), p.label.as_str());
            let same: Vec<_> = std::iter::once(own).chain(same).collect();
            text.push_str(&self.snippets(&same, Severity::Error, sources));
            text.push_str(&self.snippets(&other, Severity::Error, sources));
        }
        if let Some(h) = &p.help {
            text.push_str(&self.line("help", h));
        }
        text.push('\n');
        out.extend(text.bytes());
    }

    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}

struct Report {
    source: Drawn,
    labels: Vec<LabeledSpan>,
    severity: Severity,
}

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("-")
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("-")
    }
}

impl std::error::Error for Report {}

impl Diagnostic for Report {
    fn severity(&self) -> Option<MietteSeverity> {
        Some(match self.severity {
            Severity::Error => MietteSeverity::Error,
            Severity::Warning => MietteSeverity::Warning,
            Severity::Info => MietteSeverity::Advice,
        })
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
