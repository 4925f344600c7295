//! The head of a file: byte order mark, lines to skip, the names of the columns.
//!
//! It stands here and not in `shape`, because only the scanner knows where a record ends, and its
//! strays, line ends and odd characters are faults of the head too. `shape` takes the names from the
//! [`Head`] and knows no bytes.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::fault::Fault;
use crate::read::csv::anomalies::{BOM, anomalies};
use crate::read::csv::conflict::{self, Conflict};
use crate::read::csv::dialect::Dialect;
use crate::read::csv::faults::{self, irregular};
use crate::read::csv::record::{Record, Scanner, Status};
use crate::read::csv::suspect::suspect;
use crate::read::csv::title::title;
use crate::read::grid::{FieldSpan, Grid, Irregular, NO_COLUMN, unquote};
use crate::read::reader::{Head, HeaderCell, MAX_RECORD};
use crate::source::{Span, count_lines};
use crate::width::{to_u32, to_usize};

/// What the start of a file gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderRead {
    Done(Head),
    /// The bytes end before the header does: give more. Never so at the end of the file, nor when
    /// the header record has [`MAX_RECORD`] bytes.
    NeedMore,
}

/// An encoding shows in the first bytes; fewer than this are too few to report.
const ENOUGH: usize = 64;

/// Reads the header from `head`, the first bytes of a file, its byte order mark included.
/// `at_end`: these are all the bytes of the file.
pub fn read_header(head: &[u8], at_end: bool, dialect: &Dialect) -> HeaderRead {
    if head.len() < ENOUGH && !at_end {
        return HeaderRead::NeedMore;
    }
    // Offsets are 32 bits wide.
    let head = head.get(..u32::MAX as usize).unwrap_or(head);
    let scanner = Scanner::new(head, at_end, dialect, MAX_RECORD, usize::MAX);
    let mut reader = Reader {
        head,
        at_end,
        dialect,
        scanner,
        at: 0,
        reported: Vec::new(),
        counts: Grid::default(),
        counted: (0, 0),
        conflict: None,
    };
    if let Some(marked) = foreign(head) {
        reader.report(&faults::UNDECLARED_ENCODING, 0..marked, 0, None);
        return HeaderRead::Done(reader.unreadable(head.len()));
    }
    if head.starts_with(BOM) {
        reader.at = BOM.len();
        reader.report(&faults::BYTE_ORDER_MARK, 0..BOM.len(), 0, None);
    }
    if reader.lead().is_none() {
        return HeaderRead::NeedMore;
    }
    if reader.at == head.len() {
        reader.report(&faults::EMPTY_FILE, head.len()..head.len(), 0, None);
        return HeaderRead::Done(reader.unreadable(head.len()));
    }
    reader.names().map_or(HeaderRead::NeedMore, HeaderRead::Done)
}

/// How many bytes show that the text is UTF-16, if it is: its mark, or every second byte is NUL.
fn foreign(head: &[u8]) -> Option<usize> {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Some(2);
    }
    let pairs = head.get(..ENOUGH).unwrap_or(head).as_chunks::<2>().0;
    let nuls = |of: fn(&[u8; 2]) -> bool| {
        pairs.len() > 1 && pairs.iter().filter(|p| of(p)).count() * 10 >= pairs.len() * 8
    };
    (nuls(|p| p[0] == 0 && p[1] != 0) || nuls(|p| p[1] == 0 && p[0] != 0)).then_some(2)
}

struct Reader<'a> {
    head: &'a [u8],
    at_end: bool,
    dialect: &'a Dialect,
    scanner: Scanner<'a>,
    at: usize,
    reported: Vec<Irregular>,
    /// Lines and their ends before `at`.
    counts: Grid,
    /// An offset, and the lines before it.
    counted: (usize, u32),
    /// The conflict that holds the header.
    conflict: Option<Record>,
}

