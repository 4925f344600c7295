//! A document in which rows are looked for, and how.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::read::pattern::{Figures, Found, Pattern, Piece, Writing};
use crate::read::text::document::{Document, Markup};
use crate::read::text::marks::Marked;
use crate::value::Language;

/// The `split` that makes an item of each sentence, of which those that do not match are left out.
pub const EACH_SENTENCE: &str = "each sentence";

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
    /// How its figures are written.
    pub writing: &'a Writing,
}

/// A document and the text of it that the pattern is asked of.
pub struct Searched<'d, 's> {
    pub doc: &'d Document<'d>,
    pub spec: &'s Spec<'s>,
    /// With its sentences marked; none for a regular expression, which knows nothing of them.
    pub marked: Option<Arc<Marked>>,
    figures: Figures<'d, 's>,
}

impl<'d, 's> Searched<'d, 's> {
    pub fn new(doc: &'d Document<'_>, spec: &'s Spec<'s>) -> Searched<'d, 's> {
        let marked = || Arc::new(Marked::new(doc, spec.pattern.language));
        let marked = (!spec.pattern.is_regex()).then(marked);
        Searched { doc, spec, marked, figures: Figures::new(&doc.text, spec.writing) }
    }

    /// The same in a document that other patterns look for rows in, too.
    pub fn in_flat(flat: &'d Flat, spec: &'s Spec<'s>) -> Searched<'d, 's> {
        let doc = &flat.document;
        let marked = (!spec.pattern.is_regex()).then(|| flat.marked(spec.pattern.language));
        let figures = Figures::of_known(&doc.text, spec.writing, flat.has_groups.clone());
        Searched { doc, spec, marked, figures }
    }

    /// A match with whole figures.
    ///
    /// # Errors
    /// The first piece of a figure in it.
    pub fn whole(&self, section: &Range<usize>, found: Found) -> Result<Found, Piece> {
        let pattern = self.spec.pattern;
        self.figures.whole((&pattern.placeholders, &pattern.held), section, found)
    }

    pub fn text(&self) -> &str {
        self.marked.as_ref().map_or(&self.doc.text, |marked| &marked.text)
    }
}

/// A document without its mark-up, for all the tables that are read from it.
pub struct Flat {
    pub document: Document<'static>,
    /// With its sentences marked, as the language of the first pattern has them.
    marked: OnceLock<(Language, Arc<Marked>)>,
    /// Whether spaces set thousands apart in it.
    has_groups: Arc<OnceLock<bool>>,
}

impl Flat {
    /// Of a text.
    pub fn new(text: &str, markup: Markup) -> Flat {
        let Document { text, map, breaks } = markup.flat(text);
        let document = Document { text: text.into_owned().into(), map, breaks };
        Flat { document, marked: OnceLock::new(), has_groups: Arc::default() }
    }

    fn marked(&self, language: Language) -> Arc<Marked> {
        let marked = || Arc::new(Marked::new(&self.document, language));
        match self.marked.get_or_init(|| (language, marked())) {
            (of, known) if *of == language => known.clone(),
            _ => marked(),
        }
    }
}
