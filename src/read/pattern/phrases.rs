//! The words and phrases of a language as regular expressions.

use std::collections::BTreeMap;

use crate::read::pattern::parse::escape;

/// What stands between the words of a phrase, beyond ASCII too: `per&nbsp;cent`.
const BETWEEN: &str = r"(?u:[\s-]+)";

/// What matches nothing.
const NOTHING: &str = r"[^\s\S]";

/// One of these phrases, as whole words.
pub(super) fn any<'p>(lists: impl IntoIterator<Item = &'p Vec<String>>) -> String {
    alternatives(lists.into_iter().flatten().map(String::as_str), r"\b")
}

/// The same right behind a digit.
pub(super) fn behind_digits<'p>(lists: impl IntoIterator<Item = &'p Vec<String>>) -> String {
    alternatives(lists.into_iter().flatten().map(String::as_str), "")
}

/// One of these phrases and the white space behind it, which what ends with an apostrophe has none of.
pub(super) fn said<'p>(all: impl Iterator<Item = &'p str>) -> String {
    let is_glued = |phrase: &&str| phrase.ends_with(['\'', '’']);
    let (glued, apart): (Vec<&str>, Vec<&str>) = all.partition(is_glued);
    let apart = format!(r"{}\s+", alternatives(apart.into_iter(), r"\b"));
    match glued.is_empty() {
        true => apart,
        false => format!("{apart}|{}", alternatives(glued.into_iter(), r"\b")),
    }
}

/// What may stand behind digits that makes an ordinal or a day of them.
pub(super) fn ends(all: &[String]) -> String {
    let mut all: Vec<&str> = all.iter().map(String::as_str).collect();
    all.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    let all: Vec<String> = all.into_iter().map(to_its_end).collect();
    if all.is_empty() { NOTHING.to_string() } else { format!("(?i:{})", all.join("|")) }
}

fn alternatives<'p>(all: impl Iterator<Item = &'p str>, edge: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == ' ' || c == '.';
    let (ascii, other): (Vec<&str>, Vec<&str>) =
        all.partition(|phrase| phrase.chars().all(is_plain));
    let mut parts = Vec::new();
    // Only ASCII letters have edges that cost nothing to see.
    if !ascii.is_empty() {
        parts.push(format!("(?i-u:{edge}{})", tree(&ascii)));
    }
    if !other.is_empty() {
        parts.push(format!("(?i:{})", tree(&other)));
    }
    match parts.is_empty() {
        true => NOTHING.to_string(),
        false => format!("(?:{})", parts.join("|")),
    }
}

/// A word, and what may follow it in a phrase.
type Word<'p> = (&'p str, &'p [&'p str]);

/// Phrases whose first words are written once.
fn tree(phrases: &[&str]) -> String {
    let mut by_word: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for phrase in phrases {
        let (word, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
        by_word.entry(word).or_default().push(rest);
    }
    let mut words: Vec<Word<'_>> =
        by_word.iter().map(|(word, rests)| (*word, rests.as_slice())).collect();
    words.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.0.cmp(b.0)));
    format!("(?:{})", letters(&words))
}

/// One of some words, the longest first. A letter that several of them begin with is written once:
/// where a text has another one, all of them are left at once.
fn letters(words: &[Word<'_>]) -> String {
    let letter = |word: &str| {
        let mut first = word.bytes().take(2).filter(u8::is_ascii_alphabetic);
        let letter = first.next().map(|byte| byte.to_ascii_lowercase());
        letter.filter(|_| first.next().is_some())
    };
    let mut groups: Vec<(Option<u8>, Vec<Word<'_>>)> = Vec::new();
    for word in words {
        let own = letter(word.0);
        match groups.iter_mut().find(|group| own.is_some() && group.0 == own) {
            Some(group) => group.1.push(*word),
            None => groups.push((own, vec![*word])),
        }
    }
    let group = |(letter, words): &(Option<u8>, Vec<Word<'_>>)| match (letter, &words[..]) {
        (Some(letter), [_, _, ..]) => {
            let tails =
                words.iter().map(|(word, rests)| (word.get(1..).unwrap_or_default(), *rests));
            let tails: Vec<Word<'_>> = tails.collect();
            format!("{}(?:{})", char::from(*letter), letters(&tails))
        }
        _ => words.iter().map(one).collect::<Vec<_>>().join("|"),
    };
    groups.iter().map(group).collect::<Vec<_>>().join("|")
}

/// A word and what may follow it.
fn one((word, rests): &Word<'_>) -> String {
    let longer: Vec<&str> = rests.iter().copied().filter(|rest| !rest.is_empty()).collect();
    let end = if longer.len() < rests.len() { whole(word) } else { String::new() };
    let longer = match longer.is_empty() {
        true => String::new(),
        false => format!("{}{BETWEEN}{}", escape(word), tree(&longer)),
    };
    match (longer.is_empty(), end.is_empty()) {
        (true, _) => end,
        (_, true) => longer,
        _ => format!("{longer}|{end}"),
    }
}

/// A word to its end, with the full stop that may belong to it.
fn whole(word: &str) -> String {
    let plain = word.strip_suffix('.').unwrap_or(word);
    let stop = if plain.len() < word.len() { r"\.?" } else { "" };
    format!("{}{stop}", to_its_end(plain))
}

/// A text that ends where a word does.
fn to_its_end(text: &str) -> String {
    let edge = if text.ends_with(|c: char| c.is_ascii_alphanumeric()) { r"(?-u:\b)" } else { "" };
    format!("{}{edge}", escape(text))
}
