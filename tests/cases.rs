//! Every folder of fixtures that holds a `rules.toml` is a case: its data, its rules and what is
//! printed stand side by side.

use std::path::Path;
use std::sync::Arc;

use crossfoot::files::tree::{Memory, Overlay};
use crossfoot::render::{Format, Options, sink, words};
use crossfoot::source::tree::Tree;
use crossfoot::{Outcome, Project, Request, SinkSlot};

/// A request for a rule file.
fn request(rules: &str, how: Request) -> Request {
    Request {
        rule_files: vec![rules.to_string()],
        old_files: old_of(rules),
        today: Some("2026-11-23".into()),
        ..how
    }
}

/// A run in a format, and what it wrote.
fn run(rules: &str, how: Request, format: Format) -> (Outcome, String) {
    let request = request(rules, how);
    run_project(&Project::open(&request), &request, format)
}

/// The same over a project that is open.
fn run_project(project: &Project, request: &Request, format: Format) -> (Outcome, String) {
    let mut out = Vec::new();
    let options = Options { width: 100, ..Options::default() };
    let slot = SinkSlot {
        sink: sink(format, options),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    };
    let mut slots = [slot];
    let outcome = crossfoot::run_project(project, request, &mut slots);
    drop(slots);
    (outcome, String::from_utf8_lossy(&out).into_owned())
}

/// A folder `old` beside a rule file is the old version.
fn old_of(rules: &str) -> Vec<(Option<String>, String)> {
    let old = rules.replace("rules.toml", "old");
    let is_there = Path::new(env!("CARGO_MANIFEST_DIR")).join(&old).is_dir();
    is_there.then_some((None, old)).into_iter().collect()
}

/// What `crossfoot check` prints for a rule file: findings, statistics, summary, exit status.
fn check(rules: &str, how: Request) -> String {
    let request = request(rules, how);
    check_project(&Project::open(&request), &request)
}

/// The same over a project that is open.
fn check_project(project: &Project, request: &Request) -> String {
    let (outcome, out) = run_project(project, request, Format::Full);
    let status = if !outcome.problems.is_empty() {
        2
    } else if outcome.worst >= Some(crossfoot::fault::Severity::Error) {
        1
    } else {
        0
    };
    format!("{out}\n{}exit status {status}\n", words::statistics(&outcome.summary))
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
        let printed = check(&rules, Request::default());
        insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, snapshot_suffix => "", omit_expression => true }, {
            insta::assert_snapshot!("expected", printed);
        });
    });
}

/// A document without what has tests of its own: certificates, coverage and exhibits.
fn brief(document: &str) -> String {
    let without = |line: &str| {
        let comma = if line.ends_with(',') { "," } else { "" };
        let finding = serde_json::from_str::<serde_json::Value>(line.trim_end_matches(','));
        match finding {
            Ok(serde_json::Value::Object(mut finding)) => {
                finding.shift_remove("certificate");
                format!("{}{comma}\n", serde_json::Value::Object(finding))
            }
            _ => format!("{line}\n"),
        }
    };
    let is_kept =
        |line: &&str| !["\"coverage\":", "\"exhibits\":"].iter().any(|p| line.starts_with(p));
    document.lines().filter(is_kept).map(without).collect()
}

/// What programs and one-line readers get of every case.
#[test]
fn every_case_gives_the_documents_that_stand_beside_it() {
    insta::glob!("../fixtures", "**/rules.toml", |path| {
        let rules = relative(path);
        let folder = path.parent().expect("a rule file stands in a folder").to_path_buf();
        for (name, format) in
            [("expected.json", Format::Json), ("expected.concise", Format::Concise)]
        {
            let (_, written) = run(&rules, Request::default(), format);
            let written =
                written.replace(concat!("\"", env!("CARGO_PKG_VERSION"), "\""), "\"VERSION\"");
            let written = if format == Format::Json { brief(&written) } else { written };
            insta::with_settings!({ snapshot_path => &folder, prepend_module_to_snapshot => false, snapshot_suffix => "", omit_expression => true }, {
                insta::assert_snapshot!(name, written);
            });
        }
    });
}

