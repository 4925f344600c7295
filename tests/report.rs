//! Saved runs: what is written is read back, and what cannot be read is said.

use std::path::Path;
use std::sync::Arc;

use crossfoot::api::{ReportOutcome, ReportRequest, ReportSlot, report};
use crossfoot::files::tree::Memory;
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
    let mut tree = Memory::default();
    tree.insert("run.json", saved.to_vec());
    let request = ReportRequest {
        files: Request { tree: Some(Arc::new(tree)), ..Request::default() },
        new: "run.json".into(),
        ..ReportRequest::default()
    };
    let sink = format.row().saved.expect("a format of saved runs")();
    let mut out = Vec::new();
    let mut slots = [ReportSlot { sink, out: Box::new(&mut out), error: None }];
    let outcome = report(&request, &mut slots);
    drop(slots);
    (outcome, out)
}

fn relative(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

#[test]
fn every_run_is_read_back_as_it_was_written() {
    insta::glob!("../fixtures", "**/rules.toml", |path| {
        let rules = relative(path);
        let [json, lines] = [Format::Json, Format::Jsonl].map(|format| checked(&rules, format));
        for (saved, of) in [(&json, "json"), (&lines, "jsonl")] {
            for (format, wanted) in [(Format::Json, &json), (Format::Jsonl, &lines)] {
                let (outcome, written) = reported(saved, format);
                assert_eq!(outcome.problems, [] as [&str; 0], "{rules} from {of}");
                assert!(written == *wanted, "{rules} from {of} to {format:?}");
            }
        }
    });
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

/// What is said of a file that is no run.
fn told(saved: &[u8]) -> String {
    let (outcome, _) = reported(saved, Format::Json);
    outcome.problems.concat()
}

#[test]
fn what_cannot_be_read_is_said_at_its_place() {
    let json = String::from_utf8(sample(Format::Json)).expect("a text");
    let lines = String::from_utf8(sample(Format::Jsonl)).expect("a text");
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
    let version = concat!("crossfoot ", env!("CARGO_PKG_VERSION"));
    insta::assert_snapshot!("told", all.replace(version, "crossfoot VERSION"));
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
