//! YAML to values.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use crate::read::note::{FaultText, MALFORMED};
use crate::read::reader::Malformed;
use crate::read::tree::value::{
    List, Location, MOST_LEVELS, Map, Member, Parsed, Twice, Value, What,
};
use crate::source::Span;

/// A document may grow so far by its aliases.
const MOST_VALUES: u64 = 10_000_000;

/// Offsets in characters to offsets in bytes.
struct Offsets<'t> {
    text: &'t str,
    /// Byte offsets of every so many characters; none where all are one byte long.
    marks: Option<Vec<usize>>,
}

/// Characters between marks.
const STEP: usize = 64;

impl<'t> Offsets<'t> {
    fn new(text: &'t str) -> Offsets<'t> {
        let mark = |(_, (at, _)): (usize, (usize, char))| at;
        let marks = || {
            let all = text.char_indices().enumerate();
            all.filter(|(nth, _)| nth % STEP == 0).map(mark).collect()
        };
        Offsets { text, marks: (!text.is_ascii()).then(marks) }
    }

    fn byte(&self, character: usize) -> usize {
        let Some(marks) = &self.marks else { return character.min(self.text.len()) };
        let Some(mark) = marks.get(character / STEP) else { return self.text.len() };
        let rest = self.text.get(*mark..).unwrap_or_default();
        let behind = rest.char_indices().nth(character % STEP);
        behind.map_or(self.text.len(), |(at, _)| mark + at)
    }

    fn range(&self, span: &saphyr_parser::Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }
}

/// A container that is not closed yet.
enum Open {
    List(Vec<Value>),
    Map(Members, Option<(Arc<str>, Span)>),
}

/// The members of a map that is not closed yet, and the numbers of their names.
#[derive(Default)]
struct Members {
    all: Vec<Member>,
    by_name: HashMap<Arc<str>, usize>,
}

/// Builds values from what the parser meets.
struct Builder<'t> {
    offsets: Offsets<'t>,
    place: Location,
    open: Vec<(Open, Range<usize>, usize)>,
    anchors: HashMap<usize, Value>,
    documents: Vec<Value>,
    twice: Vec<Twice>,
}

/// Reads all documents of a text.
///
/// # Errors
/// Where it is no YAML.
pub fn parse(text: &str, place: Location) -> Result<Parsed, Malformed> {
    let mut builder = Builder {
        offsets: Offsets::new(text),
        place,
        open: Vec::new(),
        anchors: HashMap::new(),
        documents: Vec::new(),
        twice: Vec::new(),
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| builder.no_yaml(&error))?;
        let range = builder.offsets.range(&span);
        builder.take(event, range)?;
    }
    Ok(Parsed { documents: builder.documents, twice: builder.twice })
}

