//! What an engine does not give whole is never judged, and nothing is written.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crossfoot::Request;
use crossfoot::files::tree::disk::Disk;
use crossfoot::source::Watcher;
use crossfoot::source::tree::{Glob, Kind, Opened, Stamp, Tree};

use super::server::{Server, Table, run, run_as, server, servers};

fn query(query: &str) -> String {
    let query = toml::Value::String(query.into());
    format!("[data.t]\nsource = \"held\"\nquery = {query}\nkey = \"id\"\n")
}

#[test]
fn a_table_that_is_not_there_fails_the_run() {
    for server in servers() {
        let ran = server.run("[data.t]\nsource = \"held\"\ntable = \"nowhere\"\nkey = \"id\"\n");
        assert_eq!(ran.problems(), ["source-failed"], "{}", server.driver);
        assert!(ran.words().contains("nowhere"), "{}: {}", server.driver, ran.words());
    }
}

#[test]
fn a_key_that_is_not_unique_is_a_finding() {
    let row = |id: &str| vec![Some(id.to_string()), Some("1".to_string())];
    let columns = vec!["id".to_string(), "x".to_string()];
    let table = Table { columns, rows: vec![row("a"), row("b"), row("a")] };
    for server in servers() {
        server.load(&[("t", &table)]);
        let ran = server.run(&format!("[data.t]\n{}key = \"id\"\n", server.section("t")));
        assert_eq!(ran.problems(), [""; 0], "{}: {}", server.driver, ran.words());
        assert!(
            ran.concise.contains("[duplicate-key]") || ran.concise.contains("t.key"),
            "{}",
            ran.concise
        );
        assert_eq!(ran.findings().len(), 1, "{}", ran.concise);
    }
}

#[test]
fn more_than_one_statement_is_refused() {
    for server in servers() {
        let ran = server.run(&query("select 1 as id; drop table t"));
        assert_eq!(ran.problems(), ["source-failed"], "{}", server.driver);
        assert!(ran.words().contains("more than one statement"), "{}", ran.words());
    }
}

#[test]
fn a_server_that_dies_in_mid_stream_fails_the_run() {
    let Some(server) = server("postgresql") else { return };
    let ran = server.run(&query(
        "select g as id, case when g = 150000 then pg_terminate_backend(pg_backend_pid()) end as x \
         from generate_series(1, 200000) as g",
    ));
    assert_eq!(ran.problems(), ["source-failed"], "{}", ran.concise);
    assert_eq!(ran.findings(), [""; 0]);
}

#[test]
fn an_error_in_mid_stream_fails_the_run() {
    let Some(server) = server("duckdb") else { return };
    let ran = server.run(&query(
        "select g as id, case when g = 150000 then error('torn') else 'x' end as x \
         from range(200000) as r(g)",
    ));
    assert_eq!(ran.problems(), ["source-failed"], "{}", ran.concise);
    assert!(ran.words().contains("torn"), "{}", ran.words());
}

#[test]
fn a_statement_that_takes_too_long_is_cancelled() {
    let slow = [
        ("postgresql", "select g as id, pg_sleep(5)::text as x from generate_series(1, 9) as g"),
        ("duckdb", "select max(hash(a.range + b.range)) as id from range(40000) a, range(40000) b"),
    ];
    for (driver, slow) in slow {
        let Some(server) = server(driver) else { continue };
        let rules = format!("[source.held]\ndriver = \"{driver}\"\ntimeout = 1\n{}", query(slow));
        let given = [("held".to_string(), server.address.clone())];
        let ran = run(&server.path(""), &rules, &given);
        assert_eq!(ran.problems(), ["source-timeout"], "{driver}: {}", ran.words());
    }
}

/// Asks for a stop at once, and notes which sources are asked.
#[derive(Debug, Default)]
struct Stopping(Mutex<Vec<String>>);

impl Stopping {
    fn note(&self, text: &str) {
        self.0.lock().expect("notes").push(text.to_string());
    }
}

impl Watcher for Stopping {
    fn asks(&self, source: &str) {
        self.note(source);
    }
    fn answered(&self) {
        self.note("answered");
    }
    fn stops(&self) -> u32 {
        1
    }
}

#[test]
fn a_run_that_is_stopped_cancels_its_statement() {
    let Some(server) = server("postgresql") else { return };
    let rules = query("select g as id, pg_sleep(9)::text as x from generate_series(1, 9) as g");
    let rules = format!("[source.held]\ndriver = \"postgresql\"\n{rules}");
    let watcher = Arc::new(Stopping::default());
    let request = Request {
        sources: vec![("held".into(), server.address.clone())],
        watcher: Some(watcher.clone()),
        ..Request::default()
    };
    let ran = run_as(&server.path(""), &rules, request);
    assert_eq!(ran.problems(), ["source-failed"], "{}", ran.words());
    assert!(ran.words().contains("stopped while"), "{}", ran.words());
    assert_eq!(*watcher.0.lock().expect("notes"), ["held", "answered"]);
}

/// Drops a table as soon as a statement runs.
#[derive(Debug)]
struct Dropping {
    server: Arc<Server>,
    statement: String,
    is_done: AtomicBool,
}

impl Watcher for Dropping {
    fn stops(&self) -> u32 {
        if !self.is_done.swap(true, Ordering::Relaxed) {
            self.server.execute(&[&self.statement]);
        }
        0
    }
}

