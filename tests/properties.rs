//! Laws of whole runs: verdicts are those of the oracle, fingerprints survive moved rows.

mod oracle;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crossfoot::files::tree::Memory;
use crossfoot::render::{Format, Options, sink};
use crossfoot::{Outcome, Project, Request, SinkSlot};
use oracle::{Opinion, Oracle};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

const RULES: &str = r#"
[data.totals]
path = "totals.csv"
key  = "region"
rows = "0.."
columns.total = { type = "number" }

[data.rows]
path = "rows.csv"
rows = "0.."

[data.rows.columns]
id     = { unique = true, required = true }
region = { in = "totals.region", min_length = 1, max_length = 5 }
kind   = { one_of = ["a", "b", "ü"], matches = "[a-zü]+", missing = ["", "-"] }
day    = { type = "date", format = "%Y-%m-%d", min = "2000-01-01" }
until  = { type = "date" }
n      = { type = "integer", min = 0, max = 1000 }
x      = { type = "number", above = -5 }
y      = { type = "number", unique = true }
total  = { type = "number" }

[data.pairs]
path = "totals.csv"
key  = ["region", "total"]
rows = "0.."
columns.total = { type = "number" }

[data.filled]
path = "rows.csv"
rows = "0.."
fill = ["region", "n"]
columns.n = { type = "integer" }
columns.x = { type = "number" }

[check.fine-bounds]
each   = "rows"
assert = ['n >= 2.5', 'n < 7.000000000000000001', 'n != 0.5', 'x > 0.125', 'x <= 3.2499', 'n between -0.5 and 6.99', 'x >= 2.5 within 0.001']

[check.filled-cells]
each   = "filled"
assert = ['n > 2.5', 'region is missing or length(region) = 2']

[check.filled-groups]
each   = "filled by region"
assert = ['sum(n) < 15', 'count(n) < 3']

[check.running]
each   = "rows"
where  = 'day is readable'
assert = ['cumulative(n by region) < 9', 'cumulative(x) >= 2.5']

[check.arithmetic]
each   = "rows"
assert = ['x + y = total', 'x - y <= total + n', 'x * 2 > y', 'x = y within rounding', 'x between 1 and n', 'n != 3']

[check.logic]
each   = "rows"
where  = 'kind != "b" or x is missing'
assert = ['kind = "a" and n < 500', 'not (kind = "a") or n >= 0', 'if kind = "a" then x > 1', 'x is readable', 'n is missing or n > 2', 'length(region) = 2', 'kind in ("a", "ü")', 'kind matches "ü"']

[check.dates]
each   = "rows"
assert = ['until >= day', 'day > date "2001-06-30"', 'until - day < 400']

[check.window_values]
each   = "rows"
where  = 'day is readable'
assert = ['day >= prev(day by region)', 'n >= prev(n)']

[check.walk]
each   = "rows"
assert = ['x >= prev(x by region, kind)', 'n - prev(n) < 900']

[check.look-up]
each   = "rows"
assert = ['default(totals[region].total, 0) >= x', 'region in totals.region', 'totals[region] is not missing']

[check.unknown-keys]
each   = "rows"
assert = ['total in pairs.total', 'n not in pairs.total', 'pairs[region, total] is not missing', 'pairs[region, x] is missing', 'any(pairs where total = rows.n)', 'only(pairs.region where total = rows.n) is missing', 'count(pairs where total = rows.x) = 0']

[check.totals]
each   = "totals"
assert = ['total = sum(rows.x where region = totals.region and x is readable)', 'total = sum(rows.x where region = totals.region) within rounding', 'count(rows where region = totals.region) < 4', 'max(rows.y where region = totals.region) < 60']

[check.joined]
each   = "totals"
assert = ['count(rows where x = totals.total) < 2', 'sum(rows.n where region = totals.region and x != totals.total) < 9', 'count(rows where region = totals.region and kind != totals.region) = 1', 'sum(rows.n where y = totals.total and x > totals.total) >= 0', 'count(rows where region = totals.region and x = totals.total) < 2']

[check.only]
each   = "totals"
assert = ['only(rows.n where region = totals.region and kind = "a") > 2', 'only(rows.x where y = totals.total) is missing', 'only(rows.n where region = totals.region and x > totals.total) < 9']

[check.only-in-groups]
each   = "rows by region"
assert = ['only(n where kind = "a") = sum(n where kind != "a")', 'only(x) is not missing']

