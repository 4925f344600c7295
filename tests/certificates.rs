//! What `docs/verify.py` says of certificates: those of all fixtures and of random tables hold, and
//! one that was changed does not.

use std::path::{Path, PathBuf};
use std::process::Command;

use crossfoot::Request;
use crossfoot::SinkSlot;
use crossfoot::render::{Format, Options, sink};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether Python is there; where it is not, nothing can be verified.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn has_python() -> bool {
    let there = Command::new("python3").arg("--version").output().is_ok_and(|o| o.status.success());
    if !there {
        eprintln!("left out: there is no python3 to verify certificates with");
    }
    there
}

/// What `verify.py` prints and returns for some documents, with the bytes of all cells.
fn verify(documents: &[PathBuf]) -> (String, Option<i32>) {
    let mut python = Command::new("python3");
    python.current_dir(root()).args(["docs/verify.py", "--data", "."]).args(documents);
    let output = python.output().expect("python3 runs");
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&text).into_owned(), output.status.code())
}

/// How many findings the last line says are of a kind.
fn count(printed: &str, of: &str) -> u64 {
    let line = printed.lines().last().unwrap_or_default();
    let part = line.split([':', ',']).find(|part| part.trim().ends_with(of));
    let number = part.and_then(|part| part.trim().split(' ').next()?.parse().ok());
    number.unwrap_or_else(|| panic!("{of} is not in {line}"))
}

/// The document of a rule file.
fn document(rules: &str, old: Option<String>) -> Vec<u8> {
    let request = Request {
        rule_files: vec![rules.to_string()],
        old_files: old.into_iter().map(|old| (None, old)).collect(),
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
    crossfoot::run(&request, &mut slots);
    drop(slots);
    out
}

fn rule_files(folder: &Path, all: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        match path.is_dir() {
            true => rule_files(&path, all),
            false => all.extend(path.ends_with("rules.toml").then_some(path)),
        }
    }
}

/// The documents of all fixtures.
fn fixtures() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    rule_files(&root().join("fixtures"), &mut all);
    let made = all.iter().map(|rules| {
        let shown = rules.strip_prefix(root()).expect("a fixture").to_string_lossy();
        let old = shown.replace("rules.toml", "old");
        document(&shown, Path::new(&old).is_dir().then_some(old))
    });
    made.collect()
}

fn written(folder: &Path, documents: &[Vec<u8>]) -> Vec<PathBuf> {
    let write = |(n, bytes): (usize, &Vec<u8>)| {
        let path = folder.join(format!("{n}.json"));
        std::fs::write(&path, bytes).expect("a document");
        path
    };
    documents.iter().enumerate().map(write).collect()
}

#[test]
fn certificates_of_all_fixtures_are_verified() {
    if !has_python() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (printed, status) = verify(&written(folder.path(), &fixtures()));
    assert_eq!(status, Some(0), "{printed}");
    assert_eq!(count(&printed, "wrong"), 0);
    assert!(count(&printed, "verified") > 200, "{printed}");
    assert!(count(&printed, "observed") < count(&printed, "findings") / 3, "{printed}");
}

fn pick(all: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(all).prop_map(str::to_string).boxed()
}

/// A number by the columns of a row, of others and of the row of another table.
fn number() -> BoxedStrategy<String> {
    let leaf = pick(&[
        "a",
        "b",
        "n",
        "2",
        "0.5",
        "-3",
        "sum(b by g)",
        "sum(a * b by g)",
        "sum(u.x where g = t.g)",
        "sum(u.x)",
        "count(u where g = t.g)",
        "count(u where g = t.g and x > t.a)",
        "sum(u.x where g = t.g and x > t.a)",
        "mean(b by g)",
        "min(a by g)",
        "max(u.x where g = t.g)",
        "first(u.x)",
        "last(u.x)",
        "only(u.x where g = t.g)",
        "sum(a, b)",
        "mean(a, b, n)",
        "k[g].v",
        "default(k[g].v, 0)",
        "prev(a)",
        "cumulative(n)",
        "days(d, e)",
        "year(d)",
        "length(g)",
        "median(a by g)",
    ]);
    leaf.prop_recursive(2, 6, 2, |inner| {
        let two = (inner.clone(), pick(&["+", "-", "*", "/"]), inner.clone());
        prop_oneof![
            4 => two.prop_map(|(x, op, y)| format!("({x} {op} {y})")),
            1 => inner.clone().prop_map(|x| format!("-({x})")),
            1 => (pick(&["abs", "floor", "ceil", "round"]), inner.clone()).prop_map(|(f, x)| format!("{f}({x})")),
            1 => (pick(&["least", "greatest", "mod", "change"]), inner.clone(), inner.clone()).prop_map(|(f, x, y)| format!("{f}({x}, {y})")),
            1 => (inner.clone(), inner).prop_map(|(x, y)| format!("(if n > 2 then {x} else {y})")),
        ]
    })
    .boxed()
}

