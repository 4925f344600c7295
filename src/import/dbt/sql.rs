//! Conditions of SQL as expressions: comparisons, arithmetic, and the functions that both have.

use crate::expr::function::Out;
use crate::expr::functions;
use crate::expr::parse::parse_expr;
use crate::expr::print::print;
use crate::expr::tree::{Expr, Kind};
use crate::import::dbt::null::{self, Purpose};
use crate::propose::names;
use crate::value::Type;

/// Functions that mean the same under these names.
const FUNCTIONS: [(&str, &str); 16] = [
    ("abs", "abs"),
    ("ceil", "ceil"),
    ("ceiling", "ceil"),
    ("coalesce", "default"),
    ("concat", "concat"),
    ("floor", "floor"),
    ("greatest", "greatest"),
    ("least", "least"),
    ("left", "left"),
    ("length", "length"),
    ("lower", "lower"),
    ("mod", "mod"),
    ("right", "right"),
    ("round", "round"),
    ("trim", "trim"),
    ("upper", "upper"),
];

/// Words that are the same in both.
const WORDS: [&str; 8] = ["and", "or", "not", "in", "between", "true", "false", "date"];

/// A condition, and the columns that it names.
#[derive(Debug, PartialEq, Eq)]
pub struct Condition {
    pub text: String,
    pub columns: Vec<String>,
}

/// Translates a condition.
///
/// # Errors
/// What has no counterpart.
pub fn condition(sql: &str, purpose: Purpose) -> Result<Condition, String> {
    let (text, columns) = translated(sql)?;
    match parse_expr(&text) {
        (tree, errors) if errors.is_empty() && !text.is_empty() && is_condition(&tree) => {
            let own = null::as_sql(tree.clone(), purpose)?;
            let text = if own == tree { text } else { print(&own) };
            Ok(Condition { text, columns })
        }
        _ => Err("it is no comparison that can be said".into()),
    }
}

