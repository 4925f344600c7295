//! Number formats: how a spreadsheet shows what is stored, and so with what precision a figure is
//! written.

use std::collections::HashMap;
use std::sync::Arc;

use crate::read::sheet::decimal::Decimal;
use crate::read::sheet::serial::{self, Epoch, Parts};

/// What a number is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// As it is stored.
    General,
    /// With so many decimals.
    Figure(Figure),
    /// As a date, a time, or both.
    Date(Parts),
    /// As hours, minutes and seconds that may be more than a day.
    Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Figure {
    /// Digits before the point for which there is room.
    whole: u8,
    decimals: u8,
    /// Percent signs: each shows a hundred times as much.
    percents: u8,
    /// Commas behind the digits: each shows a thousandth.
    thousands: u8,
    scientific: bool,
    /// Digits of a code, which shows zeros in front: `00000`.
    zeros: u8,
}

/// A format code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat {
    /// For all numbers; for those below zero; for zero.
    shapes: [Shape; 3],
}

/// How figures are given to the engine.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// The decimal sign of the table.
    pub point: u8,
    /// The day that is counted from.
    pub epoch: Epoch,
    /// As they are stored, not as they are shown.
    pub stored: bool,
}

/// What became of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A figure; whether what is stored has more digits.
    Figure { is_rounded: bool },
    /// A date, a time or a duration.
    Date,
}

impl Default for NumberFormat {
    fn default() -> NumberFormat {
        NumberFormat { shapes: [Shape::General; 3] }
    }
}

impl NumberFormat {
    /// Reads a format code; whatever is not known shows what is stored.
    pub fn parse(code: &str) -> NumberFormat {
        let sections = sections(code);
        // Which section a number takes would depend on its size.
        let is_conditional = |s: &&str| brackets(s).any(|b| b.starts_with(['<', '>', '=']));
        if sections.iter().any(is_conditional) {
            return NumberFormat::default();
        }
        let shape = |n: usize| sections.get(n).map(|section| shape(section));
        let first = shape(0).unwrap_or(Shape::General);
        NumberFormat { shapes: [first, shape(1).unwrap_or(first), shape(2).unwrap_or(first)] }
    }

    /// The formats of cells by their numbers: those that a workbook has of its own, and those that all know.
    pub fn of_cells(own: &HashMap<u32, NumberFormat>, ids: Vec<u32>) -> Arc<[NumberFormat]> {
        let format = |id| own.get(&id).cloned().unwrap_or_else(|| NumberFormat::built_in(id));
        ids.into_iter().map(format).collect()
    }

    /// The code of a format that has no code in the file.
    fn built_in(id: u32) -> NumberFormat {
        let code = match id {
            1 => "0",
            2 => "0.00",
            3 | 37 | 38 => "#,##0",
            4 | 39 | 40 => "#,##0.00",
            5 | 6 | 41 | 42 => "#,##0",
            7 | 8 | 43 | 44 => "#,##0.00",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => "yyyy-mm-dd",
            18 | 20 => "h:mm",
            19 | 21 | 45 | 47 => "h:mm:ss",
            32..=35 | 55 | 56 => "h:mm:ss",
            22 => "yyyy-mm-dd h:mm",
            46 => "[h]:mm:ss",
            48 => "##0.0E+0",
            _ => "General",
        };
        NumberFormat::parse(code)
    }

    fn shape_of(&self, value: Decimal) -> Shape {
        let [all, below, zero] = self.shapes;
        match value {
            Decimal { negative: true, .. } => below,
            Decimal { digits: 0, .. } => zero,
            _ => all,
        }
    }

    /// Writes a number as a cell shows it.
    pub fn write(&self, value: Decimal, style: Style, out: &mut Vec<u8>) -> Shown {
        match self.shape_of(value) {
            Shape::Figure(figure) => {
                let shown = figure.rounded(value);
                let is_rounded = !shown.equals(value);
                match style.stored {
                    true => figure.write_stored(value, style.point, out),
                    false => figure.write(shown, style.point, out),
                }
                return Shown::Figure { is_rounded };
            }
            Shape::Date(parts) if serial::write_date(value, parts, style.epoch, out) => {
                return Shown::Date;
            }
            Shape::Duration if serial::write_duration(value, out) => return Shown::Date,
            _ => {}
        }
        value.write(style.point, out);
        Shown::Figure { is_rounded: false }
    }

    /// Writes what is stored in a cell, in the way in which it is shown.
    pub fn write_stored(&self, value: Decimal, style: Style, out: &mut Vec<u8>) {
        match self.shape_of(value) {
            Shape::Figure(figure) => figure.write_stored(value, style.point, out),
            _ => value.write(style.point, out),
        }
    }
}

impl Figure {
    /// Powers of ten between what is stored and the digits that are shown.
    fn power(self) -> i32 {
        2 * i32::from(self.percents) - 3 * i32::from(self.thousands)
    }

    /// The number that is shown, in units of what is stored.
    fn rounded(self, value: Decimal) -> Decimal {
        if self.scientific {
            // 9.996 with two decimals is 1.00E+01.
            let once = value.rounded(i32::from(self.decimals) - self.exponent(value));
            return value.rounded(i32::from(self.decimals) - self.exponent(once));
        }
        value.rounded(i32::from(self.decimals) + self.power())
    }