/// An assertion.
fn assertion() -> BoxedStrategy<String> {
    let within = pick(&[
        "",
        "",
        " within rounding",
        " within rounding",
        " within rounding",
        " within 0.05",
        " within 1%",
    ]);
    let compared = (number(), pick(&["=", "=", "<", "<=", ">", ">="]), number(), within.clone())
        .prop_map(|(x, op, y, within)| format!("{x} {op} {y}{within}"));
    let between = (number(), pick(&["between", "not between"]), number(), number(), within)
        .prop_map(|(x, op, low, high, within)| format!("{x} {op} {low} and {high}{within}"));
    let other = pick(&[
        "a != b",
        "sum(a, b) != n",
        "d < e",
        "d = e within 30",
        "e - d < 100",
        "d + 10 >= e",
        "e >= prev(d)",
        "d between date \"2001-03\" and e",
        "g = \"north\"",
        "g in (\"north\", \"east\")",
        "g not matches \"th$\"",
        "lower(g) = g",
        "starts_with(g, \"s\")",
        "a is missing",
        "b is not missing",
        "g in k.g",
        "any(u.x > 2)",
        "all(u.x > 1)",
        "count(distinct g) = 2",
        "k[g] is not missing",
    ]);
    let leaf = prop_oneof![4 => compared, 1 => between, 2 => other];
    leaf.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|x| format!("not ({x})")),
            (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("({x}) and ({y})")),
            (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("({x}) or ({y})")),
            (inner.clone(), inner).prop_map(|(x, y)| format!("if {x} then {y}")),
        ]
    })
    .boxed()
}

