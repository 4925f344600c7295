//! Workbooks as other programs write them, and as nobody should: read, or refused in bounded memory.

mod workbooks;

use std::sync::Arc;

use crossfoot::files::tree::Memory;
use crossfoot::render::{Format, Options, sink};
use crossfoot::{Request, SinkSlot};
use rust_xlsxwriter::{ExcelDateTime, Format as Style, Formula, Workbook, XlsxError};

/// What is printed of a workbook with these keys of its table, a line for each finding.
fn check(path: &str, bytes: Vec<u8>, keys: &str) -> String {
    let mut tree = Memory::default();
    tree.insert("rules.toml", format!("[data.t]\npath = \"{path}\"\n{keys}\n").into());
    tree.insert(path, bytes);
    let request = Request {
        rule_files: vec!["rules.toml".into()],
        tree: Some(Arc::new(tree)),
        ..Request::default()
    };
    let mut out = Vec::new();
    let slot = SinkSlot {
        sink: sink(Format::Concise, Options::default()),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    };
    crossfoot::run(&request, &mut [slot]);
    String::from_utf8(out).expect("a text")
}

fn written() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (tenths, day) = (Style::new().set_num_format("0.0"), Style::new().set_num_format("d/m/yy"));
    let sheet = book.add_worksheet();
    sheet.set_name("It's <2024>")?;
    sheet.merge_range(0, 1, 0, 2, "area", &Style::new())?;
    sheet.write(0, 0, "place")?.write(0, 3, "day")?.write(0, 4, "sum")?;
    sheet.write(1, 0, "Zürich & Co")?.write_with_format(1, 1, 12.85, &tenths)?;
    sheet.write(1, 2, 0.1 + 0.2)?;
    let moment = ExcelDateTime::from_ymd(2024, 2, 29)?;
    sheet.write_datetime_with_format(1, 3, moment, &day)?;
    sheet.write_formula(1, 4, Formula::new("=SUM(B2:C2)").set_result("13.15"))?;
    sheet.write_formula(2, 4, Formula::new("=E2*2").set_result("26"))?;
    book.save_to_buffer()
}

fn titled() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(1, 1, "Schools and pupils")?;
    sheet.write(3, 1, "Type")?.write(3, 2, "Schools")?.write(3, 3, "Pupils")?;
    sheet.write(4, 1, "Primary")?.write(4, 2, 12)?.write(4, 3, 2400)?;
    sheet.write(5, 1, "Secondary")?.write(5, 2, 5)?.write(5, 3, 2550)?;
    sheet.write(6, 1, "Source: survey")?;
    book.save_to_buffer()
}

#[test]
fn a_title_above_the_names_of_columns_is_reported() {
    let of = |keys: &str| check("b.xlsx", titled().expect("a workbook"), keys);
    let key = "key = \"Type\"\ncolumns.Pupils = { type = \"integer\", max = 2500 }";
    assert_eq!(
        of(key),
        "b.xlsx:Sheet1!B2: error[title-lines]: the first 3 rows look like a title; the column names seem to be in row 4\n"
    );
    // What the help says is what the table needs.
    let skipped = format!("skip = 3\nskip_end = 1\n{key}");
    assert_eq!(
        of(&skipped),
        "b.xlsx:Sheet1!D6: error[t.Pupils]: `Pupils` must be at most 2500, but is `2550` [record 2, column Pupils]\n"
    );
    assert!(of(&format!("skip = 0\n{key}")).contains("there is no column `Type`"));
}

#[test]
fn what_a_program_like_excel_writes_is_read() {
    let keys = "columns.place = { one_of = [\"x\"] }\ncolumns.\"column 2\" = { type = \"number\", max = 12 }\n\
        columns.day = { type = \"date\", max = 2020-01-01 }\ncolumns.sum = { type = \"number\", max = 1 }";
    let printed = check("b.xlsx", written().expect("a workbook"), keys);
    for line in [
        "b.xlsx:'It''s <2024>'!C1: warning[duplicate-column-name]: column 3 is called `area`, as is column 2",
        "b.xlsx:'It''s <2024>'!A2: error[t.place]: `place` must be one of x, but is `Zürich & Co`",
        "b.xlsx:'It''s <2024>'!B2: error[t.column 2]: `column 2` must be at most 12, but is `12.9`",
        "b.xlsx:'It''s <2024>'!D2: error[t.day]: `day` must be at most 2020-01-01, but is `2024-02-29`",
        "b.xlsx:'It''s <2024>'!E3: error[stale-formula]: `=E2*2` is stored as 26, but its cells give 26.3",
    ] {
        assert!(printed.contains(line), "{line} is not in\n{printed}");
    }
}

