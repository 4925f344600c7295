//! Schemas of other tools become rules that judge as they do. Each folder of `fixtures/import` holds a
//! schema, the rules that it becomes, data without a fault, and data with planted ones: `planted` lists
//! their places.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crossfoot::api::{ImportRequest, Project, import};
use crossfoot::files::tree::Memory;
use crossfoot::render::{Format, Options, sink};
use crossfoot::{Request, SinkSlot};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A folder with what is below it as files.
fn add(tree: &mut Memory, folder: &Path, prefix: &str) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        let name = format!("{prefix}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            add(tree, &path, &format!("{name}/"));
        } else {
            tree.insert(&name, std::fs::read(&path).expect("a file"));
        }
    }
}

fn request(tree: &Memory) -> Request {
    Request { tree: Some(Arc::new(tree.clone())), ..Request::default() }
}

/// The options of a command line: files, `--from` and `--data`.
fn ask(arguments: &str) -> ImportRequest {
    let mut ask = ImportRequest::default();
    let mut words = arguments.split_whitespace().map(str::to_string);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--from" => ask.from = words.next(),
            "--data" => {
                let value = words.next().expect("NAME=PATH");
                let (name, path) = value.split_once('=').expect("NAME=PATH");
                ask.data.push((name.into(), path.into()));
            }
            _ => ask.files.push(word),
        }
    }
    ask
}

/// What the rules say of the data in a folder: a line for each finding, and their places.
fn judged(folder: &Path, rules: &str) -> (String, BTreeSet<String>) {
    let mut tree = Memory::default();
    add(&mut tree, folder, "");
    tree.insert("rules.toml", rules.as_bytes().to_vec());
    let request = Request { rule_files: vec!["rules.toml".into()], ..request(&tree) };
    let mut out = Vec::new();
    let mut slots = [SinkSlot {
        sink: sink(Format::Concise, Options { width: 100, quiet: true, ..Options::default() }),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    }];
    crossfoot::run(&request, &mut slots);
    drop(slots);
    let printed = String::from_utf8(out).expect("text");
    let place = |line: &str| line.split(": ").next().unwrap_or_default().to_string();
    let places = printed.lines().map(place).collect();
    (printed, places)
}

#[test]
fn schemas_become_rules_that_judge_as_they_do() {
    insta::glob!("../fixtures/import", "*/arguments", |path| {
        let folder = path.parent().expect("a folder").to_path_buf();
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let mut tree = Memory::default();
        add(&mut tree, &folder, "");
        let arguments = std::fs::read_to_string(path).expect("arguments");
        let imported = import(&request(&tree), &ask(&arguments)).expect(&name);
        let (good, _) = judged(&folder.join("good"), &imported.text);
        assert!(
            good.is_empty(),
            "{name}: nothing is wrong with the good data\n{good}\n{}",
            imported.text
        );
        let (bad, places) = judged(&folder.join("bad"), &imported.text);
        insta::with_settings!({ snapshot_path => folder.clone(), prepend_module_to_snapshot => false, snapshot_suffix => "", omit_expression => true }, {
            insta::assert_snapshot!("expected", format!("{}\n---- what it finds in bad/\n{bad}", imported.text));
        });
        let planted = std::fs::read_to_string(folder.join("planted")).expect("planted");
        let planted: BTreeSet<String> = planted.lines().map(str::to_string).collect();
        assert!(
            !planted.is_empty() && planted == places,
            "{name}: planted {planted:#?}, found {places:#?}"
        );
    });
}

/// What is said where a schema cannot be translated.
fn refused(path: &str, text: &str, from: Option<&str>) -> String {
    let mut tree = Memory::default();
    tree.insert(path, text.as_bytes().to_vec());
    let ask = ImportRequest {
        files: vec![path.into()],
        from: from.map(str::to_string),
        ..ImportRequest::default()
    };
    import(&request(&tree), &ask).err().unwrap_or_default()
}

