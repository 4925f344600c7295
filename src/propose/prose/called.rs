//! What placeholders and tables of sentences are called: by the words beside the figures.

use crate::expr::lex::RESERVED;
use crate::propose::prose::cues::{Near, Way};
use crate::read::text::kinds::in_prose;
use crate::value::language::words::Cues;
use crate::value::{Hedge, NumberFormat, Type};

/// A word in the letters that names are written in without quotes.
fn plain(word: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'á' | 'â' | 'ã' | 'å' => "a".to_string(),
        'ä' | 'æ' => "ae".to_string(),
        'ç' => "c".to_string(),
        'è' | 'é' | 'ê' | 'ë' => "e".to_string(),
        'ì' | 'í' | 'î' | 'ï' => "i".to_string(),
        'ñ' => "n".to_string(),
        'ò' | 'ó' | 'ô' | 'õ' => "o".to_string(),
        'ö' | 'œ' => "oe".to_string(),
        'ß' => "ss".to_string(),
        'ù' | 'ú' | 'û' => "u".to_string(),
        'ü' => "ue".to_string(),
        c => c.to_string(),
    };
    word.chars().map(plain).collect()
}

/// Whether a word may be a name of what is counted: no numeral, which would say another figure.
fn is_name(word: &str, near: &Near) -> bool {
    let cues = near.cues();
    let number = in_prose(Type::Number, &NumberFormat::in_language(near.language));
    let is_numeral = || number.read_hedged(word, Hedge::None).is_ok();
    plain(word).is_ascii()
        && word.chars().count() > 1
        && word.chars().all(char::is_alphanumeric)
        && word.starts_with(char::is_alphabetic)
        && !cues.nameless.iter().any(|own| own == word)
        && !RESERVED.contains(&word)
        && !is_numeral()
}

/// What a placeholder is called.
pub fn placeholder(ty: Type, is_points: bool, near: &Near, taken: &[String]) -> String {
    let cues = near.cues();
    let is_change =
        near.way() != Way::Unsaid || near.before.iter().any(|word| cues.from.contains(word));
    // `Von den 480 Befragten waren 240 Frauen`: all of them, and no change.
    let is_whole = near.before.len() <= 2 && !near.is_of_change();
    let own = match ty {
        Type::Date => Some("date".to_string()),
        Type::Year => Some("year".to_string()),
        Type::Percent if is_points => Some("points".to_string()),
        Type::Percent => Some(match near.way() {
            Way::Up => "rise".to_string(),
            Way::Down => "fall".to_string(),
            Way::Unsaid => "share".to_string(),
        }),
        _ if near.counts_years() => Some("years".to_string()),
        _ if near.follows(&cues.from) && !is_whole => Some("before".to_string()),
        _ if near.follows(&cues.to) && is_change => Some("now".to_string()),
        _ => counted(near, cues),
    };
    unused(&own.map_or_else(|| "figure".to_string(), |own| plain(&own)), "_", taken)
}

/// The noun that a figure counts or measures: what stands behind it, what it is for, or of what the
/// sentence says it.
fn counted(near: &Near, cues: &Cues) -> Option<String> {
    let (before, behind) = near.clause();
    let is_own = |word: &&String| is_name(word, near) && !cues.money.contains(*word);
    let is_verb = |word: &String| {
        let by_its_end = cues.verb_ends.iter().any(|end| word.ends_with(end.as_str()));
        cues.verbs.contains(word) || by_its_end && word.chars().count() > 4
    };
    // What stands behind a comma or a bracket is another matter.
    let is_joined = near.joins[1].chars().all(|c| c.is_whitespace() || c == '-');
    let behind = if is_joined { behind } else { &[] };
    let is_noun = |word: &&String| is_own(word) && !is_verb(word);
    // `340 registered voters`
    let second = || behind.get(1).filter(|_| behind.first().is_some_and(is_verb)).filter(is_noun);
    let first = behind.first().filter(is_noun).or_else(second);
    // `12 million euros for schools`, `340 were spent on roads`
    let what_for = || {
        let at = behind.iter().take(4).position(|word| cues.about.contains(word))?;
        behind.iter().skip(at + 1).take(3).find(is_own)
    };
    // `Novels were borrowed 498,000 times`
    let subject = || {
        let verb = before.iter().position(is_verb)?;
        let (words, between) = before.split_at_checked(verb)?;
        let is_bare = between.iter().all(|word| is_verb(word) || !is_name(word, near));
        words.iter().rev().find(is_own).filter(|_| is_bare)
    };
    // `412 passed`
    let done = || behind.first().filter(|word| is_own(word));
    let beside = || near.before.iter().rev().take(4).find(|word| is_name(word, near));
    let word = first.or_else(done).or_else(what_for).or_else(subject).or_else(beside);
    word.or_else(|| behind.first().filter(|word| is_name(word, near))).cloned()
}

/// What the table of a sentence is called: the first word that names something.
pub fn sentence(near: &Near, taken: &[String]) -> String {
    let long = |word: &&String| word.chars().count() > 3 && is_name(word, near);
    let behind = near.behind.iter().take(3).find(long);
    let word = behind.or_else(|| near.before.iter().rev().find(long));
    unused(&word.map_or_else(|| "sentence".to_string(), |own| plain(own)), "_", taken)
}

/// A name, or the first of those with a number that is not taken.
pub fn unused(name: &str, sign: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|n| format!("{name}{sign}{n}"));
    let mut all = std::iter::once(name.to_string()).chain(numbered);
    all.find(|name| !taken.contains(name)).unwrap_or_default()
}
