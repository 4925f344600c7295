//! What the placeholders of a pattern hold.

use crate::read::pattern::parse::{Element, Held, Holds, Part};
use crate::read::pattern::shapes::{BARE_DATE, BARE_PERCENT};
use crate::value::Language;
use crate::value::language::phrases::same;

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
    // `tra il {a:percent} e il {b:percent}`
    let joins = |e: &&Element| match &e.part {
        Part::Space => false,
        Part::Literal(text) => !language.the.has(text),
        _ => true,
    };
    let parts: Vec<&Part> = elements.iter().filter(joins).map(|e| &e.part).collect();
    for three in parts.windows(3) {
        let [Part::Placeholder(a), Part::Literal(to), Part::Placeholder(b)] = three else {
            continue;
        };
        let is_to = ["-", "–"].contains(&to.as_str())
            || [&language.to, &language.between].iter().any(|words| words.has(to))
            || language.cues.to.iter().any(|own| same(own, to));
        let holds = |n: usize| all.get(n).map(|held| held.holds);
        let Some(of_both) = holds(*a).filter(|_| is_to && holds(*a) == holds(*b)) else { continue };
        let has_scale =
            matches!(of_both, Holds::Number | Holds::Percent | Holds::Points | Holds::Date);
        if let Some(held) = all.get_mut(*a) {
            held.is_with_next = has_scale;
        }
        let bare = match of_both {
            Holds::Percent => BARE_PERCENT,
            Holds::Date => BARE_DATE,
            _ => continue,
        };
        if let Some(kind) = kinds.get_mut(*a) {
            *kind = bare.to_string();
        }
    }
    all
}
