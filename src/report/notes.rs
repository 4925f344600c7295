//! Notes on findings: a CSV file that people fill in, a row for each finding.

use std::collections::{BTreeMap, BTreeSet};

use csv::{ReaderBuilder, StringRecord};

use crate::fault::Fault;
use crate::report::document::JsonNote;
use crate::source::{FileId, Problem, Span};
use crate::width::to_usize;

crate::fault!(
    /// Where notes are read.
    BAD_NOTES, Error, "bad-notes", "a file of notes cannot be read");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[&BAD_NOTES];

/// A cell of a spreadsheet holds no more characters.
const LONGEST: usize = 32_767;

/// Digits of a fingerprint that must be there.
const LEAST: usize = 8;

/// One note.
#[derive(Debug)]
struct Entry {
    span: Span,
    line: u64,
    note: JsonNote<'static>,
    /// The fingerprint of the finding that it was given to.
    found: Option<String>,
}

/// Notes by fingerprint, or by how one begins.
#[derive(Debug, Default)]
pub struct Notes {
    file: Option<FileId>,
    entries: BTreeMap<String, Entry>,
    /// The lengths of these fingerprints.
    lengths: BTreeSet<usize>,
    problems: Vec<Problem>,
}

/// The columns that are read, by their places.
struct Columns {
    fingerprint: usize,
    cleared_by: Option<usize>,
    note: Option<usize>,
    count: usize,
}

impl Notes {
    /// Reads all rows; what is wrong with them is told at the end.
    pub fn read(file: FileId, text: &str) -> Notes {
        let mut notes = Notes { file: Some(file), ..Notes::default() };
        let (start, text) = text.strip_prefix('\u{feff}').map_or((0, text), |rest| (3, rest));
        notes.rows(start, text);
        notes
    }

