//! Numbers as they stand in running text: `1,840`, `1.2 million`, `seven`, `half a million`, `2½`.

use crate::value::NumberFormat;
use crate::value::language::phrases::{HYPHENS, first_word};
use crate::value::language::words::{Fraction, Piece};
use crate::value::prose::amount::Amount;
use crate::value::prose::currency::{currency, is_currency, names_currency};
use crate::value::prose::cursor::{Cursor, DASHES, MINUS};
use crate::value::prose::digits::{Signs, digits};
use crate::value::prose::parts::parts;

/// Signs that stand for fractions.
const VULGAR: [(char, i64, i64); 15] = [
    ('½', 1, 2),
    ('⅓', 1, 3),
    ('⅔', 2, 3),
    ('¼', 1, 4),
    ('¾', 3, 4),
    ('⅕', 1, 5),
    ('⅖', 2, 5),
    ('⅗', 3, 5),
    ('⅘', 4, 5),
    ('⅙', 1, 6),
    ('⅚', 5, 6),
    ('⅛', 1, 8),
    ('⅜', 3, 8),
    ('⅝', 5, 8),
    ('⅞', 7, 8),
];
/// Takes a number, with its sign.
pub(super) fn number(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    let mut look = *c;
    let is_minus = look.eat(&MINUS).is_some();
    let has_sign = is_minus || look.eat(&['+']).is_some();
    if has_sign {
        let amount = perhaps_money(&mut look, signs)?;
        *c = look;
        return Some(if is_minus { amount.negative() } else { amount });
    }
    if look.take(&signs.language.minus).is_some() && !is_part_of_hedge(*c, signs) {
        look.gap().then_some(())?;
        let amount = perhaps_money(&mut look, signs)?;
        *c = look;
        return Some(amount.negative());
    }
    amount(c, signs)
}

/// Takes a number without its sign, before which the mark of a currency may stand.
fn perhaps_money(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    let has_mark = currency(c);
    amount(c, &signs.behind_mark(has_mark))
}

/// Whether the word for minus at a place belongs to the one before it: `au moins`.
fn is_part_of_hedge(c: Cursor<'_>, signs: &Signs) -> bool {
    let before = c.text.get(..c.at).unwrap_or_default().trim_end();
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    signs.language.no_minus_behind.has(word)
}

/// Takes a number without its sign.
fn amount(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    if let Some(amount) = in_digits(c, signs) {
        return Some(with_scales(c, amount, (signs, true)));
    }
    let amount = in_words(c, signs)?;
    Some(with_scales(c, amount, (signs, false)))
}

fn in_digits(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    if let Some(amount) = vulgar(c) {
        return Some(amount);
    }
    if let Some(fraction) = slashed(c) {
        return Some(fraction);
    }
    if c.peek().is_some_and(|c| c.is_ascii_digit())
        && let Some((n, d)) = parts(c, signs)
    {
        return Amount::fraction(n, d);
    }
    let amount = digits(c, signs)?;
    if !amount.value.is_integer() || amount.decimals > 0 {
        return Some(amount);
    }
    let mut look = *c;
    look.gap();
    if let Some(fraction) = vulgar(&mut look).or_else(|| slashed(&mut look)) {
        *c = look;
        return Some(amount.and(&fraction));
    }
    Some(match and_a_part(c, signs) {
        Some(fraction) => amount.and(&fraction),
        None => amount,
    })
}

/// Takes `½`.
fn vulgar(c: &mut Cursor<'_>) -> Option<Amount> {
    let (_, n, d) = VULGAR.iter().find(|v| c.peek() == Some(v.0))?;
    c.at += c.peek()?.len_utf8();
    Amount::fraction(*n, *d)
}

/// Takes `3/4`: a proper fraction of small numbers, and no date.
fn slashed(c: &mut Cursor<'_>) -> Option<Amount> {
    let mut look = *c;
    let n = look.digits();
    look.eat(&['/', '⁄'])?;
    let d = look.digits();
    let is_small = |text: &str| (1..=3).contains(&text.len()) && !text.starts_with('0');
    if !is_small(n) || !is_small(d) || look.is_in_word() || look.peek() == Some('/') {
        return None;
    }
    let (n, d): (i64, i64) = (n.parse().ok()?, d.parse().ok()?);
    // `9/11` may be a day; it is no fraction that people say.
    let is_day = n <= 12 && d <= 31 && d > 10 && ![12, 16, 20].contains(&d);
    let fraction = (n < d && !is_day).then(|| Amount::fraction(n, d))??;
    *c = look;
    Some(fraction)
}

