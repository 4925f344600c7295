//! Readers of formats that the library does not have: whatever gives the same rows is judged alike.

mod counted;
mod data;
mod failing;
mod json;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use counted::{Counted, Kind};
use crossfoot::engine::data::table::TableFile;
use crossfoot::files::sources::Sources;
use crossfoot::read::reader::Reader;
use crossfoot::report::{Facts, Finding, Position, Role, Sink, SourceText, Summary};
use crossfoot::shape::FileLayout;
use crossfoot::source::{Files, Problem};
use crossfoot::{Outcome, Project, Request, SinkSlot, run_project};
use failing::Failing;
use json::Json;

const RULES: &str = r#"
[data.rows]
path = "rows.csv"
key  = "id"

[data.rows.columns]
id    = { type = "integer", unique = true }
day   = { type = "date", min = "2000-01-05" }
x     = { type = "number", max = 14.8, missing = ["", "13.5"] }
total = { type = "number" }
note  = { max_length = 10 }

[data.filled]
path = "rows.csv"
key  = "id"
fill = ["note"]
columns.x = { type = "number" }

[check.filled]
each   = "filled"
assert = 'x < 12 or note != "much too long"'

[check.rounding]
each   = "rows"
assert = 'x = total within rounding'

[check.rising]
each   = "rows"
assert = 'x >= prev(x by region)'

[check.regions]
each   = "rows by region"
assert = ['sum(x) < 310', 'count(id) = 25', 'sum(x) = sum(total) within rounding']

[check.days]
each   = "rows"
assert = 'day <= date "2000-02-20" and note is not missing'

[check.whole]
assert = ['sum(rows.x) = sum(rows.total)', 'count(rows) = 500']
"#;

const ROWS: i64 = 500;

/// Writes findings in short: words, and what stands at their places.
struct Short<'p>(&'p Sources, Shows);

/// What is said of a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// The text that stands there.
    Text,
    /// The number of its row.
    Row,
    /// Nothing: it stands nowhere.
    Nothing,
}

impl Short<'_> {
    fn place(&self, place: &crossfoot::report::Place, out: &mut String) {
        if self.1 == Shows::Nothing {
            return;
        }
        if self.1 == Shows::Row {
            let _ = write!(out, " row {}", place.at.span().start);
            return;
        }
        let bytes = self.0.bytes(place.at.file()).expect("a file");
        let mut text = vec![0; place.at.span().end as usize];
        bytes.read_at(0, &mut text).expect("its bytes");
        let (before, own) = text.split_at(place.at.span().start as usize);
        let before = String::from_utf8_lossy(before);
        let line = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
        assert_eq!(place.at.from(), Position { line, column }, "of {own:?}");
        let (record, name) = match &place.cell {
            Some(cell) => (cell.record, cell.column.as_ref()),
            None => (None, None),
        };
        if name.is_none() {
            let _ = write!(out, " record {record:?}");
            return;
        }
        let own = String::from_utf8_lossy(own).replace("\\\"", "\"").replace("\"\"", "\"");
        // A field that an object leaves out stands where the object does.
        let own = if own.starts_with('{') { "" } else { &*own };
        let _ = write!(out, " [{}] {:?}", own.trim_matches('"'), record);
    }
}

impl Sink for Short<'_> {
    fn begin(&mut self, _: &Facts, _: &mut Vec<u8>) {}
    fn finding(&self, f: &Finding, _: bool, _: &dyn SourceText, out: &mut Vec<u8>) {
        let mut text = format!("{} {} {}", f.check(), f.assertion, f.fault().name);
        let _ = write!(text, " | {} | {:?} {:?}", f.message, f.key, f.explanation);
        for label in f.labels.iter().filter(|l| l.role != Role::Rule) {
            let _ = write!(text, " | {:?} {}", label.role, label.text);
            if self.1 != Shows::Row || label.role == Role::Stated && f.key.is_some() {
                self.place(&label.place, &mut text);
            }
        }
        out.extend_from_slice((text + "\n").as_bytes());
    }
    fn problem(&mut self, _: &Problem, _: &dyn SourceText, _: &mut Vec<u8>) {}
    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}

