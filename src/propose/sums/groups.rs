//! Rows that are the sum of other rows: a total among the values of a column, in each group of rows.

use std::collections::{BTreeSet, HashMap};

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::names::{is_of_which, is_total, text};
use crate::propose::rules::{Check, Rules};
use crate::propose::sums::parts::{Cell, addable, cell, listed, round, scale};
use crate::propose::sums::search::{Grid, Layer, Sum};
use crate::propose::table::Table;
use crate::value::Type;

/// Different labels of a column at most.
const LABELS: usize = 150;
/// Groups and columns that are looked at.
const GROUPS: usize = 4000;
const COLUMNS: usize = 60;
/// Labels that a check lists.
const LISTED: usize = 30;
/// Sums of one column that are proposed.
const MOST: usize = 12;

/// Finds them, and writes checks.
pub fn propose(number: usize, table: &mut Table, rules: &mut Rules) {
    if !table.is_whole || table.rows < 3 {
        return;
    }
    for column in label_columns(table) {
        let mut values = addable(table);
        values.truncate(COLUMNS);
        let Some(labelled) = Labelled::new(table, column, &values) else { continue };
        let sums = labelled.grid.sums();
        for sum in sums.iter().take(MOST) {
            labelled.check(sum, number, table, rules);
        }
    }
}

/// Columns with labels: those of the key, or the first one where its values are all different.
fn label_columns(table: &Table) -> Vec<usize> {
    let is_label = |c: &usize| {
        table.column(*c).is_some_and(|column| {
            column.ty == Type::Text && (2..=LABELS).contains(&column.distinct)
        })
    };
    let own = |c: &usize| {
        table.column(*c).is_some_and(|column| column.filled == column.distinct && column.filled > 2)
    };
    if table.key.iter().any(is_label) {
        return table.key.iter().copied().filter(is_label).collect();
    }
    table.usable().into_iter().filter(is_label).find(own).into_iter().collect()
}

/// The rows of a table by label and group.
struct Labelled<'v> {
    column: usize,
    /// The rest of the key.
    by: Vec<usize>,
    labels: Vec<String>,
    /// The columns of figures.
    values: &'v [usize],
    grid: Grid,
}

