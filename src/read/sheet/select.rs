//! Which sheet, and which of its cells, are the table.

use std::borrow::Cow;

use crate::read::format::Refusal;
use crate::read::frame::{Frame, Header};
use crate::read::note::FaultText;
use crate::read::sheet::book::{Book, OwnRows, SheetName, area, reference};
use crate::read::sheet::cells::Area;
use crate::source::did_you_mean;

/// The cells of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// The number of the sheet.
    pub sheet: usize,
    pub area: Area,
    /// What a table says of its rows.
    pub rows: Option<OwnRows>,
}

impl Selected {
    /// Where the table stands among the cells: a table that has no names of columns says so itself.
    pub fn frame<'f>(&self, frame: &'f Frame) -> Cow<'f, Frame> {
        match self.rows {
            Some(OwnRows { header: 0, .. }) if frame.is_open() => {
                Cow::Owned(Frame { header: Header::Rows(0), ..frame.clone() })
            }
            _ => Cow::Borrowed(frame),
        }
    }
}

/// The cells that `at` names: a sheet, a named area, a table, `Sheet1!A3:F40` or `A3:F40`; without it
/// the first sheet that is shown. None of them: what to say.
///
/// # Errors
/// That the workbook cannot be read.
pub fn select(
    book: &mut dyn Book,
    at: Option<&str>,
) -> Result<Result<Selected, FaultText>, Refusal> {
    let usual = usual(book.sheets());
    let Some(at) = at else {
        return Ok(Ok(Selected { sheet: usual, area: Area::ALL, rows: None }));
    };
    let sheet = |book: &dyn Book, name: &str| {
        let exact = book.sheets().iter().position(|s| s.name == name);
        let lower = name.to_lowercase();
        exact.or_else(|| book.sheets().iter().position(|s| s.name.to_lowercase() == lower))
    };
    if let Some(sheet) = sheet(book, at) {
        return Ok(Ok(Selected { sheet, area: Area::ALL, rows: None }));
    }
    let names = book.names()?;
    let is_it = |name: &str| name == at || name.to_lowercase() == at.to_lowercase();
    if let Some(named) = names.iter().find(|named| is_it(&named.name)) {
        return Ok(Ok(Selected { sheet: named.sheet, area: named.area, rows: named.rows }));
    }
    if let Some((name, of)) = book.defined().iter().find(|(name, _)| is_it(name)) {
        return Ok(Err(no_area(name, of)));
    }
    let found = match reference(at) {
        Some((name, area)) => sheet(book, &name).map(|sheet| Selected { sheet, area, rows: None }),
        None => area(at).map(|area| Selected { sheet: usual, area, rows: None }),
    };
    Ok(found.ok_or_else(|| missed(book.sheets(), names.iter().map(|n| n.name.as_str()), at)))
}

/// The first sheet that is shown, else the first.
fn usual(sheets: &[SheetName]) -> usize {
    sheets.iter().position(|sheet| !sheet.is_hidden).unwrap_or(0)
}

/// That a name stands for no single area.
fn no_area(name: &str, of: &str) -> FaultText {
    let areas: Option<Vec<_>> = of.split([',', '~']).map(reference).collect();
    let (message, help) = match areas {
        _ if of.contains("#REF!") => (
            format!("the name `{name}` points at cells that were deleted: `{of}`"),
            "correct the name in the workbook, or write the cells: at = \"Sheet1!A3:F40\"".into(),
        ),
        Some(areas) if areas.len() > 1 => (
            format!("the name `{name}` stands for {} areas: `{of}`", areas.len()),
            "make a table of each, such as at = \"Sheet1!A3:F40\"".to_string(),
        ),
        _ => (
            format!("the name `{name}` stands for `{of}`, which is no area of cells"),
            "write the cells: at = \"Sheet1!A3:F40\"".into(),
        ),
    };
    FaultText { message, label: String::new(), help: Some(help), odd: None }
}

fn missed<'n>(
    sheets: &'n [SheetName],
    names: impl Iterator<Item = &'n str>,
    at: &str,
) -> FaultText {
    let wanted = at.rsplit_once('!').map_or(at, |(sheet, _)| sheet).trim_matches('\'');
    let all = || sheets.iter().map(|sheet| sheet.name.as_str());
    let help = match did_you_mean(wanted, all().chain(names)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => listed(sheets),
    };
    FaultText {
        message: format!("the workbook has no sheet, name or table `{at}`"),
        label: String::new(),
        help: Some(help),
        odd: None,
    }
}

/// Which sheets there are.
pub fn listed(sheets: &[SheetName]) -> String {
    /// More sheets are not listed.
    const MOST: usize = 12;
    let quoted: Vec<String> =
        sheets.iter().take(MOST).map(|sheet| format!("`{}`", sheet.name)).collect();
    match &quoted[..] {
        [only] => format!("its only sheet is {only}"),
        all => format!("its sheets are {}", all.join(", ")),
    }
}

/// Whether a text is the address of one cell.
pub fn is_cell(at: &str) -> bool {
    reference(at).is_none()
        && area(at).is_some_and(|a| a.rows.0 == a.rows.1 && a.columns.0 == a.columns.1)
}
