//! What a walk through a document takes of what encloses its rows.

use std::io;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use crate::read::json::fields::{self, Cells, ELSEWHERE, Odd};
use crate::read::json::nav::{Above, Frame, Member, Members, Nav};
use crate::read::json::scan::{Skip, Stop, Text};
use crate::read::nested;
use crate::read::nested::fields::Fields;
use crate::read::nested::pointer::{Pointer, Segment};
use crate::read::reader::MAX_RECORD;
use crate::source::{Bytes, Span};

/// The columns of a document, and where it is read from.
#[derive(Clone)]
pub struct Plan {
    columns: nested::Plan,
    pub source: Arc<dyn Bytes>,
}

impl Plan {
    pub fn new(pointer: Pointer, source: Arc<dyn Bytes>) -> Plan {
        Plan { columns: nested::Plan::new(pointer), source }
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
