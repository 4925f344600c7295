//! Every fixture whose tables an engine can hold: its findings are those of the files.
//!
//! Tables are written anew for both sides, in the order of their keys; one without a key gets a column
//! with the numbers of its rows.

use std::path::{Path, PathBuf};

use super::server::{Server, Table, run, servers};

/// Keys of a table that mean the same wherever its rows come from.
const KEYS: [&str; 20] = [
    "path",
    "where",
    "withheld",
    "marks",
    "true",
    "false",
    "language",
    "decimal",
    "grouping",
    "m_is_million",
    "rounding",
    "base",
    "trim",
    "unpivot",
    "references",
    "key",
    "rows",
    "columns",
    "columns_only",
    "was",
];

/// The column for the numbers of rows.
const NUMBER: &str = "crossfoot_row";

/// At least so many fixtures are compared with each engine.
const LEAST: usize = 140;

/// Of small tables that are here as a whole, equations that hold keep failing ones from being shown as one; where
/// rows that hold stay elsewhere, these are not known.
const SHOWN_APART: &str = "fixtures/places/by-form";

struct Fixture {
    name: String,
    rules: toml::Table,
    tables: Vec<(String, Table)>,
}

fn rule_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            rule_files(&path, found);
        } else if path.file_name().is_some_and(|name| name == "rules.toml") {
            found.push(path);
        }
    }
}

/// The fixture of a rule file, if all of its tables can be put elsewhere.
fn fixture(path: &Path) -> Option<Fixture> {
    let folder = path.parent()?;
    if folder.join("old").exists() {
        return None;
    }
    let mut rules: toml::Table = std::fs::read_to_string(path).ok()?.parse().ok()?;
    let data = rules.get_mut("data")?.as_table_mut()?;
    let mut tables = Vec::new();
    for (name, rule) in data.iter_mut() {
        let rule = rule.as_table_mut()?;
        if rule.keys().any(|key| !KEYS.contains(&key.as_str())) {
            return None;
        }
        let path = rule.get("path")?.as_str()?.to_string();
        if path.contains(['*', '{', '?']) || !path.ends_with(".csv") {
            return None;
        }
        let mut table = read(&folder.join(path))?;
        let key = match rule.get("key") {
            Some(toml::Value::String(key)) => vec![key.clone()],
            Some(toml::Value::Array(all)) => {
                all.iter().map(|key| key.as_str().map(str::to_string)).collect::<Option<_>>()?
            }
            _ => {
                number(&mut table);
                rule.insert("key".into(), NUMBER.into());
                vec![NUMBER.to_string()]
            }
        };
        let at = |key: &String| table.columns.iter().position(|column| column == key);
        let at: Vec<usize> = key.iter().map(at).collect::<Option<_>>()?;
        table.rows.sort_by_key(|row| at.iter().map(|n| row[*n].clone()).collect::<Vec<_>>());
        tables.push((name.clone(), table));
    }
    let name = folder.to_string_lossy().into_owned();
    Some(Fixture { name, rules, tables })
}

/// A well-formed CSV file whose names and cells every engine can hold.
fn read(path: &Path) -> Option<Table> {
    let text = std::fs::read_to_string(path).ok()?;
    let odd = ['\0', '\u{feff}', '\r', '\u{fffd}'];
    if text.contains(odd) || text.len() > 100_000 {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let columns: Vec<String> = reader.headers().ok()?.iter().map(str::to_string).collect();
    let lower = |name: &String| name.to_lowercase();
    let mut names: Vec<String> = columns.iter().map(lower).collect();
    names.sort();
    names.dedup();
    let is_plain = |name: &String| !name.trim().is_empty() && name.len() < 60;
    if names.len() != columns.len() || !columns.iter().all(is_plain) {
        return None;
    }
    let cell = |cell: &str| Some(cell.to_string()).filter(|cell| !cell.is_empty());
    let row = |row: csv::StringRecord| row.iter().map(cell).collect();
    let rows =
        reader.records().map(|record| record.ok().map(row)).collect::<Option<Vec<Vec<_>>>>()?;
    // A row without any cell is blank in a file, and a row in an engine.
    let is_blank = |row: &Vec<Option<String>>| row.iter().all(Option::is_none);
    (!rows.is_empty() && !rows.iter().any(is_blank)).then_some(Table { columns, rows })
}

fn number(table: &mut Table) {
    table.columns.push(NUMBER.into());
    for (n, row) in (1..).zip(&mut table.rows) {
        row.push(Some(format!("{n:06}")));
    }
}

/// The rules, with each table read as said.
fn with(rules: &toml::Table, how: impl Fn(&str, &mut toml::Table)) -> String {
    let mut rules = rules.clone();
    let data = rules.get_mut("data").and_then(toml::Value::as_table_mut).expect("tables");
    for (name, rule) in data.iter_mut() {
        how(name, rule.as_table_mut().expect("a table"));
    }
    toml::to_string(&rules).expect("rules")
}

/// The findings from files; none where the rules cannot be carried out.
fn from_files(fixture: &Fixture) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, table) in &fixture.tables {
        std::fs::write(folder.path().join(format!("{name}.csv")), table.csv()).expect("a file");
    }
    let rules = with(&fixture.rules, |name, rule| {
        rule.insert("path".into(), format!("{name}.csv").into());
    });
    let ran = run(folder.path(), &rules, &[]);
    ran.problems().is_empty().then(|| ran.findings())
}

