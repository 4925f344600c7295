//! Notes below a table: lines that are no rows of it, and what they begin with.

use crate::expr::regex::Regex;
use crate::propose::records::Line;

/// Lines below a table at most.
const MOST: usize = 40;
/// Longer texts in the first cell of a row are sentences, and no names.
const LONG: usize = 60;

/// What the first line below a table matches and no row does, and these lines. `lines` are the last of
/// the file, of which those of the table have `width` cells; `others` are some of the first.
pub fn find(lines: &[Line], width: usize, others: &[Line]) -> Option<(Regex, Vec<String>)> {
    if width < 2 {
        return None;
    }
    let ends = lines.iter().rposition(|line| !may_be_note(line, width)).map_or(0, |n| n + 1);
    let tail = lines.get(ends..).unwrap_or_default();
    let start = ends + tail.iter().position(|line| is_note(line, width))?;
    let notes = lines.get(start..).unwrap_or_default();
    let has_rows = lines.get(..start).is_some_and(|rows| rows.len() > 2);
    if notes.len() > MOST || !has_rows {
        return None;
    }
    let texts: Vec<String> = notes.iter().filter_map(text).map(str::to_string).collect();
    let rows = lines.get(..start).unwrap_or_default().iter().filter_map(text);
    let others: Vec<&str> = rows.chain(others.iter().filter_map(text)).collect();
    let first = texts.first()?;
    let begin = beginnings(first)
        .find(|begin| !others.iter().any(|other| *other != first && other.starts_with(*begin)))?;
    Some((Regex::new(&format!("^{}", escaped(begin))).ok()?, texts))
}

/// The first filled cell of a line.
fn text(line: &Line) -> Option<&str> {
    line.cells.iter().map(String::as_str).find(|cell| !cell.is_empty())
}

/// Whether a line holds nothing but a text at its start.
fn may_be_note(line: &Line, width: usize) -> bool {
    let is_first = line.cells.first().is_some_and(|cell| cell.contains(char::is_alphabetic));
    is_first && (line.filled() == 1 || line.cells.len() != width && begins_as_note(line))
}

/// Whether such a line is no row with blank cells: it stands apart, is cut otherwise, is a sentence, or
/// begins like a note.
fn is_note(line: &Line, width: usize) -> bool {
    let is_long = text(line).is_some_and(|text| text.chars().count() > LONG);
    line.is_apart || line.cells.len() != width || is_long || begins_as_note(line)
}

fn begins_as_note(line: &Line) -> bool {
    const WORDS: [&str; 24] = [
        "source",
        "note",
        "footnote",
        "quelle",
        "anmerkung",
        "fußnote",
        "hinweis",
        "stand",
        "fuente",
        "nota",
        "bron",
        "zdroj",
        "źródło",
        "uwaga",
        "lähde",
        "källa",
        "kilde",
        "fonte",
        "last updated",
        "copyright",
        "data from",
        "see ",
        "as of ",
        "sources",
    ];
    let text = text(line).unwrap_or_default().to_lowercase();
    let is_named = WORDS.iter().any(|word| {
        text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            || word.ends_with(' ') && text.starts_with(word)
            || text.starts_with(&format!("{word}s"))
    });
    let marks = text.starts_with(['*', '©', '†', '¹', '²', '³', '–']) || text.starts_with("(1)");
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    is_named || marks || digits.len() < text.len() && digits.starts_with(')')
}

/// The ways to say how a text begins, the shortest first: up to a colon, or some words.
fn beginnings(text: &str) -> impl Iterator<Item = &str> {
    let colon = text.find(':').filter(|at| *at < 40).and_then(|at| text.get(..=at));
    let words = text.match_indices(' ').take(5).skip(1).filter_map(|(at, _)| text.get(..at));
    colon.into_iter().chain(words).chain([text])
}

/// A text as a pattern that matches it alone.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rows: &[&str]) -> Option<String> {
        let mut is_apart = false;
        let mut lines = Vec::new();
        for row in rows {
            let cells: Vec<String> = row.split(',').map(str::to_string).collect();
            if row.is_empty() {
                is_apart = true;
            } else {
                let is_apart = std::mem::take(&mut is_apart);
                lines.push(Line { number: 0, cells, is_apart, merged_to: None });
            }
        }
        find(&lines, 3, &[]).map(|(until, _)| until.text)
    }

    #[test]
    fn notes_are_known_by_how_they_stand_and_begin() {
        let table = ["N,1,2", "S,3,4", "W,5,6"];
        let with = |below: &[&str]| found(&[&table[..], below].concat());
        for (below, until) in [
            (&["Source: us,,"][..], Some("^Source:")),
            (&["Source: us, and others"], Some("^Source:")),
            (&["", "Figures of the office in (1) places"], Some(r"^Figures of")),
            (&["1) without islands", "2) with them"], Some(r"^1\) without")),
            (&["* preliminary"], Some(r"^\* preliminary")),
            (&["East,,"], None),
            (&["E,7,8", ""], None),
            (&["East,,", "Note: by us,,"], Some("^Note:")),
        ] {
            assert_eq!(with(below).as_deref(), until, "{below:?}");
        }
    }
}
