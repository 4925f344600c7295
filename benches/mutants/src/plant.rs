//! Writes a source tree in which a sample of mutants is built in, each asleep until its number is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::find::{self, Edit, Form, Piece};

/// The layers that are tried.
const LAYERS: [&str; 5] = ["value", "expr", "explain", "findings", "render"];

/// What every place asks.
const MODULE: &str = include_str!("mutant.rs.txt");

/// A file of the tree.
struct File {
    path: PathBuf,
    text: String,
    edits: Vec<Edit>,
}

/// Where in a written file mutants are.
type Marks = Vec<(Range<usize>, Vec<usize>)>;

/// Takes the sources of one tree, writes them with mutants into a copy of it, and leaves out those that do
/// not compile.
pub fn plant(from: &Path, to: &Path, sample: usize, seed: u64) {
    let mut files = files(from);
    let total = number(&mut files, sample, seed);
    std::fs::write(to.join("src/mutant.rs"), MODULE.replace("COUNT", &(sample + 1).to_string()))
        .expect("the copy can be written");
    let lib = std::fs::read_to_string(from.join("src/lib.rs")).expect("a library");
    let lib =
        format!("{lib}\n#[doc(hidden)]\n#[allow(missing_docs, unsafe_code)]\npub mod mutant;\n");
    std::fs::write(to.join("src/lib.rs"), lib).expect("the copy can be written");
    loop {
        let marks: BTreeMap<PathBuf, Marks> =
            files.iter().map(|f| (f.path.clone(), write(f, to))).collect();
        let refused = refused(to, &marks);
        eprintln!("{} mutants do not compile", refused.len());
        if refused.is_empty() {
            break;
        }
        for mutant in files.iter_mut().flat_map(|f| &mut f.edits).flat_map(|e| &mut e.mutants) {
            mutant.number = mutant.number.filter(|n| !refused.contains(n));
        }
    }
    let mut list = Vec::new();
    for file in &files {
        for edit in &file.edits {
            for mutant in &edit.mutants {
                if let Some(number) = mutant.number {
                    list.push((
                        number,
                        file.path.display().to_string(),
                        edit.line,
                        mutant.what.clone(),
                    ));
                }
            }
        }
    }
    list.sort();
    let lines: String = list.iter().map(|(n, f, l, w)| format!("{n}\t{f}:{l}\t{w}\n")).collect();
    std::fs::write(to.join("mutants.tsv"), lines).expect("the copy can be written");
    eprintln!("{} mutants of {total} are built in", list.len());
}

/// The source files of the layers.
fn files(root: &Path) -> Vec<File> {
    let mut paths = Vec::new();
    for layer in LAYERS {
        collect(&root.join("src").join(layer), &mut paths);
    }
    paths.sort();
    let mut files = Vec::new();
    let mut tests = BTreeSet::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let (edits, modules) = find::edits(&text).expect("Rust");
        let path = path.strip_prefix(root).expect("within the tree").to_path_buf();
        let folder = if path.ends_with("mod.rs") {
            path.with_file_name("")
        } else {
            path.with_extension("")
        };
        tests.extend(modules.iter().map(|name| folder.join(name).with_extension("rs")));
        files.push(File { path, text, edits });
    }
    files.retain(|file| !tests.contains(&file.path));
    files
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|e| e == "rs") {
            paths.push(path);
        }
    }
}

/// Gives numbers to a sample, and says how many mutants there are.
fn number(files: &mut [File], sample: usize, seed: u64) -> usize {
    let mut order = Vec::new();
    for (f, file) in files.iter().enumerate() {
        for (e, edit) in file.edits.iter().enumerate() {
            for (m, mutant) in edit.mutants.iter().enumerate() {
                let name = format!("{}:{:?}:{}", file.path.display(), edit.range, mutant.what);
                order.push((chance(seed, &name), f, e, m));
            }
        }
    }
    order.sort_unstable();
    for (number, (_, f, e, m)) in order.iter().take(sample).enumerate() {
        files[*f].edits[*e].mutants[*m].number = Some(number + 1);
    }
    order.len()
}

/// A number that depends on the seed and the name alone.
fn chance(seed: u64, name: &str) -> u64 {
    name.bytes().fold(seed ^ 0x9e37_79b9_7f4a_7c15, |hash, byte| {
        let z = (hash ^ u64::from(byte)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) ^ (z >> 31)
    })
}

/// Writes a file with its mutants, where it has some.
fn write(file: &File, to: &Path) -> Marks {
    let mut edits = file.edits.clone();
    edits.iter_mut().for_each(|e| e.mutants.retain(|m| m.number.is_some()));
    edits.retain(|e| !e.mutants.is_empty());
    let mut writer =
        Writer { text: &file.text, edits: &edits, out: String::new(), marks: Vec::new() };
    writer.source(0..file.text.len(), 0);
    std::fs::write(to.join(&file.path), writer.out).expect("the copy can be written");
    writer.marks
}

struct Writer<'a> {
    text: &'a str,
    edits: &'a [Edit],
    out: String,
    marks: Marks,
}

