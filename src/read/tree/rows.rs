//! Rows of a document held in memory, read like those of any other format.

use std::ops::Range;

use crate::fault::Fault;
use crate::read::block::{Block, Cells, Places};
use crate::read::grid::{FieldSpan, Irregular};
use crate::read::nested::fields::{Fields, Kind};
use crate::read::nested::pointer::{Pointer, Segment, step};
use crate::read::nested::{Origin, Plan};
use crate::read::note::Note;
use crate::read::reader::{
    BlockSize, Context, Cursor, FaultText, Head, Order, ReadError, Reader, Step, Wanted,
};
use crate::read::tree::value::{Map, Value, What};
use crate::source::{Bytes, FileId, Span};
use crate::width::{to_u32, to_usize};

/// Rows of a block: enough to be worth a call.
const ROWS: u64 = 4096;

/// A name that a value has, and where it stands.
type Named<'t> = Option<(&'t str, Span)>;

/// A value that should be a row, with what encloses it.
pub struct Found<'t> {
    pub value: &'t Value,
    name: Named<'t>,
    /// The nearest last.
    above: Vec<(&'t Map, Named<'t>)>,
    pointer: String,
}

/// Follows a pointer into a document.
#[derive(Default)]
pub struct Finder<'t> {
    pub found: Vec<Found<'t>>,
    /// Whether what holds the rows was met.
    pub reached: bool,
    above: Vec<(&'t Map, Named<'t>)>,
}

impl<'t> Finder<'t> {
    /// Finds the rows of a value.
    pub fn find(&mut self, pointer: &Pointer, root: &'t Value) {
        self.walk(&pointer.segments, root, (None, String::new()));
    }

    fn walk(&mut self, way: &[Segment], value: &'t Value, (name, pointer): (Named<'t>, String)) {
        let Some((first, rest)) = way.split_first() else {
            self.reached = true;
            let above = self.above.clone();
            self.found.push(Found { value, name, above, pointer });
            return;
        };
        match (&value.what, first) {
            (What::List(list), Segment::Each) => {
                self.reached |= rest.is_empty();
                for (number, item) in list.items.iter().enumerate() {
                    self.walk(rest, item, (None, format!("{pointer}/{number}")));
                }
            }
            (What::List(list), Segment::Named(own)) => {
                let item = own.parse::<usize>().ok().and_then(|number| list.items.get(number));
                if let Some(item) = item {
                    self.walk(rest, item, (None, format!("{pointer}/{own}")));
                }
            }
            (What::Map(map), Segment::Each) => {
                self.reached |= rest.is_empty();
                for member in &map.members {
                    let pointer = format!("{pointer}{}", step(&member.name));
                    self.walk(rest, &member.value, (Some((&member.name, member.at)), pointer));
                }
            }
            (What::Map(map), Segment::Named(own)) => {
                let Some(member) = map.get(own) else { return };
                self.above.push((map, name));
                let name = Some((&*member.name, member.at));
                self.walk(rest, &member.value, (name, format!("{pointer}{}", step(own))));
                self.above.pop();
            }
            _ => {}
        }
    }
}

