//! A pattern that was read, as a regular expression over a text in which sentences are marked.

use crate::read::pattern::parse::{Element, ONE_OF, Part, escape};
use crate::read::pattern::phrases::any;
use crate::read::pattern::shapes::{self, shape};
use crate::value::Language;

/// What stands in a marked text for the white space behind a paragraph, behind a sentence, and behind
/// a sentence or an item that ends its line.
pub const PARAGRAPH: char = '\u{1d}';
/// See [`PARAGRAPH`].
pub const SENTENCE: char = '\u{1e}';
/// See [`PARAGRAPH`].
pub const LINE: char = '\u{1f}';

/// White space, marked or not.
const SPACE: &str = r"[\s\x1d-\x1f]";
/// What is within a sentence.
const WITHIN: &str = r"[^\x1d-\x1f。！？]";
/// What `…` stands for between two words: white space, or more that ends where a word begins.
const GAP: &str = r#"(?:\s+|[^\w\x1d-\x1f。！？][^\x1d-\x1f。！？]*?[\s("'“„‘«$€£¥–—])"#;
/// What closes a sentence, and the end behind it.
const CLOSING: &str = r#"[.!?;…]*["'”’“‘»›«)\]]*\s*(?:[\x1d-\x1f。！？]|\z)"#;

/// Whether a character may close a sentence, or is white space there.
pub fn closes(c: char) -> bool {
    ".!?;…\"'”’“‘»›«)]。！？".contains(c) || c.is_whitespace() || (PARAGRAPH..=LINE).contains(&c)
}

/// What stands between groups that repeat.
fn between(language: Language) -> String {
    let and = any([&language.between.all]);
    format!(r"(?:\s*[,;/&+]\s*(?:{and}\s+)?|\s+(?:{and}\s+)?)")
}

/// The same, at the start of a text.
pub fn between_at_start(language: Language) -> String {
    format!(r"\A{}", between(language))
}

/// What a group of the regular expression is of the pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// By its number.
    Placeholder(usize),
    /// A part in brackets, which need not be there.
    Optional,
    /// What stands several times, all of it.
    Repeated,
}

/// Writes regular expressions.
pub struct Writer<'p> {
    pub kinds: &'p [String],
    pub language: Language,
    /// Whether places are left open that only look at what stands beside them.
    pub is_loose: bool,
    /// Whether nothing is to be a group of its own.
    is_mute: bool,
    pub source: String,
    pub roles: Vec<Role>,
}

