//! Rows out of a document: matches, their cells, and what nearly matched.

use std::borrow::Cow;
use std::ops::Range;

use crate::read::pattern::{Found, Piece, end_of_digits, said_for_both};
use crate::read::text::document::Document;
use crate::read::text::hedges::hedge;
use crate::read::text::marks::Marked;
use crate::read::text::near::{self, NearMiss};
use crate::read::text::pieces;
pub use crate::read::text::searched::{EACH_SENTENCE, Flat, Searched, Spec};
use crate::source::Span;
use crate::value::Hedge;

/// A value in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell<'d> {
    /// Its text, flattened, with the words that another figure says for both.
    pub text: Cow<'d, str>,
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
    /// Matches that there are only if a sentence ends at a place, or only if none does.
    Doubtful {
        /// The word behind which one may end.
        at: Span,
        word: String,
        /// The texts that would match.
        readings: Vec<(Span, String)>,
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
        near.extend(near::misses(&Searched::new(doc, spec), section, &found_in(&rows, &troubles)));
    }
    Extraction { rows, troubles, near }
}

/// Visits the rows of a document in order. Gives what went wrong, and what nearly matched where
/// nothing did.
fn visit<'d>(
    doc: &'d Document<'_>,
    spec: &Spec<'_>,
    take: &mut dyn FnMut(Row<'d>),
) -> (Vec<Trouble>, Vec<NearMiss>) {
    visit_in(&Searched::new(doc, spec), true, take)
}

/// The same; what nearly matched is looked for where it is wanted.
pub fn visit_in<'d>(
    searched: &Searched<'d, '_>,
    wants_near: bool,
    take: &mut dyn FnMut(Row<'d>),
) -> (Vec<Trouble>, Vec<NearMiss>) {
    let section = match section(searched.doc, searched.spec) {
        Ok(section) => section,
        Err(trouble) => return (vec![trouble], Vec::new()),
    };
    let mut any = false;
    let mut take = |row| {
        any = true;
        take(row);
    };
    let mut near = Vec::new();
    let mut sink = Sink { take: &mut take, pieces: &mut near };
    let mut troubles = match searched.spec.split {
        Some(EACH_SENTENCE) => sentences(searched, section.clone(), &mut sink),
        Some(sign) if !sign.is_empty() => items(searched, sign, section.clone(), &mut sink),
        _ => matches(searched, section.clone(), &mut sink),
    };
    if any {
        return (troubles, near);
    }
    if troubles.is_empty() {
        troubles.push(Trouble::NoMatch);
    }
    if wants_near {
        let mut more = near::misses(searched, section, &found_in(&[], &troubles));
        more.retain(|miss| near.iter().all(|piece| piece.span.start != miss.span.start));
        near.extend(more);
    }
    (troubles, near)
}

