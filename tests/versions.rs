//! Two versions of the data: which findings are new, and what became of the others.

use std::sync::Arc;

use crossfoot::files::tree::{Memory, OldSide};
use crossfoot::gate::baseline::{Entry, text};
use crossfoot::render::{Format, Options, sink};
use crossfoot::source::tree::Tree;
use crossfoot::{Outcome, Request, SinkSlot};
use proptest::prelude::*;
use serde_json::Value;

fn tree(files: &[(&str, &str)]) -> Arc<dyn Tree> {
    let mut tree = Memory::default();
    files.iter().for_each(|(path, text)| tree.insert(path, text.as_bytes().to_vec()));
    Arc::new(tree)
}

/// A run over `new` that is compared with `old`; what it writes, and its outcome.
fn compared(old: &[(&str, &str)], new: &[(&str, &str)]) -> (Value, Outcome) {
    json_of(&Request {
        tree: Some(tree(new)),
        old: Some(OldSide::new(tree(old), "main")),
        ..Request::default()
    })
}

/// What a run writes, and its outcome.
fn json_of(request: &Request) -> (Value, Outcome) {
    let request = &Request { today: Some("2026-11-26".into()), ..request.clone() };
    let mut out = Vec::new();
    let mut slots = [SinkSlot {
        sink: sink(Format::Json, Options { width: 100, ..Options::default() }),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    }];
    let outcome = crossfoot::run(request, &mut slots);
    drop(slots);
    (serde_json::from_slice(&out).expect("JSON"), outcome)
}

/// Status, fault and key of each finding, then fate, fault and key of each of the old version.
fn statuses(json: &Value) -> Vec<String> {
    let text = |v: &Value| v.as_str().unwrap_or("-").to_string();
    let findings = json["findings"].as_array().expect("findings").iter();
    let findings = findings
        .map(|f| format!("{} {} {}", text(&f["status"]), text(&f["fault"]), text(&f["key"])));
    let past = json["summary"]["past"].as_array().cloned().unwrap_or_default();
    let past = past
        .iter()
        .map(|f| format!("{} {} {}", text(&f["fate"]), text(&f["fault"]), text(&f["key"])));
    findings.chain(past).collect()
}

const RULES: &str = "
[data.t]
path = 't.csv'
key = 'id'
columns.n = { type = 'integer', required = true, max = 100 }

[check.sum]
each = 't'
assert = 'total = a + b'

[check.group]
each = 't by g'
assert = 'sum(n) <= 10'
";

fn rows(rows: &str) -> String {
    format!("id,g,n,total,a,b\n{rows}")
}

#[test]
fn nothing_is_known_of_an_old_version_whose_rules_are_wrong() {
    let rules = "[data.t]\npath = 't.csv'\nkey = 'id'\n[check.s]\neach = 't'\nassert = 'a < 5'\n";
    let new = [("crossfoot.toml", rules), ("t.csv", "id,a\n1,10\n")];
    for wrong in ["[[[", &rules.replace("assert", "asert")] {
        let old = [("crossfoot.toml", wrong), ("t.csv", "id,a\n1,10\n")];
        let request = Request {
            tree: Some(tree(&new)),
            old: Some(OldSide::new(tree(&old), "main")),
            new_checks_report: true,
            ..Request::default()
        };
        let (json, outcome) = json_of(&request);
        assert_eq!(statuses(&json), ["new assertion-failed 1"], "{wrong}");
        let unknown = json["old"]["unknown"].as_str().expect("words");
        assert!(unknown.starts_with("its rules are wrong there: "), "{unknown}");
        assert_eq!(outcome.summary.errors, 1);
    }
}

