//! Saved runs: what is written is read back, and what cannot be read is said.

use std::path::Path;
use std::sync::Arc;

use crossfoot::api::{ReportOutcome, ReportRequest, ReportSlot, report};
use crossfoot::files::tree::{Memory, OldSide};
use crossfoot::render::{Format, Options, sink};
use crossfoot::{Request, SinkSlot};

/// What a run of these rules writes.
fn checked(rules: &str, format: Format) -> Vec<u8> {
    let old = rules.replace("rules.toml", "old");
    let is_there = Path::new(env!("CARGO_MANIFEST_DIR")).join(&old).is_dir();
    let request = Request {
        rule_files: vec![rules.to_string()],
        old_files: is_there.then_some((None, old)).into_iter().collect(),
        today: Some("2026-11-23".into()),
        ..Request::default()
    };
    let mut out = Vec::new();
    let (sink, capped) = (sink(format, Options::default()), false);
    let mut slots = [SinkSlot { sink, out: Box::new(&mut out), capped, error: None }];
    crossfoot::run(&request, &mut slots);
    drop(slots);
    out
}

/// What is written of a saved run.
fn reported(saved: &[u8], format: Format) -> (ReportOutcome, Vec<u8>) {
    report_of(&[("run.json", saved)], ReportRequest::default(), format)
}

/// What is written of the last of these files, the others beside it.
fn report_of(
    files: &[(&str, &[u8])],
    how: ReportRequest,
    format: Format,
) -> (ReportOutcome, Vec<u8>) {
    let mut tree = Memory::default();
    files.iter().for_each(|(name, bytes)| tree.insert(name, bytes.to_vec()));
    let request = ReportRequest {
        files: Request { tree: Some(Arc::new(tree)), ..Request::default() },
        new: files.last().expect("a run").0.into(),
        ..how
    };
    let sink = format.row().saved.expect("a format of saved runs")();
    let mut out = Vec::new();
    let mut slots = [ReportSlot { sink, out: Box::new(&mut out), error: None }];
    let outcome = report(&request, &mut slots);
    drop(slots);
    (outcome, out)
}

#[test]
fn every_run_is_read_back_as_it_was_written() {
    let all = glob::glob("fixtures/**/rules.toml").expect("a pattern");
    let all: Vec<String> =
        all.map(|path| path.expect("a path").to_string_lossy().replace('\\', "/")).collect();
    assert!(all.len() > 100);
    for rules in all {
        let [json, lines] = [Format::Json, Format::Jsonl].map(|format| checked(&rules, format));
        for (saved, of) in [(&json, "json"), (&lines, "jsonl")] {
            for (format, wanted) in [(Format::Json, &json), (Format::Jsonl, &lines)] {
                let (outcome, written) = reported(saved, format);
                assert_eq!(outcome.problems, [] as [&str; 0], "{rules} from {of}");
                assert!(written == *wanted, "{rules} from {of} to {format:?}");
            }
        }
    }
}

/// A sample with findings of many kinds, some of them accepted.
fn sample(format: Format) -> Vec<u8> {
    checked("fixtures/gate/comments/rules.toml", format)
}

#[test]
fn a_run_that_is_cut_short_is_an_error_wherever_it_is_cut() {
    for format in [Format::Json, Format::Jsonl] {
        let whole = sample(format);
        let step = (whole.len() / 400).max(1);
        for len in (0..whole.len() - 1).step_by(step) {
            let (outcome, _) = reported(&whole[..len], format);
            assert_eq!(outcome.faults, ["bad-report"], "cut after {len} bytes");
            let told = &outcome.problems[0];
            let is_told = told.contains("it ends in the middle") || told.contains("it is empty");
            assert!(is_told || len < 20, "cut after {len} bytes: {told}");
        }
    }
}

