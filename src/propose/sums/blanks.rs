//! Rows without a label that are the sums of those of their group: blank stands for all.

use std::collections::{BTreeSet, HashMap};

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::names::{is_total, text};
use crate::propose::rules::{Check, Rules};
use crate::propose::sums::parts::{addable, listed, round};
use crate::propose::sums::tables::{Found, judge, take};
use crate::propose::sums::whole::{self, Whole};
use crate::propose::table::Table;
use crate::value::Type;

/// Columns of labels, of groups and of figures that are looked at.
const LABELS: usize = 6;
const MOST: usize = 40;
/// Groups with a row without a label, at least.
const GROUPS: usize = 3;
/// Values of groups that a check lists.
const LISTED: usize = 30;

/// The groups of a table by some columns, where one row of most of them has no label.
struct Blanks {
    label: usize,
    by: Vec<usize>,
    /// The row without a label, and the others of its group.
    groups: Vec<(usize, Vec<usize>)>,
    /// Rows of groups that are otherwise.
    others: Vec<usize>,
}

/// Finds them, and writes checks.
pub fn propose(number: usize, table: &mut Table, rules: &mut Rules) {
    if !table.is_whole || table.rows < GROUPS * 3 {
        return;
    }
    let is_text = |c: &usize| table.column(*c).is_some_and(|own| own.ty == Type::Text);
    let texts: Vec<usize> = table.usable().into_iter().filter(is_text).take(LABELS).collect();
    let has_blanks = |c: &&usize| {
        table.column(**c).is_some_and(|own| own.distinct > 1 && own.filled < table.rows)
    };
    let labels: Vec<usize> = texts.iter().filter(has_blanks).copied().collect();
    let mut columns = addable(table);
    columns.truncate(MOST);
    for label in labels {
        let ways = ways(table, label);
        let tried = (columns.len() * ways.len()).max(1).ilog2();
        let found = ways.into_iter().find_map(|by| {
            let blanks = Blanks::new(table, label, by)?;
            let fit = |c: &usize| {
                judge((table, Some(*c)), (table, *c), &blanks.groups, tried).map(|sum| (*c, sum))
            };
            let found: Vec<(usize, Found)> = columns.iter().filter_map(fit).collect();
            let filter = blanks.filter(table)?;
            (!found.is_empty()).then_some((blanks, filter, found))
        });
        if let Some((blanks, filter, found)) = found {
            let rounded = found.iter().filter(|(_, sum)| sum.is_rounded()).map(|(c, _)| *c);
            round(table, &rounded.collect::<Vec<usize>>());
            let (doubtful, found): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|(_, sum)| sum.off.is_some());
            for found in [&found, &doubtful].into_iter().filter(|found| !found.is_empty()) {
                let check = blanks.check((number, table), filter.clone(), found);
                take(check, found.iter().map(|(_, sum)| sum), rules);
            }
            let columns: Vec<usize> = found.iter().map(|(c, _)| *c).collect();
            let held = found.iter().map(|(_, sum)| sum.held).sum();
            if let Some(whole) = blanks.whole(table, held) {
                whole::propose((number, table), &whole, &columns, rules);
            }
        }
    }
}

/// The columns by which rows may be grouped: one, or two of which one may be a year.
fn ways(table: &Table, label: usize) -> Vec<Vec<usize>> {
    let recurs = |c: &usize| {
        table.column(*c).is_some_and(|own| {
            matches!(own.ty, Type::Text | Type::Year)
                && (GROUPS..=table.rows / 2).contains(&own.distinct)
        })
    };
    let may_join = |c: &usize| {
        table.column(*c).is_some_and(|own| {
            matches!(own.ty, Type::Text | Type::Year)
                && own.distinct > 1
                && own.distinct * 2 <= table.rows
        })
    };
    let others = || table.usable().into_iter().filter(move |c| *c != label);
    let one: Vec<Vec<usize>> = others().filter(recurs).take(LABELS).map(|c| vec![c]).collect();
    let parts: Vec<usize> = others().filter(may_join).take(LABELS).collect();
    let pairs = parts
        .iter()
        .enumerate()
        .flat_map(|(n, a)| parts.iter().skip(n + 1).map(move |b| vec![*a, *b]));
    let pairs: Vec<Vec<usize>> = pairs.collect();
    one.into_iter().chain(pairs).collect()
}

