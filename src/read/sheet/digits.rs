//! What cells of ODS show beside what they hold: the digits of figures, and times.

use crate::read::sheet::decimal::Decimal;

/// Powers of ten that a format may leave out: thousands, millions and more.
const POWERS: [i32; 5] = [0, 3, 6, 9, 12];

/// Characters of a figure that is read as it is shown.
const MOST_PLAIN: usize = 20;

/// Decimals that a cell may show.
const MOST_DECIMALS: i32 = 20;

/// Whether a figure is shown as it is written here: digits, and more of them behind a point; digits of a code with
/// zeros in front.
pub fn is_plain(shown: &[u8]) -> bool {
    let digits = shown.strip_prefix(b"-").unwrap_or(shown);
    let is_number = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let (whole, is_good) = match memchr::memchr(b'.', digits).map(|at| digits.split_at(at)) {
        Some((whole, decimals)) => (whole, is_number(decimals.get(1..).unwrap_or_default())),
        None => (digits, true),
    };
    // Of a zero, the sign is not read.
    let is_zero = digits.iter().all(|byte| matches!(byte, b'0' | b'.'));
    is_good
        && shown.len() <= MOST_PLAIN
        && is_number(whole)
        && (whole.len() == digits.len() || whole.len() == 1 || !whole.starts_with(b"0"))
        && !(is_zero && shown.starts_with(b"-"))
}

/// A number as a cell shows it: with the digits that stand there, in whatever language; behind them
/// may stand a power of ten, and a format may show thousands or millions.
pub fn as_shown(value: Decimal, shown: &[u8]) -> Option<Shown> {
    if let Some((figure, power)) = scientific(shown)
        && let Some(rounded) = with_digits(value.shifted(-power), figure)
    {
        return Some(Shown { value: rounded.shifted(power), power: 0 });
    }
    let scaled = |shown: &[u8], power: i32| {
        let value = with_digits(value.shifted(-power), shown)?.shifted(power);
        Some(Shown { value, power })
    };
    // The digits of a unit are none of the figure: `12.2 km2`, `12.2 t CO2`, `CO2: 12.2`.
    let figure = before_unit(shown);
    let of = |shown: &[u8]| POWERS.into_iter().find_map(|power| scaled(shown, power));
    scaled(figure, 0)
        .or_else(|| of(shown))
        .or_else(|| of(figure))
        .or_else(|| of(&without_indices(shown)))
}

/// A figure up to the first letter behind it.
fn before_unit(shown: &[u8]) -> &[u8] {
    let start = shown.iter().position(u8::is_ascii_digit).unwrap_or_default();
    let is_letter = |c: char| c.is_alphabetic();
    let figure = std::str::from_utf8(shown).ok().and_then(|shown| shown.get(start..));
    let end = figure.and_then(|figure| figure.find(is_letter)).map(|end| start + end);
    shown.get(..end.unwrap_or(shown.len())).unwrap_or(shown)
}

/// A text without the digits that stand right behind letters.
fn without_indices(shown: &[u8]) -> Vec<u8> {
    let mut is_behind = false;
    let is_kept = |c: &char| {
        let is_index = is_behind && c.is_ascii_digit();
        is_behind = c.is_alphabetic() || is_index;
        !is_index
    };
    String::from_utf8_lossy(shown).chars().filter(is_kept).collect::<String>().into_bytes()
}

/// A number that a cell shows, and the power of ten that it leaves out.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    pub value: Decimal,
    power: i32,
}

impl Shown {
    /// Writes it so that its last digit is its unit.
    pub fn write(self, point: u8, out: &mut Vec<u8>) {
        match self.power > 0 && self.value.scale < 0 {
            true => self.value.write_in(self.power, point, out),
            false => self.value.write_rounded(point, out),
        }
    }
}

/// The figure and the power of `1.23E+04`.
fn scientific(shown: &[u8]) -> Option<(&[u8], i32)> {
    let at = shown.iter().rposition(|byte| matches!(byte, b'E' | b'e'))?;
    let (figure, power) = shown.split_at_checked(at)?;
    let power = std::str::from_utf8(power.get(1..)?).ok()?.trim_end().parse::<i32>().ok()?;
    (power.abs() < 1_000 && figure.last()?.is_ascii_digit()).then_some((figure, power))
}