impl Builder<'_> {
    fn span(&self, range: &Range<usize>) -> Span {
        self.place.span(range.clone())
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) -> Result<(), Malformed> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_plain = style == ScalarStyle::Plain;
                let is_null = is_plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let range = self.trimmed(range);
                let what = if is_null { What::Null } else { What::Scalar(text.as_ref().into()) };
                let value = Value { span: self.span(&range), what };
                self.put(value, anchor, &range)
            }
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).cloned();
                let Some(value) = value else {
                    return Err(self.wrong(&range, "this alias stands for nothing so far", ""));
                };
                // A cell stands where it is written, which is where the alias points.
                self.put(value, 0, &range)
            }
            Event::SequenceStart(anchor, _) => self.begin(Open::List(Vec::new()), anchor, range),
            Event::MappingStart(anchor, _) => {
                self.begin(Open::Map(Members::default(), None), anchor, range)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, open: Open, anchor: usize, at: Range<usize>) -> Result<(), Malformed> {
        if self.open.len() >= MOST_LEVELS {
            let message = format!("values are nested more than {MOST_LEVELS} levels deep");
            return Err(self.wrong(&at, &message, "check where the file comes from"));
        }
        self.open.push((open, at, anchor));
        Ok(())
    }

    fn end(&mut self, at: Range<usize>) -> Result<(), Malformed> {
        let Some((open, start, anchor)) = self.open.pop() else { return Ok(()) };
        let what = match open {
            Open::List(items) => What::List(List::new(items).into()),
            Open::Map(members, _) => What::Map(Map::new(merged(members.all)).into()),
        };
        let range = self.trimmed(start.start..at.end.max(start.end));
        let value = Value { span: self.span(&range), what };
        if value.size() > MOST_VALUES && value.size() > self.offsets.text.len() as u64 {
            let message = format!("with its aliases this holds {} values", value.size());
            let help = "such a file is made to exhaust its readers; write out what is meant";
            return Err(self.wrong(&start, &message, help));
        }
        self.put(value, anchor, &range)
    }

    /// Puts a value where it belongs: an item, a name, the value of a name, or a document.
    fn put(&mut self, value: Value, anchor: usize, at: &Range<usize>) -> Result<(), Malformed> {
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        let place = self.span(at);
        match self.open.last_mut() {
            None => self.documents.push(value),
            Some((Open::List(items), ..)) => items.push(value),
            Some((Open::Map(members, name), ..)) => match name.take() {
                None => {
                    let text = match value.what {
                        What::Scalar(text) => text,
                        // Any value may be a name: it is called as it is written.
                        _ => self.offsets.text.get(at.clone()).unwrap_or_default().into(),
                    };
                    *name = Some((text, place));
                }
                Some((name, at)) => {
                    // Several maps may be merged.
                    let is_merge = &*name == "<<";
                    let known = members.by_name.get(&name).filter(|_| !is_merge);
                    match known.and_then(|same| members.all.get_mut(*same)) {
                        Some(member) => {
                            let (name, first) = (name.to_string(), member.at);
                            self.twice.push(Twice { name, first, at });
                            *member = Member { at, value, ..member.clone() };
                        }
                        None => {
                            members.by_name.insert(name.clone(), members.all.len());
                            members.all.push(Member { name, at, value });
                        }
                    }
                }
            },
        }
        Ok(())
    }

    /// Without the white space and the comments that a block ends with.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let own = self.offsets.text.get(range.clone()).unwrap_or_default();
        range.start..range.start + own.trim_end().len()
    }

    fn no_yaml(&self, error: &ScanError) -> Malformed {
        let start = self.offsets.byte(error.marker().index());
        let rest = self.offsets.text.get(start..).unwrap_or_default();
        // The scanner names the value before it.
        if error.info().split(' ').any(|word| matches!(word, "tab" | "tabs"))
            && let Some(tab) = rest.find('\t').map(|at| start + at)
        {
            let message = "this is not valid YAML: a tab indents this line";
            return self.wrong(
                &(tab..tab + 1),
                message,
                "indent with spaces: YAML has no tabs there",
            );
        }
        let len = rest.chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
        let message = format!("this is not valid YAML: {}", error.info());
        self.wrong(&(start..start + len), &message, "")
    }

    fn wrong(&self, at: &Range<usize>, message: &str, help: &str) -> Malformed {
        let help = (!help.is_empty()).then(|| help.to_string());
        let words = FaultText { message: message.into(), label: "here".into(), help, odd: None };
        Malformed { fault: &MALFORMED, span: self.span(at), words }
    }
}

/// Members with those that `<<` takes from other maps: what a map has itself comes first.
fn merged(members: Vec<Member>) -> Vec<Member> {
    if members.iter().all(|m| &*m.name != "<<") {
        return members;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) = members.into_iter().partition(|m| &*m.name == "<<");
    let maps = merges.into_iter().flat_map(|merge| match merge.value.what {
        What::Map(map) => vec![map],
        What::List(list) => {
            let map = |item: &Value| match &item.what {
                What::Map(map) => Some(map.clone()),
                _ => None,
            };
            list.items.iter().filter_map(map).collect()
        }
        _ => Vec::new(),
    });
    let mut names: HashSet<Arc<str>> = own.iter().map(|m| m.name.clone()).collect();
    for map in maps {
        let new = map.members.iter().filter(|member| names.insert(member.name.clone()));
        own.extend(new.cloned());
    }
    own
}
