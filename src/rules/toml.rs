//! Walking spanned TOML. The `toml` package lives here only.

use std::ops::Range;

use toml::Spanned as Raw;
use toml::de::{DeTable, DeValue};

use crate::expr::spellings;
use crate::fault::{Fault, Severity};
use crate::rules::Spanned;
use crate::source::{FileId, FlatMap, Problem, Snippet, Span, did_you_mean, nearest_of};
use crate::value::iso_day;
use crate::width::to_u32;

crate::fault!(
    /// Raised by the rule reader.
    TOML_SYNTAX, Error, "toml-syntax", "a rule file is not well-formed TOML");
crate::fault!(
    /// Raised by the rule reader.
    UNKNOWN_KEY, Error, "unknown-key", "a rule file has an unknown key");
crate::fault!(
    /// Raised by the rule reader.
    WRONG_TYPE, Error, "wrong-type", "a key of a rule file has a value of the wrong type");
crate::fault!(
    /// Raised by the rule reader.
    BAD_VALUE, Error, "bad-value", "a key of a rule file has a value that cannot be used");
crate::fault!(
    /// Raised by the rule reader.
    MISSING_KEY, Error, "missing-key", "a rule lacks a required key");
crate::fault!(
    /// Raised by the rule reader.
    DUPLICATE_NAME, Error, "duplicate-name", "two tables or two checks have the same name");
crate::fault!(
    /// Raised by the rule reader.
    DUPLICATE_ASSERTION, Error, "duplicate-assertion", "a check asserts the same twice");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[
    &TOML_SYNTAX,
    &UNKNOWN_KEY,
    &WRONG_TYPE,
    &BAD_VALUE,
    &MISSING_KEY,
    &DUPLICATE_NAME,
    &DUPLICATE_ASSERTION,
];

/// A value with its place.
pub(crate) type Item<'i> = Raw<DeValue<'i>>;

/// A rule file being read; gathers its problems.
pub(crate) struct Reader<'t> {
    pub text: &'t str,
    pub file: FileId,
    pub problems: Vec<Problem>,
    /// Sections with a key that is near to one that is known.
    pub misspelt: Vec<Span>,
}

/// One table of the file and what it is called in messages: `[data.figures]`.
#[derive(Clone, Copy)]
pub(crate) struct Section<'a> {
    pub table: &'a DeTable<'a>,
    pub title: &'a str,
    pub span: Span,
}

impl<'a> Section<'a> {
    /// The value of an unknown key that was meant as this one, which is not there; it is reported as
    /// unknown.
    pub(crate) fn meant(&self, wanted: &str, known: &[&str]) -> Option<&'a Item<'a>> {
        let is_meant = |key: &str| {
            let near = did_you_mean(key, known.iter().copied());
            !known.contains(&key)
                && spellings::instead(key, None, known).is_none()
                && spellings::key(key, known).or(near) == Some(wanted)
        };
        let mut keys = self.table.iter().filter(|_| !self.table.contains_key(wanted));
        keys.find(|(key, _)| is_meant(key.get_ref())).map(|(_, item)| item)
    }

    /// Where a key is written.
    pub(crate) fn key_span(&self, key: &str) -> Option<Span> {
        self.table.get_key_value(key).map(|(k, _)| span_of(k.span()))
    }
}

