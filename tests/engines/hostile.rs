//! Random tables whose texts engines read in ways of their own: the verdict is ours.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use super::server::{Table, run, servers};

/// Tables in all, which are put into one run; `CROSSFOOT_TABLES` asks for more.
fn count() -> usize {
    std::env::var("CROSSFOOT_TABLES").map_or(100, |n| n.parse().expect("a number of tables"))
}

/// Texts that look like figures, dates or each other.
static TEXTS: [&str; 32] = [
    "",
    "0",
    "-0",
    "007",
    "12.7",
    "12.70",
    "1e3",
    "1E-3",
    "1,840",
    "1_000",
    "1 000",
    " 5",
    "5 ",
    "+5",
    ".5",
    "5.",
    "99999999999999999999999999999999999999",
    "0.1234567890123456789",
    "9223372036854775807",
    "-9223372036854775808",
    "NaN",
    "Infinity",
    "null",
    "1993",
    "1993-02-28",
    "1993-02-30",
    "1993-02-03x",
    "0001-01-01",
    "a",
    "A",
    "ß",
    "a'b\"c\\d",
];

fn cell() -> impl Strategy<Value = Option<String>> {
    let text = prop::sample::select(&TEXTS[..]).prop_map(str::to_string);
    let figure = (-2_000_000i64..2_000_000, 0u32..4).prop_map(|(n, scale)| {
        let power = 10i64.pow(scale);
        let sign = if n < 0 { "-" } else { "" };
        match scale {
            0 => n.to_string(),
            _ => format!(
                "{sign}{}.{:0width$}",
                n.abs() / power,
                n.abs() % power,
                width = scale as usize
            ),
        }
    });
    prop_oneof![3 => text.prop_map(Some), 5 => figure.prop_map(Some), 1 => Just(None)]
        // A blank text is no value in CSV, and an engine is given none.
        .prop_map(|cell: Option<String>| cell.filter(|text| !text.is_empty()))
}

/// A table, the rows of which are known by their numbers.
fn table() -> impl Strategy<Value = Table> {
    prop::collection::vec(prop::collection::vec(cell(), 4), 1..12).prop_map(|rows| Table {
        columns: ["id", "x", "y", "day", "name"].map(str::to_string).to_vec(),
        rows: (1..)
            .zip(rows)
            .map(|(n, row)| std::iter::once(Some(format!("{n:03}"))).chain(row).collect())
            .collect(),
    })
}

/// The `where` of some of the tables.
const CHOICES: [&str; 8] = [
    "",
    "where = 'x > 5'\n",
    "",
    "where = 'name = \"a\" or y <= 0'\n",
    "",
    "where = 'not (x < 3) and day is not missing'\n",
    "",
    "where = 'name != \"1993\" and not (y = 7 or x in (0, 12.7))'\n",
];

/// Checks of some of the tables: what cannot be asked moves beside what can, and rows that are not chosen are no
/// neighbours.
const CHECKS: [&str; 5] = [
    "",
    "where = 'x > 0'\nassert = \"upper(name) != name\"\n",
    "where = 'y > 0'\norder = \"x\"\nassert = \"y >= prev(y)\"\n",
    "assert = \"round(x, 0) = x\"\n",
    "where = 'name != \"a\"'\norder = \"name desc\"\nassert = \"x >= next(x) - y\"\n",
];

fn rules(number: usize, name: &str, how: &str) -> String {
    let choice = CHOICES[number % CHOICES.len()];
    let more = match CHECKS[number % CHECKS.len()] {
        "" => String::new(),
        more => format!("\n[check.{name}-more]\neach = \"{name}\"\n{more}"),
    };
    format!(
        r#"[data.{name}]
{how}{choice}key = "id"
columns.x = {{ type = "number", max = 1000 }}
columns.y = {{ type = "integer", required = true }}
columns.day = {{ type = "date" }}
columns.name = {{ unique = true, max_length = 12 }}

[check.{name}-row]
each = "{name}"
assert = "{name}.x <= {name}.y within rounding"

[check.{name}-sum]
assert = "sum({name}.x) = sum({name}.y) within rounding"
{more}"#
    )
}

#[test]
fn findings_of_random_tables_are_those_of_files() {
    let config = Config { rng_seed: RngSeed::Fixed(20), ..Config::default() };
    let mut runner = TestRunner::new(config);
    let count = count();
    let mut one = |_| table().new_tree(&mut runner).expect("a table").current();
    let tables: Vec<Table> = (0..count).map(&mut one).collect();
    let names: Vec<String> = (0..count).map(|n| format!("t{n}")).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let all = |how: &dyn Fn(&str) -> String| -> String {
        let own = |(n, name): (usize, &String)| rules(n, name, &how(name)) + "\n";
        names.iter().enumerate().map(own).collect()
    };
    for (name, table) in names.iter().zip(&tables) {
        std::fs::write(folder.path().join(format!("{name}.csv")), table.csv()).expect("a file");
    }
    let expected = run(folder.path(), &all(&|name| format!("path = \"{name}.csv\"\n")), &[]);
    let expected = expected.findings();
    assert!(expected.len() > 3 * count, "{}", expected.len());
    for server in servers() {
        let held: Vec<(&str, &Table)> = names.iter().map(String::as_str).zip(&tables).collect();
        server.load(&held);
        let rules = all(&|name| server.section(name));
        for ran in [server.run(&rules), server.run_left(&rules)] {
            assert_eq!(ran.problems(), [""; 0], "{}: {}", server.driver, ran.words());
            let found = ran.findings();
            let differs = expected.iter().zip(&found).find(|(a, b)| a != b);
            assert_eq!(differs, None, "{}", server.driver);
            assert_eq!(found.len(), expected.len(), "{}", server.driver);
        }
    }
}
