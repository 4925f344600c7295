//! `check --diff`: the patch is applied by git, and the data then hold what is demanded of them.
//! `check --fix`: cells get the form that the rules declare, and nothing else changes.

use std::io;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossfoot::files::tree::disk::Disk;
use crossfoot::source::tree::{Glob, Kind, Opened, Stamp, Tree};
use crossfoot::{Request, fix};

const RULES: &str = "[data.t]\npath = \"t.csv\"\nkey = \"region\"\n[check.t]\ncrossfoot = { table = \
                     \"t\", rows = \"Q1 to Q3\", total = \"Total\", columns_total = 'region = \
                     \"Total\"' }\n";
/// South, Q2 is 13 in place of 31.
const DATA: &str = "region,Q1,Q2,Q3,Total\nNorth,12,15,19,46\nSouth,20,13,35,86\nEast,7,9,18,34\n\
                    Total,39,55,72,166\n";

fn check(folder: &Path, options: &[&str]) -> Output {
    let command = Command::new(env!("CARGO_BIN_EXE_crossfoot"))
        .args(["check", "--quiet"])
        .args(options)
        .current_dir(folder)
        .output();
    command.expect("a run")
}

/// The patch for a table of these bytes, and what is in the file once it is applied.
fn patched(data: &[u8], rules: &str) -> (String, Vec<u8>) {
    patched_file("t.csv", data, rules)
}

/// The same for a file of another format.
fn patched_file(name: &str, data: &[u8], rules: &str) -> (String, Vec<u8>) {
    let rules = rules.replace("t.csv", name);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, data).expect("data");
    std::fs::write(folder.path().join("crossfoot.toml"), rules).expect("rules");
    let output = check(folder.path(), &["--diff"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    std::fs::write(folder.path().join("a.patch"), &output.stdout).expect("a patch");
    let apply = Command::new("git")
        .args(["apply", "--whitespace=nowarn", "a.patch"])
        .current_dir(folder.path())
        .output()
        .expect("git");
    assert!(apply.status.success(), "{apply:?}\n{}", String::from_utf8_lossy(&output.stdout));
    let again = check(folder.path(), &[]);
    assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stdout));
    let patch = String::from_utf8_lossy(&output.stdout).into_owned();
    (patch, std::fs::read(&path).expect("data"))
}

fn mended(data: &str) -> String {
    data.replace("20,13,35", "20,31,35").replace("20;\"13\";35", "20;\"31\";35")
}

#[test]
fn a_patch_changes_the_figure_and_nothing_else() {
    let (patch, data) = patched(DATA.as_bytes(), RULES);
    assert_eq!(String::from_utf8_lossy(&data), mended(DATA));
    let wanted = "# t.csv:3:10: South, Q2: 31 in place of 13, swapped digits [t.rows]\n--- a/t.csv\n\
                  +++ b/t.csv\n@@ -1,5 +1,5 @@\n region,Q1,Q2,Q3,Total\n North,12,15,19,46\n\
                  -South,20,13,35,86\n+South,20,31,35,86\n East,7,9,18,34\n Total,39,55,72,166\n";
    assert_eq!(patch, wanted);
}

#[test]
fn bytes_around_it_stay_as_they_are() {
    let crlf = DATA.replace('\n', "\r\n");
    assert_eq!(patched(crlf.as_bytes(), RULES).1, mended(&crlf).into_bytes());
    let mark = format!("\u{feff}{DATA}");
    assert_eq!(patched(mark.as_bytes(), RULES).1, mended(&mark).into_bytes());
    let open = DATA.trim_end();
    assert_eq!(patched(open.as_bytes(), RULES).1, mended(open).into_bytes());
    let quoted = DATA.replace(',', ";").replace(";13;", ";\"13\";");
    let rules = RULES.replace("key =", "delimiter = \";\"\nkey =");
    assert_eq!(patched(quoted.as_bytes(), &rules).1, mended(&quoted).into_bytes());
    let grouped = "region;Q1;Q2;Q3;Total\nNorth;1.012,5;1.015,0;1.019,0;3.046,5\nSouth;1.020,0;\
                   1.130,0;1.035,0;3.365,0\nTotal;2.032,5;2.325,0;2.054,0;6.411,5\n";
    let rules = rules.replace("key =", "decimal = \",\"\ngrouping = \".\"\nkey =");
    let (patch, data) = patched(grouped.as_bytes(), &rules);
    assert_eq!(data, grouped.replace("1.130,0", "1.310,0").into_bytes(), "{patch}");
}

