//! XLSX: a ZIP archive of XML. A sheet is read in one walk, with values, formats and formulas; what
//! is hidden and merged is told in the same part.

use std::collections::HashMap;
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};

use crate::read::format::Refusal;
use crate::read::sheet::book::{Book, Named, OwnRows, SheetName, area, numbers, reference};
use crate::read::sheet::cells::{Cells, Formula, Kind, ROWS};
use crate::read::sheet::decimal::Decimal;
use crate::read::sheet::number_format::{NumberFormat, Style};
use crate::read::sheet::package::{
    Package, Xml, attribute, damaged, flag, local_attribute, no_xml, relations, room,
};
use crate::read::sheet::serial::Epoch;
use crate::read::sheet::text::{self, unescaped};
use crate::width::{to_u32, to_usize};

/// A workbook.
pub struct Xlsx {
    package: Package,
    /// Folder of the workbook's part, ending in `/`.
    folder: String,
    sheets: Vec<SheetName>,
    /// The part of each sheet.
    parts: Vec<String>,
    /// Names of areas, with what they stand for.
    names: Vec<(String, String)>,
    epoch: Epoch,
    formats: Option<Arc<[NumberFormat]>>,
    strings: Option<Arc<Strings>>,
    /// Bytes that cells may still take.
    room: u64,
}

/// Texts that cells share.
#[derive(Default)]
struct Strings {
    texts: Vec<u8>,
    ends: Vec<u32>,
}

impl Strings {
    fn get(&self, n: usize) -> Option<&[u8]> {
        let end = to_usize(*self.ends.get(n)?);
        let start = n.checked_sub(1).and_then(|n| self.ends.get(n)).copied().unwrap_or(0);
        self.texts.get(to_usize(start)..end)
    }
}

impl Xlsx {
    /// Opens a workbook.
    ///
    /// # Errors
    /// That it is none.
    pub fn open(mut package: Package) -> Result<Xlsx, Refusal> {
        let roots = relations(&mut package, "")?;
        let root = roots.into_iter().find(|(_, kind, _)| kind.ends_with("/officeDocument"));
        let part = root.map_or_else(|| "xl/workbook.xml".to_string(), |(_, _, to)| to);
        if !package.has(&part) {
            return Err(damaged("the archive has no workbook in it"));
        }
        let related: HashMap<String, (String, String)> = relations(&mut package, &part)?
            .into_iter()
            .map(|(id, kind, to)| (id, (kind, to)))
            .collect();
        let folder =
            part.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let mut book = Xlsx {
            folder,
            sheets: Vec::new(),
            parts: Vec::new(),
            names: Vec::new(),
            epoch: Epoch::Day1900,
            formats: None,
            strings: None,
            room: room(package.packed),
            package,
        };
        let mut buf = Vec::new();
        let Xlsx { package, sheets, parts, names, epoch, .. } = &mut book;
        package.walk(&part, |tag, xml| {
            match tag.local_name().as_ref() {
                "workbookPr" if flag(tag, "date1904") => *epoch = Epoch::Day1904,
                "sheet" => {
                    let id = local_attribute(tag, "id").unwrap_or_default();
                    // Charts and macros on sheets of their own have no cells.
                    if let Some((kind, to)) = related.get(&id)
                        && kind.ends_with("/worksheet")
                    {
                        let name = attribute(tag, "name").unwrap_or_default();
                        let state = attribute(tag, "state");
                        let is_hidden = state.is_some_and(|state| state != "visible");
                        sheets.push(SheetName { name, is_hidden });
                        parts.push(to.clone());
                    }
                }
                "definedName" => {
                    let name = attribute(tag, "name").unwrap_or_default();
                    let mut text = Vec::new();
                    text::read(xml, &part, &mut buf, &mut text, |_| true)?;
                    names.push((name, String::from_utf8_lossy(&text).into_owned()));
                    return Ok(true);
                }
                _ => {}
            }
            Ok(false)
        })?;
        Ok(book)
    }

