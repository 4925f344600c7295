//! Whether figures are given as rounded: in thousands, in percent, or with a note that says so.

use crate::propose::column::Column;
use crate::propose::names;

/// Words of units that are rounded to, and of rounding itself.
const WORDS: [&str; 52] = [
    "thousand",
    "thousands",
    "thsd",
    "ths",
    "million",
    "millions",
    "billion",
    "billions",
    "mn",
    "mln",
    "bn",
    "mio",
    "mrd",
    "tsd",
    "tausend",
    "millionen",
    "milliarden",
    "milliers",
    "milliards",
    "miles",
    "millones",
    "migliaia",
    "milioni",
    "miliardi",
    "tys",
    "mld",
    "tis",
    "teur",
    "keur",
    "meur",
    "musd",
    "kusd",
    "duizend",
    "miljoen",
    "miljard",
    "milhares",
    "milhões",
    "rounded",
    "rounding",
    "gerundet",
    "gerundete",
    "rundung",
    "rundungen",
    "arrondi",
    "arrondis",
    "redondeado",
    "arrotondati",
    "pct",
    "percent",
    "percentage",
    "prozent",
    "pourcentage",
];
/// The same in digits.
const DIGITS: [&str; 6] = ["'000", "’000", "1,000", "1.000", "1 000", "in 1000"];

/// Whether a text names such a unit, or says that figures are rounded.
pub fn say_rounded(text: &str) -> bool {
    let is_word = |word: &String| WORDS.contains(&word.as_str());
    text.contains('%')
        || DIGITS.iter().any(|digits| text.contains(digits))
        || names::words(text).iter().any(is_word)
}

/// Whether all figures of a table are given as rounded: by its name, by what stands above or below it, or
/// by its column of units.
pub fn are_rounded<'t>(mut around: impl Iterator<Item = &'t str>, columns: &[Column]) -> bool {
    let heading = columns.iter().filter(|c| c.sample.is_heading);
    let mut heading = heading.flat_map(|c| c.sample.texts.iter());
    around.any(say_rounded) || heading.any(|text| say_rounded(text)) || columns.iter().any(is_unit)
}

/// Whether a column says in each row that its figures are rounded.
fn is_unit(column: &Column) -> bool {
    const UNITS: [&str; 6] = ["unit", "units", "einheit", "unité", "unidad", "measure"];
    let is_named = names::words(column.name()).iter().any(|word| UNITS.contains(&word.as_str()));
    let mut texts = column.sample.texts.iter().filter(|text| !text.trim().is_empty()).peekable();
    is_named && texts.peek().is_some() && texts.all(|text| say_rounded(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_notes_say_that_figures_are_rounded() {
        for text in [
            "Employed, in thousands",
            "in 1,000",
            "(£'000)",
            "Mio. EUR",
            "THS_PER",
            "Figures may not add up due to rounding",
            "share %",
        ] {
            assert!(say_rounded(text), "{text}");
        }
        for text in ["Table 1000: votes", "men", "per 100,000", "grounded", "total"] {
            assert!(!say_rounded(text), "{text}");
        }
    }
}
