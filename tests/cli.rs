//! The real binary: exit statuses, broken input, broken output.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs `crossfoot` in a folder with these files.
fn run(files: &[(&str, &str)], args: &[&str]) -> (tempfile::TempDir, Output) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let output = command(folder.path(), args).output().expect("the binary runs");
    (folder, output)
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossfoot"));
    command.args(args).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null());
    command.env("TERM", "xterm").env("LC_ALL", "C.UTF-8").env_remove("GITHUB_STEP_SUMMARY");
    command
}

const RULES: &str = "[data.t]\npath = \"t.csv\"\ncolumns.a = { min = 5 }\n";

fn expect(files: &[(&str, &str)], args: &[&str], status: i32, says: &str) {
    let (_folder, output) = run(files, args);
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{args:?}\n{text}");
    assert!(text.contains(says), "{args:?} should say `{says}`:\n{text}");
    assert!(!text.contains("panicked"), "{text}");
}

#[test]
fn the_format_never_changes_the_status() {
    for (format, is_binary) in crossfoot::render::FORMATS.map(|f| (f.name, f.format.is_binary())) {
        expect(&[("crossfoot.toml", RULES), ("t.csv", "a\n7\n")], &["check", "-f", format], 0, "");
        expect(
            &[("crossfoot.toml", RULES), ("t.csv", "a\n1\n")],
            &["check", "-f", format],
            1,
            if is_binary { "" } else { "must be at least 5" },
        );
        expect(&[("crossfoot.toml", RULES)], &["check", "-f", format], 2, "there is no file");
        expect(
            &[("crossfoot.toml", "[data.t]\npth = 1\n")],
            &["check", "-f", format],
            2,
            "unknown key",
        );
        expect(
            &[("crossfoot.toml", "this is no toml [[")],
            &["check", "-f", format],
            2,
            "toml-syntax",
        );
    }
}

#[test]
fn reports_on_standard_output_follow_each_other() {
    let rows: String = (0..400).map(|_| "1\n").collect();
    let files = [("crossfoot.toml", RULES), ("t.csv", &*format!("a\n{rows}"))];
    let (_folder, output) = run(&files, &["-f", "jsonl", "-f", "github", "-f", "csv=t.out"]);
    let text = String::from_utf8(output.stdout).expect("text");
    let kinds: Vec<bool> = text.lines().map(|line| line.starts_with('{')).collect();
    assert_eq!(kinds.iter().filter(|is_json| **is_json).count(), 404);
    assert!(kinds.is_sorted_by(|a, b| a >= b), "{text}");
    assert!(text.lines().all(|line| line.starts_with(['{', ':'])), "{text}");
    assert_eq!(text.matches("::error file=t.csv,").count(), 10);
    assert!(
        text.ends_with(
            "::390 more are not annotated; the job summary or `crossfoot check` shows them\n"
        ),
        "{text}"
    );
}