[check.groups]
each   = "rows by region, kind"
assert = ['sum(n) < 1500', 'sum(x) < 5', 'sum(x) >= 3.5', 'sum(y) > 2.4', 'sum(x) = first(x)', 'count(x) = count(y)', 'min(x) < max(y)', 'first(n) <= last(n)', 'sum(x) = sum(y) within rounding']

[check.exact-sums]
each   = "rows by kind"
assert = ['sum(x) < 5', 'sum(x) >= 3.5', 'sum(y) > 2.4', 'sum(y where kind = "a") < 3', 'count(x) < 3', 'sum(n) > 7']

[check.kinds]
each   = "rows by kind"
where  = 'n < 1000 or y > 1'
assert = ['sum(x) = sum(y) within rounding', 'sum(x) < 6.5 within rounding', 'count(day) < 4']

[check.whole]
assert = ['sum(rows.x) = sum(rows.y)', 'count(rows) > 3', 'max(rows.n) < 999']
"#;

/// Cells of all kinds: plain, odd, missing, unreadable, long, of mixed scale.
fn number() -> impl Strategy<Value = &'static str> {
    let plain = ["0", "1", "2.5", "3.25", "-4", "12.50", "1000", "7"];
    let odd = [
        "",
        "",
        "abc",
        "1e3",
        "+5",
        "-0.0",
        "0.1000",
        "1234567890123456789012345678901234567890.5",
        "99999999999999999999",
        "1.",
        "1,5",
        "\"3.5\"",
        " 2",
        "12345678.12345678",
    ];
    prop_oneof![6 => prop::sample::select(plain.to_vec()), 2 => prop::sample::select(odd.to_vec())]
}

/// Cells that are alike for a while and then have other decimals, so that chunks differ in them.
fn of_one_scale() -> impl Strategy<Value = [&'static str; 3]> {
    prop::sample::select(vec![
        ["1", "0", "12"],
        ["2.5", "0.1", ""],
        ["0.25", "3.25", "-1.00"],
        ["1.125", "0.000", "9.999"],
    ])
}

fn day() -> impl Strategy<Value = &'static str> {
    let days = ["2000-01-01", "2001-07-01", "2004-02-29", "1999-12-31"];
    let odd =
        ["", "2001-02-29", "2001-2-3", "2001", "2001-05", "x", "\"2002-02-02\"", "0000-01-01"];
    prop_oneof![4 => prop::sample::select(days.to_vec()), 1 => prop::sample::select(odd.to_vec())]
}

fn table(
    columns: Vec<BoxedStrategy<&'static str>>,
    most: usize,
) -> impl Strategy<Value = Vec<Vec<&'static str>>> {
    prop::collection::vec(columns, 0..most)
}

fn pick(all: &'static [&'static str]) -> BoxedStrategy<&'static str> {
    prop::sample::select(all).boxed()
}

fn rows() -> impl Strategy<Value = Vec<Vec<&'static str>>> {
    let ids = pick(&["k1", "k2", "k3", "k4", "k5", "k6", "", "\"k1\"", "\"k,2\"", "\"k\"\"3\""]);
    let regions = || pick(&["N1", "N1", "S2", "S2", "", "elsewhere", "\"N1\""]);
    let kinds = pick(&["a", "b", "ü", "-", "", "9"]);
    let columns = vec![
        ids,
        regions(),
        kinds,
        day().boxed(),
        day().boxed(),
        number().boxed(),
        number().boxed(),
        number().boxed(),
        number().boxed(),
    ];
    table(columns, 14)
}

/// The text of a table; some records are ragged, and line ends are those of the file.
fn text(header: &str, rows: &[Vec<&str>], ragged: &[bool], end: &str) -> String {
    let mut text = format!("{header}{end}");
    for (row, ragged) in rows.iter().zip(ragged) {
        text += &row.join(",");
        text += if *ragged { ",1,2" } else { "" };
        text += end;
    }
    text
}

/// A run over a project that is open, and what it wrote.
fn run((project, request): (&Project, &Request), format: Format) -> (Outcome, Vec<u8>) {
    let mut out = Vec::new();
    let mut slots = [SinkSlot {
        sink: sink(format, Options { width: 100, ..Options::default() }),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    }];
    let outcome = crossfoot::run_project(project, request, &mut slots);
    drop(slots);
    (outcome, out)
}