    fn formats(&mut self) -> Result<Arc<[NumberFormat]>, Refusal> {
        if let Some(formats) = &self.formats {
            return Ok(formats.clone());
        }
        let (mut own, mut of_cells, mut in_cells) = (HashMap::new(), Vec::new(), false);
        self.package.walk(&format!("{}styles.xml", self.folder), |tag, _| {
            let number = |name| attribute(tag, name).and_then(|n| n.parse::<u32>().ok());
            match tag.local_name().as_ref() {
                "numFmt" => {
                    let code = attribute(tag, "formatCode").unwrap_or_default();
                    own.extend(number("numFmtId").map(|id| (id, NumberFormat::parse(&code))));
                }
                "cellXfs" => in_cells = true,
                "cellStyles" | "cellStyleXfs" | "dxfs" => in_cells = false,
                "xf" if in_cells => of_cells.push(number("numFmtId").unwrap_or(0)),
                _ => {}
            }
            Ok(false)
        })?;
        Ok(self.formats.insert(NumberFormat::of_cells(&own, of_cells)).clone())
    }

    fn strings(&mut self) -> Result<Arc<Strings>, Refusal> {
        if let Some(strings) = &self.strings {
            return Ok(strings.clone());
        }
        let part = format!("{}sharedStrings.xml", self.folder);
        let (mut strings, mut buf, mut own) = (Strings::default(), Vec::new(), Vec::new());
        self.package.walk(&part, |tag, xml| {
            if tag.local_name().as_ref() != "si" {
                return Ok(false);
            }
            own.clear();
            text::runs(xml, &part, &mut buf, &mut own)?;
            strings.texts.extend_from_slice(&unescaped(&own));
            if strings.texts.len() > to_usize(u32::MAX) {
                return Err(damaged("the workbook has more than 4 GiB of texts"));
            }
            strings.ends.push(to_u32(strings.texts.len()));
            Ok(true)
        })?;
        Ok(self.strings.insert(Arc::new(strings)).clone())
    }
}

impl Book for Xlsx {
    fn sheets(&self) -> &[SheetName] {
        &self.sheets
    }

    fn names(&mut self) -> Result<Vec<Named>, Refusal> {
        let numbers = numbers(&self.sheets);
        let named = |(name, of): &(String, String)| {
            let (sheet, area) = reference(of)?;
            let sheet = *numbers.get(sheet.as_str())?;
            Some(Named { name: name.clone(), sheet, area, rows: None })
        };
        let mut all: Vec<Named> = self.names.iter().filter_map(named).collect();
        for (sheet, part) in self.parts.clone().iter().enumerate() {
            let related = relations(&mut self.package, part)?;
            for (_, _, table) in related.iter().filter(|(_, kind, _)| kind.ends_with("/table")) {
                self.package.walk(table, |tag, _| {
                    if tag.local_name().as_ref() == "table"
                        && let Some(area) = attribute(tag, "ref").and_then(|text| area(&text))
                    {
                        let name = attribute(tag, "displayName").or_else(|| attribute(tag, "name"));
                        let count = |key| attribute(tag, key).and_then(|n| n.parse().ok());
                        let header = count("headerRowCount").unwrap_or(1);
                        let totals = count("totalsRowCount").unwrap_or(0);
                        let rows = Some(OwnRows { header, totals });
                        all.push(Named { name: name.unwrap_or_default(), sheet, area, rows });
                    }
                    Ok(false)
                })?;
            }
        }
        Ok(all)
    }

    fn defined(&self) -> &[(String, String)] {
        &self.names
    }

    fn cells(&mut self, sheet: usize, point: u8, stored: bool) -> Result<Cells, Refusal> {
        let (formats, strings) = (self.formats()?, self.strings()?);
        let style = Style { point, epoch: self.epoch, stored };
        let part = self.parts.get(sheet).cloned().unwrap_or_default();
        let name = self.sheets.get(sheet).map(|sheet| sheet.name.clone()).unwrap_or_default();
        let Some(xml) = self.package.part(&part)? else {
            return Err(damaged(format!("the workbook lacks the part `{part}`")));
        };
        let mut walker = Walker {
            xml,
            part: &part,
            formats: &formats,
            strings: &strings,
            style,
            cells: Cells::new((&name, self.room), point, stored),
            at: (0, 0),
            inner: Vec::new(),
            value: Vec::new(),
        };
        walker.walk()?;
        let mut cells = walker.cells;
        cells.finish()?;
        self.room = cells.room;
        Ok(cells)
    }
}

