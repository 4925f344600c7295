//! What can be wrong with JSON, in words.

use std::ops::Range;

use crate::fault::Fault;
use crate::read::grid::{Irregular, NO_COLUMN};
use crate::read::json::fields::{self, Odd, OddKind};
use crate::read::json::nav::NAMES_ROWS;
use crate::read::json::plan::Plan;
use crate::read::json::scan::{MOST_LEVELS, Stop, Text, What, Wrong};
use crate::read::nested::pointer::above;
use crate::read::nested::{LAST_IS_READ, not_a_row, stands_twice, too_many};
use crate::read::note::{
    BYTE_ORDER_MARK, DUPLICATE_COLUMN_NAME, DUPLICATE_MEMBER, FaultText, INVALID_UTF8, LATE_MEMBER,
    MALFORMED, ROW_NOT_AN_OBJECT, TABLE_NOT_FOUND,
};
use crate::read::reader::Malformed;
use crate::source::Span;
use crate::width::to_u32;

crate::fault!(
    /// Reported per cell.
    LONE_SURROGATE, Error, "lone-surrogate", "an escape in a string stands for half of a character");

/// What can be wrong with JSON.
pub static FAULTS: &[&Fault] = &[
    &MALFORMED,
    &ROW_NOT_AN_OBJECT,
    &DUPLICATE_MEMBER,
    &LONE_SURROGATE,
    &LATE_MEMBER,
    &INVALID_UTF8,
    &BYTE_ORDER_MARK,
    &TABLE_NOT_FOUND,
    &DUPLICATE_COLUMN_NAME,
];

/// The number of a fault.
pub fn kind(fault: &Fault) -> u8 {
    (0..).zip(FAULTS).find(|(_, f)| **f == fault).map_or(0, |(kind, _)| kind)
}

/// Something out of order between two bytes of a block.
pub fn irregular(fault: &Fault, (start, end): (usize, usize), aux: usize) -> Irregular {
    Irregular {
        kind: kind(fault),
        start: to_u32(start),
        end: to_u32(end),
        record: 0,
        line: 0,
        aux: to_u32(aux),
        column: NO_COLUMN,
    }
}

/// What is out of order in an object.
pub fn of_object(odd: &Odd) -> Irregular {
    let fault = match odd.kind {
        OddKind::Twice => &DUPLICATE_MEMBER,
        OddKind::Late => &LATE_MEMBER,
        OddKind::Surrogate => &LONE_SURROGATE,
    };
    let column = odd.column.map_or(NO_COLUMN, to_u32);
    let aux = match odd.kind {
        OddKind::Late => whose(odd),
        OddKind::Twice | OddKind::Surrogate => odd.object,
    };
    Irregular { column, ..irregular(fault, (odd.start, odd.end), aux) }
}

/// The bits of a number that say which object it is; the others say how far up.
const NODE: u32 = 24;

/// The object that a member belongs to, as one number.
fn whose(odd: &Odd) -> usize {
    let level = odd.level.map_or(0, |level| (level + 1).min(0xFF));
    level << NODE | odd.node
}

/// A member that is not read.
fn late(own: &str, irregular: &Irregular, plan: &Plan) -> FaultText {
    let up = (irregular.aux >> NODE) as usize;
    let fields = match up.checked_sub(1) {
        Some(level) => plan.levels.get(level).map_or(&plan.rows, |level| &level.fields),
        None => &plan.rows,
    };
    let prefix = fields.prefix((irregular.aux & ((1 << NODE) - 1)) as usize);
    let name = format!("{}{prefix}{}", above(up), bare(own));
    let what = match irregular.column {
        NO_COLUMN if fields.is_full() => return too_many(bare(own)),
        NO_COLUMN => format!("the member {own} is first seen here, and is no column of the table"),
        _ => {
            format!("the member {own} is of another kind here: `{name}` is no column of the table")
        }
    };
    words(
        what,
        "not read",
        &format!(
            "columns are taken from the first 1,000 rows; declare it if it is needed: \
             columns.\"{name}\" = {{}}"
        ),
    )
}

