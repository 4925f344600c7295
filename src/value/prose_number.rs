//! Numbers as they stand in running text: `1,840`, `1.2 million`, `seven`, `three in five`.

use crate::value::digits::{NumberFormat, Written, percent_mark, scan_digits};
use crate::value::interval::End;
use crate::value::words::{read_fraction, read_words, scale_word};
use crate::value::{Interval, Number};

/// Reads a whole text as a number; `None` where it is none.
pub(crate) fn read(text: &str) -> Option<Written> {
    let (negative, body) = match text.chars().next()? {
        c @ ('-' | '\u{2212}' | '\u{2013}') => (true, &text[c.len_utf8()..]),
        _ => (false, text),
    };
    let (body, percent) = percent_mark(body);
    let mut written = digits(body)
        .or_else(|| words(body))
        .or_else(|| if percent { None } else { fraction(body) })?;
    if negative {
        written.value = -written.value;
    }
    if percent {
        written.value = &written.value * &Number::decimal(1, 2);
        written.decimals += 2;
        written.weak_decimals += 2;
        written.exact = false;
        written.percent = true;
    }
    Some(written)
}

fn digits(body: &str) -> Option<Written> {
    let number = body.trim_end_matches(|c: char| c.is_alphabetic());
    let word = body[number.len()..].to_lowercase();
    let power = if word.is_empty() { 0 } else { scale_word(&word)? };
    let number = number.trim_end();
    let (value, decimals, weak) =
        [Some(','), Some(' '), Some('\'')].into_iter().find_map(|grouping| {
            let f = NumberFormat { grouping, ..NumberFormat::default() };
            scan_digits(number, &f)
        })?;
    let value = &value * &Number::pow10(power);
    Some(Written {
        value,
        decimals: decimals - power,
        weak_decimals: weak - power,
        percent: false,
        fraction: None,
        exact: false,
    })
}

fn words(body: &str) -> Option<Written> {
    let value = read_words(body)?;
    Some(Written {
        value,
        decimals: 0,
        weak_decimals: 0,
        percent: false,
        fraction: None,
        exact: true,
    })
}

/// `a fifth` stands for what is nearer to it than to a quarter or a sixth; `three in five` for
/// three of exactly five, give or take half a fifth of its own size.
fn fraction(body: &str) -> Option<Written> {
    let (n, d) = read_fraction(body)?;
    let value = Number::ratio(n, d)?;
    let half = Number::decimal(5, 1);
    let range = if n == 1 {
        let middle = |other: Number| &(&value + &other) * &half;
        let above = Number::ratio(1, (d - 1).max(1))?;
        Interval::closed(middle(Number::ratio(1, d + 1)?), middle(above))
    } else {
        let by = Number::ratio(1, 2 * d)?;
        Interval { lo: End::Closed(&value - &by), hi: End::Closed(&value + &by) }
    };
    Some(Written {
        value,
        decimals: 2,
        weak_decimals: 2,
        percent: true,
        fraction: Some(range),
        exact: false,
    })
}
