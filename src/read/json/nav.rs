//! The way through a document to its rows, token by token: what is open, and what it belongs to.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::read::json::fields::{self, Odd, OddKind};
use crate::read::json::scan::{Skip, Stop, Text, What, wrong};
use crate::read::nested::pointer::{Pointer, Segment};
use crate::source::Span;

/// The text of a cell of an enclosing element, and where it stands.
pub type Above = (Vec<u8>, Span);

/// A container on the way to the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Frame {
    pub is_array: bool,
    /// The number of the element at hand.
    pub index: u64,
    /// The name of the member at hand, and where it stands.
    pub name: Vec<u8>,
    pub name_span: Span,
    /// By column of its level; nothing where there is no such member.
    pub cells: Vec<Option<Above>>,
    /// By the number of each member of its level: whether it was met.
    seen: Vec<bool>,
    /// Where the member that leads to the rows stands.
    taken: Option<u64>,
    /// The names of its members, where all of them lead to rows and they are noted.
    #[serde(skip)]
    names: HashSet<Vec<u8>>,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum Next {
    /// A value on the way to the rows.
    #[default]
    Value,
    /// A row.
    Row,
    /// The first element or member, or the end of an empty container.
    First,
    /// A comma, or the end of a container.
    After,
    /// A value that is passed over.
    Skipped,
    /// Nothing: the document has ended.
    Nothing,
}

/// Where in a document a text begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Nav {
    pub frames: Vec<Frame>,
    pub next: Next,
    pub skip: Skip,
    /// Whether names are noted, so that one that stands twice is reported: not where a document goes on
    /// in another block.
    #[serde(skip)]
    pub notes_names: bool,
}

/// What is known of a member of an enclosing element.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    pub id: Option<usize>,
    /// Whether its members are of interest where it is an object.
    pub wants_object: bool,
    /// The first of its columns, where it never was a container that is left out.
    pub column: Option<usize>,
}

/// What takes the members of enclosing elements.
pub trait Members {
    /// The way to the rows.
    fn pointer(&self) -> &Pointer;
    /// The number of the level whose elements are left by this step.
    fn level(&self, segment: usize) -> Option<usize>;
    /// What is known of a member whose name stands there, and whose value begins with `byte`.
    fn known(&mut self, level: usize, name: (&[u8], Span), byte: u8) -> Known;
    /// Takes what is out of order.
    fn odd(&mut self, odd: Odd);
    /// Takes a member whose value starts at `at`; gives where it ends.
    ///
    /// # Errors
    /// Where it is cut or no JSON.
    fn take(
        &mut self,
        level: usize,
        cells: &mut Vec<Option<Above>>,
        member: Member<'_>,
        text: &Text<'_>,
    ) -> Result<usize, Stop>;
    /// Looks at the members behind the value that starts at `at`: rows within it have them, too.
    ///
    /// # Errors
    /// Where the file cannot be read.
    fn look_ahead(
        &mut self,
        level: usize,
        cells: &mut Vec<Option<Above>>,
        text: &Text<'_>,
        at: usize,
    ) -> Result<(), Stop>;
}

/// A member of an enclosing element.
pub struct Member<'m> {
    pub name: &'m [u8],
    /// Where its name stands in the text.
    pub at: std::ops::Range<usize>,
    /// Where its value starts.
    pub value: usize,
}

impl Nav {
    /// Goes past one token or more; gives where it stands then. Nothing changes where it fails,
    /// so that it can be asked again with a longer text.
    ///
    /// # Errors
    /// Where the text is cut or no JSON.
    pub fn step(
        &mut self,
        members: &mut dyn Members,
        text: &Text<'_>,
        at: usize,
    ) -> Result<usize, Stop> {
        match self.next {
            Next::Value => self.value(members, text, at),
            Next::First => {
                let (byte, at) = text.after_space(at)?;
                let is_array = self.frames.last().is_some_and(|f| f.is_array);
                match byte {
                    b']' if is_array => self.close(at),
                    b'}' if !is_array => self.close(at),
                    _ if is_array => self.element(members, at),
                    _ => self.member(members, text, at),
                }
            }
            Next::After => self.after(members, text, at),
            Next::Skipped => {
                let (end, is_done) = self.skip.run(text, at).map_err(Stop::Wrong)?;
                if is_done {
                    self.skip = Skip::default();
                    self.ended();
                } else if end == at {
                    return Err(text.end());
                }
                Ok(end)
            }
            Next::Row | Next::Nothing => Ok(at),
        }
    }