/// Takes ` and a half`, ` and three quarters`, ` et demi`.
fn and_a_part(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    let language = signs.language;
    let mut look = *c;
    look.joint().then_some(())?;
    look.take(&language.and)?;
    look.joint().then_some(())?;
    let fraction = match look.take(&language.behind_and) {
        Some(Fraction { n, d, .. }) => Amount::fraction(n, d)?,
        // `1 and 1/2`
        None => match vulgar(&mut look).or_else(|| slashed(&mut look)) {
            Some(fraction) => fraction,
            None => parts(&mut look, signs).and_then(|(n, d)| Amount::fraction(n, d))?,
        },
    };
    *c = look;
    Some(fraction)
}

fn in_words(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    let language = signs.language;
    let mut look = *c;
    if let Some(fraction) = look.take(&language.fractions) {
        *c = look;
        return of_a_scale(c, mixed(fraction)?, signs);
    }
    if let Some((n, d)) = parts(&mut look, signs) {
        *c = look;
        return of_a_scale(c, Amount::fraction(n, d)?, signs);
    }
    // `a million`, `a dozen`: what follows is a word of scale.
    let has_article = look.take(&language.articles).is_some() && look.joint();
    if look.take(&language.dozen).is_some() {
        *c = look;
        return Some(Amount::count(12));
    }
    if !has_article || language.scales.at(look.rest()).is_none() {
        look = *c;
    }
    // `thousands` are not counted.
    if look.at == c.at && language.compounds.counted.at(c.rest()).is_some() {
        return None;
    }
    let words = cardinal(&mut look, signs)?;
    *c = look;
    Some(words)
}

/// A fraction in one phrase, which may be more than one: `anderthalb`.
fn mixed(fraction: Fraction) -> Option<Amount> {
    let Fraction { n, d, power } = fraction;
    let rest = Amount::fraction(n.checked_rem(d)?, d)?;
    let amount = if n < d { rest } else { Amount::count(n.checked_div(d)?).and(&rest) };
    Some(if power == 0 { amount } else { amount.scaled(power) })
}

/// Takes `a million`, `of a million`, `of one million`, `a dozen` behind a fraction.
fn of_a_scale(c: &mut Cursor<'_>, fraction: Amount, signs: &Signs) -> Option<Amount> {
    let language = signs.language;
    let mut look = *c;
    let mut next = || {
        look.joint().then_some(())?;
        if look.take(&language.of).is_some() {
            look.gap().then_some(())?;
        }
        if take_one(&mut look, signs) {
            look.gap().then_some(())?;
        }
        match look.take(&language.scales) {
            Some(power) => Some(Some(power)),
            None => look.take(&language.dozen).map(|()| None),
        }
    };
    let Some(power) = next() else { return Some(fraction) };
    *c = look;
    Some(match power {
        Some(power) => fraction.scaled(power),
        None => fraction.dozens(),
    })
}

/// Takes an article or the word for one.
pub(super) fn take_one(c: &mut Cursor<'_>, signs: &Signs) -> bool {
    let mut look = *c;
    let is_one = look.take(&signs.language.articles).is_some()
        || look.take(&signs.language.numbers) == Some(1);
    if is_one {
        *c = look;
    }
    is_one
}