#[test]
fn two_figures_of_a_line_are_mended_together() {
    let right = "region,Q1,Q2,Q3\nNorth,1274,15,3561\nSouth,2035,31,1315\nEast,788,9,4417\n\
                 Total,4097,55,9293\n";
    let wrong = right.replace("1274,15,3561", "1247,15,3651");
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"region\"\n[check.t]\ncrossfoot = { table = \"t\", \
                 figures = \"Q1 to Q3\", columns_total = 'region = \"Total\"' }\n";
    let data = patched(wrong.as_bytes(), rules).1;
    assert_eq!(String::from_utf8_lossy(&data), right);
}

#[test]
fn what_has_no_single_explanation_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("t.csv"), "a,b,c\n512,233,901\n").expect("data");
    let rules = "[data.t]\npath = \"t.csv\"\n[check.t]\neach = \"t\"\nassert = \"a = b + c\"\n";
    std::fs::write(folder.path().join("crossfoot.toml"), rules).expect("rules");
    let output = check(folder.path(), &["--diff"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        (output.status.code(), &*said),
        (Some(1), "# 1 finding without a single explanation\n")
    );
}

#[cfg(unix)]
#[test]
fn files_whose_names_cannot_stand_in_a_patch_are_left_alone() {
    for name in ["a\"b.csv", "a\tb.csv"] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(name), DATA).expect("data");
        let rules = RULES.replace("t.csv", &name.replace('"', "\\\"").replace('\t', "\\t"));
        std::fs::write(folder.path().join("crossfoot.toml"), rules).expect("rules");
        let output = check(folder.path(), &["--diff"]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("the name of the file cannot stand in a patch"), "{said}");
        assert!(!said.contains("+++"), "{said}");
    }
}

