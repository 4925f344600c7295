//! Rows out of a document: matches, their cells, and what nearly matched.

use std::ops::Range;

use crate::read::pattern::Pattern;
use crate::read::text::document::Document;
use crate::source::Span;
use crate::value::Hedge;
use crate::value::hedge::read_hedge;

/// Where and how rows are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Spec<'a> {
    pub pattern: &'a Pattern,
    /// The text after which the section starts.
    pub from: Option<&'a str>,
    /// The text before which it ends.
    pub to: Option<&'a str>,
    /// What separates items, each of which must match as a whole.
    pub split: Option<&'a str>,
}

/// A value in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'d> {
    /// Its text, flattened.
    pub text: &'d str,
    /// Its bytes in the file.
    pub span: Span,
    /// What a word before it makes of it.
    pub hedge: Hedge,
}

/// One match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'d> {
    /// A cell per placeholder; none where an optional part is not there.
    pub cells: Vec<Option<Cell<'d>>>,
    /// The whole match.
    pub span: Span,
}

/// Something that nearly matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// What matched of the beginning.
    pub span: Span,
    /// How many parts of the pattern matched.
    pub reached: usize,
    /// Where it failed.
    pub failed_at: Span,
    /// The part of the pattern that failed.
    pub expected: String,
    /// The text there.
    pub found: String,
}

/// What kept rows from being found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// An item of a split that does not match.
    Unmatched {
        span: Span,
        text: String,
        /// How far it matched.
        near: Option<NearMiss>,
    },
    /// The section's start or end is not there.
    NoSection {
        /// The text that is not there.
        text: String,
    },
    /// Nothing matched.
    NoMatch,
}

/// What a document gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extraction<'d> {
    /// The rows in order.
    pub rows: Vec<Row<'d>>,
    /// What went wrong.
    pub troubles: Vec<Trouble>,
    /// What nearly matched, the longest first.
    pub near: Vec<NearMiss>,
}

/// Finds the rows of a document, and what nearly matched beside them.
pub fn extract<'d>(doc: &'d Document<'_>, spec: &Spec<'_>) -> Extraction<'d> {
    let mut rows = Vec::new();
    let (troubles, mut near) = visit(doc, spec, &mut |row| rows.push(row));
    if let (false, Ok(section)) = (rows.is_empty(), section(doc, spec)) {
        near = near_misses(doc, spec, section, &rows);
    }
    Extraction { rows, troubles, near }
}

/// Visits the rows of a document in order. Gives what went wrong, and what nearly matched where
/// nothing did.
pub fn visit<'d>(
    doc: &'d Document<'_>,
    spec: &Spec<'_>,
    take: &mut dyn FnMut(Row<'d>),
) -> (Vec<Trouble>, Vec<NearMiss>) {
    let section = match section(doc, spec) {
        Ok(section) => section,
        Err(trouble) => return (vec![trouble], Vec::new()),
    };
    let mut any = false;
    let mut take = |row| {
        any = true;
        take(row);
    };
    let mut troubles = match spec.split {
        Some(sign) if !sign.is_empty() => items(doc, spec, sign, section.clone(), &mut take),
        _ => {
            matches(doc, spec, section.clone(), &mut take);
            Vec::new()
        }
    };
    if any {
        return (troubles, Vec::new());
    }
    if troubles.is_empty() {
        troubles.push(Trouble::NoMatch);
    }
    (troubles, near_misses(doc, spec, section, &[]))
}

