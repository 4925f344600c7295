//! A place in a text, and the little that is read from there.

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
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Takes a whole word, if it is one of these, whatever its capitals.
    pub fn keyword(&mut self, words: &[&str]) -> Option<usize> {
        let mut look = *self;
        let word = look.word();
        let found = words.iter().position(|w| w.eq_ignore_ascii_case(word))?;
        (!look.is_in_word()).then(|| {
            *self = look;
            found
        })
    }

    /// Takes words that stand in this order with white space or hyphens between them.
    pub fn phrase(&mut self, words: &str) -> bool {
        let mut look = *self;
        for (n, word) in words.split(' ').enumerate() {
            if n > 0 && !look.joint() || look.keyword(&[word]).is_none() {
                return false;
            }
        }
        *self = look;
        true
    }

    /// Takes white space within a paragraph.
    pub fn gap(&mut self) -> bool {
        let rest = self.rest();
        let behind = rest.trim_start();
        let gap = rest.get(..rest.len() - behind.len()).unwrap_or_default();
        let is_gap = !gap.is_empty() && gap.bytes().filter(|b| *b == b'\n').count() < 2;
        self.at += if is_gap { gap.len() } else { 0 };
        is_gap
    }

    /// Takes white space or a hyphen between two words; a line may break beside the hyphen.
    pub fn joint(&mut self) -> bool {
        let start = self.at;
        let has_gap = self.gap();
        let is_broken = self.text.get(start..self.at).is_some_and(|gap| gap.contains('\n'));
        if has_gap && !is_broken {
            return true;
        }
        let has_hyphen = self.eat(&HYPHENS).is_some();
        if has_hyphen && self.peek() == Some('\n') {
            self.gap();
        }
        has_gap || has_hyphen
    }

    /// Whether the next character goes on with a word or a number.
    pub fn is_in_word(&self) -> bool {
        self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_')
    }
}

/// What joins words.
pub(super) const HYPHENS: [char; 4] = ['-', '\u{2010}', '\u{2011}', '\u{ad}'];
/// What stands between the ends of a range.
pub(super) const DASHES: [char; 5] = ['-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}'];
/// What a figure below zero begins with.
pub(super) const MINUS: [char; 5] = ['-', '\u{2212}', '\u{2013}', '\u{ff0d}', '\u{fe63}'];