    /// The power of ten that is shown: a multiple of the digits before the point, so that
    /// `##0.0E+0` shows 12345 as 12.3E+3.
    fn exponent(self, value: Decimal) -> i32 {
        let first = value.digits.checked_ilog10().and_then(|first| i32::try_from(first).ok());
        let step = i32::from(self.whole).max(1);
        first.map_or(0, |first| (first - value.scale).div_euclid(step) * step)
    }

    /// Writes what is shown; rounded to thousands, its unit is that of the last digit.
    fn write(self, shown: Decimal, point: u8, out: &mut Vec<u8>) {
        match shown.scale >= 0 {
            true if self.zeros > 1 && !shown.negative => {
                let mut digits = Vec::new();
                self.write_stored(shown, point, &mut digits);
                let lacking = usize::from(self.zeros).saturating_sub(digits.len());
                out.extend(std::iter::repeat_n(b'0', lacking));
                out.extend(digits);
            }
            true => self.write_stored(shown, point, out),
            false if self.scientific || self.power() >= 0 => shown.write_rounded(point, out),
            // As many thousands or millions as the cell shows.
            false => shown.write_in(-self.power(), point, out),
        }
    }

    /// Writes all digits; a percentage as one.
    fn write_stored(self, value: Decimal, point: u8, out: &mut Vec<u8>) {
        match (self.percents, self.thousands) {
            (1, 0) => {
                value.shifted(2).write(point, out);
                out.push(b'%');
            }
            _ => value.write(point, out),
        }
    }
}

/// The sections of a code, at `;` outside of quotes.
fn sections(code: &str) -> Vec<&str> {
    let (mut all, mut from, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            '\\' | '_' | '*' if !quoted => escaped = true,
            ';' if !quoted => {
                all.push(code.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    all.push(code.get(from..).unwrap_or_default());
    all
}

/// What stands in brackets.
fn brackets(section: &str) -> impl Iterator<Item = &str> {
    section.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(inside, _)| inside)
}

/// The letters and digits of a section without literals: `yyyy-mm-dd`, `#,##0.0%`, and whether
/// hours, minutes or seconds in it count beyond a day.
fn bare(section: &str) -> (String, bool) {
    let (mut out, mut elapsed) = (String::new(), false);
    let mut rest = section.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => drop(rest.by_ref().find(|c| *c == '"')),
            '\\' | '_' | '*' => drop(rest.next()),
            '[' => {
                let inside: String = rest.by_ref().take_while(|c| *c != ']').collect();
                let lower = inside.to_ascii_lowercase();
                let is_time = |of: char| !lower.is_empty() && lower.chars().all(|c| c == of);
                if ['h', 'm', 's'].into_iter().any(is_time) {
                    elapsed = true;
                    out.push_str(&lower);
                }
            }
            c => out.push(c.to_ascii_lowercase()),
        }
    }
    (out, elapsed)
}

fn shape(section: &str) -> Shape {
    let (bare, elapsed) = bare(section);
    if elapsed {
        return Shape::Duration;
    }
    if bare.contains("general") || bare.contains('@') {
        return Shape::General;
    }
    if let Some(parts) = date_parts(&bare) {
        return Shape::Date(parts);
    }
    if !bare.contains(['0', '#', '?']) || bare.contains('/') {
        return Shape::General;
    }
    let (figure, power) = bare.split_once('e').unwrap_or((&bare, ""));
    let is_digit = |c: char| matches!(c, '0' | '#' | '?');
    let (whole, part) = figure.split_once('.').unwrap_or((figure, ""));
    // A comma scales where no digit follows it before the point or the end.
    let commas = |text: &str| {
        let behind = text.rfind(is_digit).map_or(0, |at| at + 1);
        let scaling = text.get(behind..).unwrap_or_default();
        scaling.chars().filter(|c| *c == ',').count()
    };
    let count = |n: usize| u8::try_from(n.min(20)).unwrap_or(20);
    // What stands between the digits would belong to what is shown.
    let zeros = if section.bytes().all(|b| b == b'0') { section.len() } else { 0 };
    let thousands = if part.is_empty() { commas(whole) } else { commas(whole) + commas(part) };
    Shape::Figure(Figure {
        whole: count(whole.chars().filter(|c| is_digit(*c)).count()),
        decimals: count(part.chars().filter(|c| is_digit(*c)).count()),
        percents: count(figure.matches('%').count() + power.matches('%').count()),
        thousands: count(thousands),
        scientific: power.starts_with(['+', '-']),
        zeros: count(zeros),
    })
}

