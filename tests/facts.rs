//! What a report says of its own run: where the data come from, what was read, what was not.

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
