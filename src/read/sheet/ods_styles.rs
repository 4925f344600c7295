//! Styles of ODS: which texts are set high or low, which sheets are hidden, and which parts of a date
//! and a time a cell shows.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::BytesStart;

use crate::read::sheet::package::local_attribute;
use crate::read::sheet::serial::Parts;
use crate::read::shift::Shift;

/// Steps from a style to the one that says how a date is shown.
const MOST_STEPS: usize = 16;

/// The styles of a workbook, by name.
#[derive(Debug, Default)]
pub struct Styles {
    shifts: BTreeMap<String, Shift>,
    hidden: BTreeSet<String>,
    /// For each style of cells how they show a date, and the style that it is like otherwise.
    cells: BTreeMap<String, (String, String)>,
    /// What cells of the styles that have names of their own show of a date.
    named: BTreeMap<String, Option<Parts>>,
    /// What the formats of dates show.
    dates: BTreeMap<String, Parts>,
    /// The style and the format of a date at hand.
    style: String,
    format: Option<String>,
}

impl Styles {
    /// Takes a tag, if it is of a style.
    pub fn take(&mut self, tag: &BytesStart<'_>) {
        let text = |name| local_attribute(tag, name).unwrap_or_default();
        match tag.local_name().as_ref() {
            "style" => {
                (self.style, self.format) = (text("name"), None);
                if text("family") == "table-cell" {
                    let shown = (text("data-style-name"), text("parent-style-name"));
                    self.cells.insert(self.style.clone(), shown);
                }
            }
            "date-style" => {
                let name = text("name");
                self.dates.insert(name.clone(), Parts { day: false, time: false });
                self.format = Some(name);
            }
            "table-properties" if text("display") == "false" => {
                self.hidden.insert(self.style.clone());
            }
            "text-properties" if self.format.is_none() => {
                let shift = shift(&text("text-position"));
                self.shifts.extend(shift.map(|shift| (self.style.clone(), shift)));
            }
            "year" | "month" | "day" | "era" | "quarter" | "day-of-week" | "week-of-year" => {
                self.shows(|parts| parts.day = true);
            }
            "hours" | "minutes" | "seconds" => self.shows(|parts| parts.time = true),
            other if other.ends_with("-style") => self.format = None,
            _ => {}
        }
    }

    fn shows(&mut self, note: impl Fn(&mut Parts)) {
        let format = self.format.as_ref().and_then(|name| self.dates.get_mut(name));
        format.into_iter().for_each(note);
    }

    /// These are the styles with names of their own; those of the sheets may use their names otherwise.
    pub fn into_named(self) -> Styles {
        let named = self.cells.keys().map(|name| (name.clone(), self.date(name))).collect();
        Styles { named, ..Styles::default() }
    }

    /// Whether sheets of a style are hidden.
    pub fn is_hidden(&self, style: &str) -> bool {
        self.hidden.contains(style)
    }

    /// Whether some texts are set high or low.
    pub fn has_shifts(&self) -> bool {
        !self.shifts.is_empty()
    }

    /// Whether texts of a style are set high or low.
    pub fn shift(&self, style: &str) -> Option<Shift> {
        self.shifts.get(style).copied()
    }

    /// What cells of a style show of a date; none where the style does not say it.
    pub fn date(&self, style: &str) -> Option<Parts> {
        let mut style = style;
        for _ in 0..MOST_STEPS {
            let Some((format, like)) = self.cells.get(style) else {
                return self.named.get(style).copied().flatten();
            };
            if !format.is_empty() {
                return self.dates.get(format).copied().filter(|parts| parts.day || parts.time);
            }
            style = like;
        }
        None
    }
}

/// What the cells of a sheet show of a date that do not say it themselves.
#[derive(Debug, Default)]
pub struct Dates {
    row: Option<Parts>,
    /// Of columns, up to the one with this number.
    columns: Vec<(u32, Option<Parts>)>,
}

impl Dates {
    /// Columns up to one begin.
    pub fn columns(&mut self, tag: &BytesStart<'_>, end: u32, styles: &Styles) {
        let date = usual(tag, styles);
        match self.columns.last_mut().filter(|(_, last)| *last == date) {
            Some((last, _)) => *last = end,
            None => self.columns.push((end, date)),
        }
    }

    /// A row begins.
    pub fn row(&mut self, tag: &BytesStart<'_>, styles: &Styles) {
        self.row = usual(tag, styles);
    }

    /// What a cell shows, by its style and its column.
    pub fn of(&self, style: Option<&String>, column: u32, styles: &Styles) -> Option<Parts> {
        let own = self.columns.partition_point(|(end, _)| *end <= column);
        let of_column = || self.columns.get(own).and_then(|(_, date)| *date);
        match style {
            Some(style) => styles.date(style),
            None => self.row.or_else(of_column),
        }
    }
}

/// What the cells of a row or of columns show of a date.
fn usual(tag: &BytesStart<'_>, styles: &Styles) -> Option<Parts> {
    styles.date(&local_attribute(tag, "default-cell-style-name")?)
}

/// Whether a text is set high or low, by its position: `super 58%`, `-20%`.
fn shift(position: &str) -> Option<Shift> {
    match position.split_whitespace().next()? {
        "super" => Some(Shift::High),
        "sub" => Some(Shift::Low),
        height if height.starts_with('0') => None,
        height if height.starts_with('-') => Some(Shift::Low),
        _ => Some(Shift::High),
    }
}

/// A date as a cell shows it, in the way of ISO 8601, from what it holds: `2024-01-02T18:00:00`.
pub fn date(value: &str, parts: Option<Parts>, shown: &[u8]) -> String {
    let (day, time) = value.split_once('T').unwrap_or((value, "00:00:00"));
    let is_alone = shown == day.as_bytes() || time == "00:00:00";
    match parts.unwrap_or(Parts { day: true, time: !is_alone }) {
        Parts { day: true, time: true } => format!("{day} {time}"),
        Parts { day: false, .. } => time.to_string(),
        Parts { day: true, time: false } => day.to_string(),
    }
}
