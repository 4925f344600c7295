//! The tables of `fixtures/published` as workbooks and web pages: the same rules give the same findings, but for places.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossfoot::files::tree::Memory;
use crossfoot::render::{Format as Output, Options, sink};
use crossfoot::{Request, SinkSlot};
use rust_xlsxwriter::{Format, Workbook};

/// The records of a CSV file, blank lines too, which count as rows of a sheet.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut all, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                all.push(std::mem::take(&mut record));
            }
            c => cell.push(c),
        }
    }
    if !record.is_empty() || !cell.is_empty() {
        record.push(cell);
        all.push(record);
    }
    all
}

/// Figures are numbers that show the digits they are written with, all else is text.
fn workbook(records: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, record) in (0..).zip(records) {
        for (column, text) in (0..).zip(record).filter(|(_, text)| !text.is_empty()) {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
            let is_plain = |part: &str| part.chars().all(|c| c.is_ascii_digit());
            let is_whole = whole == "0" || !whole.starts_with('0') && !whole.is_empty();
            let written = match text.parse::<f64>() {
                Ok(number) if is_whole && is_plain(whole) && is_plain(part) && text.len() < 15 => {
                    let places = if part.is_empty() {
                        String::new()
                    } else {
                        format!(".{}", "0".repeat(part.len()))
                    };
                    let format = Format::new().set_num_format(format!("0{places}"));
                    sheet.write_number_with_format(row, column, number, &format)
                }
                _ => sheet.write_string(row, column, text),
            };
            written.expect("a cell");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

/// A web page with one table; the white space before a text is kept as pages do.
fn page(records: &[Vec<String>]) -> Vec<u8> {
    let cell = |text: &String| {
        let own = text.trim_start_matches(' ');
        let indent = "&nbsp;".repeat(text.len() - own.len());
        let own = own.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>");
        format!("<td>{indent}{own}</td>")
    };
    let row =
        |cells: &Vec<String>| format!("<tr>{}</tr>\n", cells.iter().map(cell).collect::<String>());
    let rows: String = records.iter().map(row).collect();
    format!("<html><body><table>\n{rows}</table></body></html>\n").into_bytes()
}

/// What is found: check, fault, message; and how many rows there are.
fn findings(tree: Memory) -> (Vec<[String; 3]>, Vec<String>, String) {
    let mut out = Vec::new();
    let request = Request {
        rule_files: vec!["rules.toml".into()],
        today: Some("2026-11-23".into()),
        tree: Some(Arc::new(tree)),
        ..Request::default()
    };
    let mut slots = [SinkSlot {
        sink: sink(Output::Json, Options { width: 100, ..Options::default() }),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    }];
    crossfoot::run(&request, &mut slots);
    drop(slots);
    let json: serde_json::Value = serde_json::from_slice(&out).expect("the document is JSON");
    let text = |f: &serde_json::Value, key: &str| f[key].as_str().unwrap_or_default().to_string();
    let list = |key: &str| json[key].as_array().cloned().unwrap_or_default();
    let mut found: Vec<[String; 3]> = list("findings")
        .iter()
        .map(|f| ["check", "fault", "message"].map(|key| text(f, key)))
        // What is out of order in the file itself is another thing in each format.
        .filter(|[_, fault, _]| !OF_FORMATS.contains(&fault.as_str()))
        .collect();
    found.sort();
    let problems = list("problems").iter().map(|p| text(p, "message")).collect();
    (found, problems, json["summary"]["rows"].to_string())
}

/// Faults of text files alone.
const OF_FORMATS: [&str; 7] = [
    "title-lines",
    "blank-row",
    "ragged-row",
    "short-row",
    "blank-column-name",
    "padded-column-name",
    "binary-residue",
];

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/published");
    let entries = std::fs::read_dir(root).expect("the fixtures");
    let numbered = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with(|c: char| c.is_ascii_digit())
    };
    let mut all: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(numbered).collect();
    all.sort();
    all
}

#[test]
fn published_tables_are_checked_alike_as_workbooks_and_pages() {
    let folders = folders();
    assert_eq!(folders.len(), 15);
    let mut differing = Vec::new();
    for folder in folders {
        let rules = std::fs::read_to_string(folder.join("rules.toml")).expect("rules");
        let (mut texts, mut books, mut pages) =
            (Memory::default(), Memory::default(), Memory::default());
        for file in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let Some(stem) = name.strip_suffix(".csv") else { continue };
            let text = std::fs::read_to_string(file.path()).expect("a text");
            let records = records(&text);
            books.insert(&format!("{stem}.xlsx"), workbook(&records));
            pages.insert(&format!("{stem}.html"), page(&records));
            texts.insert(&name, text.into_bytes());
        }
        texts.insert("rules.toml", rules.clone().into_bytes());
        books.insert("rules.toml", rules.replace(".csv\"", ".xlsx\"").into_bytes());
        pages.insert("rules.toml", rules.replace(".csv\"", ".html\"").into_bytes());
        let as_text = findings(texts);
        for other in [findings(books), findings(pages)] {
            if as_text != other {
                differing.push(format!("{}\n  {as_text:#?}\n  {other:#?}", folder.display()));
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
