//! The figures that comments speak of: which one is meant of those before the comment.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::read::pattern::{Pattern, Values, Writing, folded_sign};
use crate::read::text::document::{Document, plain};
use crate::read::text::extract::{Cell, Spec, placed};
use crate::read::text::marks::Marked;
use crate::read::text::searched::Searched;
use crate::read::text::sentence::{floor, start_of_block};
use crate::value::language::phrases::first_word;
use crate::value::prose::{Kind, Signs, figure_at};
use crate::value::{Language, NumberFormat, Type};

/// The kinds of figures; where two read the same text, the first.
const KINDS: [&str; 8] =
    ["points", "percent", "number", "date", "multiple", "ordinal", "integer", "year"];
/// So many of them are tried where none is written; the others are always written.
const TRIED: usize = 6;

/// Patterns for the figures of a language, one of each kind.
#[derive(Debug)]
struct Patterns {
    /// For a lone figure.
    single: Vec<Arc<Pattern>>,
    /// For two figures that stand together, each of which may be meant.
    pairs: Vec<Arc<Pattern>>,
}

fn patterns(language: Language) -> &'static Patterns {
    static ALL: [OnceLock<Patterns>; Language::COUNT] =
        [const { OnceLock::new() }; Language::COUNT];
    static NONE: Patterns = Patterns { single: Vec::new(), pairs: Vec::new() };
    let words = language.words();
    let either = |words: &[String]| match words {
        [word] => word.clone(),
        words => format!("({})", words.join("|")),
    };
    let made = || {
        let from: Vec<String> =
            words.from.all.iter().chain(&words.hedges.from.all).cloned().collect();
        let to: BTreeSet<String> = words.to.all.iter().chain(&words.cues.to).cloned().collect();
        let (from, to) = (either(&from), either(&to.into_iter().collect::<Vec<_>>()));
        let of = |text: String| Pattern::with_values(&text, &Values::new(), language).ok();
        let single = KINDS.iter().map(|kind| of(format!("{{figure:{kind}}}")));
        let pair = |kind: &&str| of(format!("{from} {{figure:{kind}}} {to} {{other:{kind}}}"));
        Patterns {
            single: single.flatten().collect(),
            pairs: KINDS.iter().filter_map(pair).collect(),
        }
    };
    ALL.get(language.number()).map_or(&NONE, |patterns| patterns.get_or_init(made))
}

/// Words of a text with one figure, as a comment writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// All of them.
    pub text: String,
    /// The figure in them.
    pub figure: Range<usize>,
    /// Its kind, by number.
    kind: usize,
}

/// Why words of a comment name no figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoFigure {
    /// There is none in them.
    None,
    /// There are several, such as these.
    Several(String, String),
    /// They are one only behind this word, which makes a range of two: `between`.
    Behind(String, String),
}

impl Literal {
    /// The figure in some words. It is all of `whole`, if that is given, and of a kind, if one is written.
    ///
    /// # Errors
    /// Why that is not clear.
    pub fn new(
        text: &str,
        whole: Option<Range<usize>>,
        kind: Option<&str>,
        writing: &Writing,
    ) -> Result<Literal, NoFigure> {
        let kind = kind.and_then(|kind| KINDS.iter().position(|own| *own == kind));
        let kinds = kind.map_or(0..TRIED, |kind| kind..kind + 1);
        let document = plain(text);
        let patterns = &patterns(writing.number.language).single;
        let mut all: Vec<(Range<usize>, usize)> = Vec::new();
        let of_points = of_points(writing);
        for (kind, pattern) in patterns.iter().enumerate().take(kinds.end).skip(kinds.start) {
            // Whoever names the kind means it: `{3 points:points}`.
            let spec = spec(pattern, if kinds.len() == 1 { &of_points } else { writing });
            let searched = Searched::new(&document, &spec);
            let within = whole.clone().unwrap_or(0..text.len());
            let found = placed(&searched, within).into_iter().map(|(range, _)| (range, kind));
            let is_all = |of: &Range<usize>, range: &Range<usize>| {
                let more = text.get(range.end..of.end).unwrap_or_default();
                of.start == range.start && (of.end == range.end || more == "m")
            };
            all.extend(
                found.filter(|(range, _)| whole.as_ref().is_none_or(|of| is_all(of, range))),
            );
        }
        all.sort_by_key(|(range, kind)| (std::cmp::Reverse(range.len()), range.start, *kind));
        let own = whole.clone().and_then(|whole| text.get(whole)).unwrap_or(text);
        let behind = || behind_a_word(own, writing.number.language);
        let Some((figure, kind)) = all.first().cloned() else {
            return Err(behind().unwrap_or(NoFigure::None));
        };
        let apart =
            |of: &&(Range<usize>, usize)| of.0.end <= figure.start || of.0.start >= figure.end;
        if let Some((other, _)) = all.iter().find(apart) {
            let words =
                |range: &Range<usize>| text.get(range.clone()).unwrap_or_default().to_string();
            let (first, last) =
                if figure.start < other.start { (&figure, other) } else { (other, &figure) };
            let several = NoFigure::Several(words(first), words(last));
            return Err(behind().unwrap_or(several));
        }
        Ok(Literal { text: text.to_string(), figure, kind })
    }

