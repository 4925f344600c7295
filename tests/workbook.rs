//! The workbook read back: what stands in which cell, and which formula.

mod sheets;

use crossfoot::render::xlsx::workbook;
use crossfoot::report::collection::{Collection, Limit};
use crossfoot::report::document::Document;
use serde_json::{Value, json};
use sheets::{Sheet, read};

fn document(findings: &[Value]) -> Document {
    let document = json!({
        "version": 1, "crossfoot": "0.0.0", "today": "2026-11-23", "rules": ["rules.toml"],
        "findings": findings, "problems": [],
        "summary": {
            "complete": true, "errors": findings.len(), "warnings": 0, "infos": 0, "problems": 0,
            "files": 1, "rows": 9, "checks": [],
        },
    });
    serde_json::from_value(document).expect("a document")
}

fn made(findings: &[Value]) -> Vec<Sheet> {
    let mut out = Vec::new();
    workbook(&Collection::of(document(findings), None), &mut out);
    read(&out)
}

fn finding(check: &str, more: Value) -> Value {
    let mut finding = json!({
        "check": check, "assertion": 0, "fault": "assertion-failed", "severity": "error",
        "title": null, "message": "they differ", "table": null, "key": null, "labels": [],
        "working": null, "explanation": null, "help": null, "url": null,
        "fingerprint": "00000000000000000000000000000001",
    });
    let fields = finding.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    finding
}

/// A finding of what is stated against what follows, with the certificate of what follows.
fn compared(stated: (&str, &str), follows: (&str, &str), difference: &str, of: Value) -> Value {
    let side = |(value, exact): (&str, &str)| {
        json!({
            "expression": "x", "value": value, "exact": exact, "range": null,
        })
    };
    let cell = json!({
        "op": "cell", "name": "total", "value": { "number": stated.1 }, "text": stated.0,
    });
    finding(
        "c",
        json!({
            "working": {
                "left": side(stated), "relation": "=", "right": side(follows),
                "difference": difference, "exact_difference": difference, "allowance": null,
                "tier": "exact", "required": null, "terms": [], "more_terms": 0, "notes": [],
            },
            "certificate": {
                "demand": { "op": "=", "value": { "truth": false }, "args": [cell, of] },
            },
        }),
    )
}

fn cell(name: &str, text: &str, exact: &str) -> Value {
    json!({
        "op": "cell", "name": name, "text": text, "value": { "number": exact },
        "place": { "file": "data/a b.csv", "start": 1, "end": 2, "line": 7, "column": 3 },
    })
}

fn op(op: &str, exact: &str, args: Vec<Value>) -> Value {
    json!({ "op": op, "name": op, "value": { "number": exact }, "args": args })
}

/// The sheet of the only check.
fn of(finding: Value) -> Sheet {
    let mut all = made(&[finding]);
    assert_eq!(all.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["Summary", "c"]);
    all.remove(1)
}

#[test]
fn a_sum_is_a_formula_over_its_addends() {
    let rows = vec![cell("North", "1,200.50", "1200.5"), cell("South", "7.1", "7.1")];
    let sheet = of(compared(
        ("12.9", "12.9"),
        ("1,207.60", "1207.6"),
        "-1194.7",
        op("sum", "1207.6", rows),
    ));
    assert_eq!(sheet.value("E6"), "12.9");
    assert_eq!(sheet.formula("G6"), "SUM(G7:G8)");
    assert_eq!(sheet.value("G6"), "1207.6");
    assert_eq!(sheet.value("H6"), "-1194.7");
    assert_eq!(sheet.formula("J6"), "AND(ABS(G6-1207.6)<=1E-9,ABS(E6-G6-H6)<=1E-9)");
    assert_eq!(sheet.value("J6"), "1", "TRUE");
    assert_eq!(sheet.value("Q6"), "live formula");
    let row = ["A7", "D7", "F7", "G7", "R7"].map(|at| sheet.value(at));
    assert_eq!(row, ["1", "North", "+", "1200.5", "1,200.50"]);
    assert_eq!(sheet.value("K7"), "data/a b.csv:7:3");
    assert_eq!(sheet.links["K7"], "data/a%20b.csv");
    assert_eq!(sheet.levels.iter().collect::<Vec<_>>(), [(&7, &1), (&8, &1)]);
}

