//! Truths that are made of truths.

use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::expressions::register::{Mark, Marks};

pub fn negate(answers: &Answers) -> Answers {
    let negated = |answer: &Answer| match *answer {
        Answer::HOLDS => Answer::FAILS,
        Answer::FAILS => Answer::HOLDS,
        other => other,
    };
    answers.iter().map(negated).collect()
}

/// Kleene's `and` and `or`: the decisive answer wins, what does not apply is neutral, what is unknown
/// stays.
pub fn gather(parts: &[&Answers], any: bool, chooses: bool, rows: usize) -> Answers {
    let decisive = if any { Answer::HOLDS } else { Answer::FAILS };
    let mut out = vec![Answer::NOT_APPLICABLE; rows];
    for part in parts {
        for (sum, answer) in out.iter_mut().zip(*part) {
            *sum = match (*sum, *answer) {
                // What the evaluator has yet to answer may be decisive, and may note a miss.
                (Answer::DEFER, _) | (_, Answer::DEFER) => Answer::DEFER,
                // What does not apply is not chosen.
                (_, Answer::NOT_APPLICABLE) if chooses => Answer::DEFER,
                (a, b) if a == decisive || b == decisive => decisive,
                // A missing part may leave the row out, whatever the open one comes to.
                (Answer::MISSING, open) | (open, Answer::MISSING) if chooses && open.is_open() => {
                    Answer::DEFER
                }
                (Answer::NOT_APPLICABLE, b) => b,
                (a, Answer::NOT_APPLICABLE) => a,
                (a, b) => a.max(b),
            };
        }
    }
    out
}

/// The two sides of `between`.
pub fn both(above: &Answers, below: &Answers) -> Answers {
    let both = |(a, b): (&Answer, &Answer)| match (*a, *b) {
        (Answer::DEFER, _) | (_, Answer::DEFER) => Answer::DEFER,
        (Answer::FAILS, _) | (_, Answer::FAILS) => Answer::FAILS,
        (Answer::HOLDS, other) | (other, Answer::HOLDS) => other,
        (Answer::NOT_APPLICABLE, _) | (_, Answer::NOT_APPLICABLE) => Answer::NOT_APPLICABLE,
        (a, b) => a.max(b),
    };
    above.iter().zip(below).map(both).collect()
}

/// A truth where a condition holds; another where it fails, or what does not apply.
pub fn choose(condition: &Answers, then: &Answers, otherwise: Option<&Answers>) -> Answers {
    let choose = |(row, condition): (usize, &Answer)| match *condition {
        Answer::HOLDS => then[row],
        Answer::FAILS => otherwise.map_or(Answer::NOT_APPLICABLE, |otherwise| otherwise[row]),
        other => other,
    };
    condition.iter().enumerate().map(choose).collect()
}

/// Whether values are missing; whether a look-up finds its row may not be known.
pub fn is_missing(marks: &Marks, not: bool, rows: usize) -> Answers {
    let is_missing = |row| match marks.at(row) {
        Mark::DEFER => Answer::DEFER,
        mark => match mark.cause() {
            Some(why) if why.leaves_row_open() => Answer::unknown(why),
            _ => Answer::of(matches!(mark, Mark::MISSING | Mark::NOT_APPLICABLE) != not),
        },
    };
    (0..rows).map(is_missing).collect()
}
