//! Figures as the cells of a spreadsheet can hold them: a cell is a float, which has room for 15
//! significant digits.

use std::fmt::Write as _;

/// A spreadsheet keeps so many significant digits.
const DIGITS: usize = 15;

/// An exact figure, a decimal or a fraction `p/q`, and what a cell can hold of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// A decimal that a cell holds as it is.
    Decimal(f64),
    /// A fraction without an end: the formula that gives it, and its result.
    Fraction(String, f64),
    /// A fraction whose parts have more digits than a cell holds, rounded.
    Rounded(f64),
    /// More digits than a cell holds; it is text there.
    Long,
}

impl Figure {
    /// What a cell holds of an exact figure; none where the text is no figure.
    pub fn of(exact: &str) -> Option<Figure> {
        let Some((over, under)) = exact.split_once('/') else {
            let value = parsed(exact)?;
            return Some(if is_short(exact) { Figure::Decimal(value) } else { Figure::Long });
        };
        let quotient = quotient(parsed(over)?, parsed(under)?);
        Some(match is_short(over) && is_short(under) {
            _ if !quotient.is_finite() => Figure::Long,
            true => Figure::Fraction(exact.to_string(), quotient),
            false => Figure::Rounded(quotient),
        })
    }

    /// How it is written in a formula; none where a cell cannot hold it.
    pub fn literal(&self, exact: &str) -> Option<String> {
        match self {
            Figure::Decimal(_) if exact.starts_with('-') => Some(format!("({exact})")),
            Figure::Decimal(_) => Some(exact.to_string()),
            Figure::Fraction(formula, _) => Some(format!("({formula})")),
            Figure::Rounded(value) => Some(format!("({value})")),
            Figure::Long => None,
        }
    }

    /// Its float, as formulas have it.
    pub fn result(&self) -> Option<String> {
        match self {
            Figure::Decimal(value) | Figure::Fraction(_, value) | Figure::Rounded(value) => {
                Some(value.to_string())
            }
            Figure::Long => None,
        }
    }

    /// How exactly a cell has it.
    pub fn remark(&self) -> &'static str {
        match self {
            Figure::Decimal(_) => "value",
            Figure::Fraction(..) => "value: fraction",
            Figure::Rounded(_) => "value, rounded",
            Figure::Long => "text: over 15 digits",
        }
    }
}

/// The float of a cell; no verdict comes of it.
pub fn float(exact: &str) -> Option<f64> {
    match Figure::of(exact)? {
        Figure::Decimal(value) | Figure::Fraction(_, value) | Figure::Rounded(value) => Some(value),
        Figure::Long => None,
    }
}

/// Half of the widths of intervals together, as a cell has it.
#[allow(clippy::float_arithmetic, reason = "what a formula of the workbook gives")]
pub fn half_widths(intervals: &[(&str, &str)]) -> Option<String> {
    let width = |(low, high): &(&str, &str)| Some(float(high)? - float(low)?);
    let widths: Option<Vec<f64>> = intervals.iter().map(width).collect();
    Some((widths?.iter().sum::<f64>() / 2.0).to_string())
}

/// The amount of a product, as a cell has it.
#[allow(clippy::float_arithmetic, reason = "what a formula of the workbook gives")]
pub fn share_of(share: &str, of: &str) -> Option<String> {
    Some((float(share)? * float(of)?.abs()).to_string())
}

#[allow(clippy::float_arithmetic, reason = "a cell holds a float, and no verdict comes of it")]
fn quotient(over: f64, under: f64) -> f64 {
    over / under
}

/// A decimal as the float of a cell; none where it is none.
fn parsed(decimal: &str) -> Option<f64> {
    let digits = decimal.strip_prefix('-').unwrap_or(decimal);
    let is_decimal = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    decimal.parse().ok().filter(|_| is_decimal)
}