#[test]
fn no_byte_of_output_depends_on_how_the_work_is_done() {
    insta::glob!("../fixtures", "**/rules.toml", |path| {
        let rules = relative(path);
        let exact = request(&rules, Request { exact: true, jobs: Some(1), ..Request::default() });
        let project = Project::open(&exact);
        let exact = check_project(&project, &exact);
        for (chunk, block) in [
            (None, None),
            (Some(1), Some(1)),
            (Some(7), Some(64)),
            (Some(64), Some(7)),
            (Some(1000), Some(13)),
        ] {
            for (jobs, row_by_row) in [(1, false), (3, false), (2, true)] {
                let how = Request {
                    chunk,
                    block,
                    jobs: Some(jobs),
                    exact: row_by_row,
                    ..Request::default()
                };
                let printed = check_project(&project, &request(&rules, how));
                assert_eq!(
                    printed, exact,
                    "{rules} with stretches of {chunk:?}, blocks of {block:?} bytes, {jobs} workers, row by row: {row_by_row}"
                );
            }
        }
    });
}

#[test]
fn no_byte_of_output_depends_on_what_fits_in_memory() {
    insta::glob!("../fixtures", "**/rules.toml", |path| {
        let rules = relative(path);
        let exact = request(&rules, Request { exact: true, jobs: Some(1), ..Request::default() });
        let project = Project::open(&exact);
        let exact = without_plan(&check_project(&project, &exact));
        for (chunk, block) in [
            (None, None),
            (Some(1), Some(1)),
            (Some(64), Some(7)),
            (Some(1000), Some(13)),
            (Some(9), Some(5)),
        ] {
            for (jobs, row_by_row) in [(1, false), (3, false), (2, true)] {
                // With no memory at all, whatever can go to a temporary file does.
                let how = Request {
                    chunk,
                    block,
                    jobs: Some(jobs),
                    exact: row_by_row,
                    memory: Some(0),
                    ..Request::default()
                };
                let printed = without_plan(&check_project(&project, &request(&rules, how)));
                assert_eq!(
                    printed, exact,
                    "{rules} with stretches of {chunk:?}, blocks of {block:?} bytes, {jobs} workers, row by row: {row_by_row}"
                );
            }
        }
    });
}

/// All of a folder of the disk, in memory.
fn in_memory(folder: &str) -> Memory {
    fn add(folder: &Path, tree: &mut Memory) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                add(&path, tree);
            } else {
                tree.insert(&relative(&path), std::fs::read(&path).expect("a file"));
            }
        }
    }
    let mut tree = Memory::default();
    add(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut tree);
    tree
}

#[test]
fn no_byte_of_output_depends_on_where_files_come_from() {
    let tree: Arc<dyn Tree> = Arc::new(in_memory("fixtures"));
    insta::glob!("../fixtures", "**/rules.toml", |path| {
        let rules = relative(path);
        let how = || Request { jobs: Some(1), ..Request::default() };
        let on_disk = check(&rules, how());
        let in_memory = check(&rules, Request { tree: Some(Arc::clone(&tree)), ..how() });
        assert_eq!(in_memory, on_disk, "{rules} out of memory");
    });
}