#[test]
fn tables_that_are_called_alike_have_names_of_their_own() {
    let schema = "models:\n- {name: a, columns: [{name: x, tests: [unique]}]}\n\
        - {name: b, columns: [{name: x, tests: [{relationships: {to: ref('a'), field: x}}]}]}\n\
        seeds:\n- {name: a, tests: [{dbt_utils.expression_is_true: {expression: y > 0}}]}\n";
    let mut tree = Memory::default();
    tree.insert("schema.yml", schema.as_bytes().to_vec());
    let text = import(&request(&tree), &ask("schema.yml")).expect("rules").text;
    let again = "# `a` is described once more: others refer to `a`.\n[data.a_2]";
    assert!(text.contains(again) && text.contains("x = { in = \"a.x\" }"), "{text}");
    assert_eq!(loads(&text), Ok(()));
}

#[test]
fn tables_of_one_schema_are_those_that_another_refers_to() {
    let mut tree = Memory::default();
    let customers = "models: [{name: customers, columns: [{name: country, tests: [not_null]}]}]\n";
    let orders = "models: [{name: orders, columns: [{name: customer, tests: \
                  [{relationships: {to: ref('customers'), field: id}}]}]}]\n";
    tree.insert("customers.yml", customers.as_bytes().to_vec());
    tree.insert("orders.yml", orders.as_bytes().to_vec());
    for files in ["customers.yml orders.yml", "orders.yml customers.yml"] {
        let text = import(&request(&tree), &ask(files)).expect("rules").text;
        let rules: toml::Table = text.parse().expect("TOML");
        let data = rules["data"].as_table().expect("tables");
        let names = |table: &toml::Table| table.keys().cloned().collect::<BTreeSet<_>>();
        let both = |a: &str, b: &str| BTreeSet::from([a.to_string(), b.to_string()]);
        assert_eq!(names(data), both("customers", "orders"), "{files}: {text}");
        assert_eq!(data["orders"]["columns"]["customer"]["in"].as_str(), Some("customers.id"));
        let columns = data["customers"]["columns"].as_table().expect("columns");
        assert_eq!(names(columns), both("country", "id"), "{files}: {text}");
        assert!(columns["country"].get("required").is_some(), "{files}: {text}");
        assert!(!text.contains("Only referred to"), "{text}");
    }
}

#[test]
fn what_is_no_schema_is_refused_at_its_place() {
    let deep = "[".repeat(10_000);
    let levels: Vec<String> = (1..12)
        .map(|n| format!("a{n}: &a{n} [{}]", vec![format!("*a{}", n - 1); 9].join(", ")))
        .collect();
    let aliases = format!("a0: &a0 [x, x]\n{}\nfields: *a11\n", levels.join("\n"));
    for (path, text, said) in [
        ("a.json", "", "error[unknown-schema]"),
        ("a.json", "{}", "a.json:1:1: error[unknown-schema]: `a.json` is no schema"),
        ("a.json", "[1, 2]", "error[unknown-schema]"),
        ("a.json", "{\"fields\": [", "a.json:1:13: error[malformed-document]"),
        ("a.json", &deep, "nested more than 200 levels"),
        ("a.json", "{\"fields\": [{}]}", "a.json:1:13: error[bad-schema]: a field needs a `name`"),
        ("a.json", "{\"resources\": [{\"schema\": \"b.json\"}]}", "error[unreadable-file]"),
        ("a.yml", &aliases, "values"),
        (
            "a.json",
            "{\"properties\": {\"a\": {\"$ref\": \"#/properties/a\"}}}",
            "a.json:1:31: error[bad-schema]: `#/properties/a` leads back",
        ),
        ("a.json", "{\"properties\": {}}", "error[bad-schema]: the rows have no `properties`"),
        (
            "a.csvs",
            "version 1.1\na: is(\"x\"\n",
            "a.csvs:3:1: error[bad-schema]: `,` or `)` should stand here",
        ),
        ("a.txt", "hello: [", "error[malformed-document]"),
    ] {
        let told = refused(path, text, None);
        assert!(told.contains(said), "{path} {text:.40}: {told}");
        assert!(told.len() < 2000, "{told}");
    }
    assert!(
        refused("a.json", "{\"name\": 5}", Some("frictionless")).contains("bad-schema")
            || refused("a.json", "{\"name\": 5}", Some("frictionless")).is_empty()
    );
}

