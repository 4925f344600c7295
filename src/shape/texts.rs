//! Texts that stand nowhere in a file: behind the bytes of their block.

use std::ops::Range;

use crate::read::grid::FieldSpan;
use crate::width::to_u32;

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
