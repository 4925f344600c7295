//! A sheet that is being written: texts that can do no harm, links as long as there is room for
//! them, and one format for each style.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Url, Worksheet, XlsxError,
};

use unicode_width::UnicodeWidthStr;

use crate::render::xlsx::figure::{Figure, Look};
use crate::report::text::printable;
use crate::width::to_u32;

/// Whether a cell was written.
pub type Written = Result<(), XlsxError>;

/// Rows of a sheet, and links on it.
pub const ROWS: u32 = 1_048_576;
const LINKS: u32 = 65_530;
/// UTF-16 units of a cell, and of the target of a link.
const CELL: usize = 32_767;
const TARGET: usize = 2_000;

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// The name of the sheet.
    Title,
    /// The heading of a part of it.
    Heading,
    /// The head of a column.
    Header,
    /// Text that wraps.
    Text,
    /// Text that runs on beyond its cell.
    Line,
    /// What was computed or looked up for the row above it, so deep.
    Detail(u8),
    /// A cell for whoever goes through the sheet.
    Input,
    /// A link.
    Link,
    /// TRUE or FALSE.
    Truth,
    /// A day.
    Date,
    /// A number.
    Number(Look),
    /// A number that went into another one.
    Addend(Look),
    /// A figure with more digits than a cell holds.
    Long,
}

/// The formats of a workbook, each made once.
#[derive(Default)]
pub struct Styles(BTreeMap<(Style, bool), Format>);

impl Styles {
    /// The format of a style; `quoted`: the cell stays text when it is edited.
    fn get(&mut self, style: Style, quoted: bool) -> &Format {
        self.0.entry((style, quoted)).or_insert_with(|| {
            let format = format(style);
            if quoted { format.set_quote_prefix() } else { format }
        })
    }
}

/// Fills that stay apart in grey.
const DARK: Color = Color::RGB(0x30_40_50);
const PALE: Color = Color::RGB(0xff_f6_d0);
const QUIET: Color = Color::RGB(0x50_50_50);
const LINK: Color = Color::RGB(0x0b_4f_9c);

fn format(style: Style) -> Format {
    let top = Format::new().set_align(FormatAlign::Top);
    let number =
        |look: Look| Format::new().set_align(FormatAlign::Top).set_num_format(look.format());
    match style {
        Style::Title => top.set_bold().set_font_size(14),
        Style::Heading => top.set_bold().set_font_size(12),
        Style::Header => Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter)
            .set_font_color(Color::White)
            .set_background_color(DARK)
            .set_border_bottom(FormatBorder::Thin),
        Style::Text => top.set_text_wrap(),
        Style::Line => top,
        Style::Detail(depth) => top.set_indent(depth).set_text_wrap().set_font_color(QUIET),
        Style::Input => top
            .set_text_wrap()
            .set_background_color(PALE)
            .set_border(FormatBorder::Hair)
            .set_border_color(QUIET),
        Style::Link => top.set_text_wrap().set_font_color(LINK).set_underline(UNDERLINE),
        Style::Truth => {
            top.set_align(FormatAlign::Center).set_num_format("\"TRUE\";\"TRUE\";\"FALSE\"")
        }
        Style::Date => top.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Right),
        Style::Number(look) => number(look),
        Style::Addend(look) => number(look).set_font_color(QUIET),
        Style::Long => top.set_align(FormatAlign::Right).set_italic().set_text_wrap(),
    }
}

const UNDERLINE: rust_xlsxwriter::FormatUnderline = rust_xlsxwriter::FormatUnderline::Single;

/// A sheet that is being written.
pub struct Sheet<'s> {
    /// What it becomes.
    pub out: Worksheet,
    styles: &'s mut Styles,
    links: u32,
    /// The widths of its columns.
    widths: Vec<u16>,
    /// The row that is being written, and how many lines its texts take.
    row: (u32, usize),
}

/// Points of a line of text.
const LINE: u32 = 15;

impl Style {
    /// Whether its text goes on below where the cell is full.
    fn wraps(self) -> bool {
        matches!(
            self,
            Style::Header
                | Style::Text
                | Style::Detail(_)
                | Style::Input
                | Style::Link
                | Style::Long
        )
    }
}

