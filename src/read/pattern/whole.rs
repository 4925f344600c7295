//! A placeholder for figures takes a whole figure or nothing.
//!
//! What a shape has matched is compared with the longest figure that can be read around it. Where the
//! pattern's own text stands beside the placeholder, the figure ends there.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::read::pattern::joined::{
    called_fiscal, is_joined_left, is_joined_right, is_said_in_figures, joined,
};
use crate::read::pattern::machine::Found;
use crate::read::pattern::parse::{Held, Holds, Placeholder, Writing};
use crate::read::pattern::{beside, both};
use crate::value::prose::{
    Kind, Signs, before_currency, figure_at, is_code, is_enclosed, names_currency,
};
use crate::value::prose_date::date_at;
use crate::value::{DateFormat, Dating, Language, NumberFormat, Type};

/// A match that a piece of a figure stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The placeholder, by its number.
    pub placeholder: usize,
    /// What it would have held.
    pub span: Range<usize>,
    /// The figure that it is a part of.
    pub of: Range<usize>,
}

/// The figures of a text.
#[derive(Debug)]
pub struct Figures<'t, 'w> {
    text: &'t str,
    writing: &'w Writing,
    has_groups: Arc<OnceLock<bool>>,
}

/// Bytes before a placeholder in which the beginning of its figure is looked for.
const BEFORE: usize = 80;

impl<'t, 'w> Figures<'t, 'w> {
    /// Of a text that is written so.
    pub fn new(text: &'t str, writing: &'w Writing) -> Figures<'t, 'w> {
        Figures::of_known(text, writing, Arc::default())
    }

    /// Of a text of which it is known to others, too, whether spaces set its thousands apart.
    pub fn of_known(text: &'t str, writing: &'w Writing, has_groups: Arc<OnceLock<bool>>) -> Self {
        Figures { text, writing, has_groups }
    }

    /// The match with whole figures in its placeholders.
    ///
    /// # Errors
    /// The first piece of a figure that is none itself.
    pub fn whole(
        &self,
        (placeholders, kinds): (&[Placeholder], &[Held]),
        section: &Range<usize>,
        mut found: Found,
    ) -> Result<Found, Piece> {
        for number in 0..kinds.len() {
            let Some(held) = kinds.get(number).filter(|k| k.holds.is_figure()) else { continue };
            let Some(Some(span)) = found.placeholders.get(number).cloned() else { continue };
            let placeholder = placeholders.get(number);
            let signs = self.signs(placeholder);
            let dating = self.writing.number.dating();
            let mut place =
                Spot { signs, dating, ..Spot::new(self.text, kinds, &found, number, section) };
            let behind = self.text.get(place.bounds.end..).unwrap_or_default();
            place.is_before_money = names_currency(behind.trim_start(), signs.language);
            let whole = match self.declared(placeholder) {
                Some(formats) => Ok(in_format(self.text, &span, &place, formats)),
                None => self.either(held, &span, &place).or_else(|of| {
                    let next = found.placeholders.get(number + 1).cloned().flatten();
                    self.begins(held, &span, next, &place).ok_or(of)
                }),
            };
            let whole =
                whole.map_err(|of| Piece { placeholder: number, span: span.clone(), of })?;
            if place.is_first && whole.start != span.start {
                found.range.start = whole.start;
            }
            if place.is_last && whole.end != span.end {
                found.range.end = whole.end;
            }
            if let Some(cell) = found.placeholders.get_mut(number) {
                *cell = Some(whole);
            }
        }
        Ok(found)
    }

