//! Tokens → tree, by recursive descent; docs/grammar.ebnf is the grammar.

mod leftover;
mod primary;

use std::ops::Range;

use crate::expr::lex::{FOREIGN_MISSING, Lexed, SyntaxError, Token, lex};
use crate::expr::spellings;
use crate::expr::tree::{Agg, Arith, Cmp, Expr, Kind, OrderKey, Unit};
use crate::fault::Fault;

crate::fault!(
    /// Raised by the parser.
    SYNTAX, Error, "syntax", "an expression of a rule cannot be read");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[&SYNTAX];

/// Nesting beyond this is refused.
const MAX_DEPTH: u32 = 128;

type Parsed<T> = Result<T, ()>;

/// Reads an expression; errors stand beside a tree that is whole where they are not.
pub fn parse_expr(text: &str) -> (Expr, Vec<SyntaxError>) {
    let mut p = Parser::new(text);
    let expr = p.whole(Parser::expr);
    let expr = expr.unwrap_or(Expr { kind: Kind::Broken, span: 0..text.len() });
    (expr, p.errors)
}

/// Reads one unit of `each`.
pub fn parse_unit(text: &str) -> (Option<Unit>, Vec<SyntaxError>) {
    let mut p = Parser::new(text);
    let unit = p.whole(Parser::unit);
    let unit = unit.ok().filter(|_| p.errors.is_empty());
    (unit, p.errors)
}

/// Reads `order`.
pub fn parse_order(text: &str) -> (Vec<OrderKey>, Vec<SyntaxError>) {
    let mut p = Parser::new(text);
    let keys = p.whole(|p| p.list(Parser::order_key));
    (keys.unwrap_or_default(), p.errors)
}

struct Parser {
    tokens: Vec<Lexed>,
    at: usize,
    errors: Vec<SyntaxError>,
    depth: u32,
}

impl Parser {
    fn new(text: &str) -> Parser {
        let (tokens, errors) = lex(text);
        Parser { tokens, at: 0, errors, depth: 0 }
    }

    fn whole<T>(&mut self, f: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.tokens.len() == 1 {
            self.errors.push(SyntaxError::new(
                0..self.tokens[0].span.end,
                "the expression is empty",
                "empty",
            ));
            return Err(());
        }
        let result = f(self)?;
        if *self.peek() != Token::End {
            self.trailing();
            return Err(());
        }
        Ok(result)
    }

    fn trailing(&mut self) {
        let message = format!("`{}` was not expected here", self.shown());
        let error = SyntaxError::new(self.span(), message, "unexpected");
        let error = match self.leftover() {
            Some(help) => error.help(help),
            None => error,
        };
        // After another error, what is left over is mostly its consequence.
        if self.errors.is_empty() {
            self.errors.push(error);
        }
    }

