//! `check --diff`: the patch is applied by git, and the data then hold what is demanded of them.

use std::path::Path;
use std::process::{Command, Output};

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
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.csv");
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
