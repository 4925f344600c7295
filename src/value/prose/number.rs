//! Numbers as they stand in running text: `1,840`, `1.2 million`, `seven`, `half a million`, `2½`.

use crate::value::NumberFormat;
use crate::value::prose::amount::Amount;
use crate::value::prose::cursor::{Cursor, DASHES, MINUS};
use crate::value::prose::digits::{Signs, digits};
use crate::value::prose::words::{is_letter, part, scale, small, tens};

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
/// Signs and names of currencies that stand before a figure.
const CURRENCIES: [&str; 34] = [
    "US$", "A$", "C$", "NZ$", "HK$", "S$", "R$", "CA$", "AU$", "USD", "EUR", "GBP", "CHF", "JPY",
    "CNY", "INR", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "RUB", "UAH", "AZN", "TRY", "Rs.",
    "Rs", "$", "€", "£", "¥", "₹", "₽",
];

/// Takes a number, with its sign.
pub(super) fn number(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    let mut look = *c;
    let is_minus = look.eat(&MINUS).is_some();
    let has_sign = is_minus || look.eat(&['+']).is_some();
    if has_sign {
        currency(&mut look);
        let amount = amount(&mut look, signs)?;
        *c = look;
        return Some(if is_minus { amount.negative() } else { amount });
    }
    if look.keyword(&["minus", "negative"]).is_some() {
        look.gap().then_some(())?;
        currency(&mut look);
        let amount = amount(&mut look, signs)?;
        *c = look;
        return Some(amount.negative());
    }
    amount(c, signs)
}

/// Takes the sign or the name of a currency, and the space behind it.
pub(super) fn currency(c: &mut Cursor<'_>) -> bool {
    let rest = c.rest();
    let Some(mark) = CURRENCIES.iter().find(|mark| rest.starts_with(**mark)) else { return false };
    let mut look = Cursor { at: c.at + mark.len(), ..*c };
    look.gap();
    // Letters before a figure are a currency; before other letters they are a word.
    let is_mark = look.peek().is_some_and(|c| c.is_ascii_digit() || c == '.' || MINUS.contains(&c));
    let ends_in_letter = mark.ends_with(|c: char| c.is_alphabetic());
    if ends_in_letter && !is_mark {
        return false;
    }
    *c = look;
    true
}

/// The start of the currency mark that a text ends with, white space behind it left out.
pub(crate) fn before_currency(text: &str) -> Option<usize> {
    let text = text.trim_end();
    let longest =
        CURRENCIES.iter().filter(|mark| text.ends_with(**mark)).max_by_key(|m| m.len())?;
    let start = text.len() - longest.len();
    let before = text.get(..start)?.chars().next_back();
    let is_word = longest.starts_with(|c: char| c.is_alphabetic());
    (!is_word || before.is_none_or(|c| !c.is_alphanumeric())).then_some(start)
}

/// Takes a number without its sign.
fn amount(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    if let Some(amount) = in_digits(c, signs) {
        return Some(with_scales(c, amount, Some(signs)));
    }
    let amount = in_words(c)?;
    Some(with_scales(c, amount, None))
}

