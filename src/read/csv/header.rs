//! The head of a file: byte order mark, lines to skip, the names of the columns.
//!
//! It stands here and not in `shape`, because only the scanner knows where a record ends, and its
//! strays, line ends and odd characters are faults of the head too. `shape` takes the names from the
//! [`Head`] and knows no bytes.

use std::collections::HashMap;

use crate::read::csv::anomalies::{BOM, anomalies};
use crate::read::csv::dialect::Dialect;
use crate::read::csv::faults;
use crate::read::csv::lead::{Reader, split_plainly};
use crate::read::csv::record::{Record, Scanner, Status, count_records};
use crate::read::csv::suspect::suspect;
use crate::read::csv::title::title;
use crate::read::format::utf16;
use crate::read::frame::{self, Frame, Header};
use crate::read::grid::{FieldSpan, Grid, unquote};
use crate::read::note::{HEADER_MISMATCH, START_NOT_FOUND, TITLE_LINES};
use crate::read::reader::{Head, HeaderCell, MAX_RECORD};
use crate::source::Span;
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
pub fn read_header(head: &[u8], at_end: bool, dialect: &Dialect, frame: &Frame) -> HeaderRead {
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
        frame,
        scanner,
        at: 0,
        above: 0,
        reported: Vec::new(),
        counts: Grid::default(),
        counted: (0, 0),
        conflict: None,
    };
    if let Some(marked) = utf16(head.get(..ENOUGH).unwrap_or(head)) {
        reader.report(&faults::UNDECLARED_ENCODING, 0..marked, 0, None);
        return HeaderRead::Done(reader.unreadable(head.len()));
    }
    if head.starts_with(BOM) {
        reader.at = BOM.len();
        reader.report(&faults::BYTE_ORDER_MARK, 0..BOM.len(), 0, None);
    }
    match reader.begin() {
        None => return HeaderRead::NeedMore,
        Some(false) => {
            reader.report(&START_NOT_FOUND, head.len()..head.len(), 0, None);
            return HeaderRead::Done(reader.unreadable(head.len()));
        }
        Some(true) => {}
    }
    if reader.lead().is_none() {
        return HeaderRead::NeedMore;
    }
    if reader.at == head.len() {
        let is_cut = reader.above > 0;
        let fault = if is_cut { &START_NOT_FOUND } else { &faults::EMPTY_FILE };
        reader.report(fault, head.len()..head.len(), usize::from(is_cut), None);
        return HeaderRead::Done(reader.unreadable(head.len()));
    }
    reader.names().map_or(HeaderRead::NeedMore, HeaderRead::Done)
}

/// A record of the head and its fields.
struct Row {
    record: Record,
    fields: Vec<FieldSpan>,
}