/// Nothing is asked of the disk where another tree was given: none of this is on it.
#[test]
fn a_tree_in_memory_is_enough() {
    let mut tree = Memory::default();
    let rules = "[data.t]\npath = \"../data/{year:year}/**/*.csv\"\ncolumns.a = { min = 5 }\n";
    tree.insert("nowhere/rules/r.toml", rules.into());
    tree.insert("nowhere/data/2020/x/y/t.csv", b"a\n7\n".to_vec());
    tree.insert("nowhere/data/2021/t.csv", b"a\n1\n".to_vec());
    let run = |tree: Arc<dyn Tree>| {
        check("nowhere/rules/r.toml", Request { tree: Some(tree), ..Request::default() })
    };
    let printed = run(Arc::new(tree.clone()));
    assert!(printed.contains("nowhere/data/2021/t.csv:2:1"), "{printed}");
    assert!(printed.contains("2 rows"), "{printed}");
    // A buffer over a file is what is checked, and is UTF-8 whatever the rules say.
    tree.insert("nowhere/rules/r.toml", format!("{rules}encoding = \"utf-16le\"\n").into());
    let mut overlay = Overlay::new(Arc::new(tree));
    overlay.insert("nowhere/data/2020/x/y/t.csv", "a\n7\n".into());
    overlay.insert("nowhere/data/2021/t.csv", "a\n8\n".into());
    overlay.insert("nowhere/data/2022/t.csv", "a\n2\n".into());
    let printed = run(Arc::new(overlay));
    assert!(printed.contains("nowhere/data/2022/t.csv:2:1"), "{printed}");
    assert!(printed.contains("3 rows") && !printed.contains("2021/t.csv:2:1"), "{printed}");
}

/// The plan and the line after it say what went to temporary files.
fn without_plan(printed: &str) -> String {
    printed
        .lines()
        .filter(|l| !l.starts_with("stage ") && !l.starts_with("temporary files: "))
        .map(|l| format!("{l}\n"))
        .collect()
}

/// Each number below `N` stands once, so that what every row sees follows from its number.
#[test]
fn what_rows_see_in_an_order_is_the_same_in_temporary_files() {
    const N: usize = 3001;
    let mut rows = String::from("g,number,word\n");
    for n in 0..N {
        let number = n * 7919 % N;
        rows += &format!("g{},{number},{}\n", number % 7, ["often", "a", "b"][number % 5 / 2]);
    }
    let rules = "[data.t]\npath = \"t.csv\"\ncolumns.number.type = \"number\"\n\
        [check.rows]\neach = \"t\"\norder = \"number\"\nassert = [\n\
        'rank(number) = 3001 - number',\n\
        'rank(number / 3) = 3001 - number',\n\
        'default(number - prev(number), 1) = 1',\n\
        'default(next(number by g) - number, 7) = 7',\n\
        'cumulative(number) = number * (number + 1) / 2',\n]\n\
        [check.falling]\neach = \"t\"\norder = \"g desc, number desc\"\n\
        assert = 'default(prev(number by g) - number, 7) = 7'\n\
        [check.all]\nassert = [\n\
        'median(t.number) = 1500',\n\
        'quantile(t.number, 0.9) = 2700',\n\
        'mode(t.word) = \"often\"',\n]\n\
        [check.groups]\neach = \"t by g\"\norder = \"g\"\nassert = [\n\
        'median(number) - default(prev(median(number)), -1) between -10 and 1510',\n\
        'rank(count(number)) <= 7',\n]\n";
    let mut tree = Memory::default();
    tree.insert("r.toml", rules.into());
    tree.insert("t.csv", rows.into());
    let tree: Arc<dyn Tree> = Arc::new(tree);
    for (memory, jobs, chunk) in
        [(None, 1, None), (None, 2, Some(2000)), (Some(0), 1, None), (Some(0), 2, Some(1500))]
    {
        let how = Request {
            tree: Some(Arc::clone(&tree)),
            memory,
            chunk,
            jobs: Some(jobs),
            ..Request::default()
        };
        let (outcome, printed) = run("r.toml", how, Format::Full);
        let how = format!("memory {memory:?}, {jobs} workers: {printed}");
        assert!(outcome.problems.is_empty() && outcome.worst.is_none(), "{how}");
        assert_eq!(outcome.summary.spilled > 0, memory.is_some(), "{how}");
    }
}

