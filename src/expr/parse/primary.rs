//! What stands between signs: literals, names, look-ups, calls, aggregates, units of `each`.

use std::ops::Range;

use crate::expr::lex::{FOREIGN_MISSING, SyntaxError, Token};
use crate::expr::parse::{Parsed, Parser, aggregate};
use crate::expr::tree::{
    Agg, AggArg, ColumnRange, Expr, Kind, MOMENTS, Name, OrderKey, Quantile, QuantileMethod,
    TableRef, Unit, UnitKey, Version, WindowFunction, Within,
};
use crate::value::Number;

impl Parser {
    pub(crate) fn primary(&mut self) -> Parsed<Expr> {
        let span = self.span();
        let literal = match self.peek().clone() {
            Token::Number(n) => Some(Kind::Number(n)),
            Token::Percent(n) => Some(Kind::Percent(n)),
            Token::Points(n) => Some(Kind::Points(n)),
            Token::Text(t) => Some(Kind::Text(t)),
            Token::Word("true") => Some(Kind::Bool(true)),
            Token::Word("false") => Some(Kind::Bool(false)),
            Token::Word("missing") => Some(Kind::Missing),
            _ => None,
        };
        if let Some(kind) = literal {
            self.advance();
            return Ok(self.node(span.start, kind));
        }
        if self.sign("(") {
            let mut inner = self.expr()?;
            self.close(")", span.clone())?;
            inner.span = span.start..self.end();
            return Ok(inner);
        }
        match self.peek().clone() {
            Token::Name(name, quoted) => self.named(&name, quoted, span.start),
            Token::Word("if") => self.fail(
                "an `if` inside a calculation needs parentheses",
                "put it in parentheses",
                Some("write ( if … then … else … )"),
            ),
            Token::Word("matches") if matches!(self.peek_after(), Token::Sign("(")) => self.fail(
                "`matches` stands between a text and a pattern",
                "not before them",
                Some("write `region matches \"^N\"`"),
            ),
            Token::Word(word) => {
                let help = format!("write `{word}` in backticks if it is a column");
                self.fail(
                    format!("`{word}` is a reserved word, not a value"),
                    "expected a value",
                    Some(&help),
                )
            }
            Token::End => {
                self.fail("the expression ends too early", "something is missing here", None)
            }
            Token::Sign("*") => {
                let help = "count() counts the rows at hand, count(t) those of the table t";
                self.fail("expected a value, found `*`", "expected a value", Some(help))
            }
            _ => {
                let message = format!("expected a value, found `{}`", self.shown());
                self.fail(message, "expected a value", None)
            }
        }
    }

    pub(crate) fn named(&mut self, name: &str, quoted: bool, start: usize) -> Parsed<Expr> {
        let open = matches!(self.peek_after(), Token::Sign("("));
        if !quoted
            && FOREIGN_MISSING.contains(&name)
            && !open
            && !matches!(self.peek_after(), Token::Sign("."))
        {
            return self.fail(
                format!("`{name}` is not a value of this language"),
                "write `missing`",
                Some("write `x is missing`"),
            );
        }
        if !quoted
            && let Some((_, ty)) = MOMENTS.iter().find(|m| m.0 == name)
            && let Token::Text(text) = self.peek_after().clone()
        {
            self.advance();
            self.advance();
            return Ok(self.node(start, Kind::Moment(*ty, text)));
        }
        if open && matches!(name, "old" | "added" | "removed") {
            match self.after_version() {
                Some("[") => {
                    let table = self.table()?;
                    return self.lookup(table, start);
                }
                Some(".") => {
                    let table = self.table()?;
                    self.advance();
                    let column = self.name()?;
                    return Ok(self.node(start, Kind::Column { table, column }));
                }
                _ => {}
            }
        }
        if open {
            return self.called(name, start);
        }
        if matches!(self.peek_after(), Token::Sign("[")) {
            let table = self.table()?;
            return self.lookup(table, start);
        }
        let mut names = vec![self.name()?];
        while self.sign(".") {
            names.push(self.name()?);
        }
        Ok(self.node(start, Kind::Ref(names)))
    }