/// A folder with the rows as CSV, and their rules.
fn folder(name: &str, rows: i64) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&dir).expect("a folder");
    std::fs::write(dir.join("rows.csv"), data::csv(&data::rows(rows))).expect("the rows");
    std::fs::write(dir.join("rules.toml"), RULES).expect("the rules");
    dir
}

fn open(dir: &std::path::Path) -> Project {
    let rules = dir.join("rules.toml").to_string_lossy().into_owned();
    let project = Project::open(&Request { rule_files: vec![rules], ..Request::default() });
    assert!(project.problems.is_empty(), "{:?}", project.problems);
    project
}

/// The project with another reader in place of the file.
fn with_reader(dir: &std::path::Path, text: &str, reader: Arc<dyn Reader>) -> Project {
    let mut project = open(dir);
    let file = project.book.add_text("rows.other", text);
    let fields = (0..data::NAMES.len()).map(Some).collect();
    let layout = FileLayout { fields, ..FileLayout::default() };
    for table in &mut project.built.tables {
        let (reader, layout) = (reader.clone(), layout.clone());
        table.files = vec![TableFile { file, reader, layout }];
    }
    project
}

/// Findings and counts.
fn judged(project: &Project, request: &Request, shows: Shows) -> (Vec<String>, String, Outcome) {
    let mut out = Vec::new();
    let sink = Box::new(Short(&project.book, shows));
    let mut slot = [SinkSlot { sink, out: Box::new(&mut out), capped: false, error: None }];
    let outcome = run_project(project, request, &mut slot);
    drop(slot);
    let mut tallies = String::new();
    for check in &outcome.summary.checks {
        let _ = writeln!(tallies, "{} {:?} {}", check.id, check.tally, check.findings);
    }
    let text = String::from_utf8(out).expect("text");
    (text.lines().map(str::to_string).collect(), tallies, outcome)
}

/// Runs that must all come to the same.
fn requests() -> Vec<Request> {
    let mut all = vec![Request { exact: true, ..Request::default() }];
    for (chunk, block, jobs) in [
        (None, None, 1),
        (Some(7), Some(1), 1),
        (Some(64), Some(100), 2),
        (Some(1000), Some(64), 4),
        (Some(300), Some(4096), 3),
    ] {
        all.push(Request { chunk, block, jobs: Some(jobs), ..Request::default() });
    }
    all
}

fn is_as_csv(name: &str, text: &str, shows: Shows, reader: impl Fn() -> Arc<dyn Reader>) {
    let dir = folder(name, ROWS);
    let usual = Request::default();
    // A row's number is what its record's is in the CSV file, less one.
    let csv = judged(&open(&dir), &usual, if shows == Shows::Row { Shows::Nothing } else { shows });
    assert!(csv.0.len() > 100, "{:?}", csv.0.len());
    for request in requests() {
        let own = judged(&with_reader(&dir, text, reader()), &request, shows);
        let strip = |line: &String| match shows {
            Shows::Row => without_rows(line),
            _ => line.clone(),
        };
        let lines: Vec<String> = own.0.iter().map(strip).collect();
        let differs = lines.iter().zip(&csv.0).find(|(a, b)| a != b);
        assert_eq!(differs, None, "{request:?}");
        assert_eq!(lines.len(), csv.0.len(), "{request:?}");
        assert_eq!(own.1, csv.1, "{request:?}");
        assert_eq!(own.2.problems.len(), 0, "{request:?}: {:?}", own.2.problems);
    }
}

fn without_rows(line: &str) -> String {
    let mut parts = line.split(" row ");
    let mut text = parts.next().unwrap_or_default().to_string();
    for part in parts {
        match part.trim_start_matches(|c: char| c.is_ascii_digit()) {
            rest if rest.len() < part.len() => text += rest,
            _ => text += &format!(" row {part}"),
        }
    }
    text
}

