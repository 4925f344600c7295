//! Reading the members of a document, and knowing which of them nobody has read.

use std::collections::BTreeSet;

use crate::read::tree::value::{Map, Value, What};

/// The text of a single value.
pub fn text(value: &Value) -> Option<&str> {
    if let What::Scalar(text) = &value.what { Some(text) } else { None }
}

/// The items of a list.
pub fn items(value: &Value) -> Option<&[Value]> {
    if let What::List(list) = &value.what { Some(&list.items) } else { None }
}

/// The members of a map.
pub fn map(value: &Value) -> Option<&Map> {
    if let What::Map(map) = &value.what { Some(map) } else { None }
}

/// True or false.
pub fn truth(value: &Value) -> Option<bool> {
    match text(value)? {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A text, or all texts of a list; nothing where anything else is among them.
pub fn texts(value: &Value) -> Option<Vec<String>> {
    match items(value) {
        Some(items) => items.iter().map(|item| Some(text(item)?.to_string())).collect(),
        None => Some(vec![text(value)?.to_string()]),
    }
}

/// One character.
pub fn character(value: &Value) -> Option<char> {
    let mut chars = text(value)?.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// A value on one line, for a remark.
pub fn shown(value: &Value) -> String {
    let mut out = String::new();
    show(value, &mut out);
    out
}

/// Characters of a value that a remark shows.
const MOST: usize = 200;

fn show(value: &Value, out: &mut String) {
    if out.len() > MOST {
        return;
    }
    match &value.what {
        What::Null => out.push_str("null"),
        What::Scalar(text) => out.push_str(text),
        What::List(list) => {
            out.push('[');
            for (number, item) in list.items.iter().enumerate().take(MOST) {
                out.push_str(if number == 0 { "" } else { ", " });
                show(item, out);
            }
            out.push(']');
        }
        What::Map(map) => {
            out.push('{');
            for (number, member) in map.members.iter().enumerate().take(MOST) {
                out.push_str(if number == 0 { "" } else { ", " });
                out.push_str(&member.name);
                out.push_str(": ");
                show(&member.value, out);
            }
            out.push('}');
        }
    }
}

/// The members of a map, of which each is read once; what is left nobody knew.
pub struct Members<'v> {
    map: Option<&'v Map>,
    read: BTreeSet<&'static str>,
}

impl<'v> Members<'v> {
    /// The members of a value; none where it is no map.
    pub fn new(value: &'v Value) -> Members<'v> {
        Members { map: map(value), read: BTreeSet::new() }
    }

    /// The value of a member; `null` is none.
    pub fn get(&mut self, name: &'static str) -> Option<&'v Value> {
        self.read.insert(name);
        let value = &self.map?.get(name)?.value;
        (!matches!(value.what, What::Null)).then_some(value)
    }

    /// The text of a member.
    pub fn text(&mut self, name: &'static str) -> Option<&'v str> {
        self.get(name).and_then(text)
    }

    /// Members that are known and need no reading.
    pub fn pass(&mut self, names: &[&'static str]) {
        self.read.extend(names);
    }

    /// The members that nobody has read.
    pub fn rest(&self) -> impl Iterator<Item = (&'v str, &'v Value)> + '_ {
        let members = self.map.into_iter().flat_map(|map| &map.members);
        let is_new = |name: &str| !self.read.contains(name);
        members.filter(move |m| is_new(&m.name)).map(|m| (&*m.name, &m.value))
    }
}
