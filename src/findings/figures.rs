//! How figures are shown: those of a file as it writes them, computed ones in the same way.

use std::borrow::Cow;

use crate::findings::trace::Comparison;
use crate::report::{At, Place, Term};
use crate::source::Files;
use crate::value::{Figure, Interval, Number, NumberFormat, Type, Value};

/// How the figures of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    decimal: char,
    /// The sign between groups of three digits, where the file sets them apart.
    group: Option<char>,
    /// Digits beyond the usual ones, for figures whose decimals do not end.
    more: u32,
}

impl Default for Style {
    fn default() -> Self {
        Style { decimal: '.', group: None, more: 0 }
    }
}

/// Signs that set thousands apart.
pub const GROUPS: [char; 9] =
    [',', '.', ' ', '\u{a0}', '\u{202f}', '\u{2009}', '\u{2007}', '\'', '’'];

/// Significant digits of a figure whose decimals do not end.
const DIGITS: i32 = 6;

impl Style {
    /// The style of a figure that is written in this format.
    pub fn of(format: &NumberFormat, written: &str) -> Style {
        let may_group = format.prose || format.grouping.is_some();
        let signs = GROUPS.into_iter().filter(|c| may_group && *c != format.decimal);
        let mut used = signs.filter(|c| is_grouped(written, *c));
        Style { decimal: format.decimal, group: used.next(), more: 0 }
    }

    /// The sign before decimals.
    pub fn decimal(self) -> char {
        self.decimal
    }

    /// The style of digits that are written, where they show whether thousands are set apart.
    #[must_use]
    pub fn grouped_as(self, digits: &str) -> Style {
        let whole = digits.split(self.decimal).next().unwrap_or_default();
        let sign = whole.chars().find(|c| GROUPS.contains(c));
        Style { group: sign.or(self.group.filter(|_| whole.len() < 4)), ..self }
    }

    /// Sets thousands apart if another figure does.
    pub fn join(&mut self, other: Style) {
        if self.decimal == other.decimal {
            self.group = self.group.or(other.group);
        }
    }

    /// The style with so many digits more that these figures look different where they are.
    #[must_use]
    pub fn telling_apart(self, pairs: &[[(Number, Type); 2]]) -> Style {
        /// For figures that differ later than that, the difference is shown.
        const MOST: u32 = 30;
        let apart = |style: &Style| {
            pairs.iter().all(|[(a, of_a), (b, of_b)]| {
                let exact = style.is_exact(a, *of_a) && style.is_exact(b, *of_b);
                exact || a == b || style.shortened(a, *of_a) != style.shortened(b, *of_b)
            })
        };
        let mut style = self;
        while style.more < MOST && !apart(&style) {
            style.more += 1;
        }
        style
    }

    /// A value: percentages as such, texts in quotes.
    pub fn show(self, v: &Value<'_>, ty: Type) -> String {
        match v {
            Value::Number(f) if f.withheld => self.bounds(f, ty),
            Value::Number(f) => self.number(&f.value, ty),
            Value::Text(t) => format!("\"{t}\""),
            other => other.to_text(),
        }
    }

    /// What is known of a withheld figure.
    fn bounds(self, figure: &Figure, ty: Type) -> String {
        let range = figure.interval();
        let end = |n: &Number| self.number(n, ty);
        match (range.lo.at(), range.hi.at()) {
            (Some(low), Some(high)) => format!("{} to {}", end(low), end(high)),
            (Some(low), None) => format!("{} or more", end(low)),
            (None, Some(high)) => format!("{} or less", end(high)),
            (None, None) => "withheld".into(),
        }
    }

    /// A number of a type: percentages with their sign, exact where they end soon.
    pub fn number(self, n: &Number, ty: Type) -> String {
        let exact = self.is_exact(n, ty);
        let shown = match n.decimals().filter(|_| exact) {
            _ if ty == Type::Year => return n.to_text(),
            Some(_) if ty == Type::Percent => {
                let hundred = hundred(n);
                self.write(&hundred.to_rounded(hundred.decimals().unwrap_or(0)))
            }
            Some(d) => self.write(&n.to_rounded(d)),
            None => self.write(&self.shortened(n, ty)),
        };
        match ty {
            Type::Percent => format!("{shown} %"),
            _ if exact => shown,
            _ => format!("≈ {shown}"),
        }
    }

    /// A figure in the digits that are written, those of a percentage as percent, with at least so many
    /// decimals.
    pub fn written(self, digits: &Number, decimals: u32, ty: Type) -> String {
        let Some(own) = digits.decimals() else { return self.number(digits, Type::Number) };
        let text = digits.to_rounded(own.max(decimals));
        match ty {
            Type::Year => text,
            Type::Percent => format!("{} %", self.write(&text)),
            _ => self.write(&text),
        }
    }

