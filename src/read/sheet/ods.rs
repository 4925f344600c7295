//! ODS: a ZIP archive with one part for all sheets. What a cell shows stands beside what it holds.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use crate::read::format::Refusal;
use crate::read::sheet::book::{Book, Named, SheetName, area, numbers};
use crate::read::sheet::cells::{Area, Cells, Formula, Kind, ROWS};
use crate::read::sheet::decimal::Decimal;
use crate::read::sheet::package::{
    Package, Xml, damaged, encrypted, local_attribute, no_xml, room,
};
use crate::read::sheet::text;

/// The part with all sheets.
const CONTENT: &str = "content.xml";

/// How often this part is walked: for the names of the sheets, for one of them, and for those which
/// its formulas name.
const WALKS: u64 = 3;

/// Decimals that a cell may show.
const MOST_DECIMALS: i32 = 20;

/// A workbook.
pub struct Ods {
    package: Package,
    sheets: Vec<SheetName>,
    /// Names of areas, with the sheet and the area as they are written.
    names: Vec<(String, String)>,
    /// Bytes that cells may still take.
    room: u64,
}

impl Ods {
    /// Opens a workbook.
    ///
    /// # Errors
    /// That it is encrypted, or none.
    pub fn open(mut package: Package) -> Result<Ods, Refusal> {
        let mut is_encrypted = false;
        package.walk("META-INF/manifest.xml", |tag, _| {
            is_encrypted |= tag.local_name().as_ref() == "encryption-data";
            Ok(false)
        })?;
        if is_encrypted {
            return Err(encrypted());
        }
        if !package.has(CONTENT) {
            return Err(damaged("the archive has no sheets in it"));
        }
        let room = room(package.packed);
        package.walked(WALKS);
        let mut book = Ods { package, sheets: Vec::new(), names: Vec::new(), room };
        let (mut hidden, mut style) = (HashSet::new(), String::new());
        let (sheets, names) = (&mut book.sheets, &mut book.names);
        book.package.walk(CONTENT, |tag, _| {
            let text = |name| local_attribute(tag, name).unwrap_or_default();
            match tag.local_name().as_ref() {
                "style" => style = text("name"),
                "table-properties" if text("display") == "false" => {
                    hidden.insert(style.clone());
                }
                "table" if tag.name().as_ref().starts_with("table:") => {
                    let is_hidden = hidden.contains(&text("style-name"));
                    sheets.push(SheetName { name: text("name"), is_hidden });
                }
                "named-range" => names.push((text("name"), text("cell-range-address"))),
                "database-range" => names.push((text("name"), text("target-range-address"))),
                _ => {}
            }
            Ok(false)
        })?;
        Ok(book)
    }
}

impl Book for Ods {
    fn sheets(&self) -> &[SheetName] {
        &self.sheets
    }

    fn names(&mut self) -> Result<Vec<Named>, Refusal> {
        // `$Costs.$A$3:.$F$40`, `$'My costs'.$A$3:$'My costs'.$F$40`
        let numbers = numbers(&self.sheets);
        let named = |(name, of): &(String, String)| {
            let (first, last) = of.split_once(':').unwrap_or((of, of));
            let (sheet, first) = first.rsplit_once('.')?;
            let last = last.rsplit_once('.').map_or(last, |(_, last)| last);
            let sheet = sheet.trim_start_matches('$');
            let sheet = match sheet.strip_prefix('\'').and_then(|s| s.strip_suffix('\'')) {
                Some(quoted) => quoted.replace("''", "'"),
                None => sheet.to_string(),
            };
            let area = area(&format!("{first}:{last}"))?;
            Some(Named { name: name.clone(), sheet: *numbers.get(sheet.as_str())?, area })
        };
        Ok(self.names.iter().filter_map(named).collect())
    }

    fn cells(&mut self, sheet: usize, point: u8, stored: bool) -> Result<Cells, Refusal> {
        let own = self.read(&BTreeSet::from([sheet]), point, stored)?.remove(&sheet);
        Ok(own.unwrap_or_default())
    }

    fn several(&mut self, sheets: &BTreeSet<usize>) -> Result<BTreeMap<usize, Cells>, Refusal> {
        self.read(sheets, b'.', true)
    }
}

