//! Signs beside figures: of money, and of notes.

use crate::propose::sample::SampleColumn;
use crate::value::advice::is_no_value;
use crate::value::digits::{percent_mark, sign};

/// Signs of money, which stand on either side of a figure.
const MONEY: [&str; 18] = [
    "US$", "R$", "A$", "C$", "$", "€", "£", "¥", "₹", "₽", "zł", "Kč", "kr", "USD", "EUR", "GBP",
    "CHF", "PLN",
];
/// Letters that are notes right behind a figure.
const CLOSE: [&str; 4] = ["p", "r", "e", "s"];
/// Letters of flags, up to three of them together, behind a figure and a blank.
const FLAGS: &str = "bcdefinprsuvz";
/// Letters that make a figure larger.
const LARGER: &str = "kmKMGTB";
/// Different signs of a column at most.
const MOST: usize = 12;

/// A sign beside a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark<'t> {
    text: &'t str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Money,
    Note,
    /// A letter right behind the digits: a note where the figures have decimals, else as likely a
    /// part of a code, such as `12A`.
    Letter,
}

/// The signs that stand beside the figures of a column; none where a text would be no figure without
/// them.
pub fn of(column: &SampleColumn) -> Vec<String> {
    let mut found: Vec<Mark<'_>> = Vec::new();
    let (mut values, mut noted, mut fractions) = (0, 0, 0);
    for (n, text) in column.texts.iter().map(|t| t.trim()).enumerate() {
        let recurs = column.counts.get(n).is_some_and(|count| *count > 2);
        let is_word = recurs && !text.contains(|c: char| c.is_ascii_digit());
        if text.is_empty() || is_word || is_no_value(text) {
            continue;
        }
        let (figure, marks) = split(text);
        if is_no_value(figure) && marks.iter().all(|mark| mark.kind == Kind::Note) {
            found.extend(marks);
            continue;
        }
        if !is_figure(figure) {
            return Vec::new();
        }
        values += 1;
        noted += usize::from(marks.iter().any(|mark| mark.kind != Kind::Money));
        fractions += usize::from(figure.contains(['.', ',']));
        found.extend(marks);
    }
    let has_letters = found.iter().any(|mark| mark.kind == Kind::Letter);
    let mut texts: Vec<&str> = found.iter().map(|mark| mark.text).collect();
    texts.sort_unstable();
    texts.dedup();
    // A note is an exception; a unit is none, and there are several flags.
    let most =
        if found.iter().any(|mark| mark.kind == Kind::Money) || texts.len() < 2 { 2 } else { 3 };
    let are_notes = noted * 4 <= values * most && texts.len() <= MOST;
    if !are_notes || has_letters && fractions * 2 <= values {
        return Vec::new();
    }
    texts.into_iter().map(str::to_string).collect()
}

/// A text without the signs of its column.
pub fn strip<'t>(text: &'t str, marks: &[String]) -> &'t str {
    if marks.is_empty() { text } else { split(text.trim()).0 }
}

/// A figure, and the signs beside it.
fn split(text: &str) -> (&str, Vec<Mark<'_>>) {
    let (mut rest, mut marks) = (text, Vec::new());
    while let Some((next, mark)) = once(rest) {
        marks.push(mark);
        rest = next.trim();
    }
    (rest, marks)
}

fn once(text: &str) -> Option<(&str, Mark<'_>)> {
    let money = MONEY.iter().find_map(|mark| {
        let rest = text.strip_prefix(mark).or_else(|| text.strip_suffix(mark));
        rest.map(|rest| (rest, Mark { text: mark, kind: Kind::Money }))
    });
    money.or_else(|| note(text))
}

/// A sign of a note behind a figure, or behind what stands for none.
fn note(text: &str) -> Option<(&str, Mark<'_>)> {
    let cut = |at: usize, kind: Kind| {
        let (rest, mark) = (text.get(..at)?, text.get(at..)?);
        let last = rest.trim_end().chars().next_back()?;
        let behind = last.is_ascii_digit() || "*%)]†‡§".contains(last);
        let is_apart = rest.ends_with(char::is_whitespace);
        (behind || is_apart && is_no_value(rest)).then_some((rest, Mark { text: mark, kind }))
    };
    let last = text.chars().next_back()?;
    let ends = |start: usize| text.len().checked_sub(start);
    if "*†‡§¹²³".contains(last) {
        return cut(ends(last.len_utf8())?, Kind::Note);
    }
    if let (')' | ']', Some(open)) = (last, text.rfind(['(', '['])) {
        let inner = text.get(open + 1..text.len() - 1)?;
        let is_short =
            (1..=3).contains(&inner.len()) && inner.bytes().all(|b| b.is_ascii_lowercase());
        return if is_short { cut(open, Kind::Note) } else { None };
    }
    let (rest, word) = text.rsplit_once(char::is_whitespace).unwrap_or(("", text));
    let is_number = |w: &str| w.len() == 1 && w.bytes().all(|b| b.is_ascii_digit());
    let is_flag = match word.strip_suffix(')') {
        Some(number) => is_number(number),
        None => {
            let is_upper = matches!(word.as_bytes(), [b] if b.is_ascii_uppercase());
            let are_flags =
                (1..=3).contains(&word.len()) && word.chars().all(|c| FLAGS.contains(c));
            are_flags || is_upper && !LARGER.contains(word)
        }
    };
    if !rest.is_empty() && is_flag {
        return cut(ends(word.len())?, Kind::Note);
    }
    if let Some(letter) = CLOSE.iter().find(|letter| text.ends_with(**letter)) {
        return cut(ends(letter.len())?, Kind::Note);
    }
    let is_letter = last.is_ascii_alphabetic() && !LARGER.contains(last);
    if is_letter { cut(ends(1)?, Kind::Letter) } else { None }
}

fn is_figure(text: &str) -> bool {
    let body = percent_mark(sign(text).1).0;
    let is_part = |c: char| c.is_ascii_digit() || ".,'’ \u{a0}\u{202f}\u{2009}\u{2007}".contains(c);
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
            (&["12.5", "13.1 b", "14.0", "15.2 ep", ": ", ": c"], "b c ep"),
            (&["12.5", "872.7E", "14.0", "15.2"], "E"),
            (&["12", "12A", "14", "15"], ""),
            (&["12.5", "1.2M", "14.0", "15.2"], ""),
            (&["12.5", "1.2 kg", "14.0", "15.2"], ""),
            (&["12", "13 1)", "14 [r]", "15"], "1) [r]"),
            (&["12", "13(p)", "14†", "15²", "16", "17", "18"], "(p) ² †"),
        ] {
            assert_eq!(marks(texts), found, "{texts:?}");
        }
        assert_eq!(strip(" $12.50 ", &["$".to_string()]), "12.50");
    }
}
