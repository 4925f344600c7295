//! Where sentences end, for patterns: a copy of a text in which one character of white space behind
//! each sentence, item and paragraph is a mark. Every offset stays the same.

use std::borrow::Cow;
use std::ops::Range;

use crate::read::pattern::{LINE, PARAGRAPH, SENTENCE};
use crate::read::text::document::Document;
use crate::read::text::sentence::is_item;
use crate::value::Language;
use crate::value::language::phrases::first_word;

/// A text in which the ends of sentences are marked.
#[derive(Debug)]
pub struct Marked {
    pub text: String,
    /// Where it is not clear whether one ends: the white space behind such a full stop, unmarked.
    pub doubts: Vec<usize>,
    /// The marks, those with nothing but white space between them as one: from the first to the last.
    pub ends: Vec<Range<usize>>,
}

/// Bytes of the word before a full stop that are looked at.
const WORD: usize = 32;

/// Whether a sentence ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Yes,
    No,
    Perhaps,
}

impl Marked {
    /// The marked text of a document in a language.
    pub fn new(document: &Document<'_>, language: Language) -> Marked {
        let text: &str = &document.text;
        let marked = text.as_bytes().to_vec();
        let mut marker = Marker { text, language, marked, doubts: Vec::new() };
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'.' | b'!' | b'?' | b';' | 0xe2 => marker.sign(at),
                b'\n' if document.breaks.is_none() => marker.line(at),
                // What a text has of its own marks nothing.
                0x1d..=0x1f => marker.set(at, b' '),
                _ => {}
            }
        }
        for at in document.breaks.iter().flatten() {
            marker.edge(*at as usize);
        }
        let text = String::from_utf8(marker.marked);
        let text = text.unwrap_or_else(|_| text_of(document));
        Marked { ends: ends_in(&text), text, doubts: marker.doubts }
    }

    /// The same where a sentence ends at every place of doubt.
    pub fn with_doubts(&self) -> Cow<'_, str> {
        if self.doubts.is_empty() {
            return Cow::Borrowed(&self.text);
        }
        let mut marked = self.text.as_bytes().to_vec();
        for at in &self.doubts {
            put(&mut marked, &self.text, *at, SENTENCE);
        }
        String::from_utf8(marked).map_or(Cow::Borrowed(&self.text), Cow::Owned)
    }
}

impl Marked {
    /// The sentences of a part of the text, without what marks their ends.
    pub fn sentences(&self, part: Range<usize>) -> Vec<Range<usize>> {
        let is_end = |c: char| (PARAGRAPH..=LINE).contains(&c) || "。！？".contains(c);
        let (mut all, mut at) = (Vec::new(), part.start);
        let text = self.text.get(part.clone()).unwrap_or_default();
        for (end, sign) in text.match_indices(is_end) {
            all.push(at..part.start + end);
            at = part.start + end + sign.len();
        }
        all.push(at..part.end);
        all
    }

    /// A sentence without white space and what closes it.
    pub fn without_closing(&self, sentence: Range<usize>) -> Range<usize> {
        let text = self.text.get(sentence.clone()).unwrap_or_default();
        let own = text.trim_start();
        let start = sentence.end - own.len();
        start..start + own.trim_end().trim_end_matches(['.', '!', '?', ';', '…']).len()
    }
}

/// Where sentences end in a marked text.
fn ends_in(text: &str) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for at in memchr::memchr3_iter(0x1d, 0x1e, 0x1f, text.as_bytes()) {
        let is_blank = |last: &&mut Range<usize>| {
            text.get(last.end..at).is_some_and(|between| between.trim().is_empty())
        };
        match all.last_mut().filter(is_blank) {
            Some(last) => last.end = at + 1,
            None => all.push(at..at + 1),
        }
    }
    all
}

fn text_of(document: &Document<'_>) -> String {
    document.text.to_string()
}

