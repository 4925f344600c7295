//! Tree → canonical text that reads back to the same tree.

use crate::expr::lex::{FOREIGN_MISSING, RESERVED};
use crate::expr::tree::{
    Agg, AggArg, Arith, Cmp, Expr, Kind, MOMENTS, Name, Quantile, QuantileMethod, TableRef,
    WindowFunction, Within,
};
use crate::value::Number;

/// How tightly a kind binds; an operand that binds less tightly than asked is put in parentheses.
fn tightness(e: &Expr) -> u8 {
    match &e.kind {
        Kind::If { .. } => 0,
        Kind::Or(_) => 1,
        Kind::And(_) => 2,
        Kind::Not(_) => 3,
        Kind::Compare { .. }
        | Kind::Between { .. }
        | Kind::InList { .. }
        | Kind::InColumn { .. }
        | Kind::IsMissing { .. }
        | Kind::IsReadable { .. }
        | Kind::IsWithheld { .. }
        | Kind::Matches { .. } => 4,
        Kind::Arith(Arith::Add | Arith::Sub, ..) => 5,
        Kind::Arith(..) => 6,
        Kind::Neg(_) => 7,
        _ => 8,
    }
}

/// The canonical text of an expression.
pub fn print(e: &Expr) -> String {
    let mut out = String::new();
    put(e, 0, &mut out);
    out
}

/// A name, in backticks where it needs them.
pub fn name(text: &str) -> String {
    let mut chars = text.chars();
    let plain = chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && chars.all(unicode_ident::is_xid_continue);
    // Words that the parser takes for a foreign way to say `missing` are names only in backticks.
    if plain && !RESERVED.contains(&text) && !FOREIGN_MISSING.contains(&text) {
        text.to_string()
    } else {
        format!("`{text}`")
    }
}

/// The sign of a comparison.
pub fn sign(op: Cmp) -> &'static str {
    match op {
        Cmp::Eq => "=",
        Cmp::Ne => "!=",
        Cmp::Lt => "<",
        Cmp::Le => "<=",
        Cmp::Gt => ">",
        Cmp::Ge => ">=",
    }
}

/// The word of an aggregate.
pub fn aggregate_word(agg: Agg) -> &'static str {
    match agg {
        Agg::Sum => "sum",
        Agg::Count => "count",
        Agg::Min => "min",
        Agg::Max => "max",
        Agg::Mean => "mean",
        Agg::Median => "median",
        Agg::Mode => "mode",
        Agg::Stddev => "stddev",
        Agg::Quantile => "quantile",
        Agg::First => "first",
        Agg::Last => "last",
        Agg::Only => "only",
        Agg::Any => "any",
        Agg::All => "all",
    }
}

fn path(names: &[Name]) -> String {
    names.iter().map(|n| name(&n.text)).collect::<Vec<_>>().join(".")
}

/// The word of a function that looks at other rows in order.
pub fn window_word(window: WindowFunction) -> &'static str {
    match window {
        WindowFunction::Prev => "prev",
        WindowFunction::Next => "next",
        WindowFunction::Rank => "rank",
        WindowFunction::Cumulative => "cumulative",
    }
}

fn text(t: &str) -> String {
    format!("\"{}\"", t.replace('"', "\"\""))
}

fn hundred(n: &Number) -> String {
    (n * &Number::from(100i64)).to_text()
}

fn table(t: &TableRef) -> String {
    t.version.of(&name(&t.name.text))
}

fn put(e: &Expr, least: u8, out: &mut String) {
    let parenthesised = tightness(e) < least;
    if parenthesised {
        out.push('(');
    }
    bare(e, out);
    if parenthesised {
        out.push(')');
    }
}

fn list(all: &[Expr], out: &mut String, least: u8) {
    for (i, e) in all.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        put(e, least, out);
    }
}

fn within(w: Option<&Within>, out: &mut String) {
    match w {
        None => {}
        Some(Within::Rounding(None)) => out.push_str(" within rounding"),
        Some(Within::Rounding(Some(to))) => out.push_str(&format!(" within rounding to {to}")),
        Some(Within::Relative(n)) => out.push_str(&format!(" within {}%", hundred(n))),
        Some(Within::Absolute(e)) => {
            out.push_str(" within ");
            put(e, 5, out);
        }
    }
}

fn joined(all: &[Expr], word: &str, least: u8, out: &mut String) {
    for (i, e) in all.iter().enumerate() {
        if i > 0 {
            out.push_str(word);
        }
        put(e, least, out);
    }
}