#[test]
fn findings_are_new_changed_open_settled_gone_or_not_judged() {
    let old = rows(
        "1,x,1,3,1,1\n2,x,1,3,1,1\n3,x,1,3,1,1\n4,x,1,3,1,1\n5,x,1,3,1,1\n6,x,1,2,1,1\n7,y,99,2,1,1\n",
    );
    let new = rows(
        "6,x,1,2,1,2\n5,x,1,3,1,oops\n4,x,1,3,1,\n1,x,1,3,1,1\n2,x,1,4,1,1\n3,x,1,3,1,2\n8,x,1,2,1,1\n",
    );
    let (json, outcome) = compared(
        &[("crossfoot.toml", RULES), ("t.csv", &old)],
        &[("crossfoot.toml", RULES), ("t.csv", &new)],
    );
    assert_eq!(
        statuses(&json),
        [
            "new assertion-failed 6",
            "new number-unreadable 5",
            "open assertion-failed 1",
            "changed assertion-failed 2",
            "new undecided -",
            "new no-longer-decided 4",
            "settled assertion-failed 3",
            "not-judged assertion-failed 4",
            "not-judged assertion-failed 5",
            "gone assertion-failed g = y",
        ]
    );
    assert_eq!((outcome.summary.errors, outcome.summary.infos), (4, 1));
    let check = |id: &str| outcome.summary.checks.iter().find(|c| c.id == id).expect("a check");
    assert_eq!((check("sum").findings, check("sum").known), (4, 1));
    assert_eq!(check("sum").fewer_judged.as_deref(), Some("5 rows, 7 before"));
    assert_eq!(json["old"]["name"], "main");
}

#[test]
fn of_rows_that_are_alike_one_that_was_deleted_is_gone() {
    let rules = "[data.n]\npath = 'n.csv'\n[check.e]\neach = 'n'\nassert = 'a = b'\n";
    let version = |text| [("crossfoot.toml", rules), ("n.csv", text)];
    let (json, _) = compared(&version("a,b\n1,2\n1,2\n5,5\n"), &version("a,b\n1,2\n5,5\n"));
    assert_eq!(statuses(&json), ["open assertion-failed -", "gone assertion-failed -"]);
}

#[test]
fn blanked_figures_of_rows_without_a_key_are_as_bad_as_failures() {
    let rules = "[data.t]\npath = 't.csv'\n[check.c]\neach = 't'\nassert = 'a = b'\n";
    let run = |old: &str, new: &str| {
        let (json, outcome) = compared(
            &[("crossfoot.toml", rules), ("t.csv", old)],
            &[("crossfoot.toml", rules), ("t.csv", new)],
        );
        (statuses(&json), outcome.summary.errors, outcome.summary.infos)
    };
    let (all, errors, infos) = run("a,b\n1,2\n3,3\n", "a,b\n1,\n3,3\n");
    let gone = "gone assertion-failed -";
    assert_eq!(all, ["new undecided -", "new fewer-judged -", gone]);
    assert_eq!((errors, infos), (1, 1));
    let (all, errors, infos) = run("a,b\n1,2\n3,3\n", "a,b\n3,3\n");
    assert_eq!((all, errors, infos), (vec![gone.to_string()], 0, 0));
}

#[test]
fn a_figure_that_may_not_change_may_not_be_blanked() {
    let rules = "[data.d]\npath = 'd.csv'\nkey = 'id'\n\
        [check.same]\neach = 'd'\nassert = 'v = old(v)'\nseverity = 'warning'\n";
    let run = |old: &str, new: &str| {
        let (json, outcome) = compared(
            &[("crossfoot.toml", rules), ("d.csv", &format!("id,v\n{old}"))],
            &[("crossfoot.toml", rules), ("d.csv", &format!("id,v\n{new}"))],
        );
        let first = json["findings"].as_array().and_then(|f| f.last()).cloned();
        (statuses(&json), outcome.summary.warnings, first.unwrap_or_default())
    };
    let (all, warnings, lost) = run("1,10\n2,20\n3,\n4,4\n", "1,10\n2,\n3,\n5,\n");
    assert_eq!(all, ["new undecided -", "new no-longer-decided 2"]);
    assert_eq!(
        (warnings, &lost["message"]),
        (1, &"`v` was blanked: it has a value in main".into())
    );
    assert_eq!((&lost["severity"], &lost["help"]), (&"warning".into(), &Value::Null));
    // What was blank before was not blanked.
    assert_eq!(run("1,10\n2,\n", "1,10\n2,\n").1, 0);
    assert_eq!(run("1,10\n2,\n", "1,10\n2,5\n").1, 0);
}

