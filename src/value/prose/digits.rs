//! Numbers in digits as they stand in running text.

use crate::value::digits::scan_digits;
use crate::value::language::Language;
use crate::value::prose::amount::Amount;
use crate::value::prose::cursor::Cursor;
use crate::value::{Number, NumberFormat};

/// How the numbers of a text are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signs {
    /// The language of the text.
    pub language: Language,
    decimal: char,
    /// The sign between groups of three digits; the usual ones of the language where the rule says
    /// nothing.
    grouping: Option<char>,
    is_declared: bool,
    /// Whether a plain space sets thousands apart.
    pub by_spaces: bool,
    /// Whether the rule says that a lone letter behind digits is a word of scale.
    pub m_is_million: bool,
    /// Whether `points` behind a number are those of percentages.
    pub lone_points: bool,
    /// Whether a lone letter behind the digits is a word of scale.
    pub is_money: bool,
    /// Whether `and` between two figures makes a range of them.
    pub is_enclosed: bool,
}

impl Signs {
    /// What a rule says of a table; where it says nothing, the usual signs of its language.
    pub fn of(format: &NumberFormat) -> Signs {
        let language = format.language;
        let is_declared = format.decimal != language.decimal || format.grouping.is_some();
        Signs {
            language,
            decimal: format.decimal,
            grouping: format.grouping,
            is_declared,
            by_spaces: !is_declared || format.grouping == Some(' '),
            m_is_million: format.m_is_million,
            lone_points: format.lone_points,
            is_money: true,
            is_enclosed: false,
        }
    }

    /// The same in a text where plain spaces group digits, or not; a language or a rule may say that
    /// they do.
    #[must_use]
    pub fn in_text(self, has_groups: impl FnOnce() -> bool) -> Signs {
        let by_spaces = match self.is_declared {
            true => self.by_spaces,
            false => self.language.grouping.contains(&' ') || has_groups(),
        };
        Signs { by_spaces, ..self }
    }

    /// The same behind the mark of a currency, if there is one.
    #[must_use]
    pub(super) fn behind_mark(self, has_mark: bool) -> Signs {
        Signs { is_money: has_mark || self.is_money, ..self }
    }

    /// Whether a sign stands before decimals.
    pub(crate) fn is_decimal(&self, sign: char) -> bool {
        self.decimal == sign
    }

    /// Whether a sign sets thousands apart.
    pub(crate) fn groups_by(&self, sign: char) -> bool {
        self.group(sign).is_some()
    }

    /// The sign at a place if it sets digits apart, all spaces that do not break as one.
    fn group(&self, c: char) -> Option<char> {
        let is_apostrophe = |c: &char| matches!(c, '\'' | '’');
        let usual = self.language.grouping.iter().filter(|_| !self.is_declared);
        let mut signs = self.grouping.iter().chain(usual);
        match c {
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}' => Some('\u{a0}'),
            ' ' => self.by_spaces.then_some(' '),
            '\'' | '’' => signs.any(is_apostrophe).then_some('\''),
            c => signs.any(|sign| *sign == c).then_some(c),
        }
    }
}

/// A figure in a text has so many digits at most: each place of a long run of them is asked for one.
const MOST_DIGITS: usize = 100;

/// Takes a number in digits, without a sign: `1,840`, `2 340.5`, `12,34,567`, `.5`, `1.3e6`.
pub(super) fn digits(c: &mut Cursor<'_>, signs: &Signs) -> Option<Amount> {
    let mut look = *c;
    let mut written = look.digits().to_string();
    match written.is_empty() {
        true if signs.decimal != '.' => return None,
        true => written.push('0'),
        false => groups(&mut look, signs, &mut written),
    }
    if written.len() > MOST_DIGITS {
        return None;
    }
    let mut fraction = look;
    if fraction.eat(&[signs.decimal]).is_some() {
        let part = fraction.digits();
        if part.len() > MOST_DIGITS {
            return None;
        }
        if !part.is_empty() {
            written = format!("{written}.{part}");
            look = fraction;
        }
    }
    if look.at == c.at {
        return None;
    }
    exponent(&mut look, &mut written);
    let (value, decimals, weak) = scan_digits(&written, &NumberFormat::default())?;
    *c = look;
    Some(Amount {
        value,
        decimals,
        weak,
        is_exact: false,
        range: None,
        is_fraction: false,
        scale: 0,
        first_scale: 0,
    })
}