    /// Whether a number is shown to its last digit.
    fn is_exact(self, n: &Number, ty: Type) -> bool {
        match ty {
            Type::Percent => hundred(n).decimals().is_some_and(|d| d <= 4),
            _ => n.decimals().is_some_and(|d| d <= 12),
        }
    }

    /// A number whose decimals do not end soon: a share as a percentage to two decimals, others to
    /// six digits.
    fn shortened(self, n: &Number, ty: Type) -> String {
        match ty {
            Type::Percent => hundred(n).to_rounded(2 + self.more),
            _ => n.significant(DIGITS.saturating_add_unsigned(self.more)),
        }
    }

    /// A difference: that of percentages is in percentage points.
    pub fn difference(self, n: &Number, ty: Type) -> String {
        let shown = self.number(n, ty);
        shown.strip_suffix(" %").map_or(shown.clone(), |points| format!("{points} pp"))
    }

    /// The ends of a figure's interval.
    pub fn range(self, v: &Value<'_>, ty: Type) -> Option<(String, String)> {
        self.interval(v.figure()?.range.as_ref()?, ty)
    }

    /// A figure that is anything between two ends, in words.
    pub fn between(self, v: &Value<'_>, ty: Type) -> Option<String> {
        self.range(v, ty).map(|(low, high)| format!("{low} to {high}"))
    }

    /// The ends of an interval.
    pub fn interval(self, range: &Interval, ty: Type) -> Option<(String, String)> {
        let end = |n: Option<&Number>| n.map_or("…".to_string(), |n| self.number(n, ty));
        Some((end(range.lo.at()), end(range.hi.at())))
    }

    /// A decimal in the signs of the file.
    pub fn write(self, decimal: &str) -> String {
        let (sign, rest) = decimal.strip_prefix('-').map_or(("", decimal), |rest| ("-", rest));
        let (whole, part) = rest.split_once('.').map_or((rest, None), |(w, p)| (w, Some(p)));
        let mut out = String::from(sign);
        for (i, c) in whole.chars().enumerate() {
            let left = whole.len() - i;
            out.extend(self.group.filter(|_| i > 0 && left % 3 == 0));
            out.push(c);
        }
        if let Some(part) = part {
            out.push(self.decimal);
            out.push_str(part);
        }
        out
    }
}

fn hundred(share: &Number) -> Number {
    share * &Number::from(100i64)
}

/// Each side of a comparison with the other one, and with the ends of what it could mean.
pub fn sides(c: &Comparison<'_, '_>) -> Vec<[(Number, Type); 2]> {
    let Some((x, y)) = c.left.value.figure().zip(c.right.value.figure()) else { return Vec::new() };
    let (left, right) = (c.shown_type(c.left), c.shown_type(c.right));
    let ends = |f: &Figure| match &f.range {
        Some(range) => [range.lo.at().cloned(), range.hi.at().cloned()],
        None => [None, None],
    };
    let (of_left, of_right) = ((x.value.clone(), left), (y.value.clone(), right));
    let mut pairs = vec![[of_left.clone(), of_right.clone()]];
    pairs.extend(ends(x).into_iter().flatten().map(|e| [(e, left), of_right.clone()]));
    pairs.extend(ends(y).into_iter().flatten().map(|e| [(e, right), of_left.clone()]));
    pairs
}

/// A number in the rule's own signs.
pub fn plain(n: &Number) -> String {
    Style::default().number(n, Type::Number)
}

/// The text of a cell; a figure that a workbook rounds to thousands or more, `1235e3`, as it is drawn there.
pub fn in_digits(text: String, place: &Place, files: &dyn Files) -> String {
    let At::Cells { file, range, .. } = place.at else { return text };
    let is_rounded = text.contains('e') && Number::parse(&text.replace(',', ".")).is_some();
    let all = files.addresses(file).filter(|_| is_rounded);
    let drawn = all
        .and_then(|all| all.text(range.sheet, range.rows.0, range.columns.0).map(Cow::into_owned));
    drawn.unwrap_or(text)
}

/// Whether three digits stand behind each of these signs, and a digit before the first.
fn is_grouped(written: &str, sign: char) -> bool {
    let mut parts = written.split(sign);
    let first = parts.next().unwrap_or("");
    let rest: Vec<&str> = parts.collect();
    let starts = |p: &str| p.chars().take_while(char::is_ascii_digit).count();
    first.ends_with(|c: char| c.is_ascii_digit())
        && !rest.is_empty()
        && rest.iter().all(|p| starts(p) == 3)
}

