//! A Code Quality report for GitLab: one JSON array.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use crate::fault::Severity;
use crate::render::words::{Remark, address, in_file, lead, maybe, remarks, standing};
use crate::report::{At, Facts, Finding, Sink, SourceText, Summary, content, in_text};
use crate::source::Problem;

/// Writes an element for each finding, problem and change of the rules.
#[derive(Default)]
pub struct Gitlab {
    /// Whether there is an element already.
    has_element: AtomicBool,
    /// Whether something was said before any finding.
    has_remark: bool,
    /// Where something without a place of its own is reported.
    nowhere: String,
    /// How many problems there are with the same words.
    repeated: BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct Issue<'t> {
    description: String,
    check_name: &'t str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'t>,
}

#[derive(Serialize)]
struct Location<'t> {
    path: &'t str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
}

impl Gitlab {
    fn put(&self, issue: &Issue<'_>, is_first: bool, out: &mut Vec<u8>) {
        self.has_element.store(true, Ordering::Relaxed);
        out.extend_from_slice(if is_first { b"\n" } else { b",\n" });
        // It can always be written: it holds texts and numbers only.
        let _ = serde_json::to_writer(out, issue);
    }
}

/// The fingerprint of what is no finding.
fn fingerprint(name: &str, path: &str, words: &str) -> String {
    format!("{:032x}", content([("name", name), ("path", path), ("words", words)].into_iter()))
}

/// In GitLab's words; what is accepted stays in the report and blocks nothing.
fn severity(f: &Finding) -> &'static str {
    match f.severity {
        _ if f.accepted.is_some() => "info",
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Info => "info",
    }
}

impl Sink for Gitlab {
    fn begin(&mut self, facts: &Facts, out: &mut Vec<u8>) {
        let file = facts.rule_files.first().map_or("crossfoot.toml", String::as_str);
        self.nowhere = file.to_string();
        out.push(b'[');
        for Remark { name, words, place } in facts.old.iter().flat_map(remarks) {
            let (path, begin) = place.as_ref().map_or((file, 1), |(path, line)| (path, *line));
            let fingerprint = fingerprint(name, file, &words);
            let location = Location { path, lines: Lines { begin } };
            let (check_name, severity) = (name, "info");
            let issue = Issue { description: words, check_name, fingerprint, severity, location };
            let is_first = !std::mem::replace(&mut self.has_remark, true);
            self.put(&issue, is_first, out);
        }
    }

    fn finding(&self, f: &Finding, first: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let at = in_file(f);
        let path = at.map_or(self.nowhere.as_str(), |at| sources.path(at.file()));
        let standing = standing(f).map_or(String::new(), |words| format!(" ({words})"));
        // A file that is no text has no lines.
        let has_line = |at: &&At| address(sources, at).is_none();
        let begin = at.filter(has_line).map_or(1, |at| at.from().line);
        let maybe = maybe(f, sources).map_or(String::new(), |maybe| format!("; maybe: {maybe}"));
        let issue = Issue {
            description: format!("{}{}{standing}{maybe}", lead(f, sources), f.message),
            check_name: f.check(),
            fingerprint: f.fingerprint_text(),
            severity: severity(f),
            location: Location { path, lines: Lines { begin } },
        };
        // Findings are made on many cores: only who hands them over knows which is the first.
        self.put(&issue, first && !self.has_remark, out);
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let at = p.at.map(|(file, span)| in_text(sources, file, span));
        let path = at.map(|at| sources.path(at.file())).or(p.path.as_deref());
        let path = path.unwrap_or(&self.nowhere);
        let alike = fingerprint(p.fault.name, path, &p.message);
        // GitLab shows one of those that have the same fingerprint.
        let before = self.repeated.entry(alike.clone()).or_insert(0);
        let own = match *before {
            0 => alike,
            n => fingerprint(&alike, path, &n.to_string()),
        };
        *before += 1;
        let issue = Issue {
            description: p.message.clone(),
            check_name: p.fault.name,
            fingerprint: own,
            severity: "blocker",
            location: Location { path, lines: Lines { begin: at.map_or(1, |at| at.from().line) } },
        };
        let is_first = !self.has_element.load(Ordering::Relaxed);
        self.put(&issue, is_first, out);
    }

    fn end(&mut self, _: &Summary, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n]\n");
    }
}
