//! Findings are known by what they are about: however many there are, whatever else is mended or moved.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Mutex;

use crossfoot::render::{Format, Options, sink};
use crossfoot::report::{Facts, Finding, Sink, SourceText, Summary};
use crossfoot::source::Problem;
use crossfoot::{Outcome, Request, SinkSlot};
use proptest::prelude::*;
use serde_json::Value;

/// Runs rules over files; the outcome and the findings as JSON has them.
fn run(files: &[(&str, &str)]) -> (Outcome, Vec<Value>) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let rules = folder.path().join("rules.toml").to_string_lossy().into_owned();
    let request =
        Request { rule_files: vec![rules], today: Some("2026-11-23".into()), ..Request::default() };
    let mut out = Vec::new();
    let options = Options { width: 100, ..Options::default() };
    let sink = sink(Format::Json, options);
    let mut slots = [SinkSlot { sink, out: Box::new(&mut out), capped: false, error: None }];
    let outcome = crossfoot::run(&request, &mut slots);
    drop(slots);
    let json: Value = serde_json::from_slice(&out).expect("the document");
    (outcome, json["findings"].as_array().expect("findings").clone())
}

/// The findings of a run that carried out everything.
fn findings(rules: &str, rows: &str) -> Vec<Value> {
    let (outcome, findings) = run(&[("rules.toml", rules), ("rows.csv", rows)]);
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    findings
}

#[test]
fn the_three_hundredth_assertion_is_reported_as_itself() {
    let asserts: Vec<String> = (0..300).map(|n| format!("'a != {n}'")).collect();
    let rules = format!(
        "[data.rows]\npath = \"rows.csv\"\n[check.c]\neach = \"rows\"\nassert = [{}]\n",
        asserts.join(", ")
    );
    let found = findings(&rules, "a\n1\n256\n299\n300\n");
    let numbers: Vec<u64> =
        found.iter().map(|f| f["assertion"].as_u64().expect("a number")).collect();
    assert_eq!(numbers, [1, 256, 299]);
    assert!(
        found[1]["message"].as_str().expect("a message").contains("a != 256"),
        "{}",
        found[1]["message"]
    );
}

#[test]
fn the_seventy_thousandth_column_is_reported_as_itself() {
    let (mut header, mut row) = (String::from("c0"), String::from("1"));
    for n in 1..70_000 {
        let _ = write!(header, ",c{n}");
        row += if n == 66_000 || n == 464 { ",x" } else { ",1" };
    }
    let rules = "[data.rows]\npath = \"rows.csv\"\n[data.rows.columns]\nc66000 = { type = \"number\" }\nc69999 = { one_of = [\"2\"] }\n";
    let found = findings(rules, &format!("{header}\n{row}\n"));
    let columns: Vec<&str> =
        found.iter().map(|f| f["labels"][0]["column_name"].as_str().expect("a name")).collect();
    assert_eq!(columns, ["c66000", "c69999"]);
}

fn fingerprint(finding: &Value) -> &str {
    finding["fingerprint"].as_str().expect("a fingerprint")
}

/// The fingerprints by check, fault and text of the assertion.
fn by_assertion(
    asserts: &[&str],
    rows: &str,
) -> BTreeMap<(String, String, String), BTreeSet<String>> {
    let written: Vec<String> = asserts.iter().map(|a| format!("'{a}'")).collect();
    let written = written.join(", ");
    let rules = format!(
        "[data.rows]\npath = \"rows.csv\"\nrows = \"0..\"\n[data.rows.columns]\nn = {{ type = \"number\", min = 1, max = 3 }}\n\
         [data.keyed]\npath = \"rows.csv\"\nkey = [\"k\", \"g\"]\nrows = \"0..\"\n\
         columns.n = {{ type = \"number\" }}\n\
         [check.bare]\neach = \"rows\"\nassert = [{written}]\n\
         [check.keyed]\neach = \"keyed\"\nassert = [{written}]\n\
         [check.groups]\neach = \"rows by g\"\nassert = ['sum(n) < 3', 'count() < 2']\n\
         [check.look-up]\neach = \"rows\"\nassert = 'keyed[g, k].n = n'\n"
    );
    let mut all: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for f in findings(&rules, rows) {
        let check = f["check"].as_str().expect("a check").to_string();
        let number =
            usize::try_from(f["assertion"].as_u64().expect("a number")).expect("a small number");
        let text = if ["bare", "keyed"].contains(&check.as_str()) {
            asserts[number].replace(' ', "")
        } else {
            number.to_string()
        };
        let fault = f["fault"].as_str().expect("a fault").to_string();
        if ["vacuous-check", "undecided"].contains(&fault.as_str()) {
            continue;
        }
        let is_new =
            all.entry((check, fault, text)).or_default().insert(fingerprint(&f).to_string());
        assert!(is_new, "two findings have one fingerprint: {f}");
    }
    all
}

