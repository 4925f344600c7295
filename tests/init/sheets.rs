//! What a workbook says beside its cells: which are merged, and how figures are shown.

use std::sync::Arc;

use crossfoot::Request;
use crossfoot::api::{InitRequest, init};
use crossfoot::files::tree::Memory;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

/// What is proposed for a workbook of one sheet.
fn proposed(fill: impl Fn(&mut Worksheet)) -> String {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    let mut tree = Memory::default();
    tree.insert("a.xlsx", book.save_to_buffer().expect("a workbook"));
    let request = Request { tree: Some(Arc::new(tree)), ..Request::default() };
    init(&request, &InitRequest { files: vec!["a.xlsx".into()], output: None }).expect("rules").text
}

/// Merges cells of a sheet, the ends included.
fn merge(sheet: &mut Worksheet, rows: (u32, u32), columns: (u16, u16), text: &str) {
    let own = sheet.merge_range(rows.0, columns.0, rows.1, columns.1, text, &Format::new());
    own.expect("merged cells");
}

#[test]
fn merged_cells_show_how_many_rows_name_the_columns() {
    let rules = proposed(|sheet| {
        sheet.write(0, 0, "Pupils of all schools, by district and sex").expect("a title");
        merge(sheet, (2, 4), (0, 0), "District");
        merge(sheet, (2, 2), (1, 6), "Pupils");
        merge(sheet, (3, 3), (1, 3), "2022/23");
        merge(sheet, (3, 3), (4, 6), "2023/24");
        merge(sheet, (2, 4), (7, 7), "Teachers");
        for (column, name) in (1..).zip(["Boys", "Girls", "All", "Boys", "Girls", "All"]) {
            sheet.write(4, column, name).expect("a name");
        }
        sheet.write(5, 0, "Urban").expect("a heading");
        let towns =
            [("Ahorn", 812, 797), ("Buche", 643, 671), ("Eiche", 377, 402), ("Linde", 1204, 1189)];
        for (row, (name, boys, girls)) in (6..).zip(towns) {
            sheet.write(row, 0, name).expect("a name");
            let figures =
                [boys, girls, boys + girls, boys + 13, girls - 9, boys + girls + 4, boys / 7];
            for (column, figure) in (1..).zip(figures) {
                sheet.write(row, column, figure).expect("a figure");
            }
        }
    });
    assert!(rules.contains("skip   = 2 ") && rules.contains("header = 3 "), "{rules}");
    assert!(rules.contains("`Pupils / 2023/24 / All` = "), "{rules}");
    // A row of units below names that are merged over it.
    let rules = proposed(|sheet| {
        merge(sheet, (0, 1), (0, 0), "Region");
        for (column, name, unit) in [(1, "People", "1,000"), (2, "Area", "km2"), (3, "Share", "%")]
        {
            sheet.write(0, column, name).expect("a name");
            sheet.write(1, column, unit).expect("a unit");
        }
        for (row, name) in (2..).zip(["North", "South", "West"]) {
            sheet.write(row, 0, name).expect("a name");
            for column in 1..4 {
                sheet
                    .write(row, column, f64::from(row) * 12.5 + f64::from(column))
                    .expect("a figure");
            }
        }
        // What is merged among the rows names none of the columns.
        merge(sheet, (5, 6), (0, 0), "East");
        sheet.write(5, 1, 12).expect("a figure");
    });
    assert!(rules.contains("header = 2 "), "{rules}");
}

#[test]
fn figures_in_thousands_are_rounded_and_codes_keep_their_zeros() {
    let rules = proposed(|sheet| {
        for (column, name) in (0..).zip(["town", "sales", "volume", "code"]) {
            sheet.write(0, column, name).expect("a name");
        }
        let formats =
            ["#,##0,", "0.0,,\"m\"", "00000"].map(|code| Format::new().set_num_format(code));
        for (row, (town, figure)) in
            (1..).zip([("a", 1_234_567), ("b", 2_345_678), ("c", 3_580_245)])
        {
            sheet.write(row, 0, town).expect("a name");
            for (column, format) in (1..).zip(&formats) {
                let figure = if column == 3 { figure % 1000 } else { figure };
                sheet.write_with_format(row, column, figure, format).expect("a figure");
            }
        }
    });
    assert!(rules.contains("sales  = { type = \"number\" }"), "{rules}");
    assert!(rules.contains("volume = { type = \"number\" }"), "{rules}");
    assert!(
        !rules.contains("\"integer\"") && !rules.contains("code   = { type = \"number\""),
        "{rules}"
    );
}