/// A figure as a cell writes it, where it is written in digits; with the sign of a percentage.
pub fn as_written(text: &str, ty: Type) -> Option<String> {
    let text = text.trim();
    let is_plain = |c: char| c.is_ascii_digit() || GROUPS.contains(&c) || "+-−%()".contains(c);
    let has_digit = text.contains(|c: char| c.is_ascii_digit());
    (has_digit && text.chars().all(is_plain)).then(|| match ty {
        Type::Percent if !text.contains('%') => format!("{text} %"),
        _ => text.to_string(),
    })
}

/// Whether a value is a date, a time or a duration.
pub fn is_moment(value: &Value<'_>) -> bool {
    matches!(value, Value::Date(_) | Value::DateTime(_) | Value::Time(_) | Value::Duration(_))
}

/// The text of a cell that holds a value: a figure, a date or a time as it is written there.
pub fn of_cell(text: &str, value: &Value<'_>, ty: Type) -> Option<String> {
    match is_moment(value) {
        true => Some(text.trim().to_string()).filter(|text| !text.is_empty()),
        false => as_written(text, ty).filter(|_| value.figure().is_some()),
    }
}

/// Whether there are cells among terms, and all are percentages: by their signs, or since 40 is read as 0.4.
pub fn are_shares(terms: &[Term]) -> bool {
    let in_hundreds = |term: &Term, number: &Number| {
        let written = Number::parse(&term.value.replace(',', "."));
        written.is_some_and(|written| written == number * &Number::from(100i64))
    };
    let mut cells = terms
        .iter()
        .filter(|t| t.place.is_some())
        .filter_map(|t| t.number.as_ref().map(|number| (t, number)));
    let is_share = |(t, number): (&Term, &Number)| t.value.ends_with('%') || in_hundreds(t, number);
    cells.clone().any(|(t, number)| t.value.ends_with('%') || !number.is_zero())
        && cells.all(is_share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).expect("a number")
    }

    fn format(decimal: char, grouping: Option<char>) -> NumberFormat {
        NumberFormat { decimal, grouping, ..NumberFormat::default() }
    }

    #[test]
    fn shares_have_the_decimals_that_they_need() {
        let shown = |t: &str| Style::default().number(&number(t), Type::Percent);
        assert_eq!(shown("0.125"), "12.5 %");
        assert_eq!(shown("0.123456"), "12.3456 %");
        assert_eq!(shown("0.1234567"), "12.35 %");
        let third = number("1").checked_div(&number("3")).expect("a third");
        assert_eq!(Style::default().number(&third, Type::Percent), "33.33 %");
        let longer = Style { more: 2, ..Style::default() };
        assert_eq!(longer.number(&third, Type::Percent), "33.3333 %");
        assert_eq!(longer.number(&third, Type::Number), "≈ 0.33333333");
    }

    #[test]
    fn unlike_figures_look_unlike() {
        let apart = |a: &str, b: Number| {
            let (a, ty) = (number(a), Type::Number);
            let style = Style::default().telling_apart(&[[(a.clone(), ty), (b.clone(), ty)]]);
            (style.number(&a, ty), style.number(&b, ty))
        };
        let third = number("1").checked_div(&number("3")).expect("a third");
        let (a, b) = apart("0.33333333", third.clone());
        assert_eq!((a.as_str(), b.as_str()), ("0.33333333", "≈ 0.333333333"));
        assert_eq!(apart("0.5", third).1, "≈ 0.333333");
    }

    #[test]
    fn computed_figures_are_written_like_those_of_the_file() {
        let shown = |format: &NumberFormat, written: &str| {
            Style::of(format, written).number(&number("1234567.5"), Type::Number)
        };
        assert_eq!(shown(&format('.', None), "1000971"), "1234567.5");
        assert_eq!(shown(&format(',', None), "101,5"), "1234567,5");
        assert_eq!(shown(&format('.', Some(',')), "1,000,971"), "1,234,567.5");
        assert_eq!(shown(&format('.', Some(',')), "971"), "1234567.5");
        assert_eq!(shown(&format(',', Some('.')), "1.840,5"), "1.234.567,5");
        let prose = NumberFormat { prose: true, ..NumberFormat::default() };
        assert_eq!(shown(&prose, "98\u{a0}000"), "1\u{a0}234\u{a0}567.5");
        assert_eq!(shown(&prose, "98.5"), "1234567.5");
    }

    #[test]
    fn what_is_written_in_digits_is_shown_as_it_is_written() {
        assert_eq!(as_written(" 1,200.0 ", Type::Number).as_deref(), Some("1,200.0"));
        assert_eq!(as_written("71.0", Type::Percent).as_deref(), Some("71.0 %"));
        assert_eq!(as_written("three in five", Type::Percent), None);
        assert_eq!(as_written("-", Type::Number), None);
    }
}