/// Whether a decimal has no more digits than a cell holds, and is not beyond what it holds at all.
fn is_short(decimal: &str) -> bool {
    let digits = significant(decimal);
    digits.len() <= DIGITS && (digits.is_empty() || magnitude(decimal).unsigned_abs() < 300)
}

/// The digits of a decimal from the first to the last that is not zero.
fn significant(decimal: &str) -> String {
    let digits: String = decimal.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_string()
}

/// The power of ten of the first digit that is not zero: 2 of `123.4`, -3 of `0.001`.
fn magnitude(decimal: &str) -> i64 {
    let decimal = decimal.trim_start_matches(['-', '0']);
    let whole = decimal.find('.').unwrap_or(decimal.len());
    let zeros = || decimal.chars().skip(1).take_while(|c| *c == '0').count();
    let power = if whole > 0 { whole.checked_sub(1) } else { Some(zeros()) };
    let power = power.and_then(|p| i64::try_from(p).ok()).unwrap_or(i64::MAX / 2);
    if whole > 0 { power } else { -1 - power }
}

/// How far a spreadsheet may be from an exact value by its floats, as a formula has it: a millionth
/// of a millionth of the largest of some figures.
pub fn tolerance<'t>(figures: impl Iterator<Item = &'t str>) -> String {
    let power = |figure: &str| match figure.split_once('/') {
        Some((over, under)) => magnitude(over) - magnitude(under),
        None => magnitude(figure),
    };
    let largest = figures.filter(|f| !significant(f).is_empty()).map(power).max();
    format!("1E{}", largest.unwrap_or(0).clamp(-280, 280) - 12)
}

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Look {
    /// Digits after the point.
    pub decimals: usize,
    /// As a percentage.
    pub is_percent: bool,
    /// With its thousands apart.
    pub is_grouped: bool,
}

impl Look {
    /// The number format of a cell.
    pub fn format(self) -> String {
        let mut format = if self.is_grouped { "#,##0" } else { "0" }.to_string();
        if self.decimals > 0 {
            // A String takes whatever is written to it.
            let _ = write!(format, ".{:0<1$}", "", self.decimals.min(DIGITS));
        }
        format + if self.is_percent { "%" } else { "" }
    }

    /// Both of two looks: with as many decimals as either.
    #[must_use]
    pub fn and(self, other: Look) -> Look {
        Look {
            decimals: self.decimals.max(other.decimals),
            is_percent: self.is_percent || other.is_percent,
            is_grouped: self.is_grouped || other.is_grouped,
        }
    }

    /// How crossfoot words a value: `1,234.50 %`.
    pub fn worded(value: &str) -> Look {
        let number = value.find(|c: char| !"-−≈ ".contains(c)).and_then(|at| value.get(at..));
        let number = number.unwrap_or_default();
        let end = number.find(|c: char| !c.is_ascii_digit() && !".,".contains(c));
        let digits = end.and_then(|end| number.get(..end)).unwrap_or(number);
        Look {
            decimals: digits.split_once('.').map_or(0, |(_, after)| after.len()),
            is_percent: value.ends_with('%') || value.ends_with("pp"),
            is_grouped: digits.contains(','),
        }
    }

    /// How a cell is written whose value is known: `1,234.50` for 1234.5, `71.0` for 0.71.
    pub fn written(text: &str, exact: &str) -> Look {
        let (whole, part) = exact.split_once('.').unwrap_or((exact, ""));
        let own = Look { decimals: part.len(), ..Look::default() };
        let (signs, last) = signs(text);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let value = format!("{}{part}", whole.trim_start_matches('-'));
        let value = value.trim_start_matches('0');
        let Some(zeros) = digits.trim_start_matches('0').strip_prefix(value) else { return own };
        if value.is_empty() {
            return Look { decimals: last, is_percent: text.contains('%'), is_grouped: false };
        }
        if zeros.contains(|c| c != '0') {
            return own;
        }
        let decimals = part.len() + zeros.len();
        let is_plain = decimals == 0 || (signs > 0 && decimals == last);
        let (shown, is_percent) = match decimals.checked_sub(2) {
            Some(shown) if !is_plain && (shown == 0 || shown == last) => (shown, true),
            _ => (decimals, false),
        };
        Look { decimals: shown, is_percent, is_grouped: signs > usize::from(shown > 0) }
    }
}

