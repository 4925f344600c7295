//! What spreadsheets make of codes: `MAR1` becomes `1-Mar`, `4006381333931` becomes `4.00638E+12`.
//! What was there cannot be got back from the file.

use crate::value::Number;
use crate::value::date::month_of;

/// What a spreadsheet has probably turned a code into.
pub fn damage(text: &str) -> Option<&'static str> {
    let is_month = |part: &str| part.len() == 3 && month_of(part).is_some();
    let is_short =
        |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if let Some((one, other)) = text.split_once('-')
        && (is_month(one) && is_short(other) || is_short(one) && is_month(other))
    {
        return Some("a date");
    }
    let is_rounded = text.contains("E+") && text.contains('.') && Number::parse(text).is_some();
    is_rounded.then_some("a rounded number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_spreadsheet_writes() {
        for (text, expected) in [
            ("1-Mar", Some("a date")),
            ("Jan-04", Some("a date")),
            ("2-Sep", Some("a date")),
            ("4.00638E+12", Some("a rounded number")),
            ("1-March", None),
            ("Mar-2024", None),
            ("1-4-12", None),
            ("A-Mar", None),
            ("4E+12", None),
            ("x.E+1", None),
        ] {
            assert_eq!(damage(text), expected, "{text}");
        }
    }
}
