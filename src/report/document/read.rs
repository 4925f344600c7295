//! A saved run is read back, as `json` or `jsonl` wrote it: finding by finding, so that memory holds
//! no more of them than whoever takes them keeps.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, BufReader};

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::error::Category;

use crate::fault::Fault;
use crate::report::Status;
use crate::report::document::types::{Document, JsonFinding, VERSION};
use crate::source::{Bytes, FileId, Problem, Span};

crate::fault!(
    /// Where a saved run is read.
    BAD_REPORT, Error, "bad-report", "a saved run cannot be read");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[&BAD_REPORT];

/// Takes each finding, with what is known before the first.
pub type Take<'t> = dyn FnMut(&Document, JsonFinding<'static>) + 't;

/// Reads a saved run, and gives its findings away; the document is what is left.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read(
    bytes: &dyn Bytes,
    file: FileId,
    take: &mut Take<'_>,
) -> Result<Document, Box<Problem>> {
    let mut run = Run::new(take);
    let start = after_mark(bytes);
    let read_all = run.read(BufReader::with_capacity(BUFFER, Input { bytes, at: start }));
    let at = match &read_all {
        Err(e) if e.classify() == Category::Eof => bytes.len(),
        Err(e) if run.wrong.is_none() => start + offset(bytes, start, e.line(), e.column()),
        _ if run.is_cut() => bytes.len(),
        _ => 0,
    };
    let Some((message, help)) = run.trouble(read_all.as_ref().err(), bytes.len() == start) else {
        return Ok(run.document);
    };
    let span = Span::new(at, (at + 1).min(bytes.len()).max(at));
    Err(Box::new(Problem::new(&BAD_REPORT, file, span, message).help(help)))
}

const BUFFER: usize = 64 << 10;

/// A file, from some byte on.
struct Input<'b> {
    bytes: &'b dyn Bytes,
    at: u64,
}

impl io::Read for Input<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.read_at(self.at, buf)?;
        self.at += n as u64;
        Ok(n)
    }
}

/// Where the text begins: after a byte order mark.
fn after_mark(bytes: &dyn Bytes) -> u64 {
    let mut first = [0; 3];
    let n = bytes.read_at(0, &mut first).unwrap_or(0);
    if n == 3 && first == [0xEF, 0xBB, 0xBF] { 3 } else { 0 }
}

/// The byte, counted from `start`, of a line and a column in bytes.
fn offset(bytes: &dyn Bytes, start: u64, line: usize, column: usize) -> u64 {
    let (mut at, mut lines) = (start, line.saturating_sub(1));
    let mut piece = vec![0; BUFFER];
    while lines > 0 {
        let n = bytes.read_at(at, &mut piece).unwrap_or(0);
        let Some(read) = piece.get(..n).filter(|read| !read.is_empty()) else { break };
        let ends = memchr::memchr_iter(b'\n', read);
        let ends: Vec<usize> = ends.take(lines).collect();
        lines -= ends.len();
        at += match ends.last() {
            Some(end) if lines == 0 => *end as u64 + 1,
            _ => n as u64,
        };
    }
    at - start + column.saturating_sub(1) as u64
}

/// Why a document is not read that is well-formed JSON.
enum Wrong {
    /// It says nothing of crossfoot.
    NoRun,
    /// It has another version.
    Version(u64),
}

/// A run as far as it is read.
struct Run<'t, 'f> {
    document: Document,
    /// The fields that were there.
    seen: BTreeSet<String>,
    /// Findings that came before what is known of the run.
    late: Vec<JsonFinding<'static>>,
    /// Whether it is one object a line.
    is_lines: bool,
    wrong: Option<Wrong>,
    /// Errors, warnings and notes among the findings: those that surely count, and those that may.
    found: [(u64, u64); 3],
    /// Findings that are known: the old version has them, or something accepts them.
    known: u64,
    take: &'t mut Take<'f>,
}

/// What is known before the first finding.
const HEAD: [&str; 4] = ["version", "crossfoot", "today", "rules"];

impl<'t, 'f> Run<'t, 'f> {
    fn new(take: &'t mut Take<'f>) -> Run<'t, 'f> {
        let (document, seen, late, found) = Default::default();
        Run { document, seen, late, is_lines: false, wrong: None, found, known: 0, take }
    }

    fn has(&self, field: &str) -> bool {
        self.seen.contains(field)
    }

