//! Patterns as they are written: literal text, placeholders, alternatives, optional parts.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::expr::lex::RESERVED;
use crate::source::did_you_mean;
use crate::value::{DateFormat, NumberFormat, Type};

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternProblem {
    /// Where in the pattern.
    pub span: Range<usize>,
    /// One sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder {
    pub name: String,
    /// The type of what it holds.
    pub ty: Type,
    /// Where it stands in the pattern.
    pub span: Range<usize>,
}

#[derive(Debug, Clone)]
pub(super) enum Part {
    Literal(String),
    Space,
    /// `…`: any words within the sentence, and the white space beside it.
    Gap {
        is_spaced: bool,
    },
    Placeholder(usize),
    Alternatives(Vec<Vec<Element>>),
    Optional(Vec<Element>),
    /// `{…}*`: stands several times within the sentence, a row each.
    Repeated(Vec<Element>),
}

#[derive(Debug, Clone)]
pub(super) struct Element {
    pub part: Part,
    pub span: Range<usize>,
}

/// What a placeholder may hold.
pub(super) const TYPES: [(&str, Type); 12] = [
    ("text", Type::Text),
    ("word", Type::Text),
    ("number", Type::Number),
    ("integer", Type::Integer),
    ("percent", Type::Percent),
    ("points", Type::Percent),
    ("ordinal", Type::Integer),
    ("multiple", Type::Number),
    ("date", Type::Date),
    ("year", Type::Year),
    ("name", Type::Text),
    ("line", Type::Text),
];

/// How the figures of a text are written, by what a rule declares.
#[derive(Debug, Clone, Default)]
pub struct Writing {
    /// Numbers of the table.
    pub number: NumberFormat,
    /// Columns with signs or formats of their own.
    pub columns: Vec<(String, NumberFormat, Vec<DateFormat>)>,
}

/// What a placeholder of a pattern holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub holds: Holds,
    /// `{n:number exact}`: words around the figure do not widen it.
    pub is_exact: bool,
    /// `from {a:number} to {b:number}`: what the second says of its scale is said for both.
    pub is_with_next: bool,
}

/// The kind of figure that a placeholder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Text,
    Number,
    Integer,
    Percent,
    Points,
    Ordinal,
    Multiple,
    Date,
    Year,
}

impl Holds {
    /// By what the type is called.
    pub fn of(kind: &str) -> Holds {
        match kind {
            "number" => Holds::Number,
            "integer" => Holds::Integer,
            "percent" => Holds::Percent,
            "points" => Holds::Points,
            "ordinal" => Holds::Ordinal,
            "multiple" => Holds::Multiple,
            "date" => Holds::Date,
            "year" => Holds::Year,
            _ => Holds::Text,
        }
    }

    /// Whether it takes whole figures only.
    pub fn is_figure(self) -> bool {
        self != Holds::Text
    }
}

/// Reads what is between the braces of a placeholder: its name, and its type among `types`.
///
/// # Errors
/// What is wrong with it.
pub fn placeholder<'t>(
    inside: &'t str,
    span: Range<usize>,
    types: &[(&str, Type)],
    earlier: &[Placeholder],
) -> Result<(Placeholder, &'t str), PatternProblem> {
    let wrong = |message: String, help: String| {
        Err(PatternProblem { span: span.clone(), message, help: Some(help) })
    };
    let (name, kind) = inside.split_once(':').unwrap_or((inside, "text"));
    let (name, kind) = (name.trim(), kind.trim());
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        let message = format!("`{name}` is not a valid placeholder name");
        return wrong(message, "use letters, digits and `_`".into());
    }
    if RESERVED.contains(&name) {
        let message = format!("`{name}` is a reserved word, and cannot be a placeholder");
        return wrong(message, format!("call it `{name}_`, or by what it holds"));
    }
    let Some((_, ty)) = types.iter().find(|t| t.0 == kind) else {
        let names: Vec<&str> = types.iter().map(|t| t.0).collect();
        let longer = || names.iter().copied().find(|name| kind.starts_with(name));
        let help = match did_you_mean(kind, names.iter().copied()).or_else(longer) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the types are {}", names.join(", ")),
        };
        return wrong(format!("`{kind}` is not a type of placeholder"), help);
    };
    if earlier.iter().any(|h| h.name == name) {
        let message = format!("two placeholders are called `{name}`");
        return wrong(message, "give each of them its own name".into());
    }
    Ok((Placeholder { name: name.to_string(), ty: *ty, span }, kind))
}