/// Learns the columns of rows.
pub fn learn(plan: &mut Plan, rows: &[Found<'_>]) {
    let segments = &plan.pointer.segments;
    let by_name = |segment: usize| {
        segment.checked_sub(1).is_some_and(|s| segments.get(s) == Some(&Segment::Each))
    };
    let is_named = by_name(segments.len());
    let of_levels: Vec<bool> = plan.levels.iter().map(|level| by_name(level.segment)).collect();
    let ways: Vec<Option<String>> = plan.levels.iter().map(|l| way(segments, l.segment)).collect();
    for row in rows {
        let What::Map(map) = &row.value.what else { continue };
        plan.is_named |= is_named && row.name.is_some();
        learn_map(&mut plan.rows, 0, map, (0, None));
        let above = row.above.iter().rev();
        let known = plan.levels.iter_mut().zip(above).zip(&of_levels).zip(&ways);
        for (((level, (map, name)), by_name), way) in known {
            level.is_named |= *by_name && name.is_some();
            // What leads to the rows is no column.
            learn_map(&mut level.fields, 0, map, (0, way.as_deref()));
        }
    }
    plan.number();
}

/// The member that a step goes into.
fn way(segments: &[Segment], segment: usize) -> Option<String> {
    match segments.get(segment)? {
        Segment::Named(name) => Some(name.clone()),
        Segment::Each => None,
    }
}

fn learn_map(fields: &mut Fields, node: usize, map: &Map, (depth, except): (usize, Option<&str>)) {
    for member in map.members.iter().filter(|m| except != Some(&*m.name)) {
        let kind = match &member.value.what {
            What::Null => Kind::Null,
            What::Scalar(_) => Kind::Value,
            What::List(_) => Kind::List,
            What::Map(_) => Kind::Object,
        };
        let name = member.name.as_bytes().to_vec();
        let Some(number) = fields.member(node, name, Some(member.at)) else { continue };
        let nested = fields.note((node, number), depth, kind);
        if let (Some(nested), What::Map(own)) = (nested, &member.value.what) {
            learn_map(fields, nested, own, (depth + 1, None));
        }
    }
}

/// A cell: its text, and where it stands.
type Cell = Option<(String, Span)>;

fn read_map(fields: &Fields, node: usize, map: &Map, source: &str, base: u64, to: &mut [Cell]) {
    for member in &map.members {
        let Some(known) = fields.find(node, member.name.as_bytes()) else { continue };
        let (column, nested) = (known.column, known.node);
        let value = &member.value;
        if let (Some(nested), What::Map(own)) = (nested, &value.what) {
            read_map(fields, nested, own, source, base, to);
        }
        let text = match &value.what {
            What::Null => String::new(),
            What::Scalar(text) => text.clone(),
            What::List(_) | What::Map(_) => {
                let at = |offset: u64| to_usize(offset.saturating_sub(base));
                let own = source.get(at(value.span.start)..at(value.span.end));
                own.unwrap_or_default().to_string()
            }
        };
        let mut put = |column: usize| {
            if let Some(cell) = to.get_mut(column) {
                *cell = Some((text.clone(), value.span));
            }
        };
        if let (Some(nested), What::Null) = (nested, &value.what) {
            fields.each_column(nested, &mut put);
        }
        column.into_iter().for_each(put);
    }
}

/// The rows of a document.
pub struct TreeRows {
    plan: Plan,
    origins: Vec<Origin>,
    head: Head,
    /// What is out of order; places name no file yet.
    pub notes: Vec<Note>,
    /// Its rows were not found, so that nothing is known of them.
    pub is_lost: bool,
    rows: Vec<Span>,
    pointers: Vec<String>,
    /// Row by row: the ends of their texts, and where they stand.
    ends: Vec<usize>,
    places: Vec<Span>,
    texts: String,
}

impl TreeRows {
    /// Holds the rows that were found in a text that starts at `base`.
    pub fn new(plan: Plan, head: Head, found: &[Found<'_>], source: &str, base: u64) -> TreeRows {
        let origins = plan.origins();
        let head = Head { columns: plan.header(), ..head };
        let mut all = TreeRows {
            plan,
            origins,
            head,
            notes: Vec::new(),
            is_lost: false,
            rows: Vec::new(),
            pointers: Vec::new(),
            ends: Vec::new(),
            places: Vec::new(),
            texts: String::new(),
        };
        for row in found {
            all.push(row, source, base);
        }
        all
    }

    fn push(&mut self, row: &Found<'_>, source: &str, base: u64) {
        let What::Map(map) = &row.value.what else { return };
        let of = |fields: &Fields, map: &Map| {
            let mut cells = vec![None; fields.columns.len()];
            read_map(fields, 0, map, source, base, &mut cells);
            cells
        };
        let own = of(&self.plan.rows, map);
        let above = row.above.iter().rev().zip(&self.plan.levels);
        let above: Vec<Vec<Cell>> = above.map(|((map, _), l)| of(&l.fields, map)).collect();
        let named = |name: Named<'_>| name.map(|(name, at)| (name.to_string(), at));
        let level_name = |level: usize| row.above.iter().rev().nth(level).and_then(|l| l.1);
        for origin in &self.origins {
            let cell = match *origin {
                Origin::Row(column) => own.get(column).cloned().flatten(),
                Origin::RowName => named(row.name),
                Origin::LevelName(level) => named(level_name(level)),
                Origin::Level(level, column) => {
                    above.get(level).and_then(|cells| cells.get(column)).cloned().flatten()
                }
            };
            // A cell that is not there stands where its row does.
            let (text, place) = cell.unwrap_or_else(|| (String::new(), row.value.span));
            self.texts.push_str(&text);
            self.ends.push(self.texts.len());
            self.places.push(place);
        }
        self.rows.push(row.value.span);
        self.pointers.push(row.pointer.clone());
    }

    fn load(&self, rows: Range<u64>, wanted: &Wanted, block: &mut Block) {
        let (from, to) = (to_usize(rows.start), to_usize(rows.end).min(self.rows.len()));
        let width = self.origins.len();
        let own = from * width..to * width;
        let start = own.start.checked_sub(1).and_then(|n| self.ends.get(n)).copied();
        let start = start.unwrap_or_default();
        let end = own.end.checked_sub(1).and_then(|n| self.ends.get(n)).copied();
        let texts = self.texts.as_bytes().get(start..end.unwrap_or_default());
        block.bytes.clear();
        block.bytes.extend_from_slice(texts.unwrap_or_default());
        let mut before = 0;
        let span = |end: &usize| {
            let end = to_u32(end - start);
            FieldSpan { start: std::mem::replace(&mut before, end), end }
        };
        let spans = self.ends.get(own.clone()).unwrap_or_default().iter().map(span).collect();
        block.cells = Cells::Spans { width, spans };
        block.grid.clear(0);
        block.grid.rows = to - from;
        block.grid.total_records = to_u32(to - from);
        (block.at, block.len, block.read, block.quote) = (rows.start, (to - from) as u64, 0, None);
        block.lines_are_records = false;
        block.hedges.clear();
        block.places = wanted.places.then(|| Places {
            rows: self.rows.get(from..to).unwrap_or_default().to_vec(),
            cells: self.places.get(own).unwrap_or_default().to_vec(),
            pointers: self.pointers.get(from..to).unwrap_or_default().to_vec(),
        });
    }
}

impl Reader for TreeRows {
    fn head(&self) -> &Head {
        &self.head
    }

    fn end(&self) -> u64 {
        self.rows.len() as u64
    }

    fn bytes(&self) -> Option<&dyn Bytes> {
        None
    }

    fn size(&self) -> u64 {
        // What is held is not read again; a table that was lost is not an empty one.
        u64::from(self.is_lost)
    }

    fn order(&self) -> Order {
        Order::Independent
    }

    fn faults(&self) -> &'static [&'static Fault] {
        &[]
    }

    fn notes(&self, file: FileId) -> Vec<Note> {
        self.notes.iter().map(|note| note.in_file(file)).collect()
    }

    fn guess(&self, from: u64, _: &mut Vec<u8>) -> Result<u64, ReadError> {
        Ok(from)
    }

    fn cursor<'r>(
        &'r self,
        chunk: Range<u64>,
        _: &Context,
        wanted: &Wanted,
        _: BlockSize,
    ) -> Result<Box<dyn Cursor + 'r>, ReadError> {
        let to = chunk.end.min(self.end());
        Ok(Box::new(TreeCursor { rows: self, at: chunk.start, to, wanted: wanted.clone() }))
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

    fn pointer(&self, block: &Block, row: usize, field: Option<usize>, _: u64) -> Option<String> {
        let own = block.places.as_ref()?.pointers.get(row)?;
        let origin = field.and_then(|field| self.origins.get(field));
        self.plan.pointer_of(origin.copied(), own)
    }

    fn word(&self, _: &Irregular, _: &Block) -> FaultText {
        FaultText::default()
    }
}

struct TreeCursor<'r> {
    rows: &'r TreeRows,
    at: u64,
    to: u64,
    wanted: Wanted,
}

impl Cursor for TreeCursor<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        if self.at >= self.to {
            return Ok(Step::End);
        }
        let to = self.to.min(self.at + ROWS);
        self.rows.load(self.at..to, &self.wanted, block);
        self.at = to;
        Ok(Step::Rows)
    }

    fn context(&self) -> Context {
        Context::default()
    }
}
