//! What `init` says of sentences whose words state how their figures follow from each other.

use std::sync::Arc;

use crossfoot::api::{InitRequest, init};
use crossfoot::files::tree::Memory;
use crossfoot::{Request, run};

const FIXTURE: &str = include_str!("../../fixtures/claims.txt");
const SAYS: &str = "# The words say so, the figures do not: ";

fn request(text: &str, rules: Option<&str>) -> Request {
    let mut tree = Memory::default();
    tree.insert("t.md", format!("{text}\n").into_bytes());
    if let Some(rules) = rules {
        tree.insert("crossfoot.toml", rules.as_bytes().to_vec());
    }
    let rule_files = rules.map(|_| "crossfoot.toml".into()).into_iter().collect();
    Request { tree: Some(Arc::new(tree)), rule_files, ..Request::default() }
}

fn proposed(text: &str) -> String {
    let ask = InitRequest { files: vec!["t.md".into()], output: None };
    init(&request(text, None), &ask).expect("rules").text
}

/// The rules with the signs before what is claimed taken away.
fn with_claims(rules: &str) -> String {
    let mut is_claimed = false;
    let line = |line: &str| {
        is_claimed = line.starts_with(SAYS) || is_claimed && !line.is_empty();
        let own = line.strip_prefix("# ").filter(|_| is_claimed && !line.starts_with(SAYS));
        own.unwrap_or(line).to_string()
    };
    rules.lines().map(line).collect::<Vec<String>>().join("\n")
}

#[test]
fn what_the_words_say_and_the_figures_do_not_is_named_with_its_place() {
    let mut wrong = Vec::new();
    let lines = FIXTURE.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    for line in lines {
        let (sentence, wanted) = line.split_once(" | ").unwrap_or((line, ""));
        let rules = proposed(sentence);
        let said: Vec<&str> = rules.lines().filter_map(|line| line.strip_prefix(SAYS)).collect();
        if said.join(" ") != wanted {
            wrong.push(format!("{sentence}\n  wanted: {wanted}\n  found:  {}", said.join(" ")));
            continue;
        }
        if !wanted.is_empty() {
            let outcome = run(&request(sentence, Some(&with_claims(&rules))), &mut []);
            assert!(outcome.problems.is_empty(), "{:?}\n{rules}", outcome.problem_lines);
            assert_eq!(outcome.summary.errors, 1, "{sentence}\n{rules}");
        }
    }
    assert!(wrong.is_empty(), "{} sentences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_amount_of_a_change_is_what_is_stated() {
    for (text, wanted) in [
        (
            "Profit rose from $61.4 million to $70.9 million, an increase of $9.5 million.",
            "9.5 million is the difference of 70.9 million and 61.4 million",
        ),
        ("Profit fell from 709 to 614 euros, a fall of 95.", "95 is the difference of 709 and 614"),
        ("Ann has 709 votes and Bob 614, a gap of 95.", "95 is the difference of 709 and 614"),
    ] {
        let rules = proposed(text);
        assert!(rules.contains(wanted), "{text}\n{rules}");
    }
}
