//! Checks that `crossfoot` makes, once the headers of their tables are known: which columns a range
//! holds, that each is added up once, and that no total is among its own parts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::expr::bind::BoundCheck;
use crate::expr::bound::{Op, States};
use crate::expr::catalog::{Catalog, Table};
use crate::rules::toml::BAD_VALUE;
use crate::rules::{CheckRule, Footing, Foots, Named, Part, Said};
use crate::source::{FileId, Problem, Span};

/// Columns that checks of one `crossfoot` add up already.
type Taken = BTreeMap<(FileId, Span, String), BTreeSet<usize>>;

/// The checks as they are for these tables.
pub fn settle<'r>(
    checks: &'r [CheckRule],
    catalog: &Catalog,
    problems: &mut Vec<Problem>,
) -> Vec<Cow<'r, CheckRule>> {
    let mut taken = Taken::new();
    let mut all = Vec::new();
    for check in checks {
        let of = check.footing.as_ref().and_then(|f| {
            let table = catalog.tables.get(catalog.table(&f.table)?)?;
            (!table.open).then_some((f, table))
        });
        match of {
            // A mistake in a name is reported when the check is bound.
            None => all.push(Cow::Borrowed(check)),
            Some((footing, table)) => {
                let key = (check.file, footing.of.0, footing.of.1.clone());
                let taken = taken.entry(key).or_default();
                all.extend(settled(check, (footing, table), taken, problems));
            }
        }
    }
    all
}

/// A check for the columns that its table has; none where all of them are added up already.
fn settled<'r>(
    check: &'r CheckRule,
    (footing, table): (&Footing, &Table),
    taken: &mut BTreeSet<usize>,
    problems: &mut Vec<Problem>,
) -> Option<Cow<'r, CheckRule>> {
    match &footing.what {
        Foots::Rows(equations) => {
            let before = problems.len();
            for equation in equations {
                let total = equation.total.as_ref();
                own_parts(check.file, (total, &equation.parts), table, problems);
            }
            (problems.len() == before).then_some(Cow::Borrowed(check))
        }
        Foots::Range => range(check, table, taken),
        Foots::Chain { .. } => Some(Cow::Borrowed(check)),
        Foots::Alone(columns) => {
            let is_new = |name: &Named| match table.column(&name.text) {
                Some(column) => taken.insert(column),
                None => true,
            };
            let kept: Vec<bool> = columns.iter().map(is_new).collect();
            let asserts = check.asserts.iter().zip(&kept).filter(|(_, kept)| **kept);
            let asserts: Vec<_> = asserts.map(|(assert, _)| assert.clone()).collect();
            let said = check.said.iter().zip(&kept).filter(|(_, kept)| **kept);
            let said = said.map(|(said, _)| said.clone()).collect();
            (!asserts.is_empty()).then(|| Cow::Owned(CheckRule { asserts, said, ..check.clone() }))
        }
        Foots::Spread(parts, template) => {
            let (mut asserts, mut said) = (Vec::new(), Vec::new());
            let mut add = |name: &str, span| {
                asserts.push(template.of(name, span, check.file));
                said.push(name.to_string());
            };
            for part in parts {
                let Some(columns) = columns_of(part, table) else {
                    let ends = [Some(&part.from), part.to.as_ref()];
                    ends.into_iter().flatten().for_each(|end| add(&end.text, end.span));
                    continue;
                };
                for column in columns.filter(|column| taken.insert(*column)) {
                    add(&called(table, column, &part.from.text), part.from.span);
                }
            }
            let claim =
                |name: String| Said::Figures(format!("{name} is the sum of the rows below"));
            let said = said.into_iter().map(claim).collect();
            (!asserts.is_empty()).then(|| Cow::Owned(CheckRule { asserts, said, ..check.clone() }))
        }
    }
}