    /// What the rule declares for the column of a placeholder.
    fn own(&self, name: &str) -> Option<&'w (String, NumberFormat, Vec<DateFormat>)> {
        self.writing.columns.iter().find(|own| own.0 == name)
    }

    fn declared(&self, placeholder: Option<&Placeholder>) -> Option<&'w [DateFormat]> {
        let placeholder = placeholder.filter(|p| p.ty == Type::Date)?;
        let formats = self.own(&placeholder.name)?.2.as_slice();
        (!formats.is_empty()).then_some(formats)
    }

    /// The signs of the numbers of a placeholder.
    fn signs(&self, placeholder: Option<&Placeholder>) -> Signs {
        let own = placeholder.and_then(|p| self.own(&p.name)).map(|own| &own.1);
        let format = own.unwrap_or(&self.writing.number);
        Signs::of(format).in_text(|| *self.has_groups.get_or_init(|| has_groups(self.text)))
    }

    /// The whole figure at a placeholder, which may have its mark behind the next one.
    fn either(
        &self,
        held: &Held,
        span: &Range<usize>,
        place: &Spot,
    ) -> Result<Range<usize>, Range<usize>> {
        let whole = self.figure(held.holds, span, place);
        match whole {
            Err(_) if held.is_with_next => self.figure(Holds::Number, span, place),
            whole => whole,
        }
    }

    /// What a date begins with that ends as the next one does: `from March to May 2023`.
    fn begins(
        &self,
        held: &Held,
        span: &Range<usize>,
        next: Option<Range<usize>>,
        place: &Spot,
    ) -> Option<Range<usize>> {
        let is_date = held.holds == Holds::Date && held.is_with_next;
        let own = |span: &Range<usize>| self.text.get(span.clone());
        let (first, second) = own(span).filter(|_| is_date).zip(own(&next?))?;
        let is_free = !is_joined_left(self.text, span.start, &place.signs);
        (is_free && both::end_of_dates(first, second, place.dating).is_some()).then(|| span.clone())
    }

    /// The whole figure at a placeholder; what it is a part of, where that cannot be read.
    fn figure(
        &self,
        holds: Holds,
        span: &Range<usize>,
        place: &Spot,
    ) -> Result<Range<usize>, Range<usize>> {
        let language = place.signs.language;
        let bounded = self.text.get(..place.bounds.end).unwrap_or(self.text);
        let fits = |start: usize, end: usize| match (place.is_open_left, place.is_open_right) {
            (_, false) => end == span.end,
            (false, true) => start == span.start,
            (true, true) => end > span.start,
        };
        let whole = |start: usize| {
            let end = Self::end(holds, bounded, start, place)?;
            fits(start, end).then_some(start..end)
        };
        let mut starts = match place.is_open_left {
            true => starts(self.text, place.bounds.start..span.start, language),
            false => Vec::new(),
        };
        starts.push(span.start);
        if place.is_open_left {
            starts.extend(within(self.text, span));
        }
        let Some(found) = starts.into_iter().find_map(whole) else {
            return Err(joined(self.text, span, language));
        };
        if let Some(fiscal) = called_fiscal(self.text, &found, language)
            && holds == Holds::Date
        {
            return Err(fiscal);
        }
        let is_cut = place.is_open_left && is_joined_left(self.text, found.start, &place.signs)
            || place.is_open_right && is_joined_right(self.text, &found, holds, &place.signs)
            || self.is_beyond(holds, &found, place)
            || self.is_none(holds, &found, place)
            || !place.may_grow(&found, span);
        if is_cut {
            return Err(joined(self.text, &found, language));
        }
        match self.compound(holds, &found, place) {
            Some(whole) => Err(whole),
            None => Ok(found),
        }
    }

    /// What a figure says only together with what the pattern does not read: `12 feet 6`.
    fn compound(&self, holds: Holds, found: &Range<usize>, place: &Spot) -> Option<Range<usize>> {
        let own = self.text.get(found.clone())?;
        let names = &place.signs.language.words().compounds.figures;
        let is_number = matches!(holds, Holds::Number | Holds::Integer);
        if is_number && (is_code(own) || names.iter().any(|name| name == own)) {
            return Some(found.clone());
        }
        let whole = beside::whole(self.text, found, holds, &place.signs)?;
        let is_before = place.is_open_left || whole.start < place.matched.start;
        let is_behind = place.is_open_right || whole.end > place.matched.end;
        let is_piece = whole.start < found.start && is_before || whole.end > found.end && is_behind;
        is_piece.then_some(whole)
    }

    /// Whether what the text of the pattern cuts off makes no figure of it: `a ninth year`.
    fn is_none(&self, holds: Holds, found: &Range<usize>, place: &Spot) -> bool {
        // In digits nothing is cut off that the words behind would change.
        let own = self.text.get(found.clone()).unwrap_or_default();
        let end = || Self::end(holds, self.text, found.start, place);
        !place.is_open_right
            && own.contains(char::is_alphabetic)
            && end().is_none_or(|end| end < found.end)
    }

    /// Whether a longer figure goes beyond the match, across the text of the pattern itself:
    /// `half a million` for `a {n:number}`.
    fn is_beyond(&self, holds: Holds, found: &Range<usize>, place: &Spot) -> bool {
        let language = place.signs.language;
        let is_range = |start: usize, text: Option<&str>| {
            let text = text.unwrap_or_default();
            let before = self.text.get(..start).unwrap_or_default();
            is_enclosed(before, language)
                || text.find(['-', '–']).is_some_and(|at| at > 0)
                || text.split_whitespace().any(|word| language.to.has(word))
        };
        let reaches = |start: &usize| {
            Self::end(holds, self.text, *start, place).is_some_and(|end| end >= found.end)
                && !is_range(*start, self.text.get(*start..found.start))
        };
        let behind = Self::end(holds, self.text, found.start, place);
        place.is_first
            && !place.is_open_left
            && starts(self.text, place.section.start..place.matched.start, language)
                .iter()
                .any(reaches)
            || place.is_last
                && !place.is_open_right
                && behind.is_some_and(|end| {
                    end > place.matched.end && !is_range(found.start, self.text.get(found.end..end))
                })
    }

    /// Where the longest figure ends that begins here.
    fn end(holds: Holds, text: &str, start: usize, place: &Spot) -> Option<usize> {
        let kind = match holds {
            Holds::Number | Holds::Integer => Kind::Number,
            Holds::Percent => Kind::Percent,
            Holds::Points => Kind::Points,
            Holds::Ordinal => Kind::Ordinal,
            Holds::Multiple => Kind::Multiple,
            Holds::Date => return date_at(text, start, place.dating),
            Holds::Year => {
                let digits = text.get(start..)?.bytes().take_while(u8::is_ascii_digit).count();
                return (digits == 4).then_some(start + 4);
            }
            Holds::Text => return None,
        };
        let before = text.get(..start)?;
        let mut signs = place.signs;
        signs.is_money = signs.m_is_million
            || before_currency(before).is_some()
            || text.get(start..)?.starts_with(|c: char| !c.is_alphanumeric())
            || place.is_before_money && text.len() == place.bounds.end;
        signs.is_enclosed = is_enclosed(before, signs.language);
        let (end, written) = figure_at(text, start, kind, &signs)?;
        // A count has no middle of a range.
        let is_count = holds != Holds::Integer || written.value.is_integer();
        is_count.then_some(end)
    }
}

