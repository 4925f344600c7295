//! A run that is stopped shows what it found, says that it is not complete, and judges nothing that
//! needs the rows it has not read.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use crossfoot::render::{Format, Options, sink};
use crossfoot::source::Watcher;
use crossfoot::{Request, SinkSlot};

/// Asks to stop after so many bytes, or at the first finding that is written.
#[derive(Debug)]
struct Stopper {
    bytes: u64,
    read: AtomicU64,
    stops: AtomicU32,
}

impl Stopper {
    fn after(bytes: u64) -> Arc<Stopper> {
        Arc::new(Stopper { bytes, read: AtomicU64::new(0), stops: AtomicU32::new(0) })
    }
}

impl Watcher for Stopper {
    fn read(&self, bytes: u64) {
        if self.read.fetch_add(bytes, Relaxed) + bytes > self.bytes {
            self.stops.store(1, Relaxed);
        }
    }
    fn wrote(&self, _: u64) {
        self.stops.store(2, Relaxed);
    }
    fn stops(&self) -> u32 {
        self.stops.load(Relaxed)
    }
}

fn run(folder: &std::path::Path, watcher: Option<Arc<dyn Watcher>>) -> serde_json::Value {
    let request = Request {
        rule_files: vec![folder.join("rules.toml").to_string_lossy().into_owned()],
        today: Some("2026-11-23".into()),
        block: Some(4096),
        chunk: Some(20_000),
        watcher,
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
    serde_json::from_slice(&out).expect("the document is whole, however the run ended")
}

fn messages(document: &serde_json::Value) -> Vec<String> {
    document["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|f| f["message"].to_string() + &f["labels"][0].to_string())
        .collect()
}

/// 40,000 rows in two groups; every thousandth is negative, and both totals are right.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut data = String::from("id,half,n\n");
    let mut totals = [0i64; 2];
    for i in 0..40_000i64 {
        let n = if i % 1000 == 999 { -i } else { i };
        totals[(i % 2) as usize] += n;
        data += &format!("{i},{},{n}\n", ["even", "odd"][(i % 2) as usize]);
    }
    let rules = "[data.data]\npath = \"data.csv\"\n[data.data.columns]\nn = { type = \"integer\", min = 0 }\nid = { unique = true }\n\
        [data.totals]\npath = \"totals.csv\"\nrows = 2\n\
        [check.totals]\neach = \"totals\"\nassert = 'total = sum(data.n where half = totals.half)'\n\
        [check.rows]\nassert = 'count(data) = 40000'\n\
        [check.halves]\neach = \"data by half\"\nassert = 'count() = 20000'\n";
    for (name, text) in [
        ("rules.toml", rules.to_string()),
        ("data.csv", data),
        ("totals.csv", format!("half,total\neven,{}\nodd,{}\n", totals[0], totals[1])),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let path = folder.path().to_path_buf();
    (folder, path)
}

#[test]
fn a_stopped_run_shows_what_it_found_and_judges_no_sums() {
    let (_keep, folder) = folder();
    let whole = run(&folder, None);
    let all = messages(&whole);
    assert_eq!((all.len(), &whole["summary"]["complete"]), (40, &serde_json::Value::Bool(true)));
    let part = run(&folder, Some(Stopper::after(200_000)));
    let found = messages(&part);
    assert!(!found.is_empty() && found.len() < all.len(), "{} of {}", found.len(), all.len());
    assert_eq!(found, all[..found.len()]);
    assert_eq!(part["summary"]["complete"], serde_json::Value::Bool(false));
    let problem = &part["problems"][0];
    assert_eq!(problem["fault"], "interrupted");
    let help = problem["help"].as_str().expect("a help line");
    assert_eq!(help, "what was found before is shown; not checked: totals, rows, halves");
    let checks = part["summary"]["checks"].as_array().expect("checks");
    let standings: Vec<&str> = checks.iter().filter_map(|c| c["standing"].as_str()).collect();
    assert_eq!(standings, ["failed", "not-judged", "not-judged", "not-judged", "not-judged"]);
}

#[test]
fn writing_stops_when_asked_again() {
    let (_keep, folder) = folder();
    let rules = folder.join("rules.toml");
    let text = std::fs::read_to_string(&rules).expect("rules").replace("min = 0", "max = -1");
    std::fs::write(&rules, text).expect("rules");
    let all = run(&folder, None)["findings"].as_array().expect("findings").len();
    let part = run(&folder, Some(Stopper::after(u64::MAX)));
    let found = part["findings"].as_array().expect("findings").len();
    assert!(found > 0 && found < all, "{found} of {all}");
    assert_eq!(part["problems"][0]["message"], format!("stopped after {found} of {all} findings"));
}

/// Cuts a file short before its first block is read.
#[derive(Debug)]
struct Cutter(PathBuf);

impl Watcher for Cutter {
    fn will_read(&self, _: u64) {
        let file = std::fs::OpenOptions::new().write(true).open(&self.0).expect("the file");
        file.set_len(100_000).expect("cut");
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_reported() {
    let (_keep, folder) = folder();
    let json = run(&folder, Some(Arc::new(Cutter(folder.join("data.csv")))));
    let problems = json["problems"].to_string();
    assert!(problems.contains("it ends here, but was longer"), "{problems}");
    assert!(problems.contains("not checked: "), "{problems}");
    assert!(problems.contains("changed while it was read"), "{problems}");
    assert!(
        !json["findings"].to_string().contains("\"totals\""),
        "what needs all rows is not checked: {}",
        json["findings"]
    );
}