fn bare(e: &Expr, out: &mut String) {
    match &e.kind {
        Kind::Number(n) => out.push_str(&n.to_text()),
        Kind::Percent(n) => out.push_str(&format!("{}%", hundred(n))),
        Kind::Points(n) => out.push_str(&format!("{}pp", hundred(n))),
        Kind::Text(t) => out.push_str(&text(t)),
        Kind::Moment(ty, t) => {
            let word = MOMENTS.iter().find(|m| m.1 == *ty).map_or("date", |m| m.0);
            out.push_str(&format!("{word} {}", text(t)));
        }
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Missing => out.push_str("missing"),
        Kind::Broken => out.push('?'),
        Kind::Ref(names) => out.push_str(&path(names)),
        Kind::Column { table: t, column } => {
            out.push_str(&format!("{}.{}", table(t), name(&column.text)));
        }
        Kind::Lookup { table: t, key, column } => {
            out.push_str(&table(t));
            out.push('[');
            list(key, out, 0);
            out.push(']');
            if let Some(c) = column {
                out.push('.');
                out.push_str(&name(&c.text));
            }
        }
        Kind::Neg(x) => {
            out.push('-');
            put(x, 8, out);
        }
        Kind::Arith(op, a, b) => arithmetic(*op, a, b, out),
        Kind::Aggregate { agg, arg, filter, by } => {
            aggregate(*agg, arg, filter.as_deref(), by, out)
        }
        Kind::Along { agg, items } => {
            out.push_str(aggregate_word(*agg));
            out.push('(');
            list(items, out, 0);
            out.push(')');
        }
        Kind::Range { from, to } => out.push_str(&format!("{} to {}", path(from), path(to))),
        Kind::Window { window, value, by } => {
            out.push_str(window_word(*window));
            out.push('(');
            put(value, 0, out);
            by_keys(by, out);
            out.push(')');
        }
        Kind::Call { name: n, args } => {
            out.push_str(&name(&n.text));
            out.push('(');
            list(args, out, 0);
            out.push(')');
        }
        _ => logic(e, out),
    }
}

fn logic(e: &Expr, out: &mut String) {
    let no = |not: bool| if not { "not " } else { "" };
    match &e.kind {
        Kind::Compare { op, left, right, within: w } => {
            put(left, 5, out);
            out.push_str(&format!(" {} ", sign(*op)));
            put(right, 5, out);
            within(w.as_ref(), out);
        }
        Kind::Between { not, value, low, high, within: w } => {
            put(value, 5, out);
            out.push_str(&format!(" {}between ", no(*not)));
            put(low, 5, out);
            out.push_str(" and ");
            put(high, 5, out);
            within(w.as_ref(), out);
        }
        Kind::InList { not, value, list: all } => {
            put(value, 5, out);
            out.push_str(&format!(" {}in (", no(*not)));
            list(all, out, 5);
            out.push(')');
        }
        Kind::InColumn { not, value, table: t, column } => {
            put(value, 5, out);
            out.push_str(&format!(" {}in {}.{}", no(*not), table(t), name(&column.text)));
        }
        Kind::IsMissing { not, value } => is(value, *not, "missing", out),
        Kind::IsReadable { not, value } => is(value, *not, "readable", out),
        Kind::IsWithheld { not, value } => is(value, *not, "withheld", out),
        Kind::Matches { not, value, pattern, .. } => {
            put(value, 5, out);
            out.push_str(&format!(" {}matches {}", no(*not), text(pattern)));
        }
        Kind::Not(x) => {
            out.push_str("not ");
            put(x, 3, out);
        }
        Kind::And(all) => joined(all, " and ", 3, out),
        Kind::Or(all) => joined(all, " or ", 2, out),
        Kind::If { condition, then, otherwise } => {
            out.push_str("if ");
            put(condition, 1, out);
            out.push_str(" then ");
            // An `else` would otherwise belong to an inner `if`.
            put(then, u8::from(otherwise.is_some()), out);
            if let Some(other) = otherwise {
                out.push_str(" else ");
                put(other, 0, out);
            }
        }
        _ => {}
    }
}

fn is(value: &Expr, not: bool, what: &str, out: &mut String) {
    put(value, 5, out);
    out.push_str(if not { " is not " } else { " is " });
    out.push_str(what);
}

fn arithmetic(op: Arith, a: &Expr, b: &Expr, out: &mut String) {
    let (sign, level) = match op {
        Arith::Add => (" + ", 5),
        Arith::Sub => (" - ", 5),
        Arith::Mul => (" * ", 6),
        Arith::Div => (" / ", 6),
    };
    put(a, level, out);
    out.push_str(sign);
    put(b, level + 1, out);
}

fn aggregate(agg: Agg, arg: &AggArg, filter: Option<&Expr>, by: &[Expr], out: &mut String) {
    out.push_str(aggregate_word(agg));
    out.push('(');
    match arg {
        AggArg::Empty => {}
        AggArg::Table(t) => out.push_str(&table(t)),
        AggArg::Expr(e, number) => {
            put(e, 0, out);
            if let Some(Quantile { share, method }) = number {
                out.push_str(&format!(", {}", share.to_text()));
                if *method != QuantileMethod::InvertedCdf {
                    out.push_str(&format!(", \"{}\"", method.name()));
                }
            }
        }
        AggArg::Distinct(all) => {
            out.push_str("distinct ");
            list(all, out, 0);
        }
    }
    if let Some(f) = filter {
        if *arg != AggArg::Empty {
            out.push(' ');
        }
        out.push_str("where ");
        put(f, 0, out);
    }
    by_keys(by, out);
    out.push(')');
}

fn by_keys(by: &[Expr], out: &mut String) {
    if !by.is_empty() {
        if !out.ends_with('(') {
            out.push(' ');
        }
        out.push_str("by ");
        list(by, out, 5);
    }
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::expr::parse::parse_expr;

    /// Found by fuzzing: names that are no names without backticks.
    #[test]
    fn names_keep_their_backticks_where_they_need_them() {
        for text in ["`None` = 1", "`where` = 1", "`a b` = 1", "`desc` = 1"] {
            let (tree, errors) = parse_expr(text);
            assert!(errors.is_empty(), "{text}");
            let (again, errors) = parse_expr(&print(&tree));
            assert!(errors.is_empty(), "{text}: {errors:?}");
            assert_eq!(print(&again), print(&tree));
        }
    }
}