#[test]
fn rules_that_ask_more_of_a_key_know_its_rows_again() {
    let then =
        "[data.d]\npath = 'd.csv'\nkey = 'id'\n[check.t]\neach = 'd'\nassert = 'total = a'\n";
    let data = ("d.csv", "id,a,total\n1,1,1\n2,3,4\n4,5,6\n");
    for (now, what) in [
        (format!("{then}where = 'id != 4'\n"), "check t"),
        (then.replace("key =", "where = 'id != 4'\nkey ="), "table d"),
        (then.replace("key =", "missing = ['6']\nkey ="), "table d"),
        (then.replace("[check.t]", "[check.u]\nwas = 't'\nwhere = 'id != 4'"), "check u"),
    ] {
        let (json, outcome) =
            compared(&[("crossfoot.toml", then), data], &[("crossfoot.toml", &now), data]);
        let change = &json["old"]["rule_changes"][0];
        assert_eq!((&change["what"], &change["hides"]), (&what.into(), &1.into()), "{now}");
        assert_eq!(outcome.summary.errors, 0, "{now}");
    }
    // The baseline was made when nothing was asked of the key.
    let request = |rules: &str, baseline: Option<&str>| {
        let mut files = vec![("crossfoot.toml", rules), data];
        files.extend(baseline.map(|text| ("crossfoot.baseline", text)));
        Request { tree: Some(tree(&files)), entries: true, ..Request::default() }
    };
    let entries = |outcome: &Outcome| -> Vec<Entry> {
        outcome.entries.iter().map(|listed| listed.entry.clone()).collect()
    };
    let (_, first) = json_of(&request(then, None));
    let (_, again) =
        json_of(&request(&format!("{then}where = 'id != 4'\n"), Some(&text(&entries(&first)))));
    assert_eq!((again.summary.errors, again.summary.accepted), (0, 1));
    assert_eq!(entries(&again), entries(&first)[..1]);
}

#[test]
fn what_is_no_longer_asked_is_not_settled() {
    let rules = "[data.t]\npath = 't.csv'\nkey = 'id'\ncolumns.n = { type = 'integer', max = 9 }\n\
        [check.c]\neach = 't'\nwhere = 'kind = \"x\"'\nassert = 'if g = \"y\" then n < 5'\n";
    let run = |new: &str| {
        let old = "id,kind,g,n\n1,x,y,12\n2,x,y,1\n";
        let (json, _) = compared(
            &[("crossfoot.toml", rules), ("t.csv", old)],
            &[("crossfoot.toml", rules), ("t.csv", &format!("id,kind,g,n\n{new}2,x,y,1\n"))],
        );
        statuses(&json)
    };
    let range = |fate: &str| format!("{fate} out-of-range 1");
    let failed = |fate: &str| format!("{fate} assertion-failed 1");
    assert_eq!(run("1,x,y,4\n"), [failed("settled"), range("settled")]);
    assert_eq!(run("1,z,y,12\n"), [range("open"), failed("not-judged")]);
    assert_eq!(run("1,x,z,12\n"), [range("open"), failed("not-judged")]);
    let blanked = run("1,x,y,\n");
    assert_eq!(blanked[blanked.len() - 2..], [failed("not-judged"), range("not-judged")]);
    assert!(blanked.contains(&"new no-longer-decided 1".to_string()), "{blanked:?}");
}

