//! A report for a comment on a pull request or the summary of a job.

use std::fmt::Write as _;

use crate::render::words::{
    aligned, compared, count, fewer_judged, figures, location, maybe, not_counted, rule_change,
    standing, summary, unknown_version,
};
use crate::render::worst::Worst;
use crate::report::coverage::TextFacts;
use crate::report::terms::{Placed, TermShape, arranged};
use crate::report::text::printable;
use crate::report::{
    CheckSummary, Facts, Finding, Sink, SourceText, Summary, Term, Working, in_text,
};
use crate::source::Problem;

/// GitHub takes no summary of more than 1 MiB.
const MOST_BYTES: usize = 1_000_000;

/// Findings that are kept until it is known which ones have room.
const MOST_FINDINGS: usize = 5_000;

/// Checks that have a row of their own.
const MOST_CHECKS: usize = 100;

/// Figures of each text that no check depends on.
const MOST_FIGURES: usize = 100;

/// Terms of the working that are shown.
const MOST_TERMS: usize = 8;

/// Keeps the worst findings, as they are written.
pub struct Markdown {
    /// How the rules differ from those of the old version.
    changes: Vec<String>,
    /// Why nothing is known of the old version.
    unknown: Option<String>,
    /// What the run is compared with.
    old: String,
    findings: Worst<String>,
    problems: Vec<String>,
}

impl Default for Markdown {
    fn default() -> Markdown {
        Markdown {
            changes: Vec::new(),
            unknown: None,
            old: String::new(),
            findings: Worst::new(MOST_FINDINGS),
            problems: Vec::new(),
        }
    }
}