/// The values that columns of other tables have, by table and column.
pub type Values = BTreeMap<(String, String), Vec<String>>;

/// What the kind of a placeholder begins with that holds one of some texts; their regular expression
/// follows.
pub const ONE_OF: char = '=';

/// The columns of other tables whose values placeholders of a pattern hold.
pub fn columns_named(pattern: &str) -> Vec<(String, String)> {
    let inside = pattern.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    inside.filter_map(|inside| column_named(inside.split_once(':')?.1)).collect()
}

/// The column that `in names.name` names.
fn column_named(kind: &str) -> Option<(String, String)> {
    let column = kind.trim().strip_prefix("in")?;
    let (table, column) = column.strip_prefix(char::is_whitespace)?.split_once('.')?;
    Some((table.trim().into(), column.trim().trim_matches('`').into()))
}

/// A pattern being read.
pub(super) struct PatternParser<'t> {
    pub text: &'t str,
    pub values: &'t Values,
    pub at: usize,
    pub placeholders: Vec<Placeholder>,
    pub kinds: Vec<String>,
    /// The placeholders that words around a figure do not widen.
    pub exact: Vec<usize>,
    pub problems: Vec<PatternProblem>,
    pub depth: u32,
    pub has_repeated: bool,
}

impl PatternParser<'_> {
    pub fn problem(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<&str>) {
        self.problems.push(PatternProblem {
            span,
            message: message.into(),
            help: help.map(str::to_string),
        });
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// The whole pattern without `…` at its ends, which stands between no two words there, and whether
    /// it begins and ends with one.
    pub fn whole(&mut self) -> (Vec<Element>, [bool; 2]) {
        let mut all = self.sequence(None);
        let is_gap = |e: &Element| matches!(e.part, Part::Gap { .. });
        let ends = [all.first().is_some_and(is_gap), all.last().is_some_and(is_gap)];
        all.pop_if(|e| is_gap(e));
        if all.first().is_some_and(is_gap) {
            all.remove(0);
        }
        (all, ends)
    }

    fn sequence(&mut self, close: Option<char>) -> Vec<Element> {
        let mut all: Vec<Element> = Vec::new();
        while let Some(c) = self.peek() {
            let start = self.at;
            if Some(c) == close || (c == '|' && close == Some(')')) {
                break;
            }
            self.at += c.len_utf8();
            if c == '(' {
                for element in self.group(start) {
                    push(&mut all, element);
                }
                continue;
            }
            let part = match c {
                '{' => self.placeholder(start),
                '[' => self.optional(start),
                '\\' => self.peek().map(|c| {
                    self.at += c.len_utf8();
                    Part::Literal(c.to_string())
                }),
                ')' | ']' | '}' => {
                    self.problem(
                        start..self.at,
                        format!("`{c}` closes nothing"),
                        Some(&format!("write `\\{c}` for the character itself")),
                    );
                    None
                }
                '…' => Some(Part::Gap { is_spaced: false }),
                c if c.is_whitespace() => {
                    self.at += self.text[self.at..].len() - self.text[self.at..].trim_start().len();
                    Some(Part::Space)
                }
                c => Some(Part::Literal(c.to_string())),
            };
            if let Some(part) = part {
                push(&mut all, Element { part, span: start..self.at });
            }
        }
        all
    }

    /// `{…}*`, behind whose first brace another one opens.
    fn repeated(&mut self, start: usize) -> Option<Part> {
        let is_nested = self.depth > 0;
        if !self.enter(start) {
            return None;
        }
        let mut inner = self.sequence(Some('}'));
        self.depth -= 1;
        if !self.close('}', start) {
            return None;
        }
        let is_space = |e: Option<&Element>| e.is_some_and(|e| matches!(e.part, Part::Space));
        if is_space(inner.last()) {
            inner.pop();
        }
        if is_space(inner.first()) {
            inner.remove(0);
        }
        let span = start..self.at;
        if self.peek() != Some('*') {
            let help = "write `{…}*` for a group that stands several times";
            self.problem(span, "a placeholder cannot hold placeholders", Some(help));
            return None;
        }
        self.at += 1;
        if is_nested || self.has_repeated {
            let message = "a pattern has one repeated group, which stands in no other group";
            self.problem(span, message, Some("read the other one with a table of its own"));
            return None;
        }
        self.has_repeated = true;
        Some(Part::Repeated(inner))
    }

    /// Whether a brace opens before the one that is open closes.
    fn opens_again(&self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.find(['{', '}']).is_some_and(|at| rest[at..].starts_with('{'))
    }

    fn placeholder(&mut self, start: usize) -> Option<Part> {
        if self.opens_again() {
            return self.repeated(start);
        }
        let Some(len) = self.text[self.at..].find('}') else {
            self.problem(
                start..start + 1,
                "this placeholder is never closed",
                Some("write a placeholder as {name} or {name:number}"),
            );
            self.at = self.text.len();
            return None;
        };
        let inside = self.text[self.at..self.at + len].to_string();
        self.at += len + 1;
        if let Some((name, kind)) = inside.split_once(':')
            && let Some(column) = column_named(kind)
        {
            return self.one_of(name, &column, start..self.at);
        }
        let plain = inside.strip_suffix(" exact").filter(|plain| plain.contains(':'));
        let written = plain.unwrap_or(&inside);
        match placeholder(written, start..self.at, &TYPES, &self.placeholders) {
            Ok((placeholder, kind)) => {
                self.exact.extend(plain.map(|_| self.placeholders.len()));
                self.placeholders.push(placeholder);
                // Without a type it is a text within its sentence; `text` may go beyond it.
                let is_typed = inside.contains(':');
                self.kinds.push(if is_typed { kind.to_string() } else { String::new() });
                Some(Part::Placeholder(self.placeholders.len() - 1))
            }
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    /// A placeholder that holds one of the values of a column.
    fn one_of(
        &mut self,
        name: &str,
        column: &(String, String),
        span: Range<usize>,
    ) -> Option<Part> {
        let problem = match placeholder(name, span.clone(), &TYPES, &self.placeholders) {
            Ok((placeholder, _)) => match self.values.get(column).map(|all| one_of(all)) {
                Some(Some(kind)) => {
                    self.placeholders.push(placeholder);
                    self.kinds.push(kind);
                    return Some(Part::Placeholder(self.placeholders.len() - 1));
                }
                Some(None) => PatternProblem {
                    span,
                    message: format!("`{}.{}` has no value", column.0, column.1),
                    help: None,
                },
                None => PatternProblem {
                    span,
                    message: format!(
                        "there is no column `{}` in a table `{}` whose values can be read here",
                        column.1, column.0
                    ),
                    help: Some("name a column of another table, as in {who:in names.name}".into()),
                },
            },
            Err(problem) => problem,
        };
        self.problems.push(problem);
        None
    }

    /// Alternatives; without `|`, parentheses as they stand in a text, and what is between them.
    fn group(&mut self, start: usize) -> Vec<Element> {
        if !self.enter(start) {
            return Vec::new();
        }
        let mut all = vec![self.sequence(Some(')'))];
        while self.peek() == Some('|') {
            self.at += 1;
            all.push(self.sequence(Some(')')));
        }
        self.depth -= 1;
        if !self.close(')', start) {
            return Vec::new();
        }
        if all.len() > 1 {
            return vec![Element { part: Part::Alternatives(all), span: start..self.at }];
        }
        let sign = |sign: &str, span| Element { part: Part::Literal(sign.into()), span };
        let mut literal = vec![sign("(", start..start + 1)];
        literal.extend(all.into_iter().flatten());
        literal.push(sign(")", self.at - 1..self.at));
        literal
    }

    fn optional(&mut self, start: usize) -> Option<Part> {
        if !self.enter(start) {
            return None;
        }
        let inner = self.sequence(Some(']'));
        self.depth -= 1;
        self.close(']', start).then_some(Part::Optional(inner))
    }

    fn enter(&mut self, start: usize) -> bool {
        self.depth += 1;
        if self.depth > 16 {
            self.problem(start..start + 1, "the pattern is nested too deeply", None);
            self.at = self.text.len();
            return false;
        }
        true
    }

    fn close(&mut self, sign: char, start: usize) -> bool {
        if self.peek() == Some(sign) {
            self.at += 1;
            return true;
        }
        self.problem(start..start + 1, format!("this needs a closing `{sign}`"), None);
        false
    }
}

/// The kind of a placeholder that holds one of these texts, the longest first.
fn one_of(values: &[String]) -> Option<String> {
    let mut all: Vec<&str> = values.iter().map(|v| v.trim()).filter(|v| !v.is_empty()).collect();
    all.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    all.dedup();
    let edge = |c: Option<char>| if c.is_some_and(char::is_alphanumeric) { r"\b" } else { "" };
    let one = |text: &&str| {
        let words: Vec<String> = text.split_whitespace().map(escape).collect();
        let (first, last) = (edge(text.chars().next()), edge(text.chars().next_back()));
        format!("{first}{}{last}", words.join(r"\s+"))
    };
    let all: Vec<String> = all.iter().map(one).collect();
    (!all.is_empty()).then(|| format!("{ONE_OF}(?:{})", all.join("|")))
}

const APOSTROPHES: &str = "'’‘‛‚`´ʼ′";
const QUOTES: &str = "\"“”„‟«»″";
const DASHES: &str = "-‐‑‒–—―−";

/// Literal text as a regular expression: quotes and dashes are those of a keyboard or those of a
/// typesetter.
pub fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            c if APOSTROPHES.contains(c) => out.push_str(&format!("[{APOSTROPHES}]")),
            c if QUOTES.contains(c) => out.push_str(&format!("[{QUOTES}]")),
            c if DASHES.contains(c) => out.push_str(&format!("[\\{DASHES}]")),
            // Before `<` and `>` a backslash would mean the edge of a word.
            '<' | '>' => out.push(c),
            c if c.is_ascii_punctuation() => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// A character as patterns compare it, but for its case.
pub fn folded_sign(c: char) -> char {
    match c {
        c if APOSTROPHES.contains(c) => '\'',
        c if QUOTES.contains(c) => '"',
        c if DASHES.contains(c) => '-',
        c => c,
    }
}

/// A word as patterns compare it, without the punctuation around it.
pub fn folded(word: &str) -> String {
    let own = word.trim_matches(|c: char| !c.is_alphanumeric());
    own.chars().map(folded_sign).flat_map(char::to_lowercase).collect()
}

/// Adds an element: literal text goes on with the literal before it, and `…` takes the white space
/// beside it along.
fn push(all: &mut Vec<Element>, element: Element) {
    match (&element.part, all.last_mut()) {
        (Part::Literal(text), Some(Element { part: Part::Literal(before), span })) => {
            before.push_str(text);
            span.end = element.span.end;
        }
        (Part::Gap { .. }, Some(Element { part: part @ Part::Space, span })) => {
            *part = Part::Gap { is_spaced: true };
            span.end = element.span.end;
        }
        (Part::Space | Part::Gap { .. }, Some(Element { part: Part::Gap { is_spaced }, span })) => {
            *is_spaced |= matches!(element.part, Part::Space);
            span.end = element.span.end;
        }
        _ => all.push(element),
    }
}