    fn value(
        &mut self,
        members: &mut dyn Members,
        text: &Text<'_>,
        at: usize,
    ) -> Result<usize, Stop> {
        let (byte, at) = text.after_space(at)?;
        if matches!(byte, b']' | b'}') {
            return Err(wrong(at, What::Value));
        }
        let pointer = members.pointer();
        let (depth, is_array) = (self.frames.len(), byte == b'[');
        let is_way = match pointer.segments.get(depth) {
            Some(Segment::Each) => is_array || byte == b'{',
            Some(Segment::Named(name)) => byte == b'{' || is_array && name.parse::<u64>().is_ok(),
            // The elements of an array are the rows.
            None => pointer.opens && depth == pointer.segments.len() && is_array,
        };
        if is_way {
            self.frames.push(Frame { is_array, ..Frame::default() });
            self.next = Next::First;
            return Ok(at + 1);
        }
        // Where there is nothing, there are no rows; anything else should be one.
        let is_nothing = byte == b'n'
            && (depth < pointer.segments.len() || depth == pointer.segments.len() && pointer.opens);
        self.next = if is_nothing { Next::Skipped } else { Next::Row };
        Ok(at)
    }

    fn close(&mut self, at: usize) -> Result<usize, Stop> {
        self.frames.pop();
        self.ended();
        Ok(at + 1)
    }

    /// A value on the way to the rows has ended.
    pub fn ended(&mut self) {
        self.next = if self.frames.is_empty() { Next::Nothing } else { Next::After };
    }

    #[inline]
    fn after(
        &mut self,
        members: &mut dyn Members,
        text: &Text<'_>,
        at: usize,
    ) -> Result<usize, Stop> {
        let (byte, at) = text.after_space(at)?;
        let Some(frame) = self.frames.last_mut() else {
            self.next = Next::Nothing;
            return Ok(at);
        };
        match byte {
            b',' if frame.is_array => {
                frame.index += 1;
                self.element(members, at + 1)
            }
            b',' => {
                let at = text.after_space(at + 1)?.1;
                self.member(members, text, at)
            }
            b']' if frame.is_array => self.close(at),
            b'}' if !frame.is_array => self.close(at),
            _ => Err(wrong(at, What::Comma)),
        }
    }

    /// An element of an array starts behind `at`.
    fn element(&mut self, members: &mut dyn Members, at: usize) -> Result<usize, Stop> {
        let index = self.frames.last().map_or(0, |f| f.index);
        let segment = self.frames.len().checked_sub(1);
        let is_meant = match segment.and_then(|s| members.pointer().segments.get(s)) {
            Some(Segment::Each) => true,
            Some(Segment::Named(name)) => name.parse() == Ok(index),
            None => true,
        };
        self.next = if is_meant { Next::Value } else { Next::Skipped };
        Ok(at)
    }

    /// A member of an object starts at `at`.
    fn member(
        &mut self,
        members: &mut dyn Members,
        text: &Text<'_>,
        at: usize,
    ) -> Result<usize, Stop> {
        let (start, end, name, value) = fields::name(text, at)?;
        let name_span = Span::new(start as u64, end as u64).shift(text.base);
        let depth = self.frames.len().saturating_sub(1);
        let Some(frame) = self.frames.last_mut() else { return Err(wrong(at, What::Value)) };
        let is_meant = match members.pointer().segments.get(depth) {
            Some(Segment::Each) => true,
            Some(Segment::Named(own)) => own.as_bytes() == &*name,
            None => false,
        };
        let level = members.level(depth);
        if is_meant {
            match level {
                Some(_) if frame.taken.is_some() => return Err(wrong(start, What::Twice)),
                Some(level) => members.look_ahead(level, &mut frame.cells, text, value)?,
                None if self.notes_names && !frame.names.insert(name.clone()) => {
                    members
                        .odd(Odd { object: NAMES_ROWS, ..odd(OddKind::Twice, start..end, None) });
                }
                None => {}
            }
            frame.taken = Some(name_span.start);
            (frame.name, frame.name_span) = (name, name_span);
            self.next = Next::Value;
            return Ok(value);
        }
        let (byte, value) = text.after_space(value)?;
        let Some(level) = level else {
            self.next = Next::Skipped;
            return Ok(value);
        };
        let known = members.known(level, (&name, name_span), byte);
        let at = if byte == b'[' || byte == b'{' && !known.wants_object {
            if known.column.is_some() || known.id.is_none() && byte == b'{' {
                members.odd(odd(OddKind::Late, start..end, Some((level, known.column))));
            }
            self.next = Next::Skipped;
            value
        } else {
            let member = Member { name: &name, at: start..end, value };
            let end = members.take(level, &mut frame.cells, member, text)?;
            self.next = Next::After;
            end
        };
        if let Some(id) = known.id {
            frame.seen.resize(frame.seen.len().max(id + 1), false);
            let seen = frame.seen.get_mut(id).map(|seen| std::mem::replace(seen, true));
            if seen == Some(true) {
                members.odd(odd(OddKind::Twice, start..end, Some((level, None))));
            }
        }
        Ok(at)
    }
}

/// The place of an object whose members all lead to rows.
pub const NAMES_ROWS: usize = u32::MAX as usize;

/// Something out of order in what encloses rows.
fn odd(kind: OddKind, at: std::ops::Range<usize>, of: Option<(usize, Option<usize>)>) -> Odd {
    let (level, column) = (of.map(|of| of.0), of.and_then(|of| of.1));
    Odd { kind, start: at.start, end: at.end, object: at.start, node: 0, level, column }
}