/// How many signs stand between the digits of a number, and how many digits after the last of them.
fn signs(text: &str) -> (usize, usize) {
    let is_digit = |c: char| c.is_ascii_digit();
    let text = text.trim_start_matches(|c| !is_digit(c)).trim_end_matches(|c| !is_digit(c));
    let mut groups = text.split(|c| !is_digit(c)).skip(1).map(str::len).peekable();
    let any = groups.peek().is_some();
    let (count, last) = groups.fold((0, 0), |(count, _), len| (count + 1, len));
    (count, if any { last } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_fifteen_digits() {
        let decimal = |text| matches!(Figure::of(text), Some(Figure::Decimal(_)));
        for text in ["0", "-1.5", "123456789012345", "0.000123456789012345", "12e0"] {
            assert_eq!(decimal(text), text != "12e0", "{text}");
        }
        assert!(decimal(&format!("12{}", "0".repeat(200))));
        for text in ["1234567890123456", "-0.1234567890123456"] {
            assert_eq!(Figure::of(text), Some(Figure::Long), "{text}");
        }
        assert_eq!(Figure::of(&format!("1{}", "0".repeat(400))), Some(Figure::Long));
        assert_eq!(Figure::of("1/3"), Some(Figure::Fraction("1/3".into(), 1.0 / 3.0)));
        let rounded = Figure::of("-1/12345678901234567");
        assert_eq!(rounded, Some(Figure::Rounded(-1.0 / 12345678901234567.0)));
        assert_eq!(
            rounded.and_then(|f| f.literal("")),
            Some("(-0.000000000000000081000000729)".into())
        );
        assert_eq!(Figure::of("-2").and_then(|f| f.literal("-2")), Some("(-2)".into()));
        for text in ["", "abc", "inf", "NaN", "1/", "12 %", "+"] {
            assert_eq!(Figure::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_tolerance_is_far_below_the_figures() {
        let of = |figures: &[&str]| tolerance(figures.iter().copied());
        assert_eq!(of(&["123.4", "-2"]), "1E-10");
        assert_eq!(of(&["0.001", "0"]), "1E-15");
        assert_eq!(of(&["7341/43300"]), "1E-13");
        assert_eq!(of(&["0", ""]), "1E-12");
    }

    #[test]
    fn numbers_look_as_they_are_written() {
        let all = [
            ("1,234.50", "1234.5", "#,##0.00"),
            ("1.234,50", "1234.5", "#,##0.00"),
            ("1 234 567", "1234567", "#,##0"),
            ("2019", "2019", "0"),
            ("100", "100", "0"),
            ("12.345", "12345", "#,##0"),
            ("12,345", "12.345", "0.000"),
            ("71.0", "0.71", "0.0%"),
            ("20 percent", "0.2", "0%"),
            ("25", "0.25", "0%"),
            ("1,234 %", "12.34", "#,##0%"),
            ("100 %", "1", "0%"),
            ("1.00", "1", "0.00"),
            ("0.5 %", "0.005", "0.0%"),
            ("-0.50", "-0.5", "0.00"),
            ("1.2 million", "1200000", "0"),
            ("seven", "7", "0"),
            ("half", "0.5", "0.0"),
            ("0.00", "0", "0.00"),
            ("0.0 %", "0", "0.0%"),
        ];
        for (text, exact, format) in all {
            assert_eq!(Look::written(text, exact).format(), format, "{text} {exact}");
        }
        for (value, format) in
            [("16.95 %", "0.00%"), ("-1,234.5", "#,##0.0"), ("3.05 pp", "0.00%"), ("7", "0")]
        {
            assert_eq!(Look::worded(value).format(), format, "{value}");
        }
    }
}