    /// What the figure is read as.
    pub fn ty(&self) -> Type {
        let first = patterns(Language::default())
            .single
            .get(self.kind)
            .and_then(|pattern| pattern.placeholders.first());
        first.map_or(Type::Text, |placeholder| placeholder.ty)
    }

    fn has_words_beside(&self) -> bool {
        self.text.trim() != self.words()
    }

    /// The figure alone.
    pub fn words(&self) -> &str {
        self.text.get(self.figure.clone()).unwrap_or_default()
    }

    /// Whether a figure of a sentence is this one: the words beside it stand there, too. `own` is it,
    /// folded.
    fn is(&self, own: &str, sentence: &str, figure: &Figure<'_>) -> bool {
        if own == figure.whole && !self.has_words_beside() {
            return true;
        }
        // Behind a currency mark `600m` is a figure, and alone it is 600 of something.
        let glued = first_word(self.text.get(self.figure.end..).unwrap_or_default());
        let end = match own == figure.written {
            true => self.figure.end,
            false => self.figure.end + glued.len(),
        };
        let part = |text: &str, range: Range<usize>| folded(text.get(range).unwrap_or_default());
        if part(&self.text, self.figure.start..end) != figure.written {
            return false;
        }
        let before = part(&self.text, 0..self.figure.start);
        let behind = part(&self.text, end..self.text.len());
        part(sentence, 0..figure.place.start).ends_with(&before)
            && part(sentence, figure.place.end..sentence.len()).starts_with(&behind)
    }
}

/// Why words are not one figure: perhaps the word before them is missing, as before `10 and 15 percent`.
fn behind_a_word(text: &str, language: Language) -> Option<NoFigure> {
    let mut signs = Signs::of(&NumberFormat::in_language(language));
    let text = text.trim();
    let is_whole = |signs: &Signs| {
        let kinds = [Kind::Percent, Kind::Number].into_iter();
        let mut all = kinds.filter_map(|kind| figure_at(text, 0, kind, signs));
        all.any(|own| own.0 == text.len())
    };
    let is_alone = is_whole(&signs);
    signs.is_enclosed = true;
    let word = language.enclosing.all.first().filter(|_| !is_alone && is_whole(&signs))?;
    Some(NoFigure::Behind(text.to_string(), word.clone()))
}

/// A figure of a sentence.
struct Figure<'d> {
    /// Where it stands in its sentence.
    place: Range<usize>,
    cell: Cell<'d>,
    /// Its text, folded.
    whole: String,
    /// The same without what another figure says for both.
    written: String,
}

impl<'d> Figure<'d> {
    fn new(sentence: &str, place: Range<usize>, cell: Cell<'d>) -> Figure<'d> {
        let written = folded(sentence.get(place.clone()).unwrap_or_default());
        Figure { place, whole: folded(&cell.text), written, cell }
    }
}

/// The figures of the sentences that were read last, by kind, start and end: several comments may look
/// through the same.
#[derive(Default)]
struct Last<'d>(BTreeMap<(usize, usize, usize), Vec<Figure<'d>>>);

impl<'d> Last<'d> {
    /// So many sentences are kept.
    const MOST: usize = 1 << 14;

    fn or(
        &mut self,
        of: (usize, usize, usize),
        read: impl FnOnce() -> Vec<Figure<'d>>,
    ) -> &[Figure<'d>] {
        if self.0.len() >= Last::MOST && !self.0.contains_key(&of) {
            self.0.clear();
        }
        self.0.entry(of).or_insert_with(read)
    }
}

/// The figures of a sentence.
fn figures<'d>(
    (single, pair): (&Searched<'d, '_>, &Searched<'d, '_>),
    sentence: &Range<usize>,
) -> Vec<(Range<usize>, Cell<'d>)> {
    let mut pairs = placed(pair, sentence.clone());
    let ends = pairs.chunks(2).filter_map(|pair| Some((pair.first()?.0.start, pair.last()?.0.end)));
    let ends: Vec<(usize, usize)> = ends.collect();
    let is_apart = |range: &Range<usize>| {
        ends.iter().all(|(start, end)| range.end <= *start || range.start >= *end)
    };
    pairs.extend(placed(single, sentence.clone()).into_iter().filter(|f| is_apart(&f.0)));
    pairs
}

