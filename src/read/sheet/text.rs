//! Texts of XML elements.

use std::borrow::Cow;

use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::read::format::Refusal;
use crate::read::sheet::package::{Xml, attribute, damaged, no_xml};
use crate::read::shift::Shift;

/// What stands in an element beside those in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outer {
    /// Text, as in any other.
    Text,
    /// Nothing but white space.
    Blank,
}

/// Takes the text of the element that has just begun, up to its end; what begins within it is left
/// to `inside`, whether its text is wanted.
///
/// # Errors
/// That the part ends before the element does.
pub fn read(
    xml: &mut Xml<'_>,
    part: &str,
    buf: &mut Vec<u8>,
    out: &mut Vec<u8>,
    inside: impl Fn(&str) -> bool,
) -> Result<(), Refusal> {
    walk(xml, part, buf, (out, Outer::Text), |edge, _| match edge {
        Edge::Start(tag) => inside(tag.local_name().as_ref()),
        Edge::End => true,
    })
}

/// Takes a text of runs in XLSX, without how they are pronounced; what is set high or low in it is none of the
/// digits before.
///
/// # Errors
/// That the part ends before the element does.
pub fn runs(
    xml: &mut Xml<'_>,
    part: &str,
    buf: &mut Vec<u8>,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let mut shifts = Shifts::default();
    walk(xml, part, buf, (out, Outer::Text), |edge, out| {
        let Edge::Start(tag) = edge else {
            shifts.end(out);
            return true;
        };
        match tag.local_name().as_ref() {
            "r" | "rPr" | "t" => shifts.begin(None, out),
            "vertAlign" => {
                let shift = match attribute(tag, "val").as_deref() {
                    Some("superscript") => Some(Shift::High),
                    Some("subscript") => Some(Shift::Low),
                    _ => None,
                };
                // It stands in the properties of its run.
                let run = shifts.0.len().checked_sub(2);
                if let Some((_, own)) = run.and_then(|run| shifts.0.get_mut(run)) {
                    *own = shift;
                }
                return false;
            }
            _ => return false,
        }
        true
    })
}

/// How the texts of the elements that are open are set, with where each begins.
#[derive(Default)]
pub struct Shifts(Vec<(usize, Option<Shift>)>);

impl Shifts {
    /// An element begins.
    pub fn begin(&mut self, shift: Option<Shift>, out: &[u8]) {
        self.0.push((out.len(), shift));
    }

    /// The last one ends: its text is set as it says.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        let Some((from, Some(shift))) = self.0.pop() else { return };
        let Some((before, own)) = out.split_at_checked(from) else { return };
        let (before, own) = (String::from_utf8_lossy(before), String::from_utf8_lossy(own));
        // The digits of `_x000D_` are none of the text.
        if !Shift::is_behind(&before) || own.contains("_x") {
            return;
        }
        let set = shift.text(&own);
        out.truncate(from);
        out.extend_from_slice(set.as_bytes());
    }
}

/// Where an element that is wanted begins or ends.
pub enum Edge<'t, 'b> {
    /// It begins with this tag.
    Start(&'t BytesStart<'b>),
    /// The last one that has begun ends.
    End,
}

/// Likewise; `inside` may write what a tag stands for.
///
/// # Errors
/// That the part ends before the element does.
pub fn walk(
    xml: &mut Xml<'_>,
    part: &str,
    buf: &mut Vec<u8>,
    (out, outer): (&mut Vec<u8>, Outer),
    mut inside: impl FnMut(Edge<'_, '_>, &mut Vec<u8>) -> bool,
) -> Result<(), Refusal> {
    // Depth of what is open, and the depth at which something unwanted began.
    let (mut depth, mut unwanted) = (0_u32, None);
    loop {
        buf.clear();
        let event = xml.read_event_into(buf).map_err(|e| no_xml(part, &e))?;
        let is_wanted = unwanted.is_none() && (depth > 0 || outer == Outer::Text);
        match event {
            Event::Start(tag) => {
                depth += 1;
                if unwanted.is_none() && !inside(Edge::Start(&tag), out) {
                    unwanted = Some(depth);
                }
            }
            Event::End(_) if depth == 0 => return Ok(()),
            Event::End(_) => {
                if unwanted.is_none() {
                    inside(Edge::End, out);
                }
                unwanted = unwanted.filter(|at| *at < depth);
                depth -= 1;
            }
            Event::Text(text) if is_wanted => out.extend_from_slice(text.as_bytes()),
            Event::CData(text) if is_wanted => out.extend_from_slice(text.as_bytes()),
            Event::GeneralRef(name) if is_wanted => entity(&name, out),
            Event::Eof => return Err(damaged(format!("`{part}` in the workbook is cut short"))),
            _ => {}
        }
    }
}

/// Writes what an entity stands for; nothing for one that is not known.
fn entity(name: &BytesRef<'_>, out: &mut Vec<u8>) {
    let known = match &**name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    };
    out.extend_from_slice(known.as_bytes());
    if let Ok(Some(c)) = name.resolve_char_ref() {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// A text with the characters that XLSX writes as `_x000D_`.
pub fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(text, b"_x").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match escape(rest) {
            Some(c) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                at += ESCAPE;
            }
            None => {
                out.extend_from_slice(rest.get(..1).unwrap_or_default());
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// Bytes of `_x000D_`.
const ESCAPE: usize = 7;

fn escape(text: &[u8]) -> Option<char> {
    let digits = text.get(..ESCAPE)?.strip_prefix(b"_x")?.strip_suffix(b"_")?;
    let digits = std::str::from_utf8(digits).ok().filter(|d| !d.starts_with('+'))?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved() {
        for (text, expected) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00_", "_x00_"),
            ("_xD800_", "_xD800_"),
            ("ü_x0041_", "üA"),
            ("plain", "plain"),
        ] {
            assert_eq!(unescaped(text.as_bytes()), expected.as_bytes(), "{text}");
        }
    }
}
