//! Data that was made to do harm, or is only very large: what is written stays short, and nothing in
//! it is obeyed.

use std::path::Path;
use std::process::{Command, Output, Stdio};

const FORMATS: [&str; 3] = ["full", "concise", "json"];

/// Runs a check of these files in each format.
fn outputs(files: &[(&str, &str)], args: &[&str]) -> Vec<(&'static str, Output)> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    FORMATS.iter().map(|format| (*format, run(folder.path(), format, args))).collect()
}

fn run(folder: &Path, format: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossfoot"));
    command.args(["check", "-f", format]).args(args).current_dir(folder).stdin(Stdio::null());
    command.env("NO_COLOR", "1").env("TERM", "xterm").env("LC_ALL", "C.UTF-8");
    command.output().expect("the binary runs")
}

/// Standard output and standard error, which must be a text.
fn written(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8(all).expect("a text");
    assert!(!text.contains("panicked"), "{text}");
    text
}

const DEMANDS: &str = "[data.t]\npath = \"t.csv\"\n[data.t.columns]\na = { type = \"number\" }\nb = { one_of = [\"x\"] }\n[check.c]\neach = \"t\"\nassert = 'b = \"x\"'\n[check.s]\neach = \"t by b\"\nassert = 'count() > 1'\n";

#[test]
fn a_huge_cell_is_cut_wherever_it_is_shown() {
    for cell in ["y".repeat(5_000_000), "7".repeat(5_000_000), "\u{1b}é".repeat(1_700_000)] {
        let data = format!("a,b\n1,{cell}\n{cell},x\n2,x\n");
        for (format, output) in outputs(&[("t.csv", &data), ("r.toml", DEMANDS)], &["r.toml"]) {
            let text = written(&output);
            assert_eq!(output.status.code(), Some(1), "{format}");
            let most = if format == "json" { 400_000 } else { 20_000 };
            assert!(text.len() < most, "{format}: {} bytes", text.len());
        }
    }
}

/// Runs a check in at most so many KiB of address space.
#[cfg(target_os = "linux")]
fn run_within(folder: &Path, format: &str, kib: u64) -> Output {
    let program = env!("CARGO_BIN_EXE_crossfoot");
    let script = format!("ulimit -v {kib} && exec {program} check -j 1 -f {format} r.toml");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(folder).stdin(Stdio::null()).env("NO_COLOR", "1");
    command.output().expect("the binary runs")
}

/// Cells of 5 MB in a key, a sum, under `matches` and as a figure of 5 million digits. Of each some
/// copies are held at a time, and no more than of the file: 20 MB.
#[test]
#[cfg(target_os = "linux")]
fn huge_cells_are_judged_in_bounded_memory() {
    const RULES: &str = "[data.t]\npath = \"t.csv\"\nkey = \"k\"\n[data.t.columns]\n\
        n = { type = \"number\" }\nw = { matches = \"[a-y]+\" }\n\
        [check.sum]\nassert = 'sum(t.n) = 3'\n\
        [check.keys]\nassert = 'count(t where k = \"a\") = 1'\n";
    let huge = |c: &str| c.repeat(5_000_000);
    let data = format!(
        "k,n,w\na,1,b\n{},2,b\nb,{},b\nc,0,{}\nd,0,{}z\n",
        huge("k"),
        huge("7"),
        huge("w"),
        huge("w")
    );
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("t.csv"), data).expect("a file");
    std::fs::write(folder.path().join("r.toml"), RULES).expect("a file");
    for row in crossfoot::render::FORMATS {
        let output = run_within(folder.path(), row.name, 512 << 10);
        // A workbook is no text.
        let text = match row.name {
            "xlsx" => String::from_utf8_lossy(&output.stdout).into_owned(),
            _ => written(&output),
        };
        assert_eq!(output.status.code(), Some(1), "{}: {text}", row.name);
        assert!(text.len() < 100_000, "{}: {} bytes", row.name, text.len());
        if row.name == "json" {
            let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let checks = json["summary"]["checks"].as_array().expect("checks").iter();
            let standings: Vec<String> = checks
                .map(|c| [&c["id"], &c["standing"]].map(|t| t.as_str().unwrap_or("-")).join(" "))
                .collect();
            let wanted = ["t.key held", "t.n failed", "t.w failed", "sum undecided", "keys held"];
            assert_eq!(standings, wanted);
        }
    }
}

