//! Random old and new tables: what `old(x)`, `added(t)` and `removed(t)` come to is that of a naive
//! comparison.

use std::collections::BTreeSet;
use std::sync::Arc;

use crossfoot::files::tree::Memory;
use crossfoot::render::{Format, Options, sink};
use crossfoot::{Outcome, Request, SinkSlot};
use proptest::prelude::*;

/// Key, group and value as they are written.
type Row = (&'static str, &'static str, &'static str);

const HEAD: &str = r#"
[data.t]
path = "t.csv"
key  = ["k", "g"]
rows = "0.."
columns.v = { type = "integer" }
"#;

/// What an answer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Held,
    Failed,
    Undecided,
    NotApplicable,
}
use Answer::{Failed, Held, NotApplicable, Undecided};

/// What a value or its absence is: `Err` where nobody knows.
type Cell = Result<Option<i64>, ()>;

fn cell(text: &str) -> Cell {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| ()),
    }
}

/// The row of the other version with the same key: `Err` where it cannot be matched.
fn other<'r>(row: &Row, own: &[Row], others: &'r [Row]) -> Result<Option<&'r Row>, ()> {
    let same = |r: &&Row| (r.0, r.1) == (row.0, row.1);
    if row.0.is_empty() || row.1.is_empty() || own.iter().filter(same).count() > 1 {
        return Err(());
    }
    match others.iter().filter(same).collect::<Vec<_>>()[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err(()),
    }
}

fn truth(holds: bool) -> Answer {
    if holds { Held } else { Failed }
}

/// `v = old(v)` for each row.
fn same(new: &[Row], old: &[Row]) -> Vec<Answer> {
    let answer = |row: &Row| match other(row, new, old) {
        Err(()) => Undecided,
        Ok(None) => NotApplicable,
        Ok(Some(was)) => match (cell(row.2), cell(was.2)) {
            (Ok(Some(a)), Ok(Some(b))) => truth(a == b),
            _ => Undecided,
        },
    };
    new.iter().map(answer).collect()
}

/// `default(old(v), 7) = 7` for each row.
fn defaulted(new: &[Row], old: &[Row]) -> Vec<Answer> {
    let answer = |row: &Row| match other(row, new, old) {
        Err(()) => Undecided,
        Ok(None) => Held,
        Ok(Some(was)) => match cell(was.2) {
            Ok(value) => truth(value.unwrap_or(7) == 7),
            Err(()) => Undecided,
        },
    };
    new.iter().map(answer).collect()
}

/// `old(default(v, 7)) = 7` for each row.
fn default_of_old(new: &[Row], old: &[Row]) -> Vec<Answer> {
    let answer = |row: &Row| match other(row, new, old) {
        Ok(None) => NotApplicable,
        Err(()) => Undecided,
        Ok(Some(was)) => cell(was.2).map_or(Undecided, |v| truth(v.unwrap_or(7) == 7)),
    };
    new.iter().map(answer).collect()
}

/// `v = 1` for each row of `from` that `to` does not have.
fn alone(from: &[Row], to: &[Row]) -> Vec<Answer> {
    let answer = |row: &Row| match other(row, from, to) {
        Err(()) => Some(Undecided),
        Ok(Some(_)) => None,
        Ok(None) => Some(match cell(row.2) {
            Ok(Some(v)) => truth(v == 1),
            _ => Undecided,
        }),
    };
    from.iter().filter_map(answer).collect()
}

/// How many rows of `from` the other version does not have; `Err` where nobody knows.
fn count_alone(from: &[Row], to: &[Row]) -> Result<i64, ()> {
    let alone = |row: &Row| other(row, from, to).map(|o| i64::from(o.is_none()));
    from.iter().map(alone).sum()
}

/// The sum of the values in rows of `from` that the other version does not have.
fn sum_alone(from: &[Row], to: &[Row]) -> Result<i64, ()> {
    let value = |row: &Row| match other(row, from, to)? {
        None => Ok(cell(row.2)?.unwrap_or(0)),
        Some(_) => Ok(0),
    };
    from.iter().map(value).sum()
}

/// `sum(old(v))` over some rows of today.
fn sum_old<'r>(rows: impl Iterator<Item = &'r Row>, new: &[Row], old: &[Row]) -> Result<i64, ()> {
    let value = |row: &Row| match other(row, new, old)? {
        Some(was) => Ok(cell(was.2)?.unwrap_or(0)),
        None => Ok(0),
    };
    rows.map(value).sum()
}