#[test]
fn what_is_stated_stands_first_whichever_side_is_written_first() {
    let rows = vec![cell("North", "1,200.50", "1200.5"), cell("South", "7.1", "7.1")];
    let sum = op("sum", "1207.6", rows);
    let mut turned = compared(("12.9", "12.9"), ("1,207.60", "1207.6"), "-1194.7", sum);
    let left = turned["working"]["left"].take();
    turned["working"]["left"] = turned["working"]["right"].take();
    turned["working"]["right"] = left;
    let args = turned["certificate"]["demand"]["args"].as_array_mut();
    args.expect("two sides").reverse();
    let sheet = of(turned);
    assert_eq!((sheet.value("E6"), sheet.formula("G6")), ("12.9", "SUM(G7:G8)"));
}

#[test]
fn arithmetic_is_a_formula_over_its_operands() {
    let sum = op("sum", "14682", vec![cell("a", "4,400", "4400"), cell("b", "10282", "10282")]);
    let share = op("/", "7341/43300", vec![sum, cell("area", "86600", "86600")]);
    let sheet = of(compared(("20 %", "0.2"), ("16.95 %", "7341/43300"), "1319/43300", share));
    assert_eq!(sheet.formula("G6"), "G7/G10");
    assert_eq!(sheet.formula("G7"), "SUM(G8:G9)");
    assert_eq!(sheet.formula("H6"), "1319/43300");
    assert_eq!(sheet.value("F10"), "÷");
    assert!(sheet.formula("J6").starts_with("AND(ABS(G6-(7341/43300))<=1E-"));
    assert_eq!(sheet.levels.values().collect::<Vec<_>>(), [&1, &2, &2, &1]);

    let hundred = json!({ "op": "constant", "value": { "number": "100" } });
    let product = op("*", "50", vec![hundred, cell("a", "0.5", "0.5")]);
    let rounded =
        op("round", "50", vec![product, json!({ "op": "constant", "value": { "number": "1" } })]);
    let sheet = of(compared(("51", "51"), ("50", "50"), "1", rounded));
    assert_eq!(sheet.formula("G6"), "ROUND((100*G7),1)");
}

#[test]
fn what_is_allowed_is_a_number_where_it_is_one() {
    let ranged = |mut cell: Value, low: &str, high: &str| {
        cell["range"] = json!({ "low": low, "high": high });
        cell
    };
    let of_within = |within: Value| {
        let follows = ranged(cell("b", "10.0", "10"), "9.95", "10.05");
        let mut finding = compared(("12", "12"), ("10.0", "10"), "2.00", follows);
        finding["certificate"]["demand"]["within"] = within;
        let stated = finding["certificate"]["demand"]["args"][0].take();
        finding["certificate"]["demand"]["args"][0] = ranged(stated, "11.5", "12.5");
        let sheet = of(finding);
        (sheet.formula("I6").to_string(), sheet.value("I6").to_string())
    };
    let is = |formula: &str, value: &str| (formula.to_string(), value.to_string());
    let rounding = of_within(json!("rounding"));
    assert_eq!(rounding.0, "(12.5-11.5+10.05-9.95)/2");
    assert!(rounding.1.starts_with("0.55"), "{rounding:?}");
    assert_eq!(of_within(json!({ "share": "0.05" })), is("0.05*ABS(10)", "0.5"));
    let amount = json!({ "op": "constant", "value": { "number": "0.5" } });
    assert_eq!(of_within(json!({ "amount": amount })), is("0.5", "0.5"));
}