impl Reader<'_> {
    fn report(
        &mut self,
        fault: &'static Fault,
        range: std::ops::Range<usize>,
        aux: usize,
        column: Option<usize>,
    ) {
        let line = self.line_of(range.start);
        let column = column.map_or(NO_COLUMN, to_u32);
        self.reported.push(Irregular { column, ..irregular(fault, range, 0, line, to_u32(aux)) });
    }

    /// Lines before an offset, counted from the last one that was asked for: there may be as many
    /// faults as columns.
    fn line_of(&mut self, offset: usize) -> u32 {
        let (from, lines) = if offset >= self.counted.0 { self.counted } else { (0, 0) };
        let lines = lines
            + count_lines(self.head.get(from..offset).unwrap_or_default(), self.head.get(offset));
        self.counted = (offset, lines);
        lines
    }

    fn pass(&mut self, record: &Record) {
        self.counts.note_line_end(
            record.how,
            record.end,
            self.counts.total_lines + record.inner_lines,
        );
        self.counts.total_lines += record.lines();
        self.at = record.next();
    }

    /// Goes past the lines before the first record. `None`: more bytes are needed.
    fn lead(&mut self) -> Option<()> {
        for _ in 0..self.dialect.skip.unwrap_or(0) {
            if self.at == self.head.len() {
                break;
            }
            let line = self.scanner.line(self.at)?;
            self.pass(&line);
        }
        loop {
            let rest = self.head.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                return self.at_end.then_some(());
            }
            let comment =
                self.dialect.comment.is_some() && rest.first() == self.dialect.comment.as_ref();
            let spaces = rest
                .iter()
                .take_while(|b| **b != self.dialect.delimiter && matches!(b, b' ' | b'\t'))
                .count();
            let blank = rest.get(spaces).is_none_or(|b| matches!(b, b'\n' | b'\r'));
            if !comment && !blank {
                match conflict::at(self.head, self.at, self.at_end) {
                    None => return Some(()),
                    Some(Conflict::Unfinished) => return None,
                    Some(Conflict::Lone(line)) => {
                        self.report(&faults::MERGE_CONFLICT, line.start..line.end, 0, None);
                        self.pass(&line);
                        continue;
                    }
                    Some(Conflict::Whole(conflict)) => {
                        // Each side has a header: the first names the columns.
                        self.report(&faults::MERGE_CONFLICT, conflict.start..conflict.end, 1, None);
                        self.at = self.scanner.line(self.at)?.next();
                        self.conflict = Some(conflict);
                        return Some(());
                    }
                }
            }
            let line = self.scanner.line(self.at)?;
            if !comment {
                self.report(&faults::BLANK_ROW, line.start..line.end, 0, None);
            }
            self.pass(&line);
        }
    }

    /// Reads the first record, and names the columns after it.
    fn names(mut self) -> Option<Head> {
        let mut ends = Vec::new();
        let record = self.scanner.record(self.at, &mut ends)?;
        if let Status::Unclosed { quote } = record.status {
            split_plainly(self.head, quote..record.end, self.dialect, &mut ends);
        }
        let starts = std::iter::once(to_u32(record.start)).chain(ends.iter().map(|e| e + 1));
        let fields: Vec<FieldSpan> =
            starts.zip(&ends).map(|(start, &end)| FieldSpan { start, end }).collect();
        let name = |(i, f): (usize, &FieldSpan)| {
            let text = unquote(bytes(self.head, f), self.dialect.quote);
            let name = if self.dialect.header {
                String::from_utf8_lossy(&text).nfc().collect()
            } else {
                format!("column {}", i + 1)
            };
            HeaderCell { name, span: Some(Span::new(f.start.into(), f.end.into())), ty: None }
        };
        let columns: Vec<HeaderCell> = fields.iter().enumerate().map(name).collect();
        if let ([field], Some(suspect)) =
            (fields.as_slice(), suspect(self.head, record.start, self.at_end, self.dialect))
        {
            let range = field.start as usize..field.end as usize;
            self.report(&faults::SUSPICIOUS_DELIMITER, range, suspect.to_aux() as usize, None);
            return Some(self.unreadable(self.head.len()));
        }
        if self.title(record.start) {
            return Some(self.unreadable(self.head.len()));
        }
        self.delimiter(&fields);
        let header_line = u64::from(self.line_of(record.start)) + 1;
        let mut end = record.start;
        if self.dialect.header {
            self.structure(&record, &fields);
            self.odd_names(&columns);
            self.pass(&record);
            end = record.end;
        }
        if let Some(conflict) = self.conflict.take() {
            self.at = conflict.next();
            self.counts.total_lines = self.line_of(self.at);
        }
        let span = Span::new(record.start as u64, end as u64);
        let header = self.unreadable(self.at);
        Some(Head { columns, header_line, span, readable: true, ..header })
    }

    /// What is known where there are no columns; nothing is left to be read.
    fn unreadable(&self, body: usize) -> Head {
        let mut reported = self.reported.clone();
        reported.sort_by_key(|f| f.start);
        let line = u64::from(self.counts.total_lines) + 1;
        Head {
            columns: Vec::new(),
            body: body as u64,
            header_line: line,
            line,
            faults: reported,
            span: Span::default(),
            readable: false,
            line_ends: self.counts.line_ends,
            first_line_end: self.counts.first_line_end,
        }
    }

    /// Quotes and characters in the header record that should not be there.
    fn structure(&mut self, record: &Record, fields: &[FieldSpan]) {
        for stray in std::mem::take(&mut self.scanner.strays) {
            self.report(
                &faults::STRAY_QUOTE,
                stray.at..stray.at + 1,
                stray.closing.into(),
                Some(stray.field),
            );
        }
        match record.status {
            Status::Unclosed { quote } => self.report(
                &faults::UNCLOSED_QUOTE,
                quote..quote + 1,
                0,
                Some(record.fields.saturating_sub(1)),
            ),
            Status::TooLong => {
                self.report(&faults::RECORD_TOO_LONG, record.start..record.start, 0, None)
            }
            Status::Whole => {}
        }
        for (i, field) in fields.iter().enumerate() {
            let start = field.start as usize;
            for odd in anomalies(bytes(self.head, field)) {
                self.report(
                    odd.fault,
                    start + odd.start..start + odd.end,
                    odd.count as usize,
                    Some(i),
                );
            }
        }
    }

    /// Names that are blank, padded, or like another one before.
    fn odd_names(&mut self, columns: &[HeaderCell]) {
        let (mut exact, mut folded) = (HashMap::new(), HashMap::new());
        for (i, cell) in columns.iter().enumerate() {
            let span = cell.span.unwrap_or_default();
            let range = to_usize(span.start)..to_usize(span.end);
            let trimmed = cell.name.trim();
            if trimmed.is_empty() {
                self.report(&faults::BLANK_COLUMN_NAME, range, i, Some(i));
                continue;
            }
            if trimmed != cell.name {
                self.report(&faults::PADDED_COLUMN_NAME, range.clone(), 0, Some(i));
            }
            let same = *exact.entry(cell.name.as_str()).or_insert(i);
            let alike = *folded.entry(trimmed.to_lowercase()).or_insert(i);
            if same != i {
                self.report(&crate::read::note::DUPLICATE_COLUMN_NAME, range, same, Some(i));
            } else if alike != i {
                self.report(&faults::SIMILAR_COLUMN_NAME, range, alike, Some(i));
            }
        }
    }

    /// Whether a title stands where a rule does not say that the header does.
    fn title(&mut self, at: usize) -> bool {
        let is_open = self.dialect.header && self.dialect.skip.is_none() && self.conflict.is_none();
        let found = is_open.then(|| title(self.head, at, self.at_end, self.dialect)).flatten();
        let Some(title) = found else { return false };
        // Blank lines before it are left out with it.
        let blank = faults::kind(&faults::BLANK_ROW);
        self.reported.retain(|f| f.kind != blank);
        let blank = if title.is_text { 0 } else { faults::BLANK_TITLE };
        let aux = self.line_of(title.header) | blank;
        self.report(&faults::TITLE_LINES, title.start..title.end, to_usize(aux), None);
        true
    }

    /// One column, and in its name a sign that often separates fields.
    fn delimiter(&mut self, fields: &[FieldSpan]) {
        let [field] = fields else { return };
        let raw = bytes(self.head, field);
        if raw.first().is_some_and(|b| Some(*b) == self.dialect.quote) {
            return;
        }
        let count = |sign: u8| memchr::memchr_iter(sign, raw).count();
        let most = [b',', b'|', b'\t', b';']
            .into_iter()
            .map(|sign| (count(sign), sign))
            .max_by_key(|found| found.0);
        if let Some((1.., sign)) = most {
            self.report(
                &faults::SUSPICIOUS_DELIMITER,
                field.start as usize..field.end as usize,
                sign.into(),
                None,
            );
        }
    }
}

fn bytes<'a>(head: &'a [u8], field: &FieldSpan) -> &'a [u8] {
    head.get(field.start as usize..field.end as usize).unwrap_or_default()
}

/// The ends of the fields of a line from an unclosed quote on, as if it were no quote.
fn split_plainly(
    head: &[u8],
    range: std::ops::Range<usize>,
    dialect: &Dialect,
    ends: &mut Vec<u32>,
) {
    let line = head.get(..range.end).unwrap_or(head);
    let plain = Dialect { quote: None, ..*dialect };
    Scanner::new(line, true, &plain, MAX_RECORD, usize::MAX).record(range.start, ends);
}

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;
