//! Tables that stay where they are: what moves, and what does not.

use super::server::{Ran, Server, Table, server, that_are_asked};

/// How many rows of each kind there are.
const ROWS: usize = 300;

/// Totals of ten regions over districts, with one total that is wrong, one cell that cannot be read and one region
/// that is in no row.
fn tables() -> [(&'static str, Table); 2] {
    let text = |text: String| Some(text);
    let area = |n: usize| if n == 77 { "12,5".to_string() } else { format!("{}.5", n % 7) };
    let region = |n: usize| if n == 5 { "Nowhere".to_string() } else { format!("R{}", n % 10) };
    let districts = (0..ROWS)
        .map(|n| vec![text(format!("{n:04}")), text(region(n)), text(area(n)), text("x".into())])
        .collect();
    let total = |of: usize| {
        let own = (0..ROWS).filter(|n| *n != 5 && *n != 77 && n % 10 == of);
        let tenths: usize = own.map(|n| (n % 7) * 10 + 5).sum();
        // Four are wrong; one is due to rounding.
        let tenths = tenths + [0, 1, 0, 40][of.min(3) * usize::from(of <= 3)];
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let totals = (0..10).map(|of| vec![text(format!("R{of}")), text(total(of))]).collect();
    let columns = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    [
        ("totals", Table { columns: columns(&["region", "area"]), rows: totals }),
        (
            "districts",
            Table { columns: columns(&["id", "region", "area", "unread"]), rows: districts },
        ),
    ]
}

fn rules(server: &Server) -> String {
    format!(
        r#"[data.totals]
{}key = "region"
columns.area = {{ type = "number", min = 0 }}

[data.districts]
{}key = "id"
rows = {ROWS}
columns.region = {{ in = "totals.region" }}
columns.area = {{ type = "number", max = 7 }}

[check.sums]
each = "totals"
assert = "totals.area = sum(districts.area where region = totals.region) within rounding"
"#,
        server.section("totals"),
        server.section("districts"),
    )
}

/// How many cases each check has, and what came of them.
fn counts(ran: &Ran) -> Vec<String> {
    let of = |check: &serde_json::Value| {
        let numbers = ["cases", "held", "failed", "undecided", "not_applicable"];
        format!("{} {}", check["id"], numbers.map(|n| check[n].to_string()).join(" "))
    };
    ran.document["summary"]["checks"].as_array().expect("checks").iter().map(of).collect()
}

fn moved(ran: &Ran) -> u64 {
    ran.document["summary"]["sources"][0]["rows"].as_u64().expect("rows")
}

#[test]
fn suspects_move_and_other_rows_do_not() {
    for server in that_are_asked() {
        let tables = tables();
        server.load(&tables.each_ref().map(|(name, table)| (*name, table)));
        let rules = rules(&server);
        let (all, left) = (server.run(&rules), server.run_left(&rules));
        assert_eq!(left.problems(), [""; 0], "{}: {}", server.driver, left.words());
        assert_eq!(left.findings(), all.findings(), "{}", server.driver);
        assert!(all.findings().len() >= 3, "{}", all.concise);
        // What is counted is what is counted of all rows.
        assert_eq!(counts(&left), counts(&all), "{}", server.driver);
        // A small table is asked together with a large one.
        let beside = server.run_with(&rules, Some(50));
        assert_eq!(beside.findings(), all.findings(), "{}", server.driver);
        assert_eq!(counts(&beside), counts(&all), "{}", server.driver);
        assert_eq!(moved(&beside), moved(&left), "{}", server.driver);
        // Beside the first rows of each table, those of two groups and of two rows at most, and counts.
        let first = ROWS as u64 + 10;
        let most = if server.driver == "sqlite" { first * 2 } else { first + 95 };
        assert!(moved(&left) < most, "{}: {}", server.driver, moved(&left));
    }
}

#[test]
fn a_table_that_is_sound_does_not_move() {
    for server in that_are_asked() {
        let row = |n: usize| vec![Some(format!("{n:04}")), Some((n % 5).to_string())];
        let columns = vec!["id".to_string(), "x".to_string()];
        server.load(&[("sound", &Table { columns, rows: (0..ROWS).map(row).collect() })]);
        let section = server.section("sound");
        let ran = server.run_left(&format!(
            "[data.sound]\n{section}key = \"id\"\ncolumns.x = {{ type = \"integer\", max = 4 }}\n"
        ));
        assert_eq!(ran.problems(), [""; 0], "{}: {}", server.driver, ran.words());
        assert_eq!(ran.findings(), [""; 0], "{}", server.driver);
        assert!(moved(&ran) < ROWS as u64 + 10, "{}: {}", server.driver, moved(&ran));
        assert_eq!(ran.document["summary"]["rows"], ROWS, "{}", server.driver);
    }
}

#[test]
fn rows_that_are_surely_none_do_not_move() {
    for server in that_are_asked() {
        let cell = |n: usize| if n == 8 { "1,5".to_string() } else { (n % 5).to_string() };
        let row = |n: usize| vec![Some(format!("{n:04}")), Some(cell(n))];
        let columns = vec!["id".to_string(), "x".to_string()];
        server.load(&[("t", &Table { columns, rows: (0..ROWS).map(row).collect() })]);
        let section = server.section("t");
        let rules = format!(
            "[data.t]\n{section}key = \"id\"\nwhere = 'x > 3'\ncolumns.x = {{ type = \"number\", max = 3 }}\n"
        );
        let (all, left) = (server.run(&rules), server.run_left(&rules));
        assert_eq!(left.problems(), [""; 0], "{}: {}", server.driver, left.words());
        assert_eq!(left.findings(), all.findings(), "{}", server.driver);
        // Those of 4, and the one whose cell nobody can read, beside the first rows.
        assert_eq!(all.findings().len(), ROWS / 5 + 1, "{}", all.concise);
        let moving = (ROWS + ROWS / 5 + 1) as u64;
        assert_eq!(moved(&left), moving, "{}", server.driver);
    }
}

/// A table of which the engine gives no rows to statements that have these words in them.
fn unwilling(server: &Server, words: &str) {
    let rows = "select cast(g as varchar) as id, cast(case when g = 7 then 99 else g % 5 end as varchar) as x";
    let table = server.named("t");
    match server.driver.as_str() {
        "postgresql" => {
            let own = server.schema.clone().expect("a schema");
            server.execute(&[
                &format!(
                    "create function {own}.willing(x varchar) returns varchar volatile language plpgsql as \
                     $$ begin if current_query() like '%{words}%' then raise exception 'too complex'; \
                     end if; return x; end $$"
                ),
                &format!("create table {own}.rows as {rows} from generate_series(1, {ROWS}) as s(g)"),
                &format!("create view {table} as select id, {own}.willing(x) as x from {own}.rows"),
            ]);
        }
        _ => server.execute(&[
            &format!("create table rows as {rows} from range(1, {}) as s(g)", ROWS + 1),
            &format!(
                "create view {table} as select id, case when current_query() like '%{words}%' \
                 then error('too complex') else x end as x from rows"
            ),
        ]),
    }
}

#[test]
fn what_an_engine_refuses_to_answer_is_judged_here() {
    // All that counts, what one check asks, and what fetches suspects.
    for words in ["sum(", "sum(%10%", "crossfoot 1"] {
        for server in ["postgresql", "duckdb"].into_iter().filter_map(server) {
            unwilling(&server, words);
            let section = server.section("t");
            let rules = format!(
                "[data.t]\n{section}key = \"id\"\ncolumns.x = {{ type = \"integer\" }}\n\n\
                 [check.small]\neach = \"t\"\nassert = \"x < 10\"\n"
            );
            let (all, left) = (server.run(&rules), server.run_left(&rules));
            assert_eq!(left.problems(), [""; 0], "{}: {}", server.driver, left.words());
            assert_eq!(left.findings(), all.findings(), "{}", server.driver);
            assert_eq!(left.findings().len(), 1, "{}", left.concise);
            assert_eq!(left.document["summary"]["rows"], ROWS);
            let refused = &left.document["summary"]["sources"][0]["refused"];
            assert!(refused.to_string().contains("too complex"), "{}: {refused}", server.driver);
        }
    }
}

#[test]
fn letters_of_other_alphabets_are_looked_at_here() {
    let names =
        ["Łódź", "Ωmega", "Зима", "ﬁn", "日本", "e\u{301}", "x×y", "a1", "_", "ǅ", "ͺ", "Ǆ’s"];
    let name = |n: usize| {
        names
            .get(n)
            .map_or_else(|| format!("Ärö {}", ["", "É", "ß"][n % 3]), |name| name.to_string())
    };
    let row = |n: usize| vec![Some(format!("{n:04}")), Some(name(n).trim().to_string())];
    let columns = vec!["id".to_string(), "name".to_string()];
    let table = Table { columns, rows: (0..ROWS).map(row).collect() };
    for server in ["postgresql", "duckdb"].into_iter().filter_map(server) {
        server.load(&[("t", &table)]);
        for pattern in
            ["\\\\p{L}[\\\\p{L}\\\\p{M} ’]*", "\\\\p{Lu}\\\\p{Ll}+", "(\\\\p{Ll}|\\\\p{N})+"]
        {
            let section = server.section("t");
            let rules = format!(
                "[data.t]\n{section}key = \"id\"\ncolumns.name = {{ matches = \"{pattern}\" }}\n"
            );
            let (all, left) = (server.run(&rules), server.run_left(&rules));
            assert_eq!(left.problems(), [""; 0], "{}: {}", server.driver, left.words());
            assert_eq!(left.findings(), all.findings(), "{}: {pattern}", server.driver);
            assert!(all.findings().len() >= 3, "{pattern}: {}", all.concise);
            let refused = &left.document["summary"]["sources"][0]["refused"];
            assert!(refused.is_null(), "{refused}");
        }
    }
}

#[test]
fn rows_that_are_not_chosen_are_no_neighbours() {
    // Every third row is not chosen, and would break the order; of one nobody knows whether it is.
    let row = |n: usize| {
        let kind = if n.is_multiple_of(3) { "out" } else { "in" };
        let size = match n {
            100 => "1e1".to_string(),
            n => {
                if n.is_multiple_of(3) {
                    "1".to_string()
                } else {
                    "5".into()
                }
            }
        };
        let x = if n.is_multiple_of(3) {
            0
        } else if n == 200 {
            7
        } else {
            n
        };
        // Two rows that are not chosen have one place.
        let place = if n == 3 { 6 } else { n };
        [format!("{:04}", ROWS - n), kind.into(), size, place.to_string(), x.to_string()]
            .map(Some)
            .to_vec()
    };
    let columns = ["id", "kind", "size", "n", "x"].map(str::to_string).to_vec();
    let table = Table { columns, rows: (0..ROWS).map(row).collect() };
    for server in that_are_asked() {
        server.load(&[("t", &table)]);
        for chosen in ["kind = \"in\"", "size > 2"] {
            let rules = format!(
                "[data.t]\n{}key = \"id\"\ncolumns.n = {{ type = \"integer\" }}\n\
                 columns.x = {{ type = \"integer\" }}\ncolumns.size = {{ type = \"number\" }}\n\n\
                 [check.grows]\neach = \"t\"\nwhere = '{chosen}'\norder = \"n\"\nassert = \"x > prev(x)\"\n\n\
                 [check.falls]\neach = \"t\"\nwhere = '{chosen}'\norder = \"n desc\"\nassert = \"x > next(x by kind)\"\n",
                server.section("t"),
            );
            let (all, left) = (server.run(&rules), server.run_left(&rules));
            assert_eq!(left.problems(), [""; 0], "{}: {}", server.driver, left.words());
            assert_eq!(left.findings(), all.findings(), "{} {chosen}", server.driver);
            assert_eq!(all.findings().len(), 2, "{chosen}: {}", all.concise);
            let refused = &left.document["summary"]["sources"][0]["refused"];
            assert!(refused.is_null(), "{refused}");
            assert_eq!(counts(&left), counts(&all), "{} {chosen}", server.driver);
        }
        // Nothing moves where all is sound.
        let rules = format!(
            "[data.t]\n{}key = \"id\"\ncolumns.n = {{ type = \"integer\" }}\n\
             columns.x = {{ type = \"integer\" }}\n\n[check.grows]\neach = \"t\"\n\
             where = 'kind = \"in\"'\norder = \"n\"\nassert = \"x > prev(x) - 200\"\n",
            server.section("t"),
        );
        let left = server.run_left(&rules);
        assert_eq!(left.findings(), [""; 0], "{}", left.concise);
        assert!(moved(&left) < ROWS as u64 + 10, "{}: {}", server.driver, moved(&left));
    }
}

#[test]
fn percentages_are_asked_there() {
    for (signs, findings) in [("both", 2), ("one", 1), ("none", 1)] {
        let row = |n: usize| {
            let sign = match signs {
                "both" if n == 70 => "",
                "none" => "",
                _ => "%",
            };
            let share = if n == 90 { 120 } else { n % 100 };
            vec![Some(format!("{n:04}")), Some(format!("{share}{sign}")), Some("y".into())]
        };
        let columns = ["id", "share", "y"].map(str::to_string).to_vec();
        let table = Table { columns, rows: (0..ROWS).map(row).collect() };
        for server in that_are_asked() {
            server.load(&[("t", &table)]);
            let rules = format!(
                "[data.t]\n{}key = \"id\"\ncolumns.share = {{ type = \"percent\", max = \"100%\" }}\n\
                 columns.y = {{ required = true }}\n",
                server.section("t"),
            );
            let (all, left) = (server.run(&rules), server.run_left(&rules));
            assert_eq!(left.problems(), [""; 0], "{}: {}", server.driver, left.words());
            assert_eq!(left.findings(), all.findings(), "{} {signs}", server.driver);
            assert_eq!(all.findings().len(), findings, "{signs}: {}", all.concise);
            let is_asked = server.driver != "sqlite" && signs != "both";
            let moves = moved(&left) >= 2 * ROWS as u64;
            assert_eq!(moves, !is_asked, "{} {signs}: {}", server.driver, moved(&left));
        }
    }
}

#[test]
fn what_rows_see_of_those_before_them_is_asked() {
    // In each region figures grow, but for one; another cannot be read.
    let x = |n: usize| match n {
        123 => "1".to_string(),
        204 => "1,5".to_string(),
        n => (n / 6 * 10).to_string(),
    };
    let row = |n: usize| {
        let text = |text: String| Some(text);
        vec![
            text(format!("{:04}", ROWS - n)),
            text(format!("R{}", n % 6)),
            text(n.to_string()),
            text(x(n)),
        ]
    };
    let columns = ["id", "region", "n", "x"].map(str::to_string).to_vec();
    let table = Table { columns, rows: (0..ROWS).map(row).collect() };
    for server in that_are_asked() {
        server.load(&[("t", &table)]);
        let section = server.section("t");
        for (columns, order, most) in [
            ("columns.n = { type = \"integer\" }\ncolumns.x = { type = \"number\" }", "n", 130),
            // Where two rows have one place, nobody knows which is the one before.
            ("columns.x = { type = \"number\" }", "x", ROWS as u64 + 20),
        ] {
            let rules = format!(
                "[data.t]\n{section}key = \"id\"\n{columns}\n\n[check.grows]\neach = \"t\"\norder = \"{order}\"\n\
                 assert = \"x >= prev(x by region)\"\n\n\
                 [check.falls]\neach = \"t\"\norder = \"{order} desc\"\nassert = \"x > next(x by region) - 100\"\n"
            );
            let (all, left) = (server.run(&rules), server.run_left(&rules));
            assert_eq!(left.problems(), [""; 0], "{}: {}", server.driver, left.words());
            assert_eq!(left.findings(), all.findings(), "{} {order}", server.driver);
            assert!(!all.findings().is_empty(), "{}", all.concise);
            assert!(
                moved(&left) < ROWS as u64 + most,
                "{} {order}: {}",
                server.driver,
                moved(&left)
            );
            let refused = &left.document["summary"]["sources"][0]["refused"];
            assert!(refused.is_null(), "{refused}");
        }
    }
}

/// A table of which the long column `note` is read by checks that an engine answers alone.
fn wide() -> Table {
    let row = |n: usize| {
        let year = if n.is_multiple_of(10) { "2026" } else { "2025" };
        let name = if n == 40 { "a" } else { "A" };
        let note = if n == 77 {
            "x".to_string()
        } else {
            format!("a long note of row {n}, which no check reads that is judged here")
        };
        let x = if n == 33 { 9 } else { n % 5 };
        [format!("{n:04}"), year.into(), name.into(), x.to_string(), note].map(Some).to_vec()
    };
    let columns = ["id", "year", "name", "x", "note"].map(str::to_string).to_vec();
    Table { columns, rows: (0..ROWS).map(row).collect() }
}

#[test]
fn what_is_judged_here_moves_once_and_nothing_else() {
    let asked = "columns.note = { min_length = 5 }\ncolumns.x = { type = \"integer\", max = 4 }\n";
    // What is judged here, how many findings there are, and how many rows move beside the first ones.
    for (judged, findings, most) in [
        // The name is read of all rows.
        ("[check.upper]\neach = \"t\"\nassert = \"name = upper(name)\"\n", 3, ROWS),
        // A tenth of the rows is chosen.
        (
            "[check.upper]\neach = \"t\"\nwhere = 'year = \"2026\"'\nassert = \"name = upper(name)\"\n",
            3,
            ROWS / 10 + 2,
        ),
        // Groups are made of all rows.
        ("[check.middle]\neach = \"t by year as y\"\nassert = \"median(x) <= 1\"\n", 3, ROWS),
        // A text that no cell holds.
        ("[check.none]\nassert = 'count(t where name = \"B\") = 0'\n", 2, ROWS),
    ] {
        for server in that_are_asked() {
            server.load(&[("t", &wide())]);
            let rules = format!("[data.t]\n{}key = \"id\"\n{asked}\n{judged}", server.section("t"));
            let (all, left) = (server.run(&rules), server.run_left(&rules));
            assert_eq!(left.problems(), [""; 0], "{}: {}", server.driver, left.words());
            assert_eq!(left.findings(), all.findings(), "{} {judged}", server.driver);
            assert_eq!(all.findings().len(), findings, "{judged}: {}", all.concise);
            let refused = &left.document["summary"]["sources"][0]["refused"];
            assert!(refused.is_null(), "{refused}");
            assert!(moved(&left) <= (ROWS + most + 10) as u64, "{judged}: {}", moved(&left));
            // The notes do not move again.
            let bytes = |ran: &Ran| ran.document["summary"]["sources"][0]["bytes"].as_u64();
            let (first, both) = (bytes(&all).expect("bytes"), bytes(&left).expect("bytes"));
            assert!(both < first + first / 2, "{} {judged}: {first}, {both}", server.driver);
        }
    }
}