#[test]
fn figures_without_a_certificate_are_values() {
    let mut finding =
        compared(("12", "12"), ("10", "10"), "2", json!({ "op": "x", "value": "missing" }));
    finding["certificate"] = Value::Null;
    let term = |name: &str, value: &str| {
        json!({
            "side": "right", "sign": "+", "name": name, "value": value, "exact": value,
            "part_of": "sum(x)", "place": null,
        })
    };
    finding["working"]["terms"] = json!([term("a", "7"), term("b", "3")]);
    let sheet = of(finding);
    assert_eq!((sheet.value("G6"), sheet.formula("G6"), sheet.value("Q6")), ("10", "", "value"));
    assert_eq!((sheet.value("D8"), sheet.value("G8")), ("b", "3"));
    assert_eq!(sheet.formula("I2"), "COUNTIF(J6:J8,FALSE)");
}

#[test]
fn rows_that_are_not_listed_are_one_row() {
    let rest = |value: Option<&str>| json!({ "count": 1234, "value": value });
    let mut sum = op("sum", "1000", vec![cell("a", "1", "1"), cell("b", "2", "2")]);
    sum["rest"] = rest(Some("997"));
    let sheet = of(compared(("999", "999"), ("1000", "1000"), "-1", sum));
    assert_eq!(sheet.formula("G6"), "SUM(G7:G9)");
    assert_eq!((sheet.value("D9"), sheet.value("G9")), ("1234 more rows, together", "997"));

    let mut count = op("count", "1236", vec![cell("a", "1", "1"), cell("b", "2", "2")]);
    count["rest"] = rest(None);
    let sheet = of(compared(("7", "7"), ("1236", "1236"), "-1229", count));
    assert_eq!(sheet.formula("G6"), "COUNTA(D7:D8)+1234");

    let mut most = op("max", "9", vec![cell("a", "1", "1")]);
    most["rest"] = rest(None);
    let sheet = of(compared(("7", "7"), ("9", "9"), "-2", most));
    assert_eq!((sheet.formula("G6"), sheet.value("G6"), sheet.value("Q6")), ("", "9", "value"));
    assert_eq!(sheet.formula("J6"), "", "a value is not compared with itself");
}

#[test]
fn no_digit_is_lost() {
    let long = "12345678901234567.5";
    let sum = op(
        "sum",
        long,
        vec![cell("a", "12,345,678,901,234,567", "12345678901234567"), cell("b", "0.5", "0.5")],
    );
    let sheet = of(compared((long, long), (long, long), "0", sum));
    for at in ["E6", "G6"] {
        assert_eq!(sheet.value(at), long);
        assert!(sheet.cell(at).is_some_and(|cell| cell.is_text && cell.formula.is_none()));
    }
    assert_eq!(sheet.value("Q6"), "text: over 15 digits");
    assert_eq!(sheet.value("G7"), "12345678901234567");
    assert_eq!(sheet.value("Q7"), "text: over 15 digits");
    assert!(!sheet.cell("G8").expect("a cell").is_text);
}

#[test]
fn an_aggregate_of_one_row_and_a_look_up_name_their_cell() {
    let key = op("same", "1", vec![cell("k", "x", "1"), cell("key", "x", "1")]);
    let found = op("look-up", "5", vec![key, cell("area", "5.0", "5")]);
    let sheet = of(compared(("7", "7"), ("5.0", "5"), "2", found));
    assert_eq!((sheet.formula("G6"), sheet.value("R7")), ("G7", "5.0"));
    assert_eq!(sheet.value("K7"), "data/a b.csv:7:3");
    let only = op("only", "5", vec![cell("Total", "5", "5")]);
    let sheet = of(compared(("7", "7"), ("5", "5"), "2", only));
    assert_eq!((sheet.formula("G6"), sheet.value("D7")), ("G7", "Total"));
}

