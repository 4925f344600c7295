//! By which columns the rows of a table are known.

use std::collections::HashSet;

use crate::propose::column::Column;
use crate::propose::names;
use crate::propose::rules::{Demand, Proposal, Rules, of};
use crate::propose::slips::slips;
use crate::propose::table::Table;
use crate::value::Type;

/// Rows of a table of each value of one column with each of another, at least.
const GRID: usize = 8;
/// Columns that are tried together at most.
const TOGETHER: usize = 14;
/// Rows that would have the same values in a pair of columns by chance, at least: else that none has
/// them says nothing.
const SURPRISE: u128 = 4;
/// Rows that show that a column without a telling name has no value twice.
const ENOUGH: usize = 8;
/// Steps that rise in groups by which a file is sorted, at least.
const STEPS: usize = 24;
/// Rows that are enough for the first column, where it holds names, and for telling names.
const FIRST: usize = 4;

/// Finds the key of a table, and other columns whose values are their own.
pub fn propose(number: usize, table: &mut Table, rules: &mut Rules) {
    let usable = table.usable();
    let one = single(table, &usable);
    // A name of things behind others may be its own by chance: what stands in front is meant.
    let is_late = one.as_ref().and_then(|key| key.first()).copied().filter(|c| {
        *c > 0 && table.column(*c).is_some_and(|own| own.ty == Type::Text && !is_named(own, table))
    });
    let front = is_late.and_then(|late| {
        let is_front = |key: &Vec<usize>| late > 1 && key.iter().all(|c| *c < late);
        together(table, &usable).filter(|key| is_front(key) || are_series(table, key))
    });
    let key = front.or(one).or_else(|| together(table, &usable));
    let Some(key) = key else { return };
    let support = of(distinct_rows(table, &key, table.rows), table.rows, "row");
    for column in usable.into_iter().filter(|c| !key.contains(c)) {
        let Some(own) = table.column(column) else { continue };
        let is_own = own.filled >= 20 && own.distinct == own.filled;
        if is_own && names::is_identifier(own.name()) && is_short(own) && !own.holds_dates() {
            rules.demand((number, column), Demand::Unique, of(own.filled, own.filled, "value"));
        }
    }
    if let Some(own) = rules.tables.get_mut(number) {
        own.key = Some(Proposal::new(key.clone(), support));
    }
    table.key = key;
}

/// A column whose values are all different, and that would be meant as a key.
fn single(table: &Table, usable: &[usize]) -> Option<Vec<usize>> {
    let rank = |column: &usize| {
        let own = table.column(*column)?;
        let repeats = table.rows.checked_sub(own.distinct)?;
        let named = is_named(own, table);
        let is_kind = named || (own.ty == Type::Text && names::is_label(own.name()));
        let may_repeat = is_kind && *column == 0 && own.filled == table.rows && table.rows >= 20;
        let is_own = repeats == 0 || (may_repeat && repeats <= slips(table.rows));
        let enough = if named || *column == 0 && own.ty == Type::Text { FIRST } else { ENOUGH };
        if !is_own || table.rows < enough || !is_short(own) {
            return None;
        }
        let is_meant = match own.ty {
            Type::Text => !looks_measured(own) && (named || !names::is_measure(own.name())),
            Type::Integer => {
                named || counts_up(own, table.rows) || *column == 0 && are_numbers(own, table.rows)
            }
            Type::Year => true,
            Type::Date | Type::DateTime => rises(own, table.rows),
            _ => false,
        };
        is_meant.then_some((!named, *column > 0, own.holds_dates(), *column))
    };
    let ranked = usable.iter().filter_map(rank);
    ranked.min().map(|(.., column)| vec![column])
}

/// Whether a column is called an identifier, what its table lists (`station` of `stations`), or what
/// another column is the parent of; names of things say nothing.
fn is_named(column: &Column, table: &Table) -> bool {
    // Of ten thousand columns few begin so.
    let begins =
        |name: &str| name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("parent"));
    let is_parent = |c: &Column| {
        begins(c.name())
            && matches!(
                names::words(c.name()).as_slice(),
                [first, rest @ ..] if first == "parent" && rest == names::words(column.name())
            )
    };
    let has_digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let are_codes = column.sample.texts.iter().all(|text| has_digits(text));
    // Figures may be called what the table lists: `sales` of `sales.csv`.
    let is_first = table.columns.first().is_some_and(|first| first.name() == column.name());
    let of_table = names::is_of_table(column.name(), &table.files.name)
        && (column.ty == Type::Text || is_first);
    names::is_identifier(column.name())
        || are_codes && (of_table || table.columns.iter().any(is_parent))
}