/// More than 16 bits of distinct values in one group, each met again far from where it was first, so
/// that what is in memory and what is in temporary files have most of them in common.
#[test]
fn distinct_values_are_counted_beyond_what_fits_in_memory() {
    const N: usize = 70_000;
    let mut rows = String::from("g,word,number\n");
    for n in 0..N {
        rows += &format!("big,w{n},{n}\n");
        if n % 30_000 == 0 {
            rows += "small,w1,1\n";
        }
    }
    for n in (0..N).rev() {
        rows += &format!("big,w{n},{n}.0\n");
    }
    let rules = "[data.t]\npath = \"t.csv\"\ncolumns.number.type = \"number\"\n\
        [check.c]\neach = \"t by g\"\nassert = [\n\
        'if g = \"big\" then count(distinct word) = 70000 else count(distinct word) = 1',\n\
        'if g = \"big\" then count(distinct number) = 70000 else count(distinct number) = 1',\n\
        'if g = \"big\" then count(distinct word, g) = count(word) / 2',\n]\n";
    let mut tree = Memory::default();
    tree.insert("r.toml", rules.into());
    tree.insert("t.csv", rows.into());
    let tree: Arc<dyn Tree> = Arc::new(tree);
    for (memory, jobs) in [(None, 1), (None, 2), (Some(0), 1), (Some(0), 2), (Some(16 << 20), 2)] {
        let how = Request {
            tree: Some(Arc::clone(&tree)),
            memory,
            jobs: Some(jobs),
            ..Request::default()
        };
        let (outcome, printed) = run("r.toml", how, Format::Full);
        let how = format!("memory {memory:?}, {jobs} workers: {printed}");
        assert!(outcome.problems.is_empty() && outcome.worst.is_none(), "{how}");
        let tally = outcome.summary.checks.iter().find(|c| c.id == "c").map(|c| c.tally);
        let held = tally.map(|t| (t.held, t.failed, t.undecided, t.not_applicable));
        assert_eq!(held, Some((5, 0, 0, 1)), "{how}");
        assert_eq!(outcome.summary.spilled > 0, memory.is_some(), "{how}");
    }
}

/// Rows that an aggregate keeps, because its condition names the row at hand, go to temporary files where
/// they do not fit in memory: all that is asked is judged.
#[test]
fn rows_that_conditions_of_aggregates_name_are_kept_beyond_what_fits_in_memory() {
    let mut rows = String::from("a,b,g\n");
    for n in 0..20_000 {
        let b = if n % 10_000 == 3 { "-1" } else { "1" };
        rows += &format!("{n},{b},{}\n", if n % 4 == 0 { "y" } else { "x" });
    }
    let rules = "[data.s]\npath = \"s.csv\"\ncolumns.a.type = \"number\"\ncolumns.b.type = \"number\"\n\
        [check.pos]\neach = \"s\"\nassert = 'b >= 0'\n\
        [data.w]\npath = \"w.csv\"\ncolumns.most.type = \"number\"\ncolumns.sum.type = \"number\"\n\
        [check.sums]\neach = \"w\"\nassert = [\n\
        'sum(s.b where g = w.g and a < w.most) = sum',\n\
        'if g = \"x\" then median(s.a where g = w.g and a < w.most) = 2',\n]\n\
        [check.order]\neach = \"s\"\norder = \"a\"\nassert = 'a > prev(a)'\n";
    let mut tree = Memory::default();
    tree.insert("r.toml", rules.into());
    tree.insert("s.csv", rows.into());
    tree.insert("w.csv", String::from("g,most,sum\nx,5,1\ny,15000,3750\nx,4,7\nz,9,0\n").into());
    let tree: Arc<dyn Tree> = Arc::new(tree);
    for (memory, jobs) in [(None, 2), (Some(0), 1), (Some(0), 2)] {
        let how = Request {
            tree: Some(Arc::clone(&tree)),
            memory,
            jobs: Some(jobs),
            chunk: Some(100_000),
            ..Request::default()
        };
        let (outcome, printed) = run("r.toml", how, Format::Concise);
        let lines =
            ["s.csv:5:3: error[pos]", "s.csv:10005:7: error[pos]", "w.csv:4:5: error[sums]"];
        assert!(lines.iter().all(|line| printed.contains(line)), "{printed}");
        assert_eq!(printed.matches("error[").count(), 3, "{printed}");
        assert!(outcome.problems.is_empty(), "{printed}");
        assert_eq!(outcome.summary.spilled > 0, memory.is_some(), "{printed}");
    }
}
