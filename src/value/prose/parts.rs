//! Numbers of parts: `a half`, `two thirds`, `three-quarters`, `7 tenths`.

use crate::value::language::phrases::HYPHENS;
use crate::value::prose::cursor::Cursor;
use crate::value::prose::digits::{Signs, digits};
use crate::value::prose::place::{is_length, is_place, is_rate};

/// Takes `a half`, `two thirds`, `three-quarters`, `7 tenths`.
pub(super) fn parts(c: &mut Cursor<'_>, signs: &Signs) -> Option<(i64, i64)> {
    let language = signs.language;
    let mut look = *c;
    let has_article = look.take(&language.articles).is_some();
    let n = if has_article { 1 } else { count(&mut look, signs)? };
    look.joint().then_some(())?;
    let start = look.at;
    // `twenty-fifth` is a place in an order.
    let is_hyphened = c.text.get(..start).is_some_and(|text| text.ends_with(HYPHENS));
    let one = (n < 10 && is_hyphened).then(|| look.take(&language.part)).flatten();
    let d = match n {
        1 => one.or_else(|| look.take(&language.part))?,
        // `a three-quarter majority`
        _ => look.take(&language.parts).or(one)?,
    };
    let word = c.text.get(start..look.at)?;
    let is_other = match has_article {
        true => {
            is_place(word, look, signs) || is_rate((c.text, c.at..look.at), word, signs.language)
        }
        // `4 quarters`, `for three quarters`
        false => n >= d || is_length((c.text, c.at..look.at), word, signs.language),
    };
    (n > 0 && !is_other).then(|| {
        *c = look;
        (n, d)
    })
}

/// Takes a small whole number, in digits or in words.
pub(super) fn count(c: &mut Cursor<'_>, signs: &Signs) -> Option<i64> {
    let mut look = *c;
    let n = match look.peek().is_some_and(|c| c.is_ascii_digit()) {
        false => look.take(&signs.language.numbers)?,
        true => {
            let amount = digits(&mut look, signs).filter(|amount| amount.decimals == 0)?;
            amount.value.to_i64().filter(|n| *n < 10_000)?
        }
    };
    (!look.is_in_word()).then(|| {
        *c = look;
        n
    })
}
