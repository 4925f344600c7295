//! Many checks and many equal column names: each is reported as itself. The sizes are such that
//! work for every pair of them would be billions of steps.

use std::fmt::Write as _;

use crossfoot::render::{Format, Options, sink};
use crossfoot::{Outcome, Request, SinkSlot};

/// More than the numbers of 16 bits, so that a narrowed number of a check would show.
const CHECKS: usize = 66_000;
const COLUMNS: usize = 200_000;

fn run(rules: &str, rows: &str) -> Outcome {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("rules.toml"), rules).expect("a file");
    std::fs::write(folder.path().join("rows.csv"), rows).expect("a file");
    let rules = folder.path().join("rules.toml").to_string_lossy().into_owned();
    let request =
        Request { rule_files: vec![rules], max_per_check: Some(20), ..Request::default() };
    let sink = sink(Format::Concise, Options { width: 100, ..Options::default() });
    let mut slots = [SinkSlot { sink, out: Box::new(std::io::sink()), capped: true, error: None }];
    let outcome = crossfoot::run(&request, &mut slots);
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    outcome
}

/// Checks of one row whose `a` is the number of the last check: the `i`th asserts `a <relation> i`.
fn checks(relation: &str) -> Outcome {
    let mut rules = String::from("[data.rows]\npath = \"rows.csv\"\n");
    for i in 0..CHECKS {
        let _ = write!(rules, "[check.c{i}]\neach = \"rows\"\nassert = 'a {relation} {i}'\n");
    }
    run(&rules, &format!("a\n{}\n", CHECKS - 1))
}

#[test]
fn each_of_many_failing_checks_is_reported() {
    let outcome = checks("<");
    let findings: Vec<u64> = outcome.summary.checks.iter().map(|c| c.findings).collect();
    assert_eq!((findings.len(), outcome.summary.errors), (CHECKS, CHECKS as u64));
    assert!(findings.iter().all(|n| *n == 1));
}

#[test]
fn the_last_of_many_checks_is_reported_as_itself() {
    let outcome = checks("!=");
    let failed = outcome.summary.checks.iter().filter(|c| c.findings > 0);
    assert_eq!(failed.map(|c| c.id.as_str()).collect::<Vec<_>>(), [format!("c{}", CHECKS - 1)]);
}

#[test]
fn many_equal_column_names_are_counted() {
    let line = |cell: &str| vec![cell; COLUMNS].join(",");
    let rows = format!("{}\n{}\n", line("equal"), line("1"));
    let outcome = run("[data.rows]\npath = \"rows.csv\"\nrows = 1\n", &rows);
    let repeated = outcome.summary.checks.iter().find(|c| c.id == "duplicate-column-name");
    assert_eq!(repeated.map(|c| c.findings), Some(1));
}