/// A number with as many decimals as give the digits that are shown.
fn with_digits(value: Decimal, shown: &[u8]) -> Option<Decimal> {
    let digits: Vec<u8> = shown.iter().copied().filter(u8::is_ascii_digit).collect();
    let most = i32::try_from(digits.len()).unwrap_or(MOST_DECIMALS).min(MOST_DECIMALS);
    let mut text = Vec::new();
    let has_them = |rounded: &Decimal| {
        text.clear();
        rounded.write(b'.', &mut text);
        text.retain(u8::is_ascii_digit);
        let is_same = |own: &[u8], other: &[u8]| match rounded.digits {
            // All its digits are zeros, of which the first may be left out.
            0 => own == other || own.strip_prefix(b"0") == Some(other) && !other.is_empty(),
            _ => without_zeros(own) == without_zeros(other),
        };
        is_same(&text, &digits)
    };
    (0..=most).map(|decimals| value.rounded(decimals)).find(has_them)
}

fn without_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}

/// `PT36H30M05S` as `36:30:05`.
pub fn clock(text: &str) -> Option<String> {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |text| ("-", text));
    let rest = text.strip_prefix("PT")?;
    let (hours, rest) = rest.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let (seconds, part) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
    let number = |text: &str| text.parse::<u32>().ok();
    let part = part.trim_end_matches('0');
    let dot = if part.is_empty() { "" } else { "." };
    let (hours, minutes, seconds) = (number(hours)?, number(minutes)?, number(seconds)?);
    Some(format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{dot}{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_that_are_shown_in_any_language() {
        for (stored, shown, expected) in [
            ("12.8512", "12.9", Some("12.9")),
            ("12.8512", "12,85", Some("12.85")),
            ("1234.5", "1.234,50 €", Some("1234.50")),
            ("0.5", ".5", Some("0.5")),
            ("0.5", "0.50", Some("0.50")),
            ("0", "0", Some("0")),
            ("0", "0.0", Some("0.0")),
            ("0.04", "0.0", Some("0.0")),
            ("7.4", "007", Some("7")),
            ("1234567", "1.2m", Some("1.2e6")),
            ("1234567", "1,235", Some("1235e3")),
            ("12345", "12", Some("12e3")),
            ("1", "0", Some("0")),
            ("123456789", "123.5", Some("123.5e6")),
            ("12345", "1.23E+04", Some("1.23e4")),
            ("12345", "01.2E+4", Some("1.2e4")),
            ("12345", "12.3E+3", Some("1.23e4")),
            ("-0.00012345", "-123.5E-6", Some("-0.0001235")),
            ("9.996", "1.00E+01", Some("10.0")),
            ("0", "0.00E+00", Some("0.00")),
            ("12", "12 E", Some("12")),
            ("7", "seven", None),
            ("0.3", "none", None),
            ("1234", "99", None),
            ("-2.5", "(3)", Some("-3")),
            ("12.21", "12.2 km2", Some("12.2")),
            ("12.22", "12.2 km2", Some("12.2")),
            ("12.21", "12,2 t CO2", Some("12.2")),
            ("12.21", "CO2: 12.2", Some("12.2")),
            ("12.21", "CO2: 12.2 m3", Some("12.2")),
            ("12.25", "12.3 per 100 km2", Some("12.3")),
            ("12210000", "12.2 M m3", Some("12.2e6")),
            ("12", "12 km2", Some("12")),
            ("1234", "12A34", Some("1234")),
            ("345345", "A345 345", Some("345345")),
        ] {
            let value = Decimal::parse(stored.as_bytes()).expect("a number");
            let text = as_shown(value, shown.as_bytes()).map(|rounded| {
                let mut out = Vec::new();
                rounded.write(b'.', &mut out);
                String::from_utf8(out).expect("a text")
            });
            assert_eq!(text.as_deref(), expected, "{stored} as {shown}");
        }
        assert_eq!(clock("PT36H30M05S").as_deref(), Some("36:30:05"));
        assert_eq!(clock("PT00H00M01.500000000S").as_deref(), Some("00:00:01.5"));
        assert_eq!(clock("P1D"), None);
    }
}
