//! Wordings of claims, and where they stand in a sentence.

use crate::propose::prose::claims::tokens::{Token, words};
use crate::propose::prose::terms::Term;
use crate::value::language::words::Words;

/// Words of a phrase.
type Phrase = Vec<String>;

/// A piece of a wording.
#[derive(Debug, Clone)]
enum Part {
    /// A figure, and the role that it has.
    Figure(&'static str),
    /// One of some phrases, perhaps none.
    Phrase {
        name: &'static str,
        all: Vec<Phrase>,
        is_optional: bool,
    },
    /// So many words of any kind, or fewer.
    Words(usize),
    /// When it was: `last year`, `in 2023`.
    When,
    Comma {
        is_optional: bool,
    },
    Mark(char),
    /// The end of what is claimed.
    End,
}

/// What a wording is made of: its pieces, and the phrases of the language.
pub struct Template {
    parts: Vec<Part>,
}

/// Phrases of a language that no template names.
pub struct Phrases {
    when: Vec<Phrase>,
    on: Vec<Phrase>,
    joins: Vec<Phrase>,
    apart: Vec<Phrase>,
}

/// Where a wording stands.
#[derive(Default, Clone)]
pub struct Found<'t> {
    figures: Vec<(&'static str, usize, &'t Term)>,
    /// The words that named phrases have, and where words of any kind stand.
    phrases: Vec<(&'static str, usize)>,
    free: Vec<(usize, usize)>,
    pub start: usize,
    pub end: usize,
}

impl<'t> Found<'t> {
    pub fn figure(&self, role: &str) -> Option<&'t Term> {
        self.figures.iter().find(|own| own.0 == role).map(|own| own.2)
    }

    pub fn place(&self, role: &str) -> Option<usize> {
        self.figures.iter().find(|own| own.0 == role).map(|own| own.1)
    }

    /// Where a phrase of a list begins.
    pub fn phrases(&self, name: &str) -> impl Iterator<Item = usize> {
        self.phrases.iter().filter(move |own| own.0 == name).map(|own| own.1)
    }

    /// The word right behind a figure that says what it counts.
    pub fn unit<'w>(&self, role: &str, tokens: &'w [Token<'_>]) -> Option<&'w str> {
        let at = self.place(role)? + 1;
        let is_free = self.free.iter().any(|(from, to)| (*from..*to).contains(&at));
        tokens.get(at).filter(|_| is_free)?.word()
    }
}

fn phrases(all: &[String]) -> Vec<Phrase> {
    all.iter().map(|phrase| words(phrase)).collect()
}

impl Phrases {
    pub fn new(language: &Words) -> Phrases {
        let claims = &language.claims;
        let mut apart = phrases(&claims.apart);
        apart.extend(phrases(&claims.up));
        apart.extend(phrases(&claims.down));
        let (when, on) = (phrases(&claims.when), phrases(&claims.on));
        Phrases { when, on, joins: phrases(&claims.joins), apart }
    }

    /// Whether a word begins another clause.
    pub fn is_join(&self, token: &Token<'_>) -> bool {
        token.word().is_some_and(|word| self.joins.iter().any(|own| *own == [word]))
    }

    /// Whether a word may stand between a figure and the words that it belongs to.
    fn is_free(&self, token: &Token<'_>) -> bool {
        let is_plain = |word: &str| {
            !word.contains(|c: char| c.is_numeric()) && !self.apart.iter().any(|own| *own == [word])
        };
        token.word().is_some_and(is_plain)
    }
}

impl Template {
    /// Reads a wording: `{role}`, `<phrases>`, `<phrases>?`, `.3` for words, `~` for when it was, `,`, `,?`, brackets,
    /// and `END`.
    pub fn new(text: &str, language: &Words) -> Template {
        let part = |text: &str| match text {
            "~" => Some(Part::When),
            "," => Some(Part::Comma { is_optional: false }),
            ",?" => Some(Part::Comma { is_optional: true }),
            "(" => Some(Part::Mark('(')),
            ")" => Some(Part::Mark(')')),
            "END" => Some(Part::End),
            text => match text.strip_prefix('.').and_then(|n| n.parse().ok()) {
                Some(n) => Some(Part::Words(n)),
                None => named(text, language),
            },
        };
        Template { parts: text.split(' ').filter_map(part).collect() }
    }

    /// Where it stands first.
    pub fn find<'t>(&self, tokens: &[Token<'t>], language: &Phrases) -> Option<Found<'t>> {
        (0..tokens.len()).find_map(|start| {
            let found = Found { start, ..Found::default() };
            go(&self.parts, start, (tokens, language), found)
        })
    }
}

const ROLES: [&str; 11] =
    ["by", "was", "is", "times", "n", "m", "c", "part", "whole", "from", "to"];