impl<'t> Reader<'t> {
    /// A table of a name.
    pub(crate) fn named<'a>(
        &mut self,
        title: &'a str,
        item: &'a Item<'a>,
        example: &str,
    ) -> Option<Section<'a>> {
        let span = self.span(item);
        match item.get_ref() {
            DeValue::Table(table) => Some(Section { table, title, span }),
            _ => {
                self.wrong(item, title, "a table", example);
                None
            }
        }
    }

    /// Parses the text. After the first syntax error nothing is walked: what follows is mostly its
    /// consequence.
    pub fn parse(&mut self) -> Option<Raw<DeTable<'t>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if let Some(error) = errors.first() {
            let span = error.span().unwrap_or(0..0);
            let span = Span::new(span.start as u64, span.end.max(span.start) as u64);
            let at = error.span().unwrap_or(0..0).start;
            let (message, help) = match error.message() {
                "duplicate key" => twice(self.text, at),
                words => {
                    let help = toml_help(self.text, at, words);
                    (words.lines().collect::<Vec<_>>().join(", "), help.to_string())
                }
            };
            self.problems.push(
                Problem::new(&TOML_SYNTAX, self.file, span, message).label("here").help(help),
            );
            return None;
        }
        Some(table)
    }

    pub fn problem(
        &mut self,
        fault: &'static Fault,
        span: Span,
        message: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        // What is lacking beside a misspelt key is mostly that key.
        if fault == &MISSING_KEY && self.misspelt.contains(&span) {
            return;
        }
        let help: String = help.into();
        let mut problem = Problem::new(fault, self.file, span, message).label(label);
        problem.help = (!help.is_empty()).then_some(help);
        self.problems.push(problem);
    }

    pub fn span<T>(&self, raw: &Raw<T>) -> Span {
        span_of(raw.span())
    }

    /// Tells of keys that are not in `known`.
    pub fn unknown_keys(&mut self, section: &Section<'_>, known: &[&str]) {
        for (key, item) in section.table.iter() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let value =
                if let DeValue::Boolean(value) = item.get_ref() { Some(*value) } else { None };
            if let Some((ours, help)) = spellings::instead(name, value, known) {
                let opposite = ours.map(|ours| format!("; `{ours}` says the opposite"));
                let message = format!("unknown key `{name}` in {}", section.title);
                let message = message + &opposite.unwrap_or_default();
                self.problem(&UNKNOWN_KEY, span_of(key.span()), message, "unknown", help);
                continue;
            }
            // A key that stands there already is hardly meant.
            let lacking = known.iter().copied().filter(|key| !section.table.contains_key(*key));
            let near =
                nearest_of(name, lacking).or_else(|| nearest_of(name, known.iter().copied()));
            let (message, help) = match spellings::key(name, known).or(near) {
                Some(near) => {
                    self.misspelt.push(section.span);
                    (
                        format!(
                            "unknown key `{name}` in {}; did you mean `{near}`?",
                            section.title
                        ),
                        format!("write `{near}`"),
                    )
                }
                None => (
                    format!("unknown key `{name}` in {}", section.title),
                    format!("the keys here are {}", known.join(", ")),
                ),
            };
            self.problem(&UNKNOWN_KEY, span_of(key.span()), message, "unknown", help);
        }
    }

    pub fn wrong(&mut self, item: &Item<'_>, key: &str, wanted: &str, example: &str) {
        let found = match item.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let span = self.span(item);
        self.problem(
            &WRONG_TYPE,
            span,
            format!("`{key}` must be {wanted}, but this is {found}"),
            found,
            format!("for example: {example}"),
        );
    }

    pub fn text(&mut self, section: &Section<'_>, key: &str, example: &str) -> Option<Snippet> {
        let item = section.table.get(key)?;
        self.text_item(item, key, example)
    }

    pub fn text_item(&mut self, item: &Item<'_>, key: &str, example: &str) -> Option<Snippet> {
        match item.get_ref() {
            DeValue::String(value) => Some(self.snippet(item.span(), value)),
            _ => {
                self.wrong(item, key, "a text", example);
                None
            }
        }
    }

    /// A text with its place.
    pub fn spanned(
        &mut self,
        section: &Section<'_>,
        key: &str,
        example: &str,
    ) -> Option<Spanned<String>> {
        let snippet = self.text(section, key, example)?;
        Some(Spanned { span: snippet.whole(), value: snippet.text })
    }

    /// `was`: a former name.
    pub fn was(&mut self, section: &Section<'_>) -> Option<Spanned<String>> {
        let was = self.spanned(section, "was", "was = \"old-name\"")?;
        if was.value.is_empty() {
            let message = format!("the `was` of {} is blank", section.title);
            let help = "write the name that it had, or leave the key out";
            self.problem(&BAD_VALUE, was.span, message, "", help);
            return None;
        }
        Some(was)
    }

    /// A text that matters only as such.
    pub fn words(&mut self, section: &Section<'_>, key: &str, example: &str) -> Option<String> {
        self.text(section, key, example).map(|s| s.text)
    }

    /// One text or a list of them.
    pub fn texts(
        &mut self,
        section: &Section<'_>,
        key: &str,
        example: &str,
    ) -> Option<Vec<Snippet>> {
        let item = section.table.get(key)?;
        match item.get_ref() {
            DeValue::Array(all) => {
                Some(all.iter().filter_map(|i| self.text_item(i, key, example)).collect())
            }
            DeValue::String(_) => self.text_item(item, key, example).map(|s| vec![s]),
            _ => {
                self.wrong(item, key, "a text or a list of texts", example);
                None
            }
        }
    }

    pub fn flag(&mut self, section: &Section<'_>, key: &str) -> Option<bool> {
        let item = section.table.get(key)?;
        match item.get_ref() {
            DeValue::Boolean(b) => Some(*b),
            _ => {
                self.wrong(item, key, "true or false", &format!("{key} = true"));
                None
            }
        }
    }

    pub fn integer(&mut self, section: &Section<'_>, key: &str) -> Option<Spanned<i64>> {
        let item = section.table.get(key)?;
        let value = match item.get_ref() {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok(),
            _ => None,
        };
        if value.is_none() {
            self.wrong(item, key, "a whole number", &format!("{key} = 2"));
        }
        value.map(|value| Spanned { value, span: self.span(item) })
    }

    /// A number, date, text or truth as it is written, for bounds and lists of values.
    pub fn scalar(&mut self, item: &Item<'_>, key: &str) -> Option<Spanned<String>> {
        let span = self.span(item);
        let value = match item.get_ref() {
            DeValue::String(s) => s.to_string(),
            DeValue::Integer(n) if n.radix() == 10 => n.as_str().to_string(),
            DeValue::Float(n) => n.as_str().to_string(),
            DeValue::Datetime(d) => d.to_string(),
            DeValue::Boolean(b) => b.to_string(),
            _ => {
                self.wrong(item, key, "a number, a date or a text", &format!("{key} = 0"));
                return None;
            }
        };
        Some(Spanned { value, span })
    }

    /// A day, as a date of TOML or an ISO text.
    pub fn day(&mut self, section: &Section<'_>, key: &str, example: &str) -> Option<Spanned<i32>> {
        let item = section.table.get(key)?;
        let span = self.span(item);
        let text = match item.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => {
                self.wrong(item, key, "a date", example);
                return None;
            }
        };
        match iso_day(&text) {
            Ok(value) => Some(Spanned { value, span }),
            Err(_) => {
                let message = format!("`{key}` must be a day, but is `{text}`");
                self.problem(&BAD_VALUE, span, message, "", format!("write it like {example}"));
                None
            }
        }
    }

    /// A sub-table; `title` is kept by the caller.
    pub fn table<'a>(
        &mut self,
        section: &Section<'a>,
        key: &str,
        example: &str,
    ) -> Option<(&'a DeTable<'a>, Span)> {
        let item = section.table.get(key)?;
        match item.get_ref() {
            DeValue::Table(t) => Some((t, self.span(item))),
            _ => {
                self.wrong(item, key, "a table", example);
                None
            }
        }
    }

    pub fn severity(&mut self, section: &Section<'_>) -> Option<Severity> {
        let word = self.spanned(section, "severity", "severity = \"warning\"")?;
        let found = Severity::ALL.iter().find(|severity| severity.word() == word.value);
        if found.is_none() {
            let message = format!("`{}` is not a severity", word.value);
            let help = "write \"error\", \"warning\" or \"info\"";
            self.problem(&BAD_VALUE, word.span, message, "", help);
        }
        found.copied()
    }

    /// One character.
    pub fn character(
        &mut self,
        section: &Section<'_>,
        key: &str,
        example: &str,
    ) -> Option<Spanned<Option<char>>> {
        let text = self.spanned(section, key, example)?;
        let mut chars = text.value.chars();
        let first = chars.next();
        if chars.next().is_some() {
            self.problem(
                &BAD_VALUE,
                text.span,
                format!("`{key}` must be one character"),
                "too long",
                format!("for example: {example}"),
            );
            return None;
        }
        Some(Spanned { value: first, span: text.span })
    }

    /// The text of a string with the way back to its bytes in the file.
    fn snippet(&self, range: Range<usize>, value: &str) -> Snippet {
        let raw = self.text.get(range.clone()).unwrap_or("");
        let map = string_map(raw, value, range.start as u64);
        Snippet { text: value.to_string(), file: self.file, map }
    }
}