#[test]
fn a_summary_that_counts_other_findings_is_an_error() {
    for rules in ["fixtures/gate/comments/rules.toml", "fixtures/edits/beside/rules.toml"] {
        let json = String::from_utf8(checked(rules, Format::Json)).expect("UTF-8");
        let count = json.split("\"errors\":").nth(1).and_then(|rest| rest.split(',').next());
        let errors: u64 = count.expect("a count").parse().expect("a number");
        assert!(errors > 0);
        for other in [0, errors + 100] {
            let changed =
                json.replacen(&format!("\"errors\":{errors}"), &format!("\"errors\":{other}"), 1);
            let said = told(changed.as_bytes());
            let wanted = format!("its summary counts {other} errors, and it has");
            assert!(said.contains(&wanted) && said.contains("it was changed since"), "{said}");
        }
    }
    let lines = String::from_utf8(sample(Format::Jsonl)).expect("UTF-8");
    let is_error =
        |line: &&str| line.contains("\"severity\":\"error\"") && !line.contains("\"accepted\":");
    let removed =
        lines.lines().find(|line| line.starts_with("{\"kind\":\"finding\"") && is_error(line));
    let without = lines.replacen(&format!("{}\n", removed.expect("an error")), "", 1);
    assert!(told(without.as_bytes()).contains("its summary counts"));
}

/// What is said of a file that is no run.
fn told(saved: &[u8]) -> String {
    let (outcome, _) = reported(saved, Format::Json);
    outcome.problems.concat()
}

#[test]
fn what_cannot_be_read_is_said_at_its_place() {
    let saved =
        |name: &str| std::fs::read_to_string(format!("fixtures/report/{name}")).expect("a text");
    let (json, lines) = (saved("run.json"), saved("run.jsonl"));
    assert_eq!(
        [told(json.as_bytes()), told(lines.as_bytes())],
        ["", ""],
        "both are as they were saved"
    );
    let newer = |text: &str| text.replacen("\"version\":1", "\"version\":2", 1);
    let older = json.replacen("\"version\":1", "\"version\":0", 1);
    let no_check = json.replacen("\"check\":", "\"chekc\":", 1);
    let no_text = json.replacen("\"assertion\":0", "\"assertion\":\"first\"", 1);
    let cases = [
        ("empty", String::new()),
        ("a page", "<!doctype html>\n<p>".into()),
        ("a table", "region,area\nNorth,5\n".into()),
        ("a list", "[1, 2]".into()),
        ("a package", "{\"name\": \"x\", \"version\": \"1.0.0\"}".into()),
        ("lines of something else", "{\"kind\":\"Pod\"}\n{\"kind\":\"List\"}\n".into()),
        ("newer", newer(&json)),
        ("newer lines", newer(&lines)),
        ("older", older),
        ("a field is missing", no_check),
        ("a text for a number", no_text),
        ("two documents", format!("{json}{json}")),
        ("a comma is missing", json.replacen(",\n", "\n", 1)),
        ("no summary", json.replacen("\"summary\":", "\"sumary\":", 1)),
        ("a line is cut", lines.replacen("}\n{", "\n{", 2)),
        (
            "lines without the last",
            lines[..lines.trim_end().rfind('\n').expect("lines") + 1].into(),
        ),
        ("control characters", "{\"version\":1,\"crossfoot\":\"\u{1b}[2J\"".into()),
    ];
    let all: String =
        cases.iter().map(|(name, text)| format!("--- {name}\n{}", told(text.as_bytes()))).collect();
    insta::assert_snapshot!("told", all);
}

#[test]
fn a_run_is_read_however_a_shell_or_another_program_has_written_it() {
    let json = sample(Format::Json);
    let text = String::from_utf8(json.clone()).expect("a text");
    let marked = format!("\u{feff}{text}").into_bytes();
    let utf16: Vec<u8> =
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    // Sorted, findings come before the version.
    let value: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let fields: std::collections::BTreeMap<String, serde_json::Value> =
        value.as_object().expect("an object").clone().into_iter().collect();
    let sorted = serde_json::to_vec_pretty(&fields).expect("JSON");
    for saved in [marked, utf16, sorted] {
        let (outcome, written) = reported(&saved, Format::Json);
        assert_eq!(outcome.problems, [] as [&str; 0]);
        assert!(written == json);
    }
}