/// Short texts: no sentences.
fn is_short(column: &Column) -> bool {
    let length: usize = column.sample.texts.iter().map(|t| t.chars().count()).sum();
    length <= 48 * column.sample.texts.len().max(1)
}

/// Whether texts are mostly digits with signs: figures that could not be read.
fn looks_measured(column: &Column) -> bool {
    let is_figure = |t: &str| t.starts_with(|c: char| c.is_ascii_digit()) && t.contains(['.', ',']);
    let figures = column.sample.texts.iter().filter(|t| is_figure(t)).count();
    !column.is_code && figures * 2 > column.sample.texts.len()
}

/// Whether whole numbers in front are those of things: they rise, or are all as long, and are no measure.
fn are_numbers(column: &Column, rows: usize) -> bool {
    let lengths = column.sample.texts.iter().map(|text| text.trim().len());
    let (least, most) = (lengths.clone().min(), lengths.max());
    let is_even = least == most && least > Some(3);
    let is_calendar = names::is_calendar(column.name());
    !names::is_measure(column.name()) && !is_calendar && (is_even || rises(column, rows))
}

/// Whether values rise from row to row with few gaps.
fn counts_up(column: &Column, rows: usize) -> bool {
    let places: Vec<i128> = (0..rows).filter_map(|row| column.place(row)).collect();
    let span = places.last().zip(places.first()).map(|(last, first)| last - first);
    let is_dense = span.is_some_and(|span| span >= 0 && span <= (rows as i128) * 6 / 5);
    is_dense && places.windows(2).all(|pair| matches!(pair, [a, b] if a < b))
}

fn rises(column: &Column, rows: usize) -> bool {
    let places: Vec<i128> = (0..rows).filter_map(|row| column.place(row)).collect();
    let up = places.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    up || places.windows(2).all(|pair| matches!(pair, [a, b] if a > b))
}

/// Two or three columns that no two rows have the same values of, though by chance some would.
fn together(table: &Table, usable: &[usize]) -> Option<Vec<usize>> {
    let may = |column: &&usize| table.column(**column).is_some_and(|c| is_part(c, table.rows));
    let mut parts: Vec<usize> = usable.iter().filter(may).copied().collect();
    parts.truncate(TOGETHER);
    let pairs: Vec<Vec<usize>> = parts
        .iter()
        .enumerate()
        .flat_map(|(n, a)| parts.iter().skip(n + 1).map(move |b| vec![*a, *b]))
        .collect();
    let with_third = |pair: &Vec<usize>| {
        let last = pair.last().copied().unwrap_or(usize::MAX);
        let thirds = parts.iter().filter(move |c| **c > last);
        thirds.map(|c| [pair.as_slice(), &[*c]].concat()).collect::<Vec<_>>()
    };
    let best = |all: &[Vec<usize>], repeats: usize| {
        let ranked = all.iter().filter_map(|columns| rank(table, columns, (repeats, all.len())));
        ranked.min().map(|(_, _, columns)| columns)
    };
    // Where nothing repeats by chance, how the file is sorted says what is meant.
    let series = || {
        let is_key = |key: &&Vec<usize>| {
            are_series(table, key) && distinct_rows(table, key, 0) == table.rows
        };
        pairs.iter().filter(is_key).min_by_key(|key| key.iter().sum::<usize>()).cloned()
    };
    let triples = || -> Vec<Vec<usize>> { pairs.iter().flat_map(with_third).collect() };
    best(&pairs, 0)
        .or_else(|| best(&triples(), 0))
        .or_else(series)
        .or_else(|| best(&pairs, slips(table.rows)))
        .or_else(|| best(&triples(), slips(table.rows)))
}

/// Whether a column may be a part of a key.
fn is_part(column: &Column, rows: usize) -> bool {
    const PARTS: [&str; 16] = [
        "month", "week", "quarter", "day", "age", "round", "seq", "sequence", "rank", "position",
        "line", "level", "monat", "quartal", "woche", "alter",
    ];
    let totals = column.sample.texts.iter().zip(&column.sample.counts);
    let totals = totals.filter(|(text, count)| **count > 2 && names::is_total(text)).count() == 1;
    let recurs = column.distinct * 2 <= rows || totals;
    let named = names::is_identifier(column.name())
        || names::words(column.name()).iter().any(|w| PARTS.contains(&w.as_str()));
    let is_kind = match column.ty {
        Type::Text => is_short(column) && (recurs || named),
        Type::Year | Type::Date | Type::DateTime | Type::Time | Type::Boolean => true,
        Type::Integer => {
            named || (column.distinct * 8 <= rows && !names::is_measure(column.name()))
        }
        _ => false,
    };
    column.filled == rows && column.distinct > 1 && is_kind
}

