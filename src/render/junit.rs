//! JUnit XML: a test case for each check, which fails with its findings as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::fault::Severity;
use crate::render::words::{count, location, maybe, remarks, standing};
use crate::report::{CheckSummary, Facts, Finding, Sink, SourceText, Standing, Summary, in_text};
use crate::source::Problem;

/// Findings of one check that are written; of more there is the number.
const MOST_LINES: u64 = 1_000;

/// Keeps what was found of each check.
#[derive(Default)]
pub struct Junit {
    /// What is known of the run: name and value.
    properties: Vec<(&'static str, String)>,
    /// The first rule file.
    rules: String,
    found: BTreeMap<String, Found>,
    problems: Vec<(&'static str, String)>,
}

/// What was found of a check.
#[derive(Default)]
struct Found {
    /// The table it is about.
    table: Option<String>,
    /// The worst of what fails it.
    worst: Option<Severity>,
    /// What fails it: errors and warnings that count.
    failures: Lines,
    /// Everything else.
    notes: Lines,
}

/// The first lines, and how many there are.
#[derive(Default)]
struct Lines {
    text: String,
    count: u64,
}

impl Lines {
    fn add(&mut self, line: &str) {
        self.count += 1;
        if self.count <= MOST_LINES {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn text(&self) -> String {
        match self.count.saturating_sub(MOST_LINES) {
            0 => escaped(&self.text),
            more => format!("{}… and {more} more\n", escaped(&self.text)),
        }
    }
}

/// Text in XML 1.0, which has no way to write some characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// Why a check that found nothing is no test that has passed.
fn skipped(check: &CheckSummary) -> Option<&'static str> {
    match check.standing? {
        Standing::Held | Standing::Failed | Standing::PartlyUndecided => None,
        standing => Some(standing.words()),
    }
}

impl Junit {
    fn case(&self, check: &CheckSummary, out: &mut String) {
        let none = Found::default();
        let found = self.found.get(&check.id).unwrap_or(&none);
        let class = found.table.as_ref().unwrap_or(&self.rules);
        let (class, id) = (escaped(class), escaped(&check.id));
        let mut inner = String::new();
        if found.failures.count > 0 {
            let kind = found.worst.unwrap_or(Severity::Error).word();
            let title = check.title.as_deref().unwrap_or(&check.id);
            let findings = count(found.failures.count, "finding", "findings");
            let message = escaped(&format!("{title}: {findings}"));
            let text = found.failures.text();
            let _ =
                writeln!(inner, "<failure type=\"{kind}\" message=\"{message}\">{text}</failure>");
        } else if let Some(why) = skipped(check) {
            let _ = writeln!(inner, "<skipped message=\"{why}\"/>");
        }
        if found.notes.count > 0 {
            let _ = writeln!(inner, "<system-out>{}</system-out>", found.notes.text());
        }
        let _ = match inner.is_empty() {
            true => writeln!(out, "<testcase classname=\"{class}\" name=\"{id}\"/>"),
            false => {
                writeln!(out, "<testcase classname=\"{class}\" name=\"{id}\">\n{inner}</testcase>")
            }
        };
    }

    /// Keeps a finding, or one that another check says the cause of.
    fn take(&mut self, f: &Finding, cause: Option<&str>, sources: &dyn SourceText) {
        let place = f.labels.first().map(|l| format!("{}: ", location(sources, &l.place.at)));
        let standing = standing(f).map_or(String::new(), |words| format!(" ({words})"));
        let key = f.key.as_ref().map_or(String::new(), |key| format!(" [row {key}]"));
        let (place, severity) = (place.unwrap_or_default(), f.severity.word());
        let maybe = maybe(f, sources).map_or(String::new(), |maybe| format!("\n  maybe: {maybe}"));
        let cause =
            cause.map_or(String::new(), |check| format!("\n  for the cause that {check} says"));
        let line = format!("{place}{severity}: {}{standing}{key}{maybe}{cause}", f.message);
        let found = self.found.entry(f.check().to_string()).or_default();
        if found.table.is_none() {
            found.table = f.table().map(str::to_string);
        }
        if f.counts && f.severity >= Severity::Warning {
            found.worst = found.worst.max(Some(f.severity));
            found.failures.add(&line);
        } else {
            found.notes.add(&line);
        }
    }

    fn is_skipped(&self, check: &CheckSummary) -> bool {
        let fails = self.found.get(&check.id).is_some_and(|f| f.failures.count > 0);
        !fails && skipped(check).is_some()
    }
}

impl Sink for Junit {
    fn begin(&mut self, facts: &Facts, _: &mut Vec<u8>) {
        let file = facts.rule_files.first().map_or("crossfoot", String::as_str);
        self.rules = file.to_string();
        self.properties.push(("crossfoot", facts.version.clone()));
        self.properties.push(("today", facts.today.clone()));
        for file in &facts.rule_files {
            self.properties.push(("rules", file.clone()));
        }
        if let Some(old) = &facts.old {
            self.properties.push(("compared with", old.name.clone()));
            let remarks = remarks(old).into_iter();
            self.properties.extend(remarks.map(|remark| (remark.name, remark.words)));
        }
    }

    fn finding(&self, _: &Finding, _: bool, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn keeps(&self) -> bool {
        true
    }

    fn keep(&mut self, f: &Finding, sources: &dyn SourceText) {
        self.take(f, None, sources);
        for other in &f.crossed {
            self.take(other, Some(f.check()), sources);
        }
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, _: &mut Vec<u8>) {
        let place = p.at.map(|(file, span)| location(sources, &in_text(sources, file, span)));
        let place = place.or_else(|| p.path.clone()).map_or(String::new(), |at| format!("{at}: "));
        let help = p.help.as_ref().map_or(String::new(), |help| format!("\nhelp: {help}"));
        self.problems.push((p.fault.name, format!("{place}{}{help}", p.message)));
    }

    fn end(&mut self, s: &Summary, out: &mut Vec<u8>) {
        let failures = self.found.values().filter(|f| f.failures.count > 0).count();
        let skipped = s.checks.iter().filter(|c| self.is_skipped(c)).count();
        let (errors, tests) = (self.problems.len(), s.checks.len() + self.problems.len());
        let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"crossfoot\" {counts}>\n\
             <testsuite name=\"crossfoot\" {counts} skipped=\"{skipped}\">\n<properties>\n"
        );
        for (name, value) in &self.properties {
            let value = escaped(value);
            let _ = writeln!(text, "<property name=\"{name}\" value=\"{value}\"/>");
        }
        text.push_str("</properties>\n");
        s.checks.iter().for_each(|check| self.case(check, &mut text));
        for (name, words) in &self.problems {
            let (class, words) = (escaped(&self.rules), escaped(words));
            let _ = writeln!(
                text,
                "<testcase classname=\"{class}\" name=\"{name}\">\n\
                 <error type=\"{name}\" message=\"not everything could be checked\">{words}</error>\n\
                 </testcase>"
            );
        }
        text.push_str("</testsuite>\n</testsuites>\n");
        out.extend(text.bytes());
    }
}