/// The table as lines of JSON, as a document with a row in each line and as one in a single line, in
/// Markdown, as a web page, and with tabs.
fn in_formats(table: &str) -> [(&'static str, String); 6] {
    let mut rows = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = rows.next().expect("a header");
    let value = |text: &str| match text.parse::<i64>() {
        Ok(number) => number.to_string(),
        Err(_) => format!("\"{text}\""),
    };
    let object = |row: &Vec<&str>| {
        let members =
            names.iter().zip(row).map(|(name, text)| format!("\"{name}\": {}", value(text)));
        format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<Vec<&str>> = rows.collect();
    let objects: Vec<String> = rows.iter().map(object).collect();
    let cells = |row: &Vec<&str>| format!("| {} |\n", row.join(" | "));
    let rule = format!("|{}\n", " --- |".repeat(names.len()));
    let html = |line: &str| {
        let mark = if table.starts_with(line) { "th" } else { "td" };
        let cells = line.split(',').map(|cell| format!("<{mark}>{cell}</{mark}>"));
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    [
        ("t.ndjson", objects.join("\n") + "\n"),
        ("t.json", format!("[\n  {}\n]\n", objects.join(",\n  "))),
        ("one-line.json", format!("[{}]", objects.join(", "))),
        (
            "t.md",
            format!(
                "# Sales\n\n{}{rule}{}",
                cells(&names),
                rows.iter().map(cells).collect::<String>()
            ),
        ),
        ("t.html", format!("<table>\n{}</table>\n", table.lines().map(html).collect::<String>())),
        ("t.tsv", table.replace(',', "\t")),
    ]
}

#[test]
fn patches_of_other_formats_change_the_figure_and_nothing_else() {
    let right = in_formats(&mended(DATA));
    for ((name, data), (_, right)) in in_formats(DATA).into_iter().zip(right) {
        let (patch, mended) = patched_file(name, data.as_bytes(), RULES);
        assert_eq!(String::from_utf8_lossy(&mended), right, "{patch}");
    }
}

#[test]
fn cells_that_changed_places_are_put_back() {
    let data = "id,a,b,c,total\nfirst,1207,412,455,340\nsecond,12,13,14,39\n";
    let right = "id,a,b,c,total\nfirst,340,412,455,1207\nsecond,12,13,14,39\n";
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"id\"\n[check.t]\neach = \"t\"\nassert = \"sum(a \
                 to c) = total\"\n";
    let all = in_formats(data).into_iter().chain([("t.csv", data.to_string())]);
    let mended = in_formats(right).into_iter().chain([("t.csv", right.to_string())]);
    for ((name, data), (_, right)) in all.zip(mended) {
        let (patch, mended) = patched_file(name, data.as_bytes(), rules);
        assert_eq!(String::from_utf8_lossy(&mended), right, "{patch}");
    }
}

/// A folder with rules and files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn read(folder: &tempfile::TempDir, name: &str) -> String {
    String::from_utf8_lossy(&std::fs::read(folder.path().join(name)).expect("a file")).into_owned()
}

const FORMS: &str = r#"
[data.t]
path = "t.csv"
key = "id"
[data.regions]
path = "regions.csv"
key = "code"
[data.t.columns]
name = { matches = "[A-Z][a-zü]+( [A-Z][a-z]+)?", one_of = ["Nord", "Süd", "Bad Ischl"] }
code = { in = "regions.code" }
day = { type = "date", format = "%d/%m/%Y" }
tons = "number"
done = { type = "boolean", true = ["ja"], false = ["nein"] }
"#;

#[test]
fn cells_get_the_form_that_is_declared() {
    let rules = FORMS.replace("tons = \"number\"", "tons = { type = \"number\" }");
    let data = "\u{feff}id,name,code,day,tons,done\r\n\
                1,nord,100,2013-06-05,\"1,840,500\",yes\r\n\
                2,Süd,0200,3/4/2013,\"12,5\",ja\r\n\
                3,\"Bad\u{a0}Ischl\",0200,04/04/2013,- 5,NO";
    let right = "\u{feff}id,name,code,day,tons,done\r\n\
                 1,Nord,0100,05/06/2013,\"1840500\",ja\r\n\
                 2,Süd,0200,03/04/2013,\"12.5\",ja\r\n\
                 3,\"Bad Ischl\",0200,04/04/2013,-5,nein";
    let folder = folder(&[
        ("crossfoot.toml", &rules),
        ("t.csv", data),
        ("regions.csv", "code\n0100\n0200\n"),
    ]);
    let shown = check(folder.path(), &["--fix", "--diff"]);
    assert_eq!(shown.status.code(), Some(1), "{shown:?}");
    assert_eq!(read(&folder, "t.csv"), data, "nothing is written");
    std::fs::write(folder.path().join("a.patch"), &shown.stdout).expect("a patch");
    let output = check(folder.path(), &["--fix"]);
    assert_eq!(read(&folder, "t.csv"), right);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!found.contains("error["), "all holds then: {found}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let wanted = "fixed t.csv:2:3: name: Nord in place of nord, letter case [t.name]\n\
                  fixed t.csv:2:8: code: 0100 in place of 100, leading zeros [t.code]\n\
                  fixed t.csv:2:12: day: 05/06/2013 in place of 2013-06-05, date form [t.day]\n\
                  fixed t.csv:2:23: tons: 1840500 in place of 1,840,500, number form [t.tons]\n\
                  fixed t.csv:2:35: done: ja in place of yes, truth word [t.done]\n\
                  fixed t.csv:3:12: day: 03/04/2013 in place of 3/4/2013, date form [t.day]\n\
                  fixed t.csv:3:21: tons: 12.5 in place of 12,5, number form [t.tons]\n\
                  fixed t.csv:4:3: name: `Bad Ischl` in place of `Bad\\u{a0}Ischl`, white space [t.name]\n\
                  fixed t.csv:4:31: tons: -5 in place of `- 5`, number form [t.tons]\n\
                  fixed t.csv:4:35: done: nein in place of NO, truth word [t.done]\n";
    assert_eq!(said, wanted);
    assert_eq!(check(folder.path(), &["--fix"]).status.code(), Some(0), "nothing is left to fix");
    // The patch does the same.
    std::fs::write(folder.path().join("t.csv"), data).expect("data");
    let apply = Command::new("git")
        .args(["apply", "--whitespace=nowarn", "a.patch"])
        .current_dir(folder.path())
        .output()
        .expect("git");
    assert!(apply.status.success(), "{apply:?}");
    assert_eq!(read(&folder, "t.csv"), right);
}

#[test]
fn cells_of_other_formats_are_fixed_too() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"region\"\ncolumns.region = { one_of = [\"North\", \
                 \"South\", \"East\", \"Total\"] }\n";
    let wrong = DATA.replace("South", "south").replace("East", "EAST");
    for ((name, data), (_, right)) in in_formats(&wrong).into_iter().zip(in_formats(DATA)) {
        let folder = folder(&[("crossfoot.toml", &rules.replace("t.csv", name)), (name, &data)]);
        let output = check(folder.path(), &["--fix"]);
        assert_eq!(read(&folder, name), right, "{output:?}");
    }
}

/// A patch adds lines, takes some away, or leaves their number, as the cells have line ends.
#[test]
fn cells_with_line_ends_are_patched_as_they_are_fixed() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"id\"\n\
                 columns.r.one_of = [\"So\\nuth\", \"nor th\", \"x\"]\n";
    let filler: String = (3..20).map(|n| format!("{n},x\n")).collect();
    let data = format!("id,r\n1,\"so\nuth\"\n2,\"nor\nth\"\n{filler}20,\"SO\nUTH\"");
    let right = format!("id,r\n1,\"So\nuth\"\n2,\"nor th\"\n{filler}20,\"So\nuth\"");
    let folder = folder(&[("crossfoot.toml", rules), ("t.csv", &data)]);
    let shown = check(folder.path(), &["--fix", "--diff"]);
    std::fs::write(folder.path().join("a.patch"), &shown.stdout).expect("a patch");
    check(folder.path(), &["--fix"]);
    assert_eq!(read(&folder, "t.csv"), right);
    std::fs::write(folder.path().join("t.csv"), &data).expect("data");
    let apply = Command::new("git").args(["apply", "a.patch"]).current_dir(folder.path()).output();
    assert!(apply.as_ref().is_ok_and(|o| o.status.success()), "{apply:?}\n{shown:?}");
    assert_eq!(read(&folder, "t.csv"), right);
}