/// How well columns serve as a key: less is better. Of so many that are `tried`, some would have no
/// value twice by chance: with `n` repeats to be expected, one in `e^n` has none.
fn rank(
    table: &Table,
    columns: &[usize],
    (most, tried): (usize, usize),
) -> Option<(usize, usize, Vec<usize>)> {
    let all = columns.iter().filter_map(|c| table.column(*c));
    let rows = table.rows as u128;
    let pairs = rows * rows.saturating_sub(1) / 2;
    let mut expected = pairs;
    for column in all.clone() {
        let equal = |count: &u32| u128::from(*count) * u128::from(count.saturating_sub(1)) / 2;
        let equal: u128 = column.sample.counts.iter().map(equal).sum();
        expected = expected.checked_mul(equal)?.checked_div(pairs)?;
    }
    // Each value of one with each of the other is a surprise in itself; so is a total in each group.
    let cells = all.clone().try_fold(1_usize, |n, c| n.checked_mul(c.distinct))?;
    let is_grid = cells == table.rows && table.rows >= GRID && most == 0;
    let surprise = SURPRISE + u128::from(tried.max(1).ilog2());
    if expected < surprise.max(most as u128 * 20) && !is_grid && !has_totals(table, columns) {
        return None;
    }
    let is_own = table.rows - distinct_rows(table, columns, most) <= most;
    let strange = all.filter(|c| c.ty == Type::Integer && !names::is_identifier(c.name())).count();
    is_own.then(|| (strange, columns.iter().sum(), columns.to_vec()))
}

/// Whether one of two columns names the things of the groups of the other, and nothing twice but a total.
fn has_totals(table: &Table, columns: &[usize]) -> bool {
    let [a, b] = *columns else { return false };
    let in_groups = |groups: usize, things: usize| {
        let (Some(groups), Some(things)) = (table.column(groups), table.column(things)) else {
            return false;
        };
        let counts = things.sample.texts.iter().zip(&things.sample.counts);
        let mut again = counts.filter(|(_, count)| **count > 1);
        let is_only = again.next().is_some_and(|(text, count)| {
            names::is_total(text) && *count as usize >= groups.distinct.max(3) - 1
        });
        is_only && again.next().is_none() && groups.distinct * 3 <= table.rows
    };
    in_groups(a, b) || in_groups(b, a)
}

/// Whether the last of some columns rises within each group of the others, and falls back where the
/// next group begins: by that the file is sorted.
fn are_series(table: &Table, columns: &[usize]) -> bool {
    let by_dates = |c: &&usize| table.column(**c).is_some_and(Column::holds_dates);
    let (dates, groups): (Vec<&usize>, Vec<&usize>) = columns.iter().partition(by_dates);
    let ([date], false) = (dates.as_slice(), groups.is_empty()) else { return false };
    let Some(date) = table.column(**date) else { return false };
    let groups: Vec<&Column> = groups.into_iter().filter_map(|c| table.column(*c)).collect();
    let group = |row: usize| -> Vec<u32> {
        groups.iter().filter_map(|c| c.sample.rows.get(row)).copied().collect()
    };
    let (mut steps, mut falls, mut last) = (0, 0, None);
    for row in 0..table.rows {
        let Some(place) = date.place(row) else { return false };
        let own = group(row);
        if let Some((before, known)) = last.replace((place, own.clone())) {
            match (known == own, before < place) {
                (true, true) => steps += 1,
                (true, false) => return false,
                (false, rises) => falls += usize::from(!rises),
            }
        }
    }
    // Each step goes up by chance in one of two.
    let series = table.rows - steps;
    steps >= STEPS && steps >= series && falls > 0 && falls * 3 >= series.saturating_sub(1)
}

/// How many different values some columns have together; it ends where more than so many repeat.
fn distinct_rows(table: &Table, columns: &[usize], most: usize) -> usize {
    let all: Vec<&Column> = columns.iter().filter_map(|c| table.column(*c)).collect();
    let key = |row: usize| -> Vec<u32> {
        all.iter().filter_map(|c| c.sample.rows.get(row)).copied().collect()
    };
    if columns.len() == 1 {
        return all.first().map_or(0, |c| c.distinct);
    }
    let mut seen = HashSet::with_capacity(table.rows.min(1 << 16));
    let mut repeats = 0;
    for row in 0..table.rows {
        repeats += usize::from(!seen.insert(key(row)));
        if repeats > most {
            return 0;
        }
    }
    seen.len()
}
