//! One record: from its first byte to its line end.

use crate::read::csv::dialect::Dialect;
use crate::read::csv::quote_scan::Marks;
use crate::read::grid::LineEnd;
use crate::source::count_lines;
use crate::width::to_u32;

/// A quote that is out of place in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stray {
    pub at: usize,
    /// The number of the field it stands in.
    pub field: usize,
    /// Whether it closed the field, and text follows.
    pub closing: bool,
}

/// What a record turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It has its fields and its end.
    Whole,
    /// The quote at this offset is never closed; the record is what stands before the end of that line.
    Unclosed { quote: usize },
    /// It has no end within the limit, and is cut there.
    TooLong,
}

/// A record as it stands in its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Its first byte.
    pub start: usize,
    /// One past the last byte of its last field.
    pub end: usize,
    /// How it ended.
    pub how: LineEnd,
    /// Line ends within its quoted fields.
    pub inner_lines: u32,
    /// How many fields it has.
    pub fields: usize,
    /// Whether it is whole.
    pub status: Status,
}

impl Record {
    /// Where the next record starts.
    pub fn next(&self) -> usize {
        self.end + self.how.bytes()
    }

    /// Physical lines that end in it.
    pub fn lines(&self) -> u32 {
        self.inner_lines + self.how.lines()
    }
}

/// Cuts the records of a block into fields.
///
/// Where a record ends never depends on where the block does: what can't be known yet is left.
pub struct Scanner<'a> {
    block: &'a [u8],
    last: bool,
    dialect: Dialect,
    limit: usize,
    /// How many fields of a record are given out.
    keep: usize,
    marks: Marks<'a>,
    /// The quotes out of place in the record scanned last, one a field at most.
    pub strays: Vec<Stray>,
}

/// How far the scan of one record has come.
struct Step<'a> {
    /// The bytes that the record may have.
    text: &'a [u8],
    /// Whether the record ends where they do, if not before.
    closed: bool,
    /// Whether that is because of the limit.
    cut: bool,
    start: usize,
    /// Start of the field at hand.
    field: usize,
    fields: usize,
    inner_lines: u32,
}

/// How a quoted field ended.
enum Quoted {
    /// Its closing quote.
    Closed(usize),
    /// No closing quote in the text.
    Open,
}

