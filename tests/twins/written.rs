//! A table, as each format has it.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::Cell::{Bare, Nothing, Text};
use crate::{Cell, Table};

/// A format.
pub struct Twin {
    /// What its files end with.
    pub ending: &'static str,
    /// The keys of its table.
    pub keys: &'static str,
    /// Whether rows of the file name the columns, however many there are.
    pub has_head: bool,
    /// Writes a table in it.
    pub write: fn(&Table) -> Vec<u8>,
}

const fn twin(ending: &'static str, has_head: bool, write: fn(&Table) -> Vec<u8>) -> Twin {
    Twin { ending, keys: "", has_head, write }
}

/// The formats, the first being what the others must be like.
pub const TWINS: &[Twin] = &[
    twin("csv", true, csv),
    twin("json", false, json),
    twin("ndjson", false, ndjson),
    twin("yaml", false, yaml),
    Twin { keys: "at = \"/rows/*\"", ..twin("toml", false, toml) },
    // Its head is known by its tags.
    twin("html", false, html),
    twin("xlsx", true, xlsx),
    twin("ods", true, ods),
    #[cfg(feature = "parquet")]
    twin("parquet", false, crate::columns::parquet),
    #[cfg(feature = "parquet")]
    twin("arrow", false, crate::columns::arrow),
];

/// The names of the columns, those of several rows joined.
pub fn columns(table: &Table) -> Vec<String> {
    let Some((last, above)) = table.heads.split_last() else { return Vec::new() };
    let name = |(at, own): (usize, &&str)| {
        let before = above.iter().map(|row| {
            let left = row.iter().take(at + 1).rev().find(|name| !name.is_empty());
            left.copied().unwrap_or_default()
        });
        let all: Vec<&str> = before.chain([*own]).filter(|name| !name.is_empty()).collect();
        all.join(" / ")
    };
    last.iter().enumerate().map(name).collect()
}

