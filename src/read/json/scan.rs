//! The tokens of JSON: where they end, and what is wrong with them.

use serde::{Deserialize, Serialize};

use crate::simd::{bits, prefix_xor};

/// Containers within containers are read this deep.
pub const MOST_LEVELS: usize = 1000;

/// Why a token cannot be read.
#[derive(Debug)]
pub enum Stop {
    /// The text is at its end, and the file is not.
    More,
    /// It is no JSON.
    Wrong(Wrong),
    /// The file cannot be read.
    Io(std::io::Error),
}

/// Where a text is no JSON, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    /// Where it shows.
    pub at: usize,
    pub what: What,
}

/// What is wrong with a text that is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum What {
    /// It ends too early.
    Cut,
    /// There is no value.
    Value,
    /// There is no name of a member.
    Name,
    /// There is no `:` behind a name.
    Colon,
    /// There is no `,` or closing bracket behind a value.
    Comma,
    /// A number is not written as JSON writes numbers.
    Number,
    /// A backslash is followed by something that it does not escape.
    Escape,
    /// A control character stands in a string.
    Control,
    /// There are too many levels.
    Deep,
    /// Something follows the document.
    Trailing,
    /// A member on the way to the rows stands twice.
    Twice,
}

impl What {
    /// All of them, by number.
    pub const ALL: [What; 11] = [
        What::Cut,
        What::Value,
        What::Name,
        What::Colon,
        What::Comma,
        What::Number,
        What::Escape,
        What::Control,
        What::Deep,
        What::Trailing,
        What::Twice,
    ];
}

/// A part of a file.
#[derive(Debug, Clone, Copy)]
pub struct Text<'t> {
    pub bytes: &'t [u8],
    /// Whether the file ends with it.
    pub last: bool,
    /// Where it starts in the file.
    pub base: u64,
}

