//! Colours, and drawing without more than ASCII.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::fault::Severity;
use crate::render::options::Options;

/// Paints texts, where there is colour.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    color: bool,
}

impl Paint {
    /// As the terminal can show it.
    pub fn new(options: Options) -> Paint {
        Paint { color: options.color }
    }

    fn code(self, code: &str, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_string()
        }
    }

    /// What is wrong: the figure that disagrees, the word for how much it matters.
    pub fn wrong(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "31;1",
            Severity::Warning => "33;1",
            Severity::Info => "36;1",
        };
        self.code(code, text)
    }

    /// The other side of what is wrong.
    pub fn other(self, text: &str) -> String {
        self.code("34;1", text)
    }

    /// What to think of it, what to do.
    pub fn advice(self, text: &str) -> String {
        self.code("32;1", text)
    }

    /// A headline, a figure.
    pub fn bold(self, text: &str) -> String {
        self.code("1", text)
    }

    /// What is there to be looked up.
    pub fn dim(self, text: &str) -> String {
        self.code("2", text)
    }
}

/// Lines without what a CI log takes for a command: `::error` at their start, `##[error]` anywhere.
pub fn unobeyed(text: String) -> String {
    const COMMANDS: [(&str, &str); 3] =
        [("##[", "#\\u{23}["), ("##vso[", "#\\u{23}vso["), ("##teamcity[", "#\\u{23}teamcity[")];
    if !text.contains("::") && !text.contains("##") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.trim_start().strip_prefix("::") {
            Some(rest) => {
                out.push_str(line.split("::").next().unwrap_or(""));
                out.push_str("\\u{3a}:");
                out.push_str(rest);
            }
            None => out.push_str(line),
        }
    }
    COMMANDS.iter().fold(out, |text, (command, shown)| text.replace(command, shown))
}

/// The text as it is written: no command for a CI log in it, and what crossfoot draws in ASCII where
/// that is asked for.
pub fn drawn(text: String, options: Options) -> String {
    let text = unobeyed(text);
    if !options.ascii {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '╭' => out.push(','),
            '├' | '│' => out.push('|'),
            '·' => out.push(':'),
            '─' => out.push('-'),
            '┬' => out.push('+'),
            '╰' => out.push('`'),
            '…' => out.push_str("..."),
            '×' => out.push('*'),
            '÷' => out.push('/'),
            '≈' => out.push('~'),
            c => out.push(c),
        }
    }
    out
}

/// The text, or so much of it as fits in some columns, with `…`.
pub fn fitted(text: &str, columns: usize) -> Cow<'_, str> {
    let (mut used, mut end) = (0, 0);
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used < columns {
            end = at + c.len_utf8();
        }
    }
    if used <= columns {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default()))
}

/// The text in lines that fit where others would be wrapped: the first begins in a later column,
/// the others a little behind the margin.
pub fn wrapped(text: &str, first: usize, options: Options) -> Vec<String> {
    if !options.wraps {
        return vec![text.to_string()];
    }
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), first);
    for word in text.split(' ') {
        let width = word.width();
        if used + 1 + width >= options.width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = MARGIN;
        }
        if !line.is_empty() {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += width;
    }
    lines.push(line);
    lines
}

/// Columns before a line that continues another.
const MARGIN: usize = 5;

/// Text in a script that runs from right to left, as a piece of a line that runs from left to
/// right: what follows stays where it is drawn.
pub fn left_to_right(text: &str) -> Cow<'_, str> {
    if !text.chars().any(runs_left) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if matches!(c, ',' | ';' | '|' | '\t') || c == ' ' && out.ends_with("  ") {
            out.push(MARK);
        }
    }
    out.push(MARK);
    Cow::Owned(out)
}

/// The left-to-right mark: takes no place, and no terminal obeys it.
const MARK: char = '\u{200e}';

/// Whether a character is of a script that runs from right to left.
fn runs_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_columns() {
        assert_eq!(fitted("abcdef", 6), "abcdef");
        assert_eq!(fitted("abcdef", 5), "abcd…");
        assert_eq!(fitted("漢字漢字", 5), "漢字…");
        assert_eq!(fitted("漢字漢字", 4), "漢…");
    }

    #[test]
    fn what_follows_text_from_right_to_left_stays() {
        assert_eq!(left_to_right("3,a,b"), "3,a,b");
        assert_eq!(left_to_right("3,مصر,9.2"), "3,\u{200e}مصر,\u{200e}9.2\u{200e}");
    }
}
