//! `t by column a to b as q`: a second view of a table, in which each cell of these columns is a row.

use crate::compile::open::{OpenTable, column};
use crate::compile::probe::Look;
use crate::compile::reading::{declared_type, reading};
use crate::expr::bind::{CheckInput, Pair};
use crate::expr::catalog::{self, Catalog, Melt};
use crate::expr::tree::{ColumnRange, Version};
use crate::rules::{ColumnRule, TableRule};
use crate::shape::Source;
use crate::value::{Reading, Type};

/// The views that checks ask for and that the catalog lacks; a mistake in one is reported when it is bound.
pub fn wanted(inputs: &[CheckInput<'_>], catalog: &Catalog) -> Vec<Melt> {
    let mut all: Vec<Melt> = Vec::new();
    for unit in inputs.iter().flat_map(|input| &input.each) {
        let Some(range) = &unit.tree.columns else { continue };
        let table = catalog.table(&unit.tree.table.name.text);
        let today = unit.tree.table.version == Version::Current;
        let melt = table.filter(|_| today).and_then(|table| melt(catalog, table, range));
        all.extend(melt.filter(|melt| !all.contains(melt)));
    }
    all
}

fn melt(catalog: &Catalog, of: usize, range: &ColumnRange) -> Option<Melt> {
    let column = |name: &str| catalog.tables[of].column(name);
    let (from, to) = (column(&range.from.text)?, column(&range.to.text)?);
    let name = range.alias.text.clone();
    let columns = catalog.tables[of].own_columns().count();
    (from <= to && !catalog.tables[of].open).then_some(Melt { of, from, to, columns, name })
}

/// The view of a table that was opened; none where its rows are made of columns already.
pub fn view(of: &OpenTable, melt: &Melt) -> Option<OpenTable> {
    let mut layout = of.layout.clone();
    let range = layout.sources.get(melt.from..=melt.to)?;
    let field = |(source, column): (&Source, usize)| match source {
        Source::Field(field) => Some((*field, of.columns.get(column)?.name.clone())),
        _ => None,
    };
    let pivot: Option<Vec<_>> = range.iter().zip(melt.from..).map(field).collect();
    if !layout.pivot.is_empty() {
        return None;
    }
    layout.pivot = pivot?;
    layout.sources.extend([Source::PivotName, Source::PivotValue]);
    let mut columns = of.columns.clone();
    columns.extend([column(&melt.name_column()), column(&melt.name)]);
    let mut types = of.types.clone();
    types.extend([Some(Type::Text), None]);
    if has_marks(of, melt) {
        layout.sources.push(Source::Marks(columns.len() - 1));
        columns.push(column(&melt.marks_column()));
        types.push(Some(Type::Text));
    }
    Some(OpenTable {
        columns,
        types,
        layout,
        prose: of.prose,
        first: of.first.clone(),
        files: of.files.clone(),
        open: of.open,
        absent: of.absent,
        unread: of.unread,
        ..OpenTable::default()
    })
}

/// Whether cells of one of the columns may have marks.
fn has_marks(of: &OpenTable, melt: &Melt) -> bool {
    let is_of_range = |source: &Source| match source {
        Source::Marks(column) => (melt.from..=melt.to).contains(column),
        _ => false,
    };
    of.layout.sources.iter().any(is_of_range)
}

/// Adds a view to the catalog; its columns have the types of the table's, and its cells one type.
pub fn add(
    catalog: &mut Catalog,
    (melt, opened): (Melt, &OpenTable),
    looks: &[Look],
    pairs: &mut Vec<Pair>,
) -> Vec<Look> {
    let has_marks = has_marks(opened, &melt);
    let (view, of) = (catalog.tables.len(), melt.of);
    let mut table = catalog.tables[of].clone();
    let range = table.columns.get(melt.from..=melt.to).unwrap_or(&[]);
    let ty = one_type(range.iter().map(|c| c.ty));
    let dates = range.iter().map(|c| c.dates).min().flatten();
    let cell = catalog::Column {
        ty,
        declared: ty.is_some(),
        dates,
        ..table.columns.get(melt.from).cloned().unwrap_or_default()
    };
    let text = |name: String| {
        let column = catalog::Column::unknown(name);
        catalog::Column { ty: Some(Type::Text), declared: true, ..column }
    };
    table.columns.push(text(melt.name_column()));
    table.columns.push(catalog::Column { name: melt.name.clone(), was: None, ..cell });
    let value = table.columns.len() - 1;
    if has_marks {
        let missing = vec![String::new()];
        table.columns.push(catalog::Column { missing, ..text(melt.marks_column()) });
    }
    pairs.extend((melt.from..=melt.to).map(|column| ((view, value), (of, column))));
    table.melt = Some(melt);
    catalog.tables.push(table);
    let mut looks = looks.to_vec();
    looks.resize(looks.len() + 2 + usize::from(has_marks), Look::default());
    looks
}

/// The type of cells of several columns: that of all that have one, or a number; none where none is declared. They are
/// percentages only where all columns are.
pub fn one_type(columns: impl Iterator<Item = Option<Type>>) -> Option<Type> {
    let all: Vec<Option<Type>> = columns.collect();
    let first = all.iter().copied().flatten().next()?;
    let is_other = |ty: &Option<Type>| match ty {
        Some(ty) => *ty != first,
        None => first == Type::Percent,
    };
    Some(if all.iter().any(is_other) { Type::Number } else { first })
}

/// How the cells of each column that became rows are read, by its contract and that of the column of
/// their values; nothing where all are read as the latter says.
pub fn readings(
    rule: &TableRule,
    of_values: Option<&ColumnRule>,
    pivot: &[(usize, String)],
    (usual, kind): (&Reading, (bool, bool)),
) -> Vec<Reading> {
    let reading_of = |(_, name): &(usize, String)| {
        let Some(own) = rule.contract(name) else { return usual.clone() };
        let contract = of_values.map_or_else(|| own.clone(), |of| own.or(of));
        // A percentage among numbers is the number that it is: 40 % is 0.4.
        let share =
            declared_type(own).filter(|ty| (*ty, usual.ty) == (Type::Percent, Type::Number));
        reading(rule, Some(&contract), share.unwrap_or(usual.ty), kind)
    };
    let all: Vec<Reading> = pivot.iter().map(reading_of).collect();
    if all.iter().all(|reading| reading == usual) { Vec::new() } else { all }
}
