//! What runs in CI and before a commit, as far as it runs without GitHub: the script of the action
//! with a `crossfoot` that writes down how it was called, and the hook in git.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// A repository with one commit on `main`.
    fn new() -> Project {
        let project = Project { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir(project.repository()).expect("a folder");
        project.git(&["init", "-q", "-b", "main"]);
        project.commit("start");
        project
    }

    fn repository(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    fn run(&self, program: &str, args: &[&str]) -> Output {
        let programs = Path::new(env!("CARGO_BIN_EXE_crossfoot")).parent().expect("a folder");
        let path = std::env::var("PATH").expect("a path");
        let mut command = Command::new(program);
        command.args(args).current_dir(self.repository());
        command.env("PATH", format!("{}:{path}", programs.to_string_lossy()));
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ada");
            command.env(format!("GIT_{who}_EMAIL"), "ada@example.org");
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        command.output().expect("the tests need the program `git`")
    }

    fn git(&self, args: &[&str]) -> String {
        let output = self.run("git", args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.repository().join(path), text).expect("a file");
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Branch, target and their merge, which is checked out.
    fn merged(&self) -> (String, String) {
        self.git(&["checkout", "-q", "-b", "work"]);
        let head = self.commit("work");
        self.git(&["checkout", "-q", "main"]);
        let base = self.commit("main");
        self.git(&["checkout", "-q", "--detach"]);
        self.git(&["merge", "-q", "--no-ff", "-m", "merged", "work"]);
        (head, base)
    }
}

/// What the action did.
struct Ran {
    /// How crossfoot was called, one word a line; nothing where it was not.
    called: Vec<String>,
    outputs: BTreeMap<String, String>,
    printed: String,
    succeeded: bool,
}

/// Runs the script of the action in a folder, with a crossfoot that ends with `status`.
fn action(folder: &Path, status: i32, inputs: &[(&str, &str)]) -> Ran {
    let around = tempfile::tempdir().expect("a folder");
    let at = |name: &str| around.path().join(name);
    let stub = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{}'\necho '{{}}' > '{}'\nexit {status}\n",
        at("called").display(),
        at("crossfoot.sarif").display()
    );
    std::fs::write(at("crossfoot"), stub).expect("a program");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(at("crossfoot"), mode).expect("a program");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("action/check.sh");
    let path = std::env::var("PATH").expect("a path");
    let mut command = Command::new(script);
    command.current_dir(folder).envs(inputs.iter().copied());
    command.env("PATH", format!("{}:{path}", around.path().display()));
    command.env("RUNNER_TEMP", around.path()).env("GITHUB_OUTPUT", at("outputs"));
    let output = command.output().expect("the tests need bash");
    let read = |name: &str| std::fs::read_to_string(at(name)).unwrap_or_default();
    let outputs = read("outputs");
    let pairs = outputs.lines().filter_map(|line| line.split_once('='));
    let hide = |text: String| text.replace(&around.path().display().to_string(), "TEMP");
    Ran {
        called: read("called").lines().map(|line| hide(line.to_string())).collect(),
        outputs: pairs.map(|(name, value)| (name.to_string(), hide(value.to_string()))).collect(),
        printed: String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr),
        succeeded: output.status.success(),
    }
}

/// What is always there.
const FORMATS: [&str; 6] =
    ["--format", "github", "--format", "sarif=TEMP/crossfoot.sarif", "--accepted", "sarif=omit"];

#[track_caller]
fn called(ran: &Ran, own: &[&str]) {
    let all: Vec<&str> = ["check"].iter().chain(own).chain(&FORMATS).copied().collect();
    assert_eq!(ran.called, all, "{}", ran.printed);
}