#[test]
fn a_table_that_is_dropped_between_statements_fails_the_run() {
    let Some(server) = server("postgresql").map(Arc::new) else { return };
    let gone = server.named("gone");
    server.execute(&[&format!("create table {gone}(id text)")]);
    let rules = format!(
        "[source.held]\ndriver = \"postgresql\"\n{}[data.u]\n{}key = \"id\"\n",
        query("select g as id, pg_sleep(0.2)::text as x from generate_series(1, 2) as g"),
        server.section("gone"),
    );
    let watcher = Dropping {
        server: Arc::clone(&server),
        statement: format!("drop table {gone}"),
        is_done: AtomicBool::new(false),
    };
    let request = Request {
        sources: vec![("held".into(), server.address.clone())],
        watcher: Some(Arc::new(watcher)),
        ..Request::default()
    };
    let ran = run_as(&server.path(""), &rules, request);
    assert_eq!(ran.problems(), ["source-failed"], "{}", ran.words());
    assert!(ran.words().contains("does not exist"), "{}", ran.words());
    assert_eq!(ran.findings(), [""; 0]);
}

#[test]
fn rows_that_change_between_statements_fail_the_run() {
    let Some(server) = server("postgresql") else { return };
    // More rows with each microsecond, as where a table is written to and the engine has no transactions.
    let count = "(extract(epoch from clock_timestamp()) * 1000000)::bigint % 1000000";
    let rows = format!("select g as id from generate_series(1, 10 + {count}) as g");
    let ran = server.run_left(&(query(&rows) + "columns.id = { type = \"integer\", max = 9 }\n"));
    assert_eq!(ran.problems(), ["source-failed"], "{}", ran.words());
    assert!(ran.words().contains("rows that changed meanwhile"), "{}", ran.words());
    assert_eq!(ran.findings(), [""; 0]);
}

#[test]
fn a_role_without_rights_and_a_wrong_password_fail_the_run() {
    let Some(server) = server("postgresql") else { return };
    let schema = server.schema.clone().expect("a schema");
    let role = format!("reader_{schema}");
    server.execute(&[
        &format!("create table {schema}.t(id int)"),
        &format!("create role {role} login password 'right'"),
    ]);
    let (before, after) = server.address.split_once("://").expect("an address");
    let host = after.rsplit_once('@').map_or(after, |(_, host)| host);
    let rules = format!(
        "[source.held]\ndriver = \"postgresql\"\n[data.t]\nsource = \"held\"\ntable = \"{schema}.t\"\nkey = \"id\"\n"
    );
    let given = |password: &str| {
        let address = format!("{before}://{role}:{password}@{host}");
        run(&server.path(""), &rules, &[("held".into(), address)])
    };
    let ran = given("right");
    assert_eq!(ran.problems(), ["source-failed"]);
    assert!(ran.words().contains("permission denied"), "{}", ran.words());
    // Of the address of a server nothing is shown that is secret.
    let nowhere = format!("{before}://{role}:s3cret@127.0.0.1:1/x");
    let ran = run(&server.path(""), &rules, &[("held".into(), nowhere)]);
    assert_eq!(ran.problems(), ["source-failed"]);
    assert!(ran.words().contains("refused") && !ran.words().contains("s3cret"), "{}", ran.words());
    server.execute(&[&format!("drop role {role}")]);
}

#[test]
fn nothing_is_written() {
    let Some(server) = server("postgresql") else { return };
    let schema = server.schema.clone().expect("a schema");
    server.execute(&[&format!("create sequence {schema}.s")]);
    let ran = server.run(&query(&format!("select nextval('{schema}.s') as id")));
    assert_eq!(ran.problems(), ["source-failed"]);
    assert!(ran.words().contains("read-only"), "{}", ran.words());
}

#[test]
fn a_query_of_duckdb_reads_no_files() {
    let Some(server) = server("duckdb") else { return };
    std::fs::write(server.path("secret.csv"), "id\n1\n").expect("a file");
    server.execute(&["create table t(id int)"]);
    let path = server.path("secret.csv").to_string_lossy().into_owned();
    let ran = server.run(&query(&format!("select * from read_csv('{path}')")));
    assert_eq!(ran.problems(), ["source-failed"], "{}", ran.concise);
}

/// Files of the disk, each of which looks another way whenever it is looked at.
#[derive(Debug, Default)]
struct Written(Disk, AtomicU64);

impl Tree for Written {
    fn open(&self, path: &str) -> std::io::Result<Opened> {
        self.0.open(path)
    }

    fn list(&self, glob: &Glob) -> std::io::Result<Vec<String>> {
        self.0.list(glob)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        self.0.kind(path)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        let looks = self.1.fetch_add(1, Ordering::Relaxed);
        self.0.stamp(path).map(|stamp| Stamp { len: looks, ..stamp })
    }

    fn real_path(&self, path: &str) -> Option<String> {
        self.0.real_path(path)
    }
}

#[test]
fn a_file_that_is_written_while_duckdb_reads_it_fails_the_run() {
    let Some(server) = server("duckdb") else { return };
    std::fs::write(server.path("t.csv"), "id\n1\n").expect("a file");
    let rules = "[data.t]\nsource = \"duckdb\"\npath = \"t.csv\"\nkey = \"id\"\n";
    let of = |tree: Arc<dyn Tree>| {
        run_as(&server.path(""), rules, Request { tree: Some(tree), ..Request::default() })
    };
    assert_eq!(of(Arc::new(Disk::default())).problems(), [""; 0]);
    let ran = of(Arc::new(Written::default()));
    assert!(ran.problems().contains(&"file-changed"), "{:?}", ran.problems());
    let own = ran.document["problems"].to_string();
    assert!(own.contains("t.csv` changed while it was read"), "{own}");
}