/// What to write instead of a key or a table that is there already.
fn twice(text: &str, at: usize) -> (String, String) {
    let from = text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
    let line = text.get(from..).and_then(|t| t.lines().next()).unwrap_or("").trim();
    let is_header = line.starts_with('[');
    let written = |line: &str| match is_header {
        true => line.trim().to_string(),
        false => line.split('=').next().unwrap_or("").trim().to_string(),
    };
    let (what, before) = (written(line), text.get(..from).unwrap_or(""));
    // A key is there twice in one table: the first of the two stands below its last header.
    let lines = before.lines().enumerate().filter(|(_, l)| written(l) == what);
    let first = if is_header { lines.min_by_key(|l| l.0) } else { lines.last() };
    let place =
        first.map_or_else(String::new, |(n, _)| format!("; the first is on line {}", n + 1));
    let help = match is_header {
        true => format!("put all of its keys below one {what}, or give one of them another name"),
        false => "remove one of them".to_string(),
    };
    let name = if is_header { what } else { format!("`{what}`") };
    (format!("{name} stands here for the second time{place}"), help)
}

/// What to write instead of a line that is no TOML.
fn toml_help(text: &str, at: usize, words: &str) -> &'static str {
    let from = text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
    let line = text.get(from..).and_then(|t| t.lines().next()).unwrap_or("").trim();
    let key = line.split_once('=').map_or(line, |(key, _)| key);
    let is_yaml = !line.contains('=') && (line.ends_with(':') || line.contains(": "));
    if text.trim_start().starts_with('{') {
        "this looks like JSON; a rule file is TOML: [data.x] with path = \"x.csv\", and columns.area = { type = \"number\", min = 0 } for a field"
    } else if is_yaml || line.starts_with("- ") {
        let is_dbt = |l: &str| l.starts_with("models:") || l.starts_with("seeds:");
        if text.lines().any(is_dbt) {
            "this looks like a schema of dbt; a rule file is TOML: [data.orders] with path = \"orders.csv\", and columns.id = { required = true, unique = true } for a column"
        } else {
            "this looks like YAML; a rule file is TOML: [check.totals] and below it assert = 'a = b'"
        }
    } else if words.contains("escape") {
        "in double quotes `\\` begins an escape: write `/` between the parts of a path, and other texts with `\\` in single quotes"
    } else if key.contains('`') {
        "the name of a column takes double quotes as a key: columns.\"Turnout %\" = { … }; backticks are for expressions"
    } else if line.matches('"').count() > 2 {
        "put an expression with quotes into single quotes: assert = 'region = \"North\"'"
    } else {
        "rule files are TOML: `key = value`, text in quotes, tables in [brackets]"
    }
}