/// Rows with equal ones among them, with missing keys and cells that cannot be read.
fn rows() -> impl Strategy<Value = Vec<&'static str>> {
    let rows = [
        "1,a,1",
        "1,a,1",
        "1,b,2",
        "2,a,4",
        "\"x, y\",z,5",
        "x,\"y, z\",5",
        ",a,1",
        "3,,x",
        "4,b",
        "1.0,a,1",
        "5,c,zz",
    ];
    prop::collection::vec(prop::sample::select(rows.to_vec()), 0..9)
}

const ASSERTS: [&str; 3] = ["n != 1", "n < 4", "g = \"a\""];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_fingerprint_changes_with_nothing_but_its_own_demand_and_subject(
        (rows, moved) in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        mended in 0..ASSERTS.len(),
        instead in prop::sample::select(vec!["n != 7", "n  <  5", "k is missing"]),
    ) {
        let text = |rows: &[&str]| format!("k,g,n\n{}\n", rows.join("\n"));
        let before = by_assertion(&ASSERTS, &text(&rows));
        prop_assert_eq!(&before, &by_assertion(&ASSERTS, &text(&moved)), "moved to\n{}", text(&moved));
        let mut asserts = ASSERTS.to_vec();
        asserts[mended] = instead;
        asserts.insert(0, "n > -5");
        asserts.reverse();
        let after = by_assertion(&asserts, &text(&rows));
        let mended = ASSERTS[mended].replace(' ', "");
        let new = [instead.replace(' ', ""), "n>-5".to_string()];
        let of_others = |all: BTreeMap<(String, String, String), BTreeSet<String>>| -> Vec<_> {
            all.into_iter().filter(|((_, _, text), _)| *text != mended && !new.contains(text)).collect()
        };
        prop_assert_eq!(of_others(before), of_others(after));
    }
}

#[test]
fn mending_one_assertion_leaves_the_other_its_fingerprint() {
    let of = |asserts: &str| {
        let rules = format!(
            "[data.rows]\npath = \"rows.csv\"\nkey = \"k\"\n[check.c]\neach = \"rows\"\nassert = [{asserts}]\n"
        );
        findings(&rules, "k,a\nx,5\n")
    };
    let both = of("'a = 1', 'a = 2'");
    assert_eq!((both[0]["assertion"].as_u64(), both[1]["assertion"].as_u64()), (Some(0), Some(1)));
    let second = of("'a = 5', 'a  =  2'");
    assert_eq!(fingerprint(&second[0]), fingerprint(&both[1]));
    assert_ne!(fingerprint(&both[0]), fingerprint(&both[1]));
}

#[test]
fn a_changed_bound_is_the_same_demand_of_a_contract() {
    let of = |max: &str| {
        findings(
            &format!(
                "[data.rows]\npath = \"rows.csv\"\nkey = \"k\"\ncolumns.a = {{ max = {max} }}\n"
            ),
            "k,a\nx,5\n",
        )
    };
    assert_eq!(fingerprint(&of("3")[0]), fingerprint(&of("4")[0]));
}