/// Where a placeholder stands in a match, and how far its figure may reach.
struct Spot {
    /// The text of the pattern does not stand before it, or not behind it.
    is_open_left: bool,
    is_open_right: bool,
    /// The text of the pattern behind it names a currency: `{n:number} yen`.
    is_before_money: bool,
    /// No placeholder is before it, or none behind it.
    is_first: bool,
    is_last: bool,
    bounds: Range<usize>,
    matched: Range<usize>,
    section: Range<usize>,
    signs: Signs,
    dating: Dating,
}

impl Spot {
    fn new(
        text: &str,
        kinds: &[Held],
        found: &Found,
        number: usize,
        section: &Range<usize>,
    ) -> Spot {
        let (matched, cells) = (&found.range, &found.placeholders);
        let span = cells.get(number).cloned().flatten().unwrap_or_default();
        let own = |n: &usize| cells.get(*n).cloned().flatten();
        let before = (0..number).rev().find_map(|n| Some((n, own(&n)?)));
        let behind = (number + 1..cells.len()).find_map(|n| Some((n, own(&n)?)));
        let is_text = |n: usize| kinds.get(n).is_some_and(|k| !k.holds.is_figure());
        // The mark of a currency may stand between a figure and its sign.
        let is_blank = |range: Range<usize>| {
            let between = text.get(range).unwrap_or_default().trim();
            between.is_empty() || before_currency(between) == Some(0)
        };
        let from = before.as_ref().map_or(matched.start, |b| b.1.end);
        let to = behind.as_ref().map_or(matched.end, |b| b.1.start);
        let is_open_left =
            is_blank(from..span.start) && before.as_ref().is_none_or(|b| is_text(b.0));
        let is_open_right = is_blank(span.end..to) && behind.as_ref().is_none_or(|b| is_text(b.0));
        let start = before.as_ref().map_or(section.start, |b| b.1.start);
        let end = behind.as_ref().map_or(section.end, |b| b.1.end);
        Spot {
            bounds: if is_open_left { start } else { span.start }..if is_open_right {
                end
            } else {
                span.end
            },
            is_open_left,
            is_open_right,
            is_before_money: false,
            is_first: before.is_none(),
            is_last: behind.is_none(),
            matched: matched.clone(),
            section: section.clone(),
            signs: Signs::of(&NumberFormat::default()),
            dating: Dating::default(),
        }
    }

