//! The members of objects as columns: found in some objects, then read from all of them.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::read::grid::FieldSpan;
use crate::read::json::scan::{Stop, Text, unescape};
use crate::read::pointer::step;
use crate::source::Span;
use crate::width::to_u32;

/// Objects within rows become columns so far down; below, they are texts.
const WITHIN_ROWS: usize = 32;

/// Objects within enclosing elements become columns so far down; what is below is left out, as are
/// arrays: it may be the larger part of a document.
const WITHIN_ABOVE: usize = 1;

/// There are no more columns than so many.
const MOST_COLUMNS: usize = 10_000;

/// Set in the offset of a text that does not stand in the block as it is.
pub const ELSEWHERE: u32 = 1 << 31;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// `address/city`.
    pub name: String,
    /// The same as a JSON pointer.
    pub pointer: String,
    /// Where its name first stands; none where it was only declared.
    pub span: Option<Span>,
}

/// The columns that objects of one kind have.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// The first is that of the object itself.
    nodes: Vec<Node>,
    pub columns: Vec<Field>,
    members: usize,
    /// Whether the objects enclose rows.
    is_above: bool,
}

/// An object.
#[derive(Debug, Clone, Default)]
struct Node {
    /// In the order in which they are expected.
    members: Vec<Member>,
    by_name: HashMap<Vec<u8>, usize>,
}

#[derive(Debug, Clone, Default)]
struct Member {
    name: Vec<u8>,
    span: Option<Span>,
    /// Its name as it is usually written, quotes included; nothing where it must be escaped.
    literal: Vec<u8>,
    /// Its members, where it is an object.
    node: Option<usize>,
    /// Whether it is something else in some object.
    is_value: bool,
    /// Whether it is left out where it is a container.
    is_left_out: bool,
    /// Its column.
    column: Option<usize>,
}

/// What is out of order in an object, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd {
    pub kind: OddKind,
    pub start: usize,
    pub end: usize,
    /// Where the object starts, behind its bracket.
    pub object: usize,
    pub column: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OddKind {
    /// A member stands twice.
    Twice,
    /// A member is no column.
    Late,
    /// Half of a pair of surrogates stands alone.
    Surrogate,
}

/// Where the cells of an object go.
pub struct Cells<'c> {
    /// By column: where their texts stand; all nothing at first.
    pub spans: &'c mut [FieldSpan],
    /// Where the values stand in the file, if that is asked for.
    pub places: Option<&'c mut [Span]>,
    /// Texts that had to be written anew.
    pub texts: &'c mut Vec<u8>,
    pub odd: &'c mut Vec<Odd>,
}

impl Fields {
    /// Of rows.
    pub fn new() -> Fields {
        Fields { nodes: vec![Node::default()], ..Fields::default() }
    }

