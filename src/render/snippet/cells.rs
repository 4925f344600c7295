//! Cells as they are drawn: letters or names of columns above, numbers of rows on the left.

use unicode_width::UnicodeWidthStr;

use crate::render::paint::{fitted, left_to_right};
use crate::report::text::printable;
use crate::report::{At, Neighbours, SourceText};
use crate::source::CellRange;

/// The widest cell; of a longer text the beginning is shown.
const WIDEST: usize = 24;

/// Blanks between two columns.
const GAP: usize = 2;

/// Some cells of a sheet, set in columns.
pub struct Picture {
    cells: Neighbours,
    /// Where each column begins, and how wide it is.
    columns: Vec<(usize, usize)>,
    texts: Vec<Vec<String>>,
    /// What stands above each column.
    names: Vec<String>,
}

impl Picture {
    /// The cells around a place, as many of them as there is room for.
    pub fn new(at: &At, room: usize, sources: &dyn SourceText) -> Option<Picture> {
        let cells = Neighbours::of(at, sources)?;
        let shown = |text: &String| fitted(&printable(text), WIDEST).into_owned();
        let texts: Vec<Vec<String>> =
            cells.rows.iter().map(|row| row.iter().map(shown).collect()).collect();
        let names = cells.columns.iter().map(shown).collect();
        let mut picture = Picture { cells, columns: Vec::new(), texts, names };
        picture.set(at, room);
        Some(picture)
    }

    /// Sets the columns; those that have no room are left out, first on the right of the place.
    fn set(&mut self, at: &At, room: usize) {
        let Some(range) = at.cells() else { return };
        loop {
            let mut start = 0;
            self.columns.clear();
            for (n, name) in self.names.iter().enumerate() {
                let texts = self.texts.iter().filter_map(|row| row.get(n));
                let widest = texts.map(|text| text.width()).max().unwrap_or(0);
                let width = widest.max(name.width());
                self.columns.push((start, width));
                start += width + GAP;
            }
            let last = (self.cells.first_column..).take(self.width()).last();
            let is_wide = start.saturating_sub(GAP) > room && self.width() > 1;
            match last {
                _ if !is_wide => return,
                Some(last) if last > range.columns.0 => {
                    self.texts.iter_mut().for_each(|row| drop(row.pop()));
                    self.names.pop();
                    self.cells.rows.iter_mut().for_each(|row| drop(row.pop()));
                }
                _ => {
                    self.texts.iter_mut().for_each(|row| drop(row.remove(0)));
                    self.names.remove(0);
                    self.cells.rows.iter_mut().for_each(|row| drop(row.remove(0)));
                    self.cells.first_column += 1;
                }
            }
        }
    }

    fn width(&self) -> usize {
        self.texts.first().map_or(0, Vec::len)
    }

    /// Whether the first cell of a range is drawn.
    pub fn has(&self, range: CellRange) -> bool {
        self.cells.has(range.sheet, range.rows.0, range.columns.0)
    }

    /// The row of a range, among those drawn, and the columns of the line that it covers.
    pub fn mark(&self, range: CellRange) -> Option<(usize, usize, usize)> {
        let nth = |n: u32, first: u32| usize::try_from(n.checked_sub(first)?).ok();
        let row = nth(range.rows.0, self.cells.first_row).filter(|row| *row < self.texts.len())?;
        let first = nth(range.columns.0, self.cells.first_column)?;
        let last = nth(range.columns.1, self.cells.first_column)?.min(self.columns.len() - 1);
        let (from, _) = *self.columns.get(first)?;
        let (start, width) = *self.columns.get(last)?;
        Some((row, from, start + width.max(1)))
    }

    /// What the columns are called, each above the middle of its own.
    pub fn names(&self) -> String {
        let mut line = String::new();
        let mut end = 0;
        for ((start, width), name) in self.columns.iter().zip(&self.names) {
            let at = start + (width - name.width()) / 2;
            line.push_str(&" ".repeat(at - end));
            line.push_str(&left_to_right(name));
            end = at + name.width();
        }
        line
    }

    /// The rows, each with its number from 1.
    pub fn rows(&self) -> impl Iterator<Item = (u64, String)> {
        let line = |row: &Vec<String>| {
            let mut line = String::new();
            let mut at = 0;
            for (text, (start, _)) in row.iter().zip(&self.columns) {
                line.push_str(&" ".repeat(start - at));
                line.push_str(&left_to_right(text));
                at = start + text.width();
            }
            line
        };
        let first = u64::from(self.cells.first_row) + 1;
        (first..).zip(self.texts.iter()).map(move |(number, row)| (number, line(row)))
    }
}
