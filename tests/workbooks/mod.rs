//! Small workbooks made of text, for tests: what programs write that do not compute.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An XLSX file of sheets in CSV: `[Name]` begins a sheet, `[Name (hidden)]` a hidden one; `=F|V` is a
/// formula with the value that is stored, and `=F|none` one without; `#N/A` is an error, and `'7` a text.
/// `[Name: A1:B4 header=1 totals=0]` makes a table of cells of the sheet above.
#[allow(dead_code, reason = "not every test makes such")]
pub fn xlsx(text: &str) -> Vec<u8> {
    let (mut sheets, mut tables): (Vec<(String, String)>, Vec<(String, String)>) =
        Default::default();
    for line in text.lines() {
        match line.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
            Some(own) => match own.split_once(": ") {
                Some((name, says)) => tables.extend(table(sheets.len().max(1), name, says)),
                None => sheets.push((own.into(), String::new())),
            },
            None => {
                if sheets.is_empty() {
                    sheets.push(("Sheet1".into(), String::new()));
                }
                let (_, rows) = sheets.last_mut().expect("a sheet");
                let cells: String = line.split(',').map(cell).collect();
                rows.push_str(&format!("<row>{cells}</row>"));
            }
        }
    }
    let sheets: Vec<(String, String)> = sheets
        .into_iter()
        .map(|(name, rows)| (name, format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")))
        .collect();
    zipped(&[parts(&sheets), tables].concat())
}

/// The parts of a table of a sheet, which has no other.
fn table(sheet: usize, name: &str, says: &str) -> Vec<(String, String)> {
    let mut words = says.split(' ');
    let area = words.next().unwrap_or_default();
    let counts: String = words
        .filter_map(|word| word.split_once('='))
        .map(|(key, count)| format!(" {key}RowCount=\"{count}\""))
        .collect();
    let part = format!("table{sheet}.xml");
    let xml = format!("<table displayName=\"{name}\" ref=\"{area}\"{counts}/>");
    let related = relations(&[("t", "table", part.clone())]);
    vec![(format!("xl/{part}"), xml), (format!("xl/_rels/sheet{sheet}.xml.rels"), related)]
}

/// An XLSX file with the XML of its only sheet.
#[allow(dead_code, reason = "not every test makes such")]
pub fn of_sheet(xml: &str) -> Vec<u8> {
    of_sheets(&[("Sheet1".into(), xml.into())])
}

/// Likewise, with the texts that its cells share.
#[allow(dead_code, reason = "not every test makes such")]
pub fn with_texts(xml: &str, texts: &[&str]) -> Vec<u8> {
    let texts: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    let shared = ("xl/sharedStrings.xml".into(), format!("<sst>{texts}</sst>"));
    zipped(&[parts(&[("Sheet1".into(), xml.into())]), vec![shared]].concat())
}

/// Likewise, with names and what they stand for.
#[allow(dead_code, reason = "not every test makes such")]
pub fn with_names(xml: &str, names: &[(&str, &str)]) -> Vec<u8> {
    let one =
        |(name, of): &(&str, &str)| format!("<definedName name=\"{name}\">{of}</definedName>");
    let names: String = names.iter().map(one).collect();
    let mut parts = parts(&[("Sheet1".into(), xml.into())]);
    for (_, text) in parts.iter_mut().filter(|(name, _)| name == "xl/workbook.xml") {
        *text =
            text.replace("</sheets>", &format!("</sheets><definedNames>{names}</definedNames>"));
    }
    zipped(&parts)
}

fn of_sheets(sheets: &[(String, String)]) -> Vec<u8> {
    zipped(&parts(sheets))
}

fn parts(sheets: &[(String, String)]) -> Vec<(String, String)> {
    let root = relations(&[("r", "officeDocument", "xl/workbook.xml".to_string())]);
    let mut parts =
        vec![("_rels/.rels".to_string(), root), ("xl/workbook.xml".to_string(), book(sheets))];
    let ids: Vec<String> = (1..=sheets.len()).map(|n| format!("r{n}")).collect();
    let own = ids.iter().enumerate();
    let own = own.map(|(n, id)| (id.as_str(), "worksheet", format!("sheet{}.xml", n + 1)));
    parts.push(("xl/_rels/workbook.xml.rels".into(), relations(&own.collect::<Vec<_>>())));
    let part =
        |(n, (_, xml)): (usize, &(String, String))| (format!("xl/sheet{}.xml", n + 1), xml.clone());
    parts.extend(sheets.iter().enumerate().map(part));
    parts
}

/// An archive of these parts.
pub fn zipped(parts: &[(String, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("its text");
    }
    zip.finish().expect("an archive").into_inner()
}

fn relations(all: &[(&str, &str, String)]) -> String {
    let one = |(id, kind, target): &(&str, &str, String)| {
        format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{target}\"/>")
    };
    format!("<Relationships>{}</Relationships>", all.iter().map(one).collect::<String>())
}

fn book(sheets: &[(String, String)]) -> String {
    let one = |(n, (name, _)): (usize, &(String, String))| {
        let hidden = name.strip_suffix(" (hidden)");
        let state = if hidden.is_some() { " state=\"hidden\"" } else { "" };
        let name = hidden.unwrap_or(name);
        format!("<sheet name=\"{name}\"{state} r:id=\"r{}\"/>", n + 1)
    };
    let sheets: String = sheets.iter().enumerate().map(one).collect();
    format!("<workbook><sheets>{sheets}</sheets></workbook>")
}

fn cell(text: &str) -> String {
    match text.strip_prefix('=').and_then(|formula| formula.split_once('|')) {
        Some((formula, "none")) => format!("<c><f>{formula}</f></c>"),
        Some((formula, value)) => format!("<c><f>{formula}</f><v>{value}</v></c>"),
        None if text.parse::<f64>().is_ok() => format!("<c><v>{text}</v></c>"),
        None if text.is_empty() => "<c/>".into(),
        None if text.starts_with('#') => format!("<c t=\"e\"><v>{text}</v></c>"),
        None => {
            let text = text.strip_prefix('\'').unwrap_or(text);
            format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")
        }
    }
}
