//! From the bytes of a block to rows: lines of JSON, or a part of a document.

use std::sync::Arc;

use crate::read::block::{Block, Cells, Places};
use crate::read::grid::{FieldSpan, Irregular};
use crate::read::json::fields::{self, ELSEWHERE, Odd, Seen};
use crate::read::json::nav::{Frame, Nav, Next};
use crate::read::json::plan::{Filler, Plan};
use crate::read::json::scan::{Stop, Text, What, Wrong, wrong};
use crate::read::json::utf8::invalid;
use crate::read::json::words;
use crate::read::nested::Origin;
use crate::read::nested::pointer::Way;
use crate::read::note::{MALFORMED, ROW_NOT_AN_OBJECT};
use crate::source::{Span, count_lines};
use crate::width::to_u32;

/// Rows on their way into a block.
pub struct Walk<'w> {
    plan: &'w Plan,
    origins: &'w [Origin],
    /// Columns that the rows have themselves.
    own: usize,
    block: &'w mut Block,
    spans: Vec<FieldSpan>,
    /// Texts that do not stand in the block as they are.
    texts: Vec<u8>,
    places: Option<Places>,
    /// The ways to rows.
    ways: Ways,
    odd: Vec<Odd>,
    seen: Seen,
    /// The cells that all rows of an enclosing element share, and where they stand; none where they
    /// are not known.
    above: Option<(Vec<FieldSpan>, Vec<Option<Span>>)>,
    /// Lines up to `counted`.
    lines: u32,
    counted: usize,
    /// Whether each line is a row, but for few.
    is_plain: bool,
    /// Whether it walks a part of a document.
    is_part: bool,
}

/// The way to the container of rows, which they share.
#[derive(Default)]
struct Ways {
    /// Where each step of it stands.
    steps: Vec<(u64, u64)>,
    container: Option<Arc<Way>>,
}

impl Ways {
    /// The way to the row at hand.
    fn row(&mut self, nav: &Nav) -> Option<Arc<Way>> {
        let (own, above) = nav.frames.split_last()?;
        let name = |frame: &Frame| match frame.is_array {
            true => frame.index.to_string().into(),
            false => String::from_utf8_lossy(&frame.name).into(),
        };
        let steps = above.iter().map(|frame| (frame.name_span.start, frame.index));
        if !steps.clone().eq(self.steps.iter().copied()) {
            self.steps = steps.collect();
            self.container = above.iter().fold(None, |way, frame| Way::further(&way, name(frame)));
        }
        Way::further(&self.container, name(own))
    }
}

/// What had been taken before a line.
#[derive(Clone, Copy)]
struct Taken {
    rows: usize,
    cells: usize,
    faults: usize,
    records: u32,
    set_aside: u32,
}

