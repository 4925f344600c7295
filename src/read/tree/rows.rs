//! Rows of a document held in memory, read like those of any other format.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::fault::Fault;
use crate::read::block::{Block, Cells, Places};
use crate::read::grid::{FieldSpan, Irregular};
use crate::read::nested::fields::{Fields, Kind};
use crate::read::nested::pointer::{Pointer, Segment, Way};
use crate::read::nested::{Origin, Plan};
use crate::read::note::Note;
use crate::read::reader::{
    BlockSize, Context, Cursor, FaultText, Head, Order, ReadError, Reader, Step, Wanted,
};
use crate::read::tree::value::{Map, Member, Value, What};
use crate::source::{Bytes, FileId, Span};
use crate::width::{to_u32, to_usize};

/// Rows of a block: enough to be worth a call.
const ROWS: u64 = 4096;

/// A name that a value has, and where it stands.
type Named<'t> = Option<(&'t Arc<str>, Span)>;

/// A value that should be a row, with what encloses it.
pub struct Found<'t> {
    pub value: &'t Value,
    name: Named<'t>,
    /// The nearest last.
    above: Vec<(&'t Map, Named<'t>)>,
    way: Option<Arc<Way>>,
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
        self.walk((&pointer.segments, pointer.opens), root, (None, None));
    }

    fn walk(
        &mut self,
        (steps, opens): (&[Segment], bool),
        value: &'t Value,
        (name, way): (Named<'t>, Option<Arc<Way>>),
    ) {
        let each = Some(&Segment::Each);
        let is_list = matches!(value.what, What::List(_));
        // The items of a list are the rows.
        let step = steps.first().or(each.filter(|_| opens && is_list));
        let rest = (steps.get(1..).unwrap_or_default(), opens && !steps.is_empty());
        let further = |name: Arc<str>| Way::further(&way, name);
        match (&value.what, step) {
            // Where there is nothing, there are no rows.
            (What::Null, Some(_)) => {}
            (What::Null, None) if opens => {}
            (What::List(list), Some(Segment::Each)) => {
                self.reached |= rest.0.is_empty();
                for (number, item) in list.items.iter().enumerate() {
                    self.walk(rest, item, (None, further(number.to_string().into())));
                }
            }
            (What::Map(map), Some(Segment::Each)) => {
                self.reached |= rest.0.is_empty();
                for member in &map.members {
                    let name = Some((&member.name, member.at));
                    self.walk(rest, &member.value, (name, further(member.name.clone())));
                }
            }
            (What::List(list), Some(Segment::Named(own))) if own.parse::<u64>().is_ok() => {
                let item = own.parse::<usize>().ok().and_then(|number| list.items.get(number));
                if let Some(item) = item {
                    self.walk(rest, item, (None, further(own.as_str().into())));
                }
            }
            (What::Map(map), Some(Segment::Named(own))) => {
                let Some(member) = map.get(own) else { return };
                self.above.push((map, name));
                let name = Some((&member.name, member.at));
                self.walk(rest, &member.value, (name, further(member.name.clone())));
                self.above.pop();
            }
            _ => {
                self.reached |= step.is_none();
                let above = self.above.clone();
                self.found.push(Found { value, name, above, way });
            }
        }
    }
}

/// Learns the columns of rows; gives the first member that is one too many.
pub fn learn<'t>(plan: &mut Plan, rows: &[Found<'t>]) -> Option<&'t Member> {
    let segments = &plan.pointer.segments;
    let by_name = |segment: usize| {
        segment.checked_sub(1).is_some_and(|s| segments.get(s) == Some(&Segment::Each))
    };
    let is_named = by_name(segments.len());
    let of_levels: Vec<bool> = plan.levels.iter().map(|level| by_name(level.segment)).collect();
    let ways: Vec<Option<String>> = plan.levels.iter().map(|l| way(segments, l.segment)).collect();
    let (mut too_many, mut known) = (None, vec![None; plan.levels.len()]);
    for row in rows {
        let What::Map(map) = &row.value.what else { continue };
        plan.is_named |= is_named && row.name.is_some();
        learn_map((&mut plan.rows, 0), map, (0, None), &mut too_many);
        let above = row.above.iter().rev().zip(&mut known);
        let levels = plan.levels.iter_mut().zip(above).zip(&of_levels).zip(&ways);
        for (((level, ((map, name), known)), by_name), way) in levels {
            level.is_named |= *by_name && name.is_some();
            // Many rows have the same above them.
            if known.replace(std::ptr::from_ref(*map)) != Some(std::ptr::from_ref(*map)) {
                // What leads to the rows is no column.
                learn_map((&mut level.fields, 0), map, (0, way.as_deref()), &mut too_many);
            }
        }
    }
    plan.number();
    too_many
}

