//! Rows that are the sum of other rows: a total among the values of a column, in each group of rows.

use std::collections::{BTreeSet, HashMap};

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::names::{is_of_which, is_total, text, words};
use crate::propose::rules::{Check, Rules};
use crate::propose::slips::slips;
use crate::propose::sums::parts::{
    self, Cell, addable, cell, listed, may_be_exact, may_round, off, round, scale,
};
use crate::propose::sums::search::{Grid, Layer, Sum};
use crate::propose::table::Table;
use crate::render::words::count;
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
        let mut sums = labelled.grid.sums();
        for layer in sums.iter_mut().flat_map(|sum| &mut sum.layers) {
            let column = labelled.values.get(layer.layer).copied();
            layer.is_exact &= may_be_exact(table, &column.into_iter().collect::<Vec<usize>>());
        }
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

/// Whether a column holds shares.
fn is_share(column: &Column) -> bool {
    let is_named =
        |word: &String| ["share", "percent", "anteil", "prozent"].contains(&word.as_str());
    column.ty == Type::Percent
        || column.name().contains('%')
        || words(column.name()).iter().any(is_named)
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
    scale: u32,
    /// A row of each group.
    rows: Vec<usize>,
}

impl<'v> Labelled<'v> {
    fn new(table: &Table, column: usize, values: &'v [usize]) -> Option<Labelled<'v>> {
        let own = table.column(column)?;
        let by: Vec<usize> = table.key.iter().copied().filter(|c| *c != column).collect();
        let is_key = table.key.contains(&column);
        let by = if is_key { by } else { Vec::new() };
        let others: Vec<&Column> = by.iter().filter_map(|c| table.column(*c)).collect();
        let (mut series, mut groups) = (HashMap::new(), HashMap::new());
        let (mut labels, mut at, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..table.rows {
            let Some(id) = own.value(row) else { continue };
            let group: Vec<u32> =
                others.iter().filter_map(|c| c.sample.rows.get(row)).copied().collect();
            let next = groups.len();
            let group = *groups.entry(group).or_insert_with(|| {
                rows.push(row);
                next
            });
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
            counts: columns.iter().map(|c| c.holds_counts()).collect(),
            shares: columns.iter().map(|c| is_share(c)).collect(),
            is_labelled: true,
        };
        (labels.len() > 2 && !values.is_empty()).then_some(Labelled {
            column,
            by,
            labels,
            values,
            grid,
            scale,
            rows,
        })
    }

    /// Whether a sum holds within rounding alone, and nothing says that its figures are rounded.
    fn is_doubtful(&self, table: &Table, layer: &Layer) -> bool {
        let column = self.values.get(layer.layer).copied();
        !layer.is_exact && !may_round(table, &column.into_iter().collect::<Vec<usize>>())
    }

    /// That a total is the sum of its parts, in one column.
    fn assertion(
        &self,
        table: &Table,
        (total, parts): (&str, &str),
        layer: &Layer,
    ) -> Option<String> {
        let value = table.called(*self.values.get(layer.layer)?);
        let whole = format!("{} = {}", table.called(self.column), text(total));
        let of = if self.by.is_empty() { format!("{}.", table.files.name) } else { String::new() };
        let ending = match layer.is_exact {
            true => String::new(),
            false if self.is_doubtful(table, layer) => {
                format!(" within {}", off(layer.off, self.scale)?)
            }
            false => " within rounding".into(),
        };
        Some(format!("only({of}{value} where {whole}) = sum({of}{value} where {parts}){ending}"))
    }

    /// A check with an assertion for each column in which the sum holds, and one for those where it
    /// nearly does.
    fn check(&self, sum: &Sum, number: usize, table: &mut Table, rules: &mut Rules) {
        let label = |series: &usize| self.labels.get(*series).cloned().unwrap_or_default();
        let total = label(&sum.target);
        let Some(parts) = self.parts(sum, &table.called(self.column)) else { return };
        let (doubtful, layers): (Vec<Layer>, Vec<Layer>) =
            sum.layers.iter().copied().partition(|layer| self.is_doubtful(table, layer));
        let rounded = layers.iter().filter(|layer| !layer.is_exact);
        let rounded: Vec<usize> =
            rounded.filter_map(|layer| self.values.get(layer.layer).copied()).collect();
        round(table, &rounded);
        let name = table.files.name.clone();
        let own = table.column(self.column).map_or("", Column::name).to_string();
        let by: Vec<String> = self.by.iter().map(|c| table.called(*c)).collect();
        let of: Vec<String> = sum.parts.iter().map(|part| label(part).trim().to_string()).collect();
        let is_rest = of.len() + 1 == self.labels.len();
        let of = if is_rest { "all others".to_string() } else { listed(&of) };
        if !layers.is_empty() {
            table.totals.push((self.column, total.clone()));
        }
        let judged = self.judged(sum);
        let filter = self.filter(table, sum, &judged);
        let groups = match filter {
            Some(_) => judged.iter().filter(|judged| **judged).count(),
            None => self.grid.positions,
        };
        let check = |id: String, asserts, beside| Check {
            id,
            title: format!("{own}: {total} is the sum of {of}"),
            table: number,
            each: (!by.is_empty()).then(|| format!("{name} by {}", by.join(", "))),
            filter: filter.clone(),
            asserts,
            beside,
        };
        let of_layer = |layer: &Layer| self.assertion(table, (&total, &parts), layer);
        let asserts: Vec<String> = layers.iter().filter_map(of_layer).collect();
        let held: usize = layers.iter().map(|layer| layer.held).sum();
        let id = format!("{name}-{}", slug(&total));
        let mut checks = Vec::new();
        if !asserts.is_empty() {
            let support = support(&layers, (asserts.len(), groups), !rounded.is_empty());
            checks.push((check(id.clone(), asserts, 0), support));
        }
        for layer in &sum.nearly {
            let column = self.values.get(layer.layer).and_then(|c| table.column(*c));
            let id = format!("{id}-{}", slug(column.map_or("", Column::name)));
            let asserts = of_layer(layer).into_iter().collect();
            checks.push((check(id, asserts, held), String::new()));
        }
        checks.into_iter().for_each(|(check, support)| rules.check(check, support));
        let asserts: Vec<String> = doubtful.iter().filter_map(of_layer).collect();
        if !asserts.is_empty() {
            let count = |of: fn(&Layer) -> usize| doubtful.iter().map(of).sum::<usize>();
            let exact = count(|layer| layer.held - layer.rounded);
            let words = parts::in_doubt(exact, count(|layer| layer.held + layer.failed), "sum");
            rules.doubtful(check(id, asserts, 0), words);
        }
    }

    /// Whether a label has a figure in a layer and a group.
    fn has(&self, layer: &Layer, series: usize, position: usize) -> bool {
        let cells = self.grid.cells.get(layer.layer).and_then(|cells| cells.get(series));
        cells.and_then(|cells| cells.get(position)).is_some_and(Option::is_some)
    }

    /// In which groups there are a total and something that it may be the sum of.
    fn judged(&self, sum: &Sum) -> Vec<bool> {
        let is_judged = |layer: &Layer, position| {
            self.has(layer, sum.target, position)
                && sum.parts.iter().any(|part| self.has(layer, *part, position))
        };
        let positions = 0..self.grid.positions;
        positions.map(|p| sum.layers.iter().any(|layer| is_judged(layer, p))).collect()
    }

    /// The condition that leaves out groups without a total or without parts, where one column of the rest of the
    /// key sets them apart: a few that lack their total are worth a word.
    fn filter(&self, table: &Table, sum: &Sum, judged: &[bool]) -> Option<String> {
        let others = || (0..judged.len()).filter(|p| judged.get(*p) == Some(&false));
        let stated = |p: usize| sum.layers.iter().any(|layer| self.has(layer, sum.target, p));
        if others().count() <= slips(judged.len()) && !others().any(stated) {
            return None;
        }
        self.by.iter().find_map(|column| {
            let own = table.column(*column)?;
            let value = |row: &usize| {
                let written = own.sample.text(*row).trim();
                match own.ty {
                    Type::Text if !written.is_empty() => Some(text(own.sample.text(*row))),
                    Type::Integer | Type::Year if own.value(*row).is_some() => {
                        written.bytes().all(|b| b.is_ascii_digit()).then(|| written.to_string())
                    }
                    _ => None,
                }
            };
            let values: Vec<String> =
                self.rows.iter().take(judged.len()).map(value).collect::<Option<_>>()?;
            let of = |kind: bool| -> BTreeSet<&String> {
                let own = values.iter().zip(judged).filter(|(_, judged)| **judged == kind);
                own.map(|(value, _)| value).collect()
            };
            let (inside, outside) = (of(true), of(false));
            if !inside.is_disjoint(&outside) {
                return None;
            }
            let called = table.called(*column);
            let (all, [one, several]) = match inside.len() <= outside.len() {
                true => (inside, ["=", "in"]),
                false => (outside, ["!=", "not in"]),
            };
            let all: Vec<&str> = all.into_iter().map(String::as_str).collect();
            match all.as_slice() {
                [only] => Some(format!("{called} {one} {only}")),
                all => (all.len() <= LISTED)
                    .then(|| format!("{called} {several} ({})", all.join(", "))),
            }
        })
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

/// What speaks for a sum in so many columns and groups.
fn support(layers: &[Layer], (columns, groups): (usize, usize), is_rounded: bool) -> String {
    let held: usize = layers.iter().map(|layer| layer.held).sum();
    let all: usize = layers.iter().map(|layer| layer.held + layer.failed).sum();
    let of = |n: usize, word: &str| count(n as u64, word, &format!("{word}s"));
    let rounding = if is_rounded { ", within rounding" } else { "" };
    let places = match (columns, groups) {
        (1, 1) => String::new(),
        (_, 1) => format!(" in {}", of(columns, "column")),
        (1, _) => format!(" in {}", of(groups, "group")),
        _ => format!(" in {} and {}", of(columns, "column"), of(groups, "group")),
    };
    format!("{held} of {}{places}{rounding}", of(all, "sum"))
}
