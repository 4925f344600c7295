//! What findings say of the fixtures: the same places whichever side is written first, and workings
//! that can be redone.

use std::collections::BTreeSet;
use std::path::Path;

use crossfoot::expr::parse::parse_expr;
use crossfoot::expr::print::print;
use crossfoot::expr::tree::{Cmp, Expr, Kind, Within};
use crossfoot::render::{Format, Options, sink};
use crossfoot::{Request, SinkSlot};
use serde_json::Value;

/// The findings of a rule file as JSON has them.
fn findings(rules: &Path) -> Vec<Value> {
    let rules = rules.to_string_lossy().into_owned();
    let request =
        Request { rule_files: vec![rules], today: Some("2026-11-23".into()), ..Request::default() };
    let mut out = Vec::new();
    let sink = sink(Format::Json, Options { width: 100, ..Options::default() });
    let mut slots = [SinkSlot { sink, out: Box::new(&mut out), capped: false, error: None }];
    crossfoot::run(&request, &mut slots);
    drop(slots);
    let json: Value = serde_json::from_slice(&out).expect("the document");
    json["findings"].as_array().expect("findings").clone()
}

/// Calls `f` with every rule file of the fixtures.
fn fixtures(folder: &Path, f: &mut dyn FnMut(&Path)) {
    let mut all: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    all.sort();
    for path in all {
        if path.is_dir() {
            fixtures(&path, f);
        } else if path.ends_with("rules.toml") {
            f(&path);
        }
    }
}

fn all_fixtures(f: &mut dyn FnMut(&Path)) {
    fixtures(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), f);
}

/// Swaps the sides of every `=`, but where a share of the right side is allowed.
fn swap(e: &mut Expr) -> bool {
    match &mut e.kind {
        Kind::Compare { op: Cmp::Eq, left, right, within } => {
            let swaps = !matches!(within, Some(Within::Relative(_)));
            if swaps {
                std::mem::swap(left, right);
            }
            swaps
        }
        Kind::Not(x) => swap(x),
        Kind::And(all) | Kind::Or(all) => all.iter_mut().fold(false, |any, x| swap(x) | any),
        Kind::If { condition: _, then, otherwise } => {
            let then = swap(then);
            otherwise.as_mut().is_some_and(|x| swap(x)) | then
        }
        _ => false,
    }
}

/// The rules with their assertions printed from their trees, sides swapped if asked; how many were.
fn rewritten(rules: &str, swapped: bool) -> Option<(String, usize)> {
    let mut table: toml::Table = rules.parse().ok()?;
    let mut count = 0;
    let mut rewrite = |assertion: &mut toml::Value| {
        let Some(text) = assertion.as_str() else { return };
        let (mut tree, errors) = parse_expr(text);
        if errors.is_empty() {
            count += usize::from(swapped && swap(&mut tree));
            *assertion = toml::Value::String(print(&tree));
        }
    };
    for (_, check) in table.get_mut("check")?.as_table_mut()?.iter_mut() {
        match check.get_mut("assert") {
            Some(toml::Value::Array(all)) => all.iter_mut().for_each(&mut rewrite),
            Some(one) => rewrite(one),
            None => {}
        }
    }
    Some((toml::to_string(&table).ok()?, count))
}

/// What must not depend on which side is written first.
fn said(finding: &Value) -> (String, String, BTreeSet<String>) {
    let of = |label: &Value| {
        format!(
            "{}:{}:{} {} {}",
            label["file"], label["line"], label["column"], label["role"], label["text"]
        )
    };
    let labels: Vec<&Value> = finding["labels"]
        .as_array()
        .expect("labels")
        .iter()
        .filter(|l| l["role"] != "rule")
        .collect();
    let about = format!(
        "{} {} {} {} {}",
        finding["check"],
        finding["assertion"],
        finding["key"],
        in_order(&finding["explanation"]),
        finding["working"]["required"]
    );
    let primary = labels.first().map(|l| of(l)).unwrap_or_default();
    (about, primary, labels.into_iter().map(of).collect())
}

