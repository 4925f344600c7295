//! Where a table stands in its sheet, and what names its columns.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::read::format::Refusal;
use crate::read::frame::{Frame, NoStart, name};
use crate::read::sheet::cells::{Area, Cells};
use crate::read::sheet::package::too_large;
use crate::read::title::{Line, MOST_CELLS, ROWS, above};
use crate::width::{to_u32, to_usize};

/// A table within the cells that were selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framed {
    /// Its cells, those of its header too.
    pub area: Area,
    /// The rows that name its columns.
    pub header: Vec<u32>,
    /// Its first row behind them.
    pub body: u32,
    /// Rows above and below it that are none of it.
    pub above: u64,
    pub below: u64,
}

/// The table among the cells of an area, of which `used` are not blank.
pub fn framed(cells: &Cells, area: Area, used: Area, frame: &Frame) -> Result<Framed, NoStart> {
    let number = |row: usize| area.rows.0.saturating_add(to_u32(row));
    // Rows without any cell are not walked: there may be a million between two that have some.
    let first = |nth: usize| {
        let own = cells.row(nth, area.columns).filter(|cell| area.has(cell.row, cell.column));
        let mut texts = own.filter_map(|c| Some((c.row, std::str::from_utf8(c.text).ok()?)));
        let (row, text) = texts.find(|(_, text)| !text.trim().is_empty())?;
        Some((to_usize(row - area.rows.0), text))
    };
    let filled = |rows: Range<usize>| {
        (cells.nth(number(rows.start))..cells.nth(number(rows.end))).filter_map(first)
    };
    let rows = to_usize(used.rows.1 - area.rows.0) + 1;
    let cut = frame.cut(rows, filled)?;
    let header: Vec<u32> = cut.header.iter().map(|row| number(*row)).collect();
    if header.is_empty() && cut.body.is_empty() {
        return Err(NoStart::LeftOut);
    }
    let top = header.iter().copied().min().unwrap_or(number(cut.body.start));
    let last = number(cut.body.end.max(cut.body.start)).saturating_sub(1);
    let rows_of_table = (top, last.max(header.iter().copied().max().unwrap_or(top)));
    let within = Area { rows: rows_of_table, columns: area.columns };
    let own = cells.used(within).ok_or(NoStart::LeftOut)?;
    Ok(Framed {
        area: Area { rows: rows_of_table, columns: own.columns },
        header,
        body: number(cut.body.start),
        above: cut.above() as u64,
        below: (rows - cut.body.end) as u64,
    })
}

/// Rows that look like a title above the header of a table, where a rule does not say where that is: the row with the
/// names, and the first cell of the title.
pub fn title(cells: &Cells, framed: &Framed, frame: &Frame) -> Option<(u32, (u32, u32))> {
    let (first, last) = framed.area.columns;
    let width = to_usize(last.saturating_sub(first)) + 1;
    if !frame.is_open() || width >= MOST_CELLS {
        return None;
    }
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    let (mut start, mut before) = (None, None);
    for nth in (cells.nth(framed.area.rows.0)..cells.nth(framed.area.rows.1 + 1)).take(ROWS) {
        let mut own = vec![String::new(); width];
        for cell in cells.row(nth, framed.area.columns) {
            let text = std::str::from_utf8(cell.text).unwrap_or_default().trim();
            if let Some(own) = own.get_mut(to_usize(cell.column - first)) {
                text.clone_into(own);
            }
        }
        let Some(filled) = own.iter().position(|text| !text.is_empty()) else { continue };
        let row = cells.row_number(nth)?;
        start = start.or(Some((row, first.saturating_add(to_u32(filled)))));
        let after_gap = before.is_some_and(|before| before + 1 < row);
        before = Some(row);
        lines.push(Line { cells: own, after_gap });
        rows.push(row);
    }
    Some((*rows.get(above(&lines)?)?, start?))
}

/// Bytes that the names of all columns may take: a text may be the name of many.
const MOST_NAMES: usize = 64 << 20;

/// The texts of the rows that name the columns; a cell that spans several columns names them all.
///
/// # Errors
/// That the names would fill the memory.
pub fn header_texts(cells: &Cells, framed: &Framed) -> Result<Vec<Vec<String>>, Refusal> {
    let columns = framed.area.columns.0..=framed.area.columns.1;
    let text = |row: u32, column: u32| {
        let cell = cells.cell(row, column)?;
        Some(name(std::str::from_utf8(cell.text).unwrap_or_default()))
    };
    let mut left = MOST_NAMES;
    let mut texts = |row: &u32| {
        let own = cells.merged.iter().filter(|area| area.rows.0 == *row);
        let spans: BTreeMap<u32, u32> = own.map(|area| area.columns).collect();
        let spanned = |column: u32| {
            let (first, last) = spans.range(..=column).next_back()?;
            (column <= *last).then(|| text(*row, *first)).flatten()
        };
        // Where a row below goes on with the name, a blank takes that to its left.
        let mut widest = 0;
        let mut take = |column: u32| {
            let own = text(*row, column).or_else(|| spanned(column)).unwrap_or_default();
            widest = if own.is_empty() && framed.header.len() > 1 { widest } else { own.len() };
            left = left.checked_sub(widest).ok_or_else(too_large)?;
            Ok(own)
        };
        columns.clone().map(&mut take).collect()
    };
    framed.header.iter().map(&mut texts).collect()
}