/// A file of the first days of the format lacks what came later.
#[test]
fn fields_that_came_later_may_be_missing() {
    let json = sample(Format::Json);
    let mut value: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    for field in ["run", "coverage", "exhibits"] {
        value.as_object_mut().expect("an object").remove(field);
    }
    for finding in value["findings"].as_array_mut().expect("findings") {
        finding.as_object_mut().expect("an object").remove("evidence");
    }
    let (outcome, written) = reported(value.to_string().as_bytes(), Format::Json);
    assert_eq!(outcome.problems, [] as [&str; 0]);
    let again: serde_json::Value = serde_json::from_slice(&written).expect("JSON");
    assert_eq!(
        again["findings"].as_array().map(Vec::len),
        value["findings"].as_array().map(Vec::len)
    );
}

const DISTRICTS: &str = "[data.d]
path = \"d.csv\"
key = \"name\"
columns.area = { min = 5 }
[check.even]
each = \"d\"
assert = \"homes <= area\"
";

/// What a run over these districts writes, beside an old version where there is one.
fn districts(rows: &str, old: Option<&str>) -> serde_json::Value {
    let tree = |rows: &str| {
        let mut tree = Memory::default();
        tree.insert("r.toml", DISTRICTS.into());
        tree.insert("d.csv", format!("name,area,homes\n{rows}").into_bytes());
        Arc::new(tree)
    };
    let old = old.map(|rows| OldSide::new(tree(rows), "old"));
    let request = Request {
        rule_files: vec!["r.toml".into()],
        tree: Some(tree(rows)),
        old,
        today: Some("2026-11-23".into()),
        ..Request::default()
    };
    let mut out = Vec::new();
    let (sink, capped) = (sink(Format::Json, Options::default()), false);
    let mut slots = [SinkSlot { sink, out: Box::new(&mut out), capped, error: None }];
    crossfoot::run(&request, &mut slots);
    drop(slots);
    serde_json::from_slice(&out).expect("JSON")
}

/// Two saved runs, of which the first is the older one.
fn compared(
    old: &serde_json::Value,
    new: &serde_json::Value,
) -> (ReportOutcome, serde_json::Value) {
    let [old, new] = [old, new].map(|run| run.to_string().into_bytes());
    let how = ReportRequest { old: Some("old.json".into()), ..ReportRequest::default() };
    let files = [("old.json", &old[..]), ("new.json", &new[..])];
    let (outcome, out) = report_of(&files, how, Format::Json);
    assert_eq!(outcome.problems, [] as [&str; 0]);
    (outcome, serde_json::from_slice(&out).expect("JSON"))
}

const OLD_ROWS: &str = "North,2,1\nSouth,3,9\nWest,4,1\nEast,9,1\nHill,1,0\n";
const NEW_ROWS: &str = "North,2,1\nSouth,4,9\nWest,7,1\nEast,9,12\n";