impl<'s> Sheet<'s> {
    /// An empty sheet with this name, which is fit for one.
    pub fn new(name: &str, styles: &'s mut Styles) -> Result<Sheet<'s>, XlsxError> {
        let mut out = Worksheet::new();
        out.set_name(name)?;
        Ok(Sheet { out, styles, links: 0, widths: Vec::new(), row: (0, 1) })
    }

    /// A text: never a formula, nothing in it that cannot be seen, cut where a cell is full.
    pub fn text(&mut self, at: (u32, u16), text: &str, style: Style) -> Written {
        let text = fit(text);
        self.room(at, &text, style)?;
        let format = self.styles.get(style, is_like_formula(&text));
        self.out.write_string_with_format(at.0, at.1, text, format).map(drop)
    }

    /// A count.
    pub fn count(&mut self, at: (u32, u16), count: u64) -> Written {
        let look = Look { is_grouped: true, ..Look::default() };
        self.figure(at, &count.to_string(), Style::Number(look)).map(drop)
    }

    /// An exact figure, where it is one; with more digits than a cell holds it is text.
    pub fn figure(
        &mut self,
        at: (u32, u16),
        exact: &str,
        style: Style,
    ) -> Result<Figure, XlsxError> {
        let figure = Figure::of(exact).unwrap_or(Figure::Long);
        let format = self.styles.get(style, false);
        match &figure {
            Figure::Decimal(value) | Figure::Rounded(value) => {
                self.out.write_number_with_format(at.0, at.1, *value, format)?;
            }
            Figure::Fraction(formula, value) => {
                let formula = Formula::new(format!("={formula}")).set_result(value.to_string());
                self.out.write_formula_with_format(at.0, at.1, formula, format)?;
            }
            Figure::Long => self.text(at, exact, Style::Long)?,
        }
        Ok(figure)
    }

    /// A formula with its result.
    pub fn formula(
        &mut self,
        at: (u32, u16),
        formula: &str,
        result: &str,
        style: Style,
    ) -> Written {
        let formula = Formula::new(formula).set_result(result);
        let format = self.styles.get(style, false);
        self.out.write_formula_with_format(at.0, at.1, formula, format).map(drop)
    }

    /// A formula that gives a day.
    pub fn day_formula(&mut self, at: (u32, u16), formula: &str, text: &str) -> Written {
        let result = day(text).map(|day| day.to_excel().to_string()).unwrap_or_default();
        self.formula(at, formula, &result, Style::Date)
    }

    /// A day, `2026-11-23`; one of which a spreadsheet knows nothing is text.
    pub fn day(&mut self, at: (u32, u16), text: &str) -> Written {
        match day(text) {
            Some(day) => {
                let format = self.styles.get(Style::Date, false);
                self.out.write_datetime_with_format(at.0, at.1, day, format).map(drop)
            }
            None => self.text(at, text, Style::Text),
        }
    }

    /// A place in a file (what is `behind` its path: `:12:7`), as a link to the file; without its folders where the cell is too narrow.
    pub fn place(&mut self, at: (u32, u16), file: &str, behind: &str) -> Written {
        let whole = format!("{file}{behind}");
        let width = self.widths.get(usize::from(at.1)).copied().map_or(usize::MAX, usize::from);
        let text = match file.rsplit_once('/') {
            Some((_, name)) if whole.width() > width => format!("…/{name}{behind}"),
            _ => whole,
        };
        match path_target(file) {
            Some(target) => self.link(at, target, &text),
            None => self.text(at, &text, Style::Text),
        }
    }

    /// Where something comes from: an address is a link.
    pub fn source(&mut self, at: (u32, u16), source: &str) -> Written {
        let is_address = source.starts_with("https://") || source.starts_with("http://");
        let is_plain = fit(source) == source && !source.contains(' ');
        match is_address && is_plain && source.len() <= TARGET {
            true => self.link(at, source.to_string(), source),
            false => self.text(at, source, Style::Text),
        }
    }

    /// A link to the first cell of a sheet.
    pub fn sheet_link(&mut self, at: (u32, u16), sheet: &str, text: &str) -> Written {
        let quoted = sheet.replace('\'', "''");
        self.link(at, format!("internal:'{quoted}'!A1"), text)
    }

    fn link(&mut self, at: (u32, u16), target: String, text: &str) -> Written {
        let text = fit(text);
        if self.links == LINKS {
            return self.text(at, &text, Style::Text);
        }
        self.links += 1;
        self.room(at, &text, Style::Link)?;
        let format = self.styles.get(Style::Link, false);
        let url = Url::new(target).set_text(text);
        self.out.write_url_with_format(at.0, at.1, url, format).map(drop)
    }

    /// Makes a row as high as its texts need: programs that show the sheet do not see to it.
    fn room(&mut self, at: (u32, u16), text: &str, style: Style) -> Written {
        if at.0 != self.row.0 {
            self.end_row()?;
            self.row = (at.0, 1);
        }
        let width = self.widths.get(usize::from(at.1)).copied().map(usize::from);
        if let Some(width) = width.filter(|width| *width > 0 && style.wraps()) {
            // A line is broken between words, so it is not full.
            let lines = (text.width() + text.width() / 8).div_ceil(width);
            self.row.1 = self.row.1.max(lines);
        }
        Ok(())
    }

    fn end_row(&mut self) -> Written {
        const MOST: usize = 12;
        match self.row.1.min(MOST) {
            0 | 1 => Ok(()),
            lines => self.out.set_row_height(self.row.0, LINE * to_u32(lines)).map(drop),
        }
    }

    /// The sheet when all is written.
    pub fn finish(mut self) -> Result<Worksheet, XlsxError> {
        self.end_row()?;
        Ok(self.out)
    }

    /// The widths of the columns.
    pub fn widths(&mut self, widths: impl IntoIterator<Item = u16>) -> Written {
        self.widths = widths.into_iter().collect();
        for (column, width) in (0..).zip(&self.widths) {
            self.out.set_column_width(column, *width)?;
        }
        Ok(())
    }

    /// The heads of columns in a row.
    pub fn header<'h>(&mut self, row: u32, heads: impl IntoIterator<Item = &'h str>) -> Written {
        let mut heads = (0..).zip(heads);
        heads.try_for_each(|(column, head)| self.text((row, column), head, Style::Header))
    }

