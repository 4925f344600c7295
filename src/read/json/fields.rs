//! Objects of JSON, read by the columns that they have.

use crate::read::grid::FieldSpan;
use crate::read::json::scan::{Stop, Text, unescape};
use crate::read::nested::fields::{Fields, Kind, Member};
use crate::source::Span;
use crate::width::to_u32;

/// Set in the offset of a text that does not stand in the block as it is.
pub const ELSEWHERE: u32 = 1 << 31;

/// What is out of order in an object, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd {
    pub kind: OddKind,
    pub start: usize,
    pub end: usize,
    /// Where the object starts, behind its bracket.
    pub object: usize,
    /// The number of the object among those that have columns.
    pub node: usize,
    /// The enclosing elements that have it; none of a row.
    pub level: Option<usize>,
    pub column: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OddKind {
    /// A member stands twice.
    Twice,
    /// A member is no column; or, where one is given, it is no object as it was, so that the
    /// columns of its members have nothing.
    Late,
    /// Half of a pair of surrogates stands alone.
    Surrogate,
}

/// Which members of a row were met.
#[derive(Debug, Default)]
pub struct Seen {
    rows: Vec<u32>,
    row: u32,
}

impl Seen {
    /// Begins a row of which nothing was met.
    #[inline]
    pub fn begin(&mut self, members: usize) {
        self.rows.resize(members, 0);
        self.row = self.row.wrapping_add(1);
        if self.row == 0 {
            self.rows.fill(0);
            self.row = 1;
        }
    }

    /// Notes a member; whether it was met before.
    #[inline]
    fn meet(&mut self, member: usize) -> bool {
        let Some(row) = self.rows.get_mut(member) else { return false };
        std::mem::replace(row, self.row) == self.row
    }

    fn forget(&mut self, member: usize) {
        self.rows.get_mut(member).into_iter().for_each(|row| *row = 0);
    }
}

/// Where the cells of an object go.
pub struct Cells<'c> {
    /// Which members were met.
    pub seen: &'c mut Seen,
    /// By column: where their texts stand; all nothing at first.
    pub spans: &'c mut [FieldSpan],
    /// Where the values stand in the file, if that is asked for.
    pub places: Option<&'c mut [Span]>,
    /// Texts that had to be written anew.
    pub texts: &'c mut Vec<u8>,
    pub odd: &'c mut Vec<Odd>,
}

impl Fields {
    /// Learns the members of the object whose bracket stands before `at`; gives where it ends.
    ///
    /// # Errors
    /// Where it is cut or no JSON.
    pub fn learn(&mut self, text: &Text<'_>, at: usize) -> Result<usize, Stop> {
        self.learn_object(0, text, at, 0)
    }

    fn learn_object(
        &mut self,
        node: usize,
        text: &Text<'_>,
        at: usize,
        depth: usize,
    ) -> Result<usize, Stop> {
        let (byte, mut at) = text.after_space(at)?;
        if byte == b'}' {
            return Ok(at + 1);
        }
        loop {
            let (start, end, name, value) = name(text, at)?;
            let span = Span::new(start as u64, end as u64).shift(text.base);
            let member = self.member(node, name, Some(span));
            at = self.learn_value(node, member, text, value, depth)?;
            match text.after_space(at)? {
                (b',', comma) => at = text.after_space(comma + 1)?.1,
                (b'}', end) => return Ok(end + 1),
                (_, at) => return Err(super::scan::wrong(at, super::scan::What::Comma)),
            }
        }
    }

    /// Learns a member of the object itself, whose value starts at `at`.
    ///
    /// # Errors
    /// Where it is cut or no JSON.
    pub fn learn_member(
        &mut self,
        (name, span): (Vec<u8>, Span),
        text: &Text<'_>,
        at: usize,
    ) -> Result<usize, Stop> {
        let member = self.member(0, name, Some(span));
        self.learn_value(0, member, text, at, 0)
    }

    fn learn_value(
        &mut self,
        node: usize,
        member: Option<usize>,
        text: &Text<'_>,
        at: usize,
        depth: usize,
    ) -> Result<usize, Stop> {
        let (byte, at) = text.after_space(at)?;
        let Some(number) = member else { return text.value(at) };
        let kind = match byte {
            b'{' => Kind::Object,
            b'[' => Kind::List,
            b'n' => Kind::Null,
            _ => Kind::Value,
        };
        match self.note((node, number), depth, kind) {
            Some(own) => self.learn_object(own, text, at + 1, depth + 1),
            None => text.value(at),
        }
    }

