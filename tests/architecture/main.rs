//! The architecture, as a test: layers, circles, what lives where, sizes.
//!
//! `today.txt` lists what still breaks a rule. It may only shrink: a breach that is not in it
//! fails, and so does a line of it that no longer occurs.

mod breaches;
mod rules;
mod source;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn texts(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of src") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            texts(&path, all);
        } else if path.extension().is_some_and(|e| e == "rs") {
            all.push(path);
        }
    }
}

fn tree() -> source::Tree {
    let (mut paths, src) = (Vec::new(), root().join("src"));
    texts(&src, &mut paths);
    paths.sort();
    let texts: Vec<(String, String)> = paths
        .iter()
        .map(|p| {
            let path = p.strip_prefix(&src).expect("in src").to_string_lossy().replace('\\', "/");
            (path, std::fs::read_to_string(p).expect("a source file"))
        })
        .collect();
    source::Tree::parse(&texts)
}

#[test]
fn every_rule_holds_but_for_what_is_listed() {
    let text = std::fs::read_to_string(root().join("tests/architecture/today.txt"));
    let text = text.expect("the list of today's breaches");
    let listed: BTreeSet<&str> =
        text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    let found = rules::breaches(&tree());
    let lines: BTreeSet<String> = found.iter().map(rules::Breach::listed).collect();
    let new = found.iter().filter(|b| !listed.contains(b.listed().as_str()));
    let mended = listed.iter().filter(|l| !lines.contains(**l));
    let messages: Vec<String> = new
        .map(|b| format!("{b}\n    listed it would be: {}", b.listed()))
        .chain(mended.map(|l| format!("mended, so take it out of today.txt: {l}")))
        .collect();
    assert!(messages.is_empty(), "\n{}\n", messages.join("\n"));
}

#[test]
fn every_dependency_has_its_modules() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let start = manifest.find("[dependencies]").expect("dependencies");
    let names = manifest[start..].lines().skip(1).take_while(|l| !l.starts_with('['));
    for name in names.filter_map(|l| l.split_once([' ', '.', '='])).map(|p| p.0.replace('-', "_")) {
        assert!(rules::knows_package(&name), "`{name}` is not in PACKAGES: say where it may be");
    }
}
