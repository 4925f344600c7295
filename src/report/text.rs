//! Text of data made fit to be shown: nothing that a terminal obeys, nothing that cannot be seen,
//! nothing without end.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

/// Writes `c` so that it can be seen, where it cannot be as it is; whether it had to.
///
/// Characters that a terminal obeys, that end a line, that change the direction of the text around
/// them, or that take no place are written as `\n`, `\e`, `\x07`, `\u{202e}`. A backslash of the
/// data stays as it is.
pub fn escape(c: char, out: &mut String) -> bool {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{1b}' => out.push_str("\\e"),
        '\0'..='\u{1f}' | '\u{7f}' => escape_byte(u32::from(c), out),
        c if is_invisible(c) => {
            // A String takes whatever is written to it.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        _ => return false,
    }
    true
}

/// `\x` and two digits: a control character, or a byte that is no text.
pub fn escape_byte(byte: u32, out: &mut String) {
    let _ = write!(out, "\\x{byte:02x}");
}

/// C1 controls, separators of lines, and what Unicode calls format characters, ignorable by default,
/// or no characters. Signs of the Arabic and Kaithi scripts that stand before numbers are format characters,
/// but can be seen.
fn is_invisible(c: char) -> bool {
    let is_none = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    is_none
        || matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text on one line, with everything in it visible.
pub fn printable(text: &str) -> Cow<'_, str> {
    let plain = |c: char| !c.is_control() && !is_invisible(c);
    let Some(first) = text.find(|c| !plain(c)) else { return Cow::Borrowed(text) };
    let (before, rest) = text.split_at(first);
    let mut out = before.to_string();
    for c in rest.chars() {
        if !escape(c, &mut out) {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The text with its line ends, and everything else in it visible.
pub fn printable_lines(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}

/// How many characters are shown of a text.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Of a cell, alone or quoted in a sentence.
    pub cell: usize,
    /// Of a sentence.
    pub sentence: usize,
}

/// For people: a cell is recognised by its ends.
pub const PEOPLE: Limits = Limits { cell: 60, sentence: 500 };

/// For programs: the place says where all of it is.
pub const PROGRAMS: Limits = Limits { cell: 1_000, sentence: 10_000 };

/// The text, or what stands around the bytes `odd` of it, or its beginning and its end, with `…`
/// where it is cut.
///
/// Where `odd` is not known, it is the first character that cannot be seen.
pub fn cut<'t>(text: &'t str, most: usize, odd: Option<&Range<usize>>) -> Cow<'t, str> {
    if text.len() <= most || text.chars().count() <= most {
        return Cow::Borrowed(text);
    }
    let unseen = || text.find(is_odd).map(|at| at..at);
    let known = odd.filter(|odd| **odd != (0..text.len())).cloned();
    if let Some(around) = known.or_else(unseen).and_then(|odd| around(text, most, &odd)) {
        return Cow::Owned(around);
    }
    let tail = most / 3;
    let head = most.saturating_sub(tail + 1);
    let end = text.char_indices().nth(head).map_or(text.len(), |(at, _)| at);
    let start = text.char_indices().rev().take(tail).last().map_or(text.len(), |(at, _)| at);
    match (text.get(..end), text.get(start..)) {
        (Some(first), Some(last)) => Cow::Owned(format!("{first}…{last}")),
        _ => Cow::Borrowed(text),
    }
}

/// Whether a character that is no white space cannot be seen, or stands for one that was lost.
fn is_odd(c: char) -> bool {
    (c.is_control() && !c.is_whitespace()) || is_invisible(c) || c == char::REPLACEMENT_CHARACTER
}

/// What stands around some bytes of a text; none where its beginning shows them, or where they are
/// all of it.
fn around(text: &str, most: usize, odd: &Range<usize>) -> Option<String> {
    let (before, rest) = text.split_at_checked(odd.start)?;
    let len = text.get(odd.clone())?.chars().take(most).count().max(1);
    let room = most.saturating_sub(len + 2) / 2;
    if before.is_empty() || before.chars().take(most).count() + len < most - most / 3 {
        return None;
    }
    let from = before.char_indices().rev().take(room).last().map_or(before.len(), |c| c.0);
    let (_, shown) = text.split_at_checked(from)?;
    let left = before.len() - from;
    let after = (most - 2).saturating_sub(text.get(from..odd.start)?.chars().count());
    let to = rest.char_indices().nth(after).map(|c| left + c.0);
    let (shown, dots) = to.map_or((shown, ""), |to| (shown.get(..to).unwrap_or(shown), "…"));
    Some(format!("…{shown}{dots}"))
}

