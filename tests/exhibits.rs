//! Exhibits: which tables are shown, and what each figure in them is marked with.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use crossfoot::render::{Format, Options, sink};
use crossfoot::report::document::{Document, JsonFinding};
use crossfoot::report::exhibit::{Exhibit, Mark, MarkOutcome, Tick};
use crossfoot::{Request, SinkSlot};

/// The document of a rule file.
fn document(rules: &str, how: Request) -> Document {
    let request =
        Request { rule_files: vec![rules.to_string()], today: Some("2026-11-23".into()), ..how };
    let mut out = Vec::new();
    let sink = sink(Format::Json, Options { width: 100, ..Options::default() });
    let mut slots = [SinkSlot { sink, out: Box::new(&mut out), capped: false, error: None }];
    crossfoot::run(&request, &mut slots);
    drop(slots);
    serde_json::from_slice(&out).expect("the document")
}

/// A mark: `+` is a figure that goes into another one, `!` fails, `?` cannot be told.
fn drawn(mark: &Mark) -> String {
    let tick = match mark.tick {
        Tick::Footed => "Ft",
        Tick::CrossFooted => "Cft",
        Tick::Recomputed => "Rx",
        Tick::Agreed => "→",
        Tick::Checked => "✓",
    };
    let outcome = match mark.outcome {
        MarkOutcome::Held => "",
        MarkOutcome::Failed => "!",
        MarkOutcome::Undecided => "?",
    };
    let operand = if mark.is_stated { "" } else { "+" };
    format!("[{operand}{tick}{outcome} {}/{}]", mark.check, mark.assertion)
}

/// An exhibit as text, the marks of a cell behind it.
fn table(exhibit: &Exhibit) -> String {
    let names = exhibit.columns.iter().zip(&exhibit.figures);
    let names: Vec<String> = names
        .map(|(name, is_figure)| format!("{name}{}", if *is_figure { " #" } else { "" }))
        .collect();
    let mut text =
        format!("{} {}:{}\n{}\n", exhibit.table, exhibit.file, exhibit.line, names.join(" | "));
    for row in &exhibit.rows {
        let cells = row.cells.iter().enumerate().map(|(column, cell)| {
            let is_here = |m: &&Mark| m.record == row.record && m.column as usize == column;
            let marks = exhibit.marks.iter().filter(is_here).map(drawn);
            std::iter::once(cell.clone()).chain(marks).collect::<Vec<_>>().join(" ")
        });
        let cells: Vec<String> = cells.collect();
        let _ = writeln!(text, "{} (line {}): {}", row.record, row.line, cells.join(" | "));
    }
    let (rows, columns) = (exhibit.more_rows, exhibit.more_columns);
    let _ = writeln!(text, "{rows} more rows, {columns} more columns");
    text
}

/// Calls `f` with every rule file of the fixtures.
fn fixtures(f: &mut dyn FnMut(&str)) {
    fn walk(folder: &Path, f: &mut dyn FnMut(&str)) {
        let all = std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path());
        let mut all: Vec<_> = all.collect();
        all.sort();
        for path in all {
            if path.is_dir() {
                walk(&path, f);
            } else if path.ends_with("rules.toml") {
                f(&path.to_string_lossy());
            }
        }
    }
    walk(Path::new("fixtures"), f);
}

#[test]
fn tables_are_marked_where_they_were_checked() {
    for (name, rules) in [
        ("quarters", "fixtures/exhibits/quarters/rules.toml"),
        ("agreed", "fixtures/exhibits/agreed/rules.toml"),
        ("minutes", "fixtures/exhibits/minutes/rules.toml"),
        ("ticks", "fixtures/exhibits/ticks/rules.toml"),
        ("election", "fixtures/real/election/rules.toml"),
        ("areas", "fixtures/real/areas/rules.toml"),
        ("unpivoted", "fixtures/language/17-unpivoted-row-totals/rules.toml"),
        ("occupation", "rules/occupation.toml"),
    ] {
        let document = document(rules, Request::default());
        assert!(document.problems.is_empty(), "{rules}: {:?}", document.problems);
        let all: Vec<String> = document.exhibits.iter().map(table).collect();
        insta::assert_snapshot!(name, all.join("\n"));
    }
}

/// Exhibits of a folder with these files.
fn of_files(files: &[(&str, String)]) -> Vec<Exhibit> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let rules = folder.path().join("rules.toml").to_string_lossy().into_owned();
    let document = document(&rules, Request::default());
    assert!(document.problems.is_empty(), "{:?}", document.problems);
    document.exhibits
}

