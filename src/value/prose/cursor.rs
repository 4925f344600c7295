//! A place in a text, and the little that is read from there.

use crate::value::language::phrases::{Phrases, first_word, gap, joint};

/// A place in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'t> {
    pub text: &'t str,
    pub at: usize,
}

impl<'t> Cursor<'t> {
    pub fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes one of these characters.
    pub fn eat(&mut self, signs: &[char]) -> Option<char> {
        let sign = self.peek().filter(|c| signs.contains(c))?;
        self.at += sign.len_utf8();
        Some(sign)
    }

    /// Takes a run of ASCII digits, which may be empty.
    pub fn digits(&mut self) -> &'t str {
        let rest = self.rest();
        let n = rest.bytes().take_while(u8::is_ascii_digit).count();
        self.at += n;
        rest.get(..n).unwrap_or_default()
    }

    /// Takes a run of letters, which may be empty.
    pub fn word(&mut self) -> &'t str {
        let word = first_word(self.rest());
        self.at += word.len();
        word
    }

    /// Takes the longest of these phrases, whatever its capitals.
    pub fn take<T: Copy>(&mut self, phrases: &Phrases<T>) -> Option<T> {
        let (length, meaning) = phrases.at(self.rest())?;
        self.at += length;
        Some(meaning)
    }

    /// Takes white space within a paragraph.
    pub fn gap(&mut self) -> bool {
        let length = gap(self.rest());
        self.at += length;
        length > 0
    }

    /// Takes white space or a hyphen between two words; a line may break beside the hyphen.
    pub fn joint(&mut self) -> bool {
        let length = joint(self.rest());
        self.at += length;
        length > 0
    }

    /// Whether the next character goes on with a word or a number.
    pub fn is_in_word(&self) -> bool {
        self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_')
    }
}

/// What stands between the ends of a range.
pub(super) const DASHES: [char; 5] = ['-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}'];
/// What a figure below zero begins with.
pub(super) const MINUS: [char; 5] = ['-', '\u{2212}', '\u{2013}', '\u{ff0d}', '\u{fe63}'];
