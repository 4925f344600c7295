//! Old versions out of git, in repositories that the tests make. They need the program `git`: where
//! it is missing they fail.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crossfoot::Since;
use crossfoot::files::git::since::old_side;
use crossfoot::files::inflate::Limits;
use crossfoot::files::sources::{cannot, refused};
use crossfoot::files::tree::OldSide;
use crossfoot::source::Problem;
use crossfoot::source::tree::{Glob, Kind, Tree};

/// A repository in a folder that is gone with it.
struct Repository {
    folder: tempfile::TempDir,
}

/// What the user has set must not matter.
fn git_in(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]);
    command.args(["-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"]);
    command.env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z");
    command.env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(name);
    }
    let output = command.args(args).output().expect("the tests need the program `git`");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {complaint}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_string()
}

impl Repository {
    /// With one commit of these files, tagged `first`.
    fn new(files: &[(&str, &str)]) -> Repository {
        let repository = Repository { folder: tempfile::tempdir().expect("a folder") };
        repository.git(&["init", "-q", "-b", "main"]);
        files.iter().for_each(|(path, text)| repository.write(path, text));
        repository.commit();
        repository.git(&["tag", "first"]);
        repository
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, args: &[&str]) -> String {
        git_in(self.path(), args)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn commit(&self) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "A commit"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn since(&self, reference: &str) -> OldSide {
        side(self.path(), reference).expect("an old side")
    }
}

fn ask(directory: &Path, reference: &str, exact: bool) -> Result<OldSide, Problem> {
    let since = Since { reference: reference.to_string(), exact };
    old_side(&since, (directory, directory), None)
}

fn side(directory: &Path, reference: &str) -> Result<OldSide, Problem> {
    ask(directory, reference, false)
}

fn below(directory: &Path, root: &Path) -> OldSide {
    let since = Since { reference: "HEAD".to_string(), exact: false };
    old_side(&since, (directory, directory), Some(&root.to_string_lossy())).expect("an old side")
}

fn text(old: &OldSide, path: &str) -> String {
    let opened = old.tree.open(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    assert_eq!(opened.kind, Kind::File, "{path}");
    let mut all = vec![0; usize::try_from(opened.bytes.len()).expect("a length")];
    assert_eq!(opened.bytes.read_at(0, &mut all).expect("bytes"), all.len());
    String::from_utf8(all).expect("text")
}

fn list(old: &OldSide, pattern: &str) -> Vec<String> {
    let directory = &pattern[..pattern.rfind("../").map_or(0, |at| at + 3)];
    let glob = Glob::new(directory, &pattern[directory.len()..]).expect("a pattern");
    old.tree.list(&glob).expect("a list")
}

fn is_missing(old: &OldSide, path: &str) {
    assert_eq!(old.tree.kind(path), None, "{path}");
    let error = old.tree.open(path).err().expect("nothing to open");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{path}");
}

fn fails(directory: &Path, reference: &str, fault: &str, message: &str, help: &str) {
    let problem = side(directory, reference).expect_err("no old side");
    let own_help = problem.help.unwrap_or_default();
    assert_eq!(problem.fault.name, fault, "{reference}: {}", problem.message);
    assert!(problem.message.contains(message), "{reference}: {}", problem.message);
    assert!(own_help.contains(help), "{reference}: {own_help}");
}

#[test]
fn the_old_side_is_the_commit_and_the_new_side_the_disk() {
    let repository = Repository::new(&[("a.csv", "x\n1\n"), ("data/b.csv", "y\n2\n")]);
    repository.write("a.csv", "x\n9\n");
    repository.write("later.csv", "z\n");
    let head = repository.git(&["rev-parse", "HEAD"]);
    let old = repository.since("HEAD");
    assert_eq!(old.commit.as_deref(), Some(head.as_str()));
    assert_eq!(old.name, format!("HEAD ({})", &head[..7]));
    assert_eq!(text(&old, "a.csv"), "x\n1\n");
    assert_eq!(text(&old, "./data/../data/b.csv"), "y\n2\n");
    assert_eq!(old.tree.kind("data"), Some(Kind::Directory));
    assert_eq!(old.tree.open("data").expect("opened").kind, Kind::Directory);
    is_missing(&old, "later.csv");
    is_missing(&old, "a.csv/b.csv");
    assert_eq!(list(&old, "**/*.csv"), ["a.csv", "data/b.csv"]);
    assert_eq!(list(&old, "*"), ["a.csv"]);
    assert_eq!(old.tree.stamp("a.csv"), None);
}

#[test]
fn paths_are_relative_to_the_folder_of_the_run() {
    let repository = Repository::new(&[("a.csv", "x\n"), ("data/deep/b.csv", "y\n")]);
    repository.write("data/new/place.txt", "");
    let old = side(&repository.path().join("data"), "HEAD").expect("an old side");
    assert_eq!(text(&old, "../a.csv"), "x\n");
    assert_eq!(text(&old, "deep/b.csv"), "y\n");
    assert_eq!(list(&old, "../*.csv"), ["../a.csv"]);
    assert_eq!(list(&old, "*/b.csv"), ["deep/b.csv"]);
    is_missing(&old, "a.csv");
    is_missing(&old, "../../a.csv");
    let absolute = std::fs::canonicalize(repository.path().join("a.csv")).expect("a path");
    assert_eq!(text(&old, &absolute.to_string_lossy()), "x\n");
    // A folder that the old version does not have.
    let old = side(&repository.path().join("data/new"), "HEAD").expect("an old side");
    assert_eq!(text(&old, "../deep/b.csv"), "y\n");
    assert_eq!(list(&old, "*"), Vec::<String>::new());
}

#[test]
fn other_working_trees_and_repositories_inside_work() {
    let repository = Repository::new(&[("a.csv", "old\n")]);
    let outer = tempfile::tempdir().expect("a folder");
    let tree = outer.path().join("tree");
    let other: PathBuf = tree.clone();
    repository.git(&["worktree", "add", "-q", "-b", "side", &tree.to_string_lossy()]);
    std::fs::write(other.join("a.csv"), "new\n").expect("a file");
    assert_eq!(text(&side(&other, "main").expect("an old side"), "a.csv"), "old\n");
    // A submodule is a repository of its own, and nothing in the one around it.
    let inner = Repository::new(&[("inner.csv", "x\n")]);
    let from = inner.path().to_string_lossy().into_owned();
    repository.git(&["submodule", "--quiet", "add", &from, "sub"]);
    repository.commit();
    let old = repository.since("HEAD");
    is_missing(&old, "sub/inner.csv");
    assert_eq!(list(&old, "**/*.csv"), ["a.csv"]);
    let old = side(&repository.path().join("sub"), "HEAD").expect("an old side");
    assert_eq!(text(&old, "inner.csv"), "x\n");
    is_missing(&old, "../a.csv");
}

#[test]
fn odd_names_are_names() {
    let names = ["with space.csv", "M\u{fc}nchen \u{30c7}.csv", "tab\tand \"quote\".csv", "-x.csv"];
    let files: Vec<(&str, &str)> = names.iter().map(|n| (*n, *n)).collect();
    let repository = Repository::new(&files);
    repository.write("two\nlines/c.csv", "x\n");
    repository.commit();
    let old = repository.since("HEAD");
    names.iter().for_each(|name| assert_eq!(text(&old, name), *name));
    assert_eq!(text(&old, "two\nlines/c.csv"), "x\n");
    assert_eq!(list(&old, "*/*.csv"), ["two\nlines/c.csv"]);
    let old = side(&repository.path().join("two\nlines"), "HEAD").expect("an old side");
    assert_eq!(text(&old, "c.csv"), "x\n");
    assert_eq!(text(&old, "../-x.csv"), "-x.csv");
}

#[test]
fn a_file_is_known_by_its_name_of_now() {
    let rows: String = (0..100).map(|n| format!("{n},{}\n", n * n)).collect();
    let other: String = (0..100).map(|n| format!("r{n};{}\n", n * 7)).collect();
    let third: String = (0..100).map(|n| format!("{n}|{n}\n")).collect();
    let repository = Repository::new(&[
        ("committed.csv", &rows),
        ("staged.csv", &other),
        ("loose.csv", &third),
        ("gone.csv", "nothing like the others\n"),
    ]);
    let moved = |name| repository.path().join(name);
    // Moved and edited in a commit, in the index, and behind git's back.
    repository.git(&["mv", "committed.csv", "moved.csv"]);
    repository.write("moved.csv", &rows.replace("50,2500", "50,2501"));
    repository.commit();
    std::fs::create_dir(moved("archive")).expect("a folder");
    repository.git(&["mv", "staged.csv", "archive/staged 2026.csv"]);
    repository.write("archive/staged 2026.csv", &other.replace("r7;49", "r7;48"));
    std::fs::rename(moved("loose.csv"), moved("found.csv")).expect("a move");
    std::fs::remove_file(moved("gone.csv")).expect("a file");
    repository.write("new.csv", "a file of other content\n");
    let index = std::fs::read(moved(".git/index")).expect("the index");
    let old = repository.since("first");
    assert_eq!(text(&old, "moved.csv"), rows);
    assert_eq!(text(&old, "archive/staged 2026.csv"), other);
    assert_eq!(text(&old, "found.csv"), third);
    for name in ["committed.csv", "staged.csv", "loose.csv", "new.csv"] {
        is_missing(&old, name);
    }
    assert_eq!(list(&old, "*.csv"), ["found.csv", "gone.csv", "moved.csv"]);
    assert_eq!(list(&old, "archive/*"), ["archive/staged 2026.csv"]);
    assert_eq!(std::fs::read(moved(".git/index")).expect("the index"), index);
}

#[cfg(unix)]
#[test]
fn links_are_followed_as_they_were() {
    use std::os::unix::fs::symlink;
    let repository =
        Repository::new(&[("data/2025.csv", "old year\n"), ("x/real/deep.csv", "d\n")]);
    let link = |to: &str, from: &str| symlink(to, repository.path().join(from)).expect("a link");
    link("data/2025.csv", "current.csv");
    link("../current.csv", "data/again.csv");
    link("x/real", "folder");
    link("round.csv", "round.csv");
    link("../../../../etc/hostname", "outside.csv");
    repository.commit();
    std::fs::remove_file(repository.path().join("current.csv")).expect("a link");
    let old = repository.since("HEAD");
    assert_eq!(text(&old, "current.csv"), "old year\n");
    assert_eq!(text(&old, "data/again.csv"), "old year\n");
    assert_eq!(text(&old, "folder/deep.csv"), "d\n");
    assert_eq!(list(&old, "folder/*.csv"), ["folder/deep.csv"]);
    assert_eq!(list(&old, "data/*.csv"), ["data/2025.csv"]);
    is_missing(&old, "outside.csv");
    is_missing(&old, "current.csv/x.csv");
    assert!(old.tree.open("round.csv").is_err());
    // The file that a link leads to was moved since.
    repository.git(&["mv", "data/2025.csv", "x/2025.csv"]);
    assert_eq!(text(&repository.since("HEAD"), "current.csv"), "old year\n");
}

#[test]
fn a_branch_behind_main_sees_none_of_its_edits() {
    let repository = Repository::new(&[("a.csv", "start\n")]);
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository.write("b.csv", "work\n");
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.write("a.csv", "edited on main\n");
    let main = repository.commit();
    repository.git(&["checkout", "-q", "work"]);
    let old = repository.since("main");
    assert_eq!((text(&old, "a.csv").as_str(), old.commit.as_deref()), ("start\n", Some(&*base)));
    let exact = ask(repository.path(), "main", true).expect("an old side");
    assert_eq!(text(&exact, "a.csv"), "edited on main\n");
    assert_eq!(exact.commit.as_deref(), Some(&*main));
    is_missing(&exact, "b.csv");
    for reference in ["HEAD~1", "first", &base, &base[..10], "HEAD@{0}^", "refs/tags/first"] {
        assert_eq!(repository.since(reference).commit.as_deref(), Some(&*base), "{reference}");
    }
}

#[test]
fn a_revision_that_is_not_there_is_an_error() {
    let repository = Repository::new(&[("a.csv", "x\n")]);
    repository.git(&["update-ref", "refs/remotes/origin/develop", "HEAD"]);
    let at = repository.path();
    let unknown = "unknown-revision";
    fails(at, "mian", unknown, "no revision `mian`", "did you mean `main`?");
    fails(at, "develop", unknown, "no revision `develop`", "did you mean `origin/develop`?");
    fails(at, "entirely-else", unknown, "no revision `entirely-else`", "git branch --all");
    fails(at, "", unknown, "the text behind the option is empty", "in CI");
    fails(at, &"0".repeat(40), unknown, "no revision `000", "the branch was new");
    fails(at, &"1".repeat(40), unknown, "no revision `111", "git fetch");
    // Neither options, nor ranges, nor files, nor what is left out.
    for text in ["--all", "-n1", "HEAD..main", "^HEAD", "HEAD:a.csv", "HEAD main", "*"] {
        fails(at, text, unknown, &format!("no revision `{text}`"), "");
    }
}

#[test]
fn digits_that_several_commits_begin_with_are_an_error() {
    let repository = Repository::new(&[("a.csv", "x\n")]);
    let mut stream = String::new();
    for n in 0..2000 {
        stream += &format!("commit refs/heads/many\ncommitter A <a@b> {n} +0000\ndata 0\n\n");
    }
    repository.write("stream", &stream);
    let file = std::fs::File::open(repository.path().join("stream")).expect("a file");
    let mut import = Command::new("git");
    import.args(["fast-import", "--quiet"]).current_dir(repository.path()).stdin(file);
    assert!(import.status().expect("git runs").success());
    let commits = repository.git(&["rev-list", "many"]);
    let mut digits: Vec<&str> = commits.lines().map(|id| &id[..4]).collect();
    digits.sort_unstable();
    let twice = digits.windows(2).find(|pair| pair[0] == pair[1]).expect("two that begin alike");
    fails(repository.path(), twice[0], "unknown-revision", "several commits begin with", "digits");
}

#[test]
fn only_one_old_version_is_asked_for() {
    let mut run = Command::new(env!("CARGO_BIN_EXE_crossfoot"));
    let output = run.args(["check", "--since", "a", "--since-exact", "b"]).output().expect("runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be used with"));
}

#[test]
fn histories_without_a_common_commit_are_an_error() {
    let repository = Repository::new(&[("a.csv", "x\n")]);
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.write("b.csv", "y\n");
    repository.commit();
    let at = repository.path();
    let words = "HEAD and `main` have no commit in common";
    fails(at, "main", "no-common-commit", words, "--since-exact");
    assert_eq!(text(&ask(at, "main", true).expect("an old side"), "a.csv"), "x\n");
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let repository = Repository::new(&[("a.csv", "x\n")]);
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository.write("b.csv", "work\n");
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.write("a.csv", "main\n");
    repository.commit();
    let outer = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", repository.path().to_string_lossy());
    let clone = ["clone", "-q", "--depth", "1", "--no-single-branch", "-b", "work", &url, "clone"];
    git_in(outer.path(), &clone);
    let at = outer.path().join("clone");
    let fetch = "fetch-depth: 0";
    fails(&at, "origin/main", "no-common-commit", "HEAD and `origin/main` have no", fetch);
    fails(&at, "HEAD~1", "unknown-revision", "no revision `HEAD~1`", fetch);
    assert_eq!(text(&side(&at, "HEAD").expect("an old side"), "b.csv"), "work\n");
    // A merge that was checked out with `fetch-depth: 2` has what it needs.
    repository.git(&["merge", "-q", "--no-edit", "work"]);
    git_in(outer.path(), &["clone", "-q", "--depth", "2", &url, "merged"]);
    let old = side(&outer.path().join("merged"), "HEAD^1").expect("an old side");
    assert_eq!(text(&old, "a.csv"), "main\n");
    is_missing(&old, "b.csv");
}

#[test]
fn before_the_first_commit_there_are_no_files() {
    let repository = Repository { folder: tempfile::tempdir().expect("a folder") };
    repository.git(&["init", "-q"]);
    repository.write("a.csv", "x\n");
    let old = repository.since("HEAD");
    assert_eq!((old.name.as_str(), &old.commit), ("HEAD (no commit yet)", &None));
    is_missing(&old, "a.csv");
    fails(repository.path(), "main", "unknown-revision", "no revision `main`", "git branch");
}

#[test]
fn no_repository_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    fails(folder.path(), "HEAD", "not-a-repository", "is in no git repository", "--old");
    git_in(folder.path(), &["init", "-q", "--bare"]);
    fails(folder.path(), "HEAD", "not-a-repository", "without checked-out files", "worktree");
}

