//! Rows that are counted: with typed columns, or made as they are asked for.

use std::ops::Range;

use crossfoot::fault::Fault;
use crossfoot::read::block::{Block, Cells, Column, Data, Places, State, TypedColumn};
use crossfoot::read::grid::{FieldSpan, Irregular};
use crossfoot::read::reader::{
    BlockSize, Context, Cursor, FaultText, Head, Order, ReadError, Reader, Step, Wanted,
};
use crossfoot::source::{Bytes, Span};

use crate::data::{Figure, NAMES, Row, head, row};

/// How the cells of a row are given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By columns, with their values; the place of a row is its number.
    Typed,
    /// By rows, as texts that stand nowhere.
    Made,
}

pub struct Counted {
    head: Head,
    rows: u64,
    kind: Kind,
}

impl Counted {
    pub fn new(rows: u64, kind: Kind) -> Counted {
        Counted { head: head(), rows, kind }
    }

    fn load(&self, range: Range<u64>, wanted: &Wanted, block: &mut Block) {
        let rows: Vec<Row> = range.clone().map(|n| row(n as i64)).collect();
        block.bytes.clear();
        block.grid.clear(0);
        block.grid.rows = rows.len();
        block.grid.total_records = u32::try_from(rows.len()).expect("a small block");
        block.cells = match self.kind {
            Kind::Typed => Cells::Columns(columns(&rows, &mut block.bytes)),
            Kind::Made => {
                let texts = rows.iter().flat_map(Row::texts);
                let spans = texts.map(|text| put(&mut block.bytes, text.as_deref())).collect();
                Cells::Spans { width: NAMES.len(), spans }
            }
        };
        (block.at, block.len, block.read) = (range.start, range.end - range.start, 0);
        (block.quote, block.lines_are_records) = (None, false);
        block.hedges.clear();
        let numbered = wanted.places && self.kind == Kind::Typed;
        block.places = numbered.then(|| Places {
            rows: range.map(|n| Span::new(n, n + 1)).collect(),
            ..Places::default()
        });
    }
}

fn put(bytes: &mut Vec<u8>, text: Option<&str>) -> FieldSpan {
    let start = u32::try_from(bytes.len()).expect("a small block");
    bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
    FieldSpan { start, end: u32::try_from(bytes.len()).expect("a small block") }
}

fn columns(rows: &[Row], bytes: &mut Vec<u8>) -> Vec<TypedColumn> {
    let mut texts = |of: &dyn Fn(&Row) -> Option<&str>| TypedColumn {
        column: Column {
            states: rows.iter().map(|r| state(of(r).is_some())).collect(),
            data: Data::Text,
            clean: rows.iter().all(|r| of(r).is_some()),
        },
        texts: rows.iter().map(|r| put(bytes, of(r))).collect(),
        shared: None,
    };
    let (region, note) = (texts(&|r| Some(&r.region)), texts(&|r| r.note.as_deref()));
    let days = rows.iter().map(|r| r.day).collect();
    let day = Column { states: vec![State::Good; rows.len()], data: Data::Day(days), clean: true };
    vec![
        region,
        figures(rows.iter().map(|r| Some((r.id, 0)))),
        TypedColumn { column: day, ..TypedColumn::default() },
        figures(rows.iter().map(|r| r.x)),
        figures(rows.iter().map(|r| Some(r.total))),
        note,
    ]
}

fn state(is_there: bool) -> State {
    if is_there { State::Good } else { State::Absent }
}

fn figures(cells: impl Iterator<Item = Option<Figure>> + Clone) -> TypedColumn {
    let scales: Vec<u8> = cells.clone().map(|c| c.unwrap_or_default().1).collect();
    let mut good = cells.clone().flatten().map(|c| c.1);
    let first = good.next();
    let data = Data::Number {
        mantissas: cells.clone().map(|c| c.unwrap_or_default().0).collect(),
        scale: first.filter(|first| good.all(|scale| scale == *first)),
        scales,
    };
    let states: Vec<State> = cells.map(|c| state(c.is_some())).collect();
    let clean = states.iter().all(|s| *s == State::Good);
    TypedColumn { column: Column { states, data, clean }, ..TypedColumn::default() }
}

impl Reader for Counted {
    fn head(&self) -> &Head {
        &self.head
    }
    fn end(&self) -> u64 {
        self.rows
    }
    fn bytes(&self) -> Option<&dyn Bytes> {
        None
    }
    fn size(&self) -> u64 {
        0
    }
    fn order(&self) -> Order {
        Order::Independent
    }
    fn faults(&self) -> &'static [&'static Fault] {
        &[]
    }
    fn guess(&self, from: u64, _: &mut Vec<u8>) -> Result<u64, ReadError> {
        Ok(from)
    }
    fn cursor<'r>(
        &'r self,
        chunk: Range<u64>,
        _: &Context,
        wanted: &Wanted,
        size: BlockSize,
    ) -> Result<Box<dyn Cursor + 'r>, ReadError> {
        let step = (size.usual as u64 / 32).max(1);
        Ok(Box::new(Counter {
            of: self,
            at: chunk.start,
            to: chunk.end,
            step,
            wanted: wanted.clone(),
        }))
    }
    fn again(
        &self,
        range: Range<u64>,
        _: &Context,
        wanted: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        self.load(range, wanted, block);
        Ok(())
    }
    fn word(&self, _: &Irregular, _: &Block) -> FaultText {
        FaultText { message: String::new(), label: String::new(), help: None, odd: None }
    }
}

struct Counter<'r> {
    of: &'r Counted,
    at: u64,
    to: u64,
    step: u64,
    wanted: Wanted,
}

impl Cursor for Counter<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        if self.at >= self.to {
            return Ok(Step::End);
        }
        let to = self.to.min(self.at + self.step);
        self.of.load(self.at..to, &self.wanted, block);
        self.at = to;
        Ok(Step::Rows)
    }
    fn context(&self) -> Context {
        Context::default()
    }
}
