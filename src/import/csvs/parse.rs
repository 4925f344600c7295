//! The grammar of CSV Schema 1.0 to 1.2: columns with their expressions, and where each stands.

use std::ops::Range;

/// A schema.
#[derive(Debug, Default)]
pub struct Schema {
    /// Directives for the whole file: their names and what follows them.
    pub directives: Vec<(String, Option<Arg>)>,
    pub columns: Vec<Column>,
}

/// The rule of a column.
#[derive(Debug)]
pub struct Column {
    pub name: String,
    /// All of these must hold.
    pub exprs: Vec<Expr>,
    pub directives: Vec<String>,
}

/// An expression and its bytes.
#[derive(Debug)]
pub struct Expr {
    pub at: Range<usize>,
    pub kind: Kind,
}

#[derive(Debug)]
pub enum Kind {
    /// `$column/name(arguments)`.
    Call {
        column: Option<String>,
        name: String,
        args: Vec<Arg>,
    },
    /// All of several, in parentheses.
    All(Vec<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    /// Conditions with what must hold under each, and what else must.
    Choice(Vec<(Expr, Vec<Expr>)>, Vec<Expr>),
}

/// An argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    Column(String),
    Text(String),
    Call(String, Vec<Arg>),
    /// A number, a date, `*`.
    Word(String),
}

/// What is wrong, and where.
#[derive(Debug)]
pub struct Wrong {
    pub at: Range<usize>,
    pub message: String,
}

type Parsed<T> = Result<T, Wrong>;

/// Expressions within expressions.
const MOST_LEVELS: usize = 100;

struct Parser<'s> {
    text: &'s str,
    at: usize,
    levels: usize,
}

/// A text without the white space and the comments that it begins with.
pub fn without_comments(text: &str) -> &str {
    let mut p = Parser { text, at: 0, levels: 0 };
    p.space();
    p.rest()
}

/// Reads a schema that starts at `start`.
///
/// # Errors
/// The first thing that is none of the grammar.
pub fn parse(text: &str, start: usize) -> Parsed<Schema> {
    let mut p = Parser { text, at: start, levels: 0 };
    p.space();
    p.expect("version")?;
    p.space();
    let version = p.word();
    if !matches!(version.as_str(), "1.0" | "1.1" | "1.2") {
        let at = p.at - version.len()..p.at;
        let message = "the versions of CSV Schema are 1.0, 1.1 and 1.2".to_string();
        return Err(Wrong { at, message });
    }
    let mut schema = Schema::default();
    p.space();
    while p.rest().starts_with('@') {
        p.at += 1;
        let name = p.word();
        p.space();
        let takes = matches!(name.as_str(), "separator" | "totalColumns" | "integrityCheck");
        let value = if takes { Some(p.directive_value()?) } else { None };
        schema.directives.push((name, value));
        p.space();
    }
    while !p.rest().is_empty() {
        let column = p.column()?;
        schema.columns.push(column);
        p.space();
    }
    Ok(schema)
}

impl<'s> Parser<'s> {
    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn wrong<T>(&self, message: &str) -> Parsed<T> {
        let end = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
        Err(Wrong { at: self.at..self.at + end, message: message.to_string() })
    }

