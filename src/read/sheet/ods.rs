//! ODS: a ZIP archive with one part for all sheets. What a cell shows stands beside what it holds.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;

use crate::read::format::Refusal;
use crate::read::sheet::book::{Book, Named, SheetName, area, numbers};
use crate::read::sheet::cells::{Area, Cells, Formula, Kind, ROWS};
use crate::read::sheet::decimal::Decimal;
use crate::read::sheet::package::{Package, Xml, damaged, encrypted, local_attribute, room};
use crate::read::sheet::text::{self, Outer};

/// The part with all sheets.
const CONTENT: &str = "content.xml";

/// How often this part is walked: for the names of the sheets, for one of them, and for those which
/// its formulas name.
const WALKS: u64 = 3;

/// Powers of ten that a format may leave out: thousands, millions and more.
const POWERS: [i32; 5] = [0, 3, 6, 9, 12];

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
    let mut is_first = true;
    text::walk(xml, CONTENT, buf, (out, Outer::Blank), |tag, out| {
        match tag.local_name().as_ref() {
            "annotation" | "frame" | "custom-shape" => return false,
            "p" if std::mem::take(&mut is_first) => {}
            "p" => out.push(b'\n'),
            "s" => {
                let n = local_attribute(tag, "c").and_then(|n| n.parse().ok());
                out.extend(std::iter::repeat_n(b' ', n.unwrap_or(1_usize).min(1 << 16)));
            }
            "tab" => out.push(b'\t'),
            "line-break" => out.push(b'\n'),
            _ => {}
        }
        true
    })
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
        let value = value.shifted(power);
        let rounded = as_shown(value, shown);
        let written = |out: Decimal| {
            let mut text = Vec::new();
            out.write_rounded(cells.point, &mut text);
            text
        };
        let finished = |mut text: Vec<u8>| {
            text.extend(is_percent.then_some(b'%'));
            text
        };
        let mut stored = Vec::new();
        value.write(cells.point, &mut stored);
        let text = rounded.map_or_else(|| stored.clone(), written);
        let is_rounded = rounded.is_some_and(|rounded| !rounded.equals(value));
        let (text, mut beside) = (finished(text), finished(stored));
        if !is_rounded {
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

/// A number as a cell shows it: with the digits that stand there, in whatever language; behind them
/// may stand a power of ten, and a format may show thousands or millions.
fn as_shown(value: Decimal, shown: &[u8]) -> Option<Decimal> {
    if let Some((figure, power)) = scientific(shown)
        && let Some(rounded) = with_digits(value.shifted(-power), figure)
    {
        return Some(rounded.shifted(power));
    }
    let scaled = |power: i32| Some(with_digits(value.shifted(-power), shown)?.shifted(power));
    POWERS.into_iter().find_map(scaled)
}

/// The figure and the power of `1.23E+04`.
fn scientific(shown: &[u8]) -> Option<(&[u8], i32)> {
    let at = shown.iter().rposition(|byte| matches!(byte, b'E' | b'e'))?;
    let (figure, power) = shown.split_at_checked(at)?;
    let power = std::str::from_utf8(power.get(1..)?).ok()?.trim_end().parse::<i32>().ok()?;
    (power.abs() < 1_000 && figure.last()?.is_ascii_digit()).then_some((figure, power))
}

/// A number with as many decimals as give the digits that are shown.
fn with_digits(value: Decimal, shown: &[u8]) -> Option<Decimal> {
    let digits: Vec<u8> = shown.iter().copied().filter(u8::is_ascii_digit).collect();
    let most = i32::try_from(digits.len()).unwrap_or(MOST_DECIMALS).min(MOST_DECIMALS);
    let mut text = Vec::new();
    let has_them = |rounded: &Decimal| {
        text.clear();
        rounded.write(b'.', &mut text);
        text.retain(u8::is_ascii_digit);
        let is_same = |own: &[u8], other: &[u8]| match rounded.digits {
            // All its digits are zeros, of which the first may be left out.
            0 => own == other || own.strip_prefix(b"0") == Some(other) && !other.is_empty(),
            _ => without_zeros(own) == without_zeros(other),
        };
        is_same(&text, &digits)
    };
    (0..=most).map(|decimals| value.rounded(decimals)).find(has_them)
}

fn without_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
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
    fn digits_are_those_that_are_shown_in_any_language() {
        for (stored, shown, expected) in [
            ("12.8512", "12.9", Some("12.9")),
            ("12.8512", "12,85", Some("12.85")),
            ("1234.5", "1.234,50 €", Some("1234.50")),
            ("0.5", ".5", Some("0.5")),
            ("0.5", "0.50", Some("0.50")),
            ("0", "0", Some("0")),
            ("0", "0.0", Some("0.0")),
            ("0.04", "0.0", Some("0.0")),
            ("7.4", "007", Some("7")),
            ("1234567", "1.2m", Some("1.2e6")),
            ("1234567", "1,235", Some("1.235e6")),
            ("12345", "12", Some("1.2e4")),
            ("1", "0", Some("0")),
            ("123456789", "123.5", Some("1.235e8")),
            ("12345", "1.23E+04", Some("1.23e4")),
            ("12345", "01.2E+4", Some("1.2e4")),
            ("12345", "12.3E+3", Some("1.23e4")),
            ("-0.00012345", "-123.5E-6", Some("-0.0001235")),
            ("9.996", "1.00E+01", Some("10.0")),
            ("0", "0.00E+00", Some("0.00")),
            ("12", "12 E", Some("12")),
            ("7", "seven", None),
            ("0.3", "none", None),
            ("1234", "99", None),
            ("-2.5", "(3)", Some("-3")),
        ] {
            let value = Decimal::parse(stored.as_bytes()).expect("a number");
            let text = as_shown(value, shown.as_bytes()).map(|rounded| {
                let mut out = Vec::new();
                rounded.write_rounded(b'.', &mut out);
                String::from_utf8(out).expect("a text")
            });
            assert_eq!(text.as_deref(), expected, "{stored} as {shown}");
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