#[test]
fn a_key_is_a_list_and_no_joined_text() {
    let rules = "[data.rows]\npath = \"rows.csv\"\nkey = [\"k\", \"g\"]\ncolumns.n = { max = 3 }\n";
    let found = findings(rules, "k,g,n\n\"x, y\",z,5\nx,\"y, z\",5\n");
    assert_eq!(found[0]["key"], found[1]["key"]);
    // Turned around, each keeps its own, which an ordinal would not.
    let turned = findings(rules, "k,g,n\nx,\"y, z\",5\n\"x, y\",z,5\n");
    assert_eq!(fingerprint(&found[0]), fingerprint(&turned[1]));
    assert_eq!(fingerprint(&found[1]), fingerprint(&turned[0]));
}

/// Takes what no renderer writes.
#[derive(Default)]
struct Collect(Mutex<Vec<(u128, u64)>>);

impl Sink for &Collect {
    fn begin(&mut self, _: &Facts, _: &mut Vec<u8>) {}
    fn finding(&self, finding: &Finding, _: bool, _: &dyn SourceText, _: &mut Vec<u8>) {
        self.0.lock().expect("no panic").push((finding.fingerprint(), finding.evidence));
    }
    fn problem(&mut self, problem: &Problem, _: &dyn SourceText, _: &mut Vec<u8>) {
        panic!("{}", problem.message);
    }
    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}

#[test]
fn evidence_changes_with_the_compared_figures_and_the_fingerprint_does_not() {
    let of = |rows: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let rules = "[data.rows]\npath = \"rows.csv\"\nkey = \"k\"\ncolumns.n = { max = 3 }\n[check.c]\neach = \"rows\"\nassert = 'a + b = c'\n";
        std::fs::write(folder.path().join("rules.toml"), rules).expect("a file");
        std::fs::write(folder.path().join("rows.csv"), rows).expect("a file");
        let rules = folder.path().join("rules.toml").to_string_lossy().into_owned();
        let all = Collect::default();
        let mut slots = [SinkSlot {
            sink: Box::new(&all),
            out: Box::new(std::io::sink()),
            capped: false,
            error: None,
        }];
        crossfoot::run(&Request { rule_files: vec![rules], ..Request::default() }, &mut slots);
        drop(slots);
        all.0.into_inner().expect("no panic")
    };
    let before = of("k,a,b,c,n\nx,1,2,4,5\n");
    assert_eq!(before.len(), 2);
    // Other addends with the same sum are the same evidence.
    assert_eq!(before, of("k,a,b,c,n\nx,2,1,4,5\n"));
    let changed = of("k,a,b,c,n\nx,1,2,5,6\n");
    for (before, changed) in before.iter().zip(&changed) {
        assert_eq!(before.0, changed.0);
        assert_ne!(before.1, changed.1);
    }
}

/// Fixtures whose fingerprints stay as they are: a change here is a change of everyone's baselines.
const FROZEN: [&str; 8] = [
    "fixtures/contracts",
    "fixtures/malformed/everything-at-once",
    "fixtures/malformed/odd-header",
    "fixtures/malformed/stray-quotes",
    "fixtures/messages",
    "fixtures/tiers",
    "fixtures/vacuous",
    "fixtures/language/43-claims-in-many-files",
];

fn frozen(how: &Request) -> String {
    let mut all = String::new();
    for folder in FROZEN {
        let _ = writeln!(all, "# {folder}");
        let mut out = Vec::new();
        let request = Request {
            rule_files: vec![format!("{folder}/rules.toml")],
            today: Some("2026-11-23".into()),
            ..how.clone()
        };
        let sink = sink(Format::Json, Options { width: 100, ..Options::default() });
        let mut slots = [SinkSlot { sink, out: Box::new(&mut out), capped: false, error: None }];
        crossfoot::run(&request, &mut slots);
        drop(slots);
        let json: Value = serde_json::from_slice(&out).expect("the document");
        for f in json["findings"].as_array().expect("findings") {
            let text = |name: &str| f[name].as_str().unwrap_or("-").to_string();
            let _ = writeln!(
                all,
                "{} {} {} {} {}",
                fingerprint(f),
                text("check"),
                f["assertion"],
                text("fault"),
                text("key")
            );
        }
    }
    all
}

