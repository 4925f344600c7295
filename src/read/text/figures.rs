//! The figures in the prose of a text: numbers in digits and words, percentages, fractions, dates,
//! years and times. No figure is what is a part of a name (`G20`, `COVID-19`), an ordinal (`3rd`), a
//! number with several points (`1.2.3`), the number of a heading or an item, a reference (`[3]`), a
//! part of an address, a lone `one`, and what stands in code, in formulas or in the header of a table.

use std::ops::Range;
use std::sync::OnceLock;

use pulldown_cmark::{Event, Tag, TagEnd};
use regex_automata::{Anchored, Input, PatternID, meta};

use crate::read::pattern;
use crate::read::reader::Figure;
use crate::read::text::document::{Document, Flattener, HtmlBlock, Markup, is_break};
use crate::read::text::events::{Rows, walk};
use crate::read::text::html_text::{self, Piece};
use crate::read::text::inline::is_edge;
use crate::read::text::sentence::{floor, is_item, quote};
use crate::value::prose::{
    Kind, Signs, before_currency, code_at, compound, figure_at, is_behind_change, is_enclosed,
    label, multiple_word, shared,
};
use crate::value::prose_date::date_at;
use crate::value::unread::{UNSEEN, is_set_apart};
use crate::value::{Language, NumberFormat};

/// Characters of the sentence around a figure.
const AROUND: usize = 200;
/// Characters on each side of a figure that are handed on with it.
const BESIDE: usize = 48;
/// Bytes of which a figure has fewer.
const LONGEST: usize = 256;
/// Bytes before a figure in which the address begins that it is perhaps a part of.
const ADDRESS: usize = 256;
/// Days in figures, times, years or parts with a slash between them, and digits of other scripts.
const PARTS: &str = r"\p{Nd}*[\p{Nd}&&[^0-9]](?:[\p{Nd}.,٫٬]*\p{Nd})?|\d{1,2}\.\d{1,2}\.\d{4}\b|\d{1,2}h\d{2}\b|\d{1,4}[:/]\d{1,4}(?:[:/]\d{1,4})?(?:[ \x{a0}]?(?i-u:[ap]\.?m\b)|\b)";

/// Where figures are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    /// In sentences.
    Prose,
    /// In the cells of tables, too, but for those that name columns.
    Tables,
}

/// Visits the figures of a text in order.
pub(crate) fn visit(
    source: &str,
    (markup, number, place): (Markup, &NumberFormat, Where),
    take: &mut dyn FnMut(&Figure<'_>),
) {
    let Some(shapes) = Shapes::of(number.language) else { return };
    let finder = &Finder { shapes, number };
    match markup {
        Markup::Markdown => markdown(source, place, finder, take),
        Markup::Html => html(source, place, finder, take),
        Markup::Plain => {
            let document = markup.flat(source);
            finder.visit(&Prose { document: &document, left_out: &[], is_heading: false }, take);
        }
    }
}

/// The figures of a Markdown document, block by block.
fn markdown(source: &str, place: Where, finder: &Finder<'_>, take: &mut dyn FnMut(&Figure<'_>)) {
    let mut block = Flattener::new(source);
    let mut left_out: Vec<Range<usize>> = Vec::new();
    let mut html = HtmlBlock::default();
    let (mut depth_left_out, mut is_heading) = (0u32, false);
    let rows = if place == Where::Tables { Rows::All } else { Rows::Few };
    walk(source, rows, &mut |event, range| {
        if matches!(event, Event::End(TagEnd::HtmlBlock)) {
            html.flush(&mut block);
        }
        if is_edge(&event) {
            let document = std::mem::replace(&mut block, Flattener::new(source)).document();
            let left_out = std::mem::take(&mut left_out);
            let prose = Prose { document: &document, left_out: &left_out, is_heading };
            finder.visit(&prose, take);
        }
        match event {
            Event::Start(tag) if is_left_out(tag.to_end(), place) => depth_left_out += 1,
            Event::End(tag) if is_left_out(tag, place) => {
                depth_left_out = depth_left_out.saturating_sub(1);
            }
            Event::Start(Tag::Heading { .. }) => is_heading = true,
            Event::End(TagEnd::Heading(_)) => is_heading = false,
            _ if depth_left_out > 0 => {}
            Event::Text(text) => block.put(&text, range),
            Event::End(TagEnd::TableCell) => block.put(" | ", range.end..range.end),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                let start = block.len();
                block.put(&text, range);
                left_out.push(start..block.len());
            }
            Event::SoftBreak | Event::HardBreak => block.put("\n", range),
            Event::InlineHtml(tag) if is_break(&tag) => block.put("\n", range.end..range.end),
            Event::Html(part) => html.put(&part, range),
            _ => {}
        }
    });
}