/// What a cell of a Markdown table says in another form is written as in CSV.
#[test]
fn figures_of_a_text_get_the_signs_of_their_column() {
    let rules = "[data.t]\npath = \"t.md\"\nkey = \"id\"\ncolumns.n = { type = \"number\" }\n";
    let data = |figure: &str| format!("| id | n |\n|---|---|\n| 1 | {figure} |\n");
    for (written, figure) in
        [("- 5", "-5"), ("1.840,50", "1840.50"), ("5 to 6 or so", "5 to 6 or so")]
    {
        let folder = folder(&[("crossfoot.toml", rules), ("t.md", &data(written))]);
        check(folder.path(), &["--fix"]);
        assert_eq!(read(&folder, "t.md"), data(figure));
    }
}

#[test]
fn a_delimiter_in_the_new_form_gets_quotes() {
    let data = |figure: &str| format!("id,tons\n1,{figure}\n");
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"id\"\ndecimal = \",\"\ncolumns.tons = { type = \
                 \"number\" }\n";
    let folder = folder(&[("crossfoot.toml", rules), ("t.csv", &data("1840.50"))]);
    check(folder.path(), &["--fix"]);
    assert_eq!(read(&folder, "t.csv"), data("\"1840,50\""));
}

#[test]
fn a_fix_that_breaks_a_check_is_refused_and_others_are_made() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"id\"\n[data.t.columns]\nregion = { one_of = [\"Nord\", \
                 \"Ost\"], unique = true }\ntons = { type = \"number\", max = 1000 }\n[check.sum]\nassert = \
                 \"sum(t.tons) = 100\"\n";
    let data = "id,region,tons\n1,Nord,1\n2,nord,\"1,840,500\"\n3,ost,\"12,5\"\n";
    let folder = folder(&[("crossfoot.toml", rules), ("t.csv", data)]);
    let output = check(folder.path(), &["--fix"]);
    let right = "id,region,tons\n1,Nord,1\n2,nord,\"1,840,500\"\n3,Ost,\"12.5\"\n";
    assert_eq!(read(&folder, "t.csv"), right, "{output:?}");
    assert_eq!(output.status.code(), Some(1));
    let shown = check(folder.path(), &["--fix", "--diff"]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    for wanted in [
        "# not patched: t.csv:3:3: region: Nord in place of nord, letter case [t.region]: then a check no \
         longer holds: duplicate region `Nord`",
        "# not patched: t.csv:3:8: tons: 1840500 in place of 1,840,500, number form [t.tons]: then a check no \
         longer holds: `tons` must be at most 1000, but is `1840500`",
    ] {
        assert!(shown.contains(wanted), "{shown}");
    }
}