/// Takes a number in words: `seven`, `twenty-one`, `one hundred and five`, `three point five`,
/// `zweihunderttausend`, `zweieinhalb`.
fn cardinal(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    let language = signs.language;
    let mut sum = Sum::default();
    let mut look = *c;
    let mut has_half = false;
    while !has_half {
        let mut next = look;
        if sum.any && !next.joint() {
            break;
        }
        if sum.takes_and() && next.take(&language.and).is_some() && !next.joint() {
            break;
        }
        let before = sum;
        if let Some(n) = next.take(&language.numbers) {
            if !sum.add(Piece::Number(n))? {
                break;
            }
        } else if let Some(power) = next.take(&language.scales) {
            if !sum.add(Piece::Scale(power))? {
                break;
            }
        } else {
            let word = next.word();
            let pieces = language.compounded(word).filter(|_| !next.is_in_word());
            let Some((pieces, half)) = pieces else { break };
            let fits = |piece: &Piece| sum.add(*piece) == Some(true);
            if !pieces.iter().all(fits) {
                sum = before;
                break;
            }
            has_half = half;
        }
        look = next;
    }
    let amount = sum.amount()?;
    *c = look;
    if has_half {
        return Some(amount.and(&Amount::fraction(1, 2)?));
    }
    let whole = amount.value.to_i64();
    if let Some(amount) = whole.and_then(|whole| point(c, whole, signs)) {
        return Some(amount);
    }
    Some(match and_a_part(c, signs) {
        Some(part) if sum.last_scale >= 3 => {
            let more = part.scaled(sum.last_scale);
            Amount { decimals: amount.decimals, weak: amount.weak, ..amount.and(&more) }
        }
        Some(part) => amount.and(&part),
        None => amount,
    })
}

/// A number in words while it is added up.
#[derive(Default, Clone, Copy)]
struct Sum {
    total: i64,
    part: i64,
    any: bool,
    last_scale: i32,
    /// The powers of the words of scale that follow each other at its end, and of the first of several.
    scale: i32,
    first_scale: i32,
}

impl Sum {
    /// Takes a piece where it fits; nothing where the number grows too large.
    fn add(&mut self, piece: Piece) -> Option<bool> {
        match piece {
            Piece::Number(n) => {
                let part = self.part;
                let room = match n {
                    0 => !self.any,
                    10.. => part % 100 == 0,
                    _ => part % 10 == 0 && (part % 100 == 0 || part % 100 >= 20),
                };
                if self.any && (!room || n == 0 || self.total + part == 0) {
                    return Some(false);
                }
                (self.part, self.last_scale) = (part + n, 0);
            }
            Piece::Scale(2) => {
                if self.part >= 100 || self.any && self.part == 0 && self.total == 0 {
                    return Some(false);
                }
                (self.part, self.last_scale) = (self.part.max(1).checked_mul(100)?, 2);
            }
            Piece::Scale(power) => {
                let by = 10i64.checked_pow(u32::try_from(power).ok()?)?;
                // `two thousand million`: what has been said so far is said in millions.
                let (said, scale, first) = match self.part {
                    0 => (std::mem::take(&mut self.total), self.scale, self.first_scale),
                    part => (part, 0, 0),
                };
                self.first_scale = if first == 0 { scale } else { first };
                self.scale = scale + power;
                self.total = self.total.checked_add(said.max(1).checked_mul(by)?)?;
                (self.part, self.last_scale) = (0, power);
            }
        }
        self.any = true;
        Some(true)
    }

    /// Whether `and` may follow: behind hundreds, thousands, …
    fn takes_and(&self) -> bool {
        self.last_scale >= 2
    }

    fn amount(&self) -> Option<Amount> {
        let counted = Amount::count(self.total.checked_add(self.part)?);
        let last = if self.last_scale >= 3 { self.last_scale } else { 0 };
        let (scale, first_scale) = if last == 0 { (0, 0) } else { (self.scale, self.first_scale) };
        let is_exact = last == 0;
        self.any.then_some(Amount { decimals: -last, is_exact, scale, first_scale, ..counted })
    }
}

/// Takes ` point five` behind a whole number.
fn point(c: &mut Cursor<'_>, whole: i64, signs: &Signs) -> Option<Amount> {
    let language = signs.language;
    let mut look = *c;
    look.gap().then_some(())?;
    look.take(&language.point)?;
    let mut written = format!("{whole}.");
    loop {
        let mut next = look;
        if !next.joint() {
            break;
        }
        let Some(n) = next.take(&language.numbers).filter(|n| *n < 10) else { break };
        written.push_str(&n.to_string());
        look = next;
    }
    let signs = Signs::of(&NumberFormat::default());
    let amount = digits(&mut Cursor { text: &written, at: 0 }, &signs)?;
    (amount.decimals > 0).then(|| {
        *c = look;
        amount
    })
}