/// The figures of a web page, block by block.
fn html(source: &str, place: Where, finder: &Finder<'_>, take: &mut dyn FnMut(&Figure<'_>)) {
    let mut block = Flattener::new(source);
    let mut left_out: Vec<Range<usize>> = Vec::new();
    let mut from = None;
    let mut flush = |block: Flattener<'_>, left_out: &[Range<usize>]| {
        let document = &block.document();
        finder.visit(&Prose { document, left_out, is_heading: false }, take);
    };
    html_text::visit(source, place == Where::Tables, &mut |piece| match piece {
        Piece::Listed(false) => from = from.or(Some(block.len())),
        Piece::Listed(true) => left_out.extend(from.take().map(|from| from..block.len())),
        Piece::Row(_) | Piece::Block(_) => {
            left_out.extend(from.map(|from| from..block.len()));
            from = from.map(|_| 0);
            flush(std::mem::replace(&mut block, Flattener::new(source)), &left_out);
            left_out.clear();
        }
        piece => block.take(piece, &|range| range),
    });
    left_out.extend(from.map(|from| from..block.len()));
    flush(block, &left_out);
}

/// Whether figures in it are not asked for: in code never, nor in what names the columns of a table.
fn is_left_out(tag: TagEnd, place: Where) -> bool {
    match tag {
        TagEnd::CodeBlock | TagEnd::MetadataBlock(_) => true,
        TagEnd::Table => place == Where::Prose,
        TagEnd::TableHead => place == Where::Tables,
        _ => false,
    }
}

/// A text, or a block of one.
struct Prose<'p> {
    document: &'p Document<'p>,
    /// Code and formulas in it.
    left_out: &'p [Range<usize>],
    is_heading: bool,
}

/// What figures of a language look like.
struct Shapes {
    regex: meta::Regex,
    patterns: usize,
}

struct Finder<'n> {
    shapes: &'static Shapes,
    number: &'n NumberFormat,
}

impl Shapes {
    /// Those of a language, which are compiled once.
    fn of(language: Language) -> Option<&'static Shapes> {
        static ALL: [OnceLock<Option<Shapes>>; Language::COUNT] =
            [const { OnceLock::new() }; Language::COUNT];
        let made = || {
            let shapes = ["date", "percent", "number", pattern::MULTIPLE_WORD]
                .map(|kind| pattern::shape(kind, language));
            let all: Vec<&str> = shapes.iter().map(String::as_str).chain([PARTS]).collect();
            let regex = meta::Regex::new_many(&all).ok()?;
            Some(Shapes { regex, patterns: all.len() })
        };
        ALL.get(language.number())?.get_or_init(made).as_ref()
    }
}

