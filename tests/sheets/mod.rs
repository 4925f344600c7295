//! Reads a workbook back as what it is: XML files in a zip archive.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use roxmltree::{Document, Node};

/// A sheet of a workbook.
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its cells that hold something, row by row.
    pub cells: Vec<Cell>,
    /// Targets of links to files, by the cell that has the link.
    pub links: BTreeMap<String, String>,
    /// How deep each row is grouped, where it is.
    pub levels: BTreeMap<u32, u32>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its address: `B7`.
    pub at: String,
    /// Its text or number, of a formula the result that is stored.
    pub value: String,
    /// Whether it is text.
    pub is_text: bool,
    /// Its formula.
    pub formula: Option<String>,
}

impl Sheet {
    /// The cell at an address.
    pub fn cell(&self, at: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.at == at)
    }

    /// The value of a cell; empty where it holds nothing.
    pub fn value(&self, at: &str) -> &str {
        self.cell(at).map_or("", |cell| &cell.value)
    }

    /// The formula of a cell; empty where it has none.
    pub fn formula(&self, at: &str) -> &str {
        self.cell(at).and_then(|cell| cell.formula.as_deref()).unwrap_or_default()
    }
}

/// The sheets of a workbook.
pub fn read(workbook: &[u8]) -> Vec<Sheet> {
    let mut files = BTreeMap::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).expect("a zip archive");
    for n in 0..archive.len() {
        let mut file = archive.by_index(n).expect("a file of the archive");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("text");
        files.insert(file.name().expect("a name").to_string(), text);
    }
    let strings = files.get("xl/sharedStrings.xml").map_or(Vec::new(), |xml| strings(xml));
    let parsed = Document::parse(&files["xl/workbook.xml"]).expect("XML");
    let names =
        named(parsed.root(), "sheet").map(|s| s.attribute("name").expect("a name").to_string());
    let sheet = |(n, name): (usize, String)| {
        let file = |folder: &str, end: &str| {
            files.get(&format!("xl/worksheets/{folder}sheet{n}.xml{end}"))
        };
        let links = file("_rels/", ".rels").map(|xml| targets(xml)).unwrap_or_default();
        sheet(name, file("", "").expect("a sheet"), &strings, &links)
    };
    (1..).zip(names).map(sheet).collect()
}

/// The workbook as text: a line for each cell.
pub fn listed(workbook: &[u8]) -> String {
    let mut out = String::new();
    for sheet in read(workbook) {
        out += &format!("## {}\n", sheet.name);
        for cell in &sheet.cells {
            let formula = cell.formula.as_ref().map_or(String::new(), |f| format!("  ={f}"));
            let link = sheet.links.get(&cell.at).map_or(String::new(), |l| format!("  -> {l}"));
            out += &format!("{}: {}{formula}{link}\n", cell.at, cell.value);
        }
    }
    out
}

fn named<'d, 'i>(of: Node<'d, 'i>, name: &'static str) -> impl Iterator<Item = Node<'d, 'i>> {
    of.descendants().filter(move |n| n.tag_name().name() == name)
}

fn text(of: Node<'_, '_>) -> String {
    of.descendants().filter(|n| n.tag_name().name() == "t").filter_map(|n| n.text()).collect()
}

fn strings(xml: &str) -> Vec<String> {
    named(Document::parse(xml).expect("XML").root(), "si").map(text).collect()
}

fn targets(xml: &str) -> BTreeMap<String, String> {
    let parsed = Document::parse(xml).expect("XML");
    let pair = |n: Node<'_, '_>| Some((n.attribute("Id")?.into(), n.attribute("Target")?.into()));
    named(parsed.root(), "Relationship").filter_map(pair).collect()
}

fn sheet(name: String, xml: &str, strings: &[String], links: &BTreeMap<String, String>) -> Sheet {
    let parsed = Document::parse(xml).expect("XML");
    let root = parsed.root();
    let cell = |c: Node<'_, '_>| {
        let child = |name| c.children().find(|n| n.tag_name().name() == name);
        let stored = child("v").and_then(|v| v.text()).unwrap_or_default();
        let is_text = c.attribute("t") == Some("s");
        let number = || stored.parse::<usize>().expect("a number");
        let value = if is_text { strings[number()].clone() } else { stored.to_string() };
        let formula = child("f").and_then(|f| f.text()).map(str::to_string);
        let at = c.attribute("r").expect("an address").to_string();
        (!value.is_empty() || formula.is_some()).then_some(Cell { at, value, is_text, formula })
    };
    let level = |row: Node<'_, '_>| {
        let number = |name| row.attribute(name)?.parse().ok();
        Some((number("r")?, number("outlineLevel")?))
    };
    let link = |n: Node<'_, '_>| {
        let id = n.attributes().find(|a| a.name() == "id")?.value();
        Some((n.attribute("ref")?.to_string(), links.get(id)?.clone()))
    };
    Sheet {
        name,
        cells: named(root, "c").filter_map(cell).collect(),
        links: named(root, "hyperlink").filter_map(link).collect(),
        levels: named(root, "row").filter_map(level).collect(),
    }
}