impl Ods {
    /// Some of the sheets, in one walk over the part that has them all.
    fn read(
        &mut self,
        sheets: &BTreeSet<usize>,
        point: u8,
        stored: bool,
    ) -> Result<BTreeMap<usize, Cells>, Refusal> {
        let (names, room, mut all) = (&self.sheets, &mut self.room, BTreeMap::new());
        let (mut number, mut next, mut buf) = (0, 0, Vec::new());
        let mut walker: Option<Walker> = None;
        let mut end = |number, walker: Option<Walker>, room: &mut u64| {
            let Some(Walker { mut cells, .. }) = walker else { return };
            cells.finish();
            *room = cells.room;
            all.insert(number, cells);
        };
        self.package.walk(CONTENT, |tag, xml| {
            let local = tag.local_name();
            if local.as_ref() == "table" && tag.name().as_ref().starts_with("table:") {
                end(number, walker.take(), room);
                number = next;
                next += 1;
                if sheets.contains(&number) {
                    let name = names.get(number).map_or("", |sheet| &sheet.name);
                    let cells = Cells::new((name, *room), point, stored);
                    walker = Some(Walker { cells, row: (0, 1), column: 0, passed: 0 });
                }
            }
            let Some(walker) = &mut walker else { return Ok(false) };
            match local.as_ref() {
                "table-column" => walker.columns(tag),
                "table-row" => walker.row(tag),
                "table-cell" | "covered-table-cell" => {
                    walker.cell(tag, xml, &mut buf)?;
                    return Ok(true);
                }
                "shapes" | "forms" => {
                    text::read(xml, CONTENT, &mut buf, &mut Vec::new(), |_| false)?;
                    return Ok(true);
                }
                _ => {}
            }
            Ok(false)
        })?;
        end(number, walker, room);
        Ok(all)
    }
}

/// A walk over the cells of a sheet.
struct Walker {
    cells: Cells,
    /// The row at hand, and how often it stands there.
    row: (u32, u32),
    /// The next column.
    column: u32,
    /// Columns whose kinds are known.
    passed: u32,
}

/// How often something stands there.
fn repeated(tag: &BytesStart<'_>, name: &str) -> u32 {
    local_attribute(tag, name).and_then(|n| n.parse().ok()).unwrap_or(1).max(1)
}

impl Walker {
    fn columns(&mut self, tag: &BytesStart<'_>) {
        let next = self.passed.saturating_add(repeated(tag, "number-columns-repeated"));
        if local_attribute(tag, "visibility").is_some_and(|v| v != "visible") {
            self.cells.hidden_columns.push((self.passed, next - 1));
        }
        self.passed = next;
    }

    fn row(&mut self, tag: &BytesStart<'_>) {
        let start = if self.passed == u32::MAX { self.row.0.saturating_add(self.row.1) } else { 0 };
        // Columns come before the first row.
        self.passed = u32::MAX;
        self.row = (start, repeated(tag, "number-rows-repeated"));
        self.column = 0;
        if local_attribute(tag, "visibility").is_some_and(|v| v != "visible") {
            self.cells.hidden_rows.extend(start..start.saturating_add(self.row.1).min(ROWS));
        }
    }

    fn cell(
        &mut self,
        tag: &BytesStart<'_>,
        xml: &mut Xml<'_>,
        buf: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let of = Held::new(tag);
        let mut shown = Vec::new();
        paragraphs(xml, buf, &mut shown)?;
        let columns =
            self.column..self.column.saturating_add(repeated(tag, "number-columns-repeated"));
        self.column = columns.end;
        if tag.local_name().as_ref() == "covered-table-cell" {
            return Ok(());
        }
        let spanned = |name| repeated(tag, name).saturating_sub(1);
        let (down, right) = (spanned("number-rows-spanned"), spanned("number-columns-spanned"));
        let rows = self.row.0..self.row.0.saturating_add(self.row.1);
        if down > 0 || right > 0 {
            self.cells.merged.push(Area {
                rows: (rows.start, rows.start.saturating_add(down)),
                columns: (columns.start, columns.start.saturating_add(right)),
            });
        }
        if of.is_blank(&shown) {
            return Ok(());
        }
        of.take((rows.start, columns.start), &shown, &mut self.cells)?;
        self.cells.repeat(Area {
            rows: (rows.start, rows.end - 1),
            columns: (columns.start, columns.end - 1),
        })
    }
}

