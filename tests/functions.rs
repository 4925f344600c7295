//! The examples of the function table hold: each is asserted over a table of one row.

use crossfoot::expr::functions::FUNCTIONS;
use crossfoot::render::{Format, Options, sink};
use crossfoot::{Request, SinkSlot};

#[test]
fn examples_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut rules = String::from("[data.t]\npath = \"t.csv\"\ncolumns.value = { type = \"number\" }\n");
    for f in FUNCTIONS.iter().filter(|f| f.name != "old") {
        let each = if matches!(f.name, "row" | "file") { "each = \"t\"\n" } else { "" };
        let text = if f.name == "row" { "row() > 0" } else { f.example };
        rules.push_str(&format!("\n[check.{}]\n{each}assert = '''{text}'''\n", f.name.replace('_', "-")));
    }
    std::fs::write(folder.path().join("t.csv"), "value\n1\n").expect("data");
    let path = folder.path().join("rules.toml");
    std::fs::write(&path, rules).expect("rules");
    let request = Request { rule_files: vec![path.to_string_lossy().into_owned()], today: Some("2026-11-23".into()), ..Request::default() };
    let mut out = Vec::new();
    let mut slots = [SinkSlot { sink: sink(Format::Concise, Options { color: false, width: 100 }), out: Box::new(&mut out), capped: false, error: None }];
    let outcome = crossfoot::run(&request, &mut slots);
    drop(slots);
    assert!(outcome.problems.is_empty() && outcome.worst.is_none(), "{}", String::from_utf8_lossy(&out));
    for check in outcome.summary.checks.iter().filter(|c| !c.id.contains('.')) {
        assert_eq!((check.tally.held, check.tally.failed, check.tally.unknown), (1, 0, 0), "{}", check.id);
    }
}