/// Where rows and matches in doubt stand.
fn found_in(rows: &[Row<'_>], troubles: &[Trouble]) -> Vec<Span> {
    let in_doubt = troubles.iter().flat_map(|trouble| match trouble {
        Trouble::Doubtful { readings, .. } => readings.as_slice(),
        _ => &[],
    });
    let mut all: Vec<Span> =
        rows.iter().map(|row| row.span).chain(in_doubt.map(|reading| reading.0)).collect();
    all.sort();
    all
}

fn section(doc: &Document<'_>, spec: &Spec<'_>) -> Result<Range<usize>, Trouble> {
    let mut range = 0..doc.text.len();
    if let Some(from) = spec.from {
        match heading(doc, from, 0).or_else(|| find_loose(&doc.text, from, 0)) {
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
        let end = heading(doc, to, start).map(|found| found.start);
        match end.or_else(|| doc.text[start..].find(to).map(|at| start + at)) {
            Some(end) => range.end = end,
            None if blank => {}
            None => return Err(Trouble::NoSection { text: to.to_string() }),
        }
    }
    Ok(range)
}

/// Finds a heading that is written as Markdown writes it: `## Results`. Its signs are mark-up, which the
/// text is without.
fn heading(doc: &Document<'_>, wanted: &str, from: usize) -> Option<Range<usize>> {
    let name = wanted.trim_start_matches('#');
    let is_marked = doc.breaks.is_some() && name.len() < wanted.len();
    let name = Some(name.trim()).filter(|name| is_marked && !name.is_empty())?;
    let at_line = |at: &usize| {
        let before = doc.text[..*at].ends_with('\n') || *at == 0;
        before && doc.text[at + name.len()..].trim_start_matches(' ').starts_with('\n')
    };
    let all = doc.text[from..].match_indices(name).map(|(at, _)| from + at);
    all.into_iter().find(at_line).map(|at| at..at + name.len())
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

/// What takes the rows, and what would be some if a piece of a figure were one.
struct Sink<'s, 'd> {
    take: &'s mut dyn FnMut(Row<'d>),
    pieces: &'s mut Vec<NearMiss>,
}

impl<'d> Sink<'_, 'd> {
    /// Takes the rows of a match; gives where to look on. Where a placeholder would hold a piece of a
    /// figure there is no row, and the next match may begin within this one.
    fn take(&mut self, searched: &Searched<'d, '_>, found: Found) -> usize {
        let section = 0..searched.doc.text.len();
        let (mut end, mut next) = (found.range.end, None);
        for found in searched.spec.pattern.rows(searched.text(), found) {
            let matched = found.range.clone();
            match searched.whole(&section, found) {
                Ok(found) => {
                    end = end.max(found.range.end);
                    (self.take)(row(searched.doc, searched.spec, found));
                }
                Err(piece) => {
                    next = next.or(Some(behind(searched, &piece).max(matched.start + 1)));
                    if self.pieces.len() < pieces::MOST {
                        self.pieces.push(pieces::near(searched, &matched, &piece));
                    }
                }
            }
        }
        next.unwrap_or(end)
    }
}

/// The figures that a pattern reads in a part of a document, with their places in its text.
pub(super) fn placed<'d>(
    searched: &Searched<'d, '_>,
    section: Range<usize>,
) -> Vec<(Range<usize>, Cell<'d>)> {
    let mut all = Vec::new();
    let whole = 0..searched.doc.text.len();
    each(searched, searched.text(), section, &mut |found| {
        match searched.whole(&whole, found) {
            Err(piece) => behind(searched, &piece),
            Ok(found) => {
                // `31 and 29` has the shape of one figure, and is two.
                let (end, places) = (found.range.end, found.placeholders.clone());
                let cells = row(searched.doc, searched.spec, found).cells;
                all.extend(
                    places.into_iter().zip(cells).filter_map(|(at, cell)| Some((at?, cell?))),
                );
                end
            }
        }
    });
    all
}

/// Where the next match may begin behind a piece of a figure.
fn behind(searched: &Searched<'_, '_>, piece: &Piece) -> usize {
    end_of_digits(&searched.doc.text, piece.span.start).max(piece.span.start + 1)
}

fn row<'d>(doc: &'d Document<'_>, spec: &Spec<'_>, found: Found) -> Row<'d> {
    let cell = |(number, span): (usize, &Range<usize>)| {
        let text = doc.text[span.clone()].trim_end();
        let span = span.start..span.start + text.len();
        let more = said_for_both(
            (&spec.pattern.held, &spec.writing.number),
            &doc.text,
            &found.placeholders,
            number,
        );
        let text = match more.is_empty() {
            true => Cow::Borrowed(text),
            false => Cow::Owned(format!("{text}{more}")),
        };
        Cell {
            text,
            span: doc.map.span(span.clone()),
            hedge: hedge(doc, spec.pattern, number, &span),
        }
    };
    let cells = found.placeholders.iter().enumerate();
    let cells = cells.map(|(n, span)| span.as_ref().map(|span| cell((n, span)))).collect();
    Row { cells, span: doc.map.span(found.range) }
}

/// Visits the matches of a section; gives those that are in doubt.
fn matches<'d>(
    searched: &Searched<'d, '_>,
    section: Range<usize>,
    sink: &mut Sink<'_, 'd>,
) -> Vec<Trouble> {
    let doc = searched.doc;
    let marked = searched.marked.as_deref();
    let doubts = marked.map_or(&[][..], |marked| doubts_in(&marked.doubts, &section));
    let (Some(marked), false) = (marked, doubts.is_empty()) else {
        each(searched, searched.text(), section, &mut |found| sink.take(searched, found));
        return Vec::new();
    };
    let (mut one, mut other) = (Vec::new(), Vec::new());
    each(searched, &marked.text, section.clone(), &mut |found| later(&mut one, found));
    each(searched, &marked.with_doubts(), section, &mut |found| later(&mut other, found));
    let is_in = |all: &[Found], found: &Found| {
        let from = all.partition_point(|f| f.range.start < found.range.start);
        all.get(from).is_some_and(|f| f == found)
    };
    let apart = |these: &[Found], those: &[Found]| -> Vec<Range<usize>> {
        these.iter().filter(|f| !is_in(those, f)).map(|f| f.range.clone()).collect()
    };
    let mut in_doubt = [apart(&one, &other), apart(&other, &one)].concat();
    in_doubt.sort_by_key(|range| (range.start, range.end));
    let (agreed, _): (Vec<_>, Vec<_>) = one.into_iter().partition(|f| is_in(&other, f));
    for found in agreed {
        sink.take(searched, found);
    }
    doubtful(doc, doubts, &in_doubt)
}