/// The verdicts of a run in which each finding is made, and in some the document, too.
fn verdicts(project: &Project, request: &Request) -> Outcome {
    let is_document = request.chunk.is_none() && request.block.is_none();
    let format = if is_document { Format::Json } else { Format::Concise };
    let (outcome, out) = run((project, request), format);
    if is_document {
        let document: Value = serde_json::from_slice(&out).expect("the document");
        assert!(document["findings"].is_array(), "{document}");
    }
    outcome
}

/// A request over files in memory.
fn request(files: &[(&str, &str)]) -> Request {
    let mut tree = Memory::default();
    for (name, text) in files {
        tree.insert(name, text.as_bytes().to_vec());
    }
    Request {
        rule_files: vec!["rules.toml".into()],
        today: Some("2026-11-23".into()),
        tree: Some(Arc::new(tree)),
        ..Request::default()
    }
}

/// What the run says of each check; cells that cannot be read are findings of their column's check, too.
fn said(outcome: &Outcome) -> BTreeMap<String, Opinion> {
    let of = |c: &crossfoot::report::CheckSummary| Opinion {
        held: c.tally.held,
        failed: c.tally.failed,
        unknown: c.tally.undecided,
        not_applicable: c.tally.not_applicable,
        rows: Vec::new(),
    };
    outcome.summary.checks.iter().map(|c| (c.id.clone(), of(c))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 3_000, rng_seed: RngSeed::Fixed(3), ..ProptestConfig::default() })]

    #[test]
    fn verdicts_are_those_of_the_oracle(
        mut rows in rows(),
        scales in prop::option::of(prop::collection::vec(of_one_scale(), 5)),
        totals in table(vec![pick(&["N1", "S2", "W3", ""]), number().boxed()], 5),
        ragged in prop::collection::vec(prop::bool::weighted(0.1), 14),
        crlf in any::<bool>(),
        (chunk, block, jobs) in (prop::option::of(1u64..300), prop::option::of(1usize..200), 1usize..4),
    ) {
        for (number, row) in rows.iter_mut().enumerate() {
            if let Some(alike) = scales.as_ref().and_then(|s| s.get(number / 3)) {
                (row[6], row[7]) = (alike[number % 3], alike[(number + 1) % 3]);
            }
        }
        let end = if crlf { "\r\n" } else { "\n" };
        let rows = text("id,region,kind,day,until,n,x,y,total", &rows, &ragged, end);
        let totals = text("region,total", &totals, &ragged, "\n");
        let request = request(&[("rules.toml", RULES), ("rows.csv", &rows), ("totals.csv", &totals)]);
        let project = Project::open(&request);
        prop_assert!(!project.is_broken(), "{:?}", project.problems);
        let mut opinions = Oracle::new(&project, &[&totals, &rows, &totals, &rows]).opinions();
        opinions.values_mut().for_each(|o| o.rows.clear());
        let outcome = verdicts(&project, &Request { chunk, block, jobs: Some(jobs), ..request });
        let said: BTreeMap<String, Opinion> = said(&outcome).into_iter().filter(|(id, _)| opinions.contains_key(id)).collect();
        for (id, opinion) in &opinions {
            prop_assert_eq!(said.get(id), Some(opinion), "{} of\n{}\n{}", id, rows, totals);
        }
    }
}

/// Conditions over cells that are there, missing and unreadable.
fn condition() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        r#"kind = "a""#,
        r#"kind != "a""#,
        r#""b" = kind"#,
        "kind = region",
        "kind != region",
        r#"kind in ("a", "b")"#,
        r#"kind not in ("a", "ü")"#,
        r#"kind matches "a|b""#,
        r#"kind not matches "ü""#,
        r#"contains(region, "1")"#,
        r#"starts_with(region, kind)"#,
        r#"ends_with(region, "2")"#,
        "region in totals.region",
        "region not in totals.region",
        "kind is missing",
        "x is missing",
        "n > 2",
        "n < 1",
        "x = y",
        "x != 2.5",
        "x between 1 and n",
        "n in (1, 7)",
        "length(region) = 2",
        "day > date \"2001-01-01\"",
        "n / x > 1",
        "n >= prev(n)",
        "kind != prev(kind)",
    ])
    .prop_map(str::to_string);
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|c| format!("not ({c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} or {b})")),
        ]
    })
}