impl<'a> Scanner<'a> {
    /// A scanner for `block`, whose end is that of the file if it is the `last`. A record that has
    /// no end within `limit` bytes is cut; no more than `keep` fields of one are given out.
    pub fn new(
        block: &'a [u8],
        last: bool,
        dialect: &Dialect,
        limit: usize,
        keep: usize,
    ) -> Scanner<'a> {
        let marks = Marks::new(block, dialect.delimiter, dialect.quote);
        Scanner { block, last, dialect: *dialect, limit, keep, marks, strays: Vec::new() }
    }

    /// Goes back to a place before what was scanned.
    pub fn back_to(&mut self, at: usize) {
        self.marks.rewind(at);
    }

    /// Scans the record at `start` and pushes the ends of its fields. `None`: it does not end in the block.
    #[inline]
    pub fn record(&mut self, start: usize, fields: &mut Vec<u32>) -> Option<Record> {
        self.strays.clear();
        let bound = start.saturating_add(self.limit);
        let cut = bound <= self.block.len();
        let text = self.block.get(..bound).unwrap_or(self.block);
        let mut step = Step {
            text,
            closed: cut || self.last,
            cut,
            start,
            field: start,
            fields: 0,
            inner_lines: 0,
        };
        let mut from = start;
        loop {
            let at = self.marks.next(from);
            let Some(&byte) = text.get(at) else {
                return self.at_the_end(step, fields);
            };
            from = at + 1;
            if self.is_escaped(text, step.field, at) {
                step.inner_lines += u32::from(byte == b'\n');
            } else if byte == self.dialect.delimiter {
                self.push(&mut step, at, fields);
            } else if byte == b'\n' {
                return Some(self.finish(step, at, LineEnd::Lf, fields));
            } else if byte == b'\r' {
                if from == text.len() && (cut || !self.last) {
                    return self.at_the_end(step, fields);
                }
                return Some(self.finish(step, at, LineEnd::of(text, at), fields));
            } else if at == step.field {
                let lines = step.inner_lines;
                match self.quoted(at, &mut step) {
                    Some(Quoted::Closed(quote)) => {
                        let clean = text.get(quote + 1).is_none_or(|b| {
                            *b == self.dialect.delimiter || matches!(b, b'\n' | b'\r')
                        });
                        if !clean && step.inner_lines > lines {
                            // Text right after it, and lines before: that quote opens a later field.
                            return Some(self.unclosed(step, at));
                        }
                        if !clean {
                            self.strays.push(Stray {
                                at: quote,
                                field: step.fields,
                                closing: true,
                            });
                        }
                        from = quote + 1;
                    }
                    Some(Quoted::Open) => return Some(self.unclosed(step, at)),
                    None => return None,
                }
            } else if self.strays.last().is_none_or(|s| s.field != step.fields) {
                self.strays.push(Stray { at, field: step.fields, closing: false });
            }
        }
    }

    /// Whether a sign has no meaning, because an odd number of escape signs stand right before it.
    #[inline]
    fn is_escaped(&self, text: &[u8], field: usize, at: usize) -> bool {
        let Some(escape) = self.dialect.escape else { return false };
        let before = text.get(field..at).unwrap_or_default();
        before.iter().rev().take_while(|byte| **byte == escape).count() % 2 == 1
    }

    /// Follows the field that opens at `open`. `None`: what closes it may stand behind the block.
    fn quoted(&mut self, open: usize, step: &mut Step<'_>) -> Option<Quoted> {
        let text = step.text;
        let mut from = open + 1;
        loop {
            let at = self.marks.next(from);
            let Some(&byte) = text.get(at) else {
                return step.closed.then_some(Quoted::Open);
            };
            from = at + 1;
            if self.is_escaped(text, open, at) {
                step.inner_lines += u32::from(byte == b'\n');
            } else if Some(byte) == self.dialect.quote {
                match text.get(from) {
                    Some(next) if *next == byte => from += 1,
                    None if !step.closed => return None,
                    None if step.cut => return Some(Quoted::Open),
                    _ => return Some(Quoted::Closed(at)),
                }
            } else if byte == b'\n' || (byte == b'\r' && text.get(from) != Some(&b'\n')) {
                step.inner_lines += 1;
            }
        }
    }

    #[inline]
    fn push(&self, step: &mut Step<'_>, end: usize, fields: &mut Vec<u32>) {
        if step.fields < self.keep {
            fields.push(to_u32(end));
        }
        step.fields += 1;
        step.field = end + 1;
    }

    #[inline]
    fn finish(
        &self,
        mut step: Step<'_>,
        end: usize,
        how: LineEnd,
        fields: &mut Vec<u32>,
    ) -> Record {
        self.push(&mut step, end, fields);
        Record {
            start: step.start,
            end,
            how,
            inner_lines: step.inner_lines,
            fields: step.fields,
            status: Status::Whole,
        }
    }

    /// The text ends before the record does.
    fn at_the_end(&self, step: Step<'_>, fields: &mut Vec<u32>) -> Option<Record> {
        let (end, cut) = (step.text.len(), step.cut);
        if !step.closed {
            return None;
        }
        let status = if cut { Status::TooLong } else { Status::Whole };
        Some(Record { status, ..self.finish(step, end, LineEnd::None, fields) })
    }

    /// The record ends with the line in which its unclosed quote stands; the scan goes back to there.
    fn unclosed(&mut self, step: Step<'_>, quote: usize) -> Record {
        let text = step.text;
        let end = memchr::memchr2(b'\n', b'\r', text.get(quote..).unwrap_or_default())
            .map_or(text.len(), |n| quote + n);
        let how = LineEnd::of(text, end);
        let inner_lines = count_lines(text.get(step.start..quote).unwrap_or_default(), None);
        self.strays.retain(|s| s.at < quote);
        self.marks.rewind(end);
        Record {
            start: step.start,
            end,
            how,
            inner_lines,
            fields: step.fields + 1,
            status: Status::Unclosed { quote },
        }
    }

    /// Goes past the physical line at `start`, as a record without fields. `None`: it does not end in the block.
    pub fn line(&mut self, start: usize) -> Option<Record> {
        let bound = start.saturating_add(self.limit);
        let cut = bound <= self.block.len();
        let text = self.block.get(..bound).unwrap_or(self.block);
        let end = memchr::memchr2(b'\n', b'\r', text.get(start..).unwrap_or_default())
            .map_or(text.len(), |n| start + n);
        let how = LineEnd::of(text, end);
        let unsure = how == LineEnd::None || (how == LineEnd::Cr && end + 1 == text.len());
        if unsure && !cut && !self.last {
            return None;
        }
        Some(Record { start, end, how, inner_lines: 0, fields: 0, status: Status::Whole })
    }
}

/// How many records a text has, blank ones too.
pub fn count_records(text: &[u8], dialect: &Dialect) -> u32 {
    let mut scanner = Scanner::new(text, true, dialect, text.len() + 1, 0);
    let (mut at, mut count) = (0, 0);
    while at < text.len() {
        let Some(record) = scanner.record(at, &mut Vec::new()) else { break };
        at = record.next().max(at + 1);
        count += 1;
    }
    count
}