    /// Of elements that enclose rows.
    pub fn above() -> Fields {
        Fields { is_above: true, ..Fields::new() }
    }

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
        let most = if self.is_above { WITHIN_ABOVE } else { WITHIN_ROWS };
        if byte == b'{' && depth < most {
            let own = self.node_of(node, number);
            return self.learn_object(own, text, at + 1, depth + 1);
        }
        let is_left_out = self.is_above && matches!(byte, b'[' | b'{');
        if let Some(member) = self.nodes.get_mut(node).and_then(|n| n.members.get_mut(number)) {
            member.is_left_out |= is_left_out;
            member.is_value |= byte != b'n' && !is_left_out;
        }
        text.value(at)
    }

    /// The number of a member, which is new or known; none where there are too many.
    fn member(&mut self, node: usize, name: Vec<u8>, span: Option<Span>) -> Option<usize> {
        let members = &mut self.members;
        let node = self.nodes.get_mut(node)?;
        if let Some(known) = node.by_name.get(&name) {
            return Some(*known);
        }
        if *members >= MOST_COLUMNS {
            return None;
        }
        *members += 1;
        let number = node.members.len();
        let is_plain = !name.iter().any(|b| matches!(b, b'"' | b'\\' | 0..=0x1F));
        let literal = if is_plain { [b"\"", &*name, b"\""].concat() } else { Vec::new() };
        node.by_name.insert(name.clone(), number);
        node.members.push(Member { name, span, literal, ..Member::default() });
        Some(number)
    }

    /// The object that a member is.
    fn node_of(&mut self, node: usize, member: usize) -> usize {
        let new = self.nodes.len();
        let Some(member) = self.nodes.get_mut(node).and_then(|n| n.members.get_mut(member)) else {
            return 0;
        };
        if let Some(known) = member.node {
            return known;
        }
        member.node = Some(new);
        self.nodes.push(Node::default());
        new
    }

    /// Adds a column that a rule declares and no object had so far.
    pub fn declare(&mut self, name: &str) {
        let (mut node, mut rest) = (0, name);
        while let Some((first, after)) = rest.split_once('/') {
            let Some(member) = self.member(node, first.into(), None) else { return };
            node = self.node_of(node, member);
            rest = after;
        }
        if let Some(last) = self.member(node, rest.into(), None)
            && let Some(member) = self.nodes.get_mut(node).and_then(|n| n.members.get_mut(last))
        {
            member.is_value |= member.node.is_none();
        }
    }

    /// Whether a member of the object itself is an object with columns.
    pub fn is_object(&self, name: &[u8]) -> bool {
        let node = self.nodes.first();
        let member = node.and_then(|n| n.members.get(*n.by_name.get(name)?));
        member.is_some_and(|m| m.node.is_some())
    }

    /// Whether a member is a column, by its name: `address/city`.
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|c| c.name == name)
    }

    /// Numbers the columns: those of a nested object stand together.
    pub fn number(&mut self) {
        self.columns.clear();
        self.number_node(0, "", "");
    }

    fn number_node(&mut self, node: usize, name: &str, pointer: &str) {
        for at in 0..self.nodes.get(node).map_or(0, |n| n.members.len()) {
            let column = self.columns.len();
            let Some(member) = self.nodes.get_mut(node).and_then(|n| n.members.get_mut(at)) else {
                continue;
            };
            let own = String::from_utf8_lossy(&member.name);
            let full = format!("{name}{}", own.nfc().collect::<String>());
            let pointer = format!("{pointer}{}", step(&own));
            let (nested, span) = (member.node, member.span);
            let has_cells = member.is_value || nested.is_none() && !member.is_left_out;
            member.column = has_cells.then_some(column);
            if member.column.is_some() {
                self.columns.push(Field { name: full.clone(), pointer: pointer.clone(), span });
            }
            if let Some(nested) = nested {
                self.number_node(nested, &format!("{full}/"), &pointer);
            }
        }
    }

    /// The name of the first member, as it is usually written.
    pub fn first_literal(&self) -> &[u8] {
        self.nodes.first().and_then(|n| n.members.first()).map_or(&[], |m| &m.literal)
    }

    /// Reads the object whose bracket stands before `at` into cells; gives where it ends.
    ///
    /// # Errors
    /// Where it is cut or no JSON.
    #[inline]
    pub fn read(&self, text: &Text<'_>, at: usize, to: &mut Cells<'_>) -> Result<usize, Stop> {
        match self.nodes.first() {
            Some(node) => self.read_object(node, text, at, to),
            None => text.value(at.saturating_sub(1)),
        }
    }

    fn read_object(
        &self,
        node: &Node,
        text: &Text<'_>,
        object: usize,
        to: &mut Cells<'_>,
    ) -> Result<usize, Stop> {
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
                    let number = node.by_name.get(&name).copied();
                    expected = number.unwrap_or(expected.wrapping_sub(1));
                    (number.and_then(|n| node.members.get(n)), end)
                }
            };
            expected = expected.wrapping_add(1);
            let value = text.colon(end)?;
            at = self.read_value(member, text, value, (start..end, object), to)?;
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
        let node = self.nodes.first();
        let member = node.and_then(|n| n.members.get(*n.by_name.get(name)?));
        self.read_value(member, text, value, (at.clone(), at.start), to)
    }

    #[inline]
    fn read_value(
        &self,
        member: Option<&Member>,
        text: &Text<'_>,
        at: usize,
        (name, object): (std::ops::Range<usize>, usize),
        to: &mut Cells<'_>,
    ) -> Result<usize, Stop> {
        let (byte, at) = text.after_space(at)?;
        let Some(member) = member else {
            let end = text.value(at)?;
            let (start, stop) = (name.start, name.end);
            to.odd.push(Odd { kind: OddKind::Late, start, end: stop, object, column: None });
            return Ok(end);
        };
        let (end, inner) = match byte {
            b'"' => string(member, text, at, object, to)?,
            b'{' => match member.node.and_then(|n| self.nodes.get(n)) {
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
                    let place = Span::new(at as u64, end as u64).shift(text.base);
                    self.put_places(node, place, places);
                }
                (end, FieldSpan { start: to_u32(at), end: to_u32(at) })
            }
            _ => {
                let end = text.word(byte, at)?;
                (end, FieldSpan { start: to_u32(at), end: to_u32(end) })
            }
        };
        let Some(column) = member.column else { return Ok(end) };
        let Some(cell) = to.spans.get_mut(column) else { return Ok(end) };
        if *cell != FieldSpan::default() {
            let (start, end) = (name.start, name.end);
            to.odd.push(Odd { kind: OddKind::Twice, start, end, object, column: Some(column) });
        }
        *cell = inner;
        if let Some(place) = to.places.as_deref_mut().and_then(|p| p.get_mut(column)) {
            *place = Span::new(at as u64, end as u64).shift(text.base);
        }
        Ok(end)
    }

    /// The place of a null, for all columns of the object that it stands for.
    fn put_places(&self, node: usize, place: Span, places: &mut [Span]) {
        for member in self.nodes.get(node).map_or(&[][..], |n| &n.members) {
            if let Some(own) = member.column.and_then(|c| places.get_mut(c)) {
                *own = place;
            }
            if let Some(nested) = member.node {
                self.put_places(nested, place, places);
            }
        }
    }
}

/// A string, whose text is written anew where it has escapes.
#[inline]
fn string(
    member: &Member,
    text: &Text<'_>,
    at: usize,
    object: usize,
    to: &mut Cells<'_>,
) -> Result<(usize, FieldSpan), Stop> {
    let (quote, escaped) = text.string(at + 1)?;
    if !escaped {
        return Ok((quote + 1, FieldSpan { start: to_u32(at + 1), end: to_u32(quote) }));
    }
    let raw = text.bytes.get(at + 1..quote).unwrap_or_default();
    let start = to_u32(to.texts.len()) | ELSEWHERE;
    if unescape(raw, to.texts) {
        let (start, end, column) = (at, quote + 1, member.column);
        to.odd.push(Odd { kind: OddKind::Surrogate, start, end, object, column });
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
