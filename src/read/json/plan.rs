//! What a walk through a document takes of what encloses its rows.

use std::io;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use crate::read::json::fields::{self, Cells, ELSEWHERE, Odd, Seen};
use crate::read::json::nav::{Above, Frame, Known, Member, Members, Nav};
use crate::read::json::scan::{Over, Stop, Text, What, wrong};
use crate::read::nested;
use crate::read::nested::fields::{Fields, Kind};
use crate::read::nested::pointer::{Pointer, Segment};
use crate::read::reader::MAX_RECORD;
use crate::source::{Bytes, Span};

/// The columns of a document, and where it is read from.
#[derive(Clone)]
pub struct Plan {
    columns: nested::Plan,
    pub source: Arc<dyn Bytes>,
    /// Where long values start and end behind which members were looked for.
    ends: Vec<(u64, u64)>,
}

impl Plan {
    pub fn new(pointer: Pointer, source: Arc<dyn Bytes>) -> Plan {
        Plan { columns: nested::Plan::new(pointer), source, ends: Vec::new() }
    }
}

impl Deref for Plan {
    type Target = nested::Plan;
    fn deref(&self) -> &nested::Plan {
        &self.columns
    }
}

impl DerefMut for Plan {
    fn deref_mut(&mut self) -> &mut nested::Plan {
        &mut self.columns
    }
}

/// Learns which members enclosing elements have.
pub struct Learner<'p>(pub &'p mut Plan);

impl Learner<'_> {
    /// Notes which containers give names to what they hold.
    pub fn note_names(&mut self, nav: &Nav) {
        let rows = self.0.pointer.segments.len();
        let names = |frame: Option<&Frame>, segment: usize| {
            let segments = &self.0.pointer.segments;
            frame.is_some_and(|f| !f.is_array) && segments.get(segment) == Some(&Segment::Each)
        };
        let before = |segment: usize| segment.checked_sub(1).map(|s| (nav.frames.get(s), s));
        let is_named = before(rows).is_some_and(|(frame, s)| names(frame, s));
        let of_levels: Vec<bool> = self
            .0
            .levels
            .iter()
            .map(|level| before(level.segment).is_some_and(|(frame, s)| names(frame, s)))
            .collect();
        self.0.is_named |= is_named;
        for (level, is_named) in self.0.levels.iter_mut().zip(of_levels) {
            level.is_named |= is_named;
            if let Some(frame) = nav.frames.get(level.segment) {
                let others = level.are_arrays.unwrap_or(true);
                level.are_arrays = Some(others && frame.is_array);
            }
        }
    }
}

impl Members for Learner<'_> {
    fn pointer(&self) -> &Pointer {
        &self.0.pointer
    }
    fn level(&self, segment: usize) -> Option<usize> {
        self.0.level(segment)
    }
    fn known(&mut self, level: usize, (name, span): (&[u8], Span), byte: u8) -> Known {
        // Arrays are no columns; that one stands twice is reported all the same.
        let level = self.0.levels.get_mut(level).filter(|_| byte == b'[');
        if let Some(fields) = level.map(|level| &mut level.fields)
            && let Some(member) = fields.member(0, name.to_vec(), Some(span))
        {
            fields.note((0, member), 0, Kind::List);
        }
        Known { wants_object: true, ..Known::default() }
    }
    fn odd(&mut self, _: Odd) {}
    fn take(
        &mut self,
        level: usize,
        _: &mut Vec<Option<Above>>,
        member: Member<'_>,
        text: &Text<'_>,
    ) -> Result<usize, Stop> {
        let Some(level) = self.0.levels.get_mut(level) else { return text.value(member.value) };
        let span = Span::new(member.at.start as u64, member.at.end as u64).shift(text.base);
        level.fields.learn_member((member.name.to_vec(), span), text, member.value)
    }
    fn look_ahead(
        &mut self,
        level: usize,
        _: &mut Vec<Option<Above>>,
        text: &Text<'_>,
        at: usize,
    ) -> Result<(), Stop> {
        let plan = &mut *self.0;
        let source = plan.source.clone();
        let Some(level) = plan.columns.levels.get_mut(level) else { return Ok(()) };
        let wants = |_: &[u8]| true;
        let known = known_end(&plan.ends, text, at);
        let end = members_behind(&*source, (text, at, known), &wants, &mut |member, text| {
            let span = Span::new(member.at.start as u64, member.at.end as u64).shift(text.base);
            level.fields.learn_member((member.name.to_vec(), span), text, member.value)
        })?;
        let start = text.base + at as u64;
        if end.is_some_and(|end| end - start > LONG) && plan.ends.len() < MOST_ENDS {
            plan.ends.extend(end.map(|end| (start, end)));
        }
        Ok(())
    }
}