#[test]
fn a_pull_request_is_compared_with_its_target() {
    let project = Project::new();
    let (head, base) = project.merged();
    let event = [("CROSSFOOT_HEAD", head.as_str()), ("CROSSFOOT_BASE", base.as_str())];
    let ran = action(&project.repository(), 1, &event);
    called(&ran, &["--since", "HEAD^1"]);
    assert_eq!(ran.outputs["status"], "1");
    assert_eq!(ran.outputs["sarif"], "TEMP/crossfoot.sarif");
    assert!(ran.succeeded, "the file is uploaded before the action fails");
    // The branch itself is checked out, or another merge.
    project.git(&["checkout", "-q", "work"]);
    called(&action(&project.repository(), 0, &event), &["--since", &base]);
    // What is asked for wins.
    let asked = |since| [event[0], event[1], ("CROSSFOOT_SINCE", since)];
    let ran = action(&project.repository(), 0, &asked("v1.0"));
    called(&ran, &["--since", "v1.0"]);
    called(&action(&project.repository(), 0, &asked("none")), &[]);
}

#[test]
fn a_checkout_that_is_too_shallow_is_told_what_to_fetch() {
    let project = Project::new();
    let (head, base) = project.merged();
    project.git(&["branch", "merged"]);
    let url = format!("file://{}", project.repository().display());
    for (depth, works) in [("1", false), ("2", true)] {
        let clone = project.folder.path().join(depth);
        let to = clone.to_string_lossy().into_owned();
        project.git(&["clone", "-q", "--depth", depth, "-b", "merged", &url, &to]);
        let event = [("CROSSFOOT_HEAD", head.as_str()), ("CROSSFOOT_BASE", base.as_str())];
        let ran = action(&clone, 0, &event);
        if works {
            called(&ran, &["--since", "HEAD^1"]);
        } else {
            assert!(ran.called.is_empty() && ran.succeeded, "{}", ran.printed);
            assert_eq!(ran.outputs["status"], "2");
            assert!(ran.printed.contains("::error title=crossfoot::"), "{}", ran.printed);
            assert!(ran.printed.contains("fetch-depth: 2"), "{}", ran.printed);
        }
    }
}

#[test]
fn arguments_are_words_and_no_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |args| action(folder.path(), 2, &[("CROSSFOOT_ARGS", args)]);
    called(&run(""), &[]);
    called(&run(" \n "), &[]);
    called(
        &run("-c 'my rules.toml'\n--fail-on warning"),
        &["-c", "my rules.toml", "--fail-on", "warning"],
    );
    let ran = run("-k \"area-*\" $(touch gone) ;");
    called(&ran, &["-k", "area-*", "$(touch", "gone)", ";"]);
    assert_eq!(ran.outputs["status"], "2");
    assert!(!folder.path().join("gone").exists());
    let ran = run("-c 'no end");
    assert!(ran.called.is_empty() && !ran.succeeded, "{}", ran.printed);
}

/// The line that a key of a file has.
fn entry(file: &str) -> String {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
    let text = text.expect("a file");
    let line = text.lines().find_map(|l| l.trim().strip_prefix("entry: "));
    line.expect("an entry").to_string()
}

#[test]
fn the_hook_keeps_a_bad_commit_out() {
    let project = Project::new();
    let hook = project.repository().join(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().expect("a folder")).expect("a folder");
    let script = format!("#!/bin/sh\nexec {}\n", entry(".pre-commit-hooks.yaml"));
    std::fs::write(&hook, script).expect("a hook");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&hook, mode).expect("a hook");
    project.write("crossfoot.toml", "[data.t]\npath = \"t.csv\"\ncolumns.a = { min = 5 }\n");
    project.write("t.csv", "a\n7\n");
    let good = project.commit("good");
    project.write("t.csv", "a\n7\n1\n");
    project.git(&["add", "-A"]);
    let output = project.run("git", &["commit", "-m", "bad"]);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{printed}");
    assert!(printed.contains("must be at least 5"), "{printed}");
    assert_eq!(project.git(&["rev-parse", "HEAD"]), good);
    project.write("t.csv", "a\n7\n10\n");
    project.commit("better");
}

#[test]
fn the_page_shows_the_files_that_are_checked() {
    let read = |file: &str| {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a file")
    };
    let page = read("docs/ci.md");
    for file in ["github.yml", "gitlab.yml", "pre-commit.yaml"] {
        let text = read(&format!("docs/ci/{file}"));
        assert!(page.contains(&format!("```yaml\n{text}```\n")), "docs/ci.md shows not {file}");
    }
}
