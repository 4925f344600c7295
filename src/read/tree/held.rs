//! Rows of a text that is held: their cells, with the places where they stand.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::read::grid::FieldSpan;
use crate::read::nested::fields::Fields;
use crate::read::nested::pointer::Way;
use crate::read::nested::{Origin, Plan};
use crate::read::tree::find::{Found, Named};
use crate::read::tree::value::{Location, Map, What};
use crate::source::Span;
use crate::width::to_u32;

/// The text of a cell.
#[derive(Debug, Clone, Default)]
pub enum Text {
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

/// A row.
pub struct Row {
    pub span: Span,
    /// Values before it that should be rows.
    pub record: u64,
    pub way: Option<Arc<Way>>,
}

/// The rows of a text.
pub struct Held {
    text: String,
    place: Location,
    /// The values that should be rows, by number.
    pub records: Range<u64>,
    pub rows: Vec<Row>,
    /// Row by row.
    cells: Vec<(Text, Span)>,
    width: usize,
}

impl Held {
    /// Holds the rows that were found in a text, of which the first has this number.
    pub fn new(
        plan: &Plan,
        found: &[Found<'_>],
        first: u64,
        (text, place): (String, Location),
    ) -> Held {
        let origins = plan.origins();
        let mut all = Held {
            text,
            place,
            records: first..first + found.len() as u64,
            rows: Vec::new(),
            cells: Vec::new(),
            width: origins.len(),
        };
        let mut above = vec![(std::ptr::null(), Vec::new()); plan.levels.len()];
        for (record, row) in (first..).zip(found) {
            all.push((plan, &origins), record, row, &mut above);
        }
        all
    }

    fn push(
        &mut self,
        (plan, origins): (&Plan, &[Origin]),
        record: u64,
        row: &Found<'_>,
        above: &mut [(*const Map, Vec<Cell>)],
    ) {
        let What::Map(map) = &row.value.what else { return };
        let of = |fields: &Fields, map: &Map| {
            let mut cells = vec![None; fields.columns.len()];
            read_map(fields, 0, map, &mut cells);
            cells
        };
        let own = of(&plan.rows, map);
        let levels = above.iter_mut().zip(row.above.iter().rev()).zip(&plan.levels);
        for ((known, (map, _)), level) in levels {
            // Many rows have the same above them.
            if known.0 != std::ptr::from_ref(*map) {
                *known = (std::ptr::from_ref(*map), of(&level.fields, map));
            }
        }
        let named = |name: Named<'_>| name.map(|(name, at)| (Text::Own(name.clone()), at));
        let level_name = |level: usize| row.above.iter().rev().nth(level).and_then(|l| l.1);
        for origin in origins {
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
        match text {
            Text::Blank => "",
            Text::Own(text) => text,
            Text::Written => self.text.get(self.place.within(*place)).unwrap_or_default(),
        }
    }

    /// The first row among the records from one on.
    pub fn row_of(&self, record: u64) -> usize {
        self.rows.partition_point(|row| row.record < record)
    }

    /// The rows among some records, with their cells.
    pub fn part(&self, records: &Range<u64>) -> (&[Row], &[(Text, Span)]) {
        let (from, to) = (self.row_of(records.start), self.row_of(records.end));
        let cells = self.cells.get(from * self.width..to * self.width);
        (self.rows.get(from..to).unwrap_or_default(), cells.unwrap_or_default())
    }

    /// Puts the texts of cells behind others.
    pub fn put(&self, cells: &[(Text, Span)], bytes: &mut Vec<u8>, spans: &mut Vec<FieldSpan>) {
        // What many cells share is there once: by where it stands in memory.
        let mut shared = HashMap::new();
        spans.extend(cells.iter().map(|cell| {
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
        }));
    }
}
