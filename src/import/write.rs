//! Translated rules as the text of a rule file.

use std::fmt::Write as _;

use crate::import::rules::{Check, Column, Demand, Only, Remark, Remarks, Rules, Table};
use crate::propose::lines::{self, Line, list};
use crate::propose::names::{expression, key, quoted};
use crate::render::words::count;
use crate::report::text::{cut, printable};

/// The rule file; `sources` are the schemas with their kinds.
pub fn write(rules: &Rules, sources: &[(String, &str)]) -> String {
    let from: Vec<String> =
        sources.iter().map(|(path, about)| format!("{} ({about})", comment(path))).collect();
    let mut out = format!("# Rules from {}, translated by `crossfoot import`.\n", from.join(", "));
    let unsaid = unsaid(rules);
    if unsaid > 0 {
        let things = count(unsaid as u64, "thing", "things");
        let _ =
            writeln!(out, "# {things} could not be translated: look for \"Not translated\" below.");
    }
    remarks(&rules.remarks, &mut out);
    if let Some(title) = &rules.title {
        let _ = writeln!(out, "\n[report]\ntitle = {}", quoted(title));
    }
    for table in &rules.tables {
        write_table(table, &mut out);
    }
    for check in rules.tables.iter().flat_map(|table| &table.checks) {
        write_check(check, &mut out);
    }
    out
}

/// How many things could not be translated.
pub fn unsaid(rules: &Rules) -> usize {
    let of_table = |table: &Table| {
        let columns: usize = table.columns.iter().map(|c| c.remarks.count()).sum();
        let checks: usize = table.checks.iter().map(|c| c.remarks.count()).sum();
        table.remarks.count() + columns + checks
    };
    rules.remarks.count() + rules.tables.iter().map(of_table).sum::<usize>()
}

/// A text in a comment, on one line; whoever reads it has nothing else to go by, so little is cut.
fn comment(text: &str) -> String {
    printable(&cut(text, 600, None)).into_owned()
}

fn remark(remark: &Remark) -> String {
    match remark {
        Remark::Said(words) => comment(words),
        Remark::Unsaid(words) => format!("Not translated: {}", comment(words)),
    }
}

fn remarks(remarks: &Remarks, out: &mut String) {
    for one in &remarks.0 {
        let _ = writeln!(out, "# {}", remark(one));
    }
}

fn write_table(table: &Table, out: &mut String) {
    out.push('\n');
    remarks(&table.remarks, out);
    let _ = writeln!(out, "[data.{}]", key(&table.name));
    let whereabouts = table.whereabouts.clone().unwrap_or_default();
    let mut all = vec![Line::new("path", quoted(&table.path), whereabouts)];
    let line = |(key, value, about): &(&str, String, String)| Line::new(key, value.clone(), about);
    all.extend(table.keys.iter().map(line));
    all.extend(table.missing.as_ref().map(|texts| Line::new("missing", list(texts), "")));
    match table.key.as_slice() {
        [] => {}
        [one] => all.push(Line::new("key", quoted(one), "")),
        several => all.push(Line::new("key", list(several), "")),
    }
    match table.only {
        Only::Any => {}
        Only::Declared => all.push(Line::new("columns_only", "true".into(), "")),
        Only::Ordered => all.push(Line::new("columns_only", quoted("ordered"), "")),
    }
    lines::write(&all, out);
    if !table.columns.is_empty() {
        let _ = writeln!(out, "\n[data.{}.columns]", key(&table.name));
        let columns: Vec<Line> = table.columns.iter().map(write_column).collect();
        lines::write(&columns, out);
    }
}

fn write_column(column: &Column) -> Line {
    let mut parts = Vec::new();
    let mut part = |key: &str, value: String| parts.push(format!("{key} = {value}"));
    if column.optional {
        part("optional", "true".into());
    }
    if let Some(ty) = column.ty {
        part("type", quoted(ty.word()));
    }
    if let Some(separator) = &column.list {
        part("list", quoted(separator));
    }
    match column.formats.as_slice() {
        [] => {}
        [one] => part("format", quoted(one)),
        several => part("format", list(several)),
    }
    if let Some(missing) = &column.missing {
        part("missing", list(missing));
    }
    for (key, texts) in [("true", &column.yes), ("false", &column.no), ("marks", &column.marks)] {
        if !texts.is_empty() {
            let all: Vec<String> = texts.iter().map(|text| literal(text)).collect();
            part(key, format!("[{}]", all.join(", ")));
        }
    }
    for (key, sign) in [("decimal", column.decimal), ("grouping", column.grouping)] {
        if let Some(sign) = sign {
            part(key, quoted(&sign.to_string()));
        }
    }
    parts.extend(column.demands.iter().filter_map(demand));
    let value = if parts.is_empty() { "{}".into() } else { format!("{{ {} }}", parts.join(", ")) };
    let mut line = Line::new(&key(&column.name), value, column.about.join("; "));
    line.above = column.remarks.0.iter().map(remark).collect();
    line
}

/// A text of TOML, literal where it has backslashes and can be.
fn literal(text: &str) -> String {
    if text.contains('\\') { expression(text) } else { quoted(text) }
}

fn demand(demand: &Demand) -> Option<String> {
    // Figures are written bare where TOML reads them as they are.
    let bound = |text: &String| {
        let is_plain = text.len() < 16 && text.parse::<i64>().is_ok_and(|n| n.to_string() == *text);
        if is_plain { text.clone() } else { quoted(text) }
    };
    Some(match demand {
        Demand::NoneOf(_) => return None,
        Demand::Required => "required = true".into(),
        Demand::Unique => "unique = true".into(),
        Demand::Min(text) => format!("min = {}", bound(text)),
        Demand::Max(text) => format!("max = {}", bound(text)),
        Demand::Above(text) => format!("above = {}", bound(text)),
        Demand::Below(text) => format!("below = {}", bound(text)),
        Demand::MinLength(n) => format!("min_length = {n}"),
        Demand::MaxLength(n) => format!("max_length = {n}"),
        Demand::Matches(pattern) => format!("matches = {}", literal(pattern)),
        Demand::OneOf(all) => format!("one_of = {}", list(all)),
        Demand::In(table, column) => format!("in = {}", quoted(&format!("{table}.{column}"))),
        Demand::Like(names) => match names.as_slice() {
            [one] => format!("like = {}", quoted(one)),
            several => {
                let all: Vec<String> = several.iter().map(|name| quoted(name)).collect();
                format!("like = [{}]", all.join(", "))
            }
        },
    })
}

fn write_check(check: &Check, out: &mut String) {
    out.push('\n');
    remarks(&check.remarks, out);
    let mut keys = vec![("title", quoted(&check.title))];
    keys.extend(check.each.as_ref().map(|each| ("each", quoted(each))));
    keys.extend(check.filter.as_ref().map(|filter| ("where", expression(filter))));
    if check.is_warning {
        keys.push(("severity", quoted("warning")));
    }
    // No other tool finds fault with having nothing to judge.
    keys.push(("optional", "true".into()));
    out.push_str(&lines::check(&check.id, &keys, &check.asserts));
}
