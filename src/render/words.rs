//! Words that several formats and the command line share.

use crate::fault::Severity;
use crate::finding::{Place, Sources, Summary};
use crate::source::{FileId, Span};

/// Line and column of an offset of a file that is small enough to be looked at from its start.
pub fn position(sources: &dyn Sources, file: FileId, offset: u64) -> (u64, u64) {
    let whole = Place { file, span: Span::new(0, offset), line: 1, column: 1, record: None, column_name: None, derived: false };
    let bytes = sources.excerpt(&whole, 0).map(|e| e.bytes).unwrap_or_default();
    let before = &bytes[..(offset as usize).min(bytes.len())];
    let line = before.iter().filter(|b| **b == b'\n').count() as u64 + 1;
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let column = before[start..].iter().filter(|b| **b & 0xC0 != 0x80).count() as u64 + 1;
    (line, column)
}

fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// 0 failed, 1 partly undecided, 2 held, 3 did not apply.
fn standing(t: &crate::finding::Tally) -> usize {
    match (t.failed, t.unknown, t.held) {
        (1.., _, _) => 0,
        (0, 1.., _) => 1,
        (0, 0, 1..) => 2,
        _ => 3,
    }
}

/// The closing lines, for people.
pub fn summary(s: &Summary) -> String {
    let mut out = String::new();
    if s.problems > 0 && s.rows == 0 && s.checks.is_empty() {
        return format!("{}: nothing was judged\n", count(s.problems, "problem", "problems"));
    }
    let mut found = Vec::new();
    for (n, one, many) in [(s.errors, "error", "errors"), (s.warnings, "warning", "warnings"), (s.infos, "note", "notes")] {
        if n > 0 {
            found.push(count(n, one, many));
        }
    }
    let found = if found.is_empty() { "nothing found".to_string() } else { found.join(", ") };
    let kind = |wanted: usize| s.checks.iter().filter(|c| c.tally.seen > 0 && standing(&c.tally) == wanted).count() as u64;
    let judged = s.checks.iter().filter(|c| c.tally.seen > 0).count() as u64;
    out.push_str(&format!("{found} in {} and {}; {}", count(s.files, "file", "files"), count(s.rows, "row", "rows"), count(judged, "check", "checks")));
    let words = ["failed", "partly undecided", "held", "did not apply"];
    let parts: Vec<String> = [2, 0, 1, 3].iter().filter(|&&k| kind(k) > 0).map(|&k| format!("{} {}", kind(k), words[k])).collect();
    if !parts.is_empty() {
        out.push_str(&format!(": {}", parts.join(", ")));
    }
    out.push('\n');
    for c in s.checks.iter().filter(|c| c.findings > c.shown) {
        out.push_str(&format!("and {} more of {} (--max-per-check 0 shows all)\n", c.findings - c.shown, c.id));
    }
    if s.problems > 0 {
        out.push_str(&format!("{}: not everything could be carried out\n", count(s.problems, "problem", "problems")));
    }
    out
}

/// The table of `--statistics`.
pub fn statistics(s: &Summary) -> String {
    let mut rows: Vec<[String; 10]> =
        vec![["check", "severity", "seen", "held", "failed", "unknown", "not applicable", "weak", "set aside", "findings"].map(str::to_string)];
    for c in &s.checks {
        let t = &c.tally;
        let severity = if c.severity == Severity::Error { "error" } else { c.severity.word() };
        let numbers = [t.seen, t.held, t.failed, t.unknown, t.not_applicable, t.weak, t.set_aside, c.findings].map(|n| n.to_string());
        let [a, b, d, e, f, g, h, i] = numbers;
        rows.push([c.id.clone(), severity.to_string(), a, b, d, e, f, g, h, i]);
    }
    let widths: Vec<usize> = (0..10).map(|i| rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).enumerate().map(|(i, (c, w))| if i < 2 { format!("{c:<w$}") } else { format!("{c:>w$}") }).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    for stage in &s.stages {
        out.push_str(stage);
        out.push('\n');
    }
    if s.spilled > 0 {
        out.push_str(&format!("temporary files: {} written for what did not fit in memory\n", count(s.spilled, "byte", "bytes")));
    }
    out
}

/// A problem in one line with its help, without colour.
pub fn problem_line(p: &crate::source::Problem, sources: &dyn Sources) -> String {
    let at = p.at.map_or_else(String::new, |(file, span)| {
        let (line, column) = position(sources, file, span.start);
        format!("{}:{line}:{column}: ", sources.path(file))
    });
    let help = p.help.as_ref().map_or_else(String::new, |h| format!("  help: {h}\n"));
    format!("{at}error[{}]: {}\n{help}", p.fault.name, p.message)
}
