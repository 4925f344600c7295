//! The baseline over random tables: it accepts whatever is found, and moving rows changes no line.

use std::sync::Arc;

use crossfoot::files::tree::Memory;
use crossfoot::gate::baseline::{Entry, text};
use crossfoot::source::tree::Tree;
use crossfoot::{Outcome, Request, run};
use proptest::prelude::*;

const RULES: &str = "[data.t]\npath = \"t.csv\"\nKEYcolumns.a = { type = \"number\", min = 2, max = 7 }\n\
    columns.b = { type = \"integer\", required = true }\n\
    [check.row]\neach = \"t\"\nassert = ['a < b', 'if g = \"x\" then a = 3']\n\
    [check.group]\neach = \"t by g\"\nassert = 'sum(a) = 2 * sum(b)'\n\
    [check.pair]\neach = [\"t as p\", \"t as q\"]\nwhere = 'p.g = q.g and p.a < q.a'\n\
    assert = 'p.b <= q.b'\n\
    [check.total]\nassert = ['sum(t.a) = 20', 'count(t where a > b) = 0']\n";

fn outcome(rows: &[String], has_key: bool, baseline: Option<&str>) -> Outcome {
    let mut tree = Memory::default();
    let key = if has_key { "key = \"id\"\n" } else { "" };
    tree.insert("crossfoot.toml", RULES.replace("KEY", key).into());
    tree.insert("t.csv", format!("id,g,a,b\n{}\n", rows.join("\n")).into());
    if let Some(text) = baseline {
        tree.insert("crossfoot.baseline", text.into());
    }
    let tree: Arc<dyn Tree> = Arc::new(tree);
    let rule_files = vec!["crossfoot.toml".to_string()];
    let tree = Some(tree);
    run(&Request { rule_files, tree, entries: true, jobs: Some(1), ..Request::default() }, &mut [])
}

fn entries(outcome: &Outcome) -> Vec<Entry> {
    outcome.entries.iter().map(|listed| listed.entry.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_was_there_is_no_news(
        mut rows in prop::collection::vec(
            ("[k-p]|", "[xyz]|", "[0-9]|1\\.5|n", "[0-9]|-|").prop_map(|(id, g, a, b)| format!("{id},{g},{a},{b}")),
            1..9,
        ),
        set_aside in any::<bool>(),
        has_key in any::<bool>(),
    ) {
        if set_aside {
            rows.push("note".into());
        }
        let first = outcome(&rows, has_key, None);
        prop_assert!(first.problem_lines.is_empty(), "{:?}", first.problem_lines);
        let written = text(&entries(&first));
        let again = outcome(&rows, has_key, Some(&written));
        let s = &again.summary;
        prop_assert_eq!((s.errors, s.warnings, s.infos), (0, 0, 0), "{}", written);
        prop_assert_eq!(s.accepted, first.entries.len() as u64);
        prop_assert_eq!(again.worst, None);
        prop_assert_eq!(text(&entries(&again)), written.clone());
        // Which of two rows with one key is reported depends on their order.
        let mut ids: Vec<&str> = rows.iter().filter_map(|r| r.split(',').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() == all && has_key {
            rows.reverse();
            prop_assert_eq!(text(&entries(&outcome(&rows, has_key, None))), written);
        }
    }
}