#[test]
fn what_has_another_name_is_still_open() {
    let then = "[data.areas]\npath = 'd.csv'\nkey = 'id'\ncolumns.area = { min = 6 }\n\
        [check.totals]\neach = 'areas'\nassert = 'area < 1000'\n";
    let data = "id,area\n1,5\n2,2000\n";
    let column = then.replace("columns.area = { min", "columns.size = { was = 'area', min");
    for now in [
        then.replace("[check.totals]", "[check.large]\nwas = 'totals'"),
        column.replace("area <", "size <"),
        then.replace("[data.areas]", "[data.districts]\nwas = 'areas'")
            .replace("'areas'\nassert", "'districts'\nassert"),
    ] {
        let run = |now: &str, data: &str| {
            let old = [("crossfoot.toml", then), ("d.csv", "id,area\n1,5\n2,2000\n")];
            let (json, outcome) = compared(&old, &[("crossfoot.toml", now), ("d.csv", data)]);
            (statuses(&json), outcome.summary.errors)
        };
        let header = data.replace("area", "size");
        let today = if now.contains("columns.size") { &header } else { data };
        let open = ["open out-of-range 1", "open assertion-failed 2"].map(String::from).to_vec();
        assert_eq!(run(&now, today), (open, 0), "{now}");
        // An allowance that is written today is for the figures of today.
        let check = if now.contains("check.large") { "large" } else { "totals" };
        let allow = format!("{now}[[allow]]\ncheck = '{check}'\nreason = 'x'\n");
        let (all, errors) = run(&allow, &today.replace("2000", "3000"));
        assert_eq!((all[1].as_str(), errors), ("changed assertion-failed 2", 0), "{allow}");
        // One that stands in the old version is the same when its check has another name.
        let before = format!("{then}[[allow]]\ncheck = 'totals'\nreason = 'x'\n");
        let raised = today.replace("2000", "3000");
        let (_, outcome) = compared(
            &[("crossfoot.toml", &before), ("d.csv", data)],
            &[("crossfoot.toml", &allow), ("d.csv", &raised)],
        );
        assert_eq!(outcome.summary.errors, 1, "{allow}");
    }
}

#[test]
fn an_allowance_says_how_much_it_hides() {
    let rules = "[data.t]\npath = 't.csv'\nkey = 'id'\n[check.c]\neach = 't'\nassert = 'n < 5'\n";
    let allow = "[[allow]]\ncheck = 'c'\nwhere = 'n > 7'\nreason = 'agreed'\n";
    let data = ("t.csv", "id,n\n1,6\n2,8\n3,9\n");
    let now = format!("{rules}{allow}");
    let (json, outcome) =
        compared(&[("crossfoot.toml", rules), data], &[("crossfoot.toml", &now), data]);
    let change = &json["old"]["rule_changes"][0];
    assert_eq!(change["what"], "allowance for `c` where `n > 7`");
    assert_eq!((change["hides"].as_u64(), outcome.summary.accepted), (Some(2), 2));
}

#[test]
fn an_allowance_covers_what_it_was_written_for() {
    const HELP: &str = "edit";
    let rules = |key: &str| {
        format!("[data.t]\npath = 't.csv'\n{key}[check.c]\neach = 't'\nassert = 'n < 5'\n")
    };
    let (keyed, bare) = (rules("key = 'id'\n"), rules(""));
    let allow = |reason: &str| format!("[[allow]]\ncheck = 'c'\nreason = '{reason}'\n");
    let any = allow("agreed") + "any_value = true\n";
    let (old, same, other) = ("id,n\n1,6\n2,1\n", "id,n\n2,1\n1,6\n", "id,n\n1,60\n2,1\n");
    let more = "id,n\n1,6\n2,1\n3,9\n";
    for (rules, then, now, data, wanted, errors) in [
        (&keyed, allow("agreed"), allow("agreed"), other, "changed", 1),
        (&keyed, allow("agreed"), allow("agreed again"), other, "changed", 0),
        (&keyed, String::new(), allow("agreed"), other, "changed", 0),
        (&keyed, any.clone(), any.clone(), other, "changed", 0),
        (&keyed, allow("agreed"), allow("agreed"), more, "open new", 0),
        // Without a key, a row with other figures is another row.
        (&bare, allow("agreed"), allow("agreed"), other, "new", 1),
        (&bare, allow("agreed"), allow("agreed"), same, "open", 0),
        (&bare, allow("agreed"), allow("agreed again"), other, "new", 0),
        (&bare, String::new(), allow("agreed"), other, "new", 0),
        (&bare, any.clone(), any.clone(), other, "new", 0),
        (&bare, allow("agreed"), allow("agreed"), more, "open new", 1),
    ] {
        let (then, now) = (format!("{rules}{then}"), format!("{rules}{now}"));
        let (json, outcome) = compared(
            &[("crossfoot.toml", &then), ("t.csv", old)],
            &[("crossfoot.toml", &now), ("t.csv", data)],
        );
        let findings = json["findings"].as_array().expect("findings");
        let found: Vec<&str> = findings.iter().filter_map(|f| f["status"].as_str()).collect();
        assert_eq!((found.join(" ").as_str(), outcome.summary.errors), (wanted, errors), "{now}");
        let helped = |f: &&Value| f["help"].as_str().is_some_and(|help| help.contains(HELP));
        assert_eq!(findings.iter().filter(helped).count() as u64, errors, "{now}");
    }
}

