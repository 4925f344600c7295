//! The rules of the architecture, each over all files; what breaks one is a [`Breach`].

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Name, Source, Tree};

/// A rule that a file breaks.
pub struct Breach {
    pub rule: &'static str,
    pub file: String,
    pub line: usize,
    /// Names no line, so that a listed breach stays the same when its file grows.
    pub what: String,
    pub mend: &'static str,
}

impl Breach {
    /// How the list of today's breaches writes it.
    pub fn listed(&self) -> String {
        format!("{} | {} | {}", self.rule, self.file, self.what)
    }
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "src/{}:{}: {} ({}): {}", self.file, self.line, self.what, self.rule, self.mend)
    }
}

/// Modules by layer, lowest first; the longest entry that a module begins with is its own.
const LAYERS: &[(&str, u32)] = &[
    ("fault", 0),
    ("by_name", 0),
    ("width", 0),
    ("simd", 0),
    ("source", 1),
    ("value", 10),
    ("report", 20),
    ("expr", 30),
    ("render", 30),
    ("read", 40),
    ("read::csv", 41),
    ("read::sheet", 41),
    ("read::json", 41),
    ("read::text", 41),
    ("read::markdown", 41),
    ("read::formats", 42),
    ("rules", 50),
    ("shape", 50),
    ("plan", 50),
    ("propose", 51),
    ("import", 52),
    ("explain", 50),
    ("engine", 60),
    ("engine::data", 61),
    ("engine::states", 62),
    ("engine::fast", 63),
    ("engine::pass", 64),
    ("sql", 65),
    ("findings", 70),
    ("gate", 80),
    ("files", 90),
    ("compile", 91),
    ("api", 100),
    ("cli", 110),
];

/// Folders whose files do not name each other, but for those that all of them share.
const SIBLINGS: &[(&str, &[&str])] = &[
    (
        "read",
        &[
            "block", "format", "frame", "grid", "mojibake", "nested", "note", "pattern", "reader",
            "shift", "title", "tree",
        ],
    ),
    ("render", &["collected", "words", "options", "paint", "printable", "snippet", "worst"]),
];

/// The file that lists its siblings, a layer above them.
const GATHERS_FORMATS: &str = "formats";

/// Modules that see less than all that is below them.
const SEES_ONLY: &[(&str, &[&str])] = &[("render", &["report", "source", "fault", "width"])];

