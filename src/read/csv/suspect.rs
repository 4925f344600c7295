//! Whether a file of one column is one whose delimiter is another.

use crate::read::csv::dialect::Dialect;
use crate::read::csv::record::{Scanner, Status};
use crate::read::reader::MAX_RECORD;

/// How a file seems to be cut into fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Suspect {
    pub delimiter: u8,
    /// Lines above the header.
    pub skip: u32,
}

/// What often separates fields.
const SIGNS: [u8; 4] = [b';', b'\t', b',', b'|'];
/// Lines above a header at most.
const MOST_LINES: u32 = 10;
/// Records that are looked at.
const RECORDS: usize = 50;

/// Another delimiter that cuts all records which begin at `at` into as many fields, at least two;
/// quotes are understood, and a title may stand above.
pub(crate) fn suspect(
    head: &[u8],
    at: usize,
    at_end: bool,
    (dialect, has_header): (&Dialect, bool),
) -> Option<Suspect> {
    let is_hint = head.get(at..).is_some_and(|text| text.starts_with(b"sep="));
    let mut start = at;
    // Below a name of one column, what the rules say holds.
    let lines = if has_header && !dialect.is_declared { MOST_LINES } else { 1 };
    for skip in 0..lines {
        // One row below a title may have a sign by chance.
        let least = if skip > 0 && !is_hint { 3 } else { 2 };
        let fields = |delimiter: &u8| {
            let other = Dialect { delimiter: *delimiter, ..*dialect };
            let own = *delimiter != dialect.delimiter
                && (skip == 0 || is_hint || !is_always_spaced(head, start, *delimiter));
            own.then(|| even_fields(head, start, at_end, &other, least)).flatten()
        };
        let found = SIGNS.iter().filter_map(|sign| Some((fields(sign)?, *sign)));
        let best = found.reduce(|best, next| if next.0 > best.0 { next } else { best });
        if let Some((_, delimiter)) = best.filter(|_| skip > 0 || !is_hint) {
            return Some(Suspect { delimiter, skip });
        }
        start += memchr::memchr(b'\n', head.get(start..)?)? + 1;
    }
    None
}

/// Whether a space follows a sign wherever it stands, as in texts.
fn is_always_spaced(head: &[u8], start: usize, sign: u8) -> bool {
    let text = head.get(start..).unwrap_or_default();
    memchr::memchr_iter(sign, text).all(|at| text.get(at + 1) == Some(&b' '))
}

/// How many fields all of the first records have; none where they differ, have one, or are too few.
fn even_fields(
    head: &[u8],
    start: usize,
    at_end: bool,
    dialect: &Dialect,
    least: usize,
) -> Option<usize> {
    let mut scanner = Scanner::new(head, at_end, dialect, MAX_RECORD, 0);
    let (mut at, mut records, mut fields) = (start, 0, 0);
    while records < RECORDS && at < head.len() {
        let Some(record) = scanner.record(at, &mut Vec::new()) else { break };
        at = record.next();
        if record.start == record.end {
            continue;
        }
        if record.status != Status::Whole || (records > 0 && record.fields != fields) {
            return None;
        }
        fields = record.fields;
        records += 1;
    }
    (records >= least && fields > 1).then_some(fields)
}

impl Suspect {
    /// As the number that belongs to the fault.
    pub fn to_aux(self) -> u32 {
        u32::from(self.delimiter) | (self.skip << 8) | (1 << 31)
    }

    /// From the number that belongs to the fault, where the other delimiter cuts all records.
    pub fn of_aux(aux: u32) -> Option<Suspect> {
        let [delimiter, ..] = aux.to_le_bytes();
        let skip = (aux & !(1 << 31)) >> 8;
        (aux >> 31 == 1).then_some(Suspect { delimiter, skip })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(char, u32)> {
        let suspect = suspect(text.as_bytes(), 0, true, (&Dialect::default(), true))?;
        assert_eq!(Suspect::of_aux(suspect.to_aux()), Some(suspect));
        Some((char::from(suspect.delimiter), suspect.skip))
    }

    #[test]
    fn another_delimiter_cuts_all_records() {
        assert_eq!(found("\"a\";\"b\"\n\"1;2\";\"3\"\n"), Some((';', 0)));
        assert_eq!(found("a\tb\n1,5\t2\n"), Some(('\t', 0)));
        assert_eq!(found("Prices, 2025\nid;n\n1;2\n2;5\n"), Some((';', 1)));
        assert_eq!(found("sep=;\na;b\n1;2\n"), Some((';', 1)));
    }

    #[test]
    fn texts_in_one_column_are_left() {
        for text in [
            "name\nSmith; John\nDoe; Jane\nRoe; Rick\n",
            "word\nmill; weir\nlock\n",
            "a;b\n",
            "a\nb\nc;d\ne;f\n",
            "a\n1\n2\n",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
        let declared = Dialect { is_declared: true, ..Dialect::default() };
        assert_eq!(suspect(b"tags\na;b\nc;d\ne;f\n", 0, true, (&declared, true)), None);
    }
}