#[test]
fn a_workbook_is_alone_on_standard_output() {
    let files = [("crossfoot.toml", RULES), ("t.csv", "a\n1\n")];
    let (_folder, output) = run(&files, &["check", "-f", "xlsx"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.starts_with(b"PK"), "{output:?}");
    let help = "help: write it to a file: --format xlsx=report.xlsx";
    expect(&files, &["check", "-f", "xlsx", "-f", "full"], 2, help);
    expect(&files, &["check", "-f", "xlsx=report.xlsx", "-f", "full"], 1, "error[t.a]");
}

#[test]
fn the_summary_of_a_job_is_written_beside_its_annotations() {
    let (folder, _) = run(&[("crossfoot.toml", RULES), ("t.csv", "a\n1\n")], &["check"]);
    let summary = folder.path().join("summary.md");
    std::fs::write(&summary, "before\n").expect("a file");
    for format in ["concise", "github"] {
        let mut command = command(folder.path(), &["-f", format]);
        let output = command.env("GITHUB_STEP_SUMMARY", &summary).output().expect("it runs");
        assert_eq!(output.status.code(), Some(1));
        let text = std::fs::read_to_string(&summary).expect("text");
        assert!(text.starts_with("before\n"), "{text}");
        assert_eq!(
            text.contains("### Findings\n\n- **error** `t.a` at `t.csv:2:1`"),
            format == "github"
        );
    }
    let mut command = command(folder.path(), &["-f", "github"]);
    let output = command.env("GITHUB_STEP_SUMMARY", folder.path()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be written"));
}

#[test]
fn what_is_done_with_accepted_findings_is_about_a_report_that_is_written() {
    let files = [("crossfoot.toml", RULES), ("t.csv", "a\n7\n")];
    expect(&files, &["--accepted", "omit"], 0, "nothing found");
    expect(&files, &["--accepted", "sarif=omit", "-f", "sarif"], 0, "\"results\":[");
    expect(&files, &["--accepted", "sarif=omit"], 2, "add `--format sarif`");
    expect(&files, &["--accepted", "hide"], 2, "write mark or omit");
    expect(&files, &["--accepted", "sarfi=omit"], 2, "the formats are full,");
}

#[test]
fn what_fails_a_run_can_be_chosen() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"a\"\n";
    let files = [("crossfoot.toml", rules), ("t.csv", "a,b \n1,2\n3,4\n")];
    expect(&files, &["check"], 0, "padded-column-name");
    expect(&files, &["check", "--fail-on", "warning"], 1, "padded-column-name");
    expect(
        &[("crossfoot.toml", RULES), ("t.csv", "a\n1\n")],
        &["check", "--fail-on", "never"],
        0,
        "must be at least 5",
    );
    let info = [("crossfoot.toml", rules), ("t.csv", "\u{feff}a,b\n1,2\n")];
    for (fail_on, status) in [("info", 1), ("warning", 0), ("error", 0), ("never", 0)] {
        expect(&info, &["check", "--fail-on", fail_on], status, "byte-order-mark");
    }
    expect(
        &[("crossfoot.toml", RULES), ("t.csv", "a\n7\n")],
        &["check", "--fail-on", "info"],
        0,
        "",
    );
}

/// A check of which one row is undecided.
const OPEN: &str = "[data.t]\npath = \"t.csv\"\n[check.c]\neach = \"t\"\nassert = 'a + b > 0'\n";

#[test]
fn what_is_undecided_fails_a_run_where_that_is_asked_for() {
    let open = [("crossfoot.toml", OPEN), ("t.csv", "a,b\n1,2\n3,\n")];
    for (fail_on, status) in [
        ("error", 0),
        ("warning", 0),
        ("undecided", 1),
        ("warning,undecided", 1),
        ("info", 1),
        ("never", 0),
    ] {
        let says = "info[c] 1 of 2 rows could not be decided";
        expect(&open, &["check", "--fail-on", fail_on], status, says);
    }
    let decided = [("crossfoot.toml", OPEN), ("t.csv", "a,b\n1,2\n3,4\n")];
    expect(&decided, &["check", "--fail-on", "undecided"], 0, "1 check: 1 held");
    let failing = [("crossfoot.toml", OPEN), ("t.csv", "a,b\n-1,0\n3,4\n")];
    expect(&failing, &["check", "--fail-on", "undecided"], 1, "1 check: 1 failed");
}

#[test]
fn of_many_undecided_rows_a_thousand_have_their_places() {
    let rows = "1,\n".repeat(5_000);
    let data = format!("a,b\n{rows}1,1\n{rows}");
    let files = [("crossfoot.toml", OPEN), ("t.csv", data.as_str())];
    for chunk in ["1000", "100000"] {
        let (_folder, output) = run(&files, &["check", "-f", "json", "--chunk", chunk]);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let finding = &json["findings"][0];
        assert_eq!(finding["undecided_count"], 10_000);
        let places = finding["undecided"].as_array().expect("places");
        let lines: Vec<u64> = places.iter().filter_map(|p| p["line"].as_u64()).collect();
        assert_eq!(lines, (2..1002).collect::<Vec<u64>>());
        assert_eq!(json["findings"].as_array().map(Vec::len), Some(1));
    }
    expect(&files, &["check", "--max-per-check", "1"], 0, "10000 of 10001 rows");
}

#[test]
fn a_file_of_several_tables_is_counted_once() {
    let rules = "[data.t]\npath = \"t.csv\"\nrows = 2\n[data.u]\npath = \"*.csv\"\nkey = \"a\"\n";
    let files = [("crossfoot.toml", rules), ("t.csv", "a,b\n1,2\n3,4\n")];
    expect(&files, &["check"], 0, "nothing found in 1 file and 2 rows");
    expect(&files, &["check", "crossfoot.toml", "t.csv"], 0, "nothing found in 1 file and 2 rows");
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let (files, rules) = ([("crossfoot.toml", RULES), ("t.csv", "a\n7\n")], "crossfoot.toml");
    for args in [
        &["check", rules, "./crossfoot.toml"][..],
        &["check", ".", rules],
        &["check", "-c", rules, "-c", rules],
        &["check", "-c", rules, "t.csv", "./t.csv"],
    ] {
        expect(&files, args, 0, "nothing found in 1 file and 1 row");
    }
}

#[test]
fn tables_of_one_file_that_share_no_row_are_counted_one_by_one() {
    let table = |name: &str, at: &str| {
        format!("[data.{name}]\npath = \"d.json\"\nat = \"{at}\"\nkey = \"v\"\n")
    };
    let rules = [table("a", "/a/*"), table("b", "/b/*"), table("c", "/b/*")].concat();
    let data = r#"{"a": [{"v": 1}, {"v": 2}], "b": [{"v": 3}, {"v": 4}, {"v": 5}]}"#;
    expect(&[("crossfoot.toml", &rules), ("d.json", data)], &["check"], 0, "in 1 file and 5 rows");
}

#[test]
fn csv_knows_figures_by_what_they_are() {
    let of = |assert: &str| {
        let rules = format!("[data.d]\npath = \"d.csv\"\n[check.a]\nassert = '{assert}'\n");
        let files = [("crossfoot.toml", &*rules), ("d.csv", "k,v\n1,2\n2,5\n3,3\n")];
        let (_folder, output) = run(&files, &["check", "-f", "csv"]);
        let mut rows = csv::Reader::from_reader(&output.stdout[..]);
        let row = rows.records().find_map(|row| row.ok().filter(|row| &row[1] == "a"));
        let row = row.unwrap_or_else(|| panic!("{assert}"));
        [row[12].to_string(), row[13].to_string(), row[14].to_string()]
    };
    let sum = "sum(d.v where k > 1)";
    for (assert, figures) in [
        (format!("{sum} = 3"), ["3", "8", "-5"]),
        (format!("3 = {sum}"), ["3", "8", "-5"]),
        (format!("only(d.v where k = 3) = {sum}"), ["3", "8", "-5"]),
        (format!("{sum} = only(d.v where k = 3)"), ["3", "8", "-5"]),
        ("5 = only(d.v where k = 3)".to_string(), ["3", "5", "-2"]),
        ("only(d.v where k = 3) = 5".to_string(), ["3", "5", "-2"]),
        ("count(d) = sum(d.v)".to_string(), ["3", "10", "-7"]),
    ] {
        assert_eq!(of(&assert), figures, "{assert}");
    }
}

#[test]
fn figures_of_hundreds_of_digits_are_cut() {
    let rules = "[data.d]\npath = \"d.csv\"\n[check.a]\nassert = \"sum(d.v) = 22\"\n";
    let data = format!("v\n1{}\n22\n", "0".repeat(400));
    let (_folder, output) =
        run(&[("crossfoot.toml", rules), ("d.csv", &data)], &["check", "-f", "concise"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("22 is required, 1000") && text.contains("…"), "{text}");
    assert!(text.lines().all(|line| line.len() < 200), "{text}");
}

#[test]
fn usage_is_status_two() {
    expect(&[], &["check", "--format", "xml"], 2, "the formats are full, concise, json");
    expect(&[], &["check"], 2, "no-rules");
    expect(&[], &["check", "--today", "soon"], 2, "soon");
    expect(
        &[("crossfoot.toml", RULES), ("t.csv", "a\n7\n")],
        &["check", "--data", "x=t.csv"],
        2,
        "no rule declares it",
    );
    expect(&[("crossfoot.toml", "[data.t]\npath = \".\"\n")], &["check"], 2, "is a directory");
    expect(&[], &["explain", "raged-row"], 2, "did you mean `ragged-row`?");
}

#[test]
fn names_of_all_kinds_are_explained() {
    expect(&[], &["explain", "ragged-row"], 0, "# ragged-row");
    expect(&[], &["explain", "years"], 0, "whole years from one date to another");
    expect(&[], &["explain", "prev"], 0, "# prev: an aggregate");
    expect(&[], &["explain", "rounding"], 0, "written digits can explain");
    expect(&[], &["explain", "one_of"], 0, "# one_of: a key of rule files, in `columns.<c>`");
    expect(&[], &["explain", "columns"], 0, "what a column must be");
    expect(&[], &["explain", "%q"], 0, "a quarter");
    expect(&[], &["explain", "iban"], 0, "GB82 WEST");
    expect(&[], &["explain", "yaers"], 2, "did you mean `years`?");
    // A check of the rules and a function of the same name are both explained.
    let files = [
        ("crossfoot.toml", "[data.t]\npath = \"t.csv\"\n[check.sum]\nassert = 'sum(t.a) = 1'\n"),
        ("t.csv", "a\n1\n"),
    ];
    expect(&files, &["explain", "sum"], 0, "sum(t.a) = 1");
    expect(&files, &["explain", "sum"], 0, "# sum: an aggregate");
}

#[test]
fn data_files_without_rules_get_the_structural_checks() {
    expect(&[("t.csv", "a,b\n1\n")], &["check", "t.csv"], 1, "ragged-row");
    expect(&[("t.csv", "a,b\n1,2\n")], &["t.csv"], 0, "nothing found in 1 file");
}

#[test]
fn comments_of_a_text_are_checked_without_rules_too() {
    let text =
        "Of 5 wells 3 are old. <!-- crossfoot: 3 < {5} --> Half <!-- crossfoot: half = 0.7 -->\n";
    let alone = [("a.md", text)];
    expect(
        &alone,
        &["check", "a.md"],
        1,
        "error[a-half] half = 0.7: 70 % is required, 50 % is stated",
    );
    expect(&alone, &["check", "a.md", "--check", "a-3"], 0, "1 check: 1 held");
    expect(&alone, &["figures", "a.md", "--unread"], 0, "3 figures, 0 that no check depends on");
    let text = "It has 5 wells. <!-- crossfoot: 5 = count(wells) -->\n";
    let rules = "[data.wells]\npath = \"wells.csv\"\n[data.other]\npath = \"a.md\"\npattern = \"It has {n:integer}\"\n";
    let bound = [("a.md", text), ("wells.csv", "name\nAsh\n"), ("crossfoot.toml", rules)];
    expect(&bound, &["check", "a.md"], 1, "error[a-5] 5 = count(wells): 5 is stated");
    // The text need only be named beside the tables; where it is not, that is said once.
    let rules = "[data.wells]\npath = \"wells.csv\"\n[data.text]\npath = \"a.md\"\n";
    let named = [("a.md", text), ("wells.csv", "name\nAsh\n"), ("crossfoot.toml", rules)];
    expect(&named, &["check", "a.md"], 1, "error[a-5] 5 = count(wells): 5 is stated");
    expect(&named, &["check"], 1, "1 error in 2 files");
    let plain = rules.replace("path = \"a.md\"", "path = \"a.txt\"\nformat = \"text\"");
    let named = [("a.txt", text), ("wells.csv", "name\nAsh\n"), ("crossfoot.toml", &*plain)];
    expect(&named, &["check"], 1, "error[a-5] 5 = count(wells): 5 is stated");
    let text = "It has 5 wells. <!-- crossfoot: 5 = count(wells) -->\nAnd 6 more. <!-- crossfoot: 6 = sum(wells.n) -->\n";
    let rules = "[data.wells]\npath = \"wells.csv\"\nkey = \"name\"\n";
    let apart = [("a.md", text), ("wells.csv", "name\nAsh\n"), ("crossfoot.toml", rules)];
    expect(&apart, &["check", "a.md"], 2, "`[data.text]` with `path = \"a.md\"`\n\n1 problem");
}

#[test]
fn rules_that_check_nothing_are_an_error() {
    let data = ("t.csv", "a,b\n1,2\n");
    for rules in ["", "# nothing yet\n", "[data.t]\npath = \"t.csv\"\n"] {
        expect(&[("crossfoot.toml", rules), data], &["check"], 2, "no check and no contract");
    }
    for contract in ["key = \"a\"", "rows = 1", "columns.a = { type = \"integer\" }"] {
        let rules = format!("[data.t]\npath = \"t.csv\"\n{contract}\n");
        expect(&[("crossfoot.toml", &rules), data], &["check"], 0, "nothing found");
    }
    let files = [("crossfoot.toml", RULES), ("t.csv", "a\n7\n")];
    expect(&files, &["check", "-k", "!*"], 2, "`--check` leaves out the only check");
}

/// A checked file, one that its check needs, and one that has nothing to do with them.
const SHARED: &str = "[data.d]\npath = \"data/d.csv\"\ncolumns.k = { in = \"ref.k\" }\n\
    [data.ref]\npath = \"ref.csv\"\nkey = \"k\"\n\
    [data.other]\npath = \"other.csv\"\ncolumns.n = { max = 1 }\n\
    [check.sum]\nassert = 'sum(d.n) = 9'\n\
    [check.other]\nassert = 'sum(other.n) = 5'\n";

#[test]
fn what_was_not_judged_is_no_success() {
    let rules = "[data.a]\npath = \"a.csv\"\n[check.s]\nassert = \"sum(a.v) = 4\"\n";
    let allow = "[[allow]]\ncheck = \"suspicious-delimiter\"\nreason = \"x\"\n";
    let files = |rules| [("crossfoot.toml", rules), ("a.csv", "k;v\n1;2\n")];
    expect(&files(rules), &["check"], 1, "1 not judged");
    expect(&files(rules), &["check", "--fail-on", "never"], 2, "1 not judged");
    expect(&files(&format!("{rules}{allow}")), &["check"], 2, "1 accepted in 1 file");
    // A sheet that is not there is no sheet without rows.
    let workbook = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/workbooks/blanks/milk.xlsx");
    let rules = "[data.a]\npath = \"a.csv\"\nat = \"Nope\"\n[check.s]\nassert = \"sum(a.v) = 0\"\n";
    let data = format!("a={workbook}");
    let of_sheet = ["check", "--data", &data, "--fail-on", "never"];
    expect(&[("crossfoot.toml", rules)], &of_sheet, 2, "1 check: 1 not judged");
}

#[test]
fn checks_need_no_table() {
    let run = |assert: &str, status, says| {
        let rules = format!("[check.a]\nassert = '{assert}'\n");
        expect(&[("crossfoot.toml", &rules)], &["check", "--today", "2026-01-01"], status, says);
    };
    run("1 = 2", 1, "1 check: 1 failed");
    run("today() < date \"2000-01-01\"", 1, "1 check: 1 failed");
    run("sum(1, 2) = 3", 0, "1 check: 1 held");
}

#[test]
fn a_pattern_that_no_shell_expands_names_its_files() {
    let files = [
        ("crossfoot.toml", "[data.d]\npath = \"d.csv\"\ncolumns.v = { max = 5 }\n"),
        ("d.csv", "v\n7\n"),
        ("e.csv", "w\n1\n"),
    ];
    expect(&files, &["check", "*.csv"], 1, "`v` must be at most 5");
    expect(&files, &["check", "*.csv"], 1, "no rule reads `e.csv`");
    expect(&files, &["check", "*.toml"], 1, "`v` must be at most 5");
    expect(&files, &["check", "*.tsv"], 2, "no file matches `*.tsv`");
}

#[test]
fn a_named_data_file_is_checked_by_the_nearest_rules_that_read_it() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("data/deep")).expect("folders");
    let nearer = "[data.x]\npath = \"x.csv\"\nkey = \"k\"\n";
    write(
        folder.path(),
        &[
            ("crossfoot.toml", SHARED),
            ("data/crossfoot.toml", nearer),
            ("data/no-rules.toml", "this is no rule file"),
            ("data/d.csv", "k,n\n1,5\n2,5\n"),
            ("data/x.csv", "k\n1\n1\n"),
            ("data/deep/y.csv", "k,n\n1\n"),
            ("ref.csv", "k\n1\n"),
            ("other.csv", "n\n5\n"),
        ],
    );
    let (status, said) = in_folder(folder.path(), &["data/d.csv", "-f", "concise"]);
    assert_eq!(status, 1, "{said}");
    for part in
        ["error[d.k]", "error[sum]", "`data/d.csv` is checked by `crossfoot.toml`", "2 files"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("other"), "{said}");
    let (_, from_below) = in_folder(&folder.path().join("data"), &["d.csv", "-f", "concise"]);
    assert!(from_below.contains("`d.csv` is checked by `../crossfoot.toml`"), "{from_below}");
    assert!(from_below.contains("error[d.k]"), "{from_below}");
    let (_, both) = in_folder(folder.path(), &["data/d.csv", "data/x.csv", "-f", "concise"]);
    for part in ["error[x.key]", "error[d.k]", "`data/x.csv` is checked by `data/crossfoot.toml`"] {
        assert!(both.contains(part), "{part}: {both}");
    }
    let (_, unread) = in_folder(folder.path(), &["data/deep/y.csv"]);
    assert!(unread.contains("no rule reads `data/deep/y.csv`: only its structure"), "{unread}");
    assert!(unread.contains("ragged-row"), "{unread}");
    let (status, alone) = in_folder(folder.path(), &["data/d.csv", "--no-rules"]);
    assert!(status == 0 && alone.contains("nothing found in 1 file"), "{alone}");
    let (_, refused) = in_folder(folder.path(), &["check", "crossfoot.toml", "--no-rules"]);
    assert!(refused.contains("--no-rules says to use none"), "{refused}");
}

#[test]
fn a_file_that_named_rules_read_is_read_once() {
    let files = [("crossfoot.toml", RULES), ("t.csv", "a\n7\n")];
    expect(&files, &["crossfoot.toml", "t.csv"], 0, "nothing found in 1 file and 1 row");
    expect(&files, &["crossfoot.toml", "./t.csv"], 0, "nothing found in 1 file and 1 row");
}

#[test]
fn standard_input_is_a_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = command(folder.path(), &["check", "-", "-f", "concise"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    child.stdin.take().expect("a pipe").write_all(b"a,b\n1\n").expect("written");
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("<stdin>:2:1: error[ragged-row]"));
}

#[test]
fn output_that_cannot_be_written_is_told_and_leaves_nothing_behind() {
    let files = [("crossfoot.toml", RULES), ("t.csv", "a\n1\n")];
    if Path::new("/dev/full").exists() {
        expect(&files, &["check", "-f", "json=/dev/full"], 2, "cannot be written");
    }
    expect(&files, &["check", "-f", "json=nowhere/out.json"], 2, "cannot be written");
    let (folder, output) = run(&files, &["check", "-f", "json=out.json", "-f", "concise"]);
    assert_eq!(output.status.code(), Some(1));
    let text = std::fs::read_to_string(folder.path().join("out.json")).expect("the file is there");
    let json: serde_json::Value = serde_json::from_str(&text).expect("the document is whole");
    assert_eq!(json["version"], 1);
    let names: Vec<String> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!names.iter().any(|n| n.ends_with(".part")), "{names:?}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("crossfoot.toml"), RULES).expect("rules");
    std::fs::write(folder.path().join("t.csv"), "a\n".to_string() + &"1\n".repeat(50_000))
        .expect("data");
    let mut child = command(folder.path(), &["check", "-f", "concise", "--max-per-check", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!text.contains("panicked") && !text.contains("error["), "{text}");
}

#[test]
fn a_record_without_end_is_given_up() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("crossfoot.toml"), "[data.t]\npath = \"t.csv\"\n")
        .expect("rules");
    let mut file = std::fs::File::create(folder.path().join("t.csv")).expect("data");
    file.write_all(b"a,b\n1,").expect("written");
    let run = vec![b'x'; 1 << 20];
    for _ in 0..70 {
        file.write_all(&run).expect("written");
    }
    drop(file);
    let output = command(folder.path(), &["check"]).output().expect("runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("longer than 64 MiB"));
}