/// Which parts of a date and a time a bare section has; none where it has none.
fn date_parts(bare: &str) -> Option<Parts> {
    let bare = bare.replace("am/pm", "h").replace("a/p", "h");
    let bare = bare.as_str();
    // `E+00` is no year.
    let is_scientific = bare.contains("e+") || bare.contains("e-");
    let has = |letters: &[char]| bare.contains(letters);
    let time = has(&['h', 's']);
    let day = has(&['y', 'd']) || has(&['e']) && !is_scientific;
    if !time && !day && !has(&['m']) || is_scientific {
        return None;
    }
    // `m` is minutes behind hours or before seconds.
    let letters: Vec<char> = bare.chars().filter(|c| "ymdhs".contains(*c)).collect();
    let mut runs: Vec<char> = Vec::new();
    for c in letters {
        if runs.last() != Some(&c) {
            runs.push(c);
        }
    }
    let is_month = |n: usize| {
        let before = n.checked_sub(1).and_then(|n| runs.get(n));
        before != Some(&'h') && runs.get(n + 1) != Some(&'s')
    };
    let month = runs.iter().enumerate().any(|(n, c)| *c == 'm' && is_month(n));
    Some(Parts { day: day || month, time })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, stored: &str) -> String {
        let value = Decimal::parse(stored.as_bytes()).expect("a number");
        let style = Style { point: b'.', epoch: Epoch::Day1900, stored: false };
        let mut out = Vec::new();
        NumberFormat::parse(code).write(value, style, &mut out);
        String::from_utf8(out).expect("a text")
    }

    #[test]
    fn figures_have_the_digits_that_are_shown() {
        for (code, stored, expected) in [
            ("General", "12.8512", "12.8512"),
            ("0.0", "12.8512", "12.9"),
            ("#,##0.00", "1234.5", "1234.50"),
            ("#,##0", "-1234.5", "-1235"),
            ("0%", "0.1285", "13%"),
            ("0.0%", "0.1285", "12.9%"),
            ("0.0,,\"m\"", "12345678", "12.3e6"),
            ("#,##0,", "1234567", "1235e3"),
            ("00000", "42", "00042"),
            ("00000", "123456", "123456"),
            ("00", "-4", "-4"),
            ("000.0", "4.25", "4.3"),
            ("0.00E+00", "12345", "1.23e4"),
            ("0.00E+00", "0.00012345", "0.000123"),
            ("0.00E+00", "9.996", "10.0"),
            ("0.00E+00", "0", "0.00"),
            ("##0.0E+0", "12345", "1.23e4"),
            ("##0.0E+0", "9.996", "10.0"),
            ("##0.0E+0", "0.00012345", "0.0001235"),
            ("##0.0E+0", "999.96", "1.0e3"),
            ("##0.0E+0", "-99999.5", "-1.000e5"),
            ("00.0E+0", "12345", "1.2e4"),
            ("00.0E+0", "999.96", "1.00e3"),
            ("###0.00E+0", "999.96", "999.96"),
            ("000E+0", "12345", "1.2e4"),
            ("000E+0", "0.00012345", "0.000123"),
            ("# ?/?", "0.25", "0.25"),
            ("0.0;(0.00)", "-1.234", "-1.23"),
            ("0.0;-0.0;\"-\"", "0", "0"),
            ("[Red]0.0", "1.25", "1.3"),
            ("[$€-407] #,##0.00", "9.999", "10.00"),
            ("[>=1000]0,\"k\";0", "1234", "1234"),
            ("\"No. \"0", "7.6", "8"),
            ("0\\.0", "7", "7"),
            ("@", "7.25", "7.25"),
            (";;;", "7.25", "7.25"),
        ] {
            assert_eq!(shown(code, stored), expected, "{code} of {stored}");
        }
    }

    #[test]
    fn dates_are_known_by_their_letters() {
        for (code, stored, expected) in [
            ("yyyy-mm-dd", "45000", "2023-03-15"),
            ("d/m/yy", "45000.75", "2023-03-15"),
            ("mmm-yy", "45000", "2023-03-15"),
            ("[$-409]mmmm d, yyyy", "45000", "2023-03-15"),
            ("dd.mm.yyyy hh:mm", "45000.5", "2023-03-15 12:00:00"),
            ("h:mm AM/PM", "0.75", "18:00:00"),
            ("mm:ss.0", "0.5", "12:00:00"),
            ("[h]:mm", "1.5", "36:00:00"),
            ("[mm]:ss", "0.5", "12:00:00"),
            ("yyyy-mm-dd", "60", "1900-02-29"),
            ("yyyy-mm-dd", "59", "1900-02-28"),
            ("yyyy-mm-dd", "61", "1900-03-01"),
            ("yyyy-mm-dd", "1", "1900-01-01"),
            ("yyyy-mm-dd", "-1", "-1"),
            ("yyyy-mm-dd", "3000000", "3000000"),
        ] {
            assert_eq!(shown(code, stored), expected, "{code} of {stored}");
        }
    }

    #[test]
    fn what_is_stored_is_written_likewise() {
        let value = Decimal::parse(b"0.128512").expect("a number");
        let style = Style { point: b',', epoch: Epoch::Day1900, stored: false };
        let mut out = Vec::new();
        let format = NumberFormat::parse("0%");
        assert_eq!(format.write(value, style, &mut out), Shown::Figure { is_rounded: true });
        out.push(b' ');
        format.write_stored(value, style, &mut out);
        assert_eq!(out, b"13% 12,8512%");
    }
}
