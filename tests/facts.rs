//! What a report says of its own run: where the data come from, what was read, what was not.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// What the program prints in a folder.
fn printed(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossfoot"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    let output = command.output().expect("the binary runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The document of a run in a folder.
fn document(folder: &Path, args: &[&str]) -> Value {
    let args = [&["check", "-f", "json", "--today", "2026-11-23"], args].concat();
    let text = printed(folder, &args);
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

const SOURCES: &str = "[report]
title = \"Areas of the districts\"

[data.districts]
path = \"districts.csv\"
source = \"https://example.org/areas.csv\"
retrieved = 2026-01-31
columns.area = { min = 1 }

[data.regions]
path = \"districts.csv\"
source = \"Yearbook 2025, table 3\"

[data.towns]
path = \"districts.csv\"
retrieved = \"2026-02-01\"
";

#[test]
fn sources_are_listed_and_the_title_is_that_of_the_rules() {
    let folder = folder(&[("crossfoot.toml", SOURCES), ("districts.csv", "name,area\nN,4\n")]);
    let listed = printed(folder.path(), &["list"]);
    for line in [
        "    columns name, area\n    source: https://example.org/areas.csv, retrieved: 2026-01-31\n",
        "    source: Yearbook 2025, table 3\n",
        "    retrieved: 2026-02-01\n",
    ] {
        assert!(listed.contains(line), "{listed}");
    }
    let document = document(folder.path(), &[]);
    assert_eq!(document["run"]["title"], "Areas of the districts");
}

/// Per table its columns, those that no rule reads in brackets.
fn columns(document: &Value) -> Vec<String> {
    let words = |table: &Value| {
        let unread = table["unread_columns"].as_array().expect("a list");
        let columns = table["columns"].as_array().expect("a list").iter();
        let word = |column: &Value| match unread.contains(column) {
            true => format!("[{}]", column.as_str().expect("a text")),
            false => column.as_str().expect("a text").to_string(),
        };
        let name = table["name"].as_str().expect("a text");
        format!("{name} {}: {}", table["rows"], columns.map(word).collect::<Vec<_>>().join(" "))
    };
    document["coverage"]["tables"].as_array().expect("a list").iter().map(words).collect()
}

#[test]
fn columns_that_no_rule_reads_are_named() {
    const WIDE: &str = "key,a,b,c,d,e,f,g,h\n1,1,1,1,1,1,1,1,1\n2,1,1,1,1,1,1,1,1\n";
    for (rules, says) in [
        ("", "[key] [a] [b] [c] [d] [e] [f] [g] [h]"),
        ("key = 'key'\n", "key [a] [b] [c] [d] [e] [f] [g] [h]"),
        // What is declared and not demanded is not read; a type is a demand.
        ("columns.a = {}\ncolumns.b = { title = 'B' }\n", "[key] [a] [b] [c] [d] [e] [f] [g] [h]"),
        ("columns.a = { type = 'number' }\n", "[key] a [b] [c] [d] [e] [f] [g] [h]"),
        ("columns.a = { unique = true }\n", "[key] a [b] [c] [d] [e] [f] [g] [h]"),
        ("columns.a = { in = 't.h' }\n", "[key] a [b] [c] [d] [e] [f] [g] h"),
        (
            "[check.x]\neach = 't'\nassert = 'a + b > 0'\nwhere = 'c = 1'\n",
            "[key] a b c [d] [e] [f] [g] [h]",
        ),
        (
            "[check.x]\neach = 't by a, b + c as k'\nassert = 'sum(d where e = 1) > 0'\n",
            "[key] a b c d e [f] [g] [h]",
        ),
        (
            "[check.x]\neach = 't'\nassert = 'a >= prev(b by d)'\norder = 'c desc'\n",
            "[key] a b c d [e] [f] [g] [h]",
        ),
        (
            "key = 'key'\n[check.x]\neach = 't'\nassert = 'a = t[b].c'\nmessage = '{d} {t.e} {left}'\n",
            "key a b c d e [f] [g] [h]",
        ),
        (
            "[check.x]\neach = 't'\nassert = 'sum(a to c) > max(h)'\n",
            "[key] a b c [d] [e] [f] [g] h",
        ),
        (
            "[check.x]\neach = 't as r'\nassert = 'count(t where a = r.b and c < r.d) >= 0'\n",
            "[key] a b c d [e] [f] [g] [h]",
        ),
        (
            "unpivot = { columns = '[c-f]', name = 'n', value = 'v' }\n",
            "[key] [a] [b] [c] [d] [e] [f] [g] [h]",
        ),
        (
            "unpivot = { columns = '[c-f]', name = 'n', value = 'v' }\n[check.x]\neach = 't'\nassert = 'v > 0'\n",
            "[key] [a] [b] c d e f [g] [h]",
        ),
        // What an allowance reads is not checked by it.
        (
            "columns.a = { min = 1 }\n[[allow]]\ncheck = 't.a'\nwhere = 'b = 1'\nreason = 'x'\n",
            "[key] a [b] [c] [d] [e] [f] [g] [h]",
        ),
    ] {
        let rules = format!("[data.t]\npath = 't.csv'\n{rules}");
        let folder = folder(&[("crossfoot.toml", &rules), ("t.csv", WIDE)]);
        let document = document(folder.path(), &[]);
        let found = columns(&document).join("; ");
        assert!(found.ends_with(&format!(": {says}")), "{rules}{found}\n{document:#}");
    }
}

#[test]
fn all_tables_of_today_are_covered_in_the_order_of_the_rules() {
    const RULES: &str = "[data.z]\npath = 'y/{year:integer}.csv'\ncolumns.n = { min = 0 }\nkey = 'k'\n\
        [data.m]\npath = 'a.md'\nat = 'table 1'\ncolumns.n = { min = 0 }\n\
        [data.text]\npath = 'a.md'\npattern = 'had {n:integer} of {of:integer}'\n\
        [data.none]\npath = 'none.csv'\noptional = true\n\
        [check.x]\neach = 'z'\nassert = 'n = old(n)'\n[check.y]\neach = 'text'\nassert = 'n > 1'\n";
    const TEXT: &str = "# H\n\nWe had 7 of 9.\n\n| n | o |\n|---|---|\n| 1 | 2 |\n";
    let table = |n: u8| format!("k,n,x\na,{n},1\nb,{n},1\n");
    let folder = folder(&[
        ("crossfoot.toml", RULES),
        ("a.md", TEXT),
        ("y/2020.csv", &table(1)),
        ("y/2021.csv", &table(1)),
        ("before/y/2020.csv", &table(2)),
    ]);
    let document = document(folder.path(), &["--old", "before"]);
    let all = ["z 4: k n [x] [year]", "m 1: n [o]", "text 1: n [of]", "none 0: "];
    assert_eq!(columns(&document), all, "{document:#}");
    let files = &document["coverage"]["tables"][0]["files"];
    assert_eq!(files.to_string(), "[\"y/2020.csv\",\"y/2021.csv\"]");
}

/// Per file that was read its role, size and SHA-256.
fn read(document: &Value) -> Vec<String> {
    let files = document["coverage"]["files"].as_array().expect("a list").iter();
    let text = |file: &Value, key: &str| file[key].as_str().unwrap_or("none").to_string();
    files
        .map(|f| {
            format!("{} {} {} {}", text(f, "path"), text(f, "role"), f["bytes"], text(f, "sha256"))
        })
        .collect()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn files_that_were_read_are_named_with_their_hash() {
    let rules = "[data.a]\npath = 'a.csv'\ncolumns.n = { min = 5 }\n[data.b]\npath = 'd/b.csv.gz'\n\
        [data.again]\npath = 'a.csv'\n[data.in]\npath = '-'\n";
    let table = "k,n\na,1\n";
    let folder = folder(&[("crossfoot.toml", rules), ("a.csv", table), ("old/a.csv", table)]);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(table.as_bytes()).expect("bytes");
    let packed = packed.finish().expect("bytes");
    std::fs::create_dir(folder.path().join("d")).expect("a folder");
    std::fs::write(folder.path().join("d/b.csv.gz"), &packed).expect("a file");
    printed(folder.path(), &["baseline", "create", "--data", "in=a.csv"]);
    let baseline = std::fs::read(folder.path().join("crossfoot.baseline")).expect("a file");
    let of = |path: &str, role: &str, bytes: &[u8]| {
        format!("{path} {role} {} {}", bytes.len(), sha256(bytes))
    };
    let document = document(folder.path(), &["--old", "a=old/a.csv"]);
    assert_eq!(
        read(&document),
        [
            of("<stdin>", "data", b""),
            of("a.csv", "data", table.as_bytes()),
            of("crossfoot.baseline", "baseline", &baseline),
            of("crossfoot.toml", "rules", rules.as_bytes()),
            of("d/b.csv.gz", "data", &packed),
        ],
        "{document:#}"
    );
}

#[test]
fn the_command_is_named_without_its_outputs() {
    let folder = folder(&[("crossfoot.toml", "[data.t]\npath = 't.csv'\n"), ("t.csv", "a\n1\n")]);
    for (given, written) in [
        ("", ""),
        ("check", ""),
        ("check -f concise=o.txt -q --color never", ""),
        ("crossfoot.toml", " crossfoot.toml"),
        ("check ./t.csv -c crossfoot.toml", " ./t.csv --config crossfoot.toml"),
        ("check -k a*,!b --no-rules -v --all t.csv", " --check 'a*,!b' --no-rules --all t.csv"),
        (
            "check --today 2026-01-31 t.csv --fail-on error,stale",
            " --today 2026-01-31 t.csv --fail-on error --fail-on stale",
        ),
        ("check --row=-5 --data t=t.csv -- -x y", " '--row=-5' --data 't=t.csv' -- -x y"),
        ("check --statistics --max-per-check 0 --old t.csv", " --old t.csv"),
    ] {
        let args: Vec<&str> = given.split_whitespace().chain(["-f", "json"]).collect();
        // What follows `--` is a path.
        let args = match args.iter().position(|arg| *arg == "--") {
            Some(at) => {
                [&["check", "-f", "json"], &args[1..at], &args[at..args.len() - 2]].concat()
            }
            None => args,
        };
        let text = printed(folder.path(), &args);
        let document: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(document["run"]["command"], format!("crossfoot check{written}"), "{given}");
    }
    let document = document(folder.path(), &["--title", "It's \"so\"", "t b.csv"]);
    let command = document["run"]["command"].as_str().expect("a command").to_string();
    assert!(command.ends_with(" --title \"It's \\\"so\\\"\" 't b.csv'"), "{command}");
}

fn git(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]);
    command.args(["-c", "commit.gpgsign=false"]).args(args);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(name);
    }
    let output = command.output().expect("the tests need the program `git`");
    assert!(output.status.success(), "git {args:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_string()
}

#[test]
fn the_commit_is_named_and_whether_files_differ_from_it() {
    let rules = "[data.t]\npath = '../data/*.csv'\ncolumns.a = { min = 0 }\n";
    let folder = folder(&[
        ("rules/crossfoot.toml", rules),
        ("data/ä [1].csv", "a\n1\n"),
        ("data/b.csv", "a\n1\n"),
        ("other.txt", "x\n"),
        (".gitignore", "ignored.csv\n"),
    ]);
    let path = folder.path();
    let facts = |from: &Path, args: &[&str]| {
        let document = document(from, args);
        let modified = document["run"]["modified"].as_bool().unwrap_or(false);
        (document["run"]["commit"].as_str().map(str::to_string), modified)
    };
    let rules = ["rules/crossfoot.toml"];
    assert_eq!(facts(path, &rules), (None, false), "no repository");
    git(path, &["init", "-q", "-b", "main"]);
    assert_eq!(facts(path, &rules), (None, false), "no commit");
    git(path, &["add", "-A"]);
    git(path, &["commit", "-q", "-m", "A commit"]);
    let commit = Some(git(path, &["rev-parse", "HEAD"]));
    assert_eq!(facts(path, &rules), (commit.clone(), false));
    assert_eq!(facts(&path.join("rules"), &[]), (commit.clone(), false), "from below");
    let above = path.parent().expect("a folder");
    let from_above = path.join("rules/crossfoot.toml");
    let from_above = from_above.to_string_lossy();
    assert_eq!(facts(above, &[&*from_above]), (commit.clone(), false), "from outside");
    let change = |file: &str, text: &str| std::fs::write(path.join(file), text).expect("a file");
    change("other.txt", "y\n");
    assert_eq!(facts(path, &rules), (commit.clone(), false), "a file that is not read");
    for (file, text, before) in [
        ("data/ä [1].csv", "a\n2\n", Some("a\n1\n")),
        ("data/new.csv", "a\n2\n", None),
        ("data/ignored.csv", "a\n2\n", None),
        ("rules/crossfoot.baseline", "# crossfoot baseline v1\n", None),
    ] {
        change(file, text);
        assert_eq!(facts(path, &rules), (commit.clone(), true), "{file}");
        match before {
            Some(text) => change(file, text),
            None => std::fs::remove_file(path.join(file)).expect("a file"),
        }
        assert_eq!(facts(path, &rules), (commit.clone(), false), "{file}");
    }
    let elsewhere = tempfile::tempdir().expect("a folder");
    let file = elsewhere.path().join("c.csv");
    std::fs::write(&file, "a\n1\n").expect("a file");
    let data = format!("t={}", file.to_string_lossy());
    let args = ["rules/crossfoot.toml", "--data", &data];
    assert_eq!(facts(path, &args), (commit, true), "a file outside of the repository");
}

/// The figures of a text that no rule reads, and how many there are in all.
fn unread(text: &str, name: &str, pattern: &str) -> (Vec<String>, Value) {
    let rules = format!(
        "[data.t]\npath = '{name}'\nrows = '0..'\npattern = '{pattern}'\n\
         [check.c]\neach = 't'\nassert = 'n >= 0'\n"
    );
    let folder = folder(&[("crossfoot.toml", &rules), (name, text)]);
    let document = document(folder.path(), &[]);
    let text = document["coverage"]["texts"][0].clone();
    let unread = text["unread"].as_array().unwrap_or_else(|| panic!("{document:#}"));
    let texts = unread.iter().map(|f| f["text"].as_str().expect("a text").to_string());
    (texts.collect(), text)
}

#[test]
fn figures_of_a_text_are_found() {
    for (text, figures) in [
        ("It rose from 1,840 to 2.5 million.", "1,840|2.5 million"),
        (
            "It rose by 212 to 2,946, and from $1.9 billion to $3.8 billion.",
            "212|2,946|1.9 billion|3.8 billion",
        ),
        ("On 18 May 1992, and May 2020; in 1988–1992.", "18 May 1992|May 2020|1988–1992"),
        (
            "20 percent, 61.3% and two thirds, 3 in 10, half.",
            "20 percent|61.3%|two thirds|3 in 10|half",
        ),
        ("Seven of them, one too, and twenty-one.", "Seven|twenty-one"),
        ("12km, 5 m2, 4400km2, 30°C, €5.20, $3m, 1990s", "12|5|4400|30|5.20|3m|1990s"),
        ("G20, COVID-19, H1N1, x_2, 3rd, 21st, 0x1f, a1b2", ""),
        ("Version 1.2.3, at 18.05.1992, section [3].", "18.05.1992"),
        ("It rose by £3.5m to £41.2 million, or from $3m to $5m.", "3.5m|41.2 million|3m|5m"),
        ("At 10:30am there were 1,2 million, 3,1 percent.", "10:30am|1,2 million|3,1 percent"),
        ("At 14:30, in 2019/20, from 10-15, -5 and −6.", "14:30|2019/20|10|15|-5|−6"),
        ("See https://example.org/2020/5 and www.x.org/7, 8.", "8"),
        ("1. First\n2) Second 5\n  3. Third\n", "5"),
        ("Year: 2020. 100 people.", "2020|100"),
    ] {
        let (found, facts) = unread(text, "t.txt", "nothing {n:integer} here");
        assert_eq!(found.join("|"), figures, "{text}");
        assert_eq!(
            (&facts["figures"], &facts["unread_count"]),
            (&found.len().into(), &found.len().into())
        );
    }
}

#[test]
fn figures_of_markdown_are_those_of_its_prose() {
    const TEXT: &str = "---\nn: 1\n---\n# 2.1 Costs of 2020\n\n## 3 Notes\n\nA **4** of `5` and\n6<br>7. \
        Then [8](9.html).\n\n1. Took 10\n2. Took 11\n\n| a |\n|---|\n| 12 |\n\n```\n13\n```\n\n\
        > Quoted 14.[^15]\n\n[^15]: Note 16.\n\n<!-- 17 -->\n";
    let (found, facts) = unread(TEXT, "t.md", "nothing {n:integer} here");
    assert_eq!(found.join("|"), "2020|4 of 5|6|7|8|10|11|12|14|16");
    let third = &facts["unread"][2];
    let (start, end) = (TEXT.find("6<").expect("a six"), TEXT.find("<br>").expect("an end"));
    assert_eq!((&third["start"], &third["end"]), (&start.into(), &end.into()));
    assert_eq!((&third["line"], &third["column"]), (&9.into(), &1.into()));
    assert_eq!(third["around"], "A 4 of 5 and 6 7. Then 8.");
}

#[test]
fn figures_that_placeholders_read_are_told_apart() {
    const TEXT: &str = "In 2020, Köln had 7 of 9 votes. In 2021, Bonn had 8 of 10 votes.\n";
    let (found, facts) = unread(TEXT, "t.md", "{place:word} had {n:integer} of {of:integer}");
    assert_eq!((found.join("|"), &facts["figures"]), ("2020|2021".into(), &4.into()));
    let (found, _) = unread(TEXT, "t.txt", "{place:word} had [8 of ]{n:integer}");
    assert_eq!(found.join("|"), "2020|2021");
    // No check depends on the votes.
    let (found, _) = unread(TEXT, "t.md", "in {n:integer}, {place:word} had {of:integer}");
    assert_eq!(found.join("|"), "7 of 9|8 of 10");
    // The first thousand are named, and all are counted; sentences are cut.
    let long = format!("{} 5 {}.", "a ".repeat(400), "b ".repeat(400));
    let many = format!("{long}\n\n{}", "It was 7 then.\n\n".repeat(1500));
    let (found, facts) = unread(&many, "t.txt", "nothing {n:integer} here");
    assert_eq!((found.len(), &facts["unread_count"]), (1000, &1501.into()));
    let around = facts["unread"][0]["around"].as_str().expect("a text");
    assert!(around.chars().count() <= 200 && around.contains(" a 5 b "), "{around}");
    assert_eq!(facts["unread"][999]["around"], "It was 7 then.");
}

#[test]
fn what_the_command_line_says_of_a_report_stands_in_it() {
    let folder = folder(&[("crossfoot.toml", SOURCES), ("districts.csv", "name,area\nN,4\n")]);
    let said = ["--title", "Areas", "--meta", "prepared-by=A. Keller", "--meta", "edition = 3=b"];
    let document = document(folder.path(), &[&said[..], &["--meta", "edition=4"]].concat());
    let meta = serde_json::json!([
        { "name": "prepared-by", "value": "A. Keller" },
        { "name": "edition", "value": "4" },
    ]);
    assert_eq!((&document["run"]["title"], &document["run"]["meta"]), (&"Areas".into(), &meta));
    let saved = folder.path().join("run.json");
    std::fs::write(&saved, document.to_string()).expect("a file");
    let args =
        ["report", "run.json", "-f", "json", "--title", "Areas again", "--meta", "edition=5"];
    let again: Value = serde_json::from_str(&printed(folder.path(), &args)).expect("JSON");
    assert_eq!(again["run"]["title"], "Areas again");
    assert_eq!(again["run"]["meta"][0], meta[0]);
    assert_eq!(again["run"]["meta"][1]["value"], "5");
}