/// Puts a mark in the place of a character of white space, however many bytes that has.
fn put(marked: &mut [u8], text: &str, at: usize, mark: char) {
    let length = text.get(at..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8);
    let mark = u8::try_from(mark).unwrap_or(b' ');
    for byte in marked.iter_mut().skip(at).take(length) {
        *byte = mark;
    }
}

struct Marker<'t> {
    text: &'t str,
    language: Language,
    marked: Vec<u8>,
    doubts: Vec<usize>,
}

impl Marker<'_> {
    fn set(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.marked.get_mut(at) {
            *place = byte;
        }
    }

    /// A sign that may end a sentence.
    fn sign(&mut self, at: usize) {
        let Some(rest) = self.text.get(at..) else { return };
        let Some(sign) = rest.chars().next().filter(|c| ".!?;…".contains(*c)) else { return };
        let rest = rest.get(sign.len_utf8()..).unwrap_or_default();
        let behind = closed(rest);
        let Some(space) = behind.chars().next().filter(|c| c.is_whitespace()) else { return };
        let before = self.text.get(..at).unwrap_or_default();
        let at = self.text.len() - behind.len();
        let end = match sign {
            '.' | '…' => ends(before, behind.trim_start(), self.language),
            _ => End::Yes,
        };
        match end {
            End::No => {}
            End::Yes if space == '\n' => put(&mut self.marked, self.text, at, LINE),
            End::Yes => put(&mut self.marked, self.text, at, SENTENCE),
            End::Perhaps => self.doubts.push(at),
        }
    }

    /// The end of a line of a plain text: that of a paragraph before a blank line, that of an item
    /// before another one.
    fn line(&mut self, at: usize) {
        let rest = self.text.get(at + 1..).unwrap_or_default();
        if rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
            put(&mut self.marked, self.text, at, PARAGRAPH);
        } else if is_item(rest) {
            put(&mut self.marked, self.text, at, LINE);
        }
    }

    /// Where a paragraph, an item or a row begins or ends.
    fn edge(&mut self, at: usize) {
        let is_line = |at: usize| self.text.as_bytes().get(at) == Some(&b'\n');
        let before = at.checked_sub(1).filter(|at| is_line(*at));
        let Some(line) = Some(at).filter(|at| is_line(*at)).or(before) else { return };
        let mark = if line == at && is_line(at + 1) { PARAGRAPH } else { LINE };
        let is_marked = |byte: &u8| char::from(*byte) == PARAGRAPH;
        if !self.marked.get(line).is_some_and(is_marked) {
            put(&mut self.marked, self.text, line, mark);
        }
    }
}

/// What follows quotation marks and brackets that close a sentence.
fn closed(text: &str) -> &str {
    text.trim_start_matches(['"', '\'', '”', '’', '“', '‘', '»', '›', ')', ']'])
}

/// Whether a full stop between two texts ends a sentence.
fn ends(before: &str, next: &str, language: Language) -> End {
    let words = language.words();
    let sentences = &words.sentences;
    let Some(first) = next.chars().next() else { return End::Yes };
    if first.is_lowercase() || ".,;:!?…)]".contains(first) {
        return End::No;
    }
    let from = (before.len().saturating_sub(WORD)..=before.len())
        .find(|at| before.is_char_boundary(*at))
        .unwrap_or(0);
    let near = before.get(from..).unwrap_or_default();
    let is_apart = |c: char| c.is_whitespace() || "([{\"“„«»‚‘'/–—~".contains(c);
    let word = near.rsplit(is_apart).next().unwrap_or_default();
    let is_number = !word.is_empty() && word.len() < 3 && word.bytes().all(|b| b.is_ascii_digit());
    if is_number {
        let is_day = words.dates.months.at(next).is_some()
            || sentences.behind_ordinals.iter().any(|own| own == first_word(next))
            || words.dates.day_first.contains(&'.') && is_in_date(near, next);
        return match is_day {
            true => End::No,
            false if sentences.behind_ordinals.is_empty() || first.is_numeric() => End::Yes,
            false => End::Perhaps,
        };
    }
    let mut letters = word.chars();
    if letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none() {
        return End::No;
    }
    if word.contains('.') && word.chars().all(|c| c == '.' || c.is_alphabetic()) {
        return if has(&sentences.go_on, word) { End::No } else { End::Perhaps };
    }
    let is_figure = first.is_numeric();
    // `5 Mio. Euro`
    let is_short = || words.short_scales.has_stop(word);
    if has(&sentences.never, word)
        || is_figure && has(&sentences.before_figures, word)
        || !is_figure && is_short()
    {
        return End::No;
    }
    if has(&sentences.either, word) { End::Perhaps } else { End::Yes }
}

