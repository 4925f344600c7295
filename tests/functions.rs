//! The examples of the function table hold, and so do the boundary rows of `fixtures/functions.txt`:
//! each is asserted over a table of one row, and so is its contrary.

use std::collections::BTreeMap;

use crossfoot::expr::functions::{AGGREGATES, FUNCTIONS};
use crossfoot::render::{Format, Options, sink};
use crossfoot::report::Tally;
use crossfoot::{Outcome, Request, SinkSlot};

const TABLES: &str = r#"
[data.t]
path = "t.csv"
rows = 1
[data.t.columns]
blank = { type = "number" }
junk  = { type = "number" }
zero  = { type = "number" }
seven = { type = "number" }
minus = { type = "number" }
half  = { type = "number" }
third = { type = "number" }
year  = { type = "date" }
month = { type = "date" }
noday = { type = "date" }
kept  = { type = "number", withheld = { x = [2, 5] } }

[data.m]
path = "m.csv"
columns.x = { type = "number" }
columns.y = { type = "number" }
"#;

const ONE_ROW: &str = "blank,junk,zero,seven,minus,half,third,year,month,noday,town,nil,kept\n,abc,0,7,-3,0.50,0.33,1993,1993-04,,Żabno,,x\n";
const SOME_ROWS: &str = "k,x,y\na,1,1\na,,2\na,3,oops\nb,2,\nb,2,2\n";

/// Runs one check for each expression; the tallies are in the order of the expressions.
fn judge(expressions: &[String]) -> (Outcome, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut rules = String::from(TABLES);
    for (number, text) in expressions.iter().enumerate() {
        // What depends on no row is asserted once.
        let each = if ["t.", "row()", "file()"].iter().any(|n| text.contains(n)) {
            "each = \"t\"\n"
        } else {
            ""
        };
        rules.push_str(&format!("\n[check.c{number:04}]\n{each}assert = '''{text}'''\n"));
    }
    std::fs::write(folder.path().join("t.csv"), ONE_ROW).expect("data");
    std::fs::write(folder.path().join("m.csv"), SOME_ROWS).expect("data");
    let path = folder.path().join("rules.toml");
    std::fs::write(&path, rules).expect("rules");
    let request = Request {
        rule_files: vec![path.to_string_lossy().into_owned()],
        today: Some("2026-11-23".into()),
        ..Request::default()
    };
    let mut out = Vec::new();
    let mut slots = [SinkSlot {
        sink: sink(Format::Concise, Options { width: 100, ..Options::default() }),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    }];
    let outcome = crossfoot::run(&request, &mut slots);
    drop(slots);
    (outcome, String::from_utf8_lossy(&out).into_owned())
}

fn tallies(expressions: &[String]) -> Vec<Tally> {
    let (outcome, out) = judge(expressions);
    assert!(outcome.problems.is_empty(), "{out}");
    let known: BTreeMap<&str, Tally> =
        outcome.summary.checks.iter().map(|c| (c.id.as_str(), c.tally)).collect();
    (0..expressions.len()).map(|number| known[format!("c{number:04}").as_str()]).collect()
}

#[test]
fn examples_hold() {
    let example = |f: &&crossfoot::expr::function::Function| {
        if f.name == "row" { "row() > 0".into() } else { f.example.to_string() }
    };
    let examples: Vec<String> =
        FUNCTIONS.iter().filter(|f| f.name != "old").map(|f| example(&f)).collect();
    for (tally, text) in tallies(&examples).iter().zip(&examples) {
        assert_eq!((tally.held, tally.failed, tally.undecided), (1, 0, 0), "{text}");
    }
}

/// Section, verdict and expression of each row of the file.
fn boundary_rows() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut section = "";
    let mut rows = Vec::new();
    for line in include_str!("../fixtures/functions.txt")
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        match line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            Some(name) => section = name,
            None => {
                let (verdict, text) = line.split_once(' ').expect("a verdict and an expression");
                rows.push((section, verdict, text));
            }
        }
    }
    rows
}

/// The verdict in the words of the file, by the tallies of an expression and of its contrary.
fn verdict(tally: &Tally, contrary: &Tally) -> &'static str {
    let counts = |t: &Tally| (t.held, t.failed, t.undecided, t.not_applicable);
    match (counts(tally), counts(contrary)) {
        ((1, 0, 0, 0), (0, 1, 0, 0)) => "holds",
        ((0, 1, 0, 0), (1, 0, 0, 0)) => "fails",
        ((0, 0, 1, 0), (0, 0, 1, 0)) => "unknown",
        ((0, 0, 0, 1), (0, 0, 0, 1)) => "n/a",
        ((1, 0, 0, 0), (1, 0, 0, 0)) => "open",
        _ => "neither",
    }
}

#[test]
fn boundary_rows_come_to_what_is_written() {
    let rows = boundary_rows();
    let plain: Vec<String> = rows.iter().map(|r| r.2.to_string()).collect();
    let contrary: Vec<String> = rows.iter().map(|r| format!("not ({})", r.2)).collect();
    let mut wrong = Vec::new();
    for ((tally, contrary), (section, expected, text)) in
        tallies(&plain).iter().zip(&tallies(&contrary)).zip(rows)
    {
        let verdict = verdict(tally, contrary);
        if verdict != expected {
            wrong.push(format!("[{section}] {text}: {verdict}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_function_has_its_boundary_rows() {
    // Names of other rows need rows in order, or an old version; they have cases under fixtures/.
    let apart = ["old", "prev", "next", "rank", "cumulative"];
    let rows = boundary_rows();
    for name in FUNCTIONS
        .iter()
        .map(|f| f.name)
        .chain(AGGREGATES.iter().map(|a| a.name))
        .filter(|n| !apart.contains(n))
    {
        let own = rows
            .iter()
            .filter(|(section, _, text)| *section == name && text.contains(&format!("{name}(")))
            .count();
        assert!(own >= 4, "`{name}` has {own} boundary rows");
    }
}
