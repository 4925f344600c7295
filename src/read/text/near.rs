//! What nearly matched: where most of a pattern's own words stand in their order.

use std::cmp::Reverse;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use crate::read::pattern::{Measure, folded_sign, is_currency};
use crate::read::text::marks::Marked;
use crate::read::text::searched::Searched;
use crate::report::text::printable;
use crate::source::Span;
use crate::value::prose::{Kind, Signs, figure_at};
use crate::value::prose_date::date_at;
use crate::value::unread::odd_in_digits;
use crate::value::{Language, NumberFormat};

/// Near misses that are reported at most.
const MOST: usize = 5;
/// Characters of what stands in the place of a part.
const FOUND: usize = 24;

/// Something that nearly matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// What matched of the beginning, or the sentence.
    pub span: Span,
    /// How many of the pattern's own words stand there, and how many it has.
    pub words: (usize, usize),
    /// Where it failed.
    pub failed_at: Span,
    /// The part of the pattern that failed.
    pub expected: String,
    /// The text there.
    pub found: String,
    /// A difference that cannot be seen, the figure that what was found is only a part of, or what would
    /// read a figure of another kind.
    pub unseen: Option<String>,
}

impl NearMiss {
    /// The part of the pattern that failed, between quotation marks; in words where it cannot be seen.
    pub fn wanted(&self, quote: &str) -> String {
        match self.expected.trim().is_empty() {
            true => "white space".to_string(),
            false => format!("{quote}{}{quote}", self.expected),
        }
    }
}

/// What nearly matched in a section, the nearest first; `taken` is where rows stand.
pub fn misses(searched: &Searched<'_, '_>, section: Range<usize>, taken: &[Span]) -> Vec<NearMiss> {
    let wording = &searched.spec.pattern.wording;
    let (words, letters) = wording.size();
    if words == 0 {
        return beginnings(searched, section, taken);
    }
    let own;
    let marked = match &searched.marked {
        Some(marked) => marked,
        None => {
            own = Marked::new(searched.doc, searched.spec.pattern.language);
            &own
        }
    };
    let mut all: Vec<(Range<usize>, Measure)> = Vec::new();
    for sentence in marked.sentences(section) {
        for part in free(searched, sentence, taken) {
            let measure = wording.measure(searched.text(), part.clone());
            // Beside rows, what has few of the words is no near miss.
            let is_near = if taken.is_empty() { 0 } else { letters / 2 };
            if measure.letters > is_near {
                all.push((part, measure));
            }
        }
        if all.len() > 64 * MOST {
            nearest(&mut all);
        }
    }
    nearest(&mut all);
    all.into_iter().filter_map(|(part, measure)| miss(searched, part, &measure)).collect()
}

/// Keeps those with most of the words.
fn nearest(all: &mut Vec<(Range<usize>, Measure)>) {
    all.sort_by_key(|(part, measure)| (Reverse(measure.letters), part.start));
    let best = all.first().map_or(0, |one| one.1.letters);
    all.retain(|(_, measure)| measure.letters * 2 >= best);
    all.truncate(MOST);
}

/// The parts of a sentence that are in no row.
fn free(searched: &Searched<'_, '_>, sentence: Range<usize>, taken: &[Span]) -> Vec<Range<usize>> {
    let map = &searched.doc.map;
    let span = map.span(sentence.clone());
    let first = taken.partition_point(|row| row.end <= span.start);
    let (mut all, mut at) = (Vec::new(), sentence.start);
    for row in taken.iter().skip(first).take_while(|row| row.start < span.end) {
        let start = map.flat(row.start).clamp(at, sentence.end);
        all.push(at..start);
        at = map.flat(row.end).clamp(start, sentence.end);
    }
    all.push(at..sentence.end);
    all.retain(|part| !part.is_empty());
    all
}