/// The member that a step goes into.
fn way(segments: &[Segment], segment: usize) -> Option<String> {
    match segments.get(segment)? {
        Segment::Named(name) => Some(name.clone()),
        Segment::Each => None,
    }
}

fn learn_map<'t>(
    (fields, node): (&mut Fields, usize),
    map: &'t Map,
    (depth, except): (usize, Option<&str>),
    too_many: &mut Option<&'t Member>,
) {
    for member in map.members.iter().filter(|m| except != Some(&*m.name)) {
        let kind = match &member.value.what {
            What::Null => Kind::Null,
            What::Scalar(_) => Kind::Value,
            What::List(_) => Kind::List,
            What::Map(_) => Kind::Object,
        };
        let name = member.name.as_bytes().to_vec();
        let Some(number) = fields.member(node, name, Some(member.at)) else {
            *too_many = too_many.or(Some(member));
            continue;
        };
        let nested = fields.note((node, number), depth, kind);
        if let (Some(nested), What::Map(own)) = (nested, &member.value.what) {
            learn_map((fields, nested), own, (depth + 1, None), too_many);
        }
    }
}

/// The text of a cell.
#[derive(Debug, Clone, Default)]
enum Text {
    #[default]
    Blank,
    Own(Arc<str>),
    /// A container, as it is written where it stands.
    Written,
}

/// A cell: its text, and where it stands.
type Cell = Option<(Text, Span)>;