    /// How a number before a word is written as a percentage: `50 percent`.
    fn percentage(&self, word: &str) -> Option<String> {
        let sign = spellings::percentage(word, self.peek_after())?;
        match &self.before()?.token {
            Token::Number(number) => Some(format!("write {}{sign}", number.to_text())),
            _ => None,
        }
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at].token
    }
    /// The token before that at hand.
    fn before(&self) -> Option<&Lexed> {
        self.tokens.get(self.at.checked_sub(1)?)
    }
    fn peek_after(&self) -> &Token {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)].token
    }
    fn span(&self) -> Range<usize> {
        self.tokens[self.at].span.clone()
    }
    fn end(&self) -> usize {
        if self.at == 0 { 0 } else { self.tokens[self.at - 1].span.end }
    }
    fn shown(&self) -> String {
        match self.peek() {
            Token::Number(n) => n.to_text(),
            Token::Percent(_) | Token::Points(_) => "a percentage".into(),
            Token::Text(t) => format!("\"{t}\""),
            Token::Name(n, _) => n.clone(),
            Token::Word(w) | Token::Sign(w) => (*w).into(),
            Token::End => "the end".into(),
        }
    }
    fn advance(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }
    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(s) if *s == sign);
        if found {
            self.advance();
        }
        found
    }
    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(w) if *w == word);
        if found {
            self.advance();
        }
        found
    }
    fn fail<T>(
        &mut self,
        message: impl Into<String>,
        label: &str,
        help: Option<&str>,
    ) -> Parsed<T> {
        let span = self.span();
        let mut error = SyntaxError::new(span.clone(), message, label);
        error.help = help.map(str::to_string);
        // What follows from an earlier error of the same place is not reported again.
        if !self.errors.iter().any(|e| e.span.start <= span.start && span.start <= e.span.end) {
            self.errors.push(error);
        }
        Err(())
    }
    fn close(&mut self, sign: &str, open: Range<usize>) -> Parsed<()> {
        if self.sign(sign) {
            return Ok(());
        }
        if *self.peek() == Token::End {
            let what = if sign == ")" { "parenthesis" } else { "bracket" };
            self.errors.push(
                SyntaxError::new(open, format!("this {what} is never closed"), "opens here")
                    .help(format!("add `{sign}`")),
            );
            return Err(());
        }
        if matches!(self.peek(), Token::Word("where" | "by" | "distinct")) {
            let message = format!("`{}` is not allowed in this function", self.shown());
            return self.fail(
                message,
                "only in aggregates",
                Some("aggregates are sum, count, min, max, mean, median, mode, stddev, quantile, first, last, only, any, all"),
            );
        }
        let message = format!("expected `{sign}`, found `{}`", self.shown());
        let help = match self.peek() {
            Token::Name(word, false) => spellings::word(word).or_else(|| Parser::meant(word)),
            Token::Number(_) | Token::Percent(_) | Token::Points(_) | Token::Text(_) => {
                Some("a comma stands between two values: (1, 2)".into())
            }
            _ => None,
        };
        self.fail(message, "unexpected", help.as_deref())
    }

    fn list<T>(&mut self, mut f: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut all = vec![f(self)?];
        while self.sign(",") {
            all.push(f(self)?);
        }
        Ok(all)
    }

    fn node(&self, start: usize, kind: Kind) -> Expr {
        Expr { kind, span: start..self.end() }
    }

    fn expr(&mut self) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.fail(
                "the expression is nested too deeply",
                "too deep",
                Some("split it into several assertions"),
            );
        }
        let result =
            if matches!(self.peek(), Token::Word("if")) { self.if_else() } else { self.or() };
        self.depth -= 1;
        result
    }

    fn if_else(&mut self) -> Parsed<Expr> {
        let start = self.span().start;
        self.advance();
        if matches!(self.peek(), Token::Sign("(")) && self.comma_ahead() {
            let help = Some("write: if condition then expectation else expectation");
            return self.fail("`if` is not called like a function", "no list here", help);
        }
        let condition = Box::new(self.expr()?);
        if !self.word("then") {
            let message = format!("expected `then`, found `{}`", self.shown());
            return self.fail(
                message,
                "`then` is missing",
                Some("write: if condition then expectation else expectation"),
            );
        }
        let then = Box::new(self.expr()?);
        let otherwise = if self.word("else") { Some(Box::new(self.expr()?)) } else { None };
        Ok(self.node(start, Kind::If { condition, then, otherwise }))
    }

    /// Whether the parentheses that open here have a comma of their own.
    fn comma_ahead(&self) -> bool {
        let mut depth = 0u32;
        for lexed in self.tokens.iter().skip(self.at) {
            match lexed.token {
                Token::Sign("(" | "[") => depth += 1,
                Token::Sign(")" | "]") if depth <= 1 => return false,
                Token::Sign(")" | "]") => depth -= 1,
                Token::Sign(",") if depth == 1 => return true,
                _ => {}
            }
        }
        false
    }

    fn or(&mut self) -> Parsed<Expr> {
        let start = self.span().start;
        let mut all = vec![self.and()?];
        while self.word("or") {
            all.push(self.and()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { self.node(start, Kind::Or(all)) })
    }

    fn and(&mut self) -> Parsed<Expr> {
        let start = self.span().start;
        let mut all = vec![self.not()?];
        while self.word("and") {
            all.push(self.not()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { self.node(start, Kind::And(all)) })
    }

    fn not(&mut self) -> Parsed<Expr> {
        let start = self.span().start;
        let mut count = 0;
        while self.word("not") {
            count += 1;
            if count > MAX_DEPTH {
                return self.fail("the expression is nested too deeply", "too deep", None);
            }
        }
        let mut e = self.test()?;
        for _ in 0..count {
            e = self.node(start, Kind::Not(Box::new(e)));
        }
        Ok(e)
    }

    fn test(&mut self) -> Parsed<Expr> {
        let start = self.span().start;
        let left = self.sum()?;
        if let Some(op) = comparison(self.peek()) {
            self.advance();
            let right = Box::new(self.sum()?);
            let within = self.within()?;
            return Ok(self.node(start, Kind::Compare { op, left: Box::new(left), right, within }));
        }
        let not = matches!(self.peek(), Token::Word("not"))
            && matches!(self.peek_after(), Token::Word("between" | "in" | "matches"));
        if not {
            self.advance();
        }
        let value = Box::new(left);
        if self.word("between") {
            return self.between(start, not, value);
        }
        if self.word("in") {
            return self.member(start, not, value);
        }
        if self.word("is") {
            return self.is(start, value);
        }
        if self.word("matches") {
            return self.matches(start, not, value);
        }
        self.lookup_needs_column(&value);
        Ok(*value)
    }

    fn between(&mut self, start: usize, not: bool, value: Box<Expr>) -> Parsed<Expr> {
        let low = Box::new(self.sum()?);
        if !self.word("and") {
            let message = format!("expected `and`, found `{}`", self.shown());
            let help = Some("write: x between low and high");
            return self.fail(message, "`and` is missing", help);
        }
        let high = Box::new(self.sum()?);
        let within = self.within()?;
        Ok(self.node(start, Kind::Between { not, value, low, high, within }))
    }

    fn matches(&mut self, start: usize, not: bool, value: Box<Expr>) -> Parsed<Expr> {
        let span = self.span();
        let Token::Text(pattern) = self.peek().clone() else {
            return self.fail(
                "a pattern must follow `matches`",
                "expected a text",
                Some("write it in double quotes: name matches \"^[A-Z]\""),
            );
        };
        self.advance();
        let pattern_span = span.start + 1..span.end.saturating_sub(1).max(span.start + 1);
        Ok(self.node(start, Kind::Matches { not, value, pattern, pattern_span }))
    }

    fn lookup_needs_column(&mut self, e: &Expr) {
        if let Kind::Lookup { column: None, .. } = e.kind {
            self.errors.push(
                SyntaxError::new(e.span.clone(), "a look-up needs a column", "of which column?")
                    .help("add `.column`, or test whether the row exists: `… is not missing`"),
            );
        }
    }

    fn member(&mut self, start: usize, not: bool, value: Box<Expr>) -> Parsed<Expr> {
        let open = self.span();
        if self.sign("(") {
            let list = self.list(Self::sum)?;
            self.close(")", open)?;
            return Ok(self.node(start, Kind::InList { not, value, list }));
        }
        if matches!(self.peek(), Token::Sign("[")) {
            return self.fail(
                "a list stands in parentheses",
                "not in brackets",
                Some("write `x in (\"a\", \"b\")`"),
            );
        }
        let table = self.table()?;
        if !self.sign(".") {
            return self.fail(
                "`in` needs a column of a table, or a list in parentheses",
                "of which column?",
                Some("write `x in table.column` or `x in (1, 2)`"),
            );
        }
        let column = self.name()?;
        Ok(self.node(start, Kind::InColumn { not, value, table, column }))
    }

    fn is(&mut self, start: usize, value: Box<Expr>) -> Parsed<Expr> {
        let not = self.word("not");
        if self.word("missing") {
            return Ok(self.node(start, Kind::IsMissing { not, value }));
        }
        if self.word("readable") {
            return Ok(self.node(start, Kind::IsReadable { not, value }));
        }
        // No word of its own elsewhere: a column may have this name.
        if matches!(self.peek(), Token::Name(name, false) if name == "withheld") {
            self.advance();
            return Ok(self.node(start, Kind::IsWithheld { not, value }));
        }
        let foreign =
            matches!(self.peek(), Token::Name(n, false) if FOREIGN_MISSING.contains(&n.as_str()));
        let help = match (foreign, not) {
            (true, true) => "write `is not missing`",
            (true, false) => "write `is missing`",
            _ => "to compare, write `=`",
        };
        self.fail(
            "`is` only works with `missing` and `readable`",
            "expected `missing` or `readable`",
            Some(help),
        )
    }

    fn sum(&mut self) -> Parsed<Expr> {
        self.chain(Self::term, |p| {
            if p.sign("+") { Some(Arith::Add) } else { p.sign("-").then_some(Arith::Sub) }
        })
    }

    fn term(&mut self) -> Parsed<Expr> {
        self.chain(Self::factor, |p| {
            if p.sign("*") { Some(Arith::Mul) } else { p.sign("/").then_some(Arith::Div) }
        })
    }

    fn chain(
        &mut self,
        part: fn(&mut Self) -> Parsed<Expr>,
        op: fn(&mut Self) -> Option<Arith>,
    ) -> Parsed<Expr> {
        let start = self.span().start;
        let mut left = part(self)?;
        let mut count = 0;
        while let Some(op) = op(self) {
            count += 1;
            if count > 4 * MAX_DEPTH {
                return self.fail(
                    "the calculation is too long",
                    "too long",
                    Some("add up rows with sum(…)"),
                );
            }
            let right = part(self)?;
            left = self.node(start, Kind::Arith(op, Box::new(left), Box::new(right)));
        }
        Ok(left)
    }

    fn factor(&mut self) -> Parsed<Expr> {
        let start = self.span().start;
        if self.sign("-") {
            let x = self.primary()?;
            return Ok(self.node(start, Kind::Neg(Box::new(x))));
        }
        self.primary()
    }
}

/// The aggregate called `name`.
pub fn aggregate(name: &str) -> Option<Agg> {
    Some(match name {
        "sum" => Agg::Sum,
        "count" => Agg::Count,
        "min" => Agg::Min,
        "max" => Agg::Max,
        "mean" => Agg::Mean,
        "median" => Agg::Median,
        "mode" => Agg::Mode,
        "stddev" => Agg::Stddev,
        "quantile" => Agg::Quantile,
        "first" => Agg::First,
        "last" => Agg::Last,
        "only" => Agg::Only,
        "any" => Agg::Any,
        "all" => Agg::All,
        _ => return None,
    })
}

/// The comparison that a token is.
fn comparison(token: &Token) -> Option<Cmp> {
    Some(match token {
        Token::Sign("=") => Cmp::Eq,
        Token::Sign("!=") => Cmp::Ne,
        Token::Sign("<") => Cmp::Lt,
        Token::Sign("<=") => Cmp::Le,
        Token::Sign(">") => Cmp::Gt,
        Token::Sign(">=") => Cmp::Ge,
        _ => return None,
    })
}