#[test]
fn a_sheet_that_declares_all_cells_takes_room_for_those_it_has() {
    let cell = |at: &str| format!("<c r=\"{at}\"><v>7</v></c>");
    let rows = format!(
        "<row r=\"1\">{}{}</row><row r=\"1048576\">{}</row>",
        cell("A1"),
        cell("XFD1"),
        cell("A1048576")
    );
    let sheet = format!(
        "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>"
    );
    let printed = check("w.xlsx", workbooks::of_sheet(&sheet), "header = false\nrows = 3");
    assert!(printed.contains("`t` has 2 rows; exactly 3 are expected"), "{printed}");
}

#[test]
fn cells_that_no_sheet_has_are_refused() {
    let row = |row: &str, cells: &str| format!("<row{row}>{cells}</row>");
    let cell = |at: &str| format!("<c r=\"{at}\" t=\"str\"><v>a</v></c>");
    let many = "<c t=\"str\"><v>a</v></c>".repeat(16_385);
    for (rows, named) in [
        (row("", &(cell("A1") + &cell("ZZZZZZ1"))), "ZZZZZZ1"),
        (row("", &(cell("A1") + &cell("MWLQKWO1"))), "MWLQKWO1"),
        (row("", &cell("A4294967290")), "A4294967290"),
        (row(" r=\"4294967290\"", &cell("A1")), "A4294967290"),
        (row(" r=\"1048577\"", "<c><v>1</v></c>"), "A1048577"),
        (row(" r=\"0\"", "<c><v>1</v></c>"), "A0"),
        (row("", &cell("A99999999999999999999")), "A99999999999999999999"),
        (row("", &cell("XFE1")), "XFE1"),
        (row("", &cell("one")), "one"),
        (row("", &many), "XFE1"),
    ] {
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        let printed = check("w.xlsx", workbooks::of_sheet(&sheet), "header = false");
        let line = format!(
            "the sheet `Sheet1` has a cell `{named}`, which is none from `A1` to `XFD1048576`"
        );
        assert!(printed.contains(&line), "{line} is not in\n{printed}");
    }
    let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\"/>";
    let far = "number-columns-spanned=\"4294967295\" table:number-rows-spanned=\"4294967295\"";
    for (before, named) in [
        ("<table:table-row><table:table-cell table:number-columns-repeated=\"16384\"/>", "XFE1"),
        (
            "<table:table-row table:number-rows-repeated=\"4294967290\"/><table:table-row>",
            "A4294967291",
        ),
        (&format!("<table:table-row><table:table-cell table:{far}/>"), "none"),
    ] {
        let content = format!(
            "<office:document-content><table:table table:name=\"S\">{before}{cell}\
             </table:table-row></table:table></office:document-content>"
        );
        let ods = workbooks::zipped(&[("content.xml".into(), content)]);
        let printed = check("w.ods", ods, "header = false\nrows = 9");
        let is_refused = printed.contains(&format!("the sheet `S` has a cell `{named}`"));
        assert_eq!(is_refused, named != "none", "{printed}");
    }
}