/// The header of a table that has the declared columns.
fn header(table: &toml::Value) -> String {
    let empty = toml::Table::new();
    let columns = table.get("columns").and_then(toml::Value::as_table).unwrap_or(&empty);
    let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
    columns.keys().map(quoted).collect::<Vec<_>>().join(",") + "\n"
}

/// Whether a rule file is read without an error; its tables have the columns that it declares.
fn loads(text: &str) -> Result<(), String> {
    let rules: toml::Table = text.parse().map_err(|e| format!("{e}\n{text}"))?;
    let mut tree = Memory::default();
    tree.insert("rules.toml", text.as_bytes().to_vec());
    for table in
        rules.get("data").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::values)
    {
        let path = table.get("path").and_then(toml::Value::as_str).unwrap_or_default();
        tree.insert(path, header(table).into_bytes());
    }
    let request = Request { rule_files: vec!["rules.toml".into()], ..request(&tree) };
    let project = Project::open(&request);
    let wrong: Vec<&str> = project.problems.iter().map(|p| p.message.as_str()).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("{wrong:#?}\n{text}")) }
}

/// Values with the words of schemas in them, so that many are nearly one.
fn value(words: &'static [&'static str]) -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let word = prop::sample::select(words);
    let scalar = prop_oneof![
        3 => word.clone().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => (-20..20i64).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => "[a-c.|^$/()\\[\\]\\\\\"'`\n%é -]{0,6}".prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 60, 6, move |inner| {
        let member = (prop::sample::select(words), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            prop::collection::vec(member, 0..7).prop_map(|all| {
                Value::Object(all.into_iter().map(|(k, v)| (k.to_string(), v)).collect())
            }),
        ]
    })
}

fn loads_or_says_why(
    path: &str,
    value: &serde_json::Value,
    from: Option<&str>,
) -> Result<(), TestCaseError> {
    let mut tree = Memory::default();
    tree.insert(path, value.to_string().into_bytes());
    let ask = ImportRequest {
        files: vec![path.into()],
        from: from.map(str::to_string),
        ..ImportRequest::default()
    };
    match import(&request(&tree), &ask) {
        Ok(imported) => {
            prop_assert!(
                loads(&imported.text) == Ok(()),
                "{}\n{value}",
                loads(&imported.text).unwrap_err()
            );
        }
        Err(told) => prop_assert!(told.contains("error["), "{told}"),
    }
    Ok(())
}

const FIELD: &[&str] = &[
    "a",
    "b",
    "/x/",
    "column 2",
    "string",
    "number",
    "integer",
    "boolean",
    "date",
    "time",
    "datetime",
    "year",
    "yearmonth",
    "duration",
    "email",
    "%d/%m/%Y",
    "%H",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "enum",
    "required",
    "unique",
    "name",
    "type",
    "format",
    "constraints",
    "missingValues",
    "trueValues",
    "falseValues",
    "decimalChar",
    "groupChar",
    "bareNumber",
    "categories",
    "1",
    "2020-01-01",
    ",",
    ".",
];

const CSVS: &[&str] = &[
    "notEmpty",
    "empty",
    "unique",
    "unique($b)",
    "is(\"x\")",
    "is($b)",
    "not(\"\")",
    "any(\"x\", $a)",
    "in(\"xyz\")",
    "range(1,5)",
    "range(*,b)",
    "length(2)",
    "length(3,*)",
    "regex(\"[a-z]+\")",
    "regex(\"(?=x)\")",
    "xDate",
    "xDate(2020-01-01,2019-01-01)",
    "ukDate",
    "uuid4",
    "positiveInteger",
    "upperCase",
    "identical",
    "uri",
    "starts(\"x\")",
    "ends(concat($a,\"y\"))",
    "and",
    "or",
    "(",
    ")",
    "if($b/empty, notEmpty)",
    "if(",
    "switch(",
    ",",
    "@optional",
    "@warning",
    "@ignoreCase",
    "@matchIsFalse",
    "\nb:",
    "\n\"c d\":",
    "fileExists",
    "$b/",
    "\n3:",
];