#[test]
fn a_figure_that_is_read_now_may_fail_its_sum() {
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"id\"\ncolumns.tons = { type = \"number\" }\n[check.sum]\n\
                 assert = \"sum(t.tons) = 100\"\n";
    let folder = folder(&[("crossfoot.toml", rules), ("t.csv", "id,tons\n1,1 840\n2,5\n")]);
    let output = check(folder.path(), &["--fix"]);
    assert_eq!(read(&folder, "t.csv"), "id,tons\n1,1840\n2,5\n", "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("error[sum]"), "{output:?}");
}

#[test]
fn what_cannot_be_written_is_said() {
    let rules = "[data.t]\npath = \"t.csv\"\nencoding = \"windows-1252\"\nkey = \"id\"\ncolumns.region = { \
                 one_of = [\"Nord\"] }\n";
    let folder = folder(&[("crossfoot.toml", rules), ("t.csv", "id,region\n1,nord\n")]);
    let output = Command::new(env!("CARGO_BIN_EXE_crossfoot"))
        .args(["check", "--fix"])
        .current_dir(folder.path())
        .output()
        .expect("a run");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let wanted = "not fixed t.csv:2:3: region: Nord in place of nord, letter case [t.region]: the file is \
                  compressed, in an archive, or in another encoding than UTF-8\n0 cells fixed, 1 not\n";
    assert!(said.contains(wanted), "{said}");
    assert_eq!(read(&folder, "t.csv"), "id,region\n1,nord\n");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_permissions_kept() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let rules =
        "[data.t]\npath = \"t.csv\"\nkey = \"id\"\ncolumns.region = { one_of = [\"Nord\"] }\n";
    let folder = folder(&[("crossfoot.toml", rules), ("real.csv", "id,region\n1,nord\n")]);
    let (link, real) = (folder.path().join("t.csv"), folder.path().join("real.csv"));
    std::os::unix::fs::symlink("real.csv", &link).expect("a link");
    let set_mode = |mode| std::fs::set_permissions(&real, std::fs::Permissions::from_mode(mode));
    set_mode(0o444).expect("permissions");
    let output = check(folder.path(), &["--fix"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("`t.csv` cannot be written, and is as it was: it is read-only"),
        "{said}"
    );
    set_mode(0o640).expect("permissions");
    check(folder.path(), &["--fix"]);
    assert_eq!(read(&folder, "real.csv"), "id,region\n1,Nord\n");
    assert!(std::fs::symlink_metadata(&link).expect("a link").is_symlink());
    let mode = || std::fs::metadata(&real).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(), 0o640);
    // Only root may give files away.
    if std::os::unix::fs::chown(&real, Some(65_534), Some(65_534)).is_ok() {
        std::fs::write(&real, "id,region\n1,nord\n").expect("data");
        check(folder.path(), &["--fix"]);
        let meta = std::fs::metadata(&real).expect("a file");
        assert_eq!((meta.uid(), meta.gid(), mode()), (65_534, 65_534, 0o640));
        assert_eq!(read(&folder, "real.csv"), "id,region\n1,Nord\n");
    }
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 3, "nothing is left beside it");
}

