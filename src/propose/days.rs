//! Formats of dates, and the cells that they fit.

use crate::propose::slips::slips;
use crate::value::{DateFormat, Language, Type};
use crate::width::to_usize;

/// Texts of a column, how often each stands there, and its number.
pub type Values<'v> = [(&'v str, u32, u32)];

/// Formats of days, tried in this order; only the cells decide between those of one line.
pub const DAYS: [&[&str]; 33] = [
    &["%Y-%m-%d"],
    &["%d.%m.%Y"],
    &["%d/%m/%Y", "%m/%d/%Y"],
    &["%d-%m-%Y", "%m-%d-%Y"],
    &["%Y/%m/%d"],
    &["%Y.%m.%d"],
    &["%-d.%-m.%Y"],
    &["%-d/%-m/%Y", "%-m/%-d/%Y"],
    &["%-d-%-m-%Y", "%-m-%-d-%Y"],
    &["%d.%m.%y"],
    &["%d/%m/%y", "%m/%d/%y"],
    &["%-d/%-m/%y", "%-m/%-d/%y"],
    &["%-d %B %Y"],
    &["%-d %b %Y"],
    &["%B %-d, %Y"],
    &["%b %-d, %Y"],
    &["%d-%b-%Y"],
    &["%d-%b-%y"],
    &["%d %b %Y"],
    &["%d %B %Y"],
    &["%-d. %B %Y"],
    &["%-d. %b %Y"],
    &["%d. %B %Y"],
    &["%d. %b %Y"],
    &["%B %d, %Y"],
    &["%b %d, %Y"],
    &["%Y-%m"],
    &["%Y/%m"],
    &["%m/%Y"],
    &["%b %Y", "%B %Y"],
    &["%b-%y"],
    &["%b-%Y"],
    &["%Y-Q%q"],
];
pub const INSTANTS: [&[&str]; 12] = [
    &["%Y/%m/%d %H:%M:%S"],
    &["%d.%m.%Y %H:%M:%S"],
    &["%d.%m.%Y %H:%M"],
    &["%d-%m-%Y %H:%M:%S", "%m-%d-%Y %H:%M:%S"],
    &["%d-%m-%Y %H:%M", "%m-%d-%Y %H:%M"],
    &["%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"],
    &["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"],
    &["%-d/%-m/%Y %H:%M", "%-m/%-d/%Y %H:%M"],
    &["%-m/%-d/%Y %I:%M %p"],
    &["%m/%d/%Y %I:%M:%S %p"],
    &["%d/%m/%Y %I:%M %p", "%m/%d/%Y %I:%M %p"],
    &["%Y%m%d %H%M"],
];
/// Different texts by which formats are chosen.
const LOOKED_AT: usize = 500;

/// How many cells of a column may not fit its type.
fn odd_ones(cells: usize) -> usize {
    /// Of fewer cells all must fit.
    const FEW: usize = 10;
    if cells < FEW { 0 } else { slips(cells) }
}

/// The texts that do not fit, where they are few.
pub fn few(values: &Values<'_>, cells: usize, fits: impl Fn(&str) -> bool) -> Option<Vec<u32>> {
    let (mut odd, mut wrong) = (Vec::new(), 0);
    for (text, count, id) in values {
        if !fits(text) {
            wrong += to_usize(*count);
            odd.push(*id);
            // Of few cells all must fit; a text that recurs has a meaning of its own.
            if wrong > odd_ones(cells) || odd.len() > 10 || *count > 2 {
                return None;
            }
        }
    }
    Some(odd)
}

/// The formats of a group that fit, with the texts that they do not fit.
pub fn fitting(
    group: &[&str],
    (ty, language): (Type, Language),
    values: &Values<'_>,
) -> Vec<(String, Vec<u32>)> {
    let cells = values.iter().map(|v| v.1 as usize).sum();
    let mut found: Vec<(String, Vec<u32>)> = Vec::new();
    for text in group {
        let format = DateFormat::new(text, ty).map(|format| format.in_language(language));
        let Ok(format) = format else { continue };
        let reads = |text: &str| match ty {
            Type::DateTime => format.parse_datetime(text.trim()).is_ok(),
            _ => format.parse_date(text.trim()).is_ok(),
        };
        let first = values.get(..LOOKED_AT.min(values.len())).unwrap_or_default();
        let good = first.iter().filter(|v| reads(v.0)).count();
        if first.len() - good <= odd_ones(first.len())
            && let Some(odd) = few(values, cells, reads)
        {
            found.push((text.to_string(), odd));
        }
    }
    // One that fits all cells is not in doubt because of one that fits most.
    if found.iter().filter(|f| f.1.is_empty()).count() == 1 {
        found.retain(|f| f.1.is_empty());
    }
    found
}

/// Two formats of days that all cells fit.
pub fn ambiguous(values: &Values<'_>, language: Language) -> Option<(Type, String, String)> {
    let days = DAYS.iter().map(|group| (group, Type::Date));
    let all = days.chain(INSTANTS.iter().map(|group| (group, Type::DateTime)));
    all.filter(|(group, _)| group.len() > 1).find_map(|(group, ty)| {
        match fitting(group, (ty, language), values).as_slice() {
            [(a, _), (b, _)] => Some((ty, a.clone(), b.clone())),
            _ => None,
        }
    })
}