#[test]
fn a_comment_covers_what_stood_beside_it() {
    let rules = "[data.s]\npath = 'a.md'\npattern = 'The total is {a:integer}, of which {b:integer} and \
                 {c:integer}'\n[check.sum]\neach = 's'\nassert = 'a = b + c'\n";
    let text = |total: u32, reason: &str| {
        format!(
            "The total is {total}, of which 10 and 15. <!-- crossfoot: allow sum -- {reason} -->\n"
        )
    };
    for (now, errors) in [(text(30, "quoted"), 0), (text(90, "quoted"), 1), (text(90, "new"), 0)] {
        let old = text(30, "quoted");
        let (_, outcome) = compared(
            &[("crossfoot.toml", rules), ("a.md", &old)],
            &[("crossfoot.toml", rules), ("a.md", &now)],
        );
        assert_eq!(outcome.summary.errors, errors, "{now}");
    }
}

#[test]
fn undecided_answers_that_are_accepted_do_not_count() {
    let rules =
        "[data.t]\npath = 't.csv'\nkey = 'id'\n[check.s]\neach = 't'\nassert = 'c = a + b'\n";
    let run = |data: &str, more: &str, baseline: Option<&str>| {
        let rules = format!("{rules}{more}");
        let mut files = vec![("crossfoot.toml", rules.as_str()), ("t.csv", data)];
        files.extend(baseline.map(|text| ("crossfoot.baseline", text)));
        json_of(&Request { tree: Some(tree(&files)), entries: true, ..Request::default() })
    };
    let one = "id,a,b,c\n1,1,2,3\n2,1,,3\n3,1,1,2\n";
    let two = "id,a,b,c\n1,1,2,\n2,1,,3\n3,1,1,2\n";
    let entries = |data| -> Vec<Entry> {
        run(data, "", None).1.entries.into_iter().map(|listed| listed.entry).collect()
    };
    let allowed = "[[allow]]\ncheck = 's'\nreason = 'x'\n";
    assert_eq!(run(one, "", None).1.undecided, 1);
    assert_eq!(run(one, allowed, None).1.undecided, 0);
    for (entries, data, accepted, undecided) in [
        (entries(one), one, 1, 0),
        (entries(one), two, 0, 2),
        // What is mended makes no news.
        (entries(two), one, 1, 0),
    ] {
        let outcome = run(data, "", Some(&text(&entries))).1;
        assert_eq!((outcome.summary.accepted, outcome.undecided), (accepted, undecided), "{data}");
    }
}

#[test]
fn what_is_known_of_other_tables_is_compared() {
    let rules = "[data.t]\npath = 't.csv'\ncolumns.a = { max = 5 }\n";
    let now = format!("{rules}[data.u]\npath = 'u.csv'\ncolumns.a = {{ max = 5 }}\n");
    let (t, u) = (("t.csv", "a\n10\n"), ("u.csv", "a\n7\n"));
    let (json, _) = compared(&[("crossfoot.toml", rules), t], &[("crossfoot.toml", &now), t, u]);
    assert_eq!(json["old"]["unknown"], "there is no file `u.csv`");
    assert_eq!(json["old"]["is_known_in_part"], true);
    assert_eq!(statuses(&json), ["open out-of-range -", "new out-of-range -"]);
}

#[test]
fn an_old_version_that_cannot_be_read_is_unknown_and_all_counts_as_new() {
    let new = rows("1,x,1,3,1,1\n");
    let without = [("crossfoot.toml", RULES)];
    let (json, outcome) = compared(&without, &[("crossfoot.toml", RULES), ("t.csv", &new)]);
    assert_eq!(json["old"]["unknown"], "there is no file `t.csv`");
    assert_eq!(statuses(&json), ["new assertion-failed 1"]);
    assert_eq!((outcome.summary.errors, outcome.problems.len()), (1, 0));
    // A rule that names a new column cannot be judged on the old version; others can.
    let rules = format!("{RULES}\n[check.later]\neach = 't'\nassert = 'c = 1'\n");
    let with_column = "id,g,n,total,a,b,c\n1,x,1,3,1,1,2\n";
    let (json, _) =
        compared(&[("t.csv", &new)], &[("crossfoot.toml", &rules), ("t.csv", with_column)]);
    assert_eq!(statuses(&json), ["open assertion-failed 1", "new assertion-failed 1"]);
}