impl Text<'_> {
    /// The byte at an offset.
    #[inline(always)]
    pub fn get(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// The first byte from `at` on that is no white space, and where it stands.
    #[inline(always)]
    pub fn after_space(&self, mut at: usize) -> Result<(u8, usize), Stop> {
        loop {
            match self.get(at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => at += 1,
                Some(byte) => return Ok((byte, at)),
                None => return Err(self.end()),
            }
        }
    }

    /// The end of the text where something should follow.
    #[cold]
    pub fn end(&self) -> Stop {
        if self.last { wrong(self.bytes.len(), What::Cut) } else { Stop::More }
    }

    /// Goes past a `:` and the white space around it.
    #[inline(always)]
    pub fn colon(&self, at: usize) -> Result<usize, Stop> {
        match self.after_space(at)? {
            (b':', at) => Ok(at + 1),
            (_, at) => Err(wrong(at, What::Colon)),
        }
    }

    /// Where the string ends whose text starts at `at`, behind its quote, and whether it has
    /// escapes.
    #[inline(always)]
    pub fn string(&self, mut at: usize) -> Result<(usize, bool), Stop> {
        let mut escaped = false;
        loop {
            while let Some(eight) = self.bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
                let odd = odd_bytes(u64::from_le_bytes(*eight));
                at += (odd.trailing_zeros() / 8) as usize;
                if odd != 0 {
                    break;
                }
            }
            match self.get(at) {
                Some(b'"') => return Ok((at, escaped)),
                Some(b'\\') => {
                    escaped = true;
                    at = self.escape(at)?;
                }
                Some(0..=0x1F) => return Err(wrong(at, What::Control)),
                Some(_) => at += 1,
                None => return Err(self.end()),
            }
        }
    }

    /// Goes past an escape.
    fn escape(&self, at: usize) -> Result<usize, Stop> {
        match self.get(at + 1) {
            None => Err(self.end()),
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => {
                for digit in at + 2..at + 6 {
                    match self.get(digit) {
                        None => return Err(self.end()),
                        Some(byte) if byte.is_ascii_hexdigit() => {}
                        Some(_) => return Err(wrong(at, What::Escape)),
                    }
                }
                Ok(at + 6)
            }
            Some(_) => Err(wrong(at, What::Escape)),
        }
    }

    /// Where the number ends that starts at `start`.
    #[inline(always)]
    pub fn number(&self, start: usize) -> Result<usize, Stop> {
        let digits = |mut at: usize| {
            while self.get(at).is_some_and(|b| b.is_ascii_digit()) {
                at += 1;
            }
            at
        };
        let not_a_number = || Err(wrong(start, What::Number));
        let whole = start + usize::from(self.get(start) == Some(b'-'));
        let mut at = digits(whole);
        if at == whole && at < self.bytes.len() || at > whole + 1 && self.get(whole) == Some(b'0') {
            return not_a_number();
        }
        if self.get(at) == Some(b'.') {
            let decimals = at + 1;
            at = digits(decimals);
            if at == decimals && at < self.bytes.len() {
                return not_a_number();
            }
        }
        if matches!(self.get(at), Some(b'e' | b'E')) {
            let power = at + 1 + usize::from(matches!(self.get(at + 1), Some(b'+' | b'-')));
            at = digits(power);
            if at == power && at < self.bytes.len() {
                return not_a_number();
            }
        }
        match self.get(at) {
            Some(b'0'..=b'9' | b'.' | b'+' | b'-' | b'_' | b'a'..=b'z' | b'A'..=b'Z') => {
                not_a_number()
            }
            None if !self.last => Err(Stop::More),
            None if !self.get(at.wrapping_sub(1)).is_some_and(|b| b.is_ascii_digit()) => {
                Err(wrong(at, What::Cut))
            }
            _ => Ok(at),
        }
    }

    /// Goes past `true`, `false`, `null` or a number.
    #[inline(always)]
    pub fn word(&self, byte: u8, at: usize) -> Result<usize, Stop> {
        let word: &[u8] = match byte {
            b'-' | b'0'..=b'9' => return self.number(at),
            b't' => b"true",
            b'f' => b"false",
            b'n' => b"null",
            _ => return Err(wrong(at, What::Value)),
        };
        let own = self.bytes.get(at..).unwrap_or_default();
        if own.starts_with(word) {
            return Ok(at + word.len());
        }
        Err(if word.starts_with(own) { self.end() } else { wrong(at, What::Value) })
    }

    /// Goes past any value.
    pub fn value(&self, at: usize) -> Result<usize, Stop> {
        let mut skip = Skip::default();
        match skip.run(self, at) {
            Ok((end, true)) => Ok(end),
            Ok((_, false)) => Err(self.end()),
            Err(wrong) => Err(Stop::Wrong(wrong)),
        }
    }
}

/// Something that is no JSON.
#[cold]
pub fn wrong(at: usize, what: What) -> Stop {
    Stop::Wrong(Wrong { at, what })
}

/// The high bit of each byte that is a quote, a backslash or a control character. What is set above
/// the lowest of them may be wrong.
#[inline(always)]
fn odd_bytes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let equal = |byte: u8| {
        let zero = word ^ (ONES * u64::from(byte));
        zero.wrapping_sub(ONES) & !zero
    };
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (equal(b'"') | equal(b'\\') | control) & (ONES * 0x80)
}

/// What is expected within a value that is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
enum Expect {
    #[default]
    Value,
    /// A value, or the end of the array.
    FirstElement,
    /// A name, or the end of the object.
    FirstName,
    Name,
    Colon,
    /// A comma or the end of the container.
    Next,
}

/// A value that is passed over, which need not be in memory as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Skip {
    /// Whether each open container is an object.
    open: Vec<bool>,
    expect: Expect,
}

