//! Which records name the columns of a table: one, or several below each other.

use std::ops::Range;

use crate::propose::records::Line;
use crate::read::title::{self, is_figure, is_word};

/// Records above a header at most.
const MOST_ABOVE: usize = 40;
/// Records that name columns at most.
const MOST: usize = 5;
/// Rows that show what stands below a name.
const BELOW: usize = 60;

/// The records that name the columns; none where the first one is a row.
pub fn find(lines: &[Line], width: usize) -> Range<usize> {
    let at = first_full(lines, width);
    let Some(found) = lines.get(at) else { return at..at };
    if let Some(heads) = merged(lines, at) {
        return heads;
    }
    let mut heads = at..at + 1;
    while heads.len() < MOST && names_more(lines, heads.end) {
        heads.end += 1;
    }
    while heads.len() < MOST && names_above(lines, heads.start, width) {
        heads.start -= 1;
    }
    let below = lines.get(heads.end..).unwrap_or_default();
    if heads.len() > 1 || has_header(found, below) { heads } else { at..at }
}

/// The records that the file marks as names of columns, without a title above them: so many of the first.
/// None where it marks none, or more than name columns.
pub fn marked(lines: &[Line], named: usize) -> Option<Range<usize>> {
    let own = lines.get(..named).filter(|own| own.len() < lines.len())?;
    let start = own.iter().take_while(|line| is_title(line)).count();
    // Units below the names are often marked as cells.
    let is_unit = |line: &Line| line.cells.first().is_some_and(String::is_empty);
    let end =
        named + usize::from(lines.get(named).is_some_and(is_unit) && names_more(lines, named));
    (start < named && end - start <= MOST).then_some(start..end)
}

/// Whether a record has a single cell, the first one.
fn is_title(line: &Line) -> bool {
    line.filled() < 2 && line.cells.first().is_some_and(|cell| !cell.is_empty())
}

/// The records that cells of names are merged over, down to where the last of them ends; `at` may be one of them.
fn merged(lines: &[Line], at: usize) -> Option<Range<usize>> {
    let is_named = |line: &Line| {
        let mut filled = line.cells.iter().filter(|cell| !cell.is_empty());
        line.filled() > 1 && filled.all(|cell| is_word(cell) || is_year(cell))
    };
    let above = || lines.iter().take(at + 1);
    let start = above().position(|line| line.merged_to.is_some() && is_named(line))?;
    let (mut end, mut last) = (start, lines.get(start)?.merged_to?);
    while let Some(line) = lines.get(end).filter(|line| line.number <= last) {
        last = last.max(line.merged_to.unwrap_or(last));
        end += 1;
    }
    (2..=MOST).contains(&(end - start)).then_some(start..end)
}

/// Whether a record below one of names is one of them too: words stand over figures, and the one above
/// lacks a name, has one twice, or has one where this record is blank.
fn names_more(lines: &[Line], at: usize) -> bool {
    let (Some(above), Some(next)) = (at.checked_sub(1).and_then(|n| lines.get(n)), lines.get(at))
    else {
        return false;
    };
    let below = lines.get(at + 1..).unwrap_or_default();
    let pairs = || above.cells.iter().zip(&next.cells);
    let lacks = pairs().any(|(above, own)| above.is_empty() && !own.is_empty());
    let is_unit = next.cells.first().is_some_and(String::is_empty);
    let figures = figures(next, below);
    let wordless = figures.iter().all(|(name, _)| !is_figure(name) || is_year(name));
    next.cells.len() == above.cells.len()
        && below.len() > 1
        && wordless
        && (figures.iter().any(|(name, _)| is_word(name))
            || lacks && is_unit && are_years(&figures, below))
        && (lacks || is_unit || !are_different(above))
}

/// Whether years name columns of figures: each is another one, and the rows below have labels.
fn are_years(figures: &[(&str, Vec<&str>)], below: &[Line]) -> bool {
    let is_head = |(name, below): &(&str, Vec<&str>)| {
        is_year(name) && !below.iter().all(|cell| is_year(cell))
    };
    let is_labelled = |row: &Line| row.cells.first().is_some_and(|label| is_word(label));
    figures.len() > 1 && figures.iter().all(is_head) && below.iter().take(BELOW).all(is_labelled)
}