#[test]
fn rules_that_change_in_the_same_edit_are_said_with_what_they_hide() {
    let of = |checks: &str| format!("[data.t]\npath = 't.csv'\nkey = 'id'\n{checks}");
    let data = "id,a,b\n1,2,1\n2,1,2\n3,5,1\n";
    let then = of(
        "[check.removed]\neach = 't'\nassert = 'a <= b'\n[check.edited]\neach = 't'\nassert = 'a < 2'\n",
    );
    let now = of(
        "[check.edited]\neach = 't'\nassert = 'a < 3'\n[check.added]\neach = 't'\nassert = 'b < 2'\n",
    );
    let run = |report: bool| {
        let request = Request {
            tree: Some(tree(&[("crossfoot.toml", &now), ("t.csv", data)])),
            old: Some(OldSide::new(tree(&[("crossfoot.toml", &then), ("t.csv", data)]), "main")),
            new_checks_report: report,
            ..Request::default()
        };
        json_of(&request)
    };
    let (json, outcome) = run(false);
    let changes =
        json["old"]["rule_changes"].as_array().expect("changes").iter().map(|c| {
            format!("{} {} hides {} {}", c["what"], c["change"], c["hides"], c["loosens"])
        });
    assert_eq!(
        changes.collect::<Vec<_>>(),
        [
            "\"check added\" \"added\" hides null false",
            "\"check edited\" \"edited\" hides 1 true",
            "\"check removed\" \"removed\" hides 2 true",
        ]
    );
    // Each stands at the rule as it is today; one that was removed stands nowhere.
    let line = |check: &str| {
        let is_it = |line: &str| line.starts_with(&format!("[check.{check}]"));
        now.lines().position(is_it).map(|at| at as u64 + 1)
    };
    let place = |at: usize| {
        let change = &json["old"]["rule_changes"][at];
        (change["file"].as_str(), change["line"].as_u64())
    };
    assert_eq!(place(0), (Some("crossfoot.toml"), line("added")));
    assert_eq!(place(1), (Some("crossfoot.toml"), line("edited")));
    assert_eq!(place(2), (None, None));
    assert_eq!(statuses(&json), ["new assertion-failed 2", "open assertion-failed 3"]);
    assert!(outcome.rules_loosened);
    let (reported, of_reported) = run(true);
    assert_eq!((outcome.summary.errors, of_reported.summary.errors), (1, 0));
    assert_eq!(statuses(&reported), statuses(&json));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]
    #[test]
    fn moving_rows_reopens_nothing(
        figures in prop::collection::vec((0..3u8, 0..4u8, 0..4u8), 1..30),
        order in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        let line = |(n, (g, a, b)): (usize, &(u8, u8, u8))| {
            let blank = if *a == 3 { String::new() } else { a.to_string() };
            format!("{n},{g},{b},{},{blank},{b}\n", a + b + u8::from(n % 4 == 0))
        };
        let mut lines: Vec<String> = figures.iter().enumerate().map(line).collect();
        let old = rows(&lines.concat());
        let first = order.index(lines.len());
        lines.rotate_left(first);
        lines.sort_by_key(|l| seed.wrapping_mul(l.len() as u64 + u64::from(l.as_bytes()[0])));
        let new = rows(&lines.concat());
        let (json, outcome) = compared(
            &[("crossfoot.toml", RULES), ("t.csv", &old)],
            &[("crossfoot.toml", RULES), ("t.csv", &new)],
        );
        let all = statuses(&json);
        prop_assert!(all.iter().all(|s| s.starts_with("open ")), "{:?}", all);
        prop_assert_eq!(outcome.worst, None);
    }
}
