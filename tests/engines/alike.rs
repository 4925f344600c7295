//! The same rules give the same findings from files and from every engine.

use super::server::{Ran, Table, run, servers};

fn table(columns: &[&str], rows: &[&[&str]]) -> Table {
    let cell = |cell: &&str| Some(cell.to_string()).filter(|cell| !cell.is_empty());
    Table {
        columns: columns.iter().map(|name| name.to_string()).collect(),
        rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
    }
}

fn tables() -> [(&'static str, Table); 2] {
    let totals = table(
        &["region", "area"],
        &[&["North", "100.5"], &["South", "50"], &["Öst \"q\"", "7.25"], &["a", "1"], &["A", "2"]],
    );
    let districts = table(
        &["id", "region", "area", "built on"],
        &[
            &["2", "North", "40", "1993-02-03"],
            &["1", "North", "60.5", "1993-02-30"],
            &["10", "Öst \"q\"", "7.250", "2001-12-31"],
            &["4", "South", "20", ""],
            &["3", "South", "20.25", "1993"],
            &["11", "South", "", "1993-02-03x"],
            &["12", "a", "1,840", "1993-01-01"],
            &["13", "A ", "12.7x", "1993-01-01"],
            &["13", "nowhere", "1_000", "1993-01-02"],
        ],
    );
    [("totals", totals), ("districts", districts)]
}

/// What is demanded of both tables, by how each is read.
fn rules(how: impl Fn(&str) -> String) -> String {
    format!(
        r#"[data.totals]
{}key = "region"
columns.area = {{ type = "number", min = 2 }}

[data.districts]
{}key = "id"
columns.region = {{ in = "totals.region" }}
columns.area = {{ type = "number", required = true }}
columns."built on" = {{ type = "date", min = 1993-02-01 }}

[check.sums]
each = "totals"
assert = "totals.area = sum(districts.area where region = totals.region) within rounding"
"#,
        how("totals"),
        how("districts"),
    )
}

fn from_files() -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, table) in &tables() {
        std::fs::write(folder.path().join(format!("{name}.csv")), table.csv()).expect("a file");
    }
    run(folder.path(), &rules(|name| format!("path = \"{name}.csv\"\n")), &[])
}

#[test]
fn findings_are_those_of_files() {
    let expected = from_files().findings();
    assert!(expected.len() > 8, "{expected:#?}");
    for server in servers() {
        let tables = tables();
        server.load(&tables.each_ref().map(|(name, table)| (*name, table)));
        let ran = server.run(&rules(|name| server.section(name)));
        assert_eq!(ran.problems(), [""; 0], "{}: {}", server.driver, ran.words());
        assert_eq!(ran.findings(), expected, "{}", server.driver);
        // Places are the keys of rows, whatever order the engine gives them in.
        let place = format!("held:{}:id=11, column built on", server.named("districts"));
        assert!(ran.concise.contains(&place), "{place} is not in\n{}", ran.concise);
    }
}

#[test]
fn duckdb_reads_files_that_it_is_handed() {
    let expected = from_files().findings();
    for server in servers().into_iter().filter(|server| server.driver == "duckdb") {
        for (name, table) in &tables() {
            std::fs::write(server.path(&format!("{name}.csv")), table.csv()).expect("a file");
        }
        let how = |name: &str| format!("source = \"duckdb\"\npath = \"{name}.csv\"\n");
        let ran = run(&server.path(""), &rules(how), &[]);
        assert_eq!(ran.problems(), [""; 0], "{}", ran.words());
        assert_eq!(ran.findings(), expected);
    }
}

#[test]
fn no_line_of_a_file_is_passed_over_by_duckdb() {
    let Some(server) = super::server::server("duckdb") else { return };
    let marks = "id,x\n1,5\n#2,500\n3,6\n".to_string();
    let semicolons = "id;x\n1;5\n2;500,0\n".to_string();
    let twice = "id,x,x\n1,500,6\n".to_string();
    let title = "Table 1\n\nid,x\n1,500\n".to_string();
    for (text, more, expected) in [
        (&marks, "", Some(1)),
        (&semicolons, "delimiter = \";\"\ndecimal = \",\"\n", Some(1)),
        // Its columns are others than commas make.
        (&semicolons, "", None),
        (&title, "", None),
        (&twice, "", None),
    ] {
        std::fs::write(server.path("odd.csv"), text).expect("a file");
        let ran = run(
            &server.path(""),
            &format!(
                "[data.odd]\nsource = \"duckdb\"\npath = \"odd.csv\"\nkey = \"id\"\n{more}\
                 columns.x = {{ type = \"number\", max = 100 }}\n"
            ),
            &[],
        );
        let found = ran.problems().is_empty().then(|| ran.findings().len());
        assert_eq!(found, expected, "{text}: {}", ran.words());
    }
}

#[test]
fn names_with_quotes_are_names() {
    let odd = table(&["select \"id\"", "a`b", "c;--"], &[&["1", "2", "3"], &["2", "5", "5"]]);
    let rules = |server: &super::server::Server| {
        format!(
            "[data.odd]\n{}key = 'select \"id\"'\n\n[check.same]\neach = \"odd\"\nassert = \"odd.`c;--` <= 4\"\n",
            server.section("the \"odd\" one; --")
        )
    };
    for server in servers() {
        server.load(&[("the \"odd\" one; --", &odd)]);
        let ran = server.run(&rules(&server));
        assert_eq!(ran.problems(), [""; 0], "{}: {}", server.driver, ran.words());
        assert_eq!(ran.findings().len(), 1, "{}: {}", server.driver, ran.concise);
        assert!(ran.concise.contains("select \"id\"=2"), "{}", ran.concise);
    }
}

#[test]
fn columns_that_no_rule_reads_stay_there() {
    let wide = table(&["id", "x", "unread"], &[&["1", "2", "a"], &["2", "5", "b"]]);
    for server in servers() {
        server.load(&[("wide", &wide)]);
        let rules = format!(
            "[data.wide]\n{}key = \"id\"\ncolumns.x = {{ max = 4 }}\n",
            server.section("wide")
        );
        let (all, left) = (server.run(&rules), server.run_left(&rules));
        assert_eq!(left.findings(), all.findings(), "{}", server.driver);
        assert_eq!(left.findings().len(), 1, "{}: {}", server.driver, left.concise);
        let sources = |ran: &Ran| ran.document["summary"]["sources"][0].clone();
        let (all, left) = (sources(&all), sources(&left));
        assert_eq!((&all["name"], &all["rows"]), (&"held".into(), &2.into()), "{all}");
        assert_eq!((&all["tables"], &left["tables"]), (&1.into(), &1.into()), "{all}");
        // Those that were looked at first, and those that are judged.
        assert!(left["rows"].as_u64() >= Some(3), "{left}");
    }
}