fn read_map(fields: &Fields, node: usize, map: &Map, to: &mut [Cell]) {
    for member in &map.members {
        let Some(known) = fields.find(node, member.name.as_bytes()) else { continue };
        let value = &member.value;
        if let (Some(nested), What::Map(own)) = (known.node, &value.what) {
            read_map(fields, nested, own, to);
        }
        let text = match &value.what {
            What::Null => Text::Blank,
            What::Scalar(text) => Text::Own(text.clone()),
            What::List(_) | What::Map(_) => Text::Written,
        };
        let mut put = |column: usize| {
            if let Some(cell) = to.get_mut(column) {
                *cell = Some((text.clone(), value.span));
            }
        };
        match value.what {
            What::Null => fields.each_of(known, &mut put),
            _ => known.column.into_iter().for_each(put),
        }
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
    /// The text of the file, which starts at `base`.
    source: String,
    base: u64,
    /// How many values should be rows.
    records: u64,
    /// Those of which all cells are blank.
    blank: Vec<u64>,
    rows: Vec<Row>,
    /// Row by row.
    cells: Vec<(Text, Span)>,
}

struct Row {
    span: Span,
    /// Values before it that should be rows.
    record: u64,
    way: Option<Arc<Way>>,
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
            source: source.to_string(),
            base,
            records: found.len() as u64,
            blank: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
        };
        let mut above = vec![(std::ptr::null(), Vec::new()); all.plan.levels.len()];
        for (record, row) in (0..).zip(found) {
            all.push(record, row, &mut above);
        }
        all
    }

    fn push(&mut self, record: u64, row: &Found<'_>, above: &mut [(*const Map, Vec<Cell>)]) {
        let What::Map(map) = &row.value.what else { return };
        let of = |fields: &Fields, map: &Map| {
            let mut cells = vec![None; fields.columns.len()];
            read_map(fields, 0, map, &mut cells);
            cells
        };
        let own = of(&self.plan.rows, map);
        let levels = above.iter_mut().zip(row.above.iter().rev()).zip(&self.plan.levels);
        for ((known, (map, _)), level) in levels {
            // Many rows have the same above them.
            if known.0 != std::ptr::from_ref(*map) {
                *known = (std::ptr::from_ref(*map), of(&level.fields, map));
            }
        }
        let is_blank = |cell: &Cell| match cell {
            None | Some((Text::Blank, _)) => true,
            Some((Text::Own(text), _)) => text.trim().is_empty(),
            Some((Text::Written, _)) => false,
        };
        if own.len() > 1 && own.iter().all(is_blank) {
            self.notes.push(Note::blank_row((FileId(0), row.value.span, None)));
            self.blank.push(record);
            return;
        }
        let named = |name: Named<'_>| name.map(|(name, at)| (Text::Own(name.clone()), at));
        let level_name = |level: usize| row.above.iter().rev().nth(level).and_then(|l| l.1);
        for origin in &self.origins {
            let cell = match *origin {
                Origin::Row(column) => own.get(column).cloned().flatten(),
                Origin::RowName => named(row.name),
                Origin::LevelName(level) => named(level_name(level)),
                Origin::Level(level, column) => {
                    above.get(level).and_then(|known| known.1.get(column)).cloned().flatten()
                }
            };
            // A cell that is not there stands where its row does.
            self.cells.push(cell.unwrap_or((Text::Blank, row.value.span)));
        }
        self.rows.push(Row { span: row.value.span, record, way: row.way.clone() });
    }

    /// The text of a cell.
    fn text<'r>(&'r self, (text, place): &'r (Text, Span)) -> &'r str {
        let at = |offset: u64| to_usize(offset.saturating_sub(self.base));
        match text {
            Text::Blank => "",
            Text::Own(text) => text,
            Text::Written => self.source.get(at(place.start)..at(place.end)).unwrap_or_default(),
        }
    }

    /// The first row among the records from one on.
    fn row_of(&self, record: u64) -> usize {
        self.rows.partition_point(|row| row.record < record)
    }

    fn load(&self, records: Range<u64>, wanted: &Wanted, block: &mut Block) {
        let (from, to) = (self.row_of(records.start), self.row_of(records.end));
        let width = self.origins.len();
        let rows = self.rows.get(from..to).unwrap_or_default();
        let cells = self.cells.get(from * width..to * width).unwrap_or_default();
        block.bytes.clear();
        let bytes = &mut block.bytes;
        // What many cells share is there once: by where it stands in memory.
        let mut shared = HashMap::new();
        let mut put = |cell: &(Text, Span)| {
            let text = self.text(cell);
            let known = match &cell.0 {
                Text::Own(text) if Arc::strong_count(text) == 1 => None,
                _ => shared.get(&(text.as_ptr(), text.len())).copied(),
            };
            known.unwrap_or_else(|| {
                let start = to_u32(bytes.len());
                bytes.extend_from_slice(text.as_bytes());
                let span = FieldSpan { start, end: to_u32(bytes.len()) };
                shared.insert((text.as_ptr(), text.len()), span);
                span
            })
        };
        let spans = cells.iter().map(&mut put).collect();
        block.cells = Cells::Spans { width, spans };
        let grid = &mut block.grid;
        grid.clear(0);
        let all = records.end.min(self.records) - records.start;
        (grid.rows, grid.total_records) = (rows.len(), to_u32(all));
        let before = |end: u64| self.blank.partition_point(|record| *record < end);
        let blank = before(records.end) - before(records.start);
        grid.set_aside = to_u32(all) - to_u32(rows.len() + blank);
        grid.records.extend(rows.iter().map(|row| to_u32(row.record - records.start)));
        (block.at, block.len, block.read, block.quote) = (records.start, all, 0, None);
        block.lines_are_records = false;
        block.hedges.clear();
        block.places = wanted.places.then(|| Places {
            rows: rows.iter().map(|row| row.span).collect(),
            cells: cells.iter().map(|cell| cell.1).collect(),
            ways: Vec::new(),
        });
    }
}

impl Reader for TreeRows {
    fn head(&self) -> &Head {
        &self.head
    }

    fn end(&self) -> u64 {
        self.records
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

    fn has_null(&self) -> bool {
        true
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
        let record = block.at + u64::from(block.grid.records_before(row));
        let own = self.rows.get(self.row_of(record))?;
        let origin = field.and_then(|field| self.origins.get(field));
        self.plan.pointer_of(origin.copied(), &Way::pointer(own.way.as_deref()))
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