#[test]
fn capped_output_says_so() {
    let files = [("crossfoot.toml", RULES), ("t.csv", "a\n1\n2\n3\n")];
    expect(&files, &["check", "--max-per-check", "2"], 1, "… 1 more (--max-per-check 0 shows all)");
    let more = "\nand 1 more of t.a (--max-per-check 0 shows all)\n";
    for format in ["concise", "github"] {
        expect(&files, &["check", "--max-per-check", "2", "-f", format], 1, more);
    }
    let (_folder, output) = run(&files, &["check", "--max-per-check", "2", "-f", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(3));
}

/// What is not shown is counted and dropped; where one output shows all, nothing is.
#[test]
fn capped_output_is_the_beginning_of_all() {
    let rules = "[data.t]\npath = \"t.csv\"\ncolumns.a = { type = \"integer\", min = 5, unique = true }\n[check.up]\neach = \"t\"\nassert = 'a >= prev(a by g)'\n";
    let rows: Vec<String> = (0..400)
        .map(|i| {
            if i % 9 == 4 {
                "x".into()
            } else {
                format!("{},{}", i * 7 % 50, if i % 5 == 0 { "g" } else { "h" })
            }
        })
        .collect();
    let files =
        [("crossfoot.toml", rules), ("t.csv", &format!("a,g\n{}\n1,\nz,g\n", rows.join("\n")))];
    let lines = |args: &[&str]| {
        let (_folder, output) = run(&files, &[&["check", "-f", "concise", "-j2"], args].concat());
        let text = String::from_utf8(output.stdout).expect("text");
        (
            text.lines().map(String::from).collect::<Vec<_>>(),
            String::from_utf8(output.stderr).expect("text"),
        )
    };
    let (all, said) = lines(&["--max-per-check", "0"]);
    let name = |line: &str| line.split(['[', ']']).nth(1).map(String::from);
    let mut met = std::collections::HashMap::new();
    let is_shown = |line: &&String| {
        // A finding about a whole check is always shown.
        let is_whole = line.contains("could not be decided");
        let met = met.entry((name(line), is_whole)).or_insert(0);
        *met += 1;
        *met <= 3
    };
    let first: Vec<String> = all.iter().filter(is_shown).cloned().collect();
    assert!(first.len() >= 9 && first.len() < all.len() / 2, "{all:#?}");
    let (capped, counted) = lines(&["--max-per-check", "3"]);
    assert_eq!(capped, first);
    assert_eq!(counted.lines().next(), said.lines().next());
    assert_eq!(lines(&["--max-per-check", "3", "-f", "json=all.json"]).0, first);
}

/// A key that is nowhere is one line of its check, and of others a word where to look.
#[test]
fn findings_with_one_cause_are_led_back_to_it() {
    let rules = "[data.known]\npath = \"k.csv\"\n[data.t]\npath = \"t.csv\"\nkey = \"a\"\n\
        columns.g = { in = \"known.id\" }\n\
        [check.again]\neach = \"t\"\nassert = \"g in known.id\"\n";
    let rows: Vec<String> = (1..=9).map(|n| format!("{n},z")).collect();
    let files = [
        ("crossfoot.toml", rules),
        ("k.csv", "id\ny\n"),
        ("t.csv", &format!("a,g\n{}\n", rows.join("\n"))),
    ];
    let report = |args: &[&str]| {
        let (_folder, output) = run(&files, &[&["check"], args].concat());
        String::from_utf8(output.stdout).expect("text")
    };
    let all = report(&[]);
    let led_back = "t.csv:2:3  9 rows have `z`, which no row of `known` has, see `t.g`; \
                    also t.csv:3:3, t.csv:4:3, t.csv:5:3, t.csv:6:3, … 4 more\n";
    let together = led_back.replace(", see `t.g`", "");
    assert!(all.contains(led_back) && all.contains(&together), "{all}");
    let capped = report(&["--max-per-check", "4"]);
    let counted = "t.csv:2:3  9 rows have `z`, which no row of `known` has; also t.csv:3:3";
    assert!(capped.contains(counted) && !capped.contains("shows all"), "{capped}");
    for (args, whole) in [(&["-v"][..], 18), (&["--row", "3"], 2)] {
        let text = report(args);
        assert_eq!(text.matches("╭─").count(), whole, "{text}");
        assert!(!text.contains("see `t.g`"), "{text}");
    }
    assert_eq!(report(&["-f", "concise"]).lines().count(), 18);
    let json: serde_json::Value = serde_json::from_str(&report(&["-f", "json"])).expect("JSON");
    let key = serde_json::json!({"table": "known", "values": [{"from": "t.g", "value": "z"}]});
    let findings = json["findings"].as_array().expect("findings");
    assert!(findings.iter().all(|f| f["absent_key"] == key), "{json}");
}

/// Blocks of which no record is a row begin with the same row.
#[test]
fn records_that_are_no_rows_are_found_again() {
    let text = format!("a,b\n{}1,2\n", "1,2,3\n".repeat(400));
    let (_folder, output) = run(
        &[("t.csv", &text)],
        &[
            "check",
            "t.csv",
            "-f",
            "concise",
            "--max-per-check",
            "0",
            "--chunk",
            "100000",
            "--block",
            "16",
        ],
    );
    let lines: Vec<String> =
        String::from_utf8(output.stdout).expect("text").lines().map(String::from).collect();
    assert_eq!(output.status.code(), Some(1), "{lines:#?}");
    for (n, line) in lines.iter().take(400).enumerate() {
        assert!(line.starts_with(&format!("t.csv:{}:1: error[ragged-row]", n + 2)), "{line}");
    }
}

#[test]
fn outputs_never_take_the_place_of_inputs() {
    for input in ["t.csv", "./t.csv", "crossfoot.toml"] {
        let files = [("crossfoot.toml", RULES), ("t.csv", "a\n7\n")];
        let (folder, output) = run(&files, &["check", "-f", &format!("json={input}")]);
        assert_eq!(output.status.code(), Some(2), "{input}");
        for (name, text) in files {
            assert_eq!(
                std::fs::read_to_string(folder.path().join(name)).expect("a file"),
                text,
                "{input}"
            );
        }
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2);
    }
    expect(
        &[("crossfoot.toml", RULES), ("t.csv", "a\n7\n")],
        &["check", "-f", "json=o", "-f", "concise=o"],
        2,
        "two outputs would be written to `o`",
    );
}

#[test]
fn names_of_no_check_are_told() {
    let files = [("crossfoot.toml", RULES), ("t.csv", "a\n1\n")];
    expect(&files, &["check", "-k", "t.b"], 2, "there is no check or tag called `t.b`");
    expect(&files, &["check", "-k", "t.*"], 1, "must be at least 5");
    expect(&files, &["check", "-k", "!up"], 2, "there is no check or tag called `up`");
}

#[test]
fn rows_with_a_key_that_is_nowhere_are_all_counted() {
    let rules = "[data.t]\npath = \"t.csv\"\ncolumns.r.in = \"r.r\"\n[data.r]\npath = \"r.csv\"\nkey = \"r\"\n";
    let keys = ["R2", "R1", "R3"];
    let rows: String = (0..90).map(|n| format!("{}\n", keys[n % 3])).collect();
    let cells = format!("r\n{rows}");
    let files = [("crossfoot.toml", rules), ("t.csv", cells.as_str()), ("r.csv", "r\nR1\n")];
    let said = "30 rows have `R3`, which no row of `r` has; also t.csv:7:1, t.csv:10:1, t.csv:13:1, t.csv:16:1, … 25 more";
    for json in [&[][..], &["-f", "full", "-f", "json=all.json"]] {
        let (_folder, output) = run(&files, &[&["check"], json].concat());
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("60 of 90 fail") && text.contains(said), "{text}");
        assert!(!text.contains("at least") && !text.contains("shows all"), "{text}");
    }
    // Keys that are not shown are more.
    expect(
        &files,
        &["check", "--max-per-check", "1"],
        1,
        "… 59 more (--max-per-check 0 shows all)",
    );
}

#[test]
fn cells_that_cannot_be_read_count_where_a_chosen_check_reads_them() {
    let rules = "[data.t]\npath = \"t.csv\"\ncolumns.a.type = \"integer\"\ncolumns.d.type = \"date\"\n\
        columns.n = { type = \"number\", max = 3 }\n[check.of-a]\nassert = 'sum(t.a) = 3'\n\
        [check.of-n]\nassert = 'sum(t.n) = 5'\n";
    let cells = "a,d,n\n1,2024-13-01,x\n2,2024-01-01,5\n";
    let files = [("crossfoot.toml", rules), ("t.csv", cells)];
    let at = ["t.csv:2:3: error[t.d]", "t.csv:2:14: error[t.n]", "t.csv:3:14: error[t.n]"];
    for (args, status, found) in [
        (&[][..], 1, &at[..]),
        (&["-k", "of-a"], 0, &[]),
        (&["-k", "!t.*", "-k", "!of-n"], 0, &[]),
        (&["-k", "of-n"], 1, &at[1..2]),
        (&["-k", "!t.d"], 1, &at[1..]),
        (&["-k", "t.d"], 1, &at[..1]),
    ] {
        let (_folder, output) = run(&files, &[&["check", "-f", "concise"], args].concat());
        let text = String::from_utf8_lossy(&output.stdout);
        let of_cells = text.lines().filter(|line| line.contains("error[t."));
        assert_eq!(output.status.code(), Some(status), "{args:?}\n{text}");
        assert!(of_cells.eq(text.lines().filter(|l| found.iter().any(|f| l.starts_with(f)))));
        assert!(found.iter().all(|f| text.contains(f)), "{args:?}\n{text}");
    }
}

#[test]
fn checks_are_chosen_and_left_out_by_name() {
    let rules = format!(
        "{RULES}\n[check.up]\neach = \"t\"\nassert = 'a > 2'\n[check.down]\neach = \"t\"\nassert = 'a > 3'\n"
    );
    let files = [("crossfoot.toml", rules.as_str()), ("t.csv", "a\n1\n")];
    for (args, found) in [
        (&[][..], "down t.a up"),
        (&["-k", "!up"], "down t.a"),
        (&["-k", "!t.*"], "down up"),
        (&["-k", "up"], "up"),
        (&["-k", "*", "-k", "!up"], "down t.a"),
        (&["-k", "!up", "-k", "!down"], "t.a"),
    ] {
        let (_folder, output) = run(&files, &[&["check", "-f", "json"], args].concat());
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let mut names: Vec<&str> = json["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .filter_map(|f| f["check"].as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(names.join(" "), found, "{args:?}");
    }
}

/// A compressed file may be several, one after the other (`cat a.gz b.gz`): all of them are read.
#[test]
fn all_members_of_a_compressed_file_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = "[data.g]\npath = \"t.csv.gz\"\ncolumns.a = { min = 5 }\n[data.z]\npath = \"t.csv.zst\"\ncolumns.a = { min = 5 }\n";
    std::fs::write(folder.path().join("crossfoot.toml"), rules).expect("rules");
    let (mut gz, mut zst) = (Vec::new(), Vec::new());
    for text in ["a\n7\n", "8\n3\n", "9\n"] {
        let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        member.write_all(text.as_bytes()).expect("written");
        gz.extend(member.finish().expect("a member"));
        zst.extend(zstd::encode_all(text.as_bytes(), 1).expect("a frame"));
    }
    std::fs::write(folder.path().join("t.csv.gz"), gz).expect("a file");
    std::fs::write(folder.path().join("t.csv.zst"), zst).expect("a file");
    let output =
        command(folder.path(), &["check", "-f", "json"]).output().expect("the binary runs");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["summary"]["rows"], 8, "{json:#}");
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(2), "{json:#}");
}