/// Saved runs tell the same as a run over both versions of the data, but for what only those show:
/// whether a row that is no longer found holds, or is gone.
#[test]
fn two_saved_runs_compare_as_two_versions_of_the_data_do() {
    let (old, new) = (districts(OLD_ROWS, None), districts(NEW_ROWS, None));
    let (outcome, both) = compared(&old, &new);
    let wanted = districts(NEW_ROWS, Some(OLD_ROWS));
    let statuses = |run: &serde_json::Value| -> Vec<(String, String)> {
        let findings = run["findings"].as_array().expect("findings").clone();
        let of = |f: serde_json::Value| (f["fingerprint"].to_string(), f["status"].to_string());
        findings.into_iter().map(of).collect()
    };
    assert_eq!(statuses(&both), statuses(&wanted));
    let words: Vec<String> = statuses(&both).into_iter().map(|s| s.1).collect();
    for word in ["\"new\"", "\"changed\"", "\"open\""] {
        assert!(words.iter().any(|w| w == word), "{word}: {words:?}");
    }
    let (told, wanted) = (&both["summary"], &wanted["summary"]);
    for count in ["errors", "warnings", "infos", "accepted"] {
        assert_eq!(told[count], wanted[count], "{count}");
    }
    for (check, wanted) in told["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .zip(wanted["checks"].as_array().expect("checks"))
    {
        assert_eq!((&check["findings"], &check["known"]), (&wanted["findings"], &wanted["known"]));
    }
    let gone = |summary: &serde_json::Value| -> Vec<String> {
        let past = summary["past"].as_array().expect("past").clone();
        past.iter().map(|past| past["fingerprint"].to_string()).collect()
    };
    assert_eq!((gone(told).len(), gone(told)), (2, gone(wanted)));
    assert_eq!(told["versions"]["settled_or_gone"], 2);
    assert_eq!(both["old"]["name"], "old.json");
    let line = "compared with old.json: 1 new, 2 changed, 1 still open, 2 settled or gone\n";
    assert_eq!(outcome.compared.as_deref(), Some(line));
    assert_eq!(outcome.warnings, [] as [&str; 0]);
}

#[test]
fn notes_are_carried_over_and_say_where_the_figures_have_changed() {
    let (mut old, new) = (districts(OLD_ROWS, None), districts(NEW_ROWS, None));
    for finding in old["findings"].as_array_mut().expect("findings") {
        let text = format!("about {}", finding["key"]);
        finding["note"] = serde_json::json!({ "cleared_by": "AK", "text": text });
    }
    let (_, both) = compared(&old, &new);
    let of = |run: &serde_json::Value, key: &str| {
        let findings = run["findings"].as_array().expect("findings").clone();
        findings.into_iter().find(|f| f["key"] == key).expect("a finding")["note"].clone()
    };
    let north = serde_json::json!({ "cleared_by": "AK", "text": "about \"North\"", "carried_over": true, "outdated": false });
    assert_eq!(of(&both, "North"), north);
    assert_eq!(of(&both, "South")["outdated"], true);
    assert_eq!(of(&both, "East"), serde_json::Value::Null);
    // What is outdated stays so until somebody notes something else.
    let (_, again) = compared(&both, &new);
    assert_eq!(of(&again, "South")["outdated"], true);
}

#[test]
fn runs_in_the_wrong_order_or_of_other_rules_are_noticed() {
    let (old, new) = (districts(OLD_ROWS, None), districts(NEW_ROWS, None));
    let mut later = old.clone();
    later["today"] = "2027-01-01".into();
    let (outcome, _) = compared(&later, &new);
    assert!(outcome.warnings.concat().contains("`old.json` is of 2027-01-01, later than"));
    let other: serde_json::Value = serde_json::from_slice(&sample(Format::Json)).expect("JSON");
    let (outcome, both) = compared(&old, &other);
    assert!(outcome.warnings.concat().contains("none of the checks"), "{:?}", outcome.warnings);
    assert_eq!(both["summary"]["versions"]["settled_or_gone"], serde_json::Value::Null);
    assert!(both["summary"]["versions"]["not_judged"].as_u64() > Some(0));
}

/// The notes of `new` with this file of notes, by key; and what is said of it.
fn noted(notes: &str) -> (String, std::collections::BTreeMap<String, serde_json::Value>) {
    let new = districts(NEW_ROWS, None).to_string();
    let how = ReportRequest { notes: Some("notes.csv".into()), ..ReportRequest::default() };
    let files = [("notes.csv", notes.as_bytes()), ("run.json", new.as_bytes())];
    let (outcome, out) = report_of(&files, how, Format::Json);
    let told = outcome.problems.concat() + &outcome.warnings.concat();
    let written = serde_json::from_slice(&out).unwrap_or(serde_json::Value::Null);
    let findings = written["findings"].as_array().cloned().unwrap_or_default();
    let of = |f: &serde_json::Value| Some((f["key"].as_str()?.to_string(), f["note"].clone()));
    (told, findings.iter().filter_map(of).filter(|(_, note)| !note.is_null()).collect())
}

/// The fingerprint of the first finding of a row.
fn fingerprint(key: &str) -> String {
    let run = districts(NEW_ROWS, None);
    let findings = run["findings"].as_array().expect("findings");
    let found = findings.iter().find(|f| f["key"] == key).expect("a finding");
    found["fingerprint"].as_str().expect("a text").to_string()
}

#[test]
fn notes_are_read_as_spreadsheets_write_them() {
    let (north, east) = (fingerprint("North"), fingerprint("East"));
    let note = |by: Option<&str>, text: Option<&str>| serde_json::json!({ "cleared_by": by, "text": text, "carried_over": false, "outdated": false });
    let files = [
        format!("fingerprint,cleared_by,note\n{north},AK,\"agreed, see mail\"\n{east},,later\n"),
        format!(
            "\u{feff}note;Cleared by;x;Fingerprint\r\n\"agreed, see mail\";AK;;#f-{north}\r\n\r\nlater;;;{east};;\r\n"
        ),
        format!(
            "check\tfingerprint\tnote\tcleared_by\n,\t{}\tagreed, see mail\tAK\n\t{}\tlater\n",
            &north[..8].to_uppercase(),
            &east[..9]
        ),
    ];
    for file in files {
        let (told, notes) = noted(&file);
        assert_eq!(told, "", "{file}");
        assert_eq!(notes["North"], note(Some("AK"), Some("agreed, see mail")), "{file}");
        assert_eq!(notes["East"], note(None, Some("later")), "{file}");
        assert_eq!(notes.len(), 2, "{file}");
    }
}

#[test]
fn notes_that_cannot_be_read_are_said_at_their_line() {
    let north = fingerprint("North");
    let row = |rest: &str| format!("fingerprint,cleared_by,note\n{north},AK,agreed\n{rest}\n");
    let cases = [
        ("empty", String::new()),
        ("no header", format!("{north},AK,agreed\n")),
        ("no note", format!("fingerprint,check\n{north},c\n")),
        ("twice", row(&format!("{north},AK,again"))),
        ("a comma", row("1234567890,AK,agreed, see mail")),
        ("no fingerprint", row(",AK,agreed")),
        ("a number", row("1.23457E+31,AK,agreed")),
        ("a name", row("area-total,AK,agreed")),
        ("few digits", row("1234,AK,agreed")),
        ("a quote", row("1234567890,AK,\"agreed")),
        ("too long", row(&format!("1234567890,AK,{}", "x".repeat(40_000)))),
        ("two of one finding", row(&format!("{},BC,again", &north[..10]))),
        ("unknown", row("1234567890,AK,agreed\n\nabcdefabcdef,,later")),
        ("a page", "<!doctype html>\n".into()),
        ("control characters", row("\u{1b}[2J\u{202e},AK,agreed")),
    ];
    let all: String = cases
        .iter()
        .map(|(name, file)| format!("--- {name}\n{}", noted(file).0.replace(&north, "NORTH")))
        .collect();
    insta::assert_snapshot!("notes", all);
}

/// What is to be filled in holds what was noted, and reads back as the same.
#[test]
fn a_table_of_notes_can_be_filled_in_and_read_again() {
    let mut run = districts(NEW_ROWS, None);
    let hostile =
        ["=HYPERLINK(\"http://x\")", "two\nlines", "a \"quote\", and a comma", "-5", "@x"];
    for (finding, text) in run["findings"].as_array_mut().expect("findings").iter_mut().zip(hostile)
    {
        finding["note"] = serde_json::json!({ "cleared_by": text, "text": text });
        finding["message"] = "=1+1 \u{1b}[2J \u{202e}".into();
    }
    let mut tree = Memory::default();
    tree.insert("run.json", run.to_string().into_bytes());
    let request = ReportRequest {
        files: Request { tree: Some(Arc::new(tree)), ..Request::default() },
        new: "run.json".into(),
        ..ReportRequest::default()
    };
    let mut out = Vec::new();
    let sink = Box::new(crossfoot::render::csv::notes::NotesTable);
    let mut slots = [ReportSlot { sink, out: Box::new(&mut out), error: None }];
    assert_eq!(report(&request, &mut slots).problems, [] as [&str; 0]);
    drop(slots);
    let table = String::from_utf8(out).expect("UTF-8");
    insta::assert_snapshot!("notes_table", table);
    let plain = districts(NEW_ROWS, None).to_string();
    let how = ReportRequest { notes: Some("notes.csv".into()), ..ReportRequest::default() };
    let files = [("notes.csv", table.as_bytes()), ("run.json", plain.as_bytes())];
    let (_, out) = report_of(&files, how, Format::Json);
    let again: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
    let findings = again["findings"].as_array().expect("findings");
    for (finding, text) in findings.iter().zip(hostile) {
        assert_eq!(finding["note"]["text"], text);
        assert_eq!(finding["note"]["cleared_by"], text);
    }
}

/// Runs the program in a folder: its exit status and what it says on standard error.
fn program(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crossfoot"));
    command.args(args).current_dir(folder).stdin(std::process::Stdio::null());
    let output = command.output().expect("the program runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_page_that_holds_some_findings_has_a_file_with_all_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let read = |name: &str| std::fs::read_to_string(path(name)).expect("a file");
    std::fs::write(path("r.toml"), DISTRICTS).expect("a file");
    let run = |args: &[&str]| program(folder.path(), args);
    let rows: String = (0..2_100).map(|n| format!("row {n},1,0\n")).collect();
    std::fs::write(path("d.csv"), format!("name,area,homes\n{rows}")).expect("a file");
    let today = ["--today", "2026-11-23"];
    let check = |format: &str| run(&[&["check", "r.toml", "-f", format], &today[..]].concat());
    let (status, told) = check("html=report.html");
    let line = "2000 findings are not in the report: `report.findings.jsonl` has all\n";
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains(line), "{told}");
    assert!(read("report.html").contains("href=\"./report.findings.jsonl\""));
    check("json=run.json");
    let again = ["report", "report.findings.jsonl", "-f", "json=again.json"];
    assert_eq!(run(&again), (Some(0), String::new()));
    assert!(read("again.json") == read("run.json"), "the file beside the page is the whole run");
    let saved = run(&["report", "run.json", "-f", "html=saved page.html"]);
    assert_eq!(saved, (Some(0), line.replace("report.f", "saved page.f")));
    assert!(read("saved page.html").contains("href=\"./saved%20page.findings.jsonl\""));
    assert!(read("saved page.findings.jsonl") == read("report.findings.jsonl"));
    // It replaces nothing that was read.
    let before = read("report.findings.jsonl");
    let (status, told) = run(&["report", "report.findings.jsonl", "-f", "html=report.html"]);
    assert_eq!(status, Some(2));
    assert!(told.contains("is an input of this run and was left unchanged"), "{told}");
    assert!(read("report.findings.jsonl") == before);
    let two = ["report", "run.json", "-f", "html=x.html", "-f", "json=x.findings.jsonl"];
    assert_eq!(run(&two).0, Some(2));
    // Where all findings are in the page, there is no such file.
    std::fs::write(path("d.csv"), "name,area,homes\nNorth,1,0\n").expect("a file");
    assert_eq!(check("html=small.html").0, Some(1));
    assert!(!path("small.findings.jsonl").exists());
    let parts = std::fs::read_dir(folder.path()).expect("a folder");
    let parts = parts
        .filter(|f| f.as_ref().expect("a file").file_name().to_string_lossy().contains(".part"));
    assert_eq!(parts.count(), 0, "temporary files are gone");
}

#[test]
fn what_a_report_replaces_and_refuses() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let run = |args: &[&str]| program(folder.path(), args);
    let saved = std::fs::read("fixtures/report/run.json").expect("a file");
    std::fs::write(path("run.json"), &saved).expect("a file");
    std::fs::write(path("cut.json"), &saved[..1_000]).expect("a file");
    std::fs::write(path("page.html"), "mine").expect("a file");
    let refused: [(&[&str], &str); 6] = [
        (&["report", "cut.json", "-f", "html=page.html"], "it ends in the middle"),
        (&["report", "run.json", "-f", "json=run.json"], "is an input of this run"),
        (&["report", "run.json", "run.json"], "would be compared with itself"),
        (
            &["report", "run.json", "--write-notes", "page.html"],
            "is there already, and may hold notes",
        ),
        (&["report", "run.json", "-f", "sarif"], "`sarif` is not made of a saved run"),
        (&["report", "run.json", "--notes", "none.csv"], "there is no file `none.csv`"),
    ];
    for (args, says) in refused {
        let (status, told) = run(args);
        assert_eq!(status, Some(2), "{args:?}: {told}");
        assert!(told.contains(says), "{args:?} should say `{says}`: {told}");
        assert_eq!(std::fs::read_to_string(path("page.html")).expect("a file"), "mine");
        assert!(std::fs::read(path("run.json")).expect("a file") == saved);
    }
    let both =
        ["report", "run.json", "-f", "html=page.html", "-f", "xlsx=page.xlsx", "-f", "jsonl=l"];
    assert_eq!(run(&both), (Some(0), String::new()));
    assert!(std::fs::read(path("page.xlsx")).expect("a file").starts_with(b"PK"));
}

