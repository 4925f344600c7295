//! The lines of a rule file: keys with their values, and what is said of them.

use std::fmt::Write as _;

use crate::propose::names::{expression, key, quoted};
use crate::report::text::{cut, printable};

/// A text in a comment: on one line, and cut where it is long.
pub fn comment(text: &str) -> String {
    printable(&cut(text, 160, None)).into_owned()
}

/// A list of texts.
pub fn list<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    let all: Vec<String> = texts.into_iter().map(|text| quoted(text)).collect();
    format!("[{}]", all.join(", "))
}

/// A key of a section with its value, and what is said of it.
pub struct Line {
    pub key: String,
    pub value: String,
    pub remark: String,
    /// Written commented out, with these words above it.
    pub nearly: Option<String>,
    /// Words above it, cut where they are long.
    pub above: Vec<String>,
    /// Words above a line that is commented out, and that would stand for another.
    pub replaces: Option<&'static str>,
}

impl Line {
    pub fn new(key: &str, value: String, remark: impl Into<String>) -> Line {
        let (key, remark) = (key.to_string(), remark.into());
        Line { key, value, remark, nearly: None, above: Vec::new(), replaces: None }
    }
}

/// Writes lines with their signs in one column.
pub fn write(lines: &[Line], out: &mut String) {
    let width = lines.iter().filter(|l| l.nearly.is_none()).map(|l| l.key.chars().count());
    let width = width.filter(|w| *w <= 24).max().unwrap_or(0);
    let value = |l: &&Line| l.nearly.is_none() && !l.remark.is_empty();
    let values = lines.iter().filter(value).map(|l| l.value.chars().count());
    let most = values.filter(|w| *w <= 56).max().unwrap_or(0);
    for line in lines {
        for words in &line.above {
            let _ = writeln!(out, "# {}", printable(words));
        }
        let Line { key, value, remark, nearly, replaces, .. } = line;
        if key.is_empty() {
            continue;
        }
        if let Some(words) = nearly {
            let _ = writeln!(out, "# {}", comment(words));
            if let Some(words) = replaces {
                let _ = writeln!(out, "# {words}");
            }
            let _ = writeln!(out, "# {key} = {value}");
            continue;
        }
        let text = format!("{key:<width$} = {value:<most$}");
        let text = if remark.is_empty() {
            text.trim_end().to_string()
        } else {
            format!("{text}  # {}", comment(remark))
        };
        let _ = writeln!(out, "{text}");
    }
}

/// The section of a check: keys with their values, and what it asserts.
pub fn check(id: &str, keys: &[(&str, String)], asserts: &[String]) -> String {
    let mut text = format!("[check.{}]\n", key(id));
    let width = keys.iter().map(|(key, _)| key.len()).max().unwrap_or(0).max("assert".len());
    for (key, value) in keys {
        let _ = writeln!(text, "{key:<width$} = {value}");
    }
    let name = "assert";
    match asserts {
        [one] => {
            let _ = writeln!(text, "{name:<width$} = {}", expression(one));
        }
        several => {
            let _ = writeln!(text, "{name:<width$} = [");
            for one in several {
                let _ = writeln!(text, "    {},", expression(one));
            }
            let _ = writeln!(text, "]");
        }
    }
    text
}