/// Beginnings of the pattern that stand in no row.
fn near_misses(
    doc: &Document<'_>,
    spec: &Spec<'_>,
    section: Range<usize>,
    rows: &[Row<'_>],
) -> Vec<NearMiss> {
    let in_a_row = |near: &NearMiss| {
        rows.iter().any(|r| r.span.start <= near.span.start && near.span.start < r.span.end)
    };
    let near = spec.pattern.beginnings(&doc.text, section.start, section.end);
    near.into_iter()
        .map(|(r, n, next)| near_miss(doc, spec.pattern, r, n, next, section.end))
        .filter(|near| !in_a_row(near))
        .collect()
}

fn section(doc: &Document<'_>, spec: &Spec<'_>) -> Result<Range<usize>, Trouble> {
    let mut range = 0..doc.text.len();
    if let Some(from) = spec.from {
        match find_loose(&doc.text, from, 0) {
            Some(found) => range.start = found.end,
            None => return Err(Trouble::NoSection { text: from.to_string() }),
        }
    }
    if let Some(to) = spec.to {
        // A blank line right after the start (a heading's own) is not yet the end.
        let blank = to.chars().all(char::is_whitespace);
        let start = if blank {
            range.start
                + (doc.text[range.start..].len() - doc.text[range.start..].trim_start().len())
        } else {
            range.start
        };
        match doc.text[start..].find(to) {
            Some(at) => range.end = start + at,
            None if blank => {}
            None => return Err(Trouble::NoSection { text: to.to_string() }),
        }
    }
    Ok(range)
}

/// Finds a text whose white space may differ.
fn find_loose(text: &str, wanted: &str, from: usize) -> Option<Range<usize>> {
    if let Some(at) = text[from..].find(wanted) {
        return Some(from + at..from + at + wanted.len());
    }
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let first = words.first()?;
    for (at, _) in text[from..].match_indices(first) {
        let mut end = from + at;
        let fits = words.iter().enumerate().all(|(i, w)| {
            if i > 0 {
                end += text[end..].len() - text[end..].trim_start().len();
            }
            let found = text[end..].starts_with(w);
            end += if found { w.len() } else { 0 };
            found
        });
        if fits {
            return Some(from + at..end);
        }
    }
    None
}

fn row<'d>(
    doc: &'d Document<'_>,
    (range, placeholders): (Range<usize>, Vec<Option<Range<usize>>>),
) -> Row<'d> {
    let cell = |h: Range<usize>| {
        let text = doc.text[h.clone()].trim_end();
        let h = h.start..h.start + text.len();
        let before = &doc.text[..h.start];
        let window = before.char_indices().rev().nth(24).map_or(0, |(i, _)| i);
        let hedge = read_hedge(&before[window..]).map_or(Hedge::None, |x| x.0);
        Cell { text, span: doc.map.span(h), hedge }
    };
    let cells = placeholders.into_iter().map(|h| h.map(cell)).collect();
    Row { cells, span: doc.map.span(range) }
}

fn matches<'d>(
    doc: &'d Document<'_>,
    spec: &Spec<'_>,
    section: Range<usize>,
    take: &mut dyn FnMut(Row<'d>),
) {
    let mut at = section.start;
    while let Some(found) = spec.pattern.find(&doc.text, at, section.end) {
        at = found.0.end.max(at + 1);
        while at < section.end && !doc.text.is_char_boundary(at) {
            at += 1;
        }
        take(row(doc, found));
    }
}

/// Visits the items that match; gives those that do not.
fn items<'d>(
    doc: &'d Document<'_>,
    spec: &Spec<'_>,
    sign: &str,
    section: Range<usize>,
    take: &mut dyn FnMut(Row<'d>),
) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    let mut start = section.start;
    loop {
        let end = doc.text[start..section.end].find(sign).map_or(section.end, |n| start + n);
        troubles.extend(item(doc, spec, start..end, take));
        if end == section.end {
            return troubles;
        }
        start = end + sign.len();
    }
}