/// A walk over the part of a sheet.
struct Walker<'w> {
    xml: Xml<'w>,
    part: &'w str,
    formats: &'w [NumberFormat],
    strings: &'w Strings,
    style: Style,
    cells: Cells,
    /// Where the next cell stands that does not say it.
    at: (u32, u32),
    inner: Vec<u8>,
    value: Vec<u8>,
}

/// What a tag of a cell says.
#[derive(Default)]
struct CellTag {
    style: usize,
    kind: CellKind,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum CellKind {
    #[default]
    Number,
    Shared,
    Text,
    Truth,
    Error,
    Date,
}

impl Walker<'_> {
    fn walk(&mut self) -> Result<(), Refusal> {
        let (mut buf, mut is_whole) = (Vec::new(), false);
        loop {
            buf.clear();
            match self.xml.read_event_into(&mut buf).map_err(|e| no_xml(self.part, &e))? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "c" => {
                        let tag = self.tag(&tag)?;
                        self.cell(&tag)?;
                        self.at.1 = self.at.1.saturating_add(1);
                    }
                    "row" => self.row(&tag)?,
                    "col" if flag(&tag, "hidden") => {
                        let number = |name| attribute(&tag, name)?.parse::<u32>().ok();
                        let ends = number("min").zip(number("max"));
                        let ends = ends.map(|(a, b)| (a.saturating_sub(1), b.saturating_sub(1)));
                        self.cells.hidden_columns.extend(ends);
                    }
                    "mergeCell" => {
                        let own = attribute(&tag, "ref").and_then(|text| area(&text));
                        self.cells.merged.extend(own);
                    }
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "row" => self.at = (self.at.0.saturating_add(1), 0),
                    "worksheet" => is_whole = true,
                    _ => {}
                },
                Event::Eof if is_whole => return Ok(()),
                Event::Eof => {
                    let message = format!("`{}` in the workbook is cut short", self.part);
                    return Err(damaged(message));
                }
                _ => {}
            }
        }
    }

    fn row(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        let row = match attribute(tag, "r") {
            Some(number) => {
                let row = number.trim().parse::<u32>().ok().and_then(|n| n.checked_sub(1));
                row.filter(|row| *row < ROWS)
                    .ok_or_else(|| self.cells.outside(&format!("A{number}")))?
            }
            None => self.at.0,
        };
        self.at = (row, 0);
        if flag(tag, "hidden") {
            self.cells.hidden_rows.push(row);
        }
        Ok(())
    }

    fn tag(&mut self, tag: &BytesStart<'_>) -> Result<CellTag, Refusal> {
        let mut made = CellTag::default();
        for own in tag.attributes().with_checks(false).flatten() {
            match own.key.as_ref() {
                "r" => {
                    let at = address(own.value.as_bytes());
                    self.at = at.ok_or_else(|| self.cells.outside(&own.value))?;
                }
                "s" => made.style = own.value.trim().parse().unwrap_or(usize::MAX),
                "t" => {
                    made.kind = match &*own.value {
                        "s" => CellKind::Shared,
                        "str" | "inlineStr" => CellKind::Text,
                        "b" => CellKind::Truth,
                        "e" => CellKind::Error,
                        "d" => CellKind::Date,
                        _ => CellKind::Number,
                    }
                }
                _ => {}
            }
        }
        Ok(made)
    }

    fn cell(&mut self, tag: &CellTag) -> Result<(), Refusal> {
        let (mut has_value, mut has_formula) = (false, false);
        self.value.clear();
        loop {
            self.inner.clear();
            let event = self.xml.read_event_into(&mut self.inner);
            match event.map_err(|e| no_xml(self.part, &e))? {
                Event::Start(inner) => match inner.local_name().as_ref() {
                    "v" => {
                        has_value = true;
                        let (xml, value) = (&mut self.xml, &mut self.value);
                        text::read(xml, self.part, &mut self.inner, value, |_| true)?;
                    }
                    "is" => {
                        has_value = true;
                        let (xml, value) = (&mut self.xml, &mut self.value);
                        text::runs(xml, self.part, &mut self.inner, value)?;
                    }
                    "f" => {
                        has_formula = true;
                        let kind = attribute(&inner, "t");
                        let shared = attribute(&inner, "si").and_then(|n| n.parse::<u32>().ok());
                        self.formula(kind.as_deref(), shared)?;
                    }
                    _ => {}
                },
                Event::End(inner) if inner.local_name().as_ref() == "c" => break,
                Event::Eof => {
                    return Err(damaged(format!("`{}` in the workbook is cut short", self.part)));
                }
                _ => {}
            }
        }
        // Some programs write a value of no digits where they have not computed one.
        has_value &= !(has_formula && self.value.is_empty() && tag.kind == CellKind::Number);
        match (has_value, has_formula) {
            (true, _) => self.take(tag),
            (false, true) => self.cells.text(self.at, Kind::Unknown, b""),
            (false, false) => Ok(()),
        }
    }

    /// Takes the value of a cell.
    fn take(&mut self, tag: &CellTag) -> Result<(), Refusal> {
        let (at, value) = (self.at, self.value.as_slice());
        match tag.kind {
            CellKind::Shared => {
                let number = String::from_utf8_lossy(value.trim_ascii());
                let text = number.parse().ok().and_then(|n| self.strings.get(n));
                match text {
                    Some(b"") => Ok(()),
                    Some(text) => self.cells.text(at, Kind::Text, text),
                    None if number.is_empty() => Ok(()),
                    None => {
                        let what = format!("the shared text {number}, counted from 0");
                        Err(self.cells.lacks(at, &what, self.strings.ends.len()))
                    }
                }
            }
            CellKind::Text if value.is_empty() => Ok(()),
            CellKind::Text => self.cells.text(at, Kind::Text, &unescaped(value)),
            CellKind::Truth => {
                let word: &[u8] =
                    if value == b"1" || value == b"true" { b"true" } else { b"false" };
                self.cells.text(at, Kind::Truth, word)
            }
            CellKind::Error => self.cells.text(at, Kind::Error, value),
            CellKind::Date => {
                let midnight =
                    value.strip_suffix(b"T00:00:00").or(value.strip_suffix(b"T00:00:00Z"));
                self.cells.text(at, Kind::Date, midnight.unwrap_or(value))
            }
            CellKind::Number => match Decimal::parse(value.trim_ascii()) {
                Some(number) => {
                    let usual = NumberFormat::default();
                    let format = match self.formats.get(tag.style) {
                        Some(format) => format,
                        // A workbook without styles has the usual one.
                        None if tag.style == 0 => &usual,
                        None => {
                            let what = format!("the style {}, counted from 0", tag.style);
                            return Err(self.cells.lacks(at, &what, self.formats.len()));
                        }
                    };
                    self.cells.number(at, number, (format, self.style))
                }
                None if value.is_empty() => Ok(()),
                None => self.cells.text(at, Kind::Text, value),
            },
        }
    }

    fn formula(&mut self, kind: Option<&str>, shared: Option<u32>) -> Result<(), Refusal> {
        let mut text = Vec::new();
        text::read(&mut self.xml, self.part, &mut self.inner, &mut text, |_| true)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let formula = match (kind, shared) {
            (Some("shared"), Some(number)) => {
                if !text.is_empty() {
                    self.cells.shared.entry(number).or_insert((self.at, text));
                }
                Formula::Shared(number)
            }
            (Some("array" | "dataTable"), _) => Formula::Array(text),
            _ => Formula::Own(text),
        };
        self.cells.formula(self.at, formula)
    }
}

/// Row and column of an address without `$`, from 0.
fn address(text: &[u8]) -> Option<(u32, u32)> {
    let (mut row, mut column) = (0_u32, 0_u32);
    for byte in text {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                let letter = u32::from(byte.to_ascii_uppercase() - b'A');
                column = column.checked_mul(26)?.checked_add(letter + 1)?;
            }
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            _ => return None,
        }
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}
