//! English number words and fractions.

use crate::value::Number;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] =
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const PARTS: [(&str, i64); 12] = [
    ("half", 2),
    ("third", 3),
    ("quarter", 4),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("twentieth", 20),
    ("hundredth", 100),
];

/// The power of ten of a scale word.
pub fn scale_word(word: &str) -> Option<i32> {
    Some(match word {
        "thousand" | "k" => 3,
        "million" | "millions" | "m" | "mn" => 6,
        "billion" | "billions" | "bn" => 9,
        "trillion" | "tn" => 12,
        _ => return None,
    })
}

fn small(word: &str) -> Option<i64> {
    SMALL
        .iter()
        .position(|w| *w == word)
        .map(|i| i as i64)
        .or_else(|| TENS.iter().position(|w| *w == word).map(|i| (i as i64 + 2) * 10))
}

/// Reads `seven`, `twenty-one`, `one hundred and five`, `two million`.
pub fn read_words(text: &str) -> Option<Number> {
    let lower = text.to_lowercase();
    let (mut total, mut part, mut any) = (0i64, 0i64, false);
    for word in lower.split(|c: char| c.is_whitespace() || c == '-').filter(|w| !w.is_empty()) {
        if word == "and" && any {
            continue;
        }
        if let Some(n) = small(word) {
            let room = if n >= 10 {
                part % 100 == 0
            } else {
                part % 10 == 0 && (part % 100 == 0 || part % 100 >= 20)
            };
            if any && !room {
                return None;
            }
            part += n;
        } else if word == "hundred" {
            part = part.max(1).checked_mul(100)?;
        } else {
            let power = scale_word(word).filter(|_| word.len() > 2)?;
            total =
                total.checked_add(part.max(1).checked_mul(10i64.checked_pow(power as u32)?)?)?;
            part = 0;
        }
        any = true;
    }
    any.then(|| Number::from(total + part))
}

/// Reads `three in five`, `two thirds`, `a fifth`, `half`, `a quarter` as numerator and denominator.
pub fn read_fraction(text: &str) -> Option<(i64, i64)> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| c.is_whitespace() || c == '-').filter(|w| !w.is_empty()).collect();
    let count = |w: &str| {
        if matches!(w, "a" | "an") { Some(1) } else { small(w).or_else(|| w.parse().ok()) }
    };
    let part = |w: &str| {
        PARTS
            .iter()
            .find(|(p, _)| w.strip_suffix('s').unwrap_or(w) == *p || w == "halves" && *p == "half")
            .map(|p| p.1)
    };
    match words[..] {
        [one] => part(one).filter(|&d| d == 2).map(|d| (1, d)),
        [n, p] => Some((count(n)?, part(p)?)),
        [n, "in" | "of", d] | [n, "out", "of", d] => {
            Some((count(n)?, count(d).filter(|&d| d > 0)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words_are_read_as_they_are_said() {
        for (text, number) in [
            ("seven", Some(7)),
            ("Twenty-one", Some(21)),
            ("one hundred and five", Some(105)),
            ("hundred", Some(100)),
            ("two million", Some(2_000_000)),
            ("three hundred thousand and forty", Some(300_040)),
            ("twelve hundred", Some(1200)),
            ("twenty eleven", None),
            ("five six", None),
            ("ten five", None),
            ("and", None),
            ("and five", None),
            ("", None),
            ("two m", None),
            ("some", None),
        ] {
            assert_eq!(read_words(text), number.map(Number::from), "{text}");
        }
    }

    #[test]
    fn fractions_in_words_are_read_as_they_are_said() {
        for (text, fraction) in [
            ("half", Some((1, 2))),
            ("halves", Some((1, 2))),
            ("two halves", Some((2, 2))),
            ("third", None),
            ("a third", Some((1, 3))),
            ("an eighth", Some((1, 8))),
            ("Two thirds", Some((2, 3))),
            ("two-thirds", Some((2, 3))),
            ("three quarters", Some((3, 4))),
            ("three fourths", Some((3, 4))),
            ("7 tenths", Some((7, 10))),
            ("three twentieths", Some((3, 20))),
            ("one hundredth", Some((1, 100))),
            ("three in five", Some((3, 5))),
            ("3 of 5", Some((3, 5))),
            ("three out of five", Some((3, 5))),
            ("three in none", None),
            ("three in 0", None),
            ("three at five", None),
            ("some thirds", None),
            ("three out five", None),
            ("", None),
        ] {
            assert_eq!(read_fraction(text), fraction, "{text}");
        }
    }
}