/// An explanation with the other findings that it explains in the order of their names: they stand in
/// that of their places, which are those of their first sides.
fn in_order(explanation: &Value) -> String {
    let text = explanation.to_string();
    let Some((before, others)) = text.split_once("the same explains ") else { return text };
    let mut others: Vec<&str> = others.trim_end_matches('"').split(", ").collect();
    others.sort_unstable();
    format!("{before}{}", others.join(", "))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a file");
        }
    }
}

#[test]
fn which_side_is_written_first_does_not_matter() {
    let (mut compared, mut swapped) = (0, 0);
    all_fixtures(&mut |rules| {
        let text = std::fs::read_to_string(rules).unwrap_or_default();
        let (Some((plain, _)), Some((turned, count))) =
            (rewritten(&text, false), rewritten(&text, true))
        else {
            return;
        };
        if count == 0 {
            return;
        }
        let folder = tempfile::tempdir().expect("a folder");
        copy(rules.parent().expect("a folder"), folder.path());
        let copied = folder.path().join("rules.toml");
        let said = |text: &str| {
            std::fs::write(&copied, text).expect("a file");
            // The first cell that keeps an answer open is the first that is written.
            let found = findings(&copied);
            let decided = found.iter().filter(|f| f["fault"] != "undecided");
            let mut all: Vec<_> =
                decided.filter(|f| f["fault"] != "vacuous-check").map(said).collect();
            all.sort();
            all
        };
        let (before, after) = (said(&plain), said(&turned));
        for (a, b) in before.iter().zip(&after) {
            assert_eq!(a, b, "{}", rules.display());
        }
        assert_eq!(before.len(), after.len(), "{}", rules.display());
        compared += before.len();
        swapped += count;
    });
    assert!(compared > 100 && swapped > 60, "{compared} findings, {swapped} equations");
}