fn csv(table: &Table) -> Vec<u8> {
    let cell = |cell: &Cell| match cell {
        Text(text) if text.contains(['"', ',', '\n']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Text(text) | Bare(text) => (*text).to_string(),
        Nothing => String::new(),
    };
    let line = |row: &Vec<Cell>| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\n";
    let head: String = table.heads.iter().map(|row| row.join(",") + "\n").collect();
    (head + &table.rows.iter().map(line).collect::<String>()).into_bytes()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An object; every other cell without a value is null, the others are left out.
fn object(table: &Table, row: &[Cell]) -> String {
    let columns = columns(table);
    let member = |(at, (name, cell)): (usize, (&String, &Cell))| match cell {
        Text(text) => Some(format!("{}: {}", quoted(name), quoted(text))),
        Bare(text) => Some(format!("{}: {text}", quoted(name))),
        Nothing => (at % 2 == 0).then(|| format!("{}: null", quoted(name))),
    };
    let members = columns.iter().zip(row).enumerate().filter_map(member);
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn json(table: &Table) -> Vec<u8> {
    let rows: Vec<String> = table.rows.iter().map(|row| object(table, row)).collect();
    format!("[\n  {}\n]\n", rows.join(",\n  ")).into_bytes()
}

fn ndjson(table: &Table) -> Vec<u8> {
    table.rows.iter().map(|row| object(table, row) + "\n").collect::<String>().into_bytes()
}

fn yaml(table: &Table) -> Vec<u8> {
    let (mut text, columns) = (String::new(), columns(table));
    for row in &table.rows {
        let mut sign = "- ";
        for (at, (name, cell)) in columns.iter().zip(row).enumerate() {
            let value = match cell {
                Text(text) => quoted(text),
                Bare(text) => (*text).to_string(),
                Nothing if at % 2 == 0 => "null".to_string(),
                Nothing => continue,
            };
            let _ = writeln!(text, "{sign}{}: {value}", quoted(name));
            sign = "  ";
        }
    }
    text.into_bytes()
}

fn toml(table: &Table) -> Vec<u8> {
    let (mut text, columns) = (String::new(), columns(table));
    for row in &table.rows {
        text.push_str("[[rows]]\n");
        for (name, cell) in columns.iter().zip(row) {
            let _ = match cell {
                Text(own) => writeln!(text, "{} = {}", quoted(name), quoted(own)),
                Bare(own) => writeln!(text, "{} = {own}", quoted(name)),
                Nothing => Ok(()),
            };
        }
    }
    text.into_bytes()
}

fn text_of(cell: &Cell) -> &'static str {
    match cell {
        Text(text) | Bare(text) => text,
        Nothing => "",
    }
}

fn html(table: &Table) -> Vec<u8> {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut text = String::from("<!doctype html>\n<title>t</title>\n<table>\n<thead>\n");
    for (depth, row) in table.heads.iter().enumerate() {
        text.push_str("<tr>");
        let is_last = depth + 1 == table.heads.len();
        let mut names = row.iter().enumerate().peekable();
        while let Some((at, name)) = names.next() {
            let mut columns = 1;
            while !is_last && at > 0 && names.next_if(|next| next.1.is_empty()).is_some() {
                columns += 1;
            }
            let _ = write!(text, "<th colspan={columns}>{}</th>", escaped(name));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</thead>\n<tbody>\n");
    for row in &table.rows {
        text.push_str("<tr>");
        for cell in row {
            let _ = write!(text, "<td>\n  {}</td>", escaped(text_of(cell)));
        }
        text.push_str("</tr>\n");
    }
    (text + "</tbody>\n</table>\n").into_bytes()
}

/// A figure that a workbook can hold as one, and its decimals.
fn stored(text: &str) -> Option<(f64, usize)> {
    let is_short =
        text.len() < 15 && text.bytes().all(|b| b.is_ascii_digit() || b"-.".contains(&b));
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    Some((text.parse().ok().filter(|_| is_short)?, decimals))
}

fn number_format(decimals: usize) -> String {
    if decimals == 0 { "0".into() } else { format!("0.{}", "0".repeat(decimals)) }
}

fn xlsx(table: &Table) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let is_merged = |depth: usize| depth + 1 < table.heads.len();
    for (depth, row) in (0..).zip(table.heads) {
        for (at, name) in (0..).zip(*row) {
            let blanks = row.iter().skip(usize::from(at) + 1).take_while(|name| name.is_empty());
            let last = at + u16::try_from(blanks.count()).unwrap();
            if is_merged(usize::try_from(depth).unwrap()) && last > at && !name.is_empty() {
                sheet.merge_range(depth, at, depth, last, name, &Format::new()).unwrap();
            } else if !name.is_empty() {
                sheet.write_string(depth, at, *name).unwrap();
            }
        }
    }
    let first = u32::try_from(table.heads.len()).unwrap();
    for (down, row) in (first..).zip(&table.rows) {
        for (across, cell) in (0..).zip(row) {
            write_cell(sheet, (down, across), cell);
        }
    }
    book.save_to_buffer().unwrap()
}

fn write_cell(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell) {
    match cell {
        Nothing => {}
        Bare(text @ ("true" | "false")) => {
            sheet.write_boolean(row, column, *text == "true").unwrap();
        }
        Bare(text) if let Some((number, decimals)) = stored(text) => {
            let format = Format::new().set_num_format(number_format(decimals));
            sheet.write_number_with_format(row, column, number, &format).unwrap();
        }
        Text(text)
            if let Ok(day) = ExcelDateTime::parse_from_str(text)
                && text.len() == 10 =>
        {
            let format = Format::new().set_num_format("yyyy-mm-dd");
            sheet.write_datetime_with_format(row, column, &day, &format).unwrap();
        }
        Text(text) | Bare(text) => {
            sheet.write_string(row, column, *text).unwrap();
        }
    }
}

const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";

fn ods(table: &Table) -> Vec<u8> {
    let escaped =
        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let cell = |cell: &Cell| {
        let text = escaped(text_of(cell));
        let value = match cell {
            Nothing => return "<table:table-cell/>".to_string(),
            Bare("true" | "false") => format!("boolean\" office:boolean-value=\"{text}"),
            Bare(own) if stored(own).is_some() => format!("float\" office:value=\"{text}"),
            Text(_) | Bare(_) => "string".to_string(),
        };
        format!(
            "<table:table-cell office:value-type=\"{value}\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = |cells: &mut dyn Iterator<Item = String>| {
        format!("<table:table-row>{}</table:table-row>", cells.collect::<String>())
    };
    let heads: String = table
        .heads
        .iter()
        .map(|head| row(&mut head.iter().map(|name| cell(&Text(name)))))
        .collect();
    let rows: String = table.rows.iter().map(|cells| row(&mut cells.iter().map(cell))).collect();
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body>\
         <office:spreadsheet><table:table table:name=\"t\">{heads}{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("mimetype", ODS), ("content.xml", &content)] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
