//! Words that several formats and the command line share.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

use crate::fault::Severity;
use crate::render::paint::unobeyed;
use crate::report::text::{PEOPLE, cut_sentence, printable};
use crate::report::{
    Acceptance, AcceptedBy, At, CheckSummary, Finding, OldVersion, RefusedStatement, RuleChange,
    SourceSummary, SourceText, Standing, Status, StatusCounts, Summary, Suspect, Working, in_text,
};
use crate::source::FileId;

/// The path of a file, fit to be shown.
pub fn path(sources: &dyn SourceText, file: FileId) -> Cow<'_, str> {
    printable(sources.path(file))
}

/// The name of a file, with as many of its folders as it takes to distinguish it from others.
pub fn ending<'p>(path: &'p str, others: impl Iterator<Item = &'p str> + Clone) -> &'p str {
    let mut ends = path.rmatch_indices('/').filter_map(|(at, _)| path.get(at + 1..));
    let is_alone = |end: &&str| {
        let ends_so = |other: &str| {
            let before = other.strip_suffix(end);
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        !others.clone().any(|other| other != path && ends_so(other))
    };
    ends.find(is_alone).unwrap_or(path)
}

/// A path with a line and a column.
pub fn location(sources: &dyn SourceText, at: &At) -> String {
    let path = path(sources, at.file());
    match address(sources, at) {
        Some(address) => format!("{path}:{address}"),
        None => format!("{path}:{}:{}", at.from().line, at.from().column),
    }
}

/// What is meant of a file that is no text: `Costs!B2`.
pub fn address(sources: &dyn SourceText, at: &At) -> Option<String> {
    at.address(sources.addresses(at.file())).map(|address| printable(&address).into_owned())
}

/// The first place of a finding that is in a file, for what shows files alone.
pub fn in_file(f: &Finding) -> Option<&At> {
    f.labels.iter().map(|label| &label.place.at).find(|at| at.is_in_file())
}

/// What a message says of a place that has no line: the cell that is meant, and whose it is where no
/// file has it.
pub fn lead(f: &Finding, sources: &dyn SourceText) -> String {
    let Some(at) = f.labels.first().map(|label| &label.place.at) else { return String::new() };
    let words = match at.is_in_file() {
        true => address(sources, at),
        false => Some(location(sources, at)),
    };
    words.map_or(String::new(), |words| format!("{words}: "))
}

/// The likely explanation, with the places of cells that it names and that the finding shows nowhere.
pub fn maybe(f: &Finding, sources: &dyn SourceText) -> Option<String> {
    let text = f.explanation.as_ref()?;
    let is_named = |s: &&Suspect| {
        let is_shown = f.labels.iter().any(|label| label.place.at == s.place.at);
        !is_shown && !s.name.is_empty() && text.contains(&s.name) && text.contains(&s.stated)
    };
    let named = f.suspects.iter().filter(is_named).map(|s| location(sources, &s.place.at));
    let places: Vec<String> = named.filter(|place| !text.contains(place.as_str())).collect();
    Some(if places.is_empty() { text.clone() } else { format!("{text} [{}]", places.join(", ")) })
}

/// A path as a URI, and whether it is relative.
pub fn uri(path: &str) -> (String, bool) {
    let encoded: String = path.bytes().map(encoded).collect();
    let is_drive = path.get(1..3) == Some(":/");
    match path.strip_prefix('/') {
        Some(_) => (format!("file://{encoded}"), false),
        None if is_drive => (format!("file:///{}", encoded.replacen("%3A", ":", 1)), false),
        None => (encoded, true),
    }
}

fn encoded(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    }
}

/// A path with a line.
pub fn line_of(sources: &dyn SourceText, at: &At) -> String {
    format!("{}:{}", path(sources, at.file()), at.from().line)
}

/// Figures, all as wide as the widest, with their decimal points below each other.
pub fn aligned(figures: &[&str]) -> Vec<String> {
    let split = |t: &str| {
        let digits = t.rfind(|c: char| c.is_ascii_digit()).map_or(t.len(), |i| i + 1);
        let point = t.get(..digits).and_then(|t| t.find('.')).unwrap_or(digits);
        let (whole, part) = t.split_at_checked(point).unwrap_or((t, ""));
        (whole.width(), part.width())
    };
    let sizes: Vec<(usize, usize)> = figures.iter().map(|f| split(f)).collect();
    let whole = sizes.iter().map(|s| s.0).max().unwrap_or(0);
    let part = sizes.iter().map(|s| s.1).max().unwrap_or(0);
    let pad = |(figure, (before, after)): (&&str, (usize, usize))| {
        format!("{}{figure}{}", " ".repeat(whole - before), " ".repeat(part - after))
    };
    figures.iter().zip(sizes).map(pad).collect()
}

