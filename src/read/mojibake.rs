//! Texts that were encoded twice: UTF-8 that was read as another encoding and saved as UTF-8.

use std::ops::Range;

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use crate::read::note::FaultText;
use crate::simd::HighRuns;

/// What a text was before, and the encoding that it was read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub text: String,
    pub encoding: &'static str,
    /// Where the first character that is wrong begins.
    pub at: usize,
}

/// Whether a character that begins at `at` may begin a sequence: a first look at the bytes, which
/// decides nothing.
#[inline]
pub fn may_begin(text: &[u8], at: usize) -> bool {
    let high = |n: usize| text.get(at + n).is_some_and(|b| *b >= 0x80);
    match (text.get(at), text.get(at + 1), text.get(at + 2)) {
        (Some(0xC3), Some(0x82..=0x85 | 0x8E..=0x91 | 0xA2 | 0xAF | 0xB0), _)
        | (Some(0xC2), Some(0xAC), _)
        | (Some(0xC6), Some(0x92), _) => high(2),
        (Some(0xE2), Some(0x88), Some(0x9A))
        | (Some(0xE2), Some(0x89), Some(0x88))
        | (Some(0xE2), Some(0x80), Some(0x9A)) => high(3),
        _ => false,
    }
}

/// Bytes of a text that are looked at together.
const PIECE: usize = 256;

/// Whether a text holds what may be such a sequence: a first look as well.
pub fn may_hold(text: &[u8]) -> bool {
    (0..text.len()).step_by(PIECE).any(|from| {
        let own = from..text.len().min(from + PIECE);
        let with_next = from..text.len().min(own.end + 3);
        has_run(&text[with_next]) && {
            let may_begin = |at| may_begin(text, from + at);
            memchr::memchr2_iter(0xC2, 0xC6, &text[own.clone()]).any(may_begin)
                || memchr::memchr2_iter(0xC3, 0xE2, &text[own]).any(may_begin)
        }
    })
}

/// The same of a text of which it is known where four bytes of 0x80 or more follow each other.
pub fn may_hold_in(text: &[u8], runs: &[HighRuns]) -> bool {
    runs.iter().any(|HighRuns { base, fourths }| {
        let mut rest = *fourths;
        let mut next = || {
            let bit = (rest != 0).then(|| rest.trailing_zeros())?;
            rest &= rest - 1;
            Some(*base + bit)
        };
        std::iter::from_fn(&mut next).any(|fourth| may_begin(text, fourth as usize - 3))
    })
}

/// Whether four bytes of 0x80 or more follow each other: fewer are no two characters that were one.
fn has_run(piece: &[u8]) -> bool {
    let starts = piece.len().saturating_sub(3);
    let [a, b, c, d] = [0, 1, 2, 3].map(|by| piece.get(by..by + starts).unwrap_or_default());
    let all = a.iter().zip(b).zip(c).zip(d).fold(0, |all, (((a, b), c), d)| all | a & b & c & d);
    all >= 0x80
}

/// What is said of such a text.
pub fn words(text: &str) -> FaultText {
    let (meant, encoding, at) = restored(text)
        .map_or_else(|| (text.to_string(), "another encoding", 0), |r| (r.text, r.encoding, r.at));
    FaultText {
        message: format!(
            "`{text}` was `{meant}`: UTF-8 that was read as {encoding} and saved again"
        ),
        label: format!("was `{meant}`"),
        help: Some("restore it from the source, or convert it back".into()),
        odd: Some(at..at),
    }
}

/// The first bytes of letters of Latin, Greek and Cyrillic alphabets, of signs and emoji.
const WESTERN: &[u8] = &[0xC2, 0xC3, 0xC4, 0xC5, 0xCE, 0xCF, 0xD0, 0xD1, 0xE2, 0xEF, 0xF0];
/// Of Latin letters and signs.
const MAC: &[u8] = &[0xC2, 0xC3, 0xC4, 0xC5, 0xE2];

/// The byte that was read as a character.
type ByteOf = fn(char) -> Option<u8>;

/// Windows-1252, and Latin-1 where that has only control characters.
fn western(c: char) -> Option<u8> {
    match u32::from(c) {
        code @ 0x80..=0xFF => u8::try_from(code).ok(),
        _ => (0x80..=0x9F).find(|byte| decoded(WINDOWS_1252, *byte) == Some(c)),
    }
}

/// Mac Roman; some programs put the signs that it lacks where Latin-1 has them.
fn mac(c: char) -> Option<u8> {
    let own = (0x80..=0xFF).find(|byte| decoded(MACINTOSH, *byte) == Some(c));
    own.or_else(|| u8::try_from(u32::from(c)).ok().filter(|byte| (0xA0..=0xBF).contains(byte)))
}

fn decoded(encoding: &'static Encoding, byte: u8) -> Option<char> {
    encoding.decode_without_bom_handling(&[byte]).0.chars().next()
}

/// The character of windows-1252 that a control character of Latin-1 was.
pub fn of_control(c: char) -> Option<char> {
    let byte = u8::try_from(u32::from(c)).ok().filter(|byte| (0x80..=0x9F).contains(byte))?;
    decoded(WINDOWS_1252, byte).filter(|c| !c.is_control())
}