/// What nearly matched in an item.
pub fn of_item(searched: &Searched<'_, '_>, item: Range<usize>) -> Option<NearMiss> {
    let pattern = searched.spec.pattern;
    let measure = pattern.wording.measure(searched.text(), item.clone());
    let count = (measure.words, pattern.wording.size().0);
    match pattern.beginning_at(searched.text(), item.start, item.end) {
        Some((range, _, next)) => Some(departed(searched, (range, item.end), next, count)),
        None => (measure.words > 0).then(|| miss(searched, item, &measure)).flatten(),
    }
}

/// Where a sentence departs from the pattern: behind its longest beginning, or where the first of its
/// words is not there.
fn miss(searched: &Searched<'_, '_>, part: Range<usize>, measure: &Measure) -> Option<NearMiss> {
    let pattern = searched.spec.pattern;
    let count = (measure.words, pattern.wording.size().0);
    let has_first = measure.missing.as_ref().is_none_or(|(word, _)| word.start > 0);
    let beginning = pattern.beginnings(searched.text(), part.clone(), 1).into_iter().next();
    if let (true, Some((range, _, next))) = (has_first, beginning) {
        if let Some((word, place)) = &measure.first
            && next.start <= word.start
            && pattern.wording.first.start < word.start
        {
            return Some(before_first(searched, part, place.start, count));
        }
        return Some(departed(searched, (range, part.end), next, count));
    }
    let first = || (pattern.wording.first.clone(), part.clone());
    let (word, place) = measure.missing.clone().unwrap_or_else(first);
    let text = searched.doc.text.get(place.clone())?;
    let own = text.trim();
    let start = place.start + text.len() - text.trim_start().len();
    let whole = searched.doc.text.get(part.clone())?;
    let lead = whole.len() - whole.trim_start().len();
    Some(near(searched, part.start + lead..part.end, start..start + own.len(), word, count))
}

/// A sentence with the pattern's own words, in which something else stands before them than the
/// placeholder that the pattern begins with.
fn before_first(
    searched: &Searched<'_, '_>,
    part: Range<usize>,
    word: usize,
    count: (usize, usize),
) -> NearMiss {
    let text = &searched.doc.text;
    let before = text.get(part.start..word).unwrap_or_default().trim_end();
    let word_of = |text: &str| text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let last = part.start + word_of(before);
    let start = match odd_figure(text, last, "{}") {
        Some(_) => last,
        None => {
            // Whole words of what stands there.
            let first = before.char_indices().rev().nth(FOUND - 1).map_or(0, |(at, _)| at);
            let cut = before.get(first..).unwrap_or_default();
            let skip = if first == 0 { Some(0) } else { cut.find(char::is_whitespace) };
            part.start + first + skip.unwrap_or_default()
        }
    };
    let space = text.get(start..word).map_or(0, |t| t.len() - t.trim_start().len());
    let first = searched.spec.pattern.wording.first.clone();
    near(searched, part, start + space..word, first, count)
}

/// Beginnings of a pattern that has no words of its own.
fn beginnings(searched: &Searched<'_, '_>, section: Range<usize>, taken: &[Span]) -> Vec<NearMiss> {
    let is_taken = |near: &NearMiss| {
        taken.iter().any(|row| row.start <= near.span.start && near.span.start < row.end)
    };
    let end = section.end;
    let all = searched.spec.pattern.beginnings(searched.text(), section, MOST);
    all.into_iter()
        .map(|(range, _, next)| departed(searched, (range, end), next, (0, 0)))
        .filter(|near| !is_taken(near))
        .collect()
}

/// A beginning that matches, and what follows it up to an end.
fn departed(
    searched: &Searched<'_, '_>,
    (range, end): (Range<usize>, usize),
    next: Range<usize>,
    words: (usize, usize),
) -> NearMiss {
    let failed = range.end..end.max(range.end);
    near(searched, range, failed, next, words)
}

