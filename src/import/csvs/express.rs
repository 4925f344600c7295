//! Expressions of CSV Schema as those of rule files. A blank cell is an empty text there.

use std::collections::BTreeMap;

use crate::import::csvs::parse::{Arg, Expr, Kind};
use crate::import::csvs::simple::{DIGITS, UUID4, bounds};
use crate::import::pattern::{self, Dialect, Patterns};
use crate::import::rules::Table;
use crate::propose::names;
use crate::value::Number;

/// How expressions name the cells of columns.
pub struct Cells<'t> {
    /// By the names of the schema: the cell, and its text.
    known: BTreeMap<&'t str, (String, String)>,
    patterns: &'t Patterns,
}

impl<'t> Cells<'t> {
    pub fn new(
        table: &Table,
        called: &BTreeMap<&'t str, String>,
        patterns: &'t Patterns,
    ) -> Cells<'t> {
        let columns: BTreeMap<&str, _> =
            table.columns.iter().map(|column| (column.name.as_str(), column)).collect();
        let own = |(theirs, ours): (&&'t str, &String)| {
            let column = columns.get(ours.as_str())?;
            let text = format!("default({}, \"\")", column.text()?);
            Some((*theirs, (column.cell()?, text)))
        };
        Cells { known: called.iter().filter_map(own).collect(), patterns }
    }

    /// The cells of a column and of those that arguments name, as the keys of groups.
    ///
    /// # Errors
    /// That an argument names no column.
    pub fn all(&self, own: &str, args: &[Arg], ignores_case: bool) -> Result<Vec<String>, String> {
        let names = args.iter().map(|arg| match arg {
            Arg::Column(name) => Ok(name.as_str()),
            _ => Err("it names no column".to_string()),
        });
        let cell = |(number, name): (usize, Result<&str, String>)| {
            let (cell, text) = self.text(name?)?;
            Ok(match ignores_case {
                true => format!("lower({text}) as value{number}"),
                false => cell.clone(),
            })
        };
        (1..).zip(std::iter::once(Ok(own)).chain(names)).map(cell).collect()
    }

    fn text(&self, name: &str) -> Result<&(String, String), String> {
        self.known.get(name).ok_or_else(|| format!("there is no column `{name}`"))
    }

    /// An expression about a column.
    ///
    /// # Errors
    /// What cannot be said in it.
    pub fn express(&self, expr: &Expr, own: &str, ignores_case: bool) -> Result<String, String> {
        let inner = |expr: &Expr| self.express(expr, own, ignores_case);
        let all = |exprs: &[Expr]| -> Result<String, String> {
            let all: Vec<String> = exprs.iter().map(inner).collect::<Result<_, _>>()?;
            Ok(if all.is_empty() { "true".into() } else { format!("({})", all.join(" and ")) })
        };
        Ok(match &expr.kind {
            Kind::All(exprs) => all(exprs)?,
            Kind::And(left, right) => format!("({} and {})", inner(left)?, inner(right)?),
            Kind::Or(left, right) => format!("({} or {})", inner(left)?, inner(right)?),
            Kind::Choice(cases, otherwise) => {
                let mut said = all(otherwise)?;
                for (condition, exprs) in cases.iter().rev() {
                    let (condition, then) = (inner(condition)?, all(exprs)?);
                    said = format!("(if {condition} then {then} else {said})");
                }
                said
            }
            Kind::Call { column, name, args } => {
                let of = column.as_deref().unwrap_or(own);
                self.call(of, name, args, ignores_case)?
            }
        })
    }

    fn call(
        &self,
        of: &str,
        name: &str,
        args: &[Arg],
        ignores_case: bool,
    ) -> Result<String, String> {
        let (cell, plain) = self.text(of)?;
        let lower = |text: String| if ignores_case { format!("lower({text})") } else { text };
        let value = lower(plain.clone());
        let flag = if ignores_case { "(?i)" } else { "" };
        let matches =
            |p: &str| format!("{plain} matches {}", names::text(&format!("{flag}^(?:{p})$")));
        let one = || -> Result<String, String> {
            let arg = args.first().filter(|_| args.len() == 1).ok_or("it takes one argument")?;
            self.argument(arg).map(lower)
        };
        Ok(match name {
            "is" => format!("{value} = {}", one()?),
            "not" => format!("{value} != {}", one()?),
            "any" => {
                let equal = |arg: &Arg| Ok(format!("{value} = {}", lower(self.argument(arg)?)));
                let all: Result<Vec<String>, String> = args.iter().map(equal).collect();
                format!("({})", all?.join(" or "))
            }
            "in" => format!("contains({}, {value})", one()?),
            "starts" => format!("starts_with({value}, {})", one()?),
            "ends" => format!("ends_with({value}, {})", one()?),
            "regex" => match args {
                [Arg::Text(regex)] => matches(&self.patterns.whole(regex, Dialect::Java)?),
                _ => return Err("it takes one pattern".into()),
            },
            "empty" => format!("{cell} is missing"),
            "notEmpty" => format!("{cell} is not missing"),
            "uri" => matches(pattern::URI),
            "uuid4" => matches(UUID4),
            "positiveInteger" => matches(DIGITS),
            "upperCase" => format!("{plain} = upper({plain})"),
            "lowerCase" => format!("{plain} = lower({plain})"),
            "length" => self::within(&format!("length({plain})"), args)?,
            "range" => {
                let number = matches(r"[+\-]?[0-9]+(?:\.[0-9]+)?");
                format!("({number} and {})", within(&format!("number({plain})"), args)?)
            }
            "xDate" => dated(plain, "%Y-%m-%d", args)?,
            "ukDate" => dated(plain, "%d/%m/%Y", args)?,
            _ => return Err(unsaid(name).into()),
        })
    }

    /// An argument that is a text.
    fn argument(&self, arg: &Arg) -> Result<String, String> {
        Ok(match arg {
            Arg::Text(text) => names::text(text),
            Arg::Column(name) => self.text(name)?.1.clone(),
            Arg::Call(name, args) if name == "concat" => {
                let all: Result<Vec<String>, String> =
                    args.iter().map(|a| self.argument(a)).collect();
                format!("concat({})", all?.join(", "))
            }
            Arg::Call(name, args) if name == "noExt" && args.len() == 1 => {
                let text = args.first().map_or(Ok(String::new()), |arg| self.argument(arg))?;
                format!("default(capture({text}, \"^(.*)\\.[^.]*$\"), {text})")
            }
            Arg::Call(name, _) => return Err(format!("`{name}` has no counterpart")),
            Arg::Word(word) => return Err(format!("`{word}` is no text")),
        })
    }
}

