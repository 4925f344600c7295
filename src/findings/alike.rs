//! Another figure in the form of one that is written: `6.7 million` in place of `6.6 million`.

use crate::findings::figures::{GROUPS, Style};
use crate::value::Number;
use crate::width::{to_i32, to_u32};

/// Decimals that a figure gets more than the written one has.
const MOST_MORE: u32 = 4;

/// Powers of ten that a word behind a figure stands for: up to trillions.
const MOST_POWER: i32 = 18;

/// What a text would be that says one figure, in its own digits, and is to say another one, which may have so
/// many decimals less; none where the text has other digits, or says its figure in words.
pub fn alike(
    style: Style,
    text: &str,
    (own, other): (&Number, &Number),
    fewer: u32,
) -> Option<String> {
    let (before, digits, after) = numeral(style, text.trim())?;
    let (decimals, power) = decimals_and_power(style, digits, own)?;
    let size = &other.abs() * &Number::pow10(-power);
    let decimals = decimals.saturating_sub(fewer).max(size.decimals()?);
    if decimals > to_u32(digits.len()) + MOST_MORE {
        return None;
    }
    // A figure may end in a decimal sign without decimals: `75500.`
    let is_open = decimals > 0 && !digits.contains(style.decimal());
    let after = after.strip_prefix(style.decimal()).filter(|_| is_open).unwrap_or(after);
    let size = style.grouped_as(digits).write(&size.to_rounded(decimals));
    let is_turned = (own.signum() < 0) != (other.signum() < 0);
    let (before, after) = match (is_turned, own.signum() < 0) {
        (false, _) => (before.to_string(), after.to_string()),
        (true, true) => without_sign(before, after)?,
        (true, false) => {
            let is_plain = !before.contains(char::is_alphabetic) && !before.contains('+');
            is_plain.then(|| (format!("-{before}"), after.to_string()))?
        }
    };
    Some(format!("{before}{size}{after}"))
}

/// The decimals of the figure that a text says, in its own digits: negative where a word behind it makes it
/// thousands or millions.
pub fn decimals(style: Style, text: &str, own: &Number) -> Option<i32> {
    let (_, digits, _) = numeral(style, text.trim())?;
    let (decimals, power) = decimals_and_power(style, digits, own)?;
    Some(to_i32(decimals) - power)
}

fn decimals_and_power(style: Style, digits: &str, own: &Number) -> Option<(u32, i32)> {
    let bare = |c: char| match c {
        c if c == style.decimal() => Some('.'),
        c => c.is_ascii_digit().then_some(c),
    };
    let bare: String = std::iter::once('0').chain(digits.chars().filter_map(bare)).collect();
    let decimals = bare.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    Some((to_u32(decimals), power_of(own, &Number::parse(&bare)?)?))
}

/// The only digits of a text with the signs between them, and what is around them.
fn numeral(style: Style, text: &str) -> Option<(&str, &str, &str)> {
    let is_digit = |c: char| c.is_ascii_digit();
    let (from, last) = (text.find(is_digit)?, text.rfind(is_digit)?);
    let from = match text.get(..from)?.strip_suffix(style.decimal()) {
        Some(before) => before.len(),
        None => from,
    };
    let digits = text.get(from..=last)?;
    let is_sign = |c: char| c == style.decimal() || GROUPS.contains(&c);
    let is_one = digits.chars().all(|c| is_digit(c) || is_sign(c))
        && digits.matches(style.decimal()).count() < 2;
    is_one.then_some((text.get(..from)?, digits, text.get(last + 1..)?))
}

/// By which power of ten a figure is larger than its digits say.
fn power_of(figure: &Number, digits: &Number) -> Option<i32> {
    let ratio = match figure.is_zero() {
        true => Number::from(1i64),
        false => figure.abs().checked_div(digits)?,
    };
    (-MOST_POWER..=MOST_POWER).find(|n| Number::pow10(*n) == ratio)
}

/// What is around the digits of a negative figure, without what makes it negative.
fn without_sign(before: &str, after: &str) -> Option<(String, String)> {
    const MINUS: [char; 3] = ['-', '−', '–'];
    if let Some((x, y)) = before.split_once('(').zip(after.split_once(')')) {
        return Some((format!("{}{}", x.0, x.1), format!("{}{}", y.0, y.1)));
    }
    let rest = |text: &str| {
        let at = text.find(MINUS)?;
        let sign = text.get(at..)?.chars().next()?;
        Some(format!("{}{}", text.get(..at)?, text.get(at + sign.len_utf8()..)?.trim_start()))
    };
    match (rest(before), rest(after)) {
        (Some(before), _) => Some((before, after.to_string())),
        (None, Some(after)) => Some((before.to_string(), after)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::NumberFormat;

    #[test]
    fn figures_are_written_like_others() {
        let english = NumberFormat { grouping: Some(','), ..NumberFormat::default() };
        let german = NumberFormat { decimal: ',', grouping: Some('.'), ..NumberFormat::default() };
        let alike = |format: &NumberFormat, text: &str, own: &str, other: &str| {
            let [own, other] = [own, other].map(|n| Number::parse(n).expect("a number"));
            super::alike(Style::of(format, text), text, (&own, &other), 0)
        };
        for (text, own, other, expected) in [
            ("6.6 million", "6600000", "6700000", "6.7 million"),
            ("6.6 million", "6600000", "6650000", "6.65 million"),
            ("6.6 million", "6600000", "66000000", "66.0 million"),
            ("(2,510)", "-2510", "-2150", "(2,150)"),
            ("(2,510)", "-2510", "2510", "2,510"),
            ("$2,510", "2510", "-2150", "-$2,150"),
            ("$ -10", "-10", "12", "$ 12"),
            ("5-", "-5", "7", "7"),
            ("1234", "1234", "12345", "12345"),
            ("1,234", "1234", "234", "234"),
            ("43.7 %", "43.7", "34.7", "34.7 %"),
            ("12.50", "12.5", "21.5", "21.50"),
            (".5", "0.5", "0.7", "0.7"),
            ("0", "0", "31", "31"),
            ("0", "0", "-0.5", "-0.5"),
            ("-5", "-5", "0", "0"),
            ("369033.", "369033", "3690.33", "3690.33"),
            ("75500.", "75500", "755", "755."),
        ] {
            let made = alike(&english, text, own, other);
            assert_eq!(made.as_deref(), Some(expected), "{text}: {own}, {other}");
        }
        let made = alike(&german, "1.840,5 Mio.", "1840500000", "1480500000");
        assert_eq!(made.as_deref(), Some("1.480,5 Mio."));
        for (text, own, other) in [
            ("six", "6", "7"),
            ("3 of 5", "3", "4"),
            ("1.2e3", "1200", "1300"),
            ("down 5", "-5", "5"),
            ("2 dozen", "24", "36"),
        ] {
            assert_eq!(alike(&english, text, own, other), None, "{text}");
        }
        let [own, other] = ["9.99", "99.9"].map(|n| Number::parse(n).expect("a number"));
        let made = super::alike(Style::default(), "9.990", (&own, &other), 1);
        assert_eq!(made.as_deref(), Some("99.90"));
    }
}
