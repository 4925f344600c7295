//! Names, texts and comments as statements hold them: the only place where any of them enters one.

use crate::report::text::printable;

/// A name between the marks of a dialect; a mark within it is doubled.
pub fn name(name: &str, mark: char) -> String {
    let doubled = name.replace(mark, &format!("{mark}{mark}"));
    format!("{mark}{doubled}{mark}")
}

/// How a text holds apostrophes and backslashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// An apostrophe is doubled; a backslash is a sign like all others.
    Doubled,
    /// Both are doubled.
    BothDoubled,
    /// A backslash stands before both: two apostrophes are the end of one text and the begin of the next, or were so
    /// in older versions. Spark takes `${…}` for a variable, unless one stands within.
    Backslash,
}

/// A text between apostrophes.
pub fn text(text: &str, escape: Escape) -> String {
    let text = match escape {
        Escape::Doubled => text.replace('\'', "''"),
        Escape::BothDoubled => text.replace('\\', "\\\\").replace('\'', "''"),
        Escape::Backslash => text.replace('\\', "\\\\").replace('\'', "\\'").replace("${", "$\\{"),
    };
    format!("'{text}'")
}

/// A line of comment, whatever characters the words hold.
pub fn comment(words: &str) -> String {
    format!("-- {}\n", printable(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    /// What a lexer of SQL reads between two marks, if nothing is left behind it.
    fn read(quoted: &str, mark: char, escape: Escape) -> Option<String> {
        let is_doubled = escape != Escape::Backslash;
        let mut rest = quoted.strip_prefix(mark)?.chars().peekable();
        let mut text = String::new();
        while let Some(c) = rest.next() {
            if c == mark && !(is_doubled && rest.next_if_eq(&mark).is_some()) {
                return rest.next().is_none().then_some(text);
            }
            text.push(if c == '\\' && escape != Escape::Doubled { rest.next()? } else { c });
        }
        None
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(20), ..ProptestConfig::default() })]

        #[test]
        fn what_is_quoted_is_read_as_it_was(hostile in "[a-c$'\"`\\\\{};\n -]{0,12}|\\PC{0,12}") {
            for mark in ['"', '`'] {
                prop_assert_eq!(read(&name(&hostile, mark), mark, Escape::Doubled), Some(hostile.clone()));
            }
            for escape in [Escape::Doubled, Escape::BothDoubled, Escape::Backslash] {
                prop_assert_eq!(read(&text(&hostile, escape), '\'', escape), Some(hostile.clone()));
            }
            let has_variable = text(&hostile, Escape::Backslash).contains("${");
            prop_assert!(!has_variable);
        }

        #[test]
        fn a_comment_is_one_line(hostile in "(\\PC|[\n\r\u{85}\u{2028}\u{b}\u{c}]){0,20}") {
            let line = comment(&hostile);
            prop_assert_eq!(line.find(['\n', '\r', '\u{85}', '\u{2028}', '\u{b}', '\u{c}']), Some(line.len() - 1));
        }
    }
}