/// Text as it is compared: capitals, white space, quotes and dashes do not matter.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() && folded.ends_with(' ') => {}
            // `5 %` is `5%`.
            '%' => {
                folded.truncate(folded.trim_end().len());
                folded.push('%');
            }
            c if c.is_whitespace() => folded.push(' '),
            c => folded.extend(folded_sign(c).to_lowercase()),
        }
    }
    folded
}

/// The same, where `points` alone are those of percentages.
fn of_points(writing: &Writing) -> Writing {
    let mut writing = writing.clone();
    writing.number.lone_points = true;
    writing
}

fn spec<'s>(pattern: &'s Pattern, writing: &'s Writing) -> Spec<'s> {
    Spec { pattern, from: None, to: None, split: None, writing }
}

/// A figure that is looked for before a place of a file.
#[derive(Debug)]
pub struct Wanted<'l> {
    pub literal: &'l Literal,
    /// Where the comment begins.
    pub before: u64,
    /// Where the block begins that it stands in; none where it stands alone.
    pub block: Option<u64>,
}

/// Why a figure is not bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unbound {
    /// It does not stand there: the last sentence before the comment.
    Missing(String),
    /// It stands several times in this sentence.
    Several(String),
}

/// Finds figures in a text, each in the nearest sentence before its comment.
pub fn find<'d>(
    document: &'d Document<'_>,
    writing: &Writing,
    wanted: &[Wanted<'_>],
) -> Vec<Result<Cell<'d>, Unbound>> {
    let language = writing.number.language;
    let marked = Marked::new(document, language);
    let patterns = patterns(language);
    let of_points = of_points(writing);
    let writings = KINDS.iter().map(|kind| if *kind == "points" { &of_points } else { writing });
    let writings: Vec<&Writing> = writings.collect();
    let specs = |patterns: &'static [Arc<Pattern>]| -> Vec<Spec<'_>> {
        patterns.iter().zip(&writings).map(|(pattern, own)| spec(pattern, own)).collect()
    };
    let (specs, of_pairs) = (specs(&patterns.single), specs(&patterns.pairs));
    let kinds = specs.iter().zip(&of_pairs).enumerate().map(|(kind, (single, pair))| {
        let is_wanted = wanted.iter().any(|one| one.literal.kind == kind);
        is_wanted.then(|| (Searched::new(document, single), Searched::new(document, pair)))
    });
    let kinds: Vec<Option<(Searched<'d, '_>, Searched<'d, '_>)>> = kinds.collect();
    let mut last_read = Last::default();
    let one = |one: &Wanted<'_>| {
        let own = folded(one.literal.words());
        let searched = kinds.get(one.literal.kind).and_then(Option::as_ref);
        let part = part_before(document, one);
        let sentences = marked.sentences(part);
        let mut last = None;
        for sentence in sentences.into_iter().rev() {
            let text = document.text.get(sentence.clone()).unwrap_or_default();
            if text.trim().is_empty() {
                continue;
            }
            let read = || {
                let Some((one, pair)) = searched else { return Vec::new() };
                let figure = |(range, cell): (Range<usize>, Cell<'d>)| {
                    let place = range.start - sentence.start..range.end - sentence.start;
                    Figure::new(text, place, cell)
                };
                figures((one, pair), &sentence).into_iter().map(figure).collect()
            };
            let found = last_read.or((one.literal.kind, sentence.start, sentence.end), read).iter();
            let mut meant = found.filter(|figure| one.literal.is(&own, text, figure));
            match (meant.next(), meant.next()) {
                (Some(only), None) => return Ok(only.cell.clone()),
                (Some(_), Some(_)) => return Err(Unbound::Several(in_one_line(text))),
                _ => last = last.or(Some(text)),
            }
        }
        Err(Unbound::Missing(in_one_line(last.unwrap_or_default())))
    };
    wanted.iter().map(one).collect()
}

/// Bytes before a comment in which its figures are looked for.
const WINDOW: usize = 1 << 13;