impl Reader<'_> {
    /// Reads the records that name the columns, or the first one where none does.
    fn names(mut self) -> Option<Head> {
        let is_written = self.frame.header.is_written();
        let Some(first) = self.row()? else { return Some(self.unreadable(self.head.len())) };
        let (start, header_line) =
            (first.record.start, u64::from(self.line_of(first.record.start)) + 1);
        if !is_written {
            return Some(self.unnamed(&first));
        }
        if self.title(start) {
            return Some(self.unreadable(self.head.len()));
        }
        self.delimiter(&first.fields);
        self.structure(&first);
        self.pass(&first.record);
        let mut rows = vec![first];
        if !self.more_rows(&mut rows)? {
            let end = self.head.len();
            self.report(&START_NOT_FOUND, end..end, 2, None);
            return Some(self.unreadable(end));
        }
        let end = rows.last().map_or(start, |row| row.record.end);
        let columns = self.columns(&rows);
        self.odd_names(&columns);
        if let Some(conflict) = self.conflict.take() {
            self.at = conflict.next();
            self.counts.total_lines = self.line_of(self.at);
        }
        let span = Span::new(start as u64, end as u64);
        let header = self.unreadable(self.at);
        Some(Head { columns, header_line, span, readable: true, ..header })
    }

    /// The record at hand with its fields; none where it shows that the file is cut otherwise.
    fn row(&mut self) -> Option<Option<Row>> {
        let mut ends = Vec::new();
        let record = self.scanner.record(self.at, &mut ends)?;
        if let Status::Unclosed { quote } = record.status {
            split_plainly(self.head, quote..record.end, self.dialect, &mut ends);
        }
        let starts = std::iter::once(to_u32(record.start)).chain(ends.iter().map(|e| e + 1));
        let fields: Vec<FieldSpan> =
            starts.zip(&ends).map(|(start, &end)| FieldSpan { start, end }).collect();
        let is_alone = self.frame.header == Header::Rows(1) || !self.frame.header.is_written();
        if let ([field], true) = (fields.as_slice(), is_alone)
            && let cut = (self.dialect, self.frame.header.is_written())
            && let Some(suspect) = suspect(self.head, record.start, self.at_end, cut)
        {
            let range = field.start as usize..field.end as usize;
            self.report(&faults::SUSPICIOUS_DELIMITER, range, suspect.to_aux() as usize, None);
            return Some(None);
        }
        Some(Some(Row { record, fields }))
    }

    /// Reads the rows of the header after the first; whether the file has them all.
    fn more_rows(&mut self, rows: &mut Vec<Row>) -> Option<bool> {
        // For each further row its line, where the rule gives it.
        let lines: Vec<Option<u32>> = match &self.frame.header {
            Header::Rows(count) => vec![None; to_usize(*count).saturating_sub(1)],
            Header::Lines(lines) => lines.iter().skip(1).copied().map(Some).collect(),
            Header::Names(_) => Vec::new(),
        };
        for line in lines {
            match line {
                Some(line) => self.leave_out_before(line)?,
                None => self.lead()?,
            }
            if self.at == self.head.len() {
                return self.at_end.then_some(false);
            }
            let Some(row) = self.row()? else { break };
            self.structure(&row);
            self.pass(&row.record);
            rows.push(row);
        }
        Some(true)
    }

    /// The columns below the rows of a header.
    fn columns(&self, rows: &[Row]) -> Vec<HeaderCell> {
        let text = |field: &FieldSpan| {
            let text = unquote(bytes(self.head, field), self.dialect.quote);
            frame::name(&String::from_utf8_lossy(&text))
        };
        let texts: Vec<Vec<String>> =
            rows.iter().map(|row| row.fields.iter().map(text).collect()).collect();
        let names = self.frame.header.names(&texts, 0).unwrap_or_default();
        let column = |(at, name): (usize, String)| {
            let filled =
                |row: &&Row| row.fields.get(at).is_some_and(|f| !text(f).trim().is_empty());
            let row = rows.iter().rev().find(filled).or(rows.last());
            let field = row.and_then(|row| row.fields.get(at)).copied();
            let span = field.map(|f| Span::new(f.start.into(), f.end.into()));
            HeaderCell { name, span, ty: None, is_around: false }
        };
        names.into_iter().enumerate().map(column).collect()
    }

    /// What is known of a table without a header, by its first record.
    fn unnamed(&mut self, first: &Row) -> Head {
        let start = first.record.start;
        self.delimiter(&first.fields);
        let header_line = u64::from(self.line_of(start)) + 1;
        let own = first.fields.len();
        let Dialect { short, headings, .. } = *self.dialect;
        let width = match &self.frame.header {
            Header::Names(names) if short || (headings && own == 1) => own.max(names.len()),
            _ => own,
        };
        let names = match self.frame.header.names(&[], width) {
            Ok(names) => names,
            Err(given) => {
                let range = start..first.record.end;
                self.report(&HEADER_MISMATCH, range, given, Some(width));
                return self.unreadable(self.head.len());
            }
        };
        let column = |(at, name): (usize, String)| {
            let field = first.fields.get(at);
            let span = field.map(|field| Span::new(field.start.into(), field.end.into()));
            HeaderCell { name, span, ty: None, is_around: false }
        };
        let columns = names.into_iter().enumerate().map(column).collect();
        if let Some(conflict) = self.conflict.take() {
            self.at = conflict.next();
            self.counts.total_lines = self.line_of(self.at);
        }
        let span = Span::new(start as u64, start as u64);
        let header = self.unreadable(self.at);
        Head { columns, header_line, span, readable: true, ..header }
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
            above: self.above,
            readable: false,
            line_ends: self.counts.line_ends,
            first_line_end: self.counts.first_line_end,
        }
    }

    /// Quotes and characters in the header record that should not be there.
    fn structure(&mut self, row: &Row) {
        let Row { record, fields } = row;
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

    /// Names that are blank, padded, or like another one before; of those that are repeated the first.
    fn odd_names(&mut self, columns: &[HeaderCell]) {
        let (mut exact, mut folded) = (HashMap::new(), HashMap::new());
        let mut is_repeated = false;
        for (i, cell) in columns.iter().enumerate() {
            let span = cell.span.unwrap_or_default();
            let range = to_usize(span.start)..to_usize(span.end);
            let trimmed = cell.name.trim();
            let written = self.head.get(range.clone()).unwrap_or_default();
            // A blank cell below names may take the one to its left.
            let is_blank = unquote(written, self.dialect.quote).trim_ascii().is_empty();
            if is_blank && cell.name == frame::number(i) {
                self.report(&faults::BLANK_COLUMN_NAME, range, i, Some(i));
                continue;
            }
            if trimmed != cell.name {
                self.report(&faults::PADDED_COLUMN_NAME, range.clone(), 0, Some(i));
            }
            let same = *exact.entry(cell.name.as_str()).or_insert(i);
            let alike = *folded.entry(trimmed.to_lowercase()).or_insert(i);
            if same != i {
                if !std::mem::replace(&mut is_repeated, true) {
                    self.report(&crate::read::note::DUPLICATE_COLUMN_NAME, range, same, Some(i));
                }
            } else if alike != i {
                self.report(&faults::SIMILAR_COLUMN_NAME, range, alike, Some(i));
            }
        }
    }

    /// Whether a title stands where a rule does not say that the header does.
    fn title(&mut self, at: usize) -> bool {
        let is_open = self.frame.is_open() && self.conflict.is_none();
        let found = is_open.then(|| title(self.head, at, self.at_end, self.dialect)).flatten();
        let Some(title) = found else { return false };
        // Blank lines before it are left out with it.
        let blank = faults::kind(&faults::BLANK_ROW);
        self.reported.retain(|f| f.kind != blank);
        let blank = if title.is_text { 0 } else { faults::BLANK_TITLE };
        let mark = if self.head.starts_with(BOM) { BOM.len() } else { 0 };
        let above = self.head.get(mark..title.header).unwrap_or_default();
        let records = count_records(above, self.dialect).min(faults::MOST_TITLE_RECORDS);
        let lines = self.line_of(title.header).min(faults::TITLE_LINE_BITS);
        let aux = records << faults::TITLE_RECORDS_SHIFT | lines | blank;
        self.report(&TITLE_LINES, title.start..title.end, to_usize(aux), None);
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

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;
