//! A workbook for an auditor: a summary, a sheet for each check with its findings and the figures
//! that went into them, computed again by live formulas, what no rule reads, and what is accepted.

mod allowance;
mod check;
mod figure;
mod formula;
mod lists;
mod names;
mod sheet;
mod summary;
mod verdict;
mod working;

use std::collections::BTreeMap;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use crate::render::xlsx::check::{Check, Listed};
use crate::render::xlsx::names::{Names, SUMMARY};
use crate::render::xlsx::sheet::{Sheet, Style, Styles};
use crate::report::collection::{Collection, Limit};
use crate::report::document::JsonFinding;

/// How many findings stand in a workbook: with the figures below them each takes up to 50 rows, and
/// all of them are held in memory.
pub const LIMIT: Limit = Limit { all: 20_000, each: 2_000 };
/// Each sheet is written by a worker of its own, and spreadsheets slow down with more.
const SHEETS: usize = 500;

/// Writes the workbook of a run.
pub fn workbook(all: &Collection, out: &mut Vec<u8>) {
    // What could fail is ruled out before: names, lengths, numbers of rows and links.
    match made(all).or_else(|error| failed(&error)) {
        Ok(bytes) => out.extend(bytes),
        Err(error) => out.extend(format!("the workbook cannot be written: {error}\n").bytes()),
    }
}

fn made(all: &Collection) -> Result<Vec<u8>, XlsxError> {
    let mut styles = Styles::default();
    let (mut listed, mut sheets) = (Vec::new(), Vec::new());
    for check in checks(all) {
        let mut fitted = None;
        if sheets.len() < SHEETS {
            let (sheet, findings) = check::sheet(&check, &mut styles)?;
            sheets.push(sheet);
            fitted = Some(findings);
        }
        listed.push(Listed { check, fitted });
    }
    let lists = lists::sheets(all, &mut styles)?;
    let summary = summary::sheet(all, &listed, &mut styles)?;
    saved(&all.document.today, std::iter::once(summary).chain(sheets).chain(lists))
}

/// Checks with findings, in the order of the rules; what is no check comes last.
fn checks(all: &Collection) -> Vec<Check<'_>> {
    let mut of_check: BTreeMap<&str, Vec<&JsonFinding<'static>>> = BTreeMap::new();
    let mut order: Vec<&str> = all.document.summary.counts.checks.iter().map(|c| &*c.id).collect();
    for finding in &all.document.findings {
        order.push(&finding.check);
        of_check.entry(&finding.check).or_default().push(finding);
    }
    let mut names = Names::default();
    let _ = [SUMMARY, lists::NOT_READ, lists::ACCEPTED].map(|name| names.give(name));
    let mut check = |id| {
        let findings = of_check.remove(id)?;
        let counts = all.document.summary.counts.checks.iter().find(|c| c.id == id);
        let shown = findings.len() as u64;
        let all = all.counts.get(id).copied().unwrap_or(shown);
        Some(Check { id, sheet: names.give(id), counts, findings, all })
    };
    order.into_iter().filter_map(&mut check).collect()
}

/// The bytes of a workbook; the same sheets give the same bytes.
fn saved(today: &str, sheets: impl Iterator<Item = Worksheet>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let day = ExcelDateTime::parse_from_str(today).or_else(|_| ExcelDateTime::from_ymd(1900, 1, 1));
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&day?));
    for sheet in sheets {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer()
}

/// A workbook that says why it is none.
fn failed(error: &XlsxError) -> Result<Vec<u8>, XlsxError> {
    let mut styles = Styles::default();
    let mut sheet = Sheet::new(SUMMARY, &mut styles)?;
    let words = format!("The workbook could not be made: {error}. The JSON report has all.");
    sheet.text((0, 0), &words, Style::Line)?;
    saved("", std::iter::once(sheet.finish()?))
}