/// The most memory that a check takes at once, in bytes, and its exit status.
#[cfg(target_os = "linux")]
fn peak(folder: &Path, args: &[&str]) -> (u64, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossfoot"));
    command.args(["check", "-q", "-j1"]).args(args).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the binary runs");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        // A process that has ended has no such line.
        let known = std::fs::read_to_string(&status).unwrap_or_default();
        let line = known.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        most = most.max(kib.unwrap_or_default() << 10);
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return (most, status.code());
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// Keys of 1 kB, of which nothing but `--memory` bounds what is held: in look-ups, groups, orders, sets of
/// distinct values, values before a row, and rows that a condition compares with the row at hand. They
/// take 60 MB otherwise.
#[test]
#[cfg(target_os = "linux")]
fn memory_is_kept_within_a_quarter() {
    const ALLOWED: u64 = 16_000_000;
    const TABLES: &str = "[data.long]\npath = \"long.csv\"\ncolumns.key.type = \"text\"\n\
        columns.value.type = \"integer\"\n[data.other]\npath = \"long.csv\"\nkey = \"key\"\n\
        [data.one]\npath = \"one.csv\"\ncolumns.most.type = \"integer\"\n";
    const STATES: &str = "[check.a]\neach = 'long'\norder = 'key'\nassert = [\n\
        'other[key].value = value', 'key >= prev(key)', 'next(value by key) is missing',\n]\n\
        [check.b]\neach = 'long by key'\nassert = ['count() = 1', 'median(value) >= 0']\n\
        [check.c]\nassert = ['count(distinct long.key) = 4000', 'mode(long.key) != \"\"']\n\
        [check.d]\neach = 'long'\nassert = 'prev(value by key) is missing'\n\
        [check.e]\neach = 'one'\n\
        assert = 'count(long where kind = one.kind and key != one.key and value < one.most) = 5'\n";
    let folder = tempfile::tempdir().expect("a folder");
    let mut data = String::from("kind,key,value\n");
    for row in 0..4000_u32 {
        data += &format!("x,{}{:010},{row}\n", "k".repeat(1000), row.wrapping_mul(0x9E37_79B9));
    }
    std::fs::write(folder.path().join("long.csv"), data).expect("a file");
    std::fs::write(folder.path().join("one.csv"), "kind,key,most\nx,k,5\n").expect("a file");
    let taken = |rules: &str| {
        std::fs::write(folder.path().join("r.toml"), rules).expect("a file");
        let (taken, status) = peak(folder.path(), &["--memory=16MB", "r.toml"]);
        assert_eq!(status, Some(0));
        taken
    };
    let without = taken(&format!("{TABLES}[check.row]\neach = 'long'\nassert = 'value >= 0'\n"));
    let more = taken(&format!("{TABLES}{STATES}")).saturating_sub(without);
    assert!(more <= ALLOWED / 4 * 5, "{more} bytes beside {without}");
}

/// What a terminal or a CI log could obey, in cells, names of columns and of a file.
const EVIL: [&str; 6] = [
    "\u{1b}[31mred\u{7}",
    "::error file=x::owned",
    "one\ntwo\r\n::error::three",
    "\u{202e}gnp.exe\u{2066}",
    "\u{9b}2J\u{85}##[error]x",
    "%0A::warning::x",
];

#[test]
fn nothing_in_the_data_is_obeyed() {
    for evil in EVIL {
        let quoted = format!("\"{evil}\"");
        let in_cells = format!("a,b\n{quoted},{quoted}\n1,x\n");
        let in_names = format!("a,b,{quoted}\n1,x,2\nq,x\n");
        for data in [in_cells, in_names] {
            let files = [("t.csv", data.as_str()), ("r.toml", DEMANDS)];
            for (format, output) in outputs(&files, &["r.toml"]) {
                assert_eq!(output.status.code(), Some(1), "{format} {data:?}");
                is_harmless(&written(&output), format);
            }
        }
        let name = format!("{}.csv", evil.replace('/', "-"));
        for (format, output) in outputs(&[(&name, "a,b\n1\n")], &["--no-rules", &name]) {
            assert_eq!(output.status.code(), Some(1), "{format} {name:?}");
            is_harmless(&written(&output), format);
        }
    }
}

/// No character that a terminal obeys, and no line that a CI log takes for a command.
fn is_harmless(text: &str, format: &str) {
    let is_obeyed = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    // In JSON, escapes and isolates are data of a program; ESC must be escaped there, too.
    let found = text.chars().find(|c| is_obeyed(*c) && (format != "json" || c.is_ascii_control()));
    assert_eq!(found, None, "{format}\n{text}");
    for line in text.lines() {
        let start = line.trim_start();
        assert!(!start.starts_with("::"), "{format}\n{text}");
        assert!(format == "json" || !line.contains("##["), "{format}\n{text}");
    }
}

#[test]
fn lines_with_text_from_right_to_left_show_their_cell() {
    let data = "a,b\n1,שלום\n2,مرحبا\n3,x\n";
    for (format, output) in outputs(&[("t.csv", data), ("r.toml", DEMANDS)], &["r.toml"]) {
        let text = written(&output);
        assert!(text.contains("שלום") && text.contains("مرحبا"), "{format}\n{text}");
        assert!(format == "json" || text.contains("t.csv:3:3"), "{format}\n{text}");
    }
}

#[test]
fn a_hundred_thousand_undecided_rows_are_said_in_a_few_lines() {
    let rules = "[data.t]\npath = \"t.csv\"\n[check.c]\neach = \"t\"\nassert = 'a + b = 3'\n";
    let data = format!("a,b\n1,2\n{}", "1,\n".repeat(100_000));
    for (format, output) in outputs(&[("t.csv", &data), ("r.toml", rules)], &["r.toml"]) {
        let text = written(&output);
        assert_eq!(output.status.code(), Some(0), "{format}\n{text}");
        let most = if format == "json" { 400_000 } else { 3_000 };
        assert!(text.len() < most && text.contains("100000"), "{format}: {}", text.len());
        if format == "json" {
            let json: serde_json::Value =
                serde_json::from_slice(&output.stdout).expect("a document");
            let findings = json["findings"].as_array().expect("findings");
            let places = findings.iter().find_map(|f| f["undecided"].as_array());
            assert_eq!(places.map(Vec::len), Some(1_000));
        }
    }
}

#[test]
fn five_thousand_columns_make_one_line_of_a_picture() {
    let header: Vec<String> = (0..5_000).map(|n| format!("c{n}")).collect();
    let header = header.join(",");
    let ones = ["1"; 5_000].join(",");
    let rules = "[data.t]\npath = \"t.csv\"\n[check.c]\neach = \"t\"\nassert = 'sum(c0 to c4998) = c4999'\n";
    let data = format!("{header}\n{ones}\n");
    for (format, output) in outputs(&[("t.csv", &data), ("r.toml", rules)], &["r.toml"]) {
        let text = written(&output);
        assert_eq!(output.status.code(), Some(1), "{format}");
        let widest = text.lines().map(|line| line.chars().count()).max();
        let most = if format == "json" { 3_000_000 } else { 4_000 };
        assert!(text.len() < most, "{format}: {} bytes", text.len());
        assert!(format != "full" || widest < Some(200), "{format}: {widest:?}\n{text}");
    }
}

/// Sentences and comments that are all alike: none is looked for among all others.
#[test]
fn comments_of_a_text_are_bound_one_by_one_or_refused() {
    let of = |comments: usize| {
        let text = "It has 5 wells. <!-- crossfoot: 5 = 5 --> ".repeat(comments);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("t.md"), text).expect("a file");
        let output = run(folder.path(), "concise", &["t.md"]);
        (output.status.code(), written(&output))
    };
    let (code, text) = of(300);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = of(10_001);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("t.md:1:420017: error[bad-comment]: a text has at most 10,000 comments"),
        "{text}"
    );
    assert!(text.len() < 2000, "{} bytes", text.len());
}
