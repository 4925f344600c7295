//! Rules about sources, which need no engine.

use std::path::Path;

use crossfoot::render::{Format, sink};
use crossfoot::{Request, SinkSlot};

use super::server::{Ran, run};

fn ran(rules: &str, sources: &[(String, String)]) -> Ran {
    run(tempfile::tempdir().expect("a folder").path(), rules, sources)
}

const TABLE: &str = "\n[data.t]\nsource = \"w\"\ntable = \"t\"\nkey = \"id\"\n";

#[test]
fn what_leads_to_an_engine_stands_in_no_rule_file() {
    for line in [
        "uri = \"postgresql://h/d\"",
        "password = \"x\"",
        "library = \"/tmp/x.so\"",
        "profile = \"../evil.toml\"",
        "profile = \"/tmp/evil\"",
    ] {
        let ran = ran(&format!("[source.w]\ndriver = \"postgresql\"\n{line}\n{TABLE}"), &[]);
        assert!(ran.problems().contains(&"secret-in-rules"), "{line}: {:?}", ran.problems());
    }
    let ran = ran(&format!("[source.w]\ndriver = \"./libevil.so\"\n{TABLE}"), &[]);
    assert!(ran.problems().contains(&"secret-in-rules"), "{:?}", ran.problems());
}

#[test]
fn a_password_is_not_shown_whatever_its_key_is() {
    for (line, fault) in [
        ("passwort = \"s3cret\"", "unknown-key"),
        ("password = \"s3cret\"", "secret-in-rules"),
        ("profile = \"postgresql://u:s3cret@h\"", "secret-in-rules"),
    ] {
        let ran = ran(&format!("[source.w]\ndriver = \"postgresql\"\n{line}\n{TABLE}"), &[]);
        assert!(ran.problems().contains(&fault), "{line}: {:?}", ran.problems());
        let problems = ran.document["problems"].as_array().expect("problems");
        let own = problems.iter().find(|problem| problem["fault"] == fault).expect("it");
        // The line of the section, and not its own.
        assert_eq!(own["line"], 1, "{own}");
        assert!(!own.to_string().contains("s3cret"), "{own}");
    }
}

#[test]
fn no_line_of_a_source_shows_a_secret() {
    for rules in [
        "source.w = { driver = \"postgresql\", password = \"s3cret\" }\n",
        "source = { w = { driver = \"postgresql\", passwort = 's3cret' } }\n",
        "[source.w]\ndriver = { password = \"s3cret\" }\nprofile = [\"s3cret\"]\n",
        "[source.w]\ndriver = \"postgresql\"\npassword = 's3cret\n",
        "[source]\nw = \"postgresql://u:s3cret@h\"\n",
        "[source.w]\ndriver = \"postgresql\"\n[data.u]\nsource = \"postgresql://u:s3cret@h\"\ntable = \"t\"\n",
    ] {
        let path = tempfile::tempdir().expect("a folder");
        let file = path.path().join("rules.toml");
        std::fs::write(&file, format!("{rules}{TABLE}")).expect("rules");
        let request =
            Request { rule_files: vec![file.to_string_lossy().into_owned()], ..Request::default() };
        let mut out = Vec::new();
        let options = crossfoot::render::Options { width: 100, ..Default::default() };
        let mut slots = [SinkSlot {
            sink: sink(Format::Full, options),
            out: Box::new(&mut out),
            capped: false,
            error: None,
        }];
        crossfoot::run(&request, &mut slots);
        drop(slots);
        let shown = String::from_utf8(out).expect("a text");
        assert!(shown.contains("error[") && !shown.contains("s3cret"), "{shown}");
    }
}

#[test]
fn a_source_of_the_command_line_is_declared() {
    let given = [("warehouse".to_string(), "prod".to_string())];
    let ran = ran(&format!("[source.w]\ndriver = \"postgresql\"\n{TABLE}"), &given);
    assert!(ran.problems().contains(&"unknown-source"), "{:?}", ran.problems());
    assert!(ran.words().contains("the sources are w"), "{}", ran.words());
}