#[test]
fn what_grows_beyond_bounds_is_refused() {
    let open = "<office:document-content xmlns:table=\"t\"><table:table table:name=\"A\">";
    let repeated = format!(
        "{open}<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell \
         table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/>\
         </table:table-row></table:table></office:document-content>"
    );
    let ods = |content: String| workbooks::zipped(&[("content.xml".into(), content)]);
    let sheet = |cells: &str| {
        workbooks::of_sheet(&format!("<worksheet><sheetData>{cells}</sheetData></worksheet>"))
    };
    let spread = format!(
        "{open}<table:table-row><table:table-cell table:number-columns-repeated=\"16000\" \
         office:value-type=\"string\"><text:p>{}</text:p></table:table-cell></table:table-row>\
         </table:table></office:document-content>",
        "x".repeat(1_000_000)
    );
    let formulas = format!(
        "{open}<table:table-row table:number-rows-repeated=\"9000\"><table:table-cell \
         table:number-columns-repeated=\"9000\" table:formula=\"of:=1+1\"/>\
         </table:table-row></table:table></office:document-content>"
    );
    let shared = format!(
        "<worksheet><sheetData><row>{}</row></sheetData></worksheet>",
        "<c t=\"s\"><v>0</v></c>".repeat(9_000)
    );
    let inflates = "the workbook inflates to far more than a workbook of its size holds";
    let long = format!("<row><c t=\"str\"><v>{}</v></c></row>", "x".repeat(40 << 20));
    // One text names all columns, and 200 long ones name one each.
    let name = "x".repeat(1_000_000);
    let merged = format!(
        "<worksheet><sheetData><row r=\"1\"><c t=\"str\"><v>{name}</v></c></row>\
         <row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row></sheetData>\
         <mergeCells><mergeCell ref=\"A1:XFD1\"/></mergeCells></worksheet>"
    );
    let names = format!("<row>{}</row>", format!("<c t=\"str\"><v>{name}</v></c>").repeat(200));
    for (path, bytes, refusal) in [
        ("r.ods", ods(repeated), inflates),
        ("s.ods", ods(spread), inflates),
        ("f.ods", ods(formulas), inflates),
        ("s.xlsx", workbooks::with_texts(&shared, &[&"x".repeat(1_000_000)]), inflates),
        ("o.ods", ods(open.into()), "`content.xml` in the workbook is cut short"),
        ("l.xlsx", sheet(&long), inflates),
        ("m.xlsx", workbooks::of_sheet(&merged), inflates),
        ("h.xlsx", sheet(&names), inflates),
        ("c.xlsx", workbooks::of_sheet("<worksheet><sheetData><row><c><v>1"), "cut short"),
        ("e.xlsx", Vec::new(), "the file is empty"),
        ("z.xlsx", workbooks::zipped(&[("a.csv".into(), "a".into())]), "no workbook in it"),
        ("n.xls", vec![0; 900], "it is no workbook"),
        ("o.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".repeat(90), "the workbook is damaged"),
    ] {
        let printed = check(path, bytes, "");
        assert!(
            printed.contains(refusal),
            "{path}: {refusal} is not in\n{}",
            &printed[..printed.len().min(900)]
        );
    }
}

#[test]
fn odd_cells_are_read_for_what_they_are() {
    let deep = format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000));
    let cells = format!(
        "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c></row>\
         <row><c><v>1e400</v></c><c t=\"s\"><v></v></c></row>\
         <row><c><f>{deep}</f><v>2</v></c><c t=\"str\"><v>x_x000D_&amp;&#252;</v></c></row>\
         <row><c s=\"0\"><v>abc</v></c><c t=\"b\"><v>1</v></c></row>"
    );
    let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    let keys = "columns.a = { type = \"number\", max = 1 }\ncolumns.b = { one_of = [\"q\"] }";
    let printed = check("o.xlsx", workbooks::of_sheet(&sheet), keys);
    for line in [
        "o.xlsx:Sheet1!A2: error[t.a]: `a` must be at most 1, but is `1e400`",
        "o.xlsx:Sheet1!A3: error[t.a]: `a` must be at most 1, but is `2`",
        "o.xlsx:Sheet1!A4: error[t.a]: `abc` is not a number",
        "o.xlsx:Sheet1!B3: error[t.b]: `b` must be one of q, but is `x\\r&ü`",
        "o.xlsx:Sheet1!B4: error[t.b]: `b` must be one of q, but is `true`",
    ] {
        assert!(printed.contains(line), "{line} is not in\n{printed}");
    }
}

