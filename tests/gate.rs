//! The gate as people meet it: the program in a git repository.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const RULES: &str = r#"
[data.figures]
path = "figures.csv"
key  = ["place", "year"]
rows = "0.."

[check.closed]
each   = "figures"
where  = "year <= 2020"
assert = "value = old(value)"

[check.none-lost]
assert = "count(removed(figures)) = 0"

[check.parts]
each   = "figures"
assert = "value = a + b"
"#;

struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Repository {
        let repository = Repository(tempfile::tempdir().expect("a folder"));
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, args: &[&str]) {
        let settings = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
        let output = Command::new("git")
            .args(settings)
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("git is installed");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?}: {said}");
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).expect("a file");
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_crossfoot"))
            .args(args)
            .current_dir(self.path())
            .output()
            .expect("the program runs")
    }

    /// A run of `check` with JSON: its exit status, and what it wrote.
    fn check(&self, args: &[&str]) -> (i32, Value) {
        let output = self.run(&[&["check", "-f", "json", "--today", "2026-11-26"], args].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
        (output.status.code().expect("an exit status"), json)
    }
}

/// Rows of 200 places and 10 years; those of some have an error of 1.
fn rows(wrong: &[(u32, u32)]) -> BTreeMap<(u32, u32), String> {
    let mut all = BTreeMap::new();
    for place in 0..200 {
        for year in 2015..2025 {
            let value = place + year + u32::from(wrong.contains(&(place, year)));
            all.insert((place, year), format!("p{place},{year},{value},{place},{year}\n"));
        }
    }
    all
}

fn text<'r>(rows: impl Iterator<Item = &'r String>) -> String {
    format!("place,year,value,a,b\n{}", rows.cloned().collect::<String>())
}