    /// Reads all of it: one object, or objects line by line.
    fn read(&mut self, input: impl io::Read) -> serde_json::Result<()> {
        let mut json = serde_json::Deserializer::from_reader(input);
        loop {
            Object(self).deserialize(&mut json)?;
            match json.end() {
                Err(e) if !(self.is_lines && e.is_syntax()) => return Err(e),
                Err(_) => {}
                Ok(()) => break,
            }
        }
        std::mem::take(&mut self.late)
            .into_iter()
            .for_each(|finding| (self.take)(&self.document, finding));
        Ok(())
    }

    /// Counts a finding as the run did: which of those that are compared with an old version count, and of
    /// those that are accepted with others, depends on what is not saved.
    fn count(&mut self, finding: &JsonFinding<'static>) {
        let Some(nth) = SEVERITIES.iter().position(|word| *word == finding.severity) else {
            return;
        };
        let Some((surely, perhaps)) = self.found.get_mut(nth) else { return };
        let is_accepted = finding.accepted.is_some();
        let is_known = is_accepted || finding.status == Some(Status::Open);
        *surely += u64::from(!is_known);
        self.known += u64::from(is_known);
        *perhaps += u64::from(!is_accepted || !finding.crossed.is_empty());
    }

    /// Where the summary counts other findings than there are.
    fn miscounted(&self) -> Option<String> {
        let summary = &self.document.summary;
        // Where the run was stopped, not all that was found was written.
        if !summary.complete || !self.document.problems.is_empty() {
            return None;
        }
        let counts = [summary.counts.errors, summary.counts.warnings, summary.counts.infos];
        // Those of checks that the old version does not have may count as known, too.
        let known: u64 = summary.counts.checks.iter().map(|check| check.known).sum();
        let others = known.saturating_sub(self.known);
        let found = self.found.map(|(low, high)| (low.saturating_sub(others), high));
        let all = SEVERITIES.iter().zip(counts).zip(found);
        let wrong =
            all.into_iter().find(|((_, count), (low, high))| count < low || count > high)?;
        let ((word, count), (low, high)) = wrong;
        let there = if count < low { low } else { high };
        let plural = |n: u64| if n == 1 { "" } else { "s" };
        let (word, s) = (*word, plural(count));
        Some(format!(
            "its summary counts {count} {word}{s}, and it has {there} {word}{}",
            plural(there)
        ))
    }

    fn finding(&mut self, finding: JsonFinding<'static>) {
        self.count(&finding);
        match HEAD.iter().all(|field| self.has(field)) {
            true => (self.take)(&self.document, finding),
            false => self.late.push(finding),
        }
    }

