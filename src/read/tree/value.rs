//! A document held in memory: its values with their places.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::source::Span;
use crate::width::to_usize;

/// Values within values are read this deep.
pub const MOST_LEVELS: usize = 200;

/// Where a text stands in its file: some bytes of it from one place on, the others behind another.
#[derive(Debug, Clone, Copy)]
pub struct Location {
    base: u64,
    head: usize,
    rest: u64,
}

impl Location {
    /// All of it stands from one place on.
    pub fn whole(base: u64) -> Location {
        Location { base, head: usize::MAX, rest: 0 }
    }

    /// The first bytes stand from `base` on, the others from `rest` on.
    pub fn parted(base: u64, head: usize, rest: u64) -> Location {
        Location { base, head, rest }
    }

    /// Where some bytes of the text stand in the file.
    pub fn span(&self, own: Range<usize>) -> Span {
        let at = |own: usize, is_behind: bool| match is_behind {
            true => self.rest + (own - self.head) as u64,
            false => self.base + own as u64,
        };
        let is_behind = own.start >= self.head;
        Span::new(at(own.start, is_behind), at(own.end, is_behind || own.end > self.head))
    }

    /// Which bytes of the text stand there.
    pub fn within(&self, span: Span) -> Range<usize> {
        let own = |at: u64| match self.head != usize::MAX && at >= self.rest {
            true => to_usize(at - self.rest) + self.head,
            false => to_usize(at.saturating_sub(self.base)),
        };
        own(span.start)..own(span.end)
    }
}

/// What a text holds.
pub struct Parsed {
    pub documents: Vec<Value>,
    pub twice: Vec<Twice>,
}

/// A member that stands twice in one map.
pub struct Twice {
    pub name: String,
    pub first: Span,
    pub at: Span,
}

/// A value. What an alias stands for is shared, not copied.
#[derive(Debug, Clone)]
pub struct Value {
    pub span: Span,
    pub what: What,
}

#[derive(Debug, Clone)]
pub enum What {
    /// Nothing: null.
    Null,
    /// A text, or anything else that is written as one.
    Scalar(Arc<str>),
    List(Arc<List>),
    Map(Arc<Map>),
}

#[derive(Debug, Default)]
pub struct List {
    pub items: Vec<Value>,
    /// Values within, those behind an alias each time.
    pub size: u64,
}

#[derive(Debug, Default)]
pub struct Map {
    pub members: Vec<Member>,
    /// Values within, those behind an alias each time.
    pub size: u64,
    /// Where the members are by name, once one of many was asked for.
    places: OnceLock<HashMap<Arc<str>, usize>>,
}

/// Among so many members one is found by looking at each.
const FEW: usize = 16;

#[derive(Debug, Clone)]
pub struct Member {
    pub name: Arc<str>,
    /// Where the name stands.
    pub at: Span,
    pub value: Value,
}

impl Value {
    /// Values within, and itself.
    pub fn size(&self) -> u64 {
        match &self.what {
            What::Null | What::Scalar(_) => 1,
            What::List(list) => list.size.saturating_add(1),
            What::Map(map) => map.size.saturating_add(1),
        }
    }

    /// What it is, for people.
    pub fn described(&self) -> &'static str {
        match self.what {
            What::Null => "null",
            What::Scalar(_) => "a single value",
            What::List(_) => "an array",
            What::Map(_) => "an object",
        }
    }
}

impl List {
    pub fn new(items: Vec<Value>) -> List {
        let size = items.iter().fold(0_u64, |sum, item| sum.saturating_add(item.size()));
        List { items, size }
    }
}

impl Map {
    pub fn new(members: Vec<Member>) -> Map {
        let size = members.iter().fold(0_u64, |sum, m| sum.saturating_add(m.value.size()));
        Map { members, size, places: OnceLock::new() }
    }

    /// The first member of a name.
    pub fn get(&self, name: &str) -> Option<&Member> {
        if self.members.len() <= FEW {
            return self.members.iter().find(|member| &*member.name == name);
        }
        let places = self.places.get_or_init(|| {
            let all = self.members.iter().enumerate().rev();
            all.map(|(place, member)| (member.name.clone(), place)).collect()
        });
        self.members.get(*places.get(name)?)
    }
}
