//! English words of figures.

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
const ORDINALS: [&str; 20] = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];
const TENTHS: [&str; 8] = [
    "twentieth",
    "thirtieth",
    "fortieth",
    "fiftieth",
    "sixtieth",
    "seventieth",
    "eightieth",
    "ninetieth",
];
/// Parts whose names are no ordinals, or look like a place in an order.
const PARTS: [(&str, i64); 4] = [("half", 2), ("halves", 2), ("quarter", 4), ("hundredth", 100)];

/// Words of scale, and the power of ten that each stands for.
const SCALES: [(&str, i32); 24] = [
    ("hundred", 2),
    ("thousand", 3),
    ("thousands", 3),
    ("million", 6),
    ("millions", 6),
    ("billion", 9),
    ("billions", 9),
    ("trillion", 12),
    ("trillions", 12),
    ("lakh", 5),
    ("lakhs", 5),
    ("crore", 7),
    ("crores", 7),
    ("k", 3),
    ("m", 6),
    ("mn", 6),
    ("mln", 6),
    ("mil", 6),
    ("b", 9),
    ("bn", 9),
    ("bln", 9),
    ("tn", 12),
    ("trn", 12),
    ("mio", 6),
];

fn place(words: &[&str], word: &str) -> Option<i64> {
    let found = words.iter().position(|w| w.eq_ignore_ascii_case(word))?;
    i64::try_from(found).ok()
}

/// `zero` to `nineteen`.
pub(super) fn small(word: &str) -> Option<i64> {
    place(&SMALL, word).or_else(|| word.eq_ignore_ascii_case("nought").then_some(0))
}

/// `twenty`, `thirty` … `ninety`.
pub(super) fn tens(word: &str) -> Option<i64> {
    Some((place(&TENS, word)? + 2) * 10)
}

/// `first` to `nineteenth`.
pub(super) fn small_ordinal(word: &str) -> Option<i64> {
    place(&ORDINALS, word)
}

/// `twentieth`, `thirtieth` … `ninetieth`.
pub(super) fn tens_ordinal(word: &str) -> Option<i64> {
    Some((place(&TENTHS, word)? + 2) * 10)
}

/// The denominator that `half`, `thirds`, `quarter`, `twentieth` stands for.
pub(super) fn part(word: &str) -> Option<i64> {
    let named = |word: &str| {
        let known = PARTS.iter().find(|p| p.0.eq_ignore_ascii_case(word)).map(|p| p.1);
        known.or_else(|| small_ordinal(word).filter(|d| *d > 2)).or_else(|| tens_ordinal(word))
    };
    named(word).or_else(|| named(word.strip_suffix(['s', 'S'])?))
}

/// The power of ten of a word of scale.
pub(super) fn scale(word: &str) -> Option<i32> {
    SCALES.iter().find(|s| s.0.eq_ignore_ascii_case(word)).map(|s| s.1)
}

/// Whether a word of scale is one letter, which is a unit as well.
pub(super) fn is_letter(word: &str) -> bool {
    word.len() == 1
}

/// Whether a word is one of those that figures are said with.
pub(super) fn is_of_figures(word: &str) -> bool {
    let is_scale = scale(word).is_some() && word.len() > 3;
    let is_dozen = ["dozen", "dozens"].iter().any(|w| w.eq_ignore_ascii_case(word));
    small(word).is_some() || tens(word).is_some() || is_scale || is_dozen
}