const CSVS_DIRECTIVES: &[&str] = &[
    "@separator ';'",
    "@separator TAB",
    "@separator ','",
    "@separator '\"'",
    "@separator '\\n'",
    "@separator '::'",
    "@separator x",
    "@totalColumns 1",
    "@totalColumns 3",
    "@quoted",
    "@noHeader",
    "@ignoreColumnNameCase",
    "@permitEmpty",
    "@integrityCheck(\"x\")",
    "@unknown",
];

const CSVS_NAMES: &[&str] =
    &["a", "b", "A", "3", "7", "\"c d\"", "\"/x/\"", "\"\"", "if", "column.2", "count"];

/// Expressions as the grammar has them.
fn csvs() -> impl Strategy<Value = String> {
    let arguments = prop::sample::select(&[
        "",
        "(\"x\")",
        "(\"\")",
        "($b)",
        "($nothing)",
        "(*)",
        "(*,*)",
        "(1,*)",
        "(*,2)",
        "(2,1)",
        "(a,b)",
        "(1.5)",
        "(-1,9999999999999999999999)",
        "(2020-01-01,2019-01-01)",
        "(\"x\",\"y\")",
        "(\"[a-z]+\")",
        "(\"(?=x)y\")",
        "(\"(\")",
        "(concat($a,\"x\"))",
        "(noExt($a))",
        "(other($a))",
        "(12:00,13:00)",
        "(99/99/2020,*)",
        "(1e400,*)",
        "(\"MD5\",\"x\")",
    ]);
    let names = prop::sample::select(&[
        "notEmpty",
        "empty",
        "unique",
        "is",
        "not",
        "any",
        "in",
        "starts",
        "ends",
        "regex",
        "range",
        "length",
        "uri",
        "uuid4",
        "positiveInteger",
        "upperCase",
        "lowerCase",
        "identical",
        "xDate",
        "ukDate",
        "uDate",
        "xTime",
        "xDateTime",
        "xDateTimeTz",
        "partUkDate",
        "fileExists",
        "checksum",
        "unknown",
    ]);
    let of = prop::sample::select(&["", "", "", "$a/", "$b/", "$\"c d\"/", "$3/"]);
    let one =
        (of, names, arguments).prop_map(|(of, name, arguments)| format!("{of}{name}{arguments}"));
    let directive = prop::sample::select(&[
        "@optional",
        "@warning",
        "@ignoreCase",
        "@matchIsFalse",
        "@unknown",
    ]);
    let inner = one.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} and {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("if({a}, {b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("if({a}, {b}, {c})")),
            (inner.clone(), inner)
                .prop_map(|(a, b)| format!("switch(({a}, {b}), ({b}, {a}), notEmpty {a})")),
        ]
    });
    prop_oneof![4 => inner, 1 => directive.prop_map(str::to_string)]
}

const CSVW: &[&str] = &[
    "a",
    "b",
    "/x/",
    "column 2",
    "name",
    "titles",
    "datatype",
    "base",
    "format",
    "integer",
    "decimal",
    "boolean",
    "date",
    "dateTime",
    "time",
    "gYear",
    "byte",
    "string",
    "duration",
    "minimum",
    "maxExclusive",
    "length",
    "minLength",
    "pattern",
    "decimalChar",
    "groupChar",
    "#,##0.00",
    "Y|N",
    "yyyy-MM-dd",
    "dd/MM/yyyy",
    "null",
    "required",
    "default",
    "separator",
    "primaryKey",
    "virtual",
    "true",
    "1",
    "2020-01-01",
    ",",
    "[a-z]+",
];