/// SQL word by word, and the columns that it names.
fn translated(sql: &str) -> Result<(String, Vec<String>), String> {
    let (mut parts, mut columns, mut rest) = (Vec::new(), Vec::new(), sql.trim());
    while let Some(c) = rest.chars().next() {
        let (part, after) = match c {
            c if c.is_whitespace() => {
                rest = rest.trim_start();
                continue;
            }
            '\'' => {
                let (text, after) = quoted(rest, '\'')?;
                (names::text(&text), after)
            }
            '"' | '`' => {
                let (name, after) = quoted(rest, c)?;
                (named(&name, &mut columns)?, after)
            }
            c if c.is_ascii_digit() => {
                let end =
                    rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
                let (number, after) = rest.split_at(end);
                (number.to_string(), after)
            }
            c if c.is_alphabetic() || c == '_' => {
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                self::word(word, after, &mut columns)?
            }
            _ => {
                let sign =
                    ["<>", "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "(", ")", ","];
                let sign = sign.into_iter().find(|sign| rest.starts_with(*sign));
                let sign = sign.filter(|_| !rest.starts_with("--") && !rest.starts_with("/*"));
                let Some(sign) = sign else { return Err(format!("`{c}` of SQL cannot be said")) };
                let own = if sign == "<>" { "!=" } else { sign };
                (own.to_string(), rest.get(sign.len()..).unwrap_or_default())
            }
        };
        parts.push(part);
        rest = after;
    }
    let text = parts.join(" ").replace("( ", "(").replace(" )", ")").replace(" ,", ",");
    Ok((text.replace("\u{1} (", "(").replace('\u{1}', ""), columns))
}

/// Whether an expression can be true or false; a column may be.
fn is_condition(e: &Expr) -> bool {
    match &e.kind {
        Kind::Not(x) => is_condition(x),
        Kind::And(all) | Kind::Or(all) => all.iter().all(is_condition),
        Kind::Number(_)
        | Kind::Percent(_)
        | Kind::Points(_)
        | Kind::Text(_)
        | Kind::Moment(..)
        | Kind::Missing
        | Kind::Neg(_)
        | Kind::Arith(..) => false,
        Kind::Call { name, .. } => {
            let function = functions::find(&name.text);
            function
                .is_some_and(|f| f.result == Out::Is(Type::Boolean) || f.result == Out::SameAs(0))
        }
        _ => true,
    }
}

/// A text or a name between quotes, which stand twice where they mean themselves.
fn quoted(text: &str, quote: char) -> Result<(String, &str), String> {
    let (mut own, mut rest) = (String::new(), text.get(1..).unwrap_or_default());
    while let Some(end) = rest.find(quote) {
        own.push_str(rest.get(..end).unwrap_or_default());
        rest = rest.get(end + 1..).unwrap_or_default();
        match rest.strip_prefix(quote) {
            Some(after) => {
                own.push(quote);
                rest = after;
            }
            None => return Ok((own, rest)),
        }
    }
    Err("a quote is not closed".into())
}

fn named(name: &str, columns: &mut Vec<String>) -> Result<String, String> {
    if !names::is_usable(name) {
        return Err(format!("no expression can name `{name}`"));
    }
    if !columns.iter().any(|column| column == name) {
        columns.push(name.to_string());
    }
    Ok(names::in_expression(name))
}

/// A word: of both languages, a function, or a column.
fn word<'s>(
    word: &str,
    after: &'s str,
    columns: &mut Vec<String>,
) -> Result<(String, &'s str), String> {
    let lower = word.to_lowercase();
    let follows = after.trim_start();
    if lower == "is" {
        let text = follows.to_lowercase();
        for (theirs, ours) in [("not null", "is not missing"), ("null", "is missing")] {
            if text.starts_with(theirs) {
                return Ok((ours.to_string(), follows.get(theirs.len()..).unwrap_or_default()));
            }
        }
    }
    if WORDS.contains(&lower.as_str()) && (lower != "date" || follows.starts_with('\'')) {
        return Ok((lower, after));
    }
    if follows.starts_with('(') {
        let found = FUNCTIONS.iter().find(|(theirs, _)| *theirs == lower);
        let found = found.map(|(_, ours)| (format!("{ours}\u{1}"), after));
        return found.ok_or_else(|| format!("the function `{word}` of SQL is not known"));
    }
    const FOREIGN: [&str; 10] =
        ["is", "null", "like", "ilike", "case", "select", "exists", "cast", "over", "interval"];
    if FOREIGN.contains(&lower.as_str()) {
        return Err(format!("`{word}` of SQL cannot be said"));
    }
    Ok((named(word, columns)?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_translated_or_refused() {
        for (sql, text) in [
            ("a + b = total", "a + b = total"),
            ("status <> 'it''s'", "status != \"it's\""),
            ("a IS NOT NULL and b is null", "a is not missing and b is missing"),
            ("coalesce(a, 0) > -1.5", "default(a, 0) > - 1.5"),
            ("\"Total %\" between 0 and 1", "`Total %` between 0 and 1"),
            ("kind in ('x', 'y') or not (a > 1)", "kind in (\"x\", \"y\") or not (a > 1)"),
            ("day >= date '2020-01-01'", "day >= date \"2020-01-01\""),
        ] {
            let own = condition(sql, Purpose::Assert).map(|c| c.text);
            assert_eq!(own, Ok(text.to_string()), "{sql}");
        }
        for sql in
            ["a like 'x%'", "{{ x }}", "a::date > b", "f(a) = 1", "a ==", "", "'x", "a = 1 -- x"]
        {
            assert!(condition(sql, Purpose::Assert).is_err(), "{sql}");
        }
        let both = condition("a > b + a", Purpose::Assert).expect("a condition");
        assert_eq!(both.columns, ["a", "b"]);
    }

    #[test]
    fn null_is_chosen_by_no_comparison() {
        for (sql, text) in [
            ("a = 'x'", "a = \"x\""),
            ("a <> 'x'", "a != \"x\" and a is not missing"),
            ("n != 5", "n != 5"),
            ("a <> b", "a != b and a is not missing and b is not missing"),
            (
                "a not in ('x', 'y') and n > 1",
                "a not in (\"x\", \"y\") and a is not missing and n > 1",
            ),
            ("a <> 'x' or b = 'y'", "a != \"x\" and a is not missing or b = \"y\""),
            ("not (a = 'x')", "not (a = \"x\" or a is missing)"),
            ("not (a <> 'x')", "not (a != \"x\")"),
            (
                "not (a = 'x' and b in ('y', 'z'))",
                "not ((a = \"x\" or a is missing) and (b in (\"y\", \"z\") or b is missing))",
            ),
            ("not not (a <> 'x')", "not not (a != \"x\" and a is not missing)"),
            ("lower(a) <> 'x'", "lower(a) != \"x\" and a is not missing"),
            ("coalesce(a, 'z') <> 'x'", "default(a, \"z\") != \"x\""),
            ("coalesce(a, b) <> 'x'", "default(a, b) != \"x\" and default(a, b) is not missing"),
            ("a <> ''", "a is not missing"),
            ("not (a = '')", "not a is missing"),
            ("coalesce(a, '') = ''", "a is missing"),
            ("a not in ('', 'x')", "a not in (\"x\") and a is not missing"),
        ] {
            let own = condition(sql, Purpose::Choose).map(|c| c.text);
            assert_eq!(own, Ok(text.to_string()), "{sql}");
        }
        for (sql, text) in [
            ("a <> 'x'", "a != \"x\""),
            ("not (a = 'x')", "not (a = \"x\")"),
            ("a = ''", "a is missing"),
            ("a in ('', 'x')", "a in (\"x\") or a is missing"),
            ("coalesce(a, '') <> ''", "a is not missing"),
        ] {
            let own = condition(sql, Purpose::Assert).map(|c| c.text);
            assert_eq!(own, Ok(text.to_string()), "{sql}");
        }
        assert!(condition("a = ''", Purpose::Choose).is_err());
        assert!(condition("a <> ''", Purpose::Assert).is_err());
    }
}
