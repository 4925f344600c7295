//! Values that engines store as such: their texts here are the written ones.

use super::server::{Server, server};

/// The texts that a rule sees in a column `x`, by key.
fn seen(server: &Server, query: &str) -> Vec<(String, String)> {
    let rules = format!(
        "[data.t]\nsource = \"held\"\nquery = {}\nkey = \"id\"\ncolumns.x = {{ type = \"text\", one_of = [\"never\"] }}\n",
        toml::Value::String(query.into())
    );
    let ran = server.run(&rules);
    assert_eq!(ran.problems(), [""; 0], "{}", ran.words());
    let findings = ran.document["findings"].as_array().expect("findings").clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_string();
    let mut all: Vec<(String, String)> =
        findings.iter().map(|f| (text(&f["key"]), text(&f["message"]))).collect();
    all.sort();
    all
}

fn assert_seen(server: &Server, values: &[(&str, &str)]) {
    let one = |(n, (value, _)): (usize, &(&str, &str))| format!("select {n} as id, {value} as x");
    for (n, (value, text)) in values.iter().enumerate() {
        let seen = seen(server, &one((n, &(value, text))));
        assert_eq!(seen.len(), 1, "{value}: {seen:?}");
        assert!(seen[0].1.contains(text), "{value}: {seen:?}");
    }
}

