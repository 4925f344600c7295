//! `init` on tables that were made by known rules: what it proposes is right, and what is there is found.

#![allow(clippy::print_stdout, reason = "what is measured is shown")]

mod books;
mod claims;
mod counts;
mod dice;
mod directions;
mod forms;
mod lists;
mod noise;
mod odd;
mod published;
mod rates;
mod rounded;
mod shapes;
mod sheets;
mod slips;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crossfoot::api::{InitRequest, Proposed, init};
use crossfoot::files::tree::Memory;
use crossfoot::{Request, run};

/// Files, and the rules by which they were made, one a line:
///
/// - `key t a,b`, `unique t.a`, `required t.a`, `one_of t.a`, `in t.a u.b`, `type t.a integer`;
/// - `assert x = a + b`: an assertion of a check, as it would be written.
///
/// `!` stands before what must be found, `|` between spellings of the same.
pub struct Made {
    /// What the set is called.
    pub name: String,
    /// Paths and contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// The rules.
    pub rules: Vec<String>,
}

fn proposed(made: &Made) -> (Proposed, Memory) {
    let mut tree = Memory::default();
    for (path, bytes) in &made.files {
        tree.insert(path, bytes.clone());
    }
    let files = made.files.iter().map(|f| f.0.clone()).collect();
    let request = Request { tree: Some(Arc::new(tree.clone())), ..Request::default() };
    let ask = InitRequest { files, output: None };
    (init(&request, &ask).unwrap_or_else(|e| panic!("{}: {e}", made.name)), tree)
}

/// What a rule file says, one thing a line.
fn said(text: &str) -> BTreeSet<String> {
    let rules: toml::Table = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
    let mut all = BTreeSet::new();
    let table = |value: &toml::Value| value.as_table().cloned().unwrap_or_default();
    let words = |value: &toml::Value| match value {
        toml::Value::Array(all) => {
            all.iter().filter_map(|v| v.as_str()).collect::<Vec<_>>().join(",")
        }
        other => other.as_str().unwrap_or_default().to_string(),
    };
    for (name, data) in rules.get("data").map(table).unwrap_or_default() {
        let data = table(&data);
        all.extend(data.get("key").map(|key| format!("key {name} {}", words(key))));
        for (column, contract) in data.get("columns").map(table).unwrap_or_default() {
            for (key, value) in table(&contract) {
                let at = format!("{name}.{column}");
                all.extend(match key.as_str() {
                    "required" | "unique" | "one_of" => Some(format!("{key} {at}")),
                    "in" | "type" => Some(format!("{key} {at} {}", words(&value))),
                    _ => None,
                });
            }
        }
    }
    for (_, check) in rules.get("check").map(table).unwrap_or_default() {
        let asserts = table(&check).get("assert").cloned();
        let list = match asserts {
            Some(toml::Value::Array(all)) => all,
            other => other.into_iter().collect(),
        };
        all.extend(list.iter().map(|a| format!("assert {}", words(a))));
    }
    all
}

/// What is proposed of some sets, judged by the rules they were made by.
fn judge(all: &[Made]) {
    let (mut right, mut wrong, mut found, mut lost) = (0, Vec::new(), 0, Vec::new());
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let tables: usize = all.iter().map(|made| made.files.len()).sum();
    for made in all {
        let (proposal, _) = proposed(made);
        let said = said(&proposal.text);
        let spellings = |rule: &String| -> Vec<String> {
            let plain = rule.trim_start_matches('!');
            plain.split(" | ").map(|s| s.trim().to_string()).collect()
        };
        let known: BTreeSet<String> = made.rules.iter().flat_map(spellings).collect();
        for line in &said {
            let kind = line.split(' ').next().unwrap_or_default().to_string();
            let counts = kinds.entry(kind).or_default();
            if known.contains(line) {
                (right, counts.0) = (right + 1, counts.0 + 1);
            } else {
                counts.1 += 1;
                wrong.push(format!("{}: {line}", made.name));
            }
        }
        for rule in made.rules.iter().filter(|rule| rule.starts_with('!')) {
            if spellings(rule).iter().any(|s| said.contains(s)) {
                found += 1;
            } else {
                lost.push(format!("{}: {rule}", made.name));
            }
        }
    }
    let precision = right * 1000 / (right + wrong.len());
    let recall = found * 1000 / (found + lost.len());
    println!("{tables} tables in {} sets; by kind, right and wrong: {kinds:?}", all.len());
    println!("precision {precision}/1000 of {} proposals", right + wrong.len());
    println!("recall {recall}/1000 of {} keys, references and sums", found + lost.len());
    println!("wrong:\n{}\nnot found:\n{}", wrong.join("\n"), lost.join("\n"));
    assert!(tables >= 40, "{tables} tables");
    assert!(precision >= 950, "precision {precision}:\n{}", wrong.join("\n"));
    assert!(recall >= 800, "recall {recall}:\n{}", lost.join("\n"));
}

