//! Makes the data of the benchmarks with planted errors, and compares findings with them.
//!
//! ```text
//! cargo run --release --example workload -- w    10000000 DIR [RATE]
//! cargo run --release --example workload -- hard   200000 DIR [RATE]
//! cargo run --release --example workload -- keys 10000000 DIR [RATE]
//! cargo run --release --example workload -- compare DIR FINDINGS.json
//! ```
//!
//! The same arguments make the same bytes. `RATE` is the share of rows planted of each kind.

mod common;
mod hard;
mod keys;
mod w;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["compare", dir, findings] => common::compare(Path::new(dir), Path::new(findings)),
        [kind @ ("w" | "hard" | "keys"), rows, dir] => make(kind, rows, dir, "1e-5"),
        [kind @ ("w" | "hard" | "keys"), rows, dir, rate] => make(kind, rows, dir, rate),
        _ => Err(
            "usage: workload w|hard|keys ROWS DIR [RATE], or workload compare DIR FINDINGS.json"
                .into(),
        ),
    };
    match done {
        Ok(text) => {
            common::say(&text);
            ExitCode::SUCCESS
        }
        Err(e) => {
            common::say(&format!("{e}"));
            ExitCode::FAILURE
        }
    }
}

fn make(
    kind: &str,
    rows: &str,
    dir: &str,
    rate: &str,
) -> Result<String, Box<dyn std::error::Error>> {
    let (rows, rate) = (rows.parse()?, rate.parse()?);
    std::fs::create_dir_all(dir)?;
    let make = match kind {
        "w" => w::make,
        "hard" => hard::make,
        _ => keys::make,
    };
    make(rows, rate, Path::new(dir))
}