#[test]
fn days_are_days_where_spreadsheets_agree() {
    let day = |day: &str| json!({ "op": "cell", "name": "d", "text": day, "value": { "date": [day, day] } });
    let side =
        |value: &str| json!({ "expression": "d", "value": value, "exact": "", "range": null });
    let finding = |left: &str, right: &str| {
        finding(
            "c",
            json!({
                "working": {
                    "left": side(left), "relation": "<=", "right": side(right), "difference": null,
                    "allowance": null, "tier": "exact", "required": null, "terms": [], "more_terms": 0,
                    "notes": [],
                },
                "certificate": {
                    "demand": { "op": "<=", "value": { "truth": false }, "args": [day(left), day(right)] },
                },
            }),
        )
    };
    let sheet = of(finding("1993-04-02", "1992-01-01"));
    assert_eq!((sheet.value("E6"), sheet.value("G6")), ("34061", "33604"));
    assert_eq!(sheet.formula("J6"), "G6=DATE(1992,01,01)");
    let mut constant = finding("1993-04-02", "1992-01-01");
    constant["certificate"]["demand"]["args"][1]["op"] = json!("constant");
    let sheet = of(constant);
    assert_eq!((sheet.value("G6"), sheet.formula("G6"), sheet.value("Q6")), ("33604", "", "value"));
    let sheet = of(finding("1893-04-02", "1892-01-01"));
    assert_eq!((sheet.value("E6"), sheet.formula("G6")), ("1893-04-02", ""));
}

#[test]
fn texts_are_harmless_and_whole_as_far_as_a_cell_goes() {
    let hostile = [
        "=HYPERLINK(\"http://x\",\"y\")",
        "+1",
        "@SUM(A1)",
        "-1+1",
        "\u{1b}[2J",
        "\u{202e}abc",
        "\u{0}\u{1}\u{fffe}\u{ffff}",
        "_x0041_",
        "</t></si>",
        "]]>",
        "שלום עולם",
        &"x".repeat(5_000_000),
    ];
    let findings: Vec<Value> =
        hostile.iter().map(|text| finding(text, json!({ "message": text, "key": text }))).collect();
    let all = made(&findings);
    assert_eq!(all.len(), hostile.len() + 1);
    for (sheet, text) in all.iter().skip(1).zip(hostile) {
        let cell = sheet.cell("L6").expect("a message");
        assert!(cell.is_text && cell.formula.is_none(), "{cell:?}");
        let is_plain = |c: char| !c.is_control() && !"\u{202e}\u{fffe}\u{ffff}".contains(c);
        assert!(cell.value.chars().all(is_plain), "{cell:?}");
        if text.len() > 1_000 {
            assert!(cell.value.len() <= 32_780 && cell.value.ends_with("… (cut)"));
        } else if text.chars().all(is_plain) && text != "_x0041_" {
            assert_eq!(cell.value, text);
        }
    }
}

#[test]
fn findings_that_are_not_on_a_sheet_are_counted() {
    let findings: Vec<Value> = (0..9).map(|_| finding("c", json!({}))).collect();
    let mut out = Vec::new();
    let limit = Some(Limit { all: 5, each: 3 });
    workbook(&Collection::of(document(&findings), limit), &mut out);
    let all = read(&out);
    assert_eq!(
        all[1].value("A3"),
        "9 findings. 6 findings are not on this sheet: the JSON report has all"
    );
    assert!(all[0].cells.iter().any(|cell| cell.value == "3 of 9"));
}

#[test]
fn the_head_of_a_sheet_stays_in_sight() {
    let mut out = Vec::new();
    workbook(&Collection::of(document(&[finding("c", json!({}))]), None), &mut out);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(out)).expect("a zip archive");
    let file = archive.by_name("xl/worksheets/sheet2.xml").expect("a sheet");
    let text = std::io::read_to_string(file).expect("text");
    let pane = text.split_once("<pane ").and_then(|(_, rest)| rest.split_once("/>"));
    let pane = pane.map(|(pane, _)| pane).unwrap_or_default();
    // The names of columns stand in the fifth row, and what is stated in the fifth column.
    assert!(pane.contains("topLeftCell=\"E6\""), "{pane}");
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let bytes = || {
        let mut out = Vec::new();
        workbook(&Collection::of(document(&[finding("c", json!({}))]), None), &mut out);
        out
    };
    assert_eq!(bytes(), bytes());
}
