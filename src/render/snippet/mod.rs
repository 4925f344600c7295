//! The lines of files that labels need, with what is underlined in them.

pub mod cells;
pub mod window;

use unicode_width::UnicodeWidthStr;

use crate::fault::Severity;
use crate::render::options::Options;
use crate::render::paint::{Paint, fitted, left_to_right};
use crate::render::snippet::cells::Picture;
use crate::render::snippet::window::Window;
use crate::render::words::location;
use crate::report::{At, SourceText};
use crate::source::FileId;

/// Draws snippets.
#[derive(Clone, Copy)]
pub struct Snippets<'s> {
    /// Where the lines come from.
    pub sources: &'s dyn SourceText,
    /// How they are drawn.
    pub options: Options,
    /// The colour of the first label.
    pub severity: Severity,
}

/// Some columns of a line that are underlined.
struct Mark {
    from: usize,
    to: usize,
    text: String,
    is_primary: bool,
}

impl Mark {
    /// Where a connector stands.
    fn middle(&self) -> usize {
        self.from + ((self.to - self.from) / 2).min(3)
    }
}

impl Snippets<'_> {
    /// The snippets of all labels, of which the first is the primary one; what is `beside` stands on
    /// the line of its location, or below it where that is too long.
    pub fn draw(&self, labels: &[(At, &str)], beside: &[String]) -> String {
        let mut files: Vec<FileId> = Vec::new();
        for (at, _) in labels {
            if !files.contains(&at.file()) {
                files.push(at.file());
            }
        }
        let last = labels.iter().map(|l| l.0.from().line).max().unwrap_or(0);
        let gutter = last.to_string().len();
        let mut out = String::new();
        for (n, file) in files.iter().enumerate() {
            let of_file: Vec<(usize, At, &str)> = labels
                .iter()
                .enumerate()
                .filter(|(_, l)| l.0.file() == *file)
                .map(|(n, l)| (n, l.0, l.1))
                .collect();
            let beside = (n == 0, if n == 0 { beside } else { &[] });
            match of_file.iter().any(|(_, at, _)| at.cells().is_some()) {
                true => self.of_workbook(&of_file, beside, gutter, &mut out),
                false => self.of_file(&of_file, beside, gutter, &mut out),
            }
        }
        out
    }

    fn of_file(
        &self,
        labels: &[(usize, At, &str)],
        (is_first, beside): (bool, &[String]),
        gutter: usize,
        out: &mut String,
    ) {
        let room = self.options.width.saturating_sub(gutter + 5).max(LEAST_ROOM);
        let mut windows: Vec<Window> = Vec::new();
        for (_, at, text) in labels {
            if !windows.iter().any(|w| w.holds(at.span())) {
                let size = (text.width(), room);
                windows.extend(Window::new(*at, size, self.options, self.sources));
            }
        }
        windows.sort_by_key(|w| w.place.span());
        let Some((_, first, _)) = labels.first() else { return };
        self.header(first, (is_first, windows.is_empty(), beside), gutter, out);
        let mut of_windows: Vec<Vec<Mark>> = windows.iter().map(|_| Vec::new()).collect();
        for (n, at, text) in labels {
            let own = windows.iter().position(|w| w.place.span() == at.span());
            let held = own.or_else(|| windows.iter().position(|w| w.holds(at.span())));
            let Some((window, marks)) =
                held.and_then(|i| Some((windows.get(i)?, of_windows.get_mut(i)?)))
            else {
                continue;
            };
            let (from, to) = window.columns(at.span());
            let mut mark = Mark { from, to, text: (*text).to_string(), is_primary: *n == 0 };
            // Cells of a line that are labelled alike have their words at the last of them.
            if let Some(before) = marks.last_mut()
                && (mark.text.is_empty() || mark.text == before.text)
                && before.to <= from
            {
                mark.text = std::mem::take(&mut before.text);
            }
            add(marks, mark);
        }
        for (window, marks) in windows.iter().zip(of_windows) {
            let (number, text) = (window.place.from().line, left_to_right(&window.text));
            self.line(number, &text, marks, (gutter, room), out);
        }
    }

    /// The cells of sheets, or of files of columns, each with those around it.
    fn of_workbook(
        &self,
        labels: &[(usize, At, &str)],
        (is_first, beside): (bool, &[String]),
        gutter: usize,
        out: &mut String,
    ) {
        let gutter = gutter + 1;
        let room = self.options.width.saturating_sub(gutter + 5).max(LEAST_ROOM);
        let mut pictures: Vec<(At, Picture)> = Vec::new();
        for (_, at, _) in labels {
            let Some(range) = at.cells() else { continue };
            if pictures.iter().all(|(_, picture)| !picture.has(range)) {
                pictures.extend(Picture::new(at, room, self.sources).map(|p| (*at, p)));
            }
        }
        let Some((_, first, _)) = labels.first() else { return };
        if pictures.is_empty() {
            self.header(first, (is_first, true, beside), gutter, out);
        }
        let mut is_drawn = vec![false; labels.len()];
        for (n, (at, picture)) in pictures.iter().enumerate() {
            let beside = if n == 0 { beside } else { &[] };
            self.header(at, (is_first && n == 0, false, beside), gutter, out);
            let paint = Paint::new(self.options);
            let names = format!("{}{}", " ".repeat(gutter + 4), picture.names());
            out.push_str(&format!("{}\n", paint.dim(names.trim_end())));
            let mut of_rows: Vec<Vec<Mark>> = picture.rows().map(|_| Vec::new()).collect();
            for ((n, at, text), is_drawn) in labels.iter().zip(&mut is_drawn) {
                let Some(range) = at.cells() else { continue };
                let held = Some(range).filter(|_| !*is_drawn).filter(|r| picture.has(*r));
                let Some((row, from, to)) = held.and_then(|range| picture.mark(range)) else {
                    continue;
                };
                *is_drawn = true;
                let mark = Mark { from, to, text: (*text).to_string(), is_primary: *n == 0 };
                if let Some(marks) = of_rows.get_mut(row) {
                    add(marks, mark);
                }
            }
            for ((number, line), marks) in picture.rows().zip(of_rows) {
                self.line(number, &line, marks, (gutter, room), out);
            }
        }
    }

    /// A line, and below it what is underlined.
    fn line(
        &self,
        number: u64,
        text: &str,
        marks: Vec<Mark>,
        (gutter, room): (usize, usize),
        out: &mut String,
    ) {
        let paint = Paint::new(self.options);
        let bar = paint.dim(&format!(" {number:>gutter$} │"));
        let line = format!("{bar} {text}");
        out.push_str(&format!("{}\n", line.trim_end_matches(' ')));
        let margin = paint.dim(&format!(" {:gutter$} ·", ""));
        for layer in layers(marks) {
            for line in self.layer(&layer, room) {
                out.push_str(&format!("{margin} {}\n", line.trim_end_matches(' ')));
            }
        }
    }

    fn header(
        &self,
        at: &At,
        (is_first, is_empty, beside): (bool, bool, &[String]),
        gutter: usize,
        out: &mut String,
    ) {
        let paint = Paint::new(self.options);
        let place = location(self.sources, at);
        let margin = " ".repeat(gutter + 2);
        let (open, close) = match (is_empty, is_first) {
            (true, _) => ("at ", ""),
            (false, true) => ("╭─[", "]"),
            (false, false) => ("├─[", "]"),
        };
        let mut used = margin.len() + open.width() + place.width() + close.len();
        out.push_str(&format!("{margin}{}{place}{}", paint.dim(open), paint.dim(close)));
        for part in beside {
            if used + 2 + part.width() >= self.options.width && used > margin.len() + 1 {
                out.push_str(&format!("\n{margin}{}", paint.dim("│")));
                used = margin.len() + 1;
            }
            out.push_str(&format!("  {}", paint.dim(&left_to_right(part))));
            used += 2 + part.width();
        }
        out.push('\n');
    }

    /// Labels whose spans don't overlap: underlined in one line, their words beside them or below.
    fn layer(&self, marks: &[Mark], room: usize) -> Vec<String> {
        let (mut line, mut column) = (String::new(), 0);
        // Words stand beside their underline where there is room before the next one.
        let is_beside = |n: usize, m: &Mark| match marks.get(n + 1) {
            Some(next) => m.to + 2 + m.text.width() < next.from,
            None => m.to + 1 + m.text.width() <= room || m.middle() + 4 > room / 2,
        };
        let is_below = |n: usize, m: &Mark| !m.text.is_empty() && !is_beside(n, m);
        for (n, mark) in marks.iter().enumerate() {
            let under: String = (mark.from..mark.to)
                .map(|c| if c == mark.middle() && is_below(n, mark) { '┬' } else { '─' })
                .collect();
            line.push_str(&" ".repeat(mark.from - column));
            line.push_str(&self.paint(mark, &under));
            column = mark.to;
            if !mark.text.is_empty() && is_beside(n, mark) {
                let text = fitted(&mark.text, room.saturating_sub(mark.to + 1).max(8));
                column += 1 + text.width();
                line.push_str(&format!(" {}", self.paint(mark, &left_to_right(&text))));
            }
        }
        let mut lines = vec![line];
        let below: Vec<&Mark> =
            marks.iter().enumerate().filter(|(n, m)| is_below(*n, m)).map(|(_, m)| m).collect();
        for (n, mark) in below.iter().enumerate().rev() {
            let (mut line, mut column) = (String::new(), 0);
            for other in below.iter().take(n) {
                line.push_str(&" ".repeat(other.middle() - column));
                line.push_str(&self.paint(other, "│"));
                column = other.middle() + 1;
            }
            line.push_str(&" ".repeat(mark.middle() - column));
            let text = fitted(&mark.text, room.saturating_sub(mark.middle() + 4).max(8));
            line.push_str(&self.paint(mark, &format!("╰── {}", left_to_right(&text))));
            lines.push(line);
        }
        lines
    }

    fn paint(&self, mark: &Mark, text: &str) -> String {
        let paint = Paint::new(self.options);
        if mark.is_primary { paint.wrong(self.severity, text) } else { paint.other(text) }
    }
}