impl Writer<'_> {
    /// A range of the source with the edits within it, from the one of a number.
    fn source(&mut self, range: Range<usize>, first: usize) {
        let mut at = range.start;
        for (i, edit) in self.edits.iter().enumerate().skip(first) {
            if edit.range.start >= at && edit.range.end <= range.end {
                self.out.push_str(&self.text[at..edit.range.start]);
                self.edit(i);
                at = edit.range.end;
            }
        }
        self.out.push_str(&self.text[at..range.end]);
    }

    fn edit(&mut self, i: usize) {
        let edit = &self.edits[i];
        let start = self.out.len();
        if edit.form == Form::Exchange {
            self.out.push('(');
        }
        for mutant in &edit.mutants {
            let number = mutant.number.unwrap_or_default();
            let start = self.out.len();
            let on = format!("crate::mutant::on({number})");
            match edit.form {
                Form::Exchange => {
                    self.out.push_str(&format!("if {on} {{"));
                    self.pieces(&mutant.pieces, i);
                    self.out.push_str("} else ");
                }
                Form::Return => {
                    self.out.push_str(&format!(" if {on} {{ return "));
                    self.pieces(&mutant.pieces, i);
                    self.out.push_str("; }");
                }
                Form::Arm => self.out.push_str(&format!(" if !{on}")),
            }
            self.marks.push((start..self.out.len(), vec![number]));
        }
        if edit.form == Form::Exchange {
            self.out.push('{');
            self.source(edit.range.clone(), i + 1);
            self.out.push_str("})");
        }
        let numbers = edit.mutants.iter().filter_map(|m| m.number).collect();
        self.marks.push((start..self.out.len(), numbers));
    }

    fn pieces(&mut self, pieces: &[Piece], i: usize) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.out.push_str(text),
                Piece::Source(range) => self.source(range.clone(), i + 1),
            }
        }
    }
}

/// The mutants that the compiler refuses.
fn refused(tree: &Path, marks: &BTreeMap<PathBuf, Marks>) -> BTreeSet<usize> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--lib", "--offline", "--quiet", "--message-format=json"]);
    let output = cargo.current_dir(tree).output().expect("cargo");
    let mut all = BTreeSet::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let message = &message["message"];
        let spans = message["spans"].as_array();
        if message["level"] != "error" || spans.is_none_or(Vec::is_empty) {
            continue;
        }
        let of_span = |span: &serde_json::Value| {
            let marks = marks.get(Path::new(span["file_name"].as_str()?))?;
            let at = |name: &str| usize::try_from(span[name].as_u64()?).ok();
            let (start, end) = (at("byte_start")?, at("byte_end")?);
            let around = marks.iter().filter(|(r, _)| r.start <= start && end <= r.end);
            around.min_by_key(|(r, _)| r.len()).map(|(_, numbers)| numbers.clone())
        };
        let mut spans: Vec<_> = spans.into_iter().flatten().collect();
        spans.sort_by_key(|s| s["is_primary"] != true);
        match spans.into_iter().find_map(of_span) {
            Some(numbers) => all.extend(numbers),
            None => eprintln!("{}", message["rendered"].as_str().unwrap_or_default()),
        }
    }
    if !output.status.success() && all.is_empty() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        std::process::exit(1);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text with all its mutants, numbered in the order of their places.
    fn written(text: &str) -> String {
        let mut edits = find::edits(text).expect("Rust").0;
        for (n, mutant) in edits.iter_mut().flat_map(|e| &mut e.mutants).enumerate() {
            mutant.number = Some(n + 1);
        }
        let mut writer = Writer { text, edits: &edits, out: String::new(), marks: Vec::new() };
        writer.source(0..text.len(), 0);
        writer.out.replace("crate::mutant::", "")
    }

    #[test]
    fn mutants_stand_beside_what_they_replace() {
        for (text, expected) in [
            (
                "fn f(a: i8) { g(-a) }",
                "fn f(a: i8) { if on(1) { return ; } g((if on(2) {a} else {-a})) }",
            ),
            (
                "fn f(a: u8) -> bool { a == 1 }",
                "fn f(a: u8) -> bool { if on(1) { return true; } if on(2) { return false; } (if on(3) {(a) != (1)} else {a == 1}) }",
            ),
            (
                "fn f(a: T) -> T { match a { A if b() => c, B => d, _ => e } }",
                "fn f(a: T) -> T { if on(1) { return Default::default(); } match a { A if (if on(2) {true} else if on(3) {false} else {b()}) => c, B if !on(4) => d, _ => e } }",
            ),
            // What is done anyway is no mistake.
            (
                "fn f(a: u8) -> bool { true }",
                "fn f(a: u8) -> bool { if on(1) { return false; } true }",
            ),
            // Conditions that bind names, constants and tests stay as they are.
            ("const A: u8 = 1 + 1;", "const A: u8 = 1 + 1;"),
            (
                "#[cfg(test)] mod tests { fn f() { a + b } }",
                "#[cfg(test)] mod tests { fn f() { a + b } }",
            ),
            (
                "fn f() { if let A = b && c {} }",
                "fn f() { if on(1) { return ; } if let A = b && c {} }",
            ),
        ] {
            assert_eq!(written(text), expected);
        }
    }
}
