//! Documents that are made from the code are current, and what documents show is true.
//! `UPDATE_DOCS=1 cargo test --test docs` renews the made ones.

use std::path::Path;
use std::process::Command;

use crossfoot::expr::functions::{AGGREGATES, FUNCTIONS};
use crossfoot::rules::{allow, check, column, report, walk};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn current(file: &str, made: &str) {
    let path = root().join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, made).expect("the document can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == made, "{file} is not current: run UPDATE_DOCS=1 cargo test --test docs");
}

#[test]
fn made_documents_are_current() {
    current("docs/functions.md", &crossfoot::expr::reference::reference());
    current("docs/languages.md", &crossfoot::value::language::reference::reference());
    current("docs/formats.md", &crossfoot::expr::formats::formats_reference());
    current("schema/crossfoot.schema.json", &crossfoot::rules::schema::json_schema());
    current("schema/findings.schema.json", &crossfoot::report::document::schema());
    use crossfoot::report::document::prose::{extract_schema, figures_schema};
    current("schema/extract.schema.json", &extract_schema());
    current("schema/figures.schema.json", &figures_schema());
}

/// The contents of the site: guides by hand, the pages of all built-in names from their list.
fn contents() -> String {
    let path = root().join("docs/SUMMARY.md");
    let written = std::fs::read_to_string(path).expect("the contents of the site");
    let (guides, rest) = written.split_once("# Findings and errors\n").expect("a part");
    let (_, project) = rest.split_once("# The project\n").expect("a part");
    let mut names: Vec<&str> = crossfoot::faults().iter().map(|f| f.name).collect();
    names.sort_unstable();
    let pages: String = names.iter().map(|n| format!("- [{n}](faults/{n}.md)\n")).collect();
    format!("{guides}# Findings and errors\n\n{pages}\n# The project\n{project}")
}

#[test]
fn the_site_has_every_page() {
    current("docs/SUMMARY.md", &contents());
    let contents = contents();
    let pages = std::fs::read_dir(root().join("docs")).expect("docs");
    let names = pages.map(|e| e.expect("a file").file_name().to_string_lossy().into_owned());
    let missing: Vec<String> = names
        .filter(|name| name.ends_with(".md") && name != "SUMMARY.md")
        .filter(|name| !contents.contains(&format!("({name})")))
        .collect();
    assert!(missing.is_empty(), "docs/SUMMARY.md lacks {missing:?}");
}

#[test]
fn every_output_format_has_a_row() {
    let page = std::fs::read_to_string(root().join("docs/outputs.md")).expect("the page");
    for format in crossfoot::render::FORMATS {
        assert!(page.contains(&format!("\n| `{}` | ", format.name)), "{}", format.name);
    }
}

#[test]
fn schema_and_reader_know_the_same_keys() {
    let schema: serde_json::Value =
        serde_json::from_str(&crossfoot::rules::schema::json_schema()).expect("JSON");
    let keys = |v: &serde_json::Value| {
        let mut all: Vec<String> =
            v["properties"].as_object().expect("properties").keys().cloned().collect();
        all.sort();
        all
    };
    let known = |all: &[&str]| {
        let mut all: Vec<String> = all.iter().map(|s| s.to_string()).collect();
        all.sort();
        all
    };
    assert_eq!(keys(&schema), known(walk::TOP_KEYS));
    assert_eq!(keys(&schema["$defs"]["Data"]), known(walk::DATA_KEYS));
    assert_eq!(keys(&schema["$defs"]["Check"]), known(check::CHECK_KEYS));
    assert_eq!(keys(&schema["$defs"]["Allow"]), known(allow::ALLOW_KEYS));
    assert_eq!(keys(&schema["$defs"]["Column"]), known(column::COLUMN_KEYS));
    assert_eq!(keys(&schema["$defs"]["Report"]), known(report::REPORT_KEYS));
}

/// The pages have a row for each key, so that `explain` knows it.
#[test]
fn every_key_and_function_is_explained() {
    let keys = [
        walk::DATA_KEYS,
        check::CHECK_KEYS,
        column::COLUMN_KEYS,
        allow::ALLOW_KEYS,
        report::REPORT_KEYS,
    ]
    .concat();
    let functions = crossfoot::expr::functions::all_names();
    let all = keys.into_iter().chain(functions);
    let unknown: Vec<&str> =
        all.filter(|name| crossfoot::api::describe_topic(name).is_none()).collect();
    assert!(unknown.is_empty(), "not explained: {unknown:?}");
}

#[test]
fn examples_of_functions_are_read() {
    for text in FUNCTIONS.iter().map(|f| f.example).chain(AGGREGATES.iter().map(|a| a.example)) {
        let (_, errors) = crossfoot::expr::parse::parse_expr(text);
        assert!(errors.is_empty(), "{text}: {errors:?}");
    }
}

/// What the README shows after `$ crossfoot …` is what the binary prints there.
#[test]
fn the_readme_shows_what_is_printed() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let mut shown = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = &block[..block.find("```").expect("a closed block")];
        let (command, expected) = block.split_once('\n').expect("a command and its output");
        let words: Vec<&str> = command.trim_start_matches("$ crossfoot ").split(' ').collect();
        let output = Command::new(env!("CARGO_BIN_EXE_crossfoot"))
            .args(&words)
            .current_dir(root())
            .env("COLUMNS", "100")
            .env("TERM", "xterm")
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("the binary runs");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(printed.trim_end(), expected.trim_end(), "{command}");
        shown += 1;
    }
    assert!(shown > 0, "the README shows nothing");
}

#[test]
fn links_of_documents_lead_somewhere() {
    let mut pages = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    pages.extend(
        std::fs::read_dir(root().join("docs"))
            .expect("docs")
            .filter_map(|e| Some(e.ok()?.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "md")),
    );
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("a page");
        for part in text.split("](").skip(1) {
            let target = part.split(')').next().unwrap_or("").split('#').next().unwrap_or("");
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = page.parent().expect("a folder").join(target);
            assert!(path.exists(), "{} links to {target}", page.display());
        }
    }
}
