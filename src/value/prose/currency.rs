//! Marks of currencies.

use crate::value::language::Language;
use crate::value::language::phrases::{first_word, same};
use crate::value::prose::cursor::{Cursor, MINUS};

/// Signs and names of currencies that stand before a figure.
const CURRENCIES: [&str; 34] = [
    "US$", "A$", "C$", "NZ$", "HK$", "S$", "R$", "CA$", "AU$", "USD", "EUR", "GBP", "CHF", "JPY",
    "CNY", "INR", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "RUB", "UAH", "AZN", "TRY", "Rs.",
    "Rs", "$", "€", "£", "¥", "₹", "₽",
];

/// Takes the sign or the name of a currency, and the space behind it.
pub(super) fn currency(c: &mut Cursor<'_>) -> bool {
    let rest = c.rest();
    let Some(mark) = CURRENCIES.iter().find(|mark| rest.starts_with(**mark)) else { return false };
    let mut look = Cursor { at: c.at + mark.len(), ..*c };
    look.gap();
    // Letters before a figure are a currency; before other letters they are a word.
    let is_mark = look.peek().is_some_and(|c| c.is_ascii_digit() || c == '.' || MINUS.contains(&c));
    let ends_in_letter = mark.ends_with(|c: char| c.is_alphabetic());
    if ends_in_letter && !is_mark {
        return false;
    }
    *c = look;
    true
}

/// The start of the currency mark that a text ends with, white space behind it left out.
pub(crate) fn before_currency(text: &str) -> Option<usize> {
    let text = text.trim_end();
    let longest =
        CURRENCIES.iter().filter(|mark| text.ends_with(**mark)).max_by_key(|m| m.len())?;
    let start = text.len() - longest.len();
    let before = text.get(..start)?.chars().next_back();
    let is_word = longest.starts_with(|c: char| c.is_alphabetic());
    (!is_word || before.is_none_or(|c| !c.is_alphanumeric())).then_some(start)
}

/// Whether a text begins with these words and a figure behind them: `insgesamt 309.370`.
pub(crate) fn leads_to_figure(text: &str, words: &str) -> bool {
    let is_own = text.get(..words.len()).is_some_and(|start| same(start, words));
    let behind = text.get(words.len()..).filter(|_| is_own).unwrap_or_default();
    let next = behind.trim_start();
    next.len() < behind.len()
        && next.trim_start_matches(is_currency).starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a text begins with the mark or the name of a currency: `EUR`, `dollars`, `Swiss francs`.
pub(crate) fn names_currency(text: &str, language: Language) -> bool {
    let goes_on = |mark: &str, rest: &str| {
        mark.ends_with(char::is_alphabetic) && rest.starts_with(char::is_alphabetic)
    };
    let is_mark = |mark: &&str| text.strip_prefix(*mark).is_some_and(|rest| !goes_on(mark, rest));
    let is_name = |word: &str| language.cues.money.iter().any(|own| same(own, word));
    let word = first_word(text);
    let next = text.get(word.len()..).unwrap_or_default().trim_start_matches([' ', '\u{a0}']);
    let is_country = word.starts_with(char::is_uppercase);
    CURRENCIES.iter().any(is_mark) || is_name(word) || is_country && is_name(first_word(next))
}

/// Whether a sign is the mark of a currency.
pub(super) fn is_currency(c: char) -> bool {
    CURRENCIES.iter().any(|mark| mark.chars().eq([c]))
}
