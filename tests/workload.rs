//! Workload W: twelve checks over 100,000 rows with planted errors. Every one is found at its
//! record, line, column and bytes, and nothing else is.

use std::collections::BTreeSet;

use crossfoot::render::{Format, Options, sink};
use crossfoot::{Request, SinkSlot};
use serde_json::Value;

/// What makes a place: file, record, line, column (none for whole records), bytes.
fn place(v: &Value, column: &Value) -> String {
    let file = v["file"]
        .as_str()
        .unwrap_or("")
        .rsplit('/')
        .next()
        .unwrap_or("")
        .trim_end_matches(".zst")
        .to_string();
    format!(
        "{file} record {} line {} column {column} bytes {}..{}",
        v["record"], v["line"], v["start"], v["end"]
    )
}

#[test]
fn finds_every_planted_error_and_nothing_else() {
    let truth =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/w/places.jsonl"))
            .expect("the truth");
    let planted: BTreeSet<String> = truth
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).expect("a line of the truth"))
        .map(|v| place(&v, &v["column"]))
        .collect();
    let request = Request {
        rule_files: vec![concat!(env!("CARGO_MANIFEST_DIR"), "/benches/w.toml").into()],
        ..Request::default()
    };
    let mut out = Vec::new();
    let mut slots = [SinkSlot {
        sink: sink(Format::Json, Options { width: 100, ..Options::default() }),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    }];
    let outcome = crossfoot::run(&request, &mut slots);
    drop(slots);
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    let json: Value = serde_json::from_slice(&out).expect("the document");
    let findings = json["findings"].as_array().expect("findings");
    let found: Vec<String> = findings
        .iter()
        .filter(|f| f["fault"] != "undecided")
        .map(|f| {
            let label = &f["labels"][0];
            place(
                label,
                if f["fault"] == "ragged-row" { &Value::Null } else { &label["column_name"] },
            )
        })
        .collect();
    let set: BTreeSet<String> = found.iter().cloned().collect();
    assert_eq!(set, planted);
    assert_eq!(found.len(), planted.len(), "one finding each");
}