const MODEL: &[&str] = &[
    "a",
    "b",
    "orders",
    "name",
    "tests",
    "columns",
    "unique",
    "not_null",
    "accepted_values",
    "values",
    "relationships",
    "to",
    "field",
    "ref('a')",
    "ref('other')",
    "severity",
    "warn",
    "where",
    "a = 1",
    "b is null",
    "dbt_utils.accepted_range",
    "min_value",
    "max_value",
    "inclusive",
    "1",
    "dbt_utils.at_least_one",
    "dbt_utils.expression_is_true",
    "expression",
    "> 0",
    "dbt_utils.unique_combination_of_columns",
    "combination_of_columns",
    "dbt_expectations.expect_column_values_to_match_regex",
    "regex",
    "^x|y$",
    "dbt_expectations.expect_column_max_to_be_between",
    "config",
    "arguments",
    "column_name",
    "dbt_expectations.expect_column_value_lengths_to_equal",
    "value",
    "not_accepted_values",
    "quote",
    "row_condition",
    "strictly",
    "flags",
    "i",
    "a <> 'x'",
    "a != ''",
    "not (a in ('x', 'y') or b = 2)",
    "coalesce(a, '') = ''",
    "dbt_expectations.expect_compound_columns_to_be_unique",
    "column_list",
    "ignore_row_if",
    "never",
    "dbt_expectations.expect_table_row_count_to_be_between",
    "dbt_expectations.expect_column_values_to_be_in_set",
    "value_set",
    "dbt_expectations.expect_column_sum_to_be_between",
    "dbt_utils.equal_rowcount",
    "compare_model",
];

const PROPERTY: &[&str] = &[
    "a",
    "b",
    "/x/",
    "column 2",
    "type",
    "string",
    "number",
    "integer",
    "boolean",
    "null",
    "array",
    "object",
    "format",
    "date",
    "date-time",
    "email",
    "uri",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "enum",
    "const",
    "required",
    "properties",
    "additionalProperties",
    "dependentRequired",
    "anyOf",
    "oneOf",
    "allOf",
    "$ref",
    "#",
    "#/properties/a",
    "items",
    "minItems",
    "maxItems",
    "2020-01-01",
    "1",
];

