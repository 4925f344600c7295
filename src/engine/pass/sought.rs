//! Texts that conditions compare with a column: whether some cell holds each of them.

use memchr::memmem::Finder;

use crate::engine::data::batch::Batch;
use crate::engine::data::check::Check;
use crate::read::grid::unquote;

/// A text that is looked for in a column.
pub struct Sought<'c> {
    pub column: usize,
    pub text: &'c str,
    finder: Finder<'c>,
}

/// The texts that conditions of the checks compare with columns of a table, each once.
pub fn of_table(checks: &[Check], table: usize) -> Vec<Sought<'_>> {
    let mut all: Vec<Sought<'_>> = Vec::new();
    for choice in checks.iter().flat_map(|c| &c.choices).filter(|c| c.table == table) {
        for (text, _) in &choice.texts {
            if !all.iter().any(|s| s.column == choice.column && s.text == text) {
                let finder = Finder::new(text);
                all.push(Sought { column: choice.column, text, finder });
            }
        }
    }
    all
}

/// Looks for the texts that no cell has held yet.
pub fn look(all: &[Sought<'_>], met: &mut [bool], batch: &Batch<'_>) {
    for (sought, met) in all.iter().zip(met).filter(|(_, met)| !**met) {
        let text = sought.text.as_bytes();
        // A quote in a quoted cell is written twice, so that the text does not stand as it is.
        let is_plain = batch.quote.is_none_or(|quote| !text.contains(&quote));
        if is_plain && sought.finder.find(batch.bytes).is_none() {
            continue;
        }
        batch.each(sought.column, |_, start, end| {
            let raw = batch.bytes.get(start..end).unwrap_or_default();
            *met |= raw == text
                || raw.first().is_some_and(|b| Some(*b) == batch.quote)
                    && unquote(raw, batch.quote) == text;
        });
    }
}
