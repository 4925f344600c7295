//! The baseline: findings that were there when the rules were written, a line each.
//!
//! Lines are sorted and hold nothing of the day or the program, so that a change of the file can be
//! reviewed and two branches merge line by line.

use crate::engine::faults::UNDECIDED;
use crate::engine::states::Map;
use crate::fault::Fault;
use crate::findings::place;
use crate::report::{Acceptance, AcceptedBy, Finding, Label, RECIPE, Role, Side, Subject, Working};
use crate::source::{FileId, Files, Problem, Span};
use crate::width::to_usize;

crate::fault!(
    /// Where a baseline is read.
    BAD_BASELINE, Error, "bad-baseline", "a line of the baseline cannot be read");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[&BAD_BASELINE];

/// What stands in the first line.
const HEAD: &str = "# Accepted findings: check, table, key, column, stated, follows, fingerprint. \
     `crossfoot baseline add` and `prune` change this file.\n";

/// The longest cell that is kept whole, in characters.
const LONGEST: usize = 200;

/// An accepted finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The check, contract or kind of finding.
    pub check: String,
    /// The key of the row or group.
    pub key: String,
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The cell as it is written.
    pub stated: String,
    /// What was computed, or is wanted, for people.
    pub follows: String,
    /// By which it is found again.
    pub fingerprint: u128,
}

impl Entry {
    /// The entry that accepts a finding.
    pub fn of(finding: &Finding, files: &dyn Files) -> Entry {
        let (stated, follows) = figures(finding, files);
        // The fingerprint may have another column of the row than the one that is stated.
        let column = finding.identity().column.as_ref();
        let column = column.map(|own| column_stated(finding).unwrap_or(own));
        Entry {
            check: finding.check().to_string(),
            key: finding.key.clone().unwrap_or_default(),
            table: finding.table().unwrap_or_default().to_string(),
            column: column.cloned().unwrap_or_default(),
            stated,
            follows,
            fingerprint: finding.fingerprint(),
        }
    }

    /// As a line of the file, without its end.
    pub fn line(&self) -> String {
        let Entry { check, table, key, column, stated, follows, fingerprint } = self;
        let parts = [check, table, key, column, stated, follows].map(|part| escaped(part));
        format!("{}\tv{RECIPE}:{fingerprint:032x}", parts.join("\t"))
    }

    /// What it accepts, for people.
    pub fn words(&self) -> String {
        let part = |name: &str, text: &str| match text {
            "" => String::new(),
            text => format!("{name}{}", escaped(text)),
        };
        [
            escaped(&self.check),
            part("  ", &self.key),
            part("  column ", &self.column),
            part("  ", &self.stated),
            part(
                match self.is_wanted() {
                    _ if self.stated.is_empty() => "  ",
                    true => ", wanted ",
                    false => ", follows ",
                },
                &self.follows,
            ),
        ]
        .concat()
    }

    /// Whether it is the same check of the same row, with the same figures, whatever the check demands.
    fn is_alike(&self, other: &Entry) -> bool {
        (&self.check, &self.table, &self.key, &self.column)
            == (&other.check, &other.table, &other.key, &other.column)
            && self.same_figures(other)
    }

    /// Whether no figure follows, but one is wanted: `< 4`.
    fn is_wanted(&self) -> bool {
        let sign = self.follows.split_once(' ').map_or("", |(sign, _)| sign);
        matches!(sign, "<" | "<=" | ">" | ">=" | "!=")
    }

    /// Whether it accepts the figures of another: the same; of what is undecided no more than that.
    pub fn same_figures(&self, other: &Entry) -> bool {
        (&self.stated, &self.follows) == (&other.stated, &other.follows)
            || undecided(other).is_some_and(|now| undecided(self).is_some_and(|then| now <= then))
    }
}

/// The figures of a finding, the stated one first. They do not depend on the order of rows: of what is
/// computed from several rows no single cell counts.
fn figures(finding: &Finding, files: &dyn Files) -> (String, String) {
    if let Some(undecided) = &finding.undecided {
        return (String::new(), format!("{} {}", undecided.count, UNDECIDED.name));
    }
    let Some(w) = &finding.working else {
        let label = finding.labels.iter().find(|label| label.role != Role::Rule);
        let cell = label.and_then(|label| cell(label, files));
        let is_row = matches!(
            finding.identity().subject,
            Subject::Key(_) | Subject::Content(_) | Subject::Claim(_)
        );
        return (cell.filter(|_| is_row).unwrap_or_default(), String::new());
    };
    let (left, right) = (w.left.value.clone(), w.right.value.clone());
    // Of other relations the wanted side is written with its sign.
    if w.relation != "=" {
        return (left, format!("{} {right}", w.relation));
    }
    if states_right(w) { (right, left) } else { (left, right) }
}

/// Whether the right side of an equation is what is stated.
fn states_right(w: &Working) -> bool {
    let is_literal = |side: &Side| side.expression == side.value;
    match (w.is_cell(false), w.is_cell(true)) {
        (false, true) => true,
        (true, _) => false,
        (false, false) => is_literal(&w.right) && !is_literal(&w.left),
    }
}

