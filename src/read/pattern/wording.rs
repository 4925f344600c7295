//! How much of a pattern's own words stands in a text, in their order.

use std::collections::HashMap;
use std::ops::Range;

use crate::read::pattern::parse::{Element, Part, folded};

/// Words of a pattern that are kept apart at most.
const MOST: usize = 128;
/// Words of a text that are looked at together.
const WORDS: usize = 400;

/// The words of a pattern.
#[derive(Debug, Clone)]
pub struct Wording {
    tokens: Vec<Token>,
    /// By word, the tokens that it may be, one bit each.
    by_word: HashMap<String, u128>,
    /// Where the first part of the pattern stands in it.
    pub first: Range<usize>,
}

/// A word that has to stand in a match, or several of which one has to.
#[derive(Debug, Clone)]
struct Token {
    /// Where it stands in the pattern.
    span: Range<usize>,
    letters: usize,
}

/// How much of the words stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Letters of the words that do.
    pub letters: usize,
    /// How many words do.
    pub words: usize,
    /// The first word that does not, where it stands in the pattern, and what stands in its place.
    pub missing: Option<(Range<usize>, Range<usize>)>,
    /// Where the first of them stands, in the pattern and in the text.
    pub first: Option<(Range<usize>, Range<usize>)>,
}

impl Wording {
    /// Of these elements.
    pub(super) fn of(elements: &[Element]) -> Wording {
        let first = elements.first().map_or(0..0, |element| element.span.clone());
        let mut wording = Wording { tokens: Vec::new(), by_word: HashMap::new(), first };
        for element in elements {
            let mut words = Vec::new();
            collect(&element.part, &mut words);
            let longest = words.iter().map(|word| word.chars().count()).max();
            let (Some(letters), true) = (longest, wording.tokens.len() < MOST) else { continue };
            for word in words {
                *wording.by_word.entry(word).or_default() |= 1 << wording.tokens.len();
            }
            wording.tokens.push(Token { span: element.span.clone(), letters });
        }
        wording
    }

    /// How many words there are, and letters in them.
    pub fn size(&self) -> (usize, usize) {
        (self.tokens.len(), self.tokens.iter().map(|token| token.letters).sum())
    }

    /// How much of the words stands in a part of a text.
    pub fn measure(&self, text: &str, part: Range<usize>) -> Measure {
        let words = self.words(text, part.clone());
        let pairs = self.in_order(&words);
        let letters = pairs.iter().map(|(token, _)| self.tokens[*token].letters).sum();
        let missing = (0..self.tokens.len()).find(|n| pairs.iter().all(|pair| pair.0 != *n));
        let missing = missing.map(|token| {
            let next = pairs.iter().find(|pair| pair.0 > token).map(|pair| pair.1);
            let before = pairs.iter().rev().find(|pair| pair.0 < token).map(|pair| pair.1);
            let end = next.and_then(|n| words.get(n)).map_or(part.end, |word| word.0.start);
            let start = match (before, next) {
                (Some(before), _) => words.get(before).map_or(part.start, |word| word.0.end),
                // As many words as are missing before the first that stands there.
                (None, Some(next)) => {
                    let gone = pairs.first().map_or(1, |pair| pair.0);
                    words.get(next.saturating_sub(gone)).map_or(part.start, |w| w.0.start)
                }
                (None, None) => part.start,
            };
            (self.tokens[token].span.clone(), start..end.max(start))
        });
        let first = pairs.first().filter(|pair| pair.0 == 0);
        let first = first.and_then(|pair| {
            Some((self.tokens.first()?.span.clone(), words.get(pair.1)?.0.clone()))
        });
        Measure { letters, words: pairs.len(), missing, first }
    }

    /// The words of a part of a text, each with the tokens that it may be.
    fn words(&self, text: &str, part: Range<usize>) -> Vec<(Range<usize>, u128)> {
        let (mut all, mut at) = (Vec::new(), part.start);
        let text = text.get(part).unwrap_or_default();
        for piece in text.split_inclusive(|c: char| c.is_whitespace() || c.is_control()) {
            let start = at;
            at += piece.len();
            let own = piece.trim_end_matches(|c: char| c.is_whitespace() || c.is_control());
            if !own.is_empty() {
                let tokens = self.by_word.get(&folded(own)).copied().unwrap_or(0);
                all.push((start..start + own.len(), tokens));
            }
            if all.len() >= WORDS {
                break;
            }
        }
        all
    }

    /// Pairs of tokens and words in the order of both, with as many letters as can be.
    fn in_order(&self, words: &[(Range<usize>, u128)]) -> Vec<(usize, usize)> {
        let known: Vec<usize> = (0..words.len()).filter(|n| words[*n].1 != 0).collect();
        let width = known.len() + 1;
        let mut best = vec![0_usize; (self.tokens.len() + 1) * width];
        for (t, token) in self.tokens.iter().enumerate().rev() {
            for (w, word) in known.iter().enumerate().rev() {
                let skip = best[(t + 1) * width + w].max(best[t * width + w + 1]);
                let is_it = words[*word].1 >> t & 1 == 1;
                let take = if is_it { token.letters + best[(t + 1) * width + w + 1] } else { 0 };
                best[t * width + w] = skip.max(take);
            }
        }
        let (mut pairs, mut t, mut w) = (Vec::new(), 0, 0);
        while t < self.tokens.len() && w < known.len() {
            let here = best[t * width + w];
            let is_it = words[known[w]].1 >> t & 1 == 1;
            if is_it && here == self.tokens[t].letters + best[(t + 1) * width + w + 1] {
                pairs.push((t, known[w]));
                (t, w) = (t + 1, w + 1);
            } else if here == best[(t + 1) * width + w] {
                t += 1;
            } else {
                w += 1;
            }
        }
        pairs
    }
}

/// The words of a part that has to be there; of alternatives, the first words of each.
fn collect(part: &Part, words: &mut Vec<String>) {
    match part {
        Part::Literal(text) => words.extend(Some(folded(text)).filter(|word| !word.is_empty())),
        Part::Alternatives(all) => {
            for alternative in all {
                let mut own = Vec::new();
                alternative.iter().for_each(|element| collect(&element.part, &mut own));
                words.extend(own.into_iter().next());
            }
        }
        _ => {}
    }
}