/// Packages, and parts of `std`, and the modules that may name them; `*` is every module.
const PACKAGES: &[(&str, &[&str])] = &[
    ("std::env", &["files", "cli"]),
    ("std::fs", &["files", "cli"]),
    ("std::io::stdin", &["files", "cli"]),
    ("std::io::stdout", &["cli"]),
    ("std::io::stderr", &["cli"]),
    ("std::net::TcpListener", &[]),
    ("std::net::TcpStream", &[]),
    ("std::net::UdpSocket", &[]),
    ("std::os", &["files"]),
    ("std::process", &["cli", "files/git/run.rs", "main.rs"]),
    ("std::thread", &["engine", "files", "cli"]),
    ("std::time", &["files", "cli"]),
    ("adbc_core", &["files::engines"]),
    ("adbc_driver_manager", &["files::engines"]),
    ("aho_corasick", &["engine/pass/prefilter.rs"]),
    ("arrow_array", &["files::engines", "read::columnar"]),
    ("arrow_ipc", &["files::engines", "read::columnar"]),
    ("arrow_schema", &["files::engines", "read::columnar"]),
    ("arrow_select", &["files::engines"]),
    ("bytes", &["read/columnar/parquet.rs"]),
    ("calamine", &["read::sheet"]),
    ("chrono", &["files"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("csv", &["render/csv.rs", "report/notes.rs"]),
    ("ctrlc", &["files", "cli"]),
    ("dashu_int", &["value"]),
    ("dashu_ratio", &["value"]),
    ("encoding_rs", &["files", "read"]),
    ("flate2", &["files"]),
    ("foldhash", &["engine", "findings", "by_name"]),
    ("glob", &["source", "files", "cli"]),
    ("hashbrown", &["engine", "findings", "by_name"]),
    ("html5gum", &["read::text"]),
    ("indicatif", &["files", "cli"]),
    ("maud", &["render::html"]),
    ("memchr", &["*"]),
    ("miette", &["render/full/rule_lines.rs"]),
    ("parquet", &["read/columnar/parquet.rs"]),
    ("postcard", &["engine", "read"]),
    ("pulldown_cmark", &["read"]),
    ("quick_xml", &["read::sheet"]),
    ("rapidfuzz", &["source"]),
    ("regex_automata", &["expr", "read"]),
    ("rust_xlsxwriter", &["render::xlsx"]),
    ("saphyr_parser", &["read::tree"]),
    (
        "schemars",
        &[
            "report",
            "render/json.rs",
            "rules/schema.rs",
            "rules/source_schema.rs",
            "rules/sums_schema.rs",
            "rules/any_number.rs",
        ],
    ),
    ("serde", &["*"]),
    (
        "serde_json",
        &[
            "read::columnar",
            "report::document",
            "render::gitlab",
            "render::html",
            "render::json",
            "render::sarif",
            "rules/schema.rs",
        ],
    ),
    ("sha2", &["files"]),
    ("shlex", &["cli"]),
    ("simdutf8", &["read"]),
    ("strsim", &["source"]),
    ("tar", &["files::archive"]),
    ("tempfile", &["files", "cli"]),
    ("terminal_size", &["cli"]),
    ("toml", &["rules", "read::tree", "value/language/words.rs"]),
    ("unicode_ident", &["expr", "propose", "read", "rules"]),
    ("unicode_normalization", &["value", "expr", "read"]),
    ("unicode_width", &["render", "cli", "source"]),
    ("xxhash_rust", &["engine", "findings", "report"]),
    ("zip", &["files::archive", "read::sheet"]),
    ("zstd", &["files"]),
];

/// What a format is may be known to readers, to what opens them, and to what words their faults.
const FORMAT_FREE: &[&str] = &["engine", "plan", "explain", "expr", "report", "render", "gate"];

/// `cells.rs` finds the decimal that is the shortest text of a stored float, exactly.
const FLOATS: &[&str] =
    &["cli/progress.rs", "read/columnar/cells.rs", "render/xlsx/figure.rs", "render/xlsx/sheet.rs"];
const UNSAFE: &[&str] = &["simd/avx2.rs"];

/// Where each row passes: no owned values.
const NO_OWNED: &[&str] = &["engine/fast/", "engine/pass/scan.rs", "engine/pass/judge.rs"];
const OWNED: &[&[&str]] =
    &[&["into_owned"], &["to_owned"], &["Value", "'static"], &["Box", "Value"]];

const FUNCTION_LINES: usize = 60;
const FILE_LINES: usize = 500;

/// Every breach of every rule, each once.
pub fn breaches(tree: &Tree) -> Vec<Breach> {
    let mut all = Vec::new();
    for file in &tree.files {
        layers(tree, file, &mut all);
        siblings(file, &mut all);
        globs(file, &mut all);
        formats(file, &mut all);
        makers(file, &mut all);
        packages(file, &mut all);
        words(file, &mut all);
        sizes(file, &mut all);
    }
    circles(tree, &mut all);
    all.sort_by(|a, b| (a.rule, &a.file, a.line).cmp(&(b.rule, &b.file, b.line)));
    let mut seen = BTreeSet::new();
    all.retain(|b| seen.insert(b.listed()));
    all
}

/// The packages that the table knows, for a test that it knows all.
pub fn knows_package(name: &str) -> bool {
    PACKAGES.iter().any(|p| p.0 == name)
}

fn is_local(path: &[String]) -> bool {
    path.first().is_some_and(|s| s == "crate")
}

/// The part of a path below `crate`.
fn below(path: &[String]) -> String {
    path.get(1..).unwrap_or_default().join("::")
}

fn begins(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn layer(path: &str) -> Option<(&'static str, u32)> {
    LAYERS.iter().filter(|l| begins(path, l.0)).max_by_key(|l| l.0.len()).copied()
}

/// `lib.rs` and `main.rs` name the modules of the crate; they are above all.
fn is_root(file: &Source) -> bool {
    file.path == "lib.rs" || file.path == "main.rs"
}

fn layers(tree: &Tree, file: &Source, all: &mut Vec<Breach>) {
    if is_root(file) {
        return;
    }
    let Some((own, mine)) = layer(&below(&file.module)) else {
        all.push(Breach {
            rule: "layers",
            file: file.path.clone(),
            line: 1,
            what: "the module has no layer".to_string(),
            mend: "add it to LAYERS in tests/architecture/rules.rs",
        });
        return;
    };
    for name in file.names.iter().filter(|n| is_local(&n.path)) {
        let target = tree.file_of(&name.path).map_or(String::new(), |f| below(&f.module));
        let what = match layer(&target) {
            Some((other, _)) if other == own => continue,
            Some((other, theirs)) => {
                let narrow = SEES_ONLY.iter().find(|s| begins(own, s.0));
                if theirs < mine && narrow.is_none_or(|s| s.1.contains(&other)) {
                    continue;
                }
                format!("`{own}` names `{other}`")
            }
            None if own == "cli" => continue,
            None => format!("`{own}` names the root of the crate"),
        };
        all.push(Breach {
            rule: "layers",
            file: file.path.clone(),
            line: name.line,
            what,
            mend: "a module sees only lower layers; move what both need down, or turn the call round",
        });
    }
}

fn siblings(file: &Source, all: &mut Vec<Breach>) {
    let [_, folder, own, ..] = file.module.as_slice() else { return };
    let Some((_, shared)) = SIBLINGS.iter().find(|s| s.0 == folder) else { return };
    if own == GATHERS_FORMATS {
        return;
    }
    for name in file.names.iter().filter(|n| is_local(&n.path)) {
        let [_, folder_named, other, ..] = name.path.as_slice() else { continue };
        // A type of the folder's own file is no sibling.
        let is_module = other.starts_with(char::is_lowercase) && name.path.len() > 3;
        if folder_named != folder || other == own || !is_module || shared.contains(&other.as_str())
        {
            continue;
        }
        all.push(Breach {
            rule: "siblings",
            file: file.path.clone(),
            line: name.line,
            what: format!("`{folder}::{own}` names `{folder}::{other}`"),
            mend: "one can be taken out without the other; move what both need to their folder",
        });
    }
}

fn globs(file: &Source, all: &mut Vec<Breach>) {
    for name in file.names.iter().filter(|n| n.glob && is_local(&n.path)) {
        all.push(Breach {
            rule: "globs",
            file: file.path.clone(),
            line: name.line,
            what: format!("all of `{}` is imported", name.path.join("::")),
            mend: "name what is used: a glob hides where a name comes from",
        });
    }
}

fn formats(file: &Source, all: &mut Vec<Breach>) {
    let own = below(&file.module);
    if !FORMAT_FREE.iter().any(|m| begins(&own, m)) {
        return;
    }
    for name in file.names.iter().filter(|n| is_local(&n.path)) {
        let [_, read, format, rest @ ..] = name.path.as_slice() else { continue };
        if read != "read" {
            continue;
        }
        if !LAYERS.iter().any(|l| l.0.strip_prefix("read::") == Some(format)) {
            continue;
        }
        all.push(Breach {
            rule: "formats",
            file: file.path.clone(),
            line: name.line,
            what: format!(
                "names the format `{format}`: `{}`",
                rest[..rest.len().min(2)].join("::")
            ),
            mend: "only `read` and what opens files know formats; say it in terms of blocks",
        });
    }
}

fn makers(file: &Source, all: &mut Vec<Breach>) {
    let own = below(&file.module);
    if begins(&own, "findings") || begins(&own, "report") {
        return;
    }
    for (line, path) in &file.made {
        let Some(made @ ("Finding" | "Place")) = path.last().map(String::as_str) else { continue };
        all.push(Breach {
            rule: "makers",
            file: file.path.clone(),
            line: *line,
            what: format!("makes a `{made}`"),
            mend: "`findings` alone makes findings and places; call it",
        });
    }
}

fn packages(file: &Source, all: &mut Vec<Breach>) {
    let own = below(&file.module);
    for name in &file.names {
        let Some((package, found)) = package(name) else { continue };
        let may = |m: &&str| *m == "*" || *m == file.path || begins(&own, m);
        if found.iter().any(may) {
            continue;
        }
        all.push(Breach {
            rule: "packages",
            file: file.path.clone(),
            line: name.line,
            what: format!("names `{package}`"),
            mend: "each package has its modules (PACKAGES in tests/architecture/rules.rs); call them",
        });
    }
}

fn package(name: &Name) -> Option<(&'static str, &'static [&'static str])> {
    let (first, rest) = name.path.split_first()?;
    let first = if first == "core" || first == "alloc" { "std" } else { first };
    let path = [&[first.to_string()], rest].concat().join("::");
    PACKAGES.iter().find(|p| begins(&path, p.0)).copied()
}

fn words(file: &Source, all: &mut Vec<Breach>) {
    let mut breach = |rule, line: usize, what: String, mend| {
        all.push(Breach { rule, file: file.path.clone(), line, what, mend });
    };
    if !FLOATS.contains(&file.path.as_str()) {
        for (line, text) in &file.floats {
            let mend =
                "figures are exact; only the progress line and cells of a workbook may round";
            breach("floats", *line, format!("uses `{text}`"), mend);
        }
    }
    for (line, word) in &file.words {
        let is_unsafe = word == "unsafe" || word == "unsafe_code";
        if is_unsafe && !UNSAFE.contains(&file.path.as_str()) {
            let mend = "unsafe code is in simd/avx2.rs alone";
            breach("unsafe", *line, format!("uses `{word}`"), mend);
        }
    }
    if NO_OWNED.iter().any(|p| file.path.starts_with(p)) {
        owned(file, &mut breach);
    }
}

fn owned(file: &Source, breach: &mut dyn FnMut(&'static str, usize, String, &'static str)) {
    for (at, (line, _)) in file.words.iter().enumerate() {
        let begins = |words: &&&[&str]| {
            words.iter().enumerate().all(|(n, w)| file.words.get(at + n).is_some_and(|f| f.1 == *w))
        };
        if let Some(words) = OWNED.iter().find(begins) {
            let mend = "here every row passes: borrow, or leave it to the evaluator";
            breach("owned", *line, format!("uses `{}`", words.join(" ")), mend);
        }
    }
}

fn sizes(file: &Source, all: &mut Vec<Breach>) {
    if file.lines > FILE_LINES {
        all.push(Breach {
            rule: "sizes",
            file: file.path.clone(),
            line: FILE_LINES + 1,
            what: format!("the file has more than {FILE_LINES} lines without its tests"),
            mend: "cut it where it does two things",
        });
    }
    for function in file.functions.iter().filter(|f| f.lines > FUNCTION_LINES) {
        all.push(Breach {
            rule: "sizes",
            file: file.path.clone(),
            line: function.line,
            what: format!("`{}` has more than {FUNCTION_LINES} lines", function.name),
            mend: "give its steps names",
        });
    }
}

type Graph = BTreeMap<String, BTreeSet<String>>;

/// Circles of files, and of the modules of the table.
fn circles(tree: &Tree, all: &mut Vec<Breach>) {
    let (mut files, mut modules) = (Graph::new(), Graph::new());
    for file in tree.files.iter().filter(|f| !is_root(f)) {
        let own = layer(&below(&file.module)).map_or("", |l| l.0);
        for name in file.names.iter().filter(|n| is_local(&n.path)) {
            let Some(other) = tree.file_of(&name.path).filter(|o| o.path != file.path) else {
                continue;
            };
            files.entry(file.path.clone()).or_default().insert(other.path.clone());
            let theirs = layer(&below(&other.module)).map_or("", |l| l.0);
            if own != theirs {
                modules.entry(own.to_string()).or_default().insert(theirs.to_string());
            }
        }
    }
    for (kind, graph) in [("files", &files), ("modules", &modules)] {
        for circle in components(graph) {
            all.push(Breach {
                rule: "circles",
                file: circle[0].clone(),
                line: 1,
                what: format!("a circle of {kind}: {}", circle.join(" ")),
                mend: "move what they share to a file of its own below them",
            });
        }
    }
}

/// The circles of a graph: sets of nodes that reach each other. A graph of some hundred nodes
/// needs no more than to ask of each pair.
fn components(graph: &Graph) -> Vec<Vec<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> =
        graph.keys().map(|node| (node, reached(graph, node))).collect();
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (node, from) in &reach {
        let back = |other: &&&String| reach.get(**other).is_some_and(|r| r.contains(*node));
        let circle: Vec<String> = from.iter().filter(back).map(|s| (*s).clone()).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

fn reached<'a>(graph: &'a Graph, from: &'a String) -> BTreeSet<&'a String> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(node) = open.pop() {
        let next = graph.get(node).into_iter().flatten();
        open.extend(next.filter(|n| seen.insert(*n)));
    }
    seen
}
