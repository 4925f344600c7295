//! Every built-in name has a page of one shape, and its example raises it.

mod workbooks;

use std::path::Path;
use std::sync::Arc;

use crossfoot::api::{ReportRequest, report};
use crossfoot::files::tree::{Memory, OldSide};
use crossfoot::render::{Format, Options, sink};
use crossfoot::source::tree::Tree;
use crossfoot::{Request, SinkSlot, faults};

/// Fenced blocks with a file name: ```` ```csv data.csv [escapes] ````; with `escapes` the last line
/// end does not count, with `workbook` the file is made of its text.
fn files(page: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```").filter(|i| i.contains(' ')) else { continue };
        let words: Vec<&str> = info.split_whitespace().collect();
        let mut text = String::new();
        for line in lines.by_ref().take_while(|l| *l != "```") {
            text.push_str(line);
            text.push('\n');
        }
        let bytes = match words.get(2) {
            Some(&"escapes") => unescape(text.trim_end_matches('\n')),
            Some(&"workbook") => workbooks::xlsx(&text),
            _ => text.into_bytes(),
        };
        all.push((words[1].to_string(), bytes));
    }
    all
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('x') => {
                    let hex: String = chars.by_ref().take(2).collect();
                    out.push(u8::from_str_radix(&hex, 16).expect("two hexadecimal digits"));
                }
                Some('r') => out.push(b'\r'),
                Some('0') => out.push(0),
                other => panic!("no such escape: {other:?}"),
            },
            (c, _) => out.extend(c.to_string().bytes()),
        }
    }
    out
}

/// The files of `old/` where those of the folder itself stand.
fn old_tree(folder: &Path) -> Arc<dyn Tree> {
    let mut tree = Memory::default();
    for file in std::fs::read_dir(folder.join("old")).into_iter().flatten() {
        let file = file.expect("a file");
        let path = folder.join(file.file_name());
        tree.insert(&path.to_string_lossy(), std::fs::read(file.path()).expect("a file"));
    }
    Arc::new(tree)
}

/// The names that a run in `folder` gives: of findings and of problems. Where a saved run stands
/// there, it is read.
fn raised(folder: &Path) -> Vec<String> {
    let saved = folder.join("run.json");
    if saved.is_file() {
        let new = saved.to_string_lossy().into_owned();
        let notes = Some(folder.join("notes.csv")).filter(|notes| notes.is_file());
        let notes = notes.map(|notes| notes.to_string_lossy().into_owned());
        let outcome = report(&ReportRequest { new, notes, ..ReportRequest::default() }, &mut []);
        return outcome.faults.iter().map(|name| name.to_string()).collect();
    }
    let rules = folder.join("rules.toml").to_string_lossy().into_owned();
    let old = OldSide::new(old_tree(folder), "old");
    let request = Request {
        rule_files: vec![rules],
        today: Some("2026-11-23".into()),
        old: Some(old).filter(|_| folder.join("old").is_dir()),
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
    let json: serde_json::Value = serde_json::from_slice(&out).expect("the document is JSON");
    let names = |list: &str| {
        json[list]
            .as_array()
            .cloned()
            .unwrap_or_default()
            .into_iter()
            .filter_map(|f| f["fault"].as_str().map(str::to_string))
            .collect::<Vec<_>>()
    };
    [names("findings"), names("problems")].concat()
}

#[test]
fn pages_have_one_shape() {
    let mut names: Vec<&str> = faults().iter().map(|f| f.name).collect();
    for fault in faults() {
        let heads: Vec<&str> = fault.page.lines().filter(|l| l.starts_with('#')).collect();
        let heads: Vec<&str> = heads
            .into_iter()
            .filter(|h| !fault.page.contains("markdown article.md") || !h.starts_with("## Income"))
            .collect();
        assert_eq!(
            heads,
            [
                &format!("# {}", fault.name),
                "## What it says",
                "## Why it matters",
                "## Example",
                "## What to do"
            ],
            "{}",
            fault.name
        );
        assert!(!fault.summary.ends_with('.'), "{}", fault.name);
    }
    names.sort_unstable();
    let total = names.len();
    names.dedup();
    assert_eq!(names.len(), total, "two faults have one name");
    let pages = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults"))
        .expect("the pages are there");
    for page in pages {
        let file = page.expect("a page").file_name().to_string_lossy().into_owned();
        let name = file.trim_end_matches(".md");
        assert!(names.contains(&name), "{name} is a page that nothing raises");
    }
}

#[test]
fn examples_raise_what_they_explain() {
    for fault in faults() {
        let files = files(fault.page);
        if files.is_empty() {
            assert!(
                fault.page.contains("It takes more than") && fault.page.contains("to raise it"),
                "{} has no example",
                fault.name
            );
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
        let names = raised(folder.path());
        assert!(
            names.iter().any(|n| n == fault.name),
            "the example of {} raises {names:?}",
            fault.name
        );
    }
}
