//! Objects, one a line: by themselves, or in an array whose elements name the region of their rows.

use std::io;
use std::ops::Range;

use crossfoot::fault::Fault;
use crossfoot::read::block::{Block, Cells, Places};
use crossfoot::read::grid::{FieldSpan, Irregular};
use crossfoot::read::reader::{
    BlockSize, Context, Cursor, FaultText, Head, Order, ReadError, Reader, Step, Wanted,
};
use crossfoot::source::{Bytes, Span};

use crate::data::{NAMES, head};

pub struct Json {
    bytes: Vec<u8>,
    head: Head,
    order: Order,
}

impl Json {
    /// Lines that stand alone.
    pub fn lines(text: &str) -> Json {
        Json { bytes: text.into(), head: head(), order: Order::Speculative }
    }

    /// A streamed array.
    pub fn array(text: &str) -> Json {
        Json { order: Order::InOrder, ..Json::lines(text) }
    }

    /// One past the end of the line that starts at `from`.
    fn line_end(&self, from: usize) -> usize {
        let rest = &self.bytes[from..];
        from + rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1)
    }

    fn load(&self, range: Range<usize>, parent: &mut Parent, wanted: &Wanted, block: &mut Block) {
        let base = range.start as u64;
        block.bytes.clear();
        block.bytes.extend_from_slice(&self.bytes[range.clone()]);
        block.grid.clear(1);
        let (mut spans, mut places) = (Vec::new(), Places::default());
        let mut at = range.start;
        while at < range.end {
            let end = self.line_end(at);
            let line = &self.bytes[at..end];
            let members = members(line);
            let is_parent = line.ends_with(b"[\n") && !members.is_empty();
            if is_parent {
                *parent =
                    Parent { text: members[0].2.clone(), span: members[0].1.shift(at as u64) };
            } else if !members.is_empty() {
                let own = line.iter().rposition(|b| *b == b'}').map_or(0, |at| at + 1);
                let row = Span::new(at as u64, (at + own) as u64);
                block.grid.starts.push(narrow(at - range.start));
                block.grid.ends.push(narrow(at - range.start + own));
                block.grid.lines.push(block.grid.total_lines);
                block.grid.records.push(block.grid.total_records);
                block.grid.total_records += 1;
                block.grid.rows += 1;
                for name in NAMES {
                    let member = members.iter().find(|m| m.0 == name);
                    let (text, place) = match member {
                        Some((_, span, text)) => (text.as_str(), span.shift(at as u64)),
                        None if name == "region" => (parent.text.as_str(), parent.span),
                        None => ("", row),
                    };
                    let start = block.bytes.len();
                    block.bytes.extend_from_slice(text.as_bytes());
                    spans.push(FieldSpan { start: narrow(start), end: narrow(block.bytes.len()) });
                    places.cells.push(place);
                }
                places.rows.push(row);
            }
            block.grid.total_lines += 1;
            at = end;
        }
        block.cells = Cells::Spans { width: NAMES.len(), spans };
        (block.at, block.len) = (base, (range.end - range.start) as u64);
        (block.read, block.quote, block.lines_are_records) = (block.len, None, false);
        block.hedges.clear();
        block.places = wanted.places.then_some(places);
    }
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).expect("a small block")
}

/// The region that rows belong to, and where it is written.
#[derive(Default)]
struct Parent {
    text: String,
    span: Span,
}

impl Parent {
    fn context(&self) -> Context {
        if self.text.is_empty() {
            return Context::default();
        }
        let mut reader = Vec::new();
        reader.extend_from_slice(&self.span.start.to_le_bytes());
        reader.extend_from_slice(&self.span.end.to_le_bytes());
        reader.extend_from_slice(self.text.as_bytes());
        Context { reader, ..Context::default() }
    }

    fn of(context: &Context) -> Parent {
        let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        match context.reader.get(16..) {
            None => Parent::default(),
            Some(text) => Parent {
                text: String::from_utf8_lossy(text).into_owned(),
                span: Span::new(number(&context.reader[..8]), number(&context.reader[8..16])),
            },
        }
    }
}

/// Names, places (quotes left out where nothing is escaped) and texts of an object's values.
fn members(line: &[u8]) -> Vec<(String, Span, String)> {
    let mut all = Vec::new();
    let Some(mut at) = line.iter().position(|b| *b == b'{').map(|at| at + 1) else { return all };
    while line.get(at) == Some(&b'"') {
        let name_end = string_end(line, at);
        let name = String::from_utf8_lossy(&line[at + 1..name_end - 1]).into_owned();
        let start = name_end + 1;
        let end = match line[start] {
            b'"' => string_end(line, start),
            _ => start + line[start..].iter().position(|b| b",}\n".contains(b)).expect("an end"),
        };
        let raw = &line[start..end];
        let text = serde_json::from_slice::<serde_json::Value>(raw)
            .ok()
            .and_then(|v| v.as_str().map(str::to_string))
            .unwrap_or_else(|| String::from_utf8_lossy(raw).into_owned());
        if raw != b"[" {
            all.push((name, Span::new(start as u64, end as u64), text));
        }
        at = end + 1;
    }
    all
}

/// One past the closing quote of a string.
fn string_end(line: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while line[at] != b'"' {
        at += if line[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

impl Reader for Json {
    fn head(&self) -> &Head {
        &self.head
    }
    fn end(&self) -> u64 {
        self.bytes.len() as u64
    }
    fn bytes(&self) -> Option<&dyn Bytes> {
        Some(&self.bytes)
    }
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
    fn order(&self) -> Order {
        self.order
    }
    fn faults(&self) -> &'static [&'static Fault] {
        &[]
    }
    fn guess(&self, from: u64, _: &mut Vec<u8>) -> Result<u64, ReadError> {
        let from = usize::try_from(from).expect("a small file");
        Ok(from.checked_sub(1).map_or(0, |before| self.line_end(before)) as u64)
    }
    fn cursor<'r>(
        &'r self,
        chunk: Range<u64>,
        context: &Context,
        wanted: &Wanted,
        size: BlockSize,
    ) -> Result<Box<dyn Cursor + 'r>, ReadError> {
        Ok(Box::new(Lines {
            of: self,
            at: usize::try_from(chunk.start).expect("a small file"),
            to: usize::try_from(chunk.end).expect("a small file"),
            parent: Parent::of(context),
            wanted: wanted.clone(),
            size,
        }))
    }
    fn again(
        &self,
        range: Range<u64>,
        context: &Context,
        wanted: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        let range = range.start as usize..range.end as usize;
        self.load(range, &mut Parent::of(context), wanted, block);
        Ok(())
    }
    fn word(&self, _: &Irregular, _: &Block) -> FaultText {
        FaultText { message: String::new(), label: String::new(), help: None, odd: None }
    }
}

struct Lines<'r> {
    of: &'r Json,
    at: usize,
    to: usize,
    parent: Parent,
    wanted: Wanted,
    size: BlockSize,
}

impl Cursor for Lines<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        let start = self.at;
        while self.at < self.to && (self.at == start || self.at - start < self.size.usual) {
            let end = self.of.line_end(self.at);
            if end - self.at > self.size.longest {
                let error = io::ErrorKind::InvalidData.into();
                return Err(ReadError { offset: self.at as u64, error });
            }
            self.at = end;
        }
        if self.at == start {
            return Ok(Step::End);
        }
        self.of.load(start..self.at, &mut self.parent, &self.wanted, block);
        Ok(Step::Rows)
    }
    fn context(&self) -> Context {
        self.parent.context()
    }
}