fn words(message: String, label: &str, help: &str) -> FaultText {
    FaultText { message, label: label.into(), help: Some(help.into()), odd: None }
}

/// The words of something out of order in a block.
pub fn word(irregular: &Irregular, block: &[u8], plan: &Plan) -> FaultText {
    let range = irregular.start as usize..irregular.end as usize;
    let own = String::from_utf8_lossy(block.get(range).unwrap_or_default()).into_owned();
    match FAULTS.get(usize::from(irregular.kind)).map_or("", |f| f.name) {
        "malformed-document" => {
            let what = What::ALL.get(irregular.aux as usize).copied().unwrap_or(What::Value);
            let words = malformed(what, &own, true);
            let help = "correct the line; no check uses it until then";
            FaultText { help: words.help.or(Some(help.into())), ..words }
        }
        "row-not-an-object" => not_a_row(described(&own)),
        "duplicate-member" => stands_twice(
            bare(&own),
            match irregular.aux as usize == NAMES_ROWS {
                true => {
                    "give one of them another name: programs differ in which they take; here both \
                     are read"
                }
                false => LAST_IS_READ,
            },
        ),
        "lone-surrogate" => words(
            "this string holds half of a character, written as `\\u…`".into(),
            "half of a character",
            "write the character itself, or both halves of it; it was probably cut in two",
        ),
        "late-member" => late(&own, irregular, plan),
        _ => {
            let byte = block.get(irregular.start as usize).copied().unwrap_or_default();
            words(
                format!("byte 0x{byte:02X} is not valid UTF-8"),
                "not UTF-8",
                "save the file as UTF-8, or declare its encoding, such as encoding = \"windows-1252\"",
            )
        }
    }
}

/// What a value is, for people.
fn described(value: &str) -> &'static str {
    match value.as_bytes().first() {
        Some(b'[') => "an array",
        Some(b'n') => "null",
        _ => "a single value",
    }
}

/// A name without its quotes.
fn bare(own: &str) -> &str {
    own.strip_prefix('"').and_then(|own| own.strip_suffix('"')).unwrap_or(own)
}

/// Where a member that stands twice first stands in its object.
pub fn earlier(irregular: &Irregular, block: &[u8]) -> Option<Range<usize>> {
    if irregular.kind != kind(&DUPLICATE_MEMBER) {
        return None;
    }
    let text = Text { bytes: block, last: true, base: 0 };
    let place = irregular.start as usize;
    let (.., name, _) = fields::name(&text, place).ok()?;
    let mut at = irregular.aux as usize;
    while at < place {
        let (start, end, own, value) = fields::name(&text, at).ok()?;
        if own == name {
            return Some(start..end).filter(|range| range.start < place);
        }
        let end = text.value(value).ok()?;
        at = text.after_space(end).ok()?.1 + 1;
    }
    None
}

/// Why a text is no JSON; `own` is what stands there.
pub fn malformed(what: What, own: &str, is_line: bool) -> FaultText {
    let document = if is_line { "this line" } else { "the document" };
    let (message, label, help) = match what {
        What::Cut => (
            format!("{document} ends before its value does"),
            "ends here",
            if is_line { PRETTY } else { "it was probably cut; write or fetch it again" },
        ),
        What::Value => value_words(own),
        What::Name if own.starts_with('}') => (
            "a name in double quotes should stand here".into(),
            "no name",
            "remove the comma before it",
        ),
        What::Number => (
            format!("`{own}` is not a number as JSON writes numbers"),
            "not a number",
            "no zeros in front, digits on both sides of the point; otherwise put it in double quotes",
        ),
        What::Deep => (
            format!("containers are nested more than {MOST_LEVELS} levels deep"),
            "too deep",
            "check where the file comes from",
        ),
        What::Trailing if is_line => (
            "another value follows on this line".into(),
            "a second value",
            "each line holds one value",
        ),
        What::Twice => (
            format!("the member {own}, which leads to the rows, stands here a second time"),
            "a second time",
            "remove one of them: programs differ in which they take",
        ),
        _ => {
            let (message, label, help) = fixed_words(what);
            (message.to_string(), label, help)
        }
    };
    let help = (!help.is_empty()).then(|| help.to_string());
    FaultText { message, label: label.into(), help, odd: None }
}