    /// On paper: A4 across, one page wide, these rows on each page.
    pub fn print(&mut self, first: u32, last: u32) -> Written {
        /// A4, as spreadsheets number it.
        const A4: u8 = 9;
        self.out.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
        self.out.set_margins(0.4, 0.4, 0.5, 0.6, 0.2, 0.3);
        self.out.set_footer("&L&8&F&C&8&A&R&8&P / &N");
        self.out.set_repeat_rows(first, last).map(drop)
    }
}

/// A day as a cell holds it.
pub fn day(text: &str) -> Option<ExcelDateTime> {
    // Spreadsheets disagree about the days before, since one of them has a 29 February 1900.
    const FIRST: &str = "1900-03-01";
    let known = Some(text).filter(|text| *text >= FIRST && text.len() == FIRST.len());
    known.and_then(|text| ExcelDateTime::parse_from_str(text).ok())
}

/// A text as a cell shows it, on one line.
fn fit(text: &str) -> String {
    const MARK: &str = " … (cut)";
    // Two characters have no place in XML, not even escaped.
    let text = printable(text).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}");
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL - MARK.len()
    });
    match end.and_then(|(at, _)| text.get(..at)) {
        Some(cut) if text.encode_utf16().count() > CELL => format!("{cut}{MARK}"),
        _ => text,
    }
}

/// Whether a spreadsheet would take it for a formula where somebody edits the cell.
fn is_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@'])
}

/// A relative path as the target of a link; none where it cannot be one: a `#` would end it, and what
/// stands before a colon would be a drive.
fn path_target(path: &str) -> Option<String> {
    let is_fit = !path.contains(['#', ':']) && fit(path) == path;
    let escaped = |out: &mut String, c: char| match c {
        '%' | '"' | ' ' | '<' | '>' | '[' | ']' | '^' | '`' | '{' | '}' => {
            out.push_str(&format!("%{:02x}", u32::from(c)));
        }
        c => out.push(c),
    };
    let mut target = "file:///".to_string();
    path.chars().for_each(|c| escaped(&mut target, c));
    Some(target).filter(|target| is_fit && target.len() <= TARGET)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_into_a_cell() {
        assert_eq!(fit("a\u{1b}[2J\nb\u{ffff}"), "a\\e[2J\\nb\\u{ffff}");
        assert_eq!(fit(&"x".repeat(CELL)), "x".repeat(CELL));
        let cut = fit(&"𝄞".repeat(2_000_000));
        assert!(cut.ends_with("𝄞 … (cut)") && cut.encode_utf16().count() <= CELL);
        assert!(cut.encode_utf16().count() >= CELL - 4);
    }

    #[test]
    fn paths_are_targets_where_they_can_be() {
        assert_eq!(path_target("a b/[1]50%.csv"), Some("file:///a%20b/%5b1%5d50%25.csv".into()));
        assert_eq!(path_target("ä.csv"), Some("file:///ä.csv".into()));
        for path in ["a#b.csv", "c:x.csv", "a\nb", &"x".repeat(3_000)] {
            assert_eq!(path_target(path), None);
        }
    }
}
