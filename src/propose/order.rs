//! What comes before what: columns that rise, and moments that follow each other in a row.

use std::collections::HashMap;

use crate::propose::column::{Column, at_scale};
use crate::propose::labels::slug;
use crate::propose::names;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::slips::slips;
use crate::propose::table::Table;
use crate::value::Type;

/// Neighbours that rise, at least.
const ENOUGH: usize = 30;
/// The same for years without a gap.
const YEARS: usize = 7;
/// Rows that would be the other way round if the two columns had nothing to do with each other.
const SURPRISE: usize = 14;

/// A column of the key that rises in the order of the file, for each of the rest of the key; a column
/// of days that never falls.
pub fn rising(number: usize, table: &Table, rules: &mut Rules) {
    for column in table.usable() {
        let Some(own) = table.column(column) else { continue };
        let is_key = table.key.contains(&column);
        let counts = own.ty == Type::Integer && is_key && table.key.len() > 1;
        let is_day = matches!(own.ty, Type::Date | Type::DateTime | Type::Year);
        if own.filled < table.rows || !(is_day || counts) {
            continue;
        }
        let rest: Vec<usize> = if is_key {
            table.key.iter().copied().filter(|c| *c != column).collect()
        } else {
            Vec::new()
        };
        let Some((strict, loose, next)) = steps(table, own, &rest) else { continue };
        let is_strict = is_key && loose == 0;
        let is_dense = own.ty == Type::Year && is_strict && next == strict;
        let least = if is_dense { YEARS } else { ENOUGH };
        if strict < least || (is_key && loose > 0) {
            continue;
        }
        let name = &table.files.name;
        let by: Vec<String> = rest.iter().map(|c| table.called(*c)).collect();
        let plain = rest.iter().filter_map(|c| table.column(*c)).map(|c| c.name());
        let each = names::for_each(plain);
        let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
        let (sign, word) = if is_strict { (">", "rises") } else { (">=", "never falls") };
        let called = table.called(column);
        let check = Check {
            id: format!("{name}-{}-order", slug(own.name())),
            title: format!("{} {word} from row to row{each}", own.name()),
            table: number,
            each: Some(name.clone()),
            asserts: vec![format!("{called} {sign} prev({called}{by})")],
            ..Check::default()
        };
        rules.check(check, of(strict + loose, strict + loose, "step"));
    }
}

/// How often a column rises, stays, and is one more, from each row to the next with the same values in
/// others; none where it often falls.
fn steps(table: &Table, own: &Column, by: &[usize]) -> Option<(usize, usize, usize)> {
    let others: Vec<&Column> = by.iter().filter_map(|c| table.column(*c)).collect();
    let mut last: HashMap<Vec<u32>, i128> = HashMap::new();
    let (mut strict, mut loose, mut next, mut fallen) = (0, 0, 0, 0);
    for row in 0..table.rows {
        let place = own.place(row)?;
        let key = others.iter().filter_map(|c| c.sample.rows.get(row)).copied().collect();
        match last.insert(key, place) {
            None => {}
            Some(before) if before < place => {
                strict += 1;
                next += usize::from(before + 1 == place);
            }
            Some(before) if before == place => loose += 1,
            Some(_) => fallen += 1,
        }
    }
    (fallen <= slips(table.rows) / 2).then_some((strict, loose, next))
}

/// Two columns of moments, or a least and a greatest figure, of which one never comes after the other;
/// what follows from a sum is left out.
pub fn pairs(number: usize, table: &Table, rules: &mut Rules) {
    let usable = table.usable();
    let is_kind = |c: &&usize| {
        table
            .column(**c)
            .is_some_and(|c| c.ty != Type::Year && (c.holds_dates() || c.holds_figures()))
            && !table.numbers_rows(**c)
    };
    let columns: Vec<usize> = usable.iter().filter(is_kind).copied().collect();
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for a in columns.iter().take(40) {
        for b in columns.iter().take(40).filter(|b| *b != a) {
            let (Some(first), Some(second)) = (table.column(*a), table.column(*b)) else {
                continue;
            };
            let are_moments = first.holds_dates() && first.ty == second.ty;
            let are_figures = first.holds_figures() && second.holds_figures();
            let is_told = are_bounds(first, second);
            let is_sum = rules.parts.contains(&(number, *a, *b));
            let is_pair = are_moments || are_figures && is_told && !is_sum;
            if let Some(rows) = is_pair.then(|| ordered(table, first, second, is_told)).flatten() {
                found.push((*a, *b, rows));
            }
        }
    }
    let between = |a: usize, b: usize| {
        found.iter().any(|(x, m, _)| *x == a && found.iter().any(|(n, y, _)| n == m && *y == b))
    };
    for (a, b, rows) in found.iter().filter(|(a, b, _)| !between(*a, *b)) {
        let (Some(first), Some(second)) = (table.column(*a), table.column(*b)) else { continue };
        let name = &table.files.name;
        let check = Check {
            id: format!("{name}-{}-{}", slug(first.name()), slug(second.name())),
            title: match first.holds_dates() {
                true => format!("{} is not after {}", first.name(), second.name()),
                false => format!("{} is not more than {}", first.name(), second.name()),
            },
            table: number,
            each: Some(name.clone()),
            asserts: vec![format!("{} <= {}", table.called(*a), table.called(*b))],
            ..Check::default()
        };
        rules.check(check, of(*rows, *rows, "row"));
    }
}