/// The sequences of a text that were one character each, with that character.
pub fn sequences(text: &str) -> Vec<(Range<usize>, char)> {
    let western = sequences_of(text, western, WESTERN);
    if western.is_empty() {
        return sequences_of(text, mac, MAC);
    }
    western
}

/// What a text was, if it holds such sequences.
pub fn restored(text: &str) -> Option<Restored> {
    let found = sequences(text);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (range, c) in &found {
        out.push_str(text.get(at..range.start)?);
        out.push(*c);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    let first = text.get(found.first()?.0.clone())?;
    let mut own =
        found.iter().filter_map(|(range, _)| text.get(range.clone())).flat_map(str::chars);
    let encoding = if first.chars().next().and_then(western).is_none() {
        "Mac Roman"
    } else if own.any(|c| of_control(c).is_some()) {
        "Latin-1"
    } else {
        "Windows-1252"
    };
    Some(Restored { text: out, encoding, at: found.first()?.0.start })
}

fn sequences_of(text: &str, byte_of: ByteOf, leads: &[u8]) -> Vec<(Range<usize>, char)> {
    let mut all = Vec::new();
    let (mut at, mut before) = (0, ' ');
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let found = sequence(rest, byte_of, before).filter(|s| leads.contains(&s.lead));
        before = c;
        let len = found.as_ref().map_or(c.len_utf8(), |s| s.len);
        all.extend(found.map(|s| (at..at + len, s.meant)));
        at += len;
    }
    // One Greek or Cyrillic letter may be chance.
    let is_letter = |c: &char| ('\u{370}'..'\u{530}').contains(c);
    if all.iter().filter(|s| is_letter(&s.1)).count() == 1 {
        all.retain(|s| !is_letter(&s.1));
    }
    all
}

struct Sequence {
    lead: u8,
    /// Its bytes in the text.
    len: usize,
    /// The character that it was.
    meant: char,
}

/// The sequence that a text begins with: its bytes in the other encoding are one character in UTF-8.
fn sequence(text: &str, byte_of: ByteOf, before: char) -> Option<Sequence> {
    let mut chars = text.chars();
    let first = chars.next().filter(|c| !c.is_ascii())?;
    let lead = byte_of(first)?;
    let more = match lead {
        0xC2..=0xDF => 1,
        0xE0..=0xEF => 2,
        0xF0..=0xF4 => 3,
        _ => return None,
    };
    let (mut bytes, mut len) = (vec![lead], first.len_utf8());
    for _ in 0..more {
        let c = chars.next().filter(|c| !c.is_ascii())?;
        bytes.push(byte_of(c)?);
        len += c.len_utf8();
    }
    let meant = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    // A word in capitals may end before one of these signs.
    let sign = text.get(first.len_utf8()..).and_then(|rest| rest.chars().next());
    let is_word =
        before.is_uppercase() && matches!(sign, Some('\u{A0}' | '«' | '»' | '°' | '·' | '\u{AD}'));
    let is_likely = match lead {
        0xC2 => meant >= '\u{A0}',
        0xE2 => ('\u{2000}'..='\u{2BFF}').contains(&meant),
        0xEF => meant == '\u{FEFF}',
        _ => true,
    };
    (is_likely && !(is_word && first.is_uppercase())).then_some(Sequence { lead, len, meant })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Path, Special, index};

    fn was(text: &str) -> Option<(String, &'static str)> {
        restored(text).map(|r| (r.text, r.encoding))
    }

    #[test]
    fn texts_that_were_encoded_twice_are_restored() {
        for (text, meant, encoding) in [
            ("KoÅ¡ice â€“ ZÃ¡pad", "Košice – Západ", "Windows-1252"),
            ("birut\u{C4}\u{97}", "birutė", "Latin-1"),
            ("it\u{E2}\u{80}\u{99}s", "it’s", "Latin-1"),
            ("M√ºnchen", "München", "Mac Roman"),
            ("itâ€™s 20Â°", "it’s 20°", "Windows-1252"),
            ("ÐšÐ¸Ñ—Ð²", "Київ", "Windows-1252"),
            ("ðŸ˜€", "😀", "Windows-1252"),
        ] {
            assert_eq!(was(text), Some((meant.into(), encoding)), "{text}");
            // Wherever it stands beside the end of what is looked at together.
            let behind = |at: usize| format!("{}{text}.", "x".repeat(at));
            assert!((PIECE - 40..=PIECE).all(|at| may_hold(behind(at).as_bytes())), "{text}");
            let is_indexed = |at: usize| {
                let (text, special) = (behind(at), Special { delimiter: b',', quote: None });
                let found = index(text.as_bytes(), special, Path::Best, &mut Vec::new());
                may_hold_in(text.as_bytes(), &found.runs)
            };
            assert!((0..=64).all(is_indexed), "{text}");
        }
    }

    #[test]
    fn texts_as_they_should_be_are_left() {
        for text in [
            "Köln",
            "São Paulo",
            "ÃO",
            "«CAFÉ»",
            "IRMÃ\u{A0}MARIA",
            "√2 ≈ 1.41",
            "‚Äpfel‘",
            "Ελλάδα",
            "Київ",
            "日本",
            "naïve",
            "Ñandú",
            "5 ƒ",
        ] {
            assert_eq!(was(text), None, "{text}");
        }
    }
}