impl Finder<'_> {
    fn visit(&self, prose: &Prose<'_>, take: &mut dyn FnMut(&Figure<'_>)) {
        let text: &str = &prose.document.text;
        let mut left_out = prose.left_out.iter().peekable();
        let (mut at, mut last) = (0, 0);
        while let Some(found) = self.longest(text, at) {
            if let Some(code) = code_at(text, found.start) {
                at = code.end.max(found.end);
                continue;
            }
            at = after(text, &found);
            let figure = figure(text, found, self.number.language);
            let Some(figure) = figure.and_then(|figure| self.all_of(text, figure, last)) else {
                continue;
            };
            (at, last) = (at.max(figure.end), figure.end);
            while left_out.next_if(|range| range.end <= figure.start).is_some() {}
            let is_left_out = left_out.peek().is_some_and(|range| range.start <= figure.start);
            if is_left_out || prose.is_number_of_part(&figure) {
                continue;
            }
            let around = || {
                let quote = quote(prose.document, figure.clone(), None, AROUND);
                quote.map(|q| [q.before, q.text, q.after].concat()).unwrap_or_default()
            };
            let before = text.get(..figure.start).unwrap_or_default();
            let from = before.char_indices().rev().nth(BESIDE).map_or(0, |(at, _)| at);
            let behind = text.get(figure.end..).unwrap_or_default();
            let to = behind.char_indices().nth(BESIDE).map_or(behind.len(), |(at, _)| at);
            take(&Figure {
                before: before.get(from..).unwrap_or_default(),
                behind: behind.get(..to).unwrap_or_default(),
                text: text.get(figure.clone()).unwrap_or_default(),
                span: prose.document.map.span(figure.clone()),
                around: &around,
            });
        }
    }

    /// All of what says one thing with a figure: `12 feet 6`; nothing where it is a part of a name:
    /// `No. 10`. What stands before `last` has its figure.
    fn all_of(&self, text: &str, figure: Range<usize>, last: usize) -> Option<Range<usize>> {
        let signs = self.signs(text, figure.start);
        let is = |kind| {
            figure_at(text, figure.start, kind, &signs).is_some_and(|read| read.0 == figure.end)
        };
        let number = figure_at(text, figure.start, Kind::Number, &signs).map(|number| number.0);
        let number = figure.start..number.unwrap_or(figure.end).min(figure.end);
        if label(text, &number, signs.language).is_some() {
            return None;
        }
        let whole = if is(Kind::Number) {
            compound(text, &figure, &signs)
        } else if is(Kind::Percent) || is(Kind::Points) {
            shared(text, &figure, &signs)
        } else {
            None
        };
        Some(whole.filter(|whole| whole.start >= last).unwrap_or(figure))
    }

    /// How numbers are written at a place.
    fn signs(&self, text: &str, start: usize) -> Signs {
        let before = text.get(..start).unwrap_or_default();
        let rest = text.get(start..).unwrap_or_default();
        let mut signs = Signs::of(self.number).in_text(|| false);
        signs.lone_points = false;
        signs.is_money = signs.m_is_million || before_currency(before).is_some();
        signs.is_enclosed = is_enclosed(before, self.number.language) && !is_of_years(rest);
        signs
    }

    /// The next figure: the longest that can be read where something of its shape begins.
    fn longest(&self, text: &str, mut from: usize) -> Option<Range<usize>> {
        let parts = Anchored::Pattern(PatternID::new(self.shapes.patterns.checked_sub(1)?).ok()?);
        let language = self.number.language;
        loop {
            let start = self.start(text, from)?;
            let signs = self.signs(text, start);
            let read = [Kind::Number, Kind::Percent, Kind::Points]
                .into_iter()
                .filter_map(|kind| figure_at(text, start, kind, &signs))
                .map(|figure| figure.0)
                .chain(multiple_word(text, start, language));
            let input = Input::new(text).range(start..).anchored(parts);
            let time = self.shapes.regex.search(&input).map(|found| found.end());
            if let Some(end) =
                read.chain(time).chain(date_at(text, start, self.number.dating())).max()
            {
                let end = whole(text, apart(text, start..end, language), &signs);
                return Some(start..end);
            }
            let next = start + text.get(start..)?.chars().next()?.len_utf8();
            from = next.max(pattern::end_of_digits(text, start));
        }
    }

    /// Where the next shape begins. It goes on for as long as figures follow each other, and is known
    /// long before.
    fn start(&self, text: &str, from: usize) -> Option<usize> {
        let search = |range: Range<usize>, is_first: bool| {
            self.shapes.regex.search(&Input::new(text).range(range).earliest(is_first))
        };
        let first = search(from..text.len(), true)?;
        let since = floor(text, first.start().saturating_sub(LONGEST)).max(from);
        let to = floor(text, first.end().saturating_add(LONGEST)).max(first.end());
        search(since..to, false).map(|found| found.start())
    }
}

/// Whether two years stand here, and not a range of numbers: `between 1990 and 2000`.
fn is_of_years(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    let mut is_year = |skip: usize| {
        let word = words.nth(skip).unwrap_or_default();
        word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit())
    };
    is_year(0) && is_year(1)
}

/// Where the first figure of `from … to …` and `by … to …` ends: both are figures of their own.
fn apart(text: &str, range: Range<usize>, language: Language) -> usize {
    let before = text.get(..range.start).unwrap_or_default();
    let before = before.get(..before_currency(before).unwrap_or(before.len())).unwrap_or_default();
    let word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_from = language.from.has(word) && !is_behind_change(before, language);
    let is_apart = is_from || language.figures.apart.has(word);
    let own = text.get(range.clone()).filter(|_| is_apart).unwrap_or_default();
    let is_to = |at: &usize| {
        let behind = own.get(at + 1..).unwrap_or_default();
        let end = language.to.at(behind).map(|to| to.0);
        end.and_then(|end| behind.get(end..)).is_some_and(|rest| rest.starts_with([' ', '\n']))
    };
    let cut = own.match_indices([' ', '\n']).map(|space| space.0).find(is_to);
    cut.map_or(range.end, |cut| range.start + cut)
}

