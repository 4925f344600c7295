//! The sheets after those of the checks: what no rule reads, and what is accepted.

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::render::words::count;
use crate::render::xlsx::names::SUMMARY;
use crate::render::xlsx::sheet::{ROWS, Sheet, Style, Styles, Written};
use crate::render::xlsx::verdict::accepted;
use crate::report::collection::Collection;

/// The names of the sheets.
pub const NOT_READ: &str = "Not read";
pub const ACCEPTED: &str = "Accepted";

/// The row of the heads.
const HEAD: u32 = 3;

/// Both sheets; one that would be empty is left out.
pub fn sheets(all: &Collection, styles: &mut Styles) -> Result<Vec<Worksheet>, XlsxError> {
    let sheets = [not_read(all, styles)?, accepted_findings(all, styles)?];
    Ok(sheets.into_iter().flatten().collect())
}

/// A list that is being written.
struct List<'s> {
    sheet: Sheet<'s>,
    row: u32,
    columns: u16,
    left_out: u64,
}

impl<'s> List<'s> {
    fn new(
        name: &str,
        columns: &[(&str, u16)],
        styles: &'s mut Styles,
    ) -> Result<List<'s>, XlsxError> {
        let mut sheet = Sheet::new(name, styles)?;
        sheet.widths(columns.iter().map(|column| column.1))?;
        sheet.header(HEAD, columns.iter().map(|column| column.0))?;
        sheet.text((0, 0), name, Style::Title)?;
        let last = u16::try_from(columns.len()).unwrap_or(1).saturating_sub(1);
        sheet.sheet_link((0, last), SUMMARY, SUMMARY)?;
        Ok(List { sheet, row: HEAD + 1, columns: last, left_out: 0 })
    }

    /// Writes a row, where there is room for it.
    fn row(&mut self, write: impl FnOnce(&mut Sheet<'s>, u32) -> Written) -> Written {
        if self.row == ROWS {
            self.left_out += 1;
            return Ok(());
        }
        write(&mut self.sheet, self.row)?;
        self.row += 1;
        Ok(())
    }

    /// The sheet, with a few words above its heads; none where it has no row.
    fn finish(mut self, words: &str) -> Result<Option<Worksheet>, XlsxError> {
        if self.row == HEAD + 1 {
            return Ok(None);
        }
        self.sheet.text((1, 0), words, Style::Line)?;
        if self.left_out > 0 {
            let more = format!("{} not on this sheet: the JSON report has all", self.left_out);
            self.sheet.text((2, 0), &more, Style::Line)?;
        }
        self.sheet.out.autofilter(HEAD, 0, self.row - 1, self.columns)?;
        self.sheet.out.set_freeze_panes(HEAD + 1, 0)?;
        self.sheet.print(HEAD, HEAD)?;
        self.sheet.finish().map(Some)
    }
}

/// Columns of tables, and figures in texts, that no rule reads.
fn not_read(all: &Collection, styles: &mut Styles) -> Result<Option<Worksheet>, XlsxError> {
    let heads = [
        ("What", 10),
        ("Table or text", 34),
        ("Column or figure", 30),
        ("Place", 34),
        ("Around it", 90),
    ];
    let mut list = List::new(NOT_READ, &heads, styles)?;
    let (mut columns, mut figures) = (0, 0);
    for table in &all.document.coverage.tables {
        for column in &table.unread_columns {
            columns += 1;
            list.row(|sheet, row| {
                sheet.text((row, 0), "column", Style::Text)?;
                sheet.text((row, 1), &table.name, Style::Text)?;
                sheet.text((row, 2), column, Style::Text)?;
                table.files.first().map_or(Ok(()), |file| sheet.place((row, 3), file, ":1:1"))
            })?;
        }
    }
    for text in &all.document.coverage.texts {
        figures += text.unread_count;
        list.left_out += text.unread_count.saturating_sub(text.unread.len() as u64);
        for figure in &text.unread {
            list.row(|sheet, row| {
                sheet.text((row, 0), "figure", Style::Text)?;
                sheet.text((row, 1), &text.path, Style::Text)?;
                sheet.text((row, 2), &figure.text, Style::Text)?;
                sheet.place(
                    (row, 3),
                    &text.path,
                    &format!(":{}:{}", figure.line, figure.column),
                )?;
                sheet.text((row, 4), &figure.around, Style::Text)
            })?;
        }
    }
    let (columns, figures) =
        (count(columns, "column", "columns"), count(figures, "figure", "figures"));
    list.finish(&format!("No rule reads {columns} of the tables and {figures} of the texts."))
}

/// Findings that somebody has accepted.
fn accepted_findings(
    all: &Collection,
    styles: &mut Styles,
) -> Result<Option<Worksheet>, XlsxError> {
    let heads = [
        ("Check", 24),
        ("Key", 26),
        ("Finding", 60),
        ("Accepted because", 40),
        ("Accepted until", 14),
        ("Accepted by", 14),
        ("Place", 30),
        ("Fingerprint", 35),
    ];
    let mut list = List::new(ACCEPTED, &heads, styles)?;
    let mut shown = 0;
    for (f, a) in all.document.findings.iter().filter_map(|f| Some((f, f.accepted.as_ref()?))) {
        shown += 1;
        list.row(|sheet, row| {
            sheet.text((row, 0), &f.check, Style::Text)?;
            sheet.text((row, 1), f.key.as_deref().unwrap_or_default(), Style::Text)?;
            sheet.text((row, 2), &f.message, Style::Text)?;
            sheet.text((row, 3), &accepted(a), Style::Text)?;
            if let Some(until) = &a.until {
                sheet.day((row, 4), until)?;
            }
            sheet.text((row, 5), a.kind.word(), Style::Text)?;
            if let Some(place) = f.labels.first().map(|label| &label.place) {
                sheet.place((row, 6), &place.file, &place.behind())?;
            }
            sheet.text((row, 7), &f.fingerprint, Style::Text)
        })?;
    }
    list.left_out += all.document.summary.counts.accepted.saturating_sub(shown);
    let findings =
        count(all.document.summary.counts.accepted.max(shown), "finding is", "findings are");
    list.finish(&format!("{findings} accepted: they do not count for the exit status."))
}
