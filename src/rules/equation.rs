//! What a data editor writes of a table that adds up: `Year = Q1 to Q4`, `Profit = Revenue - Costs`.
//! Names are those that are printed; only such as hold ` + `, ` - `, ` to `, `*`, `,` or `=` need backticks.

use std::ops::Range;

use crate::rules::toml::{BAD_VALUE, Reader};
use crate::source::{Snippet, Span};

const EXAMPLE: &str = "for example: \"Total = Q1 to Q4\", or \"Profit = Revenue - Costs\"";

/// A name as it is printed, with its place in the text and in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub text: String,
    pub span: Span,
}

impl Named {
    /// A text as a name that stands where the text does.
    pub(crate) fn of(text: &Snippet) -> Named {
        Named { text: text.text.clone(), span: text.whole() }
    }
}

/// One part of a sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Whether it is taken away.
    pub is_minus: bool,
    /// What it is multiplied with.
    pub factor: Option<String>,
    pub from: Named,
    /// The last of a range.
    pub to: Option<Named>,
}

/// `total = parts`.
#[derive(Debug, Clone)]
pub struct Equation {
    /// None where only parts are written.
    pub total: Option<Named>,
    pub parts: Vec<Part>,
    pub written: String,
}

#[derive(Debug, PartialEq)]
enum Token {
    Name(Range<usize>),
    Plus,
    Minus,
    Comma,
    Times,
    To,
    Equals,
}

/// Reads an equation, or parts alone.
pub(crate) fn read(r: &mut Reader<'_>, text: &Snippet) -> Option<Equation> {
    let tokens = tokens(&text.text);
    let equals = tokens.iter().position(|(t, _)| *t == Token::Equals);
    let (before, parts) = match equals {
        Some(n) => (tokens.get(..n), tokens.get(n + 1..).unwrap_or(&[])),
        None => (None, &tokens[..]),
    };
    let total = match before {
        None => None,
        Some([(Token::Name(name), _)]) => Some(named(text, name.clone())),
        Some(other) => {
            let at = other.first().map_or(0..0, |(_, at)| at.clone());
            let message = "one name stands before `=`: that of the total";
            r.problem(&BAD_VALUE, text.span(at), message, "", EXAMPLE);
            return None;
        }
    };
    let parts = Parts { text, tokens: parts, at: 0 }.read(r)?;
    Some(Equation { total, parts, written: text.text.clone() })
}

struct Parts<'t> {
    text: &'t Snippet,
    tokens: &'t [(Token, Range<usize>)],
    at: usize,
}

impl Parts<'_> {
    fn read(mut self, r: &mut Reader<'_>) -> Option<Vec<Part>> {
        let mut all = Vec::new();
        loop {
            let is_minus = self.takes(&Token::Minus);
            if !is_minus {
                self.takes(&Token::Plus);
            }
            all.push(self.part(r, is_minus)?);
            match self.tokens.get(self.at) {
                None => return Some(all),
                Some((Token::Comma, _)) => self.at += 1,
                Some((Token::Plus | Token::Minus, _)) => {}
                Some((_, at)) => {
                    let span = self.text.span(at.clone());
                    let found = self.text.text.get(at.clone()).unwrap_or_default();
                    let message = format!("`{found}` was not expected here");
                    r.problem(&BAD_VALUE, span, message, "unexpected", EXAMPLE);
                    return None;
                }
            }
        }
    }

    fn takes(&mut self, token: &Token) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|(t, _)| t == token);
        self.at += usize::from(found);
        found
    }

    fn part(&mut self, r: &mut Reader<'_>, is_minus: bool) -> Option<Part> {
        let mut from = self.name(r)?;
        let mut factor = None;
        if self.takes(&Token::Times) {
            let is_number = from.text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
                && from.text.chars().all(|c| c.is_ascii_digit() || c == '.');
            if !is_number {
                let message = format!("`{}` is not a number to multiply with", from.text);
                let help = "for example: \"Total = 2 * Doubles + Singles\"";
                r.problem(&BAD_VALUE, from.span, message, "", help);
                return None;
            }
            factor = Some(from.text);
            from = self.name(r)?;
        }
        let to = if self.takes(&Token::To) { Some(self.name(r)?) } else { None };
        Some(Part { is_minus, factor, from, to })
    }

    fn name(&mut self, r: &mut Reader<'_>) -> Option<Named> {
        if let Some((Token::Name(name), _)) = self.tokens.get(self.at) {
            self.at += 1;
            return Some(named(self.text, name.clone()));
        }
        let whole = self.text.text.len();
        let next = self.tokens.get(self.at);
        let at = next.map_or(whole.saturating_sub(1)..whole, |(_, at)| at.clone());
        let message = match next {
            Some((_, at)) => {
                let found = self.text.text.get(at.clone()).unwrap_or_default();
                format!("a name is missing before `{found}`")
            }
            None if self.tokens.is_empty() => "there are no parts to add up".to_string(),
            None => "a name is missing at the end".to_string(),
        };
        r.problem(&BAD_VALUE, self.text.span(at), message, "", EXAMPLE);
        None
    }
}