/// Where digits end that are joined to a figure by commas or by what is not seen: `1,2 million` is no `1`,
/// and it is not known whether its comma is a decimal sign.
fn whole(text: &str, end: usize, signs: &Signs) -> usize {
    // `1.5` where a comma is the decimal sign; `1.2.3` is no number anywhere.
    let is_point = |c: char| c == '.' && !signs.is_decimal('.');
    let joins = |c: char| c == ',' || UNSEEN.contains(&c) || is_point(c);
    let ends_in_digit = |to: usize| text.get(..to).is_some_and(|t| t.ends_with(is_digit));
    let mut whole = end;
    let mut last = None;
    while ends_in_digit(whole)
        && let Some(joined) = text.get(whole..).and_then(|rest| rest.strip_prefix(joins))
        && joined.starts_with(is_digit)
    {
        last = Some(text.len() - joined.len());
        whole = text.len() - joined.trim_start_matches(is_digit).len();
    }
    let tail = |from: usize| {
        let kinds = [Kind::Number, Kind::Percent].into_iter();
        kinds.filter_map(|kind| figure_at(text, from, kind, signs)).map(|figure| figure.0).max()
    };
    let has_points = text.get(end..whole).is_some_and(|own| own.matches('.').count() > 1);
    let end = if has_points { end } else { last.and_then(tail).unwrap_or(whole) };
    // `899³` may be a figure and the number of a note.
    match ends_in_digit(end) {
        true => {
            text.len() - text.get(end..).unwrap_or_default().trim_start_matches(is_set_apart).len()
        }
        false => end,
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

impl Prose<'_> {
    /// Whether it counts a heading, or an item of a list in plain text.
    fn is_number_of_part(&self, figure: &Range<usize>) -> bool {
        let text: &str = &self.document.text;
        let before = text.get(..figure.start).unwrap_or_default();
        let rest = text.get(figure.start..).unwrap_or_default();
        if self.is_heading {
            let own = text.get(figure.clone()).unwrap_or_default();
            let is_short = own.len() < 4 || own.len() < 7 && own.contains('.');
            let follows = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            let follows = follows.strip_prefix([')', ':']).unwrap_or(follows);
            let is_number = own.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            return is_short
                && is_number
                && before.trim().is_empty()
                && follows.starts_with(char::is_whitespace);
        }
        let line = before.trim_end_matches([' ', '\t']);
        self.document.breaks.is_none()
            && (line.is_empty() || line.ends_with(['\n', '\r']))
            && is_item(rest)
    }
}

/// What of a match is a figure, if anything is.
fn figure(text: &str, found: Range<usize>, language: Language) -> Option<Range<usize>> {
    let mut figure = found;
    let before = |at: usize| text.get(..at).and_then(|t| t.chars().next_back());
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let own = text.get(figure.clone())?;
    // What stands between two words is no sign.
    if let Some(rest) = own.strip_prefix(['-', '−', '–', '+'])
        && let Some(joined) = before(figure.start).filter(|c| is_word(*c))
    {
        if !joined.is_numeric() {
            return None;
        }
        figure.start = figure.end - rest.len();
    } else if before(figure.start).is_some_and(is_word) {
        return None;
    }
    let own = text.get(figure.clone())?;
    let rest = text.get(figure.end..)?;
    let is_cut =
        rest.strip_prefix('.').is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
    let is_rest = before(figure.start) == Some('.')
        && before(figure.start - 1).is_some_and(|c| c.is_ascii_digit());
    let is_reference = before(figure.start) == Some('[') && rest.starts_with(']');
    let is_lone_one = language.figures.alone.has(own);
    let is_vague = pattern::is_vague(text.get(..figure.start)?, own, language);
    let is_name = language.compounds.figures.iter().any(|name| name == own);
    let is_no_figure = is_cut || is_rest || is_reference || is_lone_one || is_vague || is_name;
    (!is_no_figure && is_followed(own, rest, language) && !is_in_address(text, figure.start))
        .then_some(figure)
}

/// Whether what stands right behind a number may do so: a unit, the sign of a multiple.
fn is_followed(own: &str, rest: &str, language: Language) -> bool {
    let is_letter = rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let is_multiple = rest.strip_prefix('x').is_some_and(|t| !t.starts_with(char::is_alphanumeric));
    !is_letter
        || is_multiple
        || !own.ends_with(char::is_alphabetic) && pattern::is_unit(rest, language)
}

/// Whether a place is within an address: `https://example.org/2020`.
fn is_in_address(text: &str, at: usize) -> bool {
    let mut from = at.saturating_sub(ADDRESS);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text.get(from..at).unwrap_or_default();
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.contains("://") || word.trim_start_matches(['(', '<']).starts_with("www.")
}

/// Where to look on: behind the match and, where it has several points, behind all of its digits.
fn after(text: &str, found: &Range<usize>) -> usize {
    let rest = text.get(found.end..).unwrap_or_default();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let in_points =
        rest.strip_prefix('.').is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
    let behind = match in_points {
        true => rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'),
        false => rest.trim_start_matches(is_word),
    };
    (text.len() - behind.len()).max(found.start + 1)
}
