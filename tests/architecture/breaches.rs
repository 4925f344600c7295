//! What the rules must catch: a small clean tree, and breaches planted in it one at a time.

use crate::rules::{self, Breach};
use crate::source::Tree;

/// A source tree in which every rule holds.
const CLEAN: &[(&str, &str)] = &[
    (
        "lib.rs",
        "pub mod api;\npub mod engine;\npub mod read;\npub mod report;\n\npub use api::{Project, run};\n",
    ),
    ("main.rs", "mod cli;\n\nfn main() -> std::process::ExitCode {\n    cli::main()\n}\n"),
    ("fault.rs", "pub struct Fault;\n"),
    ("source/mod.rs", "use crate::fault::Fault;\npub struct Span(pub u32);\n"),
    ("simd/mod.rs", "mod avx2;\n"),
    ("simd/avx2.rs", "#![allow(unsafe_code)]\npub fn ends() { unsafe {} }\n"),
    (
        "value/mod.rs",
        "pub mod number;\npub use number::Number;\npub enum Value<'a> { A(&'a str) }\n",
    ),
    ("value/number.rs", "use std::cmp::Ordering;\nuse dashu_int::IBig;\npub struct Number;\n"),
    (
        "report/mod.rs",
        "use crate::source::{self, Span};\npub struct Finding { pub a: u8 }\npub struct Place { pub a: u8 }\n",
    ),
    ("expr/mod.rs", "use crate::value::Number;\nuse crate::source;\nfn f() { source::Span(0); }\n"),
    ("render/mod.rs", "mod full;\nmod json;\npub mod words;\n"),
    (
        "render/full.rs",
        "use super::words;\nuse unicode_width::UnicodeWidthStr;\nuse crate::report::Finding;\n",
    ),
    ("render/json.rs", "use serde_json::Value;\n"),
    ("render/words.rs", "pub fn say() {}\n"),
    ("read/mod.rs", "pub mod csv;\npub mod text;\npub struct Block;\n"),
    ("read/csv/mod.rs", "mod grid;\npub use grid::Grid;\npub fn unquote() {}\n"),
    ("read/csv/grid.rs", "use crate::read::Block;\npub struct Grid;\n"),
    ("read/text/mod.rs", "use crate::value::Value;\n"),
    ("rules/mod.rs", "mod walk;\nuse toml::de::DeTable;\n"),
    ("rules/walk.rs", "use crate::expr;\n"),
    ("plan/mod.rs", "use crate::expr;\n"),
    ("explain/mod.rs", "use crate::value::Number;\n"),
    ("engine/mod.rs", "pub mod data;\npub mod fast;\npub mod pass;\n"),
    ("engine/data/mod.rs", "pub mod table;\n"),
    ("engine/data/table.rs", "use crate::read::Block;\npub struct Table { pair: (u8, u8) }\n"),
    ("engine/fast/mod.rs", "pub mod kernels;\n"),
    (
        "engine/fast/kernels.rs",
        "use crate::engine::data::table::Table;\nfn f(t: ((u8, u8),)) { t.0.1; }\n",
    ),
    ("engine/pass/mod.rs", "pub mod judge;\npub mod run;\n"),
    ("engine/pass/judge.rs", "use super::super::fast::kernels;\n"),
    (
        "engine/pass/run.rs",
        "use std::io;\npub struct Job;\n#[cfg(test)]\nmod tests { use super::*; fn f() -> f64 { 0.5 } }\n",
    ),
    ("findings/mod.rs", "use crate::report::Finding;\nfn f() -> Finding { Finding { a: 1 } }\n"),
    ("files/mod.rs", "use std::fs::File;\nuse std::time::SystemTime;\n"),
    ("compile/mod.rs", "use crate::{files, read::csv::Grid};\n"),
    ("api/mod.rs", "pub struct Project;\npub fn run() {}\nuse crate::engine::pass::run::Job;\n"),
    ("cli/mod.rs", "use clap::Parser;\nuse crossfoot::Project;\npub fn main() {}\n"),
];

