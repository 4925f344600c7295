//! CSV Schema, the language of csv-validator: `.csvs`.

mod express;
mod parse;
mod simple;

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::parse::parse_expr;
use crate::expr::tree;
use crate::import::csvs::express::Cells;
use crate::import::csvs::parse::{Arg, Expr, Kind as ExprKind, Schema, Wrong, parse};
use crate::import::csvs::simple::{Simple, accepts_blank, simple};
use crate::import::job::{BAD_SCHEMA, Job, Kind};
use crate::import::pattern::Patterns;
use crate::import::rules::{Apart, Check, Column, Demand, Only, Table, column_name, slug};
use crate::propose::lines::list;
use crate::propose::names::quoted;
use crate::source::{Problem, Span};

pub const KIND: Kind = Kind {
    name: "csv-schema",
    about: "a CSV Schema, as csv-validator reads",
    is: |_| false,
    read: |job, _| read(job),
};

/// Whether a text is a CSV Schema, by its first words.
pub fn is(text: &str) -> bool {
    let text = parse::without_comments(text);
    text.strip_prefix("version").is_some_and(|rest| {
        rest.starts_with([' ', '\t']) && rest.trim_start().starts_with(|c: char| c.is_ascii_digit())
    }) && text.lines().next().is_some_and(|line| !line.contains(':'))
}

fn read(job: &mut Job<'_>) -> Result<(), Problem> {
    let text = job.input.text.as_str();
    let start = text.len() - text.strip_prefix('\u{FEFF}').unwrap_or(text).len();
    let schema = parse(text, start).map_err(|Wrong { at, message }| {
        let span = Span::new(at.start as u64, at.end as u64);
        Problem::new(&BAD_SCHEMA, job.input.file, span, message)
    })?;
    let stem = job.stem();
    let name = job.names(std::slice::from_ref(&stem)).pop().unwrap_or_default();
    let mut table = job.guessed(name, &stem, &stem);
    table.only = Only::Ordered;
    directives(&schema, &mut table);
    let mut called: BTreeMap<&str, String> = BTreeMap::new();
    for (n, column) in schema.columns.iter().enumerate() {
        let is_number = column.name.bytes().all(|b| b.is_ascii_digit());
        let is_repeated = called.contains_key(column.name.as_str()) || is_number;
        let own = column_name(&column.name, Some(n), is_repeated).unwrap_or_default();
        called.insert(&column.name, own.clone());
        table.columns.push(Column { ..Column::new(own) });
    }
    // Contracts first: what a column is read as decides how expressions name its cells.
    let mut left = Vec::new();
    for (n, column) in schema.columns.iter().enumerate() {
        left.push(contract(text, (n, column), &mut table, &job.rules.patterns));
    }
    let cells = Cells::new(&table, &called, &job.rules.patterns);
    let mut checks = Vec::new();
    let mut unsaid = Vec::new();
    for (n, (column, left)) in schema.columns.iter().zip(&left).enumerate() {
        for expr in left {
            match express(&cells, (n, column), expr, &table) {
                Ok(mut check) => {
                    check.title = format!("{}: {}", column.name, shown(text, expr));
                    checks.push(check);
                }
                Err(why) => unsaid.push((n, shown(text, expr), why)),
            }
        }
    }
    for (n, what, why) in unsaid {
        let column = table.columns.get_mut(n);
        column.into_iter().for_each(|c| c.remarks.unsaid(what.clone(), &why));
    }
    checks.into_iter().for_each(|check| table.check(check));
    job.rules.tables.push(table);
    Ok(())
}

