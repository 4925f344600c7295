//! The columns of a table of JSON: the members of its rows and of what encloses them.

use std::io;
use std::sync::Arc;

use crate::read::json::fields::{self, Cells, ELSEWHERE, Fields, Odd};
use crate::read::json::nav::{Above, Frame, Member, Members, Nav};
use crate::read::json::scan::{Skip, Stop, Text};
use crate::read::pointer::{Pointer, Segment, above};
use crate::read::reader::{HeaderCell, MAX_RECORD};
use crate::source::{Bytes, Span};

/// The elements that enclose rows, one step up or several.
#[derive(Debug, Clone, Default)]
pub struct Level {
    /// The step of the pointer that leaves them.
    pub segment: usize,
    pub fields: Fields,
    /// Whether they have names themselves.
    pub is_named: bool,
    /// Whether members stand behind the one that leads to the rows.
    pub is_late: bool,
}

/// What is read of a document.
#[derive(Clone)]
pub struct Plan {
    pub pointer: Pointer,
    pub rows: Fields,
    /// Whether rows have names: they are members of an object.
    pub is_named: bool,
    /// The nearest first.
    pub levels: Vec<Level>,
    pub source: Arc<dyn Bytes>,
}

/// Where the cells of a column come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A member of the row.
    Row(usize),
    /// The name of the row.
    RowName,
    /// A member of an enclosing element.
    Level(usize, usize),
    /// The name of an enclosing element.
    LevelName(usize),
}

impl Plan {
    pub fn new(pointer: Pointer, source: Arc<dyn Bytes>) -> Plan {
        let level = |segment| Level { segment, fields: Fields::above(), ..Level::default() };
        let levels = pointer.levels().into_iter().map(level).collect();
        Plan { pointer, rows: Fields::new(), is_named: false, levels, source }
    }

    /// Where the cells of each column come from.
    pub fn origins(&self) -> Vec<Origin> {
        let mut all: Vec<Origin> = (0..self.rows.columns.len()).map(Origin::Row).collect();
        let own = self.is_named && !self.rows.has("key");
        all.extend(own.then_some(Origin::RowName));
        for (number, level) in self.levels.iter().enumerate() {
            let columns = 0..level.fields.columns.len();
            all.extend(columns.map(|column| Origin::Level(number, column)));
            let own = level.is_named && !level.fields.has("key");
            all.extend(own.then_some(Origin::LevelName(number)));
        }
        all
    }

    /// The columns.
    pub fn header(&self) -> Vec<HeaderCell> {
        let cell = |name: String, span| HeaderCell { name, span, ty: None };
        let of = |origin: Origin| match origin {
            Origin::Row(column) => {
                self.rows.columns.get(column).map(|c| cell(c.name.clone(), c.span))
            }
            Origin::RowName => Some(cell("key".into(), None)),
            Origin::Level(level, column) => {
                let own = self.levels.get(level)?.fields.columns.get(column)?;
                Some(cell(format!("{}{}", above(level + 1), own.name), own.span))
            }
            Origin::LevelName(level) => Some(cell(format!("{}key", above(level + 1)), None)),
        };
        self.origins().into_iter().filter_map(of).collect()
    }

    /// Adds the columns that a rule declares and nothing had so far.
    pub fn declare(&mut self, names: &[String]) {
        let known: Vec<String> = self.header().into_iter().map(|c| c.name).collect();
        for name in names.iter().filter(|name| !known.contains(name)) {
            let mut rest = name.as_str();
            let mut up = 0;
            while let Some(after) = rest.strip_prefix("parent/") {
                (rest, up) = (after, up + 1);
            }
            match up {
                0 => self.rows.declare(rest),
                _ => match self.levels.get_mut(up - 1) {
                    Some(level) => level.fields.declare(rest),
                    None => self.rows.declare(name),
                },
            }
        }
        self.number();
    }

    /// Numbers the columns.
    pub fn number(&mut self) {
        self.rows.number();
        self.levels.iter_mut().for_each(|level| level.fields.number());
    }

    fn level(&self, segment: usize) -> Option<usize> {
        self.levels.iter().position(|level| level.segment == segment)
    }