impl<'p> Writer<'p> {
    pub fn new((kinds, language): (&'p [String], Language), is_loose: bool) -> Writer<'p> {
        let (source, roles) = (String::new(), Vec::new());
        Writer { kinds, language, is_loose, is_mute: false, source, roles }
    }

    /// Writes a pattern. Gives where each of its elements begins.
    pub fn pattern(&mut self, elements: &[Element]) -> Vec<usize> {
        self.elements(elements, true)
    }

    /// Writes elements; the last of them may be the end of the pattern.
    fn elements(&mut self, elements: &[Element], is_last: bool) -> Vec<usize> {
        let is_optional = |e: &&Element| matches!(e.part, Part::Optional(_));
        let required = elements.len() - elements.iter().rev().take_while(is_optional).count();
        let mut starts = Vec::new();
        for (n, element) in elements.iter().enumerate() {
            starts.push(self.source.len());
            // `$`, and a figure: words such as `about` stand before the mark.
            if let Part::Literal(mark) = &element.part
                && matches!(elements.get(n + 1).map(|e| &e.part), Some(Part::Placeholder(_)))
                && shapes::is_currency(mark)
            {
                self.source.push_str(&shapes::before("number", self.language));
            }
            self.element(element, is_last && n + 1 >= required);
        }
        let ends = required.checked_sub(1).and_then(|n| elements.get(n));
        if is_last && ends.is_some_and(|element| self.is_open(element)) {
            let closing = self.closing();
            self.source.push_str(&closing);
        }
        starts
    }

    /// A text at the end of a pattern goes on to the end of its sentence.
    fn closing(&self) -> String {
        if self.is_loose { format!("(?:{})?", CLOSING.replace(r"|\z", "")) } else { CLOSING.into() }
    }

    fn element(&mut self, element: &Element, is_last: bool) {
        match &element.part {
            Part::Literal(text) => self.source.push_str(&format!("(?i:{})", escape(text))),
            Part::Space => self.source.push_str(&format!("{SPACE}+")),
            Part::Gap { is_spaced: true } => self.source.push_str(GAP),
            Part::Gap { is_spaced: false } => self.source.push_str(&format!("{WITHIN}*?")),
            Part::Placeholder(n) => {
                let kind = self.kinds.get(*n).map_or("", String::as_str);
                self.source.push_str(&shapes::before(kind, self.language));
                self.open(Role::Placeholder(*n));
                self.source.push_str(&held(kind, self.language));
                self.source.push_str(&format!("){}", shapes::behind(kind, self.language)));
            }
            Part::Alternatives(all) => {
                for (n, alternative) in all.iter().enumerate() {
                    self.source.push_str(if n == 0 { "(?:" } else { "|" });
                    self.elements(alternative, is_last);
                }
                self.source.push(')');
            }
            Part::Optional(inner) => {
                self.open(Role::Optional);
                self.elements(inner, is_last);
                self.source.push_str(")?");
            }
            Part::Repeated(inner) => {
                self.open(Role::Repeated);
                let (was_mute, before) = (self.is_mute, std::mem::take(&mut self.source));
                self.is_mute = true;
                self.elements(inner, false);
                let group = std::mem::replace(&mut self.source, before);
                self.is_mute = was_mute;
                self.source
                    .push_str(&format!("(?:(?:{group}){})*(?:{group}))", between(self.language)));
                let ends = inner.last().is_some_and(|e| self.is_open(e));
                if is_last && ends {
                    let closing = self.closing();
                    self.source.push_str(&closing);
                }
            }
        }
    }

    /// One of the groups that stand several times, which another one or the end of them follows.
    pub fn one_of(&mut self, inner: &[Element]) {
        self.open(Role::Repeated);
        self.elements(inner, false);
        self.is_mute = true;
        self.source.push_str(&format!("){}?(?:", between(self.language)));
        self.elements(inner, false);
        self.source.push_str(r"|\z)");
        self.is_mute = false;
    }

    /// Begins a group.
    fn open(&mut self, role: Role) {
        if self.is_mute {
            self.source.push_str("(?:");
        } else {
            self.roles.push(role);
            self.source.push('(');
        }
    }

    /// Whether an element is a text that goes on to what follows it.
    fn is_open(&self, element: &Element) -> bool {
        matches!(&element.part, Part::Placeholder(n) if self.kinds.get(*n).is_some_and(|k| is_text(k)))
    }
}

/// Whether a placeholder of a kind holds any text within its sentence.
pub fn is_text(kind: &str) -> bool {
    matches!(kind, "" | "name")
}

/// The shape of what a placeholder holds in a marked text.
pub fn held(kind: &str, language: Language) -> String {
    if let Some(values) = kind.strip_prefix(ONE_OF) {
        return values.to_string();
    }
    match kind {
        "" | "name" => format!("{WITHIN}+?"),
        // The shortest text, not beyond its paragraph.
        "text" => r"[^\x1d]+?".into(),
        "word" => r"[^\s,;:.()\x1d-\x1f]+".into(),
        "line" => r"[^\n\x1d\x1f]+".into(),
        typed => shape(typed, language),
    }
}

/// A regular expression that asks for nothing beside the text that it matches: it matches all that
/// the other one does, and is read backwards, over any text, in one pass.
pub fn without_looking(source: &str) -> String {
    let part = |part: &str| {
        let edges = ["{start-half}", "{end-half}", "{start}", "{end}", ""];
        let edges = edges.iter().map(|edge| format!(r"\b{edge}"));
        edges.fold(part.to_string(), |part, edge| part.replace(&edge, ""))
    };
    // An escaped backslash is no part of what follows it.
    source.split(r"\\").map(part).collect::<Vec<_>>().join(r"\\")
}