/// The sentence with what it quotes cut, and itself; `odd` are bytes of the cell that it quotes.
pub fn cut_sentence<'t>(text: &'t str, limits: Limits, odd: Option<&Range<usize>>) -> Cow<'t, str> {
    if text.len() <= limits.cell {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, quote, quoted, after)) = quotation(rest) {
        out.push_str(before);
        out.push(quote);
        out.push_str(&cut(quoted, limits.cell, odd));
        out.push(quote);
        rest = after;
    }
    out.push_str(rest);
    match cut(&out, limits.sentence, Some(&(0..0))) {
        Cow::Borrowed(_) if out == text => Cow::Borrowed(text),
        Cow::Borrowed(_) => Cow::Owned(out),
        Cow::Owned(short) => Cow::Owned(short),
    }
}

/// What is before the first quotation, its quotes, what is in it and what comes after.
fn quotation(text: &str) -> Option<(&str, char, &str, &str)> {
    let open = text.find(['`', '"'])?;
    let (before, from) = text.split_at(open);
    let quote = from.chars().next()?;
    let (quoted, after) = from.get(1..)?.split_once(quote)?;
    Some((before, quote, quoted, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        let hostile = "a\u{1b}[2J\u{7}b\r\n\tc\u{7f}\u{9b}\u{202e}\u{200d}\u{2029}\u{feff}é";
        assert_eq!(
            printable(hostile),
            r"a\e[2J\x07b\r\n\tc\x7f\u{9b}\u{202e}\u{200d}\u{2029}\u{feff}é"
        );
        assert!(matches!(printable("Zürich 1\u{a0}000 \u{600}12"), Cow::Borrowed(_)));
        assert_eq!(printable("\u{fffe}\u{10ffff}\u{fdd0}"), r"\u{fffe}\u{10ffff}\u{fdd0}");
        assert_eq!(printable_lines("a\tb\nc"), "a\\tb\nc");
    }

    #[test]
    fn long_texts_keep_their_ends() {
        assert_eq!(cut("abcdefghij", 10, None), "abcdefghij");
        assert_eq!(cut("äbcdefghijk", 10, None), "äbcdef…ijk");
        let cell = "x".repeat(100);
        let short = format!("{}…{}", "x".repeat(39), "x".repeat(20));
        let limits = Limits { cell: 60, sentence: 200 };
        let sentence = format!("`name` must be short, and this is `{cell}`; \"{cell}\" is not");
        let wanted = format!("`name` must be short, and this is `{short}`; \"{short}\" is not");
        assert_eq!(cut_sentence(&sentence, limits, None), wanted);
        assert_eq!(cut_sentence(&cell.repeat(9), limits, None).chars().count(), 200);
    }

    #[test]
    fn what_is_odd_in_a_long_text_is_shown() {
        let text = format!("{}é?{}", "a".repeat(50), "b".repeat(50));
        let at = text.find('é').expect("there") + 2;
        for most in 10..102 {
            let short = cut(&text, most, Some(&(at..at + 1)));
            assert!(short.contains("é?") && short.chars().count() <= most, "{most} {short}");
        }
        assert_eq!(cut(&text, 10, Some(&(at..at + 1))), "…aaé?bbbb…");
        assert_eq!(cut(&text, 10, Some(&(at..at))), "…aaé?bbbb…");
        assert_eq!(cut(&text, 10, Some(&(at..text.len()))), "…?bbbbbbb…");
        assert_eq!(cut(&text, 10, Some(&(text.len() - 1..text.len()))), "…bbbb");
        for whole in [0..text.len(), 0..1, 7..8, 500..501] {
            let is_whole = whole.start != 7;
            let shown = cut(&text, if is_whole { 10 } else { 30 }, Some(&whole));
            assert!(shown.starts_with("aaaaaa"), "{whole:?} {shown}");
        }
        let hidden = format!("{}\u{93}\n{}", "a".repeat(50), "b".repeat(50));
        assert_eq!(cut(&hidden, 10, None), "…aaa\u{93}\nbbb…");
    }
}