fn near(
    searched: &Searched<'_, '_>,
    range: Range<usize>,
    failed: Range<usize>,
    part: Range<usize>,
    words: (usize, usize),
) -> NearMiss {
    let doc = searched.doc;
    let rest = doc.text.get(failed.clone()).unwrap_or_default();
    let found: String = rest.chars().take_while(|c| *c != '\n').take(FOUND).collect();
    let found = found.trim_end().to_string();
    let expected = searched.spec.pattern.text.get(part).unwrap_or_default().to_string();
    NearMiss {
        span: doc.map.span(range),
        words,
        failed_at: doc.map.span(failed.start..failed.start + found.len()),
        unseen: odd_figure(&doc.text, failed.start, &expected)
            .or_else(|| unseen(&expected, &found))
            .or_else(|| of_other_kind(&expected, rest, searched.spec.pattern.language))
            .or_else(|| within_word(&doc.text, failed.start, &expected))
            .or_else(|| behind_article(&expected, rest, &searched.spec.writing.number)),
        expected,
        found,
    }
}

/// Why digits cannot be read that stand where a placeholder expects a figure, or where one ends.
fn odd_figure(text: &str, at: usize, expected: &str) -> Option<String> {
    let (before, behind) = text.split_at_checked(at)?;
    let start = before.len()
        - before.chars().rev().take_while(is_within).map(char::len_utf8).sum::<usize>();
    let behind = if expected.starts_with('{') { behind.trim_start() } else { behind };
    let end = text.len() - behind.len()
        + behind.chars().take_while(is_within).map(char::len_utf8).sum::<usize>();
    let figure = text.get(start..end)?.trim();
    let has_digits = figure.starts_with(char::is_numeric);
    let odd = odd_in_digits(figure).filter(|_| has_digits)?;
    Some(format!("`{figure}` holds {odd}"))
}

/// Whether a character stands within a word.
fn is_within(c: &char) -> bool {
    !c.is_whitespace()
}

/// What would read a figure that stands where a placeholder expects one of another kind.
fn of_other_kind(expected: &str, text: &str, language: Language) -> Option<String> {
    let (name, kind) = expected.strip_prefix('{')?.strip_suffix('}')?.split_once(':')?;
    let kind = kind.split(' ').next()?;
    if !["number", "integer", "percent", "points", "ordinal", "multiple"].contains(&kind) {
        return None;
    }
    let signs = Signs::of(&NumberFormat::in_language(language));
    let others = [
        (Kind::Ordinal, "an ordinal", "ordinal"),
        (Kind::Points, "in percentage points", "points"),
        (Kind::Percent, "a percentage", "percent"),
        (Kind::Multiple, "a multiple", "multiple"),
        (Kind::Number, "a number", "number"),
    ];
    let own = text.trim_start();
    // The mark of a currency before it is a part of the pattern.
    let mark =
        own.split(|c: char| c.is_ascii_digit()).next().filter(|mark| is_currency(mark.trim()));
    let mark = mark.unwrap_or_default();
    let start = text.len() - own.len() + mark.len();
    let read = others.into_iter().filter_map(|(of, is, other)| {
        let (end, _) = figure_at(text, start, of, &signs)?;
        Some((text.get(start..end)?, is, other))
    });
    // `a third of a million` is a number: the longest is meant, and of those the first.
    let read: Vec<(&str, &str, &str)> = read.collect();
    let (figure, is, other) = *read.iter().min_by_key(|one| Reverse(one.0.len()))?;
    let own = if kind == "integer" { "number" } else { kind };
    let is_own = read.iter().any(|one| one.2 == own && one.0.len() == figure.len());
    let write = format!("`{mark}{{{name}:{other}}}`");
    // A difference that is said in percent is more likely a mistake of the text.
    let is_difference = (kind, other) == ("points", "percent");
    (!is_own).then(|| match is_difference {
        true => format!(
            "`{figure}` is {is}, but a difference of percentages is in percentage points: correct the text, or \
             write {write} where it is none"
        ),
        false => format!("`{figure}` is {is}: write {write}"),
    })
}