    /// The sign after `old(t)`, which makes it a table: `old(t)[key]`, `old(t).column`.
    fn after_version(&self) -> Option<&'static str> {
        let token = |i: usize| self.tokens.get(self.at + i).map(|t| &t.token);
        match (token(2), token(3), token(4)) {
            (Some(Token::Name(..)), Some(Token::Sign(")")), Some(Token::Sign(sign))) => Some(sign),
            _ => None,
        }
    }

    pub(crate) fn lookup(&mut self, table: TableRef, start: usize) -> Parsed<Expr> {
        let open = self.span();
        self.sign("[");
        let key = self.list(Self::expr)?;
        self.close("]", open)?;
        let column = if self.sign(".") { Some(self.name()?) } else { None };
        Ok(self.node(start, Kind::Lookup { table, key, column }))
    }

    pub(crate) fn name(&mut self) -> Parsed<Name> {
        let span = self.span();
        match self.peek().clone() {
            Token::Name(text, _) => {
                self.advance();
                Ok(Name { text, span })
            }
            Token::Word(word) => {
                let help = format!("write `{word}` in backticks");
                self.fail(format!("`{word}` is a reserved word"), "expected a name", Some(&help))
            }
            _ => {
                let message = format!("expected a name, found `{}`", self.shown());
                self.fail(message, "expected a name", None)
            }
        }
    }

    pub(crate) fn table(&mut self) -> Parsed<TableRef> {
        let start = self.span().start;
        let name = self.name()?;
        let version = match name.text.as_str() {
            "old" => Version::Old,
            "added" => Version::Added,
            "removed" => Version::Removed,
            _ => Version::Current,
        };
        let open = self.span();
        if version == Version::Current || !self.sign("(") {
            return Ok(TableRef { version: Version::Current, span: name.span.clone(), name });
        }
        let inner = self.name()?;
        self.close(")", open)?;
        Ok(TableRef { version, name: inner, span: start..self.end() })
    }

    pub(crate) fn called(&mut self, name: &str, start: usize) -> Parsed<Expr> {
        let window = match name {
            "prev" => Some(WindowFunction::Prev),
            "next" => Some(WindowFunction::Next),
            "rank" => Some(WindowFunction::Rank),
            "cumulative" => Some(WindowFunction::Cumulative),
            _ => None,
        };
        if let Some(window) = window {
            self.advance();
            let open = self.span();
            self.advance();
            let value = Box::new(self.expr()?);
            let by = self.by()?;
            self.close(")", open)?;
            return Ok(self.node(start, Kind::Window { window, value, by }));
        }
        if let Some(agg) = aggregate(name) {
            return self.aggregate(agg, start);
        }
        let name = self.name()?;
        let open = self.span();
        self.advance();
        let args = if matches!(self.peek(), Token::Sign(")")) {
            Vec::new()
        } else {
            self.list(Self::expr)?
        };
        self.close(")", open)?;
        Ok(self.node(start, Kind::Call { name, args }))
    }

    pub(crate) fn by(&mut self) -> Parsed<Vec<Expr>> {
        if self.word("by") { self.list(Self::sum) } else { Ok(Vec::new()) }
    }

    pub(crate) fn aggregate(&mut self, agg: Agg, start: usize) -> Parsed<Expr> {
        self.advance();
        let open = self.span();
        self.advance();
        let arg = self.aggregate_arg(agg)?;
        let along = matches!(agg, Agg::Sum | Agg::Count | Agg::Min | Agg::Max | Agg::Mean);
        let arg = match arg {
            AggArg::Expr(first, None) if along && (self.at_to() || self.at_comma()) => {
                return self.along(agg, *first, open, start);
            }
            arg => arg,
        };
        let filter = if self.word("where") { Some(Box::new(self.expr()?)) } else { None };
        let by = self.by()?;
        if self.at_comma() {
            return self.fail(
                "an aggregate over rows takes one value per row",
                "too many",
                Some("sum, count, min, max and mean take several values of one row, without `where` or `by`; count(distinct a, b) counts pairs"),
            );
        }
        self.close(")", open)?;
        Ok(self.node(start, Kind::Aggregate { agg, arg, filter, by }))
    }

    fn at_comma(&self) -> bool {
        matches!(self.peek(), Token::Sign(","))
    }

    fn at_to(&self) -> bool {
        matches!(self.peek(), Token::Name(n, false) if n == "to")
    }

    /// Several values of one row, the first of them read already.
    fn along(&mut self, agg: Agg, first: Expr, open: Range<usize>, start: usize) -> Parsed<Expr> {
        let mut items = vec![self.range_from(first)?];
        while self.sign(",") {
            let item = self.expr()?;
            items.push(self.range_from(item)?);
        }
        if matches!(self.peek(), Token::Word("where" | "by")) {
            return self.fail(
                "several values are those of one row, so there are no rows to choose",
                "not here",
                Some("for the rows of a table, put one aggregate inside the other: sum(sum(a, b) where …)"),
            );
        }
        self.close(")", open)?;
        Ok(self.node(start, Kind::Along { agg, items }))
    }

    /// `to` and the last column, where they follow the first one.
    fn range_from(&mut self, first: Expr) -> Parsed<Expr> {
        if !self.at_to() {
            return Ok(first);
        }
        let Kind::Ref(from) = first.kind else {
            return self.fail(
                "`to` stands between two columns",
                "what stands before it is no column",
                Some("write sum(Q1 to Q4): all columns from the first to the last"),
            );
        };
        self.advance();
        let mut to = vec![self.name()?];
        while self.sign(".") {
            to.push(self.name()?);
        }
        Ok(self.node(first.span.start, Kind::Range { from, to }))
    }

    pub(crate) fn aggregate_arg(&mut self, agg: Agg) -> Parsed<AggArg> {
        if matches!(self.peek(), Token::Sign(")") | Token::Word("where" | "by")) {
            return Ok(AggArg::Empty);
        }
        if self.word("distinct") {
            if agg != Agg::Count {
                return self.fail(
                    "`distinct` is only allowed in count",
                    "not here",
                    Some("count(distinct a, b)"),
                );
            }
            return Ok(AggArg::Distinct(self.list(Self::expr)?));
        }
        let version = matches!(self.peek(), Token::Name(n, false) if matches!(n.as_str(), "old" | "added" | "removed"));
        if version && matches!(self.peek_after(), Token::Sign("(")) && self.lone_table_ahead() {
            return Ok(AggArg::Table(self.table()?));
        }
        let value = Box::new(self.expr()?);
        let number = if agg == Agg::Quantile { Some(self.quantile()?) } else { None };
        Ok(AggArg::Expr(value, number))
    }

    /// `added(t)` followed by `)` or `where`.
    pub(crate) fn lone_table_ahead(&self) -> bool {
        let token = |i: usize| self.tokens.get(self.at + i).map(|t| &t.token);
        matches!((token(2), token(3)), (Some(Token::Name(..)), Some(Token::Sign(")"))))
            && matches!(token(4), Some(Token::Sign(")") | Token::Word("where")))
    }

    pub(crate) fn quantile(&mut self) -> Parsed<Quantile> {
        let help = "write quantile(x, 0.9)";
        if matches!(self.peek(), Token::Word("where" | "by")) {
            return self.fail(
                "the share of a quantile stands before `where` and `by`",
                "expected `, 0.9` before this",
                Some("write quantile(x, 0.9 where …)"),
            );
        }
        if !self.sign(",") {
            return self.fail("`quantile` needs a second argument", "expected `, 0.9`", Some(help));
        }
        let share = match self.peek().clone() {
            Token::Number(n) | Token::Percent(n) if n <= Number::from(1i64) => {
                self.advance();
                n
            }
            _ => {
                let message = "a quantile is a number from 0 to 1";
                return self.fail(message, "expected a number", Some(help));
            }
        };
        if !self.sign(",") {
            return Ok(Quantile { share, method: QuantileMethod::InvertedCdf });
        }
        let method = match self.peek() {
            Token::Text(name) => QuantileMethod::ALL.iter().find(|(own, _)| own == name),
            _ => None,
        };
        let Some((_, method)) = method.copied() else {
            let names: Vec<String> =
                QuantileMethod::ALL.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let help = format!("the methods are {}", names.join(", "));
            let message = "this is no method of `quantile`";
            return self.fail(message, "expected a method", Some(&help));
        };
        self.advance();
        Ok(Quantile { share, method })
    }

    pub(crate) fn unit(&mut self) -> Parsed<Unit> {
        let start = self.span().start;
        let table = self.table()?;
        let alias = if self.word("as") { Some(self.name()?) } else { None };
        let (mut columns, mut keys) = (None, Vec::new());
        let mut more = self.word("by");
        while more {
            if columns.is_none() && self.at_columns() {
                columns = Some(self.columns()?);
            } else {
                keys.push(self.unit_key()?);
            }
            more = self.sign(",");
        }
        if matches!(self.peek(), Token::Sign(",")) {
            return self.fail(
                "a string can name only one table",
                "a second table",
                Some("write several tables as a list: each = [\"a\", \"b\"]"),
            );
        }
        Ok(Unit { table, alias, columns, keys, span: start..self.end() })
    }

    /// `column` and a name after it: no column that is called so.
    fn at_columns(&self) -> bool {
        matches!(self.peek(), Token::Name(n, false) if n == "column")
            && matches!(self.peek_after(), Token::Name(..))
    }

    /// `column a to b as q`.
    fn columns(&mut self) -> Parsed<ColumnRange> {
        let start = self.span().start;
        let help = Some("write `by column Q1 to Q4 as q`: once for each of these columns");
        self.advance();
        let from = self.name()?;
        if !self.at_to() {
            return self.fail(
                "`column` needs the first and the last column",
                "expected `to`",
                help,
            );
        }
        self.advance();
        let to = self.name()?;
        if !self.word("as") {
            return self.fail("the cells of these columns need a name", "expected `as`", help);
        }
        let alias = self.name()?;
        Ok(ColumnRange { from, to, alias, span: start..self.end() })
    }

    pub(crate) fn unit_key(&mut self) -> Parsed<UnitKey> {
        let expr = self.sum()?;
        if self.word("as") {
            return Ok(UnitKey { expr, name: self.name()? });
        }
        if let Kind::Ref(names) = &expr.kind
            && let Some(name) = names.last()
        {
            return Ok(UnitKey { name: name.clone(), expr });
        }
        self.errors.push(
            SyntaxError::new(expr.span.clone(), "a computed key needs a name", "name it")
                .help("write `left(code, 2) as chapter`"),
        );
        Err(())
    }

    pub(crate) fn within(&mut self) -> Parsed<Option<Within>> {
        if !self.word("within") {
            return Ok(None);
        }
        if matches!(self.peek(), Token::Name(n, false) if n == "rounding")
            && !matches!(self.peek_after(), Token::Sign("." | "(" | "["))
        {
            self.advance();
            let to = if self.at_decimals() { Some(self.decimals()?) } else { None };
            return Ok(Some(Within::Rounding(to)));
        }
        let amount = self.sum()?;
        Ok(Some(match amount.kind {
            Kind::Percent(share) => Within::Relative(share),
            _ => Within::Absolute(Box::new(amount)),
        }))
    }

    /// `to` after `within rounding`.
    fn at_decimals(&self) -> bool {
        matches!(self.peek(), Token::Name(n, false) if n == "to")
    }

    /// `to 2`, `to -3`.
    fn decimals(&mut self) -> Parsed<i32> {
        self.advance();
        let negative = self.sign("-");
        let decimals = match self.peek() {
            Token::Number(n) => n.to_i64().filter(|_| n.is_integer()).filter(|n| *n <= 100),
            _ => None,
        };
        let Some(decimals) = decimals.and_then(|n| i32::try_from(n).ok()) else {
            return self.fail(
                "`within rounding to` needs a number of decimals",
                "expected a whole number",
                Some("`to 2` means hundredths, `to -3` thousands"),
            );
        };
        self.advance();
        Ok(if negative { -decimals } else { decimals })
    }

    pub(crate) fn order_key(&mut self) -> Parsed<OrderKey> {
        let expr = self.sum()?;
        let descending = matches!(self.peek(), Token::Name(n, false) if n == "desc");
        if descending {
            self.advance();
        }
        Ok(OrderKey { expr, descending })
    }
}