/// An expression as it stands, on one line.
fn shown(text: &str, expr: &Expr) -> String {
    let own = text.get(expr.at.clone()).unwrap_or_default();
    own.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn directives(schema: &Schema, table: &mut Table) {
    let has = |name: &str| schema.directives.iter().any(|d| d.0 == name);
    let rows = if has("permitEmpty") { "0.." } else { "1.." };
    table.set("rows", quoted(rows), "");
    if has("noHeader") {
        let names: Vec<String> = schema.columns.iter().map(|c| c.name.clone()).collect();
        let are_numbers = names.iter().all(|name| name.bytes().all(|b| b.is_ascii_digit()));
        let header = if are_numbers { "false".to_string() } else { list(&names) };
        table.set("header", header, "the file has none");
    }
    let mut seen = BTreeSet::new();
    for (name, value) in &schema.directives {
        match (name.as_str(), value) {
            ("permitEmpty" | "noHeader", _) => {}
            (name, _) if !seen.insert(name) => {
                table.remarks.unsaid(format!("@{name} once more"), "the first counts");
            }
            ("separator", Some(Arg::Text(sign) | Arg::Word(sign))) => {
                let sign = if sign == "TAB" || sign == "\\t" { "\t" } else { sign };
                if sign.len() == 1 && !["\"", "\r", "\n"].contains(&sign) {
                    table.set("delimiter", quoted(sign), "");
                } else {
                    table.remarks.unsaid(
                        format!("@separator {sign}"),
                        "it must be one ASCII character that is no quote",
                    );
                }
            }
            ("totalColumns", Some(Arg::Word(n))) if *n == schema.columns.len().to_string() => {}
            ("totalColumns", Some(Arg::Word(n))) => {
                let why = "all columns are declared, and there are others";
                table.remarks.unsaid(format!("@totalColumns {n}"), why);
            }
            ("quoted", _) => table.remarks.unsaid("@quoted", "quotes are no part of a cell"),
            (name, _) => table.remarks.unsaid(format!("@{name}"), "there is nothing like it here"),
        }
    }
}

/// Makes what it can of a column's rule a contract; the other expressions.
fn contract<'s>(
    text: &str,
    (n, rule): (usize, &'s parse::Column),
    table: &mut Table,
    patterns: &Patterns,
) -> Vec<&'s Expr> {
    let has = |name: &str| rule.directives.iter().any(|d| d == name);
    let Some(mut column) = table.columns.get_mut(n).map(std::mem::take) else { return Vec::new() };
    unknown(rule, &mut column);
    let (mut left, mut is_required, mut demands) = (Vec::new(), false, Vec::new());
    for expr in &rule.exprs {
        let made = match &expr.kind {
            ExprKind::Call { column: None, name, args } if !has("matchIsFalse") => {
                simple(name, args, (has("ignoreCase"), patterns))
            }
            _ => Ok(None),
        };
        let ExprKind::Call { column: of, name, args } = &expr.kind else {
            left.push(expr);
            continue;
        };
        // A blank cell is identical to none.
        is_required |= of.is_none() && name == "identical" && !has("matchIsFalse");
        match made {
            Ok(Some(Simple { ty, formats, demands: own }))
                if ty.is_none() || column.ty.is_none() =>
            {
                if ty.is_some() {
                    (column.ty, column.formats) = (ty, formats);
                }
                is_required |= !accepts_blank(name, args, patterns);
                demands.extend(own);
            }
            Ok(_) => left.push(expr),
            Err(why) => column.remarks.unsaid(shown(text, expr), &why),
        }
    }
    // Two blank cells are equal there.
    if !is_required && !has("optional") && demands.contains(&Demand::Unique) {
        let is_it = |expr: &&Expr| matches!(&expr.kind, ExprKind::Call { name, args, .. } if name == "unique" && args.is_empty());
        demands.retain(|demand| *demand != Demand::Unique);
        left.extend(rule.exprs.iter().filter(is_it).take(1));
    }
    if is_required && !has("optional") {
        demands.insert(0, Demand::Required);
    }
    if has("optional") {
        demands.retain(|demand| *demand != Demand::Required);
    }
    column.ty.get_or_insert(crate::value::Type::Text);
    match has("warning") {
        true => column.apart.extend(demands.into_iter().map(warned)),
        false => demands.into_iter().for_each(|demand| column.demand(demand)),
    }
    if let Some(place) = table.columns.get_mut(n) {
        *place = column;
    }
    left
}

/// Directives of a column that are none.
fn unknown(rule: &parse::Column, column: &mut Column) {
    let known = ["optional", "ignoreCase", "matchIsFalse", "warning"];
    for name in rule.directives.iter().filter(|name| !known.contains(&name.as_str())) {
        column.remarks.unsaid(format!("@{name}"), "there is no such directive");
    }
}

/// A demand whose findings are warnings.
fn warned(demand: Demand) -> Apart {
    Apart { demand, filter: None, is_warning: true }
}

/// A check of what no contract says.
fn express(
    cells: &Cells<'_>,
    (n, rule): (usize, &parse::Column),
    expr: &Expr,
    table: &Table,
) -> Result<Check, String> {
    let has = |name: &str| rule.directives.iter().any(|d| d == name);
    let column = table.columns.get(n).ok_or("there is no such column")?;
    let cell = column.cell().ok_or("no expression can name the column")?;
    let is_required = column.demands.contains(&Demand::Required);
    let there = (has("optional") || is_required).then(|| format!("{cell} is not missing"));
    let check = Check {
        id: format!("{}-{}", table.name, slug(&column.name)),
        each: Some(table.name.clone()),
        filter: there,
        is_warning: has("warning"),
        ..Check::default()
    };
    let of_rows = Some(&expr.kind).filter(|_| !has("matchIsFalse"));
    if let Some(ExprKind::Call { column: None, name, args }) = of_rows {
        match name.as_str() {
            "unique" => {
                let by = cells.all(&rule.name, args, has("ignoreCase"))?;
                let each = Some(format!("{} by {}", table.name, by.join(", ")));
                return Ok(Check { each, asserts: vec!["count() = 1".into()], ..check });
            }
            "identical" => {
                let asserts = vec![format!("count(distinct {}.{cell}) <= 1", table.name)];
                return Ok(Check { each: None, filter: None, asserts, ..check });
            }
            _ => {}
        }
    }
    let said = cells.express(expr, &rule.name, has("ignoreCase"))?;
    let assert = if has("matchIsFalse") { format!("not ({said})") } else { said };
    // What would be an error in a rule file is not written.
    let (tree, errors) = parse_expr(&assert);
    match errors.is_empty() {
        true if names_cell(&tree) => Ok(Check { asserts: vec![assert], ..check }),
        true => Err("it does not depend on any cell".into()),
        false => Err("no expression can say it".into()),
    }
}

fn names_cell(e: &tree::Expr) -> bool {
    matches!(e.kind, tree::Kind::Ref(_)) || tree::children(e).into_iter().any(names_cell)
}