/// A text of one line that is nothing but text: no markup, no HTML, no link, no mention.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let after = text.get(at + c.len_utf8()..).unwrap_or_default();
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // Addresses, mentions and numbers of issues are found in the text after it is rendered;
            // a comment between their parts is not seen and keeps them apart.
            '@' | '#' => {
                out.push(c);
                out.push_str(APART);
            }
            ':' if after.starts_with("//") => {
                out.push(c);
                out.push_str(APART);
            }
            '.' if ends_with_www(&out) => {
                out.push_str(APART);
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

const APART: &str = "<!-- -->";

fn ends_with_www(text: &str) -> bool {
    let end = text.len().checked_sub(3).and_then(|start| text.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// A text as code, also in a table.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let fence = fence(text, 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

/// So many backticks that none in the text ends it.
fn fence(text: &str, least: usize) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat((longest + 1).max(least))
}

/// The headline of a finding, its working and what else is known.
fn finding(f: &Finding, sources: &dyn SourceText) -> String {
    let standing = standing(f).map_or(String::new(), |words| format!(" ({})", plain(&words)));
    let place = f.labels.first().map(|l| format!(" at {}", code(&location(sources, &l.place.at))));
    let key = f.key.as_ref().map_or(String::new(), |key| format!(", row {}", plain(key)));
    let (severity, check, place) = (f.severity.word(), code(f.check()), place.unwrap_or_default());
    let mut out =
        format!("- **{severity}** {check}{place}{key}: {}{standing}\n", plain(&f.message));
    if let Some(w) = f.working.as_ref().filter(|w| w.terms.len() > 2) {
        out.push_str(&working(w));
    }
    for (word, text) in [("maybe", &maybe(f, sources)), ("help", &f.help)] {
        if let Some(text) = text {
            let _ = writeln!(out, "  - {word}: {}", plain(text));
        }
    }
    out
}

/// The terms, both sides and the difference, as a block of code.
fn working(w: &Working) -> String {
    let terms: Vec<(String, String)> =
        [false, true].into_iter().flat_map(|right| terms(w, right)).collect();
    let more = w.more_terms + terms.len().saturating_sub(MOST_TERMS) as u64;
    let mut rows: Vec<(String, String)> = terms.into_iter().take(MOST_TERMS).collect();
    if more > 0 {
        rows.push(("…".into(), format!("{more} more")));
    }
    for side in [&w.left, &w.right] {
        rows.push((side.value.clone(), side.expression.clone()));
    }
    let [_, _, difference] = figures(w);
    if !difference.is_empty() {
        let allowed = w.allowance.as_ref().map_or(String::new(), |a| format!(", allowed is {a}"));
        rows.push((difference, format!("difference{allowed}")));
    }
    let values = aligned(&rows.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>());
    let lines = rows.iter().zip(values).map(|((_, name), value)| format!("  {value}  {name}\n"));
    let lines: String = lines.collect();
    let fence = fence(&lines, 3);
    format!("  {fence}text\n{lines}  {fence}\n")
}

/// The figures and names of the terms of a side that tell more than its value.
fn terms(w: &Working, right: bool) -> Vec<(String, String)> {
    let terms: Vec<&Term> = w.terms.iter().filter(|t| t.right == right).collect();
    let shapes: Vec<TermShape<'_>> = terms.iter().map(|term| term.shape()).collect();
    let placed = arranged(&shapes);
    let is_nested = placed.iter().any(|placed| placed.depth > 0);
    // A part that has no sign and no other beside it is what it is a part of.
    let is_alone = |t: &Term| terms.iter().filter(|o| o.part_of == t.part_of).count() == 1;
    let is_part = |t: &Term| !(t.part_of.is_empty() || t.sign.is_empty() && is_alone(t));
    let row = |placed: Placed| {
        let term = terms.get(placed.at).filter(|term| is_nested || is_part(term))?;
        let figure = format!("{} {}", placed.sign(term.sign), term.value).trim().to_string();
        Some(match placed.depth {
            0 => (figure, term.name.clone()),
            depth => (String::new(), format!("{}{figure}  {}", "  ".repeat(depth), term.name)),
        })
    };
    placed.into_iter().filter_map(row).collect()
}

/// Checks that found something or are undecided, worst first.
fn checks(s: &Summary) -> String {
    let mut bad: Vec<&CheckSummary> =
        s.checks.iter().filter(|c| c.findings + c.known + c.tally.undecided > 0).collect();
    if bad.is_empty() {
        return String::new();
    }
    bad.sort_by_key(|c| {
        std::cmp::Reverse((c.findings > 0, c.severity, c.findings, c.tally.undecided))
    });
    let has_known = bad.iter().any(|c| c.known > 0);
    let known = not_counted(s);
    let [name, line] = if has_known { [&*format!(" {known} |"), " ---: |"] } else { ["", ""] };
    let mut out = format!(
        "### Checks\n\n| check | severity | result | findings | of | undecided |{name}\n\
         | :--- | :--- | :--- | ---: | ---: | ---: |{line}\n"
    );
    for c in bad.iter().take(MOST_CHECKS) {
        let result = c.standing.map_or("", |standing| standing.words());
        let known = if has_known { format!(" {} |", c.known) } else { String::new() };
        let _ = writeln!(
            out,
            "| {} | {} | {result} | {} | {} | {} |{known}",
            code(&c.id),
            c.severity.word(),
            c.findings,
            c.tally.cases,
            c.tally.undecided
        );
    }
    let more = bad.len().saturating_sub(MOST_CHECKS) as u64;
    if more > 0 {
        let _ = writeln!(out, "\n{}", count(more, "more check", "more checks"));
    }
    out + "\n"
}

impl Markdown {
    /// All that stands before the findings.
    fn head(&self, s: &Summary) -> String {
        let mut out = "## crossfoot\n\n".to_string();
        for line in summary(s).lines() {
            let _ = writeln!(out, "{}\n", plain(line));
        }
        if let Some(counts) = &s.versions {
            let words = compared(counts, &self.old) + &fewer_judged(s);
            for line in words.lines() {
                let _ = writeln!(out, "{}\n", plain(line));
            }
        }
        if let Some(words) = &self.unknown {
            let _ = writeln!(out, "{}\n", plain(words));
        }
        if !self.changes.is_empty() {
            let _ = writeln!(out, "### Rules changed since {}\n", plain(&self.old));
            self.changes.iter().for_each(|words| out.push_str(&format!("- {}\n", plain(words))));
            out.push('\n');
        }
        if !self.problems.is_empty() {
            out.push_str("### Not everything could be checked\n\n");
            self.problems.iter().take(MOST_CHECKS).for_each(|words| out.push_str(words));
            out.push('\n');
        }
        out + &checks(s)
    }
}

impl Sink for Markdown {
    fn begin(&mut self, facts: &Facts, _: &mut Vec<u8>) {
        if let Some(old) = &facts.old {
            self.old.clone_from(&old.name);
            self.changes = old.rule_changes.iter().map(rule_change).collect();
            self.unknown = unknown_version(old);
        }
    }

    fn finding(&self, _: &Finding, _: bool, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn keeps(&self) -> bool {
        true
    }

    fn keep(&mut self, f: &Finding, sources: &dyn SourceText) {
        if let Some(key) = self.findings.counts(f) {
            self.findings.keep(key, finding(f, sources));
        }
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, _: &mut Vec<u8>) {
        let place = p.at.map(|(file, span)| location(sources, &in_text(sources, file, span)));
        let place = place.or_else(|| p.path.clone());
        let place = place.map_or(String::new(), |place| format!(" at {}", code(&place)));
        let help = p.help.as_ref();
        let help = help.map_or(String::new(), |help| format!("  - help: {}\n", plain(help)));
        let (name, message) = (code(p.fault.name), plain(&p.message));
        self.problems.push(format!("- **error** {name}{place}: {message}\n{help}"));
    }

    fn lists_figures(&self) -> bool {
        true
    }

    fn end(&mut self, s: &Summary, out: &mut Vec<u8>) {
        let mut text = self.head(s);
        let mut written = 0;
        if self.findings.seen() > 0 {
            text.push_str("### Findings\n\n");
        }
        for finding in self.findings.by_rank() {
            if text.len() + finding.len() > MOST_BYTES {
                break;
            }
            text.push_str(finding);
            written += 1;
        }
        let left_out = self.findings.seen() - written;
        if left_out > 0 {
            let more = count(left_out, "more finding is", "more findings are");
            let _ = writeln!(text, "\n{more} left out here; `crossfoot check` shows them.");
        }
        unchecked(&s.coverage.texts, &mut text);
        out.extend(text.bytes());
    }
}

/// The figures of texts that no check depends on.
fn unchecked(texts: &[TextFacts], out: &mut String) {
    for text in texts.iter().filter(|text| text.unread_count > 0) {
        let all = count(text.figures, "figure", "figures");
        let _ = writeln!(
            out,
            "\n<details><summary>Not checked: {} of {all} of {}</summary>\n",
            text.unread_count,
            plain(&text.path)
        );
        let mut left = text.unread_count;
        for figure in text.unread.iter().take(MOST_FIGURES) {
            let around = plain(&printable(&figure.around));
            let _ = writeln!(
                out,
                "- {}:{} **{}** {around}",
                figure.line,
                figure.column,
                plain(&figure.text)
            );
            left = left.saturating_sub(1);
        }
        if left > 0 {
            let _ = writeln!(out, "- and {left} more");
        }
        out.push_str("\n</details>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::{code, fence, plain};

    #[test]
    fn texts_of_the_data_are_no_markup() {
        assert_eq!(plain("a_b <b> [x](y)"), r"a\_b \<b\> \[x\](y)");
        assert_eq!(
            plain("@all #12 http://x www.x"),
            "@<!-- -->all #<!-- -->12 http:<!-- -->//x www<!-- -->.x"
        );
        assert_eq!(code("a|`b``"), "``` a\\|`b`` ```");
        assert_eq!(fence("no", 3), "```");
    }
}
