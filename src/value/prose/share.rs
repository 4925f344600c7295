//! Shares, percentages and their differences: `20 percent`, `three in five`, `5 percentage points`.

use crate::value::digits::Written;
use crate::value::prose::amount::{Amount, of_so_many};
use crate::value::prose::cursor::{Cursor, HYPHENS};
use crate::value::prose::digits::Signs;
use crate::value::prose::number::{count, currency, number, to};
use crate::value::{Interval, Number};

/// Words for hundredths, and for thousandths.
const PERCENT: [(&str, i32); 7] = [
    ("per cent", 2),
    ("percent", 2),
    ("percents", 2),
    ("pct", 2),
    ("pc", 2),
    ("per mille", 3),
    ("per mil", 3),
];
/// Words for differences of shares, and the power of ten that they are a part of.
const POINTS: [(&str, i32); 10] = [
    ("percentage points", 2),
    ("percentage point", 2),
    ("percent points", 2),
    ("percent point", 2),
    ("per cent points", 2),
    ("pct points", 2),
    ("basis points", 4),
    ("basis point", 4),
    ("pp", 2),
    ("bps", 4),
];

/// Takes a number that is no percentage, or a range of them.
pub(super) fn plain(c: &mut Cursor<'_>, signs: &Signs) -> Option<Written> {
    let mut look = *c;
    let amount = one_or_range(&mut look, signs, &|_| None)?.0;
    *c = look;
    Some(amount.written(None))
}

/// Takes a percentage, a fraction in words or with a slash, or `n in d`.
pub(super) fn percent(c: &mut Cursor<'_>, signs: &Signs) -> Option<Written> {
    if let Some(share) = in_parts(c) {
        return Some(share.written(Some(0)));
    }
    let mut look = *c;
    let (amount, power) = one_or_range(&mut look, signs, &mark)?;
    let power = power.or_else(|| amount.is_fraction.then_some(0))?;
    *c = look;
    Some(amount.written(Some(power)))
}

/// Takes a difference of percentages.
pub(super) fn points(c: &mut Cursor<'_>, signs: &Signs) -> Option<Written> {
    let mut look = *c;
    let (amount, power) = one_or_range(&mut look, signs, &of_points)?;
    *c = look;
    Some(amount.written(Some(power?)))
}

