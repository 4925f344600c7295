//! The members of objects as columns: found in some objects, then read from all of them.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::read::nested::pointer::step;
use crate::source::Span;

/// Objects within rows become columns so far down; below, they are texts.
const WITHIN_ROWS: usize = 32;

/// Objects within enclosing elements become columns so far down; what is below is left out, as are
/// arrays: it may be the larger part of a document.
const WITHIN_ABOVE: usize = 1;

/// Objects whose way has more bytes are texts: it is a part of the name of each of their columns.
const MOST_NAME: usize = 1_000;

/// There are no more columns than so many.
const MOST_COLUMNS: usize = 10_000;

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
    pub nodes: Vec<Node>,
    pub columns: Vec<Field>,
    members: usize,
    /// Whether the objects enclose rows.
    pub is_above: bool,
}

/// An object.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// In the order in which they are expected.
    pub members: Vec<Member>,
    pub by_name: HashMap<Vec<u8>, usize>,
    /// Bytes of its way.
    way: usize,
}

/// A member of an object.
#[derive(Debug, Clone, Default)]
pub struct Member {
    /// Its number among the members of all objects.
    pub id: usize,
    name: Vec<u8>,
    span: Option<Span>,
    /// Its name as it is usually written, quotes included; nothing where it must be escaped.
    pub literal: Vec<u8>,
    /// Its members, where it is an object.
    pub node: Option<usize>,
    /// Whether it is something else in some object.
    is_value: bool,
    /// Whether it is left out where it is a container.
    pub is_left_out: bool,
    /// Its column.
    pub column: Option<usize>,
}

/// What a member is in one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Null,
    /// A text, a number, a truth value.
    Value,
    List,
    Object,
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

    /// The number of a member, which is new or known; none where there are too many.
    pub fn member(&mut self, node: usize, name: Vec<u8>, span: Option<Span>) -> Option<usize> {
        let members = &mut self.members;
        let node = self.nodes.get_mut(node)?;
        if let Some(known) = node.by_name.get(&name) {
            return Some(*known);
        }
        if *members >= MOST_COLUMNS {
            return None;
        }
        let id = *members;
        *members += 1;
        let number = node.members.len();
        let is_plain = !name.iter().any(|b| matches!(b, b'"' | b'\\' | 0..=0x1F));
        let literal = if is_plain { [b"\"", &*name, b"\""].concat() } else { Vec::new() };
        node.by_name.insert(name.clone(), number);
        node.members.push(Member { id, name, span, literal, ..Member::default() });
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
        let name = member.name.len() + 1;
        let way = name + self.nodes.get(node).map_or(0, |n| n.way);
        self.nodes.push(Node { way, ..Node::default() });
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
            member.is_value = true;
        }
    }

    /// How many members there are in all objects.
    pub fn members(&self) -> usize {
        self.members
    }

    /// Whether there are so many members that others are no columns.
    pub fn is_full(&self) -> bool {
        self.members >= MOST_COLUMNS
    }

    /// What stands before the names of an object's members: `address/`.
    pub fn prefix(&self, node: usize) -> String {
        let mut way = Vec::new();
        let mut own = node;
        // A node stands behind the one that holds it.
        while own > 0 {
            let holds = |n: &Node| n.members.iter().position(|m| m.node == Some(own));
            let above = self.nodes.get(..own).unwrap_or_default();
            let found = above.iter().enumerate().find_map(|(at, n)| Some((at, holds(n)?)));
            let Some((above, member)) = found else { break };
            let member = self.nodes.get(above).and_then(|n| n.members.get(member));
            way.push(member.map_or(String::new(), |m| String::from_utf8_lossy(&m.name).into()));
            own = above;
        }
        way.iter().rev().map(|name| format!("{name}/")).collect()
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

    /// Learns of a member what it is in one object; gives the object that it is, where its own
    /// members are of interest.
    pub fn note(
        &mut self,
        (node, member): (usize, usize),
        depth: usize,
        kind: Kind,
    ) -> Option<usize> {
        let most = if self.is_above { WITHIN_ABOVE } else { WITHIN_ROWS };
        let of = self.nodes.get(node);
        let name = of.and_then(|n| n.members.get(member)).map_or(0, |m| m.name.len());
        let way = name + of.map_or(0, |n| n.way);
        if kind == Kind::Object && depth < most && way < MOST_NAME {
            return Some(self.node_of(node, member));
        }
        let is_left_out = self.is_above && matches!(kind, Kind::List | Kind::Object);
        if let Some(member) = self.nodes.get_mut(node).and_then(|n| n.members.get_mut(member)) {
            member.is_left_out |= is_left_out;
            member.is_value |= kind != Kind::Null && !is_left_out;
        }
        None
    }

    /// A member of an object by its name.
    pub fn find(&self, node: usize, name: &[u8]) -> Option<&Member> {
        let node = self.nodes.get(node)?;
        node.members.get(*node.by_name.get(name)?)
    }

    /// Visits the columns of a member: its own, and those of the object that it is.
    pub fn each_of(&self, member: &Member, visit: &mut dyn FnMut(usize)) {
        member.column.into_iter().for_each(&mut *visit);
        member.node.into_iter().for_each(|node| self.each_column(node, visit));
    }

    /// Visits all columns of an object.
    pub fn each_column(&self, node: usize, visit: &mut dyn FnMut(usize)) {
        for member in self.nodes.get(node).map_or(&[][..], |n| &n.members) {
            if let Some(column) = member.column {
                visit(column);
            }
            if let Some(nested) = member.node {
                self.each_column(nested, visit);
            }
        }
    }
}
