//! Every format that is read has a fixture, a fuzz target, and pages for its faults.

use std::path::Path;

use crossfoot::read::formats::{FORMATS, by_ending, find};
use crossfoot::rules::walk::DATA_KEYS;

/// What looks for crashes in the reader of each format.
const FUZZ_TARGETS: &[(&str, &str)] = &[
    ("csv", "csv_reader"),
    ("tsv", "csv_reader"),
    ("xlsx", "sheet"),
    ("xlsb", "binary_sheet"),
    ("xls", "binary_sheet"),
    ("ods", "sheet"),
    ("parquet", "columnar"),
    ("arrow", "columnar"),
    ("json", "json"),
    ("ndjson", "json"),
    ("yaml", "tree"),
    ("toml", "tree"),
    ("text", "pattern"),
    ("html", "tree"),
    ("markdown", "pattern"),
];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a text")
}

/// The rule files of the fixtures.
fn rules(folder: &Path, all: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rules(&path, all);
        } else if path.extension().is_some_and(|e| e == "toml") {
            all.push(std::fs::read_to_string(&path).expect("a rule file"));
        }
    }
}

/// The formats of the tables of a rule file that a reader of TOML sees.
fn formats_of(rules: &str) -> Vec<&'static str> {
    let Ok(rules) = rules.parse::<toml::Table>() else { return Vec::new() };
    let tables = rules.get("data").and_then(|d| d.as_table()).into_iter().flatten();
    let format = |table: &toml::Value| {
        let text = |key: &str| table.get(key).and_then(|v| v.as_str());
        let has_pattern = text("pattern").or(text("regex")).is_some();
        let ending = text("path")?.rsplit_once('.').map_or("", |p| p.1);
        text("format").map_or_else(|| by_ending(ending, has_pattern), find).map(|f| f.name)
    };
    tables.filter_map(|(_, table)| format(table)).collect()
}

#[test]
fn every_format_is_held_by_a_fixture_and_a_fuzz_target() {
    let mut all = Vec::new();
    rules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut all);
    // Those that not every build reads are run by tests/columnar.rs.
    rules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/columnar"), &mut all);
    let read_by_fixtures: Vec<&str> = all.iter().flat_map(|r| formats_of(r)).collect();
    let fuzz = read("fuzz/Cargo.toml");
    for format in FORMATS {
        let name = format.name;
        assert!(read_by_fixtures.contains(&name), "no fixture has a table in {name}");
        let target = FUZZ_TARGETS.iter().find(|t| t.0 == name).map(|t| t.1);
        let target = target.unwrap_or_else(|| panic!("{name} has no fuzz target"));
        assert!(
            fuzz.contains(&format!("name = \"{target}\"")),
            "{target} is not in fuzz/Cargo.toml"
        );
        read(&format!("fuzz/fuzz_targets/{target}.rs"));
        assert!(!format.about.is_empty());
    }
}

#[test]
fn faults_and_keys_of_formats_are_known() {
    let known = crossfoot::faults();
    for format in FORMATS {
        for fault in format.faults {
            assert!(known.contains(fault), "{} of {} is not listed", fault.name, format.name);
            assert!(read(&format!("docs/faults/{}.md", fault.name)).contains("## Example"));
        }
        for key in format.keys {
            assert!(DATA_KEYS.contains(key), "{key} of {} is no key of a table", format.name);
        }
    }
}

#[test]
fn endings_tell_formats() {
    let name = |ending, has_pattern| by_ending(ending, has_pattern).map(|f| f.name);
    for (ending, plain, with_pattern) in [
        ("csv", Some("csv"), Some("csv")),
        ("TAB", Some("tsv"), Some("tsv")),
        ("txt", Some("csv"), Some("text")),
        ("text", None, Some("text")),
        ("md", Some("markdown"), Some("markdown")),
        ("xyz", None, None),
    ] {
        assert_eq!((name(ending, false), name(ending, true)), (plain, with_pattern), "{ending}");
    }
}
