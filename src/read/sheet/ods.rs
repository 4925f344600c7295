//! ODS: a ZIP archive with one part for all sheets. What a cell shows stands beside what it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;

use crate::read::format::Refusal;
use crate::read::sheet::book::{Book, Named, SheetName, area, numbers};
use crate::read::sheet::cells::{Area, Cells, Formula, Kind, ROWS};
use crate::read::sheet::decimal::Decimal;
use crate::read::sheet::digits::{self, as_shown, clock, is_plain};
use crate::read::sheet::ods_styles::{self, Dates, Styles};
use crate::read::sheet::package::{Package, Xml, damaged, encrypted, local_attribute, room};
use crate::read::sheet::serial::Parts;
use crate::read::sheet::text::{self, Edge, Outer, Shifts};

/// The part with all sheets.
const CONTENT: &str = "content.xml";

/// The part with the styles that have names of their own.
const STYLES: &str = "styles.xml";

/// How often this part is walked: for the names of the sheets, for one of them, and for those which
/// its formulas name.
const WALKS: u64 = 3;

/// A workbook.
pub struct Ods {
    package: Package,
    sheets: Vec<SheetName>,
    /// Names of areas, with the sheet and the area as they are written.
    names: Vec<(String, String)>,
    styles: Arc<Styles>,
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
        let (mut sheets, mut names, mut styles) = (Vec::new(), Vec::new(), Styles::default());
        package.walk(STYLES, |tag, _| {
            styles.take(tag);
            Ok(false)
        })?;
        let mut styles = styles.into_named();
        package.walk(CONTENT, |tag, _| {
            let text = |name| local_attribute(tag, name).unwrap_or_default();
            match tag.local_name().as_ref() {
                "table" if tag.name().as_ref().starts_with("table:") => {
                    let is_hidden = styles.is_hidden(&text("style-name"));
                    sheets.push(SheetName { name: text("name"), is_hidden });
                }
                "named-range" => names.push((text("name"), text("cell-range-address"))),
                "database-range" => names.push((text("name"), text("target-range-address"))),
                _ => styles.take(tag),
            }
            Ok(false)
        })?;
        Ok(Ods { package, sheets, names, styles: Arc::new(styles), room })
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
            let sheet = *numbers.get(sheet.as_str())?;
            Some(Named { name: name.clone(), sheet, area, rows: None })
        };
        Ok(self.names.iter().filter_map(named).collect())
    }

    fn defined(&self) -> &[(String, String)] {
        &self.names
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
        let mut end = |number, walker: Option<Walker>, room: &mut u64| -> Result<(), Refusal> {
            let Some(mut walker) = walker else { return Ok(()) };
            walker.end_row()?;
            let mut cells = walker.cells;
            cells.finish()?;
            *room = cells.room;
            all.insert(number, cells);
            Ok(())
        };
        let styles = Arc::clone(&self.styles);
        self.package.walk(CONTENT, |tag, xml| {
            let local = tag.local_name();
            if local.as_ref() == "table" && tag.name().as_ref().starts_with("table:") {
                end(number, walker.take(), room)?;
                number = next;
                next += 1;
                if sheets.contains(&number) {
                    let name = names.get(number).map_or("", |sheet| &sheet.name);
                    let cells = Cells::new((name, *room), point, stored);
                    walker = Some(Walker::new(cells, &styles));
                }
            }
            let Some(walker) = &mut walker else { return Ok(false) };
            match local.as_ref() {
                "table-column" => walker.columns(tag),
                "table-row" => walker.row(tag)?,
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
        end(number, walker, room)?;
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
    /// A buffer for what a cell shows.
    shown: Vec<u8>,
    styles: Arc<Styles>,
    dates: Dates,
}

/// How often something stands there.
fn repeated(tag: &BytesStart<'_>, name: &str) -> u32 {
    local_attribute(tag, name).and_then(|n| n.parse().ok()).unwrap_or(1).max(1)
}

impl Walker {
    fn new(cells: Cells, styles: &Arc<Styles>) -> Walker {
        let (styles, dates) = (Arc::clone(styles), Dates::default());
        Walker { cells, row: (0, 1), column: 0, passed: 0, shown: Vec::new(), styles, dates }
    }

    fn columns(&mut self, tag: &BytesStart<'_>) {
        let next = self.passed.saturating_add(repeated(tag, "number-columns-repeated"));
        if local_attribute(tag, "visibility").is_some_and(|v| v != "visible") {
            self.cells.hidden_columns.push((self.passed, next - 1));
        }
        self.passed = next;
        self.dates.columns(tag, next, &self.styles);
    }

    /// Repeats the row at hand where it stands several times.
    fn end_row(&mut self) -> Result<(), Refusal> {
        self.cells.repeat_row(self.row.0, self.row.1 - 1)
    }

    fn row(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        self.end_row()?;
        let start = if self.passed == u32::MAX { self.row.0.saturating_add(self.row.1) } else { 0 };
        // Columns come before the first row.
        self.passed = u32::MAX;
        self.row = (start, repeated(tag, "number-rows-repeated"));
        self.column = 0;
        self.dates.row(tag, &self.styles);
        if local_attribute(tag, "visibility").is_some_and(|v| v != "visible") {
            self.cells.hidden_rows.extend(start..start.saturating_add(self.row.1).min(ROWS));
        }
        Ok(())
    }

    fn cell(
        &mut self,
        tag: &BytesStart<'_>,
        xml: &mut Xml<'_>,
        buf: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let mut of = Held::new(tag);
        if of.sort == Sort::Date {
            of.date = self.dates.of(of.style.as_ref(), self.column, &self.styles);
        }
        let mut shown = std::mem::take(&mut self.shown);
        shown.clear();
        paragraphs(xml, buf, (&mut shown, &self.styles))?;
        let taken = self.take(&of, tag.local_name().as_ref() == "covered-table-cell", &shown);
        self.shown = shown;
        taken
    }

    fn take(&mut self, of: &Held, is_covered: bool, shown: &[u8]) -> Result<(), Refusal> {
        let (row, column) = (self.row.0, self.column);
        self.column = column.saturating_add(of.columns);
        if is_covered {
            return Ok(());
        }
        let (down, right) = of.spans;
        if down > 1 || right > 1 {
            self.cells.merged.push(Area {
                rows: (row, row.saturating_add(down - 1)),
                columns: (column, column.saturating_add(right - 1)),
            });
        }
        if of.is_blank(shown) {
            return Ok(());
        }
        of.take((row, column), shown, &mut self.cells)?;
        self.cells.repeat((row, column), of.columns - 1)
    }
}

/// Takes the paragraphs of a cell, without its notes and drawings.
fn paragraphs(
    xml: &mut Xml<'_>,
    buf: &mut Vec<u8>,
    (out, styles): (&mut Vec<u8>, &Styles),
) -> Result<(), Refusal> {
    let (mut is_first, mut shifts) = (true, Shifts::default());
    text::walk(xml, CONTENT, buf, (out, Outer::Blank), |edge, out| {
        let Edge::Start(tag) = edge else {
            shifts.end(out);
            return true;
        };
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
        let style = local_attribute(tag, "style-name").filter(|_| styles.has_shifts());
        shifts.begin(style.and_then(|style| styles.shift(&style)), out);
        true
    })
}

/// What a cell says of its value, and of its place.
struct Held {
    sort: Sort,
    value: Option<String>,
    formula: Option<String>,
    style: Option<String>,
    /// What it shows of a date, where that is known.
    date: Option<Parts>,
    is_error: bool,
    /// How often it stands in its row.
    columns: u32,
    /// The rows and columns that it spans.
    spans: (u32, u32),
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    None,
    Number,
    Percentage,
    Date,
    Time,
    Truth,
    Other,
}

impl Sort {
    fn of(word: &str) -> Sort {
        match word {
            "" | "void" => Sort::None,
            "float" | "currency" => Sort::Number,
            "percentage" => Sort::Percentage,
            "date" => Sort::Date,
            "time" => Sort::Time,
            "boolean" => Sort::Truth,
            _ => Sort::Other,
        }
    }
}

impl Held {
    fn new(tag: &BytesStart<'_>) -> Held {
        let mut held = Held {
            sort: Sort::None,
            value: None,
            formula: None,
            style: None,
            date: None,
            is_error: false,
            columns: 1,
            spans: (1, 1),
        };
        for own in tag.attributes().with_checks(false).flatten() {
            let Ok(value) = unescape(&own.value) else { continue };
            match own.key.as_ref() {
                "office:value-type" => held.sort = Sort::of(&value),
                "calcext:value-type" => held.is_error = value == "error",
                "office:value"
                | "office:date-value"
                | "office:time-value"
                | "office:boolean-value"
                | "office:string-value" => {
                    held.value = Some(value.into_owned());
                }
                "table:style-name" => held.style = Some(value.into_owned()),
                "table:formula" => {
                    let formula = value.split_once('=').map_or(&*value, |(_, formula)| formula);
                    held.formula = Some(usual(formula));
                }
                key => {
                    let times = || value.parse().unwrap_or(1_u32).max(1);
                    match key.rsplit(':').next() {
                        Some("number-columns-repeated") => held.columns = times(),
                        Some("number-rows-spanned") => held.spans.0 = times(),
                        Some("number-columns-spanned") => held.spans.1 = times(),
                        _ => {}
                    }
                }
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
        match (self.sort, value) {
            _ if self.is_error => cells.text(at, Kind::Error, shown),
            (Sort::Number | Sort::Percentage, Some(value)) => {
                match Decimal::parse(value.as_bytes()) {
                    Some(number) => self.number(at, number, shown, cells),
                    None => cells.text(at, Kind::Text, value.as_bytes()),
                }
            }
            (Sort::Date, Some(value)) => {
                let text = ods_styles::date(value, self.date, shown);
                cells.text(at, Kind::Date, text.as_bytes())
            }
            (Sort::Time, Some(value)) => {
                let text = clock(value).unwrap_or_else(|| value.to_string());
                cells.text(at, Kind::Date, text.as_bytes())
            }
            (Sort::Truth, Some(value)) => cells.text(at, Kind::Truth, value.as_bytes()),
            (Sort::None, None) if self.formula.is_some() && shown.is_empty() => {
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
        let is_percent = self.sort == Sort::Percentage;
        let power = if is_percent { 2 } else { 0 };
        let value = value.shifted(power);
        if !is_percent && is_plain(shown) && Decimal::parse(shown).is_some_and(|n| n.equals(value))
        {
            return match (shown.iter().position(|byte| *byte == b'.'), cells.point) {
                (None, _) | (_, b'.') => cells.text(at, Kind::Number, shown),
                (Some(sign), point) => {
                    let mut text = shown.to_vec();
                    text.iter_mut().skip(sign).take(1).for_each(|byte| *byte = point);
                    cells.text(at, Kind::Number, &text)
                }
            };
        }
        let rounded = as_shown(value, shown);
        let written = |rounded: digits::Shown| {
            let mut text = Vec::new();
            rounded.write(cells.point, &mut text);
            text
        };
        let finished = |mut text: Vec<u8>| {
            text.extend(is_percent.then_some(b'%'));
            text
        };
        let mut stored = Vec::new();
        value.write(cells.point, &mut stored);
        let text = rounded.map_or_else(|| stored.clone(), written);
        let is_rounded = rounded.is_some_and(|rounded| !rounded.value.equals(value));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_written_as_elsewhere() {
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
