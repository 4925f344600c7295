//! Shares, percentages and their differences: `20 percent`, `three in five`, `5 percentage points`.

use crate::value::digits::Written;
use crate::value::language::Language;
use crate::value::language::phrases::{HYPHENS, first_word, joint, same};
use crate::value::prose::amount::{Amount, of_so_many};
use crate::value::prose::currency::{before_currency, currency};
use crate::value::prose::cursor::Cursor;
use crate::value::prose::digits::{Signs, digits};
use crate::value::prose::number::{number, take_one, to};
use crate::value::prose::parts::count;
use crate::value::prose::{order, years};
use crate::value::{Interval, Number};

/// Takes a number that is no percentage, or a range of them.
pub(super) fn plain(c: &mut Cursor<'_>, signs: &Signs) -> Option<Written> {
    let mut look = *c;
    let amount = one_or_range(&mut look, signs, &|_, _| None)?.0;
    *c = look;
    Some(amount.written(None))
}

/// Takes a percentage, a fraction in words or with a slash, or `n in d`.
pub(super) fn percent(c: &mut Cursor<'_>, signs: &Signs) -> Option<Written> {
    if let Some(share) = in_parts(c, signs) {
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

/// Takes a multiple, or a range of them: `two to three times`.
pub(super) fn multiple(c: &mut Cursor<'_>, signs: &Signs) -> Option<Written> {
    let range = |c: &mut Cursor<'_>| {
        let first = number(c, signs)?;
        order::times(c, signs);
        let second = second(c, signs)?.1;
        (first.value < second.value && order::times(c, signs)).then_some((first, second))
    };
    let mut both = *c;
    let Some((first, second)) = range(&mut both) else { return order::multiple(c, signs) };
    *c = both;
    let is_whole = first.value.is_integer() && second.value.is_integer();
    let amount = first.to(&second);
    if !is_whole {
        return Some(amount.written(None));
    }
    let ends = Interval::closed(first.value, second.value);
    Some(order::give_or_take(Amount { range: Some(ends), ..amount }).written(None))
}

/// Takes what stands behind a number to say what it is a part of.
type Mark<'m> = &'m dyn Fn(&mut Cursor<'_>, &Signs) -> Option<i32>;

/// Takes a figure or two with `to` or a dash between them; the first takes the words of scale and
/// the mark of the second.
fn one_or_range(
    c: &mut Cursor<'_>,
    signs: &Signs,
    mark: Mark<'_>,
) -> Option<(Amount, Option<i32>)> {
    let begin = *c;
    let first = number(c, signs)?;
    let own = mark(c, signs);
    let mut look = *c;
    let Some(second) = second(&mut look, signs) else { return Some((first, own)) };
    let end = look.at;
    let power = mark(&mut look, signs);
    let first = match (first.scale, second.1.scale, second.1.first_scale) {
        (0, scale, _) if scale != 0 => first.scaled(scale),
        // `5 lakh to 7 lakh crore`
        (own, scale, leads) if own != 0 && own == leads => first.scaled(scale - own),
        _ => first,
    };
    let (dash, second) = second;
    let (is_dash, hyphen) = (dash.is_some(), dash == Some(true));
    let is_small = |a: &Amount| a.value.abs() < Number::from(10i64);
    // `3-5` may be how a game ended.
    let is_score = hyphen && power.is_none() && is_small(&first) && is_small(&second);
    let fits = own.is_none() || own == power;
    // `rose 12 to 1,450`: by so much, to so much.
    let is_level = || {
        let least = &first.value * &Number::from(3i64);
        second.value > least && is_change(begin, signs) && !is_dash
    };
    let is_apart = is_from(begin, signs) || is_year(begin, end, power.is_some(), signs);
    if !fits || first.value >= second.value || is_score || is_apart || is_level() {
        let plain = number(&mut begin.clone(), signs)?;
        return Some((plain, own));
    }
    *c = look;
    Some((first.to(&second), power))
}

/// Whether the first of two figures is a year, and the second, up to a place, is none; it may have a mark:
/// `in 1995 to 3,615 tonnes`, `in 2010 to 4 percent`.
pub(super) fn is_year(c: Cursor<'_>, end: usize, has_mark: bool, signs: &Signs) -> bool {
    years::is_apart((c.text, c.at..end), has_mark, &|c| signs.groups_by(c), signs.language)
}

/// Takes the end of a range; says whether a dash stands before it, and whether that is a hyphen.
fn second(c: &mut Cursor<'_>, signs: &Signs) -> Option<(Option<bool>, Amount)> {
    let first = *c;
    let dash = to(c, signs)?;
    let signs = &signs.behind_mark(currency(c));
    let starts_plain = c.peek().is_some_and(|c| c.is_alphanumeric() || c == '.');
    let in_digits = c.peek().is_some_and(|c| c.is_ascii_digit());
    // `7-Eleven` is a name, and `123-4567` a number that is called.
    let is_name = || {
        let before = first.text.get(..first.at).unwrap_or_default();
        let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let behind = c.rest().bytes().take_while(u8::is_ascii_digit).count();
        let is_called = digits == 3
            && behind == 4
            && !c.rest().get(..4).is_some_and(|own| own.ends_with('0'))
            && !c.rest().get(4..).is_some_and(|more| more.starts_with(['.', ',']));
        digits > 0 && starts_plain && !in_digits && c.peek() != Some('.') || is_called
    };
    if dash == Some(true) && is_name() {
        return None;
    }
    starts_plain.then(|| number(c, signs))?.map(|amount| (dash, amount))
}

/// Whether a word stands before a figure that makes a change of it and of what `to` follows: `from 9 to
/// 12`, `by 3 to 45`, `rose 3 to 45`.
pub(super) fn is_change(c: Cursor<'_>, signs: &Signs) -> bool {
    let word = word_before(c);
    is_from(c, signs) || signs.language.figures.apart.has(word) || is_of_change(c, signs)
}

/// Whether a figure is what something rose or fell from: `de 3 à 4`, but `une hausse de 3 à 4 %`.
fn is_from(c: Cursor<'_>, signs: &Signs) -> bool {
    let word = word_before(c);
    if !signs.language.from.has(word) {
        return false;
    }
    let before = c.text.get(..c.at).unwrap_or_default();
    !is_behind_change(before, signs.language)
}

/// Whether a text ends with the name of a change and a word behind which it is said by how much:
/// `une hausse de`.
pub(crate) fn is_behind_change(before: &str, language: Language) -> bool {
    let before = before.trim_end();
    let before = before.get(..before_currency(before).unwrap_or(before.len())).unwrap_or_default();
    let before = before.trim_end().trim_end_matches(char::is_alphabetic).trim_end();
    let change = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    language.figures.changes.has(change)
}

/// Whether the word before a figure says that something rose or fell.
fn is_of_change(c: Cursor<'_>, signs: &Signs) -> bool {
    let (cues, word) = (&signs.language.words().cues, word_before(c));
    cues.rises.iter().chain(&cues.falls).chain(&cues.losses).any(|own| same(own, word))
}

/// The word before a place; a currency mark may stand between.
fn word_before(c: Cursor<'_>) -> &str {
    let before = c.text.get(..c.at).unwrap_or_default().trim_end();
    let before = before.get(..before_currency(before).unwrap_or(before.len())).unwrap_or_default();
    before.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default()
}

fn mark(c: &mut Cursor<'_>, signs: &Signs) -> Option<i32> {
    let language = signs.language;
    let mut look = *c;
    look.gap();
    for (sign, power) in [('%', 2), ('‰', 3)] {
        if look.eat(&[sign]).is_some() {
            *c = look;
            return Some(power);
        }
    }
    look = *c;
    // `5pct`
    let is_glued = c.text.get(..c.at).is_some_and(|t| t.ends_with(|c: char| c.is_ascii_digit()));
    if !look.gap() && look.eat(&HYPHENS).is_none() && !is_glued {
        return None;
    }
    // `half a percent`, `half of one percent`.
    let mut article = look;
    let of = article.take(&language.of).is_some() && article.gap();
    let one = take_one(&mut article, signs) && article.gap();
    if one || of {
        look = article;
    }
    if language.points.at(look.rest()).is_some() {
        return None;
    }
    let power = look.take(&language.percent)?;
    *c = look;
    Some(power)
}

fn of_points(c: &mut Cursor<'_>, signs: &Signs) -> Option<i32> {
    let mut look = *c;
    look.joint();
    // `half a percentage point`, `0.3 of a percentage point`
    let mut article = look;
    let of = article.take(&signs.language.of).is_some() && article.joint();
    let one = take_one(&mut article, signs) && article.joint();
    if of || one {
        look = article;
    }
    let lone = |c: &mut Cursor<'_>| c.take(&signs.language.lone_points);
    let power = look.take(&signs.language.points);
    let power = power.or_else(|| signs.lone_points.then(|| lone(&mut look)).flatten())?;
    *c = look;
    Some(power)
}

/// Whether a text begins with what makes a number before it one of percent: `%`, ` percentage points`.
pub(crate) fn is_percent(behind: &str, language: Language) -> bool {
    let rest = behind.get(joint(behind)..).unwrap_or_default();
    rest.starts_with(['%', '‰'])
        || language.points.at(rest).is_some()
        || language.percent.at(rest).is_some()
}

/// Takes `three in five`, `one in every ten`, `7 out of 10`, `64 of 74`, `jeder dritte`.
pub(super) fn in_parts(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    let shares = &signs.language.shares;
    let mut look = *c;
    if look.take(&shares.each).is_some() {
        look.joint().then_some(())?;
        let d = order::in_words(&mut look, signs).filter(|d| *d > 1)?;
        *c = look;
        return of_parts(1, d, false);
    }
    let starts_in_digits = look.peek().is_some_and(|c| c.is_ascii_digit());
    let n = count(&mut look, signs)?;
    look.joint().then_some(())?;
    let has_noun = n == 1 && !starts_in_digits && noun(&mut look, signs);
    let of = shares.of.at(look.rest());
    let within = shares.within.at(look.rest());
    look.at += within.or(of)?.0;
    look.joint().then_some(())?;
    let has_every = look.take(&shares.every).is_some();
    if has_every {
        look.joint().then_some(())?;
    }
    let in_digits = starts_in_digits && look.peek().is_some_and(|c| c.is_ascii_digit());
    let d = whole(&mut look, signs)?;
    let is_round = [10, 100, 1000].contains(&d);
    // `3 in 10 years` are as many in so long a time.
    let is_time = || {
        let word = look.rest().trim_start();
        signs.language.hedges.times.iter().any(|own| same(own, first_word(word)))
    };
    let has_digits = look.text.get(..look.at)?.ends_with(|c: char| c.is_ascii_digit());
    // `one goal in eight matches` is a rate, `one driver in eight` a share.
    let next = first_word(look.rest().trim_start());
    let is_of_noun = !is_time()
        && (!has_digits || is_round || next.is_empty())
        && !is_other_noun(next, signs.language);
    let is_share = n > 0
        && n <= d
        && (!has_noun || is_of_noun)
        && (!in_digits || has_every || (is_round || d <= 100 && n < d) && !is_time());
    if !is_share || look.peek().is_some_and(|c| c == '%') {
        return None;
    }
    *c = look;
    // `64 of 74` are two counts, and `two of every five` are none.
    let is_of = !has_every && of.is_some() && (within.is_none() || in_digits);
    of_parts(n, d, is_of && !is_round)
}

/// Takes what is counted in `one driver in eight`, up to the word that the whole stands behind.
fn noun(c: &mut Cursor<'_>, signs: &Signs) -> bool {
    let within = &signs.language.shares.within;
    let mut look = *c;
    for _ in 0..2 {
        if within.at(look.rest()).is_some() || look.word().is_empty() || !look.gap() {
            return false;
        }
        if within.at(look.rest()).is_some() {
            *c = look;
            return true;
        }
    }
    false
}

/// Whether a word behind the whole may be the name of what is counted there: a plural, or with a capital letter.
fn is_other_noun(word: &str, language: Language) -> bool {
    let small = word.to_lowercase();
    let is_verb = language.cues.verbs.contains(&small) || language.figures.no_units.has(word);
    let is_noun = word.starts_with(char::is_uppercase) || small.ends_with(['s', 'x']);
    small.chars().count() > 3 && is_noun && !is_verb
}

/// So many of so many parts.
fn of_parts(n: i64, d: i64, is_counted: bool) -> Option<Amount> {
    let value = Number::ratio(n, d)?;
    let range = match is_counted {
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
        first_scale: 0,
    })
}

/// Takes a whole number, as large as a population.
fn parts_of_whole(c: &mut Cursor<'_>, signs: &Signs) -> Option<i64> {
    if !c.peek().is_some_and(|c| c.is_ascii_digit()) {
        return count(c, signs);
    }
    let amount = digits(c, signs).filter(|amount| amount.decimals == 0 && !c.is_in_word())?;
    amount.value.to_i64()
}

/// Takes the whole that `n in` is said of.
fn whole(c: &mut Cursor<'_>, signs: &Signs) -> Option<i64> {
    let language = signs.language;
    let by = |c: &mut Cursor<'_>| match c.take(&language.scales) {
        Some(power @ (2 | 3 | 6 | 9)) => 10i64.checked_pow(u32::try_from(power).ok()?),
        _ => None,
    };
    let mut look = *c;
    let mut article = look;
    let of_article = take_one(&mut article, signs) && article.joint();
    let d = match of_article.then(|| by(&mut article)).flatten() {
        Some(by) => {
            look = article;
            by
        }
        None => {
            let d = parts_of_whole(&mut look, signs)?;
            let mut scale = look;
            match scale.joint().then(|| by(&mut scale)).flatten() {
                Some(by) => {
                    look = scale;
                    d.checked_mul(by)?
                }
                None => d,
            }
        }
    };
    *c = look;
    (d > 0).then_some(d)
}