/// The words of what is wrong whatever stands there.
fn fixed_words(what: What) -> (&'static str, &'static str, &'static str) {
    match what {
        What::Name => (
            "a name in double quotes should stand here",
            "no name",
            "names of members are written in double quotes",
        ),
        What::Colon => ("a `:` should stand here, behind the name", "no `:`", ""),
        What::Comma => (
            "a `,` or the closing bracket should stand here",
            "neither",
            "a comma or a quote before it may be missing",
        ),
        What::Escape => (
            "this backslash stands before something that it cannot escape",
            "no escape",
            "write a backslash as `\\\\`",
        ),
        What::Control => (
            "a line end or another control character stands within a string",
            "within a string",
            "the closing quote may be missing; a line end in a text is written `\\n`",
        ),
        _ => (
            "something follows the end of the document",
            "behind the end",
            "if each line holds a value of its own, add format = \"ndjson\"",
        ),
    }
}

/// What to do with a document over several lines that is called lines of JSON.
const PRETTY: &str =
    "each line holds one value; if one value goes over several lines, add format = \"json\"";

fn value_words(own: &str) -> (String, &'static str, &'static str) {
    let help = match own {
        "NaN" | "nan" | "Infinity" | "inf" => "where there is no number, write null",
        "None" | "True" | "False" | "undefined" => "JSON writes null, true and false",
        "]" | "}" => "remove the comma before it, or write what is missing",
        _ if own.starts_with('\'') => "texts are written in double quotes",
        _ => "",
    };
    (format!("`{own}` is not a value of JSON"), "not a value", help)
}

/// The bytes that show what is wrong at a place: a word, or one character.
pub fn shown(bytes: &[u8], at: usize) -> (usize, usize) {
    let rest = bytes.get(at..).unwrap_or_default();
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-' | b'_');
    let len = match rest.first() {
        Some(b'"') => memchr::memchr2(b'"', b'\n', rest.get(1..).unwrap_or_default())
            .map_or(1, |n| (n + 2).min(64)),
        Some(b'\n' | b'\r') => 0,
        Some(first) if is_word(first) => rest.iter().take(64).take_while(|b| is_word(b)).count(),
        Some(0xC0..) => rest.iter().skip(1).take(3).take_while(|b| **b & 0xC0 == 0x80).count() + 1,
        Some(_) => 1,
        None => 0,
    };
    (at.min(bytes.len()), (at + len).min(bytes.len()))
}

/// What makes a document unreadable from some place on.
pub fn unreadable(wrong: Wrong, text: &Text<'_>) -> Malformed {
    let (start, end) = shown(text.bytes, wrong.at);
    let own = String::from_utf8_lossy(text.bytes.get(start..end).unwrap_or_default());
    let words = malformed(wrong.what, &own, false);
    let help = words.help.as_deref().map_or(String::new(), |help| format!("{help}; "));
    let help = Some(format!("{help}nothing behind this place is read"));
    let span = Span::new(start as u64, end as u64).shift(text.base);
    Malformed { fault: &MALFORMED, span, words: FaultText { help, ..words } }
}

/// What stops a walk, with the text that it stopped in.
pub fn stopped(stop: Stop, text: &Text<'_>) -> crate::read::reader::ReadError {
    match stop {
        Stop::Wrong(wrong) => unreadable(wrong, text).into(),
        Stop::Io(error) => crate::read::reader::ReadError { offset: text.base, error },
        Stop::More => {
            let message = "a value is longer than 64 MiB";
            let error = std::io::Error::new(std::io::ErrorKind::InvalidData, message);
            crate::read::reader::ReadError { offset: text.base, error }
        }
    }
}
