//! A table of findings to be filled in: who has cleared each, and what is to be noted.

use std::borrow::Cow;

use super::{line, row};
use crate::report::SavedSink;
use crate::report::document::{Document, JsonFinding, JsonNote};
use crate::report::text::{PEOPLE, cut_sentence, printable, printable_lines};

/// The columns; only the fingerprint and the last two are read back.
const COLUMNS: [&str; 7] =
    ["fingerprint", "check", "key", "place", "message", "cleared_by", "note"];

/// Writes a row for each finding, with what is noted already.
pub struct NotesTable;

impl SavedSink for NotesTable {
    fn begin(&mut self, _: &Document, out: &mut Vec<u8>) {
        line(&COLUMNS, out);
    }

    fn finding(&mut self, finding: JsonFinding<'static>, out: &mut Vec<u8>) {
        let place = finding.labels.first().map(|l| &l.place);
        let place = place.map(|p| format!("{}{}", p.file, p.behind()));
        let JsonNote { cleared_by, text, .. } = finding.note.unwrap_or_default();
        // A note may have several lines.
        let said =
            |text: Option<Cow<'_, str>>| Cow::Owned(printable_lines(&text.unwrap_or_default()));
        let cells = [
            fingerprint(&finding.fingerprint),
            printable(&finding.check),
            printable(finding.key.as_deref().unwrap_or_default()),
            printable(&place.unwrap_or_default()).into_owned().into(),
            printable(&cut_sentence(&finding.message, PEOPLE, None)).into_owned().into(),
            said(cleared_by),
            said(text),
        ];
        row(cells.into_iter(), out);
    }

    fn end(&mut self, _: Document, _: &mut Vec<u8>) {}
}

/// With `f-` before it where a spreadsheet would take it for a number.
fn fingerprint(digits: &str) -> Cow<'_, str> {
    let digits = printable(digits);
    let is_number = digits.chars().all(|c| c.is_ascii_digit() || c == 'e');
    if is_number { Cow::Owned(format!("f-{digits}")) } else { digits }
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn no_fingerprint_is_a_number() {
        for (digits, cell) in
            [("31a9", "31a9"), ("3149", "f-3149"), ("31e9", "f-31e9"), ("a1e9", "a1e9")]
        {
            assert_eq!(fingerprint(digits), cell);
        }
    }
}