/// Takes the groups behind the first digits of a number.
fn groups(c: &mut Cursor<'_>, signs: &Signs, written: &mut String) {
    if written.len() > 3 || written.starts_with('0') {
        return;
    }
    let Some(sign) = c.peek().and_then(|c| signs.group(c)) else { return };
    let by = |least: usize| {
        let mut look = *c;
        let mut all = String::new();
        while look.peek().and_then(|c| signs.group(c)) == Some(sign) {
            let mut next = look;
            next.at += next.peek().map_or(0, char::len_utf8);
            let group = next.digits();
            if group.len() != 3 && group.len() != least {
                break;
            }
            all.push_str(group);
            look = next;
            if all.len() > MOST_DIGITS {
                return Some((look, all));
            }
            if group.len() == 3 {
                if least == 3 {
                    continue;
                }
                return Some((look, all));
            }
        }
        (least == 3 && !all.is_empty()).then_some((look, all))
    };
    // Indian figures have groups of two before the last one.
    let is_short = {
        let mut look = *c;
        look.at += look.peek().map_or(0, char::len_utf8);
        look.digits().len() == 2
    };
    let indian = || by(2).filter(|_| sign == ',' && written.len() <= 2 && is_short);
    if let Some((behind, all)) = indian().or_else(|| by(3)) {
        *c = behind;
        written.push_str(&all);
    }
}

/// Takes a power of ten: `e6`, ` × 10^6`, ` × 10⁶`.
fn exponent(c: &mut Cursor<'_>, written: &mut String) {
    let mut look = *c;
    let is_short = look.eat(&['e', 'E']).is_some();
    if !is_short {
        look.gap();
        if look.eat(&['×', 'x']).is_none() {
            return;
        }
        look.gap();
        if look.digits() != "10" {
            return;
        }
        if let Some(power) = raised(&mut look) {
            written.push_str(&format!("e{power}"));
            *c = look;
            return;
        }
        if look.eat(&['^']).is_none() {
            return;
        }
    }
    let sign = if look.eat(&['-', '\u{2212}']).is_some() { "-" } else { "" };
    look.eat(if sign.is_empty() { &['+'] } else { &[] });
    let power = look.digits();
    if (1..=3).contains(&power.len()) && !look.is_in_word() {
        written.push_str(&format!("e{sign}{power}"));
        *c = look;
    }
}

/// Takes a power that is raised: `⁻³`.
fn raised(c: &mut Cursor<'_>) -> Option<String> {
    let sign = if c.eat(&['⁻']).is_some() { "-" } else { "" };
    let digit = |c: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|own| own == c);
    let digits: String = c.rest().chars().map_while(digit).map(|n| n.to_string()).collect();
    (1..=3).contains(&digits.len()).then(|| {
        c.at += c.rest().chars().take(digits.len()).map(char::len_utf8).sum::<usize>();
        format!("{sign}{digits}")
    })
}

impl Amount {
    /// An exact count.
    pub(super) fn count(n: i64) -> Amount {
        let value = Number::from(n);
        let zeros = if n == 0 { 0 } else { trailing_zeros(n) };
        Amount {
            value,
            decimals: 0,
            weak: -zeros,
            is_exact: true,
            range: None,
            is_fraction: false,
            scale: 0,
            first_scale: 0,
        }
    }
}

/// How many zeros a whole number ends in.
fn trailing_zeros(mut n: i64) -> i32 {
    let mut zeros = 0;
    while n != 0 && n % 10 == 0 {
        n /= 10;
        zeros += 1;
    }
    zeros
}
