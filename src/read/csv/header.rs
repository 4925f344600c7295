//! The header: names, where they stand, and what is odd about them.

use unicode_normalization::UnicodeNormalization;

use super::dialect::Dialect;
use super::faults::{self, irregular};
use super::grid::{Irregular, unquote};
use super::record::{LineEnd, Scanned, Scanner};
use crate::source::Span;

/// A column's name and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderCell {
    /// The name: quotes off, NFC; `column 1` and so on in files without a header.
    pub name: String,
    /// Its bytes in the file.
    pub span: Span,
}

/// What stands before the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The columns.
    pub columns: Vec<HeaderCell>,
    /// Offset of the first byte after the header.
    pub body: u64,
    /// Physical line (from 1) of the header.
    pub header_line: u64,
    /// Physical line (from 1) of the first record.
    pub line: u64,
    /// Oddities; offsets count from the start of the file.
    pub faults: Vec<Irregular>,
    /// The header's own bytes.
    pub span: Span,
    /// How it ended: 0 LF, 1 CRLF, 2 CR, and where.
    pub line_end: Option<(usize, u64)>,
    /// Whether it can be read at all.
    pub readable: bool,
}

/// What the start of a file gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderRead {
    /// A header.
    Done(Header),
    /// The bytes end before the header does.
    NeedMore,
}

/// Reads the header from the start of a file.
pub fn read_header(head: &[u8], at_end: bool, dialect: &Dialect) -> HeaderRead {
    let mut h = Header { columns: Vec::new(), body: 0, header_line: 1, line: 1, faults: Vec::new(), span: Span::default(), line_end: None, readable: true };
    if looks_utf16(head) {
        h.faults.push(irregular(&faults::UNDECLARED_ENCODING, 0..head.len().min(2), 0, 0, 0));
        h.readable = false;
        h.body = head.len() as u64;
        return HeaderRead::Done(h);
    }
    let mut at = 0;
    if head.starts_with(b"\xEF\xBB\xBF") {
        h.faults.push(irregular(&faults::BYTE_ORDER_MARK, 0..3, 0, 0, 0));
        at = 3;
    }
    let mut line = 0u32;
    let mut skip = dialect.skip;
    loop {
        let rest = &head[at..];
        let comment = dialect.comment.is_some_and(|c| rest.first() == Some(&c));
        let blank = matches!(rest.first(), Some(b'\n' | b'\r'));
        if skip == 0 && !comment && !blank {
            break;
        }
        let Some(len) = line_len(rest, at_end) else { return HeaderRead::NeedMore };
        if len == 0 {
            break;
        }
        if skip == 0 && blank {
            h.faults.push(irregular(&faults::BLANK_ROW, at..at, 0, line, 0));
        }
        skip = skip.saturating_sub(1);
        at += len;
        line += 1;
    }
    h.header_line = u64::from(line) + 1;
    h.line = h.header_line;
    if at == head.len() {
        if !at_end {
            return HeaderRead::NeedMore;
        }
        h.faults.push(irregular(&faults::EMPTY_FILE, at..at, 0, line, 0));
        h.readable = false;
        h.body = at as u64;
        return HeaderRead::Done(h);
    }
    names(head, at, at_end, dialect, h)
}

/// The length of the physical line at the start of `rest`, its end included.
fn line_len(rest: &[u8], at_end: bool) -> Option<usize> {
    match memchr::memchr2(b'\n', b'\r', rest) {
        Some(n) if rest[n] == b'\n' => Some(n + 1),
        Some(n) if rest.get(n + 1) == Some(&b'\n') => Some(n + 2),
        Some(n) if n + 1 < rest.len() || at_end => Some(n + 1),
        None if at_end => Some(rest.len()),
        _ => None,
    }
}

fn looks_utf16(head: &[u8]) -> bool {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return true;
    }
    let sample = &head[..head.len().min(64) & !1];
    let nuls = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    sample.len() >= 4 && (nuls(0) * 10 >= sample.len() * 4 || nuls(1) * 10 >= sample.len() * 4)
}

fn names(head: &[u8], at: usize, at_end: bool, dialect: &Dialect, mut h: Header) -> HeaderRead {
    let mut fields = Vec::new();
    let scanner = Scanner::new(*dialect);
    let line = (h.header_line - 1) as u32;
    let mut stray = Vec::new();
    let scanned = scanner.record(head, at, at_end, &mut fields, |offset, _| stray.push(offset));
    let (end, next, inner, how) = match scanned {
        Scanned::Record { end, next, how, inner_lines } => (end, next, inner_lines, how),
        Scanned::More => return HeaderRead::NeedMore,
        Scanned::Unclosed { quote } => {
            h.faults.push(irregular(&faults::UNCLOSED_QUOTE, quote..quote + 1, 0, line, 0));
            h.readable = false;
            h.body = head.len() as u64;
            return HeaderRead::Done(h);
        }
    };
    for offset in stray {
        h.faults.push(irregular(&faults::STRAY_QUOTE, offset..offset + 1, 0, line, 0));
    }
    for (i, f) in fields.iter().enumerate() {
        let raw = unquote(&head[f.start as usize..f.end as usize], dialect.quote);
        let name = if dialect.header { String::from_utf8_lossy(&raw).nfc().collect() } else { format!("column {}", i + 1) };
        h.columns.push(HeaderCell { name, span: Span::new(u64::from(f.start), u64::from(f.end)) });
    }
    h.span = Span::new(at as u64, end as u64);
    if dialect.header {
        h.body = next as u64;
        h.line_end = match how {
            LineEnd::Lf => Some((0, end as u64)),
            LineEnd::CrLf => Some((1, end as u64)),
            LineEnd::Cr => Some((2, end as u64)),
            LineEnd::None => None,
        };
        h.line += u64::from(inner) + u64::from(how != LineEnd::None);
        odd_names(&mut h, line);
        delimiter(&mut h, &head[at..end], dialect, line);
    } else {
        h.body = at as u64;
        h.span = Span::new(at as u64, at as u64);
    }
    HeaderRead::Done(h)
}

fn odd_names(h: &mut Header, line: u32) {
    let folded: Vec<String> = h.columns.iter().map(|c| c.name.trim().to_lowercase()).collect();
    for i in 0..h.columns.len() {
        let cell = &h.columns[i];
        let mut tell = |fault: &'static crate::fault::Fault, aux: usize| {
            let mut fault = irregular(fault, cell.span.start as usize..cell.span.end as usize, 0, line, aux as u32);
            fault.column = i as u32;
            h.faults.push(fault);
        };
        if cell.name.trim().is_empty() {
            tell(&faults::BLANK_COLUMN_NAME, i);
            continue;
        }
        if cell.name.trim() != cell.name {
            tell(&faults::PADDED_COLUMN_NAME, i);
        }
        if i < 20_000
            && let Some(first) = folded[..i].iter().position(|n| *n == folded[i])
        {
            let same = h.columns[first].name == cell.name;
            tell(if same { &faults::DUPLICATE_COLUMN_NAME } else { &faults::SIMILAR_COLUMN_NAME }, first);
        }
    }
}

/// One column, and a sign in its header that often separates fields.
fn delimiter(h: &mut Header, raw: &[u8], dialect: &Dialect, line: u32) {
    if h.columns.len() != 1 {
        return;
    }
    let other = [b';', b'\t', b'|', b','].into_iter().find(|d| *d != dialect.delimiter && raw.contains(d));
    if let Some(d) = other {
        h.faults.push(irregular(&faults::SUSPICIOUS_DELIMITER, h.span.start as usize..h.span.end as usize, 0, line, u32::from(d)));
    }
}
