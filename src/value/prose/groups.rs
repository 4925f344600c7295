//! Runs of digits that are not known to be one number.

use std::ops::Range;

use crate::value::language::Language;
use crate::value::prose::cursor::Cursor;
use crate::value::prose::digits::Signs;

/// Whether digits are a code: `020`.
pub fn is_code(own: &str) -> bool {
    let own = own.strip_prefix('+').unwrap_or(own);
    own.len() > 1 && own.starts_with('0') && own.bytes().all(|b| b.is_ascii_digit())
}

/// What stands before a code that is written in groups of digits, and how many digits it has at most.
const CODES: [(&str, usize); 6] =
    [("ISBN", 13), ("ISSN", 8), ("ISMN", 13), ("DOI", 64), ("IBAN", 34), ("EAN", 13)];
/// What may stand between: `ISBN-13: 978…`.
const KINDS: [&str; 2] = ["-10", "-13"];

/// The code that begins at a place, with its name before it: `ISBN 91-7000-150-6`, `ISSN 1234-567X`.
pub fn code_at(text: &str, start: usize) -> Option<Range<usize>> {
    let before = text.get(..start)?.trim_end_matches([' ', '\u{a0}', ':']);
    let before = KINDS.iter().find_map(|kind| before.strip_suffix(kind)).unwrap_or(before);
    let name = before.rsplit(|c: char| !c.is_alphanumeric()).next()?;
    let (_, mut left) = CODES.into_iter().find(|code| code.0 == name)?;
    let joins = |c: char| "-\u{2010}\u{2011}– \u{a0}./".contains(c);
    let is_digit = |c: &char| c.is_ascii_digit() || *c == 'X';
    let (mut end, mut rest) = (start, text.get(start..)?);
    loop {
        let digits = rest.chars().take_while(is_digit).count();
        let Some(more) = left.checked_sub(digits).filter(|_| digits > 0) else { break };
        end = text.len() - rest.len() + digits;
        left = more;
        rest = text.get(end..)?.strip_prefix(joins).unwrap_or_default();
    }
    (end > start).then_some(before.len() - name.len()..end)
}

/// `1 234`, where spaces do not group in the text, and `555 0199`: it is not known what they are.
pub(super) fn groups(c: Cursor<'_>, first: &Range<usize>, signs: &Signs) -> Option<(usize, usize)> {
    let (start, mut end, digits) = next_group(c)?;
    let own = c.text.get(first.clone())?;
    let is_plain = own.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit());
    let mut count = 2;
    while let Some(more) = next_group(Cursor { at: end, ..c }) {
        (count, end) = (count + 1, more.1);
    }
    let before = c.text.get(..first.start)?.trim_end();
    let is_thousands = own.len() <= 3
        && digits.len() == 3
        && !own.starts_with('0')
        && c.rest().starts_with(' ')
        && !is_apart(before, signs.language);
    let is_run = is_plain && (count > 2 || is_code(own) || is_code(digits));
    (is_plain && is_thousands || is_run).then_some((start, end))
}

/// The digits behind a space or a hyphen: where they begin and end.
fn next_group(mut c: Cursor<'_>) -> Option<(usize, usize, &str)> {
    c.eat(&[' ', '-'])?;
    let start = c.at;
    let digits = c.digits();
    (!digits.is_empty() && !c.is_in_word()).then_some((start, c.at, digits))
}

/// Whether what stands before a figure sets it apart from the next: `table 2 340 people`, `May 12 340
/// people`.
fn is_apart(before: &str, language: Language) -> bool {
    let start = before.char_indices().rev().find(|(_, c)| !c.is_alphabetic());
    let word = before.get(start.map_or(0, |(at, c)| at + c.len_utf8())..).unwrap_or_default();
    language.compounds.labels.has(word) || language.dates.months.get(word).is_some()
}