/// Both sides, the stated one first, and the difference.
pub fn figures(w: &Working) -> [String; 3] {
    let difference = w.difference.clone().unwrap_or_default();
    let (left, right) = (w.left.value.clone(), w.right.value.clone());
    match w.relation {
        "=" if w.is_turned() => [right, left, difference],
        "=" => [left, right, difference],
        relation => [left, format!("{relation} {right}"), difference],
    }
}

/// A number of things.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// How a finding compares with the old version, or why it does not count; nothing where that is no
/// question.
pub fn standing(f: &Finding) -> Option<String> {
    match (&f.accepted, f.status) {
        (Some(accepted), _) => {
            let others = checks_of(f.crossed.iter().filter(|of| of.counts));
            let others = if others.is_empty() { others } else { format!(", but not for {others}") };
            Some(acceptance(accepted) + &others)
        }
        (None, Some(status)) if !f.counts && status != Status::Open => {
            Some(format!("{}, not counted: the check is new", status.word()))
        }
        (None, status) => status.map(|status| status.word().to_string()),
    }
}

/// Why findings do not count: they are as they were, someone accepts them, or their check is new and is asked
/// to report alone.
pub const NOT_COUNTED: [&str; 3] = ["still open", "accepted", "not counted"];

/// Why one does not count.
pub fn why_not_counted(f: &Finding) -> &'static str {
    let [open, accepted, not_counted] = NOT_COUNTED;
    match (&f.accepted, f.status) {
        (Some(_), _) => accepted,
        (None, Some(Status::Open)) => open,
        (None, _) => not_counted,
    }
}

/// How a finding stands, and which other checks fail for the same cause, as they stand behind a message.
pub fn remark(f: &Finding) -> String {
    let others = checks_of(f.crossed.iter().filter(|of| of.check() != f.check()));
    let others = Some(others).filter(|others| !others.is_empty());
    let others = others.map(|others| format!("also {others}"));
    let all: Vec<String> = standing(f).into_iter().chain(others).collect();
    if all.is_empty() { String::new() } else { format!(" ({})", all.join("; ")) }
}

/// The names of the checks of findings, each once.
fn checks_of<'f>(findings: impl Iterator<Item = &'f Finding>) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in findings.map(Finding::check) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// `accepted until 2027-03-31 by AB: the reason`.
fn acceptance(a: &Acceptance) -> String {
    let mut out = "accepted".to_string();
    for (word, said) in [(" until ", &a.until), (" by ", &a.by), (": ", &a.reason)] {
        if let Some(said) = said {
            out.push_str(word);
            out.push_str(said);
        }
    }
    if a.reason.is_none() {
        out.push_str(match a.kind {
            AcceptedBy::Baseline => " in the baseline",
            AcceptedBy::Allowance | AcceptedBy::Comment => "",
        });
    }
    out
}

/// What was done to a rule, and what that hides.
pub fn rule_change(change: &RuleChange) -> String {
    let mut out = format!("{} {}", change.what, change.change.word());
    match change.hides {
        Some(hidden @ 1..) => {
            out.push_str(&format!(", hides {}", count(hidden, "finding", "findings")));
        }
        _ if change.loosens => out.push_str(", may demand less than before"),
        _ => {}
    }
    out
}

/// What can be said of an old version that could not be read.
pub fn unknown_version(old: &OldVersion) -> Option<String> {
    let why = old.unknown.as_ref()?;
    let name = &old.name;
    Some(match old.is_known_in_part {
        false => format!("what was found in {name} is unknown: {why}; all findings count as new"),
        true => format!(
            "not all of {name} could be judged: {why}; findings of what is missing count as new"
        ),
    })
}

/// What is said of the old version before any finding.
pub struct Remark {
    /// What it is called where a finding has the name of its check.
    pub name: &'static str,
    /// One sentence.
    pub words: String,
    /// The file and the line of the rule that it is about.
    pub place: Option<(String, u64)>,
}

/// All that is said of the old version before any finding.
pub fn remarks(old: &OldVersion) -> Vec<Remark> {
    let changes = old.rule_changes.iter().map(|change| Remark {
        name: RULES_CHANGED,
        words: format!("since {}: {}", old.name, rule_change(change)),
        place: change.file.clone().zip(change.line),
    });
    let unknown = unknown_version(old);
    let unknown = unknown.map(|words| Remark { name: "old-version", words, place: None });
    changes.chain(unknown).collect()
}

/// What a change of the rules is called where a finding has the name of its check.
const RULES_CHANGED: &str = "rules-changed";

