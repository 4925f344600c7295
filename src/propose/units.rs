//! Whether figures are given as rounded: in thousands, in percent, or with a note that says so.

use crate::propose::column::Column;
use crate::propose::names;

/// Words of units that are rounded to.
const UNITS: [&str; 44] = [
    "thousand",
    "thousands",
    "thsd",
    "ths",
    "000s",
    "1000s",
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
    "pct",
    "percent",
    "percentage",
    "prozent",
    "pourcentage",
];
/// Words of rounding itself.
const ROUNDING: [&str; 21] = [
    "rounded",
    "rounding",
    "gerundet",
    "gerundete",
    "rundung",
    "rundungen",
    "rundungsdifferenzen",
    "rundungsbedingt",
    "arrondi",
    "arrondis",
    "arrondie",
    "arrondies",
    "redondeo",
    "redondeado",
    "redondeados",
    "arrotondati",
    "arrotondamento",
    "arrotondamenti",
    "afgerond",
    "afronding",
    "arredondamento",
];
/// Units in digits, as they are called and as they stand in a name.
const CALLED: [&str; 9] =
    ["'000", "’000", "(000)", "in 1,000", "in 1.000", "in 1 000", "in 1000", "in %", "(%)"];
const DIGITS: [&str; 3] = ["1,000", "1.000", "1 000"];
/// What stands before a unit in a sentence that says in which one figures are given.
const IN: [&str; 5] = ["in", "en", "em", "w", "v"];
/// Words of a heading or a caption, at most: what is longer speaks of other things as well.
const LONGEST: usize = 12;

/// Whether a text names such a unit, or says that figures are rounded.
pub fn say_rounded(text: &str) -> bool {
    let is_word = |word: &String| UNITS.contains(&word.as_str()) || speaks_of_rounding(word);
    text.contains('%')
        || counts_money(text)
        || CALLED.iter().chain(&DIGITS).any(|digits| text.contains(digits))
        || names::words(text).iter().any(is_word)
}

/// Whether a paragraph, or a heading, says that figures are rounded, or in which unit they are given: it
/// may speak of thousands for other reasons.
pub fn state_rounding(text: &str) -> bool {
    let words = names::words(text);
    if words.iter().any(|word| speaks_of_rounding(word)) {
        return true;
    }
    let is_sentence = text.ends_with(['.', '!', '?', ':']);
    let is_in = |at: usize| {
        let before = words.get(at.saturating_sub(2)..at).unwrap_or_default();
        before.iter().any(|word| IN.contains(&word.as_str()))
    };
    let is_unit = |(at, word): (usize, &String)| {
        UNITS.contains(&word.as_str()) && (!is_sentence || is_in(at))
    };
    words.len() <= LONGEST
        && (counts_money(text)
            || CALLED.iter().any(|digits| text.contains(digits))
            || words.iter().enumerate().any(is_unit))
}

/// Whether a text counts money in thousands or millions: `£m`, `T€`, `$000`.
fn counts_money(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    let is_letter = |at: usize| signs.get(at).is_some_and(|c| "kKmMT".contains(*c));
    let is_apart = |at: usize| signs.get(at).is_none_or(|c| !c.is_alphanumeric());
    let is_before = |at: usize| at.checked_sub(1).is_some_and(is_letter);
    (0..signs.len()).filter(|at| signs.get(*at).is_some_and(|c| "$£€¥".contains(*c))).any(|at| {
        let rest: String = signs.iter().skip(at + 1).take(3).collect();
        is_letter(at + 1) && is_apart(at + 2)
            || is_before(at) && at.checked_sub(2).is_none_or(is_apart)
            || rest == "000" && is_apart(at + 4)
    })
}

fn speaks_of_rounding(word: &str) -> bool {
    ROUNDING.contains(&word)
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
    const NAMES: [&str; 6] = ["unit", "units", "einheit", "unité", "unidad", "measure"];
    let is_named = names::words(column.name()).iter().any(|word| NAMES.contains(&word.as_str()));
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
            "total (000s)",
            "Sales £m",
            "Umsatz (T€)",
            "Revenue US$000",
        ] {
            assert!(say_rounded(text), "{text}");
        }
        for text in [
            "Table 1000: votes",
            "$money",
            "costs $0005",
            "men",
            "per 100,000",
            "grounded",
            "total",
        ] {
            assert!(!say_rounded(text), "{text}");
        }
    }

    #[test]
    fn a_paragraph_says_so_where_it_is_about_figures() {
        for text in [
            "Totals may not sum due to rounding.",
            "($ millions)",
            "Figures are given in thousands of euros.",
            "Umsatz in Tausend Euro",
            "Sales, in %",
        ] {
            assert!(state_rounding(text), "{text}");
        }
        for text in [
            "Thousands took part.",
            "It grew by 4%",
            "1,000 people were asked",
            "Among the millions of readers of this page there were some who wrote to us about it",
        ] {
            assert!(!state_rounding(text), "{text}");
        }
    }
}
