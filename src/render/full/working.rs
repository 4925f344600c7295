//! The arithmetic behind a finding, as a small sum.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use crate::fault::Severity;
use crate::render::options::Options;
use crate::render::paint::{Paint, fitted, left_to_right};
use crate::render::words::{aligned, ending, location, path};
use crate::report::terms::{Placed, TermShape, arranged};
use crate::report::{Finding, Label, Place, SourceText, Term, Working};

/// Addends of one sum that are shown: so many of the first and of the last.
pub const ENDS: usize = 2;

/// Columns of a name that are always shown.
const LEAST_NAME: usize = 12;

const DIFFERENCE: &str = "difference";

/// One line: value, name, place.
struct Row {
    value: String,
    name: String,
    place: String,
    /// The value is that of a side.
    is_side: bool,
}

impl Row {
    fn new(value: impl Into<String>, name: impl Into<String>) -> Row {
        Row { value: value.into(), name: name.into(), place: String::new(), is_side: false }
    }
}

/// Both sides, term by term, and how far they are apart; only what is not said elsewhere.
pub fn working(f: &Finding, w: &Working, options: Options, sources: &dyn SourceText) -> String {
    let mut rows = Vec::new();
    let mut more = w.more_terms;
    let files = files(f, w, sources);
    let home = f.labels.first().map(|label| path(sources, label.place.at.file()));
    let home = home.as_deref().map_or("", folder);
    if options.verbose || !is_plain(w) {
        for right in [false, true] {
            let side = w.terms.iter().filter(|t| t.right == right);
            let side: Vec<&Term> =
                side.filter(|t| options.verbose || !is_argument(f, w, t)).collect();
            if !options.verbose && is_labelled(f, &side) {
                continue;
            }
            rows.extend(side_rows(&side, options.verbose, &mut more, &|p| {
                short(p, (home, &files), sources)
            }));
            let s = if right { &w.right } else { &w.left };
            let last =
                rows.last_mut().filter(|_| side.last().is_some_and(|t| t.name == s.expression));
            match last {
                Some(last) => last.is_side = true,
                None => {
                    let value = format!("= {}", s.value);
                    rows.push(Row { is_side: true, ..Row::new(value, &s.expression) });
                }
            }
        }
    }
    let tells = w.allowance.is_some() || (w.relation == "=" && !rows.is_empty());
    if let Some(d) = w.difference.as_ref().filter(|_| tells) {
        let allowed = w.allowance.as_ref().map_or(String::new(), |a| format!("allowed is {a}"));
        rows.push(Row { place: allowed, ..Row::new(d, DIFFERENCE) });
    }
    let mut out = lines(&rows, f.severity, options);
    if more > 0 && !rows.is_empty() {
        let _ = writeln!(out, "     … and {more} more rows");
    }
    out
}

/// Whether a term alone makes another, as the argument of a function does, and is labelled in the
/// line of the finding.
fn is_argument(f: &Finding, w: &Working, term: &Term) -> bool {
    let line = |l: &Label| (l.place.at.file(), l.place.at.from().line);
    let is_here = |l: &&Label| f.labels.first().is_some_and(|first| line(first) == line(l));
    let mut here = f.labels.iter().filter(is_here);
    let beside = |t: &&Term| t.right == term.right && t.part_of == term.part_of;
    !term.part_of.is_empty()
        && term.sign.is_empty()
        && w.terms.iter().filter(beside).count() == 1
        && term.place.as_ref().is_some_and(|place| here.any(|l| l.place.at == place.at))
}

/// Whether a side is the cell that the finding points at.
fn is_labelled(f: &Finding, side: &[&Term]) -> bool {
    let [Term { place: Some(place), part_of, .. }] = side else { return false };
    part_of.is_empty() && f.labels.first().is_some_and(|l| l.place.at == place.at)
}

/// Whether each side is a cell or a constant: then the message says all of it.
pub fn is_plain(w: &Working) -> bool {
    let plain = |right: bool, expression: &str| {
        let mut of_side = w.terms.iter().filter(|t| t.right == right);
        let first = of_side.next();
        of_side.next().is_none()
            && first.is_none_or(|t| t.part_of.is_empty() && t.name == expression)
    };
    plain(false, &w.left.expression) && plain(true, &w.right.expression)
}

/// The rows of one side: long sums are cut in the middle.
fn side_rows(terms: &[&Term], whole: bool, more: &mut u64, place: Shown<'_>) -> Vec<Row> {
    let shapes: Vec<TermShape<'_>> = terms.iter().map(|term| term.shape()).collect();
    let placed = arranged(&shapes).into_iter();
    let placed: Vec<(&Term, Placed)> =
        placed.filter_map(|placed| Some((*terms.get(placed.at)?, placed))).collect();
    let row = |(t, placed): &(&Term, Placed)| {
        let place = t.place.as_ref().map_or_else(String::new, place);
        let value = format!("{} {}", placed.sign(t.sign), t.value).trim_start().to_string();
        Row { place, ..Row::new(value, t.name.as_str()) }
    };
    let mut rows = Vec::new();
    // What is counted has a name and a place, and no value.
    for sum in placed.chunk_by(|(a, d), (b, e)| {
        d.depth == e.depth && (d.depth > 0 || !a.part_of.is_empty()) && a.part_of == b.part_of
    }) {
        let own = match sum {
            _ if whole || sum.len() <= 2 * ENDS + 1 => sum.iter().map(row).collect(),
            _ if sum.iter().all(|(t, _)| t.value.is_empty()) => {
                vec![counted(sum, std::mem::take(more), place)]
            }
            _ => {
                let cut = (sum.len() - 2 * ENDS) as u64 + std::mem::take(more);
                let mut own: Vec<Row> = sum.iter().take(ENDS).map(row).collect();
                own.push(Row::new("…", format!("{cut} more")));
                own.extend(sum.iter().skip(sum.len() - ENDS).map(row));
                own
            }
        };
        let depth = sum.first().map_or(0, |(_, placed)| placed.depth);
        rows.extend(if depth > 0 { aside(own, depth) } else { own });
    }
    rows
}

