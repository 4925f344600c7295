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