fn in_digits(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    if let Some(amount) = vulgar(c) {
        return Some(amount);
    }
    if let Some(fraction) = slashed(c) {
        return Some(fraction);
    }
    if c.peek().is_some_and(|c| c.is_ascii_digit())
        && let Some((n, d)) = parts(c)
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
    Some(match and_a_part(c) {
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
    let (n, d) = (n.parse().ok()?, d.parse().ok()?);
    let fraction = (n < d).then(|| Amount::fraction(n, d))??;
    *c = look;
    Some(fraction)
}

/// Takes ` and a half`, ` and three quarters`.
fn and_a_part(c: &mut Cursor<'_>) -> Option<Amount> {
    let mut look = *c;
    look.joint().then_some(())?;
    look.keyword(&["and"])?;
    look.joint().then_some(())?;
    let (n, d) = parts(&mut look)?;
    *c = look;
    Amount::fraction(n, d)
}

/// Takes `a half`, `two thirds`, `three-quarters`, `7 tenths`.
fn parts(c: &mut Cursor<'_>) -> Option<(i64, i64)> {
    let mut look = *c;
    let n = match look.keyword(&["a", "an"]) {
        Some(_) => 1,
        None => count(&mut look)?,
    };
    look.joint().then_some(())?;
    let word = look.word();
    let d = part(word).filter(|_| !look.is_in_word())?;
    // `twenty-fifth` is a place in an order.
    let is_plural = word.ends_with(['s', 'S']);
    (n > 0 && (n > 1) == is_plural).then(|| {
        *c = look;
        (n, d)
    })
}

/// Takes a small whole number, in digits or as one word.
pub(super) fn count(c: &mut Cursor<'_>) -> Option<i64> {
    let mut look = *c;
    let digits = look.digits();
    let n = match digits.is_empty() {
        true => {
            let word = look.word();
            small(word).or_else(|| tens(word))?
        }
        false => digits.parse().ok().filter(|_| digits.len() < 5)?,
    };
    (!look.is_in_word()).then(|| {
        *c = look;
        n
    })
}

fn in_words(c: &mut Cursor<'_>) -> Option<Amount> {
    let mut look = *c;
    if look.keyword(&["half"]).is_some() {
        *c = look;
        return of_a_scale(c, Amount::fraction(1, 2)?);
    }
    if let Some((n, d)) = parts(&mut look) {
        *c = look;
        return of_a_scale(c, Amount::fraction(n, d)?);
    }
    if look.keyword(&["a", "an"]).is_some() {
        look.joint().then_some(())?;
        if look.keyword(&["dozen"]).is_some() {
            *c = look;
            return Some(Amount::count(12));
        }
        // `a million`, `a dozen`: what follows is a word of scale.
        let mut word = look;
        let word = word.word();
        scale(word).filter(|_| word.len() > 3)?;
    }
    if look.keyword(&["dozen"]).is_some() {
        *c = look;
        return Some(Amount::count(12));
    }
    let words = cardinal(&mut look)?;
    *c = look;
    Some(words)
}

fn is_dozen(word: &str) -> bool {
    word.eq_ignore_ascii_case("dozen")
}

/// Takes `a million`, `of a million`, `of one million`, `a dozen` behind a fraction.
fn of_a_scale(c: &mut Cursor<'_>, fraction: Amount) -> Option<Amount> {
    let mut look = *c;
    let mut next = || {
        look.joint().then_some(())?;
        if look.keyword(&["of"]).is_some() {
            look.gap().then_some(())?;
        }
        if look.keyword(&["a", "an", "one"]).is_some() {
            look.gap().then_some(())?;
        }
        let word = look.word();
        let power = scale(word).filter(|_| word.len() > 3);
        (!look.is_in_word() && (power.is_some() || is_dozen(word))).then_some(power)
    };
    let Some(power) = next() else { return Some(fraction) };
    *c = look;
    Some(match power {
        Some(power) => fraction.scaled(power),
        None => fraction.dozens(),
    })
}

/// Takes a number in words: `seven`, `twenty-one`, `one hundred and five`, `three point five`.
fn cardinal(c: &mut Cursor<'_>) -> Option<Amount> {
    let mut sum = Sum::default();
    let mut look = *c;
    loop {
        let mut next = look;
        if sum.any {
            if !next.joint() {
                break;
            }
            if sum.takes_and() && next.keyword(&["and"]).is_some() && !next.joint() {
                break;
            }
        }
        let word = next.word();
        if next.is_in_word() || !sum.add(word)? {
            break;
        }
        look = next;
    }
    let amount = sum.amount()?;
    *c = look;
    let whole = amount.value.to_i64();
    if let Some(amount) = whole.and_then(|whole| point(c, whole)) {
        return Some(amount);
    }
    Some(match and_a_part(c) {
        Some(part) if sum.last_scale >= 3 => {
            let more = part.scaled(sum.last_scale);
            Amount { decimals: amount.decimals, weak: amount.weak, ..amount.and(&more) }
        }
        Some(part) => amount.and(&part),
        None => amount,
    })
}

/// A number in words while it is added up.
#[derive(Default)]
struct Sum {
    total: i64,
    part: i64,
    any: bool,
    last_scale: i32,
}

impl Sum {
    /// Takes a word where it fits; nothing where the number grows too large.
    fn add(&mut self, word: &str) -> Option<bool> {
        if let Some(n) = small(word).or_else(|| tens(word)) {
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
        } else if word.eq_ignore_ascii_case("hundred") {
            if self.part >= 100 || self.any && self.part == 0 {
                return Some(false);
            }
            (self.part, self.last_scale) = (self.part.max(1).checked_mul(100)?, 2);
        } else {
            let Some(power) = scale(word).filter(|power| word.len() > 3 && *power > 2) else {
                return Some(false);
            };
            let by = 10i64.checked_pow(u32::try_from(power).ok()?)?;
            // `two thousand million`: what has been said so far is said in millions.
            let said = if self.part == 0 { std::mem::take(&mut self.total) } else { self.part };
            self.total = self.total.checked_add(said.max(1).checked_mul(by)?)?;
            (self.part, self.last_scale) = (0, power);
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
        let scale = if self.last_scale >= 3 { self.last_scale } else { 0 };
        self.any.then_some(Amount { decimals: -scale, is_exact: scale == 0, scale, ..counted })
    }
}

/// Takes ` point five` behind a whole number.
fn point(c: &mut Cursor<'_>, whole: i64) -> Option<Amount> {
    let mut look = *c;
    look.gap().then_some(())?;
    look.keyword(&["point"])?;
    let mut written = format!("{whole}.");
    loop {
        let mut next = look;
        if !next.joint() {
            break;
        }
        let word = next.word();
        let Some(n) = small(word).filter(|n| *n < 10 && !next.is_in_word()) else { break };
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
fn with_scales(c: &mut Cursor<'_>, mut amount: Amount, digits: Option<&Signs>) -> Amount {
    for _ in 0..2 {
        let mut look = *c;
        let is_apart = look.joint();
        let word = look.word();
        if look.is_in_word() || word.is_empty() {
            break;
        }
        if is_dozen(word) && is_apart {
            *c = look;
            return amount.dozens();
        }
        let fits = |power: &i32| match digits {
            // `m` is metres, unless it is money; `M` is not.
            Some(signs) if is_letter(word) && !signs.is_money => !is_apart && word != "m",
            Some(_) if is_letter(word) => !is_apart || *power > 3,
            Some(_) if word.len() <= 3 => true,
            _ => is_apart && word.len() > 3,
        };
        let Some(power) = scale(word).filter(fits) else { break };
        *c = look;
        amount = amount.scaled(power);
        if power != 2 && power != 3 {
            break;
        }
    }
    amount
}

/// Takes the sign or the word between the two ends of a range; says whether it is a hyphen.
pub(super) fn to(c: &mut Cursor<'_>) -> Option<bool> {
    let mut look = *c;
    let has_gap = look.gap();
    if has_gap && look.keyword(&["to"]).is_some() && look.gap() {
        *c = look;
        return Some(false);
    }
    let dash = look.eat(&DASHES)?;
    // A dash is apart on both sides or on neither; a hyphen that is apart on the left is a minus.
    let ends_in_gap = look.gap();
    (has_gap == ends_in_gap).then(|| {
        *c = look;
        dash != '\u{2013}'
    })
}