/// The column of the cell that an equation states.
fn column_stated(finding: &Finding) -> Option<&String> {
    let w = finding.working.as_ref().filter(|w| w.relation == "=")?;
    let right = states_right(w);
    let own = w.terms.iter().find(|term| w.is_cell(right) && term.right == right)?;
    let cell = own.place.as_ref()?.cell.as_ref()?;
    cell.column.as_ref().filter(|_| finding.table() == Some(&cell.table))
}

/// How many answers are undecided, of an entry that accepts this.
fn undecided(entry: &Entry) -> Option<u64> {
    entry.follows.strip_suffix(UNDECIDED.name)?.trim_end().parse().ok()
}

/// A finding of a run, as an entry.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What would accept it.
    pub entry: Entry,
    /// Whether something accepts it already.
    pub is_accepted: bool,
    /// The column of its fingerprint, which older entries name: not always that of what is stated.
    pub column: String,
}

impl Listed {
    /// Whether an entry accepts the same check of the same row, with the same figures, whatever the check
    /// demands.
    pub fn is_alike(&self, entry: &Entry) -> bool {
        let older = || Entry { column: self.column.clone(), ..self.entry.clone() };
        self.entry.is_alike(entry) || older().is_alike(entry)
    }

    /// The same of the same row, asked by another check.
    pub fn is_alike_elsewhere(&self, entry: &Entry) -> bool {
        self.entry.check != entry.check
            && self.is_alike(&Entry { check: self.entry.check.clone(), ..entry.clone() })
    }
}

/// The text of a cell.
fn cell(label: &Label, files: &dyn Files) -> Option<String> {
    let cell = label.place.cell.as_ref()?;
    cell.record.and(cell.column.as_ref())?;
    let at = &label.place.at;
    if let Some(addresses) = files.addresses(at.file()) {
        return Some(at.text(&*addresses)?.chars().take(LONGEST).collect());
    }
    let span = at.span();
    let mut bytes = vec![0; to_usize(span.len().min(4 * LONGEST as u64))];
    let n = files.bytes(at.file())?.read_at(span.start, &mut bytes).ok()?;
    bytes.truncate(n);
    let text = String::from_utf8_lossy(&bytes);
    Some(text.chars().take(LONGEST).collect())
}

/// What can stand in a line: `\t`, `\n`, `\u{..}` for what would break it, `\\` for itself.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            // A line that begins with `#` is a comment, and bidirectional marks hide what is there.
            '#' if out.is_empty() => out.push_str("\\u{23}"),
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        match chars.next()? {
            '\\' => out.push('\\'),
            't' => out.push('\t'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            'u' => {
                let (code, behind) = chars.as_str().strip_prefix('{')?.split_once('}')?;
                out.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                rest = behind;
                continue;
            }
            _ => return None,
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    Some(out)
}

/// A file of entries: sorted, each once.
pub fn text(entries: &[Entry]) -> String {
    let mut all: Vec<&Entry> = entries.iter().collect();
    all.sort_unstable();
    all.dedup();
    let lines: String = all.iter().map(|entry| entry.line() + "\n").collect();
    format!("{HEAD}{lines}")
}

/// The entries of a baseline with the places of their lines.
#[derive(Debug, Default)]
pub struct Baseline {
    /// Where it is, or would be.
    pub path: Option<String>,
    /// Whether there is such a file.
    pub is_there: bool,
    /// Its entries, as they are written.
    pub entries: Vec<Entry>,
    lines: Vec<(FileId, Span)>,
    by_fingerprint: Map<u128, Vec<usize>>,
}

impl Baseline {
    /// Reads all lines; what cannot be read is reported, and then nothing of the file is used.
    pub fn read(&mut self, file: FileId, text: &str) -> Vec<Problem> {
        let mut problems: Vec<Problem> = Vec::new();
        let (mut at, mut alike) = (0, Vec::new());
        let text_of = |line: &str| line.trim_end_matches(['\n', '\r']).len() as u64;
        for line in text.split_inclusive('\n') {
            let (start, len) = (at, text_of(line));
            at += line.len() as u64;
            let span = Span::new(start, start + len);
            let line = line.trim_end_matches(['\n', '\r']).trim_start_matches('\u{feff}');
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match entry(line) {
                Ok(entry) => {
                    let all = self.by_fingerprint.entry(entry.fingerprint).or_default();
                    all.push(self.entries.len());
                    self.entries.push(entry);
                    self.lines.push((file, span));
                }
                Err((message, help)) => {
                    // Lines with one cause are one problem, at the first of them.
                    let first = problems.iter().position(|p| p.help.as_ref() == Some(&help));
                    match first.and_then(|first| alike.get_mut(first)) {
                        Some(more) => *more += 1,
                        None => {
                            let problem = Problem::new(&BAD_BASELINE, file, span, message);
                            problems.push(problem.help(help));
                            alike.push(0u64);
                        }
                    }
                }
            }
        }
        for (problem, more) in problems.iter_mut().zip(alike).filter(|(_, more)| *more > 0) {
            let (lines, are) = if more == 1 { ("line", "is") } else { ("lines", "are") };
            problem.message.push_str(&format!("; {more} more {lines} {are} like that"));
        }
        problems
    }

    /// The fingerprint under which it knows a finding, also where that was made of a key of other types.
    pub fn known(&self, finding: &Finding) -> Option<u128> {
        let is_known = |f: &u128| self.by_fingerprint.contains_key(f);
        let own = Some(finding.fingerprint()).filter(is_known);
        own.or_else(|| finding.other_fingerprints().find(is_known))
    }

    fn of(&self, found: &Entry) -> impl Iterator<Item = usize> + '_ {
        self.by_fingerprint.get(&found.fingerprint).into_iter().flatten().copied()
    }

    /// Accepts a finding that an entry has with the same figures; with others, the finding says so.
    pub fn accept(&self, finding: &mut Finding, found: &Entry, files: &dyn Files) {
        if finding.accepted.is_some() {
            return;
        }
        let same = |n: &usize| self.entries.get(*n).is_some_and(|e| e.same_figures(found));
        if let Some((file, span)) = self.of(found).find(same).and_then(|n| self.lines.get(n)) {
            finding.accepted = Some(Box::new(Acceptance {
                kind: AcceptedBy::Baseline,
                reason: None,
                by: None,
                until: None,
                any_value: false,
                allowance: None,
                place: Some(place::at(files, *file, *span, files.line(*file, span.start))),
            }));
        } else if let Some(entry) = self.of(found).next().and_then(|n| self.entries.get(n)) {
            let figures = match (entry.stated.as_str(), entry.follows.as_str()) {
                _ if undecided(entry).is_some() => format!("with {}", entry.follows),
                (stated, follows) if stated == found.stated && !stated.is_empty() => {
                    let verb = if entry.is_wanted() { "is wanted" } else { "follows" };
                    format!("where {follows} {verb}")
                }
                ("", follows) => format!("where {follows} follows"),
                (stated, _) => format!("with {stated}"),
            };
            finding.add_help(format!("the baseline accepts it {figures}"));
        }
    }
}

