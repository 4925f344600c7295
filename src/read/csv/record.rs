//! One record: from its first byte to its line end.

use super::dialect::Dialect;
use super::grid::FieldSpan;

/// What a byte can mean outside quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Delimiter,
    Lf,
    Cr,
    Quote,
}

/// How a record ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
    /// `\r`
    Cr,
    /// The end of the file.
    None,
}

/// What was found from one start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Scanned {
    /// A record: where its text ends, where the next starts, how it ended, newlines inside quotes.
    Record { end: usize, next: usize, how: LineEnd, inner_lines: u32 },
    /// The block ends before the record does.
    More,
    /// A quote at this offset is never closed.
    Unclosed { quote: usize },
}

/// Cuts records into fields.
#[derive(Clone)]
pub struct Scanner {
    classes: [Class; 256],
    dialect: Dialect,
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.dialect.fmt(f)
    }
}

impl Scanner {
    /// A scanner for a dialect.
    pub fn new(dialect: Dialect) -> Scanner {
        let mut classes = [Class::Plain; 256];
        if let Some(q) = dialect.quote {
            classes[q as usize] = Class::Quote;
        }
        classes[dialect.delimiter as usize] = Class::Delimiter;
        classes[b'\n' as usize] = Class::Lf;
        classes[b'\r' as usize] = Class::Cr;
        Scanner { classes, dialect }
    }

    /// Scans the record at `start`, pushing its fields; `stray` is called for each quote that does
    /// not belong: its offset and the number of the field.
    pub fn record(&self, block: &[u8], start: usize, last: bool, fields: &mut Vec<FieldSpan>, mut stray: impl FnMut(usize, usize)) -> Scanned {
        let mut at = start;
        let mut inner_lines = 0;
        let first = fields.len();
        loop {
            let field = at;
            let mut warned = false;
            if at < block.len() && self.classes[block[at] as usize] == Class::Quote {
                match self.quoted(block, at, last, &mut inner_lines) {
                    Ok(end) => at = end,
                    Err(open) => return if last { Scanned::Unclosed { quote: open } } else { Scanned::More },
                }
                // What follows a closing quote up to the delimiter is taken as it is, and told.
                if block.get(at).is_some_and(|b| self.classes[*b as usize] == Class::Plain) {
                    warned = true;
                    stray(at, fields.len() - first);
                }
            }
            let stop = loop {
                at += block[at..].iter().position(|b| self.classes[*b as usize] != Class::Plain).unwrap_or(block.len() - at);
                match block.get(at).map(|b| self.classes[*b as usize]) {
                    Some(Class::Quote) => {
                        if !warned {
                            warned = true;
                            stray(at, fields.len() - first);
                        }
                        at += 1;
                    }
                    other => break other,
                }
            };
            let how = match stop {
                None if !last => return Scanned::More,
                Some(Class::Cr) if !last && at + 1 == block.len() => return Scanned::More,
                None => LineEnd::None,
                Some(Class::Lf) => LineEnd::Lf,
                Some(Class::Cr) if block.get(at + 1) == Some(&b'\n') => LineEnd::CrLf,
                Some(Class::Cr) => LineEnd::Cr,
                _ => {
                    fields.push(FieldSpan { start: field as u32, end: at as u32 });
                    at += 1;
                    continue;
                }
            };
            fields.push(FieldSpan { start: field as u32, end: at as u32 });
            let len = match how {
                LineEnd::None => 0,
                LineEnd::CrLf => 2,
                _ => 1,
            };
            return Scanned::Record { end: at, next: at + len, how, inner_lines };
        }
    }

    /// The offset after the closing quote of the field that opens at `open`; the opening one where
    /// there is none.
    fn quoted(&self, block: &[u8], open: usize, last: bool, inner_lines: &mut u32) -> Result<usize, usize> {
        let q = block[open];
        let mut at = open + 1;
        loop {
            let Some(found) = memchr::memchr(q, &block[at..]) else { return Err(open) };
            *inner_lines += count_lines(&block[at..at + found], block.get(at + found));
            at += found + 1;
            match block.get(at) {
                Some(&b) if b == q => at += 1,
                None if !last => return Err(open),
                _ => return Ok(at),
            }
        }
    }
}

/// Physical line ends in `text`; a CR whose LF would be `next` is counted with it.
pub fn count_lines(text: &[u8], next: Option<&u8>) -> u32 {
    let mut lines = 0;
    for at in memchr::memchr2_iter(b'\n', b'\r', text) {
        let crlf = text[at] == b'\r' && text.get(at + 1).or(next.filter(|_| at + 1 == text.len())) == Some(&b'\n');
        lines += u32::from(!crlf);
    }
    lines
}