pub(crate) fn span_of(range: Range<usize>) -> Span {
    Span::new(range.start as u64, range.end as u64)
}

/// From the offsets of a string's value to those of its raw form, quotes and escapes included.
fn string_map(raw: &str, value: &str, start: u64) -> FlatMap {
    let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
    let mut at = quotes;
    if quotes == 3 {
        at += if raw[at..].starts_with("\r\n") {
            2
        } else {
            usize::from(raw[at..].starts_with('\n'))
        };
    }
    if raw.starts_with('\'') || raw.get(at..at + value.len()) == Some(value) {
        return FlatMap::identity(start + at as u64);
    }
    let mut map = FlatMap::default();
    let mut flat = 0u32;
    let mut after_break = false;
    for c in value.chars() {
        if after_break {
            at += raw[at..].len() - raw[at..].trim_start().len();
            after_break = false;
        }
        while raw[at..].starts_with('\\') && raw[at + 1..].starts_with([' ', '\t', '\n', '\r']) {
            at += 1;
            at += raw[at..].len() - raw[at..].trim_start().len();
        }
        map.push(flat, start + at as u64);
        at += escape_len(&raw[at..])
            .unwrap_or_else(|| raw[at..].chars().next().map_or(0, char::len_utf8));
        flat += to_u32(c.len_utf8());
        at = at.min(raw.len());
    }
    map
}

/// The length of an escape at the start of `raw`.
fn escape_len(raw: &str) -> Option<usize> {
    let rest = raw.strip_prefix('\\')?;
    let len = match rest.chars().next()? {
        'u' => 6,
        'U' => 10,
        'x' => 4,
        _ => 2,
    };
    Some(len.min(raw.len()))
}