proptest! {
    // The same cases each time.
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2026),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_table_schema_is_refused_or_loads(
        fields in prop::collection::vec((prop::sample::select(FIELD), value(FIELD), value(FIELD)), 0..4),
        types in prop::collection::vec(prop::sample::select(FIELD), 4),
        rest in value(FIELD),
    ) {
        let field = |(n, (name, constraints, more)): (usize, &(&str, serde_json::Value, serde_json::Value))| {
            let mut field = more.as_object().cloned().unwrap_or_default();
            field.insert("name".into(), (*name).into());
            field.insert("type".into(), types[n].into());
            field.insert("constraints".into(), constraints.clone());
            serde_json::Value::Object(field)
        };
        let fields: Vec<serde_json::Value> = fields.iter().enumerate().map(field).collect();
        let mut schema = rest.as_object().cloned().unwrap_or_default();
        schema.insert("fields".into(), fields.into());
        schema.insert("primaryKey".into(), "a".into());
        schema.insert("uniqueKeys".into(), serde_json::json!([["a", "b"], ["b"]]));
        schema.insert("foreignKeys".into(), serde_json::json!([{"fields": ["a", "b"], "reference": {"fields": ["b", "a"]}}]));
        loads_or_says_why("a.json", &schema.into(), None)?;
    }

    #[test]
    fn any_json_schema_is_refused_or_loads(
        properties in prop::collection::vec((prop::sample::select(PROPERTY), value(PROPERTY)), 0..4),
        rest in value(PROPERTY),
    ) {
        let mut schema = rest.as_object().cloned().unwrap_or_default();
        let all: serde_json::Map<_, _> =
            properties.iter().map(|(name, schema)| (name.to_string(), schema.clone())).collect();
        schema.insert("properties".into(), all.into());
        loads_or_says_why("a.json", &schema.into(), Some("json-schema"))?;
    }

    #[test]
    fn any_properties_of_models_are_refused_or_load(
        columns in prop::collection::vec((prop::sample::select(MODEL), value(MODEL), prop::sample::select(MODEL), value(MODEL)), 0..4),
        tests in value(MODEL),
        name in prop::sample::select(&["a", "orders", "other", "a.b"]),
    ) {
        let column = |(name, tests, test, arguments): (&str, serde_json::Value, &str, serde_json::Value)| {
            serde_json::json!({"name": name, "tests": tests, "data_tests": [{test: arguments}]})
        };
        let columns: Vec<serde_json::Value> = columns.into_iter().map(column).collect();
        let models = serde_json::json!({"models": [
            {"name": "orders", "columns": columns, "tests": tests},
            {"name": "a", "columns": [{"name": "b", "tests": ["unique"]}]},
            {"name": name, "tests": tests, "columns": columns},
        ], "sources": [
            {"name": "a", "tables": [{"name": "b", "columns": columns}, {"name": "b", "tests": tests}]},
        ]});
        loads_or_says_why("schema.json", &models, None)?;
    }

    #[test]
    fn any_csv_schema_is_refused_or_loads(words in prop::collection::vec(prop::sample::select(CSVS), 0..24)) {
        let text = format!("version 1.1\na: {}\n", words.join(" "));
        let mut tree = Memory::default();
        tree.insert("a.csvs", text.clone().into_bytes());
        match import(&request(&tree), &ask("a.csvs")) {
            Ok(imported) => prop_assert!(loads(&imported.text) == Ok(()), "{}\n{text}", loads(&imported.text).unwrap_err()),
            Err(told) => prop_assert!(told.contains("error[bad-schema]"), "{told}"),
        }
    }

    #[test]
    fn any_csv_schema_of_the_grammar_loads(
        directives in prop::collection::vec(prop::sample::select(CSVS_DIRECTIVES), 0..4),
        columns in prop::collection::vec((prop::sample::select(CSVS_NAMES), prop::collection::vec(csvs(), 0..4)), 0..5),
    ) {
        let column = |(name, exprs): (&str, Vec<String>)| format!("{name}: {}\n", exprs.join(" "));
        let columns: String = columns.into_iter().map(column).collect();
        let text = format!("version 1.1\n{}\n{columns}", directives.join("\n"));
        let mut tree = Memory::default();
        tree.insert("a.csvs", text.clone().into_bytes());
        match import(&request(&tree), &ask("a.csvs")) {
            Ok(imported) => prop_assert!(loads(&imported.text) == Ok(()), "{}\n{text}", loads(&imported.text).unwrap_err()),
            Err(told) => prop_assert!(false, "{told}\n{text}"),
        }
    }

    #[test]
    fn any_csvw_metadata_is_refused_or_loads(
        columns in prop::collection::vec((prop::sample::select(CSVW), value(CSVW), value(CSVW)), 0..4),
        rest in value(CSVW),
    ) {
        let column = |(name, datatype, more): (&str, serde_json::Value, serde_json::Value)| {
            let mut column = more.as_object().cloned().unwrap_or_default();
            column.insert("name".into(), name.into());
            column.insert("datatype".into(), datatype);
            serde_json::Value::Object(column)
        };
        let columns: Vec<serde_json::Value> = columns.into_iter().map(column).collect();
        let mut schema = rest.as_object().cloned().unwrap_or_default();
        schema.insert("columns".into(), columns.into());
        let keys = serde_json::json!([{"columnReference": ["a", "b"], "reference": {"resource": "a.csv", "columnReference": ["b", "a"]}}]);
        schema.insert("foreignKeys".into(), keys);
        let metadata = serde_json::json!({"url": "a.csv", "tableSchema": schema});
        loads_or_says_why("a.json", &metadata, None)?;
    }
}
