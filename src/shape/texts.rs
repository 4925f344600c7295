//! Texts that stand nowhere in a file: behind the bytes of their block.

use std::borrow::Cow;
use std::ops::Range;

use crate::read::grid::FieldSpan;
use crate::width::to_u32;

/// A text as a quoted field where it would else be read as one.
pub(super) fn quoted(text: &[u8], quote: Option<u8>) -> Cow<'_, [u8]> {
    let Some(quote) = quote.filter(|quote| text.first() == Some(quote)) else { return text.into() };
    let mut out = vec![quote];
    for byte in text {
        out.extend(std::iter::repeat_n(*byte, 1 + usize::from(*byte == quote)));
    }
    out.push(quote);
    out.into()
}

/// Puts a text behind the bytes of a block.
pub(super) fn put(bytes: &mut Vec<u8>, text: &[u8]) -> FieldSpan {
    let start = bytes.len();
    bytes.extend_from_slice(text);
    span(start..bytes.len())
}

/// Blocks are shorter than 4 GiB.
pub(super) fn span(range: Range<usize>) -> FieldSpan {
    FieldSpan { start: to_u32(range.start), end: to_u32(range.end) }
}