#[test]
fn what_a_cell_names_must_be_in_the_workbook() {
    let heads = "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v> 1 </v></c></row>";
    for (cell, refusal) in [
        ("<c t=\"s\"><v>1</v></c>", ""),
        ("<c s=\"0\"><v>45000</v></c>", ""),
        (
            "<c t=\"s\"><v>9</v></c>",
            "the cell `B2` of the sheet `Sheet1` has the shared text 9, counted from 0, and the workbook has only 2",
        ),
        (
            "<c t=\"s\"><v>x</v></c>",
            "the cell `B2` of the sheet `Sheet1` has the shared text x, counted from 0, and the workbook has only 2",
        ),
        (
            "<c s=\"3\"><v>45000</v></c>",
            "the cell `B2` of the sheet `Sheet1` has the style 3, counted from 0, and the workbook has only 0",
        ),
    ] {
        let sheet = format!(
            "<worksheet><sheetData>{heads}<row r=\"2\"><c><v>1</v></c>{cell}</row></sheetData></worksheet>"
        );
        let printed = check("w.xlsx", workbooks::with_texts(&sheet, &["a", "b"]), "rows = 1");
        assert!(printed.contains(refusal), "{refusal} is not in\n{printed}");
        assert_eq!(printed.contains("cannot be read"), !refusal.is_empty(), "{printed}");
    }
}

#[test]
fn columns_that_are_not_shown_are_counted() {
    let columns: String = [(3, 9), (20, 99), (5, 12), (1, 2)]
        .map(|(first, last)| format!("<col min=\"{first}\" max=\"{last}\" hidden=\"1\"/>"))
        .concat();
    let cells: String = (0..30).map(|n| format!("<c t=\"str\"><v>n{n}</v></c>")).collect();
    let sheet = format!(
        "<worksheet><cols>{columns}</cols><sheetData><row>{cells}</row><row>{cells}</row>\
         </sheetData></worksheet>"
    );
    let printed = check("w.xlsx", workbooks::of_sheet(&sheet), "rows = 1");
    let line = "columns A, B, C, D, E, F, G, H and 15 more are hidden, and read like the others";
    assert!(printed.contains(line), "{printed}");
}

