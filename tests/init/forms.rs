//! The same tables in other formats, and with a title above them: the rules stay the same.

use rust_xlsxwriter::Workbook;

use crate::Made;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Json,
    Lines,
    Sheet,
    /// A sheet with a title, a blank row, and a note below.
    Published,
    Page,
    Markdown,
    /// Fields between commas, with two lines above them, and notes below.
    Titled,
}

pub const FORMS: [Form; 7] = [
    Form::Json,
    Form::Lines,
    Form::Sheet,
    Form::Published,
    Form::Page,
    Form::Markdown,
    Form::Titled,
];

const NOTES: &str =
    "\nNotes: Figures are preliminary, and rounded.\nSource: the office of statistics\n";

/// A set in another form; none where one of its files is no plain CSV.
pub fn of(made: &Made, form: Form) -> Option<Made> {
    let file = |(path, bytes): &(String, Vec<u8>)| {
        let stem = path.strip_suffix(".csv")?;
        let text = std::str::from_utf8(bytes).ok()?;
        let rows = rows(text).filter(|rows| is_plain(rows))?;
        let (ending, bytes) = match form {
            Form::Json => ("json", format!("[{}]", objects(&rows).join(",\n")).into_bytes()),
            Form::Lines => ("ndjson", objects(&rows).join("\n").into_bytes()),
            Form::Sheet => ("xlsx", workbook(&rows, false)),
            Form::Published => ("xlsx", workbook(&rows, true)),
            Form::Page => ("html", page(&rows).into_bytes()),
            Form::Markdown => ("md", markdown(&rows).into_bytes()),
            Form::Titled => ("csv", format!("Table 1\nAs of 2024\n{text}{NOTES}").into_bytes()),
        };
        Some((format!("{stem}.{ending}"), bytes))
    };
    let files = made.files.iter().map(file).collect::<Option<Vec<_>>>()?;
    let name = format!("{} as {form:?}", made.name);
    Some(Made { name, files, rules: made.rules.clone() })
}

fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let row = |record: csv::Result<csv::StringRecord>| {
        Some(record.ok()?.iter().map(str::to_string).collect())
    };
    reader.into_records().map(row).collect()
}

/// Commas between fields, and a header with names in the first line.
fn is_plain(rows: &[Vec<String>]) -> bool {
    let is_name = |name: &String| !name.is_empty() && !name.contains('/');
    rows.first().is_some_and(|names| names.len() > 1 && names.iter().all(is_name))
}

/// Whether a text is a figure as JSON and sheets store them.
fn figure(cell: &str) -> Option<f64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let all = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    // A stored figure has no zeros behind its decimals.
    let is_cut = cell.contains('.') && cell.ends_with('0');
    if is_code || is_cut || !all { None } else { cell.parse().ok() }
}

/// Columns that are stored as figures.
fn figures(rows: &[Vec<String>]) -> Vec<bool> {
    let width = rows.first().map_or(0, Vec::len);
    let is_figure = |column: usize| {
        let mut cells = rows.iter().skip(1).filter_map(|row| row.get(column));
        cells.all(|cell| cell.is_empty() || figure(cell).is_some())
    };
    (0..width).map(is_figure).collect()
}

fn objects(rows: &[Vec<String>]) -> Vec<String> {
    let (names, figures) = (&rows[0], figures(rows));
    let quoted = |text: &String| format!("{:?}", text);
    let member = |(column, cell): (usize, &String)| {
        let value = match (cell.is_empty(), figures[column]) {
            (true, _) => "null".to_string(),
            (false, true) => cell.clone(),
            (false, false) => quoted(cell),
        };
        format!("{}: {value}", quoted(&names[column]))
    };
    let object = |row: &Vec<String>| {
        format!("{{{}}}", row.iter().enumerate().map(member).collect::<Vec<_>>().join(", "))
    };
    rows[1..].iter().map(object).collect()
}

fn workbook(rows: &[Vec<String>], is_published: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let figures = figures(rows);
    let mut at = 0;
    if is_published {
        sheet.write(0, 0, "Table 1: What was counted, in all places").expect("a cell");
        at = 2;
    }
    for (n, row) in rows.iter().enumerate() {
        for (column, cell) in (0_u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            let number = figure(cell).filter(|_| n > 0 && figures[usize::from(column)]);
            let written = match number {
                Some(number) => sheet.write(at, column, number),
                None => sheet.write(at, column, cell),
            };
            written.expect("a cell");
        }
        at += 1;
    }
    if is_published {
        sheet.write(at + 1, 0, "Source: the office of statistics").expect("a cell");
    }
    book.save_to_buffer().expect("a workbook")
}

fn page(rows: &[Vec<String>]) -> String {
    let escaped = |cell: &String| cell.replace('&', "&amp;").replace('<', "&lt;");
    let row = |(n, row): (usize, &Vec<String>)| {
        let tag = if n == 0 { "th" } else { "td" };
        let cells: Vec<String> =
            row.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect();
        format!("<tr>{}</tr>\n", cells.concat())
    };
    let rows: Vec<String> = rows.iter().enumerate().map(row).collect();
    format!("<!doctype html>\n<h1>Figures</h1>\n<table>\n{}</table>\n", rows.concat())
}

fn markdown(rows: &[Vec<String>]) -> String {
    let row = |row: &Vec<String>| format!("| {} |\n", row.join(" | "));
    let rule = format!("|{}\n", "---|".repeat(rows[0].len()));
    let below: Vec<String> = rows[1..].iter().map(row).collect();
    format!("# Figures\n\n{}{rule}{}", row(&rows[0]), below.concat())
}
