//! One table in several formats: the same findings, but for places.

#[cfg(feature = "parquet")]
mod columns;
mod written;

use std::sync::Arc;

use crossfoot::files::tree::Memory;
use crossfoot::render::{Format, Options, sink};
use crossfoot::{Request, SinkSlot};

/// A cell: a text, something that is written without quotes, or nothing.
#[derive(Clone)]
enum Cell {
    Text(&'static str),
    Bare(&'static str),
    Nothing,
}

use Cell::{Bare, Nothing, Text};
use written::{TWINS, Twin};

struct Table {
    name: &'static str,
    /// The rows that name the columns: a blank above the last takes the name to its left.
    heads: &'static [&'static [&'static str]],
    rows: Vec<Vec<Cell>>,
    /// What the rule file says beside the path.
    rules: &'static str,
}

fn tables() -> Vec<Table> {
    let types = Table {
        name: "types",
        heads: &[&["id", "name", "net", "tax", "gross", "day", "at", "share", "open", "year"]],
        rows: vec![
            vec![
                Bare("1"),
                Text("Zürich"),
                Bare("10.50"),
                Bare("2.10"),
                Bare("12.60"),
                Text("2026-01-05"),
                Text("2026-01-05T10:00:00"),
                Text("12.5%"),
                Bare("true"),
                Bare("2026"),
            ],
            vec![
                Bare("2"),
                Text("a \"b\", c"),
                Bare("7.00"),
                Bare("1.40"),
                Bare("8.50"),
                Text("2026-02-30"),
                Text("2026-01-05 25:00"),
                Text("101%"),
                Bare("false"),
                Bare("1899"),
            ],
            vec![
                Bare("2"),
                Text("much too long a name"),
                Bare("123456789012345678901234567890.12"),
                Bare("0.01"),
                Bare("123456789012345678901234567890.13"),
                Text("2026-01-07"),
                Text("2026-01-07T00:00:01"),
                Text("0%"),
                Text("maybe"),
                Bare("2027"),
            ],
            vec![
                Bare("-4"),
                Text("x"),
                Bare("1e2"),
                Bare("5"),
                Bare("105.1"),
                Text("5.1.2026"),
                Text("noon"),
                Text("n/a"),
                Bare("true"),
                Bare("2028"),
            ],
        ],
        rules: r#"
key = "id"
[data.t.columns]
id    = { type = "integer", unique = true, min = 0 }
name  = { max_length = 12 }
net   = { type = "number" }
tax   = { type = "number" }
gross = { type = "number" }
day   = { type = "date" }
at    = { type = "datetime" }
share = { type = "percent", max = "100%" }
open  = { type = "boolean" }
year  = { type = "year", min = 1900 }
[check.gross]
each = "t"
assert = ["gross = net + tax", "gross = net + tax within rounding"]
[check.all]
assert = ["sum(t.gross) = sum(t.net) + sum(t.tax)", "count(t) = 5"]
[check.rising]
each = "t"
assert = "year > prev(year)"
"#,
    };
    let gaps = Table {
        name: "gaps",
        heads: &[&["region", "part", "people", "note"]],
        rows: vec![
            vec![Text("north"), Text("a"), Bare("10"), Nothing],
            vec![Text("north"), Text("b"), Nothing, Text("late")],
            vec![Text("south"), Nothing, Bare("7"), Nothing],
            vec![Text("south"), Text("d"), Text("8 e"), Text("")],
            vec![Text("west"), Text("e"), Text("-"), Nothing],
            vec![Text("west"), Text("f"), Text("9*"), Text("*")],
        ],
        rules: r#"
marks = ["e", "*"]
[data.t.columns]
region = { one_of = ["north", "south"] }
part   = { required = true }
people = { type = "integer", missing = ["", "-"] }
[check.sum]
each = "t by region"
assert = "sum(people) = 15"
[check.noted]
each = "t"
where = "note is not missing"
assert = "people < 8"
[check.known]
each = "t"
assert = "default(people, 0) < 10"
[check.marked]
each = "t"
where = '`people.marks` = "*"'
assert = "people < 9"
"#,
    };
    vec![types, gaps, two_heads(), stored()]
}

fn two_heads() -> Table {
    Table {
        name: "two heads",
        heads: &[&["", "2024", "", "2025", ""], &["region", "men", "women", "men", "women"]],
        rows: vec![
            vec![Text("north"), Bare("10"), Bare("11"), Bare("12"), Bare("13.5")],
            vec![Text("south"), Bare("20"), Bare("21"), Bare("22"), Bare("23.25")],
            vec![Text("Total"), Bare("30"), Bare("33"), Bare("34"), Bare("36.8")],
            vec![Text("men & women"), Bare("62"), Nothing, Bare("70.8"), Nothing],
        ],
        rules: r#"
key = "region"
columns."2024 / men".type = "integer"
[check.total]
each = 't by column `2024 / men` to `2025 / women` as n'
assert = [
    'sum(n where region != "Total" and region != "men & women") = only(n where region = "Total")',
    'sum(n where region != "Total" and region != "men & women") = only(n where region = "Total") within rounding',
]
[check.both]
assert = 'only(t.`2024 / men` where region = "Total") + only(t.`2024 / women` where region = "Total") = only(t.`2024 / men` where region = "men & women")'
[check.whole]
each = "t"
assert = "`2025 / women` <= 23"
"#,
    }
}

fn stored() -> Table {
    Table {
        name: "stored",
        heads: &[&["id", "region", "net", "tax", "gross", "day", "paid"]],
        rows: vec![
            vec![
                Bare("1"),
                Text("north"),
                Bare("10.50"),
                Bare("2.1"),
                Bare("12.60"),
                Text("2026-01-05"),
                Bare("true"),
            ],
            vec![
                Bare("2"),
                Text("south"),
                Bare("7.00"),
                Bare("1.4"),
                Bare("8.50"),
                Text("2026-02-28"),
                Nothing,
            ],
            vec![
                Bare("-2"),
                Text("north"),
                Nothing,
                Bare("0.3"),
                Bare("9999999999.99"),
                Nothing,
                Bare("false"),
            ],
            vec![
                Nothing,
                Nothing,
                Bare("0.00"),
                Nothing,
                Bare("-0.01"),
                Text("1931-12-31"),
                Nothing,
            ],
        ],
        rules: r#"
key = "id"
[data.t.columns]
id     = { type = "integer", unique = true, min = 0 }
region = { required = true }
net    = { type = "number", required = true }
tax    = { type = "number", max = 2 }
gross  = { type = "number", max = 1000 }
day    = { type = "date", required = true, min = "1950-01-01" }
paid   = { type = "boolean", required = true }
[check.gross]
each = "t"
assert = ["gross = net + tax", "gross = net + tax within rounding"]
[check.region]
each = "t by region"
assert = "sum(gross) = sum(net) + sum(tax)"
[check.order]
each = "t"
assert = "day > prev(day)"
[check.text]
each = "t"
where = 'region = "south"'
assert = "paid"
"#,
    }
}

/// Findings without places, and without fixes, which only some formats can be written with.
fn findings(table: &Table, twin: &Twin) -> Vec<serde_json::Value> {
    let path = format!("t.{}", twin.ending);
    let head = match (twin.has_head, table.heads.len()) {
        (true, rows @ 2..) => format!("header = {rows}\n"),
        _ => String::new(),
    };
    let rules = format!("[data.t]\npath = \"{path}\"\n{}\n{head}{}", twin.keys, table.rules);
    let mut tree = Memory::default();
    tree.insert("rules.toml", rules.into_bytes());
    tree.insert(&path, (twin.write)(table));
    let request = Request {
        rule_files: vec!["rules.toml".into()],
        tree: Some(Arc::new(tree)),
        today: Some("2026-11-23".into()),
        ..Request::default()
    };
    let mut out = Vec::new();
    let mut slots = [SinkSlot {
        sink: sink(Format::Json, Options { width: 100, ..Options::default() }),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    }];
    let outcome = crossfoot::run(&request, &mut slots);
    drop(slots);
    let problems: Vec<&String> = outcome.problems.iter().map(|p| &p.message).collect();
    assert!(problems.is_empty(), "{} in {}: {problems:?}", table.name, twin.ending);
    let document: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
    let all = document["findings"].as_array().cloned().unwrap_or_default();
    all.into_iter().map(without_places).collect()
}

fn without_places(value: serde_json::Value) -> serde_json::Value {
    const PLACES: &[&str] = &[
        "fix",
        "place",
        "source",
        "certificate",
        "labels",
        "quote",
        "file",
        "start",
        "end",
        "line",
        "column",
        "record",
        "pointer",
        "sheet",
        "row_group",
        "address",
        "cells",
    ];
    match value {
        serde_json::Value::Object(members) => {
            let kept = members.into_iter().filter(|(name, _)| !PLACES.contains(&name.as_str()));
            kept.map(|(name, own)| (name, without_places(own))).collect()
        }
        serde_json::Value::Array(items) => items.into_iter().map(without_places).collect(),
        serde_json::Value::String(text) => {
            let text = without_place(&text);
            match text.split_once("`--fix` writes") {
                Some(("", _)) => serde_json::Value::Null,
                Some((help, _)) => help.trim_end_matches("; ").into(),
                None => text.into(),
            }
        }
        other => other,
    }
}

/// A text in which a cell may be named with its place: `Total, n (t.csv:5:10) would be 32`.
fn without_place(text: &str) -> String {
    let mut parts = text.split(" (t.");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| text + part.split_once(')').map_or(part, |(_, rest)| rest))
}

#[test]
fn twins_have_the_same_findings() {
    for table in tables() {
        let expected = findings(&table, &TWINS[0]);
        assert!(expected.len() > 4, "{} has few findings: {expected:#?}", table.name);
        for twin in &TWINS[1..] {
            let found = findings(&table, twin);
            let mut lines = expected.iter().zip(&found).filter(|(a, b)| a != b);
            if let Some((a, b)) = lines.next() {
                panic!(
                    "{} in {}: {b:#}\nbut in {}: {a:#}",
                    table.name, twin.ending, TWINS[0].ending
                );
            }
            assert_eq!(found.len(), expected.len(), "{} in {}", table.name, twin.ending);
        }
    }
}