/// The entry of a line, or what is wrong with it and what to do.
fn entry(line: &str) -> Result<Entry, (String, String)> {
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark)) {
        let message = "the baseline holds a merge conflict".to_string();
        return Err((message, "keep the lines of both sides and remove the markers".into()));
    }
    let parts: Vec<&str> = line.split('\t').collect();
    let again = || "restore the line from version control, or remove it".to_string();
    let [check, table, key, column, stated, follows, fingerprint] = parts[..] else {
        let message = format!("an entry of the baseline has 7 parts, and this has {}", parts.len());
        return Err((message, again()));
    };
    let version = format!("v{RECIPE}:");
    let Some(digits) = fingerprint.strip_prefix(&version) else {
        let is_other = fingerprint.starts_with('v') && fingerprint.contains(':');
        let message = match is_other {
            true => {
                format!("the fingerprint `{fingerprint}` is of another version; this is {version}")
            }
            false => format!("`{fingerprint}` is no fingerprint"),
        };
        let help = match is_other {
            true => "use the crossfoot that wrote it, or create the baseline again".to_string(),
            false => again(),
        };
        return Err((message, help));
    };
    let is_whole = digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let number = u128::from_str_radix(digits, 16).ok().filter(|_| is_whole);
    let cut = || (format!("the fingerprint `{digits}` has not 32 hexadecimal digits"), again());
    let part = |text: &str| unescaped(text);
    let read = || {
        Some(Entry {
            check: part(check)?,
            key: part(key)?,
            table: part(table)?,
            column: part(column)?,
            stated: part(stated)?,
            follows: part(follows)?,
            fingerprint: 0,
        })
    };
    let fingerprint = number.ok_or_else(cut)?;
    let wrong = || {
        let message = "an entry of the baseline holds a `\\` that escapes nothing".to_string();
        (message, "write `\\\\` for a backslash".to_string())
    };
    Ok(Entry { fingerprint, ..read().ok_or_else(wrong)? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            parts in prop::collection::vec("\\PC{0,8}|[\\t\\n\\r#\\\\u{}\u{202e}\u{2028}a]{0,8}", 6),
            fingerprint in any::<u128>(),
        ) {
            let [check, key, table, column, stated, follows] = parts.try_into().expect("six");
            let entry = Entry { check, key, table, column, stated, follows, fingerprint };
            prop_assume!(!entry.check.is_empty());
            let written = text(&[entry.clone(), entry.clone()]);
            prop_assert_eq!(written.lines().count(), 2);
            let mut baseline = Baseline::default();
            prop_assert_eq!(baseline.read(FileId(0), &written).len(), 0);
            prop_assert_eq!(baseline.entries, vec![entry]);
        }
    }
}
