//! A document held in memory: its values with their places.

use std::sync::Arc;

use crate::source::Span;

/// Values within values are read this deep.
pub const MOST_LEVELS: usize = 200;

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
}

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
        Map { members, size }
    }

    pub fn get(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| &*member.name == name)
    }
}
