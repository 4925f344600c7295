//! The names of an index by what of them stays the same in another spelling.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::source::did_you_mean;

/// Where the names stand that have something in common.
type Alike = HashMap<String, Vec<usize>>;

/// The names of an index, looked through once for all findings.
pub struct Spellings {
    /// But for white space and capital letters.
    folded: Alike,
    /// Whole numbers, but for zeros in front.
    codes: Alike,
    /// As [`plain`] writes them.
    plain: Alike,
    /// By the digits in them.
    digits: Alike,
}

impl Spellings {
    /// Of all these names.
    pub fn of(names: &[String]) -> Spellings {
        let by = |key: fn(&str) -> Option<String>| {
            let mut alike = Alike::new();
            for (at, name) in names.iter().enumerate() {
                if let Some(key) = key(name) {
                    alike.entry(key).or_default().push(at);
                }
            }
            alike
        };
        Spellings {
            folded: by(|name| Some(lower(name).collect())),
            codes: by(|name| code(name).map(str::to_string)),
            plain: by(|name| Some(plain(name))),
            digits: by(|name| Some(digits(name))),
        }
    }

    /// The names that may be a text but for white space, capital letters or zeros in front.
    pub fn like<'n>(&self, text: &str, names: &'n [String]) -> Vec<Cow<'n, str>> {
        let folded = self.folded.get(&lower(text).collect::<String>());
        let codes = code(text.trim()).and_then(|code| self.codes.get(code));
        let all = folded.into_iter().chain(codes).flatten();
        all.filter_map(|at| names.get(*at)).map(|name| Cow::Borrowed(name.as_str())).collect()
    }

    /// The name that differs only as programs and typists change one: by zeros in front or a `.0`
    /// behind, by case, by white space, or by letters. Other digits are another key, not a slip.
    pub fn nearest<'n>(&self, key: &str, names: &'n [String]) -> Option<&'n str> {
        let of = |alike: Option<&Vec<usize>>| {
            let places = alike.cloned().unwrap_or_default().into_iter();
            places.filter_map(|at| names.get(at)).map(String::as_str)
        };
        let same = of(self.plain.get(&plain(key))).next();
        same.or_else(|| did_you_mean(key, of(self.digits.get(&digits(key)))))
    }
}

/// A whole number without the zeros in front of it.
fn code(text: &str) -> Option<&str> {
    is_code(text).then(|| text.trim_start_matches('0'))
}

/// Whether a text is a whole number.
pub fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The characters of a text with one space between words.
pub fn spaced(text: &str) -> impl Iterator<Item = char> {
    let words = text.split_whitespace().enumerate();
    words.flat_map(|(n, word)| (n > 0).then_some(' ').into_iter().chain(word.chars()))
}

/// The same in small letters.
pub fn lower(text: &str) -> impl Iterator<Item = char> {
    spaced(text).flat_map(char::to_lowercase)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// In small letters, without white space, without zeros in front of figures, without `.0` behind.
fn plain(key: &str) -> String {
    let whole = match key.trim_end().split_once('.') {
        Some((whole, zeros)) if zeros.chars().all(|c| c == '0') => whole,
        _ => key,
    };
    let mut plain = String::new();
    let mut before = ' ';
    for c in whole.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase) {
        let in_front = c == '0' && !before.is_ascii_digit() && before != '.';
        if !in_front {
            plain.push(c);
            before = c;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_differ_in_form_are_proposed_and_other_figures_are_not() {
        let names: Vec<String> = ["01001", "06075", "36061", "Essex", "D099", "Kärnten", "36061.5"]
            .map(String::from)
            .into();
        for (key, near) in [
            ("1001", Some("01001")),
            ("6075.0", Some("06075")),
            ("6075.00", Some("06075")),
            ("essex ", Some("Essex")),
            ("Esex", Some("Essex")),
            ("d099", Some("D099")),
            ("Karnten", Some("Kärnten")),
            ("D999", None),
            ("36062", None),
            ("10010", None),
            ("100.1", None),
            ("6.075", None),
            ("36061.05", None),
        ] {
            assert_eq!(Spellings::of(&names).nearest(key, &names), near, "{key}");
        }
    }
}