#[test]
fn a_table_of_a_source_has_a_key_and_no_file() {
    let with = |section: &str| {
        let ran = ran(&format!("[source.w]\ndriver = \"sqlite\"\n\n[data.t]\n{section}"), &[]);
        ran.problems().iter().map(|fault| fault.to_string()).collect::<Vec<_>>()
    };
    let is = |section: &str, fault: &str| {
        let all = with(section);
        assert!(all.iter().any(|own| own == fault), "{section}: {all:?}");
    };
    is("source = \"w\"\ntable = \"t\"\n", "missing-key");
    is("source = \"w\"\nkey = \"id\"\n", "missing-key");
    is("table = \"t\"\nkey = \"id\"\n", "missing-key");
    is("source = \"w\"\ntable = \"t\"\nquery = \"select 1\"\nkey = \"id\"\n", "bad-value");
    is("source = \"w\"\ntable = \"t\"\nencoding = \"latin1\"\nkey = \"id\"\n", "bad-value");
    is("source = \"w\"\ntable = \" \"\nkey = \"id\"\n", "bad-value");
    is("source = \"elsewhere\"\ntable = \"t\"\nkey = \"id\"\n", "unknown-source");
    // Nothing says where it is.
    is("source = \"w\"\ntable = \"t\"\nkey = \"id\"\n", "source-failed");
}

#[test]
fn an_address_that_is_no_source_is_a_citation() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("t.csv"), "id\n1\n").expect("a file");
    let rules = "[data.t]\npath = \"t.csv\"\nsource = \"https://example.org\"\nkey = \"id\"\n";
    let ran = run(folder.path(), rules, &[]);
    assert_eq!(ran.problems(), [""; 0]);
}

#[test]
fn a_driver_that_is_missing_or_is_no_library_is_named() {
    let rules = format!("[source.w]\ndriver = \"nonesuch\"\n{TABLE}");
    let missing = ran(&rules, &[("w".into(), "nonesuch://h".into())]);
    assert_eq!(missing.problems(), ["no-driver"]);
    assert!(missing.words().contains("dbc install nonesuch"), "{}", missing.words());
    let folder = tempfile::tempdir().expect("a folder");
    let library = folder.path().join("libbad.so");
    std::fs::write(&library, "no library").expect("a file");
    cannot_be_loaded(&library);
}

/// Runs rules over a source whose profile names a library.
fn cannot_be_loaded(library: &Path) {
    let profile = library.with_extension("toml");
    let library = toml::Value::String(library.to_string_lossy().into_owned());
    let text = format!("profile_version = 1\ndriver = {library}\n[Options]\nuri = \"x\"\n");
    std::fs::write(&profile, text).expect("a file");
    let rules = format!("[source.w]\ndriver = \"nonesuch\"\n{TABLE}");
    let bad = ran(&rules, &[("w".into(), profile.to_string_lossy().into_owned())]);
    assert_eq!(bad.problems(), ["no-driver"], "{library}");
    assert!(bad.words().contains("cannot be loaded"), "{}", bad.words());
}

/// Whoever links these tests has a compiler of C.
#[cfg(target_os = "linux")]
#[test]
fn a_library_that_is_no_driver_and_one_of_another_version_are_named() {
    const NOT_IMPLEMENTED: u8 = 2;
    let another_version = format!(
        "unsigned char AdbcDriverInit(int version, void *driver, void *error) {{ return {NOT_IMPLEMENTED}; }}"
    );
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [("plain", "int answer(void) { return 42; }"), ("other", &another_version)]
    {
        let (source, library) = (folder.path().join("it.c"), folder.path().join(name));
        std::fs::write(&source, text).expect("a file");
        let mut cc = std::process::Command::new("cc");
        let made = cc.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status();
        assert!(made.expect("a compiler").success());
        cannot_be_loaded(&library);
    }
}

#[test]
fn the_file_of_a_database_is_not_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("shop.sqlite");
    for driver in ["sqlite", "duckdb"] {
        let rules = format!("[source.w]\ndriver = \"{driver}\"\n{TABLE}");
        let ran = ran(&rules, &[("w".into(), file.to_string_lossy().into_owned())]);
        assert_eq!(ran.problems(), ["source-failed"]);
        assert!(ran.words().contains("has no file"), "{}", ran.words());
        assert!(!file.exists());
    }
}

#[test]
fn a_profile_is_no_file_of_the_working_directory() {
    let rules = format!("[source.w]\ndriver = \"sqlite\"\nprofile = \"Cargo\"\n{TABLE}");
    let ran = ran(&rules, &[]);
    assert_eq!(ran.problems(), ["source-failed"]);
    assert!(ran.words().contains("there is no profile `Cargo`"), "{}", ran.words());
}