/// Rules that choose rows by a condition in each place where one can stand.
fn choosing(condition: &str) -> String {
    let tables = &RULES[..RULES.find("[check.").unwrap_or_default()];
    let asserts = [
        "count(where {c}) = 2",
        "sum(x where {c}) < 5",
        "any({c})",
        "all({c})",
        "count({c}) < 3",
        "count(where {c} and x > 1) = 1",
    ];
    let asserts = asserts.map(|a| format!("'''{}'''", a.replace("{c}", condition))).join(", ");
    format!(
        "{tables}
[check.rows]
each = \"rows\"
where = '''{condition}'''
assert = 'id is missing or id is not missing'
[check.sums-of-rows]
each = \"rows by region\"
where = '''{condition}'''
assert = ['count() < 2', 'sum(n) < 9']
[check.aggregates]
each = \"rows by kind\"
assert = [{asserts}]
"
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 5_000, rng_seed: RngSeed::Fixed(5), ..ProptestConfig::default() })]

    #[test]
    fn conditions_choose_the_rows_that_the_oracle_chooses(
        rows in rows(),
        condition in condition(),
        totals in table(vec![pick(&["N1", "S2", ""]), number().boxed()], 3),
        (chunk, block) in (prop::option::of(1u64..300), prop::option::of(1usize..200)),
    ) {
        let whole = vec![false; 14];
        let rows = text("id,region,kind,day,until,n,x,y,total", &rows, &whole, "\n");
        let totals = text("region,total", &totals, &whole, "\n");
        let rules = choosing(&condition);
        let request =
            request(&[("rules.toml", &rules), ("rows.csv", &rows), ("totals.csv", &totals)]);
        let project = Project::open(&request);
        prop_assert!(!project.is_broken(), "{condition}: {:?}", project.problems);
        let mut opinions = Oracle::new(&project, &[&totals, &rows, &totals, &rows]).opinions();
        opinions.values_mut().for_each(|o| o.rows.clear());
        let outcome = verdicts(&project, &Request { chunk, block, ..request });
        let said = said(&outcome);
        for (id, opinion) in &opinions {
            prop_assert_eq!(said.get(id), Some(opinion), "{}: {} of\n{}\n{}", id, condition, rows, totals);
        }
    }
}

/// Columns that are written, cut and rounded in all ways; some show the same cells.
const EXPRESSIONS: &str = r#"
[data.totals]
path = "totals.csv"
key  = "region"
rows = "0.."
columns.total = { type = "number" }

[data.rows]
path = "rows.csv"
rows = "0.."

[data.rows.columns]
day   = { type = "date" }
until = { type = "date" }
n     = { type = "integer" }
x     = { type = "number" }
y     = { type = "number" }
total = { type = "number", decimals = 1 }
cut   = { type = "number", rounding = "truncate" }
five  = { type = "integer", base = 5 }
share = { type = "percent" }
start  = { type = "datetime" }
finish = { type = "datetime" }
"#;

/// Dates with a time in all spellings that are read, and some that are not.
fn moment() -> BoxedStrategy<&'static str> {
    pick(&[
        "2024-03-01T09:30:00",
        "2024-03-01 17:45:30",
        "2024-02-29 23:59:59",
        "2024-03-01 08:00",
        "2024-03-01T24:00:00",
        "2024-03-01 25:00:00",
        "2023-02-29 10:00:00",
        "\"2024-03-02 10:00:00\"",
        "0000-01-01T00:00:00",
        "2024-03-01",
        "",
    ])
}

