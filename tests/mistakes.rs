//! What beginners write (`fixtures/mistakes.txt`): each mistake is one error that says what to do.

use crossfoot::render::{Format, Options, sink};
use crossfoot::{Request, SinkSlot};

const DATA: &str = "[data.d]\npath = \"d.csv\"\n[data.d.columns]\nshare = { type = \"percent\" }\nborn = { type = \"date\" }\n[data.t]\npath = \"t.csv\"\n[data.s]\npath = \"s.csv\"\ncolumns.at = { type = \"datetime\" }\ncolumns.near = { type = \"datetime\" }\n";

/// The rules of a mistake: a whole file, or an assertion over each row of `d`.
fn rules(body: &str) -> String {
    if ["check:", "version:", "{", "name ="].iter().any(|start| body.starts_with(start)) {
        return format!("{body}\n{DATA}");
    }
    if body.starts_with('[') {
        return format!("{DATA}{body}\n");
    }
    let (each, assertion) = match body.strip_prefix("x: ") {
        Some(assertion) => ("d as x", assertion),
        None => ("d", body),
    };
    format!("{DATA}[check.c]\neach = \"{each}\"\nassert = '''\n{assertion}'''\n")
}

/// What the program says to them.
fn told(rules: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect(name);
    write("d.csv", "id,region,area,share,born,score\n1,North,5.0,41.3%,1990-05-01,0.413\n");
    write("t.csv", "region,area\nNorth,5.0\n");
    write(
        "s.csv",
        "id,at,near\n1,2024-03-31T02:30:00+02:00,2024-03-31 02:00\n2,2024-03-31T00:30Z,2024-03-31T03:00\n",
    );
    write("v.csv", "k,a,b\n1,9,10\n2,10,100\n");
    write("rules.toml", rules);
    let rule_file = folder.path().join("rules.toml").to_string_lossy().into_owned();
    let request = Request { rule_files: vec![rule_file], ..Request::default() };
    let mut out = Vec::new();
    let options = Options { width: 200, ..Options::default() };
    let mut slots = [SinkSlot {
        sink: sink(Format::Full, options),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    }];
    crossfoot::run(&request, &mut slots);
    drop(slots);
    String::from_utf8(out).expect("text")
}

#[test]
fn each_mistake_is_one_error_that_says_what_to_do() {
    let text = include_str!("../fixtures/mistakes.txt");
    let mut wrong = Vec::new();
    let mut count = 0;
    for block in text.split("\n>> ").skip(1) {
        let (wanted, body) = block.split_once('\n').expect("words, then rules");
        let said = told(&rules(body.trim_end()));
        let errors = said.lines().filter(|l| l.starts_with("error[")).count();
        if errors != 1 || !said.contains(wanted) {
            wrong.push(format!("{errors} errors, wanted `{wanted}` for\n{body}\n{said}"));
        }
        count += 1;
    }
    assert!(count >= 96, "{count} mistakes");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n----\n"));
}