/// The rule that must catch it, the file that is planted or added to, and what is written there.
const PLANTED: &[(&str, &str, &str)] = &[
    // Upward and sideways imports in every way of writing them.
    ("layers", "value/number.rs", "use crate::engine::pass::run::Job;"),
    ("layers", "read/text/mod.rs", "use crate::rules;"),
    ("layers", "plan/mod.rs", "use crate::explain::nearest;"),
    ("layers", "explain/mod.rs", "use crate::plan::Plan;"),
    ("layers", "value/number.rs", "use crate::{engine::pass::run::Job, fault::Fault};"),
    ("layers", "value/number.rs", "use crate::{fault::Fault, engine::{self, pass}};"),
    ("layers", "value/number.rs", "use crate::engine as e;"),
    ("layers", "value/number.rs", "use super::super::engine::pass::run::Job;"),
    ("layers", "read/csv/grid.rs", "use super::super::super::engine::pass::run::Job;"),
    ("layers", "value/number.rs", "use self::super::super::engine::pass;"),
    ("layers", "value/number.rs", "pub(crate) use crate::engine::pass::run::Job as Work;"),
    ("layers", "value/number.rs", "mod inner { pub use super::super::super::engine::pass; }"),
    ("layers", "value/number.rs", "fn f() { crate::engine::pass::run::go(); }"),
    ("layers", "value/number.rs", "fn f() { use crate::engine::pass::run::go; go(); }"),
    ("layers", "value/number.rs", "fn f(job: &crate::engine::pass::run::Job) {}"),
    ("layers", "value/number.rs", "fn f(n: u8) { match n { crate::engine::LIMIT => {} _ => {} } }"),
    ("layers", "value/number.rs", "fn f() { format!(\"{}\", crate::engine::LIMIT); }"),
    ("layers", "value/number.rs", "macro_rules! m { () => { $crate::engine::go() } }"),
    ("layers", "value/number.rs", "use crate as c;\nfn f() { c::engine::go(); }"),
    ("layers", "value/number.rs", "use crate::Project;"),
    ("layers", "value/number.rs", "#[cfg(feature = \"x\")]\nuse crate::engine::pass;"),
    ("layers", "value/number.rs", "#[cfg(any(test, unix))]\nuse crate::engine::pass;"),
    ("layers", "value/number.rs", "#[cfg(test)]\nmod tests {}\nuse crate::engine::pass;"),
    ("layers", "value/number.rs", "#[cfg(test)]\nuse crate::a;\nuse crate::engine::pass;"),
    ("layers", "engine/data/table.rs", "use crate::engine::pass::run::Job;"),
    ("layers", "render/json.rs", "use crate::value::Number;"),
    ("layers", "attic/mod.rs", "use crate::engine::pass::run::Job;"),
    ("siblings", "read/csv/grid.rs", "use super::super::text::Document;"),
    ("siblings", "read/text/mod.rs", "use crate::read::csv::unquote;"),
    ("siblings", "render/json.rs", "fn f() { crate::render::full::show(); }"),
    ("globs", "value/mod.rs", "pub use number::*;"),
    ("globs", "engine/pass/run.rs", "use crate::engine::data::table::*;"),
    ("circles", "value/number.rs", "use crate::value::Value;\nfn f() { super::g(); }"),
    ("circles", "engine/data/table.rs", "use crate::engine::data::other::A;"),
    ("formats", "engine/pass/run.rs", "use crate::read::csv::Grid;"),
    (
        "formats",
        "engine/pass/run.rs",
        "use crate::read::{self, Block};\nfn f() { read::csv::unquote(); }",
    ),
    ("formats", "engine/pass/run.rs", "use crate::read::text;"),
    ("makers", "api/mod.rs", "fn f() { crate::report::Finding { a: 1 }; }"),
    ("makers", "api/mod.rs", "use crate::report::Place as P;\nfn f() { P { a: 1 }; }"),
    // Packages, and what belongs to the machine.
    ("packages", "engine/pass/run.rs", "use std::fs::File;"),
    ("packages", "engine/pass/run.rs", "use std::{fs, io};"),
    ("packages", "engine/pass/run.rs", "use std::fs;\nfn f() { fs::read(\"a\"); }"),
    ("packages", "engine/pass/run.rs", "use std as s;\nfn f() { s::fs::read(\"a\"); }"),
    ("packages", "engine/pass/run.rs", "fn f() { std::time::Instant::now(); }"),
    ("packages", "engine/pass/run.rs", "use std::time::Instant;"),
    ("packages", "engine/pass/run.rs", "fn f() { std::process::abort(); }"),
    ("packages", "engine/pass/run.rs", "use std::env as e;"),
    ("packages", "engine/pass/run.rs", "fn f() { tempfile::tempfile(); }"),
    ("packages", "engine/pass/run.rs", "fn f() { glob::Pattern::new(\"*\"); }"),
    ("packages", "engine/pass/run.rs", "use std::io::stdin;"),
    ("packages", "engine/pass/run.rs", "use std::io;\nfn f() { io::stdin(); }"),
    ("packages", "engine/pass/run.rs", "fn f(v: serde_json::Value) {}"),
    ("packages", "engine/pass/run.rs", "fn f(e: miette::Report) {}"),
    ("packages", "engine/pass/run.rs", "extern crate miette as m;"),
    ("packages", "engine/pass/run.rs", "fn f(e: ::chrono::NaiveDate) {}"),
    ("packages", "engine/pass/run.rs", "fn f(e: toml::Value) {}"),
    ("packages", "render/json.rs", "use miette::Report;"),
    // Figures, safety, rows.
    ("floats", "value/number.rs", "fn f(x: f64) {}"),
    ("floats", "value/number.rs", "fn f(x: Vec<f64>) {}"),
    ("floats", "value/number.rs", "fn f() -> f64 { 0.1 + 0.2 }"),
    ("floats", "value/number.rs", "fn f(a: u8) -> bool { f64::from(a) > 0.5 }"),
    ("floats", "value/number.rs", "fn f() { let _ = 0.5; }"),
    ("floats", "value/number.rs", "fn f() { vec![1e3]; }"),
    ("floats", "read/csv/grid.rs", "fn f(x: f32) {}"),
    ("floats", "rules/walk.rs", "fn f(x: &str) { x.parse::<f64>(); }"),
    ("unsafe", "value/number.rs", "#![allow(unsafe_code)]"),
    ("unsafe", "value/number.rs", "fn f() { unsafe { g() } }"),
    ("owned", "engine/pass/judge.rs", "fn f(v: Value<'static>) {}"),
    ("owned", "engine/fast/kernels.rs", "fn f(v: V) { v.into_owned(); }"),
    ("owned", "engine/pass/judge.rs", "fn f(v: Box<Value<'_>>) {}"),
    // Sizes: `LONG` becomes 70 lines of body.
    ("sizes", "value/number.rs", "fn f() {\nLONG\n}"),
    ("sizes", "value/number.rs", "fn f(\n    a: u8,\n    b: u8,\n) {\nLONG\n}"),
    ("sizes", "value/number.rs", "impl Number {\n    fn f(&self) {\nLONG\n    }\n}"),
    ("sizes", "value/number.rs", "fn f<T: Ord + Copy>(a: T) {\nLONG\n}"),
    ("sizes", "value/number.rs", "trait A {\n    fn f(&self) {\nLONG\n    }\n}"),
    ("sizes", "value/number.rs", "fn f() {\n    fn g() {\nLONG\n    }\n}"),
    ("sizes", "value/number.rs", "LINES"),
];