/// Whatever stands in a saved run, the page has it as text.
#[test]
fn a_hostile_run_gives_a_page_without_markup_of_its_own() {
    let mut run = districts(NEW_ROWS, None);
    let hostile =
        "</script><script>alert(1)</script> =HYPERLINK(\"x\") \u{1b}[2J \u{202e}\" onload=\"x";
    let long = "0123456789".repeat(500_000);
    for finding in run["findings"].as_array_mut().expect("findings") {
        for field in ["message", "title", "help", "url", "explanation", "key", "check", "table"] {
            finding[field] = hostile.into();
        }
        finding["labels"][0]["text"] = long.as_str().into();
        finding["labels"][0]["file"] = hostile.into();
        finding["note"] = serde_json::json!({ "cleared_by": hostile, "text": long });
    }
    run["run"] =
        serde_json::json!({ "title": hostile, "meta": [{ "name": hostile, "value": hostile }] });
    let (outcome, page) = reported(run.to_string().as_bytes(), Format::Html);
    assert_eq!(outcome.problems, [] as [&str; 0]);
    let page = String::from_utf8(page).expect("UTF-8");
    assert!(!page.contains("<script>alert") && !page.contains("</script><script>"));
    assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
    // In the JSON that the page holds, a quote is escaped; elsewhere there is none.
    let quotes = |text: &str| page.matches(text).count();
    assert_eq!(quotes("\" onload"), quotes("\\\" onload"));
}

#[test]
fn the_longest_expression_is_read_back() {
    let rules = format!(
        "[data.t]\npath = \"t.csv\"\n[check.c]\neach = \"t\"\nassert = 'a = b{}'\n",
        " + 1".repeat(120)
    );
    let mut tree = Memory::default();
    tree.insert("rules.toml", rules.into_bytes());
    tree.insert("t.csv", b"a,b\n1,2\n".to_vec());
    let request = Request {
        rule_files: vec!["rules.toml".into()],
        tree: Some(Arc::new(tree)),
        today: Some("2026-11-23".into()),
        ..Request::default()
    };
    let mut out = Vec::new();
    let sink = sink(Format::Json, Options::default());
    let mut slots = [SinkSlot { sink, out: Box::new(&mut out), capped: false, error: None }];
    let outcome = crossfoot::run(&request, &mut slots);
    drop(slots);
    assert_eq!((outcome.problems.len(), outcome.summary.errors), (0, 1));
    let (read, again) = reported(&out, Format::Json);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&out));
}