impl Skip {
    /// Goes on as far as there are whole tokens; gives where it stopped, and whether the value
    /// ends there.
    ///
    /// # Errors
    /// Where it is no JSON.
    pub fn run(&mut self, text: &Text<'_>, mut at: usize) -> Result<(usize, bool), Wrong> {
        loop {
            match self.token(text, at) {
                Ok((end, false)) => at = end,
                Ok(ended) => return Ok(ended),
                Err(Stop::Wrong(wrong)) => return Err(wrong),
                Err(Stop::More | Stop::Io(_)) => return Ok((at, false)),
            }
        }
    }

    /// Goes past one token; whether the value ends with it.
    fn token(&mut self, text: &Text<'_>, at: usize) -> Result<(usize, bool), Stop> {
        let (byte, at) = text.after_space(at)?;
        match (self.expect, byte) {
            (Expect::FirstElement, b']') | (Expect::FirstName, b'}') => Ok(self.close(at)),
            (Expect::Value | Expect::FirstElement, b'{' | b'[') => {
                if self.open.len() >= MOST_LEVELS {
                    return Err(wrong(at, What::Deep));
                }
                self.open.push(byte == b'{');
                let is_object = byte == b'{';
                self.expect = if is_object { Expect::FirstName } else { Expect::FirstElement };
                Ok((at + 1, false))
            }
            (Expect::Value | Expect::FirstElement, b'"') => {
                let end = text.string(at + 1)?.0;
                Ok(self.ended(end + 1))
            }
            (Expect::Value | Expect::FirstElement, _) => {
                let end = text.word(byte, at)?;
                Ok(self.ended(end))
            }
            (Expect::FirstName | Expect::Name, b'"') => {
                let end = text.string(at + 1)?.0;
                self.expect = Expect::Colon;
                Ok((end + 1, false))
            }
            (Expect::FirstName | Expect::Name, _) => Err(wrong(at, What::Name)),
            (Expect::Colon, b':') => {
                self.expect = Expect::Value;
                Ok((at + 1, false))
            }
            (Expect::Colon, _) => Err(wrong(at, What::Colon)),
            (Expect::Next, b',') => {
                let is_object = self.open.last().is_some_and(|object| *object);
                self.expect = if is_object { Expect::Name } else { Expect::Value };
                Ok((at + 1, false))
            }
            (Expect::Next, b'}' | b']') if self.open.last() == Some(&(byte == b'}')) => {
                Ok(self.close(at))
            }
            (Expect::Next, _) => Err(wrong(at, What::Comma)),
        }
    }

    fn close(&mut self, at: usize) -> (usize, bool) {
        self.open.pop();
        self.ended(at + 1)
    }

    /// A value has ended.
    fn ended(&mut self, end: usize) -> (usize, bool) {
        self.expect = Expect::Next;
        (end, self.open.is_empty())
    }
}

/// A value that is passed over without a look at what it says: that is looked at on the way.
#[derive(Debug, Default)]
pub struct Over {
    depth: u64,
    is_text: bool,
}

impl Over {
    /// Goes on to the end of the value, or of the text; gives where it stopped, and whether the
    /// value ends there.
    ///
    /// # Errors
    /// Where there is no value, or one that is no container is cut.
    pub fn run(&mut self, text: &Text<'_>, mut at: usize) -> Result<(usize, bool), Stop> {
        if self.depth == 0 {
            let (byte, start) = text.after_space(at)?;
            if !matches!(byte, b'[' | b'{') {
                return text.value(start).map(|end| (end, true));
            }
            (self.depth, at) = (1, start + 1);
        }
        while let Some(block) = text.bytes.get(at..).and_then(<[u8]>::first_chunk::<64>) {
            // A block with an escape is looked at byte by byte, as is the one with the end.
            let ([quote, escape, open, close], is_text) = (brackets(block), self.is_text);
            let within = prefix_xor(quote) ^ if is_text { u64::MAX } else { 0 };
            let (open, close) = (open & !within, close & !within);
            if escape != 0 || u64::from(close.count_ones()) >= self.depth {
                match self.bytes(text, at, at + 64) {
                    (end, false) if end >= at + 64 => at = end,
                    ended => return Ok(ended),
                }
                continue;
            }
            self.depth += u64::from(open.count_ones());
            self.depth -= u64::from(close.count_ones());
            self.is_text = within >> 63 == 1;
            at += 64;
        }
        Ok(self.bytes(text, at, text.bytes.len()))
    }

