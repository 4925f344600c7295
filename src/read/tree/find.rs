//! The rows of a document: where a pointer leads, and the columns that are learnt from them.

use std::sync::Arc;

use crate::read::nested::Plan;
use crate::read::nested::fields::{Fields, Kind};
use crate::read::nested::pointer::{Pointer, Segment, Way};
use crate::read::tree::value::{Map, Member, Value, What};
use crate::source::Span;

/// A name that a value has, and where it stands.
pub type Named<'t> = Option<(&'t Arc<str>, Span)>;

/// A value that should be a row, with what encloses it.
pub struct Found<'t> {
    pub value: &'t Value,
    pub name: Named<'t>,
    /// The nearest last.
    pub above: Vec<(&'t Map, Named<'t>)>,
    pub way: Option<Arc<Way>>,
}

/// Follows a pointer into a document.
#[derive(Default)]
pub struct Finder<'t> {
    pub found: Vec<Found<'t>>,
    /// Whether what holds the rows was met.
    pub reached: bool,
    /// The number of the first item.
    first: u64,
    above: Vec<(&'t Map, Named<'t>)>,
}

impl<'t> Finder<'t> {
    /// For a piece of a list, of which the first item has this number.
    pub fn of_piece(first: u64) -> Finder<'t> {
        Finder { first, ..Finder::default() }
    }

    /// Finds the rows of a value.
    pub fn find(&mut self, pointer: &Pointer, root: &'t Value) {
        self.walk((&pointer.segments, pointer.opens), root, (None, None));
    }

    fn walk(
        &mut self,
        (steps, opens): (&[Segment], bool),
        value: &'t Value,
        (name, way): (Named<'t>, Option<Arc<Way>>),
    ) {
        let each = Some(&Segment::Each);
        let is_list = matches!(value.what, What::List(_));
        // The items of a list are the rows.
        let step = steps.first().or(each.filter(|_| opens && is_list));
        let rest = (steps.get(1..).unwrap_or_default(), opens && !steps.is_empty());
        let further = |name: Arc<str>| Way::further(&way, name);
        match (&value.what, step) {
            // Where there is nothing, there are no rows.
            (What::Null, Some(_)) => {}
            (What::Null, None) if opens => {}
            (What::List(list), Some(Segment::Each)) => {
                self.reached |= rest.0.is_empty();
                for (number, item) in (self.first..).zip(&list.items) {
                    self.walk(rest, item, (None, further(number.to_string().into())));
                }
            }
            (What::Map(map), Some(Segment::Each)) => {
                self.reached |= rest.0.is_empty();
                for member in &map.members {
                    let name = Some((&member.name, member.at));
                    self.walk(rest, &member.value, (name, further(member.name.clone())));
                }
            }
            (What::List(list), Some(Segment::Named(own))) if own.parse::<u64>().is_ok() => {
                let item = own.parse::<usize>().ok().and_then(|number| list.items.get(number));
                if let Some(item) = item {
                    self.walk(rest, item, (None, further(own.as_str().into())));
                }
            }
            (What::Map(map), Some(Segment::Named(own))) => {
                let Some(member) = map.get(own) else { return };
                self.above.push((map, name));
                let name = Some((&member.name, member.at));
                self.walk(rest, &member.value, (name, further(member.name.clone())));
                self.above.pop();
            }
            _ => {
                self.reached |= step.is_none();
                let above = self.above.clone();
                self.found.push(Found { value, name, above, way });
            }
        }
    }
}

/// Learns the columns of rows; gives the first member that is one too many.
pub fn learn<'t>(plan: &mut Plan, rows: &[Found<'t>]) -> Option<&'t Member> {
    let segments = &plan.pointer.segments;
    let by_name = |segment: usize| {
        segment.checked_sub(1).is_some_and(|s| segments.get(s) == Some(&Segment::Each))
    };
    let is_named = by_name(segments.len());
    let of_levels: Vec<bool> = plan.levels.iter().map(|level| by_name(level.segment)).collect();
    let ways: Vec<Option<String>> = plan.levels.iter().map(|l| way(segments, l.segment)).collect();
    let (mut too_many, mut known) = (None, vec![None; plan.levels.len()]);
    for row in rows {
        let What::Map(map) = &row.value.what else { continue };
        plan.is_named |= is_named && row.name.is_some();
        learn_map((&mut plan.rows, 0), map, (0, None), &mut too_many);
        let above = row.above.iter().rev().zip(&mut known);
        let levels = plan.levels.iter_mut().zip(above).zip(&of_levels).zip(&ways);
        for (((level, ((map, name), known)), by_name), way) in levels {
            level.is_named |= *by_name && name.is_some();
            // Many rows have the same above them.
            if known.replace(std::ptr::from_ref(*map)) != Some(std::ptr::from_ref(*map)) {
                // What leads to the rows is no column.
                learn_map((&mut level.fields, 0), map, (0, way.as_deref()), &mut too_many);
            }
        }
    }
    plan.number();
    too_many
}

/// The member that a step goes into.
fn way(segments: &[Segment], segment: usize) -> Option<String> {
    match segments.get(segment)? {
        Segment::Named(name) => Some(name.clone()),
        Segment::Each => None,
    }
}

fn learn_map<'t>(
    (fields, node): (&mut Fields, usize),
    map: &'t Map,
    (depth, except): (usize, Option<&str>),
    too_many: &mut Option<&'t Member>,
) {
    for member in map.members.iter().filter(|m| except != Some(&*m.name)) {
        let kind = match &member.value.what {
            What::Null => Kind::Null,
            What::Scalar(_) => Kind::Value,
            What::List(_) => Kind::List,
            What::Map(_) => Kind::Object,
        };
        let name = member.name.as_bytes().to_vec();
        let Some(number) = fields.member(node, name, Some(member.at)) else {
            *too_many = too_many.or(Some(member));
            continue;
        };
        let nested = fields.note((node, number), depth, kind);
        if let (Some(nested), What::Map(own)) = (nested, &member.value.what) {
            learn_map((fields, nested), own, (depth + 1, None), too_many);
        }
    }
}
