//! Numbers as they are written: digits, signs, grouping, percent signs.

use crate::value::figure::Rounding;
use crate::value::fiscal::{Dating, FiscalYear};
use crate::value::language::Language;
use crate::value::number::exponent;
use crate::value::{Interval, Number, printed, residue};

/// How numbers are written in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat {
    /// The decimal sign.
    pub decimal: char,
    /// The sign between groups of three digits; a space stands for all spaces, `'` for both apostrophes.
    pub grouping: Option<char>,
    /// Decimals that the figures carry where the digits do not show (negative: tens, hundreds).
    pub decimals: Option<i32>,
    /// Decimals beyond these are trailing zeros in the whole column, and no precision.
    pub most_decimals: Option<i32>,
    /// How they were rounded.
    pub rounding: Rounding,
    /// Out of running text: scale words, number words, fractions, any usual grouping.
    pub prose: bool,
    /// The language of such text.
    pub language: Language,
    /// In such text `m` behind digits is million, without a currency mark too.
    pub m_is_million: bool,
    /// In such text `5 points` are of percentages where a placeholder says so.
    pub lone_points: bool,
    /// When the fiscal years of such text begin.
    pub fiscal: Option<FiscalYear>,
    /// Whether they are decimals where they are stored, which no binary arithmetic has touched.
    pub is_decimal: bool,
}

impl NumberFormat {
    /// The usual one of texts in a language.
    pub fn in_language(language: Language) -> NumberFormat {
        NumberFormat { decimal: language.decimal, language, ..NumberFormat::default() }
    }

    /// How dates are written in the same text.
    pub fn dating(&self) -> Dating {
        Dating { language: self.language, fiscal: self.fiscal }
    }

    /// The same for figures that are rounded to so many decimals, unless they are coarser.
    pub fn rounded_to(&self, decimals: i32) -> NumberFormat {
        let most = self.most_decimals.map_or(decimals, |most| most.min(decimals));
        NumberFormat { most_decimals: Some(most), ..self.clone() }
    }
}

impl Default for NumberFormat {
    fn default() -> Self {
        NumberFormat {
            decimal: '.',
            grouping: None,
            decimals: None,
            most_decimals: None,
            rounding: Rounding::Nearest,
            prose: false,
            language: Language::default(),
            m_is_million: false,
            lone_points: false,
            fiscal: None,
            is_decimal: false,
        }
    }
}

/// A number as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    pub value: Number,
    /// The unit of its last written digit is `10^-decimals`.
    pub decimals: i32,
    /// The same for the last digit that is not zero, for round figures in text.
    pub weak_decimals: i32,
    /// Marked with `%`, percent, per cent.
    pub percent: bool,
    /// What a fraction, a multiple or a range stands for, where that is not its unit.
    pub range: Option<Interval>,
    /// In words or otherwise a count: no rounding.
    pub exact: bool,
}

/// The commonest cell: plain ASCII digits with at most one decimal sign, up to 18 digits, and too
/// few after the sign to be residue.
pub(crate) fn plain(text: &str, decimal: char) -> Option<Number> {
    let b = text.as_bytes();
    let (negative, digits) = match b.first()? {
        b'-' => (true, &b[1..]),
        b'+' => (false, &b[1..]),
        _ => (false, b),
    };
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let (mut mantissa, mut point) = (0i64, None);
    for (i, &c) in digits.iter().enumerate() {
        if c.is_ascii_digit() {
            mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(c - b'0'))?;
        } else if char::from(c) == decimal && point.is_none() && digits.len() > 1 {
            point = Some(i);
        } else {
            return None;
        }
    }
    let scale = point.map_or(0, |p| digits.len() - p - 1);
    if scale > 0 && mantissa >= residue::LEAST_MANTISSA {
        return None;
    }
    Some(Number::decimal(
        i128::from(if negative { -mantissa } else { mantissa }),
        i32::try_from(scale).ok()?,
    ))
}

/// A bare figure in a percent column: `20` is 0.20.
pub(crate) fn as_percent(w: Written) -> Written {
    as_share(w, PERCENT)
}

/// A figure with a mark that makes a share of it: so many parts of a power of ten.
pub(crate) fn as_share(w: Written, power: i32) -> Written {
    let part = Number::pow10(-power);
    Written {
        value: &w.value * &part,
        decimals: w.decimals + power,
        weak_decimals: w.weak_decimals + power,
        percent: true,
        range: w.range.map(|range| range.scale(&part)),
        ..w
    }
}

const MINUS: [char; 5] = ['-', '\u{2212}', '\u{2013}', '\u{ff0d}', '\u{fe63}'];