/// Takes words of scale behind a number: ` million`, ` hundred thousand`, ` dozen`; behind digits
/// also short ones, `bn`, `k`.
fn with_scales(
    c: &mut Cursor<'_>,
    mut amount: Amount,
    (signs, in_digits): (&Signs, bool),
) -> Amount {
    let mut last = amount.scale;
    for _ in 0..3 {
        let mut look = *c;
        let is_apart = look.joint();
        if is_apart && look.take(&signs.language.dozen).is_some() {
            *c = look;
            return amount.dozens();
        }
        let power = match look.take(&signs.language.scales) {
            Some(power) => Some(power).filter(|_| is_apart),
            None if in_digits => short_scale(&mut look, signs, (is_apart, amount.decimals > 0)),
            None => None,
        };
        // `3 lakh crore`, `2 million million`; a smaller scale behind a larger one says something else.
        let Some(power) = power.filter(|power| *power > last || *power > 3 && *power == last)
        else {
            break;
        };
        // `mil millones` is one phrase.
        let first = first_word(c.rest().trim_start());
        let first = signs.language.scales.get(first).filter(|own| last == 0 && *own != power);
        *c = look;
        amount = amount.scaled(power);
        amount.first_scale = first.unwrap_or(amount.first_scale);
        last = power;
    }
    amount
}

/// Takes a short word of scale behind digits, which it may stand apart from and which may have decimals.
fn short_scale(
    c: &mut Cursor<'_>,
    signs: &Signs,
    (is_apart, has_decimals): (bool, bool),
) -> Option<i32> {
    let mut letters = first_word(c.rest()).chars();
    let (first, is_letter) = (letters.next()?, letters.next().is_none());
    let mut look = *c;
    let own = look.take(&signs.language.short_scales);
    let power = own.or_else(|| look.take(&signs.language.money_scales))?;
    let end = look;
    let has_mark = look.peek().map_or(signs.is_money, is_currency);
    // `m` is metres, unless it is money, and `221B` a house; `M` is not, nor are `k€` and `T€`.
    let is_money = signs.is_money || first.is_uppercase() && has_mark;
    let fits = match is_letter {
        _ if has_mark || own.is_none() => has_mark,
        true if is_money => !is_apart || power > 3,
        true if matches!(first, 'b' | 'B') => {
            look.gap();
            !is_apart && (has_decimals || names_currency(look.rest(), signs.language))
        }
        true => !is_apart && first != 'm',
        false => true,
    };
    fits.then(|| {
        *c = end;
        power
    })
}

/// Takes the sign or the word between the two ends of a range; says whether it is a dash, and that a hyphen.
pub(super) fn to(c: &mut Cursor<'_>, signs: &Signs) -> Option<Option<bool>> {
    let mut look = *c;
    // `20- bis 30-prozentig`
    if c.text.get(..c.at).is_some_and(|text| text.ends_with(|c: char| c.is_ascii_digit())) {
        look.eat(&HYPHENS);
    }
    let has_gap = look.gap();
    if has_gap && look.take(&signs.language.to).is_some() && look.gap() {
        *c = look;
        return Some(None);
    }
    // `18-to-24`
    look = *c;
    let is_hyphen = |c: &mut Cursor<'_>| c.eat(&HYPHENS).is_some();
    if is_hyphen(&mut look) && look.take(&signs.language.to).is_some() && is_hyphen(&mut look) {
        *c = look;
        return Some(None);
    }
    look = *c;
    let and = &signs.language.and;
    if signs.is_enclosed && look.gap() && look.take(and).is_some() && look.gap() {
        *c = look;
        return Some(None);
    }
    look = *c;
    let has_gap = look.gap();
    let dash = look.eat(&DASHES)?;
    // A dash is apart on both sides or on neither; a hyphen that is apart on the left is a minus.
    let ends_in_gap = look.gap();
    (has_gap == ends_in_gap).then(|| {
        *c = look;
        Some(dash != '\u{2013}')
    })
}
