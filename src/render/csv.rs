//! A table of findings, for people who work in a spreadsheet.

pub mod notes;

use std::borrow::Cow;

use crate::fault::Severity;
use crate::render::words::{Remark, address, figures, remarks, standing};
use crate::report::text::printable;
use crate::report::{Facts, Finding, Place, Sink, SourceText, Summary};
use crate::source::Problem;

/// The columns.
const COLUMNS: [&str; 20] = [
    "severity",
    "check",
    "fault",
    "status",
    "accepted",
    "table",
    "key",
    "column",
    "file",
    "line",
    "column number",
    "record",
    "stated",
    "follows",
    "difference",
    "message",
    "explanation",
    "help",
    "fingerprint",
    "address",
];

/// Writes a line for each finding.
pub struct Csv;

/// Writes a line of cells, each on one line and none of them a formula.
fn line(cells: &[&str], out: &mut Vec<u8>) {
    row(cells.iter().map(|cell| printable(cell)), out);
}

/// Writes a line of texts that are fit to be shown.
fn row<'c>(cells: impl Iterator<Item = Cow<'c, str>>, out: &mut Vec<u8>) {
    // A Vec takes whatever is written to it.
    let _ =
        csv::Writer::from_writer(out).write_record(cells.map(|cell| protected(cell).into_owned()));
}

/// With an apostrophe before it where a spreadsheet would take it for a formula.
fn protected(cell: Cow<'_, str>) -> Cow<'_, str> {
    let is_formula = match cell.chars().next() {
        Some('=' | '@') => true,
        Some('+' | '-') => !is_figure(cell.get(1..).unwrap_or_default()),
        _ => false,
    };
    if is_formula { Cow::Owned(format!("'{cell}")) } else { cell }
}

/// Whether a text is a figure without a sign: `1,234.5 %`, `1.2e-3`.
fn is_figure(text: &str) -> bool {
    let (figure, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    let is_digit = |c: char| c.is_ascii_digit();
    figure.contains(is_digit)
        && figure.chars().all(|c| is_digit(c) || ".,' %\u{a0}\u{202f}\u{2009}\u{2007}".contains(c))
        && !power.is_empty()
        && power.chars().all(is_digit)
}

impl Sink for Csv {
    fn begin(&mut self, facts: &Facts, out: &mut Vec<u8>) {
        line(&COLUMNS, out);
        for Remark { name, words, place } in facts.old.iter().flat_map(remarks) {
            let number = place.as_ref().map_or_else(String::new, |place| place.1.to_string());
            let cells = COLUMNS.map(|column| match column {
                "file" => place.as_ref().map_or("", |place| &place.0),
                "line" => &number,
                "severity" => Severity::Info.word(),
                "check" => name,
                "message" => &words,
                _ => "",
            });
            line(&cells, out);
        }
    }

    fn finding(&self, f: &Finding, _: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let place = f.labels.first().map(|l| &l.place);
        let at = place.map(|place| {
            let (file, from) = (place.at.file(), place.at.from());
            let cell = address(sources, &place.at).unwrap_or_default();
            let number = |n: u64| if place.at.is_in_file() { n.to_string() } else { String::new() };
            (sources.path(file), number(from.line), number(from.column), cell)
        });
        let (file, row, number, address) = at.unwrap_or_default();
        let cell = place.and_then(|place| place.cell.as_ref());
        let record = place.and_then(Place::record).map_or(String::new(), |r| r.to_string());
        let column = cell.and_then(|c| c.column.as_deref()).or(f.identity().column.as_deref());
        let [stated, follows, difference] = f.working.as_ref().map(figures).unwrap_or_default();
        let accepted = f.accepted.as_ref().and_then(|_| standing(f)).unwrap_or_default();
        let cells = [
            f.severity.word(),
            f.check(),
            f.fault().name,
            f.status.map_or("", |status| status.word()),
            &accepted,
            f.table().unwrap_or_default(),
            f.key.as_deref().unwrap_or_default(),
            column.unwrap_or_default(),
            file,
            &row,
            &number,
            &record,
            &stated,
            &follows,
            &difference,
            &f.message,
            f.explanation.as_deref().unwrap_or_default(),
            f.help.as_deref().unwrap_or_default(),
            &f.fingerprint_text(),
            &address,
        ];
        line(&cells, out);
    }

    fn problem(&mut self, _: &Problem, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}

#[cfg(test)]
mod tests {
    use super::{printable, protected};

    fn safe(cell: &str) -> String {
        protected(printable(cell)).into_owned()
    }

    #[test]
    fn formulas_are_texts_and_figures_stay() {
        for cell in ["=1+1", "@SUM(a)", "+a", "-", "-1+cmd|'x'!A0", "-e5", "-5e"] {
            assert_eq!(safe(cell), format!("'{cell}"));
        }
        for cell in ["-5", "+1,234.5 %", "-.5", "-1.2e-3", "-1\u{a0}000", "a=1", "5", "", "≈ -1"]
        {
            assert_eq!(safe(cell), cell);
        }
        // A tab or a line end at the start would hide a formula behind it.
        assert_eq!(safe("\t=1\r"), "\\t=1\\r");
    }
}