fn item<'d>(
    doc: &'d Document<'_>,
    spec: &Spec<'_>,
    range: Range<usize>,
    take: &mut dyn FnMut(Row<'d>),
) -> Option<Trouble> {
    let text = &doc.text[range.clone()];
    // The full stop that ends a list belongs to no item.
    let ends = [text.trim_end(), text.trim_end().trim_end_matches('.')];
    let lead = text.len() - text.trim_start().len();
    for end in ends {
        if let Some(found) = spec.pattern.find_whole(
            &doc.text,
            range.start + lead.min(end.len()),
            range.start + end.len(),
        ) {
            take(row(doc, found));
            return None;
        }
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    let start = range.start + lead;
    let span = doc.map.span(start..start + trimmed.len());
    let near = spec.pattern.beginning_at(&doc.text, start, start + trimmed.len());
    let near =
        near.map(|(r, n, next)| near_miss(doc, spec.pattern, r, n, next, start + trimmed.len()));
    Some(Trouble::Unmatched { span, text: trimmed.to_string(), near })
}

fn near_miss(
    doc: &Document<'_>,
    pattern: &Pattern,
    range: Range<usize>,
    reached: usize,
    next: Range<usize>,
    end: usize,
) -> NearMiss {
    let rest = &doc.text[range.end..end.max(range.end)];
    let found: String = rest.chars().take_while(|c| *c != '\n').take(24).collect();
    let failed = range.end..range.end + found.trim_end().len();
    NearMiss {
        span: doc.map.span(range),
        reached,
        failed_at: doc.map.span(failed),
        expected: pattern.text[next].to_string(),
        found: found.trim_end().to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data is small")]
mod tests {
    use super::super::document::markdown;
    use super::*;

    const ARTICLE: &str = "# Headline\n\nIn figures: Nagorno-Karabakh: 1988-1992, territory 4400 km2; Shusha: may 08, 1992, territory 289 km2;\nKalbajar: april 2, 1993, territory **3054** km2; Zangilan: june 31, 1993, territory 707 km2.\n\nIn 1992, about 20 percent of Azerbaijan was occupied, including the Nagorno-Karabakh region and seven surrounding districts.\n";

    #[test]
    fn reads_the_list_with_exact_places() {
        let doc = markdown(ARTICLE);
        let pattern =
            Pattern::compile("{place}: {taken:date}, territory {area:number} km2").unwrap();
        let spec = Spec {
            pattern: &pattern,
            from: Some("In figures:"),
            to: Some("\n\n"),
            split: Some(";"),
        };
        let found = extract(&doc, &spec);
        assert_eq!(found.troubles, []);
        let texts: Vec<Vec<&str>> =
            found.rows.iter().map(|r| r.cells.iter().flatten().map(|c| c.text).collect()).collect();
        assert_eq!(texts[0], ["Nagorno-Karabakh", "1988-1992", "4400"]);
        assert_eq!(texts[2], ["Kalbajar", "april 2, 1993", "3054"]);
        assert_eq!(texts[3], ["Zangilan", "june 31, 1993", "707"]);
        for row in &found.rows {
            for cell in row.cells.iter().flatten() {
                assert_eq!(&ARTICLE[cell.span.start as usize..cell.span.end as usize], cell.text);
            }
        }
    }

    #[test]
    fn reads_a_claim_and_its_hedge() {
        let doc = markdown(ARTICLE);
        let pattern =
            Pattern::compile("[about ]{share:percent} of {country} was occupied, including the {core} region and {districts:integer} surrounding districts")
                .unwrap();
        let spec = Spec { pattern: &pattern, from: None, to: None, split: None };
        let found = extract(&doc, &spec);
        let cells: Vec<&Cell<'_>> = found.rows[0].cells.iter().flatten().collect();
        assert_eq!(
            cells.iter().map(|c| c.text).collect::<Vec<_>>(),
            ["20 percent", "Azerbaijan", "Nagorno-Karabakh", "seven"]
        );
        assert_eq!(cells[0].hedge, Hedge::About);
    }

    #[test]
    fn tells_how_far_an_item_matched() {
        let doc = markdown("A: 5 km2; B: none km2");
        let pattern = Pattern::compile("{place}: {area:number} km2").unwrap();
        let found =
            extract(&doc, &Spec { pattern: &pattern, from: None, to: None, split: Some(";") });
        let Trouble::Unmatched { text, near: Some(near), .. } = &found.troubles[0] else {
            panic!("{found:?}")
        };
        assert_eq!(
            (text.as_str(), near.expected.as_str(), near.found.as_str()),
            ("B: none km2", "{area:number}", "none km2")
        );
    }

    #[test]
    fn broken_patterns_are_told() {
        for bad in ["", "{a", "no placeholder", "{a}{a}", "{a:nummer}", "(a", "a)", "{}"] {
            assert!(Pattern::compile(bad).is_err(), "{bad}");
        }
    }
}
