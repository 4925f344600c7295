//! Runs the tests against one mutant after the other. A first run without mutants finds out how long each test
//! takes and which mutants it reaches.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

/// A test that takes more seconds is not used.
const LONGEST: u64 = 20;

/// For how long tests are run against a mutant that none of them kills.
const MOST_MILLIS: u64 = 30_000;

/// Tests that are run fixture by fixture.
const BY_FIXTURE: [&str; 2] = [
    "every_case_prints_what_stands_beside_it",
    "every_case_gives_the_documents_that_stand_beside_it",
];

/// A test, or some over one fixture, in a program.
struct Unit {
    program: PathBuf,
    tests: Vec<String>,
    fixture: Option<String>,
    millis: u64,
    reached: BTreeSet<usize>,
    tried: u64,
    killed: u64,
}

impl Unit {
    fn name(&self) -> String {
        let program = self.program.file_name().map(|n| n.to_string_lossy().into_owned());
        let tests = self.tests.join(" ");
        format!("{} {tests} {}", program.unwrap_or_default(), self.fixture.as_deref().unwrap_or(""))
    }

    /// Runs it within some seconds of processor time.
    fn run(&self, tree: &Path, mutant: usize, seconds: u64, reached: Option<&Path>) -> ExitStatus {
        // A mutant may run or ask for memory without end.
        let limits = format!("ulimit -t {seconds} -v 8000000; exec timeout 600 \"$@\"");
        let mut command = Command::new("bash");
        command.args(["-c", &limits, "bash"]).arg(&self.program);
        command.args(["--exact", "--test-threads=1", "--quiet"]).args(&self.tests);
        command.current_dir(tree).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.env("MUTANT", mutant.to_string());
        command.envs([("INSTA_UPDATE", "no"), ("INSTA_OUTPUT", "none")]);
        command.env("INSTA_WORKSPACE_ROOT", tree).env("CARGO_MANIFEST_DIR", tree);
        if let Some(fixture) = &self.fixture {
            command.env("INSTA_GLOB_FILTER", fixture);
        }
        if let Some(path) = reached {
            command.env("MUTANTS_REACHED", path);
        }
        command.status().expect("the test program")
    }

    /// How many mutants it is expected to kill in a second.
    fn promise(&self) -> u64 {
        (self.killed + 1) * 1_000_000 / (self.tried + 2) / (self.millis + 5)
    }
}

/// Runs the tests against each mutant that has no result.
pub fn run(tree: &Path) {
    let tree = &fs::canonicalize(tree).expect("the copy");
    let mut units = read(&tree.join("units.tsv"));
    let results = tree.join("results.tsv");
    let done: BTreeSet<usize> = numbers(&results);
    let known = fs::read_to_string(&results).unwrap_or_default();
    for unit in &mut units {
        let name = format!("\t{}\t", unit.name());
        unit.killed = known.lines().filter(|line| line.contains(&name)).count() as u64;
        unit.tried = unit.killed;
    }
    let mut out = fs::File::options().append(true).create(true).open(&results).expect("results");
    for mutant in numbers(&tree.join("mutants.tsv")).difference(&done) {
        let end = end_of(*mutant, &mut units, tree);
        writeln!(out, "{mutant}\t{end}").expect("results");
    }
}

/// What becomes of a mutant.
fn end_of(mutant: usize, units: &mut [Unit], tree: &Path) -> String {
    units.sort_by_key(|u| std::cmp::Reverse(u.promise()));
    let mut millis = 0;
    let mut reaching = units.iter_mut().filter(|u| u.reached.contains(&mutant));
    for unit in reaching.by_ref() {
        millis += unit.millis;
        if millis > MOST_MILLIS {
            break;
        }
        unit.tried += 1;
        let status = unit.run(tree, mutant, unit.millis * 4 / 1000 + 5, None);
        if !status.success() {
            unit.killed += 1;
            return format!("killed\t{}\t{status}", unit.name());
        }
    }
    match (millis, reaching.count()) {
        (0, _) => "not reached\t".into(),
        (_, 0) => "survived\t".into(),
        (_, left) => format!("survived\t{left} were not tried"),
    }
}

