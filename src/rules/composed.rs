//! Expressions that are made of what is written in a rule file: mistakes in them point there.

use crate::expr::parse::{parse_expr, parse_unit};
use crate::expr::print::name as quoted;
use crate::expr::tree::{Expr, Unit};
use crate::rules::equation::Named;
use crate::rules::spanned::{Code, Spanned};
use crate::rules::toml::Reader;
use crate::source::{FileId, FlatMap, Snippet, Span};
use crate::width::to_u32;

/// A text of what is written in a rule file and words that are not.
#[derive(Debug, Clone)]
pub struct Composed {
    text: String,
    map: FlatMap,
    /// Where words stand that are written nowhere: at the end of what was last written.
    at: u64,
}

impl Composed {
    pub(crate) fn new(at: Span) -> Composed {
        Composed { text: String::new(), map: FlatMap::default(), at: at.start }
    }

    /// Words that are written nowhere.
    pub(crate) fn words(self, words: &str) -> Composed {
        let at = self.at;
        self.words_at(words, at)
    }

    fn words_at(mut self, words: &str, at: u64) -> Composed {
        let from = self.text.len();
        (from..from + words.len()).for_each(|n| self.map.push(to_u32(n), at));
        self.text.push_str(words);
        self
    }

    /// What is written.
    pub(crate) fn own(mut self, snippet: &Snippet) -> Composed {
        let whole = snippet.whole();
        self.map.push(to_u32(self.text.len()), whole.start);
        self.text.push_str(&snippet.text);
        self.at = whole.end.saturating_sub(1).max(whole.start);
        self
    }

    /// A name, in backticks where it needs them.
    pub(crate) fn name(self, name: &Named) -> Composed {
        self.between(&quoted(&name.text), name)
    }

    /// A text in quotes.
    pub(crate) fn label(self, name: &Named) -> Composed {
        self.between(&format!("\"{}\"", name.text.replace('"', "\"\"")), name)
    }

    fn between(mut self, shown: &str, name: &Named) -> Composed {
        self.at = name.span.end.saturating_sub(1).max(name.span.start);
        let Some((before, after)) = shown.split_once(name.text.as_str()) else {
            return self.words_at(shown, name.span.start);
        };
        self = self.words_at(before, name.span.start);
        self.map.push(to_u32(self.text.len()), name.span.start);
        self.text.push_str(&name.text);
        self.words(after)
    }

    pub(crate) fn table(self, table: &Spanned<String>) -> Composed {
        self.name(&Named { text: table.value.clone(), span: table.span })
    }

    /// Names with commas before them.
    pub(crate) fn also<'n>(self, names: impl IntoIterator<Item = &'n Named>) -> Composed {
        names.into_iter().fold(self, |text, name| text.words(", ").name(name))
    }

    pub(crate) fn snippet(self, file: FileId) -> Snippet {
        Snippet { text: self.text, file, map: self.map }
    }

    pub(crate) fn unit(self, r: &mut Reader<'_>) -> Option<Code<Unit>> {
        let snippet = self.snippet(r.file);
        let (tree, errors) = parse_unit(&snippet.text);
        r.syntax(&snippet, errors).then_some(())?;
        Some(Code { tree: tree?, snippet })
    }

    pub(crate) fn expr(self, r: &mut Reader<'_>) -> Option<Code<Expr>> {
        let snippet = self.snippet(r.file);
        let (tree, errors) = parse_expr(&snippet.text);
        r.syntax(&snippet, errors).then_some(Code { snippet, tree })
    }
}