impl Blanks {
    fn new(table: &Table, label: usize, by: Vec<usize>) -> Option<Blanks> {
        let own = table.column(label)?;
        let columns: Vec<&Column> = by.iter().filter_map(|c| table.column(*c)).collect();
        let (mut at, mut rows): (HashMap<Vec<u32>, usize>, Vec<Vec<usize>>) = Default::default();
        let mut others = Vec::new();
        for row in 0..table.rows {
            let key: Option<Vec<u32>> = columns.iter().map(|c| c.value(row)).collect();
            let Some(key) = key else {
                others.push(row);
                continue;
            };
            let next = rows.len();
            let group = *at.entry(key).or_insert(next);
            if group == next {
                rows.push(Vec::new());
            }
            rows.get_mut(group)?.push(row);
        }
        let mut groups = Vec::new();
        for rows in rows {
            let (parts, blank): (Vec<usize>, Vec<usize>) =
                rows.iter().partition(|row| own.value(**row).is_some());
            let labels: BTreeSet<Option<u32>> = parts.iter().map(|row| own.value(*row)).collect();
            // Rows with the same label differ in more than this.
            if labels.len() < parts.len() || blank.len() > 1 {
                return None;
            }
            match (blank.as_slice(), parts.is_empty()) {
                ([blank], false) => groups.push((*blank, parts)),
                _ => others.extend(rows),
            }
        }
        let is_usual = groups.len() >= GROUPS && others.len() <= groups.len();
        is_usual.then_some(Blanks { label, by, groups, others })
    }

    /// The condition that leaves out the groups that are otherwise, where one column tells them: none where there are none.
    fn filter(&self, table: &Table) -> Option<Option<String>> {
        if self.others.is_empty() {
            return Some(None);
        }
        let of_column = |column: &usize| {
            let own = table.column(*column)?;
            let value = |row: &usize| own.value(*row).map(|_| own.sample.text(*row).to_string());
            let inside: BTreeSet<Option<String>> =
                self.groups.iter().map(|(row, _)| value(row)).collect();
            let mut outside: BTreeSet<Option<String>> = self.others.iter().map(value).collect();
            if !inside.is_disjoint(&outside) || outside.len() > LISTED {
                return None;
            }
            let called = table.called(*column);
            let has_blank = outside.remove(&None);
            let all: Vec<String> = outside.into_iter().flatten().collect();
            let written = |value: &String| match own.ty {
                Type::Text => text(value),
                _ => value.trim().to_string(),
            };
            let all: Vec<String> = all.iter().map(written).collect();
            let others = match all.as_slice() {
                [] => None,
                [only] => Some(format!("{called} != {only}")),
                all => Some(format!("{called} not in ({})", all.join(", "))),
            };
            let blank = has_blank.then(|| format!("{called} is not missing"));
            Some(blank.into_iter().chain(others).collect::<Vec<_>>().join(" and "))
        };
        self.by.iter().find_map(of_column).map(Some)
    }

    /// The check of the rows without a label.
    fn check(
        &self,
        (number, table): (usize, &Table),
        filter: Option<String>,
        found: &[(usize, Found)],
    ) -> Check {
        let name = &table.files.name;
        let label = table.called(self.label);
        let assertion = |(c, sum): &(usize, Found)| {
            let value = table.called(*c);
            let ending = sum.ending();
            format!(
                "only({value} where {label} is missing) = sum({value} where {label} is not missing){ending}"
            )
        };
        let own = table.column(self.label).map_or("", Column::name);
        let by: Vec<String> = self.by.iter().map(|c| table.called(*c)).collect();
        let groups: Vec<String> =
            self.by.iter().filter_map(|c| Some(table.column(*c)?.name().to_string())).collect();
        Check {
            id: format!("{name}-without-{}", slug(own)),
            title: format!(
                "the row without {own} of each {} is the sum of the others",
                listed(&groups)
            ),
            table: number,
            each: Some(format!("{name} by {}", by.join(", "))),
            filter,
            asserts: found.iter().map(assertion).collect(),
            ..Check::default()
        }
    }

    /// The one row that is beside all groups, and their total: it has a name that says so, or none.
    fn whole(&self, table: &Table, beside: usize) -> Option<Whole> {
        let ([row], [by]) = (self.others.as_slice(), self.by.as_slice()) else { return None };
        let own = table.column(*by)?;
        let (called, label) = (table.called(*by), table.called(self.label));
        let written = own.value(*row).map(|_| own.sample.text(*row).to_string());
        if written.as_ref().is_some_and(|written| !is_total(written)) {
            return None;
        }
        let (stated, rest) = match &written {
            Some(written) => {
                (format!("{called} = {}", text(written)), format!("{called} != {}", text(written)))
            }
            None => (format!("{called} is missing"), format!("{called} is not missing")),
        };
        let own_label = table.column(self.label).map_or("", Column::name);
        let said = written.unwrap_or_else(|| format!("the row without {}", own.name()));
        Some(Whole {
            row: *row,
            stated,
            rows: self.groups.iter().map(|(row, _)| *row).collect(),
            parts: format!("{label} is missing and {rest}"),
            id: slug(&said),
            title: format!("{said} is the sum of the rows without {own_label}"),
            beside,
        })
    }
}