/// The narrowest line of a file that is drawn.
const LEAST_ROOM: usize = 30;

impl Mark {
    /// Another label of the same span.
    fn add(&mut self, other: &Mark) {
        self.is_primary |= other.is_primary;
        if self.text.is_empty() {
            self.text.clone_from(&other.text);
        } else if !other.text.is_empty() && other.text != self.text {
            self.text = format!("{}; {}", self.text, other.text);
        }
    }
}

/// Adds a mark, to one of the same columns where there is one.
fn add(marks: &mut Vec<Mark>, mark: Mark) {
    match marks.iter_mut().find(|m| (m.from, m.to) == (mark.from, mark.to)) {
        Some(same) => same.add(&mark),
        None => marks.push(mark),
    }
}

/// Marks in layers within which none overlaps another, each from left to right.
fn layers(mut marks: Vec<Mark>) -> Vec<Vec<Mark>> {
    marks.sort_by_key(|m| (m.from, m.to));
    let mut layers: Vec<Vec<Mark>> = Vec::new();
    for mark in marks {
        let fits = |l: &&mut Vec<Mark>| l.last().is_none_or(|last| last.to <= mark.from);
        match layers.iter_mut().find(fits) {
            Some(layer) => layer.push(mark),
            None => layers.push(vec![mark]),
        }
    }
    layers
}