/// Where a value ends that was passed over before.
fn known_end(ends: &[(u64, u64)], text: &Text<'_>, at: usize) -> Option<u64> {
    let start = text.base + at as u64;
    ends.iter().find(|known| known.0 == start).map(|known| known.1)
}

/// Reads the members of enclosing elements into cells.
pub struct Filler<'p> {
    pub plan: &'p Plan,
    /// What is out of order.
    pub odd: &'p mut Vec<Odd>,
}

impl Members for Filler<'_> {
    fn pointer(&self) -> &Pointer {
        &self.plan.pointer
    }
    fn level(&self, segment: usize) -> Option<usize> {
        self.plan.level(segment)
    }
    fn known(&mut self, level: usize, (name, _): (&[u8], Span), _: u8) -> Known {
        let fields = self.plan.levels.get(level).map(|level| &level.fields);
        let member = fields.and_then(|fields| fields.find(0, name));
        let column = member.filter(|m| !m.is_left_out).zip(fields);
        Known {
            id: member.map(|m| m.id),
            wants_object: member.is_some_and(|m| m.node.is_some()),
            column: column.and_then(|(member, fields)| fields.first_of(member)),
        }
    }
    fn odd(&mut self, odd: Odd) {
        let first = |level| self.plan.first_column(level);
        let column = odd.column.map(|column| odd.level.map_or(0, first) + column);
        self.odd.push(Odd { column, ..odd });
    }
    fn take(
        &mut self,
        level: usize,
        cells: &mut Vec<Option<Above>>,
        member: Member<'_>,
        text: &Text<'_>,
    ) -> Result<usize, Stop> {
        let Some(of) = self.plan.levels.get(level) else { return text.value(member.value) };
        let mut found = Vec::new();
        let end = read_above(&of.fields, cells, &member, text, &mut found)?;
        found.into_iter().for_each(|odd| self.odd(Odd { level: Some(level), ..odd }));
        Ok(end)
    }
    fn look_ahead(
        &mut self,
        level: usize,
        cells: &mut Vec<Option<Above>>,
        text: &Text<'_>,
        at: usize,
    ) -> Result<(), Stop> {
        let fields = self.plan.levels.get(level).map(|level| &level.fields);
        let Some(fields) = fields.filter(|f| !f.columns.is_empty()) else { return Ok(()) };
        let wants = |name: &[u8]| fields.find(0, name).is_some_and(|m| m.node.is_some());
        let from = (text, at, known_end(&self.plan.ends, text, at));
        let (mut known, mut ignored) = (cells.clone(), Vec::new());
        members_behind(&*self.plan.source, from, &wants, &mut |member, text| {
            // What is out of order is reported on the way.
            read_above(fields, &mut known, &member, text, &mut ignored)
        })?;
        *cells = known;
        Ok(())
    }
}

/// Reads a member of an enclosing element into its cells.
fn read_above(
    fields: &Fields,
    cells: &mut Vec<Option<Above>>,
    member: &Member<'_>,
    text: &Text<'_>,
    odd: &mut Vec<Odd>,
) -> Result<usize, Stop> {
    let width = fields.columns.len();
    let mut spans = vec![Default::default(); width];
    let mut places = vec![Span::default(); width];
    let (mut texts, mut seen, mut found) = (Vec::new(), Seen::default(), Vec::new());
    let mut to = Cells {
        seen: &mut seen,
        spans: &mut spans,
        places: Some(&mut places),
        texts: &mut texts,
        odd: &mut found,
    };
    let at = (member.at.clone(), member.value);
    let end = fields.read_member(member.name, text, at, &mut to)?;
    odd.extend(found);
    cells.resize(width, None);
    let mut take = |column: usize| {
        let (Some(span), Some(place)) = (spans.get(column), places.get(column)) else { return };
        let (bytes, mask) = match span.start & ELSEWHERE {
            0 => (text.bytes, 0),
            _ => (&*texts, ELSEWHERE),
        };
        let range = (span.start & !mask) as usize..(span.end & !mask) as usize;
        let own = || (bytes.get(range.clone()).unwrap_or_default().to_vec(), *place);
        // Of a member that stands twice the last is read.
        let is_there = *span != Default::default();
        cells.get_mut(column).into_iter().for_each(|cell| *cell = is_there.then(&own));
    };
    if let Some(member) = fields.find(0, member.name) {
        fields.each_of(member, &mut take);
    }
    Ok(end)
}