    /// Goes past white space and comments.
    fn space(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            let rest = self.rest();
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            } else {
                return;
            }
        }
    }

    fn expect(&mut self, sign: &str) -> Parsed<()> {
        if !self.rest().starts_with(sign) {
            return self.wrong(&format!("`{sign}` should stand here"));
        }
        self.at += sign.len();
        Ok(())
    }

    /// Letters, digits, `-`, `_` and `.`; may be none.
    fn word(&mut self) -> String {
        let is_sign = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let rest = self.rest();
        let end = rest.find(|c: char| !is_sign(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default().to_string()
    }

    fn quoted(&mut self, quote: char) -> Parsed<String> {
        let inner = self.rest().get(1..).unwrap_or_default();
        let Some(end) =
            inner.find(quote).filter(|end| !inner.get(..*end).unwrap_or_default().contains('\n'))
        else {
            return self.wrong("the quote that begins here is not closed");
        };
        self.at += end + 2;
        Ok(inner.get(..end).unwrap_or_default().to_string())
    }

    fn directive_value(&mut self) -> Parsed<Arg> {
        match self.rest().chars().next() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote).map(Arg::Text),
            Some('(') => self.args().map(|args| Arg::Call(String::new(), args)),
            _ => match self.word() {
                word if word.is_empty() => self.wrong("a value should stand here"),
                word => Ok(Arg::Word(word)),
            },
        }
    }

    /// The name of a column.
    fn name(&mut self) -> Parsed<String> {
        if self.rest().starts_with('"') {
            return self.quoted('"');
        }
        match self.word() {
            name if name.is_empty() => self.wrong("the name of a column should stand here"),
            name => Ok(name),
        }
    }

    fn column(&mut self) -> Parsed<Column> {
        let name = self.name()?;
        self.space();
        self.expect(":")?;
        let mut column = Column { name, exprs: Vec::new(), directives: Vec::new() };
        loop {
            self.space();
            let rest = self.rest();
            if rest.starts_with('@') {
                self.at += 1;
                let name = self.word();
                column.directives.push(name);
            } else if rest.is_empty() || self.is_column() {
                return Ok(column);
            } else {
                let expr = self.combined()?;
                column.exprs.push(expr);
            }
        }
    }

    /// Whether the rule of the next column begins here.
    fn is_column(&self) -> bool {
        let mut ahead = Parser { text: self.text, at: self.at, levels: 0 };
        if ahead.name().is_err() {
            return false;
        }
        ahead.space();
        ahead.rest().starts_with(':')
    }

    /// One expression, or two with `and` or `or` between them; both bind to their right.
    fn combined(&mut self) -> Parsed<Expr> {
        self.levels += 1;
        if self.levels > MOST_LEVELS {
            return self.wrong("expressions are nested too deeply");
        }
        let start = self.at;
        let left = self.single()?;
        self.space();
        let mut own = None;
        for (word, is_and) in [("and", true), ("or", false)] {
            let after = self.rest().strip_prefix(word);
            let ends =
                |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || "_-.:".contains(c));
            if after.is_some_and(ends) && !self.is_column() {
                own = Some((word.len(), is_and));
            }
        }
        let expr = match own {
            None => left,
            Some((len, is_and)) => {
                self.at += len;
                self.space();
                let (left, right) = (Box::new(left), Box::new(self.combined()?));
                let kind = if is_and { Kind::And(left, right) } else { Kind::Or(left, right) };
                Expr { at: start..self.at, kind }
            }
        };
        self.levels -= 1;
        Ok(expr)
    }

    fn several(&mut self) -> Parsed<Vec<Expr>> {
        let mut all = vec![self.combined()?];
        self.space();
        while !self.rest().starts_with([',', ')']) && !self.rest().is_empty() {
            all.push(self.combined()?);
            self.space();
        }
        Ok(all)
    }

    fn single(&mut self) -> Parsed<Expr> {
        let start = self.at;
        if self.rest().starts_with('(') {
            self.at += 1;
            self.space();
            let all = self.several()?;
            self.expect(")")?;
            return Ok(Expr { at: start..self.at, kind: Kind::All(all) });
        }
        let mut column = None;
        if self.rest().starts_with('$') {
            self.at += 1;
            column = Some(self.name()?);
            self.expect("/")?;
        }
        let name = self.word();
        let kind = match name.as_str() {
            "" => return self.wrong("an expression should stand here"),
            "if" => self.condition()?,
            "switch" => self.switch()?,
            _ => {
                let has_args = self.rest().starts_with('(');
                let args = if has_args { self.args()? } else { Vec::new() };
                Kind::Call { column, name, args }
            }
        };
        Ok(Expr { at: start..self.at, kind })
    }

    /// What stands behind a comma, until the parenthesis.
    fn otherwise(&mut self) -> Parsed<Vec<Expr>> {
        self.space();
        if !self.rest().starts_with(',') {
            return Ok(Vec::new());
        }
        self.at += 1;
        self.space();
        self.several()
    }

    /// `(condition, expressions`, with the parenthesis open.
    fn case(&mut self) -> Parsed<(Expr, Vec<Expr>)> {
        self.expect("(")?;
        self.space();
        let condition = self.combined()?;
        self.space();
        self.expect(",")?;
        self.space();
        Ok((condition, self.several()?))
    }

    fn condition(&mut self) -> Parsed<Kind> {
        let case = self.case()?;
        let otherwise = self.otherwise()?;
        self.space();
        self.expect(")")?;
        Ok(Kind::Choice(vec![case], otherwise))
    }

    fn switch(&mut self) -> Parsed<Kind> {
        self.expect("(")?;
        let mut cases = Vec::new();
        self.space();
        while self.rest().starts_with('(') {
            cases.push(self.case()?);
            self.space();
            self.expect(")")?;
            self.space();
            let more = self.rest().strip_prefix(',').map(str::trim_start);
            if more.is_some_and(|more| more.starts_with('(')) {
                self.at += 1;
                self.space();
            }
        }
        let otherwise = self.otherwise()?;
        self.space();
        self.expect(")")?;
        Ok(Kind::Choice(cases, otherwise))
    }

    fn args(&mut self) -> Parsed<Vec<Arg>> {
        self.levels += 1;
        if self.levels > MOST_LEVELS {
            return self.wrong("expressions are nested too deeply");
        }
        self.expect("(")?;
        let mut all = Vec::new();
        loop {
            self.space();
            let arg = match self.rest().chars().next() {
                Some('$') => {
                    self.at += 1;
                    Arg::Column(self.name()?)
                }
                Some('"') => Arg::Text(self.quoted('"')?),
                _ => {
                    let rest = self.rest();
                    let end = rest.find([',', ')', '(', '\n', '"']).unwrap_or(rest.len());
                    let word = rest.get(..end).unwrap_or_default().trim().to_string();
                    if word.is_empty() {
                        return self.wrong("an argument should stand here");
                    }
                    self.at += end;
                    match self.rest().starts_with('(') {
                        true => Arg::Call(word, self.args()?),
                        false => Arg::Word(word),
                    }
                }
            };
            all.push(arg);
            self.space();
            match self.rest().chars().next() {
                Some(',') => self.at += 1,
                Some(')') => break,
                _ => return self.wrong("`,` or `)` should stand here"),
            }
        }
        self.at += 1;
        self.levels -= 1;
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_end_where_the_next_begins() {
        let text = "version 1.1\n@separator ';'\n// note\nid: notEmpty unique\n\"a b\": if($id/is(\"x\"), empty, length(1,*)) @optional\nc:\n";
        let schema = parse(text, 0).expect("a schema");
        let names: Vec<&str> = schema.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["id", "a b", "c"]);
        assert_eq!(schema.columns[0].exprs.len(), 2);
        assert_eq!(schema.columns[1].directives, ["optional"]);
        assert_eq!(schema.directives, [("separator".to_string(), Some(Arg::Text(";".into())))]);
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        let deep = format!("version 1.1\na: {}", "(".repeat(10_000));
        for (text, at) in [
            ("version 2.0\n", 8),
            ("version 1.1\na notEmpty", 14),
            ("version 1.1\na: is(\"x)", 18),
            ("version 1.1\na: is(\"x\"", 21),
            ("version 1.1\na: notEmpty or", 26),
            ("version 1.1\na: length(,)", 22),
            (deep.as_str(), 115),
        ] {
            let wrong = parse(text, 0).expect_err("no schema");
            assert_eq!(wrong.at.start, at, "{text:.40}: {}", wrong.message);
        }
    }
}