/// Keeps a match; gives where it ends.
fn later(all: &mut Vec<Found>, found: Found) -> usize {
    let end = found.range.end;
    all.push(found);
    end
}

/// Visits the matches in a section of a text, perhaps with more ends of sentences than are marked;
/// `take` gives where to look on. A match of no text at all is none.
fn each(
    searched: &Searched<'_, '_>,
    text: &str,
    section: Range<usize>,
    take: &mut dyn FnMut(Found) -> usize,
) {
    let pattern = searched.spec.pattern;
    let ends = searched.marked.as_ref().map_or(&[][..], |marked| &marked.ends);
    let Some(text) = text.get(..section.end) else { return };
    let mut at = section.start;
    for part in pattern.parts(text, &section, ends) {
        at = at.max(part.start);
        while let Some(found) = pattern.find(text, at..part.end) {
            let is_nothing = found.range.is_empty();
            let next = if is_nothing { found.range.end + 1 } else { take(found) };
            at = next.max(at + 1);
            while at < section.end && !text.is_char_boundary(at) {
                at += 1;
            }
        }
    }
}

/// The places of doubt in a section.
fn doubts_in<'m>(doubts: &'m [usize], section: &Range<usize>) -> &'m [usize] {
    let before = |end: usize| doubts.partition_point(|at| *at < end);
    doubts.get(before(section.start)..before(section.end)).unwrap_or_default()
}

/// Matches that are not the same with and without the end of a sentence; those that overlap are
/// readings of one place.
fn doubtful(doc: &Document<'_>, doubts: &[usize], matches: &[Range<usize>]) -> Vec<Trouble> {
    let mut all: Vec<(Range<usize>, Vec<&Range<usize>>)> = Vec::new();
    for found in matches {
        match all.last_mut() {
            Some((range, readings)) if found.start < range.end => {
                range.end = range.end.max(found.end);
                readings.push(found);
            }
            _ => all.push((found.clone(), vec![found])),
        }
    }
    let trouble = |(range, readings): (Range<usize>, Vec<&Range<usize>>)| {
        let at = doubts_in(doubts, &range).first().copied().unwrap_or(range.start);
        let before = &doc.text[..at];
        let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let reading = |range: &Range<usize>| {
            let words: Vec<&str> = doc.text[range.clone()].split_whitespace().collect();
            (doc.map.span(range.clone()), words.join(" "))
        };
        let readings = readings.into_iter().map(reading).collect();
        let span = doc.map.span(at - word.len()..at);
        Trouble::Doubtful { at: span, word: word.to_string(), readings }
    };
    all.into_iter().map(trouble).collect()
}

/// Visits the sentences that match as a whole; gives those that are in doubt.
fn sentences<'d>(
    searched: &Searched<'d, '_>,
    section: Range<usize>,
    sink: &mut Sink<'_, 'd>,
) -> Vec<Trouble> {
    let pattern = searched.spec.pattern;
    let own = Marked::new(searched.doc, searched.spec.pattern.language);
    let mut troubles = Vec::new();
    let may_match = |sentence: &Range<usize>| pattern.may_match(searched.text(), sentence.clone());
    for sentence in own.sentences(section).into_iter().filter(may_match) {
        let found = |range: &Range<usize>| {
            let range = own.without_closing(range.clone());
            pattern.find_whole(searched.text(), range.start, range.end)
        };
        let doubts = doubts_in(&own.doubts, &sentence);
        if doubts.is_empty() {
            if let Some(found) = found(&sentence) {
                sink.take(searched, found);
            }
            continue;
        }
        let ends = doubts.iter().chain([&sentence.end]);
        let starts = [&sentence.start].into_iter().chain(doubts);
        let parts = starts.zip(ends).map(|(start, end)| *start..*end);
        let readings: Vec<Range<usize>> =
            [sentence.clone()].into_iter().chain(parts).filter(|r| found(r).is_some()).collect();
        troubles.extend(doubtful(searched.doc, doubts, &readings));
    }
    troubles
}