#[test]
fn proposals_are_right_and_rules_are_found() {
    judge(&shapes::all());
}

/// Tables that offices publish, and books.
fn published() -> Vec<Made> {
    published::all().into_iter().chain(rates::all()).chain(books::all()).collect()
}

#[test]
fn proposals_are_right_for_published_tables() {
    judge(&published());
}

/// One set of each shape in each of the other formats.
fn other_forms() -> Vec<Made> {
    let mut seen = BTreeSet::new();
    let first: Vec<Made> =
        shapes::all().into_iter().filter(|made| seen.insert(made.name.clone())).collect();
    let all = first.iter().flat_map(|made| forms::FORMS.map(|form| forms::of(made, form)));
    all.flatten().collect()
}

#[test]
fn the_format_of_a_table_changes_no_rule() {
    judge(&other_forms());
}

#[test]
fn proposed_rules_pass_on_their_own_data() {
    for made in shapes::all().into_iter().chain(other_forms()).chain(published()) {
        let (proposal, tree) = proposed(&made);
        let mut tree = tree;
        tree.insert("crossfoot.toml", proposal.text.clone().into_bytes());
        let request = Request {
            rule_files: vec!["crossfoot.toml".into()],
            tree: Some(Arc::new(tree)),
            ..Request::default()
        };
        let outcome = run(&request, &mut []);
        assert!(outcome.problems.is_empty(), "{}: {:?}", made.name, outcome.problem_lines);
        let says = proposal.text.contains("What will be found today");
        assert!(outcome.summary.errors == 0 || says, "{}:\n{}", made.name, proposal.text);
    }
}

#[test]
fn random_figures_have_no_rules() {
    for seed in 1..9 {
        let made = shapes::random(seed);
        let (proposal, _) = proposed(&made);
        let rules = said(&proposal.text);
        let kinds = ["key", "in", "unique", "one_of", "assert"];
        let made_up = rules.iter().filter(|r| kinds.contains(&r.split(' ').next().unwrap_or("")));
        assert_eq!(made_up.count(), 0, "{}", proposal.text);
    }
}

#[test]
fn the_same_files_give_the_same_rules() {
    for made in shapes::all().iter().take(6) {
        assert_eq!(proposed(made).0.text, proposed(made).0.text);
    }
}

/// A row that stands twice: the key is commented out, with the place of the second.
#[test]
fn a_row_that_repeats_a_key_is_named() {
    let third = shapes::all().into_iter().filter(|made| made.name == "vital").nth(2);
    let larger = third.expect("the shape");
    let text = String::from_utf8(larger.files[1].1.clone()).expect("text");
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    let again = lines[30].clone();
    lines.insert(31, again);
    let made = Made {
        files: vec![
            larger.files[0].clone(),
            (larger.files[1].0.clone(), (lines.join("\n") + "\n").into_bytes()),
        ],
        ..larger
    };
    let (proposal, _) = proposed(&made);
    let says = "not at vital.csv:32:1\n# key = [\"code\", \"year\"]";
    assert!(proposal.text.contains(says), "{}", proposal.text);
    assert!(!said(&proposal.text).contains("key vital code,year"));
}