    /// Reads the object whose bracket stands before `at` into cells; gives where it ends.
    ///
    /// # Errors
    /// Where it is cut or no JSON.
    #[inline]
    pub fn read(&self, text: &Text<'_>, at: usize, to: &mut Cells<'_>) -> Result<usize, Stop> {
        to.seen.begin(self.members());
        self.read_object(0, text, at, to)
    }

    fn read_object(
        &self,
        number: usize,
        text: &Text<'_>,
        object: usize,
        to: &mut Cells<'_>,
    ) -> Result<usize, Stop> {
        let Some(node) = self.nodes.get(number) else { return text.value(object - 1) };
        let (byte, mut at) = text.after_space(object)?;
        if byte == b'}' {
            return Ok(at + 1);
        }
        let mut expected = 0;
        loop {
            let start = at;
            let rest = text.bytes.get(at..).unwrap_or_default();
            let is_expected = |m: &&Member| !m.literal.is_empty() && rest.starts_with(&m.literal);
            let (member, end) = match node.members.get(expected).filter(is_expected) {
                Some(member) => (Some(member), at + member.literal.len()),
                None => {
                    let (_, end, name, _) = name(text, at)?;
                    let known = node.by_name.get(&name).copied();
                    expected = known.unwrap_or(expected.wrapping_sub(1));
                    (known.and_then(|n| node.members.get(n)), end)
                }
            };
            expected = expected.wrapping_add(1);
            let value = text.colon(end)?;
            let named = Named { at: start..end, object, node: number };
            at = self.read_value(member, text, value, named, to)?;
            match text.after_space(at)? {
                (b',', comma) => at = text.after_space(comma + 1)?.1,
                (b'}', end) => return Ok(end + 1),
                (_, at) => return Err(super::scan::wrong(at, super::scan::What::Comma)),
            }
        }
    }

    /// Reads a member of the object itself, whose name stands at `at` and whose value at `value`.
    ///
    /// # Errors
    /// Where it is cut or no JSON.
    pub fn read_member(
        &self,
        name: &[u8],
        text: &Text<'_>,
        (at, value): (std::ops::Range<usize>, usize),
        to: &mut Cells<'_>,
    ) -> Result<usize, Stop> {
        to.seen.begin(self.members());
        let named = Named { object: at.start, at, node: 0 };
        self.read_value(self.find(0, name), text, value, named, to)
    }

    #[inline]
    fn read_value(
        &self,
        member: Option<&Member>,
        text: &Text<'_>,
        at: usize,
        named: Named,
        to: &mut Cells<'_>,
    ) -> Result<usize, Stop> {
        let (byte, at) = text.after_space(at)?;
        let Some(member) = member else {
            let end = text.value(at)?;
            self.late(None, byte, &named, to);
            return Ok(end);
        };
        if to.seen.meet(member.id) {
            to.odd.push(named.odd(OddKind::Twice, member.column));
            self.forget(member, to);
        }
        let (end, inner) = match byte {
            b'"' => string(member, text, at, &named, to)?,
            b'{' => match member.node {
                Some(node) => {
                    let end = self.read_object(node, text, at + 1, to)?;
                    (end, FieldSpan { start: to_u32(at), end: to_u32(end) })
                }
                None => whole(text, at)?,
            },
            b'[' => whole(text, at)?,
            b'n' => {
                let end = text.word(byte, at)?;
                if let (Some(node), Some(places)) = (member.node, to.places.as_deref_mut()) {
                    // It stands for all columns of the object.
                    let place = Span::new(at as u64, end as u64).shift(text.base);
                    self.each_column(node, &mut |column| {
                        places.get_mut(column).into_iter().for_each(|own| *own = place);
                    });
                }
                (end, FieldSpan { start: to_u32(at), end: to_u32(at) })
            }
            _ => {
                let end = text.word(byte, at)?;
                (end, FieldSpan { start: to_u32(at), end: to_u32(end) })
            }
        };
        let Some(column) = member.column else {
            self.late(Some(member), byte, &named, to);
            return Ok(end);
        };
        let Some(cell) = to.spans.get_mut(column) else { return Ok(end) };
        *cell = inner;
        if let Some(place) = to.places.as_deref_mut().and_then(|p| p.get_mut(column)) {
            *place = Span::new(at as u64, end as u64).shift(text.base);
        }
        Ok(end)
    }