/// Runs in a folder that is there already; what is printed, and the status.
fn in_folder(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = command(folder, args).output().expect("the binary runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(!text.contains("panicked"), "{text}");
    (output.status.code().expect("a status"), text)
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
}

fn table(path: &str) -> String {
    format!("[data.t]\npath = '{path}'\ncolumns.a = {{ type = \"integer\", max = 5 }}\n")
}

#[test]
fn a_compressed_file_may_hold_so_much() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &[("crossfoot.toml", &table("t.csv.gz"))]);
    let file = std::fs::File::create(folder.path().join("t.csv.gz")).expect("a file");
    let mut gz = flate2::write::GzEncoder::new(file, flate2::Compression::best());
    gz.write_all(b"a\n").expect("written");
    let rows = b"1\n".repeat(1 << 19);
    for _ in 0..66 {
        gz.write_all(&rows).expect("written");
    }
    gz.finish().expect("written");
    let (status, text) = in_folder(folder.path(), &["check"]);
    assert!(status == 2 && text.contains("error[inflates-too-far]"), "{text}");
    assert!(text.contains("more than 1000 times as many"), "{text}");
    let (status, text) = in_folder(folder.path(), &["check", "--max-inflate", "1MB"]);
    assert!(status == 2 && text.contains("has more than 1000000 bytes"), "{text}");
    let (status, text) = in_folder(folder.path(), &["check", "--max-inflate", "100MB"]);
    assert!(status == 0 && text.contains("34603008 rows"), "{text}");
}

#[test]
fn the_members_of_an_archive_together_may_hold_so_much() {
    use zip::write::SimpleFileOptions;
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &[("crossfoot.toml", &table("t.zip/*.csv"))]);
    let file = std::fs::File::create(folder.path().join("t.zip")).expect("a file");
    let mut zip = zip::ZipWriter::new(file);
    let options = SimpleFileOptions::default().compression_level(Some(9));
    let rows = b"1\n".repeat(1 << 19);
    for member in ["a.csv", "b.csv"] {
        zip.start_file(member, options).expect("a member");
        zip.write_all(b"a\n").expect("written");
        for _ in 0..33 {
            zip.write_all(&rows).expect("written");
        }
    }
    zip.finish().expect("written");
    let (status, text) = in_folder(folder.path(), &["check"]);
    assert!(status == 2 && text.contains("error[inflates-too-far] `t.zip` has"), "{text}");
}

#[cfg(unix)]
#[test]
fn an_old_archive_has_the_old_versions_of_its_members() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = "[data.a]\npath = \"z.zip/a.csv\"\nkey = \"k\"\n[data.b]\npath = \"z.zip/b.csv\"\nkey = \"k\"\n\
        [check.a]\neach = \"a\"\nassert = \"v = old(v)\"\n[check.b]\neach = \"b\"\nassert = \"v = old(v)\"\n";
    write(folder.path(), &[("crossfoot.toml", rules)]);
    let archive = |name: &str, figures: [u8; 2]| {
        let file = std::fs::File::create(folder.path().join(name)).expect("a file");
        let mut zip = zip::ZipWriter::new(file);
        for (member, figure) in ["a.csv", "b.csv"].into_iter().zip(figures) {
            zip.start_file(member, zip::write::SimpleFileOptions::default()).expect("a member");
            zip.write_all(format!("k,v\n1,{figure}\n").as_bytes()).expect("written");
        }
        zip.finish().expect("written");
    };
    archive("z.zip", [5, 6]);
    archive("z0.zip", [5, 7]);
    let (status, text) = in_folder(folder.path(), &["check", "--old", "z0.zip"]);
    assert!(status == 1 && text.contains("v is 6, old(v) is 7"), "{text}");
    assert!(!text.contains("unknown") && text.contains("3 held, 1 failed"), "{text}");
    let (status, text) = in_folder(folder.path(), &["check", "--old", "b=z0.zip", "-k", "b"]);
    assert!(status == 1 && !text.contains("unknown"), "{text}");
    let (status, text) = in_folder(folder.path(), &["check", "--old", "a=z0.zip/a.csv", "-k", "a"]);
    assert!(status == 0 && !text.contains("unknown"), "{text}");
}

/// Compressed or not is said by the name of the file that is read, and not by that of today's.
#[test]
fn an_old_file_may_be_compressed_where_that_of_today_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = |path: &str| {
        format!(
            "[data.t]\npath = \"{path}\"\nkey = \"id\"\n[check.c]\neach = \"t\"\nassert = \"a < old(a) + 1\"\n[check.d]\neach = \"t\"\nassert = \"a < 4\"\n"
        )
    };
    write(folder.path(), &[("plain.toml", &rules("t.csv")), ("packed.toml", &rules("t.csv.gz"))]);
    write(folder.path(), &[("t.csv", "id,a\n1,5\n")]);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"id,a\n1,5\n").expect("written");
    std::fs::write(folder.path().join("t.csv.gz"), packed.finish().expect("a member"))
        .expect("a file");
    for (rules, old) in [
        ("plain.toml", "t.csv.gz"),
        ("plain.toml", "t=t.csv.gz"),
        ("packed.toml", "t.csv"),
        ("packed.toml", "t=t.csv"),
    ] {
        let (status, text) = in_folder(folder.path(), &["check", rules, "--old", old]);
        let is_known = text.contains("1 still open") && !text.contains("unknown");
        assert!(status == 0 && is_known, "{rules} {old}: {text}");
    }
}

