//! Places in an order and multiples: `third`, `21st`; `twice`, `threefold`, `2.5 times`.

use crate::value::digits::Written;
use crate::value::interval::End;
use crate::value::language::Language;
use crate::value::language::phrases::{first_word, same};
use crate::value::prose::amount::Amount;
use crate::value::prose::cursor::Cursor;
use crate::value::prose::digits::Signs;
use crate::value::prose::number::number;
use crate::value::{Interval, Number};

/// Takes a place in an order.
pub(super) fn ordinal(c: &mut Cursor<'_>, signs: &Signs) -> Option<Written> {
    let mut look = *c;
    let digits = look.digits();
    let n = match digits.is_empty() {
        false => {
            take_end(&mut look, &signs.language.ordinal_ends).then_some(())?;
            digits.parse().ok()?
        }
        true => in_words(&mut look, signs)?,
    };
    (!look.is_in_word()).then(|| {
        *c = look;
        Amount::count(n).written(None)
    })
}

/// Takes the longest of these ends of a word, whatever its capitals.
fn take_end(c: &mut Cursor<'_>, ends: &[String]) -> bool {
    let fits = |end: &&String| c.rest().get(..end.len()).is_some_and(|own| same(own, end));
    let longest = ends.iter().filter(fits).max_by_key(|end| end.len());
    c.at += longest.map_or(0, String::len);
    longest.is_some()
}

/// Takes an ordinal in words.
pub(super) fn in_words(c: &mut Cursor<'_>, signs: &Signs) -> Option<i64> {
    let language = signs.language;
    if let Some(n) = c.take(&language.ordinals) {
        return Some(n);
    }
    if let Some(n) = behind_number(c.rest(), signs) {
        c.word();
        return Some(n);
    }
    let n = c.take(&language.numbers)?;
    c.joint().then_some(())?;
    if n >= 20 && n % 10 == 0 {
        return Some(n + c.take(&language.ordinals).filter(|n| (1..10).contains(n))?);
    }
    let hundreds = Some(n).filter(|n| (1..10).contains(n))?;
    if c.take(&language.ordinals) == Some(100) {
        return Some(hundreds * 100);
    }
    (c.take(&language.scales) == Some(2)).then_some(())?;
    c.joint().then_some(())?;
    if c.take(&language.and).is_some() {
        c.joint().then_some(())?;
    }
    Some(hundreds * 100 + in_words(c, signs).filter(|n| *n < 100)?)
}

/// The number of an ordinal that is made of a number word: `zwanzigste`.
fn behind_number(text: &str, signs: &Signs) -> Option<i64> {
    let word = first_word(text);
    let ends = &signs.language.ordinal_behind;
    let stems = ends.iter().filter_map(|end| word.strip_suffix(end.as_str()));
    let mut known = stems.filter_map(|stem| {
        let (end, written) = figure_of_words(stem, signs)?;
        written.value.to_i64().filter(|n| *n >= 20 && end == stem.len())
    });
    known.next()
}

fn figure_of_words(stem: &str, signs: &Signs) -> Option<(usize, Amount)> {
    let mut c = Cursor { text: stem, at: 0 };
    let amount = number(&mut c, signs)?;
    Some((c.at, amount))
}

/// Takes a multiple; what is said in whole numbers is meant give or take an eighth.
pub(super) fn multiple(c: &mut Cursor<'_>, signs: &Signs) -> Option<Written> {
    let mut look = *c;
    if let Some(halves) = look.take(&signs.language.multiples) {
        let amount = match halves {
            1 => Amount { value: Number::decimal(5, 1), ..Amount::count(1) },
            halves => Amount::count(halves / 2),
        };
        *c = look;
        return Some(give_or_take(amount).written(None));
    }
    let word = look.word();
    if let Some(n) = fold(word, signs.language) {
        *c = look;
        return (!c.is_in_word()).then(|| give_or_take(Amount::count(n)).written(None));
    }
    look = *c;
    let amount = number(&mut look, signs)?;
    times(&mut look, signs).then_some(())?;
    *c = look;
    let is_whole = amount.is_exact || amount.decimals == 0;
    Some(if is_whole { give_or_take(amount) } else { amount }.written(None))
}

/// Where a multiple ends that is one word and begins at a place: `doubled`, `threefold`; not `once`, nor
/// `half`, which is a share, nor `double` before what it is said of: `a double room`.
pub(crate) fn multiple_word(text: &str, at: usize, language: Language) -> Option<usize> {
    let rest = text.get(at..)?;
    let phrase = language.multiples.at(rest).filter(|found| found.1 != 2);
    let end = match phrase {
        Some((length, _)) => length,
        None => Some(first_word(rest)).filter(|word| fold(word, language).is_some())?.len(),
    };
    let (own, behind) = (rest.get(..end)?, rest.get(end..)?);
    let next = first_word(behind.trim_start());
    let is_of_next = || !next.is_empty() && behind.starts_with([' ', '-', '\n']);
    let leads_on = || language.the.has(next) || language.figures.no_units.has(next);
    let is_adjective = language.figures.adjectives.has(own) && is_of_next() && !leads_on();
    let is_share = language.part.get(own).is_some() || language.fractions.get(own).is_some();
    (!is_share && !is_adjective && !behind.starts_with(char::is_alphanumeric)).then_some(at + end)
}

/// Takes what makes a multiple of a number: `×`, ` times`.
pub(super) fn times(c: &mut Cursor<'_>, signs: &Signs) -> bool {
    let mut look = *c;
    let mut found = look.eat(&['x', '×']).is_some() && !look.is_in_word();
    if !found {
        look = *c;
        look.joint();
        found = look.take(&signs.language.times).is_some();
    }
    if found {
        *c = look;
    }
    found
}

/// The number of `threefold`.
fn fold(word: &str, language: Language) -> Option<i64> {
    let word = word.to_lowercase();
    let ends = &language.fold;
    let stems = ends.iter().filter_map(|end| word.strip_suffix(end.as_str()));
    stems.filter_map(|stem| language.numbers.get(stem)).next()
}

/// An eighth more or less; of both ends, where it is a range.
pub(super) fn give_or_take(amount: Amount) -> Amount {
    let own = amount.range.as_ref().and_then(|range| range.lo.at().zip(range.hi.at()));
    let (lo, hi) = own.unwrap_or((&amount.value, &amount.value));
    let eighth = |n: &Number| &n.abs() * &Number::decimal(125, 3);
    let range = Interval { lo: End::Closed(lo - &eighth(lo)), hi: End::Closed(hi + &eighth(hi)) };
    Amount { range: Some(range), is_exact: false, ..amount }
}
