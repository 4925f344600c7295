//! What a report says of its own run: where the data come from, what was read, what was not.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// What the program prints in a folder.
fn printed(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossfoot"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    let output = command.output().expect("the binary runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The document of a run in a folder.
fn document(folder: &Path, args: &[&str]) -> Value {
    let args = [&["check", "-f", "json", "--today", "2026-11-23"], args].concat();
    let text = printed(folder, &args);
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

const SOURCES: &str = "[report]
title = \"Areas of the districts\"

[data.districts]
path = \"districts.csv\"
source = \"https://example.org/areas.csv\"
retrieved = 2026-01-31
columns.area = { min = 1 }

[data.regions]
path = \"districts.csv\"
source = \"Yearbook 2025, table 3\"

[data.towns]
path = \"districts.csv\"
retrieved = \"2026-02-01\"
";

#[test]
fn sources_are_listed_and_the_title_is_that_of_the_rules() {
    let folder = folder(&[("crossfoot.toml", SOURCES), ("districts.csv", "name,area\nN,4\n")]);
    let listed = printed(folder.path(), &["list"]);
    for line in [
        "    columns name, area\n    source: https://example.org/areas.csv, retrieved: 2026-01-31\n",
        "    source: Yearbook 2025, table 3\n",
        "    retrieved: 2026-02-01\n",
    ] {
        assert!(listed.contains(line), "{listed}");
    }
    let document = document(folder.path(), &[]);
    assert_eq!(document["run"]["title"], "Areas of the districts");
}

/// Per table its columns, those that no rule reads in brackets.
fn columns(document: &Value) -> Vec<String> {
    let words = |table: &Value| {
        let unread = table["unread_columns"].as_array().expect("a list");
        let columns = table["columns"].as_array().expect("a list").iter();
        let word = |column: &Value| match unread.contains(column) {
            true => format!("[{}]", column.as_str().expect("a text")),
            false => column.as_str().expect("a text").to_string(),
        };
        let name = table["name"].as_str().expect("a text");
        format!("{name} {}: {}", table["rows"], columns.map(word).collect::<Vec<_>>().join(" "))
    };
    document["coverage"]["tables"].as_array().expect("a list").iter().map(words).collect()
}

#[test]
fn columns_that_no_rule_reads_are_named() {
    const WIDE: &str = "key,a,b,c,d,e,f,g,h\n1,1,1,1,1,1,1,1,1\n2,1,1,1,1,1,1,1,1\n";
    for (rules, says) in [
        ("", "[key] [a] [b] [c] [d] [e] [f] [g] [h]"),
        ("key = 'key'\n", "key [a] [b] [c] [d] [e] [f] [g] [h]"),
        // What is declared and not demanded is not read; a type is a demand.
        ("columns.a = {}\ncolumns.b = { title = 'B' }\n", "[key] [a] [b] [c] [d] [e] [f] [g] [h]"),
        ("columns.a = { type = 'number' }\n", "[key] a [b] [c] [d] [e] [f] [g] [h]"),
        ("columns.a = { unique = true }\n", "[key] a [b] [c] [d] [e] [f] [g] [h]"),
        ("columns.a = { in = 't.h' }\n", "[key] a [b] [c] [d] [e] [f] [g] h"),
        (
            "[check.x]\neach = 't'\nassert = 'a + b > 0'\nwhere = 'c = 1'\n",
            "[key] a b c [d] [e] [f] [g] [h]",
        ),
        (
            "[check.x]\neach = 't by a, b + c as k'\nassert = 'sum(d where e = 1) > 0'\n",
            "[key] a b c d e [f] [g] [h]",
        ),
        (
            "[check.x]\neach = 't'\nassert = 'a >= prev(b by d)'\norder = 'c desc'\n",
            "[key] a b c d [e] [f] [g] [h]",
        ),
        (
            "key = 'key'\n[check.x]\neach = 't'\nassert = 'a = t[b].c'\nmessage = '{d} {t.e} {left}'\n",
            "key a b c d e [f] [g] [h]",
        ),
        (
            "[check.x]\neach = 't'\nassert = 'sum(a to c) > max(h)'\n",
            "[key] a b c [d] [e] [f] [g] h",
        ),
        (
            "[check.x]\neach = 't as r'\nassert = 'count(t where a = r.b and c < r.d) >= 0'\n",
            "[key] a b c d [e] [f] [g] [h]",
        ),
        (
            "unpivot = { columns = '[c-f]', name = 'n', value = 'v' }\n",
            "[key] [a] [b] [c] [d] [e] [f] [g] [h]",
        ),
        (
            "unpivot = { columns = '[c-f]', name = 'n', value = 'v' }\n[check.x]\neach = 't'\nassert = 'v > 0'\n",
            "[key] [a] [b] c d e f [g] [h]",
        ),
        // What an allowance reads is not checked by it.
        (
            "columns.a = { min = 1 }\n[[allow]]\ncheck = 't.a'\nwhere = 'b = 1'\nreason = 'x'\n",
            "[key] a [b] [c] [d] [e] [f] [g] [h]",
        ),
    ] {
        let rules = format!("[data.t]\npath = 't.csv'\n{rules}");
        let folder = folder(&[("crossfoot.toml", &rules), ("t.csv", WIDE)]);
        let document = document(folder.path(), &[]);
        let found = columns(&document).join("; ");
        assert!(found.ends_with(&format!(": {says}")), "{rules}{found}\n{document:#}");
    }
}

#[test]
fn all_tables_of_today_are_covered_in_the_order_of_the_rules() {
    const RULES: &str = "[data.z]\npath = 'y/{year:integer}.csv'\ncolumns.n = { min = 0 }\nkey = 'k'\n\
        [data.m]\npath = 'a.md'\nat = 'table 1'\ncolumns.n = { min = 0 }\n\
        [data.text]\npath = 'a.md'\npattern = 'had {n:integer} of {of:integer}'\n\
        [data.none]\npath = 'none.csv'\noptional = true\n\
        [check.x]\neach = 'z'\nassert = 'n = old(n)'\n[check.y]\neach = 'text'\nassert = 'n > 1'\n";
    const TEXT: &str = "# H\n\nWe had 7 of 9.\n\n| n | o |\n|---|---|\n| 1 | 2 |\n";
    let table = |n: u8| format!("k,n,x\na,{n},1\nb,{n},1\n");
    let folder = folder(&[
        ("crossfoot.toml", RULES),
        ("a.md", TEXT),
        ("y/2020.csv", &table(1)),
        ("y/2021.csv", &table(1)),
        ("before/y/2020.csv", &table(2)),
    ]);
    let document = document(folder.path(), &["--old", "before"]);
    let all = ["z 4: k n [x] [year]", "m 1: n [o]", "text 1: n [of]", "none 0: "];
    assert_eq!(columns(&document), all, "{document:#}");
    let files = &document["coverage"]["tables"][0]["files"];
    assert_eq!(files.to_string(), "[\"y/2020.csv\",\"y/2021.csv\"]");
}

#[test]
fn what_the_command_line_says_of_a_report_stands_in_it() {
    let folder = folder(&[("crossfoot.toml", SOURCES), ("districts.csv", "name,area\nN,4\n")]);
    let said = ["--title", "Areas", "--meta", "prepared-by=A. Keller", "--meta", "edition = 3=b"];
    let document = document(folder.path(), &[&said[..], &["--meta", "edition=4"]].concat());
    let meta = serde_json::json!([
        { "name": "prepared-by", "value": "A. Keller" },
        { "name": "edition", "value": "4" },
    ]);
    assert_eq!((&document["run"]["title"], &document["run"]["meta"]), (&"Areas".into(), &meta));
    let saved = folder.path().join("run.json");
    std::fs::write(&saved, document.to_string()).expect("a file");
    let args = ["report", "run.json", "--title", "Areas again", "--meta", "edition=5"];
    let again: Value = serde_json::from_str(&printed(folder.path(), &args)).expect("JSON");
    assert_eq!(again["run"]["title"], "Areas again");
    assert_eq!(again["run"]["meta"][0], meta[0]);
    assert_eq!(again["run"]["meta"][1]["value"], "5");
}
