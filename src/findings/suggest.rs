//! Proposals for misspelt keys.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::engine::states::index::BETWEEN_PARTS;
use crate::expr::bound::StateId;
use crate::source::did_you_mean;

/// Looking for a proposal costs a comparison with every known key: a check makes only so many.
const MOST_COMPARISONS: u64 = 2_000_000;

/// What has been proposed.
#[derive(Default)]
pub struct Suggestions {
    known: Mutex<HashMap<(StateId, String), Option<String>>>,
}

impl Suggestions {
    /// The known key that is nearest to one of these parts, as a help line; for a finding that is the
    /// `nth` of its check, so that it does not depend on who asks first.
    pub fn of(
        &self,
        state: StateId,
        parts: &[String],
        names: &[String],
        nth: u64,
    ) -> Option<String> {
        // Among keys of one or two characters, every other key is close.
        let is_short = |part: &String| part.chars().count() < 3;
        if parts.iter().all(is_short) || nth * names.len() as u64 > MOST_COMPARISONS {
            return None;
        }
        let asked = (state, parts.join(BETWEEN_PARTS.encode_utf8(&mut [0; 4])));
        if let Some(made) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&asked) {
            return made.clone();
        }
        let near = match parts {
            [key] => nearest(key, names).map(str::to_string),
            parts => nearest_of_parts(parts, names),
        };
        let made = near.map(|n| format!("did you mean `{n}`?"));
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(asked, made.clone());
        made
    }
}

/// The name that differs only as programs and typists change one: by zeros in front or a `.0`
/// behind, by case, by white space, or by letters. Other digits are another key, not a slip.
fn nearest<'a>(key: &str, names: &'a [String]) -> Option<&'a str> {
    let plain = plain(key);
    if let Some(same) = names.iter().find(|name| self::plain(name) == plain) {
        return Some(same);
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let of_key = digits(key);
    did_you_mean(key, names.iter().map(String::as_str).filter(|name| digits(name) == of_key))
}

/// The key that differs in one of its parts: by a slip, or where no other differs in that part alone.
fn nearest_of_parts(parts: &[String], names: &[String]) -> Option<String> {
    let mut others: Vec<(usize, &str, Vec<&str>)> = Vec::new();
    for name in names {
        let own: Vec<&str> = name.split(BETWEEN_PARTS).collect();
        let mut differing = own.iter().zip(parts).enumerate().filter(|(_, (a, b))| *a != b);
        if let (Some((at, (other, _))), None) = (differing.next(), differing.next())
            && own.len() == parts.len()
        {
            others.push((at, *other, own.clone()));
        }
    }
    let slip = parts.iter().enumerate().find_map(|(at, part)| {
        let of_part = others.iter().filter(|other| other.0 == at);
        let known: Vec<String> = of_part.map(|other| other.1.to_string()).collect();
        let near = nearest(part, &known)?.to_string();
        others.iter().find(|other| other.0 == at && other.1 == near)
    });
    let mut alone = (0..parts.len()).filter_map(|at| {
        let mut of_part = others.iter().filter(|other| other.0 == at);
        of_part.next().filter(|_| of_part.next().is_none())
    });
    let only = || alone.next().filter(|_| alone.next().is_none());
    slip.or_else(only).map(|(_, _, own)| own.join(", "))
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
    fn keys_of_several_parts_differ_in_one() {
        let names: Vec<String> =
            ["2020\u{1f}Mill", "2020\u{1f}Ford", "2021\u{1f}Mill", "2021\u{1f}Lake House"]
                .map(String::from)
                .into();
        for (parts, near) in [
            (["2020", "Mil"], Some("2020, Mill")),
            (["2021", "lakehouse"], Some("2021, Lake House")),
            (["2021", "Ford"], Some("2020, Ford")),
            (["2021", "Lake Hause"], Some("2021, Lake House")),
            (["2022", "Lake House"], Some("2021, Lake House")),
            (["2020", "Lake House"], Some("2021, Lake House")),
            (["2022", "Mill"], None),
            (["2022", "Mil"], None),
        ] {
            let parts = parts.map(String::from);
            assert_eq!(nearest_of_parts(&parts, &names).as_deref(), near, "{parts:?}");
        }
    }

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
            assert_eq!(nearest(key, &names), near, "{key}");
        }
    }
}