#[test]
fn of_a_large_table_the_rows_around_findings_are_shown() {
    let rules = "[data.t]\npath = 't.csv'\nkey = 'k'\ncolumns.n = { max = 9 }\n\
                 [check.rises]\neach = 't'\nassert = 'n >= prev(n)'\n";
    let row = |n: u64| format!("r{n},{}\n", if [1, 150, 151, 300].contains(&n) { 10 } else { 5 });
    let rows: String = (1..=300).map(row).collect();
    let all = of_files(&[("rules.toml", rules.into()), ("t.csv", format!("k,n\n{rows}"))]);
    let [exhibit] = &all[..] else { panic!("{all:?}") };
    let records: Vec<u64> = exhibit.rows.iter().map(|row| row.record).collect();
    assert_eq!(
        records,
        [1, 2, 3, 4, 148, 149, 150, 151, 152, 153, 154, 298, 299, 300],
        "2 and 152 are less than what is before them"
    );
    assert_eq!(exhibit.more_rows, 286);
    let failed = exhibit.marks.iter().filter(|m| m.outcome == MarkOutcome::Failed);
    let failed: Vec<(u64, &str)> =
        failed.filter(|m| m.is_stated).map(|m| (m.record, m.check.as_str())).collect();
    assert_eq!(
        failed,
        [(1, "t.n"), (2, "rises"), (150, "t.n"), (151, "t.n"), (152, "rises"), (300, "t.n")]
    );
    // What rows without a finding saw of those before them is no longer known.
    let of_window = exhibit.marks.iter().filter(|m| m.check == "rises" && m.is_stated);
    assert_eq!(of_window.map(|m| m.record).collect::<Vec<_>>(), [2, 152]);
}

#[test]
fn of_a_wide_table_the_key_and_the_marked_columns_are_shown() {
    let rules = "[data.t]\npath = 't.csv'\nkey = 'k'\n\
                 [check.c]\neach = 't'\nassert = 'c38 = c39 + c40'\n";
    let names: Vec<String> = (1..=40).map(|n| format!("c{n}")).collect();
    let cells = vec!["7"; 40].join(",");
    let text = format!("{},k\n{cells},a\n", names.join(","));
    let all = of_files(&[("rules.toml", rules.into()), ("t.csv", text)]);
    let [exhibit] = &all[..] else { panic!("{all:?}") };
    assert_eq!((exhibit.columns.len(), exhibit.more_columns), (30, 11));
    let last: Vec<&str> = exhibit.columns.iter().rev().take(5).map(String::as_str).collect();
    assert_eq!(last, ["k", "c40", "c39", "c38", "c26"]);
    let marked: Vec<u32> =
        exhibit.marks.iter().filter(|m| m.check == "c").map(|m| m.column).collect();
    assert_eq!(marked, [26, 27, 28]);
}

/// What is said of a look-up is about a key; what rounding hardly explains holds; the others are about
/// a column as a whole, or records that are no rows.
const NO_MARK: [&str; 15] = [
    "unknown-reference",
    "duplicate-key",
    "more-than-one",
    "improbable-rounding",
    "undecided",
    "weak-check",
    "missing-column",
    "empty-selection",
    "aggregate-of-all-rows",
    "ambiguous-date",
    "mixed-offsets",
    "mixed-percent-marks",
    "binary-residue",
    "empty-heading",
    "rows-left-out",
];

#[test]
fn what_fails_has_a_finding_and_what_has_a_finding_is_marked() {
    let mut missed = Vec::new();
    fixtures(&mut |rules| {
        let document = document(rules, Request::default());
        let known: BTreeSet<&str> = document.findings.iter().map(|f| &*f.fingerprint).collect();
        let marks = || document.exhibits.iter().flat_map(|exhibit| &exhibit.marks);
        for mark in marks() {
            let fails = mark.outcome == MarkOutcome::Failed;
            let fingerprint = mark.fingerprint.as_deref();
            assert_eq!(fingerprint.is_some(), fails, "{rules}: {mark:?}");
            assert!(fingerprint.is_none_or(|f| known.contains(f)), "{rules}: {mark:?}");
        }
        let marked: BTreeSet<&str> = marks().filter_map(|m| m.fingerprint.as_deref()).collect();
        // A finding that is about a cell or a row of an exhibit which shows all.
        let is_shown = |finding: &JsonFinding<'_>| {
            let place = finding.labels.first().map(|label| &label.place);
            let column = place.and_then(|place| place.column_name.as_deref());
            let is_here = |e: &&Exhibit| {
                finding.table.as_deref() == Some(&e.table)
                    && place.is_some_and(|place| place.file == e.file)
                    && column.is_none_or(|name| e.columns.iter().any(|own| own == name))
            };
            document.exhibits.iter().any(|e| is_here(&e) && e.more_rows + e.more_columns == 0)
        };
        let is_check = |id: &str| {
            let checks = &document.summary.counts.checks;
            checks.iter().any(|check| check.id == id && check.standing.is_some())
        };
        // What a check asks column by column, it asks of a view: those cells have no marks.
        let is_of_view = |finding: &JsonFinding<'_>| {
            finding.key.as_deref().is_some_and(|key| key.contains(".name = "))
        };
        for finding in &document.findings {
            if is_shown(finding)
                && !is_of_view(finding)
                && is_check(&finding.check)
                && !NO_MARK.contains(&&*finding.fault)
                && finding.undecided.is_empty()
                && !marked.contains(&*finding.fingerprint)
            {
                missed.push(format!("{rules}: {}: {}", finding.fault, finding.message));
            }
        }
    });
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn exhibits_do_not_depend_on_how_the_work_is_done() {
    fixtures(&mut |rules| {
        let exact = document(rules, Request { jobs: Some(1), exact: true, ..Request::default() });
        for (chunk, block) in [(None, None), (Some(1), Some(1)), (Some(64), Some(7))] {
            let how = Request { chunk, block, jobs: Some(3), ..Request::default() };
            assert_eq!(document(rules, how).exhibits, exact.exhibits, "{rules}");
        }
        let memory = Request { memory: Some(0), ..Request::default() };
        assert_eq!(document(rules, memory).exhibits, exact.exhibits, "{rules}");
    });
}