/// The disk; when a file of it has been opened so often, another program writes it.
#[derive(Debug)]
struct Shared {
    path: String,
    opened: AtomicUsize,
    written_after: usize,
    /// Whether the other program puts a file in its place, as editors do, or writes into it.
    puts: bool,
}

const OTHERS: &str = "id,region\n1,nord\n2,of another\n";

impl Tree for Shared {
    fn open(&self, path: &str) -> io::Result<Opened> {
        let opened = Disk::default().open(path)?;
        if path == self.path && self.opened.fetch_add(1, Ordering::SeqCst) + 1 == self.written_after
        {
            if self.puts {
                std::fs::remove_file(path)?;
            }
            std::fs::write(path, OTHERS)?;
        }
        Ok(opened)
    }

    fn list(&self, glob: &Glob) -> io::Result<Vec<String>> {
        Disk::default().list(glob)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        Disk::default().kind(path)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        Disk::default().stamp(path)
    }
}

#[test]
fn what_another_program_writes_meanwhile_is_never_lost() {
    let rules =
        "[data.t]\npath = \"t.csv\"\nkey = \"id\"\ncolumns.region = { one_of = [\"Nord\"] }\n";
    for (puts, written_after) in [(false, 1), (true, 1), (false, 2), (true, 2), (true, 99)] {
        let folder = folder(&[("crossfoot.toml", rules), ("t.csv", "id,region\n1,nord\n")]);
        let path = |name: &str| folder.path().join(name).to_string_lossy().replace('\\', "/");
        let opened = AtomicUsize::new(0);
        let tree = Shared { path: path("t.csv"), opened, written_after, puts };
        let request = Request {
            tree: Some(Arc::new(tree)),
            paths: vec![path("crossfoot.toml")],
            ..Request::default()
        };
        let fixed = fix(&request, true);
        let there = read(&folder, "t.csv");
        let said = [fixed.problem_lines.concat(), fixed.refused.concat()].concat();
        if written_after == 99 {
            assert_eq!(there, "id,region\n1,Nord\n", "nobody writes: {said}");
            continue;
        }
        assert_eq!(there, OTHERS, "written after {written_after}, {puts}: {said}");
        let said_so = said.contains("changed") && said.contains("t.csv");
        assert!(said_so && fixed.changed.is_empty(), "{written_after} {puts} {fixed:?}");
        let left = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, 2, "nothing is left beside it");
    }
}

#[cfg(unix)]
#[test]
fn of_a_file_with_two_names_the_one_that_was_read_gets_the_fix() {
    let rules =
        "[data.t]\npath = \"t.csv\"\nkey = \"id\"\ncolumns.region = { one_of = [\"Nord\"] }\n";
    let folder = folder(&[("crossfoot.toml", rules), ("t.csv", "id,region\n1,nord\n")]);
    let backup = folder.path().join("backup.csv");
    std::fs::hard_link(folder.path().join("t.csv"), backup).expect("a second name");
    check(folder.path(), &["--fix"]);
    assert_eq!(read(&folder, "t.csv"), "id,region\n1,Nord\n");
    assert_eq!(read(&folder, "backup.csv"), "id,region\n1,nord\n");
}
