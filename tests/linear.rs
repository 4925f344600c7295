//! Setting up a run takes time in proportion to its size: many checks, many equal column names.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crossfoot::render::{Format, Options, sink};
use crossfoot::{Outcome, Request, SinkSlot};

fn run(rules: &str, rows: &str) -> (Outcome, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("rules.toml"), rules).expect("a file");
    std::fs::write(folder.path().join("rows.csv"), rows).expect("a file");
    let rules = folder.path().join("rules.toml").to_string_lossy().into_owned();
    let request = Request { rule_files: vec![rules], max_per_check: Some(20), ..Request::default() };
    let sink = sink(Format::Concise, Options { color: false, width: 100 });
    let mut slots = [SinkSlot { sink, out: Box::new(std::io::sink()), capped: true, error: None }];
    let start = Instant::now();
    (crossfoot::run(&request, &mut slots), start.elapsed())
}

/// As many checks, the `i`th of which asserts `a <relation> i`.
fn checks(n: usize, relation: &str) -> (Outcome, Duration) {
    let mut rules = String::from("[data.rows]\npath = \"rows.csv\"\n");
    for i in 0..n {
        let _ = write!(rules, "[check.c{i}]\neach = \"rows\"\nassert = 'a {relation} {i}'\n");
    }
    run(&rules, &format!("a\n{}\n", n - 1))
}

fn failing_checks(n: usize) -> (Outcome, Duration) {
    checks(n, ">")
}

fn columns(n: usize) -> (Outcome, Duration) {
    let line = |cell: &str| vec![cell; n].join(",");
    run("[data.rows]\npath = \"rows.csv\"\n", &format!("{}\n{}\n", line("equal"), line("1")))
}

/// Eight times as much takes at most twenty times as long; the square of it would be sixty-four times.
fn is_linear(work: fn(usize) -> (Outcome, Duration), n: usize) {
    let ratio = || {
        let few = (0..3).map(|_| work(n).1).min().unwrap_or_default();
        work(8 * n).1.as_micros() / few.as_micros().max(1)
    };
    // Another process may take the cores for a while.
    let ratios: Vec<u128> = (0..3).map(|_| ratio()).take_while(|r| *r >= 20).collect();
    assert!(ratios.len() < 3, "{ratios:?} times as long");
}

#[test]
fn many_checks_take_linear_time() {
    is_linear(failing_checks, 5_000);
}

#[test]
fn many_equal_column_names_take_linear_time() {
    is_linear(columns, 4_000);
}

#[test]
fn the_last_of_many_checks_is_reported_as_itself() {
    let (outcome, _) = checks(66_000, "!=");
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    let failed: Vec<&str> = outcome.summary.checks.iter().filter(|c| c.findings > 0).map(|c| c.id.as_str()).collect();
    assert_eq!(failed, ["c65999"]);
}