    /// Whether a row stands in a place that any of them could be asked for alone: the elements of
    /// one array.
    pub fn is_flat(&self) -> bool {
        let each = |s: &Segment| *s == Segment::Each;
        let segments = &self.pointer.segments;
        segments.iter().filter(|s| each(s)).count() == 1 && segments.last().is_some_and(each)
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
    fn wants_object(&self, _: usize, _: &[u8]) -> bool {
        true
    }
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
        from: u64,
    ) -> Result<bool, Stop> {
        let source = self.0.source.clone();
        let Some(level) = self.0.levels.get_mut(level) else { return Ok(true) };
        let wants = |_: &[u8]| true;
        members_behind(&*source, from, &wants, &mut |member, text| {
            level.is_late = true;
            let span = Span::new(member.at.start as u64, member.at.end as u64).shift(text.base);
            level.fields.learn_member((member.name.to_vec(), span), text, member.value)
        })?;
        Ok(true)
    }
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
    fn wants_object(&self, level: usize, name: &[u8]) -> bool {
        self.plan.levels.get(level).is_some_and(|level| level.fields.is_object(name))
    }
    fn take(
        &mut self,
        level: usize,
        cells: &mut Vec<Option<Above>>,
        member: Member<'_>,
        text: &Text<'_>,
    ) -> Result<usize, Stop> {
        match self.plan.levels.get(level) {
            Some(level) => read_above(&level.fields, cells, &member, text, self.odd),
            None => text.value(member.value),
        }
    }
    fn look_ahead(
        &mut self,
        level: usize,
        cells: &mut Vec<Option<Above>>,
        from: u64,
    ) -> Result<bool, Stop> {
        let Some(level) = self.plan.levels.get(level).filter(|l| l.is_late) else {
            return Ok(false);
        };
        let wants = |name: &[u8]| level.fields.is_object(name);
        members_behind(&*self.plan.source, from, &wants, &mut |member, text| {
            read_above(&level.fields, cells, &member, text, &mut Vec::new())
        })?;
        Ok(true)
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
    cells.resize(fields.columns.len(), None);
    let mut spans = vec![Default::default(); cells.len()];
    let mut places = vec![Span::default(); cells.len()];
    let mut texts = Vec::new();
    let known = odd.len();
    let mut to = Cells { spans: &mut spans, places: Some(&mut places), texts: &mut texts, odd };
    let at = (member.at.clone(), member.value);
    let end = fields.read_member(member.name, text, at, &mut to);
    if end.is_err() {
        // It is read again, with a longer text.
        odd.truncate(known);
    }
    let end = end?;
    for (column, (span, place)) in spans.iter().zip(places).enumerate() {
        if *span == Default::default() {
            continue;
        }
        let (bytes, mask) = match span.start & ELSEWHERE {
            0 => (text.bytes, 0),
            _ => (&*texts, ELSEWHERE),
        };
        let range = (span.start & !mask) as usize..(span.end & !mask) as usize;
        let own = bytes.get(range).unwrap_or_default().to_vec();
        let Some(cell) = cells.get_mut(column) else { continue };
        if cell.is_some() {
            let (start, end) = (member.at.start, member.at.end);
            let kind = fields::OddKind::Twice;
            odd.push(Odd { kind, start, end, object: start, column: None });
        }
        *cell = Some((own, place));
    }
    Ok(end)
}

/// Visits the members that follow in an object whose value at `from` is passed over. What is no
/// JSON ends it: that is met again on the way.
fn members_behind(
    source: &dyn Bytes,
    from: u64,
    wants: &dyn Fn(&[u8]) -> bool,
    take: &mut dyn FnMut(Member<'_>, &Text<'_>) -> Result<usize, Stop>,
) -> Result<(), Stop> {
    let (mut window, mut skip) = (Window::new(from), Some(Skip::default()));
    loop {
        window.fill(source).map_err(Stop::Io)?;
        let text = window.text(source);
        let mut at = 0;
        let found = loop {
            match next_member(&text, at, &mut skip, wants, take) {
                Ok(Some(end)) => at = end,
                Ok(None) => return Ok(()),
                Err(stop) => break stop,
            }
        };
        match found {
            Stop::More if at > 0 || window.may_grow() => window.pass(at),
            Stop::Io(error) => return Err(Stop::Io(error)),
            Stop::More | Stop::Wrong(_) => return Ok(()),
        }
    }
}

/// Goes past a member or a part of a value; none where the object ends.
fn next_member(
    text: &Text<'_>,
    at: usize,
    skip: &mut Option<Skip>,
    wants: &dyn Fn(&[u8]) -> bool,
    take: &mut dyn FnMut(Member<'_>, &Text<'_>) -> Result<usize, Stop>,
) -> Result<Option<usize>, Stop> {
    if let Some(value) = skip {
        let (end, is_done) = value.run(text, at).map_err(Stop::Wrong)?;
        if is_done {
            *skip = None;
        } else if end == at {
            return Err(text.end());
        }
        return Ok(Some(end));
    }
    match text.after_space(at)? {
        (b',', at) => {
            let (start, end, name, value) = fields::name(text, at + 1)?;
            let (byte, value) = text.after_space(value)?;
            if byte == b'[' || byte == b'{' && !wants(&name) {
                *skip = Some(Skip::default());
                return Ok(Some(value));
            }
            take(Member { name: &name, at: start..end, value }, text).map(Some)
        }
        _ => Ok(None),
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
