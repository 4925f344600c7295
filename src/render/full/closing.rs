//! What stands before and after the findings: rules that changed, and the table of checks, which is
//! what stays on the screen.

use std::cmp::Reverse;

use unicode_width::UnicodeWidthStr;

use crate::fault::Severity;
use crate::render::options::Options;
use crate::render::paint::{Paint, left_to_right, wrapped};
use crate::render::words::{self, aligned, count, rule_change, unknown_version};
use crate::report::{CheckSummary, OldVersion, Summary};

/// Checks that have a line of their own.
const MOST: usize = 20;

/// How the rules differ from those of the old version, and whether it could be read.
pub fn rules_changed(old: &OldVersion, options: Options) -> String {
    let mut out = String::new();
    let lines = |text: &str| format!("{}\n", wrapped(text, 0, options).join("\n     "));
    if let Some(words) = unknown_version(old) {
        out.push_str(&format!("{}\n", lines(&words)));
    }
    if !old.rule_changes.is_empty() {
        out.push_str(&Paint::new(options).bold(&format!("Rules changed since {}", old.name)));
        out.push('\n');
        for change in &old.rule_changes {
            out.push_str(&format!("   {}", lines(&rule_change(change))));
        }
        out.push('\n');
    }
    out
}

/// Counts of findings by how they compare with the old version, and those that are no more.
pub fn compared(s: &Summary, old: &str, options: Options) -> String {
    let Some(counts) = &s.versions else { return String::new() };
    let mut out = words::compared(counts, old) + &words::fewer_judged(s);
    for past in s.past.iter().filter(|_| options.verbose) {
        let key = past.key.as_ref().map_or(String::new(), |key| format!("  {key}"));
        let line = format!("   {}  {}{key}  {}", past.fate.word(), past.check, past.message);
        out.push_str(&format!("{}\n", wrapped(&line, 0, options).join("\n      ")));
    }
    out
}

/// Checks that fail or are undecided, worst first; what else was found below them, in one line.
pub fn table(s: &Summary, options: Options) -> String {
    let mut bad: Vec<&CheckSummary> =
        s.checks.iter().filter(|c| c.findings + c.known + c.tally.undecided > 0).collect();
    bad.sort_by_key(|c| (Reverse(severity(c)), Reverse(c.failing()), Reverse(c.tally.undecided)));
    let ones = bad.iter().rev().take_while(|c| has_one(c)).count();
    let ones = bad.split_off(bad.len() - if ones < LEAST_TOGETHER { 0 } else { ones });
    let paint = Paint::new(options);
    let numbers: Vec<String> = bad.iter().map(|c| c.failing().to_string()).collect();
    let numbers = aligned(&numbers.iter().map(String::as_str).collect::<Vec<_>>());
    let names = bad.iter().take(MOST).map(|c| c.id.width()).max().unwrap_or(0);
    let mut out = String::new();
    for (check, number) in bad.iter().zip(&numbers).take(MOST) {
        let number = match severity(check) {
            Some(severity) => paint.wrong(severity, number),
            None => number.clone(),
        };
        let seen = match check.tally.cases {
            _ if check.is_vacuous() => "tested nothing".to_string(),
            0 => String::new(),
            _ if check.failing() == 0 && check.is_weak() => "weak".to_string(),
            _ if check.failing() == 0 && check.tally.weak_assertions().next().is_some() => {
                "partly weak".to_string()
            }
            // A key that is missed in rows that were added up is found beside the cases.
            cases if check.failing() > cases => String::new(),
            _ if check.failing() == 0 && check.tally.undecided > 0 && has_several(check) => {
                String::new()
            }
            cases => format!("of {cases}"),
        };
        let undecided = match check.tally.undecided {
            0 => String::new(),
            n if has_several(check) && n < check.seen => {
                format!("{n} of {} assertions undecided", check.seen)
            }
            n => format!("{n} undecided"),
        };
        let known = match check.known {
            0 => String::new(),
            n => words::known(s, n),
        };
        let parts = [seen, undecided, known];
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
        let name = format!("{}{}", left_to_right(&check.id), " ".repeat(names - check.id.width()));
        let line = format!("{number}  {name}  {}", paint.dim(&parts.join("; ")));
        out.push_str(&format!("{}\n", line.trim_end()));
    }
    let rest = bad.get(MOST..).unwrap_or_default();
    if !rest.is_empty() {
        let findings = rest.iter().map(|c| c.findings).sum();
        let checks = count(rest.len() as u64, "more check", "more checks");
        out.push_str(&format!("{checks} with {}\n", count(findings, "finding", "findings")));
    }
    out + &together(&ones, numbers.first().map_or(1, |n| n.width()), options)
}

/// Whether a case has several assertions: what is undecided are some of these.
fn has_several(check: &CheckSummary) -> bool {
    check.seen > check.tally.cases
}

/// Beyond so many, checks in one line are counted.
const MOST_TOGETHER: usize = 20;

/// Checks with one finding each are named in one line where there are so many of them.
const LEAST_TOGETHER: usize = 3;

fn has_one(check: &CheckSummary) -> bool {
    check.failing() == 1 && check.tally.undecided + check.known == 0 && !check.is_vacuous()
}

/// The names of checks with one finding each, as many as a line holds.
fn together(checks: &[&CheckSummary], columns: usize, options: Options) -> String {
    if checks.is_empty() {
        return String::new();
    }
    let worst = checks.iter().filter_map(|c| severity(c)).max().unwrap_or(Severity::Info);
    let one = Paint::new(options).wrong(worst, &format!("{:>columns$}", 1));
    let mut names = String::new();
    for (n, check) in checks.iter().enumerate() {
        let left = checks.len() - n;
        let more = format!(" and {left} more");
        let name = if n == 0 { check.id.clone() } else { format!(", {}", check.id) };
        let used = columns + 8 + names.width() + name.width() + more.width();
        if n >= MOST_TOGETHER || options.wraps && n > 0 && used > options.width {
            names.push_str(&more);
            break;
        }
        names.push_str(&name);
    }
    format!("{one}  each: {}\n", left_to_right(&names))
}

/// How much it matters what a check found; none where it is only undecided.
fn severity(check: &CheckSummary) -> Option<Severity> {
    (check.failing() > 0 || check.is_vacuous()).then_some(check.severity)
}