#[test]
fn pointers_of_lfs_are_read_where_their_content_is() {
    let object = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{object}\nsize 3\n");
    let repository = Repository::new(&[("a.csv", &pointer), ("note.md", "see git-lfs\n")]);
    let old = repository.since("HEAD");
    assert_eq!(text(&old, "note.md"), "see git-lfs\n");
    let error = old.tree.open("a.csv").err().expect("nothing to read");
    let problem = cannot("a.csv", &error);
    assert_eq!(problem.fault.name, "not-fetched");
    assert!(problem.message.contains("is a Git LFS pointer"), "{}", problem.message);
    let help = problem.help.unwrap_or_default();
    let commit = old.commit.clone().unwrap_or_default();
    assert!(help.contains(&format!("git lfs fetch origin {commit}")), "{help}");
    repository.write(&format!(".git/lfs/objects/2c/26/{object}"), "foo");
    assert_eq!(text(&old, "a.csv"), "foo");
}

#[test]
fn a_root_bounds_the_old_version_too() {
    let repository = Repository::new(&[("in/a.csv", "x\n"), ("secret.csv", "s\n")]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret.csv", repository.path().join("in/way.csv"))
        .expect("a link");
    repository.commit();
    let old = below(repository.path(), &repository.path().join("in"));
    assert_eq!(text(&old, "in/a.csv"), "x\n");
    let outside: &[&str] = if cfg!(unix) { &["secret.csv", "in/way.csv"] } else { &["secret.csv"] };
    for path in outside {
        assert_eq!(old.tree.kind(path), Some(Kind::Outside), "{path}");
        let kind = old.tree.open(path).expect("opened").kind;
        assert_eq!(refused(path, kind).map(|p| p.fault.name), Some("outside-root"), "{path}");
    }
    let glob = Glob::new("", "*.csv").expect("a pattern");
    let error = old.tree.list(&glob).expect_err("not listed");
    assert_eq!(cannot(".", &error).fault.name, "outside-root");
    let whole = below(repository.path(), repository.path());
    assert_eq!(text(&whole, "secret.csv"), "s\n");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let none = below(repository.path(), elsewhere.path());
    assert_eq!(none.tree.kind("in/a.csv"), Some(Kind::Outside));
}

#[test]
fn archives_of_the_old_version_are_looked_into() {
    use crossfoot::files::tree::Archives;
    let repository = Repository::new(&[]);
    let bundle = |text: &[u8]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("d/a.csv", zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(text).expect("written");
        let bytes = zip.finish().expect("an archive").into_inner();
        std::fs::write(repository.path().join("b.zip"), bytes).expect("a file");
    };
    bundle(b"old");
    repository.commit();
    bundle(b"newer");
    let old = Archives::over(repository.since("HEAD").tree, Limits::default());
    let glob = Glob::new("", "*.zip/**/*.csv").expect("a pattern");
    assert_eq!(old.list(&glob).expect("a list"), ["b.zip/d/a.csv"]);
    let inside = Glob::new("b.zip/", "*/*").expect("a pattern");
    assert_eq!(old.list(&inside).expect("a list"), ["b.zip/d/a.csv"]);
    assert_eq!(old.open("b.zip/d/a.csv").expect("a member").bytes.len(), 3);
    let kinds = ["b.zip", "b.zip/", "b.zip/d", "b.zip/d/a.csv", "b.zip/x"].map(|p| old.kind(p));
    let directory = Some(Kind::Directory);
    assert_eq!(kinds, [Some(Kind::File), directory, directory, Some(Kind::Member), None]);
}

#[test]
fn many_and_large_files_are_read_from_one_process() {
    let large: String = (0..2_000_000).map(|n| format!("{n},{}\n", n % 97)).collect();
    assert!(large.len() > 16 << 20, "it does not stay in memory");
    let repository = Repository::new(&[("large.csv", &large), ("empty.csv", "")]);
    (0..200).for_each(|n| repository.write(&format!("many/{n}.csv"), &format!("{n}\n")));
    repository.commit();
    let old = repository.since("HEAD");
    let paths = list(&old, "many/*.csv");
    assert_eq!(paths.len(), 200);
    for path in paths {
        assert_eq!(format!("many/{}.csv", text(&old, &path).trim()), path);
    }
    assert!(text(&old, "large.csv") == large, "the large file is whole");
    assert_eq!(text(&old, "empty.csv"), "");
    // What does not stay in memory lies behind each other.
    for path in ["many/0.csv", "large.csv", "many/7.csv"] {
        old.tree.open(path).expect("a file");
    }
    let again = old.tree.open("large.csv").expect("a file").bytes;
    let mut end = [0; 20];
    assert_eq!(again.read_at(again.len() - 8, &mut end).expect("bytes"), 8);
    assert_eq!(&end[..8], &large.as_bytes()[large.len() - 8..]);
    assert_eq!(again.read_at(again.len() + 8, &mut end).expect("nothing"), 0);
}

#[test]
fn what_users_set_changes_nothing() {
    let rows: String = (0..50).map(|n| format!("{n},{}\n", n * n)).collect();
    let repository = Repository::new(&[("\u{e4}.csv", &rows), ("sub/b.csv", "b\n")]);
    for (key, value) in [
        ("core.quotepath", "on"),
        ("core.pager", "false"),
        ("core.fsmonitor", "false"),
        ("color.ui", "always"),
        ("diff.external", "false"),
        ("diff.renames", "false"),
        ("diff.relative", "true"),
        ("diff.noprefix", "true"),
        ("core.abbrev", "20"),
        ("log.showSignature", "true"),
    ] {
        repository.git(&["config", key, value]);
    }
    repository.git(&["mv", "\u{e4}.csv", "\u{f6}.csv"]);
    let old = side(&repository.path().join("sub"), "HEAD").expect("an old side");
    assert_eq!(text(&old, "../\u{f6}.csv"), rows);
    let commit = old.commit.clone().unwrap_or_default();
    assert_eq!(old.name, format!("HEAD ({})", &commit[..7]));
}

/// What the test in a process of its own prints.
fn elsewhere(folder: &Path, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().expect("the test"));
    command.args(["--exact", "in_a_process_of_its_own", "--ignored", "--nocapture"]);
    command.env("FOLDER_OF_THE_TEST", folder).envs(environment.iter().copied());
    let output = command.output().expect("the test runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
#[ignore = "run by others, which set its environment"]
fn in_a_process_of_its_own() {
    let folder = std::env::var_os("FOLDER_OF_THE_TEST").expect("a folder");
    let answer = match side(Path::new(&folder), "HEAD") {
        Ok(old) => format!("found {}", text(&old, "a.csv")),
        Err(problem) => format!("{}: {}", problem.fault.name, problem.message),
    };
    writeln!(std::io::stdout(), "{answer}").expect("it is read");
}

#[test]
fn the_environment_of_a_hook_changes_nothing() {
    let repository = Repository::new(&[("a.csv", "own\n")]);
    let other = Repository::new(&[("a.csv", "other\n")]);
    let git_dir = other.path().join(".git").to_string_lossy().into_owned();
    let index = format!("{git_dir}/index");
    for environment in [
        [("GIT_DIR", git_dir.as_str()), ("GIT_INDEX_FILE", index.as_str())],
        [("GIT_WORK_TREE", "/"), ("GIT_PREFIX", "x/")],
        [("GIT_OBJECT_DIRECTORY", "/nowhere"), ("GIT_NAMESPACE", "x")],
        [("GIT_TRACE", "1"), ("GIT_EXTERNAL_DIFF", "false")],
        [("LC_ALL", "de_DE.UTF-8"), ("GIT_PAGER", "false")],
    ] {
        let printed = elsewhere(repository.path(), &environment);
        assert!(printed.contains("found own\n"), "{environment:?}: {printed}");
    }
}

#[test]
fn without_git_the_error_says_so() {
    let repository = Repository::new(&[("a.csv", "own\n")]);
    let nowhere = tempfile::tempdir().expect("a folder");
    let printed = elsewhere(repository.path(), &[("PATH", &nowhere.path().to_string_lossy())]);
    assert!(printed.contains("git-missing: there is no program `git`"), "{printed}");
}