fn named(text: &Snippet, at: Range<usize>) -> Named {
    let shown = text.text.get(at.clone()).unwrap_or_default();
    Named { text: shown.to_string(), span: text.span(at) }
}

/// A word between blanks, such as ` + `; at the start of a text the blank before it may lack.
const BETWEEN: [(&str, Token); 6] = [
    ("+", Token::Plus),
    ("-", Token::Minus),
    ("\u{2212}", Token::Minus),
    ("*", Token::Times),
    ("\u{d7}", Token::Times),
    ("to", Token::To),
];

/// Names and the words between them; names in backticks are without these.
fn tokens(text: &str) -> Vec<(Token, Range<usize>)> {
    let mut all = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let is_first = text.get(from..at).is_some_and(|t| t.trim().is_empty());
        let closed = text.get(at + 1..).and_then(|rest| rest.find('`'));
        if let Some(len) = closed.filter(|_| c == '`' && is_first) {
            all.push((Token::Name(at + 1..at + 1 + len), at..at + len + 2));
            at += len + 2;
            from = at;
            continue;
        }
        let found = separator(text, at, is_first);
        let Some((token, len)) = found else {
            at += c.len_utf8();
            continue;
        };
        all.extend(name(text, from..at));
        all.push((token, at..at + len));
        at += len;
        from = at;
    }
    all.extend(name(text, from..text.len()));
    all
}

fn separator(text: &str, at: usize, is_first: bool) -> Option<(Token, usize)> {
    let rest = text.get(at..)?;
    if rest.starts_with(',') {
        return Some((Token::Comma, 1));
    }
    if rest.starts_with('=') {
        return Some((Token::Equals, 1));
    }
    let is_blank_before =
        is_first || text.get(..at).is_some_and(|t| t.ends_with(char::is_whitespace));
    let found = BETWEEN.into_iter().find(|(word, token)| {
        let behind = rest.strip_prefix(word);
        let ends = behind.is_some_and(|b| b.is_empty() || b.starts_with(char::is_whitespace));
        // A column may be called `to`, and its name may begin a list.
        ends && is_blank_before && !(*token == Token::To && is_first && behind == Some(""))
    });
    found.map(|(word, token)| (token, word.len()))
}

fn name(text: &str, at: Range<usize>) -> Option<(Token, Range<usize>)> {
    let raw = text.get(at.clone())?;
    let start = at.start + (raw.len() - raw.trim_start().len());
    let shown = raw.trim();
    let at = start..start + shown.len();
    (!shown.is_empty()).then_some((Token::Name(at.clone()), at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, FlatMap};

    /// The parts as they were understood, or the first problem.
    fn said(text: &str) -> String {
        let snippet = Snippet { text: text.into(), file: FileId(0), map: FlatMap::identity(0) };
        let mut r = Reader { text, file: FileId(0), problems: Vec::new(), misspelt: Vec::new() };
        let Some(e) = read(&mut r, &snippet) else {
            return r.problems.first().map(|p| p.message.clone()).unwrap_or_default();
        };
        let part = |p: &Part| {
            let sign = if p.is_minus { "-" } else { "+" };
            let factor = p.factor.as_ref().map(|f| format!("{f}*")).unwrap_or_default();
            let to = p.to.as_ref().map(|to| format!("..{}", to.text)).unwrap_or_default();
            format!("{sign}{factor}[{}{to}]", p.from.text)
        };
        let parts: String = e.parts.iter().map(part).collect();
        e.total.map(|t| format!("{} =", t.text)).unwrap_or_default() + &parts
    }

    #[test]
    fn names_are_those_that_are_printed() {
        for (text, wanted) in [
            ("Q1 to Q4", "+[Q1..Q4]"),
            ("Year = Q1 to Q4", "Year =+[Q1..Q4]"),
            (
                "Net sales = Gross sales - Returns and refunds + Other",
                "Net sales =+[Gross sales]-[Returns and refunds]+[Other]",
            ),
            ("Profit = Revenue \u{2212} Costs", "Profit =+[Revenue]-[Costs]"),
            ("a, c to e", "+[a]+[c..e]"),
            ("2019 to 2023", "+[2019..2023]"),
            ("T = 2 * Doubles + Singles", "T =+2*[Doubles]+[Singles]"),
            ("T = - Losses + Gains", "T =-[Losses]+[Gains]"),
            ("T = `A, B` + C-D", "T =+[A, B]+[C-D]"),
            ("Total = Up to 5 + Over 5", "Total =+[Up..5]+[Over 5]"),
            ("Total = `Up to 5` + Over 5", "Total =+[Up to 5]+[Over 5]"),
            ("Total =", "there are no parts to add up"),
            ("a + b = c", "one name stands before `=`: that of the total"),
            ("Q1 to", "a name is missing at the end"),
            ("a, , b", "a name is missing before `,`"),
            ("x * a", "`x` is not a number to multiply with"),
        ] {
            assert_eq!(said(text), wanted, "{text}");
        }
    }
}
