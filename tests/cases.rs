//! Every folder of fixtures that holds a `rules.toml` is a case: its data, its rules and what is
//! printed stand side by side.

use std::path::Path;

use crossfoot::render::{Format, Options, sink, words};
use crossfoot::{Request, SinkSlot};

/// What `crossfoot check` prints for a rule file: findings, statistics, summary, exit status.
fn check(rules: &str, stretch: Option<u64>, block: Option<usize>) -> String {
    let request = Request { rule_files: vec![rules.to_string()], today: Some("2026-11-23".into()), stretch, block, ..Request::default() };
    let mut out = Vec::new();
    let mut slots = [SinkSlot { sink: sink(Format::Full, Options { color: false, width: 100 }), out: Box::new(&mut out), capped: false, error: None }];
    let outcome = crossfoot::run(&request, &mut slots);
    drop(slots);
    let status = if !outcome.problems.is_empty() {
        2
    } else if outcome.worst >= Some(crossfoot::fault::Severity::Error) {
        1
    } else {
        0
    };
    format!("{}\n{}{}exit status {status}\n", String::from_utf8_lossy(&out), words::statistics(&outcome.summary), words::summary(&outcome.summary))
}

fn relative(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

#[test]
fn every_case_prints_what_stands_beside_it() {
    insta::glob!("../fixtures", "**/rules.toml", |path| {
        let rules = relative(path);
        let folder = path.parent().expect("a rule file stands in a folder").to_path_buf();
        let printed = check(&rules, None, None);
        insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, snapshot_suffix => "", omit_expression => true }, {
            insta::assert_snapshot!("expected", printed);
        });
    });
}

#[test]
fn no_byte_of_output_depends_on_how_a_file_is_cut() {
    insta::glob!("../fixtures", "**/rules.toml", |path| {
        let rules = relative(path);
        let whole = check(&rules, None, None);
        for (stretch, block) in [(1, 1), (7, 64), (64, 7), (1000, 13)] {
            assert_eq!(check(&rules, Some(stretch), Some(block)), whole, "{rules} with stretches of {stretch} and blocks of {block} bytes");
        }
    });
}
