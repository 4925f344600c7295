//! Words and phrases that mean something, as the file of a language lists them.

use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;

use serde::Deserialize;

/// Phrases, each with what it means. Letters may be large or small; white space or a hyphen stands
/// between words.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "BTreeMap<String, T>", bound = "T: Deserialize<'de> + Copy")]
pub struct Phrases<T> {
    /// By the phrase in small letters, a space between words.
    meanings: HashMap<String, Meaning<T>>,
    /// How many words the longest has.
    most: usize,
    /// The ASCII characters that they begin with, a bit for each: most texts begin with another.
    firsts: u128,
    /// The phrases in small letters, in order, with the full stops that they may end with.
    pub all: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
struct Meaning<T> {
    value: T,
    /// Whether a full stop may follow that belongs to it.
    takes_stop: bool,
}

impl<T> Default for Phrases<T> {
    fn default() -> Phrases<T> {
        Phrases { meanings: HashMap::new(), most: 0, firsts: 0, all: Vec::new() }
    }
}

impl<T: Copy> From<BTreeMap<String, T>> for Phrases<T> {
    fn from(all: BTreeMap<String, T>) -> Phrases<T> {
        Phrases::new(all.iter().map(|(phrase, value)| (phrase.as_str(), *value)))
    }
}

impl<T: Copy> Phrases<T> {
    /// Phrases as they are written; one that ends with a full stop stands with it or without it.
    pub fn new<'p>(all: impl Iterator<Item = (&'p str, T)>) -> Phrases<T> {
        let mut phrases = Phrases::default();
        for (phrase, value) in all {
            let phrase = phrase.to_lowercase();
            let plain = phrase.strip_suffix('.').unwrap_or(&phrase).replace(". ", " ");
            phrases.most = phrases.most.max(plain.split(' ').count());
            phrases.firsts |= plain.bytes().next().filter(u8::is_ascii).map_or(0, |b| 1 << b);
            let takes_stop = phrase.ends_with('.');
            phrases.meanings.insert(plain, Meaning { value, takes_stop });
            phrases.all.push(phrase);
        }
        phrases.all.sort();
        phrases.all.dedup();
        phrases
    }

    /// The longest phrase that a text begins with: how many bytes it has, and what it means.
    pub fn at(&self, text: &str) -> Option<(usize, T)> {
        let first = text.bytes().next()?.to_ascii_lowercase();
        if first.is_ascii() && self.firsts >> first & 1 == 0 {
            return None;
        }
        let (mut phrase, mut end, mut found) = (String::new(), 0, None);
        for n in 0..self.most {
            let rest = text.get(end..)?;
            let gap = if n == 0 { 0 } else { joint_behind(phrase.len(), rest) };
            let word = first_word(rest.get(gap..)?);
            if word.is_empty() || n > 0 && gap == 0 {
                break;
            }
            if n > 0 {
                phrase.push(' ');
            }
            phrase.extend(word.chars().flat_map(char::to_lowercase));
            end += gap + word.len();
            let behind = text.get(end..)?;
            if behind.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                break;
            }
            if let Some(Meaning { value, takes_stop }) = self.meanings.get(&phrase) {
                found = Some((end + usize::from(*takes_stop && behind.starts_with('.')), *value));
            }
        }
        found
    }

    /// What a whole text means.
    pub fn get(&self, text: &str) -> Option<T> {
        self.at(text).filter(|(end, _)| *end == text.len()).map(|(_, value)| value)
    }

    /// Whether a word is one of those that may end with a full stop.
    pub fn has_stop(&self, word: &str) -> bool {
        self.meanings.get(&word.to_lowercase()).is_some_and(|meaning| meaning.takes_stop)
    }

    /// The meaning of a phrase in small letters.
    pub fn known(&self, phrase: &str) -> Option<T> {
        self.meanings.get(phrase).map(|meaning| meaning.value)
    }
}

/// What joins two words, of which the first has so many bytes: a single letter may be cut short, as in `v. H.`.
fn joint_behind(length: usize, text: &str) -> usize {
    match text.strip_prefix('.').filter(|_| length == 1) {
        Some(behind) => 1 + joint(behind),
        None => joint(text),
    }
}

/// Phrases that only have to be known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct List(Phrases<()>);

impl From<Vec<String>> for List {
    fn from(all: Vec<String>) -> List {
        List(Phrases::new(all.iter().map(|phrase| (phrase.as_str(), ()))))
    }
}

impl Deref for List {
    type Target = Phrases<()>;
    fn deref(&self) -> &Phrases<()> {
        &self.0
    }
}

impl List {
    /// Whether a word is one of these.
    pub fn has(&self, word: &str) -> bool {
        self.get(word).is_some()
    }
}

/// The run of letters that a text begins with.
pub fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// What joins words.
pub const HYPHENS: [char; 4] = ['-', '\u{2010}', '\u{2011}', '\u{ad}'];

/// The bytes of white space within a paragraph that a text begins with.
pub fn gap(text: &str) -> usize {
    let gap = text.len() - text.trim_start().len();
    let lines = text.as_bytes().iter().take(gap).filter(|b| **b == b'\n').count();
    if lines < 2 { gap } else { 0 }
}

/// The bytes of white space or of a hyphen between two words that a text begins with; a line may
/// break beside the hyphen.
pub fn joint(text: &str) -> usize {
    let space = gap(text);
    let is_broken = text.as_bytes().iter().take(space).any(|b| *b == b'\n');
    if space > 0 && !is_broken {
        return space;
    }
    let rest = text.get(space..).unwrap_or_default();
    let Some(behind) = rest.strip_prefix(HYPHENS) else { return space };
    let end = text.len() - behind.len();
    if behind.starts_with('\n') { end + gap(behind) } else { end }
}

/// Whether two texts are the same but for the size of their letters.
pub fn same(a: &str, b: &str) -> bool {
    let small = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    a.eq_ignore_ascii_case(b) || !a.is_ascii() && small(a) == small(b)
}