/// Makes of the assertion that a row is not the one above it that it does not lead back to itself.
pub fn follow_chains(
    checks: &[&CheckRule],
    bound: &mut [Option<BoundCheck>],
    catalog: &Catalog,
    states: &mut States,
) {
    for (check, bound) in checks.iter().zip(bound) {
        let of = check.footing.as_ref().map(|footing| &footing.what);
        let (Some(Foots::Chain { above, own }), Some(bound)) = (of, bound) else { continue };
        let table = bound.units.first().map(|unit| unit.table);
        let columns = table.and_then(|number| {
            let table = catalog.tables.get(number)?;
            Some((number, table.column(&own.text)?, table.column(&above.text)?))
        });
        let Some((table, own, column)) = columns else { continue };
        let state = states.index(table, &[own], Some((column, false)));
        for assert in &mut bound.asserts {
            if let Op::Compare { left, right, .. } = &assert.op {
                let (above, own) = (left.clone(), right.clone());
                assert.op = Op::Leads { state, column, own, above };
            }
        }
    }
}

/// How a column is named in an expression: by its number where its name is not its own.
fn called(table: &Table, column: usize, written: &str) -> String {
    let Some(of) = table.columns.get(column) else { return written.to_string() };
    match of.field.filter(|_| table.column(&of.name) != Some(column) || of.name.is_empty()) {
        Some(field) => format!("column {}", field + 1),
        None => of.name.clone(),
    }
}

/// The columns of a part, by their places in the header; none where they are no range.
fn columns_of(part: &Part, table: &Table) -> Option<std::ops::RangeInclusive<usize>> {
    let from = table.column(&part.from.text)?;
    let to = part.to.as_ref().map_or(Some(from), |to| table.column(&to.text))?;
    (from <= to).then_some(from..=to)
}

/// A check that goes through a range of columns, without those that another one went through.
fn range<'r>(
    check: &'r CheckRule,
    table: &Table,
    taken: &mut BTreeSet<usize>,
) -> Option<Cow<'r, CheckRule>> {
    let own = check.each.first().and_then(|each| each.tree.columns.as_ref());
    let ends =
        own.and_then(|own| Some((table.column(&own.from.text)?, table.column(&own.to.text)?)));
    let Some((from, to)) = ends.filter(|(from, to)| from <= to) else {
        return Some(Cow::Borrowed(check));
    };
    let new: Vec<usize> = (from..=to).filter(|column| taken.insert(*column)).collect();
    let (first, last) = (*new.first()?, *new.last()?);
    if (first, last) == (from, to) {
        return Some(Cow::Borrowed(check));
    }
    let mut check = check.clone();
    let columns = check.each.first_mut().and_then(|each| each.tree.columns.as_mut());
    if let Some(columns) = columns {
        columns.from.text = called(table, first, &columns.from.text);
        columns.to.text = called(table, last, &columns.to.text);
    }
    Some(Cow::Owned(check))
}

/// Reports a total that lies among its own parts, and of a part that is one twice.
fn own_parts(
    file: FileId,
    (total, parts): (Option<&Named>, &[Part]),
    table: &Table,
    problems: &mut Vec<Problem>,
) {
    let own = total.and_then(|total| Some((total, table.column(&total.text)?)));
    let mut seen = BTreeSet::new();
    for part in parts {
        let Some(columns) = columns_of(part, table) else { continue };
        let span = part.to.as_ref().map_or(part.from.span, |to| part.from.span.join(to.span));
        if let Some((total, _)) = own.filter(|(_, column)| columns.contains(column)) {
            let message = format!("`{}` is one of its own parts", total.text);
            let help = "name the columns beside the total, for example: \"a to c, e to g\"";
            let label = "the total lies between them";
            problems.push(Problem::new(&BAD_VALUE, file, span, message).label(label).help(help));
        } else if let Some(twice) = columns.clone().find(|column| seen.contains(column)) {
            let name = called(table, twice, &part.from.text);
            let message = format!("`{name}` is a part twice");
            let help =
                "name every column once; of columns with subtotals among them, name the parts";
            problems.push(Problem::new(&BAD_VALUE, file, span, message).help(help));
        }
        seen.extend(columns);
    }
}