/// Takes the paragraphs of a cell, without its notes and drawings.
fn paragraphs(xml: &mut Xml<'_>, buf: &mut Vec<u8>, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let (mut depth, mut unwanted, mut count) = (0_u32, None, 0_u32);
    loop {
        buf.clear();
        match xml.read_event_into(buf).map_err(|e| no_xml(CONTENT, &e))? {
            Event::Start(tag) => {
                depth += 1;
                match tag.local_name().as_ref() {
                    _ if unwanted.is_some() => {}
                    "annotation" | "frame" | "custom-shape" => unwanted = Some(depth),
                    "p" => {
                        if count > 0 {
                            out.push(b'\n');
                        }
                        count += 1;
                    }
                    "s" => {
                        let n = local_attribute(&tag, "c").and_then(|n| n.parse().ok());
                        out.extend(std::iter::repeat_n(b' ', n.unwrap_or(1_usize).min(1 << 16)));
                    }
                    "tab" => out.push(b'\t'),
                    "line-break" => out.push(b'\n'),
                    _ => {}
                }
            }
            Event::End(_) if depth == 0 => return Ok(()),
            Event::End(_) => {
                unwanted = unwanted.filter(|at| *at < depth);
                depth -= 1;
            }
            // Between paragraphs there is nothing but white space.
            Event::Text(text) if unwanted.is_none() && depth > 0 => {
                out.extend_from_slice(text.as_bytes());
            }
            Event::GeneralRef(name) if unwanted.is_none() => text::entity(&name, out),
            Event::Eof => return Err(damaged(format!("`{CONTENT}` in the workbook is cut short"))),
            _ => {}
        }
    }
}

/// What a cell says of its value.
struct Held {
    kind: String,
    value: Option<String>,
    formula: Option<String>,
    is_error: bool,
}

impl Held {
    fn new(tag: &BytesStart<'_>) -> Held {
        let mut held = Held { kind: String::new(), value: None, formula: None, is_error: false };
        for own in tag.attributes().with_checks(false).flatten() {
            let Ok(value) = unescape(&own.value) else { continue };
            match own.key.as_ref() {
                "office:value-type" => held.kind = value.into_owned(),
                "calcext:value-type" => held.is_error = value == "error",
                "office:value"
                | "office:date-value"
                | "office:time-value"
                | "office:boolean-value"
                | "office:string-value" => {
                    held.value = Some(value.into_owned());
                }
                "table:formula" => {
                    let formula = value.split_once('=').map_or(&*value, |(_, formula)| formula);
                    held.formula = Some(usual(formula));
                }
                _ => {}
            }
        }
        held
    }

    fn is_blank(&self, shown: &[u8]) -> bool {
        self.formula.is_none() && self.value.is_none() && shown.is_empty()
    }

    /// Puts the cell where it stands.
    fn take(&self, at: (u32, u32), shown: &[u8], cells: &mut Cells) -> Result<(), Refusal> {
        if let Some(formula) = &self.formula {
            cells.formula(at, Formula::Own(formula.clone()))?;
        }
        let value = self.value.as_deref();
        match (self.kind.as_str(), value) {
            _ if self.is_error => cells.text(at, Kind::Error, shown),
            ("float" | "currency" | "percentage", Some(value)) => {
                match Decimal::parse(value.as_bytes()) {
                    Some(number) => self.number(at, number, shown, cells),
                    None => cells.text(at, Kind::Text, value.as_bytes()),
                }
            }
            ("date", Some(value)) => {
                let midnight = value.strip_suffix("T00:00:00").unwrap_or(value);
                cells.text(at, Kind::Date, midnight.replace('T', " ").as_bytes())
            }
            ("time", Some(value)) => {
                let text = clock(value).unwrap_or_else(|| value.to_string());
                cells.text(at, Kind::Date, text.as_bytes())
            }
            ("boolean", Some(value)) => cells.text(at, Kind::Truth, value.as_bytes()),
            ("" | "void", None) if self.formula.is_some() && shown.is_empty() => {
                cells.text(at, Kind::Unknown, b"")
            }
            _ => {
                let text = if shown.is_empty() { value.unwrap_or("").as_bytes() } else { shown };
                if text.is_empty() {
                    return Ok(());
                }
                cells.text(at, Kind::Text, text)
            }
        }
    }