    /// Notes a member that is no column; arrays beside the rows are never one.
    #[cold]
    fn late(&self, member: Option<&Member>, byte: u8, named: &Named, to: &mut Cells<'_>) {
        let is_nothing = member.is_some() && matches!(byte, b'{' | b'n');
        let is_object = member.is_some_and(|member| member.node.is_some());
        let is_left_out = byte == b'[' && self.is_above && !is_object;
        if !(is_nothing || is_left_out) {
            let first = member.and_then(|member| self.first_of(member));
            to.odd.push(named.odd(OddKind::Late, first));
        }
    }

    /// Of a member that stands twice the last is read, and nothing of the first.
    #[cold]
    fn forget(&self, member: &Member, to: &mut Cells<'_>) {
        self.each_of(member, &mut |column| {
            to.spans.get_mut(column).into_iter().for_each(|cell| *cell = FieldSpan::default());
            let places = to.places.as_deref_mut();
            let place = places.and_then(|places| places.get_mut(column));
            place.into_iter().for_each(|place| *place = Span::default());
        });
        self.forget_within(member, to.seen);
    }

    fn forget_within(&self, member: &Member, seen: &mut Seen) {
        let node = member.node.and_then(|node| self.nodes.get(node));
        for within in node.into_iter().flat_map(|node| &node.members) {
            seen.forget(within.id);
            self.forget_within(within, seen);
        }
    }

    /// The first column of a member.
    pub fn first_of(&self, member: &Member) -> Option<usize> {
        let mut first = None;
        self.each_of(member, &mut |column| first = first.or(Some(column)));
        first
    }
}

/// Where the name of a member stands, and in which object.
struct Named {
    at: std::ops::Range<usize>,
    object: usize,
    node: usize,
}

impl Named {
    #[cold]
    fn odd(&self, kind: OddKind, column: Option<usize>) -> Odd {
        let (start, end) = (self.at.start, self.at.end);
        Odd { kind, start, end, object: self.object, node: self.node, level: None, column }
    }
}

/// A string, whose text is written anew where it has escapes.
#[inline]
fn string(
    member: &Member,
    text: &Text<'_>,
    at: usize,
    named: &Named,
    to: &mut Cells<'_>,
) -> Result<(usize, FieldSpan), Stop> {
    let (quote, escaped) = text.string(at + 1)?;
    if !escaped {
        return Ok((quote + 1, FieldSpan { start: to_u32(at + 1), end: to_u32(quote) }));
    }
    let raw = text.bytes.get(at + 1..quote).unwrap_or_default();
    let start = to_u32(to.texts.len()) | ELSEWHERE;
    if unescape(raw, to.texts) {
        let odd = named.odd(OddKind::Surrogate, member.column);
        to.odd.push(Odd { start: at, end: quote + 1, ..odd });
    }
    Ok((quote + 1, FieldSpan { start, end: to_u32(to.texts.len()) | ELSEWHERE }))
}

/// A container as it is written.
fn whole(text: &Text<'_>, at: usize) -> Result<(usize, FieldSpan), Stop> {
    let end = text.value(at)?;
    Ok((end, FieldSpan { start: to_u32(at), end: to_u32(end) }))
}

/// The name of a member: where it starts and ends, its text, and where its value is expected.
///
/// # Errors
/// Where it is cut or no JSON.
pub fn name(text: &Text<'_>, at: usize) -> Result<(usize, usize, Vec<u8>, usize), Stop> {
    let (byte, start) = text.after_space(at)?;
    if byte != b'"' {
        return Err(super::scan::wrong(start, super::scan::What::Name));
    }
    let (quote, escaped) = text.string(start + 1)?;
    let raw = text.bytes.get(start + 1..quote).unwrap_or_default();
    let mut name = Vec::with_capacity(raw.len());
    if escaped {
        unescape(raw, &mut name);
    } else {
        name.extend_from_slice(raw);
    }
    let value = text.colon(quote + 1)?;
    Ok((start, quote + 1, name, value))
}
