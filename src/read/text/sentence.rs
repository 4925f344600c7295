//! The sentence of a text that a figure stands in.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use crate::read::text::document::Document;
use crate::report::Quote;
use crate::value::Language;
use crate::value::language::words::Sentences;

/// Characters of a quote of a finding.
pub const MOST: usize = 400;
/// Bytes on each side of a figure in which its sentence is looked for: more than a quote shows.
const WINDOW: usize = 2048;

/// What may end a sentence.
const SIGNS: [char; 7] = ['.', '!', '?', '…', '。', '！', '？'];

/// Whether a word ends with a full stop within a sentence: what follows it has a capital for another
/// reason. A text is quoted though nothing says what its language is; words of more languages than the
/// first three would be those that end sentences in others, such as `ago.`.
fn is_abbreviation(word: &str) -> bool {
    static ALL: OnceLock<HashSet<String>> = OnceLock::new();
    let of = |language: Language| {
        let words = language.words();
        let Sentences { never, before_figures, either, quoted, .. } = &words.sentences;
        let own = never.iter().chain(before_figures).chain(either).chain(quoted);
        let is_short = |form: &&String| form.ends_with('.');
        let months = words.dates.months.all.iter().filter(is_short);
        let stopped = words.short_scales.all.iter().filter(is_short).chain(months);
        let stopped = stopped.map(|form| form.trim_end_matches('.').to_string());
        own.map(|word| word.to_lowercase()).chain(stopped).collect::<Vec<_>>()
    };
    let all = ALL.get_or_init(|| Language::all().take(3).flat_map(of).collect());
    all.contains(&word.to_lowercase())
}

/// The sentence around a figure of a document, in one line; of a list with a sign between its
/// items, the item. It has so many characters at most; where it is longer, what is furthest from the
/// figure is left out.
pub fn quote(
    document: &Document<'_>,
    figure: Range<usize>,
    split: Option<&str>,
    most: usize,
) -> Option<Quote> {
    let text: &str = &document.text;
    let mut block = block(document, &figure);
    if let Some(sign) = split.filter(|sign| !sign.is_empty()) {
        let before = text.get(block.start..figure.start)?.rfind(sign);
        let after = text.get(figure.end..block.end)?.find(sign);
        block.end = after.map_or(block.end, |at| figure.end + at);
        block.start = before.map_or(block.start, |at| block.start + at + sign.len());
    }
    let own = text.get(figure.clone())?;
    let window = WINDOW.min(most.saturating_mul(4));
    let from = floor(text, block.start.max(figure.start.saturating_sub(window)));
    let to = floor(text, block.end.min(figure.end.saturating_add(window)));
    let (mut start, mut end) = (from, to);
    for at in ends(text.get(from..to)?) {
        if from + at <= figure.start {
            start = from + at;
        } else if from + at >= figure.end {
            end = from + at;
            break;
        }
    }
    let before = in_one_line(text.get(start..figure.start)?);
    let before = if start == block.start { without_sign(&before) } else { &before };
    let after = in_one_line(text.get(figure.end..end)?);
    Some(cut(before.trim_start(), &in_one_line(own), after.trim_end(), most))
}

/// Where the block begins in which a text ends here.
pub(super) fn start_of_block(document: &Document<'_>, end: usize) -> usize {
    let last = document.text.get(..end).and_then(|text| text.char_indices().next_back());
    let last = last.map_or(0, |(at, _)| at);
    block(document, &(last..end)).start
}

/// The paragraph, heading or item that a figure stands in.
fn block(document: &Document<'_>, figure: &Range<usize>) -> Range<usize> {
    let text: &str = &document.text;
    let Some(breaks) = &document.breaks else { return plain_block(text, figure) };
    let before = breaks.partition_point(|at| *at as usize <= figure.start);
    let start = before.checked_sub(1).and_then(|n| breaks.get(n)).map_or(0, |at| *at as usize);
    let after = breaks.partition_point(|at| (*at as usize) < figure.end);
    start..breaks.get(after).map_or(text.len(), |at| *at as usize)
}