/// Whether two names are those of a least and a greatest value of the same thing.
fn are_bounds(a: &Column, b: &Column) -> bool {
    const LEAST: [&str; 8] = ["min", "minimum", "low", "lower", "from", "least", "von", "start"];
    const MOST: [&str; 8] = ["max", "maximum", "high", "upper", "to", "most", "bis", "end"];
    /// What is a part of what.
    const PARTS: [(&[&str], &[&str]); 9] = [
        (&["half", "split"], &["finish", "full"]),
        (&["net", "netto"], &["gross", "brutto"]),
        (&["used", "occupied", "taken"], &["capacity", "available"]),
        (&["valid", "gültige"], &["cast", "ballots", "votes"]),
        (
            &["voters", "voted", "ballots", "cast", "wähler"],
            &["electors", "electorate", "registered", "eligible", "wahlberechtigte"],
        ),
        (&["deaths", "died"], &["cases", "infected"]),
        (&["admitted", "accepted"], &["applied", "applicants", "applications"]),
        (&["passed"], &["taken", "tested", "sat"]),
        (&["positive"], &["tests", "tested"]),
    ];
    let (a, b) = (names::words(a.name()), names::words(b.name()));
    let has = |words: &[String], of: &[&str]| words.iter().any(|w| of.contains(&w.as_str()));
    if PARTS.iter().any(|(part, whole)| has(&a, part) && has(&b, whole) && !has(&b, part)) {
        return true;
    }
    let other = |words: &[String], of: &[&str]| -> Vec<String> {
        words.iter().filter(|w| !of.contains(&w.as_str())).cloned().collect()
    };
    let (rest_a, rest_b) = (other(&a, &LEAST), other(&b, &MOST));
    if rest_a == rest_b && rest_a.len() < a.len() && rest_b.len() < b.len() {
        return true;
    }
    const ENDS: [(&str, usize); 6] =
        [("min", 0), ("low", 0), ("mean", 1), ("avg", 1), ("max", 2), ("high", 2)];
    // `tmin`, `tmean`, `temp_max`.
    let rank = |words: &[String]| {
        let at = words.iter().position(|w| ENDS.iter().any(|(end, _)| w.ends_with(end)))?;
        let (end, rank) =
            ENDS.iter().find(|(end, _)| words.get(at).is_some_and(|w| w.ends_with(end)))?;
        let mut rest = words.to_vec();
        let word = rest.get_mut(at)?;
        word.truncate(word.len() - end.len());
        (word.len() < 3).then_some((rest, *rank))
    };
    matches!((rank(&a), rank(&b)), (Some((x, low)), Some((y, high))) if x == y && low < high)
}

/// In how many rows the first comes before the second, where it does in all of them, or nearly, and
/// would not if rows were mixed, unless their names tell it.
fn ordered(table: &Table, a: &Column, b: &Column, is_told: bool) -> Option<usize> {
    let all = [a, b].into_iter().flat_map(|c| c.figures.iter().flatten());
    let scale = all.map(|figure| figure.scale).max().unwrap_or(0);
    let of = |column: &Column, row: usize| match column.holds_figures() {
        true => column.figure(row).and_then(|figure| at_scale(figure, scale)),
        false => column.place(row),
    };
    let place = |row: usize| Some((of(a, row)?, of(b, row)?));
    let rows: Vec<(i128, i128)> = (0..table.rows).filter_map(place).collect();
    let wrong = rows.iter().filter(|(a, b)| a > b).count();
    if rows.len() < ENOUGH / 2 || wrong > slips(rows.len()) {
        return None;
    }
    let mixed = |by: usize| {
        let others = rows.iter().cycle().skip(by);
        rows.iter().zip(others).filter(|((a, _), (_, b))| a > b).count()
    };
    let least =
        [rows.len() / 2, rows.len() / 3, rows.len() / 5 + 1].into_iter().map(mixed).min()?;
    let differ = rows.iter().filter(|(a, b)| a < b).count();
    let is_surprise = is_told || least >= SURPRISE.min(rows.len() / 4).max(5);
    (is_surprise && differ > 0).then_some(rows.len())
}