fn from_engine(
    fixture: &Fixture,
    number: usize,
    (server, is_left): (&Server, bool),
) -> Result<Vec<String>, String> {
    let rules = with(&fixture.rules, |name, rule| {
        rule.remove("path");
        rule.insert("source".into(), "held".into());
        rule.insert("table".into(), server.named(&held(number, name)).into());
    });
    let ran = if is_left { server.run_left(&rules) } else { server.run(&rules) };
    match ran.problems().is_empty() {
        true => Ok(ran.findings()),
        false => Err(format!("{}: {}: {}", server.driver, fixture.name, ran.words())),
    }
}

/// The name of a table of a fixture.
fn held(fixture: usize, table: &str) -> String {
    format!("f{fixture}_{table}")
}

#[test]
fn findings_of_fixtures_are_those_of_files() {
    let servers = servers();
    if servers.is_empty() {
        return;
    }
    let mut paths = Vec::new();
    rule_files(Path::new("fixtures"), &mut paths);
    let fixtures = paths.iter().filter_map(|path| fixture(path));
    let fixtures: Vec<(Fixture, Vec<String>)> =
        fixtures.filter_map(|f| from_files(&f).map(|expected| (f, expected))).collect();
    assert!(fixtures.len() >= LEAST, "{} fixtures", fixtures.len());
    let differ: Vec<String> = std::thread::scope(|scope| {
        let fixtures = &fixtures[..];
        let compare = |server| scope.spawn(move || differences(server, fixtures));
        let threads: Vec<_> = servers.iter().map(compare).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a comparison")).collect()
    });
    assert!(differ.is_empty(), "{} differ:\n{}", differ.len(), differ.join("\n"));
}

/// The fixtures whose findings differ where an engine holds their tables.
fn differences(server: &Server, fixtures: &[(Fixture, Vec<String>)]) -> Vec<String> {
    let can_hold = |(_, (fixture, _)): &(usize, &(Fixture, _))| {
        fixture.tables.iter().all(|(_, table)| server.can_hold(table))
    };
    let all = fixtures.iter().enumerate().filter(can_hold);
    let tables: Vec<(String, &Table)> = all
        .flat_map(|(n, (f, _))| f.tables.iter().map(move |(name, t)| (held(n, name), t)))
        .collect();
    let tables: Vec<(&str, &Table)> = tables.iter().map(|(n, t)| (n.as_str(), *t)).collect();
    server.load(&tables);
    let mut differ = Vec::new();
    let each = fixtures.iter().enumerate().filter(can_hold);
    for ((n, (fixture, expected)), is_left) in each.flat_map(|f| [(f, false), (f, true)]) {
        if is_left && fixture.name == SHOWN_APART {
            continue;
        }
        match from_engine(fixture, n, (server, is_left)) {
            Ok(found) if found == *expected => {}
            Ok(found) => {
                let is_other = |(a, b): &(&String, &String)| a != b;
                let shorter = expected.len().min(found.len());
                let first = expected.iter().zip(&found).find(is_other);
                let lacking = (expected.get(shorter), found.get(shorter));
                let first = first.map(|(a, b)| (Some(a), Some(b))).unwrap_or(lacking);
                differ.push(format!(
                    "{}{}: {}: {} findings, not {}: {first:#?}",
                    server.driver,
                    if is_left { ", left there" } else { "" },
                    fixture.name,
                    found.len(),
                    expected.len()
                ));
            }
            Err(words) => differ.push(words),
        }
    }
    differ
}