impl<'w> Walk<'w> {
    /// A walk into a block, whose buffers are used again.
    pub fn new(
        plan: &'w Plan,
        origins: &'w [Origin],
        block: &'w mut Block,
        with_places: bool,
    ) -> Walk<'w> {
        let mut spans = match std::mem::take(&mut block.cells) {
            Cells::Spans { spans, .. } => spans,
            _ => Vec::new(),
        };
        spans.clear();
        block.grid.clear(1);
        Walk {
            plan,
            origins,
            own: plan.rows.columns.len(),
            block,
            spans,
            texts: Vec::new(),
            places: with_places.then(Places::default),
            odd: Vec::new(),
            seen: Seen::default(),
            ways: Ways::default(),
            above: None,
            lines: 0,
            counted: 0,
            is_plain: false,
            is_part: false,
        }
    }

    /// Lines up to a place, which is not before the last one that was asked for.
    fn lines_to(&mut self, text: &Text<'_>, at: usize) -> u32 {
        if at > self.counted {
            let own = text.bytes.get(self.counted..at).unwrap_or_default();
            self.lines += count_lines(own, text.bytes.get(at));
            self.counted = at;
        }
        self.lines
    }

    fn fault(&mut self, irregular: Irregular) {
        let (record, line) = (self.block.grid.total_records, self.lines);
        self.block.grid.faults.push(Irregular { record, line, ..irregular });
    }

    /// What was found out of order, in the lines from `from` on.
    fn take_odd(&mut self, text: &Text<'_>, from: usize) {
        for odd in std::mem::take(&mut self.odd) {
            let own = text.bytes.get(from..odd.start).unwrap_or_default();
            let line = self.lines + count_lines(own, None);
            let record = self.block.grid.total_records;
            let irregular = words::of_object(&odd);
            self.block.grid.faults.push(Irregular { record, line, ..irregular });
        }
    }

    /// Takes the row that starts at `at`; gives where it ends. Nothing is taken where it fails.
    #[inline]
    fn row(&mut self, text: &Text<'_>, at: usize, nav: &Nav) -> Result<usize, Stop> {
        if text.get(at) != Some(b'{') {
            let end = text.value(at)?;
            self.lines_to(text, at);
            self.fault(words::irregular(&ROW_NOT_AN_OBJECT, (at, end), 0));
            self.block.grid.set_aside += 1;
            self.block.grid.total_records += 1;
            return Ok(end);
        }
        let (first, width) = (self.spans.len(), self.origins.len());
        self.spans.resize(first + width, FieldSpan::default());
        let kept = self.places.as_ref().map_or(0, |p| p.cells.len());
        if let Some(places) = &mut self.places {
            places.cells.resize(kept + width, Span::default());
        }
        let known = self.odd.len();
        let mut to = fields::Cells {
            seen: &mut self.seen,
            spans: self.spans.get_mut(first..first + self.own).unwrap_or_default(),
            places: self.places.as_mut().and_then(|p| p.cells.get_mut(kept..kept + self.own)),
            texts: &mut self.texts,
            odd: &mut self.odd,
        };
        let end = match self.plan.rows.read(text, at + 1, &mut to) {
            Ok(end) => end,
            Err(stop) => {
                self.odd.truncate(known);
                self.drop_cells(first, kept);
                return Err(stop);
            }
        };
        if self.own < width {
            self.share(first, kept, nav);
        }
        let line = self.lines_to(text, at);
        if !self.odd.is_empty() {
            self.take_odd(text, at);
        }
        if let Some(places) = &mut self.places {
            let row = Span::new(at as u64, end as u64).shift(text.base);
            for place in places.cells.iter_mut().skip(kept).filter(|p| p.is_empty()) {
                *place = row;
            }
            places.rows.push(row);
            places.ways.push(self.ways.row(nav));
        }
        let grid = &mut self.block.grid;
        grid.starts.push(to_u32(at));
        grid.ends.push(to_u32(end));
        grid.lines.push(line);
        grid.records.push(grid.total_records);
        grid.rows += 1;
        grid.total_records += 1;
        Ok(end)
    }

    /// Takes the cells of the row at hand away again.
    #[cold]
    fn drop_cells(&mut self, first: usize, kept: usize) {
        self.spans.truncate(first);
        if let Some(places) = &mut self.places {
            places.cells.truncate(kept);
        }
    }

    /// Gives a row the cells of what encloses it.
    fn share(&mut self, first: usize, kept: usize, nav: &Nav) {
        if self.above.is_none() {
            let of = |origin: &Origin| self.enclosing(*origin, nav);
            let found: Vec<_> = self.origins.iter().skip(self.own).map(of).collect();
            let places = found.iter().map(|found| found.map(|(_, place)| place)).collect();
            let spans = found.into_iter().map(|found| self.kept(found)).collect();
            self.above = Some((spans, places));
        } else if self.origins.get(self.own) == Some(&Origin::RowName) {
            // Each row has its own.
            let found = self.enclosing(Origin::RowName, nav);
            let span = self.kept(found);
            if let Some((spans, places)) = &mut self.above {
                spans.first_mut().into_iter().for_each(|own| *own = span);
                let place = found.map(|(_, place)| place);
                places.first_mut().into_iter().for_each(|own| *own = place);
            }
        }
        let Some((spans, places)) = &self.above else { return };
        let cells = self.spans.iter_mut().skip(first + self.own);
        cells.zip(spans).for_each(|(cell, span)| *cell = *span);
        if let Some(own) = &mut self.places {
            let cells = own.cells.iter_mut().skip(kept + self.own);
            cells.zip(places).for_each(|(cell, place)| *cell = place.unwrap_or_default());
        }
    }

    /// Keeps the text of a cell.
    fn kept(&mut self, found: Option<(&[u8], Span)>) -> FieldSpan {
        let Some((text, _)) = found else { return FieldSpan::default() };
        let start = to_u32(self.texts.len()) | ELSEWHERE;
        self.texts.extend_from_slice(text);
        FieldSpan { start, end: to_u32(self.texts.len()) | ELSEWHERE }
    }

    /// A cell of what encloses a row.
    fn enclosing<'n>(&self, origin: Origin, nav: &'n Nav) -> Option<(&'n [u8], Span)> {
        let named = |frame: usize| {
            let frame = nav.frames.get(frame).filter(|f| !f.is_array)?;
            Some((&*frame.name, frame.name_span))
        };
        match origin {
            Origin::Row(_) => None,
            Origin::RowName => named(nav.frames.len().checked_sub(1)?),
            Origin::LevelName(level) => named(self.plan.levels.get(level)?.segment.checked_sub(1)?),
            Origin::Level(level, column) => {
                let frame = nav.frames.get(self.plan.levels.get(level)?.segment)?;
                let (text, place) = frame.cells.get(column)?.as_ref()?;
                Some((text, *place))
            }
        }
    }

    /// Walks a part of a document, up to the first row that starts at or after `stop`; gives how far
    /// it came, and what kept it from going on.
    pub fn document(
        &mut self,
        text: &Text<'_>,
        stop: usize,
        nav: &mut Nav,
    ) -> (usize, Option<Stop>) {
        self.is_part = true;
        let mut at = 0;
        let found = loop {
            let next = match nav.next {
                Next::Row if at >= stop => break None,
                Next::Row => {
                    let end = self.row(text, at, nav);
                    if end.is_ok() {
                        nav.ended();
                    }
                    end
                }
                Next::Nothing => break self.rest(text, &mut at),
                _ => self.step(text, at, nav),
            };
            match next {
                Ok(end) => at = end,
                Err(found) => break Some(found),
            }
        };
        (at, found)
    }

    /// Counts the lines of a part of a document.
    pub fn count_lines(&mut self, text: &Text<'_>, len: usize) {
        if self.is_part {
            self.lines_to(text, len);
        }
    }

    fn step(&mut self, text: &Text<'_>, at: usize, nav: &mut Nav) -> Result<usize, Stop> {
        let is_array = nav.frames.last().is_some_and(|f| f.is_array);
        let depth = nav.frames.len();
        let mut filler = Filler { plan: self.plan, odd: &mut self.odd };
        let end = nav.step(&mut filler, text, at);
        let is_level = depth.checked_sub(1).is_some_and(|at| self.plan.level(at).is_some());
        if !is_array && is_level || nav.frames.len() != depth {
            self.above = None;
        }
        if !self.odd.is_empty() && end.is_ok() {
            self.lines_to(text, at);
            self.take_odd(text, at);
        }
        end
    }

    /// Nothing but white space follows a document.
    fn rest(&self, text: &Text<'_>, at: &mut usize) -> Option<Stop> {
        match text.after_space(*at) {
            Ok((_, behind)) => Some(wrong(behind, What::Trailing)),
            Err(_) => {
                *at = text.bytes.len();
                None
            }
        }
    }

    /// Walks whole lines, up to the first that starts at or after `stop`; gives how far it came.
    pub fn lines(&mut self, text: &Text<'_>, stop: usize) -> usize {
        self.is_plain = self.plan.pointer.segments.is_empty();
        let mut at = 0;
        while at < stop && at < text.bytes.len() {
            let rest = text.bytes.get(at..).unwrap_or_default();
            let end = match memchr::memchr(b'\n', rest) {
                Some(len) => at + len,
                None if text.last => text.bytes.len(),
                None => break,
            };
            let line =
                Text { bytes: text.bytes.get(..end).unwrap_or_default(), last: true, ..*text };
            self.line(&line, at);
            let next = (end + 1).min(text.bytes.len());
            self.lines += u32::from(next > end);
            (self.counted, at) = (next, next);
        }
        at
    }

    /// Takes one line that is not blank: its rows, or what is wrong with it.
    fn line(&mut self, line: &Text<'_>, start: usize) {
        let Ok((_, at)) = line.after_space(start) else {
            self.is_plain = false;
            return;
        };
        let before = self.taken();
        let found = match self.plan.pointer.segments.is_empty() {
            true => self.row(line, at, &Nav::default()),
            false => self.nested(line, at),
        };
        let found = match found.map(|end| line.after_space(end)) {
            Ok(Ok((_, behind))) => Wrong { at: behind, what: What::Trailing },
            Ok(Err(_)) => return,
            Err(Stop::Wrong(wrong)) => wrong,
            Err(Stop::More | Stop::Io(_)) => Wrong { at: line.bytes.len(), what: What::Cut },
        };
        self.set_aside(line, before, found);
    }

    fn taken(&self) -> Taken {
        let grid = &self.block.grid;
        Taken {
            rows: grid.rows,
            cells: self.spans.len(),
            faults: grid.faults.len(),
            records: grid.total_records,
            set_aside: grid.set_aside,
        }
    }

    /// Takes the rows within a line.
    fn nested(&mut self, line: &Text<'_>, start: usize) -> Result<usize, Stop> {
        let (mut nav, mut at) = (Nav { notes_names: true, ..Nav::default() }, start);
        self.above = None;
        loop {
            match nav.next {
                Next::Row => {
                    at = self.row(line, at, &nav)?;
                    nav.ended();
                }
                Next::Nothing => return Ok(at),
                _ => at = self.step(line, at, &mut nav)?,
            }
        }
    }

    /// A line that is no JSON is one record that is no row, whatever was taken of it.
    fn set_aside(&mut self, line: &Text<'_>, before: Taken, found: Wrong) {
        let (grid, rows) = (&mut self.block.grid, before.rows);
        for counts in [&mut grid.starts, &mut grid.ends, &mut grid.lines, &mut grid.records] {
            counts.truncate(rows);
        }
        grid.faults.truncate(before.faults);
        (grid.rows, grid.total_records) = (rows, before.records);
        grid.set_aside = before.set_aside + 1;
        self.spans.truncate(before.cells);
        if let Some(places) = &mut self.places {
            places.rows.truncate(rows);
            places.ways.truncate(rows);
            places.cells.truncate(before.cells);
        }
        self.odd.clear();
        let shown = words::shown(line.bytes, found.at);
        self.fault(words::irregular(&MALFORMED, shown, found.what as usize));
        self.block.grid.total_records += 1;
    }

    /// Makes a block of what was walked: the first bytes of the text.
    pub fn finish(mut self, mut bytes: Vec<u8>, base: u64, len: usize) {
        /// For so many records there may be one that is no row.
        const FEW: u32 = 4;
        bytes.truncate(len);
        let found = invalid(&bytes, &self.block.grid, self.is_part);
        self.block.grid.faults.extend(found);
        let block = self.block;
        if !self.texts.is_empty() {
            let shift = to_u32(len);
            for span in self.spans.iter_mut().filter(|s| s.start & ELSEWHERE != 0) {
                span.start = (span.start & !ELSEWHERE) + shift;
                span.end = (span.end & !ELSEWHERE) + shift;
            }
            bytes.extend_from_slice(&self.texts);
        }
        block.bytes = bytes;
        block.cells = Cells::Spans { width: self.origins.len(), spans: self.spans };
        (block.at, block.len, block.read) = (base, len as u64, len as u64);
        block.quote = None;
        let grid = &mut block.grid;
        grid.total_lines = self.lines;
        grid.faults.sort_by_key(|f| (f.start, f.kind));
        block.lines_are_records = self.is_plain && grid.set_aside * FEW <= grid.total_records;
        block.is_cut = self.is_part;
        block.hedges.clear();
        block.places = self.places;
    }
}
