//! Shares and changes that the words around speak against: turned round, of another part, or of no change at all.

use crate::propose::prose::cues::{Near, Way, words};
use crate::propose::prose::forms::Form;
use crate::propose::prose::terms::Term;

/// Words of a sentence before its first figure, where that is what the others are a part of: `Of the 480`.
const FIRST: usize = 2;

/// Whether the words say that a percentage is no such share or change of two figures.
pub fn is_contradicted(
    form: Form,
    target: &Term,
    (a, b): (&Term, &Term),
    numbers: &[&Term],
) -> bool {
    match form {
        // `stands at 14 percent of spending`
        Form::Rise | Form::Fall if target.near.is_of_whole() => true,
        Form::Rise | Form::Fall => is_turned_round(target, a, b) || is_part(target, a, b),
        Form::Share => {
            // `80 percent of what it was`
            let is_of =
                target.near.behind.first().is_some_and(|word| is_of_word(&target.near, word));
            let is_change = is_from(a) && is_to(b) || is_from(b) && is_to(a);
            is_change && !is_of || is_of_another(target, (a, b), numbers)
        }
        _ => false,
    }
}

fn is_from(term: &Term) -> bool {
    let near = &term.near;
    near.follows(&near.cues().from) || near.follows(&near.language.words().from.all)
}

fn is_to(term: &Term) -> bool {
    let near = &term.near;
    near.follows(&near.cues().to) || near.follows(&near.language.words().to.all)
}

fn is_of(term: &Term) -> bool {
    let near = &term.near;
    near.follows(&near.cues().of) || near.follows(&near.language.words().of.all)
}

/// Whether a figure goes on with the word for what something came to, and not with `compared to`.
fn is_to_word(target: &Term) -> bool {
    let near = &target.near;
    let is_to = |word: &String| near.cues().to.contains(word) || near.language.words().to.has(word);
    near.behind.first().is_some_and(is_to)
}

fn is_of_word(near: &Near, word: &String) -> bool {
    near.cues().of.contains(word) || near.language.words().of.has(word)
}

/// Whether the words name `a` as what it was, or `b` as what it came to: `by 28 percent to 969, from 1,240`.
fn is_turned_round(target: &Term, a: &Term, b: &Term) -> bool {
    is_from(a) && is_to(b)
        || is_to(b) && is_right_behind(target, b, 2) && is_to_word(target)
        || is_from(a) && !is_from(b) && is_right_behind(target, a, 3)
}

/// Whether no more than so many words stand between a figure and one behind it.
fn is_right_behind(first: &Term, second: &Term, most: usize) -> bool {
    let end = first.near.before.len() + words(&first.said).len();
    let between = second.near.before.len().checked_sub(end);
    first.sentence == second.sentence && between.is_some_and(|n| (1..=most).contains(&n))
}

/// Whether `a` is said to be a part of `b`, and not what became of it: `Of the 480 trees 420 were felled`.
fn is_part(target: &Term, a: &Term, b: &Term) -> bool {
    let place = |term: &Term| term.near.before.len();
    let stands_first = b.sentence == a.sentence && place(b) < place(a);
    if is_to(a) {
        return false;
    }
    let is_in_order = a.sentence == target.sentence && place(a) < place(target);
    if target.near.way() != Way::Unsaid {
        let is_first = stands_first && is_in_order && place(b) <= FIRST;
        // `Of the 480 trees 420 remain, a fall of 12.5 percent` says a change.
        return is_first && is_of(b) && !is_from(b) && !is_of(target);
    }
    let is_subject = |word: &String| a.near.cues().verbs.contains(word);
    stands_first && is_in_order && (is_of(b) || is_from(b))
        || is_in_brackets(a, target)
        || is_in_brackets(target, a)
        || a.near.behind.first().is_some_and(|word| is_of_word(&a.near, word) || is_subject(word))
}

/// Whether a figure stands in brackets, or with `, or`, behind another one and its words: `340 men (52 percent)`.
fn is_in_brackets(holder: &Term, inner: &Term) -> bool {
    let end = inner.near.aside.and_then(|n| inner.near.before.len().checked_sub(n));
    let start = holder.near.before.len();
    holder.sentence == inner.sentence
        && end.is_some_and(|end| start < end && end <= start + words(&holder.said).len())
}

/// Whether a percentage stands so behind another figure than these, or that behind it.
fn is_of_another(target: &Term, (a, b): (&Term, &Term), numbers: &[&Term]) -> bool {
    let is_other = |term: &&&Term| ![a, b].iter().any(|own| std::ptr::eq(*own, **term));
    let is_beside = |term: &Term| is_in_brackets(term, target) || is_in_brackets(target, term);
    numbers.iter().filter(is_other).any(|term| is_beside(term))
}
