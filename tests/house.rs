//! The rules of the house, as tests: floors, what lives where, sizes.

use std::path::{Path, PathBuf};

/// Rooms by floor; a room imports only from lower floors and from itself.
const FLOORS: &[(&str, u32)] = &[
    ("fault", 0),
    ("source", 0),
    ("tree", 0),
    ("simd", 0),
    ("text", 0),
    ("value", 1),
    ("finding", 2),
    ("expr", 3),
    ("rules", 4),
    ("read", 4),
    ("plan", 5),
    ("explain", 5),
    ("engine", 6),
    ("render", 6),
    ("project", 7),
    ("door", 8),
];

/// Imports between neighbours on one floor, or upwards, that are meant: room and what it may name.
const MEANT: &[(&str, &str)] = &[("source", "fault"), ("tree", "source"), ("door", "render")];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, all: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder of src") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, all);
            } else if path.extension().is_some_and(|e| e == "rs") {
                all.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    walk(&root, &mut all);
    all.sort();
    all.into_iter().map(|p| (p.strip_prefix(&root).expect("in src").to_path_buf(), std::fs::read_to_string(&p).expect("a source"))).collect()
}

fn room(path: &Path) -> String {
    let first = path.components().next().expect("a component").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_string()
}

/// The code of a file: without its tests and without comments.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    text[..end].lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn floor(room: &str) -> Option<u32> {
    FLOORS.iter().find(|f| f.0 == room).map(|f| f.1)
}

#[test]
fn imports_only_go_down() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = room(&path);
        let Some(mine) = floor(&own) else { continue };
        let code = code(&text);
        for (other, theirs) in FLOORS {
            let named = code.contains(&format!("crate::{other}::")) || code.contains(&format!("crate::{other};"));
            let allowed = *other == own || *theirs < mine || MEANT.contains(&(own.as_str(), *other));
            if named && !allowed {
                wrong.push(format!("{} names {other}", path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn readers_and_renderers_keep_to_themselves() {
    for (path, text) in sources() {
        let shown = path.to_string_lossy().replace('\\', "/");
        let code = code(&text);
        for (one, other) in [
            ("read/csv", "read::text"),
            ("read/text", "read::csv"),
            ("render/full", "super::json"),
            ("render/json", "super::full"),
            ("render/concise", "super::full"),
        ] {
            assert!(!(shown.starts_with(one) && code.contains(other)), "{shown} names {other}");
        }
    }
}

#[test]
fn disk_clock_and_packages_live_where_they_should() {
    let rooms = |all: &'static [&'static str]| move |room: &str| all.contains(&room);
    let table: [(&str, Box<dyn Fn(&str) -> bool>); 8] = [
        ("std::fs", Box::new(rooms(&["project", "cli"]))),
        ("std::env::", Box::new(rooms(&["project", "cli"]))),
        ("SystemTime", Box::new(rooms(&["project"]))),
        ("use miette", Box::new(rooms(&["render"]))),
        ("use chrono", Box::new(rooms(&["value"]))),
        ("use toml", Box::new(rooms(&["rules"]))),
        ("use clap", Box::new(rooms(&["cli"]))),
        ("pulldown_cmark", Box::new(rooms(&["read"]))),
    ];
    for (path, text) in sources() {
        let code = code(&text);
        for (word, fits) in &table {
            assert!(!code.contains(word) || fits(&room(&path)), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn no_binary_floating_point_in_a_verdict() {
    for (path, text) in sources() {
        if !["value", "expr", "engine", "explain"].contains(&room(&path).as_str()) {
            continue;
        }
        let code = code(&text);
        for word in [": f64", ": f32", "as f64", "as f32", "<f64>", "<f32>"] {
            assert!(!code.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn files_are_rooms_and_not_halls() {
    for (path, text) in sources() {
        let end = text.find("#[cfg(test)]").unwrap_or(text.len());
        let lines = text[..end].lines().count();
        assert!(lines <= 500, "{} has {lines} lines without its tests", path.display());
    }
}

#[test]
fn functions_fit_on_a_page() {
    for (path, text) in sources() {
        let code = text[..text.find("#[cfg(test)]").unwrap_or(text.len())].to_string();
        let mut open: Option<(usize, usize, String)> = None;
        for (n, line) in code.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let starts = line.trim_start().split('(').next().is_some_and(|head| head.split_whitespace().rev().nth(1) == Some("fn"))
                && !line.trim_end().ends_with([';', '}']);
            // A declaration over several lines has no body.
            if open.as_ref().is_some_and(|o| o.1 == indent && n > o.0) && line.trim_start().starts_with(')') && line.trim_end().ends_with(';') {
                open = None;
            }
            if let (Some((start, depth, name)), true) = (&open, line.trim() == "}")
                && indent == *depth
            {
                assert!(n - start < 60, "{}: `{}` has {} lines", path.display(), name.trim(), n - start + 1);
                open = None;
            }
            if starts && open.is_none() {
                open = Some((n, indent, line.to_string()));
            }
        }
    }
}

#[test]
fn unsafe_code_has_one_room() {
    for (path, text) in sources() {
        let shown = path.to_string_lossy().replace('\\', "/");
        let code = code(&text);
        assert!(shown == "simd/avx2.rs" || !(code.contains("allow(unsafe_code)") || code.contains("unsafe ")), "{shown} has unsafe code");
    }
}

#[test]
fn the_scan_holds_no_boxed_values() {
    for room in ["engine/kernels.rs", "engine/decode.rs", "engine/scan.rs"] {
        let (_, text) = sources().into_iter().find(|(p, _)| p.to_string_lossy().replace('\\', "/") == room).expect("a file of the engine");
        let code = code(&text);
        for owned in ["into_owned", "Value<'static>", "Box<Value"] {
            assert!(!code.contains(owned), "{room} has {owned}");
        }
    }
}
