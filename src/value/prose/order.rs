//! Places in an order and multiples: `third`, `21st`; `twice`, `threefold`, `2.5 times`.

use crate::value::digits::Written;
use crate::value::interval::End;
use crate::value::prose::amount::Amount;
use crate::value::prose::cursor::Cursor;
use crate::value::prose::digits::Signs;
use crate::value::prose::number::number;
use crate::value::prose::words::{small, small_ordinal, tens, tens_ordinal};
use crate::value::{Interval, Number};

/// Words for multiples, in halves.
const MULTIPLES: [(&str, i64); 21] = [
    ("half", 1),
    ("halved", 1),
    ("halving", 1),
    ("once", 2),
    ("twice", 4),
    ("double", 4),
    ("doubled", 4),
    ("doubles", 4),
    ("doubling", 4),
    ("thrice", 6),
    ("triple", 6),
    ("tripled", 6),
    ("triples", 6),
    ("tripling", 6),
    ("treble", 6),
    ("trebled", 6),
    ("trebling", 6),
    ("quadruple", 8),
    ("quadrupled", 8),
    ("quadrupling", 8),
    ("quintupled", 10),
];

/// Takes a place in an order.
pub(super) fn ordinal(c: &mut Cursor<'_>) -> Option<Written> {
    let mut look = *c;
    let digits = look.digits();
    let n = match digits.is_empty() {
        false => {
            look.keyword(&["st", "nd", "rd", "th"])?;
            digits.parse().ok()?
        }
        true => in_words(&mut look)?,
    };
    (!look.is_in_word()).then(|| {
        *c = look;
        Amount::count(n).written(None)
    })
}

fn in_words(c: &mut Cursor<'_>) -> Option<i64> {
    let word = c.word();
    if let Some(n) = small_ordinal(word).or_else(|| tens_ordinal(word)) {
        return Some(n);
    }
    if word.eq_ignore_ascii_case("hundredth") {
        return Some(100);
    }
    if let Some(tens) = tens(word) {
        c.joint().then_some(())?;
        return Some(tens + small_ordinal(c.word()).filter(|n| (1..10).contains(n))?);
    }
    let hundreds = small(word).filter(|n| (1..10).contains(n))?;
    c.joint().then_some(())?;
    let word = c.word();
    if word.eq_ignore_ascii_case("hundredth") {
        return Some(hundreds * 100);
    }
    word.eq_ignore_ascii_case("hundred").then_some(())?;
    c.joint().then_some(())?;
    if c.keyword(&["and"]).is_some() {
        c.joint().then_some(())?;
    }
    Some(hundreds * 100 + in_words(c).filter(|n| *n < 100)?)
}

/// Takes a multiple; what is said in whole numbers is meant give or take an eighth.
pub(super) fn multiple(c: &mut Cursor<'_>, signs: &Signs) -> Option<Written> {
    let mut look = *c;
    let word = look.word();
    let named = MULTIPLES.iter().find(|m| m.0.eq_ignore_ascii_case(word));
    if let (Some((_, halves)), false) = (named, look.is_in_word()) {
        let amount = match halves {
            1 => Amount { value: Number::decimal(5, 1), ..Amount::count(1) },
            halves => Amount::count(halves / 2),
        };
        *c = look;
        return Some(give_or_take(amount).written(None));
    }
    if let Some(n) = fold(word) {
        *c = look;
        return (!c.is_in_word()).then(|| give_or_take(Amount::count(n)).written(None));
    }
    look = *c;
    let amount = number(&mut look, signs)?;
    let has_sign = {
        let mut sign = look;
        let found = sign.eat(&['x', '×']).is_some() && !sign.is_in_word();
        if found {
            look = sign;
        }
        found
    };
    if !has_sign {
        look.joint();
        look.keyword(&["times", "fold"])?;
    }
    *c = look;
    let is_whole = amount.is_exact || amount.decimals == 0;
    Some(if is_whole { give_or_take(amount) } else { amount }.written(None))
}

/// The number of `threefold`.
fn fold(word: &str) -> Option<i64> {
    let start = word.len().checked_sub(4)?;
    let (n, fold) = (word.get(..start)?, word.get(start..)?);
    fold.eq_ignore_ascii_case("fold").then(|| small(n).or_else(|| tens(n))).flatten()
}

fn give_or_take(amount: Amount) -> Amount {
    let by = &amount.value.abs() * &Number::decimal(125, 3);
    let range =
        Interval { lo: End::Closed(&amount.value - &by), hi: End::Closed(&amount.value + &by) };
    Amount { range: Some(range), is_exact: false, ..amount }
}