#[test]
fn recorded_fingerprints_are_frozen() {
    insta::assert_snapshot!("frozen", frozen(&Request::default()));
}

#[test]
fn fingerprints_do_not_depend_on_how_the_work_is_done() {
    let usual = frozen(&Request::default());
    for (chunk, block, jobs, exact) in [(1, 1, 3, false), (7, 64, 2, true), (64, 7, 1, false)] {
        let how = Request {
            chunk: Some(chunk),
            block: Some(block),
            jobs: Some(jobs),
            exact,
            ..Request::default()
        };
        assert_eq!(frozen(&how), usual, "stretches of {chunk}, blocks of {block} bytes");
    }
}

/// Rules and two files; what is called `area`, `d`, `t` and `sum` in one version has other names in
/// the other.
fn named(renamed: bool) -> [(&'static str, String); 3] {
    let rules = r#"
        [data.d]
        path = "rows.csv"
        columns.area = { type = "number", min = 1 }
        columns.region = { in = "t.region" }
        [data.t]
        path = "totals.csv"
        key = "region"
        columns.region = {}
        [check.sum]
        each = "t"
        assert = ['area = sum(d.area where region = t.region)', 't.area > 2 * count(d where area > 0)']
        [check.by-region]
        each = "d by region"
        assert = ['max(area) < 6', 'region != "North"', 'max(area) <= t[region].area']
        [check.row]
        each = "d as x"
        assert = 'x.area != 5 and x.area < sum(t.area)'
    "#;
    let rows = "region,area\nNorth,5\nNorth,7\nSouth,0\nSouth,x\nEast,2\n";
    let totals = "region,area\nNorth,13\nSouth,0\n";
    if !renamed {
        return [
            ("rules.toml", rules.into()),
            ("rows.csv", rows.into()),
            ("totals.csv", totals.into()),
        ];
    }
    let rules = r#"
        [data.districts]
        was = "d"
        path = "rows.csv"
        columns.km2 = { was = "area", type = "number", min = 1 }
        columns."the region" = { was = "region", in = "regions.name" }
        [data.regions]
        was = "t"
        path = "totals.csv"
        key = "name"
        columns.name = { was = "region" }
        columns.total = { was = "area" }
        [check.totals]
        was = "sum"
        each = "regions"
        assert = ['total = sum(districts.km2 where `the region` = regions.name)', 'regions.total > 2 * count(districts where km2 > 0)']
        [check.by-region]
        each = "districts by `the region`"
        assert = ['max(km2) < 6', '`the region` != "North"', 'max(km2) <= regions[`the region`].total']
        [check.rows]
        was = "row"
        each = "districts as x"
        assert = 'x.km2 != 5 and x.km2 < sum(regions.total)'
    "#;
    let rows = rows.replace("region,area", "the region,km2");
    let totals = totals.replace("region,area", "name,total");
    [("rules.toml", rules.into()), ("rows.csv", rows), ("totals.csv", totals)]
}

fn fingerprints(files: &[(&str, String)]) -> Vec<(String, String)> {
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (outcome, found) = run(&files);
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    let text =
        |f: &Value| (fingerprint(f).to_string(), f["fault"].as_str().unwrap_or("").to_string());
    let mut all: Vec<_> = found.iter().map(text).collect();
    all.sort();
    all
}

#[test]
fn what_is_called_otherwise_keeps_its_fingerprints() {
    let (before, after) = (fingerprints(&named(false)), fingerprints(&named(true)));
    assert!(before.len() >= 10, "{before:?}");
    assert_eq!(before, after);
}

#[test]
fn a_file_with_the_old_names_is_read_with_the_new_ones() {
    let [rules, _, _] = named(true);
    let [_, rows, totals] = named(false);
    assert_eq!(fingerprints(&[rules, rows, totals]), fingerprints(&named(true)));
}
