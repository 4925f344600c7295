//! What should not be in a text: bytes that are no UTF-8, NULs, control characters, lost characters.

use crate::fault::Fault;
use crate::read::csv::faults;
use crate::read::mojibake;

/// A byte order mark in UTF-8.
pub(crate) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Something that should not be in a cell; the first of its kind in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Odd {
    pub fault: &'static Fault,
    /// Where it starts and ends in the cell.
    pub start: usize,
    pub end: usize,
    /// How many of its kind the cell holds.
    pub count: u32,
}

/// Whether something in `block` may be odd, so that its cells must be looked at one by one.
/// Text cut in the middle of a character at its end is not odd unless the block is the `last`.
pub(crate) fn suspicious(block: &[u8], last: bool) -> bool {
    let (mut control, mut high) = (0u8, 0u8);
    for &byte in block {
        let usual = u8::from(byte == b'\t') | u8::from(byte == b'\n') | u8::from(byte == b'\r');
        control |= (u8::from(byte < 0x20) ^ usual) | u8::from(byte == 0x7F);
        high |= byte;
    }
    control != 0 || (high >= 0x80 && has_anomalies(block, last, || mojibake::may_hold(block)))
}

/// Whether `block` is no UTF-8 or holds characters that should not be in a text; control characters
/// of ASCII are not looked for. `is_encoded_twice`: whether some may be characters that were one.
pub(crate) fn has_anomalies(
    block: &[u8],
    last: bool,
    is_encoded_twice: impl FnOnce() -> bool,
) -> bool {
    match simdutf8::compat::from_utf8(block) {
        Err(e) if e.error_len().is_some() || last => true,
        _ => odd_characters(block) || is_encoded_twice(),
    }
}

/// Whether a text holds U+FFFD, U+FEFF or one of U+0080 to U+009F.
fn odd_characters(text: &[u8]) -> bool {
    let is_odd = |at: usize| {
        matches!(
            text.get(at..),
            Some([0xC2, 0x80..=0x9F, ..] | [0xEF, 0xBF, 0xBD, ..] | [0xEF, 0xBB, 0xBF, ..])
        )
    };
    memchr::memchr2_iter(0xC2, 0xEF, text).any(is_odd)
}

/// What is odd in a cell, one of each kind.
pub(crate) fn anomalies(cell: &[u8]) -> Vec<Odd> {
    let mut anomalies = Vec::new();
    let mut at = 0;
    for chunk in cell.utf8_chunks() {
        let doubled = if mojibake::may_hold(chunk.valid().as_bytes()) {
            mojibake::sequences(chunk.valid())
        } else {
            Vec::new()
        };
        if !doubled.is_empty() {
            note(&mut anomalies, &crate::read::note::DOUBLE_ENCODED, 0, cell.len());
        }
        for (offset, c) in chunk.valid().char_indices() {
            if doubled.iter().any(|(range, _)| range.contains(&offset)) {
                continue;
            }
            let fault = match c {
                '\0' => &faults::NUL_BYTE,
                '\u{FFFD}' => &faults::REPLACEMENT_CHARACTER,
                '\u{FEFF}' => &faults::STRAY_BOM,
                '\t' | '\n' | '\r' => continue,
                c if c.is_control() => &faults::CONTROL_CHARACTER,
                _ => continue,
            };
            let start = at + offset;
            note(&mut anomalies, fault, start, start + c.len_utf8());
        }
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            note(&mut anomalies, &crate::read::note::INVALID_UTF8, at, at + chunk.invalid().len());
        }
        at += chunk.invalid().len();
    }
    anomalies
}

/// Counts one more of a kind; what follows the first without a gap is part of its span.
fn note(anomalies: &mut Vec<Odd>, fault: &'static Fault, start: usize, end: usize) {
    match anomalies.iter_mut().find(|o| o.fault == fault) {
        Some(odd) => {
            odd.count = odd.count.saturating_add(1);
            if odd.end == start && *fault == faults::NUL_BYTE {
                odd.end = end;
            }
        }
        None => anomalies.push(Odd { fault, start, end, count: 1 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_kind_at_its_bytes() {
        let cell = b"Z\xFCrich \xFF\0\0 \x01\xEF\xBF\xBD\xC2\x85";
        let found: Vec<_> =
            anomalies(cell).iter().map(|o| (o.fault.name, o.start, o.end, o.count)).collect();
        assert_eq!(
            found,
            [
                (crate::read::note::INVALID_UTF8.name, 1, 2, 2),
                (faults::NUL_BYTE.name, 8, 10, 2),
                (faults::CONTROL_CHARACTER.name, 11, 12, 2),
                (faults::REPLACEMENT_CHARACTER.name, 12, 15, 1)
            ]
        );
        assert!(anomalies("a\tb\r\nü".as_bytes()).is_empty());
    }

    #[test]
    fn suspicion_falls_on_odd_blocks_only() {
        assert!(!suspicious("a,b\tc\r\nZürich 北京".as_bytes(), true));
        assert!(!suspicious(b"Z\xC3", false));
        for odd in [
            &b"Z\xC3"[..],
            b"\xFF",
            b"a\0",
            b"a\x7F",
            b"a\x1F",
            b"\xEF\xBB\xBF",
            b"\xEF\xBF\xBD",
            b"\xC2\x85",
        ] {
            assert!(suspicious(odd, true), "{odd:?}");
        }
    }
}