#[test]
fn objects_on_lines_are_judged_as_csv() {
    let text = data::ndjson(&data::rows(ROWS));
    is_as_csv("readers-ndjson", &text, Shows::Text, || Arc::new(Json::lines(&text)));
}

#[test]
fn rows_below_a_parent_are_judged_as_csv() {
    let text = data::array(&data::rows(ROWS));
    is_as_csv("readers-array", &text, Shows::Text, || Arc::new(Json::array(&text)));
}

#[test]
fn typed_columns_are_judged_as_csv() {
    let reader = || Arc::new(Counted::new(ROWS as u64, Kind::Typed)) as Arc<dyn Reader>;
    is_as_csv("readers-typed", "", Shows::Row, reader);
}

#[test]
fn rows_without_bytes_are_judged_as_csv() {
    let reader = || Arc::new(Counted::new(ROWS as u64, Kind::Made)) as Arc<dyn Reader>;
    is_as_csv("readers-made", "", Shows::Nothing, reader);
}

#[test]
fn the_place_of_a_typed_row_is_its_number() {
    let dir = folder("readers-numbers", ROWS);
    let reader = Arc::new(Counted::new(ROWS as u64, Kind::Typed));
    let own = judged(&with_reader(&dir, "", reader), &Request::default(), Shows::Row);
    let days: Vec<&String> = own.0.iter().filter(|l| l.starts_with("days 0")).collect();
    let wrong =
        (0..ROWS).map(data::row).enumerate().filter(|(_, r)| r.day > 11_007 || r.note.is_none());
    let expected: Vec<String> = wrong.map(|(n, _)| format!(" row {n}")).collect();
    assert_eq!(days.len(), expected.len());
    for (line, row) in days.iter().zip(&expected) {
        assert!(line.ends_with(row.as_str()) || line.contains(&format!("{row} ")), "{line}: {row}");
    }
}

/// What cannot be read to its end is no reason to say that something holds.
fn stops(name: &str, text: &str, at: u64, reader: impl Fn() -> Arc<dyn Reader>) {
    let dir = folder(name, ROWS);
    for request in requests() {
        let (_, tallies, outcome) =
            judged(&with_reader(&dir, text, reader()), &request, Shows::Nothing);
        let tally = |id: &str| {
            let found = outcome.summary.checks.iter().find(|c| c.id == id);
            found.map(|c| c.tally).unwrap_or_default()
        };
        for check in ["regions", "whole"] {
            let tally = tally(check);
            assert_eq!(
                (tally.cases, tally.held, tally.failed),
                (0, 0, 0),
                "{check} of {request:?}\n{tallies}"
            );
        }
        let days = tally("days");
        let all = days.held + days.failed + days.undecided + days.not_applicable;
        assert!(all < ROWS as u64, "{all} rows up to {at}: {request:?}");
        assert_eq!(outcome.problems.len(), 2, "{:?}", outcome.problems);
        for problem in &outcome.problems {
            assert_eq!(problem.fault.name, "unreadable-file");
        }
        let help = outcome.problems[0].help.as_deref().unwrap_or_default();
        assert!(help.contains("not checked: "), "{help}");
        assert!(help.contains("regions") && help.contains("whole"), "{help}");
    }
}

#[test]
fn what_cannot_be_read_on_is_not_judged() {
    let (lines, array) = (data::ndjson(&data::rows(ROWS)), data::array(&data::rows(ROWS)));
    for at in [0, 1, 5000, 20_000] {
        stops("readers-failing-lines", &lines, at, || Arc::new(Failing(Json::lines(&lines), at)));
        stops("readers-failing-array", &array, at, || Arc::new(Failing(Json::array(&array), at)));
    }
    for at in [0, 1, 250, 499] {
        let typed = || Counted::new(ROWS as u64, Kind::Typed);
        stops("readers-failing-typed", "", at, || Arc::new(Failing(typed(), at)));
    }
}