/// That a word goes on which the pattern ends.
fn within_word(text: &str, at: usize, expected: &str) -> Option<String> {
    let is_letter = |c: &char| c.is_alphanumeric();
    let (before, behind) = text.split_at_checked(at)?;
    let length = |letters: usize, c: char| letters + c.len_utf8();
    let start = before.chars().rev().take_while(is_letter).fold(0, length);
    let end = behind.chars().take_while(is_letter).fold(0, length);
    let is_inside = expected.trim().is_empty() && start > 0 && end > 0;
    let (own, word) = (text.get(at - start..at)?, text.get(at - start..at + end)?);
    is_inside.then(|| format!("`{own}` is only part of `{word}`"))
}

/// That what a placeholder reads stands there behind an article, which it does not take.
fn behind_article(expected: &str, text: &str, number: &NumberFormat) -> Option<String> {
    let (_, kind) = expected.strip_prefix('{')?.strip_suffix('}')?.split_once(':')?;
    let (text, language) = (text.trim_start(), number.language);
    let (end, _) = language.the.at(text).or_else(|| language.articles.at(text))?;
    let (article, behind) = text.split_at_checked(end)?;
    let start = text.len() - behind.trim_start().len();
    let of_kind = |kind| figure_at(text, start, kind, &Signs::of(number)).map(|figure| figure.0);
    let end = match kind.split(' ').next()? {
        "date" | "year" => date_at(text, start, number.dating()),
        "number" | "integer" => of_kind(Kind::Number),
        "percent" => of_kind(Kind::Percent),
        "points" => of_kind(Kind::Points),
        "ordinal" => of_kind(Kind::Ordinal),
        _ => None,
    };
    let figure = text.get(start..end?)?;
    Some(format!("`{figure}` stands behind `{article}`: write `{article} {expected}`"))
}

/// Letters of other scripts, each before the Latin one that it looks like.
const ALIKE: &str = "аaеeоoрpсcхxуyіiјjѕsАAВBЕEКKМMНHОOРPСCТTХXІIοoΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΧXıiℓl";

/// The difference between two texts that look the same.
fn unseen(expected: &str, found: &str) -> Option<String> {
    let mut wanted = expected.trim().chars();
    for c in found.trim_start().chars() {
        let code = u32::from(c);
        if printable(c.encode_utf8(&mut [0; 4])) != c.to_string() {
            return Some(format!("a character that cannot be seen stands there, U+{code:04X}"));
        }
        let other = wanted.next()?;
        if folded_sign(c).to_lowercase().eq(folded_sign(other).to_lowercase()) {
            continue;
        }
        let mut pairs = ALIKE.chars().step_by(2).zip(ALIKE.chars().skip(1).step_by(2));
        let is_alike = pairs.any(|pair| pair == (c, other) || pair == (other, c));
        let is_same = [c].into_iter().nfkd().next() == [other].into_iter().nfkd().next();
        return (is_alike || is_same).then(|| {
            format!(
                "`{c}` is U+{code:04X}, and the pattern has `{other}`, U+{:04X}",
                u32::from(other)
            )
        });
    }
    None
}

#[cfg(test)]
mod tests {

    use crate::read::pattern::{Pattern, Writing};
    use crate::read::text::document::plain;
    use crate::read::text::extract::{Spec, extract};

    fn near(pattern: &str, text: &str) -> Vec<String> {
        let pattern = Pattern::compile(pattern).expect("a pattern");
        let doc = plain(text);
        let spec = Spec {
            pattern: &pattern,
            from: None,
            to: None,
            split: None,
            writing: &Writing::default(),
        };
        let all = extract(&doc, &spec).near.into_iter();
        all.map(|n| {
            let unseen = n.unseen.map_or(String::new(), |unseen| format!(" ({unseen})"));
            format!("{}/{} {} <> {}{unseen}", n.words.0, n.words.1, n.expected, n.found)
        })
        .collect()
    }