/// Rows that are no addends of the sum that they stand in: their values stand beside their names.
fn aside(rows: Vec<Row>, depth: usize) -> Vec<Row> {
    let values = aligned(&rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>());
    let indent = "  ".repeat(depth);
    let moved = |(row, value): (Row, String)| {
        let gap = if value.trim().is_empty() { "" } else { "  " };
        Row { name: format!("{indent}{value}{gap}{}", row.name), value: String::new(), ..row }
    };
    rows.into_iter().zip(values).map(moved).collect()
}

/// What was counted, in one line.
fn counted(rows: &[(&Term, Placed)], more: u64, place: Shown<'_>) -> Row {
    let cut = (rows.len() - 2 * ENDS) as u64 + more;
    let names: Vec<&str> = rows.iter().map(|(t, _)| t.name.as_str()).collect();
    let (first, last) = names.split_at(ENDS);
    let last = last.get(last.len() - ENDS..).unwrap_or_default();
    let name = format!("{}, … {cut} more, {}", first.join(", "), last.join(", "));
    let first = rows.first().and_then(|(t, _)| t.place.as_ref());
    let place = first.map_or_else(String::new, place);
    Row { place, ..Row::new("", name) }
}

/// How a place is shown.
type Shown<'s> = &'s dyn Fn(&Place) -> String;

/// The files that a finding shows, each once.
fn files(f: &Finding, w: &Working, sources: &dyn SourceText) -> BTreeSet<(bool, String)> {
    let labels = f.labels.iter().map(|l| &l.place);
    let places = labels.chain(w.terms.iter().filter_map(|t| t.place.as_ref()));
    places.map(|p| (is_old(p), path(sources, p.at.file()).into_owned())).collect()
}

/// A place with no more of its folders than it takes to know the file, where it is beside the one that the finding is
/// in; the old version of a file has the same name.
fn short(
    place: &Place,
    (home, files): (&str, &BTreeSet<(bool, String)>),
    sources: &dyn SourceText,
) -> String {
    let is_old = is_old(place);
    let path = path(sources, place.at.file());
    let others = files.iter().filter(|(old, _)| *old == is_old).map(|(_, path)| path.as_str());
    let is_beside = is_old || folder(&path) == home;
    let name = if is_beside { ending(&path, others) } else { &path };
    let whole = location(sources, &place.at);
    let behind = whole.strip_prefix(&*path).unwrap_or_default();
    format!("{}{name}{behind}", if is_old { "old " } else { "" })
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_old(place: &Place) -> bool {
    place.cell.as_ref().is_some_and(|cell| cell.table.starts_with("old("))
}

/// Three columns, the first aligned at its decimal point.
fn lines(rows: &[Row], severity: Severity, options: Options) -> String {
    let paint = Paint::new(options);
    let values = aligned(&rows.iter().map(|r| r.value.as_str()).collect::<Vec<_>>());
    // An expression that has no room beside its place stands whole in the rule.
    let places = rows.iter().filter(|r| r.name != DIFFERENCE).map(|r| r.place.width());
    let figures = values.first().map_or(0, |v| v.width());
    let used = 10 + places.max().unwrap_or(0) + figures;
    let most = options.width.saturating_sub(used).max(LEAST_NAME);
    let shown = |row: &Row| match options.verbose {
        true => row.name.clone(),
        false => fitted(&row.name, most).into_owned(),
    };
    let names: Vec<String> = rows.iter().map(shown).collect();
    let placed = rows.iter().zip(&names).filter(|(r, _)| !r.place.is_empty());
    let widest = placed.map(|(_, n)| n.width()).max().unwrap_or(0);
    let mut out = String::new();
    for ((row, name), value) in rows.iter().zip(&names).zip(values) {
        let pad = " ".repeat(widest.saturating_sub(name.width()));
        let value = if row.is_side { paint.wrong(severity, &value) } else { value };
        let (name, place) = (left_to_right(name), paint.dim(&row.place));
        let start = format!("     {value}  {name}");
        let line = match row.name == DIFFERENCE {
            true => format!(
                "{start}  {}",
                paint.dim(allowed(&row.place, 9 + figures + DIFFERENCE.len(), options))
            ),
            false => format!("{start}{pad}  {place}"),
        };
        out.push_str(line.trim_end_matches(' '));
        out.push('\n');
    }
    out
}

/// What is allowed; the reason only where it fits, in the columns after those that are used.
fn allowed(text: &str, used: usize, options: Options) -> &str {
    match text.split_once(", ") {
        Some((amount, _)) if used + text.width() > options.width && !options.verbose => amount,
        _ => text,
    }
}
