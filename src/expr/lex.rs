//! Text → tokens.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::value::Number;

/// What is wrong with the text of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Range<usize>,
    /// One sentence.
    pub message: String,
    /// A few words at the place.
    pub label: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl SyntaxError {
    /// An error without help.
    pub fn new(span: Range<usize>, message: impl Into<String>, label: impl Into<String>) -> Self {
        SyntaxError { span, message: message.into(), label: label.into(), help: None }
    }
    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// `12`, `1_840.5`.
    Number(Number),
    /// `20%`.
    Percent(Number),
    /// `3pp`.
    Points(Number),
    /// `"text"`.
    Text(String),
    /// A name; whether it stood in backticks.
    Name(String, bool),
    /// A reserved word.
    Word(&'static str),
    Sign(&'static str),
    End,
}

/// A token with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Lexed {
    /// What.
    pub token: Token,
    /// Where.
    pub span: Range<usize>,
}

/// Words that cannot be names without backticks.
pub const RESERVED: [&str; 19] = [
    "and", "or", "not", "if", "then", "else", "between", "in", "is", "matches", "where", "within",
    "by", "as", "distinct", "missing", "readable", "true", "false",
];
/// What other languages say for `missing`: reported, not taken for a name.
pub const FOREIGN_MISSING: [&str; 6] = ["null", "NULL", "None", "none", "nil", "NA"];
/// Operators of other languages, and what is written here.
const FOREIGN: [(&str, &str); 9] = [
    ("==", "="),
    ("<>", "!="),
    ("≠", "!="),
    ("≤", "<="),
    ("≥", ">="),
    ("×", "*"),
    ("−", "-"),
    ("&&", "and"),
    ("||", "or"),
];

const SIGNS: [&str; 17] =
    ["!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", ".", "%"];

/// Cuts a text into tokens; the last is [`Token::End`].
pub fn lex(text: &str) -> (Vec<Lexed>, Vec<SyntaxError>) {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), errors: Vec::new() };
    while lexer.step() {}
    let end = text.len();
    lexer.tokens.push(Lexed { token: Token::End, span: end..end });
    (lexer.tokens, lexer.errors)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Lexed>,
    errors: Vec<SyntaxError>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn push(&mut self, token: Token, start: usize) {
        self.tokens.push(Lexed { token, span: start..self.at });
    }

    fn step(&mut self) -> bool {
        let Some(c) = self.rest().chars().next() else { return false };
        let start = self.at;
        if c.is_whitespace() {
            self.at += c.len_utf8();
        } else if c.is_ascii_digit() || c == '.' && self.begins_number(start) {
            self.number(start);
        } else if c == '"' {
            self.text_literal(start);
        } else if c == '`' {
            self.backticks(start);
        } else if c == '_' || unicode_ident::is_xid_start(c) {
            self.name(start);
        } else {
            self.sign(c, start);
        }
        true
    }

    /// Where `12`, `1_840.5`, `.5`, `2.` or `1.2e3` ends.
    fn end_of_number(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
        let digits = |mut at: usize| {
            while digit(at) {
                at += 1;
            }
            at
        };
        // Where the digits of a power of ten begin, if one stands at `at`.
        let power = |at: usize| {
            let signed = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let from = at + 1 + signed;
            (matches!(bytes.get(at), Some(b'e' | b'E')) && digit(from)).then_some(from)
        };
        let mut end = start;
        while digit(end) || bytes.get(end) == Some(&b'_') {
            end += 1;
        }
        // `1.area` and `1..2` hold no number that ends in a point.
        let names = |c: char| matches!(c, '`' | '_' | '.') || unicode_ident::is_xid_start(c);
        let behind = self.text.get(end..).and_then(|rest| rest.strip_prefix('.'));
        if behind.is_some_and(|rest| !rest.starts_with(names) || power(end + 1).is_some()) {
            end = digits(end + 1);
        }
        power(end).map_or(end, digits)
    }

    /// Whether a point at `start` begins a number: not where it stands right behind a name.
    fn begins_number(&self, start: usize) -> bool {
        let next = self.text.as_bytes().get(start + 1);
        let joined = self.tokens.last().is_some_and(|last| {
            last.span.end == start
                && matches!(last.token, Token::Name(..) | Token::Word(_) | Token::Sign("]" | ")"))
        });
        next.is_some_and(u8::is_ascii_digit) && !joined
    }

    fn number(&mut self, start: usize) {
        if self.bare_date(start) {
            return;
        }
        let end = self.end_of_number(start);
        let written: String = self.text[start..end].chars().filter(|c| *c != '_').collect();
        let value = Number::parse(&written).unwrap_or_else(|| {
            let message = format!("`{written}` is too large or too small a number");
            self.errors.push(SyntaxError::new(start..end, message, "the exponent is too long"));
            Number::default()
        });
        self.at = end;
        let tail: usize = self
            .rest()
            .chars()
            .take_while(|c| *c == '_' || unicode_ident::is_xid_continue(*c))
            .map(char::len_utf8)
            .sum();
        let hundredth = Number::decimal(1, 2);
        if &self.text[end..end + tail] == "pp" {
            self.at += 2;
            self.push(Token::Points(&value * &hundredth), start);
        } else if tail > 0 {
            self.at += tail;
            let whole = &self.text[start..self.at];
            self.errors.push(
                SyntaxError::new(
                    start..self.at,
                    format!("`{whole}` is neither a number nor a name"),
                    "a letter after a number",
                )
                .help(format!("write `{whole}` in backticks if it is a column")),
            );
            self.push(Token::Name(self.text[start..self.at].to_string(), true), start);
        } else if self.rest().starts_with('%') {
            self.at += 1;
            self.push(Token::Percent(&value * &hundredth), start);
        } else {
            self.push(Token::Number(value), start);
        }
    }

    /// `1980-01-01` without quotes: reported, and taken for a date, so that nothing follows from it.
    fn bare_date(&mut self, start: usize) -> bool {
        let shape =
            |i: usize, b: &u8| if matches!(i, 4 | 7) { *b == b'-' } else { b.is_ascii_digit() };
        let bytes = self.text.as_bytes();
        let Some(text) = self.text.get(start..start + 10) else { return false };
        let ends = !bytes.get(start + 10).is_some_and(|b| b.is_ascii_digit() || *b == b'-');
        if !ends || !text.bytes().enumerate().all(|(i, b)| shape(i, &b)) {
            return false;
        }
        let help = format!("write date \"{text}\"; a subtraction has spaces around its sign");
        let text = text.to_string();
        self.at += 10;
        let message = format!("`{text}` would be a subtraction");
        self.errors.push(SyntaxError::new(start..self.at, message, "a date?").help(help));
        self.push(Token::Name("date".into(), false), start);
        self.push(Token::Text(text), start);
        true
    }

    fn text_literal(&mut self, start: usize) {
        let mut value = String::new();
        self.at += 1;
        loop {
            let Some(end) = self.rest().find('"') else {
                self.at = self.text.len();
                self.errors.push(
                    SyntaxError::new(start..start + 1, "this text is never closed", "opens here")
                        .help("end it with a double quote"),
                );
                break;
            };
            value.push_str(&self.text[self.at..self.at + end]);
            self.at += end + 1;
            if !self.rest().starts_with('"') {
                break;
            }
            value.push('"');
            self.at += 1;
        }
        self.push(Token::Text(value), start);
    }

    fn backticks(&mut self, start: usize) {
        let found = self.text[start + 1..].find('`');
        let Some(len) = found.filter(|&n| n > 0) else {
            let (message, width) = if found.is_some() {
                ("a name cannot be empty", 2)
            } else {
                ("this backtick is never closed", 1)
            };
            self.errors.push(SyntaxError::new(start..start + width, message, "here"));
            self.at = if found.is_some() { start + 2 } else { self.text.len() };
            self.push(Token::Name("?".into(), true), start);
            return;
        };
        self.at = start + len + 2;
        let name = self.text[start + 1..start + 1 + len].nfc().collect();
        self.push(Token::Name(name, true), start);
    }

    fn name(&mut self, start: usize) {
        let len: usize = self
            .rest()
            .chars()
            .take_while(|c| *c == '_' || unicode_ident::is_xid_continue(*c))
            .map(char::len_utf8)
            .sum();
        self.at += len;
        let raw = &self.text[start..self.at];
        let token = match RESERVED.iter().find(|w| **w == raw) {
            Some(word) => Token::Word(word),
            None => Token::Name(raw.nfc().collect(), false),
        };
        self.push(token, start);
    }

    fn sign(&mut self, c: char, start: usize) {
        if self.foreign_operator(start) {
            return;
        }
        match SIGNS.iter().find(|s| self.rest().starts_with(**s)) {
            Some(sign) => {
                self.at += sign.len();
                self.push(Token::Sign(sign), start);
            }
            None => self.unknown_sign(c, start),
        }
    }

    /// Reports an operator of another language and takes it as ours; whether there is one.
    fn foreign_operator(&mut self, start: usize) -> bool {
        let rest = self.rest();
        let Some((foreign, ours)) = FOREIGN.into_iter().find(|f| rest.starts_with(f.0)) else {
            return false;
        };
        self.at += foreign.len();
        let message = format!("`{foreign}` is not an operator of this language");
        let help = format!("write `{ours}`");
        self.errors.push(SyntaxError::new(start..self.at, message, help.clone()).help(help));
        let is_word = matches!(ours, "and" | "or");
        self.push(if is_word { Token::Word(ours) } else { Token::Sign(ours) }, start);
        true
    }

    fn unknown_sign(&mut self, c: char, start: usize) {
        self.at += c.len_utf8();
        let error = SyntaxError::new(
            start..self.at,
            format!("`{c}` does not belong in an expression"),
            "unexpected",
        );
        let error = match c {
            '!' => error.help("write `not`; \"not equal\" is `!=`"),
            '\'' | '“' | '”' | '‘' | '’' | '„' => {
                error.help("write text in double quotes: \"text\"")
            }
            '{' | '}' => error.help("braces are for patterns and messages, not for expressions"),
            '#' => error.help("there are no comments in expressions; use `title` or `help`"),
            '~' => error.help("a pattern: region matches \"^N\""),
            '^' => error.help("there is no power operator; multiply, or use sqrt(x)"),
            _ => error,
        };
        self.errors.push(error);
        if c == '\'' {
            self.foreign_quote(start);
        }
    }

    /// `'text'`: reported already; taken as a text so that no further errors follow from it.
    fn foreign_quote(&mut self, start: usize) {
        let len = self.rest().find('\'').unwrap_or(self.rest().len());
        let value = self.rest()[..len].to_string();
        self.at = (self.at + len + 1).min(self.text.len());
        self.push(Token::Text(value), start);
    }
}