    /// The note of a finding.
    pub fn of(&mut self, fingerprint: &str) -> Option<JsonNote<'static>> {
        let mut note: Option<JsonNote<'static>> = None;
        for length in &self.lengths {
            let Some(digits) = fingerprint.get(..*length) else { continue };
            let Some(entry) = self.entries.get_mut(digits) else { continue };
            let span = entry.span;
            let other = entry.found.replace(fingerprint.to_string());
            let message = match (other, &note) {
                (Some(other), _) => {
                    format!("`{digits}` begins two fingerprints: `{other}` and `{fingerprint}`")
                }
                (None, Some(_)) => format!("`{digits}` is the second note on one finding"),
                (None, None) => {
                    note = Some(entry.note.clone());
                    continue;
                }
            };
            let problem = self.file.map(|file| Problem::new(&BAD_NOTES, file, span, message));
            let help = "write the whole fingerprint, and one note for each";
            self.problems.extend(problem.map(|problem| problem.help(help)));
        }
        note
    }

    /// What is wrong with the file, once all findings were seen.
    pub fn problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// Notes that belong to none of the findings: their lines and fingerprints.
    pub fn unknown(&self) -> Vec<(u64, &str)> {
        let unknown = self.entries.iter().filter(|(_, entry)| entry.found.is_none());
        let mut unknown: Vec<(u64, &str)> =
            unknown.map(|(digits, entry)| (entry.line, digits.as_str())).collect();
        unknown.sort_unstable();
        unknown
    }

    fn wrong(&mut self, span: Span, message: impl Into<String>, help: &str) {
        let Some(file) = self.file else { return };
        self.problems.push(Problem::new(&BAD_NOTES, file, span, message).help(help));
    }

    fn rows(&mut self, start: u64, text: &str) {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(text))
            .from_reader(text.as_bytes());
        let mut columns = None;
        let mut last = Span::new(start, start);
        for row in reader.records() {
            // Texts that are UTF-8 have nothing that this reader refuses.
            let Ok(row) = row else { continue };
            let (from, line) = row.position().map_or((0, 1), |p| (to_usize(p.byte()), p.line()));
            // Blank lines before a row are no part of it.
            let rest = text.get(from..).unwrap_or_default();
            let own = rest.trim_start_matches(['\r', '\n']);
            let (blank, own) = (rest.len() - own.len(), own.lines().next().unwrap_or_default());
            let before = rest.get(..blank).unwrap_or_default();
            let line = line + memchr::memchr_iter(b'\n', before.as_bytes()).count() as u64;
            let from = start + (from + blank) as u64;
            last = Span::new(from, from + own.len() as u64);
            match &columns {
                None => match self.header(&row, last) {
                    Some(found) => columns = Some(found),
                    None => return,
                },
                Some(columns) => self.row(&row, columns, (last, line)),
            }
        }
        if memchr::memchr_iter(b'"', text.as_bytes()).count() % 2 == 1 {
            self.wrong(
                last,
                "a quote is opened and not closed",
                "close it, or double it in a note",
            );
        } else if columns.is_none() {
            self.wrong(last, "the file of notes is empty", HEADER);
        }
    }

    /// The places of the columns that the header names.
    fn header(&mut self, row: &StringRecord, span: Span) -> Option<Columns> {
        let name = |cell: &str| cell.trim().to_lowercase().replace([' ', '-'], "_");
        let names: Vec<String> = row.iter().map(name).collect();
        let at = |wanted: &str| names.iter().position(|name| name == wanted);
        let (cleared_by, note) = (at("cleared_by"), at("note"));
        let Some(fingerprint) = at("fingerprint").filter(|_| cleared_by.or(note).is_some()) else {
            let missing = if at("fingerprint").is_none() {
                "`fingerprint`"
            } else {
                "`cleared_by` or `note`"
            };
            self.wrong(span, format!("the header has no column {missing}"), HEADER);
            return None;
        };
        Some(Columns { fingerprint, cleared_by, note, count: names.len() })
    }

    fn row(&mut self, row: &StringRecord, columns: &Columns, (span, line): (Span, u64)) {
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", str::trim);
        let said = |at| Some(unprotected(cell(at))).filter(|text| !text.is_empty());
        let (cleared_by, text) = (said(columns.cleared_by), said(columns.note));
        if row.iter().skip(columns.count).any(|cell| !cell.trim().is_empty()) {
            let (cells, names) = (row.len(), columns.count);
            let message = format!("this row has {cells} cells, and the header has {names}");
            return self.wrong(span, message, "put a note that has a comma in it between quotes");
        }
        let mut texts = [cleared_by, text].into_iter().flatten();
        if texts.clone().next().is_none() {
            return;
        }
        if texts.any(|text| text.chars().nth(LONGEST).is_some()) {
            return self.wrong(span, TOO_LONG, "write a shorter one");
        }
        let digits = match digits(cell(Some(columns.fingerprint))) {
            Ok(digits) => digits,
            Err((message, help)) => return self.wrong(span, message, help),
        };
        if let Some(first) = self.entries.get(&digits) {
            let message = format!("`{digits}` has two notes; the first is in line {}", first.line);
            return self.wrong(span, message, "keep one of them");
        }
        let [cleared_by, text] = [cleared_by, text].map(|t| t.map(|t| t.to_string().into()));
        let note = JsonNote { cleared_by, text, carried_over: false, outdated: false };
        self.lengths.insert(digits.len());
        self.entries.insert(digits, Entry { span, line, note, found: None });
    }
}

const HEADER: &str = "the first line names the columns: fingerprint,cleared_by,note";

const TOO_LONG: &str =
    "this note has more than 32,767 characters, which no cell of a spreadsheet holds";

/// What separates the cells: spreadsheets write semicolons where a comma is the decimal sign.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let counts = b",;\t".map(|c| (header.bytes().filter(|b| *b == c).count(), c));
    counts.into_iter().filter(|(count, _)| *count > 0).max_by_key(|(n, _)| *n).map_or(b',', |c| c.1)
}

/// The note without the apostrophe that keeps a spreadsheet from taking it for a formula.
fn unprotected(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '@', '+', '-']) => rest,
        _ => text,
    }
}

/// The digits of a fingerprint, or of how one begins; else what is wrong and what to do.
fn digits(text: &str) -> Result<String, (String, &'static str)> {
    const COPY: &str = "copy it from the report: at least its first 8 digits";
    let digits = text.trim_start_matches('#').trim_start_matches("f-").to_ascii_lowercase();
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | 'e' | '+');
    if text.is_empty() {
        Err(("a note without a fingerprint".into(), COPY))
    } else if digits.contains("e+") && digits.chars().all(is_number) {
        let message = format!("a spreadsheet has made the number `{text}` of a fingerprint");
        Err((message, "write it again, with `f-` before it"))
    } else if digits.len() > 32 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        Err((format!("`{text}` is no fingerprint"), COPY))
    } else if digits.len() < LEAST {
        Err((format!("`{text}` has too few digits of a fingerprint"), COPY))
    } else {
        Ok(digits)
    }
}