/// Whether a record above one of names spans these: several names of which the one below has none, or
/// tells apart what is called the same there.
fn names_above(lines: &[Line], at: usize, width: usize) -> bool {
    let (Some(above), Some(own)) = (at.checked_sub(1).and_then(|n| lines.get(n)), lines.get(at))
    else {
        return false;
    };
    let mut filled = above.cells.iter().filter(|cell| !cell.is_empty());
    let pairs = above.cells.iter().zip(&own.cells);
    let mut lacking = pairs.filter(|(above, own)| own.is_empty() && !above.is_empty());
    above.cells.len() == width
        && above.filled() > 0
        && !is_title(above)
        && !own.is_apart
        && filled.all(|cell| is_word(cell) || is_year(cell))
        && (lacking.next().is_some() || !are_different(own))
}

/// The first record that has as many fields as most, most of them filled.
fn first_full(lines: &[Line], width: usize) -> usize {
    let is_full = |line: &Line| {
        line.cells.len() == width
            && (line.filled() * 3 >= width * 2 || width - line.filled() == 1)
            && (width != 2 || line.cells.last().is_some_and(|cell| !cell.is_empty()))
    };
    let found = lines.iter().take(MOST_ABOVE).position(is_full).unwrap_or(0);
    // A name is lacking, and every record below is longer.
    let is_short = |line: &Line| {
        line.cells.len() > 1
            && line.cells.len() + 1 == width
            && line.filled() + 1 == width
            && line.cells.iter().all(|cell| is_word(cell))
    };
    let is_named =
        || lines.get(1).is_some_and(|own| has_header(own, lines.get(2..).unwrap_or_default()));
    if found == 1 && lines.first().is_some_and(is_short) && !is_named() {
        return 0;
    }
    found
}

/// Whether a name is a year, with the mark of a note behind it or without: `2021*`.
fn is_year(name: &str) -> bool {
    title::is_year(name.trim_end_matches(|c: char| "*†‡§¹²³".contains(c) || c.is_whitespace()))
}

fn are_different(line: &Line) -> bool {
    let own = |(n, name): (usize, &String)| !line.cells.get(..n).is_some_and(|c| c.contains(name));
    line.cells.iter().enumerate().all(own)
}

/// Whether a record names the columns below it, and is no row.
fn has_header(header: &Line, below: &[Line]) -> bool {
    let figures = figures(header, below);
    let is_named = |name: &str| name.is_empty() || is_word(name);
    if figures.iter().any(|(name, _)| is_word(name)) {
        return true;
    }
    let years = figures.iter().all(|(name, below)| {
        is_named(name) || (is_year(name) && !below.iter().all(|cell| is_year(cell)))
    });
    // The corner above the names of the rows is often blank.
    let is_of_labels = |row: &Line| row.cells.first().is_some_and(|label| is_word(label));
    let is_corner = header.cells.first().is_some_and(String::is_empty)
        && !figures.is_empty()
        && below.iter().take(BELOW).all(is_of_labels);
    let has_word = header.cells.iter().any(|name| is_word(name));
    years && are_different(header) && (has_word || is_corner)
}

/// The columns below a record that hold figures only: its own cell, and those below.
fn figures<'l>(header: &'l Line, below: &'l [Line]) -> Vec<(&'l str, Vec<&'l str>)> {
    let column = |(n, name): (usize, &'l String)| {
        let rows = below.iter().take(BELOW).filter(|row| row.cells.len() == header.cells.len());
        let cells = rows.filter_map(|row| row.cells.get(n)).map(String::as_str);
        let filled: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
        let figures = filled.iter().filter(|cell| is_figure(cell)).count();
        // A few markers for no figure stand among them.
        (figures > 0 && figures * 5 >= filled.len() * 4).then_some((name.as_str(), filled))
    };
    header.cells.iter().enumerate().filter_map(column).collect()
}
