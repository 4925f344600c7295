//! Names of sheets: what a spreadsheet takes, each once.

use std::collections::BTreeSet;

use crate::report::text::escape;

/// The name of the first sheet.
pub const SUMMARY: &str = "Summary";

/// A spreadsheet takes so many UTF-16 units.
const MOST: usize = 31;

/// The names that were given.
#[derive(Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// A name for a sheet that is like the wanted one and unlike all before, in any case.
    pub fn give(&mut self, wanted: &str) -> String {
        let clean: String = wanted.chars().map(|c| if is_fit(c) { c } else { '-' }).collect();
        let clean = clean.trim_matches(|c: char| c == '\'' || c.is_whitespace());
        let name = if clean.is_empty() { "sheet" } else { clean };
        // A spreadsheet keeps this one for itself.
        let is_kept = name.eq_ignore_ascii_case("history");
        let suffixes = (2_u64..).map(|n| format!(" ({n})"));
        let first = (!is_kept).then(String::new);
        for suffix in first.into_iter().chain(suffixes) {
            let given = format!("{}{suffix}", cut(name, MOST - suffix.len()));
            if self.0.insert(given.to_lowercase()) {
                return given;
            }
        }
        name.to_string()
    }
}

/// Whether a character may stand in the name and can be seen in it.
fn is_fit(c: char) -> bool {
    let mut shown = String::new();
    !"[]:*?/\\\u{fffe}\u{ffff}".contains(c) && !escape(c, &mut shown)
}

/// The text up to so many UTF-16 units, without an end that a name may not have.
fn cut(text: &str, most: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > most
    });
    let cut = end.map_or(text, |(at, _)| text.get(..at).unwrap_or(text));
    cut.trim_end_matches(|c: char| c == '\'' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_fit_and_each_is_given_once() {
        let mut names = Names::default();
        let long = "the-districts-of-each-region-give-its-total";
        let all = [
            ("area-total", "area-total"),
            ("Area-Total", "Area-Total (2)"),
            ("area-total", "area-total (3)"),
            (long, "the-districts-of-each-region-gi"),
            (long, "the-districts-of-each-regio (2)"),
            ("History", "History (2)"),
            ("'quoted'", "quoted"),
            ("a[b]:*?/\\c", "a-b------c"),
            ("\u{1b}[2J\u{202e}\u{ffff}", "--2J--"),
            ("", "sheet"),
            ("''", "sheet (2)"),
            ("𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞", "𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞"),
            ("0123456789012345678901234567 ' x", "0123456789012345678901234567"),
        ];
        for (wanted, given) in all {
            let name = names.give(wanted);
            assert_eq!(name, given);
            assert!(rust_xlsxwriter::utility::check_sheet_name(&name).is_ok(), "{name}");
        }
    }
}