/// What stands in the block of a comment before it; of one that stands alone, in the block above it.
fn part_before(document: &Document<'_>, wanted: &Wanted<'_>) -> Range<usize> {
    let text: &str = &document.text;
    let at = document.map.flat(wanted.before).min(text.len());
    let from = floor(text, at.saturating_sub(WINDOW));
    let end = from + text.get(from..at).unwrap_or_default().trim_end().len();
    let own = wanted.block.map(|start| document.map.flat(start)).unwrap_or_default();
    if end == from || own >= end {
        return end..end;
    }
    start_of_block(document, end).max(own).max(from)..end
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::text::document::Markup;

    fn literal(text: &str) -> Result<Literal, NoFigure> {
        Literal::new(text, None, None, &Writing::default())
    }

    #[test]
    fn words_of_a_comment_have_one_figure() {
        for (text, figure, kind) in [
            ("20 percent", "20 percent", "percent"),
            ("about 20 percent", "20 percent", "percent"),
            ("half", "half", "percent"),
            ("one in five", "one in five", "percent"),
            ("3 percentage points", "3 percentage points", "points"),
            ("1.2 million voters", "1.2 million", "number"),
            ("seven", "seven", "number"),
            ("1992", "1992", "number"),
            ("May 1992", "May 1992", "date"),
            ("twice", "twice", "multiple"),
            ("21st", "21st", "ordinal"),
        ] {
            let read = literal(text).expect("a figure");
            assert_eq!((read.words(), KINDS[read.kind]), (figure, kind), "{text}");
        }
        assert_eq!(literal("voters"), Err(NoFigure::None));
        let several = NoFigure::Several("1992".into(), "7".into());
        assert_eq!(literal("in 1992 some 7 villages"), Err(several));
        let year = Literal::new("1992", Some(0..4), Some("year"), &Writing::default());
        assert_eq!(year.map(|year| year.ty()), Ok(Type::Year));
        assert_eq!(
            Literal::new("20 percent more", Some(0..15), None, &Writing::default()),
            Err(NoFigure::None)
        );
    }

    /// What is bound before `#` in a text.
    fn bound(markup: Markup, text: &str, literal: &str) -> Result<String, Unbound> {
        let literal = Literal::new(literal, None, None, &Writing::default()).expect("a figure");
        let document = markup.flat(text);
        let before = text.find('#').expect("the comment") as u64;
        let wanted = [Wanted { literal: &literal, before, block: None }];
        let mut all = find(&document, &Writing::default(), &wanted);
        all.remove(0).map(|cell| {
            let start =
                text.get(..usize::try_from(cell.span.start).expect("small")).expect("a place");
            format!("{}@{}", cell.text, start.chars().count())
        })
    }

    #[test]
    fn the_nearest_sentence_with_the_figure_is_meant() {
        let missing = |text: &str| Err(Unbound::Missing(text.into()));
        let several = |text: &str| Err(Unbound::Several(text.into()));
        for (text, literal, wanted) in [
            ("It lost 5 percent.#", "5 percent", Ok("5 percent@8")),
            ("5 left. Then 5 came. It was so. #", "5", Ok("5@13")),
            ("Of 5 it lost 5.#", "5", several("Of 5 it lost 5.")),
            ("Of 5 wells it lost 5.#", "5 wells", Ok("5@3")),
            ("Of 5 wells it lost 5.#", "lost 5", Ok("5@19")),
            ("One of 15 stayed.#", "5", missing("One of 15 stayed.")),
            ("From 10 to 15 percent.#", "15 percent", Ok("15 percent@11")),
            ("From 9.9 to 9.4 million.#", "9.9 million", Ok("9.9 million@5")),
            ("From 9.9 to 9.4 million.#", "9.9", Ok("9.9 million@5")),
            ("Some 10-15 percent.#", "15 percent", missing("Some 10-15 percent.")),
            ("It has\n 1\u{a0}840 WELLS.#", "1\u{a0}840  wells", Ok("1\u{a0}840@8")),
            ("Here 5.\n\nNow none. #", "5", missing("Now none.")),
            ("# 5 behind", "5", missing("")),
            ("It had €600m of it.#", "600m", Ok("600m@8")),
            ("It was €600m, and 600m long.#", "600m", several("It was €600m, and 600m long.")),
        ] {
            let wanted: Result<String, Unbound> = wanted.map(str::to_string);
            assert_eq!(bound(Markup::Plain, text, literal), wanted, "{literal} in {text}");
        }
        let markdown = "Here *5*&nbsp;wells.\n\n#\n\nNo 5.\n";
        assert_eq!(bound(Markup::Markdown, markdown, "5 wells"), Ok("5@6".into()));
    }

    #[test]
    fn comments_of_plain_text_are_no_text() {
        let text = "It has 5. <!-- crossfoot: 5 = 6 -->#";
        assert_eq!(bound(Markup::Plain, text, "5"), Ok("5@7".into()));
    }
}
