//! Texts of XML elements.

use std::borrow::Cow;

use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::read::format::Refusal;
use crate::read::sheet::package::{Xml, damaged, no_xml};

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
    walk(xml, part, buf, (out, Outer::Text), |tag, _| inside(tag.local_name().as_ref()))
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
    mut inside: impl FnMut(&BytesStart<'_>, &mut Vec<u8>) -> bool,
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
                if unwanted.is_none() && !inside(&tag, out) {
                    unwanted = Some(depth);
                }
            }
            Event::End(_) if depth == 0 => return Ok(()),
            Event::End(_) => {
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