#[test]
fn devices_and_sockets_are_no_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("s")).expect("bound");
    for (path, what) in [("/dev/zero", "a device"), ("s", "a socket")] {
        let rules = format!("[data.t]\npath = '{path}'\nformat = \"csv\"\n");
        write(folder.path(), &[("crossfoot.toml", &rules)]);
        let (status, text) = in_folder(folder.path(), &["check"]);
        assert!(status == 2 && text.contains(what) && text.contains("standard input"), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn pipes_are_read_once_for_all_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("p.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let rules = "[data.a]\npath = \"p.csv\"\n[data.b]\npath = \"b.csv\"\n\
        [check.same]\nassert = 'sum(a.n) = 3 and sum(b.n) = 3'\n";
    write(folder.path(), &[("crossfoot.toml", rules)]);
    for arguments in [&["check", "--data", "b=p.csv"][..], &["check", "--data", "b=/dev/fd/0"]] {
        let (to, text) = (pipe.clone(), "n\n1\n2\n");
        let writer = std::thread::spawn(move || std::fs::write(to, text).expect("written"));
        let mut child = command(folder.path(), arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("written");
        let output = child.wait_with_output().expect("ends");
        writer.join().expect("ends");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{text}");
    }
}

#[test]
fn a_row_may_be_one_of_a_table_that_cannot_be_read() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"k\"\n[data.u]\npath = \"u.csv\"\nkey = \"k\"\n\
        [check.c]\neach = \"t\"\nassert = 'a > 0'\n";
    let files = [("crossfoot.toml", rules), ("t.csv", "k,a\nx,1\n"), ("u.csv", "k,a\ny,1\n")];
    let says = |files, row| {
        let (_folder, output) = run(files, &["check", "--row", row]);
        String::from_utf8_lossy(&output.stdout).contains(&format!("there is no row `{row}`"))
    };
    assert_eq!([says(&files, "x"), says(&files, "y"), says(&files, "z")], [false, false, true]);
    assert!(!says(&files[..2], "z"), "it may be in `u`");
}

#[test]
fn a_table_from_elsewhere_without_rows_is_shown_by_its_header() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"region\"\n";
    let files = [("crossfoot.toml", rules), ("e.csv", "region,votes\n")];
    expect(&files, &["check", "--data", "t=e.csv"], 1, "── the header");
}

#[test]
fn standard_input_can_be_two_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = "[data.a]\npath = \"-\"\n[data.b]\npath = \"-\"\n\
        [check.same]\nassert = 'count(a) = 2 and count(b) = 2'\n";
    write(folder.path(), &[("crossfoot.toml", rules)]);
    let mut child = command(folder.path(), &["check"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    child.stdin.take().expect("a pipe").write_all(b"n\n1\n2\n").expect("written");
    let output = child.wait_with_output().expect("ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
}

#[test]
fn paths_name_files_before_they_are_patterns() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = ["a.csv", "b.csv", "[a].csv", "{x}.csv", "{d}/c.csv"].map(|name| (name, "a\n1\n"));
    write(folder.path(), &data);
    let files = |path: &str| {
        write(folder.path(), &[("{d}/crossfoot.toml", &table(path))]);
        in_folder(folder.path(), &["check", "{d}"])
    };
    for (path, found) in [
        ("../[a].csv", "in 1 file"),
        ("../{x}.csv", "in 1 file"),
        ("../{a,b}.csv", "in 2 files"),
        ("../{a,b,none}.csv", "in 2 files"),
        ("../{y}.csv", "in 4 files"),
        ("c.csv", "in 1 file"),
        ("*.csv", "in 1 file"),
        ("../[ab].csv", "in 2 files"),
    ] {
        let (status, text) = files(path);
        assert!(status == 0 && text.contains(found), "{path}: {text}");
    }
    for (path, says) in [
        ("../{a b}.csv", "not a valid placeholder name"),
        ("../{a,{b,c}}.csv", "braces cannot contain braces"),
        ("../a**b.csv", "is not a pattern of names"),
        ("../[a.csv", "is not a pattern of names"),
    ] {
        let (status, text) = files(path);
        assert!(status == 2 && text.contains("pattern-syntax") && text.contains(says), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn links_bring_no_file_twice() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    write(root, &[("loop/d/t.csv", "a\n1\n"), ("loop/u.csv", "a\n1\n"), ("far/v.csv", "a\n1\n")]);
    symlink(".", root.join("loop/self")).expect("a link");
    symlink("../far", root.join("loop/far")).expect("a link");
    symlink("u.csv", root.join("loop/also.csv")).expect("a link");
    for (path, found) in [
        ("loop/**/*.csv", "in 2 files"),
        ("loop/*.csv", "in 1 file"),
        ("loop/*/*.csv", "in 3 files"),
        ("loop/far/*.csv", "in 1 file"),
        ("{loop,far,loop}/{n}.csv", "in 2 files"),
    ] {
        write(root, &[("crossfoot.toml", &table(path))]);
        let (status, text) = in_folder(root, &["check"]);
        assert!(status == 0 && text.contains(found), "{path}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn nothing_outside_of_the_root_is_read() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("in");
    let secret = "a\nsecret\n";
    write(&root, &[("t.csv", "a\n1\n"), ("../out/s.csv", secret), ("../out/x.toml", secret)]);
    symlink("../out/s.csv", root.join("l.csv")).expect("a link");
    symlink("../out", root.join("ld")).expect("a link");
    let run = |path: &str| {
        write(&root, &[("crossfoot.toml", &table(path))]);
        in_folder(&root, &["check", "--root", "."])
    };
    let (status, text) = run("t.csv");
    assert!(status == 0, "{text}");
    let absolute = folder.path().join("out/s.csv").to_string_lossy().into_owned();
    for path in ["../out/s.csv", "../out/none.csv", "../out/*.csv", &absolute, "l.csv", "*.csv"] {
        let (status, text) = run(path);
        assert!(status == 2 && text.contains("error[outside-root]"), "{path}: {text}");
        assert!(!text.contains("secret"), "{path}: {text}");
    }
    for path in ["ld/s.csv", "*/s.csv", "ld/{n}.csv", "../{out,in}/*.csv"] {
        let (status, text) = run(path);
        assert!(status == 2 && text.contains("error[outside-root]"), "{path}: {text}");
    }
    let (status, text) = in_folder(&root, &["check", "--root", ".", "-c", "ld/x.toml"]);
    assert!(status == 2 && text.contains("error[outside-root]"), "{text}");
    let (status, text) = in_folder(&root, &["check", "--root", "nowhere"]);
    assert!(status == 2 && text.contains("nowhere"), "{text}");
}

#[cfg(unix)]
#[test]
fn outputs_are_written_under_names_that_nobody_can_take() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let files = [("crossfoot.toml", RULES), ("t.csv", "a\n7\n"), ("victim", "whole")];
    let (folder, _) = run(&files, &["check"]);
    let names = || std::fs::read_dir(folder.path()).expect("a folder").count();
    let (status, text) = in_folder(folder.path(), &["check", "-f", "json=o.json"]);
    assert_eq!((status, names()), (0, 4), "{text}");
    let mode = |name: &str| {
        let meta = std::fs::metadata(folder.path().join(name)).expect("a file");
        meta.permissions().mode()
    };
    assert_eq!(mode("o.json"), mode("victim"), "an output is as readable as any new file");
    // Whoever may not read the old report may not read the new one.
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(folder.path().join("o.json"), private).expect("permissions");
    symlink("o.json", folder.path().join("link.json")).expect("a link");
    symlink("new.json", folder.path().join("dangling.json")).expect("a link");
    symlink("circle.json", folder.path().join("circle.json")).expect("a link");
    for (format, then) in [("json=link.json", 6), ("json=dangling.json", 7)] {
        std::fs::write(folder.path().join("o.json"), "old").expect("a file");
        let (status, text) = in_folder(folder.path(), &["check", "-f", format]);
        assert_eq!((status, names() - 1), (0, then), "{text}");
    }
    let is_link = |name: &str| folder.path().join(name).is_symlink();
    assert!(is_link("link.json") && is_link("dangling.json"), "links stay links");
    assert_eq!(mode("o.json") & 0o777, 0o600);
    let written = std::fs::read_to_string(folder.path().join("new.json")).expect("a file");
    assert!(written.starts_with('{'), "{written}");
    let (status, text) = in_folder(folder.path(), &["check", "-f", "json=circle.json"]);
    assert!(status == 2 && text.contains("links lead in a circle"), "{text}");
    let both = ["check", "-f", "json=o.json", "-f", "jsonl=link.json"];
    let (status, text) = in_folder(folder.path(), &both);
    assert!(status == 2 && text.contains("two outputs would be written"), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_open_is_written_where_it_is() {
    use std::os::unix::fs::symlink;
    let (folder, _) = run(&[("crossfoot.toml", RULES), ("t.csv", "a\n7\n")], &["check"]);
    symlink("/proc/self/fd/1", folder.path().join("out")).expect("a link");
    let shown = |format: &str| {
        let file = std::fs::File::create(folder.path().join("shown")).expect("a file");
        let args = ["check", "-q", "-f", format, "-f", "json=/dev/stderr"];
        let mut command = command(folder.path(), &args);
        let errors = file.try_clone().expect("a file");
        let status = command.stdout(file).stderr(errors).status();
        assert_eq!(status.expect("the program runs").code(), Some(0));
        std::fs::read_to_string(folder.path().join("shown")).expect("a file")
    };
    for format in ["jsonl=out", "jsonl=/dev/stdout", "jsonl=/proc/self/fd/1"] {
        let text = shown(format);
        let starts = |of: &str| text.lines().filter(|line| line.starts_with(of)).count();
        let outputs = (starts("{\"kind\":\"run\""), starts("{\"version\":"));
        assert_eq!(outputs, (1, 1), "{format}: {text}");
    }
    assert!(folder.path().join("out").is_symlink());
}

#[test]
fn places_far_into_a_file_have_their_columns() {
    let mut data = String::from("id,share\n");
    for n in 1..=200_000 {
        let sign = if n == 150_001 { "%" } else { "" };
        let end = if n == 180_000 { "\r\n" } else { "\n" };
        data += &format!("r{n},12{sign}{end}");
    }
    let rules = "[data.t]\npath = \"t.csv\"\ncolumns.share = { type = \"percent\" }\n";
    let files = [("crossfoot.toml", rules), ("t.csv", &*data)];
    let (_folder, output) = run(&files, &["check", "-f", "concise"]);
    let text = String::from_utf8_lossy(&output.stdout);
    for (words, place) in [("with and without a percent", "150002:9"), ("mixes line", "180001:11")]
    {
        let line = text.lines().find(|l| l.contains(words)).unwrap_or_default();
        assert!(line.starts_with(&format!("t.csv:{place}:")), "{words}: {text}");
    }
}

#[test]
fn extract_shows_what_a_pattern_matches() {
    let text = "Ada has 12 books.\nBen has many books.\nCem has 7 books.\n";
    let rules = "[data.books]\npath = \"a.txt\"\npattern = \"{who} has {n:number} books.\"\n";
    let files = [("a.txt", text), ("rules.toml", rules)];
    let cases: &[(&[&str], i32, &[&str])] = &[
        (&["a.txt", "-p", "Cem has {n:number} books."], 0, &["1 match\n", "a.txt:3:1\n", "46..47"]),
        (
            &["a.txt", "-p", "Ben has {n:number} books."],
            1,
            &[
                "0 matches",
                "near misses",
                "a.txt:2:1: ",
                "3 of 3 words, expected `{n:number}`, found `many books.`",
            ],
        ),
        (&["a.txt", "-p", "Dan has {n:number} books.", "--format", "json"], 1, &["near_misses"]),
        (&["books", "-c", "rules.toml"], 0, &["2 matches", "12 (11.5 to 12.5)", "bytes 8..10"]),
        (
            &["a.txt", "-p", "Cem has {n:number} books", "--from", "Ben", "--to", "nowhere"],
            1,
            &["0 matches", "the section text `nowhere` was not found"],
        ),
        (
            &["a.txt", "-p", "{n:numbr}"],
            2,
            &["`numbr` is not a type of placeholder", "did you mean `number`?"],
        ),
        (&["none.txt", "-p", "{n}"], 2, &["there is no file `none.txt`"]),
        (&["papers", "-c", "rules.toml"], 2, &["there is no table called `papers`"]),
        (&["a.txt"], 2, &["error["]),
    ];
    for (args, status, says) in cases {
        for words in *says {
            expect(&files, &[&["extract"], *args].concat(), *status, words);
        }
    }
}

#[test]
fn figures_says_what_no_check_depends_on() {
    let text = "Of about 40 books 12 are old. In 1992 it had 9 percent of them.\n";
    let rules = "[data.books]\npath = \"a.txt\"\npattern = \"{all:number} books {old:number} are old\"\n\
                 [check.few]\neach = \"books\"\nassert = 'old < 20'\n";
    let moments = "3 May 2025, the first half of 2025, the 1990s saw it, 10:30am; 2023: 1984 books, \
                   05/03/2025, 1,2 million.\n";
    let files = [("a.txt", text), ("b.txt", moments), ("rules.toml", rules)];
    let cases: &[(&[&str], i32, &[&str])] = &[
        (
            &["a.txt", "-c", "rules.toml"],
            0,
            &[
                "a.txt: 4 figures, 3 that no check depends on",
                "a.txt:1:10  about 40 books ",
                "{books.all} not checked",
                "{books.old} few",
                "date 1992",
                "percent 9 % (8.5 % to 9.5 %)",
            ],
        ),
        (&["a.txt"], 0, &["a.txt: 4 figures, 4 that no check depends on"]),
        (
            &["--unread", "--format", "json", "a.txt", "-c", "rules.toml"],
            0,
            &["\"unread\": 3", "\"hedge\": \"about\"", "\"unit\": \"books\""],
        ),
        (
            &["b.txt"],
            0,
            &[
                "3 May 2025                date 2025-05-03 ",
                "first half of 2025        date 2025-01-01 to 2025-06-30 ",
                "1990s                     date 1990-1999 ",
                "10:30am                   time 10:30:00 ",
                "2023                      date 2023 ",
                "1984 books                number 1984 ",
                "05/03/2025                date unreadable: not a date ",
                "1,2 million               number unreadable: not a number ",
            ],
        ),
        (&["none.txt"], 2, &["there is no file `none.txt`"]),
    ];
    for (args, status, says) in cases {
        for words in *says {
            expect(&files, &[&["figures"], *args].concat(), *status, words);
        }
    }
}

const PEOPLE: &str = "[data.t]\npath = \"t.csv\"\nkey = [\"region\", \"year\"]\n\
    [check.total]\neach = \"t\"\nassert = 'total = a + b'\n[check.small]\neach = \"t\"\nassert = 'a < 5'\n";

const COUNTS: &str =
    "region,year,a,b,total\nR01,2020,1,2,3\nR01,2021,1,2,4\nR02,2020,5,6,13\nR02,2021,4,4,9\n";

/// Standard output, standard error, status.
fn written(command: &mut Command) -> (String, String, Option<i32>) {
    let output = command.output().expect("the binary runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

#[test]
fn one_row_is_shown_whole() {
    let files = [("crossfoot.toml", PEOPLE), ("t.csv", COUNTS)];
    let (folder, _) = run(&files, &["list"]);
    let row = |args: &[&str]| written(&mut command(folder.path(), args));
    let (out, err, status) = row(&["check", "--row", "R02,2020"]);
    assert_eq!((out.matches("error[").count(), err.as_str(), status), (2, "", Some(1)), "{out}");
    assert!(
        out.contains("row R02, 2020") && !out.contains("R01") && !out.contains(" of 4"),
        "{out}"
    );
    let (out, _, status) = row(&["check", "--row", "R02, 2020", "-k", "total"]);
    assert_eq!((out.matches("error[").count(), status), (1, Some(1)), "{out}");
    let (out, err, status) = row(&["check", "--row", "R02, 2030"]);
    let is_said = out.contains("error[no-checks] there is no row `R02, 2030`");
    assert!(is_said && out.contains("did you mean `R02, 202") && status == Some(2), "{out}{err}");
    let (out, err, status) = row(&["check", "--row", "R02, 2021", "-k", "small"]);
    assert_eq!((out.as_str(), status), ("", Some(0)));
    assert!(err.contains("no finding of row `R02, 2021`") && !err.contains("mean"), "{err}");
}

#[test]
fn rows_are_asked_for_by_the_names_of_groups_and_combinations() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = [\"region\", \"year\"]\n\
        [check.sum]\neach = \"t by region\"\nassert = 'sum(a) > 0'\n\
        [check.pair]\neach = [\"t as x\", \"t as y\"]\n\
        where = 'x.region = y.region and x.year < y.year'\nassert = 'x.a >= 0 and y.a >= 0'\n";
    let files = [("crossfoot.toml", rules), ("t.csv", COUNTS)];
    for (name, status) in [
        ("region = R01", 0),
        ("region = R03", 2),
        ("R01, 2020; R01, 2021", 0),
        ("R01, 2020; R03, 2021", 2),
    ] {
        expect(&files, &["check", "--row", name], status, &format!("row `{name}`"));
    }
    // Rows without a key are called by their first cells, beside another row.
    let rules = "[data.t]\npath = \"t.csv\"\n[check.pair]\neach = [\"t as x\", \"t as y\"]\n\
        where = 'x.region = y.region and x.year < y.year'\nassert = 'x.a >= 0 and y.a >= 0'\n";
    let files = [("crossfoot.toml", rules), ("t.csv", COUNTS)];
    for (name, status) in [("R02; R01", 0), ("R03; R01", 2)] {
        expect(&files, &["check", "--row", name], status, &format!("row `{name}`"));
    }
}

#[test]
fn a_fingerprint_is_explained_by_its_finding() {
    let files = [("crossfoot.toml", PEOPLE), ("t.csv", COUNTS)];
    let (folder, output) = run(&files, &["check", "-f", "json", "-k", "total"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let fingerprint = json["findings"][1]["fingerprint"].as_str().expect("a fingerprint");
    for name in [fingerprint, &fingerprint[..8]] {
        let (out, err, status) = written(&mut command(folder.path(), &["explain", name]));
        assert_eq!(
            (out.matches("error[").count(), err.as_str(), status),
            (1, "", Some(0)),
            "{out}"
        );
        assert!(out.contains("row R02, 2020"), "{out}");
    }
    let (_, err, status) = written(&mut command(folder.path(), &["explain", "0123456789"]));
    assert!(status == Some(2) && err.contains("fingerprint 0123456789"), "{err}");
}

#[test]
fn what_is_cut_is_said_on_standard_output() {
    let files = [("crossfoot.toml", PEOPLE), ("t.csv", COUNTS)];
    let (_folder, output) = run(&files, &["check", "--max-per-check", "2"]);
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.contains("… 1 more (--max-per-check 0 shows all)"), "{out}");
    assert!(out.contains("3 of 4 fail") && out.contains("\n3  total  of 4\n"), "{out}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let (_folder, output) = run(&files, &["check", "--max-per-check", "2", "--quiet"]);
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.contains("shows all)") && !out.contains("\n3  total"), "{out}");
}

#[test]
fn a_terminal_that_can_do_less_gets_less() {
    let files = [("crossfoot.toml", PEOPLE), ("t.csv", COUNTS)];
    let (folder, _) = run(&files, &["list"]);
    for (name, value) in [("TERM", "dumb"), ("LC_ALL", "C"), ("LC_ALL", "de_AT.ISO-8859-1")] {
        let mut command = command(folder.path(), &["check", "-v"]);
        let (out, _, status) = written(command.env(name, value));
        assert!(out.is_ascii() && status == Some(1), "{name}={value}\n{out}");
    }
    for value in ["en_GB.UTF-8", "C.utf8", "de_AT"] {
        let mut command = command(folder.path(), &["check", "-v"]);
        let (out, _, _) = written(command.env("TERM", "xterm").env("LC_ALL", value));
        assert!(out.contains('╭'), "{value}\n{out}");
    }
}

#[test]
fn every_line_of_concise_begins_with_a_place() {
    let rules =
        format!("{PEOPLE}[check.none]\neach = \"t\"\nwhere = 'a > 100'\nassert = 'b = 1'\n");
    let files = [("crossfoot.toml", rules.as_str()), ("t.csv", COUNTS)];
    for args in [&["check", "-f", "concise"][..], &["check", "-f", "concise", "no.toml"]] {
        let (_folder, output) = run(&files, args);
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!out.is_empty(), "{args:?}");
        for line in out.lines() {
            let mut parts = line.split(':').skip(1).take(2);
            assert!(parts.all(|p| p.parse::<u64>().is_ok()), "{line}");
        }
    }
}

/// A report must stay readable: its length is part of what it promises.
#[test]
fn reports_of_many_findings_are_short() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (folder, findings, most) in
        [(root.to_path_buf(), "9 errors", 70), (root.join("fixtures/repository"), "41 errors", 130)]
    {
        let output = command(&folder, &["check"]).output().expect("the program runs");
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(report.contains(findings), "{report}");
        assert!(report.lines().count() <= most, "{} lines\n{report}", report.lines().count());
    }
}

#[test]
fn a_file_that_was_meant_as_rules_is_named() {
    let name_it = "`rules.toml` is not read\n   help: name it: crossfoot check rules.toml";
    expect(&[("rules.toml", RULES)], &["check"], 2, name_it);
    expect(
        &[(".crossfoot.toml", RULES)],
        &["check"],
        2,
        "name it: crossfoot check .crossfoot.toml",
    );
    for name in ["crossfoot.yml", "crossfoot.yaml"] {
        let files = [(name, "check:\n")];
        expect(&files, &["check"], 2, &format!("`{name}` is not read"));
        expect(&files, &["check", "."], 2, "rules are written in TOML");
        expect(&files, &["check", name], 2, "rules are written in TOML");
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("rules")).expect("a folder");
    std::fs::write(folder.path().join("rules/sums.json"), "{}").expect("a file");
    let output = command(folder.path(), &["check"]).output().expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("`rules/sums.json` is not read"), "{text}");
}

#[test]
fn a_file_that_was_named_is_the_place_of_what_is_wrong_with_it() {
    let lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    let rules = "[data.t]\npath = \"t.csv\"\n[check.c]\nassert = 'count(t) = 1'\n";
    let files = [("crossfoot.toml", rules), ("head.csv", "a,b\n"), ("lfs.csv", lfs)];
    let (alone, instead) = (&["--no-rules"][..], &["crossfoot.toml", "--data"][..]);
    for (named, path, says) in [
        (alone, "head.csv", "has no rows"),
        (alone, "lfs.csv", "a Git LFS pointer"),
        (alone, "none.csv", "there is no file `none.csv`"),
        (instead, "t=head.csv", "has no rows"),
        (instead, "t=lfs.csv", "a Git LFS pointer"),
        (instead, "t=none.csv", "there is no file `none.csv`"),
        (instead, "t=none*.csv", "no file matches `none*.csv`"),
        (instead, "t=.", "`.` is a directory"),
    ] {
        let place = format!("{}:1:1: error", path.trim_start_matches("t="));
        for format in ["full", "concise", "json"] {
            let args = [&["check", "-f", format], named, &[path]].concat();
            let (_folder, output) = run(&files, &args);
            let out = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(out.contains(says), "{args:?}\n{out}");
            assert!(!out.contains("command line") && !out.contains("named here"), "{out}");
            assert!(format != "concise" || out.contains(&place), "{args:?}\n{out}");
        }
    }
}

#[test]
fn lines_above_the_header_are_left_out_as_the_finding_says() {
    let table = "[data.t]\npath = \"t.csv\"\nkey = \"a\"\ncolumns.b = { type = \"integer\" }\n";
    for title in [
        "Report 2017,\n",
        "Report\n",
        "\u{feff}Report, of 2017, and more\r\n",
        "\n \nReport\n,\n\nby nobody,\n",
        "\"Report,\n\n2017\"\n\n",
        "# a note\n\"Report, 2017\"\n",
        ",\n,\n",
        "Report 2017\r\r",
    ] {
        let data = format!("{title}a,b\nx,1\ny,2\n");
        let files = [("t.csv", data.as_str()), ("crossfoot.toml", table)];
        let (_folder, output) = run(&files, &[]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{title:?}\n{said}");
        let is_alone = said.contains("error[title-lines]") && said.contains("1 error");
        assert!(is_alone && !said.contains("warning"), "{title:?}\n{said}");
        let (_, advice) = said.split_once("write `").expect("advice");
        let (advice, _) = advice.split_once('`').expect("advice");
        let rules = format!("{table}{advice}\n");
        expect(&[files[0], ("crossfoot.toml", &rules)], &[], 0, "2 rows");
    }
}

const ALLOWED: &str = "[data.t]\npath = \"t.csv\"\nkey = \"id\"\ncolumns.a = { min = 5 }\n\
    [[allow]]\ncheck = \"t.a\"\nwhere = 'id = \"x\"'\nreason = \"as printed\"\nuntil = 2026-06-30\n";

#[test]
fn an_allowance_counts_until_its_last_day() {
    let files = [("crossfoot.toml", ALLOWED), ("t.csv", "id,a\nx,1\n")];
    let on = |day| ["check", "--today", day];
    expect(&files, &on("2026-06-15"), 0, "must be at least 5");
    expect(&files, &on("2026-06-30"), 0, "allowance-ends-soon");
    expect(&files, &on("2026-07-01"), 1, "expired-allowance");
    expect(&files, &["list", "--allowed", "--today", "2026-07-01"], 0, "ended on 2026-06-30");
    let other = [("crossfoot.toml", ALLOWED), ("t.csv", "id,a\nx,1\ny,2\n")];
    expect(&other, &on("2026-06-01"), 1, "but is `2`");
    // One that is accepted is there all the same.
    expect(&other, &["check", "--today", "2026-06-01", "--row", "x"], 0, "but is `1`");
    // What a selection leaves out is not said to be of no use.
    let clean = [("crossfoot.toml", ALLOWED), ("t.csv", "id,a\nx,7\n")];
    expect(&clean, &on("2026-06-01"), 0, "stale-allowance");
    let (_folder, output) = run(&clean, &["check", "--today", "2026-06-01", "-k", "t.*"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("stale-allowance"));
}

#[test]
fn a_comment_in_a_text_accepts_as_an_allowance_does() {
    const RULES: &str = "[data.t]\npath = \"t.md\"\npattern = \"{n:integer} homes\"\n\
        columns.n = { max = 5 }\n[data.u]\npath = \"t.md\"\npattern = \"{n:integer} boats\"\n";
    let with = |text| [("crossfoot.toml", RULES), ("t.md", text)];
    let on = |day| ["check", "--today", day];
    const TEXT: &str =
        "9 homes and 2 boats. <!-- crossfoot: allow t.n until 2026-06-30 -- as printed -->\n";
    let until = with(TEXT);
    expect(&until, &on("2026-06-30"), 0, "(accepted until 2026-06-30: as printed)");
    expect(&until, &on("2026-07-01"), 1, "expired-allowance");
    let list = ["list", "--allowed", "--today", "2026-06-30"];
    expect(&until, &list, 0, "`t.n`\n    as printed\n    t.md:1, until 2026-06-30\n");
    // Two tables are read from the text, and its comments are read once.
    let (_folder, output) = run(&until, &list);
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches("as printed").count(), 1);
    // The paragraph before a comment that stands alone is not what it means.
    let after = with("9 homes.\n\n<!-- crossfoot: allow t.n -- as printed -->\n\n2 boats.\n");
    expect(&after, &on("2026-06-30"), 1, "it stands alone and means the block after it");
    let (_folder, output) = run(&after, &["check", "-k", "t.n"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("stale-allowance"));
    let unclear = with("9 homes and 2 boats. <!-- crossfoot: allow t.n as printed -->\n");
    let (_folder, output) = run(&unclear, &on("2026-06-30"));
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("this comment gives no reason"));
}

/// What `--old` takes, and what becomes of what it cannot take.
#[test]
fn old_versions_are_directories_and_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let rules = "[data.t]\npath = \"d/t.csv\"\nkey = \"k\"\ncolumns.v = { type = \"number\" }\n[check.same]\neach = \"t\"\nassert = 'v = old(v)'\n";
    let two = format!("{rules}[data.u]\npath = \"d/u.csv\"\n[data.w]\npath = \"d/*.csv\"\n");
    write(
        folder,
        &[
            ("r.toml", rules),
            ("two.toml", &two),
            ("d/t.csv", "k,v\n1,5\n"),
            ("d/u.csv", "k,v\n1,5\n"),
            ("then/d/t.csv", "k,v\n1,6\n"),
            ("then/t.csv", "k,v\n1,7\n"),
            ("then/x.csv", "k,v\n1,8\n"),
            ("then/gone/other.csv", "k\n"),
        ],
    );
    let old = |rules: &str, old: &[&str]| {
        let mut args = vec!["check", "-f", "concise", rules];
        old.iter().for_each(|o| args.extend(["--old", o]));
        in_folder(folder, &args)
    };
    for (rules, given, status, said) in [
        ("r.toml", &["then"][..], 1, "v is 5, old(v) is 6"),
        ("r.toml", &["./then/"], 1, "v is 5, old(v) is 6"),
        ("r.toml", &["then/x.csv"], 1, "v is 5, old(v) is 8"),
        ("r.toml", &["t=then/x.csv"], 1, "v is 5, old(v) is 8"),
        ("two.toml", &["then/t.csv"], 1, "v is 5, old(v) is 7"),
        ("two.toml", &["then", "t=then/x.csv"], 1, "v is 5, old(v) is 8"),
        ("two.toml", &["then/x.csv"], 2, "none of the 2 data files is called `x.csv`"),
        ("r.toml", &["nowhere"], 2, "there is no file `nowhere`"),
        ("r.toml", &["s=then/x.csv"], 2, "--old names `s`, but no rule declares it"),
        ("r.toml", &["then/gone"], 0, "in then/gone there is no file `d/t.csv`"),
        ("r.toml", &[], 0, "no old version was given: 1 check compares with one (--since, --old)"),
    ] {
        let (found, text) = old(rules, given);
        assert!(found == status && text.contains(said), "{rules} {given:?}: {found}\n{text}");
    }
    let (status, text) = in_folder(folder, &["check", "--root", "d", "r.toml", "--old", "then"]);
    assert!(status == 2 && text.contains("outside-root"), "{text}");
    let (_, text) = in_folder(folder, &["check", "two.toml", "--old", "then/x.csv"]);
    assert!(text.contains("say whose old version it is: --old t=then/x.csv"), "{text}");
    let (status, text) = in_folder(folder, &["check", "r.toml", "--old", "then"]);
    assert!(status == 1 && text.contains("then/d/t.csv:2:3"), "{text}");
    let (_, text) = in_folder(folder, &["list", "r.toml", "--old", "then"]);
    assert!(text.contains("d/t.csv") && !text.contains("old(t)"), "{text}");
    let (_, text) = in_folder(folder, &["list", "--plan", "r.toml", "--old", "then"]);
    assert!(text.contains("one pass over `old(t)`"), "{text}");
}

#[test]
fn the_plan_names_the_columns_that_are_read() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"id\"\ncolumns.a = { type = \"number\" }\n[data.u]\npath = \"u.csv\"\n[check.a]\neach = \"t\"\nassert = \"b < 2\"\n";
    let files =
        [("crossfoot.toml", rules), ("t.csv", "id,note,a,b\nx,y,1,1\n"), ("u.csv", "n\n1\n")];
    let said = "`t`: columns that are read: id, a, b; not read: note\n`u`: no column is read: n\n";
    expect(&files, &["list", "--plan"], 0, said);
}

#[test]
fn checks_are_chosen_by_their_tags() {
    let rules = "[data.t]\npath = \"t.csv\"\n[check.a]\neach = \"t\"\nassert = \"n < 2\"\ntags = [\"yearly\"]\n[check.b]\neach = \"t\"\nassert = \"n < 3\"\n";
    let files = [("crossfoot.toml", rules), ("t.csv", "n\n1\n2\n")];
    expect(&files, &["check", "-k", "year*"], 1, "1 check: 1 failed");
    expect(&files, &["check", "-k", "!yearly"], 0, "1 check: 1 held");
    expect(&files, &["check", "-k", "monthly"], 2, "there is no check or tag called `monthly`");
}

/// Runs `crossfoot` in a folder that is there already.
fn again(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let output = command(folder, args).output().expect("the binary runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("a status"), text(&output.stdout), text(&output.stderr))
}

const KEYED: &str = "[data.t]\npath = \"t.csv\"\nkey = \"id\"\ncolumns.a = { min = 5 }\n\
    [check.sum]\nassert = 'sum(t.a) = 10'\n";

#[test]
fn a_baseline_accepts_what_was_there() {
    let files = [("crossfoot.toml", KEYED), ("t.csv", "id,a\nx,1\ny,2\n")];
    let (folder, output) = run(&files, &["baseline", "create"]);
    let folder = folder.path();
    assert_eq!(output.status.code(), Some(0));
    let path = folder.join("crossfoot.baseline");
    let read = || std::fs::read_to_string(&path).expect("a baseline");
    let created = read();
    assert_eq!(created.lines().count(), 4, "{created}");
    assert_eq!(again(folder, &["check"]).0, 0);
    assert_eq!(again(folder, &["check", "--no-baseline"]).0, 1);
    assert_eq!(again(folder, &["check", "--baseline", "none"]).0, 2);
    assert_eq!(again(folder, &["baseline", "create"]).0, 2);
    let (status, said, _) = again(folder, &["baseline", "add"]);
    assert_eq!((status, said.as_str(), read()), (0, "", created.clone()), "adding is idempotent");
    // Rows that move change nothing; another figure does, and the finding says what was accepted.
    std::fs::write(folder.join("t.csv"), "id,a\ny,2\nz,8\nx,1\n").expect("a file");
    let (status, said, _) = again(folder, &["check"]);
    assert!(said.contains("sum(t.a) = 10") && said.contains("where 3 follows"), "{said}");
    assert_eq!(status, 1, "{said}");
}

#[test]
fn what_a_baseline_accepts_is_taken_out_when_it_is_settled() {
    let files = [("crossfoot.toml", KEYED), ("t.csv", "id,a\nx,1\ny,2\n")];
    let (folder, _) = run(&files, &["baseline", "create"]);
    let folder = folder.path();
    let path = folder.join("crossfoot.baseline");
    let read = || std::fs::read_to_string(&path).expect("a baseline");
    std::fs::write(folder.join("t.csv"), "id,a\nx,8\ny,2\nz,3\n").expect("a file");
    let before = read();
    let (status, _, said) = again(folder, &["baseline", "prune", "-k", "t.*"]);
    assert_eq!((status, read()), (2, before), "{said}");
    let (status, said, _) = again(folder, &["baseline", "show"]);
    assert_eq!(status, 0);
    assert!(said.contains("applies               t.a  y  column a  2\n"), "{said}");
    assert!(said.contains("figures have changed  sum"), "{said}");
    // With other figures a finding is another one: what was accepted of it is not there any more.
    let before = read();
    let (_, said, _) = again(folder, &["baseline", "add"]);
    assert!(said.contains("added  t.a  z  column a  3\n"), "{said}");
    assert!(said.contains("added  sum  ") && said.contains("removed  sum  "), "{said}");
    let sums = read().lines().filter(|line| line.starts_with("sum\t")).count();
    assert_eq!((sums, again(folder, &["check"]).0), (1, 0));
    std::fs::write(&path, before).expect("a file");
    let (status, said, _) = again(folder, &["baseline", "prune"]);
    assert_eq!((status, said.lines().count()), (0, 2), "{said}");
    assert!(said.contains("removed  t.a  x") && said.contains("removed  sum"), "{said}");
    let (_, said, _) = again(folder, &["baseline", "add"]);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert_eq!(again(folder, &["check"]).0, 0);
    // Both sides of a merge, in any order and twice.
    let lines: Vec<String> = read().lines().rev().map(|l| format!("{l}\r\n{l}\n")).collect();
    std::fs::write(&path, lines.concat()).expect("a file");
    assert_eq!(again(folder, &["check"]).0, 0);
}

/// The column is that of the figure that is stated; entries of older files, which have that of the
/// fingerprint, stay as good.
#[test]
fn an_entry_names_the_column_of_what_is_stated() {
    let rules = |assert: &str| {
        format!(
            "[data.t]\npath = \"t.csv\"\nkey = \"id\"\n[check.s]\neach = \"t\"\nassert = \"{assert}\"\n"
        )
    };
    let files = [("crossfoot.toml", &rules("a + b = t")[..]), ("t.csv", "id,a,b,t\n1,1,1,3\n")];
    let (folder, _) = run(&files, &["baseline", "create"]);
    let folder = folder.path();
    let path = folder.join("crossfoot.baseline");
    let created = std::fs::read_to_string(&path).expect("a baseline");
    assert!(created.contains("\ns\tt\t1\tt\t3\t2\tv1:"), "{created}");
    std::fs::write(&path, created.replace("\tt\t3", "\ta\t3")).expect("a file");
    assert_eq!(again(folder, &["check"]).0, 0);
    std::fs::write(folder.join("crossfoot.toml"), rules("a + b = t within 0.5")).expect("a file");
    let (_, said, _) = again(folder, &["baseline", "show"]);
    assert!(said.contains("check was edited"), "{said}");
}

#[test]
fn entries_of_checks_that_compare_versions_are_kept_without_an_old_one() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"id\"\n[check.frozen]\neach = \"t\"\nassert = \"a = old(a)\"\n";
    let files = [
        ("crossfoot.toml", rules),
        ("t.csv", "id,a\n1,11\n"),
        ("old/crossfoot.toml", rules),
        ("old/t.csv", "id,a\n1,10\n"),
    ];
    let (folder, output) = run(&files, &["baseline", "create", "--old", "old"]);
    assert_eq!(output.status.code(), Some(0));
    let folder = folder.path();
    let (_, said, _) = again(folder, &["baseline", "show"]);
    assert!(said.starts_with("not judged            frozen"), "{said}");
    let (status, said, _) = again(folder, &["baseline", "prune"]);
    assert_eq!((status, said.as_str()), (0, ""));
    assert_eq!(again(folder, &["check", "--old", "old"]).0, 0);
}

#[test]
fn an_entry_whose_check_was_edited_is_kept_while_the_row_fails_with_its_figures() {
    let rules = |assert: &str| {
        format!(
            "[data.t]\npath = \"t.csv\"\nkey = \"id\"\n[check.c]\neach = \"t\"\nassert = \"{assert}\"\n"
        )
    };
    let files = [("crossfoot.toml", &rules("b = a")[..]), ("t.csv", "id,a,b\nx,1,2\ny,5,9\n")];
    let (folder, _) = run(&files, &["baseline", "create"]);
    let folder = folder.path();
    let read = || std::fs::read_to_string(folder.join("crossfoot.baseline")).expect("a baseline");
    std::fs::write(folder.join("crossfoot.toml"), rules("b = a within 2")).expect("a file");
    let before = read();
    let (status, said, _) = again(folder, &["baseline", "show"]);
    assert_eq!(status, 0);
    assert!(said.contains("settled or gone       c  x"), "{said}");
    assert!(said.contains("check was edited      c  y"), "{said}");
    let (_, said, words) = again(folder, &["baseline", "prune"]);
    assert_eq!(said, "removed  c  x  column b  2, follows 1\n");
    assert!(words.contains("1 entry is kept"), "{words}");
    assert!(before.lines().count() == read().lines().count() + 1);
    // Accepted as it is found now, it needs the old entry no more.
    again(folder, &["baseline", "add"]);
    let (_, said, _) = again(folder, &["baseline", "prune"]);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(again(folder, &["check"]).0, 0);
}

#[test]
fn a_baseline_that_cannot_be_read_is_never_overwritten() {
    let line = "t.a\tt\tx\ta\t1\t\tv1:00000000000000000000000000000000";
    for (broken, says) in [
        ("<<<<<<< HEAD\n", "merge conflict"),
        (&line[..10], "7 parts"),
        (&line[..line.len() - 1], "32 hexadecimal digits"),
        (&line.replace("v1:", "v2:"), "another version"),
        (&line.replace("\t1\t", "\t\\x\t"), "escapes nothing"),
    ] {
        let text = format!("# Accepted\n{broken}");
        let files =
            [("crossfoot.toml", KEYED), ("t.csv", "id,a\nx,1\n"), ("crossfoot.baseline", &text)];
        for args in [&["check"][..], &["baseline", "add"], &["baseline", "prune"]] {
            let (folder, output) = run(&files, args);
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said).into_owned();
            assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
            assert!(said.contains(says) && said.contains("crossfoot.baseline:2:1"), "{said}");
            let now = std::fs::read_to_string(folder.path().join("crossfoot.baseline"));
            assert_eq!(now.expect("a baseline"), text);
        }
    }
    expect(&[("crossfoot.toml", KEYED), ("t.csv", "id,a\n")], &["baseline", "add"], 2, "create");
}

#[test]
fn one_severity_and_kinds_of_trouble_fail_a_run() {
    let stale = [("crossfoot.toml", ALLOWED), ("t.csv", "id,a\nx,7\n")];
    let with = |fail_on| ["check", "--today", "2026-06-01", "--fail-on", fail_on];
    expect(&stale, &with("stale"), 1, "stale-allowance");
    expect(&stale, &with("never,stale"), 1, "stale-allowance");
    expect(&stale, &with("rules-loosened,undecided"), 0, "");
    expect(&stale, &with("error,warning"), 2, "one severity");
    expect(&stale, &with("sometimes"), 2, "");
    let failing = [("crossfoot.toml", ALLOWED), ("t.csv", "id,a\ny,1\nx,1\n")];
    expect(&failing, &with("undecided"), 1, "");
    expect(&failing, &with("never,undecided"), 0, "");
}

const STATES: &str = "state,year,men,women,all\nA,1,1204,2307,3511\nA,2,1344,2207,3551\nB,1,4204,2507,6711\nB,2,1209,9307,10516\nC,1,7204,2317,9521\nC,2,1804,5307,7111\nD,1,1201,2377,3578\nD,2,2204,2333,4537\n";

#[test]
fn init_writes_rules_that_pass_and_overwrites_nothing() {
    let (folder, output) = run(&[("s.csv", STATES)], &["init", "s.csv", "-o", "crossfoot.toml"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let written = std::fs::read_to_string(folder.path().join("crossfoot.toml")).expect("rules");
    assert!(written.contains("assert = 'all = men + women'"), "{written}");
    let check = command(folder.path(), &["check"]).output().expect("the binary runs");
    assert_eq!(check.status.code(), Some(0), "{check:?}");
    let again = command(folder.path(), &["init", "s.csv", "-o", "crossfoot.toml"]).output();
    let again = again.expect("the binary runs");
    assert_eq!(again.status.code(), Some(2), "{again:?}");
    assert!(String::from_utf8_lossy(&again.stderr).contains("is not overwritten"), "{again:?}");
    let now = std::fs::read_to_string(folder.path().join("crossfoot.toml")).expect("rules");
    assert_eq!(now, written);
}

/// A text of sentences gets patterns; fields between signs are a table, whatever the file is called.
#[test]
fn init_reads_texts() {
    let said = "Roads cost 12.5 million and schools 30.5 million, a total of 43.0 million.\n";
    for name in ["a.txt", "a.md", "a.html"] {
        let (folder, output) = run(&[(name, said)], &["init", name, "-o", "crossfoot.toml"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let written = std::fs::read_to_string(folder.path().join("crossfoot.toml")).expect("rules");
        assert!(written.contains("Roads cost {roads:number} and schools"), "{written}");
        assert!(written.contains("43.0 million is the sum of 12.5 million"), "{written}");
        let check = command(folder.path(), &["check"]).output().expect("the binary runs");
        assert_eq!(check.status.code(), Some(0), "{check:?}");
    }
    expect(&[("a.txt", "a;b\n1;2\n3;4\n")], &["init", "a.txt"], 0, "delimiter = \";\"");
    expect(&[("a.md", "# Notes\n\nNo figures.\n")], &["init", "a.md"], 2, "without figures");
}

#[test]
fn paths_of_proposed_rules_are_relative_to_their_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("rules")).expect("a folder");
    std::fs::create_dir_all(folder.path().join("data")).expect("a folder");
    std::fs::write(folder.path().join("data/s.csv"), STATES).expect("a file");
    let args = ["init", "data", "-o", "rules/s.toml"];
    let output = command(folder.path(), &args).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let written = std::fs::read_to_string(folder.path().join("rules/s.toml")).expect("rules");
    assert!(written.contains("path = \"../data/s.csv\""), "{written}");
    assert!(written.contains("run `crossfoot check rules/s.toml`"), "{written}");
    let whole = std::fs::canonicalize(folder.path().join("data/s.csv")).expect("a path");
    let args = ["init", whole.to_str().expect("UTF-8")];
    let output = command(&folder.path().canonicalize().expect("a path"), &args).output();
    let printed = String::from_utf8(output.expect("the binary runs").stdout).expect("UTF-8");
    assert!(printed.contains("path = \"data/s.csv\""), "{printed}");
}

#[test]
fn init_says_what_is_no_table() {
    let binary: &str = "\u{0}\u{1}\u{2}\u{0}a,b\u{0}\n";
    expect(&[("e.csv", "")], &["init", "e.csv"], 2, "`e.csv` is not a table: it is empty");
    expect(&[("b.csv", binary)], &["init", "b.csv"], 2, "is no text");
    expect(&[("s.csv", STATES)], &["init", "t.csv"], 2, "there is no file `t.csv`");
    expect(&[("s.csv", STATES)], &["init", "*.tsv"], 2, "no file matches `*.tsv`");
    expect(&[("s.md", "# a\n")], &["init", "."], 2, "there is no data file in `.`");
    expect(&[("s.md", "# a\n")], &["init", "s.md"], 2, "it is a text");
    expect(&[("s.json", "{\"a\": 1}")], &["init", "s.json"], 2, "it has no list of objects");
    expect(&[("s.json", "[{\"a\": 1}, {")], &["init", "s.json"], 2, "s.json:1:13: error[malformed");
    expect(&[("s.json", "[{\"a\": 1}]")], &["init", "s.json"], 0, "[data.s]");
    expect(&[("s.md", "|a|\n|-|\n|x|\n")], &["init", "s.md"], 0, "[data.s]");
    let two = "|a|\n|-|\n|x|\n\n|a|b|\n|-|-|\n|1|2|\n";
    let left_out = "# Left out of s.md: 1 table of a single column.";
    expect(&[("s.md", two)], &["init", "s.md"], 0, left_out);
    expect(&[("s.yaml", "a: 1\n")], &["init", "s.yaml"], 2, "it has no list of objects");
    expect(&[("s.html", "<html><p>404")], &["init", "s.html"], 2, "a page without tables");
    expect(&[("s.csv", "<html><p>404")], &["init", "s.csv"], 2, "a page without tables");
    expect(&[("s.xlsx", "a,b\n1,2\n")], &["init", "s.xlsx"], 2, "it is a text, and no workbook");
    expect(&[("h.csv", "a,b\n")], &["init", "h.csv"], 0, "rows = \"0..\"  # no rows yet");
    expect(&[("o.csv", "a\nx\ny\n")], &["init", "o.csv"], 0, "path = \"o.csv\"");
    let both = [("s.csv", STATES), ("e.csv", "")];
    expect(&both, &["init", "s.csv", "e.csv"], 0, "# Left out: `e.csv` is not a table");
    // Files of one pattern that are written differently are two tables.
    let unlike = [("a.csv", "k,v\nx,1\n"), ("b.csv", "k;w\ny;2,5\n")];
    expect(&unlike, &["init", "*.csv"], 0, "[data.b]");
    let alike = [("a1.csv", "k,v\nx,1\n"), ("a2.csv", "k,v\ny,2\n")];
    expect(&alike, &["init", "a1.csv", "a2.csv"], 0, "path = \"a*.csv\"");
}

#[test]
fn hostile_names_and_cells_stay_in_their_quotes() {
    let table = "id,\"a\"\"]b\",\"x\ny\",where,,d,d,\"b`t\"\n";
    let rows: String = (1..30).map(|n| format!("{n},\"v\n[check.x]\",1,w,,1,2,3\n")).collect();
    let text = format!("\"# title\nassert\",,,,,,,\n{table}{rows}");
    let (folder, output) = run(&[("h.csv", &text)], &["init", "h.csv", "-o", "crossfoot.toml"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let check = command(folder.path(), &["check"]).output().expect("the binary runs");
    assert_ne!(check.status.code(), Some(2), "{check:?}");
}

/// Rows that break a rule are named, and the rule is commented out.
#[test]
fn what_nearly_holds_is_commented_out_with_its_places() {
    let row = |n: u32| {
        let (a, b) = (n * 7919 % 5003 + 100, n * 104_729 % 7001 + 100);
        format!("{n},{a},{b},{}\n", if n == 41 { a + b + 9 } else { a + b })
    };
    let text = "id,men,women,all\n".to_string() + &(1..=80).map(row).collect::<String>();
    let says = "# Nearly holds (79 of 80); not at s.csv:42:";
    expect(&[("s.csv", &text)], &["init", "s.csv"], 0, says);
    expect(&[("s.csv", &text)], &["init", "s.csv"], 0, "# assert = 'all = men + women'");
}

#[test]
fn statements_read_well_in_every_dialect() {
    insta::glob!("../fixtures/sql", "*/sql.toml", |path| {
        let folder = path.parent().expect("a rule file stands in a folder");
        for dialect in crossfoot::api::dialects() {
            let printed =
                command(folder, &["sql", "-c", "sql.toml", "--dialect", dialect]).output();
            let printed = printed.expect("the binary runs");
            let text = String::from_utf8_lossy(&printed.stdout).into_owned();
            assert_eq!(
                printed.status.code(),
                Some(0),
                "{}",
                String::from_utf8_lossy(&printed.stderr)
            );
            insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, snapshot_suffix => "", omit_expression => true }, {
                insta::assert_snapshot!(dialect, text);
            });
        }
    });
}

#[test]
fn statements_are_printed_of_the_checks_that_are_named() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"k\"\ncolumns.a = { min = 5 }\ncolumns.b = { max = 5 }\n";
    let files = [("crossfoot.toml", rules), ("t.csv", "k,a,b\n1,7,3\n")];
    expect(&files, &["sql", "t.a", "--dialect", "duckdb"], 0, "`a` must be at least 5");
    expect(
        &files,
        &["sql", "t.z", "--dialect", "duckdb"],
        2,
        "there is no check or tag called `t.z`",
    );
    expect(&files, &["sql", "--dialect", "oracle"], 2, "possible values: duckdb, postgresql");
    expect(
        &[("crossfoot.toml", RULES), ("t.csv", "a\n7\n")],
        &["sql", "--dialect", "ansi"],
        0,
        "`t` has no `key`",
    );
    let moved = "u: by crossfoot\n  every row of `t` moves: a, k";
    let rules = format!("{rules}[check.u]\neach = \"t\"\nassert = \"round(a) = 7\"\n");
    let with_round = [("crossfoot.toml", rules.as_str()), files[1]];
    expect(&with_round, &["sql", "--plan", "--dialect", "duckdb"], 0, moved);
    let in_database = "t.a: in the database; its suspects move";
    expect(&with_round, &["sql", "--plan", "--dialect", "duckdb"], 0, in_database);
    let (_folder, output) = run(&files, &["sql", "t.a", "--dialect", "duckdb"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("t.b"));
}

/// What a running program writes, line by line.
fn lines(out: impl std::io::Read + Send + 'static) -> std::sync::mpsc::Receiver<String> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let lines = std::io::BufRead::lines(std::io::BufReader::new(out));
        lines.map_while(Result::ok).take_while(|line| sender.send(line.clone()).is_ok()).count()
    });
    receiver
}

#[test]
fn watched_files_are_checked_again_when_they_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    write("crossfoot.toml", RULES);
    write("t.csv", "a\n1\n");
    let mut command = command(folder.path(), &["check", "--watch", "-f", "concise"]);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    let said = lines(child.stdout.take().expect("its output"));
    let told = lines(child.stderr.take().expect("its errors"));
    let wait = |of: &std::sync::mpsc::Receiver<String>, text: &str| {
        let most = std::time::Duration::from_secs(120);
        std::iter::from_fn(|| of.recv_timeout(most).ok()).any(|line| line.contains(text))
    };
    let first = wait(&said, "must be at least 5") && wait(&told, "watching 2 files");
    write("t.csv", "a\n12\n3\n");
    let second =
        wait(&told, "t.csv changed") && wait(&said, "t.csv:3:1") && wait(&told, "watching");
    // A mistake in the rules ends nothing.
    write("crossfoot.toml", "[data.t]\npth = 1\n");
    let third = wait(&said, "unknown key") && wait(&told, "watching");
    write("crossfoot.toml", RULES);
    let fourth = wait(&told, "crossfoot.toml changed") && wait(&said, "must be at least 5");
    // A file that takes the name of another is named, and not their folder.
    let fifth = wait(&told, "watching");
    write("new.csv", "a\n4\n");
    let sixth = wait(&told, "changed") && wait(&told, "watching");
    std::fs::rename(folder.path().join("new.csv"), folder.path().join("t.csv")).expect("a file");
    let last = wait(&told, "t.csv changed");
    child.kill().expect("it runs until it is ended");
    child.wait().expect("it has ended");
    assert_eq!([first, second, third, fourth, fifth, sixth, last], [true; 7]);
    expect(&[], &["check", "--watch", "-"], 2, "standard input is read once");
}
