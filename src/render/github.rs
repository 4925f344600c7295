//! Annotations of GitHub Actions: the worst of each kind, which is what GitHub shows.

use crate::fault::Severity;
use crate::render::words::{Remark, count, in_file, lead, maybe, path, remark, remarks};
use crate::render::worst::Worst;
use crate::report::{At, Facts, Finding, Sink, SourceText, Summary, in_text};
use crate::source::Problem;

/// Annotations of a kind that GitHub shows of one step.
const MOST: usize = 10;

/// Keeps the worst of each kind.
pub struct Github {
    errors: Worst<String>,
    warnings: Worst<String>,
    notices: Worst<String>,
    /// Errors of the rules and the run.
    problems: Vec<String>,
    /// What is said of the rules.
    remarks: Vec<String>,
    /// Where the first rule that was changed stands.
    changed: Option<(String, u64)>,
    /// What the run is compared with.
    old: String,
    /// Where something without a place of its own is reported.
    nowhere: String,
}

impl Default for Github {
    fn default() -> Github {
        Github {
            errors: Worst::new(MOST),
            warnings: Worst::new(MOST),
            // One says how the rules changed, one what is left out.
            notices: Worst::new(MOST - 2),
            problems: Vec::new(),
            remarks: Vec::new(),
            changed: None,
            old: String::new(),
            nowhere: String::new(),
        }
    }
}

/// A command as the runner reads it.
fn annotation(kind: &str, place: &[(&str, String)], title: &str, message: &str) -> String {
    let place: String =
        place.iter().map(|(name, value)| format!("{name}={},", property(value))).collect();
    format!("::{kind} {place}title={}::{}\n", property(title), escaped(message))
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

/// Where a place begins and ends; columns only where both are in one line.
fn place_of(at: &At, sources: &dyn SourceText) -> Vec<(&'static str, String)> {
    // A file that is no text has no lines: the message says which cell is meant.
    let At::Bytes { file, from, to, .. } = *at else {
        return vec![("file", path(sources, at.file()).into_owned()), ("line", "1".into())];
    };
    let mut all = vec![("file", path(sources, file).into_owned()), ("line", from.line.to_string())];
    let is_line = to.is_none_or(|to| to.line == from.line);
    if is_line {
        all.push(("col", from.column.to_string()));
    }
    if let Some(to) = to {
        all.push(("endLine", to.line.to_string()));
    }
    if let Some(to) = to.filter(|_| is_line) {
        all.push(("endColumn", to.column.to_string()));
    }
    all
}

impl Github {
    fn nowhere(&self) -> Vec<(&'static str, String)> {
        vec![("file", self.nowhere.clone()), ("line", "1".into())]
    }
}

impl Sink for Github {
    fn begin(&mut self, facts: &Facts, _: &mut Vec<u8>) {
        let file = facts.rule_files.first().map_or("crossfoot.toml", String::as_str);
        self.nowhere = file.to_string();
        let remarks: Vec<Remark> = facts.old.iter().flat_map(remarks).collect();
        // One notice holds all: it stands where the first of them is.
        self.changed = remarks.iter().find_map(|remark| remark.place.clone());
        self.remarks = remarks.into_iter().map(|remark| remark.words).collect();
        self.old = facts.old.as_ref().map(|old| old.name.clone()).unwrap_or_default();
    }

    fn finding(&self, _: &Finding, _: bool, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn keeps(&self) -> bool {
        true
    }

    fn keep(&mut self, f: &Finding, sources: &dyn SourceText) {
        // What does not count is no error of this change.
        let (kind, list) = match f.severity {
            Severity::Error if f.counts => ("error", &mut self.errors),
            Severity::Warning if f.counts => ("warning", &mut self.warnings),
            _ => ("notice", &mut self.notices),
        };
        let Some(key) = list.counts(f) else { return };
        let place = match in_file(f) {
            Some(at) => place_of(at, sources),
            None => vec![("file", self.nowhere.clone()), ("line", "1".into())],
        };
        let standing = remark(f);
        let mut message = format!("{}{}{standing}", lead(f, sources), f.message);
        for (word, text) in [("maybe", &maybe(f, sources)), ("help", &f.help)] {
            if let Some(text) = text {
                message.push_str(&format!("\n{word}: {text}"));
            }
        }
        list.keep(key, annotation(kind, &place, f.check(), &message));
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, _: &mut Vec<u8>) {
        let place = match (p.at, &p.path) {
            (Some((file, span)), _) => place_of(&in_text(sources, file, span), sources),
            (None, Some(path)) => vec![("file", path.clone()), ("line", "1".into())],
            (None, None) => self.nowhere(),
        };
        let help = p.help.as_ref().map_or(String::new(), |help| format!("\nhelp: {help}"));
        let message = format!("{}{help}", p.message);
        self.problems.push(annotation("error", &place, p.fault.name, &message));
    }

    fn end(&mut self, s: &Summary, out: &mut Vec<u8>) {
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        let left_out = self.problems.len().saturating_sub(MOST);
        self.errors.limit(MOST.saturating_sub(self.problems.len()));
        if !self.remarks.is_empty() {
            let remarks = self.remarks.join("\n");
            let place = self.changed.as_ref().map_or_else(
                || self.nowhere(),
                |(file, line)| vec![("file", file.clone()), ("line", line.to_string())],
            );
            let title = format!("compared with {}", self.old);
            put(&annotation("notice", &place, &title, &remarks));
        }
        self.problems.iter().take(MOST).for_each(|text| put(text));
        let lists = [&self.errors, &self.warnings, &self.notices];
        lists.iter().for_each(|list| list.by_rank().for_each(|text| put(text)));
        let held_back: u64 = s.checks.iter().map(|c| c.findings.saturating_sub(c.shown)).sum();
        let more = lists.iter().map(|list| list.left_out()).sum::<u64>();
        let more = more + held_back + left_out as u64;
        if more > 0 {
            let words = format!(
                "{} not annotated; the job summary or `crossfoot check` shows them",
                count(more, "more is", "more are")
            );
            put(&annotation("notice", &self.nowhere(), "crossfoot", &words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::annotation;

    #[test]
    fn a_text_is_no_command() {
        let place = [("file", "a,b:c%.csv".to_string())];
        assert_eq!(
            annotation("error", &place, "t\n", "100 %\r\n::warning::x"),
            "::error file=a%2Cb%3Ac%25.csv,title=t%0A::100 %25%0D%0A::warning::x\n"
        );
    }
}