/// Findings by how they compare with the old version.
pub fn compared(counts: &StatusCounts, name: &str) -> String {
    let parts = [
        (counts.changed, "changed"),
        (counts.open, "still open"),
        (counts.settled, "settled"),
        (counts.gone, "gone"),
        (counts.settled_or_gone, "settled or gone"),
        (counts.not_judged, "not judged"),
    ];
    let parts = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!(", {n} {word}"));
    format!("compared with {name}: {} new{}\n", counts.new, parts.collect::<String>())
}

/// Checks that decide less than in the old version, in a line; empty where there is none.
pub fn fewer_judged(s: &Summary) -> String {
    /// So many are named.
    const MOST: usize = 5;
    let fewer = s.checks.iter().filter_map(|c| Some((&c.id, c.fewer_judged.as_ref()?)));
    let all: Vec<String> = fewer.map(|(id, words)| format!("{id} {words}")).collect();
    let named = all.iter().take(MOST).cloned().collect::<Vec<_>>().join("; ");
    match all.len() {
        0 => String::new(),
        n if n > MOST => {
            format!("judged less than before: {named}; and {} more checks\n", n - MOST)
        }
        _ => format!("judged less than before: {named}\n"),
    }
}

/// Findings of a check that do not count: how many, and why.
pub fn known(s: &Summary, findings: u64) -> String {
    format!("{findings} {}", not_counted(s))
}

/// Why findings of a run do not count.
pub fn not_counted(s: &Summary) -> String {
    let [open, accepted, not_counted] = NOT_COUNTED;
    let as_before = s.versions.is_some_and(|versions| versions.open > 0);
    let kinds = [(as_before, open), (s.accepted > 0, accepted), (is_reported(s), not_counted)];
    let kinds: Vec<&str> = kinds.iter().filter(|(is, _)| *is).map(|(_, kind)| *kind).collect();
    kinds.join(" or ")
}

/// Whether findings do not count as their check is new: those that do not are more than what is open or accepted.
fn is_reported(s: &Summary) -> bool {
    let known: u64 = s.checks.iter().map(|check| check.known).sum();
    known > s.accepted + s.versions.map_or(0, |versions| versions.open)
}

/// What was fetched from sources, a line for each.
fn fetched(s: &Summary) -> String {
    let line = |source: &SourceSummary| {
        let mut lines = format!(
            "fetched from {}: {} ({}) by {}\n",
            printable(&source.name),
            count(source.rows, "row", "rows"),
            count(source.bytes, "byte", "bytes"),
            count(source.statements, "statement", "statements"),
        );
        for RefusedStatement { about, why } in &source.refused {
            let (about, why) = (printable(about), printable(why));
            lines +=
                &format!("  {about} could not be asked there, so that rows were fetched: {why}\n");
        }
        lines
    };
    s.sources.iter().map(line).collect()
}

/// How many files were read, and how many tables that sources hold.
pub fn read(s: &Summary) -> String {
    let files = || count(s.files, "file", "files");
    match s.sources.iter().map(|source| source.tables).sum() {
        0 => files(),
        tables if s.files == 0 => count(tables, "table", "tables"),
        tables => format!("{}, {}", files(), count(tables, "table", "tables")),
    }
}

/// What was found and checked, for people.
pub fn summary(s: &Summary) -> String {
    let mut out = String::new();
    if s.problems > 0 && s.rows == 0 && s.checks.is_empty() {
        return format!("{}: nothing was checked\n", count(s.problems, "problem", "problems"));
    }
    let kind =
        |wanted: Standing| s.checks.iter().filter(|c| c.standing == Some(wanted)).count() as u64;
    let checks = s.checks.iter().filter(|c| c.standing.is_some()).count() as u64;
    let found = found(s, kind(Standing::NotJudged) > 0);
    let accepted = match s.accepted {
        0 => String::new(),
        n => format!(", {n} accepted"),
    };
    out.push_str(&format!(
        "{found}{accepted} in {} and {}; {}",
        read(s),
        count(s.rows, "row", "rows"),
        count(checks, "check", "checks")
    ));
    let parts: Vec<String> = Standing::ALL
        .into_iter()
        .filter(|&k| kind(k) > 0)
        .map(|k| format!("{} {}", kind(k), k.words()))
        .collect();
    if !parts.is_empty() {
        out.push_str(&format!(": {}", parts.join(", ")));
    }
    if let (undecided @ 1.., seen) = s.undecided() {
        let assertions = count(seen, "assertion", "assertions");
        out.push_str(&format!("; {undecided} of {assertions} undecided"));
    }
    out.push_str(&format!("\n{}", fetched(s)));
    match s.uncompared {
        0 => {}
        1 => out.push_str(&without_old("1 check compares")),
        n => out.push_str(&without_old(&format!("{n} checks compare"))),
    }
    if s.problems > 0 {
        out.push_str(&format!(
            "{}: not everything could be checked\n",
            count(s.problems, "problem", "problems")
        ));
    }
    unobeyed(out)
}