/// Whether the full stop between two texts is one of the two of `1. 5. 1992`.
fn is_in_date(before: &str, next: &str) -> bool {
    let number = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let is_short = |text: &str| (1..3).contains(&number(text));
    let year = match number(next) {
        4 => {
            let day = before.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
            let day =
                day.strip_suffix('.').and_then(|t| t.rsplit(|c: char| !c.is_ascii_digit()).next());
            return day.is_some_and(is_short);
        }
        digits => next.get(digits..).and_then(|rest| rest.strip_prefix(". ")),
    };
    is_short(next) && year.is_some_and(|year| number(year) == 4)
}

fn has(all: &[String], word: &str) -> bool {
    all.iter().any(|own| own == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::text::document::{markdown, plain};

    /// A text with `|` where a sentence ends and `?` where one may.
    fn of(document: &Document<'_>) -> String {
        let marked = Marked::new(document, Language::default());
        assert_eq!(marked.text.len(), document.text.len());
        let sign = |(at, c): (usize, char)| match c {
            _ if marked.doubts.contains(&at) => '¿',
            PARAGRAPH => '¶',
            LINE => '/',
            SENTENCE => '|',
            c => c,
        };
        marked.text.char_indices().map(sign).collect()
    }

    #[test]
    fn sentences_end_where_readers_end_them() {
        for (text, wanted) in [
            (
                "It fell. Then 5 rose! Was it? Yes; it was.",
                "It fell.|Then 5 rose!|Was it?|Yes;|it was.",
            ),
            (
                "By 1993. 7 left. $5 went. \"No.\" It did.",
                "By 1993.|7 left.|$5 went.|\"No.\"|It did.",
            ),
            (
                "Mr. Ott of St. James, No. 5, e.g. The Inn",
                "Mr. Ott of St. James, No. 5, e.g. The Inn",
            ),
            ("He said no. The end of Jan. 5 came", "He said no.|The end of Jan. 5 came"),
            (
                "in the U.S. Turnout, by Ott Inc. It fell",
                "in the U.S.¿Turnout, by Ott Inc.¿It fell",
            ),
            (
                "J. Ott paid ca. 20 vs. 30 approx. 4. 12. May",
                "J. Ott paid ca. 20 vs. 30 approx. 4.|12. May",
            ),
            ("on 18. May 1992. 3.5 km, 5 p.m. on", "on 18. May 1992.|3.5 km, 5 p.m. on"),
            ("Wait… Then he left… and came", "Wait…|Then he left… and came"),
            ("Ends.\nNext\nline.\u{a0}Then", "Ends./Next\nline.||Then"),
            ("One\n \nTwo\n- a\n- b", "One¶ \nTwo/- a/- b"),
            ("a\u{1e}b \u{1d}", "a b  "),
            ("", ""),
        ] {
            assert_eq!(of(&plain(text)), wanted, "{text}");
        }
    }

    #[test]
    fn blocks_of_markdown_are_ends() {
        let text = "# Head\n\nOne\ntwo.\n\n- a\n- b\n\nEnd\n";
        assert_eq!(of(&markdown(text)), "Head¶/One\ntwo.¶/a/b/End¶\n");
    }
}