/// The same in plain text, where blank lines and signs of lists separate them.
fn plain_block(text: &str, figure: &Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (0, text.len());
    let first = floor(text, figure.start.saturating_sub(WINDOW));
    let mut at = first;
    for line in text.get(first..figure.start).unwrap_or_default().split_inclusive('\n') {
        if line.trim().is_empty() && line.ends_with('\n') {
            start = at + line.len();
        } else if (at == 0 || at > first) && is_item(text.get(at..).unwrap_or_default()) {
            start = at;
        }
        at += line.len();
    }
    // The figure may begin its line.
    if text.get(..figure.start).is_some_and(|t| t.ends_with('\n'))
        && is_item(text.get(figure.start..).unwrap_or_default())
    {
        start = figure.start;
    }
    at = figure.end;
    let last = floor(text, figure.end.saturating_add(WINDOW));
    for (n, line) in
        text.get(figure.end..last).unwrap_or_default().split_inclusive('\n').enumerate()
    {
        if n > 0 && (line.trim().is_empty() || is_item(line)) {
            end = at;
            break;
        }
        at += line.len();
    }
    start..end
}

/// Whether a line starts an item of a list: `- `, `• `, `3. `, `b) `.
pub(super) fn is_item(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '\t']);
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    let letter = text.chars().next().filter(char::is_ascii_lowercase).map_or(0, char::len_utf8);
    let rest = match (digits, letter) {
        (0, 0) => text.strip_prefix(['-', '*', '•', '·', '–']),
        (0, n) => text.get(n..).and_then(|t| t.strip_prefix(')')),
        (1..=3, _) => rest.strip_prefix(['.', ')']),
        _ => None,
    };
    rest.is_some_and(|rest| rest.starts_with([' ', '\t']))
}

/// What follows the sign of an item.
fn without_sign(text: &str) -> &str {
    let text = text.trim_start();
    match is_item(text) {
        true => text.split_once(' ').map_or(text, |(_, rest)| rest),
        false => text,
    }
}

/// Where sentences end: behind the sign and what closes with it.
fn ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().filter(|(_, c)| SIGNS.contains(c)).filter_map(|(at, sign)| {
        let rest = text.get(at + sign.len_utf8()..)?;
        if matches!(sign, '。' | '！' | '？') {
            return Some(text.len() - closed(rest).len());
        }
        if rest.starts_with(SIGNS) || (sign == '.' && is_within(text.get(..at)?)) {
            return None;
        }
        let rest = closed(rest);
        let next = rest.trim_start();
        let is_apart = next.len() < rest.len() || next.is_empty();
        (is_apart && begins(next, sign)).then_some(text.len() - rest.len())
    })
}

/// What follows quotation marks and brackets that close a sentence.
fn closed(text: &str) -> &str {
    let rest = text.trim_start_matches(['"', '\'', '”', '’', '“', '‘', '»', '›', '«', ')', ']']);
    // French sets a space before its mark.
    let apart = rest.trim_start().strip_prefix(['»', '›']);
    apart.filter(|t| t.is_empty() || t.starts_with(char::is_whitespace)).unwrap_or(rest)
}

/// Whether a text looks like the beginning of a sentence that follows this sign.
fn begins(text: &str, sign: char) -> bool {
    const OPENING: [char; 18] =
        ['"', '\'', '“', '„', '‘', '‚', '«', '»', '‹', '›', '(', '[', '¿', '¡', '-', '–', '—', '*'];
    let text = text.trim_start_matches(|c: char| OPENING.contains(&c) || c.is_whitespace());
    match text.chars().next() {
        None => true,
        // A comment is no part of what is said.
        Some('<') => text.starts_with("<!--"),
        Some(c) if c.is_numeric() => sign != '.' && sign != '…',
        Some(c) => c.is_alphabetic() && !c.is_lowercase(),
    }
}

