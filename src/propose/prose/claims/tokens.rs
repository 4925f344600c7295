//! A sentence as its words, its figures, and the marks that set them apart.

use crate::propose::prose::terms::{Kind, Term};
use crate::read::text::said::Said;
use crate::value::Type;
use crate::value::hedge::words_of_hedge;

/// Letters of what is cut short before an apostrophe, at most: `l'`, `dell'`.
const CUT: usize = 5;

pub enum Token<'t> {
    /// In small letters.
    Word(String),
    Mark(char),
    Figure(&'t Term),
    /// A date that is no term.
    Date,
    /// A figure of which nothing is known, or only that it is more or less than something.
    Unread,
}

impl Token<'_> {
    pub fn word(&self) -> Option<&str> {
        match self {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it says how many or how much; a year does not.
    pub fn is_amount(&self) -> bool {
        match self {
            Token::Figure(term) => term.kind != Kind::Year,
            Token::Unread => true,
            Token::Word(word) => word.contains(|c: char| c.is_numeric()),
            Token::Mark(_) | Token::Date => false,
        }
    }

    pub fn is_date(&self) -> bool {
        matches!(self, Token::Date) || matches!(self, Token::Figure(t) if t.kind == Kind::Year)
    }
}

/// The words and marks of a text.
fn add_words(text: &str, out: &mut Vec<Token<'_>>) {
    let mut word = String::new();
    let end = |word: &mut String, out: &mut Vec<Token<'_>>| {
        if !word.is_empty() {
            out.push(Token::Word(std::mem::take(word)));
        }
    };
    for c in text.chars() {
        match c {
            '\'' | '’' if !word.is_empty() => {
                word.push('\'');
                if word.chars().count() <= CUT {
                    end(&mut word, out);
                }
            }
            c if c.is_alphanumeric() || c == '-' && !word.is_empty() => {
                word.extend(c.to_lowercase());
            }
            c => {
                end(&mut word, out);
                if ",;:()–—".contains(c) {
                    out.push(Token::Mark(c));
                }
            }
        }
    }
    end(&mut word, out);
}

/// A phrase as the words that it is made of.
pub fn words(phrase: &str) -> Vec<String> {
    let mut all = Vec::new();
    add_words(phrase, &mut all);
    all.iter().filter_map(|token| token.word().map(str::to_string)).collect()
}

/// A sentence; nothing where cells stand in it, or amounts of several currencies.
pub fn tokens<'t>(said: &Said<'_>, sentence: usize, terms: &[&'t Term]) -> Option<Vec<Token<'t>>> {
    let range = said.sentences.get(sentence)?;
    let text = |from: usize, to: usize| said.document.text.get(from..to);
    let whole = text(range.start, range.end)?;
    let mut currencies: Vec<char> = whole.chars().filter(|c| "$€£¥".contains(*c)).collect();
    currencies.dedup();
    if whole.contains(" | ") || currencies.len() > 1 {
        return None;
    }
    let mut all = Vec::new();
    let mut at = range.start;
    for figure in said.figures.iter().filter(|own| own.sentence == sentence) {
        let own = &figure.range;
        let before = text(at, own.start)?;
        let term = terms.iter().find(|term| term.at.start == own.start);
        let end = term.map_or(own.end, |term| term.at.end.max(own.end));
        // `160 more than the 2,980` says how much more, and not how near.
        let (hedge, more) = match term.is_some_and(|term| term.is_hedged) {
            true => words_of_hedge(before, text(end, range.end)?, said.language),
            false => (before.len(), 0),
        };
        add_words(before.get(..hedge)?, &mut all);
        all.push(match term {
            Some(term) => Token::Figure(term),
            None if figure.ty == Type::Date => Token::Date,
            None => Token::Unread,
        });
        at = end + more;
    }
    add_words(text(at, range.end)?, &mut all);
    Some(all)
}