/// The first columns of a table, where they are numbers.
fn numbers(path: &Path) -> BTreeSet<usize> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|l| l.split('\t').next()?.parse().ok()).collect()
}

/// Runs every test that cargo builds for some arguments once without a mutant, and writes down how long it
/// takes and what it reaches.
pub fn measure(tree: &Path, chosen: &[&str]) {
    let tree = &fs::canonicalize(tree).expect("the copy");
    let reached = tree.join("reached.txt");
    let units = fs::File::options().append(true).create(true).open(tree.join("units.tsv"));
    let mut out = units.expect("units");
    for mut unit in all(tree, chosen) {
        let _ = fs::remove_file(&reached);
        let started = Instant::now();
        if !unit.run(tree, 0, LONGEST, Some(&reached)).success() {
            eprintln!("not used: {}", unit.name());
            continue;
        }
        unit.millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let lines = fs::read_to_string(&reached).unwrap_or_default();
        let numbers: BTreeSet<&str> = lines.split_whitespace().collect();
        let numbers = Vec::from_iter(numbers).join(" ");
        let (program, tests) = (unit.program.display(), unit.tests.join(" "));
        let fixture = unit.fixture.unwrap_or_default();
        writeln!(out, "{program}\t{tests}\t{fixture}\t{}\t{numbers}", unit.millis).expect("units");
    }
}

fn read(path: &Path) -> Vec<Unit> {
    let text = fs::read_to_string(path).expect("units");
    let unit = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [program, tests, fixture, millis, reached] = fields[..] else { return None };
        Some(Unit {
            program: program.into(),
            tests: tests.split(' ').map(String::from).collect(),
            fixture: Some(fixture.to_string()).filter(|f| !f.is_empty()),
            millis: millis.parse().ok()?,
            reached: reached.split(' ').filter_map(|n| n.parse().ok()).collect(),
            tried: 0,
            killed: 0,
        })
    };
    text.lines().filter_map(unit).collect()
}

/// All tests of the programs that cargo has built.
fn all(tree: &Path, chosen: &[&str]) -> Vec<Unit> {
    let mut units = Vec::new();
    for program in programs(tree, chosen) {
        let list =
            Command::new(&program).args(["--list", "--format", "terse"]).current_dir(tree).output();
        let list = String::from_utf8_lossy(&list.expect("a list of tests").stdout).into_owned();
        let tests: Vec<&str> = list.lines().filter_map(|l| l.strip_suffix(": test")).collect();
        let unit = |tests: Vec<String>, fixture| Unit {
            program: program.clone(),
            tests,
            fixture,
            millis: 0,
            reached: BTreeSet::new(),
            tried: 0,
            killed: 0,
        };
        let (by_fixture, single): (Vec<&str>, Vec<&str>) =
            tests.into_iter().partition(|t| BY_FIXTURE.contains(t));
        units.extend(single.into_iter().map(|t| unit(vec![t.to_string()], None)));
        if !by_fixture.is_empty() {
            let tests: Vec<String> = by_fixture.into_iter().map(String::from).collect();
            let fixtures = fixtures(&tree.join("fixtures"), Path::new(""));
            units.extend(fixtures.into_iter().map(|f| unit(tests.clone(), Some(f))));
        }
    }
    units
}

/// Rule files below a folder.
fn fixtures(folder: &Path, name: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = name.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            all.extend(fixtures(&path, &name));
        } else if path.ends_with("rules.toml") {
            all.push(name.display().to_string());
        }
    }
    all.sort();
    all
}

/// The test programs, as cargo names them.
fn programs(tree: &Path, chosen: &[&str]) -> BTreeSet<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--no-run", "--offline", "--quiet", "--message-format=json"]).args(chosen);
    let output = cargo.current_dir(tree).stderr(Stdio::inherit()).output().expect("cargo");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let program = |line: &str| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_test = message["profile"]["test"] == true;
        is_test.then(|| message["executable"].as_str().map(PathBuf::from))?
    };
    text.lines().filter_map(program).collect()
}