/// A decimal or a fraction.
fn number(text: &Value) -> Option<f64> {
    let text = text.as_str()?;
    match text.split_once('/') {
        Some((p, q)) => Some(p.parse::<f64>().ok()? / q.parse::<f64>().ok()?),
        None => text.parse().ok(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// A line of a working: its sign and its number; none for what is no number.
type Line = (String, Option<f64>);

/// Lines one after the other: `a + b`, or `a × b ÷ c`; none where one of them is no number.
fn folded(lines: &[Line]) -> Option<f64> {
    let mixed = lines.iter().any(|l| "+-".contains(&l.0) && !l.0.is_empty())
        && lines.iter().any(|l| "×÷".contains(&l.0) && !l.0.is_empty());
    assert!(!mixed, "sums and products are mixed: {lines:?}");
    let mut total = 0.0;
    for (n, (sign, value)) in lines.iter().enumerate() {
        let value = (*value)?;
        match sign.as_str() {
            "" if n == 0 => total = value,
            "+" => total += value,
            "-" => total -= value,
            "×" => total *= value,
            "÷" => total /= value,
            other => panic!("`{other}` is no sign: {lines:?}"),
        }
    }
    Some(total)
}

/// A line that is made of others: what its name says, done once more. None where it is more than
/// arithmetic.
fn made(name: &str, parts: &[Line], more: u64) -> Option<f64> {
    let values: Vec<f64> = parts.iter().filter_map(|p| p.1).collect();
    let whole = f64::round;
    let word = name.split_once('(').map_or("", |(word, _)| word);
    let is_whole = values.len() == parts.len();
    match (word, &values[..]) {
        ("count", _) => Some((parts.len() as u64 + more) as f64),
        _ if more > 0 => None,
        ("sum" | "cumulative", _) => Some(values.iter().sum()),
        ("mean", [_, ..]) => Some(values.iter().sum::<f64>() / values.len() as f64),
        ("min" | "least", [_, ..]) => values.iter().copied().reduce(f64::min),
        ("max" | "greatest", [_, ..]) => values.iter().copied().reduce(f64::max),
        ("median" | "mode" | "stddev", [_, _, ..]) => Some(spread(word, values.clone())),
        ("first", [x, ..]) => Some(*x),
        ("last" | "only", [.., x]) => Some(*x),
        ("abs", [x]) => Some(x.abs()),
        ("round", [x, d]) => Some(whole(x * 10f64.powf(*d)) / 10f64.powf(*d)),
        ("change", [new, old]) => Some((new - old) / old),
        ("mod", [a, b]) => Some(a - b * (a / b).floor()),
        ("", _) | ("default", _) if is_whole => folded(parts),
        _ => None,
    }
}

/// The middle, the commonest or the standard deviation of several values.
fn spread(word: &str, mut values: Vec<f64>) -> f64 {
    let (n, mean) = (values.len(), values.iter().sum::<f64>() / values.len() as f64);
    let often = |x: &f64| values.iter().filter(|y| *y == x).count();
    let commonest = values.iter().copied().rev().max_by_key(often).expect("a value");
    values.sort_by(f64::total_cmp);
    match word {
        "median" => (values[(n - 1) / 2] + values[n / 2]) / 2.0,
        "mode" => commonest,
        _ => (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1) as f64).sqrt(),
    }
}

fn close(a: f64, b: f64) -> bool {
    // Figures such as 1e400 are beyond the numbers of this test.
    a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// Redoes one side of a working; whether it could be.
fn redo(working: &Value, side: &str) -> bool {
    let mut open: Vec<(String, Line)> = Vec::new();
    let more = working["more_terms"].as_u64().expect("a count");
    for term in working["terms"].as_array().expect("terms").iter().filter(|t| t["side"] == side) {
        let name = text(&term["name"]);
        let own = number(&term["exact"]);
        let from = open.iter().rposition(|(of, _)| of != name).map_or(0, |n| n + 1);
        let parts: Vec<Line> = open.drain(from..).map(|p| p.1).collect();
        if let (false, Some(stated)) = (parts.is_empty(), own)
            && let Some(again) = made(name, &parts, more)
        {
            assert!(close(again, stated), "{name}: {again} from {parts:?}, not {stated}");
        }
        open.push((text(&term["part_of"]).to_string(), (text(&term["sign"]).to_string(), own)));
    }
    assert!(open.iter().all(|(of, _)| of.is_empty()), "parts of nothing: {open:?}");
    let lines: Vec<Line> = open.into_iter().map(|p| p.1).collect();
    // Dates and times are no arithmetic of numbers.
    if lines.iter().any(|l| l.1.is_none()) {
        return false;
    }
    match (number(&working[side]["exact"]), folded(&lines)) {
        (Some(stated), Some(again)) => {
            assert!(close(again, stated), "{side}: {again} from {lines:?}, not {stated}");
            true
        }
        (Some(_), None) => panic!("{side}: {lines:?} do not make a number"),
        _ => false,
    }
}

#[test]
fn workings_can_be_redone() {
    let mut redone = 0;
    all_fixtures(&mut |rules| {
        for finding in findings(rules).iter().filter(|f| !f["working"].is_null()) {
            let working = &finding["working"];
            for side in ["left", "right"] {
                let done = std::panic::catch_unwind(|| redo(working, side));
                let done = done.unwrap_or_else(|_| panic!("{}: {finding:#}", rules.display()));
                redone += usize::from(done);
            }
        }
    });
    assert!(redone > 150, "{redone} sides");
}

#[test]
fn what_is_no_arithmetic_is_found() {
    let term = |name: &str, sign: &str, exact: &str, of: &str| serde_json::json!({ "side": "left", "name": name, "sign": sign, "exact": exact, "part_of": of });
    let working = |terms: Vec<Value>, exact: &str| serde_json::json!({ "more_terms": 0, "terms": terms, "left": { "exact": exact } });
    let sum = |last: &str| {
        vec![
            term("A", "+", "5", "sum(n)"),
            term("B", "+", last, "sum(n)"),
            term("sum(n)", "", "12", ""),
            term("2", "×", "2", ""),
        ]
    };
    assert!(redo(&working(sum("7"), "24"), "left"));
    for (terms, exact) in [(sum("6"), "24"), (sum("7"), "12")] {
        let wrong = working(terms, exact);
        assert!(std::panic::catch_unwind(|| redo(&wrong, "left")).is_err(), "{wrong}");
    }
}