fn planted(file: &str, text: &str) -> Vec<Breach> {
    let text = text
        .replace("LONG", &"    g();\n".repeat(70))
        .replace("LINES", &"const A: u8 = 1;\n".repeat(500));
    let mut files: Vec<(String, String)> =
        CLEAN.iter().map(|(p, t)| ((*p).to_string(), (*t).to_string())).collect();
    match files.iter_mut().find(|f| f.0 == file) {
        // Inner attributes stand first.
        Some(old) if text.starts_with("#!") => old.1 = text + "\n" + &old.1,
        Some(old) => old.1 += &text,
        None => files.push((file.to_string(), text)),
    }
    let other = "use crate::engine::data::table::Table;\npub struct A;\n";
    files.push(("engine/data/other.rs".to_string(), other.to_string()));
    rules::breaches(&Tree::parse(&files))
}

#[test]
fn a_clean_tree_breaks_no_rule() {
    let all: Vec<String> = planted("lib.rs", "").iter().map(ToString::to_string).collect();
    assert_eq!(all, Vec::<String>::new());
}

#[test]
fn every_planted_breach_is_caught() {
    let missed: Vec<_> = PLANTED
        .iter()
        .filter(|(rule, file, text)| {
            let caught = |b: &Breach| b.rule == *rule && b.what.len() > 5;
            let all = planted(file, text);
            // A circle is reported at its first file, which may be another one.
            !all.iter().any(|b| caught(b) && (b.file == *file || *rule == "circles"))
        })
        .collect();
    assert!(missed.is_empty(), "not caught: {missed:#?}");
}

/// What needs types to be seen, and the lint that sees it.
const HELD_BY_LINTS: &[&str] = &[
    "cast_possible_truncation",
    "disallowed_methods",
    "disallowed_types",
    "expect_used",
    "float_arithmetic",
    "iter_over_hash_type",
    "panic",
    "unwrap_used",
];

#[test]
fn what_needs_types_is_a_lint() {
    for root in [include_str!("../../src/lib.rs"), include_str!("../../src/main.rs")] {
        let denied = root.split_once("#![deny(").and_then(|r| r.1.split_once(")]"));
        let denied: Vec<&str> = denied.expect("lints").0.split(',').map(str::trim).collect();
        for lint in HELD_BY_LINTS {
            assert!(denied.contains(&format!("clippy::{lint}").as_str()), "{lint} is not denied");
        }
    }
    let clippy = include_str!("../../clippy.toml");
    for path in [
        "std::path::Path::exists",
        "std::time::Instant::now",
        "std::fs::read",
        "std::fs::File",
        "std::collections::HashMap::iter",
        "hashbrown::HashMap::values",
    ] {
        assert!(clippy.contains(&format!("\"{path}\"")), "{path} is not in clippy.toml");
    }
}
