//! The line of a file in which a place stands.

use std::borrow::Cow;

use crate::report::document::types::JsonSource;
use crate::report::{At, SourceText};

/// Bytes that are shown of a line before and after a place.
const AROUND: usize = 100;

/// Bytes that are shown of the place itself.
const MOST: usize = 300;

/// The line of a place, cut around it where it is long; none where it cannot be read.
pub fn line(at: &At, sources: &dyn SourceText) -> Option<JsonSource<'static>> {
    let excerpt = sources.excerpt(at, 0)?;
    let span = at.span();
    let from = usize::try_from(span.start.checked_sub(excerpt.start)?).ok()?;
    let length = usize::try_from(span.end - span.start).unwrap_or(MOST);
    let (before, rest) = excerpt.bytes.split_at_checked(from)?;
    let is_end = |b: &u8| matches!(b, b'\n' | b'\r');
    let line_start = before.iter().rposition(is_end).map_or(0, |n| n + 1);
    // A place of several lines is shown to the end of its first.
    let line_end = rest.iter().position(is_end).unwrap_or(rest.len());
    let start = boundary(&excerpt.bytes, from.saturating_sub(AROUND).max(line_start), false);
    let to = from + (length.min(MOST) + AROUND).min(line_end);
    let end = boundary(&excerpt.bytes, to, true);
    let text = String::from_utf8_lossy(excerpt.bytes.get(start..end)?).into_owned();
    Some(JsonSource {
        text: Cow::Owned(text),
        start: excerpt.start + start as u64,
        cut_before: start > line_start || (line_start == 0 && excerpt.first_column > 0),
        cut_after: to < from + line_end,
    })
}

/// The nearest place between two characters, to the right or to the left.
fn boundary(bytes: &[u8], mut at: usize, left: bool) -> usize {
    while bytes.get(at).is_some_and(|b| b & 0xC0 == 0x80) {
        if left && at == 0 {
            return at;
        }
        at = if left { at - 1 } else { at + 1 };
    }
    at
}