/// Numbers of all shapes that a rule may name.
fn quantity() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "n",
        "x",
        "y",
        "total",
        "cut",
        "five",
        "(share * x)",
        "x",
        "y",
        "2",
        "0.5",
        "100",
        "3.25",
        "99999999999",
        "(until - day)",
        "length(region)",
        "years(day, until)",
        "year(day)",
        "totals[region].total",
        "sum(n by region)",
        "mean(n by kind)",
        "mean(x by region)",
        "sum(x by region)",
        "prev(x by region)",
        "prev(n)",
        "next(x by region)",
        "next(x - n)",
        "rank(x by kind)",
        "cumulative(n by kind)",
        "cumulative(x - y by region)",
        "((finish - start) / duration \"1:00\")",
        "(date(finish) - day)",
    ])
    .prop_map(str::to_string);
    leaf.prop_recursive(3, 8, 3, |inner| {
        let two = || (inner.clone(), inner.clone());
        prop_oneof![
            two().prop_map(|(a, b)| format!("({a} + {b})")),
            two().prop_map(|(a, b)| format!("({a} - {b})")),
            two().prop_map(|(a, b)| format!("({a} * {b})")),
            two().prop_map(|(a, b)| format!("({a} / {b})")),
            two().prop_map(|(a, b)| format!("(change({a}, {b}) * x)")),
            two().prop_map(|(a, b)| format!("least({a}, {b})")),
            two().prop_map(|(a, b)| format!("greatest({a}, {b}, 1.5)")),
            two().prop_map(|(a, b)| format!("default({a}, {b})")),
            two().prop_map(|(a, b)| format!("(if {a} > 2 then {b} else x)")),
            two().prop_map(|(a, b)| format!("sum({a}, {b}, n)")),
            two().prop_map(|(a, b)| format!("max({a}, {b})")),
            inner.clone().prop_map(|a| format!("(-{a})")),
            inner.clone().prop_map(|a| format!("({a} / 4)")),
            inner.clone().prop_map(|a| format!("abs({a})")),
            inner.clone().prop_map(|a| format!("floor({a})")),
            inner.clone().prop_map(|a| format!("ceil({a})")),
            inner.clone().prop_map(|a| format!("round({a})")),
            inner.clone().prop_map(|a| format!("round({a}, 1)")),
            inner.prop_map(|a| format!("round({a}, -1)")),
        ]
    })
}