/// How much was found that counts; `is_open` where some checks were not judged.
fn found(s: &Summary, is_open: bool) -> String {
    let kinds = [
        (s.errors, "error", "errors"),
        (s.warnings, "warning", "warnings"),
        (s.infos, "note", "notes"),
    ];
    let found = kinds.into_iter().filter(|(n, ..)| *n > 0);
    let found: Vec<String> = found.map(|(n, one, many)| count(n, one, many)).collect();
    let new = if s.versions.is_some() { "new " } else { "" };
    match &found[..] {
        [] if is_open => format!("nothing {new}found so far"),
        [] if is_reported(s) => "nothing found that counts".to_string(),
        [] => format!("nothing {new}found"),
        found => found.join(", "),
    }
}

fn without_old(checks: &str) -> String {
    format!("no old version was given: {checks} with one (--since, --old)\n")
}

/// What `--max-per-check` holds back, for where the report itself does not say it.
pub fn held_back(s: &Summary) -> String {
    let cut = s.checks.iter().filter(|c| c.findings > c.shown);
    let line = |c: &CheckSummary| {
        let more = c.findings - c.shown;
        format!("and {more} more of {} (--max-per-check 0 shows all)\n", printable(&c.id))
    };
    cut.map(line).collect()
}

const STATISTICS: [&str; 11] = [
    "check",
    "severity",
    "result",
    "seen",
    "held",
    "failed",
    "undecided",
    "not applicable",
    "weak",
    "set aside",
    "findings",
];

/// The table of `--statistics`; nothing where no check was made.
pub fn statistics(s: &Summary) -> String {
    if s.checks.is_empty() {
        return String::new();
    }
    let mut rows: Vec<[String; 11]> = vec![STATISTICS.map(str::to_string)];
    for c in &s.checks {
        let t = &c.tally;
        let severity = if c.severity == Severity::Error { "error" } else { c.severity.word() };
        let numbers = [
            c.seen,
            t.held,
            t.failed,
            t.undecided,
            t.not_applicable,
            t.weak,
            t.set_aside,
            c.findings,
        ]
        .map(|n| n.to_string());
        let [a, b, d, e, f, g, h, i] = numbers;
        let (id, severity) = (printable(&c.id).into_owned(), severity.to_string());
        let result = c.standing.map_or("", Standing::words).to_string();
        rows.push([id, severity, result, a, b, d, e, f, g, h, i]);
    }
    let widths: Vec<usize> =
        (0..11).map(|i| rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(i, (c, w))| if i < 3 { format!("{c:<w$}") } else { format!("{c:>w$}") })
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    for (table, left_out) in &s.left_out {
        out.push_str(&format!("left out of {}: {}\n", printable(table), left_out.words()));
    }
    for stage in &s.stages {
        out.push_str(&printable(stage));
        out.push('\n');
    }
    if s.spilled > 0 {
        out.push_str(&format!(
            "temporary files: {} written, because not everything fitted in memory\n",
            count(s.spilled, "byte", "bytes")
        ));
    }
    out
}

/// A problem in one line with its help, without colour.
pub fn problem_line(p: &crate::source::Problem, sources: &dyn SourceText) -> String {
    let at = p.at.map_or_else(String::new, |(file, span)| {
        format!("{}: ", location(sources, &in_text(sources, file, span)))
    });
    let help = p.help.as_ref().map_or_else(String::new, |h| format!("  help: {}\n", shown(h)));
    unobeyed(format!("{at}error[{}]: {}\n{help}", p.fault.name, shown(&p.message)))
}

/// A sentence, cut and fit to be shown.
pub fn shown(text: &str) -> String {
    printable(&cut_sentence(text, PEOPLE, None)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_folders_that_distinguish_them() {
        let all = ["d/2023/a/pop.csv", "d/2024/a/pop.csv", "d/xpop.csv", "b.csv", "d/b.csv"];
        let ends = all.map(|path| ending(path, all.into_iter()));
        assert_eq!(ends, ["2023/a/pop.csv", "2024/a/pop.csv", "xpop.csv", "b.csv", "d/b.csv"]);
        assert_eq!(ending("a/b/c.csv", ["a/b/c.csv"].into_iter()), "c.csv");
    }

    #[test]
    fn tables_of_sources_are_no_files() {
        let source = |tables| SourceSummary {
            name: "lake".into(),
            tables,
            statements: 1,
            rows: 1,
            bytes: 1,
            refused: Vec::new(),
        };
        for (files, tables, words) in
            [(2, vec![], "2 files"), (0, vec![1], "1 table"), (1, vec![2, 1], "1 file, 3 tables")]
        {
            let sources = tables.into_iter().map(source).collect();
            assert_eq!(read(&Summary { files, sources, ..Summary::default() }), words);
        }
    }
}