    /// Byte by byte, up to a place or a little behind it.
    fn bytes(&mut self, text: &Text<'_>, mut at: usize, to: usize) -> (usize, bool) {
        while let Some(byte) = text.get(at).filter(|_| at < to) {
            match byte {
                // What it escapes is known where it is there.
                b'\\' if self.is_text && at + 1 >= text.bytes.len() => return (at, false),
                b'\\' if self.is_text => at += 1,
                b'"' => self.is_text = !self.is_text,
                b'[' | b'{' if !self.is_text => self.depth += 1,
                b']' | b'}' if !self.is_text => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        (at, false)
    }
}

/// The quotes, backslashes, opening and closing brackets among 64 bytes.
fn brackets(block: &[u8; 64]) -> [u64; 4] {
    [
        bits(block, |b| b == b'"'),
        bits(block, |b| b == b'\\'),
        // The two kinds of brackets differ in one bit.
        bits(block, |b| b | 0x20 == b'{'),
        bits(block, |b| b | 0x20 == b'}'),
    ]
}

/// Puts the text of a string with escapes behind `out`; whether half of a pair of surrogates stood
/// in it alone, which no text can hold.
pub fn unescape(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut rest, mut lone) = (raw, false);
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (before, escape) = rest.split_at(at);
        out.extend_from_slice(before);
        let (sign, mut len) = match escape.get(1) {
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => match pair(escape) {
                Some((sign, len)) => (sign, len),
                None => {
                    lone = true;
                    (char::REPLACEMENT_CHARACTER, 6)
                }
            },
            Some(byte) => (char::from(*byte), 2),
            None => (char::REPLACEMENT_CHARACTER, 1),
        };
        out.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
        len = len.min(escape.len());
        rest = escape.get(len..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    lone
}

/// The character of `\uXXXX`, or of two that are a pair, and their length.
fn pair(escape: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let own = escape.get(at..)?.strip_prefix(b"\\u")?.get(..4)?;
        u16::from_str_radix(std::str::from_utf8(own).ok()?, 16).ok()
    };
    let first = unit(0)?;
    if let Some(sign) = char::from_u32(first.into()) {
        return Some((sign, 6));
    }
    let sign = char::decode_utf16([first, unit(6)?]).next()?.ok()?;
    Some((sign, 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &str, last: bool) -> Text<'_> {
        Text { bytes: bytes.as_bytes(), last, base: 0 }
    }

    #[test]
    fn values_end_where_they_end() {
        let good = [
            "0",
            "-0",
            "10.50",
            "1e400",
            "1E+2",
            "-1.5e-7",
            "true",
            "false",
            "null",
            "\"\"",
            r#""a\"b\\""#,
            "\"eight by eight bytes\"",
            "[]",
            "{}",
            "[1, {\"a\": []}, \"]\"]",
            r#"{"a" : {"b":[[1],2]} , "c":null}"#,
            r#""\u00e9\ud83d\ude00""#,
        ];
        for value in good {
            let followed = format!("{value} ,");
            assert_eq!(text(&followed, false).value(0).ok(), Some(value.len()), "{value}");
            assert_eq!(text(value, true).value(0).ok(), Some(value.len()), "{value}");
            assert!(serde_json::from_str::<serde_json::Value>(value).is_ok() || value == "1e400");
        }
    }

    #[test]
    fn what_is_wrong_is_said_where_it_is() {
        let wrong = [
            ("", 0, What::Cut),
            ("{", 1, What::Cut),
            ("\"abc", 4, What::Cut),
            ("01", 0, What::Number),
            ("1.", 2, What::Cut),
            ("[1.]", 1, What::Number),
            ("[1e]", 1, What::Number),
            ("-", 1, What::Cut),
            ("-x", 0, What::Number),
            ("+1", 0, What::Value),
            (".5", 0, What::Value),
            ("0x1F", 0, What::Number),
            ("NaN", 0, What::Value),
            ("nul", 3, What::Cut),
            ("nule", 0, What::Value),
            ("[1,]", 3, What::Value),
            ("[1 2]", 3, What::Comma),
            ("[1}", 2, What::Comma),
            ("{\"a\":1,}", 7, What::Name),
            ("{a:1}", 1, What::Name),
            ("{\"a\" 1}", 5, What::Colon),
            ("\"\\x\"", 1, What::Escape),
            ("\"\\u12g4\"", 1, What::Escape),
            ("\"a\tb\"", 2, What::Control),
            ("'a'", 0, What::Value),
        ];
        for (value, at, what) in wrong {
            match text(value, true).value(0) {
                Err(Stop::Wrong(found)) => assert_eq!(found, Wrong { at, what }, "{value}"),
                other => panic!("{value}: {other:?}"),
            }
            assert!(serde_json::from_str::<serde_json::Value>(value).is_err(), "{value}");
        }
    }

    #[test]
    fn levels_are_bounded() {
        let deep = "[".repeat(10_000);
        let found = text(&deep, true).value(0);
        assert!(matches!(found, Err(Stop::Wrong(Wrong { at: MOST_LEVELS, what: What::Deep }))));
    }

    #[test]
    fn a_value_is_passed_over_piece_by_piece() {
        let value = r#"{"a": [1.25, "x\"y", {"b": null}], "c": {}} "#;
        for size in 1..value.len() {
            let (mut skip, mut at, mut end) = (Skip::default(), 0, size);
            let found = loop {
                let part =
                    Text { bytes: &value.as_bytes()[at..end], last: end == value.len(), base: 0 };
                match skip.run(&part, 0).expect("JSON") {
                    (n, true) => break at + n,
                    (n, false) => at += n,
                }
                end = (end + size).min(value.len());
            };
            assert_eq!(found, value.len() - 1, "in pieces of {size}");
        }
    }

    #[test]
    fn a_container_is_passed_over_without_a_look_at_what_it_says() {
        let long = "].[{".repeat(20);
        let value =
            format!(r#"{{"a]": ["\\","x\"}}y", {{"b":[]}}, {{}}], "{long}": ["\\\\\"]", 1]}}"#);
        let followed = format!("{value}, \"z\": [{}]}}", "[1],".repeat(40));
        for size in 1..followed.len() {
            let (mut over, mut at, mut end) = (Over::default(), 0, size);
            let found = loop {
                let bytes = &followed.as_bytes()[at..end];
                match over.run(&Text { bytes, last: false, base: 0 }, 0).expect("a container") {
                    (n, true) => break at + n,
                    (n, false) => at += n,
                }
                end = (end + size).min(followed.len());
            };
            assert_eq!(found, value.len(), "in pieces of {size}: {followed}");
        }
    }

    #[test]
    fn escapes_are_read() {
        let cases = [
            (r"a\n\u00e9\/", "a\né/", false),
            (r"\ud83d\ude00!", "😀!", false),
            (r"\ud83d!", "\u{FFFD}!", true),
            (r"\ude00\ud83d", "\u{FFFD}\u{FFFD}", true),
            (r"\ud83d\u0041", "\u{FFFD}A", true),
        ];
        for (raw, expected, lone) in cases {
            let mut out = Vec::new();
            assert_eq!(unescape(raw.as_bytes(), &mut out), lone, "{raw}");
            assert_eq!(String::from_utf8_lossy(&out), expected, "{raw}");
        }
    }
}
