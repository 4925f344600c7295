//! Findings are made of the rows that are handed in, whatever finds them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossfoot::engine::data::job::{Job, Sizes};
use crossfoot::engine::data::memory::Memory;
use crossfoot::engine::pass::locate::{Located, Locator, RowFinder};
use crossfoot::engine::pass::run::run;
use crossfoot::expr::functions::Context;
use crossfoot::fault::Severity;
use crossfoot::files::machine::Machine;
use crossfoot::findings::hydrate::FindingSink;
use crossfoot::findings::maker::FindingMaker;
use crossfoot::report::Finding;
use crossfoot::source::{FileId, Files, RowId};
use crossfoot::{Project, Request};

#[derive(Clone)]
struct Rows(BTreeMap<RowId, Arc<Located>>);

impl RowFinder for Rows {
    fn row(&mut self, id: RowId) -> Option<Arc<Located>> {
        self.0.get(&id).cloned()
    }
}

#[derive(Default)]
struct Taken {
    findings: Vec<Finding>,
    unconfirmed: u64,
}

impl FindingSink for Taken {
    fn wants(&mut self, _check: &str, _severity: Severity) -> bool {
        true
    }
    fn take(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
    }
    fn joined(&mut self, _: &str, _: Severity) {}

    fn more(&mut self, _check: &str, _severity: Severity, _count: u64) {}
    fn unconfirmed(&mut self) {
        self.unconfirmed += 1;
    }
}

const RULES: &str = "
[data.rows]
path = 'rows.csv'
[check.c]
each = 'rows as x'
assert = 'x.total = sum(rows.part)'
";

#[test]
fn rows_may_come_from_elsewhere_than_files() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("rules.toml"), RULES).expect("a file");
    std::fs::write(folder.path().join("rows.csv"), "total,part\n9,1\n6,2\n6,3\n").expect("a file");
    let rules = folder.path().join("rules.toml").to_string_lossy().into_owned();
    let project = Project::open(&Request { rule_files: vec![rules], ..Request::default() });
    assert!(project.problems.is_empty(), "{:?}", project.problems);
    let paths = |file: FileId| Files::path(&project.book, file);
    let job = Job {
        tables: &project.built.tables,
        defs: &project.built.states,
        checks: &project.built.checks,
        context: Context { today: 0 },
        sizes: Sizes::default(),
        jobs: 1,
        exact: false,
        memory: Memory::new(None, 1, &Machine),
        most_raw: None,
        most_undecided: 1000,
        watch: &(),
        paths: &paths,
    };
    let mut ran = run(&job);
    let raw = std::mem::take(&mut ran.raw);
    let mut files = Locator::new(&job.tables[0], &ran.tables[0].directory, &paths);
    let first = ran.tables[0].directory.blocks()[0].first.0;
    let ids = (first..first + 3).map(RowId);
    let mut rows: BTreeMap<RowId, Arc<Located>> =
        ids.map(|id| (id, files.row(id).expect("a row"))).collect();
    assert!(rows.iter().all(|(id, located)| *id == located.id));
    // What only the map says must be what is shown.
    let row = rows.get_mut(&RowId(first)).expect("the first row");
    Arc::make_mut(row).row.texts[0] = "8".into();
    let rows = Rows(rows);

    let mut taken = Taken::default();
    let maker = FindingMaker::new(&job, &ran, &project.book)
        .with_rows(|_| Box::new(rows.clone()) as Box<dyn RowFinder>);
    maker.all(raw, vec![Vec::new()], &mut taken);
    assert_eq!((taken.findings.len(), taken.unconfirmed), (1, 0));
    let finding = &taken.findings[0];
    assert!(finding.message.ends_with("8 is stated, 6 follows"), "{}", finding.message);
    let working = finding.working.as_ref().expect("a working");
    let parts: Vec<&str> = working.terms.iter().map(|t| t.value.as_str()).collect();
    assert_eq!(parts, ["8", "1", "2", "3", "6"]);
}