    /// One field of the document, or of the line that begins it.
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let is_other = self.is_other_version() && name != "crossfoot";
        let document = &mut self.document;
        match name {
            _ if is_other => return Err(A::Error::custom("another version")),
            "crossfoot" => document.crossfoot = map.next_value()?,
            "version" => self.version(map.next_value::<serde_json::Value>()?.as_u64())?,
            "today" => document.today = map.next_value()?,
            "rules" => document.rules = map.next_value()?,
            "run" => document.run = map.next_value()?,
            "old" => document.old = map.next_value()?,
            "findings" => map.next_value_seed(Findings(self))?,
            "problems" => document.problems = map.next_value()?,
            "coverage" => document.coverage = map.next_value()?,
            "exhibits" => document.exhibits = map.next_value()?,
            "summary" => document.summary = map.next_value()?,
            _ => return map.next_value::<IgnoredAny>().map(|_| ()),
        }
        self.seen.insert(name.to_string());
        Ok(())
    }

    fn version<E: serde::de::Error>(&mut self, version: Option<u64>) -> Result<(), E> {
        let Some(version) = version else { return self.stop(Wrong::NoRun) };
        self.document.version = VERSION;
        let is_other = version != u64::from(VERSION);
        self.wrong = is_other.then_some(Wrong::Version(version));
        Ok(())
    }

    fn is_other_version(&self) -> bool {
        matches!(self.wrong, Some(Wrong::Version(_)))
    }

    fn stop<E: serde::de::Error>(&mut self, wrong: Wrong) -> Result<(), E> {
        self.wrong = Some(wrong);
        Err(E::custom("no run"))
    }

    /// One line of `jsonl`.
    fn line<'de, A: MapAccess<'de>>(&mut self, kind: &str, mut map: A) -> Result<(), A::Error> {
        self.is_lines = true;
        if kind == "run" {
            return self.fields(map);
        }
        if !self.has("crossfoot") {
            return self.stop(Wrong::NoRun);
        }
        if self.is_other_version() {
            return Err(A::Error::custom("another version"));
        }
        fn rest<'de, A, T>(map: A) -> Result<T, A::Error>
        where
            A: MapAccess<'de>,
            T: Deserialize<'de>,
        {
            T::deserialize(MapAccessDeserializer::new(map))
        }
        match kind {
            "finding" => {
                let finding = rest(map)?;
                self.finding(finding);
            }
            "problem" => self.document.problems.push(rest(map)?),
            "coverage" => self.document.coverage = rest(map)?,
            "exhibit" => self.document.exhibits.push(rest(map)?),
            "summary" => {
                self.document.summary = rest(map)?;
                self.seen.insert("summary".to_string());
            }
            _ => while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {},
        }
        Ok(())
    }

    fn fields<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            self.field(&name, &mut map)?;
        }
        Ok(())
    }

    /// Whether it is a run of which the end is missing, though what is there is well-formed.
    fn is_cut(&self) -> bool {
        self.is_lines && self.wrong.is_none() && !self.has("summary")
    }

    /// What is wrong with it, and what to do.
    fn trouble(&self, e: Option<&serde_json::Error>, is_empty: bool) -> Option<(String, String)> {
        let again = || "write it again: `crossfoot check --format json=FILE`".to_string();
        let name = || "name a file that `crossfoot check --format json=FILE` wrote".to_string();
        if is_empty {
            return Some(("it is empty".into(), again()));
        }
        match (&self.wrong, e) {
            (Some(Wrong::Version(version)), _) => return Some(self.other_version(*version)),
            (Some(Wrong::NoRun), _) => return Some((NO_RUN.into(), name())),
            (None, None) => {}
            (None, Some(e)) => {
                let words = e.to_string();
                let words = words.split(" at line ").next().unwrap_or_default();
                let is_known = self.has("version") && self.has("crossfoot");
                return Some(match e.classify() {
                    Category::Eof => ("it ends in the middle".into(), again()),
                    Category::Io => (format!("it cannot be read: {words}"), again()),
                    Category::Data if !is_known => (NO_RUN.into(), name()),
                    Category::Data => (
                        format!("this is not what crossfoot writes here: {words}"),
                        format!("it was changed since; {}", again()),
                    ),
                    Category::Syntax if is_known => (format!("this is no JSON: {words}"), again()),
                    Category::Syntax => (format!("this is no JSON: {words}"), name()),
                });
            }
        }
        if !self.has("version") || !self.has("crossfoot") {
            return Some((NO_RUN.into(), name()));
        }
        if self.is_cut() {
            return Some((
                "it ends in the middle: there is no line with the summary".into(),
                again(),
            ));
        }
        let whole = ["today", "rules", "findings", "problems", "summary"];
        let needed = if self.is_lines { &whole[..2] } else { &whole[..] };
        let missing = needed.iter().find(|field| !self.has(field));
        let missing = missing.map(|field| format!("it has no `{field}`"));
        let wrong = missing.or_else(|| self.miscounted())?;
        Some((wrong, format!("it was changed since; {}", again())))
    }

    fn other_version(&self, version: u64) -> (String, String) {
        let by = match self.document.crossfoot.as_str() {
            "" => String::new(),
            program => format!(", written by crossfoot {program}"),
        };
        if version > u64::from(VERSION) {
            let message = format!(
                "it is in version {version} of the format{by}, and this program knows only {VERSION}"
            );
            (message, "use a newer crossfoot, or run the checks again with this one".into())
        } else {
            let message = format!(
                "it is in version {version} of the format{by}, which is too old: this program reads {VERSION}"
            );
            (message, "run the checks again: `crossfoot check --format json=FILE`".into())
        }
    }
}

/// As findings have them, in the order in which they are counted.
const SEVERITIES: [&str; 3] = ["error", "warning", "info"];

const NO_RUN: &str = "it is JSON, but no run of crossfoot";

/// The document, or a line.
struct Object<'r, 't, 'f>(&'r mut Run<'t, 'f>);

impl<'de> DeserializeSeed<'de> for Object<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a run of crossfoot")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some(first) = map.next_key::<String>()? else { return Ok(()) };
        if first == "kind" {
            let kind: String = map.next_value()?;
            return self.0.line(&kind, map);
        }
        self.0.field(&first, &mut map)?;
        self.0.fields(map)
    }
}

/// The list of findings.
struct Findings<'r, 't, 'f>(&'r mut Run<'t, 'f>);

impl<'de> DeserializeSeed<'de> for Findings<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Findings<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of findings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(finding) = list.next_element()? {
            self.0.finding(finding);
        }
        Ok(())
    }
}