/// Visits the items that match; gives those that do not.
fn items<'d>(
    searched: &Searched<'d, '_>,
    sign: &str,
    section: Range<usize>,
    sink: &mut Sink<'_, 'd>,
) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    let mut start = section.start;
    loop {
        let rest = &searched.doc.text[start..section.end];
        let end = rest.find(sign).map_or(section.end, |n| start + n);
        troubles.extend(item(searched, start..end, sink));
        if end == section.end {
            return troubles;
        }
        start = end + sign.len();
    }
}

fn item<'d>(
    searched: &Searched<'d, '_>,
    range: Range<usize>,
    sink: &mut Sink<'_, 'd>,
) -> Option<Trouble> {
    let (doc, pattern) = (searched.doc, searched.spec.pattern);
    let text = &doc.text[range.clone()];
    // The full stop that ends a list belongs to no item.
    let ends = [text.trim_end(), text.trim_end().trim_end_matches('.')];
    let lead = text.len() - text.trim_start().len();
    let mut piece = None;
    for end in ends {
        let (start, end) = (range.start + lead.min(end.len()), range.start + end.len());
        let Some(found) = pattern.find_whole(searched.text(), start, end) else { continue };
        let matched = found.range.clone();
        match searched.whole(&(start..end), found) {
            Ok(found) => {
                sink.take(searched, found);
                return None;
            }
            Err(of) => piece = piece.or(Some(pieces::near(searched, &matched, &of))),
        }
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    let start = range.start + lead;
    let end = start + trimmed.len();
    let near = piece.or_else(|| near::of_item(searched, start..end));
    Some(Trouble::Unmatched { span: doc.map.span(start..end), text: trimmed.to_string(), near })
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data is small")]
mod tests {
    use super::super::document::markdown;
    use super::*;
    use crate::read::pattern::{Pattern, Writing};

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
            writing: &Writing::default(),
        };
        let found = extract(&doc, &spec);
        assert_eq!(found.troubles, []);
        let texts: Vec<Vec<&str>> = found
            .rows
            .iter()
            .map(|r| r.cells.iter().flatten().map(|c| &*c.text).collect())
            .collect();
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
        let spec = Spec {
            pattern: &pattern,
            from: None,
            to: None,
            split: None,
            writing: &Writing::default(),
        };
        let found = extract(&doc, &spec);
        let cells: Vec<&Cell<'_>> = found.rows[0].cells.iter().flatten().collect();
        assert_eq!(
            cells.iter().map(|c| &*c.text).collect::<Vec<_>>(),
            ["20 percent", "Azerbaijan", "Nagorno-Karabakh", "seven"]
        );
        assert_eq!(cells[0].hedge, Hedge::About);
    }

    #[test]
    fn what_holds_nothing_is_no_row() {
        assert_eq!(rows("{word}", "é"), ["é"]);
        assert_eq!(rows("[{n:number}]", "a 5 é"), ["5"]);
        assert!(rows("[{n:number}]", "").is_empty());
    }

    /// The rows of a pattern, cells parted by `|`.
    fn rows(pattern: &str, text: &str) -> Vec<String> {
        rows_of(pattern, text, None)
    }

    fn rows_of(pattern: &str, text: &str, split: Option<&str>) -> Vec<String> {
        let pattern = Pattern::compile(pattern).expect("a pattern");
        let doc = super::super::document::plain(text);
        let spec =
            Spec { pattern: &pattern, from: None, to: None, split, writing: &Writing::default() };
        let cell = |c: &Option<Cell<'_>>| c.as_ref().map_or("-", |c| &c.text).to_string();
        let row = |r: &Row<'_>| r.cells.iter().map(cell).collect::<Vec<_>>().join("|");
        extract(&doc, &spec).rows.iter().map(row).collect()
    }

    #[test]
    fn the_tightest_match_is_read() {
        let two = "Some 30 percent of voters stayed home. In 1992, 20 percent of Oldmark was lost.";
        for (pattern, text, wanted) in [
            ("{p:percent} of {c} was lost", two, &["20 percent|Oldmark"][..]),
            ("{p:percent} of {c:text} was lost", two, &["20 percent|Oldmark"]),
            ("in {d:date}, {p:percent} of {c} was lost", two, &["1992|20 percent|Oldmark"]),
            ("5 percent. {c} was lost", "It fell 5 percent. Ash was lost.", &["Ash"]),
            ("[not ]more than {n:integer}", "not more than 500", &["500"]),
            ("({n:number}|[the ]{w:word}) fell", "so that the price fell", &["-|price"]),
            ("{n:number} of {x} left", "1,840 of 2,000 of them left", &["2,000|them"]),
            ("{n:number} people", "1,840 people, twenty-one people", &["1,840", "twenty-one"]),
            ("{w:word} covers {n:number}", "Oldmark covers 5", &["Oldmark|5"]),
            ("of {n:integer} {x} left", "of 5 and of 6 men left", &["6|men"]),
            (
                "{x} has {n:integer}",
                "Ash has 5, Birch has 6\nElm has 7",
                &["Ash|5", "Birch|6", "Elm|7"],
            ),
            ("{x} has {n:integer}", "the old\nash has 5", &["the old\nash|5"]),
            ("{n:integer} in {x}", "He saw 5 in Ash (\"Elm\"). Then", &["5|Ash (\"Elm\")"]),
            ("{n:integer} in {x}[ again]", "5 in Ash again. 6 in Elm", &["5|Ash", "6|Elm"]),
            ("fell … {p:percent}", "It fell. Then 5 percent. It fell, so, by $5%.", &["5%"]),
            ("rose … by {n:integer}", "rose by 5; rose (much) by 6; roses by 7", &["5", "6"]),
            ("… p <{p:number} …", "p <0.05", &["0.05"]),
            ("it's a {n:integer}-year 'plan'", "it’s a 3\u{2010}year ‘plan’", &["3"]),
        ] {
            assert_eq!(rows(pattern, text), wanted, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_group_that_repeats_is_a_row_each_time() {
        for (pattern, text, wanted) in [
            (
                "{who:word} had {{n:integer} {what:word}}*",
                "Ash had 25 points, 11 rebounds and three assists. Elm had 5 points.",
                &["Ash|25|points", "Ash|11|rebounds", "Ash|three|assists", "Elm|5|points"][..],
            ),
            (
                "Ash had {{n:integer} {what}}* in all",
                "Ash had 25 home runs, 11 walks and 3 fly balls in all.",
                &["25|home runs", "11|walks", "3|fly balls"],
            ),
            (
                "Ash had { {n:integer} {what} }*",
                "Ash had 25 home runs and 11 bats and balls.",
                &["25|home runs", "11|bats and balls"],
            ),
            ("of {{p:percent}[ ({x})]}*", "of 5%, 6% (b), 7%", &["5%|-", "6%|b", "7%|-"]),
        ] {
            assert_eq!(rows(pattern, text), wanted, "{pattern} on {text}");
        }
    }

    #[test]
    fn each_sentence_is_an_item_where_it_matches() {
        let text = "Ash has 5 wells. It rained. In Elm 7 wells are dry! And 9 wells\n\nFir has 6.";
        let of = |pattern| rows_of(pattern, text, Some(EACH_SENTENCE));
        assert_eq!(of("{x} has {n:integer}[ wells]"), ["Ash|5", "Fir|6"]);
        assert_eq!(of("{n:integer} wells"), [] as [&str; 0]);
        assert_eq!(of("… {n:integer} wells …"), ["5", "7", "9"]);
    }

    #[test]
    fn readings_in_doubt_are_not_rows() {
        let doc = super::super::document::plain("It fell in the U.S. Turnout was 5. It was 6.");
        let pattern = Pattern::compile("{x} was {n:integer}").expect("a pattern");
        let found = extract(
            &doc,
            &Spec {
                pattern: &pattern,
                from: None,
                to: None,
                split: None,
                writing: &Writing::default(),
            },
        );
        assert_eq!(found.rows.len(), 1);
        let [Trouble::Doubtful { word, readings, .. }] = &found.troubles[..] else {
            panic!("{found:?}")
        };
        let texts: Vec<&str> = readings.iter().map(|r| r.1.as_str()).collect();
        let wanted = ["It fell in the U.S. Turnout was 5", "Turnout was 5"];
        assert_eq!((word.as_str(), &texts[..]), ("U.S.", &wanted[..]));
    }

    #[test]
    fn tells_how_far_an_item_matched() {
        let doc = markdown("A: 5 km2; B: none km2");
        let pattern = Pattern::compile("{place}: {area:number} km2").unwrap();
        let found = extract(
            &doc,
            &Spec {
                pattern: &pattern,
                from: None,
                to: None,
                split: Some(";"),
                writing: &Writing::default(),
            },
        );
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
        for bad in [
            "",
            "{a",
            "no placeholder",
            "{a}{a}",
            "{a:nummer}",
            "(a",
            "a)",
            "{}",
            "{by}",
            "{{a}}",
            "{{a}}* {{b}}*",
            "[{{a}}*]",
            "…",
        ] {
            assert!(Pattern::compile(bad).is_err(), "{bad}");
        }
    }
}