/// Why an expression cannot be said.
fn unsaid(name: &str) -> &'static str {
    match name {
        "unique" | "identical" => "it compares rows within an expression",
        "xTime" | "xDateTime" | "xDateTimeTz" => "times are read as the contract of a column says",
        "partUkDate" | "partDate" => "a date of which parts are unknown is none here",
        "date" => "a date that several columns make is none here",
        "fileExists" | "checksum" | "fileCount" | "integrityCheck" => {
            "files that cells name are not looked at"
        }
        _ => "there is nothing like it here",
    }
}

/// That a text is a date, within the bounds that may be given.
fn dated(text: &str, format: &str, args: &[Arg]) -> Result<String, String> {
    let date = |text: &str| format!("date({text}, \"{format}\")");
    let own = date(text);
    let (low, high) = match args {
        [] => (None, None),
        _ => bounds(args).ok_or("its arguments are no dates")?,
    };
    let bound = |sign: &str, bound: Option<String>| {
        bound.map(|bound| format!(" and {own} {sign} {}", date(&names::text(&bound))))
    };
    let both = [bound(">=", low), bound("<=", high)].into_iter().flatten();
    Ok(format!("({own} is readable{})", both.collect::<String>()))
}

/// A figure within two bounds.
fn within(figure: &str, args: &[Arg]) -> Result<String, String> {
    let (low, high) = bounds(args).ok_or("its arguments are no numbers")?;
    let is_number =
        |bound: &Option<String>| bound.as_ref().is_none_or(|b| Number::parse(b).is_some());
    if !is_number(&low) || !is_number(&high) {
        return Err("its arguments are no numbers".into());
    }
    let low = low.map(|low| format!("{figure} >= {low}")).into_iter();
    let both: Vec<String> = low.chain(high.map(|high| format!("{figure} <= {high}"))).collect();
    Ok(if both.is_empty() { "true".into() } else { format!("({})", both.join(" and ")) })
}