/// A figure with a role, or a list of phrases.
fn named(text: &str, language: &Words) -> Option<Part> {
    if let Some(role) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        return ROLES.into_iter().find(|own| *own == role).map(Part::Figure);
    }
    let (text, is_optional) = match text.strip_suffix('?') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let own = &language.claims;
    let way = [own.up.as_slice(), own.down.as_slice()].concat();
    let articles: Vec<String> = language.articles.all.clone();
    let (name, all): (&'static str, &[String]) = match text {
        "<way>" => ("way", &way),
        "<by>" => ("by", &own.by),
        "<of>" => ("of", &own.of),
        "<from>" => ("from", &own.from),
        "<to>" => ("to", &own.to),
        "<until>" => ("until", &own.until),
        "<or>" => ("or", &own.or),
        "<more>" => ("more", &own.more),
        "<less>" => ("less", &own.less),
        "<than>" => ("than", &own.than),
        "<the>" => ("the", &own.the),
        "<a>" => ("a", &articles),
        "<average>" => ("average", &own.average),
        "<each>" => ("each", &own.each),
        "<of_each>" => ("of_each", &own.of_each),
        "<for>" => ("for", &own.lasting),
        "<years>" => ("years", &language.cues.years),
        "<of_whole>" => ("of_whole", &own.of_whole),
        _ => return None,
    };
    Some(Part::Phrase { name, all: phrases(all), is_optional })
}

/// How many words a phrase of some has at a place, the longest first.
fn at(all: &[Phrase], tokens: &[Token<'_>], at: usize) -> Vec<usize> {
    let is_here = |phrase: &&Phrase| {
        let own = tokens.get(at..at + phrase.len()).unwrap_or_default();
        !phrase.is_empty()
            && own.len() == phrase.len()
            && own.iter().zip(phrase.iter()).all(|(a, b)| a.word() == Some(b.as_str()))
    };
    let mut lengths: Vec<usize> = all.iter().filter(is_here).map(Vec::len).collect();
    lengths.sort_unstable_by(|a, b| b.cmp(a));
    lengths
}

/// Where phrases that say when it was may end.
fn when(tokens: &[Token<'_>], language: &Phrases, start: usize) -> Vec<usize> {
    let mut ends = vec![start];
    while let Some(last) = ends.last().copied() {
        let of_date = |words: usize| {
            tokens.get(last + words).is_some_and(Token::is_date).then_some(last + words + 1)
        };
        let dated = at(&language.on, tokens, last).into_iter().chain([0]).find_map(of_date);
        let said = || at(&language.when, tokens, last).first().map(|words| last + words);
        let Some(end) = dated.or_else(said) else { break };
        ends.push(end);
    }
    ends.reverse();
    ends
}

/// Goes on with a wording.
fn go<'t>(
    parts: &[Part],
    place: usize,
    (tokens, language): (&[Token<'t>], &Phrases),
    found: Found<'t>,
) -> Option<Found<'t>> {
    let Some((part, rest)) = parts.split_first() else {
        return Some(Found { end: place, ..found });
    };
    let on = |place: usize, found: Found<'t>| go(rest, place, (tokens, language), found);
    let here = tokens.get(place);
    match part {
        Part::Figure(role) => {
            let Some(Token::Figure(term)) = here else { return None };
            let mut found = found;
            found.figures.push((role, place, term));
            on(place + 1, found)
        }
        Part::Phrase { name, all, is_optional } => {
            let taken = |words: usize| {
                let mut found = found.clone();
                found.phrases.push((name, place));
                on(place + words, found)
            };
            let mut all = at(all, tokens, place).into_iter();
            all.find_map(taken).or_else(|| is_optional.then(|| on(place, found.clone()))?)
        }
        Part::Words(most) => {
            let own = tokens.get(place..).unwrap_or_default();
            let free = own.iter().take_while(|token| language.is_free(token)).count().min(*most);
            (0..=free).find_map(|words| {
                let mut found = found.clone();
                found.free.push((place, place + words));
                on(place + words, found)
            })
        }
        Part::When => {
            when(tokens, language, place).into_iter().find_map(|end| on(end, found.clone()))
        }
        Part::Comma { is_optional } => match here {
            Some(Token::Mark(',' | '–' | '—')) => on(place + 1, found),
            _ => is_optional.then(|| on(place, found))?,
        },
        Part::Mark(mark) => match here {
            Some(Token::Mark(own)) if own == mark => on(place + 1, found),
            _ => None,
        },
        Part::End => {
            let ends = |token: &Token<'_>| {
                matches!(token, Token::Mark(mark) if *mark != '(') || language.is_join(token)
            };
            here.is_none_or(ends).then(|| on(place, found))?
        }
    }
}