    #[test]
    fn what_has_most_of_the_words_is_nearest() {
        let text = "It was dry. The turnout was 52 percent in Ash. In Elm they were 4.";
        for (pattern, wanted) in [
            ("Turnuot was {t:percent} in Ash", &["3/4 Turnuot <> turnout"][..]),
            ("A turnout was {t:percent}", &["2/3 A <> The"]),
            ("The turnout is {t:percent} in Ash", &["4/5 is <> was 52 percent in Ash."]),
            (
                "turnout was {t:points} in",
                &[
                    "3/3 {t:points} <> 52 percent in Ash. (`52 percent` is a percentage, but a difference of \
                     percentages is in percentage points: correct the text, or write `{t:percent}` where it is none)",
                ],
            ),
            ("turnout was {t:date} in Ash", &["4/4 {t:date} <> 52 percent in Ash."]),
            ("{t:percent} in Elm", &["2/2 {t:percent} <> In Elm they were 4."]),
            ("nothing {t:percent}", &[]),
        ] {
            assert_eq!(near(pattern, text), wanted, "{pattern}");
        }
    }

    #[test]
    fn figures_of_another_kind_are_named() {
        for (pattern, text, wanted) in [
            (
                "came {n:number} in",
                "Elm came third in May.",
                "`third` is an ordinal: write `{n:ordinal}`",
            ),
            (
                "came {n:integer} in",
                "Elm came third in May.",
                "`third` is an ordinal: write `{n:ordinal}`",
            ),
            (
                "fell {n:percent} in",
                "It fell three times in May.",
                "`three times` is a multiple: write `{n:multiple}`",
            ),
            (
                "fell {n:percent} in",
                "It fell 3 basis points in May.",
                "`3 basis points` is in percentage points: write `{n:points}`",
            ),
            ("fell {n:percent} in", "It fell 312 in May.", "`312` is a number: write `{n:number}`"),
            (
                "together {x:percent}",
                "That is together $6.1 million.",
                "`6.1 million` is a number: write `${x:number}`",
            ),
            ("{n:number} point and", "5 points and 2", "`point` is only part of `points`"),
            (
                "in {q:date}, it",
                "In the third quarter of 2024, it fell.",
                "`third quarter of 2024` stands behind `the`: write `the {q:date}`",
            ),
            (
                "than {n:number} in",
                "It has fewer than the 312 in May.",
                "`312` stands behind `the`: write `the {n:number}`",
            ),
            (
                "{p:percent} left, {n:integer} of",
                "Most of the men left, 8 of 64.",
                "<> Most of the men",
            ),
            ("were {n:number}", "Its walls were 12 feet 6 high.", "(only part of `12 feet 6`)"),
            (
                "were {n:number}",
                "There were 1 in 5 of them.",
                "(only part of `1 in 5`; write `{n:percent}`)",
            ),
            (
                "were {n:percent}",
                "There were 1 in 5,000 of them.",
                "no figure of this kind: with such a whole a share is read in words only",
            ),
            ("came {r:ordinal}", "She came third from last.", "(only part of `third from last`)"),
        ] {
            let all = near(pattern, text);
            assert!(all.len() == 1 && all[0].contains(wanted), "{pattern}: {all:?}");
        }
    }

    #[test]
    fn differences_that_cannot_be_seen_are_named() {
        for (pattern, text, wanted) in [
            (
                "of {n:integer} km2 in",
                "of 5 km² in",
                "`²` is U+00B2, and the pattern has `2`, U+0032",
            ),
            ("of {n:integer} cats", "of 5 сats", "`с` is U+0441, and the pattern has `c`, U+0063"),
            (
                "of {n:integer} cats",
                "of 5 c\u{ad}ats",
                "a character that cannot be seen stands there, U+00AD",
            ),
        ] {
            let all = near(pattern, text);
            assert!(all.first().is_some_and(|n| n.contains(wanted)), "{pattern}: {all:?}");
        }
    }
}