    /// A number with the digits that are shown of it, in whatever language.
    fn number(
        &self,
        at: (u32, u32),
        value: Decimal,
        shown: &[u8],
        cells: &mut Cells,
    ) -> Result<(), Refusal> {
        let is_percent = self.kind == "percentage";
        let power = if is_percent { 2 } else { 0 };
        let rounded = decimals(value.shifted(power), shown)
            .map_or(value, |decimals| value.rounded(decimals + power));
        let write = |value: Decimal| {
            let mut out = Vec::new();
            value.shifted(power).write(cells.point, &mut out);
            if is_percent {
                out.push(b'%');
            }
            out
        };
        let (text, mut beside) = (write(rounded), write(value));
        if rounded.equals(value) {
            beside.clear();
        }
        match cells.is_stored && !beside.is_empty() {
            true => cells.shown(at, Kind::Number, (&beside, &text)),
            false => cells.shown(at, Kind::Number, (&text, &beside)),
        }
    }
}

/// A formula as other programs write it: `SUM(B2:B3)` for `SUM([.B2:.B3])`, `Rates!B2` for
/// `[$Rates.B2]`.
fn usual(formula: &str) -> String {
    let mut out = String::with_capacity(formula.len());
    let mut rest = formula;
    while let Some((before, reference)) = rest.split_once('[') {
        out.push_str(before);
        let Some((inside, after)) = reference.split_once(']') else {
            out.push('[');
            rest = reference;
            continue;
        };
        let (first, last) = inside.split_once(':').unwrap_or((inside, ""));
        match first.rsplit_once('.') {
            Some(("", cell)) => out.push_str(cell),
            Some((sheet, cell)) => {
                out.push_str(&format!("{}!{cell}", sheet.trim_start_matches('$')));
            }
            None => out.push_str(first),
        }
        if let Some((_, cell)) = last.rsplit_once('.') {
            out.push_str(&format!(":{cell}"));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// How many decimals a cell shows of a number: those with which it has the digits that are shown.
fn decimals(value: Decimal, shown: &[u8]) -> Option<i32> {
    let digits: Vec<u8> = shown.iter().copied().filter(u8::is_ascii_digit).collect();
    let has_them = |decimals: &i32| {
        let mut text = Vec::new();
        value.rounded(*decimals).write(b'.', &mut text);
        text.retain(u8::is_ascii_digit);
        text == digits || text.strip_prefix(b"0").is_some_and(|short| short == digits)
    };
    (0..=MOST_DECIMALS).find(has_them)
}

/// `PT36H30M05S` as `36:30:05`.
fn clock(text: &str) -> Option<String> {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |text| ("-", text));
    let rest = text.strip_prefix("PT")?;
    let (hours, rest) = rest.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let (seconds, part) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
    let number = |text: &str| text.parse::<u32>().ok();
    let part = part.trim_end_matches('0');
    let dot = if part.is_empty() { "" } else { "." };
    let (hours, minutes, seconds) = (number(hours)?, number(minutes)?, number(seconds)?);
    Some(format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{dot}{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_those_that_are_shown_in_any_language() {
        for (stored, shown, expected) in [
            ("12.8512", "12.9", Some(1)),
            ("12.8512", "12,85", Some(2)),
            ("1234.5", "1.234,50 €", Some(2)),
            ("0.5", ".5", Some(1)),
            ("0.5", "0.50", Some(2)),
            ("0", "0", Some(0)),
            ("0", "0.0", Some(1)),
            ("1234567", "1.2m", None),
            ("7", "seven", None),
            ("-2.5", "(3)", Some(0)),
        ] {
            let value = Decimal::parse(stored.as_bytes()).expect("a number");
            assert_eq!(decimals(value, shown.as_bytes()), expected, "{stored} as {shown}");
        }
        assert_eq!(clock("PT36H30M05S").as_deref(), Some("36:30:05"));
        assert_eq!(clock("PT00H00M01.500000000S").as_deref(), Some("00:00:01.5"));
        assert_eq!(clock("P1D"), None);
        for (formula, expected) in [
            ("SUM([.B2:.B3])", "SUM(B2:B3)"),
            ("[.B5]*2-[$Rates.B2]%", "B5*2-Rates!B2%"),
            ("SUM([$'My costs'.B2:.$B$3];1)", "SUM('My costs'!B2:$B$3;1)"),
            ("1+[", "1+["),
        ] {
            assert_eq!(usual(formula), expected);
        }
    }
}