/// Three tables and their rules, as files by their names.
fn tables() -> impl Strategy<Value = [(&'static str, String); 4]> {
    let figure = || pick(&["1", "2.5", "0.25", "-4", "12.50", "7", "3.0", "", "x", "1e1", "100"]);
    let plain = || pick(&["1", "2.5", "0.25", "12.5", "7", "3.0", "4.1"]);
    let group = || pick(&["north", "south", "east", "", "\"so\"\"uth\""]);
    let day =
        || pick(&["2001-03-04", "2001-03", "2001", "2000-02-29", "2001-12-31", "", "0000-01-01"]);
    let t = prop::collection::vec(
        (group(), figure(), plain(), pick(&["0", "1", "5"]), day(), day()),
        1..7,
    );
    let u = prop::collection::vec((group(), plain()), 0..5);
    let k = prop::collection::vec((group(), figure()), 0..4);
    let asserts = prop::collection::vec(assertion(), 5);
    (t, u, k, asserts).prop_map(|(t, u, k, asserts)| {
        let t: String = t.iter().map(|(g, a, b, n, d, e)| format!("{g},{a},{b},{n},{d},{e}\n")).collect();
        let two = |rows: &[(String, String)]| rows.iter().map(|(g, x)| format!("{g},{x}\n")).collect::<String>();
        let asserts: String = asserts.iter().map(|a| format!("'''{a}''',\n")).collect();
        let rules = format!(
            "[data.t]\npath = \"t.csv\"\ncolumns.a = {{ type = \"number\", min = 0, decimals = 1 }}\n\
             columns.b = {{ type = \"number\", unique = true }}\ncolumns.n = {{ type = \"integer\", max = 3 }}\n\
             columns.d = {{ type = \"date\" }}\ncolumns.e = {{ type = \"date\", required = true }}\n\
             columns.g = {{ in = \"k.g\", max_length = 4, one_of = [\"north\", \"south\"] }}\n\
             [data.u]\npath = \"u.csv\"\nrows = \"1..3\"\ncolumns.x = {{ type = \"number\" }}\n\
             [data.k]\npath = \"k.csv\"\nrows = \"0..\"\nkey = \"g\"\ncolumns.v = {{ type = \"number\" }}\n\
             [check.c]\neach = \"t\"\nassert = [\n{asserts}]\n\
             [check.of-groups]\neach = \"t by g\"\nassert = ['sum(a) = sum(b) within rounding', 'max(a) < 3', 'count() = 1', 'g = \"east\"']\n"
        );
        [
            ("t.csv", format!("g,a,b,n,d,e\n{t}")),
            ("u.csv", format!("g,x\n{}", two(&u))),
            ("k.csv", format!("g,v\n{}", two(&k))),
            ("rules.toml", rules),
        ]
    })
}

#[test]
fn certificates_of_random_tables_are_verified() {
    const TABLES: usize = 1_000;
    if !has_python() {
        return;
    }
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[15; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let folder = tempfile::tempdir().expect("a folder");
    let (mut documents, mut refused) = (Vec::new(), 0);
    for n in 0..TABLES {
        let own = folder.path().join(n.to_string());
        std::fs::create_dir(&own).expect("a folder");
        for (name, text) in tables().new_tree(&mut runner).expect("tables").current() {
            std::fs::write(own.join(name), text).expect("a file");
        }
        let document = document(&own.join("rules.toml").to_string_lossy(), None);
        let of: Value = serde_json::from_slice(&document).expect("a document");
        let problems = of["problems"].as_array().map_or(0, Vec::len);
        refused += usize::from(problems > 0);
        documents.push(document);
    }
    assert!(refused < TABLES / 10, "the rules of {refused} tables are refused");
    let (printed, status) = verify(&written(folder.path(), &documents));
    let first: Vec<&str> = printed.lines().take(20).collect();
    assert_eq!(status, Some(0), "{}", first.join("\n"));
    assert!(count(&printed, "verified") > 5_000, "{printed}");
    assert!(count(&printed, "given") > 1_000, "{printed}");
}

/// Calls `f` on a step and all below it, with its path.
fn each_step(step: &Value, path: String, f: &mut dyn FnMut(&Value, &str)) {
    f(step, &path);
    for (n, arg) in step["args"].as_array().into_iter().flatten().enumerate() {
        each_step(arg, format!("{path}/args/{n}"), f);
    }
}

fn number_of(step: &Value) -> Option<i64> {
    step["value"]["number"].as_str()?.parse().ok()
}

/// Ways to change a step so that what is recorded cannot be right any more; each with its name.
fn tampers(step: &Value, is_root: bool) -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    let mut change = |name, f: &dyn Fn(&mut Value)| {
        let mut changed = step.clone();
        f(&mut changed);
        if changed != *step {
            all.push((name, changed));
        }
    };
    let op = step["op"].as_str().unwrap_or_default();
    let is_computed = ["+", "-", "*", "sum", "along sum", "neg", "abs", "length"].contains(&op);
    if is_root {
        change("a verdict", &|s| s["value"] = json!({ "truth": s["value"]["truth"] != true }));
    }
    // What stands for a withheld value, rules alone know.
    let has_digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let is_read = op == "cell" && step["text"].as_str().is_some_and(has_digits);
    if let (Some(n), true) = (number_of(step), is_computed || is_read) {
        change("a value", &|s| s["value"] = json!({ "number": (n + 11).to_string() }));
    }
    if op == "cell" && step["place"].is_object() && step["place"]["derived"].is_null() {
        if step["place"]["address"].is_null() {
            change("a text", &|s| s["text"] = json!("something else"));
        }
        change("a place", &|s| s["place"]["start"] = json!(0));
    }
    if ["sum", "+", "count", "along sum"].contains(&op) {
        let last = step["args"].as_array().and_then(|args| args.last());
        let number = last.and_then(|last| last["value"]["number"].as_str());
        if number.is_some_and(|n| n != "0") || op == "count" {
            change("a missing operand", &|s| drop(s["args"].as_array_mut().and_then(Vec::pop)));
        }
    }
    if is_root && op == "=" && step["value"]["truth"] == false && !step["within"].is_null() {
        change("an allowance", &|s| {
            let amount = json!({ "op": "constant", "value": { "number": "1000000000000" } });
            s["within"] = json!({ "amount": amount });
        });
    }
    // A product of what has no end is taken as it is given.
    let is_bounded = op != "*" || !step["range"]["low"].is_null();
    if step["range"].is_object() && is_computed && is_bounded {
        change("a range", &|s| s["range"]["low"] = json!("-1000000000000"));
    }
    if step["rest"].is_object() && ["sum", "count"].contains(&op) {
        change("rows that are not listed", &|s| {
            s["rest"]["value"] = json!("123456789");
            s["rest"]["count"] = json!(1_000_000);
        });
    }
    if op == "=" && is_root && step["within"].is_null() {
        change("an operation", &|s| s["op"] = json!("!="));
    }
    all
}

#[test]
fn a_certificate_that_was_changed_is_told() {
    const TAMPERS: usize = 200;
    if !has_python() {
        return;
    }
    let mut changed: Vec<(&'static str, Value)> = Vec::new();
    for document in fixtures() {
        let document: Value = serde_json::from_slice(&document).expect("a document");
        for finding in document["findings"].as_array().into_iter().flatten() {
            let demand = &finding["certificate"]["demand"];
            each_step(demand, "/certificate/demand".into(), &mut |step, path| {
                for (name, tampered) in tampers(step, path == "/certificate/demand") {
                    let mut finding = finding.clone();
                    *finding.pointer_mut(path).expect("the step") = tampered;
                    changed.push((name, finding));
                }
            });
        }
    }
    // Some of each kind.
    let mut kinds: Vec<&str> = changed.iter().map(|c| c.0).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert!(kinds.len() >= 8, "{kinds:?}");
    let mut chosen: Vec<(&str, Value)> = Vec::new();
    for kind in &kinds {
        let of_kind: Vec<&Value> = changed.iter().filter(|c| c.0 == *kind).map(|c| &c.1).collect();
        let step = (of_kind.len() / (TAMPERS / kinds.len() + 8)).max(1);
        chosen.extend(of_kind.into_iter().step_by(step).map(|f| (*kind, f.clone())));
    }
    assert!(chosen.len() >= TAMPERS, "only {} can be changed", chosen.len());
    for (n, (_, finding)) in chosen.iter_mut().enumerate() {
        finding["fingerprint"] = json!(format!("tampered-{n}-"));
    }
    let findings: Vec<&Value> = chosen.iter().map(|c| &c.1).collect();
    let document = json!({ "version": 1, "today": "2026-11-23", "findings": findings });
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = serde_json::to_vec(&document).expect("a document");
    let (printed, status) = verify(&written(folder.path(), &[bytes]));
    assert_eq!(status, Some(1));
    for (n, (kind, finding)) in chosen.iter().enumerate() {
        let told = printed.contains(&format!("tampered-{n}-"));
        assert!(told, "{kind} was changed, and nobody saw it: {finding:#}");
    }
    assert_eq!(count(&printed, "wrong"), chosen.len() as u64);
}

#[test]
fn what_is_no_document_is_refused() {
    if !has_python() {
        return;
    }
    let whole = fixtures().into_iter().next().expect("a fixture");
    let other = br#"{"version": 2, "today": "2026-11-23", "findings": []}"#.to_vec();
    let cut = whole[..whole.len() / 2].to_vec();
    for bytes in [b"no JSON".to_vec(), cut, other, b"[]".to_vec(), b"{}".to_vec()] {
        let folder = tempfile::tempdir().expect("a folder");
        let (printed, status) = verify(&written(folder.path(), &[bytes]));
        assert_eq!(status, Some(2), "{printed}");
        assert!(printed.contains("this is no document of findings"), "{printed}");
    }
}