/// Values that are longer are not passed over a second time.
const LONG: u64 = 1 << 20;

/// So many of them are kept in mind.
const MOST_ENDS: usize = 16;

/// Visits the members that follow in an object whose value at a place is passed over; gives where
/// that ends. What is no JSON ends it: that is met again on the way.
fn members_behind(
    source: &dyn Bytes,
    (text, from, known): (&Text<'_>, usize, Option<u64>),
    wants: &dyn Fn(&[u8]) -> bool,
    take: &mut dyn FnMut(Member<'_>, &Text<'_>) -> Result<usize, Stop>,
) -> Result<Option<u64>, Stop> {
    let over = known.is_none().then(Over::default);
    let mut behind = Behind { over, end: known, wants, take };
    let begin = match known {
        Some(known) => known,
        None => match behind.run(text, from) {
            (at, Stop::More) => text.base + at as u64,
            (_, Stop::Io(error)) => return Err(Stop::Io(error)),
            (_, Stop::Wrong(_)) => return Ok(behind.end),
        },
    };
    let mut window = Window::new(begin);
    loop {
        window.fill(source).map_err(Stop::Io)?;
        match behind.run(&window.text(source), 0) {
            (at, Stop::More) if at > 0 || window.may_grow() => window.pass(at),
            (_, Stop::Io(error)) => return Err(Stop::Io(error)),
            _ => return Ok(behind.end),
        }
    }
}

/// The way through the members behind a value.
struct Behind<'b> {
    /// What is passed over.
    over: Option<Over>,
    /// Where the value ends that comes first.
    end: Option<u64>,
    wants: &'b dyn Fn(&[u8]) -> bool,
    take: &'b mut dyn FnMut(Member<'_>, &Text<'_>) -> Result<usize, Stop>,
}

impl Behind<'_> {
    /// Goes on as far as it can; gives how far it came, and what stopped it.
    fn run(&mut self, text: &Text<'_>, mut at: usize) -> (usize, Stop) {
        loop {
            match self.next(text, at) {
                Ok(end) => at = end,
                Err(stop) => return (at, stop),
            }
        }
    }

    /// Goes past a member or a part of a value.
    fn next(&mut self, text: &Text<'_>, at: usize) -> Result<usize, Stop> {
        if let Some(over) = &mut self.over {
            let (end, is_done) = over.run(text, at)?;
            if is_done {
                self.over = None;
                self.end = self.end.or(Some(text.base + end as u64));
            } else if end == at {
                return Err(text.end());
            }
            return Ok(end);
        }
        match text.after_space(at)? {
            (b',', at) => {
                let (start, end, name, value) = fields::name(text, at + 1)?;
                let (byte, value) = text.after_space(value)?;
                if byte == b'[' || byte == b'{' && !(self.wants)(&name) {
                    self.over = Some(Over::default());
                    return Ok(value);
                }
                (self.take)(Member { name: &name, at: start..end, value }, text)
            }
            (_, at) => Err(wrong(at, What::Comma)),
        }
    }
}

/// A part of a file that moves on.
pub struct Window {
    pub bytes: Vec<u8>,
    pub base: u64,
    size: usize,
}

impl Window {
    pub fn new(base: u64) -> Window {
        Window { bytes: Vec::new(), base, size: 4 << 10 }
    }

    /// Reads on until it is full or the file ends.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn fill(&mut self, source: &dyn Bytes) -> io::Result<()> {
        let mut filled = self.bytes.len();
        self.bytes.resize(self.size.max(filled), 0);
        while let Some(rest) = self.bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match source.read_at(self.base + filled as u64, rest)? {
                0 => break,
                n => filled += n,
            }
        }
        self.bytes.truncate(filled);
        Ok(())
    }

    pub fn text(&self, source: &dyn Bytes) -> Text<'_> {
        let last = self.base + self.bytes.len() as u64 >= source.len();
        Text { bytes: &self.bytes, last, base: self.base }
    }

    /// Leaves bytes behind; where there are none, what stands there is long, and more is read.
    pub fn pass(&mut self, bytes: usize) {
        self.bytes.drain(..bytes.min(self.bytes.len()));
        self.base += bytes as u64;
        self.size = match bytes {
            0 => (self.size.max(self.bytes.len()) * 2).min(MAX_RECORD),
            // What is large is read in large pieces.
            _ => (self.size * 2).min(1 << 20),
        };
    }

    /// Whether a value may be longer than what is there.
    pub fn may_grow(&self) -> bool {
        self.bytes.len() < MAX_RECORD
    }
}