impl<'v> Labelled<'v> {
    fn new(table: &Table, column: usize, values: &'v [usize]) -> Option<Labelled<'v>> {
        let own = table.column(column)?;
        let by: Vec<usize> = table.key.iter().copied().filter(|c| *c != column).collect();
        let is_key = table.key.contains(&column);
        let by = if is_key { by } else { Vec::new() };
        let others: Vec<&Column> = by.iter().filter_map(|c| table.column(*c)).collect();
        let (mut series, mut groups) = (HashMap::new(), HashMap::new());
        let (mut labels, mut at) = (Vec::new(), Vec::new());
        for row in 0..table.rows {
            let Some(id) = own.value(row) else { continue };
            let group: Vec<u32> =
                others.iter().filter_map(|c| c.sample.rows.get(row)).copied().collect();
            let next = groups.len();
            let group = *groups.entry(group).or_insert(next);
            let next = series.len();
            let label = *series.entry(id).or_insert_with(|| {
                labels.push(own.sample.text(row).to_string());
                next
            });
            if group < GROUPS {
                at.push((row, label, group));
            }
        }
        let positions = groups.len().min(GROUPS);
        let columns: Vec<&Column> = values.iter().filter_map(|c| table.column(*c)).collect();
        let scale = scale(&columns);
        let layer = |c: &&Column| -> Vec<Vec<Option<Cell>>> {
            let mut cells = vec![vec![None; positions]; labels.len()];
            for (row, label, group) in &at {
                if let Some(slot) = cells.get_mut(*label).and_then(|l| l.get_mut(*group)) {
                    *slot = cell(c, *row, scale);
                }
            }
            cells
        };
        let grid = Grid {
            cells: columns.iter().map(layer).collect(),
            series: labels.len(),
            positions,
            totals: labels.iter().map(|l| is_total(l) && !is_of_which(l)).collect(),
            counts: columns.iter().map(|c| c.ty == Type::Integer).collect(),
            is_labelled: true,
        };
        (labels.len() > 2 && !values.is_empty()).then_some(Labelled {
            column,
            by,
            labels,
            values,
            grid,
        })
    }

    /// A check with an assertion for each column in which the sum holds, and one for those where it
    /// nearly does.
    fn check(&self, sum: &Sum, number: usize, table: &mut Table, rules: &mut Rules) {
        let label = |series: &usize| self.labels.get(*series).cloned().unwrap_or_default();
        let total = label(&sum.target);
        let Some(parts) = self.parts(sum, &table.called(self.column)) else { return };
        let rounded = sum.layers.iter().filter(|layer| !layer.is_exact);
        let rounded: BTreeSet<usize> =
            rounded.filter_map(|layer| self.values.get(layer.layer).copied()).collect();
        let rounded: Vec<usize> = rounded.into_iter().collect();
        round(table, &rounded);
        let name = table.files.name.clone();
        let own = table.column(self.column).map_or("", Column::name).to_string();
        let by: Vec<String> = self.by.iter().map(|c| table.called(*c)).collect();
        let of: Vec<String> = sum.parts.iter().map(|part| label(part).trim().to_string()).collect();
        let is_rest = of.len() + 1 == self.labels.len();
        let of = if is_rest { "all others".to_string() } else { listed(&of) };
        let check = |id: String, asserts, beside| Check {
            id,
            title: format!("{own}: {total} is the sum of {of}"),
            table: number,
            each: (!by.is_empty()).then(|| format!("{name} by {}", by.join(", "))),
            asserts,
            beside,
        };
        let of_layer = |layer: &Layer| {
            let value = table.called(*self.values.get(layer.layer)?);
            let of_table = if by.is_empty() { format!("{name}.") } else { String::new() };
            let whole = format!("{} = {}", table.called(self.column), text(&total));
            let ending = if layer.is_exact { "" } else { " within rounding" };
            let (stated, sum) = (
                format!("{of_table}{value} where {whole}"),
                format!("{of_table}{value} where {parts}"),
            );
            Some(format!("only({stated}) = sum({sum}){ending}"))
        };
        let held: usize = sum.layers.iter().map(|layer| layer.held).sum();
        let all: usize = sum.layers.iter().map(|layer| layer.held + layer.failed).sum();
        let asserts: Vec<String> = sum.layers.iter().filter_map(of_layer).collect();
        let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        let columns = plural(asserts.len(), "column");
        let positions = plural(self.grid.positions, "group");
        let rounding = if rounded.is_empty() { "" } else { ", within rounding" };
        let sums = plural(all, "sum");
        let support = match (asserts.len(), self.grid.positions) {
            (1, 1) => format!("{held} of {sums}{rounding}"),
            (_, 1) => format!("{held} of {sums} in {columns}{rounding}"),
            (1, _) => format!("{held} of {sums} in {positions}{rounding}"),
            _ => format!("{held} of {sums} in {columns} and {positions}{rounding}"),
        };
        let id = format!("{name}-{}", slug(&total));
        let mut checks = vec![(check(id.clone(), asserts, 0), support)];
        for layer in &sum.nearly {
            let column = self.values.get(layer.layer).and_then(|c| table.column(*c));
            let id = format!("{id}-{}", slug(column.map_or("", Column::name)));
            let asserts = of_layer(layer).into_iter().collect();
            checks.push((check(id, asserts, held), String::new()));
        }
        checks.into_iter().for_each(|(check, support)| rules.check(check, support));
    }

    /// Which rows are the parts, as a condition.
    fn parts(&self, sum: &Sum, column: &str) -> Option<String> {
        let label = |series: usize| self.labels.get(series).map(|l| text(l));
        let is_part = |series: &usize| sum.parts.contains(series);
        let others: Vec<usize> = (0..self.labels.len()).filter(|s| !is_part(s)).collect();
        let list = |all: &[usize]| -> String {
            all.iter().filter_map(|s| label(*s)).collect::<Vec<_>>().join(", ")
        };
        if let [only] = others.as_slice() {
            return Some(format!("{column} != {}", label(*only)?));
        }
        if sum.parts.len() <= others.len() || sum.parts.len() <= 6 {
            return (sum.parts.len() <= LISTED)
                .then(|| format!("{column} in ({})", list(&sum.parts)));
        }
        (others.len() <= LISTED).then(|| format!("{column} not in ({})", list(&others)))
    }
}