    /// Whether the figure may be taken: it does not grow into a text placeholder.
    fn may_grow(&self, found: &Range<usize>, span: &Range<usize>) -> bool {
        (self.is_first || found.start >= span.start) && (self.is_last || found.end <= span.end)
    }
}

/// Where figures may begin before a place: at words and numbers that figures are said in.
fn starts(text: &str, range: Range<usize>, language: Language) -> Vec<usize> {
    let Range { start: from, end: to } = range;
    let mut least = from.max(to.saturating_sub(BEFORE));
    while !text.is_char_boundary(least) {
        least += 1;
    }
    let before = text.get(least..to).unwrap_or_default();
    let mut all = Vec::new();
    let mut end = before.len();
    while end > 0 {
        let rest = before.get(..end).unwrap_or_default().trim_end();
        let start = rest.rfind(char::is_whitespace).map_or(0, |at| {
            at + rest.get(at..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8)
        });
        let word = rest.get(start..).unwrap_or_default();
        let is_glued = end == before.len() && rest.len() == end;
        if word.is_empty() || !is_glued && !is_said_in_figures(word, language) {
            break;
        }
        all.extend(pieces(word).into_iter().rev().map(|at| least + start + at));
        if start == 0 {
            break;
        }
        end = start;
    }
    all.reverse();
    all
}

/// Where figures may begin in a run of characters without white space; not in the middle of digits.
fn pieces(word: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut before, mut earlier) = (None, None);
    let mut all = Vec::new();
    for (at, c) in word.char_indices() {
        let in_digits = |b: char| {
            ".,'’/:".contains(b) && c.is_numeric() && earlier.is_some_and(char::is_numeric)
        };
        let begins = match before {
            None => true,
            Some(b) if is_word(c) => !is_word(b) && !in_digits(b),
            Some(b) => c == '.' && !is_word(b) || b == '(',
        };
        if begins {
            all.push(at);
        }
        (earlier, before) = (before, Some(c));
    }
    all
}

/// The same within what a shape has matched.
fn within(text: &str, span: &Range<usize>) -> Vec<usize> {
    let mut at = span.start;
    let mut all = Vec::new();
    for word in text.get(span.clone()).unwrap_or_default().split_inclusive(char::is_whitespace) {
        all.extend(pieces(word.trim_end()).into_iter().map(|piece| at + piece));
        at += word.len();
    }
    all.retain(|start| *start > span.start);
    all
}

/// The date at a placeholder that has formats of its own: all that is joined, if a format reads it.
fn in_format(
    text: &str,
    span: &Range<usize>,
    place: &Spot,
    formats: &[DateFormat],
) -> Range<usize> {
    let mut wide = joined(text, span, place.signs.language);
    wide = wide.start.max(place.bounds.start)..wide.end.min(place.bounds.end);
    let reads = |range: &Range<usize>| {
        let text = text.get(range.clone()).unwrap_or_default();
        formats.iter().any(|format| format.parse_date(text).is_ok())
    };
    if reads(&wide) { wide } else { span.clone() }
}

/// Whether some figure of a text is grouped by plain spaces and can be nothing else: `1 234 567`, and
/// `57 000`.
fn has_groups(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let group = |at: usize| {
        bytes.get(at) == Some(&b' ') && (1..4).all(|n| is_digit(at + n)) && !is_digit(at + 4)
    };
    memchr::memchr_iter(b' ', bytes).filter(|at| group(*at)).any(|at| {
        let first = (1..=4).take_while(|n| at.checked_sub(*n).is_some_and(is_digit)).count();
        let lead = at.checked_sub(first + 1).and_then(|at| bytes.get(at));
        let is_lead = lead.is_none_or(|c| !c.is_ascii_alphanumeric() && !b".,".contains(c));
        (1..=3).contains(&first) && is_lead && (bytes.get(at + 1) == Some(&b'0') || group(at + 4))
    })
}