/// The checks, with what each comes to.
fn checks(new: &[Row], old: &[Row]) -> Vec<(String, Vec<Answer>)> {
    let each = |unit: &str, assert: &str| format!("each = \"{unit}\"\nassert = '{assert}'");
    let mut all = vec![
        (each("t", "v = old(v)"), same(new, old)),
        (each("t", "not (old(v) - v != 0)"), same(new, old)),
        (each("t", "default(old(v), 7) = 7"), defaulted(new, old)),
        (each("t", "old(default(v, 7)) = 7"), default_of_old(new, old)),
        (each("added(t) as a", "a.v = 1"), alone(new, old)),
        (each("removed(t)", "v = 1"), alone(old, new)),
    ];
    let in_old = |r: &Row| old.iter().any(|o| o.0 == r.0);
    let member = |r: &Row| if r.0.is_empty() { Undecided } else { truth(in_old(r)) };
    all.push((each("t", "k in old(t).k"), new.iter().map(member).collect()));
    let mut sums = vec![
        ("count(added(t))".to_string(), count_alone(new, old)),
        ("count(removed(t))".into(), count_alone(old, new)),
        ("sum(added(t).v)".into(), sum_alone(new, old)),
        ("sum(removed(t).v)".into(), sum_alone(old, new)),
    ];
    let of_a = |rows: &[Row]| -> Result<i64, ()> {
        let a = rows.iter().filter(|r| r.1 == "a");
        a.map(|r| cell(r.2).map(|v| v.unwrap_or(0))).sum()
    };
    sums.push(("sum(old(t).v where g = \"a\")".into(), of_a(old)));
    for (sum, expected) in sums {
        let answer = expected.map_or(Undecided, |_| Held);
        let figure = expected.unwrap_or(0);
        all.push((format!("assert = '{sum} = {figure}'"), vec![answer]));
    }
    let groups: BTreeSet<&str> = new.iter().map(|r| r.1).collect();
    let of_group = |g: &&str| {
        let rows = new.iter().filter(|r| r.1 == *g);
        sum_old(rows, new, old).map_or(Undecided, |sum| truth(sum == 2))
    };
    all.push((each("t by g", "sum(old(v)) = 2"), groups.iter().map(of_group).collect()));
    all
}

fn text(rows: &[Row]) -> Vec<u8> {
    let mut text = String::from("k,g,v\n");
    rows.iter().for_each(|(k, g, v)| text += &format!("{k},{g},{v}\n"));
    text.into_bytes()
}

fn run(new: &[Row], old: &[Row], rules: &str, exact: bool) -> Outcome {
    let mut tree = Memory::default();
    tree.insert("rules.toml", rules.as_bytes().to_vec());
    tree.insert("t.csv", text(new));
    tree.insert("then/t.csv", text(old));
    let request = Request {
        rule_files: vec!["rules.toml".into()],
        old_files: vec![(None, "then".into())],
        tree: Some(Arc::new(tree)),
        chunk: Some(9),
        block: Some(5),
        jobs: Some(2),
        exact,
        ..Request::default()
    };
    let slot = SinkSlot {
        sink: sink(Format::Json, Options::default()),
        out: Box::new(std::io::sink()),
        capped: false,
        error: None,
    };
    crossfoot::run(&request, &mut [slot])
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let key = prop_oneof![1 => Just(""), 20 => prop::sample::select(vec!["p", "q", "r", "s", "u"])];
    let group = prop::sample::select(vec!["a", "b", "c"]);
    let value = prop_oneof![
        1 => Just(""),
        1 => Just("x"),
        12 => prop::sample::select(vec!["1", "2", "7"]),
    ];
    let tidy = prop::bool::weighted(0.6);
    (prop::collection::vec((key, group, value), 0..9), tidy).prop_map(|(mut rows, tidy)| {
        if tidy {
            let mut met = BTreeSet::new();
            rows.retain(|r| !r.0.is_empty() && met.insert((r.0, r.1)));
        }
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn versions_compare_as_a_naive_comparison_says(new in rows(), old in rows()) {
        let checks = checks(&new, &old);
        let mut rules = HEAD.to_string();
        for (number, (check, _)) in checks.iter().enumerate() {
            rules += &format!("\n[check.c{number}]\n{check}\n");
        }
        for exact in [false, true] {
            let outcome = run(&new, &old, &rules, exact);
            prop_assert!(outcome.problems.is_empty(), "{:?}", outcome.problem_lines);
            for (number, (check, answers)) in checks.iter().enumerate() {
                let id = format!("c{number}");
                let found = outcome.summary.checks.iter().find(|c| c.id == id).expect("a check");
                let count = |of: Answer| answers.iter().filter(|a| **a == of).count() as u64;
                let tally = &found.tally;
                prop_assert_eq!(
                    [tally.held, tally.failed, tally.undecided, tally.not_applicable],
                    [count(Held), count(Failed), count(Undecided), count(NotApplicable)],
                    "{} of {:?} and {:?}", check, &new, &old
                );
            }
        }
    }
}