/// Minus signs of all kinds, before the digits or behind them, a plus, accounting parentheses.
pub(crate) fn sign(text: &str) -> (bool, &str) {
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        return (true, inner);
    }
    if let Some(body) = text.strip_prefix(MINUS) {
        return (true, body);
    }
    if let Some(body) = text.strip_prefix('+') {
        return (false, body);
    }
    text.strip_suffix(MINUS).map_or((false, text), |body| (true, body.trim_end()))
}

const PERCENT: i32 = 2;

/// Cuts off `%`, `percent`, `per cent`, `‰`, and says of which power of ten they are parts.
pub(crate) fn percent_mark(body: &str) -> (&str, Option<i32>) {
    const MARKS: [(&str, i32); 5] =
        [("%", PERCENT), ("percent", PERCENT), ("per cent", PERCENT), ("pct", PERCENT), ("‰", 3)];
    for (mark, power) in MARKS {
        let Some(start) = body.len().checked_sub(mark.len()) else { continue };
        if body.is_char_boundary(start) && body[start..].eq_ignore_ascii_case(mark) {
            let rest = body[..start].trim_end_matches([' ', '\u{a0}', '\u{202f}', '\n']);
            return (rest, Some(power));
        }
    }
    (body, None)
}

/// Digits with grouping, decimals and exponent: value, decimals, decimals of the last digit that is not 0.
/// Binary residue is snapped, and what is printed of a binary number is as precise as that.
pub(crate) fn scan_digits(body: &str, f: &NumberFormat) -> Option<(Number, i32, i32)> {
    let (value, decimals, weak) = scan_exactly(body, f)?;
    if f.is_decimal || !body.contains(f.decimal) {
        return Some((value, decimals, weak));
    }
    if let Some((value, decimals)) = residue::snapped(&value) {
        return Some((value, decimals, decimals));
    }
    let known = printed::known_decimals(&value, decimals);
    Some((value, known, weak.min(known)))
}

/// The figure that a text stands for, where binary residue hides it.
pub(crate) fn without_residue(text: &str, f: &NumberFormat) -> Option<Number> {
    let (negative, body) = sign(text.trim());
    let body = percent_mark(body).0;
    let (value, ..) = scan_exactly(body, f)?;
    let may_be_residue = !f.is_decimal && body.contains(f.decimal);
    let snapped = may_be_residue.then(|| residue::snapped(&value)).flatten()?.0;
    Some(if negative { -snapped } else { snapped })
}

/// Greater exponents are those of no figures.
pub(crate) const MOST_EXPONENT: i32 = 1000;

fn scan_exactly(body: &str, f: &NumberFormat) -> Option<(Number, i32, i32)> {
    let (mantissa, exponent) = exponent(body, MOST_EXPONENT)?;
    let (whole, part) = mantissa.split_once(f.decimal).unwrap_or((mantissa, ""));
    let mut digits = match whole {
        "" if !part.is_empty() => "0".to_string(),
        _ => ungrouped(whole, f)?,
    };
    if !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let zeros = if part.is_empty() { digits.len() - digits.trim_end_matches('0').len() } else { 0 };
    if !part.is_empty() {
        digits.push('.');
        digits.push_str(part);
    }
    let value = &Number::parse(&digits)? * &Number::pow10(exponent);
    let decimals = i32::try_from(part.len()).ok()?.checked_sub(exponent)?;
    let weak = if value.is_zero() {
        decimals
    } else {
        decimals.checked_sub(i32::try_from(zeros).ok()?)?
    };
    Some((value, decimals, weak))
}

/// The digits of a whole number without its grouping; groups have three digits, and none stands behind zeros:
/// `0,123` is a share in other signs.
fn ungrouped(whole: &str, f: &NumberFormat) -> Option<String> {
    if whole.is_empty() {
        return None;
    }
    if whole.bytes().all(|b| b.is_ascii_digit()) {
        return Some(whole.to_string());
    }
    let declared = f.grouping?;
    // Where a language is said, spaces that do not break set thousands apart as well.
    let sign = whole.chars().find(|c| !c.is_ascii_digit())?;
    let is_space = f.language != Language::default() && declared != ' ' && sign != ' ';
    let declared = if is_space && is_grouping(sign, ' ') { sign } else { declared };
    let groups: Vec<&str> = whole.split(|c| is_grouping(c, declared)).collect();
    let fits = groups.iter().enumerate().all(|(i, g)| {
        g.bytes().all(|b| b.is_ascii_digit())
            && if i == 0 { (1..=3).contains(&g.len()) && !g.starts_with('0') } else { g.len() == 3 }
    });
    fits.then(|| groups.concat())
}

/// Whether `c` is a sign between groups as declared.
fn is_grouping(c: char, declared: char) -> bool {
    match declared {
        ' ' => matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}'),
        '\'' | '’' => matches!(c, '\'' | '’'),
        other => c == other,
    }
}