/// Whether the full stop behind a text belongs to its last word: an abbreviation, an initial, or
/// an ordinal as in `3. Mai`.
fn is_within(before: &str) -> bool {
    let is_apart = |c: char| c.is_whitespace() || "(\"“„«»‚‘'/–—".contains(c);
    let word = before.rsplit(is_apart).next().unwrap_or_default();
    let mut letters = word.chars();
    let is_initial = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
    let is_ordinal = (1..=2).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    let is_dotted = word.contains('.') && word.chars().all(|c| c == '.' || c.is_alphabetic());
    is_initial || is_ordinal || is_dotted || is_abbreviation(word)
}

/// A text with its white space folded; a lone space that keeps words together stays.
fn in_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_whitespace() {
            line.push(c);
            continue;
        }
        let is_lone = chars.peek().is_none_or(|next| !next.is_whitespace());
        while chars.next_if(|next| next.is_whitespace()).is_some() {}
        let keeps = is_lone && matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}');
        line.push(if keeps { c } else { ' ' });
    }
    line
}

/// A quote of at most so many characters, half of them for the figure: a match that is quoted as a
/// whole may be longer.
fn cut(before: &str, figure: &str, after: &str, most: usize) -> Quote {
    let length = |text: &str| text.chars().count();
    let figure = shortened(figure, most / 2);
    let room = most - length(&figure);
    let of_after = room - (room / 2).min(length(before));
    let after = shortened(after, of_after);
    let before = shortened_before(before, room - length(&after));
    Quote { before, text: figure, after }
}

/// The start of a text, up to a word's end.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_string();
    }
    let kept = text.char_indices().nth(most.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let kept = text.get(..kept).unwrap_or_default();
    let words = kept.rfind(' ').filter(|at| *at > kept.len() / 2).map_or(kept, |at| &kept[..at]);
    format!("{words}…")
}

/// The end of a text, from a word's start on.
fn shortened_before(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_string();
    }
    let from = text.char_indices().nth(length + 1 - most).map_or(text.len(), |(at, _)| at);
    let kept = text.get(from..).unwrap_or_default();
    let words = kept.find(' ').filter(|at| *at < kept.len() / 2).map_or(kept, |at| &kept[at + 1..]);
    format!("…{words}")
}