/// The new and changed findings: check and key.
fn news(json: &Value) -> Vec<String> {
    let findings = json["findings"].as_array().expect("findings").iter();
    let is_news = |f: &&Value| f["status"] != "open" && f["accepted"].is_null();
    let words = |f: &Value| format!("{} {}", text_of(&f["check"]), text_of(&f["key"]));
    findings.filter(is_news).map(words).collect()
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

/// Twenty errors that are known, then an edit that changes a closed year, drops a row, moves a
/// thousand rows and adds an error.
fn edited() -> (Repository, Vec<(u32, u32)>) {
    let repository = Repository::new();
    let known: Vec<(u32, u32)> = (0..20).map(|n| (n * 7, 2021 + n % 3)).collect();
    repository.write("crossfoot.toml", RULES);
    repository.write("figures.csv", &text(rows(&[]).values()));
    repository.commit("all is well");
    repository.write("figures.csv", &text(rows(&known).values()));
    repository.commit("twenty errors");
    let mut after = rows(&known);
    after.insert((3, 2019), "p3,2019,2023,4,2019\n".into());
    after.remove(&(5, 2022));
    after.insert((9, 2024), "p9,2024,2034,9,2024\n".into());
    let lines: Vec<String> = after.into_values().collect();
    repository.write("figures.csv", &text(lines[1000..].iter().chain(&lines[..1000])));
    repository.commit("an edit");
    (repository, known)
}

#[test]
fn an_edit_is_gated_by_what_it_adds() {
    let (repository, known) = edited();
    let (status, json) = repository.check(&["--since", "HEAD~1"]);
    assert_eq!(news(&json), ["closed p3, 2019", "parts p9, 2024", "none-lost -"]);
    assert_eq!(status, 1);
    let counts = &json["summary"]["versions"];
    assert_eq!((counts["open"].as_u64(), counts["new"].as_u64()), (Some(20), Some(3)));
    assert_eq!(json["old"]["commit"].as_str().map(str::len), Some(40));
    // The same with the twenty errors in a baseline.
    repository.git(&["checkout", "-q", "HEAD~1"]);
    assert_eq!(repository.run(&["baseline", "create"]).status.code(), Some(0));
    repository.git(&["checkout", "-q", "main"]);
    let (status, json) = repository.check(&["--since", "HEAD~1"]);
    assert_eq!(news(&json), ["closed p3, 2019", "parts p9, 2024", "none-lost -"]);
    assert_eq!((status, json["summary"]["accepted"].as_u64()), (1, Some(20)));
    let change = &json["old"]["rule_changes"][0];
    assert_eq!((text_of(&change["change"]), change["hides"].as_u64()), ("added", Some(20)));
    std::fs::remove_file(repository.path().join("crossfoot.baseline")).expect("the baseline");
    // Compared with the first commit, the known errors are new as well.
    let (_, json) = repository.check(&["--since", "HEAD~2"]);
    assert_eq!(news(&json).len(), known.len() + 3);
    let (_, json) = repository.check(&["--since", "HEAD"]);
    assert_eq!(news(&json), Vec::<String>::new());
}

#[test]
fn moving_rows_reopens_nothing() {
    let (repository, _) = edited();
    let path = repository.path().join("figures.csv");
    let before = std::fs::read_to_string(path).expect("the figures");
    let (header, body) = before.split_once('\n').expect("a header");
    let mut lines: Vec<&str> = body.lines().collect();
    for edit in 0..100usize {
        let (from, to) = (edit * 37 % lines.len(), edit * 101 % lines.len());
        let line = lines.remove(from);
        lines.insert(to.min(lines.len()), line);
        if edit % 10 == 9 {
            repository.write("figures.csv", &format!("{header}\n{}\n", lines.join("\n")));
            let (status, json) = repository.check(&["--since", "HEAD"]);
            assert_eq!((status, news(&json)), (0, Vec::new()), "edit {edit}");
            assert!(json["summary"]["past"].is_null(), "{}", json["summary"]["past"]);
        }
    }
}

#[test]
fn nobody_turns_the_gate_green_by_an_edit_that_says_less() {
    let (repository, known) = edited();
    repository.git(&["checkout", "-q", "HEAD~1"]);
    let (place, year) = known[0];
    let with = |row: Option<&str>| {
        let mut all = rows(&known);
        match row {
            Some(row) => all.insert((place, year), row.to_string()),
            None => all.remove(&(place, year)),
        };
        repository.write("figures.csv", &text(all.values()));
        repository.check(&["--since", "HEAD"])
    };
    // Raised by one: the same error with other figures.
    let (status, json) =
        with(Some(&format!("p{place},{year},{},{place},{year}\n", place + year + 2)));
    assert_eq!((status, news(&json)), (1, vec![format!("parts p{place}, {year}")]));
    // Blanked.
    let (status, json) = with(Some(&format!("p{place},{year},,{place},{year}\n")));
    assert_eq!(status, 1);
    let is_lost = |f: &Value| f["fault"] == "no-longer-decided" && f["severity"] == "error";
    assert!(json["findings"].as_array().expect("findings").iter().any(is_lost));
    assert_eq!(json["summary"]["past"][0]["fate"], "not-judged");
    // Deleted.
    let (status, json) = with(None);
    assert_eq!((status, news(&json)), (1, vec!["none-lost -".to_string()]));
    assert_eq!(json["summary"]["past"][0]["fate"], "gone");
    let parts = json["summary"]["checks"].as_array().expect("checks").iter();
    let parts = parts.clone().find(|c| c["id"] == "parts").expect("the check");
    assert_eq!(parts["fewer_judged"], "1999 rows, 2000 before");
    // The check removed in the same edit.
    repository.write("figures.csv", &text(rows(&known).values()));
    let (without, _) = RULES.split_once("[check.parts]").expect("the check");
    repository.write("crossfoot.toml", without);
    let (status, json) = repository.check(&["--since", "HEAD"]);
    let change = &json["old"]["rule_changes"][0];
    assert_eq!(
        (change["what"].as_str(), change["hides"].as_u64()),
        (Some("check parts"), Some(20))
    );
    assert_eq!((status, change["loosens"].as_bool()), (0, Some(true)));
    let output = repository.run(&["check", "--since", "HEAD", "--fail-on", "error,rules-loosened"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn rules_that_are_taken_away_are_said() {
    let repository = Repository::new();
    repository
        .write("crossfoot.toml", "[data.d]\npath = 'd.csv'\n[check.s]\nassert = 'sum(d.v) = 2'\n");
    repository.write("d.csv", "k,v\n1,2\n");
    repository.commit("First");
    let changes = || {
        let (status, json) = repository.check(&["d.csv", "--since", "HEAD"]);
        let changes = json["old"]["rule_changes"].as_array().cloned().unwrap_or_default();
        let said = |c: &Value| format!("{} {}", text_of(&c["what"]), text_of(&c["change"]));
        (status, changes.iter().map(said).collect::<Vec<_>>())
    };
    let removed = (0, vec!["check s removed".to_string(), "table d removed".to_string()]);
    // Whether the file is gone or has another name, its rules are not looked for.
    repository.git(&["mv", "crossfoot.toml", "unused.toml"]);
    assert_eq!(changes(), removed);
    repository.git(&["rm", "-q", "-f", "unused.toml"]);
    assert_eq!(changes(), removed);
    repository.git(&["reset", "-q", "--hard"]);
    std::fs::create_dir(repository.path().join("rules")).expect("a folder");
    repository.git(&["mv", "crossfoot.toml", "rules/d.toml"]);
    repository
        .write("rules/d.toml", "[data.d]\npath = '../d.csv'\n[check.s]\nassert = 'sum(d.v) = 2'\n");
    let (status, said) = changes();
    assert_eq!((status, said), (0, vec!["table d edited".to_string()]));
}

#[test]
fn a_branch_behind_main_shows_none_of_its_edits() {
    let (repository, _) = edited();
    repository.git(&["checkout", "-q", "-b", "topic", "HEAD~1"]);
    repository.write("note.md", "Nothing about figures.\n");
    repository.commit("a note");
    let (status, json) = repository.check(&["--since", "main"]);
    assert_eq!((status, news(&json)), (0, Vec::new()));
    let (_, json) = repository.check(&["--since-exact", "main"]);
    assert!(json["summary"]["versions"]["gone"].as_u64().is_some());
}

#[test]
fn rules_elsewhere_lead_to_their_own_repository() {
    let (repository, _) = edited();
    let outside = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_crossfoot"))
        .args(["check", "--since", "HEAD~1", "-f", "json"])
        .arg(repository.path())
        .current_dir(outside.path())
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(news(&json).len(), 3, "{said}");
}

/// A comment accepts the figures that it was written for; what comments of the old text say, or fail
/// to say, does not matter.
#[test]
fn a_comment_does_not_cover_figures_that_change_under_it() {
    let repository = Repository::new();
    repository.write(
        "crossfoot.toml",
        "[data.homes]\npath = \"report.md\"\npattern = '{place:word} has {n:integer} homes'\n\
         key = \"place\"\n[check.few]\neach = \"homes\"\nassert = \"n < 100\"\n",
    );
    let text = |aston, name| {
        format!("Aston has {aston} homes. <!-- crossfoot: allow {name} -- as printed -->\n\nBy\n")
    };
    repository.write("report.md", &text(120, "nothing.known"));
    repository.commit("a name that is not known any more");
    repository.write("report.md", &text(120, "few"));
    let (status, json) = repository.check(&["--since", "HEAD"]);
    assert_eq!((status, json["findings"][0]["accepted"]["kind"].as_str()), (0, Some("comment")));
    // That a comment was added is said with the rules that have changed.
    let changes = json["old"]["rule_changes"].as_array().expect("changes");
    let words = |c: &Value| format!("{} {}", text_of(&c["what"]), text_of(&c["change"]));
    let said: Vec<String> = changes.iter().map(words).collect();
    assert_eq!(
        said,
        [
            "allowance for `few` in report.md added",
            "allowance for `nothing.known` in report.md removed"
        ]
    );
    let loosened = ["--since", "HEAD", "--fail-on", "rules-loosened"];
    assert_eq!(repository.check(&loosened).0, 1);
    // One that has moved is the same.
    repository.commit("accepted");
    repository.write("report.md", &format!("Before.\n\n{}", text(120, "few")));
    let (status, json) = repository.check(&loosened);
    assert_eq!((status, json["old"]["rule_changes"].as_array().map(Vec::len)), (0, Some(0)));
    repository.write("report.md", &text(130, "few"));
    let (status, json) = repository.check(&["--since", "HEAD"]);
    assert_eq!((status, news(&json)), (1, vec!["few Aston".to_string()]));
    assert_eq!(json["findings"][0]["status"], "changed");
}

#[test]
fn a_text_and_a_file_that_is_named_are_gated_alike() {
    let repository = Repository::new();
    let rules = "[data.claims]\npath = \"note.md\"\npattern = \"{place:word} has {n:number} inhabitants\"\n\
        key = \"place\"\n[data.towns]\npath = \"towns.csv\"\nkey = \"place\"\n\
        [check.stated]\neach = \"claims\"\nassert = \"n = towns[place].n\"\n\
        [check.kept]\neach = \"claims\"\nassert = \"n = old(n)\"\n\
        [check.small]\neach = \"towns\"\nassert = \"n < 50\"\n";
    repository.write("crossfoot.toml", rules);
    repository.write("towns.csv", "place,n\nNorth,30\nSouth,70\n");
    repository
        .write("note.md", "# Towns\n\nNorth has 31 inhabitants.\n\nSouth has 70 inhabitants.\n");
    repository.commit("a note");
    repository.write("note.md", "# Towns\n\nSouth has 71 inhabitants. North has 31 inhabitants.\n");
    let (status, json) = repository.check(&["--since", "HEAD"]);
    assert_eq!((status, news(&json)), (1, vec!["stated South".into(), "kept South".into()]));
    let (status, json) = repository.check(&["--since", "HEAD", "towns.csv"]);
    // The checks that read it, and no others.
    assert_eq!((status, news(&json)), (1, vec!["stated South".into()]));
    let counts = &json["summary"]["versions"];
    assert_eq!((counts["open"].as_u64(), counts["gone"].as_u64()), (Some(2), Some(0)));
}

/// A row and a column that fail by one cell are one finding; the gate knows each of them.
#[test]
fn findings_that_cross_are_gated_one_by_one() {
    const CROSS: &str = "[data.t]\npath = \"t.csv\"\nkey = \"r\"\n\
        [check.across]\neach = \"t\"\nassert = \"total = sum(a to b)\"\n\
        [check.down]\neach = \"t by column a to total as q\"\n\
        assert = 'only(q where r = \"All\") = sum(q where r != \"All\")'\n";
    let table = |south: u32, stated: u32| {
        format!("r,a,b,total\nNorth,120,310,430\nSouth,250,{south},{stated}\nAll,370,741,1111\n")
    };
    let repository = Repository::new();
    repository.write("crossfoot.toml", CROSS);
    repository.write("t.csv", &table(431, 681));
    repository.commit("all is well");
    repository.write("t.csv", &table(413, 681));
    let (status, json) = repository.check(&[]);
    assert_eq!((status, json["findings"].as_array().map(Vec::len)), (1, Some(1)), "{json}");
    let finding = &json["findings"][0];
    assert_eq!(finding["suspects"][0]["would_be"], "431");
    assert_eq!(finding["suspects"][0]["reason"], "swapped-digits");
    assert_eq!(finding["crossed"][0]["check"], "down");
    // Each is found by its own fingerprint.
    let member = text_of(&finding["crossed"][0]["fingerprint"]).to_string();
    let explained = repository.run(&["explain", &member]);
    let explained = String::from_utf8_lossy(&explained.stdout).into_owned();
    assert!(explained.contains("would be 431 instead of 413"), "{explained}");
    assert_eq!(json["summary"]["errors"], 1);
    // A baseline has both, so that neither is news when they are apart.
    repository.run(&["baseline", "create"]);
    assert_eq!(repository.check(&[]).0, 0);
    let shown = repository.run(&["baseline", "show"]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("across") && shown.contains("down"), "{shown}");
    std::fs::remove_file(repository.path().join("crossfoot.baseline")).expect("a baseline");
    let (status, json) = repository.check(&["--since", "HEAD"]);
    assert_eq!((status, &json["findings"][0]["status"]), (1, &Value::from("new")));
    assert_eq!(json["summary"]["versions"]["new"].as_u64(), Some(2), "each by itself");
}

#[test]
fn what_was_undecided_before_fails_no_run_and_a_table_whose_file_moved_demands_what_it_did() {
    let repository = Repository::new();
    let rules =
        "[data.t]\npath = \"t.csv\"\nkey = \"k\"\n[check.pos]\neach = \"t\"\nassert = \"v > 0\"\n";
    repository.write("crossfoot.toml", rules);
    repository.write("t.csv", "k,v\na,1\nb,\nc,3\n");
    repository.commit("a blank cell");
    std::fs::create_dir(repository.path().join("d")).expect("a folder");
    repository.git(&["mv", "t.csv", "d/t.csv"]);
    repository.write("crossfoot.toml", &rules.replace("t.csv", "d/t.csv"));
    let gate = ["--since", "HEAD", "--fail-on", "undecided,rules-loosened"];
    let (status, json) = repository.check(&gate);
    assert_eq!((status, &json["old"]["rule_changes"]), (0, &Value::Array(Vec::new())), "{json}");
    assert_eq!(repository.check(&[&gate[..], &["--all"]].concat()).0, 1);
    repository.write("d/t.csv", "k,v\na,1\nb,\nc,3\nd,\n");
    assert_eq!(repository.check(&gate).0, 1);
}

/// A comment that compares a figure of its text is a check: nobody takes it away or loosens it unseen.
#[test]
fn a_comment_that_is_a_check_is_a_rule() {
    let repository = Repository::new();
    let rules =
        "[data.t]\npath = \"t.csv\"\nkey = \"id\"\n[data.p]\npath = \"p.md\"\nat = \"table 1\"\n";
    repository.write("crossfoot.toml", rules);
    repository.write("t.csv", "id,a\n1,40\n2,60\n");
    let text = "# T\n\nThe total is 100 people. <!-- crossfoot: 100 = sum(t.a) -->\n\n\
                The second is 61 people. <!-- crossfoot: 61 = max(t.a) -->\n\n| x |\n|---|\n| 1 |\n";
    repository.write("p.md", text);
    repository.commit("a text");
    let compared = |edits: &[(&str, &str)]| {
        let edited = edits.iter().fold(text.to_string(), |text, (from, to)| text.replace(from, to));
        repository.write("p.md", &edited);
        let gate = ["--since", "HEAD", "--fail-on", "error,rules-loosened"];
        let (status, json) = repository.check(&gate);
        let changes = json["old"]["rule_changes"].as_array().expect("changes").iter();
        let said = changes.map(|c| {
            let place = c["line"].as_u64().map(|line| format!(" {}:{line}", text_of(&c["file"])));
            let hides = c["hides"].as_u64().map(|n| format!(" hides {n}")).unwrap_or_default();
            let what = format!("{} {}", text_of(&c["what"]), text_of(&c["change"]));
            format!("{what}{hides}{}", place.unwrap_or_default())
        });
        let past = json["summary"]["past"].as_array().cloned().unwrap_or_default();
        let past = past.iter().map(|f| format!("{} {}", text_of(&f["check"]), text_of(&f["fate"])));
        (status, said.chain(past).collect::<Vec<_>>())
    };
    let comment = " <!-- crossfoot: 61 = max(t.a) -->";
    let [removed, lost] = ["check p-61 removed", "p-61 not-judged"].map(String::from);
    assert_eq!(compared(&[(comment, "")]), (1, vec![removed, lost.clone()]));
    let loosened = compared(&[("max(t.a) -->", "max(t.a) within 5 -->")]);
    assert_eq!(loosened, (1, vec!["check p-61 edited p.md:5".into(), lost]));
    // Figures are data, and blanks and notes say nothing of what is demanded.
    let mended = [("61 people", "60 people"), ("61 = max(t.a)", "60=max( t.a ) -- counted")];
    assert_eq!(compared(&mended), (0, vec!["p-61 settled".into()]));
    assert_eq!(compared(&[("61", "62")]), (1, vec!["p-61 gone".into()]));
    assert_eq!(compared(&[("# T", "# T\n\nMore.")]), (0, Vec::new()));
    let allowed = format!("{comment} <!-- crossfoot: allow p-61 -- ok -->");
    let allowance = "allowance for `p-61` in p.md added hides 1 p.md:5".to_string();
    assert_eq!(compared(&[(comment, &allowed)]), (1, vec![allowance]));
}
