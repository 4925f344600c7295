//! The first lines of a file: what stands before the record that names the columns.

use crate::fault::Fault;
use crate::read::csv::conflict::{self, Conflict};
use crate::read::csv::dialect::Dialect;
use crate::read::csv::faults::{self, irregular};
use crate::read::csv::record::{Record, Scanner, Status};
use crate::read::csv::tail::first_filled;
use crate::read::frame::{Frame, Header};
use crate::read::grid::{Grid, Irregular, NO_COLUMN};
use crate::read::reader::MAX_RECORD;
use crate::source::count_lines;
use crate::width::to_u32;

/// Goes through the head of a file.
pub(super) struct Reader<'a> {
    pub head: &'a [u8],
    pub at_end: bool,
    pub dialect: &'a Dialect,
    pub frame: &'a Frame,
    pub scanner: Scanner<'a>,
    pub at: usize,
    /// Records before the table.
    pub above: u64,
    pub reported: Vec<Irregular>,
    /// Lines and their ends before `at`.
    pub counts: Grid,
    /// An offset, and the lines before it.
    pub counted: (usize, u32),
    /// The conflict that holds the header.
    pub conflict: Option<Record>,
}

impl Reader<'_> {
    pub fn report(
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
    pub fn line_of(&mut self, offset: usize) -> u32 {
        let (from, lines) = if offset >= self.counted.0 { self.counted } else { (0, 0) };
        let lines = lines
            + count_lines(self.head.get(from..offset).unwrap_or_default(), self.head.get(offset));
        self.counted = (offset, lines);
        lines
    }

    pub fn pass(&mut self, record: &Record) {
        self.counts.note_line_end(
            record.how,
            record.end,
            self.counts.total_lines + record.inner_lines,
        );
        self.counts.total_lines += record.lines();
        self.at = record.next();
    }

    /// Goes to where the table begins: whether it begins anywhere. `None`: more bytes are needed.
    pub fn begin(&mut self) -> Option<bool> {
        if let Header::Lines(lines) = &self.frame.header {
            self.leave_out_before(lines.first().copied().unwrap_or(1))?;
        } else {
            for _ in 0..self.frame.skip.unwrap_or(0) {
                if self.at == self.head.len() {
                    break;
                }
                self.leave_out()?;
            }
        }
        if self.frame.from.is_none() {
            return Some(true);
        }
        while self.at < self.head.len() {
            let mut ends = Vec::new();
            let record = self.whole(&mut ends)?;
            let first = first_filled(self.head, record.start, &ends, self.dialect);
            if first.is_some_and(|cell| self.frame.starts(&cell)) {
                return Some(true);
            }
            self.leave_out()?;
        }
        if self.at_end { Some(false) } else { None }
    }

    /// The record at hand; where a quote in it has no end, its line.
    pub fn whole(&mut self, ends: &mut Vec<u32>) -> Option<Record> {
        self.scanner.back_to(self.at);
        let record = self.scanner.record(self.at, ends)?;
        self.scanner.back_to(self.at);
        if let Status::Unclosed { .. } = record.status {
            let line = self.scanner.line(self.at)?;
            ends.clear();
            split_plainly(self.head, line.start..line.end, self.dialect, ends);
            return Some(line);
        }
        Some(record)
    }

    /// Goes past the records that begin before a line of the file.
    pub fn leave_out_before(&mut self, line: u32) -> Option<()> {
        while self.counts.total_lines + 1 < line && self.at < self.head.len() {
            self.leave_out()?;
        }
        Some(())
    }

    /// Goes past a record that is none of the table.
    pub fn leave_out(&mut self) -> Option<()> {
        let record = self.whole(&mut Vec::new())?;
        self.above += 1;
        self.pass(&record);
        Some(())
    }

    /// Goes past the lines before the next record. `None`: more bytes are needed.
    pub fn lead(&mut self) -> Option<()> {
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
}

/// The ends of the fields of a line from an unclosed quote on, as if it were no quote.
pub(super) fn split_plainly(
    head: &[u8],
    range: std::ops::Range<usize>,
    dialect: &Dialect,
    ends: &mut Vec<u32>,
) {
    let line = head.get(..range.end).unwrap_or(head);
    let plain = Dialect { quote: None, ..*dialect };
    Scanner::new(line, true, &plain, MAX_RECORD, usize::MAX).record(range.start, ends);
}