/// The start of the character that an offset is in.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::text::document::{markdown, plain};

    /// The quote of the one place of a figure, the figure in brackets.
    fn quoted(document: &Document<'_>, figure: &str) -> String {
        let at = document.text.find(figure).expect("the figure stands in the text");
        let Quote { before, text, after } =
            quote(document, at..at + figure.len(), None, MOST).expect("a quote");
        format!("{before}[{text}]{after}")
    }

    fn of_plain(text: &str, figure: &str) -> String {
        quoted(&plain(text), figure)
    }

    #[test]
    fn a_sentence_ends_before_a_capital() {
        let text =
            "It fell. The town had 41 wells, e.g. The Old One, in St. James. Then rain came.";
        assert_eq!(
            of_plain(text, "41"),
            "The town had [41] wells, e.g. The Old One, in St. James."
        );
        let text =
            "Was it 3.5 km? No. 5 said so! \u{201c}It was 12.5.\u{201d} He was sure… Nobody else.";
        assert_eq!(of_plain(text, "3.5 km"), "Was it [3.5 km]?");
        assert_eq!(of_plain(text, "No. 5"), "[No. 5] said so!");
        assert_eq!(of_plain(text, "12.5"), "“It was [12.5].”");
        assert_eq!(of_plain(text, "sure"), "He was [sure]…");
        assert_eq!(of_plain("By 1993. The 7 left.", "1993"), "By [1993].");
        assert_eq!(
            of_plain("In the U.S. Senate 60 sat (J. Doe wrote).\n", "60"),
            "In the U.S. Senate [60] sat (J. Doe wrote)."
        );
    }

    #[test]
    fn german_sentences_have_ordinals_and_abbreviations() {
        let text = "Am 3. Mai kamen ca. 120 Gäste, z. B. Frau Dr. Ott. „Das war viel.“ Am Abend \
                    gingen 80.";
        assert_eq!(of_plain(text, "120"), "Am 3. Mai kamen ca. [120] Gäste, z. B. Frau Dr. Ott.");
        assert_eq!(of_plain(text, "viel"), "„Das war [viel].“");
        assert_eq!(of_plain(text, "80"), "Am Abend gingen [80].");
    }

    #[test]
    fn french_marks_stand_apart() {
        let text = "« Combien ? » Il y en avait 4\u{202f}400 ! « Trop. » Puis 30 partirent.";
        assert_eq!(of_plain(text, "Combien"), "« [Combien] ? »");
        assert_eq!(of_plain(text, "4\u{202f}400"), "Il y en avait [4\u{202f}400] !");
        assert_eq!(of_plain(text, "Trop"), "« [Trop]. »");
        assert_eq!(of_plain(text, "30"), "Puis [30] partirent.");
    }

    #[test]
    fn a_figure_may_begin_and_end_a_text() {
        assert_eq!(of_plain("12 left and 4 stayed", "12"), "[12] left and 4 stayed");
        assert_eq!(
            of_plain("First.\n\n12 left,\n  and stayed: 4", "4"),
            "12 left, and stayed: [4]"
        );
        assert_eq!(of_plain("人口は12万人。面積は30です。", "30"), "面積は[30]です。");
        assert_eq!(of_plain("It has 700. <!-- so they say -->", "700"), "It has [700].");
        assert_eq!(of_plain("7", "7"), "[7]");
    }

    #[test]
    fn items_and_headings_are_no_parts_of_sentences() {
        let source = "# The 9 towns\n\nThey **lie\nnear**.\n\n- Ada: 5 wells\n- Bern: [6](x) wells\n\n\
                      | a | b |\n|---|---|\n| c | 8 |\n";
        let document = markdown(source);
        assert_eq!(quoted(&document, "9"), "The [9] towns");
        assert_eq!(quoted(&document, "lie"), "They [lie] near.");
        assert_eq!(quoted(&document, "5"), "Ada: [5] wells");
        assert_eq!(quoted(&document, "6"), "Bern: [6] wells");
        assert_eq!(quoted(&document, "8"), "c | [8] |");
        let text = "The towns:\n- Ada: 5 wells\n  and more\n2) Bern: 6 wells\n\nEnd";
        assert_eq!(of_plain(text, "5"), "Ada: [5] wells and more");
        assert_eq!(of_plain(text, "6"), "Bern: [6] wells");
        assert_eq!(of_plain(text, "towns"), "The [towns]:");
        assert_eq!(of_plain("10) Bern", "10"), "[10]) Bern");
    }

    #[test]
    fn an_item_of_a_list_is_quoted_alone() {
        let document = plain("Listed: Ada 5; Bern 6; Chur 7. End.");
        let at = document.text.find('6').expect("a figure");
        let quote = quote(&document, at..at + 1, Some(";"), MOST).expect("a quote");
        assert_eq!((quote.before.as_str(), quote.after.as_str()), ("Bern ", ""));
    }

    #[test]
    fn long_sentences_are_cut_around_the_figure() {
        for (before, after) in [(0, 900), (900, 0), (900, 900), (30, 900), (900, 30)] {
            let text = format!("{}12 km{}.", "wörd ".repeat(before), " wörd".repeat(after));
            let document = plain(&text);
            let at = text.find("12").expect("a figure");
            let quote = quote(&document, at..at + 5, None, MOST).expect("a quote");
            let all = format!("{}{}{}", quote.before, quote.text, quote.after);
            let length = all.chars().count();
            assert!((380..=MOST).contains(&length), "{length}: {all}");
            assert_eq!(quote.text, "12 km");
            assert_eq!(quote.before.starts_with('…'), before > 30, "{all}");
            assert_eq!(quote.after.ends_with('…'), after > 30, "{all}");
        }
    }
}