#[test]
fn values_of_postgresql() {
    let Some(server) = server("postgresql") else { return };
    assert_seen(
        &server,
        &[
            ("12.90::numeric", "12.90"),
            (
                "12345678901234567890123456789012345678.50::numeric",
                "12345678901234567890123456789012345678.50",
            ),
            ("5.0::float8", "5"),
            ("0.1::float8 + 0.2::float8", "0.30000000000000004"),
            ("9223372036854775807", "9223372036854775807"),
            ("date '1993-02-03'", "1993-02-03"),
            ("true", "true"),
            (
                "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            ),
            ("'{\"a\": 1}'::jsonb", "{\"a\": 1}"),
            ("'192.168.0.0/16'::inet", "192.168.0.0/16"),
            // Blanks that fill a text up are no part of it.
            ("'ab'::char(5)", "is `ab`"),
            ("'NaN'::numeric", "NaN"),
            ("money '12.34'", "12.34"),
        ],
    );
}

#[test]
fn what_a_user_has_set_changes_no_text() {
    let Some(mut server) = server("postgresql") else { return };
    server
        .address
        .push_str("?options=-c%20datestyle%3DSQL%20-c%20standard_conforming_strings%3Doff");
    let rules = "[data.t]\nsource = \"held\"\nkey = \"id\"\n\
                 query = \"select 1 as id, date '1993-02-03' as x, chr(92) as y\"\n\
                 columns.x = { type = \"text\", matches = \"[0-9/]+\" }\n\
                 columns.y = { one_of = [\"\\\\\\\\\"] }\n";
    for ran in [server.run(rules), server.run_left(rules)] {
        assert_eq!(ran.problems(), [""; 0], "{}", ran.words());
        assert_eq!(ran.findings().len(), 2, "{}", ran.concise);
    }
}

#[test]
fn values_of_duckdb() {
    let Some(server) = server("duckdb") else { return };
    assert_seen(
        &server,
        &[
            ("12.90::decimal(10, 2)", "12.90"),
            ("5.0::double", "5"),
            ("0.1::double + 0.2::double", "0.30000000000000004"),
            (
                "170141183460469231731687303715884105727::hugeint",
                "170141183460469231731687303715884105727",
            ),
            ("date '1993-02-03'", "1993-02-03"),
            (
                "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            ),
            ("'ß'", "ß"),
            (
                "340282366920938463463374607431768211455::uhugeint",
                "340282366920938463463374607431768211455",
            ),
            ("'101'::bit", "101"),
        ],
    );
}

#[test]
fn values_of_sqlite() {
    let Some(server) = server("sqlite") else { return };
    assert_seen(
        &server,
        &[
            ("9223372036854775807", "9223372036854775807"),
            ("12.9", "12.9"),
            ("5.0", "5"),
            ("0.1 + 0.2", "0.30000000000000004"),
            ("1.0 / 3", "0.3333333333333333"),
            ("1e300", "is `1e300`"),
            ("-9e999", "is `-inf`"),
            ("x'00ff'", "00ff"),
            ("'=a'", "=a"),
        ],
    );
    // Each value has a type of its own, and a column may begin with none.
    let query = "select 1 as id, null as x union all select 2, 'a' union all select 3, 4.5";
    let seen = seen(&server, query);
    assert_eq!(seen.len(), 2, "{seen:?}");
}

/// A table of values that Spark stores as such, at the ends of their types.
const STORED: &str = r#"[data.t]
source = "held"
query = """
select cast(id as string) as id, cast(d as decimal(10, 2)) as d, cast(f as double) as f, cast(r as float) as r,
  cast(day as date) as day, cast(at as timestamp) as at, b, cast(n as bigint) as n, s
from (values
  (1, '12.90', '5.0', '0.1', '1993-02-03', '1993-02-03 10:00:00', true, '5', 'ab'),
  (2, '-99999999.99', '0.30000000000000004', '-0.0', '0001-01-01', '2001-01-01 00:00:00.123456', false,
    '9223372036854775807', 'ab '),
  (3, '0', 'NaN', 'Infinity', '9999-12-31', '1969-12-31 23:59:59', null, '-9223372036854775808', ''),
  (4, null, '1e20', '16777217', null, null, true, null, 'A'),
  (5, '100.00', '-1e-7', '3.4e38', '2024-02-29', '2024-02-29 12:30:00', false, '0', 'Ab')
) as v(id, d, f, r, day, at, b, n, s)
"""
key = "id"
columns.d = { type = "number", max = 50, required = true }
columns.f = { type = "number", max = 4 }
columns.r = { type = "number", min = 0, max = 1000 }
columns.day = { type = "date", min = 1993-01-01, max = 2024-01-01 }
columns.at = { type = "datetime", min = 1993-01-01T00:00:00 }
columns.b = { type = "boolean", required = true }
columns.n = { type = "integer", min = 0, max = 7 }
columns.s = { unique = true, one_of = ["ab", "A"] }

[check.row]
each = "t"
assert = ["d <= n", "f < d", "r = f", "day > date(\"2000-01-01\")", "b", "s != \"ab\"", "upper(s) = s"]

[check.sum]
assert = ["sum(t.d) = sum(t.n)", "sum(t.f) = 3", "count(t where s = \"ab\") = 1"]
"#;

#[test]
fn values_of_spark() {
    let Some(server) = server("spark") else { return };
    let (all, left) = (server.run(STORED), server.run_left(STORED));
    assert_eq!((all.problems(), left.problems()), (Vec::new(), Vec::new()), "{}", left.words());
    assert_eq!(left.findings(), all.findings());
    for text in
        ["12.90", "-99999999.99", "0.30000000000000004", "0001-01-01", "9223372036854775807"]
    {
        assert!(all.concise.contains(text), "{text} is not in\n{}", all.concise);
    }
}

#[test]
fn values_of_mariadb() {
    let Some(server) = server("mariadb") else { return };
    server.execute(&[
        "set session sql_mode = ''",
        "create table v (id int primary key, d decimal(10, 2), f double, r float, day date, at datetime(6), \
         t time, b tinyint(1), n bigint unsigned, s varchar(20), c char(5), y year, e enum('p', 'Q'), v blob)",
        "insert into v values \
         (1, 12.90, 5.0, 0.1, '1993-02-03', '1993-02-03 10:00:00', '10:00:00', 1, 5, 'ab', 'x ', 1993, 'p', 'x'), \
         (2, -99999999.99, 0.30000000000000004, 65000, '2024-05-00', '2001-01-01 00:00:00.123456', \
          '-838:59:59', 0, 18446744073709551615, 'ab ', 'y', 0, 'Q', ''), \
         (3, null, 1e20, 0.25, '0000-00-00', null, null, null, null, null, null, null, null, null), \
         (4, 0, -1e-7, 8, '9999-12-31', '9999-12-31 23:59:59', '00:00:01', 2, 9223372036854775808, 'Ab', '', \
          2155, '', x'ff')",
    ]);
    let columns = ["d", "f", "r", "day", "at", "t", "b", "n", "s", "c", "y", "e", "v"];
    let assertions = columns.map(|name| format!("text({name}) = \"?\""));
    let rules = format!(
        "[data.v]\n{}key = \"id\"\ncolumns.d = {{ type = \"number\", max = 5 }}\n\
         columns.r = {{ type = \"number\", max = 0.2 }}\ncolumns.day = {{ type = \"date\" }}\n\
         columns.s = {{ one_of = [\"AB\", \"Ab\"], unique = true }}\n\
         columns.n = {{ type = \"integer\", max = 9223372036854775807 }}\n\n\
         [check.all]\neach = \"v\"\nassert = {assertions:?}\n",
        server.section("v")
    );
    let (all, left) = (server.run(&rules), server.run_left(&rules));
    assert_eq!((all.problems(), left.problems()), (Vec::new(), Vec::new()), "{}", left.words());
    assert_eq!(left.findings(), all.findings());
    let refused = &left.document["summary"]["sources"][0]["refused"];
    assert!(refused.is_null(), "{refused}");
    for text in [
        "12.90",
        "-99999999.99",
        "0.30000000000000004",
        "\"0.1\"",
        "65000",
        "0.25",
        "`2024-05-00`",
        "`0000-00-00`",
        "9999-12-31",
        "-838:59:59",
        "18446744073709551615",
        "2001-01-01 00:00:00.123456",
        "\"ab \"",
        "\"ff\"",
        "\"Q\"",
    ] {
        assert!(all.concise.contains(text), "{text} is not in\n{}", all.concise);
    }
}
