//! Signs beside figures: of money, and of notes.

use crate::propose::sample::SampleColumn;
use crate::value::digits::{percent_mark, sign};
use crate::value::read::is_no_value;

/// Signs of money, which stand on either side of a figure.
const MONEY: [&str; 18] = [
    "US$", "R$", "A$", "C$", "$", "€", "£", "¥", "₹", "₽", "zł", "Kč", "kr", "USD", "EUR", "GBP",
    "CHF", "PLN",
];
/// Signs of notes, which stand behind some of the figures.
const NOTES: [&str; 10] = ["(p)", "(r)", "(e)", "*", "†", "‡", "p", "r", "e", "s"];

/// The signs that stand beside the figures of a column; none where a text would be no figure without
/// them.
pub fn of(column: &SampleColumn) -> Vec<String> {
    let mut found: Vec<&str> = Vec::new();
    let (mut values, mut noted) = (0, 0);
    for text in column.texts.iter().map(|t| t.trim()).filter(|t| !is_no_value(t)) {
        if text.is_empty() {
            continue;
        }
        let (figure, marks) = split(text);
        if !is_figure(figure) {
            return Vec::new();
        }
        values += 1;
        noted += usize::from(marks.iter().any(|mark| NOTES.contains(mark)));
        found.extend(marks);
    }
    found.sort_unstable();
    found.dedup();
    // A note is an exception.
    if noted * 2 > values { Vec::new() } else { found.into_iter().map(str::to_string).collect() }
}

/// A text without the signs of its column.
pub fn strip<'t>(text: &'t str, marks: &[String]) -> &'t str {
    if marks.is_empty() { text } else { split(text.trim()).0 }
}

/// A figure, and the signs beside it.
fn split(text: &str) -> (&str, Vec<&'static str>) {
    let (mut rest, mut marks) = (text, Vec::new());
    while let Some((next, mark)) = once(rest) {
        marks.push(mark);
        rest = next.trim();
    }
    (rest, marks)
}

fn once(text: &str) -> Option<(&str, &'static str)> {
    let is_digit = |c: char| c.is_ascii_digit() || c == ')';
    let money = MONEY.iter().find_map(|mark| {
        let rest = text.strip_prefix(mark).or_else(|| text.strip_suffix(mark));
        rest.map(|rest| (rest, *mark))
    });
    let note = || {
        let rest = |mark: &&str| text.strip_suffix(*mark).map(str::trim_end);
        let behind = |rest: &str| rest.ends_with(is_digit) || rest.ends_with(['*', '%']);
        NOTES.iter().find_map(|mark| Some((rest(mark).filter(|rest| behind(rest))?, *mark)))
    };
    money.or_else(note)
}

fn is_figure(text: &str) -> bool {
    let body = percent_mark(sign(text).1).0;
    let is_part = |c: char| c.is_ascii_digit() || ".,'’ \u{a0}\u{202f}\u{2009}".contains(c);
    body.chars().all(is_part) && body.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_notes_are_no_part_of_figures() {
        let marks = |texts: &[&str]| {
            let texts = texts.iter().map(|t| Box::from(*t)).collect();
            of(&SampleColumn { texts, ..SampleColumn::default() }).join(" ")
        };
        for (texts, found) in [
            (&["$12.50", "$3.00", ""][..], "$"),
            (&["12,50 €", "n/a", "€ 3"], "€"),
            (&["1.2", "3.4*", "5", "6", "7 p"], "* p"),
            (&["1p", "2p", "3p"], ""),
            (&["A12", "A13"], ""),
            (&["12", "13"], ""),
            (&["-$5", "$6"], ""),
            (&["$", "$5"], "$"),
        ] {
            assert_eq!(marks(texts), found, "{texts:?}");
        }
        assert_eq!(strip(" $12.50 ", &["$".to_string()]), "12.50");
    }
}
