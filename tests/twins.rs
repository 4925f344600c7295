//! One table in several formats: the same findings, but for places.

use std::fmt::Write as _;
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

struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
    /// What the rule file says beside the path.
    rules: &'static str,
}

/// A format: the ending of its files, the keys of its table, and how a table is written in it.
struct Twin {
    ending: &'static str,
    keys: &'static str,
    write: fn(&Table) -> String,
}

const TWINS: &[Twin] = &[
    Twin { ending: "csv", keys: "", write: csv },
    Twin { ending: "json", keys: "", write: json },
    Twin { ending: "ndjson", keys: "", write: ndjson },
    Twin { ending: "yaml", keys: "", write: yaml },
    Twin { ending: "toml", keys: "at = \"/rows/*\"", write: toml },
];

fn csv(table: &Table) -> String {
    let cell = |cell: &Cell| match cell {
        Text(text) if text.contains(['"', ',', '\n']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Text(text) | Bare(text) => (*text).to_string(),
        Nothing => String::new(),
    };
    let line = |row: &Vec<Cell>| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\n";
    table.columns.join(",") + "\n" + &table.rows.iter().map(line).collect::<String>()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An object; every other cell without a value is null, the others are left out.
fn object(table: &Table, row: &[Cell]) -> String {
    let member = |(at, (name, cell)): (usize, (&&str, &Cell))| match cell {
        Text(text) => Some(format!("{}: {}", quoted(name), quoted(text))),
        Bare(text) => Some(format!("{}: {text}", quoted(name))),
        Nothing => (at % 2 == 0).then(|| format!("{}: null", quoted(name))),
    };
    let members = table.columns.iter().zip(row).enumerate().filter_map(member);
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn json(table: &Table) -> String {
    let rows: Vec<String> = table.rows.iter().map(|row| object(table, row)).collect();
    format!("[\n  {}\n]\n", rows.join(",\n  "))
}

fn ndjson(table: &Table) -> String {
    table.rows.iter().map(|row| object(table, row) + "\n").collect()
}

fn yaml(table: &Table) -> String {
    let mut text = String::new();
    for row in &table.rows {
        let mut sign = "- ";
        for (at, (name, cell)) in table.columns.iter().zip(row).enumerate() {
            let value = match cell {
                Text(text) => quoted(text),
                Bare(text) => (*text).to_string(),
                Nothing if at % 2 == 0 => "null".to_string(),
                Nothing => continue,
            };
            let _ = writeln!(text, "{sign}{name}: {value}");
            sign = "  ";
        }
    }
    text
}

fn toml(table: &Table) -> String {
    let mut text = String::new();
    for row in &table.rows {
        text.push_str("[[rows]]\n");
        for (name, cell) in table.columns.iter().zip(row) {
            let _ = match cell {
                Text(own) => writeln!(text, "{name} = {}", quoted(own)),
                Bare(own) => writeln!(text, "{name} = {own}"),
                Nothing => Ok(()),
            };
        }
    }
    text
}

fn tables() -> Vec<Table> {
    let types = Table {
        name: "types",
        columns: &["id", "name", "net", "tax", "gross", "day", "at", "share", "open", "year"],
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
        columns: &["region", "part", "people", "note"],
        rows: vec![
            vec![Text("north"), Text("a"), Bare("10"), Nothing],
            vec![Text("north"), Text("b"), Nothing, Text("late")],
            vec![Text("south"), Nothing, Bare("7"), Nothing],
            vec![Text("south"), Text("d"), Bare("8"), Text("")],
            vec![Text("west"), Text("e"), Text("-"), Nothing],
        ],
        rules: r#"
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
"#,
    };
    vec![types, gaps]
}

/// Findings without places.
fn findings(table: &Table, twin: &Twin) -> Vec<serde_json::Value> {
    let path = format!("t.{}", twin.ending);
    let rules = format!("[data.t]\npath = \"{path}\"\n{}{}", twin.keys, table.rules);
    let mut tree = Memory::default();
    tree.insert("rules.toml", rules.into_bytes());
    tree.insert(&path, (twin.write)(table).into_bytes());
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
    ];
    match value {
        serde_json::Value::Object(members) => {
            let kept = members.into_iter().filter(|(name, _)| !PLACES.contains(&name.as_str()));
            kept.map(|(name, own)| (name, without_places(own))).collect()
        }
        serde_json::Value::Array(items) => items.into_iter().map(without_places).collect(),
        other => other,
    }
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