/// Conditions over them, over days and over texts.
fn truth() -> impl Strategy<Value = String> {
    let op = || prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let within = || {
        prop::sample::select(vec![
            "",
            " within rounding",
            " within rounding",
            " within 0.5",
            " within 10%",
            " within y",
        ])
    };
    let leaf = prop_oneof![
        6 => (quantity(), op(), quantity(), within()).prop_filter("the same twice", |t| t.0 != t.2).prop_map(|(a, op, b, w)| if op == "!=" { format!("{a} {op} {b}") } else { format!("{a} {op} {b}{w}") }),
        2 => (quantity(), quantity(), quantity(), within()).prop_map(|(a, b, c, w)| format!("{a} between {b} and {c}{w}")),
        1 => quantity().prop_map(|a| format!("{a} not in (1, 2.5, 7)")),
        1 => quantity().prop_map(|a| format!("{a} is not missing")),
        2 => prop::sample::select(vec![
            "x = y + n within rounding", "share = x / total within rounding", "total = n + x + y + total within rounding",
            "day + 30 < until", "until > day within 3", "day between date \"2000-01-01\" and until", "day + n > until",
            "kind = region", "upper(kind) = \"A\"", "left(region, 1) = \"N\"", "contains(region, kind)",
            "share between 0 and 0.9 within rounding", "change(x, y) = share within rounding",
            "x = prev(x by region) + y within rounding", "x >= prev(x by region)", "total = cumulative(x by kind) within rounding",
            "prev(x - y by region, kind) < x", "day >= prev(day by region)", "start = prev(finish by region)", "n = prev(n) + 1",
            "x = next(x by region) + y within rounding", "day <= next(day by region)", "finish <= next(start by kind)", "rank(n) < 5",
            "start <= finish", "finish - start < duration \"8:00\"", "start + (finish - start) * 0.5 <= finish",
            "greatest(start, finish) > datetime \"2024-03-01T00:00:00\"", "default(finish, start) >= prev(finish)",
            "kind in (\"a\", \"ü\")", "totals[region] is not missing", "month(day) in (1, 7)",
        ]).prop_map(str::to_string),
    ];
    // A comparison of constants is a mistake.
    let names = [
        "n", "x", "y", "total", "cut", "five", "day", "kind", "region", "share", "start", "finish",
    ];
    let leaf = leaf.prop_map(move |t| {
        match t.split(|c: char| !c.is_alphanumeric()).any(|word| names.contains(&word)) {
            true => t,
            false => format!("({t} or n > 3)"),
        }
    });
    leaf.prop_recursive(2, 4, 2, |inner| {
        let two = || (inner.clone(), inner.clone());
        prop_oneof![
            two().prop_map(|(a, b)| format!("({a} and {b})")),
            two().prop_map(|(a, b)| format!("({a} or {b})")),
            inner.clone().prop_map(|a| format!("not ({a})")),
            two().prop_map(|(a, b)| format!("(if {a} then {b})")),
            (two(), inner.clone()).prop_map(|((a, b), c)| format!("(if {a} then {b} else {c})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 30, rng_seed: RngSeed::Fixed(21), ..ProptestConfig::default() })]

    /// Debug builds compare every answer of a loop with the evaluator's.
    #[test]
    fn loops_answer_as_the_evaluator_does(
        mut rows in rows(),
        more in table(vec![number().boxed(), number().boxed(), number().boxed(), moment(), moment()], 14),
        assertions in prop::collection::vec(truth(), 12),
        filter in prop::option::of(truth()),
        totals in table(vec![pick(&["N1", "S2", ""]), number().boxed()], 3),
        block in prop::option::of(1usize..200),
    ) {
        let whole = vec![false; 14];
        let blank = vec!["", "1", "20%", "2024-03-01 09:30:00", ""];
        rows.iter_mut().zip(0..).for_each(|(row, at)| row.extend(more.get(at).unwrap_or(&blank)));
        let rows = text("id,region,kind,day,until,n,x,y,total,cut,five,share,start,finish", &rows, &whole, "\n");
        let totals = text("region,total", &totals, &whole, "\n");
        let filter = filter.map(|f| format!("where = '''{f}'''\n")).unwrap_or_default();
        let mut rules = EXPRESSIONS.to_string();
        for (number, assertion) in assertions.iter().enumerate() {
            rules += &format!("[check.c{number}]\neach = \"rows\"\n{filter}assert = '''{assertion}'''\n");
        }
        let request =
            request(&[("rules.toml", &rules), ("rows.csv", &rows), ("totals.csv", &totals)]);
        let project = Project::open(&request);
        prop_assume!(!project.is_broken());
        let [(by_loops, found), (by_rows, expected)] =
            [Request { block, ..request.clone() }, Request { exact: true, ..request }].map(|request| {
                let (outcome, out) = run((&project, &request), Format::Json);
                let json: Value = serde_json::from_slice(&out).expect("the document");
                (outcome, json["findings"].clone())
            });
        prop_assert_eq!(said(&by_loops), said(&by_rows), "{}\n{}", rules, rows);
        prop_assert_eq!(found, expected, "{}\n{}", rules, rows);
    }
}

fn fingerprints(rows: &str) -> BTreeSet<String> {
    let rules = "[data.rows]\npath = \"rows.csv\"\nkey = \"id\"\n[data.rows.columns]\nn = { type = \"number\", max = 10 }\n[check.sum]\neach = \"rows\"\nassert = 'a + b = n'\n[check.parts]\neach = \"rows by kind\"\nassert = 'sum(n) < 20'\n";
    let request = request(&[("rules.toml", rules), ("rows.csv", rows)]);
    let (_, out) = run((&Project::open(&request), &request), Format::Json);
    let json: Value = serde_json::from_slice(&out).expect("the document");
    json["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|f| f["fingerprint"].as_str().expect("a fingerprint").to_string())
        .collect()
}

#[test]
fn fingerprints_survive_moved_rows_and_columns() {
    let before = fingerprints("id,kind,a,b,n\n1,x,1,2,3\n2,y,4,5,10\n3,x,6,6,12\n4,y,9,9,18\n");
    assert_eq!(before.len(), 4);
    // Rows moved, others put between them, a column moved and another added.
    let after = fingerprints(
        "note,kind,id,b,a,n\n,y,4,9,9,18\n,z,77,0,0,0\n,x,3,6,6,12\n,x,1,2,1,3\n\"l\nm\",y,2,5,4,10\n",
    );
    assert_eq!(before, after);
    // With a key, the row is the same whatever its cells say; another row is another finding.
    let changed = fingerprints("id,kind,a,b,n\n1,x,1,2,3\n2,y,4,5,11\n3,x,6,6,12\n4,y,9,9,18\n");
    assert_eq!(
        changed.difference(&before).count(),
        1,
        "the cell of row 2 is out of range, too: {changed:?}"
    );
    let renamed = fingerprints("id,kind,a,b,n\n1,x,1,2,3\n22,y,4,5,10\n3,x,6,6,12\n4,y,9,9,18\n");
    assert_ne!(before, renamed);
}
