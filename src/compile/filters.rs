//! The `where` of tables: conditions on one record alone, bound like those of checks.

use crate::compile::allow::Rows;
use crate::engine::data::filter::{Cells, RowFilter};
use crate::engine::data::table::{Column, Table};
use crate::expr::bind::{BoundCheck, CheckInput, Written};
use crate::expr::bound::{Bound, Op, StateDef, States};
use crate::expr::functions::Context;
use crate::rules::toml::BAD_VALUE;
use crate::rules::{RuleSet, TableRule};
use crate::shape::Source;
use crate::source::Problem;
use crate::value::Type;

/// What has to be bound for the tables of some rules, in their order.
pub fn inputs<'r>(rules: &'r RuleSet, rows: &'r Rows) -> Vec<CheckInput<'r>> {
    let input = |(number, rule): (usize, &'r TableRule)| {
        let filter = rule.filter.as_ref()?;
        let (snippet, tree) = rows.of(number)?;
        let each = vec![Written { snippet, tree }];
        let asserts = vec![Written { snippet: &filter.snippet, tree: &filter.tree }];
        Some(CheckInput { each, filter: None, order: None, asserts })
    };
    rules.tables.iter().enumerate().filter_map(input).collect()
}

/// The conditions of the tables of some rules, by their numbers, from what binding made of the inputs.
pub fn conditions(
    rules: &RuleSet,
    bound: &[Option<BoundCheck>],
    problems: &mut Vec<Problem>,
) -> Vec<Option<Bound>> {
    let mut bound = bound.iter();
    let condition = |rule: &TableRule| {
        let filter = rule.filter.as_ref()?;
        let condition = bound.next()?.as_ref()?.asserts.first()?.clone();
        if sees_others(&condition) {
            let message = "the `where` of a table sees one row, and no others";
            let problem = Problem::new(&BAD_VALUE, rule.file, filter.snippet.whole(), message);
            problems.push(problem.help(
                "compare the cells of the row with texts or numbers; a check can do the rest",
            ));
            return None;
        }
        Some(condition)
    };
    rules.tables.iter().map(condition).collect()
}

/// Whether a condition asks for more than the cells of the row.
fn sees_others(condition: &Bound) -> bool {
    let mut found = false;
    condition.walk(&mut |b| {
        found |= matches!(
            b.op,
            Op::Lookup { .. } | Op::Member { .. } | Op::Aggregate { .. } | Op::Window { .. }
        );
    });
    found
}

/// Has the aggregates over a table choose by its condition too: rows that it does not choose are gone
/// before, but one that it cannot decide leaves every aggregate undecided.
pub fn choose_in(states: &mut States, table: usize, condition: &Bound) {
    for state in &mut states.all {
        let StateDef::Groups(groups) = state else { continue };
        for slot in groups.slots.iter_mut().filter(|_| groups.table == table) {
            slot.filter = Some(match slot.filter.take() {
                None => condition.clone(),
                Some(own) => Bound {
                    ty: Type::Boolean,
                    span: own.span.clone(),
                    op: Op::And(vec![condition.clone(), own]),
                },
            });
        }
    }
}

/// Conditions on columns that `unpivot` makes: all rows of a record are left out together.
pub fn of_made_columns(
    rules: &RuleSet,
    conditions: &[Option<Bound>],
    tables: &[Table],
) -> Vec<Problem> {
    let mut all = Vec::new();
    for ((rule, condition), table) in rules.tables.iter().zip(conditions).zip(tables) {
        let (Some(condition), Some(filter)) = (condition, &rule.filter) else { continue };
        let mut is_made = false;
        condition.walk(&mut |b| {
            if let Op::Cell { column, .. } = b.op {
                let source = table.layout.sources.get(column);
                is_made |= matches!(source, Some(Source::PivotName | Source::PivotValue));
            }
        });
        if is_made {
            let message = "the `where` of a table cannot ask for what `unpivot` makes of a row";
            let problem = Problem::new(&BAD_VALUE, rule.file, filter.snippet.whole(), message);
            all.push(
                problem
                    .help("choose the columns with `unpivot`, and rows by the `where` of a check"),
            );
        }
    }
    all
}

/// The filter of a table whose condition is bound to the columns of `today`, which it is itself, a view
/// of, or an old version of.
pub fn filter(condition: &Bound, today: &Table, table: &Table) -> RowFilter {
    let cells = |(column, source): (&Column, &Source)| {
        let own = table.columns.iter().position(|c| c.name == column.name);
        match (own, source) {
            (Some(own), _) => Cells::Column(own),
            (None, Source::Field(field)) => Cells::Field(*field, column.reading.clone()),
            _ => Cells::Nowhere,
        }
    };
    let columns = today.columns.iter().zip(&today.layout.sources).map(cells).collect();
    RowFilter { condition: condition.clone(), columns, context: Context::default() }
}