#[test]
fn a_merged_cell_among_many_names_all_its_columns() {
    let merged: String = (2..100_000).map(|n| format!("<mergeCell ref=\"A{n}:B{n}\"/>")).collect();
    let heads = |n: usize| match n {
        0 => "<c r=\"A1\" t=\"str\"><v>first</v></c>".to_string(),
        n => format!("<c r=\"A{}\"><v>{n}</v></c>", n + 1),
    };
    let wide = "<c/>".repeat(3_000) + "<c t=\"str\"><v>last</v></c>";
    let sheet = format!(
        "<worksheet><sheetData><row>{}{wide}</row><row>{}</row></sheetData><mergeCells>{merged}\
         <mergeCell ref=\"A1:C1\"/></mergeCells></worksheet>",
        heads(0),
        heads(1),
    );
    let started = std::time::Instant::now();
    let printed = check("w.xlsx", workbooks::of_sheet(&sheet), "rows = 1");
    let line = "column 2 is called `first`, as is column 1";
    assert!(printed.contains(line), "{printed}");
    // One by one it would be 300 million comparisons.
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

/// A sheet whose formulas name many others, and itself: all stand in one part of the file.
#[test]
fn many_sheets_in_one_part_are_read_at_once() {
    let cell = |value: usize| {
        format!("<table:table-cell office:value-type=\"float\" office:value=\"{value}\"/>")
    };
    let rows: String =
        (0..2_300).map(|n| format!("<table:table-row>{}</table:table-row>", cell(n))).collect();
    let sheets: String =
        (0..40).map(|n| format!("<table:table table:name=\"S{n}\">{rows}</table:table>")).collect();
    let named: String = (0..40).map(|n| format!("+[$S{n}.A2]")).collect();
    let heads = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>n</text:p>\
        </table:table-cell></table:table-row>";
    let sum = |formula: &str, value: usize| {
        format!(
            "<table:table-row><table:table-cell table:formula=\"of:={formula}\" \
             office:value-type=\"float\" office:value=\"{value}\"/></table:table-row>"
        )
    };
    let content = format!(
        "<office:document-content><table:table table:name=\"Sum\">{heads}{}{}{}{}</table:table>{sheets}\
         </office:document-content>",
        sum("1+1", 2),
        sum("[$Sum.A2]+1", 3),
        sum(&named, 40),
        sum(&named, 41),
    );
    let bytes = workbooks::zipped(&[("content.xml".into(), content)]);
    let printed = check("w.ods", bytes, "rows = 4");
    assert!(printed.contains("w.ods:Sum!A5: error[stale-formula]"), "{printed}");
    assert_eq!(printed.matches("error").count(), 1, "{printed}");
}

/// What LibreOffice writes of `0.00E+00`, `##0.0E+0`, `#,##0,` and a text that another program marked.
#[test]
fn an_ods_cell_is_read_as_it_is_shown() {
    let number = |value: &str, shown: &str| {
        format!(
            "<table:table-row><table:table-cell office:value-type=\"float\" \
             office:value=\"{value}\"><text:p>{shown}</text:p></table:table-cell></table:table-row>"
        )
    };
    let text = |shown: &str| {
        format!(
            "<table:table-row><table:table-cell><text:p>{shown}</text:p></table:table-cell></table:table-row>"
        )
    };
    let content = format!(
        "<office:document-content><table:table table:name=\"S\">{}{}{}{}{}</table:table>\
         </office:document-content>",
        text("a"),
        number("12345", "1.23E+04"),
        number("123456789", "123.5E+6"),
        number("1234567", "1,235"),
        text("&lt;<![CDATA[b]]> c"),
    );
    let bytes = workbooks::zipped(&[("content.xml".into(), content)]);
    let printed = check("w.ods", bytes, "columns.a = { one_of = [\"q\"] }");
    for line in [
        "w.ods:S!A2: error[t.a]: `a` must be one of q, but is `12300`",
        "w.ods:S!A3: error[t.a]: `a` must be one of q, but is `123500000`",
        "w.ods:S!A4: error[t.a]: `a` must be one of q, but is `1235000`",
        "w.ods:S!A5: error[t.a]: `a` must be one of q, but is `<b c`",
    ] {
        assert!(printed.contains(line), "{line} is not in\n{printed}");
    }
}

/// LibreOffice writes midnight without a time, and a time of which nothing is shown.
#[test]
fn dates_of_ods_are_read_as_they_are_shown() {
    let format = |name: &str, parts: &str| {
        format!("<number:date-style style:name=\"{name}\">{parts}</number:date-style>")
    };
    let style = |name: &str, own: &str| {
        format!("<style:style style:name=\"{name}\" style:family=\"table-cell\" {own}/>")
    };
    let day = "<number:year/><number:text>-</number:text><number:month/>";
    let formats = [
        format("N1", day),
        format("N2", &format!("{day}<number:hours/>")),
        format("N3", "<number:hours/>"),
        "<number:number-style style:name=\"N4\"><number:number/></number:number-style>".into(),
    ]
    .concat();
    let data = |name: &str| format!("style:data-style-name=\"{name}\"");
    let like = "style:parent-style-name=\"Named\"";
    let styles = [style("d", &data("N1")), style("dt", &data("N2")), style("t", &data("N3"))];
    let styles =
        format!("{formats}{}{}{}", styles.concat(), style("n", &data("N4")), style("l", like));
    // A name of its own means what is said where the name is.
    let named = format!("{}{}", format("N2", day), style("Named", &data("N2")));
    let cell = |style: &str, value: &str, shown: &str| {
        let style = Some(style).filter(|style| !style.is_empty());
        let style = style.map(|style| format!("table:style-name=\"{style}\"")).unwrap_or_default();
        format!(
            "<table:table-row><table:table-cell {style} office:value-type=\"date\" \
             office:date-value=\"{value}\"><text:p>{shown}</text:p></table:table-cell></table:table-row>"
        )
    };
    let (midnight, evening) = ("2024-01-02", "2024-01-02T18:00:00");
    let rows = [
        (cell("dt", midnight, "2024-01-02 00:00"), "2024-01-02 00:00:00"),
        (cell("dt", evening, "2024-01-02 18:00"), "2024-01-02 18:00:00"),
        (cell("d", midnight, "02/01/24"), "2024-01-02"),
        (cell("d", evening, "02/01/24"), "2024-01-02"),
        (cell("l", evening, "02/01/24"), "2024-01-02"),
        (cell("t", evening, "18:00"), "18:00:00"),
        (cell("", evening, "2024-01"), "2024-01-02"),
        (cell("n", evening, "2024-01-02 18:00"), "2024-01-02 18:00:00"),
        (cell("n", "2024-01-02T00:00:00", "2024-01-02"), "2024-01-02"),
        (cell("n", evening, "2024-01-02"), "2024-01-02"),
    ];
    let cells: String = rows.iter().map(|(cell, _)| cell.as_str()).collect();
    let content = format!(
        "<office:document-content><office:automatic-styles>{styles}</office:automatic-styles>\
         <table:table table:name=\"S\"><table:table-column table:default-cell-style-name=\"d\"/>\
         <table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row>\
         {cells}</table:table></office:document-content>"
    );
    let styles = format!("<office:document-styles>{named}</office:document-styles>");
    let bytes =
        workbooks::zipped(&[("content.xml".into(), content), ("styles.xml".into(), styles)]);
    let printed = check("w.ods", bytes, "columns.a = { one_of = [\"q\"] }");
    for (n, (_, read)) in rows.iter().enumerate() {
        let line = format!("w.ods:S!A{}: error[t.a]: `a` must be one of q, but is `{read}`", n + 2);
        assert!(printed.contains(&line), "{line} is not in\n{printed}");
    }
}

#[test]
fn errors_of_formulas_are_values_of_no_type() {
    let rows = "kind,note,n\nx,a,1\n#N/A,#N/A,#REF!\ny,#N/A,3\nx,b,4";
    let keys = "columns.kind = { type = \"text\" }\ncolumns.note = { type = \"text\", missing = [\"\", \"#N/A\"] }\n\
        columns.n = { type = \"number\" }\n\n[check.c]\neach = \"t\"\nassert = 'kind != \"z\"'\n\n\
        [check.two]\nassert = ['count(t where kind = \"x\") = 2', 'count(t where note is missing) = 2']";
    let printed = check("w.xlsx", workbooks::xlsx(rows), keys);
    let lines = [
        "w.xlsx:Sheet1!A3: error[t.kind]: `#N/A` is not a text, but an error of the workbook",
        "w.xlsx:Sheet1!C3: error[t.n]: `#REF!` is not a number",
        "info[c]: 1 of 4 rows could not be decided: unreadable values",
        "info[two]: 1 of 2 assertions could not be decided: unreadable values",
    ];
    for line in lines {
        assert!(printed.contains(line), "{line} is not in\n{printed}");
    }
    assert_eq!(printed.matches("error[").count(), 2, "{printed}");
}

#[test]
fn a_table_says_which_of_its_rows_are_no_records() {
    let of = |header: u8, totals: u8, keys: &str| {
        let says = format!("[Costs: A1:B3 header={header} totals={totals}]");
        check("w.xlsx", workbooks::xlsx(&format!("x,1\ny,2\nz,3\nnote,\n{says}")), keys)
    };
    let keys = "at = \"Costs\"\ncolumns.\"column 2\" = { type = \"number\", max = 0 }";
    let printed = of(0, 0, keys);
    assert_eq!(printed.matches("must be at most 0").count(), 3, "{printed}");
    let line = "w.xlsx:Sheet1!A3:B3: info[totals-row]: the table has a row of totals, which is read like the others";
    assert!(of(1, 1, "at = \"Costs\"").contains(line));
    assert!(!of(1, 1, "at = \"Costs\"\nskip_end = 1").contains("totals-row"));
    assert!(!of(1, 0, "at = \"Costs\"").contains("totals-row"));
}

#[test]
fn a_name_that_stands_for_no_area_is_said_to() {
    let sheet = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>";
    let names = [
        ("Two", "Sheet1!$B$3:$C$5,Sheet1!$F$3:$G$4"),
        ("Broken", "#REF!$A$1"),
        ("Dyn", "OFFSET(Sheet1!$A$1,0,0,2,2)"),
        ("One", "Sheet1!$A$1"),
    ];
    let of = |at: &str| {
        let keys = format!("at = \"{at}\"\nheader = false");
        check("w.xlsx", workbooks::with_names(sheet, &names), &keys)
    };
    for (at, message) in [
        ("Two", "the name `Two` stands for 2 areas: `Sheet1!$B$3:$C$5,Sheet1!$F$3:$G$4`"),
        ("broken", "the name `Broken` points at cells that were deleted: `#REF!$A$1`"),
        (
            "Dyn",
            "the name `Dyn` stands for `OFFSET(Sheet1!$A$1,0,0,2,2)`, which is no area of cells",
        ),
        ("Other", "the workbook has no sheet, name or table `Other`"),
    ] {
        let printed = of(at);
        assert!(printed.contains(message), "{message} is not in\n{printed}");
    }
    assert!(of("One").contains("no-checks"));
}

#[test]
fn a_cell_that_stands_twice_is_damage() {
    let cell = |at: &str, value: u8| format!("<c r=\"{at}\"><v>{value}</v></c>");
    let rows = |rows: [(u8, String); 3]| {
        let rows: String = rows.map(|(n, cells)| format!("<row r=\"{n}\">{cells}</row>")).concat();
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        check("w.xlsx", workbooks::of_sheet(&sheet), "header = false")
    };
    let twice = "the sheet `Sheet1` has two cells `A2`";
    let one = || (1, cell("A1", 1));
    assert!(rows([one(), (2, cell("A2", 2) + &cell("A2", 3)), (3, cell("A3", 4))]).contains(twice));
    assert!(rows([one(), (2, cell("A2", 2)), (2, cell("A2", 3))]).contains(twice));
    // Cells may come in any order.
    let in_disorder = rows([(3, cell("A3", 1)), one(), (2, cell("B2", 2) + &cell("A2", 3))]);
    assert!(in_disorder.contains("no-checks"), "{in_disorder}");
}

#[test]
fn twins_in_binary_formats_have_the_same_findings() {
    let rules = std::fs::read_to_string("fixtures/workbooks/twins/rules.toml").expect("rules");
    let (_, keys) = rules.split_once("parks.xlsx\"\n").expect("a table");
    let (keys, _) = keys.split_once("\n[").expect("its end");
    let of = |ending: &str| {
        let path = format!("parks.{ending}");
        let bytes = std::fs::read(format!("fixtures/workbooks/twins/{path}")).expect("a workbook");
        [keys.to_string(), format!("figures = \"stored\"\n{keys}")]
            .map(|keys| check(&path, bytes.clone(), &keys).replace(&path, "parks"))
    };
    let expected = of("xlsx");
    for line in ["`change` must be at most 3.2", "`budget` must be at most 3000000", "hidden-cells"]
    {
        assert!(expected.iter().all(|printed| printed.contains(line)), "{expected:?}");
    }
    assert_eq!(of("xls"), expected);
    assert_eq!(of("xlsb"), expected);
}

#[test]
fn numbers_that_are_texts_are_noted_where_they_are_read() {
    let rows = "id,n\na,1\nb,'12\nc,'7.5\nd,'007\nSum,=SUM(B2:B5)|1";
    let keys = "columns.n = { type = \"number\", max = 10 }";
    let printed = check("w.xlsx", workbooks::xlsx(rows), keys);
    for line in [
        "w.xlsx:Sheet1!B3: info[number-as-text]: 2 numbers of the column `n` are stored as texts",
        "w.xlsx:Sheet1!B3: error[t.n]: `n` must be at most 10, but is `12`",
    ] {
        assert!(printed.contains(line), "{line} is not in\n{printed}");
    }
}
