//! What the placeholders of a pattern hold.

use crate::read::pattern::parse::{Element, Held, Holds, Part};
use crate::read::pattern::shapes::{BARE_DATE, BARE_PERCENT};
use crate::value::Language;
use crate::value::language::phrases::same;
use crate::value::prose::before_currency;

/// What each holds. The first of two that have one scale, as in `from {a:percent} to {b:percent}`, may
/// leave its mark to the second, and the first of two dates its year.
pub fn held(
    elements: &[Element],
    kinds: &mut [String],
    exact: &[usize],
    language: Language,
) -> Vec<Held> {
    let one = |(n, kind): (usize, &String)| Held {
        holds: Holds::of(kind),
        is_exact: exact.contains(&n),
        is_with_next: false,
    };
    let mut all: Vec<Held> = kinds.iter().enumerate().map(one).collect();
    for (a, between, b) in neighbours(elements) {
        let holds = |n: usize| all.get(n).map(|held| held.holds);
        let is_to = joins_ends(&between, language);
        let Some(of_both) = holds(a).filter(|_| is_to && holds(a) == holds(b)) else { continue };
        let has_scale =
            matches!(of_both, Holds::Number | Holds::Percent | Holds::Points | Holds::Date);
        if let Some(held) = all.get_mut(a) {
            held.is_with_next = has_scale;
        }
        let bare = match of_both {
            Holds::Percent => BARE_PERCENT,
            Holds::Date => BARE_DATE,
            _ => continue,
        };
        if let Some(kind) = kinds.get_mut(a) {
            *kind = bare.to_string();
        }
    }
    all
}

/// Two placeholders with nothing but text between them, and the text.
fn neighbours(elements: &[Element]) -> Vec<(usize, String, usize)> {
    let mut all = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for element in elements {
        match (&element.part, &mut open) {
            (Part::Literal(text), Some((_, between))) => between.push_str(text),
            (Part::Space, Some((_, between))) => between.push(' '),
            (Part::Placeholder(n), _) => {
                all.extend(open.take().map(|(first, between)| (first, between, *n)));
                open = Some((*n, String::new()));
            }
            _ => open = None,
        }
    }
    all
}

/// Whether a text stands between two ends: `to`, a dash, and what belongs to the second figure, `to minus $`.
fn joins_ends(between: &str, language: Language) -> bool {
    let text = between.trim();
    let words = language.words();
    let said = [&words.to, &words.between].into_iter().filter_map(|list| list.at(text));
    let cues = words.cues.to.iter().chain(&words.hedges.up_to);
    let cues = cues.filter(|cue| begins_with(text, cue)).map(String::len);
    let dash = ["-", "–"].into_iter().find(|dash| text.starts_with(dash)).map(str::len);
    let longest = said.map(|found| found.0).chain(cues).chain(dash).max();
    let Some(mut rest) = longest.and_then(|end| text.get(end..)) else { return false };
    // `tra il {a:percent} e il {b:percent}`
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        let lists = [&words.the, &words.articles, &words.minus];
        let said = lists.into_iter().filter_map(|list| list.at(rest)).map(|found| found.0);
        let hedges = words.hedges.before().map(|hedge| hedge.0);
        let hedges = hedges.filter(|words| begins_with(rest, words)).map(str::len);
        let mark = (before_currency(rest) == Some(0)).then_some(rest.len());
        let Some(length) = said.chain(hedges).chain(mark).max() else { return false };
        rest = rest.get(length..).unwrap_or_default();
    }
    true
}

/// Whether a text begins with these words and does not go on with the last of them.
fn begins_with(text: &str, words: &str) -> bool {
    let is_own = text.get(..words.len()).is_some_and(|own| same(own, words));
    let behind = text.get(words.len()..).filter(|_| is_own);
    behind.is_some_and(|behind| !behind.starts_with(char::is_alphanumeric))
}
