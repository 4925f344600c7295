//! The sentences of a text, with the figures in them.

use std::ops::Range;

use crate::read::text::document::{Document, Markup};
use crate::read::text::figures::{Where, visit};
use crate::read::text::kinds::kind;
use crate::read::text::marks::Marked;
use crate::source::Span;
use crate::value::{Language, NumberFormat, Type};

/// A text without its mark-up, cut into sentences.
pub struct Said<'s> {
    pub document: Document<'s>,
    /// The language of most of its words; the usual one where it is not read, and no figures then.
    pub language: Language,
    /// Without the signs that close them.
    pub sentences: Vec<Range<usize>>,
    /// In the order of the text.
    pub figures: Vec<SaidFigure>,
}

/// A figure in a sentence.
#[derive(Debug, Clone)]
pub struct SaidFigure {
    /// Which sentence it stands in.
    pub sentence: usize,
    /// Where it stands in the text without mark-up.
    pub range: Range<usize>,
    /// What it is: number, percent, date.
    pub ty: Type,
}

impl<'s> Said<'s> {
    /// The sentences and figures of a text.
    pub fn new(source: &'s str, markup: Markup) -> Said<'s> {
        let document = markup.flat(source);
        let known = Language::known_of_text(&document.text);
        let language = known.unwrap_or_default();
        let marked = Marked::new(&document, language);
        let all = marked.sentences(0..document.text.len());
        let mut sentences: Vec<Range<usize>> =
            all.into_iter().map(|range| marked.without_closing(range)).collect();
        let (mut figures, mut at, mut sentence) = (Vec::new(), 0, 0);
        let number = NumberFormat::in_language(language);
        // Of figures in a language that is not read nothing is known.
        let read = if known.is_some() { source } else { "" };
        visit(read, (markup, &number, Where::Prose), &mut |figure| {
            let Some(range) = place(&document, at, figure.text, figure.span) else { return };
            at = range.end;
            while sentences.get(sentence).is_some_and(|own| own.end <= range.start) {
                sentence += 1;
            }
            let Some(own) = sentences.get_mut(sentence) else { return };
            // `15 Mrd.`: the full stop that closes the sentence belongs to the figure.
            if document.text.get(own.end..range.end) == Some(".") {
                own.end = range.end;
            }
            if own.start > range.start || own.end < range.end {
                return;
            }
            let (_, ty) = kind(figure, &number);
            figures.push(SaidFigure { sentence, range, ty });
        });
        Said { document, language, sentences, figures }
    }
}

impl Said<'_> {
    /// Whether a sentence has words beside its figures.
    pub fn has_words(&self, sentence: usize) -> bool {
        let text = self.sentences.get(sentence).and_then(|own| self.document.text.get(own.clone()));
        let words = text.unwrap_or_default().split(|c: char| !c.is_alphanumeric());
        words.filter(|word| word.starts_with(char::is_alphabetic)).count() > 1
    }
}

/// Where a text stands in a document that has these bytes in its file.
fn place(document: &Document<'_>, from: usize, text: &str, span: Span) -> Option<Range<usize>> {
    let rest = document.text.get(from..)?;
    let here = |(at, _): (usize, &str)| from + at..from + at + text.len();
    rest.match_indices(text).map(here).find(|range| document.map.span(range.clone()) == span)
}