/// Takes what stands behind a number to say what it is a part of.
type Mark<'m> = &'m dyn Fn(&mut Cursor<'_>) -> Option<i32>;

/// Takes a figure or two with `to` or a dash between them; the first takes the words of scale and
/// the mark of the second.
fn one_or_range(
    c: &mut Cursor<'_>,
    signs: &Signs,
    mark: Mark<'_>,
) -> Option<(Amount, Option<i32>)> {
    let begin = *c;
    let first = number(c, signs)?;
    let own = mark(c);
    let mut look = *c;
    let Some(second) = second(&mut look, signs) else { return Some((first, own)) };
    let power = mark(&mut look);
    let first = match (first.scale, second.1.scale) {
        (0, scale) if scale != 0 => first.scaled(scale),
        _ => first,
    };
    let (hyphen, second) = (second.0, second.1);
    let is_small = |a: &Amount| a.value.abs() < Number::from(10i64);
    // `3-5` may be how a game ended.
    let is_score = hyphen && power.is_none() && is_small(&first) && is_small(&second);
    let fits = own.is_none() || own == power;
    if !fits || first.value >= second.value || is_score || is_change(begin) {
        let plain = number(&mut begin.clone(), signs)?;
        return Some((plain, own));
    }
    *c = look;
    Some((first.to(&second), power))
}

/// Takes the end of a range; says whether a hyphen stands before it.
fn second(c: &mut Cursor<'_>, signs: &Signs) -> Option<(bool, Amount)> {
    let hyphen = to(c)?;
    currency(c);
    let starts_plain = c.peek().is_some_and(|c| c.is_alphanumeric() || c == '.');
    starts_plain.then(|| number(c, signs))?.map(|amount| (hyphen, amount))
}

/// Whether `from` stands before a figure: what `to` follows then is a change.
fn is_change(c: Cursor<'_>) -> bool {
    let before = c.text.get(..c.at).unwrap_or_default().trim_end();
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    word.eq_ignore_ascii_case("from")
}

fn mark(c: &mut Cursor<'_>) -> Option<i32> {
    let mut look = *c;
    look.gap();
    for (sign, power) in [('%', 2), ('‰', 3)] {
        if look.eat(&[sign]).is_some() {
            *c = look;
            return Some(power);
        }
    }
    look = *c;
    if !look.gap() {
        look.eat(&HYPHENS)?;
    }
    // `half a percent`, `half of one percent`.
    let mut article = look;
    let of = article.keyword(&["of"]).is_some() && article.gap();
    let one = article.keyword(&["a", "one"]).is_some() && article.gap();
    if one || of {
        look = article;
    }
    let (_, power) = PERCENT.iter().find(|(words, _)| look.phrase(words))?;
    let mut behind = look;
    let is_points = behind.joint() && behind.keyword(&["point", "points"]).is_some();
    (!is_points).then(|| {
        *c = look;
        *power
    })
}

fn of_points(c: &mut Cursor<'_>) -> Option<i32> {
    let mut look = *c;
    look.joint();
    // `half a percentage point`
    let mut article = look;
    if article.keyword(&["a"]).is_some() && article.gap() {
        look = article;
    }
    let (_, power) = POINTS.iter().find(|(words, _)| look.phrase(words))?;
    *c = look;
    Some(*power)
}

/// Takes `three in five`, `one in every ten`, `7 out of 10`, `64 of 74`.
fn in_parts(c: &mut Cursor<'_>) -> Option<Amount> {
    let mut look = *c;
    let starts_in_digits = look.peek().is_some_and(|c| c.is_ascii_digit());
    let n = count(&mut look)?;
    look.joint().then_some(())?;
    let is_of = match look.keyword(&["in", "of", "out"])? {
        0 => false,
        1 => true,
        _ => {
            look.joint().then_some(())?;
            look.keyword(&["of"])?;
            false
        }
    };
    look.joint().then_some(())?;
    if look.keyword(&["every"]).is_some() {
        look.joint().then_some(())?;
    }
    let in_digits = starts_in_digits && look.peek().is_some_and(|c| c.is_ascii_digit());
    let d = whole(&mut look)?;
    let is_round = [10, 100, 1000].contains(&d);
    let is_share = n > 0 && n <= d && (!in_digits || is_round || d <= 100 && n < d);
    if !is_share || look.peek().is_some_and(|c| c == '%') {
        return None;
    }
    *c = look;
    let value = Number::ratio(n, d)?;
    // `64 of 74` are two counts.
    let range = match is_of && !is_round {
        true => Interval::point(value.clone()),
        false => of_so_many(n, d)?,
    };
    Some(Amount {
        value,
        decimals: 2,
        weak: 2,
        is_exact: false,
        range: Some(range),
        is_fraction: true,
        scale: 0,
    })
}

/// Takes the whole that `n in` is said of.
fn whole(c: &mut Cursor<'_>) -> Option<i64> {
    let mut look = *c;
    let d = match look.keyword(&["a", "an", "one"]) {
        Some(_) => {
            look.joint().then_some(())?;
            [100, 1000].get(look.keyword(&["hundred", "thousand"])?).copied()?
        }
        None => {
            let d = count(&mut look)?;
            let mut scale = look;
            let by = scale.joint().then(|| scale.keyword(&["hundred", "thousand"])).flatten();
            match by.and_then(|n| [100, 1000].get(n)) {
                Some(by) => {
                    look = scale;
                    d.checked_mul(*by)?
                }
                None => d,
            }
        }
    };
    *c = look;
    (d > 0).then_some(d)
}
